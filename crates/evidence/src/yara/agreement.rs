//! The same rules hold for the same files as with the program `yara`, where that is installed (Debian: `yara`).

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::look::{Subject, look};

/// A rule for each part of the language that rule sets use.
pub(super) const RULES: &str = r#"
import "pe"
import "hash"
import "math"

rule text { strings: $a = "timetable" condition: $a }
rule text_any_case_wide { strings: $a = "TimeTable" nocase wide ascii fullword condition: $a }
rule text_xor { strings: $a = "departure" xor(1-255) condition: $a }
rule text_base64 { strings: $a = "harbour master" base64 condition: $a }
rule hex_with_jumps { strings: $a = { 66 65 [1-4] 72 ?9 ( 20 | 2E ) } condition: $a }
rule expression { strings: $a = /fer{2}(y|ies)\s+\d{2,4}\b/i condition: $a }
rule expression_wide { strings: $a = /fer{2}y \d+/ wide condition: $a }
rule begins_like_a_program { condition: uint16(0) == 0x5A4D and uint32(uint32(0x3C)) == 0x00004550 }
rule small { condition: filesize < 100 }
rule counted { strings: $a = "ab" $b = "b" condition: #a >= 3 and #b in (0..10) > 1 and !a[1] == 2 }
rule placed { strings: $a = "MZ" condition: $a at 0 }
rule near_the_end { strings: $a = "master" condition: $a in (filesize-1000..filesize) }
rule some_of { strings: $x1 = "ferry" $x2 = "harbour" $y = "timetable" condition: 1 of ($x*) and not $y }
rule for_each { strings: $a = "a" condition: for any i in (1..#a) : ( uint8(@a[i] + 1) == 0x62 ) }
rule for_strings { strings: $a = "ferry" $b = "FERRY" condition: for all of them : ( # > 0 ) }
rule version { condition: pe.version_info["CompanyName"] contains "Kamome" and pe.timestamp == 1600000000 }
rule sections { condition: for any section in pe.sections : ( section.name == ".rsrc" ) }
rule hashed { condition: hash.md5(0, filesize) == "900150983cd24fb0d6963f7d28e17f72" }
rule noisy { condition: math.entropy(0, filesize) >= 6.5 }
rule disguised { strings: $a = "<?php" condition: $a and extension == ".jpg" }
rule named { condition: filename matches /^ferry.*\.exe$/ and filetype == "EXE" }
private rule hidden { condition: filesize > 0 }
rule leans_on_another { condition: hidden and not small }
"#;

fn files() -> Vec<(String, Vec<u8>)> {
    let xor = |text: &str, key: u8| text.bytes().map(|byte| byte ^ key).collect::<Vec<_>>();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let mut state = 1_u32;
    let noise: Vec<u8> = (0..4_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    let program = super::tests::practice_program();
    let texts = [
        "",
        "abc",
        "timetable",
        "TIMETABLE.",
        "xtimetablex",
        "ferry 12",
        "Ferries  1234 go",
        "ferry 12345",
        "ababab",
        "abbb ab ab",
        "harbour master",
        "feXXrY. feXrI ferry",
        "ferry FERRY",
        "aGFyYm91ciBtYXN0ZXI=",
        "a b ab",
        "<?php echo 1; ?>",
    ];
    let mut files: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| (format!("text{number}.txt"), text.as_bytes().to_vec()))
        .collect();
    let padded = format!("{}harbour master{}", "x".repeat(3_000), "y".repeat(1_500));
    files.extend([
        ("photo.jpg".to_owned(), b"\xff\xd8\xff\xe0<?php echo 1; ?>".to_vec()),
        ("ferry-1.exe".to_owned(), program.clone()),
        ("other.exe".to_owned(), program[..700].to_vec()),
        ("ferry.exe.txt".to_owned(), [program.as_slice(), b"ferry timetable"].concat()),
        ("wide.txt".to_owned(), wide("the timetable of ferry 42 ")),
        ("xored.bin".to_owned(), xor("no departure today", 0x5a)),
        ("noise.bin".to_owned(), noise),
        ("padded.txt".to_owned(), padded.into_bytes()),
        ("mz.txt".to_owned(), b"MZ is no program".to_vec()),
    ]);
    files
}

#[expect(clippy::disallowed_methods, reason = "a test that compares with another program")]
fn reference(rules: &Path, path: &Path, externals: &Externals) -> Option<BTreeSet<String>> {
    let mut command = std::process::Command::new("yara");
    command.arg("--no-warnings");
    for (name, value) in externals.values() {
        command.arg("-d").arg(format!("{name}={value}"));
    }
    let output = command.arg(rules).arg(path).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect())
}

#[test]
fn the_same_rules_hold_as_with_yara() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yar");
    fs_err::write(&path, RULES).unwrap();
    let (rules, skipped) = load(folder.path());
    assert_eq!(skipped, []);
    let mut held = BTreeSet::new();
    for (name, bytes) in files() {
        let file = folder.path().join(&name);
        fs_err::write(&file, &bytes).unwrap();
        let subject = Subject { path: &name, size: bytes.len() as u64, ..Subject::default() };
        let externals = Externals::new(&subject, &look(&subject, &bytes), &bytes);
        let scanned = rules.scan(&bytes, &externals, Duration::from_secs(600));
        assert_eq!(scanned.missed, []);
        let ours: BTreeSet<_> = scanned.matches.into_iter().map(|found| found.rule).collect();
        match reference(&path, &file, &externals) {
            Some(expected) => assert_eq!(ours, expected, "{name}"),
            None => eprintln!("SKIPPED: `yara` is not installed, so {name} was not compared"),
        }
        held.extend(ours);
    }
    // Every rule but the private one holds for some file, so that the comparison says something about each.
    assert_eq!(held.len() + 1, rules.count());
}
