//! The machine itself: `ComputerName`, and its local time as `TimeZone` (a name), `Bias`, `StandardBias`, `DaylightBias` (minutes
//! that are added to local time for UTC), `StandardStart` and `DaylightStart` (month, week, weekday and minute).
//!
//! Source: `TIME_ZONE_INFORMATION`,
//! <https://learn.microsoft.com/en-us/windows/win32/api/timezoneapi/ns-timezoneapi-time_zone_information>.

use super::{control_sets, with};
use crate::hive::identity::Hive;
use crate::hive::tally::Out;
use crate::little_endian::u16_at;
use crate::record::{Topic, Value};

pub(super) fn tell(hive: &Hive<'_>, out: &mut Out<'_>) {
    for set in control_sets(hive) {
        let Some(zone) = set.below(hive, r"Control\TimeZoneInformation") else { continue };
        let name = set.below(hive, r"Control\ComputerName\ComputerName");
        let name = name.and_then(|place| place.text(hive, "ComputerName"));
        let mut record = with(zone.record(Topic::Machine), "ComputerName", name);
        // The name of a zone is kept in a field of fixed length, and what follows its end means nothing.
        let zone_name = zone.text(hive, "TimeZoneKeyName");
        let zone_name = zone_name.and_then(|name| name.split('\0').next().map(str::to_owned));
        record = with(record, "TimeZone", zone_name);
        for bias in ["Bias", "StandardBias", "DaylightBias"] {
            record = with(record, bias, zone.number(hive, bias).and_then(signed).map(Value::Number));
        }
        for start in ["StandardStart", "DaylightStart"] {
            record = with(record, start, zone.bytes(hive, start).and_then(|bytes| change(&bytes)));
        }
        out.record(record.with("Key", zone.path.as_str()));
    }
}

/// A number of 32 bits with its sign.
fn signed(number: u64) -> Option<i64> {
    Some(i64::from(u32::try_from(number).ok()?.cast_signed()))
}

/// A day of every year, of a `SYSTEMTIME`; `None` where clocks are not changed, or in one year only.
fn change(bytes: &[u8]) -> Option<String> {
    let part = |at: usize| u16_at(bytes, at * 2);
    let [year, month, weekday, week, hour, minute] = [part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, part(5)?];
    let is_rule = year == 0 && (1..=12).contains(&month) && weekday < 7 && (1..=5).contains(&week);
    (is_rule && hour < 24 && minute < 60).then(|| format!("{month} {week} {weekday} {}", hour * 60 + minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_change_is_read_and_one_of_a_single_year_is_not() {
        let bytes = |parts: [u16; 8]| parts.iter().flat_map(|part| part.to_le_bytes()).collect::<Vec<_>>();
        assert_eq!(change(&bytes([0, 10, 0, 5, 3, 30, 0, 0])).as_deref(), Some("10 5 0 210"));
        for parts in [[0; 8], [2021, 10, 0, 5, 3, 0, 0, 0], [0, 13, 0, 5, 3, 0, 0, 0], [0, 10, 7, 5, 3, 0, 0, 0]] {
            assert_eq!(change(&bytes(parts)), None, "{parts:?}");
        }
        assert_eq!(change(&[0, 0, 10]), None);
        assert_eq!(signed(4_294_966_756), Some(-540));
    }
}
