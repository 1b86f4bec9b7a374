//! Rules that somebody brings with `--rules`: what cannot be asked of anything is told, and a folder without any is refused.

use crate::kamome::quiet;
use crate::kinds::{SERVICE_RULE, check};
use crate::reports::text;

fn rule(number: u32, source: &str) -> String {
    format!(
        "title: Rule {number}\nid: 00000000-0000-4000-8000-0000000001{number:02}\nlevel: high\nlogsource: {source}\n\
         detection: {{s: {{A: b}}, condition: s}}\n"
    )
}

#[test]
fn a_log_source_that_no_evidence_gives_is_told_once_with_the_count_of_its_rules() {
    let host = quiet()
        .file("rules/ferry.yml", SERVICE_RULE)
        .file("rules/a.yml", rule(1, "{product: linux, service: auditd}"))
        .file("rules/b.yml", rule(2, "{product: linux, service: auditd}"))
        .file("rules/c.yml", rule(3, "{category: nonsense}"));
    let report = check(&host, "--rules rules");
    let told: Vec<_> = report["rules_skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["path"]), text(&one["reason"]["en"])))
        .collect();
    let reason = |source: &str, count: u32| {
        let reason = format!("no evidence gives the log source ({source}); rules that ask for it: {count}");
        ("rules".to_owned(), reason)
    };
    assert_eq!(told, [reason("category: nonsense", 1), reason("product: linux, service: auditd", 2)]);
}

#[test]
fn a_folder_in_which_no_rule_can_be_used_is_refused() {
    let host = quiet()
        .file("sound/ferry.yml", SERVICE_RULE)
        .file("empty/note.txt", "no rule")
        .file("broken/a.yml", "title: [")
        .file("unheard/a.yml", rule(1, "{category: nonsense}"));
    for folder in ["empty", "broken", "unheard"] {
        let run = host.hikeshi(&format!("check logs --pack pack --rules sound --rules {folder}"));
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{folder}");
        assert!(run.stderr.contains(&format!("cannot use the rules in `{folder}`")), "{}", run.stderr);
    }
}

/// Each thread wants address space for its stack.
#[cfg(unix)]
#[test]
fn where_the_system_gives_no_more_threads_those_that_there_are_do_the_work() {
    let host = quiet();
    let expected = host.hikeshi("check logs --pack pack --format json --threads 1").json();
    let run =
        host.call().args("check logs --pack pack --format json --threads 512".split(' ')).with_space(400 << 10).run();
    assert_eq!(run.exit, 0, "{run}");
    assert_eq!(run.json()["coverage"], expected["coverage"]);
}
