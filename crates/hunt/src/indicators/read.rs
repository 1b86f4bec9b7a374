//! From the bytes of a file to indicators: which encoding, which format.

use std::borrow::Cow;
use std::io::Read;

use hikeshi_core::both;
use hikeshi_evidence::encoding::{self, Encoding, Utf8Reader};

use super::intake::{Intake, LeftOut, Loaded, Skip};
use super::{json, list, loki, pack, table};

/// A larger file is not read: the largest public lists have a few megabytes.
pub const FILE_CAP: usize = 64 << 20;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A table with a row of headings.
    Csv,
    /// One value a line.
    List,
    /// STIX 2.0 or 2.1.
    Stix,
    /// An event, events or attributes of MISP.
    Misp,
    /// Hashes as the scanner Loki keeps them.
    LokiHashes,
    /// Patterns for paths as the scanner Loki keeps them.
    LokiNames,
    /// The YAML form of our packs.
    Pack,
    /// None of these.
    Unknown,
}

impl Format {
    /// The word in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::List => "list",
            Self::Stix => "stix",
            Self::Misp => "misp",
            Self::LokiHashes => "loki-hashes",
            Self::LokiNames => "loki-names",
            Self::Pack => "pack",
            Self::Unknown => "unknown",
        }
    }
}

/// Reads a file of indicators, whatever its format; the content decides, not the name.
///
/// `source` is what the indicators are said to come from where the file does not say. Whatever is wrong is told in what is
/// returned: a file of no use gives no indicators and a reason.
#[must_use]
pub fn read(source: &str, bytes: &[u8]) -> Loaded {
    let mut intake = Intake::default();
    if bytes.len() > FILE_CAP {
        let length = bytes.len();
        intake.leave(LeftOut::part(Skip::FileTooLarge, source, "").because(both!("{length} bytes", "{length} バイト")));
        return intake.finish(Format::Unknown);
    }
    let text = text(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let format = read_text(source, text, &mut intake);
    if intake.is_empty() {
        intake.leave(LeftOut::part(Skip::FormatUnknown, source, ""));
    }
    intake.finish(format)
}

fn read_text(source: &str, text: &str, intake: &mut Intake) -> Format {
    if text.trim_start().starts_with(['{', '['])
        && let Some(format) = json::read(source, text, intake)
    {
        return format;
    }
    if pack::is_pack(text) {
        pack::read(source, text, intake);
        return Format::Pack;
    }
    if let Some(table) = table::Table::detect(text) {
        table.read(source, text, intake);
        return Format::Csv;
    }
    match loki::detect(text) {
        Some(loki::Form::Hashes) => {
            loki::read_hashes(source, text, intake);
            Format::LokiHashes
        }
        Some(loki::Form::Names) => {
            loki::read_names(source, text, intake);
            Format::LokiNames
        }
        None => {
            list::read(source, text, intake);
            Format::List
        }
    }
}

/// The file as text. Where it is no UTF-8, each line is decoded by itself, so that one bad line does not spoil the others.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let encoding = Encoding::detect(bytes);
    let mut decoded = String::new();
    // Reading from memory does not fail, and what the decoder gives is text.
    if encoding != Encoding::Ascii && Utf8Reader::new(bytes, encoding).read_to_string(&mut decoded).is_ok() {
        return Cow::Owned(decoded);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.split_inclusive(|byte| *byte == b'\n').map(encoding::text).collect()),
    }
}

/// The first lines that say something: no blank ones, no comments. Cut to a length that formats show in.
pub(super) fn telling(text: &str, most: usize) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.take(most)
}
