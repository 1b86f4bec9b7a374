//! An event: what its provider, the system and the body of its record say.

use hikeshi_core::time::Timestamp;

use super::value::{Guid, Sid, Value};

/// One event. Channel and record id are the log's: see [`super::EventLog`].
///
/// [`Event::new`] gives the usual; the rest is said by `Event { id: 4624, ..Event::new(..) }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub provider: Provider,
    pub id: u16,
    /// The upper half of the message's number, as providers without manifest have it.
    pub qualifiers: Option<u16>,
    pub version: u8,
    pub level: Level,
    pub task: u16,
    pub opcode: u8,
    pub keywords: u64,
    pub time: Timestamp,
    /// Joins the events of one activity.
    pub activity: Option<Guid>,
    pub process: u32,
    pub thread: u32,
    pub computer: String,
    pub user: Option<Sid>,
    pub body: Body,
}

impl Event {
    /// An informational event without body, of process 4, thread 8.
    #[must_use]
    pub fn new(provider: Provider, id: u16, time: Timestamp, computer: &str) -> Self {
        Self {
            provider,
            id,
            qualifiers: None,
            version: 0,
            level: Level::Information,
            task: 0,
            opcode: 0,
            keywords: 0x8000_0000_0000_0000,
            time,
            activity: None,
            process: 4,
            thread: 8,
            computer: computer.to_owned(),
            user: None,
            body: Body::Nothing,
        }
    }
}

/// Who wrote the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub name: String,
    /// A provider without GUID has no manifest. Its events have neither version, opcode, correlation nor execution,
    /// as those in the log files of Windows up to 10.
    pub guid: Option<Guid>,
    /// The name that the provider had before it got a manifest.
    pub source: Option<String>,
}

impl Provider {
    /// A provider with a manifest.
    #[must_use]
    pub fn new(name: &str, guid: Guid) -> Self {
        Self { name: name.to_owned(), guid: Some(guid), source: None }
    }

    /// A provider without manifest.
    #[must_use]
    pub fn classic(name: &str) -> Self {
        Self { name: name.to_owned(), guid: None, source: None }
    }
}

/// How grave an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Not graded, as the events of the Security log.
    Always = 0,
    Critical = 1,
    Error = 2,
    Warning = 3,
    Information = 4,
    Verbose = 5,
}

/// What an event tells in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Nothing,
    /// `EventData` with one `Data` for each value.
    Data {
        /// The attribute `Name` of `EventData` itself, which few providers use.
        name: Option<String>,
        data: Vec<Datum>,
    },
    /// `EventData` as providers without manifest have it: `Data` without names, and bytes if there are any.
    Texts {
        texts: Vec<String>,
        binary: Vec<u8>,
    },
    /// `UserData` with an element of the provider's own.
    User(Element),
}

impl Body {
    /// `EventData` of values with names.
    pub fn named<'n>(data: impl IntoIterator<Item = (&'n str, Value)>) -> Self {
        let data = data.into_iter().map(|(name, value)| Datum { name: Some(name.to_owned()), value }).collect();
        Self::Data { name: None, data }
    }

    /// `EventData` of texts without names.
    pub fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::Texts { texts: texts.into_iter().map(str::to_owned).collect(), binary: Vec::new() }
    }
}

/// One `Data` of `EventData`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Datum {
    pub name: Option<String>,
    pub value: Value,
}

/// An element of `UserData`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub content: Content,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Value(Value),
    Elements(Vec<Element>),
}

impl Element {
    /// An element that holds a value.
    #[must_use]
    pub fn value(name: &str, value: Value) -> Self {
        Self { name: name.to_owned(), attributes: Vec::new(), content: Content::Value(value) }
    }

    /// An element that holds others.
    #[must_use]
    pub fn of(name: &str, elements: Vec<Self>) -> Self {
        Self { name: name.to_owned(), attributes: Vec::new(), content: Content::Elements(elements) }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }
}
