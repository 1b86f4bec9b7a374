//! Help in both languages.

use crate::reports::host;

const CALLS: [(&str, &[&str]); 4] = [
    ("--help", &["check", "pack", "drill", "--lang", "--version"]),
    ("check --help", &["--pack", "--rules", "--threads", "--format", "--output", "--read-all", "--lang", "<PATH>..."]),
    ("pack --help", &["list", "show", "lint", "test"]),
    ("drill --help", &["--scenario", "--pack", "--size", "--days", "--seed", "--form", "<DIR>"]),
];

#[test]
fn help_names_every_command_and_option_in_both_languages() {
    for (call, names) in CALLS {
        for run in [host().hikeshi(call), host().hikeshi_in_japanese(call)] {
            assert_eq!((run.exit, run.stderr.as_str()), (0, ""), "{call}: {run}");
            for name in names {
                let has = |line: &str| line.split([' ', ',', '[', ']']).any(|word| word == *name);
                assert!(run.stdout.lines().any(has), "{call}: no {name} in\n{run}");
            }
        }
    }
}

#[test]
fn japanese_help_explains_in_japanese_and_english_help_in_english() {
    let is_japanese = |text: &str| text.chars().any(|character| ('\u{3040}'..='\u{30ff}').contains(&character));
    for (call, _) in CALLS {
        assert!(is_japanese(&host().hikeshi_in_japanese(call).stdout), "{call}");
        assert!(is_japanese(&host().hikeshi(&format!("{call} --lang ja")).stdout), "{call}");
        assert!(!is_japanese(&host().hikeshi(call).stdout), "{call}");
        assert!(!is_japanese(&host().hikeshi_in_japanese(&format!("{call} --lang=en")).stdout), "{call}");
    }
}

#[test]
fn the_reference_goes_into_an_empty_folder_only() {
    let host = host();
    assert_eq!(host.hikeshi("reference out").exit, 0);
    let again = host.hikeshi("reference out");
    assert_eq!((again.exit, again.stdout.as_str()), (2, ""), "{again}");
    assert!(again.stderr.contains("empty"), "{again}");
}

#[test]
fn help_tells_the_exit_codes() {
    for run in [host().hikeshi("--help"), host().hikeshi_in_japanese("--help")] {
        for code in ["0 ", "1 ", "2 ", "3 ", "4 "] {
            assert!(run.stdout.contains(code), "{code} in {run}");
        }
    }
}

#[test]
fn version_and_help_by_other_ways_exit_with_0() {
    for call in ["--version", "-h", "help", "help check", "check -h"] {
        assert_eq!(host().hikeshi(call).exit, 0, "{call}");
    }
}
