//! The files of one log: opened, numbered and closed as time and size go on; and single files.

mod events;
mod packed;

use std::{
    io::{self, Write},
    path::Path,
    time::{Duration, SystemTime},
};

use crate::{
    Error,
    clock::{self, DAY, HOUR, Moment},
    compile::{Log, Row},
    shape::Rotation,
    template::Draw,
};

pub(crate) use events::EventOutput;
pub use packed::ARCHIVE_FILE;
pub(crate) use packed::{UNPACKED, pack};

/// Rows are gathered up to this size before they go to the file.
const BUFFER_BYTES: usize = 256 * 1024;

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Written {
    /// Below the practice directory, with `/`.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// When it was last modified on the practice server, in milliseconds since 1970.
    pub(crate) modified: i64,
}

/// Writes one file.
pub(crate) fn write_file(root: &Path, path: String, bytes: &[u8], modified: i64) -> Result<Written, Error> {
    let whole = root.join(&path);
    let written = create(&whole).and_then(|mut file| {
        file.write_all(bytes)?;
        stamp(&file, modified)
    });
    written.map_err(|source| Error::Write { path: whole, source })?;
    Ok(Written { path, bytes: bytes.len() as u64, modified })
}

/// Gives a file the time of its modification.
fn stamp(file: &fs_err::File, modified: i64) -> io::Result<()> {
    let since = Duration::from_millis(modified.unsigned_abs());
    let time = match modified {
        0.. => SystemTime::UNIX_EPOCH.checked_add(since),
        _ => SystemTime::UNIX_EPOCH.checked_sub(since),
    };
    time.map_or(Ok(()), |time| file.set_modified(time))
}

/// Writes one log.
#[derive(Debug)]
pub(crate) struct Output<'a> {
    root: &'a Path,
    log: &'a Log,
    buffer: Vec<u8>,
    open: Option<Open>,
    pub(crate) written: Vec<Written>,
}

#[derive(Debug)]
struct Open {
    file: fs_err::File,
    /// Below the practice directory, with `/`.
    path: String,
    /// The hour or day, counted from 1970, and the running number in it.
    period: i64,
    number: u32,
    bytes: u64,
    lines: u64,
    /// The time of its last row.
    modified: i64,
}

impl<'a> Output<'a> {
    pub(crate) fn new(root: &'a Path, log: &'a Log) -> Self {
        Self { root, log, buffer: Vec::new(), open: None, written: Vec::new() }
    }

    /// Appends a row and says on which line it begins, counted from 1.
    pub(crate) fn row(&mut self, moment: &Moment, row: &Row, draw: &mut Draw) -> Result<u64, Error> {
        let period = period(self.log, moment.millis());
        let next = match &self.open {
            Some(open) if open.period != period => Some(1),
            Some(open) if self.log.limit.is_some_and(|limit| open.bytes >= limit) => Some(open.number + 1),
            Some(_) => None,
            None => Some(1),
        };
        if let Some(number) = next {
            self.begin(moment, period, number)?;
        }
        let from = self.buffer.len();
        draw.write(&row.segments, moment, &mut self.buffer);
        let lines = match row.many_lines {
            true => breaks(self.buffer.get(from..).unwrap_or_default()),
            false => 1,
        };
        let mut line = 0;
        if let Some(open) = &mut self.open {
            line = open.lines + 1;
            open.lines += lines;
            open.bytes += (self.buffer.len() - from) as u64;
            open.modified = moment.millis();
        }
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        Ok(line)
    }

    /// Path of the file that the last row went to.
    pub(crate) fn path(&self) -> &str {
        self.open.as_ref().map_or("", |open| &open.path)
    }

    /// Writes what is still gathered and closes the file.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        self.flush()?;
        if let Some(Open { file, path, bytes, modified, .. }) = self.open.take() {
            stamp(&file, modified).map_err(|source| Error::Write { path: self.root.join(&path), source })?;
            self.written.push(Written { path, bytes, modified });
        }
        Ok(())
    }

    fn begin(&mut self, moment: &Moment, period: i64, number: u32) -> Result<(), Error> {
        self.close()?;
        let path = file_path(&self.log.path, moment, number);
        let whole = self.root.join(&path);
        let failed = |source: io::Error| Error::Write { path: whole.clone(), source };
        let file = create(&whole).map_err(failed)?;
        let header = header(&self.log.header, moment);
        self.buffer.extend_from_slice(header.as_bytes());
        self.open = Some(Open {
            file,
            path,
            period,
            number,
            bytes: header.len() as u64,
            lines: breaks(header.as_bytes()),
            modified: moment.millis(),
        });
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        if let Some(open) = &mut self.open {
            let written = open.file.write_all(&self.buffer);
            written.map_err(|source| Error::Write { path: self.root.join(&open.path), source })?;
        }
        self.buffer.clear();
        Ok(())
    }
}

/// Makes a file and the folders above it. Never two logs into one file: templates whose paths collide fail here.
fn create(path: &Path) -> io::Result<fs_err::File> {
    match fs_err::File::create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            path.parent().map_or(Ok(()), fs_err::create_dir_all)?;
            fs_err::File::create_new(path)
        }
        other => other,
    }
}

/// The hour or day that a time falls into.
pub(crate) fn period(log: &Log, millis: i64) -> i64 {
    match log.rotation {
        Rotation::Hourly => millis.div_euclid(HOUR),
        Rotation::Daily => millis.div_euclid(DAY),
    }
}

fn header(template: &str, moment: &Moment) -> String {
    template
        .replace("{time}", &String::from_utf8_lossy(moment.time()))
        .replace("{day}", &String::from_utf8_lossy(moment.day()))
        .replace("{clock}", &String::from_utf8_lossy(moment.clock()))
}

fn file_path(template: &str, moment: &Moment, number: u32) -> String {
    let time = clock::text(moment.millis());
    let part = |from: usize, to: usize| time.get(from..to).unwrap_or_default();
    template
        .replace("{yyyy}", part(0, 4))
        .replace("{yy}", part(2, 4))
        .replace("{mm}", part(5, 7))
        .replace("{dd}", part(8, 10))
        .replace("{hh}", part(11, 13))
        .replace("{n}", &number.to_string())
}

fn breaks(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
