//! Property: searching first finds what asking every rule about every row finds, for generated rules over generated logs.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use hikeshi_core::family::Family;
use hikeshi_evidence::encoding::Encoding;
use hikeshi_evidence::record::{Record, Topic};
use hikeshi_pack::RuleBook;
use hikeshi_pack::rules::Rule;
use proptest::prelude::*;
use proptest::sample::select;

use crate::correlate::Watch;
use crate::program::{self, Mode, Program, RuleFacts};
use crate::records::{Kept, RecordProgram};
use crate::scan::{Tools, scan};

const DELIMITED: &str = "{id: gate, title: {en: Gate, ja: 門}, format: delimited, signature: {columns: [when, aa]}, \
    time: {column: when}, logsource: {category: c}, decode: {percent: [aa]}}";
const W3C: &str = "{id: web, title: {en: Web, ja: ウェブ}, format: w3c, signature: {columns: [date]}, \
    time: {date: date, time: time}, logsource: {category: c}, fields: {cc: bb}, \
    uri: {stem: aa, query: bb, fields: [uri, bb]}, decode: {percent: [aa, bb], plus: [dd]}}";

/// What rules look for, and what logs are made of.
const WORDS: [&str; 16] = [
    "serverinfo~",
    "/ecp/",
    "post",
    "get",
    ".aspx",
    "current",
    "k",
    "ews",
    "200",
    "union select",
    "a?b",
    "x+y",
    "100%",
    "say \"hi\"",
    "sessions",
    "火消し",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(&WORDS[..]).prop_map(str::to_owned), 1 => (select(&WORDS[..]), select(&WORDS[..])).prop_map(|(a, b)| format!("{a}{b}"))]
}

/// One way to write a word in a log.
fn written() -> impl Strategy<Value = String> {
    (word(), 0..9).prop_map(|(word, way)| match way {
        0 => word.to_uppercase(),
        1 => word.bytes().map(|byte| format!("%{byte:02x}")).collect(),
        2 => word.replace('s', "%73").replace('/', "%2F"),
        3 => word.replace('k', "\u{212a}").replace('s', "\u{17f}").replace('i', "\u{130}"),
        4 => word.bytes().map(|byte| format!("%25{byte:02X}")).collect(),
        5 => word.replace(' ', "+"),
        6 => word.chars().map(|character| format!("%u{:04x}", u32::from(character))).collect(),
        _ => word,
    })
}

fn item() -> impl Strategy<Value = String> {
    let field = select(vec!["aa", "bb", "cc", "dd", "uri", "AA", "gone"]);
    let modifier =
        select(vec!["", "|contains", "|startswith", "|endswith", "|contains|cased", "|contains|all", "|re", "|re|i"]);
    (field, modifier, prop::collection::vec(word(), 1..4), any::<bool>()).prop_map(|(field, modifier, words, wild)| {
        let mut words: Vec<String> = match modifier {
            "|re" | "|re|i" => {
                words.iter().map(|word| format!("({}|zz+)", word.replace(['?', '+', '%'], "."))).collect()
            }
            _ if wild => words.iter().map(|word| format!("*{word}*")).collect(),
            _ => words,
        };
        if modifier == "|contains|all" {
            words.push("a".to_owned());
        }
        let values: Vec<String> =
            words.iter().map(|word| serde_json::Value::String(word.clone()).to_string()).collect();
        format!("\"{field}{modifier}\": [{}]", values.join(", "))
    })
}

/// A detection: items that must all hold, a list of which one must, or keywords.
fn detection() -> impl Strategy<Value = String> {
    let map = || {
        let items = prop::collection::btree_map(0..4, item(), 1..3);
        items.prop_map(|items| format!("{{{}}}", items.into_values().collect::<Vec<_>>().join(", ")))
    };
    let keywords = prop::collection::vec(word(), 1..3).prop_map(|words| serde_json::Value::from(words).to_string());
    prop_oneof![4 => map(), 2 => prop::collection::vec(map(), 1..3).prop_map(|maps| format!("[{}]", maps.join(", "))), 1 => keywords]
}

fn rule() -> impl Strategy<Value = String> {
    let conditions = vec![
        "sel_a",
        "sel_a and sel_b",
        "sel_a or sel_b",
        "sel_a and not sel_b",
        "1 of sel_*",
        "all of sel_*",
        "1 of them",
        "not sel_a",
        "2 of sel_*",
    ];
    (detection(), detection(), select(conditions)).prop_map(|(a, b, condition)| {
        format!("title: t\nlogsource: {{category: c}}\nlevel: high\ndetection:\n  sel_a: {a}\n  sel_b: {b}\n  condition: {condition}\n")
    })
}

/// A row's fields, some of them quoted, doubled, or missing.
fn row(w3c: bool) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::collection::vec(written(), 0..3).prop_map(|words| words.concat()), 2..6).prop_map(
        move |fields| {
            if w3c {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|field| if field.is_empty() { "-".to_owned() } else { field.replace(' ', "+") })
                    .collect();
                format!("2021-03-03 04:00:00 {}", fields.join(" "))
            } else {
                let quoted = |field: &String| {
                    if field.len().is_multiple_of(3) || field.contains('"') {
                        format!("\"{}\"", field.replace('"', "\"\""))
                    } else {
                        field.clone()
                    }
                };
                format!("2021-03-03T04:00:00Z,{}", fields.iter().map(quoted).collect::<Vec<_>>().join(","))
            }
        },
    )
}

fn log(w3c: bool) -> impl Strategy<Value = String> {
    let headers = if w3c {
        vec!["#Fields: date time aa bb dd ee", "#Fields: dd bb aa time date"]
    } else {
        vec!["when,aa,bb,cc,dd", "#Fields: when,dd,bb,aa", "aa,when,bb,cc", "loose text, \"open"]
    };
    let line = prop_oneof![6 => row(w3c), 1 => select(headers.clone()).prop_map(str::to_owned)];
    (select(headers), prop::collection::vec(line, 1..25))
        .prop_map(|(first, lines)| format!("{first}\n{}\n", lines.join("\n")))
}

/// For each rule that holds somewhere: how often, and on which lines first.
fn found(program: &Program, facts: &[RuleFacts], text: &str, mode: Mode) -> BTreeMap<usize, (u64, u64, Vec<u64>)> {
    let watch = Watch::default();
    let tools = Tools {
        program,
        facts,
        watch: &watch,
        mode,
        scope: &crate::scope::Scope::default(),
        sought: None,
        progress: &(),
    };
    let hits = scan(text.as_bytes(), Encoding::Ascii, &Arc::from("log"), &tools).hits;
    let lines = |hits: &crate::collect::Hits| hits.listed.iter().filter_map(|finding| finding.evidence.line).collect();
    hits.iter().map(|(rule, hits)| (*rule, (hits.count, hits.exact, lines(hits)))).collect()
}

fn compiled(family: Family, rules: &[Rule]) -> Program {
    Program::compile(family, rules, &program::compile(rules, NonZeroUsize::MIN, &mut Vec::new()))
}

fn agree(family: &str, rules: &[String], text: &str) -> Result<(), TestCaseError> {
    let family: Family = yaml_serde::from_str(family).unwrap();
    let names: Vec<String> = (0..rules.len()).map(|number| format!("rule-{number}.yml")).collect();
    let book =
        RuleBook::parse(names.iter().map(String::as_str).zip(rules.iter().map(String::as_str)).collect(), "test");
    // Each rule alone, so that one that must see every row does not hide what the search of another would miss.
    for rule in &book.rules {
        let alone = std::slice::from_ref(rule);
        let program = compiled(family.clone(), alone);
        let facts: Vec<RuleFacts> = alone.iter().map(RuleFacts::new).collect();
        let searched = found(&program, &facts, text, Mode::SearchFirst);
        prop_assert_eq!(&searched, &found(&program, &facts, text, Mode::ReadAll), "{}\n{}", rules.join("---\n"), text);
    }
    let program = compiled(family, &book.rules);
    let facts: Vec<RuleFacts> = book.rules.iter().map(RuleFacts::new).collect();
    prop_assert_eq!(found(&program, &facts, text, Mode::SearchFirst), found(&program, &facts, text, Mode::ReadAll));
    Ok(())
}

proptest! {
    #[test]
    fn searching_first_finds_what_reading_everything_finds_in_delimited_logs(rules in prop::collection::vec(rule(), 1..5), text in log(false)) {
        agree(DELIMITED, &rules, &text)?;
    }

    #[test]
    fn searching_first_finds_what_reading_everything_finds_in_w3c_logs(rules in prop::collection::vec(rule(), 1..5), text in log(true)) {
        agree(W3C, &rules, &text)?;
    }

    #[test]
    fn searching_first_finds_what_asking_every_rule_finds_in_records(
        rules in prop::collection::vec(rule(), 1..5),
        records in prop::collection::vec(record(), 1..12),
    ) {
        let (program, count) = of_records(&rules);
        let mut kept = Kept::default();
        for record in &records {
            let searched = program.evaluate(record, Mode::SearchFirst, &mut kept);
            prop_assert_eq!(&searched, &program.evaluate(record, Mode::ReadAll, &mut kept), "{}\n{:?}", rules.join("---\n"), record);
            prop_assert!(searched.len() <= count);
        }
    }
}

/// An event whose fields hold generated words, some of them several.
fn record() -> impl Strategy<Value = Record> {
    let value = || prop::collection::vec(written(), 0..3).prop_map(|words| words.concat());
    let field = (select(vec!["aa", "bb", "dd", "Some Name", "Data"]), value());
    prop::collection::vec(field, 0..6).prop_map(|fields| {
        let event = Record::new(Topic::Event, 0).with("Channel", "Security").with("EventID", "4688");
        fields.into_iter().fold(event, |event, (name, value)| event.with(name, value))
    })
}

/// The program of rules over an event log, and how many rules it has.
fn of_records(rules: &[String]) -> (RecordProgram, usize) {
    let rules: Vec<String> =
        rules.iter().map(|rule| rule.replace("{category: c}", "{product: windows, service: security}")).collect();
    let names: Vec<String> = (0..rules.len()).map(|number| format!("rule-{number}.yml")).collect();
    let book =
        RuleBook::parse(names.iter().map(String::as_str).zip(rules.iter().map(String::as_str)).collect(), "test");
    let ready = program::compile(&book.rules, NonZeroUsize::MIN, &mut Vec::new());
    (RecordProgram::compile(&ready, &[], &[], &[]), ready.len())
}

#[test]
fn the_generated_records_do_hit() {
    let rule = "title: t\nlogsource: {category: c}\ndetection: {s: {\"aa|contains\": \"/ecp/\"}, condition: s}\n";
    let (program, _) = of_records(&[rule.to_owned()]);
    let event = |aa: &str| Record::new(Topic::Event, 0).with("Channel", "security").with("EventID", "1").with("aa", aa);
    let mut kept = Kept::default();
    for mode in [Mode::SearchFirst, Mode::ReadAll] {
        assert_eq!(program.evaluate(&event("x/ECP/y"), mode, &mut kept), [0]);
        assert_eq!(program.evaluate(&event("x"), mode, &mut kept), Vec::<usize>::new());
    }
}

#[test]
fn the_generated_cases_do_hit() {
    let rule = "title: t\nlogsource: {category: c}\ndetection: {s: {\"aa|contains\": \"/ecp/\"}, condition: s}\n";
    let book = RuleBook::parse(vec![("r.yml", rule)], "test");
    let program = compiled(yaml_serde::from_str(W3C).unwrap(), &book.rules);
    let facts: Vec<RuleFacts> = book.rules.iter().map(RuleFacts::new).collect();
    let text = "#Fields: date time aa bb dd ee\n2021-03-03 04:00:00 %252fECP%2f - - -\n2021-03-03 04:00:00 x - - -\n";
    assert_eq!(found(&program, &facts, text, Mode::SearchFirst), BTreeMap::from([(0, (1, 1, vec![2]))]));
}
