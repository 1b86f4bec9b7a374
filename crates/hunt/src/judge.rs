//! From what was found and what was seen to a verdict, with its reasons.
//!
//! The furthest stage that counts decides: attempt → attempted, exploitation → exploited, implant or
//! action → compromised. Low and informational findings are context. With nothing that counts, the
//! verdict is clean only if the telling evidence covers the whole window; otherwise inconclusive.

use std::collections::BTreeMap;

use hikeshi_core::actor::Actor;
use hikeshi_core::coverage::{Coverage, Missing, Span};
use hikeshi_core::finding::{Finding, Severity, Stage};
use hikeshi_core::machine::TimeZone;
use hikeshi_core::report::{Event, Narrowed, Reason, Sentence, Window};
use hikeshi_core::text::Lang;
use hikeshi_core::time::Timestamp;
use hikeshi_core::verdict::Verdict;
use hikeshi_pack::Manifest;

use crate::actors::cast;
use crate::affected::Bounds;
use crate::collect::RuleTotal;
use crate::cover::{Present, join, open};
use crate::follow::{Followed, Trail};
use crate::kinds::Kinds;
use crate::program::RuleFacts;

/// Reasons that name single rules, at most.
const RULES_NAMED: usize = 8;

/// What judging starts from.
pub(crate) struct Case<'a> {
    pub(crate) manifests: &'a [&'a Manifest],
    pub(crate) kinds: &'a Kinds,
    /// All rules of the run, by place.
    pub(crate) rules: &'a [RuleFacts],
    /// What the findings led to.
    pub(crate) followed: Option<&'a Followed>,
    pub(crate) trail: &'a Trail<'a>,
    pub(crate) found: &'a [RuleTotal],
    pub(crate) findings: &'a [Finding],
    pub(crate) coverage: &'a [Coverage],
    pub(crate) present: &'a Present,
    /// When each server was open to the attack.
    pub(crate) bounds: &'a Bounds,
    /// Files that were read.
    pub(crate) files: u64,
    pub(crate) partial: bool,
    pub(crate) narrowed: Option<&'a Narrowed>,
    /// The local time of the machine.
    pub(crate) time_zone: Option<&'a TimeZone>,
}

/// What judging ends in.
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) window: Window,
    pub(crate) missing: Vec<Missing>,
    pub(crate) timeline: Vec<Event>,
    pub(crate) actors: Vec<Actor>,
    /// Findings, by place, that weigh more than their rules say: they happened while an intruder was at work.
    pub(crate) raised: Vec<usize>,
}

pub(crate) fn judge(case: &Case<'_>) -> Judgement {
    let missing = missing(case);
    let weighed = case.weighed();
    let furthest = weighed.iter().map(|(stage, _)| *stage).max();
    let unread = case.partial
        || case.narrowed.is_some()
        || case.coverage.iter().any(|coverage| !coverage.unreadable.is_empty() || coverage.unreadable_more > 0);
    let nothing_read = case.files == 0;
    let verdict = match furthest {
        Some(Stage::Implant | Stage::Action) => Verdict::Compromised,
        Some(Stage::Exploitation) => Verdict::Exploited,
        Some(Stage::Attempt) => Verdict::Attempted,
        Some(Stage::Reconnaissance) | None if missing.is_empty() && !unread && !nothing_read => Verdict::Clean,
        Some(Stage::Reconnaissance) | None => Verdict::Inconclusive,
    };
    let mut reasons = case.reasons_found(&weighed);
    reasons.extend(case.reasons_unseen(verdict, &missing, unread, nothing_read));
    let cast = cast(case, &weighed);
    let mut timeline = case.timeline(&weighed);
    timeline.extend(case.raised_events(&cast.raised));
    timeline.sort_by(|a, b| (a.time, a.stage, &a.rule).cmp(&(b.time, b.stage, &b.rule)));
    Judgement {
        verdict,
        reasons,
        window: case.window(verdict),
        missing,
        timeline,
        actors: cast.actors,
        raised: cast.raised,
    }
}

impl Case<'_> {
    /// Rules that count for the verdict, with the stage that counts, the furthest first.
    fn weighed(&self) -> Vec<(Stage, &RuleTotal)> {
        let mut weighed: Vec<_> =
            self.found.iter().filter_map(|total| Some((total.weight(self.rules)?, total))).collect();
        let order = |total: &RuleTotal| {
            self.rules.get(total.rule).map(|rule| (std::cmp::Reverse(rule.severity), rule.reference.name.clone()))
        };
        weighed.sort_by_key(|(stage, total)| (std::cmp::Reverse(*stage), order(total)));
        weighed
    }

    fn reasons_found(&self, weighed: &[(Stage, &RuleTotal)]) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for (stage, total) in weighed.iter().take(RULES_NAMED) {
            let Some(rule) = self.rules.get(total.rule) else { continue };
            let code = if total.exact > 0 { "reason-rule-held" } else { "reason-rule-held-uncertain" };
            let mut sentence = Sentence::new(code)
                .with("name-en", &rule.explanation.name.en)
                .with("name-ja", &rule.explanation.name.ja)
                .with("stage", stage.word())
                .with("count", total.count);
            if let (Some(first), Some(last)) = (total.active.first, total.active.last) {
                sentence = sentence.with("first", first).with("last", last);
            }
            let evidence = self.findings.iter().find(|finding| finding.rule.name == rule.reference.name);
            reasons.push(Reason {
                sentence,
                rules: vec![rule.reference.name.clone()],
                evidence: evidence.map(|finding| finding.evidence.place()),
            });
        }
        if weighed.len() > RULES_NAMED {
            let others = weighed
                .iter()
                .skip(RULES_NAMED)
                .filter_map(|(_, total)| self.rules.get(total.rule))
                .map(|rule| rule.reference.name.clone());
            reasons.push(Reason {
                sentence: Sentence::new("reason-more-rules").with("count", weighed.len() - RULES_NAMED),
                rules: others.collect(),
                evidence: None,
            });
        }
        if weighed.first().is_some_and(|(stage, _)| *stage == Stage::Attempt) {
            // A rule of another project does not say whether what it found was answered.
            let judged = weighed.iter().filter_map(|(_, total)| self.rules.get(total.rule)).all(|rule| rule.judged);
            reasons.push(plain(Sentence::new(if judged {
                "reason-only-attempts"
            } else {
                "reason-attempts-unjudged"
            })));
        }
        reasons
    }

    fn reasons_unseen(&self, verdict: Verdict, missing: &[Missing], unread: bool, nothing_read: bool) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if nothing_read {
            reasons.push(plain(Sentence::new("reason-nothing-recognised")));
        } else if verdict <= Verdict::Inconclusive {
            reasons.push(plain(Sentence::new("reason-nothing-found")));
        }
        for one in missing {
            let code = if one.spans.is_empty() { "reason-kind-missing" } else { "reason-kind-incomplete" };
            let mut sentence = Sentence::new(code).with("kind-en", &one.title.en).with("kind-ja", &one.title.ja);
            if let (Some(first), Some(last)) = (one.spans.first(), one.spans.last()) {
                sentence = sentence
                    .with("count", one.spans.len())
                    .with("from", first.from)
                    .with("to", if one.spans.len() == 1 { first.to } else { last.to });
            }
            reasons.push(plain(sentence));
        }
        reasons.extend(self.short_retention());
        let places: u64 =
            self.coverage.iter().map(|coverage| coverage.unreadable.len() as u64 + coverage.unreadable_more).sum();
        if unread && places > 0 {
            reasons.push(plain(Sentence::new("reason-unreadable").with("count", places)));
        }
        reasons.extend(self.narrowed.map(narrowed));
        if let Some(more) = self.followed.map(|followed| followed.more).filter(|more| *more > 0) {
            reasons.push(plain(Sentence::new("reason-leads-not-followed").with("count", more)));
        }
        if self.followed.is_some_and(|followed| followed.lineage.is_cut()) {
            reasons.push(plain(Sentence::new("reason-processes-not-followed")));
        }
        if self.partial {
            reasons.push(plain(Sentence::new("reason-partial")));
        }
        if verdict == Verdict::Clean {
            reasons.push(plain(Sentence::new("reason-all-covered")));
        }
        reasons
    }

    /// Families whose oldest row is younger than the window, because their logs are not kept long enough: one reason for all.
    fn short_retention(&self) -> Option<Reason> {
        let from = self.window_from()?;
        let short = |coverage: &&Coverage| {
            let described = self.kinds.get(&coverage.kind)?;
            let (days, first) = (described.retention.days?, coverage.first?);
            let is_short = first.seconds_since(from) > self.kinds.tolerance(&coverage.kind);
            is_short.then_some((described.title.clone(), days, first))
        };
        let short: Vec<_> = self.coverage.iter().filter_map(|coverage| short(&coverage)).collect();
        let names = |lang: Lang| lang.names(short.iter().map(|(title, ..)| title));
        let (first, days) =
            (short.iter().map(|(_, _, first)| *first).min()?, short.iter().map(|(_, days, _)| *days).max()?);
        let sentence =
            Sentence::new("reason-retention-short").with("kinds-en", names(Lang::En)).with("kinds-ja", names(Lang::Ja));
        Some(plain(sentence.with("first", first).with("window", from).with("days", days)))
    }

    fn window_from(&self) -> Option<Timestamp> {
        self.whole_window().map(|(window, _)| window.from)
    }

    /// From the earliest known attack to the newest row, or as far as some server was open to it, and why.
    fn whole_window(&self) -> Option<(Span, Vec<Sentence>)> {
        let from = self.manifests.iter().map(|manifest| manifest.window.from).min()?;
        let to = self.seen().map_or(from, |seen| seen.to.max(from));
        let numbered = self.manifests.iter().enumerate().filter(|(_, manifest)| manifest.window.from == from);
        let pack = numbered.map(|(number, _)| number).next()?;
        Some(self.bounds.all(pack, Span { from, to }))
    }

    fn seen(&self) -> Option<Span> {
        let from = self.coverage.iter().filter_map(|coverage| coverage.first).min()?;
        let to = self.coverage.iter().filter_map(|coverage| coverage.last).max()?;
        Some(Span { from, to })
    }

    fn window(&self, verdict: Verdict) -> Window {
        let seen = self.seen();
        let summary = match seen {
            None => Sentence::new("window-nothing-seen"),
            Some(span) => {
                let code = match verdict {
                    Verdict::Clean => "window-nothing-found",
                    Verdict::Inconclusive => "window-gaps",
                    Verdict::Attempted | Verdict::Exploited | Verdict::Compromised => "window-seen",
                };
                Sentence::new(code).with("from", span.from).with("to", span.to)
            }
        };
        let note = self
            .manifests
            .iter()
            .min_by_key(|manifest| manifest.window.from)
            .map(|manifest| manifest.window.note.clone())
            .unwrap_or_default();
        let (window, bounds) = self.whole_window().unzip();
        let to = seen.and(window).map(|window| window.to);
        Window { from: window.map(|window| window.from), to, seen, summary, note, bounds: bounds.unwrap_or_default() }
    }

    fn timeline(&self, weighed: &[(Stage, &RuleTotal)]) -> Vec<Event> {
        let event = |(stage, total): &(Stage, &RuleTotal)| {
            let rule = self.rules.get(total.rule)?;
            let first = self.findings.iter().find(|finding| finding.rule.name == rule.reference.name)?;
            let mut event = self.event(first, total.active.first?);
            (event.stage, event.count, event.until) = (*stage, total.count, total.active.last?);
            Some(event)
        };
        weighed.iter().filter_map(event).collect()
    }

    /// One point for each rule whose findings weigh more than it says.
    fn raised_events(&self, raised: &[usize]) -> Vec<Event> {
        let mut events: BTreeMap<&str, Event> = BTreeMap::new();
        for finding in raised.iter().filter_map(|place| self.findings.get(*place)) {
            let Some(time) = finding.time else { continue };
            let event = events.entry(&finding.rule.name).or_insert_with(|| Event {
                severity: RAISED,
                count: 0,
                ..self.event(finding, time)
            });
            event.count += 1;
            event.until = event.until.max(time);
        }
        events.into_values().collect()
    }

    fn event(&self, finding: &Finding, time: Timestamp) -> Event {
        Event {
            time,
            local: self.time_zone.map(|zone| zone.local(time)),
            stage: finding.stage,
            severity: finding.severity,
            rule: finding.rule.name.clone(),
            text: finding.explanation.name.clone(),
            path: finding.evidence.path.clone(),
            line: finding.evidence.line,
            record: finding.evidence.record,
            count: 1,
            until: time,
        }
    }
}

/// What a finding weighs that happened while an intruder was at work.
pub(crate) const RAISED: Severity = Severity::Medium;

fn narrowed(narrowed: &Narrowed) -> Reason {
    let period = match (narrowed.since, narrowed.until) {
        (Some(since), Some(until)) => Sentence::new("reason-narrowed-period").with("since", since).with("until", until),
        (Some(since), None) => Sentence::new("reason-narrowed-since").with("since", since),
        (None, Some(until)) => Sentence::new("reason-narrowed-until").with("until", until),
        (None, None) => Sentence::new("reason-narrowed-paths"),
    };
    plain(period.with("files", narrowed.files_left_out))
}

fn plain(sentence: Sentence) -> Reason {
    Reason { sentence, rules: Vec::new(), evidence: None }
}

/// What "clean" would need and was not seen: of each pack, the alternative that lacks least.
fn missing(case: &Case<'_>) -> Vec<Missing> {
    let mut all = Vec::new();
    for (pack, manifest) in case.manifests.iter().enumerate() {
        let since = case.narrowed.and_then(|narrowed| narrowed.since);
        let until = case.narrowed.and_then(|narrowed| narrowed.until);
        let from = since.map_or(manifest.window.from, |since| since.max(manifest.window.from));
        let to = case.seen().map_or(from, |seen| until.map_or(seen.to, |until| until.min(seen.to)).max(from));
        let window = Span { from, to };
        let lacking = |alternative: &Vec<hikeshi_pack::manifest::Requirement>| {
            alternative
                .iter()
                .filter_map(|requirement| lacks(case, pack, manifest, &requirement.any, window))
                .collect::<Vec<_>>()
        };
        let best =
            manifest.clean_needs.iter().map(lacking).min_by_key(|missing| (missing.len(), open_seconds(missing)));
        all.extend(best.unwrap_or_default());
    }
    all
}

fn open_seconds(missing: &[Missing]) -> i64 {
    missing.iter().map(|one| one.spans.iter().map(|span| span.to.seconds_since(span.from)).sum::<i64>()).sum()
}

/// What one requirement lacks; `None` when one of its kinds covers the window.
fn lacks(case: &Case<'_>, pack: usize, manifest: &Manifest, kinds: &[String], window: Span) -> Option<Missing> {
    let mut best: Option<Missing> = None;
    for kind in kinds {
        // Every root that has this kind must cover the window: another server's logs are no substitute.
        let open_spans = case.present.get(kind).map(|roots| {
            let open_in = |(root, spans): &(usize, Vec<Span>)| {
                open(case.bounds.of(pack, *root, window), spans, case.kinds.tolerance(kind))
            };
            join(roots.iter().flat_map(open_in).collect(), 0)
        });
        if open_spans.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        let candidate = case.kinds.missing(kind, manifest, open_spans.unwrap_or_default());
        // What is there in part is nearer than what is not there at all.
        let is_nearer = best.as_ref().is_none_or(|best| best.spans.is_empty() && !candidate.spans.is_empty());
        if is_nearer {
            best = Some(candidate);
        }
    }
    best
}
