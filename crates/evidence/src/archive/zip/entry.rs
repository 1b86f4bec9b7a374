//! What the headers of a zip archive say about one member (APPNOTE.TXT 4.3.7, 4.3.12 and 4.5).

use flate2::Crc;
use hikeshi_core::time::Timestamp;

use crate::archive::{NAME_CAP, name};
use crate::windows_time::filetime;

/// Size of a local header without name and extra fields.
pub(super) const LOCAL_HEADER: usize = 30;
/// Size of an entry of the directory without name, extra fields and comment.
pub(super) const CENTRAL_HEADER: usize = 46;
pub(super) const LOCAL_SIGNATURE: &[u8] = b"PK\x03\x04";
pub(super) const CENTRAL_SIGNATURE: &[u8] = b"PK\x01\x02";

/// General purpose bits (4.4.4).
const ENCRYPTED: u16 = 1;
const DESCRIPTOR: u16 = 1 << 3;
const STRONG_ENCRYPTION: u16 = 1 << 6;
const UTF8: u16 = 1 << 11;

pub(super) struct Entry {
    /// The name, decoded.
    pub(super) name: String,
    /// The name as it stands there.
    pub(super) raw_name: Vec<u8>,
    pub(super) node: Node,
    flags: u16,
    /// How it is packed.
    pub(super) method: u16,
    /// The same as the header has it: with AES the method stands elsewhere.
    pub(super) stored_method: u16,
    pub(super) aes: Option<Aes>,
    pub(super) time: u16,
    pub(super) date: u16,
    /// The checksum of the content, where one is kept.
    pub(super) crc: Option<u32>,
    pub(super) packed: u64,
    /// The size of the content, where it is known.
    pub(super) size: Option<u64>,
    pub(super) header_at: u64,
    pub(super) modified: Option<Timestamp>,
}

/// What a member is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    File,
    Folder,
    Link,
    /// A device or a pipe.
    Special,
}

/// The extra field of AES encryption: version, vendor, strength, method.
/// Source: <https://www.winzip.com/en/support/aes-encryption/>.
#[derive(Clone, Copy)]
pub(super) struct Aes {
    pub(super) field: [u8; 7],
}

impl Entry {
    /// The size of an entry of the directory, from its fixed part.
    pub(super) fn central_size(bytes: &[u8]) -> Option<usize> {
        let fixed = bytes.get(..CENTRAL_HEADER)?.strip_prefix(CENTRAL_SIGNATURE)?;
        let variable = [24, 26, 28].iter().filter_map(|at| number16(fixed, *at)).map(usize::from);
        Some(CENTRAL_HEADER + variable.sum::<usize>())
    }

    /// The size of a local header, from its fixed part.
    pub(super) fn local_size(bytes: &[u8]) -> Option<usize> {
        let fixed = bytes.get(..LOCAL_HEADER)?.strip_prefix(LOCAL_SIGNATURE)?;
        let variable = [22, 24].iter().filter_map(|at| number16(fixed, *at)).map(usize::from);
        Some(LOCAL_HEADER + variable.sum::<usize>())
    }

    /// An entry of the directory.
    pub(super) fn central(bytes: &[u8]) -> Option<Self> {
        bytes.get(..Self::central_size(bytes)?)?;
        let (fixed, variable) = bytes.strip_prefix(CENTRAL_SIGNATURE)?.split_at_checked(CENTRAL_HEADER - 4)?;
        let (raw_name, rest) = variable.split_at_checked(usize::from(number16(fixed, 24)?))?;
        let extra = rest.get(..usize::from(number16(fixed, 26)?))?;
        let made_by = number16(fixed, 0)?;
        let mut entry = Self::common(fixed.get(4..)?, raw_name, extra)?;
        entry.header_at = u64::from(number32(fixed, 38)?);
        entry.widen(extra);
        entry.node = entry.node_of(made_by, number32(fixed, 34)?);
        Some(entry)
    }

    /// A local header. It does not say whether the member is a link.
    pub(super) fn local(bytes: &[u8], at: u64) -> Option<Self> {
        let (fixed, variable) = bytes.strip_prefix(LOCAL_SIGNATURE)?.split_at_checked(LOCAL_HEADER - 4)?;
        let (raw_name, rest) = variable.split_at_checked(usize::from(number16(fixed, 22)?))?;
        let extra = rest.get(..usize::from(number16(fixed, 24)?))?;
        let mut entry = Self::common(fixed.get(2..)?, raw_name, extra)?;
        entry.header_at = at;
        entry.widen(extra);
        entry.node = entry.node_of(0, 0);
        Some(entry)
    }

    /// The fields that both headers have, from the flags on.
    fn common(fields: &[u8], raw_name: &[u8], extra: &[u8]) -> Option<Self> {
        let flags = number16(fields, 0)?;
        let stored_method = number16(fields, 2)?;
        let aes = extra_field(extra, 0x9901).and_then(|field| Some(Aes { field: *field.first_chunk::<7>()? }));
        let aes = aes.filter(|_| stored_method == 99);
        // Version 2 of the encryption keeps no checksum: it would give a short content away.
        let keeps_checksum = aes.is_none_or(|aes| aes.field.starts_with(&[1, 0]));
        Some(Self {
            name: decoded(raw_name, flags, extra),
            raw_name: raw_name.to_vec(),
            node: Node::File,
            flags,
            method: aes.and_then(|aes| number16(&aes.field, 5)).unwrap_or(stored_method),
            stored_method,
            aes,
            time: number16(fields, 4)?,
            date: number16(fields, 6)?,
            crc: number32(fields, 8).filter(|_| keeps_checksum),
            packed: u64::from(number32(fields, 12)?),
            size: Some(u64::from(number32(fields, 16)?)),
            header_at: 0,
            modified: modified(extra),
        })
    }

    /// Puts in the numbers that did not fit (4.5.3): those that are all ones, in this order.
    fn widen(&mut self, extra: &[u8]) {
        const WIDE: u64 = u32::MAX as u64;
        let Some(mut field) = extra_field(extra, 1) else { return };
        let mut next = |number: &mut u64| {
            if *number == WIDE
                && let Some((wide, rest)) = field.split_first_chunk::<8>()
            {
                *number = u64::from_le_bytes(*wide);
                field = rest;
            }
        };
        if let Some(size) = &mut self.size {
            next(size);
        }
        next(&mut self.packed);
        next(&mut self.header_at);
    }

    fn node_of(&self, made_by: u16, attributes: u32) -> Node {
        const UNIX: u16 = 3;
        const MACOS: u16 = 19;
        let mode = attributes >> 16 & 0o170_000;
        match mode {
            _ if !matches!(made_by >> 8, UNIX | MACOS) => {}
            0o120_000 => return Node::Link,
            0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 => return Node::Special,
            _ => {}
        }
        // What is called a folder and holds something is no folder.
        if self.name.ends_with(['/', '\\']) && self.packed == 0 { Node::Folder } else { Node::File }
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & ENCRYPTED != 0
    }

    /// By certificates or by methods of PKWARE, which nobody but PKWARE may use (7.0).
    pub(super) fn is_strongly_encrypted(&self) -> bool {
        self.flags & STRONG_ENCRYPTION != 0
    }

    /// Whether checksum and sizes stand behind the content.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & DESCRIPTOR != 0
    }

    /// The flags that matter for decryption.
    pub(super) fn encryption_flags(&self) -> u16 {
        self.flags & (ENCRYPTED | DESCRIPTOR)
    }

    /// Whether the member's own header says the same as this entry of the directory, as far as it is given.
    pub(super) fn agrees(&self, local: &[u8]) -> bool {
        number16(local, 8) == Some(self.stored_method) && local.get(LOCAL_HEADER..) == Some(&self.raw_name)
    }

    /// Whether the fixed part may be that of a member's header, and not four bytes that look like the beginning of one.
    pub(super) fn is_plausible(header: &[u8]) -> bool {
        let names = number16(header, 26).map_or(0, usize::from);
        (1..=NAME_CAP).contains(&names) && number16(header, 8).is_some_and(|method| method_name(method).is_some())
    }
}

fn decoded(raw_name: &[u8], flags: u16, extra: &[u8]) -> String {
    if flags & UTF8 != 0 {
        return String::from_utf8_lossy(raw_name).into_owned();
    }
    unicode_path(raw_name, extra).unwrap_or_else(|| name::decode(raw_name))
}

/// The extra field with the name in UTF-8 (4.6.9); it holds where it was made for this name.
fn unicode_path(raw_name: &[u8], extra: &[u8]) -> Option<String> {
    let field = extra_field(extra, 0x7075)?.strip_prefix(&[1])?;
    let mut crc = Crc::new();
    crc.update(raw_name);
    let name = String::from_utf8(field.get(4..)?.to_vec()).ok()?;
    (number32(field, 0)? == crc.sum()).then_some(name)
}

/// From the NTFS field (4.5.5), else from the Unix one (`extrafld.txt` of Info-ZIP, 0x5455). The header's own time is
/// that of an unknown time zone.
fn modified(extra: &[u8]) -> Option<Timestamp> {
    let of_windows = || {
        let times = extra_field(extra, 0x000a)?.get(4..)?.strip_prefix(&[1, 0, 24, 0])?;
        filetime(u64::from_le_bytes(*times.first_chunk::<8>()?))
    };
    let of_unix = || {
        let field = extra_field(extra, 0x5455)?;
        let seconds = i32::from_le_bytes(*field.get(1..)?.first_chunk::<4>()?);
        (field.first()? & 1 != 0).then(|| Timestamp::from_micros(i64::from(seconds) * 1_000_000))
    };
    of_windows().or_else(of_unix)
}

fn extra_field(extra: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut rest = extra;
    loop {
        let (tag, size) = (number16(rest, 0)?, usize::from(number16(rest, 2)?));
        let field = rest.get(4..4 + size)?;
        if tag == wanted {
            return Some(field);
        }
        rest = rest.get(4 + size..)?;
    }
}

/// The names of 4.4.5, of the methods that were ever used.
pub(super) fn method_name(method: u16) -> Option<&'static str> {
    Some(match method {
        0 => "stored",
        1 => "shrunk",
        2..=5 => "reduced",
        6 => "imploded",
        8 => "deflate",
        9 => "deflate64",
        10 => "PKWARE DCL implode",
        12 => "bzip2",
        14 => "LZMA",
        16 => "IBM CMPSC",
        18 => "IBM TERSE",
        19 => "IBM LZ77",
        20 | 93 => "zstd",
        94 => "MP3",
        95 => "xz",
        96 => "JPEG",
        97 => "WavPack",
        98 => "PPMd",
        99 => "AES",
        _ => return None,
    })
}

pub(super) fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

pub(super) fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

pub(super) fn number64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
