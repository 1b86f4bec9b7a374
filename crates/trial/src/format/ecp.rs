//! Logs of the admin centre: the server's trace of commands, and the activity of each process
//! (../shared/facts/log-formats.md, sections 2 and 3).

use super::csv;
use crate::host::Host;
use crate::moment::Moment;
use crate::server::{Head, Key, Server};

const FIELDS: &str = "TimeStamp,ServerName,EventId,EventData";

fn head(host: &Host, log_type: &'static str) -> Head {
    Head::Mail { version: "15.0.0.0".to_owned(), log_type, fields: FIELDS.to_owned(), heading: host.heading }
}

/// A command that the admin centre ran.
#[derive(Debug, Clone, Copy, Default)]
pub struct Command<'a> {
    /// `Set-OabVirtualDirectory.ExternalUrl='…'.Identity='…'`.
    pub command: &'a str,
    /// The page that asked for it.
    pub url: &'a str,
    /// Error text, line breaks spelled `\r\n`.
    pub error: &'a str,
    /// The session's id.
    pub session: &'a str,
}

/// A pair of the log: one with special characters is wrapped whole in single quotes.
fn pair(name: &str, value: &str) -> String {
    let text = format!("S:{name}={value}");
    if value.contains(['\'', ';', '"', ',', '\\']) { format!("'{}'", text.replace('\'', "''")) } else { text }
}

/// One row of the server's trace.
pub fn command(server: &mut Server, time: Moment, command: &Command<'_>, key: Option<Key>) {
    let host = server.host;
    let activity = server.dice.guid();
    let user = server.dice.guid();
    let took = server.dice.between(11, 900).to_string();
    let pairs = [
        pair("TIME", &took),
        pair("SID", command.session),
        pair("CMD", command.command),
        pair("REQID", ""),
        pair("URL", command.url),
        pair("REFERRER", ""),
        pair("EX", command.error),
        pair("ACTID", &activity),
        pair("RS", "0"),
        pair("BLD", &host.build_short()),
        pair("TNAME", "<null>"),
        pair("TID", ""),
        pair("USID", &user),
        pair("EDOID", ""),
        pair("ACID", ""),
    ];
    let row = format!("{},{},ECP.Request,{}", time.iso(), host.name, csv(&pairs.join(";")));
    let path = host.installed(&format!("Logging\\ECP\\Server\\ECPServer{}-1.LOG", time.day_stamp()));
    server.row(&path, || head(&host, "ECP Server Log"), time, row, key);
}

/// One row of a process's activity.
pub fn activity(server: &mut Server, time: Moment, who: &str, url: &str, key: Option<Key>) {
    let host = server.host;
    let id = server.dice.guid();
    let took = server.dice.between(2, 80);
    let who = if who.is_empty() { String::new() } else { format!("S:PSA=<PII>{who}</PII>;") };
    let data = format!(
        "{who}S:URL=https://{}:444{url};S:Bld={};S:ActID={id};Dbl:BudgUse.T[]={took}.0008001327515;I32:ADS.C[dc01]=1;\
         S:WLM.Bal=2.147484E+09;Dbl:WLM.TS={took}",
        host.full_name().to_lowercase(),
        host.build_short()
    );
    let row = format!("{},{},Request,{}", time.iso(), host.name, csv(&data));
    let path = host.installed(&format!("Logging\\ECP\\Activity\\ECPActivity_9732_{}-1.LOG", time.day_stamp()));
    server.row(&path, || head(&host, "ECP Activity Context Log"), time, row, key);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_quotes_is_wrapped_and_doubled() {
        assert_eq!(pair("CMD", "Get-InboxRule"), "S:CMD=Get-InboxRule");
        assert_eq!(pair("CMD", "Set-X.Url='a'"), "'S:CMD=Set-X.Url=''a'''");
    }
}
