//! Two reports on the same server: what is new, what is gone, what stayed. Start at [`compare`].
//!
//! A finding is the same by its rule and its place: path, and line, record or offset. What finds no partner there is
//! sought once more by its rule, time and fields, since a log may lie elsewhere and a line may have moved. The order of
//! findings says nothing.

mod faces;

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::comparison::{COMPARISON_SCHEMA, Comparison, RuleChange, Side};
use hikeshi_core::finding::Finding;
use hikeshi_core::report::{Report, Tool};
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;

use crate::facts;

pub use self::faces::{markdown, terminal};

/// What changed from `old` to `new`, each with the name of its file.
#[must_use]
pub fn compare(old: (&str, &Report), new: (&str, &Report), tool: Tool) -> Comparison {
    let (before, after) = (old.1, new.1);
    let (gone, added, same) = unmatched(before, after);
    let all = (gone.len() + added.len()) as u64;
    let gone = sure(gone, after);
    let added = sure(added, before);
    let unsure = all - (gone.len() + added.len()) as u64;
    let kinds = |report: &Report| -> BTreeSet<String> { report.missing.iter().map(|one| one.kind.clone()).collect() };
    let only = |report: &Report, other: &BTreeSet<String>| -> Vec<Text> {
        report.missing.iter().filter(|one| !other.contains(&one.kind)).map(|one| one.title.clone()).collect()
    };
    Comparison {
        schema: COMPARISON_SCHEMA.to_owned(),
        tool,
        old: side(old),
        new: side(new),
        same_rules: before.tool == after.tool
            && before.packs == after.packs
            && before.rules_skipped == after.rules_skipped,
        added,
        gone,
        same,
        unsure,
        rules: rules(before, after),
        missing_added: only(after, &kinds(before)),
        missing_gone: only(before, &kinds(after)),
    }
}

fn side((file, report): (&str, &Report)) -> Side {
    Side {
        file: file.to_owned(),
        machines: facts::machines(report).into_iter().map(str::to_owned).collect(),
        verdict: report.verdict,
        partial: report.partial,
        redacted: report.redacted,
        as_of: facts::as_of(report),
        tool: report.tool.clone(),
        packs: report.packs.clone(),
    }
}

/// Findings of the earlier and of the later report that have no partner, and how many have one.
fn unmatched<'r>(before: &'r Report, after: &'r Report) -> (Vec<&'r Finding>, Vec<&'r Finding>, u64) {
    type Place<'f> = (&'f str, &'f str, Option<u64>, Option<u64>, u64);
    type Content<'f> = (&'f str, Option<Timestamp>, &'f BTreeMap<String, String>);
    let place = |one: &'r Finding| -> Place<'r> {
        let place = &one.evidence;
        // A line says where a row is; its offset changes with the encoding of a copy.
        let offset = if place.line.is_some() || place.record.is_some() { 0 } else { place.offset };
        (&one.rule.name, &place.path, place.line, place.record, offset)
    };
    let content = |one: &'r Finding| -> Content<'r> { (&one.rule.name, one.time, &one.fields) };
    let (gone, added) = pairs(before.findings.iter().collect(), after.findings.iter().collect(), place);
    let (gone, added) = pairs(gone, added, content);
    let same = before.findings.len().saturating_sub(gone.len()) as u64;
    (gone, added, same)
}

/// What is left of both when those with the same key have gone, one for one.
fn pairs<'r, K: Ord>(
    old: Vec<&'r Finding>,
    new: Vec<&'r Finding>,
    key: impl Fn(&'r Finding) -> K,
) -> (Vec<&'r Finding>, Vec<&'r Finding>) {
    let mut open: BTreeMap<K, usize> = BTreeMap::new();
    for finding in &new {
        *open.entry(key(finding)).or_default() += 1;
    }
    let mut taken: BTreeMap<K, usize> = BTreeMap::new();
    let mut gone = Vec::new();
    for finding in old {
        match open.get_mut(&key(finding)).filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                *taken.entry(key(finding)).or_default() += 1;
            }
            None => gone.push(finding),
        }
    }
    let mut added = Vec::new();
    for finding in new {
        match taken.get_mut(&key(finding)).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => added.push(finding),
        }
    }
    (gone, added)
}

/// Those of which the other report lists all records, so that it would list these too.
fn sure(findings: Vec<&Finding>, other: &Report) -> Vec<Finding> {
    let cut: BTreeSet<&str> =
        other.totals.iter().filter(|total| total.count > total.shown).map(|total| total.rule.as_str()).collect();
    findings.into_iter().filter(|finding| !cut.contains(finding.rule.name.as_str())).cloned().collect()
}

fn rules(before: &Report, after: &Report) -> Vec<RuleChange> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for total in &before.totals {
        let (old, _) = counts.entry(&total.rule).or_default();
        *old = old.saturating_add(total.count);
    }
    for total in &after.totals {
        let (_, new) = counts.entry(&total.rule).or_default();
        *new = new.saturating_add(total.count);
    }
    let changed = counts.into_iter().filter(|(_, (old, new))| old != new);
    changed.map(|(rule, (old, new))| RuleChange { rule: rule.to_owned(), old, new }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn between(old: &Report, new: &Report) -> Comparison {
        compare(("old", old), ("new", new), old.tool.clone())
    }

    /// A report whose totals list everything.
    fn report() -> Report {
        let mut report = sample::report();
        report.totals.clear();
        report
    }

    #[test]
    fn the_order_and_a_moved_log_change_nothing() {
        let old = report();
        let mut new = report();
        new.findings.reverse();
        for finding in &mut new.findings {
            finding.evidence.path = format!("copy/{}", finding.evidence.path);
        }
        let compared = between(&old, &new);
        assert_eq!((compared.same, compared.added.len(), compared.gone.len()), (3, 0, 0));
        assert!(compared.same_rules);
    }

    #[test]
    fn what_came_and_what_went_is_told_also_of_equal_rows() {
        let old = report();
        let mut new = report();
        new.findings.remove(2);
        let twin = new.findings[0].clone();
        new.findings.push(twin);
        let compared = between(&old, &new);
        assert_eq!((compared.same, compared.added.len(), compared.gone.len()), (2, 1, 1));
        assert_eq!(compared.gone, [old.findings[2].clone()]);
    }

    #[test]
    fn nothing_is_said_of_a_rule_of_which_more_records_held_than_are_listed() {
        let (old, mut new) = (report(), sample::report());
        let rule = old.findings[0].rule.name.clone();
        new.findings.retain(|finding| finding.rule.name != rule);
        let compared = between(&old, &new);
        assert_eq!((compared.gone.len(), compared.unsure), (0, 2));
        assert_eq!(compared.rules, [RuleChange { rule, old: 0, new: 9 }]);
    }
}
