//! Writes practice servers and reads them back.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use hikeshi_drill::{Error, Expected, Form, Options, PRACTICE_MARK, Spec, Summary, TRUTH_FILE, Truth, write};
use tempfile::TempDir;

use crate::event_log::read;

pub(crate) fn ferry() -> Spec {
    let yaml = include_str!("../../templates/ferry.yaml");
    Spec::parse(&[("ferry.yaml".to_owned(), yaml.to_owned())]).unwrap()
}

pub(crate) fn options(scenario: &str) -> Options {
    Options { scenario: scenario.to_owned(), size_bytes: None, days: None, seed: 7, form: Form::Folder }
}

pub(crate) fn written(spec: &Spec, options: &Options) -> (TempDir, Summary) {
    let directory = tempfile::tempdir().unwrap();
    let summary = write(&directory.path().join("server"), spec, options).unwrap();
    (directory, summary)
}

/// Path with `/`, below the practice directory, and content of every file.
pub(crate) fn files(directory: &TempDir) -> BTreeMap<String, Vec<u8>> {
    let root = directory.path().join("server");
    let mut files = BTreeMap::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

const BRIDGE: &str = "C/Windows/System32/winevt/Logs/Ferry-Bridge%4Operational.evtx";

/// Records of every event log.
fn event_logs(directory: &TempDir) -> BTreeMap<String, Vec<(u64, String)>> {
    let logs = files(directory).into_iter().filter(|(path, _)| path.ends_with(".evtx"));
    logs.map(|(path, bytes)| (path, read(&bytes))).collect()
}

/// The value between two texts.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before).unwrap().1.split_once(after).unwrap().0
}

/// Text of every text log.
fn logs(directory: &TempDir) -> BTreeMap<String, String> {
    let logs = files(directory).into_iter().filter(|(path, _)| path.to_lowercase().ends_with(".log"));
    logs.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
}

/// Times of all rows of the desk, in order of file and line.
fn desk_times(directory: &TempDir) -> Vec<String> {
    let is_row = |line: &&str| line.starts_with("2020-");
    let desk = logs(directory).into_iter().filter(|(path, _)| path.contains("desk"));
    desk.flat_map(|(_, text)| text.lines().filter(is_row).map(|line| line[..24].to_owned()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn same_seed_and_options_give_the_same_bytes() {
    let first = written(&ferry(), &options("stowaway")).0;
    let again = written(&ferry(), &options("stowaway")).0;
    assert!(files(&first) == files(&again));
    let other = written(&ferry(), &Options { seed: 8, ..options("stowaway") }).0;
    assert!(files(&first) != files(&other));
}

#[test]
fn every_file_carries_the_mark_and_windows_line_ends() {
    let (directory, summary) = written(&ferry(), &options("stowaway"));
    every_file_carries_the_mark(&files(&directory));
    let sizes: Vec<_> = files(&directory).into_iter().filter(|(path, _)| path != TRUTH_FILE).collect();
    assert_eq!(sizes.len() as u64, summary.truth.files);
    assert_eq!(sizes.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>(), summary.truth.bytes);
    assert_eq!(event_logs(&directory).len(), 1);
    for (path, records) in event_logs(&directory) {
        let body = between(&records[0].1, "</System>", "</Event>");
        assert_eq!(body, format!("<EventData><Data>{PRACTICE_MARK}</Data></EventData>"), "{path}");
    }
    for (path, text) in logs(&directory) {
        let remark = text.lines().find(|line| line.contains(PRACTICE_MARK)).unwrap();
        assert_eq!(remark, format!("#Remark: {PRACTICE_MARK}"), "{path}");
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{path}");
        assert_eq!(text.starts_with('\u{feff}'), path.contains("desk"), "{path}");
    }
}

#[test]
fn truth_names_the_physical_line_or_record_of_each_trace() {
    let (directory, summary) = written(&ferry(), &options("stowaway"));
    let files = files(&directory);
    let truth: Truth = serde_json::from_slice(&files[TRUTH_FILE]).unwrap();
    assert_eq!(truth, summary.truth);
    let (on_disk, rows): (Vec<_>, Vec<_>) =
        truth.traces.iter().partition(|trace| trace.line.is_none() && trace.record.is_none());
    assert_eq!(rows.len(), 15, "three times two rules at the desk, one row at the gate, two events");
    assert_eq!(on_disk.len(), 4, "two files that are still there, two hives");
    let records: BTreeMap<_, _> = event_logs(&directory).remove(BRIDGE).unwrap().into_iter().collect();
    for trace in rows {
        let said = match (trace.line, trace.record) {
            (Some(line), None) => {
                let text = String::from_utf8(files[&trace.path].clone()).unwrap();
                text.split('\n').nth(line as usize - 1).unwrap().to_owned()
            }
            (None, Some(record)) if trace.path == BRIDGE => records[&record].clone(),
            place => panic!("{place:?}"),
        };
        assert!(said.contains("STOWAWAY"), "{trace:?}: {said}");
        assert_eq!(trace.rule.as_deref() == Some("odd-whistle"), said.contains(">9<"), "{trace:?}: {said}");
    }
    let attack = truth.attack.unwrap();
    assert_eq!([attack.from, attack.to], ["2020-02-29T12:30:00.250Z", "2020-02-29T12:31:00.000Z"]);
    assert_eq!((truth.practice, truth.verdict), (true, Expected::Exploited));
    assert_eq!(truth.context.len(), 4, "what happened before the period is left out");
}

#[test]
fn an_attack_changes_no_other_row() {
    let (quiet, summary) = written(&ferry(), &options("quiet"));
    let attacked = logs(&written(&ferry(), &options("stowaway")).0);
    assert_eq!((summary.truth.attack, summary.truth.traces.len()), (None, 0));
    for (path, text) in logs(&quiet) {
        let rest: String = attacked[&path].split_inclusive('\n').filter(|line| !line.contains("STOWAWAY")).collect();
        assert_eq!(rest, text, "{path}");
    }
}

#[test]
fn an_attack_changes_no_other_event_but_its_number() {
    let told = |scenario| {
        let records = event_logs(&written(&ferry(), &options(scenario)).0).remove(BRIDGE).unwrap();
        let numbers: Vec<u64> = records.iter().map(|(id, _)| *id).collect();
        assert_eq!(numbers, (7_001..7_001 + records.len() as u64).collect::<Vec<_>>());
        let without = |(id, xml): &(u64, String)| xml.replace(&format!("<EventRecordID>{id}</EventRecordID>"), "");
        records.iter().map(without).filter(|xml| !xml.contains("STOWAWAY")).collect::<Vec<_>>()
    };
    assert!(told("quiet").len() > 100);
    assert!(told("quiet") == told("stowaway"));
}

#[test]
fn events_have_their_types_and_the_time_of_their_request() {
    let directory = written(&ferry(), &options("quiet")).0;
    let records = event_logs(&directory).remove(BRIDGE).unwrap();
    let times: Vec<_> = records.iter().map(|(_, xml)| between(xml, "SystemTime=\"", "\"").to_owned()).collect();
    assert!(times.is_sorted());
    assert!(times[0].starts_with("2020-02-27T00:"), "{}", times[0]);
    let whistles: Vec<_> = records.iter().filter(|(_, xml)| xml.contains("<EventID>40<")).collect();
    assert!(whistles.len() > 50, "{}", whistles.len());
    let gate: String = logs(&directory).into_values().collect();
    for (_, xml) in whistles {
        assert!(xml.contains("<Version>1</Version><Level>3</Level><Task>3</Task><Opcode>2</Opcode>"), "{xml}");
        assert!(xml.contains("<Keywords>0x8000000000000010</Keywords>") && xml.contains("ProcessID=\"712\""), "{xml}");
        assert!(between(xml, "UserID=\"", "\"").starts_with("S-1-5-21-1-2-3-10"), "{xml}");
        assert!((1..=3).contains(&between(xml, "\"Blasts\">", "<").parse().unwrap()), "{xml}");
        assert!(between(xml, "\"Code\">", "<").starts_with("0x"), "{xml}");
        let voyage = between(xml, "\"Voyage\">{", "}<");
        assert!(gate.contains(&format!("request={voyage}")), "the row at the gate tells of the same request: {xml}");
        assert_eq!(between(xml, "\"Heard\">", "<"), between(xml, "SystemTime=\"", "\""));
        assert_eq!(between(xml, "\"Fog\">", "<"), "false");
    }
    let bodies = |id: &str| -> Vec<_> {
        let of = |(_, xml): &&(u64, String)| xml.contains(id);
        records.iter().filter(of).map(|(_, xml)| between(xml, "</System>", "</Event>")).collect()
    };
    let logbook = bodies("<EventID Qualifiers=\"16384\">6<");
    assert_eq!(logbook.len(), 4 * 12);
    assert!(
        logbook[0].starts_with("<EventData><Data>page ")
            && logbook[0].ends_with("<Data></Data><Data>all well</Data></EventData>")
    );
    assert_eq!(
        bodies("<EventID>104<"),
        [
            "<UserData><LampOut xmlns=\"http://ferry.example/lamp\"><Lamp>starboard</Lamp><Oil>3</Oil></LampOut></UserData>"
        ]
    );
}

#[test]
fn size_is_about_what_was_asked_for() {
    for size_bytes in [1_000_000, 5_000_000, 30_000_000] {
        let options = Options { size_bytes: Some(size_bytes), ..options("quiet") };
        let bytes = written(&ferry(), &options).1.truth.bytes as f64;
        let ratio = bytes / size_bytes as f64;
        assert!((0.9..1.1).contains(&ratio), "{bytes} bytes for {size_bytes}");
    }
}

#[test]
fn rows_are_in_order_and_never_an_hour_apart() {
    let directory = written(&ferry(), &Options { size_bytes: Some(1), ..options("quiet") }).0;
    let times = desk_times(&directory);
    assert!(times.is_sorted());
    let minutes = |time: &String| -> u32 {
        let number = |from: usize| time[from..from + 2].parse::<u32>().unwrap();
        number(11) * 60 + number(14)
    };
    for pair in times.windows(2).filter(|pair| pair[0][..10] == pair[1][..10]) {
        assert!(minutes(&pair[1]) - minutes(&pair[0]) < 60, "{pair:?}");
    }
    assert!(times.first().unwrap().starts_with("2020-02-28T00:"));
    assert!(times.last().unwrap().starts_with("2020-03-01T23:"));
}

#[test]
fn people_sleep_and_machines_do_not() {
    let directory = written(&ferry(), &Options { size_bytes: Some(5_000_000), ..options("quiet") }).0;
    let times = desk_times(&directory);
    let at = |hour: &str| times.iter().filter(|time| &time[11..13] == hour).count();
    assert!(at("12") > 5 * at("02"), "{} {}", at("12"), at("02"));
    assert!(at("02") > 10);
}

#[test]
fn full_files_are_followed_by_the_next_number() {
    let directory = written(&ferry(), &Options { size_bytes: Some(20_000_000), ..options("quiet") }).0;
    let logs = logs(&directory);
    let first = &logs["D/Ferry Logs/desk_2020022912-1.log"];
    assert!((200_000..201_000).contains(&first.len()), "{}", first.len());
    assert!(logs["D/Ferry Logs/desk_2020022912-2.log"].contains(PRACTICE_MARK));
}

#[test]
fn some_logs_reach_further_back() {
    let logs = logs(&written(&ferry(), &options("quiet")).0);
    let gates = logs.keys().filter(|path| path.contains("gate")).count();
    assert_eq!(gates, 5);
    assert!(logs.contains_key("D/gate200226.log"));
    assert!(!logs.contains_key("D/Ferry Logs/desk_2020022700-1.log"));
}

#[test]
fn a_directory_that_is_not_empty_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("mine")).unwrap();
    let error = write(directory.path(), &ferry(), &options("quiet")).unwrap_err();
    assert!(matches!(&error, Error::DirectoryNotEmpty { path } if path == directory.path()));
    assert!(error.to_string().contains(directory.path().to_str().unwrap()));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn impossible_wishes_are_refused_before_anything_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("server");
    let refused = |options: Options| write(&root, &ferry(), &options).unwrap_err().to_string();
    let stowaway = options("stowaway");
    assert_eq!(refused(options("kraken")), "there is no practice scenario `kraken`; known: quiet, stowaway");
    assert_eq!(
        refused(Options { days: Some(1), ..stowaway.clone() }),
        "scenario `stowaway` needs a practice period of at least 2 days, not 1"
    );
    assert_eq!(refused(Options { days: Some(0), ..stowaway }), "a practice period of 0 days is outside 1 to 3650");
    assert!(!root.exists());
}

/// Whatever packs lie in the repository: their templates can be read and every scenario written.
#[test]
fn every_scenario_of_every_pack_can_be_written() {
    for folder in pack_folders() {
        let spec = pack_spec(&folder);
        for scenario in spec.scenarios() {
            let options = Options { size_bytes: Some(1), days: Some(12), ..options(&scenario.name) };
            let (directory, summary) = written(&spec, &options);
            assert_eq!(summary.truth.traces.is_empty(), scenario.verdict == Expected::Clean);
            every_file_carries_the_mark(&files(&directory));
        }
    }
}

/// In whatever encoding; an event log in its first event.
pub(crate) fn every_file_carries_the_mark(files: &BTreeMap<String, Vec<u8>>) {
    let wide: Vec<u8> = PRACTICE_MARK.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // The log of a hive holds pages of it and nothing of its own.
    for (path, bytes) in files.iter().filter(|(path, _)| !path.ends_with(".LOG1")) {
        // The header, the first chunk's header, and the first event.
        let looked_at = if path.ends_with(".evtx") { &bytes[..8 << 10] } else { &bytes[..] };
        let holds = |mark: &[u8]| looked_at.windows(mark.len()).any(|window| window == mark);
        assert!(holds(PRACTICE_MARK.as_bytes()) || holds(&wide), "{path}");
    }
}

pub(crate) fn pack_spec(folder: &Path) -> Spec {
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    Spec::parse(&files).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

pub(crate) fn pack_folders() -> Vec<PathBuf> {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let packs = fs::read_dir(packs).into_iter().flatten();
    packs.map(|pack| pack.unwrap().path().join("drill")).filter(|folder| folder.is_dir()).collect()
}
