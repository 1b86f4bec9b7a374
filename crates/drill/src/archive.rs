//! Zip archives for practice servers: members are stored as they are, so that the same files give the same bytes whatever
//! compresses them.
//!
//! Format: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", version 6.3.10,
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>; section numbers below are of it. Sizes and offsets above
//! 32 bits take the forms of ZIP64. Times of modification stand in the field of NTFS, where they are UTC.

use std::io::{self, Read, Seek, Write};

use hikeshi_core::time::Timestamp;

use crate::{
    clock::{self, SECOND},
    hive::filetime,
};

/// What a 16-bit or 32-bit field holds whose value stands in its ZIP64 form.
const ELSEWHERE_16: u16 = u16::MAX;
const ELSEWHERE_32: u32 = u32::MAX;
/// The version that is needed to read ZIP64.
const VERSION: u16 = 45;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;

/// Writes an archive, member by member.
#[derive(Debug)]
pub(crate) struct Archive<W> {
    out: W,
    written: u64,
    members: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    name: String,
    /// Milliseconds since 1970.
    modified: i64,
    checksum: u32,
    bytes: u64,
    offset: u64,
}

impl<W: Write> Archive<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, written: 0, members: Vec::new() }
    }

    /// Adds a member; its content is read twice, since its checksum stands before it.
    pub(crate) fn member(&mut self, name: &str, modified: i64, source: &mut (impl Read + Seek)) -> io::Result<()> {
        let mut checksum = Checksum(crc32fast::Hasher::new());
        let bytes = io::copy(source, &mut checksum)?;
        source.rewind()?;
        let member =
            Member { name: name.to_owned(), modified, checksum: checksum.0.finalize(), bytes, offset: self.written };
        let header = member.local_header();
        self.out.write_all(&header)?;
        let copied = io::copy(&mut source.take(bytes), &mut self.out)?;
        if copied != bytes {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became smaller while it was packed"));
        }
        self.written += header.len() as u64 + bytes;
        self.members.push(member);
        Ok(())
    }

    /// Ends the archive with its directory and a comment.
    pub(crate) fn finish(mut self, comment: &str) -> io::Result<W> {
        let directory: Vec<u8> = self.members.iter().flat_map(Member::directory_entry).collect();
        self.out.write_all(&directory)?;
        self.out.write_all(&end(self.members.len() as u64, directory.len() as u64, self.written, comment))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

struct Checksum(crc32fast::Hasher);

impl Write for Checksum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Member {
    /// 4.3.7.
    fn local_header(&self) -> Vec<u8> {
        let large = if fits(self.bytes) { Vec::new() } else { zip64(&[self.bytes, self.bytes]) };
        let extra = [large, self.times()].concat();
        [b"PK\x03\x04".to_vec(), VERSION.to_le_bytes().to_vec(), self.common(&extra), self.name.clone().into(), extra]
            .concat()
    }

    /// 4.3.12.
    fn directory_entry(&self) -> Vec<u8> {
        const ARCHIVE_ATTRIBUTE: u32 = 0x20;
        let sizes = if fits(self.bytes) { vec![] } else { vec![self.bytes, self.bytes] };
        let offset = Some(self.offset).filter(|offset| !fits(*offset));
        let large: Vec<u64> = sizes.into_iter().chain(offset).collect();
        let large = if large.is_empty() { Vec::new() } else { zip64(&large) };
        let extra = [large, self.times()].concat();
        let mut out = b"PK\x01\x02".to_vec();
        out.extend([VERSION, VERSION].into_iter().flat_map(u16::to_le_bytes));
        out.extend(self.common(&extra));
        // No comment, first disk, no attributes inside.
        out.extend([0; 6]);
        out.extend(ARCHIVE_ATTRIBUTE.to_le_bytes());
        out.extend(narrow(self.offset).to_le_bytes());
        out.extend(self.name.as_bytes());
        out.extend(extra);
        out
    }

    /// What both headers say in the same words.
    fn common(&self, extra: &[u8]) -> Vec<u8> {
        const STORED: u16 = 0;
        let (date, time) = dos_time(self.modified);
        let mut out: Vec<u8> = [FLAGS, STORED, time, date].into_iter().flat_map(u16::to_le_bytes).collect();
        let numbers = [self.checksum, narrow(self.bytes), narrow(self.bytes)];
        out.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
        out.extend([self.name.len() as u16, extra.len() as u16].into_iter().flat_map(u16::to_le_bytes));
        out
    }

    /// Modified, accessed and created, in the field of NTFS (4.5.5).
    fn times(&self) -> Vec<u8> {
        let time = filetime(Timestamp::from_micros(self.modified * 1_000)).to_le_bytes();
        [&[0x0a, 0, 32, 0, 0, 0, 0, 0, 1, 0, 24, 0][..], &time, &time, &time].concat()
    }
}

fn fits(number: u64) -> bool {
    number < u64::from(ELSEWHERE_32)
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(ELSEWHERE_32)
}

/// The field with numbers of 64 bits (4.5.3).
fn zip64(numbers: &[u64]) -> Vec<u8> {
    let header = [1, numbers.len() as u16 * 8].into_iter().flat_map(u16::to_le_bytes);
    header.chain(numbers.iter().flat_map(|number| number.to_le_bytes())).collect()
}

/// The end of the directory, in both forms where it must be (4.3.14 to 4.3.16).
fn end(members: u64, directory: u64, offset: u64, comment: &str) -> Vec<u8> {
    let mut out = Vec::new();
    if members >= u64::from(ELSEWHERE_16) || !fits(directory) || !fits(offset) {
        const REST_OF_RECORD: u64 = 44;
        out.extend(b"PK\x06\x06");
        out.extend(REST_OF_RECORD.to_le_bytes());
        out.extend([VERSION, VERSION].into_iter().flat_map(u16::to_le_bytes));
        out.extend([0; 8]);
        out.extend([members, members, directory, offset].into_iter().flat_map(u64::to_le_bytes));
        out.extend(b"PK\x06\x07\0\0\0\0");
        out.extend((offset + directory).to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    let count = u16::try_from(members).unwrap_or(ELSEWHERE_16);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].into_iter().flat_map(u16::to_le_bytes));
    out.extend([narrow(directory), narrow(offset)].into_iter().flat_map(u32::to_le_bytes));
    out.extend((comment.len() as u16).to_le_bytes());
    out.extend(comment.as_bytes());
    out
}

/// Date and time of MS-DOS (4.4.6), which begin with 1980.
fn dos_time(millis: i64) -> (u16, u16) {
    const FIRST: i64 = 315_532_800 * SECOND;
    let text = clock::text(millis.max(FIRST));
    let part =
        |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u16>().ok()).unwrap_or_default();
    let date = part(0, 4).saturating_sub(1980) << 9 | part(5, 7) << 5 | part(8, 10);
    (date, part(11, 13) << 11 | part(14, 16) << 5 | (part(17, 19) / 2))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn packed(names: &[&str]) -> Vec<u8> {
        let mut archive = Archive::new(Vec::new());
        for name in names {
            archive.member(name, 1_614_744_753_512, &mut Cursor::new(format!("content of {name}"))).unwrap();
        }
        archive.finish("a comment").unwrap()
    }

    fn number(bytes: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    #[test]
    fn the_end_leads_to_the_directory_and_the_directory_to_the_members() {
        let bytes = packed(&["a.txt", "火/b.txt"]);
        let end = bytes.len() - 22 - "a comment".len();
        assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
        let mut entry = number(&bytes, end + 16) as usize;
        assert_eq!(entry + number(&bytes, end + 12) as usize, end);
        for name in ["a.txt", "火/b.txt"] {
            assert_eq!(&bytes[entry..entry + 4], b"PK\x01\x02");
            assert_eq!(&bytes[entry + 46..entry + 46 + name.len()], name.as_bytes());
            let (crc, size) = (number(&bytes, entry + 16), number(&bytes, entry + 24) as usize);
            let local = number(&bytes, entry + 42) as usize;
            assert_eq!((number(&bytes, local + 14), number(&bytes, local + 22) as usize), (crc, size));
            let content = local + 30 + name.len() + 36;
            assert_eq!(&bytes[content..content + size], format!("content of {name}").as_bytes());
            assert_eq!(crc32fast::hash(&bytes[content..content + size]), crc);
            entry += 46 + name.len() + 36;
        }
        assert_eq!(entry, end);
    }

    #[test]
    fn times_are_kept_to_the_millisecond_and_older_ones_than_the_format_knows_become_its_first() {
        let bytes = packed(&["a.txt"]);
        let field = 30 + "a.txt".len();
        assert_eq!(&bytes[field..field + 4], &[0x0a, 0, 32, 0]);
        let filetime = u64::from_le_bytes(bytes[field + 12..field + 20].try_into().unwrap());
        assert_eq!(filetime, (1_614_744_753_512 + 11_644_473_600_000) * 10_000);
        // 2021-03-03T04:12:33
        assert_eq!(dos_time(1_614_744_753_512), (41 << 9 | 3 << 5 | 3, 4 << 11 | 12 << 5 | 16));
        assert_eq!(dos_time(0), (1 << 5 | 1, 0));
    }

    #[test]
    fn what_32_bits_do_not_hold_stands_in_64() {
        let large = 5 << 30;
        let member = Member { name: "x".to_owned(), modified: 0, checksum: 0, bytes: large, offset: large + 7 };
        let local = member.local_header();
        assert_eq!((number(&local, 18), number(&local, 22)), (u32::MAX, u32::MAX));
        assert_eq!(local[31..51], zip64(&[large, large])[..]);
        let entry = member.directory_entry();
        assert_eq!(number(&entry, 42), u32::MAX);
        assert_eq!(entry[47..75], zip64(&[large, large, large + 7])[..]);
        let end = end(70_000, 100, large, "");
        assert_eq!(&end[..4], b"PK\x06\x06");
        assert_eq!(end[24..56], [70_000, 70_000, 100, large].map(u64::to_le_bytes).concat()[..]);
        assert_eq!(&end[56..60], b"PK\x06\x07");
        assert_eq!(end[64..72], (large + 100).to_le_bytes());
        assert_eq!(
            end[76..],
            [&b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff"[..], &[100, 0, 0, 0], &[255; 4], &[0; 2]].concat()
        );
    }
}
