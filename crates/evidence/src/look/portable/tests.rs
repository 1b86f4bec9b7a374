use hikeshi_drill::portable as practice;
use proptest::prelude::*;

use super::*;
use crate::look::Hashes;

/// Where things lie in what the practice writer makes.
const CHARACTERISTICS_AT: usize = 0x56;
const SECTION_COUNT_AT: usize = 0x46;
const DIRECTORIES_AT: usize = 200;
const RESOURCE_SECTION_AT: usize = 368;
const RESOURCES_AT: usize = 0x400;
const RESOURCE_ADDRESS: u32 = 0x2000;

pub(crate) fn practice_program() -> Vec<u8> {
    let texts = [
        ("CompanyName", "Kamome 株式会社"),
        ("FileDescription", "Ferry timetable "),
        ("FileVersion", "15.1.2106.13 (release)"),
        ("OriginalFilename", "ferry.exe"),
        ("ProductName", "Ferry"),
        ("ProductVersion", "15.1"),
    ];
    practice::write(&practice::Version {
        form: practice::Form::Program,
        file: [15, 1, 2106, 13],
        product: [15, 1, 0, 0],
        texts: texts.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec(),
        compiled: Timestamp::from_micros(1_600_000_000_000_000),
    })
}

fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

fn put_directory(bytes: &mut [u8], entry: Entry, address: u32, length: u32) {
    put(bytes, DIRECTORIES_AT + entry as usize * 8, address);
    put(bytes, DIRECTORIES_AT + entry as usize * 8 + 4, length);
}

/// Appends bytes to the last section; their address in memory.
fn append(bytes: &mut Vec<u8>, more: &[u8]) -> u32 {
    let address = RESOURCE_ADDRESS + (bytes.len() - RESOURCES_AT) as u32;
    bytes.extend_from_slice(more);
    bytes.resize(bytes.len().next_multiple_of(0x200), 0);
    let length = (bytes.len() - RESOURCES_AT) as u32;
    put(bytes, RESOURCE_SECTION_AT + 8, length);
    put(bytes, RESOURCE_SECTION_AT + 16, length);
    address
}

/// Imports `first` by name and the function of this number from a library.
fn with_imports(mut bytes: Vec<u8>, library: &str, first: &str, number: u64) -> Vec<u8> {
    const DESCRIPTORS: usize = 40;
    let base = append(&mut bytes, &[0; 0x200]);
    let names_at = base + DESCRIPTORS as u32 + 24;
    let mut table = Vec::new();
    for field in [base + DESCRIPTORS as u32, 0, 0, names_at, base + DESCRIPTORS as u32] {
        table.extend_from_slice(&field.to_le_bytes());
    }
    table.resize(DESCRIPTORS, 0);
    let function_at = u64::from(names_at) + library.len() as u64 + 1;
    for thunk in [function_at, 1 << 63 | number, 0] {
        table.extend_from_slice(&thunk.to_le_bytes());
    }
    table.extend_from_slice(library.as_bytes());
    table.extend_from_slice(b"\0\0\0");
    table.extend_from_slice(first.as_bytes());
    let at = RESOURCES_AT + (base - RESOURCE_ADDRESS) as usize;
    bytes[at..at + table.len()].copy_from_slice(&table);
    put_directory(&mut bytes, Entry::Imports, base, DESCRIPTORS as u32);
    bytes
}

fn der(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let content = parts.concat();
    let length = (content.len() as u16).to_be_bytes();
    [vec![tag, 0x82, length[0], length[1]], content].concat()
}

fn distinguished(kind: u8, tag: u8, text: &[u8]) -> Vec<u8> {
    let attribute = der(0x30, &[der(6, &[vec![0x55, 4, kind]]), der(tag, &[text.to_vec()])]);
    der(0x30, &[der(0x31, &[attribute])])
}

fn certificate(serial: u8, subject: Vec<u8>) -> Vec<u8> {
    let version = der(0xa0, &[der(2, &[vec![2]])]);
    let issuer = distinguished(3, 0x0c, b"Practice issuer");
    let fields = [version, der(2, &[vec![serial]]), der(0x30, &[]), issuer, der(0x30, &[]), subject];
    der(0x30, &[der(0x30, &fields), der(0x30, &[])])
}

/// A signed message whose signer is the certificate of serial number 2.
fn signed_message(subject: Vec<u8>) -> Vec<u8> {
    let issuer_and_serial = der(0x30, &[distinguished(3, 0x0c, b"Practice issuer"), der(2, &[vec![2]])]);
    let signer = der(0x30, &[der(2, &[vec![1]]), issuer_and_serial]);
    let certificates = der(0xa0, &[certificate(1, distinguished(3, 0x13, b"Another")), certificate(2, subject)]);
    let signed = [der(2, &[vec![1]]), der(0x31, &[]), der(0x30, &[]), certificates, der(0x31, &[signer])];
    der(0x30, &[der(6, &[vec![1]]), der(0xa0, &[der(0x30, &signed)])])
}

fn with_signature(mut bytes: Vec<u8>, message: &[u8]) -> Vec<u8> {
    let at = bytes.len() as u32;
    let length = (message.len() + 8).next_multiple_of(8) as u32;
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&[0, 2, 2, 0]);
    bytes.extend_from_slice(message);
    bytes.resize((at + length) as usize, 0);
    put_directory(&mut bytes, Entry::Signatures, at, length);
    bytes
}

pub(crate) fn signed_program() -> Vec<u8> {
    let bytes = with_imports(practice_program(), "Ferry.dll", "Depart", 7);
    with_signature(bytes, &signed_message(distinguished(3, 0x0c, "Kamome 株式会社".as_bytes())))
}

#[test]
fn the_version_resource_is_read_as_it_was_written() {
    let portable = read(&practice_program()).unwrap();
    let version = portable.version.as_ref().unwrap();
    assert_eq!(version.file.map(version::Numbers::dotted).as_deref(), Some("15.1.2106.13"));
    assert_eq!(version.product.map(version::Numbers::dotted).as_deref(), Some("15.1.0.0"));
    let texts: Vec<_> = version.texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(texts[0], ("CompanyName", "Kamome 株式会社"));
    assert_eq!(texts[1], ("FileDescription", "Ferry timetable"));
    assert_eq!(texts.len(), 6);
    assert_eq!((portable.form, portable.machine().as_str()), (Form::Program, "x64"));
    assert_eq!(portable.compiled.map(Timestamp::seconds), Some(1_600_000_000));
    assert!(!portable.managed && portable.signature.is_none() && portable.import_hash.is_none());
    assert_eq!(portable.missed(), None);
}

#[test]
fn libraries_drivers_and_managed_code_show_by_the_headers() {
    let mut bytes = practice_program();
    bytes[0x58 + 68] = 1;
    assert_eq!(read(&bytes).unwrap().form, Form::Driver);
    bytes[CHARACTERISTICS_AT + 1] |= 0x20;
    assert_eq!(read(&bytes).unwrap().form, Form::Library);
    put_directory(&mut bytes, Entry::Runtime, 0x2000, 72);
    assert!(read(&bytes).unwrap().managed);
}

#[test]
fn imports_are_hashed_in_lower_case_without_the_extension() {
    let expected = Hashes::of(b"ferry.depart,ferry.ord7").md5();
    let hash = |library| read(&with_imports(practice_program(), library, "Depart", 7)).unwrap().import_hash;
    assert_eq!(hash("Ferry.dll"), Some(expected.clone()));
    assert_eq!(hash("FERRY.OCX"), Some(expected));
    assert_eq!(hash("ferry.txt"), Some(Hashes::of(b"ferry.txt.depart,ferry.txt.ord7").md5()));
    // The name behind the number is not known here.
    assert_eq!(hash("WS2_32.dll"), None);
}

#[test]
fn imports_that_lead_out_of_the_file_are_told() {
    let mut bytes = with_imports(practice_program(), "Ferry.dll", "Depart", 7);
    let at = bytes.windows(4).position(|window| window == b"Depa").unwrap();
    bytes.truncate(at);
    let portable = read(&bytes).unwrap();
    assert_eq!(portable.import_hash, None);
    assert!(portable.missed().unwrap().detail.unwrap().en.contains("imports"));
}

#[test]
fn the_signer_is_the_subject_of_the_certificate_that_the_signature_names() {
    let signer = |subject| {
        let bytes = with_signature(practice_program(), &signed_message(subject));
        let portable = read(&bytes).unwrap();
        assert_eq!(portable.missed(), None);
        portable.signature.unwrap().signer.unwrap()
    };
    assert_eq!(signer(distinguished(3, 0x0c, "Kamome 株式会社".as_bytes())), "Kamome 株式会社");
    let wide: Vec<u8> = "かもめ".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(signer(distinguished(3, 0x1e, &wide)), "かもめ");
    assert_eq!(signer(distinguished(10, 0x13, b"Kamome Ferries")), "Kamome Ferries");
    assert_eq!(signer(distinguished(3, 0x0c, &[b'x'; 5_000])).len(), 256);
}

#[test]
fn a_signature_that_cannot_be_read_is_told_and_counts_as_claimed() {
    let portable = read(&with_signature(practice_program(), b"\x30\x84\xff\xff\xff\xff")).unwrap();
    assert_eq!(portable.signature, Some(Signature { signer: None }));
    assert!(portable.missed().is_some());
    let mut bytes = practice_program();
    put_directory(&mut bytes, Entry::Signatures, 0x00ff_ffff, 8);
    let portable = read(&bytes).unwrap();
    assert!(portable.signature.is_none() && portable.missed().is_some());
}

#[test]
fn a_resource_tree_that_leads_back_into_itself_and_giant_counts_come_to_an_end() {
    let mut circle = practice_program();
    put(&mut circle, RESOURCES_AT + 20, 1 << 31);
    assert!(read(&circle).unwrap().version.is_none());
    let mut wide = practice_program();
    for folder in [0, 24, 48] {
        wide[RESOURCES_AT + folder + 12..RESOURCES_AT + folder + 16].fill(0xff);
    }
    let _ = read(&wide).unwrap();
    let mut sections = practice_program();
    sections[SECTION_COUNT_AT..SECTION_COUNT_AT + 2].fill(0xff);
    assert!(read(&sections).unwrap().missed().unwrap().detail.unwrap().en.contains("sections"));
}

#[test]
fn a_version_resource_cut_short_is_told() {
    let mut bytes = practice_program();
    bytes.truncate(RESOURCES_AT + 100);
    let portable = read(&bytes).unwrap();
    assert!(portable.version.is_none());
    assert!(portable.missed().unwrap().detail.unwrap().en.contains("version resource"));
}

#[test]
fn bytes_that_only_begin_like_an_executable_are_none() {
    for bytes in [b"MZ".as_slice(), b"", b"PE\0\0", &[&b"MZ"[..], &[0xff; 100]].concat()] {
        assert!(read(bytes).is_none());
    }
}

proptest! {
    #[test]
    fn mutated_executables_are_read_within_the_caps(
        changes in prop::collection::vec((0..4096_usize, any::<u8>()), 0..24),
        length in 0..4096_usize,
    ) {
        let mut bytes = signed_program();
        for (at, byte) in changes {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        for bytes in [bytes.as_slice(), bytes.get(..length).unwrap_or(&bytes)] {
            if let Some(portable) = read(bytes) {
                prop_assert!(portable.faults.len() <= 5);
                let texts = portable.version.map(|version| version.texts).unwrap_or_default();
                prop_assert!(texts.len() <= 7);
            }
        }
    }

    #[test]
    fn numbers_of_all_sizes_in_the_headers_lead_nowhere_bad(
        changes in prop::collection::vec((0x3c..0x1a0_usize, any::<u32>()), 1..6),
        resources in prop::collection::vec((0..0x80_usize, any::<u32>()), 0..6),
    ) {
        let mut bytes = signed_program();
        for (at, number) in changes {
            put(&mut bytes, at, number);
        }
        for (at, number) in resources {
            put(&mut bytes, RESOURCES_AT + at, number);
        }
        let _ = read(&bytes);
    }
}
