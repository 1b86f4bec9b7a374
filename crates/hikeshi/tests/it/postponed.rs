//! What of an archive is read when it is unpacked a second time; and files that a place asks only to be named.

use std::io::{Cursor, Write};

use hikeshi_drill::hive::{self, Key, Unflushed};
use hikeshi_testkit::Sandbox;

use crate::kamome::{desk_log, host_with_pack, quiet, row, with_product};
use crate::kinds::{SERVICE_RULE, check, gzip, paths, sha256, system_hive, tar, with_place};
use crate::mutations::zip;
use crate::reports::{unread, verdict};

/// A hive whose newest change, a service, lies in `.LOG1`.
pub(crate) fn unflushed() -> Unflushed {
    let before = Key::new("ROOT").key(Key::new("Select").value("Current", 1_u32));
    hive::unflushed(&before, &[system_hive()], &[], "SYSTEM")
}

fn reasons(host: &Sandbox, more: &str) -> Vec<(String, String)> {
    unread(&check(host, more)).into_iter().map(|(_, path, reason)| (path, reason)).collect()
}

#[test]
fn an_unflushed_hive_in_an_archive_is_completed_by_the_logs_that_lie_beside_it() {
    let Unflushed { hive, logs: [log1, log2] } = unflushed();
    let both = zip(&[("config/SYSTEM", &hive), ("config/SYSTEM.LOG1", &log1), ("config/SYSTEM.LOG2", &log2)]);
    let host = quiet()
        .file("rules/ferry.yml", SERVICE_RULE)
        .file("logs/first.zip", &both)
        .file("logs/last.zip", zip(&[("config/system.log1", &log1), ("config/SYSTEM", &hive)]))
        .file("logs/packed.tar.gz", gzip(&tar(&[("c/SYSTEM", &hive), ("c/SYSTEM.LOG1", &log1)])))
        .file("logs/nested.tar.gz", gzip(&tar(&[("inner.zip", &both)])));
    assert_eq!(
        paths(&check(&host, "--rules rules"), "ferry"),
        [
            "first.zip!/config/SYSTEM",
            "last.zip!/config/SYSTEM",
            "nested.tar.gz!/inner.zip!/config/SYSTEM",
            "packed.tar.gz!/c/SYSTEM",
        ]
    );
    assert_eq!(reasons(&host, ""), []);
}

#[test]
fn the_logs_of_a_hive_in_a_sealed_archive_are_used_too() {
    use zip::unstable::write::FileOptionsExt as _;
    let Unflushed { hive, logs: [log1, _] } = unflushed();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("SYSTEM", &hive), ("SYSTEM.LOG1", &log1)] {
        let options = zip::write::SimpleFileOptions::default().with_deprecated_encryption(b"ferry").unwrap();
        archive.start_file(name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    let host = quiet()
        .file("rules/ferry.yml", SERVICE_RULE)
        .file("logs/sealed.zip", archive.finish().unwrap().into_inner())
        .file("passwords.txt", "ferry\n");
    let report = check(&host, "--rules rules --archive-password-file passwords.txt");
    assert_eq!((paths(&report, "ferry"), unread(&report)), (vec!["sealed.zip!/SYSTEM".to_owned()], vec![]));
}

#[test]
fn an_unflushed_hive_in_an_archive_without_its_logs_is_read_as_it_lies_and_told() {
    let Unflushed { hive, logs: [log1, _] } = unflushed();
    let host = quiet()
        .file("logs/alone.zip", zip(&[("config/SYSTEM", &hive)]))
        .file("logs/elsewhere.zip", zip(&[("config/SYSTEM", &hive), ("other/SYSTEM.LOG1", &log1)]))
        .file("logs/of-another.zip", zip(&[("config/SYSTEM", &hive), ("config/SAM.LOG1", &log1)]));
    let out_of_date = |archive: &str| (format!("{archive}!/config/SYSTEM"), "changes-missing".to_owned());
    let lone = |log: &str| (log.to_owned(), "hive-missing".to_owned());
    let mut expected = ["alone.zip", "elsewhere.zip", "of-another.zip"].map(out_of_date).to_vec();
    expected.extend(["elsewhere.zip!/other/SYSTEM.LOG1", "of-another.zip!/config/SAM.LOG1"].map(lone));
    assert_eq!(reasons(&host, ""), expected);
}

#[test]
fn a_hive_that_waits_for_its_logs_is_looked_at_too_where_every_file_is_asked_for() {
    let Unflushed { hive, logs: [log1, _] } = unflushed();
    let host = quiet()
        .file("rules/ferry.yml", SERVICE_RULE)
        .file("list.csv", format!("type,value\nsha256,{}\n", sha256(&hive)))
        .file("logs/all.tar.gz", gzip(&tar(&[("c/SYSTEM", &hive), ("c/SYSTEM.LOG1", &log1)])));
    let report = check(&host, "--rules rules --indicators list.csv");
    let hive = ["all.tar.gz!/c/SYSTEM"];
    assert_eq!(
        (paths(&report, "ferry"), paths(&report, "sha256:")),
        (hive.map(String::from).into(), hive.map(String::from).into())
    );
    assert_eq!(unread(&report), []);
}

const NAMED_RULE: &str = "title: Named in place\nid: 00000000-0000-4000-8000-0000000000a3\nlevel: medium\n\
    logsource: {product: windows, category: file}\n\
    detection: {s: {Place: crew-pages, Name: [it.zip, gull.dmp]}, condition: s}\n";

#[test]
fn an_archive_in_a_telling_place_is_named_and_opened_also_inside_archives() {
    let log = desk_log(&[row(0, "SELL;"), row(3, "EXPORT;all tickets")]);
    let staged = zip(&[("desk_1.log", log.as_bytes())]);
    let collected = zip(&[("crew/pages/it.zip", &staged)]);
    let host = with_place()
        .file("rules/named.yml", NAMED_RULE)
        .file("logs/crew/pages/it.zip", &staged)
        .file("logs/all.zip", &collected)
        .file("logs/all.tar.gz", gzip(&tar(&[("inner.zip", &collected), ("last.txt", b"x")])));
    let report = check(&host, "--rules rules");
    let named = paths(&report, "named");
    assert_eq!(named, ["all.tar.gz!/inner.zip!/crew/pages/it.zip", "all.zip!/crew/pages/it.zip", "crew/pages/it.zip"]);
    for finding in report["findings"].as_array().unwrap().iter().filter(|one| one["rule"]["name"] == "named") {
        assert_eq!(finding["evidence"]["sha256"], sha256(&staged).as_str(), "{finding}");
    }
    // The third archive in one another is named too, and not opened.
    assert_eq!(paths(&report, "ticket"), ["all.zip!/crew/pages/it.zip!/desk_1.log", "crew/pages/it.zip!/desk_1.log"]);
    assert_eq!(reasons(&host, ""), [(named[0].clone(), "nested-too-deep".to_owned())]);
    // The logs in the archives that were opened lie in the place too.
    let of =
        |kind: &str| report["coverage"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap().clone();
    assert_eq!((of("crew-pages")["files"].as_u64(), of("archive")["files"].as_u64()), (Some(5), Some(6)));
}

#[test]
fn a_dump_in_a_telling_place_is_named_and_no_gap_and_one_elsewhere_stays_unread() {
    /// More than is looked at of a file.
    const LARGE: usize = (64 << 20) + 1;
    let mut dump = b"MDMP\x93\xa7\0\0".to_vec();
    let small = zip(&[("C/crew/forms/gull.dmp", &dump)]);
    dump.resize(LARGE, 0);
    let host = with_place()
        .file("rules/named.yml", NAMED_RULE)
        .file("logs/crew/pages/gull.dmp", dump)
        .file("logs/crew/forms/form.html", "<p>form</p>")
        .file("logs/all.zip", small);
    let report = check(&host, "");
    assert_eq!((verdict(&report).as_str(), unread(&report)), ("clean", vec![]));
    let dumps = report["coverage"].as_array().unwrap().iter().find(|one| one["kind"] == "memory-dump").unwrap().clone();
    assert_eq!(dumps["files"], 2);
    let found = paths(&check(&host, "--rules rules"), "named");
    assert_eq!(found, ["all.zip!/C/crew/forms/gull.dmp", "crew/pages/gull.dmp"]);
    let host = host.file("logs/elsewhere.dmp", "PAGEDU64");
    assert_eq!(reasons(&host, ""), [("elsewhere.dmp".to_owned(), "not-read-yet".to_owned())]);
}

#[test]
fn what_yara_rules_did_not_see_of_a_large_dump_is_told_where_they_are_for_every_file() {
    let mut dump = b"MDMP\x93\xa7\0\0".to_vec();
    dump.resize((64 << 20) + 9, 0);
    let rule = "rule crew_note { meta: stage = \"implant\" severity = \"high\" name_en = \"Note\" name_ja = \"メモ\"\n\
        strings: $a = \"gulls\" condition: $a }\n";
    let host = with_place().file("yara/crew.yar", rule).file("logs/crew/pages/gull.dmp", dump);
    assert_eq!(reasons(&host, "--yara yara"), [("crew/pages/gull.dmp".to_owned(), "too-large".to_owned())]);
    assert_eq!(reasons(&host.file("pack/yara/crew.yar", rule), ""), []);
}

#[test]
fn a_text_that_shows_a_build_is_looked_at_like_every_file() {
    const DIARY: &str = "2030-05-02 01:00:00 build 4.1.0.9\r\ngulls in the harbour\r\n";
    let rule = "rule crew_note { meta: stage = \"implant\" severity = \"high\" name_en = \"Note\" name_ja = \"メモ\"\n\
        strings: $a = \"gulls\" condition: $a }\n";
    let host = host_with_pack(with_product)
        .file("yara/crew.yar", rule)
        .file("logs/desk_1.log", desk_log(&[row(0, "SELL;")]))
        .file("logs/diary.txt", DIARY)
        .file("logs/all.zip", zip(&[("C/diary.txt", DIARY.as_bytes())]));
    let report = check(&host, "--yara yara");
    assert_eq!(paths(&report, "crew_note"), ["all.zip!/C/diary.txt", "diary.txt", "all.zip"]);
    assert_eq!(report["affected"]["servers"][0]["build"]["version"], "4.1.0.9");
    let report = check(&host, "");
    assert_eq!(report["affected"]["servers"][0]["build"]["version"], "4.1.0.9");
}
