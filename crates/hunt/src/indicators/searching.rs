//! What the search finds, on indicators of every kind; and that it is what a naive search finds.

use std::ops::Range;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;

fn indicator(kind: Kind, syntax: Syntax, value: &str) -> Option<Indicator> {
    let about = Arc::new(About::from_source("test"));
    let draft =
        Draft { id: value.to_owned(), kind, syntax, value: value.to_owned(), except: None, method: None, about };
    draft.admit().ok()
}

fn literals(values: &[(Kind, &str)]) -> Vec<Indicator> {
    values.iter().map(|(kind, value)| indicator(*kind, Syntax::Literal, value).unwrap()).collect()
}

fn regexes(values: &[(Kind, &str)]) -> Vec<Indicator> {
    values.iter().map(|(kind, value)| indicator(*kind, Syntax::Regex, value).unwrap()).collect()
}

fn ids(hits: &[Hit<'_>]) -> Vec<String> {
    hits.iter().map(|hit| hit.indicator.id.clone()).collect()
}

fn in_text(compiled: &Compiled, text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    compiled.text(text.as_bytes(), &mut |hit, span| {
        found.push((hit.indicator.id.clone(), text.get(span).unwrap().to_owned()));
    });
    found.sort();
    found
}

#[test]
fn hashes_are_found_in_any_case_and_kind() {
    let values = [
        (Kind::Md5, "5d41402abc4b2a76b9719d911017c592"),
        (Kind::Sha1, "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        (Kind::Sha256, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
    ];
    let compiled = compile(literals(&values));
    for (_, hex) in values {
        assert_eq!(ids(&compiled.hash(&hex.to_uppercase())), [hex]);
    }
    assert_eq!(compiled.hash("5d41402abc4b2a76b9719d911017c593"), []);
    assert_eq!(compiled.hash("zz"), []);
    let list = format!("MD5={},SHA256={},IMPHASH={}", "0".repeat(32), values[2].1, values[0].1);
    assert_eq!(ids(&compiled.field(Role::Hashes, &list)), [values[2].1], "an import hash is no hash of the file");
    assert_eq!(
        ids(&compiled.field(Role::Hashes, &format!("md5:{}; sha1:{}", values[0].1, values[1].1))),
        [values[0].1, values[1].1]
    );
}

#[test]
fn equal_values_of_several_lists_are_all_found() {
    let compiled = compile(literals(&[
        (Kind::Domain, "evil.example"),
        (Kind::Address, "192.0.2.7"),
        (Kind::Domain, "EVIL.example"),
        (Kind::Address, "192.0.2.7"),
    ]));
    assert_eq!(in_text(&compiled, "http://evil.example").len(), 2);
    assert_eq!(in_text(&compiled, "from 192.0.2.7").len(), 2);
    assert_eq!(compiled.address("192.0.2.7".parse().unwrap()).len(), 2);
}

#[test]
fn files_are_found_by_name_end_of_path_root_and_pattern() {
    let mut indicators = literals(&[
        (Kind::FileName, "evil1.exe"),
        (Kind::Path, "%ProductPath%site\\auth\\shell1.aspx"),
        (Kind::Path, "C:\\dropped.dll"),
        (Kind::Path, "C:\\Users\\*\\AppData\\evil?.dat"),
        (Kind::FileName, "*.crypt"),
    ]);
    indicators.extend(regexes(&[
        (Kind::Path, "(?i)\\\\site\\\\[a-z]{8}\\.aspx$"),
        (Kind::Path, "^/dev/shm/[a-z]+$"),
        (Kind::FileName, "^[0-9]{6}\\.(asp|aspx)$"),
        (Kind::Path, "[Tt]emp\\\\.\\.[ab]$"),
    ]));
    let compiled = compile(indicators);
    for (path, expected) in [
        ("C:\\Temp\\EVIL1.EXE", &["evil1.exe"][..]),
        ("evil1.exe", &["evil1.exe"]),
        ("/mnt/c/notevil1.exe", &[]),
        ("D:/Product/Site/Auth/Shell1.aspx", &["%ProductPath%site\\auth\\shell1.aspx"]),
        ("D:\\opposite\\auth\\shell1.aspx", &[]),
        ("C:\\dropped.dll", &["C:\\dropped.dll"]),
        ("dropped.dll", &["C:\\dropped.dll"]),
        ("C:\\x\\dropped.dll", &[]),
        ("C:\\Users\\x\\AppData\\evil7.dat", &["C:\\Users\\*\\AppData\\evil?.dat"]),
        ("C:\\Users\\x\\y\\AppData\\evil7.dat", &[]),
        ("C:\\a\\b.CRYPT", &["*.crypt"]),
        ("X:\\site\\abcdefgh.aspx", &["(?i)\\\\site\\\\[a-z]{8}\\.aspx$"]),
        ("/dev/shm/evil", &["^/dev/shm/[a-z]+$"]),
        ("C:\\x\\123456.asp", &["^[0-9]{6}\\.(asp|aspx)$"]),
        ("C:\\Temp\\x.a", &["[Tt]emp\\\\.\\.[ab]$"]),
        ("\u{212a}:\\Temp\\\u{17f}ite\\x", &[]),
    ] {
        assert_eq!(ids(&compiled.path(path)), expected, "{path}");
        assert_eq!(ids(&compiled.field(Role::File, &format!("\"{path}\""))), expected, "{path}");
    }
}

#[test]
fn addresses_are_found_in_networks_and_in_any_spelling() {
    let compiled = compile(literals(&[
        (Kind::Address, "192.0.2.7"),
        (Kind::Address, "2001:db8::7"),
        (Kind::Network, "198.51.100.0/24"),
        (Kind::Network, "198.51.0.0/16"),
        (Kind::Network, "2001:db8:1::/48"),
        (Kind::Network, "203.0.112.0/22"),
    ]));
    let of = |text: &str| ids(&compiled.address(text.parse().unwrap()));
    assert_eq!(of("192.0.2.7"), ["192.0.2.7"]);
    assert_eq!(of("::ffff:192.0.2.7"), ["192.0.2.7"]);
    assert_eq!(of("198.51.100.9"), ["198.51.100.0/24", "198.51.0.0/16"]);
    assert_eq!(of("2001:db8:1::9"), ["2001:db8:1::/48"]);
    assert_eq!(of("203.0.116.1"), [""; 0]);
    for (field, expected) in [
        ("192.0.2.7:443", &["192.0.2.7"][..]),
        ("[2001:0DB8:0::0007]:443", &["2001:db8::7"]),
        ("10.0.0.1, 192.0.2.7", &["192.0.2.7"]),
        ("fe80::1%eth0", &[]),
        ("for=\"[2001:db8::7]\"", &["2001:db8::7"]),
    ] {
        assert_eq!(ids(&compiled.field(Role::Address, field)), expected, "{field}");
    }
    assert_eq!(
        in_text(&compiled, "192.0.2.7 2001:0db8:0:0::7 198.51.7.1 203.0.115.255 203.0.116.0 198.52.0.1 1198.51.100.1"),
        [
            ("192.0.2.7".to_owned(), "192.0.2.7".to_owned()),
            ("198.51.0.0/16".to_owned(), "198.51.7.1".to_owned()),
            ("2001:db8::7".to_owned(), "2001:0db8:0:0::7".to_owned()),
            ("203.0.112.0/22".to_owned(), "203.0.115.255".to_owned()),
        ]
    );
}

#[test]
fn text_of_every_kind_is_found_as_logs_write_it() {
    let compiled = compile(literals(&[
        (Kind::Domain, "evil.example"),
        (Kind::Url, "hxxp://evil.example/a.php"),
        (Kind::Url, "https://site.example/"),
        (Kind::UriPath, "/auth/x.js"),
        (Kind::UserAgent, "Tool/1.0 (X; like Y) Z"),
        (Kind::Email, "a@mail.example"),
        (Kind::Detection, "Backdoor:ASP/Some.A"),
        (Kind::CommandLine, "evil -dump"),
        (Kind::Keyword, "sekur::"),
    ]));
    let found = |text: &str| in_text(&compiled, text).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    for (text, expected) in [
        ("GET https://x.EVIL.example/b", &["evil.example"][..]),
        ("https://evil.example/a.php?x", &["evil.example", "hxxp://evil.example/a.php"]),
        ("http://site.example", &["https://site.example/"]),
        ("http://x.site.example/", &[]),
        ("u=http%3A%2F%2Fevil.example%2Fb", &["evil.example"]),
        ("POST /auth/x.js - 443", &["/auth/x.js"]),
        ("2021-03-03 Tool/1.0+(X;+like+Y)+Z 200", &["Tool/1.0 (X; like Y) Z"]),
        ("\"tool/1.0 (X; like Y) Z\"", &["Tool/1.0 (X; like Y) Z"]),
        ("Tool/1.0 (X; like Y) Zebra", &[]),
        ("To: <a@mail.example>", &["a@mail.example"]),
        ("threat Backdoor:ASP/Some.A found", &["Backdoor:ASP/Some.A"]),
        ("threat Backdoor:ASP/Some.AB found", &[]),
        ("cmd /c EVIL -dumping", &["evil -dump"]),
        ("xsekur::logon", &["sekur::"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
    assert_eq!(ids(&compiled.field(Role::Url, "http://x/?u=%65vil%2eexample")), ["evil.example"]);
    assert_eq!(found("http://x/?u=%65vil%2eexample"), [""; 0], "text is searched as it is stored");
}

#[test]
fn names_are_compared_as_a_whole() {
    let compiled = compile(literals(&[
        (Kind::Account, "mallory"),
        (Kind::Account, "CORP\\trudy"),
        (Kind::Service, "msupdate1"),
        (Kind::Task, "Winnet1"),
        (Kind::Task, "\\Folder\\Job1"),
    ]));
    for (role, value, expected) in [
        (Role::Account, "DOMAIN\\Mallory", &["mallory"][..]),
        (Role::Account, "mallory@corp.example", &["mallory"]),
        (Role::Account, "mallory2", &[]),
        (Role::Account, "corp\\TRUDY", &["CORP\\trudy"]),
        (Role::Account, "other\\trudy", &[]),
        (Role::Account, "trudy", &["CORP\\trudy"]),
        (Role::Account, "trudy@corp.example.org", &["CORP\\trudy"]),
        (Role::Service, "MSUpdate1", &["msupdate1"]),
        (Role::Service, "msupdate12", &[]),
        (Role::Task, "\\Vendor\\Winnet1", &["Winnet1"]),
        (Role::Task, "Folder\\Job1", &["\\Folder\\Job1"]),
        (Role::Task, "\\Job1", &[]),
        (Role::Text, "mallory", &[]),
    ] {
        assert_eq!(ids(&compiled.field(role, value)), expected, "{value}");
    }
}

#[test]
fn patterns_hold_in_fields_of_their_role() {
    let compiled = compile(regexes(&[
        (Kind::CommandLine, "(?i)net1?(\\.exe)?\\s+user.*/add"),
        (Kind::UserAgent, "^python-tool/"),
        (Kind::UserAgent, "^bad client"),
        (Kind::Domain, "^[a-z]{20}\\.example$"),
        (Kind::Url, "/gate\\.php\\?id=[0-9]+$"),
    ]));
    assert_eq!(ids(&compiled.field(Role::CommandLine, "cmd /c NET  user x /add")).len(), 1);
    assert_eq!(compiled.field(Role::Text, "net user x /add"), []);
    assert_eq!(ids(&compiled.field(Role::UserAgent, "python-tool/2")), ["^python-tool/"]);
    assert_eq!(ids(&compiled.field(Role::UserAgent, "bad+client")), ["^bad client"]);
    assert_eq!(ids(&compiled.field(Role::Domain, "abcdefghijklmnopqrst.example")).len(), 1);
    assert_eq!(ids(&compiled.field(Role::Url, "http://abcdefghijklmnopqrst.example/x")).len(), 1);
    assert_eq!(ids(&compiled.field(Role::Url, "http://x.example/gate.php%3fid=7")).len(), 1);
    // URLs stand in scripts and commands too.
    for (text, holds) in [
        ("iwr 'http://abcdefghijklmnopqrst.example/x' -o y", 1),
        ("(https://x.example/gate.php?id=7)", 0),
        ("\"https://x.example/gate.php?id=7\"", 1),
        ("abcdefghijklmnopqrst.example", 0),
        ("://abcdefghijklmnopqrst.example", 0),
    ] {
        assert_eq!(ids(&compiled.field(Role::Text, text)).len(), holds, "{text}");
    }
}

#[test]
fn paths_that_ask_for_a_method_are_found_in_requests_only() {
    let asking = |syntax, value: &str| {
        let about = Arc::new(About::from_source("test"));
        let method = Some("POST".to_owned());
        let id = value.to_owned();
        Draft { id, kind: Kind::UriPath, syntax, value: value.to_owned(), except: None, method, about }.admit().unwrap()
    };
    let mut indicators = vec![asking(Syntax::Literal, "/auth/style.css"), asking(Syntax::Regex, "^/auth/[a-z]\\.js$")];
    indicators.extend(literals(&[(Kind::UriPath, "/auth/shell1.aspx")]));
    let compiled = compile(indicators);
    assert_eq!(ids(&compiled.request("post", "/Auth/style.css?x=1")), ["/auth/style.css"]);
    assert_eq!(ids(&compiled.request("POST", "/auth/%73tyle.css")), ["/auth/style.css"]);
    assert_eq!(ids(&compiled.request("POST", "/auth/y.js")), ["^/auth/[a-z]\\.js$"]);
    assert_eq!(ids(&compiled.request("GET", "/auth/shell1.aspx")), ["/auth/shell1.aspx"]);
    for path in ["/auth/style.css", "/auth/y.js"] {
        assert_eq!(compiled.request("GET", path), []);
        assert_eq!(compiled.field(Role::UriPath, path), []);
        assert_eq!(in_text(&compiled, path), []);
    }
}

#[test]
fn literals_stand_in_every_row_that_holds_and_what_has_none_is_named() {
    let mut indicators = literals(&[
        (Kind::Address, "192.0.2.7"),
        (Kind::Network, "198.51.100.0/24"),
        (Kind::UserAgent, "Mozilla/5.0+(compatible;+SomeBot/2.1)"),
        (Kind::Url, "https://evil.example/a?b=1"),
        (Kind::Account, "CORP\\mallory"),
        (Kind::Md5, "5d41402abc4b2a76b9719d911017c592"),
        (Kind::FileName, "evil1.exe"),
    ]);
    indicators.extend(regexes(&[(Kind::CommandLine, "(?i)some \"quoted\" command"), (Kind::UserAgent, "^[xyz]{7}$")]));
    let literals = compile(indicators).literals();
    let groups: Vec<Vec<String>> =
        literals.groups.iter().map(|groups| groups.iter().map(|group| group.join("|")).collect()).collect();
    let words = ["(compatible;", "mozilla/5.0", "somebot/2.1)"];
    assert_eq!(
        groups,
        [&words[..], &["192.0.2.7"], &["198.51."], &["command"], &["evil.example/a"], &["mallory"]].map(<[_]>::to_vec)
    );
    assert_eq!(literals.without, [8]);
}

/// The same boundaries, found by looking at every place for every indicator.
fn naive(indicators: &[Indicator], text: &[u8]) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    for (number, indicator) in indicators.iter().enumerate() {
        for start in 0..text.len() {
            if let Some(end) = compiled::naively(indicator, text, start) {
                found.push((number, start..end));
            }
        }
    }
    found
}

fn values() -> impl Strategy<Value = (Kind, &'static str)> {
    prop::sample::select(vec![
        (Kind::Address, "192.0.2.1"),
        (Kind::Address, "92.0.2.11"),
        (Kind::Address, "2001:db8::1"),
        (Kind::Network, "192.0.2.0/28"),
        (Kind::Network, "2001:db8::/64"),
        (Kind::Domain, "a.example"),
        (Kind::Domain, "b.a.example"),
        (Kind::Url, "http://a.example/x"),
        (Kind::Url, "http://a.example/"),
        (Kind::Url, "b.a.example/x/y/"),
        (Kind::UriPath, "/x/y"),
        (Kind::UserAgent, "bbbb, x y"),
        (Kind::Email, "x@a.example"),
        (Kind::Detection, "Xx/Yy.bb"),
        (Kind::CommandLine, "y -b x"),
        (Kind::Keyword, "xbbb"),
    ])
}

/// Text that is made of pieces of the values, so that values and near misses of them stand in it.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "192.0.2.1",
        "1",
        "2",
        ".",
        "92.0.2.1",
        "2001:db8::",
        "2001:0DB8:0::",
        ":",
        "a.example",
        "A.Example",
        "b",
        "x",
        "y",
        "/x",
        "/y",
        "/",
        "@",
        " ",
        ",",
        "+",
        "http://",
        "%2F",
        "%2e",
        "%",
        "-",
        "bbbb",
        "bbbb+x+y",
        "Xx/Yy.bb",
        "y -b x",
        "\n",
        "é",
        "[",
        "]",
        "::ffff:",
    ]);
    prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn text_finds_exactly_what_a_naive_search_finds(values in prop::collection::vec(values(), 0..10), text in texts()) {
        let indicators = literals(&values);
        let expected = naive(&indicators, text.as_bytes());
        let compiled = compile(indicators);
        let mut found = Vec::new();
        compiled.text(text.as_bytes(), &mut |hit, span| found.push((hit.number, span)));
        found.sort_by_key(|(number, span)| (*number, span.start, span.end));
        prop_assert_eq!(&found, &expected, "{}", text);
        let mut numbers: Vec<usize> = found.into_iter().map(|(number, _)| number).collect();
        numbers.dedup();
        let in_field: Vec<usize> = compiled.field(Role::Service, &text).into_iter().map(|hit| hit.number).collect();
        prop_assert_eq!(in_field, numbers);
    }

    #[test]
    fn what_text_and_fields_find_holds_a_literal(values in prop::collection::vec(values(), 1..6), text in texts()) {
        let compiled = compile(literals(&values));
        let literals = compiled.literals();
        let lower = text.to_ascii_lowercase();
        let mut found = compiled.field(Role::CommandLine, &text);
        found.retain(|hit| !literals.without.contains(&hit.number));
        let stands = |group: &Vec<String>| group.iter().any(|literal| lower.contains(literal));
        let may_hold = literals.groups.iter().any(|groups| groups.iter().all(stands));
        prop_assert!(found.is_empty() || may_hold, "{} {:?}", text, literals);
    }
}
