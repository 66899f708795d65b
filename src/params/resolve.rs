//! value → `name.default` in the URL → the template's default → missing.
//!
//! Of several pairs with one name the first usable one wins. What the sender wrote stands first (mail
//! software and ad networks append), and an empty or broken first one has nothing to lose.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::limits::Limits;
use crate::request::query;

use super::merge_tag::Family;
use super::repair::{Repair, Repairs};
use super::{Missing, Param, Params, Resolved, Source, Value, Values, clean, entity, fit, merge_tag, repair};

/// What the pairs seen so far make of one name: a value, or why the first of them is none.
type Candidate = Option<(Result<Value, Missing>, Repairs)>;

/// One pair that names a param.
struct Given<'a> {
    name: &'a str,
    param: &'a Param,
    facet: Facet,
    /// Where its value is in the raw query.
    at: Range<usize>,
    repairs: Repairs,
}

/// Resolves the raw query (without its `?`, as it arrived) against what the template declares. Names that
/// are not declared are ignored; every declared name is in the answer.
///
/// `missing` are the words that the template takes for missing, in any case.
#[must_use]
pub fn resolve(declared: &Params, missing: &[String], query: &str, limits: &Limits) -> Values {
    // 1. Split, and give each pair to the param that it names.
    let given = given(declared, query, limits);

    // 2. Read the values.
    let words: BTreeSet<String> = missing.iter().map(|word| word.trim().to_lowercase()).collect();
    let none = BTreeSet::new();
    let mut found: BTreeMap<&str, (Candidate, Candidate)> = BTreeMap::new();
    for Given { name, param, facet, at, mut repairs } in given {
        let (value, default) = found.entry(name).or_default();
        let slot = if facet.default { default } else { value };
        if matches!(slot, Some((Ok(_), _))) {
            continue;
        }
        // The template's words are the sender's fallbacks; a default in the URL was chosen for this template.
        let missing = if facet.default { &none } else { &words };
        let read = read(param, query.get(at).unwrap_or_default(), facet, missing, &mut repairs, limits);
        if slot.is_none() || read.is_ok() {
            *slot = Some((read, repairs));
        }
    }

    // 3. Fall back.
    let mut values = Values::new();
    for (name, param) in declared {
        let (value, default) = found.remove(name.as_str()).unwrap_or_default();
        let value = value.unwrap_or((Err(Missing::Absent), Repairs::default()));
        values.insert(name.clone(), fall_back(param, value, default));
    }
    values
}

/// The pairs that name a param. What follows an unencoded `&` in a text (`Smith & Sons`) belongs to it: a piece without `=` whose
/// name nobody declares, or the rest of an HTML entity.
fn given<'a>(declared: &'a Params, query: &str, limits: &Limits) -> Vec<Given<'a>> {
    let mut given: Vec<Given<'a>> = Vec::new();
    // Whether the last pair is a text, which more may belong to.
    let mut open = false;
    for pair in query::pairs(query, limits) {
        let (name, facet) = facet(&pair.name);
        let known = declared.get_key_value(name);
        let is_rest = pair.raw_value.is_none() && known.is_none() && !name.starts_with('_');
        let is_entity = !pair.amp && entity::begins(pair.raw_name);
        if open
            && (is_rest || is_entity)
            && let Some(last) = given.last_mut()
        {
            last.at.end = pair.at.end;
            last.repairs.add(Repair::Rejoined);
            continue;
        }
        open = false;
        let Some((name, param)) = known else { continue };
        open = matches!(param, Param::Text(_)) && !facet.base64 && pair.raw_value.is_some();
        // A name without a value is an empty one.
        let at = if pair.raw_value.is_some() { pair.at } else { pair.at.end..pair.at.end };
        let mut repairs = Repairs::default();
        if pair.amp {
            repairs.add(Repair::Amp);
        }
        given.push(Given { name, param, facet, at, repairs });
    }
    given
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

/// A raw value → a value of the declared type.
fn read(
    param: &Param,
    raw: &str,
    facet: Facet,
    missing: &BTreeSet<String>,
    repairs: &mut Repairs,
    limits: &Limits,
) -> Result<Value, Missing> {
    if let Some(family) = unresolved(raw) {
        return Err(Missing::MergeTag(family));
    }
    let repaired = if facet.base64 { from_base64(&query::decode(raw))? } else { repair::text(raw, repairs) };
    let text = clean::text(&repaired, limits.value_chars, repairs)?;
    if !missing.is_empty() && missing.contains(&text.to_lowercase()) {
        return Err(Missing::Listed);
    }
    fit::fit(param, text)
}

/// The family of a tag in a raw value, however often and however much of it is encoded.
fn unresolved(raw: &str) -> Option<Family> {
    // As it arrived first: percent-decoding would destroy some.
    let mut family = merge_tag::find_raw(raw);
    let mut text = Cow::Borrowed(raw);
    for _ in 0..=repair::MAX_DECODINGS {
        let decoded = query::decode(&text).into_owned();
        family = family.or_else(|| merge_tag::find(&decoded));
        if family.is_some() || !decoded.contains('%') || decoded == text {
            break;
        }
        text = Cow::Owned(decoded);
    }
    family
}

/// base64url, with or without its padding, of UTF-8. Trailing bits may be anything: senders' encoders differ.
fn from_base64(text: &str) -> Result<String, Missing> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);
    let bytes = ENGINE.decode(text.trim()).map_err(|_| Missing::BadBase64)?;
    String::from_utf8(bytes).map_err(|_| Missing::BadBase64)
}

fn fall_back(param: &Param, (value, repairs): (Result<Value, Missing>, Repairs), default: Candidate) -> Resolved {
    let why = match value {
        Ok(value) => return Resolved { value: Some(value), source: Source::Given, repairs },
        Err(why) => why,
    };
    if let Some((Ok(value), repairs)) = default {
        return Resolved { value: Some(value), source: Source::UrlDefault(why), repairs };
    }
    let value = fit::default(param);
    let source = if value.is_some() { Source::TemplateDefault(why) } else { Source::Missing(why) };
    // What was repaired of a value that is missing all the same concerns nobody.
    Resolved { value, source, repairs: Repairs::default() }
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
        let values = resolve(&declared(), &[], query, &Limits::default());
        values.get(name).map_or_else(String::new, |Resolved { value, source, .. }| {
            let value = match value {
                Some(Value::Text(text) | Value::Choice(text) | Value::Image(text)) => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                Some(Value::Color(color)) => color.to_hex(),
                Some(Value::Datetime(moment)) => moment.to_string(),
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
        let values = resolve(&declared(), &[], "name=x&other=y", &Limits::default());
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
