//! The report for machines: one JSON document, or one line per finding.

use std::io::{self, Write};

use hikeshi_core::comparison::Comparison;
use hikeshi_core::fleet::Fleet;
use hikeshi_core::preview::Preview;
use hikeshi_core::report::Report;
use hikeshi_core::untrusted::is_armed;

/// Writes the whole report, indented, with a final line break.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    spelled_out(&serde_json::to_string_pretty(report)?, out)?;
    out.write_all(b"\n")
}

/// Writes the summary of many servers, indented, with a final line break.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_fleet(fleet: &Fleet, out: &mut dyn Write) -> io::Result<()> {
    spelled_out(&serde_json::to_string_pretty(fleet)?, out)?;
    out.write_all(b"\n")
}

/// Writes a comparison of two reports, indented, with a final line break.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_comparison(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    spelled_out(&serde_json::to_string_pretty(comparison)?, out)?;
    out.write_all(b"\n")
}

/// Writes a preview, indented, with a final line break.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_preview(preview: &Preview, out: &mut dyn Write) -> io::Result<()> {
    spelled_out(&serde_json::to_string_pretty(preview)?, out)?;
    out.write_all(b"\n")
}

/// Writes one object per line: first the summary (the report without its findings), then each finding.
/// Each carries its `kind`.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = Report { findings: Vec::new(), ..report.clone() };
    line("summary", &summary, out)?;
    report.findings.iter().try_for_each(|finding| line("finding", finding, out))
}

fn line(kind: &str, value: &impl serde::Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut object = serde_json::Map::from_iter([("kind".to_owned(), kind.into())]);
    if let serde_json::Value::Object(fields) = serde_json::to_value(value)? {
        object.extend(fields);
    }
    spelled_out(&serde_json::to_string(&object)?, out)?;
    out.write_all(b"\n")
}

/// Writes JSON with every character that acts on a terminal as `\uXXXX`: the same value for a program, harmless on a screen.
///
/// Such characters stand inside strings only, save the line breaks between values.
pub(crate) fn spelled_out(json: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut plain = 0;
    for (at, character) in json.char_indices().filter(|(_, character)| *character != '\n' && is_armed(*character)) {
        out.write_all(json.get(plain..at).unwrap_or_default().as_bytes())?;
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        plain = at + character.len_utf8();
    }
    out.write_all(json.get(plain..).unwrap_or_default().as_bytes())
}
