//! What the tests look at in a report, and evidence that several of them use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use hikeshi_testkit::Sandbox;
use serde_json::Value;

/// An empty sandbox for the executable.
pub(crate) fn host() -> Sandbox {
    Sandbox::new(env!("CARGO_BIN_EXE_hikeshi"))
}

/// Where in its file something stands: the line, the record, or 0 for the file as a whole.
pub(crate) fn number(place: &Value) -> u64 {
    place["line"].as_u64().or_else(|| place["record"].as_u64()).unwrap_or(0)
}

/// What rules found; what following it led to is told apart by its name.
pub(crate) fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|finding| !is_followed(&text(&finding["rule"]["name"])))
}

/// Whether a rule's name is that of a clue that was followed.
pub(crate) fn is_followed(rule: &str) -> bool {
    rule.starts_with("follow-")
}

/// Rule, path, and line or record of each finding.
pub(crate) fn found(report: &Value) -> BTreeSet<(String, String, u64)> {
    findings(report)
        .map(|finding| {
            let evidence = &finding["evidence"];
            (text(&finding["rule"]["name"]), text(&evidence["path"]), number(evidence))
        })
        .collect()
}

/// Rule, line, time and fields of each finding, in order: what stays when files are moved.
pub(crate) fn found_anywhere(report: &Value) -> Vec<String> {
    let mut found: Vec<_> = findings(report)
        .map(|finding| {
            let [line, time, fields] = [&finding["evidence"]["line"], &finding["time"], &finding["fields"]];
            format!("{} {line} {time} {fields} {}", finding["rule"]["name"], finding["joined"])
        })
        .collect();
    found.sort();
    found
}

/// Names of the rules that held.
pub(crate) fn rules(report: &Value) -> BTreeSet<String> {
    totals(report).into_keys().map(|(rule, _)| rule).collect()
}

/// How often each rule held in each file.
pub(crate) fn totals(report: &Value) -> BTreeMap<(String, String), u64> {
    let totals = report["totals"].as_array().unwrap().iter();
    let totals = totals.filter(|total| !is_followed(&text(&total["rule"])));
    totals.map(|total| ((text(&total["rule"]), text(&total["path"])), total["count"].as_u64().unwrap())).collect()
}

/// Kind, path and reason of everything that was not read, or not in full.
pub(crate) fn unread(report: &Value) -> Vec<(String, String, String)> {
    let mut unread = Vec::new();
    for coverage in report["coverage"].as_array().unwrap() {
        for one in coverage["unreadable"].as_array().unwrap() {
            unread.push((text(&coverage["kind"]), text(&one["path"]), text(&one["reason"])));
        }
    }
    unread
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The verdict's word.
pub(crate) fn verdict(report: &Value) -> String {
    text(&report["verdict"])
}

/// A loud file holds so many traces at most.
const MOST_TRACES: usize = 60;

/// The files of a practice server that was broken into which hold the intruder's rows: few and telling.
pub(crate) fn loud() -> &'static BTreeMap<String, Vec<u8>> {
    static LOUD: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    LOUD.get_or_init(|| {
        let host = host().drill("server", "full-chain", "100K", 12);
        let truth = host.json("server/truth.json");
        let mut traces: BTreeMap<String, usize> = BTreeMap::new();
        for trace in ["traces", "context"].into_iter().flat_map(|list| truth[list].as_array().unwrap()) {
            // The tests write these files in other ways that mean the same; an event log has only one.
            if trace["line"].is_u64() {
                *traces.entry(text(&trace["path"])).or_default() += 1;
            }
        }
        // Files that say the same over and over cost time and tell no more.
        let few = traces.into_iter().filter(|(_, traces)| *traces <= MOST_TRACES);
        few.map(|(path, _)| (path.clone(), host.bytes(&format!("server/{path}")))).collect()
    })
}

/// A sandbox with the loud files, each under the path and with the bytes that `change` gives it.
pub(crate) fn loud_host(change: impl Fn(&str, &[u8]) -> (String, Vec<u8>)) -> Sandbox {
    loud().iter().fold(host(), |host, (path, bytes)| {
        let (path, bytes) = change(path, bytes);
        host.file(&format!("evidence/{path}"), bytes)
    })
}

/// The report on a sandbox's folder `evidence`; something was found there.
pub(crate) fn check_loud(host: &Sandbox) -> Value {
    let run = host.hikeshi("check evidence --format json");
    assert_eq!(run.exit, 1, "{}", run.stderr);
    run.json()
}

/// Makes a test that cannot do its work heard, whether output is captured or not.
pub(crate) fn skip_loudly(why: &str) {
    use std::io::Write;
    // The macros write where the test harness gathers output; this does not. Nothing is lost when it fails.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

#[test]
fn whom_to_call_is_told_for_the_country() {
    let host = host().drill("server", "webshell", "100K", 12);
    let countries = |arguments: &str, locale: &str| {
        let arguments = format!("check server --format json {arguments}");
        let report = host.call().args(arguments.split_whitespace()).env("LANG", locale).run().json();
        let contacts = report["contacts"].as_array().unwrap().iter().map(|contact| text(&contact["country"]));
        contacts.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(countries("", "ja_JP.UTF-8"), "* JP");
    assert_eq!(countries("--country de", "ja_JP.UTF-8"), "* EU");
    assert_eq!(countries("", "C.UTF-8"), "* EU GB JP US");
    assert_eq!(countries("--country ZZ", "C.UTF-8"), "* EU GB JP US");
    assert_eq!(host.hikeshi("check server --country Japan").exit, 2);
}
