//! A template with its values put in: what to draw, and what must be fetched for it.
//!
//! Invariant: after this stage there are no expressions, options, names or defaults left; a layer whose
//! `when` does not hold is gone. What remains to be resolved depends on measured content, and is
//! `layout`'s: percentages, `fill` and `hug`.

mod fonts;
mod reference;
mod resolve;
mod text;

use std::rc::Rc;

use crate::color::Color;
use crate::font::{FontFile, Pack};
use crate::geometry::Rect;
use crate::text::{Run, Style};

pub use crate::template::document::{Blend, Fit, Linecap, Linejoin, StrokeAlign, VerticalAlign};
pub use crate::template::templated::{Extent, Length};
pub use reference::Reference;
pub use resolve::plan;

/// What to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Width of the output in px.
    pub width: u32,
    /// Height of the output in px.
    pub height: u32,
    /// Output px per template px. All lengths below are template px.
    pub scale: f32,
    /// Width and height of the template.
    pub frame: Rect,
    /// What lies under all layers.
    pub background: Option<Paint>,
    /// From bottom to top.
    pub layers: Vec<Layer>,
    /// So many of them, from the bottom, read nothing personal.
    pub fixed: usize,
    /// The picture that it is a version of.
    pub reference: Reference,
    /// The layers whose `when` does not hold, in the template's order; what is in them is not listed again.
    pub left_out: Vec<LeftOut>,
    /// The assets that the layers name, each once, in order of first use; behind them those of `faces`.
    pub images: Vec<String>,
    /// The font packs that the texts need beside the embedded font, each once, in order of first use.
    pub fonts: Vec<&'static Pack>,
    /// The fonts of the template that its texts use; their files are among `images`.
    pub faces: Vec<FontFile>,
    /// The text for people who do not see the picture.
    pub alt: String,
    /// 1 to 100, for lossy formats.
    pub quality: Option<u8>,
    /// Outline every layer's box.
    pub debug_boxes: bool,
    /// What could not be done as written, with its path; never a value.
    pub warnings: Vec<String>,
}

/// A layer that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its `id`, or its path.
    pub name: String,
    /// Where it is in the template: `layers[2].children[0]`.
    pub path: String,
    /// The condition as the template has it; it holds no values.
    pub when: String,
}

impl Plan {
    /// Whether every image has something to show where `is_there` tells which assets could be had: its first choice, or what
    /// the template designed for its absence. An image that a template gives no source is none.
    pub fn shows_all(&self, is_there: impl Fn(&str) -> bool) -> bool {
        fn all(layers: &[Layer], is_there: &impl Fn(&str) -> bool) -> bool {
            layers.iter().all(|layer| match &layer.kind {
                Kind::Image { sources, .. } => {
                    let shown = |source: &ImageSource| match source {
                        ImageSource::Asset(name) => is_there(name),
                        ImageSource::Initials(_) => true,
                    };
                    sources.is_empty() || sources.iter().any(shown)
                }
                Kind::Group(layers) => all(layers, is_there),
                Kind::Stack(stack) => all(&stack.children, is_there),
                Kind::Rect | Kind::Ellipse | Kind::Line { .. } | Kind::Path { .. } | Kind::Text { .. } => true,
            })
        }
        all(&self.layers, &is_there)
    }
}

/// A layer that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its `id`, or its path.
    pub name: String,
    /// Where it is in the template: `layers[2].children[0]`.
    pub path: String,
    /// Left edge in the containing box.
    pub x: Length,
    /// Top edge in the containing box.
    pub y: Length,
    /// Width of its box.
    pub width: Extent,
    /// Height of its box.
    pub height: Extent,
    /// How it looks whatever its kind.
    pub look: Look,
    /// What it is.
    pub kind: Kind,
}

/// What every kind of layer can have.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// 0 to 1.
    pub opacity: f32,
    /// Degrees clockwise around the middle of the box.
    pub rotate: f32,
    /// How it mixes with what lies below.
    pub blend: Blend,
    /// The first one on top.
    pub shadows: Vec<Shadow>,
    /// Content is cut off at the box.
    pub clip: bool,
    /// From the top left, clockwise; a fraction is one of the smaller side.
    pub radius: [Length; 4],
    /// The inside of a shape, the colour of text, what lies behind anything else.
    pub fill: Option<Paint>,
    /// The outline.
    pub stroke: Option<Stroke>,
}

/// The kinds of layers.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The box itself.
    Rect,
    /// The ellipse in the box.
    Ellipse,
    /// From one point of the box to another.
    Line {
        /// x and y
        from: (Length, Length),
        /// x and y
        to: (Length, Length),
    },
    /// SVG path data.
    Path {
        /// In its own coordinates.
        path: Option<Rc<tiny_skia::Path>>,
        /// Those of its coordinates that fill the box; none: a unit is a px.
        view_box: Option<Rect>,
    },
    /// A paragraph.
    Text {
        /// Nothing about it was an expression: it is the same in every picture.
        fixed: bool,
        /// What it says, in pieces that look alike.
        runs: Vec<Run>,
        /// What the letters of each run are filled with; none: with the layer's fill.
        fills: Vec<Option<Paint>>,
        /// How the paragraph is set.
        style: Style,
        /// Where the lines stand in the box.
        vertical_align: VerticalAlign,
        /// The circle that the letters stand on.
        arc: Option<Arc>,
    },
    /// A picture.
    Image {
        /// Tried in turn.
        sources: Vec<ImageSource>,
        /// How it fills the box.
        fit: Fit,
        /// 0 to 1, x and y: what stays visible where it is cropped.
        focus: (f32, f32),
    },
    /// Each child has its own place.
    Group(Vec<Layer>),
    /// A row or a column.
    Stack(Stack),
}

impl Kind {
    /// The word for it in a template's `type`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Rect => "rect",
            Self::Ellipse => "ellipse",
            Self::Line { .. } => "line",
            Self::Path { .. } => "path",
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Group(_) => "group",
            Self::Stack(_) => "stack",
        }
    }
}

/// A circle on which letters stand, around the middle of their box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arc {
    /// From the middle to the baseline; a fraction is one of half the smaller side.
    pub radius: Length,
    /// Degrees clockwise from the top: where the middle of the text stands.
    pub angle: f32,
    /// Degrees that the text may take.
    pub sweep: f32,
    /// The heads of letters point to the middle.
    pub inward: bool,
}

/// Where a picture comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSource {
    /// An asset by name.
    Asset(String),
    /// Drawn: initials on a coloured ground.
    Initials(String),
}

/// A row or a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// A row, else a column.
    pub row: bool,
    /// It begins at the right.
    pub rtl: bool,
    /// Px between children.
    pub gap: f32,
    /// Px inside the edges, from the top, clockwise.
    pub padding: [f32; 4],
    /// Across the direction.
    pub align: crate::template::document::Align,
    /// Along the direction.
    pub justify: crate::template::document::Justify,
    /// In this order.
    pub children: Vec<Layer>,
}

/// What a shape is painted with.
#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    /// One colour.
    Color(Color),
    /// Along a line, in degrees as in CSS: 0 is up, 90 to the right.
    Linear {
        /// Degrees.
        angle: f32,
        /// Sorted by offset.
        stops: Vec<Stop>,
    },
    /// In circles.
    Radial {
        /// Middle.
        center: (Length, Length),
        /// Px, or a fraction of the distance to the farthest corner.
        radius: Length,
        /// Sorted by offset.
        stops: Vec<Stop>,
    },
    /// Around a point.
    Conic {
        /// Middle.
        center: (Length, Length),
        /// Degrees at which it begins; 0 is up.
        angle: f32,
        /// Sorted by offset.
        stops: Vec<Stop>,
    },
}

/// A colour at a place of a gradient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// 0 to 1.
    pub offset: f32,
    /// The colour there.
    pub color: Color,
}

/// A shadow in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shadow {
    /// To the right.
    pub dx: f32,
    /// Down.
    pub dy: f32,
    /// CSS blur: twice the standard deviation.
    pub blur: f32,
    /// Larger by this on every side.
    pub spread: f32,
    /// Its colour.
    pub color: Color,
}

/// An outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Stroke {
    /// With what.
    pub paint: Paint,
    /// px
    pub width: f32,
    /// Px of dash and gap, in turns; empty: solid.
    pub dash: Vec<f32>,
    /// How the ends look.
    pub linecap: Linecap,
    /// How the corners look.
    pub linejoin: Linejoin,
    /// Where it lies.
    pub align: StrokeAlign,
}
