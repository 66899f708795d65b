//! Random expressions, made from the grammar and then damaged: none panics or exceeds a budget, and
//! those that Jinja (the crate `minijinja`) evaluates too have its result.
//!
//! `MONOGRAM_EXPRESSIONS=12000` tries that many instead of 2,000.

use std::cell::Cell;

use monogram::limits::Limits;
use monogram::params::declare::{NumberParam, TextParam};
use monogram::params::{Param, Params, Resolved, Source, Value, Values};
use monogram::template::Expressions;
use monogram::template::expression::Context;

/// xorshift64*: the same numbers in every run.
struct Random(Cell<u64>);

impl Random {
    fn next(&self, below: usize) -> usize {
        let mut state = self.0.get();
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        self.0.set(state);
        usize::try_from(state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % below
    }

    fn of<'a>(&self, words: &[&'a str]) -> &'a str {
        words[self.next(words.len())]
    }
}

const VALUES: &[&str] = &[
    "name",
    "points",
    "gone",
    "empty",
    "'a'",
    "\"it's\"",
    "0",
    "1",
    "7",
    "-7",
    "2.5",
    "true",
    "none",
    "[1, 'a']",
    "'Ää 1,5'",
];
const STRANGE: &[&str] = &[
    "big",
    "long",
    "1e308",
    "9223372036854775807",
    "99999999999999999999",
    "'\\u00e9'",
    "''",
    "[]",
    "{}",
    "{'a': 1}",
    "_lang",
    "'2026-03-14'",
    "'👩‍👩‍👧 Ann'",
];
const OPERATORS: &[&str] =
    &["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"];
const FILTERS: &[&str] = &["upper", "lower", "trim", "length", "replace('a', 'b')", "default('x')", "abs", "first"];
const OTHER_FILTERS: &[&str] = &[
    "title",
    "capitalize",
    "first",
    "initials",
    "truncate(2)",
    "truncate(4294967296)",
    "truncate(-1)",
    "length",
    "split",
    "split('a')",
    "join('-')",
    "replace('', 'x')",
    "replace('a', long)",
    "contains('a')",
    "startswith(name)",
    "round",
    "round(400)",
    "thousands",
    "thousands(long)",
    "int",
    "float(3)",
    "min",
    "max",
    "number",
    "number(2)",
    "number(-1)",
    "money('EUR')",
    "money(name, 2)",
    "percent(of=points)",
    "plural('a', 'b')",
    "ordinal(one='st', other=long)",
    "date",
    "date('yyyy')",
    "date(long)",
    "time",
    "datetime('long')",
    "number(lang='de')",
    "default",
];
const TESTS: &[&str] =
    &["defined", "undefined", "none", "not defined", "present", "odd", "divisibleby 3", "in [1]", "number"];

fn expression(random: &Random, depth: usize, jinja: bool) -> String {
    let inner = |random: &Random| expression(random, depth.saturating_sub(1), jinja);
    if depth == 0 {
        return random.of(if jinja || random.next(2) == 0 { VALUES } else { STRANGE }).to_owned();
    }
    match random.next(if jinja { 9 } else { 13 }) {
        0 | 1 => inner(random),
        2 | 3 => format!("{} {} {}", inner(random), random.of(OPERATORS), inner(random)),
        4 => format!("({})", inner(random)),
        5 => format!("{} if {} else {}", inner(random), inner(random), inner(random)),
        6 => format!("{}{}", random.of(&["not ", "-"]), inner(random)),
        7 => format!("({}) | {}", inner(random), random.of(&FILTERS[..5])),
        8 => format!("({}) is {}", inner(random), random.of(&TESTS[..4])),
        9 => {
            let ends: Vec<_> =
                (0..3).map(|_| random.of(&["", "0", "1", "-1", "-9", "99", "9223372036854775807"])).collect();
            format!("({})[{}:{}:{}]", inner(random), ends[0], ends[1], ends[2])
        }
        10 => format!("({})[{}]", inner(random), inner(random)),
        11 => format!("({}) | {}", inner(random), random.of(if random.next(4) == 0 { FILTERS } else { OTHER_FILTERS })),
        _ => format!(
            "[{}, {}]{}",
            inner(random),
            inner(random),
            random.of(&["", "[0]", " | join", " | max", " is in [1]"])
        ),
    }
}

fn source(random: &Random, jinja: bool) -> String {
    let depth = 1 + random.next(4);
    let expression = expression(random, depth, jinja);
    match random.next(if jinja { 3 } else { 7 }) {
        0 | 1 => format!("{{{{ {expression} }}}}"),
        2 => format!("{{% if {expression} %}}a{{% else %}}b{{% endif %}}"),
        3 => format!("[{{{{ {expression} }}}} of {{{{ name }}}}]"),
        4 => format!("{{#- {expression} -#}} {{{{- {expression} -}}}} \\[[x]"),
        _ => damaged(random, &format!("[{{{{ {expression} }}}}{{% if name %}}[ {{{{ {expression} }}}}]{{% endif %}}]")),
    }
}

/// A piece less, twice, many times, or another character.
fn damaged(random: &Random, source: &str) -> String {
    let mut characters: Vec<char> = source.chars().collect();
    for _ in 0..=random.next(3) {
        let from = random.next(characters.len().max(1)).min(characters.len());
        let to = (from + random.next(12)).min(characters.len());
        let piece: Vec<char> = characters[from..to].to_vec();
        match random.next(4) {
            0 => drop(characters.drain(from..to)),
            1 => drop(characters.splice(from..from, piece)),
            2 => drop(characters.splice(from..from, piece.repeat(random.next(200)))),
            _ => {
                let other =
                    random.of(&["{", "}", "[", "]", "(", ")", "'", "\\", "|", "-", "~", "é", "\n", "%", "#", "."]);
                drop(characters.splice(from..to, other.chars()));
            }
        }
    }
    characters.into_iter().collect()
}

fn params() -> Params {
    let number = || Param::Number(NumberParam::default());
    let text = || Param::Text(TextParam::default());
    let declared = [
        ("name", text()),
        ("empty", text()),
        ("long", text()),
        ("gone", text()),
        ("points", number()),
        ("big", number()),
    ];
    Params::from(declared.map(|(name, param)| (name.to_owned(), param)))
}

fn context() -> Context {
    let text = |text: &str| Value::Text(text.to_owned());
    let values = [
        ("name", text("Maria Lopez")),
        ("empty", text("")),
        ("long", text(&"yä".repeat(1_000))),
        ("points", Value::Number(1200.0)),
        ("big", Value::Number(1e300)),
    ];
    let given = |value| Resolved::new(Some(value), Source::Given);
    Context::new(&Values::from(values.map(|(name, value)| (name.to_owned(), given(value)))), Some("de"))
}

#[test]
fn random_expressions_stay_within_their_budgets() {
    let count = std::env::var("MONOGRAM_EXPRESSIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    let (limits, params) = (Limits::default(), params());
    let random = Random(Cell::new(0x9e37_79b9_7f4a_7c15));
    let (mut read, mut printed) = (0, 0);
    for _ in 0..count {
        let source = source(&random, false);
        let mut expressions = Expressions::new(&limits);
        let condition = expressions.add_condition(&source, &params).is_ok();
        if expressions.add_text(&source, &params).is_err() {
            continue;
        }
        read += 1;
        let context = context();
        assert!(expressions.weight_bytes() < 400 * source.len() + 1_000, "{source}");
        if let Ok(text) = expressions.text(&source, &context) {
            printed += 1;
            assert!(text.len() <= limits.expression_bytes, "{source}");
        }
        let _ = expressions.isolated(&source, &context);
        if condition {
            let _ = expressions.condition(&source, &context);
        }
        assert!(context.spent.get() <= 2 * limits.expression_work_bytes, "{source}");
    }
    assert!(read * 4 > count && printed * 6 > count, "{read} of {count} are expressions, {printed} print");
}

#[test]
fn results_are_those_of_jinja() {
    let count = std::env::var("MONOGRAM_EXPRESSIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    let (limits, params, context) = (Limits::default(), params(), context());
    let mut jinja = minijinja::Environment::new();
    jinja.set_undefined_behavior(minijinja::UndefinedBehavior::Chainable);
    let values = minijinja::context! { name => "Maria Lopez", empty => "", points => 1200 };
    let random = Random(Cell::new(0x2545_f491_4f6c_dd1d));
    let (mut compared, mut wrong) = (0, Vec::new());
    for _ in 0..count {
        let source = source(&random, true);
        let mut expressions = Expressions::new(&limits);
        if expressions.add_text(&source, &params).is_err() {
            continue;
        }
        context.spent.set(0);
        let (Ok(ours), Ok(theirs)) = (expressions.text(&source, &context), jinja.render_str(&source, &values)) else {
            continue;
        };
        compared += 1;
        if ours != theirs {
            wrong.push(format!("{source}\n  ours {ours:?}, Jinja {theirs:?}"));
        }
    }
    assert!(compared * 3 > count, "only {compared} of {count} were compared");
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong[..wrong.len().min(25)].join("\n"));
}
