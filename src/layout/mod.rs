//! Plan → boxes: every layer's place in px, its text broken into lines and fitted.
//!
//! Invariant: after this stage there are no percentages, `fill`, `hug` or stacks left, and every number
//! is finite. Painting is then a walk over a tree of boxes.

mod absolute;
mod flex;
mod leaf;
mod place;

use std::rc::Rc;

use tiny_skia::Path;

use crate::font::Fonts;
use crate::geometry::{Rect, Size};
use crate::plan::{Blend, Fit, Paint, Shadow, Stroke};
use crate::text;

pub use place::layout;

/// What an asset measures, by name; none where it could not be had or is no picture.
pub type Naturals<'a> = &'a dyn Fn(&str) -> Option<Size>;

/// Boxes from bottom to top. All lengths are template px; `scale` makes them output px.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Width of the output in px.
    pub width: u32,
    /// Height of the output in px.
    pub height: u32,
    /// Output px per template px.
    pub scale: f32,
    /// The whole template.
    pub frame: Rect,
    /// What lies under all items.
    pub background: Option<Paint>,
    /// From bottom to top.
    pub items: Vec<Item>,
    /// So many of them, from the bottom, read nothing personal.
    pub fixed: usize,
    /// Outline every item's box.
    pub debug_boxes: bool,
    /// What could not be done as written, with its path; never a value.
    pub warnings: Vec<String>,
}

/// A layer with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its `id`, or its path.
    pub name: String,
    /// Where it is in the template: `layers[2].children[0]`.
    pub path: String,
    /// Its `type` in the template.
    pub kind: &'static str,
    /// Its box in the picture, before `rotate`.
    pub frame: Rect,
    /// 0 to 1.
    pub opacity: f32,
    /// Degrees clockwise around the middle of the box.
    pub rotate: f32,
    /// How it mixes with what lies below.
    pub blend: Blend,
    /// The first one on top.
    pub shadows: Vec<Shadow>,
    /// Content and children are cut off at the box.
    pub clip: bool,
    /// Px, from the top left, clockwise.
    pub radius: [f32; 4],
    /// The inside of a shape, the colour of text, what lies behind anything else.
    pub fill: Option<Paint>,
    /// The outline.
    pub stroke: Option<Stroke>,
    /// What is in the box.
    pub content: Content,
    /// From bottom to top, above the content.
    pub children: Vec<Self>,
}

/// What is in a box.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// The box itself, with its radius: rects, groups, stacks.
    Box,
    /// The ellipse in the box.
    Ellipse,
    /// Any shape, in picture px. An empty one draws nothing.
    Shape(Option<Path>),
    /// Lines of glyphs.
    Text(Box<Text>),
    /// A picture, or what stands in for it.
    Image {
        /// Tried in turn.
        sources: Vec<Picture>,
        /// How it fills the box.
        fit: Fit,
        /// 0 to 1, x and y: what stays visible where it is cropped.
        focus: (f32, f32),
    },
}

/// A text in its box, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Relative to `origin`.
    pub block: text::Block,
    /// Its top left corner in the picture.
    pub origin: (f32, f32),
    /// Glyphs end at the box.
    pub clip: bool,
    /// What the block's lines are ranges of.
    pub text: String,
    /// What the letters of each run are filled with; none: with the item's fill.
    pub fills: Vec<Option<Paint>>,
    /// The circle that the letters stand on.
    pub arc: Option<Arc>,
    /// How it was to be set.
    pub style: text::Style,
    /// What could not be done as asked.
    pub report: text::Report,
}

/// A circle on which the one line of a text stands, in px of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arc {
    /// Its middle.
    pub center: (f32, f32),
    /// From there to the baseline; more than 0.
    pub radius: f32,
    /// Degrees clockwise from the top: where the middle of the line stands.
    pub angle: f32,
    /// The heads of letters point to the middle.
    pub inward: bool,
}

/// A picture, or what stands in for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// An asset by name.
    Asset(String),
    /// Initials on a coloured ground.
    Initials {
        /// The letters.
        block: text::Block,
        /// The block's top left corner in the picture.
        origin: (f32, f32),
        /// The ground.
        ground: crate::color::Color,
        /// What could not be done as asked.
        report: text::Report,
    },
}

/// Where everything is decided that needs a plan: fonts, budgets, and what the assets measure.
pub struct Measure<'a> {
    /// The faces at hand.
    pub fonts: &'a Fonts,
    /// What the assets measure.
    pub naturals: Naturals<'a>,
    /// Budgets.
    pub limits: &'a crate::limits::Limits,
}

/// Room for rounding when a text is fitted into the width that it asked for, in px.
const SLACK_PX: f32 = 0.01;

impl Measure<'_> {
    /// A text; one that is the same in every picture may have been shaped for another one.
    fn runs(&self, runs: &[text::Run], style: &text::Style, fixed: bool) -> Rc<text::Paragraph> {
        if fixed {
            return text::Paragraph::cached(runs, style, self.fonts, self.limits);
        }
        Rc::new(text::Paragraph::of_runs(runs, style, self.fonts, self.limits))
    }

    fn paragraph(&self, text: &str, style: &text::Style) -> text::Paragraph {
        text::Paragraph::new(text, style, self.fonts, self.limits)
    }
}
