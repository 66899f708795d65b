//! Numbers, money, dates and plurals are written as Intl writes them. `tests/locale/vectors.txt`
//! was recorded from Node's full ICU, which has the same CLDR version as `src/locale/data.txt`.
//! `make locales` makes both again.

use std::fs;
use std::path::PathBuf;

use monogram::locale::{self, Date, DateTime, Form, Locale, Time};

use crate::util::root;

/// Differences on purpose: the tag, the kind and the form of a vector (`*` is any), and the reason.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    (
        "zh-Hant",
        "time",
        "*",
        "Intl says 清晨 (early morning) and 晚上 (evening); 上午 and 下午 are as usual, and need no rules",
    ),
    ("zh-Hant", "date-time", "*", "the same"),
    ("el", "date", "month", "Intl writes a month by itself in the genitive; CLDR has a nominative for it"),
    ("fa", "date", "full", "this Intl has no Persian patterns for the Persian calendar, and writes the root's"),
    ("fa", "date-time", "full", "the same"),
    ("fa", "date", "month-year", "the same"),
    ("fa-AF", "date", "full", "the same"),
    ("fa-AF", "date-time", "full", "the same"),
    ("fa-AF", "date", "month-year", "the same"),
    ("fa-AF", "date", "day-month", "the same"),
];

fn moment(text: &str) -> DateTime {
    let number = |range: std::ops::Range<usize>| text.get(range).unwrap().parse::<i16>().unwrap();
    let small = |range: std::ops::Range<usize>| i8::try_from(number(range)).unwrap();
    let date = Date::new(number(0..4), small(5..7), small(8..10)).unwrap();
    DateTime { date, time: Time::new(small(11..13), small(14..16), 0, 0).ok(), offset: None }
}

fn write(tag: &str, what: &str, value: &str, how: &str) -> String {
    let locale = Locale::of(tag);
    let number = || value.parse::<f64>().unwrap();
    match what {
        "number" => locale::number(locale, number(), how.parse().ok()).unwrap(),
        "percent" => locale::percent(locale, number(), how.parse().ok()).unwrap(),
        "money" => locale::money(locale, number(), how, None).unwrap(),
        "date" => locale::date(locale, moment(value).date, Form::named(how).unwrap()),
        "time" => locale::time(locale, moment(value)),
        "date-time" => locale::date_time(locale, moment(value), Form::named(how).unwrap()),
        _ => {
            let form = if what == "cardinal" { locale::cardinal } else { locale::ordinal };
            let forms: Vec<_> = value.split(' ').map(|count| form(locale, count.parse().unwrap())).collect();
            let first = *forms.first().unwrap();
            if forms.iter().all(|form| *form == first) { first.to_owned() } else { format!("{forms:?}") }
        }
    }
}

#[test]
fn locales_write_as_intl() {
    let path =
        std::env::var_os("MONOGRAM_VECTORS").map_or_else(|| root().join("tests/locale/vectors.txt"), PathBuf::from);
    let vectors = fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in vectors.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line.split('\t').collect();
        let &[tag, what, value, how, expected] = fields.as_slice() else { panic!("{line}") };
        let mut written = write(tag, what, value, how);
        if matches!(what, "date" | "time" | "date-time") {
            // V8 replaces CLDR's narrow no-break space with a plain one for compatibility. We keep
            // it: no line may break there.
            written = written.replace('\u{202f}', " ");
        }
        count += 1;
        let excused = DIFFERENCES
            .iter()
            .any(|(t, w, h, _)| [(*t, tag), (*w, what), (*h, how)].iter().all(|(d, is)| d == is || *d == "*"));
        if written != expected && !excused {
            wrong.push(format!("{tag} {what} {value} {how}: {written:?}, Intl {expected:?}"));
        }
    }
    assert!(count > 0);
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_locale_has_every_form() {
    let data = include_str!("../src/locale/data.txt");
    let tags = data.lines().filter_map(|line| line.strip_prefix('[')?.split([' ', ']']).next());
    for tag in tags.filter(|tag| !matches!(*tag, "und" | "aliases" | "currencies")) {
        assert_eq!(Locale::of(tag).tag(), tag);
        let moment = moment("2026-11-30T23:59");
        for (name, _) in Form::NAMES {
            assert!(!write(tag, "date", "2026-11-30T23:59", name).is_empty(), "{tag} {name}");
        }
        let locale = Locale::of(tag);
        assert!(locale::time(locale, moment).chars().any(char::is_numeric), "{tag}");
        assert!(locale::date_time(locale, moment, Form::Short).chars().count() < 60, "{tag}");
        for (what, how) in [("number", "2"), ("percent", "0"), ("money", "EUR"), ("money", "JPY")] {
            assert!(write(tag, what, "-1234567.5", how).chars().filter(|c| c.is_numeric()).count() >= 7, "{tag}");
        }
    }
}
