//! Who did it: findings that belong together.

use serde::{Deserialize, Serialize};

use crate::finding::Stage;
use crate::time::Timestamp;

/// Findings that belong together by what they share: addresses, pages, accounts, names of clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Actor {
    /// `actor-1`, `actor-2`, the furthest stage first.
    pub id: String,
    /// Whether these are the traces of one intruder, or of all who did no more than try.
    pub kind: ActorKind,
    /// Names of the rules that held.
    pub findings: Vec<String>,
    /// The addresses.
    pub addresses: Vec<String>,
    /// How many more addresses there are than are listed.
    #[serde(default)]
    pub addresses_more: u64,
    /// What the clients called themselves, where that is rare enough to tell.
    #[serde(default)]
    pub agents: Vec<String>,
    /// Pages that were put on the server or used, as `folder/name`.
    #[serde(default)]
    pub pages: Vec<String>,
    /// Programs that its processes started, each as a chain from the one that started the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<String>,
    /// How many more there are than are listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub programs_more: u64,
    /// Accounts that were made.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Rows of its addresses in all logs, whatever they tell; 0 where they were not followed.
    #[serde(default)]
    pub rows: u64,
    /// The furthest stage.
    pub stage: Stage,
    /// First activity.
    pub first: Option<Timestamp>,
    /// Last activity.
    pub last: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What the findings of an [`Actor`] are the traces of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// One intruder, as far as the traces tell.
    Intruder,
    /// Everyone who tried and of whom nothing more was seen, together.
    Probers,
}
