//! Registry hives, as Windows keeps them on disk.
//!
//! Facts of the format: Maxim Suhanov, "Windows registry file format specification"
//! (msuhanov/regf), and Joachim Metz, "Windows NT Registry File (REGF) format".

use std::collections::BTreeMap;

use crate::moment::Moment;

const HEADER: usize = 4096;
const NONE: u32 = 0xffff_ffff;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// Text with variables in it.
    Expanding(String),
    /// A 32-bit number.
    Number(u32),
    /// Several texts.
    List(Vec<String>),
}

/// A key: its values and the keys below it.
#[derive(Debug, Clone, Default)]
pub struct Key {
    written: Moment,
    values: BTreeMap<String, Value>,
    keys: BTreeMap<String, Self>,
}

impl Key {
    /// Sets a value at a path of keys, which are made where they are missing.
    pub fn set(&mut self, path: &str, name: &str, value: Value, time: Moment) {
        let mut key = self;
        for part in path.split('\\').filter(|part| !part.is_empty()) {
            key = key.keys.entry(part.to_owned()).or_default();
            key.written = key.written.max(time);
        }
        key.values.insert(name.to_owned(), value);
    }

    /// The hive's bytes.
    pub fn write(&self, name: &str, time: Moment) -> Vec<u8> {
        let mut cells = Cells(Vec::new());
        cells.0.resize(32, 0);
        let security = cells.security();
        let root = cells.key(self, "ROOT", true, NONE, security);
        let size = cells.close(time);
        let mut bytes = header(name, root, size, time);
        bytes.extend(cells.0);
        bytes
    }
}

fn header(name: &str, root: u32, size: u32, time: Moment) -> Vec<u8> {
    let mut bytes = b"regf".to_vec();
    // Both sequence numbers agree: nothing waits in a log.
    for number in [7u32, 7] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(time.filetime().to_le_bytes());
    for number in [1, 5, 0, 1, root, size, 1] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(name.encode_utf16().take(31).flat_map(u16::to_le_bytes));
    bytes.resize(508, 0);
    let sum = bytes
        .chunks_exact(4)
        .fold(0u32, |sum, part| sum ^ part.iter().rev().fold(0u32, |number, byte| number << 8 | u32::from(*byte)));
    bytes.extend(sum.to_le_bytes());
    bytes.resize(HEADER, 0);
    bytes
}

/// The cells of the one bin, behind its header of 32 bytes.
struct Cells(Vec<u8>);

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Cells {
    /// Adds a cell; its offset.
    fn add(&mut self, data: &[u8]) -> u32 {
        let at = self.0.len();
        let size = (data.len() + 4).next_multiple_of(8);
        let negative = i32::try_from(size).unwrap_or(i32::MAX).wrapping_neg();
        self.0.extend(negative.to_le_bytes());
        self.0.extend_from_slice(data);
        self.0.resize(at + size, 0);
        small(at)
    }

    /// A security cell with an empty self-relative descriptor.
    fn security(&mut self) -> u32 {
        let here = small(self.0.len());
        let mut data = b"sk\0\0".to_vec();
        for number in [here, here, 1, 20] {
            data.extend(number.to_le_bytes());
        }
        data.extend([1, 0, 0, 0x80]);
        data.resize(data.len() + 16, 0);
        self.add(&data)
    }

    fn value(&mut self, name: &str, value: &Value) -> u32 {
        let wide = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let (kind, data) = match value {
            Value::Text(text) => (1u32, wide(text)),
            Value::Expanding(text) => (2, wide(text)),
            Value::Number(number) => (4, number.to_le_bytes().to_vec()),
            // Each text ends with a zero, and one more zero ends the list.
            Value::List(texts) => (7, texts.iter().flat_map(|text| wide(text)).chain([0, 0]).collect()),
        };
        let (size, place) = match <[u8; 4]>::try_from(data.as_slice()) {
            // Four bytes stand in the offset's place.
            Ok(inline) => (0x8000_0004, u32::from_le_bytes(inline)),
            Err(_) => (small(data.len()), self.add(&data)),
        };
        let mut cell = b"vk".to_vec();
        cell.extend(u16::try_from(name.len()).unwrap_or(0).to_le_bytes());
        for number in [size, place, kind] {
            cell.extend(number.to_le_bytes());
        }
        cell.extend([1, 0, 0, 0]);
        cell.extend(name.as_bytes());
        self.add(&cell)
    }

    /// Adds a key and all below it; its offset.
    fn key(&mut self, key: &Key, name: &str, is_root: bool, parent: u32, security: u32) -> u32 {
        let values: Vec<u32> = key.values.iter().map(|(name, value)| self.value(name, value)).collect();
        let list: Vec<u8> = values.iter().flat_map(|place| place.to_le_bytes()).collect();
        let list = if values.is_empty() { NONE } else { self.add(&list) };
        let mut cell = b"nk".to_vec();
        cell.extend(if is_root { [0x2c, 0] } else { [0x20, 0] });
        cell.extend(key.written.filetime().to_le_bytes());
        let before = [0, parent, small(key.keys.len()), 0];
        cell.extend(before.iter().flat_map(|number| number.to_le_bytes()));
        let children_at = cell.len();
        let after = [NONE, NONE, small(values.len()), list, security, NONE, 64, 0, 64, 512, 0];
        cell.extend(after.iter().flat_map(|number| number.to_le_bytes()));
        cell.extend(u16::try_from(name.len()).unwrap_or(0).to_le_bytes());
        cell.extend([0, 0]);
        cell.extend(name.as_bytes());
        let place = self.add(&cell);
        if !key.keys.is_empty() {
            let children = self.children(key, place, security);
            // The cell's size stands before its data.
            let at = usize::try_from(place).unwrap_or(0) + 4 + children_at;
            if let Some(field) = self.0.get_mut(at..at + 4) {
                field.copy_from_slice(&children.to_le_bytes());
            }
        }
        place
    }

    fn children(&mut self, key: &Key, parent: u32, security: u32) -> u32 {
        // The list is searched by halves, so it stands in the order of names in capitals.
        let mut sorted: Vec<(String, &String, &Key)> =
            key.keys.iter().map(|(name, key)| (name.to_uppercase(), name, key)).collect();
        sorted.sort_by(|one, other| one.0.cmp(&other.0));
        let mut list = b"lh".to_vec();
        list.extend(u16::try_from(sorted.len()).unwrap_or(0).to_le_bytes());
        for (capitals, name, key) in sorted {
            let place = self.key(key, name, false, parent, security);
            let hash = capitals.chars().fold(0u32, |hash, letter| hash.wrapping_mul(37).wrapping_add(letter as u32));
            list.extend(place.to_le_bytes());
            list.extend(hash.to_le_bytes());
        }
        self.add(&list)
    }

    /// Ends the bin: the rest of it is a free cell; its size.
    fn close(&mut self, time: Moment) -> u32 {
        let used = self.0.len();
        let size = (used + 8).next_multiple_of(4096);
        self.0.extend(small(size - used).to_le_bytes());
        self.0.resize(size, 0);
        let mut head = b"hbin".to_vec();
        head.extend(0u32.to_le_bytes());
        head.extend(small(size).to_le_bytes());
        head.resize(20, 0);
        head.extend(time.filetime().to_le_bytes());
        head.resize(32, 0);
        if let Some(place) = self.0.get_mut(..32) {
            place.copy_from_slice(&head);
        }
        small(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hive_has_whole_bins_a_right_checksum_and_its_root_where_it_says() {
        let mut root = Key::default();
        let time = Moment::day(2021, 3, 3);
        root.set("ControlSet001\\Services\\Spooler", "Start", Value::Number(2), time);
        root.set("Select", "Current", Value::Number(1), time);
        root.set("Select", "Names", Value::List(vec!["a".to_owned(), "b".to_owned()]), time);
        let bytes = root.write("SYSTEM", time);
        assert_eq!(bytes.len() % 4096, 0);
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let sum = (0..127).fold(0, |sum, at| sum ^ word(at * 4));
        assert_eq!(sum, word(508));
        let place = HEADER + usize::try_from(word(36)).unwrap() + 4;
        assert_eq!(&bytes[place..place + 2], b"nk");
        assert_eq!(word(place + 20), 2, "two keys below the root");
        let list = b"a\0\0\0b\0\0\0\0\0";
        assert!(
            bytes.windows(list.len()).any(|window| window == list),
            "each text ends with a zero, and so does the list"
        );
    }
}
