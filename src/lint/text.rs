//! The text of an attribute without its character references, which knows where each part of it
//! stands in the email.

use std::ops::Range;

use crate::params::entity;

/// A text, and its places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Where runs of unchanged text begin: in the text, and in the email. In their order.
    runs: Vec<(usize, usize)>,
}

impl Text {
    /// The value of an attribute. A reference inside of one of the email's merge `tags` is left to
    /// the sender.
    #[must_use]
    pub fn attribute(html: &str, value: Range<usize>, tags: &[Range<usize>]) -> Self {
        let mut text = Self { text: String::new(), runs: vec![(0, value.start)] };
        let first = tags.partition_point(|tag| tag.end <= value.start);
        let mut tags = tags.get(first..).unwrap_or_default().iter().peekable();
        let mut at = value.start;
        while let Some(rest) = html.get(at..value.end).filter(|rest| !rest.is_empty()) {
            while tags.next_if(|tag| tag.end <= at).is_some() {}
            let next = rest.find('&').map_or(value.end, |length| at.saturating_add(length));
            let tag = tags.peek().filter(|tag| tag.start <= next && tag.end <= value.end);
            // Up to the end of the tag, or up to the next reference.
            let end = tag.map_or(next, |tag| tag.end);
            text.text.push_str(html.get(at..end).unwrap_or_default());
            at = end;
            if tag.is_some() || at >= value.end {
                continue;
            }
            let after = html.get(at..value.end).unwrap_or_default();
            match entity::first(after) {
                Some((character, length)) => {
                    text.text.push(character);
                    at = at.saturating_add(length);
                    text.runs.push((text.text.len(), at));
                }
                None => {
                    text.text.push('&');
                    at = at.saturating_add(1);
                }
            }
        }
        text
    }

    /// A text of the email as it is, such as a style sheet.
    #[must_use]
    pub fn plain(html: &str, place: Range<usize>) -> Self {
        let runs = vec![(0, place.start)];
        Self { text: html.get(place).unwrap_or_default().to_owned(), runs }
    }

    /// A part of it.
    #[must_use]
    pub fn part(&self, part: Range<usize>) -> Self {
        let mut runs = vec![(0, self.source(part.start))];
        let inside = self.runs.iter().filter(|(at, _)| *at > part.start && *at < part.end);
        runs.extend(inside.map(|(at, source)| (at.saturating_sub(part.start), *source)));
        Self { text: self.text.get(part).unwrap_or_default().to_owned(), runs }
    }

    /// The byte of the email at which a byte of the text stands.
    #[must_use]
    pub fn source(&self, at: usize) -> usize {
        let run = self.runs.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let (start, source) = self.runs.get(run).copied().unwrap_or_default();
        source.saturating_add(at.saturating_sub(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::mask;

    #[test]
    fn decodes_and_keeps_places() {
        for (html, expected) in [
            ("", ""),
            ("a&amp;b&amp;c", "a&b&c"),
            ("a&b&amp", "a&b&amp"),
            ("?n={{ x|default:&quot;y&quot; }}&#38;é&lt;z", "?n={{ x|default:&quot;y&quot; }}&é<z"),
            ("{{a}}&amp;{{b}}z", "{{a}}&{{b}}z"),
        ] {
            let html = format!("  {html}  ");
            let text = Text::attribute(&html, 2..html.len() - 2, &mask::tags(&html));
            assert_eq!(text.text, expected, "{html}");
            for (at, c) in text.text.char_indices().filter(|(_, c)| c.is_ascii_alphabetic() || *c == 'é') {
                assert!(html.get(text.source(at)..).unwrap().starts_with(c), "{html} {at}");
            }
            if let Some(at) = expected.find('z') {
                let part = text.part(at..expected.len());
                assert_eq!((part.text.as_str(), part.source(0)), ("z", html.find('z').unwrap()));
            }
        }
    }
}
