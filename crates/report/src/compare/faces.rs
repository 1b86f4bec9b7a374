//! A comparison for people. For programs it is JSON as it stands.

use std::io::{self, Write};

use hikeshi_core::comparison::{Comparison, Side};
use hikeshi_core::finding::Finding;

use crate::facts::{self, flat};
use crate::sections::{self, Line, Section};
use crate::words::Words;

/// Findings shown to people in each list; the JSON holds all.
const SHOWN: usize = 100;

/// Writes the comparison for a terminal.
///
/// # Errors
/// When `out` cannot be written to.
pub fn terminal(comparison: &Comparison, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    sections::terminal(sections(comparison, words), words, out)
}

/// Writes the comparison as CommonMark.
///
/// # Errors
/// When `out` cannot be written to.
pub fn markdown(comparison: &Comparison, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    sections::markdown(sections(comparison, words), words, out)
}

fn sections(comparison: &Comparison, words: &Words) -> Vec<Section> {
    let (old, new) = (comparison.old.verdict, comparison.new.verdict);
    let word = |verdict: hikeshi_core::verdict::Verdict| words.get(&format!("fleet-verdict-{}", verdict.word()));
    let title = match old == new {
        true => words.with("compare-same-verdict", &[("verdict", &word(new))]),
        false => words.with("compare-verdict", &[("old", &word(old)), ("new", &word(new))]),
    };
    let mut head = vec![
        (side("compare-old", &comparison.old, words), None),
        (side("compare-new", &comparison.new, words), None),
        (Line::default().own(words.with("compare-same", &[("count", &comparison.same)])), None),
    ];
    if comparison.unsure > 0 {
        head.push((Line::default().own(words.with("compare-unsure", &[("count", &comparison.unsure)])), None));
    }
    if !comparison.same_rules {
        head.push((Line::default().own(words.get("compare-other-rules")), None));
    }
    let titles = |titles: &[hikeshi_core::text::Text]| -> Vec<(Line, Option<Line>)> {
        titles.iter().map(|title| (Line::default().own(flat(title.get(words.lang()))), None)).collect()
    };
    let rules = comparison
        .rules
        .iter()
        .take(SHOWN)
        .map(|one| (Line::default().foreign(one.rule.as_str()).own(format!(": {} → {}", one.old, one.new)), None));
    let all = [
        (title, head),
        (words.get("compare-added"), findings(&comparison.added, words)),
        (words.get("compare-gone"), findings(&comparison.gone, words)),
        (words.get("compare-rules"), rules.collect()),
        (words.get("compare-missing-added"), titles(&comparison.missing_added)),
        (words.get("compare-missing-gone"), titles(&comparison.missing_gone)),
    ];
    let all = all.into_iter().filter(|(_, entries): &(String, Vec<_>)| !entries.is_empty());
    all.map(|(title, entries)| Section { title, entries }).collect()
}

fn side(key: &str, side: &Side, words: &Words) -> Line {
    let mut line = Line::default().own(format!("{}: ", words.get(key))).foreign(side.file.as_str());
    for name in &side.machines {
        line = line.own(" ").foreign(name.as_str());
    }
    line = line.own(format!(", {}", words.with("compare-as-of", &[("time", &side.as_of)])));
    if side.redacted { line.own(format!(", {}", words.get("fleet-redacted"))) } else { line }
}

fn findings(findings: &[Finding], words: &Words) -> Vec<(Line, Option<Line>)> {
    let mut entries: Vec<(Line, Option<Line>)> = findings
        .iter()
        .take(SHOWN)
        .map(|finding| {
            let stage = words.get(&format!("stage-{}", finding.stage.word()));
            let severity = words.get(&format!("severity-{}", finding.severity.word()));
            let time = finding.time.map(|time| format!(", {time}")).unwrap_or_default();
            let title = facts::title(finding, words.lang());
            let line = Line::default().own(format!("{title} ({stage}, {severity}{time}): "));
            (line.foreign(finding.evidence.place()), None)
        })
        .collect();
    if findings.len() > SHOWN {
        let text = words.with("more-places", &[("count", &(findings.len() - SHOWN))]);
        entries.push((Line::default().own(text), None));
    }
    entries
}
