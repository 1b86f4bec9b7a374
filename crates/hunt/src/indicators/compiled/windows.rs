//! Finds where any of very many literals may stand in a text, in time that hardly depends on how many there are.
//!
//! Of each literal one piece of fixed width is chosen, the one that fewest other literals share. The text is looked at
//! through a window of that width, byte by byte: a table of bits tells at once that hardly any window is such a piece, and
//! only the few that are lead to the literals. An Aho-Corasick automaton over 100,000 literals was measured at less than a
//! third of the speed: its states do not fit into the processor's cache, this table does.

use std::ops::Range;

use ahash::AHashMap;

/// So many bits stand in the table for each literal: one window in thirty-two leads astray.
const BITS_EACH: usize = 32;
/// The table has between 1 KiB and 2 MiB.
const FEWEST_BITS: usize = 1 << 13;
const MOST_BITS: usize = 1 << 24;
/// How often pieces occur among the literals is counted in so many places at most; where two share one, a choice is a
/// little worse.
const MOST_COUNTS: usize = 1 << 22;

/// The search, for literals of at least `WIDTH` bytes; `WIDTH` is 8 at most.
#[derive(Debug)]
pub(super) struct Windows<const WIDTH: usize> {
    bits: Vec<u64>,
    shift: u32,
    /// For each piece: where its literals stand in `found`.
    pieces: AHashMap<u64, Range<u32>>,
    /// A literal, and where in it the piece lies.
    found: Vec<(u32, u32)>,
}

impl<const WIDTH: usize> Windows<WIDTH> {
    /// From literals with their numbers and the part of each in which the piece may lie. Literals whose part is shorter
    /// than the window are never found.
    pub(super) fn new<'l>(literals: impl Iterator<Item = (u32, &'l [u8], Range<usize>)> + Clone) -> Self {
        let windows = |(number, literal, part): (u32, &'l [u8], Range<usize>)| {
            let start = part.start;
            let inside = literal.get(part).unwrap_or_default();
            let pieces = inside.array_windows::<WIDTH>().enumerate();
            pieces.map(move |(at, window)| (number, start + at, piece(window)))
        };
        let total = literals.clone().map(|literal| windows(literal).count()).sum::<usize>();
        let counts_shift = shift_for(total.next_power_of_two().clamp(FEWEST_BITS, MOST_COUNTS));
        let mut counts = vec![0_u32; total.next_power_of_two().clamp(FEWEST_BITS, MOST_COUNTS)];
        for (_, _, piece) in literals.clone().flat_map(windows) {
            if let Some(count) = counts.get_mut(spread(piece, counts_shift)) {
                *count = count.saturating_add(1);
            }
        }
        let rarity = |piece: u64| counts.get(spread(piece, counts_shift)).copied().unwrap_or(0);
        let mut chosen: Vec<(u64, u32, u32)> = literals
            .filter_map(|literal| windows(literal).min_by_key(|(_, at, piece)| (rarity(*piece), *at)))
            .map(|(number, at, piece)| (piece, number, u32::try_from(at).unwrap_or(u32::MAX)))
            .collect();
        chosen.sort_unstable();
        Self::of_chosen(&chosen)
    }

    fn of_chosen(chosen: &[(u64, u32, u32)]) -> Self {
        let size = (chosen.len() * BITS_EACH).next_power_of_two().clamp(FEWEST_BITS, MOST_BITS);
        let shift = shift_for(size);
        let mut bits = vec![0_u64; size / 64];
        let mut pieces: AHashMap<u64, Range<u32>> = AHashMap::with_capacity(chosen.len());
        let mut found = Vec::with_capacity(chosen.len());
        for (piece, number, at) in chosen {
            let bit = spread(*piece, shift);
            if let Some(word) = bits.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
            let place = u32::try_from(found.len()).unwrap_or(u32::MAX);
            pieces.entry(*piece).or_insert(place..place).end = place + 1;
            found.push((*number, *at));
        }
        Self { bits, shift, pieces, found }
    }

    /// Calls `maybe` with each literal's number, the place in the text at which its piece may stand, and the place of the
    /// piece in the literal. Whether the literal is there is left to the caller. One that is, in any ASCII case, is among
    /// them.
    pub(super) fn scan(&self, text: &[u8], maybe: &mut dyn FnMut(u32, usize, usize)) {
        if self.found.is_empty() {
            return;
        }
        for (at, window) in text.array_windows::<WIDTH>().enumerate() {
            let piece = piece(window);
            let bit = spread(piece, self.shift);
            if self.bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1) {
                self.look(piece, at, maybe);
            }
        }
    }

    #[inline(never)]
    fn look(&self, piece: u64, at: usize, maybe: &mut dyn FnMut(u32, usize, usize)) {
        let Some(range) = self.pieces.get(&piece) else { return };
        let found = self.found.get(range.start as usize..range.end as usize).unwrap_or_default();
        for (number, offset) in found {
            maybe(*number, at, *offset as usize);
        }
    }
}

/// A window as a number, with ASCII letters in lower case. Other bytes that become alike are told apart by the caller.
const fn piece<const WIDTH: usize>(window: &[u8; WIDTH]) -> u64 {
    let mut value = 0;
    let mut at = WIDTH;
    while at > 0 {
        at -= 1;
        #[expect(clippy::indexing_slicing, reason = "`at` is below the width of the array")]
        let byte = window[at];
        value = value << 8 | byte as u64;
    }
    value | 0x2020_2020_2020_2020
}

/// A place in a table whose size belongs to the shift: multiplicative hashing (Knuth, volume 3, 6.4).
const fn spread(piece: u64, shift: u32) -> usize {
    (piece.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift) as usize
}

const fn shift_for(size: usize) -> u32 {
    64 - size.trailing_zeros()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found<const WIDTH: usize>(literals: &[&str], text: &str) -> Vec<(usize, usize)> {
        let numbered =
            literals.iter().enumerate().map(|(number, literal)| (number as u32, literal.as_bytes(), 0..literal.len()));
        let windows = Windows::<WIDTH>::new(numbered);
        let mut found = Vec::new();
        windows.scan(text.as_bytes(), &mut |number, at, offset| {
            let literal = literals[number as usize].as_bytes();
            let Some(start) = at.checked_sub(offset) else { return };
            if text.as_bytes().get(start..start + literal.len()).is_some_and(|at| at.eq_ignore_ascii_case(literal)) {
                found.push((number as usize, start));
            }
        });
        found.sort_unstable();
        found
    }

    fn naive(literals: &[&str], text: &str) -> Vec<(usize, usize)> {
        let is_at = |literal: &str, start: usize| {
            text.as_bytes()
                .get(start..start + literal.len())
                .is_some_and(|at| at.eq_ignore_ascii_case(literal.as_bytes()))
        };
        let places = (0..literals.len()).flat_map(|number| (0..text.len()).map(move |start| (number, start)));
        places.filter(|(number, start)| is_at(literals[*number], *start)).collect()
    }

    #[test]
    fn an_empty_set_and_an_empty_text_find_nothing() {
        assert_eq!(found::<8>(&[], "text"), []);
        assert_eq!(found::<4>(&["text"], ""), []);
        assert_eq!(found::<4>(&["text"], "TEXT"), [(0, 0)]);
    }

    proptest! {
        #[test]
        fn finds_what_a_naive_search_finds(
            literals in prop::collection::vec("[aAb.]{4,9}", 0..12),
            text in "[aAbB.]{0,60}",
        ) {
            let literals: Vec<&str> = literals.iter().map(String::as_str).collect();
            prop_assert_eq!(found::<4>(&literals, &text), naive(&literals, &text));
            let long: Vec<&str> = literals.iter().copied().filter(|literal| literal.len() >= 8).collect();
            prop_assert_eq!(found::<8>(&long, &text), naive(&long, &text));
        }
    }
}
