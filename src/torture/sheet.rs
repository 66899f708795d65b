//! The sheet of a template: one picture with a thumbnail of every case, the case's name and its
//! faults.
//!
//! The sheet is itself drawn from a template. Its images are the thumbnails, and its params are the
//! labels, so that a merge tag in a label stays text.

use std::rc::Rc;

use serde_json::{Value as Json, json};

use crate::asset::{AssetId, Assets};
use crate::error::Problem;
use crate::font::{Fonts, Pack};
use crate::inputs::Inputs;
use crate::limits::Limits;
use crate::params::{Resolved, Source, Value, Values};
use crate::render::render;
use crate::request::{Format, Options};
use crate::template::{Document, Template};
use crate::world::World;

use super::outcome::Outcome;

/// The sheet's width in px, without its margins.
const WIDTH_PX: u32 = 2_000;
const MARGIN_PX: u32 = 40;
const GAP_PX: u32 = 24;
const HEAD_PX: u32 = 100;
/// Height in px of the label below a thumbnail.
const LABEL_PX: u32 = 92;

/// Draws the sheet of a template as a PNG. `title` is the template's name in the heading.
///
/// # Errors
/// The error of the first case that cannot be drawn.
pub fn sheet(title: &str, template: &Template, outcomes: &[Outcome], world: &impl World) -> Result<Vec<u8>, Problem> {
    let document = &template.document;
    let grid = Grid::new(document.width, document.height, outcomes.len());
    let mut thumbnails = Assets::new();
    let mut labels = Labels::default();
    let mut layers = vec![labels.title(title, outcomes)];
    for (index, outcome) in outcomes.iter().enumerate() {
        let name = format!("{index}.png");
        thumbnails.insert(name.as_str().into(), thumbnail(template, outcome, &grid, world)?.into());
        layers.push(grid.cell(index, &name, outcome, &mut labels));
    }
    let sheet = json!({
        "width": WIDTH_PX + 2 * MARGIN_PX, "height": grid.sheet_height(), "background": "#eceef1", "access": "public",
        "params": labels.declared, "layers": layers,
    });
    let workshop = Workshop { world, thumbnails, limits: unlimited(world.limits()) };
    let sheet = Template::parse(&sheet.to_string(), &workshop.limits)?;
    let options = Options::default();
    let inputs = Inputs::new(&sheet, &labels.values, &options, Format::Png);
    Ok(render(&inputs, &workshop)?.bytes)
}

/// The world of a sheet: its images are the thumbnails, its fonts are those of the cases.
struct Workshop<'a, W> {
    world: &'a W,
    thumbnails: Assets,
    limits: Limits,
}

impl<W: World> World for Workshop<'_, W> {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        self.thumbnails.get(id).cloned()
    }

    fn fonts(&self, packs: &[&'static Pack]) -> Fonts {
        self.world.fonts(packs)
    }
}

/// Limits for the sheet, which is not a stranger's template and is drawn on a developer's machine.
fn unlimited(limits: &Limits) -> Limits {
    Limits {
        template_bytes: usize::MAX,
        params: usize::MAX,
        layers: usize::MAX,
        images: usize::MAX,
        packs: usize::MAX,
        packs_bytes: usize::MAX,
        glyphs: usize::MAX,
        side_px: 32_000,
        canvas_pixels: 200_000_000,
        picture_pixels: 200_000_000,
        ..limits.clone()
    }
}

/// The picture of a case, as large as its cell has room for, as a PNG.
fn thumbnail(template: &Template, outcome: &Outcome, grid: &Grid, world: &impl World) -> Result<Vec<u8>, Problem> {
    let (query, limits) = (&outcome.case.query, world.limits());
    let edition = super::edition(template, &outcome.case, limits);
    let template = edition.as_ref().unwrap_or(template);
    let Document { width, height, .. } = template.document;
    let width = grid.width.min(grid.height.saturating_mul(width) / height.max(1)).max(1);
    let mut values = template.example_values(query, limits);
    let options = Options { width: Some(width), dpr: None, quality: None, ..Options::read(query, limits) };
    template.vary(&mut values, &options, limits);
    Ok(render(&Inputs::new(template, &values, &options, Format::Png), world)?.bytes)
}

/// The places of the thumbnails.
struct Grid {
    columns: u32,
    rows: u32,
    /// Width of a thumbnail in px.
    width: u32,
    /// Height of a thumbnail in px.
    height: u32,
}

impl Grid {
    fn new(width: u32, height: u32, count: usize) -> Self {
        // The wider the template, the larger its thumbnails must be to be legible.
        let columns: u32 = match (width.saturating_mul(2) / height.max(1)).max(1) {
            6.. => 2,
            2.. => 4,
            _ => 6,
        };
        let cell = WIDTH_PX.saturating_sub(GAP_PX.saturating_mul(columns.saturating_sub(1))) / columns;
        let rows = u32::try_from(count).unwrap_or(u32::MAX).div_ceil(columns);
        Self { columns, rows, width: cell, height: cell.saturating_mul(height) / width.max(1) }
    }

    const fn row_height(&self) -> u32 {
        self.height.saturating_add(LABEL_PX).saturating_add(GAP_PX)
    }

    const fn sheet_height(&self) -> u32 {
        self.rows.saturating_mul(self.row_height()).saturating_add(HEAD_PX).saturating_add(MARGIN_PX)
    }

    /// The layer of a thumbnail with its label.
    fn cell(&self, index: usize, image: &str, outcome: &Outcome, labels: &mut Labels) -> Json {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let (column, row) = (index % self.columns, index / self.columns);
        let x = column.saturating_mul(self.width.saturating_add(GAP_PX)).saturating_add(MARGIN_PX);
        let y = row.saturating_mul(self.row_height()).saturating_add(HEAD_PX);
        let (color, edge) = match outcome.findings.len() {
            0 => ("#1d7a4b", "#0000001f"),
            _ => ("#c1121f", "#c1121f"),
        };
        let faults: Vec<_> =
            outcome.findings.iter().map(|finding| format!("{}: {}", finding.layer, finding.what)).collect();
        let faults = if faults.is_empty() { "no fault".to_owned() } else { faults.join("\n") };
        json!({ "type": "group", "x": x, "y": y, "width": self.width, "height": self.row_height(), "children": [
            { "type": "image", "src": format!("asset:{image}"), "width": self.width, "height": self.height, "fit": "contain",
              "stroke": edge, "stroke_width": 3, "stroke_align": "outside" },
            { "type": "stack", "y": self.height + 10, "width": "fill", "height": LABEL_PX - 10, "gap": 2, "children": [
                { "type": "text", "text": labels.label(&outcome.case.name), "width": "fill", "max_lines": 1, "size": 17, "weight": 600, "fill": "#14142b" },
                { "type": "text", "text": labels.label(&faults), "width": "fill", "max_lines": 3, "size": 14, "fill": color },
            ] },
        ] })
    }
}

/// The texts of the sheet. They are params, so that they are not evaluated as expressions.
#[derive(Default)]
struct Labels {
    declared: serde_json::Map<String, Json>,
    values: Values,
}

impl Labels {
    /// Adds a text, and returns the expression that prints it.
    fn label(&mut self, text: &str) -> String {
        let name = format!("label_{}", self.values.len());
        self.declared.insert(name.clone(), json!({ "type": "text" }));
        let value = Resolved::new(Some(Value::Text(text.to_owned())), Source::Given);
        let expression = format!("{{{{ {name} }}}}");
        self.values.insert(name, value);
        expression
    }

    fn title(&mut self, title: &str, outcomes: &[Outcome]) -> Json {
        let failed = outcomes.iter().filter(|outcome| !outcome.findings.is_empty()).count();
        let title = format!("{title}: {} cases, {failed} fail", outcomes.len());
        json!({ "type": "text", "text": self.label(&title), "x": MARGIN_PX, "y": 32, "width": WIDTH_PX, "size": 34, "max_lines": 1,
                "weight": 700, "letter_spacing": -0.8, "fill": if failed > 0 { "#c1121f" } else { "#14142b" } })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Case, Fault, Finding};
    use super::*;
    use crate::image;
    use crate::world::Embedded;

    #[test]
    fn a_sheet_shows_every_case() {
        let limits = Limits::default();
        let document = r#"{ "width": 600, "height": 300, "layers": [{ "type": "text", "text": "{{ name }}", "size": 90 }],
            "params": { "name": { "type": "text" } } }"#;
        let template = Template::parse(document, &limits).unwrap();
        let finding =
            Finding { fault: Fault::MergeTag, layer: "layers[0]".to_owned(), what: "is {{ wrong }}".to_owned() };
        let case = |name: &str| Case {
            name: name.to_owned(),
            query: format!("name={name}"),
            ordinary: true,
            tag: None,
            size: None,
        };
        let outcome = |name: &str, findings: &[Finding]| Outcome { case: case(name), findings: findings.to_vec() };
        let outcomes = [
            outcome("a", &[]),
            outcome("tag {{name}}", std::slice::from_ref(&finding)),
            outcome("c", &[]),
            outcome("d", &[]),
            outcome("e", &[]),
        ];
        let png = sheet("test", &template, &outcomes, &Embedded::new(limits)).unwrap();
        let header = image::header(&png, &unlimited(&Limits { image_pixels: u32::MAX, ..Limits::default() })).unwrap();
        assert_eq!((header.width, header.height), (2_080, 854));
    }
}
