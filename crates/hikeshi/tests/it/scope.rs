//! `--since`, `--until`, `--include`, `--exclude`: what is left out on request never ends in "clean".

use serde_json::Value;

use crate::kamome::{quiet, with_rows};
use crate::reports::{rules, text, verdict};

fn check(host: &hikeshi_testkit::Sandbox, more: &str) -> (String, i32, Value) {
    let run = host.hikeshi(&format!("check logs --pack pack --format json {more}"));
    let report = run.json();
    (verdict(&report), run.exit, report)
}

#[test]
fn what_is_left_out_on_request_is_told_and_never_clean() {
    for (asked, files) in [
        ("--since 2030-01-01", 0),
        ("--until 2040-01-01", 0),
        ("--include *.log", 0),
        ("--include desk_*", 1),
        ("--exclude elsewhere/**", 0),
        ("--exclude **/desk_1.log", 1),
        ("--exclude DESK_1.LOG", 1),
    ] {
        let (verdict, exit, report) = check(&quiet(), asked);
        assert_eq!((verdict.as_str(), exit), ("inconclusive", 3), "{asked}");
        assert_eq!(report["narrowed"]["files_left_out"], files, "{asked}");
        let codes: Vec<_> = report["reasons"].as_array().unwrap().iter().map(|reason| text(&reason["code"])).collect();
        assert!(codes.iter().any(|code| code.starts_with("reason-narrowed-")), "{asked}: {codes:?}");
    }
    assert_eq!(check(&quiet(), "").0, "clean");
}

#[test]
fn records_outside_of_the_period_do_not_count_and_its_ends_do() {
    // Both rows stand at 2030-05-03T19:00:00Z and after.
    let host = with_rows(&["BERTH 12;"], &[]);
    for (asked, held) in [
        ("--since 2030-05-03", true),
        ("--until 2030-05-03", true),
        ("--since 2030-05-03T19:00:00Z --until 2030-05-03T19:00:00Z", true),
        ("--since 2030-05-04", false),
        ("--until 2030-05-02", false),
    ] {
        let (verdict, _, report) = check(&host, asked);
        assert_eq!(verdict == "compromised", held, "{asked}");
        assert_eq!(rules(&report).is_empty(), !held, "{asked}");
    }
}

#[test]
fn a_time_or_pattern_that_is_none_is_refused() {
    for asked in ["--since yesterday", "--until 2030-02-30", "--include [", "--exclude a{b"] {
        let run = quiet().hikeshi(&format!("check logs --pack pack {asked}"));
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{asked}");
    }
}

/// Kind, files, and whether it would be read, of everything that a preview names.
fn preview(host: &hikeshi_testkit::Sandbox, more: &str) -> (i32, Vec<(String, u64, bool)>, Value) {
    let run = host.hikeshi(&format!("check logs --pack pack --explain-only --format json {more}"));
    let report = run.json();
    let kinds = report["kinds"].as_array().unwrap().iter();
    let mut kinds: Vec<_> =
        kinds.map(|kind| (text(&kind["kind"]), kind["files"].as_u64().unwrap(), kind["seconds"].is_number())).collect();
    kinds.sort();
    (run.exit, kinds, report)
}

#[test]
fn a_preview_names_what_is_there_and_what_is_missing_and_judges_nothing() {
    let kind = |name: &str, files, is_read| (name.to_owned(), files, is_read);
    let host = with_rows(&["BERTH 12;"], &[]).file("logs/notes.bin", [0xff_u8]).file("logs/old.evt", b"\x30\0\0\0LfLe");
    let (exit, kinds, report) = preview(&host, "");
    // The old event log would not be read: that cannot end in "clean".
    assert_eq!((exit, &report["unreadable"][0]["path"]), (3, &Value::from("old.evt")));
    assert_eq!(report["unreadable"][0]["reason"], "not-read-yet");
    let expected =
        [kind("evt", 1, false), kind("kamome-desk", 1, true), kind("kamome-gate", 1, true), kind("unknown", 1, false)];
    assert_eq!(kinds, expected);
    assert!(report.get("verdict").is_none() && !report.to_string().contains("BERTH"), "{report}");
    let (exit, kinds, report) = preview(&host, "--exclude gate_*");
    assert_eq!((exit, kinds.len()), (3, 3));
    assert_eq!(report["missing"][0]["kind"], "kamome-gate");
    assert_eq!(report["missing"][0]["title"]["ja"], "改札のログ");
    let japanese = host.hikeshi_in_japanese("check logs --pack pack --explain-only --exclude gate_*");
    assert!(japanese.stdout.contains("改札のログ") && japanese.stdout.contains("予約窓口のログ"), "{japanese}");
    assert_eq!(preview(&with_rows(&["BERTH 12;"], &[]), "").0, 0);
    let packed =
        with_rows(&["BERTH 12;"], &[]).file("logs/all.zip", b"PK\x05\x06").file("logs/all.rar", b"Rar!\x1a\x07\x01\0");
    let run = packed.hikeshi("check logs --pack pack --explain-only");
    assert_eq!(run.exit, 3);
    let said = ["all.rar: ", "Archives are opened by the check alone", "Whether the records cover the whole time"];
    assert!(said.iter().all(|part| run.stdout.contains(part)), "{run}");
}
