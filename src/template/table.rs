//! The columns and the letters of a table.
//!
//! As in [`document`](super::document), a doc comment here is user documentation.

use schemars::JsonSchema;
use serde::Deserialize;

use super::paint::Paint;
use super::templated::Templated;
use super::text::{Content, TextAlign};
use super::track::Track;
use super::words::Case;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The text of a cell: `{{ item.price | money('EUR') }}`. As in a text layer, it may have runs or
    /// languages.
    pub text: Content,
    /// What stands above the column, in the same forms: `{ "de": "Preis", "*": "Price" }`.
    pub header: Option<Content>,
    /// What stands below it: `{{ orders | sum('price') | money('EUR') }}`.
    pub total: Option<Content>,
    /// Px, `"30%"`, `"1fr"` (a share of what is left) or `"auto"`, the default: as wide as what is in
    /// it.
    pub width: Option<Templated<Track>>,
    /// Where texts begin. By default `end` where all cells are numbers, money or percentages, and
    /// `start` otherwise.
    pub align: Option<TextAlign>,
    /// No more lines in a cell than this.
    pub max_lines: Option<u32>,
    /// The letters of its cells, where they differ from those of the table.
    pub text_style: Option<TextStyle>,
    /// A condition such as `show_prices`: where it does not hold, the column is not there.
    pub when: Option<String>,
}

/// How letters look; what it does not say is as around it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextStyle {
    /// Font family; `Inter` by default.
    pub font: Option<Templated<String>>,
    /// 100 to 900; 400 by default.
    #[schemars(range(min = 1, max = 1000))]
    pub weight: Option<Templated<f32>>,
    /// Px; 16 by default.
    pub size: Option<Templated<f32>>,
    /// The colour of the letters; black by default.
    pub fill: Option<Paint>,
    /// Capitals and small letters, by the rules of the language.
    pub case: Option<Case>,
    /// Px between letters.
    pub letter_spacing: Option<Templated<f32>>,
}
