//! Where the bytes of a job come from, on the worker's side.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::Pipe;
use crate::record::Missed;
use crate::worker::{Input, Job, Order, Reply};

/// What has to be in memory as a whole may be so large.
pub(super) const WHOLE_CAP: usize = 384 << 20;

/// A hive's log is not larger than so much.
const LOG_CAP: u64 = 64 << 20;

/// The logs of changes that lie beside a hive on the disk.
pub(super) fn beside(job: &Job) -> Vec<Vec<u8>> {
    let Input::Place(place) = &job.input else { return Vec::new() };
    let read = |ending: &str| {
        let mut path = place.clone().into_os_string();
        path.push(ending);
        let mut bytes = Vec::new();
        let log = fs_err::File::open(std::path::PathBuf::from(path)).ok()?;
        log.take(LOG_CAP).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    };
    // Where case makes no difference, both spellings lead to one file, and no log may be replayed twice.
    let one_of = |spellings: [&str; 2]| spellings.into_iter().find_map(read);
    [[".LOG1", ".log1"], [".LOG2", ".log2"], [".LOG", ".log"]].into_iter().filter_map(one_of).collect()
}

/// Progress is told in steps of so many bytes.
const PROGRESS_STEP: u64 = 1 << 20;

/// The bytes of one job.
pub(super) enum Source<'o, 'p> {
    Place(Place<'o, 'p>),
    Pieces(Pieces<'o, 'p>),
}

impl<'o, 'p> Source<'o, 'p> {
    pub(super) fn open(job: &Job, pipe: &'o RefCell<Pipe<'p>>) -> io::Result<Self> {
        Ok(match &job.input {
            Input::Place(place) => {
                let file = fs_err::File::open(place)?.into_file();
                Self::Place(Place { file, at: 0, bytes: job.bytes, told: 0, pipe })
            }
            Input::Pieces => Self::Pieces(Pieces { pipe, piece: io::Cursor::default(), ended: false }),
        })
    }
}

impl Source<'_, '_> {
    /// Goes on where the first bytes lie that are on the disk; returns the place.
    pub(super) fn pass_hole(&mut self) -> io::Result<u64> {
        let Self::Place(place) = self else { return Ok(0) };
        let first = hikeshi_host::holes::first_data(&place.file).min(place.bytes);
        place.seek(SeekFrom::Start(first))
    }
}

/// All bytes of a source.
pub(super) fn whole(source: &mut dyn Read) -> Result<Vec<u8>, Missed> {
    let mut bytes = Vec::new();
    let count = source.take(WHOLE_CAP as u64 + 1).read_to_end(&mut bytes);
    match count {
        Err(error) => Err(Missed::new(Gap::ReadFailed).because(error)),
        Ok(count) if count > WHOLE_CAP => {
            Err(Missed::new(Gap::TooLarge).because(both!("more than {WHOLE_CAP} bytes", "{WHOLE_CAP} バイトを超える")))
        }
        Ok(_) => Ok(bytes),
    }
}

impl Read for Source<'_, '_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Place(place) => place.read(room),
            Self::Pieces(pieces) => pieces.read(room),
        }
    }
}

/// A file, up to the size that it was listed with, with its progress told.
pub(super) struct Place<'o, 'p> {
    file: File,
    at: u64,
    bytes: u64,
    /// The furthest place that was told as read.
    told: u64,
    pipe: &'o RefCell<Pipe<'p>>,
}

impl Read for Place<'_, '_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = room.len().min(left);
        let count = self.file.read(room.get_mut(..most).unwrap_or_default())?;
        self.at += count as u64;
        if self.at >= self.told + PROGRESS_STEP {
            self.pipe.borrow_mut().tell(&Reply::Progress(self.at - self.told))?;
            self.told = self.at;
        }
        Ok(count)
    }
}

impl Seek for Place<'_, '_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        self.at = self.file.seek(SeekFrom::Start(target))?;
        Ok(self.at)
    }
}

/// Bytes that the parent hands over when asked.
pub(super) struct Pieces<'o, 'p> {
    pipe: &'o RefCell<Pipe<'p>>,
    piece: io::Cursor<Vec<u8>>,
    ended: bool,
}

impl Read for Pieces<'_, '_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.piece.read(room)?;
        if count > 0 || room.is_empty() || self.ended {
            return Ok(count);
        }
        match self.pipe.borrow_mut().ask(&Reply::More)? {
            Some(Order::Piece(piece)) => {
                self.ended = piece.is_empty();
                self.piece = io::Cursor::new(piece);
            }
            _ => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
        self.piece.read(room)
    }
}
