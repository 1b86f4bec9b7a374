//! Which logs are about to be deleted on the server they come from: the first thing to do is to copy them.

use std::collections::BTreeMap;

use hikeshi_core::coverage::Coverage;
use hikeshi_core::finding::Finding;
use hikeshi_core::report::Expiring;
use hikeshi_core::time::Timestamp;

use crate::kinds::Kinds;

const DAY_SECONDS: i64 = 86_400;

/// What is to be deleted, the earliest first. Time is counted from the newest record of the evidence: the clock of the
/// machine that reads a copy says nothing about the server.
///
/// A log whose oldest row should be gone by then is kept longer than its pack says, so nothing can be said about it.
pub(crate) fn expiring(
    coverage: &[Coverage],
    kinds: &Kinds,
    findings: &[Finding],
    kinds_of_files: &BTreeMap<String, String>,
) -> Vec<Expiring> {
    let Some(as_of) = coverage.iter().filter_map(|coverage| coverage.last).max() else { return Vec::new() };
    let of_kind = |coverage: &Coverage| {
        let days = kinds.get(&coverage.kind)?.retention.days?;
        let deleted = |row: Timestamp| row.plus_seconds(i64::from(days) * DAY_SECONDS);
        let oldest = coverage.first?;
        // Logs are deleted once a day or so.
        if as_of.seconds_since(deleted(oldest)) > DAY_SECONDS {
            return None;
        }
        let in_kind = |finding: &&Finding| kinds_of_files.get(&finding.evidence.path) == Some(&coverage.kind);
        let telling = findings.iter().filter(|finding| finding.weight().is_some()).filter(in_kind);
        let telling = telling.filter_map(|finding| finding.time).min();
        Some(Expiring {
            kind: coverage.kind.clone(),
            title: coverage.title.clone(),
            keeps_days: days,
            as_of,
            oldest,
            oldest_deleted: deleted(oldest),
            telling,
            telling_deleted: telling.map(deleted),
        })
    };
    let mut expiring: Vec<Expiring> = coverage.iter().filter_map(of_kind).collect();
    expiring.sort_by(|a, b| {
        let key = |one: &Expiring| (one.telling_deleted.unwrap_or(one.oldest_deleted), one.kind.clone());
        key(a).cmp(&key(b))
    });
    expiring
}
