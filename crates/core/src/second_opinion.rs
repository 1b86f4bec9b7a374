//! What another tool said of the same server, and how that fits with what was found here.

use serde::{Deserialize, Serialize};

use crate::report::Sentence;
use crate::text::Text;
use crate::time::Timestamp;
use crate::verdict::Verdict;

/// The answer of one run of another tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecondOpinion {
    /// What people call the tool.
    pub tool: String,
    /// Its version, as far as it tells one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The server that it looked at, as it calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// When it said so: the newest time in UTC that its output holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// When it said so, where it tells local time of an unknown zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_time: Option<String>,
    /// The files that hold its output, relative to their roots; at most some dozens.
    pub paths: Vec<String>,
    /// What it looks at; blank where no pack says it.
    pub looked_at: Text,
    /// Its answer.
    pub said: Said,
    /// How much it listed.
    pub counts: Counts,
    /// Our verdict.
    pub ours: Verdict,
    /// How its answer fits with what was found outside its output.
    pub agreement: Agreement,
    /// Why, in words.
    pub explanation: Vec<Sentence>,
}

/// The answer of another tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// It found something bad.
    Found,
    /// It listed something that somebody should look at.
    Suspicious,
    /// It found nothing.
    NothingFound,
    /// It skipped all its tests, whatever it says of the result.
    NotLooked,
    /// It holds the server to be vulnerable.
    Vulnerable,
    /// It holds the server not to be vulnerable.
    NotVulnerable,
    /// It closed the hole, and says nothing of an attack.
    Mitigated,
    /// It gave no answer, or broke off before it.
    Unclear,
}

impl Said {
    /// The word in packs and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Suspicious => "suspicious",
            Self::NothingFound => "nothing-found",
            Self::NotLooked => "not-looked",
            Self::Vulnerable => "vulnerable",
            Self::NotVulnerable => "not-vulnerable",
            Self::Mitigated => "mitigated",
            Self::Unclear => "unclear",
        }
    }
}

/// How an answer fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// Both come to the same.
    Agrees,
    /// It found what nothing else here shows.
    Adds,
    /// Of what both looked at, they say different things.
    Contradicts,
    /// It says less, because it does not look there, or could not see it.
    SaysLess,
}

impl Agreement {
    /// The word in packs and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Adds => "adds",
            Self::Contradicts => "contradicts",
            Self::SaysLess => "says-less",
        }
    }
}

/// How much a tool listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counts {
    /// As bad.
    pub found: u64,
    /// As something that somebody should look at.
    pub suspicious: u64,
    /// In passing.
    pub notices: u64,
}
