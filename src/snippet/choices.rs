//! The query of `/v1/snippet/{template}` → which sender, which size, and what each param becomes.
//!
//! Unlike a picture's query this one is strict: a person is there to read what is wrong, and a misspelt
//! param would be found only in a sent email.

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use crate::params::{Missing, Param, Params, Repairs, Value, clean, fit};
use crate::request::query;
use crate::template::document::Document;
use crate::template::parse::nearest;

use super::sender::{self, Sender};

/// Characters of a custom field's name.
const MAX_FIELD_CHARS: usize = 80;

/// Output px per CSS px that a picture can have, as in its URL's `_dpr`.
const RATIOS: [f32; 4] = [1.0, 1.5, 2.0, 3.0];

/// What a person chose.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// Who sends.
    pub sender: Sender,
    /// CSS px.
    pub width: u32,
    /// CSS px; it follows from the width.
    pub height: u32,
    /// Output px per CSS px.
    pub dpr: f32,
    /// Every declared param, in the order of their names.
    pub params: Vec<(String, Choice)>,
}

impl Choices {
    /// What a declared param becomes.
    #[must_use]
    pub fn of(&self, param: &str) -> Option<&Choice> {
        self.params.iter().find(|(name, _)| name == param).map(|(_, choice)| choice)
    }
}

/// What a param becomes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// Where its value comes from.
    pub origin: Origin,
    /// Used where the value is missing; before the template's own.
    pub default: Option<String>,
    /// A value to try it with.
    pub example: Option<String>,
}

/// Where a param's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// A field of the sender: its own value for everyone.
    Field(String),
    /// The same for everyone.
    Fixed(String),
    /// The template's default, or nothing.
    #[default]
    Template,
}

impl Choice {
    /// What a param becomes unless a person says otherwise: a field of the sender where its name says so, or
    /// where it is text about a person (which is text that the template has nothing to put in place of).
    #[must_use]
    pub fn usual(name: &str, param: &Param) -> Self {
        let origin = match (sender::field_of(name), param) {
            (Some(field), Param::Text(_)) => Origin::Field(field.to_owned()),
            (None, Param::Text(text)) if text.default.is_none() => Origin::Field(name.to_owned()),
            _ => Origin::Template,
        };
        Self { origin, ..Self::default() }
    }
}

/// Reads the raw query.
///
/// # Errors
/// 400 with the field: no such sender or param, a value that does not fit its param, a size that is none.
pub fn read(query: &str, document: &Document, limits: &Limits) -> Result<Choices, Problem> {
    let usual = document.params.iter().map(|(name, param)| (name.clone(), Choice::usual(name, param)));
    let mut params: Vec<(String, Choice)> = usual.collect();
    let (mut esp, mut width, mut dpr) = (String::new(), document.width, 1.0);
    for pair in query::pairs(query, limits) {
        let value = pair.value.trim();
        match pair.name.as_ref() {
            "esp" => value.clone_into(&mut esp),
            // The answer's own format: `reply`'s.
            "format" => {}
            "_w" if !value.is_empty() => width = self::width(value, limits)?,
            "_dpr" if !value.is_empty() => dpr = ratio(value)?,
            "_w" | "_dpr" => {}
            name => choose(&mut params, &document.params, name, value, limits)?,
        }
    }
    let (sender, height) = (sender::find(&esp)?, height(width, document));
    Ok(Choices { sender, width, height, dpr, params })
}

/// One pair about a param: `name`, or `name.value`, `name.field`, `name.default`, `name.example`.
fn choose(
    params: &mut [(String, Choice)],
    declared: &Params,
    key: &str,
    value: &str,
    limits: &Limits,
) -> Result<(), Problem> {
    let (name, facet) = key.split_once('.').unwrap_or((key, "value"));
    let choice = params.iter_mut().find(|(known, _)| known == name).map(|(_, choice)| choice);
    let (Some(param), Some(choice)) = (declared.get(name), choice) else {
        return Err(unknown_param(name, declared));
    };
    let text = match clean::text(value, limits.value_chars, &mut Repairs::default()) {
        Ok(text) => text,
        Err(Missing::MergeTag(_)) => {
            return Err(wrong("value-is-tag", "This is a merge tag, which the snippet writes itself", key)
                .remedy(format!("name the field: {name}.field=first_name, or any other by its name")));
        }
        // A form sends its empty inputs too. An empty field is a choice: not this one.
        Err(_) if facet == "field" => {
            choice.origin = Origin::Template;
            return Ok(());
        }
        Err(_) => return Ok(()),
    };
    match facet {
        "value" => choice.origin = Origin::Fixed(fitting(param, text, key)?),
        "field" => choice.origin = Origin::Field(field_name(text, key)?),
        "default" => choice.default = Some(fitting(param, text, key)?),
        "example" => choice.example = Some(fitting(param, text, key)?),
        _ => {
            let message = format!("A param has no {facet}");
            return Err(wrong("unknown-facet", message, key)
                .remedy(format!("there are {name}, {name}.field, {name}.default and {name}.example")));
        }
    }
    Ok(())
}

/// The same text, if it is one of the param's values.
fn fitting(param: &Param, text: String, key: &str) -> Result<String, Problem> {
    let takes = match param {
        Param::Text(_) => return Ok(text),
        Param::Color(_) => "a CSS colour such as #1e7a5f".to_owned(),
        Param::Number(number) => match (number.min, number.max) {
            (Some(min), Some(max)) => format!("a number from {min} to {max}"),
            (Some(min), None) => format!("a number from {min}"),
            (None, Some(max)) => format!("a number up to {max}"),
            (None, None) => "a number such as 1234.5".to_owned(),
        },
        Param::Choice(choice) => format!("one of {}", choice.choices.join(", ")),
        Param::Image(_) => "a picture such as asset:logo.png, or a URL on a host that the template allows".to_owned(),
        Param::Datetime(_) => "a day or a moment such as 2026-03-14 or 2026-03-14T15:30:00+01:00".to_owned(),
    };
    match fit::fit(param, text.clone()) {
        Ok(Value::Choice(word)) => Ok(word),
        Ok(_) => Ok(text),
        Err(Missing::OutOfRange) => Err(wrong("value-out-of-range", format!("This takes {takes}"), key)),
        Err(_) => Err(wrong("value-wrong-type", format!("This takes {takes}"), key)),
    }
    .map_err(|problem| problem.remedy("change it, or leave it empty"))
}

/// A field's name goes into a tag as it is.
fn field_name(text: String, key: &str) -> Result<String, Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || " _.:-".contains(c);
    if text.chars().all(plain) && text.len() <= MAX_FIELD_CHARS {
        return Ok(text);
    }
    Err(wrong(
        "field-name",
        format!("A field's name has at most {MAX_FIELD_CHARS} letters, digits, spaces and _ . : -"),
        key,
    )
    .remedy("write the field's name without the signs of a tag: first_name, Loyalty Tier"))
}

fn width(value: &str, limits: &Limits) -> Result<u32, Problem> {
    let px = value.parse().ok().filter(|px| (1..=limits.side_px).contains(px));
    px.ok_or_else(|| {
        wrong("bad-width", format!("A width is a whole number of px from 1 to {}", limits.side_px), "_w")
            .remedy("leave it empty for the template's own width")
    })
}

fn ratio(value: &str) -> Result<f32, Problem> {
    let ratio =
        value.parse().ok().and_then(|ratio: f32| RATIOS.into_iter().find(|known| known.to_bits() == ratio.to_bits()));
    ratio.ok_or_else(|| wrong("bad-ratio", "This is 1, 1.5, 2 or 3", "_dpr").remedy("leave it empty for 1"))
}

/// The height that keeps the template's proportions, as an `<img>` needs it.
fn height(width: u32, document: &Document) -> u32 {
    let whole = u64::from(width).saturating_mul(u64::from(document.height));
    let half = u64::from(document.width / 2);
    let height = whole.saturating_add(half).checked_div(u64::from(document.width)).unwrap_or(1);
    u32::try_from(height).unwrap_or(u32::MAX).max(1)
}

fn unknown_param(name: &str, declared: &Params) -> Problem {
    let known = || declared.keys().map(String::as_str);
    let remedy = nearest(name, known()).map_or_else(
        || format!("this template has {}", known().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean {near}?"),
    );
    // The name is the caller's own text: only what could be a param's name is repeated.
    let plain = name.len() <= MAX_FIELD_CHARS && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let field = if plain { name } else { "query" };
    wrong("unknown-param", "The template has no such param", field).remedy(remedy)
}

fn wrong(code: &'static str, message: impl Into<String>, field: &str) -> Problem {
    Problem::new(Fault::Request, code, message).at(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Template, samples};

    fn document(id: &str) -> Document {
        Template::parse(samples::get(id).unwrap(), &Limits::default()).unwrap().document
    }

    fn read(id: &str, query: &str) -> Result<Choices, Problem> {
        super::read(query, &document(id), &Limits::default())
    }

    #[test]
    fn params_are_fields_by_their_names() {
        let origins = |id| -> Vec<(String, Origin)> {
            let choices = read(id, "esp=klaviyo").unwrap();
            choices.params.into_iter().map(|(name, choice)| (name, choice.origin)).collect()
        };
        let field = |name: &str, field: &str| (name.to_owned(), Origin::Field(field.to_owned()));
        let template = |name: &str| (name.to_owned(), Origin::Template);
        assert_eq!(
            origins("welcome"),
            [template("bg_color"), field("company", "company"), template("message"), field("name", "first_name")]
        );
        assert!(origins("event-badge").contains(&field("ticket", "ticket")));
    }

    #[test]
    fn a_query_overrides() {
        let query = "esp=mailchimp&name.field=Nick%20Name&name.default=Valued+Customer&name.example=Zo%C3%AB&company=Acme\
                     &bg_color=1e7a5f&message.field=&_w=600&_dpr=2&format=html";
        let choices = read("welcome", query).unwrap();
        assert_eq!((choices.sender.id.as_str(), choices.width, choices.height), ("mailchimp", 600, 315));
        assert!((choices.dpr - 2.0).abs() < f32::EPSILON);
        let name = Choice {
            origin: Origin::Field("Nick Name".to_owned()),
            default: Some("Valued Customer".to_owned()),
            example: Some("Zoë".to_owned()),
        };
        assert_eq!(choices.of("name").unwrap(), &name);
        assert_eq!(choices.of("company").unwrap().origin, Origin::Fixed("Acme".to_owned()));
        assert_eq!(choices.of("bg_color").unwrap().origin, Origin::Fixed("1e7a5f".to_owned()));
        assert_eq!(choices.of("message").unwrap().origin, Origin::Template);
        // What a form sends for an input that nobody touched.
        let untouched = read("welcome", "esp=mailchimp&name=&name.default=&company.example=&_w=&_dpr=").unwrap();
        assert_eq!(untouched, read("welcome", "esp=mailchimp").unwrap());
        let badge = read("event-badge", "esp=kit&role=SPEAKER").unwrap();
        assert_eq!(badge.of("role").unwrap().origin, Origin::Fixed("speaker".to_owned()));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (id, query, code, field, remedy) in [
            ("welcome", "", "unknown-sender", "esp", "/v1/senders"),
            ("welcome", "esp=mailchip", "unknown-sender", "esp", "mailchimp"),
            ("welcome", "esp=klaviyo&nmae=x", "unknown-param", "nmae", "did you mean name?"),
            ("welcome", "esp=klaviyo&%3Cscript%3E=x", "unknown-param", "query", "this template has"),
            ("welcome", "esp=klaviyo&name.tag=x", "unknown-facet", "name.tag", "name.field"),
            ("welcome", "esp=klaviyo&name.field=first/name", "field-name", "name.field", "without the signs"),
            ("welcome", "esp=klaviyo&name.field=%7B%7Bx%7D%7D", "value-is-tag", "name.field", "name.field=first_name"),
            ("welcome", "esp=klaviyo&name=*%7CFNAME%7C*", "value-is-tag", "name", "name.field=first_name"),
            ("welcome", "esp=klaviyo&bg_color=blau", "value-wrong-type", "bg_color", "leave it empty"),
            ("welcome", "esp=klaviyo&bg_color.default=blau", "value-wrong-type", "bg_color.default", "leave it empty"),
            ("welcome", "esp=klaviyo&_w=0", "bad-width", "_w", "leave it empty"),
            ("welcome", "esp=klaviyo&_w=9999", "bad-width", "_w", "leave it empty"),
            ("welcome", "esp=klaviyo&_dpr=4", "bad-ratio", "_dpr", "leave it empty"),
            ("abandoned-cart", "esp=klaviyo&discount=100", "value-out-of-range", "discount", "leave it empty"),
            ("event-badge", "esp=klaviyo&role=boss", "value-wrong-type", "role", "leave it empty"),
        ] {
            let problem = read(id, query).unwrap_err();
            assert_eq!((problem.status(), problem.code, problem.field.as_deref()), (400, code, Some(field)), "{query}");
            assert!(problem.remedy.as_ref().unwrap().contains(remedy), "{query}: {problem}");
            assert!(!problem.to_string().contains("blau"), "{problem}");
        }
    }
}
