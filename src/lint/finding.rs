//! A fault of an email, with its place and its remedy.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// The weight of a [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The pictures are right, but the author may want to know.
    Note,
    /// Some recipients, or some mail clients, get another picture than the author means.
    Warning,
    /// Every recipient gets another picture than the author means, or none.
    Error,
}

impl Severity {
    /// The word for it: `warning`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One fault.
///
/// Its `Display` is one line: `12:34 warning img-without-alt: message (remedy)`. No text of it holds
/// a value of a URL; it may hold names of params, and merge tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding {
    /// A name for programs that never changes, in kebab-case: `foreign-tag`.
    pub code: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// The line in the email, from 1.
    pub line: usize,
    /// The column in the line, from 1, in characters.
    pub column: usize,
    /// One sentence without a full stop: what is wrong, and what comes of it.
    pub message: String,
    /// One sentence in the imperative, without a full stop: how to mend it.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, severity, line, column, message, remedy } = self;
        write!(f, "{line}:{column} {} {code}: {message} ({remedy})", severity.word())
    }
}

/// Findings by their byte in the email, while they are collected in any order.
#[derive(Debug, Default)]
pub(super) struct Findings(BTreeMap<usize, Vec<Finding>>);

impl Findings {
    pub(super) fn error(
        &mut self,
        at: usize,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(at, Severity::Error, code, message.into(), remedy.into());
    }

    pub(super) fn warning(
        &mut self,
        at: usize,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(at, Severity::Warning, code, message.into(), remedy.into());
    }

    /// Adds a finding at the byte `at` of the email.
    pub(super) fn add(&mut self, at: usize, severity: Severity, code: &'static str, message: String, remedy: String) {
        let there = self.0.entry(at).or_default();
        let finding = Finding { code, severity, line: 0, column: 0, message, remedy };
        if there.last() != Some(&finding) {
            there.push(finding);
        }
    }

    /// The findings in the order of their places, at most `most` of them, with line and column.
    pub(super) fn finish(self, html: &str, most: usize) -> Vec<Finding> {
        // The text is read once, from one finding to the next.
        let (mut line, mut start, mut read) = (1_usize, 0_usize, 0_usize);
        let mut findings = Vec::new();
        let all = self.0.into_iter().flat_map(|(at, there)| there.into_iter().map(move |finding| (at, finding)));
        for (at, finding) in all.take(most) {
            let between = html.get(read..at).unwrap_or_default();
            line = line.saturating_add(between.bytes().filter(|byte| *byte == b'\n').count());
            start = between.rfind('\n').map_or(start, |end| read.saturating_add(end).saturating_add(1));
            read = at;
            let column = html.get(start..at).unwrap_or_default().chars().count().saturating_add(1);
            findings.push(Finding { line, column, ..finding });
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_lines_and_characters() {
        let html = "<p>é\r\n<b>ü x</b>\ny";
        let mut findings = Findings::default();
        for sign in ["y", "x", "<p", "x"] {
            findings.error(html.find(sign).unwrap(), "code", sign, "remedy");
        }
        let places: Vec<_> = findings.finish(html, 9).iter().map(ToString::to_string).collect();
        assert_eq!(places, ["1:1 error code: <p (remedy)", "2:6 error code: x (remedy)", "3:1 error code: y (remedy)"]);
    }
}
