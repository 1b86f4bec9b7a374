//! One chunk of a log: 64 KiB that can be read without the rest of the file.
//!
//! A chunk holds each name and each template once, inside the record that first needs them; later records point there.
//! Chains of both begin in the chunk's header.

use std::collections::BTreeMap;

use super::template::{BINARY_XML, Element, Instance, Node, Presence, Slot};
use super::value::{Value, filetime, utf16};
use hikeshi_core::time::Timestamp;

/// The size of every chunk, in bytes.
pub(super) const CHUNK_BYTES: usize = 64 << 10;
/// Records begin behind this many bytes.
const HEADER_BYTES: usize = 512;
const NAME_BUCKETS: usize = 64;
const TEMPLATE_BUCKETS: usize = 32;
/// Before each document, whole or embedded: token, version 1.1, no flags.
const FRAGMENT: [u8; 4] = [0x0f, 1, 1, 0];
const END_OF_FRAGMENT: u8 = 0;
/// The type of a value that is missing.
const MISSING: u8 = 0;
/// A record is told to the next multiple of this many bytes.
const ALIGNMENT: usize = 8;
/// What all chunks of the log files of Windows have here that we looked at.
const FLAGS: u32 = 1;

/// An event that does not fit into the rest of a chunk.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// A chunk that grows.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    names: BTreeMap<String, u32>,
    templates: BTreeMap<[u8; 16], u32>,
    /// Where the chains begin.
    heads: Heads,
    first_record: Option<u64>,
    last_record: u64,
    last_offset: u32,
    /// Whether something was longer than its length field can say.
    overlong: bool,
}

#[derive(Debug, Clone, Copy)]
struct Heads {
    names: [u32; NAME_BUCKETS],
    templates: [u32; TEMPLATE_BUCKETS],
}

impl Chunk {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; HEADER_BYTES],
            names: BTreeMap::new(),
            templates: BTreeMap::new(),
            heads: Heads { names: [0; NAME_BUCKETS], templates: [0; TEMPLATE_BUCKETS] },
            first_record: None,
            last_record: 0,
            last_offset: 0,
            overlong: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first_record.is_none()
    }

    /// Bytes of the chunk until now.
    pub(super) fn used(&self) -> usize {
        self.bytes.len()
    }

    /// Appends a record, or leaves the chunk as it was.
    pub(super) fn record(
        &mut self,
        id: u64,
        time: Timestamp,
        system: &Instance<'_>,
        body: Option<&Instance<'_>>,
    ) -> Result<(), Full> {
        let (begin, heads) = (self.here(), self.heads);
        self.overlong = false;
        self.put(b"\x2a\x2a\0\0\0\0\0\0");
        self.put(&id.to_le_bytes());
        self.put(&filetime(time).to_le_bytes());
        self.put(&FRAGMENT);
        self.instance(system, body);
        self.put(&[END_OF_FRAGMENT]);
        let end = (self.bytes.len() + size_of::<u32>()).next_multiple_of(ALIGNMENT);
        if end > CHUNK_BYTES || self.overlong {
            self.bytes.truncate(begin as usize);
            self.heads = heads;
            self.names.retain(|_, offset| *offset < begin);
            self.templates.retain(|_, offset| *offset < begin);
            return Err(Full);
        }
        self.bytes.resize(end - size_of::<u32>(), 0);
        let size = (end as u32).saturating_sub(begin);
        self.put(&size.to_le_bytes());
        self.patch(begin + 4, &size.to_le_bytes());
        self.first_record.get_or_insert(id);
        (self.last_record, self.last_offset) = (id, begin);
        Ok(())
    }

    /// The finished chunk, with its header and checksums.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let free = self.here();
        let records = crc32fast::hash(self.bytes.get(HEADER_BYTES..).unwrap_or_default());
        // What a log without events says.
        let (first_number, last_number, first_id) = match self.first_record {
            Some(first) => (first, self.last_record, first),
            None => (1, u64::MAX, u64::MAX),
        };
        let mut header = b"ElfChnk\0".to_vec();
        for number in [first_number, last_number, first_id, last_number] {
            header.extend(number.to_le_bytes());
        }
        for number in [128, self.last_offset, free, records] {
            header.extend(number.to_le_bytes());
        }
        header.resize(120, 0);
        let mut chains = Vec::new();
        for head in self.heads.names.iter().chain(&self.heads.templates) {
            chains.extend(head.to_le_bytes());
        }
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&header);
        checksum.update(&chains);
        header.extend(FLAGS.to_le_bytes());
        header.extend(checksum.finalize().to_le_bytes());
        header.extend(chains);
        self.patch(0, &header);
        self.bytes.resize(CHUNK_BYTES, 0);
        self.bytes
    }

    /// A template instance; `embedded` goes into one more slot, the last.
    fn instance(&mut self, instance: &Instance<'_>, embedded: Option<&Instance<'_>>) {
        self.template(&instance.root);
        let values: Vec<(u8, Vec<u8>)> =
            instance.values.iter().map(|value| value.as_ref().map_or((MISSING, Vec::new()), Value::encode)).collect();
        let count = values.len() + usize::from(embedded.is_some());
        self.put(&(count as u32).to_le_bytes());
        for (kind, bytes) in &values {
            let size = self.size_16(bytes.len());
            self.descriptor(size, *kind);
        }
        let last = self.here();
        if embedded.is_some() {
            self.descriptor(0, BINARY_XML);
        }
        values.iter().for_each(|(_, bytes)| self.put(bytes));
        if let Some(embedded) = embedded {
            let begin = self.bytes.len();
            self.put(&FRAGMENT);
            self.instance(embedded, None);
            self.put(&[END_OF_FRAGMENT]);
            let size = self.size_16(self.bytes.len() - begin);
            self.patch(last, &size.to_le_bytes());
        }
    }

    fn descriptor(&mut self, size: u16, kind: u8) {
        let [low, high] = size.to_le_bytes();
        self.put(&[low, high, kind, 0]);
    }

    /// Points to a template, and writes it where it is needed for the first time.
    fn template(&mut self, root: &Element<'_>) {
        let mut description = Vec::new();
        root.describe(&mut description);
        let guid = name_guid(&description);
        self.put(&[0x0c, 1]);
        self.put(guid.get(..4).unwrap_or_default());
        if let Some(offset) = self.templates.get(&guid) {
            return self.put(&offset.to_le_bytes());
        }
        let offset = self.here() + 4;
        self.put(&offset.to_le_bytes());
        let words = guid.chunks(2).map(|pair| pair.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)));
        let bucket = name_hash(words) as usize % TEMPLATE_BUCKETS;
        let next = self.heads.templates.get_mut(bucket).map_or(0, |head| std::mem::replace(head, offset));
        self.put(&next.to_le_bytes());
        self.put(&guid);
        self.templates.insert(guid, offset);
        self.sized(|chunk| {
            chunk.put(&FRAGMENT);
            chunk.element(root);
            chunk.put(&[END_OF_FRAGMENT]);
        });
    }

    fn element(&mut self, element: &Element<'_>) {
        let has_attributes = !element.attributes.is_empty();
        self.put(&[if has_attributes { 0x41 } else { 0x01 }]);
        self.put(&element.dependency().to_le_bytes());
        self.sized(|chunk| {
            chunk.name(element.name);
            if has_attributes {
                chunk.sized(|chunk| chunk.attributes(&element.attributes));
            }
            if element.content.is_empty() {
                return chunk.put(&[0x03]);
            }
            chunk.put(&[0x02]);
            element.content.iter().for_each(|node| chunk.node(node));
            chunk.put(&[0x04]);
        });
    }

    fn attributes(&mut self, attributes: &[(&str, Node<'_>)]) {
        for (index, (name, value)) in attributes.iter().enumerate() {
            let more = index + 1 < attributes.len();
            self.put(&[if more { 0x46 } else { 0x06 }]);
            self.name(name);
            self.node(value);
        }
    }

    fn node(&mut self, node: &Node<'_>) {
        match node {
            Node::Element(element) => self.element(element),
            Node::Text(text) => {
                self.put(&[0x05, 0x01]);
                self.counted(text);
            }
            Node::Slot(Slot { index, kind, presence }) => {
                self.put(&[if *presence == Presence::Optional { 0x0e } else { 0x0d }]);
                self.put(&index.to_le_bytes());
                self.put(&[*kind]);
            }
        }
    }

    /// Points to a name, and writes it where it is needed for the first time.
    fn name(&mut self, name: &str) {
        if let Some(offset) = self.names.get(name) {
            return self.put(&offset.to_le_bytes());
        }
        let offset = self.here() + 4;
        self.put(&offset.to_le_bytes());
        let hash = name_hash(name.encode_utf16().map(u32::from));
        let head = self.heads.names.get_mut(hash as usize % NAME_BUCKETS);
        let next = head.map_or(0, |head| std::mem::replace(head, offset));
        self.put(&next.to_le_bytes());
        self.put(&(hash as u16).to_le_bytes());
        self.counted(name);
        self.put(&[0, 0]);
        self.names.insert(name.to_owned(), offset);
    }

    /// The number of UTF-16 units of a text, and the text.
    fn counted(&mut self, text: &str) {
        let units = utf16(text);
        let count = self.size_16(units.len() / 2);
        self.put(&count.to_le_bytes());
        self.put(&units);
    }

    /// What `write` writes, behind its size.
    fn sized(&mut self, write: impl FnOnce(&mut Self)) {
        let place = self.here();
        self.put(&[0; 4]);
        write(self);
        let size = self.here().saturating_sub(place + 4);
        self.patch(place, &size.to_le_bytes());
    }

    /// A length for a field of two bytes; a longer one makes the record impossible.
    fn size_16(&mut self, length: usize) -> u16 {
        let size = u16::try_from(length);
        self.overlong |= size.is_err();
        size.unwrap_or(u16::MAX)
    }

    fn here(&self) -> u32 {
        self.bytes.len() as u32
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn patch(&mut self, place: u32, bytes: &[u8]) {
        for (target, byte) in self.bytes.iter_mut().skip(place as usize).zip(bytes) {
            *target = *byte;
        }
    }
}

/// The hash of [MS-EVEN6] section 2.2.12, "BinXmlName". The same one, taken over the words of its GUID, says in which
/// chain a template stands: so it is for 1385 of the 1431 templates in the log files of Windows that we looked at.
fn name_hash(units: impl Iterator<Item = u32>) -> u32 {
    units.fold(0, |hash: u32, unit| hash.wrapping_mul(65_599).wrapping_add(unit))
}

/// A GUID that is the same for the same template everywhere: two FNV-1a hashes, marked as version 8 of RFC 9562.
fn name_guid(description: &[u8]) -> [u8; 16] {
    let hash = |basis: u64| {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        description.iter().fold(basis, step)
    };
    let [first, second] = [hash(0xcbf2_9ce4_8422_2325), hash(0x6c62_272e_07bb_0142)];
    let bits = u128::from(first) << 64 | u128::from(second);
    let marked = bits & !(0xf << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62;
    let [a, b, c, d, e, f, g, h, rest @ ..] = marked.to_be_bytes();
    let [i, j, k, l, m, n, o, p] = rest;
    [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
}
