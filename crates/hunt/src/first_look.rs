//! The first look at a text: which of its lines hold any of some literals.
//!
//! Most literals are long and are found through windows, with one look at every fourth byte. For short ones every byte has to
//! be looked at; as long as they are few, packed search does this for many bytes at once ("Teddy", from Hyperscan).

use std::cell::RefCell;

use aho_corasick::Span;
use aho_corasick::packed::{Config, MatchKind, Searcher};
use memchr::memchr;

use crate::literal_search::{Go, LONG, LiteralSearch};

/// So much of a text is folded at once: it stays in the first level of the processor's cache.
const PIECE: usize = 16 << 10;

thread_local! {
    /// A piece of a text in lower case.
    static FOLDED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A search for lines. It does not change, so that threads can share it.
#[derive(Debug)]
pub(crate) struct FirstLook {
    /// For long literals; for all of them where packed search is not possible.
    windows: LiteralSearch,
    packed: Option<Searcher>,
}

impl FirstLook {
    /// From literals in lower case without line breaks; what is rare in `typical` text is looked for first.
    pub(crate) fn new(literals: impl Iterator<Item = Box<[u8]>>, typical: &[u8]) -> Self {
        let (short, long): (Vec<_>, Vec<_>) = literals.partition(|literal| literal.len() < LONG);
        let packed = Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(&short).build();
        let short = if packed.is_some() { Vec::new() } else { short };
        Self { windows: LiteralSearch::new(long.into_iter().chain(short), typical), packed }
    }

    /// How long it takes to look at one byte of a text for literals of these lengths, in trillionths of a second; measured on
    /// an AMD EPYC of 2023. Only how they compare matters.
    pub(crate) fn picoseconds(lengths: impl Iterator<Item = usize>) -> u64 {
        const LONG_ONES: u64 = 120;
        const PACKED: u64 = 200;
        /// More than a packed search takes.
        const MANY: usize = 64;
        const MANY_SHORT_ONES: u64 = 1_000;
        match lengths.filter(|length| *length < LONG).count() {
            0 => LONG_ONES,
            1..=MANY => LONG_ONES + PACKED,
            _ => LONG_ONES + MANY_SHORT_ONES,
        }
    }

    /// Points into every line in which a literal stands, in any ASCII case.
    pub(crate) fn point(&self, text: &[u8], hits: &mut Vec<usize>) {
        self.look(text, &mut |start| {
            hits.push(start);
            // One is enough for a line.
            memchr(b'\n', text.get(start..).unwrap_or_default()).map_or(text.len(), |at| start + at + 1)
        });
    }

    /// Whether any of the literals stands in the text.
    pub(crate) fn is_in(&self, text: &[u8]) -> bool {
        let mut is_in = false;
        self.look(text, &mut |_| {
            is_in = true;
            text.len()
        });
        is_in
    }

    /// Calls `found` with places at which a literal begins; what lies before the place that it gives is passed over.
    fn look(&self, text: &[u8], found: &mut dyn FnMut(usize) -> usize) {
        self.windows.search(text, &mut |_, start| Go::To(found(start)));
        if let Some(packed) = &self.packed {
            FOLDED.with_borrow_mut(|folded| packed_look(packed, text, folded, found));
        }
    }
}

fn packed_look(packed: &Searcher, text: &[u8], folded: &mut Vec<u8>, found: &mut dyn FnMut(usize) -> usize) {
    let mut from: usize = 0;
    for start in (0..text.len()).step_by(PIECE) {
        // A literal may begin in one piece and end in the next.
        let end = text.len().min(start + PIECE + LONG);
        folded.clear();
        folded.extend_from_slice(text.get(start..end).unwrap_or_default());
        folded.make_ascii_lowercase();
        while let Some(literal) = {
            let at = from.saturating_sub(start).min(folded.len());
            packed.find_in(&*folded, Span { start: at, end: folded.len() })
        } {
            let place = start + literal.start();
            from = found(place).max(place + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines_pointed_at(literals: &[String], text: &str) -> Vec<bool> {
        let look = FirstLook::new(literals.iter().map(|literal| literal.as_bytes().into()), text.as_bytes());
        let mut hits = Vec::new();
        look.point(text.as_bytes(), &mut hits);
        let mut at = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            at += line.len();
            hits.iter().any(|hit| (at - line.len()..at).contains(hit))
        });
        lines.collect()
    }

    fn lines_that_hold(literals: &[String], text: &str) -> Vec<bool> {
        let text = text.to_ascii_lowercase();
        text.split_inclusive('\n').map(|line| literals.iter().any(|literal| line.contains(literal.as_str()))).collect()
    }

    #[test]
    fn literals_are_found_across_the_pieces_of_a_long_text() {
        let literals = ["ab", "cde", "fghijk", "lmnopqrst"].map(str::to_owned);
        for literal in &literals {
            for before in [0, 1, PIECE - 9, PIECE - 5, PIECE - 1, PIECE, 2 * PIECE - 3] {
                let line = "-".repeat(before % 100) + "\n";
                let text = "-".repeat(before - before % 100) + &line + &literal.to_uppercase() + "\n" + &line;
                assert_eq!(lines_pointed_at(&literals, &text), lines_that_hold(&literals, &text), "{literal} {before}");
            }
        }
    }

    proptest! {
        #[test]
        fn it_points_into_exactly_the_lines_that_hold_a_literal(
            literals in prop::collection::btree_set("[ab./]{1,9}", 0..90),
            text in "([aAbB./]{0,12}\n){0,20}[aAb]{0,5}",
        ) {
            let literals: Vec<String> = literals.into_iter().collect();
            let held = lines_that_hold(&literals, &text);
            prop_assert_eq!(lines_pointed_at(&literals, &text), held.clone());
            let look = FirstLook::new(literals.iter().map(|literal| literal.as_bytes().into()), &[]);
            prop_assert_eq!(look.is_in(text.as_bytes()), held.contains(&true));
        }
    }
}
