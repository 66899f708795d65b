//! The boxes of a picture: the output of layout.

use std::rc::Rc;

use tiny_skia::{Path, Transform};

use crate::asset::AssetId;
use crate::color::Color;
use crate::geometry::{Rect, px};
use crate::plan::{Filter, Fit, Look, Paint};
use crate::text;
use crate::warnings::Warnings;

use super::warp::Warp;

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
    /// The items, from bottom to top.
    pub items: Vec<Item>,
    /// Whether to outline every item's box.
    pub debug_boxes: bool,
    /// Warnings about layers that could not be drawn as written, each with its path; never a value.
    pub warnings: Warnings,
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
    /// Its box in the picture, before it is turned or seen in perspective.
    pub frame: Rect,
    /// How its box is seen. `None` if it lies flat in the picture.
    pub warp: Option<Warp>,
    /// Px of the surface on which it is drawn, for each of its own: those of the output, or of the flat
    /// layer that is then seen in perspective.
    pub scale: f32,
    /// Corner radii in px, from the top left, clockwise.
    pub radius: [f32; 4],
    /// The style of the layer, whatever its content.
    pub look: Rc<Look>,
    /// The content of the box.
    pub content: Content,
    /// The image that fills the content, masked by it. `None` if it has another fill.
    pub picture: Option<Box<Self>>,
    /// The children, from bottom to top, above the content.
    pub children: Vec<Self>,
    /// Where all of that is visible, from bottom to top. Empty if it has no mask.
    pub mask: Vec<Self>,
    /// The image by whose light it is displaced. `None` if there is none.
    pub map: Option<Box<Self>>,
}

impl Item {
    /// A copy with the first of its children only.
    #[must_use]
    pub fn with_children(&self, count: usize) -> Self {
        Self {
            name: self.name.clone(),
            path: self.path.clone(),
            word: self.word,
            frame: self.frame,
            warp: self.warp,
            scale: self.scale,
            radius: self.radius,
            look: Rc::clone(&self.look),
            content: self.content.clone(),
            picture: self.picture.clone(),
            children: self.children.iter().take(count).cloned().collect(),
            mask: self.mask.clone(),
            map: self.map.clone(),
        }
    }

    /// Calls `visit` with the item and everything in it, in drawing order.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        self.picture.iter().for_each(|picture| picture.walk(visit));
        visit(self);
        walk(&self.children, visit);
        walk(&self.mask, visit);
        self.map.iter().for_each(|map| map.walk(visit));
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
    /// A picture, or its stand-in.
    Image {
        /// The sources, tried in turn.
        sources: Vec<Source>,
        /// How each of them is shown.
        views: Vec<View>,
        /// How it fills the area of its view.
        fit: Fit,
        /// The change of its colours.
        filter: Option<Filter>,
        /// How visible it is on its ground, if the template asks for that and it is known.
        contrast: Option<Contrast>,
    },
}

/// How a source of a picture is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// The part of the file that is its content, in px of the file. `None` if that is all of it.
    pub part: Option<Rect>,
    /// The place in the picture that it fills.
    pub area: Rect,
    /// The point of the content, 0 to 1 in x and y, that stays visible where it is cropped.
    pub focus: (f32, f32),
    /// Whether the layer's radius rounds its corners. Those of a logo are not rounded: there the
    /// radius is that of the plate.
    pub is_rounded: bool,
}

/// The visibility of a logo on its ground.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contrast {
    /// The ground, and the logo on it. `None` if it is not known, such as that of a photograph.
    pub ground: Option<Seen>,
    /// What is done about it.
    pub remedy: Remedy,
}

/// A logo on a ground of one colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// The colour of the ground.
    pub color: Color,
    /// The contrast ratio of the logo's mean luminance with it, 1 to 21.
    pub ratio: f64,
    /// The share of the logo's outline that vanishes on it, 0 to 1.
    pub vanishing: f64,
}

/// What is done about a logo that would vanish, or might.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing: it is visible.
    None,
    /// Its dark version is shown.
    Dark,
    /// It is on a plate of this colour.
    Plate(Color),
}

/// A text in its box.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The lines of glyphs, relative to `origin`.
    pub block: text::Block,
    /// The block's top left corner in the picture.
    pub origin: (f32, f32),
    /// Whether glyphs are clipped at the box.
    pub clip: bool,
    /// The text; the block's lines are ranges of it.
    pub text: String,
    /// The paint of each run's letters. `None` if a run uses the item's fill.
    pub fills: Vec<Option<Paint>>,
    /// The circle on which the letters stand.
    pub arc: Option<Arc>,
    /// The style that the template asks for.
    pub style: text::Style,
    /// Warnings about requests that could not be met.
    pub report: text::Report,
}

/// A circle on which a text of one line stands, in px of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arc {
    /// The centre of the circle.
    pub center: (f32, f32),
    /// The radius from there to the baseline; more than 0.
    pub radius: f32,
    /// The angle of the middle of the line, in degrees clockwise from the top.
    pub angle: f32,
    /// Whether the tops of letters point to the centre.
    pub inward: bool,
}

impl Arc {
    /// The transform from the middle of a glyph's foot to its place, `along` px behind the middle
    /// of the text.
    #[must_use]
    pub fn at(self, along: f32) -> Transform {
        let way = if self.inward { -along } else { along } / self.radius;
        let angle = self.angle.to_radians() + way;
        let (sin, cos) = libm::sincosf(angle);
        let (x, y) = (px(self.center.0 + self.radius * sin), px(self.center.1 - self.radius * cos));
        // Glyphs whose heads point inward are rotated by another half turn.
        let (sin, cos) = if self.inward { (-sin, -cos) } else { (sin, cos) };
        Transform::from_row(cos, sin, -sin, cos, x, y)
    }
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
        /// Warnings about requests that could not be met.
        report: text::Report,
    },
}
