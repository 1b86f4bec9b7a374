//! Events of what comes over the network, and goes out: desktops, shares, other people's credentials, connections.

use super::{account, act, base, security, subject};
use crate::event::{Body, Concerns, Datum, Event};
use crate::host::Host;
use crate::moment::Moment;

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// `RemoteConnectionManager` 1149: somebody has signed in to a desktop from an address.
pub fn desktop_reached(host: &Host, time: Moment, user: &str, address: &str) -> Event {
    let (domain, name) = account(host, user);
    Event {
        provider: (
            "Microsoft-Windows-TerminalServices-RemoteConnectionManager",
            Some("{c76baa63-ae81-421c-b425-340b4b24157f}"),
        ),
        id: 1149,
        class: (0, 4, 0, 0),
        keywords: 0x1000_0000_0000_0000,
        user: Some("S-1-5-20".to_owned()),
        body: Body::User {
            element: "EventXML",
            namespace: "Event_NS",
            fields: vec![("Param1", name.into()), ("Param2", domain.into()), ("Param3", address.into())],
        },
        ..base(host, time, "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational")
    }
}

/// `LocalSessionManager` 24: the session stands without its desktop.
pub fn session_left(host: &Host, time: Moment, user: &str, address: &str) -> Event {
    Event { id: 24, ..super::access::session_began(host, time, user, address) }
}

/// Security 4648: a process signs in as somebody else; `target` is whom it asks, `by` the account that it runs as.
pub fn as_another(host: &Host, time: Moment, image: &str, by: &str, other: &str, target: &str) -> Event {
    let (other_domain, other_name) = account(host, other);
    let what = vec![
        ("LogonGuid", Datum::Guid(NOBODY.to_owned())),
        ("TargetUserName", other_name.into()),
        ("TargetDomainName", other_domain.into()),
        ("TargetLogonGuid", Datum::Guid(NOBODY.to_owned())),
        ("TargetServerName", target.into()),
        ("TargetInfo", target.into()),
        ("ProcessId", Datum::Hex(0)),
        ("ProcessName", image.into()),
        ("IpAddress", "-".into()),
        ("IpPort", "-".into()),
    ];
    let fields = subject(host, by, what);
    let concerns = Concerns::Act { image: image.to_owned() };
    Event { class: (0, 0, 12_544, 0), concerns, ..security(host, time, 4648, 12_544, fields) }
}

/// Security 4625 of type 3: somebody was not let in.
pub fn turned_away(host: &Host, time: Moment, user: &str, address: &str) -> Event {
    let (domain, name) = account(host, user);
    let nothing = || Datum::from("-");
    let fields = vec![
        ("SubjectUserSid", Datum::Sid("S-1-0-0".to_owned())),
        ("SubjectUserName", nothing()),
        ("SubjectDomainName", nothing()),
        ("SubjectLogonId", Datum::Hex(0)),
        ("TargetUserSid", Datum::Sid("S-1-0-0".to_owned())),
        ("TargetUserName", name.into()),
        ("TargetDomainName", domain.into()),
        ("Status", Datum::Hex(0xc000_006d)),
        ("FailureReason", "%%2313".into()),
        ("SubStatus", Datum::Hex(0xc000_006a)),
        ("LogonType", 3.into()),
        ("LogonProcessName", "NtLmSsp ".into()),
        ("AuthenticationPackageName", "NTLM".into()),
        ("WorkstationName", nothing()),
        ("TransmittedServices", nothing()),
        ("LmPackageName", nothing()),
        ("KeyLength", 0.into()),
        ("ProcessId", Datum::Hex(0)),
        ("ProcessName", nothing()),
        ("IpAddress", address.into()),
        ("IpPort", "51620".into()),
    ];
    let event = security(host, time, 4625, 12_544, fields);
    Event { class: (0, 0, 12_544, 0), keywords: 0x8010_0000_0000_0000, ..event }
}

/// Security 5145: a file of an administrative share is opened for writing.
pub fn share_written(host: &Host, time: Moment, user: &str, address: &str, file: &str) -> Event {
    let (domain, name) = account(host, user);
    let (drive, relative) = file.split_once(":\\").unwrap_or(("C", file));
    let fields = vec![
        ("SubjectUserSid", Datum::Sid(format!("{}-1612", host.domain_sid))),
        ("SubjectUserName", name.into()),
        ("SubjectDomainName", domain.into()),
        ("SubjectLogonId", Datum::Hex(0x1e8_c7a4)),
        ("ObjectType", "File".into()),
        ("IpAddress", address.into()),
        ("IpPort", "50377".into()),
        ("ShareName", format!("\\\\*\\{drive}$").into()),
        ("ShareLocalPath", format!("\\??\\{drive}:\\").into()),
        ("RelativeTargetName", relative.into()),
        ("AccessMask", Datum::Hex(0x12_0196)),
        ("AccessList", "%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4417\n\t\t\t\t%%4418\n\t\t\t\t%%4420\n\t\t\t\t%%4423\n\t\t\t\t%%4424\n\t\t\t\t".into()),
        ("AccessReason", "-".into()),
    ];
    Event { class: (0, 0, 12_811, 0), ..security(host, time, 5145, 12_811, fields) }
}

/// Sysmon 3: a process connects to an address outside.
pub fn connected(host: &Host, time: Moment, image: &str, user: &str, (address, port): (&str, u32)) -> Event {
    let what = vec![
        ("User", host.account(user).into()),
        ("Protocol", "tcp".into()),
        ("Initiated", "true".into()),
        ("SourceIsIpv6", "false".into()),
        ("SourceIp", host.address.into()),
        ("SourceHostname", host.full_name().into()),
        ("SourcePort", 53_208.into()),
        ("SourcePortName", "-".into()),
        ("DestinationIsIpv6", "false".into()),
        ("DestinationIp", address.into()),
        ("DestinationHostname", "-".into()),
        ("DestinationPort", port.into()),
        ("DestinationPortName", "-".into()),
    ];
    act(host, time, 3, image, what)
}
