//! `hikeshi report --redact`: what is shared of a practice server names nobody.

use hikeshi_testkit::Sandbox;

use crate::reports::host;
use crate::saved_reports::{FACES, broken_into};

/// What the drill of the built-in pack calls its people, its machine and its domain.
const NAMES: [&str; 6] = ["contoso", "ex01", "kanri", "yuki", "taro", "s-1-5-21-"];
/// What the intruders of the drill came from and left behind.
const INDICATORS: [&str; 3] = ["113.77", "practice1.aspx", "practice$"];

fn with_report() -> Sandbox {
    host().file("EX01.json", broken_into()).file("later-EX01.json", broken_into())
}

fn names_in(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let found = NAMES.iter().filter_map(|name| text.find(name));
    found.map(|at| text.chars().skip(text[..at].chars().count().saturating_sub(40)).take(80).collect()).collect()
}

#[test]
fn no_name_of_the_server_is_in_any_face_and_what_the_intruders_left_is() {
    let host = with_report();
    assert!(names_in(&String::from_utf8_lossy(broken_into())).len() >= 4);
    let mut forms: Vec<&str> = FACES.iter().map(|(face, _)| *face).collect();
    forms.push("html");
    for face in forms {
        let call = format!("report EX01.json --redact --key key --format {face}");
        for run in [host.hikeshi(&call), host.hikeshi_in_japanese(&call)] {
            assert_eq!((run.exit, run.stderr.as_str()), (1, ""), "{face}");
            assert_eq!(names_in(&run.stdout), [] as [&str; 0], "{face}");
            let is_told = |sign: &&str| run.stdout.contains(*sign);
            assert!(INDICATORS[..2].iter().all(is_told), "{face}");
        }
    }
    let told = host.hikeshi("report EX01.json --redact --key key --format json");
    assert!(told.stdout.contains(INDICATORS[2]) && told.json()["redacted"] == true);
    for (face, sign) in [("text", "REDACTED"), ("html", "REDACTED"), ("markdown", "REDACTED"), ("csv", "REDACTED")] {
        assert!(host.hikeshi(&format!("report EX01.json --redact --key key --format {face}")).stdout.contains(sign));
    }
}

#[test]
fn the_same_key_gives_the_same_pseudonyms_and_redacting_again_changes_nothing() {
    let host = with_report();
    let redact = |file: &str, key: &str| host.hikeshi(&format!("report {file} --redact {key} --format json"));
    let first = redact("EX01.json", "--key key");
    assert_eq!(redact("later-EX01.json", "--key key").stdout, first.stdout);
    assert_ne!(redact("EX01.json", "--key other").stdout, first.stdout);
    let unkept = redact("EX01.json", "");
    assert!(unkept.stdout != first.stdout && unkept.stderr.contains("--key FILE"), "{}", unkept.stderr);
    assert_eq!(names_in(&unkept.stdout), [] as [&str; 0]);
    let host = host.file("redacted.json", &first.stdout);
    for key in ["--key key", "--key other"] {
        assert_eq!(host.hikeshi(&format!("report redacted.json --redact {key} --format json")).stdout, first.stdout);
    }
}

#[test]
fn a_key_is_never_overwritten_and_what_is_none_is_refused() {
    let host = with_report().file("notes.txt", "no key");
    assert_eq!(host.hikeshi("report EX01.json --redact --key key").exit, 1);
    let key = host.bytes("key");
    assert_eq!(key.len(), 65);
    for call in [
        "--redact --key notes.txt",
        "--redact --key .",
        "--redact --key missing/key",
        "--redact --key key -o key",
        "--redact --key key -o ./key",
        "--key key",
    ] {
        for run in [
            host.hikeshi(&format!("report EX01.json {call}")),
            host.hikeshi_in_japanese(&format!("report EX01.json {call}")),
        ] {
            assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{call}: {run}");
        }
    }
    assert_eq!(host.bytes("key"), key);
    assert_eq!(host.bytes("notes.txt"), b"no key");
}

#[cfg(unix)]
#[test]
fn a_key_is_made_for_its_owner_alone_and_one_that_others_can_read_is_told() {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    let host = with_report();
    let run = host.hikeshi("report EX01.json --redact --key key");
    assert_eq!(run.stderr, "");
    assert_eq!(fs_err::metadata(host.path("key")).unwrap().permissions().mode() & 0o777, 0o600);
    fs_err::set_permissions(host.path("key"), Permissions::from_mode(0o644)).unwrap();
    let run = host.hikeshi("report EX01.json --redact --key key");
    assert!(run.exit == 1 && run.stderr.starts_with("warning: others can read the key"), "{run}");
    let run = host.hikeshi_in_japanese("report EX01.json --redact --key key");
    assert!(run.stderr.starts_with("警告: "), "{run}");
}

#[test]
fn summaries_and_comparisons_name_nobody_either_also_not_by_their_files() {
    let host = with_report().file("unread-EX01.json", "{\"schema\": \"hikeshi-report/EX01\"}");
    for (call, faces) in [
        ("report EX01.json later-EX01.json unread-EX01.json", &["text", "markdown", "csv", "json"][..]),
        ("report --compare EX01.json later-EX01.json", &["text", "markdown", "json"][..]),
    ] {
        for face in faces {
            let call = format!("{call} --redact --key key --format {face}");
            for run in [host.hikeshi(&call), host.hikeshi_in_japanese(&call)] {
                assert_eq!((run.exit, names_in(&run.stdout)), (1, Vec::new()), "{call}");
                assert!(run.stdout.contains("redacted") || run.stdout.contains("仮名化済み"), "{call}: {run}");
            }
        }
    }
}
