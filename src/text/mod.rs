//! A string in a font → lines of positioned glyphs, fitted to a box.
//!
//! Every picture is about a name, and a name may be in any script and of any length. So a text is analysed and shaped once,
//! in ems ([`Paragraph::new`]), and then broken and scaled as often as layout asks ([`Paragraph::fit`]):
//!
//! ```text
//! pack     (before all that, for a whole picture) which fonts and dictionaries its texts need beside the embedded font
//! words    (for analyse) where words end in scripts without spaces, by these dictionaries
//! analyse  clean, hard lines, bidi levels, scripts, break opportunities
//! fallback  one face for each grapheme
//! shape    each run of one face, level and script → glyphs
//! cluster  glyphs → what a line break cannot split, in reading order
//! fit      the largest font size at which `lines` fit the box
//! truncate  where there is none: the last line, with an ellipsis
//! lines    greedy line breaking, alignment, justification
//! balance  lines of one length, or no lonely last word, where a style asks for it
//! order    bidi reordering: clusters of a line → glyphs from left to right
//! ```
//!
//! Invariants: nothing here panics on any string or number, knows a clock, or does I/O; a pass costs time linear in the
//! text's length; arithmetic is `+ - * /`, `floor` and `ceil` on `f32`, so native and wasm agree to the bit.
//!
//! Not built yet, and where it goes: hyphens that nobody wrote (patterns for each language, which put soft ones in `analyse`),
//! colour glyphs with gradients (`outline`).

pub(crate) mod analyse;
mod balance;
pub mod bidi;
pub(crate) mod cache;
pub mod case;
mod cluster;
#[cfg(test)]
mod conformance;
pub(crate) mod emoji;
mod fallback;
mod font_size;
mod line_break;
mod paragraph;
mod reorder;
pub(crate) mod shape;
mod style;
mod truncate;

use std::ops::Range;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::paragraph::Paragraph;
pub use self::style::{Decoration, Feature, Letters, Run};
use crate::font::FaceId;
pub use crate::font::pack::{Needed, needed};

/// How a text is set. Numbers that make no sense (NaN, negative sizes) are replaced, never refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// How its letters look, where a run says nothing else. The faces' measures give lines their ascent and descent.
    pub letters: Letters,
    /// The font size to begin with, in px.
    pub size: f32,
    /// The smallest font size that a text may shrink to, in px. The same as `size`: it does not shrink.
    pub min_size: f32,
    /// The largest font size that a text may grow to, in px; none: as large as its box lets it.
    pub max_size: Option<f32>,
    /// How its size is found.
    pub fit: Fit,
    /// Height of a line, as a multiple of the font size: that of the line's largest letters, and at least `size`. The space is
    /// split above and below, as in CSS.
    pub line_height: f32,
    /// The most lines that the text may take; at least 1.
    pub max_lines: Option<u32>,
    /// What happens to a text that does not fit at `min_size`.
    pub overflow: Overflow,
    /// Where lines stand within the width.
    pub align: Align,
    /// The text's base direction.
    pub direction: Direction,
    /// BCP 47. Chooses between local forms of letters, where a font has them.
    pub lang: Option<String>,
    /// Where a line may end. None: as usual, but Korean words stay whole.
    pub word_break: Option<WordBreak>,
    /// Which of the places where a line may end are taken.
    pub wrap: Wrap,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            letters: Letters::default(),
            size: 16.0,
            min_size: 16.0,
            max_size: None,
            fit: Fit::Shrink,
            line_height: 1.2,
            max_lines: None,
            overflow: Overflow::Ellipsis,
            align: Align::Start,
            direction: Direction::Auto,
            lang: None,
            word_break: None,
            wrap: Wrap::Greedy,
        }
    }
}

/// How the font size of a text is found. A box bounds all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The largest from `size` down to `min_size` at which the text fits.
    #[default]
    Shrink,
    /// The largest at which it fits, from `max_size` down to `min_size`.
    Grow,
    /// That at which the text, not wrapped, is as wide as its box, between `min_size` and `max_size`.
    Line,
}

/// What happens to a text that does not fit at its smallest size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// It ends in `…`, behind the last whole character that fits.
    #[default]
    Ellipsis,
    /// Its last line has `…` in the middle, and ends as the text does: for file names and addresses.
    EllipsisMiddle,
    /// Its last line begins with `…`, and ends as the text does.
    EllipsisStart,
    /// It ends behind the last whole character that fits.
    Clip,
    /// It is drawn beyond its box, all of it; `max_lines` is then only a wish.
    Visible,
}

impl Overflow {
    /// The same, at the text's end.
    const fn at_end(self) -> Self {
        match self {
            Self::EllipsisMiddle | Self::EllipsisStart => Self::Ellipsis,
            Self::Ellipsis | Self::Clip | Self::Visible => self,
        }
    }
}

/// Where lines stand within the width. A line that is too wide begins at its start, as in CSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Where reading begins: left, or right for a right-to-left text.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// Where reading ends.
    End,
    /// At both sides, by wider spaces between words; a paragraph's last line is at its start.
    Justify,
    /// Left, whatever the direction.
    Left,
    /// Right, whatever the direction.
    Right,
}

/// A text's base direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// That of its first strong letter; left to right where there is none.
    #[default]
    Auto,
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

/// Where a line may end, as in CSS. A word that is wider than a line is broken in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WordBreak {
    /// Between words; in Chinese, Japanese and Korean between letters.
    Normal,
    /// Between words only, in every language: where there is a space or punctuation.
    KeepAll,
    /// Between any two letters.
    BreakAll,
}

/// Which of the places where a line may end are taken, as CSS's `text-wrap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Wrap {
    /// Each line takes as many words as it has room for.
    #[default]
    Greedy,
    /// Lines are as even as they can be without being more: for headlines. Each paragraph of the text for itself.
    Balance,
    /// A last line has no single word, if the line before it can spare one.
    Pretty,
}

/// A fitted text. Px, y down, the origin at its top left corner: (0, 0) of the box that it was fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The fitted font size, in px. An outline's scale is `size · run.scale / units_per_em` of its face.
    pub size: f32,
    /// How the letters of each run look.
    pub runs: Rc<[Letters]>,
    /// From top to bottom. Empty for an empty text.
    pub lines: Vec<Line>,
    /// The widest line, in px.
    pub width: f32,
    /// The sum of its lines' heights, in px.
    pub height: f32,
    /// Top of the first line's capital letters, in px: what optical alignment to a top edge wants. 0 without lines.
    pub cap_top: f32,
    /// Baseline of the last line, in px. 0 without lines.
    pub baseline_last: f32,
    /// Some of the text is not shown.
    pub truncated: bool,
    /// Something reaches beyond the width or the height that was given, or there are more than `max_lines`.
    pub overflows: bool,
    /// Times that the text was broken into lines to find the size and, where they are balanced, the lines' length.
    pub passes: u32,
    /// Clusters looked at in all these passes, and in the last one, which sets the lines: at most twice as many as there are, for
    /// each of them.
    pub visits: usize,
}

/// One line of a [`Block`].
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Px from the block's top.
    pub baseline: f32,
    /// The left edge in px, by alignment.
    pub x: f32,
    /// From the first to the last visible advance, in px. Spaces at the end hang, and are no part of it.
    pub width: f32,
    /// From left to right. Spaces have none.
    pub glyphs: Vec<Glyph>,
    /// Lines under and through its letters, from left to right.
    pub rules: Vec<Rule>,
    /// The bytes of [`Paragraph::text`] that it shows, from the first to the last in reading order; an ellipsis is none of them.
    pub text: Range<usize>,
    /// What within those an ellipsis stands for; none where there is no ellipsis.
    pub elided: Option<Range<usize>>,
}

/// One glyph of a [`Line`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// Whose glyph it is.
    pub face: FaceId,
    /// Its number in the face; 0 is the face's mark for a character that it lacks.
    pub id: u16,
    /// Which of the text's runs it is of.
    pub run: u16,
    /// The middle of its cluster in px, from the block's left: on a circle, all glyphs of the cluster turn around it.
    pub middle: f32,
    /// Its origin in px, from the block's left.
    pub x: f32,
    /// Its origin in px, from the block's top: the baseline, but for marks that were moved.
    pub y: f32,
}

/// A straight line along letters: an underline, or one through them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Which of the text's runs it is of.
    pub run: u16,
    /// Its left end in px, from the block's left.
    pub x: f32,
    /// Its upper edge in px, from the block's top.
    pub y: f32,
    /// Its length in px.
    pub width: f32,
    /// Its thickness in px.
    pub height: f32,
}

/// What the reader of a picture's explanation should know about a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Characters that no face has, each once, the first 16. They are part of a recipient's value: not for logs.
    pub missing: Vec<Missing>,
    /// How many characters of the text no face has, each counted every time. A count is no value.
    pub missing_count: u32,
    /// The style's family is not here; Inter stands in for it.
    pub unknown_family: bool,
    /// Characters or glyphs beyond the limits were left out.
    pub cut: bool,
    /// What it took.
    pub work: Work,
}

/// What analysing and shaping a text took: counted, because nothing here knows a clock. Linear in the text's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// What a reader calls characters, after cleaning.
    pub graphemes: usize,
    /// Times that the shaper was called.
    pub runs: usize,
    /// Glyphs that came out.
    pub glyphs: usize,
}

/// A character that no face has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// Which.
    pub character: char,
    /// How often it is in the text.
    pub count: u32,
}
