//! The lists of the scanner Loki (Neo23x0/signature-base): hashes, patterns for paths, and addresses with scores.
//!
//! The forms are described at the head of each list: `HASH;COMMENT`, and `REGEX;SCORE[;FALSE POSITIVE REGEX]`, where case
//! counts unless the expression says otherwise.

use std::sync::Arc;

use hikeshi_core::text::Text;

use super::guess;
use super::indicator::{About, Confidence, Draft, Kind, Syntax, short};
use super::intake::{Intake, LeftOut, Skip};
use super::read::telling;

/// Which of its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Hashes with comments.
    Hashes,
    /// Regular expressions with scores.
    Names,
}

/// Whether a text is one of these lists: nine in ten of its first lines have the form.
pub(super) fn detect(text: &str) -> Option<Form> {
    const LOOKED_AT: usize = 200;
    let lines: Vec<&str> = telling(text, LOOKED_AT).collect();
    let most = |has_form: fn(&str) -> bool| {
        let count = lines.iter().filter(|line| has_form(line)).count();
        count > 0 && count * 10 >= lines.len() * 9
    };
    if most(|line| line.split_once(';').is_some_and(|(hash, _)| guess::hash(hash.trim()).is_some())) {
        return Some(Form::Hashes);
    }
    let is_expression = |line: &&&str| {
        let value = line.split(';').next().unwrap_or_default();
        value.starts_with('/') || value.contains(['\\', '(', '[', '$', '^'])
    };
    let has_expressions = lines.iter().filter(is_expression).count() * 2 > lines.len();
    (has_expressions && most(|line| score(line).is_some())).then_some(Form::Names)
}

/// What a score proves, by the scale that the lists' publisher uses for them (Aurora: below 60 low, below 75 medium).
pub(super) const fn from_score(score: u64) -> Confidence {
    match score {
        0..=59 => Confidence::Low,
        60..=74 => Confidence::Medium,
        _ => Confidence::High,
    }
}

fn score(line: &str) -> Option<u64> {
    line.split(';').nth(1)?.trim().parse().ok()
}

/// Reads the list of hashes. Loki raises an alert for each by itself.
pub(super) fn read_hashes(source: &str, text: &str, intake: &mut Intake) {
    for (place, line) in lines(text) {
        let (value, comment) = line.split_once(';').unwrap_or((line, ""));
        let Some(kind) = guess::hash(value.trim()) else {
            intake.leave(LeftOut::part(Skip::KindUnknown, line, &place));
            continue;
        };
        let description = Text::same(short(comment.trim()));
        let about = Arc::new(About { confidence: Confidence::High, description, ..About::from_source(source) });
        let value = value.trim().to_owned();
        intake.take(Draft { id: place, kind, syntax: Syntax::Literal, value, except: None, method: None, about });
    }
}

/// Reads the list of patterns for paths. The comment above a group of lines says what they are.
pub(super) fn read_names(source: &str, text: &str, intake: &mut Intake) {
    let mut comment = "";
    for (number, line) in (1_u64..).zip(text.lines()) {
        let line = line.trim();
        if let Some(heading) = line.strip_prefix('#') {
            comment = heading.trim_matches(['#', ' ', '-']);
            continue;
        }
        if line.is_empty() {
            continue;
        }
        let place = format!("line {number}");
        let mut parts = line.splitn(3, ';');
        let (Some(value), Some(score)) = (parts.next(), score(line)) else {
            intake.leave(LeftOut::part(Skip::Malformed, line, &place));
            continue;
        };
        let except = parts.nth(1).filter(|except| !except.is_empty()).map(str::to_owned);
        let confidence = from_score(score);
        let about =
            Arc::new(About { confidence, description: Text::same(short(comment)), ..About::from_source(source) });
        let value = value.trim_end().to_owned();
        intake.take(Draft { id: place, kind: Kind::Path, syntax: Syntax::Regex, value, except, method: None, about });
    }
}

/// The lines that are no comments, with their places.
fn lines(text: &str) -> impl Iterator<Item = (String, &str)> {
    let numbered = (1_u64..).zip(text.lines().map(str::trim));
    numbered
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| (format!("line {number}"), line))
}
