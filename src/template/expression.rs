//! `{{ }}` in any string and `when` on any layer: Jinja, by the crate `minijinja`.
//!
//! A value is data: it is printed, never parsed again. What an expression may cost is bounded: fuel for
//! its steps, a cap on what it prints, and a whitelist of statements, because a loop or a `set` could
//! double a string with every step.

use std::collections::BTreeMap;
use std::io::{self, Write};

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::limits::Limits;
use crate::params::{Params, Value, Values};
use crate::text::bidi;

use super::plain::Plain;
use super::{allowed, filters, phrase};

/// The compiled expressions of one template, found by their source.
pub struct Expressions {
    /// Strings that only print values, each with its source, by which they are sorted.
    plain: Vec<(String, Plain)>,
    /// The others, under their own source, and conditions under [`condition_name`]. None until there is one.
    environment: Option<Environment<'static>>,
    fuel: u64,
    max_bytes: usize,
}

/// What expressions see: every param that has a value, by name, and the picture's language.
pub struct Context(minijinja::Value);

impl Context {
    /// The values of a request. A missing one is undefined: it prints nothing and is false.
    #[must_use]
    pub fn new(values: &Values, lang: Option<&str>) -> Self {
        let defined = values.iter().filter_map(|(name, resolved)| {
            let value = match resolved.value.as_ref()? {
                Value::Text(text) | Value::Choice(text) | Value::Image(text) => minijinja::Value::from(text.as_str()),
                Value::Number(number) => number_value(*number),
                Value::Color(color) => minijinja::Value::from(color.to_hex()),
                Value::Datetime(moment) => minijinja::Value::from(moment.to_string()),
            };
            Some((name.clone(), value))
        });
        let lang = lang.map(|lang| (filters::LANG.to_owned(), minijinja::Value::from(lang)));
        let mut known = BTreeMap::new();
        known.extend(defined.chain(lang));
        Self(minijinja::Value::from(known))
    }
}

/// A whole number prints without a decimal point.
fn number_value(number: f64) -> minijinja::Value {
    #[expect(clippy::cast_possible_truncation, reason = "checked: whole, and within ±2^53")]
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        minijinja::Value::from(number as i64)
    } else {
        minijinja::Value::from(number)
    }
}

impl Expressions {
    /// No expressions yet.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self { plain: Vec::new(), environment: None, fuel: limits.expression_fuel, max_bytes: limits.expression_bytes }
    }

    fn new_environment(fuel: u64) -> Environment<'static> {
        let mut environment = Environment::empty();
        environment.set_fuel(Some(fuel));
        environment.set_recursion_limit(32);
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        filters::register(&mut environment);
        environment.set_formatter(|out, state, value| {
            out.write_str(VALUE_BEGINS)?;
            minijinja::escape_formatter(out, state, value)?;
            out.write_str(VALUE_ENDS).map_err(Into::into)
        });
        environment
    }

    fn environment(&mut self) -> &mut Environment<'static> {
        self.environment.get_or_insert_with(|| Self::new_environment(self.fuel))
    }

    /// Where a string is among the plain ones, or belongs.
    fn place(&self, source: &str) -> Result<usize, usize> {
        self.plain.binary_search_by(|(other, _)| other.as_str().cmp(source))
    }

    fn plain(&self, source: &str) -> Option<&Plain> {
        let place = self.place(source).ok()?;
        self.plain.get(place).map(|(_, plain)| plain)
    }

    /// Compiles a string with `{{ }}` in it; returns the names that it reads.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn add_text(&mut self, source: &str, params: &Params) -> Result<Vec<String>, String> {
        self.add(source.to_owned(), source, &phrase::expand(source), params)
    }

    /// Compiles a `when`; returns the names that it reads.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn add_condition(&mut self, source: &str, params: &Params) -> Result<Vec<String>, String> {
        self.environment().compile_expression_owned(source.to_owned()).map_err(|error| words(&error))?;
        let expanded = format!("{{% if ({source}) %}}1{{% endif %}}");
        self.add(condition_name(source), &expanded, &expanded, params)
    }

    /// `expanded` is what is compiled; `source`, what was written, is what is checked.
    fn add(&mut self, name: String, source: &str, expanded: &str, params: &Params) -> Result<Vec<String>, String> {
        if source.len() > self.max_bytes {
            return Err(format!("an expression may have {} bytes", self.max_bytes));
        }
        allowed::check(source, params)?;
        if let Some(plain) = Plain::parse(expanded) {
            let mut names: Vec<String> = plain.names().map(str::to_owned).collect();
            names.sort_unstable();
            names.dedup();
            if let Err(place) = self.place(&name) {
                self.plain.insert(place, (name, plain));
            }
            return Ok(names);
        }
        let environment = self.environment();
        environment.add_template_owned(name.clone(), expanded.to_owned()).map_err(|error| words(&error))?;
        let template = environment.get_template(&name).map_err(|error| words(&error))?;
        let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Whether a string reads one of those params. One that is not known might.
    #[must_use]
    pub fn text_reads(&self, source: &str, which: impl Fn(&str) -> bool) -> bool {
        if let Some(plain) = self.plain(source) {
            return plain.names().any(which);
        }
        let template = self.environment.as_ref().and_then(|environment| environment.get_template(source).ok());
        template.is_none_or(|template| template.undeclared_variables(false).iter().any(|name| which(name)))
    }

    /// Whether a `when` reads one of those params.
    #[must_use]
    pub fn condition_reads(&self, source: &str, which: impl Fn(&str) -> bool) -> bool {
        self.text_reads(&condition_name(source), which)
    }

    /// What a string prints.
    ///
    /// # Errors
    /// A reason in words, without values: out of fuel, too long, a value of the wrong type.
    pub fn text(&self, source: &str, context: &Context) -> Result<String, String> {
        self.print(source, context, false)
    }

    /// What a part of a sentence prints: as [`Self::text`], but every value with a letter is isolated (U+2068 … U+2069, HTML's
    /// `<bdi>`). So the `!` of `Welcome, {{ name }}!` stays at the end of the sentence, whatever the name. Where nothing in the
    /// sentence runs from right to left, [`bidi::without_isolates`] takes them out again.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn isolated(&self, source: &str, context: &Context) -> Result<String, String> {
        self.print(source, context, true)
    }

    fn print(&self, source: &str, context: &Context, isolates: bool) -> Result<String, String> {
        let mut printed = Capped { bytes: Vec::new(), room: self.max_bytes, isolates, value: 0 };
        if let Some(plain) = self.plain(source) {
            let value = |name: &str| context.0.get_attr(name).unwrap_or_default();
            plain.print(value, &mut printed).map_err(|_| TOO_LONG.to_owned())?;
        } else {
            let environment = self.environment.as_ref().ok_or_else(|| "it was not compiled".to_owned())?;
            let template = environment.get_template(source).map_err(|error| words(&error))?;
            template.render_captured_to(&context.0, &mut printed).map_err(|error| words(&error))?;
        }
        String::from_utf8(printed.bytes).map_err(|_| "it printed no text".to_owned())
    }

    /// Whether a `when` holds.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn condition(&self, source: &str, context: &Context) -> Result<bool, String> {
        self.text(&condition_name(source), context).map(|printed| !printed.is_empty())
    }
}

const TOO_LONG: &str = "it prints too much";

/// A name that no string with `{{ }}` can have, because it is not one.
fn condition_name(source: &str) -> String {
    format!("when {source}")
}

/// The kind of an error alone, or our own words: its detail could quote a value.
fn words(error: &minijinja::Error) -> String {
    use minijinja::ErrorKind::{
        OutOfFuel, SyntaxError, UnknownFilter, UnknownFunction, UnknownMethod, UnknownTest, WriteFailure,
    };
    if let Some(filters::Wrong(words)) = std::error::Error::source(error).and_then(|source| source.downcast_ref()) {
        return (*words).to_owned();
    }
    match error.kind() {
        OutOfFuel => "it takes too many steps".to_owned(),
        WriteFailure => TOO_LONG.to_owned(),
        kind @ (SyntaxError | UnknownFilter | UnknownFunction | UnknownMethod | UnknownTest) => {
            format!("{kind}: {}", error.detail().unwrap_or("it cannot be read"))
        }
        kind => kind.to_string(),
    }
}

/// Written around every value: noncharacters, which no text has to hold.
pub(super) const VALUE_BEGINS: &str = "\u{fdd0}";
pub(super) const VALUE_ENDS: &str = "\u{fdd1}";

/// A writer that fails when it has no room left. It knows where values begin and end, and isolates them or does not.
struct Capped {
    bytes: Vec<u8>,
    /// Bytes; isolates take none.
    room: usize,
    /// Whether values are isolated.
    isolates: bool,
    /// Where the last one begins.
    value: usize,
}

impl Capped {
    /// Isolates the value that ends here. One without a letter moves nothing, and `{{ hours }}:{{ minutes }}` is one number.
    fn end_value(&mut self) {
        let value = self.bytes.get(self.value..).and_then(|value| std::str::from_utf8(value).ok());
        if self.isolates && value.is_some_and(bidi::has_letter) {
            let value = self.bytes.split_off(self.value.min(self.bytes.len()));
            self.bytes.extend_from_slice(bidi::FIRST_STRONG_ISOLATE.as_bytes());
            self.bytes.extend_from_slice(&value);
            self.bytes.extend_from_slice(bidi::POP_ISOLATE.as_bytes());
        }
    }
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes == VALUE_BEGINS.as_bytes() {
            self.value = self.bytes.len();
            return Ok(bytes.len());
        }
        if bytes == VALUE_ENDS.as_bytes() {
            self.end_value();
            return Ok(bytes.len());
        }
        self.room = self.room.checked_sub(bytes.len()).ok_or_else(|| io::Error::other("too long"))?;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{Param, Resolved, Source, declare};

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
        ] {
            let mut expressions = Expressions::new(&Limits::default());
            expressions.add_text(source, &params()).unwrap();
            let result = expressions.text(source, &context());
            assert_eq!(result.as_deref().map_err(|_| ""), printed, "{source}: {result:?}");
        }
    }

    #[test]
    fn plain_strings_print_as_jinja_does() {
        let values = minijinja::context! {
            name => "<b> {{ points }} & Zoë 李", empty => "", points => 1200, part => 0.1, far => 1e21, near => -1e-7, no => f64::NAN,
        };
        let environment = Expressions::new_environment(1_000);
        for source in [
            "Hi, {{ name }}! {{points}}  {{ part }} {{ far }} {{ near }} {{ no }}[{{ empty }}{{ gone }}]",
            "no name",
            "",
            "{ {{ name }} } }} %} # \n {{ name }} ",
            "{{ _name1 }}\r ",
        ] {
            let mut printed = Vec::new();
            let value = |name: &str| values.get_attr(name).unwrap_or_default();
            Plain::parse(source).unwrap().print(value, &mut printed).unwrap();
            assert_eq!(
                String::from_utf8(printed).unwrap(),
                environment.render_str(source, &values).unwrap(),
                "{source}"
            );
        }
    }

    #[test]
    fn refuses() {
        for (source, reason) in [
            ("{{ name", "syntax error"),
            ("{{ name | shout }}", "there is no filter `shout`"),
            ("{{ name if name else 'x' | shout }}", "there is no filter `shout`"),
            ("{{ 1 if name is shouted }}", "there is no test `shouted`"),
            ("{% for a in name %}{% endfor %}", "`for`"),
            ("{%- set a = 1 %}", "`set`"),
            ("{{ name * 1000 }}", "multiplies numbers"),
            ("{{ 'a' * 1000 }}", "multiplies numbers"),
            ("{{ '}}' * 1000 }}", "multiplies numbers"),
            ("{{ [1] * 1000 }}", "multiplies numbers"),
            ("{{ (points | upper) * 1000 }}", "multiplies numbers"),
            ("{{ {1: {1: 1}} * 1000 }}", "object"),
            ("{% if points * 'a' %}{% endif %}", "multiplies numbers"),
        ] {
            let error = Expressions::new(&Limits::default()).add_text(source, &params()).unwrap_err();
            assert!(error.contains(reason), "{source}: {error}");
        }
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
        assert!(Expressions::new(&Limits::default()).add_condition("name) %}x{% if (1", &params()).is_err());
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
