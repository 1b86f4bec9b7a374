//! What text any match of a rule must contain, as it is stored in the log.
//!
//! A rule's condition is walked for groups of literals: of each group, at least one literal must stand in
//! every record that matches. Where there is no group, the log source is read in full: slower, never wrong.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};
use rsigma_ir::{IrCondition, IrDetection, IrDetectionItem, IrMatcher, IrPattern, IrPatternPart, IrRule};
use rsigma_parser::Quantifier;

use crate::expressions::Expressions;

/// Shorter text stands nearly everywhere and selects nothing.
const SHORTEST: usize = 3;
/// A rule that needs one of more literals than this would only slow the search down for the others.
const MOST: usize = 4_096;

/// So many groups of a rule are kept; more select hardly better.
const GROUPS: usize = 6;
/// A part of an expression that can be more texts than this, or longer ones, is not spelled out.
const SPELLED: usize = 256;
const LONGEST: usize = 64;

/// Of these literals, in lower case, every matching record holds at least one.
pub type Group = Vec<String>;

/// Groups that all hold, the most selective first. Empty: nothing can be said.
type Needed = Vec<Group>;

/// The groups of which every record that `rule` matches holds at least one literal each, without regard to ASCII
/// case; the most selective first. Empty when nothing can be said.
#[must_use]
pub fn needed(rule: &IrRule, read: &Expressions) -> Vec<Group> {
    any_of(rule.conditions.iter().map(|condition| of_condition(condition, rule, read)))
}

fn of_condition(condition: &IrCondition, rule: &IrRule, read: &Expressions) -> Needed {
    match condition {
        IrCondition::Detection(name) => {
            rule.detections.get(name).map(|detection| of_detection(detection, read)).unwrap_or_default()
        }
        IrCondition::And(parts) => all_of(parts.iter().map(|part| of_condition(part, rule, read))),
        IrCondition::Or(parts) => any_of(parts.iter().map(|part| of_condition(part, rule, read))),
        IrCondition::Not(_) => Vec::new(),
        IrCondition::Selector { quantifier, pattern } => {
            let selected = || {
                rule.detections
                    .iter()
                    .filter(|(name, _)| pattern.matches_detection_name(name))
                    .map(|(_, detection)| of_detection(detection, read))
            };
            match quantifier {
                Quantifier::All => all_of(selected()),
                // With a count of zero nothing is needed.
                Quantifier::Count(0) => Vec::new(),
                Quantifier::Any | Quantifier::Count(_) => any_of(selected()),
            }
        }
    }
}

fn of_detection(detection: &IrDetection, read: &Expressions) -> Needed {
    match detection {
        IrDetection::AllOf(items) => all_of(items.iter().map(|item| of_item(item, read))),
        IrDetection::AnyOf(parts) => any_of(parts.iter().map(|part| of_detection(part, read))),
        IrDetection::And(parts) => all_of(parts.iter().map(|part| of_detection(part, read))),
        IrDetection::Keywords(matcher) => of_matcher(matcher, read),
        IrDetection::ArrayMatch { .. } | IrDetection::Conditional { .. } => Vec::new(),
    }
}

fn of_item(item: &IrDetectionItem, read: &Expressions) -> Needed {
    if item.exists.is_some() { Vec::new() } else { of_matcher(&item.matcher, read) }
}

fn of_matcher(matcher: &IrMatcher, read: &Expressions) -> Needed {
    match matcher {
        IrMatcher::Str { pattern, .. } => of_pattern(pattern),
        // Text that it cannot match without, from runs of literal characters; case is folded.
        IrMatcher::Regex { pattern, .. } => read.form(pattern).map(of_hir).unwrap_or_default(),
        IrMatcher::AnyOf(parts) => any_of(parts.iter().map(|part| of_matcher(part, read))),
        IrMatcher::AllOf(parts) => all_of(parts.iter().map(|part| of_matcher(part, read))),
        // Encoded values, numbers, networks, references to other fields, absence: not text as it is stored.
        _ => Vec::new(),
    }
}

fn of_pattern(pattern: &IrPattern) -> Needed {
    all_of(pattern.parts.iter().map(|part| match part {
        IrPatternPart::Literal(text) => one(stored(text)),
        _ => Needed::new(),
    }))
}

fn of_hir(hir: &Hir) -> Needed {
    match hir.kind() {
        HirKind::Capture(capture) => of_hir(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min >= 1 => of_hir(&repetition.sub),
        HirKind::Alternation(parts) => match spelled(hir) {
            Some(texts) => group(&texts).into_iter().collect(),
            None => any_of(parts.iter().map(of_hir)),
        },
        HirKind::Concat(parts) => of_parts(parts),
        _ => spelled(hir).and_then(|texts| group(&texts)).into_iter().collect(),
    }
}

/// What parts that follow each other need: neighbours that are spelled out make longer texts.
fn of_parts(parts: &[Hir]) -> Needed {
    let nothing = || vec![String::new()];
    let mut groups = Vec::new();
    let mut run = nothing();
    for part in parts {
        let (texts, repeated) = match part.kind() {
            HirKind::Repetition(repetition) if repetition.min >= 1 => (spelled(&repetition.sub), true),
            _ => (spelled(part), false),
        };
        let Some(texts) = texts else {
            groups.extend(group(&run));
            groups.extend(of_hir(part));
            run = nothing();
            continue;
        };
        match product(&run, &texts) {
            // What is repeated ends the text before it and begins the text behind it.
            Some(longer) if repeated => groups.extend(group(&longer)),
            Some(longer) => {
                run = longer;
                continue;
            }
            None => groups.extend(group(&run)),
        }
        run = texts;
    }
    groups.extend(group(&run));
    all_of(std::iter::once(groups))
}

/// All texts that a part can be, but for case, if they are few.
fn spelled(hir: &Hir) -> Option<Vec<String>> {
    let texts = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![std::str::from_utf8(&literal.0).ok()?.to_owned()],
        HirKind::Class(Class::Unicode(class)) => match character_run(hir) {
            Some(text) => vec![text],
            None => characters(class)?,
        },
        HirKind::Capture(capture) => spelled(&capture.sub)?,
        HirKind::Repetition(repetition) if (repetition.min, repetition.max) == (0, Some(1)) => {
            std::iter::once(String::new()).chain(spelled(&repetition.sub)?).collect()
        }
        HirKind::Alternation(parts) => {
            let mut texts = Vec::new();
            for part in parts {
                texts.extend(spelled(part)?);
                if texts.len() > SPELLED {
                    return None;
                }
            }
            texts
        }
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![String::new()], |texts, part| product(&texts, &spelled(part)?))?
        }
        _ => return None,
    };
    (texts.len() <= SPELLED && texts.iter().all(|text| text.len() <= LONGEST)).then_some(texts)
}

/// The characters of a class, in lower case, if they are few. Folding makes the Kelvin sign a K and the long s an S; the
/// search knows both.
fn characters(class: &ClassUnicode) -> Option<Vec<String>> {
    const FEW: usize = 32;
    let all = class.ranges().iter().flat_map(|range| range.start()..=range.end()).take(FEW + 1);
    let mut all: Vec<char> = all.map(fold).collect();
    if all.len() > FEW {
        return None;
    }
    all.sort_unstable();
    all.dedup();
    Some(all.into_iter().map(String::from).collect())
}

/// A character in ASCII lower case, where case folding makes it one.
pub(crate) const fn fold(character: char) -> char {
    match character {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        other => other.to_ascii_lowercase(),
    }
}

/// Every text with each of the others behind it, if these are few and short.
fn product(texts: &[String], behind: &[String]) -> Option<Vec<String>> {
    let length = |texts: &[String]| texts.iter().map(String::len).max().unwrap_or(0);
    if texts.len() * behind.len() > SPELLED || length(texts) + length(behind) > LONGEST {
        return None;
    }
    Some(texts.iter().flat_map(|text| behind.iter().map(move |more| format!("{text}{more}"))).collect())
}

/// The group of texts of which one stands there, if something of each is stored as it is.
fn group(texts: &[String]) -> Option<Group> {
    let mut group = texts.iter().map(|text| stored(text)).collect::<Option<Group>>()?;
    group.sort();
    group.dedup();
    (!group.is_empty()).then_some(group)
}

/// The text of a part that is always the same but for case: a literal, or a class of one letter's cases.
pub(crate) fn character_run(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(str::to_owned),
        HirKind::Class(Class::Unicode(class)) => {
            let ascii = class.ranges().iter().flat_map(|range| range.start()..=range.end()).take(5).collect::<Vec<_>>();
            let first = ascii.iter().find(|character| character.is_ascii_alphabetic())?.to_ascii_lowercase();
            // Simple case folding joins K with the Kelvin sign and S with the long s; the search knows both.
            let folds = |character: &char| {
                character.to_ascii_lowercase() == first
                    || matches!((first, character), ('k', '\u{212a}') | ('s', '\u{17f}'))
            };
            (ascii.len() <= 3 && ascii.iter().all(folds)).then(|| first.to_string())
        }
        _ => None,
    }
}

/// The longest part of `text` that stands in the log as it is: ASCII, no quote (doubled in quoted fields),
/// no blank or `+` (one stands for the other), no `?` (stem and query are two columns), no control character. An escape
/// stays as it is written, and the search looks behind escapes too.
fn stored(text: &str) -> Option<String> {
    let changes = |character: char| !character.is_ascii_graphic() || matches!(character, '"' | '+' | '?');
    longest(text.split(changes).map(str::to_ascii_lowercase))
}

fn longest(literals: impl Iterator<Item = String>) -> Option<String> {
    literals.filter(|literal| literal.len() >= SHORTEST).max_by_key(|literal| weight(literal))
}

/// A group of one literal, where there is one.
fn one(literal: Option<String>) -> Needed {
    literal.map(|literal| vec![vec![literal]]).unwrap_or_default()
}

/// All must hold, so the groups of each hold.
fn all_of(parts: impl Iterator<Item = Needed>) -> Needed {
    let mut groups: Vec<Group> = parts.flatten().collect();
    groups.sort_by_cached_key(|group| std::cmp::Reverse(selects(group)));
    groups.dedup();
    groups.truncate(GROUPS);
    groups
}

/// One must hold, so of each rank of groups one literal of some part must stand there.
fn any_of(parts: impl Iterator<Item = Needed>) -> Needed {
    let parts: Vec<Needed> = parts.collect();
    let ranks = parts.iter().map(Vec::len).min().unwrap_or(0);
    let mut groups = vec![Group::new(); ranks];
    for part in parts {
        for (group, more) in groups.iter_mut().zip(part) {
            group.extend(more);
        }
    }
    for group in &mut groups {
        group.sort();
        group.dedup();
    }
    groups.retain(|group| group.len() <= MOST);
    groups.sort_by_cached_key(|group| std::cmp::Reverse(selects(group)));
    groups
}

/// How much a group selects: as much as its weakest literal; of equals, the smaller group.
fn selects(group: &Group) -> (usize, std::cmp::Reverse<usize>, Group) {
    let weakest = group.iter().map(|literal| weight(literal)).min().unwrap_or(0);
    (weakest, std::cmp::Reverse(group.len()), group.clone())
}

/// How much a literal selects: its length, with what every web log is full of counted low.
fn weight(literal: &str) -> usize {
    const COMMON: [&str; 12] = [
        "get",
        "post",
        "200",
        "http",
        "https",
        "mozilla",
        "mozilla/5.0",
        "windows",
        "chrome",
        "safari",
        ".aspx",
        "/api",
    ];
    if COMMON.contains(&literal) {
        1
    } else {
        literal.len() + literal.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count()
    }
}

#[cfg(test)]
mod tests {
    use rsigma_ir::{LowerOptions, lower_rule};

    use super::*;
    use crate::late::Late;

    fn of(detection: &str) -> Vec<String> {
        let yaml = format!("title: t\nlogsource: {{category: c}}\ndetection: {detection}\n");
        let parsed = rsigma_parser::parse_sigma_yaml(&yaml).expect("yaml");
        let lowered = lower_rule(parsed.rules.first().expect("rule"), &LowerOptions::default()).expect("lowered");
        let mut expressions = Expressions::default();
        let late = Late::new(lowered, &mut expressions).expect("compiled");
        needed(late.lowered(), &expressions).into_iter().map(|group| group.join("|")).collect()
    }

    #[test]
    fn a_conjunction_needs_all_its_parts_and_a_disjunction_one_of_each_rank() {
        assert_eq!(of("{s: {m: POST, u|contains: '/ecp/DDIService'}, condition: s}"), ["/ecp/ddiservice", "post"]);
        assert_eq!(of("{s: {u|contains: [alpha, beta]}, condition: s}"), ["alpha|beta"]);
        assert_eq!(of("{a: {u: alpha}, b: {u: beta}, condition: a or b}"), ["alpha|beta"]);
        assert_eq!(
            of("{a: {u: alpha, v: gamma1}, b: {u: betabeta, v: delta}, condition: a or b}"),
            ["betabeta|gamma1", "alpha|delta"]
        );
        assert_eq!(of("{a: {u: alpha}, b: {u: betabeta}, condition: a and not b}"), ["alpha"]);
        assert_eq!(of("{a_1: {u: alpha}, a_2: {u: beta}, condition: 1 of a_*}"), ["alpha|beta"]);
        assert_eq!(of("{a_1: {u: alpha}, a_2: {u: beta}, condition: all of a_*}"), ["alpha", "beta"]);
    }

    #[test]
    fn what_a_decoder_changes_is_no_literal() {
        let nothing: [&str; 0] = [];
        assert_eq!(of("{s: {u|contains: 'say \"hello\" now'}, condition: s}"), ["hello"]);
        assert_eq!(of("{s: {u|contains: 'union select'}, condition: s}"), ["select"]);
        assert_eq!(of("{s: {u|contains: '/a.flt?param=1'}, condition: s}"), ["param=1", "/a.flt"]);
        assert_eq!(of("{s: {u|contains: '火'}, condition: s}"), nothing);
        assert_eq!(of("{s: {n|gt: 5}, condition: s}"), nothing);
        assert_eq!(of("{s: {u: alpha, v: null}, condition: not s}"), nothing);
        assert_eq!(of("{s: {u|contains: [alpha, 'x']}, condition: s}"), nothing);
        assert_eq!(of("{s: {u|base64: alpha}, condition: s}"), nothing);
    }

    #[test]
    fn a_pattern_gives_the_text_that_it_cannot_do_without() {
        let nothing: [&str; 0] = [];
        assert_eq!(of("{s: {u|re: '^ServerInfo~[^/]+/(ews|mapi)'}, condition: s}"), ["serverinfo~", "/ews|/mapi"]);
        assert_eq!(
            of("{s: {u|re: '(?i)/+(owa|ecp)/+.*\\.as[hmp]x$'}, condition: s}"),
            ["/ecp/|/owa/", ".ashx|.asmx|.aspx"]
        );
        assert_eq!(
            of("{s: {u|re: '(?i)x[^/]*(a|one|web)\\.aspx?'}, condition: s}"),
            ["a.asp|a.aspx|one.asp|one.aspx|web.asp|web.aspx"]
        );
        assert_eq!(of("{s: {u|re: '(?i)reset.*directory#$'}, condition: s}"), ["directory#", "reset"]);
        assert_eq!(of("{s: {u|re: '(?i)kiosk'}, condition: s}"), ["kiosk"]);
        assert_eq!(of("{s: {u|re: '(alpha|beta)?x'}, condition: s}"), nothing);
        assert_eq!(of("{s: {u|re: 'abc?def'}, condition: s}"), ["abcdef|abdef"]);
        assert_eq!(of("{s: {u|re: '(alpha|[a-z]+)beta'}, condition: s}"), ["beta"]);
        assert_eq!(of("{s: {u|contains: '=%7B%7B'}, condition: s}"), ["=%7b%7b"]);
        assert_eq!(of("{s: {u|contains: 'alpha*beta'}, condition: s}"), ["alpha", "beta"]);
    }
}
