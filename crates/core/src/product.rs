//! A product, as a pack describes it: where its build shows in evidence, and which builds are affected.
//!
//! This is data about a product. `pack` reads it, `hunt` gathers what evidence says and judges by it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::affected::State;
use crate::text::Text;

/// A version has so many numbers at most; those of Windows programs have four.
const NUMBERS: usize = 4;

/// A product whose builds are told apart.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Short kebab-case name; the builds stand beside it in a file of the same name, `<id>.csv`.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// Where the build shows, the surest first: where two disagree, the first one is believed.
    pub evidence: Vec<BuildEvidence>,
    /// Facts about the product for people who edit it.
    #[serde(default)]
    pub notes: Option<Text>,
}

/// One way in which evidence shows a build.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildEvidence {
    /// Short kebab-case name.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// What the value says of the build.
    pub shows: Shows,
    /// A record: its topic, as the `category` of Sigma's log source names it.
    #[serde(default)]
    pub record: Option<String>,
    /// Of a record: regular expressions, without case, that hold for its fields.
    #[serde(default, rename = "where")]
    pub holds: BTreeMap<String, String>,
    /// Of a record: the field with the value.
    #[serde(default)]
    pub value: Option<String>,
    /// Of values of the registry, instead of `value`: the names of values of one key that make a version, in this order.
    #[serde(default)]
    pub values: Vec<String>,
    /// Of a record: the field with the time since when this holds. The record's own time where none is named.
    #[serde(default)]
    pub since: Option<String>,
    /// Of a record: what its time says.
    #[serde(default)]
    pub time: TimeMeans,
    /// Of files: globs over paths; such a file is looked at wherever it lies.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Log families at the head of whose files the pattern is looked for.
    #[serde(default)]
    pub log: Vec<String>,
    /// Of logs: where the pattern is looked for.
    #[serde(default, rename = "in")]
    pub part: LogPart,
    /// Globs over paths of text files in which the pattern is looked for, line by line.
    #[serde(default)]
    pub text: Vec<String>,
    /// A regular expression with the group `version` or `kb`. In text files, the groups `year`, `month`, `day` and `clock`
    /// together give the time.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Of text files: what was found counts from a later line on that this expression holds for.
    #[serde(default)]
    pub confirmed_by: Option<String>,
    /// Of text files: what was found does not count where this expression holds for a line between it and the confirmation.
    #[serde(default)]
    pub void_by: Option<String>,
}

/// What a value says of the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shows {
    /// The build itself.
    Build,
    /// This build or a later one of its line: a part of the product that some updates leave as it is.
    AtLeast,
    /// The line only: what an installer writes and updates leave as it is.
    Line,
    /// An update, by its number in the knowledge base.
    Update,
    /// No build: the time before which the product cannot have been there.
    Installed,
}

/// What the time of a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeMeans {
    /// The value is that of now; nothing tells since when.
    #[default]
    Nothing,
    /// The value is that of now, and has been since that time.
    Since,
    /// The value was that of the time.
    Then,
}

/// A part of a log's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogPart {
    /// The comment lines above the first row, which only the server writes.
    #[default]
    Comments,
    /// The rows. Whoever sends a request writes a part of them, so what they say never speaks for safety.
    Rows,
}

/// A version: numbers with dots between them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Vec<u32>);

/// A text is no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version such as 15.1.2106.2")]
pub struct NoVersion(pub String);

impl FromStr for Version {
    type Err = NoVersion;

    /// Leading zeros make no difference: `15.01.2106.002` is `15.1.2106.2`.
    fn from_str(text: &str) -> Result<Self, NoVersion> {
        Self::read(text.trim(), |sign| sign == '.').ok_or_else(|| NoVersion(text.to_owned()))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, number) in self.0.iter().enumerate() {
            write!(out, "{}{number}", if place == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}

impl Version {
    /// The version whose numbers stand in a text, whatever stands between them: `15.1 (Build 2106.2)`, `15,1,2106,2`.
    #[must_use]
    pub fn from_numbers(text: &str) -> Option<Self> {
        Self::read(text.trim_matches(|sign: char| !sign.is_ascii_digit()), |_| true)
    }

    fn read(text: &str, is_separator: impl Fn(char) -> bool) -> Option<Self> {
        // A hostile value has no reason to be longer than this, and neither has an honest one.
        const LONGEST: usize = 64;
        if text.len() > LONGEST || !text.chars().all(|sign| sign.is_ascii_digit() || is_separator(sign)) {
            return None;
        }
        let parts: Vec<&str> = text.split(|sign: char| !sign.is_ascii_digit()).collect();
        let is_loose = is_separator(' ');
        let parts = parts.into_iter().filter(|part| !(is_loose && part.is_empty()));
        let numbers: Vec<u32> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
        (1..=NUMBERS).contains(&numbers.len()).then_some(Self(numbers))
    }

    /// Its numbers.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// Whether it begins with the numbers of another, as a build does with those of its line.
    #[must_use]
    pub fn is_of(&self, line: &Self) -> bool {
        self.0.starts_with(&line.0)
    }
}

/// One build in the table of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// The numbers that all builds of its line begin with. Only builds of one line are compared.
    pub line: Version,
    /// Its version.
    pub version: Version,
    /// Its name for people.
    pub name: String,
    /// The article in the vendor's knowledge base.
    pub kb: Option<String>,
    /// The day or month of its release, as the table writes it.
    pub released: Option<String>,
    /// For each CVE of the table, in its order.
    pub states: Vec<State>,
}

/// All known builds of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildTable {
    /// The CVEs whose states it holds.
    pub cves: Vec<String>,
    /// The builds, by their version.
    pub builds: Vec<Build>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Option<String> {
        text.parse::<Version>().ok().map(|version| version.to_string())
    }

    #[test]
    fn a_version_is_up_to_four_numbers_and_leading_zeros_make_no_difference() {
        assert_eq!(version("15.01.2106.013").as_deref(), Some("15.1.2106.13"));
        assert_eq!(version(" 15.1 ").as_deref(), Some("15.1"));
        for bad in ["", ".", "15.", "15..1", "15.1.2.3.4", "15.1a", "-1.2", "99999999999", "1.2 (3)"] {
            assert_eq!(version(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_are_read_whatever_stands_between_them() {
        let read = |text: &str| Version::from_numbers(text).map(|version| version.to_string());
        assert_eq!(read("Version 15.1 (Build 2106.2)").as_deref(), Some("15.1.2106.2"));
        assert_eq!(read("15,1,2106,2").as_deref(), Some("15.1.2106.2"));
        assert_eq!(read("none"), None);
        assert_eq!(read("1 2 3 4 5"), None);
        assert_eq!(read(&"1".repeat(1_000_000)), None);
    }

    #[test]
    fn a_build_is_of_its_line_by_whole_numbers() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert!(version("15.1.2106.2").is_of(&version("15.1.2106")));
        assert!(version("14.3.123.4").is_of(&version("14.3")));
        assert!(!version("15.1.21065.2").is_of(&version("15.1.2106")));
        assert!(version("15.1.2106.2") < version("15.1.2106.13"));
    }
}
