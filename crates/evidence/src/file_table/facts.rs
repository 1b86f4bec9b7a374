//! What is said of a file, and how it shows that its times were set back.
//!
//! Programs can set the times of `$STANDARD_INFORMATION`, and intruders do, so that a file looks as old as its neighbours.
//! Those of `$FILE_NAME` are set by the system alone, when a name is made, moved or changed. Three comparisons tell, of
//! which none is proof: installers and archivers set times too, and a renamed file takes its times along.
//!
//! - `created-before-name`: created more than a second before its name came to be
//! - `whole-second`: created on a whole second, while its name was not; many tools know no fractions
//! - `changed-before-created`: its record was changed for the last time before the file was created
//!
//! Source: MITRE ATT&CK T1070.006, <https://attack.mitre.org/techniques/T1070/006/>.

use super::Placed;
use super::entry::{Entry, Times};
use crate::encoding::text;
use crate::file_attributes;
use crate::record::{Record, Topic, Value};
use crate::windows_time::{TICKS_PER_SECOND, filetime};

/// The attribute that the table keeps in the header of a record instead.
const FOLDER: u32 = 0x10;

/// The record of a file under one of its names.
pub(super) fn record(entry: &Entry, name: Option<Placed<'_>>) -> Record {
    let mut record = Record { number: Some(entry.number), ..Record::new(Topic::File, entry.offset) };
    record.fields.reserve(16);
    let name_times = name.as_ref().map(|(name, _)| name.times);
    if let Some((name, path)) = name {
        record = record.with("TargetFilename", path).with("Name", name.text.as_str());
    }
    if let Some(size) = entry.size {
        record = record.with("Size", Value::Number(i64::try_from(size).unwrap_or(i64::MAX)));
    }
    if let Some(times) = entry.times {
        record.time = filetime(times.modified);
        record = with_times(record, ["Created", "Modified", "Changed", "Accessed"], times);
    }
    if let Some(times) = name_times {
        record = with_times(record, ["NameCreated", "NameModified", "NameChanged", "NameAccessed"], times);
    }
    let attributes = file_attributes::words(entry.attributes | if entry.is_folder { FOLDER } else { 0 });
    if !attributes.is_empty() {
        record = record.with("Attributes", Value::List(attributes));
    }
    if entry.is_deleted {
        record = record.with("Deleted", "yes");
    }
    if !entry.streams.is_empty() {
        record = record.with("Streams", Value::List(entry.streams.clone()));
    }
    if let Some(content) = readable(&entry.content) {
        record = record.with("Resident", content);
    }
    if let (Some(own), Some(name)) = (entry.times, name_times) {
        let signs = signs(own, name);
        if !signs.is_empty() {
            // What the file says of its times is not to be believed; when its name came, the system wrote.
            record.time = filetime(name.created).or(record.time);
            record = record.with("BackDated", "yes").with("BackDatedBy", Value::List(signs));
        }
    }
    record
}

fn with_times(record: Record, names: [&str; 4], times: Times) -> Record {
    let all = [times.created, times.modified, times.changed, times.accessed];
    names.into_iter().zip(all).fold(record, |record, (name, ticks)| match filetime(ticks) {
        Some(time) => record.with(name, time.to_string()),
        None => record,
    })
}

/// Signs that the times were set back.
fn signs(own: Times, name: Times) -> Vec<String> {
    let is_whole = |ticks: u64| ticks.is_multiple_of(TICKS_PER_SECOND);
    let tests = [
        ("created-before-name", own.created.saturating_add(TICKS_PER_SECOND) < name.created),
        ("whole-second", own.created != 0 && is_whole(own.created) && !is_whole(name.created)),
        ("changed-before-created", own.changed.saturating_add(TICKS_PER_SECOND) < own.created),
    ];
    tests.iter().filter(|(_, holds)| *holds).map(|(sign, _)| (*sign).to_owned()).collect()
}

/// The content, where it is text.
fn readable(content: &[u8]) -> Option<String> {
    let is_text = |byte: &u8| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let is_some = !content.is_empty() && content.iter().all(is_text);
    is_some.then(|| text(content).into_owned())
}
