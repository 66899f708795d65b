//! A list in a query → a list of objects: JSON, the compact form, or a pair for each value.
//!
//! Every sender has a loop, but few have a filter that writes JSON. So there is a form that any loop
//! can write: `Cup~9.50|Mug~12|`. `~` and `|` are hardly ever in a name or a number, and a link
//! rewriter may encode them: they are looked for after decoding.
//!
//! Invariant: every item has a value that was given; a value that does not fit its field is missing,
//! and the field's default takes its place.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Map, Value as Json};

use super::declare::ListParam;
use super::repair::{Repair, Repairs};
use super::{Missing, Param, Value, clean, merge_tag, scalar};

/// Between the values of an item in the compact form.
const NEXT_VALUE: char = '~';
/// Between its items.
const NEXT_ITEM: char = '|';

/// A part of a list that was not read, or not whole.
#[derive(Debug)]
pub enum Unread<'a> {
    /// The value of a field.
    Value(&'a str, &'a Param, Missing),
    /// The end of a field's text, behind its `max_chars`.
    End(&'a str),
    /// A value for which there is no field.
    Field,
    /// The items behind the most that there may be.
    Items(usize),
}

/// Hears of each part that was not read, with its item from 1.
pub type Hears<'h> = &'h mut dyn FnMut(usize, Unread<'_>);

/// How the values of a URL are read.
#[derive(Debug, Default)]
pub struct Reading {
    /// Words that count as missing, in lower case.
    pub missing: BTreeSet<String>,
    /// Whether decimals begin with a comma in the URL's language. `None` if it has none.
    pub comma: Option<bool>,
}

/// Reads a list: JSON if it begins with a bracket, else the compact form.
///
/// # Errors
/// [`Missing::WrongType`] if it is neither; the reason of the first value if no item has one.
pub fn read(param: &ListParam, text: &str, reading: &Reading) -> Result<Value, Missing> {
    read_aloud(param, text, reading, &mut |_, _| {})
}

/// As [`read`], and tells what it did not read.
///
/// # Errors
/// As [`read`].
pub fn read_aloud(param: &ListParam, text: &str, reading: &Reading, hears: Hears<'_>) -> Result<Value, Missing> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Missing::Empty);
    }
    if text.starts_with(['[', '{'])
        && let Ok(json) = serde_json::from_str(text)
    {
        return json_aloud(param, &json, reading, hears);
    }
    let order = order(param)?;
    let text = without_tags(text);
    let item = |item: &str| {
        let values = item.split(NEXT_VALUE).map(Json::from);
        let count = item.split(NEXT_VALUE).count();
        (fields(order.iter().map(|name| (*name).to_owned()).zip(values)), count > order.len())
    };
    finish(param, text.split(NEXT_ITEM).map(item), reading, hears)
}

/// Reads a list of objects, of lists in the order of the compact form, or of single values; or one
/// such object.
///
/// # Errors
/// As [`read`].
pub fn of_json(param: &ListParam, json: &Json, reading: &Reading) -> Result<Value, Missing> {
    json_aloud(param, json, reading, &mut |_, _| {})
}

fn json_aloud(param: &ListParam, json: &Json, reading: &Reading, hears: Hears<'_>) -> Result<Value, Missing> {
    let items = match json {
        Json::Array(items) if items.is_empty() => return Ok(Value::List(Rc::new(Json::Array(Vec::new())))),
        Json::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let item = |item: &Json| match item {
        Json::Object(fields) => (fields.clone(), false),
        Json::Array(values) => (named(param, values), values.len() > order(param).map_or(0, |order| order.len())),
        one => (named(param, std::slice::from_ref(one)), false),
    };
    finish(param, items.iter().map(item), reading, hears)
}

/// A text with a tag without signs of ours in the place of each merge tag: `*|NAME|*` is one missing value.
fn without_tags(text: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(text);
    for span in merge_tag::spans(text).into_iter().rev() {
        plain.to_mut().replace_range(span, "{{x}}");
    }
    plain
}

fn named(param: &ListParam, values: &[Json]) -> Map<String, Json> {
    let order = order(param).unwrap_or_default();
    fields(order.into_iter().map(str::to_owned).zip(values.iter().cloned()))
}

/// An item, made field by field ([`ordered`](crate::ordered)).
fn fields(pairs: impl Iterator<Item = (String, Json)>) -> Map<String, Json> {
    let mut fields = Map::new();
    fields.extend(pairs);
    fields
}

/// The fields in the order of the compact form.
fn order(param: &ListParam) -> Result<Vec<&str>, Missing> {
    if param.compact.is_empty() && param.fields.len() > 1 {
        return Err(Missing::WrongType);
    }
    let names = if param.compact.is_empty() { param.fields.keys().collect() } else { param.compact.iter().collect() };
    let names: Vec<&String> = names;
    Ok(names.into_iter().map(String::as_str).collect())
}

/// Gives the values of items their types. Beside each item stands whether it has more values than fields.
fn finish(
    param: &ListParam,
    items: impl Iterator<Item = (Map<String, Json>, bool)>,
    reading: &Reading,
    hears: Hears<'_>,
) -> Result<Value, Missing> {
    let (mut list, mut why) = (Vec::new(), None);
    for ((given, has_more), number) in items.zip(1_usize..) {
        if list.len() >= most(param) {
            if !given.values().all(is_empty) {
                hears(number, Unread::Items(most(param)));
            }
            break;
        }
        if has_more {
            hears(number, Unread::Field);
        }
        let mut item = Map::new();
        // By what was given, not by what is declared, so that this takes no longer than the text is.
        for (name, value) in given {
            let Some(field) = param.fields.get(&name) else {
                hears(number, Unread::Field);
                continue;
            };
            let mut repairs = Repairs::default();
            match typed(field, &value, reading, &mut repairs) {
                Ok(value) => {
                    if repairs.iter().any(|repair| repair == Repair::Cut) {
                        hears(number, Unread::End(&name));
                    }
                    item.insert(name, value.json());
                }
                Err(reason) => {
                    hears(number, Unread::Value(&name, field, reason));
                    why = why.or(Some(reason));
                }
            }
        }
        list.extend(completed(param, item));
    }
    finished(param, list).ok_or(why.unwrap_or(Missing::WrongType))
}

fn is_empty(value: &Json) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The value of a field.
fn typed(field: &Param, json: &Json, reading: &Reading, repairs: &mut Repairs) -> Result<Value, Missing> {
    let text = match json {
        Json::Null => return Err(Missing::NullLike),
        Json::String(text) => text.clone(),
        // Not as JSON writes it, which may be with an exponent.
        Json::Number(number) => number.as_f64().map(|number| number.to_string()).unwrap_or_default(),
        Json::Bool(value) => value.to_string(),
        Json::Array(_) | Json::Object(_) => return Err(Missing::WrongType),
    };
    let text = clean::text(&text, usize::MAX, repairs)?;
    if reading.missing.contains(&text.to_lowercase()) {
        return Err(Missing::Listed);
    }
    // JSON has a point before decimals, whatever the language is.
    scalar::value_in(field, text, if json.is_number() { Some(false) } else { reading.comma }, repairs)
}

/// The most items of a list.
fn most(param: &ListParam) -> usize {
    param.max_items.or(param.limit).unwrap_or(usize::MAX)
}

/// An item with the defaults of its fields. `None` if none of its values was given.
#[must_use]
pub fn completed(param: &ListParam, mut item: Map<String, Json>) -> Option<Json> {
    if item.is_empty() {
        return None;
    }
    for (name, field) in &param.fields {
        if !item.contains_key(name)
            && let Some(default) = scalar::default(field)
        {
            item.insert(name.clone(), default.json());
        }
    }
    Some(Json::Object(item))
}

/// A list of its items. `None` if there is none.
#[must_use]
pub fn finished(param: &ListParam, mut items: Vec<Json>) -> Option<Value> {
    items.truncate(most(param));
    (!items.is_empty()).then(|| Value::List(Rc::new(Json::Array(items))))
}

/// The list, item and field of a query name: `cart[0].price`, `cart[0][price]`, `cart.0.price`; of a
/// list with one field also `cart[0]`, whose field is empty.
///
/// ```
/// use monogram::params::list::cell;
/// assert_eq!(cell("cart[0].price"), Some(("cart", 0, "price")));
/// assert_eq!(cell("cart[12][price]"), Some(("cart", 12, "price")));
/// assert_eq!(cell("name"), None);
/// ```
#[must_use]
pub fn cell(name: &str) -> Option<(&str, usize, &str)> {
    let (list, rest) = name.split_at_checked(name.find(['[', '.'])?)?;
    let (index, field) = step(rest)?;
    let field = if field.is_empty() { "" } else { step(field).filter(|(_, rest)| rest.is_empty())?.0 };
    let index = index.parse().ok()?;
    Some((list, index, field))
}

/// What stands after a dot or in square brackets, and the rest.
fn step(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once(']');
    }
    let rest = text.strip_prefix('.')?;
    rest.split_at_checked(rest.find(['[', '.']).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::params::{Params, Resolved, resolve};

    fn declared() -> Params {
        serde_json::from_value(serde_json::json!({ "cart": { "list": {
            "fields": {
                "name": { "text": { "max_chars": 10 } },
                "price": { "number": { "min": 0 } },
                "sale": { "boolean": { "default": false } },
                "photo": { "image": {} },
            },
            "compact": ["name", "price"],
            "max_items": 3,
            "default": [{ "name": "Pen", "price": 1 }],
        } }, "bars": { "list": { "fields": { "value": { "number": {} } } } } }))
        .unwrap()
    }

    /// `[items] <source why>` of a param.
    fn show(query: &str, name: &str) -> String {
        let limits = Limits::default();
        let values = resolve(&declared(), &["n/a".to_owned()], query, &limits);
        let Resolved { value, source, .. } = &values[name];
        let value = value.as_ref().map_or("-".to_owned(), |value| value.json().to_string());
        format!("{value} <{} {}>", source.code(), source.missing().map_or("", Missing::code))
    }

    #[test]
    fn three_forms_make_one_list() {
        let cup = r#"[{"name":"Cup","price":9.5,"sale":false},{"name":"Mug","price":12,"sale":false}] <given >"#;
        for query in [
            "cart=Cup~9.5|Mug~12",
            "cart=Cup~9.50|Mug~12|",
            "cart=Cup%7E9.5%7CMug%7E12%7C",
            "cart=+Cup+~+9.5+|Mug~12.0||",
            r#"cart=[{"name":"Cup","price":9.5},{"name":"Mug","price":"12"}]"#,
            "cart=%5B%7B%22name%22%3A%22Cup%22%2C%22price%22%3A9.5%7D%2C%7B%22name%22%3A%22Mug%22%2C%22price%22%3A12%7D%5D",
            r#"cart=[["Cup",9.5],["Mug",12,"more"]]"#,
            r#"cart=[{&quot;name&quot;:&quot;Cup&quot;,&quot;price&quot;:9.5},{&quot;name&quot;:&quot;Mug&quot;,&quot;price&quot;:12}]"#,
            "cart[0].name=Cup&cart[0].price=9.5&cart[1].name=Mug&cart[1].price=12",
            "cart%5B1%5D%5Bprice%5D=12&cart[7][name]=&cart[0][name]=Cup&cart[0][price]=9.5&cart[1][name]=Mug",
            "cart.0.name=Cup&cart.0.price=9.5&cart.3.name=Mug&cart.3.price=12",
            "cart.b64=Q3VwfjkuNXxNdWd-MTI",
            "cart.default=Cup~9.5|Mug~12&cart[0].name=Cup&cart[0].price=9.5&cart[1].name=Mug&cart[1].price=12",
        ] {
            assert_eq!(show(query, "cart"), cup, "{query}");
        }
    }

    #[test]
    fn what_is_missing_falls_back() {
        let pen = r#"[{"name":"Pen","price":1,"sale":false}]"#;
        for (query, name, expected) in [
            ("", "cart", format!("{pen} <template-default absent>")),
            ("cart=", "cart", format!("{pen} <template-default empty>")),
            ("cart=null", "cart", format!("{pen} <template-default null-like>")),
            ("cart={{cart}}", "cart", format!("{pen} <template-default merge-tag>")),
            ("cart={{#each cart}}{{name}}~{{price}}|{{/each}}", "cart", format!("{pen} <template-default merge-tag>")),
            ("cart[0].name=*|NAME|*", "cart", format!("{pen} <template-default merge-tag>")),
            ("cart=*|NAME|*~*|PRICE|*|", "cart", format!("{pen} <template-default merge-tag>")),
            ("cart=*|NAME|*~9.5|", "cart", r#"[{"price":9.5,"sale":false}] <given >"#.to_owned()),
            ("cart=|~|", "cart", format!("{pen} <template-default empty>")),
            ("cart=[1", "cart", r#"[{"name":"[1","sale":false}] <given >"#.to_owned()),
            ("cart=[]", "cart", "[] <given >".to_owned()),
            ("cart=&cart.default=Cup", "cart", r#"[{"name":"Cup","sale":false}] <url-default empty>"#.to_owned()),
            ("cart=Cup~-5~yes", "cart", r#"[{"name":"Cup","sale":false}] <given >"#.to_owned()),
            (
                "cart=Cup~cheap|n/a~3",
                "cart",
                r#"[{"name":"Cup","sale":false},{"price":3,"sale":false}] <given >"#.to_owned(),
            ),
            (
                "cart=a|b|c|d|e",
                "cart",
                r#"[{"name":"a","sale":false},{"name":"b","sale":false},{"name":"c","sale":false}] <given >"#
                    .to_owned(),
            ),
            (
                r#"cart=[{"name":"A very long name","sale":true,"other":[1]}]"#,
                "cart",
                r#"[{"name":"A very lo…","sale":true}] <given >"#.to_owned(),
            ),
            (
                r#"cart=[{"photo":"asset:cup.png"},{"photo":"https://evil.example/a.png"},{"name":{}}]"#,
                "cart",
                r#"[{"photo":"asset:cup.png","sale":false}] <given >"#.to_owned(),
            ),
            (
                "cart=Smith & Sons~4&utm=x",
                "cart",
                r#"[{"name":"Smith & S…","price":4,"sale":false}] <given >"#.to_owned(),
            ),
            ("bars=3|1.50|x|4", "bars", r#"[{"value":3},{"value":1.5},{"value":4}] <given >"#.to_owned()),
            ("bars=[3,1e3,null]", "bars", r#"[{"value":3},{"value":1000}] <given >"#.to_owned()),
            (
                "bars[1]=2&bars[0]=1&bars[x]=3&bars[999999]=4",
                "bars",
                r#"[{"value":1},{"value":2},{"value":4}] <given >"#.to_owned(),
            ),
        ] {
            assert_eq!(show(query, name), expected, "{query}");
        }
    }

    #[test]
    fn names_of_cells() {
        for (name, read) in [
            ("a[0].b", Some(("a", 0, "b"))),
            ("a[0][b]", Some(("a", 0, "b"))),
            ("a.0.b", Some(("a", 0, "b"))),
            ("a[3]", Some(("a", 3, ""))),
            ("a[3].b.c", None),
            ("a[100].b", Some(("a", 100, "b"))),
            ("a[-1].b", None),
            ("a[", None),
            ("a.", None),
            ("a", None),
            ("a[0]b", None),
        ] {
            assert_eq!(cell(name), read, "{name}");
        }
    }
}
