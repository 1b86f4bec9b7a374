//! A report that has something in every place.

use hikeshi_core::report::Report;
use serde_json::{Value, json};

/// Text in both languages, as a pack brings it.
fn said(text: &str) -> Value {
    json!({"en": text, "ja": format!("{text} (日本語)")})
}

fn sentence(code: &str, args: Value) -> Value {
    json!({"code": code, "args": args, "text": {"en": "", "ja": ""}})
}

fn step(number: u64) -> Value {
    json!({"id": format!("step-{number}"), "do": said(&format!("Do thing {number}")), "why": said("Because"),
        "takes": said("10 minutes")})
}

fn finding(rule: &str, stage: &str, severity: &str, line: u64) -> Value {
    json!({
        "rule": {"id": "0c1f5a52-0000-4000-8000-000000000001", "name": rule, "title": "Title of the rule",
            "source": "pack:kamome", "author": "Somebody", "licence": "DRL-1.1"},
        "severity": severity, "stage": stage, "cve": ["CVE-2021-00001"], "attack": ["T1190"],
        "evidence": {"path": "logs/gate_1.log", "line": line, "offset": 120, "sha256": "ab".repeat(32)},
        "joined": [{"path": "logs/desk_1.log", "record": 7, "offset": 3, "sha256": null}],
        "time": "2021-03-03T04:12:33Z", "raised": true, "reading": "exact",
        "fields": {"c-ip": "203.0.113.7", "url": "http://example.org/shell", "Hashes": format!("MD5={}", "0d".repeat(16)), "row": "a row"},
        "addresses": ["203.0.113.7"],
        "explanation": {"name": said("The master key was used"), "means": said("It means this"),
            "not": said("It does not mean that"), "next": said("Look there")},
    })
}

/// The report as JSON.
pub(crate) fn value() -> Value {
    let unreadable = json!({"path": "logs/Security.evtx", "reason": "damaged-records", "count": 3, "line": 4, "bytes": null,
        "detail": said("what the system says")});
    let span = json!({"from": "2021-01-10T00:00:00Z", "to": "2021-01-20T00:00:00Z"});
    let seen = json!({"from": "2021-01-03T00:00:00Z", "to": "2021-03-12T00:00:00Z"});
    let event = |stage: &str, time: &str| {
        json!({"time": time, "local": "2021-03-03T13:12:33+09:00", "stage": stage, "severity": "high", "rule": "master-key",
            "text": said("The master key was used"), "path": "logs/gate_1.log", "line": 12, "count": 3, "until": "2021-03-04T00:00:00Z"})
    };
    let steps: Vec<Value> = (1..=4).map(step).collect();
    let contact = |country: &str, url: Value| json!({"country": country, "name": said("Fire brigade"), "role": said("Fires"), "url": url});
    json!({
        "schema": "hikeshi-report/1",
        "tool": {"name": "hikeshi", "version": "0.0.0"},
        "packs": [{"id": "kamome", "version": "2021.03.03", "title": said("Kamome master key")}],
        "practice": true, "partial": true,
        "narrowed": {"since": "2021-01-01T00:00:00Z", "until": "2021-04-01T00:00:00Z", "include": ["*.log"], "exclude": ["*.tmp"], "files_left_out": 2},
        "verdict": "compromised",
        "reasons": [
            {"code": "reason-rule-held", "args": {"count": "3", "first": "2021-03-03T04:12:33Z", "last": "2021-03-04T00:00:00Z",
                "name-en": "The master key was used", "name-ja": "マスターキーの使用", "stage": "action"},
                "text": {"en": "", "ja": ""}, "rules": ["master-key"], "evidence": "logs/gate_1.log:12"},
            {"code": "reason-rule-held", "args": {"count": "1", "name-en": "A command was typed", "name-ja": "コマンドの入力",
                "stage": "action"}, "text": {"en": "", "ja": ""}, "rules": ["typed"], "evidence": null},
        ],
        "affected": {"state": "vulnerable", "ask": said("Bring the version"), "servers": [{
            "root": "EX01", "product": "kamome", "title": said("Kamome"), "state": "vulnerable", "certainty": "certain",
            "build": {"version": "1.2.3", "name": "Kamome 1.2", "kb": null, "released": null},
            "cves": [{"cve": "CVE-2021-00001", "state": "vulnerable"}], "fixed_by": null,
            "exposed": {"from": "2021-01-03T00:00:00Z", "to": "2021-03-10T00:00:00Z"},
            "patched": {"after": null, "by": "2021-03-10T00:00:00Z", "evidence": "kamome.exe"}, "installed": null,
            "summary": [sentence("affected-vulnerable", json!({"name": "Kamome 1.2", "build": "1.2.3", "cves": "CVE-2021-00001"}))],
            "contradictions": [sentence("affected-differ-lines", json!({"builds": "1.2.3, 1.3.0"}))],
            "evidence": [{"id": "exe", "title": said("Version of kamome.exe"), "says": "1.2.3", "place": "kamome.exe",
                "first": "2021-01-03T00:00:00Z", "last": "2021-01-03T00:00:00Z", "count": 1}],
        }]},
        "window": {"from": "2021-01-03T00:00:00Z", "to": "2021-03-12T00:00:00Z", "seen": seen,
            "summary": sentence("window-seen", json!({"from": "2021-01-03T00:00:00Z", "to": "2021-03-12T00:00:00Z"})),
            "note": said("Somebody saw it first"), "bounds": [sentence("window-to-patched", json!({"at": "2021-03-10"}))]},
        "coverage": [{"kind": "gate", "title": said("Logs of the gate"), "path": "logs", "files": 2, "bytes": 2048,
            "first": "2021-01-03T00:00:00Z", "last": "2021-03-12T00:00:00Z", "gaps": [span], "unreadable": [unreadable],
            "unreadable_more": 4,
            "renamed": [{"path": "logs/a.dat", "holds": "Security"}, {"path": "logs/b.dat", "holds": ""}], "renamed_more": 1}],
        "missing": [
            {"kind": "desk", "title": said("Logs of the desk"), "ask": said("Copy the folder desk"), "spans": [span]},
            {"kind": "web-files", "title": said("Files of the web server"), "ask": said("Copy the folder web"), "spans": []},
        ],
        "findings": [
            finding("master-key", "action", "high", 12), finding("master-key", "action", "high", 13),
            finding("master-key", "action", "high", 14), finding("master-key", "action", "high", 15),
            finding("knock", "attempt", "medium", 2), finding("look", "reconnaissance", "low", 1),
        ],
        "totals": [
            {"rule": "master-key", "path": "logs/gate_1.log", "count": 40, "shown": 4, "first": "2021-03-03T04:12:33Z", "last": "2021-03-04T00:00:00Z"},
            {"rule": "knock", "path": "logs/gate_1.log", "count": 1, "shown": 1, "first": null, "last": null},
        ],
        "machines": [{"name": "EX01", "time_zone": {"name": "Tokyo Standard Time", "offset_minutes": 540, "daylight": null}}],
        "timeline": [event("attempt", "2021-03-02T00:00:00Z"), event("action", "2021-03-03T04:12:33Z")],
        "actors": [
            {"id": "actor-1", "kind": "intruder", "findings": ["master-key"], "addresses": ["203.0.113.7", "2001:db8::7"],
                "addresses_more": 1, "agents": ["gull/1.0"], "pages": ["crew/gull.aspx"], "accounts": ["gull$"], "rows": 9,
                "stage": "action", "first": "2021-03-03T04:12:33Z", "last": "2021-03-04T00:00:00Z"},
            {"id": "actor-2", "kind": "probers", "findings": ["knock"], "addresses": ["203.0.113.7"], "stage": "attempt",
                "first": null, "last": null},
        ],
        "second_opinions": [{"tool": "Other tool", "version": "9", "host": "203.0.113.9", "local_time": "2021-03-05 10:00",
            "paths": ["other.log"], "looked_at": said("Files"), "said": "found", "counts": {"found": 1, "suspicious": 0, "notices": 0},
            "ours": "compromised", "agreement": "agrees",
            "explanation": [sentence("opinion-said-found", json!({"tool": "Other tool", "count": "1"})),
                sentence("opinion-agrees-found", json!({"name-en": "The master key was used", "name-ja": "マスターキーの使用", "place": "logs/gate_1.log:12"})),
                sentence("opinion-note", json!({"words-en": "Mind the gull", "words-ja": "カモメに注意"}))]}],
        "next_steps": steps,
        "expiring": [], "do_not": [said("Do not run")],
        "contacts": [contact("JP", json!("https://example.org/jp")), contact("GB", json!("http://example.org/gb")), contact("*", Value::Null)],
        "rules_skipped": [{"path": "rules/odd.yml", "reason": said("no detection")}],
        "scanned": {"files": 2, "bytes": 2048, "rules": 3},
    })
}

/// The report.
pub(crate) fn report() -> Report {
    serde_json::from_value(value()).unwrap()
}
