//! One file of a quiet server at a time is damaged, disguised or cannot be read: the verdict is no longer clean, and the
//! report names that file.

use hikeshi_drill::hive;
use hikeshi_testkit::Sandbox;

use crate::kamome::{desk_log, quiet, row};
use crate::kinds::{check, paths, system_hive, tar};
use crate::mutations::zip;
use crate::postponed::unflushed;
use crate::reports::{unread, verdict};
use crate::workers::event_log;

/// That this file makes the quiet server inconclusive, and is told with this reason.
fn assert_told(host: Sandbox, path: &str, bytes: &[u8], expected: &str) -> Sandbox {
    let host = host.file(&format!("logs/{path}"), bytes);
    let report = check(&host, "");
    let told = unread(&report);
    let is_told = told.iter().any(|(_, of, reason)| of == path && reason == expected);
    assert!(is_told && verdict(&report) == "inconclusive", "{path}: {} {told:?}", verdict(&report));
    host.without(&format!("logs/{path}"))
}

fn in_front(bytes: &[u8], file: &[u8]) -> Vec<u8> {
    [bytes, file].concat()
}

#[test]
fn a_log_behind_anything_is_read_and_told() {
    let log = desk_log(&[row(0, "SELL;"), row(3, "EXPORT;all tickets")]).into_bytes();
    let random: Vec<u8> = (0..70_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let fronts: Vec<(&str, Vec<u8>)> = vec![
        ("mz", b"MZ\r\n".to_vec()),
        ("regf", [b"regf".as_slice(), &[b'A'; 30], b"\r\n"].concat()),
        ("event log", b"ElfFile\0\r\n".to_vec()),
        ("gzip", b"\x1f\x8b\x08\r\n".to_vec()),
        ("bzip2", b"BZh9\r\n".to_vec()),
        ("memory", b"PAGEDU64\r\n".to_vec()),
        ("another server's", b"192.0.2.7 - taro [03/Mar/2021:13:05:33 +0900] \"GET / HTTP/1.1\" 200 612\r\n".to_vec()),
        ("comments", b"#\r\n".repeat(300)),
        ("empty lines", b"\r\n".repeat(300)),
        ("blanks", vec![b' '; 65_536]),
        ("zeros", vec![0; 70_000]),
        ("random", [random.as_slice(), b"\r\n"].concat()),
    ];
    for (name, front) in fronts {
        let bytes = in_front(&front, &log);
        let host = quiet().file("logs/desk_9.log", &bytes).file("logs/all.zip", zip(&[("desk_8.log", &bytes)]));
        let report = check(&host, "");
        let mut found = paths(&report, "tickets-taken");
        found.sort();
        assert_eq!(found, ["all.zip!/desk_8.log", "desk_9.log"], "{name}: {:?}", unread(&report));
        let told = unread(&report);
        for path in found {
            assert!(told.iter().any(|(_, of, reason)| *of == path && reason == "not-as-named"), "{name}: {told:?}");
        }
    }
    // The mark is no part of the text, and nothing is wrong with what follows it.
    let host = quiet().file("logs/desk_9.log", in_front(b"\xff\xfe", &log));
    assert_eq!(paths(&check(&host, ""), "tickets-taken"), ["desk_9.log"]);
}

#[test]
fn a_log_of_which_nothing_is_left_is_told() {
    let mut host = quiet();
    for bytes in [vec![0; 4_096], b"MZ\x90\0".to_vec(), b" ".repeat(70_000), b"gone".to_vec()] {
        host = assert_told(host, "desk_9.log", &bytes, "not-as-named");
    }
    // A log that nothing was written to says nothing, and says so.
    assert_eq!(verdict(&check(&host.file("logs/desk_9.log", ""), "")), "clean");
}

#[test]
fn evidence_whose_name_says_what_its_beginning_does_not_is_told() {
    let mut host = quiet();
    let damaged = |mut bytes: Vec<u8>| {
        bytes[0] ^= 1;
        bytes
    };
    let log = event_log("Security", 9);
    let registry = hive::write(&system_hive(), "SYSTEM");
    let moved = |bytes: &[u8]| in_front(&[0; 512], bytes);
    for (path, bytes) in [
        ("Security.evtx", damaged(log.clone())),
        ("Security.evtx", moved(&log)),
        ("Security.evtx", Vec::new()),
        ("Security.evtx", in_front(b"MZ", &log)),
        ("config/SYSTEM", damaged(registry.clone())),
        ("SYSTEM", moved(&registry)),
        ("config/software", vec![0; 8_192]),
        ("config/SAM", Vec::new()),
        ("SECURITY", Vec::new()),
        ("config/DEFAULT", b"MZ".to_vec()),
        ("Users/taro/NTUSER.DAT", damaged(registry.clone())),
        ("Windows/System32/Tasks/Ferry", b"MZ<Task>".to_vec()),
        ("PSReadLine/ConsoleHost_history.txt", b"PK\r\nwhoami\r\n".to_vec()),
        ("PSReadLine/ConsoleHost_history.txt", b"Version=1\r\nEventType=APPCRASH\r\nwhoami\r\n".to_vec()),
        ("drivers/etc/hosts", b"MZ\r\n192.0.2.7 example.org\r\n".to_vec()),
        ("$MFT", vec![0; 4_096]),
        ("%24MFT", vec![0; 4_096]),
        ("$MFT", Vec::new()),
    ] {
        host = assert_told(host, path, &bytes, "not-as-named");
    }
    assert_eq!(verdict(&check(&host.file("logs/config/RegBack/SYSTEM", ""), "")), "clean");
}

#[test]
fn an_event_log_whose_file_header_is_damaged_is_read_all_the_same() {
    let mut log = event_log("Kamome", 9);
    log[..4_096].fill(0);
    let report = check(&quiet().file("logs/Kamome.evtx", log), "");
    let of_channel =
        report["coverage"].as_array().unwrap().iter().find(|kind| kind["kind"] == "event-log:Kamome").unwrap();
    assert_eq!(of_channel["files"], 1);
    let told = |kind: &str, reason: &str| (kind.to_owned(), "Kamome.evtx".to_owned(), reason.to_owned());
    assert_eq!(unread(&report), [told("event-log:Kamome", "altered"), told("evtx", "not-as-named")]);
}

#[test]
fn the_log_of_a_hive_without_its_hive_is_told() {
    let unflushed = unflushed();
    let host = assert_told(quiet(), "config/SYSTEM.LOG1", &unflushed.logs[0], "hive-missing");
    let both = host.file("logs/config/SYSTEM.LOG1", &unflushed.logs[0]).file("logs/config/SYSTEM", &unflushed.hive);
    assert_eq!(unread(&check(&both, "")), []);
}

#[test]
fn containers_that_are_not_opened_are_told_as_what_they_are() {
    let mut host = quiet();
    let iso = [vec![0; 0x8001], b"CD001".to_vec()].concat();
    for (path, bytes, expected) in [
        ("a.bin", b"vhdxfile".as_slice(), "not-read-yet"),
        ("a.bin", b"conectix", "not-read-yet"),
        ("fixed.vhd", &[0; 512], "not-read-yet"),
        ("a.bin", b"EVF\x09\x0d\x0a\xff\0", "not-read-yet"),
        ("a.bin", b"EVF2\x0d\x0a\x81\0", "not-read-yet"),
        ("a.bin", b"ADSEGMENTEDFILE\0", "not-read-yet"),
        ("a.bin", b"KDMV\x01", "not-read-yet"),
        ("flat.vmdk", &[0; 512], "not-read-yet"),
        ("a.bin", b"QFI\xfb", "not-read-yet"),
        ("a.bin", &iso, "not-read-yet"),
        ("a.bin", b"MSWIM\0\0\0", "method-unsupported"),
        ("a.bin", b"LZIP\x01", "method-unsupported"),
        ("a.bin", b"\x1f\x9d\x90", "method-unsupported"),
        ("a.bin", b"\x5d\0\0\x80\0", "method-unsupported"),
        ("logs.lzma", b"\x5d\0\0\x40\0", "not-as-named"),
        ("logs.zlib", b"\x78\x9c", "not-as-named"),
        ("all.z01", &[1; 99], "not-as-named"),
        ("all.7z.002", &[1; 99], "not-as-named"),
        ("all.7z.001", b"7z\xbc\xaf\x27\x1c\0\x04", "malformed"),
        ("all.part2.rar", b"Rar!\x1a\x07\x01\0", "method-unsupported"),
        ("all.7z", b"MZ and 7z\xbc\xaf\x27\x1c", "not-as-named"),
        ("EX01.raw", &[0; 512], "not-read-yet"),
        ("EX01.mem", &[0; 512], "not-read-yet"),
        ("EX01.vmem", &[0; 512], "not-read-yet"),
        ("a.bin", b"EMiL\x01\0\0\0", "not-read-yet"),
    ] {
        host = assert_told(host, path, bytes, expected);
    }
    let zeros = in_front(&[0; 512], &tar(&[("desk_1.log", b"x")]));
    assert_told(host, "all.tar", &zeros, "not-as-named");
}

#[test]
fn what_every_disk_keeps_packed_or_paged_does_not_forbid_clean() {
    let mut host = quiet();
    for path in ["hiberfil.sys", "C/pagefile.sys", "C/Windows/System32/Recovery/x.vhd"] {
        host = host.file(&format!("logs/{path}"), [0; 512]);
    }
    let report = check(&host.file("logs/C/Windows/Installer/x.rar", b"Rar!\x1a\x07\x01\0"), "");
    assert_eq!((unread(&report), verdict(&report)), (Vec::new(), "clean".to_owned()));
}

#[test]
fn a_zip_archive_behind_something_else_is_read_and_told() {
    let log = desk_log(&[row(0, "SELL;"), row(3, "EXPORT;all tickets")]);
    let archive = zip(&[("desk_1.log", log.as_bytes())]);
    for front in [b"??".as_slice(), b"MZ\x90\0 a stub that unpacks itself"] {
        let report = check(&quiet().file("logs/all.zip", in_front(front, &archive)), "");
        assert_eq!(paths(&report, "tickets-taken"), ["all.zip!/desk_1.log"]);
        let told = unread(&report);
        assert!(told.iter().any(|(_, path, reason)| path == "all.zip" && reason == "not-as-named"), "{told:?}");
    }
}

/// An entry of a change journal (USN_RECORD_V2).
fn journal_entry(name: &str) -> Vec<u8> {
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = (60 + units.len()).next_multiple_of(8);
    let mut entry = Vec::new();
    entry.extend((length as u32).to_le_bytes());
    entry.extend([2, 0, 0, 0]);
    // The file, its folder, the entry's own number, its time.
    entry.extend([77_u64, 5, 4_096, 132_600_000_000_000_000].into_iter().flat_map(u64::to_le_bytes));
    // Created; no source, security or attributes.
    entry.extend([0x100_u32, 0, 0, 0x20].into_iter().flat_map(u32::to_le_bytes));
    entry.extend([units.len() as u16, 60].into_iter().flat_map(u16::to_le_bytes));
    entry.extend(units);
    entry.resize(length, 0);
    entry
}

/// Reading all of it would take minutes.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_nearly_all_hole_is_told_and_a_journal_behind_one_is_read() {
    use std::io::{Seek, SeekFrom, Write};
    const HOLE: u64 = 1 << 40;
    let host = quiet().file("logs/a.log", "").file("logs/$J", "");
    let behind = |path: &str, bytes: &[u8]| {
        let mut file = std::fs::File::options().write(true).open(host.path(path)).unwrap();
        file.seek(SeekFrom::Start(HOLE)).unwrap();
        file.write_all(bytes).unwrap();
    };
    behind("logs/a.log", b"x");
    behind("logs/$J", &journal_entry("odd.bin"));
    let rule = "title: t\nlogsource: {product: windows, category: file_change}\n\
                detection: {s: {Name: odd.bin}, condition: s}\nlevel: low\n";
    let host = host.file("own/odd-change.yml", rule);
    let report = check(&host, "--rules own");
    let told: Vec<_> = unread(&report).into_iter().map(|(_, path, reason)| (path, reason)).collect();
    assert_eq!(told, [("a.log".to_owned(), "too-large".to_owned())]);
    assert_eq!(paths(&report, "odd-change"), ["$J"]);
}
