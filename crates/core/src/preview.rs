//! What a run would look at, how long that would take, and what it would not see.

use serde::{Deserialize, Serialize};

use crate::coverage::{Missing, Unreadable};
use crate::text::Text;

/// Name and version of the JSON form.
pub const SCHEMA: &str = "hikeshi-preview/1";

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// [`SCHEMA`].
    pub schema: String,
    /// The kinds of evidence that are there, those that take longest first.
    pub kinds: Vec<Expected>,
    /// All files.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// How long the run would take on this machine, in seconds, judged by samples that were read.
    pub seconds: f64,
    /// What "clean" would need and is not there.
    pub missing: Vec<Missing>,
    /// What a check would not read, as far as names and beginnings tell: what cannot be opened or listed, what has no reader, and
    /// what is not what its name says. Archives are not opened for it.
    pub unreadable: Vec<Unreadable>,
}

/// One kind of evidence, before it is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// As in [`crate::coverage::Coverage::kind`]. Event logs are taken by their file names here.
    pub kind: String,
    /// Its name for people.
    pub title: Text,
    /// Files of this kind.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// How long reading them would take, in seconds; absent where they would not be read.
    pub seconds: Option<f64>,
}
