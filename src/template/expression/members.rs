//! The members that an expression reads: `item.price`, `cart[0].name`, `loop.index`. One that a value can never
//! have prints nothing, in silence.
//!
//! Only the office asks for it: no picture depends on it. Invariant: what is found depends on the source and on the
//! shapes of the names in it, never on a value.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::Expressions;
use super::filters::{Filter, LocaleFilter};
use super::markup::Part;
use super::syntax::{Call, Node, Step};
use super::value::Value;

/// What is known of a value before there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Shape {
    /// Nothing.
    #[default]
    Any,
    /// A text, a number or a moment: it has no members.
    Plain,
    /// A day without a time of day.
    Day,
    /// True or false.
    Truth,
    /// A list, and what its items are.
    List(Rc<Self>),
    /// Members by their names.
    Members(Rc<Members>),
}

/// The members of a value.
#[derive(Debug, PartialEq)]
pub struct Members {
    /// What the value is called: `cart` for the items of that list.
    pub of: String,
    /// Each name with its own shape.
    pub known: BTreeMap<String, Shape>,
    /// Whether there are no others, because a declaration says so and no example.
    pub are_all: bool,
}

/// A member that there is not.
#[derive(Debug)]
pub struct Unknown {
    /// Its name.
    pub name: String,
    /// What it is asked of, as far as that is a chain of names: `item`. Empty otherwise.
    pub object: String,
    /// What is known of that.
    pub shape: Shape,
}

/// Reads the members of a source whose names have these shapes.
pub struct Reader<'a, F> {
    /// Those of the template.
    pub expressions: &'a Expressions,
    /// The shape of a name.
    pub shape_of: F,
    /// What was found.
    pub found: Found,
}

/// What is true or false and is printed.
#[derive(Debug)]
pub struct Truth {
    /// Its name. Empty for what is calculated.
    pub chain: String,
    /// The text that is printed where all sides before it hold: `n > 5 and 'many'`.
    pub otherwise: Option<String>,
}

/// What the sources that were read mean otherwise.
#[derive(Default)]
pub struct Found {
    /// The members that there are not.
    pub unknown: Vec<Unknown>,
    /// What is written as a percentage, as if it were a share from 0 to 1: names of params.
    pub shares: Vec<Rc<str>>,
    /// The same for numbers that are written out.
    pub numbers: Vec<f64>,
    /// Lists and objects that are printed as they are, by the chain of names that leads there.
    pub whole: Vec<(String, Shape)>,
    /// What is true or false and is printed.
    pub truths: Vec<Truth>,
    /// What is said about signs that are printed twice, or that are left over.
    pub signs: Vec<String>,
}

impl<F: Fn(&str) -> Shape> Reader<'_, F> {
    /// Reads a string with `{{ }}` in it.
    pub fn text(&mut self, source: &str) {
        if let Some(markup) = self.expressions.texts.get(source) {
            self.parts(&markup.parts);
        }
    }

    /// Reads a `when`, or the `items` of a layer: what it gives.
    pub fn condition(&mut self, source: &str) -> Shape {
        self.expressions.conditions.get(source).map(|condition| self.node(&condition.node)).unwrap_or_default()
    }

    fn parts(&mut self, parts: &[Part]) {
        let literal = |index: Option<usize>| match index.and_then(|index| parts.get(index)) {
            Some(Part::Literal(text)) => &**text,
            _ => "",
        };
        for (index, part) in parts.iter().enumerate() {
            match part {
                Part::Literal(_) => {}
                Part::Print(node) => {
                    let (shape, chain) = self.value(node);
                    if shape == Shape::Truth {
                        self.found
                            .truths
                            .push(Truth { otherwise: otherwise(node).map(str::to_owned), chain: chain.clone() });
                    }
                    self.print(chain, shape);
                    let (before, behind) = (literal(index.checked_sub(1)), literal(index.checked_add(1)));
                    self.found.signs.extend(twice(node, before, behind));
                    if behind.starts_with('}') && !before.contains('{') {
                        self.found.signs.push("a `}` too many is printed: an expression ends with two".to_owned());
                    }
                }
                Part::Phrase(parts) => self.parts(parts),
                Part::If(branches, otherwise) => {
                    for (condition, parts) in branches {
                        self.node(condition);
                        self.parts(parts);
                    }
                    self.parts(otherwise);
                }
            }
        }
    }

    /// Notes what is printed with braces and quotes.
    fn print(&mut self, chain: String, shape: Shape) {
        let is_whole = match &shape {
            Shape::Members(_) => true,
            Shape::List(item) => matches!(item.as_ref(), Shape::Members(_)),
            Shape::Any | Shape::Plain | Shape::Day | Shape::Truth => false,
        };
        if is_whole {
            self.found.whole.push((chain, shape));
        }
    }

    fn all<'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node>) -> Shape {
        for node in nodes {
            self.node(node);
        }
        Shape::Any
    }

    fn node(&mut self, node: &Node) -> Shape {
        self.value(node).0
    }

    /// What a node gives, and the chain of names that leads there: `cart[0].name`. It is empty for what is
    /// calculated.
    fn value(&mut self, node: &Node) -> (Shape, String) {
        let shape = match node {
            Node::Literal(_) => Shape::Any,
            Node::Name(name) => return ((self.shape_of)(name), name.to_string()),
            Node::Negate(inner) => self.all([inner.as_ref()]),
            Node::Not(inner) => {
                self.node(inner);
                Shape::Truth
            }
            Node::Or(sides) | Node::List(sides) => self.all(sides),
            // The first side that does not hold is what it gives.
            Node::And(sides) => sides
                .iter()
                .map(|side| self.node(side))
                .fold(Shape::Any, |truth, side| if side == Shape::Truth { side } else { truth }),
            Node::Compare(first, rest) => {
                self.node(first);
                self.all(rest.iter().map(|(_, side)| side));
                Shape::Truth
            }
            Node::Calculate(first, rest) => {
                self.node(first);
                self.all(rest.iter().map(|(_, side)| side))
            }
            Node::If(branches, otherwise) => {
                self.all(branches.iter().flat_map(|(condition, value)| [condition, value]));
                self.all([otherwise.as_ref()])
            }
            Node::Map(entries) => self.all(entries.iter().flat_map(|(key, value)| [key, value])),
            Node::Steps(value, steps) => {
                let (mut shape, mut object) = self.value(value);
                self.first_filter(value, steps);
                for step in steps {
                    shape = self.step(shape, step, &mut object);
                }
                return (shape, object);
            }
        };
        (shape, String::new())
    }

    /// Notes what the first filter makes of a value that stands before it.
    fn first_filter(&mut self, value: &Node, steps: &[Step]) {
        let Some(Step::Filter(Filter::Locale(filter), call)) = steps.first() else { return };
        match (filter, value) {
            (LocaleFilter::Percent, _)
                if call.positional.len() > 1 || call.named.iter().any(|(name, _)| *name == "of") => {}
            (LocaleFilter::Percent, Node::Name(name)) => self.found.shares.push(Rc::clone(name)),
            (LocaleFilter::Percent, Node::Literal(number)) => self.found.numbers.extend(number.as_number()),
            (LocaleFilter::Date | LocaleFilter::Time | LocaleFilter::Datetime, Node::Literal(Value::Text(text)))
                if matches!(&**text, "now" | "today") =>
            {
                let what = "this is a text, and no time: write `now` without quotes, and \"now\": { \"every\": \
                            \"day\" } in the template";
                self.found.signs.push(what.to_owned());
            }
            _ => {}
        }
    }

    /// A step from a value of this shape; `object` is the chain of names so far.
    fn step(&mut self, shape: Shape, step: &Step, object: &mut String) -> Shape {
        match step {
            Step::Item(Node::Literal(Value::Text(name))) => self.member(shape, name, object),
            Step::Item(index) => {
                self.node(index);
                match (index, shape) {
                    (Node::Literal(Value::Integer(index)), Shape::List(item)) => {
                        if !object.is_empty() {
                            object.push_str(&format!("[{index}]"));
                        }
                        item.as_ref().clone()
                    }
                    (_, Shape::List(item)) => {
                        object.clear();
                        item.as_ref().clone()
                    }
                    _ => Shape::Any,
                }
            }
            Step::Slice(ends) => {
                self.all(ends.iter().flatten());
                object.clear();
                shape
            }
            Step::Filter(filter, call) => {
                self.all(call.positional.iter().chain(call.named.iter().map(|(_, node)| node)));
                let list = std::mem::take(object);
                match (*filter, shape) {
                    (Filter::First, Shape::List(item)) => item.as_ref().clone(),
                    (Filter::Default, shape) => shape,
                    (Filter::Locale(filter), Shape::Day) => {
                        self.found.signs.extend(without_time(filter, &list));
                        Shape::Any
                    }
                    (Filter::Sum, Shape::List(item)) => {
                        match (attribute(call), item.as_ref()) {
                            (Some(name), item) => drop(self.member(item.clone(), name, object)),
                            (None, Shape::Members(members)) => {
                                let field = members.known.keys().next().map_or("price", String::as_str);
                                let field = if members.known.contains_key("price") { "price" } else { field };
                                self.found
                                    .signs
                                    .push(format!("`sum` adds a field of the items: write `sum('{field}')`"));
                            }
                            (None, _) => {}
                        }
                        Shape::Any
                    }
                    (
                        Filter::Join
                        | Filter::Upper
                        | Filter::Lower
                        | Filter::Title
                        | Filter::Capitalize
                        | Filter::Truncate
                        | Filter::Locale(_),
                        shape,
                    ) => {
                        self.print(list, shape);
                        Shape::Any
                    }
                    _ => Shape::Any,
                }
            }
            Step::Test { argument, .. } => {
                self.all(argument);
                object.clear();
                Shape::Truth
            }
        }
    }

    fn member(&mut self, shape: Shape, name: &str, object: &mut String) -> Shape {
        let known = match &shape {
            Shape::Members(members) => members.known.get(name).cloned(),
            Shape::Any => Some(Shape::Any),
            Shape::Plain | Shape::Day | Shape::Truth | Shape::List(_) => None,
        };
        let known = known.unwrap_or_else(|| {
            self.found.unknown.push(Unknown { name: name.to_owned(), object: object.clone(), shape });
            Shape::Any
        });
        if !object.is_empty() {
            object.push_str(&format!(".{name}"));
        }
        known
    }
}

/// The text behind the last `and`.
fn otherwise(node: &Node) -> Option<&str> {
    match node {
        Node::And(sides) => match sides.last() {
            Some(Node::Literal(value)) => value.as_text(),
            _ => None,
        },
        _ => None,
    }
}

/// What is said about the time of a day that has none; `chain` is its name.
fn without_time(filter: LocaleFilter, chain: &str) -> Option<String> {
    let day = if chain.is_empty() { "it".to_owned() } else { format!("`{chain}`") };
    matches!(filter, LocaleFilter::Time | LocaleFilter::Datetime)
        .then(|| format!("{day} is a day, so that no time is printed: declare it as \"type\": \"datetime\""))
}

/// A sign beside a number whose filter writes it already: `€{{ price | money('EUR') }}`.
fn twice(node: &Node, before: &str, behind: &str) -> Option<String> {
    let Node::Steps(_, steps) = node else { return None };
    let Some(Step::Filter(Filter::Locale(filter), _)) = steps.last() else { return None };
    let (name, sign) = match filter {
        LocaleFilter::Money => {
            let last = before.trim_end().chars().next_back();
            let first = behind.trim_start().chars().next();
            ("money", last.into_iter().chain(first).find(|c| matches!(c, '€' | '$' | '£' | '¥' | '₹'))?)
        }
        LocaleFilter::Percent => ("percent", behind.trim_start().chars().next().filter(|c| *c == '%')?),
        _ => return None,
    };
    Some(format!("`{name}` writes the sign itself: leave out the `{sign}` beside it"))
}

/// The field whose numbers are added.
fn attribute(call: &Call) -> Option<&str> {
    let node = call.positional.first().or_else(|| call.named.first().map(|(_, node)| node))?;
    match node {
        Node::Literal(Value::Text(name)) => Some(name),
        _ => None,
    }
}
