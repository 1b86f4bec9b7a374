//! What really happened on a practice server, for whoever compares a verdict with it.

use serde::{Deserialize, Serialize};

use crate::{Expected, Text};

/// Name of the truth's file, at the root of the practice directory.
pub const TRUTH_FILE: &str = "truth.json";

/// The content of [`TRUTH_FILE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// Always true.
    pub practice: bool,
    pub mark: String,
    pub scenario: String,
    pub seed: u64,
    pub days: u32,
    /// How its files are handed over.
    pub form: Form,
    /// What a check should find.
    pub verdict: Expected,
    /// What is true of the product on the server, where the scenario says so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub affected: Option<TrulyAffected>,
    /// First and last trace of the intruder; none in a clean scenario.
    pub attack: Option<Attack>,
    /// Every row, event, file and setting that the intruder left, in order of time; once for each rule it should raise.
    pub traces: Vec<Trace>,
    /// Fixed rows, events, files and settings of every scenario that look odd and are no attack.
    pub context: Vec<Trace>,
    /// Files and their bytes, without this file; in an archive, its members.
    pub files: u64,
    pub bytes: u64,
}

/// How the files of a practice server are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// As they lie on the disk.
    #[default]
    Folder,
    /// In one zip archive, as a collector packs them.
    Zip,
}

/// What is true of the product on a practice server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrulyAffected {
    /// `vulnerable`, `fixed` or `unaffected`, as the state in a report.
    pub state: String,
    /// The version of the product.
    pub build: String,
    /// When the fixed build was in place, RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub patched: Option<String>,
}

/// When the attack took place, RFC 3339, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attack {
    pub from: String,
    pub to: String,
}

/// One row, event, file or setting of a registry hive worth finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    pub what: Text,
    /// Name of the pack's rule that should find it, if there is one.
    pub rule: Option<String>,
    /// Below the practice directory or inside the archive, with `/`; for a setting, the path of its hive.
    pub path: String,
    /// Physical line on which the row begins, counted from 1; in a text log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u64>,
    /// Number of the record; in an event log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record: Option<u64>,
    pub time: String,
}
