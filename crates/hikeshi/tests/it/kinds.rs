//! Every kind of evidence besides text logs, from the file to the finding: archives, hives, files in places, YARA rules,
//! indicators.

use std::io::{Cursor, Write};

use hikeshi_core::time::Timestamp;
use hikeshi_drill::file_table::{Content, File, FileTable, Times};
use hikeshi_drill::hive::{self, Key};
use hikeshi_testkit::Sandbox;
use serde_json::{Value, json};

use crate::kamome::{desk_log, gate_log, gate_row, host_with_pack, quiet, row, with_rows};
use crate::mutations::zip;
use crate::reports::{host, rules, text, unread, verdict};
use crate::workers::event_log;

pub(crate) fn check(host: &Sandbox, more: &str) -> Value {
    host.hikeshi(&format!("check logs --pack pack --format json {more}")).json()
}

/// The paths of the findings of a rule.
pub(crate) fn paths(report: &Value, rule: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let of_rule = findings.filter(|finding| finding["rule"]["name"].as_str().unwrap().starts_with(rule));
    of_rule.map(|finding| text(&finding["evidence"]["path"])).collect()
}

/// A sandbox without logs, and a log in which somebody exports tickets.
fn exported() -> (Sandbox, String) {
    (host_with_pack(|_| {}), desk_log(&[row(0, "SELL;"), row(3, "EXPORT;all tickets")]))
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        archive.append_data(&mut header, path, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

#[test]
fn archives_are_read_in_place_and_an_archive_in_them_once() {
    let (host, log) = exported();
    let inner = zip(&[("c/desk_1.log", log.as_bytes())]);
    let middle = zip(&[("b/inner.zip", &inner)]);
    let host = host
        .file("logs/plain.zip", zip(&[("a/desk_1.log", log.as_bytes())]))
        .file("logs/all.tar.gz", gzip(&tar(&[("t/desk_1.log", log.as_bytes())])))
        .file("logs/desk_2.log.gz", gzip(log.as_bytes()))
        .file("logs/nested.zip", zip(&[("inner.zip", &inner)]))
        .file("logs/deep.zip", zip(&[("middle.zip", &middle)]));
    let report = check(&host, "");
    assert_eq!(verdict(&report), "compromised");
    assert_eq!(
        paths(&report, "ticket"),
        [
            "all.tar.gz!/t/desk_1.log",
            "desk_2.log.gz!/content",
            "nested.zip!/inner.zip!/c/desk_1.log",
            "plain.zip!/a/desk_1.log",
        ]
    );
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(finding["evidence"]["sha256"], sha256(log.as_bytes()).as_str(), "{finding}");
    }
    let told = unread(&report);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].1, "deep.zip!/middle.zip!/b/inner.zip");
    assert_eq!(told[0].2, "nested-too-deep");
}

#[test]
fn an_encrypted_archive_is_a_gap_until_its_password_is_given() {
    use zip::unstable::write::FileOptionsExt as _;
    let (host, log) = exported();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().with_deprecated_encryption("かもめ".as_bytes()).unwrap();
    archive.start_file("desk_1.log", options).unwrap();
    archive.write_all(log.as_bytes()).unwrap();
    let host = host
        .file("logs/sealed.zip", archive.finish().unwrap().into_inner())
        .file("passwords.txt", "wrong\r\nかもめ\r\n");
    let report = check(&host, "");
    assert_eq!((verdict(&report).as_str(), unread(&report)[0].2.as_str()), ("inconclusive", "encrypted"));
    let report = check(&host, "--archive-password-file passwords.txt");
    assert_eq!((verdict(&report).as_str(), unread(&report)), ("compromised", vec![]));
}

#[test]
fn members_whose_names_lead_out_of_the_folder_are_read_under_names_that_do_not() {
    let (host, log) = exported();
    let outside = tar(&[("desk_1.log", log.as_bytes())]);
    // A name that no careful writer writes.
    let outside: Vec<u8> = {
        let mut bytes = outside;
        bytes[..20].copy_from_slice(b"../../etc/desk_1.log");
        let sum: u32 = bytes[..512]
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes
    };
    let report = check(&host.file("logs/outside.tar", outside), "");
    assert_eq!(paths(&report, "ticket"), ["outside.tar!/etc/desk_1.log"]);
}

pub(crate) const SERVICE_RULE: &str = "title: Ferry service\nid: 00000000-0000-4000-8000-0000000000a1\nlevel: high\n\
    logsource: {product: windows, category: service}\n\
    detection: {s: {ServiceName: KamomeFerry, ImagePath|endswith: '\\ferry.exe'}, condition: s}\n";

pub(crate) fn system_hive() -> Key {
    let service = Key::new("KamomeFerry").value("ImagePath", r"C:\Users\Public\ferry.exe").value("Start", 2_u32);
    let set = Key::new("ControlSet001").key(Key::new("Services").key(service));
    Key::new("ROOT").key(Key::new("Select").value("Current", 1_u32)).key(set)
}

#[test]
fn a_service_in_a_hive_is_found_also_in_an_archive_and_a_hive_whose_log_is_missing_is_told() {
    let root = system_hive();
    let before = Key::new("ROOT").key(Key::new("Select").value("Current", 1_u32));
    let dirty = hive::unflushed(&before, std::slice::from_ref(&root), &[], "SYSTEM");
    let sound = hive::write(&root, "SYSTEM");
    let host = quiet()
        .file("rules/ferry.yml", SERVICE_RULE)
        .file("logs/a/SYSTEM", &sound)
        .file("logs/b.zip", zip(&[("config/SYSTEM", &sound)]))
        .file("logs/c/SYSTEM", &dirty.hive)
        .file("logs/c/SYSTEM.LOG1", &dirty.logs[0])
        .file("logs/c/SYSTEM.LOG2", &dirty.logs[1])
        .file("logs/d/SYSTEM", &dirty.hive);
    let report = check(&host, "--rules rules");
    assert_eq!(paths(&report, "ferry"), ["a/SYSTEM", "b.zip!/config/SYSTEM", "c/SYSTEM"]);
    let told: Vec<_> = unread(&report).into_iter().map(|(_, path, reason)| (path, reason)).collect();
    assert_eq!(told, [("d/SYSTEM".to_owned(), "changes-missing".to_owned())]);
}

const PLACE: &str = "id: crew-pages\ntitle: {en: Crew pages, ja: 乗務員のページ}\n\
    ask: {en: Copy the crew pages., ja: 乗務員のページを写し取ってください。}\n\
    paths: ['**/crew/**']\nseen_with: ['**/crew/pages/**', '**/crew/forms/**']\nknown_good: [known-good/pages.csv]\n";

const PAGE_RULE: &str = "title: Foreign crew page\nid: 00000000-0000-4000-8000-0000000000a2\nlevel: high\n\
    logsource: {product: windows, category: file}\n\
    detection: {s: {Place: crew-pages, Known: unlisted}, condition: s}\n";

/// The pack with a place whose pages are known, and all logs.
pub(crate) fn with_place() -> Sandbox {
    let known = "path,sha256\n\\crew\\pages\\timetable.html,\
        22f2b6a5d0a3ee0e5c7b8e6d5a4bf7a8b2b9b7f0f1cbbd0f4a3f2ee3ff0a1d5e\n";
    let host = host_with_pack(|files| {
        files.insert("places/crew.yaml".into(), PLACE.into());
        files.insert("known-good/pages.csv".into(), known.into());
        let manifest = files.get_mut("pack.yaml").unwrap();
        *manifest = manifest.replace("- any: [kamome-gate]", "- any: [kamome-gate]\n    - any: [crew-pages]");
    });
    let rows = |gate: bool| -> Vec<String> {
        let hours = (0..12).map(|number| number * 6);
        if gate {
            hours.map(|hour| gate_row(hour, "GET /timetable 200")).collect()
        } else {
            hours.map(|hour| row(hour, "SELL;")).collect()
        }
    };
    host.file("logs/desk_1.log", desk_log(&rows(false)))
        .file("logs/gate_1.log", gate_log(&rows(true)))
        .file("rules/page.yml", PAGE_RULE)
}

#[test]
fn clean_needs_the_places_that_the_pack_asks_for_and_all_of_each() {
    let host = with_place().file("logs/crew/pages/about.html", "<p>Kamome</p>");
    let report = check(&host, "");
    assert_eq!(verdict(&report), "inconclusive");
    assert_eq!(report["missing"][0]["kind"], "crew-pages");
    assert_eq!(report["missing"][0]["ask"]["en"], "Copy the crew pages.");
    let report = check(&host.file("logs/crew/forms/form.html", "<p>form</p>"), "");
    assert_eq!((verdict(&report).as_str(), unread(&report)), ("clean", vec![]));
}

#[test]
fn a_file_that_does_not_belong_into_its_place_is_found_wherever_the_place_lies() {
    let page = "<script runat=\"server\">/* inert */</script>";
    let host = with_place()
        .file("logs/crew/pages/odd.html", page)
        .file("logs/C.zip", zip(&[("C/crew/forms/other.html", page.as_bytes())]))
        .file("logs/elsewhere/odd.html", page);
    let report = check(&host, "--rules rules");
    assert_eq!(paths(&report, "page"), ["C.zip!/C/crew/forms/other.html", "crew/pages/odd.html"]);
    let finding =
        report["findings"].as_array().unwrap().iter().find(|finding| finding["rule"]["name"] == "page").unwrap();
    assert_eq!(finding["fields"]["Place"], "crew-pages");
}

#[test]
fn yara_rules_of_a_folder_are_applied_to_every_file_and_to_members_of_archives() {
    let rule = "rule ferry_note : cve_2030_1234 { meta: description = \"a note of the ferry\" score = 80 author = \"Harbour watch\"\n\
        strings: $a = \"the gulls fly low\" condition: $a }\n";
    let host = quiet()
        .file("yara/ferry.yar", rule)
        .file("yara/broken.yar", "rule broken { condition: nothing }")
        .file("logs/note.txt", "tonight the gulls fly low")
        .file("logs/quiet.txt", "tonight they do not")
        .file("logs/more.zip", zip(&[("deep/note.bin", b"\x00\x01the gulls fly low")]));
    let report = check(&host, "--yara yara");
    // The archive is a file too, and does not pack what it holds.
    assert_eq!(paths(&report, "ferry_note"), ["more.zip!/deep/note.bin", "note.txt", "more.zip"]);
    let finding = &report["findings"][0];
    assert_eq!((finding["severity"].as_str(), finding["cve"][0].as_str()), (Some("high"), Some("CVE-2030-1234")));
    assert_eq!(finding["rule"]["author"], "Harbour watch");
    assert!(text(&finding["fields"]["$a"]).starts_with("the gulls fly low"), "{finding}");
    let skipped = text(&report["rules_skipped"][0]["path"]);
    assert!(skipped.starts_with("yara/broken.yar"), "{skipped}");
    assert_eq!(host.hikeshi("check logs --pack pack --yara nowhere").exit, 2);
}

#[test]
fn yara_rules_of_a_pack_are_applied_in_its_places_alone() {
    let rule = "rule crew_note { meta: stage = \"implant\" severity = \"high\" name_en = \"Note\" name_ja = \"メモ\"\n\
        strings: $a = \"gulls\" nocase condition: $a }\n";
    let host = with_place().file("pack/yara/crew.yar", rule);
    let host = host.file("logs/crew/pages/a.html", "GULLS").file("logs/elsewhere.txt", "gulls");
    let report = check(&host, "");
    assert_eq!(
        (verdict(&report).as_str(), paths(&report, "crew_note")),
        ("compromised", vec!["crew/pages/a.html".to_owned()])
    );
    assert_eq!(report["findings"][0]["explanation"]["name"]["ja"], "メモ");
}

#[test]
fn a_page_that_begins_like_a_log_is_looked_at_as_a_page_too() {
    let rule = "rule crew_note { meta: stage = \"implant\" severity = \"high\" name_en = \"Note\" name_ja = \"メモ\"\n\
        strings: $a = \"gulls\" condition: $a }\n";
    let page = desk_log(&[row(0, "SELL;")]) + "gulls\r\n";
    let host = with_place()
        .file("pack/yara/crew.yar", rule)
        .file("logs/crew/forms/form.html", "<p>form</p>")
        .file("logs/crew/pages/a.html", &page)
        .file("logs/C.zip", zip(&[("C/crew/pages/b.html", page.as_bytes())]));
    let report = check(&host, "");
    assert_eq!(
        (verdict(&report).as_str(), paths(&report, "crew_note")),
        ("compromised", vec!["C.zip!/C/crew/pages/b.html".to_owned(), "crew/pages/a.html".to_owned()])
    );
}

#[test]
fn where_every_file_is_asked_for_each_is_looked_at_whatever_it_is_read_as() {
    let bytes_of = |hive: Vec<u8>| [hive, b"gulls".to_vec()].concat();
    let log = desk_log(&[row(0, "SELL;gulls")]);
    let config = "<configuration><system.webServer><!-- gulls --></system.webServer></configuration>";
    let host = quiet()
        .file("yara/ferry.yar", "rule ferry_note { strings: $a = \"gulls\" condition: $a }\n")
        .file("logs/desk_2.log", &log)
        .file("logs/web.config", config)
        .file("logs/SYSTEM", bytes_of(hive::write(&system_hive(), "SYSTEM")))
        .file("logs/Kamome.evtx", bytes_of(event_log("Kamome", 2)))
        .file("logs/gulls.tar", tar(&[("gulls", b"nothing")]))
        .file("logs/more.zip", zip(&[("deep/desk_3.log", log.as_bytes()), ("web.config", config.as_bytes())]));
    let before = check(&host, "");
    let report = check(&host, "--yara yara");
    let expected = [
        "Kamome.evtx",
        "SYSTEM",
        "desk_2.log",
        "gulls.tar",
        "more.zip",
        "more.zip!/deep/desk_3.log",
        "more.zip!/web.config",
        "web.config",
    ];
    let sorted = |report: &Value, rule: &str| {
        let mut paths = paths(report, rule);
        paths.sort();
        paths
    };
    assert_eq!(sorted(&report, "ferry_note"), expected);
    let list = host.file("list.csv", format!("type,value\nsha256,{}\nfilename,gulls.tar\n", sha256(log.as_bytes())));
    let report = check(&list, "--indicators list.csv");
    assert_eq!(sorted(&report, "sha256:"), ["desk_2.log", "more.zip!/deep/desk_3.log"]);
    assert_eq!(paths(&report, "file-name:"), ["gulls.tar"]);
    // A file that is read and looked at is one file. The two archives and the member that is nothing known count anew.
    assert_eq!(report["scanned"]["files"].as_u64(), before["scanned"]["files"].as_u64().map(|files| files + 3));
}

#[test]
fn the_name_of_a_file_that_is_read_and_not_looked_at_is_sought_too() {
    let host = quiet().file("list.csv", "type,value\nfilename,desk_2.log\nfilename,kamome.evtx\nfilename,more.zip\n");
    let host = host
        .file("logs/desk_2.log", desk_log(&[row(0, "SELL;")]))
        .file("logs/Kamome.evtx", event_log("Kamome", 2))
        .file("logs/more.zip", zip(&[("deep/desk_2.log", b"nothing")]));
    let report = check(&host, "--indicators list.csv");
    let mut named = paths(&report, "file-name:");
    named.sort();
    assert_eq!(named, ["Kamome.evtx", "desk_2.log", "more.zip", "more.zip!/deep/desk_2.log"]);
}

#[test]
fn indicators_are_found_in_rows_records_files_and_names_and_the_ordinary_is_refused() {
    let list = "type,value,description\naddress,198.51.100.7,the gate's visitor\n\
        sha256,b2af5b6a4a1fa9a7d1fb2d7ad0da8c4ae7e0ed8a8e0a6f4cbbd0f4a3f2ee3ff0,not there\n\
        md5,5f363e0e58a95f06cbe9bbc662c5dfb6,the note\nfilename,gull.dmp,left behind\naccount,captain-nemo,not there\n\
        keyword,ticket 33 ,in an event\nsha256,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,empty file\n\
        address,127.0.0.1,itself\n";
    let host = with_rows(&[], &[])
        .file("list.csv", list)
        .file("logs/note.txt", [0xff_u8, 0xfe, 0xfd])
        .file("logs/x/Gull.dmp", "PAGEDU64")
        .file("logs/Kamome.evtx", event_log("Kamome", 40));
    let digest = md5_hex(&[0xff, 0xfe, 0xfd]);
    let host = host.file("list.csv", list.replace("5f363e0e58a95f06cbe9bbc662c5dfb6", &digest));
    let report = check(&host, "--indicators list.csv");
    assert_eq!(paths(&report, "address:198.51.100.7").first().map(String::as_str), Some("gate_1.log"));
    assert_eq!(paths(&report, "md5:"), ["note.txt"]);
    assert_eq!(paths(&report, "file-name:"), ["x/Gull.dmp"]);
    assert_eq!(paths(&report, "keyword:"), ["Kamome.evtx"]);
    let refused = report["rules_skipped"].as_array().unwrap();
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert_eq!(rules(&report).iter().filter(|rule| rule.contains(':')).count(), 4);
    // The gate's visitor stands in every row of the gate; reading everything finds the same.
    let all = check(&host, "--indicators list.csv --read-all");
    assert_eq!(all["findings"], report["findings"]);
    assert_eq!(all["totals"], report["totals"]);
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hikeshi_evidence::look::Hashes::of(bytes).sha256()
}

fn md5_hex(bytes: &[u8]) -> String {
    hikeshi_evidence::look::Hashes::of(bytes).md5()
}

#[test]
fn an_event_log_under_another_name_is_read_and_called_renamed() {
    let security = event_log("Security", 40);
    let host = quiet()
        .file("logs/Security.evtx", &security)
        .file("logs/Security-2030.evtx", &security)
        .file("logs/ProgramData/cache.dat", &security)
        .file("logs/Setup.evtx", &security)
        .file("logs/all.zip", zip(&[("C/pic.png", &security)]));
    let report = check(&host, "");
    let renamed = report["coverage"].as_array().unwrap().iter().filter_map(|kind| kind["renamed"].as_array());
    let renamed: Vec<_> = renamed.flatten().map(|one| (text(&one["path"]), text(&one["holds"]))).collect();
    let security = |path: &str| (path.to_owned(), "Security".to_owned());
    assert_eq!(renamed, ["ProgramData/cache.dat", "Setup.evtx", "all.zip!/C/pic.png"].map(security));
    let english = host.hikeshi("check logs --pack pack").stdout;
    assert!(english.contains("! Setup.evtx is an event log under another name: it holds Security"), "{english}");
    let japanese = host.hikeshi_in_japanese("check logs --pack pack").stdout;
    assert!(japanese.contains("! Setup.evtx は、名前を変えたイベント ログです"), "{japanese}");
}

#[test]
fn events_that_were_exported_as_xml_give_findings_and_cover_no_period() {
    let event = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='Microsoft-Windows-Eventlog'/><EventID>1102</EventID>\
        <TimeCreated SystemTime='2021-03-03T04:05:06Z'/><EventRecordID>77</EventRecordID><Channel>Security</Channel>\
        </System><UserData/></Event>\r\n";
    let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(event.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for content in [event.as_bytes(), &wide] {
        let report = host().file("sent/security.xml", content).hikeshi("check sent --format json").json();
        let finding = &report["findings"][0];
        assert_eq!(finding["rule"]["name"], "security-log-cleared", "{report:#}");
        assert_eq!((&finding["evidence"]["record"], &finding["time"]), (&json!(77), &json!("2021-03-03T04:05:06Z")));
        let kinds = report["coverage"].as_array().unwrap();
        let export = kinds.iter().find(|kind| kind["kind"] == "event-xml").unwrap();
        assert_eq!((&export["files"], &export["first"]), (&json!(1), &Value::Null), "{export:#}");
    }
}

#[test]
fn deleted_and_back_dated_pages_of_a_file_table_are_named_as_such_at_the_time_that_the_system_wrote() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let planted = Times::all(at("2021-03-03T04:20:11.123456Z"));
    let forged = Times::all(at("2016-01-01T00:00:00Z"));
    let page = || Content::Elsewhere(812);
    let mut table = FileTable::new(at("2020-11-02T00:00:00Z"));
    let folders = ["inetpub", "wwwroot", "aspnet_client"];
    let web = folders.iter().fold(FileTable::root(), |parent, name| table.folder(parent, name, planted));
    table.file(web, &File::new("odd.aspx", planted, page()).deleted());
    table.file(web, &File::new("old.aspx", forged, page()).name_times(planted));
    table.file(web, &File::new("plain.aspx", planted, page()));
    table.file(web, &File::new("logon.aspx", planted, page()).deleted());
    let report = host().file("disk/C/$MFT", table.bytes()).hikeshi("check disk --format json").json();
    let findings = report["findings"].as_array().unwrap();
    let path = |finding: &Value| finding["fields"]["TargetFilename"].as_str().unwrap_or_default().to_owned();
    let told = |name: &str| {
        let of_name = |finding: &&Value| path(finding).ends_with(name);
        let rules = findings.iter().filter(of_name).map(|finding| text(&finding["rule"]["name"]));
        rules.filter(|name| !name.starts_with("follow-")).collect::<Vec<_>>()
    };
    assert_eq!(told("odd.aspx"), ["web-page-gone-or-back-dated"]);
    assert_eq!(told("old.aspx"), ["web-page-gone-or-back-dated"]);
    assert_eq!(told("plain.aspx"), ["web-page-in-file-table"]);
    assert_eq!(told("logon.aspx"), [""; 0]);
    let field = |name: &str, field: &str| {
        let found = findings.iter().find(|finding| path(finding).ends_with(name)).unwrap();
        found["fields"][field].as_str().unwrap_or_default()
    };
    assert_eq!(field("odd.aspx", "Deleted"), "yes");
    assert_eq!((field("old.aspx", "BackDated"), field("odd.aspx", "BackDated")), ("yes", ""));
    assert!(findings.iter().all(|finding| text(&finding["time"]).starts_with("2021-03-03T04:20:11")), "{findings:#?}");
}
