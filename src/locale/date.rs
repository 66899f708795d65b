//! Dates and times of day as text, in one of a locale's styles or by a pattern.
//!
//! Patterns are CLDR's (UTS #35 part 4), such as `d. MMMM y`: a letter stands for a field, its
//! count for the field's width, and text in single quotes stands for itself.
//!
//! Two countries have a calendar of their own: Thailand counts years from the Buddha (2026 is
//! 2569), and readers in Iran would have to convert a Gregorian date. In all other locales the
//! Gregorian calendar is the first one, or the second (Pashto).

use super::calendar::{self, CalendarDay};
use super::{Date, DateTime, Locale, Time};

/// Which parts of a date to print, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Saturday, March 14, 2026
    Full,
    /// March 14, 2026
    Long,
    /// Mar 14, 2026
    Medium,
    /// 3/14/26
    Short,
    /// 2026
    Year,
    /// March
    Month,
    /// Saturday
    Weekday,
    /// 14
    Day,
    /// March 14
    DayMonth,
    /// March 2026
    MonthYear,
}

impl Form {
    /// Every form and its name.
    pub const NAMES: [(&str, Self); 10] = [
        ("full", Self::Full),
        ("long", Self::Long),
        ("medium", Self::Medium),
        ("short", Self::Short),
        ("year", Self::Year),
        ("month", Self::Month),
        ("weekday", Self::Weekday),
        ("day", Self::Day),
        ("day-month", Self::DayMonth),
        ("month-year", Self::MonthYear),
    ];

    /// The form with this name; `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, form)| *form)
    }

    /// Its index in CLDR's lists of styles. `None` if it is not one of CLDR's four styles.
    const fn style(self) -> Option<usize> {
        match self {
            Self::Full => Some(0),
            Self::Long => Some(1),
            Self::Medium => Some(2),
            Self::Short => Some(3),
            Self::Year | Self::Month | Self::Weekday | Self::Day | Self::DayMonth | Self::MonthYear => None,
        }
    }

    fn pattern(self, locale: Locale) -> &'static str {
        match self {
            Self::Year => locale.get("year"),
            Self::Month => "LLLL",
            Self::Weekday => "cccc",
            Self::Day => locale.get("day"),
            Self::DayMonth => locale.get("month-day"),
            Self::MonthYear => locale.get("year-month"),
            Self::Full | Self::Long | Self::Medium | Self::Short => {
                locale.item("date", self.style().unwrap_or_default())
            }
        }
    }
}

/// Prints a day.
///
/// ```
/// use monogram::locale::{Date, Form, Locale, date};
///
/// let day = Date::new(2026, 3, 14).unwrap();
/// assert_eq!(date(Locale::of("de"), day, Form::Long), "14. März 2026");
/// assert_eq!(date(Locale::of("en"), day, Form::DayMonth), "March 14");
/// ```
#[must_use]
pub fn date(locale: Locale, date: Date, form: Form) -> String {
    pattern(locale, DateTime { date, time: None, offset: None }, form.pattern(locale))
}

/// Prints hours and minutes. Without a time of day only the pattern's punctuation is left.
#[must_use]
pub fn time(locale: Locale, moment: DateTime) -> String {
    pattern(locale, moment, locale.get("time"))
}

/// Prints a day and, if they are known, its hours and minutes.
#[must_use]
pub fn date_time(locale: Locale, moment: DateTime, form: Form) -> String {
    let day = date(locale, moment.date, form);
    if moment.time.is_none() {
        return day;
    }
    let joint = locale.item("date-time", form.style().unwrap_or(3));
    let mut printed = String::new();
    for part in parts(joint) {
        match part {
            // The joint pattern has no fields: its letters stand for themselves, and `{0}` and
            // `{1}` are filled in below.
            Part::Text(text) => printed.push_str(text),
            Part::Field(letter, length) => printed.extend(std::iter::repeat_n(letter, length)),
        }
    }
    // The time is filled in first, because it never contains a brace.
    printed.replace("{0}", &time(locale, moment)).replace("{1}", &day)
}

/// Prints a moment by a pattern. A field that is unknown, such as the hours of a mere day, prints
/// nothing.
#[must_use]
pub fn pattern(locale: Locale, moment: DateTime, pattern: &str) -> String {
    let fields = Fields::new(locale, moment);
    let mut printed = String::new();
    for part in parts(pattern) {
        match part {
            Part::Text(text) => printed.push_str(text),
            Part::Field(letter, length) => fields.print(letter, length, &mut printed),
        }
    }
    printed
}

/// Whether a pattern has at least one field, and every field is one that [`pattern`] prints.
#[must_use]
pub fn is_pattern(pattern: &str) -> bool {
    let known = |part| match part {
        Part::Text(_) => true,
        Part::Field(letter, length) => "yMLdEcahHms".contains(letter) && length <= 4,
    };
    parts(pattern).all(known) && parts(pattern).any(|part| matches!(part, Part::Field(..)))
}

/// A part of a pattern.
enum Part<'a> {
    Text(&'a str),
    /// The field's letter, and how many times it is repeated.
    Field(char, usize),
}

/// Splits a pattern into its parts. `''` is an apostrophe, inside quotes and outside of them.
fn parts(pattern: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = pattern;
    let mut quoted = false;
    std::iter::from_fn(move || {
        loop {
            let first = rest.chars().next()?;
            if let Some(after) = rest.strip_prefix('\'') {
                rest = after;
                if let Some(after) = after.strip_prefix('\'') {
                    rest = after;
                    return Some(Part::Text("'"));
                }
                quoted = !quoted;
                continue;
            }
            let is_field = |c: char| !quoted && c.is_ascii_alphabetic();
            let end = if is_field(first) { rest.find(|c| c != first) } else { rest.find(|c| c == '\'' || is_field(c)) };
            let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            return Some(if is_field(first) { Part::Field(first, part.len()) } else { Part::Text(part) });
        }
    })
}

/// The fields of a moment, in the calendar of a locale.
struct Fields {
    locale: Locale,
    day: CalendarDay,
    /// 0 is Sunday.
    weekday: usize,
    time: Option<Time>,
}

impl Fields {
    fn new(locale: Locale, moment: DateTime) -> Self {
        let date = moment.date;
        let day = match locale.get("calendar") {
            "buddhist" => calendar::buddhist(date),
            "persian" => calendar::persian(date),
            _ => calendar::gregorian(date),
        };
        let weekday = usize::try_from(date.weekday().to_sunday_zero_offset()).unwrap_or_default();
        Self { locale, day, weekday, time: moment.time }
    }

    fn print(&self, letter: char, length: usize, printed: &mut String) {
        let CalendarDay { year, month, day } = self.day;
        let month_index = usize::try_from(month - 1).unwrap_or_default();
        let mut name = |key: &str, index: usize| printed.push_str(self.locale.item(key, index));
        match (letter, length) {
            ('M', 4) => name("months", month_index),
            ('M', 3) => name("months-short", month_index),
            ('L', 4) => name("months-alone", month_index),
            ('L', 3) => name("months-short-alone", month_index),
            ('E', 4) => name("days", self.weekday),
            ('E', _) => name("days-short", self.weekday),
            ('c', 4) => name("days-alone", self.weekday),
            ('c', _) => name("days-short-alone", self.weekday),
            ('a', _) => {
                if let Some(time) = self.time {
                    name("day-periods", usize::from(time.hour() >= 12));
                }
            }
            ('y', 2) => self.number(year.rem_euclid(100), 2, printed),
            ('y', _) => self.number(year, length, printed),
            ('M' | 'L', _) => self.number(month, length, printed),
            ('d', _) => self.number(day, length, printed),
            _ => {
                let Some(time) = self.time else { return };
                let part = match letter {
                    'H' => time.hour(),
                    'h' => (time.hour() + 11) % 12 + 1,
                    'm' => time.minute(),
                    's' => time.second(),
                    _ => return,
                };
                self.number(i64::from(part), length, printed);
            }
        }
    }

    /// Prints a number in the locale's digits, padded with leading zeros to `length` digits.
    fn number(&self, number: i64, length: usize, printed: &mut String) {
        let shapes = self.locale.get("digits");
        for digit in format!("{number:0length$}").bytes() {
            printed.extend(shapes.chars().nth(usize::from(digit.saturating_sub(b'0'))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment() -> DateTime {
        DateTime { date: Date::new(2026, 3, 4).unwrap(), time: Time::new(15, 5, 9, 0).ok(), offset: None }
    }

    #[test]
    fn patterns() {
        let english = Locale::of("en");
        for (source, printed) in [
            ("y-MM-dd HH:mm:ss", "2026-03-04 15:05:09"),
            ("d. MMMM yy 'at' h:mm a", "4. March 26 at 3:05\u{202f}PM"),
            ("EEEE EEE cccc LLL M", "Wednesday Wed Wednesday Mar 3"),
            ("h 'o''clock'", "3 o'clock"),
            ("''y'", "'2026"),
            ("'", ""),
            ("", ""),
            ("Qxyé", "2026é"),
        ] {
            assert_eq!(pattern(english, moment(), source).replace(" PM", "\u{202f}PM"), printed, "{source}");
        }
        let day = DateTime { time: None, ..moment() };
        assert_eq!(pattern(english, day, "y HH:mm a"), "2026 : ");
        assert!(["d. MMMM y", "yy", "h 'Uhr'"].into_iter().all(is_pattern));
        assert!(!["lnog", "", "14", "'y'", "MMMMM", "dddddddd"].into_iter().any(is_pattern));
    }

    #[test]
    fn a_day_prints_no_hours() {
        let locale = Locale::of("en");
        let day = DateTime { time: None, ..moment() };
        assert_eq!(date_time(locale, day, Form::Long), "March 4, 2026");
        assert_eq!(date_time(locale, moment(), Form::Long).replace('\u{202f}', " "), "March 4, 2026 at 3:05 PM");
    }
}
