//! A log family, as a pack describes it: where such logs lie, how they look, what their columns mean.
//!
//! This is data about logs. `evidence` reads by it, `hunt` recognises and judges by it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::text::Text;

/// One kind of text log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Short kebab-case name.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// How its lines are written.
    pub format: Format,
    /// Between fields of [`Format::Delimited`].
    #[serde(default = "comma")]
    pub delimiter: char,
    /// Globs over the path with `/`, case-insensitive.
    #[serde(default)]
    pub paths: Vec<String>,
    /// How a file of this family begins.
    pub signature: Signature,
    /// Which columns hold the time.
    pub time: TimeColumns,
    /// What Sigma rules call it.
    pub logsource: LogSource,
    /// Sigma field name to column name.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Columns that together make a request's address.
    #[serde(default)]
    pub uri: Option<Uri>,
    /// Columns that rules see decoded besides as stored.
    #[serde(default)]
    pub decode: Decode,
    /// Columns with a meaning of their own.
    #[serde(default)]
    pub roles: Roles,
    /// How the logging program starts a new file.
    #[serde(default)]
    pub rotation: Option<String>,
    /// How long the logging program keeps files.
    #[serde(default)]
    pub retention: Retention,
    /// A silence longer than this inside the logs is reported.
    #[serde(default, deserialize_with = "short_duration")]
    pub gap: Option<Duration>,
    /// Facts about the family for people who edit it.
    #[serde(default)]
    pub notes: Option<Text>,
}

const fn comma() -> char {
    ','
}

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Fields between delimiters, quoted as in RFC 4180, comment lines with `#`.
    Delimited,
    /// W3C extended log file format: blanks between fields, no quoting, `#Fields:`.
    /// Source: <https://www.w3.org/TR/WD-logfile.html>.
    W3c,
}

/// What a file's head shows. All that is given must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Comment lines `#Name: value`; the value is compared by its beginning, without case.
    #[serde(default)]
    pub comments: BTreeMap<String, String>,
    /// Column names that stand in the header, in any order and case.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// Which columns hold the time.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum TimeColumns {
    /// One column with an ISO 8601 time.
    One {
        /// The column.
        column: String,
    },
    /// Date and time of day in two columns.
    Two {
        /// The date's column.
        date: String,
        /// The time of day's column.
        time: String,
    },
}

impl TimeColumns {
    /// The column that a header of this family must name.
    #[must_use]
    pub fn first(&self) -> &str {
        match self {
            Self::One { column } => column,
            Self::Two { date, .. } => date,
        }
    }
}

/// Sigma's log source.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSource {
    /// Sigma's `category`.
    #[serde(default)]
    pub category: Option<String>,
    /// Sigma's `product`.
    #[serde(default)]
    pub product: Option<String>,
    /// Sigma's `service`.
    #[serde(default)]
    pub service: Option<String>,
}

impl LogSource {
    /// Whether a rule for `rule` concerns records of this source: everything the rule names must agree.
    /// A rule that names nothing concerns no source.
    #[must_use]
    pub fn answers(&self, rule: &Self) -> bool {
        let dimensions =
            [(&rule.category, &self.category), (&rule.product, &self.product), (&rule.service, &self.service)];
        dimensions.iter().any(|(asked, _)| asked.is_some())
            && dimensions.iter().all(|(asked, have)| match (asked, have) {
                (None, _) => true,
                (Some(asked), Some(have)) => asked.eq_ignore_ascii_case(have),
                (Some(_), None) => false,
            })
    }
}

/// Columns that together make a request's address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uri {
    /// The path's column.
    pub stem: String,
    /// The query's column.
    pub query: String,
    /// Sigma fields that also see `stem?query`: many public rules look for paths in the query field.
    pub fields: Vec<String>,
}

/// Columns that rules see decoded besides as stored.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decode {
    /// Percent-encoding.
    #[serde(default)]
    pub percent: Vec<String>,
    /// `+` for a blank.
    #[serde(default)]
    pub plus: Vec<String>,
}

/// Columns with a meaning of their own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// The client's address.
    #[serde(default)]
    pub address: Option<String>,
    /// The account.
    #[serde(default)]
    pub user: Option<String>,
    /// The user agent.
    #[serde(default)]
    pub agent: Option<String>,
    /// The method of the request.
    #[serde(default)]
    pub method: Option<String>,
    /// The status with which a request was answered, as HTTP counts (RFC 9110, section 15).
    #[serde(default)]
    pub status: Option<String>,
    /// The server that wrote the row.
    #[serde(default)]
    pub server: Option<String>,
    /// Further columns that hold names of people and machines. A report that is shared has pseudonyms in their place.
    #[serde(default)]
    pub names: BTreeMap<String, FieldRole>,
    /// Names of parameters and cookies whose values let whoever reads them act for somebody: tokens, canaries,
    /// passwords. What follows `name=` is masked wherever a finding shows it.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// The columns a person wants to see of a finding, in this order.
    #[serde(default)]
    pub show: Vec<String>,
}

/// Whose name a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FieldRole {
    /// A person or an account, alone, as `DOMAIN\name` or as `name@domain`.
    User,
    /// A machine, alone or with its domain; or its address.
    Server,
    /// A domain.
    Domain,
}

impl Roles {
    /// The columns that hold names of people and machines, and whose.
    pub fn named(&self) -> impl Iterator<Item = (&str, FieldRole)> {
        let own = [(&self.user, FieldRole::User), (&self.server, FieldRole::Server)];
        let own = own.into_iter().filter_map(|(column, role)| Some((column.as_deref()?, role)));
        own.chain(self.names.iter().map(|(column, role)| (column.as_str(), *role)))
    }
}

/// How long the logging program keeps files.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// In days; absent where nothing deletes them.
    #[serde(default)]
    pub days: Option<u32>,
    /// Where the figure comes from.
    #[serde(default)]
    pub source: Option<String>,
}

/// `90s`, `45m`, `6h` or `2d`.
pub(crate) fn short_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let parsed = text.char_indices().last().and_then(|(at, unit)| {
        let number: u64 = text.get(..at)?.parse().ok()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return None,
        };
        number.checked_mul(seconds).map(Duration::from_secs)
    });
    parsed
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no duration such as 90s, 45m, 6h or 2d")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(category: Option<&str>, product: Option<&str>, service: Option<&str>) -> LogSource {
        let own = |text: Option<&str>| text.map(str::to_owned);
        LogSource { category: own(category), product: own(product), service: own(service) }
    }

    #[test]
    fn a_rule_concerns_a_source_when_all_it_names_agrees() {
        let web = source(Some("webserver"), Some("windows"), Some("iis"));
        assert!(web.answers(&source(Some("webserver"), None, None)));
        assert!(web.answers(&source(None, Some("Windows"), Some("IIS"))));
        assert!(!web.answers(&source(Some("webserver"), Some("apache"), None)));
        assert!(!web.answers(&source(None, None, None)));
        assert!(!source(Some("webserver"), None, None).answers(&source(None, None, Some("iis"))));
    }
}
