//! Coverage: what was looked at, for which period, what is missing or unreadable.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::coverage::{Coverage, Renamed, Span, Unreadable};
use hikeshi_core::time::Timestamp;

use crate::kinds::Kinds;

/// Unreadable places, and files under wrong names, listed per kind; the others are counted.
const LISTED: usize = 50;
/// Silences listed per kind.
const GAPS: usize = 200;

/// More spans than this are joined where they lie closer than [`JOINED_SECONDS`].
const SPANS: usize = 1_000_000;
const JOINED_SECONDS: i64 = 900;

/// The ends of what a piece of evidence tells of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
}

/// Gathers coverage while files are read. What it ends in does not depend on the order of reading.
#[derive(Debug, Default)]
pub(crate) struct Cover {
    kinds: BTreeMap<(String, usize), OfKind>,
}

#[derive(Debug, Default)]
struct OfKind {
    folder: Option<String>,
    files: u64,
    bytes: u64,
    spans: Vec<Span>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    first_number: Option<u64>,
    unreadable: BTreeSet<Unreadable>,
    unreadable_more: u64,
    renamed: BTreeSet<Renamed>,
    renamed_more: u64,
}

impl Cover {
    /// A file of a kind.
    pub(crate) fn file(&mut self, kind: &str, root: usize, path: &str, bytes: u64) {
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let of_kind = self.kind(kind, root);
        of_kind.files += 1;
        of_kind.bytes += bytes;
        if of_kind.folder.as_deref().is_none_or(|known| folder < known) {
            of_kind.folder = Some(folder.to_owned());
        }
    }

    /// The times that a file of the kind holds.
    pub(crate) fn times(&mut self, kind: &str, root: usize, seen: Seen, spans: impl Iterator<Item = Span>) {
        let of_kind = self.kind(kind, root);
        of_kind.first = [of_kind.first, seen.first].into_iter().flatten().min();
        of_kind.last = [of_kind.last, seen.last].into_iter().flatten().max();
        of_kind.spans.extend(spans);
        if of_kind.spans.len() > SPANS {
            of_kind.spans = join(std::mem::take(&mut of_kind.spans), JOINED_SECONDS);
        }
    }

    /// The number of a record of the kind, where they are numbered from 1.
    pub(crate) fn numbered(&mut self, kind: &str, root: usize, number: Option<u64>) {
        let of_kind = self.kind(kind, root);
        of_kind.first_number = of_kind.first_number.into_iter().chain(number).min();
    }

    /// Evidence of a state, not of events: where all of it is there, it testifies for the whole past.
    pub(crate) fn seen_as_it_is(&mut self, kind: &str, root: usize) {
        let always = Span { from: Timestamp::from_micros(i64::MIN), to: Timestamp::from_micros(i64::MAX) };
        self.kind(kind, root).spans.push(always);
    }

    /// Something of the kind that was not read, or not in full.
    pub(crate) fn unreadable(&mut self, kind: &str, root: usize, unreadable: Unreadable) {
        let of_kind = self.kind(kind, root);
        list(unreadable, &mut of_kind.unreadable, &mut of_kind.unreadable_more);
    }

    /// A file of the kind that was read under a name that is not its own.
    pub(crate) fn renamed(&mut self, kind: &str, root: usize, renamed: Renamed) {
        let of_kind = self.kind(kind, root);
        list(renamed, &mut of_kind.renamed, &mut of_kind.renamed_more);
    }

    /// The roots that hold evidence of a kind that some pack describes.
    pub(crate) fn roots(&self, kinds: &Kinds) -> BTreeSet<usize> {
        let described = self.kinds.keys().filter(|(kind, _)| kinds.get(kind).is_some());
        described.map(|(_, root)| *root).collect()
    }

    fn kind(&mut self, kind: &str, root: usize) -> &mut OfKind {
        self.kinds.entry((kind.to_owned(), root)).or_default()
    }

    /// The coverage of each kind and root, and the periods that each root covers of a kind.
    pub(crate) fn finish(self, kinds: &Kinds) -> (Vec<Coverage>, Present) {
        let mut coverage = Vec::new();
        let mut present = Present::new();
        for ((kind, root), of_kind) in self.kinds {
            let spans = join(of_kind.spans, kinds.tolerance(&kind));
            let gaps = spans.windows(2).filter_map(|pair| match pair {
                [before, after] => Some(Span { from: before.to, to: after.from }),
                _ => None,
            });
            coverage.push(Coverage {
                title: kinds.title(&kind),
                path: of_kind.folder.unwrap_or_else(|| ".".to_owned()),
                files: of_kind.files,
                bytes: of_kind.bytes,
                first: of_kind.first,
                last: of_kind.last,
                older_gone: of_kind.first_number.map_or(0, |number| number.saturating_sub(1)),
                gaps: gaps.take(GAPS).collect(),
                unreadable: of_kind.unreadable.into_iter().collect(),
                unreadable_more: of_kind.unreadable_more,
                renamed: of_kind.renamed.into_iter().collect(),
                renamed_more: of_kind.renamed_more,
                kind: kind.clone(),
            });
            if !spans.is_empty() {
                present.entry(kind).or_default().push((root, spans));
            }
        }
        (coverage, present)
    }
}

/// Keeps the first of a list in its order, and counts the others.
fn list<T: Ord>(one: T, listed: &mut BTreeSet<T>, more: &mut u64) {
    listed.insert(one);
    if listed.len() > LISTED {
        listed.pop_last();
        *more += 1;
    }
}

/// For each kind, the roots with such evidence and the periods that each covers. Two roots may be two servers, so what one
/// covers says nothing about the other.
pub(crate) type Present = BTreeMap<String, Vec<(usize, Vec<Span>)>>;

/// Joins spans that touch, overlap or lie no further apart than `tolerance` seconds.
pub(crate) fn join(mut spans: Vec<Span>, tolerance: i64) -> Vec<Span> {
    spans.sort();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from.seconds_since(last.to) <= tolerance => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

/// The parts of `window` that `spans` (joined, in order) leave open, each longer than `tolerance` seconds.
pub(crate) fn open(window: Span, spans: &[Span], tolerance: i64) -> Vec<Span> {
    let mut open = Vec::new();
    let mut from = window.from;
    for span in spans.iter().filter(|span| span.to >= window.from && span.from <= window.to) {
        if span.from.seconds_since(from) > tolerance {
            open.push(Span { from, to: span.from });
        }
        from = from.max(span.to);
    }
    if window.to.seconds_since(from) > tolerance {
        open.push(Span { from, to: window.to });
    }
    open
}

/// A kind that no family describes, for coverage.
pub(crate) const UNKNOWN: &str = "unknown";

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> Span {
        let hour = |hours: i64| Timestamp::from_micros(hours * 3_600_000_000);
        Span { from: hour(from), to: hour(to) }
    }

    #[test]
    fn spans_join_within_the_tolerance_and_leave_the_rest_open() {
        let joined = join(vec![span(10, 20), span(0, 5), span(21, 30), span(3, 8)], 3600);
        assert_eq!(joined, [span(0, 8), span(10, 30)]);
        assert_eq!(open(span(-5, 40), &joined, 3600), [span(-5, 0), span(8, 10), span(30, 40)]);
        assert_eq!(open(span(12, 28), &joined, 3600), []);
        assert_eq!(open(span(50, 60), &joined, 3600), [span(50, 60)]);
    }
}
