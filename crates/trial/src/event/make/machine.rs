//! Events of the machine itself: its firewall, its virus scanner, WMI, transfers, PowerShell's engine, and what Sysmon
//! sees beside processes.

use super::{SYSTEM_SID, base, sysmon, unnumbered, utc};
use crate::event::{Body, Concerns, Datum, Event};
use crate::host::Host;
use crate::moment::Moment;

/// Firewall 2004: a rule is added that lets in whatever a program listens for.
pub fn firewall_rule(host: &Host, time: Moment, name: &str, program: &str, by: &str) -> Event {
    let any = || Datum::from("*");
    Event {
        provider: (
            "Microsoft-Windows-Windows Firewall With Advanced Security",
            Some("{d1bc9aff-2abf-4d71-9146-ecb2a986eb85}"),
        ),
        id: 2004,
        keywords: 0x8000_0200_0000_0000,
        user: Some("S-1-5-19".to_owned()),
        body: Body::Named(vec![
            ("RuleId", "{6E0B4F51-7E3C-4B7A-9D5A-2C1F0A94D7B3}".into()),
            ("RuleName", name.into()),
            ("Origin", 1.into()),
            ("ApplicationPath", program.into()),
            ("ServiceName", "".into()),
            ("Direction", 1.into()),
            ("Protocol", 256.into()),
            ("LocalPorts", "".into()),
            ("RemotePorts", "".into()),
            ("Action", 3.into()),
            ("Profiles", 2_147_483_647.into()),
            ("LocalAddresses", any()),
            ("RemoteAddresses", any()),
            ("EmbeddedContext", "".into()),
            ("Flags", 1.into()),
            ("Active", 1.into()),
            ("EdgeTraversal", 0.into()),
            ("ModifyingUser", Datum::Sid(SYSTEM_SID.to_owned())),
            ("ModifyingApplication", by.into()),
            ("SchemaVersion", 542.into()),
            ("RuleStatus", 65_536.into()),
        ]),
        ..base(host, time, "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall")
    }
}

/// Defender 5001: protection in real time is off.
pub fn protection_off(host: &Host, time: Moment) -> Event {
    let body = vec![("Product Name", "%%827".into()), ("Product Version", "4.18.2102.4".into())];
    Event { id: 5001, body: Body::Named(body), ..super::defender_changed(host, time, "", "") }
}

/// Defender 1117: what was found is gone. All else is as in its finding.
pub fn malware_removed(found: &Event, time: Moment) -> Event {
    let Body::Named(fields) = found.body.clone() else { return found.clone() };
    let fields = fields.into_iter().map(|(name, datum)| match name {
        // Into quarantine.
        "Action Name" => (name, "%%809".into()),
        _ => (name, datum),
    });
    Event { id: 1117, class: (0, 4, 0, 0), time, body: Body::Named(fields.collect()), ..found.clone() }
}

/// WMI-Activity 5861: a consumer is bound to a filter for good.
pub fn consumer_bound(host: &Host, time: Moment, name: &str, query: &str, command: &str) -> Event {
    let cause = format!(
        "Binding EventFilter: \n\ninstance of __EventFilter\n{{\n\tCreatorSID = {{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}};\n\
         \tEventNamespace = \"root\\\\cimv2\";\n\tName = \"{name}\";\n\tQuery = \"{query}\";\n\tQueryLanguage = \"WQL\";\n}};\n\n\
         Perm. Consumer: \n\ninstance of CommandLineEventConsumer\n{{\n\tCommandLineTemplate = \"{command}\";\n\
         \tCreatorSID = {{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}};\n\tName = \"{name}\";\n}};\n"
    );
    Event {
        provider: ("Microsoft-Windows-WMI-Activity", Some("{1418ef04-b0b4-4623-bf7e-d74ab47bbdaa}")),
        id: 5861,
        class: (0, 0, 0, 0),
        keywords: 0x4000_0000_0000_0000,
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::User {
            element: "Operation_ESStoConsumerBinding",
            namespace: "http://manifests.microsoft.com/win/2006/windows/WMI",
            fields: vec![
                ("Namespace", "//./root/subscription".into()),
                ("ESS", name.into()),
                ("CONSUMER", format!("CommandLineEventConsumer=\"{name}\"").into()),
                ("PossibleCause", cause.into()),
            ],
        },
        ..base(host, time, "Microsoft-Windows-WMI-Activity/Operational")
    }
}

/// Bits-Client 59: a transfer begins.
pub fn transfer_began(host: &Host, time: Moment, job: &str, address: &str) -> Event {
    let id = "7c1d2f0e-4be9-4e7c-8a52-90b6f33d1a08";
    Event {
        provider: ("Microsoft-Windows-Bits-Client", Some("{ef1cc15b-46c1-414e-bb95-e76b077bd51e}")),
        id: 59,
        class: (1, 4, 0, 1),
        keywords: 0x4000_0000_0000_0000,
        user: Some(SYSTEM_SID.to_owned()),
        body: Body::Named(vec![
            ("transferId", Datum::Guid("1f0c5c1a-6a0e-47b0-b7f4-0b2d86d1c3e9".to_owned())),
            ("name", job.into()),
            ("Id", Datum::Guid(id.to_owned())),
            ("url", address.into()),
            ("peer", "".into()),
            ("fileTime", Datum::Time(Moment::day(1601, 1, 1))),
            ("fileLength", Datum::Hex(u64::MAX)),
            ("bytesTotal", Datum::Hex(u64::MAX)),
            ("bytesTransferred", Datum::Hex(0)),
            ("bytesTransferredFromPeer", Datum::Hex(0)),
        ]),
        ..base(host, time, "Microsoft-Windows-Bits-Client/Operational")
    }
}

/// `Windows PowerShell` 400: the engine starts; its host's command line stands in the last text.
pub fn engine_started(host: &Host, time: Moment, command: &str) -> Event {
    let details = format!(
        "\tNewEngineState=Available\r\n\tPreviousEngineState=None\r\n\r\n\tSequenceNumber=13\r\n\r\n\tHostName=ConsoleHost\r\n\
         \tHostVersion=5.1.14393.4046\r\n\tHostId=5e8c6a0b-79b4-4d0e-9a7f-b1d4c2a3e6f0\r\n\tHostApplication={command}\r\n\
         \tEngineVersion=5.1.14393.4046\r\n\tRunspaceId=c83b9d51-0f3e-4d33-8e47-62a90cb1d7e4\r\n\tPipelineId=\r\n\tCommandName=\r\n\
         \tCommandType=\r\n\tScriptName=\r\n\tCommandPath=\r\n\tCommandLine="
    );
    Event {
        provider: ("PowerShell", None),
        id: 400,
        qualifiers: Some(0),
        class: (0, 4, 4, 0),
        keywords: 0x0080_0000_0000_0000,
        body: Body::Listed(vec!["Available".to_owned(), "None".to_owned(), details]),
        ..base(host, time, "Windows PowerShell")
    }
}

/// PowerShell 4104: one of the parts of a script that is too long for one event.
pub fn script_part(host: &Host, time: Moment, text: &str, (part, of): (u32, u32), guid: &str) -> Event {
    let whole = super::script_block(host, time, text, 3, guid);
    let Body::Named(fields) = whole.body else { return whole };
    let fields = fields.into_iter().map(|(name, datum)| match name {
        "MessageNumber" => (name, part.into()),
        "MessageTotal" => (name, of.into()),
        _ => (name, datum),
    });
    Event { body: Body::Named(fields.collect()), ..whole }
}

/// Sysmon 10: a process opens another.
pub fn process_opened(host: &Host, time: Moment, image: &str, target: &str) -> Event {
    let event = sysmon(
        host,
        time,
        10,
        vec![
            ("RuleName", "-".into()),
            ("UtcTime", utc(time)),
            ("SourceProcessGUID", unnumbered()),
            ("SourceProcessId", 0.into()),
            ("SourceThreadId", 5_544.into()),
            ("SourceImage", image.into()),
            ("TargetProcessGUID", unnumbered()),
            ("TargetProcessId", 0.into()),
            ("TargetImage", target.into()),
            ("GrantedAccess", "0x1fffff".into()),
            (
                "CallTrace",
                "C:\\Windows\\SYSTEM32\\ntdll.dll+a6574|C:\\Windows\\System32\\KERNELBASE.dll+20edd|UNKNOWN(00000000021A3C11)"
                    .into(),
            ),
        ],
    );
    let concerns = Concerns::Access { source: image.to_owned(), target: target.to_owned() };
    Event { class: (3, 4, 10, 0), concerns, ..event }
}
