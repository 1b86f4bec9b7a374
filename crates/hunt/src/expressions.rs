//! The regular expressions of rules. Each is read once, however many rules have it: its form shows what text it needs, and
//! whether it is sure to compile.

use std::collections::HashMap;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{self, Class, ClassUnicode, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

/// Expressions by their text.
#[derive(Debug, Default)]
pub struct Expressions(HashMap<String, Option<Hir>>);

impl Expressions {
    /// Reads an expression, if it is new.
    pub(crate) fn read(&mut self, pattern: &str) {
        /// What is nested deeper says nothing to us: its form is walked step by step.
        const DEEPEST: u32 = 64;
        if !self.0.contains_key(pattern) {
            let form = ParserBuilder::new().nest_limit(DEEPEST).build().parse(pattern).ok();
            self.0.insert(pattern.to_owned(), form);
        }
    }

    /// The form of an expression that was read; `None` where it cannot be.
    pub(crate) fn form(&self, pattern: &str) -> Option<&Hir> {
        self.0.get(pattern)?.as_ref()
    }

    /// Whether an expression is sure to compile: it was read, and is far from too large.
    pub(crate) fn is_sure(&self, pattern: &str) -> bool {
        let fits = |form, of_class| most_bytes(form, of_class) <= SURE_BYTES;
        self.form(pattern).is_some_and(|form| fits(form, by_ranges) || fits(form, by_sequences))
    }
}

/// Half of what `regex` grants one expression: 10 MiB.
/// Source: <https://docs.rs/regex/latest/regex/struct.RegexBuilder.html#method.size_limit>.
const SURE_BYTES: usize = 5 << 20;
/// One range of characters becomes 7 sequences of 4 bytes at most, each byte a state of 40 bytes or so.
const RANGE_BYTES: usize = 2 << 10;
/// A state with its bookkeeping.
const STATE_BYTES: usize = 64;

/// More than the compiled form of an expression takes, given what its classes of characters take at most.
fn most_bytes(form: &Hir, of_class: fn(&ClassUnicode) -> usize) -> usize {
    let most_bytes = |form| most_bytes(form, of_class);
    match form.kind() {
        HirKind::Empty | HirKind::Look(_) => STATE_BYTES,
        HirKind::Literal(literal) => literal.0.len().saturating_mul(STATE_BYTES),
        HirKind::Class(Class::Unicode(class)) => of_class(class),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len().saturating_add(1).saturating_mul(STATE_BYTES),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)) as usize;
            most_bytes(&repetition.sub).saturating_add(STATE_BYTES).saturating_mul(times.max(1))
        }
        HirKind::Capture(capture) => most_bytes(&capture.sub).saturating_add(2 * STATE_BYTES),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(most_bytes).fold(STATE_BYTES, usize::saturating_add)
        }
    }
}

/// More than a class takes, told at once.
fn by_ranges(class: &ClassUnicode) -> usize {
    class.ranges().len().saturating_add(1).saturating_mul(RANGE_BYTES)
}

/// The same, eight times closer for large classes: each byte of each sequence becomes one state at most.
fn by_sequences(class: &ClassUnicode) -> usize {
    let bytes = |range: &hir::ClassUnicodeRange| -> usize {
        Utf8Sequences::new(range.start(), range.end()).map(|sequence| sequence.len()).sum()
    };
    class.iter().map(bytes).sum::<usize>().saturating_add(2).saturating_mul(STATE_BYTES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Expressions with what makes them large: classes, counts, nesting.
    fn pattern() -> impl Strategy<Value = String> {
        let leaf =
            prop::sample::select(vec!["a", "k", r"\w", r"\s", r"\d", ".", "[^x]", "[a-z\u{e9}]", r"\b", r"\p{L}"]);
        let whole = leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("({})", parts.join("|"))),
                (inner.clone(), 0_u32..60, 0_u32..60)
                    .prop_map(|(part, min, more)| format!("(?:{part}){{{min},{}}}", min + more)),
                (inner, 0_u32..40).prop_map(|(part, min)| format!("({part}){{{min},}}")),
            ]
        });
        (prop::sample::select(vec!["", "(?i)", "(?ims)"]), whole).prop_map(|(flags, whole)| format!("{flags}{whole}"))
    }

    proptest! {
        #[test]
        fn what_is_sure_does_compile(pattern in pattern()) {
            let mut expressions = Expressions::default();
            expressions.read(&pattern);
            if expressions.is_sure(&pattern) {
                prop_assert!(regex::Regex::new(&pattern).is_ok(), "{pattern}");
            }
        }
    }

    #[test]
    fn ordinary_expressions_are_sure_and_large_or_broken_ones_are_not() {
        let mut expressions = Expressions::default();
        for (pattern, sure) in [
            (r"(?i)\bprocdump(?:64)?(?:\.exe)?\s.*?\blsass", true),
            (r"(?i)[^.!]{0,160}\bencrypted\b", true),
            (r"\w{20}", true),
            (r"\w{400}", false),
            (r"(\w{50}){50}", false),
            ("(", false),
        ] {
            expressions.read(pattern);
            assert_eq!(expressions.is_sure(pattern), sure, "{pattern}");
        }
        assert!(!expressions.is_sure("never read"));
    }
}
