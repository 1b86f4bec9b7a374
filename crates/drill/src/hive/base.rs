//! The base block: the header of a hive and of its logs.

use hikeshi_core::time::Timestamp;

use super::bins::{Bins, put};

/// Bytes of the base block of a hive.
const LENGTH: usize = 4096;
/// Bytes that a log carries of it.
const LENGTH_IN_LOG: usize = 512;
const CHECKSUM: usize = 508;

/// What the base block says.
#[derive(Debug, Clone)]
pub(super) struct Base {
    primary: u32,
    secondary: u32,
    time: u64,
    root: u32,
    bins_length: usize,
    file_name: String,
}

impl Base {
    /// Of a hive that was written to its end.
    pub(super) fn clean(time: Option<Timestamp>, file_name: &str, bins: &Bins) -> Self {
        let time = time.map_or(0, filetime);
        let file_name = file_name.to_owned();
        Self { primary: 1, secondary: 1, time, root: bins.root, bins_length: bins.bytes.len(), file_name }
    }

    /// Of a hive whose last writing did not come to its end.
    pub(super) fn being_written(self) -> Self {
        Self { primary: self.primary + 1, ..self }
    }

    /// The number that the first log entry after this state has.
    pub(super) fn sequence(&self) -> u32 {
        self.secondary
    }

    /// The 4,096 bytes at the beginning of a hive.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.block(0, LENGTH)
    }

    /// The first 512 bytes of a log whose first entry has this number.
    pub(super) fn bytes_in_log(&self, sequence: u32) -> Vec<u8> {
        const NEW_LOG: u32 = 6;
        Self { primary: sequence, secondary: sequence, ..self.clone() }.block(NEW_LOG, LENGTH_IN_LOG)
    }

    fn block(&self, kind: u32, length: usize) -> Vec<u8> {
        const MAJOR: u32 = 1;
        const MINOR: u32 = 5;
        const DIRECT_MEMORY_LOAD: u32 = 1;
        const NAME_UNITS: usize = 31;
        let mut bytes = vec![0; length];
        put(&mut bytes, 0, b"regf");
        put(&mut bytes, 12, &self.time.to_le_bytes());
        let bins_length = self.bins_length as u32;
        for (at, number) in [
            (4, self.primary),
            (8, self.secondary),
            (20, MAJOR),
            (24, MINOR),
            (28, kind),
            (32, DIRECT_MEMORY_LOAD),
            (36, self.root),
            (40, bins_length),
            (44, 1),
        ] {
            put(&mut bytes, at, &number.to_le_bytes());
        }
        let name: Vec<u8> = self.file_name.encode_utf16().take(NAME_UNITS).flat_map(u16::to_le_bytes).collect();
        put(&mut bytes, 48, &name);
        let sum = checksum(&bytes);
        put(&mut bytes, CHECKSUM, &sum.to_le_bytes());
        bytes
    }
}

/// The exclusive or of the first 508 bytes; two values are avoided.
fn checksum(bytes: &[u8]) -> u32 {
    let (words, _) = bytes.get(..CHECKSUM).unwrap_or_default().as_chunks::<4>();
    match words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word)) {
        0 => 1,
        u32::MAX => u32::MAX - 1,
        sum => sum,
    }
}

/// Hundreds of nanoseconds since 1601.
pub(crate) fn filetime(time: Timestamp) -> u64 {
    const FROM_1601_TO_1970: i64 = 11_644_473_600_000_000;
    time.micros().saturating_add(FROM_1601_TO_1970).max(0).unsigned_abs() * 10
}
