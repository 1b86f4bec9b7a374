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
