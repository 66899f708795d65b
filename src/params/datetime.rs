//! Text → a day or a moment, if the text has only one meaning.
//!
//! Three notations are read: ISO 8601 in the form of RFC 3339, Unix times, and the dates of emails
//! (RFC 5322). The parsers of `jiff` read other forms of these, and would add 10 kB of gzipped
//! wasm. `03/04/2026` is not read: it is March to some people and April to others, and a wrong date
//! is worse than a default.

use crate::locale::{Date, DateTime, Offset, Time};

/// Reads `2026-03-14`, `2026-03-14T15:30:00+01:00`, `1773502200`, `Sat, 14 Mar 2026 15:30 +0100`.
/// `None` if the text is none of these, or no day from the year 1 to 9999.
///
/// ```
/// use monogram::params::datetime;
///
/// let moment = datetime::read("Sat, 14 Mar 2026 15:30 +0100").unwrap();
/// assert_eq!(moment.to_string(), "2026-03-14T15:30:00+01:00");
/// assert_eq!(datetime::read("03/04/2026"), None);
/// ```
#[must_use]
pub fn read(text: &str) -> Option<DateTime> {
    let text = text.trim();
    unix(text).or_else(|| iso(text)).or_else(|| email(text))
}

/// Reads a fixed distance from UTC: `Z`, `+01:00`, `-0330`, `+02`. `None` if it is more than 14
/// hours.
#[must_use]
pub fn offset(text: &str) -> Option<Offset> {
    /// Kiribati is 14 hours ahead of UTC, and no place is further behind than that.
    const MAX_MINUTES: i32 = 14 * 60;
    if matches!(text, "Z" | "z" | "UTC" | "GMT" | "UT") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at_checked(2)?,
        _ => digits.split_once(':')?,
    };
    let minutes = i32::from(two(hours)?) * 60 + i32::from(two(minutes).filter(|minutes| *minutes < 60)?);
    if minutes > MAX_MINUTES { None } else { Offset::from_seconds(sign * minutes * 60).ok() }
}

/// Seconds since 1970 (9 or 10 digits, and perhaps a fraction: 1973 to 2286), or milliseconds (13
/// digits: 2001 to 2286). A number of 8 digits is a day (`20260314`); other lengths have no clear
/// meaning.
fn unix(text: &str) -> Option<DateTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let number: i64 = digits(whole)?.parse().ok()?;
    digits(fraction)?;
    match whole.len() {
        9 | 10 => DateTime::from_unix(number),
        13 => DateTime::from_unix(number / 1_000),
        _ => None,
    }
}

/// `2026-03-14`, perhaps followed by `T15:30`, `:09`, `.123`, and `Z` or `+01:00`; also `20260314`.
fn iso(text: &str) -> Option<DateTime> {
    if text.len() == 8 && digits(text).is_some() {
        let (year, rest) = text.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        return day_of(year, month, day);
    }
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let day = day_of(parts.next()?, parts.next()?, parts.next()?).filter(|_| parts.next().is_none())?;
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else { return rest.is_empty().then_some(day) };
    with_time(day, time)
}

/// `Sat, 14 Mar 2026 15:30:00 +0100`. The day of the week and the time are optional.
fn email(text: &str) -> Option<DateTime> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.split_once(", ").map_or(text, |(_, date)| date).trim_start();
    let mut parts = text.splitn(4, ' ');
    let (day, month, year) = (parts.next()?, parts.next()?.to_ascii_lowercase(), parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let day = if day.len() == 1 { format!("0{day}") } else { day.to_owned() };
    let date = day_of(year, &format!("{month:02}"), &day)?;
    match parts.next() {
        None => Some(date),
        Some(time) => with_time(date, time),
    }
}

fn day_of(year: &str, month: &str, day: &str) -> Option<DateTime> {
    let year = digits(year).filter(|year| year.len() == 4)?.parse().ok().filter(|year| *year >= 1)?;
    let date = Date::new(year, two(month)?, two(day)?).ok()?;
    Some(DateTime { date, time: None, offset: None })
}

/// `15:30`, `15:30:09`, `15:30:09.123`, and perhaps an offset. A space in place of the offset's `+`
/// is a `+` that was not encoded in its URL.
fn with_time(day: DateTime, text: &str) -> Option<DateTime> {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | ':' | '.' | ',')).unwrap_or(text.len());
    let (time, zone) = text.split_at_checked(end)?;
    let (time, fraction) = time.split_once(['.', ',']).unwrap_or((time, "0"));
    digits(fraction)?;
    let mut parts = time.split(':').map(two);
    let (hour, minute) = (parts.next()??, parts.next()??);
    // A leap second is read as the second before it.
    let second = parts.next().unwrap_or(Some(0)).map(|second| if second == 60 { 59 } else { second })?;
    let time = Time::new(hour, minute, second, 0).ok().filter(|_| parts.next().is_none())?;
    let offset = match zone.trim_start() {
        "" => None,
        named if !named.starts_with(|c: char| c.is_ascii_digit()) => Some(offset(named)?),
        plus => Some(offset(&format!("+{plus}"))?),
    };
    Some(DateTime { time: Some(time), offset, ..day })
}

/// The number of exactly two digits.
fn two(text: &str) -> Option<i8> {
    digits(text).filter(|text| text.len() == 2)?.parse().ok()
}

/// The text itself if it is one or more ASCII digits.
fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_text_with_one_meaning() {
        for (text, written) in [
            ("2026-03-14", "2026-03-14"),
            (" 2026-03-14 ", "2026-03-14"),
            ("20260314", "2026-03-14"),
            ("2024-02-29", "2024-02-29"),
            ("2026-03-14T15:30", "2026-03-14T15:30:00"),
            ("2026-03-14 15:30:09", "2026-03-14T15:30:09"),
            ("2026-03-14t15:30:09.123456789z", "2026-03-14T15:30:09Z"),
            ("2026-03-14T15:30:09,5Z", "2026-03-14T15:30:09Z"),
            ("2026-03-14T23:59:60Z", "2026-03-14T23:59:59Z"),
            ("2026-03-14T15:30:00+01:00", "2026-03-14T15:30:00+01:00"),
            ("2026-03-14T15:30:00 01:00", "2026-03-14T15:30:00+01:00"),
            ("2026-03-14 15:30:00 -0330", "2026-03-14T15:30:00-03:30"),
            ("2026-03-14 15:30:00 UTC", "2026-03-14T15:30:00Z"),
            ("2026-03-14T15:30+02", "2026-03-14T15:30:00+02:00"),
            ("2026-03-14T15:30-00:00", "2026-03-14T15:30:00Z"),
            ("1773502200", "2026-03-14T15:30:00Z"),
            ("1773502200.75", "2026-03-14T15:30:00Z"),
            ("1773502200000", "2026-03-14T15:30:00Z"),
            ("999999999", "2001-09-09T01:46:39Z"),
            ("Sat, 14 Mar 2026 15:30:00 +0100", "2026-03-14T15:30:00+01:00"),
            ("4 mar 2026 15:30 GMT", "2026-03-04T15:30:00Z"),
            ("14 Mar 2026", "2026-03-14"),
        ] {
            assert_eq!(read(text).map(|read| read.to_string()).as_deref(), Some(written), "{text}");
        }
    }

    #[test]
    fn reads_nothing_else() {
        for text in [
            "",
            "-",
            "today",
            "2026",
            "2026-03",
            "2026-3-4",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "0000-01-01",
            "03/04/2026",
            "14.03.2026",
            "14/03/26",
            "03-04-2026",
            "2026-03-14T",
            "2026-03-14T15",
            "2026-03-14T24:00",
            "2026-03-14T15:60",
            "2026-03-14T15:30:00+15:00",
            "2026-03-14T15:30:00+0",
            "2026-03-14T15:30:00 CET",
            "2026-03-14T15:30:00+01:00[Europe/Paris]",
            "2026-03-14x",
            "2026-03-14-01",
            "2026-03-14T15:30:00:00",
            "2026-03-14T15:30:00.",
            "+2026-03-14",
            "12345",
            "12345678901234",
            "-1773502200",
            "1773502200.",
            "1.5",
            "March 14, 2026",
            "14 March 2026",
            "31 Feb 2026",
            "14 Mar 26",
            "２０２６-03-14",
            "2026-03-1é",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn offsets() {
        for (text, minutes) in [
            ("Z", Some(0)),
            ("+01:00", Some(60)),
            ("-0330", Some(-210)),
            ("+14", Some(840)),
            ("+14:01", None),
            ("1", None),
        ] {
            assert_eq!(offset(text).map(|offset| offset.seconds() / 60), minutes, "{text}");
        }
    }
}
