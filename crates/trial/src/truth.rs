//! What really happened on a server: the verdict, the actors and every trace, kept outside the server's folder.

use serde::{Deserialize, Serialize};

/// The truth of one server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Truth {
    /// `trial-truth/1`.
    pub schema: String,
    /// The scenario's name.
    pub scenario: String,
    /// `tuning`, `held-out`, `fresh`, `last`, `sealed` or `unseen`.
    pub set: String,
    /// The seed that it was made from.
    pub seed: u64,
    /// The answer that an assessment should give.
    pub verdict: Verdict,
    /// Why this verdict, by the facts.
    pub why: String,
    /// The server's folder, beside this file.
    pub server: String,
    /// What runs on it.
    pub product: Product,
    /// Who did something to it.
    pub actors: Vec<Actor>,
    /// What they left.
    pub traces: Vec<Trace>,
    /// Size of the evidence as it lies, in bytes.
    pub bytes: u64,
}

/// The five answers (DESIGN.md, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing was found and everything that would tell was seen.
    Clean,
    /// Nothing was found, and something that would tell is missing.
    Inconclusive,
    /// Someone tried.
    Attempted,
    /// A hole was used; no lasting foothold is shown.
    Exploited,
    /// Someone has, or had, a foothold.
    Compromised,
}

impl Verdict {
    /// The word of the report format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Inconclusive => "inconclusive",
            Self::Attempted => "attempted",
            Self::Exploited => "exploited",
            Self::Compromised => "compromised",
        }
    }
}

/// The mail server's product and state.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Product {
    /// As people call it.
    pub name: String,
    /// The true build.
    pub build: String,
    /// Whether that build has the four holes.
    pub affected: bool,
    /// The build that an update brought within the evidence, and when.
    pub updated: Option<(String, String)>,
}

/// Somebody with addresses of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Actor {
    /// `intruder-1`, `scanner-2`.
    pub id: String,
    /// Whether it went in or only looked.
    pub kind: ActorKind,
    /// Its addresses as the logs name them.
    pub addresses: Vec<String>,
    /// First and last activity in the evidence.
    pub first: Option<String>,
    /// See `first`.
    pub last: Option<String>,
}

/// What an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// Went in.
    Intruder,
    /// Tried the hole without success.
    Prober,
    /// Looked for servers or shells; no attack of its own.
    Scanner,
}

/// How much a trace matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// An assessment must name it.
    Must,
    /// It completes the picture.
    Supporting,
    /// Only of interest beside others; naming it is no false alarm and leaving it out no miss.
    Context,
}

/// One trace in one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trace {
    /// `t001`, steady for one seed.
    pub id: String,
    /// The project's own word for what was done, see `technique.rs`.
    pub technique: String,
    /// ATT&CK technique.
    pub attack: String,
    /// The act that left it: a request that three logs saw is one act with three traces.
    pub act: String,
    /// In words.
    pub about: String,
    /// Path relative to the server's folder, `archive.zip!/member` in an archive.
    pub file: String,
    /// Physical lines from 1 where its rows begin; several for a burst.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<u64>,
    /// Event record ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<u64>,
    /// In a hive, texts one of which a finding's fields must hold to be about this trace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
    /// When it happened, RFC 3339; the first row of a burst.
    pub time: Option<String>,
    /// The last row of a burst.
    pub until: Option<String>,
    /// How much it matters.
    pub weight: Weight,
    /// Who left it.
    pub actor: Option<String>,
}
