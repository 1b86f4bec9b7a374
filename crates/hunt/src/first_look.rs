//! The first look at a text: where some literals stand in it.
//!
//! Most literals are long and are found through windows, with one look at every fourth byte. For short ones every byte has to
//! be looked at; as long as they are few, packed search does this for many bytes at once ("Teddy", from Hyperscan).

use std::cell::RefCell;

use aho_corasick::Span;
use aho_corasick::packed::{Config, MatchKind, Searcher};

use crate::literal_search::{LONG, LiteralSearch};

/// So much of a text is folded at once: it stays in the first level of the processor's cache.
const PIECE: usize = 16 << 10;

thread_local! {
    /// A piece of a text in lower case.
    static FOLDED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A search for literals. It does not change, so that threads can share it.
#[derive(Debug)]
pub(crate) struct FirstLook {
    /// For long literals; for all of them where packed search is not possible.
    windows: LiteralSearch,
    /// The caller's numbers of these.
    numbers: Vec<u32>,
    packed: Option<Packed>,
}

/// A literal with the number that the caller gives it.
type Numbered = (u32, Box<[u8]>);

/// Few short literals, by packed search.
#[derive(Debug)]
struct Packed {
    searcher: Searcher,
    literals: Vec<Numbered>,
    /// For each literal, by place, the others that may begin where it does: of these the searcher tells one.
    alike: Vec<Vec<usize>>,
}

impl FirstLook {
    /// From literals in lower case without line breaks, each with a number; what is rare in `typical` text is looked for first.
    pub(crate) fn new(literals: impl Iterator<Item = Numbered>, typical: &[u8]) -> Self {
        let (short, long): (Vec<_>, Vec<_>) = literals.partition(|(_, literal)| literal.len() < LONG);
        let (packed, short) = match Packed::new(short) {
            Ok(packed) => (Some(packed), Vec::new()),
            Err(short) => (None, short),
        };
        let (numbers, literals): (Vec<u32>, Vec<Box<[u8]>>) = long.into_iter().chain(short).unzip();
        Self { windows: LiteralSearch::new(literals.into_iter(), typical), numbers, packed }
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

    /// Calls `found` with the number of each literal that stands in the text in any ASCII case, and where it begins.
    pub(crate) fn look(&self, text: &[u8], found: &mut dyn FnMut(u32, usize)) {
        self.windows.search(text, &mut |literal, start| {
            self.numbers.get(literal).into_iter().for_each(|number| found(*number, start));
        });
        if let Some(packed) = &self.packed {
            FOLDED.with_borrow_mut(|folded| packed.look(text, folded, found));
        }
    }
}

impl Packed {
    /// Gives the literals back where packed search is not possible with so many.
    fn new(literals: Vec<Numbered>) -> Result<Self, Vec<Numbered>> {
        let mut builder = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        let Some(searcher) = builder.extend(literals.iter().map(|(_, literal)| literal)).build() else {
            return Err(literals);
        };
        let may_meet = |one: &[u8], other: &[u8]| one.starts_with(other) || other.starts_with(one);
        let others = |(place, (_, one)): (usize, &Numbered)| {
            let meets = |(other, (_, literal)): &(usize, &Numbered)| *other != place && may_meet(one, literal);
            literals.iter().enumerate().filter(meets).map(|(other, _)| other).collect()
        };
        let alike = literals.iter().enumerate().map(others).collect();
        Ok(Self { searcher, literals, alike })
    }

    fn look(&self, text: &[u8], folded: &mut Vec<u8>, found: &mut dyn FnMut(u32, usize)) {
        for start in (0..text.len()).step_by(PIECE) {
            // A literal may begin in one piece and end in the next.
            let end = text.len().min(start + PIECE + LONG);
            folded.clear();
            folded.extend_from_slice(text.get(start..end).unwrap_or_default());
            folded.make_ascii_lowercase();
            let mut at = 0;
            while let Some(first) = self.searcher.find_in(&*folded, Span { start: at, end: folded.len() }) {
                if first.start() >= PIECE {
                    break;
                }
                let rest = folded.get(first.start()..).unwrap_or_default();
                let place = first.pattern().as_usize();
                for other in self.alike.get(place).into_iter().flatten().chain([&place]) {
                    if let Some((number, literal)) = self.literals.get(*other)
                        && rest.starts_with(literal)
                    {
                        found(*number, start + first.start());
                    }
                }
                at = first.start() + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn found(literals: &[String], text: &str) -> BTreeSet<(usize, usize)> {
        let numbered = (0_u32..).zip(literals).map(|(number, literal)| (number, literal.as_bytes().into()));
        let mut found = BTreeSet::new();
        FirstLook::new(numbered, text.as_bytes()).look(text.as_bytes(), &mut |number, start| {
            found.insert((number as usize, start));
        });
        found
    }

    fn naive(literals: &[String], text: &str) -> BTreeSet<(usize, usize)> {
        let text = text.to_ascii_lowercase();
        let places = |literal: &str| (0..text.len()).filter(|at| text[*at..].starts_with(literal)).collect::<Vec<_>>();
        let all = literals.iter().enumerate();
        all.flat_map(|(number, literal)| places(literal).into_iter().map(move |at| (number, at))).collect()
    }

    #[test]
    fn literals_are_found_across_the_pieces_of_a_long_text() {
        let literals = ["ab", "abc", "cde", "fghijk", "lmnopqrst"].map(str::to_owned);
        for literal in &literals {
            for before in [0, 1, PIECE - 9, PIECE - 5, PIECE - 2, PIECE - 1, PIECE, 2 * PIECE - 3] {
                let text = "-".repeat(before) + &literal.to_uppercase() + "\n--";
                assert_eq!(found(&literals, &text), naive(&literals, &text), "{literal} {before}");
            }
        }
    }

    proptest! {
        #[test]
        fn every_literal_is_found_wherever_it_stands(
            literals in prop::collection::btree_set("[ab./]{1,9}", 0..90),
            text in "([aAbB./]{0,12}\n){0,20}[aAb]{0,5}",
        ) {
            let literals: Vec<String> = literals.into_iter().collect();
            prop_assert_eq!(found(&literals, &text), naive(&literals, &text));
        }
    }
}
