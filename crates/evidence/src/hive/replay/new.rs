//! Logs of the newer format: numbered entries, each with the pages of one flush.

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Phrase;

use super::Change;
use super::marvin::marvin;
use crate::hive::base::{Base, File, PAGE};
use crate::hive::bytes::{u32_at, u64_at};
use crate::hive::tally::Tally;

const SECTOR: usize = 512;
const HEADER: usize = 40;
const REFERENCE: usize = 8;

/// One flush.
struct Entry<'l> {
    bins_length: u32,
    pages: Vec<(u32, &'l [u8])>,
}

/// The entries of one log that follow one another.
struct Chain<'l> {
    base: Base,
    entries: Vec<Entry<'l>>,
    /// What ended it, where that is damage.
    broken: Option<Phrase>,
}

impl Chain<'_> {
    /// The number of the entry behind the last one.
    fn next(&self) -> u32 {
        self.base.primary.wrapping_add(u32::try_from(self.entries.len()).unwrap_or(u32::MAX))
    }
}

/// What the logs add to a hive; `sound` is its base block, where that can be relied upon. `None` where no log fits.
pub(super) fn change<'l>(sound: Option<&Base>, logs: &[&'l [u8]], tally: &mut Tally) -> Option<Change<'l>> {
    let fits = |chain: &Chain<'_>| sound.is_none_or(|base| chain.base.primary >= base.secondary);
    let holds = |chain: &Chain<'_>| !chain.entries.is_empty() || chain.broken.is_some();
    let mut chains: Vec<_> = logs.iter().filter_map(|log| chain(log)).filter(fits).filter(holds).collect();
    chains.sort_by_key(|chain| chain.base.primary);
    if sound.is_none() {
        // Which changes the hive holds already is unknown; the log with the latest ones holds what matters.
        chains = chains.into_iter().max_by_key(Chain::next).into_iter().collect();
    }
    let mut chains = chains.into_iter();
    let first = chains.next()?;
    let base = first.base.clone();
    let mut next = first.next();
    let mut broken = first.broken;
    let mut entries = first.entries;
    for chain in chains {
        if chain.base.primary == next {
            next = chain.next();
            broken = chain.broken;
            entries.extend(chain.entries);
        } else {
            let from = chain.base.primary;
            tally.add(Gap::ChangesMissing, || {
                both!(
                    "entry {next} was expected, the next log begins with {from}",
                    "エントリー {next} が来るはずのところ、次のログは {from} から始まる"
                )
            });
        }
    }
    if let Some((en, ja)) = broken {
        tally.add(Gap::ChangesMissing, || both!("log entry {next}: {en}", "ログのエントリー {next}: {ja}"));
    }
    let bins_length = entries.last()?.bins_length;
    Some(Change { base, bins_length, pages: entries.into_iter().flat_map(|entry| entry.pages).collect() })
}

/// The entries of a log; `None` where it is no log of this format.
fn chain(log: &[u8]) -> Option<Chain<'_>> {
    let base = Base::parse(log).filter(|base| base.sound && base.file() == File::NewLog)?;
    let mut chain = Chain { base, entries: Vec::new(), broken: None };
    let mut at = SECTOR;
    while let Some(rest) = log.get(at..).filter(|rest| rest.starts_with(b"HvLE")) {
        // Behind the last entry lie older ones, which were written back long ago.
        if u32_at(rest, 12) != Some(chain.next()) {
            break;
        }
        match entry(rest) {
            Ok((entry, length)) => {
                chain.entries.push(entry);
                at += length;
            }
            Err(what) => {
                chain.broken = Some(what);
                break;
            }
        }
    }
    Some(chain)
}

/// The entry at the beginning of `rest`, and its length.
fn entry(rest: &[u8]) -> Result<(Entry<'_>, usize), Phrase> {
    const CUT: Phrase = ("it is cut off", "途中で切れている");
    let length = u32_at(rest, 4).ok_or(CUT)? as usize;
    if length < HEADER || !length.is_multiple_of(SECTOR) {
        return Err(("its size cannot be right", "大きさがおかしい"));
    }
    let whole = rest.get(..length).ok_or(CUT)?;
    let (header, body) = whole.split_at_checked(HEADER).ok_or(CUT)?;
    let hashes = (marvin(body), marvin(header.get(..32).ok_or(CUT)?));
    if (u64_at(header, 24), u64_at(header, 32)) != (Some(hashes.0), Some(hashes.1)) {
        return Err(("its checksum is wrong", "チェックサムが合わない"));
    }
    let bins_length = u32_at(header, 16).filter(|length| length.is_multiple_of(PAGE));
    let bins_length = bins_length.ok_or(("the size of the hive cannot be right", "ハイブの大きさがおかしい"))?;
    let count = u32_at(header, 20).ok_or(CUT)? as usize;
    let references = body
        .get(..count.saturating_mul(REFERENCE))
        .ok_or(("it has no room for its pages", "ページの入る場所がない"))?;
    let mut data = body.get(references.len()..).ok_or(CUT)?;
    let mut pages = Vec::with_capacity(count);
    for reference in references.as_chunks::<REFERENCE>().0 {
        let (offset, size) = (u32_at(reference, 0).ok_or(CUT)?, u32_at(reference, 4).ok_or(CUT)?);
        if size == 0 || !size.is_multiple_of(SECTOR as u32) {
            return Err(("the size of a page cannot be right", "ページの大きさがおかしい"));
        }
        if offset.checked_add(size).is_none_or(|end| end > bins_length) {
            return Err(("a page lies behind the end of the hive", "ページがハイブの終わりより先にある"));
        }
        let (page, rest) =
            data.split_at_checked(size as usize).ok_or(("it has no room for its pages", "ページの入る場所がない"))?;
        data = rest;
        pages.push((offset, page));
    }
    Ok((Entry { bins_length, pages }, length))
}
