//! The report as a table for a spreadsheet: UTF-8 with a byte order mark, lines end with CR LF, quotes as in RFC 4180.
//!
//! A spreadsheet runs what begins like a formula, whoever wrote it, so such a cell gets an apostrophe in front.

use std::io::{self, Write};

use hikeshi_core::finding::{EvidenceRef, Reading};
use hikeshi_core::report::Report;
use hikeshi_core::untrusted::Untrusted;

use crate::facts;
use crate::words::Words;

/// The columns, in this order. The report format (docs/book) says what stands in them.
pub const COLUMNS: [&str; 22] = [
    "kind",
    "time",
    "stage",
    "severity",
    "counts",
    "rule",
    "title",
    "text",
    "path",
    "line",
    "record",
    "addresses",
    "cve",
    "attack",
    "fields",
    "reading",
    "sha256",
    "offset",
    "rule_id",
    "rule_source",
    "rule_author",
    "rule_licence",
];

/// Writes the table. `words` gives the language of titles and texts.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    line(COLUMNS.map(str::to_owned), out)?;
    let verdict = report.verdict.word();
    let answer = words.get(&format!("verdict-{verdict}"));
    Row { kind: "verdict", title: verdict.to_owned(), text: answer, ..Row::default() }.write(out)?;
    for (holds, key) in [(report.practice, "practice"), (report.partial, "partial"), (report.redacted, "redacted")] {
        if holds {
            Row { kind: "note", title: key.to_owned(), text: words.get(key), ..Row::default() }.write(out)?;
        }
    }
    for reason in &report.reasons {
        let (text, path) = (facts::said(&reason.sentence, words), reason.evidence.clone().unwrap_or_default());
        Row { kind: "reason", text, path, ..Row::default() }.write(out)?;
    }
    for unseen in facts::unseen(report, words) {
        Row { kind: "unseen", text: unseen.text, path: unseen.path, ..Row::default() }.write(out)?;
    }
    findings(report, words, out)?;
    for total in report.totals.iter().filter(|total| total.count > total.shown) {
        let text = words.with("csv-more", &[("count", &total.count), ("shown", &total.shown)]);
        let time = total.first.map(|time| time.to_string()).unwrap_or_default();
        let (rule, path) = (total.rule.clone(), total.path.clone());
        Row { kind: "more", time, rule, path, text, ..Row::default() }.write(out)?;
    }
    Ok(())
}

fn findings(report: &Report, words: &Words, out: &mut dyn Write) -> io::Result<()> {
    let list = |list: &[String]| list.join(" ");
    for finding in &report.findings {
        let rule = &finding.rule;
        let row = Row {
            kind: "finding",
            time: finding.time.map(|time| time.to_string()).unwrap_or_default(),
            stage: finding.stage.word(),
            severity: finding.severity.word(),
            counts: if finding.weight().is_some() { "yes" } else { "no" },
            rule: rule.name.clone(),
            title: facts::title(finding, words.lang()),
            text: facts::flat(finding.explanation.means.get(words.lang())),
            path: finding.evidence.path.clone(),
            place: Some(&finding.evidence),
            addresses: list(&finding.addresses),
            cve: list(&finding.cve),
            attack: list(&finding.attack),
            fields: facts::fields(finding),
            reading: match finding.reading {
                Reading::Exact => "exact",
                Reading::Uncertain => "uncertain",
            },
            origin: [
                rule.id.clone(),
                rule.source.clone(),
                rule.author.clone().unwrap_or_default(),
                rule.licence.clone().unwrap_or_default(),
            ],
        };
        row.write(out)?;
    }
    Ok(())
}

/// One line, before it is made safe.
#[derive(Default)]
struct Row<'r> {
    kind: &'static str,
    time: String,
    stage: &'static str,
    severity: &'static str,
    counts: &'static str,
    rule: String,
    title: String,
    text: String,
    path: String,
    place: Option<&'r EvidenceRef>,
    addresses: String,
    cve: String,
    attack: String,
    fields: String,
    reading: &'static str,
    origin: [String; 4],
}

impl Row<'_> {
    fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let [id, source, author, licence] = self.origin;
        let place = self.place;
        line(
            [
                self.kind.to_owned(),
                self.time,
                self.stage.to_owned(),
                self.severity.to_owned(),
                self.counts.to_owned(),
                self.rule,
                self.title,
                self.text,
                self.path,
                number(place.and_then(|place| place.line)),
                number(place.and_then(|place| place.record)),
                self.addresses,
                self.cve,
                self.attack,
                self.fields,
                self.reading.to_owned(),
                place.and_then(|place| place.sha256.clone()).unwrap_or_default(),
                number(place.map(|place| place.offset)),
                id,
                source,
                author,
                licence,
            ],
            out,
        )
    }
}

/// Writes one line of cells.
pub(crate) fn line(cells: impl IntoIterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    for (number, value) in cells.into_iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        out.write_all(cell(&value).as_bytes())?;
    }
    out.write_all(b"\r\n")
}

/// A value as a cell: on one line, quoted where it has to be, and never a formula.
///
/// Some spreadsheets take `;` or a tab as the mark between cells, and then do not see the quotes of this one; so a
/// value is no formula behind such a mark either.
pub(crate) fn cell(value: &str) -> String {
    let plain = Untrusted(value).to_string();
    let mut safe = String::with_capacity(plain.len());
    // Whether a cell begins here, as far as some spreadsheet is concerned.
    let mut begins = true;
    for character in plain.chars() {
        if begins && is_formula(character) {
            safe.push('\'');
        }
        begins = match character {
            ',' | ';' | '|' => true,
            '"' | '\'' | '＂' | '＇' | '“' | '”' | '‘' | '’' => begins,
            _ => begins && character.is_whitespace(),
        };
        safe.push(character);
    }
    let needs_quotes = safe.contains(['"', ',', ';', '\'']) || safe != safe.trim();
    if needs_quotes { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// Whether a spreadsheet takes what begins with this for a formula; full-width forms are folded by Japanese versions.
const fn is_formula(character: char) -> bool {
    matches!(
        character,
        '=' | '+'
            | '-'
            | '@'
            | '＝'
            | '＋'
            | '－'
            | '＠'
            | '\u{2212}'
            | '\u{fe62}'
            | '\u{fe63}'
            | '\u{fe66}'
            | '\u{fe6b}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_gets_an_apostrophe_also_behind_quotes_blanks_and_other_marks_between_cells() {
        for (value, expected) in [
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("＝1", "\"'＝1\""),
            ("\"=1", "\"\"\"'=1\""),
            ("'=1", "\"''=1\""),
            ("  -1", "\"  '-1\""),
            ("a;=1", "\"a;'=1\""),
            ("a,\" +1", "\"a,\"\" '+1\""),
            ("a=1", "a=1"),
            ("2021-03-02", "2021-03-02"),
            ("", ""),
        ] {
            assert_eq!(cell(value), expected, "{value}");
        }
    }

    #[test]
    fn a_cell_is_one_line_whatever_stands_in_it() {
        let cell = cell("\t=1\r\n\u{0}\u{202e}x");
        assert_eq!(cell, "\\u{9}=1\\u{d}\\u{a}\\u{0}\\u{202e}x");
    }
}
