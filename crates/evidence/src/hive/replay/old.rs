//! Logs of the older format: a bitmap of dirty pages, and these pages.

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::Change;
use crate::hive::base::{BINS, Base, File};
use crate::hive::bytes::u64_at;
use crate::hive::tally::Tally;

const PAGE: usize = 512;

/// What the first log that fits adds to a hive; `primary` is the hive's base block.
pub(super) fn change<'l>(
    bytes: &[u8],
    primary: Option<&Base>,
    logs: &[&'l [u8]],
    tally: &mut Tally,
) -> Option<Change<'l>> {
    // The first bin holds a copy of the time.
    const TIME_IN_BIN: usize = BINS + 20;
    let written = primary.map(|base| base.written);
    let copy = u64_at(bytes, TIME_IN_BIN).filter(|_| primary.is_none_or(|base| !base.sound));
    let fits = |base: &Base| {
        let written_then = [written, copy].contains(&Some(base.written));
        base.file() == File::OldLog && !base.is_dirty() && written_then
    };
    let (log, base) = logs.iter().find_map(|log| Some((log, Base::parse(log).filter(fits)?)))?;
    let sector = base.sector_length();
    let bits = base.bins_length as usize / PAGE;
    let bitmap = log.get(sector..)?.strip_prefix(b"DIRT")?.get(..bits.div_ceil(8))?;
    let start = sector + (4 + bitmap.len()).next_multiple_of(sector);
    let is_dirty = |bit: &usize| bitmap.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1);
    let mut pages = Vec::new();
    for (number, bit) in (0..bits).filter(is_dirty).enumerate() {
        let at = start + number * PAGE;
        match log.get(at..at + PAGE) {
            Some(page) => pages.push(((bit * PAGE) as u32, page)),
            None => {
                tally.add(Gap::ChangesMissing, || {
                    both!("the log is shorter than its list of pages", "ログがページの一覧より短い")
                });
                break;
            }
        }
    }
    Some(Change { bins_length: base.bins_length, base, pages })
}
