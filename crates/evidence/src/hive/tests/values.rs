//! Every type of value, and names and times.

use super::*;
use crate::record::VALUE_CAP;

fn shown(data: impl Into<Data>) -> Vec<String> {
    let gathered = read_whole(&software().value("it", data));
    lines(value(&gathered, r"HKLM\SOFTWARE\it"))[1..].to_vec()
}

#[test]
fn every_type_is_shown_as_sysmon_writes_it() {
    let multi = Data::Multi(vec!["autocheck autochk *".to_owned(), "second".to_owned()]);
    let raw = |kind, bytes: &[u8]| Data::Raw { kind, bytes: bytes.to_vec() };
    for (data, expected) in [
        (Data::from("text 火"), &["Details: text 火", "ValueType: REG_SZ"][..]),
        (Data::from(""), &["Details: (Empty)", "ValueType: REG_SZ"]),
        (Data::Expand("%SystemRoot%".to_owned()), &["Details: %SystemRoot%", "ValueType: REG_EXPAND_SZ"]),
        (multi, &["Details: autocheck autochk *\nsecond", "ValueType: REG_MULTI_SZ"]),
        (Data::from(1), &["Details: DWORD (0x00000001)", "ValueType: REG_DWORD"]),
        (Data::Qword(0x1_0000_00ff), &["Details: QWORD (0x00000001-0x000000ff)", "ValueType: REG_QWORD"]),
        (Data::Binary(vec![]), &["Details: (Empty)", "ValueType: REG_BINARY"]),
        (
            Data::Binary(vec![0xde, 0xad]),
            &["Details: Binary Data", "Hex: dead", "Size: Number(2)", "ValueType: REG_BINARY"],
        ),
        (raw(0, b""), &["Details: (Empty)", "ValueType: REG_NONE"]),
        (raw(5, &[0, 0, 1, 0]), &["Details: DWORD (0x00000100)", "ValueType: REG_DWORD_BIG_ENDIAN"]),
        (raw(6, b"l\0"), &["Details: l", "ValueType: REG_LINK"]),
        (raw(4, &[1]), &["Details: Binary Data", "Hex: 01", "Size: Number(1)", "ValueType: REG_DWORD"]),
        (raw(0x1f4, b""), &["Details: (Empty)", "ValueType: 0x000001f4"]),
        (raw(1, b"no zero".as_ref()), &["Details: 潮稠牥", "ValueType: REG_SZ"]),
    ] {
        assert_eq!(shown(data.clone()), expected, "{data:?}");
    }
}

#[test]
fn text_behind_the_end_of_a_text_is_not_lost() {
    let bytes = "cmd.exe\0hidden\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(shown(Data::Raw { kind: 1, bytes }), ["Details: cmd.exe", "AfterEnd: hidden", "ValueType: REG_SZ"]);
}

#[test]
fn big_data_is_joined_and_shown_up_to_the_caps() {
    let bytes: Vec<u8> = (0..100_000_u32).map(|number| (number / 300) as u8).collect();
    let lines = shown(Data::Binary(bytes.clone()));
    let expected: String = bytes[..512].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(lines[1..3], [format!("Hex: {expected}"), "Size: Number(100000)".to_owned()]);

    let text = "abcdefgh".repeat(6_000);
    assert_eq!(shown(text.as_str())[0], format!("Details: {text}"));

    let long = software().value("long", "x".repeat(VALUE_CAP + 1).as_str());
    let gathered = read(&hive::write(&long, "TEST"), &[]);
    assert_eq!(missed(&gathered, Gap::ValueCut), 1);
    assert_eq!(value(&gathered, "long").text("Details").map(str::len), Some(VALUE_CAP));
}

#[test]
fn names_of_every_kind_are_read() {
    let tree = software().below("Ключ\\Müller\\\0Run", |key| key.value("ﾌﾟﾛｸﾞﾗﾑ", 1).value("\0a", 2).value("", 3));
    let gathered = read_whole(&tree);
    for end in ["Ключ\\Müller\\\0Run\\ﾌﾟﾛｸﾞﾗﾑ", "\\\0Run\\\0a", "\\\0Run\\(Default)"] {
        value(&gathered, end);
    }
}

#[test]
fn the_time_is_that_of_the_key_and_the_offset_that_of_the_value() {
    let later = written().plus_seconds(60);
    let bytes = hive::write(&software().key(Key::new("Later").at(later).value("x", 1)).value("y", 1), "TEST");
    let gathered = read(&bytes, &[]);
    assert_eq!(value(&gathered, r"Later\x").time, Some(later));
    assert_eq!(value(&gathered, r"SOFTWARE\y").time, Some(written()));
    let offset = value(&gathered, r"Later\x").offset as usize;
    assert_eq!((&bytes[offset + 4..offset + 6], bytes[offset + 24]), (&b"vk"[..], b'x'));
}

#[test]
fn many_subkeys_behind_an_index_root_are_all_read() {
    let many =
        (0..1_300).fold(Key::new("Many"), |key, number| key.key(Key::new(&format!("k{number}")).value("n", number)));
    let bytes = hive::write(&software().key(many), "TEST");
    assert_eq!(cells(&bytes, b"ri").len(), 1);
    let gathered = read(&bytes, &[]);
    assert_eq!(gathered.missed, []);
    assert_eq!(
        gathered
            .records
            .iter()
            .filter(|record| record.text("TargetObject").unwrap_or_default().contains(r"\Many\k"))
            .count(),
        1_300
    );
}

#[test]
fn the_older_lists_of_subkeys_are_read() {
    let tree = software().below(r"A\B", |key| key.value("x", 1)).below(r"A\C", |key| key.value("y", 1));
    let whole = hive::write(&tree, "TEST");
    let expected = read(&whole, &[]).records;
    for list in cells(&whole, b"lh") {
        let mut bytes = whole.clone();
        bytes[list + 4..list + 6].copy_from_slice(b"lf");
        assert_eq!(read(&bytes, &[]).records, expected);
        // Elements of an index leaf have no hash.
        bytes[list + 4..list + 6].copy_from_slice(b"li");
        for element in 0..usize::from(bytes[list + 6]) {
            let offset = number(&bytes, list + 8 + element * 8);
            set(&mut bytes, list + 8 + element * 4, offset);
        }
        let gathered = read(&bytes, &[]);
        assert_eq!((gathered.records, gathered.missed), (expected.clone(), vec![]));
    }
}

#[test]
fn a_hive_is_known_by_what_it_holds() {
    let user = || Key::new("ROOT").key(Key::new("Control Panel")).below("Software", |key| key.value("x", 1));
    let sid = "S-1-5-21-1-2-3-1001";
    for (tree, file_name, expected) in [
        (
            Key::new("CMI").key(Key::new("Classes")).below("Microsoft", |key| key.value("x", 1)),
            "",
            r"HKLM\SOFTWARE\Microsoft\x",
        ),
        (Key::new("R").key(Key::new("Policy").value("x", 1)), "", r"HKLM\SECURITY\Policy\x"),
        (Key::new("R").below(r"SAM\Domains", |key| key.value("x", 1)), "", r"HKLM\SAM\SAM\Domains\x"),
        (user(), r"??\C:\Users\alice\ntuser.dat", r"HKU\NTUSER\Software\x"),
        (user(), r"emRoot\System32\Config\DEFAULT", r"HKU\.DEFAULT\Software\x"),
        (
            user()
                .key(Key::new("X"))
                .below(&format!(r"Software\Microsoft\Protected Storage System Provider\{sid}"), |key| key),
            "",
            r"HKU\S-1-5-21-1-2-3-1001\Software\x",
        ),
        (Key::new(&format!("{sid}_Classes")).value("x", 1), "", r"HKU\S-1-5-21-1-2-3-1001_Classes\x"),
        (Key::new("R").key(Key::new("Local Settings")).value("x", 1), "", r"HKU\NTUSER_Classes\x"),
        (
            Key::new("R").key(Key::new("Objects")).key(Key::new("Description").value("x", 1)),
            "",
            r"HKLM\BCD00000000\Description\x",
        ),
        (
            Key::new("{11}").below(r"Root\InventoryApplicationFile", |key| key.value("x", 1)),
            "",
            r"\REGISTRY\A\Amcache.hve\Root\InventoryApplicationFile\x",
        ),
        (Key::new("R").key(Key::new("DerivedData").value("x", 1)), "", r"HKLM\COMPONENTS\DerivedData\x"),
        (Key::new("R").key(Key::new("DriverDatabase").value("x", 1)), "", r"HKLM\DRIVERS\DriverDatabase\x"),
        (Key::new("mine").value("x", 1), "SOFTWARE", r"\REGISTRY\A\mine\x"),
    ] {
        let gathered = read(&hive::write(&tree, file_name), &[]);
        assert_eq!(gathered.records[0].text("TargetObject"), Some(expected));
    }
}

#[test]
fn the_control_set_in_use_is_called_current() {
    let tree = root()
        .below("Select", |key| key.value("Current", 2))
        .below(r"ControlSet001\Control", |key| key.value("x", 1))
        .below(r"ControlSet002\Control", |key| key.value("x", 2));
    let gathered = read_whole(&tree);
    assert_eq!(lines(value(&gathered, r"HKLM\SYSTEM\ControlSet001\Control\x"))[1], "Details: DWORD (0x00000001)");
    assert_eq!(
        lines(value(&gathered, r"HKLM\SYSTEM\CurrentControlSet\Control\x"))[1..],
        ["Details: DWORD (0x00000002)", "ValueType: REG_DWORD", "ControlSet: ControlSet002"]
    );
}

#[test]
fn secrets_are_named_and_not_shown() {
    let secret = || Data::Binary(b"hunter2 hunter2".to_vec());
    let account = |key: Key| key.value("F", "shown").value("V", secret()).value("ResetData", "hunter2");
    let lsa = |key: Key| key.value("", secret());
    for (tree, hidden) in [
        (root().below(r"SAM\Domains\Account", |key| key.value("F", secret()).below(r"Users\000003E8", account)), 3),
        (root().below(r"Policy\Secrets\DefaultPassword\CurrVal", lsa).below(r"Policy\PolEKList", lsa), 2),
        (root().key(Key::new("Policy")).below("Cache", |key| key.value("NL$1", secret()).value("other", secret())), 2),
        // Saved from a part of the registry, so that nothing tells which hive it was.
        (Key::new("Secrets").below(r"L$x\OldVal", lsa).below(r"Users\000003E8", account), 3),
        (software().below(r"Microsoft\Winlogon", |key| key.value("DefaultPassword", "hunter2")), 1),
        (
            software()
                .below("Classes", |key| key.value("LimitPassword", 1).value("NoPassword", Data::Binary(Vec::new()))),
            0,
        ),
    ] {
        let gathered = read(&hive::write(&tree, "TEST"), &[]);
        let shown = |record: &&Record| record.text("Details") == Some("(secret, not shown)");
        assert_eq!(gathered.records.iter().filter(shown).count(), hidden, "{:#?}", gathered.records);
        let all = format!("{:?}", gathered.records);
        assert!(!all.contains("hunter2") && !all.contains("68756e746572"), "{all}");
    }
}
