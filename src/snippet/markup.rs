//! The HTML of a snippet. Text is escaped; tags are not, because senders look for their exact bytes
//! in the source.
//!
//! If a tag has double quotes, its attribute is in single quotes, which HTML allows (§13.1.2.3). So
//! the HTML is valid both before and after the sender replaces the tag.

use crate::response::view::escape;

use super::Piece;

/// The style with which email clients show a picture as one block, at most as wide as the screen,
/// and without a border if it is in a link.
const STYLE: &str = "display:block;max-width:100%;height:auto;border:0";

/// The `<img>` element. `src` and `alt` are not escaped yet; `width` and `height` are in CSS px.
///
/// ```
/// use monogram::snippet::{Piece, markup};
///
/// let src = [Piece::Text("/i/x.png?a=1&name=".to_owned()), Piece::Tag("*|FNAME|*".to_owned())];
/// let img = markup::img(&src, &[Piece::Text("Hi".to_owned())], 600, 315);
/// assert!(img.starts_with(r#"<img src="/i/x.png?a=1&amp;name=*|FNAME|*" width="600" height="315" alt="Hi""#));
/// ```
#[must_use]
pub fn img(src: &[Piece], alt: &[Piece], width: u32, height: u32) -> String {
    let (src, alt) = (attribute(src), attribute(alt));
    format!("<img src={src} width=\"{width}\" height=\"{height}\" alt={alt} style=\"{STYLE}\">")
}

/// Whether an attribute must be in single quotes, because one of its tags has double quotes.
#[must_use]
pub fn needs_single_quotes(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Tag(tag) if tag.contains('"')))
}

/// The value of an attribute, escaped and in quotes.
fn attribute(pieces: &[Piece]) -> String {
    let quote = if needs_single_quotes(pieces) { '\'' } else { '"' };
    let inner: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => escape(text),
            // Only a default in the tag can contain an `&`: the syntax of tags has none.
            Piece::Tag(tag) => tag.replace('&', "&amp;"),
        })
        .collect();
    format!("{quote}{inner}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_tags_are_not() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let tag = |tag: &str| Piece::Tag(tag.to_owned());
        let src = [text("https://a.example/i/x.png?a=1&name="), tag("<%= escapeUrl(recipient.firstName) %>")];
        let alt = [text("\"Hi\" <b>, "), tag("[[FIRSTNAME OR \"Smith & Co\"]]"), text("'s")];
        assert_eq!(
            img(&src, &alt, 600, 315),
            "<img src=\"https://a.example/i/x.png?a=1&amp;name=<%= escapeUrl(recipient.firstName) %>\" width=\"600\" \
             height=\"315\" alt='&quot;Hi&quot; &lt;b&gt;, [[FIRSTNAME OR \"Smith &amp; Co\"]]&#39;s' \
             style=\"display:block;max-width:100%;height:auto;border:0\">"
        );
        assert!(needs_single_quotes(&alt) && !needs_single_quotes(&src));
    }
}
