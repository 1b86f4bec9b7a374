//! Our own form, in YAML, as packs hold it.
//!
//! ```yaml
//! indicators:
//!   - id: P-1
//!     type: file_path          # any name of a kind, with `_regex` behind it for a regular expression
//!     value: '%ProductPath%a\b.aspx'
//!     confidence: high
//!     meaning: {en: …, ja: …}  # or one text
//!     false_positives: …
//!     source: [https://example.org/report]
//!     valid_until: 2021-04-30
//!     cve: CVE-2021-0001
//!     method: POST             # for paths of URLs
//!     except: '\\docs\\'       # for regular expressions
//! ```

use std::sync::Arc;

use hikeshi_core::both;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;
use yaml_serde::Value;

use super::indicator::{About, Confidence, Draft, Kind, Syntax, cves};
use super::intake::{INDICATORS_CAP, Intake, LeftOut, Skip};
use super::type_name::{self, Named};

/// YAML is read as a whole, so a file in it may be so large; the packs' other files have the same cap.
const YAML_CAP: usize = 8 << 20;

/// So many brackets may open in it: the parser takes long over deep nesting before it gives up.
const BRACKETS_CAP: usize = 100_000;

/// Whether a text has our form: a list named `indicators` at its outermost level.
pub(super) fn is_pack(text: &str) -> bool {
    const LOOKED_AT: usize = 64 << 10;
    let head = text.get(..text.floor_char_boundary(LOOKED_AT)).unwrap_or(text);
    head.lines().any(|line| line.trim_end() == "indicators:" || line.starts_with("indicators: ["))
}

/// Reads it.
pub(super) fn read(source: &str, text: &str, intake: &mut Intake) {
    if text.len() > YAML_CAP {
        let bytes = text.len();
        intake.leave(
            LeftOut::part(Skip::FileTooLarge, source, "")
                .because(both!("{bytes} bytes of YAML", "YAML が {bytes} バイト")),
        );
        return;
    }
    if text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() > BRACKETS_CAP {
        intake.leave(
            LeftOut::part(Skip::Malformed, source, "")
                .because(both!("more than {BRACKETS_CAP} brackets", "括弧が {BRACKETS_CAP} 個を超えています")),
        );
        return;
    }
    let file: Value = match yaml_serde::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            intake.leave(
                LeftOut::part(Skip::Malformed, source, "").because(Text::quoted(error, "YAML として読めません")),
            );
            return;
        }
    };
    let Some(items) = file.get("indicators").and_then(Value::as_sequence) else {
        intake
            .leave(LeftOut::part(Skip::Malformed, source, "indicators").because(both!("no list", "一覧がありません")));
        return;
    };
    for (number, item) in (1_u64..).zip(items.iter().take(INDICATORS_CAP)) {
        let id = word(item, "id").unwrap_or_else(|| format!("entry {number}"));
        match draft(source, item, &id) {
            Ok(draft) => intake.take(draft),
            Err(skip) => {
                let value = word(item, "value").unwrap_or_default();
                intake.leave(
                    LeftOut::part(skip, &value, &id).because(Text::same(word(item, "type").unwrap_or_default())),
                );
            }
        }
    }
    let beyond = items.len().saturating_sub(INDICATORS_CAP) as u64;
    intake.leave_many(LeftOut::part(Skip::TooMany, "", "indicators"), beyond);
}

fn draft(source: &str, item: &Value, id: &str) -> Result<Draft, Skip> {
    let value = word(item, "value").ok_or(Skip::Malformed)?;
    let named = match word(item, "type") {
        Some(name) => type_name::of(&name).ok_or(Skip::KindUnsupported)?,
        None => Named::Guess,
    };
    let (kind, syntax, value) = named.value(&value)?;
    let syntax = match word(item, "match").as_deref() {
        Some("glob") if matches!(kind, Kind::Path | Kind::FileName) => Syntax::Glob,
        Some("regex") => Syntax::Regex,
        _ => syntax,
    };
    let about = Arc::new(about(source, item));
    Ok(Draft {
        id: id.to_owned(),
        kind,
        syntax,
        value,
        except: word(item, "except"),
        method: word(item, "method"),
        about,
    })
}

fn about(source: &str, item: &Value) -> About {
    let time = |name: &str| word(item, name).and_then(|text| Timestamp::parse(text.as_bytes()));
    let end = |name: &str| word(item, name).and_then(|text| end_of(&text));
    let text = |name: &str| item.get(name).map(text).unwrap_or_default();
    let meaning = text("meaning");
    let sources = words(item, "source");
    About {
        confidence: word(item, "confidence")
            .and_then(|word| Confidence::from_word(&word))
            .unwrap_or(Confidence::Medium),
        description: if meaning == Text::default() { text("description") } else { meaning },
        false_positives: text("false_positives"),
        source: if sources.is_empty() { source.to_owned() } else { sources.join(" ") },
        valid_from: time("valid_from"),
        valid_until: end("valid_until"),
        tags: words(item, "tags").into_iter().chain(word(item, "category")).collect(),
        cve: cves(words(item, "cve")),
        besides: Vec::new(),
    }
}

/// A time; a day alone means its end.
fn end_of(text: &str) -> Option<Timestamp> {
    const LAST_SECOND: i64 = 24 * 3600 - 1;
    let time = Timestamp::parse(text.as_bytes())?;
    Some(if text.contains(':') { time } else { time.plus_seconds(LAST_SECOND) })
}

/// One text for both languages, or one for each.
fn text(value: &Value) -> Text {
    match (word(value, "en"), word(value, "ja")) {
        (Some(en), Some(ja)) => Text { en, ja },
        (Some(only), None) | (None, Some(only)) => Text::same(only),
        (None, None) => scalar(value).map(Text::same).unwrap_or_default(),
    }
}

fn word(item: &Value, name: &str) -> Option<String> {
    item.get(name).and_then(scalar)
}

fn words(item: &Value, name: &str) -> Vec<String> {
    match item.get(name) {
        Some(Value::Sequence(values)) => values.iter().filter_map(scalar).collect(),
        Some(value) => scalar(value).into_iter().collect(),
        None => Vec::new(),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}
