//! The back end's log of the web services for mail (../shared/facts/log-formats.md, section 5; columns after a public
//! sample of build 15.1.2375).

use super::csv;
use crate::host::Host;
use crate::moment::Moment;
use crate::server::{Head, Key, Server};

const FIELDS: &str = "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,Ring,ClientRequestId,\
    AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,UserAgent,VersionInfo,ClientIpAddress,\
    ServerHostName,FrontEndServer,SoapAction,HttpStatus,RequestSize,ResponseSize,ErrorCode,ImpersonatedUser,ProxyAsUser,\
    ActAsUser,Cookie,CorrelationGuid,PrimaryOrProxyServer,TaskType,RemoteBackendCount,LocalMailboxCount,\
    RemoteMailboxCount,LocalIdCount,RemoteIdCount,TotalRequestTime,GenericInfo,AuthenticationErrors,GenericErrors,Puid,\
    StartTime,ProcessId";

/// A call.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Who, empty where nobody signed in.
    pub user: &'a str,
    /// Whose mailbox.
    pub acting_as: &'a str,
    /// User agent.
    pub agent: &'a str,
    /// Client's address.
    pub client: &'a str,
    /// `FindItem`, `GetItem`.
    pub action: &'a str,
    /// Answer.
    pub status: u16,
}

fn head(host: &Host) -> Head {
    Head::Mail { version: host.build_long(), log_type: "EWS Logs", fields: FIELDS.to_owned(), heading: host.heading }
}

/// One row.
pub fn call(server: &mut Server, time: Moment, call: &Call<'_>, key: Option<Key>) {
    let host = server.host;
    let [major, minor, build, revision] = host.build;
    let id = server.dice.guid();
    let size = server.dice.between(600, 90_000);
    let values: Vec<String> = FIELDS
        .split(',')
        .map(|name| match name {
            "DateTime" => time.iso(),
            "RequestId" => id.clone(),
            "MajorVersion" => major.to_string(),
            "MinorVersion" => minor.to_string(),
            "BuildVersion" => build.to_string(),
            "RevisionVersion" => revision.to_string(),
            "Ring" => "Unknown".to_owned(),
            "AuthenticationType" => if call.user.is_empty() { "" } else { "Negotiate" }.to_owned(),
            "IsAuthenticated" => if call.user.is_empty() { "false" } else { "true" }.to_owned(),
            "AuthenticatedUser" => call.user.to_owned(),
            "UserAgent" => call.agent.replace(',', " "),
            "VersionInfo" => "Target=None;Req=Exchange2013/Exchange2013;".to_owned(),
            "ClientIpAddress" => call.client.to_owned(),
            "ServerHostName" | "FrontEndServer" => host.name.to_owned(),
            "SoapAction" => call.action.to_owned(),
            "HttpStatus" => call.status.to_string(),
            "RequestSize" => (size / 40).to_string(),
            "ResponseSize" => size.to_string(),
            "ActAsUser" => call.acting_as.to_owned(),
            "PrimaryOrProxyServer" => "PrimaryServer".to_owned(),
            "TaskType" => "LocalTask".to_owned(),
            "TotalRequestTime" => (size / 700).to_string(),
            "StartTime" => time.plus(-size / 700).iso(),
            "ProcessId" => "9716".to_owned(),
            _ => String::new(),
        })
        .collect();
    let values: Vec<String> = values.iter().map(|value| csv(value)).collect();
    let path = host.installed(&format!("Logging\\Ews\\Ews_{}-1.LOG", time.hour_stamp()));
    server.row(&path, || head(&host), time, values.join(","), key);
}
