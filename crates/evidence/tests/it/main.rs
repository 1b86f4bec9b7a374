//! What the reader hands over, from text in to rows out.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on should stop")]

mod hostile;
mod rows;
mod seeds;
mod silences;

use hikeshi_core::family::Family;
use hikeshi_evidence::reader::{Everything, Hit, LogReader, Search, Summary, Wanted};
use hikeshi_evidence::row::Fit;

/// A log family of an invented product.
pub fn delimited() -> Family {
    yaml_serde::from_str(
        "{id: gate, title: {en: Gate, ja: 門}, format: delimited, signature: {columns: [When, Who]}, \
         time: {column: When}, logsource: {product: gate}, gap: 6h}",
    )
    .expect("family")
}

/// The same in W3C form.
pub fn w3c() -> Family {
    yaml_serde::from_str(
        "{id: web, title: {en: Web, ja: ウェブ}, format: w3c, signature: {columns: [date]}, \
         time: {date: date, time: time}, logsource: {category: webserver}, gap: 6h}",
    )
    .expect("family")
}

/// Points at every place of a word, and at header lines.
pub struct Words(pub &'static [&'static str]);

impl Search for Words {
    fn find(&mut self, text: &[u8], hits: &mut Vec<Hit>) -> Wanted {
        for word in self.0.iter().copied().chain(["#Fields:", "#Date:", "When"]) {
            let bytes = word.as_bytes();
            let places = (0..text.len()).filter(|at| text[*at..].starts_with(bytes));
            hits.extend(places.map(|at| Hit { at, mark: 0 }));
        }
        Wanted::Hits
    }
}

/// A row as a test sees it.
#[derive(Debug, PartialEq, Eq, Clone)]
pub struct Row {
    pub line: u64,
    pub fit: Fit,
    pub values: Vec<String>,
    pub time: Option<String>,
}

pub fn read_with(family: &Family, text: &[u8], search: &mut dyn Search) -> (Vec<Row>, Summary) {
    let mut rows = Vec::new();
    let summary = LogReader::new(family, text, family.gap).run(search, &mut |row| {
        rows.push(Row {
            line: row.line,
            fit: row.fit,
            values: row.values().map(|value| value.into_owned()).collect(),
            time: row.time().map(|time| time.to_string()),
        });
    });
    (rows, summary)
}

pub fn read(family: &Family, text: &str) -> Vec<Row> {
    read_with(family, text.as_bytes(), &mut Everything).0
}

pub fn brief(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| format!("{} {:?} {}", row.line, row.fit, row.values.join("|"))).collect()
}
