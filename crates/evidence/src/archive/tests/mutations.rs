//! Whatever happens to an archive: no panic, no more bytes than the limits allow, and nothing wrong that is not told.

use proptest::prelude::*;

use super::*;

const LIMITS: Limits =
    Limits { members: 50, total_bytes: 100_000, member_bytes: 60_000, ratio: 100, ratio_from: 50_000 };

/// One change to the bytes of an archive.
#[derive(Debug, Clone)]
enum Change {
    Set(prop::sample::Index, u8),
    Flip(prop::sample::Index, u8),
    Remove(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
    Repeat(prop::sample::Index, usize),
    Cut(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        3 => (index(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        3 => (index(), 0_u8..8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        2 => (index(), prop::sample::select(vec![0_u8, 1, 0x7f, 0x80, 0xff])).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => (index(), 1_usize..40).prop_map(|(at, count)| Change::Remove(at, count)),
        1 => (index(), prop::collection::vec(any::<u8>(), 1..20)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => (index(), 1_usize..200).prop_map(|(at, count)| Change::Repeat(at, count)),
        1 => index().prop_map(Change::Cut),
    ]
}

fn changed(archive: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = archive.to_vec();
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        match change {
            Change::Set(at, byte) => bytes[at.index(length)] = *byte,
            Change::Flip(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Change::Remove(at, count) => {
                let at = at.index(length);
                bytes.drain(at..(at + count).min(length));
            }
            Change::Insert(at, more) => {
                let at = at.index(length);
                bytes.splice(at..at, more.iter().copied());
            }
            Change::Repeat(at, count) => {
                let at = at.index(length);
                let again = bytes[at..(at + count).min(length)].to_vec();
                bytes.splice(at..at, again);
            }
            Change::Cut(at) => bytes.truncate(at.index(length)),
        }
    }
    bytes
}

const SECOND: &[u8] = b"the second file, a short one";

/// Archives whose checksums show every change of the content.
fn checked_archives() -> Vec<Vec<u8>> {
    let first = log(60);
    let files: [(&str, &[u8]); 2] = [("C/a.log", &first), ("C/b.log", SECOND)];
    let mut streamed = zip::ZipWriter::new_stream(Vec::new());
    for (name, content) in files {
        streamed.start_file(name, deflated()).expect("a name");
        streamed.write_all(content).expect("memory");
    }
    vec![
        zip_of(&files, stored()),
        zip_of(&files, deflated()),
        zip_of(&files, deflated().large_file(true)),
        streamed.finish().expect("memory").into_inner(),
        zip_of(&files, deflated().with_aes_encryption(zip::AesMode::Aes128, "infected")),
        seven_of(&files, false, None),
        seven_of(&files, true, None),
        gzip_of(&tar_of(&files)),
    ]
}

/// Archives without checksums of their content, or that take long to read.
fn other_archives() -> Vec<Vec<u8>> {
    let first = log(60);
    let files: [(&str, &[u8]); 2] = [("C/a.log", &first), ("C/b.log", SECOND)];
    let mut long = tar::Builder::new(Vec::new());
    long.append_pax_extensions([("path", b"C/long.log".as_slice()), ("size", b"5")]).expect("memory");
    let mut header = tar::Header::new_ustar();
    header.set_size(5);
    header.set_cksum();
    long.append(&header, b"aaaaa".as_slice()).expect("memory");
    vec![
        tar_of(&files),
        tar_of(&[(&"long/".repeat(60), &first)]),
        long.into_inner().expect("memory"),
        gzip_of(&first),
        zip_of(
            &files,
            zip::unstable::write::FileOptionsExt::with_deprecated_encryption(stored(), b"infected")
                .expect("a password"),
        ),
    ]
}

fn within_limits(archive: &[u8]) -> Taken {
    let taken = take_with(archive, &LIMITS, &["infected"]);
    assert!(taken.total <= LIMITS.total_bytes, "{} bytes", taken.total);
    assert!(taken.members.len() as u64 <= LIMITS.members);
    assert!(taken.members.iter().all(|got| got.content.len() as u64 <= LIMITS.member_bytes));
    let paths: std::collections::HashSet<_> = taken.members.iter().map(|got| got.member.shown()).collect();
    assert_eq!(paths.len(), taken.members.len(), "no path is shown twice");
    for got in &taken.members {
        let path = &got.member.path;
        assert!(path.split('/').all(|part| part != ".." && !part.contains(['\\', '\0'])), "{path:?}");
        assert!(!path.starts_with('/') && path.len() <= crate::archive::NAME_CAP + 10, "{path:?}");
    }
    taken
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn what_was_damaged_is_told_or_reads_equal(changes in prop::collection::vec(change(), 1..6)) {
        for (index, archive) in checked_archives().iter().enumerate() {
            let damaged = changed(archive, &changes);
            let taken = within_limits(&damaged);
            let read = |content: &[u8]| taken.members.iter().any(|got| got.content == content);
            prop_assert!(!taken.tells_of_nothing() || (read(&log(60)) && read(SECOND)), "archive {index}");
            // And nothing came to it that is said to be whole.
            let strange = taken.members.iter().find(|got| {
                got.missed.is_none() && taken.missed.is_empty() && got.content != log(60) && got.content != SECOND
            });
            prop_assert!(strange.is_none(), "archive {index}: {:?}", strange.map(|got| &got.member));
        }
    }

    #[test]
    fn no_change_breaks_the_limits(changes in prop::collection::vec(change(), 1..12)) {
        for archive in checked_archives().iter().chain(&other_archives()) {
            within_limits(&changed(archive, &changes));
        }
    }

    #[test]
    fn arbitrary_bytes_break_nothing(
        head in prop::sample::select(vec![&b"PK\x03\x04"[..], b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c\0\x04", b"\x1f\x8b\x08", b""]),
        bytes in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        within_limits(&[head, &bytes].concat());
    }
}
