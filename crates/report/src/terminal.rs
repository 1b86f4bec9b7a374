//! The report for people on a terminal: the answer in words first, then why, what to do, what was not seen.
//!
//! Fits 80 columns, also in Japanese. Green is kept for "all checked, nothing found".

mod affected;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use hikeshi_core::actor::{Actor, ActorKind};
use hikeshi_core::coverage::{Coverage, Unreadable};
use hikeshi_core::finding::{Finding, Reading};
use hikeshi_core::report::Report;
use hikeshi_core::untrusted::{Untrusted, defanged};
use hikeshi_core::verdict::Verdict;
use textwrap::{Options, WordSplitter};

use crate::phrases::{
    at_once, bytes, clock, disarmed, groups, joined, minute, opinion_name, renamed_line, second, unread_line,
};
use crate::words::Words;

const WIDTH: usize = 80;
/// Examples shown of each rule.
const EXAMPLES: usize = 3;
/// Entries shown of other lists.
const ENTRIES: usize = 12;
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

/// A page that is being written.
pub(crate) struct Page<'a> {
    out: &'a mut dyn Write,
    words: &'a Words,
}

const BOLD: Style = Style::new().bold();

impl<'a> Page<'a> {
    pub(crate) const fn new(words: &'a Words, out: &'a mut dyn Write) -> Self {
        Self { out, words }
    }

    /// A heading in the program's own words.
    pub(crate) fn title(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.styled(BOLD, text)
    }
}

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
        for (holds, key) in [(report.practice, "practice"), (report.partial, "partial"), (report.redacted, "redacted")]
        {
            if holds {
                let text = self.words.get(key);
                self.styled(BOLD, &text)?;
            }
        }
        at_once(report, self.words).map_or(Ok(()), |text| self.item("", &text))
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
            let text = joined(self.words.lang(), &[&known, &note]);
            self.item("", &text)?;
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
            let why: Vec<&str> = [Some(step.why.get(lang)), takes.as_deref()].into_iter().flatten().collect();
            self.item("    ", &joined(lang, &why))?;
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
            let text = unread_line(self.words, one);
            self.item("- ", &text)?;
        }
        let hidden: u64 = report.coverage.iter().map(|coverage| coverage.unreadable_more).sum();
        self.more(unreadable.len() + usize::try_from(hidden).unwrap_or(usize::MAX))
    }

    fn findings(&mut self, report: &Report) -> io::Result<()> {
        let (telling, context) = groups(report);
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
        self.programs(actor)
    }

    /// What an actor's processes started, a line for each chain.
    fn programs(&mut self, actor: &Actor) -> io::Result<()> {
        if actor.programs.is_empty() {
            return Ok(());
        }
        let text = format!("{}:", self.words.get("actor-programs"));
        self.item("    ", &text)?;
        for chain in actor.programs.iter().take(ENTRIES) {
            self.item("      ", &disarmed(chain, &actor.addresses))?;
        }
        let more = actor.programs_more + actor.programs.len().saturating_sub(ENTRIES) as u64;
        if more > 0 {
            let text = self.words.with("more-places", &[("count", &more)]);
            self.item("      ", &text)?;
        }
        Ok(())
    }

    /// What other tools said: the answer in a line, then why it fits or does not.
    fn second_opinions(&mut self, report: &Report) -> io::Result<()> {
        if report.second_opinions.is_empty() {
            return Ok(());
        }
        self.head("head-second-opinions")?;
        for opinion in report.second_opinions.iter().take(ENTRIES) {
            let agreement = self.words.get(&format!("agreement-{}", opinion.agreement.word()));
            let name = opinion_name(opinion);
            self.item("* ", &format!("{name}: {agreement}"))?;
            // The answer and how it fits are one thought; what explains it comes point by point.
            let said: Vec<String> = opinion.explanation.iter().map(|sentence| self.words.say(sentence)).collect();
            let said: Vec<&str> = said.iter().map(String::as_str).collect();
            let (answer, why) = said.split_at_checked(2).unwrap_or((&said, &[]));
            self.item("    ", &joined(self.words.lang(), answer))?;
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
                let text = renamed_line(self.words, renamed);
                self.item("    ! ", &text)?;
            }
            let more = coverage.renamed_more + coverage.renamed.len().saturating_sub(ENTRIES) as u64;
            if more > 0 {
                self.item("      ", &self.words.with("more-renamed", &[("count", &more)]))?;
            }
        }
        Ok(())
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
                self.item("- ", &format!("{}: {}", rule.path, rule.reason.get(self.words.lang())))?;
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
        let text = self.words.get(key);
        self.title(&text)
    }

    fn styled(&mut self, style: Style, text: &str) -> io::Result<()> {
        for line in textwrap::wrap(text, options("")) {
            writeln!(self.out, "{style}{}{style:#}", Untrusted(&line))?;
        }
        Ok(())
    }

    /// A paragraph behind a mark; following lines are indented as wide as the mark.
    pub(crate) fn item(&mut self, mark: &str, text: &str) -> io::Result<()> {
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
