//! The syntax tree of an expression: exactly those parts of Jinja that a template may use.
//!
//! Operators of one precedence, filters and tests stand in lists beside each other, so that
//! `a ~ a ~ …` is one node however long it is. Invariant: a tree is at most
//! [`Limits::expression_depth`](crate::limits::Limits::expression_depth) brackets deep; so
//! recursion over it is bounded.

use std::rc::Rc;

use super::filters::Filter;
use super::operator::Operator;
use super::value::Value;

/// An expression.
#[derive(Debug)]
pub enum Node {
    Literal(Value),
    /// The value of a param.
    Name(Rc<str>),
    Not(Box<Self>),
    Negate(Box<Self>),
    /// `a or b or c`: the first one that is true, else the last one.
    Or(Box<[Self]>),
    /// `a and b and c`: the first one that is false, else the last one.
    And(Box<[Self]>),
    /// `a < b < c`: true if every comparison of neighbours is.
    Compare(Box<Self>, Box<[(Comparison, Self)]>),
    /// `a + b - c`: operators of one precedence, from the left.
    Calculate(Box<Self>, Box<[(Operator, Self)]>),
    /// `value if condition else …`: pairs of condition and value, then the value if no condition
    /// holds.
    If(Box<[(Self, Self)]>, Box<Self>),
    List(Box<[Self]>),
    Map(Box<[(Self, Self)]>),
    /// `value.name[0] | filter is test`, from the left.
    Steps(Box<Self>, Box<[Step]>),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// A step from one value to the next.
#[derive(Debug)]
pub enum Step {
    /// `[index]` and `.name`.
    Item(Node),
    /// `[start:stop:step]`.
    Slice(Box<[Option<Node>; 3]>),
    /// `| filter(…)`.
    Filter(Filter, Box<Call>),
    /// `is test`, `is not test`.
    Test { test: Test, negated: bool, argument: Option<Node> },
}

/// Arguments before they are evaluated.
#[derive(Debug, Default)]
pub struct Call {
    /// Those by place.
    pub positional: Vec<Node>,
    /// Those by name.
    pub named: Vec<(&'static str, Node)>,
}

/// The test behind the word `is`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    Defined,
    Undefined,
    None,
    Present,
    Number,
    String,
    Odd,
    Even,
    DivisibleBy,
    In,
    Containing,
    StartingWith,
    EndingWith,
}

impl Test {
    /// All tests: as they are written, and whether they take an argument.
    pub const ALL: [(&'static str, Self, bool); 13] = [
        ("defined", Self::Defined, false),
        ("undefined", Self::Undefined, false),
        ("present", Self::Present, false),
        ("none", Self::None, false),
        ("number", Self::Number, false),
        ("string", Self::String, false),
        ("odd", Self::Odd, false),
        ("even", Self::Even, false),
        ("divisibleby", Self::DivisibleBy, true),
        ("in", Self::In, true),
        ("containing", Self::Containing, true),
        ("startingwith", Self::StartingWith, true),
        ("endingwith", Self::EndingWith, true),
    ];
}

impl Node {
    /// Bytes in memory, without the node itself.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let node = |node: &Self| size_of::<Self>().saturating_add(node.heap_bytes());
        let pair = |(a, b): &(Self, Self)| node(a).saturating_add(node(b));
        match self {
            Self::Literal(value) => value.bytes(),
            Self::Name(_) => 0,
            Self::Not(inner) | Self::Negate(inner) => node(inner),
            Self::Or(sides) | Self::And(sides) | Self::List(sides) => sum(sides.iter().map(node)),
            Self::Compare(first, rest) => {
                node(first).saturating_add(sum(rest.iter().map(|(_, side)| node(side).saturating_add(8))))
            }
            Self::Calculate(first, rest) => {
                node(first).saturating_add(sum(rest.iter().map(|(_, side)| node(side).saturating_add(8))))
            }
            Self::If(branches, otherwise) => sum(branches.iter().map(pair)).saturating_add(node(otherwise)),
            Self::Map(entries) => sum(entries.iter().map(pair)),
            Self::Steps(value, steps) => {
                let step = |step: &Step| {
                    size_of::<Step>().saturating_add(match step {
                        Step::Item(index) => index.heap_bytes(),
                        Step::Slice(ends) => {
                            sum(ends.iter().map(|end| end.as_ref().map_or(0, Self::heap_bytes))).saturating_add(160)
                        }
                        Step::Filter(_, call) => {
                            let named = call.named.iter().map(|(_, value)| node(value).saturating_add(16));
                            sum(call.positional.iter().map(node).chain(named)).saturating_add(size_of::<Call>())
                        }
                        Step::Test { argument, .. } => argument.as_ref().map_or(0, Self::heap_bytes),
                    })
                };
                node(value).saturating_add(sum(steps.iter().map(step)))
            }
        }
    }
}

fn sum(bytes: impl Iterator<Item = usize>) -> usize {
    bytes.fold(0, usize::saturating_add)
}
