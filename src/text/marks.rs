//! The look of words in a value of a recipient: `**bold**`, `_italic_`, `[colour](accent)`.
//!
//! A sign without its partner is the sign. The marks that come out are noncharacters of Unicode, which
//! no value has ([`clean`](crate::params::clean) removes them): so only a value of type `rich` can have a look.
//!
//! ```
//! use monogram::text::marks;
//! assert_eq!(marks::plain(&marks::set("Only **5** left, [Maria](accent), at 2 ** 3 my_file_name")), "Only 5 left, Maria, at 2 ** 3 my_file_name");
//! ```

use std::borrow::Cow;

/// Begins and ends bold letters.
pub const BOLD: char = '\u{fdd0}';
/// Begins and ends italic letters.
pub const ITALIC: char = '\u{fdd1}';
/// Begins a text with a colour.
pub const COLORED: char = '\u{fdd2}';
/// Ends that text, and begins the name of its colour.
pub const NAME: char = '\u{fdd3}';
/// Ends the name.
pub const NAMED: char = '\u{fdd4}';

/// Whether it is a mark, or may become one.
#[must_use]
pub const fn is_mark(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// Pieces of a text: letters, or a mark with the name that it begins, for which the flag is true.
///
/// ```
/// use monogram::text::marks;
/// let text = marks::set("now [only **5**](accent)");
/// assert_eq!(marks::pieces(&text).filter(|(_, is_mark)| !is_mark).map(|(piece, _)| piece).collect::<String>(), "now only 5");
/// ```
pub fn pieces(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = match first {
            NAME => rest.split_once(NAMED).map(|(_, behind)| rest.len().saturating_sub(behind.len())),
            first if is_mark(first) => Some(first.len_utf8()),
            _ => rest.find(is_mark),
        };
        let (piece, behind) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = behind;
        Some((piece, is_mark(first)))
    })
}

/// Puts marks in the place of signs.
#[must_use]
pub fn set(text: &str) -> String {
    let bold = pairs(
        text,
        "**",
        BOLD,
        |before, after| !after.is_whitespace() && before != '*',
        |before, after| !before.is_whitespace() && after != '*',
    );
    let is_edge = |c: char| !c.is_alphanumeric() && c != '_';
    let italic = pairs(
        &bold,
        "_",
        ITALIC,
        |before, after| is_edge(before) && !after.is_whitespace() && after != '_',
        |before, after| !before.is_whitespace() && before != '_' && is_edge(after),
    );
    colored(&italic)
}

/// Puts `mark` in the place of two signs of which one may open and the other one may close. Both are
/// judged by the characters beside them; a line's end is a space.
fn pairs(
    text: &str,
    sign: &str,
    mark: char,
    opens: impl Fn(char, char) -> bool,
    closes: impl Fn(char, char) -> bool,
) -> String {
    let around = |at: usize| {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        let after = after.get(sign.len()..).unwrap_or_default();
        (before.chars().next_back().unwrap_or(' '), after.chars().next().unwrap_or(' '))
    };
    let mut out = String::with_capacity(text.len());
    let (mut open, mut done) = (None, 0);
    for (at, _) in text.match_indices(sign) {
        let (before, after) = around(at);
        let behind = at.saturating_add(sign.len());
        match open {
            Some(start) if closes(before, after) && at > start => {
                out.push(mark);
                out.push_str(text.get(start..at).unwrap_or_default());
                out.push(mark);
                (open, done) = (None, behind);
            }
            None if opens(before, after) => {
                out.push_str(text.get(done..at).unwrap_or_default());
                (open, done) = (Some(behind), at);
            }
            _ => {}
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Marks `[text](name)`.
fn colored(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let opening = before.rfind('[').filter(|at| at.saturating_add(1) < before.len());
        let name = after.split_once(')').filter(|(name, _)| is_name(name));
        match (opening, name) {
            (Some(at), Some((name, behind))) => {
                let (lead, inner) = before.split_at_checked(at).unwrap_or_default();
                out.push_str(lead);
                out.push(COLORED);
                out.push_str(inner.get(1..).unwrap_or_default());
                out.extend([NAME]);
                out.push_str(name);
                out.push(NAMED);
                rest = behind;
            }
            _ => {
                out.push_str(before);
                out.push_str("](");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Whether a text may be the name of a colour: short, of letters, digits, `-` and `_`.
fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= 100 && text.bytes().all(fits)
}

/// A text without its marks.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_mark) {
        return Cow::Borrowed(text);
    }
    let mut in_name = false;
    let keep = |c: &char| {
        in_name = (in_name || *c == NAME) && *c != NAMED;
        !in_name && !is_mark(*c)
    };
    Cow::Owned(text.chars().filter(keep).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_in_pairs_are_marks() {
        for (text, marked) in [
            ("", ""),
            ("plain", "plain"),
            ("**bold** text", "<b>bold<b> text"),
            ("a **b c** d **e**", "a <b>b c<b> d <b>e<b>"),
            ("2 ** 3 ** 4", "2 ** 3 ** 4"),
            ("**open", "**open"),
            ("****", "****"),
            ("***x***", "***x***"),
            ("_it_ is_not_ _so", "<i>it<i> is_not_ _so"),
            ("(_a_)", "(<i>a<i>)"),
            ("__init__", "__init__"),
            ("**_both_**", "<b><i>both<i><b>"),
            ("_**both**_", "<i><b>both<b><i>"),
            ("[SALE](accent) now", "<c>SALE<n>accent<e> now"),
            ("a [b] [**c**](red)", "a [b] <c><b>c<b><n>red<e>"),
            ("[](x) [a](b c) [a](", "[](x) [a](b c) [a]("),
            ("_李_ **שלום**", "<i>李<i> <b>שלום<b>"),
            ("<b>x</b> [x](javascript:a)", "<b>x</b> [x](javascript:a)"),
        ] {
            let shown = set(text).replace(BOLD, "<b>").replace(ITALIC, "<i>").replace(COLORED, "<c>");
            assert_eq!(shown.replace(NAME, "<n>").replace(NAMED, "<e>"), marked, "{text}");
        }
    }

    #[test]
    fn hostile_texts_are_linear() {
        for piece in ["**a ", "_", "[", "](", "[a](", "**", " **", "_a_"] {
            let text = piece.repeat(100_000);
            assert!(plain(&set(&text)).len() <= text.len(), "{piece}");
        }
    }
}
