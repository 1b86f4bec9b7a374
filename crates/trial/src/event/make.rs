//! The kinds of events that the scenarios need, each filled as Windows and the mail server fill them.

pub mod access;
pub mod alarm;
pub mod engine;
pub mod machine;
pub mod network;
pub mod sensor;
pub mod timer;

use super::{Body, Concerns, Datum, Event, Start};
use crate::host::Host;
use crate::moment::Moment;

const SECURITY: (&str, Option<&str>) =
    ("Microsoft-Windows-Security-Auditing", Some("{54849625-5478-4994-a5ba-3e3b0328c30d}"));
const SYSMON: (&str, Option<&str>) = ("Microsoft-Windows-Sysmon", Some("{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"));
const SYSTEM_SID: &str = "S-1-5-18";

fn base(host: &Host, time: Moment, channel: &'static str) -> Event {
    Event {
        time,
        provider: SECURITY,
        id: 0,
        qualifiers: None,
        class: (0, 4, 0, 0),
        keywords: 0x8000_0000_0000_0000,
        channel,
        computer: host.full_name(),
        user: None,
        body: Body::Listed(Vec::new()),
        concerns: Concerns::Nothing,
    }
}

fn security(host: &Host, time: Moment, id: u16, task: u16, fields: Vec<(&'static str, Datum)>) -> Event {
    let keywords = 0x8020_0000_0000_0000;
    Event { id, class: (1, 0, task, 0), keywords, body: Body::Named(fields), ..base(host, time, "Security") }
}

/// A process and what started it.
#[derive(Debug, Clone, Copy)]
pub struct Process<'a> {
    /// Full path of what started it.
    pub parent: &'a str,
    /// How that was started; only some sources tell.
    pub parent_command: &'a str,
    /// Full path.
    pub image: &'a str,
    /// Its command line.
    pub command: &'a str,
    /// `DOMAIN\name`.
    pub user: &'a str,
}

fn account<'a>(host: &'a Host, user: &'a str) -> (&'a str, &'a str) {
    user.split_once('\\').unwrap_or((host.netbios, user))
}

impl Process<'_> {
    fn start(&self) -> Concerns {
        let [parent, parent_command, image, command] =
            [self.parent, self.parent_command, self.image, self.command].map(str::to_owned);
        Concerns::Start(Start { parent, parent_command, image, command })
    }
}

/// Whether the security log is told how processes are started, which is a setting beside their audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandLines {
    /// It is.
    Kept,
    /// It is not, as Windows comes.
    LeftOut,
}

/// Security 4688.
pub fn process_created(host: &Host, time: Moment, process: &Process<'_>, lines: CommandLines) -> Event {
    let (domain, name) = account(host, process.user);
    let command = if lines == CommandLines::Kept { process.command } else { "" };
    let event = security(
        host,
        time,
        4688,
        13_312,
        vec![
            ("SubjectUserSid", Datum::Sid(SYSTEM_SID.to_owned())),
            ("SubjectUserName", name.into()),
            ("SubjectDomainName", domain.into()),
            ("SubjectLogonId", Datum::Hex(0x3e7)),
            ("NewProcessId", Datum::Hex(0)),
            ("NewProcessName", process.image.into()),
            ("TokenElevationType", "%%1936".into()),
            ("ProcessId", Datum::Hex(0)),
            ("CommandLine", command.into()),
            ("TargetUserSid", Datum::Sid("S-1-0-0".to_owned())),
            ("TargetUserName", "-".into()),
            ("TargetDomainName", "-".into()),
            ("TargetLogonId", Datum::Hex(0)),
            ("ParentProcessName", process.parent.into()),
            ("MandatoryLabel", Datum::Sid("S-1-16-16384".to_owned())),
        ],
    );
    Event { class: (2, 0, 13_312, 0), concerns: process.start(), ..event }
}

fn sysmon(host: &Host, time: Moment, id: u16, fields: Vec<(&'static str, Datum)>) -> Event {
    Event {
        provider: SYSMON,
        id,
        class: (5, 4, id, 0),
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::Named(fields),
        ..base(host, time, "Microsoft-Windows-Sysmon/Operational")
    }
}

fn utc(time: Moment) -> Datum {
    Datum::Text(format!("{}.{:03}", time.w3c(), time.0.rem_euclid(1000)))
}

/// A GUID that is filled in later, see [`super::lineage`].
fn unnumbered() -> Datum {
    Datum::Guid("00000000-0000-0000-0000-000000000000".to_owned())
}

/// Sysmon 1.
pub fn sysmon_process(host: &Host, time: Moment, process: &Process<'_>) -> Event {
    let folder = process.parent.rsplit_once('\\').map_or("C:\\", |(folder, _)| folder);
    let image = process.image.to_lowercase();
    let hash = image.bytes().fold(0x1f3a_9b27_5566_7788_99aa_bbcc_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_013b).rotate_left(29)
    });
    let event = sysmon(
        host,
        time,
        1,
        vec![
            ("RuleName", "-".into()),
            ("UtcTime", utc(time)),
            ("ProcessGuid", unnumbered()),
            ("ProcessId", 0.into()),
            ("Image", process.image.into()),
            ("FileVersion", "10.0.14393.0 (rs1_release.160715-1616)".into()),
            ("CommandLine", process.command.into()),
            ("CurrentDirectory", format!("{folder}\\").into()),
            ("User", process.user.into()),
            ("LogonId", Datum::Hex(0x3e7)),
            ("TerminalSessionId", 0.into()),
            ("IntegrityLevel", "System".into()),
            ("Hashes", format!("MD5={hash:032X}").into()),
            ("ParentProcessGuid", unnumbered()),
            ("ParentProcessId", 0.into()),
            ("ParentImage", process.parent.into()),
            ("ParentCommandLine", process.parent_command.into()),
        ],
    );
    Event { concerns: process.start(), ..event }
}

/// What a process did, as Sysmon tells it.
fn act(host: &Host, time: Moment, id: u16, image: &str, what: Vec<(&'static str, Datum)>) -> Event {
    let mut fields = vec![
        ("RuleName", "-".into()),
        ("UtcTime", utc(time)),
        ("ProcessGuid", unnumbered()),
        ("ProcessId", 0.into()),
        ("Image", image.into()),
    ];
    fields.extend(what);
    Event { concerns: Concerns::Act { image: image.to_owned() }, ..sysmon(host, time, id, fields) }
}

/// Sysmon 11.
pub fn sysmon_file(host: &Host, time: Moment, image: &str, target: &str) -> Event {
    act(host, time, 11, image, vec![("TargetFilename", target.into()), ("CreationUtcTime", utc(time))])
}

/// Security 4624: somebody signed in over the network.
pub fn signed_in(host: &Host, time: Moment, user: &str, address: &str) -> Event {
    security(
        host,
        time,
        4624,
        12_544,
        vec![
            ("SubjectUserSid", Datum::Sid("S-1-0-0".to_owned())),
            ("TargetUserSid", Datum::Sid(format!("{}-1107", host.domain_sid))),
            ("TargetUserName", user.into()),
            ("TargetDomainName", host.netbios.into()),
            ("TargetLogonId", Datum::Hex(0x2_1f3a)),
            ("LogonType", 3.into()),
            ("LogonProcessName", "Kerberos".into()),
            ("AuthenticationPackageName", "Kerberos".into()),
            ("WorkstationName", "-".into()),
            ("IpAddress", address.into()),
            ("IpPort", "50112".into()),
        ],
    )
}

/// Fields of Security behind those that tell who acted, in a session of the system.
fn subject(host: &Host, by: &str, what: Vec<(&'static str, Datum)>) -> Vec<(&'static str, Datum)> {
    let (domain, user) = account(host, by);
    let mut fields = vec![
        ("SubjectUserSid", Datum::Sid(SYSTEM_SID.to_owned())),
        ("SubjectUserName", user.into()),
        ("SubjectDomainName", domain.into()),
        ("SubjectLogonId", Datum::Hex(0x3e7)),
    ];
    fields.extend(what);
    fields
}

/// Security 4698.
pub fn task_registered(host: &Host, time: Moment, by: &str, name: &str, content: &str) -> Event {
    security(
        host,
        time,
        4698,
        12_804,
        subject(host, by, vec![("TaskName", name.into()), ("TaskContent", content.into())]),
    )
}

/// TaskScheduler 106.
pub fn task_noted(host: &Host, time: Moment, by: &str, name: &str) -> Event {
    Event {
        provider: ("Microsoft-Windows-TaskScheduler", Some("{de7b24ea-73c8-4a09-985d-5bdadcfa9017}")),
        id: 106,
        class: (0, 4, 106, 0),
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::Named(vec![("TaskName", name.into()), ("UserContext", by.into())]),
        ..base(host, time, "Microsoft-Windows-TaskScheduler/Operational")
    }
}

/// System 7045.
pub fn service_installed(host: &Host, time: Moment, name: &str, image: &str, start: &str) -> Event {
    Event {
        provider: ("Service Control Manager", Some("{555908d1-a6d7-4695-8e1e-26931d2012f4}")),
        id: 7045,
        qualifiers: Some(0x4000),
        class: (0, 4, 0, 0),
        keywords: 0x8080_0000_0000_0000,
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::Named(vec![
            ("ServiceName", name.into()),
            ("ImagePath", image.into()),
            (
                "ServiceType",
                host.tongue.speak("user mode service", "ユーザー モード サービス", "Benutzermodusdienst").into(),
            ),
            ("StartType", host.tongue.speak(start, started(start), german(start)).into()),
            ("AccountName", "LocalSystem".into()),
        ]),
        ..base(host, time, "System")
    }
}

/// Words of the service manager in Japanese.
fn started(english: &str) -> &str {
    match english {
        "auto start" => "自動的な開始",
        "demand start" => "要求による開始",
        "running" => "実行中",
        "stopped" => "停止",
        other => other,
    }
}

/// The same in German.
fn german(english: &str) -> &str {
    match english {
        "auto start" => "Automatisch starten",
        "demand start" => "Manuell starten",
        "running" => "Wird ausgeführt",
        "stopped" => "Beendet",
        other => other,
    }
}

/// System 7036.
pub fn service_state(host: &Host, time: Moment, name: &str, state: &str) -> Event {
    let state = host.tongue.speak(state, started(state), german(state));
    Event {
        provider: ("Service Control Manager", Some("{555908d1-a6d7-4695-8e1e-26931d2012f4}")),
        id: 7036,
        qualifiers: Some(0x4000),
        class: (0, 4, 0, 0),
        keywords: 0x8080_0000_0000_0000,
        body: Body::Named(vec![("param1", name.into()), ("param2", state.into())]),
        ..base(host, time, "System")
    }
}

/// Security 4720.
pub fn account_created(host: &Host, time: Moment, by: &str, name: &str) -> Event {
    let (domain, user) = account(host, by);
    security(
        host,
        time,
        4720,
        13_824,
        vec![
            ("TargetUserName", name.into()),
            ("TargetDomainName", host.name.into()),
            ("TargetSid", Datum::Sid(format!("{}-4117", host.domain_sid))),
            ("SubjectUserSid", Datum::Sid(SYSTEM_SID.to_owned())),
            ("SubjectUserName", user.into()),
            ("SubjectDomainName", domain.into()),
            ("SubjectLogonId", Datum::Hex(0x3e7)),
            ("PrivilegeList", "-".into()),
            ("SamAccountName", name.into()),
        ],
    )
}

/// Security 4732.
pub fn member_added(host: &Host, time: Moment, by: &str, group: &str) -> Event {
    let (domain, user) = account(host, by);
    security(
        host,
        time,
        4732,
        13_826,
        vec![
            ("MemberName", "-".into()),
            ("MemberSid", Datum::Sid(format!("{}-4117", host.domain_sid))),
            ("TargetUserName", group.into()),
            ("TargetDomainName", "Builtin".into()),
            ("TargetSid", Datum::Sid("S-1-5-32-544".to_owned())),
            ("SubjectUserSid", Datum::Sid(SYSTEM_SID.to_owned())),
            ("SubjectUserName", user.into()),
            ("SubjectDomainName", domain.into()),
            ("SubjectLogonId", Datum::Hex(0x3e7)),
            ("PrivilegeList", "-".into()),
        ],
    )
}

/// Security 1102.
pub fn log_cleared(host: &Host, time: Moment, by: &str) -> Event {
    let (domain, user) = account(host, by);
    Event {
        provider: ("Microsoft-Windows-Eventlog", Some("{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}")),
        id: 1102,
        class: (0, 4, 104, 0),
        keywords: 0x4020_0000_0000_0000,
        body: Body::User {
            element: "LogFileCleared",
            namespace: "http://manifests.microsoft.com/win/2004/08/windows/eventlog",
            fields: vec![
                ("SubjectUserSid", Datum::Sid(SYSTEM_SID.to_owned())),
                ("SubjectUserName", user.into()),
                ("SubjectDomainName", domain.into()),
                ("SubjectLogonId", Datum::Hex(0x3e7)),
            ],
        },
        ..base(host, time, "Security")
    }
}

/// PowerShell 4104, one part of one.
pub fn script_block(host: &Host, time: Moment, text: &str, level: u8, guid: &str) -> Event {
    Event {
        provider: ("Microsoft-Windows-PowerShell", Some("{a0c1853b-5c40-4b15-8766-3cf1c58f985a}")),
        id: 4104,
        class: (1, level, 2, 15),
        keywords: 0,
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::Named(vec![
            ("MessageNumber", 1.into()),
            ("MessageTotal", 1.into()),
            ("ScriptBlockText", text.into()),
            ("ScriptBlockId", guid.into()),
            ("Path", "".into()),
        ]),
        ..base(host, time, "Microsoft-Windows-PowerShell/Operational")
    }
}

/// Defender 1116.
pub fn malware_found(host: &Host, time: Moment, threat: &str, path: &str, process: &str) -> Event {
    Event {
        provider: ("Microsoft-Windows-Windows Defender", Some("{11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78}")),
        id: 1116,
        class: (0, 3, 0, 0),
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::Named(vec![
            ("Product Name", "%%827".into()),
            ("Product Version", "4.18.2102.4".into()),
            ("Detection Time", time.iso().into()),
            ("Severity ID", "5".into()),
            ("Severity Name", host.tongue.speak("Severe", "重大", "Schwerwiegend").into()),
            ("Category Name", host.tongue.speak("Backdoor", "バックドア", "Hintertür").into()),
            ("Threat Name", threat.into()),
            ("Path", format!("file:_{path}").into()),
            ("Detection Origin", "%%845".into()),
            ("Process Name", process.into()),
            ("Detection User", "NT AUTHORITY\\SYSTEM".into()),
            ("Action Name", "%%887".into()),
        ]),
        ..base(host, time, "Microsoft-Windows-Windows Defender/Operational")
    }
}

/// Defender 5007: a setting has changed.
pub fn defender_changed(host: &Host, time: Moment, old: &str, new: &str) -> Event {
    Event {
        provider: ("Microsoft-Windows-Windows Defender", Some("{11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78}")),
        id: 5007,
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::Named(vec![
            ("Product Name", "%%827".into()),
            ("Product Version", "4.18.2102.4".into()),
            ("Old Value", old.into()),
            ("New Value", new.into()),
        ]),
        ..base(host, time, "Microsoft-Windows-Windows Defender/Operational")
    }
}

/// A management command, as the mail server's own channel has it: 1 when it went well, 6 when it failed.
pub fn command_logged(host: &Host, time: Moment, command: &str, parameters: &str, by: &str, error: &str) -> Event {
    let (id, level) = if error.is_empty() { (1, 4) } else { (6, 2) };
    let sid = format!("{}-500", host.domain_sid);
    let items = [
        command,
        parameters,
        by,
        &sid,
        &sid,
        "ServerRemoteHost-EMC",
        "8132",
        "",
        "46",
        "00:00:00.4120000",
        "View Entire Forest: 'True', Default Scope: '', Configuration Domain Controller: 'dc01'",
        error,
        "",
        "",
        "",
    ];
    Event {
        provider: ("MSExchange CmdletLogs", None),
        id,
        qualifiers: Some(if error.is_empty() { 0x4004 } else { 0xc004 }),
        class: (0, level, 1, 0),
        keywords: 0x0080_0000_0000_0000,
        body: Body::Listed(items.iter().map(ToString::to_string).collect()),
        ..base(host, time, "MSExchange Management")
    }
}

/// An event of a classic provider in the application log.
pub fn application(host: &Host, time: Moment, provider: &'static str, id: u16, level: u8, items: &[&str]) -> Event {
    Event {
        provider: (provider, None),
        id,
        qualifiers: Some(if level == 2 { 0xc004 } else { 0x4004 }),
        class: (0, level, 1, 0),
        keywords: 0x0080_0000_0000_0000,
        body: Body::Listed(items.iter().map(ToString::to_string).collect()),
        ..base(host, time, "Application")
    }
}
