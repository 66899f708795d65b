//! Every filter writes the text that the tables of `docs/filters.md` show.

use monogram::limits::Limits;
use monogram::params::{Params, Values};
use monogram::template::Expressions;
use monogram::template::expression::Context;

fn write(expression: &str, lang: &str) -> String {
    let source = format!("{{{{ {expression} }}}}");
    let mut expressions = Expressions::new(&Limits::default());
    expressions.add_text(&source, &Params::new()).unwrap();
    expressions.text(&source, &Context::new(&Values::new(), Some(lang))).unwrap()
}

/// A text without differences that a reader of the page cannot see: the kind of a space, and marks
/// of direction.
fn seen(text: &str) -> String {
    let plain = text.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ");
    plain.chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')).collect()
}

#[test]
fn the_tables_are_true() {
    let page = include_str!("../docs/filters.md");
    let mut langs: Vec<String> = Vec::new();
    let mut value = String::new();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let line = line.replace("\\|", "\u{1}");
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect();
        if cells.get(1).is_some_and(|first| first == "filter") {
            langs =
                cells.iter().filter_map(|cell| cell.strip_prefix("in `")).map(|cell| cell.replace('`', "")).collect();
            continue;
        }
        let code = |index: usize| cells.get(index).and_then(|cell| cell.strip_prefix('`')?.strip_suffix('`'));
        let expression = if langs.is_empty() { code(2) } else { code(1) };
        let Some((input, filter)) = expression.and_then(|expression| expression.split_once(" | ")) else { continue };
        if input != "…" {
            input.clone_into(&mut value);
        }
        let expression = format!("{value} | {filter}");
        if langs.is_empty() && value != "name" {
            // The third cell begins with the text that the filter writes.
            count += 1;
            let written = write(&expression, "en");
            if !cells.get(3).is_some_and(|cell| cell.starts_with(&written)) {
                wrong.push(format!("{expression}: {written}"));
            }
        }
        for (lang, cell) in langs.iter().zip(cells.iter().skip(3)) {
            count += 1;
            let written = seen(&write(&expression, lang));
            if written != seen(cell) {
                wrong.push(format!("{expression} in {lang}: {written}, but the page shows {}", seen(cell)));
            }
        }
    }
    assert!(count > 50, "{count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
