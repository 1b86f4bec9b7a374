//! Ten thousand files that somebody has tampered with: none of them ends the run, takes the machine's memory, or makes
//! what could not be read look clean.

use hikeshi_drill::hive::{self, Key};
use hikeshi_testkit::Sandbox;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::kamome::{desk_log, quiet, row};
use crate::reports::verdict;
use crate::workers::event_log;

/// So many files of each kind.
const EACH: usize = 2_500;
/// Address space for the run, in KiB. Its workers grant themselves less.
#[cfg(unix)]
const SPACE_KIB: u64 = 3 << 20;

/// A file of one kind, as it should be.
struct Sound {
    folder: &'static str,
    ending: &'static str,
    bytes: Vec<u8>,
}

fn sound() -> [Sound; 4] {
    let rows: Vec<_> = (0..40).map(|hour| row(hour, "SELL;")).collect();
    let log = desk_log(&rows).into_bytes();
    let service = |number: u32| {
        Key::new(&format!("Ferry{number}")).value("ImagePath", r"C:\Ferry\ferry.exe").value("Start", number % 5)
    };
    let services = (0..20).fold(Key::new("Services"), |services, number| services.key(service(number)));
    let root =
        Key::new("ROOT").key(Key::new("Select").value("Current", 1)).key(Key::new("ControlSet001").key(services));
    [
        Sound { folder: "events", ending: "evtx", bytes: event_log("Kamome", 40) },
        Sound { folder: "hives", ending: "hive", bytes: hive::write(&root, "SYSTEM") },
        Sound {
            folder: "archives",
            ending: "zip",
            bytes: zip(&[("logs/desk_7.log", &log), ("notes.txt", b"nothing")]),
        },
        Sound { folder: "texts", ending: "log", bytes: log },
    ]
}

/// A zip archive with its files stored.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in files {
        archive.start_file(*name, stored).unwrap();
        std::io::Write::write_all(&mut archive, bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The same file with a few bytes changed, a stretch overwritten, a length made enormous, its end cut, or a part doubled.
fn mutated(bytes: &[u8], random: &mut SmallRng) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let at = |random: &mut SmallRng, out: &Vec<u8>| random.random_range(0..out.len());
    match random.random_range(0..5) {
        0 => {
            for _ in 0..random.random_range(1..=16) {
                let place = at(random, &out);
                out[place] = random.random();
            }
        }
        1 => {
            let start = at(random, &out);
            let end = (start + random.random_range(1..2_000)).min(out.len());
            random.fill(&mut out[start..end]);
        }
        2 => {
            let place = at(random, &out).min(out.len() - 4);
            out[place..place + 4].copy_from_slice(&[0xff; 4]);
        }
        3 => out.truncate(at(random, &out)),
        _ => {
            let start = at(random, &out);
            let part = out[start..].to_vec();
            let place = at(random, &out);
            out.splice(place..place, part);
        }
    }
    out
}

#[test]
fn ten_thousand_mutated_files_neither_end_the_run_nor_look_clean() {
    let mut random = SmallRng::seed_from_u64(20_210_303);
    let mut host: Sandbox = quiet();
    for Sound { folder, ending, bytes } in sound() {
        for number in 0..EACH {
            host = host.file(&format!("logs/{folder}/{number}.{ending}"), mutated(&bytes, &mut random));
        }
    }
    let call = host.call().args("check logs --pack pack --format json".split(' '));
    #[cfg(unix)]
    let call = call.with_space(SPACE_KIB);
    let run = call.run();
    let report = run.json();
    assert_eq!((verdict(&report).as_str(), run.exit), ("inconclusive", 3));
    let unread = |kind: &str| -> u64 {
        let of_kind = report["coverage"].as_array().unwrap().iter().filter(|coverage| coverage["kind"] == kind);
        of_kind
            .map(|coverage| {
                coverage["unreadable"].as_array().unwrap().len() as u64 + coverage["unreadable_more"].as_u64().unwrap()
            })
            .sum()
    };
    // A fifth of the files of each kind are cut, and no cut file of these formats reads as whole.
    for kind in ["hive", "archive"] {
        assert!(unread(kind) > EACH as u64 / 6, "{kind}: {}", unread(kind));
    }
    assert!(unread("event-log:Kamome") + unread("evtx") > EACH as u64 / 6, "events: {}", unread("event-log:Kamome"));
}

/// Holds for each event of [`event_log`].
const EACH_EVENT: &str = "title: Each event\nid: 00000000-0000-4000-8000-0000000000e7\nlevel: informational\n\
    logsource: {product: windows, service: security}\ndetection: {s: {EventID: 7}, condition: s}\n";

/// Formats with checksums and numbers: whatever is lost of a file is told for that file, not for another one of the run.
#[test]
fn what_a_mutated_file_has_lost_is_told_for_that_file() {
    const EVENTS: u32 = 1_000;
    /// Each may be told for three reasons, and fifty are listed for a kind.
    const FILES: usize = 8;
    let log = event_log("Security", EVENTS);
    assert!(log.len() > (4 << 10) + (3 << 16), "the log has several chunks: {} bytes", log.len());
    let archive = zip(&[("Security.evtx", &log)]);
    let (mut lossy, mut whole) = (0, 0);
    for seed in 0..8 {
        let mut random = SmallRng::seed_from_u64(seed);
        let mut host = quiet().file("rules/each.yml", EACH_EVENT);
        let mut names = Vec::new();
        for (ending, bytes) in [("evtx", &log), ("zip", &archive)] {
            for number in 0..FILES {
                let mutated = mutated(bytes, &mut random);
                // A file whose first bytes are ruined is not known for what it was.
                if mutated.starts_with(&bytes[..8]) {
                    names.push(format!("{number}.{ending}"));
                }
                host = host.file(&format!("logs/{number}.{ending}"), mutated);
            }
        }
        let report = host.hikeshi("check logs --pack pack --rules rules --format json").json();
        let list = |name: &str| report[name].as_array().unwrap().iter();
        let of = |name: &str, path: &serde_json::Value| {
            path.as_str().unwrap().strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("!/"))
        };
        let unread: Vec<_> = list("coverage").flat_map(|coverage| coverage["unreadable"].as_array().unwrap()).collect();
        assert!(list("coverage").all(|coverage| coverage["unreadable_more"] == 0));
        for name in names {
            let counts = list("totals").filter(|total| total["rule"] == "each" && of(&name, &total["path"]));
            let read: u64 = counts.map(|total| total["count"].as_u64().unwrap()).sum();
            let is_told = unread.iter().any(|one| of(&name, &one["path"]));
            assert!(is_told || read >= u64::from(EVENTS), "seed {seed}, {name}: {read} events, nothing told");
            lossy += u64::from(read < u64::from(EVENTS));
            whole += u64::from(read >= u64::from(EVENTS));
        }
    }
    // Both happen, so neither the counting nor the telling can be idle.
    assert!(lossy > 30 && whole > 10, "{lossy} files lost something, {whole} did not");
}

#[test]
fn the_unmutated_files_are_read_without_a_gap() {
    let host = sound().into_iter().fold(quiet(), |host, Sound { folder, ending, bytes }| {
        host.file(&format!("logs/{folder}/sound.{ending}"), bytes)
    });
    let report = host.hikeshi("check logs --pack pack --format json").json();
    let gaps: Vec<_> = report["coverage"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|coverage| !coverage["unreadable"].as_array().unwrap().is_empty())
        .collect();
    assert_eq!(gaps, Vec::<&serde_json::Value>::new());
}
