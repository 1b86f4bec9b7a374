//! What the run concludes.

use serde::{Deserialize, Serialize};

/// The answer to "was this server attacked, and did they get in?", in order of gravity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing found, and everything that would have told was looked at over the whole window.
    Clean,
    /// Nothing found, but some of what would have told is missing.
    Inconclusive,
    /// Someone tried; no sign that it worked.
    Attempted,
    /// An attack step worked.
    Exploited,
    /// Something was left behind or done on the server.
    Compromised,
}

impl Verdict {
    /// The word in reports and in schemas.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Inconclusive => "inconclusive",
            Self::Attempted => "attempted",
            Self::Exploited => "exploited",
            Self::Compromised => "compromised",
        }
    }
}
