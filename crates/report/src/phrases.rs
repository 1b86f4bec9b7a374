//! What several faces say in the same way: times, sizes, values made harmless, findings put in order, names of things.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

use hikeshi_core::coverage::{Gap, Renamed, Unreadable};
use hikeshi_core::finding::{Finding, RuleRef};
use hikeshi_core::report::Report;
use hikeshi_core::second_opinion::SecondOpinion;
use hikeshi_core::text::Lang;
use hikeshi_core::time::Timestamp;
use hikeshi_core::untrusted::defanged;

use crate::words::Words;

/// Addresses that are looked for in one value. A record names a few.
const ADDRESSES: usize = 64;
/// The source of what was found by following a clue.
const FOLLOWED: &str = "follow";
/// Names of the rules of such clues begin so.
const WITH_ACTORS: [&str; 5] = ["follow-page-", "follow-data-", "follow-account-", "follow-address-", "follow-agent-"];

/// The findings of one rule, what weighs most first, then in order of time. Never empty.
pub(crate) type Group<'r> = Vec<&'r Finding>;

/// All findings by the name of their rule.
pub(crate) fn by_rule(report: &Report) -> BTreeMap<&str, Group<'_>> {
    let mut by_rule: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    for finding in &report.findings {
        by_rule.entry(&finding.rule.name).or_default().push(finding);
    }
    by_rule.values_mut().for_each(|group| group.sort_by_key(|finding| Reverse(finding.weight())));
    by_rule
}

/// Findings by rule, the furthest stage first: those that count for the verdict, and those that are context.
///
/// What following these clues led to stands with the actors, unless it weighs something by itself.
pub(crate) fn groups(report: &Report) -> (Vec<Group<'_>>, Vec<Group<'_>>) {
    let stands_there =
        |rule: &RuleRef| rule.source == FOLLOWED && WITH_ACTORS.iter().any(|clue| rule.name.starts_with(clue));
    let is_told = |group: &Group<'_>| group.iter().any(|one| !stands_there(&one.rule) || one.weight().is_some());
    let mut groups: Vec<_> = by_rule(report).into_values().filter(is_told).collect();
    groups.sort_by_key(|group| {
        group.first().map(|first| (Reverse(first.weight()), Reverse(first.severity), first.rule.name.clone()))
    });
    groups.into_iter().partition(|group| group.iter().any(|finding| finding.weight().is_some()))
}

/// What to do first of all, where the report says it.
pub(crate) fn at_once(report: &Report, words: &Words) -> Option<String> {
    let text = report.at_once.as_ref()?;
    Some(words.with("first", &[("text", &text.get(words.lang()))]))
}

/// Sentences that follow one another. Japanese ones do so without a blank.
pub(crate) fn joined(lang: Lang, sentences: &[&str]) -> String {
    sentences.join(if lang == Lang::Ja { "" } else { " " })
}

/// A value from evidence in which neither the record's addresses nor a URL can be clicked.
pub(crate) fn disarmed(value: &str, addresses: &[String]) -> String {
    let value = value.replace("://", "[://]");
    // An empty pattern would be found between all characters.
    let addresses = addresses.iter().filter(|address| !address.is_empty()).take(ADDRESSES);
    addresses.fold(value, |value, address| value.replace(address, &defanged(address)))
}

/// A text about a rule. The name of a clue that was followed ends in what was followed, which may be an address.
pub(crate) fn disarmed_of_rule(rule: &str, text: &str) -> String {
    match rule.split_once(':') {
        Some((_, clue)) if clue.parse::<IpAddr>().is_ok() => disarmed(text, &[clue.to_owned()]),
        _ => disarmed(text, &[]),
    }
}

/// What was not read, and why, in a line.
pub(crate) fn unread_line(words: &Words, one: &Unreadable) -> String {
    format!("{}: {}", one.path, why_unreadable(words, one))
}

/// Why something was not read, or not in full.
pub(crate) fn why_unreadable(words: &Words, one: &Unreadable) -> String {
    let mut text = words.get(gap_key(one.reason));
    if one.count > 1 {
        text += &format!(" ({})", words.with("count-times", &[("count", &one.count)]));
    }
    if let Some(line) = one.line {
        text += &format!(", {}", words.with("in-line", &[("line", &line)]));
    }
    if let Some(detail) = &one.detail {
        text += &format!(" [{}]", detail.get(words.lang()));
    }
    text
}

/// A file that was read under a name that is not its own.
pub(crate) fn renamed_line(words: &Words, renamed: &Renamed) -> String {
    match renamed.holds.as_str() {
        "" => words.with("renamed-event-log", &[("path", &renamed.path)]),
        channel => words.with("renamed-event-log-of", &[("path", &renamed.path), ("channel", &channel)]),
    }
}

/// Another tool's name, version and host, and when it said what it said.
pub(crate) fn opinion_name(opinion: &SecondOpinion) -> String {
    let told = [opinion.version.as_ref(), opinion.host.as_ref()].into_iter().flatten();
    let mut name = told.fold(opinion.tool.clone(), |name, text| format!("{name} {text}"));
    if let Some(time) = opinion.time.map(minute).or_else(|| opinion.local_time.clone()) {
        name += &format!(" ({time})");
    }
    name
}

/// `999 B`, `1.2 MB`.
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

/// `2021-03-03 05:01`.
pub(crate) fn minute(time: Timestamp) -> String {
    cut(time, 16)
}

/// `2021-03-03 05:01:10`.
pub(crate) fn second(time: Timestamp) -> String {
    cut(time, 19)
}

/// A local time beside the same time in UTC: the day may be another, the year and the seconds are told already.
pub(crate) fn clock(local: &str) -> String {
    let part = |range| local.get(range).unwrap_or_default();
    format!("{} {} {}", part(5..10), part(11..16), part(19..local.len()))
}

fn cut(time: Timestamp, length: usize) -> String {
    let text = time.to_string().replacen('T', " ", 1);
    text.get(..length).unwrap_or(&text).to_owned()
}

/// The key of the words for a reason.
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
        Gap::RecordsMissing => "gap-records-missing",
        Gap::Altered => "gap-altered",
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
        Gap::HiveMissing => "gap-hive-missing",
        Gap::NotAsNamed => "gap-not-as-named",
    }
}
