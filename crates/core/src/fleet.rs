//! Many servers at once: what their reports say together.

use serde::{Deserialize, Serialize};

use crate::affected::State;
use crate::finding::{Stage, is_false};
use crate::report::Tool;
use crate::text::Text;
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// Name and version of the JSON form. The number rises when a reader of the old form would be misled.
pub const FLEET_SCHEMA: &str = "hikeshi-fleet/1";

/// What the reports of many servers say together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fleet {
    /// [`FLEET_SCHEMA`].
    pub schema: String,
    /// The program that made it.
    pub tool: Tool,
    /// The gravest verdict; null where no report could be read.
    pub verdict: Option<Verdict>,
    /// How many servers have which verdict, the gravest first.
    pub counts: Vec<VerdictCount>,
    /// The servers, those that need attention first at the head.
    pub servers: Vec<FleetServer>,
    /// What was seen on more than one server, that of most servers first.
    pub shared: Vec<Shared>,
    /// How many more such things there are than are listed.
    pub shared_more: u64,
    /// How many things of servers were not compared, because there are too many.
    pub not_compared: u64,
    /// What "clean" would need and is missing, and where.
    pub missing: Vec<FleetMissing>,
    /// Files that could not be read as a report.
    pub unread: Vec<UnreadReport>,
}

/// How many servers have a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerdictCount {
    /// The verdict.
    pub verdict: Verdict,
    /// How many servers.
    pub servers: u64,
}

/// One report among many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetServer {
    /// The machine's own name, else the file's; with the file where several have the same.
    pub name: String,
    /// The file of the report, as it was given.
    pub file: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Some of its evidence is made for practice.
    pub practice: bool,
    /// The run was broken off.
    pub partial: bool,
    /// Names of people, machines and the inside were replaced by pseudonyms.
    #[serde(default, skip_serializing_if = "is_false")]
    pub redacted: bool,
    /// Whether it is affected.
    pub affected: State,
    /// The furthest stage of what counts.
    pub stage: Option<Stage>,
    /// How many rules held that count.
    pub rules: u64,
    /// How many intruders can be told apart.
    pub intruders: u64,
    /// The first activity of an intruder or prober.
    pub first: Option<Timestamp>,
    /// The last.
    pub last: Option<Timestamp>,
    /// The newest time that the report names: what it says is as of then.
    pub as_of: Timestamp,
    /// The most urgent step.
    pub next_step: Option<Text>,
    /// How many kinds of evidence are missing in part or as a whole.
    pub missing: u64,
    /// How many places were not read.
    pub unread: u64,
}

/// Something that was seen on more than one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shared {
    /// What it is.
    pub what: SharedKind,
    /// Its value.
    pub value: String,
    /// An intruder used it on one of them at least; otherwise only those who tried.
    pub intruder: bool,
    /// Names of the servers; some dozens at most.
    pub servers: Vec<String>,
    /// How many servers there are in all.
    pub count: u64,
}

/// What servers can have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SharedKind {
    /// An address of a client.
    Address,
    /// A page that was planted or used.
    Page,
    /// An account that was made.
    Account,
    /// The SHA-256 of a file that was left behind.
    Hash,
}

impl SharedKind {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Page => "page",
            Self::Account => "account",
            Self::Hash => "hash",
        }
    }
}

/// Evidence that is missing on servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetMissing {
    /// Family id or kind.
    pub kind: String,
    /// Its name for people.
    pub title: Text,
    /// Names of the servers; some dozens at most.
    pub servers: Vec<String>,
    /// How many servers there are in all.
    pub count: u64,
}

/// A file that could not be read as a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnreadReport {
    /// The file, as it was given.
    pub file: String,
    /// Why, in English.
    pub reason: String,
}
