//! What a file is, by its content; its name decides only between things that look alike.

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::portable::Form;
use super::script::{self, Script};
use crate::encoding::Encoding;
use crate::kind::Kind;
use crate::kind::magic::first_of;
use crate::record::Missed;

/// So many first bytes decide whether a file is text.
const HEAD: usize = 64 << 10;
/// So much of a text in UTF-16 is decoded to look for script in it.
const WIDE_CAP: usize = 8 << 20;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// It holds no byte.
    Empty,
    /// A Windows program.
    Executable,
    /// A Windows library.
    Library,
    /// A Windows driver, or a program that runs without Windows' usual subsystem.
    Driver,
    /// Script, by its content or, where the content is text of no other kind, by its extension.
    Script(Script),
    /// What the web server notes of a page that it has compiled.
    CompiledPage,
    /// A kind of evidence.
    Evidence(Kind),
    /// An archive of a kind that is not opened.
    Archive,
    /// An image.
    Image,
    /// A document: PDF, RTF, compound file.
    Document,
    /// Sound or video.
    Media,
    /// A font.
    Font,
    /// A store of mail: PST or OST.
    MailStore,
    /// A database of Windows' own engine (ESE), as the directory and mailboxes are kept in.
    Database,
    /// A program for another system.
    ForeignExecutable,
    /// A Windows shortcut.
    Shortcut,
    /// HTML without script for a server.
    Html,
    /// XML.
    Xml,
    /// Other text.
    Text,
    /// Anything else.
    Other,
}

impl Nature {
    /// A stable word: what stands in the field `FileType`.
    #[must_use]
    pub fn word(self) -> String {
        let word = match self {
            Self::Empty => "empty",
            Self::Executable => "executable",
            Self::Library => "dll",
            Self::Driver => "driver",
            Self::Script(script) => return format!("script:{}", script.word()),
            Self::CompiledPage => "compiled-page",
            Self::Evidence(kind) => kind.word(),
            Self::Archive => "archive",
            Self::Image => "image",
            Self::Document => "document",
            Self::Media => "media",
            Self::Font => "font",
            Self::MailStore => "mail-store",
            Self::Database => "database",
            Self::ForeignExecutable => "foreign-executable",
            Self::Shortcut => "shortcut",
            Self::Html => "html",
            Self::Xml => "xml",
            Self::Text => "text",
            Self::Other => "data",
        };
        word.to_owned()
    }

    /// Whether script may be hidden in a file of this nature: something that a server hands to an interpreter whole,
    /// whatever it begins with. Programs, archives and databases hold such text as their content.
    const fn may_hide_script(self) -> bool {
        matches!(self, Self::Image | Self::Document | Self::Media | Self::Font | Self::Other)
    }
}

/// What [`of`] found.
pub(super) struct Content {
    pub(super) nature: Nature,
    /// The script in it, also where its nature is another one.
    pub(super) script: Option<Script>,
    pub(super) missed: Option<Missed>,
}

/// What the bytes are. `extension` is in lower case; `form` says that they are an executable.
pub(super) fn of(bytes: &[u8], extension: &str, form: Option<Form>) -> Content {
    let by_magic = match form {
        Some(Form::Program) => Some(Nature::Executable),
        Some(Form::Library) => Some(Nature::Library),
        Some(Form::Driver) => Some(Nature::Driver),
        None => magic(bytes),
    };
    match by_magic {
        Some(nature) if nature.may_hide_script() => hidden(nature, bytes, extension),
        Some(nature) => Content { nature, script: None, missed: None },
        None if is_text(bytes) => text(bytes, extension),
        None => hidden(Nature::Other, bytes, extension),
    }
}

/// Script in a file that is something else, where its marks leave no doubt. Text that only begins like something else
/// is script.
fn hidden(nature: Nature, bytes: &[u8], extension: &str) -> Content {
    let found = script::find(bytes, extension);
    let disguised = found.certain.filter(|_| is_text(bytes)).map(Nature::Script);
    Content { nature: disguised.unwrap_or(nature), script: found.certain, missed: found.missed }
}

fn text(bytes: &[u8], extension: &str) -> Content {
    let (decoded, surplus) = decoded(bytes);
    let text = decoded.as_ref();
    let found = script::find(text, extension);
    let missed = (surplus > 0)
        .then(|| Missed {
            bytes: Some(surplus),
            ..Missed::new(Gap::TooLarge).because(both!("text in UTF-16", "UTF-16 の文字列"))
        })
        .or(found.missed);
    let beginning = text.get(..HEAD).unwrap_or(text).trim_ascii_start();
    let by_name = Script::of_extension(extension);
    // A page of one server may hold another's marks in its strings; what it is run as decides.
    let served = by_name.filter(|named| named.runs_on_server() && found.likely.is_some());
    let script = served.or(found.certain).or(by_name.filter(|named| named.runs_on_server()));
    let script = script.or(found.likely).or(by_name).or_else(|| script::weigh(beginning));
    let nature = if is_compiled_page(beginning) {
        Nature::CompiledPage
    } else if let Some(script) = script {
        Nature::Script(script)
    } else if starts_with(beginning, b"<?xml") {
        Nature::Xml
    } else if starts_with(beginning, b"<!doctype html") || starts_with(beginning, b"<html") {
        Nature::Html
    } else {
        let log = Kind::detect(bytes).filter(|kind| matches!(kind, Kind::NcsaLog | Kind::FixedLog));
        log.map_or(Nature::Text, Nature::Evidence)
    };
    Content { nature, script: script.filter(|_| nature != Nature::CompiledPage), missed }
}

/// The text as UTF-8 without its byte-order mark, and how many bytes were not decoded.
pub(super) fn decoded(bytes: &[u8]) -> (std::borrow::Cow<'_, [u8]>, u64) {
    let wide = match Encoding::detect(bytes) {
        Encoding::Ascii => return (bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).into(), 0),
        Encoding::Utf16Le => encoding_rs::UTF_16LE,
        Encoding::Utf16Be => encoding_rs::UTF_16BE,
    };
    let head = bytes.get(..WIDE_CAP).unwrap_or(bytes);
    let text = wide.decode_with_bom_removal(head).0.into_owned();
    (text.into_bytes().into(), (bytes.len() - head.len()) as u64)
}

/// The text of a file that is written in UTF-16 or UTF-32; of a very long one, the beginning.
pub(crate) fn wide_text(bytes: &[u8]) -> Option<Vec<u8>> {
    const UTF_32: [&[u8]; 2] = [b"\xff\xfe\0\0", b"\0\0\xfe\xff"];
    if let Some(text) = UTF_32.iter().find_map(|mark| bytes.strip_prefix(*mark)) {
        // Scripts are written in ASCII, of which this leaves the text.
        let text = text.get(..4 * WIDE_CAP).unwrap_or(text);
        return Some(text.iter().copied().filter(|byte| *byte != 0).collect());
    }
    (Encoding::detect(bytes) != Encoding::Ascii && is_text(bytes)).then(|| decoded(bytes).0.into_owned())
}

fn is_compiled_page(beginning: &[u8]) -> bool {
    const LATEST: usize = 1_024;
    let root = b"<preserve";
    let beginning = beginning.get(..LATEST).unwrap_or(beginning);
    memchr::memmem::find(beginning, root).is_some() && memchr::memmem::find(beginning, b"virtualPath=").is_some()
}

/// Whether the beginning is text: UTF-16, or no zero byte and hardly a control character.
fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    if Encoding::detect(head) != Encoding::Ascii {
        let controls = decoded(head).0.iter().filter(|byte| is_control(**byte)).count();
        return controls * 100 <= head.len();
    }
    let controls = head.iter().filter(|byte| is_control(**byte)).count();
    memchr::memchr(0, head).is_none() && controls * 100 <= head.len()
}

const fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)
}

fn starts_with(text: &[u8], lower: &[u8]) -> bool {
    text.get(..lower.len()).is_some_and(|head| head.eq_ignore_ascii_case(lower))
}

/// By magic numbers. Text is none of these, with the exception of formats whose magic is text.
fn magic(bytes: &[u8]) -> Option<Nature> {
    const MAGIC: [(usize, &[u8], Nature); 33] = [
        (0, b"\xff\xd8\xff", Nature::Image),
        (0, b"\x89PNG\r\n\x1a\n", Nature::Image),
        (0, b"GIF8", Nature::Image),
        (8, b"WEBP", Nature::Image),
        (0, b"II*\0", Nature::Image),
        (0, b"MM\0*", Nature::Image),
        (0, b"\0\0\x01\0", Nature::Image),
        (0, b"%PDF-", Nature::Document),
        (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Nature::Document),
        (0, b"{\\rtf", Nature::Document),
        (0, b"RIFF", Nature::Media),
        (0, b"OggS", Nature::Media),
        (0, b"ID3\x02", Nature::Media),
        (0, b"ID3\x03", Nature::Media),
        (0, b"ID3\x04", Nature::Media),
        (4, b"ftyp", Nature::Media),
        (0, b"\x1aE\xdf\xa3", Nature::Media),
        (0, b"wOFF", Nature::Font),
        (0, b"wOF2", Nature::Font),
        (0, b"OTTO\0", Nature::Font),
        (0, b"\0\x01\0\0\0", Nature::Font),
        // [MS-PST] 2.2.2.6; the engine's signature stands behind the checksum.
        (0, b"!BDN", Nature::MailStore),
        (4, b"\xef\xcd\xab\x89", Nature::Database),
        (0, b"\x7fELF", Nature::ForeignExecutable),
        (0, b"\xca\xfe\xba\xbe", Nature::ForeignExecutable),
        (0, b"\xcf\xfa\xed\xfe", Nature::ForeignExecutable),
        (0, b"\xce\xfa\xed\xfe", Nature::ForeignExecutable),
        (0, b"L\0\0\0\x01\x14\x02\0", Nature::Shortcut),
        (0, b"BZh", Nature::Archive),
        (0, b"\xfd7zXZ\0", Nature::Archive),
        (0, b"\x28\xb5\x2f\xfd", Nature::Archive),
        (0x8001, b"CD001", Nature::Archive),
        (0, b"\x1f\x9d", Nature::Archive),
    ];
    if bytes.is_empty() {
        return Some(Nature::Empty);
    }
    let found = first_of(&MAGIC, bytes);
    if found.is_some() {
        return found;
    }
    if is_bitmap(bytes) {
        return Some(Nature::Image);
    }
    match Kind::detect(bytes)? {
        Kind::Executable if is_text(bytes) => None,
        Kind::Executable => Some(Nature::Executable),
        // Logs are text, which may be script all the same.
        Kind::NcsaLog | Kind::FixedLog => None,
        kind => Some(Nature::Evidence(kind)),
    }
}

/// The magic of a bitmap is two letters only; the four reserved bytes and the place of the pixels make it sure.
fn is_bitmap(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM")
        && bytes.get(6..14).is_some_and(|rest| rest.starts_with(&[0; 4]) && rest.ends_with(&[0, 0]))
}
