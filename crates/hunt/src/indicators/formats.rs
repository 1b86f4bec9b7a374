//! Each format, on small samples of our own.

use proptest::prelude::*;

use super::*;

const MD5: &str = "5d41402abc4b2a76b9719d911017c592";
const SHA256: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

/// Each indicator as `kind value`, with the marks of what is not usual.
fn taken(loaded: &Loaded) -> Vec<String> {
    let shown = |indicator: &Indicator| format!("{} {}", indicator.kind.word(), indicator.value);
    loaded.indicators.iter().map(shown).collect()
}

/// What was left out, as `place code`.
fn left(loaded: &Loaded) -> Vec<String> {
    loaded.left_out.iter().map(|left_out| format!("{} {}", left_out.place, left_out.why.code())).collect()
}

fn loaded(text: &str) -> Loaded {
    read("test", text.as_bytes())
}

#[test]
fn a_plain_list_gives_what_its_lines_hold() {
    let list = loaded(
        "# a comment\n192.0.2[.]7\nhxxp://evil[.]example/a.php\n\nevil[.]example ; first seen in March\n\
         198.51.100.0/24\nbad.example,80\nsomebody(at)evil.example\njust a sentence\n10.0.0.1\nevil.example\n",
    );
    assert_eq!(list.format, Format::List);
    assert_eq!(
        taken(&list),
        [
            "address 192.0.2.7",
            "url http://evil.example/a.php",
            "domain evil.example",
            "network 198.51.100.0/24",
            "domain bad.example",
            "email somebody@evil.example",
        ]
    );
    assert_eq!(left(&list), ["line 9 kind-unknown", "line 10 internal-address", "line 11 duplicate"]);
    assert_eq!(list.indicators[2].about.description.en, "first seen in March");
    assert_eq!(list.indicators[4].about.confidence, Confidence::High);
    assert_eq!((list.skipped(), list.refused()), (2, 1));
}

#[test]
fn rows_of_tables_in_advisories_are_read() {
    let list = loaded(&format!("|===\n|Hash |Name\n|`{MD5}`|Some/Malware.A |a loader\n|`evil[.]example` |C&C\n|===\n"));
    assert_eq!(taken(&list), [format!("md5 {MD5}"), "domain evil.example".to_owned()]);
    assert_eq!(list.indicators[0].about.description.en, "Some/Malware.A a loader");
}

#[test]
fn the_index_of_a_feed_is_no_list_of_file_hashes() {
    let list = loaded(&format!("{MD5},57c4445b-c548-4654-af0b-4be3950d210f\n"));
    assert_eq!((taken(&list).len(), left(&list)), (0, vec!["line 1 not-for-detection".to_owned()]));
}

#[test]
fn tables_are_read_by_their_headings_in_both_languages() {
    let english = loaded(&format!(
        "Indicator,IndicatorType,Description,Confidence,CVE,valid_until\r\n\"{SHA256}\",FileHash-SHA256,\"a, \"\"quoted\"\" shell\",high,cve-2021-0001,2021-04-30\r\n\
         evil[.]example,hostname,,low,,\r\nx,mutex,,,,\r\n8.8.8.8,ip,,,,\r\n"
    ));
    assert_eq!(english.format, Format::Csv);
    assert_eq!(taken(&english), [format!("sha256 {SHA256}"), "domain evil.example".to_owned()]);
    let about = &english.indicators[0].about;
    assert_eq!((about.description.en.as_str(), about.confidence), ("a, \"quoted\" shell", Confidence::High));
    assert_eq!(*about.cve, ["CVE-2021-0001"]);
    assert_eq!(about.valid_until.unwrap().to_string(), "2021-04-30T00:00:00Z");
    assert_eq!(left(&english), ["line 4 kind-unsupported", "line 5 public-resolver"]);

    let japanese = loaded("種別;値;備考;信頼度\nＩＰアドレス;192.0.2.7;通信先;高\nファイル名;evil1.exe;;中\n");
    assert_eq!(taken(&japanese), ["address 192.0.2.7", "file-name evil1.exe"]);
    assert_eq!(japanese.indicators[0].about.confidence, Confidence::High);
    assert_eq!(japanese.indicators[0].about.description.ja, "通信先");

    let one_column = loaded("domain\nevil.example\nother.example\n");
    assert_eq!(taken(&one_column), ["domain evil.example", "domain other.example"]);
    let commented = loaded("# Feed of today\n# url,tags\n\"http://evil.example/a\",\"x\"\n");
    assert_eq!(taken(&commented), ["url http://evil.example/a"]);
}

#[test]
fn in_one_row_the_hash_stands_for_the_file_and_its_name_does_not() {
    let table = loaded(&format!("filename,md5,sha256\nsetup1.exe,{MD5},{SHA256}\nevil1.exe,,\n"));
    assert_eq!(taken(&table), [format!("md5 {MD5}"), format!("sha256 {SHA256}"), "file-name evil1.exe".to_owned()]);
    assert_eq!(left(&table), ["line 2 name-beside-hash"]);
    let export =
        loaded(&format!("uuid,type,value,to_ids\nu-1,filename|md5,a1.exe|{MD5},1\nu-2,domain,evil.example,0\n"));
    assert_eq!(taken(&export), [format!("md5 {MD5}"), "domain evil.example".to_owned()]);
    assert_eq!(export.indicators[0].id, "u-1");
    assert_eq!(export.indicators[1].about.confidence, Confidence::Low);
}

#[test]
fn a_quote_that_is_not_closed_costs_one_row() {
    let table = loaded("domain,comment\n\"evil.example,never closed\nother.example,x\n");
    assert_eq!(taken(&table), ["domain other.example"]);
    assert_eq!(left(&table), ["line 2 malformed"]);
    // Every line opens a quote that the next one closes, and another one.
    let stray = loaded(&format!("domain,comment\n{}other.example,x\n", "\"a\",\"b\n".repeat(50_000)));
    assert_eq!(taken(&stray), ["domain other.example"]);
    assert_eq!(stray.skipped(), 50_000);
}

#[test]
fn encodings_make_no_difference() {
    let text = "種別,値,備考\r\nドメイン,evil.example,悪性\r\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    // The same in Shift_JIS.
    let shift_jis =
        b"\x8e\xed\x95\xca,\x92l,\x94\xf5\x8dl\r\n\x83h\x83\x81\x83C\x83\x93,evil.example,\x88\xab\x90\xab\r\n";
    for bytes in [text.as_bytes(), &[b"\xef\xbb\xbf", text.as_bytes()].concat(), &utf16, shift_jis] {
        let table = read("test", bytes);
        assert_eq!(taken(&table), ["domain evil.example"]);
        assert_eq!(table.indicators[0].about.description.ja, "悪性");
    }
}

#[test]
fn lists_of_loki_are_read() {
    let hashes = loaded(
        &format!("# head\n{MD5};Some loader http://example.org\n{SHA256};x\nnothing here\n# d41d;x\n{MD5};again\n")
            .repeat(1),
    );
    assert_eq!(hashes.format, Format::List, "one line in four has no form of Loki's");
    let hashes = loaded(&format!(
        "# head\n{MD5};Some loader http://example.org\n{SHA256};x\nd41d8cd98f00b204e9800998ecf8427e;empty\n"
    ));
    assert_eq!(hashes.format, Format::LokiHashes);
    assert_eq!(taken(&hashes), [format!("md5 {MD5}"), format!("sha256 {SHA256}")]);
    assert_eq!(hashes.indicators[0].about.confidence, Confidence::High);
    assert_eq!(left(&hashes), ["line 4 trivial-content"]);

    let names = loaded(
        "# REGEX;SCORE\n\n# A loader\n\\\\evil1\\.sys;80\n(?i)\\\\dump(64)?\\.exe;50;(?i)\\\\Tools\\\\\n/dev/shm/evil;65\n\
         \\\\lsass\\.exe$;60\n\\\\a(?!b)\\.exe;60\n\\\\nothing\\.dll;no score\n"
            .replace("\\\\nothing\\.dll;no score\n", "")
            .as_str(),
    );
    assert_eq!(names.format, Format::LokiNames);
    assert_eq!(taken(&names), ["path \\\\evil1\\.sys", "path (?i)\\\\dump(64)?\\.exe", "path /dev/shm/evil"]);
    let confidences: Vec<Confidence> = names.indicators.iter().map(|indicator| indicator.about.confidence).collect();
    assert_eq!(confidences, [Confidence::High, Confidence::Low, Confidence::Medium]);
    assert_eq!(names.indicators[0].about.description.en, "A loader");
    assert_eq!(names.indicators[1].except.as_deref(), Some("(?i)\\\\Tools\\\\"));
    assert_eq!(left(&names), ["line 7 matches-ordinary", "line 8 pattern-unsupported"]);

    let words = loaded("# MALICIOUS KEYWORDS\n\n# Dumper\nWCE_SERVICE\nprivilege::dump\n");
    assert_eq!(taken(&words), ["keyword WCE_SERVICE", "keyword privilege::dump"]);
}

#[test]
fn bundles_of_stix_are_read_object_by_object() {
    let bundle = format!(
        r#"{{"type": "bundle", "id": "bundle--1", "objects": [
        {{"type": "malware", "id": "malware--1", "name": "x"}},
        {{"type": "indicator", "id": "indicator--1", "name": "Shell", "description": "left behind", "confidence": 85,
          "pattern": "[file:hashes.'SHA-256' = '{SHA256}' OR domain-name:value = 'evil.example']", "pattern_type": "stix",
          "valid_from": "2021-03-03T00:00:00Z", "valid_until": "2021-04-03T00:00:00Z", "indicator_types": ["malicious-activity"],
          "kill_chain_phases": [{{"kill_chain_name": "lockheed", "phase_name": "delivery"}}],
          "external_references": [{{"source_name": "cve", "external_id": "CVE-2021-0001"}}]}},
        {{"type": "indicator", "id": "indicator--2", "pattern": "rule x {{}}", "pattern_type": "yara"}},
        {{"type": "indicator", "id": "indicator--3", "pattern": "[url:value = 'http://x.example/a']", "revoked": true}},
        {{"type": "indicator", "id": "indicator--4", "pattern": "[mutex:name = 'x'] AND [mutex:name = 'y']"}},
        {{"type": "indicator", "id": "indicator--5", "pattern": "[mutex:name = "}},
        {{"type": "indicator", "id": "indicator--6", "pattern": "[ipv4-addr:value = '192.0.2.7' AND network-traffic:dst_port = 443]"}},
        {{"type": "indicator", "id": "indicator--7", "pattern": "[file:name MATCHES 'a(?=b)']"}},
        {{"type": "indicator", "confidence": {{}}, "id": ["x"], "pattern": 7}}
        ]}}"#
    );
    let bundle = loaded(&bundle);
    assert_eq!(bundle.format, Format::Stix);
    assert_eq!(
        taken(&bundle),
        [format!("sha256 {SHA256}"), "domain evil.example".to_owned(), "address 192.0.2.7".to_owned()]
    );
    let about = &bundle.indicators[0].about;
    assert_eq!((about.confidence, about.description.en.as_str()), (Confidence::High, "Shell: left behind"));
    assert_eq!(*about.tags, ["malicious-activity", "lockheed:delivery"]);
    assert_eq!(*about.cve, ["CVE-2021-0001"]);
    let at = |text: &str| hikeshi_core::time::Timestamp::parse(text.as_bytes()).unwrap();
    // A bundle is published after the attack; a file stays what it was, an address goes to somebody else.
    let tells = |number: usize, day| bundle.indicators[number].tells_at(at(day));
    assert!(tells(0, "2021-02-01") && tells(0, "2021-05-01"));
    assert!(tells(1, "2021-02-01") && !tells(1, "2021-05-01"));
    let besides = &bundle.indicators[2].about;
    assert_eq!(
        (besides.confidence, besides.besides.as_slice()),
        (Confidence::Low, &["network-traffic:dst_port = 443".to_owned()][..])
    );
    assert_eq!(
        left(&bundle),
        [
            "indicator--2 rule-language",
            "indicator--3 withdrawn",
            "indicator--4 not-expressible",
            "indicator--5 malformed",
            "indicator--7 pattern-unsupported",
            "x malformed",
        ]
    );
    let nothing = loaded(r#"{"type": "bundle", "objects": [{"type": "malware"}]}"#);
    assert_eq!(left(&nothing), ["objects not-for-detection"]);
}

#[test]
fn events_of_misp_are_read_attribute_by_attribute() {
    let event = format!(
        r#"{{"response": [{{"Event": {{"info": "An attack", "Tag": [{{"name": "misp:confidence-level=\"usually-confident\""}}],
        "Attribute": [
            {{"type": "filename|sha256", "value": "setup1.msi|{SHA256}", "to_ids": true, "uuid": "u-1", "comment": "dropper"}},
            {{"type": "domain|ip", "value": "evil.example|192.0.2.7", "to_ids": "1", "uuid": "u-2"}},
            {{"type": "ip-dst|port", "value": "192.0.2.8|443", "to_ids": true, "uuid": "u-3"}},
            {{"type": "url", "value": "http://evil.example/a", "to_ids": false, "category": "Network activity", "uuid": "u-4"}},
            {{"type": "url", "value": "http://blog.example/report", "to_ids": false, "category": "External analysis", "uuid": "u-5"}},
            {{"type": "vulnerability", "value": "CVE-2021-0001", "to_ids": false, "uuid": "u-6"}},
            {{"type": "mutex", "value": "x", "to_ids": true, "uuid": "u-7"}},
            {{"type": "domain", "value": "gone.example", "to_ids": true, "deleted": true, "uuid": "u-8"}},
            {{"type": ["odd"], "value": 7}}
        ],
        "Object": [{{"name": "file", "Attribute": [
            {{"type": "filename", "value": "evil2.exe", "to_ids": true, "uuid": "o-1"}},
            {{"type": "md5", "value": "{MD5}", "to_ids": true, "uuid": "o-2"}}
        ]}}, {{"Attribute": [{{"type": "filename", "value": "evil3.exe", "to_ids": true, "uuid": "o-3"}}]}}]
        }}}}]}}"#
    );
    let event = loaded(&event);
    assert_eq!(event.format, Format::Misp);
    assert_eq!(
        taken(&event),
        [
            format!("sha256 {SHA256}"),
            "domain evil.example".to_owned(),
            "address 192.0.2.7".to_owned(),
            "address 192.0.2.8".to_owned(),
            "url http://evil.example/a".to_owned(),
            format!("md5 {MD5}"),
            "file-name evil3.exe".to_owned(),
        ]
    );
    let about = &event.indicators[0].about;
    assert_eq!(
        (about.confidence, about.source.as_str(), about.description.en.as_str()),
        (Confidence::High, "An attack", "setup1.msi dropper")
    );
    assert_eq!(*about.cve, ["CVE-2021-0001"]);
    let context = &event.indicators[4].about;
    assert_eq!(
        (context.confidence, context.besides.as_slice()),
        (Confidence::Low, &["to_ids is false".to_owned()][..])
    );
    assert_eq!(
        left(&event),
        [
            "u-5 not-for-detection",
            "u-6 not-for-detection",
            "u-7 kind-unsupported",
            "u-8 withdrawn",
            " not-for-detection",
            "o-1 name-beside-hash",
        ]
    );
    assert_eq!(
        taken(&loaded(r#"{"Attribute": [{"type": "domain", "value": "evil.example", "to_ids": true}]}"#)),
        ["domain evil.example"]
    );
    assert_eq!(left(&loaded(r#"{"57c4445b": {"info": "a manifest"}}"#)), [" format-unknown"]);
}

#[test]
fn documents_behind_one_another_are_read_and_a_bad_one_costs_itself() {
    let good =
        |value: &str| format!(r#"{{"type": "indicator", "id": "i", "pattern": "[domain-name:value = '{value}']"}}"#);
    let lines = format!("{}\n{{\"type\": oops}}\n{}\n", good("one.example"), good("two.example"));
    let both = loaded(&lines);
    assert_eq!(taken(&both), ["domain one.example", "domain two.example"]);
    assert_eq!(left(&both), ["line 2 malformed"]);
    assert_eq!(taken(&loaded("[2001:db8::7]\n[2001:db8::8]:443\n")), ["address 2001:db8::7", "address 2001:db8::8"]);
}

#[test]
fn our_own_form_holds_all_that_packs_need() {
    let pack = loaded(
        r"
schema: 1
indicators:
- id: P-1
  type: file_path
  value: '%ProductPath%site\auth\shell1.aspx'
  meaning: {en: A web shell., ja: Web シェルです。}
  false_positives: none known
  confidence: high
  source: [https://example.org/a, https://example.org/b]
  valid_from: 2021-01-01
  valid_until: 2021-04-30
  cve: [CVE-2021-0001]
  category: webshell
- {id: P-2, type: file_path_regex, value: '(?i)\\site\\[a-z]{8}\.aspx$', except: '\\docs\\'}
- {id: P-3, type: directory, value: '%ProgramData%\stolen'}
- {id: P-4, type: file_extension, value: .CRYPT}
- {id: P-5, type: uri_stem, value: /site/style.css, method: post}
- {id: P-6, type: scheduled_task, value: Winnet1}
- {id: P-7, type: service_name, value: msupdate1}
- {id: P-8, type: av_name, value: 'Backdoor:ASP/Some.A'}
- {id: P-9, type: file_path, match: glob, value: '%SystemRoot%\Temp\lsass.*dmp'}
- {id: P-10, type: event_condition, value: a sentence}
- {id: P-11, type: known_good_path, value: '%ProductPath%x.aspx'}
- {id: P-12, type: domain}
- {id: P-13, value: evil.example}
- 7
",
    );
    assert_eq!(pack.format, Format::Pack);
    let shown: Vec<String> = pack
        .indicators
        .iter()
        .map(|indicator| format!("{} {} {:?}", indicator.id, indicator.kind.word(), indicator.syntax))
        .collect();
    assert_eq!(
        shown,
        [
            "P-1 path Literal",
            "P-2 path Regex",
            "P-3 path Glob",
            "P-4 file-name Glob",
            "P-5 uri-path Literal",
            "P-6 scheduled-task Literal",
            "P-7 service Literal",
            "P-8 detection Literal",
            "P-9 path Glob",
            "P-13 domain Literal",
        ]
    );
    let about = &pack.indicators[0].about;
    assert_eq!((about.description.ja.as_str(), about.false_positives.en.as_str()), ("Web シェルです。", "none known"));
    assert_eq!(
        (about.source.as_str(), about.confidence),
        ("https://example.org/a https://example.org/b", Confidence::High)
    );
    assert_eq!((&*about.cve, &*about.tags), (&["CVE-2021-0001".to_owned()][..], &["webshell".to_owned()][..]));
    assert_eq!(pack.indicators[4].method.as_deref(), Some("POST"));
    assert_eq!(left(&pack), ["P-10 kind-unsupported", "P-11 known-good", "P-12 malformed", "entry 14 malformed"]);
}

#[test]
fn what_is_nothing_of_all_this_is_told() {
    for (text, code) in [
        ("", "format-unknown"),
        ("# only a comment\n", "format-unknown"),
        ("{\"a\": 1}", "format-unknown"),
        ("{\"a\": ", "malformed"),
        ("just words\n", "kind-unknown"),
        ("indicators:\n- a: [\n", "malformed"),
        ("indicators: []\n", "format-unknown"),
    ] {
        let codes: Vec<&str> = loaded(text).counts.keys().map(|why| why.code()).collect();
        assert_eq!(codes, [code], "{text:?}");
    }
    let codes: Vec<&str> = read("test", &vec![b'a'; FILE_CAP + 1]).counts.keys().map(|why| why.code()).collect();
    assert_eq!(codes, ["file-too-large"]);
}

#[test]
fn nesting_and_aliases_cost_neither_stack_nor_memory() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(200_000), close.repeat(200_000));
    let less_deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(left(&loaded(&format!("indicators:\n- {less_deep}\n"))), [" malformed"]);
    assert_eq!(loaded(&deep("[", "]")).indicators, []);
    assert_eq!(loaded(&deep("{\"objects\":", "}")).indicators, []);
    assert_eq!(loaded(&format!("indicators:\n- {}\n", deep("[", "]"))).indicators, []);
    let object = format!(
        r#"{{"objects": [{{"type": "indicator", "labels": {}, "pattern": "[file:name = 'evil1.exe']"}}]}}"#,
        deep("[", "]")
    );
    assert_eq!(left(&loaded(&object)), ["objects malformed", "objects not-for-detection"][..1]);
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    for level in 1..40 {
        bomb.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
    }
    assert_eq!(loaded(&format!("{bomb}indicators:\n- {{type: domain, value: *a39}}\n")).indicators, []);
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let valid = prop::sample::select(vec![
        format!("type,value,comment\ndomain,evil.example,\"x\"\nmd5,{MD5},\n"),
        format!("{MD5};a\n{SHA256};b\n"),
        "\\\\evil1\\.sys;80\n(?i)\\\\dump\\.exe;50;(?i)\\\\Tools\\\\\n".to_owned(),
        format!(r#"{{"objects": [{{"type": "indicator", "pattern": "[file:hashes.MD5 = '{MD5}' OR domain-name:value = 'e.example']", "labels": ["x"]}}]}}"#),
        r#"{"Event": {"info": "x", "Attribute": [{"type": "domain|ip", "value": "evil.example|192.0.2.7", "to_ids": true}]}}"#.to_owned(),
        "indicators:\n- {id: P-1, type: file_path, value: '%X%a\\*.aspx', meaning: {en: a, ja: b}}\n".to_owned(),
    ]);
    (valid, prop::collection::vec((0_usize..200, any::<u8>()), 0..6)).prop_map(|(valid, changes)| {
        let mut bytes = valid.into_bytes();
        for (at, byte) in changes {
            let length = bytes.len();
            if let Some(place) = bytes.get_mut(at % length.max(1)) {
                *place = byte;
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read("test", &bytes);
    }

    #[test]
    fn changed_files_are_read_without_panic_and_what_they_give_can_be_searched(bytes in mutated()) {
        let loaded = read("test", &bytes);
        prop_assert!(!loaded.indicators.is_empty() || !loaded.counts.is_empty());
        let compiled = compile(loaded.indicators);
        compiled.text(&bytes, &mut |_, _| {});
        let _ = compiled.path(&String::from_utf8_lossy(&bytes));
    }
}
