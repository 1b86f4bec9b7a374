//! Which encoding a text file is in, and its bytes as UTF-8.
//!
//! Only UTF-16 is converted as a stream. Shift_JIS and the Windows code pages keep ASCII bytes
//! where they are (no trail byte is a delimiter, quote or line break), so such files are split as
//! they lie and each value is decoded when it is looked at.

use std::borrow::Cow;
use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How the bytes of a file become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or a code page that keeps ASCII in place.
    Ascii,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
}

impl Encoding {
    /// From a file's first bytes.
    ///
    /// A byte-order mark decides, but in front of text that is no UTF-16: somebody may have put it there. Without one, UTF-16
    /// shows by zero bytes that all stand on one side of the pairs. Zero bytes elsewhere are left in place: a crash leaves
    /// them in logs.
    #[must_use]
    pub fn detect(head: &[u8]) -> Self {
        const LOOKED_AT: usize = 4096;
        // A line break of UTF-16 has a zero byte, and so has every blank.
        let is_utf16 = |text: &[u8]| text.is_empty() || text.iter().take(LOOKED_AT).any(|byte| *byte == 0);
        match head {
            [0xff, 0xfe, text @ ..] if is_utf16(text) => return Self::Utf16Le,
            [0xfe, 0xff, text @ ..] if is_utf16(text) => return Self::Utf16Be,
            _ => {}
        }
        let head = head.get(..LOOKED_AT).unwrap_or(head);
        if memchr::memchr(0, head).is_none() {
            return Self::Ascii;
        }
        let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
        match (zeros(0), zeros(1)) {
            (0, high) if high * 4 > head.len() => Self::Utf16Le,
            (high, 0) if high * 4 > head.len() => Self::Utf16Be,
            _ => Self::Ascii,
        }
    }
}

/// The file's bytes as UTF-8, without the byte-order mark of UTF-16; for [`Encoding::Ascii`] as they lie.
pub struct Utf8Reader<R> {
    source: R,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    pending: usize,
    ended: bool,
    finished: bool,
    spare: Vec<u8>,
}

impl<R: Read> Utf8Reader<R> {
    /// Wraps a source that stands at its beginning.
    pub fn new(source: R, encoding: Encoding) -> Self {
        let decoder = match encoding {
            Encoding::Ascii => None,
            Encoding::Utf16Le => Some(UTF_16LE.new_decoder_with_bom_removal()),
            Encoding::Utf16Be => Some(UTF_16BE.new_decoder_with_bom_removal()),
        };
        Self { source, decoder, raw: Vec::new(), pending: 0, ended: false, finished: false, spare: Vec::new() }
    }

    fn read_decoded(&mut self, out: &mut [u8]) -> io::Result<usize> {
        const CHUNK: usize = 64 * 1024;
        let Some(decoder) = &mut self.decoder else { return self.source.read(out) };
        if self.finished {
            return Ok(0);
        }
        loop {
            if self.pending == 0 && !self.ended {
                self.raw.resize(CHUNK, 0);
                let count = self.source.read(&mut self.raw)?;
                self.raw.truncate(count);
                self.pending = count;
                self.ended = count == 0;
            }
            let unread = self.raw.len() - self.pending;
            let input = self.raw.get(unread..).unwrap_or_default();
            let (result, read, written, _) = decoder.decode_to_utf8(input, out, self.ended);
            self.pending -= read.min(self.pending);
            // A decoder that has given its last must not be asked again.
            self.finished = self.ended && result == CoderResult::InputEmpty;
            if written > 0 || (self.ended && self.pending == 0) {
                return Ok(written);
            }
        }
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A decoder needs room for the longest character, and an empty answer would mean the end.
        const LONGEST: usize = 4;
        if self.spare.is_empty() && (self.decoder.is_none() || out.len() >= LONGEST || out.is_empty()) {
            return self.read_decoded(out);
        }
        if self.spare.is_empty() {
            let mut some = [0; LONGEST];
            let count = self.read_decoded(&mut some)?;
            self.spare.extend_from_slice(some.get(..count).unwrap_or_default());
        }
        let count = out.len().min(self.spare.len());
        for (to, from) in out.iter_mut().zip(self.spare.drain(..count)) {
            *to = from;
        }
        Ok(count)
    }
}

/// One value as text: UTF-8 where it is valid, else Shift_JIS where that fits, else Windows-1252,
/// which maps every byte.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    decoded(bytes).0
}

/// The text that a file begins with, in whatever encoding it is, of its first `most` bytes.
pub(crate) fn beginning(head: &[u8], most: usize) -> Cow<'_, str> {
    let head = head.get(..most).unwrap_or(head);
    match Encoding::detect(head) {
        Encoding::Utf16Le => UTF_16LE.decode_without_bom_handling(head).0,
        Encoding::Utf16Be => UTF_16BE.decode_without_bom_handling(head).0,
        Encoding::Ascii => text(head),
    }
}

/// What a text is stored in that is no UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodePage {
    Utf8,
    ShiftJis,
    Windows1252,
}

/// As [`text`] does, with what it took the bytes for.
pub(crate) fn decoded(bytes: &[u8]) -> (Cow<'_, str>, CodePage) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), CodePage::Utf8);
    }
    match SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => (text, CodePage::ShiftJis),
        None => (WINDOWS_1252.decode_without_bom_handling(bytes).0, CodePage::Windows1252),
    }
}

impl CodePage {
    /// How many bytes a text took as it was stored.
    pub(crate) fn stored(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::ShiftJis => text.chars().map(|letter| if is_single(letter) { 1 } else { 2 }).sum(),
            Self::Windows1252 => text.chars().count(),
        }
    }
}

/// Whether Shift_JIS stores a letter in one byte: ASCII, and katakana of half width.
/// Source: <https://encoding.spec.whatwg.org/#shift_jis-decoder>.
const fn is_single(letter: char) -> bool {
    matches!(letter, '\0'..='\u{80}' | '\u{ff61}'..='\u{ff9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> String {
        let encoding = Encoding::detect(bytes);
        let mut out = String::new();
        Utf8Reader::new(bytes, encoding).read_to_string(&mut out).expect("readable");
        out
    }

    fn utf16(text: &str, big: bool, bom: bool) -> Vec<u8> {
        let mark = bom.then_some(0xfeff_u16);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    }

    #[test]
    fn every_encoding_reads_the_same_text() {
        let sample = "#Fields: a,b\r\n2021-03-03,火消し\r\n";
        assert_eq!(all(sample.as_bytes()), sample);
        // Offsets in the file stay what they are; whoever reads a line passes over the mark.
        assert_eq!(all(&[b"\xef\xbb\xbf", sample.as_bytes()].concat()), format!("\u{feff}{sample}"));
        for (big, bom) in [(false, true), (true, true), (false, false), (true, false)] {
            assert_eq!(all(&utf16(sample, big, bom)), sample, "big {big} bom {bom}");
        }
    }

    #[test]
    fn small_and_odd_reads_lose_nothing() {
        let sample = "火消し, line\r\n".repeat(20_000);
        let bytes = utf16(&sample, false, true);
        for size in [1, 2, 3, 5, 7, 64 * 1024 + 1] {
            let mut reader = Utf8Reader::new(bytes.as_slice(), Encoding::Utf16Le);
            let (mut out, mut piece) = (Vec::new(), vec![0; size]);
            loop {
                match reader.read(&mut piece).expect("readable") {
                    0 => break,
                    count => out.extend_from_slice(&piece[..count]),
                }
            }
            assert!(out == sample.as_bytes(), "reads of {size} bytes");
        }
    }

    #[test]
    fn zero_bytes_that_are_no_utf_16_stay_where_they_are() {
        assert_eq!(Encoding::detect(b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"), Encoding::Ascii);
        assert_eq!(Encoding::detect(b"#Fields: a,b\n1,\x002\n"), Encoding::Ascii);
        assert_eq!(Encoding::detect(b""), Encoding::Ascii);
    }

    #[test]
    fn a_mark_in_front_of_text_that_is_no_utf_16_does_not_make_it_so() {
        let log = b"2021-03-03 04:12:33 GET /odd.aspx\r\n";
        for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
            assert_eq!(Encoding::detect(&[&mark[..], log].concat()), Encoding::Ascii, "{mark:x?}");
        }
        assert_eq!(Encoding::detect(b"\xff\xfe"), Encoding::Utf16Le);
        assert_eq!(Encoding::detect(b"\xff\xfek\x70\n\0"), Encoding::Utf16Le);
    }

    #[test]
    fn values_in_a_code_page_are_decoded_one_by_one() {
        assert_eq!(text("火消し".as_bytes()), "火消し");
        assert_eq!(text(b"\x89\xce\x8f\xc1\x82\xb5"), "火消し");
        assert_eq!(text(b"caf\xe9!"), "café!");
    }

    #[test]
    fn a_text_is_as_long_as_it_was_stored() {
        for bytes in [&b"plain"[..], "火消し".as_bytes(), b"\x89\xce\xb6\x80\\", b"caf\xe9!\x96\x96", b"\xff\x81"] {
            let (text, page) = decoded(bytes);
            assert_eq!(page.stored(&text), bytes.len(), "{text}");
        }
    }
}
