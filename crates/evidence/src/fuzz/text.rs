//! Text logs and encodings.

use std::io::{self, Cursor};

use hikeshi_core::family::{Decode, Family, Format, LogSource, Retention, Roles, Signature, TimeColumns};
use hikeshi_core::text::Text;

use crate::encoding::{Encoding, Utf8Reader, text};
use crate::kind::Kind;
use crate::reader::{Everything, Hit, LogReader, Search, Wanted};

/// Delimited text with comment lines.
pub(super) fn delimited(bytes: &[u8]) {
    both_ways(&family(Format::Delimited, TimeColumns::One { column: "When".to_owned() }, &["When"]), bytes);
}

/// W3C extended log file format.
pub(super) fn w3c(bytes: &[u8]) {
    let time = TimeColumns::Two { date: "date".to_owned(), time: "time".to_owned() };
    both_ways(&family(Format::W3c, time, &["date"]), bytes);
}

/// What kind a file is, which encoding it is in, and its text.
pub(super) fn encoding(bytes: &[u8]) {
    let _ = Kind::detect(bytes);
    let _ = text(bytes);
    for encoding in [Encoding::Ascii, Encoding::Utf16Le, Encoding::Utf16Be].into_iter().chain([Encoding::detect(bytes)])
    {
        // A reader over memory does not fail.
        let _ = io::copy(&mut Utf8Reader::new(Cursor::new(bytes), encoding), &mut io::sink());
    }
}

fn family(format: Format, time: TimeColumns, columns: &[&str]) -> Family {
    Family {
        id: "fuzz".to_owned(),
        title: Text::same("fuzz"),
        format,
        delimiter: ',',
        paths: Vec::new(),
        signature: Signature {
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            ..Signature::default()
        },
        time,
        logsource: LogSource::default(),
        fields: std::collections::BTreeMap::new(),
        uri: None,
        decode: Decode::default(),
        roles: Roles::default(),
        rotation: None,
        retention: Retention::default(),
        gap: Some(std::time::Duration::from_secs(3600)),
        notes: None,
    }
}

fn both_ways(family: &Family, bytes: &[u8]) {
    let searches: [&mut dyn Search; 2] = [&mut Everything, &mut Sparse];
    for search in searches {
        LogReader::new(family, bytes, family.gap).run(search, &mut |row| {
            let _ = (row.time(), row.line_text(), row.values().map(|value| value.len()).sum::<usize>());
        });
    }
}

/// Points at every 97th byte and at header lines.
struct Sparse;

impl Search for Sparse {
    fn find(&mut self, text: &[u8], hits: &mut Vec<Hit>) -> Wanted {
        let places = (0..text.len()).step_by(97).chain(memchr::memmem::find_iter(text, b"#Fields:"));
        hits.extend(places.map(|at| Hit { at, mark: 0 }));
        Wanted::Hits
    }
}
