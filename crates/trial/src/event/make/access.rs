//! Events of accounts, sign-ins and what is audited.

use super::{SYSTEM_SID, account, base, security};
use crate::event::{Body, Datum, Event};
use crate::host::Host;
use crate::moment::Moment;

/// The head of most events about an account: whom it concerns, and who did it.
fn about_account(host: &Host, by: &str, name: &str, relative: u32) -> Vec<(&'static str, Datum)> {
    let (domain, user) = account(host, by);
    vec![
        ("TargetUserName", name.into()),
        ("TargetDomainName", host.name.into()),
        ("TargetSid", Datum::Sid(format!("{}-{relative}", host.domain_sid))),
        ("SubjectUserSid", Datum::Sid(SYSTEM_SID.to_owned())),
        ("SubjectUserName", user.into()),
        ("SubjectDomainName", domain.into()),
        ("SubjectLogonId", Datum::Hex(0x3e7)),
    ]
}

/// Security 4722: an account that was off is on. `relative` is the last part of its identifier.
pub fn account_enabled(host: &Host, time: Moment, by: &str, (name, relative): (&str, u32)) -> Event {
    let event = security(host, time, 4722, 13_824, about_account(host, by, name, relative));
    Event { class: (0, 0, 13_824, 0), ..event }
}

/// Security 4724: somebody else's password is set.
pub fn password_set(host: &Host, time: Moment, by: &str, (name, relative): (&str, u32)) -> Event {
    let event = security(host, time, 4724, 13_824, about_account(host, by, name, relative));
    Event { class: (0, 0, 13_824, 0), ..event }
}

/// Security 4732 for an account that was there before.
pub fn known_member_added(host: &Host, time: Moment, by: &str, group: &str, relative: u32) -> Event {
    let event = super::member_added(host, time, by, group);
    let Body::Named(fields) = event.body else { return event };
    let member = Datum::Sid(format!("{}-{relative}", host.domain_sid));
    let fields = fields.into_iter().map(|(name, datum)| match name {
        "MemberSid" => (name, member.clone()),
        _ => (name, datum),
    });
    Event { body: Body::Named(fields.collect()), class: (0, 0, 13_826, 0), ..event }
}

/// Security 4624 of type 10: a desktop over the network.
pub fn desktop_signed_in(host: &Host, time: Moment, user: &str, address: &str) -> Event {
    let (domain, name) = account(host, user);
    let machine = host.machine_account();
    let (_, computer) = account(host, &machine);
    let relative = if name == "Guest" { 501 } else { 1_131 };
    let no = || Datum::from("%%1843");
    let nothing = || Datum::from("-");
    let fields = vec![
        ("SubjectUserSid", Datum::Sid(SYSTEM_SID.to_owned())),
        ("SubjectUserName", computer.into()),
        ("SubjectDomainName", host.netbios.into()),
        ("SubjectLogonId", Datum::Hex(0x3e7)),
        ("TargetUserSid", Datum::Sid(format!("{}-{relative}", host.domain_sid))),
        ("TargetUserName", name.into()),
        ("TargetDomainName", domain.into()),
        ("TargetLogonId", Datum::Hex(0x4c_19e2)),
        ("LogonType", 10.into()),
        ("LogonProcessName", "User32 ".into()),
        ("AuthenticationPackageName", "Negotiate".into()),
        ("WorkstationName", host.name.into()),
        ("LogonGuid", Datum::Guid("00000000-0000-0000-0000-000000000000".to_owned())),
        ("TransmittedServices", nothing()),
        ("LmPackageName", nothing()),
        ("KeyLength", 0.into()),
        ("ProcessId", Datum::Hex(0x4a4)),
        ("ProcessName", "C:\\Windows\\System32\\svchost.exe".into()),
        ("IpAddress", address.into()),
        ("IpPort", "0".into()),
        ("ImpersonationLevel", "%%1833".into()),
        ("RestrictedAdminMode", no()),
        ("TargetOutboundUserName", nothing()),
        ("TargetOutboundDomainName", nothing()),
        ("VirtualAccount", no()),
        ("TargetLinkedLogonId", Datum::Hex(0)),
        ("ElevatedToken", "%%1842".into()),
    ];
    Event { class: (2, 0, 12_544, 0), ..security(host, time, 4624, 12_544, fields) }
}

/// `TerminalServices-LocalSessionManager` 21: a session began, from an address.
pub fn session_began(host: &Host, time: Moment, user: &str, address: &str) -> Event {
    Event {
        provider: (
            "Microsoft-Windows-TerminalServices-LocalSessionManager",
            Some("{5d896912-022d-40aa-a3a8-4fa5515c76d7}"),
        ),
        id: 21,
        class: (0, 4, 0, 0),
        keywords: 0x1000_0000_0000_0000,
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::User {
            element: "EventXML",
            namespace: "Event_NS",
            fields: vec![("User", user.into()), ("SessionID", 3.into()), ("Address", address.into())],
        },
        ..base(host, time, "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational")
    }
}

/// Security 4719: sign-ins are audited no more.
pub fn audit_stopped(host: &Host, time: Moment) -> Event {
    let machine = host.machine_account();
    let (domain, user) = account(host, &machine);
    let fields = vec![
        ("SubjectUserSid", Datum::Sid(SYSTEM_SID.to_owned())),
        ("SubjectUserName", user.into()),
        ("SubjectDomainName", domain.into()),
        ("SubjectLogonId", Datum::Hex(0x3e7)),
        ("CategoryId", "%%8273".into()),
        ("SubcategoryId", "%%12544".into()),
        ("SubcategoryGuid", Datum::Guid("0cce9215-69ae-11d9-bed3-505054503030".to_owned())),
        ("AuditPolicyChanges", "%%8448, %%8450".into()),
    ];
    Event { class: (0, 0, 13_568, 0), ..security(host, time, 4719, 13_568, fields) }
}

/// Security 4699: a task is deleted.
pub fn task_deleted(host: &Host, time: Moment, by: &str, name: &str) -> Event {
    let event = super::task_registered(host, time, by, name, "");
    Event { id: 4699, class: (0, 0, 12_804, 0), ..event }
}

/// `TaskScheduler` 141: the scheduler deletes a task.
pub fn task_dropped(host: &Host, time: Moment, by: &str, name: &str) -> Event {
    let body = Body::Named(vec![("TaskName", name.into()), ("UserName", by.into())]);
    Event { id: 141, class: (0, 4, 141, 0), body, ..super::task_noted(host, time, by, name) }
}

/// System 104: a channel other than the security log is cleared.
pub fn channel_cleared(host: &Host, time: Moment, by: &str, channel: &str) -> Event {
    let (domain, user) = account(host, by);
    Event {
        provider: ("Microsoft-Windows-Eventlog", Some("{fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148}")),
        id: 104,
        class: (0, 4, 104, 0),
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::User {
            element: "LogFileCleared",
            namespace: "http://manifests.microsoft.com/win/2004/08/windows/eventlog",
            fields: vec![
                ("SubjectUserName", user.into()),
                ("SubjectDomainName", domain.into()),
                ("Channel", channel.into()),
                ("BackupPath", "".into()),
            ],
        },
        ..base(host, time, "System")
    }
}
