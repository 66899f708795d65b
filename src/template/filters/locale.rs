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
use crate::params::{datetime, fit};
use crate::request::language;

/// Under this name an expression sees the picture's language. Params cannot have it: theirs begin with a letter.
pub const LANG: &str = "_lang";

/// Adds the filters.
pub fn register(environment: &mut Environment<'_>) {
    environment.add_filter("number", |state: &State<'_, '_>, value: Value, places: Option<u8>, named: Kwargs| {
        let locale = locale_of(state, &named)?;
        write_number(value, |number| locale::number(locale, number, places))
    });
    environment.add_filter("percent", |state: &State<'_, '_>, value: Value, places: Option<u8>, named: Kwargs| {
        let whole = if named.has("of") { number(&named.get::<Value>("of")?) } else { Read::Known(1.0) };
        let locale = locale_of(state, &named)?;
        // A share of nothing, or of what is missing, is no share.
        let Read::Known(whole) = whole else { return Ok(Value::UNDEFINED) };
        write_number(value, |number| locale::percent(locale, number / whole, places))
    });
    environment.add_filter(
        "money",
        |state: &State<'_, '_>, value: Value, currency: Value, places: Option<u8>, named: Kwargs| {
            let locale = locale_of(state, &named)?;
            write_number(value, |amount| match currency_code(&currency) {
                Some(code) => locale::money(locale, amount, &code, places),
                None => locale::number(locale, amount, Some(places.unwrap_or(2))),
            })
        },
    );
    environment.add_filter("plural", |state: &State<'_, '_>, value: Value, forms: Rest<Value>, named: Kwargs| {
        choose(locale::cardinal, state, &value, &forms, &named)
    });
    environment.add_filter("ordinal", |state: &State<'_, '_>, value: Value, forms: Rest<Value>, named: Kwargs| {
        choose(locale::ordinal, state, &value, &forms, &named)
    });
    environment.add_filter("date", |state: &State<'_, '_>, value: Value, form: Option<String>, named: Kwargs| {
        let locale = locale_of(state, &named)?;
        let form = form.as_deref().unwrap_or("medium");
        match Form::named(form) {
            Some(form) => Ok(write_moment(value, |moment| Some(locale::date(locale, moment.date, form)))),
            None if locale::is_pattern(form) => {
                Ok(write_moment(value, |moment| Some(locale::pattern(locale, moment, form))))
            }
            None => Err(wrong(
                "`date` takes full, long, medium, short, year, month, weekday, day, day-month, month-year, or a pattern such as 'd. MMMM y'",
            )),
        }
    });
    environment.add_filter("time", |state: &State<'_, '_>, value: Value, named: Kwargs| {
        let locale = locale_of(state, &named)?;
        Ok::<_, Error>(write_moment(value, |moment| moment.time.map(|_| locale::time(locale, moment))))
    });
    environment.add_filter("datetime", |state: &State<'_, '_>, value: Value, form: Option<String>, named: Kwargs| {
        let locale = locale_of(state, &named)?;
        let form = Form::named(form.as_deref().unwrap_or("medium"))
            .filter(|form| matches!(form, Form::Full | Form::Long | Form::Medium | Form::Short))
            .ok_or_else(|| wrong("`datetime` takes full, long, medium or short"))?;
        Ok(write_moment(value, |moment| Some(locale::date_time(locale, moment, form))))
    });
}

/// Says how a filter is used wrongly. The words are ours, so that an error may show them: they hold no value.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(pub &'static str);

fn wrong(words: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, words).with_source(Wrong(words))
}

/// The language of one filter. Called when all of its other named arguments were read: it refuses what is left.
fn locale_of(state: &State<'_, '_>, named: &Kwargs) -> Result<Locale, Error> {
    let own = named.get::<Option<String>>("lang")?;
    named.assert_all_used()?;
    if let Some(tag) = own {
        return language(&tag)
            .map(|tag| Locale::of(&tag))
            .ok_or_else(|| wrong("`lang` takes a language such as 'de' or 'pt-BR'"));
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
            Some(text) => fit::number(text).map_or(Read::Other, Read::Known),
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

fn write_number(value: Value, write: impl FnOnce(f64) -> Option<String>) -> Result<Value, Error> {
    Ok(match number(&value) {
        Read::Known(number) => write(number).map_or(Value::UNDEFINED, Value::from),
        Read::Missing => Value::UNDEFINED,
        Read::Other => value,
    })
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
    state: &State<'_, '_>,
    value: &Value,
    forms: &[Value],
    named: &Kwargs,
) -> Result<Value, Error> {
    const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
    let mut by_name = CATEGORIES.map(|name| (name, named.get::<Option<Value>>(name).ok().flatten()));
    let locale = locale_of(state, named)?;
    let (one, other) = match forms {
        [] => (None, None),
        [other] => (None, Some(other)),
        [one, other] => (Some(one), Some(other)),
        _ => return Err(wrong("two forms are one and many; others go by name: few='…', many='…', two='…', zero='…'")),
    };
    for (name, form) in &mut by_name {
        match *name {
            "one" => *form = form.take().or_else(|| one.cloned()),
            "other" => *form = form.take().or_else(|| other.cloned()),
            _ => {}
        }
    }
    let form = |wanted: &str| by_name.iter().find(|(name, _)| *name == wanted).and_then(|(_, form)| form.clone());
    let number = match number(value) {
        Read::Known(number) => number,
        Read::Missing => return Ok(Value::UNDEFINED),
        Read::Other => return Ok(form("other").unwrap_or_default()),
    };
    // `zero` is also what to say of none at all, in languages that have no such form: "no points".
    let none = (number == 0.0).then(|| form("zero")).flatten();
    Ok(none.or_else(|| form(category(locale, number))).or_else(|| form("other")).unwrap_or_default())
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
            (Some("hi"), "{{ points | number(0) }}", "12,34,568"),
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
            ("{{ 1 | plural('a', 'b', 'c') }}", "others go by name"),
            ("{{ 1 | number(lang='-') }}", "`lang` takes"),
            ("{{ 1 | number(palces=2) }}", "too many arguments"),
            ("{{ 1 | money }}", "missing argument"),
        ] {
            let error = print(source, None).unwrap_err();
            assert!(error.contains(words), "{source}: {error}");
        }
    }
}
