//! The alt text of a snippet, with the sender's tags in it.
//!
//! A template's alt text is a Jinja expression, which no sender understands. So it is evaluated
//! here, with a placeholder for each value that only the sender knows: a private-use character,
//! which no filter changes. Then the placeholders are replaced by tags. A param without any default
//! counts as missing: a tag that prints nothing would leave a gap in the sentence.

use crate::params::{Param, Resolved, Source, Value, Values, coerce};
use crate::template::expression::Context;
use crate::template::{Template, Templated};

use super::Piece;
use super::choices::{Choice, Choices, Origin};

/// The first placeholder, a private-use character (Unicode §23.5). Each param has its own.
const FIRST_PLACEHOLDER: u32 = 0xE000;

/// Filters whose result depends on the characters of a value, and not only on the whole of it.
const LOOK_INTO: [&str; 3] = ["length", "initials", "truncate"];

/// The alt text of the snippet: text and tags in turns, not escaped.
///
/// Params that come from a field of the sender and have a default become tags; all others have
/// their fixed value, their default, or are missing. If an expression looks into a value (as
/// `truncate` does) or cannot take a text (as `number` does), the alt text has no tags at all. A
/// template without `alt` gets its `title`, or else an empty alt text.
#[must_use]
pub fn alt(template: &Template, choices: &Choices) -> Vec<Piece> {
    let source = match &template.document.alt {
        None => return template.document.title.clone().map(Piece::Text).into_iter().collect(),
        Some(Templated::Literal(text)) => return vec![Piece::Text(text.clone())],
        Some(Templated::Expression(source)) => source,
    };
    let print = |tags: &[Tag<'_>]| {
        let context = Context::new(&values(template, choices, tags), template.document.lang.as_deref());
        template.expressions.text(source, &context).map(|printed| pieces(&printed, tags))
    };
    let looks_into = LOOK_INTO.iter().any(|filter| source.contains(filter));
    let tags = if looks_into { Vec::new() } else { tags(template, choices) };
    // A filter for numbers or dates refuses a placeholder. Then the alt text has no tags.
    print(&tags).or_else(|_| print(&[])).unwrap_or_default()
}

/// A param whose value only the sender knows.
struct Tag<'a> {
    param: &'a str,
    placeholder: char,
    tag: String,
}

fn tags<'a>(template: &'a Template, choices: &Choices) -> Vec<Tag<'a>> {
    let params = template.document.params.iter();
    params
        .zip(FIRST_PLACEHOLDER..)
        .filter_map(|((name, param), code)| {
            let Param::Text(text) = param else { return None };
            let choice = choices.of(name)?;
            let Origin::Field(field) = &choice.origin else { return None };
            let default = choice.default.as_ref().or(text.default.as_ref())?;
            let tag = choices.sender.text_tag(field, default);
            Some(Tag { param: name, placeholder: char::from_u32(code)?, tag })
        })
        .collect()
}

fn values(template: &Template, choices: &Choices, tags: &[Tag<'_>]) -> Values {
    let mut values = Values::new();
    for (name, param) in &template.document.params {
        let placeholder = tags.iter().find(|tag| tag.param == name).map(|tag| Value::Text(tag.placeholder.to_string()));
        let value = placeholder.or_else(|| known(param, choices.of(name)));
        values.insert(name.clone(), Resolved::new(value, Source::Given));
    }
    values
}

/// The value that does not depend on the recipient: a fixed value or a default.
fn known(param: &Param, choice: Option<&Choice>) -> Option<Value> {
    let chosen = choice.and_then(|choice| match &choice.origin {
        Origin::Fixed(value) => Some(value),
        Origin::Field(_) => choice.default.as_ref(),
        Origin::Template => None,
    });
    chosen.and_then(|text| coerce::value(param, text.clone()).ok()).or_else(|| coerce::default(param))
}

/// Splits the evaluated text at its placeholders, and puts the tags in their place.
fn pieces(printed: &str, tags: &[Tag<'_>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for c in printed.trim().chars() {
        match tags.iter().find(|tag| tag.placeholder == c) {
            None => text.push(c),
            Some(tag) => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Tag(tag.tag.clone()));
            }
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::snippet::{choices, plain};
    use crate::template::samples;

    fn alt(id: &str, query: &str) -> String {
        let template = Template::parse(samples::get(id).unwrap(), &Limits::default()).unwrap();
        let choices = choices::read(query, &template.document, &Limits::default()).unwrap();
        plain(&super::alt(&template, &choices))
    }

    #[test]
    fn has_the_tags_of_the_sender() {
        for (id, query, expected) in [
            ("welcome", "esp=klaviyo", "Welcome, {{ first_name|default:'friend' }}!"),
            ("welcome", "esp=klaviyo&name.default=you+there", "Welcome, {{ first_name|default:'you there' }}!"),
            ("welcome", "esp=activecampaign", "Welcome, %FIRSTNAME%!"),
            // A fixed value goes through the template's filters, `title` here.
            ("welcome", "esp=klaviyo&name=maria", "Welcome, Maria!"),
            ("welcome", "esp=klaviyo&name.field=", "Welcome, Friend!"),
            // A condition on a param, without a default and with one.
            ("real-estate", "esp=mailchimp", "Welcome home"),
            (
                "real-estate",
                "esp=mailchimp&family.default=neighbour",
                "Welcome home, *|IF:LNAME|**|LNAME|**|ELSE:|*neighbour*|END:IF|*",
            ),
            ("sales-outreach", "esp=hubspot", "Your company on Tidewater"),
            (
                "sales-outreach",
                "esp=hubspot&company.default=Your+team",
                "{{ personalization_token('contact.company', 'Your team') }} on Tidewater",
            ),
            ("event-badge", "esp=kit&role=crew", "Parallel 26: {{ subscriber.first_name | default: 'Guest' }}, crew"),
        ] {
            assert_eq!(alt(id, query), expected, "{id} {query}");
        }
    }

    #[test]
    fn every_sample_has_an_alt_text() {
        for id in samples::ids() {
            let alt = alt(id, "esp=mailchimp");
            assert!(!alt.trim().is_empty() && !alt.contains('\u{e000}'), "{id}: {alt}");
        }
    }
}
