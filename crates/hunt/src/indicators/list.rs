//! Plain lists: one value a line, with or without a remark behind it; comments begin with `#`.
//!
//! Also the rows of tables in Markdown and AsciiDoc, as advisories have them, and tables without headings whose first
//! column is the value.

use std::sync::Arc;

use hikeshi_core::both;
use hikeshi_core::text::Text;

use super::guess;
use super::indicator::{About, Confidence, Draft, Kind, Syntax, short};
use super::intake::{Intake, LeftOut, Skip};
use super::loki;

/// A longer line holds no value.
const LINE_CAP: usize = 16 << 10;

/// Reads a list.
pub(super) fn read(source: &str, text: &str, intake: &mut Intake) {
    // Loki keeps a list of words among its lists of addresses; only its heading says what they are.
    let heading = text.lines().take(4).filter(|line| line.starts_with('#'));
    let words_are =
        heading.into_iter().any(|line| line.to_ascii_uppercase().contains("KEYWORDS")).then_some(Kind::Keyword);
    let plain = Arc::new(About::from_source(source));
    for (number, line) in (1_u64..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("//") {
            continue;
        }
        let place = format!("line {number}");
        if line.len() > LINE_CAP {
            intake.leave(LeftOut::part(Skip::TooLong, line, &place));
            continue;
        }
        if let Some(kind) = words_are {
            let about = Arc::clone(&plain);
            let value = line.to_owned();
            intake.take(Draft { id: place, kind, syntax: Syntax::Literal, value, except: None, method: None, about });
            continue;
        }
        match row(line) {
            Row::Value(kind, syntax, value, remark) => {
                let about = about(&plain, remark);
                intake.take(Draft { id: place, kind, syntax, value, except: None, method: None, about });
            }
            Row::IndexEntry => {
                let reason = both!(
                    "a hash of a value, from the index of a MISP feed",
                    "MISP フィードの索引にある、値のハッシュ"
                );
                intake.leave(LeftOut::part(Skip::NotForDetection, line, &place).because(reason));
            }
            Row::Unknown => intake.leave(LeftOut::part(Skip::KindUnknown, line, &place)),
        }
    }
}

/// What a line holds.
enum Row<'l> {
    Value(Kind, Syntax, String, &'l str),
    /// Feeds of MISP have an index of the MD5 of each value and the event that it is in.
    IndexEntry,
    Unknown,
}

fn row(line: &str) -> Row<'_> {
    let inner = line.trim_matches('|').trim();
    let separators: &[char] = if line.starts_with('|') { &['|'] } else { &[';', ',', '\t', '|'] };
    if let Some((kind, syntax, value)) = guess::guess(inner) {
        return Row::Value(kind, syntax, value, "");
    }
    let cut = inner.find(separators).or_else(|| inner.find(" #")).or_else(|| inner.find(" //"));
    let Some((value, remark)) = cut.and_then(|at| inner.split_at_checked(at)) else { return Row::Unknown };
    let remark = remark.trim_start_matches(separators).trim_start_matches([' ', '#', '/']).trim();
    match guess::guess(value) {
        Some((Kind::Md5, ..)) if is_uuid(remark) => Row::IndexEntry,
        Some((kind, syntax, value)) => Row::Value(kind, syntax, value, remark),
        None => Row::Unknown,
    }
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// A remark is a score or a description.
fn about(plain: &Arc<About>, remark: &str) -> Arc<About> {
    match remark.parse() {
        _ if remark.is_empty() => Arc::clone(plain),
        Ok(score) => Arc::new(About { confidence: loki::from_score(score), ..About::clone(plain) }),
        Err(_) => {
            let description =
                Text::same(short(remark).replace(['|', '`'], " ").split_whitespace().collect::<Vec<_>>().join(" "));
            Arc::new(About { description, confidence: Confidence::Medium, ..About::clone(plain) })
        }
    }
}
