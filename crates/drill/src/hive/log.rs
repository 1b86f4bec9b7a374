//! Transaction logs of the newer format: what changed in the bins, page by page.

use super::base::Base;
use super::bins::put;

const SECTOR: usize = 512;
const ENTRY_HEADER: usize = 40;

/// A log while it is written.
pub(super) struct Log {
    header: Vec<u8>,
    entries: Vec<u8>,
    sequence: u32,
}

impl Log {
    /// A log whose first entry has this number.
    pub(super) fn begin(base: &Base, sequence: u32) -> Self {
        Self { header: base.bytes_in_log(sequence), entries: Vec::new(), sequence }
    }

    /// Adds the change from one state of the bins to the next.
    pub(super) fn add(&mut self, before: &[u8], after: &[u8]) {
        let pages = changed(before, after);
        let mut body = Vec::new();
        for (offset, page) in &pages {
            body.extend((*offset as u32).to_le_bytes());
            body.extend((page.len() as u32).to_le_bytes());
        }
        for (_, page) in &pages {
            body.extend(*page);
        }
        let size = (ENTRY_HEADER + body.len()).next_multiple_of(SECTOR);
        body.resize(size - ENTRY_HEADER, 0);

        let mut header = vec![0; ENTRY_HEADER];
        put(&mut header, 0, b"HvLE");
        put(&mut header, 4, &(size as u32).to_le_bytes());
        put(&mut header, 12, &self.sequence.to_le_bytes());
        put(&mut header, 16, &(after.len() as u32).to_le_bytes());
        put(&mut header, 20, &(pages.len() as u32).to_le_bytes());
        put(&mut header, 24, &marvin(&body).to_le_bytes());
        let of_header = marvin(header.get(..32).unwrap_or_default());
        put(&mut header, 32, &of_header.to_le_bytes());
        self.entries.extend(header);
        self.entries.extend(body);
        self.sequence += 1;
    }

    /// The file; empty when there is no entry.
    pub(super) fn bytes(self) -> Vec<u8> {
        if self.entries.is_empty() { Vec::new() } else { [self.header, self.entries].concat() }
    }
}

/// The runs of pages that differ, with their offsets.
fn changed<'a>(before: &[u8], after: &'a [u8]) -> Vec<(usize, &'a [u8])> {
    let page = |bytes: &'a [u8], at: usize| bytes.get(at..at + SECTOR);
    let dirty = |at: usize| page(after, at) != before.get(at..at + SECTOR);
    let mut runs = Vec::new();
    let mut at = 0;
    while at < after.len() {
        let start = at;
        while at < after.len() && dirty(at) {
            at += SECTOR;
        }
        if let Some(run) = after.get(start..at).filter(|run| !run.is_empty()) {
            runs.push((start, run));
        }
        at += SECTOR;
    }
    runs
}

/// Marvin32 with the seed that Windows uses for hives.
/// Source: the specification named in [`super`], and `System.Marvin` in <https://github.com/dotnet/runtime>.
fn marvin(bytes: &[u8]) -> u64 {
    let mut state = (0x7a4e_55c5_u32, 0x82ef_4d88_u32);
    let mut mix = |word: u32| {
        let (mut low, mut high) = state;
        low = low.wrapping_add(word);
        high ^= low;
        low = low.rotate_left(20).wrapping_add(high);
        high = high.rotate_left(9) ^ low;
        low = low.rotate_left(27).wrapping_add(high);
        high = high.rotate_left(19);
        state = (low, high);
    };
    let (words, rest) = bytes.as_chunks::<4>();
    words.iter().for_each(|word| mix(u32::from_le_bytes(*word)));
    mix(rest.iter().rev().fold(0x80, |word, byte| (word << 8) | u32::from(*byte)));
    mix(0);
    (u64::from(state.1) << 32) | u64::from(state.0)
}
