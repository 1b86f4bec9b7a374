//! What was looked at, for which period, and what was missing or unreadable.

use serde::{Deserialize, Serialize};

use crate::text::{Text, of_any_age};
use crate::time::Timestamp;

/// A stretch of time without records, or one covered by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Span {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// Why something was not read, or not in full. Each of these forbids "clean".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// The system refused to open or list it.
    PermissionDenied,
    /// It was there when listed and gone when read.
    Vanished,
    /// It was shorter or longer at the end than when it was opened.
    ChangedWhileRead,
    /// Reading failed part-way.
    ReadFailed,
    /// A line was longer than the cap; the rest of it was not read.
    LineCut,
    /// Rows did not fit their header. They were searched as text, columns uncertain.
    MalformedRows,
    /// No header stood above the rows, so their columns are unknown. They were searched as text.
    HeaderMissing,
    /// It holds bytes that are no text, such as the zeros that a crash leaves in a log. It was read around them.
    BadEncoding,
    /// Its head is that of a log, but its rows cannot be told apart.
    NoRows,
    /// A pipe, socket or device; not opened, since reading it might never end.
    SpecialFile,
    /// A kind of evidence that this version does not read.
    NotReadYet,
    /// A link that leads back into the tree, or out of it; not followed.
    LinkNotFollowed,
    /// The folder tree is deeper, or holds more files, than the cap.
    TooMany,
    /// The run was broken off before this was read.
    NotReached,
    /// Records in it cannot be decoded; the others were read.
    DamagedRecords,
    /// Records that it held are gone from it: their numbers are passed over, or it ends before its header says.
    RecordsMissing,
    /// It was changed behind the back of the program that wrote it: checksums are wrong, or a record is hidden inside
    /// another one. What it says was read as it stands.
    Altered,
    /// A value was longer than the cap; the rest of it was not read.
    ValueCut,
    /// Reading it took more memory than one file may cost.
    OverMemory,
    /// Reading it took more time than one file may cost.
    OverTime,
    /// The reader failed on it, which is a fault of the reader; the rest of it was not read.
    ReaderFailed,
    /// It is larger than what is looked into.
    TooLarge,
    /// It is encrypted, and no password that was given opens it.
    Encrypted,
    /// It is packed by a method that this version does not know.
    MethodUnsupported,
    /// It does not have the form that its beginning promises; what could be read was.
    Malformed,
    /// An archive in an archive in an archive: the third is not opened.
    NestedTooDeep,
    /// The changes that its log holds are missing, because the log is: what it says may be out of date.
    ChangesMissing,
    /// The log of a hive without its hive: the changes that it holds were not read.
    HiveMissing,
    /// Its name or place tells what it is, and what it begins with does not bear that out. It was read as far as that goes.
    NotAsNamed,
}

/// One thing that was not read, or not in full.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unreadable {
    /// Relative to its root, with `/`.
    pub path: String,
    /// Why.
    pub reason: Gap,
    /// How often, for reasons that count (rows, lines).
    pub count: u64,
    /// First line it concerns, from 1, where that is known.
    pub line: Option<u64>,
    /// Bytes that were not read, where that is known.
    pub bytes: Option<u64>,
    /// More about it, where there is more: what failed and where. What the system or a library said of it stands in their
    /// own words.
    #[serde(default, deserialize_with = "of_any_age")]
    pub detail: Option<Text>,
}

impl Unreadable {
    /// A gap without numbers.
    pub fn new(path: impl Into<String>, reason: Gap) -> Self {
        Self { path: path.into(), reason, count: 1, line: None, bytes: None, detail: None }
    }

    /// Adds more about it.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Text>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// One kind of evidence and what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coverage {
    /// Family id of the pack, a kind of file that shows by its magic, or `unknown`.
    pub kind: String,
    /// The kind's name for people.
    pub title: Text,
    /// The folder that holds it, relative to the root; the first one when there are several.
    pub path: String,
    /// Files of this kind.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Time of the oldest row.
    pub first: Option<Timestamp>,
    /// Time of the newest row.
    pub last: Option<Timestamp>,
    /// How many older records of an event log there once were: its records are numbered, and the first has a higher number
    /// than 1. They were overwritten, since such a log has a fixed size, or cleared.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub older_gone: u64,
    /// Silences inside it that are longer than the family's usual.
    pub gaps: Vec<Span>,
    /// What was not read.
    pub unreadable: Vec<Unreadable>,
    /// How many more unreadable places there are than are listed.
    pub unreadable_more: u64,
    /// Files that were read under names that are not their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// How many more of them there are than are listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub renamed_more: u64,
}

/// A file that was read although its name does not tell what it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Renamed {
    /// Relative to its root, with `/`.
    pub path: String,
    /// What it holds most of, in its own words: the channel of an event log.
    pub holds: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Evidence that the verdict "clean" would need and that was not seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Missing {
    /// Family id or future kind.
    pub kind: String,
    /// Its name for people.
    pub title: Text,
    /// How to bring it.
    pub ask: Text,
    /// The parts of the window not covered; empty when all of it is missing.
    pub spans: Vec<Span>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_of_an_older_report_means_the_same_in_every_language() {
        let read = |detail: &str| {
            let one = format!(
                r#"{{"path": "a.zip", "reason": "malformed", "count": 1, "line": null, "bytes": null{detail}}}"#
            );
            serde_json::from_str::<Unreadable>(&one).map(|one| one.detail)
        };
        assert_eq!(read(r#", "detail": "wrong checksum""#).unwrap(), Some(Text::same("wrong checksum")));
        assert_eq!(read(r#", "detail": {"en": "cut", "ja": "途切れた"}"#).unwrap(), Some(Text::new("cut", "途切れた")));
        assert_eq!(read(r#", "detail": null"#).unwrap(), None);
        assert_eq!(read("").unwrap(), None);
        assert!(read(r#", "detail": 7"#).is_err());
    }
}
