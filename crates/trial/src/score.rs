//! The score of a build: runs it on every written server and compares its report with the truth.
//!
//! [`report`] is what is read of a report, [`matching`] decides what names what, [`table`] prints.

pub mod matching;
pub mod report;
pub mod table;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::truth::{Truth, Weight};
use matching::Matched;
use report::Report;

/// One server's score.
#[derive(Debug, Serialize)]
pub struct Score {
    /// The truth it was held against, without its traces.
    pub scenario: String,
    /// The set.
    pub set: String,
    /// Verdict that should be, and that was given.
    pub expected: String,
    /// See `expected`.
    pub given: String,
    /// Whether the product has the holes, and what the report says of it.
    pub affected: (bool, String),
    /// Seconds of the run.
    pub seconds: f64,
    /// Size of the evidence.
    pub bytes: u64,
    /// Every trace and what named it.
    pub traces: Vec<TraceScore>,
    /// Findings of medium severity or above that point to no trace.
    pub false_alarms: Vec<FalseAlarm>,
    /// Every actor of the truth and what the report made of it.
    pub actors: Vec<ActorScore>,
    /// Findings whose time differs from the trace that they point to by more than a second.
    pub time_errors: Vec<String>,
}

/// A trace's score.
#[derive(Debug, Serialize)]
pub struct TraceScore {
    /// Its id in the truth.
    pub id: String,
    /// Its act.
    pub act: String,
    /// Its technique.
    pub technique: String,
    /// Its weight.
    pub weight: Weight,
    /// Where and what, for people.
    pub place: String,
    /// See `place`.
    pub about: String,
    /// The heaviest severity that named it; none where nothing did.
    pub named: Option<report::Severity>,
    /// One rule that named it.
    pub by: Option<String>,
}

/// An alarm that points to no trace.
#[derive(Debug, Serialize)]
pub struct FalseAlarm {
    /// The rule's name.
    pub rule: String,
    /// Its severity.
    pub severity: report::Severity,
    /// Where.
    pub place: String,
    /// How many alike, this one among them.
    pub count: u64,
}

/// An actor's score.
#[derive(Debug, Serialize)]
pub struct ActorScore {
    /// Its id in the truth.
    pub id: String,
    /// Whether it went in.
    pub kind: crate::truth::ActorKind,
    /// The report's actors that share an address with it: none is a miss, several a split.
    pub shown_as: Vec<String>,
    /// Others of the truth that stand under the same actor of the report.
    pub merged_with: Vec<String>,
    /// Its addresses that no actor of the report has.
    pub missing: Vec<String>,
    /// Seconds by which the report's first and last moment differ from the truth's.
    pub first_off: Option<i64>,
    /// See `first_off`.
    pub last_off: Option<i64>,
}

/// Scores every server below `dir` with the executable `hikeshi`.
pub fn all(dir: &Path, hikeshi: &Path) -> Result<Vec<Score>> {
    let mut truths: Vec<_> = fs_err::read_dir(dir)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".truth.json"))
        .collect();
    truths.sort();
    ensure!(!truths.is_empty(), "no `*.truth.json` in `{}`", dir.display());
    truths.iter().map(|path| one(dir, path, hikeshi)).collect()
}

fn one(dir: &Path, path: &Path, hikeshi: &Path) -> Result<Score> {
    let truth: Truth = serde_json::from_str(&fs_err::read_to_string(path)?)
        .with_context(|| format!("read the truth `{}`", path.display()))?;
    let begun = Instant::now();
    let report = check(hikeshi, &dir.join(&truth.server))?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(score(&truth, &report, seconds))
}

/// Holds a report against the truth.
pub fn score(truth: &Truth, report: &Report, seconds: f64) -> Score {
    let matched = Matched::new(truth, report);
    Score {
        scenario: truth.scenario.clone(),
        set: truth.set.clone(),
        expected: truth.verdict.word().to_owned(),
        given: report.verdict.clone(),
        affected: (truth.product.affected, report.affected.state.clone()),
        seconds,
        bytes: truth.bytes,
        traces: matched.traces(),
        false_alarms: matched.false_alarms(),
        actors: matching::actors(truth, report),
        time_errors: matched.time_errors(),
    }
}

#[expect(clippy::disallowed_methods, reason = "a developer's tool that runs the build it scores")]
fn check(hikeshi: &Path, server: &Path) -> Result<Report> {
    let output = std::process::Command::new(hikeshi)
        .args(["check", "--format", "json"])
        .arg(server)
        .output()
        .with_context(|| format!("run `{}`", hikeshi.display()))?;
    serde_json::from_slice(&output.stdout).with_context(|| {
        let words = String::from_utf8_lossy(&output.stderr);
        format!("the report on `{}` is no report; {} said: {words}", server.display(), hikeshi.display())
    })
}
