//! Writes practice servers and reads them back.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use hikeshi_drill::{Error, Expected, Options, PRACTICE_MARK, Spec, Summary, TRUTH_FILE, Truth, write};
use tempfile::TempDir;

fn ferry() -> Spec {
    let yaml = include_str!("../../templates/ferry.yaml");
    Spec::parse(&[("ferry.yaml".to_owned(), yaml.to_owned())]).unwrap()
}

fn options(scenario: &str) -> Options {
    Options { scenario: scenario.to_owned(), size_bytes: None, days: None, seed: 7 }
}

fn written(spec: &Spec, options: &Options) -> (TempDir, Summary) {
    let directory = tempfile::tempdir().unwrap();
    let summary = write(&directory.path().join("server"), spec, options).unwrap();
    (directory, summary)
}

/// Path with `/`, below the practice directory, and content of every file.
fn files(directory: &TempDir) -> BTreeMap<String, Vec<u8>> {
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

fn logs(directory: &TempDir) -> BTreeMap<String, String> {
    let logs = files(directory).into_iter().filter(|(path, _)| path != TRUTH_FILE);
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
    let logs = logs(&directory);
    assert_eq!(logs.len() as u64, summary.truth.files);
    assert_eq!(logs.values().map(|text| text.len() as u64).sum::<u64>(), summary.truth.bytes);
    for (path, text) in logs {
        let remark = text.lines().find(|line| line.contains(PRACTICE_MARK)).unwrap();
        assert_eq!(remark, format!("#Remark: {PRACTICE_MARK}"), "{path}");
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{path}");
        assert_eq!(text.starts_with('\u{feff}'), path.contains("desk"), "{path}");
    }
}

#[test]
fn truth_names_the_physical_line_of_each_trace() {
    let (directory, summary) = written(&ferry(), &options("stowaway"));
    let files = files(&directory);
    let truth: Truth = serde_json::from_slice(&files[TRUTH_FILE]).unwrap();
    assert_eq!(truth, summary.truth);
    assert_eq!(truth.traces.len(), 9, "three times two rules at the desk and one row at the gate");
    for trace in &truth.traces {
        let text = String::from_utf8(files[&trace.path].clone()).unwrap();
        let line = text.split('\n').nth(trace.line as usize - 1).unwrap();
        assert!(line.contains("STOWAWAY"), "{trace:?}: {line}");
    }
    let attack = truth.attack.unwrap();
    assert_eq!([attack.from, attack.to], ["2020-02-29T12:30:00.250Z", "2020-02-29T12:30:03.250Z"]);
    assert_eq!((truth.practice, truth.verdict), (true, Expected::Exploited));
    assert_eq!(truth.context.len(), 1, "what happened before the period is left out");
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
        let mut files: Vec<(String, String)> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()))
            .collect();
        files.sort();
        let spec = Spec::parse(&files).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for scenario in spec.scenarios() {
            let options = Options { size_bytes: Some(1), days: Some(12), ..options(&scenario.name) };
            let (directory, summary) = written(&spec, &options);
            assert_eq!(summary.truth.traces.is_empty(), scenario.verdict == Expected::Clean);
            for (path, text) in logs(&directory) {
                assert!(text.contains(PRACTICE_MARK), "{path}");
            }
        }
    }
}

fn pack_folders() -> Vec<PathBuf> {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let packs = fs::read_dir(packs).into_iter().flatten();
    packs.map(|pack| pack.unwrap().path().join("drill")).filter(|folder| folder.is_dir()).collect()
}
