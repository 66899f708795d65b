//! The view `.json`: an explanation of how a picture came out, for authors of templates.
//!
//! Layers are described as they were drawn: in drawing order, with the boxes, sizes, fonts and
//! pictures that they got. Lengths of layers are in template px, `width` and `height` of the
//! document in output px; `scale` is output px per template px. A layer's box is the one before its
//! own rotation and those of the layers around it.
//!
//! `bytes` are the file sizes of the picture as PNG and as JPEG, without the `_q` of the URL. If
//! the JPEG is much smaller, `hint` says so.
//!
//! Invariant: an explanation holds the values of its URL, so that it goes to the one who sent the
//! URL and nowhere else: it is `no-store`, and in no log.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use crate::font::Fonts;
use crate::geometry::Rect;
use crate::layout::{self, Content, Item, Place, Remedy, Source, View};
use crate::limits::Limits;
use crate::paint::{Painted, Shown};
use crate::params::merge_tag::Family;
use crate::params::{Missing, Repair, Value, Values};
use crate::plan::Plan;
use crate::remote::Failure;
use crate::render::{self, Drawn};
use crate::template::Document as Template;
use crate::text::{self, Block, Overflow, Report};

use super::ignored::{self, Ignored};

/// A picture to explain: everything that the explanation is made of.
pub struct Explained<'a> {
    /// The template's id.
    pub template: &'a str,
    /// The size that the URL asked for; `None` is the template's own.
    pub size: Option<&'a str>,
    /// The revision; `None` is the live one.
    pub revision: Option<u32>,
    /// The variant; `None` if the template has none.
    pub variant: Option<&'a str>,
    /// The absolute URL of the picture.
    pub src: &'a str,
    /// The raw query that was read.
    pub query: &'a str,
    /// The template's document.
    pub document: &'a Template,
    /// The resolved params.
    pub values: &'a Values,
    /// The plan that was drawn.
    pub plan: &'a Plan,
    /// The drawn picture. Its pixels are used up by the encoders, which tell the file sizes.
    pub drawn: Drawn,
    /// The fonts that it was drawn with.
    pub fonts: &'a Fonts,
    /// The budgets.
    pub limits: &'a Limits,
}

impl Explained<'_> {
    /// The explanation as a JSON document.
    #[must_use]
    pub fn json(self) -> String {
        let Drawn { scene, painted, patch } = self.drawn;
        let Painted { pixels, pictures, missing_glyphs, warnings, .. } = painted;
        let opaque = pixels.pixels().iter().all(|pixel| pixel.alpha() == 255);
        let bytes = render::sizes(pixels, patch).ok().map(|[png, jpg]| Bytes { png, jpg });
        let mut explainer = Explainer { fonts: self.fonts, pictures: &pictures, images: 0, used: Vec::new() };
        let layers = explainer.layers(&scene.items, &Place::PICTURE);
        let mut params = BTreeMap::new();
        params.extend(self.values.iter().map(|(name, resolved)| (name.as_str(), Param::new(resolved))));
        let document = Document {
            template: self.template,
            revision: self.revision,
            size: self.size,
            variant: self.variant,
            src: self.src,
            alt: &self.plan.alt,
            width: scene.width,
            height: scene.height,
            scale: rounded(scene.scale),
            params,
            ignored: ignored::of(self.query, self.document, self.values, self.plan, self.limits),
            layers,
            left_out: self.plan.left_out.iter().map(LeftOut::new).collect(),
            fonts: explainer.used,
            missing_glyphs,
            warnings: &warnings,
            bytes,
            hint: bytes.filter(|_| opaque).and_then(Bytes::hint),
        };
        // Strings and finite numbers always serialise.
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    template: &'a str,
    size: Option<&'a str>,
    revision: Option<u32>,
    variant: Option<&'a str>,
    src: &'a str,
    alt: &'a str,
    width: u32,
    height: u32,
    scale: f64,
    params: BTreeMap<&'a str, Param>,
    /// The names of the URL that changed nothing.
    ignored: Vec<Ignored>,
    layers: Vec<Layer<'a>>,
    left_out: Vec<LeftOut<'a>>,
    fonts: Vec<Font<'a>>,
    missing_glyphs: u32,
    warnings: &'a [String],
    bytes: Option<Bytes>,
    /// A better choice of format, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// File sizes in bytes.
#[derive(Clone, Copy, Serialize)]
struct Bytes {
    png: usize,
    jpg: usize,
}

/// The least number of bytes that a JPEG must save, to be worth its artefacts.
const MIN_GAIN_BYTES: usize = 10_000;

impl Bytes {
    /// Suggests JPEG if it has at most half the bytes of PNG: so it is if most of a picture is a
    /// photograph, and seldom if it is a drawing. Only call it for opaque pictures: JPEG would make
    /// a transparent backdrop white.
    fn hint(self) -> Option<String> {
        let Self { png, jpg } = self;
        let smaller = jpg.saturating_mul(2) <= png && png.saturating_sub(jpg) >= MIN_GAIN_BYTES;
        smaller.then(|| {
            let share = jpg.saturating_mul(100) / png.max(1);
            format!("as .jpg this picture has {share} % of the bytes that it has as .png: JPEG is made for photographs")
        })
    }
}

#[derive(Serialize)]
struct Param {
    value: Option<serde_json::Value>,
    /// `given`, `url-default`, `template-default`, `nothing`, `fallback`, `last-good`.
    source: &'static str,
    /// The reason why the URL's own value is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// The family of the merge tag, if the value is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'static str>,
    /// `why` and `tag` in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The repairs that the value needed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repairs: Vec<&'static str>,
}

impl Param {
    fn new(resolved: &crate::params::Resolved) -> Self {
        let failure = resolved.source.failure();
        Self {
            value: resolved.value.as_ref().map(Value::json),
            source: resolved.source.code(),
            why: resolved.source.missing().map(Missing::code).or_else(|| failure.map(Failure::code)),
            tag: resolved.source.missing().and_then(Missing::tag).map(Family::code),
            reason: resolved.source.missing().map(Missing::words).or_else(|| failure.map(|why| why.words().to_owned())),
            repairs: resolved.repairs.iter().map(Repair::code).collect(),
        }
    }
}

/// A layer that was drawn.
#[derive(Serialize)]
struct Layer<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "box")]
    frame: Frame,
    /// 0 to 1. `None` if it is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    opacity: Option<f64>,
    /// Degrees. `None` if it is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    rotate: Option<f64>,
    /// Where the corners of the box are in the picture, clockwise from its top left. `None` if neither the
    /// layer nor one around it is in perspective.
    #[serde(skip_serializing_if = "Option::is_none")]
    corners: Option<[[f64; 2]; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<Self>,
}

#[derive(Serialize)]
struct Frame {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Frame {
    fn new(frame: Rect) -> Self {
        let [x, y, width, height] = [frame.x, frame.y, frame.width, frame.height].map(rounded);
        Self { x, y, width, height }
    }
}

/// A text as it was drawn.
#[derive(Serialize)]
struct Text<'a> {
    /// In logical order, whatever the direction of the script.
    lines: Vec<String>,
    /// The fitted font size in template px.
    size: f64,
    asked: Asked<'a>,
    fonts: Vec<Font<'a>>,
    /// `none`, `ellipsis` or `clipped`; `beyond` if the text reaches out of its box.
    overflow: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_glyphs: Vec<Glyphless>,
}

/// The font and size that the template asked for. Sizes are in template px.
#[derive(Serialize)]
struct Asked<'a> {
    font: &'a str,
    weight: u16,
    size: f64,
    min_size: f64,
}

/// A font face that glyphs came from.
#[derive(Clone, PartialEq, Serialize)]
struct Font<'a> {
    family: &'a str,
    weight: u16,
}

/// A character that no font has.
#[derive(Serialize)]
struct Glyphless {
    /// `U+0645`
    code_point: String,
    count: u32,
}

/// An image layer as it was drawn.
#[derive(Serialize)]
struct Image<'a> {
    /// The sources, in the order in which they are tried: `asset:logo.png`, a URL,
    /// `initials`.
    sources: Vec<String>,
    /// The index of the source that is shown. `None` if no source could be shown.
    shown: Option<usize>,
    /// The size of the shown image in its own px. `None` for initials.
    natural_size: Option<NaturalSize>,
    /// The part of the shown image inside of its empty margins, in its own px. `None` if it is not
    /// trimmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Frame>,
    /// The point of the shown image that the crop is around, as fractions of the content. `None` if
    /// it is the middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    focus: Option<[f64; 2]>,
    /// The place that the shown image fills, in template px. `None` if it is the layer's box.
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<Frame>,
    /// `grayscale`, `tint #ffffff`, `duotone #000000 #ffffff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    /// `None` if the template does not ask for it, or if the logo is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    contrast: Option<Contrast>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fonts: Vec<Font<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_glyphs: Vec<Glyphless>,
}

/// How visible a logo is on its ground.
#[derive(Serialize)]
struct Contrast {
    /// `None` if it is not one colour, such as that of a photograph.
    #[serde(skip_serializing_if = "Option::is_none")]
    ground: Option<String>,
    /// Contrast ratio of the mean luminance of the first source with the ground, 1 to 21.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
    /// Share of the outline of the first source that vanishes on the ground, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    vanishing: Option<f64>,
    /// `none`, `dark_src` or `plate`.
    remedy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    plate: Option<String>,
}

impl Contrast {
    fn new(contrast: &layout::Contrast) -> Self {
        let (remedy, plate) = match contrast.remedy {
            Remedy::None => ("none", None),
            Remedy::Dark => ("dark_src", None),
            Remedy::Plate(color) => ("plate", Some(color.to_hex())),
        };
        Self {
            ground: contrast.ground.map(|ground| ground.color.to_hex()),
            ratio: contrast.ground.map(|ground| hundredths(ground.ratio)),
            vanishing: contrast.ground.map(|ground| hundredths(ground.vanishing)),
            remedy,
            plate,
        }
    }
}

#[derive(Serialize)]
struct NaturalSize {
    width: f64,
    height: f64,
}

/// A layer that was not drawn.
#[derive(Serialize)]
struct LeftOut<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// The condition that does not hold.
    when: &'a str,
}

impl<'a> LeftOut<'a> {
    fn new(layer: &'a crate::plan::LeftOut) -> Self {
        Self { path: &layer.path, id: id(&layer.name, &layer.path), when: &layer.when }
    }
}

/// Walks a scene in the order in which it was painted.
struct Explainer<'a> {
    fonts: &'a Fonts,
    pictures: &'a BTreeMap<usize, Shown>,
    /// Number of image layers so far: the key into `pictures`.
    images: usize,
    /// The fonts of all layers so far, each once.
    used: Vec<Font<'a>>,
}

impl<'a> Explainer<'a> {
    fn layers(&mut self, items: &'a [Item], place: &Place<'_>) -> Vec<Layer<'a>> {
        items.iter().map(|item| self.layer(item, &place.of(item))).collect()
    }

    fn layer(&mut self, item: &'a Item, place: &Place<'_>) -> Layer<'a> {
        let (mut text, mut image) = (None, None);
        // The images of fills, masks and maps have numbers too.
        self.skip(item.picture.as_deref());
        match &item.content {
            Content::Text(found) => text = Some(self.text(found)),
            Content::Image { sources, views, filter, contrast, .. } => {
                let found = self.image(sources, views, item.frame);
                let filter = filter.map(|filter| filter.to_string());
                image = Some(Image { filter, contrast: contrast.as_ref().map(Contrast::new), ..found });
            }
            Content::Box | Content::Ellipse | Content::Shape(_) => {}
        }
        let children = self.layers(&item.children, place);
        self.skip(item.mask.iter().chain(item.map.as_deref()));
        Layer {
            path: &item.path,
            id: id(&item.name, &item.path),
            kind: item.word,
            frame: Frame::new(item.frame),
            opacity: (item.look.opacity < 1.0).then(|| rounded(item.look.opacity)),
            rotate: (item.look.rotate != 0.0).then(|| rounded(item.look.rotate)),
            corners: place.is_warped().then(|| place.corners(item.frame).map(|(x, y)| [rounded(x), rounded(y)])),
            text,
            image,
            children,
        }
    }

    /// Counts the images of items that are no layers.
    fn skip<'i>(&mut self, items: impl IntoIterator<Item = &'i Item>) {
        for item in items {
            item.walk(&mut |item| {
                let is_image = matches!(item.content, Content::Image { .. });
                self.images = self.images.saturating_add(usize::from(is_image));
            });
        }
    }

    fn text(&mut self, found: &'a layout::Text) -> Text<'a> {
        let style = &found.style;
        Text {
            lines: lines(found),
            size: rounded(found.block.size),
            asked: Asked {
                font: &style.base.family,
                weight: style.base.instance.weight,
                size: rounded(style.size),
                min_size: rounded(style.min_size),
            },
            fonts: self.faces(&found.block),
            overflow: overflow(&found.block, style.overflow),
            missing_glyphs: glyphless(&found.report),
        }
    }

    /// The sources of an image, and how the shown one fills the box.
    fn image(&mut self, sources: &'a [Source], views: &[View], frame: Rect) -> Image<'a> {
        let shown = self.pictures.get(&self.images);
        let view = shown.filter(|shown| shown.natural.is_some()).and_then(|shown| views.get(shown.source));
        self.images = self.images.saturating_add(1);
        let initials = match shown.and_then(|shown| sources.get(shown.source)) {
            Some(Source::Initials { block, report, .. }) => Some((block, report)),
            Some(Source::Asset(_)) | None => None,
        };
        Image {
            sources: sources
                .iter()
                .map(|source| match source {
                    Source::Asset(name) if name.is_remote() => name.as_str().to_owned(),
                    Source::Asset(name) => format!("asset:{name}"),
                    Source::Initials { .. } => "initials".to_owned(),
                })
                .collect(),
            shown: shown.map(|shown| shown.source),
            natural_size: shown
                .and_then(|shown| shown.natural)
                .map(|size| NaturalSize { width: rounded(size.width), height: rounded(size.height) }),
            content: view.and_then(|view| view.part).map(Frame::new),
            focus: view
                .map(|view| view.focus)
                .filter(|focus| *focus != (0.5, 0.5))
                .map(|(x, y)| [rounded(x), rounded(y)]),
            area: view.map(|view| view.area).filter(|area| *area != frame).map(Frame::new),
            filter: None,
            contrast: None,
            fonts: initials.map(|(block, _)| self.faces(block)).unwrap_or_default(),
            missing_glyphs: initials.map(|(_, report)| glyphless(report)).unwrap_or_default(),
        }
    }

    /// The fonts of a block's glyphs, each once.
    fn faces(&mut self, block: &Block) -> Vec<Font<'a>> {
        let glyphs = block.lines.iter().flat_map(|line| &line.glyphs).filter(|glyph| glyph.id != 0);
        let ids = crate::ordered::set(glyphs.map(|glyph| (glyph.face, glyph.run)));
        let mut faces: Vec<Font<'a>> = Vec::new();
        for (face, run) in ids {
            let (Some(face), Some(letters)) = (self.fonts.get(face), block.runs.get(usize::from(run))) else {
                continue;
            };
            let font = Font { family: face.family(), weight: face.clamp_weight(letters.instance.weight) };
            // Several files may belong to one family.
            if !faces.contains(&font) {
                faces.push(font);
            }
        }
        for face in &faces {
            if !self.used.contains(face) {
                self.used.push(face.clone());
            }
        }
        faces
    }
}

/// The `id` of a layer. `None` if it has no `id`: then its name is its path.
fn id<'a>(name: &'a str, path: &str) -> Option<&'a str> {
    (name != path).then_some(name)
}

fn lines(found: &layout::Text) -> Vec<String> {
    let part = |range: Range<usize>| found.text.get(range).unwrap_or_default();
    let shown = |line: &text::Line| match &line.elided {
        Some(elided) => format!("{}…{}", part(line.text.start..elided.start), part(elided.end..line.text.end)),
        None => part(line.text.clone()).to_owned(),
    };
    found.block.lines.iter().map(shown).map(text::bidi::without_isolates).collect()
}

const fn overflow(block: &Block, wanted: Overflow) -> &'static str {
    match wanted {
        _ if block.overflows => "beyond",
        _ if !block.truncated => "none",
        Overflow::Ellipsis | Overflow::EllipsisMiddle | Overflow::EllipsisStart => "ellipsis",
        Overflow::Clip | Overflow::Visible => "clipped",
    }
}

fn glyphless(report: &Report) -> Vec<Glyphless> {
    let counted = |missing: &text::Missing| Glyphless {
        code_point: format!("U+{:04X}", u32::from(missing.character)),
        count: missing.count,
    };
    report.missing.iter().map(counted).collect()
}

/// Rounds to a hundredth, which is finer than an eye can see and hides the noise of an `f32`.
fn rounded(number: f32) -> f64 {
    hundredths(f64::from(number))
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::asset::Assets;
    use crate::encode;
    use crate::inputs::Inputs;
    use crate::limits::Limits;
    use crate::plan;
    use crate::render::Resources;
    use crate::request::{Format, Options};
    use crate::template::Template;

    /// The explanation of a template with the assets `logo.png` of 4 × 2 clear px, and `mark.png` of
    /// as many black px with clear margins of 1 px.
    fn explain(document: &str, query: &str) -> serde_json::Value {
        let limits = Limits::default();
        let template = Template::parse(document, &limits).unwrap();
        let (values, options) = (template.values(query, &limits), Options::read(query, &limits));
        let inputs = Inputs::new(&template, &values, &options, Format::Json);
        let plan = plan::plan(&inputs, &limits);
        let logo = encode::png::encode(&tiny_skia::Pixmap::new(4, 2).unwrap());
        let mut mark = tiny_skia::Pixmap::new(6, 4).unwrap();
        let black = tiny_skia::PremultipliedColorU8::from_rgba(0, 0, 0, 255).unwrap();
        for row in mark.pixels_mut().chunks_mut(6).skip(1).take(2) {
            row[1..5].fill(black);
        }
        let mark = encode::png::encode(&mark);
        let damaged = logo[..logo.len() / 2].to_vec();
        let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/assets/espresso-cup.jpg")).unwrap();
        let images = [("logo.png", logo), ("damaged.png", damaged), ("photo.jpg", photo), ("mark.png", mark)];
        let assets = Assets::from(images.map(|(name, bytes)| (name.into(), bytes.into())));
        let resources = Resources { assets, fonts: Fonts::embedded() };
        let drawn = render::draw(&inputs, &plan, &resources, None, &limits).unwrap();
        let explained = Explained {
            template: "welcome",
            size: None,
            revision: Some(7),
            variant: None,
            src: "https://img.example/i/welcome@7.png",
            query,
            document: &template.document,
            limits: &limits,
            values: &values,
            plan: &plan,
            drawn,
            fonts: &resources.fonts,
        };
        serde_json::from_str(&explained.json()).unwrap()
    }

    #[test]
    fn a_whole_document() {
        let document = r##"{ "width": 200, "height": 100, "alt": "Hi {{ name }}",
            "params": { "name": { "type": "text" }, "points": { "type": "number", "default": 0.5 }, "color": { "type": "color" } },
            "layers": [
                { "type": "text", "id": "hello", "text": "Hello\n{{ name }}", "x": 10, "y": 20, "width": 100, "height": 60, "size": 20 },
                { "type": "rect", "when": "points > 1", "fill": "#fff" },
                { "type": "stack", "id": "box", "x": "50%", "opacity": 0.5, "rotate": 45, "children": [
                    { "type": "image", "src": "asset:logo.png", "width": 8 } ] } ] }"##;
        let mut explained = explain(document, "name=Maria&color=nocolor&_dpr=2");
        let bytes = explained["bytes"].take();
        assert!(bytes["png"].as_u64() > Some(500) && bytes["jpg"].as_u64() > Some(500), "{bytes}");
        assert_eq!(
            explained,
            json!({
                "template": "welcome", "size": null, "revision": 7, "variant": null,
                "src": "https://img.example/i/welcome@7.png", "alt": "Hi Maria",
                "width": 400, "height": 200, "scale": 2.0,
                "params": {
                    "name": { "value": "Maria", "source": "given" },
                    "points": { "value": 0.5, "source": "template-default", "why": "absent", "reason": "missing: absent" },
                    "color": { "value": null, "source": "nothing", "why": "wrong-type", "reason": "missing: wrong type" },
                },
                "layers": [
                    { "path": "layers[0]", "id": "hello", "type": "text",
                      "box": { "x": 10.0, "y": 20.0, "width": 100.0, "height": 60.0 },
                      "text": {
                          "lines": ["Hello", "Maria"], "size": 20.0, "overflow": "none",
                          "asked": { "font": "Inter", "weight": 400, "size": 20.0, "min_size": 20.0 },
                          "fonts": [{ "family": "Inter", "weight": 400 }] } },
                    { "path": "layers[2]", "id": "box", "type": "stack", "opacity": 0.5, "rotate": 45.0,
                      "box": { "x": 100.0, "y": 0.0, "width": 8.0, "height": 4.0 },
                      "children": [
                          { "path": "layers[2].children[0]", "type": "image",
                            "box": { "x": 100.0, "y": 0.0, "width": 8.0, "height": 4.0 },
                            "image": { "sources": ["asset:logo.png"], "shown": 0, "natural_size": { "width": 4.0, "height": 2.0 } } } ] },
                ],
                "left_out": [{ "path": "layers[1]", "when": "points > 1" }],
                "ignored": [{ "name": "color", "reason": "expected a CSS colour such as 1e7a5f" }],
                "fonts": [{ "family": "Inter", "weight": 400 }],
                "missing_glyphs": 0,
                "warnings": [],
                "bytes": null,
            })
        );
    }

    #[test]
    fn a_photograph_gets_a_hint_at_jpeg() {
        let photo = |layers: &str, query: &str| {
            let background =
                r##""background": { "type": "linear", "stops": [{ "color": "#123" }, { "color": "#fed" }] }"##;
            explain(&format!(r#"{{ "width": 400, "height": 300, {background}, "layers": [{layers}] }}"#), query)
        };
        let over = |layer: &str, query: &str| {
            let explained = photo(layer, query);
            let bytes = |format: &str| explained["bytes"][format].as_u64().unwrap();
            (bytes("png"), bytes("jpg"), explained["hint"].as_str().map(str::to_owned))
        };
        let whole = r#"{ "type": "image", "src": "asset:photo.jpg", "width": 400, "height": 300, "fit": "cover" }"#;
        let (png, jpg, hint) = over(whole, "");
        let share = format!("{} %", jpg * 100 / png);
        assert!(jpg * 2 < png && hint.is_some_and(|hint| hint.contains(&share)), "{png} {jpg}");
        assert_eq!(over(whole, "_q=50").0, png, "without _q");
        let (png, jpg, hint) =
            over(r#"{ "type": "rect", "x": 20, "y": 20, "width": 200, "height": 100, "fill": "red" }"#, "");
        assert_eq!(hint, None, "{png} {jpg}");
        let (png, jpg, hint) = over(r#"{ "type": "image", "src": "asset:photo.jpg", "width": 90, "height": 60 }"#, "");
        assert_eq!(hint, None, "{png} {jpg}");
        let clear = r#"{ "width": 400, "height": 300, "layers": [{ "type": "image", "src": "asset:photo.jpg", "width": 300, "height": 300 }] }"#;
        assert_eq!(explain(clear, "")["hint"], json!(null));
    }

    #[test]
    fn texts_as_they_were_drawn() {
        for (text, fields, lines, size, overflow) in [
            ("Hello Maria", r#""max_lines": 1"#, json!(["Hello…"]), 20.0, "ellipsis"),
            ("Hello Maria", r#""max_lines": 1, "overflow": "clip""#, json!(["Hello M"]), 20.0, "clipped"),
            ("Hello Maria", r#""max_lines": 1, "overflow": "visible""#, json!(["Hello", "Maria"]), 20.0, "beyond"),
            ("Hello Maria", r#""max_lines": 1, "min_size": 5"#, json!(["Hello Maria"]), 15.0, "none"),
            ("one \n\n two", "\"x\": 0", json!(["one", "", " two"]), 20.0, "none"),
            ("", "\"x\": 0", json!([]), 20.0, "none"),
        ] {
            let document = format!(
                r#"{{ "width": 80, "height": 100, "params": {{ "t": {{ "type": "text", "default": {text:?} }} }},
                "layers": [{{ "type": "text", "text": "{{{{ t }}}}", "width": 80, "size": 20, {fields} }}] }}"#
            );
            let text = &explain(&document, "")["layers"][0]["text"];
            assert_eq!((&text["lines"], &text["overflow"]), (&lines, &json!(overflow)), "{fields}");
            assert!((text["size"].as_f64().unwrap() - size).abs() < 1.0, "{fields}: {}", text["size"]);
        }
    }

    #[test]
    fn characters_without_a_glyph() {
        let document = r#"{ "width": 100, "height": 100, "layers": [
            { "type": "text", "text": "אב אa", "size": 20 },
            { "type": "image", "src": "asset:none.png", "width": 40, "height": 40, "fallback": ["initials:ע"] } ] }"#;
        let explained = explain(document, "");
        let missing = json!([{ "code_point": "U+05D0", "count": 2 }, { "code_point": "U+05D1", "count": 1 }]);
        assert_eq!(explained["layers"][0]["text"]["missing_glyphs"], missing);
        assert_eq!(explained["layers"][1]["image"]["shown"], 1);
        assert_eq!(explained["layers"][1]["image"]["missing_glyphs"], json!([{ "code_point": "U+05E2", "count": 1 }]));
        assert_eq!(explained["missing_glyphs"], 4);
    }

    #[test]
    fn looks_of_images() {
        let explained = explain(
            r##"{ "width": 100, "height": 100, "background": "#000", "layers": [
            { "type": "image", "src": "asset:mark.png", "width": 40, "height": 20, "trim": true, "fit": "contain" },
            { "type": "image", "src": "asset:mark.png", "y": 25, "width": 40, "height": 20, "size": "optical", "filter": { "duotone": ["#000", "#ff0"] } },
            { "type": "image", "src": "asset:mark.png", "y": 50, "width": 40, "height": 20, "contrast": "auto", "focus": [0, 1] },
            { "type": "image", "src": "asset:mark.png", "y": 75, "width": 40, "height": 20, "contrast": "auto", "filter": "white" } ] }"##,
            "",
        );
        let image = |index: usize, field: &str| explained["layers"][index]["image"][field].clone();
        let content = json!({ "x": 1.0, "y": 1.0, "width": 4.0, "height": 2.0 });
        assert_eq!(
            (image(0, "natural_size"), image(0, "content")),
            (json!({ "width": 6.0, "height": 4.0 }), content.clone())
        );
        assert_eq!((image(0, "area"), image(0, "contrast")), (json!(null), json!(null)));
        // Half of 800 px, times the root of 0.35 for its ink: 21.76 x 10.88 px.
        let area = json!({ "x": 9.12, "y": 29.56, "width": 21.76, "height": 10.88 });
        assert_eq!((image(1, "content"), image(1, "area")), (content, area));
        assert_eq!(image(1, "filter"), json!("duotone #000000 #ffff00"));
        let plate =
            json!({ "ground": "#000000", "ratio": 1.0, "vanishing": 1.0, "remedy": "plate", "plate": "#ffffff" });
        assert_eq!((image(2, "contrast"), image(2, "focus")), (plate, json!([0.0, 1.0])));
        assert_eq!(image(2, "area"), json!({ "x": 2.4, "y": 52.4, "width": 35.2, "height": 15.2 }));
        let visible = json!({ "ground": "#000000", "ratio": 21.0, "vanishing": 0.0, "remedy": "none" });
        assert_eq!((image(3, "contrast"), image(3, "filter")), (visible, json!("tint #ffffff")));
    }

    #[test]
    fn images_that_could_not_be_shown() {
        let document = r#"{ "width": 100, "height": 100, "layers": [
            { "type": "image", "src": "asset:none.png", "width": 40, "height": 40, "fallback": ["asset:damaged.png", "asset:logo.png"] },
            { "type": "image", "src": "asset:none.png", "width": 40, "height": 40 } ] }"#;
        let explained = explain(document, "");
        let image = |index: usize| explained["layers"][index]["image"].clone();
        assert_eq!(
            (image(0)["shown"].clone(), image(0)["natural_size"].clone()),
            (json!(2), json!({ "width": 4.0, "height": 2.0 }))
        );
        assert_eq!((image(1)["shown"].clone(), image(1)["natural_size"].clone()), (json!(null), json!(null)));
        assert_eq!(explained["warnings"].as_array().unwrap().len(), 3, "{}", explained["warnings"]);
    }

    #[test]
    fn layers_in_perspective_have_four_points() {
        let document = r#"{ "width": 200, "height": 100, "layers": [
            { "type": "group", "width": 80, "height": 40, "corners": [[10, 10], ["95%", 20], [170, 90], [0, "80%"]],
              "children": [{ "type": "rect", "x": 40, "width": 40, "height": 40 }] },
            { "type": "rect", "width": 9, "height": 9 } ] }"#;
        let layers = explain(document, "")["layers"].clone();
        assert_eq!(layers[0]["corners"], json!([[10.0, 10.0], [190.0, 20.0], [170.0, 90.0], [0.0, 80.0]]));
        let child = &layers[0]["children"][0]["corners"];
        assert_eq!((&child[1], &child[2]), (&json!([190.0, 20.0]), &json!([170.0, 90.0])));
        assert_eq!(layers[1].get("corners"), None);
    }
}
