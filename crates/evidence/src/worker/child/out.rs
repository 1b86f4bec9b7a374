//! What a worker tells its parent, in batches, and never beyond the caps.

use std::cell::RefCell;
use std::io::{self, Write};

use hikeshi_core::coverage::Gap;

use super::Pipe;
use crate::archive::{Member, Members, Wanted};
use crate::collected::samples::Samples;
use crate::record::{Flow, Missed, Record, Sink};
use crate::worker::{Order, Reply, Spent};
use crate::yara::Match;

/// Records are sent together up to about so many bytes.
const BATCH_BYTES: usize = 128 << 10;

/// Gathers records into batches for the parent.
pub(super) struct Out<'o, 'p> {
    pipe: &'o RefCell<Pipe<'p>>,
    batch: Vec<Record>,
    batch_bytes: usize,
    /// Values and fields that were cut.
    cut_values: u64,
    /// The pipe is broken; nothing more can be told.
    broken: Option<io::Error>,
}

impl<'o, 'p> Out<'o, 'p> {
    pub(super) const fn new(pipe: &'o RefCell<Pipe<'p>>) -> Self {
        Self { pipe, batch: Vec::new(), batch_bytes: 0, cut_values: 0, broken: None }
    }

    pub(super) fn matches(&mut self, set: usize, matches: Vec<Match>) {
        self.flush();
        self.tell(&Reply::Matches(set, matches));
    }

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

    pub(super) fn spent(&mut self, spent: Spent) {
        self.tell(&Reply::Spent(spent));
    }

    /// Says something about a member and hears whether it is wanted.
    pub(super) fn ask(&mut self, reply: &Reply) -> Wanted {
        if self.broken.is_none() {
            match self.pipe.borrow_mut().ask(reply) {
                Ok(Some(Order::Wanted(wanted))) => return wanted,
                Ok(_) => self.broken = Some(io::ErrorKind::InvalidData.into()),
                Err(error) => self.broken = Some(error),
            }
        }
        Wanted::NothingMore
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
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

/// Members of an archive, handed to the parent as far as it wants them.
pub(super) struct Handed<'h, 'o, 'p> {
    pub(super) out: &'h mut Out<'o, 'p>,
    /// What members are copies of.
    pub(super) samples: Samples,
    pub(super) time: Time,
}

/// Whether the archive was unpacked before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    First,
    /// What was missed of the archive as a whole was told the first time.
    Second,
}

impl Members for Handed<'_, '_, '_> {
    fn begin(&mut self, member: &Member) -> Wanted {
        let copy_of = self.samples.paths(&member.path).first().map(ToString::to_string);
        self.out.ask(&Reply::Member(Member { copy_of, ..member.clone() }))
    }

    fn bytes(&mut self, chunk: &[u8]) -> Wanted {
        /// Pieces stay far below what a parent takes.
        const PIECE: usize = 1 << 20;
        for piece in chunk.chunks(PIECE) {
            match self.out.ask(&Reply::Bytes(piece.to_vec())) {
                Wanted::Yes => {}
                other => return other,
            }
        }
        Wanted::Yes
    }

    fn end(&mut self, missed: Option<Missed>) {
        self.out.tell(&Reply::MemberEnd(missed));
    }

    fn missed(&mut self, missed: Missed) {
        if self.time == Time::First {
            self.out.missed(missed);
        }
    }
}
