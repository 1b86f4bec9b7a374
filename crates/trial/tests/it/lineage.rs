//! Process numbers chain: who an event calls the parent is the process that had the number then.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hikeshi_trial::habits;

use crate::{files, write};

/// A start as one log tells it.
#[derive(Debug, Clone)]
struct Told {
    seconds: i64,
    number: u64,
    image: String,
    parent: u64,
    parent_image: String,
    line: String,
}

fn number(value: &serde_json::Value) -> u64 {
    match value.as_str() {
        Some(text) => u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap(),
        None => value.as_u64().unwrap(),
    }
}

/// Starts of processes, by channel, in order.
fn told(folder: &Path, set: &str, scenario: &str) -> BTreeMap<&'static str, Vec<Told>> {
    let truth = write(folder, set, scenario, 3);
    let mut all: BTreeMap<&'static str, Vec<Told>> = BTreeMap::new();
    for (name, bytes) in files(&folder.join(&truth.server)) {
        let (channel, names) = if name.ends_with("Security.evtx") {
            ("Security", ["NewProcessId", "NewProcessName", "ProcessId", "ParentProcessName"])
        } else if name.ends_with("Sysmon%4Operational.evtx") || name.ends_with("Sysmon%254Operational.evtx") {
            ("Sysmon", ["ProcessId", "Image", "ParentProcessId", "ParentImage"])
        } else {
            continue;
        };
        let mut parser = evtx::EvtxParser::from_buffer(bytes).unwrap();
        for record in parser.records_json_value().map(Result::unwrap) {
            let event = &record.data["Event"];
            let id = event["System"]["EventID"].as_u64().or_else(|| event["System"]["EventID"]["#text"].as_u64());
            if !matches!((channel, id), ("Security", Some(4688)) | ("Sysmon", Some(1))) {
                continue;
            }
            let data = &event["EventData"];
            let text = |name: &str| data[name].as_str().unwrap().to_lowercase();
            all.entry(channel).or_default().push(Told {
                seconds: record.timestamp.as_second(),
                number: number(&data[names[0]]),
                image: text(names[1]),
                parent: number(&data[names[2]]),
                parent_image: text(names[3]),
                line: data["CommandLine"].as_str().unwrap_or_default().to_owned(),
            });
        }
    }
    all
}

const DAY: i64 = 24 * 3600;

/// The process of that number at that time, where the log tells its start.
fn holder(before: &[Told], number: u64, seconds: i64) -> Option<&Told> {
    before.iter().rev().find(|one| one.number == number && seconds - one.seconds < DAY / 2)
}

#[test]
fn the_parent_of_every_process_is_the_one_that_had_its_number() {
    for (set, scenario) in
        habits::ALL.iter().flat_map(|habits| ["aftermath", "noisy", "lost-logs"].map(|name| (habits.set, name)))
    {
        let folder = tempfile::tempdir().unwrap();
        let all = told(folder.path(), set, scenario);
        assert!(!all.is_empty(), "{set}/{scenario}");
        for starts in all.values() {
            for (at, start) in starts.iter().enumerate() {
                assert!(start.number.is_multiple_of(4) && start.parent.is_multiple_of(4), "{start:?}");
                if let Some(parent) = holder(&starts[..at], start.parent, start.seconds) {
                    assert_eq!(parent.image, start.parent_image, "{set}/{scenario}: {start:?}");
                }
                assert!(holder(&starts[..at], start.number, start.seconds).is_none(), "{set}/{scenario}: {start:?}");
            }
        }
    }
}

#[test]
fn both_logs_tell_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let all = told(folder.path(), "sealed", "noisy");
    let keys = |channel: &str| -> BTreeSet<(u64, u64, String)> {
        all[channel].iter().map(|one| (one.number, one.parent, one.image.clone())).collect()
    };
    assert!(keys("Security").len() > 40);
    assert_eq!(keys("Security"), keys("Sysmon"));
}

#[test]
fn programs_of_a_page_hang_on_its_worker_by_way_of_a_shell() {
    let folder = tempfile::tempdir().unwrap();
    let all = told(folder.path(), "sealed", "aftermath");
    assert!(!all.contains_key("Sysmon"));
    let starts = &all["Security"];
    let programs = starts.iter().enumerate().filter(|(_, start)| start.image.ends_with("\\createdump.exe"));
    let chains: Vec<bool> = programs
        .map(|(at, program)| {
            let shell = holder(&starts[..at], program.parent, program.seconds).unwrap();
            shell.image.ends_with("\\cmd.exe") && shell.parent_image.ends_with("\\w3wp.exe")
        })
        .collect();
    assert_eq!(chains, [true]);
}

#[test]
fn servers_differ_in_what_they_log_of_processes() {
    let folder = tempfile::tempdir().unwrap();
    let logs = |scenario: &str| told(folder.path(), "sealed", scenario);
    assert!(logs("ransom").is_empty());
    let seen = logs("three-intruders");
    assert!(seen.contains_key("Sysmon") && !seen.contains_key("Security"));
    let blind = logs("url-page");
    assert!(!blind.contains_key("Sysmon"));
    assert!(blind["Security"].iter().all(|start| start.line.is_empty()));
}
