//! Tables that the practice writer makes, whole and damaged.

use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;
use hikeshi_drill::file_table::{Content, File, FileTable, Times};
use proptest::prelude::*;

use super::{CAPS, Caps, NAMES_CAP, read, read_within};
use crate::record::{Gathered, Record, Value};

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text.as_bytes()).unwrap()
}

fn at(text: &str) -> Times {
    Times::all(time(text))
}

fn gathered(bytes: &[u8]) -> Gathered {
    let mut sink = Gathered::default();
    read(&mut &*bytes, &|_| true, &mut sink);
    sink
}

fn text(content: &str) -> Content {
    Content::Bytes(content.as_bytes().to_vec())
}

fn named<'g>(sink: &'g Gathered, path: &str) -> &'g Record {
    let paths: Vec<_> = sink.records.iter().filter_map(|record| record.text("TargetFilename")).collect();
    sink.records
        .iter()
        .find(|record| record.text("TargetFilename") == Some(path))
        .unwrap_or_else(|| panic!("{paths:?}"))
}

fn words(words: &[&str]) -> Value {
    Value::List(words.iter().map(|word| (*word).to_owned()).collect())
}

/// A table with a file of each sort.
fn sample() -> FileTable {
    let mut table = FileTable::new(time("2019-01-01T00:00:00.5Z"));
    let web = table.folder(FileTable::root(), "site", at("2019-01-02T00:00:00.25Z"));
    let root = table.folder(web, "pages", at("2019-01-02T00:00:01.25Z"));
    let noon = at("2021-03-03T12:00:00.123456Z");
    table.file(
        root,
        &File::new("火.aspx", noon, text("<%@ practice %>")).attributes(0x6).stream("Zone.Identifier", b"x"),
    );
    table.file(root, &File::new("gone.aspx", noon, Content::Elsewhere(5_000)).deleted());
    table.file(FileTable::lost(), &File::new("lost.txt", noon, Content::Bytes(vec![0, 1, 2])));
    let old = File::new("old.dll", at("2009-07-14T01:14:00Z"), Content::Elsewhere(1)).name_times(noon);
    table.file(root, &old.link(web, "linked.dll"));
    table.file(root, &File::new("spread.bin", noon, Content::Elsewhere(1 << 33)).spread());
    table
}

#[test]
fn files_are_told_with_path_times_attributes_streams_and_content() {
    let sink = gathered(&sample().bytes());
    assert!(sink.missed.is_empty(), "{:?}", sink.missed);
    let shell = named(&sink, "\\site\\pages\\火.aspx");
    for (field, expected) in [
        ("Name", "火.aspx"),
        ("Created", "2021-03-03T12:00:00.123456Z"),
        ("NameAccessed", "2021-03-03T12:00:00.123456Z"),
        ("Resident", "<%@ practice %>"),
    ] {
        assert_eq!(shell.text(field), Some(expected), "{field}");
    }
    assert_eq!(shell.field("Size"), Some(&Value::Number(15)));
    assert_eq!(shell.field("Attributes"), Some(&words(&["hidden", "system"])));
    assert_eq!(shell.field("Streams"), Some(&words(&["Zone.Identifier"])));
    assert_eq!((shell.number, shell.offset), (Some(26), 26 * 1024));
    assert_eq!(shell.text("Deleted").or(shell.text("BackDated")), None);
    assert_eq!(named(&sink, "\\").number, Some(5));
    assert_eq!(named(&sink, "\\site").field("Attributes"), Some(&words(&["directory"])));
}

#[test]
fn deleted_lost_linked_and_scattered_files_are_told() {
    let sink = gathered(&sample().bytes());
    let gone = named(&sink, "\\site\\pages\\gone.aspx");
    assert_eq!((gone.text("Deleted"), gone.field("Size")), (Some("yes"), Some(&Value::Number(5_000))));
    assert_eq!(named(&sink, "\\$Orphan\\lost.txt").text("Resident"), None);
    assert_eq!(named(&sink, "\\site\\linked.dll").number, named(&sink, "\\site\\pages\\old.dll").number);
    assert_eq!(named(&sink, "\\site\\pages\\spread.bin").field("Size"), Some(&Value::Number(1 << 33)));
}

#[test]
fn times_that_were_set_back_show_by_those_of_the_name() {
    let noon = at("2021-03-03T12:00:00.123456Z");
    let whole = Times { created: time("2021-03-03T12:00:00Z"), ..noon };
    let late = Times { created: time("2021-03-04T12:00:00.5Z"), ..noon };
    let mut table = FileTable::new(time("2019-01-01T00:00:00.5Z"));
    for (name, own) in [
        ("early", at("2009-07-14T01:14:00.7Z")),
        ("whole", whole),
        ("late", late),
        ("honest", noon),
        ("copied", Times { modified: time("2010-01-01T00:00:00Z"), ..noon }),
    ] {
        table.file(FileTable::root(), &File::new(name, own, text("x")).name_times(noon));
    }
    let sink = gathered(&table.bytes());
    let signs = |name: &str| named(&sink, name).field("BackDatedBy");
    assert_eq!(signs("\\early"), Some(&words(&["created-before-name"])));
    assert_eq!(signs("\\whole"), Some(&words(&["whole-second"])));
    assert_eq!(signs("\\late"), Some(&words(&["changed-before-created"])));
    assert_eq!((signs("\\honest"), signs("\\copied")), (None, None));
}

#[test]
fn a_file_that_stands_before_its_folder_waits_for_it() {
    let mut table = FileTable::new(time("2019-01-01T00:00:00.5Z"));
    let folder = table.folder(FileTable::root(), "later", at("2019-01-02T00:00:00Z"));
    table.file(folder, &File::new("first.txt", at("2019-01-02T00:00:00Z"), text("x")));
    let bytes = table.bytes();
    // The folder keeps its entry: the file is put into one of the places that were never used.
    let (file, before) = (bytes[25 * 1024..].to_vec(), bytes[..25 * 1024].to_vec());
    let moved = [&before[..10 * 1024], &file, &before[11 * 1024..]].concat();
    let sink = gathered(&moved);
    assert_eq!(named(&sink, "\\later\\first.txt").number, Some(10));
    assert!(sink.missed.is_empty());
}

#[test]
fn only_what_is_wanted_is_handed_over() {
    let mut sink = Gathered::default();
    read(&mut &*sample().bytes(), &|name| name.ends_with(".aspx"), &mut sink);
    let names: Vec<_> = sink.records.iter().filter_map(|record| record.text("Name")).collect();
    assert_eq!(names, ["火.aspx", "gone.aspx"]);
}

#[test]
fn large_records_are_read_by_the_size_they_give() {
    let mut table = FileTable::new(time("2019-01-01T00:00:00.5Z"));
    let file = File::new("many.txt", at("2021-03-03T12:00:00Z"), text(&"x".repeat(600)));
    let file = (0..3).fold(file, |file, n| file.stream(&format!("stream-{n}"), &[b'y'; 600]));
    table.file(FileTable::root(), &file);
    let bytes = table.bytes();
    assert_eq!(bytes.len(), 25 * 4096);
    let sink = gathered(&bytes);
    let many = named(&sink, "\\many.txt");
    assert_eq!(many.field("Streams"), Some(&words(&["stream-0", "stream-1", "stream-2"])));
    assert_eq!(many.text("Resident").map(str::len), Some(600));
}

#[test]
fn a_damaged_record_costs_itself_alone_and_is_told() {
    let mut bytes = sample().bytes();
    bytes[26 * 1024..26 * 1024 + 4].copy_from_slice(b"BAAD");
    // The sector's mark: the record was written in part.
    bytes[27 * 1024 + 511] ^= 0xff;
    bytes.truncate(bytes.len() - 100);
    let sink = gathered(&bytes);
    assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::DamagedRecords, 3));
    assert!(named(&sink, "\\site\\pages\\old.dll").text("BackDated").is_some());
    assert!(sink.records.iter().all(|record| record.text("Name") != Some("火.aspx")));
}

#[test]
fn folders_in_a_circle_end_in_the_orphans_and_are_told() {
    let mut table = FileTable::new(time("2019-01-01T00:00:00.5Z"));
    let outer = table.folder(FileTable::root(), "outer", at("2019-01-02T00:00:00Z"));
    let inner = table.folder(outer, "inner", at("2019-01-02T00:00:00Z"));
    table.file(inner, &File::new("x.txt", at("2019-01-02T00:00:00Z"), text("x")));
    let mut bytes = table.bytes();
    // The outer folder is put into the inner one: its parent stands first in its name, behind header and information.
    let name_at = 24 * 1024 + 56 + 96 + 24;
    bytes[name_at] = 25;
    bytes[name_at + 6] = 1;
    let sink = gathered(&bytes);
    assert!(sink.records.iter().any(|record| record.text("TargetFilename") == Some("\\$Orphan\\x.txt")));
    assert_eq!(sink.missed[0].reason, Gap::Malformed);
}

#[test]
fn what_is_more_than_is_kept_is_handed_over_without_its_path_and_told() {
    let sample = sample().bytes();
    let read = |caps: Caps| {
        let mut sink = Gathered::default();
        read_within(caps, &mut &*sample, &|_| true, &mut sink);
        sink
    };
    let usual = gathered(&sample);
    for caps in [Caps { folders: 1, ..CAPS }, Caps { name_bytes: 8, ..CAPS }, Caps { waiting_bytes: 1024, ..CAPS }] {
        let sink = read(caps);
        assert_eq!(sink.missed[0].reason, Gap::TooMany);
        let lost = |sink: &Gathered| {
            sink.records.iter().filter(|r| r.text("TargetFilename").is_none_or(|p| p.contains("Orphan"))).count()
        };
        assert!(lost(&sink) > lost(&usual), "{:?}", sink.records);
    }
}

#[test]
fn names_without_end_and_folders_too_deep_are_told() {
    let noon = at("2021-03-03T12:00:00Z");
    let mut table = FileTable::new(time("2019-01-01T00:00:00.5Z"));
    let file =
        (0..200).fold(File::new("first", noon, text("x")), |file, n| file.link(FileTable::root(), &format!("l{n}")));
    table.file(FileTable::root(), &file);
    let sink = gathered(&table.bytes());
    assert_eq!((sink.missed[0].reason, sink.missed[0].count), (Gap::TooMany, 201 - NAMES_CAP as u64));

    let mut table = FileTable::new(time("2019-01-01T00:00:00.5Z"));
    let deep = (0..300).fold(FileTable::root(), |folder, n| table.folder(folder, &format!("f{n}"), noon));
    table.file(deep, &File::new("deep.txt", noon, text("x")));
    let sink = gathered(&table.bytes());
    assert_eq!(sink.missed[0].reason, Gap::Malformed);
    assert_eq!(named(&sink, "\\$Orphan\\deep.txt").text("Name"), Some("deep.txt"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_and_mutated_tables_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let mut bytes = sample().bytes();
        // Most of the table is empty places; the changes go where something stands.
        let used = 24 * 1024..bytes.len();
        for (at, value) in changes {
            bytes[used.start + at.index(used.len())] = value;
        }
        let whole = gathered(&bytes);
        prop_assert!(whole.records.len() <= 40);
        bytes.truncate(cut.index(bytes.len()));
        gathered(&bytes);
        gathered(&[b"FILE", noise.as_slice()].concat());
    }
}
