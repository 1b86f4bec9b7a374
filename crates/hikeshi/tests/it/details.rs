//! What is told of damage, besides the reason: in the language of the report.

use hikeshi_testkit::Sandbox;

use crate::reports::{host, text};

/// Two stored files and a directory, by the format's description; the first file's checksum is wrong.
fn archive() -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for name in [b"a.log", b"b.log"] {
        let at = bytes.len() as u32;
        let mut header = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        header.extend(7_u32.to_le_bytes());
        header.extend([5, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0]);
        bytes.extend(b"PK\x03\x04".iter().chain(&header).chain(name).chain(b"bytes"));
        directory.extend(b"PK\x01\x02\x14\0".iter().chain(&header));
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes().iter().chain(name));
    }
    let (at, size) = (bytes.len() as u32, directory.len() as u32);
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
    bytes.extend(size.to_le_bytes().iter().chain(&at.to_le_bytes()).chain(&[0, 0]));
    bytes
}

/// A server on which much is cut, overwritten or not what it says.
fn damaged() -> Sandbox {
    let host = host().drill("server", "clean", "1M", 12);
    let files = host.tree("server");
    let ending = |ending: &str, damage: &dyn Fn(&mut Vec<u8>)| {
        let named = files.iter().filter(|(path, _)| path.ends_with(ending));
        named.for_each(|(path, bytes)| {
            let mut bytes = bytes.clone();
            damage(&mut bytes);
            fs_err::write(host.path(&format!("server/{path}")), bytes).unwrap();
        });
    };
    ending("Security.evtx", &|bytes| bytes.truncate(9_000));
    ending("System.evtx", &|bytes| bytes.iter_mut().skip(5_000).step_by(997).for_each(|byte| *byte ^= 0xff));
    ending("Application.evtx", &|bytes| bytes.truncate(100));
    ending("config/SYSTEM", &|bytes| bytes.truncate(bytes.len() - 5_000));
    ending("config/SOFTWARE", &|bytes| bytes.iter_mut().skip(4_200).step_by(211).for_each(|byte| *byte ^= 0x5a));
    let whole = archive();
    host.file("server/wrong.zip", &whole)
        .file("server/cut.zip", &whole[..whole.len() - 30])
        .file("server/cut.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b")
        .file("server/bare.7z", b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")
        .file("server/C/Windows/System32/Tasks/one", "<Task><Actions>")
}

#[test]
fn no_detail_of_what_was_not_read_lacks_its_japanese() {
    let host = damaged();
    let run = host.hikeshi("check server --format json");
    let report = run.json();
    let details: Vec<_> = report["coverage"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|coverage| coverage["unreadable"].as_array().unwrap())
        .filter(|one| !one["detail"].is_null())
        .map(|one| (text(&one["detail"]["en"]), text(&one["detail"]["ja"])))
        .collect();
    assert!(details.len() >= 9, "{details:#?}");
    for (en, ja) in &details {
        assert!(en.is_ascii() && ja.chars().any(|sign| matches!(sign, 'ぁ'..='ヿ' | '一'..='龥')), "{en}: {ja}");
    }
    for face in ["html", "csv"] {
        let shown = host.hikeshi_in_japanese(&format!("check server --format {face}")).stdout;
        for (en, ja) in &details {
            assert!(shown.contains(&format!("[{ja}]")) && !shown.contains(&format!("[{en}]")), "{face}: {en}: {ja}");
        }
    }
}
