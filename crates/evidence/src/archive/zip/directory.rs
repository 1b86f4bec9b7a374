//! Finds the directory of a zip archive from the record at its end (APPNOTE.TXT 4.3.14 to 4.3.16).

use std::io::{self, Read, Seek};

use memchr::memmem;

use crate::archive::window::Window;
use crate::archive::zip::entry::{CENTRAL_SIGNATURE, number16, number32, number64};

const END_SIGNATURE: &[u8] = b"PK\x05\x06";
const END64_SIGNATURE: &[u8] = b"PK\x06\x06";
const LOCATOR_SIGNATURE: &[u8] = b"PK\x06\x07";
/// Size of the record at the end without its comment.
const END: usize = 22;
const END64: usize = 56;
const LOCATOR: u64 = 20;
/// So many signatures are tried, from the end: a comment may hold some that are none.
const TRIES: usize = 64;

pub(super) struct Directory {
    pub(super) at: u64,
    /// Behind the last entry, as the record claims.
    pub(super) entries_end: u64,
    /// Behind the record and its comment.
    pub(super) end: u64,
    /// How many bytes stand before the archive: offsets do not count them.
    pub(super) shift: u64,
    /// The number of the part that this is, in an archive of several.
    pub(super) parts: u32,
    count: Count,
}

enum Count {
    /// Kept in 16 bits, so what is above is lost in archives of writers that know no better.
    Low16(u16),
    Exact(u64),
}

impl Directory {
    /// Whether the record claims so many entries.
    pub(super) fn agrees(&self, count: u64) -> bool {
        match self.count {
            Count::Low16(low) => count & 0xffff == u64::from(low),
            Count::Exact(exact) => count == exact,
        }
    }
}

/// The last directory whose record fits, if any does.
pub(super) fn find<R: Read + Seek>(window: &mut Window<R>) -> io::Result<Option<Directory>> {
    let length = window.length();
    let from = length.saturating_sub((END + 0xffff) as u64);
    let tail = window.slice(from, END + 0xffff)?.to_vec();
    for found in memmem::rfind_iter(&tail, END_SIGNATURE).take(TRIES) {
        let Some(record) = tail.get(found..found.saturating_add(END)) else { continue };
        if let Some(directory) = fitting(window, record, from + found as u64)? {
            return Ok(Some(directory));
        }
    }
    Ok(None)
}

/// What a record claims: where the directory ends, its size, its place, the part and the number of entries.
struct Claim {
    entries_end: u64,
    size: u64,
    offset: u64,
    parts: u32,
    count: Count,
}

fn fitting<R: Read + Seek>(window: &mut Window<R>, record: &[u8], at: u64) -> io::Result<Option<Directory>> {
    let Some(narrow) = claim(record, at) else { return Ok(None) };
    let comment = number16(record, 20).unwrap_or_default();
    let end = at.saturating_add(END as u64 + u64::from(comment)).min(window.length());
    for claim in [wide_claim(window, at)?, Some(narrow)].into_iter().flatten() {
        // Right before the record it lies, whatever stands before the archive; else where the record says.
        let before = claim.entries_end.checked_sub(claim.size);
        for place in [before, Some(claim.offset)].into_iter().flatten() {
            let Some(shift) = place.checked_sub(claim.offset) else { continue };
            let is_empty = claim.size == 0 && claim.agrees_with_none();
            if is_empty || window.slice(place, 4)? == CENTRAL_SIGNATURE {
                let entries_end = place.saturating_add(claim.size).min(at);
                let Claim { parts, count, .. } = claim;
                return Ok(Some(Directory { at: place, entries_end, end, shift, parts, count }));
            }
        }
    }
    Ok(None)
}

impl Claim {
    fn agrees_with_none(&self) -> bool {
        matches!(self.count, Count::Low16(0) | Count::Exact(0))
    }
}

fn claim(record: &[u8], at: u64) -> Option<Claim> {
    Some(Claim {
        entries_end: at,
        size: u64::from(number32(record, 12)?),
        offset: u64::from(number32(record, 16)?),
        parts: u32::from(number16(record, 4)?),
        count: Count::Low16(number16(record, 10)?),
    })
}

/// The claim of the wide record, which the locator before the narrow one points to.
fn wide_claim<R: Read + Seek>(window: &mut Window<R>, at: u64) -> io::Result<Option<Claim>> {
    let Some(locator_at) = at.checked_sub(LOCATOR) else { return Ok(None) };
    let locator = window.peek(locator_at, LOCATOR as usize)?;
    let Some(pointed) = locator.strip_prefix(LOCATOR_SIGNATURE).and_then(|rest| number64(rest, 4)) else {
        return Ok(None);
    };
    // Where something stands before the archive, the pointer leads too far to the front.
    for place in [Some(pointed), locator_at.checked_sub(END64 as u64)].into_iter().flatten() {
        let record = window.peek(place, END64)?;
        if let Some(claim) = record.strip_prefix(END64_SIGNATURE).and_then(|fixed| wide(fixed, place)) {
            return Ok(Some(claim));
        }
    }
    Ok(None)
}

fn wide(fixed: &[u8], at: u64) -> Option<Claim> {
    Some(Claim {
        entries_end: at,
        size: number64(fixed, 36)?,
        offset: number64(fixed, 44)?,
        parts: number32(fixed, 12)?,
        count: Count::Exact(number64(fixed, 28)?),
    })
}
