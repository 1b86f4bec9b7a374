//! Cuts one row into its fields, borrowing from the row's bytes.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// One field: where it lies in the row, and how it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Offset of the value's first byte, inside quotes where there are any.
    pub start: usize,
    /// Offset behind the value's last byte.
    pub end: usize,
    /// The value stands in quotes and holds doubled quotes.
    pub doubled: bool,
}

impl Field {
    /// The value's bytes, with doubled quotes made single.
    #[must_use]
    pub fn value<'r>(&self, row: &'r [u8]) -> Cow<'r, [u8]> {
        let raw = row.get(self.start..self.end).unwrap_or_default();
        if !self.doubled {
            return Cow::Borrowed(raw);
        }
        let mut out = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = memchr(b'"', rest) {
            let (before, after) = rest.split_at((at + 1).min(rest.len()));
            out.extend_from_slice(before);
            rest = after.strip_prefix(b"\"").unwrap_or(after);
        }
        out.extend_from_slice(rest);
        Cow::Owned(out)
    }
}

/// How a row ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All quotes are closed.
    Whole,
    /// A quoted field has no closing quote; its value reaches to the end of the row.
    OpenQuote,
}

/// Cuts a delimited row by RFC 4180: a quote opens a field only at its beginning.
///
/// Text between a closing quote and the next delimiter stays part of the value, quotes and all.
pub fn delimited(row: &[u8], delimiter: u8, out: &mut Vec<Field>) -> Ending {
    out.clear();
    let mut at = 0;
    loop {
        let (field, ending) = match row.get(at) {
            Some(b'"') => quoted(row, at, delimiter),
            _ => (bare(row, at, delimiter), Ending::Whole),
        };
        let (field, next) = field;
        out.push(field);
        if ending == Ending::OpenQuote {
            return ending;
        }
        match next {
            Some(next) => at = next,
            None => return Ending::Whole,
        }
    }
}

/// The field from `at` to the next delimiter, and where the field after it begins.
fn bare(row: &[u8], at: usize, delimiter: u8) -> (Field, Option<usize>) {
    let rest = row.get(at..).unwrap_or_default();
    let length = memchr(delimiter, rest);
    let end = at + length.unwrap_or(rest.len());
    (Field { start: at, end, doubled: false }, length.map(|_| end + 1))
}

fn quoted(row: &[u8], at: usize, delimiter: u8) -> ((Field, Option<usize>), Ending) {
    let start = at + 1;
    let mut doubled = false;
    let mut from = start;
    loop {
        let Some(close) = row.get(from..).and_then(|rest| memchr(b'"', rest)).map(|found| from + found) else {
            return ((Field { start, end: row.len(), doubled }, None), Ending::OpenQuote);
        };
        match row.get(close + 1) {
            Some(b'"') => {
                doubled = true;
                from = close + 2;
            }
            None => return ((Field { start, end: close, doubled }, None), Ending::Whole),
            Some(byte) if *byte == delimiter => {
                return ((Field { start, end: close, doubled }, Some(close + 2)), Ending::Whole);
            }
            // Not RFC 4180: something follows the closing quote. Keep all of it as it stands.
            Some(_) => return (bare_from(row, at, close + 1, delimiter), Ending::Whole),
        }
    }
}

fn bare_from(row: &[u8], start: usize, search: usize, delimiter: u8) -> (Field, Option<usize>) {
    let (field, next) = bare(row, search, delimiter);
    (Field { start, ..field }, next)
}

/// Cuts a W3C row at runs of blanks and tabs. There is no quoting: a client may send a quote.
pub fn blanks(row: &[u8], out: &mut Vec<Field>) {
    out.clear();
    let mut at = 0;
    while let Some(rest) = row.get(at..).filter(|rest| !rest.is_empty()) {
        let length = memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
        if length > 0 {
            out.push(Field { start: at, end: at + length, doubled: false });
        }
        at += length + 1;
    }
}

/// Where the row that begins at `start` ends (behind its line break), by quotes.
///
/// `None` when the text ends inside the row: before a line break, or inside quotes.
#[must_use]
pub fn end_by_quotes(text: &[u8], start: usize, delimiter: u8) -> Option<usize> {
    let mut at = start;
    loop {
        if text.get(at) == Some(&b'"') {
            at = closing_quote(text, at + 1)? + 1;
        }
        let rest = text.get(at..)?;
        let found = memchr2(delimiter, b'\n', rest)?;
        at += found + 1;
        if rest.get(found) == Some(&b'\n') {
            return Some(at);
        }
    }
}

fn closing_quote(text: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let close = from + memchr(b'"', text.get(from..)?)?;
        if text.get(close + 1) != Some(&b'"') {
            return Some(close);
        }
        from = close + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(row: &str) -> (Vec<String>, Ending) {
        let mut fields = Vec::new();
        let ending = delimited(row.as_bytes(), b',', &mut fields);
        let values = fields.iter().map(|field| String::from_utf8(field.value(row.as_bytes()).into_owned()).unwrap());
        (values.collect(), ending)
    }

    #[test]
    fn quotes_delimiters_and_line_breaks_inside_fields_are_kept() {
        assert_eq!(cut("a,,c").0, ["a", "", "c"]);
        assert_eq!(cut("a,\"b,\"\"q\"\"\r\nx\",c").0, ["a", "b,\"q\"\r\nx", "c"]);
        assert_eq!(cut("\"\",b").0, ["", "b"]);
        assert_eq!(cut("").0, [""]);
        assert_eq!(cut("a,").0, ["a", ""]);
    }

    #[test]
    fn a_quote_inside_a_bare_field_is_text() {
        assert_eq!(cut("a\"b,c").0, ["a\"b", "c"]);
        assert_eq!(cut("\"a\"b,c").0, ["\"a\"b", "c"]);
    }

    #[test]
    fn an_open_quote_reaches_to_the_end_and_is_told() {
        assert_eq!(cut("a,\"b,c"), (vec!["a".into(), "b,c".into()], Ending::OpenQuote));
        assert_eq!(cut("a,\"").1, Ending::OpenQuote);
    }

    #[test]
    fn w3c_fields_stand_between_blanks() {
        let row = b"2021-03-03 04:12:33  GET\t/x \"q";
        let mut fields = Vec::new();
        blanks(row, &mut fields);
        let values: Vec<_> = fields.iter().map(|field| field.value(row).into_owned()).collect();
        assert_eq!(
            values,
            [b"2021-03-03".to_vec(), b"04:12:33".to_vec(), b"GET".to_vec(), b"/x".to_vec(), b"\"q".to_vec()]
        );
    }

    #[test]
    fn a_record_ends_at_the_first_line_break_outside_quotes() {
        assert_eq!(end_by_quotes(b"a,\"b\nc\",d\nnext", 0, b','), Some(10));
        assert_eq!(end_by_quotes(b"a,\"b\nc", 0, b','), None);
        assert_eq!(end_by_quotes(b"a,b", 0, b','), None);
    }
}
