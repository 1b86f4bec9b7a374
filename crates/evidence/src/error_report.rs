//! Error reports (`Report.wer`): which program failed, and in which module.
//!
//! One `Name=Value` a line, UTF-16. What failed stands in numbered pairs, of which the names depend on the event type and
//! on the language of the system. Source of what the names mean:
//! <https://learn.microsoft.com/en-us/windows/win32/api/werapi/ns-werapi-wer_report_metadata_v3> and
//! <https://learn.microsoft.com/en-us/windows/win32/wer/wer-settings>.

use std::collections::BTreeMap;
use std::io::Read;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use crate::lines;
use crate::record::{FIELDS_CAP, Flow, Missed, RECORD_CAP, Record, Sink, Topic, Value};
use crate::windows_time::filetime;

/// So many lines of a report are kept, and no more bytes than a record may hold; what is beyond is told as
/// [`Gap::ValueCut`].
const LINES_CAP: usize = 8_192;

/// Hands over one record for a report.
///
/// Each line is a field by its own name, with three exceptions: `EventTime` is shown as RFC 3339 and is the record's time;
/// `Sig[n].Name` and `Sig[n].Value` (and `DynamicSig[n]`) become a field of that name, and the value also stands under
/// `Sig[n]`, which is the same in every language; the lines `LoadedModule[n]` are the list `LoadedModule`. Fields of fixed
/// names stand before those that the report names, so a report cannot hide its own event type.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut report = Report::default();
    lines::each(source, sink, &mut |line, _| {
        report.add(&line.text);
        Flow::GoOn
    });
    if report.cut > 0 {
        sink.missed(Missed { count: report.cut, ..Missed::new(Gap::ValueCut) });
    }
    if report.lines == 0 {
        sink.missed(
            Missed::new(Gap::Malformed)
                .because(both!("it holds no line of the form Name=Value", "「名前=値」の形の行がない")),
        );
        return;
    }
    sink.record(report.record());
}

#[derive(Default)]
struct Report {
    lines: usize,
    bytes: usize,
    cut: u64,
    time: Option<u64>,
    fixed: Vec<(String, Value)>,
    /// Name and value of each numbered pair, by kind and number.
    pairs: BTreeMap<(String, u32), (Option<String>, Option<String>)>,
    modules: Vec<String>,
}

impl Report {
    fn add(&mut self, line: &str) {
        let Some((name, value)) = line.split_once('=') else { return };
        self.bytes += line.len();
        if self.lines >= LINES_CAP || self.bytes > RECORD_CAP {
            self.cut += 1;
            return;
        }
        self.lines += 1;
        match numbered(name) {
            Some(("LoadedModule", _, "")) => self.modules.push(value.to_owned()),
            Some((kind @ ("Sig" | "DynamicSig"), number, part @ (".Name" | ".Value"))) => {
                let pair = self.pairs.entry((kind.to_owned(), number)).or_default();
                let place = if part == ".Name" { &mut pair.0 } else { &mut pair.1 };
                *place = Some(value.to_owned());
            }
            _ if name == "EventTime" => self.time = value.parse().ok(),
            _ => self.fixed.push((name.to_owned(), value.into())),
        }
    }

    fn record(self) -> Record {
        let mut record = Record::new(Topic::ErrorReport, 0);
        record.time = self.time.and_then(filetime);
        if let Some(time) = record.time {
            record = record.with("EventTime", time.to_string());
        }
        record.fields.extend(self.fixed);
        let mut named = Vec::new();
        for ((kind, number), (name, value)) in self.pairs {
            let value = value.unwrap_or_default();
            record.fields.push((format!("{kind}[{number}]"), value.clone().into()));
            named.extend(name.map(|name| (name, Value::Text(value))));
        }
        record.fields.extend(named);
        if !self.modules.is_empty() {
            // The list is cut at its own cap; that must not cost the fields before it.
            record.fields.truncate(FIELDS_CAP);
            record = record.with("LoadedModule", Value::List(self.modules));
        }
        record
    }
}

/// `Sig[3].Name` is `Sig`, 3, `.Name`.
fn numbered(name: &str) -> Option<(&str, u32, &str)> {
    let (kind, rest) = name.split_once('[')?;
    let (number, part) = rest.split_once(']')?;
    Some((kind, number.parse().ok()?, part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    const REPORT: &str = "\u{feff}Version=1\r\nEventType=APPCRASH\r\nEventTime=133211708571634483\r\n\
        ReportIdentifier=00000000-0000-0000-0000-000000000001\r\nSig[0].Name=Application Name\r\nSig[0].Value=w3wp.exe\r\n\
        Sig[3].Name=障害モジュールの名前\r\nSig[3].Value=odd.dll\r\nDynamicSig[1].Name=OS Version\r\n\
        DynamicSig[1].Value=10.0.14393\r\nUI[2]=C:\\Windows\\w3wp.exe\r\nLoadedModule[0]=C:\\a.dll\r\n\
        LoadedModule[1]=C:\\b=c.dll\r\nSig[5].Name=EventType\r\nSig[5].Value=forged\r\nFriendlyEventName=Stopped working\r\n\
        AppName=Worker\r\nAppPath=C:\\Windows\\w3wp.exe\r\n";

    fn gathered(bytes: &[u8]) -> Gathered {
        let mut sink = Gathered::default();
        read(&mut &*bytes, &mut sink);
        sink
    }

    #[test]
    fn pairs_become_fields_by_their_names_and_by_their_numbers() {
        let utf16: Vec<u8> = REPORT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let sink = gathered(&utf16);
        assert!(sink.missed.is_empty());
        let report = &sink.records[0];
        for (field, expected) in [
            ("EventType", "APPCRASH"),
            ("EventTime", "2023-02-18T05:14:17.163448Z"),
            ("Application Name", "w3wp.exe"),
            ("障害モジュールの名前", "odd.dll"),
            ("Sig[3]", "odd.dll"),
            ("OS Version", "10.0.14393"),
            ("UI[2]", "C:\\Windows\\w3wp.exe"),
            ("FriendlyEventName", "Stopped working"),
            ("AppPath", "C:\\Windows\\w3wp.exe"),
        ] {
            assert_eq!(report.text(field), Some(expected), "{field}");
        }
        let modules = vec!["C:\\a.dll".to_owned(), "C:\\b=c.dll".to_owned()];
        assert_eq!(report.field("LoadedModule"), Some(&Value::List(modules)));
        assert_eq!(report.time.unwrap().to_string(), "2023-02-18T05:14:17.163448Z");
    }

    #[test]
    fn what_is_no_report_and_what_is_too_long_is_told() {
        let sink = gathered(b"nothing\r\nof the kind\r\n");
        assert_eq!((sink.records.len(), sink.missed[0].reason), (0, Gap::Malformed));
        let sink = gathered("a=b\n".repeat(LINES_CAP + 9).as_bytes());
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 9));
        let sink = gathered(format!("a={}\n", "b".repeat(200_000)).repeat(20).as_bytes());
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 15));
    }
}
