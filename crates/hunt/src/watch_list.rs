//! Records that correlations may join, within bounds: the earliest are kept, in whatever order they come.

use crate::correlate::Watched;

/// So many records are kept for correlation; beyond it the run says that correlations are incomplete.
pub(crate) const MOST_WATCHED: usize = 200_000;
/// The list may grow by so much before the latest are dropped.
const SLACK: usize = 20_000;

/// The earliest records of those that were added.
#[derive(Debug)]
pub(crate) struct WatchList {
    records: Vec<Watched>,
    most: usize,
    slack: usize,
    /// The list was cut, so the latest of its first `most` records stands last among them.
    is_cut: bool,
    /// Some were dropped, here or in a list that was joined.
    is_full: bool,
}

impl Default for WatchList {
    fn default() -> Self {
        Self { records: Vec::new(), most: MOST_WATCHED, slack: SLACK, is_cut: false, is_full: false }
    }
}

impl WatchList {
    /// Takes in more records.
    pub(crate) fn extend(&mut self, more: impl IntoIterator<Item = Watched>) {
        for record in more {
            // It would only be dropped again.
            if self.is_cut && self.records.get(self.most - 1).is_some_and(|latest| record >= *latest) {
                self.is_full = true;
                continue;
            }
            self.records.push(record);
            if self.records.len() >= self.most + self.slack {
                self.cut();
            }
        }
    }

    /// Takes in another list.
    pub(crate) fn join(&mut self, other: Self) {
        self.extend(other.records);
        self.is_full |= other.is_full;
    }

    /// The records, in order; and whether there were more.
    pub(crate) fn finish(mut self) -> (Vec<Watched>, bool) {
        if self.records.len() > self.most {
            self.cut();
        }
        self.records.sort_unstable();
        (self.records, self.is_full)
    }

    /// Drops all but the earliest, the latest of which then stands last.
    fn cut(&mut self) {
        self.records.select_nth_unstable(self.most - 1);
        self.records.truncate(self.most);
        (self.is_cut, self.is_full) = (true, true);
    }
}

#[cfg(test)]
mod tests {
    use hikeshi_core::finding::EvidenceRef;
    use hikeshi_core::time::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn list(seconds: &[i64]) -> WatchList {
        let mut list = WatchList { most: 8, slack: 3, ..WatchList::default() };
        list.extend(seconds.iter().map(|seconds| watched(*seconds)));
        list
    }

    fn watched(seconds: i64) -> Watched {
        let evidence = EvidenceRef { path: "a".to_owned(), line: None, record: None, offset: 0, sha256: None };
        Watched::at(Timestamp::from_micros(seconds * 1_000_000), evidence)
    }

    proptest! {
        #[test]
        fn the_earliest_are_kept_however_they_come(
            parts in prop::collection::vec(prop::collection::vec(0_i64..40, 0..30), 1..5),
        ) {
            let mut all: Vec<i64> = parts.concat();
            all.sort_unstable();
            let mut whole = list(&[]);
            parts.iter().for_each(|part| whole.join(list(part)));
            let (kept, is_full) = whole.finish();
            prop_assert_eq!(is_full, all.len() > 8);
            let expected: Vec<Watched> = all.into_iter().take(8).map(watched).collect();
            prop_assert_eq!(kept, expected);
        }
    }
}
