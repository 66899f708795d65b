//! The rules of grids: columns, and the cells that children ask for.

use crate::error::Problem;
use crate::limits::Limits;

use super::document::{Columns, Kind, Layer, Stack, StackDirection};
use super::explain::wrong;

/// Checks the columns of a stack, and the cells of its children.
///
/// # Errors
/// The field, and what is wrong with it.
pub fn check_grid(layer: &Layer, path: &str, limits: &Limits) -> Result<(), Problem> {
    let stack = match &layer.kind {
        Kind::Stack(stack) => stack,
        Kind::Repeat(repeat) => &repeat.stack,
        _ => return Ok(()),
    };
    let is_grid = stack.direction == Some(StackDirection::Grid);
    if !is_grid {
        let needs = [("columns", stack.columns.is_some()), ("justify_items", stack.justify_items.is_some())];
        if let Some((field, _)) = needs.into_iter().find(|(_, is_there)| *is_there) {
            return Err(wrong("field-wrong", format!("`{field}` is a field of grids"))
                .at(format!("{path}.{field}"))
                .remedy("add \"direction\": \"grid\""));
        }
        return Ok(());
    }
    let columns = match &stack.columns {
        None => 2,
        Some(Columns::Equal(count)) => *count,
        Some(Columns::Each(widths)) => widths.len(),
    };
    check_range(columns, limits.grid_columns, || format!("{path}.columns"))?;
    check_cells(stack, columns, path, limits)
}

fn check_cells(stack: &Stack, columns: usize, path: &str, limits: &Limits) -> Result<(), Problem> {
    for (index, child) in stack.children.iter().enumerate() {
        let at = |field: &'static str| move || format!("{path}.children[{index}].{field}");
        for (field, number, most) in [
            ("column", child.column, columns),
            ("column_span", child.column_span, columns),
            ("row", child.row, limits.grid_rows),
            ("row_span", child.row_span, limits.grid_rows),
        ] {
            number.map_or(Ok(()), |number| check_range(number, most, at(field)))?;
        }
        let end = child.column.unwrap_or(1).saturating_add(child.column_span.unwrap_or(1)).saturating_sub(1);
        if end > columns {
            return Err(wrong("field-wrong", format!("it reaches to column {end}, and the grid has {columns}"))
                .at(at("column_span")()));
        }
    }
    Ok(())
}

fn check_range(number: usize, most: usize, path: impl FnOnce() -> String) -> Result<(), Problem> {
    if (1..=most).contains(&number) {
        return Ok(());
    }
    Err(wrong("field-wrong", format!("expected a number from 1 to {most}")).at(path()))
}
