//! The warnings of a picture: lines that say what could not be done as written.
//!
//! Invariant: a picture has a bounded number of lines, and each line a bounded length, whatever a
//! template repeats. No line holds a value.

use std::fmt::{self, Display, Write};
use std::ops::Deref;

use crate::limits::Limits;

/// Warnings in the order in which they came up. Reads as a slice of lines.
///
/// A line that equals the one before it is not repeated. After [`Limits::warnings`] lines, the last
/// line only counts: `and 12 more`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warnings {
    lines: Vec<String>,
    /// Number of warnings that have no line of their own.
    more: usize,
    /// Whether a part was left out for which a smaller picture has room.
    omits: bool,
    /// Most lines with a text of their own.
    most: usize,
    /// Most characters of a place.
    place_chars: usize,
    /// Most characters of the text after it.
    text_chars: usize,
}

impl Warnings {
    /// No warnings yet.
    #[must_use]
    pub const fn new(limits: &Limits) -> Self {
        Self {
            lines: Vec::new(),
            more: 0,
            omits: false,
            most: limits.warnings,
            place_chars: limits.warning_place_chars,
            text_chars: limits.warning_text_chars,
        }
    }

    /// Adds the line `place: text`. The place is a layer's name, or a path in the template; the
    /// middle of a long one is left out.
    pub fn push(&mut self, place: &str, text: impl Display) {
        if self.lines.len() >= self.most {
            self.count(1);
            return;
        }
        let mut line = Line { text: shortened(place, self.place_chars), left: self.text_chars };
        // Writing fails where the line is full: the rest of it is left out.
        let is_whole = write!(line, ": {text}").is_ok();
        let mut line = line.text;
        if !is_whole {
            line.push('…');
        }
        if self.lines.last() != Some(&line) {
            self.lines.push(line);
        }
    }

    /// Adds such a line about a part of the picture that was left out, because a budget has room for fewer px.
    pub fn omit(&mut self, place: &str, text: impl Display) {
        self.omits = true;
        self.push(place, text);
    }

    /// Whether a part was left out for which a smaller picture has room.
    #[must_use]
    pub const fn omits(&self) -> bool {
        self.omits
    }

    /// Adds the warnings of a later stage.
    pub fn append(&mut self, other: Self) {
        let Self { mut lines, more, omits, .. } = other;
        self.omits |= omits;
        if more > 0 {
            lines.pop();
        }
        for line in lines {
            if self.lines.len() < self.most { self.lines.push(line) } else { self.count(1) }
        }
        if more > 0 {
            self.count(more);
        }
    }

    /// The lines.
    #[must_use]
    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// Counts warnings in the last line.
    fn count(&mut self, warnings: usize) {
        if self.more > 0 {
            self.lines.pop();
        }
        self.more = self.more.saturating_add(warnings);
        self.lines.push(format!("and {} more", self.more));
    }
}

impl Deref for Warnings {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.lines
    }
}

impl<'a> IntoIterator for &'a Warnings {
    type Item = &'a String;
    type IntoIter = std::slice::Iter<'a, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.lines.iter()
    }
}

/// A line that takes a bounded number of characters.
struct Line {
    text: String,
    left: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(character);
        }
        Ok(())
    }
}

/// A text of at most `most` characters: the beginning and the end of a longer one.
fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most || text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let (start, end) = (most / 2, most.saturating_sub(most / 2).saturating_sub(1));
    let mut short: String = text.chars().take(start).collect();
    short.push('…');
    let tail: Vec<char> = text.chars().rev().take(end).collect();
    short.extend(tail.into_iter().rev());
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[(&str, &str)]) -> Warnings {
        let limits = Limits { warnings: 2, warning_place_chars: 5, warning_text_chars: 8, ..Limits::default() };
        let mut warnings = Warnings::new(&limits);
        lines.iter().for_each(|(place, text)| warnings.push(place, text));
        warnings
    }

    #[test]
    fn lines_are_few_and_short() {
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
        let cases: [Case<'_>; 5] = [
            (&[], &[]),
            (&[("a", "b"), ("a", "b"), ("c", "d")], &["a: b", "c: d"]),
            (&[("a", "1"), ("a", "2"), ("a", "3"), ("a", "4")], &["a: 1", "a: 2", "and 2 more"]),
            (&[("ääbbcc", "123456"), ("ääbcc", "1234567")], &["ää…cc: 123456", "ääbcc: 123456…"]),
            (&[(&"x".repeat(100_000), &"y".repeat(100_000))], &["xx…xx: yyyyyy…"]),
        ];
        for (lines, expected) in cases {
            assert_eq!(of(lines).to_vec(), expected);
        }
    }

    #[test]
    fn stages_count_together() {
        let mut warnings = of(&[("a", "1")]);
        warnings.append(of(&[("b", "1"), ("b", "2"), ("b", "3"), ("b", "4")]));
        assert_eq!(warnings.to_vec(), ["a: 1", "b: 1", "and 3 more"]);
        warnings.append(of(&[("c", "1")]));
        assert_eq!(warnings.into_lines(), ["a: 1", "b: 1", "and 4 more"]);
    }
}
