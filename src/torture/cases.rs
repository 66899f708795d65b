//! A template's params → the queries that most easily break a layout.
//!
//! Most cases set all params of a type at once, because neighbouring layers compete for space. The
//! other cases leave out one param, or set it to its extremes, and leave the rest as in the
//! example.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::limits::Limits;
use crate::params::declare::ListParam;
use crate::params::number::unambiguous;
use crate::params::{Param, Params};
use crate::template::Document;
use crate::template::document::{Content, Kind, Layer, Variant};

use super::outcome::Case;
use super::script::SCRIPTS;

/// Length in characters of a text for a param without `max_chars`; longer than any name.
const ENDLESS_CHARS: usize = 200;

const SHORTEST: &str = "Jo";
const LONGEST: &str = "Maximiliana-Konstantina von Hohenlohe-Schillingsfürst";
/// [`LONGEST`] in capitals.
const CAPITALS: &str = "MAXIMILIANA-KONSTANTINA VON HOHENLOHE-SCHILLINGSFÜRST";
const WORD: &str = "Wolfeschlegelsteinhausenbergerdorff";
/// Words of many lengths. A param gets as many characters of them as it takes.
const WORDS: &str =
    "Maximiliana Konstantina von und zu Hohenlohe-Schillingsfürst, Wolfeschlegelsteinhausenbergerdorff ";
/// Merge tags that senders did not replace. They count as missing values.
const TAGS: &[&str] = &["{{first_name}}", "*|FNAME|*", "%%FirstName%%", "[FNAME]"];

/// Number of items of a list without `max_items`.
const MANY_ITEMS: usize = 12;

/// The largest number for a param without `max`.
const HUGE: f64 = 1_234_567_890.5;

/// The cases to try: first the `written` ones, which the template's author wrote, then those that
/// are derived from its params. A written case replaces the derived case of the same name, because
/// its values are more likely.
#[must_use]
pub fn cases(document: &Document, written: &[Case]) -> Vec<Case> {
    let mut cases: Vec<Case> =
        written.iter().map(|case| Case { ordinary: is_ordinary(&case.name), ..case.clone() }).collect();
    for case in derived(document) {
        if !cases.iter().any(|known| known.name == case.name) {
            cases.push(case);
        }
    }
    cases
}

/// The cases that publishing tries: as many as may be laid out, by their number and by their layers.
#[must_use]
pub fn worst(document: &Document, limits: &Limits) -> Vec<Case> {
    let layers = count(&document.layers).max(1);
    let most = limits.publish_cases.min(limits.publish_layers.checked_div(layers).unwrap_or(1)).max(1);
    // Names in other scripts come last: they test fonts more than they test the template.
    let (scripts, others): (Vec<Case>, Vec<Case>) =
        cases(document, &[]).into_iter().partition(|case| SCRIPTS.iter().any(|script| script.name == case.name));
    others.into_iter().chain(scripts).take(most).collect()
}

fn count(layers: &[Layer]) -> usize {
    let of =
        |layer: &Layer| layer.lists().into_iter().fold(1, |sum: usize, (_, layers)| sum.saturating_add(count(layers)));
    layers.iter().map(of).fold(0, usize::saturating_add)
}

fn is_ordinary(name: &str) -> bool {
    matches!(name, "example" | "missing" | "shortest")
}

fn derived(document: &Document) -> Vec<Case> {
    let params = &document.params;
    let mut cases = vec![
        case("example", params, |_, param| example(param)),
        case("missing", params, |_, _| None),
        case("shortest", params, |_, param| fill(param, &|_| SHORTEST.to_owned(), &least)),
        case("longest", params, |_, param| fill(param, &|_| LONGEST.to_owned(), &most)),
        case("capitals", params, |_, param| fill(param, &|_| CAPITALS.to_owned(), &most)),
        case("one long word", params, |_, param| fill(param, &|_| WORD.to_owned(), &most)),
        case("as long as may be", params, |_, param| fill(param, &words, &most)),
    ];
    if !params.values().any(|param| matches!(param, Param::Text(_) | Param::Rich(_) | Param::List(_))) {
        // The other cases differ only in texts.
        cases.truncate(4);
    } else {
        for script in SCRIPTS {
            let name = |_: &str, param: &Param| fill(param, &|_| script.sample.to_owned(), &number_example);
            cases.push(case(script.name, params, name));
        }
        for tag in TAGS {
            let left = |_: &str, param: &Param| fill(param, &|_| (*tag).to_owned(), &number_example);
            cases.push(Case { tag: Some((*tag).to_owned()), ..case(&format!("tag {tag}"), params, left) });
        }
    }
    editions(document, &mut cases);
    for (name, param) in params {
        one_by_one(name, param, params, &mut cases);
    }
    for Variant { name, .. } in &document.variants {
        let mut made = case(&format!("variant {name}"), params, |_, param| example(param));
        made.query.push_str(if made.query.is_empty() { "_v=" } else { "&_v=" });
        made.query.push_str(name);
        cases.push(Case { ordinary: true, ..made });
    }
    cases
}

/// Adds the cases of other sizes, of the dark version, and of the languages in which the document has
/// texts of their own.
fn editions(document: &Document, cases: &mut Vec<Case>) {
    let known = |name: &str| cases.iter().find(|case| case.name == name).cloned();
    let with = |case: &Case, name: String, pair: &str| {
        let query = if case.query.is_empty() { pair.to_owned() } else { format!("{}&{pair}", case.query) };
        Case { name, query, ..case.clone() }
    };
    let (example, dark) = (known("example"), document.dark.is_some());
    let of_example = |name: &str, pair: &str| example.as_ref().map(|case| with(case, name.to_owned(), pair));
    let in_dark = of_example("example in the dark", DARK).filter(|_| dark);
    let languages = languages(&document.layers);
    let languages = languages.iter().filter_map(|tag| of_example(&format!("in {tag}"), &format!("_lang={tag}")));
    let mut more: Vec<Case> = languages.collect();
    let sized = [example.clone(), known("missing"), known("longest"), in_dark.clone()];
    for size in document.sizes.keys() {
        let named =
            |case: &Case| Case { name: format!("{} ~{size}", case.name), size: Some(size.clone()), ..case.clone() };
        more.extend(sized.iter().flatten().map(named));
    }
    cases.extend(in_dark);
    cases.append(&mut more);
}

/// What asks for the dark version.
const DARK: &str = "_scheme=dark";

/// The languages in which layers have texts of their own.
fn languages(layers: &[Layer]) -> BTreeSet<&str> {
    let mut tags = BTreeSet::new();
    for layer in layers {
        if let Kind::Text(text) = &layer.kind
            && let Content::Languages(texts) = &text.text
        {
            tags.extend(texts.keys().map(String::as_str).filter(|tag| *tag != "*"));
        }
        layer.lists().into_iter().for_each(|(_, layers)| tags.extend(languages(layers)));
    }
    tags
}

/// Adds the cases with one param at its extremes and the others as in the example.
fn one_by_one(varied: &str, param: &Param, params: &Params, cases: &mut Vec<Case>) {
    let mut with = |name: String, value: Option<String>, ordinary: bool| {
        let others = |other: &str, param: &Param| if other == varied { value.clone() } else { example(param) };
        cases.push(Case { ordinary, ..case(&name, params, others) });
    };
    if example(param).is_some() {
        with(format!("without {varied}"), None, true);
    }
    match param {
        Param::Text(_) => with(format!("long {varied}"), Some(LONGEST.to_owned()), false),
        Param::Choice(choice) => {
            for word in &choice.choices {
                with(format!("{varied} {word}"), Some(word.clone()), true);
            }
        }
        Param::Number(_) => {
            with(format!("least {varied}"), least(param), true);
            with(format!("most {varied}"), most(param), false);
        }
        Param::Image(_) | Param::Email(_) | Param::Record(_) => {}
        Param::Rich(_) => with(format!("long {varied}"), Some(format!("**{LONGEST}** _{LONGEST}_")), false),
        Param::Boolean(_) => {
            for word in ["true", "false"] {
                with(format!("{varied} {word}"), Some(word.to_owned()), true);
            }
        }
        Param::List(list) => {
            with(format!("empty {varied}"), Some("[]".to_owned()), true);
            with(format!("one in {varied}"), items(list, 1, &example), true);
            let most = list.max_items.unwrap_or(MANY_ITEMS);
            with(format!("many in {varied}"), items(list, most, &example), true);
            with(format!("long {varied}"), items(list, most, &|field| fill(field, &words, &self::most)), false);
        }
        // The longest dates have the longest names of a weekday and a month.
        Param::Datetime(_) | Param::Date(_) => {
            with(format!("long {varied}"), Some("2026-09-30T22:45:00".to_owned()), true);
        }
        Param::Color(_) => {
            for (word, color) in [("dark", "#14213d"), ("light", "#fff3c4"), ("transparent", "#0000")] {
                with(format!("{word} {varied}"), Some(color.to_owned()), true);
            }
        }
    }
}

/// The case in which the value of each param is the result of `value`; `None` leaves the param out.
fn case(name: &str, params: &Params, value: impl Fn(&str, &Param) -> Option<String>) -> Case {
    let pairs: Vec<_> = params.iter().filter_map(|(name, param)| Some((name, value(name, param)?))).collect();
    // Pairs of strings always encode.
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    Case { name: name.to_owned(), query, ordinary: is_ordinary(name), tag: None, size: None }
}

/// The value of a text from `text`, that of a number from `number`, and the example of any other
/// param.
fn fill(param: &Param, text: &dyn Fn(&Param) -> String, number: &dyn Fn(&Param) -> Option<String>) -> Option<String> {
    match param {
        Param::Text(_) | Param::Rich(_) => Some(text(param)),
        Param::Number(_) => number(param),
        Param::List(list) => {
            let shown = list.example.as_ref().or(list.default.as_ref());
            let count = shown.and_then(Json::as_array).map_or(2, |items| items.len().max(1));
            items(list, count, &|field| fill(field, &text, &number))
        }
        Param::Choice(_)
        | Param::Color(_)
        | Param::Datetime(_)
        | Param::Date(_)
        | Param::Image(_)
        | Param::Boolean(_)
        | Param::Email(_)
        | Param::Record(_) => example(param),
    }
}

/// A list of so many items, whose fields are those of the examples in turn, or made by `value`.
fn items(list: &ListParam, count: usize, value: &dyn Fn(&Param) -> Option<String>) -> Option<String> {
    let shown = list.example.as_ref().or(list.default.as_ref()).and_then(Json::as_array);
    let item = |index: usize| {
        let shown = shown.and_then(|items| items.get(index.checked_rem(items.len())?)).and_then(Json::as_object);
        let mut item = shown.cloned().unwrap_or_default();
        for (name, field) in &list.fields {
            if let Some(value) = value(field) {
                item.insert(name.clone(), value.into());
            }
        }
        Json::Object(item)
    };
    Some(Json::Array((0..count).map(item).collect()).to_string())
}

/// The param's example, or else its default. `None` if it has neither.
fn example(param: &Param) -> Option<String> {
    match param {
        Param::Text(text) => text.example.clone().or_else(|| text.default.clone()),
        Param::Choice(choice) => choice.example.clone().or_else(|| choice.default.clone()),
        Param::Color(color) => color.example.clone().or_else(|| color.default.clone()),
        Param::Datetime(date) | Param::Date(date) => date.example.clone().or_else(|| date.default.clone()),
        Param::Rich(text) => text.example.clone().or_else(|| text.default.clone()),
        Param::Email(email) => email.example.clone().or_else(|| email.default.clone()),
        Param::Boolean(boolean) => boolean.example.or(boolean.default).map(|value| value.to_string()),
        Param::List(list) => list.example.as_ref().or(list.default.as_ref()).map(Json::to_string),
        Param::Image(image) => image.example.clone().or_else(|| image.default.clone()),
        Param::Number(_) => number_example(param),
        Param::Record(_) => None,
    }
}

fn number_example(param: &Param) -> Option<String> {
    let Param::Number(number) = param else { return None };
    number.example.or(number.default).map(|number| unambiguous(number.to_string()))
}

fn least(param: &Param) -> Option<String> {
    let Param::Number(number) = param else { return None };
    Some(number.min.unwrap_or(0.0).to_string())
}

fn most(param: &Param) -> Option<String> {
    let Param::Number(number) = param else { return None };
    Some(number.max.unwrap_or(HUGE).to_string())
}

/// A text of as many characters as the param takes.
fn words(param: &Param) -> String {
    let chars = match param {
        Param::Text(text) | Param::Rich(text) => text.max_chars.unwrap_or(ENDLESS_CHARS).min(ENDLESS_CHARS),
        _ => ENDLESS_CHARS,
    };
    WORDS.chars().cycle().take(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    #[test]
    fn every_param_is_tried() {
        let document = r#"{ "width": 9, "height": 9, "layers": [], "params": {
            "name": { "type": "text", "default": "friend", "max_chars": 30 },
            "note": { "type": "text" },
            "points": { "type": "number", "max": 50, "example": 7 },
            "plan": { "type": "choice", "choices": ["free", "pro"], "default": "free" },
            "ink": { "type": "color", "default": "red" }, "due": { "type": "datetime" } },
            "variants": [{ "name": "b", "weight": 1, "set": { "plan": "pro" } }] }"#;
        let document = Template::parse(document, &Limits::default()).unwrap().document;
        let written =
            Case { name: "capitals".to_owned(), query: "name=MARIA".to_owned(), ..Case::of_recipient(String::new()) };
        let written = Case { ordinary: false, ..written };
        let cases = cases(&document, std::slice::from_ref(&written));
        assert_eq!(cases[0], written);
        assert_eq!(LONGEST.to_uppercase(), CAPITALS);
        let query = |name: &str| cases.iter().find(|case| case.name == name).map(|case| case.query.as_str());
        for (name, expected) in [
            ("example", "ink=red&name=friend&plan=free&points=7"),
            ("missing", ""),
            ("shortest", "ink=red&name=Jo&note=Jo&plan=free&points=0"),
            ("without name", "ink=red&plan=free&points=7"),
            ("plan pro", "ink=red&name=friend&plan=pro&points=7"),
            ("most points", "ink=red&name=friend&plan=free&points=50"),
            ("long due", "due=2026-09-30T22%3A45%3A00&ink=red&name=friend&plan=free&points=7"),
            ("dark ink", "ink=%2314213d&name=friend&plan=free&points=7"),
            ("capitals", "name=MARIA"),
            ("variant b", "ink=red&name=friend&plan=free&points=7&_v=b"),
        ] {
            assert_eq!(query(name), Some(expected), "{name}");
        }
        assert!(query("tag *|FNAME|*").unwrap().contains("name=*%7CFNAME%7C*"));
        assert!(query("arabic").unwrap().contains("name=%D9%85"));
        assert_eq!(query("without note"), None, "it has no example that could be left out");
        let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), cases.len());
        assert!(
            super::cases(
                &Template::parse(r#"{ "width": 9, "height": 9, "layers": [] }"#, &Limits::default()).unwrap().document,
                &[]
            )
            .len()
                >= 2
        );
    }
}
