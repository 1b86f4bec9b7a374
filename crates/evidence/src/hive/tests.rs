//! Hives that the practice writer makes, whole and damaged.

mod damage;
mod facts;
mod logs;
mod values;

use hikeshi_core::coverage::Gap;
use hikeshi_core::time::Timestamp;
use hikeshi_drill::hive::{self, Data, Key};

use crate::record::{Gathered, Record, Topic, Value};

/// Midday of the first of March 2021.
fn written() -> Timestamp {
    Timestamp::parse(b"2021-03-01T12:00:00Z").unwrap()
}

/// A root key as hives of newer systems have it.
fn root() -> Key {
    Key::new("ROOT").at(written())
}

/// A `SOFTWARE` hive with something in it.
fn software() -> Key {
    root().key(Key::new("Classes")).below(r"Microsoft\Windows\CurrentVersion\Run", |key| {
        key.value("Updater", r"C:\Program Files\Example\updater.exe").value("", "first").value("empty", "")
    })
}

fn read(bytes: &[u8], logs: &[&[u8]]) -> Gathered {
    let mut gathered = Gathered::default();
    super::read(bytes, logs, &mut gathered);
    gathered
}

/// Reads the hive with this root; nothing may be missed.
fn read_whole(root: &Key) -> Gathered {
    let gathered = read(&hive::write(root, "TEST"), &[]);
    assert_eq!(gathered.missed, []);
    gathered
}

/// The records of a topic.
fn of(gathered: &Gathered, topic: Topic) -> Vec<&Record> {
    gathered.records.iter().filter(|record| record.topic == topic).collect()
}

/// The value whose path ends so.
fn value<'g>(gathered: &'g Gathered, end: &str) -> &'g Record {
    let ends = |record: &&&Record| record.text("TargetObject").is_some_and(|path| path.ends_with(end));
    let values = of(gathered, Topic::RegistryValue);
    values.iter().find(ends).copied().unwrap_or_else(|| panic!("no value {end} in {values:#?}"))
}

/// The fields of a record as lines of `name: value`.
fn lines(record: &Record) -> Vec<String> {
    let shown = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    record.fields.iter().map(|(name, value)| format!("{name}: {}", shown(value))).collect()
}

/// How often a reason was told.
fn missed(gathered: &Gathered, reason: Gap) -> u64 {
    gathered.missed.iter().filter(|missed| missed.reason == reason).map(|missed| missed.count).sum()
}

/// A little-endian number.
fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn set(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

/// Where in the file the allocated cells lie that begin so.
fn cells(bytes: &[u8], signature: &[u8; 2]) -> Vec<usize> {
    let starts = |at: &usize| bytes[*at + 4..].starts_with(signature) && number(bytes, *at).cast_signed() < 0;
    (4096 + 32..bytes.len() - 8).step_by(8).filter(starts).collect()
}

/// The cell of the key of this name.
fn key_cell(bytes: &[u8], name: &str) -> usize {
    let named = |at: &usize| bytes[*at + 4 + 76..].starts_with(name.as_bytes());
    cells(bytes, b"nk").into_iter().find(named).unwrap()
}
