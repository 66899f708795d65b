//! The template document: the JSON that a designer writes, as types.
//!
//! The JSON Schema (`templates/template.schema.json`) is generated from these types and their doc
//! comments; so a doc comment here is user documentation. The words are those of CSS, SVG and
//! Figma.
//!
//! In a document, a layer's `type` stands beside its other fields. Serde would lose the path of an
//! error there, so that [`parse`](super::parse) first moves the fields of a type under `kind`.
//!
//! ```
//! use monogram::limits::Limits;
//! use monogram::template::Template;
//! use monogram::template::document::{Content, Kind};
//!
//! let json = r#"{ "width": 600, "height": 200, "layers": [
//!     { "type": "group", "x": 20, "children": [{ "type": "text", "text": "Hello", "when": "1 > 0" }] }
//! ] }"#;
//! let template = Template::parse(json, &Limits::default()).unwrap_or_else(|problem| panic!("{problem}"));
//! let Kind::Group(group) = &template.document.layers[0].kind else { panic!("a group") };
//! assert_eq!(group.children[0].when.as_deref(), Some("1 > 0"));
//! assert!(matches!(&group.children[0].kind, Kind::Text(text) if matches!(text.text, Content::Plain(_))));
//! ```

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::color::Color;
use crate::params::{Param, Params};

pub use super::chart::Series;
pub use super::code::{Barcode, Correction, Qr, Symbology};
pub use super::context::{Circumstance, Now};
pub use super::effect::{Displace, Filter, Function};
use super::feed::Feeds;
pub use super::icon::Icon;
pub use super::image::{Contrast, Fit, Focus, Image, Sizing, Trim};
pub use super::indicator::{Progress, Rating};
use super::list::{OneOrMany, Sides};
pub use super::paint::{ColorSpace, Gradient, GradientKind, Paint, Shadow, Stop};
pub use super::perspective::{Corners, Curve};
pub use super::table::{Column, TextStyle};
use super::templated::{Extent, Length, Templated};
pub use super::text::{Arc, Content, Direction, Fitting, Overflow, Run, Text, TextAlign, WordBreak, Wrap};
pub use super::track::{Columns, Track};
pub use super::variation::{DarkVariant, SizeVariant, Variant};
pub use super::words::{
    Align, Axis, Blend, Case, ChartShape, Decoration, Device, Dir, Flip, Heads, Justify, Linecap, Linejoin, MaskType,
    ModuleShape, Position, Progression, StackDirection, StrokeAlign, Tail, VerticalAlign, Word,
};

/// A Monogram template: a picture of a fixed size, the params that change it, and its layers.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Where an editor finds the schema.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// The name of this template, for people.
    pub title: Option<String>,
    /// The purpose of this template.
    pub description: Option<String>,
    /// Width in px.
    #[schemars(range(min = 1, max = 4096))]
    pub width: u32,
    /// Height in px.
    #[schemars(range(min = 1, max = 4096))]
    pub height: u32,
    /// The paint under all layers; transparent by default.
    pub background: Option<Paint>,
    /// The language it is written in, as BCP 47 (`de`, `pt-BR`): how numbers, money and dates look,
    /// and how text is shaped, where the URL has no `_lang`. `en` by default.
    pub lang: Option<String>,
    /// The side from which it is read: `rtl` mirrors its stacks, and texts begin at the right.
    /// `auto`: that of the language.
    pub dir: Option<Dir>,
    /// The text for people who do not see the picture.
    pub alt: Option<Templated<String>>,
    /// Who may ask for it.
    #[serde(default)]
    pub access: Access,
    /// Seconds that a browser or a mail proxy may keep the picture of the live revision.
    pub max_age: Option<u32>,
    /// Fonts of its own, which texts name by their family. Several files of one family are its
    /// weights and its italics.
    #[serde(default)]
    pub fonts: Vec<FontFile>,
    /// Hosts whose images its layers may show, and those of its feeds: `logo.com`, `*.cdn.example`, or
    /// `*` for every host that the deployment allows. They hold too for params of type `image` without `hosts` of their own.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// The values that a URL may set, by name.
    #[serde(default)]
    pub params: Params,
    /// Their names in the order of the text, which its parser knows.
    #[serde(skip)]
    pub order: Vec<String>,
    /// Places of expressions that cannot mean what they say, and what is meant, which its parser knows.
    #[serde(skip)]
    pub doubts: Vec<(String, String)>,
    /// Colours by name: `"fill": "$accent"`, and `[words](accent)` in a param of type `rich`.
    #[serde(default)]
    pub palette: BTreeMap<String, Templated<Color>>,
    /// Fields that several layers or runs share, by name: `"style": "heading"`. A layer's own fields win.
    #[schemars(with = "Option<BTreeMap<String, BTreeMap<String, Json>>>")]
    pub styles: Option<IgnoredAny>,
    /// Layers that are used more than once, by name, with params of their own.
    #[schemars(with = "Option<BTreeMap<String, Component>>")]
    pub components: Option<IgnoredAny>,
    /// Published templates whose palette, styles and components are used here too, where this one has
    /// none of the same name: `["acme/parts"]`. Publishing looks them up.
    #[serde(default)]
    pub include: Vec<String>,
    /// A published template whose palette, styles and components win over those of the same name:
    /// a customer's brand, such as `acme/brand`. Publishing looks it up.
    pub brand: Option<String>,
    /// Live values of other hosts, by name: `{{ stock.price }}`.
    #[serde(default)]
    pub feeds: Feeds,
    /// Values that count as missing, in any case: a sender's own fallbacks (`Friend`, `there`), so
    /// that this template's are used.
    #[serde(default)]
    pub missing: Vec<String>,
    /// What the picture may show of the request, or choose by: `geo.country`, `device`. Each makes a picture of
    /// its own for each of its values.
    #[serde(default)]
    pub context: Vec<Circumstance>,
    /// The time at which the picture is seen, for `{{ now }}`.
    pub now: Option<Now>,
    /// Other sizes of the picture, by name: `~square` in the URL.
    #[serde(default)]
    pub sizes: BTreeMap<String, SizeVariant>,
    /// The picture for a dark mail or page: `_scheme=dark` in the URL.
    pub dark: Option<DarkVariant>,
    /// Other values of params, for those whom a rule names, or for a share of the recipients.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// The params by whose values recipients are told from each other, so that each keeps the same
    /// variant: `["email"]`. By default all that the URL gives.
    #[serde(default)]
    pub variant_by: Vec<String>,
    /// The files that the names of assets and font families stood for when this revision was
    /// published. Publishing writes it, so that the revision never changes; leave it out.
    pub files: Option<Files>,
    /// Drawn in this order, the last one on top.
    pub layers: Vec<Layer>,
}

impl Document {
    /// Its params in the order of the text.
    pub fn params_in_order(&self) -> impl Iterator<Item = (&String, &Param)> {
        let known = self.order.iter().filter_map(|name| self.params.get_key_value(name));
        let others = self.params.iter().filter(|(name, _)| !self.order.contains(name));
        known.chain(others)
    }
}

impl Document {
    /// Whether `geo` has this.
    #[must_use]
    pub fn has_place(&self, name: &str) -> bool {
        let word = match name {
            "country" => Circumstance::Country,
            "city" => Circumstance::City,
            "timezone" => Circumstance::Timezone,
            _ => return false,
        };
        self.context.contains(&word)
    }

    /// Whether an expression may use this name for a circumstance.
    #[must_use]
    pub fn has_circumstance(&self, name: &str) -> bool {
        match name {
            "geo" => self.context.iter().any(|one| *one != Circumstance::Device),
            "device" => self.context.contains(&Circumstance::Device),
            "now" => self.now.is_some(),
            _ => false,
        }
    }
}

/// The files of a published revision, each by the SHA-256 of its bytes in hex.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// By the name of an asset: `logo.png`.
    #[serde(default)]
    pub assets: BTreeMap<String, String>,
    /// Of the uploaded fonts that texts name by their family.
    #[serde(default)]
    pub fonts: Vec<PublishedFont>,
    /// What `include` and `brand` brought: `palette`, `styles` and `components`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Json>,
}

impl Files {
    /// The beginning of the name that a published font has among the assets of a picture. No asset
    /// that a template or a value can name has it, because `:` is in no such name.
    const FONT: &'static str = "font:";

    /// The SHA-256 of the file that an asset's name stands for. `None` if publishing did not find
    /// it.
    #[must_use]
    pub fn digest(&self, asset: &str) -> Option<&str> {
        match asset.strip_prefix(Self::FONT) {
            Some(digest) => self.fonts.iter().map(|font| font.file.as_str()).find(|file| *file == digest),
            None => self.assets.get(asset).map(String::as_str),
        }
    }

    /// The text of a document with these as its last field. `None` if the text is no JSON object.
    #[must_use]
    pub fn write_into(&self, document: &str) -> Option<String> {
        if self.assets.is_empty() && self.fonts.is_empty() && self.parts.is_empty() {
            return Some(document.to_owned());
        }
        let (before, _) = document.rsplit_once('}')?;
        let files = serde_json::to_string(self).ok()?;
        Some(format!("{},\"files\":{files}}}", before.trim_end()))
    }

    /// The name that a published font has among the assets of a picture.
    #[must_use]
    pub fn asset_of(font: &PublishedFont) -> String {
        format!("{}{}", Self::FONT, font.file)
    }
}

/// A font that texts name by its family.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedFont {
    /// The name that texts call it by.
    pub family: String,
    /// The SHA-256 of its bytes, in hex.
    pub file: String,
}

/// A font file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FontFile {
    /// The name that texts call it by.
    pub family: String,
    /// `asset:brand-bold.ttf`: a `.ttf` or `.otf`; `make font` makes one of a `.woff2`, and checks
    /// it.
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
    /// A style of the document, or several, of which the last one wins.
    #[schemars(with = "Option<OneOrMany<String>>")]
    pub style: Option<IgnoredAny>,
    /// The values of a component's params, if the layer was one.
    #[schemars(skip)]
    pub scope: Option<Box<Scope>>,
    /// Left edge in the containing box. Not in a stack: there the stack decides.
    pub x: Option<Templated<Length>>,
    /// Top edge in the containing box. Not in a stack: there the stack decides.
    pub y: Option<Templated<Length>>,
    /// Shapes fill by default, all else hugs its content.
    pub width: Option<Templated<Extent>>,
    /// Shapes fill by default, all else hugs its content.
    pub height: Option<Templated<Extent>>,
    /// Never narrower than this: px, or percent of what contains it.
    pub min_width: Option<Templated<Length>>,
    /// Never wider than this.
    pub max_width: Option<Templated<Length>>,
    /// Never lower than this.
    pub min_height: Option<Templated<Length>>,
    /// Never higher than this.
    pub max_height: Option<Templated<Length>>,
    /// Width divided by height, for a layer with one side or none of its own: `1.5`.
    pub aspect_ratio: Option<Templated<f32>>,
    /// In a stack: `absolute` gives the layer a place of its own there, with `x` and `y`.
    pub position: Option<Position>,
    /// In a stack: layers with a smaller number come first, whatever their order in the
    /// document; 0 by default.
    pub order: Option<i32>,
    /// In a stack: the layer's own `align`.
    pub align_self: Option<Align>,
    /// In a grid: the layer's own `justify_items`.
    pub justify_self: Option<Align>,
    /// In a grid: its column, from 1; the next free one by default.
    #[schemars(range(min = 1, max = 24))]
    pub column: Option<usize>,
    /// In a grid: its row, from 1; the next free one by default.
    #[schemars(range(min = 1, max = 200))]
    pub row: Option<usize>,
    /// In a grid: how many columns it covers; 1 by default.
    #[schemars(range(min = 1, max = 24))]
    pub column_span: Option<usize>,
    /// In a grid: how many rows it covers; 1 by default.
    #[schemars(range(min = 1, max = 200))]
    pub row_span: Option<usize>,
    /// A condition such as `photo` or `points > 100`: where it does not hold, the layer is not
    /// there.
    pub when: Option<String>,
    /// 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub opacity: Option<Templated<f32>>,
    /// Degrees clockwise, around the middle of the layer's box.
    pub rotate: Option<Templated<f32>>,
    /// Degrees by which upright lines lean, as CSS `skewX`: with 10 the lower part is farther to
    /// the right.
    pub skew: Option<Templated<f32>>,
    /// How much larger it is drawn, around the middle of its box: 0 to 10; 1 by default.
    pub scale: Option<Templated<f32>>,
    /// Mirrored: left and right, top and bottom, or both.
    pub flip: Option<Flip>,
    /// Four points onto which the layer's box is mapped in perspective, clockwise from the top left,
    /// each `[x, y]` in px or percent of the containing box, as `x` and `y` are.
    pub corners: Option<Box<Corners>>,
    /// Bent around a cylinder, such as a mug or a bottle, before `corners` map it.
    pub curve: Option<Box<Curve>>,
    /// How the layer mixes with what lies below.
    pub blend: Option<Blend>,
    /// One or several, the first one on top.
    pub shadow: Option<OneOrMany<Shadow>>,
    /// A filter of CSS for all that the layer draws, or a list of them in their order: `{ "blur": 8 }`.
    /// Of an image, a first filter that only changes colours changes the picture, and nothing else.
    pub filter: Option<OneOrMany<Filter>>,
    /// The same for what lies beneath the layer's shape: frosted glass.
    pub backdrop_filter: Option<OneOrMany<Filter>>,
    /// Layers in the layer's box: it is only visible where they are.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany<Layer>>")]
    pub mask: Vec<Self>,
    /// What of the mask counts.
    pub mask_type: Option<MaskType>,
    /// As if it were printed on something uneven: its px are moved, and shaded, by the light of a map.
    pub displace: Option<Box<Displace>>,
    /// Cut the content off at the layer's box (and its `radius`).
    pub clip: Option<bool>,
    /// Corner radius, or four of them from the top left, clockwise; px, or percent of the smaller
    /// side.
    pub radius: Option<Sides<Length>>,
    /// How early round corners begin to bend, 0 to 1, as in Figma: 0.6 are the corners of iOS.
    pub corner_smoothing: Option<Templated<f32>>,
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

impl Layer {
    /// The fields that every type has: all but [`Layer::kind`]. A test keeps the list true.
    pub const COMMON_FIELDS: &[&str] = &[
        "id",
        "style",
        "scope",
        "x",
        "y",
        "width",
        "height",
        "min_width",
        "max_width",
        "min_height",
        "max_height",
        "aspect_ratio",
        "position",
        "order",
        "align_self",
        "justify_self",
        "column",
        "row",
        "column_span",
        "row_span",
        "when",
        "opacity",
        "rotate",
        "skew",
        "scale",
        "flip",
        "corners",
        "curve",
        "blend",
        "shadow",
        "filter",
        "backdrop_filter",
        "mask",
        "mask_type",
        "displace",
        "clip",
        "radius",
        "corner_smoothing",
        "fill",
        "stroke",
        "stroke_width",
        "stroke_dash",
        "stroke_linecap",
        "stroke_linejoin",
        "stroke_align",
    ];

    /// The lists of layers inside this layer, each with the name of its field.
    #[must_use]
    pub fn lists(&self) -> [(&'static str, &[Self]); 4] {
        let (children, more, empty): (&[Self], &[Self], &[Self]) = match &self.kind {
            Kind::Group(Group { children })
            | Kind::Stack(Stack { children, .. })
            | Kind::Frame(Frame { children, .. }) => (children, &[], &[]),
            Kind::Repeat(repeat) => (&repeat.stack.children, &repeat.more, &repeat.empty),
            Kind::Table(table) => (&[], &table.more, &table.empty),
            Kind::Chart(chart) => (&[], &[], &chart.empty),
            _ => (&[], &[], &[]),
        };
        [("children", children), ("more", more), ("empty", empty), ("mask", &self.mask)]
    }

    /// The image that fills it, and the one by which it is displaced.
    pub fn pictures(&self) -> impl Iterator<Item = &Templated<String>> {
        let fill = match &self.fill {
            Some(Paint::Gradient(fill)) => fill.src.as_ref(),
            _ => None,
        };
        fill.into_iter().chain(self.displace.as_deref().and_then(Displace::image))
    }

    /// The layers inside this layer.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        self.lists().into_iter().flat_map(|(_, layers)| layers)
    }
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
    Image(Box<Image>),
    /// Layers that belong together; each has its own place.
    Group(Group),
    /// Layers in a row, a column or a grid, as auto layout in Figma, flexbox and grid in CSS.
    Stack(Stack),
    /// A QR code.
    Qr(Box<Qr>),
    /// A barcode.
    Barcode(Box<Barcode>),
    /// A stack whose children are drawn once for each item of a list.
    Repeat(Box<Repeat>),
    /// A rating in stars.
    Rating(Box<Rating>),
    /// How much of something is done: a bar, a ring or steps.
    Progress(Box<Progress>),
    /// The items of a list in rows and columns.
    Table(Box<Table>),
    /// The numbers of a list as bars, lines or a ring.
    Chart(Box<Chart>),
    /// A browser, a phone or a laptop with layers on its screen.
    Frame(Frame),
    /// An icon by its name.
    Icon(Icon),
    /// A component of the document. Its layer stands here before a document has types.
    Component(#[schemars(with = "Use")] IgnoredAny),
}

impl Kind {
    /// The value of `type` in a document.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Rect(_) => "rect",
            Self::Ellipse(_) => "ellipse",
            Self::Line(_) => "line",
            Self::Path(_) => "path",
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Group(_) => "group",
            Self::Stack(_) => "stack",
            Self::Qr(_) => "qr",
            Self::Barcode(_) => "barcode",
            Self::Repeat(_) => "repeat",
            Self::Rating(_) => "rating",
            Self::Progress(_) => "progress",
            Self::Table(_) => "table",
            Self::Chart(_) => "chart",
            Self::Frame(_) => "frame",
            Self::Icon(_) => "icon",
            Self::Component(_) => "component",
        }
    }
}

/// A layer that is used more than once.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it describes the JSON, from which components are gone when it has types")]
struct Component {
    /// The use of it, for people.
    description: Option<String>,
    /// The names of its params, each with its default. `null`: each use must give it.
    params: Option<BTreeMap<String, Json>>,
    /// The layer. Its expressions read the params by the component's name: `{{ button.label }}`.
    layer: Layer,
}

/// The use of a component. Every other field replaces that of the component's layer.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes the JSON, from which uses are gone when it has types")]
struct Use {
    /// Its name in `components`.
    component: String,
    /// Values for its params: `"{{ cart }}"` gives the list itself, `"Hi {{ name }}"` a text.
    with: Option<BTreeMap<String, Json>>,
}

/// The values of a component's params for one use.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The component's name, by which expressions read them.
    pub name: String,
    /// By the names of the params, as the use writes them.
    pub with: BTreeMap<String, Json>,
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

/// An SVG path, or a shape with a name.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// SVG path data.
    pub d: Option<Templated<String>>,
    /// In place of `d`: a shape that fills the box. `radius` rounds its corners.
    pub shape: Option<Word>,
    /// Of a badge or a star: the number of its points; 16 and 5 by default, 60 at most.
    pub points: Option<usize>,
    /// Of a shape, how deep it is, as a part of its side: the head of an arrow, the cut of a ribbon,
    /// the points of a badge or a star, the tail of a bubble.
    #[schemars(range(min = 0, max = 1))]
    pub depth: Option<f32>,
    /// Of a bubble: where its tail is; `bottom-left` by default.
    pub tail: Option<Tail>,
    /// `[x, y, width, height]` of the path's own coordinates, which are then scaled to the layer's
    /// box without distortion. Without it a unit is a px.
    pub view_box: Option<[f32; 4]>,
}

/// Layers that belong together.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Drawn in this order, the last one on top.
    pub children: Vec<Layer>,
}

/// Layers in a row, a column or a grid.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// `row`, `column` or `grid`; `column` by default.
    pub direction: Option<StackDirection>,
    /// Of a grid: how many columns of one width, or the width of each: px, `"30%"`, `"1fr"` (a share of
    /// what is left) or `"auto"` (as wide as what is in it).
    pub columns: Option<Columns>,
    /// Whether children that do not fit begin a new line.
    pub wrap: Option<bool>,
    /// Px between children.
    pub gap: Option<Templated<f32>>,
    /// Px between children above each other, where it is another number than `gap`.
    pub row_gap: Option<Templated<f32>>,
    /// Px between children beside each other, where it is another number than `gap`.
    pub column_gap: Option<Templated<f32>>,
    /// Px inside the edges: one to four, as in CSS: `[vertical, horizontal]`, `[top, horizontal, bottom]`, or four
    /// from the top, clockwise.
    pub padding: Option<Sides<f32>>,
    /// Across the direction; `start` by default. In the height of a grid's cells; `stretch` by default.
    pub align: Option<Align>,
    /// Along the direction; `start` by default. Where the columns of a grid stand.
    pub justify: Option<Justify>,
    /// Of a grid: where children stand in the width of their cells; `stretch` by default.
    pub justify_items: Option<Align>,
    /// Where the lines of a stack with `wrap` stand, or the rows of a grid; `start` by default.
    pub align_content: Option<Justify>,
    /// In this order.
    pub children: Vec<Layer>,
}

/// A stack of the items of a list: the products of a cart.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The list, as an expression without braces: the name of a `list` param (`cart`), a part of it
    /// (`cart[1:]`), or a list of a feed (`news.articles`). Without a value it is empty.
    pub items: String,
    /// The name by which expressions in `children` call an item; `item` by default. There, `loop`
    /// has its place: `loop.index` (from 1), `loop.index0`, `loop.first`, `loop.last`,
    /// `loop.length`, and `loop.more`, the number of items that are not shown.
    #[serde(rename = "as")]
    pub name: Option<String>,
    /// Show no more items than this.
    pub limit: Option<usize>,
    /// Layers after the last item, where not all are shown: `and {{ loop.more }} more`.
    #[serde(default)]
    pub more: Vec<Layer>,
    /// Layers in place of the items, where there are none.
    #[serde(default)]
    pub empty: Vec<Layer>,
    /// The fields of a stack; its children are drawn once for each item.
    #[serde(rename = "kind")]
    #[schemars(flatten)]
    pub stack: Stack,
}

impl Repeat {
    /// The name of an item.
    #[must_use]
    pub fn item(&self) -> &str {
        self.name.as_deref().unwrap_or(ITEM)
    }

    /// The fields of its own, which a stack does not have.
    pub const OWN_FIELDS: &[&str] = &["items", "as", "limit", "more", "empty"];
}

/// A table with a row for each item of a list. Its columns are as wide as what is in them, and share
/// the width that is left. Its `fill` is behind all of it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The list, as an expression without braces: the name of a `list` param (`orders`), a part of it
    /// (`orders[:5]`), or a list of a feed. Without a value it is empty.
    pub items: String,
    /// The name by which the texts of `columns` call an item; `item` by default. There, `loop` has its
    /// place, as in a `repeat`.
    #[serde(rename = "as")]
    pub name: Option<String>,
    /// Show no more items than this.
    pub limit: Option<usize>,
    /// From the left, and in a picture that is read from right to left from the right.
    pub columns: Vec<Column>,
    /// Px inside a cell: one to four, as in CSS: `[vertical, horizontal]`, `[top, horizontal, bottom]`, or four
    /// from the top, clockwise; `[8, 12]` by default.
    pub padding: Option<Sides<f32>>,
    /// The letters of all cells.
    pub text_style: Option<TextStyle>,
    /// The letters of the header; of weight 600 by default.
    pub header_style: Option<TextStyle>,
    /// The letters of the totals; of weight 600 by default.
    pub total_style: Option<TextStyle>,
    /// The colour behind the header.
    pub header_fill: Option<Templated<Color>>,
    /// The colour behind the totals.
    pub total_fill: Option<Templated<Color>>,
    /// The colour behind every other row.
    pub zebra: Option<Templated<Color>>,
    /// The colour of the lines between rows; without it there are none.
    pub rule: Option<Templated<Color>>,
    /// Layers below the last item, where not all are shown: `and {{ loop.more }} more`.
    #[serde(default)]
    pub more: Vec<Layer>,
    /// Layers in place of the items, where there are none.
    #[serde(default)]
    pub empty: Vec<Layer>,
}

impl Table {
    /// The name of an item.
    #[must_use]
    pub fn item(&self) -> &str {
        self.name.as_deref().unwrap_or(ITEM)
    }

    /// The styles of its letters, those of its columns included.
    pub fn styles(&self) -> impl Iterator<Item = &TextStyle> {
        let own = [&self.text_style, &self.header_style, &self.total_style].into_iter();
        own.chain(self.columns.iter().map(|column| &column.text_style)).flatten()
    }
}

/// A chart of the numbers in a list. Bars and areas begin at zero, an item without a number is a gap,
/// and numbers are written as the language does. Its `fill` is the paint of a chart with one series.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// What it draws; `bar` by default.
    pub chart: Option<ChartShape>,
    /// The list, as an expression without braces: the name of a `list` param (`sales`), a part of it
    /// (`sales[-12:]`), a list of a feed, or one that is written out (`[3, 5, 8]`).
    pub items: String,
    /// The name by which `label`, `value` and `series` call an item; `item` by default. There, `loop`
    /// has its place, as in a `repeat`.
    #[serde(rename = "as")]
    pub name: Option<String>,
    /// The name of an item: `{{ item.month }}`.
    pub label: Option<Templated<String>>,
    /// Its number: `{{ item.revenue }}`. By default the item itself, where it is a number, or its field
    /// `value`.
    pub value: Option<Templated<String>>,
    /// Several numbers of an item, each with a colour of its own, in place of `value`.
    #[serde(default)]
    pub series: Vec<Series>,
    /// Of bars with several series: on top of each other instead of side by side.
    pub stacked: Option<bool>,
    /// Of bars: `vertical` (the default), or `horizontal`, which has room for long names.
    pub orientation: Option<Axis>,
    /// Where the axis begins. That of bars and areas begins at zero, or below.
    pub min: Option<Templated<f32>>,
    /// Where the axis ends.
    pub max: Option<Templated<f32>>,
    /// Whether the numbers of the axis and its lines are drawn; `true` by default.
    pub axis: Option<bool>,
    /// Whether each number is written beside its bar or point; `false` by default.
    pub values: Option<bool>,
    /// Whether the names of the series, or of the parts of a donut, are listed. By default where there
    /// are several.
    pub legend: Option<bool>,
    /// How a number is written: `{{ value | money('EUR', 0) }}`; as the language writes it by default.
    pub format: Option<Templated<String>>,
    /// The colours of series, or of the parts of a donut, in turn.
    #[serde(default)]
    pub colors: Vec<Templated<Color>>,
    /// The letters of names and numbers; 12 px and grey by default.
    pub text_style: Option<TextStyle>,
    /// The colour of the lines of the axis; a light grey by default.
    pub rule: Option<Templated<Color>>,
    /// The space between the bars of two items, as a part of both; 0.35 by default.
    pub gap: Option<f32>,
    /// Of a donut: its thickness as a part of its radius; 0.38 by default, and 1 is a pie.
    pub thickness: Option<f32>,
    /// Layers in place of the chart, where there are no numbers.
    #[serde(default)]
    pub empty: Vec<Layer>,
}

impl Chart {
    /// The name of an item.
    #[must_use]
    pub fn item(&self) -> &str {
        self.name.as_deref().unwrap_or(ITEM)
    }
}

/// The frame of a device around layers. Its `fill` is the colour of the device, and what is larger than
/// the screen is cut off there.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// The device.
    pub frame: Device,
    /// The colour of the screen behind the layers; white by default.
    pub screen: Option<Templated<Color>>,
    /// Of a browser: the address in its bar.
    pub url: Option<Templated<String>>,
    /// What is on the screen; each has its place there.
    pub children: Vec<Layer>,
}

/// The name of an item of a [`Repeat`] that gives it no other name.
pub const ITEM: &str = "item";

/// The name of an item's place in a [`Repeat`].
pub const LOOP: &str = "loop";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::template::Template;

    #[test]
    fn common_fields_are_those_of_a_layer() {
        let schema = schemars::schema_for!(Layer);
        let mut fields: Vec<_> =
            schema.get("properties").unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        let mut common = Layer::COMMON_FIELDS.to_vec();
        fields.sort_unstable();
        // No document says that: `reuse` does.
        common.retain(|field| *field != "scope");
        common.sort_unstable();
        assert_eq!(fields, common);
    }

    #[test]
    fn kinds_have_the_name_that_documents_call_them() {
        let layers = [
            r#""type": "rect""#,
            r#""type": "ellipse""#,
            r#""type": "line", "x1": 0, "y1": 0, "x2": 9, "y2": 9"#,
            r#""type": "path", "d": "M0 0H9""#,
            r#""type": "text", "text": "Hi""#,
            r#""type": "image", "src": "asset:logo.png""#,
            r#""type": "group", "children": []"#,
            r#""type": "stack", "children": []"#,
            r#""type": "qr", "data": "hi""#,
            r#""type": "barcode", "symbology": "ean13", "data": "400638133393""#,
            r#""type": "repeat", "items": "[]", "children": []"#,
            r#""type": "rating", "value": 4.5"#,
            r#""type": "progress", "value": 40"#,
            r#""type": "table", "items": "[]", "columns": [{ "text": "a" }]"#,
            r#""type": "chart", "items": "[1]""#,
            r#""type": "frame", "frame": "phone", "children": []"#,
            r#""type": "icon", "icon": "calendar""#,
        ];
        for layer in layers {
            let document = format!(r#"{{ "width": 9, "height": 9, "layers": [{{ {layer} }}] }}"#);
            let template = Template::parse(&document, &Limits::default()).unwrap();
            let name = template.document.layers[0].kind.name();
            assert!(layer.starts_with(&format!(r#""type": "{name}""#)), "{layer}: {name}");
        }
    }
}
