//! Brings a hive up to date in memory from its transaction logs, as Windows does when it loads one that is dirty.
//!
//! Source: the specification named in [`super`], "Format of transaction log files" and "Multiple transaction log files".

pub(super) mod marvin;
mod new;
mod old;

use std::borrow::Cow;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::base::{BINS, Base, File};
use super::tally::Tally;

/// A hive as it is to be read.
pub(super) struct Image<'h> {
    /// The file, brought up to date.
    pub(super) bytes: Cow<'h, [u8]>,
    /// Its base block, taken from a log where its own is damaged.
    pub(super) base: Base,
}

/// Pages of one log, in the order in which they are to be written.
struct Change<'l> {
    /// The base block of the log.
    base: Base,
    /// Bytes of the bins afterwards.
    bins_length: u32,
    /// Where in the bins, and what.
    pages: Vec<(u32, &'l [u8])>,
}

/// The hive as Windows would load it. `None` where there is nothing to read.
pub(super) fn recover<'h>(bytes: &'h [u8], logs: &[&[u8]], tally: &mut Tally) -> Option<Image<'h>> {
    let primary = Base::parse(bytes);
    match primary {
        Some(base) if base.file() != File::Hive => {
            tally.add(Gap::Malformed, || {
                both!("this is a transaction log, not a hive", "ハイブではなくトランザクション ログ")
            });
            return None;
        }
        Some(base) if !base.is_dirty() => return Some(Image { bytes: Cow::Borrowed(bytes), base }),
        _ => {}
    }
    let sound = primary.as_ref().filter(|base| base.sound);
    let change = new::change(sound, logs, tally).or_else(|| old::change(bytes, primary.as_ref(), logs, tally));
    let Some(change) = change else {
        let Some(base) = primary else {
            tally.add(Gap::Malformed, || both!("the head of a hive is missing", "ハイブの先頭部がない"));
            return None;
        };
        tally.add(Gap::ChangesMissing, || {
            both!("it was being written, and no log completes it", "書き込みの途中で、補うログがない")
        });
        // A base block of a false checksum may lie about the size. The bins show where they end.
        let bins_length = u32::try_from(bytes.len().saturating_sub(BINS)).unwrap_or(u32::MAX);
        let base = if base.sound { base } else { base.with_bins(bins_length) };
        return Some(Image { bytes: Cow::Borrowed(bytes), base });
    };
    let bins_length = change.bins_length;
    let recovered = apply(bytes, &change, logs, tally);
    let base = primary.filter(|base| base.sound).unwrap_or(change.base);
    Some(Image { bytes: Cow::Owned(recovered), base: base.with_bins(bins_length) })
}

/// The file with these pages written.
fn apply(bytes: &[u8], change: &Change<'_>, logs: &[&[u8]], tally: &mut Tally) -> Vec<u8> {
    // A hive grows by bins whose every page is in the log. More than that is a lie, and would cost memory.
    let honest = bytes.len().max(BINS) + logs.iter().map(|log| log.len()).sum::<usize>();
    let end = |(at, page): &(u32, &[u8])| BINS + *at as usize + page.len();
    let length = change.pages.iter().map(end).filter(|end| *end <= honest).max().unwrap_or(0).max(bytes.len());
    let mut recovered = Vec::with_capacity(length);
    recovered.extend_from_slice(bytes);
    recovered.resize(length, 0);
    for (at, page) in &change.pages {
        let start = BINS + *at as usize;
        match recovered.get_mut(start..start + page.len()) {
            Some(room) => room.copy_from_slice(page),
            None => tally.add(Gap::ChangesMissing, || {
                both!(
                    "a page of the log lies far behind the hive, at {start:#x}",
                    "ログのページがハイブのはるか先 {start:#x} を指す"
                )
            }),
        }
    }
    recovered
}
