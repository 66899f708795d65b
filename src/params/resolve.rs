//! The value of each param: the URL's value, or `name.default` in the URL, or the template's
//! default, or none.
//!
//! Of several pairs with one name the first usable one wins. The sender's own pair comes first,
//! because mail software and ad networks append theirs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value as Json};

use crate::limits::Limits;
use crate::locale::{Locale, has_decimal_comma};
use crate::ordered;
use crate::request::{Options, language, query};

use super::list::{Hears, Reading, Unread};
use super::merge_tag::Family;
use super::repair::{Repair, Repairs};
use super::{
    Missing, Param, Params, Resolved, Source, Value, Values, clean, coerce, entity, list, merge_tag, repair, scalar,
};

/// The result of reading one pair.
struct Candidate {
    /// The value, or the reason why the pair has none.
    value: Result<Value, Missing>,
    repairs: Repairs,
}

/// The best pairs so far for one param.
#[derive(Default)]
struct Candidates {
    /// `name`: the first pair with a usable value, or else the first pair.
    value: Option<Candidate>,
    /// `name.default`: the same.
    default: Option<Candidate>,
}

/// The values of a list that were given one by one.
#[derive(Default)]
struct Cells {
    /// The fields of each item.
    items: BTreeMap<usize, Map<String, Json>>,
    /// Why the first unusable one is none.
    why: Option<Missing>,
    repairs: Repairs,
}

/// The param that a name in a query means.
struct Known<'a> {
    name: &'a str,
    /// The param, or the field of a list.
    param: &'a Param,
    /// The item and the field of a list.
    cell: Option<(usize, &'a str)>,
}

/// One pair that names a declared param.
struct Given<'a> {
    name: &'a str,
    /// The param, or the field of a list.
    param: &'a Param,
    /// The item and the field of a list.
    cell: Option<(usize, &'a str)>,
    suffixes: Suffixes,
    /// The bytes of its value in the raw query.
    at: Range<usize>,
    repairs: Repairs,
}

/// Resolves a raw query (without its `?`, as it arrived) to a value for each param that the
/// template declares. Other names are ignored. Texts are at most [`Limits::value_chars`] characters
/// long.
///
/// `missing` are the words that the template takes for missing, in any case.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::params::declare::TextParam;
/// use monogram::params::{Param, Params, resolve};
///
/// let name = TextParam { default: Some("friend".to_owned()), ..TextParam::default() };
/// let declared = Params::from([("name".to_owned(), Param::Text(name))]);
/// let source = |query: &str| resolve(&declared, &["n/a".to_owned()], query, &Limits::default())["name"].source.code();
/// assert_eq!(source("name=Maria"), "given");
/// assert_eq!(source("name=*|FNAME|*&name.default=you"), "url-default");
/// assert_eq!(source("name=N/A"), "template-default");
/// ```
#[must_use]
pub fn resolve(declared: &Params, missing: &[String], query: &str, limits: &Limits) -> Values {
    resolve_bound(declared, missing, query, |_, _| Bound::Open, limits)
}

/// Whether a query may fill a param.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound<'a> {
    /// The query may fill it.
    Open,
    /// Nothing may fill it.
    Closed,
    /// It has this text, whatever the query says.
    Fixed(&'a str),
}

/// As [`resolve`], for a query that may not fill every param. `bound` is asked for each name, with
/// `false` for the value and with `true` for `name.default`.
#[must_use]
pub fn resolve_bound<'a>(
    declared: &Params,
    missing: &[String],
    query: &str,
    bound: impl Fn(&str, bool) -> Bound<'a>,
    limits: &Limits,
) -> Values {
    // 1. Split the query, and find the param of each pair.
    let given = given(declared, query, limits);

    // 2. Read the values, the fixed ones first.
    let has_numbers = declared.values().any(|param| matches!(param, Param::Number(_) | Param::List(_)));
    let lang = match bound("_lang", false) {
        Bound::Fixed(lang) => language(lang),
        Bound::Open | Bound::Closed if has_numbers => Options::read(query, limits).lang,
        Bound::Open | Bound::Closed => None,
    };
    let [words, no_words] = readings(missing, lang.as_deref());
    let mut found: BTreeMap<&str, Candidates> = BTreeMap::new();
    for (name, param) in declared {
        let fixed = |default| match bound(name, default) {
            Bound::Fixed(text) => {
                let mut repairs = Repairs::default();
                Some(Candidate {
                    value: cleaned(param, text, &no_words, &mut repairs, limits, &mut |_, _| {}),
                    repairs,
                })
            }
            Bound::Open | Bound::Closed => None,
        };
        found.insert(name, Candidates { value: fixed(false), default: fixed(true) });
    }
    let mut lists: BTreeMap<&str, Cells> = BTreeMap::new();
    for Given { name, param, cell, suffixes, at, mut repairs } in given {
        if bound(name, suffixes.default) != Bound::Open {
            continue;
        }
        if let Some((index, field)) = cell {
            let cells = lists.entry(name).or_default();
            let raw = query.get(at).unwrap_or_default();
            match read(param, raw, suffixes, &words, &mut cells.repairs, limits, &mut |_, _| {}) {
                Ok(value) => {
                    let item = cells.items.entry(index).or_default();
                    item.entry(field.to_owned()).or_insert_with(|| value.json());
                }
                Err(why) => cells.why = cells.why.or(Some(why)),
            }
            continue;
        }
        let candidates = found.entry(name).or_default();
        let best = if suffixes.default { &mut candidates.default } else { &mut candidates.value };
        if best.as_ref().is_some_and(|best| best.value.is_ok()) {
            continue;
        }
        // The list holds the sender's words for missing data. A default in the URL is no data.
        let reading = if suffixes.default { &no_words } else { &words };
        let raw = query.get(at).unwrap_or_default();
        let value = read(param, raw, suffixes, reading, &mut repairs, limits, &mut |_, _| {});
        if best.is_none() || value.is_ok() {
            *best = Some(Candidate { value, repairs });
        }
    }

    // 3. Put lists together.
    for (name, Cells { items, why, repairs }) in lists {
        let (Some(Param::List(param)), Some(candidates)) = (declared.get(name), found.get_mut(name)) else { continue };
        if candidates.value.as_ref().is_some_and(|best| best.value.is_ok()) {
            continue;
        }
        let items = items.into_values().filter_map(|item| list::completed(param, item)).collect();
        let value = list::finished(param, items).ok_or(why.unwrap_or(Missing::Absent));
        candidates.value = Some(Candidate { value, repairs });
    }

    // 4. Fall back to defaults.
    let resolved = |(name, param): (&String, &Param)| {
        (name.clone(), fall_back(param, found.remove(name.as_str()).unwrap_or_default()))
    };
    ordered::map(declared.iter().map(resolved))
}

/// How values are read that the words of the template count for, and how defaults are.
fn readings(missing: &[String], lang: Option<&str>) -> [Reading; 2] {
    let comma = lang.map(|lang| has_decimal_comma(Locale::of(lang)));
    let missing = ordered::set(missing.iter().map(|word| word.trim().to_lowercase()));
    [Reading { missing, comma }, Reading { comma, ..Reading::default() }]
}

/// What became of one pair of a query that names a param.
pub struct Account<'a> {
    /// The param, or the field of a list.
    pub param: &'a Param,
    /// The byte of the query at which its value begins.
    pub at: usize,
    /// Why it is no value. `None` if it is one.
    pub why: Option<Missing>,
    /// Whether an earlier pair, or one for the whole list, is used in its place.
    pub is_second: bool,
    /// The repairs that it needed.
    pub repairs: Repairs,
    /// The repaired text.
    pub text: String,
}

/// Accounts for each pair of a query that names a param, and tells `hears` what of its lists was not read, with
/// the byte at which the list begins. It reads as [`resolve`] does, for people who ask why.
pub fn accounts<'a>(
    declared: &'a Params,
    missing: &[String],
    query: &str,
    limits: &Limits,
    hears: &mut dyn FnMut(usize, usize, Unread<'_>),
) -> Vec<Account<'a>> {
    let [words, no_words] = readings(missing, Options::read(query, limits).lang.as_deref());
    let (mut accounts, mut used, mut whole) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for Given { name, param, cell, suffixes, at, mut repairs } in given(declared, query, limits) {
        let reading = if suffixes.default { &no_words } else { &words };
        let (begin, raw) = (at.start, query.get(at).unwrap_or_default());
        let read =
            read(param, raw, suffixes, reading, &mut repairs, limits, &mut |item, unread| hears(begin, item, unread));
        let place = (name, suffixes.default, cell);
        let is_second = used.contains(&place);
        if read.is_ok() {
            used.insert(place);
            if cell.is_none() && matches!(param, Param::List(_)) {
                whole.insert(name);
            }
        }
        let text = if suffixes.base64 { String::new() } else { repair::text(raw, &mut Repairs::default()) };
        let account = Account { param, at: begin, why: read.err(), is_second, repairs, text };
        accounts.push((name, cell.is_some(), account));
    }
    let settle = |(name, is_cell, account): (&str, bool, Account<'a>)| {
        let is_second = account.is_second || is_cell && whole.contains(name);
        Account { is_second, ..account }
    };
    accounts.into_iter().map(settle).collect()
}

/// The pairs that name a param. Text after an unencoded `&` (`Smith & Sons`) is joined to the value
/// before it, if it has no `=` and is no declared name, or if it is the rest of an HTML entity.
fn given<'a>(declared: &'a Params, query: &str, limits: &Limits) -> Vec<Given<'a>> {
    let mut given: Vec<Given<'a>> = Vec::new();
    // Whether the last pair is a text that the next piece may belong to.
    let mut open = false;
    for pair in query::pairs(query, limits) {
        let (name, suffixes) = suffixes(&pair.name);
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
        let known = known.map(|(name, param)| Known { name, param, cell: None }).or_else(|| cell(declared, name));
        let Some(Known { name, param, cell }) = known else { continue };
        let is_text = matches!(param, Param::Text(_) | Param::Rich(_) | Param::List(_));
        open = is_text && !suffixes.base64 && pair.raw_value.is_some();
        // A name without `=` has an empty value.
        let at = if pair.raw_value.is_some() { pair.at } else { pair.at.end..pair.at.end };
        let mut repairs = Repairs::default();
        if pair.amp {
            repairs.add(Repair::Amp);
        }
        given.push(Given { name, param, cell, suffixes, at, repairs });
    }
    given
}

/// Whether a query name is that of a param, or of a part of one: `name`, `name.default`,
/// `cart[0].price`.
#[must_use]
pub fn is_name(declared: &Params, name: &str) -> bool {
    let (stem, _) = suffixes(name);
    declared.contains_key(stem) || cell(declared, stem).is_some()
}

/// The list, the field and the item that a name such as `cart[0].price` names.
fn cell<'a>(declared: &'a Params, name: &str) -> Option<Known<'a>> {
    let (list, index, field) = list::cell(name)?;
    let (name, Param::List(param)) = declared.get_key_value(list)? else { return None };
    let (field, param) = match field {
        "" if param.fields.len() == 1 => param.fields.iter().next()?,
        field => param.fields.get_key_value(field)?,
    };
    Some(Known { name, param, cell: Some((index, field)) })
}

/// The suffixes of a query name.
#[derive(Clone, Copy)]
struct Suffixes {
    /// `.default`: the value is used if the param's own is missing.
    default: bool,
    /// `.b64`: the value is base64url.
    base64: bool,
}

/// Splits a query name into the param's name and its suffixes: `name`, `name.default`, `name.b64`,
/// `name.default.b64`. (Param names have no dots.)
fn suffixes(name: &str) -> (&str, Suffixes) {
    let (name, base64) = name.strip_suffix(".b64").map_or((name, false), |name| (name, true));
    let (name, default) = name.strip_suffix(".default").map_or((name, false), |name| (name, true));
    (name, Suffixes { default, base64 })
}

/// Reads a raw value as one of the declared type.
fn read(
    param: &Param,
    raw: &str,
    suffixes: Suffixes,
    reading: &Reading,
    repairs: &mut Repairs,
    limits: &Limits,
    hears: Hears<'_>,
) -> Result<Value, Missing> {
    let tag = merge_tag_in(raw).map(Missing::MergeTag);
    // In a list a tag takes the place of one value.
    if let Some(tag) = tag.filter(|_| !matches!(param, Param::List(_))) {
        return Err(tag);
    }
    let repaired = if suffixes.base64 { from_base64(&query::decode(raw))? } else { repair::text(raw, repairs) };
    cleaned(param, &repaired, reading, repairs, limits, hears).map_err(|why| tag.unwrap_or(why))
}

/// The value that a text is for a param of its type.
///
/// # Errors
/// The text counts as missing.
fn cleaned(
    param: &Param,
    text: &str,
    reading: &Reading,
    repairs: &mut Repairs,
    limits: &Limits,
    hears: Hears<'_>,
) -> Result<Value, Missing> {
    if let Param::List(param) = param {
        // What it holds is cleaned value by value; a part of JSON would be none.
        return if text.len() <= limits.list_bytes {
            list::read_aloud(param, text, reading, hears)
        } else {
            Err(Missing::WrongType)
        };
    }
    let text = clean::text(text, limits.value_chars, repairs)?;
    if !reading.missing.is_empty() && reading.missing.contains(&text.to_lowercase()) {
        return Err(Missing::Listed);
    }
    scalar::value_in(param, text, reading.comma, repairs)
}

/// The family of the merge tag in a raw value, whether it is literal, encoded, or encoded several
/// times. `None` if there is no tag.
fn merge_tag_in(raw: &str) -> Option<Family> {
    // The raw text first: percent-decoding would destroy some tags.
    let mut family = merge_tag::find_raw(raw).or_else(|| merge_tag::in_row(raw, merge_tag::find_raw));
    let mut text = Cow::Borrowed(raw);
    for _ in 0..=repair::MAX_DECODINGS {
        let decoded = query::decode(&text).into_owned();
        family = family.or_else(|| merge_tag::find(&decoded)).or_else(|| merge_tag::in_row(&decoded, merge_tag::find));
        if family.is_some() || !decoded.contains('%') || decoded == text {
            break;
        }
        text = Cow::Owned(decoded);
    }
    family
}

/// Decodes base64url, with or without padding, to UTF-8. Unused bits at the end are ignored,
/// because some encoders do not set them to 0.
fn from_base64(text: &str) -> Result<String, Missing> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);
    let bytes = ENGINE.decode(text.trim()).map_err(|_| Missing::BadBase64)?;
    String::from_utf8(bytes).map_err(|_| Missing::BadBase64)
}

/// The first of: the URL's value, the URL's default, the template's default.
fn fall_back(param: &Param, candidates: Candidates) -> Resolved {
    let why = match candidates.value {
        Some(Candidate { value: Ok(value), repairs }) => {
            return Resolved { value: Some(value), source: Source::Given, repairs };
        }
        Some(Candidate { value: Err(why), .. }) => why,
        None => Missing::Absent,
    };
    if let Some(Candidate { value: Ok(value), repairs }) = candidates.default {
        return Resolved { value: Some(value), source: Source::UrlDefault(why), repairs };
    }
    let value = coerce::default(param);
    let source = if value.is_some() { Source::TemplateDefault(why) } else { Source::Missing(why) };
    // Repairs of a value that is not used are not reported.
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
                Some(Value::Rich(text)) => text.clone(),
                Some(Value::Boolean(value)) => value.to_string(),
                Some(Value::Feed(json) | Value::List(json)) => json.to_string(),
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
            // The first usable value wins. If there is none, the first reason counts.
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
            ("points=1,0", "points", "1 <given >"),
            ("points=99.5", "points", "99.5 <given >"),
            ("points=101", "points", "0 <template-default out-of-range>"),
            ("plan=PRO", "plan", "pro <given >"),
            ("plan=gold", "plan", "- <nothing wrong-type>"),
            // Names that are not declared.
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
    fn leaves_names_as_they_are() {
        // Values that look a little like merge tags or damage, and are neither.
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
