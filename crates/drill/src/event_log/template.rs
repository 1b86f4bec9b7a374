//! The shape of an event: elements whose values are slots, so that events of one kind share it.
//!
//! Windows writes two shapes for each event: one for what the system says of every event of a provider, and in its last
//! slot one for the event's own body. Order, names and dependencies are those found in log files of Windows.

use std::borrow::Cow;

use super::event::{self, Body, Datum, Event};
use super::value::Value;

/// The type of a value that is itself binary XML.
pub(super) const BINARY_XML: u8 = 0x21;
/// No slot decides whether an element is there.
const INDEPENDENT: u16 = 0xffff;
/// The slot of the body, behind those of `system_values`.
const BODY_SLOT: u16 = 13;
const EVENT_NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// An element of a template.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: Vec<(&'a str, Node<'a>)>,
    pub(super) content: Vec<Node<'a>>,
}

#[derive(Debug)]
pub(super) enum Node<'a> {
    Element(Element<'a>),
    Text(Cow<'a, str>),
    Slot(Slot),
}

/// Where a value goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) index: u16,
    pub(super) kind: u8,
    pub(super) presence: Presence,
}

/// What becomes of the element around a slot whose value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It stays, empty.
    Always,
    /// It is left out.
    Optional,
}

/// A template and its values, some of which may be missing in optional slots.
#[derive(Debug)]
pub(super) struct Instance<'a> {
    pub(super) root: Element<'a>,
    pub(super) values: Vec<Option<Value>>,
}

impl<'a> Element<'a> {
    fn new(name: &'a str) -> Self {
        Self { name, attributes: Vec::new(), content: Vec::new() }
    }

    fn attribute(mut self, name: &'a str, value: Node<'a>) -> Self {
        self.attributes.push((name, value));
        self
    }

    fn with(mut self, node: Node<'a>) -> Self {
        self.content.push(node);
        self
    }

    /// The slot that decides whether this element is there.
    pub(super) fn dependency(&self) -> u16 {
        let slot = self.content.iter().find_map(|node| match node {
            Node::Slot(slot) if slot.presence == Presence::Optional => Some(slot.index),
            _ => None,
        });
        slot.unwrap_or(INDEPENDENT)
    }

    /// Appends bytes that are the same for the same template only.
    pub(super) fn describe(&self, out: &mut Vec<u8>) {
        let mut text = |mark: u8, text: &str| {
            out.push(mark);
            out.extend((text.len() as u64).to_le_bytes());
            out.extend(text.as_bytes());
        };
        text(b'<', self.name);
        for (name, value) in &self.attributes {
            text(b'@', name);
            if let Node::Text(value) = value {
                text(b'=', value);
            }
        }
        let attributes = self.attributes.iter().map(|(_, value)| value);
        for node in attributes.chain(&self.content) {
            match node {
                Node::Element(element) => element.describe(out),
                Node::Text(text) => out.extend([b"$", text.as_bytes()].concat()),
                Node::Slot(Slot { index, kind, presence }) => {
                    let [low, high] = index.to_le_bytes();
                    out.extend([b'%', low, high, *kind, u8::from(*presence == Presence::Optional)]);
                }
            }
        }
        out.push(b'>');
    }
}

fn optional<'a>(index: u16, kind: u8) -> Node<'a> {
    Node::Slot(Slot { index, kind, presence: Presence::Optional })
}

fn text(text: &str) -> Node<'_> {
    Node::Text(Cow::Borrowed(text))
}

/// What the system says of an event. If the event has a body, there is one slot more than values.
pub(super) fn system<'a>(event: &'a Event, channel: &'a str, record: u64) -> Instance<'a> {
    let mut root = Element::new("Event").attribute("xmlns", text(EVENT_NAMESPACE));
    root = root.with(Node::Element(system_element(event, channel)));
    let body = optional(BODY_SLOT, BINARY_XML);
    root = match event.body {
        Body::Nothing => root,
        Body::User(_) => root.with(Node::Element(Element::new("UserData").with(body))),
        Body::Data { .. } | Body::Texts { .. } => root.with(body),
    };
    Instance { root, values: system_values(event, record) }
}

fn system_values(event: &Event, record: u64) -> Vec<Option<Value>> {
    vec![
        Some(Value::UInt8(event.level as u8)),
        Some(Value::UInt8(event.opcode)),
        Some(Value::UInt16(event.task)),
        Some(Value::UInt16(event.id)),
        event.qualifiers.map(Value::UInt16),
        Some(Value::Hex64(event.keywords)),
        Some(Value::Time(event.time)),
        event.activity.map(Value::Guid),
        Some(Value::UInt32(event.process)),
        Some(Value::UInt32(event.thread)),
        Some(Value::UInt64(record)),
        Some(Value::UInt8(event.version)),
        event.user.clone().map(Value::Sid),
    ]
}

fn system_element<'a>(event: &'a Event, channel: &'a str) -> Element<'a> {
    let has_manifest = event.provider.guid.is_some();
    let simple = |name, index, kind| Node::Element(Element::new(name).with(optional(index, kind)));
    let fixed = |name, value| Node::Element(Element::new(name).with(text(value)));
    let mut system = Element::new("System").with(Node::Element(provider(&event.provider)));
    let id = Element::new("EventID").attribute("Qualifiers", optional(4, 0x06)).with(optional(3, 0x06));
    system = system.with(Node::Element(id));
    if has_manifest {
        system = system.with(simple("Version", 11, 0x04));
    }
    system = system.with(simple("Level", 0, 0x04)).with(simple("Task", 2, 0x06));
    if has_manifest {
        system = system.with(simple("Opcode", 1, 0x04));
    }
    let time = Element::new("TimeCreated").attribute("SystemTime", optional(6, 0x11));
    system = system.with(simple("Keywords", 5, 0x15)).with(Node::Element(time)).with(simple("EventRecordID", 10, 0x0a));
    if has_manifest {
        let correlation = Element::new("Correlation").attribute("ActivityID", optional(7, 0x0f));
        let execution = Element::new("Execution")
            .attribute("ProcessID", optional(8, 0x08))
            .attribute("ThreadID", optional(9, 0x08));
        system = system.with(Node::Element(correlation)).with(Node::Element(execution));
    }
    let security = Element::new("Security").attribute("UserID", optional(12, 0x13));
    system.with(fixed("Channel", channel)).with(fixed("Computer", &event.computer)).with(Node::Element(security))
}

fn provider(provider: &event::Provider) -> Element<'_> {
    let mut element = Element::new("Provider").attribute("Name", text(&provider.name));
    if let Some(guid) = provider.guid {
        element = element.attribute("Guid", Node::Text(Cow::Owned(guid.to_string())));
    }
    if let Some(source) = &provider.source {
        element = element.attribute("EventSourceName", text(source));
    }
    element
}

/// The template of a body; none for an event without.
pub(super) fn body(body: &Body) -> Option<Instance<'_>> {
    match body {
        Body::Nothing => None,
        Body::Data { name, data } => Some(data_body(name.as_deref(), data)),
        Body::Texts { texts, binary } => Some(texts_body(texts, binary)),
        Body::User(element) => {
            let mut values = Vec::new();
            let root = user_element(element, &mut values);
            Some(Instance { root, values })
        }
    }
}

fn data_body<'a>(name: Option<&'a str>, data: &'a [Datum]) -> Instance<'a> {
    let mut root = Element::new("EventData");
    root.attributes.extend(name.map(|name| ("Name", text(name))));
    let mut values = Vec::new();
    for Datum { name, value } in data {
        let mut element = Element::new("Data");
        element.attributes.extend(name.as_deref().map(|name| ("Name", text(name))));
        root = root.with(Node::Element(element.with(next_slot(&mut values, value))));
    }
    Instance { root, values }
}

/// All texts are one value of several; the element around it is shown once for each.
fn texts_body<'a>(texts: &[String], binary: &[u8]) -> Instance<'a> {
    let texts = (!texts.is_empty()).then(|| Value::Texts(texts.to_vec()));
    let size = Some(Value::UInt32(binary.len() as u32));
    let binary = (!binary.is_empty()).then(|| Value::Binary(binary.to_vec()));
    let data = Element::new("Data").with(optional(0, 0x81));
    // The size in slot 1 is shown nowhere.
    let bytes = Element::new("Binary").with(optional(2, 0x0e));
    let root = Element::new("EventData").with(Node::Element(data)).with(Node::Element(bytes));
    Instance { root, values: vec![texts, size, binary] }
}

fn user_element<'a>(element: &'a event::Element, values: &mut Vec<Option<Value>>) -> Element<'a> {
    let mut root = Element::new(&element.name);
    root.attributes.extend(element.attributes.iter().map(|(name, value)| (name.as_str(), text(value))));
    match &element.content {
        event::Content::Value(value) => root.with(next_slot(values, value)),
        event::Content::Elements(elements) => {
            elements.iter().fold(root, |root, element| root.with(Node::Element(user_element(element, values))))
        }
    }
}

/// A slot behind all others, for a value that is there.
fn next_slot<'a>(values: &mut Vec<Option<Value>>, value: &Value) -> Node<'a> {
    let slot = Slot { index: values.len() as u16, kind: value.kind(), presence: Presence::Always };
    values.push(Some(value.clone()));
    Node::Slot(slot)
}
