//! Binary XML of event logs: templates, elements, names and typed values.
//!
//! Facts of the format: Joachim Metz, "Windows XML Event Log (EVTX) format" (libevtx documentation), sections 4 and 5.

use std::collections::BTreeMap;

use super::{Body, Datum, Event};

/// Namespace of every event.
const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// What a chunk knows already: where its names and templates lie.
#[derive(Debug, Default)]
pub struct Known {
    names: BTreeMap<String, u32>,
    templates: BTreeMap<String, (u32, u32)>,
    /// Heads of the 64 chains of names, by hash.
    pub name_buckets: BTreeMap<u32, u32>,
    /// Heads of the 32 chains of templates, by number.
    pub template_buckets: BTreeMap<u32, u32>,
}

/// One value to be filled into a template: type byte and bytes.
type Filling = (u8, Vec<u8>);

/// The binary XML of an event whose bytes will stand at `offset` of its chunk.
pub fn encode(event: &Event, record: u64, offset: u32, known: &mut Known) -> Vec<u8> {
    let mut writer = Writer { bytes: Vec::new(), offset, known };
    writer.raw(&[0x0f, 1, 1, 0]);
    let (system, data) = fillings(event, record);
    let shape = shape_of(event);
    let number = template_number(&shape);
    writer.raw(&[0x0c, 1]);
    writer.u32(number);
    match writer.known.templates.get(&shape).copied() {
        Some((place, _)) => writer.u32(place),
        None => {
            let place = writer.here() + 4;
            writer.u32(place);
            writer.template(event, number, &shape, system.len());
        }
    }
    let values: Vec<&Filling> = system.iter().chain(&data).collect();
    writer.u32(u32::try_from(values.len()).unwrap_or(0));
    for (kind, bytes) in &values {
        writer.u16(u16::try_from(bytes.len()).unwrap_or(u16::MAX));
        writer.raw(&[*kind, 0]);
    }
    for (_, bytes) in &values {
        writer.raw(bytes);
    }
    writer.raw(&[0]);
    writer.bytes
}

/// Events of one shape share a template: all but the values is equal.
fn shape_of(event: &Event) -> String {
    let body = match &event.body {
        Body::Named(fields) => fields.iter().map(|(name, datum)| format!("{name}:{}", kind(datum))).collect(),
        Body::Listed(items) => vec![format!("list of {}", items.len())],
        Body::User { element, fields, .. } => {
            let names = fields.iter().map(|(name, datum)| format!("{name}:{}", kind(datum)));
            std::iter::once((*element).to_owned()).chain(names).collect()
        }
    };
    let has = (event.qualifiers.is_some(), event.user.is_some());
    format!("{}|{}|{}|{has:?}|{}", event.provider.0, event.channel, event.computer, body.join(","))
}

fn template_number(shape: &str) -> u32 {
    shape.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The value type of a datum.
fn kind(datum: &Datum) -> u8 {
    match datum {
        Datum::Text(_) => 0x01,
        Datum::Number(_) => 0x08,
        Datum::Hex(_) => 0x15,
        Datum::Time(_) => 0x11,
        Datum::Guid(_) => 0x0f,
        Datum::Sid(_) => 0x13,
    }
}

fn filling(datum: &Datum) -> Filling {
    let bytes = match datum {
        Datum::Text(text) => wide(text),
        Datum::Number(number) => number.to_le_bytes().to_vec(),
        Datum::Hex(number) => number.to_le_bytes().to_vec(),
        Datum::Time(time) => time.filetime().to_le_bytes().to_vec(),
        Datum::Guid(guid) => guid_bytes(guid),
        Datum::Sid(sid) => sid_bytes(sid),
    };
    (kind(datum), bytes)
}

/// The values of the system part, and those of the body.
fn fillings(event: &Event, record: u64) -> (Vec<Filling>, Vec<Filling>) {
    let (version, level, task, opcode) = event.class;
    let mut system: Vec<Filling> = vec![
        (0x06, event.id.to_le_bytes().to_vec()),
        (0x06, event.qualifiers.unwrap_or(0).to_le_bytes().to_vec()),
        (0x04, vec![version]),
        (0x04, vec![level]),
        (0x06, task.to_le_bytes().to_vec()),
        (0x04, vec![opcode]),
        (0x15, event.keywords.to_le_bytes().to_vec()),
        (0x11, event.time.filetime().to_le_bytes().to_vec()),
        (0x0a, record.to_le_bytes().to_vec()),
        (0x08, 4u32.to_le_bytes().to_vec()),
        (0x08, (1000 + u32::from(event.id) % 900 * 4).to_le_bytes().to_vec()),
    ];
    system.push(match &event.user {
        Some(sid) => (0x13, sid_bytes(sid)),
        None => (0x00, Vec::new()),
    });
    let data = match &event.body {
        Body::Named(fields) | Body::User { fields, .. } => fields.iter().map(|(_, datum)| filling(datum)).collect(),
        Body::Listed(items) => items.iter().map(|item| (0x01, wide(item))).collect(),
    };
    (system, data)
}

fn wide(text: &str) -> Vec<u8> {
    // A value's length has 16 bits.
    text.encode_utf16().take(32_000).flat_map(u16::to_le_bytes).collect()
}

/// The bytes of a GUID: its first three groups are little-endian.
fn guid_bytes(guid: &str) -> Vec<u8> {
    let digits: String = guid.chars().filter(char::is_ascii_hexdigit).collect();
    let number = u128::from_str_radix(&digits, 16).unwrap_or(0).to_be_bytes();
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    order.iter().filter_map(|at: &usize| number.get(*at).copied()).collect()
}

/// The bytes of `S-1-5-21-…`.
fn sid_bytes(sid: &str) -> Vec<u8> {
    let numbers: Vec<u32> = sid.split('-').skip(1).filter_map(|part| part.parse().ok()).collect();
    let (Some(revision), Some(authority)) = (numbers.first(), numbers.get(1)) else { return Vec::new() };
    let rest = numbers.get(2..).unwrap_or_default();
    let mut bytes = vec![u8::try_from(*revision).unwrap_or(1), u8::try_from(rest.len()).unwrap_or(0), 0, 0];
    bytes.extend(authority.to_be_bytes());
    bytes.extend(rest.iter().flat_map(|part| part.to_le_bytes()));
    bytes
}

/// Hash of a name, for its bucket.
fn name_hash(name: &str) -> u32 {
    let hash = name.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(65_599).wrapping_add(u32::from(unit)));
    hash & 0xffff
}

struct Writer<'a> {
    bytes: Vec<u8>,
    offset: u32,
    known: &'a mut Known,
}

/// Content of an attribute or element.
enum Part<'a> {
    Text(&'a str),
    Value(usize, u8),
    /// A value that may be missing.
    Maybe(usize, u8),
}

impl Writer<'_> {
    fn here(&self) -> u32 {
        self.offset + u32::try_from(self.bytes.len()).unwrap_or(0)
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn u16(&mut self, number: u16) {
        self.raw(&number.to_le_bytes());
    }

    fn u32(&mut self, number: u32) {
        self.raw(&number.to_le_bytes());
    }

    /// Writes a length of four bytes at `at`, once it is known: what stands behind it.
    fn fill_length(&mut self, at: usize) {
        let length = u32::try_from(self.bytes.len() - at - 4).unwrap_or(0);
        if let Some(place) = self.bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// A reference to a name; its first use in a chunk carries the name itself.
    fn name(&mut self, name: &str) {
        if let Some(place) = self.known.names.get(name) {
            let place = *place;
            return self.u32(place);
        }
        let place = self.here() + 4;
        self.u32(place);
        let hash = name_hash(name);
        let next = self.known.name_buckets.insert(hash % 64, place).unwrap_or(0);
        self.known.names.insert(name.to_owned(), place);
        self.u32(next);
        self.u16(u16::try_from(hash).unwrap_or(0));
        self.u16(u16::try_from(name.encode_utf16().count()).unwrap_or(0));
        self.raw(&wide(name));
        self.u16(0);
    }

    fn part(&mut self, part: &Part<'_>) {
        match part {
            Part::Text(text) => {
                self.raw(&[0x05, 0x01]);
                self.u16(u16::try_from(text.encode_utf16().count()).unwrap_or(0));
                self.raw(&wide(text));
            }
            Part::Value(index, kind) | Part::Maybe(index, kind) => {
                let token = if matches!(part, Part::Maybe(..)) { 0x0e } else { 0x0d };
                self.raw(&[token]);
                self.u16(u16::try_from(*index).unwrap_or(0));
                self.raw(&[*kind]);
            }
        }
    }

    /// An element with its attributes; `inside` writes what it holds.
    fn element(&mut self, name: &str, attributes: &[(&str, Part<'_>)], inside: impl FnOnce(&mut Self)) {
        self.raw(&[if attributes.is_empty() { 0x01 } else { 0x41 }]);
        self.u16(0xffff);
        let length_at = self.bytes.len();
        self.u32(0);
        self.name(name);
        if !attributes.is_empty() {
            let list_at = self.bytes.len();
            self.u32(0);
            for (number, (name, part)) in attributes.iter().enumerate() {
                let is_last = number + 1 == attributes.len();
                self.raw(&[if is_last { 0x06 } else { 0x46 }]);
                self.name(name);
                self.part(part);
            }
            self.fill_length(list_at);
        }
        self.raw(&[0x02]);
        inside(self);
        self.raw(&[0x04]);
        self.fill_length(length_at);
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, Part<'_>)], part: &Part<'_>) {
        self.element(name, attributes, |writer| writer.part(part));
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, Part<'_>)]) {
        self.element(name, attributes, |_| {});
    }

    fn template(&mut self, event: &Event, number: u32, shape: &str, system: usize) {
        let place = self.here();
        let next = self.known.template_buckets.insert(number % 32, place).unwrap_or(0);
        self.known.templates.insert(shape.to_owned(), (place, number));
        self.u32(next);
        // The number is the first group of the template's GUID.
        self.u32(number);
        self.raw(&guid_bytes("0000000000004a2b9c1d5e6f70819203").split_off(4));
        let length_at = self.bytes.len();
        self.u32(0);
        self.raw(&[0x0f, 1, 1, 0]);
        self.element("Event", &[("xmlns", Part::Text(NAMESPACE))], |writer| {
            writer.system(event);
            writer.body(event, system);
        });
        self.raw(&[0]);
        self.fill_length(length_at);
    }

    fn system(&mut self, event: &Event) {
        self.element("System", &[], |writer| {
            let (name, guid) = event.provider;
            match guid {
                Some(guid) => writer.empty("Provider", &[("Name", Part::Text(name)), ("Guid", Part::Text(guid))]),
                None => writer.empty("Provider", &[("Name", Part::Text(name))]),
            }
            match event.qualifiers {
                Some(_) => writer.leaf("EventID", &[("Qualifiers", Part::Value(1, 0x06))], &Part::Value(0, 0x06)),
                None => writer.leaf("EventID", &[], &Part::Value(0, 0x06)),
            }
            let plain: [(&str, usize, u8); 5] = [
                ("Version", 2, 0x04),
                ("Level", 3, 0x04),
                ("Task", 4, 0x06),
                ("Opcode", 5, 0x04),
                ("Keywords", 6, 0x15),
            ];
            for (name, index, kind) in plain {
                writer.leaf(name, &[], &Part::Value(index, kind));
            }
            writer.empty("TimeCreated", &[("SystemTime", Part::Value(7, 0x11))]);
            writer.leaf("EventRecordID", &[], &Part::Value(8, 0x0a));
            writer.empty("Correlation", &[]);
            writer.empty("Execution", &[("ProcessID", Part::Value(9, 0x08)), ("ThreadID", Part::Value(10, 0x08))]);
            writer.leaf("Channel", &[], &Part::Text(event.channel));
            writer.leaf("Computer", &[], &Part::Text(&event.computer));
            writer.empty("Security", &[("UserID", Part::Maybe(11, 0x13))]);
        });
    }

    fn body(&mut self, event: &Event, first: usize) {
        match &event.body {
            Body::Named(fields) => self.element("EventData", &[], |writer| {
                for (index, (name, datum)) in (first..).zip(fields) {
                    writer.leaf("Data", &[("Name", Part::Text(name))], &Part::Value(index, kind(datum)));
                }
            }),
            Body::Listed(items) => self.element("EventData", &[], |writer| {
                for (index, _) in (first..).zip(items) {
                    writer.leaf("Data", &[], &Part::Value(index, 0x01));
                }
            }),
            Body::User { element, namespace, fields } => self.element("UserData", &[], |writer| {
                writer.element(element, &[("xmlns", Part::Text(namespace))], |writer| {
                    for (index, (name, datum)) in (first..).zip(fields) {
                        writer.leaf(name, &[], &Part::Value(index, kind(datum)));
                    }
                });
            }),
        }
    }
}
