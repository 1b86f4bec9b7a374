//! Events of PowerShell before its script blocks: its engine with a version, its pipelines, its commands; and programs
//! that a desktop starts when somebody signs in.

use super::{SYSTEM_SID, base};
use crate::event::{Body, Event};
use crate::host::Host;
use crate::moment::Moment;

/// What `Windows PowerShell` 400 and 800 say of the one that runs.
fn details(version: &str, command: &str) -> String {
    format!(
        "\tHostName=ConsoleHost\r\n\tHostVersion={version}\r\n\tHostId=0f9a7c52-31b8-4c66-9d0e-2a5b7e14c8f3\r\n\
         \tHostApplication={command}\r\n\tEngineVersion={version}\r\n\tRunspaceId=6b1d3e70-94c2-4f5a-8a37-d0c9e2f6b815\r\n"
    )
}

/// `Windows PowerShell` 400: the engine of that version starts with a command line.
pub fn began(host: &Host, time: Moment, version: &str, command: &str) -> Event {
    let text = format!(
        "\tNewEngineState=Available\r\n\tPreviousEngineState=None\r\n\r\n\tSequenceNumber=13\r\n\r\n{}\tPipelineId=\r\n\
         \tCommandName=\r\n\tCommandType=\r\n\tScriptName=\r\n\tCommandPath=\r\n\tCommandLine=",
        details(version, command)
    );
    let body = Body::Listed(vec!["Available".to_owned(), "None".to_owned(), text]);
    Event { body, ..super::machine::engine_started(host, time, command) }
}

/// `Windows PowerShell` 800: a pipeline, with each of its commands.
pub fn pipeline(
    host: &Host,
    time: Moment,
    version: &str,
    (command, line): (&str, &str),
    parts: &[(&str, &str)],
) -> Event {
    let text = format!(
        "\tDetailSequence=1\r\n\tDetailTotal=1\r\n\r\n\tSequenceNumber=17\r\n\r\n\tUserId={}\r\n{}\tPipelineId=1\r\n\
         \tScriptName=\r\n\tCommandLine={line}",
        host.account("NT AUTHORITY\\SYSTEM"),
        details(version, command)
    );
    let calls: Vec<String> = parts
        .iter()
        .map(|(name, value)| {
            format!(
                "CommandInvocation({name}): \"{name}\"\r\nParameterBinding({name}): name=\"Value\"; value=\"{value}\""
            )
        })
        .collect();
    let body = Body::Listed(vec![line.to_owned(), text, calls.join("\r\n")]);
    Event { id: 800, class: (0, 4, 8, 0), body, ..super::machine::engine_started(host, time, command) }
}

/// PowerShell 4103: a command and its parameters, where modules are logged.
pub fn module(host: &Host, time: Moment, command: &str, payload: &str, by: &str) -> Event {
    let context = format!(
        "        Severity = Informational\r\n        Host Name = ConsoleHost\r\n        Host Version = 5.1.14393.3866\r\n\
         \x20       Host ID = 3c70e1f4-05d8-4a7e-8d12-f6b9a0c4e735\r\n        Host Application = {command}\r\n\
         \x20       Engine Version = 5.1.14393.3866\r\n        Runspace ID = d2a81c06-7e5b-4b90-a3f4-518c6e0d9b27\r\n\
         \x20       Pipeline ID = 9\r\n        Command Name = {}\r\n        Command Type = Cmdlet\r\n        Script Name = \r\n\
         \x20       Command Path = \r\n        Sequence Number = 41\r\n        User = {}\r\n        Connected User = \r\n\
         \x20       Shell ID = Microsoft.PowerShell\r\n",
        payload.split(['(', ')']).nth(1).unwrap_or_default(),
        host.account(by),
    );
    let event = super::script_block(host, time, "", 4, "");
    let body = Body::Named(vec![("ContextInfo", context.into()), ("UserData", "".into()), ("Payload", payload.into())]);
    Event { id: 4103, class: (1, 4, 106, 20), body, ..event }
}

/// `Shell-Core` 9707: a desktop starts what a run key names.
pub fn run_at_sign_in(host: &Host, time: Moment, command: &str) -> Event {
    Event {
        provider: ("Microsoft-Windows-Shell-Core", Some("{30336ed4-e327-447c-9de0-51b652c86108}")),
        id: 9707,
        class: (0, 4, 9_707, 1),
        keywords: 0x2000_0000_0400_0000,
        user: Some(format!("{}-500", host.domain_sid)),
        body: Body::Named(vec![("Command", command.into())]),
        ..base(host, time, "Microsoft-Windows-Shell-Core/Operational")
    }
}

/// Bits-Client 3: a transfer is set up by a program.
pub fn transfer_set_up(host: &Host, time: Moment, title: &str, program: &str) -> Event {
    let event = super::machine::transfer_began(host, time, title, "");
    let body = Body::Named(vec![
        ("jobTitle", title.into()),
        ("jobId", crate::event::Datum::Guid("7c1d2f0e-4be9-4e7c-8a52-90b6f33d1a08".to_owned())),
        ("jobOwner", host.account("NT AUTHORITY\\SYSTEM").into()),
        ("processPath", program.into()),
    ]);
    Event { id: 3, class: (1, 4, 0, 0), user: Some(SYSTEM_SID.to_owned()), body, ..event }
}
