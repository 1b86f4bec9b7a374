//! Takes a saved report back in. What it holds is as little to be trusted as the evidence that it was made of: whoever sends
//! one may have written it by hand.

use std::io::{self, Read};

use hikeshi_core::report::{Report, SCHEMA};
use serde::Deserialize;

/// A report that is larger is not read. The largest that a check writes is far below.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Why a file is no report that can be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unread {
    /// The system does not give its bytes.
    #[error("reading failed")]
    Io(#[source] io::Error),
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// It is larger than [`MOST_BYTES`].
    #[error("it is larger than {} MiB", MOST_BYTES / 1024 / 1024)]
    TooLarge,
    /// It is packed.
    #[error("it is an archive or packed")]
    Packed,
    /// It holds bytes that are no text.
    #[error("it holds bytes that are no text")]
    NoText,
    /// It ends in the middle.
    #[error("it ends in the middle, in line {line}")]
    Truncated {
        /// The last line.
        line: usize,
    },
    /// It is no JSON.
    #[error("it is no JSON from line {line}, column {column} on")]
    NoJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is JSON Lines, which hold the same in another form.
    #[error("it is a report as JSON Lines")]
    Lines,
    /// It is JSON, and no report.
    #[error("it is JSON, but no report of hikeshi")]
    NoReport,
    /// It is of another version of the format.
    #[error("it is of the format `{0}`; this version reads `{SCHEMA}`")]
    OtherSchema(String),
    /// It says what it is and does not hold what it must.
    #[error("it does not have the form of `{SCHEMA}`: {0}")]
    OtherForm(String),
}

impl Unread {
    /// The same without words of the file.
    #[must_use]
    pub fn without_words(self) -> Self {
        match self {
            Self::OtherForm(_) | Self::OtherSchema(_) => Self::NoReport,
            other => other,
        }
    }
}

/// Reads a report as `--format json` writes it, in UTF-8 or, as PowerShell redirects output, in UTF-16 with a mark.
///
/// # Errors
/// Whatever [`Unread`] names. Nothing is read beyond [`MOST_BYTES`].
pub fn read(source: impl Read) -> Result<Report, Unread> {
    let mut bytes = Vec::new();
    source.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(Unread::Io)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Unread::TooLarge);
    }
    of_text(&text(bytes)?)
}

/// What a document says of itself.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
    kind: Option<String>,
}

fn of_text(text: &str) -> Result<Report, Unread> {
    if text.trim().is_empty() {
        return Err(Unread::Empty);
    }
    let head = match serde_json::from_str::<Head>(text) {
        Ok(head) => head,
        Err(error) => return Err(no_document(text, &error)),
    };
    match (head.schema, head.kind) {
        (_, Some(kind)) if kind == "summary" => Err(Unread::Lines),
        (None, _) => Err(Unread::NoReport),
        (Some(schema), _) if schema != SCHEMA => Err(Unread::OtherSchema(schema.chars().take(80).collect())),
        _ => serde_json::from_str(text).map_err(|error| Unread::OtherForm(error.to_string())),
    }
}

fn no_document(text: &str, error: &serde_json::Error) -> Unread {
    let first = text.lines().next().unwrap_or_default();
    if serde_json::from_str::<Head>(first).is_ok_and(|head| head.kind.as_deref() == Some("summary")) {
        return Unread::Lines;
    }
    match error.classify() {
        serde_json::error::Category::Eof => Unread::Truncated { line: error.line() },
        serde_json::error::Category::Data => Unread::NoReport,
        _ => Unread::NoJson { line: error.line(), column: error.column() },
    }
}

/// The bytes as text, without a mark in front.
fn text(bytes: Vec<u8>) -> Result<String, Unread> {
    let units = |read: fn([u8; 2]) -> u16| {
        let pairs = bytes.get(2..).unwrap_or_default().chunks_exact(2);
        let units: Vec<u16> = pairs.filter_map(|pair| pair.try_into().ok()).map(read).collect();
        String::from_utf16(&units).map_err(|_| Unread::NoText)
    };
    match bytes.as_slice() {
        [0x1f, 0x8b, ..]
        | [b'P', b'K', 3 | 5, ..]
        | [b'7', b'z', 0xbc, ..]
        | [0xfd, b'7', b'z', ..]
        | [0x28, 0xb5, 0x2f, ..] => Err(Unread::Packed),
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => {
            let text = String::from_utf8(bytes).or_else(|error| whole_letters(&error).ok_or(Unread::NoText))?;
            Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
        }
    }
}

/// The text without its last letter, where that is cut: a file that ends in the middle may end in the middle of a letter.
fn whole_letters(error: &std::string::FromUtf8Error) -> Option<String> {
    let is_cut = error.utf8_error().error_len().is_none();
    let whole = error.as_bytes().get(..error.utf8_error().valid_up_to()).filter(|_| is_cut)?;
    String::from_utf8(whole.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample;

    #[test]
    fn a_report_comes_back_as_it_was_written_also_from_powershell() {
        let report = sample::report();
        let mut json = Vec::new();
        crate::json::write(&report, &mut json).unwrap();
        let wide: Vec<u8> = std::str::from_utf8(&json).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in
            [json.clone(), [b"\xef\xbb\xbf".as_slice(), &json].concat(), [b"\xff\xfe".as_slice(), &wide].concat()]
        {
            assert_eq!(read(bytes.as_slice()).unwrap(), report);
        }
    }

    #[test]
    fn each_kind_of_file_that_is_no_report_is_named() {
        let mut json = Vec::new();
        crate::json::write(&sample::report(), &mut json).unwrap();
        let mut lines = Vec::new();
        crate::json::write_lines(&sample::report(), &mut lines).unwrap();
        let newer = String::from_utf8(json.clone()).unwrap().replace(SCHEMA, "hikeshi-report/2");
        let short = json[..json.len() / 2].to_vec();
        let error = |bytes: &[u8]| format!("{:?}", read(bytes).unwrap_err());
        assert_eq!(error(b" \n"), "Empty");
        assert_eq!(error(b"\x1f\x8b\x08xx"), "Packed");
        assert_eq!(error(b"\x00\xff"), "NoText");
        assert_eq!(error(b"<html>"), "NoJson { line: 1, column: 1 }");
        assert_eq!(error(b"[1]"), "NoReport");
        assert_eq!(error(b"{\"a\": 1}"), "NoReport");
        assert_eq!(error(&lines), "Lines");
        assert_eq!(error(newer.as_bytes()), "OtherSchema(\"hikeshi-report/2\")");
        assert!(error(&short).starts_with("Truncated"), "{}", error(&short));
        assert!(error(format!("{{\"schema\": \"{SCHEMA}\"}}").as_bytes()).starts_with("OtherForm"));
        assert!(error("[".repeat(100_000).as_bytes()).starts_with("No"));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(bytes.as_slice()).is_err());
        }
    }
}
