//! JSON in which scanners list what they found, as one document or one object a line: THOR (all versions of its log),
//! CISA's CHIRP, Chainsaw and Hayabusa.
//!
//! Sources: NextronSystems/jsonlog (`thorlog/v1`, `v2`, `v3`); cisagov/CHIRP, `chirp/common.py` and `chirp/plugins/*/scan.py`;
//! WithSecureLabs/chainsaw, `src/cli.rs`; Yamato-Security/hayabusa, `doc/`. Each of them changes its fields with its
//! versions, so what is looked for is found by name, at the few places where it is known to stand.

use std::io::Read;

use hikeshi_core::both;
use hikeshi_core::coverage::Gap;
use hikeshi_core::other_tool::Level;
use hikeshi_core::text::Text;
use serde_json::{Map, Value as Json};

use crate::lines::{self, repeated};
use crate::record::{Flow, Missed, Record, Sink, Topic, Value};
use crate::tool_output::time_with_zone;

/// A document that is no list of lines is read up to so many bytes.
const DOCUMENT_CAP: usize = 32 << 20;
/// So many reasons of one finding are kept.
const REASONS_CAP: usize = 64;
/// So many matches of one indicator are handed over; what is beyond is told as [`Gap::ValueCut`].
const MATCHES_CAP: usize = 10_000;

/// Whether a head is of such JSON.
pub(crate) fn shows_in(head: &str) -> bool {
    head.starts_with(['{', '[']) && scanner_of(head).is_some()
}

/// Which scanner writes such names; several must stand together, since each of them is common.
fn scanner_of(text: &str) -> Option<&'static str> {
    const MARKS: [(&str, &[&str]); 6] = [
        ("THOR", &["\"level\"", "\"module\"", "\"hostname\"", "\"scanid\""]),
        ("THOR", &["\"meta\"", "\"log_version\"", "\"hostname\"", "\"module\""]),
        ("THOR", &["\"THOR finding\""]),
        ("CHIRP", &["\"description\"", "\"confidence\"", "\"matches\""]),
        ("Hayabusa", &["\"Timestamp\"", "\"RuleTitle\"", "\"Level\""]),
        ("Chainsaw", &["\"group\"", "\"kind\"", "\"document\"", "\"timestamp\""]),
    ];
    MARKS.iter().find(|(_, marks)| marks.iter().all(|mark| text.contains(mark))).map(|(scanner, _)| *scanner)
}

/// Hands over a detection for each thing found, and what the scanner says of its run where it does.
///
/// Fields of a detection: `Scanner`, `Host`, `Level`, `Event` (module, rule or group), `Message`, `Path`, `Threat Name`,
/// `Reason`, `Score`, `MD5`, `SHA1`, `SHA256`, `CommandLine`. CHIRP with nothing in it says `nothing-found`.
pub fn read(source: &mut dyn Read, sink: &mut dyn Sink) {
    let mut reader = Findings { whole: String::new(), is_whole: false, any: false, damaged: 0, surplus: 0 };
    lines::each(source, sink, &mut |line, sink| {
        let text = line.text.trim();
        if reader.is_whole || text.is_empty() {
            reader.keep(text);
            return Flow::GoOn;
        }
        match serde_json::from_str::<Json>(text) {
            Ok(Json::Object(object)) if scanner_of(text).is_some_and(|scanner| scanner != "CHIRP") => {
                reader.finding(scanner_of(text).unwrap_or_default(), &object, line.number, line.offset, sink)
            }
            // A document over several lines, or one that is a list.
            _ if !reader.any => {
                reader.is_whole = true;
                reader.keep(text);
                Flow::GoOn
            }
            _ => {
                reader.damaged += 1;
                Flow::GoOn
            }
        }
    });
    if reader.is_whole {
        reader.document(sink);
    }
    for (count, reason) in [(reader.damaged, Gap::DamagedRecords), (reader.surplus, Gap::ValueCut)] {
        if count > 0 {
            sink.missed(Missed { count, ..Missed::new(reason) });
        }
    }
}

struct Findings {
    /// A document that is no list of lines.
    whole: String,
    is_whole: bool,
    any: bool,
    damaged: u64,
    surplus: u64,
}

impl Findings {
    fn keep(&mut self, text: &str) {
        if self.whole.len() + text.len() < DOCUMENT_CAP {
            self.whole.push_str(text);
            self.whole.push('\n');
        } else {
            self.surplus += 1;
        }
    }

    fn document(&mut self, sink: &mut dyn Sink) {
        let whole = std::mem::take(&mut self.whole);
        let scanner = scanner_of(whole.get(..whole.floor_char_boundary(64 << 10)).unwrap_or_default());
        let document = serde_json::from_str::<Json>(&whole);
        match (document, scanner) {
            (Ok(Json::Array(list)), Some(scanner)) => {
                let objects = list.iter().filter_map(Json::as_object);
                for (number, object) in (1..).zip(objects) {
                    if self.finding(scanner, object, number, 0, sink) == Flow::Stop {
                        return;
                    }
                }
            }
            (Ok(Json::Object(object)), Some("CHIRP")) => self.indicators(&object, sink),
            (Ok(Json::Object(object)), Some(scanner)) => {
                self.finding(scanner, &object, 1, 0, sink);
            }
            (Ok(Json::Object(object)), None) if object.is_empty() => {}
            (document, _) => {
                let missed = Missed::new(Gap::Malformed);
                let why = match document {
                    Err(error) => Text::quoted(error, "JSON として読めない"),
                    Ok(_) => both!("no scanner is known by it", "既知のスキャナーの出力ではない"),
                };
                sink.missed(missed.because(why));
            }
        }
    }

    fn finding(
        &mut self,
        scanner: &str,
        object: &Map<String, Json>,
        number: u64,
        offset: u64,
        sink: &mut dyn Sink,
    ) -> Flow {
        self.any = true;
        let word = first(object, &["level", "Level", "meta.level", "meta.lvl"]).unwrap_or_default();
        let Some(level) = level(&word) else { return Flow::GoOn };
        let stamp = first(object, &["time", "timestamp", "Timestamp", "meta.time"]).unwrap_or_default();
        // Hayabusa sets the offset apart with a blank.
        let stamp = stamp.replacen(" +", "+", 1).replacen(" -", "-", 1);
        let time = time_with_zone(&stamp);
        let record = Record { time, number: Some(number), ..Record::new(Topic::Detection, offset) };
        let mut record = record.with("Scanner", scanner).with("Level", level.word());
        if time.is_none() && !stamp.is_empty() {
            record = record.with("LocalTime", repeated(&stamp).0);
        }
        const FIELDS: [(&str, &[&str]); 9] = [
            ("Host", &["hostname", "Computer", "meta.hostname", "document.data.Event.System.Computer"]),
            ("Event", &["module", "meta.module", "group"]),
            ("Message", &["message", "RuleTitle", "name"]),
            ("Path", &["file", "FILE", "path", "image_file", "subject.path", "file.path", "object.path"]),
            ("Score", &["score"]),
            ("MD5", &["md5", "subject.hashes.md5", "file.md5"]),
            ("SHA1", &["sha1", "subject.hashes.sha1", "file.sha1"]),
            ("SHA256", &["sha256", "subject.hashes.sha256", "file.sha256"]),
            ("CommandLine", &["command", "cmdline", "subject.command_line"]),
        ];
        for (field, places) in FIELDS {
            if let Some(value) = first(object, places) {
                record = record.with(field, value);
            }
        }
        let (reasons, rules) = reasons(object);
        for (field, values) in [("Threat Name", rules), ("Reason", reasons)] {
            if !values.is_empty() {
                record = record.with(field, Value::List(values));
            }
        }
        sink.record(record)
    }

    /// CHIRP: each indicator with what it matched; those without a match are left out by CHIRP itself.
    fn indicators(&mut self, object: &Map<String, Json>, sink: &mut dyn Sink) {
        for (name, indicator) in object {
            let text = |key: &str| indicator.get(key).and_then(Json::as_str).unwrap_or_default();
            let matches = indicator.get("matches").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
            self.surplus += matches.len().saturating_sub(MATCHES_CAP) as u64;
            for (number, found) in (1..).zip(matches.iter().take(MATCHES_CAP)) {
                let path = match found {
                    Json::String(text) => Some(text.clone()),
                    found => found
                        .as_object()
                        .and_then(|found| first(found, &["file", "path", "key", "event.system.channel"])),
                };
                let record = Record { number: Some(number), ..Record::new(Topic::Detection, 0) };
                let mut record = record
                    .with("Scanner", "CHIRP")
                    .with("Level", Level::Found.word())
                    .with("Event", repeated(name).0)
                    .with("Threat Name", repeated(name).0)
                    .with("Message", repeated(text("description")).0);
                if let Some(path) = path {
                    record = record.with("Path", path);
                }
                if sink.record(record) == Flow::Stop {
                    return;
                }
            }
        }
    }
}

fn level(word: &str) -> Option<Level> {
    Some(match word.to_ascii_lowercase().as_str() {
        "alert" | "crit" | "critical" | "high" => Level::Found,
        "warning" | "med" | "medium" => Level::Suspicious,
        "notice" | "low" => Level::Notice,
        _ => return None,
    })
}

/// The first of these places at which a text, a number or a list of texts stands; dots lead into objects.
fn first(object: &Map<String, Json>, places: &[&str]) -> Option<String> {
    places.iter().find_map(|place| {
        let mut names = place.split('.');
        let mut value = object.get(names.next()?)?;
        for name in names {
            value = value.get(name)?;
        }
        match value {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            Json::Array(list) => list.first()?.as_str().map(str::to_owned),
            _ => None,
        }
    })
}

/// Why THOR holds something for bad, and the names of the rules that held.
fn reasons(object: &Map<String, Json>) -> (Vec<String>, Vec<String>) {
    let (mut reasons, mut rules) = (Vec::new(), Vec::new());
    let numbered = object.iter().filter(|(name, _)| name.to_ascii_lowercase().starts_with("reason_"));
    for text in numbered.filter_map(|(_, value)| value.as_str()) {
        reasons.push(text.to_owned());
        rules.extend(super::line_log::rule_in(text));
    }
    for reason in object.get("reasons").and_then(Json::as_array).into_iter().flatten() {
        let Some(reason) = reason.as_object() else { continue };
        reasons.extend(first(reason, &["summary", "message", "reason", "name"]));
        rules.extend(first(
            reason,
            &["signature.rule_name", "signature.rulename", "signature.name", "rulename", "sigclass"],
        ));
    }
    reasons.truncate(REASONS_CAP);
    rules.truncate(REASONS_CAP);
    (reasons, rules)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::Gathered;

    const SAMPLES: [&str; 5] = [
        "{\"time\":\"2021-03-05T10:25:35Z\",\"hostname\":\"EX01\",\"level\":\"Info\",\"module\":\"Init\",\"scanid\":\"S\",\"message\":\"x\"}\n\
         {\"time\":\"2021-03-05T10:25:35Z\",\"hostname\":\"EX01\",\"level\":\"Alert\",\"module\":\"Filescan\",\"scanid\":\"S\",\"message\":\"Malware file found\",\
         \"file\":\"C:\\\\inetpub\\\\a.aspx\",\"score\":120,\"reason_1\":\"YARA rule Inert_Page / x\",\"sha256\":\"00\"}\n",
        "{\"type\":\"THOR finding\",\"meta\":{\"time\":\"2021-03-05T10:25:35Z\",\"level\":\"Warning\",\"module\":\"Filescan\",\"hostname\":\"EX01\"},\
         \"message\":\"Suspicious\",\"subject\":{\"type\":\"file\",\"path\":\"C:\\\\a.aspx\",\"hashes\":{\"md5\":\"01\"}},\
         \"reasons\":[{\"summary\":\"s\",\"signature\":{\"rule_name\":\"Inert\"}}],\"log_version\":\"v3.0.0\"}\n",
        "{\"Inert rule\": {\"description\": \"d\", \"confidence\": 9, \"matches\": [\"C:\\\\a.aspx\", {\"file\": \"C:\\\\b.aspx\"}]}}",
        "{\"Timestamp\":\"2021-03-05 10:25:35.000 +00:00\",\"RuleTitle\":\"Inert\",\"Level\":\"high\",\"Computer\":\"EX01\"}",
        "[{\"group\":\"Sigma\",\"kind\":\"individual\",\"document\":{\"kind\":\"evtx\"},\"name\":\"Inert\",\"timestamp\":\"2021-03-05T10:25:35+00:00\",\
         \"level\":\"medium\"},\n{\"group\":\"Sigma\"}]",
    ];

    fn gathered(text: &str) -> Gathered {
        let mut sink = Gathered::default();
        read(&mut text.as_bytes(), &mut sink);
        sink
    }

    #[test]
    fn what_each_scanner_found_is_told_in_the_same_fields() {
        let expected = [
            ("THOR", "found", Some("C:\\inetpub\\a.aspx"), Some("Malware file found")),
            ("THOR", "suspicious", Some("C:\\a.aspx"), Some("Suspicious")),
            ("CHIRP", "found", Some("C:\\a.aspx"), Some("d")),
            ("Hayabusa", "found", None, Some("Inert")),
            ("Chainsaw", "suspicious", None, Some("Inert")),
        ];
        for (sample, (scanner, level, path, message)) in SAMPLES.iter().zip(expected) {
            assert!(shows_in(sample), "{sample}");
            let sink = gathered(sample);
            assert!(sink.missed.is_empty(), "{scanner}: {:?}", sink.missed);
            let record = &sink.records[0];
            assert_eq!((record.text("Scanner"), record.text("Level")), (Some(scanner), Some(level)));
            assert_eq!((record.text("Path"), record.text("Message")), (path, message), "{scanner}");
            assert_eq!(record.time.is_some(), scanner != "CHIRP", "{scanner}");
        }
        assert_eq!(gathered(SAMPLES[2]).records[1].text("Path"), Some("C:\\b.aspx"));
        assert_eq!(gathered(SAMPLES[1]).records[0].field("Threat Name"), Some(&Value::List(vec!["Inert".to_owned()])));
        assert_eq!(gathered(SAMPLES[0]).records.len(), 1, "what is no finding is none");
    }

    #[test]
    fn other_json_is_left_alone_and_damaged_lines_are_counted() {
        for other in ["{}", "[1]", "{\"level\": \"x\"}", "plain \"RuleTitle\" \"Timestamp\" \"Level\""] {
            assert!(!shows_in(other), "{other}");
        }
        let sink = gathered(&format!("{}{{\"cut\n", SAMPLES[0]));
        assert_eq!((sink.records.len(), sink.missed[0].reason), (1, Gap::DamagedRecords));
        assert_eq!(gathered(&"[".repeat(5_000)).missed[0].reason, Gap::Malformed);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn arbitrary_and_mutated_json_never_panics(
            noise in prop::collection::vec(any::<u8>(), 0..400),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            sample in 0..5_usize,
        ) {
            let mut bytes = SAMPLES[sample].as_bytes().to_vec();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            for bytes in [&noise, &bytes] {
                let mut sink = Gathered::default();
                read(&mut bytes.as_slice(), &mut sink);
                prop_assert!(sink.records.len() <= bytes.len());
            }
        }
    }
}
