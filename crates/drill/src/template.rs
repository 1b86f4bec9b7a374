//! Row templates cut into segments once, so that writing a row is copying bytes.
//!
//! Slots: `{time}` `{day}` `{clock}` of the row; `{int:1-900}` and `{hex:8}`, new each time;
//! `{guid}` or `{guid:name}`, one for the whole request; `{list}` or `{list.name}`, picked once
//! for the whole request. Any other `{name}` is a `let` of the request, its stream or its format.

use crate::{
    clock::Moment,
    random::{Random, scale},
};

#[derive(Debug, Clone)]
pub(crate) enum Segment {
    Bytes(Vec<u8>),
    Time,
    Day,
    Clock,
    /// A number from `low` on, one of `span`.
    Int {
        low: u32,
        span: u32,
    },
    Hex(usize),
    /// One of the request's own identifiers.
    Guid(usize),
    /// The entry that the request has picked from a list.
    Pick {
        list: usize,
        entries: Vec<Vec<Self>>,
    },
}

/// How a column is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Csv,
    /// Comma-separated, by a writer that turns commas and line breaks into blanks.
    Lossy,
    W3c,
}

/// Joins columns to a row that ends with a line break.
pub(crate) fn join(columns: Vec<Vec<Segment>>, delimiter: u8) -> Vec<Segment> {
    let mut row = Vec::new();
    for (index, column) in columns.into_iter().enumerate() {
        if index > 0 {
            push(&mut row, Segment::Bytes(vec![delimiter]));
        }
        for segment in column {
            push(&mut row, segment);
        }
    }
    push(&mut row, Segment::Bytes(b"\r\n".to_vec()));
    row
}

/// Appends a segment; neighbouring bytes become one segment.
pub(crate) fn push(row: &mut Vec<Segment>, segment: Segment) {
    match (row.last_mut(), segment) {
        (Some(Segment::Bytes(before)), Segment::Bytes(bytes)) => before.extend(bytes),
        (_, Segment::Bytes(bytes)) if bytes.is_empty() => {}
        (_, segment) => row.push(segment),
    }
}

/// Makes a column's segments safe for its kind of log.
pub(crate) fn encode(mut column: Vec<Segment>, encoding: Encoding) -> Vec<Segment> {
    match encoding {
        Encoding::Csv => {
            let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
            if !any_byte(&column, &special) {
                return column;
            }
            each_bytes(&mut column, &|bytes| {
                let doubled =
                    bytes.iter().flat_map(|byte| std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 }));
                doubled.collect()
            });
            let mut quoted = vec![Segment::Bytes(b"\"".to_vec())];
            column.into_iter().for_each(|segment| push(&mut quoted, segment));
            push(&mut quoted, Segment::Bytes(b"\"".to_vec()));
            quoted
        }
        Encoding::Lossy => {
            each_bytes(&mut column, &|bytes| replace(bytes, b",\"\r\n", b' '));
            column
        }
        Encoding::W3c => {
            each_bytes(&mut column, &|bytes| replace(bytes, b" \r\n", b'+'));
            dash_for_nothing(&mut column);
            column
        }
    }
}

fn replace(bytes: &[u8], these: &[u8], with: u8) -> Vec<u8> {
    let change = |byte: &u8| if these.contains(byte) { with } else { *byte };
    bytes.iter().map(change).collect()
}

fn dash_for_nothing(column: &mut Vec<Segment>) {
    match column.as_mut_slice() {
        [] => column.push(Segment::Bytes(b"-".to_vec())),
        [Segment::Pick { entries, .. }] => entries.iter_mut().for_each(dash_for_nothing),
        _ => {}
    }
}

fn any_byte(segments: &[Segment], wanted: &dyn Fn(&u8) -> bool) -> bool {
    segments.iter().any(|segment| match segment {
        Segment::Bytes(bytes) => bytes.iter().any(wanted),
        Segment::Pick { entries, .. } => entries.iter().any(|entry| any_byte(entry, wanted)),
        _ => false,
    })
}

fn each_bytes(segments: &mut [Segment], change: &dyn Fn(&[u8]) -> Vec<u8>) {
    for segment in segments {
        match segment {
            Segment::Bytes(bytes) => *bytes = change(bytes),
            Segment::Pick { entries, .. } => {
                entries.iter_mut().for_each(|entry| each_bytes(entry, change));
            }
            _ => {}
        }
    }
}

/// Whether a row may hold line breaks besides its last.
pub(crate) fn many_lines(row: &[Segment]) -> bool {
    let breaks = |segments: &[Segment]| any_byte(segments, &|byte| *byte == b'\n');
    let (last, rest) = match row.split_last() {
        Some((Segment::Bytes(last), rest)) => (last.strip_suffix(b"\r\n").unwrap_or(last), rest),
        _ => (&[][..], row),
    };
    breaks(rest) || last.contains(&b'\n')
}

/// What a request has drawn: numbers, identifiers, list entries.
#[derive(Debug)]
pub(crate) struct Draw {
    random: Random,
    picks: Vec<u32>,
    guids: Vec<[u8; 36]>,
}

impl Draw {
    pub(crate) fn new(random: Random, lists: usize) -> Self {
        Self { random, picks: vec![0; lists], guids: Vec::new() }
    }

    pub(crate) fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Draws anew for the next request, which uses `lists` and so many identifiers.
    pub(crate) fn next_request(&mut self, lists: &[usize], guids: usize) {
        for list in lists {
            let bits = self.random.below(u32::MAX);
            if let Some(pick) = self.picks.get_mut(*list) {
                *pick = bits;
            }
        }
        self.guids.resize(guids.max(self.guids.len()), [b'-'; 36]);
        for guid in self.guids.iter_mut().take(guids) {
            put_guid(guid, self.random.next(), self.random.next());
        }
    }

    /// Writes a row at the end of `out`.
    pub(crate) fn write(&mut self, segments: &[Segment], moment: &Moment, out: &mut Vec<u8>) {
        for segment in segments {
            match segment {
                Segment::Bytes(bytes) => out.extend_from_slice(bytes),
                Segment::Time => out.extend_from_slice(moment.time()),
                Segment::Day => out.extend_from_slice(moment.day()),
                Segment::Clock => out.extend_from_slice(moment.clock()),
                Segment::Int { low, span } => put_number(low + self.random.below(*span), out),
                Segment::Hex(digits) => self.put_hex(*digits, out),
                Segment::Guid(index) => {
                    out.extend_from_slice(self.guids.get(*index).map_or(&[], |guid| &guid[..]));
                }
                Segment::Pick { list, entries } => {
                    let bits = self.picks.get(*list).copied().unwrap_or_default();
                    let index = scale(bits, entries.len() as u32) as usize;
                    if let Some(entry) = entries.get(index) {
                        self.write(entry, moment, out);
                    }
                }
            }
        }
    }

    fn put_hex(&mut self, digits: usize, out: &mut Vec<u8>) {
        let mut bits = 0;
        for index in 0..digits {
            if index % 16 == 0 {
                bits = self.random.next();
            }
            out.push(digit(bits));
            bits >>= 4;
        }
    }
}

fn digit(bits: u64) -> u8 {
    let nibble = (bits & 15) as u8;
    nibble + if nibble < 10 { b'0' } else { b'a' - 10 }
}

/// Version 4, variant 1, as RFC 9562 has it.
fn put_guid(guid: &mut [u8; 36], high: u64, low: u64) {
    let mut bits = u128::from(high) << 64 | u128::from(low);
    for (index, byte) in guid.iter_mut().enumerate() {
        *byte = match index {
            8 | 13 | 18 | 23 => continue,
            14 => b'4',
            19 => digit(bits as u64 & 3 | 8),
            _ => digit(bits as u64),
        };
        bits >>= 4;
    }
}

fn put_number(number: u32, out: &mut Vec<u8>) {
    let digit = |power: u32| b'0' + (number / power % 10) as u8;
    match number {
        0..10 => out.push(digit(1)),
        10..100 => out.extend_from_slice(&[digit(10), digit(1)]),
        100..1000 => out.extend_from_slice(&[digit(100), digit(10), digit(1)]),
        _ => out.extend_from_slice(number.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Segment {
        Segment::Bytes(text.as_bytes().to_vec())
    }

    fn written(row: &[Segment]) -> String {
        let mut draw = Draw::new(Random::new(1, 1), 1);
        draw.next_request(&[0], 1);
        let mut out = Vec::new();
        draw.write(row, &Moment::new(0), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_quotes_a_column_that_may_hold_a_special_character() {
        let column = |text| encode(vec![bytes(text)], Encoding::Csv);
        let row = join(vec![column("plain"), column("a \"b\", c"), column("")], b',');
        assert_eq!(written(&row), "plain,\"a \"\"b\"\", c\",\r\n");
    }

    #[test]
    fn lossy_columns_lose_their_commas() {
        let column = encode(vec![bytes("(KHTML, like Gecko)")], Encoding::Lossy);
        assert_eq!(written(&column), "(KHTML  like Gecko)");
    }

    #[test]
    fn w3c_writes_plus_for_a_blank_and_a_dash_for_nothing() {
        let pick = Segment::Pick { list: 0, entries: vec![vec![]] };
        let column = |segments| encode(segments, Encoding::W3c);
        let row = join(vec![column(vec![bytes("a b")]), column(vec![]), column(vec![pick])], b' ');
        assert_eq!(written(&row), "a+b - -\r\n");
    }

    #[test]
    fn rows_of_several_lines_are_known() {
        let row = |text| join(vec![encode(vec![bytes(text)], Encoding::Csv)], b',');
        assert!(!many_lines(&row("one")));
        assert!(many_lines(&row("one\r\ntwo")));
    }

    #[test]
    fn identifiers_and_numbers_have_their_form() {
        let guid = written(&[Segment::Guid(0)]);
        assert_eq!(guid.len(), 36);
        assert_eq!(&guid[14..15], "4");
        assert!("89ab".contains(&guid[19..20]));
        assert_eq!(written(&[Segment::Hex(20)]).len(), 20);
        for number in [0, 9, 10, 99, 100, 999, 1000, 123_456] {
            assert_eq!(written(&[Segment::Int { low: number, span: 1 }]), number.to_string());
        }
    }
}
