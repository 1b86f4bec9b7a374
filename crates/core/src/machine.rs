//! A machine that evidence comes from: its name, and its local time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A machine, as its own settings describe it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Machine {
    /// Its name.
    pub name: Option<String>,
    /// Its local time.
    pub time_zone: Option<TimeZone>,
}

/// How local time follows from UTC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimeZone {
    /// As the machine calls it, such as `Tokyo Standard Time`.
    pub name: Option<String>,
    /// Minutes that standard time is ahead of UTC.
    pub offset_minutes: i32,
    /// Daylight saving time, where it is kept.
    pub daylight: Option<Daylight>,
}

/// Daylight saving time, by one rule for all years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Daylight {
    /// Minutes that it is ahead of UTC.
    pub offset_minutes: i32,
    /// When it begins, in standard time.
    pub begins: Change,
    /// When it ends, in daylight saving time.
    pub ends: Change,
}

/// A day of every year on which clocks are changed, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// From 1.
    pub month: u8,
    /// 1 to 4, or 5 for the last in the month.
    pub week: u8,
    /// From 0, which is Sunday.
    pub weekday: u8,
    /// Minutes after midnight.
    pub minute: u16,
}

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

impl TimeZone {
    /// A zone that is always as far ahead of UTC.
    #[must_use]
    pub const fn fixed(offset_minutes: i32) -> Self {
        Self { name: None, offset_minutes, daylight: None }
    }

    /// How many minutes local time is ahead of UTC at a time.
    #[must_use]
    pub fn offset_at(&self, time: Timestamp) -> i32 {
        match self.daylight {
            Some(daylight) if self.is_daylight(daylight, time) => daylight.offset_minutes,
            _ => self.offset_minutes,
        }
    }

    /// Local time with its offset, as RFC 3339 writes it, to the second.
    #[must_use]
    pub fn local(&self, time: Timestamp) -> String {
        let offset = self.offset_at(time);
        let local = time.plus_seconds(i64::from(offset) * MINUTE);
        let local = Timestamp::from_micros(local.seconds() * 1_000_000).to_string();
        let sign = if offset < 0 { '-' } else { '+' };
        format!("{}{sign}{:02}:{:02}", local.trim_end_matches('Z'), offset.abs() / 60, offset.abs() % 60)
    }

    fn is_daylight(&self, daylight: Daylight, time: Timestamp) -> bool {
        let (year, ..) = time.plus_seconds(i64::from(self.offset_minutes) * MINUTE).date();
        let at = |change: Change, offset: i32| Some(change.in_year(year)?.plus_seconds(-i64::from(offset) * MINUTE));
        match (at(daylight.begins, self.offset_minutes), at(daylight.ends, daylight.offset_minutes)) {
            (Some(begins), Some(ends)) if begins < ends => (begins..ends).contains(&time),
            // South of the equator it lasts over the turn of the year.
            (Some(begins), Some(ends)) => time >= begins || time < ends,
            _ => false,
        }
    }
}

/// Text that is no offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoOffset;

impl fmt::Display for NoOffset {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not an offset from UTC such as +09:00 or -03:30")
    }
}

impl std::error::Error for NoOffset {}

impl FromStr for TimeZone {
    type Err = NoOffset;

    fn from_str(text: &str) -> Result<Self, NoOffset> {
        let (sign, rest) = match text.split_at_checked(1) {
            Some(("+", rest)) => (1, rest),
            Some(("-", rest)) => (-1, rest),
            _ => return Err(NoOffset),
        };
        let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "00"));
        let number = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() == 2);
        match (number(hours), number(minutes)) {
            (Some(hours @ 0..=23), Some(minutes @ 0..=59)) => Ok(Self::fixed(sign * (hours * 60 + minutes))),
            _ => Err(NoOffset),
        }
    }
}

impl Change {
    /// The moment in a year, as if its clock were UTC.
    fn in_year(self, year: i64) -> Option<Timestamp> {
        let first = Timestamp::from_date(year, i64::from(self.month), 1)?;
        // 1 January 1970 was a Thursday.
        let weekday = (first.seconds().div_euclid(DAY) + 4).rem_euclid(7);
        let day = 1 + (i64::from(self.weekday) - weekday).rem_euclid(7) + 7 * (i64::from(self.week) - 1);
        // The fifth of a month that has four is the last.
        let date = [day, day - 7].into_iter().find_map(|day| Timestamp::from_date(year, i64::from(self.month), day))?;
        Some(date.plus_seconds(i64::from(self.minute) * MINUTE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(zone: &TimeZone, time: &str) -> String {
        zone.local(Timestamp::parse(time.as_bytes()).unwrap())
    }

    #[test]
    fn a_zone_without_daylight_saving_time_is_always_as_far_ahead() {
        assert_eq!(local(&TimeZone::fixed(540), "2021-03-02T20:41:07.25Z"), "2021-03-03T05:41:07+09:00");
        assert_eq!(local(&TimeZone::fixed(-210), "2021-01-01T00:00:00Z"), "2020-12-31T20:30:00-03:30");
    }

    #[test]
    fn an_offset_is_read_as_people_write_it() {
        for (text, minutes) in [("+09:00", 540), ("-03:30", -210), ("+00:00", 0), ("+09", 540)] {
            assert_eq!(text.parse(), Ok(TimeZone::fixed(minutes)), "{text}");
        }
        for text in ["", "9", "JST", "+9:00", "+24:00", "+09:60", "+09:0", "09:00", "+é9:00", "+-9:00"] {
            assert_eq!(text.parse::<TimeZone>(), Err(NoOffset), "{text}");
        }
    }

    #[test]
    fn clocks_change_on_the_day_of_the_rule_in_both_hemispheres() {
        // Central Europe: last Sunday of March at 02:00 to last Sunday of October at 03:00.
        let change = |month, week, hour: u16| Change { month, week, weekday: 0, minute: hour * 60 };
        let europe = TimeZone {
            name: None,
            offset_minutes: 60,
            daylight: Some(Daylight { offset_minutes: 120, begins: change(3, 5, 2), ends: change(10, 5, 3) }),
        };
        for (utc, expected) in [
            ("2021-03-28T00:59:59Z", "2021-03-28T01:59:59+01:00"),
            ("2021-03-28T01:00:00Z", "2021-03-28T03:00:00+02:00"),
            ("2021-10-31T00:59:59Z", "2021-10-31T02:59:59+02:00"),
            ("2021-10-31T01:00:00Z", "2021-10-31T02:00:00+01:00"),
        ] {
            assert_eq!(local(&europe, utc), expected);
        }
        // Southern Australia: first Sunday of October at 02:00 to first Sunday of April at 03:00.
        let sydney = TimeZone {
            name: None,
            offset_minutes: 600,
            daylight: Some(Daylight { offset_minutes: 660, begins: change(10, 1, 2), ends: change(4, 1, 3) }),
        };
        assert_eq!(local(&sydney, "2021-03-03T00:00:00Z"), "2021-03-03T11:00:00+11:00");
        assert_eq!(local(&sydney, "2021-07-01T00:00:00Z"), "2021-07-01T10:00:00+10:00");
    }
}
