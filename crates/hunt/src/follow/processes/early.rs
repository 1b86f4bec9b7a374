//! Records that stand before what they come from: a log that overwrites itself goes on at the beginning of its file, so what
//! a process did after that stands before its own start.

use hikeshi_evidence::record::Record;

/// Records kept until the file has been read.
const MOST_KEPT: usize = 2_000;
/// Bytes in them.
const MOST_BYTES: usize = 8 << 20;

/// The first records of one file that name processes of which nobody is known, while it is not sure that the log goes round.
#[derive(Debug, Default)]
pub(super) struct Early {
    kept: Vec<Record>,
    bytes: usize,
    last: Option<u64>,
    goes_round: bool,
}

impl Early {
    /// Takes note of a record. Numbers of records only grow, but for the place where the newest meet the oldest.
    pub(super) fn pass(&mut self, record: &Record) {
        let Some(number) = record.number else { return };
        self.goes_round |= self.last.is_some_and(|last| number < last);
        self.last = Some(number);
    }

    /// Keeps a record of which it is not known yet where it comes from. Those that come first in the file follow most closely
    /// on its end.
    pub(super) fn keep(&mut self, record: &Record) {
        let bytes = record.bytes();
        if !self.goes_round && self.kept.len() < MOST_KEPT && self.bytes + bytes <= MOST_BYTES {
            self.bytes += bytes;
            self.kept.push(record.clone());
        }
    }

    /// What is to be looked at once more when the file has been read, in its order; nothing where the log does not go round.
    pub(super) fn take(&mut self) -> Vec<Record> {
        let kept = std::mem::take(&mut self.kept);
        if self.goes_round { kept } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use hikeshi_evidence::record::Topic;

    use super::*;

    fn record(number: u64) -> Record {
        Record { number: Some(number), ..Record::new(Topic::Event, number) }.with("Image", "x")
    }

    fn kept(numbers: impl IntoIterator<Item = u64>) -> Vec<Option<u64>> {
        let mut early = Early::default();
        for record in numbers.into_iter().map(record) {
            early.pass(&record);
            early.keep(&record);
        }
        early.take().iter().map(|record| record.number).collect()
    }

    #[test]
    fn what_stands_before_the_oldest_record_is_looked_at_again() {
        assert_eq!(kept([7, 8, 3, 4]), [Some(7), Some(8)]);
        assert!(kept([3, 4, 7, 8]).is_empty(), "the log does not go round");
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let most = MOST_KEPT as u64;
        assert_eq!(kept((most..4 * most).chain([1])).len(), MOST_KEPT);
        let mut early = Early::default();
        for number in 2..100 {
            early.keep(&record(number).with("CommandLine", "x".repeat(1 << 20)));
        }
        early.pass(&record(2));
        early.pass(&record(1));
        assert_eq!(early.take().len(), 7);
    }
}
