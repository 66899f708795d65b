//! The places of unmistakable tags in a raw query. They are found before the query is split,
//! because tags may contain `&` and `=`.
//!
//! A tag may arrive literal, encoded, partly encoded (`*%7CFNAME%7C*`) or encoded twice
//! (`%257B%257B`), so that decoded bytes are compared. A tag without its closing delimiter is not a
//! tag: it must not take in the next pair (`&company=`).
//!
//! Invariant: the time is linear, because the search for a family's closing delimiter reads each
//! byte at most once.

use std::ops::Range;

use super::{Syntax, UNMISTAKABLE};

/// The byte ranges of the tags in a raw query, in their order.
///
/// ```
/// use monogram::merge_tag;
///
/// let query = "name={{ a|default:\"Tom & Jerry\" }}&x=1";
/// let spans = merge_tag::spans(query);
/// assert_eq!(&query[spans[0].clone()], "{{ a|default:\"Tom & Jerry\" }}");
/// ```
#[must_use]
pub fn spans(query: &str) -> Vec<Range<usize>> {
    let query = query.as_bytes();
    let mut spans = Vec::new();
    // For each family: the position before which no tag is closed.
    let mut unclosed = [0_usize; UNMISTAKABLE.len()];
    let mut at = 0;
    while let Some((first, length)) = token(query, at) {
        if !b"*{%<[$".contains(&first) {
            at = at.saturating_add(length);
            continue;
        }
        let tag = UNMISTAKABLE.iter().zip(&mut unclosed).find_map(|(syntax, unclosed)| {
            let inner = sequence(query, at, syntax.open)?;
            if at < *unclosed {
                return None;
            }
            match closing(query, inner, *syntax) {
                Ok(end) => Some(end),
                Err(stop) => {
                    *unclosed = stop;
                    None
                }
            }
        });
        match tag {
            Some(end) => {
                spans.push(at..end);
                at = end;
            }
            None => at = at.saturating_add(length),
        }
    }
    spans
}

/// The end of the tag whose text after the opening delimiter begins at `at`.
///
/// # Errors
/// If the tag is not closed: the position at which the search stopped, because of the next pair,
/// another opening delimiter or the end of the query.
fn closing(query: &[u8], mut at: usize, Syntax { open, close, .. }: Syntax) -> Result<usize, usize> {
    let inner = at;
    while let Some((byte, length)) = token(query, at) {
        if at > inner
            && let Some(end) = sequence(query, at, close)
        {
            return Ok(end);
        }
        let is_pair = byte == b'&' && length == 1 && begins_a_pair(query, at.saturating_add(1));
        if is_pair || (open != close && at > inner && sequence(query, at, open).is_some()) {
            return Err(at);
        }
        at = at.saturating_add(length);
    }
    Err(query.len())
}

/// Whether `name=` begins at `at`.
fn begins_a_pair(query: &[u8], at: usize) -> bool {
    let rest = query.get(at..).unwrap_or_default();
    let name = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-;%[]".contains(byte)).count();
    name > 0 && rest.get(name) == Some(&b'=')
}

/// The end of `signs`, literal or encoded, if they begin at `at`; `None` if they do not.
fn sequence(query: &[u8], at: usize, signs: &str) -> Option<usize> {
    // Literal signs are tried first: in `%%DateOfBirth%%` the second sign would otherwise be read
    // as the byte `%Da`.
    let end = at.saturating_add(signs.len());
    if query.get(at..end) == Some(signs.as_bytes()) {
        return Some(end);
    }
    signs.bytes().try_fold(at, |at, sign| {
        let (byte, length) = token(query, at)?;
        (byte == sign).then(|| at.saturating_add(length))
    })
}

/// The byte at `at`, decoded as many times as it was encoded, and its length in the query:
/// `%25257B` is `{`.
fn token(query: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = query.get(at..)?;
    let (&first, mut tail) = rest.split_first()?;
    if first != b'%' {
        return Some((first, 1));
    }
    let mut length = 3_usize;
    // `25` after a `%` is an encoded per cent sign, if two more hex digits follow.
    while let [b'2', b'5', after @ ..] = tail
        && let [high, low, ..] = after
        && high.is_ascii_hexdigit()
        && low.is_ascii_hexdigit()
    {
        tail = after;
        length = length.saturating_add(2);
    }
    Some(match tail {
        [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => (byte(*high, *low), length),
        _ => (b'%', 1),
    })
}

/// The byte that two hex digits stand for.
fn byte(high: u8, low: u8) -> u8 {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or(0);
    value(high) << 4 | value(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_whole_tags() {
        for (query, tags) in [
            ("name=Maria&x=1", &[][..]),
            ("name=*|FNAME|*&x=1", &["*|FNAME|*"]),
            ("name=*%7CFNAME%7C*", &["*%7CFNAME%7C*"]),
            ("name={{first_name}}&company={{ company }}", &["{{first_name}}", "{{ company }}"]),
            ("name=%7B%7Bfirst_name%7D%7D&x=1", &["%7B%7Bfirst_name%7D%7D"]),
            ("name=%257B%257Bfirst_name%257D%257D&x=1", &["%257B%257Bfirst_name%257D%257D"]),
            ("name={{a|default:\"Tom & Jerry\"}}&x=1", &["{{a|default:\"Tom & Jerry\"}}"]),
            ("name={{lead.First Name:default=there}}&x=1", &["{{lead.First Name:default=there}}"]),
            ("name={{a|default:&quot;x&quot;}}&x=1", &["{{a|default:&quot;x&quot;}}"]),
            ("name={{first_name&company={{company}}", &["{{company}}"]),
            ("name={{first_name&company=Acme}}", &[]),
            ("name=%%DateOfBirth%%&x=%%=Concat(@a,\"&\",@b)=%%", &["%%DateOfBirth%%", "%%=Concat(@a,\"&\",@b)=%%"]),
            ("name={%%20if%20a%20%}&x=1", &["{%%20if%20a%20%}"]),
            ("name=${a}&b=<<A & B>>&c=<%= a & b %>", &["${a}", "<<A & B>>", "<%= a & b %>"]),
            ("name=100%25&x=50%25", &[]),
            ("", &[]),
            ("%", &[]),
            ("%2", &[]),
            ("%25", &[]),
            ("%257", &[]),
        ] {
            let found: Vec<_> = spans(query).into_iter().map(|span| query.get(span).unwrap()).collect();
            assert_eq!(found, tags, "{query}");
        }
    }

    #[test]
    fn hostile_queries_are_linear() {
        // In quadratic time this would take minutes.
        for piece in ["{{", "*|", "%%", "<<&a=", "%25", "${%", "{{&quot;", "[%&a"] {
            assert!(spans(&piece.repeat(100_000)).len() <= 100_000);
        }
    }
}
