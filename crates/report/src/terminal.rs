//! The report for people on a terminal: the answer in words first, then why, what to do, what was not seen.
//!
//! Fits 80 columns, also in Japanese. Green is kept for "all checked, nothing found".

mod affected;

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use hikeshi_core::actor::{Actor, ActorKind};
use hikeshi_core::coverage::{Coverage, Gap, Renamed, Unreadable};
use hikeshi_core::finding::{Finding, Reading};
use hikeshi_core::report::Report;
use hikeshi_core::text::Lang;
use hikeshi_core::time::Timestamp;
use hikeshi_core::untrusted::{Untrusted, defanged};
use hikeshi_core::verdict::Verdict;
use textwrap::{Options, WordSplitter};

use crate::words::Words;

const WIDTH: usize = 80;
/// Examples shown of each rule.
const EXAMPLES: usize = 3;
/// Entries shown of other lists.
const ENTRIES: usize = 12;
/// The source of what was found by following a clue.
const FOLLOWED: &str = "follow";
/// A value of a record is cut to so many columns.
const VALUE: usize = 160;

/// Writes the report. `words` gives the language.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, words };
    page.headline(report)?;
    page.reasons(report)?;
    page.affected(&report.affected)?;
    page.steps(report)?;
    page.unseen(report)?;
    page.findings(report)?;
    page.timeline(report)?;
    page.actors(report)?;
    page.second_opinions(report)?;
    page.coverage(report)?;
    page.foot(report)
}

struct Page<'a> {
    out: &'a mut dyn Write,
    words: &'a Words,
}

const BOLD: Style = Style::new().bold();

impl Page<'_> {
    fn verdict(&mut self, report: &Report) -> io::Result<()> {
        let color = match report.verdict {
            Verdict::Clean => AnsiColor::Green,
            Verdict::Inconclusive | Verdict::Attempted => AnsiColor::Yellow,
            Verdict::Exploited | Verdict::Compromised => AnsiColor::Red,
        };
        let text = self.words.get(&format!("verdict-{}", report.verdict.word()));
        self.styled(Style::new().bold().fg_color(Some(color.into())), &text)
    }

    fn headline(&mut self, report: &Report) -> io::Result<()> {
        self.verdict(report)?;
        for (holds, key) in [(report.practice, "practice"), (report.partial, "partial")] {
            if holds {
                let text = self.words.get(key);
                self.styled(BOLD, &text)?;
            }
        }
        Ok(())
    }

    fn reasons(&mut self, report: &Report) -> io::Result<()> {
        self.head("head-why")?;
        for reason in &report.reasons {
            let text = self.words.say(&reason.sentence);
            self.item("- ", &text)?;
            if let Some(place) = &reason.evidence {
                self.item("    ", place)?;
            }
        }
        self.head("head-window")?;
        let text = self.words.say(&report.window.summary);
        self.item("", &text)?;
        if let Some(from) = report.window.from {
            let known = self.words.with("window-known", &[("from", &from.day())]);
            let note = report.window.note.get(self.words.lang()).to_owned();
            // Japanese sentences follow one another without a blank.
            let between = if self.words.lang() == Lang::Ja { "" } else { " " };
            self.item("", &format!("{known}{between}{note}"))?;
        }
        for bound in &report.window.bounds {
            let text = self.words.say(bound);
            self.item("", &text)?;
        }
        Ok(())
    }

    fn steps(&mut self, report: &Report) -> io::Result<()> {
        let lang = self.words.lang();
        if !report.next_steps.is_empty() {
            self.head("head-now")?;
        }
        for (number, step) in report.next_steps.iter().enumerate() {
            self.item(&format!("{:>2}. ", number + 1), step.act.get(lang))?;
            let takes = step.takes.as_ref().map(|takes| self.words.with("step-takes", &[("time", &takes.get(lang))]));
            let between = if lang == Lang::Ja { "" } else { " " };
            self.item(
                "    ",
                &[Some(step.why.get(lang)), takes.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(between),
            )?;
        }
        if !report.do_not.is_empty() {
            self.head("head-do-not")?;
        }
        for text in &report.do_not {
            self.item("- ", text.get(lang))?;
        }
        Ok(())
    }

    fn unseen(&mut self, report: &Report) -> io::Result<()> {
        let unreadable: Vec<(&Coverage, &Unreadable)> = report
            .coverage
            .iter()
            .flat_map(|coverage| coverage.unreadable.iter().map(move |one| (coverage, one)))
            .collect();
        if report.missing.is_empty() && unreadable.is_empty() {
            return Ok(());
        }
        self.head("head-unseen")?;
        let lang = self.words.lang();
        for missing in &report.missing {
            let kind = missing.title.get(lang);
            if missing.spans.is_empty() {
                self.item("- ", kind)?;
            }
            for span in missing.spans.iter().take(ENTRIES) {
                let text = self
                    .words
                    .with("not-seen-span", &[("kind", &kind), ("from", &minute(span.from)), ("to", &minute(span.to))]);
                self.item("- ", &text)?;
            }
            self.more(missing.spans.len())?;
            if !missing.ask.get(lang).is_empty() {
                self.item("    ", missing.ask.get(lang))?;
            }
        }
        for (_, one) in unreadable.iter().take(ENTRIES) {
            let text = self.unreadable(one);
            self.item("- ", &text)?;
        }
        let hidden: u64 = report.coverage.iter().map(|coverage| coverage.unreadable_more).sum();
        self.more(unreadable.len() + usize::try_from(hidden).unwrap_or(usize::MAX))
    }

    fn unreadable(&self, one: &Unreadable) -> String {
        let mut text = format!("{}: {}", one.path, self.words.get(gap_key(one.reason)));
        if one.count > 1 {
            text += &format!(" ({})", self.words.with("count-times", &[("count", &one.count)]));
        }
        if let Some(line) = one.line {
            text += &format!(", {}", self.words.with("in-line", &[("line", &line)]));
        }
        if let Some(detail) = &one.detail {
            text += &format!(" [{detail}]");
        }
        text
    }

    fn findings(&mut self, report: &Report) -> io::Result<()> {
        let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &report.findings {
            by_rule.entry(&finding.rule.name).or_default().push(finding);
        }
        // What following a clue led to stands with the actors, unless it weighs something by itself.
        let is_told =
            |group: &Vec<&Finding>| group.iter().any(|one| one.rule.source != FOLLOWED || one.weight().is_some());
        let mut groups: Vec<_> = by_rule.into_values().filter(is_told).collect();
        // Of one rule, what weighs most is shown first; else the order of time stays.
        groups.iter_mut().for_each(|group| group.sort_by_key(|finding| std::cmp::Reverse(finding.weight())));
        groups.sort_by_key(|group| {
            group.first().map(|first| {
                (std::cmp::Reverse(first.weight()), std::cmp::Reverse(first.severity), first.rule.name.clone())
            })
        });
        let (telling, context): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|finding| finding.weight().is_some()));
        for (key, groups) in [("head-findings", telling), ("head-context", context)] {
            if !groups.is_empty() {
                self.head(key)?;
            }
            for group in groups {
                self.group(report, &group, key == "head-findings")?;
            }
        }
        Ok(())
    }

    /// One rule, what it means, and examples.
    fn group(&mut self, report: &Report, group: &[&Finding], explain: bool) -> io::Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        let lang = self.words.lang();
        let totals: Vec<_> = report.totals.iter().filter(|total| total.rule == first.rule.name).collect();
        let count: u64 = totals.iter().map(|total| total.count).sum();
        let stage = self.words.get(&format!("stage-{}", first.stage.word()));
        let severity = self.words.get(&format!("severity-{}", first.severity.word()));
        self.item("* ", &format!("{} [{stage}, {severity}]", first.explanation.name.get(lang)))?;
        let mut line = format!("{}; {}", first.rule.name, self.words.with("count-times", &[("count", &count)]));
        if let (Some(from), Some(to)) =
            (totals.iter().filter_map(|total| total.first).min(), totals.iter().filter_map(|total| total.last).max())
        {
            line += &format!(", {}", self.words.period(from, to));
        }
        if !first.cve.is_empty() || !first.attack.is_empty() {
            line +=
                &format!("; {}", first.cve.iter().chain(first.attack.iter()).cloned().collect::<Vec<_>>().join(" "));
        }
        if let (Some(author), false) = (&first.rule.author, first.rule.source.starts_with("pack:")) {
            line += &format!("; {}", self.words.with("by-author", &[("author", author)]));
        }
        self.item("    ", &line)?;
        if explain {
            for (key, text) in [
                ("means", &first.explanation.means),
                ("not", &first.explanation.does_not_mean),
                ("next", &first.explanation.next),
            ] {
                if !text.get(lang).trim().is_empty() {
                    let text = format!("{}: {}", self.words.get(key), text.get(lang).trim());
                    self.item("    ", &text)?;
                }
            }
        }
        for finding in group.iter().take(if explain { EXAMPLES } else { 1 }) {
            self.example(finding)?;
        }
        let shown = group.len().min(if explain { EXAMPLES } else { 1 }) as u64;
        if count > shown {
            let text = self.words.with("not-listed", &[("count", &(count - shown)), ("files", &totals.len())]);
            self.item("      ", &text)?;
        }
        Ok(())
    }

    fn example(&mut self, finding: &Finding) -> io::Result<()> {
        let time = finding.time.map(|time| format!(" {}", second(time))).unwrap_or_default();
        let raised = if finding.raised { format!(" ({})", self.words.get("raised")) } else { String::new() };
        let mark = if finding.reading == Reading::Uncertain {
            format!(" ({})", self.words.get("uncertain"))
        } else {
            String::new()
        };
        self.item("    > ", &format!("{}{time}{mark}{raised}", finding.evidence.place()))?;
        for (name, value) in &finding.fields {
            let name = if name == "row" { self.words.get("row") } else { name.clone() };
            let value = &disarmed(value, &finding.addresses);
            let short: String = value.chars().take(VALUE).collect();
            let more = if short.len() < value.len() { "…" } else { "" };
            self.item("      ", &format!("{name}: {short}{more}"))?;
        }
        Ok(())
    }

    fn timeline(&mut self, report: &Report) -> io::Result<()> {
        if report.timeline.is_empty() {
            return Ok(());
        }
        self.head("head-timeline")?;
        for event in &report.timeline {
            let stage = self.words.get(&format!("stage-{}", event.stage.word()));
            let count = if event.count > 1 { format!(" ×{}", event.count) } else { String::new() };
            let local = event.local.as_deref().map(|local| format!("({})  ", clock(local))).unwrap_or_default();
            self.item(
                &format!("{}  ", second(event.time)),
                &format!("{local}{} [{stage}]{count}", event.text.get(self.words.lang())),
            )?;
        }
        Ok(())
    }

    fn actors(&mut self, report: &Report) -> io::Result<()> {
        if report.actors.is_empty() {
            return Ok(());
        }
        self.head("head-actors")?;
        for actor in report.actors.iter().take(ENTRIES) {
            self.actor(actor)?;
        }
        self.more(report.actors.len())
    }

    fn actor(&mut self, actor: &Actor) -> io::Result<()> {
        let kind = match actor.kind {
            ActorKind::Intruder => "actor-intruder",
            ActorKind::Probers => "actor-probers",
        };
        let stage = self.words.get(&format!("stage-{}", actor.stage.word()));
        let period = match (actor.first, actor.last) {
            (Some(first), Some(last)) => self.words.period(minute(first), minute(last)),
            _ => String::new(),
        };
        let text = format!("{} [{stage}] {period}", self.words.with(kind, &[("id", &actor.id)]));
        self.item("- ", text.trim_end())?;
        let addresses: Vec<_> = actor.addresses.iter().map(|address| defanged(address)).collect();
        let more = actor.addresses_more + addresses.len().saturating_sub(ENTRIES) as u64;
        let lists = [
            ("actor-addresses", addresses),
            ("actor-pages", actor.pages.clone()),
            ("actor-accounts", actor.accounts.clone()),
            ("actor-agents", actor.agents.clone()),
        ];
        for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            let mut text = format!(
                "{}: {}",
                self.words.get(key),
                list.iter().take(ENTRIES).cloned().collect::<Vec<_>>().join(", ")
            );
            if key == "actor-addresses" && more > 0 {
                text += &format!(" {}", self.words.with("more-places", &[("count", &more)]));
            }
            self.item("    ", &text)?;
        }
        if actor.rows > 0 {
            let text = self.words.with("actor-rows", &[("count", &actor.rows)]);
            self.item("    ", &text)?;
        }
        Ok(())
    }

    /// What other tools said: the answer in a line, then why it fits or does not.
    fn second_opinions(&mut self, report: &Report) -> io::Result<()> {
        if report.second_opinions.is_empty() {
            return Ok(());
        }
        self.head("head-second-opinions")?;
        // Japanese sentences follow one another without a blank.
        let between = if self.words.lang() == Lang::Ja { "" } else { " " };
        for opinion in report.second_opinions.iter().take(ENTRIES) {
            let agreement = self.words.get(&format!("agreement-{}", opinion.agreement.word()));
            let mut name = opinion.tool.clone();
            let told = [opinion.version.as_ref(), opinion.host.as_ref()].into_iter().flatten();
            told.for_each(|text| name += &format!(" {text}"));
            if let Some(time) = opinion.time.map(minute).or_else(|| opinion.local_time.clone()) {
                name += &format!(" ({time})");
            }
            self.item("* ", &format!("{name}: {agreement}"))?;
            // The answer and how it fits are one thought; what explains it comes point by point.
            let said: Vec<String> = opinion.explanation.iter().map(|sentence| self.words.say(sentence)).collect();
            let (answer, why) = said.split_at_checked(2).unwrap_or((&said, &[]));
            self.item("    ", &answer.join(between))?;
            for reason in why {
                self.item("    - ", reason)?;
            }
            let looked_at = opinion.looked_at.get(self.words.lang());
            if !looked_at.is_empty() {
                let text = self.words.with("looked-at", &[("text", &looked_at)]);
                self.item("    ", &text)?;
            }
            for path in opinion.paths.iter().take(EXAMPLES) {
                self.item("    > ", path)?;
            }
        }
        self.more(report.second_opinions.len())
    }

    fn coverage(&mut self, report: &Report) -> io::Result<()> {
        if report.coverage.is_empty() {
            return Ok(());
        }
        self.head("head-coverage")?;
        for coverage in &report.coverage {
            let size = self.words.with("files-bytes", &[("files", &coverage.files), ("bytes", &bytes(coverage.bytes))]);
            self.item("- ", &format!("{}: {size}", coverage.title.get(self.words.lang())))?;
            if let (Some(first), Some(last)) = (coverage.first, coverage.last) {
                let text = self.words.period(minute(first), minute(last));
                self.item("    ", &text)?;
            }
            for gap in coverage.gaps.iter().take(ENTRIES) {
                let text = self.words.with("silence", &[("from", &minute(gap.from)), ("to", &minute(gap.to))]);
                self.item("    ! ", &text)?;
            }
            if coverage.gaps.len() > ENTRIES {
                let text = self.words.with("more-silences", &[("count", &(coverage.gaps.len() - ENTRIES))]);
                self.item("      ", &text)?;
            }
            for renamed in coverage.renamed.iter().take(ENTRIES) {
                self.item("    ! ", &self.renamed(renamed))?;
            }
            let more = coverage.renamed_more + coverage.renamed.len().saturating_sub(ENTRIES) as u64;
            if more > 0 {
                self.item("      ", &self.words.with("more-renamed", &[("count", &more)]))?;
            }
        }
        Ok(())
    }

    fn renamed(&self, renamed: &Renamed) -> String {
        match renamed.holds.as_str() {
            "" => self.words.with("renamed-event-log", &[("path", &renamed.path)]),
            channel => self.words.with("renamed-event-log-of", &[("path", &renamed.path), ("channel", &channel)]),
        }
    }

    fn foot(&mut self, report: &Report) -> io::Result<()> {
        let lang = self.words.lang();
        if report.verdict > Verdict::Inconclusive && !report.contacts.is_empty() {
            self.head("head-contacts")?;
            for contact in &report.contacts {
                let url = contact.url.as_deref().unwrap_or_default();
                self.item("- ", format!("{}: {} {url}", contact.name.get(lang), contact.role.get(lang)).trim())?;
            }
        }
        if !report.rules_skipped.is_empty() {
            self.head("head-rules-skipped")?;
            for rule in report.rules_skipped.iter().take(ENTRIES) {
                self.item("- ", &format!("{}: {}", rule.path, rule.reason))?;
            }
            self.more(report.rules_skipped.len())?;
        }
        self.head("head-packs")?;
        for pack in &report.packs {
            self.item("- ", &format!("{} ({} {})", pack.title.get(lang), pack.id, pack.version))?;
        }
        let scanned = &report.scanned;
        let text = self.words.with(
            "summary-scanned",
            &[("files", &scanned.files), ("bytes", &bytes(scanned.bytes)), ("rules", &scanned.rules)],
        );
        self.item("", &format!("{text} {} {}", report.tool.name, report.tool.version))?;
        // A long report scrolls its first line away.
        writeln!(self.out)?;
        self.verdict(report)
    }

    fn more(&mut self, all: usize) -> io::Result<()> {
        if all <= ENTRIES {
            return Ok(());
        }
        let text = self.words.with("more-places", &[("count", &(all - ENTRIES))]);
        self.item("  ", &text)
    }

    fn head(&mut self, key: &str) -> io::Result<()> {
        writeln!(self.out)?;
        let text = self.words.get(key);
        self.styled(BOLD, &text)
    }

    fn styled(&mut self, style: Style, text: &str) -> io::Result<()> {
        for line in textwrap::wrap(text, options("")) {
            writeln!(self.out, "{style}{}{style:#}", Untrusted(&line))?;
        }
        Ok(())
    }

    /// A paragraph behind a mark; following lines are indented as wide as the mark.
    fn item(&mut self, mark: &str, text: &str) -> io::Result<()> {
        let text = Untrusted(text).to_string();
        let indent = " ".repeat(mark.len());
        for line in textwrap::wrap(&text, options(&indent).initial_indent(mark)) {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn options(indent: &str) -> Options<'_> {
    Options::new(WIDTH).subsequent_indent(indent).word_splitter(WordSplitter::NoHyphenation).break_words(true)
}

/// A value from evidence in which neither the record's addresses nor a URL can be clicked.
fn disarmed(value: &str, addresses: &[String]) -> String {
    let value = value.replace("://", "[://]");
    addresses.iter().fold(value, |value, address| value.replace(address, &defanged(address)))
}

pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = "B";
    for next in UNITS {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if unit == "B" { format!("{count} B") } else { format!("{value:.1} {unit}") }
}

fn minute(time: Timestamp) -> String {
    cut(time, 16)
}

fn second(time: Timestamp) -> String {
    cut(time, 19)
}

/// A local time beside the same time in UTC: the day may be another, the year and the seconds are told already.
fn clock(local: &str) -> String {
    let part = |range| local.get(range).unwrap_or_default();
    format!("{} {} {}", part(5..10), part(11..16), part(19..local.len()))
}

fn cut(time: Timestamp, length: usize) -> String {
    let text = time.to_string().replacen('T', " ", 1);
    text.get(..length).unwrap_or(&text).to_owned()
}

const fn gap_key(gap: Gap) -> &'static str {
    match gap {
        Gap::PermissionDenied => "gap-permission-denied",
        Gap::Vanished => "gap-vanished",
        Gap::ChangedWhileRead => "gap-changed-while-read",
        Gap::ReadFailed => "gap-read-failed",
        Gap::LineCut => "gap-line-cut",
        Gap::MalformedRows => "gap-malformed-rows",
        Gap::HeaderMissing => "gap-header-missing",
        Gap::BadEncoding => "gap-bad-encoding",
        Gap::NoRows => "gap-no-rows",
        Gap::SpecialFile => "gap-special-file",
        Gap::NotReadYet => "gap-not-read-yet",
        Gap::LinkNotFollowed => "gap-link-not-followed",
        Gap::TooMany => "gap-too-many",
        Gap::NotReached => "gap-not-reached",
        Gap::DamagedRecords => "gap-damaged-records",
        Gap::ValueCut => "gap-value-cut",
        Gap::OverMemory => "gap-over-memory",
        Gap::OverTime => "gap-over-time",
        Gap::ReaderFailed => "gap-reader-failed",
        Gap::TooLarge => "gap-too-large",
        Gap::Encrypted => "gap-encrypted",
        Gap::MethodUnsupported => "gap-method-unsupported",
        Gap::Malformed => "gap-malformed",
        Gap::NestedTooDeep => "gap-nested-too-deep",
        Gap::ChangesMissing => "gap-changes-missing",
    }
}
