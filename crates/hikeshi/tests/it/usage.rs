//! Command lines that are wrong: told in the reader's language, with the same exit code.

use std::fmt::Write;

use crate::reports::host;

/// One for each way in which a command line can be wrong.
const CALLS: [&str; 28] = [
    "frobnicate",
    "chek logs",
    "help frobnicate",
    "check",
    "check logs --nosuch",
    "check logs --formt json",
    "check logs --format",
    "check logs --format pdf",
    "check logs --format jsom",
    "check logs --format json --format csv",
    "check logs --explain-only=yes",
    "check logs --threads 0",
    "check logs --threads many",
    "check logs --threads 99999999999999999999999",
    "check logs --since yesterday",
    "check logs --until 2021-13-01",
    "check logs --time-zone JST",
    "check logs --country Japan",
    "check logs --lang xx",
    "report",
    "report a.json --compare b.json",
    "report a.json --compare b.json c.json",
    "report a.json --key key",
    "report a.json --tlp pink",
    "drill server",
    "drill server --scenario clean --size 5parsecs",
    "drill server --scenario clean --size many",
    "drill server --scenario clean --days -1",
];

#[test]
fn what_is_wrong_with_a_command_line_is_told_in_japanese() {
    let mut told = String::new();
    for call in CALLS {
        let run = host().hikeshi_in_japanese(call);
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{call}: {run}");
        for line in run.stderr.lines() {
            assert!(!line.is_ascii(), "{call}: {line}");
        }
        writeln!(told, "$ hikeshi {call}\n{}", run.stderr).unwrap();
    }
    insta::assert_snapshot!("usage-ja", told);
}

#[test]
fn in_english_the_same_command_lines_are_wrong() {
    for call in CALLS {
        let run = host().hikeshi(call);
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{call}: {run}");
        assert!(run.stderr.is_ascii() && run.stderr.starts_with("error: "), "{call}: {run}");
    }
}

#[test]
fn what_is_given_on_a_command_line_cannot_steer_the_terminal() {
    let run = host().call().args(["check", "logs", "--since", "\u{1b}[31m\u{202e}", "--lang", "ja"]).run();
    assert_eq!(run.exit, 2);
    assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{run}");
}
