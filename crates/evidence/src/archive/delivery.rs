//! Hands members to the receiver within the limits, and keeps the account of what was not handed over.

use std::io::{ErrorKind, Read};

use flate2::Crc;
use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;
use hikeshi_core::time::Timestamp;

use crate::archive::name::{Name, Names};
use crate::archive::{Limits, Member, Members, Spent, Wanted};
use crate::record::Missed;

/// So many bytes are handed over at once, at most.
const CHUNK: usize = 64 << 10;

/// So many different notes are kept; behind that, those of the same reason are counted together.
const NOTES_CAP: usize = 50;

pub(super) struct Delivery<'a> {
    limits: &'a Limits,
    archive_bytes: u64,
    members: &'a mut dyn Members,
    names: Names,
    notes: Vec<Missed>,
    counted: u64,
    total: u64,
    state: State,
    chunk: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    GoingOn,
    Stopped,
}

/// What to do with a member's bytes once the receiver wants no more of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Leave,
    /// Unpack them for what follows in the same stream.
    Unpack,
}

/// What came out of a member.
pub(super) struct Poured {
    /// Bytes unpacked.
    pub(super) bytes: u64,
    /// Their checksum.
    pub(super) crc: u32,
    /// Why there are no more.
    pub(super) ending: Ending,
}

pub(super) enum Ending {
    /// The source ended.
    Whole,
    /// Nobody wants more.
    Unwanted,
    /// The source failed.
    Failed(std::io::Error),
    /// A limit was reached.
    Over(Missed),
}

impl<'a> Delivery<'a> {
    pub(super) fn new(limits: &'a Limits, archive_bytes: u64, members: &'a mut dyn Members) -> Self {
        Self {
            limits,
            archive_bytes,
            members,
            names: Names::default(),
            notes: Vec::new(),
            counted: 0,
            total: 0,
            state: State::GoingOn,
            chunk: vec![0; CHUNK],
        }
    }

    /// Whether reading ends here: a limit of the archive was reached, or nobody wants more.
    pub(super) fn stopped(&self) -> bool {
        self.state == State::Stopped
    }

    /// The most members that an archive may have.
    pub(super) fn members_cap(&self) -> u64 {
        self.limits.members
    }

    /// Tells of a member; whether its content is wanted.
    pub(super) fn begin(&mut self, stored_name: &str, bytes: Option<u64>, modified: Option<Timestamp>) -> Wanted {
        if !self.count() {
            return Wanted::No;
        }
        let Name { path, stored_name, cut } = Name::clean(stored_name);
        if cut {
            self.note(Gap::ValueCut, both!("name", "名前"));
        }
        let twin = self.names.twin(&path);
        let member = Member { path, twin, stored_name, bytes, modified, copy_of: None };
        let wanted = self.members.begin(&member);
        self.heed(wanted)
    }

    /// Counts a file or a folder; whether there may be one more.
    pub(super) fn count(&mut self) -> bool {
        let cap = self.limits.members;
        if !self.stopped() && self.counted >= cap {
            self.state = State::Stopped;
            self.note(
                Gap::TooMany,
                both!("more than {cap} files and folders", "ファイルとフォルダーが {cap} を超える"),
            );
        }
        self.counted = self.counted.saturating_add(1);
        !self.stopped()
    }

    /// Ends the member that was begun and wanted.
    pub(super) fn end(&mut self, missed: Option<Missed>) {
        self.members.end(missed);
    }

    /// Tells of a member that is not read.
    pub(super) fn refuse(
        &mut self,
        stored_name: &str,
        bytes: Option<u64>,
        modified: Option<Timestamp>,
        missed: Missed,
    ) {
        if self.begin(stored_name, bytes, modified) == Wanted::Yes {
            self.end(Some(missed));
        }
    }

    /// Remembers something about the archive as a whole.
    pub(super) fn note(&mut self, reason: Gap, detail: impl Into<Text>) {
        let missed = Missed::new(reason).because(detail);
        let full = self.notes.len() >= NOTES_CAP;
        let same = |note: &&mut Missed| note.reason == reason && (full || note.detail == missed.detail);
        match self.notes.iter_mut().find(same) {
            Some(note) => note.count += 1,
            None => self.notes.push(missed),
        }
    }

    pub(super) fn spent(&self) -> Spent {
        Spent { members: self.counted, bytes: self.total }
    }

    /// Tells what was remembered.
    pub(super) fn finish(self) {
        for note in self.notes {
            self.members.missed(note);
        }
    }

    /// Hands over what the source holds, which comes from so many packed bytes.
    pub(super) fn pour(&mut self, source: &mut dyn Read, packed: u64, rest: Rest) -> Poured {
        self.run(source, packed, rest, Wanted::Yes)
    }

    /// Unpacks what the source holds for what follows it; the bytes count and go nowhere.
    pub(super) fn drain(&mut self, source: &mut dyn Read, packed: u64) -> Poured {
        self.run(source, packed, Rest::Unpack, Wanted::No)
    }

    fn run(&mut self, source: &mut dyn Read, packed: u64, rest: Rest, mut wanted: Wanted) -> Poured {
        let mut chunk = std::mem::take(&mut self.chunk);
        let (mut bytes, mut crc) = (0_u64, Crc::new());
        let ending = loop {
            let count = match source.read(&mut chunk) {
                Ok(0) => break Ending::Whole,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => break Ending::Failed(error),
            };
            let (room, limit) = self.room(bytes, packed, wanted);
            let fitting = usize::try_from(room).unwrap_or(usize::MAX).min(count);
            let some = chunk.get(..fitting).unwrap_or_default();
            bytes += some.len() as u64;
            self.total += some.len() as u64;
            crc.update(some);
            if wanted == Wanted::Yes && !some.is_empty() {
                wanted = self.members.bytes(some);
                self.heed(wanted);
            }
            if fitting < count {
                break Ending::Over(self.over(limit));
            }
            if self.stopped() || (wanted == Wanted::No && rest == Rest::Leave) {
                break Ending::Unwanted;
            }
        };
        self.chunk = chunk;
        Poured { bytes, crc: crc.sum(), ending }
    }

    /// How many more bytes may come, and which limit says so.
    fn room(&self, bytes: u64, packed: u64, wanted: Wanted) -> (u64, Limit) {
        let Limits { total_bytes, member_bytes, ratio, ratio_from, .. } = *self.limits;
        let by_ratio = |packed: u64| packed.saturating_mul(ratio).max(ratio_from);
        let of_all = [
            (total_bytes.saturating_sub(self.total), Limit::Total),
            (by_ratio(self.archive_bytes).saturating_sub(self.total), Limit::TotalRatio),
        ];
        // What nobody wants costs time and nothing else.
        let of_member = match wanted {
            Wanted::Yes => [
                (member_bytes.saturating_sub(bytes), Limit::Member),
                (by_ratio(packed).saturating_sub(bytes), Limit::MemberRatio),
            ],
            Wanted::No | Wanted::NothingMore => of_all,
        };
        of_member.into_iter().chain(of_all).min_by_key(|(room, _)| *room).unwrap_or((0, Limit::Total))
    }

    fn over(&mut self, limit: Limit) -> Missed {
        let Limits { total_bytes, member_bytes, ratio, .. } = *self.limits;
        let detail = match limit {
            Limit::Member => both!("more than {member_bytes} bytes", "{member_bytes} バイトを超える"),
            Limit::MemberRatio => {
                both!("unpacks to more than {ratio} times its size", "展開すると元の {ratio} 倍を超える")
            }
            Limit::Total => {
                both!(
                    "the archive unpacks to more than {total_bytes} bytes",
                    "書庫を展開すると {total_bytes} バイトを超える"
                )
            }
            Limit::TotalRatio => {
                both!(
                    "the archive unpacks to more than {ratio} times its size",
                    "書庫を展開すると元の {ratio} 倍を超える"
                )
            }
        };
        if matches!(limit, Limit::Total | Limit::TotalRatio) {
            self.state = State::Stopped;
            self.note(Gap::TooLarge, detail.clone());
        }
        Missed::new(Gap::TooLarge).because(detail)
    }

    fn heed(&mut self, wanted: Wanted) -> Wanted {
        if wanted == Wanted::NothingMore {
            self.state = State::Stopped;
        }
        wanted
    }
}

#[derive(Clone, Copy)]
enum Limit {
    Member,
    MemberRatio,
    Total,
    TotalRatio,
}
