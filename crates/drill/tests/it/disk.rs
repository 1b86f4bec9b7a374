//! Files, registry hives and the archive form of practice servers.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::time::{Duration, SystemTime};

use hikeshi_drill::{ARCHIVE_FILE, Form, Options, PRACTICE_MARK, Spec, TRUTH_FILE, Truth};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zip::ZipArchive;

use crate::server::{ferry, files, options, pack_folders, pack_spec, written};

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    let wide = wide(text);
    bytes.windows(wide.len()).any(|window| window == wide)
}

fn stowaway() -> BTreeMap<String, Vec<u8>> {
    files(&written(&ferry(), &options("stowaway")).0)
}

fn members(directory: &TempDir) -> BTreeMap<String, Vec<u8>> {
    let bytes = fs::read(directory.path().join("server").join(ARCHIVE_FILE)).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(archive.comment(), PRACTICE_MARK.as_bytes());
    let mut members = BTreeMap::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        members.insert(member.name().unwrap().into_owned(), bytes);
    }
    assert_eq!(members.len(), archive.len());
    members
}

#[test]
fn the_archive_holds_the_files_of_the_folder_and_the_truth_differs_in_its_form_alone() {
    let packed = Options { form: Form::Zip, ..options("stowaway") };
    let (archive, in_archive) = written(&ferry(), &packed);
    let (folder, in_folder) = written(&ferry(), &options("stowaway"));
    let mut unpacked = files(&folder);
    unpacked.remove(TRUTH_FILE);
    assert!(members(&archive) == unpacked);
    assert_eq!(in_archive.truth, Truth { form: Form::Zip, ..in_folder.truth });
    assert_eq!(files(&archive).into_keys().collect::<Vec<_>>(), [ARCHIVE_FILE, TRUTH_FILE]);
    assert_eq!(fs::read_dir(archive.path().join("server")).unwrap().count(), 2);
    assert!(files(&archive) == files(&written(&ferry(), &packed).0));
}

#[test]
fn files_are_there_from_the_beginning_until_they_are_removed_or_from_the_step_that_makes_them() {
    let [quiet, stowaway] = ["quiet", "stowaway"].map(|scenario| {
        let files = files(&written(&ferry(), &options(scenario)).0);
        files.into_keys().filter_map(|path| path.strip_prefix("D/Ferry/").map(str::to_owned)).collect::<Vec<_>>()
    });
    let ordinary =
        ["charts.zip", "drill.txt", "engine.exe", "menu.html", "reports/1.txt", "reports/2.txt", "reports/3.txt"];
    assert_eq!(quiet, ordinary);
    let mut expected: Vec<_> = ordinary.into_iter().chain(["coat.txt", "suitcase.bin"]).collect();
    expected.sort_unstable();
    assert_eq!(stowaway, expected);
}

#[test]
fn a_file_holds_its_bytes_and_text_or_members_or_version() {
    let files = stowaway();
    let mark = PRACTICE_MARK;
    assert_eq!(files["D/Ferry/menu.html"], format!("<!-- {mark} -->\r\n<p>soup</p>\r\n").as_bytes());
    assert!(files["D/Ferry/suitcase.bin"].starts_with(&[b"\xde\xad\xbe\xef", mark.as_bytes()].concat()));
    for (number, day) in [(1, "2020-02-28"), (2, "2020-02-29"), (3, "2020-03-01")] {
        let report = &files[&format!("D/Ferry/reports/{number}.txt")];
        assert!(report.starts_with(&wide(&format!("\u{feff}{mark}: {day}, "))), "{number}");
    }
    let mut charts = ZipArchive::new(Cursor::new(&files["D/Ferry/charts.zip"])).unwrap();
    assert_eq!(charts.comment(), mark.as_bytes());
    let mut text = String::new();
    charts.by_name("a/b.txt").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), charts.len()), ("deep", 2));
    let engine = &files["D/Ferry/engine.exe"];
    assert!(engine.starts_with(b"MZ") && holds(engine, "Ferry engine") && holds(engine, mark));
}

#[test]
fn files_have_the_time_of_their_modification() {
    let directory = written(&ferry(), &options("stowaway")).0;
    let modified = |path: &str| {
        let modified = fs::metadata(directory.path().join("server").join(path)).unwrap().modified().unwrap();
        modified.duration_since(SystemTime::UNIX_EPOCH).unwrap()
    };
    for (path, seconds) in [
        ("D/Ferry/menu.html", 1_559_376_000),
        ("D/Ferry/reports/2.txt", 1_582_956_000),
        // Of the step that makes it; or else of what it says itself.
        ("D/Ferry/suitcase.bin", 1_582_979_460),
        ("D/Ferry/coat.txt", 1_514_764_800),
        ("C/Windows/System32/config/DECK", 1_583_103_600),
    ] {
        assert_eq!(modified(path), Duration::from_secs(seconds), "{path}");
    }
    let last_hour = modified("D/Ferry Logs/desk_2020030123-1.log").as_secs();
    assert!((1_583_103_600..1_583_107_200).contains(&last_hour), "the time of its last row: {last_hour}");
}

#[test]
fn a_hive_holds_what_is_ordinary_and_what_a_step_writes() {
    let files = stowaway();
    let crew = &files["C/Windows/System32/config/CREW"];
    assert_eq!(&crew[..4], b"regf");
    assert!(holds(crew, PRACTICE_MARK) && holds(crew, "commands") && holds(crew, "Officers"));
    assert!(holds(crew, "cook") && holds(crew, "STOWAWAY"));
    let quiet = self::files(&written(&ferry(), &options("quiet")).0);
    assert!(!holds(&quiet["C/Windows/System32/config/CREW"], "STOWAWAY"));
}

#[test]
fn what_was_written_after_the_flush_is_only_in_the_log_of_the_hive() {
    let files = stowaway();
    let (deck, log) = (&files["C/Windows/System32/config/DECK"], &files["C/Windows/System32/config/DECK.LOG1"]);
    assert_ne!(deck[4..8], deck[8..12], "the hive is marked as being written");
    // The drill at ten o'clock was written to the hive; a step at noon and an entry at midnight were not.
    assert!(holds(deck, r"%ProgramFiles%\Ferry") && holds(deck, PRACTICE_MARK));
    assert!(!holds(deck, "STOWAWAY") && holds(log, "STOWAWAY"));
    assert!(!holds(deck, "port") && holds(log, "port"));
    assert!(deck.windows(5).any(|window| window == b"Drill"));
    let entries = log.windows(4).filter(|window| window == b"HvLE").count();
    assert_eq!(entries, 2);
}

#[test]
fn an_attack_changes_no_other_file() {
    let quiet = files(&written(&ferry(), &options("quiet")).0);
    let attacked = stowaway();
    let ordinary: Vec<_> = quiet.iter().filter(|(path, _)| path.starts_with("D/Ferry/")).collect();
    assert_eq!(ordinary.len(), 7);
    for (path, bytes) in ordinary {
        assert!(attacked[path] == *bytes, "{path}");
    }
}

#[test]
fn traces_on_the_disk_name_paths_that_are_there() {
    let (directory, summary) = written(&ferry(), &options("stowaway"));
    let files = files(&directory);
    let told = |traces: &[hikeshi_drill::Trace]| {
        let on_disk = traces.iter().filter(|trace| trace.line.is_none() && trace.record.is_none());
        let told = on_disk.map(|trace| (trace.path.clone(), trace.rule.clone(), trace.time.clone()));
        told.inspect(|(path, ..)| assert!(files.contains_key(path), "{path}")).collect::<Vec<_>>()
    };
    let trace = |path: &str, rule: Option<&str>, time: &str| {
        (path.to_owned(), rule.map(str::to_owned), format!("2020-02-29T{time}.000Z"))
    };
    assert_eq!(
        told(&summary.truth.traces),
        [
            trace("D/Ferry/suitcase.bin", Some("odd-luggage"), "12:31:00"),
            trace("D/Ferry/coat.txt", None, "12:31:00"),
            trace("C/Windows/System32/config/CREW", Some("odd-crew"), "12:31:00"),
            trace("C/Windows/System32/config/DECK", None, "12:31:00"),
        ]
    );
    assert_eq!(
        told(&summary.truth.context),
        [trace("D/Ferry/drill.txt", None, "10:05:00"), trace("C/Windows/System32/config/DECK", None, "10:05:00"),]
    );
}

/// Pages of a product that a pack puts into a practice server stand in a list of their own, since they are not the product's.
#[test]
fn lists_of_practice_pages_and_practice_servers_agree() {
    for folder in pack_folders() {
        let Ok(list) = fs::read_to_string(folder.join("../known-good/practice-pages.csv")) else { continue };
        let spec = pack_spec(&folder);
        let mut listed: Vec<(String, String)> = list
            .lines()
            .skip(1)
            .map(|row| row.split_once(',').unwrap())
            .map(|(path, hash)| (path.replace('\\', "/"), hash.to_owned()))
            .collect();
        let clean = server_files(&spec, "clean");
        for (path, bytes) in clean.iter().filter(|(path, _)| is_page(path)) {
            let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            let row = listed.iter().position(|(end, known)| path.ends_with(end) && *known == hash);
            let row = row.unwrap_or_else(|| panic!("{path} with {hash} is not in the list"));
            listed.remove(row);
        }
        assert_eq!(listed, [], "in no practice server");
    }
}

fn is_page(path: &str) -> bool {
    [".aspx", ".ashx", ".htm", ".js"].iter().any(|ending| path.ends_with(ending))
}

fn server_files(spec: &Spec, scenario: &str) -> BTreeMap<String, Vec<u8>> {
    files(&written(spec, &Options { size_bytes: Some(1), days: Some(12), ..options(scenario) }).0)
}
