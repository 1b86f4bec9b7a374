//! Civil time in milliseconds since 1970, UTC, and its text, kept up to date digit by digit.

use hikeshi_core::time::Timestamp;

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Days from 1970-01-01 to a civil date (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The civil date of a day counted from 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// Reads `2021-03-12` or `2021-03-12T04:12:33.512Z` (seconds' fraction optional).
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (date, clock) = match text.split_once('T') {
        Some((date, clock)) => (date, clock.strip_suffix('Z')?),
        None => (text, "00:00:00"),
    };
    let (clock, millis) = clock.split_once('.').unwrap_or((clock, "0"));
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    let millis: i64 = format!("{millis:0<3}").parse().ok()?;
    let valid = (1..=12).contains(&month)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..60).contains(&second)
        && (0..1000).contains(&millis);
    let days = days_from_civil(year, month, day);
    (valid && civil_from_days(days) == (year, month, day))
        .then(|| days * DAY + hour * HOUR + minute * MINUTE + second * SECOND + millis)
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let parts: Option<Vec<i64>> = text
        .split(separator)
        .map(|part| {
            let digits = (2..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        })
        .collect();
    parts?.try_into().ok()
}

/// A time with its text `2021-03-03T04:12:33.512Z`. Moving it rewrites only what changed.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    millis: i64,
    text: [u8; 24],
}

impl Moment {
    pub(crate) fn new(millis: i64) -> Self {
        let mut moment = Self { millis, text: *b"0000-00-00T00:00:00.000Z" };
        moment.put_date();
        moment.put_clock();
        moment
    }

    pub(crate) fn set(&mut self, millis: i64) {
        let before = self.millis;
        self.millis = millis;
        if before.div_euclid(DAY) != millis.div_euclid(DAY) {
            self.put_date();
        }
        if before.div_euclid(SECOND) != millis.div_euclid(SECOND) {
            self.put_clock();
        } else {
            self.put(20, 3, millis.rem_euclid(SECOND));
        }
    }

    pub(crate) fn millis(&self) -> i64 {
        self.millis
    }

    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::from_micros(self.millis * 1_000)
    }

    /// `2021-03-03T04:12:33.512Z`
    pub(crate) fn time(&self) -> &[u8] {
        &self.text
    }

    /// `2021-03-03`
    pub(crate) fn day(&self) -> &[u8] {
        self.text.get(..10).unwrap_or_default()
    }

    /// `04:12:33`
    pub(crate) fn clock(&self) -> &[u8] {
        self.text.get(11..19).unwrap_or_default()
    }

    fn put_date(&mut self) {
        let (year, month, day) = civil_from_days(self.millis.div_euclid(DAY));
        self.put(0, 4, year);
        self.put(5, 2, month);
        self.put(8, 2, day);
    }

    fn put_clock(&mut self) {
        let rest = self.millis.rem_euclid(DAY);
        self.put(11, 2, rest / HOUR);
        self.put(14, 2, rest % HOUR / MINUTE);
        self.put(17, 2, rest % MINUTE / SECOND);
        self.put(20, 3, rest % SECOND);
    }

    fn put(&mut self, from: usize, width: usize, mut value: i64) {
        for digit in self.text.iter_mut().skip(from).take(width).rev() {
            *digit = b'0' + (value % 10) as u8;
            value /= 10;
        }
    }
}

/// The text of one time.
pub(crate) fn text(millis: i64) -> String {
    String::from_utf8_lossy(Moment::new(millis).time()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_time_agree_over_leap_days_and_year_ends() {
        for time in [
            "1970-01-01T00:00:00.000Z",
            "2020-02-29T23:59:59.999Z",
            "2020-12-31T23:59:59.000Z",
            "2021-03-01T00:00:00.001Z",
        ] {
            assert_eq!(text(parse(time).unwrap()), time);
        }
        assert_eq!(text(parse("2021-03-12").unwrap()), "2021-03-12T00:00:00.000Z");
    }

    #[test]
    fn impossible_times_are_refused() {
        for time in ["2021-02-29", "2021-13-01", "2021-03-12T24:00:00Z", "12 March", "2021-03-12T01:00:00"] {
            assert_eq!(parse(time), None, "{time}");
        }
    }

    #[test]
    fn moving_a_moment_gives_the_text_of_a_new_one() {
        let mut moment = Moment::new(parse("2020-12-31T23:59:58.900Z").unwrap());
        for step in [1, 99, 1_000, 61_000, 3_600_000, 86_400_000 * 60] {
            moment.set(moment.millis() + step);
            assert_eq!(moment.time(), Moment::new(moment.millis()).time());
        }
        assert_eq!(moment.day(), b"2021-03-02");
        assert_eq!(moment.clock(), b"01:01:01");
    }
}
