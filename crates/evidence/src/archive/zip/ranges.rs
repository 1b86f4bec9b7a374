//! Which bytes of an archive belong to something that was read.

use std::collections::BTreeMap;

/// Ranges that do not overlap; neighbours are joined, so that an ordinary archive makes few.
#[derive(Default)]
pub(super) struct Ranges {
    /// Ends by beginnings.
    ends: BTreeMap<u64, u64>,
}

impl Ranges {
    /// Takes a range, unless some of it is taken.
    pub(super) fn take(&mut self, from: u64, to: u64) -> bool {
        if from >= to {
            return from == to;
        }
        let before = self.ends.range(..to).next_back().map(|(start, end)| (*start, *end));
        if before.is_some_and(|(_, end)| end > from) {
            return false;
        }
        let start = before.filter(|(_, end)| *end == from).map_or(from, |(start, _)| start);
        let end = self.ends.remove(&to).unwrap_or(to);
        self.ends.insert(start, end);
        true
    }

    /// What is free up to `length`, in pieces of at least `least` bytes.
    pub(super) fn free(&self, length: u64, least: u64) -> Vec<(u64, u64)> {
        let begins = [0].into_iter().chain(self.ends.values().copied());
        let ends = self.ends.keys().copied().chain([length]);
        begins.zip(ends).filter(|(from, to)| to.saturating_sub(*from) >= least.max(1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_cannot_be_taken_again() {
        let mut ranges = Ranges::default();
        assert!(ranges.take(10, 20) && ranges.take(30, 40) && ranges.take(20, 30));
        assert_eq!(ranges.free(100, 1), [(0, 10), (40, 100)]);
        assert_eq!(ranges.ends.len(), 1, "neighbours are joined");
        for (from, to) in [(10, 20), (0, 11), (39, 41), (0, 100), (15, 16)] {
            assert!(!ranges.take(from, to), "{from}..{to}");
        }
        assert!(ranges.take(0, 10) && ranges.take(50, 60));
        assert_eq!(ranges.free(100, 20), [(60, 100)]);
        assert_eq!(ranges.free(55, 1), [(40, 50)]);
        assert!(ranges.take(70, 70) && !ranges.take(71, 70));
    }
}
