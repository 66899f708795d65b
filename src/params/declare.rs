//! The params that a template declares: their types, defaults and bounds. The docs of the types are
//! in the JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use super::allow::Allow;
use super::number::unambiguous;

/// A template's params by name. Names are `[a-z][a-z0-9_]*`; query names that begin with `_` are
/// options of the URL.
pub type Params = BTreeMap<String, Param>;

/// One declared param. In a document its `type` is a field:
/// `{ "type": "text", "default": "friend" }`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(tag = "type")]
pub enum Param {
    /// Any text.
    Text(TextParam),
    /// A CSS colour.
    Color(ColorParam),
    /// A number.
    Number(NumberParam),
    /// One of a few words.
    Choice(ChoiceParam),
    /// A day, or a moment.
    Datetime(DatetimeParam),
    /// A picture.
    Image(ImageParam),
    /// `true` or `false`.
    Boolean(BooleanParam),
    /// A day: of a moment, the day that it falls on.
    Date(DatetimeParam),
    /// An email address.
    Email(EmailParam),
    /// A text in which `**bold**`, `_italic_` and `[colour](accent)` change the look, where `accent` is a colour of
    /// the template's `palette`.
    Rich(TextParam),
    /// A list: the products of a cart, the lines of a bill.
    List(ListParam),
    /// The id of a person, whose record the deployment has.
    Record(RecordParam),
}

impl Param {
    /// Whether the value usually differs between recipients, as texts, numbers and dates do.
    /// Colours, choices and pictures are usually shared by many recipients. Only the speed depends
    /// on it: the frame without the personal layers is drawn once and cached.
    #[must_use]
    pub const fn is_personal(&self) -> bool {
        match self {
            Self::Text(_)
            | Self::Number(_)
            | Self::Datetime(_)
            | Self::Date(_)
            | Self::Email(_)
            | Self::Rich(_)
            | Self::List(_)
            | Self::Record(_) => true,
            Self::Color(_) | Self::Choice(_) | Self::Image(_) | Self::Boolean(_) => false,
        }
    }

    /// What a URL or a row may give it, in the words of an error: `a number from 0 to 100`. Each can stand in a URL
    /// as it is.
    #[must_use]
    pub fn expected(&self) -> String {
        let words = match self {
            Self::Text(_) | Self::Rich(_) => "a text that the template allows",
            Self::Boolean(_) => "true or false",
            Self::Email(_) => "an address such as maria@acme.com",
            Self::Record(_) => "the id of a record",
            Self::List(list) => return list.expected(),
            // A `#` would end the query.
            Self::Color(_) => "a CSS colour such as 1e7a5f",
            Self::Number(number) => {
                return match (number.min, number.max) {
                    (Some(min), Some(max)) => format!("a number from {min} to {max}"),
                    (Some(min), None) => format!("a number from {min}"),
                    (None, Some(max)) => format!("a number up to {max}"),
                    (None, None) => "a number such as 1234.5".to_owned(),
                };
            }
            Self::Choice(choice) => return format!("one of {}", choice.choices.join(", ")),
            Self::Image(_) => "a picture such as asset:logo.png, or a URL on a host that the template allows",
            Self::Datetime(_) | Self::Date(_) => "a day or a moment such as 2026-03-14 or 2026-03-14T15:30Z",
        };
        words.to_owned()
    }

    /// Its example as a URL would give it. `None` if it declares none.
    #[must_use]
    pub fn example(&self) -> Option<String> {
        match self {
            Self::Text(TextParam { example, .. })
            | Self::Rich(TextParam { example, .. })
            | Self::Color(ColorParam { example, .. })
            | Self::Choice(ChoiceParam { example, .. })
            | Self::Email(EmailParam { example, .. })
            | Self::Datetime(DatetimeParam { example, .. })
            | Self::Date(DatetimeParam { example, .. })
            | Self::Image(ImageParam { example, .. }) => example.clone(),
            Self::Number(NumberParam { example, .. }) => example.map(|number| unambiguous(number.to_string())),
            Self::Boolean(BooleanParam { example, .. }) => example.map(|value| value.to_string()),
            Self::Record(_) => None,
            Self::List(ListParam { example, .. }) => example.as_ref().map(ToString::to_string),
        }
    }
}

/// A param that takes a picture: `asset:logo.png`, or an `https://` URL on a host that it allows. It
/// is used as `"src": "{{ logo }}"`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageParam {
    /// Used where the URL has no picture and no default of its own: `asset:logo.png`.
    pub default: Option<String>,
    /// Hosts whose images may be shown: `logo.com`, `*.cdn.example`, or `*` for every host that the
    /// deployment allows. Without it, the template's `hosts` hold.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// A value to show in previews, docs and snippets.
    pub example: Option<String>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

/// A param that takes any text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextParam {
    /// Used where the URL has no value and no default of its own.
    pub default: Option<String>,
    /// Longer values are cut to this many characters as a reader counts them (graphemes), with an
    /// ellipsis.
    pub max_chars: Option<usize>,
    /// The values that a URL may set; any other value counts as missing. Without it, any text is allowed.
    pub allow: Option<Allow>,
    /// A value to show in previews, docs and snippets.
    pub example: Option<String>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

/// A param that takes a CSS colour (`FF5733` without `#` too).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColorParam {
    /// Used where the URL has no colour and no default of its own.
    pub default: Option<String>,
    /// A value to show in previews, docs and snippets.
    pub example: Option<String>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

/// A param that takes a number: `1234.5`, and as shops write it: `$1,234.50`, `1.234,50 €`, `12%`. Where
/// `1.234` could be both, the language decides.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberParam {
    /// Used where the URL has no number and no default of its own.
    pub default: Option<f64>,
    /// A smaller value is missing.
    pub min: Option<f64>,
    /// A larger value is missing.
    pub max: Option<f64>,
    /// Whether the decimals of the template's language begin with a comma, which its parser knows.
    #[serde(skip)]
    pub comma: bool,
    /// A value to show in previews, docs and snippets.
    pub example: Option<f64>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

/// A param that takes one of a few words, in any case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceParam {
    /// The words.
    pub choices: Vec<String>,
    /// Used where the URL has none of the words and no default of its own.
    pub default: Option<String>,
    /// A value to show in previews, docs and snippets.
    pub example: Option<String>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

/// A param that takes a day or a moment: `2026-03-14`, `2026-03-14T15:30:00+01:00` (ISO 8601), a
/// Unix time in seconds or milliseconds, or the date of an email. Not `03/04/2026`, which is two
/// different days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatetimeParam {
    /// Used where the URL has no date and no default of its own.
    pub default: Option<String>,
    /// Where a moment is shown, as a fixed distance from UTC such as `+01:00`; as it was written by
    /// default. A day, and a time without an offset, are what they say.
    pub timezone: Option<String>,
    /// A value to show in previews, docs and snippets.
    pub example: Option<String>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

/// A param that is `true` or `false`; also `yes` and `no`, `on` and `off`, `1` and `0`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BooleanParam {
    /// Used where the URL has none of these words and no default of its own.
    pub default: Option<bool>,
    /// A value to show in previews, docs and snippets.
    pub example: Option<bool>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

/// A param that takes an email address: `maria@acme.com`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailParam {
    /// Used where the URL has no address and no default of its own.
    pub default: Option<String>,
    /// A value to show in previews, docs and snippets.
    pub example: Option<String>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

/// A param that takes a list: JSON (`[{"name": "Cup", "price": 9.5}]`), a name for each value
/// (`cart[0].name=Cup`), or the compact form (`Cup~9.5|Mug~12`).
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListParam {
    /// The values of an item by name, each with its type: every type but `list`, `rich` and `record`.
    pub fields: Params,
    /// The order of the fields in the compact form, in which `~` stands between the values of an
    /// item, and `|` between items. A list with one field needs none.
    #[serde(default)]
    pub compact: Vec<String>,
    /// Further items are left out; 100 by default, which is the most.
    pub max_items: Option<usize>,
    /// The most items of any list, which the template's parser knows.
    #[serde(skip)]
    pub limit: Option<usize>,
    /// Used where the URL has no item and no default of its own: a list of objects.
    pub default: Option<Json>,
    /// A value to show in previews, docs and snippets: a list of objects.
    pub example: Option<Json>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}

impl ListParam {
    /// Its items as a sender's loop writes them, if it has an order of its fields; else as JSON, and how it gets one.
    fn expected(&self) -> String {
        let names: Vec<&str> = match self.compact.as_slice() {
            [] => self.fields.keys().map(String::as_str).collect(),
            compact => compact.iter().map(String::as_str).collect(),
        };
        let item = names.join("~");
        if self.compact.is_empty() && names.len() > 1 {
            let compact = names.join("\", \"");
            return format!(
                "a list as JSON, of objects with {}; or, if the template says \"compact\": [\"{compact}\"], its items as \
                 {item}|{item}",
                names.join(", ")
            );
        }
        format!("its items as {item}|{item}, or as JSON")
    }
}

/// A param that takes the id of a person, `?contact=abc123`. Their record, which was imported into the
/// deployment, is the value of the param: `{{ contact.first_name }}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordParam {
    /// The collection that has the record: `contacts`, `acme/contacts`.
    pub collection: String,
    /// A record to show in previews and tests, and wherever there is no store: an object.
    pub example: Option<Json>,
    /// The purpose of this param, in words.
    pub description: Option<String>,
}
