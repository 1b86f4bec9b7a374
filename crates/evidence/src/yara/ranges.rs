//! Ranges that begin so many bytes before the end of the file: `$a in (filesize-1000..filesize)`.
//!
//! In a file that is shorter, such a range begins below zero. YARA then means the whole file; boreal 1.4.0 lets the
//! condition fail, so that the rule would be blind for small files. The lower bound is therefore written as one that
//! does not fall below zero, by arithmetic that both understand alike.

use std::borrow::Cow;

/// The text of rules with such ranges rewritten; no line is added.
pub(super) fn bounded(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices("filesize") {
        let rewritten = lower_bound(text, at).filter(|_| at >= done);
        let Some((bound, end)) = rewritten else { continue };
        out.extend([text.get(done..at).unwrap_or_default(), "(", bound, ")&~((", bound, ")>>63)"]);
        done = end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

/// `filesize-1000` where it stands at `at`, behind `in (` and before `..`; and where it ends.
fn lower_bound(text: &str, at: usize) -> Option<(&str, usize)> {
    let before = text.get(..at)?;
    let keyword = before.trim_end().strip_suffix('(')?.trim_end().strip_suffix("in")?;
    if !keyword.ends_with(|last: char| last.is_ascii_whitespace() || last == ')') {
        return None;
    }
    // Behind an odd number of quotes stands the text of a string.
    let line = before.rsplit('\n').next()?;
    if line.matches('"').count() % 2 == 1 {
        return None;
    }
    let number = text.get(at..)?.strip_prefix("filesize")?.trim_start().strip_prefix('-')?.trim_start();
    let behind = number.trim_start_matches(|part: char| part.is_ascii_alphanumeric());
    let is_number = number.starts_with(|first: char| first.is_ascii_digit());
    let end = text.len() - behind.len();
    (is_number && behind.trim_start().starts_with("..")).then_some(())?;
    Some((text.get(at..end)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_bound_before_the_end_of_the_file_does_not_fall_below_zero() {
        for (text, expected) in [
            (
                "$a in (filesize-1000..filesize) or any of ($b*) in ( filesize - 1KB .. filesize)",
                "$a in ((filesize-1000)&~((filesize-1000)>>63)..filesize) or any of ($b*) in ( (filesize - 1KB)&~((filesize - 1KB)>>63) .. filesize)",
            ),
            ("$a in (0..filesize-10)", "$a in (0..filesize-10)"),
            ("$a = \"x in (filesize-10..filesize)\"", "$a = \"x in (filesize-10..filesize)\""),
            ("for any i in (filesize-@a..filesize)", "for any i in (filesize-@a..filesize)"),
            ("filesize-10 == 3", "filesize-10 == 3"),
            ("火 in (filesize-", "火 in (filesize-"),
        ] {
            assert_eq!(bounded(text), expected);
        }
    }
}
