//! What all archives inside of one archive may cost together. Each alone would be within its limits, and a thousand of them
//! a bomb.

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_evidence::record::Missed;
use hikeshi_evidence::worker::{Budget, Limits, Spent};

/// What is left for the inner archives of one archive.
#[derive(Debug)]
pub(super) struct Allowance {
    left: Budget,
    /// Archives for which nothing was left.
    refused: u64,
}

impl Allowance {
    /// For the archives inside of one of this size.
    pub(super) fn new(bytes: u64, limits: &Limits) -> Self {
        Self { left: Budget::of_inner_archives(bytes, limits), refused: 0 }
    }

    /// What the next of them may cost; `None` where nothing is left for it.
    pub(super) fn next(&mut self) -> Option<Budget> {
        if self.left.is_spent() {
            self.refused += 1;
            return None;
        }
        Some(self.left)
    }

    pub(super) fn spend(&mut self, spent: Spent) {
        self.left.spend(spent);
    }

    /// The archives that were not opened, told once.
    pub(super) fn missed(&self) -> Option<Missed> {
        let missed = Missed::new(Gap::TooLarge).because(both!(
            "the archives in it cost more together than one archive may",
            "中にある書庫の合計が書庫 1 つの上限を超える"
        ));
        (self.refused > 0).then_some(Missed { count: self.refused, ..missed })
    }
}
