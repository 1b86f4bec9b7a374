//! Registry hives for practice servers and tests: a tree of keys and values becomes a file in the format regf.
//!
//! [`write()`] makes a hive as a clean shutdown leaves it; [`unflushed`] one as a copy from a running machine often is,
//! with its newest changes in the transaction logs beside it. The same tree gives the same bytes.
//!
//! Format: Maxim Suhanov, "Windows registry file format specification", <https://github.com/msuhanov/regf>. Written is
//! version 1.5, with hash leaves and big data. The hint fields that only speed up Windows are filled in as far as other
//! readers look at them. Not here: class names, volatile keys, security descriptors but one.

mod accounts;
mod base;
mod bins;
mod keys;
mod log;

use hikeshi_core::time::Timestamp;

pub use accounts::{Account, accounts};
pub(crate) use base::filetime;

/// A key with its values and its subkeys.
#[derive(Debug, Clone)]
pub struct Key {
    name: String,
    time: Option<Timestamp>,
    values: Vec<(String, Data)>,
    keys: Vec<Self>,
}

/// What a value holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// `REG_SZ`.
    Text(String),
    /// `REG_EXPAND_SZ`.
    Expand(String),
    /// `REG_MULTI_SZ`.
    Multi(Vec<String>),
    /// `REG_DWORD`.
    Dword(u32),
    /// `REG_QWORD`.
    Qword(u64),
    /// `REG_BINARY`.
    Binary(Vec<u8>),
    /// Any type number with any bytes.
    Raw {
        /// The type number.
        kind: u32,
        /// The bytes as they are stored.
        bytes: Vec<u8>,
    },
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u32> for Data {
    fn from(number: u32) -> Self {
        Self::Dword(number)
    }
}

impl Key {
    /// A key without values and subkeys, last written when its parent was.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), time: None, values: Vec::new(), keys: Vec::new() }
    }

    /// Sets when the key was last written.
    #[must_use]
    pub fn at(mut self, time: Timestamp) -> Self {
        self.time = Some(time);
        self
    }

    /// Adds a value; an empty name is the default value.
    #[must_use]
    pub fn value(mut self, name: &str, data: impl Into<Data>) -> Self {
        self.values.push((name.to_owned(), data.into()));
        self
    }

    /// Adds a value, or changes the one of this name.
    #[must_use]
    pub fn change(mut self, name: &str, data: impl Into<Data>) -> Self {
        match self.values.iter_mut().find(|(have, _)| have.eq_ignore_ascii_case(name)) {
            Some((_, value)) => *value = data.into(),
            None => self.values.push((name.to_owned(), data.into())),
        }
        self
    }

    /// Adds a subkey.
    #[must_use]
    pub fn key(mut self, key: Self) -> Self {
        self.keys.push(key);
        self
    }

    /// Changes the key at a path below this one, with `\` between names; keys on the way that are missing are made.
    #[must_use]
    pub fn below(mut self, path: &str, change: impl FnOnce(Self) -> Self) -> Self {
        let (name, rest) = path.split_once('\\').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let place = self.keys.iter().position(|key| key.name.eq_ignore_ascii_case(name));
        let key = place.map_or_else(|| Self::new(name), |place| self.keys.remove(place));
        let key = match rest {
            Some(rest) => key.below(rest, change),
            None => change(key),
        };
        self.keys.insert(place.unwrap_or(self.keys.len()), key);
        self
    }
}

/// The hive with this root key, as a clean shutdown leaves it. `file_name` is what Windows notes in the header: the last
/// characters of the path, for instance `emRoot\System32\Config\SOFTWARE`.
pub fn write(root: &Key, file_name: &str) -> Vec<u8> {
    let bins = keys::bins(root);
    let mut bytes = base::Base::clean(root.time, file_name, &bins).bytes();
    bytes.extend(bins.bytes);
    bytes
}

/// A hive whose newest changes lie in its transaction logs.
#[derive(Debug, Clone)]
pub struct Unflushed {
    /// The hive: as it was before the changes, and marked as being written.
    pub hive: Vec<u8>,
    /// `.LOG1` and `.LOG2`; a log without changes is empty.
    pub logs: [Vec<u8>; 2],
}

/// The hive `first`, with one log entry in `.LOG1` for each state that follows it, and after these in `.LOG2`.
pub fn unflushed(first: &Key, log1: &[Key], log2: &[Key], file_name: &str) -> Unflushed {
    let mut before = keys::bins(first);
    let base = base::Base::clean(first.time, file_name, &before);
    let mut hive = base.clone().being_written().bytes();
    hive.extend(&before.bytes);
    let mut sequence = base.sequence();
    let logs = [log1, log2].map(|states| {
        let mut log = log::Log::begin(&base, sequence);
        for state in states {
            let after = keys::bins(state);
            log.add(&before.bytes, &after.bytes);
            before = after;
            sequence += 1;
        }
        log.bytes()
    });
    Unflushed { hive, logs }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Key {
        let many = (0..1_200).fold(Key::new("Many"), |key, number| key.key(Key::new(&format!("key {number}"))));
        Key::new("ROOT")
            .at(Timestamp::from_micros(1_614_744_000_000_000))
            .value("", "default")
            .value("big", Data::Binary(vec![7; 40_000]))
            .key(many)
            .below(r"Microsoft\Windows", |key| key.value("火", 7))
    }

    fn number(bytes: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    #[test]
    fn the_same_tree_gives_the_same_bytes() {
        assert_eq!(write(&tree(), "SOFTWARE"), write(&tree(), "SOFTWARE"));
    }

    #[test]
    fn bins_follow_one_another_and_cells_fill_them() {
        let bytes = write(&tree(), "SOFTWARE");
        let bins = &bytes[4096..];
        assert_eq!(number(&bytes, 40) as usize, bins.len());
        let (mut at, mut count) = (0, 0);
        while at < bins.len() {
            assert_eq!(&bins[at..at + 4], b"hbin");
            assert_eq!(number(bins, at + 4) as usize, at);
            let end = at + number(bins, at + 8) as usize;
            assert!((end - at).is_multiple_of(4096));
            at += 32;
            while at < end {
                let size = number(bins, at).cast_signed().unsigned_abs() as usize;
                assert!(size >= 8 && size.is_multiple_of(8), "{at:#x}");
                at += size;
            }
            assert_eq!(at, end);
            count += 1;
        }
        assert!(count > 10);
    }

    #[test]
    fn the_header_carries_its_checksum() {
        let bytes = write(&tree(), "SOFTWARE");
        let sum = (0..508).step_by(4).fold(0, |sum, at| sum ^ number(&bytes, at));
        assert_eq!(sum, number(&bytes, 508));
        assert_eq!(number(&bytes, 4), number(&bytes, 8));
    }

    #[test]
    fn a_path_below_a_key_is_made_once() {
        let root = Key::new("ROOT").below(r"A\B", |key| key.value("x", 1)).below(r"a\b\C", |key| key.value("y", 2));
        assert_eq!(root.keys.len(), 1);
        assert_eq!(root.keys[0].keys[0].values.len(), 1);
        assert_eq!(root.keys[0].keys[0].keys[0].name, "C");
    }

    #[test]
    fn an_unflushed_hive_is_marked_and_its_logs_number_their_entries() {
        let next = |number: u32| tree().value("next", number);
        let unflushed = unflushed(&tree(), &[next(1), next(2)], &[next(3)], "SOFTWARE");
        assert_ne!(number(&unflushed.hive, 4), number(&unflushed.hive, 8));
        let [log1, log2] = &unflushed.logs;
        assert_eq!(&log1[512..516], b"HvLE");
        assert_eq!(number(log1, 4) + 2, number(log2, 4));
        let second = 512 + number(log1, 516) as usize;
        assert_eq!(number(log1, second + 12), number(log1, 512 + 12) + 1);
    }
}
