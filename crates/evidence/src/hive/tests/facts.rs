//! What the values of well-known keys mean together.

use super::*;

/// A FILETIME of the test's day, so many seconds later.
fn filetime(seconds: i64) -> [u8; 8] {
    let micros = written().plus_seconds(seconds).micros() + 11_644_473_600_000_000;
    (micros * 10).to_le_bytes()
}

fn shown(tree: &Key, topic: Topic) -> Vec<Vec<String>> {
    let gathered = read_whole(tree);
    let records = of(&gathered, topic);
    assert!(records.iter().all(|record| record.time.is_some() && record.offset > 4096));
    records.into_iter().map(lines).collect()
}

fn system() -> Key {
    root().below("Select", |key| key.value("Current", 1)).key(Key::new("ControlSet002")).below(
        r"ControlSet001\Services\Updater",
        |key| {
            key.value("ImagePath", Data::Expand(r"%SystemRoot%\system32\svchost.exe -k netsvcs".to_owned()))
                .value("Start", 2)
                .value("Type", 0x110)
                .value("ObjectName", "LocalSystem")
                .value("DisplayName", "Updater service")
                .value("Description", "Keeps things new.")
                .value("DelayedAutostart", 1)
                .value("FailureCommand", "cmd.exe /c x")
                .below("Parameters", |key| {
                    key.value("ServiceDll", Data::Expand(r"C:\x\updater.dll".to_owned()))
                        .value("Application", r"C:\x\run.exe")
                })
        },
    )
}

#[test]
fn services_are_told_with_their_library() {
    let tree = system().below(r"ControlSet001\Services\NoService\Performance", |key| key.value("Library", "x.dll"));
    assert_eq!(
        shown(&tree, Topic::Service),
        [[
            "ServiceName: Updater",
            r"ImagePath: %SystemRoot%\system32\svchost.exe -k netsvcs",
            "StartType: auto",
            "ServiceType: own interact",
            "ObjectName: LocalSystem",
            "DisplayName: Updater service",
            "Description: Keeps things new.",
            r"ServiceDll: C:\x\updater.dll",
            r"Application: C:\x\run.exe",
            "FailureCommand: cmd.exe /c x",
            "DelayedStart: yes",
            r"Key: HKLM\SYSTEM\CurrentControlSet\Services\Updater",
        ]]
    );
}

#[test]
fn services_of_every_control_set_are_told_where_none_is_known_to_be_in_use() {
    let tree = system()
        .below("Select", |key| key.value("Default", 1))
        .below(r"ControlSet002\Services\Old", |key| key.value("Type", 1).value("Start", 4));
    let unknown = tree.below("Select", |_| Key::new("Select"));
    let services = shown(&unknown, Topic::Service);
    assert_eq!(
        services.iter().map(|lines| &lines[0][..]).collect::<Vec<_>>(),
        ["ServiceName: Updater", "ServiceName: Old"]
    );
    assert_eq!(
        services[1][1..],
        ["StartType: disabled", "ServiceType: kernel", r"Key: HKLM\SYSTEM\ControlSet002\Services\Old"]
    );
}

#[test]
fn autostarts_of_the_system_are_told_one_by_one() {
    let multi = |texts: &[&str]| Data::Multi(texts.iter().map(|text| (*text).to_owned()).collect());
    let tree = system()
        .below(r"ControlSet001\Control\Session Manager", |key| {
            key.value("BootExecute", multi(&["autocheck autochk *", "other"]))
        })
        .below(r"ControlSet001\Control\Lsa", |key| {
            key.value("Notification Packages", multi(&["scecli", "extra"])).value("Security Packages", multi(&["\"\""]))
        })
        .below(r"ControlSet001\Control\Print\Environments\Windows x64\Print Processors\p", |key| {
            key.value("Driver", "p.dll")
        })
        .below(r"ControlSet001\Services\W32Time\TimeProviders\t", |key| key.value("DllName", "t.dll"))
        .below(r"ControlSet001\Services\Net\NetworkProvider", |key| key.value("ProviderPath", "n.dll"))
        .below(r"ControlSet002\Control\Lsa", |key| key.value("Notification Packages", multi(&["unused"])));
    let current = r"HKLM\SYSTEM\CurrentControlSet";
    let expected: Vec<Vec<String>> = [
        (r"Control\Session Manager", "BootExecute", "autocheck autochk *"),
        (r"Control\Session Manager", "BootExecute", "other"),
        (r"Control\Lsa", "Notification Packages", "scecli"),
        (r"Control\Lsa", "Notification Packages", "extra"),
        (r"Control\Print\Environments\Windows x64\Print Processors\p", "Driver", "p.dll"),
        (r"Services\W32Time\TimeProviders\t", "DllName", "t.dll"),
        (r"Services\Net\NetworkProvider", "ProviderPath", "n.dll"),
    ]
    .map(|(key, name, command)| {
        vec![format!(r"Location: {current}\{key}"), format!("Name: {name}"), format!("CommandLine: {command}")]
    })
    .into();
    assert_eq!(shown(&tree, Topic::Autostart), expected);
}

#[test]
fn autostarts_of_the_machine_and_of_users_are_told() {
    let add = |name: &'static str| move |key: Key| key.value(name, "evil.exe").value("number", 1);
    let windows = r"Microsoft\Windows\CurrentVersion";
    let nt = r"Microsoft\Windows NT\CurrentVersion";
    let places = [
        (format!(r"{windows}\Run"), "Updater"),
        (format!(r"{windows}\RunOnce"), ""),
        (format!(r"{windows}\RunOnceEx\0001"), "1"),
        (format!(r"{windows}\Policies\Explorer\Run"), "1"),
        (format!(r"{nt}\Windows"), "AppInit_DLLs"),
        (format!(r"{nt}\Winlogon"), "Shell"),
        (format!(r"{nt}\Winlogon"), "Userinit"),
        (r"Microsoft\Active Setup\Installed Components\{1}".to_owned(), "StubPath"),
        (format!(r"{nt}\Image File Execution Options\sethc.exe"), "Debugger"),
        (format!(r"{nt}\Image File Execution Options\sethc.exe\0"), "Debugger"),
        (format!(r"{nt}\SilentProcessExit\lsass.exe"), "MonitorProcess"),
        (r"Microsoft\NetSh".to_owned(), "helper"),
        (format!(r"{windows}\Group Policy\Scripts\Startup\0\0"), "Script"),
    ];
    for view in ["", r"Wow6432Node\"] {
        for (path, name) in &places {
            let tree = software().below(&format!("{view}{path}"), add(name));
            let shown = shown(&tree, Topic::Autostart);
            let name = if name.is_empty() { "(Default)" } else { name };
            let location = format!(r"Location: HKLM\SOFTWARE\{view}{path}");
            let expected = [location, format!("Name: {name}"), "CommandLine: evil.exe".to_owned()];
            assert!(shown.contains(&expected.to_vec()), "{expected:?} in {shown:?}");
            assert!(!shown.iter().any(|lines| lines[1] == "Name: number"));
        }
    }
    let user = |path: &str, name| root().key(Key::new("Console")).key(Key::new("Software")).below(path, add(name));
    for (path, name) in
        [(&format!(r"Software\{windows}\Run")[..], "Updater"), (r"Environment", "UserInitMprLogonScript")]
    {
        let shown = shown(&user(path, name), Topic::Autostart);
        assert_eq!(shown[0][0], format!(r"Location: HKU\NTUSER\{path}"));
    }
}

/// Texts as the actions of a task hold them.
fn text(text: &str) -> Vec<u8> {
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&(bytes.len() as u32).to_le_bytes()[..], &bytes].concat()
}

fn actions() -> Vec<u8> {
    let execute = [vec![0x66, 0x66], text("exec"), text(r"C:\x\run.exe"), text("-a b"), text(r"C:\x"), vec![1, 0]];
    let handler = [vec![0x77, 0x77], text(""), (0..16).collect(), text("data")];
    let message = [vec![0x99, 0x99], text(""), text("title"), text("hello")];
    [vec![3, 0], text("Author"), execute.concat(), handler.concat(), message.concat()].concat()
}

fn tasks(actions: Vec<u8>) -> Key {
    let runs =
        [&3_u32.to_le_bytes()[..], &filetime(0), &filetime(60), &[0; 4], &[2, 0, 7, 0x80], &filetime(30)].concat();
    let id = "{0000AAAA-1111-2222-3333-444444444444}";
    software().below(r"Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache", |key| {
        key.below(r"Tree\Microsoft\Windows\Updater", |key| {
            key.value("Id", id).value("SD", Data::Binary(vec![1])).value("Index", 3)
        })
        .below(r"Tree\Hidden", |key| key.value("Id", "{gone}"))
        .below(&format!(r"Tasks\{id}"), |key| {
            key.value("Path", r"\Microsoft\Windows\Updater")
                .value("Author", "alice")
                .value("Description", "Updates")
                .value("URI", r"\Microsoft\Windows\Updater")
                .value("Actions", Data::Binary(actions))
                .value("DynamicInfo", Data::Binary(runs))
        })
        .below(r"Tasks\{left}", |key| key.value("Path", r"\Left"))
    })
}

#[test]
fn scheduled_tasks_are_told_with_their_actions_and_hidden_ones_are_marked() {
    let cache = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache";
    let shown = shown(&tasks(actions()), Topic::ScheduledTask);
    assert_eq!(shown.len(), 3);
    assert_eq!(shown[0], [r"TaskName: \Hidden", "Id: {gone}", "Hidden: yes", &format!(r"Key: {cache}\Tree\Hidden")]);
    assert_eq!(
        shown[1],
        [
            r"TaskName: \Microsoft\Windows\Updater",
            "Id: {0000AAAA-1111-2222-3333-444444444444}",
            r"Uri: \Microsoft\Windows\Updater",
            "Author: alice",
            "Description: Updates",
            "Context: Author",
            r"Command: C:\x\run.exe",
            "Arguments: -a b",
            r"WorkingDirectory: C:\x",
            "ClassId: {03020100-0504-0706-0809-0a0b0c0d0e0f}",
            "ComData: data",
            "MessageTitle: title",
            "Message: hello",
            "Created: 2021-03-01T12:00:00Z",
            "LastRun: 2021-03-01T12:01:00Z",
            "LastSuccess: 2021-03-01T12:00:30Z",
            "LastResult: 0x80070002",
            &format!(r"Key: {cache}\Tree\Microsoft\Windows\Updater"),
        ]
    );
    assert_eq!(shown[2], [r"TaskName: \Left", "Id: {left}", "InTree: no", &format!(r"Key: {cache}\Tasks\{{left}}")]);
}

#[test]
fn actions_that_are_not_understood_are_told_and_those_before_them_kept() {
    let whole = actions();
    for length in 0..whole.len() {
        let gathered = read(&hive::write(&tasks(whole[..length].to_vec()), "TEST"), &[]);
        let task = of(&gathered, Topic::ScheduledTask)[1].clone();
        let understood = ["Context", "ClassId", "Message"].iter().filter(|name| task.field(name).is_some()).count();
        // A cut between two actions is no damage.
        assert!(missed(&gathered, Gap::DamagedRecords) == 1 || understood >= 1, "{length}");
        assert!(length < 100 || task.text("Command") == Some(r"C:\x\run.exe"), "{length}");
    }
}

/// A SID: the machine's own, with a last part, or without.
fn sid(rid: Option<u32>) -> Vec<u8> {
    let parts = [21_u32, 1, 2, 3].into_iter().chain(rid);
    let count = 4 + u8::from(rid.is_some());
    [1, count, 0, 0, 0, 0, 0, 5].into_iter().chain(parts.flat_map(u32::to_le_bytes)).collect()
}

/// The value `V` of an account: names, and then something secret.
fn names(texts: [&str; 3]) -> Data {
    let mut table = vec![0_u8; 17 * 12];
    let mut rest = Vec::new();
    for (number, text) in texts.into_iter().enumerate() {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        set(&mut table, 12 + number * 12, rest.len() as u32);
        set(&mut table, 16 + number * 12, bytes.len() as u32);
        rest.extend(bytes);
    }
    Data::Binary([table, rest, b"a hash".to_vec()].concat())
}

fn state(rid: u32, flags: u32) -> Data {
    let mut bytes = vec![0_u8; 80];
    bytes[8..16].copy_from_slice(&filetime(10));
    bytes[24..32].copy_from_slice(&filetime(20));
    bytes[32..40].copy_from_slice(&i64::MAX.to_le_bytes());
    set(&mut bytes, 48, rid);
    set(&mut bytes, 56, flags);
    set(&mut bytes, 64, 2 | 7 << 16);
    Data::Binary(bytes)
}

fn administrators(members: &[Vec<u8>]) -> Data {
    let name: Vec<u8> = "Administrators".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = vec![0_u8; 52];
    for (at, number) in
        [(0, 544), (20, name.len()), (40, name.len()), (44, members.concat().len()), (48, members.len())]
    {
        set(&mut bytes, at, number as u32);
    }
    Data::Binary([bytes, name, members.concat()].concat())
}

fn accounts() -> Key {
    let made = written().plus_seconds(5);
    root().below(r"SAM\Domains", |key| {
        key.below("Account", |key| {
            key.value("V", Data::Binary([vec![9; 40], sid(None)].concat())).below("Users", |key| {
                key.below("000003E8", |key| {
                    key.value("F", state(1000, 0x211)).value("V", names(["alice", "Alice A.", "c"]))
                })
                .below("000003E9", |key| key.value("F", state(500, 0x10)).value("V", names(["bob$", "", ""])))
                .below("Names", |key| key.key(Key::new("alice").at(made)))
            })
        })
        .below(r"Builtin\Aliases\00000220", |key| key.value("C", administrators(&[sid(Some(500)), sid(Some(1000))])))
    })
}

#[test]
fn local_accounts_are_told_with_their_groups_and_without_secrets() {
    let times = ["LastLogon: 2021-03-01T12:00:10Z", "PasswordLastSet: 2021-03-01T12:00:20Z"];
    let users = r"Key: HKLM\SAM\SAM\Domains\Account\Users";
    let shown = shown(&accounts(), Topic::Account);
    assert_eq!(
        shown[0],
        [
            "Name: alice",
            "FullName: Alice A.",
            "Comment: c",
            "Rid: Number(1000)",
            times[0],
            times[1],
            "Flags: disabled normal password-never-expires",
            "FailedLogons: Number(2)",
            "Logons: Number(7)",
            "Sid: S-1-5-21-1-2-3-1000",
            "Created: 2021-03-01T12:00:05Z",
            r#"Groups: List(["Administrators"])"#,
            &format!(r"{users}\000003E8"),
        ]
    );
    assert_eq!(
        shown[1],
        [
            "Name: bob$",
            "Rid: Number(1001)",
            times[0],
            times[1],
            "ActsAsRid: Number(500)",
            "Flags: normal",
            "FailedLogons: Number(2)",
            "Logons: Number(7)",
            "Sid: S-1-5-21-1-2-3-1001",
            &format!(r"{users}\000003E9"),
        ]
    );
    assert_eq!(shown.len(), 2);
}

#[test]
fn an_account_that_is_not_understood_is_told() {
    let cut = accounts().below(r"SAM\Domains\Account\Users\000003EA", |key| {
        key.value("F", Data::Binary(vec![0; 50])).value("V", names(["carol", "", ""]))
    });
    let gathered = read(&hive::write(&cut, "SAM"), &[]);
    assert_eq!(missed(&gathered, Gap::DamagedRecords), 1);
    assert_eq!(of(&gathered, Topic::Account)[2].text("Name"), Some("carol"));
}

#[test]
fn installed_programs_and_windows_itself_are_told() {
    let uninstall = r"Microsoft\Windows\CurrentVersion\Uninstall";
    let program = |name: &'static str| {
        move |key: Key| {
            key.value("DisplayName", name)
                .value("DisplayVersion", "1.2")
                .value("Publisher", "Example")
                .value("InstallDate", "20210301")
                .value("InstallLocation", r"C:\x")
                .value("UninstallString", r"C:\x\u.exe")
        }
    };
    let tree = software()
        .below(&format!(r"{uninstall}\{{1}}"), program("Wide"))
        .below(&format!(r"{uninstall}\Part"), |key| key.value("ParentKeyName", "x"))
        .below(&format!(r"WOW6432Node\{uninstall}\narrow"), program("Narrow"))
        .below(r"Microsoft\Windows NT\CurrentVersion", |key| {
            key.value("ProductName", "Windows Server 2019 Standard")
                .value("CurrentBuild", "17763")
                .value("CurrentMajorVersionNumber", 10)
                .value("CurrentMinorVersionNumber", 0)
                .value("UBR", 1790)
                .value("ReleaseId", "1809")
                .value("InstallDate", 1_614_600_000)
        });
    let shown = shown(&tree, Topic::Software);
    assert_eq!(
        shown[0],
        [
            "Name: Windows Server 2019 Standard",
            "ProductName: Windows Server 2019 Standard",
            "Version: 10.0.17763.1790",
            "CurrentBuild: 17763",
            "UBR: 1790",
            "ReleaseId: 1809",
            "InstallDate: 2021-03-01T12:00:00Z",
            "Publisher: Microsoft Corporation",
            r"Key: HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion",
        ]
    );
    let key = format!(r"Key: HKLM\SOFTWARE\{uninstall}\{{1}}");
    assert_eq!(
        shown[1],
        [
            "Name: Wide",
            "Version: 1.2",
            "Publisher: Example",
            "InstallDate: 20210301",
            r"InstallLocation: C:\x",
            r"UninstallString: C:\x\u.exe",
            "KeyName: {1}",
            &key,
        ]
    );
    assert_eq!(shown[2][0], "Name: Narrow");
    assert_eq!(shown.len(), 3);
}
