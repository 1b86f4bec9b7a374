//! Sigma correlations: what several rules found, put in order of time across files, and only then joined.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::finding::{EvidenceRef, Finding, Reading};
use hikeshi_core::report::RuleSkipped;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_pack::rules::{Detection, Rule};
use rsigma_eval::{CorrelationAction, CorrelationConfig, CorrelationEngine, Event, JsonEvent};
use rsigma_parser::{CorrelationRule, SigmaRule};
use serde_json::{Map, Value};

use crate::collect::{Collected, Hits};
use crate::program::{RuleFacts, places_by_name};

/// A correlated finding names so many of the places it joins.
const MOST_JOINED: usize = 20;
/// A value by which records are grouped is cut to so many bytes.
const VALUE_CAP: usize = 256;

/// What correlations want of records.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// For each rule that a correlation refers to, the fields that it groups by.
    wanted: BTreeMap<usize, BTreeSet<String>>,
    /// The correlations themselves.
    correlations: Vec<usize>,
}

/// Where and when something happened that a correlation may join, and who did it.
#[derive(Debug, Clone)]
pub(crate) struct Joined {
    pub(crate) evidence: EvidenceRef,
    pub(crate) time: Option<Timestamp>,
    pub(crate) address: Option<String>,
}

/// One record that a correlation may join.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Watched {
    time: Timestamp,
    evidence: EvidenceRef,
    rule: usize,
    values: Vec<(String, String)>,
    address: Option<String>,
}

#[cfg(test)]
impl Watched {
    /// A record of which nothing but its place counts.
    pub(crate) const fn at(time: Timestamp, evidence: EvidenceRef) -> Self {
        Self { time, evidence, rule: 0, values: Vec::new(), address: None }
    }
}

impl Watch {
    /// Works out which rules' records are to be kept.
    pub(crate) fn new(rules: &[Rule], skipped: &mut Vec<RuleSkipped>) -> Self {
        let names = places_by_name(rules);
        let mut watch = Self::default();
        for (place, rule) in rules.iter().enumerate() {
            let Detection::Correlation(correlation) = &rule.detection else { continue };
            let referred: Vec<_> = correlation.rules.iter().map(|name| names.get(name).copied()).collect();
            if referred.iter().any(Option::is_none) {
                let correlates = |name: &String| {
                    rules.iter().any(|rule| {
                        matches!(&rule.detection, Detection::Correlation(other)
                        if other.name.as_ref() == Some(name) || other.id.as_ref() == Some(name))
                    })
                };
                let reason = if correlation.rules.iter().any(correlates) {
                    Text::new(
                        "it refers to another correlation, which this version does not join",
                        "別の相関ルールを参照していますが、この版では相関同士を組み合わせられません",
                    )
                } else {
                    Text::new("it refers to a rule that is not loaded", "読み込まれていないルールを参照しています")
                };
                skipped.push(RuleSkipped { path: rule.path.clone(), reason });
                continue;
            }
            watch.correlations.push(place);
            for base in referred.into_iter().flatten() {
                watch.wanted.entry(base).or_default().extend(fields(correlation));
            }
        }
        watch
    }

    /// How many correlations there are.
    pub(crate) fn correlations(&self) -> usize {
        self.correlations.len()
    }

    /// Keeps what correlations need of a record for which `rule` held.
    pub(crate) fn take(&self, rule: usize, event: &dyn Event, joined: Joined) -> Option<Watched> {
        let fields = self.wanted.get(&rule)?;
        let value = |name: &String| {
            let value = event.get_field(name)?;
            let value = match &value {
                rsigma_eval::EventValue::Array(views) => views.first()?.as_str()?.into_owned(),
                value => value.as_str()?.into_owned(),
            };
            Some((name.clone(), cap(value)))
        };
        Some(Watched {
            time: joined.time?,
            evidence: joined.evidence,
            rule,
            values: fields.iter().filter_map(value).collect(),
            address: joined.address.map(cap),
        })
    }
}

/// The fields that a correlation groups by or counts, in the words of the rules it refers to.
fn fields(correlation: &CorrelationRule) -> impl Iterator<Item = String> {
    let counted = match &correlation.condition {
        rsigma_parser::CorrelationCondition::Threshold { field, .. } => field.clone().unwrap_or_default(),
        rsigma_parser::CorrelationCondition::Extended(_) => Vec::new(),
    };
    let aliases = correlation.aliases.iter().flat_map(|alias| alias.mapping.values().cloned());
    correlation.group_by.iter().cloned().chain(counted).chain(aliases).collect::<Vec<_>>().into_iter()
}

fn cap(mut value: String) -> String {
    if let Some(at) = (0..=VALUE_CAP).rev().find(|at| value.is_char_boundary(*at)).filter(|_| value.len() > VALUE_CAP) {
        value.truncate(at);
    }
    value
}

/// Joins the kept records and adds what the correlations found.
pub(crate) fn correlate(
    mut watched: Vec<Watched>,
    watch: &Watch,
    rules: &[Rule],
    facts: &[RuleFacts],
    collected: &mut Collected,
    skipped: &mut Vec<RuleSkipped>,
) {
    watched.sort();
    for place in &watch.correlations {
        if let (Some(rule), Some(facts)) = (rules.get(*place), facts.get(*place))
            && let Err(reason) = correlate_one(*place, rule, facts, rules, &watched, collected)
        {
            skipped.push(RuleSkipped::refused(&rule.path, &reason));
        }
    }
}

fn correlate_one(
    place: usize,
    rule: &Rule,
    facts: &RuleFacts,
    rules: &[Rule],
    watched: &[Watched],
    collected: &mut Collected,
) -> Result<(), String> {
    let Detection::Correlation(correlation) = &rule.detection else { return Ok(()) };
    let names = places_by_name(rules);
    let bases: BTreeSet<usize> = correlation.rules.iter().filter_map(|name| names.get(name).copied()).collect();
    let mut engine = engine(correlation, &bases, rules)?;
    let mut hits: BTreeMap<String, Hits> = BTreeMap::new();
    let members: Vec<&Watched> = watched.iter().filter(|record| bases.contains(&record.rule)).collect();
    for (at, record) in members.iter().enumerate() {
        let values: Map<String, Value> = record
            .values
            .iter()
            .map(|(name, value)| (name.clone(), Value::String(value.clone())))
            .chain([(MARK.to_owned(), Value::String(record.rule.to_string()))])
            .collect();
        let values = Value::Object(values);
        let event = JsonEvent::borrow(&values);
        let result = engine.process_event_at(&event, record.time.seconds());
        if !result.iter().any(rsigma_eval::EvaluationResult::is_correlation) {
            continue;
        }
        let span = i64::try_from(correlation.timespan.seconds).unwrap_or(i64::MAX);
        let joined = members
            .get(..=at)
            .unwrap_or_default()
            .iter()
            .rev()
            .take_while(|other| record.time.seconds_since(other.time) <= span);
        let joined: Vec<_> = joined.filter(|other| same_group(correlation, record, other)).take(MOST_JOINED).collect();
        let of_file = hits.entry(record.evidence.path.clone()).or_default();
        if of_file.count(Some(record.time), Reading::Exact) {
            of_file.listed.push(finding(record, &joined, facts));
        }
    }
    for (path, hits) in hits {
        collected.add(place, &rule.reference.name, &path, hits);
    }
    Ok(())
}

/// The field that carries, in a kept record, the place of the rule that held for it.
const MARK: &str = "hikeshi-rule";

/// A correlation engine in which each base rule is "the record carries my mark": the rule itself has held already.
fn engine(correlation: &CorrelationRule, bases: &BTreeSet<usize>, rules: &[Rule]) -> Result<CorrelationEngine, String> {
    let config = CorrelationConfig {
        action_on_match: CorrelationAction::Reset,
        max_group_entries: Some(10_000),
        ..CorrelationConfig::default()
    };
    let mut engine = CorrelationEngine::new(config);
    for base in bases {
        let Some(Detection::Rule(sigma)) = rules.get(*base).map(|rule| &rule.detection) else { continue };
        let yaml = format!(
            "title: mark\nlogsource: {{category: mark}}\ndetection: {{s: {{{MARK}: '{base}'}}, condition: s}}\n"
        );
        let marked = rsigma_parser::parse_sigma_yaml(&yaml).map_err(|error| error.to_string())?;
        let Some(marked) = marked.rules.into_iter().next() else { continue };
        let marked = SigmaRule { title: sigma.title.clone(), id: sigma.id.clone(), name: sigma.name.clone(), ..marked };
        engine.add_rule(&marked).map_err(|error| error.to_string())?;
    }
    engine.add_correlation(correlation).map_err(|error| error.to_string())?;
    Ok(engine)
}

fn same_group(correlation: &CorrelationRule, a: &Watched, b: &Watched) -> bool {
    let value = |record: &Watched, name: &String| {
        record.values.iter().find(|(have, _)| have == name).map(|(_, value)| value.clone())
    };
    correlation.group_by.iter().all(|name| match (value(a, name), value(b, name)) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(&b),
        // A name that is an alias stands for different fields; then time alone joins.
        _ => true,
    })
}

fn finding(record: &Watched, joined: &[&&Watched], facts: &RuleFacts) -> Finding {
    let addresses: BTreeSet<String> = joined.iter().filter_map(|other| other.address.clone()).collect();
    let mut others: Vec<EvidenceRef> = joined.iter().map(|other| other.evidence.clone()).collect();
    others.retain(|other| *other != record.evidence);
    others.reverse();
    Finding {
        joined: others,
        fields: record.values.iter().cloned().collect(),
        addresses: addresses.into_iter().collect(),
        ..facts.finding(record.evidence.clone(), Some(record.time), None)
    }
}
