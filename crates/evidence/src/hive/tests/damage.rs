//! Hives that lie, and hives that are damaged: what is lost is told, and the rest is read.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::hive::walk::{DEPTH_CAP, PATH_CAP};
use crate::record::{FIELDS_CAP, Flow, Missed, Sink, VALUE_CAP};

/// A hive with every kind of cell.
fn sample() -> Key {
    let many = (0..600).fold(Key::new("Many"), |key, number| key.key(Key::new(&format!("m{number}"))));
    software()
        .key(many)
        .value("big", Data::Binary(vec![7; 40_000]))
        .value("multi", Data::Multi(vec!["a".to_owned(), "b".to_owned()]))
        .below(r"One\Two\Three", |key| key.value("deep", "text of some length").value("number", 1))
        .below(r"One\Other", |key| key.value("beside", 1))
}

fn paths(gathered: &Gathered) -> BTreeSet<String> {
    let path = |record: &&Record| record.text("TargetObject").unwrap_or_default().to_owned();
    of(gathered, Topic::RegistryValue).iter().map(path).collect()
}

#[test]
fn a_circle_of_keys_is_told_and_ends() {
    let mut bytes = hive::write(&sample(), "TEST");
    let (one, three) = (key_cell(&bytes, "One"), key_cell(&bytes, "Three"));
    // The only subkey of `Two` becomes `One`, which is above it.
    let lists = cells(&bytes, b"lh");
    let list = *lists.iter().find(|list| number(&bytes, **list + 8) as usize + 4096 == three).unwrap();
    set(&mut bytes, list + 8, (one - 4096) as u32);
    let gathered = read(&bytes, &[]);
    assert_eq!(missed(&gathered, Gap::DamagedRecords), 1);
    assert!(gathered.missed[0].detail.as_ref().unwrap().en.contains("part of something else"));
    let lost: Vec<_> =
        paths(&read(&hive::write(&sample(), "TEST"), &[])).difference(&paths(&gathered)).cloned().collect();
    assert_eq!(lost, [r"HKLM\SOFTWARE\One\Two\Three\deep", r"HKLM\SOFTWARE\One\Two\Three\number"]);
}

#[test]
fn a_key_that_is_its_own_subkey_ends_the_search_for_tasks_too() {
    let cache = r"Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache";
    let tree = software().below(&format!(r"{cache}\Tree\round\round2"), |key| key.value("Id", "{1}"));
    let mut bytes = hive::write(&tree, "TEST");
    let (outer, inner) = (key_cell(&bytes, "round"), key_cell(&bytes, "round2"));
    let list = number(&bytes, outer + 4 + 28);
    set(&mut bytes, inner + 4 + 20, 1);
    set(&mut bytes, inner + 4 + 28, list);
    let gathered = read(&bytes, &[]);
    assert_eq!(missed(&gathered, Gap::DamagedRecords), 1);
    assert!(missed(&gathered, Gap::TooMany) >= 1);
    assert!(of(&gathered, Topic::ScheduledTask).len() < 1_000);
}

#[test]
fn keys_deeper_than_the_cap_are_told() {
    let path = vec!["d"; DEPTH_CAP + 3].join("\\");
    let tree = software().below(&path, |key| key.value("too deep", 1)).below("e", |key| key.value("after", 1));
    let gathered = read(&hive::write(&tree, "TEST"), &[]);
    assert_eq!(missed(&gathered, Gap::TooMany), 1);
    value(&gathered, r"e\after");
    assert!(!paths(&gathered).iter().any(|path| path.ends_with("too deep")));
}

#[test]
fn a_path_beyond_the_cap_is_cut_before_the_name_of_the_value() {
    let path = vec!["n".repeat(250); 100].join("\\");
    let gathered = read(&hive::write(&software().below(&path, |key| key.value("last", 1)), "TEST"), &[]);
    let cut = value(&gathered, r"n\last").text("TargetObject").unwrap().len();
    assert!(cut <= PATH_CAP + 5 && cut > PATH_CAP - 260);
    assert_eq!(missed(&gathered, Gap::ValueCut), 1);
}

/// What is told when one number of a hive lies: the gap, and the values that are lost.
fn with_lie(place: impl Fn(&[u8]) -> usize, lie: u32) -> (u64, Vec<String>) {
    let mut bytes = hive::write(&sample(), "TEST");
    let whole = paths(&read(&bytes, &[]));
    let at = place(&bytes);
    set(&mut bytes, at, lie);
    let gathered = read(&bytes, &[]);
    let lost = whole.difference(&paths(&gathered)).map(|path| path.rsplit('\\').next().unwrap().to_owned()).collect();
    (missed(&gathered, Gap::DamagedRecords), lost)
}

#[test]
fn sizes_and_numbers_that_lie_cost_what_they_concern() {
    let three = |bytes: &[u8]| key_cell(bytes, "Three");
    let deep = |bytes: &[u8]| cells(bytes, b"vk").into_iter().find(|at| bytes[at + 24..].starts_with(b"deep")).unwrap();
    let list_of_three = move |bytes: &[u8]| number(bytes, three(bytes) + 4 + 40) as usize + 4096 + 4;
    let big = |bytes: &[u8]| cells(bytes, b"db")[0];
    let both = || vec!["deep".to_owned(), "number".to_owned()];
    for lie in [0, 8, 0x7fff_fff8, 0x8000_0000, -8_i32 as u32, -12_i32 as u32, -0x10_0000_i32 as u32] {
        assert_eq!(with_lie(three, lie), (1, both()), "size of a key: {lie:#x}");
        assert_eq!(with_lie(deep, lie), (1, vec!["deep".to_owned()]), "size of a value: {lie:#x}");
    }
    // Numbers of subkeys.
    for (lie, told) in [(1, 1), (7, 1), (u32::MAX, 1)] {
        assert_eq!(with_lie(|bytes| three(bytes) + 4 + 20, lie), (told, vec![]));
    }
    // Numbers of values: as far as the list reaches.
    for lie in [0, 100, u32::MAX] {
        let (told, lost) = with_lie(|bytes| three(bytes) + 4 + 36, lie);
        assert!(told >= 1, "{lie}: {told}");
        assert_eq!(lost, if lie == 0 { both() } else { vec![] });
    }
    // Where the list of values lies.
    for lie in [0, 1, 0x20, 0x7fff_fff8, u32::MAX] {
        let (told, lost) = with_lie(|bytes| three(bytes) + 4 + 40, lie);
        assert!(told >= 1 && lost == both(), "{lie:#x}: {told} {lost:?}");
    }
    assert_eq!(with_lie(list_of_three, 0x20), (1, vec!["deep".to_owned()]));
    // Lengths of data and of names. The value is still named where its data is lost.
    assert_eq!(with_lie(|bytes| deep(bytes) + 8, 0x7fff_ffff), (1, vec![]));
    assert_eq!(with_lie(|bytes| deep(bytes) + 8, 0x8000_0005), (1, vec![]));
    assert_eq!(with_lie(|bytes| deep(bytes) + 4, u32::from_le_bytes(*b"vk\xff\xff")), (1, vec!["deep".to_owned()]));
    assert_eq!(with_lie(|bytes| three(bytes) + 4 + 72, 0xffff), (1, both()));
    // Big data.
    for (at, lie) in [(4, u32::from_le_bytes(*b"db\x02\x00")), (8, u32::MAX), (8, 0x20)] {
        let (told, lost) = with_lie(|bytes| big(bytes) + at, lie);
        assert_eq!((told, lost), (1, vec![]));
    }
}

#[test]
fn a_damaged_head_of_a_bin_costs_nothing_else() {
    let whole = hive::write(&sample(), "TEST");
    let expected = read(&whole, &[]).records;
    let bins: Vec<_> = (4096..whole.len()).step_by(4096).filter(|at| whole[*at..].starts_with(b"hbin")).collect();
    assert!(bins.len() > 8);
    for bin in bins {
        for (at, lie) in [(0, 0), (4, 1), (8, 0), (8, 100), (8, 0x7000_0000)] {
            let mut bytes = whole.clone();
            set(&mut bytes, bin + at, lie);
            let gathered = read(&bytes, &[]);
            assert_eq!(gathered.records, expected, "{bin:#x} {at}");
            assert_eq!(missed(&gathered, Gap::DamagedRecords), 1, "{bin:#x} {at}");
        }
    }
}

#[test]
fn a_hive_cut_anywhere_is_told_and_read_as_far_as_it_goes() {
    let whole = hive::write(&sample(), "TEST");
    let all = read(&whole, &[]).records.len();
    let mut most = 0;
    for length in (0..whole.len()).step_by(97) {
        let gathered = read(&whole[..length], &[]);
        assert!(missed(&gathered, Gap::Malformed) == 1, "{length}");
        assert!(gathered.records.len() <= all);
        most = most.max(gathered.records.len());
    }
    assert!(most > 3);
    assert_eq!(read(&whole[..whole.len() - 1], &[]).missed[1].bytes, Some(1));
}

#[test]
fn data_shared_by_two_values_is_read_once() {
    let mut bytes = hive::write(&sample().value("twin", "another text"), "TEST");
    let place = |bytes: &[u8], name: &[u8]| {
        cells(bytes, b"vk").into_iter().find(|at| bytes[at + 24..].starts_with(name)).unwrap() + 12
    };
    let (deep, twin) = (place(&bytes, b"deep"), place(&bytes, b"twin"));
    let data = number(&bytes, deep);
    set(&mut bytes, twin, data);
    let gathered = read(&bytes, &[]);
    assert_eq!(missed(&gathered, Gap::DamagedRecords), 1);
    assert_eq!(paths(&gathered).len(), paths(&read(&hive::write(&sample(), "TEST"), &[])).len() + 1);
}

#[test]
fn no_more_is_read_than_is_wanted() {
    struct First(u32);
    impl Sink for First {
        fn record(&mut self, _: Record) -> Flow {
            self.0 += 1;
            Flow::Stop
        }
        fn missed(&mut self, missed: Missed) {
            panic!("{missed:?}");
        }
    }
    let mut first = First(0);
    crate::hive::read(&hive::write(&sample(), "TEST"), &[], &mut first);
    assert_eq!(first.0, 1);
}

#[test]
fn what_is_no_hive_is_told() {
    for bytes in [&b""[..], b"regf", &[0; 5_000], &[0xff; 5_000]] {
        let gathered = read(bytes, &[]);
        assert_eq!((gathered.records.len(), missed(&gathered, Gap::Malformed)), (0, 1));
    }
}

#[test]
fn a_hive_of_the_oldest_format_is_told() {
    let mut bytes = hive::write(&sample(), "TEST");
    // The checksum is an exclusive or: what one number takes out of it, another puts in again.
    for at in [24, 180] {
        let number = number(&bytes, at);
        set(&mut bytes, at, number ^ 5 ^ 1);
    }
    let gathered = read(&bytes, &[]);
    assert_eq!((gathered.records.len(), missed(&gathered, Gap::NotReadYet)), (0, 1));
}

/// Holds what must hold of any bytes.
fn hold_bounds(bytes: &[u8], logs: &[&[u8]]) -> Gathered {
    let gathered = read(bytes, logs);
    let whole = logs.iter().map(|log| log.len()).sum::<usize>() + bytes.len();
    // A key takes 80 bytes and a value 24; facts are fewer than values.
    assert!(gathered.records.len() <= whole / 12 + 1);
    for record in &gathered.records {
        assert!(record.fields.len() <= FIELDS_CAP);
        for (_, value) in &record.fields {
            assert!(!matches!(value, Value::Text(text) if text.len() > VALUE_CAP));
        }
    }
    let reasons: BTreeSet<_> = gathered.missed.iter().map(|missed| missed.reason).collect();
    assert_eq!(reasons.len(), gathered.missed.len(), "each reason is told once");
    gathered
}

/// Every kind of fact, in small.
fn samples() -> Vec<Vec<u8>> {
    let system = root().below("Select", |key| key.value("Current", 1)).below(r"ControlSet001\Services\a", |key| {
        key.value("Type", 16).below("Parameters", |key| key.value("ServiceDll", "x"))
    });
    let accounts = root().below(r"SAM\Domains\Account\Users\000003E8", |key| {
        key.value("F", Data::Binary(vec![0; 80])).value("V", Data::Binary(vec![0; 300]))
    });
    let tasks = software().below(r"Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache", |key| {
        key.below(r"Tree\a", |key| key.value("Id", "{1}"))
            .below(r"Tasks\{1}", |key| key.value("Actions", Data::Binary(vec![3, 0, 0, 0, 0, 0, 0x66, 0x66])))
    });
    [sample(), system, accounts, tasks].iter().map(|tree| hive::write(tree, "TEST")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..9_000), log in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        hold_bounds(&bytes, &[&log]);
        if let Some(start) = bytes.get_mut(..4) {
            start.copy_from_slice(b"regf");
        }
        hold_bounds(&bytes, &[&log]);
    }

    #[test]
    fn a_mutated_hive_never_panics_and_stays_within_bounds(
        sample in 0..4_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u32>(), 0..4_u8), 1..24),
    ) {
        let mut bytes = samples()[sample].clone();
        for (place, number, kind) in changes {
            let at = place.index(bytes.len() / 4 - 1) * 4;
            let number = match kind {
                0 => number,
                1 => number & 0xfff8,
                2 => u32::MAX - number % 64,
                _ => number % 8,
            };
            set(&mut bytes, at, number);
        }
        hold_bounds(&bytes, &[]);
    }

    #[test]
    fn a_mutated_log_never_panics_and_stays_within_bounds(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let unflushed = hive::unflushed(&software(), &[sample()], &[], "TEST");
        let mut log = unflushed.logs[0].clone();
        for (place, byte) in changes {
            // Most of what can be told lies at the beginning.
            let at = place.index(1_200);
            log[at] = byte;
        }
        hold_bounds(&unflushed.hive, &[&log]);
    }

    /// Fills one cell of structure with anything: what it carried is lost, which is told, and no other value is.
    #[test]
    fn a_damaged_cell_is_told_and_costs_no_more_than_itself_and_what_is_below(
        place in any::<prop::sample::Index>(),
        fill in any::<u8>(),
    ) {
        let mut bytes = samples()[0].clone();
        let whole = read(&bytes, &[]);
        let all: Vec<_> = [b"nk", b"vk", b"lh", b"ri", b"db"].into_iter().flat_map(|kind| cells(&bytes, kind)).collect();
        let cell = all[place.index(all.len())];
        let name: Vec<u8> = bytes[cell + 80..cell + 88].to_vec();
        let kind = bytes[cell + 4..cell + 6].to_vec();
        let size = number(&bytes, cell).cast_signed().unsigned_abs() as usize;
        bytes[cell + 4..cell + size].fill(fill);
        let gathered = hold_bounds(&bytes, &[]);
        prop_assert!(missed(&gathered, Gap::DamagedRecords) >= 1, "{cell:#x} {fill}");
        if kind == b"vk" {
            prop_assert_eq!(paths(&gathered).len() + 1, paths(&whole).len());
        }
        if kind == b"nk" && name.starts_with(b"m") {
            prop_assert_eq!(paths(&gathered), paths(&whole));
        }
    }
}
