//! The query of `/v1/snippet/{template}` → the sender, the size, and the use of each param.
//!
//! Unlike a picture's query this one is strict. A person reads the error at once; without it a
//! misspelt param would be noticed only in a sent email.

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use crate::locale;
use crate::params::{Missing, Param, Params, Repairs, Value, clean, coerce};
use crate::request::{Format, language, query};
use crate::template::document::Document;
use crate::template::parse::nearest;

use super::sender::{self, Sender};

/// The most characters of a custom field's name.
const MAX_FIELD_CHARS: usize = 80;

/// The values of `_dpr` in a picture's URL: output px per CSS px.
const RATIOS: [f32; 4] = [1.0, 1.5, 2.0, 3.0];

/// A person's choices for a snippet.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    /// The sender of the emails.
    pub sender: Sender,
    /// The width of the `<img>` in CSS px.
    pub width: u32,
    /// The height of the `<img>` in CSS px; it follows from the width.
    pub height: u32,
    /// Output px per CSS px.
    pub dpr: f32,
    /// The format of the picture.
    pub format: Format,
    /// `_q`, for the picture.
    pub quality: Option<u8>,
    /// `_lang`, for the picture.
    pub lang: Option<String>,
    /// Every declared param, in the template's order.
    pub params: Vec<(String, Choice)>,
}

impl Choices {
    /// The choice for a param. `None` if the template does not declare it.
    #[must_use]
    pub fn of(&self, param: &str) -> Option<&Choice> {
        self.params.iter().find(|(name, _)| name == param).map(|(_, choice)| choice)
    }
}

/// The choice for one param.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// Where the value comes from.
    pub origin: Origin,
    /// A default for a missing value. It is used in place of the template's.
    pub default: Option<String>,
    /// A value for the preview.
    pub example: Option<String>,
    /// Whether its value may hold any character.
    pub is_text: bool,
}

/// The place that a param's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// A field of the sender, by the name of [`sender::FIELDS`] or its own: the value differs
    /// between recipients.
    Field(String),
    /// A fixed value for all recipients.
    Fixed(String),
    /// The template's default, or no value.
    #[default]
    Template,
}

impl Choice {
    /// The choice for a param that the query does not name. A text becomes a field of the sender if
    /// its name is that of a common field, or if the template has no default for it (such texts are
    /// mostly about a person). So does a text, a number or a date with an example, by its own name: an
    /// example says that the values differ. What is left to the template is the same for everyone.
    #[must_use]
    pub fn usual(name: &str, param: &Param) -> Self {
        let origin = match (sender::field_of(name), param) {
            // Of a person whose example has two names, one would be missing.
            (Some("first_name"), Param::Text(text)) if text.example.as_deref().is_some_and(has_two_words) => {
                Origin::Field("full_name".to_owned())
            }
            (Some(field), Param::Text(_)) => Origin::Field(field.to_owned()),
            (_, Param::Record(_)) => Origin::Field(name.to_owned()),
            (_, Param::Email(_)) => Origin::Field("email".to_owned()),
            (None, Param::Text(text)) if text.default.is_none() => Origin::Field(name.to_owned()),
            (_, Param::Text(_) | Param::Rich(_) | Param::Number(_) | Param::Date(_) | Param::Datetime(_))
                if param.example().is_some() =>
            {
                Origin::Field(name.to_owned())
            }
            _ => Origin::Template,
        };
        let is_text = matches!(param, Param::Text(_) | Param::Rich(_) | Param::List(_));
        Self { origin, is_text, ..Self::default() }
    }
}

fn has_two_words(text: &str) -> bool {
    text.trim().contains(' ')
}

/// Reads the raw query.
///
/// # Errors
/// 400 with the query name as its field: an unknown sender or param, a value that does not fit its
/// param, a wrong size.
pub fn read(query: &str, document: &Document, limits: &Limits) -> Result<Choices, Problem> {
    let usual = document.params_in_order().map(|(name, param)| (name.clone(), Choice::usual(name, param)));
    let mut params: Vec<(String, Choice)> = usual.collect();
    let (mut esp, mut width, mut dpr) = (String::new(), document.width, 1.0);
    let (mut format, mut quality, mut lang) = (Format::Png, None, None);
    for pair in query::pairs(query, limits) {
        let value = pair.value.trim();
        match pair.name.as_ref() {
            "esp" => value.clone_into(&mut esp),
            // `reply` reads the format of the answer.
            "format" => {}
            "_w" if !value.is_empty() => width = self::width(value, limits)?,
            "_dpr" if !value.is_empty() => dpr = ratio(value)?,
            "_ext" if !value.is_empty() => format = self::format(value)?,
            "_q" if !value.is_empty() => quality = Some(self::quality(value)?),
            "_lang" if !value.is_empty() => lang = Some(self::lang(value)?),
            "_w" | "_dpr" | "_ext" | "_q" | "_lang" => {}
            name => choose(&mut params, &document.params, name, value, limits)?,
        }
    }
    let (sender, height) = (sender::find(&esp)?, height(width, document));
    Ok(Choices { sender, width, height, dpr, format, quality, lang, params })
}

/// Reads one pair about a param: `name` or `name.value`, `name.field`, `name.default`,
/// `name.example`.
fn choose(
    params: &mut [(String, Choice)],
    declared: &Params,
    key: &str,
    value: &str,
    limits: &Limits,
) -> Result<(), Problem> {
    let (name, suffix) = key.split_once('.').unwrap_or((key, "value"));
    let choice = params.iter_mut().find(|(known, _)| known == name).map(|(_, choice)| choice);
    let (Some(param), Some(choice)) = (declared.get(name), choice) else {
        return Err(unknown_param(name, declared));
    };
    let text = match clean::text(value, limits.value_chars, &mut Repairs::default()) {
        Ok(text) => text,
        Err(Missing::MergeTag(_)) => {
            return Err(wrong("value-is-tag", "The value is a merge tag, which the snippet writes itself", key)
                .remedy(format!("name the field instead: {name}.field=first_name, or any other field")));
        }
        // Forms send their empty inputs too. An empty field means that the param is not to be a
        // field.
        Err(_) if suffix == "field" => {
            choice.origin = Origin::Template;
            return Ok(());
        }
        Err(_) => return Ok(()),
    };
    match suffix {
        "value" => choice.origin = Origin::Fixed(fitting(param, text, key)?),
        "field" => choice.origin = Origin::Field(field_name(text, key)?),
        "default" => choice.default = Some(fitting(param, text, key)?),
        "example" => choice.example = Some(fitting(param, text, key)?),
        _ => {
            let message = format!("A param has no {suffix}");
            return Err(wrong("unknown-facet", message, key)
                .remedy(format!("there are {name}, {name}.field, {name}.default and {name}.example")));
        }
    }
    Ok(())
}

/// The text itself if it is a valid value of the param; a word of a choice is spelled as declared.
fn fitting(param: &Param, text: String, key: &str) -> Result<String, Problem> {
    if matches!(param, Param::Text(_) | Param::Rich(_)) {
        return Ok(text);
    }
    let expected = param.expected();
    match coerce::value(param, text.clone()) {
        Ok(Value::Choice(word)) => Ok(word),
        Ok(_) => Ok(text),
        Err(Missing::OutOfRange) => Err(wrong("value-out-of-range", format!("The value must be {expected}"), key)),
        Err(_) => Err(wrong("value-wrong-type", format!("The value must be {expected}"), key)),
    }
    .map_err(|problem| problem.remedy("change it, or leave it empty"))
}

/// Checks the name of a field, which goes into a tag unchanged.
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
    ratio.ok_or_else(|| wrong("bad-ratio", "The ratio must be 1, 1.5, 2 or 3", "_dpr").remedy("leave it empty for 1"))
}

fn format(value: &str) -> Result<Format, Problem> {
    let format = Format::from_extension(value).filter(|format| format.is_image());
    format.ok_or_else(|| {
        wrong("bad-format", "The format must be png, jpg, webp or gif", "_ext").remedy("leave it empty for png")
    })
}

fn quality(value: &str) -> Result<u8, Problem> {
    let quality = value.parse().ok().filter(|quality| (1..=100).contains(quality));
    quality.ok_or_else(|| {
        wrong("bad-quality", "A quality is a whole number from 1 to 100", "_q")
            .remedy("leave it empty for the usual one")
    })
}

fn lang(value: &str) -> Result<String, Problem> {
    let code = locale::language::code(value);
    language(value).filter(|_| code.is_none()).ok_or_else(|| {
        let remedy = code.map_or_else(
            || "leave it empty for that of the template".to_owned(),
            |code| format!("did you mean {code}?"),
        );
        wrong("bad-language", "Expected a language such as de or pt-BR", "_lang").remedy(remedy)
    })
}

/// The height of an `<img>` that keeps the template's proportions, in CSS px.
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
    // The name is the caller's text. It is repeated only if it could be the name of a param.
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
    fn params_become_fields_by_their_names() {
        let origins = |id| -> Vec<(String, Origin)> {
            let choices = read(id, "esp=klaviyo").unwrap();
            choices.params.into_iter().map(|(name, choice)| (name, choice.origin)).collect()
        };
        let field = |name: &str, field: &str| (name.to_owned(), Origin::Field(field.to_owned()));
        let template = |name: &str| (name.to_owned(), Origin::Template);
        assert_eq!(
            origins("welcome"),
            [field("name", "first_name"), field("company", "company"), template("message"), template("bg_color")]
        );
        assert!(origins("event-badge").contains(&field("ticket", "ticket")));
    }

    #[test]
    fn the_query_overrides_the_usual_choices() {
        let query = "esp=mailchimp&name.field=Nick%20Name&name.default=Valued+Customer&name.example=Zo%C3%AB&company=Acme\
                     &bg_color=1e7a5f&message.field=&_w=600&_dpr=2&format=html";
        let choices = read("welcome", query).unwrap();
        assert_eq!((choices.sender.id.as_str(), choices.width, choices.height), ("mailchimp", 600, 315));
        assert!((choices.dpr - 2.0).abs() < f32::EPSILON);
        let name = Choice {
            origin: Origin::Field("Nick Name".to_owned()),
            default: Some("Valued Customer".to_owned()),
            example: Some("Zoë".to_owned()),
            is_text: true,
        };
        assert_eq!(choices.of("name").unwrap(), &name);
        assert_eq!(choices.of("company").unwrap().origin, Origin::Fixed("Acme".to_owned()));
        assert_eq!(choices.of("bg_color").unwrap().origin, Origin::Fixed("1e7a5f".to_owned()));
        assert_eq!(choices.of("message").unwrap().origin, Origin::Template);
        // A form sends these for inputs that nobody filled in.
        let untouched = read("welcome", "esp=mailchimp&name=&name.default=&company.example=&_w=&_dpr=").unwrap();
        assert_eq!(untouched, read("welcome", "esp=mailchimp").unwrap());
        let badge = read("event-badge", "esp=kit&role=SPEAKER").unwrap();
        assert_eq!(badge.of("role").unwrap().origin, Origin::Fixed("speaker".to_owned()));
    }

    #[test]
    fn errors_name_the_field_and_the_remedy() {
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
