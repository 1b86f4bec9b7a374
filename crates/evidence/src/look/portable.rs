//! Windows executables: what their headers, imports, version resource and signature say.
//!
//! Format: "PE Format", <https://learn.microsoft.com/windows/win32/debug/pe-format>. Nothing is trusted: every number of
//! the file leads through a checked lookup, every list has a cap, and no list is followed from within itself.

pub(super) mod signature;
pub(super) mod version;

mod imports;

use hikeshi_core::coverage::Gap;
use hikeshi_core::text::{Phrase, Text};
use hikeshi_core::time::Timestamp;

use crate::little_endian::{u16_at, u32_at};
use crate::record::Missed;
use signature::Signature;
use version::VersionInfo;

/// The loader of Windows refuses an image with more sections.
const SECTIONS_CAP: usize = 96;

/// What an executable says of itself.
pub(super) struct Portable {
    pub(super) form: Form,
    machine: u16,
    pub(super) compiled: Option<Timestamp>,
    /// It holds code for the .NET runtime.
    pub(super) managed: bool,
    pub(super) version: Option<VersionInfo>,
    pub(super) signature: Option<Signature>,
    /// Hash of its imports as pefile counts it; `None` where there are none, or where it needs the names of functions
    /// that are imported by number from three libraries, which are not known here.
    pub(super) import_hash: Option<String>,
    faults: Vec<Phrase>,
}

/// What kind of executable it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Program,
    Library,
    Driver,
}

/// Where things lie in the file.
struct Layout<'a> {
    bytes: &'a [u8],
    /// 64-bit addresses.
    wide: bool,
    directories: Vec<Directory>,
    sections: Vec<Section>,
    header_bytes: u32,
}

#[derive(Clone, Copy)]
struct Directory {
    address: u32,
    length: u32,
}

struct Section {
    address: u32,
    length: u32,
    offset: u32,
}

#[derive(Clone, Copy)]
enum Entry {
    Imports = 1,
    Resources = 2,
    Signatures = 4,
    Runtime = 14,
}

/// Reads an executable; `None` where the bytes do not begin as one.
pub(super) fn read(bytes: &[u8]) -> Option<Portable> {
    const SIGNATURE: &[u8] = b"PE\0\0";
    if !bytes.starts_with(b"MZ") {
        return None;
    }
    let header = u32_at(bytes, 0x3c)? as usize;
    if bytes.get(header..)?.get(..SIGNATURE.len())? != SIGNATURE {
        return None;
    }
    let mut faults = Vec::new();
    let coff = header + SIGNATURE.len();
    let seconds = u32_at(bytes, coff + 4)?;
    let characteristics = u16_at(bytes, coff + 18)?;
    let layout = Layout::read(bytes, coff, &mut faults)?;
    let subsystem = u16_at(bytes, coff + COFF_BYTES + 68).unwrap_or_default();

    let (version, fault) = version::read(&layout);
    faults.extend(fault);
    let (signature, fault) = signature::read(&layout);
    faults.extend(fault);
    let (import_hash, fault) = imports::hash(&layout);
    faults.extend(fault);
    Some(Portable {
        form: form(characteristics, subsystem),
        machine: u16_at(bytes, coff)?,
        compiled: (seconds != 0).then(|| Timestamp::from_micros(i64::from(seconds) * 1_000_000)),
        managed: layout.directory(Entry::Runtime).is_some(),
        version,
        signature,
        import_hash,
        faults,
    })
}

const COFF_BYTES: usize = 20;

const fn form(characteristics: u16, subsystem: u16) -> Form {
    const LIBRARY: u16 = 0x2000;
    const NATIVE: u16 = 1;
    if characteristics & LIBRARY != 0 {
        Form::Library
    } else if subsystem == NATIVE {
        Form::Driver
    } else {
        Form::Program
    }
}

impl Portable {
    /// The processor that it is for.
    pub(super) fn machine(&self) -> String {
        match self.machine {
            0x14c => "x86".to_owned(),
            0x8664 => "x64".to_owned(),
            0xaa64 => "arm64".to_owned(),
            0x1c0 | 0x1c4 => "arm".to_owned(),
            0x200 => "ia64".to_owned(),
            other => format!("0x{other:04x}"),
        }
    }

    pub(super) fn missed(&self) -> Option<Missed> {
        let (en, ja): (Vec<_>, Vec<_>) = self.faults.iter().copied().unzip();
        let count = self.faults.len() as u64;
        (count > 0)
            .then(|| Missed { count, ..Missed::new(Gap::Malformed).because(Text::new(en.join("; "), ja.join("、"))) })
    }
}

impl<'a> Layout<'a> {
    fn read(bytes: &'a [u8], coff: usize, faults: &mut Vec<Phrase>) -> Option<Self> {
        const WIDE: u16 = 0x20b;
        const DIRECTORIES_CAP: usize = 16;
        let section_count = usize::from(u16_at(bytes, coff + 2)?);
        let optional_bytes = usize::from(u16_at(bytes, coff + 16)?);
        let optional = coff + COFF_BYTES;
        let wide = u16_at(bytes, optional)? == WIDE;
        let header_bytes = u32_at(bytes, optional + 60)?;
        let count_at = optional + if wide { 108 } else { 92 };
        let count = (u32_at(bytes, count_at)? as usize).min(DIRECTORIES_CAP);
        let directories = (0..count)
            .map_while(|at| {
                let at = count_at + 4 + at * 8;
                Some(Directory { address: u32_at(bytes, at)?, length: u32_at(bytes, at + 4)? })
            })
            .collect();
        if section_count > SECTIONS_CAP {
            faults.push(("more sections than the format allows", "セクションが形式の上限より多い"));
        }
        let sections: Vec<_> = (0..section_count.min(SECTIONS_CAP))
            .map_while(|at| Section::read(bytes, optional + optional_bytes + at * 40))
            .collect();
        if sections.len() < section_count.min(SECTIONS_CAP) {
            faults.push(("the section table is cut off", "セクション テーブルが途切れている"));
        }
        Some(Self { bytes, wide, directories, sections, header_bytes })
    }

    /// A directory that is there and not empty.
    fn directory(&self, entry: Entry) -> Option<Directory> {
        self.directories.get(entry as usize).copied().filter(|found| found.address != 0 && found.length != 0)
    }

    /// Where in the file an address of the loaded image lies.
    fn offset(&self, address: u32) -> Option<usize> {
        if address < self.header_bytes {
            return Some(address as usize);
        }
        let section = self
            .sections
            .iter()
            .find(|section| address >= section.address && address - section.address < section.length)?;
        (section.offset as usize).checked_add((address - section.address) as usize)
    }

    /// The file from an address of the loaded image on.
    fn from(&self, address: u32) -> Option<&'a [u8]> {
        self.bytes.get(self.offset(address)?..)
    }
}

impl Section {
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        // The loader rounds the place in the file down to a sector.
        const SECTOR: u32 = 0x200;
        let stored = u32_at(bytes, at + 16)?;
        let offset = u32_at(bytes, at + 20)?;
        Some(Self {
            address: u32_at(bytes, at + 12)?,
            length: u32_at(bytes, at + 8)?.max(stored),
            offset: offset - offset % SECTOR,
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
