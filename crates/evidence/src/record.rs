//! One event or fact that a piece of binary evidence states, as named values; and where readers hand it over.
//!
//! Rows of text logs are borrowed from their reader's buffer: see [`crate::row`]. A record is owned, because it may come
//! from a worker process.

use std::io;

use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A value is cut behind so many bytes; what was cut is told as [`Gap::ValueCut`].
pub const VALUE_CAP: usize = 64 << 10;
/// All values of a record together are cut behind so many bytes, told in the same way.
pub const RECORD_CAP: usize = 1 << 20;
/// A record holds so many fields; a record with more is told as [`Gap::ValueCut`] and keeps the first.
pub const FIELDS_CAP: usize = 1_024;

/// One event or fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What it tells of.
    pub topic: Topic,
    /// When it happened, or when what it states was last changed.
    pub time: Option<Timestamp>,
    /// Its number in the file, as the format counts: the event record id, the entry of the file table, the line.
    pub number: Option<u64>,
    /// Where in the file it begins, in bytes.
    pub offset: u64,
    /// Its values by their names, in the order of the file. A name may stand more than once.
    pub fields: Vec<(String, Value)>,
}

/// What a record tells of. With the exception of events, each is a log source of its own: see [`Topic::word`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// An event of an event log; its channel, provider and event id are among the fields.
    Event,
    /// A file, as it lies there or as a file table knows it.
    File,
    /// A value of the registry.
    RegistryValue,
    /// A service.
    Service,
    /// A scheduled task.
    ScheduledTask,
    /// A local account.
    Account,
    /// A program that is started with the system or at sign-in.
    Autostart,
    /// An installed program.
    Software,
    /// A module, handler, virtual directory or rewrite rule of a web server.
    WebConfig,
    /// A command that somebody typed.
    Command,
    /// An entry of the hosts file.
    HostsEntry,
    /// A change of a file, from the change journal of the file system.
    FileChange,
    /// An error report.
    ErrorReport,
    /// What a scanner detected.
    Detection,
    /// The machine itself: its name and local time.
    Machine,
    /// What a scanner says of a run of its own.
    ScanRun,
}

impl Topic {
    /// All topics.
    pub const ALL: [Self; 16] = [
        Self::Event,
        Self::File,
        Self::RegistryValue,
        Self::Service,
        Self::ScheduledTask,
        Self::Account,
        Self::Autostart,
        Self::Software,
        Self::WebConfig,
        Self::Command,
        Self::HostsEntry,
        Self::FileChange,
        Self::ErrorReport,
        Self::Detection,
        Self::Machine,
        Self::ScanRun,
    ];

    /// The `category` of the topic's Sigma log source (`product: windows`). Sigma knows no log sources for the state of
    /// a machine, so these are our own; the pack format (docs/book) lists their fields.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::File => "file",
            Self::RegistryValue => "registry_value",
            Self::Service => "service",
            Self::ScheduledTask => "scheduled_task",
            Self::Account => "account",
            Self::Autostart => "autostart",
            Self::Software => "software",
            Self::WebConfig => "web_config",
            Self::Command => "command",
            Self::HostsEntry => "hosts_entry",
            Self::FileChange => "file_change",
            Self::ErrorReport => "error_report",
            Self::Detection => "detection",
            Self::Machine => "machine",
            Self::ScanRun => "scan_run",
        }
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Text, also for numbers that a log writes as text, and for shaped values such as GUIDs, SIDs and hex numbers.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A truth value.
    Bool(bool),
    /// Several texts under one name. Lists are not nested: a message with endless lists in lists would take the stack of
    /// whoever reads it.
    List(Vec<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Record {
    /// A record without fields.
    #[must_use]
    pub const fn new(topic: Topic, offset: u64) -> Self {
        Self { topic, time: None, number: None, offset, fields: Vec::new() }
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    /// The first value of this name, compared without ASCII case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(have, _)| have.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The first value of this name, where it is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.field(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// About how many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.fields.iter().map(|(name, value)| name.len() + value.bytes()).sum()
    }

    /// Cuts values and fields beyond the caps; tells how many were cut.
    pub fn cap(&mut self) -> u64 {
        let surplus = self.fields.len().saturating_sub(FIELDS_CAP);
        self.fields.truncate(FIELDS_CAP);
        let mut cut = surplus as u64 + self.fields.iter_mut().map(|(_, value)| value.cap()).sum::<u64>();
        while self.bytes() > RECORD_CAP && self.fields.pop().is_some() {
            cut += 1;
        }
        cut
    }
}

impl Value {
    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len() + 8,
            Self::List(values) => values.iter().map(|text| text.len() + 8).sum(),
            Self::Number(_) | Self::Bool(_) => 8,
        }
    }

    fn cap(&mut self) -> u64 {
        match self {
            Self::Text(text) => cut(text),
            Self::List(values) => {
                let surplus = values.len().saturating_sub(FIELDS_CAP);
                values.truncate(FIELDS_CAP);
                surplus as u64 + values.iter_mut().map(cut).sum::<u64>()
            }
            Self::Number(_) | Self::Bool(_) => 0,
        }
    }
}

/// Cuts a text at the cap; tells how many were cut.
fn cut(text: &mut String) -> u64 {
    let is_long = text.len() > VALUE_CAP;
    if is_long {
        text.truncate(text.floor_char_boundary(VALUE_CAP));
    }
    u64::from(is_long)
}

/// Something that a reader did not read, or not in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// Why.
    pub reason: Gap,
    /// How often.
    pub count: u64,
    /// Bytes that were not read, where that is known.
    pub bytes: Option<u64>,
    /// What failed and where. What a library says of it stands in its own words.
    pub detail: Option<Text>,
}

impl Missed {
    /// Something that was missed once.
    #[must_use]
    pub const fn new(reason: Gap) -> Self {
        Self { reason, count: 1, bytes: None, detail: None }
    }

    /// Adds what failed and where, cut to a length that people can read.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Text>) -> Self {
        const LONGEST: usize = 200;
        self.detail = Some(detail.into().cut(LONGEST));
        #[cfg(test)]
        tests::assert_told_in_japanese(&self);
        self
    }
}

/// The gap that an error of the system means.
#[must_use]
pub const fn gap_of(kind: io::ErrorKind) -> Gap {
    match kind {
        io::ErrorKind::PermissionDenied => Gap::PermissionDenied,
        io::ErrorKind::NotFound => Gap::Vanished,
        _ => Gap::ReadFailed,
    }
}

/// Where a reader hands over what it reads.
pub trait Sink {
    /// A record. [`Flow::Stop`] when no more are wanted.
    fn record(&mut self, record: Record) -> Flow;
    /// Something that was not read. Readers add up equal reasons and tell each once, at the end.
    fn missed(&mut self, missed: Missed);
}

/// Whether a reader goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flow {
    /// It does.
    GoOn,
    /// Nobody wants more.
    Stop,
}

/// Keeps everything; for tests and for small files.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The records, in order.
    pub records: Vec<Record>,
    /// What was missed.
    pub missed: Vec<Missed>,
}

impl Sink for Gathered {
    fn record(&mut self, record: Record) -> Flow {
        self.records.push(record);
        Flow::GoOn
    }

    fn missed(&mut self, missed: Missed) {
        self.missed.push(missed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever a test of this crate damages, what is told of it must speak Japanese. Of what cannot be unpacked only the
    /// name of the method is told, which is the same in every language.
    pub(super) fn assert_told_in_japanese(missed: &Missed) {
        let is_japanese =
            |detail: &Text| detail.ja.chars().any(|character| matches!(character, 'ぁ'..='ヿ' | '一'..='鿿'));
        assert!(
            missed.reason == Gap::MethodUnsupported || missed.detail.as_ref().is_none_or(is_japanese),
            "no Japanese: {missed:?}"
        );
    }

    #[test]
    fn long_values_and_many_fields_are_cut_and_counted() {
        let mut record = Record::new(Topic::Event, 0).with("a", "火".repeat(VALUE_CAP)).with("b", "short");
        assert_eq!(record.cap(), 1);
        assert!(record.text("A").is_some_and(|text| text.len() <= VALUE_CAP && text.starts_with('火')));
        record.fields = vec![("n".to_owned(), Value::Number(1)); FIELDS_CAP + 5];
        assert_eq!(record.cap(), 5);
        record.fields = vec![("n".to_owned(), Value::List(vec!["x".repeat(VALUE_CAP); 3])); 8];
        assert_eq!(record.cap(), 3);
        assert!(record.bytes() <= RECORD_CAP);
    }
}
