//! The file table of NTFS (`$MFT`): every file of a disk, also many that were deleted, with two sets of times.
//!
//! A table is read once, from a stream. The path of a file is known when the folders above it are, so folders are kept, and
//! a file waits only where its folder stands later in the table or where its names stand in another record; nearly all are
//! handed over at once. Source of the format: libyal's "New Technologies File System (NTFS)",
//! <https://github.com/libyal/libfsntfs/blob/main/documentation/New%20Technologies%20File%20System%20(NTFS).asciidoc>.
//!
//! Start at [`read`]; `entry.rs` is one record of the table, `folders.rs` the paths, `facts.rs` what is said of a file.

mod entry;
mod facts;
mod folders;

use std::collections::HashMap;
use std::io::{self, BufReader, Read};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::Text;

use crate::record::{Flow, Missed, Sink};
use entry::{Entry, Name};
use folders::{Folders, Way};

/// The usual size of a record.
const USUAL_RECORD: usize = 1_024;
/// Records that say that they are larger are taken at their word up to this size.
const LARGEST_RECORD: usize = 64 << 10;
/// Entries below this one belong to the file system.
const RESERVED: u64 = 16;
/// What is kept at once. Beyond, files are handed over without their path, and that is told as [`Gap::TooMany`].
#[derive(Clone, Copy)]
struct Caps {
    /// Records that wait for what stands later in the table, in bytes as they lie there.
    waiting_bytes: usize,
    folders: usize,
    /// The names of all folders together.
    name_bytes: usize,
}

/// Enough for 150,000 files that wait, and for the folders of a server with ten million files, which are about a million.
const CAPS: Caps = Caps { waiting_bytes: 150 << 20, folders: 2_000_000, name_bytes: 200 << 20 };
/// So many names of one file are handed over; what is beyond is told as [`Gap::TooMany`].
const NAMES_CAP: usize = 128;

/// Hands over a record for each name of each file and folder; its number is the entry.
///
/// `wanted` is asked for every name, in lower case; files of which it wants no name are passed over.
///
/// Fields: `TargetFilename` (the path from the root of the disk, below `\$Orphan` where a folder above it is gone), `Name`,
/// `Size`, `Created`, `Modified`, `Changed`, `Accessed` (of `$STANDARD_INFORMATION`), `NameCreated`, `NameModified`,
/// `NameChanged`, `NameAccessed` (of `$FILE_NAME`), `Attributes` (a list), `Deleted` (`yes`), `Streams` (a list of
/// alternate data streams), `Resident` (the content, where it is text and stands in the table), `BackDated` (`yes`) and
/// `BackDatedBy` (a list; see `facts.rs`). The record's time is `Modified`.
pub fn read(source: &mut dyn Read, wanted: &dyn Fn(&str) -> bool, sink: &mut dyn Sink) {
    read_within(CAPS, source, wanted, sink);
}

fn read_within(caps: Caps, source: &mut dyn Read, wanted: &dyn Fn(&str) -> bool, sink: &mut dyn Sink) {
    let mut table = Table {
        wanted,
        sink,
        caps,
        folders: Folders::new(caps),
        waiting: Vec::new(),
        further: HashMap::new(),
        waiting_bytes: 0,
        damaged: 0,
        first_fault: None,
        without_path: 0,
    };
    let flow = match table.read(&mut BufReader::with_capacity(256 << 10, source)) {
        Ok(flow) => flow,
        Err(error) => {
            table.sink.missed(Missed::new(Gap::ReadFailed).because(error));
            Flow::GoOn
        }
    };
    if flow == Flow::GoOn {
        table.finish();
    }
    table.tell();
}

struct Table<'t> {
    wanted: &'t dyn Fn(&str) -> bool,
    sink: &'t mut dyn Sink,
    caps: Caps,
    folders: Folders,
    /// Files whose path or further records stand later.
    waiting: Vec<Entry>,
    /// Further records by the entry that they belong to.
    further: HashMap<u64, Vec<Entry>>,
    /// Bytes of the records that wait.
    waiting_bytes: usize,
    damaged: u64,
    first_fault: Option<Text>,
    /// Files that were handed over before their path was known, and names that were not handed over.
    without_path: u64,
}

impl Table<'_> {
    fn read(&mut self, source: &mut dyn Read) -> io::Result<Flow> {
        let mut raw = Vec::new();
        let mut size = USUAL_RECORD;
        for number in 0_u64.. {
            raw.clear();
            let offset = number.saturating_mul(size as u64);
            let mut count = source.take(size as u64).read_to_end(&mut raw)?;
            if number == 0 {
                size = entry::size(&raw).clamp(USUAL_RECORD, LARGEST_RECORD);
                count += source.take((size - USUAL_RECORD) as u64).read_to_end(&mut raw)?;
            }
            if count == 0 {
                break;
            }
            if count < size {
                self.fault(offset, &entry::CUT.into());
                break;
            }
            if self.see(&mut raw, number, offset) == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::GoOn)
    }

    fn see(&mut self, raw: &mut [u8], number: u64, offset: u64) -> Flow {
        self.folders.pass(number);
        let entry = match Entry::parse(raw, number, offset) {
            Ok(Some(entry)) => entry,
            Ok(None) => return Flow::GoOn,
            Err(fault) => {
                self.fault(offset, &fault);
                return Flow::GoOn;
            }
        };
        if entry.is_torn {
            self.fault(offset, &("it was written in part", "途中までしか書き込まれていない").into());
        }
        if entry.base != 0 {
            self.keep_further(entry, raw.len());
            return Flow::GoOn;
        }
        self.folders.add(&entry);
        if entry.has_further || entry.names.iter().any(|name| self.folders.way(name.parent) == Way::Later) {
            if !entry.has_further && !self.is_wanted(&entry) {
                return Flow::GoOn;
            }
            if self.may_wait(raw.len()) {
                self.waiting.push(entry);
                return Flow::GoOn;
            }
            self.without_path += 1;
        }
        self.hand_over(&entry)
    }

    fn is_wanted(&self, entry: &Entry) -> bool {
        entry.names.iter().any(|name| (self.wanted)(&name.text.to_lowercase()))
    }

    fn may_wait(&mut self, bytes: usize) -> bool {
        let has_room = self.waiting_bytes + bytes <= self.caps.waiting_bytes;
        self.waiting_bytes += if has_room { bytes } else { 0 };
        has_room
    }

    fn keep_further(&mut self, entry: Entry, bytes: usize) {
        if self.may_wait(bytes) {
            self.further.entry(entry::number_of(entry.base)).or_default().push(entry);
        } else {
            self.without_path += 1;
        }
    }

    fn hand_over(&mut self, entry: &Entry) -> Flow {
        self.without_path += entry.told_names().count().saturating_sub(NAMES_CAP) as u64;
        for name in entry.told_names().take(NAMES_CAP) {
            if !(self.wanted)(&name.text.to_lowercase()) {
                continue;
            }
            let path = self.folders.path(name);
            if self.sink.record(facts::record(entry, Some((name, path)))) == Flow::Stop {
                return Flow::Stop;
            }
        }
        // A file in use without any name is odd enough to be told, but for the places that every disk keeps in reserve.
        if entry.names.is_empty() && !entry.is_deleted && entry.number >= RESERVED && (self.wanted)("") {
            return self.sink.record(facts::record(entry, None));
        }
        Flow::GoOn
    }

    /// What waited: everything that can be known now is.
    fn finish(&mut self) {
        self.folders.complete();
        let mut waiting = std::mem::take(&mut self.waiting);
        for entry in &mut waiting {
            for further in self.further.remove(&entry.number).unwrap_or_default() {
                entry.merge(further);
            }
            self.folders.add(entry);
        }
        // Further records of a file that is not there: of those in use, what they say is all that is left of it.
        let mut lost: Vec<_> = std::mem::take(&mut self.further).into_values().flatten().collect();
        lost.sort_by_key(|entry| entry.number);
        lost.retain(|entry| !entry.names.is_empty());
        for entry in waiting.iter().chain(&lost) {
            if self.hand_over(entry) == Flow::Stop {
                return;
            }
        }
    }

    fn fault(&mut self, offset: u64, Text { en, ja }: &Text) {
        self.damaged += 1;
        let words = || both!("the record at byte {offset}: {en}", "バイト位置 {offset} のレコード: {ja}");
        self.first_fault.get_or_insert_with(words);
    }

    fn tell(self) {
        if self.damaged > 0 {
            let missed = Missed::new(Gap::DamagedRecords).because(self.first_fault.unwrap_or_default());
            self.sink.missed(Missed { count: self.damaged, ..missed });
        }
        let unplaced = self.without_path + self.folders.left_out();
        if unplaced > 0 {
            let missed = Missed::new(Gap::TooMany).because(both!(
                "more folders, names or scattered files than are kept",
                "フォルダー、名前、分散したファイルの数が記憶する上限を超える"
            ));
            self.sink.missed(Missed { count: unplaced, ..missed });
        }
        if self.folders.circles() > 0 {
            let missed = Missed::new(Gap::Malformed).because(both!(
                "folders that lie in themselves or deeper than they can",
                "自分自身の中にあるか、ありえない深さにあるフォルダー"
            ));
            self.sink.missed(Missed { count: self.folders.circles(), ..missed });
        }
    }
}

/// A name with its path.
type Placed<'n> = (&'n Name, String);

#[cfg(test)]
mod tests;
