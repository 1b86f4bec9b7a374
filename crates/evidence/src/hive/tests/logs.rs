//! Hives that were being written, with and without their logs.

use super::*;

const NAME: &str = "SOFTWARE";

fn state(step: u32) -> Key {
    let grown =
        (0..step * 40).fold(software(), |key, number| key.key(Key::new(&format!("new {number}")).value("n", number)));
    grown.value("step", step)
}

fn step_of(gathered: &Gathered) -> Option<&str> {
    value(gathered, r"SOFTWARE\step").text("Details")
}

#[test]
fn a_dirty_hive_is_brought_up_to_date_from_its_log() {
    let unflushed = hive::unflushed(&state(0), &[state(1), state(2)], &[], NAME);
    let gathered = read(&unflushed.hive, &[&unflushed.logs[0], &unflushed.logs[1]]);
    let expected = read(&hive::write(&state(2), NAME), &[]);
    assert_eq!((gathered.records, gathered.missed), (expected.records, vec![]));
}

#[test]
fn entries_in_two_logs_are_joined_in_any_order_of_the_logs() {
    let unflushed = hive::unflushed(&state(0), &[state(1)], &[state(2), state(3)], NAME);
    let [log1, log2] = &unflushed.logs;
    for logs in [[&log1[..], log2], [log2, log1]] {
        let gathered = read(&unflushed.hive, &logs);
        assert_eq!((step_of(&gathered), &gathered.missed[..]), (Some("DWORD (0x00000003)"), &[][..]));
    }
}

#[test]
fn a_dirty_hive_without_a_log_is_told_and_read_as_it_lies() {
    let unflushed = hive::unflushed(&state(0), &[state(1)], &[], NAME);
    for logs in [&[][..], &[&[][..]], &[b"no log"], &[&unflushed.hive[..]]] {
        let gathered = read(&unflushed.hive, logs);
        assert_eq!(step_of(&gathered), Some("DWORD (0x00000000)"));
        assert_eq!(missed(&gathered, Gap::ChangesMissing), 1);
    }
}

#[test]
fn a_clean_hive_needs_no_log() {
    let unflushed = hive::unflushed(&state(0), &[state(1)], &[], NAME);
    let gathered = read(&hive::write(&state(0), NAME), &[&unflushed.logs[0]]);
    assert_eq!((step_of(&gathered), &gathered.missed[..]), (Some("DWORD (0x00000000)"), &[][..]));
}

#[test]
fn entries_behind_a_damaged_one_are_told_as_missing() {
    let unflushed = hive::unflushed(&state(0), &[state(1), state(2)], &[], NAME);
    let whole = &unflushed.logs[0];
    let second = 512 + number(whole, 512 + 4) as usize;
    for at in [second + 4, second + 20, second + 24, second + 32, second + 48, second + 60] {
        let mut log = whole.clone();
        log[at] ^= 1;
        let gathered = read(&unflushed.hive, &[&log]);
        assert_eq!(step_of(&gathered), Some("DWORD (0x00000001)"), "{at:#x}");
        assert_eq!(missed(&gathered, Gap::ChangesMissing), 1);
    }
}

#[test]
fn a_gap_between_two_logs_is_told() {
    let unflushed = hive::unflushed(&state(0), &[state(1), state(2)], &[state(3)], NAME);
    let [log1, log2] = &unflushed.logs;
    let first = 512 + number(log1, 512 + 4) as usize;
    let gathered = read(&unflushed.hive, &[&log1[..first], log2]);
    assert_eq!(step_of(&gathered), Some("DWORD (0x00000001)"));
    assert_eq!(missed(&gathered, Gap::ChangesMissing), 1);
}

#[test]
fn a_damaged_head_is_taken_from_the_log() {
    let mut unflushed = hive::unflushed(&state(0), &[state(1)], &[], NAME);
    let expected = read(&hive::write(&state(1), NAME), &[]).records;
    for range in [36..44, 0..4, 0..512] {
        unflushed.hive[range].fill(0xee);
        let gathered = read(&unflushed.hive, &[&unflushed.logs[0]]);
        assert_eq!((gathered.records, gathered.missed), (expected.clone(), vec![]));
    }
}

#[test]
fn a_false_size_in_a_damaged_head_hides_nothing() {
    let mut bytes = hive::write(&state(3), NAME);
    let expected = read(&bytes, &[]).records;
    set(&mut bytes, 40, 4096);
    let gathered = read(&bytes, &[]);
    assert_eq!(gathered.records, expected);
    assert_eq!(missed(&gathered, Gap::ChangesMissing), 1);
}

#[test]
fn a_log_that_would_grow_the_hive_beyond_its_own_length_is_told() {
    let unflushed = hive::unflushed(&state(0), &[state(1)], &[], NAME);
    // The same pages, moved far away, with their hashes made anew.
    let mut log = unflushed.logs[0].clone();
    set(&mut log, 512 + 16, 0x4000_0000);
    set(&mut log, 512 + 40, 0x3000_0000);
    rehash(&mut log);
    let gathered = read(&unflushed.hive, &[&log]);
    assert!(missed(&gathered, Gap::ChangesMissing) >= 1, "{:?}", gathered.missed);
    assert!(missed(&gathered, Gap::Malformed) >= 1);
}

/// Makes the hashes of the first entry right again.
fn rehash(log: &mut [u8]) {
    use crate::hive::replay::marvin::marvin;
    let size = number(log, 512 + 4) as usize;
    let body = marvin(&log[512 + 40..512 + size]);
    log[512 + 24..512 + 32].copy_from_slice(&body.to_le_bytes());
    let head = marvin(&log[512..512 + 32]);
    log[512 + 32..512 + 40].copy_from_slice(&head.to_le_bytes());
}

/// A log of the older format that turns one state into another.
fn old_log(before: &[u8], after: &[u8]) -> Vec<u8> {
    let (before, after) = (&before[4096..], &after[4096..]);
    let mut head = hive_head(after.len());
    let mut bitmap = vec![0_u8; after.len() / 512 / 8];
    let mut pages = Vec::new();
    for (number, page) in after.chunks(512).enumerate() {
        if before.get(number * 512..number * 512 + 512) != Some(page) {
            bitmap[number / 8] |= 1 << (number % 8);
            pages.extend_from_slice(page);
        }
    }
    let mut vector = [b"DIRT".as_slice(), &bitmap].concat();
    vector.resize(vector.len().next_multiple_of(512), 0);
    head.extend(vector);
    head.extend(pages);
    head
}

/// The first sector of such a log, for a hive of so many bytes of bins.
fn hive_head(bins: usize) -> Vec<u8> {
    let mut head = hive::write(&state(0), NAME)[..512].to_vec();
    set(&mut head, 28, 1);
    set(&mut head, 40, bins as u32);
    let sum = (0..508).step_by(4).fold(0, |sum, at| sum ^ number(&head, at));
    set(&mut head, 508, sum);
    head
}

#[test]
fn logs_of_the_older_format_are_applied() {
    let before = hive::unflushed(&state(0), &[], &[], NAME).hive;
    let log = old_log(&before, &hive::write(&state(2), NAME));
    let gathered = read(&before, &[&log]);
    let expected = read(&hive::write(&state(2), NAME), &[]).records;
    assert_eq!((gathered.records, gathered.missed), (expected, vec![]));

    let cut = read(&before, &[&log[..log.len() - 600]]);
    assert_eq!(missed(&cut, Gap::ChangesMissing), 1);
    assert!(missed(&read(&before, &[&log[..700]]), Gap::ChangesMissing) >= 1);
}

#[test]
fn a_log_is_told_from_a_hive() {
    let unflushed = hive::unflushed(&state(0), &[state(1)], &[], NAME);
    assert!(super::super::is_log(&unflushed.logs[0]) && super::super::is_log(&hive_head(4096)));
    assert!(!super::super::is_log(&unflushed.hive) && !super::super::is_log(b"regf"));
    let gathered = read(&unflushed.logs[0], &[]);
    assert_eq!((gathered.records.len(), missed(&gathered, Gap::Malformed)), (0, 1));
}
