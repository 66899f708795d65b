//! The URL of a snippet's picture: with the sender's tags, with examples, or with neither.
//!
//! Tags come last in the query, after size, fixed values and defaults. If a sender does not encode
//! fields, a `#` in a recipient's value cuts off the rest of the URL, which then is as short as
//! possible: first the name, then numbers and dates, and texts in which a `#` may be at the end.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::choices::{Choice, Choices, Origin};
use super::{Piece, sender};

/// The values of those params that come from a field of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// The sender's tags, for the snippet.
    Tags,
    /// Examples, for a preview.
    Examples,
    /// No values, for the picture of a recipient whose data is missing.
    Nothing,
}

/// The URL of the picture, not escaped for HTML. `path` is the URL up to its query:
/// `https://img.example/i/welcome.png`. `template_width` is in template px; `examples` are the
/// template's, by param.
#[must_use]
pub fn pieces(
    path: &str,
    choices: &Choices,
    template_width: u32,
    examples: &[(String, String)],
    fill: Fill,
) -> Vec<Piece> {
    let space_as_plus = choices.sender.tag.contains('%');
    let mut query = Query { pieces: vec![Piece::Text(path.to_owned())], empty: true, space_as_plus };
    if choices.width != template_width {
        query.pair("_w", &choices.width.to_string());
    }
    if choices.dpr > 1.0 {
        query.pair("_dpr", &choices.dpr.to_string());
    }
    if let Some(quality) = choices.quality {
        query.pair("_q", &quality.to_string());
    }
    if let Some(lang) = &choices.lang {
        query.pair("_lang", lang);
    }
    for (name, choice) in &choices.params {
        if let Origin::Fixed(value) = &choice.origin {
            query.pair(name, value);
        }
    }
    for (name, choice) in &choices.params {
        // Only the value of a field can be missing, so that only fields need a default.
        if let (Origin::Field(_), Some(default)) = (&choice.origin, &choice.default) {
            query.pair(&format!("{name}.default"), default);
        }
    }
    let rank = |choice: &Choice| match &choice.origin {
        Origin::Field(field) if sender::NAMES.contains(&field.as_str()) => 0_u8,
        _ if choice.is_text => 2,
        _ => 1,
    };
    // Three walks, because a sort would be larger than all of this.
    let of_rank = |wanted| choices.params.iter().filter(move |(_, choice)| rank(choice) == wanted);
    for (name, choice) in (0..=2).flat_map(of_rank) {
        let Origin::Field(field) = &choice.origin else { continue };
        match fill {
            Fill::Tags => query.tag(name, choices.sender.url_tag(field)),
            Fill::Examples => {
                if let Some(example) = example(name, choice, examples) {
                    query.pair(name, example);
                }
            }
            Fill::Nothing => {}
        }
    }
    query.pieces
}

/// The person's example of a param, or else the template's.
fn example<'a>(name: &str, choice: &'a Choice, examples: &'a [(String, String)]) -> Option<&'a str> {
    let own = || examples.iter().find(|(param, _)| param == name).map(|(_, example)| example.as_str());
    choice.example.as_deref().or_else(own)
}

/// A URL that is being written.
struct Query {
    pieces: Vec<Piece>,
    /// Whether the query has no pairs yet.
    empty: bool,
    /// Whether a space is written as `+`, and not as `%20`. In a URL with `%FIRSTNAME%` the sender
    /// could take any other `%` for the sign of a tag.
    space_as_plus: bool,
}

impl Query {
    fn pair(&mut self, name: &str, value: &str) {
        let value = encode(value, self.space_as_plus);
        let start = self.start(name);
        self.pieces.push(Piece::Text(format!("{start}{value}")));
    }

    fn tag(&mut self, name: &str, tag: String) {
        let start = self.start(name);
        self.pieces.push(Piece::Text(start));
        self.pieces.push(Piece::Tag(tag));
    }

    fn start(&mut self, name: &str) -> String {
        let mark = if self.empty { '?' } else { '&' };
        self.empty = false;
        format!("{mark}{name}=")
    }
}

/// All characters but the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encode(text: &str, space_as_plus: bool) -> String {
    let encoded = utf8_percent_encode(text, RESERVED).to_string();
    if space_as_plus { encoded.replace("%20", "+") } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::snippet::{choices, describe, plain};
    use crate::template::{Template, samples};

    fn urls(id: &str, query: &str) -> [String; 3] {
        let template = Template::parse(samples::get(id).unwrap(), &Limits::default()).unwrap();
        let choices = choices::read(query, &template.document, &Limits::default()).unwrap();
        let examples = describe::examples(&template.document.params);
        [Fill::Tags, Fill::Examples, Fill::Nothing]
            .map(|fill| plain(&pieces("/i/x.png", &choices, template.document.width, &examples, fill)))
    }

    #[test]
    fn tags_come_last() {
        let query = "esp=klaviyo&name.default=Valued%20Customer&bg_color=%231e7a5f&_w=600&_dpr=2&company.field=";
        let start = "/i/x.png?_w=600&_dpr=2&bg_color=%231e7a5f&name.default=Valued%20Customer";
        let [tags, examples, nothing] = urls("welcome", query);
        assert_eq!(tags, format!("{start}&name={{{{ first_name|urlencode }}}}"));
        assert_eq!(examples, format!("{start}&name=Maria"));
        assert_eq!(nothing, start);
    }

    #[test]
    fn a_space_beside_a_tag_of_per_cent_signs_is_a_plus() {
        let [tags, ..] = urls("welcome", "esp=activecampaign&name.default=Valued%20Customer&company=A%26B");
        assert_eq!(tags, "/i/x.png?company=A%26B&name.default=Valued+Customer&name=%FIRSTNAME%");
        assert_eq!(encode("100 %20~", true), "100+%2520~");
    }

    #[test]
    fn without_choices_there_is_no_query() {
        let [tags, ..] = urls("welcome", "esp=kit&name.field=&company.field=");
        assert_eq!(tags, "/i/x.png");
        let [_, examples, _] = urls("welcome", "esp=kit&name.example=Zo%C3%AB+%26+%3CCo%3E");
        assert_eq!(examples, "/i/x.png?name=Zo%C3%AB%20%26%20%3CCo%3E&company=Acme");
    }
}
