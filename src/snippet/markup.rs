//! The HTML. Text is escaped, tags are not: a sender looks for its tags in the source, byte by byte.
//!
//! A tag that has double quotes stands in an attribute of single ones, which every HTML parser reads (HTML
//! §13.1.2.3), before the sender replaced it and after.

use crate::response::view::escape;

use super::Piece;

/// What email clients need to show a picture as one block, at most as wide as the screen, without a border
/// around a link.
const STYLE: &str = "display:block;max-width:100%;height:auto;border:0";

/// The `<img>`: CSS px.
#[must_use]
pub fn img(src: &[Piece], alt: &[Piece], width: u32, height: u32) -> String {
    let (src, alt) = (attribute(src), attribute(alt));
    format!("<img src={src} width=\"{width}\" height=\"{height}\" alt={alt} style=\"{STYLE}\">")
}

/// Whether an attribute needs single quotes.
#[must_use]
pub fn needs_single_quotes(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Tag(tag) if tag.contains('"')))
}

/// An attribute's value with its quotes.
fn attribute(pieces: &[Piece]) -> String {
    let quote = if needs_single_quotes(pieces) { '\'' } else { '"' };
    let inner: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => escape(text),
            // A default may have one; no tag has one of its own.
            Piece::Tag(tag) => tag.replace('&', "&amp;"),
        })
        .collect();
    format!("{quote}{inner}{quote}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_text_and_not_tags() {
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
