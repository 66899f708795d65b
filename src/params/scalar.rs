//! Clean text → a value of the declared type, or the reason why it has no such value. Lists are
//! another matter: they hold such values ([`list`](super::list)).

use crate::color::Color;
use crate::locale::DateTime;
use crate::remote;
use crate::request::office::is_id;

use super::declare::{DatetimeParam, TextParam};
use super::{Missing, Param, Repair, Repairs, Value, clean, datetime, image, number};

/// Reads `text` as a value of the type that `param` declares.
///
/// # Errors
/// [`Missing::WrongType`] or [`Missing::OutOfRange`]; for pictures, those of [`image::read`].
pub fn value(param: &Param, text: String) -> Result<Value, Missing> {
    value_in(param, text, None, &mut Repairs::default())
}

/// As [`value`]; `comma` says whether the decimals of the URL's language begin with a comma. `None` if the
/// URL has no language: then the template's counts. A text that is cut and a number that is written for people
/// are added to `repairs`.
///
/// # Errors
/// As [`value`].
pub fn value_in(param: &Param, text: String, comma: Option<bool>, repairs: &mut Repairs) -> Result<Value, Missing> {
    match param {
        Param::Text(param) => written(param, text, repairs).map(Value::Text),
        Param::Rich(param) => written(param, text, repairs).map(Value::Rich),
        Param::Color(_) => text.parse().map(Value::Color).map_err(|()| Missing::WrongType),
        Param::Number(bounds) => {
            let number::Number { value: number, is_plain } =
                number::read(&text, comma.unwrap_or(bounds.comma)).ok_or(Missing::WrongType)?;
            if !is_plain {
                repairs.add(Repair::Number);
            }
            let fits = bounds.min.is_none_or(|min| number >= min) && bounds.max.is_none_or(|max| number <= max);
            if fits { Ok(Value::Number(number)) } else { Err(Missing::OutOfRange) }
        }
        Param::Choice(choice) => word(&choice.choices, &text).map(Value::Choice).ok_or(Missing::WrongType),
        Param::Datetime(param) => moment(param, &text).map(Value::Datetime).ok_or(Missing::WrongType),
        Param::Date(param) => day(param, &text).ok_or(Missing::WrongType),
        Param::Boolean(_) => boolean(&text).map(Value::Boolean).ok_or(Missing::WrongType),
        Param::Email(_) => email(&text).map(Value::Text).ok_or(Missing::WrongType),
        // The world brings what it names.
        Param::Record(_) => is_id(&text).then_some(Value::Text(text)).ok_or(Missing::WrongType),
        // Lists are read by `list`.
        Param::List(_) => Err(Missing::WrongType),
        Param::Image(param) => image::read(&text, &param.hosts).map(Value::Image),
    }
}

/// The template's own default. `None` if the param has no default. (A default of the wrong type
/// would be `None` too, but templates with one are refused when they are read.)
#[must_use]
pub fn default(param: &Param) -> Option<Value> {
    match param {
        Param::Text(text) => text.default.clone().map(Value::Text),
        Param::Color(color) => color.default.as_deref()?.parse::<Color>().ok().map(Value::Color),
        Param::Number(number) => number.default.filter(|number| number.is_finite()).map(Value::Number),
        Param::Choice(choice) => word(&choice.choices, choice.default.as_deref()?).map(Value::Choice),
        Param::Datetime(param) => moment(param, param.default.as_deref()?).map(Value::Datetime),
        Param::Date(param) => day(param, param.default.as_deref()?),
        Param::Boolean(param) => param.default.map(Value::Boolean),
        Param::Email(param) => param.default.clone().map(Value::Text),
        Param::Rich(param) => param.default.clone().map(Value::Rich),
        Param::List(_) | Param::Record(_) => None,
        Param::Image(param) => param.default.clone().map(Value::Image),
    }
}

/// A day or a moment, as a clock in the declared time zone shows it.
fn moment(param: &DatetimeParam, text: &str) -> Option<DateTime> {
    let moment = datetime::read(text)?;
    let offset = param.timezone.as_deref().and_then(datetime::offset);
    Some(offset.map_or(moment, |offset| moment.at_offset(offset)))
}

/// The day that a moment falls on in the declared time zone.
fn day(param: &DatetimeParam, text: &str) -> Option<Value> {
    moment(param, text).map(|moment| Value::Datetime(DateTime { time: None, offset: None, ..moment }))
}

/// A text that the param allows, cut to its length.
fn written(param: &TextParam, text: String, repairs: &mut Repairs) -> Result<String, Missing> {
    if param.allow.as_ref().is_some_and(|allow| !allow.permits(&text)) {
        return Err(Missing::NotAllowed);
    }
    let Some(max) = param.max_chars else { return Ok(text) };
    let (cut, is_cut) = clean::cut(text, max);
    if is_cut {
        repairs.add(Repair::Cut);
    }
    Ok(cut)
}

/// Reads `true`, `yes`, `on`, `1` and their opposites, in any case.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" | "y" | "t" => Some(true),
        "false" | "no" | "off" | "0" | "n" | "f" => Some(false),
        _ => None,
    }
}

/// Reads an address; its domain is in lower case.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let (user, domain) = text.split_once('@')?;
    // A space is a `+` that was not encoded in its URL.
    let user = &user.replace(' ', "+");
    let domain = domain.to_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let fits = text.len() <= 254 && user.len() <= 64 && remote::is_user(user);
    (fits && domain.contains('.') && domain.split('.').all(is_label)).then(|| format!("{user}@{domain}"))
}

/// The declared word that equals `text`, or else the first that equals it but for its case.
fn word(choices: &[String], text: &str) -> Option<String> {
    let exact = choices.iter().find(|choice| choice.as_str() == text);
    let lower = text.to_lowercase();
    exact.or_else(|| choices.iter().find(|choice| choice.to_lowercase() == lower)).cloned()
}

/// Reads `-1234.5` and `1,234.5`, for expressions: what a URL gives to a param of the type `number` is
/// read by [`number::read`], and a text is no price. Exponents, currencies and percent signs are not
/// read.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = whole.split(',').enumerate().all(|(index, group)| {
        all_digits(group)
            && if index == 0 { !whole.contains(',') || matches!(group.len(), 1..=3) } else { group.len() == 3 }
    });
    if !grouped || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let plain: String = digits.chars().filter(|c| *c != ',').collect();
    let number: f64 = plain.parse().ok().filter(|number: &f64| number.is_finite())?;
    // A negative zero would give the same picture a second cache key.
    Some(if negative && number > 0.0 { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::declare::{ChoiceParam, ColorParam, NumberParam, TextParam};

    #[test]
    fn reads_numbers() {
        for (text, expected) in [
            ("0", Some(0.0)),
            ("-0", Some(0.0)),
            ("1234.5", Some(1234.5)),
            ("1,234.5", Some(1234.5)),
            ("12,345,678", Some(12_345_678.0)),
            ("+5", Some(5.0)),
            ("-5", Some(-5.0)),
            ("−5", Some(-5.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("007", Some(7.0)),
            ("", None),
            (".", None),
            ("-", None),
            (",", None),
            ("1,5", None),
            ("1,2345", None),
            ("1234,567", None),
            (",123", None),
            ("1.234,5", None),
            ("1.2.3", None),
            ("1e3", None),
            ("inf", None),
            ("NaN", None),
            ("0x10", None),
            ("$5", None),
            ("5%", None),
            ("--5", None),
            ("٣", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert_eq!(number(&"9".repeat(400)), None);
    }

    #[test]
    fn reads_values_of_each_type() {
        let text = Param::Text(TextParam { max_chars: Some(4), ..TextParam::default() });
        let color = Param::Color(ColorParam::default());
        let points = Param::Number(NumberParam { min: Some(0.0), max: Some(10.0), ..NumberParam::default() });
        let choices = ["free".to_owned(), "Pro".to_owned(), "pro".to_owned(), "ÉLITE".to_owned()].to_vec();
        let plan = Param::Choice(ChoiceParam { choices, ..ChoiceParam::default() });
        for (param, given, expected) in [
            (&text, "Anna", Ok(Value::Text("Anna".to_owned()))),
            (&text, "Maria", Ok(Value::Text("Mar…".to_owned()))),
            (&color, "f53", Ok(Value::Color(Color::rgb(255, 85, 51)))),
            (&color, "reddish", Err(Missing::WrongType)),
            (&points, "10", Ok(Value::Number(10.0))),
            (&points, "10.01", Err(Missing::OutOfRange)),
            (&points, "-1", Err(Missing::OutOfRange)),
            (&points, "ten", Err(Missing::WrongType)),
            (&plan, "FREE", Ok(Value::Choice("free".to_owned()))),
            (&plan, "pro", Ok(Value::Choice("pro".to_owned()))),
            (&plan, "PRO", Ok(Value::Choice("Pro".to_owned()))),
            (&plan, "élite", Ok(Value::Choice("ÉLITE".to_owned()))),
            (&plan, "gold", Err(Missing::WrongType)),
        ] {
            assert_eq!(value(param, given.to_owned()), expected, "{given}");
        }
    }

    #[test]
    fn moments_are_shown_in_the_declared_time_zone() {
        let param = |timezone: Option<&str>, default: Option<&str>| {
            Param::Datetime(DatetimeParam {
                timezone: timezone.map(str::to_owned),
                default: default.map(str::to_owned),
                ..DatetimeParam::default()
            })
        };
        let text = |value: Option<Value>| match value {
            Some(Value::Datetime(moment)) => moment.to_string(),
            _ => String::new(),
        };
        for (timezone, given, shown) in [
            (None, "2026-03-14T15:30:00+01:00", "2026-03-14T15:30:00+01:00"),
            (None, "1773502200", "2026-03-14T15:30:00Z"),
            (Some("+09:30"), "1773502200", "2026-03-15T01:00:00+09:30"),
            (Some("-05:00"), "2026-03-14T03:00:00Z", "2026-03-13T22:00:00-05:00"),
            (Some("-05:00"), "2026-03-14T03:00", "2026-03-14T03:00:00"),
            (Some("-05:00"), "2026-03-14", "2026-03-14"),
        ] {
            assert_eq!(text(value(&param(timezone, None), given.to_owned()).ok()), shown, "{given}");
            assert_eq!(text(default(&param(timezone, Some(given)))), shown, "{given}");
        }
        assert_eq!(value(&param(None, None), "03/04/2026".to_owned()), Err(Missing::WrongType));
    }
}
