//! The page for a browser, made by the executable and read by a parser of the HTML standard.

use hikeshi_testkit::{Markup, Sandbox};

use crate::kamome::{gate_log, gate_row, quiet};
use crate::reports::{findings, loud_host, text};

/// The page that `check` writes, in both languages.
fn pages(host: &Sandbox, call: &str) -> [(Markup, String); 2] {
    let english = host.hikeshi(&format!("{call} --format html"));
    let japanese = host.hikeshi_in_japanese(&format!("{call} --format html"));
    assert_eq!((english.stderr.as_str(), english.exit), ("", japanese.exit));
    [english.stdout, japanese.stdout].map(|page| (Markup::read(&page), page))
}

#[test]
fn the_page_of_a_practice_server_tells_what_the_report_for_machines_tells() {
    let host = loud_host(|path, bytes| (path.to_owned(), bytes.to_vec()));
    let report = host.hikeshi("check evidence --format json").json();
    for (markup, _) in pages(&host, "check evidence") {
        assert_eq!(markup.errors, Vec::<String>::new());
        let all = &markup.elements[0].text;
        for finding in findings(&report) {
            assert!(all.contains(&text(&finding["rule"]["name"])), "{}", finding["rule"]["name"]);
        }
        for list in ["next_steps", "do_not", "contacts", "missing"] {
            assert!(!report[list].as_array().unwrap().is_empty(), "{list}");
        }
        let steps = markup.tagged("ol").map(|list| list.attribute("class")).collect::<Vec<_>>();
        assert_eq!(steps, [Some("steps"), Some("steps")]);
        for actor in report["actors"].as_array().unwrap() {
            for address in actor["addresses"].as_array().unwrap() {
                assert!(!all.contains(address.as_str().unwrap()), "{address}");
            }
        }
    }
}

#[test]
fn clean_and_inconclusive_pages_say_so_first() {
    let clean = quiet();
    let [(english, _), (japanese, _)] = pages(&clean, "check logs --pack pack");
    assert!(english.texts("h1")[0].starts_with("CLEAN:"), "{:?}", english.texts("h1"));
    assert!(japanese.texts("h1")[0].starts_with("問題なし:"));
    let nothing = quiet().without("logs").folder("logs");
    let [(english, _), (japanese, _)] = pages(&nothing, "check logs --pack pack");
    assert!(english.texts("h1")[0].starts_with("INCONCLUSIVE:"));
    assert!(japanese.texts("h1")[0].starts_with("判断できません:"));
}

#[test]
fn markup_in_the_evidence_stays_text_and_the_page_can_be_written_to_a_file() {
    let hostile = "\"><script>alert(1)</script><img/src=x>\u{202e}";
    let row = gate_row(0, &format!("GET /crew/masterkey/{hostile} 403"));
    let host = quiet().file("logs/gate_2.log", gate_log(&[row]));
    for (markup, page) in pages(&host, "check logs --pack pack") {
        assert_eq!((markup.tagged("script").count(), markup.tagged("img").count()), (0, 0));
        let shown = r#"/crew/masterkey/"><script>alert(1)</script><img/src=x>\u{202e}"#;
        assert!(markup.texts("dd").iter().any(|value| value == shown), "{:?}", markup.texts("dd"));
        assert!(!page.contains('\u{202e}'));
    }
    let run = host.hikeshi("check logs --pack pack --format html -o report.html");
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""));
    let page = host.hikeshi("check logs --pack pack --format html").stdout;
    assert_eq!(String::from_utf8(host.bytes("report.html")).unwrap(), page);
}
