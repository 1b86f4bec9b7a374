//! Whether the product on each server is affected: the build, what it is open to, since when and until when.

use serde::{Deserialize, Serialize};

use crate::report::Sentence;
use crate::text::Text;
use crate::time::Timestamp;

/// Whether the products on the servers are affected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Affected {
    /// All servers together.
    pub state: State,
    /// What to bring so that it can be told; empty where it is known.
    pub ask: Text,
    /// Each server and each product of it. A folder that was given is a server.
    #[serde(default)]
    pub servers: Vec<Server>,
}

/// How a build, a server, or all servers stand to a flaw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The flaw is there.
    Vulnerable,
    /// The flaw was there in earlier builds and is closed.
    Fixed,
    /// The flaw never was in this product.
    Unaffected,
    /// Nothing tells.
    Unknown,
    /// The servers differ; of several servers together only.
    Mixed,
}

impl State {
    /// The word in reports and in tables of packs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vulnerable => "vulnerable",
            Self::Fixed => "fixed",
            Self::Unaffected => "unaffected",
            Self::Unknown => "unknown",
            Self::Mixed => "mixed",
        }
    }

    /// From the word in a table of a pack, which speaks of one build.
    #[must_use]
    pub fn of_build(word: &str) -> Option<Self> {
        [Self::Vulnerable, Self::Fixed, Self::Unaffected, Self::Unknown].into_iter().find(|state| state.word() == word)
    }

    /// The flaw is not there.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Fixed | Self::Unaffected)
    }

    /// What all flaws of one server come to: one that is open makes it vulnerable.
    #[must_use]
    pub fn of_server(flaws: impl IntoIterator<Item = Self>) -> Self {
        let order = [Self::Vulnerable, Self::Unknown, Self::Fixed, Self::Unaffected];
        let flaws: Vec<Self> = flaws.into_iter().collect();
        order.into_iter().find(|state| flaws.contains(state)).unwrap_or(Self::Unknown)
    }
}

/// One product on one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Server {
    /// What paths of this server begin with, where several folders were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Short name of the product.
    pub product: String,
    /// The product's name for people.
    pub title: Text,
    /// All flaws together.
    pub state: State,
    /// How sure the state is.
    pub certainty: Certainty,
    /// The build, where it is known.
    pub build: Option<KnownBuild>,
    /// Each flaw by itself.
    pub cves: Vec<CveState>,
    /// The first build of the same line in which every flaw is closed.
    pub fixed_by: Option<KnownBuild>,
    /// When the product was open to the attack.
    pub exposed: Option<Exposed>,
    /// When the fixed build was in place.
    pub patched: Option<Patched>,
    /// The product cannot have been there before.
    pub installed: Option<Timestamp>,
    /// All of this in sentences.
    pub summary: Vec<Sentence>,
    /// Where pieces of evidence contradict one another, and which is believed.
    pub contradictions: Vec<Sentence>,
    /// What the evidence says, the surest first.
    pub evidence: Vec<BuildSeen>,
}

/// How sure the state of a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Nothing tells, or what tells does not suffice.
    None,
    /// By evidence that shows a part of the build, or that an update was installed.
    Likely,
    /// By the build itself, without a contradiction in it.
    Certain,
}

/// A build and its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownBuild {
    /// Its version; only its first numbers where no more is known.
    pub version: String,
    /// Its name for people; of the line alone where no more is known; empty where the table of the pack has none.
    pub name: String,
    /// The article in the vendor's knowledge base.
    pub kb: Option<String>,
    /// When it was released, as the pack's table writes it.
    pub released: Option<String>,
}

/// How one flaw stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CveState {
    /// Its id.
    pub cve: String,
    /// Its state.
    pub state: State,
}

/// When the product was open to the attack, as far as attacks are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exposed {
    /// The earliest known attack, or the installation if that is later.
    pub from: Timestamp,
    /// The fixed build was in place at the latest; absent while it is not.
    pub to: Option<Timestamp>,
}

/// When the fixed build was in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Patched {
    /// It was not yet in place at this time, where something tells.
    pub after: Option<Timestamp>,
    /// It was in place at this time.
    pub by: Timestamp,
    /// What shows that: `path:line`, `path#record` or a path.
    pub evidence: String,
}

/// What a piece of evidence says of the build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuildSeen {
    /// The pack's short name for this kind of evidence.
    pub id: String,
    /// Its name for people.
    pub title: Text,
    /// The version, or the number of an update.
    pub says: String,
    /// Where it stands first: `path:line`, `path#record` or a path.
    pub place: String,
    /// The time of the first, where it has one that tells.
    pub first: Option<Timestamp>,
    /// The time of the last.
    pub last: Option<Timestamp>,
    /// How often it says so.
    pub count: u64,
}
