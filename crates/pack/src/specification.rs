//! Rules put into terms that the evaluator (rsigma) reads as the Sigma specification means them, where it would read them
//! otherwise: keywords that must all occur, wildcards across the ends of lines, texts in Base64 at any offset, dashes of Windows
//! commands, and correlations in time.
//!
//! Source: <https://github.com/SigmaHQ/sigma-specification>, version 2, rules, modifiers and correlation rules; for the parts of
//! a Base64 text that do not depend on its neighbours and for the dashes, pySigma's `modifiers.py`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use regex_syntax::escape;
use rsigma_parser::{
    ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, Detection, DetectionItem, FieldSpec,
    Modifier, SigmaRule, SigmaString, SigmaValue, SpecialChar, StringPart,
};

/// Characters that Windows programs take for the dash before an option.
const DASHES: [char; 5] = ['-', '/', '–', '—', '―'];
/// The same as a class of a regular expression.
const DASH_CLASS: &str = "[-/–—―]";

/// The same rule, for the evaluator.
pub(crate) fn rule(mut rule: SigmaRule) -> SigmaRule {
    let named = std::mem::take(&mut rule.detection.named);
    rule.detection.named = named.into_iter().map(|(name, written)| (name, detection(written))).collect();
    rule
}

/// The same correlation, for the evaluator: rules that are joined in time must all have held, unless a condition says less.
pub(crate) fn correlation(mut correlation: CorrelationRule) -> CorrelationRule {
    let at_least_one = [(ConditionOperator::Gte, 1)];
    if correlation.correlation_type == CorrelationType::Temporal
        && let CorrelationCondition::Threshold { predicates, .. } = &mut correlation.condition
        && *predicates == at_least_one
    {
        *predicates = vec![(ConditionOperator::Gte, correlation.rules.len() as u64)];
    }
    correlation
}

fn detection(written: Detection) -> Detection {
    match written {
        Detection::AllOf(items) => Detection::AllOf(items.into_iter().flat_map(item).collect()),
        Detection::AnyOf(parts) => Detection::AnyOf(parts.into_iter().map(detection).collect()),
        Detection::And(parts) => Detection::And(parts.into_iter().map(detection).collect()),
        Detection::Keywords(values) => keywords(values),
        other => other,
    }
}

/// Any of these, anywhere in a record.
fn keywords(values: Vec<SigmaValue>) -> Detection {
    let values: Vec<SigmaValue> = values.into_iter().map(as_text).collect();
    if !values.iter().any(has_wildcard) {
        return Detection::Keywords(values);
    }
    let field = FieldSpec::new(None, vec![Modifier::Contains]);
    Detection::AllOf(item(DetectionItem { field, values }))
}

/// One item, or several that must all hold.
fn item(mut item: DetectionItem) -> Vec<DetectionItem> {
    let has = |modifier| item.field.has_modifier(modifier);
    let is_keyword = item.field.is_keyword();
    let each_alone = has(Modifier::All) && (is_keyword || has(Modifier::Base64Offset));
    if each_alone {
        item.field.modifiers.retain(|modifier| *modifier != Modifier::All);
        let alone = |value| DetectionItem { field: item.field.clone(), values: vec![value] };
        return std::mem::take(&mut item.values).into_iter().map(alone).flat_map(self::item).collect();
    }
    if is_keyword {
        item.values = item.values.into_iter().map(as_text).collect();
        if !item.field.modifiers.iter().any(decides_how_text_is_compared) {
            item.field.modifiers.push(Modifier::Contains);
        }
    }
    let has = |modifier| item.field.has_modifier(modifier);
    let is_text = !item.field.modifiers.iter().any(|modifier| !is_of_text(modifier));
    if has(Modifier::Base64Offset) {
        item = at_any_offset(item);
    } else if is_text
        && item.values.iter().any(|value| has_wildcard(value) || has(Modifier::WindAsh) && has_other_dash(value))
    {
        item = as_expression(item);
    }
    vec![item]
}

/// Modifiers under which a value is still a text with wildcards.
const fn is_of_text(modifier: &Modifier) -> bool {
    matches!(
        modifier,
        Modifier::Contains
            | Modifier::StartsWith
            | Modifier::EndsWith
            | Modifier::All
            | Modifier::Cased
            | Modifier::WindAsh
            | Modifier::Neq
    )
}

const fn decides_how_text_is_compared(modifier: &Modifier) -> bool {
    !matches!(modifier, Modifier::All | Modifier::Cased | Modifier::Neq | Modifier::WindAsh)
}

fn has_wildcard(value: &SigmaValue) -> bool {
    matches!(value, SigmaValue::String(text) if !text.is_plain())
}

/// The evaluator knows all dashes where a rule writes the first of them.
fn has_other_dash(value: &SigmaValue) -> bool {
    let [_, others @ ..] = DASHES;
    matches!(value, SigmaValue::String(text) if text.original.contains(others))
}

/// A number among keywords is looked for as it is written.
fn as_text(value: SigmaValue) -> SigmaValue {
    match value {
        SigmaValue::Integer(number) => text(&number.to_string()),
        SigmaValue::Float(number) => text(&number.to_string()),
        other => other,
    }
}

/// A text without wildcards.
fn text(plain: &str) -> SigmaValue {
    SigmaValue::String(SigmaString { parts: vec![StringPart::Plain(plain.to_owned())], original: plain.to_owned() })
}

/// The item as regular expressions that wildcards cross the ends of lines in, and that know all dashes where it asks for them.
fn as_expression(mut item: DetectionItem) -> DetectionItem {
    let has = |modifier| item.field.has_modifier(modifier);
    let (dashes, cased) = (has(Modifier::WindAsh), has(Modifier::Cased));
    let (before, behind) = (
        if has(Modifier::Contains) || has(Modifier::EndsWith) { "" } else { "^" },
        if has(Modifier::Contains) || has(Modifier::StartsWith) { "" } else { "$" },
    );
    let expression = |value: SigmaValue| match value {
        SigmaValue::String(written) => text(&format!("{before}{}{behind}", of_parts(&written.parts, dashes))),
        SigmaValue::Integer(number) => text(&format!("{before}{number}{behind}")),
        other => other,
    };
    item.values = item.values.into_iter().map(expression).collect();
    item.field.modifiers.retain(|modifier| matches!(modifier, Modifier::All | Modifier::Neq));
    item.field.modifiers.extend([Modifier::Re, Modifier::DotAll]);
    if !cased {
        item.field.modifiers.push(Modifier::IgnoreCase);
    }
    item
}

fn of_parts(parts: &[StringPart], dashes: bool) -> String {
    let mut expression = String::new();
    for part in parts {
        match part {
            StringPart::Plain(text) if dashes => push_with_dashes(&mut expression, text),
            StringPart::Plain(text) => expression.push_str(&escape(text)),
            StringPart::Special(SpecialChar::WildcardMulti) => expression.push_str(".*"),
            StringPart::Special(SpecialChar::WildcardSingle) => expression.push('.'),
        }
    }
    expression
}

/// A dash that stands before a word and not behind one is any dash.
fn push_with_dashes(expression: &mut String, text: &str) {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let is_option =
            DASHES.contains(&character) && !before.is_some_and(is_word) && rest.peek().copied().is_some_and(is_word);
        if is_option {
            expression.push_str(DASH_CLASS);
        } else {
            expression.push_str(&escape(character.encode_utf8(&mut [0; 4])));
        }
        before = Some(character);
    }
}

/// Texts in Base64 whose neighbours are unknown, as the parts of each of the three ways to encode them that do not depend on
/// these.
fn at_any_offset(mut item: DetectionItem) -> DetectionItem {
    let encoded = |value: &SigmaValue| {
        let SigmaValue::String(written) = value else { return Vec::new() };
        let plain = written.as_plain().unwrap_or_else(|| written.original.clone());
        let bytes = item.field.modifiers.iter().fold(plain.into_bytes(), widened);
        (0..3).filter_map(|offset| stable_part(&bytes, offset)).map(|part| text(&part)).collect()
    };
    item.values = item.values.iter().flat_map(encoded).collect();
    item.field.modifiers.retain(|modifier| matches!(modifier, Modifier::Cased | Modifier::Neq));
    item.field.modifiers.push(Modifier::Contains);
    item
}

/// The bytes of a text in UTF-16, where a modifier asks for it.
fn widened(bytes: Vec<u8>, modifier: &Modifier) -> Vec<u8> {
    let units = || String::from_utf8_lossy(&bytes).encode_utf16().collect::<Vec<_>>();
    match modifier {
        Modifier::Wide => units().into_iter().flat_map(u16::to_le_bytes).collect(),
        Modifier::Utf16be => units().into_iter().flat_map(u16::to_be_bytes).collect(),
        Modifier::Utf16 => [0xfeff].into_iter().chain(units()).flat_map(u16::to_le_bytes).collect(),
        _ => bytes,
    }
}

/// What stands in Base64 for bytes that follow `offset` others, whatever these are and whatever follows.
fn stable_part(bytes: &[u8], offset: usize) -> Option<String> {
    let encoded = STANDARD_NO_PAD.encode([vec![0; offset].as_slice(), bytes].concat());
    // Six bits a character: those are whole that lie in the bytes from their first to their last bit.
    let (first, last) = ((offset * 8).div_ceil(6), (offset + bytes.len()) * 8 / 6);
    encoded.get(first..last).filter(|part| !part.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(yaml: &str) -> Vec<(Option<String>, Vec<Modifier>, Vec<String>)> {
        let text =
            format!("{{title: t, logsource: {{category: c}}, detection: {{selection: {yaml}, condition: selection}}}}");
        let rule = super::rule(rsigma_parser::parse_sigma_yaml(&text).unwrap().rules.remove(0));
        let Some(Detection::AllOf(items)) = rule.detection.named.get("selection") else { panic!("{rule:?}") };
        let shown = |value: &SigmaValue| match value {
            SigmaValue::String(text) => text.original.clone(),
            other => format!("{other:?}"),
        };
        let item = |item: &DetectionItem| {
            (item.field.name.clone(), item.field.modifiers.clone(), item.values.iter().map(shown).collect())
        };
        items.iter().map(item).collect()
    }

    fn values(yaml: &str) -> Vec<String> {
        items(yaml).into_iter().flat_map(|(_, _, values)| values).collect()
    }

    #[test]
    fn keywords_that_must_all_occur_are_looked_for_one_by_one_anywhere() {
        let contains = |text: &str| (None, vec![Modifier::Contains], vec![text.to_owned()]);
        assert_eq!(items("{'|all': [one, two]}"), [contains("one"), contains("two")]);
        assert_eq!(items("{'|all': [4688, two]}"), [contains("4688"), contains("two")]);
    }

    #[test]
    fn wildcards_cross_the_ends_of_lines() {
        let modifiers = vec![Modifier::Re, Modifier::DotAll, Modifier::IgnoreCase];
        let expected = [(Some("f".to_owned()), modifiers, vec![r"a\.b.*c".to_owned(), "d".to_owned()])];
        assert_eq!(items("{'f|contains': ['a.b*c', d]}"), expected);
        assert_eq!(values("{f: 'a?'}"), ["^a.$"]);
        assert_eq!(values("{'f|startswith': 'a?b'}"), ["^a.b"]);
        assert_eq!(values("{'f|endswith': 'a?b'}"), ["a.b$"]);
        assert_eq!(items("{'f|cased': 'a*'}")[0].1, [Modifier::Re, Modifier::DotAll]);
        // What has none, and what is no text with wildcards, stays as it is.
        assert_eq!(items("{'f|contains': ab}")[0].1, [Modifier::Contains]);
        assert_eq!(values("{'f|re': 'a.*b'}"), ["a.*b"]);
        assert_eq!(values("['a?b']"), ["a.b"]);
    }

    #[test]
    fn each_way_to_write_an_option_is_known_where_a_rule_writes_another_dash_than_the_first() {
        assert_eq!(values("{'f|windash|contains': ' /all x/y '}"), [r" [-/–—―]all x/y "]);
        assert_eq!(items("{'f|windash|contains': ' -all'}")[0].1, [Modifier::WindAsh, Modifier::Contains]);
    }

    #[test]
    fn base64_at_any_offset_is_what_does_not_depend_on_its_neighbours() {
        // As pySigma gives them.
        assert_eq!(values("{'f|base64offset|contains': 'http://'}"), ["aHR0cDovL", "h0dHA6Ly", "odHRwOi8v"]);
        assert_eq!(values("{'f|wide|base64offset|contains': 'ab'}"), ["YQBiA", "EAYg", "hAGIA"]);
        assert_eq!(items("{'f|base64offset|contains|all': [foo, bar]}").len(), 2);
    }

    #[test]
    fn what_is_joined_in_time_must_all_have_held_unless_the_rule_asks_for_less() {
        let predicates = |condition: &str| {
            let text =
                format!("{{title: t, correlation: {{type: temporal, rules: [a, b, c], timespan: 1m{condition}}}}}");
            let read = rsigma_parser::parse_sigma_yaml(&text).unwrap().correlations.remove(0);
            match correlation(read).condition {
                CorrelationCondition::Threshold { predicates, .. } => predicates,
                CorrelationCondition::Extended(_) => Vec::new(),
            }
        };
        assert_eq!(predicates(""), [(ConditionOperator::Gte, 3)]);
        assert_eq!(predicates(", condition: {gte: 2}"), [(ConditionOperator::Gte, 2)]);
        assert_eq!(predicates(", condition: a or b"), []);
    }
}
