//! Finds where any of very many literals may stand in a text, in time that hardly depends on how many there are.
//!
//! Of each literal one piece of fixed width is chosen, the rarest. The text is looked at through a window of that width: a
//! table tells at once that hardly any window is such a piece, and only the few that are lead to the literals. An
//! Aho-Corasick automaton over 100,000 literals was measured at less than a third of the speed: its states do not fit into
//! the processor's cache, this table does. And it looks at byte after byte, each time at a place that the byte before
//! decides over; windows do not wait for each other.
//!
//! With a step of more than one byte, not every window is looked at. Then as many neighbouring pieces are taken of a literal,
//! so that one of them stands in a window wherever the literal begins.

use std::ops::Range;

use ahash::AHashMap;

/// So many bytes stand in the table for each piece: of other windows, one in thirty-two leads astray.
const BYTES_EACH: usize = 32;
/// The table fits into the first level of the processor's cache if it can, and into the second in any case.
const FEWEST_BYTES: usize = 1 << 14;
const MOST_BYTES: usize = 1 << 20;
/// So much of a text is looked at before it is asked whether any window in it was a piece.
const BLOCK: usize = 32;
/// With the end of its last window, whose width is 8 at most.
const BLOCK_AND_END: usize = BLOCK + 8;
/// How often pieces occur among the literals is counted in so many places at most; where two share one, a choice is a
/// little worse.
const FEWEST_COUNTS: usize = 1 << 12;
const MOST_COUNTS: usize = 1 << 22;

/// The search, for literals of at least [`Self::SHORTEST`] bytes; `WIDTH` is 8 at most.
#[derive(Debug)]
pub(crate) struct Windows<const WIDTH: usize, const STEP: usize = 1> {
    /// Not zero at the places of pieces.
    table: Vec<u8>,
    shift: u32,
    /// For each piece: where its literals stand in `found`.
    pieces: AHashMap<u64, Range<u32>>,
    found: Vec<Piece>,
}

/// A piece of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Piece {
    /// The number of the literal.
    pub(crate) literal: u32,
    /// Where in the literal the piece lies.
    pub(crate) offset: u32,
}

impl<const WIDTH: usize, const STEP: usize> Windows<WIDTH, STEP> {
    /// Shorter literals are not found.
    pub(crate) const SHORTEST: usize = WIDTH + STEP - 1;

    /// From literals with their numbers and the part of each in which the pieces may lie. Literals whose part is shorter
    /// than [`Self::SHORTEST`] are never found. A piece is rare that few other literals share.
    pub(crate) fn new<'l>(literals: impl Iterator<Item = (u32, &'l [u8], Range<usize>)> + Clone) -> Self {
        let mut counts = Counts::new(literals.clone().map(|(_, _, part)| part.len()).sum());
        for (_, literal, part) in literals.clone() {
            counts.add::<WIDTH>(literal.get(part).unwrap_or_default());
        }
        Self::by_rarity(literals, &counts)
    }

    /// The same, with rare pieces as somebody else has counted them.
    pub(crate) fn by_rarity<'l>(
        literals: impl Iterator<Item = (u32, &'l [u8], Range<usize>)>,
        counts: &Counts,
    ) -> Self {
        let mut chosen: Vec<(u64, Piece)> = Vec::new();
        let mut of_literal: Vec<u64> = Vec::new();
        for (literal, text, part) in literals {
            of_literal.clear();
            of_literal.extend(text.get(part.clone()).unwrap_or_default().array_windows::<WIDTH>().map(piece));
            let cost = |pieces: &[u64]| pieces.iter().map(|piece| u64::from(counts.of(*piece))).sum::<u64>();
            let rarest = of_literal.windows(STEP).enumerate().min_by_key(|(at, pieces)| (cost(pieces), *at));
            let Some((at, pieces)) = rarest else { continue };
            let offsets = (part.start + at..).map(|offset| u32::try_from(offset).unwrap_or(u32::MAX));
            chosen.extend(pieces.iter().zip(offsets).map(|(piece, offset)| (*piece, Piece { literal, offset })));
        }
        chosen.sort_unstable();
        Self::of_chosen(&chosen)
    }

    fn of_chosen(chosen: &[(u64, Piece)]) -> Self {
        let size = (chosen.len() * BYTES_EACH).next_power_of_two().clamp(FEWEST_BYTES, MOST_BYTES);
        let shift = shift_for(size);
        let mut table = vec![0; if chosen.is_empty() { 0 } else { size }];
        let mut pieces: AHashMap<u64, Range<u32>> = AHashMap::with_capacity(chosen.len());
        let mut found = Vec::with_capacity(chosen.len());
        for (piece, of_literal) in chosen {
            table.get_mut(spread(*piece, shift)).into_iter().for_each(|slot| *slot = 1);
            let place = u32::try_from(found.len()).unwrap_or(u32::MAX);
            pieces.entry(*piece).or_insert(place..place).end = place + 1;
            found.push(*of_literal);
        }
        Self { table, shift, pieces, found }
    }

    /// Calls `maybe` with each literal's number, the place in the text at which its piece may stand, and the place of the
    /// piece in the literal. Whether the literal is there is left to the caller. One that is, in any ASCII case, is among
    /// them.
    pub(crate) fn scan(&self, text: &[u8], maybe: &mut dyn FnMut(u32, usize, usize)) {
        let mut from = 0;
        while let Some((at, pieces)) = self.next(text, from) {
            for piece in pieces {
                maybe(piece.literal, at, piece.offset as usize);
            }
            from = at + 1;
        }
    }

    /// The first place, from `from` on, at which some pieces may stand. Literals that begin before `from` may be missed.
    pub(crate) fn next(&self, text: &[u8], from: usize) -> Option<(usize, &[Piece])> {
        if self.found.is_empty() {
            return None;
        }
        let mut at = from.next_multiple_of(STEP);
        loop {
            let mut rest = text.get(at..)?;
            while rest.first_chunk::<BLOCK_AND_END>().is_some_and(|block| self.mark(block) == 0) {
                rest = rest.get(BLOCK..)?;
            }
            let windows = rest.array_windows::<WIDTH>().step_by(STEP);
            at = text.len() - rest.len() + windows.map(|window| self.marked(window)).position(|mark| mark != 0)? * STEP;
            if let Some(pieces) = self.at(text, at) {
                return Some((at, pieces));
            }
            at += STEP;
        }
    }

    /// Not zero if a window that begins in the block may be a piece. Without a branch for each, so that the processor looks
    /// at several at a time.
    fn mark(&self, block: &[u8; BLOCK_AND_END]) -> u8 {
        let windows = block.get(..BLOCK + WIDTH - 1).unwrap_or_default().array_windows::<WIDTH>();
        windows.step_by(STEP).fold(0, |mark, window| mark | self.marked(window))
    }

    fn marked(&self, window: &[u8; WIDTH]) -> u8 {
        self.table.get(spread(piece(window), self.shift)).copied().unwrap_or(0)
    }

    #[inline(never)]
    fn at(&self, text: &[u8], at: usize) -> Option<&[Piece]> {
        let range = self.pieces.get(&piece(text.get(at..)?.first_chunk::<WIDTH>()?))?;
        self.found.get(range.start as usize..range.end as usize)
    }
}

/// How often pieces of one width occur, more or less: two may share a place.
#[derive(Debug)]
pub(crate) struct Counts {
    places: Vec<u32>,
    shift: u32,
}

impl Counts {
    /// For a text of so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let size = bytes.next_power_of_two().clamp(FEWEST_COUNTS, MOST_COUNTS);
        Self { places: vec![0; size], shift: shift_for(size) }
    }

    /// Counts every piece of a text.
    pub(crate) fn add<const WIDTH: usize>(&mut self, text: &[u8]) {
        for window in text.array_windows::<WIDTH>() {
            if let Some(count) = self.places.get_mut(spread(piece(window), self.shift)) {
                *count = count.saturating_add(1);
            }
        }
    }

    fn of(&self, piece: u64) -> u32 {
        self.places.get(spread(piece, self.shift)).copied().unwrap_or(0)
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

    fn found<const WIDTH: usize, const STEP: usize>(literals: &[&str], text: &str) -> Vec<(usize, usize)> {
        let numbered =
            literals.iter().enumerate().map(|(number, literal)| (number as u32, literal.as_bytes(), 0..literal.len()));
        let windows = Windows::<WIDTH, STEP>::new(numbered);
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
        assert_eq!(found::<8, 1>(&[], "text"), []);
        assert_eq!(found::<4, 1>(&["text"], ""), []);
        assert_eq!(found::<4, 1>(&["text"], "TEXT"), [(0, 0)]);
    }

    proptest! {
        #[test]
        fn finds_what_a_naive_search_finds(
            literals in prop::collection::vec("[aAb.]{4,9}", 0..12),
            text in "[aAbB.]{0,90}",
        ) {
            let literals: Vec<&str> = literals.iter().map(String::as_str).collect();
            prop_assert_eq!(found::<4, 1>(&literals, &text), naive(&literals, &text));
            let of_length = |least: usize| literals.iter().copied().filter(move |literal| literal.len() >= least);
            let five: Vec<&str> = of_length(5).collect();
            prop_assert_eq!(found::<4, 2>(&five, &text), naive(&five, &text));
            let seven: Vec<&str> = of_length(7).collect();
            prop_assert_eq!(found::<4, 4>(&seven, &text), naive(&seven, &text));
            let eight: Vec<&str> = of_length(8).collect();
            prop_assert_eq!(found::<8, 1>(&eight, &text), naive(&eight, &text));
        }
    }
}
