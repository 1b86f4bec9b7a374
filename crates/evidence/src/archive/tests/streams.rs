//! tar, tar.gz and single files in gzip.

use hikeshi_core::time::Timestamp;

use super::*;

fn append(builder: &mut tar::Builder<Vec<u8>>, kind: tar::EntryType, name: &str, content: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_path(name).unwrap();
    header.set_cksum();
    builder.append(&header, content).unwrap();
}

#[test]
fn long_names_of_both_kinds_are_read() {
    let long = format!("{}/a.log", "long/".repeat(60));
    let gnu = tar_of(&[(&long, b"aaaaa"), ("b.log", b"bbbbb")]);
    let mut builder = tar::Builder::new(Vec::new());
    let records = [("path", long.as_bytes()), ("mtime", b"1614744333.5"), ("size", b"5")];
    builder.append_pax_extensions(records).unwrap();
    append(&mut builder, tar::EntryType::Regular, "short.log", b"aaaaa");
    append(&mut builder, tar::EntryType::Regular, "b.log", b"bbbbb");
    let pax = builder.into_inner().unwrap();
    for archive in [gnu, pax.clone()] {
        let taken = take(&archive);
        assert!(taken.tells_of_nothing());
        assert_eq!(taken.paths(), [long.replace("//", "/").as_str(), "b.log"]);
        assert!(taken.members.iter().all(|got| got.content.len() == 5));
    }
    let taken = take(&pax);
    assert_eq!(taken.members[0].member.modified, Some(Timestamp::from_micros(1_614_744_333_500_000)));
}

#[test]
fn extended_headers_are_capped() {
    let mut builder = tar::Builder::new(Vec::new());
    append(&mut builder, tar::EntryType::GNULongName, "././@LongLink", &vec![b'n'; 3 << 20]);
    append(&mut builder, tar::EntryType::Regular, "short.log", b"aaaaa");
    append(&mut builder, tar::EntryType::XHeader, "pax", b"12 no record");
    append(&mut builder, tar::EntryType::Regular, "b.log", b"bbbbb");
    let taken = take(&builder.into_inner().unwrap());
    assert_eq!(taken.members[0].member.path.len(), crate::archive::NAME_CAP);
    assert!(taken.members[0].content == b"aaaaa" && taken.content("b.log") == b"bbbbb");
    assert_eq!(taken.reasons(), [Gap::ValueCut, Gap::ValueCut, Gap::Malformed]);
}

#[test]
fn links_devices_and_sparse_files_are_told() {
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, name) in [(tar::EntryType::Symlink, "soft"), (tar::EntryType::Link, "hard")] {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        builder.append_link(&mut header, name, "../../etc/passwd").unwrap();
    }
    append(&mut builder, tar::EntryType::Char, "device", b"");
    append(&mut builder, tar::EntryType::Fifo, "pipe", b"");
    append(&mut builder, tar::EntryType::Directory, "folder/", b"");
    append(&mut builder, tar::EntryType::GNUSparse, "sparse", &[7; 600]);
    builder.append_pax_extensions([("GNU.sparse.major", b"1".as_slice()), ("GNU.sparse.name", b"newer")]).unwrap();
    append(&mut builder, tar::EntryType::Regular, "GNUSparseFile.1/newer", &[7; 600]);
    append(&mut builder, tar::EntryType::Regular, "a.log", b"aaaaa");
    let taken = take(&builder.into_inner().unwrap());
    assert_eq!(taken.paths(), ["soft", "hard", "device", "pipe", "sparse", "newer", "a.log"]);
    assert_eq!(taken.why("soft"), Some((Gap::LinkNotFollowed, "../../etc/passwd".to_owned())));
    assert_eq!(taken.why("hard"), Some((Gap::LinkNotFollowed, "../../etc/passwd".to_owned())));
    for (name, reason) in [
        ("device", Gap::SpecialFile),
        ("pipe", Gap::SpecialFile),
        ("sparse", Gap::MethodUnsupported),
        ("newer", Gap::MethodUnsupported),
    ] {
        assert_eq!(taken.why(name).map(|(reason, _)| reason), Some(reason), "{name}");
    }
    assert!(taken.content("a.log") == b"aaaaa" && taken.missed.is_empty());
}

#[test]
fn the_map_of_a_sparse_file_is_passed_over() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNUSparse);
    header.set_size(512);
    header.set_path("sparse").unwrap();
    header.as_mut_bytes()[482] = 1;
    header.set_cksum();
    let mut map = [0; 1024];
    map[504] = 1;
    let archive = [header.as_bytes().as_slice(), &map, &[7; 512], &tar_of(&[("a.log", b"aaaaa")])].concat();
    let taken = take(&archive);
    assert_eq!(taken.paths(), ["sparse", "a.log"]);
    assert!(taken.missed.is_empty() && taken.content("a.log") == b"aaaaa");
}

#[test]
fn a_damaged_header_costs_its_member() {
    let files: [(&str, &[u8]); 3] = [("a.log", b"aaaaa"), ("b.log", b"bbbbb"), ("c.log", b"ccccc")];
    let mut archive = tar_of(&files);
    archive[1024] = b'x';
    let taken = take(&archive);
    assert_eq!(taken.paths(), ["a.log", "c.log"]);
    assert_eq!(taken.reasons(), [Gap::Malformed]);
    // A size that no file can have leads nowhere.
    let mut header = tar::Header::new_gnu();
    header.set_path("huge.log").unwrap();
    header.set_size(u64::MAX);
    header.set_cksum();
    let taken = take(&[header.as_bytes().as_slice(), b"here"].concat());
    assert_eq!(taken.content("huge.log"), b"here");
    assert_eq!(taken.why("huge.log").map(|(reason, _)| reason), Some(Gap::Malformed));
}

#[test]
fn archives_one_behind_the_other_are_read_to_the_end() {
    let (first, second) = (tar_of(&[("a.log", b"aaaaa")]), tar_of(&[("b.log", b"bbbbb")]));
    let both = [first.clone(), second.clone()].concat();
    for archive in [both.clone(), gzip_of(&both), [gzip_of(&first), gzip_of(&second)].concat()] {
        let taken = take(&archive);
        assert!(taken.tells_of_nothing());
        assert_eq!(taken.paths(), ["a.log", "b.log"]);
    }
}

#[test]
fn a_cut_archive_gives_what_is_there_and_is_told() {
    let content = log(3_000);
    let files: [(&str, &[u8]); 3] = [("a.log", &content), ("b.log", b"bbbbb"), ("c.log", &content)];
    // Without the zeros at its end nothing of it is missing.
    let plain = tar_of(&files);
    let plain = &plain[..plain.len() - 1024];
    for archive in [plain.to_vec(), gzip_of(plain)] {
        for keep in (600..archive.len()).step_by(499) {
            let taken = take(&archive[..keep]);
            let read = taken.members.iter().map(|got| got.member.path.as_str()).collect::<Vec<_>>();
            assert!(["a.log", "b.log", "c.log"].starts_with(&read), "{keep} bytes kept");
            for (got, (name, original)) in taken.members.iter().zip(files) {
                assert!(original.starts_with(&got.content), "{keep} bytes kept of {name}");
                assert!(got.missed.is_some() || got.content == original, "{keep} bytes kept of {name}");
            }
            let whole =
                keep % 512 == 0 && archive.len() == plain.len() && taken.members.iter().all(|got| got.missed.is_none());
            assert!(whole || !taken.missed.is_empty(), "{keep} bytes kept");
        }
    }
}

#[test]
fn a_single_file_has_the_name_that_the_header_gives() {
    let content = log(500);
    let mut encoder = flate2::GzBuilder::new()
        .filename("u_ex.log")
        .mtime(1_614_744_333)
        .write(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&content).unwrap();
    let named = encoder.finish().unwrap();
    let taken = take(&named);
    assert!(taken.tells_of_nothing() && taken.content("u_ex.log") == content);
    assert_eq!(taken.members[0].member.modified, Some(Timestamp::from_micros(1_614_744_333_000_000)));
    assert_eq!(take(&gzip_of(&content)).content(""), content);
    assert_eq!(take(&gzip_of(b"")).content(""), b"");
    assert_eq!(take(&[gzip_of(b"one "), gzip_of(b"two")].concat()).content(""), b"one two");
    for (damaged, kept) in [
        (named[..named.len() - 1].to_vec(), content.len()),
        (named[..named.len() / 2].to_vec(), 1),
        ([&named[..], b"no gzip"].concat(), content.len()),
    ] {
        let taken = take(&damaged);
        assert!(taken.content("u_ex.log").len() >= kept && content.starts_with(taken.content("u_ex.log")));
        assert_eq!(taken.why("u_ex.log").map(|(reason, _)| reason), Some(Gap::Malformed));
    }
    let mut wrong = gzip_of(&content);
    let crc = wrong.len() - 8;
    wrong[crc] ^= 1;
    assert_eq!(take(&wrong).why("").map(|(reason, _)| reason), Some(Gap::Malformed));
    // Cut within the first bytes.
    assert_eq!(take(&gzip_of(&content)[..20]).why("").map(|(reason, _)| reason), Some(Gap::Malformed));
}
