//! The YAML format of practice templates, as written in a content pack.
//!
//! All files of a pack are laid over one another: lists are joined, names must differ.
//! Values are templates: `{slot}` is replaced for each row, `{{` and `}}` are plain braces.
//! `template.rs` lists the slots.

mod disk;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};

pub(crate) use disk::*;

use crate::truth::TrulyAffected;

/// One file of practice templates.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct File {
    pub(crate) period: Option<Period>,
    /// Lists to pick from: one entry is picked for a whole request, so that all rows of it agree.
    pub(crate) values: BTreeMap<String, Vec<Entry>>,
    /// What kinds of log there are: header and columns.
    pub(crate) formats: BTreeMap<String, Format>,
    /// Which logs of these kinds are written, and where.
    pub(crate) streams: BTreeMap<String, Stream>,
    /// Event logs of Windows.
    pub(crate) event_logs: BTreeMap<String, EventLogShape>,
    /// What kinds of events there are, by the name that `in` uses.
    pub(crate) events: BTreeMap<String, EventShape>,
    /// Files besides logs.
    pub(crate) files: BTreeMap<String, FileShape>,
    /// Registry hives.
    pub(crate) hives: BTreeMap<String, HiveShape>,
    /// Everyday requests.
    pub(crate) traffic: Vec<Request>,
    /// Fixed happenings that every scenario contains and that are no attack.
    pub(crate) background: Vec<Step>,
    /// Pieces of an attack, which scenarios put together.
    pub(crate) acts: BTreeMap<String, Vec<Step>>,
    pub(crate) scenarios: Vec<ScenarioShape>,
}

/// When the practice server lived.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Period {
    /// `2021-03-12`, UTC; logs end with this day.
    pub(crate) last_day: String,
    /// How many days, if nobody says otherwise.
    pub(crate) days: u32,
    /// How many bytes, if nobody says otherwise.
    pub(crate) size: u64,
    /// How busy people are in each of the 24 hours of the UTC day.
    pub(crate) rhythm: Vec<f64>,
}

/// An entry of a list: a text, or a record of named texts (`{list.name}`).
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Entry {
    Text(Scalar),
    Record(BTreeMap<String, Scalar>),
}

/// Named templates.
pub(crate) type Names = BTreeMap<String, Scalar>;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Format {
    pub(crate) kind: Kind,
    pub(crate) rotate: Rotation,
    /// A file that reaches this many bytes is followed by the next number; needs `{n}`
    /// in the path.
    pub(crate) limit: Option<u64>,
    /// How many days before the period these logs begin.
    #[serde(default)]
    pub(crate) reaches_back: u32,
    /// Whether a file begins with a byte order mark.
    #[serde(default)]
    pub(crate) bom: bool,
    /// Lines before the first row. `{mark}` must stand in a comment line; `{columns}`, `{time}`, `{day}`
    /// and `{clock}` of the first row may stand anywhere.
    pub(crate) header: String,
    /// Column names, in order, divided by blanks or line breaks.
    pub(crate) columns: String,
    /// Columns whose writer turns commas into blanks.
    #[serde(default)]
    pub(crate) lossy: Vec<String>,
    /// Names with a default text, for `set` to use; a stream or request may say otherwise.
    #[serde(default, rename = "let")]
    pub(crate) lets: Names,
    /// What stands in each column; columns not named are empty.
    #[serde(default)]
    pub(crate) set: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Comma-separated, quoted as RFC 4180 says.
    Csv,
    /// Blank-separated, `-` for nothing, `+` for a blank in a value.
    W3c,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Stream {
    pub(crate) format: String,
    /// Below the practice directory, with `/`; `{yyyy} {yy} {mm} {dd} {hh}` and `{n}`, the running number.
    pub(crate) path: String,
    /// Another header than the format's.
    pub(crate) header: Option<String>,
    #[serde(default, rename = "let")]
    pub(crate) lets: Names,
    #[serde(default)]
    pub(crate) set: Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rotation {
    Hourly,
    Daily,
}

/// An event log of Windows: one file for the whole period, and as many kinds of events as name it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EventLogShape {
    /// Below the practice directory, with `/`.
    pub(crate) path: String,
    pub(crate) channel: String,
    pub(crate) computer: String,
    /// The number of the first record; above 1 where Windows has overwritten older ones.
    #[serde(default = "one")]
    pub(crate) first_record: u64,
    #[serde(default)]
    pub(crate) reaches_back: u32,
}

fn one() -> u64 {
    1
}

/// A kind of event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EventShape {
    /// Its event log.
    pub(crate) log: String,
    pub(crate) provider: ProviderShape,
    pub(crate) id: u16,
    pub(crate) qualifiers: Option<u16>,
    #[serde(default)]
    pub(crate) version: u8,
    #[serde(default)]
    pub(crate) level: LevelShape,
    #[serde(default)]
    pub(crate) task: u16,
    #[serde(default)]
    pub(crate) opcode: u8,
    #[serde(default)]
    pub(crate) keywords: u64,
    /// Templates of numbers; 4 and 8 if not given.
    pub(crate) process: Option<Scalar>,
    pub(crate) thread: Option<Scalar>,
    /// Template of the SID of whoever caused the event.
    pub(crate) user: Option<Scalar>,
    /// Names of the `Data` elements, in order; `Name:type` where it is no text.
    #[serde(default)]
    pub(crate) fields: Vec<String>,
    /// Instead of fields: templates of `Data` elements without names.
    #[serde(default)]
    pub(crate) texts: Vec<Scalar>,
    /// The attribute `Name` of `EventData`.
    pub(crate) data_name: Option<String>,
    /// Fields stand in an element of `UserData`.
    pub(crate) user_data: Option<UserData>,
    #[serde(default, rename = "let")]
    pub(crate) lets: Names,
    /// What stands in each field; texts that are not named are empty.
    #[serde(default)]
    pub(crate) set: Names,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderShape {
    pub(crate) name: String,
    pub(crate) guid: Option<String>,
    /// Its name before it had a GUID.
    pub(crate) source: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserData {
    pub(crate) element: String,
    pub(crate) namespace: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LevelShape {
    Always,
    Critical,
    Error,
    Warning,
    #[default]
    Information,
    Verbose,
}

/// An everyday request and what it leaves: one row or event for each stream or kind of event in `in`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Request {
    pub(crate) name: String,
    /// Share of the traffic; or else `every`.
    pub(crate) weight: Option<f64>,
    /// Minutes from one to the next, whatever the size asked for.
    pub(crate) every: Option<u32>,
    #[serde(default)]
    pub(crate) by: By,
    #[serde(rename = "in")]
    pub(crate) streams: Vec<String>,
    #[serde(default, rename = "let")]
    pub(crate) lets: Names,
    /// Columns or fields that differ, by stream or event.
    #[serde(default)]
    pub(crate) set: BTreeMap<String, Names>,
}

/// Whose daily rhythm a request follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    People,
    #[default]
    Machines,
}

/// A happening at a fixed time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Step {
    /// `2021-03-03T04:12:33.512Z`
    pub(crate) at: String,
    pub(crate) what: Text,
    #[serde(default, rename = "in")]
    pub(crate) streams: Vec<String>,
    /// Files that are there from now on.
    #[serde(default)]
    pub(crate) makes: Vec<String>,
    /// Files that are gone from now on.
    #[serde(default)]
    pub(crate) removes: Vec<String>,
    /// What is written into hives, by hive.
    #[serde(default)]
    pub(crate) registry: BTreeMap<String, Vec<EntryShape>>,
    #[serde(default, rename = "let")]
    pub(crate) lets: Names,
    #[serde(default)]
    pub(crate) set: BTreeMap<String, Names>,
    /// Names of the rules that its row, event, file or hive should raise, by stream, event, file or hive.
    #[serde(default)]
    pub(crate) rules: BTreeMap<String, Vec<String>>,
    pub(crate) repeat: Option<Repeat>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Repeat {
    pub(crate) times: u32,
    /// Milliseconds from one to the next.
    pub(crate) every: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ScenarioShape {
    pub(crate) name: String,
    pub(crate) title: Text,
    pub(crate) verdict: Expected,
    #[serde(default)]
    pub(crate) acts: Vec<String>,
    /// Acts of the owner and not of an intruder; their traces are context.
    #[serde(default)]
    pub(crate) upkeep: Vec<String>,
    /// What is true of the product on the server.
    pub(crate) affected: Option<TrulyAffected>,
}

/// A text for people, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub en: String,
    pub ja: String,
}

/// The verdict that a check of the practice server should reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    Clean,
    Attempted,
    Exploited,
    Compromised,
}

/// A text that YAML may also write as a number or a truth value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar(pub(crate) String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Scalar;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text, a whole number or a truth value")
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
            fn visit_bool<E>(self, truth: bool) -> Result<Scalar, E> {
                Ok(Scalar(truth.to_string()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
