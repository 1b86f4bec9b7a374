//! How members of zip archives are packed: methods, checksums, encryption.

use hikeshi_core::time::Timestamp;
use zip::unstable::write::FileOptionsExt;
use zip::{AesMode, CompressionMethod};

use super::*;

#[test]
fn unknown_methods_are_named_with_their_member() {
    for (method, name) in [(12_u8, "bzip2"), (14, "LZMA"), (93, "zstd"), (98, "PPMd"), (77, "method 77")] {
        let mut archive = zip_of(&[("a.log", &log(100)), ("b.log", b"bbbbb")], deflated());
        let directory = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
        archive[8] = method;
        archive[directory + 10] = method;
        let taken = take(&archive);
        assert_eq!(taken.why("a.log"), Some((Gap::MethodUnsupported, name.to_owned())));
        assert!(taken.content("a.log").is_empty() && taken.content("b.log") == b"bbbbb");
    }
}

#[test]
fn deflate64_is_unpacked() {
    // Deflate without its longest matches and distances means the same in both; these are blocks of stored bytes.
    let content = log(2_000);
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(&content).unwrap();
    let packed = encoder.finish().unwrap();
    let mut archive = zip_of(&[("a.log", &packed)], stored());
    let mut crc = flate2::Crc::new();
    crc.update(&content);
    let directory = memchr::memmem::rfind(&archive, b"PK\x01\x02").unwrap();
    for header in [4, directory + 6] {
        archive[header + 4] = 9;
        archive[header + 10..header + 14].copy_from_slice(&crc.sum().to_le_bytes());
        archive[header + 18..header + 22].copy_from_slice(&(content.len() as u32).to_le_bytes());
    }
    let taken = take(&archive);
    assert!(taken.tells_of_nothing() && taken.content("a.log") == content, "{:?}", taken.why("a.log"));
}

#[test]
fn a_wrong_checksum_is_told() {
    let content = log(1_000);
    for options in [stored(), deflated()] {
        let mut archive = zip_of(&[("a.log", &content), ("b.log", b"bbbbb")], options);
        let directory = memchr::memmem::find(&archive, b"PK\x01\x02").unwrap();
        archive[directory + 16] ^= 1;
        let taken = take(&archive);
        assert_eq!(taken.content("a.log"), content);
        assert_eq!(taken.why("a.log"), Some((Gap::Malformed, "wrong checksum".to_owned())));
        assert_eq!(taken.why("b.log"), None);
    }
}

#[test]
fn damage_within_a_member_costs_what_follows_in_it() {
    let content = log(10_000);
    let mut archive = zip_of(&[("a.log", &content), ("b.log", b"bbbbb")], deflated());
    archive[40_000..40_100].fill(0xff);
    let taken = take(&archive);
    assert_eq!(taken.why("a.log").map(|(reason, _)| reason), Some(Gap::Malformed));
    assert!(!taken.content("a.log").is_empty());
    assert!(taken.content("b.log") == b"bbbbb" && taken.why("b.log").is_none());
}

#[test]
fn encrypted_members_need_their_password() {
    let content = log(3_000);
    let files: [(&str, &[u8]); 2] = [("a.log", &content), ("b.log", b"bbbbb")];
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let options = SimpleFileOptions::default().compression_method(method);
        for (what, options) in [
            ("AES-128", options.with_aes_encryption(AesMode::Aes128, "infected")),
            ("AES-192", options.with_aes_encryption(AesMode::Aes192, "infected")),
            ("AES-256", options.with_aes_encryption(AesMode::Aes256, "infected")),
            ("ZipCrypto", FileOptionsExt::with_deprecated_encryption(options, b"infected").unwrap()),
        ] {
            let archive = zip_of(&files, options);
            for passwords in [["infected"].as_slice(), &["wrong", "", "火消し", "infected"]] {
                let taken = take_with(&archive, &Limits::default(), passwords);
                assert!(taken.tells_of_nothing(), "{what} {method:?}: {:?}", taken.why("a.log"));
                assert!(taken.content("a.log") == content && taken.content("b.log") == b"bbbbb", "{what} {method:?}");
            }
            for passwords in [[].as_slice(), &["wrong", "Infected"]] {
                let taken = take_with(&archive, &Limits::default(), passwords);
                for name in ["a.log", "b.log"] {
                    assert_eq!(taken.why(name).map(|(reason, _)| reason), Some(Gap::Encrypted), "{what} {method:?}");
                }
                assert_eq!(taken.total, 0, "{what} {method:?}");
            }
        }
    }
}

#[test]
fn every_wrong_password_gives_nothing() {
    // ZipCrypto has one check byte: of 2,000 wrong passwords some fit by chance.
    let content = log(100);
    let options = FileOptionsExt::with_deprecated_encryption(deflated(), b"infected").unwrap();
    let archive = zip_of(&[("a.log", &content)], options);
    let wrong: Vec<_> = (0..2_000).map(|number| format!("wrong {number}")).collect();
    let wrong: Vec<_> = wrong.iter().map(String::as_str).collect();
    let taken = take_with(&archive, &Limits::default(), &wrong);
    assert_eq!(taken.total, 0);
    assert!(
        taken.why("a.log").is_some_and(|(reason, detail)| reason == Gap::Encrypted && detail.contains("check byte"))
    );
}

#[test]
fn passwords_are_tried_in_the_bytes_of_japanese_windows() {
    let options = FileOptionsExt::with_deprecated_encryption(deflated(), b"\x89\xce\x8f\xc1\x82\xb5").unwrap();
    let archive = zip_of(&[("a.log", &log(100))], options);
    let taken = take_with(&archive, &Limits::default(), &["火消し"]);
    assert!(taken.tells_of_nothing() && taken.content("a.log") == log(100));
}

#[test]
fn changed_bytes_under_aes_are_told() {
    let content = log(1_000);
    for options in [stored(), deflated()] {
        let mut archive = zip_of(&[("a.log", &content)], options.with_aes_encryption(AesMode::Aes256, "infected"));
        archive[100] ^= 1;
        let taken = take_with(&archive, &Limits::default(), &["infected"]);
        assert_eq!(taken.why("a.log").map(|(reason, _)| reason), Some(Gap::Malformed));
    }
}

#[test]
fn times_are_given_where_they_are_in_utc() {
    // The field of Unix, 0x5455, with the time of the last change.
    let field = [&[1][..], &1_614_744_333_u32.to_le_bytes()].concat();
    let mut options: zip::write::FullFileOptions<'_, '_> = deflated().into_full_options();
    options.add_extra_field(0x5455, field, false).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("with.log", options).unwrap();
    writer.start_file("without.log", deflated()).unwrap();
    let taken = take(&writer.finish().unwrap().into_inner());
    let expected = Some(Timestamp::from_micros(1_614_744_333_000_000));
    assert_eq!(taken.got("with.log").member.modified, expected);
    assert_eq!(taken.got("without.log").member.modified, None, "the header's own time has no time zone");
}
