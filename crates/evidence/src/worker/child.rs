//! The worker's side: puts the limits on itself, then reads one job after the other until its parent goes away.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, StdinLock, StdoutLock, Write};

use hikeshi_core::coverage::Gap;
use hikeshi_host::limits;

use super::frame::{self, ORDER_CAP};
use super::{Input, Job, Limits, Order, Reply};
use crate::event_log;
use crate::kind::Kind;
use crate::record::{Flow, Missed, Record, Sink};

/// Records are sent together up to about so many bytes.
const BATCH_BYTES: usize = 128 << 10;

/// Serves the parent over standard input and output; returns when the parent has gone.
///
/// # Errors
/// When the limits cannot be put on, or the parent speaks another language.
pub fn serve() -> io::Result<()> {
    let pipe = Pipe { from: BufReader::new(io::stdin().lock()), to: BufWriter::new(io::stdout().lock()) };
    let pipe = RefCell::new(pipe);
    let hear = || pipe.borrow_mut().hear();
    let Some(Order::Limits(granted)) = hear()? else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the limits come first"));
    };
    limits::limit_memory(granted.memory_bytes)?;
    while let Some(order) = hear()? {
        match order {
            Order::Job(job) => work(&job, granted, &pipe)?,
            Order::Limits(_) | Order::Piece(_) => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
    Ok(())
}

struct Pipe<'p> {
    from: BufReader<StdinLock<'p>>,
    to: BufWriter<StdoutLock<'p>>,
}

impl Pipe<'_> {
    fn hear(&mut self) -> io::Result<Option<Order>> {
        frame::read(&mut self.from, ORDER_CAP)
    }

    fn tell(&mut self, reply: &Reply) -> io::Result<()> {
        frame::write(&mut self.to, reply)
    }
}

fn work(job: &Job, granted: Limits, pipe: &RefCell<Pipe<'_>>) -> io::Result<()> {
    limits::grant_processor_seconds(granted.seconds_for(job.bytes))?;
    let mut out = Out { pipe, batch: Vec::new(), batch_bytes: 0, cut_values: 0, broken: None };
    match &job.input {
        Input::Pieces => read(job.kind, &mut Pieces { pipe, piece: io::Cursor::default() }, &mut out),
        Input::Place(place) => match fs_err::File::open(place) {
            Ok(file) => read(job.kind, &mut Counted { file: file.into_file().take(job.bytes), pipe }, &mut out),
            Err(error) => out.missed(Missed::new(reason(error.kind())).because(&error)),
        },
    }
    out.finish()
}

/// The reader for each kind of evidence.
fn read(kind: Kind, source: &mut dyn Read, sink: &mut dyn Sink) {
    match kind {
        Kind::EventLog => event_log::read(source, sink),
        _ => sink.missed(Missed::new(Gap::NotReadYet)),
    }
}

/// The gap that an error at opening means.
fn reason(kind: io::ErrorKind) -> Gap {
    match kind {
        io::ErrorKind::PermissionDenied => Gap::PermissionDenied,
        io::ErrorKind::NotFound => Gap::Vanished,
        _ => Gap::ReadFailed,
    }
}

/// Gathers records into batches for the parent.
struct Out<'o, 'p> {
    pipe: &'o RefCell<Pipe<'p>>,
    batch: Vec<Record>,
    batch_bytes: usize,
    /// Values and fields that were cut.
    cut_values: u64,
    /// The pipe is broken; nothing more can be told.
    broken: Option<io::Error>,
}

impl Out<'_, '_> {
    fn flush(&mut self) {
        if !self.batch.is_empty() {
            let batch = std::mem::take(&mut self.batch);
            self.batch_bytes = 0;
            self.tell(&Reply::Records(batch));
        }
    }

    fn tell(&mut self, reply: &Reply) {
        if self.broken.is_none() {
            self.broken = self.pipe.borrow_mut().tell(reply).err();
        }
    }

    fn finish(mut self) -> io::Result<()> {
        if self.cut_values > 0 {
            self.missed(Missed { count: self.cut_values, ..Missed::new(Gap::ValueCut) });
        }
        self.flush();
        self.tell(&Reply::Done);
        match self.broken {
            Some(error) => Err(error),
            None => self.pipe.borrow_mut().to.flush(),
        }
    }
}

impl Sink for Out<'_, '_> {
    fn record(&mut self, mut record: Record) -> Flow {
        self.cut_values += record.cap();
        self.batch_bytes += record.bytes();
        self.batch.push(record);
        if self.batch_bytes > BATCH_BYTES {
            self.flush();
        }
        if self.broken.is_some() { Flow::Stop } else { Flow::GoOn }
    }

    fn missed(&mut self, missed: Missed) {
        self.flush();
        self.tell(&Reply::Missed(missed));
    }
}

/// A file, with its progress told.
struct Counted<'o, 'p> {
    file: io::Take<File>,
    pipe: &'o RefCell<Pipe<'p>>,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(room)?;
        self.pipe.borrow_mut().tell(&Reply::Progress(count as u64))?;
        Ok(count)
    }
}

/// Bytes that the parent hands over when asked.
struct Pieces<'o, 'p> {
    pipe: &'o RefCell<Pipe<'p>>,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for Pieces<'_, '_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.piece.read(room)?;
        if count > 0 || room.is_empty() {
            return Ok(count);
        }
        let mut pipe = self.pipe.borrow_mut();
        pipe.tell(&Reply::More)?;
        pipe.to.flush()?;
        match pipe.hear()? {
            Some(Order::Piece(piece)) => self.piece = io::Cursor::new(piece),
            _ => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
        self.piece.read(room)
    }
}
