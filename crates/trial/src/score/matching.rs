//! What names what: findings and totals against traces, actors against actors.

use std::collections::BTreeMap;

use super::report::{Finding, Place, Report, Severity, Total};
use super::{ActorScore, FalseAlarm, TraceScore};
use crate::moment::{Moment, SECOND};
use crate::truth::{Actor, ActorKind, Trace, Truth};

/// A report held against a truth.
pub struct Matched<'a> {
    truth: &'a Truth,
    report: &'a Report,
    by_file: BTreeMap<&'a str, Vec<&'a Trace>>,
}

/// Whether a place in this file must be told by line or record: many things stand in one file.
fn is_by_row(path: &str) -> bool {
    let lower = path.to_lowercase();
    [".log", ".evtx", "_history.txt", "/hosts", "applicationhost.config"].iter().any(|end| lower.ends_with(end))
}

/// Whether a finding that points at `place` points at `trace`.
fn points(finding: &Finding, place: &Place, trace: &Trace) -> bool {
    if place.path != trace.file {
        return false;
    }
    if !trace.holds.is_empty() {
        let fields: Vec<String> = finding.fields.values().map(|value| value.to_lowercase()).collect();
        return trace.holds.iter().any(|text| fields.iter().any(|field| field.contains(&text.to_lowercase())));
    }
    if !is_by_row(&place.path) {
        return true;
    }
    match (place.line, place.record) {
        (None, None) => false,
        // Lines of a history or of a configuration are told as records by the report format.
        (line, record) => {
            let told = |number: Option<u64>, list: &[u64]| number.is_some_and(|number| list.contains(&number));
            told(line, &trace.lines) || told(record, &trace.records) || told(record, &trace.lines)
        }
    }
}

/// Whether a total that lists only some of its rows covers the trace's time.
fn covers(total: &Total, trace: &Trace) -> bool {
    let span = |from: &Option<String>, to: &Option<String>| {
        Some((Moment::parse(from.as_deref()?)?, Moment::parse(to.as_deref()?)?))
    };
    let (Some((first, last)), Some((from, to))) = (span(&total.first, &total.last), span(&trace.time, &trace.until))
    else {
        return false;
    };
    total.path == trace.file && total.count > total.shown && from <= last.plus(SECOND) && to >= first.plus(-SECOND)
}

impl<'a> Matched<'a> {
    /// Indexes both.
    pub fn new(truth: &'a Truth, report: &'a Report) -> Self {
        let mut by_file: BTreeMap<&str, Vec<&Trace>> = BTreeMap::new();
        for trace in &truth.traces {
            by_file.entry(&trace.file).or_default().push(trace);
        }
        Self { truth, report, by_file }
    }

    fn traces_at(&self, finding: &'a Finding, place: &'a Place) -> impl Iterator<Item = &'a Trace> {
        let traces = self.by_file.get(place.path.as_str()).cloned().unwrap_or_default();
        traces.into_iter().filter(move |trace| points(finding, place, trace))
    }

    fn places(finding: &Finding) -> impl Iterator<Item = &Place> {
        std::iter::once(&finding.evidence).chain(&finding.joined)
    }

    /// Every trace and the gravest that named it.
    pub fn traces(&self) -> Vec<TraceScore> {
        let mut named: BTreeMap<&str, (Severity, &str)> = BTreeMap::new();
        for finding in &self.report.findings {
            for place in Self::places(finding) {
                for trace in self.traces_at(finding, place) {
                    let entry = named.entry(&trace.id).or_insert((finding.severity, &finding.rule.name));
                    *entry = (*entry).max((finding.severity, &finding.rule.name));
                }
            }
        }
        let severities: BTreeMap<&str, Severity> =
            self.report.findings.iter().map(|finding| (finding.rule.name.as_str(), finding.severity)).collect();
        for total in &self.report.totals {
            let severity = severities.get(total.rule.as_str()).copied().unwrap_or(Severity::Informational);
            for trace in self.by_file.get(total.path.as_str()).into_iter().flatten() {
                if covers(total, trace) {
                    named.entry(&trace.id).or_insert((severity, &total.rule));
                }
            }
        }
        let score = |trace: &Trace| {
            let hit = named.get(trace.id.as_str());
            TraceScore {
                id: trace.id.clone(),
                act: trace.act.clone(),
                technique: trace.technique.clone(),
                weight: trace.weight,
                place: place_of(trace),
                about: trace.about.clone(),
                named: hit.map(|(severity, _)| *severity),
                by: hit.map(|(_, rule)| (*rule).to_owned()),
            }
        };
        self.truth.traces.iter().map(score).collect()
    }

    /// Alarms that point to no trace, those of one rule in one file together.
    pub fn false_alarms(&self) -> Vec<FalseAlarm> {
        let mut alarms: BTreeMap<(&str, &str), FalseAlarm> = BTreeMap::new();
        for finding in self.report.findings.iter().filter(|finding| finding.severity >= Severity::Medium) {
            if Self::places(finding).any(|place| self.traces_at(finding, place).next().is_some()) {
                continue;
            }
            let place = &finding.evidence;
            let key = (finding.rule.name.as_str(), place.path.as_str());
            let number = place.line.or(place.record).map(|number| format!(":{number}")).unwrap_or_default();
            let alarm = alarms.entry(key).or_insert_with(|| FalseAlarm {
                rule: finding.rule.name.clone(),
                severity: finding.severity,
                place: format!("{}{number}", place.path),
                count: 0,
            });
            alarm.count += 1;
        }
        alarms.into_values().collect()
    }

    /// Findings that tell another time than the row that they point to.
    pub fn time_errors(&self) -> Vec<String> {
        let mut errors = Vec::new();
        for finding in &self.report.findings {
            let Some(time) = finding.time.as_deref().and_then(Moment::parse) else { continue };
            for trace in self.traces_at(finding, &finding.evidence).filter(|trace| is_by_row(&trace.file)) {
                // Lines of a history or of a configuration have no time of their own.
                if ["_history.txt", "hosts", ".config"].iter().any(|end| trace.file.ends_with(end)) {
                    continue;
                }
                let moment = |text: &Option<String>| text.as_deref().and_then(Moment::parse);
                let (Some(first), Some(last)) = (moment(&trace.time), moment(&trace.until)) else { continue };
                if time < first.plus(-SECOND) || time > last.plus(SECOND) {
                    let rule = &finding.rule.name;
                    errors.push(format!("{rule} tells {} at {}, truth {}", time.iso(), place_of(trace), first.iso()));
                }
            }
        }
        errors.sort();
        errors.dedup();
        errors
    }
}

fn place_of(trace: &Trace) -> String {
    let number = trace.lines.first().or(trace.records.first()).map(|number| format!(":{number}"));
    format!("{}{}", trace.file, number.unwrap_or_default())
}

/// Every actor that went in or tried, and whose address still stands in a row.
pub fn actors(truth: &Truth, report: &Report) -> Vec<ActorScore> {
    let shares = |actor: &Actor, addresses: &[String]| actor.addresses.iter().any(|own| addresses.contains(own));
    let counted: Vec<&Actor> =
        truth.actors.iter().filter(|actor| actor.kind != ActorKind::Scanner && !actor.addresses.is_empty()).collect();
    let mut scores = Vec::new();
    for actor in &counted {
        let shown: Vec<_> = report.actors.iter().filter(|shown| shares(actor, &shown.addresses)).collect();
        // Those who only tried may stand together: one group of probers is no confusion.
        let is_one = |shown: &super::report::Shown, other: &Actor| {
            let only_tried = [actor.kind, other.kind].iter().all(|kind| *kind == ActorKind::Prober);
            shares(other, &shown.addresses) && !(only_tried && shown.kind.as_deref() == Some("probers"))
        };
        let merged_with = counted
            .iter()
            .filter(|other| other.id != actor.id && shown.iter().any(|shown| is_one(shown, other)))
            .map(|other| other.id.clone());
        let missing = actor.addresses.iter().filter(|own| !shown.iter().any(|shown| shown.addresses.contains(own)));
        let off = |told: Option<Moment>, truth: &Option<String>| {
            let truth = truth.as_deref().and_then(Moment::parse)?;
            Some((told?.0 - truth.0) / SECOND)
        };
        let moments = |of: fn(&super::report::Shown) -> &Option<String>| {
            shown.iter().filter_map(move |shown| Moment::parse(of(shown).as_deref()?)).collect::<Vec<_>>()
        };
        scores.push(ActorScore {
            id: actor.id.clone(),
            kind: actor.kind,
            merged_with: merged_with.collect(),
            missing: missing.cloned().collect(),
            first_off: off(moments(|shown| &shown.first).into_iter().min(), &actor.first),
            last_off: off(moments(|shown| &shown.last).into_iter().max(), &actor.last),
            shown_as: shown.iter().map(|shown| shown.id.clone()).collect(),
        });
    }
    scores
}
