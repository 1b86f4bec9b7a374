//! An archive that a worker unpacks, member by member, as far as each is wanted.

use std::io::{self, Cursor, Read};
use std::time::Duration;

use hikeshi_core::both;
use hikeshi_core::cause::Cause;

use super::{Job, Order, PIECE, Reply, Spent, Task, Worker, out_of_turn};
use crate::archive::{Member, Wanted};
use crate::record::Missed;

/// An archive while it is unpacked. Reading gives the bytes of the member that [`Unpacking::next_member`] gave last.
#[derive(Debug)]
pub struct Unpacking<'w> {
    worker: &'w mut Worker,
    turn: Turn,
    piece: Cursor<Vec<u8>>,
    /// The member that begins next.
    next: Option<Member>,
    /// What was missed of the member that ended last.
    of_member: Option<Missed>,
    missed: Vec<Missed>,
    progress: u64,
    spent: Spent,
    /// The processor time that it was granted.
    granted: Duration,
}

/// Who speaks next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// The worker.
    Worker,
    /// The parent: is the member wanted, or more of it?
    Parent,
    /// The parent: is the archive wanted once more?
    ParentAtEnd,
    /// Nobody; all is said.
    Over,
}

impl Worker {
    /// Begins to unpack an archive. Where the job's input comes in pieces, `source` gives all of them.
    pub fn unpack(&mut self, job: &Job, source: &mut dyn Read) -> Unpacking<'_> {
        let begun = self.start().and_then(|()| self.tell(&Order::Job(job.clone())));
        let mut unpacking = Unpacking {
            worker: self,
            turn: Turn::Worker,
            piece: Cursor::default(),
            next: None,
            of_member: None,
            missed: Vec::new(),
            progress: 0,
            spent: Spent::default(),
            granted: match job.task {
                Task::Unpack(budget) => budget.time,
                _ => Duration::ZERO,
            },
        };
        if let Err(error) = begun.and_then(|()| unpacking.advance(source)) {
            unpacking.died(&error);
        }
        unpacking
    }

    pub(super) fn tell(&mut self, order: &Order) -> io::Result<()> {
        self.running.as_mut().ok_or(io::ErrorKind::NotConnected)?.tell(order)
    }

    fn hear(&mut self) -> io::Result<Reply> {
        let watchdog = std::sync::Arc::clone(&self.watchdog);
        self.running.as_mut().ok_or(io::ErrorKind::NotConnected)?.hear(&watchdog)
    }
}

impl Unpacking<'_> {
    /// The next member. What nobody read of the one before is passed over.
    pub fn next_member(&mut self) -> Option<Member> {
        while self.next.is_none() && !matches!(self.turn, Turn::Over | Turn::ParentAtEnd) {
            let advanced = match self.turn {
                Turn::Parent => self.answer(Wanted::No),
                Turn::Worker | Turn::ParentAtEnd | Turn::Over => Ok(()),
            };
            if let Err(error) = advanced.and_then(|()| self.advance(&mut io::empty())) {
                self.died(&error);
            }
        }
        self.piece = Cursor::default();
        self.of_member = None;
        self.next.take()
    }

    /// Begins anew with the first member, where all were given and no second time was begun. The members are the same, in
    /// the same order; what was missed of the archive as a whole is not told again.
    pub fn again(&mut self) {
        if self.turn == Turn::ParentAtEnd
            && let Err(error) = self.answer(Wanted::Yes).and_then(|()| self.advance(&mut io::empty()))
        {
            self.died(&error);
        }
    }

    /// What was missed of the member that was read last; known when it was read to its end.
    pub fn missed_of_member(&mut self) -> Option<Missed> {
        self.of_member.take()
    }

    /// What was missed of the archive as a whole until now.
    pub fn missed(&mut self) -> Vec<Missed> {
        std::mem::take(&mut self.missed)
    }

    /// How many bytes of the archive were read since this was asked last.
    pub fn progress(&mut self) -> u64 {
        std::mem::take(&mut self.progress)
    }

    /// What unpacking came to until now. A worker that died took its reckoning along, and counts as having used its time up.
    #[must_use]
    pub const fn spent(&self) -> Spent {
        self.spent
    }

    fn answer(&mut self, wanted: Wanted) -> io::Result<()> {
        self.turn = Turn::Worker;
        self.worker.tell(&Order::Wanted(wanted))
    }

    /// Hears the worker until it is the parent's turn, a member ends, or all is said.
    fn advance(&mut self, source: &mut dyn Read) -> io::Result<()> {
        loop {
            match self.worker.hear()? {
                Reply::Member(member) => {
                    self.next = Some(member);
                    self.turn = Turn::Parent;
                    return Ok(());
                }
                Reply::Bytes(bytes) => {
                    self.piece = Cursor::new(bytes);
                    self.turn = Turn::Parent;
                    return Ok(());
                }
                Reply::MemberEnd(missed) => {
                    self.of_member = missed;
                    self.turn = Turn::Worker;
                    return Ok(());
                }
                Reply::End => {
                    self.turn = Turn::ParentAtEnd;
                    return Ok(());
                }
                Reply::Missed(missed) => self.missed.push(missed),
                Reply::Progress(bytes) => self.progress += bytes,
                Reply::Spent(spent) => {
                    self.spent.archive.bytes = self.spent.archive.bytes.saturating_add(spent.archive.bytes);
                    self.spent.archive.members = self.spent.archive.members.saturating_add(spent.archive.members);
                    self.spent.time = self.spent.time.saturating_add(spent.time);
                }
                Reply::More => {
                    let mut piece = vec![0; PIECE];
                    let count = source.read(&mut piece)?;
                    piece.truncate(count);
                    self.worker.tell(&Order::Piece(piece))?;
                }
                Reply::Done => {
                    self.turn = Turn::Over;
                    return Ok(());
                }
                Reply::Records(_) | Reply::Matches(..) => return Err(out_of_turn()),
            }
        }
    }

    fn died(&mut self, error: &io::Error) {
        self.turn = Turn::Over;
        self.spent.time = self.granted;
        let missed = self.worker.post_mortem(error);
        self.missed.push(missed);
    }
}

impl Read for Unpacking<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.piece.read(room)?;
            if count > 0 || room.is_empty() {
                return Ok(count);
            }
            if self.turn != Turn::Parent || self.next.is_some() {
                return Ok(0);
            }
            if let Err(error) = self.answer(Wanted::Yes).and_then(|()| self.advance(&mut io::empty())) {
                self.died(&error);
                return Err(Cause::of(
                    io::ErrorKind::Other,
                    both!("the archive could not be read further", "書庫をこれより先まで読めない"),
                ));
            }
        }
    }
}

impl Drop for Unpacking<'_> {
    fn drop(&mut self) {
        if self.turn == Turn::ParentAtEnd {
            let _ = self.answer(Wanted::No).and_then(|()| self.advance(&mut io::empty()));
        }
        // A worker in the middle of an archive cannot be asked for anything else.
        if self.turn != Turn::Over {
            let _ = self.worker.stop();
        }
    }
}
