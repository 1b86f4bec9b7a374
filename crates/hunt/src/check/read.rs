//! One thread of a run: opens files, recognises what they are, and gives each to its reader.

use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hikeshi_core::coverage::{Gap, Unreadable};
use hikeshi_core::family::Family;
use hikeshi_evidence::encoding::Encoding;
use hikeshi_evidence::kind::Kind;
use hikeshi_evidence::record::{Flow, Missed, Record, Sink};
use hikeshi_evidence::worker::{Input, Job, Limits, Parent, Watchdog, Worker};

use super::{Bench, Halt, Progress, State};
use crate::cover::{Seen, UNKNOWN};
use crate::discover::Candidate;
use crate::recognise::{HEAD, What};
use crate::records::Kept;
use crate::records::scan::{RecordScan, RecordTools};
use crate::scan::{Tools, not_opened, scan};

/// One thread of a run, with what it keeps between files.
pub(super) struct Thread<'r> {
    bench: &'r Bench<'r>,
    families: Vec<&'r Family>,
    state: &'r Mutex<State>,
    worker: Worker,
    kept: Kept,
    progress: &'r dyn Progress,
    halt: &'r Halt,
}

/// A file, opened.
struct Opened<'f> {
    root: usize,
    path: &'f str,
    place: &'f Path,
    bytes: u64,
    head: Vec<u8>,
    rest: io::Take<fs_err::File>,
}

impl<'r> Thread<'r> {
    pub(super) fn new(
        bench: &'r Bench<'r>,
        state: &'r Mutex<State>,
        watchdog: &Arc<Watchdog>,
        progress: &'r dyn Progress,
        halt: &'r Halt,
    ) -> Self {
        let worker = Worker::new(Arc::clone(&bench.workers), Limits::default(), Arc::clone(watchdog));
        Self { bench, families: bench.families(), state, worker, kept: Kept::default(), progress, halt }
    }

    /// Reads one file; everything that comes of it is in the state.
    pub(super) fn read_file(&mut self, file: &Candidate) {
        if self.halt.asked() {
            return self.unread(UNKNOWN, file.root, Unreadable::new(&file.path, Gap::NotReached));
        }
        let opened = match open(file) {
            Ok(opened) => opened,
            Err(error) => return self.unread(UNKNOWN, file.root, not_opened(&file.path, &error)),
        };
        let recognised = self.bench.recogniser.recognise(&file.path, &opened.head, &self.families);
        self.lock().practice |= recognised.practice;
        match recognised.what {
            What::Log(family, encoding) => self.read_log(opened, family, encoding),
            What::Other(Kind::EventLog) => self.read_records(&opened, Kind::EventLog),
            What::Other(kind) => self.pass_over(&opened, kind),
            What::Empty | What::Unknown => {
                self.progress.read(file.bytes);
                self.lock().cover.file(UNKNOWN, file.root, &file.path, file.bytes);
            }
        }
    }

    /// A text log, in this process: its reader holds one buffer, whatever stands in it.
    fn read_log(&mut self, opened: Opened<'_>, family: usize, encoding: Encoding) {
        let bench = self.bench;
        let Some(program) = bench.programs.get(family) else { return };
        let Opened { root, path, bytes, head, mut rest, .. } = opened;
        let path: Arc<str> = path.into();
        let tools = Tools { program, facts: &bench.facts, watch: &bench.watch, mode: bench.mode, scope: &bench.scope };
        let source = head.as_slice().chain(&mut rest);
        let mut source = Metered { source, read: 0, progress: self.progress, halt: self.halt };
        let mut scanned = scan(&mut source, encoding, &path, &tools);
        if source.read < bytes && scanned.summary.failed.is_none() {
            let reason = if self.halt.asked() { Gap::NotReached } else { Gap::ChangedWhileRead };
            let missing = Unreadable { bytes: Some(bytes - source.read), ..Unreadable::new(&*path, reason) };
            scanned.unreadable.push(missing);
        }
        let mut state = self.lock();
        state.files += 1;
        state.bytes += source.read;
        state.families.insert(family);
        let kind = &program.family.id;
        let sampler = &scanned.summary.sampler;
        state.cover.file(kind, root, &path, bytes);
        state.cover.times(kind, root, Seen { first: sampler.first, last: sampler.last }, sampler.spans());
        for gap in scanned.unreadable {
            state.cover.unreadable(kind, root, gap);
        }
        bench.keep_hits(&mut state, scanned.hits, &path);
        state.keep_watched(scanned.watched);
    }

    /// Evidence that gives records, in a worker.
    fn read_records(&mut self, opened: &Opened<'_>, kind: Kind) {
        let bench = self.bench;
        let path: Arc<str> = opened.path.into();
        let tools = RecordTools {
            program: &bench.records,
            facts: &bench.facts,
            watch: &bench.watch,
            mode: bench.mode,
            scope: &bench.scope,
        };
        let scan = RecordScan::new(tools, Arc::clone(&path), &mut self.kept);
        let mut conversation = Conversation { scan, read: 0, progress: self.progress, halt: self.halt };
        let job = Job { kind, input: Input::Place(opened.place.to_owned()), bytes: opened.bytes };
        self.worker.read(&job, &mut conversation);
        let Conversation { scan, read, .. } = conversation;
        let RecordScan { hits, watched, unreadable, times, practice, .. } = scan;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.practice |= practice;
        state.files += 1;
        state.bytes += read;
        // The file counts as of the channel that it holds most of.
        let busiest = times.iter().max_by_key(|(channel, times)| (times.spans().count(), std::cmp::Reverse(*channel)));
        let kind = busiest.map_or_else(|| kind.word().to_owned(), |(channel, _)| bench.kinds.of_channel(channel));
        state.cover.file(&kind, opened.root, &path, opened.bytes);
        for (channel, times) in &times {
            let kind = bench.kinds.of_channel(channel);
            let seen = Seen { first: times.first, last: times.last };
            state.cover.times(&kind, opened.root, seen, times.spans());
        }
        for gap in unreadable {
            let gap = if self.halt.asked() { Unreadable::new(&*path, Gap::NotReached) } else { gap };
            state.cover.unreadable(&kind, opened.root, gap);
        }
        bench.keep_hits(&mut state, hits, &path);
        state.keep_watched(watched);
    }

    /// Evidence that this version does not read.
    fn pass_over(&self, opened: &Opened<'_>, kind: Kind) {
        self.progress.read(opened.bytes);
        self.lock().cover.file(kind.word(), opened.root, opened.path, opened.bytes);
        // Programs lie everywhere on a disk; that this version does not look into them is said once, by their count.
        if kind != Kind::Executable {
            self.unread(kind.word(), opened.root, Unreadable::new(opened.path, Gap::NotReadYet));
        }
    }

    /// What the thread knows besides what it found.
    pub(super) fn finish(self) {
        self.lock().asked.extend(self.kept.kinds_seen());
    }

    fn unread(&self, kind: &str, root: usize, unreadable: Unreadable) {
        self.lock().cover.unreadable(kind, root, unreadable);
    }

    fn lock(&self) -> MutexGuard<'r, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The head of a file, and the rest of it up to the size that it was listed with: a log that grows faster than it is read ends all the same.
fn open(file: &Candidate) -> io::Result<Opened<'_>> {
    let mut rest = fs_err::File::open(&file.place)?.take(file.bytes);
    let mut head = Vec::with_capacity(HEAD);
    rest.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    Ok(Opened { root: file.root, path: &file.path, place: &file.place, bytes: file.bytes, head, rest })
}

/// Counts what is read, and ends early when the run is broken off.
struct Metered<'p, R> {
    source: R,
    read: u64,
    progress: &'p dyn Progress,
    halt: &'p Halt,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.halt.asked() {
            return Ok(0);
        }
        let count = self.source.read(out)?;
        self.read += count as u64;
        self.progress.read(count as u64);
        Ok(count)
    }
}

/// What a worker tells of one piece of evidence.
struct Conversation<'c> {
    scan: RecordScan<'c>,
    read: u64,
    progress: &'c dyn Progress,
    halt: &'c Halt,
}

impl Sink for Conversation<'_> {
    fn record(&mut self, record: Record) -> Flow {
        if self.halt.asked() {
            return Flow::Stop;
        }
        self.scan.record(record)
    }

    fn missed(&mut self, missed: Missed) {
        self.scan.missed(missed);
    }
}

impl Parent for Conversation<'_> {
    fn more(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn progress(&mut self, bytes: u64) {
        self.read += bytes;
        self.progress.read(bytes);
    }
}
