//! Zip archives whose structure lies.

use super::*;

/// Where the directory begins.
fn directory_at(archive: &[u8]) -> usize {
    memchr::memmem::find(archive, b"PK\x01\x02").expect("a directory")
}

/// Where the record at the end begins.
fn end_at(archive: &[u8]) -> usize {
    memchr::memmem::rfind(archive, b"PK\x05\x06").expect("an end")
}

fn put32(archive: &mut [u8], at: usize, number: u32) {
    archive[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

fn put16(archive: &mut [u8], at: usize, number: u16) {
    archive[at..at + 2].copy_from_slice(&number.to_le_bytes());
}

#[test]
fn overlapping_members_are_refused_and_told() {
    // The first member's content is made to reach over the second member, header and all.
    let mut archive = zip_of(&[("a.log", b"aaaaa"), ("b.log", b"bbbbb")], stored());
    let directory = directory_at(&archive);
    let reach = 5 + (30 + 5 + 5);
    for at in [18, 22] {
        put32(&mut archive, at, reach);
    }
    for at in [20, 24] {
        put32(&mut archive, directory + at, reach);
    }
    let taken = take(&archive);
    assert_eq!(taken.content("a.log").len(), reach as usize);
    assert_eq!(taken.why("b.log").map(|(reason, _)| reason), Some(Gap::Malformed));
    assert!(taken.content("b.log").is_empty(), "not one byte comes out twice");
}

#[test]
fn entries_that_share_their_content_give_it_once() {
    // A thousand entries for one content: the kernel of a bomb.
    let content = log(1_000);
    let archive = zip_of(&[("a.log", &content)], deflated());
    let (directory, end) = (directory_at(&archive), end_at(&archive));
    let entry = archive[directory..end].to_vec();
    let mut bomb = archive[..directory].to_vec();
    for _ in 0..1_000 {
        bomb.extend_from_slice(&entry);
    }
    let mut record = archive[end..].to_vec();
    for at in [8, 10] {
        put16(&mut record, at, 1_000);
    }
    put32(&mut record, 12, entry.len() as u32 * 1_000);
    bomb.extend_from_slice(&record);
    let taken = take(&bomb);
    assert_eq!(taken.total, content.len() as u64);
    assert_eq!(taken.members.len(), 1_000);
    assert_eq!(taken.members.iter().filter(|got| got.missed.is_some()).count(), 999);
    assert_eq!(taken.members.last().map(|got| got.member.shown()).as_deref(), Some("a.log#1000"));
}

#[test]
fn sizes_that_lie_are_measured_and_told() {
    let content = log(2_000);
    for claimed in [1, content.len() as u32 + 1, u32::MAX - 1] {
        let mut archive = zip_of(&[("a.log", &content), ("b.log", b"bbbbb")], deflated());
        let directory = directory_at(&archive);
        put32(&mut archive, 22, claimed);
        put32(&mut archive, directory + 24, claimed);
        let taken = take(&archive);
        assert_eq!(taken.content("a.log"), content, "claimed {claimed}");
        assert_eq!(taken.got("a.log").member.bytes, Some(u64::from(claimed)));
        assert_eq!(taken.why("a.log").map(|(reason, _)| reason), Some(Gap::Malformed));
        assert!(taken.content("b.log") == b"bbbbb" && taken.why("b.log").is_none());
    }
}

#[test]
fn a_packed_size_beyond_the_archive_reads_what_is_there() {
    let content = log(2_000);
    let mut archive = zip_of(&[("a.log", &content)], deflated());
    let directory = directory_at(&archive);
    put32(&mut archive, directory + 20, u32::MAX - 1);
    let taken = take(&archive);
    assert!(taken.members.iter().all(|got| got.missed.is_some()));
    assert!(taken.members.iter().any(|got| got.content == content), "found by its own header");
}

#[test]
fn both_members_of_a_name_are_read() {
    let mut archive = zip_of(&[("a.log", b"first"), ("b.log", b"second")], stored());
    assert_eq!(replace(&mut archive, b"b.log", b"a.log"), 2);
    let taken = take(&archive);
    assert!(taken.tells_of_nothing());
    assert_eq!((taken.content("a.log"), taken.content("a.log#2")), (b"first".as_slice(), b"second".as_slice()));
    assert!(taken.members.iter().all(|got| got.member.path == "a.log"), "a mark is no part of the name");
}

#[test]
fn links_and_folders_are_no_files() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory("folder/", stored()).unwrap();
    writer.add_symlink("folder/link.log", "../../etc/passwd", stored()).unwrap();
    writer.start_file("folder/a.log", stored()).unwrap();
    writer.write_all(b"aaaaa").unwrap();
    let taken = take(&writer.finish().unwrap().into_inner());
    assert_eq!(taken.paths(), ["folder/link.log", "folder/a.log"]);
    assert_eq!(taken.why("folder/link.log").map(|(reason, _)| reason), Some(Gap::LinkNotFollowed));
    assert!(taken.content("folder/link.log").is_empty() && taken.content("folder/a.log") == b"aaaaa");
}

#[test]
fn a_folder_that_holds_something_is_a_file() {
    let mut archive = zip_of(&[("hidden_", b"content")], stored());
    assert_eq!(replace(&mut archive, b"hidden_", b"hidden/"), 2);
    assert_eq!(take(&archive).content("hidden"), b"content");
}

#[test]
fn a_cut_archive_gives_what_is_there_and_is_told() {
    let content = log(3_000);
    let files: [(&str, &[u8]); 3] = [("a.log", &content), ("b.log", b"bbbbb"), ("c.log", &content)];
    for options in [stored(), deflated()] {
        let archive = zip_of(&files, options);
        for keep in (40..archive.len()).step_by(997).chain([directory_at(&archive), archive.len() - 1]) {
            let taken = take(&archive[..keep]);
            assert!(!taken.missed.is_empty(), "{keep} bytes kept");
            for got in &taken.members {
                let original = files.iter().find(|(name, _)| *name == got.member.path).expect("no other names").1;
                assert!(original.starts_with(&got.content), "{keep} bytes kept");
                assert!(got.missed.is_some() || got.content == original, "{keep} bytes kept");
            }
        }
        let taken = take(&archive[..directory_at(&archive)]);
        assert_eq!(taken.members.len(), 3, "all members are there without the directory");
        assert!(taken.members.iter().all(|got| got.missed.is_none()));
    }
}

#[test]
fn members_without_known_sizes_are_found_without_the_directory() {
    for (options, signed) in [(stored(), true), (deflated(), true), (stored(), false), (deflated(), false)] {
        let inner = zip_of(&[("inner.txt", b"inner")], stored());
        let mut writer = zip::ZipWriter::new_stream(Vec::new());
        for (name, content) in [("a.log", log(500)), ("b.zip", inner.clone()), ("c.log", log(3))] {
            writer.start_file(name, options).unwrap();
            writer.write_all(&content).unwrap();
        }
        let mut archive = writer.finish().unwrap().into_inner();
        assert!(take(&archive).tells_of_nothing());
        if !signed {
            // The signature of the descriptor is optional.
            while let Some(at) = memchr::memmem::find(&archive, b"PK\x07\x08") {
                archive.drain(at..at + 4);
            }
        }
        archive.truncate(directory_at(&archive[..]));
        // Of what is stored with an archive in it, only the last directory is the archive's own.
        let own = memchr::memmem::rfind(&archive, b"PK\x07\x08").map_or(archive.len(), |at| at + 16);
        let cut = if signed { &archive[..own] } else { &archive[..] };
        let taken = take(cut);
        assert_eq!(taken.reasons(), [Gap::Malformed]);
        assert!(taken.content("a.log") == log(500), "signed {signed}");
    }
}

#[test]
fn a_member_that_the_directory_hides_is_read_and_told() {
    let hidden = zip_of(&[("hidden.log", b"hidden")], stored());
    let shown = zip_of(&[("shown.log", b"shown")], stored());
    let archive = [&hidden[..directory_at(&hidden)], &shown].concat();
    let taken = take(&archive);
    assert_eq!(taken.paths(), ["shown.log", "hidden.log"]);
    assert_eq!(taken.content("hidden.log"), b"hidden");
    assert_eq!(taken.why("hidden.log").map(|(reason, _)| reason), Some(Gap::Malformed));
    assert_eq!(taken.why("shown.log"), None);
    assert_eq!(taken.reasons(), [Gap::Malformed]);
}

#[test]
fn what_stands_before_and_behind_the_archive_does_not_matter() {
    let content = log(100);
    for options in [stored(), deflated().large_file(true)] {
        let archive = zip_of(&[("a.log", &content)], options);
        for prefix in [b"MZ".repeat(40_000), b"PK\x03\x04 is no header\n".repeat(3)] {
            let taken = take(&[&prefix, archive.as_slice(), b"behind"].concat());
            assert!(taken.tells_of_nothing(), "{:?}", taken.missed);
            assert_eq!(taken.content("a.log"), content);
        }
    }
}

#[test]
fn counts_and_places_of_the_wide_record_are_not_believed() {
    let mut archive = zip_of(&[("a.log", b"aaaaa"), ("b.log", b"bbbbb")], stored());
    let at = end_at(&archive);
    let size = (at - directory_at(&archive)) as u64;
    for (count, size, offset) in
        [(u64::MAX, size, directory_at(&archive) as u64), (2, u64::MAX, u64::MAX), (u64::MAX / 46, u64::MAX / 2, 0)]
    {
        let mut wide = b"PK\x06\x06".to_vec();
        wide.extend_from_slice(&44_u64.to_le_bytes());
        wide.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for number in [count, count, size, offset] {
            wide.extend_from_slice(&number.to_le_bytes());
        }
        wide.extend_from_slice(b"PK\x06\x07\0\0\0\0");
        wide.extend_from_slice(&(at as u64).to_le_bytes());
        wide.extend_from_slice(&[1, 0, 0, 0]);
        let lying = [&archive[..at], &wide, &archive[at..]].concat();
        let taken = take(&lying);
        assert_eq!(taken.content("a.log"), b"aaaaa");
        assert_eq!(taken.content("b.log"), b"bbbbb");
        // Where the record leads nowhere, the old one beside it still holds.
        assert!(
            size > u64::from(u32::MAX) || taken.reasons() == [Gap::Malformed],
            "count {count} size {size} offset {offset}"
        );
    }
    put16(&mut archive, at + 8, 3);
    put16(&mut archive, at + 10, 3);
    assert_eq!(take(&archive).reasons(), [Gap::Malformed]);
}

#[test]
fn a_damaged_entry_of_the_directory_costs_no_member() {
    let mut archive = zip_of(&[("a.log", b"aaaaa"), ("b.log", b"bbbbb"), ("c.log", b"ccccc")], stored());
    let second = memchr::memmem::find_iter(&archive, b"PK\x01\x02").nth(1).unwrap();
    archive[second] = b'?';
    let taken = take(&archive);
    assert_eq!(taken.paths(), ["a.log", "b.log", "c.log"]);
    assert!(taken.members.iter().all(|got| got.content.len() == 5));
    assert_eq!(taken.reasons(), [Gap::Malformed, Gap::Malformed]);
}

#[test]
fn headers_that_differ_are_told() {
    let mut archive = zip_of(&[("a.log", b"aaaaa")], stored());
    archive[30] = b'x';
    let taken = take(&archive);
    assert_eq!(taken.content("a.log"), b"aaaaa");
    assert_eq!(taken.why("a.log").map(|(reason, _)| reason), Some(Gap::Malformed));
}

#[test]
fn names_in_shift_jis_without_a_mark_are_read() {
    let mut archive = zip_of(&[("______.log", b"aaaaa")], stored());
    assert_eq!(replace(&mut archive, b"______", b"\x89\xce\x8f\xc1\x82\xb5"), 2);
    let taken = take(&archive);
    assert!(taken.tells_of_nothing());
    assert_eq!(taken.paths(), ["火消し.log"]);
    assert_eq!(take(&zip_of(&[("火消し.log", b"aaaaa")], stored())).paths(), ["火消し.log"]);
}

#[test]
fn one_part_of_a_split_archive_is_told() {
    let mut archive = zip_of(&[("a.log", b"aaaaa")], stored());
    let at = end_at(&archive);
    put16(&mut archive, at + 4, 2);
    let taken = take(&archive);
    assert_eq!(taken.content("a.log"), b"aaaaa");
    assert_eq!(taken.reasons(), [Gap::Malformed]);
}

#[test]
fn a_table_of_samples_in_a_zip_archive_is_read_before_the_members() {
    let table = b"FullName,SampleName\r\n\\Windows\\debug\\msert.log,1_2_msert.log_.data\r\n";
    let sample: (&str, &[u8]) = ("Logs/1_2_msert.log_.data", b"sample");
    let archive = zip_of(&[sample, ("Logs/GetThis.csv", table)], deflated());
    let mut cut = archive.clone();
    cut.truncate(directory_at(&archive));
    for archive in [archive, cut] {
        let mut source = Cursor::new(&archive);
        let (samples, missed) = samples(&mut source, &Limits::default(), &[]).unwrap();
        assert!(missed.is_empty() && source.position() == 0);
        assert_eq!(samples.paths(sample.0)[0].to_string(), "\\Windows\\debug\\msert.log");
    }
    let without = zip_of(&[sample, ("Logs/GetThis.csv", b"")], stored());
    assert!(samples(&mut Cursor::new(&without), &Limits::default(), &[]).is_none());
}
