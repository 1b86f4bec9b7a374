//! A place where files tell something, as a pack describes it: folders that a web server serves, folders where stolen data
//! is put together.

use serde::Deserialize;

use crate::text::Text;

/// Files that are worth a look wherever they lie in such a place, whatever they are called.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Short kebab-case name; the kind in coverage, and the value of the field `Place` of its files.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// How to bring it, where it was not seen.
    #[serde(default)]
    pub ask: Text,
    /// Globs over the path with `/`, without case.
    pub paths: Vec<String>,
    /// Endings of names, without the dot; all files where none is given.
    #[serde(default)]
    pub endings: Vec<String>,
    /// Besides files with these endings, those of such content, whatever they are called.
    #[serde(default)]
    pub holding: Vec<Content>,
    /// The place counts as seen where each of these globs holds for at least one file. Absent: it never does.
    #[serde(default)]
    pub seen_with: Vec<String>,
    /// Names of folders, in lower case, whose content a web server shows at the root of a site.
    #[serde(default)]
    pub site_roots: Vec<String>,
    /// Files of the pack with the hashes of what belongs there (CSV below `known-good/`).
    #[serde(default)]
    pub known_good: Vec<String>,
    /// Facts about the place for people who edit it.
    #[serde(default)]
    pub notes: Option<Text>,
}

/// What a file shows by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// An archive of any kind.
    Archive,
    /// The memory of a process or of Windows.
    MemoryDump,
    /// A registry hive.
    Hive,
}
