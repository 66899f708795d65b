//! The names of a URL that changed nothing, and why: a param that is misspelt, an option out of its
//! range, a value of the wrong type.
//!
//! Invariant: only the view `.json` says it, to whoever wrote the URL; no value is repeated.

use serde::Serialize;

use crate::context;
use crate::limits::Limits;
use crate::locale::{Locale, language};
use crate::params::list::{self, Unread};
use crate::params::resolve::{Account, accounts, is_name};
use crate::params::{Missing, Param, Repair, Values, image, number};
use crate::plan::{self, Plan};
use crate::request::{Options, query};
use crate::template::Document;
use crate::template::advice::is_address;
use crate::template::parse::nearest;

/// Most names that are listed, and most characters of each.
const MOST: usize = 20;
const MAX_NAME_CHARS: usize = 40;

/// Every option of a URL, with what it takes.
const OPTIONS: [(&str, &str); 7] = [
    ("_dpr", "it takes 1, 1.5, 2 or 3"),
    ("_w", "it takes a whole number of px"),
    ("_q", "it takes a whole number from 1 to 100"),
    ("_lang", "it takes a language such as de or pt-BR"),
    ("_scheme", "it takes dark, or light"),
    ("_v", "the template has no such variant"),
    ("_debug", "it takes boxes"),
];

/// What people write for an option, or for what is no option, and what to do instead.
const MEANT: [(&str, &str); 17] = [
    ("w", "did you mean _w?"),
    ("width", "did you mean _w?"),
    ("size", "did you mean _w? A size of the template stands behind its id: ~square"),
    ("h", "the height follows from _w"),
    ("height", "the height follows from _w"),
    ("dpr", "did you mean _dpr?"),
    ("scale", "did you mean _dpr?"),
    ("q", "did you mean _q?"),
    ("quality", "did you mean _q?"),
    ("lang", "did you mean _lang?"),
    ("language", "did you mean _lang?"),
    ("locale", "did you mean _lang?"),
    ("theme", "did you mean _scheme?"),
    ("variant", "did you mean _v?"),
    ("format", "the format is the end of the path: .png, .jpg, .webp, .gif"),
    ("ext", "the format is the end of the path: .png, .jpg, .webp, .gif"),
    ("esp", "a picture knows no sender: esp is of /v1/snippet, which writes the URL"),
];

/// Of the second of two values.
const TWICE: &str = "it is given twice, and the first one that can be used counts";

/// A name that changed nothing, or whose value is shown only in part.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// As it stands in the URL.
    name: String,
    /// Why, or what would be used.
    reason: String,
    /// Whether the rest of its value is shown.
    #[serde(skip)]
    is_part: bool,
}

impl std::fmt::Display for Ignored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = if self.is_part { "" } else { "it is ignored: " };
        write!(f, "{}: {what}{}", self.name, self.reason)
    }
}

/// What a query says in vain to a template, in the order of the URL. `values` are what was read, and `plan` is
/// what is drawn of it.
pub fn of(query: &str, document: &Document, values: &Values, plan: &Plan, limits: &Limits) -> Vec<Ignored> {
    let mut found: Vec<Ignored> = Vec::new();
    let mut unread: Vec<(usize, String)> = Vec::new();
    let accounts = accounts(&document.params, &document.missing, query, limits, &mut |at, item, what| {
        if unread.len() < MOST
            && let Some(what) = part(&what)
        {
            unread.push((at, format!("item {item}: {what}")));
        }
    });
    let (mut options, mut has_value): (Vec<String>, bool) = (Vec::new(), false);
    for pair in query::pairs(query, limits) {
        let name = pair.name.as_ref();
        if pair.raw_value.is_none() {
            // After a value it is the rest of it.
            let named = name.split_once(':').map(|(named, _)| named).filter(|named| is_name(&document.params, named));
            if let Some(named) = named.filter(|_| !has_value && found.len() < MOST) {
                let reason = format!("= stands between a name and its value, as in {named}=…");
                found.push(Ignored { name: named.to_owned(), reason, is_part: false });
            }
            continue;
        }
        has_value = true;
        let mut say = |reason, is_part| {
            if found.len() < MOST {
                found.push(Ignored { name: name.chars().take(MAX_NAME_CHARS).collect(), reason, is_part });
            }
        };
        let reason = option(name, pair.raw_value.unwrap_or_default(), document, limits);
        if let Some(reason) = reason.or_else(|| unknown(name, document)) {
            say(reason, false);
            continue;
        }
        if name.starts_with('_') {
            if options.iter().any(|known| known == name) {
                say(TWICE.to_owned(), false);
            } else if pair.raw_value.is_some_and(|value| !value.is_empty()) {
                options.push(name.to_owned());
            }
            continue;
        }
        let Some(account) = accounts.iter().find(|account| account.at == pair.at.start) else { continue };
        let later = values.get(name).and_then(|resolved| resolved.source.missing());
        let why = account.why.or(later.filter(|why| matches!(why, Missing::NoRecord | Missing::Host)));
        if account.is_second {
            say(TWICE.to_owned(), false);
        } else if let Some(why) = why {
            if let Some(reason) = refused(why, account.param, pair.value.trim()) {
                say(reason, false);
            }
        } else if let Some(reason) = shortened(account) {
            say(reason, true);
        } else if let Some(reason) = run_together(account, document) {
            say(reason, true);
        } else if is_damaged_json(account) {
            say("it begins as JSON, and is none: it is read as a text".to_owned(), true);
        } else if is_other_currency(account, plan) {
            say("its currency is not the one that the picture shows".to_owned(), true);
        }
        if !account.is_second {
            unread.iter().filter(|(at, _)| *at == account.at).for_each(|(_, what)| say(what.clone(), true));
        }
    }
    found
}

/// What was not read of a list. `None` if there was nothing to read.
fn part(unread: &Unread<'_>) -> Option<String> {
    Some(match unread {
        Unread::Value(field, param, why) => match why {
            Missing::MergeTag(_) => format!("{field}: a merge tag that the sender did not replace"),
            why => format!("{field}: {}", refused(*why, param, "")?),
        },
        Unread::End(field) => {
            format!("{field}: it is longer than the template takes (`max_chars`): its end is cut off")
        }
        Unread::Field => {
            "the list has no field for one of its values: | stands between items, ~ between their fields".to_owned()
        }
        Unread::Items(most) => format!("it is ignored, and what follows: the list takes {most}"),
    })
}

/// Why the end of a text is not shown.
fn shortened(account: &Account<'_>) -> Option<String> {
    account.repairs.iter().find(|repair| *repair == Repair::Cut)?;
    Some(match account.param {
        Param::Text(text) | Param::Rich(text) if text.max_chars.is_some() => {
            let max = text.max_chars.unwrap_or_default();
            format!("it is longer than the {max} characters of the template (`max_chars`): its end is cut off")
        }
        _ => "it is longer than any text may be: its end is cut off".to_owned(),
    })
}

/// What stands in a value that is several ones: `Ana?price=5`, `Cup,Mug`, `Cup:5|Mug:6`.
fn run_together(account: &Account<'_>, document: &Document) -> Option<String> {
    let text = account.text.trim();
    let mut pairs = text.split(['?', ';']).skip(1).filter_map(|rest| Some(rest.split_once('=')?.0));
    if let Some(name) = pairs.find(|name| is_name(&document.params, name)) {
        return Some(format!("`{name}=` is a part of it: & stands between values, and one ? before all of them"));
    }
    let Param::List(list) = account.param else { return None };
    if text.starts_with(['[', '{']) {
        return None;
    }
    let has_pair = text.contains('~');
    match list.compact.as_slice() {
        [first, second, ..] if !has_pair => Some(format!(
            "~ stands between the fields of an item, as in {first}~{second}: each item has its {first} alone"
        )),
        [] | [_] if !text.contains('|') && text.split(',').skip(1).any(|rest| !rest.starts_with(' ')) => {
            Some("it is one item: | stands between items".to_owned())
        }
        _ => None,
    }
}

/// Whether the value of a list begins as JSON and is none.
fn is_damaged_json(account: &Account<'_>) -> bool {
    matches!(account.param, Param::List(_))
        && account.text.trim_start().starts_with("[{")
        && serde_json::from_str::<serde::de::IgnoredAny>(&account.text).is_err()
}

/// Whether a number is given with another currency than those in the picture and in its alt text.
fn is_other_currency(account: &Account<'_>, plan: &Plan) -> bool {
    let Param::Number(_) = account.param else { return false };
    let Some(given) = number::currency(&account.text) else { return false };
    let mut shown = Vec::new();
    currencies(&plan.alt, &mut shown);
    texts(&plan.layers, &mut |text| currencies(text, &mut shown));
    !shown.is_empty() && !shown.contains(&given)
}

/// The texts of layers.
fn texts(layers: &[plan::Layer], see: &mut dyn FnMut(&str)) {
    for layer in layers {
        if let plan::Kind::Text(text) = &layer.kind {
            text.runs.iter().for_each(|run| see(&run.text));
        }
        texts(layer.children(), see);
    }
}

/// The currencies of the amounts in a text: `$28.00`, `28,00 EUR`.
fn currencies(text: &str, found: &mut Vec<String>) {
    let is_sign = |c: char| c.is_alphabetic() || matches!(c, '$' | '£' | '¥' | '฿' | '\u{20A0}'..='\u{20CF}');
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at_checked(start).unwrap_or(("", rest));
        let length =
            from.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’'))).unwrap_or(from.len());
        let (amount, after) = from.split_at_checked(length).unwrap_or((from, ""));
        let before = before.trim_end();
        let begin = before.rfind(|c: char| !is_sign(c)).map_or(0, |at| {
            before.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at.saturating_add(c.len_utf8()))
        });
        let after = after.trim_start_matches(['\u{a0}', '\u{202f}', ' ']);
        let end = after.find(|c: char| !is_sign(c)).unwrap_or(after.len());
        for word in [before.get(begin..), after.get(..end)].into_iter().flatten() {
            // As a number is read with it: so a word beside a number is not taken for a currency.
            found.extend(number::currency(&format!("{word} {amount}")));
        }
        rest = rest.get(start.saturating_add(length)..).unwrap_or_default();
    }
}

/// An option that has no effect.
fn option(name: &str, raw: &str, document: &Document, limits: &Limits) -> Option<String> {
    if !name.starts_with('_') {
        return None;
    }
    if context::OPTIONS.contains(&name) && !(document.context.is_empty() && document.now.is_none()) {
        return None;
    }
    let Some((_, takes)) = OPTIONS.iter().find(|(known, _)| *known == name) else {
        if let Some(meant) = meant(name.trim_start_matches('_')) {
            return Some(format!("there is no such option: {meant}"));
        }
        let known = OPTIONS.iter().map(|(known, _)| *known);
        return Some(match nearest(name, known) {
            Some(near) => format!("there is no such option: did you mean {near}?"),
            None => "there is no such option".to_owned(),
        });
    };
    let read = Options::read(&format!("{name}={raw}"), limits);
    let is_known = |variant: &str| variant == "default" || document.variants.iter().any(|known| known.name == variant);
    let is_used = match name {
        "_scheme" => read.dark || raw == "light",
        "_v" => read.variant.as_deref().is_some_and(is_known),
        _ => read != Options::default(),
    };
    if name == "_scheme" && read.dark && document.dark.is_none() {
        return Some("the template has no dark version".to_owned());
    }
    if name == "_lang" && (!is_used || !read.lang.as_deref().is_some_and(Locale::is_known)) && !raw.is_empty() {
        return Some(match language::code(&query::decode(raw)) {
            Some(code) => format!("there is no such language: did you mean {code}?"),
            None if is_used => "Monogram does not know this language: it takes one such as de or pt-BR".to_owned(),
            None => (*takes).to_owned(),
        });
    }
    (!is_used && !raw.is_empty()).then(|| (*takes).to_owned())
}

/// What to do instead of a name that people write for an option.
fn meant(name: &str) -> Option<&'static str> {
    MEANT.iter().find(|(written, _)| *written == name || name == "sender" && *written == "esp").map(|(_, meant)| *meant)
}

/// A name that is no param's.
fn unknown(name: &str, document: &Document) -> Option<String> {
    if name.starts_with('_') || is_name(&document.params, name) {
        return None;
    }
    if let Some((list, _, field)) = list::cell(name)
        && let Some(Param::List(param)) = document.params.get(list)
    {
        let mut fields = param.fields.keys().map(String::as_str);
        return Some(match nearest(field, fields.clone()) {
            _ if field.is_empty() => format!("it names no field of an item, as {name}.{} does", fields.next()?),
            Some(near) => format!("`{list}` has no such field: did you mean {near}?"),
            None => format!("`{list}` has no such field"),
        });
    }
    let (stem, suffix) = name.split_once('.').unwrap_or((name, ""));
    // `cart[]`, `cart[name]` and `cart.name`.
    let list = stem.split('[').next().unwrap_or(stem);
    if let Some(Param::List(param)) = document.params.get(list)
        && list.len() < name.len()
        && !matches!(suffix, "default" | "b64")
    {
        let field = param.fields.keys().next()?;
        return Some(format!("each item has its number, from 0: {list}[0].{field}"));
    }
    if document.params.contains_key(stem) {
        return Some(format!("`{stem}` has no `.{suffix}`: there are {stem}.default and {stem}.b64"));
    }
    let lower = stem.to_lowercase();
    Some(match (meant(&lower), nearest(&lower, document.params.keys().map(String::as_str))) {
        (Some(meant), _) => format!("the template has no such param: {meant}"),
        (None, Some(near)) => format!("the template has no such param: did you mean {near}?"),
        (None, None) => match part_of(&lower, document) {
            Some(near) => format!("the template has no such param: did you mean {near}?"),
            None => "the template has no such param".to_owned(),
        },
    })
}

/// The param whose name begins or ends a name, as `name` ends `firstname`.
fn part_of<'a>(name: &str, document: &'a Document) -> Option<&'a str> {
    const LEAST: usize = 4;
    let is_part = |known: &&str| {
        known.len() >= LEAST && (name.starts_with(known) || name.ends_with(known))
            || name.len() >= LEAST && known.strip_suffix(name).is_some_and(|rest| rest.ends_with('_'))
    };
    let known = || document.params.keys().map(String::as_str);
    if name.starts_with("utm_") {
        return None;
    }
    // `fname` of a template with one name.
    let mut names = known().filter(|known| name.ends_with("name") && known.ends_with("name"));
    let only = names.next().filter(|_| names.next().is_none());
    only.or_else(|| known().filter(is_part).max_by_key(|known| known.len()))
}

/// Why a value is none that its param can have. `None` if there was no value.
fn refused(why: Missing, declared: &Param, text: &str) -> Option<String> {
    match why {
        Missing::WrongType => {
            if matches!(declared, Param::Image(_)) && is_address(text) {
                return Some(format!(
                    "an address begins with https://, as in https://{}",
                    text.trim_start_matches('/')
                ));
            }
            let is_file = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            if matches!(declared, Param::Image(_)) && text.contains('.') && text.chars().all(is_file) {
                let asset = format!("asset:{}", text.trim_start_matches(['.', '/']));
                if image::asset(&asset).is_some() {
                    return Some("a file of yours has `asset:` before its name, as in asset:logo.png".to_owned());
                }
            }
            Some(format!("expected {}", declared.expected()))
        }
        Missing::OutOfRange => Some(format!("expected {}", declared.expected())),
        Missing::NotAllowed => Some("the template allows other texts only".to_owned()),
        Missing::Host => Some("the template does not allow the host of this picture".to_owned()),
        Missing::BadBase64 => Some("it is no base64url of UTF-8".to_owned()),
        Missing::NoRecord => Some("there is no such record".to_owned()),
        Missing::Absent
        | Missing::Empty
        | Missing::Blank
        | Missing::NullLike
        | Missing::MergeTag(_)
        | Missing::Listed
        | Missing::FreeMail => None,
    }
}
