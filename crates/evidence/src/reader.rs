//! Reads one log from beginning to end in large blocks, and hands over the rows that a search points at.
//!
//! One buffer is kept. What a search looks for may begin in one read and end in the next, so a block is
//! cut behind its last whole row and the rest is moved to the front of the buffer.

use std::io::{self, Read};
use std::time::Duration;

use hikeshi_core::family::{Family, Format};
use memchr::memchr_iter;

use crate::fields::{Ending, Field};
use crate::layout::{Began, Header, Layout, Splitting, without_break, without_mark};
use crate::row::{Fit, Row, fit};
use crate::sample::Sampler;

/// A row is cut behind so many bytes; what was cut is counted.
pub const RECORD_CAP: usize = 1 << 20;
/// So much is read at once. Fits into the second-level cache of small servers together with the search tables.
const BLOCK: usize = 256 << 10;

/// Tells which rows are worth cutting into fields.
///
/// It must point at header rows too: at whatever [`header_marks`] names.
pub trait Search {
    /// Appends places in `text` that lie in such rows, in any order; or says that all rows are to be looked at.
    fn find(&mut self, text: &[u8], hits: &mut Vec<Hit>) -> Wanted;

    /// Looks once more at a whole row, before it is cut into fields; with what was pointed at in it, where rows are pointed at.
    fn weigh(&mut self, _row: &[u8], _hits: &[Hit]) -> Weighed<'_> {
        Weighed::Keep(None)
    }
}

/// A place that a search points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Where in the text.
    pub at: usize,
    /// What was found there; the search's own number, for its second look.
    pub mark: u32,
}

/// What a search says of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighed<'s> {
    /// It is not worth cutting into fields.
    Drop,
    /// It is handed over, with what the search knows of it: see [`Row::hints`].
    Keep(Option<&'s [usize]>),
}

/// Which rows a search wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those it pointed at.
    Hits,
    /// All of them.
    All,
}

/// Text that stands in every header of a family, or in a comment that rows are read by, and hardly in its rows;
/// to be searched for without case.
#[must_use]
pub fn header_marks(family: &Family) -> Vec<&str> {
    match family.format {
        Format::Delimited => vec!["#Fields:", family.time.first()],
        Format::W3c => vec!["#Fields:", "#Date:"],
    }
}

/// Wants every row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Everything;

impl Search for Everything {
    fn find(&mut self, _: &[u8], _: &mut Vec<Hit>) -> Wanted {
        Wanted::All
    }
}

/// What was seen of a file besides the rows handed over.
#[derive(Debug, Default)]
pub struct Summary {
    /// Bytes of text read.
    pub bytes: u64,
    /// Lines in it.
    pub lines: u64,
    /// Times and silences.
    pub sampler: Sampler,
    /// Rows longer than [`RECORD_CAP`], the first one's line, and the bytes cut from all of them.
    pub cut: Tally,
    /// Rows that do not fit their header, of those handed over.
    pub malformed: Tally,
    /// Rows without any header above, of those handed over.
    pub headless: Tally,
    /// A header was seen.
    pub has_header: bool,
    /// The text holds zero bytes: a crash left them, or somebody who had something to hide.
    pub zero_bytes: bool,
    /// A comment holds a carriage return without a line feed: what follows it may be rows.
    pub lone_return: bool,
    /// The system's error, when reading ended early.
    pub failed: Option<io::Error>,
}

/// How often something was met.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// The first one's line, from 1.
    pub first_line: Option<u64>,
    /// Bytes concerned.
    pub bytes: u64,
}

impl Tally {
    /// Counts one more.
    pub fn note(&mut self, line: u64, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
        self.first_line.get_or_insert(line);
    }
}

/// Reads one log. The source gives UTF-8 or a code page that keeps ASCII in place
/// (see [`crate::encoding::Utf8Reader`]).
pub struct LogReader<'f, R> {
    family: &'f Family,
    source: R,
    buffer: Vec<u8>,
    ended: bool,
    layout: Layout,
    hits: Vec<Hit>,
    fields: Vec<Field>,
    summary: Summary,
    /// Lines and bytes before the buffer.
    passed_lines: u64,
    passed_bytes: u64,
    /// Lines in the buffer up to `counted_to`.
    counted_lines: u64,
    counted_to: usize,
    /// The times of the rows in the buffer are taken up to here.
    sampled_to: usize,
}

impl<'f, R: Read> LogReader<'f, R> {
    /// A reader at the beginning of `source`.
    pub fn new(family: &'f Family, source: R, gap: Option<Duration>) -> Self {
        let summary = Summary { sampler: Sampler::new(gap), ..Summary::default() };
        Self {
            family,
            source,
            buffer: Vec::with_capacity(BLOCK * 2),
            ended: false,
            layout: Layout::before_header(family),
            hits: Vec::new(),
            fields: Vec::new(),
            summary,
            passed_lines: 0,
            passed_bytes: 0,
            counted_lines: 0,
            counted_to: 0,
            sampled_to: 0,
        }
    }

    /// Reads to the end; each wanted row goes to `sink`. A failing source ends the reading and stands in the summary.
    pub fn run(mut self, search: &mut dyn Search, sink: &mut dyn FnMut(&Row<'_>)) -> Summary {
        loop {
            if let Err(error) = self.fill() {
                self.summary.failed = Some(error);
                self.ended = true;
            }
            let text = std::mem::take(&mut self.buffer);
            let passed = self.pass(&text, search, sink);
            self.count_lines(&text, passed);
            self.sample(&text, passed);
            self.buffer = text;
            if self.ended && passed >= self.buffer.len() {
                break;
            }
            self.forget(passed);
            if passed == 0 && self.buffer.len() >= RECORD_CAP {
                self.stuck(sink);
            }
        }
        self.summary.bytes = self.passed_bytes + self.buffer.len() as u64;
        self.summary.lines = self.passed_lines + self.counted_lines;
        self.summary
    }

    /// Reads until a block is there or the source ends.
    fn fill(&mut self) -> io::Result<()> {
        let wanted = self.buffer.len() + BLOCK;
        let mut filled = self.buffer.len();
        self.buffer.resize(wanted, 0);
        while filled < wanted {
            let room = self.buffer.get_mut(filled..).unwrap_or_default();
            match self.source.read(room) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.buffer.truncate(filled);
                    return Err(error);
                }
            }
        }
        self.buffer.truncate(filled);
        Ok(())
    }

    /// Drops the first `count` bytes of the buffer, which are done with.
    fn forget(&mut self, count: usize) {
        self.passed_bytes += count as u64;
        self.passed_lines += self.counted_lines;
        self.counted_lines = 0;
        self.counted_to = 0;
        self.sampled_to = self.sampled_to.saturating_sub(count);
        self.buffer.drain(..count.min(self.buffer.len()));
    }

    /// Looks at all whole rows in `text`; returns how much of it is done with.
    fn pass(&mut self, text: &[u8], search: &mut dyn Search, sink: &mut dyn FnMut(&Row<'_>)) -> usize {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        self.summary.zero_bytes |= memchr::memchr(0, text).is_some();
        let wanted = search.find(text, &mut hits);
        hits.sort_unstable();
        let mut at = 0;
        let mut next = 0;
        let done = loop {
            while hits.get(next).is_some_and(|hit| hit.at < at) {
                next += 1;
            }
            let target = match (wanted, self.layout.splitting, hits.get(next)) {
                (Wanted::All, ..) | (_, Splitting::Quoted, _) => at,
                // Until a header is found, any row may be one, however it is written.
                _ if self.layout.header.is_none() => at,
                (Wanted::Hits, _, Some(hit)) => hit.at,
                (Wanted::Hits, _, None) => break self.rest(text, at),
            };
            if target >= text.len() {
                break text.len();
            }
            match self.layout.group(text, at, target, self.ended) {
                Ok((start, end)) => {
                    let in_group = hits.get(next..).unwrap_or_default();
                    at = self.group(text, (start, end), (wanted, in_group), search, sink);
                }
                Err(start) => break start,
            }
        };
        self.hits = hits;
        done
    }

    fn rest(&self, text: &[u8], at: usize) -> usize {
        if self.ended { text.len() } else { self.layout.settled(text, at) }
    }

    /// Looks at the rows of one group; returns where the next group may begin.
    fn group(
        &mut self,
        text: &[u8],
        (start, end): (usize, usize),
        (wanted, mut hits): (Wanted, &[Hit]),
        search: &mut dyn Search,
        sink: &mut dyn FnMut(&Row<'_>),
    ) -> usize {
        let group = text.get(..end).unwrap_or(text);
        let mut at = start;
        while at < end {
            let row_end = self.layout.row_end(group, at).clamp(at + 1, end);
            let of_row = |hit: &Hit| (at..row_end).contains(&hit.at);
            hits = hits.get(leading(hits, |hit| hit.at < at)..).unwrap_or_default();
            let in_row;
            (in_row, hits) = hits.split_at(leading(hits, of_row));
            let was_split = self.layout.splitting;
            if !in_row.is_empty() || wanted == Wanted::All || self.layout.header.is_none() {
                self.row(text, (at, row_end), in_row, search, sink);
            }
            at = row_end;
            // A new header may tell rows apart in another way, so the bounds found so far no longer hold.
            if self.layout.splitting != was_split {
                return at;
            }
        }
        end
    }

    /// Looks at one row: a comment, a header, or a record for the sink.
    fn row(
        &mut self,
        text: &[u8],
        (start, end): (usize, usize),
        hits: &[Hit],
        search: &mut dyn Search,
        sink: &mut dyn FnMut(&Row<'_>),
    ) {
        let row = text.get(start..end).unwrap_or_default();
        let bytes = without_mark(without_break(row));
        if bytes.trim_ascii().is_empty() {
            return;
        }
        if bytes.starts_with(b"#") {
            return self.comment(bytes, text, start);
        }
        // Rows without a header above are all handed over: each counts as one whose columns are unknown.
        let hints = match search.weigh(bytes, hits) {
            Weighed::Keep(hints) => hints,
            Weighed::Drop if self.layout.header.is_none() => Some(&[][..]),
            Weighed::Drop => return,
        };
        self.count_lines(text, start);
        let mut fields = std::mem::take(&mut self.fields);
        let ending = self.layout.cut(bytes, &mut fields);
        if let Some(header) = self.layout.header_in_row(bytes, &fields, self.family) {
            self.set_header(header, text, start);
        } else {
            let last_of_file =
                self.ended && end == text.len() && (!row.ends_with(b"\n") || ending == Ending::OpenQuote);
            let fit = fit(&self.layout, fields.len(), ending, last_of_file);
            self.hand_over(bytes, &fields, (fit, hints), start, sink);
        }
        self.fields = fields;
    }

    fn comment(&mut self, line: &[u8], text: &[u8], start: usize) {
        self.summary.lone_return |= memchr::memchr(b'\r', line.trim_ascii_end()).is_some();
        if let Some(header) = self.layout.header_in_comment(line) {
            self.set_header(header, text, start);
        } else if let Some(began) = Began::in_comment(line) {
            self.sample(text, start);
            self.layout.began = Some(began);
        }
    }

    fn set_header(&mut self, header: Header, text: &[u8], start: usize) {
        self.sample(text, start);
        self.summary.has_header = true;
        let above = std::mem::replace(&mut self.layout, Layout::below(header, self.family));
        self.layout.number = above.number + 1;
        self.layout.began = above.began;
    }

    /// Takes the times of the rows before `to`, by the layout that is still in force for them.
    fn sample(&mut self, text: &[u8], to: usize) {
        if let Some(rows) = text.get(self.sampled_to..to) {
            self.summary.sampler.block(rows, &self.layout);
            self.sampled_to = to;
        }
    }

    fn hand_over(
        &mut self,
        bytes: &[u8],
        fields: &[Field],
        (fit, hints): (Fit, Option<&[usize]>),
        start: usize,
        sink: &mut dyn FnMut(&Row<'_>),
    ) {
        let line = self.passed_lines + self.counted_lines + 1;
        match fit {
            Fit::Malformed => self.summary.malformed.note(line, bytes.len() as u64),
            Fit::NoHeader => self.summary.headless.note(line, bytes.len() as u64),
            Fit::Whole | Fit::Cut => {}
        }
        let offset = self.passed_bytes + start as u64;
        sink(&Row { bytes, fields, layout: &self.layout, fit, line, offset, hints });
    }

    /// Counts line breaks in the buffer up to `to`, on from where the last count stopped.
    fn count_lines(&mut self, text: &[u8], to: usize) {
        if let Some(part) = text.get(self.counted_to..to) {
            self.counted_lines += memchr_iter(b'\n', part).count() as u64;
            self.counted_to = to;
        }
    }

    /// The buffer is full and no row in it is sure to be whole.
    fn stuck(&mut self, sink: &mut dyn FnMut(&Row<'_>)) {
        let text = std::mem::take(&mut self.buffer);
        let ends_inside = self.layout.row_end(&text, 0) < text.len();
        self.buffer = text;
        if self.layout.splitting == Splitting::Stamped && ends_inside {
            // These are rows, and none of them begins with a time that we can read.
            self.layout.splitting = Splitting::Quoted;
        } else {
            self.cut_row(sink);
        }
    }

    /// The buffer holds a row that is longer than the cap: hands over its beginning and passes over the rest of the line.
    fn cut_row(&mut self, sink: &mut dyn FnMut(&Row<'_>)) {
        let text = std::mem::take(&mut self.buffer);
        let line = self.passed_lines + 1;
        let kept = text.get(..RECORD_CAP).unwrap_or(&text);
        let mut fields = std::mem::take(&mut self.fields);
        self.layout.cut(kept, &mut fields);
        self.hand_over(kept, &fields, (Fit::Malformed, None), 0, sink);
        self.fields = fields;
        self.buffer = text;
        self.count_lines_of_buffer(RECORD_CAP);
        self.forget(RECORD_CAP);
        let skipped = self.skip_line();
        self.summary.cut.note(line, skipped);
    }

    fn count_lines_of_buffer(&mut self, to: usize) {
        let text = std::mem::take(&mut self.buffer);
        self.count_lines(&text, to);
        self.buffer = text;
    }

    /// Passes over everything up to and including the next line break; returns how many bytes that were.
    fn skip_line(&mut self) -> u64 {
        let mut skipped = 0;
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer) {
                self.count_lines_of_buffer(at + 1);
                self.forget(at + 1);
                return skipped + at as u64;
            }
            skipped += self.buffer.len() as u64;
            let all = self.buffer.len();
            self.forget(all);
            if self.ended {
                return skipped;
            }
            if let Err(error) = self.fill() {
                self.summary.failed = Some(error);
                self.ended = true;
            }
        }
    }
}

/// How many of the first hits are so.
fn leading(hits: &[Hit], is_so: impl Fn(&Hit) -> bool) -> usize {
    hits.iter().take_while(|hit| is_so(hit)).count()
}
