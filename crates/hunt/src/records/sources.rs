//! Which rules concern a record: Sigma's log sources for Windows, as the field's pipelines map them to channels and events.

use std::collections::{BTreeMap, HashMap};

use hikeshi_core::channel::Channel;
use hikeshi_core::family::{Family, LogSource};
use hikeshi_core::other_tool::Output;
use hikeshi_evidence::record::{Record, Topic, Value};
use serde::{Deserialize, Deserializer};

use crate::indicators::Role;
use crate::records::processes::ProcessEvents;

/// The mapping, as data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sources {
    /// Sigma's services: the channels of each.
    services: BTreeMap<String, Vec<String>>,
    /// Sigma's categories: the events that each stands for.
    categories: BTreeMap<String, Vec<Events>>,
    /// Events that name processes.
    pub(crate) processes: ProcessEvents,
    /// Fields with the address of a client.
    pub(crate) addresses: Vec<String>,
    /// Fields that people want to see.
    pub(crate) show: Vec<String>,
    /// What fields hold, by their names in lower case and without blanks.
    #[serde(deserialize_with = "by_name")]
    pub(crate) roles: HashMap<String, Role>,
    /// Outputs of other tools that retell the rows of a log: its log source, and its names for the rows' columns.
    #[serde(skip)]
    retold: BTreeMap<String, (LogSource, Names)>,
    /// Names of parameters whose values are masked in findings.
    #[serde(skip)]
    pub(crate) secrets: Vec<String>,
}

/// From the names under each role to the role of each name.
fn by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<String, Role>, D::Error> {
    let lists: BTreeMap<Role, Vec<String>> = BTreeMap::deserialize(deserializer)?;
    Ok(lists.into_iter().flat_map(|(role, names)| names.into_iter().map(move |name| (name, role))).collect())
}

/// Some events of some channels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    channels: Vec<String>,
    ids: Vec<u32>,
    /// Sigma's names of fields that these events call otherwise.
    #[serde(default)]
    fields: Names,
}

/// A rule's names of fields, and what the record calls them.
pub(crate) type Names = BTreeMap<String, String>;

/// What decides which rules concern a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    topic: Topic,
    /// Of an event its channel; of what a tool says, the form of output that it stands in.
    channel: String,
    id: Option<u32>,
}

impl Key {
    pub(crate) fn of(record: &Record) -> Self {
        let (channel, id) = match record.topic {
            Topic::Event => (record.text("Channel").unwrap_or_default().to_ascii_lowercase(), event_id(record)),
            Topic::Detection => (record.text("Output").unwrap_or_default().to_owned(), None),
            _ => (String::new(), None),
        };
        Self { topic: record.topic, channel, id }
    }
}

pub(super) fn event_id(record: &Record) -> Option<u32> {
    match record.field("EventID")? {
        Value::Text(text) => text.trim().parse().ok(),
        Value::Number(number) => u32::try_from(*number).ok(),
        Value::Bool(_) | Value::List(_) => None,
    }
}

impl Sources {
    /// The mapping that is built in, and the channels of packs.
    pub(crate) fn new<'c>(channels: impl IntoIterator<Item = &'c Channel>) -> Self {
        #[expect(clippy::expect_used, reason = "the file is built in, and a test reads it")]
        let mut sources: Self =
            yaml_serde::from_str(include_str!("sources.yaml")).expect("sources.yaml is well-formed");
        for channel in channels {
            sources.services.entry(channel.service.clone()).or_default().extend(channel.channels.iter().cloned());
        }
        sources
    }

    /// The same, with outputs of other tools that retell the rows of one of these logs.
    pub(crate) fn with_outputs(mut self, outputs: &[Output], families: &[&Family]) -> Self {
        for output in outputs {
            let family = families.iter().find(|family| output.reads_as.as_ref() == Some(&family.id));
            if let Some(family) = family {
                self.secrets.extend(family.roles.secrets.iter().cloned());
                self.retold.insert(output.id.clone(), (family.logsource.clone(), family.fields.clone()));
            }
        }
        self.secrets.sort();
        self.secrets.dedup();
        self
    }

    /// Whether a rule for `source` may concern any record at all.
    pub(crate) fn knows(&self, source: &LogSource) -> bool {
        if self.retold.values().any(|(retold, _)| retold.answers(source)) {
            return true;
        }
        let LogSource { category, product, service } = source;
        let is_windows = product.as_ref().is_none_or(|product| product.eq_ignore_ascii_case("windows"));
        let of_fact = |category: &String| Topic::ALL.iter().any(|topic| topic.word().eq_ignore_ascii_case(category));
        let of_event = |category: &String| self.categories.keys().any(|known| known.eq_ignore_ascii_case(category));
        let has_service = |service: &String| self.services.keys().any(|known| known.eq_ignore_ascii_case(service));
        let names_something = category.is_some() || product.is_some() || service.is_some();
        is_windows
            && names_something
            && category.as_ref().is_none_or(|category| of_fact(category) || of_event(category))
            && service.as_ref().is_none_or(has_service)
    }

    /// Whether a rule for `source` concerns records of `key`; and if so, under which names it finds their fields.
    pub(crate) fn concerns(&self, source: &LogSource, key: &Key) -> Option<Names> {
        if key.topic == Topic::Detection
            && let Some((_, names)) = self.retold.get(&key.channel).filter(|(retold, _)| retold.answers(source))
        {
            return Some(names.clone());
        }
        let is_windows = source.product.as_ref().is_none_or(|product| product.eq_ignore_ascii_case("windows"));
        if !is_windows {
            return None;
        }
        if key.topic != Topic::Event {
            let own = LogSource {
                category: Some(key.topic.word().to_owned()),
                product: Some("windows".to_owned()),
                service: None,
            };
            return (source.category.is_some() && own.answers(source)).then(Names::new);
        }
        let in_service = |service: &String| {
            let channels = self.services.iter().find(|(name, _)| name.eq_ignore_ascii_case(service));
            channels
                .is_some_and(|(_, channels)| channels.iter().any(|channel| channel.eq_ignore_ascii_case(&key.channel)))
        };
        if !source.service.as_ref().is_none_or(in_service) {
            return None;
        }
        match &source.category {
            Some(category) => self.of_category(category, key),
            // A rule for Windows as a whole looks at every event; one that names nothing concerns nothing.
            None => (source.service.is_some() || source.product.is_some()).then(Names::new),
        }
    }

    /// Whether an event is one by which a virus scanner tells what it detected.
    pub(crate) fn is_detection(&self, event: &Record) -> bool {
        self.of_category("antivirus", &Key::of(event)).is_some()
    }

    fn of_category(&self, category: &str, key: &Key) -> Option<Names> {
        let (_, events) = self.categories.iter().find(|(name, _)| name.eq_ignore_ascii_case(category))?;
        let is_meant = |events: &&Events| {
            key.id.is_some_and(|id| events.ids.contains(&id))
                && events.channels.iter().any(|channel| channel.eq_ignore_ascii_case(&key.channel))
        };
        events.iter().find(is_meant).map(|events| events.fields.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(category: Option<&str>, product: Option<&str>, service: Option<&str>) -> LogSource {
        let own = |text: Option<&str>| text.map(str::to_owned);
        LogSource { category: own(category), product: own(product), service: own(service) }
    }

    fn event(channel: &str, id: &str) -> Key {
        Key::of(&Record::new(Topic::Event, 0).with("Channel", channel).with("EventID", id))
    }

    #[test]
    fn rules_reach_the_events_that_their_log_source_means() {
        let sources = Sources::new([]);
        let security = event("security", "4688");
        let creation = source(Some("process_creation"), Some("windows"), None);
        let names = sources.concerns(&creation, &security).unwrap();
        assert_eq!(names.get("Image").map(String::as_str), Some("NewProcessName"));
        assert!(sources.concerns(&creation, &event("Microsoft-Windows-Sysmon/Operational", "1")).is_some());
        assert!(sources.concerns(&creation, &event("Security", "4624")).is_none());
        assert!(sources.concerns(&source(None, Some("windows"), Some("security")), &security).is_some());
        assert!(sources.concerns(&source(None, Some("windows"), Some("system")), &security).is_none());
        assert!(sources.concerns(&source(Some("process_creation"), Some("linux"), None), &security).is_none());
        assert!(sources.concerns(&source(None, None, None), &security).is_none());
    }

    #[test]
    fn a_rule_that_concerns_some_record_is_known_and_one_for_text_logs_alone_is_not() {
        let sources = Sources::new([]);
        let keys = [
            event("Security", "4688"),
            event("Microsoft-Windows-Sysmon/Operational", "1"),
            event("", ""),
            Key::of(&Record::new(Topic::File, 0)),
            Key::of(&Record::new(Topic::Service, 0)),
        ];
        let one_of = |names: [&'static str; 4]| [None].into_iter().chain(names.map(Some));
        for category in one_of(["process_creation", "FILE", "webserver", "service"]) {
            for product in one_of(["windows", "Windows", "linux", "apache"]) {
                for service in one_of(["security", "Sysmon", "iis", "sshd"]) {
                    let source = source(category, product, service);
                    let concerns = keys.iter().any(|key| sources.concerns(&source, key).is_some());
                    assert!(sources.knows(&source) || !concerns, "{source:?}");
                }
            }
        }
        assert!(!sources.knows(&source(Some("webserver"), None, None)));
        assert!(!sources.knows(&source(None, Some("windows"), Some("iis"))));
        assert!(!sources.knows(&source(None, None, None)));
    }

    #[test]
    fn facts_are_reached_by_their_own_categories_alone() {
        let sources = Sources::new([]);
        let service = Key::of(&Record::new(Topic::Service, 0));
        assert!(sources.concerns(&source(Some("service"), Some("windows"), None), &service).is_some());
        assert!(sources.concerns(&source(Some("file"), Some("windows"), None), &service).is_none());
        assert!(sources.concerns(&source(None, Some("windows"), None), &service).is_none());
    }
}
