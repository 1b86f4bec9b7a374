//! Every face with hostile text wherever text from evidence, rules, packs or somebody's saved report can stand.

use hikeshi_core::report::Report;
use hikeshi_core::text::Lang;
use hikeshi_core::untrusted::is_armed;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use crate::fleet::{self, Merging};
use crate::sample::{self, HOSTILE, written};
use crate::tlp::Tlp;
use crate::{Words, compare, csv, json, markdown, sarif, stix, terminal, timesketch};

fn in_both(face: impl Fn(&Report, &Words) -> String, mut look: impl FnMut(&str, &str)) {
    for words in [Words::new(Lang::En), Words::new(Lang::Ja)] {
        for (value, report) in sample::hostile() {
            let page = face(&report, &words);
            assert_eq!(page, face(&report, &words), "a second run writes the same");
            look(value, &page);
        }
    }
}

/// Nothing in it acts on a terminal or changes how text is shown.
fn assert_harmless(page: &str) {
    let armed: Vec<char> = page.chars().filter(|character| *character != '\n' && is_armed(*character)).collect();
    assert!(armed.is_empty(), "{armed:?} in\n{page}");
}

fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(list) => list.iter().for_each(|value| strings(value, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            found.push(name);
            strings(value, found);
        }),
        _ => {}
    }
}

#[test]
fn no_face_carries_what_acts_on_a_screen() {
    type Face = fn(&Report, &Words) -> String;
    let faces: [Face; 7] = [
        |report, _| written(|out| json::write(report, out)),
        |report, _| written(|out| json::write_lines(report, out)),
        |report, words| written(|out| csv::write(report, words, out)).replace("\r\n", "\n").replacen('\u{feff}', "", 1),
        |report, words| written(|out| timesketch::write(report, words, out)),
        |report, words| written(|out| stix::write(report, words, Tlp::Red, out)),
        |report, words| written(|out| sarif::write(report, words, out)),
        |report, words| written(|out| markdown::write(report, words, out)),
    ];
    for face in faces {
        in_both(face, |_, page| assert_harmless(page));
    }
    // The terminal face sets type in bold and colour, by sequences of its own alone.
    let face = |report: &Report, words: &Words| written(|out| terminal::write(report, words, out));
    let own = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"];
    in_both(face, |_, page| assert_harmless(&own.iter().fold(page.to_owned(), |page, style| page.replace(style, ""))));
}

#[test]
fn no_cell_of_the_table_runs() {
    let face = |report: &Report, words: &Words| written(|out| csv::write(report, words, out));
    in_both(face, |_, page| {
        for row in cells(page) {
            assert_eq!(row.len(), csv::COLUMNS.len(), "{row:?}");
            for cell in row {
                for part in cell.split([',', ';', '|', '\t']) {
                    let bare = part.trim_start_matches(|character: char| character.is_whitespace() || character == '"');
                    assert!(!bare.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{cell}");
                }
            }
        }
    });
}

/// The table read back, as RFC 4180 has it.
fn cells(page: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = page.strip_prefix('\u{feff}').expect("a byte order mark").chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(characters.next(), Some('\n'));
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(character),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty(), "the last line is complete");
    rows
}

#[test]
fn markdown_from_evidence_stays_text() {
    let face = |report: &Report, words: &Words| written(|out| markdown::write(report, words, out));
    in_both(face, |value, page| {
        let mut in_heading = false;
        let (mut headings, mut spans) = (Vec::new(), Vec::new());
        for event in Parser::new_ext(page, Options::all()) {
            match event {
                Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::Rule => {
                    panic!("{event:?} for {value}\n{page}")
                }
                Event::InlineMath(_) | Event::DisplayMath(_) => panic!("{event:?} for {value}"),
                Event::Start(
                    Tag::Link { .. }
                    | Tag::Image { .. }
                    | Tag::CodeBlock(_)
                    | Tag::HtmlBlock
                    | Tag::Table(_)
                    | Tag::BlockQuote(_),
                ) => panic!("{event:?} for {value}\n{page}"),
                Event::Start(Tag::Heading { .. }) => in_heading = true,
                Event::End(TagEnd::Heading(_)) => in_heading = false,
                Event::Code(text) => spans.push(text.to_string()),
                Event::Text(text) => {
                    assert!(!text.replace("[://", "").contains("://"), "{text}");
                    assert!(!text.contains("www.") && !text.contains('@'), "{text}");
                    if in_heading {
                        headings.push(text.to_string());
                    }
                }
                _ => {}
            }
        }
        assert!(headings.len() > 5 && !spans.is_empty());
    });
}

#[test]
fn what_stands_in_evidence_is_readable_in_a_code_span() {
    for value in HOSTILE.into_iter().filter(|value| !value.trim().is_empty() && !value.chars().any(is_armed)) {
        let page = written(|out| markdown::write(&sample::with(value), &Words::new(Lang::En), out));
        let shown = format!("plain: {}", value.replace("://", "[://]"));
        let mut events = Parser::new(&page);
        assert!(
            events.any(|event| matches!(event, Event::Code(text) if text.trim() == shown.trim())),
            "{value}\n{page}"
        );
    }
}

#[test]
fn json_faces_are_json_and_messages_of_sarif_hold_no_link() {
    in_both(
        |report, words| written(|out| sarif::write(report, words, out)),
        |_, page| {
            let log: Value = serde_json::from_str(page).unwrap();
            let results = log["runs"][0]["results"].as_array().unwrap();
            assert_eq!(results.len(), 3);
            for result in results {
                let message = result["message"]["text"].as_str().unwrap();
                let message = message.replace("\\[", "");
                assert!(!message.contains('[') && !message.contains("://1"), "{message}");
                let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
                assert!(
                    !uri.contains(':') && !uri.starts_with('/') && !uri.split('/').any(|part| part == ".."),
                    "{uri}"
                );
            }
        },
    );
    in_both(
        |report, words| written(|out| timesketch::write(report, words, out)),
        |_, page| {
            for line in page.lines() {
                let event: Value = serde_json::from_str(line).unwrap();
                let mut texts = Vec::new();
                strings(&event, &mut texts);
                texts.into_iter().for_each(assert_harmless);
                assert!(["message", "datetime", "timestamp_desc"].iter().all(|key| event[key].is_string()));
            }
            assert_eq!(page.lines().count(), 4);
        },
    );
}

#[test]
fn a_bundle_refers_to_nothing_that_is_not_in_it() {
    in_both(
        |report, words| written(|out| stix::write(report, words, Tlp::Green, out)),
        |_, page| {
            let bundle: Value = serde_json::from_str(page).unwrap();
            let objects = bundle["objects"].as_array().unwrap();
            let ids: Vec<&str> = objects.iter().map(|object| object["id"].as_str().unwrap()).collect();
            let mut texts = Vec::new();
            strings(&bundle["objects"], &mut texts);
            let kinds =
                ["identity", "indicator", "sighting", "observed-data", "grouping", "file", "ipv4-addr", "report"];
            for text in &texts {
                let is_id = text.split_once("--").is_some_and(|(kind, id)| kinds.contains(&kind) && id.len() == 36);
                assert!(!is_id || ids.contains(text), "{text}");
            }
            for kind in kinds {
                assert!(objects.iter().any(|object| object["type"] == kind), "{kind}");
            }
            let mut once = ids.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), ids.len());
        },
    );
}

#[test]
fn a_summary_of_hostile_reports_is_harmless_in_every_face() {
    for (value, report) in sample::hostile() {
        let mut merging = Merging::default();
        merging.add(value, &report);
        merging.add(&format!("2{value}"), &report);
        merging.unread(value, &std::io::Error::other(value));
        let fleet = merging.told(report.tool.clone());
        assert!(!fleet.shared.is_empty() && fleet.servers.len() == 2);
        for words in [Words::new(Lang::En), Words::new(Lang::Ja)] {
            let table = written(|out| fleet::csv(&fleet, &words, out));
            for cell in cells(&table).into_iter().flatten() {
                assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '＝']), "{cell}");
            }
            assert_harmless(&table.replace("\r\n", "\n").replacen('\u{feff}', "", 1));
            assert_harmless(&written(|out| json::write_fleet(&fleet, out)));
            assert_page_harmless(value, &written(|out| fleet::terminal(&fleet, &words, out)));
            assert_markdown_harmless(value, &written(|out| fleet::markdown(&fleet, &words, out)));
        }
    }
}

#[test]
fn a_comparison_of_hostile_reports_is_harmless_in_every_face() {
    for (value, report) in sample::hostile() {
        let mut other = sample::report();
        other.totals.clear();
        let old = Report { totals: Vec::new(), ..report.clone() };
        let compared = compare::compare((value, &old), ("new", &other), report.tool.clone());
        assert_eq!((compared.gone.len(), compared.added.len()), (3, 3));
        assert_harmless(&written(|out| json::write_comparison(&compared, out)));
        for words in [Words::new(Lang::En), Words::new(Lang::Ja)] {
            assert_page_harmless(value, &written(|out| compare::terminal(&compared, &words, out)));
            assert_markdown_harmless(value, &written(|out| compare::markdown(&compared, &words, out)));
        }
    }
}

fn assert_page_harmless(value: &str, page: &str) {
    let plain = ["\u{1b}[0m", "\u{1b}[1m"].iter().fold(page.to_owned(), |page, style| page.replace(style, ""));
    assert!(!plain.is_empty(), "{value}");
    assert_harmless(&plain);
}

fn assert_markdown_harmless(value: &str, page: &str) {
    assert_harmless(page);
    for event in Parser::new_ext(page, Options::all()) {
        let armed = matches!(
            event,
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Table(_))
        );
        assert!(!armed, "{event:?} for {value}\n{page}");
    }
}
