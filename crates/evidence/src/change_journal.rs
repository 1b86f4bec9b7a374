//! The change journal of NTFS (`$UsnJrnl:$J`): which file was made, written, renamed or deleted, and when.
//!
//! The journal is a sparse file: a copy begins with a stretch of zeros, often of gigabytes, which is passed over without
//! looking at each record's place. Records begin at multiples of eight bytes.
//! Source: <https://learn.microsoft.com/en-us/windows/win32/api/winioctl/ns-winioctl-usn_record_v2>, and `_v3`, `_v4`.

use std::io::{self, Read};

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use crate::file_attributes;
use crate::little_endian::{u16_at, u32_at, u64_at, utf16};
use crate::record::{Flow, Missed, Record, Sink, Topic, Value};
use crate::windows_time::filetime;

/// So much is read at once.
const BLOCK: usize = 256 << 10;
/// Every record begins at a multiple of this.
const STEP: usize = 8;
/// The shortest record there is, and the longest: records do not cross pages of this size.
const SHORTEST: usize = 56;
const LONGEST: usize = 4_096;

/// Hands over a record for each entry of the journal; its number is the entry's own (USN).
///
/// Fields: `Name`, `Reason` (a list, in the words of `fsutil usn readjournal`), `FileReference` and `ParentReference`
/// (entry and sequence, as in `1234-5`; the entry is the number in the file table), `Attributes` (a list). Entries that
/// tell only of stretches inside a file (version 4) carry neither name nor time: they are passed over and told.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    read_from(0, source, sink);
}

/// The same of a journal whose first `start` bytes were passed over: the places of entries count from its beginning.
pub(crate) fn read_from(start: u64, source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut journal = Journal { sink, ranges: 0, damaged: 0, ruined: 0, first_fault: None, in_ruin: false };
    if let Err(error) = journal.read(start, source) {
        journal.sink.missed(Missed::new(Gap::ReadFailed).because(error));
    }
    journal.tell();
}

struct Journal<'s> {
    sink: &'s mut dyn Sink,
    /// Entries of version 4.
    ranges: u64,
    damaged: u64,
    ruined: u64,
    first_fault: Option<u64>,
    /// What came last was no entry.
    in_ruin: bool,
}

impl Journal<'_> {
    fn read(&mut self, start: u64, source: &mut dyn Read) -> io::Result<()> {
        let mut buffer = Vec::with_capacity(BLOCK + LONGEST);
        let mut offset = start;
        loop {
            let count = source.take(BLOCK as u64).read_to_end(&mut buffer)?;
            let is_last = count < BLOCK;
            let (passed, flow) = self.block(&buffer, offset, is_last);
            if is_last || flow == Flow::Stop {
                return Ok(());
            }
            buffer.drain(..passed);
            offset += passed as u64;
        }
    }

    /// Reads the entries of a block; returns how much of it is done with.
    fn block(&mut self, buffer: &[u8], offset: u64, is_last: bool) -> (usize, Flow) {
        let mut at = 0;
        while let Some(rest) = buffer.get(at..).filter(|rest| !rest.is_empty()) {
            let zeros = zeros(rest);
            if zeros > 0 {
                self.in_ruin = false;
                at += zeros;
                continue;
            }
            if rest.len() < LONGEST && !is_last {
                break;
            }
            let place = offset + at as u64;
            match length(rest).and_then(|length| Some((length, entry(rest.get(..length)?, place)?))) {
                Some((length, found)) => {
                    self.in_ruin = false;
                    at += length;
                    match found {
                        Found::Change(record) => {
                            if self.sink.record(record) == Flow::Stop {
                                return (at, Flow::Stop);
                            }
                        }
                        Found::Ranges => self.ranges += 1,
                    }
                }
                None => at += self.ruin(place, rest.len().min(STEP)),
            }
        }
        (at.min(buffer.len()), Flow::GoOn)
    }

    /// What is no entry: neighbours count as one.
    fn ruin(&mut self, place: u64, length: usize) -> usize {
        self.damaged += u64::from(!self.in_ruin);
        self.ruined += length as u64;
        self.first_fault.get_or_insert(place);
        self.in_ruin = true;
        length
    }

    fn tell(self) {
        if self.damaged > 0 {
            let place = self.first_fault.unwrap_or_default();
            let missed = Missed::new(Gap::DamagedRecords)
                .because(both!("no entry begins at byte {place}", "バイト位置 {place} から記録が始まらない"));
            self.sink.missed(Missed { count: self.damaged, bytes: Some(self.ruined), ..missed });
        }
        if self.ranges > 0 {
            let missed = Missed::new(Gap::NotReadYet).because(both!(
                "entries of version 4, which tell of stretches inside files",
                "バージョン 4 の記録 (ファイル内の範囲を示すもの)"
            ));
            self.sink.missed(Missed { count: self.ranges, ..missed });
        }
    }
}

/// How many zeros stand before the next place where an entry can begin.
fn zeros(bytes: &[u8]) -> usize {
    const WIDE: usize = 4_096;
    static ZEROS: [u8; WIDE] = [0; WIDE];
    let wide = bytes.chunks_exact(WIDE).take_while(|chunk| *chunk == ZEROS).count() * WIDE;
    let rest = bytes.get(wide..).unwrap_or_default();
    let narrow: usize =
        rest.chunks(STEP).take_while(|chunk| chunk.iter().all(|byte| *byte == 0)).map(<[u8]>::len).sum();
    wide + narrow
}

/// The length of the entry that begins here, where one does.
fn length(bytes: &[u8]) -> Option<usize> {
    let length = usize::try_from(u32_at(bytes, 0)?).ok()?;
    let is_sound = (SHORTEST..=LONGEST).contains(&length) && length % STEP == 0;
    let is_known = matches!((u16_at(bytes, 4)?, u16_at(bytes, 6)?), (2..=4, 0));
    (is_sound && is_known).then_some(length)
}

enum Found {
    Change(Record),
    /// An entry of version 4.
    Ranges,
}

fn entry(bytes: &[u8], offset: u64) -> Option<Found> {
    // Where what follows the two references begins; they take 16 bytes each from version 3 on.
    let (size, rest) = match u16_at(bytes, 4)? {
        2 => (8, 24),
        3 => (16, 40),
        _ => return Some(Found::Ranges),
    };
    let name_length = usize::from(u16_at(bytes, rest + 32)?);
    let name_at = usize::from(u16_at(bytes, rest + 34)?);
    let name = utf16(bytes.get(name_at..name_at.checked_add(name_length)?)?);
    let record = Record {
        time: filetime(u64_at(bytes, rest + 8)?),
        number: Some(u64_at(bytes, rest)?),
        ..Record::new(Topic::FileChange, offset)
    };
    let record = record
        .with("Name", name)
        .with("Reason", Value::List(reasons(u32_at(bytes, rest + 16)?)))
        .with("FileReference", reference(bytes, 8, size)?)
        .with("ParentReference", reference(bytes, 8 + size, size)?);
    let attributes = file_attributes::words(u32_at(bytes, rest + 28)?);
    Some(Found::Change(match attributes.is_empty() {
        true => record,
        false => record.with("Attributes", Value::List(attributes)),
    }))
}

/// `1234-5`; references of file systems that use all 128 bits in hexadecimal.
fn reference(bytes: &[u8], at: usize, size: usize) -> Option<String> {
    let low = u64_at(bytes, at)?;
    let high = if size > 8 { u64_at(bytes, at + 8)? } else { 0 };
    Some(match high {
        0 => format!("{}-{}", low & 0xffff_ffff_ffff, low >> 48),
        high => format!("0x{high:016x}{low:016x}"),
    })
}

fn reasons(bits: u32) -> Vec<String> {
    const WORDS: [(u32, &str); 24] = [
        (0x1, "Data overwrite"),
        (0x2, "Data extend"),
        (0x4, "Data truncation"),
        (0x10, "Named data overwrite"),
        (0x20, "Named data extend"),
        (0x40, "Named data truncation"),
        (0x100, "File create"),
        (0x200, "File delete"),
        (0x400, "EA change"),
        (0x800, "Security change"),
        (0x1000, "Rename: old name"),
        (0x2000, "Rename: new name"),
        (0x4000, "Indexable change"),
        (0x8000, "Basic info change"),
        (0x1_0000, "Hard link change"),
        (0x2_0000, "Compression change"),
        (0x4_0000, "Encryption change"),
        (0x8_0000, "Object ID change"),
        (0x10_0000, "Reparse point change"),
        (0x20_0000, "Stream change"),
        (0x40_0000, "Transacted change"),
        (0x80_0000, "Integrity change"),
        (0x100_0000, "Desired storage class change"),
        (0x8000_0000, "Close"),
    ];
    let known = WORDS.iter().fold(0, |all, (bit, _)| all | bit);
    let mut words: Vec<_> =
        WORDS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, word)| (*word).to_owned()).collect();
    if bits & !known != 0 {
        words.push(format!("0x{:x}", bits & !known));
    }
    words
}

#[cfg(test)]
mod tests {
    use hikeshi_core::time::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::record::Gathered;

    /// 2021-03-03T12:00:00Z.
    const NOON: u64 = 132_592_464_000_000_000;

    fn written(version: u16, usn: u64, reason: u32, name: &str) -> Vec<u8> {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let size = if version == 2 { 8 } else { 16 };
        let mut rest = version.to_le_bytes().to_vec();
        rest.extend([0; 2]);
        for reference in [(5_u64 << 48) | 1_234, (3_u64 << 48) | 77] {
            rest.extend(reference.to_le_bytes());
            rest.resize(rest.len() + size - 8, 0);
        }
        rest.extend(usn.to_le_bytes());
        rest.extend(NOON.to_le_bytes());
        rest.extend(reason.to_le_bytes());
        rest.extend([0; 8]);
        rest.extend(0x22_u32.to_le_bytes());
        rest.extend((name.len() as u16).to_le_bytes());
        rest.extend((rest.len() as u16 + 6).to_le_bytes());
        rest.extend(name);
        rest.resize((rest.len() + 4).next_multiple_of(8) - 4, 0);
        [((rest.len() + 4) as u32).to_le_bytes().to_vec(), rest].concat()
    }

    fn gathered(bytes: &[u8]) -> Gathered {
        let mut sink = Gathered::default();
        read(&mut &*bytes, &mut sink);
        sink
    }

    #[test]
    fn entries_of_both_versions_are_told_with_their_reasons() {
        let bytes = [written(2, 8, 0x8000_0102, "火.aspx"), written(3, 96, 0x1000, "b.txt")].concat();
        let sink = gathered(&bytes);
        assert!(sink.missed.is_empty());
        let words = |words: &[&str]| Value::List(words.iter().map(|word| (*word).to_owned()).collect());
        let [first, second] = sink.records.as_slice() else { panic!("{:?}", sink.records) };
        assert_eq!(first.time, Timestamp::parse(b"2021-03-03T12:00:00Z"));
        assert_eq!((first.number, first.text("Name")), (Some(8), Some("火.aspx")));
        assert_eq!(first.field("Reason"), Some(&words(&["Data extend", "File create", "Close"])));
        assert_eq!(first.field("Attributes"), Some(&words(&["hidden", "archive"])));
        assert_eq!((second.number, second.text("Name")), (Some(96), Some("b.txt")));
        assert_eq!(second.field("Reason"), Some(&words(&["Rename: old name"])));
        for record in [first, second] {
            assert_eq!((record.text("FileReference"), record.text("ParentReference")), (Some("1234-5"), Some("77-3")));
        }
    }

    #[test]
    fn zeros_before_between_and_behind_entries_are_passed_over() {
        let zeros = |count: usize| vec![0; count];
        let one = |name: &str| written(2, 1, 1, name);
        let bytes =
            [zeros(BLOCK * 3 + 4096), one("a"), zeros(4096 - 64 - 8), one("b"), zeros(BLOCK - 8), one("c"), zeros(24)];
        let sink = gathered(&bytes.concat());
        let names: Vec<_> = sink.records.iter().filter_map(|record| record.text("Name")).collect();
        assert_eq!((names, sink.missed.len()), (vec!["a", "b", "c"], 0));
        assert_eq!(sink.records[0].offset, (BLOCK * 3 + 4096) as u64);
    }

    #[test]
    fn what_is_no_entry_is_passed_over_and_told_with_its_size() {
        let bytes = [written(2, 1, 1, "a"), vec![0xcc; 4000], written(2, 2, 1, "b"), vec![0xcc; 13]].concat();
        let sink = gathered(&bytes);
        assert_eq!(sink.records.len(), 2);
        let missed = &sink.missed[0];
        assert_eq!((missed.reason, missed.count, missed.bytes), (Gap::DamagedRecords, 2, Some(4013)));
    }

    #[test]
    fn entries_of_stretches_are_counted() {
        let sink = gathered(&[written(4, 1, 1, "abcd"), written(2, 2, 1, "b")].concat());
        assert_eq!(sink.records.len(), 1);
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::NotReadYet, 1));
    }

    #[test]
    fn a_journal_longer_than_a_block_is_read_whole() {
        let bytes: Vec<u8> = (0..10_000).flat_map(|usn| written(2, usn, 1, "some name.txt")).collect();
        let sink = gathered(&bytes);
        assert!(bytes.len() > BLOCK * 3 && sink.missed.is_empty());
        assert!(sink.records.iter().map(|record| record.number).eq((0..10_000).map(Some)));
    }

    proptest! {
        #[test]
        fn arbitrary_and_mutated_journals_never_panic(
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
            noise in prop::collection::vec(any::<u8>(), 0..2000),
        ) {
            let mut bytes: Vec<u8> = (0..20).flat_map(|usn| written(2 + (usn % 3) as u16, usn, 1, "name")).collect();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            prop_assert!(gathered(&bytes).records.len() <= bytes.len() / SHORTEST);
            gathered(&noise);
        }
    }
}
