//! Kinds of evidence that show by their first bytes and that no log family describes.

pub(crate) mod magic;
mod name;

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::archive::Format;
use crate::artefact::Artefact;
use crate::encoding::{Encoding, beginning};
use crate::layout::without_mark;

/// A file that no log family describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// Windows event log (EVTX).
    EventLog,
    /// Windows event log of Windows XP and 2003 (EVT).
    OldEventLog,
    /// Registry hive.
    Hive,
    /// The log of changes of a registry hive; it is read together with its hive.
    HiveLog,
    /// zip, 7z, gzip, RAR, tar, cabinet.
    Archive,
    /// Executable or library.
    Executable,
    /// ESE database.
    Database,
    /// Memory dump.
    MemoryDump,
    /// Image of a disk.
    DiskImage,
    /// Web server log in the NCSA common or combined format, which names no columns.
    /// Source: <https://www.w3.org/Daemon/User/Config/Logging.html#common-logfile-format>.
    NcsaLog,
    /// Web server log in the fixed format with commas that began with Microsoft's server: no column names, local time.
    /// Source: <https://learn.microsoft.com/en-us/windows/win32/http/iis-logging>.
    FixedLog,
    /// Events of Windows' event logs, exported as XML.
    EventXml,
    /// The same, as JSON or CSV by a viewer or converter.
    EventExport,
    /// A trace of Windows that its name tells too; see [`crate::artefact::recognise`].
    Artefact(Artefact),
    /// The output of another tool, in the form with this number; see [`crate::tool_output::Outputs`].
    ToolOutput(u16),
}

/// How a kind of evidence is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// It gives records.
    Records,
    /// It holds further evidence.
    Archive,
}

impl Kind {
    /// Those that show by their first bytes alone, in the order in which people look for them.
    pub const BY_CONTENT: [Self; 13] = [
        Self::EventLog,
        Self::Hive,
        Self::HiveLog,
        Self::Archive,
        Self::Executable,
        Self::OldEventLog,
        Self::Database,
        Self::MemoryDump,
        Self::DiskImage,
        Self::NcsaLog,
        Self::FixedLog,
        Self::EventXml,
        Self::EventExport,
    ];

    /// By magic numbers, and by the first line of logs that have none; `None` for anything else.
    #[must_use]
    pub fn detect(head: &[u8]) -> Option<Self> {
        if is_hive_log(head) {
            return Some(Self::HiveLog);
        }
        if Format::detect(head).is_some() {
            return Some(Self::Archive);
        }
        magic::detect(head).or_else(|| of_line(first_line(head))).or_else(|| exported(head))
    }

    /// How it is read; `None` where this version does not.
    #[must_use]
    pub const fn reader(self) -> Option<Reader> {
        match self {
            Self::EventLog | Self::EventXml | Self::Hive | Self::Artefact(_) | Self::ToolOutput(_) => {
                Some(Reader::Records)
            }
            Self::Archive => Some(Reader::Archive),
            _ => None,
        }
    }

    /// A stable word for reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::EventLog => "evtx",
            Self::OldEventLog => "evt",
            Self::Hive => "hive",
            Self::HiveLog => "hive-log",
            Self::Archive => "archive",
            Self::Executable => "executable",
            Self::Database => "database",
            Self::MemoryDump => "memory-dump",
            Self::DiskImage => "disk-image",
            Self::NcsaLog => "ncsa-log",
            Self::FixedLog => "fixed-log",
            Self::EventXml => "event-xml",
            Self::EventExport => "event-export",
            Self::Artefact(artefact) => artefact.word(),
            Self::ToolOutput(_) => "tool-output",
        }
    }
}

/// A hive and its logs begin alike; the base block tells which of them it is.
/// Source: <https://github.com/msuhanov/regf/blob/master/Windows%20registry%20file%20format%20specification.md#base-block>.
fn is_hive_log(head: &[u8]) -> bool {
    head.starts_with(b"regf") && head.get(28).is_some_and(|file_type| *file_type != 0)
}

fn first_line(head: &[u8]) -> &[u8] {
    const LONGEST: usize = 4096;
    let head = head.get(..LONGEST).unwrap_or(head).trim_ascii_start();
    head.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default()
}

/// Events as XML carry their schema with them, also inside of JSON; tables of them show by their columns.
///
/// Source: <https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-schema>; the columns are those of
/// `Get-WinEvent | Export-Csv`, of EvtxECmd <https://github.com/EricZimmerman/evtx> and of the Event Viewer.
fn exported(head: &[u8]) -> Option<Kind> {
    const SCHEMA: &[u8] = b"schemas.microsoft.com/win/2004/08/events/event";
    const LOOK: usize = 4_096;
    const COLUMNS: [&[&str]; 5] = [
        &["EventRecordId", "PayloadData1", "Channel"],
        &["\"Message\"", "\"RecordId\"", "\"ProviderName\""],
        &["\"RecordId\"", "\"LogName\"", "\"ProviderName\""],
        &["Level,Date and Time,Source,Event ID"],
        &["レベル,日付と時刻,ソース,イベント ID"],
    ];
    let head = plain(head.get(..LOOK).unwrap_or(head));
    let line = first_line(&head);
    let first = without_mark(&head).trim_ascii_start().first();
    let holds = |text: &[u8], word: &[u8]| memchr::memmem::find(text, word).is_some();
    let is_table = || COLUMNS.iter().any(|columns| columns.iter().all(|column| holds(line, column.as_bytes())));
    match first {
        Some(b'<') if holds(&head, SCHEMA) => Some(Kind::EventXml),
        Some(b'{' | b'[') if holds(&head, SCHEMA) => Some(Kind::EventExport),
        _ => is_table().then_some(Kind::EventExport),
    }
}

/// The beginning of a text in one byte for each ASCII character: PowerShell redirects output in two.
fn plain(head: &[u8]) -> Cow<'_, [u8]> {
    match Encoding::detect(head) {
        Encoding::Ascii => Cow::Borrowed(head),
        Encoding::Utf16Le | Encoding::Utf16Be => beginning(head, head.len()).into_owned().into_bytes().into(),
    }
}

fn of_line(line: &[u8]) -> Option<Kind> {
    if is_ncsa(line) {
        return Some(Kind::NcsaLog);
    }
    is_fixed(line).then_some(Kind::FixedLog)
}

/// `host ident user [03/Mar/2021:13:05:33 +0900] "GET / HTTP/1.1" 200 612`
fn is_ncsa(line: &[u8]) -> bool {
    let mut parts = line.splitn(2, |byte| *byte == b'[');
    let (Some(before), Some(after)) = (parts.next(), parts.next()) else { return false };
    let three = before.split(|byte| *byte == b' ').filter(|part| !part.is_empty()).count() >= 3;
    three && shaped(after, b"00/aaa/0000:00:00:00 ")
}

/// `192.0.2.7, -, 3/3/21, 13:05:33, W3SVC1, EX01, 192.0.2.5, ...`; the date is written as the server's region has it.
fn is_fixed(line: &[u8]) -> bool {
    let mut fields = line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    let address = fields.next().and_then(|field| std::str::from_utf8(field).ok());
    let is_address = address.is_some_and(|text| text.parse::<IpAddr>().is_ok());
    let numbers = |field: Option<&[u8]>, marks: &[u8]| {
        field.is_some_and(|field| {
            let parts: Vec<_> = field.split(|byte| marks.contains(byte)).collect();
            parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
        })
    };
    is_address && fields.next().is_some() && numbers(fields.next(), b"/.-") && numbers(fields.next(), b":")
}

/// Whether `text` begins with this shape: `0` for a digit, `a` for a letter, anything else for itself.
fn shaped(text: &[u8], shape: &[u8]) -> bool {
    text.len() >= shape.len()
        && text.iter().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            _ => byte == shape,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_show_by_their_magic_and_text_by_none() {
        assert_eq!(Kind::detect(b"ElfFile\0rest"), Some(Kind::EventLog));
        assert_eq!(Kind::detect(b"PK\x03\x04rest"), Some(Kind::Archive));
        let base_block = |file_type| [b"regf".as_slice(), &[0; 24], &[file_type, 0, 0, 0]].concat();
        assert_eq!(Kind::detect(&base_block(0)), Some(Kind::Hive));
        assert_eq!(Kind::detect(&base_block(6)), Some(Kind::HiveLog));
        assert_eq!(Kind::detect(b"PK\x07\x08PK\x03\x04"), Some(Kind::Archive));
        assert_eq!(Kind::detect(b"\xfd7zXZ\0rest"), Some(Kind::Archive));
        assert_eq!(Kind::detect(b"#Software: x"), None);
        assert_eq!(Kind::detect(b""), None);
    }

    #[test]
    fn exported_events_show_by_their_schema_or_columns() {
        const XML: &str =
            "<?xml version=\"1.0\"?><Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>";
        let in_two_bytes: Vec<u8> =
            "\u{feff}".encode_utf16().chain(XML.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for xml in [XML.as_bytes(), format!("\u{feff}{XML}").as_bytes(), &in_two_bytes] {
            assert_eq!(Kind::detect(xml), Some(Kind::EventXml));
        }
        for (text, is_export) in [
            ("{\"Event\":{\"#attributes\":{\"xmlns\":\"http://schemas.microsoft.com/win/2004/08/events/event\"}", true),
            ("RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,PayloadData1\r\n1,2", true),
            ("\"Message\",\"Id\",\"Version\",\"RecordId\",\"ProviderName\"\r\n", true),
            ("\u{feff}レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ\r\n", true),
            ("a text about http://schemas.microsoft.com/win/2004/08/events/event", false),
            ("Timestamp,Computer,Channel,EventID,Level,RecordID,RuleTitle", false),
        ] {
            assert_eq!(Kind::detect(text.as_bytes()) == Some(Kind::EventExport), is_export, "{text}");
        }
    }

    #[test]
    fn web_server_logs_without_column_names_show_by_their_first_line() {
        for (line, expected) in [
            ("192.0.2.7 - taro [03/Mar/2021:13:05:33 +0900] \"GET / HTTP/1.1\" 200 612\r\n", Some(Kind::NcsaLog)),
            (
                "192.0.2.7, -, 3/3/21, 13:05:33, W3SVC1, EX01, 192.0.2.5, 15, 240, 612, 200, 0, GET, /, -,",
                Some(Kind::FixedLog),
            ),
            ("2001:db8::7, -, 2021/03/03, 13:05:33, W3SVC1, EX01,", Some(Kind::FixedLog)),
            ("2021-03-03 04:05:33 192.0.2.5 GET / - 443 - 192.0.2.7 x - 200 0 0 3", None),
            ("2021-03-03T04:05:33Z,192.0.2.5,[03/Mar/2021", None),
            ("[03/Mar/2021:13:05:33 +0900] no request", None),
            ("#Fields: date time c-ip", None),
        ] {
            assert_eq!(Kind::detect(line.as_bytes()), expected, "{line}");
        }
    }
}
