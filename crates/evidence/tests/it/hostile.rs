//! No bytes may make the reader panic, hang, grow or lose rows.

use std::io::{self, Read};

use proptest::prelude::*;

use super::{Words, brief, delimited, read_with, w3c};
use hikeshi_evidence::encoding::{Encoding, Utf8Reader};
use hikeshi_evidence::reader::{Everything, LogReader, RECORD_CAP};
use hikeshi_evidence::row::Fit;

/// Gives a line of `left` bytes, then `tail`, without holding it.
struct LongLine {
    left: u64,
    tail: &'static [u8],
}

impl Read for LongLine {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return self.tail.read(out);
        }
        let count = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        out[..count].fill(b'x');
        self.left -= count as u64;
        Ok(count)
    }
}

#[test]
fn a_line_beyond_the_cap_is_cut_and_what_follows_is_read() {
    let family = delimited();
    let total = 300 * 1024 * 1024;
    let source =
        b"When,Who\n2021-03-03T04:00:00Z,".chain(LongLine { left: total, tail: b"\n2021-03-03T05:00:00Z,b\n" });
    let mut rows = Vec::new();
    let summary = LogReader::new(&family, source, None).run(&mut Everything, &mut |row| {
        rows.push((row.line, row.fit, row.bytes.len()));
    });
    assert_eq!(rows, [(2, Fit::Malformed, RECORD_CAP), (3, Fit::Whole, 22)]);
    assert_eq!((summary.cut.count, summary.cut.first_line, summary.lines), (1, Some(2), 3));
    assert_eq!(summary.cut.bytes + RECORD_CAP as u64, total + 21);
}

#[test]
fn rows_that_do_not_begin_with_a_readable_time_are_rows_however_many_there_are() {
    let mut text = String::from("When,Who\n");
    let rows = 200_000;
    for row in 0..rows {
        let who = if row == 150_000 { "needle" } else { "hay" };
        text += if row % 50_000 == 7 { ",\"two\nlines\"\n" } else { "" };
        text += &format!("3/3/2021 4:00:{:02} AM,{who}\n", row % 60);
    }
    assert!(text.len() > 3 * RECORD_CAP);
    let family = delimited();
    let (all, summary) = read_with(&family, text.as_bytes(), &mut Everything);
    assert_eq!((all.len(), summary.cut.count, summary.malformed.count), (rows + 4, 0, 0));
    let (some, summary) = read_with(&family, text.as_bytes(), &mut Words(&["needle"]));
    assert_eq!(some.iter().filter(|row| row.values.iter().any(|value| value == "needle")).count(), 1);
    assert_eq!((summary.cut.count, summary.malformed.count, summary.bytes), (0, 0, text.len() as u64));
}

#[test]
fn a_failing_source_ends_the_reading_and_is_told() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("bad sector"))
        }
    }
    let family = delimited();
    let mut rows = 0;
    let source = (&b"When,Who\n2021-03-03T04:00:00Z,a\n"[..]).chain(Broken);
    let summary = LogReader::new(&family, source, None).run(&mut Everything, &mut |_| rows += 1);
    assert_eq!(rows, 1);
    assert_eq!(summary.failed.map(|error| error.to_string()).as_deref(), Some("bad sector"));
}

/// Pieces that logs and attackers are made of.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "When,Who,Note\n",
        "#Fields: When,Who,Note\n",
        "#Fields: Who,When\r\n",
        "#Fields:\n",
        "Who,When\n",
        "2021-03-03T04:00:00Z",
        "2021-03-03",
        ",",
        "\"",
        "\"\"",
        "\n",
        "\r\n",
        "needle",
        "x",
        " ",
        "#",
        "\u{feff}",
        "火",
        "\0",
        ",a,b\n",
        "2021-03-04T04:00:00Z,a,needle\n",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn arbitrary_bytes_never_panic_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        for family in [delimited(), w3c()] {
            read_with(&family, &bytes, &mut Everything);
            read_with(&family, &bytes, &mut Words(&["a"]));
        }
        io::copy(&mut Utf8Reader::new(&bytes[..], Encoding::detect(&bytes)), &mut io::sink()).unwrap();
    }

    #[test]
    fn searching_and_reading_all_find_the_same_rows(pieces in prop::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        for family in [delimited(), w3c()] {
            let (all, _) = read_with(&family, text.as_bytes(), &mut Everything);
            let (some, _) = read_with(&family, text.as_bytes(), &mut Words(&["needle"]));
            let holds = |row: &&super::Row| row.values.iter().any(|value| value.contains("needle"));
            let expected: Vec<_> = all.iter().filter(holds).cloned().collect();
            let found: Vec<_> = some.iter().filter(holds).cloned().collect();
            prop_assert_eq!(brief(&found), brief(&expected), "{:?}", text);
        }
    }

    #[test]
    fn nothing_is_lost_whatever_the_rows_look_like(pieces in prop::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        let (_, summary) = read_with(&delimited(), text.as_bytes(), &mut Everything);
        prop_assert_eq!(summary.bytes, text.len() as u64);
        prop_assert_eq!(summary.lines, text.matches('\n').count() as u64);
    }
}
