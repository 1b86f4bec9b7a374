//! What several faces tell alike: titles, what was not seen, rules with all their records.

use std::collections::BTreeMap;

use hikeshi_core::coverage::Unreadable;
use hikeshi_core::finding::Finding;
use hikeshi_core::report::{Report, Sentence};
use hikeshi_core::text::Lang;
use hikeshi_core::time::Timestamp;
use hikeshi_core::untrusted::Untrusted;

use crate::phrases::{by_rule, why_unreadable};
use crate::words::Words;

/// The SHA-256 of no bytes: empty files are everywhere.
pub(crate) const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A rule that held, with all its records; the finding is the first of those that weigh most.
pub(crate) struct Held<'r> {
    pub(crate) finding: &'r Finding,
    pub(crate) findings: Vec<&'r Finding>,
    pub(crate) count: u64,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
}

/// Something that was not read, or that "clean" would need.
pub(crate) struct Unseen {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The newest time that the report names: what it says is as of then. The same report gives the same time, and a report
/// does not say when it was made.
pub(crate) fn as_of(report: &Report) -> Timestamp {
    let seen = report.coverage.iter().filter_map(|coverage| coverage.last);
    let found = report.findings.iter().filter_map(|finding| finding.time);
    let counted = report.totals.iter().filter_map(|total| total.last);
    seen.chain(found).chain(counted).chain(report.window.to).max().unwrap_or(Timestamp::from_micros(0))
}

/// What a finding is called: by the pack, else by its rule.
pub(crate) fn title(finding: &Finding, lang: Lang) -> String {
    let names = [finding.explanation.name.get(lang), &finding.rule.title, &finding.rule.name];
    let name = names.into_iter().find(|name| !name.trim().is_empty()).unwrap_or_default();
    flat(name)
}

/// Text on one line, with what acts on a screen spelled out.
pub(crate) fn flat(text: &str) -> String {
    let words: Vec<&str> = text.split(char::is_whitespace).filter(|word| !word.is_empty()).collect();
    Untrusted(&words.join(" ")).to_string()
}

/// The words of a sentence; those that it brings along where this version does not know it.
pub(crate) fn said(sentence: &Sentence, words: &Words) -> String {
    let said = words.say(sentence);
    let own = sentence.text.get(words.lang());
    flat(if said == sentence.code && !own.is_empty() { own } else { &said })
}

/// The fields of a record on one line, as `name=value`.
pub(crate) fn fields(finding: &Finding) -> String {
    let fields = finding.fields.iter().map(|(name, value)| format!("{}={}", Untrusted(name), Untrusted(value)));
    fields.collect::<Vec<_>>().join("; ")
}

/// The machines, by their own names.
pub(crate) fn machines(report: &Report) -> Vec<&str> {
    report
        .machines
        .iter()
        .filter_map(|machine| machine.name.as_deref())
        .filter(|name| !name.trim().is_empty())
        .collect()
}

/// What "clean" would need and what was not read, one entry each.
pub(crate) fn unseen(report: &Report, words: &Words) -> Vec<Unseen> {
    let mut all = Vec::new();
    for missing in &report.missing {
        let kind = flat(missing.title.get(words.lang()));
        let mut tell = |text: String| all.push(Unseen { path: String::new(), text });
        if missing.spans.is_empty() {
            tell(kind.clone());
        }
        for span in &missing.spans {
            tell(words.with("not-seen-span", &[("kind", &kind), ("from", &span.from), ("to", &span.to)]));
        }
    }
    for coverage in &report.coverage {
        all.extend(coverage.unreadable.iter().map(|one| unread(one, words)));
        if coverage.unreadable_more > 0 {
            let text = words.with("more-places", &[("count", &coverage.unreadable_more)]);
            all.push(Unseen { path: Untrusted(&coverage.path).to_string(), text });
        }
    }
    all
}

fn unread(one: &Unreadable, words: &Words) -> Unseen {
    Unseen { path: Untrusted(&one.path).to_string(), text: flat(&why_unreadable(words, one)) }
}

/// The SHA-256 of the file that a finding is about; none where the finding is about a record in it, or where the file is empty.
pub(crate) fn hash_of_file(finding: &Finding) -> Option<&str> {
    let place = &finding.evidence;
    // In a registry hive, too, a record has neither; but it never stands at the beginning.
    let is_file = place.line.is_none() && place.record.is_none() && place.offset == 0;
    let hash = place.sha256.as_deref().filter(|_| is_file)?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_hash && !hash.eq_ignore_ascii_case(OF_NOTHING)).then_some(hash)
}

/// Each rule once, what weighs most first.
pub(crate) fn held(report: &Report) -> Vec<Held<'_>> {
    let mut totals: BTreeMap<&str, (u64, Option<Timestamp>, Option<Timestamp>)> = BTreeMap::new();
    for total in &report.totals {
        let (count, first, last) = totals.entry(&total.rule).or_default();
        *count = count.saturating_add(total.count);
        *first = first.iter().copied().chain(total.first).min();
        *last = last.iter().copied().chain(total.last).max();
    }
    let mut held: Vec<Held<'_>> = by_rule(report)
        .into_iter()
        .filter_map(|(rule, findings)| {
            let (count, first, last) = totals.get(rule).copied().unwrap_or_default();
            let times = || findings.iter().filter_map(|finding| finding.time);
            let (first, last) = (first.or_else(|| times().min()), last.or_else(|| times().max()));
            Some(Held { finding: *findings.first()?, count: count.max(findings.len() as u64), findings, first, last })
        })
        .collect();
    let weight = |held: &Held<'_>| (held.finding.weight(), held.finding.severity);
    held.sort_by(|a, b| weight(b).cmp(&weight(a)).then_with(|| a.finding.rule.name.cmp(&b.finding.rule.name)));
    held
}
