//! Puts the right checksum wherever a zero stands for it, so that mutations reach what lies behind the check.

use flate2::Crc;

use crate::hive::marvin;
use crate::little_endian::u32_at;

const SECTOR: usize = 512;
/// Bins follow the base block of a hive at this distance.
const BINS: usize = 4_096;

/// A hive in its usual layout, and its logs.
pub(super) fn hive_and_logs(bytes: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let begins = |at: &usize| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"regf"));
    let starts: Vec<_> = (SECTOR..bytes.len()).step_by(SECTOR).filter(begins).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    let logs = starts.iter().zip(ends).map(|(start, end)| log(bytes.get(*start..end).unwrap_or_default())).collect();
    let hive = bytes.get(..starts.first().copied().unwrap_or(bytes.len())).unwrap_or_default();
    let (block, bins) = hive.split_at_checked(SECTOR).unwrap_or((hive, &[]));
    let mut hive = block.to_vec();
    base_block(&mut hive);
    if !bins.is_empty() {
        hive.resize(BINS, 0);
        hive.extend_from_slice(bins);
    }
    (hive, logs)
}

fn log(bytes: &[u8]) -> Vec<u8> {
    let mut log = bytes.to_vec();
    base_block(&mut log);
    let mut at = SECTOR;
    while let Some(entry) = log.get_mut(at..).filter(|rest| rest.starts_with(b"HvLE")) {
        let length = u32_at(entry, 4).unwrap_or_default() as usize;
        let Some(entry) = entry.get_mut(..length).filter(|entry| entry.len() >= SECTOR) else { break };
        of_entry(entry);
        at += length;
    }
    log
}

/// The checksums of a log's entry: of its body and of its header.
fn of_entry(entry: &mut [u8]) {
    let sum = entry.get(40..).map(marvin).unwrap_or_default().to_le_bytes();
    fill_zeros(entry, 24, &sum);
    let sum = entry.get(..32).map(marvin).unwrap_or_default().to_le_bytes();
    fill_zeros(entry, 32, &sum);
}

/// The checksum of a base block: its words, one upon the other.
fn base_block(block: &mut [u8]) {
    let (words, _) = block.get(..SECTOR - 4).unwrap_or_default().as_chunks::<4>();
    let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
    fill_zeros(block, SECTOR - 4, &sum.to_le_bytes());
}

/// The two checksums of a 7z archive's beginning: of the header at its end, and of where that stands.
pub(super) fn seven(bytes: &[u8]) -> Vec<u8> {
    const START: usize = 32;
    let mut bytes = bytes.to_vec();
    if !bytes.starts_with(b"7z\xbc\xaf\x27\x1c") || bytes.len() < START {
        return bytes;
    }
    let [at, length] = [12, 20].map(|place| u32_at(&bytes, place).unwrap_or_default() as usize);
    let header = bytes.get(START..).and_then(|rest| rest.get(at..)).and_then(|rest| rest.get(..length));
    let sum = crc(header.unwrap_or_default());
    fill_zeros(&mut bytes, 28, &sum);
    let sum = crc(bytes.get(12..START).unwrap_or_default());
    fill_zeros(&mut bytes, 8, &sum);
    bytes
}

fn crc(bytes: &[u8]) -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}

fn fill_zeros(bytes: &mut [u8], at: usize, sum: &[u8]) {
    let room = bytes.get_mut(at..).and_then(|rest| rest.get_mut(..sum.len()));
    if let Some(room) = room.filter(|room| room.iter().all(|byte| *byte == 0)) {
        room.copy_from_slice(sum);
    }
}
