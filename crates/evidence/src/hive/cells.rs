//! Cells: the pieces that a hive is made of. Finds one by its offset, and holds that none is read twice.

use std::cell::RefCell;

use hikeshi_core::both;
use hikeshi_core::text::{Phrase, Text};

use super::base::BINS;
use super::bytes::u32_at;

/// Points nowhere.
pub(super) const NOWHERE: u32 = u32::MAX;
/// Cells begin at multiples of so many bytes.
const UNIT: usize = 8;
const CELL_HEADER: usize = 4;
const PAGE: usize = super::base::PAGE as usize;

/// Something in a hive that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damage {
    /// Offset of the cell.
    pub(super) offset: u32,
    /// What is wrong, as the end of a sentence.
    pub(super) what: Phrase,
}

impl From<Damage> for Text {
    fn from(Damage { offset, what: (en, ja) }: Damage) -> Self {
        let at = position(offset);
        both!("at {at:#x}: {en}", "位置 {at:#x}: {ja}")
    }
}

/// Where in the file the cell at an offset lies.
pub(super) fn position(offset: u32) -> u64 {
    u64::from(offset) + BINS as u64
}

/// The cells of a hive.
pub(super) struct Cells<'h> {
    bins: &'h [u8],
    /// Where bins begin, in order.
    starts: Vec<u32>,
    /// What guards against reading the same bytes again and again.
    guard: RefCell<Guard>,
}

/// A hostile hive can let a thousand lists point at the same list. Either every byte is read once, or so many steps are
/// allowed.
enum Guard {
    /// One bit for each unit: whether it was read as part of something.
    Once(Vec<u64>),
    /// Steps that are left.
    Steps(u64),
}

impl<'h> Cells<'h> {
    /// The cells in these bins. The second value is the first bin header that is damaged, and how many are.
    pub(super) fn new(bins: &'h [u8]) -> (Self, Option<(Damage, u64)>) {
        let (starts, damage) = bin_starts(bins);
        (Self { bins, starts, guard: RefCell::new(Guard::Steps(steps(bins))) }, damage)
    }

    /// From now on every byte is read once; what is read again is told as damage.
    pub(super) fn read_once(&self) {
        let words = self.bins.len().div_ceil(UNIT).div_ceil(u64::BITS as usize);
        self.guard.replace(Guard::Once(vec![0; words]));
    }

    /// From now on bytes may be read again, for so many steps as an honest hive needs at most.
    pub(super) fn read_freely(&self) {
        self.guard.replace(Guard::Steps(steps(self.bins)));
    }

    /// Whether all steps are used up.
    pub(super) fn is_spent(&self) -> bool {
        matches!(*self.guard.borrow(), Guard::Steps(0))
    }

    /// What the cell at `offset` holds. Its size is what it says of itself, and it ends with its bin.
    pub(super) fn at(&self, offset: u32) -> Result<&'h [u8], Damage> {
        let damage = |what| Damage { offset, what };
        let start = offset as usize;
        if !start.is_multiple_of(UNIT) {
            return Err(damage(("no cell begins here", "ここからセルは始まらない")));
        }
        let size = u32_at(self.bins, start)
            .ok_or(damage(("the cell lies behind the end of the hive", "セルがハイブの終わりより先にある")))?
            .cast_signed();
        if size >= 0 {
            return Err(damage(("the cell is marked as free", "未使用の印があるセル")));
        }
        let size = size.unsigned_abs() as usize;
        if size < UNIT || !size.is_multiple_of(UNIT) || start + size > self.bin_end(offset) {
            return Err(damage(("the size of the cell cannot be right", "セルの大きさがおかしい")));
        }
        self.bins
            .get(start + CELL_HEADER..start + size)
            .ok_or(damage(("the hive ends within the cell", "セルの途中でハイブが終わる")))
    }

    /// Notes that `length` bytes of the cell at `offset` are read.
    pub(super) fn take(&self, offset: u32, length: usize) -> Result<(), Damage> {
        let first = offset as usize / UNIT;
        let last = (offset as usize + CELL_HEADER + length.max(1) - 1) / UNIT;
        match &mut *self.guard.borrow_mut() {
            Guard::Once(words) => (first..=last).try_for_each(|unit| {
                let word = words.get_mut(unit / u64::BITS as usize);
                let bit = 1 << (unit % u64::BITS as usize);
                match word {
                    Some(word) if *word & bit == 0 => {
                        *word |= bit;
                        Ok(())
                    }
                    _ => Err(Damage {
                        offset,
                        what: ("the cell is part of something else, too", "セルがほかのものの一部でもある"),
                    }),
                }
            }),
            Guard::Steps(left) => {
                *left = left.saturating_sub((last - first + 1) as u64);
                let spent = Damage {
                    offset,
                    what: ("the hive is too entangled to look at this", "ハイブの参照が入り組みすぎていて調べられない"),
                };
                if *left == 0 { Err(spent) } else { Ok(()) }
            }
        }
    }

    /// Where the bin that holds `offset` ends: where the next one begins.
    fn bin_end(&self, offset: u32) -> usize {
        let next = self.starts.partition_point(|start| *start <= offset);
        self.starts.get(next).map_or(self.bins.len(), |start| *start as usize)
    }
}

/// Each unit may be looked at four times, and small hives so often as the search for well-known keys needs.
fn steps(bins: &[u8]) -> u64 {
    const SMALL: u64 = 1 << 20;
    (bins.len() / UNIT) as u64 * 4 + SMALL
}

/// Where bins begin, and the first damaged header with the number of all. A bin of a false size ends where the next
/// begins, so that one header costs no more than itself.
fn bin_starts(bins: &[u8]) -> (Vec<u32>, Option<(Damage, u64)>) {
    let mut starts = Vec::new();
    let mut damage: Option<(Damage, u64)> = None;
    let mut bad = |at: usize, what| {
        let offset = u32::try_from(at).unwrap_or(NOWHERE);
        damage.get_or_insert((Damage { offset, what }, 0)).1 += 1;
    };
    let mut at = 0;
    let mut expected = true;
    while at < bins.len() {
        let header = bins.get(at..).unwrap_or_default();
        let is_bin = header.starts_with(b"hbin") && u32_at(header, 4).map(|offset| offset as usize) == Some(at);
        if !is_bin {
            if std::mem::take(&mut expected) {
                bad(at, ("there is no head of a bin", "ビンのヘッダーがない"));
            }
            at += PAGE;
            continue;
        }
        starts.extend(u32::try_from(at));
        expected = true;
        let size = u32_at(header, 8).map_or(0, |size| size as usize);
        if size == 0 || !size.is_multiple_of(PAGE) || size > bins.len() - at {
            bad(at, ("the size of the bin cannot be right", "ビンの大きさがおかしい"));
            expected = false;
            at += PAGE;
        } else {
            at += size;
        }
    }
    (starts, damage)
}
