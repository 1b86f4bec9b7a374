//! One search over raw bytes for everything that the rules of a log source need.
//!
//! Two passes: one for the literals as they stand, one for percent signs, behind which a literal may hide.
//! A line with an escape that could stand for a literal's character is decoded and searched again.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};
use hikeshi_evidence::reader::{Search, Wanted};
use memchr::{memchr, memchr_iter, memrchr};

use crate::decode;

/// Characters outside ASCII that case folding makes ASCII letters: Kelvin sign, dotted capital I, long s.
/// Rules compare folded text, so where these stand a literal may be spelled with them.
const FOLDS_TO_ASCII: [&[u8]; 3] = ["\u{212a}".as_bytes(), "\u{130}".as_bytes(), "\u{17f}".as_bytes()];
/// Longer lines than this are looked at without being decoded for the search.
const LINE_CAP: usize = 64 << 10;

/// A compiled search, shared by all threads.
#[derive(Debug)]
pub struct Prefilter {
    literals: AhoCorasick,
    escapes: Escapes,
}

/// Whether values are also seen percent-decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    /// Some columns are.
    Decoded,
    /// None is.
    AsStored,
}

impl Prefilter {
    /// Builds the search. `literals` and `marks` are compared without ASCII case.
    ///
    /// # Errors
    /// When there are more literals than the search tables can hold.
    pub fn new<'a>(
        literals: impl IntoIterator<Item = &'a str>,
        marks: &[&'a str],
        escapes: Escapes,
    ) -> Result<Self, BuildError> {
        let literals = literals.into_iter().chain(marks.iter().copied()).map(str::as_bytes).chain(FOLDS_TO_ASCII);
        let literals = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(literals)?;
        Ok(Self { literals, escapes })
    }

    fn search(&self, text: &[u8], hits: &mut Vec<usize>) {
        hits.extend(self.literals.find_iter(text).map(|found| found.start()));
        if self.escapes == Escapes::Decoded {
            self.search_decoded(text, hits);
        }
    }

    fn search_decoded(&self, text: &[u8], hits: &mut Vec<usize>) {
        let mut done = 0;
        for at in memchr_iter(b'%', text) {
            if at < done || !hides_something(text, at) {
                continue;
            }
            let start =
                text.get(done..at).and_then(|before| memrchr(b'\n', before)).map_or(done, |found| done + found + 1);
            let end = text.get(at..).and_then(|rest| memchr(b'\n', rest)).map_or(text.len(), |found| at + found);
            let line = text.get(start..end).unwrap_or_default();
            if line.len() > LINE_CAP || self.literals.is_match(&*decode::percent(line)) {
                hits.push(at);
            }
            done = end;
        }
    }
}

/// Whether the escape at `at` may stand for a part of a literal: ASCII text, another escape, or a letter that folds to ASCII.
fn hides_something(text: &[u8], at: usize) -> bool {
    match decode::escape(text, at) {
        Some((decode::Escaped::Byte(byte), _)) => byte.is_ascii_graphic() || matches!(byte, 0xe2 | 0xc4 | 0xc5),
        Some((decode::Escaped::Unit(_), _)) => true,
        None => false,
    }
}

/// The search of one log source, for one thread.
#[derive(Debug, Clone, Copy)]
pub enum Plan<'a> {
    /// Some rule has no literal: every row is evaluated.
    ReadAll,
    /// Rows around literals are evaluated.
    SearchFirst(&'a Prefilter),
}

impl Search for Plan<'_> {
    fn find(&mut self, text: &[u8], hits: &mut Vec<usize>) -> Wanted {
        match self {
            Self::ReadAll => Wanted::All,
            Self::SearchFirst(prefilter) => {
                prefilter.search(text, hits);
                Wanted::Hits
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str) -> usize {
        let prefilter = Prefilter::new(["serverinfo~", "/owa/auth/current"], &["#Fields:"], Escapes::Decoded).unwrap();
        let mut hits = Vec::new();
        let mut plan = Plan::SearchFirst(&prefilter);
        assert_eq!(plan.find(text.as_bytes(), &mut hits), Wanted::Hits);
        hits.len()
    }

    #[test]
    fn literals_are_found_in_any_case_and_behind_escapes() {
        assert_eq!(hits("x SERVERinfo~y"), 1);
        assert_eq!(hits("x %53erverInfo%7Ey"), 1);
        assert_eq!(hits("x %2fowa%2fauth%2fcurrent"), 1);
        assert_eq!(hits("x %252fowa/auth/Current"), 1);
        assert_eq!(hits("x \u{17f}erverInfo~"), 1);
        assert_eq!(hits("x %E7%81%AB %20 %zz"), 0);
        assert_eq!(hits("x%2fowa\ny%2fauth"), 0);
    }
}
