//! Keeps findings within bounds: beyond a number per rule they are counted, with first and last, and not listed.
//!
//! What is kept does not depend on the order in which threads finish.

use std::collections::BTreeMap;

use hikeshi_core::finding::{EvidenceRef, Finding, Reading, Stage, Total, weight};
use hikeshi_core::time::Timestamp;

use crate::check::Progress;
use crate::program::RuleFacts;

/// Findings listed per rule and file.
pub(crate) const PER_FILE: usize = 40;
/// Findings listed per rule.
const PER_RULE: usize = 200;
/// Files counted one by one per rule; the others are counted together under [`OTHERS`].
const FILES_PER_RULE: usize = 500;
/// Stands for the files that are not counted one by one.
const OTHERS: &str = "*";

/// What one rule found in one file.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    pub(crate) count: u64,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) listed: Vec<Finding>,
    /// How many of the records fitted their header, so that the rule's full stage counts.
    pub(crate) exact: u64,
    /// Client addresses, with first and last activity.
    pub(crate) addresses: BTreeMap<String, Activity>,
}

/// When something was active.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Activity {
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
}

impl Activity {
    /// Takes in another stretch of activity.
    pub(crate) fn join(&mut self, other: Self) {
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
    }
}

/// Addresses kept per rule and file, and per rule.
const ADDRESSES: usize = 2_000;

impl Hits {
    /// Counts one hit; tells whether it is to be listed too.
    pub(crate) fn count(&mut self, time: Option<Timestamp>, reading: Reading) -> bool {
        self.count += 1;
        self.exact += u64::from(reading == Reading::Exact);
        if let Some(time) = time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
        self.listed.len() < PER_FILE
    }

    /// Lists a finding; the first of a file is told at once.
    pub(crate) fn list(&mut self, finding: Finding, progress: &dyn Progress) {
        if self.listed.is_empty() {
            progress.found(&finding);
        }
        self.listed.push(finding);
    }

    /// Notes the client address of a hit.
    pub(crate) fn seen_from(&mut self, address: &str, time: Option<Timestamp>) {
        let activity = Activity { first: time, last: time };
        if let Some(known) = self.addresses.get_mut(address) {
            known.join(activity);
        } else {
            keep_address(&mut self.addresses, address.to_owned(), activity);
        }
    }
}

/// Keeps the first addresses in order of spelling, so that what is kept does not depend on the order of arrival.
fn keep_address(addresses: &mut BTreeMap<String, Activity>, address: String, activity: Activity) {
    addresses.entry(address).or_default().join(activity);
    if addresses.len() > ADDRESSES {
        addresses.pop_last();
    }
}

/// What one rule found in all files.
#[derive(Debug)]
pub(crate) struct RuleTotal {
    /// Place in the rule book.
    pub(crate) rule: usize,
    pub(crate) count: u64,
    pub(crate) exact: u64,
    pub(crate) active: Activity,
    pub(crate) addresses: BTreeMap<String, Activity>,
}

impl RuleTotal {
    /// The stage that counts for the verdict; `None` for context. `rules` are all of the run, by place.
    pub(crate) fn weight(&self, rules: &[RuleFacts]) -> Option<Stage> {
        let rule = rules.get(self.rule)?;
        let reading = if self.exact > 0 { Reading::Exact } else { Reading::Uncertain };
        weight(rule.severity, rule.stage, reading)
    }
}

/// All that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) findings: Vec<Finding>,
    pub(crate) totals: Vec<Total>,
    pub(crate) rules: Vec<RuleTotal>,
}

impl Found {
    /// Takes in what other rules found.
    pub(crate) fn join(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.totals.extend(other.totals);
        self.rules.extend(other.rules);
        self.sort();
    }

    fn sort(&mut self) {
        self.findings.sort_by(|a, b| (key(a), &a.rule.name).cmp(&(key(b), &b.rule.name)));
        self.totals.sort_by(|a, b| (&a.rule, &a.path).cmp(&(&b.rule, &b.path)));
    }
}

/// What all rules found in all files.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    by_rule: BTreeMap<usize, OfRule>,
}

#[derive(Debug, Default)]
struct OfRule {
    count: u64,
    exact: u64,
    active: Activity,
    addresses: BTreeMap<String, Activity>,
    findings: BTreeMap<Key, Finding>,
    totals: BTreeMap<String, Total>,
}

/// The order of findings: time, path, place in the file.
type Key = (Option<Timestamp>, EvidenceRef);

fn key(finding: &Finding) -> Key {
    (finding.time, finding.evidence.clone())
}

impl Collected {
    /// Takes in what one rule found in one file.
    pub(crate) fn add(&mut self, rule: usize, name: &str, path: &str, hits: Hits) {
        let of_rule = self.by_rule.entry(rule).or_default();
        of_rule.count += hits.count;
        of_rule.exact += hits.exact;
        of_rule.active.join(Activity { first: hits.first, last: hits.last });
        for (address, activity) in hits.addresses {
            keep_address(&mut of_rule.addresses, address, activity);
        }
        for finding in hits.listed {
            of_rule.findings.insert(key(&finding), finding);
            if of_rule.findings.len() > PER_RULE {
                of_rule.findings.pop_last();
            }
        }
        let total = Total {
            rule: name.to_owned(),
            path: path.to_owned(),
            count: hits.count,
            shown: 0,
            first: hits.first,
            last: hits.last,
        };
        merge(of_rule.totals.entry(path.to_owned()), total);
        if of_rule.totals.len() > FILES_PER_RULE
            && let Some((_, last)) = of_rule.totals.pop_last()
        {
            let others = Total { path: OTHERS.to_owned(), ..last };
            merge(of_rule.totals.entry(OTHERS.to_owned()), others);
        }
    }

    /// Whether something was found in a file.
    pub(crate) fn names(&self, path: &str) -> bool {
        self.by_rule.values().any(|of_rule| of_rule.totals.contains_key(path))
    }

    /// All findings in order, and the totals.
    pub(crate) fn finish(self) -> Found {
        let mut findings = Vec::new();
        let mut totals = Vec::new();
        let mut rules = Vec::new();
        for (rule, mut of_rule) in self.by_rule {
            for finding in of_rule.findings.values() {
                let path = if of_rule.totals.contains_key(&finding.evidence.path) {
                    finding.evidence.path.as_str()
                } else {
                    OTHERS
                };
                if let Some(total) = of_rule.totals.get_mut(path) {
                    total.shown += 1;
                }
            }
            findings.extend(of_rule.findings.into_values());
            totals.extend(of_rule.totals.into_values());
            rules.push(RuleTotal {
                rule,
                count: of_rule.count,
                exact: of_rule.exact,
                active: of_rule.active,
                addresses: of_rule.addresses,
            });
        }
        let mut found = Found { findings, totals, rules };
        found.sort();
        found
    }
}

fn merge(entry: std::collections::btree_map::Entry<'_, String, Total>, new: Total) {
    entry
        .and_modify(|known| {
            known.count += new.count;
            known.first = [known.first, new.first].into_iter().flatten().min();
            known.last = [known.last, new.last].into_iter().flatten().max();
        })
        .or_insert(new);
}
