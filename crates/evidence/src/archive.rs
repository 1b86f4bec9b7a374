//! Reads archives in place: zip, 7z, tar, tar.gz and single files in gzip. Start at [`read`].
//!
//! Nothing is unpacked to disk and no member is held in memory: bytes are handed on as they are decoded. Archives are
//! hostile: headers lie about sizes, members overlap, names lead out of the folder, a small file unpacks to petabytes.
//! So every size is measured and never believed, and what is not read is told with its reason.
//!
//! An archive inside an archive is a member like any other; whether to look into it is the caller's business.

mod delivery;
mod gzip;
mod name;
mod sampled;
mod seven;
mod tar;
#[cfg(test)]
mod tests;
mod window;
mod zip;

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::RangeInclusive;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::text::{Phrase, Text};
use hikeshi_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::archive::delivery::Delivery;
use crate::record::Missed;
pub use sampled::samples;

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its path with `/`: relative, without `..`, drive colons and zero bytes, at most [`NAME_CAP`] bytes long. Several
    /// members may have the same; [`Member::shown`] tells them apart. Empty where a gzip file does not say what it holds.
    pub path: String,
    /// Which one of its path it is, from 1.
    pub twin: u32,
    /// The name as the archive has it, where that differs from the path.
    pub stored_name: Option<String>,
    /// Its size as the archive claims it, where it does.
    pub bytes: Option<u64>,
    /// When it was last changed, where the archive says so in UTC. Times of an unknown time zone are left out.
    pub modified: Option<Timestamp>,
    /// Which file it is a copy of, where a table in the archive says so; see [`samples`].
    pub copy_of: Option<String>,
}

impl Member {
    /// Its path for people, unique in the archive: the second one of a path is called `path#2`.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.twin > 1 { format!("{}#{}", self.path, self.twin) } else { self.path.clone() }
    }
}

/// Where [`read`] hands over what it reads.
///
/// For each file `begin` is called. If that is wanted, any number of calls of `bytes` follow, and then one of `end`,
/// in every case. Folders are passed over.
pub trait Members {
    /// A file begins.
    fn begin(&mut self, member: &Member) -> Wanted;
    /// Some of its content; never empty.
    fn bytes(&mut self, chunk: &[u8]) -> Wanted;
    /// The file ends. What was not read of it, or makes it doubtful: the checksum is wrong, it is cut, encrypted, a link,
    /// over a limit.
    fn end(&mut self, missed: Option<Missed>);
    /// Something about the archive as a whole. Equal reasons are added up and told once, at the end.
    fn missed(&mut self, missed: Missed);
}

/// Whether the receiver wants what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// It does.
    Yes,
    /// Not this member, or not the rest of it.
    No,
    /// Nothing more of this archive. The receiver knows why, so nothing is told about it.
    NothingMore,
}

/// What one archive may cost. Beyond it reading ends, and [`Gap::TooMany`] or [`Gap::TooLarge`] tells so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Files and folders, wanted or not.
    pub members: u64,
    /// Bytes unpacked in all, wanted or passed over.
    pub total_bytes: u64,
    /// Bytes unpacked of one file.
    pub member_bytes: u64,
    /// How many bytes may come out of one packed byte, of a file or of the whole archive...
    pub ratio: u64,
    /// ...once so many bytes have come out.
    pub ratio_from: u64,
}

impl Default for Limits {
    /// Room for every collection that people make, and an end for every bomb.
    ///
    /// - A Windows server has less than a million files that testify; its logs and images stay under half a TiB, and the
    ///   largest single piece is an image of its memory.
    /// - Text logs are packed to a tenth or a hundredth. Deflate never reaches more than 1,032:1, and that with nothing
    ///   but zeros; LZMA reaches 7,000:1. Small files may do so: an empty log is no bomb.
    fn default() -> Self {
        Self { members: 1_000_000, total_bytes: 512 << 30, member_bytes: 128 << 30, ratio: 1_000, ratio_from: 64 << 20 }
    }
}

/// What reading an archive came to, of that which [`Limits`] limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Files and folders.
    pub members: u64,
    /// Bytes unpacked.
    pub bytes: u64,
}

/// A name is cut behind so many bytes; told as [`Gap::ValueCut`].
pub const NAME_CAP: usize = 4 << 10;

/// How the files are held together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// zip.
    Zip,
    /// 7z.
    SevenZip,
    /// tar.
    Tar,
    /// gzip: a tar archive or a single file.
    Gzip,
    /// A format that is known by its beginning and not read; its name.
    Unsupported(&'static str),
}

impl Format {
    /// How many bytes of the beginning [`Format::detect`] wants to see.
    pub const HEAD: usize = 512;

    /// By the first bytes. A zip archive may have other things before it, and then shows only by its end.
    #[must_use]
    pub fn detect(head: &[u8]) -> Option<Self> {
        const MAGIC: [(&[u8], Format); 18] = [
            (b"PK\x03\x04", Format::Zip),
            (b"PK\x05\x06", Format::Zip),
            (b"PK\x07\x08", Format::Zip),
            (b"7z\xbc\xaf\x27\x1c", Format::SevenZip),
            (b"\x1f\x8b\x08", Format::Gzip),
            (b"Rar!\x1a\x07", Format::Unsupported("RAR")),
            (b"MSCF\0\0\0\0", Format::Unsupported("cabinet")),
            (b"\xfd7zXZ\0", Format::Unsupported("xz")),
            (b"BZh", Format::Unsupported("bzip2")),
            (b"\x28\xb5\x2f\xfd", Format::Unsupported("zstd")),
            (b"\x04\x22\x4d\x18", Format::Unsupported("lz4")),
            // <https://learn.microsoft.com/en-us/windows-hardware/manufacture/desktop/wim-vs-ffu-image-file-formats>
            (b"MSWIM\0\0\0", Format::Unsupported("WIM")),
            // <https://www.gnu.org/software/cpio/manual/cpio.html>, `man 5 cpio`
            (b"070701", Format::Unsupported("cpio")),
            (b"070702", Format::Unsupported("cpio")),
            (b"070707", Format::Unsupported("cpio")),
            (b"LZIP\x01", Format::Unsupported("lzip")),
            (b"\x1f\x9d\x90", Format::Unsupported("compress (.Z)")),
            // What the usual settings begin with: lc=3, lp=0, pb=2, a dictionary of 8 MiB.
            // <https://github.com/jljusten/LZMA-SDK/blob/master/DOC/lzma-specification.txt>
            (b"\x5d\0\0\x80\0", Format::Unsupported("LZMA")),
        ];
        let magic = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, format)| *format);
        magic.or_else(|| tar::begins(head).then_some(Self::Tar)).or_else(|| Self::of_older_days(head))
    }

    /// LZH names its method behind two bytes, ARJ the length of its first header behind its mark.
    /// Source: <https://github.com/jca02266/lha/blob/master/header.doc.md>,
    /// <https://github.com/FarGroup/FarManager/blob/master/plugins/multiarc/arc.doc/arj.txt>.
    fn of_older_days(head: &[u8]) -> Option<Self> {
        const ARJ_HEADERS: RangeInclusive<u16> = 30..=2_600;
        match head {
            [_, _, b'-', b'l', b'h' | b'z', b'0'..=b'9' | b'd' | b's' | b'x', b'-', ..] => {
                Some(Self::Unsupported("LZH"))
            }
            [0x60, 0xea, low, high, ..] if ARJ_HEADERS.contains(&u16::from_le_bytes([*low, *high])) => {
                Some(Self::Unsupported("ARJ"))
            }
            _ => None,
        }
    }
}

/// Reads all members, in the order of the archive.
///
/// `passwords` are tried where something is encrypted. Memory stays within some MiB and some hundred bytes for each
/// member; a 7z archive takes its dictionary and its list of files besides, which are capped.
pub fn read(mut source: impl Read + Seek, limits: &Limits, passwords: &[String], members: &mut dyn Members) -> Spent {
    let (head, length) = match measure(&mut source) {
        Ok(measured) => measured,
        Err(error) => {
            members.missed(Missed::new(Gap::ReadFailed).because(error));
            return Spent::default();
        }
    };
    let mut delivery = Delivery::new(limits, length, members);
    let result = match Format::detect(&head) {
        Some(Format::SevenZip) => seven::read(source, length, passwords, &mut delivery),
        Some(Format::Tar) => tar::read_file(source, length, &mut delivery),
        Some(Format::Gzip) => gzip::read(source, &mut delivery),
        Some(Format::Unsupported(name)) => {
            delivery.note(Gap::MethodUnsupported, Text::same(name));
            Ok(())
        }
        Some(Format::Zip) => zip::read(
            source,
            length,
            passwords,
            ("cut: the directory is missing", "途中で切れている: 末尾の目次がない"),
            &mut delivery,
        ),
        None => zip::read(
            source,
            length,
            passwords,
            ("no archive of a known kind", "既知の種類の書庫ではない"),
            &mut delivery,
        ),
    };
    if let Err(error) = result {
        delivery.note(Gap::ReadFailed, error);
    }
    let spent = delivery.spent();
    delivery.finish();
    spent
}

/// The beginning and the length; leaves the source at its beginning.
fn measure(source: &mut (impl Read + Seek)) -> io::Result<(Vec<u8>, u64)> {
    let length = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    let mut head = Vec::new();
    source.by_ref().take(Format::HEAD as u64).read_to_end(&mut head)?;
    source.rewind()?;
    Ok((head, length))
}

/// Whether the system could not read, memory ran out, or what was read makes no sense.
fn reason(error: &io::Error) -> Gap {
    match error.kind() {
        io::ErrorKind::OutOfMemory => Gap::OverMemory,
        _ if error.raw_os_error().is_some() => Gap::ReadFailed,
        _ => Gap::Malformed,
    }
}

/// What came out of a member is not what was packed.
const WRONG_CHECKSUM: Phrase = ("wrong checksum", "チェックサムが合わない");

/// A member of another size than its header says.
fn other_size(bytes: u64, claimed: u64) -> Text {
    both!(
        "{bytes} bytes came out, and {claimed} are claimed",
        "展開すると {bytes} バイトで、ヘッダーの示す {claimed} バイトと違う"
    )
}

/// Why the content of a member ended too early.
fn broken(bytes: u64, error: &io::Error) -> Missed {
    let cause = Text::from(error);
    let (en, ja) = match error.kind() {
        io::ErrorKind::UnexpectedEof => ("cut", "途切れている"),
        _ => ("damaged", "壊れている"),
    };
    let en = format!("{en} behind {bytes} bytes: {}", cause.en);
    Missed::new(reason(error)).because(Text::new(en, format!("{bytes} バイトより先が{ja}: {}", cause.ja)))
}
