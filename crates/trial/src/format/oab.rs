//! The log of the address book's generator. Its exact header is not public (../shared/facts/log-formats.md, section 4):
//! the columns here are composed, the telling sentence is the vendor's.

use super::csv;
use crate::moment::Moment;
use crate::server::{Head, Key, Server};

const FIELDS: &str = "DateTime,ServerName,Process,OrganizationId,OABName,Stage,Message";

/// One row.
pub fn note(server: &mut Server, time: Moment, stage: &str, message: &str, key: Option<Key>) {
    let host = server.host;
    let head = || Head::Mail {
        version: host.build_long(),
        log_type: "OABGenerator Logs",
        fields: FIELDS.to_owned(),
        heading: host.heading,
    };
    let row = format!(
        "{},{},MSExchangeMailboxAssistants,,\\Default Offline Address Book,{stage},{}",
        time.iso(),
        host.name,
        csv(message)
    );
    let path = host.installed(&format!("Logging\\OABGeneratorLog\\OABGeneratorLog_{}-1.LOG", time.day_stamp()));
    server.row(&path, head, time, row, key);
}

/// The sentence that stands where a download to `path` failed.
pub fn failed_download(path: &str) -> String {
    format!("Download failed and temporary file '{path}' needs to be removed")
}
