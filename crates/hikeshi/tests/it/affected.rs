//! Whether a server is affected: by practice servers whose truth is known, and by a pack for an invented product.

use hikeshi_drill::portable::{Form, Version, write};
use hikeshi_testkit::Sandbox;
use serde_json::Value;

use crate::kamome::{desk_log, gate_log, gate_row, host_with_pack, row, with_product};
use crate::mutations::zip;
use crate::reports::{host, text, verdict};

fn booking_server(build: [u16; 4]) -> Vec<u8> {
    let compiled = "2030-01-01T00:00:00Z".parse().unwrap();
    let texts = vec![("ProductName".to_owned(), "Kamome".to_owned())];
    write(&Version { form: Form::Program, file: build, product: build, texts, compiled })
}

/// The pack with its product, and both logs of three days, whose desk log names a build.
fn kamome() -> Sandbox {
    let desk: Vec<String> = (0..12).map(|number| row(number * 6, "SELL;")).collect();
    let gate: Vec<String> = (0..12).map(|number| gate_row(number * 6, "GET /timetable 200")).collect();
    let desk = desk_log(&desk).replacen("\r\n", "\r\n#Build: 4.1.0.7\r\n", 1);
    host_with_pack(with_product).file("logs/desk_1.log", desk).file("logs/gate_1.log", gate_log(&gate))
}

fn check(host: &Sandbox, folders: &str) -> Value {
    host.hikeshi(&format!("check {folders} --pack pack --format json")).json()
}

fn codes(sentences: &Value) -> Vec<String> {
    sentences.as_array().unwrap().iter().map(|sentence| text(&sentence["code"])).collect()
}

#[test]
fn a_practice_server_that_is_open_is_said_to_be_open() {
    let host = host().drill("server", "webshell", "100K", 12);
    let (report, truth) = (host.hikeshi("check server --format json").json(), host.json("server/truth.json"));
    let server = &report["affected"]["servers"][0];
    assert_eq!(server["state"], truth["affected"]["state"]);
    assert_eq!((&report["affected"]["state"], &server["certainty"]), (&server["state"], &"certain".into()));
    assert_eq!(server["build"]["version"], truth["affected"]["build"]);
    assert_eq!(server["build"]["name"], "Exchange Server 2016 CU18");
    assert_eq!(
        (&server["fixed_by"]["version"], &server["fixed_by"]["kb"]),
        (&"15.1.2106.13".into(), &"KB5000871".into())
    );
    assert_eq!(server["exposed"]["from"], "2021-01-03T00:00:00Z");
    assert_eq!(server["cves"].as_array().unwrap().len(), 4);
    assert_eq!(server["contradictions"], Value::Array(vec![]));
}

#[test]
fn the_window_of_a_practice_server_ends_with_its_update() {
    let host = host().drill("server", "patched", "100K", 12);
    let (report, truth) = (host.hikeshi("check server --format json").json(), host.json("server/truth.json"));
    let server = &report["affected"]["servers"][0];
    assert_eq!((&server["state"], &server["certainty"]), (&truth["affected"]["state"], &"certain".into()));
    assert_eq!(server["build"]["version"], truth["affected"]["build"]);
    assert_eq!(server["patched"]["by"], truth["affected"]["patched"]);
    assert_eq!(server["exposed"]["to"], truth["affected"]["patched"]);
    assert_eq!(report["window"]["to"], truth["affected"]["patched"]);
    assert_eq!(codes(&report["window"]["bounds"]), ["window-to-patched"]);
    // Logs of these days begin after the first attacks: what is asked for ends with the update, too.
    assert_eq!(verdict(&report), "inconclusive");
    let missing = report["missing"].as_array().unwrap().iter().flat_map(|one| one["spans"].as_array().unwrap());
    assert!(missing.map(|span| text(&span["to"])).all(|to| to <= text(&truth["affected"]["patched"])));
}

#[test]
fn a_pack_for_an_invented_product_tells_its_builds() {
    let tested = kamome().hikeshi("pack test pack");
    assert!(tested.stdout.starts_with("kamome 2030.05.09: faults: 0") && tested.exit == 0, "{tested}");

    let report = check(&kamome(), "logs");
    assert_eq!((&report["affected"]["state"], verdict(&report).as_str()), (&"unknown".into(), "clean"));
    assert_eq!(report["affected"]["servers"][0]["build"]["version"], "4.1");
    assert_eq!(report["affected"]["ask"]["en"], "Tell the number on the server's plate.");

    let open = kamome().file("logs/Kamome/bin/booking.exe", booking_server([4, 1, 0, 7]));
    insta::assert_snapshot!("affected-en", open.hikeshi("check logs --pack pack"));
    insta::assert_snapshot!("affected-ja", open.hikeshi_in_japanese("check logs --pack pack"));

    // In an archive as on a disk.
    let program = booking_server([4, 1, 0, 9]);
    let archive = zip(&[("C/Kamome/bin/booking.exe", &program)]);
    let fixed = kamome()
        .file("logs/collected.zip", archive)
        .file("logs/Kamome/diary.txt", "2030-04-20 10:00:00 build 4.1.0.7\n2030-05-02 11:30:00 build 4.1.0.9\n");
    let report = check(&fixed, "logs");
    let server = &report["affected"]["servers"][0];
    assert_eq!((&server["state"], &server["certainty"]), (&"fixed".into(), &"certain".into()));
    assert_eq!(server["patched"]["by"], "2030-05-02T11:30:00Z");
    assert_eq!(server["patched"]["evidence"], "Kamome/diary.txt:2");
    assert_eq!(server["evidence"][0]["place"], "collected.zip!/C/Kamome/bin/booking.exe");
    assert_eq!(report["window"]["to"], "2030-05-02T11:30:00Z");
}

#[test]
fn two_servers_are_two_answers_and_each_has_its_own_window() {
    let patched = |host: Sandbox, logs: &str| {
        host.file(&format!("{logs}/bin/booking.exe"), booking_server([4, 1, 0, 9]))
            .file(&format!("{logs}/diary.txt"), "2030-05-01 12:00:00 build 4.1.0.9\n")
    };
    let short = |host: Sandbox, logs: &str| {
        host.file(&format!("{logs}/desk.log"), desk_log(&[row(0, "SELL;"), row(11, "SELL;")]))
            .file(&format!("{logs}/gate.log"), gate_log(&[gate_row(0, "GET / 200"), gate_row(11, "GET / 200")]))
    };
    // Logs of half a day suffice for the server that was patched on that day, and for no other.
    let host = short(patched(kamome(), "b"), "b").file("logs/bin/booking.exe", booking_server([4, 1, 0, 7]));
    let report = check(&host, "logs b");
    assert_eq!((&report["affected"]["state"], verdict(&report).as_str()), (&"mixed".into(), "clean"));
    let servers = report["affected"]["servers"].as_array().unwrap();
    let shown: Vec<_> = servers.iter().map(|server| (text(&server["root"]), text(&server["state"]))).collect();
    assert_eq!(shown, [("logs".into(), "vulnerable".into()), ("b".into(), "fixed".into())]);
    let report = check(&short(kamome(), "b").file("b/bin/booking.exe", booking_server([4, 1, 0, 7])), "logs b");
    assert_eq!(verdict(&report), "inconclusive");
}

#[test]
fn what_was_found_after_the_update_still_counts() {
    let host = kamome()
        .file("logs/bin/booking.exe", booking_server([4, 1, 0, 9]))
        .file("logs/diary.txt", "2030-05-01 12:00:00 build 4.1.0.9\n")
        .file("logs/desk_2.log", desk_log(&[row(70, "BERTH 12;")]));
    let report = check(&host, "logs");
    assert_eq!((verdict(&report).as_str(), &report["affected"]["state"]), ("compromised", &"fixed".into()));
}

#[test]
fn faults_of_a_product_are_told_so_that_they_can_be_mended() {
    let host = host_with_pack(|files| {
        with_product(files);
        let product = &mut files.get_mut("products/booking-server.yaml").unwrap();
        **product = product
            .replace("record: file", "record: fille")
            .replace("build (?<version>", "build (?<version")
            .replace(", ja: 窓口のログの番号", ", ja: ''");
        let table = &mut files.get_mut("products/booking-server.csv").unwrap();
        **table += "4.2,4.3.0.1,Kamome 4.3,,,fixed\n4.2,4.2.0.1,Kamome 4.2 again,,,fixed\n4.2,4.2.0.3,Kamome,,,open\n\
            4.2,4.2.0.4,Kamome,,,vulnerable\n";
        files.remove("tests/booking-server/hit-program.jsonl");
    });
    insta::assert_snapshot!(host.hikeshi("pack lint pack"), @r#"
    products/booking-server: `evidence.diary`: `^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d) (?<clock>[\d:]+) build (?<version[\d.]+)` is no regular expression: invalid capture group character
    products/booking-server: `evidence.plate.title` has no text in `ja`
    products/booking-server: `evidence.program` has `paths`, which only files have
    products/booking-server: `evidence.program`: `fille` is no topic of records
    products/booking-server.csv: 4.2.0.1 is safe and 4.2.0.4 of the same line is not
    products/booking-server.csv: line 5: the build 4.3.0.1 does not begin with its line 4.2
    products/booking-server.csv: line 6: the build 4.2.0.1 stands in line 4 already
    products/booking-server.csv: line 7: `open` for CVE-2030-0001 is none of vulnerable, fixed, unaffected, unknown
    tests/booking-server: has no hit-program* sample
    kamome 2030.05.09: faults: 9
    exit 1
    "#);
    // The rows that can be used are used, and a check tells of the others.
    let host = host.file("logs/desk_1.log", desk_log(&[row(0, "SELL;")]));
    let told = check(&host, "logs")["rules_skipped"].as_array().unwrap().len();
    assert_eq!(told, 5);
}

#[test]
fn indicators_of_a_pack_are_context_unless_it_is_sure_of_them_and_do_not_make_a_check_read_everything() {
    let digest = "0000000000000000000000000000000000000000000000000000000000000001";
    let list = format!(
        "indicators:\n\
         - {{id: K-1, type: address, value: 198.51.100.7, confidence: medium, meaning: &m {{en: Seen then., ja: 当時のもの。}}, false_positives: &n {{en: Others., ja: 他人。}}}}\n\
         - {{id: K-2, type: file_path, value: '%ProgramData%\\gull.bin', confidence: high, meaning: *m, false_positives: *n}}\n\
         - {{id: K-3, type: sha256, value: {digest}, confidence: high, meaning: *m, false_positives: *n}}\n"
    );
    let with_list = |list: &str| {
        host_with_pack(|files| {
            files.insert("indicators/list.yaml".into(), list.to_owned());
        })
    };
    let host = with_list(&list)
        .file("logs/gate_1.log", gate_log(&[gate_row(0, "GET /timetable 200")]))
        .file("logs/other.bin", "unknown");
    assert_eq!(host.hikeshi("pack test pack").exit, 0);
    let report = check(&host, "logs");
    let finding = &report["findings"][0];
    assert_eq!(
        (text(&finding["rule"]["name"]), text(&finding["severity"])),
        ("address:198.51.100.7".into(), "low".into())
    );
    assert_eq!((text(&finding["rule"]["source"]), verdict(&report).as_str()), ("pack:kamome".into(), "inconclusive"));
    assert!(report["coverage"].as_array().unwrap().iter().all(|coverage| coverage["kind"] != "files"));
    let report = check(&host.file("logs/C/ProgramData/gull.bin", "x"), "logs");
    assert_eq!(verdict(&report), "compromised");

    let host = with_list(&list.replace("198.51.100.7", "10.0.0.1").replace("*m, false", "Only one, false"));
    insta::assert_snapshot!(host.hikeshi("pack lint pack"), @r#"
    indicators/list.yaml K-1: `10.0.0.1` is refused, it would match what is no sign of anything (internal-address)
    indicators/list.yaml K-2: has one `meaning` for both languages; write `{en: …, ja: …}`
    indicators/list.yaml K-3: has one `meaning` for both languages; write `{en: …, ja: …}`
    kamome 2030.05.09: faults: 3
    exit 1
    "#);
}

#[test]
fn yara_rules_of_a_pack_are_tried_on_their_samples() {
    let meta = ["name", "means", "not", "next"].map(|name| format!("{name}_en = \"x\" {name}_ja = \"え\" ")).concat();
    let rule =
        format!("rule crew_note {{ meta: stage = \"implant\" {meta} strings: $a = \"gulls\" nocase condition: $a }}\n");
    let host = |rule: &str, hit: &str| {
        host_with_pack(|files| {
            files.insert("yara/crew.yar".into(), rule.to_owned());
            files.insert("tests/crew_note/hit-note.html.hex".into(), hit.to_owned());
            files.insert("tests/crew_note/miss-other.html".into(), "terns".into());
        })
    };
    let good = host(&rule, "# GULLS\n47 55 4c 4c 53\n").hikeshi("pack test pack");
    assert_eq!(good.exit, 0, "{good}");
    insta::assert_snapshot!(host(&rule, "47 55 4c 4c\n").hikeshi("pack test pack"), @r#"
    kamome 2030.05.09: faults: 0
    tests/crew_note/hit-note.html.hex: not found in hit-note.html.hex
    samples: 16, rows: 16, variants: 21, failures: 1
    exit 1
    "#);
    let bad =
        rule.replace("stage = \"implant\"", "").replace("next_ja = \"え\"", "") + "rule broken { condition: $b }\n";
    insta::assert_snapshot!(host(&bad, "47 55 4c 4c 53\n").hikeshi("pack lint pack"), @r#"
    yara/crew.yar crew_note: its `meta` says no `next_ja`
    yara/crew.yar crew_note: its `meta` says no `stage`
    yara/crew.yar:2: unknown variable $b
    kamome 2030.05.09: faults: 3
    exit 1
    "#);
}
