//! Records that the record before them has swallowed.
//!
//! Whoever wants to hide an event without a trace in the numbers makes the record before it longer, by the length of the
//! event: readers step over it from then on, though all of its bytes are there. Tools that intruders use do so, and put
//! the checksums right. Windows itself never writes a record into another one.

use std::ops::Range;

use memchr::memmem;

use super::account::MOST_RECORDS;
use crate::little_endian::{u32_at, u64_at};

/// Records begin behind this many bytes of a chunk.
const CHUNK_HEADER: usize = 512;
/// A record begins with this...
const MAGIC: &[u8] = b"\x2a\x2a\0\0";
/// ...says its size, its number and its time in so many bytes...
const RECORD_HEADER: usize = 24;
/// ...and goes on with binary XML, which begins with a fragment's token and version 1.1.
const FRAGMENT: &[u8] = &[0x0f, 1, 1, 0];
/// Records begin at multiples of this.
const ALIGNMENT: usize = 8;
/// Where a record says its size and its number.
const SIZE_AT: usize = 4;
const NUMBER_AT: usize = 8;

/// What was hidden in a chunk.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    pub(super) records: u64,
    /// The numbers of the first hidden record and of the one that swallowed it.
    pub(super) first: Option<(u64, u64)>,
}

/// Gives each record of a chunk that has swallowed another its own length back, so that both are read. `free` is where the
/// chunk's records end.
pub(super) fn uncover(chunk: &mut [u8], free: usize) -> Hidden {
    let mut hidden = Hidden::default();
    let free = free.min(chunk.len());
    let mut at = CHUNK_HEADER;
    // The record that swallowed others, and where it said that it ends.
    let mut swallower = (0, 0);
    while at < free {
        let Some((number, end)) = record(chunk, at, free) else {
            // Behind a ruined record the next one is looked for, as the reader does.
            match chunk.get(at + 1..free).and_then(|rest| memmem::find(rest, MAGIC)) {
                Some(further) => at += 1 + further,
                None => break,
            }
            continue;
        };
        if at < swallower.1 {
            hidden.records += 1;
            hidden.first.get_or_insert((number, swallower.0));
        }
        let Some(inside) = swallowed(chunk, at..end, number) else {
            at = end;
            continue;
        };
        if at >= swallower.1 {
            swallower = (number, end);
        }
        let own = u32::try_from(inside - at).unwrap_or(u32::MAX).to_le_bytes();
        if let Some(size) = chunk.get_mut(at + SIZE_AT..at + NUMBER_AT) {
            size.copy_from_slice(&own);
        }
        at = inside;
    }
    hidden
}

/// The number of the record that begins here, and where it says that it ends.
fn record(chunk: &[u8], at: usize, free: usize) -> Option<(u64, usize)> {
    chunk.get(at..)?.starts_with(MAGIC).then_some(())?;
    let size = u32_at(chunk, at + SIZE_AT)? as usize;
    let end = at.checked_add(size).filter(|end| size > RECORD_HEADER && *end <= free)?;
    Some((u64_at(chunk, at + NUMBER_AT)?, end))
}

/// The place of a record inside another one: it ends inside as well, its number follows, its text begins as all do. Bytes
/// that only look like a record's beginning are frequent in events that quote binary content.
fn swallowed(chunk: &[u8], outer: Range<usize>, number: u64) -> Option<usize> {
    let from = outer.start + RECORD_HEADER;
    memmem::find_iter(chunk.get(from..outer.end)?, MAGIC).map(|place| from + place).find(|at| {
        let follows = record(chunk, *at, outer.end)
            .is_some_and(|(inner, _)| inner.checked_sub(number).is_some_and(|more| (1..=MOST_RECORDS).contains(&more)));
        let is_text = chunk.get(at + RECORD_HEADER..).is_some_and(|text| text.starts_with(FRAGMENT));
        follows && is_text && (at - outer.start).is_multiple_of(ALIGNMENT)
    })
}
