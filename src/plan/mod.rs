//! A template with its values filled in: the layers to draw, and the files to fetch for them.
//!
//! Layers of composite kinds (a code, a rating, a chart) are lowered here to shapes, texts and
//! groups, so that no later stage knows of those kinds.
//!
//! Invariant: after this stage there are no expressions, options, names or defaults left; a layer
//! whose `when` does not hold is removed. `layout` resolves the rest, which depends on measured
//! content: percentages, `fill` and `hug`.

mod blend;
mod chart;
mod code;
mod container;
mod donut;
mod effect;
mod feed;
mod fonts;
mod frame;
mod icon;
mod image;
mod indicator;
mod marks;
mod output;
mod perspective;
mod repeat;
mod resolve;
mod scale;
mod scope;
mod stop;
mod table;
mod text;

use std::rc::Rc;

use crate::asset::AssetId;
use crate::color::Color;
use crate::font::{FontFile, Forms, Pack};
use crate::geometry::Rect;
use crate::params::{Value, Values};
use crate::remote::Remote;
use crate::template::Template;
use crate::text::{Run, Style};
use crate::warnings::Warnings;

pub use crate::image::matrix::Matrix;
pub use crate::image::{Filter, Focus};
pub use crate::template::document::{Blend, Fit, Linecap, Linejoin, MaskType, StrokeAlign, VerticalAlign};
pub use crate::template::templated::{Extent, Length};
pub use feed::{Feed, feeds};
pub use output::Output;
pub use resolve::plan;

/// The layers to draw, and the files that they need.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Width of the output in px.
    pub width: u32,
    /// Height of the output in px.
    pub height: u32,
    /// Output px per template px. All lengths below are template px.
    pub scale: f32,
    /// The box of the whole template.
    pub frame: Rect,
    /// The paint below all layers.
    pub background: Option<Paint>,
    /// The layers from bottom to top.
    pub layers: Vec<Layer>,
    /// The layers whose `when` does not hold, in the template's order; their children are not
    /// listed.
    pub left_out: Vec<LeftOut>,
    /// The assets that layers and [`fonts`](Self::fonts) name, each once: images in order of first
    /// use, then font files.
    pub assets: Vec<AssetId>,
    /// The images on other hosts that layers show, each once, in order of first use.
    pub remotes: Vec<Remote>,
    /// The font packs that the texts need besides the embedded font, each once, in order of first
    /// use.
    pub packs: Vec<&'static Pack>,
    /// The template's own fonts that its texts use; their files are among [`assets`](Self::assets).
    pub fonts: Vec<FontFile>,
    /// The alternative text for people who do not see the picture.
    pub alt: String,
    /// 1 to 100, for lossy formats.
    pub quality: Option<u8>,
    /// Whether every layer's box is outlined.
    pub debug_boxes: bool,
    /// Everything that could not be done as written, with its path; never a value.
    pub warnings: Warnings,
}

/// Whether a picture may show images of other hosts, told without a plan: most pictures do not, and
/// are found in a cache without one.
#[must_use]
pub fn may_show_remotes(template: &Template, values: &Values) -> bool {
    let is_remote = |value: &Value| match value {
        Value::Image(text) => text.starts_with("https://") || text.starts_with("logo:"),
        Value::Text(text) => text.starts_with("logo:"),
        Value::List(items) => items.to_string().contains("\"https://"),
        _ => false,
    };
    template.shows_logos
        || !template.document.hosts.is_empty()
        || values.values().any(|resolved| resolved.value.as_ref().is_some_and(is_remote))
}

/// A layer whose `when` does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its `id`, or its path.
    pub name: String,
    /// Its place in the template: `layers[2].children[0]`.
    pub path: String,
    /// The condition as the template has it, without values.
    pub when: String,
}

impl Plan {
    /// Whether every image has something to show: its first source, or a designed fallback.
    /// `is_there` tells which assets are available. An image without any source lacks nothing.
    pub fn shows_all(&self, is_there: impl Fn(&AssetId) -> bool) -> bool {
        fn all(layers: &[Layer], is_there: &impl Fn(&AssetId) -> bool) -> bool {
            layers.iter().all(|layer| {
                let shown = |source: &ImageSource| match source {
                    ImageSource::Asset(asset) => is_there(asset),
                    ImageSource::Initials(_) => true,
                };
                let shows = match &layer.kind {
                    Kind::Image(image) => image.sources.is_empty() || image.sources.iter().any(shown),
                    _ => true,
                };
                let more = layer.picture.iter().chain(&layer.map);
                let fills = more.into_iter().all(|image| image.sources.iter().all(shown));
                shows && fills && all(layer.children(), is_there) && all(&layer.mask, is_there)
            })
        }
        all(&self.layers, &is_there)
    }
}

/// A layer that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its `id`, or its path.
    pub name: String,
    /// Its place in the template: `layers[2].children[0]`.
    pub path: String,
    /// Its `type` in the template.
    pub word: &'static str,
    /// Left edge in the containing box.
    pub x: Length,
    /// Top edge in the containing box.
    pub y: Length,
    /// Width of its box.
    pub width: Extent,
    /// Height of its box.
    pub height: Extent,
    /// Corner radii from the top left, clockwise. A fraction is relative to the smaller side.
    pub radius: [Length; 4],
    /// Bounds of its size, and its place in a stack. `None` if it has neither.
    pub sizing: Option<Rc<Constraints>>,
    /// Its look, which every kind has.
    pub look: Rc<Look>,
    /// The image that fills its content. `None` if it has another fill.
    pub picture: Option<Box<Image>>,
    /// Layers in its box, from bottom to top: it is only visible where they are. Empty if it has no
    /// mask.
    pub mask: Vec<Self>,
    /// The image by whose light it is displaced. `None` if there is none.
    pub map: Option<Box<Image>>,
    /// Its content.
    pub kind: Kind,
}

impl Layer {
    /// The layers in a group or a stack; empty for any other kind.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match &self.kind {
            Kind::Group(children) | Kind::Stack(Stack { children, .. }) => children,
            Kind::Shape(_) | Kind::Text(_) | Kind::Image(_) => &[],
        }
    }
}

/// The look of a layer, shared by its plan, its box and its display item.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// 0 to 1.
    pub opacity: f32,
    /// Degrees clockwise around the middle of the box.
    pub rotate: f32,
    /// Degrees by which upright lines lean.
    pub skew: f32,
    /// Factors of its width and height around the middle of its box; negative if it is mirrored.
    pub scale: [f32; 2],
    /// How its box is seen. `None` if it lies flat in the picture.
    pub warp: Option<Warp>,
    /// The blend mode with the layers below.
    pub blend: Blend,
    /// The first one is on top.
    pub shadows: Vec<Shadow>,
    /// Filters and the use of the mask. `None` if it has neither.
    pub effects: Option<Rc<Effects>>,
    /// Whether content and children are clipped to the box.
    pub clip: bool,
    /// How early round corners begin to bend, 0 to 1.
    pub smoothing: f32,
    /// The paint of a shape's inside, of a text's glyphs, or behind any other content.
    pub fill: Option<Paint>,
    /// The outline.
    pub stroke: Option<Stroke>,
}

impl Look {
    /// That of a layer without any field.
    #[must_use]
    pub const fn plain() -> Self {
        Self {
            opacity: 1.0,
            rotate: 0.0,
            skew: 0.0,
            scale: [1.0; 2],
            warp: None,
            blend: Blend::Normal,
            shadows: Vec::new(),
            effects: None,
            clip: false,
            smoothing: 0.0,
            fill: None,
            stroke: None,
        }
    }

    /// Whether its box is upright in what contains it, and as large as laid out.
    #[must_use]
    pub fn is_upright(&self) -> bool {
        self.rotate == 0.0 && self.skew == 0.0 && self.scale == [1.0; 2] && self.warp.is_none()
    }
}

/// What happens to a layer as a whole after it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// Filters of what it draws, in their order.
    pub filters: Vec<Effect>,
    /// Filters of what lies beneath its shape.
    pub backdrop: Vec<Effect>,
    /// What of its mask counts. `None` if it has none.
    pub mask: Option<MaskType>,
    /// How it follows the light of a map. `None` if it does not.
    pub displace: Option<Displace>,
}

impl Effects {
    /// No effect.
    pub const NONE: Self = Self { filters: Vec::new(), backdrop: Vec::new(), mask: None, displace: None };
}

/// How a layer is moved and shaded by the light of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Displace {
    /// Whether the map is what lies beneath the layer; otherwise it is the layer's own.
    pub by_backdrop: bool,
    /// Px of which a white px of the map moves one half to the left and to the top.
    pub scale: f32,
    /// The standard deviation in px by which the map is softened before that.
    pub blur: f32,
    /// 0 to 1.
    pub shade: f32,
}

/// A filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// A Gaussian blur with this standard deviation in px.
    Blur(f32),
    /// A change of colours.
    Colors(Matrix),
    /// One colour or two.
    Tone(Filter),
    /// Noise of this amount, 0 to 1.
    Grain(f32),
}

impl Effect {
    /// Whether a layer of one colour has another one after it.
    #[must_use]
    pub const fn changes_colors(&self) -> bool {
        matches!(self, Self::Colors(_) | Self::Tone(_))
    }
}

/// How a layer's box is seen in perspective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warp {
    /// Where its corners are seen, clockwise from the top left, in what contains it. `None` if they
    /// stay where they are.
    pub corners: Option<[(Length, Length); 4]>,
    /// The cylinder around which it is bent.
    pub curve: Option<Curve>,
}

/// A cylinder around which a layer is bent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// Whether it stands; otherwise it lies.
    pub stands: bool,
    /// Degrees that the layer goes around it, 1 to 180.
    pub angle: f32,
    /// Degrees from which it is seen from above.
    pub tilt: f32,
}

/// The kinds of layers that layout and paint know.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A filled or stroked outline.
    Shape(Shape),
    /// A paragraph.
    Text(Text),
    /// A picture.
    Image(Image),
    /// Layers that each have their own place.
    Group(Vec<Layer>),
    /// Layers in a row or a column.
    Stack(Stack),
}

/// Bounds of a layer's size, and its place in a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraints {
    /// Least width and height.
    pub min: [Option<Length>; 2],
    /// Largest width and height.
    pub max: [Option<Length>; 2],
    /// Width divided by height; more than 0.
    pub aspect_ratio: Option<f32>,
    /// Whether it has a place of its own in its stack.
    pub is_absolute: bool,
    /// Its alignment across the stack's direction.
    pub align: Option<crate::template::document::Align>,
    /// Its place in a grid.
    pub cell: Cell,
}

impl Constraints {
    /// Those of a layer that asks for nothing.
    pub const NONE: Self = Self {
        min: [None; 2],
        max: [None; 2],
        aspect_ratio: None,
        is_absolute: false,
        align: None,
        cell: Cell { column: None, row: None, spans: [1; 2], justify: None, margin: [0.0; 4] },
    };
}

/// A layer's place in a grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Its first column, from 0. `None` if it is the next free one.
    pub column: Option<usize>,
    /// Its first row, from 0. `None` if it is the next free one.
    pub row: Option<usize>,
    /// Number of columns and rows that it covers.
    pub spans: [usize; 2],
    /// Its place in the width of its cell. `None` if it is as the grid says.
    pub justify: Option<crate::template::document::Align>,
    /// Px around it, from the top, clockwise.
    pub margin: [f32; 4],
}

/// An outline in a layer's box.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// The box itself.
    Rect,
    /// The ellipse that touches the box's sides.
    Ellipse,
    /// From one point of the box to another.
    Line {
        /// x and y
        from: (Length, Length),
        /// x and y
        to: (Length, Length),
    },
    /// A shape with a name, which fills the box.
    Figure(Figure),
    /// An icon of a set, in the paint of its inside.
    Icon {
        /// The file that has it, among the plan's assets.
        file: AssetId,
        /// Its name in that file.
        name: Rc<str>,
        /// The width of its lines where it has 24 px.
        lines: f32,
    },
    /// SVG path data.
    Path {
        /// In its own coordinates.
        path: Option<Rc<tiny_skia::Path>>,
        /// The part of those coordinates that fills the box. `None` if one unit is one px.
        view_box: Option<Rect>,
        /// How it fills the box.
        fit: PathFit,
    },
}

/// A shape with a name. Lengths that are not given suit its box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Its name.
    pub word: crate::template::document::Word,
    /// Number of points of a badge or a star.
    pub points: Option<usize>,
    /// How deep it is, as a part of its side.
    pub depth: Option<f32>,
    /// Where the tail of a bubble is.
    pub tail: crate::template::document::Tail,
}

/// How the view box of a path fills the layer's box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFit {
    /// As SVG's `xMidYMid meet`.
    Meet,
    /// The same, but a unit is a whole number of output px, so that the modules of a code are sharp.
    Modules,
    /// So in width, and the whole box in height.
    Bars,
    /// The whole box, whatever its shape: SVG's `none`.
    Stretch,
}

/// A paragraph, and its place in the layer's box.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Whether no expression took part, so that every picture of the template has the same
    /// paragraph.
    pub is_literal: bool,
    /// Its text, in runs of one look.
    pub runs: Vec<Run>,
    /// The paint of each run. `None` if it is the layer's fill.
    pub fills: Vec<Option<Paint>>,
    /// The style of the paragraph.
    pub style: Style,
    /// The position of the lines in the box.
    pub vertical_align: VerticalAlign,
    /// The circle that the glyphs stand on.
    pub arc: Option<Arc>,
    /// Whether its fill is black or white, by what lies below.
    pub is_auto: bool,
}

/// A picture in its box.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// The sources, tried in turn.
    pub sources: Vec<ImageSource>,
    /// How the picture fills the box.
    pub sizing: Sizing,
    /// What stays visible if the picture is cropped.
    pub focus: Focus,
    /// The tolerance in levels by which empty margins are cut. `None` if they belong to the picture.
    pub trim: Option<u8>,
    /// The change of its colours.
    pub filter: Option<Filter>,
    /// What is done if it would vanish on its ground. `None` if nothing is.
    pub contrast: Option<Contrast>,
}

/// How a picture fills its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizing {
    /// As CSS `object-fit` says.
    Fit(Fit),
    /// As large as other logos look.
    Optical,
}

/// What is done about a logo that would vanish on its ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// The sources that are shown instead, tried in turn; they may be none.
    pub dark: Vec<ImageSource>,
    /// The colour of the plate that is put below it otherwise. `None` if that is white or black.
    pub plate: Option<Color>,
    /// The ground. `None` if it is that of the layers below.
    pub ground: Option<Color>,
}

/// A circle that glyphs stand on, around the middle of their box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arc {
    /// The distance from the middle to the baseline. A fraction is relative to half the smaller
    /// side.
    pub radius: Length,
    /// The position of the text's middle, in degrees clockwise from the top.
    pub angle: f32,
    /// The maximum extent of the text in degrees.
    pub sweep: f32,
    /// Whether the heads of glyphs point to the middle.
    pub inward: bool,
}

/// A source of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSource {
    /// A file.
    Asset(AssetId),
    /// Initials, drawn on a coloured circle or box.
    Initials(Initials),
}

/// The initials of a name that stand for its picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initials {
    /// One or two letters.
    pub letters: String,
    /// The language of the picture, a BCP 47 tag.
    pub lang: Option<String>,
    /// As [`crate::text::Style::forms`].
    pub forms: Option<Forms>,
}

/// A row, a column or a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// Its columns. `None` if it is no grid.
    pub grid: Option<Grid>,
    /// Whether it is a row; otherwise it is a column.
    pub row: bool,
    /// Whether it begins at the right.
    pub rtl: bool,
    /// Whether children that do not fit begin a new line.
    pub wrap: bool,
    /// Px between children beside each other, and above each other.
    pub gap: [f32; 2],
    /// Alignment of the lines of a stack that wraps.
    pub align_content: crate::template::document::Justify,
    /// Padding in px from the top, clockwise.
    pub padding: [f32; 4],
    /// Alignment across the direction.
    pub align: crate::template::document::Align,
    /// Alignment along the direction.
    pub justify: crate::template::document::Justify,
    /// The children in this order.
    pub children: Vec<Layer>,
}

impl Stack {
    /// A column of these children, as wide as it is, without gaps.
    #[must_use]
    pub const fn column(children: Vec<Layer>) -> Self {
        Self {
            grid: None,
            row: false,
            rtl: false,
            wrap: false,
            gap: [0.0; 2],
            align_content: crate::template::document::Justify::Start,
            padding: [0.0; 4],
            align: crate::template::document::Align::Stretch,
            justify: crate::template::document::Justify::Start,
            children,
        }
    }
}

/// What a grid has beside the fields of a stack. Its rows are as high as what is in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Its columns; at least one.
    pub columns: Vec<Track>,
    /// The place of children in the width of their cells.
    pub justify_items: crate::template::document::Align,
    /// Whether automatic columns share the width that is left, and rows the height.
    pub stretch: [bool; 2],
}

/// The width of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Track {
    /// Px.
    Px(f32),
    /// A part of the grid's width.
    Fraction(f32),
    /// As wide as what is in it.
    Auto,
    /// A share of the width that is left.
    Flex {
        /// CSS's `fr`.
        factor: f32,
        /// Whether it may be narrower than what is in it, so that equal shares are equal widths.
        is_even: bool,
    },
}

/// The paint of a shape, a text or a background.
#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    /// One colour.
    Color(Color),
    /// An image, which is drawn as an item of its own.
    Picture,
    /// A linear gradient; its angle is in degrees as in CSS: 0 is up, 90 to the right.
    Linear {
        /// Degrees.
        angle: f32,
        /// Px after which the stops begin again; 0 if they do not.
        repeat: f32,
        /// Whether neighbouring levels are mixed.
        dither: bool,
        /// Sorted by offset.
        stops: Vec<Stop>,
    },
    /// A radial gradient.
    Radial {
        /// Middle.
        center: (Length, Length),
        /// Px, or a fraction of the distance to the farthest corner.
        radius: Length,
        /// As of a linear gradient.
        repeat: f32,
        /// As of a linear gradient.
        dither: bool,
        /// Sorted by offset.
        stops: Vec<Stop>,
    },
    /// A conic gradient.
    Conic {
        /// Middle.
        center: (Length, Length),
        /// Degrees at which it begins; 0 is up.
        angle: f32,
        /// Degrees after which the stops begin again; 0 if they do not.
        repeat: f32,
        /// Sorted by offset.
        stops: Vec<Stop>,
    },
}

impl Paint {
    /// Whether nothing below it can be seen.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        match self {
            Self::Color(color) => color.a == u8::MAX,
            Self::Picture => false,
            Self::Linear { stops, .. } | Self::Radial { stops, .. } | Self::Conic { stops, .. } => {
                stops.iter().all(|stop| stop.color.a == u8::MAX)
            }
        }
    }
}

/// A colour stop of a gradient.
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
    /// Offset to the right.
    pub dx: f32,
    /// Offset down.
    pub dy: f32,
    /// CSS blur: twice the standard deviation.
    pub blur: f32,
    /// Growth on every side.
    pub spread: f32,
    /// Its colour.
    pub color: Color,
    /// Whether it falls into the layer.
    pub inset: bool,
}

/// An outline.
#[derive(Debug, Clone, PartialEq)]
pub struct Stroke {
    /// Its paint.
    pub paint: Paint,
    /// Its width in px.
    pub width: f32,
    /// Px of dash and gap, alternating. An empty list is a solid line.
    pub dash: Vec<f32>,
    /// The form of the ends.
    pub linecap: Linecap,
    /// The form of the corners.
    pub linejoin: Linejoin,
    /// Its position relative to the outline.
    pub align: StrokeAlign,
}
