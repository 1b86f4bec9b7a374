//! Logs of scanners that run once (`msert.log`, `mrt.log`): one section for each run, appended.
//!
//! Times are local, in a zone that the log does not say, so records have `Started` and `Finished` and no time.

use std::io::Read;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;

use super::{Resource, is_kind};
use crate::lines::{self, Line};
use crate::record::{Flow, Missed, Record, Sink, Topic, Value};

/// So many lines of a run's summary are kept; what is beyond is told as [`Gap::ValueCut`].
const RESULTS_CAP: usize = 256;

/// Hands over a detection for each resource in which a run found a threat, and what each run says of itself, also where
/// it found nothing.
///
/// Fields of a detection: `Scanner`, `Event` (`detection`), `Started`, `Threat Name`, `Outcome`, `Action`, `Resource`,
/// `Path`. Of a run: `Scanner`, `Version`, `Started`, `Finished`, `Mode`, `Signatures`, `Result` (a list of what it found),
/// `ReturnCode`, and `Says`: `found`, `nothing-found`, or `failed` for a run that was broken off.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut log = Log::default();
    if lines::each(source, sink, &mut |line, sink| log.line(line, sink)) == Flow::GoOn {
        log.end(sink);
    }
    if log.cut > 0 {
        sink.missed(Missed { count: log.cut, ..Missed::new(Gap::ValueCut) });
    }
    if !log.any {
        sink.missed(
            Missed::new(Gap::Malformed)
                .because(both!("no run of a scanner stands in it", "スキャナーの実行結果がない")),
        );
    }
}

#[derive(Default)]
struct Log {
    any: bool,
    run: Option<Run>,
    threat: Option<Threat>,
    cut: u64,
}

struct Run {
    place: Record,
    facts: Vec<(&'static str, String)>,
    results: Vec<String>,
    /// The reader stands behind the heading of the summary.
    in_summary: bool,
}

struct Threat {
    record: Record,
    /// It was handed over with each of them.
    has_resources: bool,
}

impl Log {
    fn line(&mut self, line: &Line<'_>, sink: &mut dyn Sink) -> Flow {
        let text = line.text.trim();
        if let Some((scanner, version)) = heading(text) {
            self.any = true;
            let flow = self.end(sink);
            let (scanner, too_long) = lines::repeated(scanner);
            self.cut += too_long;
            let place = Record { topic: Topic::ScanRun, ..place(line) }.with("Scanner", scanner);
            let place = place.with("Version", lines::repeated(version).0);
            self.run = Some(Run { place, facts: Vec::new(), results: Vec::new(), in_summary: false });
            return flow;
        }
        if let Some(found) = after(text, "Threat Detected:") {
            let flow = self.hand_over_threat(sink);
            self.any = true;
            self.threat = Some(self.threat(found, line));
            return flow;
        }
        if let Some(threat) = &mut self.threat {
            if let Some((kind, value)) = text.split_once("://").filter(|(kind, _)| is_kind(kind)) {
                threat.has_resources = true;
                return sink.record(Resource { kind, value }.put_into(threat.record.clone()));
            }
            // The action stands before what it was taken on.
            if let Some(action) = after(text, "Action:").filter(|_| threat.record.field("Action").is_none()) {
                let (action, too_long) = lines::repeated(action);
                self.cut += too_long;
                threat.record.fields.push(("Action".to_owned(), action.into()));
                return Flow::GoOn;
            }
        }
        if after(text, "Results Summary:").is_some() {
            let flow = self.hand_over_threat(sink);
            self.run.iter_mut().for_each(|run| run.in_summary = true);
            return flow;
        }
        self.cut += self.run.as_mut().map_or(0, |run| run.add(text));
        Flow::GoOn
    }

    /// `Virus:DOS/EICAR_Test_File, not removed.` or `Trojan:Win64/Example and Removed!`; names hold no blanks.
    fn threat(&mut self, found: &str, line: &Line<'_>) -> Threat {
        let (name, outcome) = found.split_once(' ').unwrap_or((found, ""));
        let ((name, long_name), (outcome, long_outcome)) = (lines::repeated(name), lines::repeated(outcome));
        self.cut += long_name + long_outcome;
        let scanner = self.run.as_ref().and_then(|run| run.place.text("Scanner"));
        let mut record = place(line).with("Scanner", scanner.unwrap_or_default()).with("Event", "detection");
        if let Some(started) = self.run.as_ref().and_then(|run| run.fact("Started")) {
            record = record.with("Started", started);
        }
        record = record.with("Threat Name", name.trim_end_matches(',')).with("Outcome", outcome);
        Threat { record, has_resources: false }
    }

    fn end(&mut self, sink: &mut dyn Sink) -> Flow {
        match self.hand_over_threat(sink) {
            Flow::GoOn => self.hand_over_run(sink),
            Flow::Stop => Flow::Stop,
        }
    }

    fn hand_over_threat(&mut self, sink: &mut dyn Sink) -> Flow {
        match self.threat.take() {
            Some(threat) if !threat.has_resources => sink.record(threat.record),
            _ => Flow::GoOn,
        }
    }

    fn hand_over_run(&mut self, sink: &mut dyn Sink) -> Flow {
        let Some(run) = self.run.take() else { return Flow::GoOn };
        let says = run.says();
        let mut record = run.place.with("Says", says);
        for (field, value) in run.facts {
            record = record.with(field, value);
        }
        if !run.results.is_empty() {
            record = record.with("Result", Value::List(run.results));
        }
        sink.record(record)
    }
}

impl Run {
    /// What it makes of itself. A run that says nothing of its end was broken off, whatever it had found by then.
    fn says(&self) -> &'static str {
        let found = self.results.iter().any(|result| after(result, "Found ").is_some());
        match (found, self.in_summary) {
            (true, _) => "found",
            (false, true) => "nothing-found",
            (false, false) => "failed",
        }
    }

    fn fact(&self, field: &str) -> Option<&str> {
        self.facts.iter().find(|(have, _)| *have == field).map(|(_, value)| value.as_str())
    }

    /// Takes in a line; says how much was left out.
    fn add(&mut self, text: &str) -> u64 {
        const NAMED: [(&str, &str); 4] = [
            ("Started On ", "Started"),
            ("Signatures:", "Signatures"),
            ("Run Mode:", "Mode"),
            ("Return code:", "ReturnCode"),
        ];
        let named = NAMED.iter().find_map(|(begin, field)| Some((*field, after(text, begin)?)));
        let finished = || text.split_once(" Finished On ").map(|(_, time)| ("Finished", time));
        if let Some((field, value)) = named.or_else(finished) {
            if self.fact(field).is_none() {
                let is_time = matches!(field, "Started" | "Finished");
                let (value, too_long) = lines::repeated(value);
                self.facts.push((field, if is_time { local_time(value) } else { value.to_owned() }));
                return too_long;
            }
            return 0;
        }
        let is_result = after(text, "Found ").is_some() || after(text, "No infection found").is_some();
        if self.in_summary && is_result {
            if self.results.len() >= RESULTS_CAP {
                return 1;
            }
            let (text, too_long) = lines::repeated(text);
            self.results.push(text.to_owned());
            return too_long;
        }
        0
    }
}

fn place(line: &Line<'_>) -> Record {
    Record { number: Some(line.number), ..Record::new(Topic::Detection, line.offset) }
}

/// The scanner and its version from the first line of a run: `Microsoft Safety Scanner v1.405, (build 1.405.445.0)`.
fn heading(text: &str) -> Option<(&str, &str)> {
    let (scanner, version) = text.split_once(" v")?;
    let is_version = version.starts_with(|first: char| first.is_ascii_digit()) && version.contains("(build ");
    is_version.then(|| (scanner, version.split(',').next().unwrap_or_default()))
}

/// What follows `begin`, in whatever case it is written.
fn after<'t>(text: &'t str, begin: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(begin.len())?;
    head.eq_ignore_ascii_case(begin).then(|| rest.trim())
}

/// `Thu Feb 22 13:33:34 2024` as `2024-02-22T13:33:34`; anything else as it is.
fn local_time(text: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<_> = text.split_whitespace().collect();
    if let [_, month, day, clock, year] = words.as_slice()
        && let Some(month) = MONTHS.iter().position(|have| have == month)
    {
        return format!("{year}-{:02}-{day:0>2}T{clock}", month + 1);
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    const LOG: &str = "\r\n-----\r\nMicrosoft Safety Scanner v1.405, (build 1.405.445.0)\r\nStarted On Thu Feb  2 13:33:34 2024\r\n\
        \r\nEngine: 1.1.24010.10\r\nSignatures: 1.405.445.0\r\nRun Mode: Scan Run in Quiet Mode\r\n\r\nQuick Scan Results:\r\n\
        -----\r\nThreat Detected: Virus:DOS/Example, not removed.\r\n    Action: NoAction, Result: 0x00000000\r\n\
        \x20       file://C:\\a.zip->b.com\r\n            SigSeq: 0x00000555DC2DDDB0\r\n        containerfile://C:\\a.zip\r\n\
        Threat Detected: Trojan:Win64/Other and Removed!\r\n\r\nResults Summary:\r\n-----\r\n\
        Found Virus:DOS/Example, not removed.\r\nFound Trojan:Win64/Other and Removed!\r\nSuccessfully Submitted MAPS Report\r\n\
        Microsoft Safety Scanner Finished On Thu Feb 22 13:35:58 2024\r\n\r\n\r\nReturn code: 7 (0x7)\r\n\
        -----\r\nMicrosoft Safety Scanner v1.405, (build 1.405.445.0)\r\nStarted On Fri Feb 23 10:00:00 2024\r\n\
        Results Summary:\r\n-----\r\nNo infection found.\r\n";

    fn gathered(text: &str) -> Gathered {
        let mut sink = Gathered::default();
        read(&mut text.as_bytes(), &mut sink);
        sink
    }

    #[test]
    fn each_resource_and_each_run_is_a_record() {
        let sink = gathered(LOG);
        assert!(sink.missed.is_empty());
        let [first, second, third, run, quiet] = sink.records.as_slice() else { panic!("{:?}", sink.records) };
        for (field, expected) in [
            ("Scanner", "Microsoft Safety Scanner"),
            ("Event", "detection"),
            ("Started", "2024-02-02T13:33:34"),
            ("Threat Name", "Virus:DOS/Example"),
            ("Outcome", "not removed."),
            ("Action", "NoAction, Result: 0x00000000"),
            ("Resource", "file"),
            ("Path", "C:\\a.zip->b.com"),
        ] {
            assert_eq!(first.text(field), Some(expected), "{field}");
        }
        assert_eq!((second.text("Resource"), second.text("Path")), (Some("containerfile"), Some("C:\\a.zip")));
        assert_eq!((third.text("Outcome"), third.text("Path")), (Some("and Removed!"), None));
        let found = ["Found Virus:DOS/Example, not removed.", "Found Trojan:Win64/Other and Removed!"];
        assert_eq!(run.field("Result"), Some(&Value::List(found.map(str::to_owned).to_vec())));
        assert_eq!((run.text("ReturnCode"), run.text("Finished")), (Some("7 (0x7)"), Some("2024-02-22T13:35:58")));
        assert_eq!(quiet.field("Result"), Some(&Value::List(vec!["No infection found.".to_owned()])));
        assert_eq!((run.text("Version"), run.text("Says")), (Some("1.405"), Some("found")));
        assert_eq!((quiet.text("Says"), quiet.text("Finished")), (Some("nothing-found"), None));
        let broken_off = gathered("Example v1.0, (build 1)\nStarted On Fri Feb 23 10:00:00 2024\n");
        assert_eq!(broken_off.records[0].text("Says"), Some("failed"));
    }

    #[test]
    fn what_holds_no_run_is_told_and_a_summary_beyond_the_cap_is_counted() {
        assert_eq!(gathered("nothing").missed[0].reason, Gap::Malformed);
        let found = "Found X.\n".repeat(RESULTS_CAP + 2);
        let sink = gathered(&format!("Example v1.0, (build 1)\nResults Summary:\n{found}"));
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 2));
        let sink = gathered(&format!("Threat Detected: {}\n{}", "X".repeat(9_000), "file://a\n".repeat(9)));
        assert!(sink.records.len() == 9 && sink.records.iter().all(|record| record.bytes() < 2_000));
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 1));
    }
}
