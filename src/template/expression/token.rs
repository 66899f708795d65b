//! The tokens of an expression: what stands between `{{` and `}}`.
//!
//! They are Jinja's. A token is read only when the parser asks for it, so that budgets stop a
//! source early.

use std::borrow::Cow;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub enum Token<'s> {
    /// A name or a keyword.
    Name(&'s str),
    Text(Cow<'s, str>),
    Integer(i64),
    Float(f64),
    /// An operator or a bracket, as it is written.
    Sign(&'static str),
    /// `}}`, `-}}`, `%}` or `-%}`; whether it trims the white space after it.
    Close {
        trims: bool,
    },
    /// The source ends.
    End,
}

/// All signs; a longer one stands before its beginning.
const SIGNS: [&str; 24] = [
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", ".", ",", ":", "~", "|", "=", ">", "<", "(", ")", "[",
    "]", "{",
];

/// Reads tokens from a source.
#[derive(Debug, Clone, Copy)]
pub struct Lexer<'s> {
    source: &'s str,
    /// Byte at which the next token begins.
    at: usize,
    /// `}}` or `%}`; empty for a condition, which ends with its source.
    close: &'static str,
    /// Brackets that are open: within them `}}` closes two maps.
    open: usize,
    /// The last token was a dot: then `1.0` are two items.
    after_dot: bool,
}

impl<'s> Lexer<'s> {
    /// Reads from a byte of the source on. `close` ends the expression; if it is empty, the source
    /// does.
    #[must_use]
    pub const fn new(source: &'s str, at: usize, close: &'static str) -> Self {
        Self { source, at, close, open: 0, after_dot: false }
    }

    /// Byte at which the next token begins.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Reads a token.
    ///
    /// # Errors
    /// Words that say what is wrong with the source.
    pub fn next(&mut self) -> Result<Token<'s>, String> {
        let rest = self.rest();
        let trimmed = rest.trim_ascii_start();
        self.at = self.at.saturating_add(rest.len().saturating_sub(trimmed.len()));
        let after_dot = std::mem::take(&mut self.after_dot);
        let Some(first) = trimmed.chars().next() else { return Ok(Token::End) };
        if self.open == 0 && !self.close.is_empty() {
            let trims = trimmed.starts_with('-');
            let close = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
            if close.starts_with(self.close) {
                self.at = self.source.len().saturating_sub(close.len()).saturating_add(self.close.len());
                return Ok(Token::Close { trims });
            }
        }
        match first {
            '"' | '\'' => self.text(trimmed, first),
            '0'..='9' => self.number(trimmed, after_dot),
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = trimmed.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
                self.at = self.at.saturating_add(length);
                Ok(Token::Name(trimmed.get(..length).unwrap_or_default()))
            }
            '}' => {
                self.at = self.at.saturating_add(1);
                self.open = self.open.saturating_sub(1);
                Ok(Token::Sign("}"))
            }
            '|' if trimmed.starts_with("||") => Err(unknown(trimmed)),
            _ => {
                let sign = SIGNS.iter().find(|sign| trimmed.starts_with(**sign)).ok_or_else(|| unknown(trimmed))?;
                self.at = self.at.saturating_add(sign.len());
                match *sign {
                    "(" | "[" | "{" => self.open = self.open.saturating_add(1),
                    ")" | "]" => self.open = self.open.saturating_sub(1),
                    _ => {}
                }
                self.after_dot = *sign == ".";
                Ok(Token::Sign(sign))
            }
        }
    }

    fn number(&mut self, rest: &'s str, after_dot: bool) -> Result<Token<'s>, String> {
        let bytes = rest.as_bytes();
        let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let digits = |mut at: usize| {
            while is_digit(at) || (bytes.get(at) == Some(&b'_') && is_digit(at.saturating_add(1))) {
                at = at.saturating_add(1);
            }
            at
        };
        let mut end = digits(0);
        let whole = end;
        if !after_dot {
            let follows = bytes.get(end.saturating_add(1)).copied().unwrap_or(b' ');
            if bytes.get(end) == Some(&b'.') && !follows.is_ascii_alphabetic() && follows != b'_' {
                end = digits(end.saturating_add(1));
            }
            if matches!(bytes.get(end), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(bytes.get(end.saturating_add(1)), Some(b'+' | b'-')));
                let exponent = end.saturating_add(1).saturating_add(sign);
                if is_digit(exponent) {
                    end = digits(exponent);
                }
            }
        }
        self.at = self.at.saturating_add(end);
        let number: String = rest.get(..end).unwrap_or_default().chars().filter(|c| *c != '_').collect();
        if end == whole
            && let Ok(number) = number.parse()
        {
            return Ok(Token::Integer(number));
        }
        number.parse().map(Token::Float).map_err(|_| format!("syntax error: `{number}` is no number"))
    }

    fn text(&mut self, rest: &'s str, quote: char) -> Result<Token<'s>, String> {
        let mut characters = rest.char_indices().skip(1);
        let mut escaped = false;
        while let Some((end, character)) = characters.next() {
            if character == '\\' {
                escaped = true;
                characters.next();
            } else if character == quote {
                self.at = self.at.saturating_add(end).saturating_add(1);
                let raw = rest.get(1..end).unwrap_or_default();
                return Ok(Token::Text(if escaped { unescape(raw)?.into() } else { raw.into() }));
            }
        }
        Err(format!("syntax error: the text that begins with {quote} has no end"))
    }
}

/// A character that no token begins with, and what to write instead.
fn unknown(rest: &str) -> String {
    for (other, jinja) in [("&&", "and"), ("||", "or"), ("!", "not")] {
        if rest.starts_with(other) {
            return format!("syntax error: write `{jinja}` instead of `{other}`");
        }
    }
    if ["#each", "#foreach", "#for"].iter().any(|start| rest.starts_with(start)) {
        return "syntax error: a text has no loops: a layer of the type `repeat` draws its children for each item of a \
                list"
            .to_owned();
    }
    if rest.starts_with("?.") {
        return "syntax error: write `.` instead of `?.`: a field that is missing is no error".to_owned();
    }
    let first = rest.chars().next().unwrap_or_default();
    match first {
        '`' => "syntax error: a text has quotes, ' or \", and `~` joins it to a value".to_owned(),
        ';' => "syntax error: an expression ends with `}}`, without a `;`".to_owned(),
        '^' => "syntax error: write `**` instead of `^`".to_owned(),
        '‘' | '’' | '“' | '”' => format!("syntax error: write straight quotes, ' or \", instead of {first}"),
        '?' => "syntax error: write `a if b else c` instead of `b ? a : c`".to_owned(),
        '$' => "syntax error: a name stands without a sign: `name`".to_owned(),
        '#' | '@' => {
            "syntax error: this is the tag of another language; write `{% if name %}` … `{% endif %}`".to_owned()
        }
        _ => format!("syntax error: unexpected `{first}`"),
    }
}

/// The escapes of a text: those of JSON, `\'` and `\xNN`. A backslash before another character
/// stays.
fn unescape(raw: &str) -> Result<String, String> {
    let bad = || "syntax error: a `\\` in a text is not followed by the digits that it needs".to_owned();
    let mut out = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    let mut pending = Vec::new();
    while let Some(character) = characters.next() {
        let escape = if character == '\\' { characters.next() } else { None };
        if escape != Some('u') && !pending.is_empty() {
            return Err(bad());
        }
        match escape {
            None => out.push(character),
            Some(same @ ('"' | '\'' | '\\' | '/')) => out.push(same),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(kind @ ('x' | 'u')) => {
                let length = if kind == 'x' { 2 } else { 4 };
                let digits = characters.as_str().get(..length).ok_or_else(bad)?;
                if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return Err(bad());
                }
                let unit = u16::from_str_radix(digits, 16).map_err(|_| bad())?;
                characters = characters.as_str().get(length..).unwrap_or_default().chars();
                // Two escapes are one character outside of the basic plane.
                pending.push(unit);
                match char::decode_utf16(pending.iter().copied()).next() {
                    Some(Ok(character)) => {
                        out.push(character);
                        pending.clear();
                    }
                    _ if pending.len() > 1 || (0xdc00..0xe000).contains(&unit) => return Err(bad()),
                    _ => {}
                }
            }
            Some(other) => out.extend(['\\', other]),
        }
    }
    if pending.is_empty() { Ok(out) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> Result<Vec<Token<'_>>, String> {
        let mut lexer = Lexer::new(source, 0, "}}");
        let mut tokens = Vec::new();
        loop {
            match lexer.next()? {
                Token::End => return Ok(tokens),
                token => tokens.push(token),
            }
        }
    }

    #[test]
    fn reads_tokens() {
        use Token::{Close, Float, Integer, Name, Sign, Text};
        for (source, expected) in [
            ("a_1 == 'x'", vec![Name("a_1"), Sign("=="), Text("x".into())]),
            ("1_000 1.5 1e3 2.e", vec![Integer(1_000), Float(1.5), Float(1e3), Integer(2), Sign("."), Name("e")]),
            ("a.1.0", vec![Name("a"), Sign("."), Integer(1), Sign("."), Integer(0)]),
            ("a -}} b", vec![Name("a"), Close { trims: true }, Name("b")]),
            (
                "{1:{2:3}}}}",
                vec![
                    Sign("{"),
                    Integer(1),
                    Sign(":"),
                    Sign("{"),
                    Integer(2),
                    Sign(":"),
                    Integer(3),
                    Sign("}"),
                    Sign("}"),
                    Close { trims: false },
                ],
            ),
            (r#""\"\n\u00e9\ud83d\ude00\q""#, vec![Text("\"\né😀\\q".into())]),
            ("99999999999999999999", vec![Float(1e20)]),
        ] {
            assert_eq!(tokens(source).as_ref(), Ok(&expected), "{source}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (source, words) in [
            ("'a", "has no end"),
            ("'a\\'", "has no end"),
            ("a && b", "write `and`"),
            ("a || b", "write `or`"),
            ("!a", "write `not`"),
            ("“a”", "straight quotes"),
            ("a ? b", "write `a if b else c`"),
            ("$a", "without a sign"),
            ("'\\ud83d'", "digits"),
            ("'\\ud83dx'", "digits"),
            ("'\\u12'", "digits"),
        ] {
            assert!(tokens(source).unwrap_err().contains(words), "{source}");
        }
    }
}
