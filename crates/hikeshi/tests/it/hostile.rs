//! Text that an attacker wrote: shown, and harmless.

use crate::kamome::{gate_log, gate_row, quiet};
use crate::reports::text;

/// Escapes for terminals, a title, bidi and invisible marks, a formula, markup.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}txt.exe\u{2066}\u{200b}\u{feff}\u{7f}<script>alert(1)</script>=cmd|'/c'!A1";

/// Nothing in what a terminal gets can act on it.
fn assert_harmless(shown: &str) {
    let armed = |character: &char| {
        (character.is_control() && *character != '\n')
            || ('\u{200b}'..='\u{200f}').contains(character)
            || ('\u{202a}'..='\u{202e}').contains(character)
            || ('\u{2060}'..='\u{206f}').contains(character)
            || *character == '\u{feff}'
    };
    let found: Vec<_> = shown.chars().filter(armed).collect();
    assert!(found.is_empty(), "{found:?} in\n{shown}");
}

fn log() -> String {
    gate_log(&[gate_row(0, &format!("GET /crew/masterkey/{} 403", HOSTILE.replace(' ', "+")))])
}

#[test]
fn escapes_bidi_marks_and_markup_in_fields_are_spelled_out_on_the_terminal() {
    let host = quiet().file("logs/gate_2.log", log());
    for run in [host.hikeshi("check logs --pack pack"), host.hikeshi_in_japanese("check logs --pack pack")] {
        assert_eq!(run.exit, 1);
        assert_harmless(&run.stdout);
        let shown: String = run.stdout.split_whitespace().collect();
        assert!(shown.contains(r"\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}txt.exe"), "{}", run.stdout);
    }
    let coloured = host.call().args("check logs --pack pack".split(' ')).env("CLICOLOR_FORCE", "1").run();
    let plain = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[33m", "\u{1b}[31m", "\u{1b}[32m"]
        .iter()
        .fold(coloured.stdout, |shown, style| shown.replace(style, ""));
    assert_harmless(&plain);
}

#[test]
fn json_keeps_what_stands_in_the_evidence_and_spells_out_what_acts_on_a_terminal() {
    let host = quiet().file("logs/gate_2.log", log());
    for call in ["check logs --pack pack --format json", "check logs --pack pack --format jsonl"] {
        assert_harmless(&host.hikeshi(call).stdout);
    }
    let report = host.hikeshi("check logs --pack pack --format json").json();
    assert_eq!(text(&report["findings"][0]["fields"]["cs-uri-stem"]), format!("/crew/masterkey/{HOSTILE}"));
    assert_eq!(host.hikeshi("check logs --pack pack --format json -o report.json").exit, 1);
    assert_eq!(host.json("report.json"), report);
}

#[cfg(unix)]
#[test]
fn hostile_names_of_files_are_spelled_out() {
    let name = "gate_\u{1b}[31m\u{202e}\n2.log";
    let host = quiet().file(&format!("logs/{name}"), gate_log(&[gate_row(0, "GET /crew/masterkey 403")]));
    let run = host.hikeshi("check logs --pack pack");
    assert_eq!(run.exit, 1);
    assert_harmless(&run.stdout);
    let missing = host.call().args(["check", "nowhere\u{1b}[31m\u{202e}"]).run();
    assert_harmless(&missing.stderr);
}

#[cfg(unix)]
#[test]
fn hostile_packs_and_rules_are_spelled_out() {
    let host = crate::kamome::host_with_pack(|files| {
        let armed = "\"kamome \\u001b[31m\\u202e\"";
        let manifest = files.get_mut("pack.yaml").unwrap();
        *manifest = manifest.replace("en: Kamome master key", &format!("en: {armed}"));
        files.insert("rules/x\u{1b}[31m\u{202e}.yml".into(), "title: \"\u{202e}\n".into());
        files.insert("tests/nobody\u{1b}[31m/hit-one.log".into(), "x".into());
    });
    let host = host.file("logs/gate_1.log", gate_log(&[gate_row(0, "GET / 200")]));
    for call in ["pack show pack", "pack lint pack", "pack test pack", "check logs --pack pack"] {
        let run = host.hikeshi(call);
        assert!(!run.stdout.is_empty(), "{call}: {run}");
        assert_harmless(&run.stdout);
        assert_harmless(&run.stderr);
    }
}
