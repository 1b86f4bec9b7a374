//! One record of a file table.

use hikeshi_core::both;
use hikeshi_core::text::{Phrase, Text};

use crate::little_endian::{u16_at, u32_at, u64_at, utf16};

/// The last two bytes of each sector are kept in the header and replaced by a mark, so that a write that was broken off
/// shows.
const SECTOR: usize = 512;
/// Content of a file beyond so many bytes does not stand in records of any usual size.
const RESIDENT_CAP: usize = 4_096;

const STANDARD_INFORMATION: u32 = 0x10;
const ATTRIBUTE_LIST: u32 = 0x20;
const FILE_NAME: u32 = 0x30;
const DATA: u32 = 0x80;
const END: u32 = u32::MAX;

/// What a record says, of one file or of a part of it.
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) offset: u64,
    /// How often the place was used before. A record that was set free has counted on already.
    pub(super) sequence: u16,
    /// The file that this record only adds to; 0 for a record that stands for itself.
    pub(super) base: u64,
    pub(super) is_folder: bool,
    pub(super) is_deleted: bool,
    /// It was written in part: a sector does not carry the mark of the others.
    pub(super) is_torn: bool,
    /// More of the file stands in other records.
    pub(super) has_further: bool,
    pub(super) times: Option<Times>,
    pub(super) attributes: u32,
    pub(super) names: Vec<Name>,
    pub(super) size: Option<u64>,
    pub(super) content: Vec<u8>,
    pub(super) streams: Vec<String>,
}

/// Created, modified, changed, accessed, as FILETIME.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) created: u64,
    pub(super) modified: u64,
    pub(super) changed: u64,
    pub(super) accessed: u64,
}

/// A name of a file in a folder.
pub(super) struct Name {
    /// Entry and sequence of the folder.
    pub(super) parent: u64,
    pub(super) text: String,
    pub(super) times: Times,
    is_of_dos: bool,
}

/// The entry that a reference means.
pub(super) const fn number_of(reference: u64) -> u64 {
    reference & 0xffff_ffff_ffff
}

/// How often the entry was used, by a reference.
pub(super) const fn sequence_of(reference: u64) -> u16 {
    (reference >> 48) as u16
}

/// The size that a record gives for itself; 0 where it gives none that can be.
pub(super) fn size(raw: &[u8]) -> usize {
    let size = u32_at(raw, 28).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
    if raw.starts_with(b"FILE") && size.is_power_of_two() { size } else { 0 }
}

/// What a record lacks whose end is missing.
pub(super) const CUT: Phrase = ("it is cut", "途中で切れている");

impl Entry {
    /// Reads a record after putting back what the marks replaced; `None` for a place that was never used.
    pub(super) fn parse(raw: &mut [u8], number: u64, offset: u64) -> Result<Option<Self>, Text> {
        if !raw.starts_with(b"FILE") {
            let is_unused = raw.iter().all(|byte| *byte == 0);
            let head = String::from_utf8_lossy(raw.get(..4).unwrap_or_default()).into_owned();
            return if is_unused {
                Ok(None)
            } else {
                Err(both!("it begins with {head:?}", "{head:?} で始まっている"))
            };
        }
        let is_torn = !restore(raw).ok_or(("its fixups lie outside of it", "修復用の値がレコードの外にある"))?;
        let flags = u16_at(raw, 22).ok_or(CUT)?;
        let mut entry = Self {
            number,
            offset,
            sequence: u16_at(raw, 16).ok_or(CUT)?,
            base: u64_at(raw, 32).ok_or(CUT)?,
            is_folder: flags & 2 != 0,
            is_deleted: flags & 1 == 0,
            is_torn,
            has_further: false,
            times: None,
            attributes: 0,
            names: Vec::new(),
            size: None,
            content: Vec::new(),
            streams: Vec::new(),
        };
        entry.attributes(raw).ok_or(("an attribute does not fit", "属性がレコードに収まらない"))?;
        // A place that was set aside and never given to a file.
        let is_blank = entry.is_deleted && entry.names.is_empty() && entry.times.is_none() && entry.base == 0;
        Ok((!is_blank).then_some(entry))
    }

    /// Reads the attributes; `None` where one does not fit into the record.
    fn attributes(&mut self, raw: &[u8]) -> Option<()> {
        let mut at = usize::from(u16_at(raw, 20)?);
        loop {
            let kind = u32_at(raw, at)?;
            if kind == END {
                return Some(());
            }
            let length = usize::try_from(u32_at(raw, at + 4)?).ok()?;
            let attribute = raw.get(at..at.checked_add(length)?).filter(|attribute| attribute.len() >= 16)?;
            self.attribute(kind, attribute)?;
            at += length;
        }
    }

    fn attribute(&mut self, kind: u32, attribute: &[u8]) -> Option<()> {
        match kind {
            STANDARD_INFORMATION => {
                let content = resident(attribute)?;
                self.times = Some(times(content)?);
                self.attributes = u32_at(content, 32)?;
            }
            ATTRIBUTE_LIST => self.has_further = true,
            FILE_NAME => self.names.push(file_name(resident(attribute)?)?),
            DATA => self.data(attribute)?,
            _ => {}
        }
        Some(())
    }

    fn data(&mut self, attribute: &[u8]) -> Option<()> {
        let units = usize::from(*attribute.get(9)?);
        if units > 0 {
            let at = usize::from(u16_at(attribute, 10)?);
            let name = utf16(attribute.get(at..at.checked_add(units * 2)?)?);
            if !self.streams.contains(&name) {
                self.streams.push(name);
            }
            return Some(());
        }
        if *attribute.get(8)? == 0 {
            let content = resident(attribute)?;
            self.size = Some(content.len() as u64);
            self.content = content.get(..RESIDENT_CAP).unwrap_or(content).to_vec();
        } else if u64_at(attribute, 16)? == 0 {
            // Only the first stretch of clusters gives the size.
            self.size = Some(u64_at(attribute, 48)?);
        }
        Some(())
    }

    /// Adds what another record says of the same file.
    pub(super) fn merge(&mut self, further: Self) {
        self.names.extend(further.names);
        self.streams.extend(further.streams);
        self.times = self.times.or(further.times);
        self.size = self.size.or(further.size);
        if self.content.is_empty() {
            self.content = further.content;
        }
    }

    /// The names that people see: the short ones of DOS only where there is no other.
    pub(super) fn told_names(&self) -> impl Iterator<Item = &Name> {
        let has_long = self.names.iter().any(|name| !name.is_of_dos);
        self.names.iter().filter(move |name| !(has_long && name.is_of_dos))
    }
}

/// Puts back what the marks replaced; whether all sectors carry the mark. `None` where the fixups lie outside.
fn restore(raw: &mut [u8]) -> Option<bool> {
    let at = usize::from(u16_at(raw, 4)?);
    let count = usize::from(u16_at(raw, 6)?);
    let fixups = raw.get(at..at.checked_add(count.checked_mul(2)?)?)?.to_vec();
    let mut fixups = fixups.chunks_exact(2);
    let mark = fixups.next()?;
    let mut is_whole = true;
    for (sector, kept) in raw.chunks_exact_mut(SECTOR).zip(fixups) {
        let end = sector.last_chunk_mut::<2>()?;
        if end == mark {
            end.copy_from_slice(kept);
        } else {
            is_whole = false;
        }
    }
    Some(is_whole)
}

/// The content of an attribute that stands in the record.
fn resident(attribute: &[u8]) -> Option<&[u8]> {
    if *attribute.get(8)? != 0 {
        return None;
    }
    let length = usize::try_from(u32_at(attribute, 16)?).ok()?;
    let at = usize::from(u16_at(attribute, 20)?);
    attribute.get(at..at.checked_add(length)?)
}

fn file_name(content: &[u8]) -> Option<Name> {
    const OF_DOS: u8 = 2;
    let units = usize::from(*content.get(64)?);
    Some(Name {
        parent: u64_at(content, 0)?,
        times: times(content.get(8..)?)?,
        text: utf16(content.get(66..66 + units * 2)?),
        is_of_dos: *content.get(65)? == OF_DOS,
    })
}

fn times(content: &[u8]) -> Option<Times> {
    Some(Times {
        created: u64_at(content, 0)?,
        modified: u64_at(content, 8)?,
        changed: u64_at(content, 16)?,
        accessed: u64_at(content, 24)?,
    })
}
