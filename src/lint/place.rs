//! The places in an email at which a URL can show a picture.

use std::ops::Range;

use super::css;
use super::html::{Element, Parts};
use super::text::Text;

/// A URL in an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'a> {
    /// The URL, without the white space around it.
    pub url: Text,
    /// The element. `None` if the URL is in a style sheet.
    pub element: Option<&'a Element>,
    /// What the place is.
    pub kind: Kind,
    /// Whether white space cuts the URL off, because the rest of it is no descriptor of a `srcset`.
    pub is_cut: bool,
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The `src` of an `<img>`.
    Image,
    /// A candidate of a `srcset`.
    Srcset,
    /// `url(…)` or a string in CSS.
    Css,
    /// `background`, `poster`, the `src` of VML.
    Other,
    /// `href`: the picture is linked, and not shown.
    Link,
}

/// All places with a URL, in any order. `tags` are the email's merge tags.
#[must_use]
pub fn places<'a>(html: &str, masked: &str, parts: &'a Parts, tags: &[Range<usize>]) -> Vec<Place<'a>> {
    let mut places = Vec::new();
    for element in &parts.elements {
        for attribute in &element.attributes {
            let value = attribute.value.clone();
            let whole = || Text::attribute(html, attribute.value.clone(), tags);
            let kind = match attribute.name.as_str() {
                "srcset" | "imagesrcset" => {
                    let candidates = candidates(masked.get(value.clone()).unwrap_or_default());
                    places.extend(candidates.into_iter().map(|Candidate { url, is_cut }| Place {
                        url: Text::attribute(html, within(&value, &url), tags),
                        element: Some(element),
                        kind: Kind::Srcset,
                        is_cut,
                    }));
                    continue;
                }
                "style" => {
                    // A reference may stand for a quote of the CSS, so that it is decoded first; a
                    // tag keeps its place.
                    let text = whole();
                    let hidden = hidden(&text, html, masked);
                    places.extend(css::urls(&hidden).into_iter().map(|span| Place {
                        url: text.part(span),
                        element: Some(element),
                        kind: Kind::Css,
                        is_cut: false,
                    }));
                    continue;
                }
                "src" if element.name == "img" || element.name == "amp-img" => Kind::Image,
                "src" | "background" | "poster" | "o:href" | "data-src" => Kind::Other,
                "href" | "xlink:href" => Kind::Link,
                _ => continue,
            };
            places.push(Place { url: trimmed(whole()), element: Some(element), kind, is_cut: false });
        }
    }
    for style in &parts.styles {
        let urls = css::urls(masked.get(style.clone()).unwrap_or_default());
        places.extend(urls.into_iter().map(|span| Place {
            url: Text::plain(html, within(style, &span)),
            element: None,
            kind: Kind::Css,
            is_cut: false,
        }));
    }
    places
}

const fn within(whole: &Range<usize>, part: &Range<usize>) -> Range<usize> {
    whole.start.saturating_add(part.start)..whole.start.saturating_add(part.end)
}

/// The decoded text with the signs of its merge tags masked that CSS would trip over.
fn hidden(text: &Text, html: &str, masked: &str) -> String {
    let is_masked = |at: usize, c: char| {
        let source = text.source(at);
        let is_itself = html.get(source..).is_some_and(|rest| rest.starts_with(c));
        is_itself && masked.as_bytes().get(source) == Some(&b'/')
    };
    let hide = |(at, c): (usize, char)| match c {
        '"' | '\'' | '(' | ')' | '\\' if is_masked(at, c) => '/',
        c => c,
    };
    text.text.char_indices().map(hide).collect()
}

fn trimmed(text: Text) -> Text {
    let url = text.text.trim();
    if url.len() == text.text.len() {
        return text;
    }
    let start = text.text.len().saturating_sub(text.text.trim_start().len());
    text.part(start..start.saturating_add(url.len()))
}

/// One candidate of a `srcset`.
struct Candidate {
    /// The bytes of its URL.
    url: Range<usize>,
    /// Whether what follows is no descriptor.
    is_cut: bool,
}

/// The candidates of a `srcset` (HTML §4.8.4.2.2).
fn candidates(srcset: &str) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut at = 0_usize;
    while let Some(rest) = srcset.get(at..) {
        let url = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        at = at.saturating_add(rest.len().saturating_sub(url.len()));
        if url.is_empty() {
            break;
        }
        let length = url.find(|c: char| c.is_ascii_whitespace()).unwrap_or(url.len());
        let bare = url.get(..length).unwrap_or_default().trim_end_matches(',').len();
        let url = at..at.saturating_add(bare);
        at = at.saturating_add(length);
        let mut is_cut = false;
        if bare == length {
            // The descriptors go up to the next comma.
            let rest = srcset.get(at..).unwrap_or_default();
            let descriptors = rest.split(',').next().unwrap_or_default();
            is_cut = !descriptors.split_whitespace().all(is_descriptor);
            at = at.saturating_add(descriptors.len());
        }
        candidates.push(Candidate { url, is_cut });
    }
    candidates
}

/// Whether a word is a descriptor: `2x`, `600w`, `200h`.
fn is_descriptor(word: &str) -> bool {
    word.strip_suffix(['x', 'w', 'h']).is_some_and(|number| number.parse::<f32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{html, mask};

    #[test]
    fn finds_every_url() {
        for (html, expected) in [
            (r#"<img src=" a&amp;b ">"#, &["Image a&b"][..]),
            (r#"<img srcset="a 1x, b?x=1,2 2x,c, d 1.5x">"#, &["Srcset a", "Srcset b?x=1,2", "Srcset c", "Srcset d"]),
            (r#"<img srcset="a b 1x, c 300w">"#, &["Srcset a (cut)", "Srcset c"]),
            (r#"<img srcset="a?n={{ x, "y" }} 2x">"#, &[r#"Srcset a?n={{ x, "y" }}"#]),
            (
                r#"<td background="a" style="background:url(b) 0 0, url(&quot;c&quot;)">"#,
                &["Other a", "Css b", "Css c"],
            ),
            (r#"<td style="background:url('a?n={{ f('x') }}')">"#, &["Css a?n={{ f('x') }}"]),
            ("<style>a{b:url(c)}</style>", &["Css c"]),
            ("<!--[if mso]><v:fill src=a /><![endif]-->", &["Other a"]),
            ("<a href=a><video poster=b src=c>", &["Link a", "Other b", "Other c"]),
            ("<img alt=a data=b>", &[]),
        ] {
            let tags = mask::tags(html);
            let masked = mask::masked(html, &tags);
            let parts = html::read(&masked);
            let places: Vec<_> = places(html, &masked, &parts, &tags)
                .iter()
                .map(|place| format!("{:?} {}{}", place.kind, place.url.text, if place.is_cut { " (cut)" } else { "" }))
                .collect();
            assert_eq!(places, expected, "{html}");
        }
    }
}
