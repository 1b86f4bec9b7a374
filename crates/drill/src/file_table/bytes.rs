//! The bytes of records and attributes.

use hikeshi_core::time::Timestamp;

use super::Times;

/// Fixups stand at the end of each stretch of this size.
const SECTOR: usize = 512;
const HEADER: usize = 48;
/// Written at the end of each sector; what stood there is kept in the header.
const FIXUP: u16 = 1;

/// An attribute: its type and its bytes behind the type, the size included.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    kind: u32,
    name: Vec<u8>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Resident(Vec<u8>),
    Elsewhere(u64),
}

impl Attribute {
    pub(super) fn standard_information(times: &Times, attributes: u32) -> Self {
        let mut content = four(times);
        content.extend(attributes.to_le_bytes());
        // Versions, class, owner, security, quota and the number in the change journal.
        content.extend([0; 36]);
        Self::resident(0x10, "", content)
    }

    pub(super) fn file_name(parent: u64, name: &str, times: &Times, attributes: u32, size: u64) -> Self {
        /// A name in the rules of Windows, and not of DOS.
        const WINDOWS: u8 = 1;
        let units: Vec<u16> = name.encode_utf16().take(255).collect();
        let mut content = parent.to_le_bytes().to_vec();
        content.extend(four(times));
        content.extend(size.next_multiple_of(4_096).to_le_bytes());
        content.extend(size.to_le_bytes());
        content.extend(attributes.to_le_bytes());
        content.extend([0; 4]);
        content.extend([u8::try_from(units.len()).unwrap_or(u8::MAX), WINDOWS]);
        content.extend(units.into_iter().flat_map(u16::to_le_bytes));
        Self::resident(0x30, "", content)
    }

    /// The list that says that there are further records; its content is left out.
    pub(super) fn attribute_list() -> Self {
        Self::resident(0x20, "", vec![0; 32])
    }

    pub(super) fn data(stream: &str, content: &[u8]) -> Self {
        Self::resident(0x80, stream, content.to_vec())
    }

    pub(super) fn data_elsewhere(stream: &str, size: u64) -> Self {
        Self { kind: 0x80, name: utf16(stream), body: Body::Elsewhere(size) }
    }

    fn resident(kind: u32, stream: &str, content: Vec<u8>) -> Self {
        Self { kind, name: utf16(stream), body: Body::Resident(content) }
    }

    fn bytes(&self, id: u16) -> Vec<u8> {
        let (flag, head) = match &self.body {
            Body::Resident(_) => (0_u8, 24),
            Body::Elsewhere(_) => (1, 64),
        };
        let content_at = head + self.name.len().next_multiple_of(8);
        let mut rest = vec![flag, u8::try_from(self.name.len() / 2).unwrap_or(u8::MAX)];
        rest.extend(half(head));
        rest.extend([0; 2]);
        rest.extend(id.to_le_bytes());
        let content = match &self.body {
            Body::Resident(content) => {
                rest.extend(word(content.len()));
                rest.extend(half(content_at));
                rest.extend([0; 2]);
                content.clone()
            }
            Body::Elsewhere(size) => {
                // First and last cluster, where the runs stand, compression; then allocated, actual and written size.
                rest.extend(0_u64.to_le_bytes());
                rest.extend((size.div_ceil(4_096)).saturating_sub(1).to_le_bytes());
                rest.extend(half(content_at));
                rest.extend([0; 6]);
                for bytes in [size.next_multiple_of(4_096), *size, *size] {
                    rest.extend(bytes.to_le_bytes());
                }
                // No runs: the clusters are on no disk.
                vec![0; 8]
            }
        };
        rest.extend(&self.name);
        rest.resize(content_at - 8, 0);
        rest.extend(content);
        rest.resize(rest.len().next_multiple_of(8), 0);
        let mut all = self.kind.to_le_bytes().to_vec();
        all.extend(word(rest.len() + 8));
        all.extend(rest);
        all
    }
}

/// A record of `size` bytes; `None` where it takes more.
pub(super) fn record(
    number: u32,
    sequence: u16,
    flags: u16,
    base: u64,
    attributes: &[Attribute],
    size: usize,
) -> Option<Vec<u8>> {
    let sectors = size / SECTOR;
    let first = (HEADER + 2 * (sectors + 1)).next_multiple_of(8);
    let mut body: Vec<u8> = (0..).zip(attributes).flat_map(|(id, attribute)| attribute.bytes(id)).collect();
    body.extend(u32::MAX.to_le_bytes());
    body.extend([0; 4]);
    let used = first + body.len();
    if used > size {
        return None;
    }
    let links = attributes.iter().filter(|attribute| attribute.kind == 0x30).count();
    let mut all = b"FILE".to_vec();
    all.extend(half(HEADER));
    all.extend(half(sectors + 1));
    all.extend([0; 8]);
    all.extend(sequence.to_le_bytes());
    all.extend(half(links));
    all.extend(half(first));
    all.extend(flags.to_le_bytes());
    all.extend(word(used));
    all.extend(word(size));
    all.extend(base.to_le_bytes());
    all.extend(half(attributes.len()));
    all.extend([0; 2]);
    all.extend(number.to_le_bytes());
    all.resize(first, 0);
    all.extend(body);
    all.resize(size, 0);
    protect(&mut all);
    Some(all)
}

/// Moves the last two bytes of each sector into the header and puts the mark in their place.
fn protect(record: &mut [u8]) {
    let mut kept = FIXUP.to_le_bytes().to_vec();
    for sector in record.chunks_exact_mut(SECTOR) {
        if let Some(end) = sector.last_chunk_mut::<2>() {
            kept.extend(&*end);
            *end = FIXUP.to_le_bytes();
        }
    }
    if let Some(room) = record.get_mut(HEADER..HEADER + kept.len()) {
        room.copy_from_slice(&kept);
    }
}

fn four(times: &Times) -> Vec<u8> {
    [times.created, times.modified, times.changed, times.accessed].map(filetime).concat()
}

/// Tenths of microseconds since 1601.
fn filetime(time: Timestamp) -> [u8; 8] {
    const TO_UNIX: i64 = 11_644_473_600 * 1_000_000;
    u64::try_from(time.micros().saturating_add(TO_UNIX)).unwrap_or(0).saturating_mul(10).to_le_bytes()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn half(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}

fn word(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes()
}
