//! Logs of hives that lie without their hive.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::both;
use hikeshi_core::coverage::{Gap, Unreadable};
use hikeshi_evidence::kind::Kind;

use crate::cover::Cover;

/// So many hives, and logs of hives, are told apart in a run. A server with thousands of accounts has two hives for each.
const MOST: usize = 200_000;
/// Endings of the logs of a hive, behind its whole name.
const LOG_ENDINGS: [&str; 3] = [".log1", ".log2", ".log"];

/// The hives of a run and their logs, by root and path in lower case.
#[derive(Debug, Default)]
pub(super) struct Hives {
    hives: BTreeSet<(usize, String)>,
    /// With the path of the log.
    logs: BTreeMap<(usize, String), String>,
    overflown: bool,
}

impl Hives {
    pub(super) fn hive(&mut self, root: usize, lay_at: &str) {
        if self.hives.len() < MOST {
            self.hives.insert((root, lay_at.to_lowercase()));
        } else {
            self.overflown = true;
        }
    }

    /// A log, and which hive it belongs to by its name.
    pub(super) fn log(&mut self, root: usize, lay_at: &str, path: &str) {
        let lay_at = lay_at.to_lowercase();
        let hive = LOG_ENDINGS.iter().find_map(|ending| lay_at.strip_suffix(ending)).unwrap_or(&lay_at);
        if self.logs.len() < MOST {
            self.logs.entry((root, hive.to_owned())).or_insert_with(|| path.to_owned());
        } else {
            self.overflown = true;
        }
    }

    /// Tells of logs whose hive was not seen. Where there were too many to remember, none is known to be alone.
    pub(super) fn tell(self, cover: &mut Cover) {
        if self.overflown {
            let detail = both!("more than {MOST} hives or logs of hives", "ハイブとそのログが {MOST} 個を超える");
            cover.unreadable(Kind::HiveLog.word(), 0, Unreadable::new(".", Gap::TooMany).because(detail));
            return;
        }
        for (hive, log) in self.logs.into_iter().filter(|(hive, _)| !self.hives.contains(hive)) {
            cover.unreadable(Kind::HiveLog.word(), hive.0, Unreadable::new(log, Gap::HiveMissing));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_log_whose_hive_lies_nowhere_beside_it_is_told() {
        let mut hives = Hives::default();
        hives.log(0, "C/config/SYSTEM.LOG1", "C/config/SYSTEM.LOG1");
        hives.log(1, "C/config/SYSTEM.LOG2", "C/config/SYSTEM.LOG2");
        hives.hive(0, "c/CONFIG/system");
        let mut cover = Cover::default();
        hives.tell(&mut cover);
        let kinds = crate::kinds::Kinds::new([], Vec::new(), []);
        let told: Vec<_> = cover.finish(&kinds).0.into_iter().flat_map(|coverage| coverage.unreadable).collect();
        assert_eq!(told, [Unreadable::new("C/config/SYSTEM.LOG2", Gap::HiveMissing)]);
    }
}
