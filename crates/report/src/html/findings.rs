//! What was found: by stage, the furthest first; in each stage by rule, with what it means and the lines that show it.

use std::collections::BTreeMap;
use std::io;

use hikeshi_core::finding::{EvidenceRef, Finding, Reading, Stage, Total};
use hikeshi_core::report::Report;

use super::builder::{Page, harmless};
use crate::phrases::{Group, disarmed, disarmed_of_rule, groups, second};

/// Findings shown of each rule that counts for the verdict, and of each that is context.
const EXAMPLES: [usize; 2] = [3, 1];
/// Rules with their findings; beyond it they are counted.
const RULES: usize = 300;
/// Places shown that a correlation joined.
const JOINED: usize = 5;
/// Characters of a field's name and of its value.
const FIELD: [usize; 2] = [80, 400];
/// Once the page has so many bytes, rules are told with their counts alone.
const ROOM_BYTES: u64 = 6_000_000;
/// The furthest first.
const STAGES: [Stage; 5] = [Stage::Action, Stage::Implant, Stage::Exploitation, Stage::Attempt, Stage::Reconnaissance];

/// How often each rule held, by its name.
type Totals<'r> = BTreeMap<&'r str, Vec<&'r Total>>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Telling,
    Context,
}

impl Page<'_> {
    pub(super) fn findings(&mut self, report: &Report) -> io::Result<()> {
        if report.findings.is_empty() {
            return Ok(());
        }
        let (telling, context) = groups(report);
        let mut totals = Totals::new();
        for total in &report.totals {
            totals.entry(&total.rule).or_default().push(total);
        }
        let title = self.words.get("head-findings");
        self.section("findings", &title, |page| {
            let key = if telling.is_empty() { "findings-none" } else { "findings-how" };
            let text = page.words.get(key);
            page.leaf("p", &[("class", "hint")], &text)?;
            for stage in STAGES {
                let of_stage: Vec<&Group<'_>> = telling
                    .iter()
                    .take(RULES)
                    .filter(|group| group.first().and_then(|first| first.weight()) == Some(stage))
                    .collect();
                if !of_stage.is_empty() {
                    page.stage(&totals, stage, &of_stage)?;
                }
            }
            page.more(telling.len(), RULES)?;
            if context.is_empty() {
                return Ok(());
            }
            let title = page.words.get("head-context");
            page.leaf("h3", &[("class", "stage")], &title)?;
            context.iter().take(RULES).try_for_each(|group| page.group(&totals, group, Part::Context))?;
            page.more(context.len(), RULES)
        })
    }

    fn stage(&mut self, totals: &Totals<'_>, stage: Stage, groups: &[&Group<'_>]) -> io::Result<()> {
        let title = self.words.get(&format!("stage-{}", stage.word()));
        let count = self.words.with("rules-count", &[("count", &groups.len())]);
        self.inside("h3", &[("class", "stage")], |page| {
            page.text(&title)?;
            page.text(" ")?;
            page.leaf("span", &[("class", "count")], &count)
        })?;
        let text = self.words.get(&format!("stage-means-{}", stage.word()));
        self.leaf("p", &[("class", "hint")], &text)?;
        groups.iter().try_for_each(|group| self.group(totals, group, Part::Telling))
    }

    /// One rule: its name and how often it held; behind it what it means, and the lines.
    fn group(&mut self, totals: &Totals<'_>, group: &Group<'_>, part: Part) -> io::Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        let totals = totals.get(first.rule.name.as_str()).map_or(&[][..], Vec::as_slice);
        let count: u64 = totals.iter().map(|total| total.count).sum();
        let count = count.max(group.len() as u64);
        let period = match (
            totals.iter().filter_map(|total| total.first).min(),
            totals.iter().filter_map(|total| total.last).max(),
        ) {
            (Some(first), Some(last)) => self.words.period(first, last),
            _ => self.words.get("time-unknown"),
        };
        let name = disarmed_of_rule(&first.rule.name, first.explanation.name.get(self.words.lang()));
        self.inside("details", &[("class", "rule")], |page| {
            page.inside("summary", &[], |page| {
                page.leaf("h4", &[], &name)?;
                page.inside("span", &[("class", "line")], |page| {
                    let severity = page.words.get(&format!("severity-{}", first.severity.word()));
                    page.leaf("span", &[("class", "tag")], &severity)?;
                    let count = page.words.with("count-times", &[("count", &count)]);
                    page.text(" ")?;
                    page.leaf("span", &[], &count)?;
                    page.text(" ")?;
                    page.leaf("span", &[("class", "when")], &period)
                })
            })?;
            let is_full = page.written() > ROOM_BYTES;
            let most = match part {
                _ if is_full => 0,
                Part::Telling => EXAMPLES[0],
                Part::Context => EXAMPLES[1],
            };
            if !is_full {
                page.explanation(first)?;
            }
            let mut told = None;
            for finding in group.iter().take(most) {
                page.finding(finding)?;
                // The hash of a file stands once, below the first of its records.
                let hash = finding.evidence.sha256.as_deref();
                if hash != told {
                    page.hash(hash)?;
                }
                told = hash;
            }
            let shown = group.len().min(most) as u64;
            if count > shown {
                let text = page.words.with("not-listed", &[("count", &(count - shown)), ("files", &totals.len())]);
                page.leaf("p", &[("class", "more")], &text)?;
            }
            page.rule(first)
        })
    }

    fn explanation(&mut self, finding: &Finding) -> io::Result<()> {
        let lang = self.words.lang();
        let explanation = &finding.explanation;
        let parts = [("means", &explanation.means), ("not", &explanation.does_not_mean), ("next", &explanation.next)];
        let said: Vec<_> = parts.iter().filter(|(_, text)| !text.get(lang).trim().is_empty()).collect();
        if said.is_empty() {
            return Ok(());
        }
        self.inside("dl", &[("class", "explanation")], |page| {
            said.iter().try_for_each(|(key, text)| {
                let term = page.words.get(key);
                page.leaf("dt", &[], &term)?;
                page.leaf("dd", &[], &disarmed_of_rule(&finding.rule.name, text.get(lang).trim()))
            })
        })
    }

    /// Where it stands, when, and the fields that show it.
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.inside("div", &[("class", "finding")], |page| {
            page.inside("p", &[("class", "place")], |page| {
                page.path(&finding.evidence.place())?;
                if let Some(time) = finding.time {
                    page.text(" ")?;
                    page.leaf("span", &[("class", "when")], &format!("{} UTC", second(time)))?;
                }
                for (holds, key) in [(finding.raised, "raised"), (finding.reading == Reading::Uncertain, "uncertain")] {
                    if holds {
                        let text = page.words.get(key);
                        page.text(" ")?;
                        page.leaf("span", &[("class", "tag strong")], &text)?;
                    }
                }
                Ok(())
            })?;
            page.fields(finding)?;
            page.joined_places(&finding.joined)
        })
    }

    fn hash(&mut self, hash: Option<&str>) -> io::Result<()> {
        let Some(hash) = hash else { return Ok(()) };
        let text = self.words.get("hash-of-file");
        self.inside("p", &[("class", "hash")], |page| {
            page.text(&text)?;
            page.text(" ")?;
            page.leaf("code", &[], hash)
        })
    }

    fn fields(&mut self, finding: &Finding) -> io::Result<()> {
        if finding.fields.is_empty() {
            return Ok(());
        }
        let [name_length, value_length] = FIELD;
        self.inside("dl", &[("class", "fields")], |page| {
            finding.fields.iter().try_for_each(|(name, value)| {
                let name = if name == "row" { page.words.get("row") } else { harmless(name, name_length) };
                page.leaf("dt", &[], &name)?;
                page.leaf("dd", &[], &harmless(&disarmed(value, &finding.addresses), value_length))
            })
        })
    }

    fn joined_places(&mut self, joined: &[EvidenceRef]) -> io::Result<()> {
        if joined.is_empty() {
            return Ok(());
        }
        let text = self.words.get("joined-with");
        self.leaf("p", &[("class", "hint")], &text)?;
        self.inside("ul", &[("class", "joined")], |page| {
            joined.iter().take(JOINED).try_for_each(|place| page.inside("li", &[], |page| page.path(&place.place())))
        })?;
        self.more(joined.len(), JOINED)
    }

    /// The rule's name, what it is about, and who wrote it.
    fn rule(&mut self, finding: &Finding) -> io::Result<()> {
        let rule = &finding.rule;
        let mut parts = vec![self.words.with("rule-name", &[("name", &disarmed_of_rule(&rule.name, &rule.name))])];
        parts.extend(finding.cve.iter().chain(finding.attack.iter()).take(super::ENTRIES).cloned());
        parts.extend(rule.author.as_ref().map(|author| self.words.with("by-author", &[("author", author)])));
        parts.extend(rule.licence.as_ref().map(|licence| self.words.with("under-licence", &[("licence", licence)])));
        self.leaf("p", &[("class", "about-rule")], &parts.join(" · "))
    }
}
