//! Values: their names, their types, and what they hold.

use std::borrow::Cow;

use super::bytes::{latin1, u16_at, u32_at, u64_at, utf16};
use super::cells::{Cells, Damage};
use crate::hex::hex;
use crate::record::VALUE_CAP;

/// So many bytes are read of a value: the text of the longest value that a record holds, and a little more, so that
/// what is cut shows as cut.
pub(super) const READ_CAP: usize = 2 * VALUE_CAP + 16;
/// The data of a value of 4 bytes or less stands in the value itself.
const INLINE: u32 = 0x8000_0000;
const INLINE_MOST: u32 = 4;

/// A value.
#[derive(Debug, Clone)]
pub(super) struct Value {
    /// Offset of its cell.
    pub(super) offset: u32,
    /// Its name; empty for the default value.
    pub(super) name: String,
    /// The number of its type.
    pub(super) kind: u32,
    /// Bytes of its data.
    pub(super) length: u32,
    place: Place,
}

/// Where the data stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Here([u8; INLINE_MOST as usize]),
    Cell(u32),
}

/// The types that have a meaning here. Source: the specification named in [`super`], "Data types".
pub(super) mod kind {
    pub(in super::super) const SZ: u32 = 1;
    pub(in super::super) const EXPAND_SZ: u32 = 2;
    pub(in super::super) const DWORD: u32 = 4;
    pub(in super::super) const DWORD_BIG_ENDIAN: u32 = 5;
    pub(in super::super) const LINK: u32 = 6;
    pub(in super::super) const MULTI_SZ: u32 = 7;
    pub(in super::super) const QWORD: u32 = 11;
}

/// What a value holds, as a record shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// Text; and what stands behind its end, which most programs do not see.
    Text(String, Option<String>),
    /// Several texts.
    Texts(Vec<String>),
    /// A number of 32 bits.
    Dword(u32),
    /// A number of 64 bits.
    Qword(u64),
    /// The first bytes of anything else.
    Bytes(Vec<u8>),
}

impl Value {
    /// The value whose cell lies at `offset`.
    pub(super) fn at(cells: &Cells<'_>, offset: u32) -> Result<Self, Damage> {
        const NAME: usize = 20;
        const COMPRESSED_NAME: u16 = 1;
        let cell = cells.at(offset)?;
        let damage = |what| Damage { offset, what };
        if !cell.starts_with(b"vk") {
            return Err(damage(("this is no value", "値ではない")));
        }
        let short = damage(("the value is cut off", "値が途切れている"));
        let name_length = usize::from(u16_at(cell, 2).ok_or(short)?);
        let name = cell
            .get(NAME..NAME + name_length)
            .ok_or(damage(("the name of the value is longer than its cell", "値の名前がセルに収まらない")))?;
        cells.take(offset, NAME + name_length)?;
        let length = u32_at(cell, 4).ok_or(short)?;
        let flags = u16_at(cell, 16).ok_or(short)?;
        let here = *cell.get(8..).and_then(<[u8]>::first_chunk).ok_or(short)?;
        Ok(Self {
            offset,
            name: if flags & COMPRESSED_NAME == 0 { utf16(name) } else { latin1(name) },
            kind: u32_at(cell, 12).ok_or(short)?,
            length: length & !INLINE,
            place: if length & INLINE == 0 { Place::Cell(u32::from_le_bytes(here)) } else { Place::Here(here) },
        })
    }

    /// The name of its type, as the Windows headers have it, or its number.
    pub(super) fn kind_name(&self) -> Cow<'static, str> {
        const NAMES: [&str; 12] = [
            "REG_NONE",
            "REG_SZ",
            "REG_EXPAND_SZ",
            "REG_BINARY",
            "REG_DWORD",
            "REG_DWORD_BIG_ENDIAN",
            "REG_LINK",
            "REG_MULTI_SZ",
            "REG_RESOURCE_LIST",
            "REG_FULL_RESOURCE_DESCRIPTOR",
            "REG_RESOURCE_REQUIREMENTS_LIST",
            "REG_QWORD",
        ];
        match NAMES.get(self.kind as usize) {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(format!("{:#010x}", self.kind)),
        }
    }

    /// The first `most` bytes of its data.
    pub(super) fn data<'h>(&self, cells: &Cells<'h>, most: usize) -> Result<Cow<'h, [u8]>, Damage> {
        let damage = |what| Damage { offset: self.offset, what };
        let length = self.length as usize;
        let offset = match self.place {
            Place::Here(bytes) => {
                let bytes = bytes.get(..length).ok_or(damage((
                    "the value says that it holds more than 4 bytes",
                    "値が 4 バイトより大きいと示している",
                )))?;
                return Ok(Cow::Owned(bytes.to_vec()));
            }
            Place::Cell(_) if length == 0 => return Ok(Cow::Borrowed(&[])),
            Place::Cell(offset) => offset,
        };
        let cell = cells.at(offset)?;
        if let Some(data) = cell.get(..length) {
            let data = data.get(..most).unwrap_or(data);
            cells.take(offset, data.len())?;
            return Ok(Cow::Borrowed(data));
        }
        if cell.starts_with(b"db") {
            return big_data(cells, offset, length, most).map(Cow::Owned);
        }
        Err(damage(("the data of the value is longer than its cell", "値のデータがセルに収まらない")))
    }

    /// What it holds, with texts of at most so many bytes as a record holds.
    pub(super) fn content(&self, cells: &Cells<'_>) -> Result<Content, Damage> {
        let data = self.data(cells, READ_CAP)?;
        Ok(match (self.kind, data.len()) {
            (kind::SZ | kind::EXPAND_SZ | kind::LINK, _) => {
                let text = utf16(&data);
                let (before, after) = text.split_once('\0').unwrap_or((&text, ""));
                let after = after.trim_end_matches('\0');
                Content::Text(before.to_owned(), (!after.is_empty()).then(|| after.to_owned()))
            }
            (kind::MULTI_SZ, _) => {
                let text = utf16(&data);
                let texts = text.trim_end_matches('\0').split('\0');
                Content::Texts(texts.filter(|text| !text.is_empty()).map(str::to_owned).collect())
            }
            (kind::DWORD, 4) => Content::Dword(u32_at(&data, 0).unwrap_or_default()),
            (kind::DWORD_BIG_ENDIAN, 4) => Content::Dword(u32_at(&data, 0).unwrap_or_default().swap_bytes()),
            (kind::QWORD, 8) => Content::Qword(u64_at(&data, 0).unwrap_or_default()),
            _ => Content::Bytes(data.into_owned()),
        })
    }

    /// Its text, where it holds text that is not empty; of several texts all, with a line break between them.
    pub(super) fn text(&self, cells: &Cells<'_>) -> Option<String> {
        let text = match self.content(cells).ok()? {
            Content::Text(text, _) => text,
            Content::Texts(texts) => texts.join("\n"),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Its number, where it holds one.
    pub(super) fn number(&self, cells: &Cells<'_>) -> Option<u64> {
        match self.content(cells).ok()? {
            Content::Dword(number) => Some(u64::from(number)),
            Content::Qword(number) => Some(number),
            _ => None,
        }
    }
}

/// Data that lies in several cells.
fn big_data(cells: &Cells<'_>, offset: u32, length: usize, most: usize) -> Result<Vec<u8>, Damage> {
    /// Each segment but the last holds so many bytes.
    const SEGMENT: usize = 16_344;
    const HEADER: usize = 8;
    let damage = |what| Damage { offset, what };
    let short = damage(("the data of the value is cut off", "値のデータが途切れている"));
    let header = cells.at(offset)?;
    let segments = usize::from(u16_at(header, 2).ok_or(short)?);
    let list_offset = u32_at(header, 4).ok_or(short)?;
    if segments < length.div_ceil(SEGMENT) {
        return Err(damage(("the value is longer than its segments", "値が分割データの合計より長い")));
    }
    cells.take(offset, HEADER)?;
    let list = cells.at(list_offset)?;
    cells.take(list_offset, segments.min(length.div_ceil(SEGMENT)) * 4)?;
    let wanted = length.min(most);
    let mut data = Vec::with_capacity(wanted);
    for number in 0..wanted.div_ceil(SEGMENT) {
        let at = u32_at(list, number * 4)
            .ok_or(damage(("the list of segments is shorter than it says", "分割データの一覧が記述より短い")))?;
        let part = cells.at(at)?.get(..SEGMENT.min(wanted - data.len())).ok_or(short)?;
        cells.take(at, part.len())?;
        data.extend_from_slice(part);
    }
    Ok(data)
}

impl Content {
    /// As Sysmon writes it in `Details`, which is what Sigma's rules for the registry compare with; several texts are
    /// joined by line breaks.
    pub(super) fn details(&self) -> String {
        let details = match self {
            Self::Text(text, _) => text.clone(),
            Self::Texts(texts) => texts.join("\n"),
            Self::Dword(number) => format!("DWORD ({number:#010x})"),
            Self::Qword(number) => format!("QWORD ({:#010x}-{:#010x})", number >> 32, number & 0xffff_ffff),
            Self::Bytes(bytes) if bytes.is_empty() => String::new(),
            Self::Bytes(_) => "Binary Data".to_owned(),
        };
        if details.is_empty() { "(Empty)".to_owned() } else { details }
    }

    /// The first bytes of what is neither text nor number, in hexadecimal digits.
    pub(super) fn hex(&self) -> Option<String> {
        /// One KiB of digits.
        const BYTES: usize = 512;
        match self {
            Self::Bytes(bytes) if !bytes.is_empty() => Some(hex(bytes.get(..BYTES).unwrap_or(bytes))),
            _ => None,
        }
    }
}
