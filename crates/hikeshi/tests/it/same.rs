//! The same evidence gives the same answer, however it is read and wherever it lies.

use std::collections::{BTreeMap, BTreeSet};

use crate::kamome::{desk_log, row, with_rows};
use crate::reports::{check_loud, found, found_anywhere, host, loud, loud_host, totals};

#[test]
fn threads_and_the_way_of_reading_do_not_change_a_byte_of_the_report() {
    let host = host().drill("server", "full-chain", "100K", 12);
    let reference = host.hikeshi("check server --format json --threads 1");
    for options in ["--threads 2", "--threads 8", "--read-all"] {
        let run = host.hikeshi(&format!("check server --format json {options}"));
        assert!(run == reference, "{options}");
    }
}

#[test]
fn the_locale_and_the_time_zone_do_not_change_what_machines_read() {
    let host = with_rows(&["EXPORT;all tickets"], &[]);
    let call = "check logs --pack pack --format json";
    let reference = host.hikeshi(call);
    assert_eq!(host.hikeshi_in_japanese(call), reference);
    for (name, value) in [("TZ", "Asia/Tokyo"), ("LC_ALL", "tr_TR.UTF-8"), ("COLUMNS", "20"), ("NO_COLOR", "1")] {
        assert_eq!(host.call().args(call.split(' ')).env(name, value).run(), reference, "{name}");
    }
}

#[test]
fn reading_every_row_says_the_same_about_rows_that_do_not_fit() {
    let rows = [row(0, "SELL;"), row(1, "SELL;1;2;3"), row(2, "SELL;")];
    let host = with_rows(&[], &[]).file("logs/desk_2.log", desk_log(&rows));
    let [searched, read] = ["", "--read-all"].map(|mode| host.hikeshi(&format!("check logs --pack pack {mode}")));
    assert_eq!((searched.exit, searched.stdout), (read.exit, read.stdout));
}

#[test]
fn a_second_run_writes_the_same_bytes_in_every_format() {
    let host = with_rows(&["EXPORT;all tickets"], &["GET /crew/masterkey 403"]);
    for format in ["text", "json", "jsonl", "html"] {
        let call = format!("check logs --pack pack --format {format}");
        assert_eq!(host.hikeshi(&call), host.hikeshi(&call));
    }
}

#[test]
fn a_report_in_a_file_is_the_report_on_standard_output() {
    let host = with_rows(&["EXPORT;all tickets"], &["GET /crew/masterkey 403"]);
    for format in ["text", "json", "jsonl", "html"] {
        let shown = host.hikeshi(&format!("check logs --pack pack --format {format}"));
        let kept = host.hikeshi(&format!("check logs --pack pack --format {format} -o report"));
        assert_eq!((kept.stdout.as_str(), kept.exit), ("", shown.exit));
        assert!(host.bytes("report") == shown.stdout.as_bytes(), "{format}");
    }
}

#[test]
fn json_lines_hold_the_summary_and_then_each_finding() {
    let host = with_rows(&["EXPORT;all tickets"], &["GET /crew/masterkey 403"]);
    let report = host.hikeshi("check logs --pack pack --format json").json();
    let lines: Vec<serde_json::Value> = host
        .hikeshi("check logs --pack pack --format jsonl")
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!((&lines[0]["kind"], &lines[0]["verdict"]), (&"summary".into(), &report["verdict"]));
    assert_eq!(lines.len() - 1, report["findings"].as_array().unwrap().len());
    assert!(lines[1..].iter().all(|line| line["kind"] == "finding"));
}

/// Findings of the loud files as they lie.
fn as_they_lie() -> serde_json::Value {
    check_loud(&loud_host(|path, bytes| (path.to_owned(), bytes.to_vec())))
}

#[test]
fn a_flat_folder_of_renamed_copies_gives_the_same_findings() {
    let names: BTreeMap<&str, String> =
        loud().keys().enumerate().map(|(number, path)| (path.as_str(), format!("copy {number}.txt"))).collect();
    let flat = check_loud(&loud_host(|path, bytes| (names[path].clone(), bytes.to_vec())));
    // A correlation names the places that it joins, so paths are put back before comparing.
    let mut back = serde_json::to_string(&flat).unwrap();
    for (path, name) in &names {
        back = back.replace(&serde_json::to_string(name).unwrap(), &serde_json::to_string(path).unwrap());
    }
    let back: serde_json::Value = serde_json::from_str(&back).unwrap();
    let lying = as_they_lie();
    assert_eq!(found(&back), found(&lying));
    assert_eq!(found_anywhere(&back), found_anywhere(&lying));
}

#[test]
fn single_files_give_the_same_findings_as_their_folder() {
    let host = loud_host(|path, bytes| (path.to_owned(), bytes.to_vec()));
    let paths = loud().keys().map(|path| format!("evidence/{path}"));
    let run = host.call().args(["check", "--format", "json"]).args(paths).run();
    assert_eq!(run.exit, 1, "{}", run.stderr);
    let counts = |report| totals(&report).into_values().sum::<u64>();
    assert_eq!(counts(run.json()), counts(as_they_lie()));
}

#[test]
fn a_single_file_gives_the_findings_that_it_gives_in_its_folder() {
    let host = loud_host(|path, bytes| (path.to_owned(), bytes.to_vec()));
    let all = found(&check_loud(&host));
    for (path, _) in loud().iter().filter(|(path, _)| path.contains("HttpProxy_2021030304")) {
        let alone = host.call().args(["check", "--format", "json", &format!("evidence/{path}")]).run().json();
        let lines = |found: BTreeSet<(String, String, u64)>, wanted: &str| -> BTreeSet<(String, u64)> {
            found.into_iter().filter(|(_, path, _)| path == wanted).map(|(rule, _, line)| (rule, line)).collect()
        };
        let name = path.rsplit('/').next().unwrap();
        assert!(!found(&alone).is_empty());
        assert_eq!(lines(found(&alone), name), lines(all.clone(), path), "{path}");
    }
}

#[test]
fn a_server_inside_another_tree_gives_the_same_findings() {
    let inside = check_loud(&loud_host(|path, bytes| (format!("cases/2021-03/EX01 (copy)/{path}"), bytes.to_vec())));
    let mut found_inside = found(&inside);
    found_inside = found_inside
        .into_iter()
        .map(|(rule, path, line)| (rule, path.strip_prefix("cases/2021-03/EX01 (copy)/").unwrap().to_owned(), line))
        .collect();
    assert_eq!(found_inside, found(&as_they_lie()));
}

#[test]
fn the_case_of_names_makes_no_difference() {
    let lying = as_they_lie();
    let expected: Vec<_> = found_anywhere(&lying);
    for change in [str::to_lowercase, str::to_uppercase] {
        let report = check_loud(&loud_host(|path, bytes| (change(path), bytes.to_vec())));
        assert_eq!(found(&report).len(), found(&lying).len());
        let lower = |found: Vec<String>| found.iter().map(|one| one.to_lowercase()).collect::<Vec<_>>();
        let (mut got, mut expected) = (lower(found_anywhere(&report)), lower(expected.clone()));
        // Places that a correlation joins are told with their paths; their order may follow the case.
        got.sort();
        expected.sort();
        assert_eq!(got, expected);
    }
}

#[test]
fn copies_in_utf_16_or_with_a_byte_order_mark_give_the_same_findings() {
    let expected = as_they_lie();
    let encode = |bytes: &[u8], to: &str| -> Vec<u8> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        let marked = format!("\u{feff}{text}");
        match to {
            "utf-16le" => marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "bom" => marked.into_bytes(),
            _ => text.as_bytes().to_vec(),
        }
    };
    for to in ["utf-16le", "utf-16be", "bom", "plain"] {
        let report = check_loud(&loud_host(|path, bytes| (path.to_owned(), encode(bytes, to))));
        assert_eq!(found(&report), found(&expected), "{to}");
        let fields = |report: &serde_json::Value| -> Vec<_> {
            report["findings"].as_array().unwrap().iter().map(|finding| finding["fields"].clone()).collect()
        };
        assert_eq!(fields(&report), fields(&expected), "{to}");
    }
}
