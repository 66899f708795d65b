//! A syntax tree and values → a value, and a string's parts → the text that they print.
//!
//! Every node is evaluated at most once for each time that it is printed or asked for, since there
//! are no loops; steps and bytes are counted all the same. Names are looked up and printed without
//! a copy: most strings do no more.

use std::fmt::Write as _;
use std::rc::Rc;

use crate::text::bidi;

use super::arguments::Arguments;
use super::context::Context;
use super::filters::{self, Filter};
use super::markup::Part;
use super::meter::{Meter, Wrong};
use super::operator::negate;
use super::syntax::{Call, Comparison, Node, Step, Test};
use super::value::Value;

/// Evaluates expressions with the values of one request.
pub struct Machine<'a> {
    pub context: &'a Context,
    pub meter: Meter<'a>,
}

/// Text that is being printed.
pub struct Printed {
    pub text: String,
    /// Bytes that may still be printed; isolates take none.
    pub room: usize,
    /// What becomes of values.
    pub form: Form,
}

/// What becomes of a value that is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// It is printed as it is.
    Plain,
    /// It is isolated (U+2068 … U+2069) if a sentence could reorder it.
    Isolated,
    /// It is percent-encoded as one part of a URL.
    Url {
        /// Whether one had nothing to print.
        gap: bool,
    },
}

impl Printed {
    fn literal(&mut self, text: &str) -> Result<(), Wrong> {
        self.room = self.room.checked_sub(text.len()).ok_or(Wrong("it prints too much"))?;
        self.text.push_str(text);
        Ok(())
    }

    /// A value, in its form.
    fn value(&mut self, text: &str) -> Result<(), Wrong> {
        match &mut self.form {
            Form::Isolated if bidi::is_isolated(text) => {
                self.text.push_str(bidi::FIRST_STRONG_ISOLATE);
                self.literal(text)?;
                self.text.push_str(bidi::POP_ISOLATE);
                Ok(())
            }
            Form::Plain | Form::Isolated => self.literal(text),
            Form::Url { gap } => {
                *gap |= text.trim().is_empty();
                self.literal(&filters::percent_encoded(text))
            }
        }
    }
}

impl Machine<'_> {
    /// Prints the parts of a string.
    ///
    /// # Errors
    /// A reason in words, without values.
    pub fn print(&mut self, parts: &[Part], out: &mut Printed) -> Result<(), Wrong> {
        for part in parts {
            match part {
                Part::Literal(text) => out.literal(text)?,
                Part::Print(node) => self.print_node(node, out)?,
                Part::If(branches, otherwise) => {
                    let mut chosen = otherwise;
                    for (condition, parts) in branches {
                        if self.value(condition)?.is_true() {
                            chosen = parts;
                            break;
                        }
                    }
                    self.print(chosen, out)?;
                }
                Part::Phrase(parts) => {
                    if self.is_present(parts)? {
                        self.print(parts, out)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn print_node(&mut self, node: &Node, out: &mut Printed) -> Result<(), Wrong> {
        let evaluated;
        let value = match node {
            Node::Name(name) => {
                self.meter.step()?;
                self.context.value(name)
            }
            node => {
                evaluated = self.value(node)?;
                &evaluated
            }
        };
        match value {
            // It prints nothing, in whatever form.
            Value::Undefined => out.value(""),
            Value::None if matches!(out.form, Form::Url { .. }) => out.value(""),
            Value::Text(text) => {
                self.meter.spend(text.len())?;
                out.value(text)
            }
            Value::Integer(number) => {
                let mut digits = String::with_capacity(20);
                let _ = write!(digits, "{number}");
                out.value(&digits)
            }
            other => {
                self.meter.spend(other.bytes())?;
                out.value(&other.to_string())
            }
        }
    }

    /// Whether every `{{ }}` right in a phrase prints something.
    fn is_present(&mut self, parts: &[Part]) -> Result<bool, Wrong> {
        for part in parts {
            let present = match part {
                Part::Literal(_) | Part::Phrase(_) => true,
                Part::Print(Node::Name(name)) => self.context.value(name).is_present(),
                Part::Print(node) => self.value(node)?.is_present(),
                Part::If(branches, otherwise) => {
                    let mut present = true;
                    for parts in branches.iter().map(|(_, parts)| parts).chain([otherwise]) {
                        present = present && self.is_present(parts)?;
                    }
                    present
                }
            };
            if !present {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// A reason in words, without values.
    pub fn value(&mut self, node: &Node) -> Result<Value, Wrong> {
        self.meter.step()?;
        match node {
            Node::Literal(value) => Ok(value.clone()),
            Node::Name(name) => Ok(self.context.value(name).clone()),
            Node::Not(inner) => Ok(Value::Bool(!self.value(inner)?.is_true())),
            Node::Negate(inner) => negate(&self.value(inner)?),
            Node::Or(sides) => self.first(sides, true),
            Node::And(sides) => self.first(sides, false),
            Node::Compare(first, rest) => {
                let mut left = self.value(first)?;
                for (comparison, side) in rest {
                    let right = self.value(side)?;
                    if !self.compare(*comparison, &left, &right)? {
                        return Ok(Value::Bool(false));
                    }
                    left = right;
                }
                Ok(Value::Bool(true))
            }
            Node::Calculate(first, rest) => {
                let mut left = self.value(first)?;
                for (operator, side) in rest {
                    let right = self.value(side)?;
                    left = operator.apply(&left, &right, &mut self.meter)?;
                }
                Ok(left)
            }
            Node::If(branches, otherwise) => {
                for (condition, value) in branches {
                    if self.value(condition)?.is_true() {
                        return self.value(value);
                    }
                }
                self.value(otherwise)
            }
            Node::List(items) => self.values(items).map(|items| Value::List(items.into())),
            Node::Map(entries) => {
                self.meter.spend(entries.len().saturating_mul(48))?;
                let entries: Result<Rc<[_]>, _> =
                    entries.iter().map(|(key, value)| Ok((self.value(key)?, self.value(value)?))).collect();
                entries.map(Value::Map)
            }
            Node::Steps(first, steps) => {
                let mut value = self.value(first)?;
                for step in steps {
                    self.meter.step()?;
                    value = self.step(&value, step)?;
                }
                Ok(value)
            }
        }
    }

    fn values(&mut self, nodes: &[Node]) -> Result<Vec<Value>, Wrong> {
        self.meter.spend(nodes.len().saturating_mul(24))?;
        nodes.iter().map(|node| self.value(node)).collect()
    }

    /// The first side that is true (or false), else the last one.
    fn first(&mut self, sides: &[Node], wanted: bool) -> Result<Value, Wrong> {
        let mut value = Value::Undefined;
        for side in sides {
            value = self.value(side)?;
            if value.is_true() == wanted {
                break;
            }
        }
        Ok(value)
    }

    fn compare(&mut self, comparison: Comparison, left: &Value, right: &Value) -> Result<bool, Wrong> {
        self.meter.spend(left.bytes().saturating_add(right.bytes()))?;
        Ok(match comparison {
            Comparison::Equal => left == right,
            Comparison::Unequal => left != right,
            Comparison::Less => left.compare(right).is_lt(),
            Comparison::LessOrEqual => left.compare(right).is_le(),
            Comparison::Greater => left.compare(right).is_gt(),
            Comparison::GreaterOrEqual => left.compare(right).is_ge(),
            Comparison::In => filters::contains(right, left, &mut self.meter)?,
            Comparison::NotIn => !filters::contains(right, left, &mut self.meter)?,
        })
    }

    fn step(&mut self, value: &Value, step: &Step) -> Result<Value, Wrong> {
        match step {
            Step::Item(index) => {
                let index = self.value(index)?;
                self.meter.spend(value.bytes())?;
                Ok(item(value, &index))
            }
            Step::Slice(ends) => {
                let mut numbers = [None; 3];
                for (number, end) in numbers.iter_mut().zip(ends.iter()) {
                    let Some(end) = end else { continue };
                    *number = match self.value(end)? {
                        Value::Undefined | Value::None => None,
                        Value::Integer(number) => Some(number),
                        _ => return Err(Wrong("a slice takes whole numbers such as [0:3]")),
                    };
                }
                self.meter.spend(value.bytes().saturating_mul(2))?;
                slice(value, numbers)
            }
            Step::Filter(filter, call) => self.filter(*filter, value, call),
            Step::Test { test, negated, argument } => {
                let argument = match argument {
                    Some(argument) => self.value(argument)?,
                    None => Value::Undefined,
                };
                Ok(Value::Bool(self.test(*test, value, &argument)? != *negated))
            }
        }
    }

    fn filter(&mut self, filter: Filter, value: &Value, call: &Call) -> Result<Value, Wrong> {
        let mut arguments = Arguments { positional: self.values(&call.positional)?, named: Vec::new() };
        for (name, argument) in &call.named {
            arguments.named.push((name, self.value(argument)?));
        }
        filters::apply(filter, value, &arguments, self.context.lang.as_deref(), &mut self.meter)
    }

    fn test(&mut self, test: Test, value: &Value, argument: &Value) -> Result<bool, Wrong> {
        let remainder = |by: i64| match value {
            Value::Integer(number) => number.checked_rem_euclid(by),
            _ => None,
        };
        Ok(match test {
            Test::Defined => !matches!(value, Value::Undefined),
            Test::Undefined => matches!(value, Value::Undefined),
            Test::None => matches!(value, Value::None),
            Test::Present => value.is_present(),
            Test::Number => value.as_number().is_some(),
            Test::String => value.as_text().is_some(),
            Test::Odd => remainder(2) == Some(1),
            Test::Even => remainder(2) == Some(0),
            Test::DivisibleBy => matches!(argument, Value::Integer(by) if remainder(*by) == Some(0)),
            Test::In => filters::contains(argument, value, &mut self.meter)?,
            Test::Containing => filters::contains(value, argument, &mut self.meter)?,
            Test::StartingWith | Test::EndingWith => {
                let (Some(text), Some(part)) = (value.as_text(), argument.as_text()) else { return Ok(false) };
                if test == Test::StartingWith { text.starts_with(part) } else { text.ends_with(part) }
            }
        })
    }
}

/// `value[index]`: an item of a list, a character of a text, the value of a key. Undefined if it is
/// not there, so that `a.b.c` needs no check at every dot.
fn item(value: &Value, index: &Value) -> Value {
    let at = |count: usize| {
        let Value::Integer(index) = index else { return None };
        // -1 is the last one.
        let count = i64::try_from(count).ok()?;
        usize::try_from(if *index < 0 { index.checked_add(count)? } else { *index }).ok()
    };
    let found = match value {
        Value::Map(_) => value.entry(index).cloned(),
        Value::List(items) => at(items.len()).and_then(|at| items.get(at)).cloned(),
        Value::Text(text) => {
            let index = match index {
                Value::Integer(0..) => at(0),
                _ => at(filters::graphemes(text).count()),
            };
            index.and_then(|at| filters::graphemes(text).nth(at)).map(Value::from)
        }
        _ => None,
    };
    found.unwrap_or_default()
}

/// `value[start:stop:step]`, as in Python. A text is sliced by characters as a reader counts them.
fn slice(value: &Value, [start, stop, step]: [Option<i64>; 3]) -> Result<Value, Wrong> {
    match value {
        Value::Text(text) => {
            let characters: Vec<&str> = filters::graphemes(text).collect();
            let chosen: String = indices(characters.len(), start, stop, step)?
                .filter_map(|index| characters.get(index).copied())
                .collect();
            Ok(chosen.into())
        }
        Value::List(items) => {
            let chosen = indices(items.len(), start, stop, step)?.filter_map(|index| items.get(index).cloned());
            Ok(Value::List(chosen.collect()))
        }
        Value::Undefined | Value::None => Ok(Value::Undefined),
        _ => Err(Wrong("a slice takes a part of a text or a list")),
    }
}

/// The indices of a slice of `count` items.
fn indices(
    count: usize,
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
) -> Result<impl Iterator<Item = usize>, Wrong> {
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err(Wrong("the step of a slice is 0"));
    }
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let (least, most) = if step > 0 { (0, count) } else { (-1, count.saturating_sub(1)) };
    let end = |end: Option<i64>, default: i64| match end {
        None => default,
        Some(end) if end < 0 => end.saturating_add(count).max(least),
        Some(end) => end.min(most),
    };
    let (first, last) =
        if step > 0 { (end(start, least), end(stop, most)) } else { (end(start, most), end(stop, least)) };
    let indices = std::iter::successors(Some(first), move |index| index.checked_add(step));
    Ok(indices
        .take_while(move |index| if step > 0 { *index < last } else { *index > last })
        .filter_map(|index| usize::try_from(index).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_those_of_python() {
        let extremes = [None, Some(0), Some(1), Some(-1), Some(3), Some(-3), Some(9), Some(i64::MAX), Some(i64::MIN)];
        for (start, stop, step, expected) in [
            (None, None, None, "abc"),
            (Some(1), None, None, "bc"),
            (None, Some(-1), None, "ab"),
            (None, None, Some(-1), "cba"),
            (Some(0), Some(9), Some(2), "ac"),
            (Some(-2), None, Some(-1), "ba"),
            (Some(5), Some(0), Some(-2), "c"),
            (Some(2), Some(1), None, ""),
        ] {
            let sliced = slice(&Value::from("abc"), [start, stop, step]).unwrap();
            assert_eq!(sliced.as_text(), Some(expected));
        }
        for text in ["", "a", "abc"] {
            for start in extremes {
                for stop in extremes {
                    for step in extremes {
                        let sliced = slice(&Value::from(text), [start, stop, step]);
                        assert_eq!(sliced.is_err(), step == Some(0));
                    }
                }
            }
        }
    }
}
