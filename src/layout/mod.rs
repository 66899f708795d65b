//! Plan → boxes: every layer's place in px, its text broken into lines and fitted.
//!
//! Invariant: after this stage there are no percentages, `fill`, `hug` or stacks left, and every number
//! is finite. Painting is then a walk over a tree of boxes.

mod boxed;
mod boxes;
mod flex;
mod leaf;
mod place;

use std::rc::Rc;

use tiny_skia::Path;

use crate::asset::{AssetId, Assets};
use crate::font::Fonts;
use crate::geometry::{Rect, Size};
use crate::image;
use crate::limits::Limits;
use crate::plan::{self, Fit, Look, Paint, Plan};
use crate::text;

/// Lays a plan out. Nothing here fails: a text that does not fit its box ends as its `overflow` says, and a picture that could not be
/// had is as large as nothing.
#[must_use]
pub fn layout(plan: &Plan, assets: &Assets, fonts: &Fonts, limits: &Limits) -> Scene {
    // Sizes of pictures come from their headers: nothing is decoded yet.
    let naturals = |asset: &AssetId| {
        let header = image::header(assets.get(asset)?, limits).ok()?;
        #[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
        Some(Size::new(header.width as f32, header.height as f32))
    };
    place::place(plan, &Measure { fonts, naturals: &naturals, limits })
}

/// The size of an asset in px of its own. `None` if it could not be had or is no picture.
type Naturals<'a> = &'a dyn Fn(&AssetId) -> Option<Size>;

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
    /// The paint below all items.
    pub background: Option<Paint>,
    /// From bottom to top.
    pub items: Vec<Item>,
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
    /// Its place in the template: `layers[2].children[0]`.
    pub path: String,
    /// Its `type` in the template.
    pub word: &'static str,
    /// Its box in the picture, before `rotate`.
    pub frame: Rect,
    /// Corner radii in px, from the top left, clockwise.
    pub radius: [f32; 4],
    /// Its look, whatever its content.
    pub look: Rc<Look>,
    /// The content of the box.
    pub content: Content,
    /// From bottom to top, above the content.
    pub children: Vec<Self>,
}

impl Item {
    /// A copy without its children.
    #[must_use]
    pub fn without_children(&self) -> Self {
        Self {
            name: self.name.clone(),
            path: self.path.clone(),
            word: self.word,
            frame: self.frame,
            radius: self.radius,
            look: Rc::clone(&self.look),
            content: self.content.clone(),
            children: Vec::new(),
        }
    }

    /// Calls `visit` with the item and everything in it, in drawing order.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        walk(&self.children, visit);
    }
}

/// Calls `visit` with every item, in drawing order.
pub fn walk<'a>(items: &'a [Item], visit: &mut impl FnMut(&'a Item)) {
    items.iter().for_each(|item| item.walk(visit));
}

/// The content of a box.
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
        sources: Vec<Source>,
        /// How it fills the box.
        fit: Fit,
        /// 0 to 1, x and y: what stays visible where it is cropped.
        focus: (f32, f32),
    },
}

/// A text in its box.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Relative to `origin`.
    pub block: text::Block,
    /// Its top left corner in the picture.
    pub origin: (f32, f32),
    /// Glyphs end at the box.
    pub clip: bool,
    /// The text that the block's lines are ranges of.
    pub text: String,
    /// The paint of each run's letters. `None` if it is the item's fill.
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

/// A source of a picture.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A file.
    Asset(AssetId),
    /// Initials on a coloured backdrop.
    Initials {
        /// The letters.
        block: text::Block,
        /// The block's top left corner in the picture.
        origin: (f32, f32),
        /// The backdrop.
        backdrop: crate::color::Color,
        /// What could not be done as asked.
        report: text::Report,
    },
}

/// What layout measures with: fonts, sizes of assets, budgets.
struct Measure<'a> {
    /// The faces at hand.
    fonts: &'a Fonts,
    /// Sizes of assets.
    naturals: Naturals<'a>,
    /// Budgets.
    limits: &'a Limits,
}

/// Room for rounding when a text is fitted into the width that it asked for, in px.
const SLACK_PX: f32 = 0.01;

impl Measure<'_> {
    /// A text's paragraph. One that every picture of the template has is shaped once.
    fn text(&self, text: &plan::Text) -> Rc<text::Paragraph> {
        if text.is_literal {
            return text::Paragraph::cached(&text.runs, &text.style, self.fonts, self.limits);
        }
        Rc::new(text::Paragraph::of_runs(&text.runs, &text.style, self.fonts, self.limits))
    }

    fn paragraph(&self, text: &str, style: &text::Style) -> text::Paragraph {
        text::Paragraph::new(text, style, self.fonts, self.limits)
    }
}
