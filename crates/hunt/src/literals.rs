//! What text any match of a rule must contain, as it is stored in the log.
//!
//! A rule's condition is walked for a set of literals of which at least one must stand in every record
//! that matches. Where there is none, the log source is read in full: slower, never wrong.

use regex_syntax::hir::{Class, Hir, HirKind};
use rsigma_ir::{IrCondition, IrDetection, IrDetectionItem, IrMatcher, IrPattern, IrPatternPart, IrRule};
use rsigma_parser::Quantifier;

/// Shorter text stands nearly everywhere and selects nothing.
const SHORTEST: usize = 3;
/// A rule that needs one of more literals than this would only slow the search down for the others.
const MOST: usize = 4_096;

/// Literals in lower case, of which every matching record holds at least one. `None`: nothing can be said.
type Needed = Option<Vec<String>>;

/// The literals of which every record that `rule` matches holds at least one, without regard to ASCII case.
#[must_use]
pub fn needed(rule: &IrRule) -> Option<Vec<String>> {
    let conditions = rule.conditions.iter().map(|condition| of_condition(condition, rule));
    let mut literals = any_of(conditions)?;
    literals.sort();
    literals.dedup();
    (literals.len() <= MOST).then_some(literals)
}

fn of_condition(condition: &IrCondition, rule: &IrRule) -> Needed {
    match condition {
        IrCondition::Detection(name) => rule.detections.get(name).and_then(of_detection),
        IrCondition::And(parts) => best(parts.iter().map(|part| of_condition(part, rule))),
        IrCondition::Or(parts) => any_of(parts.iter().map(|part| of_condition(part, rule))),
        IrCondition::Not(_) => None,
        IrCondition::Selector { quantifier, pattern } => {
            let selected = || {
                rule.detections
                    .iter()
                    .filter(|(name, _)| pattern.matches_detection_name(name))
                    .map(|(_, detection)| of_detection(detection))
            };
            match quantifier {
                Quantifier::All => best(selected()),
                // With a count of zero nothing is needed.
                Quantifier::Count(0) => None,
                Quantifier::Any | Quantifier::Count(_) => any_of(selected()),
            }
        }
    }
}

fn of_detection(detection: &IrDetection) -> Needed {
    match detection {
        IrDetection::AllOf(items) => best(items.iter().map(of_item)),
        IrDetection::AnyOf(parts) => any_of(parts.iter().map(of_detection)),
        IrDetection::And(parts) => best(parts.iter().map(of_detection)),
        IrDetection::Keywords(matcher) => of_matcher(matcher),
        IrDetection::ArrayMatch { .. } | IrDetection::Conditional { .. } => None,
    }
}

fn of_item(item: &IrDetectionItem) -> Needed {
    if item.exists.is_some() { None } else { of_matcher(&item.matcher) }
}

fn of_matcher(matcher: &IrMatcher) -> Needed {
    match matcher {
        IrMatcher::Str { pattern, .. } => of_pattern(pattern).map(|literal| vec![literal]),
        IrMatcher::Regex { pattern, .. } => of_regex(pattern),
        IrMatcher::AnyOf(parts) => any_of(parts.iter().map(of_matcher)),
        IrMatcher::AllOf(parts) => best(parts.iter().map(of_matcher)),
        // Encoded values, numbers, networks, references to other fields, absence: not text as it is stored.
        _ => None,
    }
}

fn of_pattern(pattern: &IrPattern) -> Option<String> {
    let literals = pattern.parts.iter().filter_map(|part| match part {
        IrPatternPart::Literal(text) => stored(text),
        _ => None,
    });
    longest(literals)
}

/// Text that the pattern cannot match without, from runs of literal characters; case is folded.
fn of_regex(pattern: &str) -> Needed {
    let hir = regex_syntax::ParserBuilder::new().nest_limit(64).build().parse(pattern).ok()?;
    of_hir(&hir)
}

fn of_hir(hir: &Hir) -> Needed {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().and_then(stored).map(|literal| vec![literal]),
        HirKind::Capture(capture) => of_hir(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min >= 1 => of_hir(&repetition.sub),
        HirKind::Alternation(parts) => any_of(parts.iter().map(of_hir)),
        HirKind::Concat(parts) => {
            let mut runs = vec![String::new()];
            let mut nested = Vec::new();
            for part in parts {
                match (character_run(part), runs.last_mut()) {
                    (Some(text), Some(run)) => run.push_str(&text),
                    _ => {
                        nested.push(of_hir(part));
                        runs.push(String::new());
                    }
                }
            }
            let of_runs = longest(runs.iter().filter_map(|run| stored(run))).map(|literal| vec![literal]);
            best(nested.into_iter().chain([of_runs]))
        }
        _ => None,
    }
}

/// The text of a part that is always the same but for case: a literal, or a class of one letter's cases.
fn character_run(hir: &Hir) -> Option<String> {
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
/// no blank or `+` (one stands for the other), no `?` (stem and query are two columns), no control character.
fn stored(text: &str) -> Option<String> {
    let changes = |character: char| !character.is_ascii_graphic() || matches!(character, '"' | '+' | '?' | '%');
    longest(text.split(changes).map(str::to_ascii_lowercase))
}

fn longest(literals: impl Iterator<Item = String>) -> Option<String> {
    literals.filter(|literal| literal.len() >= SHORTEST).max_by_key(|literal| weight(literal))
}

/// All must hold, so any one of them will do: the one that selects most.
fn best(parts: impl Iterator<Item = Needed>) -> Needed {
    parts.flatten().max_by_key(|literals| {
        let weakest = literals.iter().map(|literal| weight(literal)).min().unwrap_or(0);
        (weakest, usize::MAX - literals.len())
    })
}

/// One must hold, so all of them are needed.
fn any_of(parts: impl Iterator<Item = Needed>) -> Needed {
    let mut all = Vec::new();
    let mut parts = parts.peekable();
    parts.peek()?;
    for part in parts {
        all.extend(part?);
    }
    Some(all)
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

    fn of(detection: &str) -> Option<Vec<String>> {
        let yaml = format!("title: t\nlogsource: {{category: c}}\ndetection: {detection}\n");
        let parsed = rsigma_parser::parse_sigma_yaml(&yaml).expect("yaml");
        needed(&lower_rule(parsed.rules.first().expect("rule"), &LowerOptions::default()).expect("lowered"))
    }

    #[test]
    fn a_conjunction_needs_its_most_selective_part_and_a_disjunction_all_parts() {
        assert_eq!(
            of("{s: {m: POST, u|contains: '/ecp/DDIService'}, condition: s}"),
            Some(vec!["/ecp/ddiservice".into()])
        );
        assert_eq!(of("{s: {u|contains: [alpha, beta]}, condition: s}"), Some(vec!["alpha".into(), "beta".into()]));
        assert_eq!(of("{a: {u: alpha}, b: {u: beta}, condition: a or b}"), Some(vec!["alpha".into(), "beta".into()]));
        assert_eq!(of("{a: {u: alpha}, b: {u: betabeta}, condition: a and not b}"), Some(vec!["alpha".into()]));
        assert_eq!(
            of("{a_1: {u: alpha}, a_2: {u: beta}, condition: 1 of a_*}"),
            Some(vec!["alpha".into(), "beta".into()])
        );
    }

    #[test]
    fn what_a_decoder_changes_is_no_literal() {
        assert_eq!(of("{s: {u|contains: 'say \"hello\" now'}, condition: s}"), Some(vec!["hello".into()]));
        assert_eq!(of("{s: {u|contains: 'union select'}, condition: s}"), Some(vec!["select".into()]));
        assert_eq!(of("{s: {u|contains: '/a.flt?param=1'}, condition: s}"), Some(vec!["param=1".into()]));
        assert_eq!(of("{s: {u|contains: '火'}, condition: s}"), None);
        assert_eq!(of("{s: {n|gt: 5}, condition: s}"), None);
        assert_eq!(of("{s: {u: alpha, v: null}, condition: not s}"), None);
        assert_eq!(of("{s: {u|contains: [alpha, 'x']}, condition: s}"), None);
        assert_eq!(of("{s: {u|base64: alpha}, condition: s}"), None);
    }

    #[test]
    fn a_pattern_gives_the_text_that_it_cannot_do_without() {
        assert_eq!(of("{s: {u|re: '^ServerInfo~[^/]+/(ews|mapi)'}, condition: s}"), Some(vec!["serverinfo~".into()]));
        assert_eq!(of("{s: {u|re: '(?i)reset.*directory#$'}, condition: s}"), Some(vec!["directory#".into()]));
        assert_eq!(of("{s: {u|re: '(?i)kiosk'}, condition: s}"), Some(vec!["kiosk".into()]));
        assert_eq!(of("{s: {u|re: '(alpha|beta)?x'}, condition: s}"), None);
        assert_eq!(of("{s: {u|re: 'abc?def'}, condition: s}"), Some(vec!["def".into()]));
    }
}
