//! A tool of somebody else whose output may lie among the evidence, as a pack describes it: how its output looks, what the
//! tool looks at and what not, and what is known of its failures.
//!
//! `evidence` reads outputs by it, `hunt` compares by it. Formats that are not bound to one emergency have readers of
//! their own; a pack still says what such a tool looks at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::second_opinion::{Agreement, Said};
use crate::text::Text;

/// One tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherTool {
    /// Short kebab-case name.
    pub id: String,
    /// What people call it, and the value of the field `Scanner` of its records.
    pub name: String,
    /// What it looks at.
    pub looks_at: Text,
    /// Whether its outputs are of several runs.
    #[serde(default)]
    pub runs: Runs,
    /// Names of rules for what the tool should have seen too: where one of them held and the tool found nothing, the two
    /// contradict one another.
    #[serde(default)]
    pub sees: Vec<String>,
    /// Of a tool with many checks, those that are about this emergency. None: all.
    #[serde(default)]
    pub checks: Vec<String>,
    /// How its output looks, where no reader is built in.
    #[serde(default)]
    pub outputs: Vec<Output>,
    /// What explains its answer.
    #[serde(default)]
    pub notes: Vec<Note>,
}

/// Which outputs of a tool belong together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runs {
    /// Those in one folder are of one run.
    #[default]
    Apart,
    /// It is always there: all are of one.
    Together,
}

/// One form of output: a table, or lines of text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Short kebab-case name, unlike all others; the value of the field `Output` of its records.
    pub id: String,
    /// The tool's name; filled in when the pack is loaded.
    #[serde(default)]
    pub scanner: String,
    /// A regular expression over the file's name. Its named groups become fields of every record. Where neither marks nor
    /// columns are given, it alone tells the form.
    #[serde(default)]
    pub named: Option<String>,
    /// Regular expressions, of which one holds for a line among the first ones, without the blanks around it.
    #[serde(default)]
    pub marks: Vec<String>,
    /// The columns of a table: these and no others, in any order and case.
    #[serde(default)]
    pub columns: Vec<String>,
    /// The rows of a table.
    #[serde(default)]
    pub rows: Option<Telling>,
    /// Lines that tell something; the first that fits counts. Others are passed over.
    #[serde(default)]
    pub lines: Vec<LineForm>,
    /// The id of a log family whose rows these records retell: its rules are asked too.
    #[serde(default)]
    pub reads_as: Option<String>,
}

/// What a row or a line becomes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telling {
    /// A detection, or something that the tool says of its run.
    #[serde(default)]
    pub topic: Tells,
    /// Fields with fixed values.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The column or group that holds the time, as ISO 8601. Anything else stays text: no time is read by locale.
    #[serde(default)]
    pub time: Option<String>,
    /// The column or group whose value tells how sure the tool is.
    #[serde(default)]
    pub level_of: Option<String>,
    /// What its values mean, without case. Others mean [`Level::Found`].
    #[serde(default)]
    pub levels: BTreeMap<String, Level>,
}

/// What a record of an output tells of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tells {
    /// Something that was found.
    #[default]
    Detection,
    /// The run itself.
    Run,
}

/// How sure a tool is of what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It says that it is bad.
    Found,
    /// It says that somebody should look.
    Suspicious,
    /// It mentions it.
    Notice,
}

impl Level {
    /// The value of the field `Level`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Suspicious => "suspicious",
            Self::Notice => "notice",
        }
    }
}

/// A form of line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineForm {
    /// A regular expression over the line without blanks around it; its named groups become fields.
    pub pattern: String,
    /// What the line becomes.
    #[serde(default)]
    pub tells: Telling,
    /// Whether its groups are fields of the records that follow, too.
    #[serde(default)]
    pub reach: Reach,
}

/// How far the groups of a line reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// To its own record.
    #[default]
    Line,
    /// To all records from here on, until the next line of this reach.
    Section,
}

/// A known weakness or habit of a tool, said where it explains an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// A short name, such as the number of a fact sheet.
    pub id: String,
    /// When it is said. All that is given must hold.
    #[serde(default)]
    pub when: When,
    /// What is said. `{…}` stands for what [`PLACEHOLDERS`] names.
    pub text: Text,
}

/// What may stand in braces in a note: the rule that held outside the tool's output and where, the first event of the
/// attack, since when the tool's logs reached back and for how many days, what the tool listed first, and how much.
pub const PLACEHOLDERS: [&str; 7] = ["rule", "place", "attack", "logs-from", "days", "listed", "count"];

/// When a note is said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The tool's answer is one of these.
    #[serde(default)]
    pub said: Vec<Said>,
    /// The comparison came to one of these.
    #[serde(default)]
    pub agreement: Vec<Agreement>,
    /// One of these rules held outside the tool's output.
    #[serde(default)]
    pub rules: Vec<String>,
    /// None of these rules held there.
    #[serde(default)]
    pub without: Vec<String>,
    /// All of these are so.
    #[serde(default)]
    pub facts: Vec<Fact>,
}

/// What shows in a tool's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// Its logs began after the attack, or after attacks were known, where none was seen.
    LogsBeginLate,
    /// It does not say since when some of its logs are there.
    LogAgeMissing,
    /// It skipped tests.
    Skipped,
    /// It, or a part of it, failed.
    Failed,
    /// It removed something.
    Removed,
    /// Another run of the same tool answered otherwise.
    AnswerChanged,
    /// Something that it said is bad does not count for this emergency.
    FoundOther,
}
