//! The lines of a text artefact, one by one, in whatever encoding it is.
//!
//! Logs with columns are read by [`crate::reader`]; this is for what has none, and where a line is the record.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{UTF_16BE, UTF_16LE};
use hikeshi_core::coverage::Gap;

use crate::encoding::{Encoding, text};
use crate::record::{Flow, Missed, Sink};

/// A line is cut behind so many bytes; what was cut is told as [`Gap::LineCut`].
pub(crate) const LINE_CAP: usize = 256 << 10;
/// So much is asked of the source at once.
const BLOCK: usize = 64 << 10;

/// What is repeated in many records is cut to so many bytes, so that a small file cannot become a large one.
const REPEATED_CAP: usize = 1 << 10;

/// A text that is repeated in many records, and whether it had to be cut.
pub(crate) fn repeated(text: &str) -> (&str, u64) {
    let is_long = text.len() > REPEATED_CAP;
    (text.get(..text.floor_char_boundary(REPEATED_CAP)).unwrap_or(text), u64::from(is_long))
}

/// One line without its end.
pub(crate) struct Line<'l> {
    /// Its text, without a byte-order mark and without the zero bytes that a crash leaves.
    pub(crate) text: Cow<'l, str>,
    /// From 1.
    pub(crate) number: u64,
    /// Where in the file it begins, in bytes.
    pub(crate) offset: u64,
}

/// Hands every line over, and tells what was cut, what was no text, and where reading failed. Gives [`Flow::Stop`] where
/// `visit` gave it.
///
/// Lines end with a line feed, with or without a carriage return before it.
pub(crate) fn each(
    source: &mut dyn Read,
    sink: &mut dyn Sink,
    visit: &mut dyn FnMut(&Line<'_>, &mut dyn Sink) -> Flow,
) -> Flow {
    let mut blocks = Blocks::new(source);
    let (mut number, mut cut, mut with_zeros) = (0, 0, 0);
    let mut flow = Flow::GoOn;
    let failure = loop {
        let span = match blocks.next_line() {
            Ok(Some(span)) => span,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        number += 1;
        cut += u64::from(span.is_cut);
        let mut text = blocks.decode(&span);
        if text.contains('\0') {
            with_zeros += 1;
            text = Cow::Owned(text.replace('\0', ""));
        }
        flow = visit(&Line { text: trimmed(text, number), number, offset: blocks.offset(&span) }, sink);
        if flow == Flow::Stop {
            break None;
        }
    };
    if cut > 0 {
        sink.missed(Missed { count: cut, ..Missed::new(Gap::LineCut) });
    }
    if with_zeros > 0 {
        sink.missed(Missed { count: with_zeros, ..Missed::new(Gap::BadEncoding) });
    }
    if let Some(error) = failure {
        sink.missed(Missed::new(Gap::ReadFailed).because(error));
    }
    flow
}

/// Without the carriage return, and without the byte-order mark of the first line.
fn trimmed(text: Cow<'_, str>, number: u64) -> Cow<'_, str> {
    let trim = |text: &str| {
        let from = if number == 1 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        from..text.len() - usize::from(text.len() > from && text.ends_with('\r'))
    };
    let range = trim(&text);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(range).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(range).unwrap_or_default().to_owned()),
    }
}

/// A line in the buffer of [`Blocks`], without its line feed.
struct Span {
    from: usize,
    to: usize,
    is_cut: bool,
}

/// The source in blocks, and where in them lines begin.
struct Blocks<'s> {
    source: &'s mut dyn Read,
    /// Known from the first block.
    encoding: Option<Encoding>,
    buffer: Vec<u8>,
    /// Where in the buffer the next line begins.
    next: usize,
    /// Where in the file the buffer begins.
    offset: u64,
    /// The next line is the rest of one that was cut.
    is_in_cut_line: bool,
}

impl<'s> Blocks<'s> {
    fn new(source: &'s mut dyn Read) -> Self {
        Self { source, encoding: None, buffer: Vec::new(), next: 0, offset: 0, is_in_cut_line: false }
    }

    fn next_line(&mut self) -> io::Result<Option<Span>> {
        loop {
            let span = self.next_span()?;
            let is_rest = self.is_in_cut_line;
            self.is_in_cut_line = span.as_ref().is_some_and(|span| span.is_cut);
            if !is_rest || span.is_none() {
                return Ok(span);
            }
        }
    }

    /// The next line, or so much of it as the cap allows.
    fn next_span(&mut self) -> io::Result<Option<Span>> {
        let mut searched = 0;
        loop {
            let (from, end) = (self.next, self.buffer.len());
            if let Some(to) = self.line_feed(from + searched) {
                self.next = to + self.unit();
                return Ok(Some(Span { from, to, is_cut: false }));
            }
            if end - from >= LINE_CAP {
                self.next = from + LINE_CAP;
                return Ok(Some(Span { from, to: self.next, is_cut: true }));
            }
            // Both bytes of a UTF-16 unit are searched together.
            searched = (end - from) & !1;
            if self.fill()? == 0 {
                let (from, to) = (self.next, self.buffer.len());
                self.next = to;
                return Ok((from < to).then_some(Span { from, to, is_cut: false }));
            }
        }
    }

    /// Where the first line feed at or behind `from` stands.
    fn line_feed(&self, from: usize) -> Option<usize> {
        let rest = self.buffer.get(from..)?;
        let feed: [u8; 2] = match self.encoding? {
            Encoding::Ascii => return memchr::memchr(b'\n', rest).map(|at| from + at),
            Encoding::Utf16Le => [b'\n', 0],
            Encoding::Utf16Be => [0, b'\n'],
        };
        rest.chunks_exact(2).position(|unit| unit == feed).map(|at| from + at * 2)
    }

    const fn unit(&self) -> usize {
        match self.encoding {
            Some(Encoding::Utf16Le | Encoding::Utf16Be) => 2,
            Some(Encoding::Ascii) | None => 1,
        }
    }

    fn decode(&self, span: &Span) -> Cow<'_, str> {
        let raw = self.buffer.get(span.from..span.to).unwrap_or_default();
        match self.encoding {
            Some(Encoding::Utf16Le) => UTF_16LE.decode_without_bom_handling(raw).0,
            Some(Encoding::Utf16Be) => UTF_16BE.decode_without_bom_handling(raw).0,
            Some(Encoding::Ascii) | None => text(raw),
        }
    }

    const fn offset(&self, span: &Span) -> u64 {
        self.offset + span.from as u64
    }

    /// Forgets what was handed over and reads a block more; at the end of the source, zero.
    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.drain(..self.next);
        self.offset += self.next as u64;
        self.next = 0;
        let had = self.buffer.len();
        self.buffer.resize(had + BLOCK, 0);
        let result = loop {
            match self.source.read(self.buffer.get_mut(had..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.buffer.truncate(had + result.as_ref().map_or(0, |count| *count));
        if self.encoding.is_none() && !self.buffer.is_empty() {
            self.encoding = Some(Encoding::detect(&self.buffer));
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    fn lines(bytes: &[u8]) -> (Vec<(u64, u64, String)>, Gathered) {
        let (mut seen, mut sink) = (Vec::new(), Gathered::default());
        each(&mut &*bytes, &mut sink, &mut |line, _| {
            seen.push((line.number, line.offset, line.text.clone().into_owned()));
            Flow::GoOn
        });
        (seen, sink)
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn lines_are_numbered_and_placed_in_every_encoding() {
        let sample = "\u{feff}first\r\n\r\n火消し\nlast";
        let expected = |width: [u64; 4]| {
            let texts = ["first", "", "火消し", "last"];
            (1..).zip(width).zip(texts).map(|((n, at), text)| (n, at, text.to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(lines(sample.as_bytes()).0, expected([0, 10, 12, 22]));
        assert_eq!(lines(&utf16(sample)).0, expected([0, 16, 20, 28]));
        assert!(lines(b"").0.is_empty());
    }

    #[test]
    fn a_line_beyond_the_cap_is_cut_and_told_and_the_next_one_is_whole() {
        for text in [format!("{}\nnext\n", "x".repeat(LINE_CAP * 3)), format!("{}\nnext", "x".repeat(LINE_CAP + 1))] {
            for bytes in [text.as_bytes().to_vec(), utf16(&text)] {
                let (seen, sink) = lines(&bytes);
                assert_eq!(seen.len(), 2);
                assert!(seen[0].2.len() <= LINE_CAP);
                assert_eq!((seen[1].0, seen[1].2.as_str()), (2, "next"));
                assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::LineCut, 1));
            }
        }
    }

    #[test]
    fn zero_bytes_are_passed_over_and_told() {
        let (seen, sink) = lines(b"one\n\0\0\0two\nthree and more text\n");
        assert_eq!(seen[1].2, "two");
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::BadEncoding, 1));
    }
}
