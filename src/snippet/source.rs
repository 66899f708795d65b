//! The picture's URL: with the sender's tags, with examples in their place, and without either.
//!
//! The order of its query is a safeguard: size, fixed values and defaults first, tags last. Where a sender
//! cannot encode, a `#` in somebody's name cuts the rest of the URL off, and then that is the least of it.

use super::choices::{Choice, Choices, Origin};
use super::{Piece, plain};

/// Whose values a URL has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The sender's tags: for the snippet.
    Tags,
    /// Examples: for a preview.
    Example,
    /// None: what somebody sees whose data is missing.
    Nobody,
}

/// The URL of the picture. `path` is all before the query: `https://img.example/i/welcome.png`.
#[must_use]
pub fn source(
    path: &str,
    choices: &Choices,
    template_width: u32,
    examples: &[(String, String)],
    reader: Reader,
) -> Vec<Piece> {
    let plus = choices.sender.tag.contains('%');
    let mut query = Query { pieces: vec![Piece::Text(path.to_owned())], empty: true, plus };
    if choices.width != template_width {
        query.pair("_w", &choices.width.to_string());
    }
    if choices.dpr > 1.0 {
        query.pair("_dpr", &choices.dpr.to_string());
    }
    for (name, choice) in &choices.params {
        if let Origin::Fixed(value) = &choice.origin {
            query.pair(name, value);
        }
    }
    for (name, choice) in &choices.params {
        // A fixed value needs no default, and without a field nobody's value can be missing.
        if let (Origin::Field(_), Some(default)) = (&choice.origin, &choice.default) {
            query.pair(&format!("{name}.default"), default);
        }
    }
    for (name, choice) in &choices.params {
        let Origin::Field(field) = &choice.origin else { continue };
        match reader {
            Reader::Tags => query.tag(name, choices.sender.url_tag(field)),
            Reader::Example => {
                if let Some(example) = example(name, choice, examples) {
                    query.pair(name, example);
                }
            }
            Reader::Nobody => {}
        }
    }
    query.pieces
}

/// The same as one text.
#[must_use]
pub fn url(
    path: &str,
    choices: &Choices,
    template_width: u32,
    examples: &[(String, String)],
    reader: Reader,
) -> String {
    plain(&source(path, choices, template_width, examples, reader))
}

/// What a person tries the param with, or what the template shows it with.
fn example<'a>(name: &str, choice: &'a Choice, examples: &'a [(String, String)]) -> Option<&'a str> {
    let own = || examples.iter().find(|(param, _)| param == name).map(|(_, example)| example.as_str());
    choice.example.as_deref().or_else(own)
}

/// A URL in the making.
struct Query {
    pieces: Vec<Piece>,
    empty: bool,
    /// A space is a `+`: in a URL with `%FIRSTNAME%` every `%` of ours is one that the sender could trip over.
    plus: bool,
}

impl Query {
    fn pair(&mut self, name: &str, value: &str) {
        let value = encode(value, self.plus);
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

/// Percent-encoding of all but RFC 3986's unreserved characters.
fn encode(text: &str, plus: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b' ' if plus => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::snippet::{choices, describe};
    use crate::template::{Template, samples};

    fn urls(id: &str, query: &str) -> [String; 3] {
        let template = Template::parse(samples::get(id).unwrap(), &Limits::default()).unwrap();
        let choices = choices::read(query, &template.document, &Limits::default()).unwrap();
        let examples = describe::examples(&template.document.params);
        [Reader::Tags, Reader::Example, Reader::Nobody]
            .map(|reader| url("/i/x.png", &choices, template.document.width, &examples, reader))
    }

    #[test]
    fn puts_tags_last() {
        let query = "esp=klaviyo&name.default=Valued%20Customer&bg_color=%231e7a5f&_w=600&_dpr=2&company.field=";
        let start = "/i/x.png?_w=600&_dpr=2&bg_color=%231e7a5f&name.default=Valued%20Customer";
        let [tags, example, nobody] = urls("welcome", query);
        assert_eq!(tags, format!("{start}&name={{{{ first_name|urlencode }}}}"));
        assert_eq!(example, format!("{start}&name=Maria"));
        assert_eq!(nobody, start);
    }

    #[test]
    fn writes_no_percent_that_is_not_needed_beside_a_tag_of_percents() {
        let [tags, ..] = urls("welcome", "esp=activecampaign&name.default=Valued%20Customer&company=A%26B");
        assert_eq!(tags, "/i/x.png?company=A%26B&name.default=Valued+Customer&name=%FIRSTNAME%");
    }

    #[test]
    fn nothing_chosen_is_no_query() {
        let [tags, ..] = urls("welcome", "esp=kit&name.field=&company.field=");
        assert_eq!(tags, "/i/x.png");
        let [_, example, _] = urls("welcome", "esp=kit&name.example=Zo%C3%AB+%26+%3CCo%3E");
        assert_eq!(example, "/i/x.png?company=Acme&name=Zo%C3%AB%20%26%20%3CCo%3E");
    }
}
