//! The HTML of an email → its elements with the places of their attributes, and its style sheets.
//!
//! Outlook reads what stands in conditional comments (`<!--[if mso]> <v:fill src="…"> <![endif]-->`),
//! so that their content is read as HTML too.
//!
//! Invariant: nothing here allocates more than the email's own size, and no comment is read more
//! than twice.

use std::convert::Infallible;
use std::ops::Range;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// One start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name in lower case: `img`, `v:fill`.
    pub name: String,
    /// The byte of its `<`.
    pub at: usize,
    /// Its attributes, in their order.
    pub attributes: Vec<Attribute>,
}

impl Element {
    /// The first attribute of this name, which is the one that counts.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in lower case.
    pub name: String,
    /// The bytes of its value, without quotes. Empty if it has none.
    pub value: Range<usize>,
    /// The quote around its value. `None` if it has none.
    pub quote: Option<char>,
}

/// What an email consists of, as far as it can show a picture or a merge tag.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Its elements.
    pub elements: Vec<Element>,
    /// The bytes of its style sheets.
    pub styles: Vec<Range<usize>>,
    /// The bytes of its texts.
    pub texts: Vec<Range<usize>>,
}

/// Reads a masked email (see [`mask`](super::mask)).
#[must_use]
pub fn read(masked: &str) -> Parts {
    let mut parts = Parts::default();
    let comments = read_part(masked, 0..masked.len(), &mut parts);
    for comment in comments {
        if let Some(inner) = conditional(masked, comment) {
            // A comment inside of a comment is none.
            read_part(masked, inner, &mut parts);
        }
    }
    parts.elements.sort_by_key(|element| element.at);
    parts
}

/// Adds what a part of the email has; returns its comments.
fn read_part(masked: &str, part: Range<usize>, parts: &mut Parts) -> Vec<Range<usize>> {
    let base = part.start;
    let mut comments = Vec::new();
    let mut in_style = false;
    let callback = |event: CallbackEvent<'_>, span: Span<usize>| -> Option<Infallible> {
        let span = base.saturating_add(span.start)..base.saturating_add(span.end);
        match event {
            CallbackEvent::OpenStartTag { name } => {
                in_style = name == b"style";
                parts.elements.push(Element { name: text(name), at: span.start, attributes: Vec::new() });
            }
            CallbackEvent::AttributeName { name } => {
                let attribute = Attribute { name: text(name), value: span.end..span.end, quote: None };
                parts.elements.last_mut()?.attributes.push(attribute);
            }
            CallbackEvent::AttributeValue { .. } => {
                let attribute = parts.elements.last_mut()?.attributes.last_mut()?;
                let before = span.start.checked_sub(1).and_then(|before| masked.as_bytes().get(before));
                attribute.quote = before.copied().map(char::from).filter(|sign| matches!(sign, '"' | '\''));
                attribute.value = span;
            }
            CallbackEvent::String { .. } if in_style => parts.styles.push(span),
            CallbackEvent::String { .. } => parts.texts.push(span),
            CallbackEvent::EndTag { .. } => in_style = false,
            CallbackEvent::Comment { .. } => comments.push(span),
            CallbackEvent::CloseStartTag { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
        None
    };
    let mut emitter = CallbackEmitter::new(callback);
    emitter.naively_switch_states(true);
    // Reading a string cannot fail.
    let Ok(()) = Tokenizer::new_with_emitter(masked.get(part).unwrap_or_default(), emitter).finish();
    comments
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// The content of a conditional comment. `None` if the comment is an ordinary one.
fn conditional(masked: &str, comment: Range<usize>) -> Option<Range<usize>> {
    let text = masked.get(comment.clone())?;
    let condition = text.strip_prefix("<!--")?.trim_start();
    if !condition.get(..3)?.eq_ignore_ascii_case("[if") {
        return None;
    }
    let start = text.find("]>")?.saturating_add(2);
    let end = text.rfind("<![").filter(|end| *end >= start).unwrap_or(text.len());
    Some(comment.start.saturating_add(start)..comment.start.saturating_add(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name@at[attribute=value …]` of each element.
    fn show(html: &str) -> Vec<String> {
        let attribute = |attribute: &Attribute| format!("{}={}", attribute.name, &html[attribute.value.clone()]);
        let element = |element: &Element| {
            let attributes: Vec<_> = element.attributes.iter().map(attribute).collect();
            format!("{}@{}[{}]", element.name, element.at, attributes.join(" "))
        };
        read(html).elements.iter().map(element).collect()
    }

    #[test]
    fn finds_elements_and_the_places_of_values() {
        for (html, expected) in [
            (r#"<IMG SRC="a" alt='b c' width=9 hidden>"#, &["img@0[src=a alt=b c width=9 hidden=]"][..]),
            (r#"é<a href="é"><img src="ü"/></a>"#, &["a@2[href=é]", "img@15[src=ü]"]),
            (r#"<img alt="" src = "x" >"#, &["img@0[alt= src=x]"]),
            ("<img alt= src=x>", &["img@0[alt=src=x]"]),
            (r#"<img ////src="a"////src="b"//>"#, &["img@0[src=a src=b]"]),
            ("<!-- <img src=a> --><b>", &["b@20[]"]),
            (r#"<!--[if mso]><v:fill src="a"/><![endif]--><p>"#, &["v:fill@13[src=a]", "p@42[]"]),
            (r#"<!--[if !mso]><!--><img src="a"><!--<![endif]-->"#, &["img@19[src=a]"]),
            (r#"<!-- [IF gte mso 9]><v:rect><v:fill src=a /></v:rect><![endif]-->"#, &["v:rect@20[]", "v:fill@28[src=a]"]),
            ("<!--[if a]><img src=b>", &["img@11[src=b]"]),
            ("<textarea><img></textarea><img>", &["textarea@0[]", "img@26[]"]),
        ] {
            assert_eq!(show(html), expected, "{html}");
        }
    }

    #[test]
    fn finds_style_sheets_and_texts() {
        let html = "<style>a{b:c}</style>é <b>x</b><style></style>";
        let parts = read(html);
        let text = |spans: &[Range<usize>]| spans.iter().map(|span| html[span.clone()].to_owned()).collect::<Vec<_>>();
        assert_eq!((text(&parts.styles), text(&parts.texts)), (vec!["a{b:c}".to_owned()], vec!["é ".to_owned(), "x".to_owned()]));
    }

    #[test]
    fn hostile_emails_are_linear() {
        for piece in ["<!--[if a]>", "<img ", "<img src=", "<", "<!--", "<style>", "\"", "</style"] {
            assert!(read(&piece.repeat(50_000)).elements.len() <= 50_000);
        }
    }
}
