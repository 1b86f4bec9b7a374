//! Input that is broken, locked, endless or not what it seems: told, and never a reason to stop.

use hikeshi_testkit::Sandbox;

use crate::kamome::{desk_log, gate_log, gate_row, quiet, row, with_rows};
use crate::reports::{found, host, rules, text, unread, verdict};

fn unread_of(host: &Sandbox, exit: i32) -> Vec<(String, String)> {
    let run = host.hikeshi("check logs --pack pack --format json");
    assert_eq!(run.exit, exit, "{run}");
    unread(&run.json()).into_iter().map(|(_, path, reason)| (path, reason)).collect()
}

#[cfg(unix)]
fn one(path: &str, reason: &str) -> Vec<(String, String)> {
    vec![(path.to_owned(), reason.to_owned())]
}

#[test]
fn a_missing_path_is_an_error_with_cause_and_hint() {
    insta::assert_snapshot!(host().hikeshi("check nowhere"), @"
    ! error: nothing was checked: `nowhere` cannot be looked at
    ! cause: failed to query resolved metadata `nowhere`: [the system's words]
    ! hint: check the spelling and the access rights of the path
    exit 2
    ");
    insta::assert_snapshot!(host().hikeshi_in_japanese("check nowhere"), @"
    ! エラー: 何も調べていません: `nowhere` を開けません
    ! 原因: ファイルまたはフォルダーがありません (failed to query resolved metadata `nowhere`: [the system's words]
    ! 対処: パスのつづりとアクセス権を確かめてください
    exit 2
    ");
}

#[test]
fn a_time_that_ends_before_it_begins_could_not_run() {
    let host = host().folder("logs");
    insta::assert_snapshot!(host.hikeshi("check logs --since 2021-03-09 --until 2021-03-01"), @"
    ! error: --until 2021-03-01T23:59:59.999999Z lies before --since 2021-03-09T00:00:00Z
    ! hint: swap the two times
    exit 2
    ");
    insta::assert_snapshot!(host.hikeshi_in_japanese("check logs --since 2021-03-09 --until 2021-03-01"), @"
    ! エラー: --until 2021-03-01T23:59:59.999999Z が --since 2021-03-09T00:00:00Z より前です
    ! 対処: 2 つの日時を入れ替えてください
    exit 2
    ");
}

#[test]
fn usage_errors_could_not_run() {
    let host = host().folder("logs");
    for call in [
        "",
        "check",
        "check logs --format pdf",
        "check logs --threads 0",
        "check logs --threads many",
        "check logs --lang xx",
        "check logs --unknown",
        "drill server",
        "drill server --scenario clean --size 5parsecs",
        "frobnicate",
    ] {
        let run = host.hikeshi(call);
        assert_eq!((run.exit, run.stdout.as_str()), (2, ""), "{call}: {run}");
        assert!(!run.stderr.is_empty(), "{call}");
    }
}

#[test]
fn an_empty_folder_is_inconclusive() {
    let run = host().folder("logs").hikeshi("check logs --format json");
    assert_eq!((verdict(&run.json()).as_str(), run.exit), ("inconclusive", 3));
    assert_eq!(text(&run.json()["reasons"][0]["code"]), "reason-nothing-recognised");
}

#[test]
fn where_nothing_is_recognised_the_report_lists_what_to_bring() {
    let report = quiet().without("logs").folder("logs").hikeshi("check logs --pack pack --format json").json();
    let missing: Vec<_> = report["missing"].as_array().unwrap().iter().map(|one| text(&one["kind"])).collect();
    assert_eq!(missing, ["kamome-desk", "kamome-gate"]);
}

#[test]
fn a_folder_in_which_nothing_is_recognised_is_inconclusive() {
    let host =
        host().file("logs/notes.txt", "nothing to see\n").file("logs/picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let run = host.hikeshi("check logs --format json");
    assert_eq!((verdict(&run.json()).as_str(), run.exit), ("inconclusive", 3));
    assert_eq!(text(&run.json()["reasons"][0]["code"]), "reason-nothing-recognised");
}

#[cfg(unix)]
#[test]
fn unreadable_files_and_folders_are_told_and_the_rest_is_read() {
    let host = with_rows(&["EXPORT;all tickets"], &[])
        .file("logs/locked/desk_9.log", desk_log(&[row(0, "SELL;")]))
        .file("logs/desk_2.log", desk_log(&[row(0, "SELL;")]))
        .unreadable("logs/desk_2.log")
        .unreadable("logs/locked");
    let mut told = unread_of(&host, 1);
    told.sort();
    assert_eq!(told, [one("desk_2.log", "permission-denied"), one("locked", "permission-denied")].concat());
    for (run, words) in [
        (host.hikeshi("check logs --pack pack"), "- desk_2.log: access denied"),
        (host.hikeshi_in_japanese("check logs --pack pack"), "- desk_2.log: アクセスが拒否されました"),
    ] {
        assert!(run.stdout.contains(words), "{run}");
    }
}

#[cfg(unix)]
#[test]
fn an_unreadable_path_of_the_command_line_is_told() {
    let host = quiet().unreadable("logs/desk_1.log");
    let run = host.hikeshi("check logs/desk_1.log logs/gate_1.log --pack pack --format json");
    assert_eq!(run.exit, 3, "{run}");
    assert_eq!(unread(&run.json()), [("unknown".into(), "desk_1.log".into(), "permission-denied".into())]);
}

#[cfg(unix)]
#[test]
fn links_are_told_and_not_followed_even_in_a_circle_or_to_nowhere() {
    let host = quiet().link("logs/again", ".").link("logs/up", "..").link("logs/gone.log", "nowhere.log");
    let told = unread_of(&host, 3);
    assert_eq!(told, ["again", "gone.log", "up"].map(|path| (path.to_owned(), "link-not-followed".to_owned())));
}

#[cfg(unix)]
#[test]
fn a_link_on_the_command_line_is_followed_and_one_to_nowhere_could_not_run() {
    let host = quiet().link("here", "logs").link("broken", "nowhere");
    assert_eq!(host.hikeshi("check here --pack pack").exit, 0);
    assert_eq!(host.hikeshi("check broken --pack pack").exit, 2);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let host = quiet().pipe("logs/desk_2.log");
    assert!([0, 3].contains(&host.hikeshi("check logs --pack pack").exit));
    let run = host.hikeshi("check logs/desk_2.log --pack pack");
    assert_eq!((run.exit, run.stdout.as_str()), (2, ""));
}

#[test]
fn evidence_that_this_version_does_not_read_is_named_by_its_first_bytes() {
    let tar = [&[b'x'; 257][..], b"ustar\0"].concat();
    let magic: [(&str, &[u8]); 6] = [
        ("Security.evtx", b"ElfFile\0\0\0\0\0"),
        ("renamed.log", b"ElfFile\0\0\0\0\0"),
        ("collected.zip", b"PK\x03\x04rest"),
        ("SYSTEM", b"regf\x01\0\0\0"),
        ("logs.tar", &tar),
        ("old.evt", b"\x30\0\0\0LfLe"),
    ];
    let host = magic.iter().fold(quiet(), |host, (path, bytes)| host.file(&format!("logs/{path}"), bytes));
    let run = host.hikeshi("check logs --pack pack --format json");
    assert_eq!((verdict(&run.json()).as_str(), run.exit), ("inconclusive", 3));
    let told: Vec<_> =
        unread(&run.json()).into_iter().map(|(kind, path, reason)| format!("{kind} {path} {reason}")).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    archive collected.zip malformed
    archive logs.tar malformed
    evt old.evt not-read-yet
    evtx Security.evtx malformed
    evtx renamed.log malformed
    hive SYSTEM malformed
    ");
}

#[test]
fn a_broken_rule_file_is_named_and_the_others_still_run() {
    let good = "title: Timetable\nid: 11111111-1111-4111-8111-111111111111\nauthor: A. Nyone\n\
        logsource: {category: webserver}\nlevel: medium\n\
        detection: {selection: {cs-uri-stem: /timetable}, condition: selection}\n";
    let host = quiet()
        .file("rules/good.yml", good)
        .file("rules/half.yml", "title: [\n")
        .file("rules/latin.yml", b"title: caf\xe9\n")
        .file("rules/empty.yml", "")
        .file("rules/no-condition.yml", good.replace(", condition: selection", ""))
        .file("rules/bad-pattern.yml", good.replace("cs-uri-stem: /timetable", "cs-uri-stem|re: '('"))
        .file("rules/readme.txt", "no rule");
    let run = host.hikeshi("check logs --pack pack --rules rules --format json");
    let report = run.json();
    assert_eq!((verdict(&report).as_str(), run.exit), ("attempted", 1), "a rule without a stage is an attempt");
    assert!(rules(&report).contains("good"));
    let skipped: Vec<_> =
        report["rules_skipped"].as_array().unwrap().iter().map(|skipped| text(&skipped["path"])).collect();
    assert_eq!(skipped, ["bad-pattern.yml", "empty.yml", "half.yml", "latin.yml", "no-condition.yml"]);
    let shown = host.hikeshi("check logs --pack pack --rules rules").stdout;
    assert!(shown.contains("Rules that could not be used") && shown.contains("- latin.yml: "), "{shown}");
    assert!(shown.contains("rule by A. Nyone"), "{shown}");
}

#[test]
fn a_rule_folder_that_is_missing_could_not_run() {
    insta::assert_snapshot!(quiet().hikeshi("check logs --pack pack --rules nowhere"), @"
    ! error: cannot use the rules in `nowhere`
    ! cause: cannot read `nowhere`
    ! cause: [the system's words]
    ! hint: give a folder of Sigma rules (.yml)
    exit 2
    ");
}

#[test]
fn bytes_that_are_no_utf_8_hide_no_row() {
    let mut log =
        gate_log(&[gate_row(0, "GET /caf\u{1}\u{2} 200"), gate_row(1, "GET /crew/masterkey 403")]).into_bytes();
    log.iter_mut().filter(|byte| [1, 2].contains(*byte)).for_each(|byte| *byte = 0xff);
    let host = quiet().file("logs/gate_2.log", log);
    let run = host.hikeshi("check logs --pack pack --format json");
    assert_eq!(
        found(&run.json()).into_iter().collect::<Vec<_>>(),
        [("master-key-tried".into(), "gate_2.log".into(), 4)]
    );
}

#[test]
fn a_line_of_three_megabytes_is_told_and_the_rows_around_it_are_read() {
    let long = gate_row(1, &format!("GET /{} 200", "a".repeat(3 << 20)));
    let rows = [gate_row(0, "GET /crew/masterkey 403"), long, gate_row(2, "GET /crew/masterkey 200")];
    let host = quiet().file("logs/gate_2.log", gate_log(&rows));
    let run = host.hikeshi("check logs --pack pack --format json");
    let report = run.json();
    let lines: Vec<_> = found(&report).into_iter().map(|(rule, _, line)| (rule, line)).collect();
    assert_eq!(lines, [("master-key-tried".to_owned(), 3), ("master-key-worked".to_owned(), 5)]);
    assert!(unread(&report).contains(&("kamome-gate".into(), "gate_2.log".into(), "line-cut".into())));
    let quiet = quiet().file("logs/gate_2.log", gate_log(&rows[1..2]));
    assert!(unread_of(&quiet, 3).contains(&("gate_2.log".into(), "line-cut".into())));
}

#[test]
fn a_last_line_that_breaks_off_is_searched_as_far_as_it_goes() {
    let log = gate_log(&[gate_row(0, "GET /timetable 200"), gate_row(1, "GET /crew/masterkey 403")]);
    let cut = log.strip_suffix(" Lynx/2.8+(text)\r\n").unwrap();
    let run = quiet().file("logs/gate_2.log", cut).hikeshi("check logs --pack pack --format json");
    assert_eq!(rules(&run.json()).into_iter().collect::<Vec<_>>(), ["master-key-tried"]);
    assert_eq!(unread(&run.json()), [], "a log that is still written ends so");
}

#[test]
fn rows_that_do_not_fit_their_header_are_told_and_count_as_an_attempt_at_most() {
    let rows = [row(0, "SELL;"), row(1, "EXPORT;all tickets").replace("hanako", "ha;na;ko")];
    let host = quiet().file("logs/desk_2.log", desk_log(&rows));
    let run = host.hikeshi("check logs --pack pack --format json");
    let report = run.json();
    assert_eq!((verdict(&report).as_str(), run.exit), ("attempted", 1), "{run}");
    assert_eq!(report["findings"][0]["reading"], "uncertain");
    assert_eq!(unread(&report), [("kamome-desk".into(), "desk_2.log".into(), "malformed-rows".into())]);
    let shown = host.hikeshi("check logs --pack pack").stdout;
    assert!(shown.contains("- desk_2.log: rows do not fit their header, from line 4"), "{shown}");
}

#[test]
fn rows_without_a_header_are_searched_as_text_and_told() {
    let host = quiet().file("logs/desk_2.log", row(1, "EXPORT;all tickets") + "\r\n");
    let run = host.hikeshi("check logs --pack pack --format json");
    assert_eq!((verdict(&run.json()).as_str(), run.exit), ("attempted", 1), "{run}");
    assert_eq!(unread(&run.json()), [("kamome-desk".into(), "desk_2.log".into(), "header-missing".into())]);
}

#[test]
fn an_empty_log_alone_is_inconclusive() {
    let run = quiet().file("empty.log", "").hikeshi("check empty.log --pack pack --format json");
    assert_eq!((verdict(&run.json()).as_str(), run.exit), ("inconclusive", 3));
}

#[test]
fn a_report_that_cannot_be_written_could_not_run() {
    let host = quiet();
    insta::assert_snapshot!(host.hikeshi("check logs --pack pack -o nowhere/report.txt"), @"
    ! error: the report cannot be written to `nowhere/report.txt`
    ! cause: failed to read directory `nowhere`: [the system's words]
    ! hint: give a file in a folder that exists and can be written to
    exit 2
    ");
    assert_eq!(host.hikeshi("check logs --pack pack -o logs").exit, 2);
}

#[test]
fn a_report_never_overwrites_evidence() {
    let host = quiet();
    let before = host.tree("logs");
    for call in ["check logs -o logs/desk_1.log", "check logs/desk_1.log -o logs/desk_1.log"] {
        let run = host.hikeshi(&format!("{call} --pack pack"));
        assert_eq!(run.exit, 2, "{run}");
    }
    assert!(host.tree("logs") == before);
}

#[test]
fn more_threads_than_the_system_has_are_no_reason_to_fail() {
    assert_eq!(quiet().hikeshi("check logs --pack pack --threads 4294967295").exit, 0);
}

#[test]
fn the_same_path_given_twice_is_judged_as_once() {
    let host = with_rows(&[], &["GET /crew/masterkey 403"]);
    let once = host.hikeshi("check logs --pack pack --format json").json();
    for twice in ["check logs logs", "check logs ./logs/gate_1.log", "check logs/gate_1.log logs/../logs"] {
        let run = host.hikeshi(&format!("{twice} --pack pack --format json"));
        assert_eq!(
            (found(&run.json()), &run.json()["scanned"], run.exit),
            (found(&once), &once["scanned"], 1),
            "{twice}"
        );
    }
}
