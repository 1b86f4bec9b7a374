//! What a run ends in: one model, shown in many faces by the crate `report`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::affected::Affected;
use crate::coverage::{Coverage, Missing, Span};
use crate::family::FieldRole;
use crate::finding::{Finding, Severity, Stage, Total, is_false};
use crate::machine::Machine;
use crate::second_opinion::SecondOpinion;
use crate::text::Text;
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// Name and version of the JSON form. The number rises when a reader of the old form would be misled.
pub const SCHEMA: &str = "hikeshi-report/1";

/// The whole result of one run of `check`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The program that made it.
    pub tool: Tool,
    /// The packs that were used.
    pub packs: Vec<PackRef>,
    /// Some of the evidence is made for practice.
    pub practice: bool,
    /// The run was broken off; what is here is only a part.
    pub partial: bool,
    /// Names of people, machines and the inside were replaced by pseudonyms.
    #[serde(default, skip_serializing_if = "is_false")]
    pub redacted: bool,
    /// What was asked to be left out; that forbids "clean".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrowed: Option<Narrowed>,
    /// The answer.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Whether the product on the server is affected.
    pub affected: Affected,
    /// The time in which an attack could have happened.
    pub window: Window,
    /// What was looked at.
    pub coverage: Vec<Coverage>,
    /// What "clean" would need and was not seen.
    pub missing: Vec<Missing>,
    /// What was found, in order of time, path, line and rule.
    pub findings: Vec<Finding>,
    /// How often each rule held in each file.
    pub totals: Vec<Total>,
    /// Fields of findings that hold names of people and machines, as the packs say. Fields that Windows itself names are not
    /// among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, FieldRole>,
    /// The machines that describe themselves in the evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub machines: Vec<Machine>,
    /// The course of events, in order of time.
    pub timeline: Vec<Event>,
    /// Findings grouped by client address.
    pub actors: Vec<Actor>,
    /// What other tools said whose output lies among the evidence, and how it fits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub second_opinions: Vec<SecondOpinion>,
    /// What to do first of all, for somebody who reads nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_once: Option<Text>,
    /// What to do, the most urgent first.
    pub next_steps: Vec<Step>,
    /// Logs that the server will delete, the earliest first.
    #[serde(default)]
    pub expiring: Vec<Expiring>,
    /// What not to do now.
    pub do_not: Vec<Text>,
    /// Whom to call.
    pub contacts: Vec<Contact>,
    /// Rules that could not be used, with the reason.
    pub rules_skipped: Vec<RuleSkipped>,
    /// How many rules ran, and on how much.
    pub scanned: Scanned,
}

/// The program that made a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tool {
    /// `hikeshi`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A pack that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackRef {
    /// The pack's id.
    pub id: String,
    /// Its version, a date.
    pub version: String,
    /// Its name for people.
    pub title: Text,
}

/// What was asked to be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Narrowed {
    /// Records before it do not count.
    pub since: Option<Timestamp>,
    /// Records after it do not count.
    pub until: Option<Timestamp>,
    /// Only files whose path fits one of these globs were looked at.
    pub include: Vec<String>,
    /// Files whose path fits one of these globs were not looked at.
    pub exclude: Vec<String>,
    /// How many files were left out by their path.
    pub files_left_out: u64,
}

/// A sentence whose words the crate `report` knows, so that judging stays free of languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sentence {
    /// A stable code for machines, and the key of the words.
    pub code: String,
    /// What the words speak of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// The words, filled in before a report is shown or saved.
    #[serde(default)]
    pub text: Text,
}

impl Sentence {
    /// A sentence without arguments.
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), ..Self::default() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

/// One reason for the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// The sentence for people.
    #[serde(flatten)]
    pub sentence: Sentence,
    /// Names of the rules behind it.
    pub rules: Vec<String>,
    /// Where to see it first.
    pub evidence: Option<String>,
}

/// The time in which an attack could have happened, and how much of it the telling logs cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Window {
    /// The earliest known attack, or the installation of the product if that is later.
    pub from: Option<Timestamp>,
    /// The newest row seen, or the fixed build in place if that is earlier; later events are outside the window.
    pub to: Option<Timestamp>,
    /// First and last row of what was looked at.
    pub seen: Option<Span>,
    /// "Nothing found from X to Y", or what was seen, in words.
    pub summary: Sentence,
    /// How the beginning of the window is known.
    pub note: Text,
    /// What makes the window shorter than from the earliest known attack to the newest row.
    #[serde(default)]
    pub bounds: Vec<Sentence>,
}

/// One point of the course of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// When.
    pub time: Timestamp,
    /// The same in the local time of the machine, with its offset; absent where that is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
    /// The stage.
    pub stage: Stage,
    /// The weight.
    pub severity: Severity,
    /// The rule's name.
    pub rule: String,
    /// What happened.
    pub text: Text,
    /// Where it stands.
    pub path: String,
    /// The line, in text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The record, in binary evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// How many findings of the same rule this point stands for.
    pub count: u64,
    /// The time of the last of them.
    pub until: Timestamp,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// Short kebab-case name.
    pub id: String,
    /// What to do.
    #[serde(rename = "do")]
    pub act: Text,
    /// Why.
    pub why: Text,
    /// How long it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<Text>,
    /// What the words speak of, where the program says them and not a pack.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

/// Logs that the server will delete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Expiring {
    /// The kind of evidence.
    pub kind: String,
    /// Its name for people.
    pub title: Text,
    /// For how many days the server keeps them. An event log that overwrites its oldest records keeps as many as it holds.
    pub keeps_days: u32,
    /// The newest record of all evidence; from here on the days count.
    pub as_of: Timestamp,
    /// The oldest row.
    pub oldest: Timestamp,
    /// When it is deleted.
    pub oldest_deleted: Timestamp,
    /// The oldest row that counts for the verdict.
    pub telling: Option<Timestamp>,
    /// When it is deleted.
    pub telling_deleted: Option<Timestamp>,
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// ISO 3166 code, or `*` for everyone.
    pub country: String,
    /// Who.
    pub name: Text,
    /// What for.
    pub role: Text,
    /// Where.
    #[serde(default)]
    pub url: Option<String>,
}

/// A rule that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleSkipped {
    /// The file.
    pub path: String,
    /// Why. What a parser said stands in it in the parser's own words.
    pub reason: Text,
}

impl RuleSkipped {
    /// A rule that the evaluator refuses, in the evaluator's words.
    #[must_use]
    pub fn refused(path: &str, words: &str) -> Self {
        let reason = Text::new(format!("it cannot be used: {words}"), format!("使えません: {words}"));
        Self { path: path.to_owned(), reason }
    }
}

/// How much was done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scanned {
    /// Files of known kinds that were read.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Rules that were applied to at least one file.
    pub rules: u64,
    /// Wall time. Only where asked for: the same input gives the same report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
}
