//! The report for machines: one JSON document, or one line per finding.

use std::io::{self, Write};

use hikeshi_core::report::Report;

/// Writes the whole report, indented, with a final line break.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
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
    serde_json::to_writer(&mut *out, &object)?;
    out.write_all(b"\n")
}
