//! The template document: the JSON that a designer writes, as types.
//!
//! The JSON Schema (`templates/template.schema.json`) is generated from these types, doc comments
//! included; so a doc comment here is user documentation. Words are those of CSS, SVG and Figma.
//!
//! In a document a layer's `type` stands beside its other fields. Serde can read that only by losing
//! the path of an error, so [`parse`](super::parse) first moves the fields of a type under `kind`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::color::Color;
pub use crate::image::Fit;
use crate::params::Params;
pub use crate::text::{Align as TextAlign, Direction, Fit as Fitting, Overflow, WordBreak, Wrap};

use super::list::{OneOrMany, Sides};
use super::templated::{Extent, Length, Templated};

/// A Monogram template: a picture of a fixed size, the params that change it, and its layers.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Where an editor finds the schema.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// What people call this template.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// What lies under all layers; transparent where there is none.
    pub background: Option<Paint>,
    /// The language it is written in, as BCP 47 (`de`, `pt-BR`): how numbers, money and dates look, and how text is shaped, where
    /// the URL has no `_lang`. `en` by default.
    pub lang: Option<String>,
    /// The side from which it is read: `rtl` mirrors its stacks, and texts begin at the right. `auto`: that of the language.
    pub dir: Option<Dir>,
    /// The text for people who do not see the picture.
    pub alt: Option<Templated<String>>,
    /// Who may ask for it.
    #[serde(default)]
    pub access: Access,
    /// Seconds that a browser or a mail proxy may keep the picture of the live revision.
    pub max_age: Option<u32>,
    /// Fonts of its own, which texts name by their family. Several files of one family are its weights and its italics.
    #[serde(default)]
    pub fonts: Vec<FontFile>,
    /// What a URL may change, by name.
    #[serde(default)]
    pub params: Params,
    /// Values that count as missing, in any case: a sender's own fallbacks (`Friend`, `there`), so that this template's are used.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Drawn in this order, the last one on top.
    pub layers: Vec<Layer>,
}

/// A font file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FontFile {
    /// The name that texts call it by.
    pub family: String,
    /// `asset:brand-bold.ttf`: a `.ttf` or `.otf`; `make font` makes one of a `.woff2`, and checks it.
    pub src: String,
}

/// Who may ask for a template's pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Only URLs that carry a signature.
    #[default]
    Signed,
    /// Anybody.
    Public,
}

/// One layer: what all have in common, and its `type` with the fields of that type.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// A name for reports and error messages.
    pub id: Option<String>,
    /// Left edge in the containing box. Not in a stack: there the stack decides.
    pub x: Option<Templated<Length>>,
    /// Top edge in the containing box. Not in a stack: there the stack decides.
    pub y: Option<Templated<Length>>,
    /// Shapes fill by default, all else hugs its content.
    pub width: Option<Templated<Extent>>,
    /// Shapes fill by default, all else hugs its content.
    pub height: Option<Templated<Extent>>,
    /// A condition such as `photo` or `points > 100`: where it does not hold, the layer is not there.
    pub when: Option<String>,
    /// 0 to 1.
    pub opacity: Option<Templated<f32>>,
    /// Degrees clockwise, around the middle of the layer's box.
    pub rotate: Option<Templated<f32>>,
    /// How the layer mixes with what lies below.
    pub blend: Option<Blend>,
    /// One or several, the first one on top.
    pub shadow: Option<OneOrMany<Shadow>>,
    /// Cut the content off at the layer's box (and its `radius`).
    pub clip: Option<bool>,
    /// Corner radius, or four of them from the top left, clockwise; px, or percent of the smaller side.
    pub radius: Option<Sides<Length>>,
    /// The inside of a shape, the colour of text, what lies behind an image, group or stack.
    pub fill: Option<Paint>,
    /// The outline.
    pub stroke: Option<Paint>,
    /// Px; 1 by default.
    pub stroke_width: Option<Templated<f32>>,
    /// Px of dash and gap, in turns.
    pub stroke_dash: Option<Vec<Templated<f32>>>,
    /// How the ends look.
    pub stroke_linecap: Option<Linecap>,
    /// How the corners look.
    pub stroke_linejoin: Option<Linejoin>,
    /// Where the outline lies; `center`, as in SVG, by default.
    pub stroke_align: Option<StrokeAlign>,
    /// Its type.
    #[schemars(flatten)]
    pub kind: Kind,
}

/// The type of a layer.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(tag = "type")]
pub enum Kind {
    /// A rectangle, with `radius` a rounded one.
    Rect(Rect),
    /// An ellipse that touches the sides of its box.
    Ellipse(Ellipse),
    /// A straight line.
    Line(Line),
    /// SVG path data.
    Path(Path),
    /// A paragraph of text.
    Text(Box<Text>),
    /// A picture.
    Image(Image),
    /// Layers that belong together; each has its own place.
    Group(Group),
    /// Layers in a row or a column, as auto layout in Figma or flexbox in CSS.
    Stack(Stack),
}

/// A rectangle has no fields of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rect {}

/// An ellipse has no fields of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ellipse {}

/// A line from one point to another, in the layer's box.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// px or percent
    pub x1: Templated<Length>,
    /// px or percent
    pub y1: Templated<Length>,
    /// px or percent
    pub x2: Templated<Length>,
    /// px or percent
    pub y2: Templated<Length>,
}

/// An SVG path.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// SVG path data.
    pub d: Templated<String>,
    /// `[x, y, width, height]` of the path's own coordinates, which are then scaled to the layer's box
    /// without distortion. Without it a unit is a px.
    pub view_box: Option<[f32; 4]>,
}

/// A paragraph of text.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// What it says: a string, or a list of runs that each look their own way.
    pub text: Content,
    /// Font family; `Inter` by default.
    pub font: Option<Templated<String>>,
    /// 100 to 900; 400 by default.
    pub weight: Option<Templated<f32>>,
    /// RunStyle lean; where the font has no italic, upright ones are slanted.
    pub italic: Option<bool>,
    /// Px; 16 by default.
    pub size: Option<Templated<f32>>,
    /// How the size is found; `shrink` by default.
    pub fit: Option<Fitting>,
    /// Px to which the text may shrink until it fits; `size` (no shrinking) by default, and 1 for `fit: line`.
    pub min_size: Option<Templated<f32>>,
    /// Px to which the text may grow, with `fit: grow` and `fit: line`; as large as its box by default.
    pub max_size: Option<Templated<f32>>,
    /// Height of a line in multiples of the font size; 1.2 by default.
    pub line_height: Option<Templated<f32>>,
    /// Px between letters; it shrinks with the text.
    pub letter_spacing: Option<Templated<f32>>,
    /// OpenType features: `tnum` (on), `-liga` (off), `cv05=2`.
    pub features: Option<Vec<String>>,
    /// Axes of a variable font, in their own units: `{ "wdth": 87.5 }`.
    pub axes: Option<BTreeMap<String, Templated<f32>>>,
    /// Capitals and small letters, by the rules of the language.
    pub case: Option<Case>,
    /// Lines along the letters.
    pub decoration: Option<Decoration>,
    /// No more lines than this.
    pub max_lines: Option<u32>,
    /// What happens to text that does not fit even at `min_size`; `ellipsis` by default.
    pub overflow: Option<Overflow>,
    /// Where lines begin; `start` by default.
    pub align: Option<TextAlign>,
    /// Where the lines stand in a box that is higher than they are; `top` by default.
    pub vertical_align: Option<VerticalAlign>,
    /// The direction of the paragraph; that of its first letter by default.
    pub direction: Option<Direction>,
    /// BCP 47; the URL's `_lang` by default.
    pub lang: Option<Templated<String>>,
    /// Where a line may end, as in CSS. By default between words, and in Chinese and Japanese between letters; Korean words stay
    /// whole. A soft hyphen (U+00AD) is a place too, and shows its hyphen only there.
    pub word_break: Option<WordBreak>,
    /// Which of these places are taken; `greedy` by default.
    pub wrap: Option<Wrap>,
    /// RunStyle stand on a circle, one line of them.
    pub arc: Option<Arc>,
}

/// What a text layer says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// All of it looks the same.
    Plain(Templated<String>),
    /// Each run looks its own way; what one does not say is as the layer has it.
    Runs(Vec<Run>),
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// What it says, its spaces included.
    pub text: Templated<String>,
    /// A condition such as `points > 100`: where it does not hold, the run is not there.
    pub when: Option<String>,
    /// The colour of its letters, or a gradient across the whole text.
    pub fill: Option<Paint>,
    /// Font family.
    pub font: Option<Templated<String>>,
    /// 100 to 900.
    pub weight: Option<Templated<f32>>,
    /// RunStyle lean.
    pub italic: Option<bool>,
    /// Px, where the layer's text has its `size`; both shrink and grow together.
    pub size: Option<Templated<f32>>,
    /// Px between letters.
    pub letter_spacing: Option<Templated<f32>>,
    /// OpenType features, instead of the layer's.
    pub features: Option<Vec<String>>,
    /// Axes of a variable font, instead of the layer's.
    pub axes: Option<BTreeMap<String, Templated<f32>>>,
    /// Capitals and small letters.
    pub case: Option<Case>,
    /// Lines along the letters.
    pub decoration: Option<Decoration>,
}

/// A circle on which letters stand, around the middle of the layer's box.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arc {
    /// From the middle to the baseline: px, or percent of half the box's smaller side; `"80%"` by default.
    pub radius: Option<Templated<Length>>,
    /// Degrees clockwise from the top at which the middle of the text stands; 0 (the top) by default, 180 is the bottom.
    pub angle: Option<Templated<f32>>,
    /// Degrees of the circle that the text may take; 360 by default.
    pub sweep: Option<Templated<f32>>,
    /// Where the letters' heads point: `outward`, as along the top of a seal, or `inward`, as along its bottom. By default
    /// so that the text is upright.
    pub heads: Option<Heads>,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// `asset:logo.png`
    pub src: Templated<String>,
    /// How the picture fills its box; `cover` by default.
    pub fit: Option<Fit>,
    /// `[x, y]`, 0 to 1: the point of the picture that stays visible where it is cropped; `[0.5, 0.5]`.
    pub focus: Option<[f32; 2]>,
    /// Tried in turn where the picture cannot be had: `asset:avatar.png`, `initials:{{ name }}`.
    #[serde(default)]
    pub fallback: Vec<Templated<String>>,
}

/// Layers that belong together.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Drawn in this order, the last one on top.
    pub children: Vec<Layer>,
}

/// Layers in a row or a column.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// `row` or `column`; `column` by default.
    pub direction: Option<StackDirection>,
    /// Px between children.
    pub gap: Option<Templated<f32>>,
    /// Px inside the edges: one, two (`[vertical, horizontal]`) or four from the top, clockwise.
    pub padding: Option<Sides<f32>>,
    /// Across the direction; `start` by default.
    pub align: Option<Align>,
    /// Along the direction; `start` by default.
    pub justify: Option<Justify>,
    /// In this order.
    pub children: Vec<Layer>,
}

/// A colour or a gradient.
#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    /// One colour.
    Color(Templated<Color>),
    /// Several, blending.
    Gradient(Gradient),
}

/// A gradient, as in CSS.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gradient {
    /// Its shape.
    #[serde(rename = "type")]
    pub kind: GradientKind,
    /// Degrees. `linear`: where it leads to, 0 is up, 90 to the right; 180 by default. `conic`: where it begins.
    pub angle: Option<Templated<f32>>,
    /// Middle of `radial` and `conic`; `"50%"` by default.
    pub cx: Option<Templated<Length>>,
    /// Middle of `radial` and `conic`; `"50%"` by default.
    pub cy: Option<Templated<Length>>,
    /// Radius of `radial`: px, or percent of the distance to the farthest corner; `"100%"` by default.
    pub r: Option<Templated<Length>>,
    /// At least two.
    pub stops: Vec<Stop>,
}

/// The shape of a gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GradientKind {
    /// Along a line.
    Linear,
    /// In circles.
    Radial,
    /// Around a point.
    Conic,
}

/// A colour at a place of a gradient.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// 0 to 1; evenly spread by default.
    pub offset: Option<Templated<f32>>,
    /// The colour there.
    pub color: Templated<Color>,
}

/// A shadow, as in CSS.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shadow {
    /// Px to the right.
    pub dx: Option<Templated<f32>>,
    /// Px down.
    pub dy: Option<Templated<f32>>,
    /// Px over which it fades; its standard deviation is half of that.
    pub blur: Option<Templated<f32>>,
    /// Px that the shadow of a rect, an ellipse or a filled box is larger.
    pub spread: Option<Templated<f32>>,
    /// `#0004` by default.
    pub color: Option<Templated<Color>>,
}

/// Declares the words of a field: an enum in `snake_case`, or as renamed, with its default first.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $word_doc:literal])* $word:ident $(= $rename:literal)?),+ $(,)? })+) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[doc = $word_doc])* $(#[serde(rename = $rename)])? $word),+ }
    )+ };
}

words! {
    /// How a layer mixes with what lies below, as in CSS. `color-dodge` and `color-burn` are left out: their
    /// fast reciprocal is not the same on every processor, and equal inputs must give equal bytes.
    Blend {
        /// Over it.
        Normal,
        /// Darker.
        Multiply,
        /// Lighter.
        Screen,
        /// Multiply or screen, by what lies below.
        Overlay,
        /// The darker of both.
        Darken,
        /// The lighter of both.
        Lighten,
        /// Multiply or screen, by the layer.
        HardLight = "hard-light",
        /// A gentle overlay.
        SoftLight = "soft-light",
        /// The difference of both.
        Difference,
    }
    /// How the ends of a line look.
    Linecap {
        /// Flat, at the end.
        Butt,
        /// Half a circle beyond it.
        Round,
        /// Flat, half the width beyond it.
        Square,
    }
    /// How the corners of a line look.
    Linejoin {
        /// Pointed.
        Miter,
        /// Rounded.
        Round,
        /// Cut off.
        Bevel,
    }
    /// Where an outline lies.
    StrokeAlign {
        /// Half inside, half outside.
        Center,
        /// Inside.
        Inside,
        /// Outside.
        Outside,
    }
    /// The side from which a picture is read.
    Dir {
        /// From the left.
        Ltr,
        /// From the right.
        Rtl,
        /// As its language is.
        Auto,
    }
    /// Capitals and small letters.
    Case {
        /// As written.
        None,
        /// All capitals: `ß` becomes `SS`, a Turkish `i` becomes `İ`, Greek loses its accents.
        Upper,
        /// No capitals.
        Lower,
        /// Each word begins with a capital; its other letters stay.
        Title,
        /// Small letters look like capitals of their size.
        SmallCaps = "small-caps",
    }
    /// Lines along letters.
    Decoration {
        /// None.
        None,
        /// Below them.
        Underline,
        /// Through them.
        LineThrough = "line-through",
        /// Both.
        Both = "underline line-through",
    }
    /// Where the heads of letters on a circle point.
    Heads {
        /// Away from its middle.
        Outward,
        /// To its middle.
        Inward,
    }
    /// Where lines stand in a higher box.
    VerticalAlign {
        /// At the top.
        Top,
        /// In the middle, line boxes counted.
        Middle,
        /// At the bottom.
        Bottom,
        /// In the middle by what the eye sees: from the first line's capitals to the last baseline.
        Cap,
    }
    /// The direction of a stack.
    StackDirection {
        /// From top to bottom.
        Column,
        /// From left to right.
        Row,
    }
    /// Where children stand across a stack's direction.
    Align {
        /// Left or top.
        Start,
        /// In the middle.
        Center,
        /// Right or bottom.
        End,
        /// As large as the stack.
        Stretch,
        /// On one baseline; rows only.
        Baseline,
    }
    /// Where children stand along a stack's direction.
    Justify {
        /// At the start.
        Start,
        /// In the middle.
        Center,
        /// At the end.
        End,
        /// Spread, the outer ones at the edges.
        SpaceBetween = "space-between",
        /// Spread, with half a space at the edges.
        SpaceAround = "space-around",
        /// Spread, with a whole space at the edges.
        SpaceEvenly = "space-evenly",
    }
}
