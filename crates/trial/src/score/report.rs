//! What the score reads of a report (the report format, docs/book). Other keys are left alone.

use serde::{Deserialize, Serialize};

/// A report.
#[derive(Debug, Deserialize)]
pub struct Report {
    /// The answer.
    pub verdict: String,
    /// Whether the product is affected.
    #[serde(default)]
    pub affected: Affected,
    /// What was found.
    pub findings: Vec<Finding>,
    /// How often each rule held in each file.
    pub totals: Vec<Total>,
    /// Findings by client address.
    pub actors: Vec<Shown>,
}

/// Whether the product is affected.
#[derive(Debug, Default, Deserialize)]
pub struct Affected {
    /// `unknown` where the build was not read.
    #[serde(default)]
    pub state: String,
}

/// A finding.
#[derive(Debug, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How grave.
    pub severity: Severity,
    /// Where.
    pub evidence: Place,
    /// What the row or record says.
    #[serde(default)]
    pub fields: std::collections::BTreeMap<String, String>,
    /// Further places that a correlation joined.
    #[serde(default)]
    pub joined: Vec<Place>,
    /// When.
    #[serde(default)]
    pub time: Option<String>,
}

/// A rule.
#[derive(Debug, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
}

/// Severities, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Context.
    Informational,
    /// Hardly.
    Low,
    /// Counts for the verdict.
    Medium,
    /// Grave.
    High,
    /// Gravest.
    Critical,
}

/// A place in the evidence.
#[derive(Debug, Deserialize)]
pub struct Place {
    /// Path relative to what was given.
    pub path: String,
    /// Line of text.
    #[serde(default)]
    pub line: Option<u64>,
    /// Record of binary evidence.
    #[serde(default)]
    pub record: Option<u64>,
}

/// A rule's total in a file.
#[derive(Debug, Deserialize)]
pub struct Total {
    /// The rule's name.
    pub rule: String,
    /// The file.
    pub path: String,
    /// All rows.
    pub count: u64,
    /// Rows among the findings.
    pub shown: u64,
    /// First row's time.
    #[serde(default)]
    pub first: Option<String>,
    /// Last row's time.
    #[serde(default)]
    pub last: Option<String>,
}

/// An actor as the report shows it.
#[derive(Debug, Deserialize)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// `probers` where it stands for all who only tried.
    #[serde(default)]
    pub kind: Option<String>,
    /// Its addresses.
    pub addresses: Vec<String>,
    /// First activity.
    #[serde(default)]
    pub first: Option<String>,
    /// Last activity.
    #[serde(default)]
    pub last: Option<String>,
}
