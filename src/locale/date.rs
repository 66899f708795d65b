//! Dates and times of day, in a style that the locale knows or by a pattern.
//!
//! Patterns are CLDR's (UTS #35 part 4): `d. MMMM y`, letters that stand for a part, quotes around what is meant as it
//! stands.
//!
//! The calendar is Gregorian, but for Thailand, which writes its years from the Buddha on (2026 is 2569), and for Iran,
//! whose readers would have to convert a Gregorian date before they could use it. All other locales have it as their
//! first calendar, or at least as their second (Pashto).

use super::{Date, DateTime, Locale, Time};

/// What to print of a date.
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

    /// The form of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, form)| *form)
    }

    /// Its place in CLDR's lists of styles; none where it is none of them.
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

/// A day.
#[must_use]
pub fn date(locale: Locale, date: Date, form: Form) -> String {
    pattern(locale, DateTime { date, time: None, offset: None }, form.pattern(locale))
}

/// Hours and minutes.
#[must_use]
pub fn time(locale: Locale, moment: DateTime) -> String {
    pattern(locale, moment, locale.get("time"))
}

/// A day and, where it is known, its hours and minutes.
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
            // In a joint, letters are as good as quoted; what matters is in braces.
            Part::Text(text) => printed.push_str(text),
            Part::Field(letter, length) => printed.extend(std::iter::repeat_n(letter, length)),
        }
    }
    // The time first: it has no braces.
    printed.replace("{0}", &time(locale, moment)).replace("{1}", &day)
}

/// By a pattern. What is not known of a moment prints nothing: hours of a day.
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

/// Whether a pattern has only letters that mean something here.
#[must_use]
pub fn is_pattern(pattern: &str) -> bool {
    let known = |part| match part {
        Part::Text(_) => true,
        Part::Field(letter, length) => "yMLdEcahHms".contains(letter) && length <= 4,
    };
    parts(pattern).all(known) && parts(pattern).any(|part| matches!(part, Part::Field(..)))
}

enum Part<'a> {
    Text(&'a str),
    /// A letter and how often it stands there.
    Field(char, usize),
}

/// The parts of a pattern. `''` is an apostrophe, within quotes and outside of them.
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

/// A moment in the calendar of its locale.
struct Fields {
    locale: Locale,
    year: i64,
    month: i64,
    day: i64,
    weekday: usize,
    time: Option<Time>,
}

impl Fields {
    fn new(locale: Locale, DateTime { date, time, .. }: DateTime) -> Self {
        let gregorian = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
        let (year, month, day) = match locale.get("calendar") {
            "buddhist" => (gregorian.0 + 543, gregorian.1, gregorian.2),
            "persian" => date.persian(),
            _ => gregorian,
        };
        Self { locale, year, month, day, weekday: date.weekday(), time }
    }

    fn print(&self, letter: char, length: usize, printed: &mut String) {
        let month = usize::try_from(self.month - 1).unwrap_or_default();
        let mut name = |key: &str, index: usize| printed.push_str(self.locale.item(key, index));
        match (letter, length) {
            ('M', 4) => name("months", month),
            ('M', 3) => name("months-short", month),
            ('L', 4) => name("months-alone", month),
            ('L', 3) => name("months-short-alone", month),
            ('E', 4) => name("days", self.weekday),
            ('E', _) => name("days-short", self.weekday),
            ('c', 4) => name("days-alone", self.weekday),
            ('c', _) => name("days-short-alone", self.weekday),
            ('a', _) => {
                if let Some(time) = self.time {
                    name("day-periods", usize::from(time.hour() >= 12));
                }
            }
            ('y', 2) => self.number(self.year.rem_euclid(100), 2, printed),
            ('y', _) => self.number(self.year, length, printed),
            ('M' | 'L', _) => self.number(self.month, length, printed),
            ('d', _) => self.number(self.day, length, printed),
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

    /// In the locale's digits, with zeros in front up to `length`.
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
        let (date, time) = (Date::new(2026, 3, 4).unwrap(), Time::new(15, 5, 9));
        DateTime { date, time, offset: None }
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
    fn a_day_has_no_hours() {
        let locale = Locale::of("en");
        let day = DateTime { time: None, ..moment() };
        assert_eq!(date_time(locale, day, Form::Long), "March 4, 2026");
        assert_eq!(date_time(locale, moment(), Form::Long).replace('\u{202f}', " "), "March 4, 2026 at 3:05 PM");
    }
}
