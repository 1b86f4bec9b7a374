//! How the rows below a header are split and read: which columns, where the time stands, where a row begins.

use hikeshi_core::family::{Family, Format, TimeColumns};
use hikeshi_core::time::Timestamp;
use memchr::{memchr, memrchr};

use crate::encoding::text;
use crate::fields::{self, Field};

/// The columns that a header names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    names: Vec<String>,
}

impl Header {
    /// From the names as they stand.
    #[must_use]
    pub fn new(names: Vec<String>) -> Self {
        Self { names }
    }

    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The column of a name, without case: builds differ in it.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|column| column.eq_ignore_ascii_case(name))
    }

    /// The first column, where its name says that it is a time: `DateTime`, `date-time`, `TimeStamp`.
    fn leading_time(&self) -> Option<usize> {
        let name: String = self.names.first()?.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        (name.ends_with("datetime") || name.ends_with("timestamp")).then_some(0)
    }
}

/// How rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Splitting {
    /// Each line is a row.
    Lines,
    /// A row begins at a line that begins with a time; lines in between belong to the row above while
    /// its quotes are open. A stray quote cannot swallow the rows that follow it.
    Stamped,
    /// A row ends at a line break outside quotes; for files whose first column is no time.
    Quoted,
}

/// The header in force, and what follows from it.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The columns; `None` before any header was seen.
    pub header: Option<Header>,
    /// How rows are told apart.
    pub splitting: Splitting,
    /// Counts the headers of the file: what was worked out for one header holds while this stays the same.
    pub number: u64,
    format: Format,
    delimiter: u8,
    time: [Option<usize>; 2],
    /// When the rows begin, by the last comment line `#Date:`; tells the day of rows that hold only a time of day.
    pub(crate) began: Option<Began>,
}

/// What a comment line `#Date:` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Began {
    at: Timestamp,
    /// The day as it is written there.
    day: [u8; 10],
}

impl Began {
    /// From a comment line; `None` for any other line.
    pub(crate) fn in_comment(line: &[u8]) -> Option<Self> {
        let value = directive(line, "date:")?;
        let (at, _) = Timestamp::parse_prefix(value)?;
        Some(Self { at, day: value.get(..10)?.try_into().ok()? })
    }

    /// The point in time that a time of day means.
    fn with_clock(self, clock: &[u8]) -> Option<Timestamp> {
        // The comment is at times written a little after the first row. What seems to lie further back is of the next day.
        const LATE_SECONDS: i64 = 3600;
        const DAY_SECONDS: i64 = 86_400;
        let time = Timestamp::parse_two(&self.day, clock)?;
        Some(if self.at.seconds_since(time) > LATE_SECONDS { time.plus_seconds(DAY_SECONDS) } else { time })
    }
}

impl Layout {
    /// For the rows above the first header.
    #[must_use]
    pub fn before_header(family: &Family) -> Self {
        let splitting = match family.format {
            Format::Delimited => Splitting::Stamped,
            Format::W3c => Splitting::Lines,
        };
        Self {
            header: None,
            splitting,
            number: 0,
            format: family.format,
            delimiter: delimiter(family),
            time: [None, None],
            began: None,
        }
    }

    /// For the rows below `header`.
    #[must_use]
    pub fn below(header: Header, family: &Family) -> Self {
        let time = match &family.time {
            // Logs of one writer differ in what they call their time.
            TimeColumns::One { column } => [header.position(column).or_else(|| header.leading_time()), None],
            TimeColumns::Two { date, time } => [header.position(date), header.position(time)],
        };
        let splitting = match (family.format, time) {
            (Format::W3c, _) => Splitting::Lines,
            (Format::Delimited, [Some(0), _]) => Splitting::Stamped,
            (Format::Delimited, _) => Splitting::Quoted,
        };
        Self {
            header: Some(header),
            splitting,
            number: 0,
            format: family.format,
            delimiter: delimiter(family),
            time,
            began: None,
        }
    }

    /// Cuts one row into fields.
    pub fn cut(&self, row: &[u8], out: &mut Vec<Field>) -> fields::Ending {
        match self.format {
            Format::Delimited => fields::delimited(row, self.delimiter, out),
            Format::W3c => {
                fields::blanks(row, out);
                fields::Ending::Whole
            }
        }
    }

    /// The row's time, from its time columns.
    #[must_use]
    pub fn time(&self, row: &[u8], fields: &[Field]) -> Option<Timestamp> {
        let value = |column: Option<usize>| column.and_then(|at| fields.get(at)).map(|field| field.value(row));
        match self.time {
            [Some(date), Some(clock)] => Timestamp::parse_two(&value(Some(date))?, &value(Some(clock))?),
            [None, Some(clock)] => self.began?.with_clock(&value(Some(clock))?),
            [column, None] => Timestamp::parse(&value(column)?),
        }
    }

    /// The time of the row that begins with `line`, cheaply: for coverage, not for findings.
    #[must_use]
    pub fn time_of_line(&self, line: &[u8], scratch: &mut Vec<Field>) -> Option<Timestamp> {
        match self.splitting {
            Splitting::Stamped => leading_time(line),
            Splitting::Lines | Splitting::Quoted if line.starts_with(b"#") => None,
            Splitting::Lines | Splitting::Quoted => {
                self.cut(without_break(line), scratch);
                self.time(line, scratch).or_else(|| leading_time(line))
            }
        }
    }

    /// Whether a line begins a row, or is a comment, under [`Splitting::Stamped`].
    #[must_use]
    pub fn begins_row(line: &[u8]) -> bool {
        let line = without_mark(line);
        let line = line.strip_prefix(b"\"").unwrap_or(line);
        match line {
            [b'#', ..] => true,
            [a, b, c, d, b'-', e, f, b'-', ..] => [a, b, c, d, e, f].iter().all(|byte| byte.is_ascii_digit()),
            _ => false,
        }
    }

    /// The bounds of what must be looked at together around the byte at `hit`, not before `floor`.
    ///
    /// `Err` gives where it begins when its end is not in `text` yet; at the end of the file it reaches to the end of `text`.
    pub fn group(&self, text: &[u8], floor: usize, hit: usize, at_end: bool) -> Result<(usize, usize), usize> {
        match self.splitting {
            Splitting::Lines => {
                let start = line_start(text, floor, hit);
                let end = next_line(text, hit).or(at_end.then_some(text.len()));
                end.map(|end| (start, end)).ok_or(start)
            }
            Splitting::Stamped => {
                let mut start = line_start(text, floor, hit);
                while start > floor && !Self::begins_row(text.get(start..).unwrap_or_default()) {
                    start = line_start(text, floor, start - 1);
                }
                let mut end = hit;
                loop {
                    match next_line(text, end) {
                        Some(next) if next < text.len() => {
                            if Self::begins_row(text.get(next..).unwrap_or_default()) {
                                return Ok((start, next));
                            }
                            end = next;
                        }
                        _ => return if at_end { Ok((start, text.len())) } else { Err(start) },
                    }
                }
            }
            Splitting::Quoted => {
                let end = fields::end_by_quotes(text, floor, self.delimiter).or(at_end.then_some(text.len()));
                end.map(|end| (floor, end)).ok_or(floor)
            }
        }
    }

    /// The end of the first row in a group. A group holds several when lines follow a row whose quotes are closed.
    #[must_use]
    pub fn row_end(&self, group: &[u8], start: usize) -> usize {
        match self.splitting {
            Splitting::Lines => next_line(group, start).unwrap_or(group.len()),
            Splitting::Stamped | Splitting::Quoted => {
                // A comment is a line, whatever quotes it holds.
                if group.get(start..).is_some_and(|rest| without_mark(rest).starts_with(b"#")) {
                    return next_line(group, start).unwrap_or(group.len());
                }
                fields::end_by_quotes(group, start, self.delimiter).unwrap_or(group.len())
            }
        }
    }

    /// How much of `text`, from `floor` on, is certain to hold whole groups only, while more is to come.
    #[must_use]
    pub fn settled(&self, text: &[u8], floor: usize) -> usize {
        let Some(after_break) = memrchr(b'\n', text).map(|at| at + 1).filter(|at| *at > floor) else { return floor };
        match self.splitting {
            Splitting::Lines => after_break,
            Splitting::Quoted => floor,
            Splitting::Stamped => {
                let mut start = line_start(text, floor, after_break - 1);
                while start > floor && !Self::begins_row(text.get(start..).unwrap_or_default()) {
                    start = line_start(text, floor, start - 1);
                }
                start
            }
        }
    }

    /// The header that a comment line `#Fields:` gives.
    #[must_use]
    pub fn header_in_comment(&self, line: &[u8]) -> Option<Header> {
        let names = directive(line, "fields:")?;
        let mut fields = Vec::new();
        self.cut(names, &mut fields);
        let names: Vec<_> = fields.iter().map(|field| text(&field.value(names)).trim().to_owned()).collect();
        (names.iter().any(|name| !name.is_empty())).then(|| Header::new(names))
    }

    /// The header that a row is, when it names the family's telling columns instead of holding values.
    #[must_use]
    pub fn header_in_row(&self, row: &[u8], fields: &[Field], family: &Family) -> Option<Header> {
        if self.format == Format::W3c {
            return None;
        }
        let values = || fields.iter().map(|field| field.value(row));
        let names = |wanted: &str| {
            values().any(|value| without_mark(&value).trim_ascii().eq_ignore_ascii_case(wanted.as_bytes()))
        };
        // A client can write the telling names into the values of a row. It cannot take away what the server wrote beside
        // them: a time, addresses, numbers. All that stands in a header are names.
        if !values().all(|value| is_name(without_mark(&value).trim_ascii())) {
            return None;
        }
        if !names(family.time.first()) || !family.signature.columns.iter().all(|column| names(column)) {
            return None;
        }
        Some(Header::new(values().map(|value| text(without_mark(&value)).trim().to_owned()).collect()))
    }
}

/// Whether a field of a header may hold this: nothing, or a name.
fn is_name(value: &[u8]) -> bool {
    const LONGEST: usize = 80;
    let begins = value.first().is_none_or(|first| first.is_ascii_alphabetic() || !first.is_ascii());
    let goes_on = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || !byte.is_ascii()
            || matches!(byte, b' ' | b'_' | b'-' | b'.' | b'(' | b')' | b'#')
    };
    value.len() <= LONGEST && begins && value.iter().all(goes_on)
}

/// The value of a comment line `#name: value`; `name` is given in lower case and with its colon.
fn directive<'l>(line: &'l [u8], name: &str) -> Option<&'l [u8]> {
    let line = without_mark(line).strip_prefix(b"#")?.trim_ascii_start();
    let (have, value) = line.split_at_checked(name.len())?;
    have.eq_ignore_ascii_case(name.as_bytes()).then(|| value.trim_ascii())
}

/// The time that a row begins with: so most logs are written, and so a row shows its time whose columns are unknown.
pub(crate) fn leading_time(row: &[u8]) -> Option<Timestamp> {
    let row = without_mark(row);
    Timestamp::parse_prefix(row.strip_prefix(b"\"").unwrap_or(row)).map(|(time, _)| time)
}

fn delimiter(family: &Family) -> u8 {
    u8::try_from(family.delimiter).unwrap_or(b',')
}

/// The start of the line that holds the byte at `at`, not before `floor`.
fn line_start(text: &[u8], floor: usize, at: usize) -> usize {
    text.get(floor..at.max(floor)).and_then(|before| memrchr(b'\n', before)).map_or(floor, |found| floor + found + 1)
}

/// The start of the line after the one that holds the byte at `at`.
fn next_line(text: &[u8], at: usize) -> Option<usize> {
    text.get(at..).and_then(|rest| memchr(b'\n', rest)).map(|found| at + found + 1)
}

/// The text without a UTF-8 byte-order mark at its beginning.
#[must_use]
pub fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// The line without its line break.
#[must_use]
pub fn without_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
