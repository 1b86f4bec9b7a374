//! Puts pseudonyms where names stand.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Unredacted;
use super::key::Key;
use super::names::{Kind, LONGEST_NAME, Names, Pattern};
use super::view::{View, views};

/// A longer text is left out as a whole: no report has one.
pub(super) const LONGEST_TEXT: usize = 1024 * 1024;
/// What stands in its place.
const LEFT_OUT: &str = "(too long to redact)";
/// Letters of Latin, Greek and Cyrillic make words with blanks around them; those above do not.
const LAST_SPACED: char = '\u{52f}';

/// Finds names and replaces them.
#[derive(Debug)]
pub(super) struct Replacer<'n> {
    names: &'n Names,
    key: &'n Key,
    search: AhoCorasick,
    patterns: Vec<Pattern>,
}

impl<'n> Replacer<'n> {
    pub(super) fn new(names: &'n Names, key: &'n Key) -> Result<Self, Unredacted> {
        let patterns = names.patterns(key);
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(patterns.iter().map(|pattern| &pattern.text))
            .map_err(Unredacted::Search)?;
        Ok(Self { names, key, search, patterns })
    }

    /// A text with pseudonyms in place of names; none where it has no name.
    pub(super) fn text(&self, text: &str) -> Option<String> {
        if text.len() > LONGEST_TEXT {
            return Some(LEFT_OUT.to_owned());
        }
        // By their beginnings in the text as it stands, the longest names.
        let mut found: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for view in views(text) {
            for place in self.search.find_overlapping_iter(&*view.text) {
                let Some(pattern) = self.patterns.get(place.pattern().as_usize()) else { continue };
                let (start, end) = (place.start() + pattern.lead, place.end() - pattern.tail);
                if stands_alone(&view, start, end) {
                    let (start, end) = (view.origin(start), view.origin(end));
                    let longest = found.entry(start).or_insert((end, place.pattern().as_usize()));
                    *longest = (*longest).max((end, place.pattern().as_usize()));
                }
            }
        }
        (!found.is_empty()).then(|| self.put(text, &found))
    }

    /// The names that begin first, and do not overlap.
    fn put(&self, text: &str, found: &BTreeMap<usize, (usize, usize)>) -> String {
        let (mut told, mut from) = (String::with_capacity(text.len()), 0);
        for (start, (end, pattern)) in found.iter().filter(|(start, (end, _))| start < &end) {
            if *start >= from {
                told += text.get(from..*start).unwrap_or_default();
                told += self.patterns.get(*pattern).map_or("", |pattern| &pattern.pseudonym);
                from = *end;
            } else if *end > from {
                // What sticks out of a name that began earlier may be a part of one.
                from = *end;
            }
        }
        told + text.get(from..).unwrap_or_default()
    }

    /// A text that as a whole is a name, or several names with commas between them: also such as are sought nowhere else.
    pub(super) fn list(&self, text: &str) -> Option<String> {
        let sign = if text.contains('、') { "、" } else { ", " };
        let parts = text.split(sign).map(|part| self.whole(part).unwrap_or_else(|| part.to_owned()));
        let named = parts.collect::<Vec<_>>().join(sign);
        self.text(&named).or_else(|| (named != text).then_some(named))
    }

    fn whole(&self, text: &str) -> Option<String> {
        let kind = self.names.kind(text)?;
        Some(self.key.pseudonym(kind, text))
    }

    /// The value of a field that holds names of a kind, each part of it by itself.
    pub(super) fn field(&self, kind: Kind, text: &str) -> Option<String> {
        if text.len() > LONGEST_NAME {
            return Some(self.key.pseudonym(kind, text));
        }
        if let Some(pseudonym) = self.whole(text.trim()) {
            return Some(pseudonym);
        }
        let is_sign = |character: char| matches!(character, '\\' | '/' | '$' | ',' | ';' | '@' | '<' | '>' | ':');
        let told = self.text(text).unwrap_or_else(|| text.to_owned());
        let pieces = told.split_inclusive(is_sign).map(|piece| {
            let name = piece.trim_end_matches(is_sign).trim();
            self.whole(name).map_or_else(|| piece.to_owned(), |pseudonym| piece.replacen(name, &pseudonym, 1))
        });
        let told: String = pieces.collect();
        (told != text).then_some(told)
    }
}

/// Whether a name is a word of its own.
fn stands_alone(view: &View<'_>, start: usize, end: usize) -> bool {
    let (Some(before), Some(name), Some(after)) =
        (view.text.get(..start), view.text.get(start..end), view.text.get(end..))
    else {
        return false;
    };
    let is_letter = |character: Option<char>| character.is_some_and(|one| one.is_alphanumeric() && one <= LAST_SPACED);
    // `CorpReport` and `myCorp` are two words each.
    let turns = |one: Option<char>, other: Option<char>| {
        one.is_some_and(|one| one.is_ascii_lowercase()) && other.is_some_and(|other| other.is_ascii_uppercase())
    };
    let joins = |one, other| is_letter(one) && is_letter(other) && !turns(one, other);
    !joins(before.chars().next_back(), name.chars().next()) && !joins(name.chars().next_back(), after.chars().next())
}
