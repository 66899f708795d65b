//! CSS → the places of its URLs.
//!
//! A URL stands in `url(…)` or in a string (`@import "…"`, `image-set("…" 2x)`, Outlook's
//! `AlphaImageLoader(src='…')`). Comments are skipped (CSS Syntax 3 §4.3).

use std::ops::Range;

/// The bytes of each URL and each string in a style sheet or a `style` attribute. Merge tags in it
/// are masked (see [`mask`](super::mask)).
#[must_use]
pub fn urls(css: &str) -> Vec<Range<usize>> {
    let bytes = css.as_bytes();
    let byte = |at: usize| bytes.get(at).copied();
    let mut urls = Vec::new();
    let mut at = 0_usize;
    while let Some(first) = byte(at) {
        match first {
            // A masked tag is a row of slashes, and opens no comment.
            b'/' if byte(at.saturating_add(1)) == Some(b'*') && at.checked_sub(1).and_then(byte) != Some(b'/') => {
                at = css.get(at..).and_then(|rest| rest.find("*/")).map_or(css.len(), |end| at.saturating_add(end));
                at = at.saturating_add(2);
            }
            quote @ (b'"' | b'\'') => {
                let string = string(bytes, at.saturating_add(1), quote);
                at = string.end.saturating_add(1);
                urls.push(string);
            }
            b'u' | b'U' if begins_url(bytes, at) => {
                let mut start = at.saturating_add(4);
                while byte(start).is_some_and(|byte| byte.is_ascii_whitespace()) {
                    start = start.saturating_add(1);
                }
                if matches!(byte(start), Some(b'"' | b'\'')) {
                    // The string is read as any other.
                    at = start;
                    continue;
                }
                let end = bytes.iter().skip(start).position(|byte| *byte == b')');
                let end = end.map_or(css.len(), |length| start.saturating_add(length));
                let length = css.get(start..end).map_or(0, |url| url.trim_end().len());
                urls.push(start..start.saturating_add(length));
                at = end.saturating_add(1);
            }
            _ => at = at.saturating_add(1),
        }
    }
    urls
}

/// Whether `url(` begins at `at`, in any case, and is not the end of another name.
fn begins_url(bytes: &[u8], at: usize) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let inside = at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(is_name);
    !inside && bytes.get(at..at.saturating_add(4)).is_some_and(|word| word.eq_ignore_ascii_case(b"url("))
}

/// The content of a string that begins at `start`, up to its closing quote. A backslash escapes the
/// sign after it.
fn string(bytes: &[u8], start: usize, quote: u8) -> Range<usize> {
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at = at.saturating_add(2),
            byte if *byte == quote => break,
            _ => at = at.saturating_add(1),
        }
    }
    start..at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_urls_and_strings() {
        for (css, expected) in [
            ("", &[][..]),
            ("color: red", &[]),
            ("background:url(a.png)", &["a.png"]),
            ("background: URL( a.png ) no-repeat, url('b c.png')", &["a.png", "b c.png"]),
            ("a{background:url(\"x?n=//////\")}", &["x?n=//////"]),
            ("/* url(no) */ b: url(yes)", &["yes"]),
            ("b:url(/////////*a)", &["/////////*a"]),
            ("filter:progid:X.AlphaImageLoader(src='a.png',sizingMethod='scale')", &["a.png", "scale"]),
            ("curl(x) my-url(y)", &[]),
            ("url(open", &["open"]),
            ("'open", &["open"]),
            ("'a\\'b' url(é)", &["a\\'b", "é"]),
            ("'a\\", &["a\\"]),
            ("/* open", &[]),
        ] {
            let found: Vec<_> = urls(css).into_iter().map(|span| css.get(span).unwrap()).collect();
            assert_eq!(found, expected, "{css}");
        }
    }

    #[test]
    fn hostile_styles_are_linear() {
        for piece in ["url(", "/*", "'", "u", "\\", "url('"] {
            assert!(urls(&piece.repeat(100_000)).len() <= 100_000);
        }
    }
}
