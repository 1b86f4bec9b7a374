//! The engine knows no product: their names stand in packs, not in code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hikeshi_testkit::files_below;

/// Words that name a product, its maker, its parts, or one emergency.
const WORDS: [&str; 32] = [
    "activesync",
    "antsword",
    "aspnet",
    "autodiscover",
    "cas",
    "cmdlet",
    "ecp",
    "ews",
    "exchange",
    "exsetup",
    "hafnium",
    "httpproxy",
    "iis",
    "inetpub",
    "mailbox",
    "mapi",
    "microsoft",
    "msexchange",
    "oab",
    "outlook",
    "owa",
    "powershell",
    "proxylogon",
    "proxynotshell",
    "proxyshell",
    "serverinfo",
    "sharepoint",
    "volexity",
    "w3svc",
    "w3wp",
    "webmail",
    "wwwroot",
];

/// Places where a name may stand, with the reason.
const ALLOWED: [(&str, &str, &str); 8] = [
    ("evidence/src/kind.rs", "const SCHEMA", "the XML namespace that every event of Windows has"),
    ("trial/src/", "", "test servers of one product by a second author; nothing that ships depends on them"),
    ("evidence/src/hive/", "Microsoft", "keys of Windows itself, by their paths"),
    ("report/words/", "kind-command-history = ", "the shell of Windows has no other name"),
    ("drill/src/event_log/template.rs", "const EVENT_NAMESPACE", "the XML namespace that every event of Windows has"),
    (
        "hikeshi/src/drill.rs",
        "default_value = \"proxylogon\"",
        "the pack that a drill is made from, where none is named",
    ),
    ("report/words/en.ftl", "kind-fixed-log = ", "a log format is named after its first writer; it has no other name"),
    ("report/words/ja.ftl", "kind-fixed-log = ", "the same in Japanese"),
];

/// Code without comments, which may cite where a format comes from, and without the tests at its foot.
fn code(text: &str) -> Vec<(usize, &str)> {
    let lines: Vec<&str> = text.lines().collect();
    let opens_tests = |at: usize| {
        lines[at].trim() == "#[cfg(test)]" && lines.get(at + 1).is_some_and(|line| line.trim_end().ends_with('{'))
    };
    let end = (0..lines.len()).find(|at| opens_tests(*at)).unwrap_or(lines.len());
    let numbered = lines[..end].iter().enumerate().map(|(at, line)| (at + 1, *line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
}

/// Files that are modules for tests only.
fn test_files(files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for (path, text) in files {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for declared in text.split("#[cfg(test)]\nmod ").skip(1) {
            if let Some((name, _)) = declared.lines().next().and_then(|line| line.split_once(';')) {
                tests.insert(format!("{folder}/{name}.rs"));
                tests.insert(format!("{}/{name}.rs", path.trim_end_matches(".rs")));
            }
        }
    }
    tests
}

#[test]
fn no_product_is_named_in_the_code() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let is_code = |path: &str| {
        path.contains("/words/") || (path.contains("/src/") && [".rs", ".ftl"].iter().any(|end| path.ends_with(end)))
    };
    let files: BTreeMap<String, String> = files_below(&crates)
        .into_iter()
        .filter(|(path, _)| is_code(path))
        .map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()))
        .collect();
    let tests = test_files(&files);
    let mut named = Vec::new();
    let mut used = vec![false; ALLOWED.len()];
    for (path, text) in files.iter().filter(|(path, _)| !tests.contains(*path)) {
        for (number, line) in code(text) {
            let lower = line.to_lowercase();
            let is_named =
                lower.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word));
            if !is_named {
                continue;
            }
            let allowed = ALLOWED.iter().position(|(place, text, _)| path.starts_with(place) && line.contains(text));
            match allowed {
                Some(at) => used[at] = true,
                None => named.push(format!("{path}:{number}: {}", line.trim())),
            }
        }
    }
    assert_eq!(named, Vec::<String>::new());
    assert!(used.iter().all(|used| *used), "an allowed place is gone: {used:?} of {ALLOWED:?}");
}
