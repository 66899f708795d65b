//! Strings that do no more than print values: `Thank you, {{ name }}!`. Most are, and need neither a compiler nor a machine.

use std::fmt::Display;
use std::io::{self, Write};

use super::expression::{VALUE_BEGINS, VALUE_ENDS};

/// A string of literals and names.
#[derive(Debug, PartialEq)]
pub struct Plain(Vec<Part>);

#[derive(Debug, PartialEq)]
enum Part {
    Literal(String),
    Name(String),
}

/// Names that mean something else to Jinja.
const RESERVED: [&str; 17] = [
    "true", "True", "false", "False", "none", "None", "not", "and", "or", "in", "is", "if", "else", "loop", "self",
    "super", "caller",
];

impl Plain {
    /// None for what says more than that, or is wrong: that is Jinja's.
    pub fn parse(source: &str) -> Option<Self> {
        // Statements, comments, and an end of line at the end, which Jinja drops.
        if source.contains("{%") || source.contains("{#") || source.ends_with(['\n', '\r']) {
            return None;
        }
        let (mut parts, mut rest) = (Vec::new(), source);
        while let Some((literal, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}")?;
            let name = name.trim_matches(' ');
            let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && !RESERVED.contains(&name);
            if !is_name {
                return None;
            }
            parts.extend([Part::Literal(literal.to_owned()), Part::Name(name.to_owned())]);
            rest = after;
        }
        parts.push(Part::Literal(rest.to_owned()));
        Some(Self(parts))
    }

    /// The names that it reads, some of them more than once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// Prints it with the values of its names.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn print<V: Display>(&self, value: impl Fn(&str) -> V, out: &mut impl Write) -> io::Result<()> {
        for part in &self.0 {
            match part {
                Part::Literal(literal) => out.write_all(literal.as_bytes())?,
                Part::Name(name) => {
                    out.write_all(VALUE_BEGINS.as_bytes())?;
                    write!(out, "{}", value(name))?;
                    out.write_all(VALUE_ENDS.as_bytes())?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_is_left_to_jinja() {
        for source in [
            "{{ name | upper }}",
            "{{ name.first }}",
            "{{ 1 }}",
            "{{ 'name' }}",
            "{{- name }}",
            "{{ name -}}",
            "{{{ name }}}",
            "{{ name",
            "{{ }}",
            "{{ true }}",
            "{{ not }}",
            "{{ a b }}",
            "{{ größe }}",
            "{% if name %}{{ name }}{% endif %}",
            "{# {{ name }} #}",
            "{{ name }}\n",
            "{{ name }}\r",
        ] {
            assert_eq!(Plain::parse(source), None, "{source}");
        }
    }
}
