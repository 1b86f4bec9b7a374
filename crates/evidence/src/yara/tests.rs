use std::time::Duration;

use hikeshi_drill::portable as practice;
use proptest::prelude::*;

use super::*;
use crate::look::{Subject, look};

pub(super) const TIME: Duration = Duration::from_secs(600);

/// A folder of rule files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = folder.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn load(&self) -> (Rules, Vec<Skipped>) {
        load(self.path())
    }

    /// The rules, all of which must compile.
    fn rules(&self) -> Rules {
        let (rules, skipped) = self.load();
        assert_eq!(skipped, []);
        rules
    }
}

pub(super) fn rules(text: &str) -> Rules {
    Folder::new(&[("a.yar", text)]).rules()
}

#[test]
fn text_in_utf_16_and_utf_32_is_scanned_as_servers_read_it() {
    let rules = rules("rule page { strings: $a = \"eval(Request\" nocase condition: $a }");
    let text = "<%@ Page Language=\"Jscript\"%>\r\n<%EVAL(Request.Item[\"inert\"])%>\r\n";
    let units = |mark: bool| mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    let letters = || std::iter::once('\u{feff}').chain(text.chars()).map(u32::from);
    let files: [Vec<u8>; 6] = [
        text.bytes().collect(),
        units(true).flat_map(u16::to_le_bytes).collect(),
        units(true).flat_map(u16::to_be_bytes).collect(),
        units(false).flat_map(u16::to_le_bytes).collect(),
        letters().flat_map(u32::to_le_bytes).collect(),
        letters().flat_map(u32::to_be_bytes).collect(),
    ];
    for bytes in files {
        let scanned = rules.scan_file(&bytes, &Externals::default(), Duration::from_secs(60));
        let found: Vec<_> = scanned.matches.iter().map(|found| found.rule.as_str()).collect();
        assert_eq!(found, ["page"], "{:?}", &bytes[..8]);
    }
}

pub(super) fn names(rules: &Rules, bytes: &[u8]) -> Vec<String> {
    let scanned = rules.scan(bytes, &Externals::default(), TIME);
    assert_eq!(scanned.missed, []);
    scanned.matches.into_iter().map(|found| format!("{}:{}", found.file, found.rule)).collect()
}

#[test]
fn a_match_tells_the_rule_what_it_states_and_where_its_strings_stand() {
    let rules = rules(
        r#"rule ferry : harbour night {
            meta:
                author = "Kamome"
                score = 80
                tested = true
            strings:
                $name = "timetable"
                $ = /x{70}/
            condition: any of them
        }"#,
    );
    let text = format!("a timetable, {}", "x".repeat(70));
    let scanned = rules.scan(text.as_bytes(), &Externals::default(), TIME);
    let [found] = scanned.matches.as_slice() else { panic!("{scanned:?}") };
    assert_eq!((found.rule.as_str(), found.file.as_str()), ("ferry", "a.yar"));
    assert_eq!(found.tags, ["harbour", "night"]);
    assert_eq!(found.meta("AUTHOR"), Some("Kamome"));
    assert_eq!((found.meta("score"), found.meta("tested")), (Some("80"), Some("true")));
    let [name, unnamed] = found.strings.as_slice() else { panic!("{found:?}") };
    assert_eq!((name.identifier.as_str(), name.offset, name.length), ("name", 2, 9));
    assert_eq!(name.bytes, b"timetable");
    assert_eq!((unnamed.identifier.as_str(), unnamed.length, unnamed.bytes.len()), ("", 70, SHOWN_BYTES));
    assert_eq!(found.strings_more, 0);
}

#[test]
fn a_file_with_a_fault_costs_no_other_file_and_keeps_the_rules_above_it() {
    let folder = Folder::new(&[
        ("bad/parse.yar", "rule a { condition: true }\n\nrule b { condition }\n"),
        ("bad/compile.yara", "rule a { condition: true }\nrule b {\n condition: nowhere }\nrule c { condition: true }"),
        ("good.rule", "rule a { condition: true }"),
        ("notes.txt", "rule z { condition: true }"),
    ]);
    let (rules, skipped) = folder.load();
    assert_eq!(names(&rules, b""), ["bad/compile.yara:a", "good.rule:a"]);
    let told: Vec<_> = skipped.iter().map(|one| (one.file.as_str(), one.line, one.rules_kept)).collect();
    assert_eq!(told, [("bad/compile.yara", Some(3), 1), ("bad/parse.yar", Some(3), 0)]);
    assert!(skipped[0].reason.contains("unknown"), "{}", skipped[0].reason);
}

#[test]
fn files_that_cannot_be_read_as_rules_are_told() {
    let folder = Folder::new(&[("a.yar", "\u{feff}rule a { condition: true }")]);
    fs_err::write(folder.path().join("latin.yar"), b"// caf\xe9").unwrap();
    let (rules, skipped) = folder.load();
    assert_eq!(names(&rules, b""), ["a.yar:a"]);
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].reason.contains("UTF-8"), "{}", skipped[0].reason);
    let (rules, skipped) = load(&folder.path().join("absent"));
    assert_eq!((rules.count(), skipped.len()), (0, 1));
}

#[test]
fn files_include_files_of_the_folder_by_paths_relative_to_themselves() {
    let folder = Folder::new(&[
        ("a.yar", "include \"parts/one.inc\"\ninclude \"./parts/two.inc\"\nrule a { condition: one and two and deep }"),
        ("parts/one.inc", "include \"below/deep.inc\"\nrule one { condition: deep }"),
        ("parts/below/deep.inc", "private rule deep { condition: filesize >= 0 }"),
        ("parts/two.inc", "rule two { condition: true }"),
    ]);
    let rules = folder.rules();
    assert_eq!(names(&rules, b""), ["a.yar:one", "a.yar:two", "a.yar:a"]);
    let bytes = rules.to_bytes();
    drop(folder);
    assert_eq!(names(&Rules::from_bytes(&bytes).unwrap(), b""), ["a.yar:one", "a.yar:two", "a.yar:a"]);
}

#[test]
fn files_include_nothing_outside_the_folder_and_not_themselves() {
    let outside = Folder::new(&[("secret.inc", "rule secret { condition: true }")]);
    let absolute = format!("include \"{}\"", outside.path().join("secret.inc").display());
    let folder = Folder::new(&[
        ("absolute.yar", &absolute),
        ("above.yar", "include \"../secret.inc\""),
        ("absent.yar", "\n\ninclude \"absent.inc\""),
        ("self.yar", "include \"self.yar\""),
        ("fault.yar", "rule above { condition: true }\ninclude \"fault.inc\""),
        ("fault.inc", "\n\nrule x { condition: nowhere }"),
    ]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path().join("secret.inc"), folder.path().join("link.inc")).unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("linked")).unwrap();
        fs_err::write(folder.path().join("through.yar"), "include \"link.inc\"").unwrap();
    }
    let (rules, skipped) = folder.load();
    assert_eq!(names(&rules, b""), ["fault.yar:above"]);
    let line = |file: &str| skipped.iter().find(|one| one.file == file).unwrap_or_else(|| panic!("{file}")).line;
    assert_eq!((line("absolute.yar"), line("above.yar"), line("absent.yar")), (Some(1), Some(1), Some(3)));
    assert_eq!(line("self.yar"), Some(1));
    let fault = skipped.iter().find(|one| one.file == "fault.yar").unwrap();
    assert_eq!((fault.line, fault.rules_kept), (Some(3), 1));
    assert!(fault.reason.contains("fault.inc"), "{}", fault.reason);
    #[cfg(unix)]
    {
        assert_eq!(line("through.yar"), Some(1));
        assert_eq!(line("linked"), None);
    }
}

#[test]
fn rules_pass_to_another_process_whole_however_many_there_are() {
    use std::fmt::Write;

    let text = (0..1_100).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "rule r{number} {{ strings: $a = \"s{number}!\" condition: $a }}");
        text
    });
    let rules = rules(&text);
    let copy = Rules::from_bytes(&rules.to_bytes()).unwrap();
    assert_eq!((rules.count(), copy.count()), (1_100, 1_100));
    assert_eq!(names(&copy, b"s3! s1099!"), ["a.yar:r3", "a.yar:r1099"]);
}

#[test]
fn bytes_that_are_no_rules_are_refused() {
    for bytes in [b"".as_slice(), b"x", &[0xff; 64], &[0; 64]] {
        assert!(Rules::from_bytes(bytes).is_err());
    }
    let mut bytes = rules("rule a { condition: true }").to_bytes();
    bytes[3] ^= 1;
    assert!(Rules::from_bytes(&bytes).is_err());
}

#[test]
fn private_rules_are_not_told_and_global_ones_bind_their_own_file() {
    let folder = Folder::new(&[
        ("a.yar", "private rule hidden { condition: true } rule seen { condition: hidden }"),
        ("b.yar", "global rule small { condition: filesize < 4 } rule any { condition: true }"),
        ("c.yar", "private global rule small { condition: filesize < 4 } rule any { condition: true }"),
    ]);
    let rules = folder.rules();
    assert_eq!(names(&rules, b"abc"), ["b.yar:small", "a.yar:seen", "b.yar:any", "c.yar:any"]);
    assert_eq!(names(&rules, b"abcd"), ["a.yar:seen"]);
}

#[test]
fn what_exceeds_a_cap_is_counted() {
    let many = (0..600).map(|number| format!("rule r{number} {{ condition: true }}\n")).collect::<String>();
    let scanned = rules(&many).scan(b"", &Externals::default(), TIME);
    assert_eq!(scanned.matches.len(), MATCHES_CAP);
    assert_eq!((scanned.missed[0].reason, scanned.missed[0].count), (Gap::ValueCut, 600 - MATCHES_CAP as u64));

    let text = "ab".repeat(OCCURRENCES_CAP as usize + 10);
    let scanned =
        rules("rule a { strings: $a = \"ab\" condition: $a }").scan(text.as_bytes(), &Externals::default(), TIME);
    assert_eq!(scanned.matches[0].strings.len(), SHOWN_PER_STRING);
    assert_eq!(scanned.matches[0].strings_more, u64::from(OCCURRENCES_CAP) - SHOWN_PER_STRING as u64);
    assert_eq!((scanned.missed[0].reason, scanned.missed[0].count), (Gap::ValueCut, 1));
}

#[test]
fn a_scan_that_takes_too_long_is_broken_off_and_told() {
    let text = "ab".repeat(100_000);
    let scanned = rules("rule a { strings: $a = \"ab\" condition: #a > 3 }").scan(
        text.as_bytes(),
        &Externals::default(),
        Duration::ZERO,
    );
    assert!(scanned.missed.iter().any(|missed| missed.reason == Gap::OverTime), "{scanned:?}");
}

#[test]
fn rules_read_the_version_of_an_executable() {
    let program = practice::write(&practice::Version {
        form: practice::Form::Library,
        file: [15, 1, 2106, 13],
        product: [15, 1, 0, 0],
        texts: vec![("CompanyName".to_owned(), "Kamome".to_owned())],
        compiled: hikeshi_core::time::Timestamp::from_micros(1_600_000_000_000_000),
    });
    let rules = rules(
        "import \"pe\"\nrule a { condition: pe.is_pe and pe.is_dll() and pe.timestamp == 1600000000 and \
         pe.version_info[\"CompanyName\"] == \"Kamome\" and pe.number_of_sections == 2 }",
    );
    assert_eq!(names(&rules, &program), ["a.yar:a"]);
}

#[test]
fn rules_see_what_is_known_of_the_file_besides_its_content() {
    let rules = rules(
        r#"rule a { condition: filename == "Photo.JPG" and filepath == "C:\\web\\images" and extension == ".jpg"
            and filetype == "PHP" and md5 == "4ec84b20cbc59d54f6a86c20aeb4fa06" and owner == "" }"#,
    );
    let bytes = b"<?php ferry(); ?>";
    let subject = Subject { disk_path: Some("C:\\web\\images\\Photo.JPG"), size: 17, ..Subject::default() };
    let mut externals = Externals::new(&subject, &look(&subject, bytes), bytes);
    assert_eq!(externals.md5, crate::look::Hashes::of(bytes).md5());
    "4ec84b20cbc59d54f6a86c20aeb4fa06".clone_into(&mut externals.md5);
    assert_eq!(rules.scan(bytes, &externals, TIME).matches.len(), 1);
    assert_eq!(rules.scan(bytes, &Externals::default(), TIME).matches.len(), 0);
}

#[test]
fn the_type_of_a_file_has_the_word_that_rules_expect() {
    for (path, bytes, expected) in [
        ("a.exe", practice_program().as_slice(), "EXE"),
        ("a.gif", b"GIF89a\0\0", "GIF"),
        ("a.txt", b"%PDF-1.4", "PDF"),
        ("a.jpg", b"<%@ Page Language=\"C#\" %>", "ASP"),
        ("a.zip", b"PK\x03\x04\x14\0\0\0", "ZIP"),
        ("a.bat", b"@echo off", "BATCH"),
        ("a.dmp", b"MDMP\x93\xa7\0\0", "MDMP"),
        ("a.txt", b"words", "UNKNOWN"),
    ] {
        let subject = Subject { path, size: bytes.len() as u64, ..Subject::default() };
        assert_eq!(Externals::new(&subject, &look(&subject, bytes), bytes).filetype, expected, "{path}");
    }
}

pub(super) fn practice_program() -> Vec<u8> {
    practice::write(&practice::Version {
        form: practice::Form::Program,
        file: [1, 2, 3, 4],
        product: [1, 2, 0, 0],
        texts: vec![("CompanyName".to_owned(), "Kamome".to_owned())],
        compiled: hikeshi_core::time::Timestamp::from_micros(1_600_000_000_000_000),
    })
}

proptest! {
    #[test]
    fn any_content_is_scanned_within_the_caps(
        changes in prop::collection::vec((0..2048_usize, any::<u8>()), 0..24),
        noise in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        static RULES: std::sync::LazyLock<Rules> = std::sync::LazyLock::new(|| rules(super::agreement::RULES));
        let mut program = practice_program();
        for (at, byte) in changes {
            if let Some(place) = program.get_mut(at) {
                *place = byte;
            }
        }
        for bytes in [program, noise] {
            let scanned = RULES.scan(&bytes, &Externals::default(), TIME);
            for found in &scanned.matches {
                prop_assert!(found.strings.len() <= SHOWN_PER_RULE);
                prop_assert!(found.strings.iter().all(|one| one.bytes.len() <= SHOWN_BYTES));
            }
        }
    }
}
