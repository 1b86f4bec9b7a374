//! Regular expressions and globs: built within limits, and what text they cannot match without.

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

use super::disk_path;
use super::indicator::{Draft, Kind, Syntax};
use crate::literals::character_run;
pub(super) use crate::literals::fold;

/// A compiled expression may take so many bytes; real ones take a few thousand.
const SIZE_CAP: usize = 1 << 20;
/// An expression that takes more than this is a large one.
const LARGE: usize = 64 << 10;
/// Groups may nest so deep.
const NEST_CAP: u32 = 64;
/// Shorter text stands nearly everywhere and selects nothing.
pub(super) const SHORTEST: usize = 4;
/// An expression that needs one of more texts than this is better tried everywhere.
const MOST: usize = 256;

/// Builds an expression.
///
/// # Errors
/// The parser's words where it is malformed, too large, or needs what cannot be done in linear time: look-around and
/// back-references.
pub(super) fn build(source: &str) -> Result<Regex, String> {
    build_within(SIZE_CAP, source).map_err(|error| {
        // The parser shows the expression and a marker under it; the last line says what is wrong.
        error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
    })
}

fn build_within(size: usize, source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(size).nest_limit(NEST_CAP).build()
}

/// How much building the patterns of a draft costs: one for each, a hundred for a large one. Of 3,766 public patterns, 13
/// are large.
pub(super) fn cost(draft: &Draft) -> usize {
    let of_one = |source: String| if build_within(LARGE, &source).is_ok() { 1 } else { 100 };
    source(draft).into_iter().chain(draft.except.clone()).map(of_one).sum()
}

/// The regular expression behind a pattern; `None` for literals.
pub(super) fn source(draft: &Draft) -> Option<String> {
    match (draft.syntax, draft.kind) {
        (Syntax::Literal, _) => None,
        (Syntax::Regex, _) => Some(draft.value.clone()),
        (Syntax::Glob, Kind::FileName) => Some(format!("(?is)^{}$", of_glob(&draft.value))),
        (Syntax::Glob, _) => {
            let (start, rest) = disk_path::start(&draft.value);
            let anchor = match start {
                disk_path::Start::Root => "^",
                disk_path::Start::Anywhere => "",
            };
            Some(format!("(?is){anchor}/{}$", of_glob(&rest)))
        }
    }
}

/// A glob over a path with slashes as a regular expression, without its ends.
///
/// `*` and `?` stop at slashes, `**` does not, and `{a,b}` is one or the other. Brackets stand for themselves: Windows
/// allows them in names.
fn of_glob(glob: &str) -> String {
    let mut out = String::with_capacity(glob.len() * 2);
    let mut open = 0_usize;
    let mut characters = glob.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let rest = glob.get(at..).unwrap_or_default();
        match character {
            '*' if characters.next_if(|(_, next)| *next == '*').is_some() => out.push_str(".*"),
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '{' if is_choice(rest) => {
                open += 1;
                out.push_str("(?:");
            }
            ',' if open > 0 => out.push('|'),
            '}' if open > 0 => {
                open -= 1;
                out.push(')');
            }
            '\\' => out.push('/'),
            other => out.push_str(&regex_syntax::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

/// Whether braces open a choice: they hold a comma, which the braces of a GUID do not.
pub(super) fn is_choice(text: &str) -> bool {
    let inner = text.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(inner, _)| inner);
    inner.is_some_and(|inner| inner.contains(',') && !inner.contains('{'))
}

/// Which characters a text may be made of that is searched for.
pub(super) type Alphabet = fn(char) -> bool;

/// All of ASCII that one can see, and the blank.
pub(super) const VISIBLE: Alphabet = |character| character.is_ascii_graphic() || character == ' ';

/// Texts of which one stands, but for ASCII case, in every value that the pattern matches; `None` where there are none.
pub(super) fn needed(draft: &Draft) -> Option<Vec<String>> {
    needed_of(&source(draft)?, VISIBLE)
}

/// The same for any expression, of characters of an alphabet only.
pub(super) fn needed_of(source: &str, alphabet: Alphabet) -> Option<Vec<String>> {
    let parsed = regex_syntax::ParserBuilder::new().nest_limit(NEST_CAP).build().parse(source).ok()?;
    of_hir(&parsed, alphabet)
}

fn of_hir(hir: &Hir, alphabet: Alphabet) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => longest(&character_run(hir)?, alphabet),
        HirKind::Capture(capture) => of_hir(&capture.sub, alphabet),
        HirKind::Repetition(repetition) if repetition.min >= 1 => of_hir(&repetition.sub, alphabet),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(of_hir(part, alphabet)?);
                if all.len() > MOST {
                    return None;
                }
            }
            Some(all)
        }
        HirKind::Concat(parts) => {
            let mut best = None;
            let mut text = String::new();
            for part in parts {
                if let Some(more) = character_run(part) {
                    text.push_str(&more);
                    continue;
                }
                best = better(best, longest(&std::mem::take(&mut text), alphabet));
                best = better(best, of_hir(part, alphabet));
            }
            better(best, longest(&text, alphabet))
        }
        _ => None,
    }
}

/// The parts of a text that are made of the alphabet, but for short ones.
pub(super) fn words(text: &str, alphabet: Alphabet) -> impl Iterator<Item = &str> {
    text.split(move |character| !alphabet(character)).filter(|part| part.len() >= SHORTEST)
}

/// The longest of them.
fn longest(text: &str, alphabet: Alphabet) -> Option<Vec<String>> {
    Some(vec![words(text, alphabet).max_by_key(|part| part.len())?.to_ascii_lowercase()])
}

/// Of two that both hold, the one whose shortest text is longer; of equals, the one with fewer texts.
fn better(one: Option<Vec<String>>, other: Option<Vec<String>>) -> Option<Vec<String>> {
    let worth =
        |texts: &Vec<String>| (texts.iter().map(String::len).min().unwrap_or(0), std::cmp::Reverse(texts.len()));
    match (one, other) {
        (Some(one), Some(other)) => Some(if worth(&other) > worth(&one) { other } else { one }),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn needs(pattern: &str) -> Option<String> {
        needed_of(pattern, VISIBLE).map(|texts| texts.join("|"))
    }

    #[test]
    fn a_pattern_gives_the_text_that_it_cannot_do_without() {
        for (pattern, text) in [
            (r"\\usbclass\.sys", Some("\\usbclass.sys")),
            (r"(?i)\\(owa|portal)\\(?:[^\\]+\\){0,3}web\.aspx$", Some("web.aspx")),
            (r"(?i)(ntdsutil|ntds\.dit)", Some("ntds")),
            (r"[Pp]rogram[Dd]ata\\x", Some("programdata\\x")),
            (r"(?i)kiosk", Some("kiosk")),
            (r"(alpha1|beta22)x", Some("alpha1|beta22")),
            (r"(abcdef)?x", None),
            (r"^[a-z]{8}\.exe$", Some(".exe")),
            (r"a.c", None),
            (r"火消し火消し", None),
        ] {
            assert_eq!(needs(pattern).as_deref(), text, "{pattern}");
        }
    }

    #[test]
    fn look_around_and_large_expressions_are_refused_with_the_reason() {
        assert!(build(r"\\auth\\(?!logon)[^\\]+\.aspx").unwrap_err().contains("look-around"));
        assert!(build(r"(a)\1").unwrap_err().contains("backreferences"));
        assert!(build(r"\w{1000}{1000}").is_err());
        assert!(build("(").is_err());
        assert!(build(&"(".repeat(10_000)).is_err());
    }

    #[test]
    fn globs_stop_at_slashes_and_keep_brackets() {
        let is_match = |glob: &str, path: &str| build(&format!("(?is)^{}$", of_glob(glob))).unwrap().is_match(path);
        assert!(is_match("temp\\lsass.*dmp", "Temp/LSASS.exe.dmp"));
        assert!(!is_match("temp/*.dmp", "temp/a/b.dmp"));
        assert!(is_match("temp/**.dmp", "temp/a/b.dmp"));
        assert!(is_match("t/{root,owa}", "t/owa"));
        assert!(is_match("t/{0001-02}[1]?", "t/{0001-02}[1]x"));
    }

    proptest! {
        #[test]
        fn globs_of_any_text_are_valid_expressions(glob in "\\PC{0,40}") {
            prop_assert!(build(&format!("(?is)^{}$", of_glob(&glob))).is_ok(), "{}", of_glob(&glob));
        }

        #[test]
        fn what_is_needed_stands_in_what_matches(parts in prop::collection::vec("(web|(?i:Kiosk)|[a-c]{2}|a?|(one1|two22)|\\.aspx)", 1..6), text in "(?i)(web|kiosk|[a-c]{2}|one1|two22|\\.aspx){1,6}") {
            let pattern = parts.concat();
            if build(&pattern).unwrap().is_match(&text)
                && let Some(needed) = needed_of(&pattern, VISIBLE)
            {
                let folded: String = text.chars().map(fold).collect();
                prop_assert!(needed.iter().any(|needed| folded.contains(needed)), "{pattern} {text} {needed:?}");
            }
        }
    }
}
