//! `hikeshi report` with several files: many servers as one summary.

use serde_json::Value;

use crate::reports::host;
use crate::saved_reports::broken_into;

/// The report on the practice server with another name and verdict.
fn server(name: &str, verdict: &str) -> String {
    let mut report: Value = serde_json::from_slice(broken_into()).unwrap();
    report["machines"] = serde_json::json!([{ "name": name, "time_zone": null }]);
    report["verdict"] = verdict.into();
    report.to_string()
}

#[test]
fn many_reports_become_one_summary_with_the_gravest_first() {
    let host = host()
        .file("a.json", server("MAIL-A", "inconclusive"))
        .file("b.json", server("MAIL-B", "compromised"))
        .file("c.json", server("MAIL-A", "exploited"))
        .file("notes.txt", "no report");
    let run = host.hikeshi("report a.json b.json c.json notes.txt --format json");
    assert_eq!(run.exit, 1, "{}", run.stderr);
    let fleet = run.json();
    let list = |list: &str, key: &str| -> Vec<Value> {
        fleet[list].as_array().unwrap().iter().map(|one| one[key].clone()).collect()
    };
    assert_eq!(fleet["schema"], "hikeshi-fleet/1");
    assert_eq!(list("servers", "name"), ["MAIL-B", "MAIL-A (c.json)", "MAIL-A (a.json)"]);
    assert_eq!(list("unread", "file"), ["notes.txt"]);
    assert!(list("shared", "value").contains(&"203.0.113.77".into()), "{}", fleet["shared"]);
    assert_eq!(fleet["shared"][0]["count"], 3);
    for face in ["text", "markdown", "csv"] {
        for run in [
            host.hikeshi(&format!("report a.json b.json c.json notes.txt --format {face}")),
            host.hikeshi_in_japanese(&format!("report a.json b.json c.json notes.txt --format {face}")),
        ] {
            assert_eq!(run.exit, 1);
            let [first, second] = ["MAIL-B", "MAIL-A (c.json)"].map(|name| run.stdout.find(name).unwrap());
            assert!(first < second && run.stdout.contains("notes.txt"), "{run}");
        }
    }
}

#[test]
fn a_file_that_is_no_report_forbids_clean_and_a_path_that_leads_nowhere_ends_the_run() {
    let host = host().file("a.json", server("A", "clean")).file("b.json", server("B", "clean")).file("c.json", "{");
    assert_eq!(host.hikeshi("report a.json b.json").exit, 0);
    assert_eq!(host.hikeshi("report a.json b.json c.json").exit, 3);
    for call in ["report a.json missing.json", "report c.json c.json", "report a.json b.json --format stix"] {
        let run = host.hikeshi(call);
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{call}: {run}");
    }
}

#[cfg(unix)]
#[test]
fn the_memory_does_not_grow_with_the_number_of_reports() {
    let host = (0..150).fold(host(), |host, number| host.file(&format!("{number}.json"), broken_into()));
    // All reports together are larger than the address space.
    assert!(broken_into().len() * 150 > 80 * 1024 * 1024);
    let files = (0..150).map(|number| format!("{number}.json"));
    let run = host.call().args(["report"]).args(files).args(["--format", "json"]).with_space(96 * 1024).run();
    assert_eq!(run.exit, 1, "{}", run.stderr);
    assert_eq!(run.json()["servers"].as_array().unwrap().len(), 150);
}
