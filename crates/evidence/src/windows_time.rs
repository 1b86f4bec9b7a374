//! Times as Windows stores them.

use hikeshi_core::time::Timestamp;

/// FILETIME counts tenths of a microsecond.
const TICKS_PER_MICROSECOND: i64 = 10;
/// Ticks in a second.
pub(crate) const TICKS_PER_SECOND: u64 = 10_000_000;
/// Microseconds from 1601-01-01, where FILETIME begins, to 1970-01-01.
const TO_UNIX: i64 = 11_644_473_600 * 1_000_000;
/// The last instant of the year 9999, behind which there is no date that can be written.
const LAST: i64 = 253_402_300_799 * 1_000_000 + 999_999;

/// A FILETIME as a point in time; `None` for zero, which stands for no time, and for times beyond the year 9999.
///
/// Source: <https://learn.microsoft.com/en-us/windows/win32/api/minwinbase/ns-minwinbase-filetime>.
pub(crate) fn filetime(ticks: u64) -> Option<Timestamp> {
    let ticks = i64::try_from(ticks).ok().filter(|ticks| *ticks > 0)?;
    let micros = ticks / TICKS_PER_MICROSECOND - TO_UNIX;
    (micros <= LAST).then(|| Timestamp::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_times_count_from_1601_and_zero_is_no_time() {
        // The example of many tools: 2023-02-18T05:14:17 UTC.
        assert_eq!(filetime(133_211_708_571_634_483).unwrap().to_string(), "2023-02-18T05:14:17.163448Z");
        assert_eq!(filetime(132_600_000_000_000_000).unwrap().to_string(), "2021-03-12T05:20:00Z");
        assert_eq!(filetime(1).unwrap().to_string(), "1601-01-01T00:00:00Z");
        for none in [0, u64::MAX, i64::MAX as u64] {
            assert_eq!(filetime(none), None);
        }
    }
}
