//! A rule that held for a record, with the evidence that shows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text::Text;
use crate::time::Timestamp;

/// How far along an intrusion a finding lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Someone looked.
    Reconnaissance,
    /// Someone tried.
    Attempt,
    /// A step of the attack worked.
    Exploitation,
    /// Something was left behind.
    Implant,
    /// Something was done with it.
    Action,
}

impl Stage {
    /// The word in rules and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reconnaissance => "reconnaissance",
            Self::Attempt => "attempt",
            Self::Exploitation => "exploitation",
            Self::Implant => "implant",
            Self::Action => "action",
        }
    }
}

/// How much weight a rule has by itself: Sigma's `level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Context.
    Informational,
    /// Context that is worth a look; never moves the verdict.
    Low,
    /// Moves the verdict.
    Medium,
    /// Moves the verdict.
    High,
    /// Moves the verdict.
    Critical,
}

impl Severity {
    /// The word in rules and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Low and informational findings are context: they are shown, and never move the verdict.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Medium | Self::High | Self::Critical)
    }
}

/// Which rule held. Rule licences ask that the author is named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleRef {
    /// Sigma's UUID, or the file name where a rule has none.
    pub id: String,
    /// The rule's file name without its ending.
    pub name: String,
    /// Sigma's title.
    pub title: String,
    /// Where the rule came from: `pack:<id>` or the folder given with `--rules`.
    pub source: String,
    /// Sigma's author, where given.
    pub author: Option<String>,
    /// The rule's licence, where given.
    pub licence: Option<String>,
}

/// Where in the evidence a finding stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EvidenceRef {
    /// Relative to the root it was found under, with `/`.
    pub path: String,
    /// Physical line, from 1, where the row begins; in text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Number of the record as the format counts, such as the event record id; in binary evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Byte offset of the record in the file as it lies on disk (in UTF-16 files: as decoded to UTF-8).
    pub offset: u64,
    /// SHA-256 of the file, lower-case hex; absent when it cannot be read to its end, or is nearly all hole.
    pub sha256: Option<String>,
}

impl EvidenceRef {
    /// The file and the place in it, as `path:line` or `path#record`.
    #[must_use]
    pub fn place(&self) -> String {
        place(&self.path, self.line, self.record)
    }
}

/// A file and a place in it, as people write it.
#[must_use]
pub fn place(path: &str, line: Option<u64>, record: Option<u64>) -> String {
    match (line, record) {
        (Some(line), _) => format!("{path}:{line}"),
        (None, Some(record)) => format!("{path}#{record}"),
        (None, None) => path.to_owned(),
    }
}

/// What a hit means, for people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// Short title.
    pub name: Text,
    /// What a hit means.
    pub means: Text,
    /// What it does not mean; benign look-alikes.
    #[serde(rename = "not")]
    pub does_not_mean: Text,
    /// What to look at in the next ten minutes.
    pub next: Text,
}

/// How sure it is that the record's columns were read as they were meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// The record fits its header.
    Exact,
    /// The record does not fit its header; the rule held for its values in any column.
    /// Such a finding counts as an attempt at most.
    Uncertain,
}

/// One rule on one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Which rule.
    pub rule: Arc<RuleRef>,
    /// The rule's weight.
    pub severity: Severity,
    /// The rule's stage. A rule that states none counts as an attempt.
    pub stage: Stage,
    /// CVE ids from the rule's tags, upper case.
    pub cve: Arc<[String]>,
    /// ATT&CK technique ids from the rule's tags, upper case.
    pub attack: Arc<[String]>,
    /// Where it stands.
    pub evidence: EvidenceRef,
    /// Further places that a correlation joined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<EvidenceRef>,
    /// When it happened; absent when the record's time could not be read.
    pub time: Option<Timestamp>,
    /// It weighs more than its rule says, because it happened while an intruder was at work.
    #[serde(default, skip_serializing_if = "is_false")]
    pub raised: bool,
    /// How sure the columns are.
    pub reading: Reading,
    /// The record's telling fields, cut to a length that people can read.
    pub fields: BTreeMap<String, String>,
    /// Addresses of clients that the record names.
    pub addresses: Vec<String>,
    /// What it means.
    pub explanation: Arc<Explanation>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(crate) const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Finding {
    /// The stage that counts for the verdict; `None` when the finding is context only.
    #[must_use]
    pub fn weight(&self) -> Option<Stage> {
        weight(self.severity, self.stage, self.reading)
    }
}

/// The stage that counts for the verdict; `None` for context.
#[must_use]
pub fn weight(severity: Severity, stage: Stage, reading: Reading) -> Option<Stage> {
    if !severity.counts() || stage == Stage::Reconnaissance {
        return None;
    }
    Some(match reading {
        Reading::Exact => stage,
        Reading::Uncertain => stage.min(Stage::Attempt),
    })
}

/// How often a rule held in one file; findings beyond a bound are counted here and not listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Total {
    /// [`RuleRef::name`].
    pub rule: String,
    /// [`EvidenceRef::path`].
    pub path: String,
    /// All records for which the rule held.
    pub count: u64,
    /// How many of them are among the findings.
    pub shown: u64,
    /// The first one's time.
    pub first: Option<Timestamp>,
    /// The last one's time.
    pub last: Option<Timestamp>,
}
