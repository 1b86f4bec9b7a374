//! Members that the directory does not list: found by their own headers in what nothing else has taken.

use std::io::{self, Read, Seek};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use crate::archive::zip::entry::{CENTRAL_SIGNATURE, Entry, LOCAL_HEADER, LOCAL_SIGNATURE, number32, number64};
use crate::archive::zip::{Archive, Extent};
use crate::record::Missed;

const DESCRIPTOR_SIGNATURE: &[u8] = b"PK\x07\x08";

/// What stands behind a member's content (4.3.9).
struct Descriptor {
    crc: u32,
    size: u64,
    /// Where the content ends.
    at: u64,
    /// Behind the descriptor.
    end: u64,
}

impl<R: Read + Seek> Archive<'_, '_, R> {
    /// Reads what the directory does not list, or everything where there is no directory.
    pub(super) fn unlisted(&mut self, has_directory: bool) -> io::Result<()> {
        let mut found = 0_u64;
        let mut descriptors = Descriptors::Expected;
        for (from, to) in self.read.free(self.window.length(), LOCAL_HEADER as u64) {
            let mut at = from;
            while !self.delivery.stopped()
                && let Some(header_at) = self.window.find(LOCAL_SIGNATURE, at, to)?
            {
                at = header_at + LOCAL_SIGNATURE.len() as u64;
                let fixed = self.window.slice(header_at, LOCAL_HEADER)?;
                let Some(size) = Entry::local_size(fixed).filter(|_| Entry::is_plausible(fixed)) else { continue };
                let from = header_at + size as u64;
                let Some(mut entry) = Entry::local(self.window.slice(header_at, size)?, header_at) else { continue };
                if from > to || entry.name.contains(char::is_control) {
                    continue;
                }
                found += 1;
                let (extent, next) = self.extent(&mut entry, Extent { from, to }, &mut descriptors)?;
                let unlisted = || both!("the directory does not list it", "目次に載っていない");
                let doubt = has_directory.then(|| Missed::new(Gap::Malformed).because(unlisted()));
                self.deliver(&entry, extent, doubt)?;
                at = next;
            }
        }
        if found > 0 && has_directory {
            let unlisted =
                both!("{found} files that the directory does not list", "目次に載っていないファイルが {found} 件ある");
            self.delivery.note(Gap::Malformed, unlisted);
        }
        Ok(())
    }

    /// Where the content ends, and where to search on.
    ///
    /// A size in the header is believed where something of the archive stands behind it; else one lying header would
    /// swallow the members that follow.
    fn extent(&mut self, entry: &mut Entry, free: Extent, descriptors: &mut Descriptors) -> io::Result<(Extent, u64)> {
        let Extent { from, to } = free;
        if !entry.has_descriptor() {
            let end = from.saturating_add(entry.packed);
            if end == to || (end < to && self.window.slice(end, 2)? == b"PK") {
                return Ok((Extent { from, to: end }, end));
            }
        } else if let Some(descriptor) = self.descriptor(entry, free, descriptors)? {
            entry.packed = descriptor.at - from;
            entry.crc = Some(descriptor.crc).filter(|_| entry.crc.is_some());
            entry.size = Some(descriptor.size);
            return Ok((Extent { from, to: descriptor.at }, descriptor.end));
        }
        let end = self.next_header(from, to)?.unwrap_or(to);
        if entry.has_descriptor() {
            // The header's zeros stand for "see behind", and there is nothing.
            (entry.crc, entry.size) = (None, None);
            entry.packed = u64::MAX;
        }
        Ok((Extent { from, to: end }, end))
    }

    fn next_header(&mut self, from: u64, to: u64) -> io::Result<Option<u64>> {
        let local = self.window.find(LOCAL_SIGNATURE, from, to)?;
        // Behind the last member comes the directory, or what is left of it.
        Ok(match self.window.find(CENTRAL_SIGNATURE, from, local.unwrap_or(to))? {
            Some(central) => Some(central),
            None => local,
        })
    }

    /// The descriptor behind the content. It is known by the packed size, which it repeats.
    fn descriptor(
        &mut self,
        entry: &Entry,
        free: Extent,
        descriptors: &mut Descriptors,
    ) -> io::Result<Option<Descriptor>> {
        let mut at = free.from;
        while let Some(found) = self.window.find(b"PK", at, free.to)? {
            let signature = self.window.slice(found, 4)?.to_vec();
            let packed = found - free.from;
            if signature == DESCRIPTOR_SIGNATURE {
                let bytes = self.window.slice(found + 4, 20)?;
                if let Some(descriptor) = signed(bytes, packed, found) {
                    return Ok(Some(descriptor));
                }
            } else if signature == LOCAL_SIGNATURE || signature == CENTRAL_SIGNATURE {
                let before = self.window.peek(found.saturating_sub(20).max(free.from), 20)?;
                if let Some(descriptor) = unsigned(&before, packed, found) {
                    return Ok(Some(descriptor));
                }
                // What is stored as it is may hold an archive with headers of its own.
                if entry.method != 0 || *descriptors == Descriptors::Missing {
                    return Ok(None);
                }
            }
            at = found + 2;
        }
        *descriptors = Descriptors::Missing;
        Ok(None)
    }
}

/// Whether descriptors are searched to the end of the archive. Once one was missing there, none is: otherwise many
/// headers without descriptors would have the archive searched many times.
#[derive(PartialEq, Eq)]
enum Descriptors {
    Expected,
    Missing,
}

/// A descriptor with its signature, in 32 or in 64 bits; `bytes` are those behind the signature.
fn signed(bytes: &[u8], packed: u64, at: u64) -> Option<Descriptor> {
    let crc = number32(bytes, 0)?;
    if u64::from(number32(bytes, 4)?) == packed {
        return Some(Descriptor { crc, size: u64::from(number32(bytes, 8)?), at, end: at + 16 });
    }
    (number64(bytes, 4)? == packed).then_some(Descriptor { crc, size: number64(bytes, 12)?, at, end: at + 24 })
}

/// A descriptor without signature, which is optional; `bytes` are those before the next header at `end`.
fn unsigned(bytes: &[u8], packed: u64, end: u64) -> Option<Descriptor> {
    let narrow = bytes.len().checked_sub(12).and_then(|start| bytes.get(start..))?;
    if u64::from(number32(narrow, 4)?).checked_add(12) == Some(packed) {
        let (crc, size) = (number32(narrow, 0)?, u64::from(number32(narrow, 8)?));
        return Some(Descriptor { crc, size, at: end - 12, end });
    }
    let wide = bytes.get(..20)?;
    let fits = number64(wide, 4)?.checked_add(20) == Some(packed);
    fits.then_some(Descriptor { crc: number32(wide, 0)?, size: number64(wide, 12)?, at: end.saturating_sub(20), end })
}
