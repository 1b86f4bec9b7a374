//! The header of a member: one block of fixed fields.

use hikeshi_core::time::Timestamp;

use crate::encoding::text;

/// Headers and contents begin at multiples of this.
pub(super) const BLOCK: usize = 512;

pub(super) struct Header {
    pub(super) path: String,
    pub(super) link: String,
    pub(super) size: u64,
    pub(super) modified: Option<Timestamp>,
    pub(super) kind: Kind,
    /// More blocks of a sparse file's map follow.
    pub(super) map_goes_on: bool,
}

/// What a header stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A hard or symbolic link.
    Link,
    /// A device or a pipe.
    Special,
    /// A sparse file in GNU tar's old form.
    Sparse,
    /// The rest of a file of the volume before.
    Continued,
    /// GNU tar: the content is the name of the next member.
    LongName,
    /// GNU tar: the content is the link target of the next member.
    LongLink,
    /// Records about the next member.
    Extended,
    /// Records about all that follow.
    GlobalExtended,
    /// The name of a volume or the list of a folder: nothing that testifies.
    Passed,
}

impl Kind {
    fn of(flag: u8) -> Self {
        match flag {
            b'1' | b'2' => Self::Link,
            b'3' | b'4' | b'6' => Self::Special,
            b'5' => Self::Folder,
            b'D' | b'V' => Self::Passed,
            b'K' => Self::LongLink,
            b'L' => Self::LongName,
            b'M' => Self::Continued,
            b'S' => Self::Sparse,
            b'g' => Self::GlobalExtended,
            b'x' => Self::Extended,
            // What is not known is to be taken as a file.
            _ => Self::File,
        }
    }

    /// Whether bytes follow the header. The size of links and devices is that of something else.
    pub(super) fn has_content(self) -> bool {
        !matches!(self, Self::Folder | Self::Link | Self::Special)
    }
}

impl Header {
    /// Reads a header; `None` where its checksum is wrong or its size is no number.
    pub(super) fn read(block: &[u8; BLOCK]) -> Option<Self> {
        let sum = number(field(block, 148, 8))?;
        if !sums(block).contains(&sum) {
            return None;
        }
        let name = until_zero(field(block, 0, 100));
        let prefix = until_zero(field(block, 345, 155));
        // GNU tar keeps times where POSIX has the prefix.
        let is_posix = field(block, 257, 8) == b"ustar\x0000";
        let path = match prefix {
            [] => text(name).into_owned(),
            _ if !is_posix => text(name).into_owned(),
            _ => format!("{}/{}", text(prefix), text(name)),
        };
        let size = number(field(block, 124, 12))?;
        let mut kind = Kind::of(*block.get(156)?);
        if kind == Kind::File && path.ends_with('/') && size == 0 {
            kind = Kind::Folder;
        }
        let seconds = number(field(block, 136, 12)).and_then(|seconds| i64::try_from(seconds).ok());
        Some(Self {
            path,
            link: text(until_zero(field(block, 157, 100))).into_owned(),
            size,
            modified: seconds.and_then(|seconds| seconds.checked_mul(1_000_000)).map(Timestamp::from_micros),
            kind,
            map_goes_on: block.get(482) == Some(&1),
        })
    }
}

fn field(block: &[u8; BLOCK], at: usize, size: usize) -> &[u8] {
    block.get(at..at + size).unwrap_or_default()
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The sum of all bytes, with blanks in place of the sum. Some old programs summed signed bytes.
fn sums(block: &[u8; BLOCK]) -> [u64; 2] {
    let blanked = |(at, byte): (usize, &u8)| if (148..156).contains(&at) { b' ' } else { *byte };
    let unsigned = block.iter().enumerate().map(blanked).map(u64::from).sum();
    let signed = block.iter().enumerate().map(blanked).map(|byte| i64::from(byte.cast_signed())).sum::<i64>();
    [unsigned, u64::try_from(signed).unwrap_or(unsigned)]
}

/// Octal digits; or, where the first bit is set, a binary number (GNU tar, for what octal cannot hold).
fn number(field: &[u8]) -> Option<u64> {
    let first = *field.first()?;
    if first & 0x80 != 0 {
        // The second bit would make it negative.
        let start = [first & 0x7f];
        let digits = start.iter().chain(field.get(1..)?);
        return digits.copied().try_fold(0_u64, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(byte)));
    }
    let digits = until_zero(field).trim_ascii();
    digits.iter().try_fold(0_u64, |sum, digit| {
        let digit = char::from(*digit).to_digit(8)?;
        sum.checked_mul(8)?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"   644 \0"), Some(0o644));
        assert_eq!(number(b"\0\0\0\0"), Some(0));
        assert_eq!(number(b"9"), None);
        assert_eq!(number(b"\x80\0\0\x02\0\0\0\0"), Some(2 << 32));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), None, "minus one is no size");
    }

    #[test]
    fn a_wrong_checksum_is_no_header() {
        let mut block = [0; BLOCK];
        assert!(Header::read(&block).is_none(), "zeros are none");
        block[..5].copy_from_slice(b"a.log");
        block[124..135].copy_from_slice(b"00000000012");
        block[156] = b'0';
        let sum = sums(&block)[0];
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert!(Header::read(&block).is_some_and(|header| header.path == "a.log" && header.size == 10));
        block[0] = b'b';
        assert!(Header::read(&block).is_none());
    }
}
