//! Which logs are about to be deleted on the server they come from: the first thing to do is to copy them.

use std::collections::BTreeMap;

use hikeshi_core::coverage::Coverage;
use hikeshi_core::finding::Finding;
use hikeshi_core::report::Expiring;
use hikeshi_core::time::Timestamp;

use crate::kinds::Kinds;

const DAY_SECONDS: i64 = 86_400;
/// What an event log holds of a shorter time says nothing about its pace.
const SHORTEST_SECONDS: i64 = DAY_SECONDS;

/// What is to be deleted, the earliest first. Time is counted from the newest record of the evidence: the clock of the
/// machine that reads a copy says nothing about the server.
///
/// A log whose oldest row should be gone by then is kept longer than its pack says, so nothing can be said about it. An event
/// log that is full overwrites its oldest records: at the pace so far, each is kept for the time that the log holds. This
/// is said only where the log tells of the attack, since every server has full logs.
pub(crate) fn expiring(
    coverage: &[Coverage],
    kinds: &Kinds,
    findings: &[Finding],
    kinds_of_files: &BTreeMap<String, String>,
) -> Vec<Expiring> {
    let Some(as_of) = coverage.iter().filter_map(|coverage| coverage.last).max() else { return Vec::new() };
    let of_kind = |coverage: &Coverage| {
        let in_kind = |finding: &&Finding| kinds_of_files.get(&finding.evidence.path) == Some(&coverage.kind);
        let telling = findings.iter().filter(|finding| finding.weight().is_some()).filter(in_kind);
        let telling = telling.filter_map(|finding| finding.time).min();
        let oldest = coverage.first?;
        let held = coverage.last?.seconds_since(oldest);
        let is_full = coverage.older_gone > 0 && held >= SHORTEST_SECONDS;
        let kept = match kinds.get(&coverage.kind).and_then(|kind| kind.retention.days) {
            Some(days) => i64::from(days) * DAY_SECONDS,
            None if is_full && telling.is_some() => held,
            None => return None,
        };
        let deleted = |row: Timestamp| row.plus_seconds(kept);
        // Logs are deleted once a day or so.
        if as_of.seconds_since(deleted(oldest)) > DAY_SECONDS {
            return None;
        }
        Some(Expiring {
            kind: coverage.kind.clone(),
            title: coverage.title.clone(),
            keeps_days: u32::try_from(kept / DAY_SECONDS).unwrap_or(u32::MAX),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hikeshi_core::finding::{EvidenceRef, RuleRef, Severity, Stage};
    use hikeshi_core::text::Text;

    use super::*;
    use crate::program::RuleFacts;

    fn day(number: i64) -> Timestamp {
        Timestamp::from_micros(number * DAY_SECONDS * 1_000_000)
    }

    fn event_log(first: i64, older_gone: u64) -> Coverage {
        let kind = "event-log:Security".to_owned();
        let (first, last) = (Some(day(first)), Some(day(20)));
        Coverage {
            kind,
            title: Text::default(),
            path: ".".to_owned(),
            files: 1,
            bytes: 1,
            first,
            last,
            older_gone,
            gaps: Vec::new(),
            unreadable: Vec::new(),
            unreadable_more: 0,
            renamed: Vec::new(),
            renamed_more: 0,
        }
    }

    fn finding(time: i64) -> Finding {
        let evidence = EvidenceRef { path: "s.evtx".into(), line: None, record: Some(9), offset: 0, sha256: None };
        let text = String::new;
        let reference =
            RuleRef { id: text(), name: text(), title: text(), source: text(), author: None, licence: None };
        let facts = RuleFacts {
            reference: Arc::new(reference),
            severity: Severity::High,
            stage: Stage::Action,
            judged: true,
            cve: Arc::default(),
            attack: Arc::default(),
            explanation: Arc::default(),
        };
        facts.finding(evidence, Some(day(time)), None)
    }

    fn told(coverage: Coverage, kinds: &Kinds, findings: &[Finding]) -> Vec<Expiring> {
        let kinds_of_files = BTreeMap::from([("s.evtx".to_owned(), coverage.kind.clone())]);
        expiring(&[coverage], kinds, findings, &kinds_of_files)
    }

    fn judged(coverage: Coverage, findings: &[Finding]) -> Option<(i64, u32)> {
        let expiring = told(coverage, &Kinds::default(), findings);
        let first = expiring.first()?;
        Some((first.telling_deleted?.seconds_since(day(0)) / DAY_SECONDS, first.keeps_days))
    }

    #[test]
    fn a_full_event_log_that_tells_of_the_attack_loses_it_at_the_pace_so_far() {
        assert_eq!(judged(event_log(10, 4_000), &[finding(12)]), Some((22, 10)));
        assert_eq!(judged(event_log(10, 0), &[finding(12)]), None, "it is not full");
        assert_eq!(judged(event_log(10, 4_000), &[]), None, "it tells nothing");
    }

    #[test]
    fn an_event_log_that_is_kept_for_some_days_expires_also_where_it_tells_nothing() {
        let channel =
            "{id: 'event-log:Security', title: {en: s, ja: s}, channels: [x], service: x, retention: {days: 30}}";
        let channel = yaml_serde::from_str::<hikeshi_core::channel::Channel>(channel).unwrap();
        let told = told(event_log(10, 4_000), &Kinds::new([], [&channel], []), &[]);
        assert_eq!(told.iter().map(|one| one.keeps_days).collect::<Vec<_>>(), [30]);
    }
}
