//! The log of management commands, kept beside the event log (../shared/facts/log-formats.md, section 5; columns after
//! a public sample of build 15.1.2375).

use super::csv;
use crate::moment::Moment;
use crate::server::{Head, Key, Server};

const FIELDS: &str = "DateTime,StartTime,RequestId,ClientRequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,\
    ServerHostName,ProcessId,ProcessName,ThreadId,CultureInfo,Organization,AuthenticatedUser,ExecutingUserSid,\
    EffectiveOrganization,UserServicePlan,IsAdmin,ClientApplication,Cmdlet,Parameters,CmdletUniqueId,\
    ADViewEntireForest,ADRecipientViewRoot,IsOutputObjectRedacted,OutputObjectCount,TotalTime,ErrorType,\
    ExecutionResult,GenericInfo,GenericErrors,NonPiiParameters";

/// A command.
#[derive(Debug, Clone, Copy)]
pub struct Command<'a> {
    /// Run in a shell on the server itself, or by way of the proxy.
    pub origin: Origin,
    /// Who.
    pub user: &'a str,
    /// The command's name.
    pub name: &'a str,
    /// `-Mailbox "x" -FilePath "y"`.
    pub parameters: &'a str,
}

/// Where a command was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A shell on the server.
    Local,
    /// A remote session.
    Remote,
}

/// One row.
pub fn command(server: &mut Server, time: Moment, command: &Command<'_>, key: Option<Key>) {
    let host = server.host;
    let (folder, prefix, process) = match command.origin {
        Origin::Local => ("LocalPowerShell", "LocalPowerShell", "powershell#PowerShell"),
        Origin::Remote => ("Powershell-Proxy", "Rps", "w3wp#MSExchangePowerShellAppPool"),
    };
    let [major, minor, build, revision] = host.build;
    let (id, unique) = (server.dice.guid(), server.dice.guid());
    let values: Vec<String> = FIELDS
        .split(',')
        .map(|name| match name {
            "DateTime" => time.iso(),
            "StartTime" => time.plus(-31).iso(),
            "RequestId" => id.clone(),
            "MajorVersion" => major.to_string(),
            "MinorVersion" => minor.to_string(),
            "BuildVersion" => build.to_string(),
            "RevisionVersion" => revision.to_string(),
            "ServerHostName" => host.name.to_owned(),
            "ProcessId" => "15756".to_owned(),
            "ProcessName" => process.to_owned(),
            "ThreadId" => "85".to_owned(),
            "AuthenticatedUser" => command.user.to_owned(),
            "ExecutingUserSid" => format!("{}-500", host.domain_sid),
            "IsAdmin" => "True".to_owned(),
            "ClientApplication" => "EMC".to_owned(),
            "Cmdlet" => command.name.to_owned(),
            "Parameters" | "NonPiiParameters" => command.parameters.to_owned(),
            "CmdletUniqueId" => unique.clone(),
            "ADRecipientViewRoot" => host.domain.to_owned(),
            "TotalTime" => "31".to_owned(),
            "ExecutionResult" => "Success".to_owned(),
            _ => String::new(),
        })
        .collect();
    let values: Vec<String> = values.iter().map(|value| csv(value)).collect();
    let stamp = time.hour_stamp();
    let path = host.installed(&format!("Logging\\CmdletInfra\\{folder}\\Cmdlet\\{prefix}_Cmdlet_{stamp}-1.LOG"));
    let head = || Head::Mail {
        version: host.build_long(),
        log_type: "Rps Cmdlet Logs",
        fields: FIELDS.to_owned(),
        heading: host.heading,
    };
    server.row(&path, head, time, values.join(","), key);
}
