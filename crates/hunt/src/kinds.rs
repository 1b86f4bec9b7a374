//! The kinds of evidence that packs describe, as coverage and judging need them: log families, event log channels and places alike.

use std::collections::BTreeMap;
use std::time::Duration;

use hikeshi_core::channel::Channel;
use hikeshi_core::coverage::{Missing, Span};
use hikeshi_core::family::{Family, Retention};
use hikeshi_core::place::Place;
use hikeshi_core::text::Text;
use hikeshi_evidence::kind::Kind;
use hikeshi_pack::Manifest;

/// Without a figure of the kind, so many seconds between two records are no silence.
const DEFAULT_GAP_SECONDS: i64 = 26 * 3600;
/// The kind of an event log channel that no pack describes begins with this; the channel's name follows.
const EVENT_LOG: &str = "event-log:";

/// What a pack says of one kind of evidence.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) title: Text,
    pub(crate) ask: Text,
    pub(crate) retention: Retention,
    gap: Option<Duration>,
}

/// All kinds that packs describe, by id.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    described: BTreeMap<String, Described>,
    /// Channels by their names in lower case.
    channels: BTreeMap<String, String>,
}

impl Kinds {
    pub(crate) fn new<'a>(
        families: impl IntoIterator<Item = &'a Family>,
        channels: impl IntoIterator<Item = &'a Channel>,
        places: impl IntoIterator<Item = &'a Place>,
    ) -> Self {
        let mut kinds = Self::default();
        let described = |title: &Text, ask: &Text, retention: &Retention, gap| Described {
            title: title.clone(),
            ask: ask.clone(),
            retention: retention.clone(),
            gap,
        };
        for Family { id, title, retention, gap, .. } in families {
            kinds.describe(id, described(title, &Text::default(), retention, *gap));
        }
        for Channel { id, title, ask, retention, gap, channels, .. } in channels {
            kinds.describe(id, described(title, ask, retention, *gap));
            kinds.channels.extend(channels.iter().map(|channel| (channel.to_lowercase(), id.clone())));
        }
        for Place { id, title, ask, .. } in places {
            kinds.describe(id, described(title, ask, &Retention::default(), None));
        }
        kinds
    }

    fn describe(&mut self, id: &str, described: Described) {
        self.described.entry(id.to_owned()).or_insert(described);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Described> {
        self.described.get(id)
    }

    /// The title of a kind, as far as a pack gives one.
    pub(crate) fn title(&self, id: &str) -> Text {
        self.get(id).map(|described| described.title.clone()).unwrap_or_default()
    }

    /// A kind that "clean" needs by the word of a pack, and the parts of the window that lack it; none where all does.
    pub(crate) fn missing(&self, id: &str, manifest: &Manifest, spans: Vec<Span>) -> Missing {
        let (title, ask) = match manifest.kinds.get(id) {
            Some(kind) => (kind.title.clone(), kind.ask.clone()),
            None => (self.title(id), self.get(id).map(|described| described.ask.clone()).unwrap_or_default()),
        };
        Missing { kind: id.to_owned(), title, ask, spans }
    }

    /// The kind of a channel's events.
    pub(crate) fn of_channel(&self, channel: &str) -> String {
        if channel.is_empty() {
            return Kind::EventLog.word().to_owned();
        }
        self.channels.get(&channel.to_lowercase()).cloned().unwrap_or_else(|| format!("{EVENT_LOG}{channel}"))
    }

    /// So many seconds without records of this kind are no silence.
    pub(crate) fn tolerance(&self, id: &str) -> i64 {
        self.get(id)
            .and_then(|described| described.gap)
            .and_then(|gap| i64::try_from(gap.as_secs()).ok())
            .unwrap_or(DEFAULT_GAP_SECONDS)
    }
}
