//! Event logs from which something was taken: each loss is counted and told.

use hikeshi_drill::event_log::{Body, Event, EventLog, Guid, Provider, State};

use super::*;
use crate::record::Gathered;

const EVENTS: u64 = 700;

/// A log of several chunks whose first record has this number.
fn log(first: u64, state: State) -> Vec<u8> {
    let provider = Provider::new("Ferry-Gate", "{54849625-5478-4994-a5ba-3e3b0328c30d}".parse::<Guid>().unwrap());
    let event = |number: u64| {
        let time = Timestamp::from_micros(1_903_000_000_000_000 + number as i64 * 1_000_000);
        let body = Body::named([
            ("Ticket", format!("ticket {number}").as_str().into()),
            ("Remark", "a".repeat(150).as_str().into()),
        ]);
        Event { body, ..Event::new(provider.clone(), 7, time, "gate.ferry.example") }
    };
    let log = EventLog::new("Ferry").first_record(first).state(state);
    (first..first + EVENTS).fold(log, |log, number| log.event(event(number))).write().unwrap()
}

fn whole() -> Vec<u8> {
    log(1, State::Clean)
}

fn gathered(bytes: &[u8]) -> Gathered {
    let mut gathered = Gathered::default();
    read(&mut &*bytes, &mut gathered);
    gathered
}

fn chunk_at(number: usize) -> usize {
    HEADER + number * CHUNK
}

fn number_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// How many records a chunk's header counts.
fn records_in(bytes: &[u8], chunk: usize) -> u64 {
    number_at(bytes, chunk_at(chunk) + 16) - number_at(bytes, chunk_at(chunk) + 8) + 1
}

/// Offsets of the records of a chunk in the file.
fn records_of(bytes: &[u8], chunk: usize) -> Vec<usize> {
    let mut at = chunk_at(chunk) + 512;
    let mut places = Vec::new();
    while bytes[at..].starts_with(b"**\0\0") {
        places.push(at);
        at += size_of(bytes, at);
    }
    places
}

fn size_of(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize
}

/// Puts right both checksums of a chunk.
fn seal(bytes: &mut [u8], chunk: usize) {
    let chunk = &mut bytes[chunk_at(chunk)..][..CHUNK];
    let free = u32::from_le_bytes(chunk[48..52].try_into().unwrap()) as usize;
    let records = crc32fast::hash(&chunk[512..free]);
    chunk[52..56].copy_from_slice(&records.to_le_bytes());
    let header = crc32fast::hash(&[&chunk[..120], &chunk[128..512]].concat());
    chunk[124..128].copy_from_slice(&header.to_le_bytes());
}

/// Of each reason, how often; and that nothing is told twice.
fn told(gathered: &Gathered) -> Vec<(Gap, u64)> {
    gathered.missed.iter().map(|missed| (missed.reason, missed.count)).collect()
}

/// What was lost, for whatever reason.
fn lost(gathered: &Gathered) -> u64 {
    let counts = gathered.missed.iter().filter(|missed| missed.reason != Gap::Altered);
    counts.map(|missed| missed.count).sum()
}

#[test]
fn sound_logs_have_no_gap_wherever_their_numbers_begin_and_however_they_were_copied() {
    let ahead = [whole(), vec![0; 3 * CHUNK]].concat();
    let in_use = log(1, State::Dirty);
    let mut overwritten = log(70_211, State::Clean);
    // The newest chunks lie before the oldest.
    let chunks = (overwritten.len() - HEADER) / CHUNK;
    assert!(chunks > 4, "{chunks}");
    overwritten[HEADER..].rotate_right(2 * CHUNK);
    let none = EventLog::new("Ferry").write().unwrap();
    for (bytes, records) in [
        (whole(), EVENTS),
        (log(70_211, State::Clean), EVENTS),
        (ahead, EVENTS),
        (in_use, EVENTS),
        (overwritten, EVENTS),
        (none, 0),
    ] {
        let read = gathered(&bytes);
        assert_eq!((read.records.len() as u64, told(&read)), (records, vec![]), "{:?}", read.missed);
    }
}

#[test]
fn an_emptied_chunk_is_missed_by_the_numbers_of_its_records() {
    for state in [State::Clean, State::Dirty] {
        let mut bytes = log(1, state);
        let gone = records_in(&bytes, 2);
        bytes[chunk_at(2)..chunk_at(3)].fill(0);
        let read = gathered(&bytes);
        assert_eq!(told(&read), [(Gap::RecordsMissing, gone)]);
        assert_eq!(read.records.len() as u64, EVENTS - gone);
    }
    // Nothing says how many records stood before the first that is there.
    let mut bytes = whole();
    bytes[chunk_at(0)..chunk_at(1)].fill(0);
    assert_eq!(told(&gathered(&bytes)), [(Gap::RecordsMissing, 1)]);
}

#[test]
fn an_overwritten_log_is_whole_or_has_a_hole_by_its_numbers_not_by_its_places() {
    let mut bytes = log(70_211, State::Clean);
    bytes[HEADER..].rotate_right(2 * CHUNK);
    let gone = records_in(&bytes, 4);
    bytes[chunk_at(4)..chunk_at(5)].fill(0);
    assert_eq!(told(&gathered(&bytes)), [(Gap::RecordsMissing, gone)]);
}

#[test]
fn the_end_of_a_chunk_that_was_emptied_is_missed() {
    let mut bytes = whole();
    let half = records_of(&bytes, 2)[records_in(&bytes, 2) as usize / 2];
    bytes[half..chunk_at(3)].fill(0);
    let read = gathered(&bytes);
    assert_eq!(lost(&read) + read.records.len() as u64, EVENTS);
    assert_eq!(told(&read).iter().map(|(reason, _)| *reason).collect::<Vec<_>>(), [Gap::RecordsMissing, Gap::Altered]);
}

#[test]
fn chunks_cut_off_are_missed_by_the_number_that_the_header_expects_next() {
    let bytes = whole();
    let read = gathered(&bytes[..chunk_at(3)]);
    let left = read.records.len() as u64;
    assert_eq!(told(&read), [(Gap::RecordsMissing, EVENTS - left)]);
    let words = format!("records {} to {EVENTS}, the last", left + 1);
    assert_eq!(read.missed[0].detail.as_ref().unwrap().en, words);
}

#[test]
fn a_log_in_which_every_chunk_is_empty_is_not_an_empty_log() {
    let mut bytes = whole();
    let chunks = ((bytes.len() - HEADER) / CHUNK) as u64;
    bytes[HEADER..].fill(0);
    assert_eq!(told(&gathered(&bytes)), [(Gap::RecordsMissing, chunks)]);
    assert_eq!(told(&gathered(&bytes[..HEADER])), [(Gap::RecordsMissing, chunks)]);
}

#[test]
fn a_record_hidden_in_the_one_before_is_read_and_told_even_where_all_checksums_are_right() {
    let mut bytes = whole();
    let places = records_of(&bytes, 2);
    let (outer, inner) = (places[5], places[6]);
    let (first, second) = (size_of(&bytes, outer), size_of(&bytes, inner));
    let both = u32::try_from(first + second).unwrap().to_le_bytes();
    bytes[outer + 4..outer + 8].copy_from_slice(&both);
    bytes[inner + second - 4..inner + second].copy_from_slice(&both);
    seal(&mut bytes, 2);
    let read = gathered(&bytes);
    assert_eq!(read.records, gathered(&whole()).records);
    assert_eq!(told(&read), [(Gap::Altered, 1)]);
    let (outer, inner) = (number_at(&bytes, outer + 8), number_at(&bytes, inner + 8));
    let detail = &read.missed[0].detail.as_ref().unwrap().en;
    assert!(detail.starts_with(&format!("record {inner} was hidden inside record {outer}")), "{detail}");
}

#[test]
fn two_records_hidden_in_one_are_both_read() {
    let mut bytes = whole();
    let places = records_of(&bytes, 1);
    let all = u32::try_from(places[12] - places[9]).unwrap().to_le_bytes();
    bytes[places[9] + 4..places[9] + 8].copy_from_slice(&all);
    bytes[places[12] - 4..places[12]].copy_from_slice(&all);
    seal(&mut bytes, 1);
    let read = gathered(&bytes);
    assert_eq!((read.records.len() as u64, told(&read)), (EVENTS, vec![(Gap::Altered, 2)]));
}

#[test]
fn text_that_was_changed_shows_by_the_checksum_and_is_read() {
    let mut bytes = whole();
    let text: Vec<u8> = "ticket 300".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
    bytes[at] = b'T';
    let read = gathered(&bytes);
    assert_eq!((read.records.len() as u64, told(&read)), (EVENTS, vec![(Gap::Altered, 1)]));
    // A log in use has its newest chunk half written; an older one is finished.
    let last = bytes.windows(text.len()).rposition(|window| window[..12] == text[..12]).unwrap();
    for (at, expected) in [(at, vec![(Gap::Altered, 1)]), (last, vec![])] {
        let mut bytes = log(1, State::Dirty);
        bytes[at] = b'T';
        assert_eq!(told(&gathered(&bytes)), expected);
    }
}

#[test]
fn a_changed_header_of_the_file_is_told_and_costs_no_record() {
    let mut bytes = whole();
    bytes[24] ^= 1;
    assert_eq!(told(&gathered(&bytes)), [(Gap::Altered, 1)]);
    bytes[..8].fill(0);
    let read = gathered(&bytes);
    assert_eq!((read.records.len() as u64, told(&read)), (EVENTS, vec![(Gap::Altered, 1)]));
}

#[test]
fn bytes_put_in_or_taken_out_between_chunks_are_told_and_cost_no_record() {
    let bytes = whole();
    let (header, chunks) = bytes.split_at(HEADER);
    let (first, rest) = chunks.split_at(CHUNK);
    for (name, file) in [
        ("no header", chunks.to_vec()),
        ("half a header", [&header[..2_000], chunks].concat()),
        ("a longer header", [header, &[b'x'; 512], chunks].concat()),
        ("zeros behind the header", [header, &[0; 512], chunks].concat()),
        ("something between chunks", [header, first, &[b'x'; 777], rest].concat()),
        ("more than a chunk between", [header, first, &vec![b'x'; CHUNK + 9], rest].concat()),
    ] {
        let read = gathered(&file);
        assert_eq!(read.records.len() as u64, EVENTS, "{name}: {:?}", told(&read));
        // Behind its first 128 bytes the header says nothing.
        assert_eq!(read.missed.is_empty(), name == "half a header", "{name}");
    }
}

#[test]
fn a_time_before_there_were_event_logs_is_no_time() {
    let provider = Provider::classic("Ferry");
    let at = |seconds: i64| Event::new(provider.clone(), 7, Timestamp::from_micros(seconds * 1_000_000), "gate");
    let log = [-11_644_473_600, 315_532_799, 315_532_800, 1_903_000_000].into_iter().map(at);
    let bytes = log.fold(EventLog::new("Ferry"), EventLog::event).write().unwrap();
    let times: Vec<_> = gathered(&bytes).records.iter().map(|record| record.time.map(Timestamp::seconds)).collect();
    assert_eq!(times, [None, None, Some(315_532_800), Some(1_903_000_000)]);
}

#[test]
fn records_behind_the_place_where_a_changed_header_says_that_they_end_are_not_missing() {
    for (at, value) in [(48, 512_u32), (16, 1), (32, 1)] {
        let mut bytes = whole();
        let at = chunk_at(2) + at;
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let read = gathered(&bytes);
        assert_eq!((read.records.len() as u64, told(&read)), (EVENTS, vec![(Gap::Altered, 1)]), "{at}");
    }
}

/// Whatever is taken from a log: what is read and what is told to be lost is at least what there was.
#[test]
fn nothing_goes_missing_untold() {
    let bytes = whole();
    let last = bytes.len() - 1;
    for number in 0..60_usize {
        let mut bytes = bytes.clone();
        let at = HEADER + (number * 104_729) % (last - HEADER);
        let stretch = [1, 64, 4_096, CHUNK, 3 * CHUNK][number % 5];
        let end = (at + stretch).min(bytes.len());
        let before = bytes.clone();
        bytes[at..end].fill(0);
        let read = gathered(&bytes);
        let have = read.records.iter().filter_map(|record| record.number).collect::<std::collections::BTreeSet<_>>();
        let is_told = !read.missed.is_empty();
        assert!(is_told || have.len() as u64 == EVENTS, "{stretch} bytes at {at}: {} read, nothing told", have.len());
        // Behind its records, a chunk has room that may hold anything.
        let free = |place: usize| {
            let chunk = HEADER + (place - HEADER) / CHUNK * CHUNK;
            chunk + u32::from_le_bytes(before[chunk + 48..chunk + 52].try_into().unwrap()) as usize
        };
        let changed = (at..end).any(|place| before[place] != 0 && place < free(place));
        assert_eq!(is_told, changed, "{stretch} bytes at {at}: {:?}", read.missed);
    }
}
