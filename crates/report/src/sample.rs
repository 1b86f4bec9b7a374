//! A report for the tests of faces, with a value of choice wherever text from evidence, rules or packs can stand.

use hikeshi_core::report::Report;
use serde_json::{Value, json};

/// A report of a server that was broken into.
pub(crate) fn report() -> Report {
    with("evidence")
}

/// The same, where every text that is not the program's own holds `value`.
pub(crate) fn with(value: &str) -> Report {
    serde_json::from_value(document(value)).expect("the sample has the form of a report")
}

fn document(value: &str) -> Value {
    let text = json!({ "en": value, "ja": value });
    let time = "2021-03-03T04:12:33Z";
    let sentence = json!({ "code": "reason-kind-missing", "args": { "kind": value }, "text": text });
    let finding = json!({
        "rule": { "id": value, "name": value, "title": value, "source": value, "author": value, "licence": value },
        "severity": "high", "stage": "implant", "cve": ["CVE-2021-26855", value], "attack": ["T1505.003", value],
        "evidence": { "path": value, "line": 7, "offset": 9, "sha256": value },
        "joined": [{ "path": value, "record": 8, "offset": 1, "sha256": null }],
        "time": time, "reading": "exact", "fields": { (value): value, "plain": value },
        "addresses": ["203.0.113.7", value],
        "explanation": { "name": text, "means": text, "not": text, "next": text },
    });
    let mut file = finding.clone();
    file["evidence"] = json!({ "path": format!("web/{value}"), "offset": 0, "sha256": "ab".repeat(32) });
    file["time"] = Value::Null;
    let mut context = finding.clone();
    (context["severity"], context["rule"]["name"]) = ("low".into(), format!("{value} context").into());
    json!({
        "schema": "hikeshi-report/1",
        "tool": { "name": "hikeshi", "version": value },
        "packs": [{ "id": value, "version": value, "title": text }],
        "practice": true, "partial": true, "verdict": "compromised",
        "reasons": [
            { "code": "reason-kind-missing", "args": { "kind": value }, "text": text, "rules": [value], "evidence": value },
            { "code": "of-a-newer-version", "text": text, "rules": [], "evidence": null },
        ],
        "affected": { "state": "vulnerable", "ask": text, "servers": [{
            "root": value, "product": value, "title": text, "state": "vulnerable", "certainty": "certain", "build": null,
            "cves": [], "fixed_by": null, "exposed": null, "patched": null, "installed": null,
            "summary": [sentence], "contradictions": [sentence], "evidence": [],
        }] },
        "window": { "from": time, "to": time, "seen": null, "summary": sentence, "note": text, "bounds": [sentence] },
        "coverage": [{
            "kind": value, "title": text, "path": value, "files": 1, "bytes": 1, "first": time, "last": time, "gaps": [],
            "unreadable": [{
                "path": value, "reason": "malformed", "count": 2, "line": 3, "bytes": null, "detail": text,
            }],
            "unreadable_more": 4,
        }],
        "missing": [{ "kind": value, "title": text, "ask": text, "spans": [{ "from": time, "to": time }] }],
        "findings": [finding, file, context],
        "totals": [{ "rule": value, "path": value, "count": 9, "shown": 2, "first": time, "last": time }],
        "machines": [{ "name": value, "time_zone": { "name": value, "offset_minutes": 0, "daylight": null } }],
        "timeline": [{
            "time": time, "stage": "implant", "severity": "high", "rule": value, "text": text, "path": value, "line": 7,
            "count": 2, "until": time,
        }],
        "actors": [{
            "id": value, "kind": "intruder", "findings": [value], "addresses": ["203.0.113.7", value], "agents": [value],
            "pages": [format!("folder/{value}"), value], "accounts": [value], "programs": [value], "rows": 3, "stage": "action", "first": time, "last": time,
        }],
        "second_opinions": [{
            "tool": value, "version": value, "host": value, "paths": [value], "looked_at": text, "said": "found",
            "counts": { "found": 1, "suspicious": 0, "notices": 0 }, "ours": "compromised", "agreement": "agrees",
            "explanation": [sentence],
        }],
        "at_once": text,
        "next_steps": [{ "id": value, "do": text, "why": text, "takes": text, "args": { "pages": value } }],
        "do_not": [text],
        "contacts": [{ "country": "*", "name": text, "role": text, "url": value }],
        "rules_skipped": [{ "path": value, "reason": text }],
        "scanned": { "files": 1, "bytes": 1, "rules": 1 },
    })
}

/// Values that act on something: terminals, bidi, spreadsheets, markup, links, JSON, paths, patterns.
pub(crate) const HOSTILE: [&str; 16] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m",
    "\u{202e}txt.exe\u{2066}\u{200b}\u{feff}",
    "nul\u{0}nul",
    "a\r\nb\tc\u{2028}d",
    "=cmd|'/c calc'!A1",
    "＝cmd",
    "\"=1+1\"",
    "x;@SUM(A1)",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[click](http://192.0.2.1/) ![i](http://192.0.2.1/) <http://192.0.2.1/> www.example.org @somebody",
    "```` ` ``` </code> | # * _ ~~~ &lt;",
    "{0} {{1}} \\ ' \" ]",
    "x'] OR [file:name = 'y",
    "../../etc/passwd",
    "javascript:alert(1)//%00%2e",
    " ",
];

/// A report with each of [`HOSTILE`] in turn.
pub(crate) fn hostile() -> impl Iterator<Item = (&'static str, Report)> {
    HOSTILE.into_iter().map(|value| (value, with(value)))
}

/// Rows of text as a face wrote it.
pub(crate) fn written(face: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    face(&mut out).expect("memory can be written to");
    String::from_utf8(out).expect("a face writes UTF-8")
}
