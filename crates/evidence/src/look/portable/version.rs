//! The version resource of an executable.
//!
//! Format: "Version Information Structures",
//! <https://learn.microsoft.com/windows/win32/menurc/version-information-structures>.

use hikeshi_core::text::Phrase;

use super::{Directory, Entry, Layout};
use crate::little_endian::{u16_at, u32_at};

/// So many entries of one folder of the resource tree are looked at.
const ENTRIES_CAP: usize = 4_096;
/// So many version resources are tried; an ordinary file holds one.
const RESOURCES_CAP: usize = 16;
/// So many nodes of one version resource are read.
const NODES_CAP: usize = 1_024;

/// The texts that are kept, by the names that the format gives them.
const NAMES: [&str; 7] = [
    "CompanyName",
    "FileDescription",
    "FileVersion",
    "InternalName",
    "OriginalFilename",
    "ProductName",
    "ProductVersion",
];

/// What a version resource says.
#[derive(Debug, Default, PartialEq)]
pub(in super::super) struct VersionInfo {
    pub(in super::super) file: Option<Numbers>,
    pub(in super::super) product: Option<Numbers>,
    /// In the order of the file; each name once.
    pub(in super::super) texts: Vec<(String, String)>,
}

/// A version as four numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Numbers([u16; 4]);

impl Numbers {
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self([u16_at(bytes, at + 2)?, u16_at(bytes, at)?, u16_at(bytes, at + 6)?, u16_at(bytes, at + 4)?]))
    }

    pub(in super::super) fn dotted(self) -> String {
        self.0.map(|number| number.to_string()).join(".")
    }
}

/// The version resource, and what is wrong with it.
pub(super) fn read(layout: &Layout<'_>) -> (Option<VersionInfo>, Option<Phrase>) {
    const VERSION: u32 = 16;
    let Some(directory) = layout.directory(Entry::Resources) else { return (None, None) };
    let Some(tree) = layout.from(directory.address) else {
        return (None, Some(("the resources lie outside the file", "リソースがファイルの外を指している")));
    };
    let folder = |at: usize| entries(tree, at);
    let subfolders = |at: usize| folder(at).filter_map(|(_, target)| subfolder(target)).take(RESOURCES_CAP);
    let leaves = folder(0)
        .filter(|(id, _)| *id == VERSION)
        .filter_map(|(_, target)| subfolder(target))
        .take(1)
        .flat_map(subfolders)
        .flat_map(folder)
        .filter(|(_, target)| subfolder(*target).is_none())
        .filter_map(|(_, target)| leaf(tree, target as usize))
        .take(RESOURCES_CAP);
    let mut fault = None;
    for leaf in leaves {
        let info = layout.from(leaf.address).and_then(|bytes| {
            let length = (leaf.length as usize).min(bytes.len());
            parse(bytes.get(..length)?)
        });
        match info {
            Some(info) => return (Some(info), fault),
            None => fault = Some(("the version resource cannot be read", "バージョン リソースを読めない")),
        }
    }
    (None, fault)
}

/// The entries of a folder: id, or the place of the name with the highest bit set, and target.
fn entries(tree: &[u8], folder: usize) -> impl Iterator<Item = (u32, u32)> {
    let count = |at: usize| u16_at(tree, folder.saturating_add(at)).map_or(0, usize::from);
    (0..(count(12) + count(14)).min(ENTRIES_CAP)).map_while(move |index| {
        let at = folder.checked_add(16 + index * 8)?;
        Some((u32_at(tree, at)?, u32_at(tree, at + 4)?))
    })
}

fn subfolder(target: u32) -> Option<usize> {
    const SUBFOLDER: u32 = 1 << 31;
    (target & SUBFOLDER != 0).then_some((target & !SUBFOLDER) as usize)
}

fn leaf(tree: &[u8], at: usize) -> Option<Directory> {
    Some(Directory { address: u32_at(tree, at)?, length: u32_at(tree, at.checked_add(4)?)? })
}

fn parse(bytes: &[u8]) -> Option<VersionInfo> {
    const MAGIC: u32 = 0xfeef_04bd;
    let root = Node::read(bytes)?;
    if root.key != "VS_VERSION_INFO" {
        return None;
    }
    let mut info = VersionInfo::default();
    let (fixed, children) = root.split_value();
    if u32_at(fixed, 0) == Some(MAGIC) {
        info.file = Numbers::read(fixed, 8);
        info.product = Numbers::read(fixed, 16);
    }
    let texts = nodes(children)
        .filter(|node| node.key == "StringFileInfo")
        .flat_map(|node| nodes(node.split_value().1))
        .flat_map(|table| nodes(table.split_value().1))
        .take(NODES_CAP);
    for text in texts {
        let wanted = NAMES.contains(&text.key.as_str()) && info.texts.iter().all(|(name, _)| *name != text.key);
        if wanted {
            let value = wide_text(text.rest);
            info.texts.push((text.key, value.trim_end().to_owned()));
        }
    }
    Some(info)
}

/// One node of the tree: length, length of the value, kind, key, value, children.
struct Node<'a> {
    key: String,
    value_length: usize,
    /// What stands behind the key: the value and the children.
    rest: &'a [u8],
}

impl<'a> Node<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        const HEADER: usize = 6;
        const LONGEST_KEY: usize = 256;
        let length = usize::from(u16_at(bytes, 0)?).min(bytes.len());
        let bytes = bytes.get(..length)?;
        let units = bytes.get(HEADER..)?.chunks_exact(2).take(LONGEST_KEY);
        let key_units = units.take_while(|unit| **unit != [0, 0]).count();
        let key = wide_text(bytes.get(HEADER..HEADER + key_units * 2)?);
        let behind = (HEADER + key_units * 2 + 2).next_multiple_of(4);
        Some(Self { key, value_length: usize::from(u16_at(bytes, 2)?), rest: bytes.get(behind..).unwrap_or_default() })
    }

    /// The value, its length counted in bytes, and the children.
    fn split_value(&self) -> (&'a [u8], &'a [u8]) {
        let value = self.rest.get(..self.value_length).unwrap_or(self.rest);
        (value, self.rest.get(self.value_length.next_multiple_of(4)..).unwrap_or_default())
    }
}

/// The nodes that stand one behind the other.
fn nodes(bytes: &[u8]) -> impl Iterator<Item = Node<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let node = Node::read(rest)?;
        let length = usize::from(u16_at(rest, 0)?).next_multiple_of(4);
        // A node is longer than its header, so this comes to an end.
        rest = rest.get(length..).unwrap_or_default();
        Some(node)
    })
    .take(NODES_CAP)
}

/// UTF-16 up to its zero.
fn wide_text(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|unit| unit.iter().rev().fold(0, |sum, byte| sum << 8 | u16::from(*byte)));
    char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
}
