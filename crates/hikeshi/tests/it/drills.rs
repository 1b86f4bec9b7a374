//! Practice servers: what is hidden in them is found, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use hikeshi_core::PRACTICE_MARK;
use serde_json::Value;

use crate::reports::{check_loud, findings, found, host, loud_host, number, text, totals, verdict};

/// Findings listed per rule and file, and per rule.
const PER_FILE: usize = 40;
const PER_RULE: usize = 200;

/// Lines and records by rule and file, as the truth has them; 0 where a trace is a file as a whole or a setting of a hive.
fn hidden(truth: &Value) -> BTreeMap<(String, String), BTreeSet<u64>> {
    let mut hidden: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for trace in ["traces", "context"].into_iter().flat_map(|list| truth[list].as_array().unwrap()) {
        if let Some(rule) = trace["rule"].as_str() {
            let place = (rule.to_owned(), text(&trace["path"]));
            assert!(hidden.entry(place).or_default().insert(number(trace)), "told twice: {trace}");
        }
    }
    hidden
}

fn finds_exactly_what_is_hidden(scenario: &str, expected: &str, exit: i32) {
    let host = host().drill("server", scenario, "1M", 12);
    let run = host.hikeshi("check server --format json");
    let (report, truth) = (run.json(), host.json("server/truth.json"));
    assert_eq!((verdict(&report).as_str(), run.exit), (expected, exit));
    assert_eq!(report["practice"], true);
    let hidden = hidden(&truth);
    // The truth does not tell where in a file that somebody made, or in a hive, something stands.
    let whole: BTreeSet<_> =
        hidden.iter().filter(|(_, lines)| lines.contains(&0)).map(|(place, _)| place.clone()).collect();
    let found = found(&report).into_iter().map(|(rule, path, line)| {
        let place = (rule, path);
        let line = if whole.contains(&place) { 0 } else { line };
        (place.0, place.1, line)
    });
    let found: BTreeSet<_> = found.collect();
    let counts: BTreeMap<_, u64> = hidden.iter().map(|(place, lines)| (place.clone(), lines.len() as u64)).collect();
    assert_eq!(totals(&report), counts);
    let listed: BTreeSet<_> = hidden
        .into_iter()
        .flat_map(|((rule, path), lines)| {
            lines.into_iter().take(PER_FILE).map(move |line| (rule.clone(), path.clone(), line))
        })
        .collect();
    let most = listed.iter().fold(BTreeMap::<&str, usize>::new(), |mut most, (rule, ..)| {
        *most.entry(rule).or_default() += 1;
        most
    });
    assert!(most.values().all(|count| *count <= PER_RULE), "choose a smaller practice server: {most:?}");
    assert_eq!(found, listed);
}

#[test]
fn a_clean_server_whose_evidence_covers_the_whole_window_is_clean() {
    let host = host();
    let made = host.hikeshi("drill server --scenario clean --size 1M --days 75");
    assert_eq!(made.exit, 0, "{made}");
    let run = host.hikeshi("check server --format json");
    assert_eq!((verdict(&run.json()).as_str(), run.exit), ("clean", 0));
}

#[test]
fn a_clean_server_of_few_days_stays_inconclusive() {
    finds_exactly_what_is_hidden("clean", "inconclusive", 3);
}

#[test]
fn a_scanned_server_was_attempted_and_every_trace_is_found() {
    finds_exactly_what_is_hidden("scanned", "attempted", 1);
}

#[test]
fn an_exploited_server_is_exploited_and_every_trace_is_found() {
    finds_exactly_what_is_hidden("exploited", "exploited", 1);
}

#[test]
fn a_server_with_a_web_shell_is_compromised_and_every_trace_is_found() {
    finds_exactly_what_is_hidden("webshell", "compromised", 1);
}

#[test]
fn every_log_that_is_about_to_be_lost_is_called_by_a_name_also_those_that_no_pack_describes() {
    let run = host().drill("server", "webshell", "1M", 30).hikeshi("check server --format json");
    let report = run.json();
    let expiring = report["expiring"].as_array().unwrap();
    assert!(expiring.iter().any(|log| text(&log["kind"]) == "event-log:Security"), "{expiring:#?}");
    let first = &report["next_steps"][0];
    assert_eq!(first["id"], "copy-expiring");
    for lang in ["en", "ja"] {
        for log in expiring {
            let title = text(&log["title"][lang]);
            assert!(!title.is_empty() && text(&first["why"][lang]).contains(&title), "{log}: {first}");
        }
        assert!(!text(&first["args"][&format!("kinds-{lang}")]).starts_with([',', '、']), "{first}");
    }
}

#[test]
fn the_full_chain_is_compromised_and_every_trace_is_found() {
    finds_exactly_what_is_hidden("full-chain", "compromised", 1);
}

#[test]
fn a_server_with_ransomware_is_compromised_and_every_trace_is_found() {
    finds_exactly_what_is_hidden("ransom", "compromised", 1);
}

/// Rule, path on the server, and what is said of each finding.
fn found_on_the_server(report: &Value) -> BTreeSet<(String, String, String)> {
    let shown = findings(report).map(|finding| {
        let [line, record] = ["line", "record"].map(|name| &finding["evidence"][name]);
        let path = text(&finding["evidence"]["path"]).replace("server.zip!/", "");
        (text(&finding["rule"]["name"]), path, format!("{line} {record} {} {}", finding["time"], finding["fields"]))
    });
    shown.collect()
}

#[test]
fn the_archive_form_gives_the_findings_of_the_folder_form() {
    let host = host().drill("folder", "full-chain", "100K", 12);
    let packed = host.hikeshi("drill packed --scenario full-chain --size 100K --days 12 --form zip");
    assert_eq!(packed.exit, 0, "{packed}");
    assert_eq!(host.tree("packed").into_keys().collect::<Vec<_>>(), ["server.zip", "truth.json"]);
    assert_eq!(host.json("packed/truth.json")["form"], "zip");
    let check = |folder: &str| {
        let run = host.hikeshi(&format!("check {folder} --format json"));
        assert_eq!((run.exit, verdict(&run.json()).as_str()), (1, "compromised"), "{folder}");
        found_on_the_server(&run.json())
    };
    let (folder, packed) = (check("folder"), check("packed"));
    assert_eq!(folder.difference(&packed).collect::<Vec<_>>(), Vec::<&(String, String, String)>::new());
    assert_eq!(packed.difference(&folder).collect::<Vec<_>>(), Vec::<&(String, String, String)>::new());
    assert!(packed.len() > 100, "{}", packed.len());
}

#[test]
fn the_practice_mark_suppresses_nothing() {
    let marked = check_loud(&loud_host(|path, bytes| (path.to_owned(), bytes.to_vec())));
    let plain = check_loud(&loud_host(|path, bytes| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        // As long as before, so that offsets stay.
        (path.to_owned(), text.replace(PRACTICE_MARK, &"-".repeat(PRACTICE_MARK.len())).into_bytes())
    }));
    assert_eq!((&marked["practice"], &plain["practice"]), (&true.into(), &false.into()));
    assert_eq!(found(&marked), found(&plain));
    assert_eq!((verdict(&marked), totals(&marked)), (verdict(&plain), totals(&plain)));
}

#[test]
fn a_drill_goes_into_no_folder_that_holds_something() {
    let host = host().file("mine/notes.txt", "keep");
    let run = host.hikeshi("drill mine --scenario clean");
    insta::assert_snapshot!(run, @"
    ! error: no practice server was made in `mine`
    ! cause: directory `mine` is not empty
    ! hint: give an empty or new folder, one of the scenarios clean, scanned, exploited, webshell, full-chain, patched, ransom, and with --days enough days for it
    exit 2
    ");
    assert_eq!(host.tree("mine").len(), 1);
}

#[test]
fn a_drill_of_an_unknown_scenario_or_of_too_few_days_writes_nothing() {
    let host = host();
    let unknown = host.hikeshi("drill server --scenario kraken");
    assert_eq!(unknown.exit, 2);
    assert!(unknown.stderr.contains("kraken") && unknown.stderr.contains("full-chain"), "{unknown}");
    for days in ["3", "0", "999999"] {
        let short = host.hikeshi(&format!("drill server --scenario full-chain --days {days}"));
        assert_eq!(short.exit, 2, "{short}");
        assert!(short.stderr.contains("cause:") && short.stderr.contains(days), "{short}");
    }
    assert!(!host.path("server").exists());
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_seed_others() {
    let host = host();
    for (folder, seed) in [("a", 7), ("b", 7), ("c", 8)] {
        let run = host.hikeshi(&format!("drill {folder} --scenario full-chain --size 50K --days 11 --seed {seed}"));
        assert_eq!(run.exit, 0, "{run}");
    }
    assert!(host.tree("a") == host.tree("b"));
    assert!(host.tree("a") != host.tree("c"));
}
