//! Servers are the same for a seed, their truth points at what is there, and the score counts rightly.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod lineage;
mod unseen;

use std::collections::BTreeMap;
use std::path::Path;

use hikeshi_trial::habits::{self, Habits};
use hikeshi_trial::scenario::{ALL, Order};
use hikeshi_trial::score::report::Report;
use hikeshi_trial::score::score;
use hikeshi_trial::truth::{Truth, Verdict, Weight};

fn write(folder: &Path, set: &str, name: &str, seed: u64) -> Truth {
    let habits = habits::named(set).unwrap();
    let scenario = ALL.iter().find(|one| one.name == name).unwrap();
    scenario.write(folder, habits, &Order { seed, scale: 1, pages: None, shape: None }).unwrap()
}

/// Every file below a folder; of archives, every member.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".zip") && !name.contains('/') {
                let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
                for at in 0..archive.len() {
                    let mut member = archive.by_index(at).unwrap();
                    let inner = member.name().unwrap().into_owned();
                    let mut bytes = Vec::new();
                    std::io::Read::read_to_end(&mut member, &mut bytes).unwrap();
                    files.insert(format!("{name}!/{inner}"), bytes);
                }
            } else {
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let folder = tempfile::tempdir().unwrap();
    for (name, seed) in [("a", 5), ("b", 5), ("c", 6)] {
        write(&folder.path().join(name), "tuning", "session-only", seed);
    }
    let [a, b, c] = ["a", "b", "c"].map(|name| files(&folder.path().join(name)));
    assert!(a.len() > 100);
    assert_eq!(a, b);
    assert_ne!(a, c);
}

/// A log's text: UTF-8, or UTF-16 where its mark says so.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    match bytes.strip_prefix(&[0xff, 0xfe]) {
        Some(wide) => {
            let units: Vec<u16> = wide.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        None => String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

/// Checks that every trace stands where its truth says.
fn check_places(folder: &Path, truth: &Truth) {
    let files = files(&folder.join(&truth.server));
    for trace in &truth.traces {
        let place = format!("{} {} {}", truth.scenario, trace.id, trace.file);
        let bytes = files.get(&trace.file).unwrap_or_else(|| panic!("no such file: {place}"));
        if !trace.records.is_empty() {
            let mut parser = evtx::EvtxParser::from_buffer(bytes.clone()).unwrap();
            let ids: Vec<u64> = parser.records().map(|record| record.unwrap().event_record_id).collect();
            assert!(trace.records.iter().all(|record| ids.contains(record)), "{place}");
        }
        let is_row_log = trace.file.to_lowercase().ends_with(".log");
        assert!(!is_row_log || !trace.lines.is_empty(), "{place}");
        if is_row_log {
            let text = text_of(bytes);
            let lines: Vec<&str> = text.split("\r\n").collect();
            let seconds = trace.time.as_deref().unwrap()[..19].replace('T', " ");
            let first = lines[usize::try_from(trace.lines[0]).unwrap() - 1].replace('T', " ");
            assert!(first.starts_with(&seconds), "{place}: {first}");
        }
    }
}

#[test]
fn every_trace_of_every_server_stands_where_the_truth_says() {
    for set in habits::ALL.map(|habits| habits.set) {
        let folder = tempfile::tempdir().unwrap();
        for scenario in ALL.iter().filter(|one| one.name != "clean" && one.name != "week-missing") {
            let truth = write(folder.path(), set, scenario.name, 3);
            check_places(folder.path(), &truth);
            let has_must = truth.traces.iter().any(|trace| trace.weight == Weight::Must);
            assert_eq!(has_must, truth.verdict >= Verdict::Attempted, "{}", scenario.name);
        }
    }
}

#[test]
fn the_sets_share_no_name_address_or_agent_of_their_intruders() {
    for (number, set) in habits::ALL.iter().enumerate() {
        for another in &habits::ALL[number + 1..] {
            share_nothing(set, another);
        }
    }
}

fn share_nothing(set: &Habits, another: &Habits) {
    for (one, other) in set.intruders.iter().flat_map(|one| another.intruders.map(|other| (one, other))) {
        assert!(one.addresses.iter().all(|address| !other.addresses.contains(address)));
        assert!(one.pages.iter().all(|page| other.pages.iter().all(|its| its.name != page.name)));
        assert_ne!((one.chain_agent, one.stem, one.item), (other.chain_agent, other.stem, other.item));
    }
}

#[test]
fn every_script_of_a_set_names_a_scenario() {
    for script in habits::ALL.iter().flat_map(|habits| habits.scripts) {
        assert!(ALL.iter().any(|scenario| scenario.name == script.scenario), "{}", script.scenario);
    }
}

#[test]
fn a_cleared_channel_keeps_nothing_from_before() {
    let folder = tempfile::tempdir().unwrap();
    let truth = write(folder.path(), "fresh", "ransom", 3);
    let files = files(&folder.path().join(&truth.server));
    let (_, system) = files.iter().find(|(name, _)| name.ends_with("System.evtx")).unwrap();
    let mut parser = evtx::EvtxParser::from_buffer(system.clone()).unwrap();
    let records: Vec<String> = parser.records_json().map(|record| record.unwrap().data).collect();
    assert!(
        records[0].contains("LogFileCleared") && records[0].contains("\"Channel\":\"System\",\"BackupPath\""),
        "{}",
        records[0]
    );
}

#[test]
fn a_japanese_server_tells_services_in_its_own_words_and_tasks_in_its_own_time() {
    let folder = tempfile::tempdir().unwrap();
    let truth = write(folder.path(), "fresh", "aftermath", 3);
    let task = truth.traces.iter().find(|trace| trace.file.ends_with("CorporateSync")).unwrap();
    let files = files(&folder.path().join(&truth.server));
    let wide: Vec<u16> = files[&task.file].chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    let hour: u32 = task.time.as_deref().unwrap()[11..13].parse().unwrap();
    let local = format!("T{:02}:", (hour + 9) % 24);
    let text = String::from_utf16(&wide).unwrap();
    let date = text.lines().find(|line| line.contains("<Date>")).unwrap();
    assert!(date.contains(&local), "{date} is not {local}");
    let (_, system) = files.iter().find(|(name, _)| name.ends_with("System.evtx")).unwrap();
    let mut parser = evtx::EvtxParser::from_buffer(system.clone()).unwrap();
    assert!(parser.records_json().any(|record| record.unwrap().data.contains("ユーザー モード サービス")));
}

#[test]
fn the_score_tells_named_missed_wrong_and_late_apart() {
    let folder = tempfile::tempdir().unwrap();
    let truth = write(folder.path(), "tuning", "session-only", 5);
    let must: Vec<_> = truth.traces.iter().filter(|trace| trace.weight == Weight::Must).collect();
    let [trace] = must[..] else { panic!("one trace must be named: {must:?}") };
    let finding = |line: u64, time: &str| {
        serde_json::json!({
            "rule": {"name": "r"}, "severity": "high", "time": time,
            "evidence": {"path": trace.file, "line": line}
        })
    };
    let right = finding(trace.lines[0], trace.time.as_deref().unwrap());
    let late = finding(trace.lines[0], "2021-12-31T00:00:00Z");
    let wrong = finding(1, "2021-03-01T00:00:00Z");
    let report = |findings: Vec<serde_json::Value>| -> Report {
        let document = serde_json::json!({"verdict": "exploited", "findings": findings, "totals": [], "actors": []});
        serde_json::from_value(document).unwrap()
    };
    let named = |findings| {
        let score = score(&truth, &report(findings), 0.0);
        let named = score.traces.iter().filter(|one| one.weight == Weight::Must && one.named.is_some()).count();
        (named, score.false_alarms.len(), score.time_errors.len())
    };
    assert_eq!(named(vec![]), (0, 0, 0));
    assert_eq!(named(vec![right]), (1, 0, 0));
    assert_eq!(named(vec![late]), (1, 0, 1));
    assert_eq!(named(vec![wrong]), (0, 1, 0));
}
