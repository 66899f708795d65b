//! Filters that write as a language does: `number`, `money`, `percent`, `plural`, `ordinal`, `date`, `time`, `datetime`.
//!
//! The language is `lang=` of the filter, else the picture's: the `_lang` of its URL, else the template's own, else
//! English. It is no part of a compiled template: a filter looks it up in what the expression sees.
//!
//! What is missing stays missing, so that `| default('soon')` after a filter works. A text that is no number (or no
//! date) is printed as it is: its sender has formatted it already (`from €29`), and a sentence with a hole in it
//! would be worse. Both are no errors; a filter that is used wrongly is one.

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use crate::locale::{self, DateTime, Form, Locale};
use crate::params::{coerce, datetime};
use crate::request::language;

/// Under this name an expression sees the picture's language. Params cannot have it: theirs begin with a letter.
pub const LANG: &str = "_lang";

/// One of these filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    Number,
    Percent,
    Money,
    Plural,
    Ordinal,
    Date,
    Time,
    Datetime,
}

/// Every filter: its name, what it is, how many arguments it takes, and which of them by name (beside `lang`).
const FILTERS: [(&str, Filter, usize, &[&str]); 8] = [
    ("number", Filter::Number, 1, &["places"]),
    ("percent", Filter::Percent, 1, &["places", "of"]),
    ("money", Filter::Money, 2, &["places"]),
    ("plural", Filter::Plural, 2, &CATEGORIES),
    ("ordinal", Filter::Ordinal, 2, &CATEGORIES),
    ("date", Filter::Date, 1, &[]),
    ("time", Filter::Time, 0, &[]),
    ("datetime", Filter::Datetime, 1, &[]),
];

/// CLDR's plural categories.
const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Adds the filters. All are one function to minijinja: it compiles a kilobyte and a half of glue for every signature.
pub fn register(environment: &mut Environment<'_>) {
    for (name, filter, most, names) in FILTERS {
        environment.add_filter(
            name,
            move |state: &State<'_, '_>, value: Value, arguments: Rest<Value>, named: Kwargs| {
                if arguments.len() > most || named.args().any(|name| name != "lang" && !names.contains(&name)) {
                    return Err(wrong("this filter has no such argument"));
                }
                apply(filter, locale_of(state, &named)?, value, &arguments, &named)
            },
        );
    }
}

fn apply(filter: Filter, locale: Locale, value: Value, arguments: &[Value], named: &Kwargs) -> Result<Value, Error> {
    let argument = |index: usize, name: &str| arguments.get(index).cloned().or_else(|| named.peek(name).ok());
    match filter {
        Filter::Number => {
            let places = places(argument(0, "places"))?;
            Ok(write_number(value, |number| locale::number(locale, number, places)))
        }
        Filter::Percent => {
            let places = places(argument(0, "places"))?;
            // A share of nothing, or of what is missing, is no share.
            let whole = match named.has("of").then(|| number(&named.peek("of").unwrap_or_default())) {
                None => 1.0,
                Some(Read::Known(whole)) => whole,
                Some(Read::Missing | Read::Other) => return Ok(Value::UNDEFINED),
            };
            Ok(write_number(value, |number| locale::percent(locale, number / whole, places)))
        }
        Filter::Money => {
            let currency = arguments.first().ok_or_else(|| wrong("`money` takes a currency such as 'EUR'"))?;
            let places = places(argument(1, "places"))?;
            Ok(write_number(value, |amount| match currency_code(currency) {
                Some(code) => locale::money(locale, amount, &code, places),
                None => locale::number(locale, amount, Some(places.unwrap_or(2))),
            }))
        }
        Filter::Plural => Ok(choose(locale::cardinal, locale, &value, arguments, named)),
        Filter::Ordinal => Ok(choose(locale::ordinal, locale, &value, arguments, named)),
        Filter::Date => {
            let name = arguments.first();
            let name = name.map_or(Some("medium"), Value::as_str).unwrap_or_default();
            let form = Form::named(name);
            if form.is_none() && !locale::is_pattern(name) {
                return Err(wrong(
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
            let name = arguments.first().map_or(Some("medium"), Value::as_str);
            let form = name
                .and_then(Form::named)
                .filter(|form| matches!(form, Form::Full | Form::Long | Form::Medium | Form::Short))
                .ok_or_else(|| wrong("`datetime` takes full, long, medium or short"))?;
            Ok(write_moment(value, |moment| Some(locale::date_time(locale, moment, form))))
        }
    }
}

/// How many decimals; none where nothing is said.
fn places(argument: Option<Value>) -> Result<Option<u8>, Error> {
    let Some(argument) = argument.filter(|argument| !argument.is_undefined() && !argument.is_none()) else {
        return Ok(None);
    };
    u8::try_from(argument).map(Some).map_err(|_| wrong("decimals are a number such as 2"))
}

/// Says how a filter is used wrongly. The words are ours, so that an error may show them: they hold no value.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(pub &'static str);

fn wrong(words: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, words).with_source(Wrong(words))
}

/// The language of one filter.
fn locale_of(state: &State<'_, '_>, named: &Kwargs) -> Result<Locale, Error> {
    if named.has("lang") {
        let tag = named.peek("lang").ok().and_then(language);
        return tag.map(|tag| Locale::of(&tag)).ok_or_else(|| wrong("`lang` takes a language such as 'de' or 'pt-BR'"));
    }
    let picture = state.lookup(LANG);
    Ok(Locale::of(picture.as_ref().and_then(Value::as_str).unwrap_or("en")))
}

/// What a filter makes of what it was given.
enum Read<T> {
    Known(T),
    /// Missing, or empty.
    Missing,
    /// Something else: a text, most of the time.
    Other,
}

fn number(value: &Value) -> Read<f64> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Read::Missing,
        ValueKind::Number => f64::try_from(value.clone()).map_or(Read::Other, Read::Known),
        _ => match value.as_str().map(str::trim) {
            Some("") => Read::Missing,
            Some(text) => coerce::number(text).map_or(Read::Other, Read::Known),
            None => Read::Other,
        },
    }
}

/// Numbers are Unix times, as they are where a URL has them.
fn moment(value: &Value) -> Read<DateTime> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Read::Missing,
        ValueKind::Number => datetime::read(&value.to_string()).map_or(Read::Other, Read::Known),
        _ => match value.as_str().map(str::trim) {
            Some("") => Read::Missing,
            Some(text) => datetime::read(text).map_or(Read::Other, Read::Known),
            None => Read::Other,
        },
    }
}

fn write_number(value: Value, write: impl FnOnce(f64) -> Option<String>) -> Value {
    match number(&value) {
        Read::Known(number) => write(number).map_or(Value::UNDEFINED, Value::from),
        Read::Missing => Value::UNDEFINED,
        Read::Other => value,
    }
}

fn write_moment(value: Value, write: impl FnOnce(DateTime) -> Option<String>) -> Value {
    match moment(&value) {
        Read::Known(moment) => write(moment).map_or(Value::UNDEFINED, Value::from),
        Read::Missing => Value::UNDEFINED,
        Read::Other => value,
    }
}

/// `eur` → `EUR`; none where it cannot be a code of ISO 4217.
fn currency_code(value: &Value) -> Option<String> {
    let code = value.as_str()?.trim();
    (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| code.to_ascii_uppercase())
}

/// The form that a number asks for, of those that are there: `plural('point', 'points')`, `plural(one=…, few=…, other=…)`.
fn choose(
    category: fn(Locale, f64) -> &'static str,
    locale: Locale,
    value: &Value,
    arguments: &[Value],
    named: &Kwargs,
) -> Value {
    // One form is for all numbers, two are one and other.
    let (one, other) = match arguments {
        [one, other] => (Some(one), Some(other)),
        arguments => (None, arguments.first()),
    };
    let form = |name: &str| {
        let by_place = match name {
            "one" => one,
            "other" => other,
            _ => None,
        };
        by_place.cloned().or_else(|| named.peek(name).ok())
    };
    let number = match number(value) {
        Read::Known(number) => number,
        Read::Missing => return Value::UNDEFINED,
        Read::Other => return form("other").unwrap_or_default(),
    };
    // `zero` is also what to say of none at all, in languages that have no such form: "no points".
    let none = (number == 0.0).then(|| form("zero")).flatten();
    none.or_else(|| form(category(locale, number))).or_else(|| form("other")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(source: &str, lang: Option<&str>) -> Result<String, String> {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Chainable);
        register(&mut environment);
        environment.add_filter(
            "default",
            |value: Value, otherwise: Value| {
                if value.is_undefined() { otherwise } else { value }
            },
        );
        let context = minijinja::context! {
            _lang => lang, points => 1234567.5, price => "29.9", sent => "from €29", none => "",
            expires => "2026-03-14T15:30:00+01:00", day => "2026-03-04", when => "next week", code => "eur",
        };
        environment.render_str(source, context).map(|text| text.replace(['\u{a0}', '\u{202f}'], " ")).map_err(|error| {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            source.unwrap_or_else(|| error.kind().to_string())
        })
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
            ("{{ 1 | money }}", "takes a currency"),
            ("{{ day | date(2) }}", "`date` takes"),
        ] {
            let error = print(source, None).unwrap_err();
            assert!(error.contains(words), "{source}: {error}");
        }
    }
}
