//! The report for a ticket or a mail, as CommonMark: the answer, what to do, what was not seen, what was found.
//!
//! Text from evidence stands in code spans alone, where nothing is markup, no link and nobody's name. All other text is
//! escaped too: a saved report may come from anywhere.

use std::io::{self, Write};
use std::net::IpAddr;

use hikeshi_core::actor::{Actor, ActorKind};
use hikeshi_core::finding::{Finding, Reading};
use hikeshi_core::report::Report;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use hikeshi_core::untrusted::{Untrusted, defanged};

use crate::facts::{self, Held};
use crate::phrases::at_once;
use crate::words::Words;

/// Examples shown of each rule.
const EXAMPLES: usize = 3;
/// Entries shown of other lists.
const ENTRIES: usize = 50;
/// A value from evidence is cut to so many characters.
const VALUE: usize = 200;

/// Writes the report. `words` gives the language.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(words, out);
    page.answer(report)?;
    page.steps(report)?;
    page.unseen(report)?;
    page.findings(report)?;
    page.timeline(report)?;
    page.actors(report)?;
    page.coverage(report)?;
    page.foot(report)
}

/// A page that is being written.
pub(crate) struct Page<'p> {
    pub(crate) words: &'p Words,
    out: &'p mut dyn Write,
}

impl<'p> Page<'p> {
    pub(crate) const fn new(words: &'p Words, out: &'p mut dyn Write) -> Self {
        Self { words, out }
    }

    /// A heading of the program's own words.
    pub(crate) fn head(&mut self, level: usize, text: &str) -> io::Result<()> {
        writeln!(self.out, "{} {}\n", "#".repeat(level), escaped(text))
    }

    /// A paragraph that is Markdown already.
    pub(crate) fn paragraph(&mut self, markdown: &str) -> io::Result<()> {
        writeln!(self.out, "{markdown}\n")
    }

    /// An entry of a list that is Markdown already.
    pub(crate) fn item(&mut self, depth: usize, markdown: &str) -> io::Result<()> {
        writeln!(self.out, "{}- {markdown}", "  ".repeat(depth))
    }

    pub(crate) fn end_of_list(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    pub(crate) fn more(&mut self, all: usize) -> io::Result<()> {
        if all > ENTRIES {
            let text = self.words.with("more-places", &[("count", &(all - ENTRIES))]);
            self.item(0, &escaped(&text))?;
        }
        Ok(())
    }

    pub(crate) fn text(&self, text: &Text) -> String {
        escaped(text.get(self.words.lang()))
    }

    fn answer(&mut self, report: &Report) -> io::Result<()> {
        let verdict = self.words.get(&format!("verdict-{}", report.verdict.word()));
        self.head(1, &verdict)?;
        let machines = facts::machines(report);
        if !machines.is_empty() {
            let names: Vec<String> = machines.into_iter().map(code).collect();
            let label = self.words.get("markdown-machines");
            self.paragraph(&format!("{}: {}", escaped(&label), names.join(", ")))?;
        }
        for (holds, key) in [(report.practice, "practice"), (report.partial, "partial"), (report.redacted, "redacted")]
        {
            if holds {
                let text = escaped(&self.words.get(key));
                self.paragraph(&format!("**{text}**"))?;
            }
        }
        if let Some(text) = at_once(report, self.words) {
            self.paragraph(&format!("**{}**", escaped(&text)))?;
        }
        self.named_head("head-why")?;
        for reason in &report.reasons {
            let place = reason.evidence.as_deref().map(|place| format!(" {}", code(place))).unwrap_or_default();
            let text = escaped(&facts::said(&reason.sentence, self.words));
            self.item(0, &format!("{text}{place}"))?;
        }
        self.end_of_list()?;
        let period = facts::said(&report.window.summary, self.words);
        self.paragraph(&escaped(&period))?;
        for sentence in report.affected.servers.iter().flat_map(|server| server.summary.iter().take(2)) {
            let text = escaped(&facts::said(sentence, self.words));
            self.item(0, &text)?;
        }
        self.end_of_list()
    }

    fn named_head(&mut self, key: &str) -> io::Result<()> {
        let text = self.words.get(key);
        self.head(2, &text)
    }

    fn steps(&mut self, report: &Report) -> io::Result<()> {
        if !report.next_steps.is_empty() {
            self.named_head("head-now")?;
        }
        for step in &report.next_steps {
            let (act, why) = (self.text(&step.act), self.text(&step.why));
            self.item(0, &format!("[ ] {act} {why}"))?;
        }
        self.end_of_list()?;
        if !report.do_not.is_empty() {
            self.named_head("head-do-not")?;
        }
        for text in &report.do_not {
            let text = self.text(text);
            self.item(0, &text)?;
        }
        self.end_of_list()
    }

    fn unseen(&mut self, report: &Report) -> io::Result<()> {
        let unseen = facts::unseen(report, self.words);
        if unseen.is_empty() {
            return Ok(());
        }
        self.named_head("head-unseen")?;
        for one in unseen.iter().take(ENTRIES) {
            let path = if one.path.is_empty() { String::new() } else { format!("{}: ", code(&one.path)) };
            self.item(0, &format!("{path}{}", escaped(&one.text)))?;
        }
        self.more(unseen.len())?;
        self.end_of_list()
    }

    fn findings(&mut self, report: &Report) -> io::Result<()> {
        let held = facts::held(report);
        let (telling, context): (Vec<_>, Vec<_>) = held.into_iter().partition(|held| held.finding.weight().is_some());
        if !telling.is_empty() {
            self.named_head("head-findings")?;
        }
        for held in &telling {
            self.rule(held)?;
        }
        if !context.is_empty() {
            self.named_head("head-context")?;
        }
        for held in context.iter().take(ENTRIES) {
            let count = self.words.with("count-times", &[("count", &held.count)]);
            let title = escaped(&facts::title(held.finding, self.words.lang()));
            self.item(0, &format!("{title} ({}; {})", code(&held.finding.rule.name), escaped(&count)))?;
        }
        self.more(context.len())?;
        self.end_of_list()
    }

    fn rule(&mut self, held: &Held<'_>) -> io::Result<()> {
        let (finding, words) = (held.finding, self.words);
        self.head(3, &facts::title(finding, words.lang()))?;
        let stage = words.get(&format!("stage-{}", finding.stage.word()));
        let severity = words.get(&format!("severity-{}", finding.severity.word()));
        let mut parts = vec![code(&finding.rule.name), escaped(&stage), escaped(&severity)];
        parts.push(escaped(&words.with("count-times", &[("count", &held.count)])));
        if let (Some(first), Some(last)) = (held.first, held.last) {
            parts.push(escaped(&words.period(first, last)));
        }
        parts.extend(finding.cve.iter().chain(finding.attack.iter()).map(|tag| code(tag)));
        self.paragraph(&parts.join(", "))?;
        let explanation = &finding.explanation;
        for (key, text) in
            [("means", &explanation.means), ("not", &explanation.does_not_mean), ("next", &explanation.next)]
        {
            let text = self.text(text);
            if !text.is_empty() {
                let label = escaped(&words.get(key));
                self.paragraph(&format!("**{label}**: {text}"))?;
            }
        }
        for finding in held.findings.iter().take(EXAMPLES) {
            self.example(finding)?;
        }
        self.end_of_list()
    }

    fn example(&mut self, finding: &Finding) -> io::Result<()> {
        let time = finding.time.map(|time| format!(" {}", second(time))).unwrap_or_default();
        let mark = match finding.reading {
            Reading::Uncertain => format!(" ({})", escaped(&self.words.get("uncertain"))),
            Reading::Exact => String::new(),
        };
        self.item(0, &format!("{}{time}{mark}", code(&finding.evidence.place())))?;
        for (name, value) in &finding.fields {
            let addresses = finding.addresses.iter().filter(|address| address.parse::<IpAddr>().is_ok());
            let value = addresses
                .fold(value.replace("://", "[://]"), |value, address| value.replace(address, &defanged(address)));
            self.item(1, &code(&format!("{name}: {}", cut(&value))))?;
        }
        Ok(())
    }

    fn timeline(&mut self, report: &Report) -> io::Result<()> {
        if report.timeline.is_empty() {
            return Ok(());
        }
        self.named_head("head-timeline")?;
        for event in &report.timeline {
            let stage = escaped(&self.words.get(&format!("stage-{}", event.stage.word())));
            let count = if event.count > 1 { format!(" ×{}", event.count) } else { String::new() };
            let text = self.text(&event.text);
            self.item(0, &format!("{} {text} ({stage}){count}", second(event.time)))?;
        }
        self.end_of_list()
    }

    fn actors(&mut self, report: &Report) -> io::Result<()> {
        if report.actors.is_empty() {
            return Ok(());
        }
        self.named_head("head-actors")?;
        for actor in report.actors.iter().take(ENTRIES) {
            self.actor(actor)?;
        }
        self.more(report.actors.len())?;
        self.end_of_list()
    }

    fn actor(&mut self, actor: &Actor) -> io::Result<()> {
        let key = match actor.kind {
            ActorKind::Intruder => "actor-intruder",
            ActorKind::Probers => "actor-probers",
        };
        let name = self.words.with(key, &[("id", &actor.id)]);
        let stage = self.words.get(&format!("stage-{}", actor.stage.word()));
        self.item(0, &format!("{} ({})", escaped(&name), escaped(&stage)))?;
        let addresses: Vec<String> = actor.addresses.iter().map(|address| defanged(address)).collect();
        for (key, list) in [
            ("actor-addresses", &addresses),
            ("actor-pages", &actor.pages),
            ("actor-accounts", &actor.accounts),
            ("actor-agents", &actor.agents),
            ("actor-programs", &actor.programs),
        ] {
            if !list.is_empty() {
                let values: Vec<String> = list.iter().take(ENTRIES).map(|value| code(&cut(value))).collect();
                let label = escaped(&self.words.get(key));
                self.item(1, &format!("{label}: {}", values.join(", ")))?;
            }
        }
        Ok(())
    }

    fn coverage(&mut self, report: &Report) -> io::Result<()> {
        if report.coverage.is_empty() {
            return Ok(());
        }
        self.named_head("head-coverage")?;
        for coverage in &report.coverage {
            let size = crate::phrases::bytes(coverage.bytes);
            let size = self.words.with("files-bytes", &[("files", &coverage.files), ("bytes", &size)]);
            let period = match (coverage.first, coverage.last) {
                (Some(first), Some(last)) => format!(", {}", self.words.period(first, last)),
                _ => String::new(),
            };
            let title = self.text(&coverage.title);
            self.item(0, &format!("{title}: {}", escaped(&format!("{size}{period}"))))?;
        }
        self.end_of_list()
    }

    fn foot(&mut self, report: &Report) -> io::Result<()> {
        if !report.contacts.is_empty() {
            self.named_head("head-contacts")?;
        }
        for contact in &report.contacts {
            let url = contact.url.as_deref().map(|url| format!(" {}", code(url))).unwrap_or_default();
            let (name, role) = (self.text(&contact.name), self.text(&contact.role));
            self.item(0, &format!("{name}: {role}{url}"))?;
        }
        self.end_of_list()?;
        let packs: Vec<String> =
            report.packs.iter().map(|pack| code(&format!("{} {}", pack.id, pack.version))).collect();
        let tool = code(&format!("{} {}", report.tool.name, report.tool.version));
        let label = escaped(&self.words.get("head-packs"));
        self.paragraph(&format!("{label}: {tool} {}", packs.join(" ")))
    }
}

fn second(time: Timestamp) -> String {
    let text = time.to_string().replacen('T', " ", 1);
    text.get(..19).unwrap_or(&text).to_owned()
}

fn cut(value: &str) -> String {
    let mut characters = value.chars();
    let mut short: String = characters.by_ref().take(VALUE).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}

/// Text from evidence as a code span: fenced by more backticks than stand in it, on one line.
pub(crate) fn code(text: &str) -> String {
    let text = Untrusted(text).to_string();
    let text = if text.trim().is_empty() { " ".to_owned() } else { text };
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // A blank at both ends is taken away by readers; it keeps backticks of the text from the fence.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Other text, in which nothing is markup, a link or a mention.
pub(crate) fn escaped(text: &str) -> String {
    // Readers make links of these without any markup.
    let text = facts::flat(text).replace("://", "[://]").replace("www.", "www[.]").replace('@', "(at)");
    let mut safe = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let begins = at == 0 || text.get(..at).is_some_and(|before| before.bytes().all(|byte| byte.is_ascii_digit()));
        let is_mark = "\\`*_[]<>&#|~!$".contains(character) || (begins && "+-.)=:".contains(character));
        if is_mark {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}
