//! Splits Rust source into tokens, as far as imports need it: words, marks, and groups in brackets.
//!
//! Comments, literals and lifetimes are left out.

use std::iter::Peekable;
use std::str::Chars;

/// A token of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// An identifier or a keyword.
    Word(String),
    /// A character of punctuation.
    Mark(char),
    /// The tokens between brackets of a pair, with the opening bracket.
    Group(char, Vec<Self>),
}

/// The tokens of a source file; fails if its brackets do not match.
pub fn read(source: &str) -> Vec<Token> {
    let mut chars = source.chars().peekable();
    let tokens = group(&mut chars);
    assert_eq!(chars.next(), None, "a bracket too many");
    tokens
}

/// Tokens up to the end of the source, or to a closing bracket, which is not consumed.
fn group(chars: &mut Peekable<Chars<'_>>) -> Vec<Token> {
    let mut tokens = Vec::new();
    while let Some(&next) = chars.peek() {
        match next {
            ')' | ']' | '}' => break,
            '(' | '[' | '{' => {
                chars.next();
                let inner = group(chars);
                let closing = chars.next().expect("a closing bracket");
                assert!(matches!((next, closing), ('(', ')') | ('[', ']') | ('{', '}')), "{next} and {closing}");
                tokens.push(Token::Group(next, inner));
            }
            '/' => {
                chars.next();
                match chars.peek() {
                    Some('/') => drop(chars.by_ref().find(|c| *c == '\n')),
                    Some('*') => skip_block_comment(chars),
                    _ => tokens.push(Token::Mark('/')),
                }
            }
            '"' => skip_string(chars),
            '\'' => skip_char_or_lifetime(chars),
            c if c.is_ascii_digit() => drop(word(chars)),
            c if c == '_' || c.is_alphabetic() => {
                let word = word(chars);
                match (word.as_str(), chars.peek()) {
                    ("r" | "br" | "cr", Some('"' | '#')) => skip_raw(chars, &mut tokens),
                    ("b" | "c", Some('"')) => skip_string(chars),
                    ("b", Some('\'')) => skip_char_or_lifetime(chars),
                    _ => tokens.push(Token::Word(word)),
                }
            }
            c => {
                chars.next();
                if !c.is_whitespace() {
                    tokens.push(Token::Mark(c));
                }
            }
        }
    }
    tokens
}

fn word(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(c) = chars.next_if(|c| *c == '_' || c.is_alphanumeric()) {
        word.push(c);
    }
    word
}

/// Skips a block comment behind its `/`; such comments nest.
fn skip_block_comment(chars: &mut Peekable<Chars<'_>>) {
    let mut depth = 0;
    let mut last = '/';
    for c in chars.by_ref() {
        match (last, c) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                last = c;
                continue;
            }
        }
        if depth == 0 {
            return;
        }
        // A character is part of one mark only: `/*/` is not closed.
        last = ' ';
    }
}

/// Skips a string literal from its opening quote.
fn skip_string(chars: &mut Peekable<Chars<'_>>) {
    chars.next();
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '"' => return,
            _ => {}
        }
    }
}

/// Skips a raw string behind its `r`; `r#name` is a word.
fn skip_raw(chars: &mut Peekable<Chars<'_>>, tokens: &mut Vec<Token>) {
    let mut hashes = 0;
    while chars.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    if chars.next_if_eq(&'"').is_none() {
        tokens.push(Token::Word(word(chars)));
        return;
    }
    while let Some(c) = chars.next() {
        let mut found = 0;
        while c == '"' && found < hashes && chars.next_if_eq(&'#').is_some() {
            found += 1;
        }
        if c == '"' && found == hashes {
            return;
        }
    }
}

/// Skips `'c'`, `'\n'` or `'lifetime`, from its quote.
fn skip_char_or_lifetime(chars: &mut Peekable<Chars<'_>>) {
    chars.next();
    if chars.next_if_eq(&'\\').is_some() {
        chars.next();
        chars.find(|c| *c == '\'');
        return;
    }
    let is_word = chars.peek().is_some_and(|c| *c == '_' || c.is_alphanumeric());
    if is_word && word(chars).chars().count() > 1 {
        return;
    }
    if !is_word {
        chars.next();
    }
    chars.next_if_eq(&'\'');
}

#[test]
fn literals_and_comments_are_no_tokens() {
    let words = |source: &str| {
        let tokens = read(source);
        tokens
            .iter()
            .filter_map(|token| if let Token::Word(word) = token { Some(word.clone()) } else { None })
            .collect::<Vec<_>>()
    };
    for source in [
        "a b",
        "a // x\nb",
        "a /* x /* x */ x */ b",
        "a /*/ x */ b",
        "a \"x \\\" x\" b",
        "a r\"x \\\" b",
        "a r#\"x \" x\"# b",
        "a br##\"x \"# x\"## b\"x\" c\"x\" b",
        "a '\"' b",
        "a '\\'' '\\\\' '\\u{e9}' b'x' 'x' b",
        "a 'static &'x b",
        "a 1_000.5e3 0xfu8 b",
        "a / b",
        "a (x) [x] {x} b",
        "r#a b",
    ] {
        assert_eq!(words(source), ["a", "b"], "{source}");
    }
}
