//! Moments in UTC, and the spellings that logs and event logs use.

/// Milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Moment(pub i64);

/// Milliseconds of a second, minute, hour and day.
pub const SECOND: i64 = 1_000;
/// See [`SECOND`].
pub const MINUTE: i64 = 60 * SECOND;
/// See [`SECOND`].
pub const HOUR: i64 = 60 * MINUTE;
/// See [`SECOND`].
pub const DAY: i64 = 24 * HOUR;

impl Moment {
    /// Midnight of a day, by the algorithm of Howard Hinnant, "chrono-compatible low-level date algorithms".
    pub const fn day(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self((era * 146_097 + day_of_era - 719_468) * DAY)
    }

    /// This moment moved by milliseconds.
    pub const fn plus(self, milliseconds: i64) -> Self {
        Self(self.0 + milliseconds)
    }

    /// On the same day as [`Moment::day`], at a time of day.
    pub const fn clock(self, hour: i64, minute: i64, second: i64) -> Self {
        Self(self.0 + hour * HOUR + minute * MINUTE + second * SECOND)
    }

    /// The moment cut to whole `unit`s, as [`HOUR`].
    pub const fn floor(self, unit: i64) -> Self {
        Self(self.0 - self.0.rem_euclid(unit))
    }

    /// Year, month and day.
    pub fn date(self) -> (i64, i64, i64) {
        let days = self.0.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        (era * 400 + year_of_era + i64::from(month <= 2), month, day)
    }

    fn time(self) -> (i64, i64, i64, i64) {
        let rest = self.0.rem_euclid(DAY);
        (rest / HOUR, rest / MINUTE % 60, rest / SECOND % 60, rest % SECOND)
    }

    /// `2021-03-03`.
    pub fn iso_day(self) -> String {
        let (year, month, day) = self.date();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `04:12:33`.
    pub fn clock_text(self) -> String {
        let (hour, minute, second, _) = self.time();
        format!("{hour:02}:{minute:02}:{second:02}")
    }

    /// `2021-03-03T04:12:33.512Z`, as the mail server's own logs write it.
    pub fn iso(self) -> String {
        format!("{}T{}.{:03}Z", self.iso_day(), self.clock_text(), self.0.rem_euclid(SECOND))
    }

    /// `2021-03-03T04:12:33`, as tasks and cookies write it.
    pub fn iso_seconds(self) -> String {
        format!("{}T{}", self.iso_day(), self.clock_text())
    }

    /// `2021-03-03 04:12:33`, as the web server writes it.
    pub fn w3c(self) -> String {
        format!("{} {}", self.iso_day(), self.clock_text())
    }

    /// `20210303`.
    pub fn day_stamp(self) -> String {
        self.iso_day().replace('-', "")
    }

    /// `2021030304`.
    pub fn hour_stamp(self) -> String {
        format!("{}{:02}", self.day_stamp(), self.time().0)
    }

    /// `3/3/2021 4:12:33 AM`, as objects print times on an English server.
    pub fn english(self) -> String {
        let ((year, month, day), (hour, minute, second, _)) = (self.date(), self.time());
        let half = if hour < 12 { "AM" } else { "PM" };
        format!("{month}/{day}/{year} {}:{minute:02}:{second:02} {half}", (hour + 11) % 12 + 1)
    }

    /// `2021/03/03 4:12:33`, as objects print times on a Japanese server.
    pub fn japanese(self) -> String {
        let ((year, month, day), (hour, minute, second, _)) = (self.date(), self.time());
        format!("{year}/{month:02}/{day:02} {hour}:{minute:02}:{second:02}")
    }

    /// `03.03.2021 04:12:33`, as objects print times on a German server.
    pub fn german(self) -> String {
        let (year, month, day) = self.date();
        format!("{day:02}.{month:02}.{year} {}", self.clock_text())
    }

    /// Intervals of 100 ns since 1601-01-01, as Windows counts.
    pub fn filetime(self) -> u64 {
        u64::try_from(self.0 + 11_644_473_600_000).unwrap_or(0).saturating_mul(10_000)
    }

    /// The time as the standard library has it.
    pub fn system_time(self) -> std::time::SystemTime {
        std::time::UNIX_EPOCH + std::time::Duration::from_millis(u64::try_from(self.0).unwrap_or(0))
    }

    /// The moment of an RFC 3339 text in UTC (`…Z`), with or without a fraction.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
        let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
        let day = Self::day(parts.next()??, parts.next()??, parts.next()??);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
        let at = day.clock(parts.next()??, parts.next()??, parts.next()??);
        let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
        Some(at.plus(digits.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_agree_with_known_moments() {
        let moment = Moment::day(2021, 3, 3).clock(4, 12, 33).plus(512);
        assert_eq!(moment.0, 1_614_744_753_512);
        assert_eq!(moment.iso(), "2021-03-03T04:12:33.512Z");
        assert_eq!(moment.hour_stamp(), "2021030304");
        assert_eq!(moment.english(), "3/3/2021 4:12:33 AM");
        assert_eq!(moment.japanese(), "2021/03/03 4:12:33");
        assert_eq!(moment.german(), "03.03.2021 04:12:33");
        assert_eq!(Moment::day(2020, 2, 29).plus(DAY).iso_day(), "2020-03-01");
        assert_eq!(moment.filetime(), 132_592_183_535_120_000);
    }

    #[test]
    fn what_is_written_can_be_parsed() {
        let moment = Moment::day(2020, 12, 31).clock(23, 59, 59).plus(7);
        assert_eq!(Moment::parse(&moment.iso()), Some(moment));
        assert_eq!(Moment::parse("2020-12-31T23:59:59Z"), Some(moment.plus(-7)));
        assert_eq!(Moment::parse("yesterday"), None);
    }
}
