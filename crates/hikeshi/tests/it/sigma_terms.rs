//! Rules mean what the Sigma specification says, also where the evaluator alone would read them otherwise.

use std::collections::BTreeSet;

use hikeshi_core::time::Timestamp;
use hikeshi_drill::event_log::{Body, Event, EventLog, Guid, Provider};

use crate::kamome::host_with_pack;
use crate::reports::found;

const CHANNEL: &str = "Microsoft-Windows-PowerShell/Operational";

/// A PowerShell script block.
fn script(second: i64, text: &str) -> Event {
    let guid: Guid = "{a0c1853b-5c40-4b15-8766-3cf1c58f985a}".parse().unwrap();
    let time = Timestamp::from_micros(1_903_000_000_000_000 + second * 1_000_000);
    let body = Body::named([("ScriptBlockText", text.into())]);
    Event { body, ..Event::new(Provider::new("Microsoft-Windows-PowerShell", guid), 4104, time, "kamome.example.org") }
}

fn rule(id: u32, detection: &str) -> String {
    format!(
        "title: t\nid: 00000000-0000-4000-8000-{id:012}\nname: r{id}\nlogsource: {{product: windows, category: ps_script}}\n\
         detection: {detection}\nlevel: medium\n"
    )
}

fn firing(rules: &[(&str, String)], scripts: &[&str]) -> BTreeSet<String> {
    let events = scripts.iter().enumerate().map(|(second, text)| script(second as i64, text));
    let log = events.fold(EventLog::new(CHANNEL), EventLog::event).write().unwrap();
    let host = host_with_pack(|_| {}).file("Microsoft-Windows-PowerShell%4Operational.evtx", log);
    let host = rules.iter().fold(host, |host, (name, text)| host.file(&format!("own/{name}.yml"), text));
    let report = host
        .call()
        .args(["check", "Microsoft-Windows-PowerShell%4Operational.evtx", "--pack", "pack", "--rules", "own"])
        .args(["--format", "json"])
        .run()
        .json();
    found(&report).into_iter().map(|(rule, ..)| rule).filter(|rule| !rule.starts_with("follow-")).collect()
}

#[test]
fn keywords_wildcards_and_encoded_text_are_found_wherever_they_stand() {
    let rules = [
        ("all-keywords", rule(1, "{keywords: {'|all': [Invoke-One, Invoke-Two]}, condition: keywords}")),
        ("across-lines", rule(2, "{s: {ScriptBlockText|contains: 'begin*end'}, condition: s}")),
        ("keyword-with-wildcard", rule(3, "{keywords: ['One?with*Two'], condition: keywords}")),
        // "zzInvoke-Three" in Base64: what is looked for begins in the middle of a group of three bytes.
        ("at-an-offset", rule(4, "{s: {ScriptBlockText|base64offset|contains: Invoke-Three}, condition: s}")),
        ("other-dash", rule(5, "{s: {ScriptBlockText|windash|contains: 'tool.exe /all'}, condition: s}")),
        ("not-there", rule(6, "{keywords: {'|all': [Invoke-One, Invoke-Nine]}, condition: keywords}")),
    ];
    let all: BTreeSet<String> = rules.iter().map(|(name, _)| (*name).to_owned()).collect();
    let text = "begin\nInvoke-One with Invoke-Two\nend tool.exe -all\n$x = 'enpJbnZva2UtVGhyZWUhIQ=='";
    let missing: Vec<_> = all.difference(&firing(&rules, &[text])).cloned().collect();
    assert_eq!(missing, ["not-there"]);
}

#[test]
fn what_is_joined_in_time_must_all_have_happened() {
    let temporal = "title: t\nid: 00000000-0000-4000-8000-000000000009\nlevel: medium\n\
                    correlation: {type: temporal, rules: [r1, r2], timespan: 1m}\n";
    let rules = [
        ("one", rule(1, "{s: {ScriptBlockText|contains: Invoke-One}, condition: s}")),
        ("two", rule(2, "{s: {ScriptBlockText|contains: Invoke-Two}, condition: s}")),
        ("both", temporal.to_owned()),
    ];
    assert!(!firing(&rules, &["Invoke-One", "Invoke-One again"]).contains("both"));
    assert!(firing(&rules, &["Invoke-One", "Invoke-Two"]).contains("both"));
}
