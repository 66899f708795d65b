//! A fitted text: lines, glyphs and rules, in px.

use std::ops::Range;
use std::rc::Rc;

use super::style::RunStyle;
use crate::font::FaceId;

/// A fitted text. Lengths are in px, y down; the origin is the top left corner of the box that the
/// text was fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The fitted font size, in px. An outline's scale is `size · run.scale / units_per_em` of its
    /// face.
    pub size: f32,
    /// The style of each run.
    pub runs: Rc<[RunStyle]>,
    /// From top to bottom. Empty for an empty text.
    pub lines: Vec<Line>,
    /// The widest line, in px.
    pub width: f32,
    /// The sum of its lines' heights, in px.
    pub height: f32,
    /// Top of the first line's capital letters, in px, for optical alignment to a top edge. 0
    /// without lines.
    pub cap_top: f32,
    /// Baseline of the last line, in px. 0 without lines.
    pub baseline_last: f32,
    /// Whether some of the text is not shown.
    pub truncated: bool,
    /// Whether the text reaches beyond the given width or height, or has more than `max_lines`.
    pub overflows: bool,
    /// Number of times that the text was broken into lines, to find the size and to balance lines.
    pub passes: u32,
    /// Number of clusters visited in these passes and in the final one. A pass visits each cluster
    /// at most twice.
    pub visits: usize,
}

/// One line of a [`Block`].
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The baseline, in px from the block's top.
    pub baseline: f32,
    /// The left edge after alignment, in px.
    pub x: f32,
    /// The distance from the first to the last visible advance, in px. Spaces at the end hang, and
    /// are not counted.
    pub width: f32,
    /// The glyphs from left to right. Spaces have none.
    pub glyphs: Vec<Glyph>,
    /// Lines under and through the letters, from left to right.
    pub rules: Vec<Rule>,
    /// The bytes of [`Paragraph::text`](super::Paragraph::text) that it shows, from the first to
    /// the last in reading order, without an ellipsis.
    pub text: Range<usize>,
    /// The part of `text` that an ellipsis replaces; empty, at the end, if the ellipsis ends the
    /// line. `None` without an ellipsis.
    pub elided: Option<Range<usize>>,
}

/// One glyph of a [`Line`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// The glyph's face.
    pub face: FaceId,
    /// The glyph's index in the face. 0 is the face's box for a character that it lacks.
    pub id: u16,
    /// The index of its run in [`Block::runs`].
    pub run: u16,
    /// The middle of its cluster, in px from the block's left. On a circle, all glyphs of the
    /// cluster turn around it.
    pub middle: f32,
    /// The glyph's origin, in px from the block's left.
    pub x: f32,
    /// The glyph's origin, in px from the block's top: the baseline, except for marks that were
    /// moved.
    pub y: f32,
}

/// A straight line along letters: an underline or a line through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// The index of its run in [`Block::runs`].
    pub run: u16,
    /// The left end, in px from the block's left.
    pub x: f32,
    /// The upper edge, in px from the block's top.
    pub y: f32,
    /// Its length in px.
    pub width: f32,
    /// Its thickness in px.
    pub height: f32,
}
