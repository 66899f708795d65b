//! Days and hours as a calendar on a wall has them: no clock, no time zone.
//!
//! The proleptic Gregorian calendar from the year 1 to 9999. Day counts are Howard Hinnant's
//! (<https://howardhinnant.github.io/date_algorithms.html>). By hand, because the crate `jiff` is 59 KB of gzipped wasm.

use std::fmt;

/// A day that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// None where there is no such day.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists =
            (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// So many days after 1 January 1970.
    #[must_use]
    pub fn from_days(days: i64) -> Option<Self> {
        // Of the years 1 to 9999, so that nothing below overflows.
        if !(-719_162..=2_932_896).contains(&days) {
            return None;
        }
        let from_march_0 = days + 719_468;
        let era = from_march_0.div_euclid(146_097);
        let day_of_era = from_march_0.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// Days since 1 January 1970.
    #[must_use]
    pub fn days(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// 0 is Sunday.
    #[must_use]
    pub fn weekday(self) -> usize {
        usize::try_from((self.days() + 4).rem_euclid(7)).unwrap_or(0)
    }

    /// 1 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Year, month and day in the calendar of Iran, by the 33-year rule, which agrees with its astronomical one from 1925
    /// to 2088 at least.
    pub(super) fn persian(self) -> (i64, i64, i64) {
        let days = self.days() + 492_268; // since 1 Farvardin 1
        let year = (33 * days + 3).div_euclid(12_053) + 1;
        let day_of_year = days - (365 * (year - 1) + (8 * year + 21).div_euclid(33));
        // Six months of 31 days, then of 30.
        let (month, first) = if day_of_year < 186 {
            (day_of_year / 31, day_of_year / 31 * 31)
        } else {
            ((day_of_year - 6) / 30, (day_of_year - 6) / 30 * 30 + 6)
        };
        (year, month + 1, day_of_year - first + 1)
    }
}

const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A time of day. A leap second is the second before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
}

impl Time {
    /// None where there is no such time.
    #[must_use]
    pub fn new(hour: u8, minute: u8, second: u8) -> Option<Self> {
        (hour < 24 && minute < 60 && second <= 60).then_some(Self { hour, minute, second: second.min(59) })
    }

    /// 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// 0 to 59.
    #[must_use]
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// 0 to 59.
    #[must_use]
    pub const fn second(self) -> u8 {
        self.second
    }
}

/// A day, perhaps with a time of day, perhaps with that place's distance from UTC: then it is a moment everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    /// The day.
    pub date: Date,
    /// None where only the day is known.
    pub time: Option<Time>,
    /// Minutes east of UTC; none where nobody said.
    pub offset: Option<i16>,
}

impl DateTime {
    /// The moment so many seconds after 1970 began, in UTC.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        let date = Date::from_days(seconds.div_euclid(86_400))?;
        let second = seconds.rem_euclid(86_400);
        let part = |number: i64| u8::try_from(number).ok();
        let time = Time::new(part(second / 3_600)?, part(second / 60 % 60)?, part(second % 60)?)?;
        Some(Self { date, time: Some(time), offset: Some(0) })
    }

    /// Seconds since 1970 began; none where it is no moment, because its distance from UTC is unknown.
    #[must_use]
    pub fn unix(self) -> Option<i64> {
        let time = self.time?;
        let seconds = i64::from(time.hour) * 3_600 + i64::from(time.minute) * 60 + i64::from(time.second);
        Some(self.date.days() * 86_400 + seconds - i64::from(self.offset?) * 60)
    }

    /// The same moment where the distance from UTC is another, in minutes; what is no moment stays as it is.
    #[must_use]
    pub fn at_offset(self, offset: i16) -> Self {
        let shifted = self.unix().and_then(|seconds| Self::from_unix(seconds + i64::from(offset) * 60));
        shifted.map_or(self, |shifted| Self { offset: Some(offset), ..shifted })
    }
}

impl fmt::Display for DateTime {
    /// RFC 3339, each value in one spelling: `2026-03-14`, `2026-03-14T15:30:00`, `2026-03-14T15:30:00+01:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self.date;
        write!(f, "{year:04}-{month:02}-{day:02}")?;
        let Some(Time { hour, minute, second }) = self.time else { return Ok(()) };
        write!(f, "T{hour:02}:{minute:02}:{second:02}")?;
        match self.offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let minutes = offset.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_number() {
        let mut expected = Date::new(1, 1, 1).unwrap().days();
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    let date = Date::new(year, month, day).unwrap();
                    assert_eq!(date.days(), expected);
                    assert_eq!(Date::from_days(expected), Some(date));
                    expected += 1;
                }
            }
        }
        assert_eq!(Date::from_days(expected), None);
        assert_eq!(Date::from_days(-719_163), None);
        assert_eq!(Date::new(1970, 1, 1).unwrap().days(), 0);
        assert_eq!(Date::new(2026, 3, 14).unwrap().weekday(), 6);
    }

    #[test]
    fn days_that_do_not_exist() {
        for (year, month, day) in [(2026, 2, 29), (1900, 2, 29), (2026, 13, 1), (2026, 0, 1), (2026, 4, 31), (0, 1, 1)]
        {
            assert_eq!(Date::new(year, month, day), None);
        }
        assert!(Date::new(2000, 2, 29).is_some());
        assert_eq!(Time::new(24, 0, 0), None);
        assert_eq!(Time::new(23, 59, 60), Time::new(23, 59, 59));
    }

    #[test]
    fn the_new_year_of_iran() {
        for (year, month, day, persian) in [
            (2021, 3, 20, (1399, 12, 30)),
            (2021, 3, 21, (1400, 1, 1)),
            (2024, 3, 20, (1403, 1, 1)),
            (2025, 3, 20, (1403, 12, 30)),
            (2025, 3, 21, (1404, 1, 1)),
            (2026, 3, 14, (1404, 12, 23)),
            (2026, 9, 22, (1405, 6, 31)),
            (2026, 9, 23, (1405, 7, 1)),
            (1979, 2, 11, (1357, 11, 22)),
        ] {
            assert_eq!(Date::new(year, month, day).unwrap().persian(), persian);
        }
    }

    #[test]
    fn moments() {
        let moment = DateTime::from_unix(1_773_502_200).unwrap();
        assert_eq!(moment.to_string(), "2026-03-14T15:30:00Z");
        assert_eq!(moment.at_offset(570).to_string(), "2026-03-15T01:00:00+09:30");
        assert_eq!(moment.at_offset(-210).to_string(), "2026-03-14T12:00:00-03:30");
        assert_eq!(moment.at_offset(570).unix(), Some(1_773_502_200));
        assert_eq!(DateTime::from_unix(-1).unwrap().to_string(), "1969-12-31T23:59:59Z");
        assert_eq!(DateTime::from_unix(i64::MAX), None);
        let day = DateTime { time: None, offset: None, ..moment };
        assert_eq!((day.to_string(), day.unix(), day.at_offset(60)), ("2026-03-14".to_owned(), None, day));
        // At the end of time there is no later place.
        let last = DateTime { date: Date::new(9999, 12, 31).unwrap(), ..moment };
        assert_eq!(last.at_offset(840), last);
    }
}
