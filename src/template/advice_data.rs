//! What charts and progresses say of their numbers and mean otherwise.

use crate::params::{Param, Params};

use super::document::{Chart, Progress, Table};
use super::templated::Templated;
use super::text::Content;

/// A share where `max` is 100: its place, and what to write.
pub fn progress(progress: &Progress, path: &str) -> Option<(String, String)> {
    if let Some(Templated::Literal(max)) = &progress.max
        && *max <= 0.0
    {
        return Some((format!("{path}.max"), "nothing is full then: `max` is 100 if it is left out".to_owned()));
    }
    let (Templated::Literal(value), None) = (&progress.value, &progress.max) else { return None };
    if *value <= 0.0 || *value >= 1.0 {
        return None;
    }
    let percent = (value * 1_000.0).round() / 10.0;
    let what = format!("`max` is 100 if it is left out: write {percent}, or add \"max\": 1");
    Some((format!("{path}.value"), what))
}

/// Cells that name a field of the items, and do not print it.
pub fn table(table: &Table, params: &Params, path: &str) -> Vec<(String, String)> {
    let Some(Param::List(list)) = params.get(table.items.trim()) else { return Vec::new() };
    let item = table.item();
    let columns = table.columns.iter().enumerate().filter_map(|(index, column)| {
        let Content::Plain(Templated::Literal(text)) = &column.text else { return None };
        let text = text.trim();
        let field = text.strip_prefix(item).and_then(|rest| rest.strip_prefix('.')).unwrap_or(text);
        let what = format!("each cell has these letters: write \"{{{{ {item}.{field} }}}}\"");
        list.fields.contains_key(field).then(|| (format!("{path}.columns[{index}].text"), what))
    });
    columns.collect()
}

/// The numbers and names of a chart that are words, each with its place; and a chart without a number.
pub fn chart(chart: &Chart, params: &Params, path: &str) -> Vec<(String, String)> {
    let fields = match params.get(chart.items.trim()) {
        Some(Param::List(list)) => Some(&list.fields),
        _ => None,
    };
    let item = chart.item();
    let mut found = Vec::new();
    let series = chart.series.iter().enumerate();
    let series = series.map(|(index, series)| (format!("{path}.series[{index}].value"), &series.value));
    let own = chart.value.iter().map(|value| (format!("{path}.value"), value));
    for (place, value) in own.chain(series) {
        if let Templated::Literal(text) = value
            && text.trim().parse::<f64>().is_err()
        {
            let name = text.trim().trim_start_matches(item).trim_start_matches('.');
            found.push((place, format!("it is a text, and no number: write \"{{{{ {item}.{name} }}}}\"")));
        }
    }
    if let Some(fields) = fields
        && chart.value.is_none()
        && chart.series.is_empty()
        && !fields.contains_key("value")
    {
        let number = fields.iter().find(|(_, field)| matches!(field, Param::Number(_)));
        let number = number.map_or("price", |(name, _)| name);
        let what =
            format!("no item has a `value`, so that nothing is drawn: add \"value\": \"{{{{ {item}.{number} }}}}\"");
        found.push((path.to_owned(), what));
    }
    if let Some(Templated::Literal(text)) = &chart.label
        && fields.is_some_and(|fields| fields.contains_key(text.trim()))
    {
        let what = format!("each item has this name: write \"{{{{ {item}.{} }}}}\"", text.trim());
        found.push((format!("{path}.label"), what));
    }
    found
}
