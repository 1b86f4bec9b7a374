//! Searches for many literals at once, without ASCII case. Long literals are found with few looks at the text, so literals of
//! different lengths are searched for apart.

use std::ops::Range;

use crate::windows::{Counts, Windows};

/// A set of literals, ready to be searched for. It does not change, so that threads can share it.
#[derive(Debug)]
pub(crate) struct LiteralSearch {
    literals: Vec<Box<[u8]>>,
    long: Windows<4, 4>,
    /// The shortest of the others decides how these are searched for.
    middle: Windows<4, 2>,
    short: Windows<4>,
    shorter: Windows<3>,
    tiny: Windows<1>,
}

/// From how many bytes on a literal is long.
pub(crate) const LONG: usize = Windows::<4, 4>::SHORTEST;
const MIDDLE: usize = Windows::<4, 2>::SHORTEST;
const SHORT: usize = Windows::<4>::SHORTEST;
const SHORTER: usize = Windows::<3>::SHORTEST;

impl LiteralSearch {
    /// From literals; `typical` is text of the kind that will be searched: what is rare in it is looked for first.
    pub(crate) fn new(literals: impl Iterator<Item = Box<[u8]>>, typical: &[u8]) -> Self {
        let literals: Vec<Box<[u8]>> = literals.collect();
        let of_length = |least: usize, below: usize| {
            let numbered = (0_u32..).zip(&literals);
            let whole = numbered.map(|(number, literal)| (number, &**literal, 0..literal.len()));
            whole.filter(move |(_, literal, _)| (least..below).contains(&literal.len()))
        };
        let (mut threes, mut fours) = (Counts::new(typical.len()), Counts::new(typical.len()));
        threes.add::<3>(typical);
        fours.add::<4>(typical);
        // One look at the text finds them all that are not long.
        let shortest = of_length(SHORTER, LONG).map(|(_, literal, _)| literal.len()).min().unwrap_or(LONG);
        let if_shortest = |is_so: bool| if is_so { shortest..LONG } else { LONG..LONG };
        let of_range = |range: Range<usize>| of_length(range.start, range.end);
        Self {
            long: Windows::by_rarity(of_length(LONG, usize::MAX), &fours),
            middle: Windows::by_rarity(of_range(if_shortest(shortest >= MIDDLE)), &fours),
            short: Windows::by_rarity(of_range(if_shortest(shortest == SHORT)), &fours),
            shorter: Windows::by_rarity(of_range(if_shortest(shortest == SHORTER)), &threes),
            tiny: Windows::new(of_length(1, SHORTER)),
            literals,
        }
    }

    /// Calls `found` with the number of each literal that stands in the text, and where it begins.
    pub(crate) fn search(&self, text: &[u8], found: &mut dyn FnMut(usize, usize)) {
        self.search_with(&self.long, text, found);
        self.search_with(&self.middle, text, found);
        self.search_with(&self.short, text, found);
        self.search_with(&self.shorter, text, found);
        self.search_with(&self.tiny, text, found);
    }

    fn search_with<const WIDTH: usize, const STEP: usize>(
        &self,
        windows: &Windows<WIDTH, STEP>,
        text: &[u8],
        found: &mut dyn FnMut(usize, usize),
    ) {
        let mut from = 0;
        while let Some((at, pieces)) = windows.next(text, from) {
            from = at + 1;
            for piece in pieces {
                let literal = piece.literal as usize;
                if let Some(start) = at.checked_sub(piece.offset as usize)
                    && self.stands_at(literal, text, start)
                {
                    found(literal, start);
                }
            }
        }
    }

    fn stands_at(&self, literal: usize, text: &[u8], start: usize) -> bool {
        let Some(literal) = self.literals.get(literal) else { return false };
        text.get(start..)
            .and_then(|rest| rest.get(..literal.len()))
            .is_some_and(|there| there.eq_ignore_ascii_case(literal))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_literal_is_found_wherever_it_stands(
            literals in prop::collection::btree_set("[aAb./]{1,9}", 0..12),
            typical in "[ab./]{0,40}",
            text in "[aAbB./\n]{0,80}",
        ) {
            let literals: Vec<&str> = literals.iter().map(String::as_str).collect();
            let searched = LiteralSearch::new(literals.iter().map(|literal| literal.as_bytes().into()), typical.as_bytes());
            let mut found = Vec::new();
            searched.search(text.as_bytes(), &mut |literal, start| found.push((literal, start)));
            found.sort_unstable();
            let folded = text.to_ascii_lowercase();
            let is_at = |number: usize, start: usize| folded[start..].starts_with(&literals[number].to_ascii_lowercase());
            let all = (0..literals.len()).flat_map(|number| (0..text.len()).map(move |start| (number, start)));
            let all: Vec<(usize, usize)> = all.filter(|(number, start)| is_at(*number, *start)).collect();
            prop_assert_eq!(found, all);
        }
    }
}
