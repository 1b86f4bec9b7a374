//! The hash of an executable's imports, as pefile and YARA count it: MD5 of `library.function` in lower case, with
//! commas between.
//!
//! They replace numbers by names in three libraries. Those tables are not kept here: where they would be needed there
//! is no hash, rather than a wrong one.

use hikeshi_core::text::Phrase;
use md5::{Digest, Md5};

use super::{Entry, Layout};
use crate::hex::hex;
use crate::little_endian::{u32_at, u64_at};

/// An image with more libraries has no import hash.
const LIBRARIES_CAP: usize = 512;
/// An image with more imports has no import hash.
const IMPORTS_CAP: usize = 32_768;
/// A name is no longer than this.
const NAME_CAP: usize = 512;

/// The libraries whose functions have names by number.
const NAMED_BY_NUMBER: [&str; 3] = ["ws2_32", "wsock32", "oleaut32"];

/// The hash, and why there is none though there are imports.
pub(super) fn hash(layout: &Layout<'_>) -> (Option<String>, Option<Phrase>) {
    let Some(directory) = layout.directory(Entry::Imports) else { return (None, None) };
    let Some(table) = layout.from(directory.address) else {
        return (None, Some(("the imports lie outside the file", "インポートがファイルの外を指している")));
    };
    match list(layout, table) {
        Ok(text) if text.is_empty() => (None, None),
        Ok(text) => (Some(hex(&Md5::digest(text))), None),
        Err(Without::Unnamed) => (None, None),
        Err(Without::Damaged) => (None, Some(("the imports cannot be read", "インポートを読めない"))),
    }
}

/// Why there is no list.
enum Without {
    /// It needs names that are not known here.
    Unnamed,
    /// It leads out of the file, or has no end.
    Damaged,
}

fn list(layout: &Layout<'_>, table: &[u8]) -> Result<String, Without> {
    const DESCRIPTOR_BYTES: usize = 20;
    let mut text = String::new();
    let mut count = 0;
    for descriptor in table.chunks_exact(DESCRIPTOR_BYTES).take(LIBRARIES_CAP) {
        let field = |at| u32_at(descriptor, at).ok_or(Without::Damaged);
        let (names, name, addresses) = (field(0)?, field(12)?, field(16)?);
        if name == 0 && addresses == 0 {
            return Ok(text);
        }
        let library = library(&c_string(layout, name)?);
        let thunks = layout.from(if names == 0 { addresses } else { names }).ok_or(Without::Damaged)?;
        for function in functions(layout, thunks) {
            let function = match function? {
                Function::Name(name) => name,
                Function::Number(_) if NAMED_BY_NUMBER.contains(&library.as_str()) => return Err(Without::Unnamed),
                Function::Number(number) => format!("ord{number}"),
            };
            count += 1;
            if count > IMPORTS_CAP {
                return Err(Without::Damaged);
            }
            let comma = if text.is_empty() { "" } else { "," };
            text.extend([comma, library.as_str(), ".", function.as_str()]);
        }
    }
    Err(Without::Damaged)
}

/// The name of a library in lower case, without its usual extensions.
fn library(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, "dll" | "ocx" | "sys")) => stem.to_owned(),
        _ => name.to_owned(),
    }
}

enum Function {
    Name(String),
    Number(u16),
}

fn functions<'a>(layout: &'a Layout<'_>, thunks: &'a [u8]) -> impl Iterator<Item = Result<Function, Without>> + 'a {
    let width = if layout.wide { 8 } else { 4 };
    (0..=IMPORTS_CAP)
        .map(move |index| {
            let at = index * width;
            if layout.wide {
                u64_at(thunks, at).map(|thunk| (thunk, thunk >> 63 != 0))
            } else {
                u32_at(thunks, at).map(|thunk| (u64::from(thunk), thunk >> 31 != 0))
            }
        })
        .take_while(|thunk| thunk.is_none_or(|(thunk, _)| thunk != 0))
        .map(move |thunk| {
            let (thunk, by_number) = thunk.ok_or(Without::Damaged)?;
            if by_number {
                return Ok(Function::Number(thunk as u16));
            }
            // A hint of two bytes stands before the name.
            let address = u32::try_from(thunk).ok().and_then(|thunk| thunk.checked_add(2));
            c_string(layout, address.ok_or(Without::Damaged)?).map(Function::Name)
        })
}

fn c_string(layout: &Layout<'_>, address: u32) -> Result<String, Without> {
    let bytes = layout.from(address).ok_or(Without::Damaged)?;
    let bytes = bytes.get(..NAME_CAP).unwrap_or(bytes);
    let length = memchr::memchr(0, bytes).ok_or(Without::Damaged)?;
    let name = bytes.get(..length).unwrap_or_default();
    if name.is_empty() || !name.is_ascii() {
        return Err(Without::Damaged);
    }
    Ok(String::from_utf8_lossy(name).to_ascii_lowercase())
}
