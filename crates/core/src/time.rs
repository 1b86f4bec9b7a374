//! Points in time, as evidence writes them: UTC, to the microsecond.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const SECOND: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;

impl Timestamp {
    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Seconds from `earlier` to `self`; negative when `self` is the earlier one.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / SECOND
    }

    /// Midnights (UTC) between `earlier` and `self`: how many days later a calendar says that it is; negative when `self`
    /// is the earlier one.
    #[must_use]
    pub const fn calendar_days_since(self, earlier: Self) -> i64 {
        self.day_number() - earlier.day_number()
    }

    /// Days since 1970-01-01, in UTC.
    const fn day_number(self) -> i64 {
        self.seconds().div_euclid(DAY_SECONDS)
    }

    /// This point moved by whole seconds.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    /// Midnight UTC of a civil date; `None` when there is no such date.
    #[must_use]
    pub fn from_date(year: i64, month: i64, day: i64) -> Option<Self> {
        let valid = (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
        valid.then(|| Self(days_from_civil(year, month, day) * DAY_SECONDS * SECOND))
    }

    /// Reads an ISO 8601 time: date, `T` or a blank, time, optional fraction, optional `Z` or offset.
    ///
    /// Without an offset the time is UTC, as the logs that we read write it. A date alone is midnight.
    /// Anything after a complete time must be absent.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (stamp, rest) = Self::parse_prefix(text)?;
        rest.is_empty().then_some(stamp)
    }

    /// Like [`Timestamp::parse`], and returns what follows the time.
    #[must_use]
    pub fn parse_prefix(text: &[u8]) -> Option<(Self, &[u8])> {
        let (year, rest) = digits(text, 4)?;
        let (month, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
        let (day, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
        let date = Self::from_date(year, month, day)?;
        let Some(clock) = rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b" ")) else {
            return Some((date, rest));
        };
        let Some((micros, rest)) = clock_micros(clock) else {
            return Some((date, rest));
        };
        let (offset, rest) = offset_seconds(rest);
        Some((Self(date.0 + micros - offset * SECOND), rest))
    }

    /// Joins a date and a time of day that stand in two columns, as in W3C logs.
    #[must_use]
    pub fn parse_two(date: &[u8], clock: &[u8]) -> Option<Self> {
        let day = Self::parse(date)?;
        let (micros, rest) = clock_micros(clock)?;
        rest.is_empty().then_some(Self(day.0 + micros))
    }

    /// The civil date in UTC: year, month, day.
    #[must_use]
    pub const fn date(self) -> (i64, i64, i64) {
        civil_from_days(self.day_number())
    }

    /// The civil date in UTC, as `2021-03-01`.
    #[must_use]
    pub fn day(self) -> String {
        let (year, month, day) = self.date();
        format!("{year:04}-{month:02}-{day:02}")
    }
}

/// Hours, minutes, seconds and a fraction, in microseconds, and what follows.
fn clock_micros(text: &[u8]) -> Option<(i64, &[u8])> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => digits(rest, 2)?,
        None => (0, rest),
    };
    // 60 is a leap second; it is read as the second after.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let whole = (hour * 3600 + minute * 60 + second) * SECOND;
    let (fraction, rest) = fraction_micros(rest);
    Some((whole + fraction, rest))
}

fn fraction_micros(text: &[u8]) -> (i64, &[u8]) {
    let Some(rest) = text.strip_prefix(b".").or_else(|| text.strip_prefix(b",")) else {
        return (0, text);
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return (0, text);
    }
    let (number, after) = rest.split_at(length);
    let micros = (0..6).fold(0, |sum, index| sum * 10 + number.get(index).map_or(0, |byte| i64::from(byte - b'0')));
    (micros, after)
}

fn offset_seconds(text: &[u8]) -> (i64, &[u8]) {
    if let Some(rest) = text.strip_prefix(b"Z").or_else(|| text.strip_prefix(b"z")) {
        return (0, rest);
    }
    let sign = match text.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return (0, text),
    };
    let parsed = text.get(1..).and_then(|rest| {
        let (hours, rest) = digits(rest, 2)?;
        let (minutes, rest) = digits(rest.strip_prefix(b":").unwrap_or(rest), 2)?;
        Some((sign * (hours * 3600 + minutes * 60), rest))
    });
    parsed.unwrap_or((0, text))
}

fn digits(text: &[u8], count: usize) -> Option<(i64, &[u8])> {
    let (number, rest) = text.split_at_checked(count)?;
    let mut value = 0;
    for byte in number {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some((value, rest))
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date.
/// Algorithm: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`], from the same source.
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// RFC 3339 in UTC; a fraction only where there is one, in three or six digits.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let second = self.seconds().rem_euclid(DAY_SECONDS);
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)?;
        match self.0.rem_euclid(SECOND) {
            0 => {}
            micros if micros % 1000 == 0 => write!(f, ".{:03}", micros / 1000)?,
            micros => write!(f, ".{micros:06}")?,
        }
        f.write_str("Z")
    }
}

/// Text that is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoTime;

impl fmt::Display for NoTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not a time such as 2021-03-01 or 2021-03-01T06:30:00Z")
    }
}

impl std::error::Error for NoTime {}

impl std::str::FromStr for Timestamp {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        Self::parse(text.as_bytes()).ok_or(NoTime)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Between our own processes the number is enough; people read RFC 3339.
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.micros())
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time", "description": "RFC 3339, UTC" })
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self::from_micros);
        }
        let text = String::deserialize(deserializer)?;
        Self::parse(text.as_bytes())
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not an ISO 8601 time")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Timestamp::parse(text.as_bytes()).map(|stamp| stamp.to_string())
    }

    #[test]
    fn days_are_counted_as_a_calendar_does() {
        let day = |text: &str| Timestamp::parse(text.as_bytes()).unwrap();
        let late = day("2021-03-20T23:59:00Z");
        assert_eq!(day("2021-03-21T00:01:00Z").calendar_days_since(late), 1);
        assert_eq!(day("2021-03-22T08:00:00Z").calendar_days_since(late), 2);
        assert_eq!(day("2021-03-20T00:00:00Z").calendar_days_since(late), 0);
        assert_eq!(late.calendar_days_since(day("2021-03-22T00:00:00Z")), -2);
        assert_eq!(day("1969-12-31T23:00:00Z").calendar_days_since(day("1970-01-01T00:00:00Z")), -1);
    }

    #[test]
    fn times_are_read_as_utc_and_written_as_rfc_3339() {
        for (text, expected) in [
            ("2021-03-03T04:12:33.512Z", "2021-03-03T04:12:33.512Z"),
            ("2021-03-03 04:12:33", "2021-03-03T04:12:33Z"),
            ("2021-03-03T04:12:33.1234567Z", "2021-03-03T04:12:33.123456Z"),
            ("2021-03-03T13:12:33+09:00", "2021-03-03T04:12:33Z"),
            ("2020-12-31T23:59:60Z", "2021-01-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in
            ["", "2021-02-29", "2021-13-01", "2021-3-3", "2021-03-03T25:00:00", "20210303", "2021-03-03T04:12:33Zx"]
        {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_survives_the_round_trip() {
        for days in (-200_000..200_000).step_by(17) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }
}
