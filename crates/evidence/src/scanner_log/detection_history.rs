//! The detection history of the resident virus scanner: one small binary file for each detection, below
//! `Scans\History\Service\DetectionHistory`. It outlives the event log, and the file that was removed.
//!
//! No public specification exists; what is known was found out by others and is written down in
//! <https://github.com/libyal/dtformats/blob/main/documentation/Windows%20Defender%20scan%20DetectionHistory%20file%20format.asciidoc>
//! and <https://github.com/cert-orangecyberdefense/wddh-parser/blob/main/doc.md>. A file is a row of values, each with its
//! size, its type, and zeros up to a multiple of eight bytes.

use std::io::Read;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;

use super::{LONGEST_KIND, Resource};
use crate::little_endian::{u32_at, u64_at, utf16};
use crate::record::{Missed, Record, Sink, Topic, Value};
use crate::windows_time;

/// The value of the field `Scanner`.
const SCANNER: &str = "Windows Defender";
/// So much of a file is read. The largest known has some tens of kilobytes.
const FILE_CAP: usize = 4 << 20;
/// So many values are read; what is beyond is told as [`Gap::TooMany`].
const VALUES_CAP: usize = 20_000;
/// So many resources of a detection are handed over; what is beyond is told as [`Gap::ValueCut`].
const RESOURCES_CAP: usize = 1_024;
/// So many pairs of a resource's details are read.
const DETAILS_CAP: usize = 256;

/// A whole number of eight bytes, the threat's number; then a GUID, the detection's.
pub(crate) fn is_history(head: &[u8]) -> bool {
    head.starts_with(&[8, 0, 0, 0, 8, 0, 0, 0])
        && head.get(16..24).is_some_and(|next| next == [0x10, 0, 0, 0, 0x1e, 0, 0, 0])
}

/// Hands over a record for each resource in which the threat was found; the detection alone where none is named.
///
/// Fields: `Scanner`, `Event` (`detection history`), `Threat Name`, `Resource`, `Path`, `CommandLine` (for a command line that was found), `Process`, `User`, `SHA256`, `SHA1`,
/// `MD5`, `Action` (what became of it), `Remediated` (when). The record's time is that of the first detection.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut bytes = Vec::new();
    if let Err(error) = source.take(FILE_CAP as u64 + 1).read_to_end(&mut bytes) {
        sink.missed(Missed::new(Gap::ReadFailed).because(error));
    }
    if bytes.len() > FILE_CAP {
        bytes.truncate(FILE_CAP);
        sink.missed(Missed::new(Gap::TooLarge).because(both!(
            "what stands behind {FILE_CAP} bytes was not read",
            "{FILE_CAP} バイトより先は読んでいない"
        )));
    }
    let (values, missed) = values(&bytes);
    let Some(detection) = Detection::of(&values) else {
        sink.missed(Missed::new(Gap::Malformed).because(both!("it names no threat", "脅威の名前がない")));
        return;
    };
    detection.hand_over(sink);
    missed.into_iter().for_each(|missed| sink.missed(missed));
}

/// One value of a file.
enum Of {
    Number(u64),
    Time(Option<Timestamp>),
    Text(String),
    Details(Vec<(String, String)>),
    Other,
}

/// All values, as far as they can be told apart.
fn values(bytes: &[u8]) -> (Vec<Of>, Option<Missed>) {
    let mut values = Vec::new();
    let mut at = 0_usize;
    while at < bytes.len() {
        if values.len() >= VALUES_CAP {
            return (values, Some(Missed::new(Gap::TooMany)));
        }
        let data = u32_at(bytes, at).zip(u32_at(bytes, at + 4)).and_then(|(size, kind)| {
            let begin = at + 8;
            let end = begin.checked_add(usize::try_from(size).ok()?)?;
            Some((kind, bytes.get(begin..end)?, end))
        });
        let Some((kind, data, end)) = data else {
            let missed = Missed { bytes: Some((bytes.len() - at) as u64), ..Missed::new(Gap::Malformed) };
            return (values, Some(missed.because(both!("no value at byte {at}", "バイト位置 {at} に値がない"))));
        };
        values.push(value(kind, data));
        at = end.next_multiple_of(8);
    }
    (values, None)
}

fn value(kind: u32, data: &[u8]) -> Of {
    match kind {
        0x05 | 0x06 => u32_at(data, 0).map_or(Of::Other, |number| Of::Number(number.into())),
        0x08 => u64_at(data, 0).map_or(Of::Other, Of::Number),
        0x0a => Of::Time(u64_at(data, 0).filter(|ticks| *ticks > 0).and_then(windows_time::filetime)),
        0x15 => Of::Text(wide(data)),
        0x28 => Of::Details(details(data)),
        _ => Of::Other,
    }
}

/// UTF-16 up to its zero.
fn wide(data: &[u8]) -> String {
    utf16(data).split('\0').next().unwrap_or_default().to_owned()
}

/// Whether a text is the kind of a resource: `file`, `containerfile`, `regkeyvalue`, `CmdLine`.
fn is_kind(text: &str) -> bool {
    (2..=LONGEST_KIND).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The pairs of names and values in the details of a resource.
fn details(data: &[u8]) -> Vec<(String, String)> {
    // In front stand the size of it all, or a longer header that begins with one and says its own size.
    let mut at = match u32_at(data, 0) {
        Some(1) => u32_at(data, 4).and_then(|size| usize::try_from(size).ok()).and_then(|size| size.checked_add(4)),
        _ => Some(4),
    };
    let mut pairs = Vec::new();
    while let Some(from) = at.filter(|from| *from < data.len() && pairs.len() < DETAILS_CAP) {
        let Some((pair, next)) = detail(data, from) else { break };
        pairs.push(pair);
        at = Some(next);
    }
    pairs
}

fn detail(data: &[u8], at: usize) -> Option<((String, String), usize)> {
    let sized = |at: usize| {
        let size = usize::try_from(u32_at(data, at)?).ok()?;
        let end = at.checked_add(4)?.checked_add(size)?;
        Some((data.get(at + 4..end)?, end))
    };
    let (name, at) = sized(at)?;
    let name = wide(name);
    let kind = u32_at(data, at)?;
    let at = at + 4;
    let (value, end) = match kind {
        3 => (u32_at(data, at)?.to_string(), at + 4),
        4 => (u64_at(data, at)?.to_string(), at + 8),
        5 => (data.get(at)?.to_string(), at + 1),
        6 => sized(at).map(|(text, end)| (wide(text), end))?,
        7 => sized(at).map(|(text, end)| (crate::encoding::text(text).into_owned(), end))?,
        _ => return None,
    };
    Some(((name, value), end))
}

/// What a file tells.
struct Detection<'v> {
    threat: &'v str,
    resources: Vec<(Resource<'v>, &'v [(String, String)])>,
    surplus: u64,
    status: Option<u64>,
    times: Vec<(usize, Timestamp)>,
    values: &'v [Of],
}

impl<'v> Detection<'v> {
    fn of(values: &'v [Of]) -> Option<Self> {
        let text = |at: usize| match values.get(at) {
            Some(Of::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let told = |text: &&str| !text.is_empty() && !text.starts_with("Magic.Version:");
        let threat_at = (0..values.len()).find(|at| text(*at).filter(told).is_some())?;
        let mut detection = Self {
            threat: text(threat_at)?,
            resources: Vec::new(),
            surplus: 0,
            status: match values.get(threat_at + 6) {
                Some(Of::Number(status)) => Some(*status),
                _ => None,
            },
            times: Vec::new(),
            values,
        };
        let mut kind: Option<&str> = None;
        for at in threat_at + 1..values.len() {
            match values.get(at) {
                Some(Of::Text(text)) => match kind.take() {
                    Some(kind) if detection.resources.len() < RESOURCES_CAP => {
                        detection.resources.push((Resource { kind, value: text }, &[]));
                    }
                    Some(_) => detection.surplus += 1,
                    // Between the first two times stand names of accounts and programs.
                    None if detection.times.len() != 1 => kind = Some(text.as_str()).filter(|text| is_kind(text)),
                    None => {}
                },
                Some(Of::Details(details)) => {
                    if let Some((_, of_resource)) = detection.resources.last_mut() {
                        *of_resource = details;
                    }
                }
                Some(Of::Time(Some(time))) => detection.times.push((at, *time)),
                _ => kind = None,
            }
        }
        Some(detection)
    }

    fn hand_over(&self, sink: &mut dyn Sink) {
        let base = self.base();
        if self.resources.is_empty() {
            sink.record(base.clone());
        }
        for (resource, details) in &self.resources {
            let mut record = match resource.kind {
                "CmdLine" => base.clone().with("Resource", resource.kind).with("CommandLine", resource.value),
                _ => resource.put_into(base.clone()),
            };
            for (name, field) in
                [("ThreatTrackingSha256", "SHA256"), ("ThreatTrackingSha1", "SHA1"), ("ThreatTrackingMD5", "MD5")]
            {
                if let Some((_, hash)) = details.iter().find(|(have, _)| have == name) {
                    record = record.with(field, hash.as_str());
                }
            }
            sink.record(record);
        }
        if self.surplus > 0 {
            sink.missed(Missed { count: self.surplus, ..Missed::new(Gap::ValueCut) });
        }
    }

    /// What all resources of the detection have in common.
    fn base(&self) -> Record {
        // The times are those of the last change, of the first detection, and of the remedy; a file that lacks the
        // later ones tells the first.
        let detected = self.times.get(1).or_else(|| self.times.first());
        let time = detected.map(|(_, time)| *time);
        let mut record = Record { time, ..Record::new(Topic::Detection, 0) }
            .with("Scanner", SCANNER)
            .with("Event", "detection history")
            .with("Threat Name", self.threat);
        if let Some((at, _)) = self.times.get(1) {
            for (back, field) in [(4, "Process"), (6, "User")] {
                if let Some(Of::Text(text)) = at.checked_sub(back).and_then(|at| self.values.get(at)) {
                    record = record.with(field, text.as_str());
                }
            }
        }
        if let Some((_, time)) = self.times.get(2) {
            record = record.with("Remediated", time.to_string());
        }
        // Numbers: MSFT_MpThreatDetection, ThreatStatusID.
        let action = match self.status {
            Some(1) => "detected",
            Some(2) => "cleaned",
            Some(3) => "quarantined",
            Some(4) => "removed",
            Some(5) => "allowed",
            Some(6) => "blocked",
            Some(102) => "quarantine failed",
            Some(103) => "remove failed",
            Some(104) => "allow failed",
            Some(105) => "abandoned",
            Some(107) => "block failed",
            _ => return record,
        };
        record.with("Action", Value::from(action))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::Gathered;

    fn put(kind: u32, data: &[u8], out: &mut Vec<u8>) {
        out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(data);
        out.resize(out.len().next_multiple_of(8), 0);
    }

    fn wide_text(text: &str) -> Vec<u8> {
        text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
    }

    /// 2021-03-03T04:12:33Z and some seconds later, as Windows counts.
    fn ticks(seconds: u64) -> [u8; 8] {
        ((1_614_744_753 + seconds + 11_644_473_600) * 10_000_000).to_le_bytes()
    }

    fn sample(magic: Option<&str>) -> Vec<u8> {
        let mut out = Vec::new();
        let number = |value: u32, out: &mut Vec<u8>| put(6, &value.to_le_bytes(), out);
        put(8, &7_u64.to_le_bytes(), &mut out);
        put(0x1e, &[9; 16], &mut out);
        let mark = |out: &mut Vec<u8>| magic.iter().for_each(|magic| put(0x15, &wide_text(magic), out));
        mark(&mut out);
        put(0x15, &wide_text("Backdoor:ASP/Example!MSR"), &mut out);
        [0, 5, 42, 110, 4, 3, 1, 3, 1].into_iter().for_each(|value| number(value, &mut out));
        mark(&mut out);
        put(0x15, &wide_text("file"), &mut out);
        put(0x15, &wide_text("C:\\inetpub\\wwwroot\\a.aspx"), &mut out);
        number(1, &mut out);
        number(0, &mut out);
        let mut blob = vec![0; 4];
        for (name, value) in [("ThreatTrackingSha256", "00ff"), ("ThreatTrackingMD5", "01")] {
            let (name, value) = (wide_text(name), wide_text(value));
            blob.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
            blob.extend(name);
            blob.extend(6_u32.to_le_bytes());
            blob.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
            blob.extend(value);
        }
        put(0x28, &blob, &mut out);
        put(0x0a, &ticks(60), &mut out);
        number(0, &mut out);
        number(0, &mut out);
        put(0x1e, &[0; 16], &mut out);
        number(0, &mut out);
        number(0, &mut out);
        put(0x15, &wide_text("EX01\\SYSTEM"), &mut out);
        number(0, &mut out);
        put(0x15, &wide_text("C:\\Windows\\System32\\x.exe"), &mut out);
        [0, 0, 0].into_iter().for_each(|value| number(value, &mut out));
        put(0x0a, &ticks(0), &mut out);
        number(0, &mut out);
        put(0x0a, &ticks(30), &mut out);
        out
    }

    fn gathered(bytes: &[u8]) -> Gathered {
        let mut sink = Gathered::default();
        read(&mut &*bytes, &mut sink);
        sink
    }

    #[test]
    fn a_detection_is_told_with_its_file_its_process_and_what_became_of_it() {
        for magic in [Some("Magic.Version:1.2"), None] {
            let bytes = sample(magic);
            assert!(is_history(&bytes));
            let sink = gathered(&bytes);
            let [record] = sink.records.as_slice() else { panic!("{:?}", sink.records) };
            assert!(sink.missed.is_empty());
            assert_eq!(record.time, Timestamp::parse(b"2021-03-03T04:12:33Z"));
            for (field, expected) in [
                ("Scanner", SCANNER),
                ("Threat Name", "Backdoor:ASP/Example!MSR"),
                ("Resource", "file"),
                ("Path", "C:\\inetpub\\wwwroot\\a.aspx"),
                ("SHA256", "00ff"),
                ("MD5", "01"),
                ("Process", "C:\\Windows\\System32\\x.exe"),
                ("User", "EX01\\SYSTEM"),
                ("Action", "quarantined"),
                ("Remediated", "2021-03-03T04:13:03Z"),
            ] {
                assert_eq!(record.text(field), Some(expected), "{field}");
            }
        }
    }

    #[test]
    fn what_is_cut_or_none_is_told() {
        let bytes = sample(Some("Magic.Version:1.2"));
        let sink = gathered(&bytes[..bytes.len() - 4]);
        assert_eq!((sink.records.len(), sink.missed[0].reason), (1, Gap::Malformed));
        assert_eq!(gathered(b"").missed[0].reason, Gap::Malformed);
        assert!(!is_history(b"MZ") && !is_history(b""));
        let endless: Vec<u8> = [4_u32, 6, 0, 0].iter().flat_map(|value| value.to_le_bytes()).collect();
        let many = [&sample(None)[..], &endless.repeat(VALUES_CAP)].concat();
        assert_eq!(gathered(&many).missed[0].reason, Gap::TooMany);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn arbitrary_and_mutated_files_never_panic_and_stay_within_the_caps(
            noise in prop::collection::vec(any::<u8>(), 0..600),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        ) {
            let mut bytes = sample(Some("Magic.Version:1.2"));
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            for bytes in [&noise, &bytes] {
                let sink = gathered(bytes);
                prop_assert!(sink.records.len() <= RESOURCES_CAP);
                prop_assert!(sink.records.iter().map(Record::bytes).sum::<usize>() <= bytes.len() * 40 + 2_000);
            }
        }
    }
}
