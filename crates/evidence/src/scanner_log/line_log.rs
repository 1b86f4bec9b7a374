//! Logs of scanners that look for rules and indicators: THOR, and Loki, its smaller sister, in the form of syslog lines and
//! of comma-separated ones.
//!
//! `20210303T04:12:33Z HOST LOKI: Alert: MODULE: FileScan MESSAGE: FILE: C:\a.aspx SCORE: 330 … REASON_1: …`; THOR writes
//! `Mar  3 04:12:33 HOST/192.0.2.5 THOR: Alert: MODULE: Filescan MESSAGE: … FILE: …`. Loki with `--csv`:
//! `20210303T04:12:33Z,HOST,ALERT,FileScan,FILE: …`. Sources: Neo23x0/Loki, `lib/lokilogger.py` and `loki.py`; the THOR
//! manual, <https://thor-manual.nextron-systems.com/en/latest/usage/output-options.html>.

use std::io::Read;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::other_tool::Level;
use hikeshi_core::time::Timestamp;

use crate::lines::{self, Line, repeated};
use crate::record::{Flow, Missed, Record, Sink, Topic, Value};
use crate::tool_output::time_with_zone;

/// So many `KEY: value` pairs of a line are read; what is beyond is told as [`Gap::ValueCut`].
const PAIRS_CAP: usize = 96;
/// So many lines of a head are looked at.
const HEAD_LINES: usize = 40;

/// Whether one of the first lines is of such a log.
pub(crate) fn shows_in(head: &str) -> bool {
    head.lines().take(HEAD_LINES).any(|line| Said::of(line.trim()).is_some())
}

/// Hands over a detection for each alert, warning and notice about something that was looked at, and what the scanner
/// says of its run: when it began and in which version, how many of each it counted, and what it makes of that.
///
/// Fields of a detection: `Scanner`, `Host`, `Level` (`found` for an alert, `suspicious` for a warning, `notice`), `Event`
/// (the module), `Message`, `Path`, `Threat Name` (rules that held), `Reason`, `Score`, `MD5`, `SHA1`, `SHA256`,
/// `CommandLine`. Of a run: `Scanner`, `Host`, `Says`, `Version`, `Result`.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let (mut any, mut surplus) = (false, 0);
    lines::each(source, sink, &mut |line, sink| {
        let Some(said) = Said::of(line.text.trim()) else { return Flow::GoOn };
        any = true;
        let (record, more) = said.record(line);
        surplus += more;
        record.map_or(Flow::GoOn, |record| sink.record(record))
    });
    if surplus > 0 {
        sink.missed(Missed { count: surplus, ..Missed::new(Gap::ValueCut) });
    }
    if !any {
        sink.missed(
            Missed::new(Gap::Malformed).because(both!("no line of a scanner stands in it", "スキャナーの行がない")),
        );
    }
}

/// One line, in its parts.
struct Said<'l> {
    stamp: &'l str,
    host: &'l str,
    scanner: &'static str,
    level: &'l str,
    module: &'l str,
    message: &'l str,
}

impl<'l> Said<'l> {
    fn of(line: &'l str) -> Option<Self> {
        Self::of_syslog(line).or_else(|| Self::of_commas(line))
    }

    fn of_syslog(line: &'l str) -> Option<Self> {
        let (before, scanner, rest) = [(" LOKI: ", "Loki"), (" THOR: ", "THOR")]
            .into_iter()
            .find_map(|(mark, scanner)| line.split_once(mark).map(|(before, rest)| (before, scanner, rest)))?;
        let (level, rest) = rest.split_once(": MODULE: ")?;
        let (module, rest) = rest.split_once(' ')?;
        let message = rest.split_once("MESSAGE: ").map_or(rest, |(_, message)| message);
        let (stamp, host) = before.trim_end().rsplit_once(' ')?;
        is_level(level).then_some(Self { stamp, host, scanner, level, module, message })
    }

    fn of_commas(line: &'l str) -> Option<Self> {
        let mut parts = line.splitn(5, ',');
        let mut next = || parts.next();
        let (stamp, host, level, module, message) = (next()?, next()?, next()?, next()?, next()?);
        (is_level(level) && compact_time(stamp).is_some()).then_some(Self {
            stamp,
            host,
            scanner: "Loki",
            level,
            module,
            message,
        })
    }

    /// What the line tells, and how much of it was left out.
    fn record(&self, line: &Line<'_>) -> (Option<Record>, u64) {
        let level = match self.level.to_ascii_lowercase().as_str() {
            "alert" => Level::Found,
            "warning" => Level::Suspicious,
            "notice" => Level::Notice,
            _ => return (self.of_run(line), 0),
        };
        if ["init", "results", "startup", "report", "update"].iter().any(|own| self.module.eq_ignore_ascii_case(own)) {
            return (self.of_run(line), 0);
        }
        let record = self.base(Topic::Detection, line).with("Level", level.word());
        let (record, surplus) = with_pairs(record.with("Event", self.module), self.message);
        (Some(record), surplus)
    }

    fn of_run(&self, line: &Line<'_>) -> Option<Record> {
        let lower = self.message.to_ascii_lowercase();
        let record = self.base(Topic::ScanRun, line);
        if let Some((_, version)) = self.message.split_once("VERSION: ") {
            let version = version.split_whitespace().next().unwrap_or_default();
            return Some(record.with("Says", "started").with("Version", repeated(version).0));
        }
        let says = if lower.contains("indicators detected") {
            "found"
        } else if lower.contains("suspicious objects detected") {
            "suspicious"
        } else if lower.contains("system seems to be clean") {
            "nothing-found"
        } else if let Some(counts) = Counts::of(&lower) {
            counts.says()
        } else if lower.contains("interrupted") {
            "failed"
        } else {
            return None;
        };
        Some(record.with("Says", says).with("Result", repeated(self.message).0))
    }

    fn base(&self, topic: Topic, line: &Line<'_>) -> Record {
        let time = compact_time(self.stamp).or_else(|| time_with_zone(self.stamp));
        let record = Record { time, number: Some(line.number), ..Record::new(topic, line.offset) };
        let record = record.with("Scanner", self.scanner).with("Host", repeated(self.host).0);
        if time.is_none() { record.with("LocalTime", repeated(self.stamp).0) } else { record }
    }
}

fn is_level(word: &str) -> bool {
    ["alert", "warning", "notice", "info", "error", "debug", "result"]
        .iter()
        .any(|level| word.eq_ignore_ascii_case(level))
}

/// `20210303T04:12:33Z`, always UTC.
fn compact_time(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.split_once('T')?;
    let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..8)?);
    let is_date = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) && clock.ends_with('Z');
    if is_date { Timestamp::parse(format!("{year}-{month}-{day}T{clock}").as_bytes()) } else { None }
}

/// `Results: 2 alerts, 3 warnings, 2 notices`, or `Results ALERTS: 2 WARNINGS: 3 …`.
struct Counts {
    alerts: u64,
    warnings: u64,
}

impl Counts {
    fn of(lower: &str) -> Option<Self> {
        let words: Vec<&str> = lower
            .split(|character: char| !character.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(40)
            .collect();
        let beside = |name: &str| {
            let at = words.iter().position(|word| *word == name)?;
            let number = |at: Option<usize>| words.get(at?)?.parse::<u64>().ok();
            // A word with its number behind it is the later form.
            if lower.contains(&format!("{name}:")) { number(at.checked_add(1)) } else { number(at.checked_sub(1)) }
        };
        lower.contains("results").then_some(())?;
        Some(Self { alerts: beside("alerts")?, warnings: beside("warnings")? })
    }

    const fn says(&self) -> &'static str {
        match (self.alerts, self.warnings) {
            (0, 0) => "nothing-found",
            (0, _) => "suspicious",
            _ => "found",
        }
    }
}

/// Splits `KEY: value KEY: value`; what stands before the first key is the message.
fn with_pairs(mut record: Record, message: &str) -> (Record, u64) {
    let mut keys = Vec::new();
    let mut surplus = 0;
    let mut from = 0;
    while let Some(at) = message.get(from..).and_then(|rest| rest.find(": ")).map(|at| from + at) {
        let begin = message.get(..at).and_then(|before| before.rfind(' ')).map_or(0, |blank| blank + 1);
        let key = message.get(begin..at).unwrap_or_default();
        let is_key = key.len() >= 2
            && key.starts_with(|first: char| first.is_ascii_uppercase())
            && key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        if is_key && keys.len() < PAIRS_CAP {
            keys.push((begin, at, key));
        } else {
            surplus += u64::from(is_key);
        }
        from = at + 2;
    }
    let intro = message.get(..keys.first().map_or(message.len(), |(begin, ..)| *begin)).unwrap_or_default().trim();
    if !intro.is_empty() {
        record = record.with("Message", intro);
    }
    let (mut reasons, mut rules) = (Vec::new(), Vec::new());
    for (number, (_, at, key)) in keys.iter().enumerate() {
        let end = keys.get(number + 1).map_or(message.len(), |(begin, ..)| *begin);
        let value = message.get(at + 2..end).unwrap_or_default().trim();
        match *key {
            "FILE" | "PATH" => record = record.with("Path", value),
            "COMMAND" => record = record.with("CommandLine", value),
            "SCORE" => record = record.with("Score", value),
            "ENTRY" | "VALUE" => record = record.with("Entry", value),
            "MD5" | "SHA1" | "SHA256" => record = record.with(key, value),
            "MATCH" => rules.push(value.to_owned()),
            key if key.starts_with("REASON") => {
                reasons.push(value.to_owned());
                rules.extend(rule_in(value));
            }
            _ => {}
        }
    }
    for (field, values) in [("Threat Name", rules), ("Reason", reasons)] {
        if !values.is_empty() {
            record = record.with(field, Value::List(values));
        }
    }
    (record, surplus)
}

/// `YARA rule webshell_x / …` and the like.
pub(super) fn rule_in(reason: &str) -> Option<String> {
    let lower = reason.to_ascii_lowercase();
    let at = lower.find("yara rule ")? + "yara rule ".len();
    let word = reason.get(at..)?.split_whitespace().next()?;
    (word != "MATCH:").then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Gathered;

    const LOKI: &str = "20210305T10:25:30Z EX01 LOKI: Notice: MODULE: Init MESSAGE: Starting Loki Scan VERSION: 0.44.2 SYSTEM: EX01\n\
        20210305T10:25:35Z EX01 LOKI: Alert: MODULE: FileScan MESSAGE: FILE: C:\\inetpub\\wwwroot\\a b.aspx SCORE: 330 TYPE: UNKNOWN \
        MD5: 00 REASON_1: Yara Rule MATCH: Inert_Page SUBSCORE: 70 DESCRIPTION: x MATCHES: Str1: y\n\
        20210305T10:25:36Z EX01 LOKI: Info: MODULE: FileScan MESSAGE: Scanning C:\\ ...\n\
        20210305T10:25:45Z EX01 LOKI: Notice: MODULE: Results MESSAGE: Results: 1 alerts, 0 warnings, 2 notices\n\
        20210305T10:25:45Z EX01 LOKI: Result: MODULE: Results MESSAGE: Indicators detected!\n";

    fn gathered(text: &str) -> Gathered {
        let mut sink = Gathered::default();
        read(&mut text.as_bytes(), &mut sink);
        sink
    }

    #[test]
    fn alerts_are_detections_and_the_run_says_how_it_began_and_ended() {
        let sink = gathered(LOKI);
        let [start, alert, counts, result] = sink.records.as_slice() else { panic!("{:?}", sink.records) };
        assert_eq!((start.topic, start.text("Version")), (Topic::ScanRun, Some("0.44.2")));
        for (field, expected) in [
            ("Scanner", "Loki"),
            ("Host", "EX01"),
            ("Level", "found"),
            ("Event", "FileScan"),
            ("Path", "C:\\inetpub\\wwwroot\\a b.aspx"),
            ("Score", "330"),
        ] {
            assert_eq!(alert.text(field), Some(expected), "{field}");
        }
        assert_eq!(alert.field("Threat Name"), Some(&Value::List(vec!["Inert_Page".to_owned()])));
        assert_eq!(alert.time, Timestamp::parse(b"2021-03-05T10:25:35Z"));
        assert_eq!((counts.text("Says"), result.text("Says")), (Some("found"), Some("found")));
    }

    #[test]
    fn both_scanners_and_both_forms_are_read_and_nothing_else_is() {
        let thor = "Mar  5 10:25:35 EX01/192.0.2.5 THOR: Warning: MODULE: Filescan SCANID: S-1 MESSAGE: Suspicious file found \
                    FILE: C:\\x.aspx SCORE: 75 REASON_1: YARA rule Inert_Page / Some text\n\
                    Mar  5 10:29:00 EX01/192.0.2.5 THOR: Notice: MODULE: Report MESSAGE: Results ALERTS: 0 WARNINGS: 1 NOTICES: 4 ERRORS: 0\n";
        assert!(shows_in(thor) && shows_in(LOKI));
        let sink = gathered(thor);
        let [warning, report] = sink.records.as_slice() else { panic!("{:?}", sink.records) };
        assert_eq!(
            (warning.text("Level"), warning.text("Message")),
            (Some("suspicious"), Some("Suspicious file found"))
        );
        assert_eq!((warning.time, warning.text("LocalTime")), (None, Some("Mar  5 10:25:35")));
        assert_eq!(warning.field("Threat Name"), Some(&Value::List(vec!["Inert_Page".to_owned()])));
        assert_eq!(report.text("Says"), Some("suspicious"));
        let commas = "20210305T10:25:35Z,EX01,WARNING,FileScan,FILE: C:\\x.aspx SCORE: 70\n\
                      20210305T10:25:36Z,EX01,RESULT,Results,SYSTEM SEEMS TO BE CLEAN.\n";
        assert!(shows_in(commas));
        let sink = gathered(commas);
        assert_eq!(
            (sink.records[0].text("Path"), sink.records[1].text("Says")),
            (Some("C:\\x.aspx"), Some("nothing-found"))
        );
        for other in ["", "2021-03-05 LOKI is a god", "a,b,c,d,e", "THOR: Alert: MODULE: x"] {
            assert!(!shows_in(other), "{other}");
        }
        assert_eq!(gathered("nothing").missed[0].reason, Gap::Malformed);
    }

    #[test]
    fn pairs_beyond_the_cap_are_counted() {
        let line = format!("20210305T10:25:35Z H LOKI: Alert: MODULE: F MESSAGE: {}", "AB: c ".repeat(PAIRS_CAP + 3));
        let sink = gathered(&line);
        assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::ValueCut, 3));
    }
}
