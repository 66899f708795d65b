//! The rules of tables, charts and shapes.

use crate::error::Problem;
use crate::limits::Limits;

use super::document::{Chart, ChartShape, Icon, Path, Table, Word};
use super::explain::wrong;
use super::templated::Templated;

/// Checks the number of a table's columns.
///
/// # Errors
/// The field, and what is wrong with it.
pub fn check_table(table: &Table, path: &str, limits: &Limits) -> Result<(), Problem> {
    let most = limits.grid_columns;
    if (1..=most).contains(&table.columns.len()) {
        return Ok(());
    }
    Err(wrong("field-wrong", format!("a table has 1 to {most} columns")).at(format!("{path}.columns")))
}

/// Checks what would make a chart mislead, and its counts.
///
/// # Errors
/// The field, and what is wrong with it.
pub fn check_chart(chart: &Chart, path: &str, limits: &Limits) -> Result<(), Problem> {
    if !chart.series.is_empty() && chart.value.is_some() {
        return Err(wrong("field-wrong", "`series` takes the place of `value`")
            .at(format!("{path}.value"))
            .remedy("leave out one of them"));
    }
    for (field, count) in [("series", chart.series.len()), ("colors", chart.colors.len())] {
        if count > limits.series {
            return Err(
                wrong("field-wrong", format!("there may be {} of them", limits.series)).at(format!("{path}.{field}"))
            );
        }
    }
    let begins_at_zero = matches!(chart.chart, None | Some(ChartShape::Bar | ChartShape::Area));
    if let Some(Templated::Literal(min)) = &chart.min
        && *min > 0.0
        && begins_at_zero
    {
        return Err(wrong("field-wrong", "bars and areas begin at zero: their lengths would mislead")
            .at(format!("{path}.min"))
            .remedy("leave it out, or take \"chart\": \"line\""));
    }
    match chart.chart {
        Some(ChartShape::Donut | ChartShape::Sparkline) if chart.series.len() > 1 => {
            Err(wrong("field-wrong", "a donut and a sparkline have one series").at(format!("{path}.series")))
        }
        _ => Ok(()),
    }
}

/// Greatest number of points of a badge: more are a circle.
const MAX_POINTS: usize = 60;

/// Checks that a path has data or a shape, and the fields of that shape.
///
/// # Errors
/// The field, and what is wrong with it.
pub fn check_path(shape: &Path, path: &str) -> Result<(), Problem> {
    match (&shape.d, shape.shape) {
        (None, None) => {
            let problem = wrong("field-missing", "`d` is missing").at(path);
            return Err(
                problem.remedy("add path data such as \"d\": \"M0 0H100V50Z\", or a \"shape\" such as \"arrow\"")
            );
        }
        (Some(_), Some(_)) => {
            let problem = wrong("field-wrong", "`shape` takes the place of `d`").at(format!("{path}.shape"));
            return Err(problem.remedy("leave out one of them"));
        }
        _ => {}
    }
    let has_points = matches!(shape.shape, Some(Word::Badge | Word::Star));
    for (field, is_there, is_right) in [
        ("points", shape.points.is_some(), has_points),
        ("tail", shape.tail.is_some(), shape.shape == Some(Word::Bubble)),
        ("depth", shape.depth.is_some(), shape.shape.is_some()),
        ("view_box", shape.view_box.is_some(), shape.shape.is_none()),
    ] {
        if is_there && !is_right {
            return Err(wrong("field-wrong", format!("`{field}` has no effect on this shape"))
                .at(format!("{path}.{field}"))
                .remedy("leave it out"));
        }
    }
    if shape.points.is_some_and(|points| !(3..=MAX_POINTS).contains(&points)) {
        return Err(
            wrong("field-wrong", format!("expected a number from 3 to {MAX_POINTS}")).at(format!("{path}.points"))
        );
    }
    Ok(())
}

/// Checks that an icon may have this name.
///
/// # Errors
/// The field, and what is expected there.
pub fn check_icon(icon: &Icon, path: &str) -> Result<(), Problem> {
    match &icon.icon {
        Templated::Literal(name) if Icon::file(name).is_none() => {
            Err(wrong("field-wrong", "expected the name of an icon such as \"calendar\" or \"map-pin\"")
                .at(format!("{path}.icon"))
                .remedy("look it up at lucide.dev"))
        }
        _ => Ok(()),
    }
}
