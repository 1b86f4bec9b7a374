//! Outputs of other tools in forms that packs describe: tables with known columns, and lines that say something.
//!
//! Start at [`Outputs::recognise`], which the parent asks, and [`Outputs::read`], which a worker does.

mod lines;
mod table;

use std::io::Read;

use hikeshi_core::other_tool::{Level, Output, Telling, Tells};
use hikeshi_core::time::Timestamp;
use regex::{Captures, Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use crate::encoding::beginning;
use crate::lines::repeated;
use crate::record::{Record, Sink, Topic, Value};

/// So much of a head is looked at as text.
const LOOK: usize = 16 << 10;
/// A table's header stands within so many lines; a mark within so many lines.
const HEAD_LINES: usize = 40;
/// A pattern of a pack may take so much memory when compiled.
const PATTERN_CAP: usize = 1 << 20;

/// All forms of output that packs describe, ready to be found and read.
#[derive(Debug, Default)]
pub struct Outputs {
    forms: Vec<Form>,
    /// The marks of all forms, searched together: every file is asked for them.
    marks: RegexSet,
    /// For each mark, the number of its form.
    owners: Vec<usize>,
}

/// One form, with its patterns compiled.
#[derive(Debug)]
struct Form {
    output: Output,
    named: Option<Regex>,
    lines: Vec<Regex>,
}

impl Outputs {
    /// Compiles them.
    ///
    /// # Errors
    /// When a pattern is malformed.
    pub fn new(outputs: &[Output]) -> Result<Self, regex::Error> {
        let compiled = |pattern: &String| RegexBuilder::new(pattern).size_limit(PATTERN_CAP).build();
        let form = |output: &Output| {
            Ok(Form {
                named: output.named.as_ref().map(compiled).transpose()?,
                lines: output.lines.iter().map(|line| compiled(&line.pattern)).collect::<Result<_, _>>()?,
                output: output.clone(),
            })
        };
        let marks =
            || outputs.iter().enumerate().flat_map(|(at, output)| output.marks.iter().map(move |mark| (at, mark)));
        Ok(Self {
            forms: outputs.iter().map(form).collect::<Result<_, regex::Error>>()?,
            marks: RegexSetBuilder::new(marks().map(|(_, mark)| mark)).size_limit(PATTERN_CAP * 8).build()?,
            owners: marks().map(|(at, _)| at).collect(),
        })
    }

    /// The number of the form that a file has, by its path with slashes and its first bytes.
    ///
    /// What stands in it comes first; a name decides only for forms that show by nothing else.
    #[must_use]
    pub fn recognise(&self, path: &str, head: &[u8]) -> Option<u16> {
        if self.forms.is_empty() {
            return None;
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        let head = beginning(head, LOOK);
        let head: Vec<&str> = head.trim_start_matches('\u{feff}').lines().take(HEAD_LINES).map(str::trim).collect();
        let marked =
            head.iter().flat_map(|line| self.marks.matches(line)).filter_map(|mark| self.owners.get(mark)).min();
        let by_header = || {
            let names = table::header_of(&head)?;
            self.forms.iter().position(|form| form.has_columns(&names))
        };
        let by_name = || self.forms.iter().position(|form| form.shows_by_name(name, &head));
        marked.copied().or_else(by_header).or_else(by_name).and_then(|number| u16::try_from(number).ok())
    }

    /// Reads a file of the form with this number; `path` is where it lies, with slashes.
    pub fn read(&self, number: u16, path: &str, source: &mut dyn Read, sink: &mut dyn Sink) {
        let Some(form) = self.forms.get(usize::from(number)) else { return };
        let base = form.base(path);
        if form.output.columns.is_empty() {
            lines::read(form, &base, source, sink);
        } else {
            table::read(form, &base, source, sink);
        }
    }
}

impl Form {
    fn has_columns(&self, names: &[String]) -> bool {
        let columns = &self.output.columns;
        !columns.is_empty()
            && names.len() == columns.len()
            && columns.iter().all(|column| names.iter().any(|name| name.eq_ignore_ascii_case(column)))
    }

    /// A name alone proves nothing: something in the file must say what the form knows.
    fn shows_by_name(&self, name: &str, head: &[&str]) -> bool {
        let alone = self.output.marks.is_empty() && self.output.columns.is_empty();
        let says = || head.iter().any(|line| !line.is_empty() && self.lines.iter().any(|known| known.is_match(line)));
        alone && self.named.as_ref().is_some_and(|named| named.is_match(name)) && says()
    }

    /// What all records of a file have in common.
    fn base(&self, path: &str) -> Vec<(String, Value)> {
        let name = path.rsplit('/').next().unwrap_or_default();
        let mut base = vec![
            ("Scanner".to_owned(), self.output.scanner.as_str().into()),
            ("Output".to_owned(), self.output.id.as_str().into()),
        ];
        if let Some(regex) = &self.named
            && let Some(captures) = regex.captures(name)
        {
            base.extend(groups(regex, &captures));
        }
        base
    }
}

/// The named groups of a match as fields; long values are cut.
fn groups<'r>(regex: &'r Regex, captures: &'r Captures<'_>) -> impl Iterator<Item = (String, Value)> {
    let group = |name: &'r str| Some((name.to_owned(), repeated(captures.name(name)?.as_str()).0.into()));
    regex.capture_names().flatten().filter_map(group)
}

/// A record of what a row or a line tells. `value` gives a column or group by its name.
fn telling<'v>(tells: &Telling, base: &[(String, Value)], value: &dyn Fn(&str) -> Option<&'v str>) -> Record {
    let topic = match tells.topic {
        Tells::Detection => Topic::Detection,
        Tells::Run => Topic::ScanRun,
    };
    let mut record = Record::new(topic, 0);
    record.fields.extend(base.iter().cloned());
    record.fields.extend(tells.fields.iter().map(|(name, value)| (name.clone(), value.as_str().into())));
    if let Some(text) = tells.time.as_ref().and_then(|name| value(name)).map(str::trim) {
        match time_with_zone(text) {
            Some(time) => record.time = Some(time),
            None if !text.is_empty() => record.fields.push(("LocalTime".to_owned(), repeated(text).0.into())),
            None => {}
        }
    }
    if tells.topic == Tells::Detection && record.field("Level").is_none() {
        let known = tells.level_of.as_ref().and_then(|name| value(name)).and_then(|word| {
            tells.levels.iter().find(|(have, _)| have.eq_ignore_ascii_case(word.trim())).map(|(_, level)| *level)
        });
        record.fields.push(("Level".to_owned(), known.unwrap_or(Level::Found).word().into()));
    }
    record
}

/// A time that says its zone; others are not taken for UTC.
pub(crate) fn time_with_zone(text: &str) -> Option<Timestamp> {
    let says_zone = text.ends_with(['Z', 'z'])
        || text.len() > 6 && text.get(text.len() - 6..).is_some_and(|tail| tail.starts_with(['+', '-']));
    if says_zone { Timestamp::parse(text.as_bytes()) } else { None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use hikeshi_core::other_tool::{LineForm, Reach};
    use proptest::prelude::*;

    use super::*;
    use crate::record::Gathered;

    /// A checker of ferries, invented: a table of hits, a console text, a list of files.
    fn outputs() -> Outputs {
        let text = |text: &str| text.to_owned();
        let fields = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| (text(name), text(value))).collect()
        };
        let line = |pattern: &str, topic, pairs: &[(&str, &str)], reach| LineForm {
            pattern: text(pattern),
            tells: Telling { topic, fields: fields(pairs), ..Telling::default() },
            reach,
        };
        let scanner = text("Ferry Check");
        Outputs::new(&[
            Output {
                id: text("ferry-hits"),
                scanner: scanner.clone(),
                columns: ["When", "What", "Grade"].map(text).to_vec(),
                named: Some(text("(?i)^(?P<Host>.+)-hits")),
                rows: Some(Telling {
                    time: Some(text("When")),
                    level_of: Some(text("Grade")),
                    levels: [(text("odd"), Level::Suspicious)].into(),
                    fields: fields(&[("Check", "stowaways")]),
                    ..Telling::default()
                }),
                ..Output::default()
            },
            Output {
                id: text("ferry-console"),
                scanner: scanner.clone(),
                marks: vec![text("(?i)^Ferry status:")],
                lines: vec![
                    line("^Ferry status: (?P<Host>.+)", Tells::Run, &[("Says", "started")], Reach::Section),
                    line("^Nobody found", Tells::Run, &[("Says", "nothing-found")], Reach::Line),
                    line("^Stowaway (?P<Path>.+)", Tells::Detection, &[], Reach::Line),
                ],
                ..Output::default()
            },
            Output {
                id: text("ferry-list"),
                scanner,
                named: Some(text("-stowaways\\.log$")),
                lines: vec![line("^(?P<Path>.+)$", Tells::Detection, &[], Reach::Line)],
                ..Output::default()
            },
        ])
        .unwrap()
    }

    fn read(path: &str, bytes: &[u8]) -> Gathered {
        let (outputs, mut sink) = (outputs(), Gathered::default());
        let number = outputs.recognise(path, bytes).unwrap();
        outputs.read(number, path, &mut &*bytes, &mut sink);
        sink
    }

    #[test]
    fn forms_show_by_their_columns_and_marks_wherever_they_lie_and_by_name_only_where_nothing_else_tells() {
        let outputs = outputs();
        for (path, head, expected) in [
            ("0001", "#TYPE x\r\n\"What\",\"WHEN\",\"Grade\"\r\n", Some(0)),
            ("0001", "What,When,Grade,More\r\n", None),
            ("0001", "What,When\r\n", None),
            ("x.txt", "\u{feff}\r\n  ferry STATUS: one\r\n", Some(1)),
            ("x.ps1", "Write-Host \"Ferry status: one\"\r\n", None),
            ("a/host-stowaways.log", "C:\\a.aspx\r\n", Some(2)),
            ("a/host-stowaways.log", "Ferry status: one\r\n", Some(1)),
            ("a/host-stowaways.log", "\r\n", None),
        ] {
            assert_eq!(outputs.recognise(path, head.as_bytes()), expected, "{path} {head}");
        }
        let wide: Vec<u8> = "\u{feff}Ferry status: x".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(outputs.recognise("x", &wide), Some(1));
        assert_eq!(Outputs::default().recognise("x", b"a"), None);
    }

    #[test]
    fn rows_become_detections_with_their_columns_their_level_and_the_time_only_where_it_says_its_zone() {
        let sink = read(
            "a/dock-hits.csv",
            "#TYPE x\r\n\"When\",\"What\",\"Grade\"\r\n\"2021-03-03T04:05:06Z\",\"one\r\ntwo\",\"ODD\"\r\n\
             \"03/03/2021 04:05:06\",\"three\",\"bad\"\r\nshort\r\n"
                .as_bytes(),
        );
        let [first, second] = sink.records.as_slice() else { panic!("{:?}", sink.records) };
        assert_eq!(first.time, Timestamp::parse(b"2021-03-03T04:05:06Z"));
        for (field, expected) in [
            ("Scanner", "Ferry Check"),
            ("Output", "ferry-hits"),
            ("Host", "dock"),
            ("Check", "stowaways"),
            ("Level", "suspicious"),
            ("What", "one\r\ntwo"),
        ] {
            assert_eq!(first.text(field), Some(expected), "{field}");
        }
        assert_eq!((second.time, second.number, second.text("Level")), (None, Some(5), Some("found")));
        assert_eq!(second.text("LocalTime"), Some("03/03/2021 04:05:06"));
        assert_eq!((sink.missed.len(), sink.missed[0].count), (1, 1), "a row that does not fit is counted");
    }

    #[test]
    fn lines_become_records_and_what_a_section_says_of_itself_stands_in_those_that_follow() {
        let sink = read("x", b"Ferry status: one\n Nobody found\nnoise\nFerry status: two\nStowaway C:\\a\n");
        let shown: Vec<_> = sink
            .records
            .iter()
            .map(|record| (record.topic, record.text("Host").unwrap(), record.text("Says"), record.text("Path")))
            .collect();
        assert_eq!(
            shown,
            [
                (Topic::ScanRun, "one", Some("started"), None),
                (Topic::ScanRun, "one", Some("nothing-found"), None),
                (Topic::ScanRun, "two", Some("started"), None),
                (Topic::Detection, "two", None, Some("C:\\a")),
            ]
        );
        assert!(sink.missed.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn arbitrary_and_mutated_output_never_panics_and_stays_within_its_size(
            noise in prop::collection::vec(any::<u8>(), 0..600),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        ) {
            let outputs = outputs();
            let mut sample = b"#TYPE x\r\n\"When\",\"What\",\"Grade\"\r\n\"2021-03-03T04:05:06Z\",\"a\",\"odd\"\r\n\
                Ferry status: one\nStowaway C:\\a\n".to_vec();
            for (at, value) in changes {
                let at = at.index(sample.len());
                sample[at] = value;
            }
            for bytes in [&noise, &sample] {
                let _ = outputs.recognise("x-stowaways.log", bytes);
                for number in 0..4 {
                    let mut sink = Gathered::default();
                    outputs.read(number, "a/x-hits.csv", &mut bytes.as_slice(), &mut sink);
                    prop_assert!(sink.records.len() <= bytes.len());
                    prop_assert!(sink.records.iter().all(|record| record.bytes() <= 4_000));
                }
            }
        }
    }
}
