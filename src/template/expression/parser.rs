//! Tokens → a syntax tree, within budgets for its tokens, calls and depth.
//!
//! The grammar and its precedence are Jinja's; a chain of operators or filters is read by a loop,
//! and brackets and signs before a value by a recursion that the budget bounds. What would fail
//! whatever the values are is refused here, with a remedy: an unknown filter, a wrong argument, a
//! text that is multiplied.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::params::{Param, Params};

use super::budget::Budget;
use super::doubt::{self, Side};
use super::filters::{self, Filter, Kind, Signature};
use super::operator::Operator;
use super::syntax::{Call, Comparison, Node, Step, Test};
use super::token::{Lexer, Token};
use super::value::Value;

/// What is found out about a source while it is read.
#[derive(Debug, Default)]
pub struct Found {
    /// The names that it reads, each once.
    pub names: BTreeSet<Rc<str>>,
    /// What is [meant otherwise](doubt), each once.
    pub doubts: Vec<String>,
}

/// An expression that was read, and the byte behind it.
#[derive(Debug)]
pub struct Parsed {
    pub node: Node,
    /// Byte behind the closing `}}`.
    pub end: usize,
    /// The white space behind it is left out.
    pub trims: bool,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `{{ … }}`
    Print,
    /// `{% if … %}`
    Statement,
    /// The whole source.
    Condition,
}

/// Reads an expression and what closes it.
///
/// # Errors
/// Words that say what is wrong.
pub fn parse(
    (source, at): (&str, usize),
    place: Place,
    params: &Params,
    budget: &mut Budget,
    found: &mut Found,
) -> Result<Parsed, String> {
    let close = match place {
        Place::Print => "}}",
        Place::Statement => "%}",
        Place::Condition => "",
    };
    let mut parser = Parser { lexer: Lexer::new(source, at, close), token: Token::End, params, budget, found };
    parser.advance()?;
    // As in Jinja, `{% if a if b else c %}` has no meaning.
    let typed = if place == Place::Statement { parser.either()? } else { parser.expression()? };
    match (&parser.token, place) {
        (Token::Close { trims }, Place::Print | Place::Statement) => {
            Ok(Parsed { node: typed.node, end: parser.lexer.at(), trims: *trims })
        }
        (Token::End, Place::Condition) => Ok(Parsed { node: typed.node, end: source.len(), trims: false }),
        (Token::End, _) => Err(format!("syntax error: an expression is not closed by `{close}`")),
        _ => Err(parser.unexpected("")),
    }
}

/// A node with what is known of its value.
struct Typed {
    node: Node,
    kind: Kind,
    /// The filter that was applied last, without brackets around it.
    filter: Option<&'static Signature>,
}

impl Typed {
    const fn new(node: Node, kind: Kind) -> Self {
        Self { node, kind, filter: None }
    }
}

struct Parser<'s, 'a> {
    lexer: Lexer<'s>,
    /// The token that is read next.
    token: Token<'s>,
    params: &'a Params,
    budget: &'a mut Budget,
    found: &'a mut Found,
}

/// Words that are no names.
const KEYWORDS: [&str; 7] = ["and", "or", "not", "in", "is", "if", "else"];

impl<'s> Parser<'s, '_> {
    /// Takes the token, and reads the next one.
    fn advance(&mut self) -> Result<Token<'s>, String> {
        self.budget.token()?;
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(&self.token, Token::Sign(found) if *found == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.token, Token::Name(found) if found == word)
    }

    /// Takes a sign, if it is the next token.
    fn take(&mut self, sign: &str) -> Result<bool, String> {
        let found = self.is_sign(sign);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Takes a word, if it is the next token.
    fn take_word(&mut self, word: &str) -> Result<bool, String> {
        let found = self.is_word(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign)? { Ok(()) } else { Err(self.unexpected(sign)) }
    }

    /// Notes what is meant otherwise.
    fn doubt(&mut self, doubt: Option<String>) {
        let doubts = &mut self.found.doubts;
        if let Some(doubt) = doubt.filter(|doubt| doubts.len() < self.budget.doubts && !doubts.contains(doubt)) {
            doubts.push(doubt);
        }
    }

    /// The error for the next token.
    fn unexpected(&self, expected: &str) -> String {
        let found = match &self.token {
            Token::Name("exists") => {
                return "syntax error: a name alone asks whether there is a value: `name`".to_owned();
            }
            Token::Name("if" | "for" | "end") => {
                return "syntax error: statements stand in `{% %}`: `{% if name %}` … `{% endif %}`".to_owned();
            }
            Token::Name(name) => format!("`{name}`"),
            Token::Sign("}") if matches!(expected, "," | ")" | "]") => {
                return "syntax error: a bracket is not closed before the `}`".to_owned();
            }
            Token::Sign("}") => return "syntax error: an expression ends with two braces: `}}`".to_owned(),
            Token::Text(_) if expected.is_empty() => {
                return "syntax error: a text in quotes follows a value: `~` joins them".to_owned();
            }
            Token::Text(_) => "a text in quotes".to_owned(),
            Token::Integer(_) | Token::Float(_) => "a number".to_owned(),
            Token::Sign("=") => return "syntax error: write `==` to compare".to_owned(),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::Close { .. } | Token::End => return "syntax error: the expression ends too early".to_owned(),
        };
        let hint = if expected.is_empty() { String::new() } else { format!(" instead of `{expected}`") };
        format!("syntax error: unexpected {found}{hint}")
    }

    /// Any expression, one level deeper.
    fn expression(&mut self) -> Result<Typed, String> {
        self.budget.descend()?;
        let typed = self.conditional();
        self.budget.ascend();
        typed
    }

    /// `a if b else c if d else e`
    fn conditional(&mut self) -> Result<Typed, String> {
        let depth = self.budget.depth;
        let mut branches = Vec::new();
        let mut value = self.either()?;
        while self.take_word("if")? {
            let condition = self.either()?.node;
            if self.take_word("else")? {
                branches.push((condition, value.node));
                value = self.either()?;
            } else {
                // Without `else`: a missing value. `a if b if c` is `(a if b) if c`, so each one is
                // a level deeper.
                self.budget.descend()?;
                let otherwise = Box::new(Node::Literal(Value::Undefined));
                value = Typed::new(Node::If([(condition, value.node)].into(), otherwise), Kind::Unknown);
            }
        }
        self.budget.depth = depth;
        if branches.is_empty() {
            return Ok(value);
        }
        Ok(Typed::new(Node::If(branches.into(), Box::new(value.node)), Kind::Unknown))
    }

    fn either(&mut self) -> Result<Typed, String> {
        self.joined("or", Self::both, Node::Or)
    }

    fn both(&mut self) -> Result<Typed, String> {
        self.joined("and", Self::negation, Node::And)
    }

    /// Sides that a word joins.
    fn joined(
        &mut self,
        word: &str,
        side: fn(&mut Self) -> Result<Typed, String>,
        node: fn(Box<[Node]>) -> Node,
    ) -> Result<Typed, String> {
        let first = side(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut sides = vec![first.node];
        while self.take_word(word)? {
            sides.push(side(self)?.node);
        }
        if word == "or" {
            self.doubt(doubt::alternative(&sides));
        }
        Ok(Typed::new(node(sides.into()), Kind::Unknown))
    }

    fn negation(&mut self) -> Result<Typed, String> {
        if !self.take_word("not")? {
            return self.comparison();
        }
        self.budget.descend()?;
        let inner = self.negation();
        self.budget.ascend();
        Ok(Typed::new(Node::Not(Box::new(inner?.node)), Kind::Unknown))
    }

    fn comparison(&mut self) -> Result<Typed, String> {
        let first = self.sum()?;
        let (mut kind, mut filter) = (first.kind, first.filter);
        let mut rest = Vec::new();
        loop {
            let comparison = match &self.token {
                Token::Sign("==") => Comparison::Equal,
                Token::Sign("!=") => Comparison::Unequal,
                Token::Sign("<") => Comparison::Less,
                Token::Sign("<=") => Comparison::LessOrEqual,
                Token::Sign(">") => Comparison::Greater,
                Token::Sign(">=") => Comparison::GreaterOrEqual,
                Token::Name("in") => Comparison::In,
                Token::Name("not") => {
                    self.advance()?;
                    if !self.is_word("in") {
                        return Err(self.unexpected("in"));
                    }
                    Comparison::NotIn
                }
                _ => break,
            };
            let sign = match self.advance()? {
                Token::Sign(sign) => sign,
                _ => "in",
            };
            let side = self.sum()?;
            if matches!(sign, "<" | "<=" | ">" | ">=") {
                check_precedence(sign, (kind, filter), (side.kind, side.filter))?;
            }
            if sign != "in" {
                let left = rest.last().map_or(&first.node, |(_, node)| node);
                let sides = [(left, kind), (&side.node, side.kind)];
                let [left, right] = sides.map(|(node, kind)| Side { node: Some(node), kind, params: self.params });
                self.doubt(doubt::comparison(sign, left, right));
            }
            (kind, filter) = (side.kind, side.filter);
            rest.push((comparison, side.node));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(Typed::new(Node::Compare(Box::new(first.node), rest.into()), Kind::Unknown))
    }

    fn sum(&mut self) -> Result<Typed, String> {
        self.calculation(Self::concatenation, |sign| match sign {
            "+" => Some(Operator::Add),
            "-" => Some(Operator::Subtract),
            _ => None,
        })
    }

    fn concatenation(&mut self) -> Result<Typed, String> {
        self.calculation(Self::product, |sign| (sign == "~").then_some(Operator::Concatenate))
    }

    fn product(&mut self) -> Result<Typed, String> {
        self.calculation(Self::power, |sign| match sign {
            "*" => Some(Operator::Multiply),
            "/" => Some(Operator::Divide),
            "//" => Some(Operator::FloorDivide),
            "%" => Some(Operator::Remainder),
            _ => None,
        })
    }

    fn power(&mut self) -> Result<Typed, String> {
        self.calculation(Self::unary, |sign| (sign == "**").then_some(Operator::Power))
    }

    /// Operators of one precedence.
    fn calculation(
        &mut self,
        side: fn(&mut Self) -> Result<Typed, String>,
        operator: fn(&str) -> Option<Operator>,
    ) -> Result<Typed, String> {
        let first = side(self)?;
        let (mut kind, mut filter) = (first.kind, first.filter);
        let mut rest = Vec::new();
        while let Token::Sign(sign) = self.token
            && let Some(operator) = operator(sign)
        {
            self.advance()?;
            let right = side(self)?;
            if operator != Operator::Concatenate {
                check_precedence(sign, (kind, filter), (right.kind, right.filter))?;
            }
            if !matches!(operator, Operator::Concatenate) {
                let left = rest.is_empty().then_some(&first.node);
                let sides = [(left, kind), (Some(&right.node), right.kind)];
                let [left, right] = sides.map(|(node, kind)| Side { node, kind, params: self.params });
                self.doubt(doubt::calculation(sign, left, right));
            }
            let is_number = kind == Kind::Number && right.kind == Kind::Number;
            kind = match operator {
                Operator::Concatenate => Kind::Text,
                Operator::Multiply
                    if [kind, right.kind].iter().any(|kind| matches!(kind, Kind::Text | Kind::Container)) =>
                {
                    return Err("`*` multiplies numbers: text and lists cannot be repeated".to_owned());
                }
                Operator::Add if kind == Kind::Text && right.kind == Kind::Text => Kind::Text,
                Operator::Add if !is_number => Kind::Unknown,
                _ => Kind::Number,
            };
            filter = None;
            rest.push((operator, right.node));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(Typed::new(Node::Calculate(Box::new(first.node), rest.into()), kind))
    }

    /// A value with its steps, signs before it, and its filters: `-a.b | round`.
    fn unary(&mut self) -> Result<Typed, String> {
        let value = self.signed()?;
        self.filters(value)
    }

    fn signed(&mut self) -> Result<Typed, String> {
        if !self.take("-")? {
            let value = self.primary()?;
            return self.postfix(value);
        }
        self.budget.descend()?;
        let inner = self.signed();
        self.budget.ascend();
        Ok(Typed::new(Node::Negate(Box::new(inner?.node)), Kind::Number))
    }

    fn primary(&mut self) -> Result<Typed, String> {
        if matches!(&self.token, Token::Close { .. } | Token::End | Token::Sign("=")) {
            return Err(self.unexpected(""));
        }
        match &self.token {
            Token::Name(word) if KEYWORDS.contains(word) => return Err(self.unexpected("")),
            Token::Sign(sign) if !matches!(*sign, "(" | "[" | "{") => return Err(self.unexpected("")),
            _ => {}
        }
        match self.advance()? {
            Token::Name("true" | "True") => Ok(Typed::new(Node::Literal(Value::Bool(true)), Kind::Unknown)),
            Token::Name("false" | "False") => Ok(Typed::new(Node::Literal(Value::Bool(false)), Kind::Unknown)),
            Token::Name("none" | "None") => Ok(Typed::new(Node::Literal(Value::None), Kind::Unknown)),
            Token::Name(name) if self.is_sign("(") => self.function(name),
            Token::Name(name) => Ok(self.name(name)),
            Token::Integer(number) => Ok(Typed::new(Node::Literal(Value::Integer(number)), Kind::Number)),
            Token::Float(number) => Ok(Typed::new(Node::Literal(Value::Float(number)), Kind::Number)),
            Token::Text(text) => {
                // Texts beside each other are one, as in Python.
                let mut text = text.into_owned();
                while let Token::Text(more) = &self.token {
                    text.push_str(more);
                    self.advance()?;
                }
                Ok(Typed::new(Node::Literal(text.into()), Kind::Text))
            }
            Token::Sign("(") => {
                let inner = self.expression()?;
                self.expect(")")?;
                // Brackets say that the filter in them was meant so.
                Ok(Typed { filter: None, ..inner })
            }
            Token::Sign("[") => {
                let mut items = Vec::new();
                while !self.take("]")? {
                    if !items.is_empty() {
                        self.expect(",")?;
                        if self.take("]")? {
                            break;
                        }
                    }
                    items.push(self.expression()?.node);
                }
                Ok(Typed::new(Node::List(items.into()), Kind::Container))
            }
            Token::Sign("{") => {
                let mut entries = Vec::new();
                while !self.take("}")? {
                    if !entries.is_empty() {
                        self.expect(",")?;
                        if self.take("}")? {
                            break;
                        }
                    }
                    let key = self.expression()?.node;
                    self.expect(":")?;
                    entries.push((key, self.expression()?.node));
                }
                Ok(Typed::new(Node::Map(entries.into()), Kind::Container))
            }
            _ => Err("syntax error: a value is missing".to_owned()),
        }
    }

    fn name(&mut self, name: &str) -> Typed {
        let kind = match self.params.get(name) {
            Some(Param::Number(_)) => Kind::Number,
            Some(Param::List(_) | Param::Record(_)) => Kind::Container,
            Some(Param::Boolean(_)) => Kind::Unknown,
            Some(_) => Kind::Text,
            None => Kind::Unknown,
        };
        let known = self.found.names.get(name).cloned();
        let name = known.unwrap_or_else(|| {
            let name: Rc<str> = name.into();
            self.found.names.insert(Rc::clone(&name));
            name
        });
        Typed::new(Node::Name(name), kind)
    }

    /// `min(a, b)` is `[a, b] | min`; the other functions are filters of their first argument.
    fn function(&mut self, name: &str) -> Result<Typed, String> {
        let signature = match name {
            "min" | "max" | "int" | "float" | "abs" | "round" => filters::find(name),
            _ => None,
        };
        let Some(signature) = signature else {
            return Err(format!(
                "there is no function `{name}`; there are min, max, int, float, abs and round, and filters such as \
                 `name | upper`"
            ));
        };
        let mut call = self.call(signature)?;
        let wrong = || format!("`{name}` takes its value in brackets: {name}(points)");
        let value = if matches!(signature.filter, Filter::Min | Filter::Max) && call.positional.len() > 1 {
            Node::List(std::mem::take(&mut call.positional).into())
        } else if call.positional.is_empty() {
            return Err(wrong());
        } else {
            call.positional.remove(0)
        };
        self.check(signature, &call)?;
        let steps = [Step::Filter(signature.filter, Box::new(call))];
        Ok(Typed::new(Node::Steps(Box::new(value), steps.into()), signature.gives))
    }

    /// `.name`, `.0`, `[index]`, `[start:stop]`, `.upper()`.
    fn postfix(&mut self, value: Typed) -> Result<Typed, String> {
        let mut steps = Vec::new();
        let mut kind = value.kind;
        loop {
            if self.take(".")? {
                kind = Kind::Unknown;
                match self.advance()? {
                    Token::Name(name) if self.is_sign("(") => {
                        let signature = method(name).ok_or_else(|| {
                            format!("there is no function `{name}`; write a filter such as `name | upper`")
                        })?;
                        let call = self.call(signature)?;
                        self.check(signature, &call)?;
                        kind = signature.gives;
                        steps.push(Step::Filter(signature.filter, Box::new(call)));
                    }
                    // A text and a number have no parts; this would never print anything.
                    Token::Name(name)
                        if value.kind != Kind::Unknown
                            && matches!(value.node, Node::Name(_))
                            && steps.is_empty()
                            && filters::find(name).is_some() =>
                    {
                        return Err(format!("there is no `.{name}`; write `| {name}`"));
                    }
                    Token::Name(name) => steps.push(Step::Item(Node::Literal(name.into()))),
                    Token::Integer(index) => steps.push(Step::Item(Node::Literal(Value::Integer(index)))),
                    _ => return Err("syntax error: after a dot stands a name".to_owned()),
                }
            } else if self.take("[")? {
                steps.push(self.subscript()?);
                kind = Kind::Unknown;
            } else if self.is_sign("(") {
                return Err("only functions can be called: min, max, int, float, abs and round".to_owned());
            } else {
                break;
            }
        }
        Ok(Self::with_steps(value, steps, kind, None))
    }

    fn with_steps(value: Typed, steps: Vec<Step>, kind: Kind, filter: Option<&'static Signature>) -> Typed {
        if steps.is_empty() {
            return value;
        }
        Typed { node: Node::Steps(Box::new(value.node), steps.into()), kind, filter }
    }

    fn subscript(&mut self) -> Result<Step, String> {
        let mut ends = [None, None, None];
        let mut colons = 0_usize;
        loop {
            if self.take("]")? {
                break;
            }
            if self.take(":")? {
                colons = colons.saturating_add(1);
                continue;
            }
            match ends.get_mut(colons) {
                Some(end @ None) => *end = Some(self.expression()?.node),
                _ => return Err(self.unexpected("]")),
            }
        }
        match (colons, ends) {
            (0, [Some(index), _, _]) => Ok(Step::Item(index)),
            (0, _) => Err("syntax error: an index is missing between `[` and `]`".to_owned()),
            (1 | 2, ends) => Ok(Step::Slice(Box::new(ends))),
            _ => Err("syntax error: a slice is [start:stop:step]".to_owned()),
        }
    }

    /// `| filter(…)` and `is test`.
    fn filters(&mut self, value: Typed) -> Result<Typed, String> {
        let mut steps = Vec::new();
        let (mut kind, mut filter) = (value.kind, value.filter);
        loop {
            if self.take("|")? {
                let Token::Name(name) = self.advance()? else {
                    return Err("syntax error: after `|` stands a filter, such as `name | upper`".to_owned());
                };
                let signature = filters::find(name).ok_or_else(|| format!("there is no filter `{name}`"))?;
                if matches!(self.token, Token::Sign(":") | Token::Text(_)) {
                    let example = signature.example;
                    return Err(format!("syntax error: a filter has its arguments in brackets: `{example}`"));
                }
                let call = if self.is_sign("(") {
                    self.call(signature)?
                } else {
                    self.budget.call()?;
                    Call::default()
                };
                self.check(signature, &call)?;
                steps.push(Step::Filter(signature.filter, Box::new(call)));
                (kind, filter) = (signature.gives, Some(signature));
            } else if self.take_word("is")? {
                steps.push(self.test()?);
                (kind, filter) = (Kind::Unknown, None);
            } else {
                break;
            }
        }
        Ok(Self::with_steps(value, steps, kind, filter))
    }

    fn test(&mut self) -> Result<Step, String> {
        self.budget.call()?;
        let negated = self.take_word("not")?;
        let Token::Name(name) = self.advance()? else {
            return Err("syntax error: after `is` stands a test, such as `name is defined`".to_owned());
        };
        let Some((_, test, takes)) = Test::ALL.iter().find(|(known, _, _)| *known == name) else {
            let names: Vec<_> = Test::ALL.iter().map(|(name, _, _)| format!("`is {name}`")).collect();
            return Err(match name {
                "empty" | "blank" | "null" | "nil" | "missing" => {
                    format!("there is no test `{name}`: write `not name`, or `name is not present`")
                }
                _ => format!("there is no test `{name}`; there are {}", names.join(", ")),
            });
        };
        let argument = if *takes {
            self.budget.descend()?;
            let argument = self.signed();
            self.budget.ascend();
            Some(argument?.node)
        } else {
            None
        };
        Ok(Step::Test { test: *test, negated, argument })
    }

    /// The arguments of a filter or a function, with their brackets.
    fn call(&mut self, signature: &'static Signature) -> Result<Call, String> {
        self.budget.call()?;
        self.expect("(")?;
        let mut call = Call::default();
        while !self.take(")")? {
            if !call.positional.is_empty() || !call.named.is_empty() {
                self.expect(",")?;
                if self.take(")")? {
                    break;
                }
            }
            match self.argument_name()? {
                Some(name) => {
                    let known = signature.named.iter().find(|known| **known == name);
                    let known = known.ok_or_else(|| no_such_argument(signature))?;
                    call.named.push((known, self.expression()?.node));
                }
                None if !call.named.is_empty() => {
                    return Err("syntax error: arguments with a name stand behind the others".to_owned());
                }
                None => call.positional.push(self.expression()?.node),
            }
        }
        Ok(call)
    }

    /// Checks the arguments of a call.
    fn check(&mut self, signature: &Signature, call: &Call) -> Result<(), String> {
        check_arguments(signature, call)?;
        self.doubt(doubt::filter(signature, call));
        Ok(())
    }

    /// `name=`, if the next argument begins with it.
    fn argument_name(&mut self) -> Result<Option<&'s str>, String> {
        let Token::Name(name) = self.token else { return Ok(None) };
        if !matches!(self.lexer.clone().next(), Ok(Token::Sign("="))) {
            return Ok(None);
        }
        self.advance()?;
        self.advance()?;
        Ok(Some(name))
    }
}

fn no_such_argument(signature: &Signature) -> String {
    format!("the filter `{}` has no such argument; write for example `{}`", signature.name, signature.example)
}

fn check_arguments(signature: &Signature, call: &Call) -> Result<(), String> {
    if call.positional.len() > signature.most {
        return Err(no_such_argument(signature));
    }
    if call.positional.len() < signature.least {
        return Err(format!("the filter `{}` needs an argument, as in `{}`", signature.name, signature.example));
    }
    Ok(())
}

/// The methods of Python that are a filter here.
fn method(name: &str) -> Option<&'static Signature> {
    match name {
        "upper" | "lower" | "title" | "capitalize" | "replace" | "split" | "startswith" | "endswith" => {
            filters::find(name)
        }
        "strip" => filters::find("trim"),
        _ => None,
    }
}

/// A filter binds tighter than an operator: `goal - points | number` calculates with the text of
/// the points. That is refused unless brackets say that it is meant; `+` and comparisons take text
/// beside text.
fn check_precedence(
    sign: &str,
    left: (Kind, Option<&'static Signature>),
    right: (Kind, Option<&'static Signature>),
) -> Result<(), String> {
    let needs_numbers = !matches!(sign, "+" | "<" | "<=" | ">" | ">=");
    for ((kind, filter), (other, _)) in [(left, right), (right, left)] {
        if let Some(filter) = filter
            && kind == Kind::Text
            && (needs_numbers || other == Kind::Number)
        {
            let (name, example) = (filter.name, filter.example);
            return Err(format!(
                "`| {name}` binds tighter than `{sign}`, and gives text: `{sign}` calculates first in \
                 `(a {sign} b) | {example}`"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::params::declare;

    fn parse_with(source: &str, limits: &Limits) -> Result<Vec<String>, String> {
        let params = Params::from([
            ("name".to_owned(), Param::Text(declare::TextParam::default())),
            ("points".to_owned(), Param::Number(declare::NumberParam::default())),
            ("goal".to_owned(), Param::Number(declare::NumberParam::default())),
        ]);
        let mut found = Found::default();
        let mut budget = Budget::new(limits);
        let parsed = parse((source, 0), Place::Condition, &params, &mut budget, &mut found)?;
        assert_eq!(budget.depth, limits.expression_depth, "{source}");
        assert!(parsed.node.heap_bytes() < 200 * source.len() + 200, "{source}");
        Ok(found.names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn finds_the_names_that_are_read() {
        for (source, names) in [
            ("a.b[c] | default(d) if e else f", "a c d e f"),
            ("n | plural(one=x, other=other)", "n other x"),
            ("{'a': b}[c]", "b c"),
            ("a is in [b, 'c']", "a b"),
            ("true and none", ""),
            ("min(a, b) ~ a.upper()", "a b"),
        ] {
            assert_eq!(parse_with(source, &Limits::default()).map(|names| names.join(" ")).as_deref(), Ok(names));
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (source, words) in [
            ("goal - points | number", "`(a - b) | number(2)`"),
            ("points | money('EUR') * 2", "binds tighter than `*`"),
            ("points + 1 | number", "binds tighter than `+`"),
            ("points > goal | number", "binds tighter than `>`"),
            ("name = 'x'", "write `==`"),
            ("name | default: 'x'", "in brackets: `default('friend')`"),
            ("name | default 'x'", "in brackets"),
            ("name | upper('x')", "no such argument"),
            ("name | number(palces=2)", "no such argument"),
            ("name | truncate", "needs an argument"),
            ("name | shout", "there is no filter `shout`"),
            ("name is shouted", "there is no test `shouted`"),
            ("name * 3", "multiplies numbers"),
            ("range(9)", "there is no function `range`"),
            ("name()", "there is no function `name`"),
            ("'a'()", "only functions"),
            ("name.format(1)", "there is no function `format`"),
            ("(name", "ends too early"),
            ("name)", "unexpected `)`"),
            ("", "ends too early"),
            ("name if", "ends too early"),
            ("a not b", "instead of `in`"),
            ("[1", "ends too early"),
            ("a[]", "an index is missing"),
            ("a[1:2:3:4]", "instead of `]`"),
            ("a[1 2]", "instead of `]`"),
            ("a.", "after a dot"),
        ] {
            let error = parse_with(source, &Limits::default()).unwrap_err();
            assert!(error.contains(words), "{source}: {error}");
        }
    }

    #[test]
    fn texts_may_stand_beside_texts() {
        for source in [
            "'Hi ' ~ name | upper",
            "'Save ' + points | money('EUR')",
            "name | lower == 'maria'",
            "name | upper < 'M'",
            "name | length < 20",
            "points | round - 1",
            "(points | number) ~ ' of ' ~ (goal | number)",
            "points | default(0) * 2",
        ] {
            assert!(parse_with(source, &Limits::default()).is_ok(), "{source}");
        }
    }

    #[test]
    fn budgets_hold() {
        let limits = Limits::default();
        for (piece, end, words) in [
            ("-", "1", "nest"),
            ("not ", "1", "nest"),
            ("(", "1", "nest"),
            ("[", "1", "nest"),
            ("{1:", "1", "nest"),
            ("a[", "1", "nest"),
            ("a if a else a[", "1", "nest"),
            ("a | default(", "1", "nest"),
            ("1 is in [", "1", "nest"),
            ("a if a if ", "a", "nest"),
            ("1+", "1", "words and signs"),
            ("a~", "a", "words and signs"),
            ("a.b or ", "a", "words and signs"),
            ("a if a else ", "a", "words and signs"),
            ("a,", "", "unexpected"),
            ("a|upper~", "a", "filters"),
            ("a is defined and ", "a", "filters"),
            ("a()", "", "no function"),
        ] {
            let error = parse_with(&format!("{}{end}", piece.repeat(20_000)), &limits).unwrap_err();
            assert!(error.contains(words), "{piece}: {error}");
        }
        let deep = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
        assert!(parse_with(&deep(limits.expression_depth - 1), &limits).is_ok());
        assert!(parse_with(&deep(limits.expression_depth), &limits).is_err());
    }
}
