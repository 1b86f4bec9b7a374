//! A pack given as a folder: the verdicts that its rules lead to, and how it is tested.

use hikeshi_testkit::Sandbox;

use crate::kamome::{desk_log, gate_log, gate_row, host_with_pack, quiet, row, with_rows};
use crate::reports::{rules, text, totals, unread, verdict};

/// Green, as a terminal is told.
const GREEN: &str = "\u{1b}[32m";

/// Verdict and exit code for the sandbox's logs, and whether the headline is green.
fn judged(host: &Sandbox) -> (String, i32, bool) {
    let run = host.hikeshi("check logs --pack pack --format json");
    let shown = host.call().args("check logs --pack pack".split(' ')).env("CLICOLOR_FORCE", "1").run();
    assert_eq!(shown.exit, run.exit);
    assert!(shown.stdout.starts_with('\u{1b}'), "the headline has a colour: {shown}");
    (verdict(&run.json()), run.exit, shown.stdout.contains(GREEN))
}

#[test]
fn clean_is_said_in_green_where_the_logs_cover_the_whole_window() {
    assert_eq!(judged(&quiet()), ("clean".to_owned(), 0, true));
    let run = quiet().hikeshi("check logs --pack pack --format json");
    let report = run.json();
    assert_eq!(text(&report["reasons"].as_array().unwrap().last().unwrap()["code"]), "reason-all-covered");
    assert_eq!((report["missing"].as_array().unwrap().len(), &report["practice"]), (0, &false.into()));
}

#[test]
fn no_colour_is_written_where_none_is_asked_for() {
    let run = quiet().hikeshi("check logs --pack pack");
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
}

#[test]
fn the_furthest_stage_that_counts_gives_the_verdict() {
    for (desk, gate, expected) in [
        ("", "GET /crew/masterkey 403", "attempted"),
        ("", "GET /crew/masterkey 200", "exploited"),
        ("BERTH 12;", "", "compromised"),
        ("EXPORT;all tickets", "", "compromised"),
        ("EXPORT;all tickets", "GET /crew/masterkey 403", "compromised"),
    ] {
        let rows = |row: &'static str| if row.is_empty() { vec![] } else { vec![row] };
        let host = with_rows(&rows(desk), &rows(gate));
        assert_eq!(judged(&host), (expected.to_owned(), 1, false), "{desk} {gate}");
    }
}

#[test]
fn low_and_informational_findings_and_reconnaissance_do_not_move_the_verdict() {
    let host = with_rows(&[r#"SELL;"a storm; ""odd""""#, "HUM;"], &["GET /crew/door 404"]);
    assert_eq!(judged(&host), ("clean".to_owned(), 0, true));
    let report = host.hikeshi("check logs --pack pack --format json").json();
    let held: Vec<_> = rules(&report).into_iter().collect();
    assert_eq!(held, ["crew-page-looked-at", "odd-command", "odd-note"]);
}

#[test]
fn a_silence_in_the_logs_makes_clean_inconclusive() {
    let rows = [0, 6, 12, 18, 42, 48, 54, 60, 66].map(|hour| row(hour, "SELL;"));
    let host = quiet().file("logs/desk_1.log", desk_log(&rows));
    assert_eq!(judged(&host), ("inconclusive".to_owned(), 3, false));
    let report = host.hikeshi("check logs --pack pack --format json").json();
    let silence = &report["missing"][0]["spans"][0];
    assert_eq!(
        (text(&silence["from"]), text(&silence["to"])),
        ("2030-05-01T18:00:00Z".into(), "2030-05-02T18:00:00Z".into())
    );
}

#[test]
fn logs_that_begin_after_the_window_or_are_missing_make_clean_inconclusive() {
    let late: Vec<_> = (8..12).map(|number| gate_row(number * 6, "GET /timetable 200")).collect();
    for host in [quiet().file("logs/gate_1.log", gate_log(&late)), quiet().without("logs/gate_1.log")] {
        assert_eq!(judged(&host), ("inconclusive".to_owned(), 3, false));
        let report = host.hikeshi("check logs --pack pack --format json").json();
        assert_eq!(report["missing"][0]["kind"], "kamome-gate");
    }
}

#[cfg(unix)]
#[test]
fn one_unreadable_file_makes_clean_inconclusive() {
    let host = quiet().file("logs/desk_2.log", desk_log(&[row(3, "SELL;")])).unreadable("logs/desk_2.log");
    assert_eq!(judged(&host), ("inconclusive".to_owned(), 3, false));
    let report = host.hikeshi("check logs --pack pack --format json").json();
    assert_eq!(unread(&report), [("unknown".into(), "desk_2.log".into(), "permission-denied".into())]);
}

#[test]
fn a_log_of_a_known_name_with_a_ruined_beginning_is_read_around_it_and_told() {
    let ruined = [&[0; 300][..], desk_log(&[row(3, "EXPORT;all tickets")]).as_bytes()].concat();
    let host = quiet().file("logs/desk_2.log", ruined);
    assert_eq!(judged(&host).0, "compromised");
    let report = host.hikeshi("check logs --pack pack --format json").json();
    let told = |reason: &str| ("kamome-desk".into(), "desk_2.log".into(), reason.into());
    assert_eq!(unread(&report), [told("header-missing"), told("bad-encoding")]);
}

#[test]
fn a_log_with_a_zero_byte_is_not_passed_over() {
    let log = desk_log(&[row(3, "SELL;\0"), row(4, "EXPORT;all tickets")]);
    let (verdict, exit, _) = judged(&quiet().file("logs/desk_2.log", log));
    assert_eq!((verdict.as_str(), exit), ("compromised", 1));
}

#[test]
fn a_log_whose_lines_cannot_be_told_apart_is_not_passed_over() {
    let log = desk_log(&[row(3, "SELL;"), row(4, "EXPORT;all tickets")]).replace('\n', "");
    assert_ne!(judged(&quiet().file("logs/desk_2.log", log)).0, "clean");
}

#[test]
fn a_log_that_holds_a_header_and_no_row_is_no_gap_and_no_coverage_either() {
    // Servers write such files in quiet hours.
    let header = "#Software: Kamome Desk\r\nTime;Seq;Clerk;Command;Note\r\n";
    let report = quiet().file("logs/desk_2.log", header).hikeshi("check logs --pack pack --format json").json();
    assert_eq!((text(&report["verdict"]), unread(&report)), ("clean".into(), Vec::new()));
    let alone = host_with_pack(|_| {}).file("logs/desk_2.log", header);
    assert_eq!(judged(&alone).0, "inconclusive");
}

#[test]
fn findings_beyond_forty_of_a_file_and_two_hundred_of_a_rule_are_counted() {
    let rows: Vec<_> = (0..45).map(|number| gate_row(number % 24, "GET /crew/masterkey 403")).collect();
    let host = (0..9).fold(quiet(), |host, file| host.file(&format!("logs/gate_x{file:02}.log"), gate_log(&rows)));
    let report = host.hikeshi("check logs --pack pack --format json").json();
    let totals = totals(&report);
    assert_eq!((totals.len(), totals.values().all(|count| *count == 45)), (9, true));
    assert_eq!(report["findings"].as_array().unwrap().len(), 200);
    let shown = |report: &serde_json::Value| -> Vec<_> {
        report["totals"].as_array().unwrap().iter().map(|total| total["shown"].as_u64().unwrap()).collect()
    };
    assert_eq!(shown(&report).iter().sum::<u64>(), 200);
    let one = quiet().file("logs/gate_x.log", gate_log(&rows)).hikeshi("check logs --pack pack --format json").json();
    assert_eq!((shown(&one), one["findings"].as_array().unwrap().len()), (vec![40], 40));
}

#[test]
fn rows_of_the_invented_product_are_read_with_their_own_delimiter_and_quotes() {
    let report = with_rows(&[r#"SELL;"a storm; ""odd""""#], &[]).hikeshi("check logs --pack pack --format json").json();
    let fields = &report["findings"][0]["fields"];
    assert_eq!(text(&fields["Note"]), "a storm; \"odd\"");
    assert_eq!(text(&fields["Clerk"]), "hanako");
}

#[test]
fn a_good_pack_passes_its_own_test() {
    let host = host_with_pack(|_| {});
    insta::assert_snapshot!(host.hikeshi("pack lint pack"), @"
    kamome 2030.05.09: faults: 0
    exit 0
    ");
    insta::assert_snapshot!(host.hikeshi("pack test pack"), @"
    kamome 2030.05.09: faults: 0
    samples: 14, rows: 14, variants: 21, failures: 0
    exit 0
    ");
}

#[test]
fn a_rule_without_japanese_text_is_a_fault() {
    let host = host_with_pack(|files| {
        let rule = files.get_mut("rules/tickets-taken.yml").unwrap();
        *rule = rule.replace("ja: '意味は tickets taken です。'", "ja: ''");
    });
    insta::assert_snapshot!(host.hikeshi("pack lint pack"), @"
    rules/tickets-taken.yml: `means` has no text in `ja`
    kamome 2030.05.09: faults: 1
    exit 1
    ");
    assert_eq!(host.hikeshi("pack test pack").exit, 1);
}

#[test]
fn a_rule_whose_japanese_text_is_left_out_is_a_fault() {
    let host = host_with_pack(|files| {
        let rule = files.get_mut("rules/tickets-taken.yml").unwrap();
        *rule = rule.replace(", ja: '意味は tickets taken です。'", "");
    });
    let run = host.hikeshi("pack lint pack");
    assert_eq!(run.exit, 1);
    assert!(run.stdout.contains("rules/tickets-taken.yml") && run.stdout.contains("ja"), "{run}");
}

#[test]
fn a_rule_without_a_hit_sample_is_a_fault() {
    let host = host_with_pack(|files| {
        files.remove("tests/tickets-taken/hit-one.log");
    });
    insta::assert_snapshot!(host.hikeshi("pack lint pack"), @"
    tests/tickets-taken: has no hit-* sample
    kamome 2030.05.09: faults: 1
    exit 1
    ");
    assert_eq!(host.hikeshi("pack test pack").exit, 1);
}

#[test]
fn a_hit_that_does_not_hit_and_a_miss_that_does_fail_the_test_and_not_the_lint() {
    let host = host_with_pack(|files| {
        files.insert(
            "tests/tickets-taken/hit-two.log".into(),
            desk_log(&[row(0, "EXPORT;all tickets"), row(1, "SELL;")]),
        );
        files.insert("tests/stowaway-berth/miss-two.log".into(), desk_log(&[row(0, "BERTH 1;")]));
    });
    assert_eq!(host.hikeshi("pack lint pack").exit, 0);
    insta::assert_snapshot!(host.hikeshi("pack test pack"), @"
    kamome 2030.05.09: faults: 0
    tests/stowaway-berth/miss-two.log: found in miss-two.log, lines 3
    tests/tickets-taken/hit-two.log: not found in hit-two.log, lines 4
    samples: 16, rows: 17, variants: 21, failures: 2
    exit 1
    ");
}

#[test]
fn faults_and_failures_are_told_in_japanese_to_those_who_read_it() {
    let host = host_with_pack(|files| {
        let rule = files.get_mut("rules/tickets-taken.yml").unwrap();
        *rule = rule.replace("ja: '意味は tickets taken です。'", "ja: ''");
        files.remove("tests/tickets-taken/hit-one.log");
        files.insert("tests/nobody/hit-one.log".into(), desk_log(&[]));
        files.insert("tests/stowaway-berth/miss-two.log".into(), desk_log(&[row(0, "BERTH 1;")]));
        files.insert("tests/stowaway-berth/hit-two.log".into(), desk_log(&[row(0, "SELL;")]));
        files.insert("tests/stowaway-berth/hit-empty.log".into(), desk_log(&[]));
        files.insert("yara/broken.yar".into(), "rule broken { condition: nowhere }".to_owned());
        files.insert("yara/mute.yar".into(), "rule mute { condition: true }".to_owned());
        let list =
            "indicators:\n  - {id: a, type: file_name, value: evil9.exe}\n  - {id: a, type: ip, value: 127.0.0.1}\n";
        files.insert("indicators/own.yaml".into(), list.to_owned());
    });
    let run = host.hikeshi_in_japanese("pack test pack");
    for line in run.stdout.lines() {
        let told = line.split_once(": ").map_or(line, |(_, told)| told);
        assert!(told.chars().any(|sign| matches!(sign, 'ぁ'..='ヿ' | '一'..='龥')), "{line}");
    }
    insta::assert_snapshot!("pack-test-ja", run);
}

#[test]
fn a_folder_that_is_no_pack_cannot_be_used() {
    let host = quiet().file("empty/readme.txt", "x");
    insta::assert_snapshot!(host.hikeshi("check logs --pack empty"), @"
    ! error: cannot load the pack `empty`
    ! cause: `empty` is no pack: it holds no pack.yaml
    ! hint: known packs: proxylogon; or give the folder of a pack
    exit 2
    ");
    for call in ["check logs --pack nowhere", "pack show nowhere", "pack lint nowhere", "pack test empty"] {
        let run = host.hikeshi(call);
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{call}: {run}");
        assert!(run.stderr.contains("hint: known packs: proxylogon"), "{run}");
    }
}

#[test]
fn a_pack_without_practice_templates_makes_no_drill() {
    let run = host_with_pack(|_| {}).hikeshi("drill server --pack pack --scenario quiet");
    assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.starts_with("error: "), "{run}");
}

#[test]
fn built_in_packs_are_listed_shown_and_pass_their_own_tests() {
    let host = host_with_pack(|_| {});
    assert!(host.hikeshi("pack list").stdout.starts_with("proxylogon  "));
    let shown = host.hikeshi_in_japanese("pack show proxylogon");
    assert!(shown.stdout.contains("CVE-2021-26855") && shown.stdout.contains("httpproxy: "), "{shown}");
    let tested = host.hikeshi("pack test proxylogon");
    assert!(tested.stdout.ends_with("failures: 0\n") && tested.exit == 0, "{tested}");
}

#[test]
fn the_logs_of_one_server_are_no_substitute_for_those_of_another() {
    let host = quiet().file("other/desk_1.log", desk_log(&[row(3, "SELL;")]));
    assert_eq!(host.hikeshi("check logs --pack pack").exit, 0);
    assert_eq!(host.hikeshi("check logs other --pack pack").exit, 3);
}
