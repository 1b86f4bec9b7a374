//! Two reports on the same server, and what changed between them.

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, is_false};
use crate::report::{PackRef, Tool};
use crate::text::Text;
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// Name and version of the JSON form. The number rises when a reader of the old form would be misled.
pub const COMPARISON_SCHEMA: &str = "hikeshi-comparison/1";

/// What changed from one report to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// [`COMPARISON_SCHEMA`].
    pub schema: String,
    /// The program that made it.
    pub tool: Tool,
    /// The earlier report.
    pub old: Side,
    /// The later one.
    pub new: Side,
    /// Whether both were made with the same program and packs; if not, differences may come from these.
    pub same_rules: bool,
    /// What the later report lists and the earlier one does not have.
    pub added: Vec<Finding>,
    /// What the earlier report lists and the later one does not have.
    pub gone: Vec<Finding>,
    /// How many findings both list.
    pub same: u64,
    /// How many findings one lists of which the other may have more than it lists, so that nothing can be said.
    pub unsure: u64,
    /// Rules whose number of records differs.
    pub rules: Vec<RuleChange>,
    /// Evidence that is missing only now.
    pub missing_added: Vec<Text>,
    /// Evidence that was missing and no longer is.
    pub missing_gone: Vec<Text>,
}

/// One of the two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// The file, as it was given.
    pub file: String,
    /// Names of the machines.
    pub machines: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// The run was broken off.
    pub partial: bool,
    /// Names of people, machines and the inside were replaced by pseudonyms.
    #[serde(default, skip_serializing_if = "is_false")]
    pub redacted: bool,
    /// The newest time that the report names.
    pub as_of: Timestamp,
    /// The program.
    pub tool: Tool,
    /// The packs.
    pub packs: Vec<PackRef>,
}

/// How often a rule held, before and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleChange {
    /// The rule's name.
    pub rule: String,
    /// Records in the earlier report.
    pub old: u64,
    /// Records in the later one.
    pub new: u64,
}
