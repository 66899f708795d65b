//! The alt text with the sender's tags in it.
//!
//! A template's alt is Jinja, and no sender's language is. So it is printed once, with a stand-in for each
//! value that the sender will know: one private-use character, which no filter changes. What is printed is
//! text with tags in it, and conditions and filters have done their work. A param without any default is
//! printed as missing: a tag that prints nothing would leave a hole in a sentence.

use crate::params::{Param, Resolved, Source, Value, Values, fit};
use crate::template::expression::Context;
use crate::template::{Template, Templated};

use super::Piece;
use super::choices::{Choice, Choices, Origin};

/// The first stand-in: a private-use character (Unicode §23.5), one for each param.
const FIRST_STAND_IN: u32 = 0xE000;

/// Filters that look into a value, and would find the stand-in.
const LOOK_INTO: [&str; 3] = ["length", "initials", "truncate"];

/// The alt text.
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
    // A filter for numbers or dates refuses the stand-in of a text: then nobody's name is in it.
    print(&tags).or_else(|_| print(&[])).unwrap_or_default()
}

/// A param whose value the sender knows: its stand-in, its tag.
struct Tag<'a> {
    param: &'a str,
    stand_in: char,
    tag: String,
}

fn tags<'a>(template: &'a Template, choices: &Choices) -> Vec<Tag<'a>> {
    let params = template.document.params.iter();
    params
        .zip(FIRST_STAND_IN..)
        .filter_map(|((name, param), code)| {
            let Param::Text(text) = param else { return None };
            let choice = choices.of(name)?;
            let Origin::Field(field) = &choice.origin else { return None };
            let default = choice.default.as_ref().or(text.default.as_ref())?;
            let tag = choices.sender.text_tag(field, default);
            Some(Tag { param: name, stand_in: char::from_u32(code)?, tag })
        })
        .collect()
}

fn values(template: &Template, choices: &Choices, tags: &[Tag<'_>]) -> Values {
    let mut values = Values::new();
    for (name, param) in &template.document.params {
        let stand_in = tags.iter().find(|tag| tag.param == name).map(|tag| Value::Text(tag.stand_in.to_string()));
        let value = stand_in.or_else(|| known(param, choices.of(name)));
        values.insert(name.clone(), Resolved::new(value, Source::Given));
    }
    values
}

/// The value that everybody's picture has.
fn known(param: &Param, choice: Option<&Choice>) -> Option<Value> {
    let chosen = choice.and_then(|choice| match &choice.origin {
        Origin::Fixed(value) => Some(value),
        Origin::Field(_) => choice.default.as_ref(),
        Origin::Template => None,
    });
    chosen.and_then(|text| fit::fit(param, text.clone()).ok()).or_else(|| fit::default(param))
}

/// What was printed, cut at the stand-ins.
fn pieces(printed: &str, tags: &[Tag<'_>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for c in printed.trim().chars() {
        match tags.iter().find(|tag| tag.stand_in == c) {
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
    fn speaks_the_senders_language() {
        for (id, query, expected) in [
            ("welcome", "esp=klaviyo", "Welcome, {{ first_name|default:'friend' }}!"),
            ("welcome", "esp=klaviyo&name.default=you+there", "Welcome, {{ first_name|default:'you there' }}!"),
            ("welcome", "esp=activecampaign", "Welcome, %FIRSTNAME%!"),
            // A fixed value goes through the template's filters, `title` here.
            ("welcome", "esp=klaviyo&name=maria", "Welcome, Maria!"),
            ("welcome", "esp=klaviyo&name.field=", "Welcome, Friend!"),
            // A condition, with a default and without: no sentence has a hole.
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
    fn says_something_about_every_sample() {
        for id in samples::ids() {
            let alt = alt(id, "esp=mailchimp");
            assert!(!alt.trim().is_empty() && !alt.contains('\u{e000}'), "{id}: {alt}");
        }
    }
}
