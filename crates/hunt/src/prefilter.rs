//! One search over raw bytes for everything that the rules of a log source need.
//!
//! Two passes: one for the literals as they stand, one for percent signs, behind which a literal may hide.
//! A line with an escape that could stand for a literal's character is decoded and searched again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, Input, MatchKind};
use hikeshi_evidence::reader::{Search, Wanted, Weighed};
use memchr::{memchr, memchr_iter, memrchr};

use crate::decode;
use crate::literals::Group;

/// Characters outside ASCII that case folding makes ASCII letters: Kelvin sign, dotted capital I, long s.
/// Rules compare folded text, so where these stand a literal may be spelled with them.
const FOLDS_TO_ASCII: [&[u8]; 3] = ["\u{212a}".as_bytes(), "\u{130}".as_bytes(), "\u{17f}".as_bytes()];
/// Longer lines than this are looked at without being decoded for the search.
const LINE_CAP: usize = 64 << 10;

/// A compiled search, shared by all threads.
///
/// First every rule's most selective group is searched for in the whole text. A row in which one of its literals
/// stands is then searched for the literals of all groups, and kept when they are all there for some rule.
#[derive(Debug)]
pub struct Prefilter {
    first: AhoCorasick,
    second: AhoCorasick,
    /// For each literal of `second`: the rules in whose first group it is, or that any row with it is kept.
    leads: Vec<Lead>,
    /// For each rule: its further groups, as places of literals.
    further: Vec<Vec<Vec<usize>>>,
    escapes: Escapes,
}

/// What a literal in a row leads to.
#[derive(Debug, Clone)]
enum Lead {
    /// The row is kept: it may be a header, or its letters fold to ASCII.
    Keep,
    /// These rules may hold, if their further groups are there too.
    Rules(Vec<usize>),
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
    /// Builds the search from the groups of each rule (see [`crate::literals::needed`]; none may be empty) and the
    /// marks of header rows. All are compared without ASCII case.
    ///
    /// # Errors
    /// When there are more literals than the search tables can hold.
    pub fn new(rules: &[Vec<Group>], marks: &[&str], escapes: Escapes) -> Result<Self, BuildError> {
        let mut places: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        let mut leads = Vec::new();
        let mut place = |literal: &[u8], leads: &mut Vec<Lead>| {
            let next = places.len();
            *places.entry(literal.to_ascii_lowercase()).or_insert_with(|| {
                leads.push(Lead::Rules(Vec::new()));
                next
            })
        };
        let mut further = Vec::new();
        let mut first = BTreeSet::new();
        for (rule, groups) in rules.iter().enumerate() {
            let of_group =
                |group: &Group| group.iter().map(|literal| place(literal.as_bytes(), &mut leads)).collect::<Vec<_>>();
            let mut groups = groups.iter().map(of_group).collect::<Vec<_>>().into_iter();
            for literal in groups.next().unwrap_or_default() {
                first.insert(literal);
                if let Some(Lead::Rules(rules)) = leads.get_mut(literal) {
                    rules.push(rule);
                }
            }
            further.push(groups.collect());
        }
        for mark in marks.iter().map(|mark| mark.as_bytes()).chain(FOLDS_TO_ASCII) {
            let literal = place(mark, &mut leads);
            first.insert(literal);
            if let Some(lead) = leads.get_mut(literal) {
                *lead = Lead::Keep;
            }
        }
        let mut literals: Vec<(usize, Vec<u8>)> = places.into_iter().map(|(literal, place)| (place, literal)).collect();
        literals.sort();
        let in_first = literals.iter().filter(|(place, _)| first.contains(place)).map(|(_, literal)| literal);
        Ok(Self {
            first: automaton(in_first)?,
            second: automaton(literals.iter().map(|(_, literal)| literal))?,
            leads,
            further,
            escapes,
        })
    }

    /// Points at lines in which a literal of some rule's first group stands, as it is or behind escapes.
    pub(crate) fn search(&self, text: &[u8], hits: &mut Vec<usize>) {
        let mut from = 0;
        while let Some(found) = self.first.find(Input::new(text).range(from..)) {
            hits.push(found.start());
            // One is enough for a line.
            from = memchr(b'\n', text.get(found.end()..).unwrap_or_default()).map_or(text.len(), |at| found.end() + at);
        }
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
            let (start, end) = line_around(text, done, at);
            let line = text.get(start..end).unwrap_or_default();
            if line.len() > LINE_CAP || self.first.is_match(&*decode::percent(line)) {
                hits.push(at);
            }
            done = end;
        }
    }

    /// The rules that may hold for a row: those whose groups are all in it, as it stands or behind escapes.
    /// They are listed in `scratch`, by their place in what the search was built from.
    pub(crate) fn rules_for(&self, row: &[u8], scratch: &mut Scratch) -> Candidates {
        scratch.found.clear();
        scratch.found.resize(self.leads.len(), false);
        scratch.leads.clear();
        scratch.rules.clear();
        let decoded = if self.escapes == Escapes::Decoded { decode::percent(row) } else { Cow::Borrowed(row) };
        let is_kept = |text: &[u8], scratch: &mut Scratch| self.literals_in(text, scratch) == Kept::Surely;
        if is_kept(row, scratch) || (matches!(decoded, Cow::Owned(_)) && is_kept(&decoded, scratch)) {
            return Candidates::All;
        }
        let is_there = |literal: &usize| scratch.found.get(*literal) == Some(&true);
        let holds = |rule: &&usize| {
            self.further.get(**rule).is_some_and(|groups| groups.iter().all(|group| group.iter().any(is_there)))
        };
        for literal in &scratch.leads {
            if let Some(Lead::Rules(rules)) = self.leads.get(*literal) {
                scratch.rules.extend(rules.iter().filter(holds));
            }
        }
        scratch.rules.sort_unstable();
        scratch.rules.dedup();
        Candidates::Listed
    }
}

impl Prefilter {
    /// Notes which literals stand in a text.
    fn literals_in(&self, text: &[u8], scratch: &mut Scratch) -> Kept {
        for found in self.second.find_overlapping_iter(text) {
            let literal = found.pattern().as_usize();
            if let Some(known) = scratch.found.get_mut(literal)
                && !std::mem::replace(known, true)
            {
                match self.leads.get(literal) {
                    Some(Lead::Keep) => return Kept::Surely,
                    Some(Lead::Rules(rules)) if !rules.is_empty() => scratch.leads.push(literal),
                    _ => {}
                }
            }
        }
        Kept::Perhaps
    }
}

/// Which rules may hold for a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Candidates {
    /// Any.
    All,
    /// Those in [`Scratch::rules`].
    Listed,
}

/// Whether the literals of a row have to be weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Surely,
    Perhaps,
}

/// Up to so many bytes of literals a table for each state fits into the processor's caches; beyond it, memory counts more.
const TABLE_BYTES: usize = 64 << 10;

fn automaton<'a>(literals: impl Iterator<Item = &'a Vec<u8>>) -> Result<AhoCorasick, BuildError> {
    let literals: Vec<&Vec<u8>> = literals.collect();
    let is_small = literals.iter().map(|literal| literal.len()).sum::<usize>() <= TABLE_BYTES;
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(if is_small { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA }))
        .build(literals)
}

/// The bounds, without its line break, of the line around `at`, not before `floor`.
fn line_around(text: &[u8], floor: usize, at: usize) -> (usize, usize) {
    let start = text.get(floor..at).and_then(|before| memrchr(b'\n', before)).map_or(floor, |found| floor + found + 1);
    let end = text.get(at..).and_then(|rest| memchr(b'\n', rest)).map_or(text.len(), |found| at + found);
    (start, end)
}

/// Whether the escape at `at` may stand for a part of a literal: ASCII text, another escape, or a letter that folds to ASCII.
fn hides_something(text: &[u8], at: usize) -> bool {
    match decode::escape(text, at) {
        Some((decode::Escaped::Byte(byte), _)) => byte.is_ascii_graphic() || matches!(byte, 0xe2 | 0xc4 | 0xc5),
        Some((decode::Escaped::Unit(_), _)) => true,
        None => false,
    }
}

/// What one search keeps between rows, so that it allocates once.
#[derive(Debug, Default)]
pub struct Scratch {
    found: Vec<bool>,
    leads: Vec<usize>,
    /// The rules that the last row may hold for.
    pub(crate) rules: Vec<usize>,
}

/// The search of one log source, for one thread.
#[derive(Debug)]
pub enum Plan<'a> {
    /// Every rule is asked for every row.
    ReadAll,
    /// Some rule has no literal and is asked for every row; the others where their literals are.
    ReadAllBySearch(&'a Prefilter, Scratch),
    /// Rows around literals are evaluated.
    SearchFirst(&'a Prefilter, Scratch),
}

impl Search for Plan<'_> {
    fn find(&mut self, text: &[u8], hits: &mut Vec<usize>) -> Wanted {
        match self {
            Self::ReadAll => Wanted::All,
            Self::SearchFirst(prefilter, _) => {
                prefilter.search(text, hits);
                Wanted::Hits
            }
            Self::ReadAllBySearch(..) => Wanted::All,
        }
    }

    fn weigh(&mut self, row: &[u8]) -> Weighed<'_> {
        match self {
            Self::ReadAll => Weighed::Keep(None),
            Self::SearchFirst(prefilter, scratch) => match prefilter.rules_for(row, scratch) {
                Candidates::All => Weighed::Keep(None),
                Candidates::Listed if scratch.rules.is_empty() => Weighed::Drop,
                Candidates::Listed => Weighed::Keep(Some(&scratch.rules)),
            },
            Self::ReadAllBySearch(prefilter, scratch) => match prefilter.rules_for(row, scratch) {
                Candidates::All => Weighed::Keep(None),
                Candidates::Listed => Weighed::Keep(Some(&scratch.rules)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(text: &str) -> bool {
        let rule = |groups: &[&str]| {
            groups.iter().map(|group| group.split('|').map(str::to_owned).collect()).collect::<Vec<Group>>()
        };
        let rules = [rule(&["serverinfo~"]), rule(&["/owa/auth/current", "post", ".js|.css"])];
        let prefilter = Prefilter::new(&rules, &["#Fields:"], Escapes::Decoded).unwrap();
        let mut hits = Vec::new();
        let mut plan = Plan::SearchFirst(&prefilter, Scratch::default());
        assert_eq!(plan.find(text.as_bytes(), &mut hits), Wanted::Hits);
        !hits.is_empty() && text.lines().any(|row| plan.weigh(row.as_bytes()) != Weighed::Drop)
    }

    #[test]
    fn literals_are_found_in_any_case_and_behind_escapes() {
        assert!(is_kept("x SERVERinfo~y"));
        assert!(is_kept("x %53erverInfo%7Ey"));
        assert!(is_kept("x \u{17f}erverInfo~"));
        assert!(!is_kept("x %E7%81%AB %20 %zz"));
    }

    #[test]
    fn all_groups_of_a_rule_must_be_in_the_row() {
        assert!(is_kept("POST /owa/auth/Current/x.js"));
        assert!(!is_kept("GET /owa/auth/Current/x.js"));
        assert!(!is_kept("POST /owa/auth/Current/x.png"));
        assert!(is_kept("POST /owa/auth/Current/x%2ecss"));
        assert!(is_kept("POST %2fowa%2fauth%2fcurrent .js"));
        assert!(is_kept("POST %252fowa/auth/Current .js"));
        assert!(!is_kept("POST x.js\n/owa/auth/current"));
        assert!(!is_kept("post%2fowa\ny%2fauth"));
    }
}
