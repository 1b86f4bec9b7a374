//! The score in tables for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::report::Severity;
use super::{Score, TraceScore};
use crate::truth::Weight;

/// Whether what was missed and wrongly raised is told one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Numbers alone.
    Numbers,
    /// Each miss and each false alarm.
    Each,
}

/// Hits of so many.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    hits: usize,
    all: usize,
}

impl Share {
    fn of(items: impl Iterator<Item = bool>) -> Self {
        items.fold(Self::default(), |share, hit| Self { hits: share.hits + usize::from(hit), all: share.all + 1 })
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.all == 0 { out.pad("-") } else { out.pad(&format!("{}/{}", self.hits, self.all)) }
    }
}

fn share(traces: &[&TraceScore], weight: Weight, least: Severity) -> Share {
    let hits = traces.iter().filter(|trace| trace.weight == weight);
    Share::of(hits.map(|trace| trace.named.is_some_and(|severity| severity >= least)))
}

/// Acts with a trace that must be named; one such trace, or any other of the act, is enough.
fn acts(score: &Score) -> Share {
    let must: BTreeSet<&str> =
        score.traces.iter().filter(|trace| trace.weight == Weight::Must).map(|trace| trace.act.as_str()).collect();
    let alarmed: BTreeSet<&str> = score
        .traces
        .iter()
        .filter(|trace| trace.named.is_some_and(|severity| severity >= Severity::Medium))
        .map(|trace| trace.act.as_str())
        .collect();
    Share::of(must.iter().map(|act| alarmed.contains(act)))
}

/// All tables.
pub fn print(scores: &[Score], detail: Detail) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    servers(&mut out, scores)?;
    techniques(&mut out, scores)?;
    people(&mut out, scores, detail)?;
    if detail == Detail::Each {
        each(&mut out, scores)?;
    }
    Ok(out)
}

fn servers(out: &mut String, scores: &[Score]) -> std::fmt::Result {
    writeln!(
        out,
        "{:<19} {:<13} {:<13}     {:>8} {:>8} {:>8} {:>10} {:>6} {:>6} {:>8}",
        "scenario", "expected", "given", "acts", "must", "alarmed", "supporting", "false", "times", "seconds"
    )?;
    for score in scores {
        let traces: Vec<&TraceScore> = score.traces.iter().collect();
        let right = if score.expected == score.given { "ok" } else { "NO" };
        let false_alarms: u64 = score.false_alarms.iter().map(|alarm| alarm.count).sum();
        writeln!(
            out,
            "{:<19} {:<13} {:<13} {right:<3} {:>8} {:>8} {:>8} {:>10} {false_alarms:>6} {:>6} {:>8.2}",
            score.scenario,
            score.expected,
            score.given,
            acts(score),
            share(&traces, Weight::Must, Severity::Informational),
            share(&traces, Weight::Must, Severity::Medium),
            share(&traces, Weight::Supporting, Severity::Informational),
            score.time_errors.len(),
            score.seconds,
        )?;
    }
    let all: Vec<&TraceScore> = scores.iter().flat_map(|score| &score.traces).collect();
    let verdicts = Share::of(scores.iter().map(|score| score.expected == score.given));
    let acts = scores
        .iter()
        .map(acts)
        .fold(Share::default(), |sum, one| Share { hits: sum.hits + one.hits, all: sum.all + one.all });
    let bytes: u64 = scores.iter().map(|score| score.bytes).sum();
    let false_alarms: u64 = scores.iter().flat_map(|score| &score.false_alarms).map(|alarm| alarm.count).sum();
    let gigabytes = bytes as f64 / 1e9;
    writeln!(
        out,
        "verdicts {verdicts}; acts that must be named {acts}; must {} ({} at medium or above); supporting {}; \
         false alarms {false_alarms} on {gigabytes:.2} GB ({:.1} a GB)\n",
        share(&all, Weight::Must, Severity::Informational),
        share(&all, Weight::Must, Severity::Medium),
        share(&all, Weight::Supporting, Severity::Informational),
        false_alarms as f64 / gigabytes.max(1e-9),
    )
}

fn techniques(out: &mut String, scores: &[Score]) -> std::fmt::Result {
    let mut by: BTreeMap<&str, Vec<&TraceScore>> = BTreeMap::new();
    for trace in scores.iter().flat_map(|score| &score.traces) {
        by.entry(&trace.technique).or_default().push(trace);
    }
    writeln!(out, "{:<20} {:>8} {:>8} {:>10}", "technique", "must", "alarmed", "supporting")?;
    for (technique, traces) in &by {
        writeln!(
            out,
            "{technique:<20} {:>8} {:>8} {:>10}",
            share(traces, Weight::Must, Severity::Informational),
            share(traces, Weight::Must, Severity::Medium),
            share(traces, Weight::Supporting, Severity::Informational),
        )?;
    }
    writeln!(out)
}

fn people(out: &mut String, scores: &[Score], detail: Detail) -> std::fmt::Result {
    let all: Vec<_> = scores.iter().flat_map(|score| score.actors.iter().map(move |actor| (score, actor))).collect();
    let found = Share::of(all.iter().map(|(_, actor)| !actor.shown_as.is_empty()));
    let whole = Share::of(all.iter().map(|(_, actor)| actor.missing.is_empty()));
    let split = all.iter().filter(|(_, actor)| actor.shown_as.len() > 1).count();
    let merged = all.iter().filter(|(_, actor)| !actor.merged_with.is_empty()).count();
    writeln!(out, "actors found {found}, with all addresses {whole}, split {split}, merged {merged}")?;
    if detail == Detail::Numbers {
        return Ok(());
    }
    for (score, actor) in all {
        let off = |seconds: Option<i64>| seconds.map_or("?".to_owned(), |seconds| format!("{seconds:+} s"));
        writeln!(
            out,
            "  {:<19} {:<12} as {:<22} merged with [{}] missing [{}] first {} last {}",
            score.scenario,
            actor.id,
            actor.shown_as.join(","),
            actor.merged_with.join(","),
            actor.missing.join(","),
            off(actor.first_off),
            off(actor.last_off),
        )?;
    }
    Ok(())
}

fn each(out: &mut String, scores: &[Score]) -> std::fmt::Result {
    for (title, weight) in [("missed, must", Weight::Must), ("missed, supporting", Weight::Supporting)] {
        writeln!(out, "\n{title}:")?;
        for score in scores {
            for trace in score.traces.iter().filter(|trace| trace.weight == weight && trace.named.is_none()) {
                writeln!(
                    out,
                    "  {:<19} {} {:<18} {}  ({})",
                    score.scenario, trace.id, trace.technique, trace.place, trace.about
                )?;
            }
        }
    }
    writeln!(out, "\nmust, named below medium only:")?;
    for score in scores {
        let weak = |trace: &&TraceScore| {
            trace.weight == Weight::Must && trace.named.is_some_and(|severity| severity < Severity::Medium)
        };
        for trace in score.traces.iter().filter(weak) {
            let rule = trace.by.as_deref().unwrap_or_default();
            writeln!(
                out,
                "  {:<19} {} {:<18} {}  (by {rule})",
                score.scenario, trace.id, trace.technique, trace.place
            )?;
        }
    }
    writeln!(out, "\nfalse alarms:")?;
    for score in scores {
        for alarm in &score.false_alarms {
            writeln!(
                out,
                "  {:<19} {:>4} x {:?} {}  {}",
                score.scenario, alarm.count, alarm.severity, alarm.rule, alarm.place
            )?;
        }
    }
    writeln!(out, "\ntime errors:")?;
    for score in scores {
        for error in &score.time_errors {
            writeln!(out, "  {:<19} {error}", score.scenario)?;
        }
    }
    Ok(())
}
