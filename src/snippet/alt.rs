//! The alt text of a snippet, with the sender's tags in it.
//!
//! A template's alt text is a Jinja expression, which no sender understands. So it is evaluated
//! here, with a placeholder for each value that only the sender knows: for a text a private-use
//! character, which no filter changes; for a number one that nobody has. Then the placeholders are
//! replaced by tags.
//!
//! What a tag prints if the field is empty must fit the sentence. A param without a default of its own
//! has the words that the sentence has without it (`{{ company | default('Your company') }}`); if these
//! are no single phrase in the tag's place, the param counts as missing.

use crate::params::{Param, Resolved, Source, Value, Values, coerce};
use crate::template::expression::Context;
use crate::template::{Template, Templated};
use crate::text::closed_gaps;

use super::Piece;
use super::choices::{Choice, Choices, Origin};

/// The first placeholder of a text, a private-use character (Unicode §23.5). Each param has its own.
const FIRST_PLACEHOLDER: u32 = 0xE000;

/// The digits of a number's placeholder, before those of its index. No list of customers is as long.
const NUMBER_PLACEHOLDER: u32 = 820_000_000;

/// Filters whose result depends on the characters of a value, and not only on the whole of it.
const LOOK_INTO: [&str; 3] = ["length", "initials", "truncate"];

/// An alt text, and how it differs from the picture.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Alt {
    /// Text and tags in turns, not escaped.
    pub pieces: Vec<Piece>,
    /// The params whose phrase is left out, because the sender cannot say it only where there is a value.
    pub left_out: Vec<String>,
    /// The numbers that it says as the sender has them, and of which the picture takes a range.
    pub unbounded: Vec<String>,
}

/// The alt text of the snippet: text and tags in turns, not escaped.
///
/// Params that come from a field of the sender become tags; all others have their fixed value, their
/// default, or are missing. If an expression looks into a value (as `truncate` does) or cannot take a
/// text (as `number` does), the alt text has no tags at all. A template without `alt` gets its `title`,
/// or else an empty alt text.
#[must_use]
pub fn alt(template: &Template, choices: &Choices) -> Vec<Piece> {
    written(template, choices).pieces
}

/// The alt text as [`alt`] gives it, with what the picture shows and it cannot say.
#[must_use]
pub fn written(template: &Template, choices: &Choices) -> Alt {
    let fixed = |pieces| Alt { pieces, ..Alt::default() };
    let source = match &template.document.alt {
        None => return fixed(template.document.title.clone().map(Piece::Text).into_iter().collect()),
        Some(Templated::Literal(text)) => return fixed(vec![Piece::Text(text.clone())]),
        Some(Templated::Expression(source)) => source,
    };
    let lang = choices.lang.as_deref().or(template.document.lang.as_deref());
    let print = |tags: &[Tag<'_>]| {
        let context = Context::new(&values(template, choices, tags), lang);
        template.expressions.text(source, &context).map(|text| closed_gaps(&text))
    };
    let looks_into = LOOK_INTO.iter().any(|filter| source.contains(filter));
    let mut tags = if looks_into { Vec::new() } else { tags(template, choices, source) };
    if print(&tags).is_err() {
        // A filter refuses a placeholder: without those of numbers it may not.
        tags.retain(|tag| matches!(tag.placeholder, Placeholder::Letter(_)));
    }
    let mut left_out = Vec::new();
    // A tag without a default has the words that the sentence has without it.
    let open: Vec<&str> = tags.iter().filter(|tag| tag.default.is_none()).map(|tag| tag.param).collect();
    for param in open {
        let (with, without): (Vec<_>, Vec<_>) =
            (tags.clone(), tags.iter().filter(|tag| tag.param != param).cloned().collect());
        let words = match (print(&with), print(&without)) {
            (Ok(with), Ok(without)) => {
                tags.iter().find(|tag| tag.param == param).and_then(|tag| in_place(&with, &without, &tag.placeholder))
            }
            _ => None,
        };
        let around = match (&words, print(&with), print(&without)) {
            (None, Ok(with), Ok(without)) if choices.sender.when.is_some() => {
                tags.iter().find(|tag| tag.param == param).and_then(|tag| around(&with, &without, &tag.placeholder))
            }
            _ => None,
        };
        match tags.iter_mut().find(|tag| tag.param == param) {
            Some(tag) if words.is_some() || around.is_some() => (tag.default, tag.around) = (words, around),
            _ => {
                if print(&with).ok() != print(&without).ok() {
                    left_out.push(param.to_owned());
                }
                tags = without;
            }
        }
    }
    // A filter for numbers or dates refuses a placeholder. Then the alt text has no tags.
    let Ok(printed) = print(&tags) else {
        return fixed(print(&[]).map(|printed| pieces(&printed, &[], choices)).unwrap_or_default());
    };
    let has_range = |tag: &&Tag<'_>| match template.document.params.get(tag.param) {
        Some(Param::Number(number)) => number.min.is_some() || number.max.is_some(),
        _ => false,
    };
    let is_said = |tag: &&Tag<'_>| {
        let others: Vec<_> = tags.iter().filter(|other| other.param != tag.param).cloned().collect();
        print(&others).ok().as_ref() != Some(&printed)
    };
    let unbounded = tags.iter().filter(has_range).filter(is_said).map(|tag| tag.param.to_owned()).collect();
    Alt { pieces: pieces(&printed, &tags, choices), left_out, unbounded }
}

/// The words of a sentence that stand in the place of a placeholder in another one; the rest of both is
/// the same. `None` if there are none, or if the placeholder stands there several times.
fn in_place(with: &str, without: &str, placeholder: &Placeholder) -> Option<String> {
    let (before, behind) = match placeholder {
        Placeholder::Letter(letter) => with.split_once(*letter)?,
        Placeholder::Number(_) => return None,
    };
    let words = without.strip_prefix(before)?.strip_suffix(behind)?.trim();
    (!words.is_empty()).then(|| words.to_owned())
}

/// What stands around a placeholder in a sentence, if the other one is the same without all of it:
/// `, ` and nothing, in `Welcome home, …` and `Welcome home`.
fn around(with: &str, without: &str, placeholder: &Placeholder) -> Option<(String, String)> {
    let Placeholder::Letter(letter) = placeholder else { return None };
    let (before, behind) = with.split_once(*letter)?;
    let same = before.chars().zip(without.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    // Where the words are the same by chance, as in `desk in … is` and `desk is`, the whole word belongs to the
    // phrase.
    let is_in_word = |at: usize| {
        let ends = without.get(..at).is_some_and(|text| text.ends_with(char::is_alphanumeric));
        let goes_on = |text: Option<&str>| text.is_some_and(|text| text.starts_with(char::is_alphanumeric));
        ends && (goes_on(without.get(at..)) || goes_on(before.get(at..)))
    };
    let same = (0..=same).rev().find(|at| without.is_char_boundary(*at) && !is_in_word(*at))?;
    let (begin, end) = without.split_at_checked(same)?;
    let after = behind.strip_suffix(end)?;
    Some((before.strip_prefix(begin)?.to_owned(), after.to_owned()))
}

/// A param whose value only the sender knows.
#[derive(Clone)]
struct Tag<'a> {
    param: &'a str,
    placeholder: Placeholder,
    field: &'a str,
    /// What is printed if the field is empty. `None` if nothing is known.
    default: Option<String>,
    /// What is printed around it if the field is not empty.
    around: Option<(String, String)>,
}

/// What stands for a value that is not known.
#[derive(Clone, Copy)]
enum Placeholder {
    Letter(char),
    Number(u32),
}

impl Placeholder {
    fn value(self) -> Value {
        match self {
            Self::Letter(letter) => Value::Text(letter.to_string()),
            Self::Number(number) => Value::Number(f64::from(number)),
        }
    }
}

fn tags<'a>(template: &'a Template, choices: &'a Choices, source: &str) -> Vec<Tag<'a>> {
    // A condition on a number would take a branch of it.
    let asks = source.contains("{%") || source.contains(" if ");
    let params = template.document.params.iter().zip(0_u32..);
    params
        .filter_map(|((name, param), index)| {
            let choice = choices.of(name)?;
            let Origin::Field(field) = &choice.origin else { return None };
            let letter = || Some(Placeholder::Letter(char::from_u32(FIRST_PLACEHOLDER.checked_add(index)?)?));
            let (placeholder, default) = match param {
                Param::Text(text) => (letter()?, text.default.clone()),
                Param::Email(email) => (letter()?, email.default.clone()),
                Param::Number(number) if !asks => {
                    let default = number.default.map(|number| number.to_string()).unwrap_or_default();
                    (Placeholder::Number(NUMBER_PLACEHOLDER.checked_add(index)?), Some(default))
                }
                _ => return None,
            };
            let default = choice.default.clone().or(default);
            Some(Tag { param: name, placeholder, field, default, around: None })
        })
        .collect()
}

fn values(template: &Template, choices: &Choices, tags: &[Tag<'_>]) -> Values {
    let mut values = Values::new();
    for (name, param) in &template.document.params {
        let placeholder = tags.iter().find(|tag| tag.param == name).map(|tag| tag.placeholder.value());
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
fn pieces(printed: &str, tags: &[Tag<'_>], choices: &Choices) -> Vec<Piece> {
    let plain = |tag: &Tag<'_>| {
        Piece::Tag(match &tag.default {
            Some(default) if !default.is_empty() => choices.sender.text_tag(tag.field, default),
            _ => choices.sender.bare_tag(tag.field),
        })
    };
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = printed.trim();
    while let Some(c) = rest.chars().next() {
        let letter = tags.iter().find(|tag| matches!(tag.placeholder, Placeholder::Letter(letter) if letter == c));
        let (found, length) = match letter {
            Some(tag) => (Some(tag), c.len_utf8()),
            None if c.is_ascii_digit() => {
                let (digits, length) = number(rest);
                let is_it = |tag: &&Tag<'_>| matches!(tag.placeholder, Placeholder::Number(number) if digits == number.to_string());
                match tags.iter().find(is_it) {
                    Some(tag) => (Some(tag), length),
                    None => (None, c.len_utf8()),
                }
            }
            None => (None, c.len_utf8()),
        };
        let (here, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = behind;
        match found {
            None => text.push_str(here),
            Some(found) => {
                let whole = match &found.around {
                    Some((before, after)) if text.ends_with(before.as_str()) && rest.starts_with(after.as_str()) => {
                        choices.sender.text_when(found.field, before, after).map(Piece::Tag)
                    }
                    _ => None,
                };
                if let (Some((before, after)), Some(_)) = (&found.around, &whole) {
                    text.truncate(text.len().saturating_sub(before.len()));
                    rest = rest.get(after.len()..).unwrap_or_default();
                }
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(whole.unwrap_or_else(|| plain(found)));
            }
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

/// The digits of the number that a text begins with, without what groups them and without decimals that
/// are 0; and its bytes.
fn number(text: &str) -> (String, usize) {
    let (mut digits, mut length, mut end) = (String::new(), 0_usize, 0);
    for c in text.chars() {
        length = length.saturating_add(c.len_utf8());
        match c {
            '0'..='9' => {
                digits.push(c);
                end = length;
            }
            '.' | ',' | '\'' | '’' | '\u{a0}' | '\u{202f}' => {}
            _ => break,
        }
    }
    // A placeholder has nine digits.
    let most = NUMBER_PLACEHOLDER.to_string().len();
    let decimals = digits.get(most..).unwrap_or_default();
    if !decimals.is_empty() && decimals.bytes().all(|byte| byte == b'0') {
        digits.truncate(most);
    }
    (digits, end)
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
            ("welcome", "esp=klaviyo&name.field=", "Welcome, friend!"),
            // A condition on a param, without a default and with one.
            ("real-estate", "esp=mailchimp", "Welcome home*|IF:LNAME|*, *|LNAME|**|END:IF|*"),
            ("real-estate", "esp=activecampaign", "Welcome home"),
            (
                "website-banner",
                "esp=klaviyo",
                "Your desk {% if person.location.city %}in {{ person.location.city }} {% endif %}is ready",
            ),
            (
                "real-estate",
                "esp=mailchimp&family.default=neighbour",
                "Welcome home, *|IF:LNAME|**|LNAME|**|ELSE:|*neighbour*|END:IF|*",
            ),
            (
                "sales-outreach",
                "esp=hubspot",
                "{{ personalization_token('contact.company', 'Your company') }} on Tidewater",
            ),
            // A number keeps its tag, whatever prints it.
            ("loyalty-card", "esp=klaviyo", "Copperleaf: {{ person|lookup:'stamps'|default:'0' }} of 10 stamps"),
            (
                "sales-outreach",
                "esp=hubspot&company.default=Your+team",
                "{{ personalization_token('contact.company', 'Your team') }} on Tidewater",
            ),
            (
                "event-badge",
                "esp=kit&role=crew",
                "Parallel 26: {{ subscriber.first_name | default: 'Guest' }} {{ subscriber.last_name }}, Crew",
            ),
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
