//! One piece of evidence, opened: a file, or a member of an archive.

use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;
use std::time::SystemTime;

use hikeshi_core::time::Timestamp;
use hikeshi_evidence::archive::Member;
use hikeshi_evidence::collected::disk_path;
use hikeshi_evidence::hex::hex;
use hikeshi_evidence::record::{Flow, Missed, Record, Sink};
use hikeshi_evidence::worker::{About, Input, Parent};
use hikeshi_evidence::yara::Match;
use sha2::{Digest, Sha256};

use super::{Halt, Progress};
use crate::discover::Candidate;
use crate::recognise::{HEAD, Recognised};
use crate::records::scan::RecordScan;

/// One piece of evidence, opened, with its first bytes read.
pub(in crate::check) struct Item<'i> {
    pub(super) root: usize,
    pub(super) path: String,
    /// Its size as listed, or as the archive claims it.
    pub(super) bytes: u64,
    pub(super) about: About,
    pub(in crate::check) head: Vec<u8>,
    /// Where it lay on the disk, with slashes, where a table of the collection says so.
    copied_from: Option<String>,
    /// Its path without the mark of a member whose name was in the archive before, where that differs.
    unmarked: Option<String>,
    /// Of a hive in an archive: its logs.
    pub(super) logs: Vec<Vec<u8>>,
    /// Where what it is was or will be noted, for the next reading.
    pub(super) recalled: Option<&'i OnceLock<Recognised>>,
    rest: Rest<'i>,
}

/// The paths of a member of an archive, with the archive's own before them.
#[derive(Debug, Clone)]
pub(super) struct MemberPath {
    /// In reports: unique.
    pub(super) shown: String,
    /// By which it is recognised and placed: without marks.
    pub(super) named: String,
}

impl MemberPath {
    pub(super) fn new(archive: &Item<'_>, member: &Member) -> Self {
        let or_content = |name: String| if name.is_empty() { "content".to_owned() } else { name };
        let shown = format!("{}!/{}", archive.path, or_content(member.shown()));
        Self { shown, named: format!("{}!/{}", archive.named(), or_content(member.path.clone())) }
    }
}

/// What follows the head.
enum Rest<'i> {
    File(&'i Path, io::Take<fs_err::File>),
    Member(&'i mut dyn Read),
}

impl<'i> Item<'i> {
    /// A file, up to the size that it was listed with: a log that grows faster than it is read ends all the same.
    pub(in crate::check) fn open(file: &'i Candidate, tops: &[&str]) -> io::Result<Self> {
        let opened = fs_err::File::open(&file.place)?;
        let metadata = opened.metadata()?;
        let mut rest = opened.take(file.bytes);
        let head = read_head(&mut rest)?;
        let about = About {
            created: metadata.created().ok().and_then(timestamp),
            modified: metadata.modified().ok().and_then(timestamp),
            ..about(&file.path, tops)
        };
        let rest = Rest::File(&file.place, rest);
        let (root, path) = (file.root, file.path.clone());
        Ok(Self {
            root,
            path,
            bytes: file.bytes,
            about,
            head,
            copied_from: None,
            unmarked: None,
            logs: Vec::new(),
            recalled: None,
            rest,
        })
    }

    /// A table of the collection says which file of the disk it is a copy of.
    pub(super) fn is_copy_of(&mut self, disk_path: Option<String>) {
        if let Some(disk_path) = disk_path {
            self.copied_from = Some(disk_path.replace('\\', "/"));
            self.about.disk_path = Some(disk_path);
        }
    }

    /// Where it lay on the disk as far as a table says, else its path in the evidence; with slashes.
    pub(super) fn lay_at(&self) -> &str {
        self.copied_from.as_deref().unwrap_or_else(|| self.named())
    }

    /// Its path by which it is known: a mark that keeps it apart in reports is no part of it.
    pub(super) fn named(&self) -> &str {
        self.unmarked.as_deref().unwrap_or(&self.path)
    }

    /// Whether its path in reports is not the one by which it is known.
    pub(super) const fn is_marked(&self) -> bool {
        self.unmarked.is_some()
    }

    /// The member that an archive stands at.
    pub(super) fn of_member(
        root: usize,
        MemberPath { shown: path, named }: MemberPath,
        member: &Member,
        tops: &[&str],
        source: &'i mut dyn Read,
    ) -> io::Result<Self> {
        let head = read_head(source)?;
        let about = About { modified: member.modified, ..about(&named, tops) };
        let unmarked = (named != path).then_some(named);
        let bytes = member.bytes.unwrap_or(head.len() as u64);
        let rest = Rest::Member(source);
        let mut item = Self {
            root,
            path,
            bytes,
            about,
            head,
            copied_from: None,
            unmarked,
            logs: Vec::new(),
            recalled: None,
            rest,
        };
        item.is_copy_of(member.copy_of.clone());
        Ok(item)
    }

    pub(super) const fn is_file(&self) -> bool {
        matches!(self.rest, Rest::File(..))
    }

    /// Where a worker gets its bytes.
    pub(super) fn input(&self) -> Input {
        match &self.rest {
            Rest::File(place, _) => Input::Place((*place).to_owned()),
            Rest::Member(_) => Input::Pieces,
        }
    }

    /// All its bytes, once.
    pub(super) fn source(&mut self) -> impl Read {
        let rest: &mut dyn Read = match &mut self.rest {
            Rest::File(_, rest) => rest,
            Rest::Member(rest) => rest,
        };
        self.head.as_slice().chain(rest)
    }
}

fn read_head(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    source.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn about(path: &str, tops: &[&str]) -> About {
    About { path: path.to_owned(), disk_path: disk_path(path, tops).map(|disk| disk.to_string()), ..About::default() }
}

fn timestamp(time: SystemTime) -> Option<Timestamp> {
    let micros = match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_micros()).ok()?,
        Err(before) => -i64::try_from(before.duration().as_micros()).ok()?,
    };
    Some(Timestamp::from_micros(micros))
}

/// Takes the hash of what is read.
pub(in crate::check) struct Hashing<R> {
    source: R,
    hash: Sha256,
}

impl<R: Read> Hashing<R> {
    pub(in crate::check) fn new(source: R) -> Self {
        Self { source, hash: Sha256::new() }
    }

    /// Reads what is left, and gives the SHA-256 of all in lower-case hex.
    pub(in crate::check) fn finish(mut self) -> io::Result<String> {
        let mut buffer = vec![0; 256 << 10];
        while self.read(&mut buffer)? > 0 {}
        Ok(hex(&self.hash.finalize()))
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(room)?;
        self.hash.update(room.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// Counts what is read, and ends early when the run is broken off.
pub(super) struct Metered<'p, R> {
    source: R,
    pub(super) read: u64,
    progress: Option<&'p dyn Progress>,
    halt: &'p Halt,
}

impl<'p, R: Read> Metered<'p, R> {
    pub(super) const fn new(source: R, progress: Option<&'p dyn Progress>, halt: &'p Halt) -> Self {
        Self { source, read: 0, progress, halt }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.halt.asked() {
            return Ok(0);
        }
        let count = self.source.read(out)?;
        self.read += count as u64;
        if let Some(progress) = self.progress {
            progress.read(count as u64);
        }
        Ok(count)
    }
}

/// What a worker asks for and tells of one piece of evidence.
pub(super) struct Conversation<'c, 's, R> {
    scan: RecordScan<'s>,
    source: R,
    progress: Option<&'c dyn Progress>,
    halt: &'c Halt,
}

impl<'c, 's, R: Read> Conversation<'c, 's, R> {
    pub(super) const fn new(
        scan: RecordScan<'s>,
        source: R,
        progress: Option<&'c dyn Progress>,
        halt: &'c Halt,
    ) -> Self {
        Self { scan, source, progress, halt }
    }

    /// What came of it. The progress is brought to the item's end, wherever the worker stopped.
    pub(super) fn finish(mut self, bytes: u64) -> RecordScan<'s> {
        if let Some(progress) = self.progress {
            progress.read(bytes.saturating_sub(self.scan.read));
            if self.scan.unreadable.is_empty() {
                self.scan.read = bytes;
            }
        }
        self.scan
    }
}

impl<R: Read> Sink for Conversation<'_, '_, R> {
    fn record(&mut self, record: Record) -> Flow {
        if self.halt.asked() { Flow::Stop } else { self.scan.record(record) }
    }

    fn missed(&mut self, missed: Missed) {
        self.scan.missed(missed);
    }
}

impl<R: Read> Parent for Conversation<'_, '_, R> {
    fn more(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.source.read(room)
    }

    fn progress(&mut self, bytes: u64) {
        self.scan.read += bytes;
        if let Some(progress) = self.progress {
            progress.read(bytes);
        }
    }

    fn matched(&mut self, set: usize, found: Match) {
        self.scan.matched(set, &found);
    }
}
