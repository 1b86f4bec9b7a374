//! Tables as tools export them: a header with names, values in quotes, line breaks inside quotes.
//!
//! RFC 4180, and what spreadsheets of other regions make of it: a semicolon for the comma.

use std::io::Read;

use hikeshi_core::coverage::Gap;

use super::{Form, telling};
use crate::encoding::text;
use crate::fields::{self, Ending, Field};
use crate::lines::{self, Line};
use crate::record::{Flow, Missed, Record, Sink, Value};

/// A row, with the line breaks in its quotes, is cut behind so many bytes; what was cut is told as [`Gap::LineCut`].
const ROW_CAP: usize = 64 << 10;

/// The names in the first line that is no comment and not blank.
pub(super) fn header_of(head: &[&str]) -> Option<Vec<String>> {
    let line = head.iter().find(|line| !line.is_empty() && !line.starts_with('#'))?;
    Some(names(line, delimiter_of(line)))
}

fn delimiter_of(header: &str) -> u8 {
    if header.contains(',') { b',' } else { b';' }
}

fn names(line: &str, delimiter: u8) -> Vec<String> {
    let mut found = Vec::new();
    fields::delimited(line.as_bytes(), delimiter, &mut found);
    found.iter().map(|field| text(&field.value(line.as_bytes())).trim().to_owned()).collect()
}

/// Hands over a record for each row that fits its header.
pub(super) fn read(form: &Form, base: &[(String, Value)], source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut table = Table { form, base, header: None, open: None, found: Vec::new(), misfits: 0, cut: 0 };
    lines::each(source, sink, &mut |line, sink| table.line(line, sink));
    // A row that the end of the file cuts inside its quotes is taken as it stands.
    if let Some(open) = table.open.take() {
        table.row(&open, sink);
    }
    if table.header.is_none() {
        sink.missed(Missed::new(Gap::HeaderMissing));
    }
    for (count, reason) in [(table.misfits, Gap::MalformedRows), (table.cut, Gap::LineCut)] {
        if count > 0 {
            sink.missed(Missed { count, ..Missed::new(reason) });
        }
    }
}

struct Table<'t> {
    form: &'t Form,
    base: &'t [(String, Value)],
    header: Option<(Vec<String>, u8)>,
    /// A row whose quotes are still open.
    open: Option<Row>,
    found: Vec<Field>,
    misfits: u64,
    cut: u64,
}

struct Row {
    text: String,
    number: u64,
    offset: u64,
}

impl Table<'_> {
    fn line(&mut self, line: &Line<'_>, sink: &mut dyn Sink) -> Flow {
        let Some((_, delimiter)) = &self.header else {
            let trimmed = line.text.trim();
            if !trimmed.is_empty() && !trimmed.starts_with('#') {
                let delimiter = delimiter_of(trimmed);
                let names = names(trimmed, delimiter);
                // Text before the table is no header.
                if self.form.has_columns(&names) {
                    self.header = Some((names, delimiter));
                } else {
                    self.misfits += 1;
                }
            }
            return Flow::GoOn;
        };
        let delimiter = *delimiter;
        let row = match self.open.take() {
            Some(mut open) => {
                open.text.push_str("\r\n");
                open.text.push_str(&line.text);
                // An even number of quotes leaves them open, and a row need not be cut anew for each of its lines.
                if memchr::memchr_iter(b'"', line.text.as_bytes()).count().is_multiple_of(2)
                    && open.text.len() <= ROW_CAP
                {
                    self.open = Some(open);
                    return Flow::GoOn;
                }
                open
            }
            None if line.text.trim().is_empty() => return Flow::GoOn,
            None => Row { text: line.text.clone().into_owned(), number: line.number, offset: line.offset },
        };
        let is_open = fields::delimited(row.text.as_bytes(), delimiter, &mut self.found) == Ending::OpenQuote;
        if is_open && row.text.len() <= ROW_CAP {
            self.open = Some(row);
            return Flow::GoOn;
        }
        self.row(&row, sink)
    }

    fn row(&mut self, row: &Row, sink: &mut dyn Sink) -> Flow {
        let Some((names, delimiter)) = &self.header else { return Flow::GoOn };
        let short = row.text.get(..row.text.floor_char_boundary(ROW_CAP)).unwrap_or_default();
        self.cut += u64::from(short.len() < row.text.len());
        fields::delimited(short.as_bytes(), *delimiter, &mut self.found);
        if self.found.len() != names.len() {
            self.misfits += 1;
            return Flow::GoOn;
        }
        let values: Vec<String> =
            self.found.iter().map(|field| text(&field.value(short.as_bytes())).into_owned()).collect();
        let Some(tells) = &self.form.output.rows else { return Flow::GoOn };
        let value = |wanted: &str| {
            let at = names.iter().position(|name| name.eq_ignore_ascii_case(wanted))?;
            values.get(at).map(String::as_str)
        };
        let record = telling(tells, self.base, &value);
        let mut record = Record { number: Some(row.number), offset: row.offset, ..record };
        let pairs = names.iter().zip(&values).filter(|(_, value)| !value.is_empty());
        record.fields.extend(pairs.map(|(name, value)| (name.clone(), value.as_str().into())));
        sink.record(record)
    }
}
