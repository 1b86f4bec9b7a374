//! A process that a finding shows as started leads to what it and its descendants started and did, and to nothing else.

use hikeshi_core::time::Timestamp;
use hikeshi_drill::event_log::{Body, Event, EventLog, Guid, Provider, Value as Datum};
use hikeshi_testkit::Sandbox;
use serde_json::Value;

use crate::kamome::host_with_pack;
use crate::reports::verdict;

/// The web server's worker started a shell.
const RULE: &str = r"
title: A shell of the web server
id: 00000000-0000-4000-8000-000000000099
logsource: {category: process_creation, product: windows}
detection:
  selection: {ParentImage|endswith: '\w3wp.exe', Image|endswith: '\cmd.exe'}
  condition: selection
level: high
custom:
  hikeshi:
    stage: action
    name: {en: A shell of the web server, ja: Web サーバーのシェル}
    means: {en: It ran a command., ja: コマンドが実行されました。}
    not: {en: Nothing more., ja: それ以上ではありません。}
    next: {en: Read the command., ja: コマンドを読みます。}
";
const HOST: &str = "kamome.example.org";
const SERVICES: &str = r"C:\Windows\System32\services.exe";
const WORKER: &str = r"C:\Windows\System32\inetsrv\w3wp.exe";
const CMD: &str = r"C:\Windows\System32\cmd.exe";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
const NET: &str = r"C:\Windows\System32\net.exe";

fn event(host: &str, id: u16, second: i64, fields: &[(&str, Datum)]) -> Event {
    let guid: Guid = "{54849625-5478-4994-a5ba-3e3b0328c30d}".parse().unwrap();
    let time = Timestamp::from_micros(1_903_000_000_000_000 + second * 1_000_000);
    let body = Body::named(fields.iter().cloned());
    Event { body, ..Event::new(Provider::new("Microsoft-Windows-Security-Auditing", guid), id, time, host) }
}

/// Security's event of a start: number and program, and those of who started it.
fn started(second: i64, (id, image): (u64, &str), (by, parent): (u64, &str), command: &str) -> Event {
    let fields = [
        ("SubjectUserName", "KAMOME$".into()),
        ("NewProcessId", Datum::Hex64(id)),
        ("NewProcessName", image.into()),
        ("ProcessId", Datum::Hex64(by)),
        ("CommandLine", command.into()),
        ("ParentProcessName", parent.into()),
    ];
    event(HOST, 4688, second, &fields)
}

fn log(channel: &str, events: Vec<Event>) -> Vec<u8> {
    events.into_iter().fold(EventLog::new(channel), EventLog::event).write().unwrap()
}

fn host() -> Sandbox {
    host_with_pack(|files| drop(files.insert("rules/web-shell.yml".to_owned(), RULE.to_owned())))
}

fn check(host: &Sandbox) -> Value {
    host.hikeshi("check logs --pack pack --format json").json()
}

/// Record numbers of the findings of a rule, with what is shown in a field.
fn told(report: &Value, rule: &str, field: &str) -> Vec<(u64, String)> {
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"]["name"] == rule);
    let shown = |one: &Value| one["fields"][field].as_str().unwrap_or_default().to_owned();
    findings.map(|one| (one["evidence"]["record"].as_u64().unwrap(), shown(one))).collect()
}

/// The worker starts a shell, that starts PowerShell, and that starts net.exe; later another program has the shell's number.
fn chain() -> Vec<Event> {
    vec![
        started(0, (0x300, WORKER), (0x2a4, SERVICES), "w3wp.exe"),
        started(60, (0x1a2c, CMD), (0x300, WORKER), r"cmd.exe /c C:\Users\Public\odd.exe"),
        started(61, (0x1b00, r"C:\Windows\System32\conhost.exe"), (0x1a2c, CMD), "conhost.exe"),
        started(62, (0x1a40, POWERSHELL), (0x1a2c, CMD), "powershell.exe -File x.ps1"),
        started(65, (0x1a60, NET), (0x1a40, POWERSHELL), "net.exe user"),
        started(70, (0x1a80, NET), (0x999, POWERSHELL), "somebody else's"),
        started(600, (0x1a2c, CMD), (0x2a4, SERVICES), "cmd.exe /c backup.cmd"),
        started(601, (0x1b60, NET), (0x1a2c, CMD), "net.exe use"),
    ]
}

#[test]
fn a_shell_leads_to_what_it_and_its_descendants_started_and_not_to_who_has_its_number_later() {
    let host = host().file("logs/Security.evtx", log("Security", chain()));
    let report = check(&host);
    assert_eq!(verdict(&report), "compromised");
    assert_eq!(told(&report, "web-shell", "NewProcessName"), [(2, CMD.to_owned())]);
    assert_eq!(
        told(&report, "follow-process-started", "NewProcessName"),
        [(4, POWERSHELL.to_owned()), (5, NET.to_owned())],
        "{report:#}"
    );
    let actors = report["actors"].as_array().unwrap();
    assert_eq!(actors.len(), 1);
    assert_eq!(actors[0]["programs"], serde_json::json!(["w3wp.exe → cmd.exe → powershell.exe → net.exe"]));
    assert_eq!(actors[0]["findings"], serde_json::json!(["follow-process-started", "web-shell"]));
    for face in ["text", "html", "markdown"] {
        let told = host.hikeshi(&format!("check logs --pack pack --format {face}")).stdout;
        assert!(told.contains("w3wp.exe → cmd.exe → powershell.exe → net.exe"), "{face}: {told}");
    }
}

#[test]
fn what_a_descendant_did_is_told_and_raised_with_its_actor() {
    let events = vec![
        event(
            HOST,
            4663,
            66,
            &[
                ("ObjectName", r"C:\Users\Public\odd.exe".into()),
                ("ProcessId", Datum::Hex64(0x1a40)),
                ("ProcessName", POWERSHELL.into()),
            ],
        ),
        event(HOST, 4698, 67, &[("TaskName", r"\odd".into()), ("ClientProcessId", Datum::UInt32(0x1a60))]),
        event(HOST, 4698, 68, &[("TaskName", r"\other".into()), ("ClientProcessId", Datum::UInt32(0x2a4))]),
    ];
    let report = check(&host().file("logs/Security.evtx", log("Security", [chain(), events].concat())));
    let records: Vec<u64> =
        told(&report, "follow-process-did", "TaskName").into_iter().map(|(record, _)| record).collect();
    assert_eq!(records, [9, 10]);
    let findings = report["findings"].as_array().unwrap().iter();
    let mut did = findings.filter(|finding| finding["rule"]["name"] == "follow-process-did");
    assert!(did.all(|finding| finding["raised"] == true && finding["severity"] == "medium"));
}

#[test]
fn a_file_that_the_shell_ran_leads_to_records_that_name_it() {
    let service = |path: &str| event(HOST, 7045, 90, &[("ServiceName", "odd".into()), ("ImagePath", path.into())]);
    let system = log("System", vec![service(r"C:\USERS\Public\odd.exe -k"), service(r"C:\Users\Public\odd.exe.bak")]);
    let report = check(&host().file("logs/Security.evtx", log("Security", chain())).file("logs/System.evtx", system));
    let rule = r"follow-file-named:c:\users\public\odd.exe";
    let of_system = |(_, path): &(u64, String)| !path.is_empty();
    let named: Vec<_> = told(&report, rule, "ImagePath").into_iter().filter(of_system).collect();
    assert_eq!(named, [(1, r"C:\USERS\Public\odd.exe -k".to_owned())]);
    assert!(report["actors"][0]["findings"].to_string().contains("follow-file-named"));
}

#[test]
fn a_folder_with_two_of_his_files_leads_to_what_else_lies_there() {
    let shell = |id, command| started(id, (0x1000 + id as u64 * 4, CMD), (0x400, WORKER), command);
    let commands = [r"cmd /c C:\Drivers\Log\one.exe -k", r"cmd /c copy two.bin C:\Drivers\Log\two.exe"];
    let commands = [(10, commands[0]), (20, commands[1])].map(|(second, command)| shell(second, command)).to_vec();
    let service = |path: &str| event(HOST, 7045, 9_000, &[("ServiceName", "odd".into()), ("ImagePath", path.into())]);
    let system = log("System", vec![service(r"C:\Drivers\Log\three.exe"), service(r"C:\Drivers\Logs\four.exe")]);
    let report = check(&host().file("logs/Security.evtx", log("Security", commands)).file("logs/System.evtx", system));
    let named: Vec<_> = told(&report, r"follow-folder-named:c:\drivers\log\", "ImagePath");
    let named: Vec<_> = named.into_iter().map(|(_, path)| path).filter(|path| !path.is_empty()).collect();
    assert_eq!(named, [r"C:\Drivers\Log\three.exe"]);
    let findings = report["findings"].as_array().unwrap();
    let of_service = findings.iter().find(|finding| finding["fields"]["ImagePath"] == named[0].as_str()).unwrap();
    assert_eq!((of_service["severity"].as_str(), of_service["raised"].as_bool()), (Some("medium"), Some(true)));
}

#[test]
fn what_stands_before_its_parent_in_a_log_that_goes_round_is_followed() {
    let (older, newer) = (
        chain(),
        vec![
            started(66, (0x1a64, NET), (0x1a40, POWERSHELL), "net.exe group"),
            started(67, (0x1a68, NET), (0x999, POWERSHELL), "somebody else's"),
        ],
    );
    let of = |first: u64, events: Vec<Event>| {
        let log = EventLog::new("Security").first_record(first);
        events.into_iter().fold(log, EventLog::event).write().unwrap()
    };
    // The newest chunk was written over the oldest one.
    let mut bytes = of(200, newer);
    bytes.extend_from_slice(&of(100, older)[4_096..]);
    let report = check(&host().file("logs/Security.evtx", bytes));
    let records = told(&report, "follow-process-started", "NewProcessName");
    assert_eq!(records.iter().map(|(record, _)| *record).collect::<Vec<_>>(), [103, 104, 200], "{report:#}");
}

#[test]
fn a_file_in_a_folder_that_windows_does_not_have_is_somebodys() {
    let shell = |path: &str| started(10, (0x1a2c, CMD), (0x400, WORKER), &format!("cmd /c {path} -k"));
    let service = |path: &str| event(HOST, 7045, 90_000, &[("ServiceName", "odd".into()), ("ImagePath", path.into())]);
    for (path, is_followed) in [
        (r"C:\Windows\System32\Drill\odd.exe", true),
        (r"C:\Windows\odd.exe", true),
        (r"C:\Windows\System32\odd.exe", false),
        (r"C:\Windows\explorer.exe", false),
    ] {
        let host = host().file("logs/Security.evtx", log("Security", vec![shell(path)]));
        let report = check(&host.file("logs/System.evtx", log("System", vec![service(path)])));
        let rule = format!("follow-file-named:{}", path.to_lowercase());
        let named = told(&report, &rule, "ImagePath").into_iter().filter(|(_, named)| named == path).count();
        assert_eq!(named == 1, is_followed, "{path}");
    }
}

/// A line of a history that weighs, and one that does not.
const TYPED: &str = r"
title: A telling line
id: 00000000-0000-4000-8000-000000000098
logsource: {category: command, product: windows}
detection:
  selection: {CommandLine|contains: WORD}
  condition: selection
level: LEVEL
custom:
  hikeshi:
    stage: action
    name: {en: A telling line, ja: 目立つ行}
    means: {en: It was typed., ja: 入力されました。}
    not: {en: Nothing more., ja: それ以上ではありません。}
    next: {en: Read it., ja: 読みます。}
";

#[test]
fn a_light_line_is_raised_where_it_was_typed_beside_one_that_weighs_on_a_machine_with_an_intruder() {
    let rule = |word: &str, level: &str| TYPED.replace("WORD", word).replace("LEVEL", level);
    let severity = |between: usize, events: Vec<Event>| {
        let host = host_with_pack(|files| {
            files.insert("rules/web-shell.yml".to_owned(), RULE.to_owned());
            files.insert("rules/heavy.yml".to_owned(), rule("heavy-word", "high"));
            let light = rule("light-word", "low").replace("000000000098", "000000000097");
            files.insert("rules/light.yml".to_owned(), light);
        });
        let lines = format!("Get-Date\r\nheavy-word\r\n{}light-word\r\n", "Get-Date\r\n".repeat(between));
        let history =
            "logs/C/Users/kanri/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt";
        let report = check(&host.file(history, lines).file("logs/Security.evtx", log("Security", events)));
        let findings = report["findings"].as_array().unwrap();
        let light = findings.iter().find(|finding| finding["rule"]["name"] == "light").unwrap();
        light["severity"].as_str().unwrap().to_owned()
    };
    assert_eq!(severity(3, chain()), "medium");
    assert_eq!(severity(8, chain()), "low", "too far away");
    let calm = vec![started(0, (0x300, WORKER), (0x2a4, SERVICES), "w3wp.exe")];
    assert_eq!(severity(3, calm), "low", "nobody came in");
}

#[test]
fn a_light_record_is_raised_near_a_grave_one_of_which_nobody_knows_whose_it_is() {
    const DAY: i64 = 86_400;
    let severity = |second: i64, events: Vec<Event>| {
        let host = host_with_pack(|files| {
            files.insert("rules/web-shell.yml".to_owned(), RULE.to_owned());
            let cleared = TYPED
                .replace("category: command", "service: security")
                .replace("CommandLine|contains: WORD", "EventID: 1102");
            let cleared = cleared.replace("LEVEL", "low").replace("000000000098", "000000000097");
            files.insert("rules/light.yml".to_owned(), cleared.clone());
            let grave = cleared.replace("1102", "4719").replace("level: low", "level: high");
            files.insert("rules/heavy.yml".to_owned(), grave.replace("000000000097", "000000000096"));
        });
        let grave = vec![event(HOST, 4719, 9 * DAY, &[]), event(HOST, 1102, 9 * DAY + second, &[])];
        let report = check(&host.file("logs/Security.evtx", log("Security", [events, grave].concat())));
        let findings = report["findings"].as_array().unwrap();
        let light = findings.iter().find(|finding| finding["rule"]["name"] == "light").unwrap();
        light["severity"].as_str().unwrap().to_owned()
    };
    let calm = vec![started(0, (0x300, WORKER), (0x2a4, SERVICES), "w3wp.exe")];
    assert_eq!(severity(600, calm), "low", "nobody came in");
    assert_eq!(severity(600, chain()), "medium");
    assert_eq!(severity(1_860, chain()), "low", "too late");
}

#[test]
fn a_process_of_another_computer_is_another() {
    let mut events = chain();
    for event in events.iter_mut().skip(2) {
        event.computer = "umi.example.org".to_owned();
    }
    let report = check(&host().file("logs/ForwardedEvents.evtx", log("Security", events)));
    assert_eq!(told(&report, "web-shell", "NewProcessName").len(), 1);
    assert_eq!(told(&report, "follow-process-started", "NewProcessName"), []);
}

#[test]
fn the_tree_of_a_process_that_weighs_nothing_is_not_followed() {
    let light = RULE.replace("level: high", "level: low");
    let host = host_with_pack(|files| drop(files.insert("rules/web-shell.yml".to_owned(), light)));
    let report = check(&host.file("logs/Security.evtx", log("Security", chain())));
    assert_eq!(verdict(&report), "inconclusive");
    assert!(!report["findings"].to_string().contains("follow-"), "{report:#}");
}
