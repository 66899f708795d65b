//! An email with its merge tags masked, as a parser of HTML should see it.
//!
//! A sender replaces tags before anybody parses the HTML. So a tag may contain quotes and spaces
//! anywhere (`src="…?name={{ first_name|default:"friend" }}"`), and a parser that reads them would
//! find other attributes than a mail client will. Each byte of a tag becomes a `/`: this sign ends
//! no attribute's value, and separates attributes where a tag stands between them.
//!
//! Invariant: the masked text is as long as the email, byte by byte, so that a place in one is the
//! same place in the other.

use std::ops::Range;

use crate::merge_tag;

/// The most bytes of a tag that is known only by its brackets.
const MAX_TAG_BYTES: usize = 200;

/// The byte ranges of merge tags in an email, in their order.
#[must_use]
pub fn tags(html: &str) -> Vec<Range<usize>> {
    let mut tags: Vec<Range<usize>> = merge_tag::spans(html);
    tags.retain(|tag| html.get(tag.clone()).is_some_and(is_tag));
    let certain = tags.len();
    for (at, _) in html.match_indices('=') {
        let start = at.saturating_add(1);
        if let Some(tag) = bracketed(html, start)
            && !covers(tags.get(..certain).unwrap_or_default(), start)
        {
            tags.push(tag);
        }
    }
    tags.sort_unstable_by_key(|tag| tag.start);
    tags
}

/// Whether a byte is in one of the tags, which are in their order and apart.
#[must_use]
pub fn covers(tags: &[Range<usize>], at: usize) -> bool {
    let after = tags.partition_point(|tag| tag.start <= at);
    after.checked_sub(1).and_then(|last| tags.get(last)).is_some_and(|tag| tag.contains(&at))
}

/// Whether a span is a tag, and not two signs with HTML between them (`100%% wool</b> … 50%%`).
fn is_tag(span: &str) -> bool {
    let code = ["<%", "{%", "{{", "%%["].iter().any(|open| span.starts_with(open));
    let markup = |(at, _): (usize, &str)| {
        span.get(at.saturating_add(1)..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!'))
    };
    // The delimiter itself has two of them.
    let own = if span.starts_with("<<") { 2 } else { 0 };
    let is_long = own > 0 && span.len() > MAX_TAG_BYTES;
    code || !(is_long || span.match_indices('<').skip(own).any(markup))
}

/// The value at `start`, if it is a tag in brackets that has quotes: `{first_name, "there"}`.
fn bracketed(html: &str, start: usize) -> Option<Range<usize>> {
    let rest = html.get(start..)?;
    let close = match rest.as_bytes() {
        [b'[', b'[', ..] => "]]",
        [b'[', ..] => "]",
        [b'{', ..] => "}",
        _ => return None,
    };
    let end =
        rest.bytes().take(MAX_TAG_BYTES).position(|byte| byte == close.as_bytes().first().copied().unwrap_or(0))?;
    let end = end.saturating_add(close.len());
    let tag = rest.get(..end)?;
    let is_quoted = tag.contains(['"', '\'', ' ']) && !tag.contains(['\n', '<', '>']);
    (is_quoted && merge_tag::find(tag).is_some()).then(|| start..start.saturating_add(end))
}

/// The email with the bytes of `tags` masked; entities and line breaks are masked too, because the
/// parser would turn several bytes into one.
#[must_use]
pub fn masked(html: &str, tags: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(html.len());
    let mut read = 0_usize;
    for tag in tags {
        if tag.start < read {
            continue;
        }
        plain(html.get(read..tag.start).unwrap_or_default(), &mut masked);
        masked.extend(std::iter::repeat_n('/', tag.end.saturating_sub(tag.start)));
        read = tag.end;
    }
    plain(html.get(read..).unwrap_or_default(), &mut masked);
    masked
}

fn plain(text: &str, masked: &mut String) {
    masked.extend(text.chars().map(|c| match c {
        '&' => '/',
        '\r' => ' ',
        c => c,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_masked_and_nothing_else() {
        for (html, expected) in [
            ("<b>Hi</b>", &[][..]),
            (r#"<img alt="{{ x|default:"y" }}">"#, &[r#"{{ x|default:"y" }}"#]),
            (r#"<img src="/i/a.png?n={first_name, "there"}&b=1">"#, &[r#"{first_name, "there"}"#]),
            (r#"a=[[data:firstname:""]] b"#, &[r#"[[data:firstname:""]]"#]),
            ("{% if a < 3 %}<i>", &["{% if a < 3 %}"]),
            ("100%% wool <b>and</b> 50%% silk", &[]),
            ("%%[ IF a<b THEN ]%%<p>", &["%%[ IF a<b THEN ]%%"]),
            ("<< a >><b>", &["<< a >>"]),
            ("a <<b>x</b>> c", &[]),
            ("a <<First Name>> c", &["<<First Name>>"]),
            ("<style>a{color:red}</style>", &[]),
            ("é*|FNAME|*é", &["*|FNAME|*"]),
        ] {
            let tags = tags(html);
            let found: Vec<_> = tags.iter().map(|tag| html.get(tag.clone()).unwrap()).collect();
            assert_eq!(found, expected, "{html}");
            let masked = masked(html, &tags);
            for (at, c) in html.char_indices() {
                let expected = if covers(&tags, at) || c == '&' { '/' } else { c };
                assert!(masked.get(at..).unwrap().starts_with(expected), "{html} {at}");
            }
            assert_eq!(masked.len(), html.len());
        }
        assert_eq!(masked("a\r\n&amp;", &[]), "a \n/amp;");
    }

    #[test]
    fn hostile_emails_are_linear() {
        for piece in ["={", "=[[", "{{", "=[x", "<<", "%%", "*|a|*"] {
            let html = piece.repeat(100_000);
            assert_eq!(masked(&html, &tags(&html)).len(), html.len());
        }
    }
}
