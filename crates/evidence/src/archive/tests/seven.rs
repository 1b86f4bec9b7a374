//! 7z archives: passwords, damage, headers that lie.

use super::*;

/// An archive with a header as it is given, behind `packed` bytes.
fn seven_with(packed: &[u8], header: &[u8]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let next = [&(packed.len() as u64).to_le_bytes()[..], &(header.len() as u64).to_le_bytes(), &crc(header)].concat();
    [b"7z\xbc\xaf\x27\x1c\0\x04".as_slice(), &crc(&next), &next, packed, header].concat()
}

/// The header of one file `a` of one block, which is packed as `coder` says.
fn header_of(packed: u8, coder: &[u8], size: u8) -> Vec<u8> {
    let streams = [&[4, 6, 0, 1, 9, packed, 0, 7, 0x0b, 1, 0, 1], coder, &[0x0c, size, 0, 8, 0, 0]].concat();
    [&[1][..], &streams, &[5, 1, 0x11, 5, 0, b'a', 0, 0, 0, 0, 0]].concat()
}

#[test]
fn encrypted_archives_need_their_password() {
    let content = log(2_000);
    let files: [(&str, &[u8]); 2] = [("a.log", &content), ("b.log", b"bbbbb")];
    for solid in [false, true] {
        let archive = seven_of(&files, solid, Some("infected"));
        let taken = take_with(&archive, &Limits::default(), &["wrong", "infected"]);
        assert!(taken.tells_of_nothing(), "{:?}", taken.missed);
        assert!(taken.content("a.log") == content && taken.content("b.log") == b"bbbbb");
        for passwords in [[].as_slice(), &["wrong"]] {
            let taken = take_with(&archive, &Limits::default(), passwords);
            assert_eq!(taken.reasons(), [Gap::Encrypted]);
            assert!(taken.members.is_empty());
        }
    }
}

#[test]
fn an_open_list_of_encrypted_files_names_them() {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    let aes = AesEncoderOptions::new(Password::from("infected"));
    writer.set_content_methods(vec![aes.into(), EncoderConfiguration::new(EncoderMethod::LZMA2)]);
    writer.set_encrypt_header(false);
    for name in ["a.log", "b.log"] {
        writer.push_archive_entry(ArchiveEntry::new_file(name), Some(log(50).as_slice())).unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    let taken = take_with(&archive, &Limits::default(), &["wrong"]);
    assert_eq!(taken.paths(), ["a.log", "b.log"]);
    assert!(taken.members.iter().all(|got| got.missed == Some(Missed::new(Gap::Encrypted))));
    let taken = take_with(&archive, &Limits::default(), &["wrong", "infected"]);
    assert!(taken.tells_of_nothing() && taken.content("b.log") == log(50));
}

#[test]
fn methods_that_are_not_unpacked_are_named() {
    let plain = seven_with(b"hello", &header_of(5, &[1, 0], 5));
    let taken = take(&plain);
    assert!(taken.tells_of_nothing() && taken.content("a") == b"hello", "{:?}", taken.missed);
    for (coder, name) in [
        ([0x23, 3, 4, 1, 5, 6, 0, 0, 0, 1].as_slice(), "PPMD"),
        (&[3, 4, 2, 2], "BZIP2"),
        (&[4, 4, 0xf7, 0x11, 1], "ZSTD"),
        (&[2, 0xab, 0xcd], "method abcd"),
    ] {
        let taken = take(&seven_with(b"hello", &header_of(5, coder, 5)));
        assert_eq!(taken.why("a"), Some((Gap::MethodUnsupported, name.to_owned())));
    }
}

#[test]
fn a_dictionary_beyond_the_cap_is_told() {
    // LZMA2 with a dictionary of 4 GiB.
    let taken = take(&seven_with(b"hello", &header_of(5, &[0x21, 0x21, 1, 40], 5)));
    assert_eq!(taken.why("a").map(|(reason, _)| reason), Some(Gap::OverMemory));
}

#[test]
fn counts_in_the_header_are_not_believed() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
    for header in [
        [&[1, 5][..], &huge].concat(),
        [&[1, 4, 6, 0][..], &huge].concat(),
        [&[1, 4, 7, 0x0b][..], &huge].concat(),
        [&[1, 4, 6, 0, 1, 9, 5, 0, 7, 0x0b, 1, 0, 1, 1, 0, 0x0c, 5, 0, 8, 0x0d][..], &huge].concat(),
    ] {
        assert_eq!(take(&seven_with(b"hello", &header)).reasons(), [Gap::TooMany], "{header:x?}");
    }
    // A packed header that unpacks to terabytes, or needs gigabytes for it.
    let unpacks_to = |coder: &[u8], size: &[u8]| {
        [&[0x17, 6, 0, 1, 9, 5, 0, 7, 0x0b, 1, 0, 1][..], coder, &[0x0c], size, &[0, 0]].concat()
    };
    assert_eq!(take(&seven_with(b"hello", &unpacks_to(&[1, 0], &huge))).reasons(), [Gap::TooLarge]);
    assert_eq!(take(&seven_with(b"hello", &unpacks_to(&[0x21, 0x21, 1, 40], &[5]))).reasons(), [Gap::OverMemory]);
    assert_eq!(take(&seven_with(b"hello", &unpacks_to(&[1, 0], &[5]))).reasons(), [Gap::Malformed], "no header in it");
}

#[test]
fn a_cut_archive_has_lost_its_list_and_is_told() {
    let archive = seven_of(&[("a.log", &log(500)), ("b.log", b"bbbbb")], false, None);
    for keep in [6, 31, 32, 100, archive.len() - 1] {
        let taken = take(&archive[..keep]);
        assert_eq!(taken.reasons(), [Gap::Malformed], "{keep} bytes kept");
        assert!(taken.members.is_empty());
    }
    let mut unfinished = archive;
    unfinished[8..32].fill(0);
    assert_eq!(take(&unfinished).missed[0].detail.as_ref().unwrap().en, "was never finished");
}

#[test]
fn damage_costs_the_rest_of_its_block_and_no_other() {
    let content = log(3_000);
    let files: [(&str, &[u8]); 3] = [("a.log", &content), ("b.log", b"bbbbb"), ("c.log", &content)];
    let mut solid = seven_of(&files, true, None);
    solid[2_000..2_064].fill(0xff);
    let taken = take(&solid);
    assert_eq!(taken.paths(), ["a.log", "b.log", "c.log"]);
    assert!(taken.members.iter().all(|got| got.missed.as_ref().is_some_and(|missed| missed.reason == Gap::Malformed)));
    let mut single = seven_of(&files, false, None);
    single[2_000..2_064].fill(0xff);
    let taken = take(&single);
    assert_eq!(taken.why("a.log").map(|(reason, _)| reason), Some(Gap::Malformed));
    assert!(taken.why("b.log").is_none() && taken.content("c.log") == content);
}

#[test]
fn links_are_not_followed() {
    let mut writer = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for (name, attributes) in [("unix", 0o120_777 << 16 | 0x8000), ("windows", 0x400), ("file", 0x20)] {
        let mut entry = ArchiveEntry::new_file(name);
        (entry.has_windows_attributes, entry.windows_attributes) = (true, attributes);
        writer.push_archive_entry(entry, Some(b"target".as_slice())).unwrap();
    }
    let taken = take(&writer.finish().unwrap().into_inner());
    assert_eq!(taken.why("unix").map(|(reason, _)| reason), Some(Gap::LinkNotFollowed));
    assert_eq!(taken.why("windows").map(|(reason, _)| reason), Some(Gap::LinkNotFollowed));
    assert!(taken.why("file").is_none() && taken.content("file") == b"target");
}

#[test]
fn a_table_of_samples_is_found_wherever_it_stands_and_only_then_the_archive_is_read_twice() {
    let table = b"FullName,SampleName\r\n\\Windows\\debug\\msert.log,Logs\\1_2_msert.log_.data\r\n";
    let sample: (&str, &[u8]) = ("Logs/1_2_msert.log_.data", b"sample");
    for solid in [false, true] {
        for files in [[sample, ("Logs/GetThis.csv", table)], [("getthis.CSV", table), sample]] {
            let archive = seven_of(&files, solid, None);
            let (samples, missed) = samples(&mut Cursor::new(&archive), &Limits::default(), &[]).unwrap();
            assert!(missed.is_empty());
            assert_eq!(samples.paths(sample.0)[0].to_string(), "\\Windows\\debug\\msert.log");
        }
    }
    let without = seven_of(&[sample], true, None);
    for archive in [without.as_slice(), &without[..without.len() / 2], b"PK\x03\x04", b""] {
        assert!(samples(&mut Cursor::new(archive), &Limits::default(), &[]).is_none());
    }
}
