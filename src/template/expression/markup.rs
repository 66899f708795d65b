//! A string with expressions in it, read: `Welcome[, {{ name | title }}]{% if vip %} ★{% endif %}`.
//!
//! Beside Jinja's `{{ }}`, `{% if %}` and `{# #}` there are phrases that give way. A phrase in
//! square brackets is printed only if every `{{ }}` right in it prints something, so that
//! punctuation and small words go with the value that they belong to. Brackets without an
//! expression in them are brackets, and `\[` always is one.
//!
//! A source is read once, from left to right, and every part of it is moved once for each level
//! that it is in.

use std::rc::Rc;

use crate::limits::Limits;
use crate::params::Params;

use super::budget::Budget;
use super::parser::{self, Found, Place};
use super::syntax::Node;

/// A part of a string.
#[derive(Debug)]
pub enum Part {
    /// Printed as it is.
    Literal(Box<str>),
    /// `{{ … }}`
    Print(Node),
    /// `{% if … %}`: conditions with their parts, and the parts of `{% else %}`.
    If(Box<[(Node, Box<[Self]>)]>, Box<[Self]>),
    /// `[… {{ … }} …]`
    Phrase(Box<[Self]>),
}

/// A string with expressions in it.
#[derive(Debug)]
pub struct Markup {
    pub parts: Box<[Part]>,
    /// The names that it uses, each once.
    pub names: Box<[Rc<str>]>,
}

impl Markup {
    /// Reads a string. Beside it is what is [meant otherwise](super::doubt) in it.
    ///
    /// # Errors
    /// Words that say what is wrong.
    pub fn parse(source: &str, params: &Params, limits: &Limits) -> Result<(Self, Vec<String>), String> {
        // As in Jinja, a line's end at the end is left out.
        let text = source.strip_suffix('\n').unwrap_or(source);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let reader = Reader {
            source: text,
            at: 0,
            has_phrases: source.contains('['),
            params,
            budget: Budget::new(limits),
            found: Found::default(),
            body: Body::default(),
            lead: 0,
            open: Vec::new(),
        };
        reader.read()
    }
}

/// Parts that are being read.
#[derive(Default)]
struct Body {
    parts: Vec<Part>,
    /// The parts outside of all square brackets.
    inner: Inner,
    /// Square brackets that are open, the innermost last, each with the index of its bracket among
    /// the parts.
    phrases: Vec<(usize, Inner)>,
}

/// The parts directly in a body or a phrase.
#[derive(Default, Clone, Copy)]
struct Inner {
    /// A `{{ }}`; one in an `{% if %}` counts, and one in another phrase does not.
    prints: bool,
    /// Levels of phrases and conditions.
    depth: usize,
}

impl Inner {
    fn add(&mut self, other: Self) {
        self.prints |= other.prints;
        self.depth = self.depth.max(other.depth);
    }
}

/// An `{% if %}` that is open.
struct OpenIf {
    /// The parts before it.
    before: Body,
    branches: Vec<(Node, Box<[Part]>)>,
    /// The condition of the branch that is being read; `None` in `{% else %}`.
    condition: Option<Node>,
    /// The parts of its finished branches.
    inner: Inner,
}

struct Reader<'s, 'a> {
    source: &'s str,
    at: usize,
    /// There is a square bracket, so that `\[` is an escape.
    has_phrases: bool,
    params: &'a Params,
    budget: Budget,
    found: Found,
    body: Body,
    /// Number of parts behind the last tag or bracket: the text that `{{-` trims begins there.
    lead: usize,
    open: Vec<OpenIf>,
}

impl<'s> Reader<'s, '_> {
    fn read(mut self) -> Result<(Markup, Vec<String>), String> {
        while let Some(rest) = self.source.get(self.at..).filter(|rest| !rest.is_empty()) {
            let signs: &[char] = if self.has_phrases { &['{', '[', ']', '\\'] } else { &['{'] };
            let length = rest.find(signs).unwrap_or(rest.len());
            if length > 0 {
                self.literal(rest.get(..length).unwrap_or_default());
                self.at = self.at.saturating_add(length);
                continue;
            }
            match (rest.get(..2).unwrap_or_default(), rest.get(..1).unwrap_or_default()) {
                ("{{", _) => self.print(rest)?,
                ("{%", _) => self.statement(rest)?,
                ("{#", _) => self.comment(rest)?,
                ("\\[" | "\\]", _) => {
                    self.literal(rest.get(1..2).unwrap_or_default());
                    self.at = self.at.saturating_add(2);
                }
                (_, "[") => {
                    let bracket = self.body.parts.len();
                    self.body.parts.push(Part::Literal("[".into()));
                    self.body.phrases.push((bracket, Inner::default()));
                    self.lead = self.body.parts.len();
                    self.at = self.at.saturating_add(1);
                }
                (_, "]") => {
                    self.close_phrase()?;
                    self.at = self.at.saturating_add(1);
                }
                (_, sign) => {
                    self.literal(sign);
                    self.at = self.at.saturating_add(1);
                }
            }
        }
        if !self.open.is_empty() {
            return Err("syntax error: an `{% if %}` has no `{% endif %}`".to_owned());
        }
        let Found { names, doubts } = self.found;
        Ok((Markup { parts: self.body.finish().0, names: names.into_iter().collect() }, doubts))
    }

    fn literal(&mut self, text: &str) {
        self.body.parts.push(Part::Literal(text.into()));
    }

    /// Begins a tag; `{{-` trims the white space before it. Returns the byte behind its opening.
    fn open_tag(&mut self, rest: &str) -> usize {
        let sign = rest.as_bytes().get(2).copied();
        if sign == Some(b'-')
            && self.body.parts.len() > self.lead
            && let Some(Part::Literal(before)) = self.body.parts.last_mut()
        {
            *before = before.trim_end().into();
        }
        self.at.saturating_add(if matches!(sign, Some(b'-' | b'+')) { 3 } else { 2 })
    }

    /// Goes on behind a tag.
    fn close_tag(&mut self, end: usize, trims: bool) {
        let rest = self.source.get(end..).unwrap_or_default();
        let left_out = if trims { rest.len().saturating_sub(rest.trim_start().len()) } else { 0 };
        self.at = end.saturating_add(left_out);
        self.lead = self.body.parts.len();
    }

    fn print(&mut self, rest: &str) -> Result<(), String> {
        let at = self.open_tag(rest);
        let parsed = parser::parse((self.source, at), Place::Print, self.params, &mut self.budget, &mut self.found)?;
        self.body.parts.push(Part::Print(parsed.node));
        self.body.innermost().prints = true;
        self.close_tag(parsed.end, parsed.trims);
        Ok(())
    }

    fn comment(&mut self, rest: &str) -> Result<(), String> {
        let at = self.open_tag(rest);
        let length = self.source.get(at..).and_then(|rest| rest.find("#}"));
        let length = length.ok_or_else(|| "syntax error: a comment is not closed by `#}`".to_owned())?;
        let end = at.saturating_add(length);
        let trims = length > 0 && self.source.as_bytes().get(end.saturating_sub(1)) == Some(&b'-');
        self.close_tag(end.saturating_add(2), trims);
        Ok(())
    }

    fn statement(&mut self, rest: &str) -> Result<(), String> {
        let at = self.open_tag(rest);
        let rest = self.source.get(at..).unwrap_or_default();
        let trimmed = rest.trim_ascii_start();
        let length = trimmed.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        let word = trimmed.get(..length).unwrap_or_default();
        let behind = at.saturating_add(rest.len().saturating_sub(trimmed.len())).saturating_add(length);
        let (end, trims) = match word {
            "if" | "elif" => {
                let parsed = parser::parse(
                    (self.source, behind),
                    Place::Statement,
                    self.params,
                    &mut self.budget,
                    &mut self.found,
                )?;
                if word == "if" {
                    self.budget.descend()?;
                    let before = std::mem::take(&mut self.body);
                    self.open.push(OpenIf {
                        before,
                        branches: Vec::new(),
                        condition: Some(parsed.node),
                        inner: Inner::default(),
                    });
                } else {
                    self.close_branch(word)?.condition = Some(parsed.node);
                }
                (parsed.end, parsed.trims)
            }
            "else" => {
                let closed = self.closed(behind)?;
                self.close_branch(word)?;
                closed
            }
            "endif" => {
                let closed = self.closed(behind)?;
                self.close_if()?;
                closed
            }
            word => {
                return Err(format!(
                    "the statement `{word}` is not for templates; `if`, `elif`, `else` and `endif` are"
                ));
            }
        };
        self.close_tag(end, trims);
        Ok(())
    }

    /// The end of a statement without an expression.
    fn closed(&self, at: usize) -> Result<(usize, bool), String> {
        let rest = self.source.get(at..).unwrap_or_default();
        let trimmed = rest.trim_ascii_start();
        let close = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
        match close.strip_prefix("%}") {
            Some(behind) => Ok((self.source.len().saturating_sub(behind.len()), trimmed.starts_with('-'))),
            None => Err("syntax error: a statement is not closed by `%}`".to_owned()),
        }
    }

    /// Finishes a branch of the innermost `{% if %}`.
    fn close_branch(&mut self, word: &str) -> Result<&mut OpenIf, String> {
        let open = self.open.last_mut();
        let (parts, inner) = std::mem::take(&mut self.body).finish();
        match open {
            Some(open) if open.condition.is_some() => {
                if let Some(condition) = open.condition.take() {
                    open.branches.push((condition, parts));
                }
                open.inner.add(inner);
                Ok(open)
            }
            _ => Err(format!("syntax error: `{word}` stands without an `if` before it")),
        }
    }

    fn close_if(&mut self) -> Result<(), String> {
        let open =
            self.open.pop().ok_or_else(|| "syntax error: `endif` stands without an `if` before it".to_owned())?;
        self.budget.ascend();
        let (parts, mut inner) = std::mem::replace(&mut self.body, open.before).finish();
        let mut branches = open.branches;
        let otherwise = match open.condition {
            Some(condition) => {
                branches.push((condition, parts));
                Box::default()
            }
            None => parts,
        };
        self.body.parts.push(Part::If(branches.into(), otherwise));
        inner.add(open.inner);
        self.body.innermost().add(Inner { depth: inner.depth.saturating_add(1), ..inner });
        Ok(())
    }

    /// A `]`: ends a phrase if a `{{ }}` stands right in it; else it is a bracket.
    fn close_phrase(&mut self) -> Result<(), String> {
        match self.body.phrases.pop() {
            Some((bracket, inner)) if inner.prints => {
                let depth = inner.depth.saturating_add(1);
                self.budget.fits(depth)?;
                let parts = self.body.parts.drain(bracket..).skip(1).collect();
                self.body.parts.push(Part::Phrase(joined(parts)));
                self.body.innermost().add(Inner { prints: false, depth });
                self.lead = self.body.parts.len();
            }
            bracket => {
                if let Some((_, inner)) = bracket {
                    self.body.innermost().add(inner);
                }
                self.literal("]");
            }
        }
        Ok(())
    }
}

impl Body {
    /// The innermost phrase that is open, or the body.
    fn innermost(&mut self) -> &mut Inner {
        self.phrases.last_mut().map_or(&mut self.inner, |(_, inner)| inner)
    }

    /// The parts. Square brackets that are still open are brackets.
    fn finish(self) -> (Box<[Part]>, Inner) {
        let mut inner = self.inner;
        self.phrases.iter().for_each(|(_, open)| inner.add(*open));
        (joined(self.parts), inner)
    }
}

/// Texts beside each other as one.
fn joined(parts: Vec<Part>) -> Box<[Part]> {
    let mut joined: Vec<Part> = Vec::with_capacity(parts.len());
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Literal(more) => text.push_str(&more),
            other => {
                if !text.is_empty() {
                    joined.push(Part::Literal(std::mem::take(&mut text).into()));
                }
                joined.push(other);
            }
        }
    }
    if !text.is_empty() {
        joined.push(Part::Literal(text.into()));
    }
    joined.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts, written out: `<…>` is a phrase, `_` an expression, `?` a condition.
    fn shape(parts: &[Part]) -> String {
        let write = |part: &Part| match part {
            Part::Literal(text) => text.to_string(),
            Part::Print(_) => "_".to_owned(),
            Part::If(branches, otherwise) => {
                let branches: Vec<_> = branches.iter().map(|(_, parts)| shape(parts)).collect();
                format!("?({}|{})", branches.join("|"), shape(otherwise))
            }
            Part::Phrase(parts) => format!("<{}>", shape(parts)),
        };
        parts.iter().map(write).collect()
    }

    fn read(source: &str) -> Result<String, String> {
        Markup::parse(source, &Params::new(), &Limits::default()).map(|(markup, _)| shape(&markup.parts))
    }

    #[test]
    fn reads_strings() {
        for (source, expected) in [
            ("Welcome, {{ name }}!", "Welcome, _!"),
            ("Welcome[, {{ name }}]!", "Welcome<, _>!"),
            ("[{{ a }} of {{ b | upper }}]", "<_ of _>"),
            ("Hi[ {{ a }}[ from {{ b }}]]", "Hi< _< from _>>"),
            ("[VIP] {{ name }}", "[VIP] _"),
            ("[[VIP] {{ name }}]", "<[VIP] _>"),
            ("\\[{{ name }}\\]", "[_]"),
            ("\\{{ name }}\\]", "\\_\\]"),
            ("{{ ['a]', '[b'] }}[", "_["),
            ("{{ name }} ] [ [{{ '}}]' }}", "_ ] [ [_"),
            ("a [{{- name -}} ] b", "a <_> b"),
            ("a {{- name -}} b", "a_b"),
            ("a {# [ {{ x #}{{- name }}", "a _"),
            ("a {#- {{ 'a' * 100 -#} b", "ab"),
            ("[é {{ name }} 李]", "<é _ 李>"),
            ("{% if a %}[{{ b }}]{% elif c %}x{% else %}]{% endif %}\r\n", "?(<_>|x|])"),
            ("[{% if a %}[{{ b }}{% endif %}]", "<?([_|)>"),
            ("{%- if a -%} x {%- endif +%} y", "?(x|) y"),
            ("{ {{ a }} } % # }}", "{ _ } % # }}"),
        ] {
            assert_eq!(read(source).as_deref(), Ok(expected), "{source}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (source, words) in [
            ("{{ name", "not closed by `}}`"),
            ("{{ name }", "ends with two braces"),
            ("[{{ broken ]", "unexpected `]`"),
            ("{# a", "a comment is not closed"),
            ("{% if a %}b", "no `{% endif %}`"),
            ("{% endif %}", "without an `if`"),
            ("{% else %}", "without an `if`"),
            ("{% if a %}{% else %}{% else %}{% endif %}", "without an `if`"),
            ("{% if a %}{% endif x %}", "not closed by `%}`"),
            ("{% for a in b %}{% endfor %}", "the statement `for`"),
            ("{%- set a = 1 %}", "the statement `set`"),
            ("{% raw %}{{ a }}{% endraw %}", "the statement `raw`"),
            ("{% %}", "the statement ``"),
        ] {
            let error = read(source).unwrap_err();
            assert!(error.contains(words), "{source}: {error}");
        }
    }

    #[test]
    fn nesting_is_bounded_and_brackets_are_not() {
        let nested = |count: usize| format!("{}{{{{ a }}}}{}", "[".repeat(count), "{{ a }}]".repeat(count));
        assert!(read(&nested(30)).is_ok());
        assert!(read(&nested(40)).unwrap_err().contains("deep"));
        let conditions = |count: usize| format!("{}{}", "{% if a %}".repeat(count), "{% endif %}".repeat(count));
        assert!(read(&conditions(30)).is_ok());
        assert!(read(&conditions(40)).unwrap_err().contains("deep"));
        let limits = Limits { expression_tokens: usize::MAX, expression_calls: usize::MAX, ..Limits::default() };
        for piece in ["[", "[ {{ a }}", "]", "[]", "\\[", "[{{ a }}]", "{# #}"] {
            let source = piece.repeat(20_000);
            assert!(Markup::parse(&source, &Params::new(), &limits).is_ok(), "{piece}");
        }
    }
}
