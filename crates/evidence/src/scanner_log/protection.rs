//! The protection log (`MPLog-*.log`, `MPDetection-*.log`): lines with a time, and blocks without one between them.

use std::io::Read;

use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;

use super::{LONGEST_KIND, Resource, is_kind};
use crate::lines::{self, Line};
use crate::record::{Flow, Missed, Record, Sink, Topic};

/// The value of the field `Scanner`.
const SCANNER: &str = "Windows Defender";
/// So many resources of one line are handed over; what is beyond is told as [`Gap::ValueCut`].
const RESOURCES_CAP: usize = 1_024;

/// Hands over a record for each resource in which a threat was found, each threat that was acted on, each file that was
/// not let through, and each command line that was taken for a threat. Other lines are no records.
///
/// Fields: `Scanner`, `Event` (the log's word for it), `Threat Name`, `Resource`, `Path`, `Action`, `Result`, `Source`,
/// `Process`, `CommandLine`, `Hash`. Blocks tell local time of an unknown zone: `LocalTime`, and the record has no time.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut log = Log { block: None, cut: 0 };
    let flow = lines::each(source, sink, &mut |line, sink| log.line(line, sink));
    // A block that the end of the file cuts is told as far as it goes.
    if let Some(block) = log.block.take().filter(|_| flow == Flow::GoOn) {
        block.hand_over(sink);
    }
    if log.cut > 0 {
        sink.missed(Missed { count: log.cut, ..Missed::new(Gap::ValueCut) });
    }
}

struct Log {
    block: Option<Block>,
    cut: u64,
}

impl Log {
    fn line(&mut self, line: &Line<'_>, sink: &mut dyn Sink) -> Flow {
        let text = line.text.trim();
        if let Some(begun) = begin(text, line) {
            let before = self.block.replace(begun);
            return before.map_or(Flow::GoOn, |block| block.hand_over(sink));
        }
        if matches!(text, "End Scan" | "Finished threat actions") {
            return self.block.take().map_or(Flow::GoOn, |block| block.hand_over(sink));
        }
        if let Some((time, said)) = Timestamp::parse_prefix(text.as_bytes())
            && let Some(said) = std::str::from_utf8(said).ok().and_then(|said| said.strip_prefix(' '))
        {
            return self.stamped(time, said, line, sink);
        }
        if let (Some(block), Some((name, value))) = (&mut self.block, text.split_once(':')) {
            // Paths are not repeated; whatever else is long is not what it seems.
            let (short, too_long) = if name.ends_with("Path") { (value, 0) } else { lines::repeated(value) };
            self.cut += too_long;
            return block.add(name, short.trim(), sink);
        }
        Flow::GoOn
    }

    fn stamped(&mut self, time: Timestamp, said: &str, line: &Line<'_>, sink: &mut dyn Sink) -> Flow {
        const COMMAND: &str = "command line reported as threat: ";
        let record = Record { time: Some(time), ..empty(line) };
        if let Some((_, command)) = said.split_once(COMMAND) {
            return sink.record(record.with("Event", "command line").with("CommandLine", command));
        }
        if let Some((_, blocked)) = said.split_once("Blocked file") {
            return sink.record(not_let_through(record.with("Event", "Blocked file"), blocked));
        }
        let Some((record, found)) = detection(record, said) else { return Flow::GoOn };
        let mut all = resources(found);
        self.cut += all.len().saturating_sub(RESOURCES_CAP) as u64;
        all.truncate(RESOURCES_CAP);
        if all.is_empty() {
            return sink.record(record);
        }
        let mut flow = Flow::GoOn;
        for resource in all {
            if flow == Flow::GoOn {
                flow = sink.record(resource.put_into(record.clone()));
            }
        }
        flow
    }
}

fn empty(line: &Line<'_>) -> Record {
    let record = Record { number: Some(line.number), ..Record::new(Topic::Detection, line.offset) };
    record.with("Scanner", SCANNER)
}

/// The fields of a line that tells of a detection, and the text that lists the resources.
fn detection(record: Record, said: &str) -> Option<(Record, &str)> {
    let (event, mut rest) = said.split_once(' ')?;
    let mut record = record.with("Event", event);
    let mut take = |field: &str| {
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        record.fields.push((field.to_owned(), lines::repeated(word).0.into()));
        rest = after;
    };
    match event.split('#').next() {
        Some("DETECTION" | "DETECTION_ADD") => take("Threat Name"),
        Some("DETECTIONEVENT") => ["Source", "Threat Name"].into_iter().for_each(take),
        Some("DETECTION_CLEANEVENT") => ["Source", "Action", "Result", "Threat Name"].into_iter().for_each(take),
        _ => return None,
    }
    Some((record, rest))
}

/// `file:C:\a.exe;process:pid:1,ProcessStart:2; PropBag […]`; a path may hold a semicolon itself.
fn resources(text: &str) -> Vec<Resource<'_>> {
    let text = text.split(" PropBag [").next().unwrap_or_default();
    let begins = |at: usize| {
        let head = text.as_bytes().iter().skip(at).take(LONGEST_KIND + 1);
        let word = head.clone().position(|byte| *byte == b':').and_then(|length| text.get(at..at + length));
        word.is_some_and(is_kind)
    };
    let ends = memchr::memchr_iter(b';', text.as_bytes()).filter(|at| begins(at + 1)).chain([text.len()]);
    let mut from = 0;
    let mut all = Vec::new();
    for end in ends {
        let one = text.get(from..end).unwrap_or_default().trim_end().trim_end_matches(';');
        if let Some((kind, value)) = one.split_once(':') {
            all.push(Resource { kind, value });
        }
        from = end + 1;
    }
    all
}

/// `(#74): \Device\HarddiskVolume2\a.exe. Process: \Device\HarddiskVolume2\b.exe, Status: 0x0, …`
fn not_let_through(record: Record, text: &str) -> Record {
    let text = text.split_once(": ").map_or(text, |(_, rest)| rest);
    let (path, rest) = text.split_once("Process: ").unwrap_or((text, ""));
    let record = record.with("Path", path.trim().trim_end_matches('.'));
    match rest.split(", Status:").next() {
        Some(process) if !process.is_empty() => record.with("Process", process),
        _ => record,
    }
}

/// A scan of certain resources, or what was done about a threat.
struct Block {
    /// What all records of the block have in common.
    base: Record,
    /// The same with the threat at hand.
    of_threat: Option<Record>,
    /// The record that still takes in facts.
    open: Option<Record>,
    kind: String,
}

fn begin(text: &str, line: &Line<'_>) -> Option<Block> {
    let event = match text {
        "Begin Resource Scan" => "Resource Scan",
        "Beginning threat actions" => "threat actions",
        _ => return None,
    };
    Some(Block { base: empty(line).with("Event", event), of_threat: None, open: None, kind: String::new() })
}

impl Block {
    /// Takes in `name:value`.
    fn add(&mut self, name: &str, value: &str, sink: &mut dyn Sink) -> Flow {
        match name {
            "Threat Name" => {
                let record = self.base.clone().with("Threat Name", value);
                self.of_threat = Some(record.clone());
                return self.open.replace(record).map_or(Flow::GoOn, |before| sink.record(before));
            }
            "Start Time" | "Start time" if self.base.field("LocalTime").is_none() => {
                self.base.fields.push(("LocalTime".to_owned(), local_time(value).into()));
            }
            "Resource Schema" => value.clone_into(&mut self.kind),
            "Resource Path" => {
                let kind = std::mem::take(&mut self.kind);
                return self.resource(&kind, value, sink);
            }
            "Path" => return self.resource("file", value, sink),
            "Action" => self.fact("Action", value),
            "Resource action complete" => self.fact("Result", value),
            "File to act on SHA1" => self.fact("Hash", value),
            _ => {}
        }
        Flow::GoOn
    }

    /// What was asked to be scanned stands before the first threat, and is none.
    fn resource(&mut self, kind: &str, value: &str, sink: &mut dyn Sink) -> Flow {
        let (Some(of_threat), Some(open)) = (&self.of_threat, self.open.take()) else { return Flow::GoOn };
        let resource = Resource { kind, value };
        if open.field("Path").is_none() {
            self.open = Some(resource.put_into(open));
            return Flow::GoOn;
        }
        self.open = Some(resource.put_into(of_threat.clone()));
        sink.record(open)
    }

    fn fact(&mut self, field: &str, value: &str) {
        if let Some(open) = &mut self.open
            && open.field(field).is_none()
        {
            open.fields.push((field.to_owned(), value.into()));
        }
    }

    fn hand_over(self, sink: &mut dyn Sink) -> Flow {
        self.open.map_or(Flow::GoOn, |open| sink.record(open))
    }
}

/// `12-15-2022 11:24:33` as `2022-12-15T11:24:33`; anything else as it is.
fn local_time(text: &str) -> String {
    let (date, clock) = text.split_once(' ').unwrap_or((text, ""));
    match date.split('-').collect::<Vec<_>>().as_slice() {
        [month, day, year] if year.len() == 4 => format!("{year}-{month}-{day}T{clock}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    const LOG: &str = "\u{feff}2021-03-03T04:12:33.512Z ProcessImageName: svchost.exe, Pid: 7836\r\n\
        2021-03-03T04:12:34.000Z DETECTIONEVENT MPSOURCE_REALTIME Backdoor:ASP/Example!MSR file:C:\\a;b.aspx;process:pid:12,ProcessStart:34;\r\n\
        2021-03-03T04:12:35.000Z DETECTION_ADD#1 Backdoor:ASP/Example!MSR file:C:\\a.aspx PropBag [length: 0, data: (null)]\r\n\
        2021-03-03T04:12:36.000Z DETECTION_CLEANEVENT MPSOURCE_SYSTEM MP_THREAT_ACTION_QUARANTINE 0x80508023 Backdoor:ASP/Example!MSR file:C:\\a.aspx;\r\n\
        2021-03-03T04:12:37.000Z [RTP] [Mini-filter] Blocked file(#74): \\Device\\HarddiskVolume2\\a.exe. Process: \\Device\\HarddiskVolume2\\b.exe, Status: 0x0, State: 16\r\n\
        2021-03-03T04:12:38.000Z Engine:command line reported as threat: C:\\x.exe(x.exe /y)\r\n\
        Begin Resource Scan\r\nScan ID:{0}\r\nStart Time:03-03-2021 13:12:39\r\nExplicit resource to scan\r\n\
        Resource Schema:file\r\nResource Path:C:\\\r\nResult Count:1\r\nThreat Name:Backdoor:ASP/Example!MSR\r\nID:1\r\n\
        Number of Resources:2\r\nResource Schema:file\r\nResource Path:C:\\a.aspx\r\nResource Schema:containerfile\r\n\
        Resource Path:C:\\a.zip\r\nEnd Scan\r\n***\r\n\
        Begin Resource Scan\r\nResource Schema:file\r\nResource Path:C:\\quiet\r\nResult Count:0\r\nEnd Scan\r\n\
        Beginning threat actions\r\nStart time:03-03-2021 13:12:40\r\nThreat Name:Backdoor:ASP/Example!MSR\r\n\
        Action:quarantine\r\nPath:\\\\?\\C:\\a.aspx\r\nFile to act on SHA1:00\r\n";

    fn shown(text: &str) -> Vec<String> {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut sink = Gathered::default();
        read(&mut &*bytes, &mut sink);
        assert!(sink.missed.is_empty());
        let line = |record: &Record| {
            let fields =
                record.fields.iter().skip(1).filter_map(|(name, _)| Some(format!("{name}={}", record.text(name)?)));
            let time = record.time.map(|time| time.to_string());
            time.into_iter().chain(fields).collect::<Vec<_>>().join(" | ")
        };
        sink.records.iter().map(line).collect()
    }

    #[test]
    fn detections_actions_and_blocks_are_told_and_the_rest_is_not() {
        let threat = "Threat Name=Backdoor:ASP/Example!MSR";
        assert_eq!(
            shown(LOG),
            [
                format!(r"2021-03-03T04:12:34Z | Event=DETECTIONEVENT | Source=MPSOURCE_REALTIME | {threat} | Resource=file | Path=C:\a;b.aspx"),
                format!("2021-03-03T04:12:34Z | Event=DETECTIONEVENT | Source=MPSOURCE_REALTIME | {threat} | Resource=process | Path=pid:12,ProcessStart:34"),
                format!(r"2021-03-03T04:12:35Z | Event=DETECTION_ADD#1 | {threat} | Resource=file | Path=C:\a.aspx"),
                format!(r"2021-03-03T04:12:36Z | Event=DETECTION_CLEANEVENT | Source=MPSOURCE_SYSTEM | Action=MP_THREAT_ACTION_QUARANTINE | Result=0x80508023 | {threat} | Resource=file | Path=C:\a.aspx"),
                r"2021-03-03T04:12:37Z | Event=Blocked file | Path=\Device\HarddiskVolume2\a.exe | Process=\Device\HarddiskVolume2\b.exe".to_owned(),
                r"2021-03-03T04:12:38Z | Event=command line | CommandLine=C:\x.exe(x.exe /y)".to_owned(),
                format!(r"Event=Resource Scan | LocalTime=2021-03-03T13:12:39 | {threat} | Resource=file | Path=C:\a.aspx"),
                format!(r"Event=Resource Scan | LocalTime=2021-03-03T13:12:39 | {threat} | Resource=containerfile | Path=C:\a.zip"),
                format!(r"Event=threat actions | LocalTime=2021-03-03T13:12:40 | {threat} | Action=quarantine | Resource=file | Path=\\?\C:\a.aspx | Hash=00"),
            ]
        );
    }

    #[test]
    fn resources_beyond_the_cap_are_counted() {
        let mut sink = Gathered::default();
        let line = format!("2021-03-03T04:12:34Z DETECTION X {}", "file:a;".repeat(RESOURCES_CAP + 5));
        read(&mut line.as_bytes(), &mut sink);
        assert_eq!(sink.records.len(), RESOURCES_CAP);
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 5));
        let long = format!("Begin Resource Scan\nThreat Name:{}\n{}", "x".repeat(9_000), "Resource Path:y\n".repeat(9));
        let mut sink = Gathered::default();
        read(&mut long.as_bytes(), &mut sink);
        assert!(sink.records.len() == 9 && sink.records.iter().all(|record| record.bytes() < 2_000));
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 1));
    }
}
