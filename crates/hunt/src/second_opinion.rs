//! What other tools said of the same server, beside what was found here: whether it fits, and why not.
//!
//! A tool's hits are findings like others, by the rules of packs. Nothing here changes the verdict.

pub(crate) mod heard;

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::finding::{Reading, Stage, Total, weight};
use hikeshi_core::other_tool::{Fact, Note, OtherTool, When};
use hikeshi_core::report::Sentence;
use hikeshi_core::second_opinion::{Agreement, Counts, Said, SecondOpinion};
use hikeshi_core::text::{Lang, Text};
use hikeshi_core::time::Timestamp;
use hikeshi_core::verdict::Verdict;

use crate::program::RuleFacts;
use heard::{Heard, Run, Voice};

/// So many opinions are told.
const OPINIONS: usize = 100;
const DAY_SECONDS: i64 = 86_400;

/// What comparing starts from.
pub(crate) struct Ours<'a> {
    pub(crate) tools: Vec<&'a OtherTool>,
    pub(crate) rules: &'a [RuleFacts],
    /// How often each rule held in each file.
    pub(crate) totals: &'a [Total],
    pub(crate) verdict: Verdict,
    /// Since when attacks are known.
    pub(crate) window_from: Option<Timestamp>,
}

/// The opinion of each run of each tool.
pub(crate) fn compare(heard: Heard, ours: &Ours<'_>) -> Vec<SecondOpinion> {
    let rules: BTreeMap<&str, &RuleFacts> =
        ours.rules.iter().map(|rule| (rule.reference.name.as_str(), rule)).collect();
    let runs: Vec<(Voice, Run)> = heard.runs();
    let speaks = |(voice, run): &(Voice, Run)| {
        let tool = ours.tools.iter().find(|tool| tool.name.eq_ignore_ascii_case(&voice.scanner)).copied();
        let run = of_checks(run, tool)?;
        let said = said(&run);
        Some((voice.clone(), run, said, tool))
    };
    let all: Vec<_> = runs.iter().filter_map(speaks).collect();
    let opinion = |(voice, run, said, tool): &(Voice, Run, Said, Option<&OtherTool>)| {
        let changed = all.iter().any(|(other, other_run, answer, _)| {
            other.scanner == voice.scanner
                && (other.host.is_empty() || voice.host.is_empty() || other.host.eq_ignore_ascii_case(&voice.host))
                && other_run.paths != run.paths
                && answer != said
        });
        Comparison::new(voice, run, *said, *tool, ours, &rules, changed).opinion()
    };
    all.iter().take(OPINIONS).map(opinion).collect()
}

/// What a run says of the checks that are about this emergency; `None` where it says nothing of them.
fn of_checks(run: &Run, tool: Option<&OtherTool>) -> Option<Run> {
    let checks = tool.map_or(&[][..], |tool| &tool.checks);
    if checks.is_empty() {
        return Some(run.clone());
    }
    let mut run = run.clone();
    run.says.retain(|check, _| checks.iter().any(|wanted| wanted.eq_ignore_ascii_case(check)));
    (!run.says.is_empty()).then_some(run)
}

fn said(run: &Run) -> Said {
    let Counts { found, suspicious, .. } = run.counts;
    let tested = run
        .says
        .values()
        .flatten()
        .any(|says| !matches!(says.as_str(), "skipped" | "nothing-found" | "started" | "log-ages"));
    match () {
        () if found > 0 || run.says("found") => Said::Found,
        () if suspicious > 0 || run.says("suspicious") => Said::Suspicious,
        () if run.says("mitigated") => Said::Mitigated,
        () if run.says("vulnerable") => Said::Vulnerable,
        () if run.says("not-vulnerable") => Said::NotVulnerable,
        () if run.says("skipped") && !tested => Said::NotLooked,
        () if run.says("nothing-found") => Said::NothingFound,
        () => Said::Unclear,
    }
}

/// A rule that counts, and where it held first.
struct Held<'a> {
    rule: &'a RuleFacts,
    stage: Stage,
    place: &'a str,
}

struct Comparison<'a> {
    voice: &'a Voice,
    run: &'a Run,
    said: Said,
    tool: Option<&'a OtherTool>,
    verdict: Verdict,
    /// The furthest that counts in the tool's own output.
    theirs: Option<Held<'a>>,
    /// What counts elsewhere, the furthest first.
    elsewhere: Vec<Held<'a>>,
    /// All rules that held elsewhere, those that are context included.
    held: BTreeSet<&'a str>,
    /// The first of what counts elsewhere.
    attack: Option<Timestamp>,
    window_from: Option<Timestamp>,
    changed: bool,
}

impl<'a> Comparison<'a> {
    fn new(
        voice: &'a Voice,
        run: &'a Run,
        said: Said,
        tool: Option<&'a OtherTool>,
        ours: &Ours<'a>,
        rules: &BTreeMap<&str, &'a RuleFacts>,
        changed: bool,
    ) -> Self {
        let (mut theirs, mut elsewhere, mut held_rules) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut attack: Option<Timestamp> = None;
        for total in ours.totals {
            if !run.paths.contains(&total.path) {
                held_rules.insert(total.rule.as_str());
            }
            let Some(rule) = rules.get(total.rule.as_str()).copied() else { continue };
            let Some(stage) = weight(rule.severity, rule.stage, Reading::Exact) else { continue };
            let held = Held { rule, stage, place: &total.path };
            if run.paths.contains(&total.path) {
                theirs.push(held);
            } else {
                attack = [attack, total.first].into_iter().flatten().min();
                elsewhere.push(held);
            }
        }
        let furthest = |held: &Held<'_>| {
            (std::cmp::Reverse(held.stage), std::cmp::Reverse(held.rule.severity), held.rule.reference.name.clone())
        };
        theirs.sort_by_key(furthest);
        elsewhere.sort_by_key(furthest);
        let theirs = theirs.into_iter().next();
        let window_from = ours.window_from;
        let verdict = ours.verdict;
        Self { voice, run, said, tool, verdict, theirs, elsewhere, held: held_rules, attack, window_from, changed }
    }

    fn opinion(&self) -> SecondOpinion {
        let agreement = self.agreement();
        let told = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        SecondOpinion {
            tool: self.voice.scanner.clone(),
            version: self.run.version.clone(),
            host: told(&self.voice.host),
            time: self.run.time,
            local_time: self.run.local_time.clone().or_else(|| told(&self.voice.started)).map(spelled),
            paths: self.run.paths.iter().cloned().collect(),
            looked_at: self.tool.map(|tool| tool.looks_at.clone()).unwrap_or_default(),
            said: self.said,
            counts: self.run.counts,
            ours: self.verdict,
            agreement,
            explanation: self.explanation(agreement),
        }
    }

    fn found_something(&self) -> bool {
        matches!(self.said, Said::Found | Said::Suspicious)
    }

    fn agreement(&self) -> Agreement {
        // What its logs did not hold any more it could not see.
        let missed = self.seen_too().is_some() && !self.holds(Fact::LogsBeginLate);
        let looked = matches!(self.said, Said::NothingFound | Said::Suspicious);
        match (self.found_something(), &self.theirs, self.elsewhere.is_empty()) {
            (true, Some(_), false) => Agreement::Agrees,
            (true, Some(_), true) => Agreement::Adds,
            // What it lists does not count here, or not for this emergency.
            (true, None, true) => Agreement::Contradicts,
            (_, None, false) if missed && looked => Agreement::Contradicts,
            (true, None, false) => Agreement::SaysLess,
            (false, _, false) => Agreement::SaysLess,
            (false, _, true) if self.said == Said::NothingFound => Agreement::Agrees,
            (false, _, true) => Agreement::SaysLess,
        }
    }

    /// What the tool should have seen too.
    fn seen_too(&self) -> Option<&Held<'a>> {
        let sees = &self.tool?.sees;
        self.elsewhere.iter().find(|held| sees.contains(&held.rule.reference.name))
    }

    /// What counts elsewhere and tells most of the tool's answer.
    fn named(&self, agreement: Agreement) -> Option<&Held<'a>> {
        match agreement {
            Agreement::Contradicts => self.seen_too(),
            Agreement::SaysLess => {
                let sees = self.tool.map_or(&[][..], |tool| &tool.sees);
                let unseen = self.elsewhere.iter().find(|held| !sees.contains(&held.rule.reference.name));
                unseen.or_else(|| self.elsewhere.first())
            }
            Agreement::Agrees | Agreement::Adds => self.elsewhere.first(),
        }
    }

    fn explanation(&self, agreement: Agreement) -> Vec<Sentence> {
        let Counts { found, suspicious, .. } = self.run.counts;
        let count = if self.said == Said::Suspicious { suspicious } else { found };
        let mut said = Sentence::new(format!("opinion-said-{}", self.said.word()))
            .with("tool", &self.voice.scanner)
            .with("count", count);
        if self.said == Said::Found && count == 0 {
            said.code = "opinion-said-found-uncounted".to_owned();
        }
        let with = |sentence: Sentence, held: Option<&Held<'_>>| match held {
            Some(held) => sentence
                .with("name-en", &held.rule.explanation.name.en)
                .with("name-ja", &held.rule.explanation.name.ja)
                .with("place", held.place),
            None => sentence,
        };
        let code = match (agreement, self.found_something(), self.elsewhere.is_empty()) {
            (Agreement::Agrees, true, _) => "opinion-agrees-found",
            (Agreement::Agrees, false, _) => "opinion-agrees-nothing",
            (Agreement::Adds, ..) => "opinion-adds",
            (Agreement::Contradicts, _, true) => "opinion-contradicts-harmless",
            (Agreement::Contradicts, _, false) => "opinion-contradicts-missed",
            (Agreement::SaysLess, _, false) => "opinion-says-less",
            (Agreement::SaysLess, _, true) => "opinion-no-answer",
        };
        let held = if agreement == Agreement::Adds { self.theirs.as_ref() } else { self.named(agreement) };
        let fits = with(Sentence::new(code).with("tool", &self.voice.scanner), held);
        let mut sentences = vec![said, fits];
        if let Some((from, days)) = self.logs_from().filter(|_| self.holds(Fact::LogsBeginLate)) {
            let sentence =
                Sentence::new(if self.attack.is_some() { "opinion-logs-late" } else { "opinion-logs-late-window" });
            let attack = self.attack.or(self.window_from).map(Timestamp::day).unwrap_or_default();
            sentences.push(sentence.with("logs-from", from.day()).with("days", days).with("attack", attack));
        }
        if self.holds(Fact::Removed) && self.theirs.is_some() {
            let first = self.run.removed.iter().next().map_or("", String::as_str);
            sentences
                .push(Sentence::new("opinion-removed").with("count", self.run.removed.len()).with("listed", first));
        }
        let notes = self.tool.map_or(&[][..], |tool| &tool.notes).iter();
        sentences.extend(
            notes.filter(|note| self.applies(&note.when, agreement)).filter_map(|note| self.note(note, agreement)),
        );
        sentences
    }

    fn applies(&self, when: &When, agreement: Agreement) -> bool {
        (when.said.is_empty() || when.said.contains(&self.said))
            && (when.agreement.is_empty() || when.agreement.contains(&agreement))
            && (when.rules.is_empty() || when.rules.iter().any(|rule| self.held.contains(rule.as_str())))
            && !when.without.iter().any(|rule| self.held.contains(rule.as_str()))
            && when.facts.iter().all(|fact| self.holds(*fact))
    }

    fn holds(&self, fact: Fact) -> bool {
        match fact {
            Fact::LogsBeginLate => {
                let since = self.attack.or(self.window_from);
                self.logs_from().zip(since).is_some_and(|((from, _), since)| from > since)
            }
            Fact::LogAgeMissing => {
                self.run.days.contains(&None) || (self.run.says("log-ages") && self.run.days.is_empty())
            }
            Fact::Skipped => self.run.says("skipped"),
            Fact::Failed => self.run.says("failed"),
            Fact::Removed => !self.run.removed.is_empty(),
            Fact::AnswerChanged => self.changed,
            Fact::FoundOther => self.found_something() && self.theirs.is_none(),
        }
    }

    /// Since when the log that it has the least of reaches back, and for how many days.
    fn logs_from(&self) -> Option<(Timestamp, u32)> {
        let tenths = self.run.days.iter().flatten().min()?;
        let local =
            || [&self.voice.started, self.run.local_time.as_ref()?].into_iter().find_map(|text| local_time(text));
        let ran = self.run.time.or_else(local).or_else(|| local_time(&self.voice.started)).or(self.run.modified)?;
        Some((ran.plus_seconds(-i64::from(*tenths) * DAY_SECONDS / 10), tenths / 10))
    }

    /// A note with its placeholders filled; `None` where something that it speaks of is not known.
    fn note(&self, note: &Note, agreement: Agreement) -> Option<Sentence> {
        let (en, ja) = (self.filled(&note.text, Lang::En, agreement)?, self.filled(&note.text, Lang::Ja, agreement)?);
        Some(Sentence::new("opinion-note").with("note", &note.id).with("words-en", en).with("words-ja", ja))
    }

    fn filled(&self, text: &Text, lang: Lang, agreement: Agreement) -> Option<String> {
        let mut filled = String::new();
        let mut rest = text.get(lang);
        while let Some((before, (word, after))) =
            rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            filled.push_str(before);
            let held = || self.named(agreement).or_else(|| self.elsewhere.first()).or(self.theirs.as_ref());
            filled.push_str(&match word {
                "rule" => held()?.rule.explanation.name.get(lang).to_owned(),
                "place" => held()?.place.to_owned(),
                "attack" => self.attack.or(self.window_from).map(Timestamp::day)?,
                "logs-from" => self.logs_from()?.0.day(),
                "days" => self.logs_from()?.1.to_string(),
                "listed" => self.run.first_listed()?.to_owned(),
                "count" => (self.run.counts.found + self.run.counts.suspicious).to_string(),
                _ => return None,
            });
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }
}

/// `20210312101500` as `2021-03-12T10:15:00`; anything else as it is.
fn spelled(text: String) -> String {
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    let (date, clock) = ([part(0..4), part(4..6), part(6..8)], [part(8..10), part(10..12), part(12..14)]);
    format!("{}T{}", date.join("-"), clock.join(":"))
}

/// `20210312101500` or `2021-03-12T10:15:00`, of an unknown zone: near enough for days.
fn local_time(text: &str) -> Option<Timestamp> {
    Timestamp::parse(spelled(text.to_owned()).as_bytes())
}
