//! Days, times of day and moments in the Gregorian calendar, from the year 1 to 9999.
//!
//! Nothing here reads a clock or knows a time zone by its name. The arithmetic is [`jiff`]'s. Its
//! spans and its parsers are not used: they are most of its size in the wasm (2 kB of gzipped wasm
//! without them, 53 kB with them).

use std::fmt;

use jiff::Timestamp;
pub use jiff::civil::{Date, Time};
pub use jiff::tz::Offset;

/// A day, and perhaps a time of day, and perhaps its offset from UTC. With all three it is a
/// moment.
///
/// ```
/// use monogram::locale::{DateTime, Offset};
///
/// let moment = DateTime::from_unix(1_773_502_200).unwrap();
/// assert_eq!(moment.to_string(), "2026-03-14T15:30:00Z");
/// assert_eq!(moment.at_offset(Offset::constant(1)).to_string(), "2026-03-14T16:30:00+01:00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    /// The day.
    pub date: Date,
    /// The time of day, in whole seconds. `None` if only the day is known.
    pub time: Option<Time>,
    /// The distance from UTC, in whole minutes; positive to the east. `None` if it is unknown.
    pub offset: Option<Offset>,
}

impl DateTime {
    /// The moment `seconds` after the beginning of 1970, in UTC. `None` outside of the years 1 to
    /// 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        Self::local(Timestamp::from_second(seconds).ok()?, Offset::UTC)
    }

    /// The same moment as a clock at `offset` shows it. A value that is no moment stays as it is,
    /// and so does a moment that would leave the years 1 to 9999.
    #[must_use]
    pub fn at_offset(self, offset: Offset) -> Self {
        self.timestamp().and_then(|moment| Self::local(moment, offset)).unwrap_or(self)
    }

    /// Seconds since the beginning of 1970. An unknown time of day is midnight, an unknown offset that
    /// of UTC. `None` in the last hours of the year 9999.
    #[must_use]
    pub fn unix(self) -> Option<i64> {
        let time = self.time.unwrap_or(Time::midnight());
        let offset = self.offset.unwrap_or(Offset::UTC);
        Self { time: Some(time), offset: Some(offset), ..self }.timestamp().map(Timestamp::as_second)
    }

    /// `None` if the time or its offset is unknown, or if it is in the last hours of the year 9999,
    /// which `jiff` leaves out.
    fn timestamp(self) -> Option<Timestamp> {
        self.offset?.to_timestamp(self.date.to_datetime(self.time?)).ok()
    }

    fn local(moment: Timestamp, offset: Offset) -> Option<Self> {
        let local = offset.to_datetime(moment);
        (local.year() >= 1).then(|| Self { date: local.date(), time: Some(local.time()), offset: Some(offset) })
    }
}

impl fmt::Display for DateTime {
    /// RFC 3339, with one spelling for each value: `2026-03-14`, `2026-03-14T15:30:00`,
    /// `2026-03-14T15:30:00+01:00`. It is a part of cache keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time, offset) = (self.date, self.time, self.offset);
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())?;
        let Some(time) = time else { return Ok(()) };
        write!(f, "T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        match offset {
            None => Ok(()),
            Some(offset) if offset == Offset::UTC => f.write_str("Z"),
            Some(offset) => {
                let sign = if offset.is_negative() { '-' } else { '+' };
                let minutes = offset.seconds().unsigned_abs() / 60;
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// A day by its numbers in some calendar: 1 is the first month, and the first day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarDay {
    pub year: i64,
    pub month: i64,
    pub day: i64,
}

/// The day in the Gregorian calendar.
pub fn gregorian(date: Date) -> CalendarDay {
    CalendarDay { year: date.year().into(), month: date.month().into(), day: date.day().into() }
}

/// The day in the Buddhist calendar of Thailand, whose years are 543 ahead.
pub fn buddhist(date: Date) -> CalendarDay {
    let day = gregorian(date);
    CalendarDay { year: day.year + 543, ..day }
}

/// The day in the calendar of Iran, by the 33-year rule. The rule agrees with Iran's astronomical
/// one from 1925 to 2088 at least.
pub fn persian(date: Date) -> CalendarDay {
    let years = i64::from(date.year()) - 1;
    // 1 January of the year 1 is day 1.
    let days = years * 365 + years / 4 - years / 100 + years / 400 + i64::from(date.day_of_year());
    let days = days - 226_895; // since 1 Farvardin of the year 1
    let year = (33 * days + 3).div_euclid(12_053) + 1;
    let day_of_year = days - (365 * (year - 1) + (8 * year + 21).div_euclid(33));
    // Six months of 31 days, then months of 30.
    let (month, first) = if day_of_year < 186 {
        (day_of_year / 31, day_of_year / 31 * 31)
    } else {
        ((day_of_year - 6) / 30, (day_of_year - 6) / 30 * 30 + 6)
    };
    CalendarDay { year, month: month + 1, day: day_of_year - first + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persian_days() {
        for (year, month, day, expected) in [
            (2021, 3, 20, (1399, 12, 30)),
            (2021, 3, 21, (1400, 1, 1)),
            (2024, 3, 20, (1403, 1, 1)),
            (2025, 3, 20, (1403, 12, 30)),
            (2025, 3, 21, (1404, 1, 1)),
            (2026, 3, 14, (1404, 12, 23)),
            (2026, 9, 22, (1405, 6, 31)),
            (2026, 9, 23, (1405, 7, 1)),
            (1979, 2, 11, (1357, 11, 22)),
            (2000, 12, 31, (1379, 10, 11)),
        ] {
            let persian = persian(Date::new(year, month, day).unwrap());
            assert_eq!((persian.year, persian.month, persian.day), expected);
        }
    }

    #[test]
    fn a_persian_year_follows_the_one_before() {
        let mut date = Date::new(1, 1, 1).unwrap();
        let mut before = persian(date);
        while let Ok(next) = date.tomorrow() {
            let day = persian(next);
            let follows = (day.year, day.month, day.day) == (before.year, before.month, before.day + 1)
                || (day.year, day.month, day.day) == (before.year, before.month + 1, 1) && before.day >= 29
                || (day.year, day.month, day.day) == (before.year + 1, 1, 1) && before.month == 12 && before.day >= 29;
            assert!(follows, "{date}: {before:?}, {next}: {day:?}");
            (date, before) = (next, day);
        }
    }

    #[test]
    fn moments() {
        let offset = |minutes: i32| Offset::from_seconds(minutes * 60).unwrap();
        let moment = DateTime::from_unix(1_773_502_200).unwrap();
        assert_eq!(moment.to_string(), "2026-03-14T15:30:00Z");
        assert_eq!(moment.at_offset(offset(570)).to_string(), "2026-03-15T01:00:00+09:30");
        assert_eq!(moment.at_offset(offset(-210)).to_string(), "2026-03-14T12:00:00-03:30");
        assert_eq!(moment.at_offset(offset(570)).at_offset(Offset::UTC), moment);
        assert_eq!(DateTime::from_unix(-1).unwrap().to_string(), "1969-12-31T23:59:59Z");
        assert_eq!(DateTime::from_unix(i64::MAX), None);
        let day = DateTime { time: None, offset: None, ..moment };
        assert_eq!((day.to_string(), day.at_offset(offset(60))), ("2026-03-14".to_owned(), day));
        for edge in [Date::new(1, 1, 1).unwrap(), Date::new(9999, 12, 31).unwrap()] {
            let moment = DateTime { date: edge, time: Some(Time::midnight()), offset: Some(Offset::UTC) };
            assert_eq!(moment.at_offset(offset(-600)).to_string(), moment.to_string());
        }
    }
}
