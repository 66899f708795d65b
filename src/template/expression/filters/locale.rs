//! Filters that write as a language does: `number`, `money`, `percent`, `plural`, `ordinal`,
//! `date`, `time`, `datetime`.
//!
//! The language is the argument `lang` of the filter, else the picture's: the `_lang` of its URL,
//! else the template's own, else English.
//!
//! A missing value stays missing, so that `| default('soon')` works after a filter. A text that is
//! no number (or no date) is printed as it is, because its sender has formatted it already
//! (`from €29`), and a sentence with a hole in it would be worse. Neither is an error; a filter
//! that is used wrongly is one.

use crate::locale::{self, DateTime, Form, Locale};
use crate::params::{datetime, scalar};
use crate::request::language;

use super::super::arguments::Arguments;
use super::super::meter::Wrong;
use super::super::value::Value;

/// One of these filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    Number,
    Percent,
    Money,
    Plural,
    Ordinal,
    Date,
    Time,
    Datetime,
}

/// Arguments of `plural` and `ordinal` by name: CLDR's plural categories, and the language.
pub const FORMS: [&str; 7] = ["zero", "one", "two", "few", "many", "other", "lang"];

/// Applies a filter to a value, in the picture's language or in that of the argument `lang`.
///
/// # Errors
/// The filter is used wrongly.
pub fn apply(filter: Filter, picture: Locale, value: &Value, arguments: &Arguments) -> Result<Value, Wrong> {
    let locale = match arguments.named("lang") {
        None => picture,
        Some(tag) => {
            let tag = tag.as_text().and_then(language);
            tag.map(|tag| Locale::of(&tag)).ok_or(Wrong("`lang` takes a language such as 'de' or 'pt-BR'"))?
        }
    };
    let argument = |index: usize, name: &str| arguments.at(index).or_else(|| arguments.named(name));
    match filter {
        Filter::Number => {
            let places = places(argument(0, "places"))?;
            Ok(write_number(value, |number| locale::number(locale, number, places)))
        }
        Filter::Percent => {
            let places = places(argument(0, "places"))?;
            // A share of nothing, or of what is missing, is no share.
            let whole = match arguments.named("of").map(number) {
                None => 1.0,
                Some(Read::Known(whole)) => whole,
                Some(Read::Missing | Read::Other) => return Ok(Value::Undefined),
            };
            Ok(write_number(value, |number| locale::percent(locale, number / whole, places)))
        }
        Filter::Money => {
            let currency = arguments.at(0).ok_or(Wrong("`money` takes a currency such as 'EUR'"))?;
            let places = places(argument(1, "places"))?;
            Ok(write_number(value, |amount| match currency_code(currency) {
                Some(code) => locale::money(locale, amount, &code, places),
                None => locale::number(locale, amount, Some(places.unwrap_or(2))),
            }))
        }
        Filter::Plural => Ok(choose(locale::cardinal, locale, value, arguments)),
        Filter::Ordinal => Ok(choose(locale::ordinal, locale, value, arguments)),
        Filter::Date => {
            let name = arguments.at(0).map_or(Some("medium"), Value::as_text).unwrap_or_default();
            let form = Form::named(name);
            if form.is_none() && !locale::is_pattern(name) {
                return Err(Wrong(
                    "`date` takes full, long, medium, short, year, month, weekday, day, day-month, month-year, or a pattern such as 'd. MMMM y'",
                ));
            }
            Ok(write_moment(value, |moment| {
                Some(match form {
                    Some(form) => locale::date(locale, moment.date, form),
                    None => locale::pattern(locale, moment, name),
                })
            }))
        }
        Filter::Time => Ok(write_moment(value, |moment| moment.time.map(|_| locale::time(locale, moment)))),
        Filter::Datetime => {
            let name = arguments.at(0).map_or(Some("medium"), Value::as_text);
            let form = name
                .and_then(Form::named)
                .filter(|form| matches!(form, Form::Full | Form::Long | Form::Medium | Form::Short))
                .ok_or(Wrong("`datetime` takes full, long, medium or short"))?;
            Ok(write_moment(value, |moment| Some(locale::date_time(locale, moment, form))))
        }
    }
}

/// How many decimals; `None` if nothing is said.
fn places(argument: Option<&Value>) -> Result<Option<u8>, Wrong> {
    let Some(argument) = argument.filter(|argument| !argument.is_missing()) else { return Ok(None) };
    let places = argument.as_number().filter(|places| (0.0..=255.0).contains(places) && places.fract() == 0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 0 to 255")]
    places.map(|places| Some(places as u8)).ok_or(Wrong("decimals are a number such as 2"))
}

/// How a filter understands its value.
enum Read<T> {
    Known(T),
    /// Missing, or empty.
    Missing,
    /// Something else: a text, most of the time.
    Other,
}

fn number(value: &Value) -> Read<f64> {
    match value {
        Value::Undefined | Value::None => Read::Missing,
        Value::Text(text) if text.trim().is_empty() => Read::Missing,
        Value::Text(text) => scalar::number(text.trim()).map_or(Read::Other, Read::Known),
        other => other.as_number().map_or(Read::Other, Read::Known),
    }
}

/// A number is a Unix time, as it is in a URL.
fn moment(value: &Value) -> Read<DateTime> {
    match value {
        Value::Undefined | Value::None => Read::Missing,
        Value::Text(text) if text.trim().is_empty() => Read::Missing,
        Value::Text(text) => datetime::read(text.trim()).map_or(Read::Other, Read::Known),
        Value::Integer(_) | Value::Float(_) => datetime::read(&value.to_string()).map_or(Read::Other, Read::Known),
        _ => Read::Other,
    }
}

fn write_number(value: &Value, write: impl FnOnce(f64) -> Option<String>) -> Value {
    match number(value) {
        Read::Known(number) => write(number).map_or(Value::Undefined, Value::from),
        Read::Missing => Value::Undefined,
        Read::Other => value.clone(),
    }
}

fn write_moment(value: &Value, write: impl FnOnce(DateTime) -> Option<String>) -> Value {
    match moment(value) {
        Read::Known(moment) => write(moment).map_or(Value::Undefined, Value::from),
        Read::Missing => Value::Undefined,
        Read::Other => value.clone(),
    }
}

/// `eur` → `EUR`; `None` if it cannot be a code of ISO 4217.
fn currency_code(value: &Value) -> Option<String> {
    let code = value.as_text()?.trim();
    (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| code.to_ascii_uppercase())
}

/// The form that a number asks for, of those that are there: `plural('point', 'points')`,
/// `plural(one=…, few=…, other=…)`.
fn choose(category: fn(Locale, f64) -> &'static str, locale: Locale, value: &Value, arguments: &Arguments) -> Value {
    // One form by place is for all numbers; two are one and other.
    let (one, other) = match arguments.positional.as_slice() {
        [one, other] => (Some(one), Some(other)),
        arguments => (None, arguments.first()),
    };
    let form = |name: &str| {
        let by_place = match name {
            "one" => one,
            "other" => other,
            _ => None,
        };
        by_place.or_else(|| arguments.named(name)).cloned()
    };
    let number = match number(value) {
        Read::Known(number) => number,
        Read::Missing => return Value::Undefined,
        Read::Other => return form("other").unwrap_or_default(),
    };
    // `zero` also serves languages that have no such form: "no points".
    let none = (number == 0.0).then(|| form("zero")).flatten();
    none.or_else(|| form(category(locale, number))).or_else(|| form("other")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::limits::Limits;
    use crate::params::{self, Params, Resolved, Source, Values};
    use crate::template::expression::{Context, Expressions};

    fn print(source: &str, lang: Option<&str>) -> Result<String, String> {
        let text = |text: &str| params::Value::Text(text.to_owned());
        let values = [
            ("points", params::Value::Number(1_234_567.5)),
            ("price", text("29.9")),
            ("sent", text("from €29")),
            ("expires", text("2026-03-14T15:30:00+01:00")),
            ("day", text("2026-03-04")),
            ("when", text("next week")),
            ("code", text("eur")),
        ];
        let given = |value| Resolved::new(Some(value), Source::Given);
        let values = Values::from(values.map(|(name, value)| (name.to_owned(), given(value))));
        let mut expressions = Expressions::new(&Limits::default());
        expressions.add_text(source, &Params::new())?;
        let printed = expressions.text(source, &Context::new(&values, lang))?;
        Ok(printed.replace(['\u{a0}', '\u{202f}'], " "))
    }

    #[test]
    fn numbers() {
        for (lang, source, printed) in [
            (None, "{{ points | number }}", "1,234,567.5"),
            (Some("de"), "{{ points | number }}", "1.234.567,5"),
            (Some("de"), "{{ points | number(2) }}", "1.234.567,50"),
            (Some("hi"), "{{ points | number(places=0) }}", "12,34,568"),
            (Some("ar-EG"), "{{ 1234 | number }}", "١٬٢٣٤"),
            (Some("de"), "{{ 1234 | number(lang='fr') }}", "1 234"),
            (Some("tlh"), "{{ 1234 | number(lang='DE_at') }}", "1 234"),
            (Some("fr"), "{{ price | money('EUR') }}", "29,90 €"),
            (None, "{{ price | money(code) }}", "€29.90"),
            (None, "{{ price | money('EUR', 0) }}", "€30"),
            (None, "{{ price | money('JPY') }}", "¥30"),
            (Some("ja"), "{{ 1234 | money('KWD') }}", "KWD 1,234.000"),
            (None, "{{ -5 | money('USD') }}", "-$5.00"),
            (None, "{{ price | money(none) }}", "29.90"),
            (None, "{{ price | money('euros') }}", "29.90"),
            (None, "{{ price | money(gone) }}", "29.90"),
            (Some("de"), "{{ 0.15 | percent }}", "15 %"),
            (Some("tr"), "{{ 0.155 | percent(1) }}", "%15,5"),
            (None, "{{ 15 | percent(of=100) }}", "15%"),
            (None, "{{ 3 | percent(of=7) }}", "43%"),
            (None, "{{ 3 | percent(of=0) }}|{{ 3 | percent(of=gone) }}", "|"),
            // Missing stays missing, and what its sender has formatted stays as it is.
            (None, "{{ gone | number }}|{{ none | money('EUR') }}|{{ gone.of.nothing | percent }}", "||"),
            (None, "{{ gone | money('EUR') | default('free') }}", "free"),
            (None, "{{ sent | money('EUR') }}", "from €29"),
        ] {
            assert_eq!(print(source, lang).as_deref(), Ok(printed), "{source} {lang:?}");
        }
    }

    #[test]
    fn plurals() {
        for (lang, source, printed) in [
            (None, "{{ 1 | plural('point', 'points') }}", "point"),
            (None, "{{ 2 | plural('point', 'points') }}", "points"),
            (None, "{{ 0 | plural('point', 'points') }}", "points"),
            (None, "{{ 0 | plural(one='a point', other='points', zero='no points') }}", "no points"),
            (None, "{{ '1' | plural('point', 'points') }}", "point"),
            (None, "{{ sent | plural('point', 'points') }}", "points"),
            (None, "{{ gone | plural('point', 'points') }}", ""),
            (None, "{{ 5 | plural('points') }}", "points"),
            (None, "{{ 5 | plural(one='point') }}", ""),
            (Some("ru"), "{{ 22 | plural(one='балл', few='балла', many='баллов', other='балла') }}", "балла"),
            (Some("ru"), "{{ 25 | plural(one='балл', few='балла', many='баллов') }}", "баллов"),
            (Some("ru"), "{{ 21 | plural('point', 'points', lang='en') }}", "points"),
            (None, "{{ 3 }}{{ 3 | ordinal(one='st', two='nd', few='rd', other='th') }}", "3rd"),
        ] {
            assert_eq!(print(source, lang).as_deref(), Ok(printed), "{source} {lang:?}");
        }
    }

    #[test]
    fn dates() {
        for (lang, source, printed) in [
            (None, "{{ expires | date }}", "Mar 14, 2026"),
            (Some("de"), "{{ expires | date('full') }}", "Samstag, 14. März 2026"),
            (Some("en-GB"), "{{ day | date('short') }}", "04/03/2026"),
            (Some("ja"), "{{ day | date('month-year') }}", "2026年3月"),
            (Some("th"), "{{ day | date('year') }}", "พ.ศ. 2569"),
            (Some("fr"), "{{ day | date('EEEE d MMMM') }}", "mercredi 4 mars"),
            (Some("de"), "{{ expires | time }}|{{ day | time }}", "15:30|"),
            (None, "{{ expires | datetime('long') }}", "March 14, 2026 at 3:30 PM"),
            (None, "{{ 1773502200 | datetime('short') }}", "3/14/26, 3:30 PM"),
            (None, "{{ 1773502200000 | date }}", "Mar 14, 2026"),
            (None, "{{ gone | date | default('soon') }}|{{ none | date }}", "soon|"),
            (None, "{{ when | date('long') }}", "next week"),
        ] {
            assert_eq!(print(source, lang).as_deref(), Ok(printed), "{source} {lang:?}");
        }
    }

    #[test]
    fn wrong_use_is_an_error() {
        for (source, words) in [
            ("{{ day | date('lnog') }}", "`date` takes"),
            ("{{ day | datetime('year') }}", "`datetime` takes"),
            ("{{ 1 | plural('a', 'b', 'c') }}", "no such argument"),
            ("{{ 1 | number(lang='-') }}", "`lang` takes"),
            ("{{ 1 | number(palces=2) }}", "no such argument"),
            ("{{ 1 | number('two') }}", "a number such as 2"),
            ("{{ 1 | number(lang=2) }}", "`lang` takes"),
            ("{{ 1 | money }}", "needs an argument"),
            ("{{ day | date(2) }}", "`date` takes"),
        ] {
            let error = print(source, None).unwrap_err();
            assert!(error.contains(words), "{source}: {error}");
        }
    }
}
