//! One search over raw bytes for everything that the rules of a log source need.
//!
//! Of each rule one group of literals is searched for, the one that stands in the fewest rows: this is measured on the first
//! large piece of text that comes, and in a long file on a piece of its own. Whatever group is searched for, what is found
//! stays the same.
//!
//! Two passes: one for the literals as they stand, one for percent signs, behind which a literal may hide.
//! A line with an escape that could stand for a literal's character is decoded and searched again.

mod choice;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use hikeshi_evidence::reader::{Hit, Search, Wanted, Weighed};
use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memchr3_iter, memrchr};

use self::choice::{Choice, Offered};
use crate::decode;
use crate::first_look::FirstLook;
use crate::literal_search::LiteralSearch;
use crate::literals::Group;

/// Characters outside ASCII that case folding makes ASCII letters: Kelvin sign, dotted capital I, long s.
/// Rules compare folded text, so where these stand a literal may be spelled with them.
const FOLDS_TO_ASCII: [&[u8]; 3] = ["\u{212a}".as_bytes(), "\u{130}".as_bytes(), "\u{17f}".as_bytes()];
/// Longer lines than this are looked at without being decoded for the search.
const LINE_CAP: usize = 64 << 10;
/// A text of so many bytes shows what is rare in the logs of its family. Tests choose on less, so on whatever comes.
const TELLING: usize = if cfg!(test) { 1 << 8 } else { 32 << 10 };
/// So much of a text is looked at for it.
const SAMPLE: usize = 128 << 10;
/// A file with more text than this shows for itself what is rare in it: logs of one family differ from site to site.
const LONG_FILE: usize = if cfg!(test) { 1 << 9 } else { 1 << 20 };
/// So much of it is looked at for it.
const OWN_SAMPLE: usize = 32 << 10;
/// What is common in logs of any family, as long as nothing larger was seen.
const TYPICAL: &[u8] = b"2021-03-03 04:12:33 192.0.2.5 GET /app/api/service.svc/list action=Get&id=1&type=json 443 \
    EXAMPLE\\user@example.org 198.51.100.7 Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36+(KHTML,+like+Gecko)+\
    Chrome/88.0.4324.150+Safari/537.36 https://www.example.org/index.html 200 0 0 15\r\n\
    2021-03-03T04:12:33.123Z,12345678-90ab-cdef-0123-456789abcdef,15,2,0,default.html,/app/api/,POST,302,S-1-5-21-1,\
    Server.Directory.Request.Error=;Version=1.2;C:\\Program Files\\Server\\www\\admin.php,Success,NULL\r\n";

/// A row in which more literals than this would have to be looked for one by one is searched for all at once.
const ONE_BY_ONE: usize = 24;
/// The mark of a place that says nothing of which literal stands there.
const UNSURE: u32 = u32::MAX >> 1;

/// A compiled search, shared by all threads.
///
/// First the rarest group of every rule is searched for in the whole text. Of the rules to which a row with one of its literals
/// leads, the other groups are then looked for in the row, and it is kept when they are all there for some rule.
#[derive(Debug)]
pub struct Prefilter {
    /// All literals of all groups, in lower case, and the marks of header rows.
    literals: Vec<Box<[u8]>>,
    /// For each literal, what a row with it leads to.
    leads: Vec<Lead>,
    /// For each rule: its groups, as places of literals.
    groups: Vec<Vec<Vec<usize>>>,
    /// Some rule has more groups than one, so that there is something to choose.
    has_choice: bool,
    escapes: Escapes,
    all: OnceLock<LiteralSearch>,
    /// Each looks for one literal.
    finders: Vec<OnceLock<Box<Finder<'static>>>>,
    /// What is sought first, before and after something telling was seen.
    before: OnceLock<Arc<Choice>>,
    after: OnceLock<Arc<Choice>>,
}

/// What a literal in a row leads to.
#[derive(Debug, Clone)]
enum Lead {
    /// The row is kept: it may be a header.
    Keep,
    /// These rules may hold, of which it is in the first group, if their further groups are there too.
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
    #[must_use]
    pub fn new(rules: &[Vec<Group>], marks: &[&str], escapes: Escapes) -> Self {
        let mut places: BTreeMap<Box<[u8]>, usize> = BTreeMap::new();
        let mut place = |literal: &str| {
            let next = places.len();
            *places.entry(literal.to_ascii_lowercase().into_bytes().into()).or_insert(next)
        };
        let mut group = |group: &Group| group.iter().map(|literal| place(literal)).collect::<Vec<_>>();
        let groups: Vec<Vec<Vec<usize>>> = rules.iter().map(|groups| groups.iter().map(&mut group).collect()).collect();
        let marks: Vec<usize> = marks.iter().map(|mark| place(mark)).collect();
        let mut literals = vec![Box::default(); places.len()];
        for (literal, place) in places {
            literals.get_mut(place).into_iter().for_each(|slot| *slot = literal.clone());
        }
        let mut leads = vec![Lead::Rules(Vec::new()); literals.len()];
        for (rule, groups) in groups.iter().enumerate() {
            for literal in groups.first().into_iter().flatten() {
                if let Some(Lead::Rules(rules)) = leads.get_mut(*literal) {
                    rules.push(rule);
                }
            }
        }
        for mark in marks {
            leads.get_mut(mark).into_iter().for_each(|lead| *lead = Lead::Keep);
        }
        let (all, before, after) = Default::default();
        let finders = literals.iter().map(|_| OnceLock::new()).collect();
        let has_choice = groups.iter().any(|groups| groups.len() > 1);
        Self { literals, leads, groups, has_choice, escapes, all, finders, before, after }
    }

    fn all(&self) -> &LiteralSearch {
        self.all.get_or_init(|| LiteralSearch::new(self.literals.iter().cloned(), TYPICAL))
    }

    /// What to seek first in a text, of which so much has come before.
    fn choice(&self, text: &[u8], scratch: &mut Scratch) -> Arc<Choice> {
        scratch.searched = scratch.searched.saturating_add(text.len());
        let rarest = |most: usize| Arc::new(self.rarest(text.get(..most).unwrap_or(text)));
        let shared = match self.after.get() {
            Some(after) => after,
            None if text.len() < TELLING => self.before.get_or_init(|| self.rarest(TYPICAL).into()),
            None => self.after.get_or_init(|| rarest(SAMPLE)),
        };
        if self.has_choice && scratch.own.is_none() && scratch.searched >= LONG_FILE {
            scratch.own = Some(rarest(OWN_SAMPLE));
        }
        Arc::clone(scratch.own.as_ref().unwrap_or(shared))
    }

    fn rarest(&self, sample: &[u8]) -> Choice {
        let marks = (0..).zip(&self.leads).filter(|(_, lead)| matches!(lead, Lead::Keep)).map(|(mark, _)| mark);
        let offered = Offered { literals: &self.literals, groups: &self.groups, marks: marks.collect() };
        Choice::by_rarity(&offered, self.all(), sample)
    }

    /// Points at the literals of each rule's rarest group, as they are or behind escapes.
    pub(crate) fn search(&self, text: &[u8], hits: &mut Vec<Hit>, scratch: &mut Scratch) {
        let choice = self.choice(text, scratch);
        choice.first.look(text, &mut |mark, at| hits.push(Hit { at, mark }));
        hits.extend(folding(text).map(|at| Hit { at, mark: UNSURE }));
        if self.escapes == Escapes::Decoded {
            search_decoded(&choice.first, text, hits);
        }
        scratch.choice = Some(choice);
    }

    /// The rules that may hold for a row of the text that was searched last, with all that the search has pointed at in it; see
    /// [`Self::rules_for`].
    pub(crate) fn rules_at(&self, row: &[u8], hits: &[Hit], scratch: &mut Scratch) -> Candidates {
        // Taken out and put back, since counting who holds it would be work for every row.
        let Some(choice) = scratch.choice.take_if(|_| hits.iter().all(|hit| hit.mark != UNSURE)) else {
            return self.rules_for(row, scratch);
        };
        let candidates = self.rules_by(&choice, row, hits, scratch);
        scratch.choice = Some(choice);
        candidates
    }

    fn rules_by(&self, choice: &Choice, row: &[u8], hits: &[Hit], scratch: &mut Scratch) -> Candidates {
        scratch.begin(self.literals.len());
        let mut rules = std::mem::take(&mut scratch.rules);
        for literal in hits.iter().map(|hit| hit.mark as usize) {
            if matches!(self.leads.get(literal), Some(Lead::Keep)) {
                return Candidates::All;
            }
            if scratch.note(literal, true) {
                rules.extend(choice.led_to(literal));
            }
        }
        rules.sort_unstable();
        rules.dedup();
        rules.retain(|rule| choice.others(*rule).iter().all(|group| self.has_any(group, row, choice, scratch)));
        scratch.rules = rules;
        Candidates::Listed
    }

    /// Whether any of some literals is in a row.
    fn has_any(&self, group: &[usize], row: &[u8], choice: &Choice, scratch: &mut Scratch) -> bool {
        // What was sought would have been pointed at.
        let is_there = |literal: usize, scratch: &Scratch| {
            scratch.is_there(literal).or_else(|| choice.seeks(literal).then_some(false))
        };
        if group.iter().any(|literal| is_there(*literal, scratch) == Some(true)) {
            return true;
        }
        let unknown = group.iter().filter(|literal| is_there(**literal, scratch).is_none()).count();
        if unknown > 0 && scratch.row.is_empty() {
            scratch.fold(row, self.escapes);
        }
        if unknown > ONE_BY_ONE {
            let text = std::mem::take(&mut scratch.row);
            self.all().search(&text, &mut |literal, _| {
                scratch.note(literal, true);
            });
            (scratch.row, scratch.is_complete) = (text, true);
        }
        group.iter().any(|literal| {
            is_there(*literal, scratch).unwrap_or_else(|| {
                let is_there = self.finder(*literal).is_some_and(|finder| finder.find(&scratch.row).is_some());
                scratch.note(*literal, is_there);
                is_there
            })
        })
    }

    fn finder(&self, literal: usize) -> Option<&Finder<'static>> {
        let new = || Finder::new(self.literals.get(literal).map_or(&[][..], |text| text)).into_owned().into();
        self.finders.get(literal).map(|finder| &**finder.get_or_init(new))
    }

    /// The rules that may hold for a row: those whose groups are all in it, as it stands or behind escapes.
    /// They are listed in `scratch`, by their place in what the search was built from.
    pub(crate) fn rules_for(&self, row: &[u8], scratch: &mut Scratch) -> Candidates {
        scratch.begin(self.literals.len());
        let decoded = if self.escapes == Escapes::Decoded { decode::percent(row) } else { Cow::Borrowed(row) };
        let is_kept = |text: &[u8], scratch: &mut Scratch| self.literals_in(text, scratch) == Kept::Surely;
        if is_kept(row, scratch) || (matches!(decoded, Cow::Owned(_)) && is_kept(&decoded, scratch)) {
            return Candidates::All;
        }
        let is_there = |literal: &usize| scratch.is_there(*literal) == Some(true);
        let holds = |rule: &&usize| {
            let further = self.groups.get(**rule).and_then(|groups| groups.get(1..));
            further.is_some_and(|groups| groups.iter().all(|group| group.iter().any(is_there)))
        };
        let mut rules = Vec::new();
        for literal in &scratch.leads {
            if let Some(Lead::Rules(led)) = self.leads.get(*literal) {
                rules.extend(led.iter().filter(holds));
            }
        }
        rules.sort_unstable();
        rules.dedup();
        scratch.rules = rules;
        Candidates::Listed
    }

    /// Notes which literals stand in a text.
    fn literals_in(&self, text: &[u8], scratch: &mut Scratch) -> Kept {
        let mut kept = if folding(text).next().is_some() { Kept::Surely } else { Kept::Perhaps };
        self.all().search(text, &mut |literal, _| {
            if scratch.note(literal, true) {
                match self.leads.get(literal) {
                    Some(Lead::Keep) => kept = Kept::Surely,
                    Some(Lead::Rules(rules)) if !rules.is_empty() => scratch.leads.push(literal),
                    _ => {}
                }
            }
        });
        kept
    }
}

fn search_decoded(first: &FirstLook, text: &[u8], hits: &mut Vec<Hit>) {
    let mut done = 0;
    for at in memchr_iter(b'%', text) {
        if at < done || !hides_something(text, at) {
            continue;
        }
        let (start, end) = line_around(text, done, at);
        let line = text.get(start..end).unwrap_or_default();
        if line.len() > LINE_CAP {
            hits.push(Hit { at, mark: UNSURE });
        } else {
            let decoded = decode::percent(line);
            first.look(&decoded, &mut |mark, _| hits.push(Hit { at, mark }));
            hits.extend(folding(&decoded).next().map(|_| Hit { at, mark: UNSURE }));
        }
        done = end;
    }
}

/// Where characters stand that fold to ASCII.
fn folding(text: &[u8]) -> impl Iterator<Item = usize> {
    let [kelvin, dotted, long] = FOLDS_TO_ASCII.map(|character| character.first().copied().unwrap_or_default());
    let text = if text.is_ascii() { &[] } else { text };
    let folds = |at: &usize| {
        let rest = text.get(*at..).unwrap_or_default();
        FOLDS_TO_ASCII.iter().any(|character| rest.starts_with(character))
    };
    memchr3_iter(kelvin, dotted, long, text).filter(folds)
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
    /// For each literal, whether it is in the row, as far as that is known.
    found: Vec<Option<bool>>,
    /// Those of which it is known.
    known: Vec<usize>,
    /// All others are not.
    is_complete: bool,
    /// Those of which it is known from the beginning, and that lead somewhere.
    leads: Vec<usize>,
    /// The row in lower case, and below it the row behind escapes.
    row: Vec<u8>,
    /// The rules that the last row may hold for.
    pub(crate) rules: Vec<usize>,
    /// What was sought in the text that was searched last.
    choice: Option<Arc<Choice>>,
    /// What is sought in a long file.
    own: Option<Arc<Choice>>,
    /// So many bytes were searched.
    searched: usize,
}

impl Scratch {
    /// Forgets the row before, of a search for so many literals.
    fn begin(&mut self, literals: usize) {
        for literal in self.known.drain(..) {
            self.found.get_mut(literal).into_iter().for_each(|known| *known = None);
        }
        self.found.resize(literals, None);
        self.is_complete = false;
        self.leads.clear();
        self.row.clear();
        self.rules.clear();
    }

    fn is_there(&self, literal: usize) -> Option<bool> {
        self.found.get(literal).copied().flatten().or(self.is_complete.then_some(false))
    }

    /// Notes whether a literal is in the row, where that was not known; tells whether it was not.
    fn note(&mut self, literal: usize, is_there: bool) -> bool {
        let Some(known) = self.found.get_mut(literal).filter(|known| known.is_none()) else { return false };
        *known = Some(is_there);
        self.known.push(literal);
        true
    }

    fn fold(&mut self, row: &[u8], escapes: Escapes) {
        self.row.extend_from_slice(row);
        if escapes == Escapes::Decoded
            && let Cow::Owned(decoded) = decode::percent(row)
        {
            // No literal has a line break in it.
            self.row.push(b'\n');
            self.row.extend_from_slice(&decoded);
        }
        self.row.make_ascii_lowercase();
    }
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
    fn find(&mut self, text: &[u8], hits: &mut Vec<Hit>) -> Wanted {
        match self {
            Self::ReadAll => Wanted::All,
            Self::SearchFirst(prefilter, scratch) => {
                prefilter.search(text, hits, scratch);
                Wanted::Hits
            }
            Self::ReadAllBySearch(..) => Wanted::All,
        }
    }

    fn weigh(&mut self, row: &[u8], hits: &[Hit]) -> Weighed<'_> {
        match self {
            Self::ReadAll => Weighed::Keep(None),
            Self::SearchFirst(prefilter, scratch) => match prefilter.rules_at(row, hits, scratch) {
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
        let prefilter = Prefilter::new(&rules, &["#Fields:"], Escapes::Decoded);
        let mut hits = Vec::new();
        let mut plan = Plan::SearchFirst(&prefilter, Scratch::default());
        assert_eq!(plan.find(text.as_bytes(), &mut hits), Wanted::Hits);
        let mut start = 0;
        text.split_inclusive('\n').any(|row| {
            start += row.len();
            let in_row: Vec<Hit> =
                hits.iter().filter(|hit| (start - row.len()..start).contains(&hit.at)).copied().collect();
            !in_row.is_empty() && plan.weigh(row.trim_end().as_bytes(), &in_row) != Weighed::Drop
        })
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
