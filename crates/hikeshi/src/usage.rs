//! What is wrong with a command line, in Japanese. In English the parser says it itself.

use std::error::Error as _;
use std::num::{IntErrorKind, ParseIntError};

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use hikeshi_core::cause::Cause;
use hikeshi_core::country::NoCountry;
use hikeshi_core::machine::NoOffset;
use hikeshi_core::text::Lang;
use hikeshi_core::time::NoTime;
use hikeshi_core::untrusted::Untrusted;

/// The error in Japanese, line by line. `None` for help and version, and where the parser's own words are asked for.
pub(crate) fn told(error: &Error, lang: Lang) -> Option<String> {
    let is_help = !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if lang == Lang::En || is_help {
        return None;
    }
    let mut lines = vec![format!("エラー: {}", what(error))];
    lines.extend(choices(error));
    lines.extend(tip(error).map(|tip| format!("対処: {tip}")));
    lines.extend(
        one(error, ContextKind::Usage)
            .map(|usage| format!("使い方: {}", usage.trim_start_matches("Usage: ").trim_end())),
    );
    lines.push("詳しくは `--help` を付けて実行してください。".to_owned());
    Some(lines.iter().map(|line| format!("{}\n", Untrusted(line))).collect())
}

fn what(error: &Error) -> String {
    let argument = all(error, ContextKind::InvalidArg);
    let value = one(error, ContextKind::InvalidValue).unwrap_or_default();
    let count = |kind| one(error, kind).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} に値がありません"),
        ErrorKind::InvalidValue => format!("{argument} に `{value}` は指定できません"),
        ErrorKind::ValueValidation => format!("{argument} に `{value}` は指定できません: {}", why(error)),
        ErrorKind::UnknownArgument => format!("{argument} という引数はありません"),
        ErrorKind::InvalidSubcommand => {
            format!("{} というコマンドはありません", all(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => "コマンドがありません".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("必要な引数がありません: {argument}"),
        ErrorKind::ArgumentConflict if one(error, ContextKind::PriorArg) == one(error, ContextKind::InvalidArg) => {
            format!("{argument} は 1 回しか指定できません")
        }
        ErrorKind::ArgumentConflict => {
            format!("{argument} は {} と同時に指定できません", all(error, ContextKind::PriorArg))
        }
        ErrorKind::TooManyValues => format!("{argument} に余分な値があります: `{value}`"),
        ErrorKind::TooFewValues => format!(
            "{argument} の値が足りません: {} 個以上必要で、指定は {} 個です",
            count(ContextKind::MinValues),
            count(ContextKind::ActualNumValues)
        ),
        ErrorKind::WrongNumberOfValues => format!(
            "{argument} の値の数が違います: {} 個必要で、指定は {} 個です",
            count(ContextKind::ExpectedNumValues),
            count(ContextKind::ActualNumValues)
        ),
        ErrorKind::NoEquals => format!("{argument} の値は = に続けて指定してください"),
        ErrorKind::InvalidUtf8 => "引数に文字として読めない部分があります".to_owned(),
        other => other.to_string(),
    }
}

/// Why a value is none. What a library says of it stands behind words of ours.
fn why(error: &Error) -> String {
    let Some(source) = error.source() else { return "値の形が正しくありません".to_owned() };
    if let Some(Cause(words)) = source.downcast_ref() {
        return words.ja.clone();
    }
    let words = match source.downcast_ref().map(ParseIntError::kind) {
        Some(IntErrorKind::Zero) => "1 以上の整数で指定してください",
        Some(IntErrorKind::PosOverflow | IntErrorKind::NegOverflow) => "指定できる範囲を超えています",
        Some(_) => "整数で指定してください",
        None if source.is::<NoTime>() => "2021-03-01 や 2021-03-01T06:30:00Z のように指定してください",
        None if source.is::<NoOffset>() => "UTC との差を +09:00 や -03:30 のように指定してください",
        None if source.is::<NoCountry>() => "国は JP や DE のような 2 文字で指定してください",
        None => return format!("値の形または範囲が正しくありません ({source})"),
    };
    words.to_owned()
}

/// What can stand there.
fn choices(error: &Error) -> Option<String> {
    let (label, kind) = match error.kind() {
        ErrorKind::InvalidValue => ("指定できる値", ContextKind::ValidValue),
        ErrorKind::MissingSubcommand => ("コマンド", ContextKind::ValidSubcommand),
        _ => return None,
    };
    let choices = one(error, kind).filter(|choices| !choices.is_empty())?;
    Some(format!("{label}: {choices}"))
}

/// What was perhaps meant.
fn tip(error: &Error) -> Option<String> {
    [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .map(|kind| all(error, kind))
        .find(|suggested| !suggested.is_empty())
        .map(|suggested| format!("{suggested} のことではありませんか"))
}

/// The words of one piece of context.
fn one(error: &Error, kind: ContextKind) -> Option<String> {
    error.get(kind).map(ToString::to_string)
}

/// The names in one piece of context, each in quotes.
fn all(error: &Error, kind: ContextKind) -> String {
    let names = match error.get(kind) {
        Some(ContextValue::Strings(names)) => names.as_slice(),
        Some(ContextValue::String(name)) => std::slice::from_ref(name),
        _ => &[],
    };
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join("、")
}
