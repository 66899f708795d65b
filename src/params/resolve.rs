//! value → `name.default` in the URL → the template's default → missing.
//!
//! Of several pairs with one name the first usable one wins. What the sender wrote stands first (mail
//! software and ad networks append), and an empty or broken first one has nothing to lose.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::limits::Limits;
use crate::request::query::{self, Pair};

use super::{Missing, Param, Params, Resolved, Source, Value, Values, clean, fit};

/// What the pairs seen so far make of one name: a value, or why the first of them is none.
type Candidate = Option<Result<Value, Missing>>;

/// Resolves the raw query (without its `?`, as it arrived) against what the template declares. Names that
/// are not declared are ignored; every declared name is in the answer.
#[must_use]
pub fn resolve(declared: &Params, query: &str, limits: &Limits) -> Values {
    // 1. Split. Merge tags and repairs will come here, with the raw slices at hand.
    let pairs = query::pairs(query, limits);

    // 2. Give each pair to the param that it names.
    let mut found: BTreeMap<&str, (Candidate, Candidate)> = BTreeMap::new();
    for pair in &pairs {
        let (name, facet) = facet(&pair.name);
        let Some((name, param)) = declared.get_key_value(name) else { continue };
        let (value, default) = found.entry(name).or_default();
        let slot = if facet.default { default } else { value };
        if matches!(slot, Some(Ok(_))) {
            continue;
        }
        let read = read(param, pair, facet, limits);
        if slot.is_none() || read.is_ok() {
            *slot = Some(read);
        }
    }

    // 3. Fall back.
    declared
        .iter()
        .map(|(name, param)| {
            let (value, default) = found.remove(name.as_str()).unwrap_or_default();
            (name.clone(), fall_back(param, value.unwrap_or(Err(Missing::Absent)), default))
        })
        .collect()
}

/// What follows a param's name.
#[derive(Clone, Copy)]
struct Facet {
    /// `.default`: for where the value is missing.
    default: bool,
    /// `.b64`: base64url.
    base64: bool,
}

/// `name`, `name.default`, `name.b64`; also both, `name.default.b64`. Param names have no dots, so that
/// nothing else is cut off.
fn facet(name: &str) -> (&str, Facet) {
    let (name, base64) = name.strip_suffix(".b64").map_or((name, false), |name| (name, true));
    let (name, default) = name.strip_suffix(".default").map_or((name, false), |name| (name, true));
    (name, Facet { default, base64 })
}

/// One pair → a value of the declared type.
fn read(param: &Param, pair: &Pair<'_>, facet: Facet, limits: &Limits) -> Result<Value, Missing> {
    let decoded = if facet.base64 { from_base64(&pair.value)? } else { Cow::Borrowed(pair.value.as_ref()) };
    fit::fit(param, clean::text(&decoded, limits.value_chars)?)
}

/// base64url, with or without its padding, of UTF-8. Trailing bits may be anything: senders' encoders differ.
fn from_base64(text: &str) -> Result<Cow<'_, str>, Missing> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);
    let bytes = ENGINE.decode(text.trim()).map_err(|_| Missing::BadBase64)?;
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| Missing::BadBase64)
}

fn fall_back(param: &Param, value: Result<Value, Missing>, default: Candidate) -> Resolved {
    let why = match value {
        Ok(value) => return Resolved { value: Some(value), source: Source::Given },
        Err(why) => why,
    };
    if let Some(Ok(value)) = default {
        return Resolved { value: Some(value), source: Source::UrlDefault(why) };
    }
    match fit::default(param) {
        Some(value) => Resolved { value: Some(value), source: Source::TemplateDefault(why) },
        None => Resolved { value: None, source: Source::Missing(why) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::declare::{ChoiceParam, ColorParam, NumberParam, TextParam};

    fn declared() -> Params {
        let text = |default: Option<&str>| {
            Param::Text(TextParam { default: default.map(str::to_owned), ..TextParam::default() })
        };
        let color = ColorParam { default: Some("#FF5733".to_owned()), ..ColorParam::default() };
        let number = NumberParam { default: Some(0.0), min: Some(0.0), max: Some(100.0), ..NumberParam::default() };
        let choice = ChoiceParam { choices: ["free".to_owned(), "pro".to_owned()].to_vec(), ..ChoiceParam::default() };
        Params::from([
            ("name".to_owned(), text(Some("friend"))),
            ("company".to_owned(), text(None)),
            ("color".to_owned(), Param::Color(color)),
            ("points".to_owned(), Param::Number(number)),
            ("plan".to_owned(), Param::Choice(choice)),
        ])
    }

    /// `value <source, why>` of one param, as text.
    fn show(query: &str, name: &str) -> String {
        let values = resolve(&declared(), query, &Limits::default());
        values.get(name).map_or_else(String::new, |Resolved { value, source }| {
            let value = match value {
                Some(Value::Text(text) | Value::Choice(text)) => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                Some(Value::Color(color)) => color.to_hex(),
                None => "-".to_owned(),
            };
            format!("{value} <{} {}>", source.code(), source.missing().map_or("", Missing::code))
        })
    }

    #[test]
    fn falls_back_in_order() {
        for (query, name, expected) in [
            ("name=Maria", "name", "Maria <given >"),
            ("name=Maria&name.default=You", "name", "Maria <given >"),
            ("name=&name.default=You", "name", "You <url-default empty>"),
            ("name.default=You", "name", "You <url-default absent>"),
            ("name.default=+&name=null", "name", "friend <template-default null-like>"),
            ("name", "name", "friend <template-default empty>"),
            ("name=%20", "name", "friend <template-default blank>"),
            ("name=%E2%80%8B", "name", "friend <template-default blank>"),
            ("", "name", "friend <template-default absent>"),
            ("", "company", "- <nothing absent>"),
            ("Name=Maria", "name", "friend <template-default absent>"),
            // The first usable one wins; the first reason is the reason.
            ("name=&name=Maria&name=Eve", "name", "Maria <given >"),
            ("name=null&name=", "name", "friend <template-default null-like>"),
            ("name.default=&name.default=You&name.default=Me", "name", "You <url-default absent>"),
            // Base64.
            ("name.b64=TWFyaWE", "name", "Maria <given >"),
            ("name.b64=TWFyaWE%3D", "name", "Maria <given >"),
            ("name.b64=TWFyaWE=", "name", "Maria <given >"),
            ("name.b64=5p2O", "name", "李 <given >"),
            ("name.b64=Pz8_", "name", "??? <given >"),
            ("name.b64=", "name", "friend <template-default empty>"),
            ("name.b64=***", "name", "friend <template-default bad-base64>"),
            ("name.b64=_w", "name", "friend <template-default bad-base64>"),
            ("name.b64=IA", "name", "friend <template-default blank>"),
            ("name.b64=***&name=Maria", "name", "Maria <given >"),
            ("name.default.b64=WW91", "name", "You <url-default absent>"),
            // Types.
            ("color=00f", "color", "#0000ff <given >"),
            ("color=%2300f", "color", "#0000ff <given >"),
            ("color=blau&color.default=navy", "color", "#000080 <url-default wrong-type>"),
            ("color=blau&color.default=marine", "color", "#ff5733 <template-default wrong-type>"),
            ("points=1,0", "points", "0 <template-default wrong-type>"),
            ("points=99.5", "points", "99.5 <given >"),
            ("points=101", "points", "0 <template-default out-of-range>"),
            ("plan=PRO", "plan", "pro <given >"),
            ("plan=gold", "plan", "- <nothing wrong-type>"),
            // Not ours.
            ("utm_source=x&mc_cid=y&name.other=z", "name", "friend <template-default absent>"),
        ] {
            assert_eq!(show(query, name), expected, "{query} → {name}");
        }
    }

    #[test]
    fn answers_for_every_declared_param_and_no_other() {
        let values = resolve(&declared(), "name=x&other=y", &Limits::default());
        assert_eq!(values.keys().collect::<Vec<_>>(), ["color", "company", "name", "plan", "points"]);
    }

    #[test]
    fn starts_the_list_of_merge_tags() {
        // Values of merge-tags.md that must stay values, whatever the repairs will do.
        for (raw, text) in [
            ("Maria", "Maria"),
            ("Jean-Luc", "Jean-Luc"),
            ("O%27Brien", "O'Brien"),
            ("AT%26T", "AT&T"),
            ("50%25+off", "50% off"),
            ("C%23", "C#"),
            ("C%2B%2B+Ltd", "C++ Ltd"),
            ("%24100", "$100"),
            ("[VIP]+Anna", "[VIP] Anna"),
            ("李", "李"),
            ("علي", "علي"),
            ("🎉", "🎉"),
            ("%23hashtag", "#hashtag"),
            ("a%7Cb", "a|b"),
            ("Null", "Null"),
            ("Fran%C3%A7ois", "François"),
        ] {
            assert_eq!(show(&format!("name={raw}"), "name"), format!("{text} <given >"), "{raw}");
        }
    }
}
