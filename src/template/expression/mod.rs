//! `{{ }}` in any string and `when` on any layer: Jinja, as far as a picture needs it.
//!
//! A source is read into a syntax tree under budgets ([`parser`]), and evaluated under budgets
//! ([`evaluate`]). The language has neither loops nor assignments, so that an evaluation ends; and
//! only operators and filters that are listed here exist ([`syntax`], [`operator`], [`filters`]). A
//! value is data: it is printed, never parsed again.
//!
//! The spelling and the meaning are those of the crate `minijinja`, with which the tests compare.
//! That crate itself is no part of the product, because its work can be bounded by steps only, not
//! by bytes, and its compiler recurses.

mod arguments;
mod budget;
mod context;
mod doubt;
mod evaluate;
mod filters;
mod markup;
pub(super) mod members;
mod meter;
mod operator;
mod parser;
mod syntax;
mod token;
mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::limits::Limits;
use crate::params::Params;
use crate::text::marks;

use budget::Budget;
use evaluate::{Form, Machine, Printed};
use markup::{Markup, Part};
use meter::Meter;
use parser::{Found, Place};
use syntax::Node;

pub use context::{Context, data};
pub use filters::initials;
pub use value::Value;

/// The names of all filters.
#[must_use]
pub fn filter_names() -> Vec<&'static str> {
    filters::FILTERS.iter().map(|signature| signature.name).collect()
}

/// The expressions of one template, read, and found by their source.
pub struct Expressions {
    texts: BTreeMap<Box<str>, Markup>,
    conditions: BTreeMap<Box<str>, Condition>,
    /// What is meant otherwise in sources that were read, until it is taken.
    doubts: Vec<String>,
    limits: Budgets,
}

/// A `when`.
struct Condition {
    node: Node,
    /// The names that it uses, each once.
    names: Box<[Rc<str>]>,
}

/// The budgets of an evaluation.
struct Budgets {
    steps: u64,
    /// Bytes of a source, and of what it may print.
    bytes: usize,
    /// Bytes that one evaluation may make and read.
    work: usize,
    /// Bytes that all evaluations of a picture may make and read.
    picture: usize,
    /// For reading.
    all: Limits,
}

impl Expressions {
    /// No expressions yet.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let limits = Budgets {
            steps: limits.expression_fuel,
            bytes: limits.expression_bytes,
            work: limits.expression_work_bytes,
            picture: limits.expressions_work_bytes,
            all: limits.clone(),
        };
        Self { texts: BTreeMap::new(), conditions: BTreeMap::new(), doubts: Vec::new(), limits }
    }

    fn check_length(&self, source: &str) -> Result<(), String> {
        if source.len() > self.limits.bytes {
            return Err(format!("a string with an expression in it may have {} bytes", self.limits.bytes));
        }
        Ok(())
    }

    /// Reads a string with `{{ }}` in it; returns the names that it uses.
    ///
    /// # Errors
    /// Words that say what is wrong with it.
    pub fn add_text(&mut self, source: &str, params: &Params) -> Result<Vec<String>, String> {
        self.check_length(source)?;
        if !self.texts.contains_key(source) {
            let (markup, doubts) = Markup::parse(source, params, &self.limits.all)?;
            self.doubts.extend(doubts);
            self.texts.insert(source.into(), markup);
        }
        Ok(self.texts.get(source).map(|markup| strings(&markup.names)).unwrap_or_default())
    }

    /// Reads a `when`; returns the names that it uses.
    ///
    /// # Errors
    /// Words that say what is wrong with it.
    pub fn add_condition(&mut self, source: &str, params: &Params) -> Result<Vec<String>, String> {
        self.check_length(source)?;
        if !self.conditions.contains_key(source) {
            let is_braced = source.trim_start().starts_with('{') && !source.contains(':');
            if is_braced || source.contains("{{") || source.contains("{%") {
                return Err("a condition stands without braces: `name`, not `{{ name }}`".to_owned());
            }
            let (mut budget, mut found) = (Budget::new(&self.limits.all), Found::default());
            let parsed = parser::parse((source, 0), Place::Condition, params, &mut budget, &mut found)?;
            self.doubts.append(&mut found.doubts);
            let names = found.names.into_iter().collect();
            self.conditions.insert(source.into(), Condition { node: parsed.node, names });
        }
        Ok(self.conditions.get(source).map(|condition| strings(&condition.names)).unwrap_or_default())
    }

    /// Takes what is meant otherwise in the sources that were read since it was taken: nothing is wrong with
    /// it, and it cannot mean what it says.
    pub fn take_doubts(&mut self) -> Vec<String> {
        std::mem::take(&mut self.doubts)
    }

    /// Whether a string uses one of those params. An unknown string might.
    #[must_use]
    pub fn text_reads(&self, source: &str, which: impl Fn(&str) -> bool) -> bool {
        self.texts.get(source).is_none_or(|markup| markup.names.iter().any(|name| which(name)))
    }

    /// Whether a `when` uses one of those params. An unknown one might.
    #[must_use]
    pub fn condition_reads(&self, source: &str, which: impl Fn(&str) -> bool) -> bool {
        self.conditions.get(source).is_none_or(|condition| condition.names.iter().any(|name| which(name)))
    }

    /// The text that a string prints.
    ///
    /// # Errors
    /// A reason in words, without values: too many steps or bytes, a value of the wrong type.
    pub fn text(&self, source: &str, context: &Context) -> Result<String, String> {
        let text = self.print(source, context, Form::Plain)?.text;
        Ok(match marks::plain(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(plain) => plain,
        })
    }

    /// The text of a part of a sentence: as [`Self::text`], but every value that
    /// [the sentence could reorder](crate::text::bidi::is_isolated) is isolated (U+2068 … U+2069,
    /// HTML's `<bdi>`). So the `!` of `Welcome, {{ name }}!` stays at the end of the sentence,
    /// whatever the name is. If nothing in the sentence runs from right to left,
    /// [`bidi::without_isolates`](crate::text::bidi::without_isolates) removes them again. A value of type `rich`
    /// has its [marks](crate::text::marks).
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn isolated(&self, source: &str, context: &Context) -> Result<String, String> {
        Ok(self.print(source, context, Form::Isolated)?.text)
    }

    /// The URL that a string prints: every value in it is percent-encoded as one part of a URL.
    /// `None` if one of them is missing.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn url(&self, source: &str, context: &Context) -> Result<Option<String>, String> {
        let printed = self.print(source, context, Form::Url { gap: false })?;
        Ok((printed.form == Form::Url { gap: false }).then_some(printed.text))
    }

    fn print(&self, source: &str, context: &Context, form: Form) -> Result<Printed, String> {
        let markup = self.texts.get(source).ok_or_else(|| "it was not compiled".to_owned())?;
        let mut printed = Printed { text: String::new(), room: self.limits.bytes, form };
        self.machine(context).print(&markup.parts, &mut printed).map_err(|wrong| wrong.to_string())?;
        Ok(printed)
    }

    /// Whether a `when` holds.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn condition(&self, source: &str, context: &Context) -> Result<bool, String> {
        Ok(self.value(source, context)?.is_true())
    }

    /// The items of a list, whose expression was read as a `when` is. A missing list has none.
    ///
    /// # Errors
    /// As [`Self::text`], or if the value is no list.
    pub fn items(&self, source: &str, context: &Context) -> Result<Rc<[Value]>, String> {
        match self.value(source, context)? {
            Value::List(items) => Ok(items),
            Value::Undefined | Value::None => Ok(Rc::default()),
            _ => Err("the value is no list".to_owned()),
        }
    }

    /// The value of an expression that was read as a `when` is.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn value(&self, source: &str, context: &Context) -> Result<Value, String> {
        let condition = self.conditions.get(source).ok_or_else(|| "it was not compiled".to_owned())?;
        self.machine(context).value(&condition.node).map_err(|wrong| wrong.to_string())
    }

    const fn machine<'a>(&self, context: &'a Context) -> Machine<'a> {
        let (steps, bytes, most) = (self.limits.steps, self.limits.work, self.limits.picture);
        Machine { context, meter: Meter { steps, bytes, spent: &context.spent, most } }
    }

    /// Bytes in memory.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        // A name is an allocation of its own, and an entry of a map takes about 160 bytes beside
        // its content.
        let names = |names: &[Rc<str>]| {
            names.iter().fold(160, |sum: usize, name| sum.saturating_add(name.len()).saturating_add(48))
        };
        let texts = self.texts.iter().map(|(source, markup)| {
            source.len().saturating_add(heap_bytes(&markup.parts)).saturating_add(names(&markup.names))
        });
        let conditions = self.conditions.iter().map(|(source, condition)| {
            source.len().saturating_add(condition.node.heap_bytes()).saturating_add(names(&condition.names))
        });
        texts.chain(conditions).fold(0, usize::saturating_add)
    }
}

fn strings(names: &[Rc<str>]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// Bytes of the parts of a string.
fn heap_bytes(parts: &[Part]) -> usize {
    parts.iter().fold(0, |sum: usize, part| {
        let inner = match part {
            Part::Literal(text) => text.len(),
            Part::Print(node) => node.heap_bytes(),
            Part::Phrase(parts) => heap_bytes(parts),
            Part::If(branches, otherwise) => branches.iter().fold(heap_bytes(otherwise), |sum, (condition, parts)| {
                let branch = condition.heap_bytes().saturating_add(heap_bytes(parts));
                sum.saturating_add(branch).saturating_add(size_of::<Node>().saturating_add(48))
            }),
        };
        sum.saturating_add(inner).saturating_add(size_of::<Part>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{Param, Resolved, Source, Value, Values, declare};
    use crate::text::bidi;

    fn params() -> Params {
        let text = || Param::Text(declare::TextParam::default());
        Params::from([
            ("name".to_owned(), text()),
            ("gone".to_owned(), text()),
            ("points".to_owned(), Param::Number(declare::NumberParam::default())),
        ])
    }

    fn context() -> Context {
        let given = |value| Resolved::new(Some(value), Source::Given);
        Context::new(
            &Values::from([
                ("name".to_owned(), given(Value::Text("{{ points }} MARIA".to_owned()))),
                ("points".to_owned(), given(Value::Number(1200.0))),
            ]),
            Some("de"),
        )
    }

    #[test]
    fn prints() {
        for (source, printed) in [
            ("{{ name }}", Ok("{{ points }} MARIA")),
            ("Hi{{ ', ' ~ gone if gone }}!", Ok("Hi!")),
            ("Hi[, {{ gone }}]!", Ok("Hi!")),
            ("Hi[, {{ gone | title }}]!", Ok("Hi!")),
            ("[{{ points }} points][ of {{ gone }}]", Ok("1200 points")),
            ("[{{ points - 1200 }} points]", Ok("0 points")),
            ("{{ points }}* {{ points * 2 + 0.5 }}", Ok("1200* 2400.5")),
            ("{{ gone | default('friend') | upper }}", Ok("FRIEND")),
            ("{{ '' | default('friend') }}", Ok("friend")),
            ("{% if points > 100 %}gold{% else %}new{% endif %}", Ok("gold")),
            ("{{ gone.of.nothing }}", Ok("")),
            ("{{ points | number }} {{ points | plural('Punkt', 'Punkte') }}", Ok("1.200 Punkte")),
            ("{{ '2026-03-14' | date('lnog') }}", Err("")),
            ("{{ points / 0 }}", Err("")),
            ("{{ name ~ points * 2 }}", Ok("{{ points }} MARIA2400")),
        ] {
            let mut expressions = Expressions::new(&Limits::default());
            expressions.add_text(source, &params()).unwrap();
            let result = expressions.text(source, &context());
            assert_eq!(result.as_deref().map_err(|_| ""), printed, "{source}: {result:?}");
        }
    }

    #[test]
    fn strings_print_as_jinja_does() {
        let text = |text: &str| Value::Text(text.to_owned());
        let values = [
            ("name", text("<b> {{ points }} & Zoë 李")),
            ("empty", text("")),
            ("points", Value::Number(1200.0)),
            ("part", Value::Number(0.1)),
            ("far", Value::Number(1e21)),
            ("near", Value::Number(-1e-7)),
        ];
        let jinja = minijinja::context! {
            name => "<b> {{ points }} & Zoë 李", empty => "", points => 1200, part => 0.1, far => 1e21, near => -1e-7,
        };
        let values = values.map(|(name, value)| (name.to_owned(), Resolved::new(Some(value), Source::Given)));
        let context = Context::new(&Values::from(values), None);
        for source in [
            "Hi, {{ name }}! {{points}}  {{ part }} {{ far }} {{ near }} {{ empty }}{{ gone }}",
            "no name\n",
            "",
            "{ {{ name }} } }} %} # \n {{ name }} \r\n",
            "{{ _name1 }}\r ",
            " {{- name -}} {%- if points -%} x {%- else %} y {% endif %} {# {{ x #} z",
        ] {
            let mut expressions = Expressions::new(&Limits::default());
            expressions.add_text(source, &params()).unwrap();
            let expected = minijinja::Environment::new().render_str(source, &jinja).unwrap();
            assert_eq!(expressions.text(source, &context).as_deref(), Ok(expected.as_str()), "{source}");
        }
    }

    #[test]
    fn refuses() {
        for (source, reason) in [
            ("{{ name", "syntax error"),
            ("{{ name if name else 'x' | shout }}", "there is no filter `shout`"),
            ("{{ 1 if name is shouted }}", "there is no test `shouted`"),
            ("{% for a in name %}{% endfor %}", "`for`"),
            ("{{ name * 1000 }}", "multiplies numbers"),
            ("{{ 'a' * 1000 }}", "multiplies numbers"),
            ("{{ '}}' * 1000 }}", "multiplies numbers"),
            ("{{ [1] * 1000 }}", "multiplies numbers"),
            ("{{ (points | upper) * 1000 }}", "multiplies numbers"),
            ("{{ {1: {1: 1}} * 1000 }}", "multiplies numbers"),
            ("{# it's #}{{ 'a' * 100000000 }}{# it's #}", "multiplies numbers"),
            ("{% if points * 'a' %}{% endif %}", "multiplies numbers"),
        ] {
            let error = Expressions::new(&Limits::default()).add_text(source, &params()).unwrap_err();
            assert!(error.contains(reason), "{source}: {error}");
        }
    }

    #[test]
    fn values_are_made_of_values() {
        for (source, printed) in [
            ("{{ {'MARIA': 'a', 'ANA': 'b'}[(name | split(' '))[-1]] }}", "a"),
            ("{{ name[-5:] | lower }} {{ 'abc'[::-1] }}{{ ''[::-1] }}{{ gone[1:] }}", "maria cba"),
            ("{{ [points, 5, 7] | min }} {{ max(points, 5) }} {{ [2, 3] | join('+') }}", "5 1200 2+3"),
            ("{{ '12.7' | int + 1 }} {{ -2 | abs }} {{ float('2') }} {{ gone | int }}", "13 2 2.0 0"),
            ("{{ name | contains('MARIA') }} {{ 'x' in ['x'] }} {{ name is startingwith 'M' }}", "True True False"),
            ("{{ name.lower().replace('maria', 'x') }} {{ name | split | length }}", "{{ points }} x 4"),
            ("{{ gone | round | thousands }}{{ gone | first | default('friend', true) }}", "friend"),
            ("{{ 'abc' | truncate(4294967296) }} {{ 'abc' | truncate(2) }}", "abc a…"),
        ] {
            let mut expressions = Expressions::new(&Limits::default());
            expressions.add_text(source, &params()).unwrap();
            assert_eq!(expressions.text(source, &context()).as_deref(), Ok(printed), "{source}");
        }
    }

    #[test]
    fn bytes_are_counted() {
        let text = "y".repeat(2_000);
        let given = Resolved::new(Some(Value::Text(text)), Source::Given);
        let context = Context::new(&Values::from([("name".to_owned(), given)]), None);
        let mut expressions = Expressions::new(&Limits::default());
        let mut error = |source: &str| {
            expressions.add_text(source, &params()).unwrap();
            expressions.text(source, &context).unwrap_err()
        };
        assert!(
            error("{{ (name ~ name ~ name ~ name ~ name ~ name ~ name ~ name ~ name ~ name) | length }}")
                .contains("on the way")
        );
        assert!(error("{{ name | replace('y', name) | length }}").contains("on the way"));
        assert!(error("{{ 1e300 | thousands(name) | length }}").contains("on the way"));
        assert!(error("{{ name | split('y') | join(name) | length }}").contains("on the way"));
        let texts: Vec<String> = (0..1_000).map(|count| format!("{{{{ name | length }}}}{count}")).collect();
        assert!(texts.iter().any(|source| error_of(&mut expressions, source, &context).contains("in all")));
    }

    fn error_of(expressions: &mut Expressions, source: &str, context: &Context) -> String {
        expressions.add_text(source, &params()).unwrap();
        expressions.text(source, context).err().unwrap_or_default()
    }

    #[test]
    fn values_are_isolated_in_sentences_of_two_directions() {
        let printed = |source: &str, name: &str| {
            let mut expressions = Expressions::new(&Limits::default());
            expressions.add_text(source, &params()).unwrap();
            let given = |value| Resolved::new(Some(value), Source::Given);
            let values = [("name", Value::Text(name.to_owned())), ("points", Value::Number(12.0))];
            let values = values.map(|(name, value)| (name.to_owned(), given(value)));
            let context = Context::new(&Values::from(values), None);
            assert!(!expressions.text(source, &context).unwrap().contains(['\u{2068}', '\u{fdd0}']), "{source}");
            let printed = expressions.isolated(source, &context).unwrap();
            let printed = if bidi::has_rtl(&printed) { printed } else { bidi::without_isolates(printed) };
            printed.replace('\u{2068}', "<").replace('\u{2069}', ">")
        };
        for (source, name, expected) in [
            ("Hi, {{ name }}!", "Maria", "Hi, Maria!"),
            ("Hi, {{ name }}!", "Zoë 李", "Hi, Zoë 李!"),
            ("Hi, {{ name }}!", "محمد", "Hi, <محمد>!"),
            ("Hi, {{ name | upper }}! {{ points }}:{{ points }}", "דוד", "Hi, <דוד>! 12:12"),
            ("مرحبا {{ name }}!", "Maria", "مرحبا <Maria>!"),
            ("مرحبا {{ name }}!", "", "مرحبا !"),
            ("هاتف: {{ name }}", "(555) 010-2030", "هاتف: <(555) 010-2030>"),
        ] {
            assert_eq!(printed(source, name), expected, "{source}");
        }
    }

    #[test]
    fn conditions_hold_or_not() {
        for (source, holds) in [
            ("name", true),
            ("gone", false),
            ("points > 100", true),
            ("not gone and points", true),
            ("points < 5", false),
            ("name is defined", true),
            ("gone is not defined", true),
        ] {
            let mut expressions = Expressions::new(&Limits::default());
            expressions.add_condition(source, &params()).unwrap();
            assert_eq!(expressions.condition(source, &context()), Ok(holds), "{source}");
        }
        for source in ["name) %}x{% if (1", "{{ name }}", "name = 'x'", "name }}"] {
            assert!(Expressions::new(&Limits::default()).add_condition(source, &params()).is_err(), "{source}");
        }
    }

    #[test]
    fn work_is_bounded() {
        let limits = Limits { expression_fuel: 20, expression_bytes: 100, ..Limits::default() };
        let mut expressions = Expressions::new(&limits);
        let long = "{{ name }}".repeat(10);
        expressions.add_text(&long, &params()).unwrap();
        assert!(expressions.text(&long, &context()).is_err());
        assert!(expressions.add_text(&"{{ name }}".repeat(11), &params()).is_err());
    }
}
