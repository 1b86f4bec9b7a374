//! Keys, values and their lists as cells.

use hikeshi_core::time::Timestamp;

use super::base::filetime;
use super::bins::{Bins, put};
use super::{Data, Key};

/// Points nowhere.
const NOWHERE: u32 = u32::MAX;

/// The bins of a tree.
pub(super) fn bins(root: &Key) -> Bins {
    let mut bins = Bins::default();
    let security = security(&mut bins, count(root));
    let time = root.time.unwrap_or(Timestamp::from_micros(0));
    bins.root = key(&mut bins, root, &Parent { offset: 0, time, security, is_root: true });
    bins.close();
    bins
}

fn count(key: &Key) -> u32 {
    key.keys.iter().map(count).sum::<u32>() + 1
}

/// What a key takes from the key above it.
struct Parent {
    offset: u32,
    time: Timestamp,
    security: u32,
    is_root: bool,
}

/// A key node and all below it; returns its offset.
fn key(bins: &mut Bins, key: &Key, parent: &Parent) -> u32 {
    const FIXED: usize = 76;
    let name = Name::of(&key.name);
    let offset = bins.cell(FIXED + name.bytes.len());
    let time = key.time.unwrap_or(parent.time);
    let values = values(bins, &key.values);
    let (count, list) = subkeys(bins, key, &Parent { offset, time, security: parent.security, is_root: false });

    let mut node = vec![0; FIXED];
    put(&mut node, 0, b"nk");
    put(&mut node, 2, &(flags(parent.is_root) | name.flag(0x20)).to_le_bytes());
    put(&mut node, 4, &filetime(time).to_le_bytes());
    for (at, number) in [
        (16, parent.offset),
        (20, count),
        (28, list),
        (32, NOWHERE),
        (36, key.values.len() as u32),
        (40, values),
        (44, parent.security),
        (48, NOWHERE),
        (52, longest(key.keys.iter().map(|key| units(&key.name) * 2))),
        (60, longest(key.values.iter().map(|(name, _)| units(name) * 2))),
        (64, longest(key.values.iter().map(|(_, data)| stored(data).1.len()))),
    ] {
        put(&mut node, at, &number.to_le_bytes());
    }
    put(&mut node, 72, &(name.bytes.len() as u16).to_le_bytes());
    node.extend(name.bytes);
    bins.fill(offset, &node);
    offset
}

fn flags(is_root: bool) -> u16 {
    const ROOT_OF_HIVE: u16 = 0x04;
    const MAY_NOT_BE_DELETED: u16 = 0x08;
    if is_root { ROOT_OF_HIVE | MAY_NOT_BE_DELETED } else { 0 }
}

fn longest(lengths: impl Iterator<Item = usize>) -> u32 {
    lengths.max().unwrap_or(0) as u32
}

fn units(name: &str) -> usize {
    name.encode_utf16().count()
}

/// The subkeys and the list of them; how many, and where the list lies.
fn subkeys(bins: &mut Bins, parent_key: &Key, parent: &Parent) -> (u32, u32) {
    // As many as fit on a page beside other cells; more make an index root over several leaves.
    const IN_A_LEAF: usize = 500;
    let mut sorted: Vec<(Vec<u16>, &Key)> = parent_key.keys.iter().map(|key| (upper(&key.name), key)).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    let written: Vec<(u32, u32)> =
        sorted.iter().map(|(name, subkey)| (key(bins, subkey, parent), hash(name))).collect();
    let leaves: Vec<u32> = written.chunks(IN_A_LEAF).map(|leaf| list(bins, b"lh", leaf, true)).collect();
    let offset = match leaves.as_slice() {
        [] => NOWHERE,
        [leaf] => *leaf,
        leaves => {
            let leaves: Vec<_> = leaves.iter().map(|leaf| (*leaf, 0)).collect();
            list(bins, b"ri", &leaves, false)
        }
    };
    (written.len() as u32, offset)
}

fn list(bins: &mut Bins, signature: &[u8; 2], elements: &[(u32, u32)], hashed: bool) -> u32 {
    let mut bytes = signature.to_vec();
    bytes.extend((elements.len() as u16).to_le_bytes());
    for (offset, hash) in elements {
        bytes.extend(offset.to_le_bytes());
        if hashed {
            bytes.extend(hash.to_le_bytes());
        }
    }
    bins.cell_of(&bytes)
}

/// The name as Windows compares it; each character stays one where its capital would be several.
fn upper(name: &str) -> Vec<u16> {
    let capital = |letter: char| {
        let mut capitals = letter.to_uppercase();
        if capitals.len() == 1 { capitals.next().unwrap_or(letter) } else { letter }
    };
    name.chars().map(capital).collect::<String>().encode_utf16().collect()
}

fn hash(upper: &[u16]) -> u32 {
    upper.iter().fold(0, |hash: u32, unit| hash.wrapping_mul(37).wrapping_add(u32::from(*unit)))
}

/// The values and the list of them; where the list lies.
fn values(bins: &mut Bins, values: &[(String, Data)]) -> u32 {
    if values.is_empty() {
        return NOWHERE;
    }
    let written: Vec<u8> = values.iter().flat_map(|(name, data)| value(bins, name, data).to_le_bytes()).collect();
    bins.cell_of(&written)
}

fn value(bins: &mut Bins, name: &str, data: &Data) -> u32 {
    const INLINE: u32 = 0x8000_0000;
    let name = Name::of(name);
    let (kind, bytes) = stored(data);
    let length = bytes.len() as u32;
    let (length, place) = match bytes.len() {
        0..=4 => {
            let mut inline = [0; 4];
            put(&mut inline, 0, &bytes);
            (length | INLINE, inline)
        }
        _ => (length, data_cells(bins, &bytes).to_le_bytes()),
    };
    let mut node = b"vk".to_vec();
    node.extend((name.bytes.len() as u16).to_le_bytes());
    node.extend(length.to_le_bytes());
    node.extend(place);
    node.extend(kind.to_le_bytes());
    node.extend(name.flag(1).to_le_bytes());
    node.extend([0; 2]);
    node.extend(name.bytes);
    bins.cell_of(&node)
}

/// One cell, or the segments of big data.
fn data_cells(bins: &mut Bins, bytes: &[u8]) -> u32 {
    const SEGMENT: usize = 16_344;
    if bytes.len() <= SEGMENT {
        return bins.cell_of(bytes);
    }
    let segments: Vec<u32> = bytes.chunks(SEGMENT).map(|segment| bins.cell_of(segment)).collect();
    let list: Vec<u8> = segments.iter().flat_map(|offset| offset.to_le_bytes()).collect();
    let list = bins.cell_of(&list);
    let mut node = b"db".to_vec();
    node.extend((segments.len() as u16).to_le_bytes());
    node.extend(list.to_le_bytes());
    bins.cell_of(&node)
}

/// Type number and bytes. Texts end in a zero character, lists of texts in two.
fn stored(data: &Data) -> (u32, Vec<u8>) {
    let text = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    match data {
        Data::Text(value) => (1, text(value)),
        Data::Expand(value) => (2, text(value)),
        Data::Binary(bytes) => (3, bytes.clone()),
        Data::Dword(number) => (4, number.to_le_bytes().to_vec()),
        Data::Multi(values) => (7, values.iter().flat_map(|value| text(value)).chain([0, 0]).collect()),
        Data::Qword(number) => (11, number.to_le_bytes().to_vec()),
        Data::Raw { kind, bytes } => (*kind, bytes.clone()),
    }
}

/// A name as it is stored: one byte a character where that is enough.
struct Name {
    bytes: Vec<u8>,
    compressed: bool,
}

impl Name {
    fn of(name: &str) -> Self {
        match name.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect() {
            Some(bytes) => Self { bytes, compressed: true },
            None => Self { bytes: name.encode_utf16().flat_map(u16::to_le_bytes).collect(), compressed: false },
        }
    }

    fn flag(&self, mask: u16) -> u16 {
        if self.compressed { mask } else { 0 }
    }
}

/// The one security descriptor: owner and group are the system, administrators may do everything.
fn security(bins: &mut Bins, keys: u32) -> u32 {
    const SYSTEM: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
    const ADMINISTRATORS: [u8; 16] = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
    const ALL_ACCESS: [u8; 4] = [0x3f, 0, 0x0f, 0];
    let mut descriptor = vec![1, 0, 0x04, 0x80];
    for offset in [20_u32, 32, 0, 44] {
        descriptor.extend(offset.to_le_bytes());
    }
    descriptor.extend([SYSTEM, SYSTEM].concat());
    // An access list of 32 bytes with one entry of 24, which grants and is inherited by subkeys.
    descriptor.extend([2, 0, 32, 0, 1, 0, 0, 0, 0, 2, 24, 0]);
    descriptor.extend(ALL_ACCESS);
    descriptor.extend(ADMINISTRATORS);

    let offset = bins.cell(20 + descriptor.len());
    let mut node = b"sk\0\0".to_vec();
    for number in [offset, offset, keys, descriptor.len() as u32] {
        node.extend(number.to_le_bytes());
    }
    node.extend(descriptor);
    bins.fill(offset, &node);
    offset
}
