//! What is written correctly and cannot mean what it says: a number that is compared with a text, the name of a
//! currency in place of its code.
//!
//! None of it is refused, because templates that were published have it. Invariant: what is said depends on the
//! source and on the types of params, never on a value.

use std::cell::Cell;

use crate::locale;
use crate::params::{Param, Params};

use super::arguments::Arguments;
use super::filters::{self, Filter, Kind, LocaleFilter, Signature};
use super::meter::Meter;
use super::syntax::{Call, Node};
use super::value::Value;

/// Most choices that are listed: nobody reads more.
const MAX_CHOICES: usize = 8;

/// One side of an operator.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// `None` if it is the result of operators before it.
    pub node: Option<&'a Node>,
    pub kind: Kind,
    /// The params of the template.
    pub params: &'a Params,
}

impl<'a> Side<'a> {
    /// The param that it is, with its name.
    fn param(self) -> Option<(&'a str, &'a Param)> {
        match self.node? {
            Node::Name(name) => self.params.get_key_value(name.as_ref()).map(|(name, param)| (name.as_str(), param)),
            _ => None,
        }
    }

    /// The text that it is.
    fn text(self) -> Option<&'a str> {
        self.node.and_then(literal)
    }
}

/// The text that is written out.
fn literal(node: &Node) -> Option<&str> {
    match node {
        Node::Literal(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// A comparison whose result is the same for every value.
pub fn comparison(sign: &str, left: Side<'_>, right: Side<'_>) -> Option<String> {
    compared(sign, left, right).or_else(|| compared(sign, right, left))
}

fn compared(sign: &str, one: Side<'_>, other: Side<'_>) -> Option<String> {
    let is_equality = matches!(sign, "==" | "!=");
    match (one.param(), other.text()) {
        (Some((name, _)), Some("")) if is_equality => {
            let instead = if sign == "==" { "not " } else { "" };
            return Some(format!("a value that is missing is not an empty text: write `{instead}{name}`"));
        }
        (Some((name, Param::Boolean(_))), Some(_)) => {
            return Some(format!("`{name}` is true or false, and no text: write `{name}` or `not {name}`"));
        }
        (Some((name, Param::Choice(param))), Some(word)) if is_equality && !param.choices.iter().any(|c| c == word) => {
            let choices = param.choices.iter().take(MAX_CHOICES).map(|word| format!("'{word}'"));
            let choices = choices.collect::<Vec<_>>().join(", ");
            return Some(format!("`{name}` is never '{word}': its choices are {choices}"));
        }
        (Some((name, Param::List(_))), _) if other.kind == Kind::Number => {
            return Some(format!("`{name}` is a list: the number of its items is `{name} | length`"));
        }
        _ => {}
    }
    if (one.kind, other.kind) != (Kind::Number, Kind::Text) {
        return None;
    }
    Some(match (other.text(), other.param()) {
        (Some(text), _) if is_number(text) => format!("a number is compared with a text: write {text} without quotes"),
        (None, Some((name, Param::Date(_) | Param::Datetime(_)))) => {
            format!("`{name}` is a date, and is compared with a number: write a date such as '2026-12-31'")
        }
        (None, Some((name, _))) => {
            format!("`{name}` is a text, and is compared with a number: write `int({name})`, or declare it as a number")
        }
        _ => format!("`{sign}` compares a number with a text, which is the same for every number"),
    })
}

/// `a == 'x' or 'y'`: a text alone is true.
pub fn alternative(sides: &[Node]) -> Option<String> {
    let has_comparison = sides.iter().any(|side| matches!(side, Node::Compare(..)));
    let text = sides.iter().find_map(literal).filter(|text| has_comparison && !text.is_empty())?;
    Some(format!("'{text}' alone is always true: write the comparison again, as in `a == 'x' or a == '{text}'`"))
}

/// A calculation that has no result, whatever the values are.
pub fn calculation(sign: &str, left: Side<'_>, right: Side<'_>) -> Option<String> {
    calculated(sign, left, right).or_else(|| calculated(sign, right, left))
}

fn calculated(sign: &str, one: Side<'_>, other: Side<'_>) -> Option<String> {
    if let Some((name, Param::List(_))) = one.param()
        && (sign != "+" || other.kind == Kind::Number)
    {
        return Some(format!("`{name}` is a list: calculate with `{name} | length`, or the `sum` of a field"));
    }
    if one.kind != Kind::Text || (sign == "+" && other.kind != Kind::Number) {
        return None;
    }
    if let Some((name, Param::Date(_) | Param::Datetime(_))) = one.param() {
        return Some(format!(
            "`{name}` is a date, and `{sign}` calculates with numbers: there is no distance of dates"
        ));
    }
    let number = match (one.text(), one.param()) {
        (Some(text), _) if is_number(text) => format!("write {text} without quotes"),
        (None, Some((name, _))) => format!("write `int({name})` for the number in a text"),
        _ => String::new(),
    };
    Some(match (sign, number.as_str()) {
        ("+", "") => "`+` adds numbers or joins texts: write `~` to join a text and a number".to_owned(),
        ("+", _) => format!("`+` adds numbers or joins texts: write `~` to join them, or {number}"),
        (_, "") => format!("`{sign}` calculates with numbers, and this is a text"),
        _ => format!("`{sign}` calculates with numbers, and this is a text: {number}"),
    })
}

fn is_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite)
}

/// A filter whose arguments it does not take, or that does not do with them what was meant.
pub fn filter(signature: &Signature, call: &Call) -> Option<String> {
    let otherwise = match (signature.filter, call.positional.first()) {
        (Filter::Locale(LocaleFilter::Money), Some(Node::Literal(written))) => currency(written),
        (Filter::Locale(LocaleFilter::Date), Some(written)) => literal(written).and_then(pattern),
        (Filter::Locale(LocaleFilter::Plural), Some(written))
            if call.positional.len() == 1 && call.named.is_empty() =>
        {
            literal(written).map(|one| format!("one form is the same for every number: write plural('{one}', '…')"))
        }
        _ => None,
    };
    otherwise.or_else(|| refused(signature.filter, call))
}

/// What is no code of a currency.
fn currency(written: &Value) -> Option<String> {
    let written = written.as_text().map(str::trim).unwrap_or_default();
    let code = written.to_ascii_uppercase();
    if locale::is_currency(&code) {
        return None;
    }
    if written.len() == 3 && written.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Some(format!("there is no currency '{code}' in ISO 4217: it is printed as it stands"));
    }
    let code = match written.to_lowercase().trim_end_matches('s') {
        "$" | "u$" | "us$" | "dollar" | "us dollar" => "USD",
        "£" | "pound" | "pound sterling" | "sterling" => "GBP",
        "¥" | "yen" => "JPY",
        "₹" | "rupee" => "INR",
        "fr." | "franc" => "CHF",
        "r$" | "real" | "reai" => "BRL",
        _ => "EUR",
    };
    Some(format!("`money` takes the code of a currency: write money('{code}')"))
}

/// The letters of other pattern languages (strftime, Moment) in the pattern of a date.
fn pattern(written: &str) -> Option<String> {
    let (mut pattern, mut rest) = (String::new(), written);
    if written.contains('%') {
        while let Some((before, behind)) = rest.split_once('%') {
            pattern.push_str(before);
            let behind = behind.trim_start_matches('-');
            let letter = behind.chars().next()?;
            pattern.push_str(match letter {
                'd' | 'e' => "d",
                'm' => "MM",
                'b' => "MMM",
                'B' => "MMMM",
                'y' => "yy",
                'Y' => "y",
                'a' => "E",
                'A' => "EEEE",
                'H' => "HH",
                'I' => "h",
                'M' => "mm",
                'p' => "a",
                _ => return None,
            });
            rest = behind.get(letter.len_utf8()..).unwrap_or_default();
        }
        pattern.push_str(rest);
    } else {
        // Weekdays are letters of their own.
        pattern = written.replace("dddd", "EEEE").replace("ddd", "E").replace('Y', "y").replace('D', "d");
        // Between a day and a year no minutes are meant.
        if pattern.contains('y') && !pattern.contains(['h', 'H', 'M', '\'']) {
            pattern = pattern.replace('m', "M");
        }
    }
    let is_other = pattern != written && locale::is_pattern(&pattern) && locale::Form::named(written).is_none();
    is_other.then(|| format!("the letters of a date are those of CLDR: write date('{pattern}')"))
}

/// What a filter says to arguments that are written out, whatever its value is.
fn refused(filter: Filter, call: &Call) -> Option<String> {
    let value = match filter {
        // They look at their arguments first.
        Filter::Locale(_) => Value::Undefined,
        Filter::Round | Filter::Thousands | Filter::Truncate | Filter::Replace => Value::Integer(1),
        _ => return None,
    };
    let known = |node: &Node| match node {
        Node::Literal(value) => Some(value.clone()),
        _ => None,
    };
    let positional = call.positional.iter().map(known).collect::<Option<_>>()?;
    let named = call.named.iter().map(|(name, node)| Some((*name, known(node)?))).collect::<Option<_>>()?;
    let spent = Cell::new(0);
    let mut meter = Meter { steps: 0, bytes: usize::MAX, spent: &spent, most: usize::MAX };
    let applied = filters::apply(filter, &value, &Arguments { positional, named }, None, &mut meter);
    applied.err().map(|wrong| wrong.to_string())
}

#[cfg(test)]
mod tests {
    use crate::limits::Limits;
    use crate::params::Params;
    use crate::template::expression::Expressions;
    use crate::template::expression::filters::FILTERS;

    fn doubts(source: &str) -> Vec<String> {
        let params: Params = serde_json::from_value(serde_json::json!({
            "name": { "text": {} }, "n": { "number": {} }, "vip": { "boolean": {} }, "ends": { "date": {} },
            "plan": { "choice": { "choices": ["free", "pro"] } },
            "cart": { "list": { "fields": { "name": { "text": {} } } } }
        }))
        .unwrap();
        let mut expressions = Expressions::new(&Limits::default());
        expressions.add_condition(source, &params).unwrap_or_else(|error| panic!("{source}: {error}"));
        expressions.take_doubts()
    }

    #[test]
    fn what_is_meant_otherwise_is_doubted() {
        for (source, words) in [
            ("n > '5'", "write 5 without quotes"),
            ("'5' == n", "write 5 without quotes"),
            ("n == 'gold'", "the same for every number"),
            ("name > 5", "write `int(name)`"),
            ("1 < name < 9", "write `int(name)`"),
            ("ends > 2026", "such as '2026-12-31'"),
            ("name == ''", "write `not name`"),
            ("name != ''", "write `name`"),
            ("vip == 'true'", "write `vip` or `not vip`"),
            ("plan == 'Pro'", "its choices are 'free', 'pro'"),
            ("cart > 3", "`cart | length`"),
            ("cart + 1", "`cart | length`"),
            ("plan == 'free' or 'pro'", "as in `a == 'x' or a == 'pro'`"),
            ("'a' + n", "write `~` to join a text and a number"),
            ("name + 1", "write `~` to join them, or write `int(name)`"),
            ("name / 2", "write `int(name)`"),
            ("'7' - n", "write 7 without quotes"),
            ("ends - 1", "there is no distance of dates"),
            ("(n | number) - 1", "this is a text"),
            ("n | plural('point')", "write plural('point', '…')"),
            ("n | money('Dollar')", "write money('USD')"),
            ("n | money('Euros')", "write money('EUR')"),
            ("n | money('EUX')", "no currency 'EUX'"),
            ("n | money(2)", "write money('EUR')"),
            ("ends | date('DD.MM.YYYY')", "write date('dd.MM.yyyy')"),
            ("ends | date('%B %-d, %Y')", "write date('MMMM d, y')"),
            ("ends | date('dd.mm.yyyy')", "write date('dd.MM.yyyy')"),
            ("ends | date('d.m.Y')", "write date('d.M.y')"),
            ("ends | date('dddd, D MMM')", "write date('EEEE, d MMM')"),
            ("ends | date('lnog')", "`date` takes full"),
            ("ends | date('YYYY')", "write date('yyyy')"),
            ("n | number('two')", "a number such as 2"),
            ("n | number(lang='german!')", "`lang` takes"),
            ("name | truncate('a')", "a number of characters"),
            ("n | round('a')", "a number of decimals"),
            ("round(n, 'a')", "a number of decimals"),
            ("name.replace('', 'b')", "a text to look for"),
        ] {
            let found = doubts(source);
            assert!(found.len() == 1 && found[0].contains(words), "{source}: {found:?}");
        }
    }

    #[test]
    fn what_may_be_meant_is_not() {
        for source in [
            "n > 5 and name == 'Ana' and name and not vip and plan == 'pro'",
            "name | default('') == '' or n == none or vip == true",
            "item.price > '5' and item.price + 'a'",
            "'a' ~ n + 1 if false",
            "n + 1 - 2 * 3",
            "'a' + name",
            "ends > '2026-01-01'",
            "n | money('eur') ~ (n | money(name))",
            "ends | date('d. MMMM y') ~ (ends | date('HH:mm')) ~ (ends | date('month'))",
            "(cart | length) > 3 and cart + cart",
            "name or 'friend'",
            "n | default('0') > 5",
        ] {
            // `'a' ~ n + 1` is the first of them: `~` binds tighter.
            assert_eq!(doubts(source).len(), usize::from(source.contains("~ n + 1")), "{source}: {:?}", doubts(source));
        }
        for signature in &FILTERS {
            assert_eq!(doubts(&format!("n | {}", signature.example)), Vec::<String>::new());
        }
    }

    #[test]
    fn their_number_is_bounded() {
        let most = Limits::default().doubts;
        let source: Vec<String> = (0..100).map(|number| format!("n == '{number}'")).collect();
        assert_eq!(doubts(&source.join(" and ")).len(), most);
        assert_eq!(doubts(&["n == 'a'"; 100].join(" and ")).len(), 1);
    }
}
