//! A channel of an event log, as a pack describes it: what it tells, how long it lasts.

use std::time::Duration;

use serde::Deserialize;

use crate::family::{Retention, short_duration};
use crate::text::Text;

/// Event log channels that a pack asks for by one name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Short kebab-case name; the kind in coverage.
    pub id: String,
    /// Name for people.
    pub title: Text,
    /// How to bring it, where it was not seen.
    #[serde(default)]
    pub ask: Text,
    /// The channels' names as Windows registers them, compared without case.
    pub channels: Vec<String>,
    /// What Sigma rules call it: their `service` (with `product: windows`).
    pub service: String,
    /// How long events are kept.
    #[serde(default)]
    pub retention: Retention,
    /// A silence longer than this is reported.
    #[serde(default, deserialize_with = "short_duration")]
    pub gap: Option<Duration>,
    /// Facts about the channel for people who edit it.
    #[serde(default)]
    pub notes: Option<Text>,
}
