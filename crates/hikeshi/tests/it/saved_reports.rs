//! `hikeshi report`: a saved report in every face, and what is no report.

use std::path::Path;
use std::sync::OnceLock;

use hikeshi_testkit::Sandbox;
use serde_json::Value;

use crate::kamome::with_rows;
use crate::reports::{host, skip_loudly};

/// All faces, with the ending that their readers ask for.
pub(crate) const FACES: [(&str, &str); 8] = [
    ("text", "txt"),
    ("json", "json"),
    ("jsonl", "jsonl"),
    ("csv", "csv"),
    ("timesketch", "jsonl"),
    ("stix", "json"),
    ("sarif", "sarif"),
    ("markdown", "md"),
];

/// The report on a practice server that was broken into.
pub(crate) fn broken_into() -> &'static [u8] {
    static REPORT: OnceLock<Vec<u8>> = OnceLock::new();
    REPORT.get_or_init(|| {
        let host = host().drill("server", "full-chain", "100K", 12);
        let run = host.hikeshi("check server --format json");
        assert_eq!(run.exit, 1, "{}", run.stderr);
        run.stdout.into_bytes()
    })
}

fn with_report() -> Sandbox {
    host().file("saved.json", broken_into())
}

#[test]
fn a_saved_report_gives_what_the_check_gave_in_every_face() {
    let host = with_rows(&["EXPORT;all tickets"], &["GET /crew/masterkey 403"]);
    assert_eq!(host.hikeshi("check logs --pack pack --format json -o saved.json").exit, 1);
    for (face, _) in FACES {
        let checked = host.hikeshi(&format!("check logs --pack pack --format {face}"));
        let shown = host.hikeshi(&format!("report saved.json --format {face}"));
        assert!(shown == checked, "{face}\n{shown}\n{checked}");
        let kept = host.hikeshi(&format!("report saved.json --format {face} -o kept"));
        assert_eq!((kept.stdout.as_str(), kept.exit), ("", shown.exit));
        assert!(host.bytes("kept") == shown.stdout.as_bytes(), "{face}");
        let japanese = host.hikeshi_in_japanese(&format!("report saved.json --format {face}"));
        assert_eq!(japanese.exit, 1);
        assert_eq!(japanese.stdout == shown.stdout, face.starts_with("json"), "{face}");
    }
    assert_eq!(host.hikeshi("report saved.json --format terminal"), host.hikeshi("report saved.json"));
}

#[test]
fn the_exit_code_speaks_of_the_verdict() {
    let host = with_rows(&[], &[]).folder("empty");
    for (folder, exit) in [("logs", 0), ("empty", 3)] {
        assert_eq!(host.hikeshi(&format!("check {folder} --pack pack --format json -o saved.json")).exit, exit);
        assert_eq!(host.hikeshi("report saved.json --format csv").exit, exit);
    }
    assert_eq!(with_report().hikeshi("report saved.json --format stix").exit, 1);
}

#[test]
fn what_is_no_report_is_refused_in_both_languages() {
    let saved = String::from_utf8(broken_into().to_vec()).unwrap();
    let host = host()
        .file("half.json", &saved.as_bytes()[..saved.len() / 3])
        .file("empty.json", "")
        .file("page.json", "<html>\u{1b}[31m")
        .file("other.json", "{\"a\": 1}")
        .file("packed.json", b"\x1f\x8b\x08\x00")
        .file("newer.json", saved.replace("hikeshi-report/1", "hikeshi-report/99"))
        .file("hostile.json", "{\"schema\": \"\u{1b}\\u001b[31m\\u202e\"}".replace('\u{1b}', ""))
        .folder("folder");
    for (file, cause, japanese) in [
        ("half.json", "ends in the middle", "途中で終わっています"),
        ("empty.json", "it is empty", "途中で終わっています"),
        ("page.json", "no JSON from line 1", "指定してください"),
        ("other.json", "no report of hikeshi", "指定してください"),
        ("packed.json", "packed", "展開"),
        ("newer.json", "`hikeshi-report/99`", "新しい hikeshi"),
        ("hostile.json", r"\u{1b}[31m\u{202e}", "新しい hikeshi"),
        ("folder", "a folder", "フォルダーです"),
        ("missing.json", "os error 2", "指定してください"),
    ] {
        let run = host.hikeshi(&format!("report {file}"));
        assert!(run.stderr.contains(cause), "{file}: {run}");
        let ja = host.hikeshi_in_japanese(&format!("report {file}"));
        for run in [&run, &ja] {
            assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{file}: {run}");
        }
        let said = ja.stderr;
        assert!(said.contains("報告書として読めません") && said.contains(japanese), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_huge_file_and_a_pipe_are_refused_without_reading_them() {
    let host = host().file("huge.json", "{").pipe("pipe");
    fs_err::OpenOptions::new().write(true).open(host.path("huge.json")).unwrap().set_len(1 << 40).unwrap();
    for (file, cause) in [("huge.json", "larger than 256 MiB"), ("pipe", "no ordinary file")] {
        let run = host.call().args(["report", file]).with_space(1 << 20).run();
        assert_eq!(run.exit, 2);
        assert!(run.stderr.contains(cause), "{run}");
    }
}

#[test]
fn the_saved_report_is_not_overwritten() {
    let host = with_report();
    let run = host.hikeshi("report saved.json --format csv -o ./saved.json");
    assert_eq!(run.exit, 2);
    assert!(run.stderr.contains("overwritten"), "{run}");
    assert!(host.bytes("saved.json") == broken_into());
    assert_eq!(host.hikeshi("check . --explain-only --format stix").exit, 2);
}

#[test]
fn the_label_of_a_bundle_can_be_chosen() {
    let host = with_report();
    let marked = |arguments: &str| {
        let bundle = host.hikeshi(&format!("report saved.json --format stix {arguments}")).json();
        bundle["objects"][0]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(marked(""), "TLP:AMBER+STRICT");
    assert_eq!(marked("--tlp clear"), "TLP:CLEAR");
    assert_eq!(host.hikeshi("report saved.json --tlp white").exit, 2);
}

/// Puts hostile text into every string that does not have a form of its own.
fn arm(value: &mut Value, key: &str, hostile: &str) {
    const FORMS: [&str; 16] = [
        "schema",
        "verdict",
        "state",
        "certainty",
        "severity",
        "stage",
        "reading",
        "reason",
        "kind",
        "time",
        "first",
        "last",
        "from",
        "to",
        "until",
        "code",
    ];
    const ALSO_FORMS: [&str; 13] = [
        "said",
        "agreement",
        "ours",
        "as_of",
        "oldest",
        "oldest_deleted",
        "telling",
        "telling_deleted",
        "installed",
        "after",
        "by",
        "sha256",
        "local",
    ];
    match value {
        Value::String(_) if FORMS.contains(&key) || ALSO_FORMS.contains(&key) => {}
        Value::String(text) => *text = format!("{hostile}{text}{hostile}"),
        Value::Array(list) => list.iter_mut().for_each(|value| arm(value, key, hostile)),
        // What a column holds is a word of our own.
        Value::Object(_) if key == "roles" => {}
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| arm(value, name, hostile)),
        _ => {}
    }
}

#[test]
fn the_readers_of_others_accept_every_face() {
    let Some(python) = std::env::var_os("HIKESHI_VALIDATORS") else {
        return skip_loudly("HIKESHI_VALIDATORS names no Python with the readers; `cargo xtask test` sets them up");
    };
    let mut host = with_report();
    let mut saved = vec!["saved"];
    for (name, hostile) in [
        ("armed", "\u{1b}[31m\u{202e}\u{0}\r\n\t\"'`\\]}{[<b>&"),
        ("formula", "=1+1;@x,\"=1"),
        ("link", "[a](http://192.0.2.1/) ../..//C:?#%zz "),
    ] {
        let mut report: Value = serde_json::from_slice(broken_into()).unwrap();
        arm(&mut report, "", hostile);
        host = host.file(&format!("{name}.json"), report.to_string());
        saved.push(name);
    }
    let quiet = with_rows(&[], &[]).hikeshi("check logs --pack pack --format json").stdout;
    let host = host.file("quiet.json", quiet);
    saved.push("quiet");
    let mut given = Vec::new();
    for (face, ending) in FACES.into_iter().filter(|(face, _)| ["csv", "timesketch", "stix", "sarif"].contains(face)) {
        for name in &saved {
            for lang in ["en", "ja"] {
                let file = format!("{name}.{lang}.{face}.{ending}");
                let run = host.hikeshi(&format!("report {name}.json --format {face} --lang {lang} -o {file}"));
                assert!([0, 1].contains(&run.exit), "{name} {face}: {run}");
                given.extend([face.to_owned(), file]);
            }
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/validators/validate.py");
    #[expect(clippy::disallowed_methods, reason = "the readers are programs of others")]
    let mut reader = std::process::Command::new(python);
    let read = |reader: &mut std::process::Command, given: &[String]| {
        reader.arg(&script).args(given).current_dir(host.path("")).output().unwrap()
    };
    let answer = read(&mut reader, &given);
    let said = format!("{}{}", String::from_utf8_lossy(&answer.stdout), String::from_utf8_lossy(&answer.stderr));
    assert!(answer.status.success(), "{said}");
    assert!(said.contains("40 files accepted"), "{said}");
}

#[test]
fn two_reports_are_compared_and_the_exit_code_is_that_of_the_later_one() {
    let mut later: Value = serde_json::from_slice(broken_into()).unwrap();
    let gone = later["findings"].as_array_mut().unwrap().remove(0);
    later["findings"].as_array_mut().unwrap().reverse();
    let totals = later["totals"].as_array_mut().unwrap();
    let total = totals.iter_mut().find(|total| total["rule"] == gone["rule"]["name"]).unwrap();
    total["shown"] = total["count"].clone();
    later["verdict"] = "inconclusive".into();
    let host = with_report().file("later.json", later.to_string());
    let run = host.hikeshi("report --compare saved.json later.json --format json");
    assert_eq!(run.exit, 3, "{}", run.stderr);
    let compared = run.json();
    assert_eq!(compared["schema"], "hikeshi-comparison/1");
    assert_eq!(compared["gone"], serde_json::json!([gone]));
    assert_eq!(compared["added"], serde_json::json!([]));
    assert_eq!(host.hikeshi("report --compare later.json saved.json").exit, 1);
    for (run, said) in [
        (host.hikeshi("report --compare saved.json later.json"), "COMPROMISED → inconclusive"),
        (
            host.hikeshi_in_japanese("report --compare saved.json later.json --format markdown"),
            "侵害あり → 判断できません",
        ),
    ] {
        assert!(run.stdout.contains(said), "{run}");
    }
    for call in ["report --compare saved.json", "report --compare saved.json later.json --format csv", "report"] {
        assert_eq!(host.hikeshi(call).exit, 2, "{call}");
    }
}
