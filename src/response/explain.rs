//! The view `.json`: why a picture looks as it does, for who writes templates.
//!
//! Layers are told as they came out, not as they were asked for: in the order in which they are drawn, with the boxes,
//! sizes, fonts and pictures that they got. Lengths are template px; `width` and `height` of the document are output px,
//! and `scale` is how many of these one of those is. A box is told before its layer's `rotate` and those around it.
//!
//! `bytes` are those of the picture as PNG and as JPEG, without the `_q` of the URL; where JPEG is much the smaller one, `hint` says so.
//!
//! `variant` is always null: templates have no variants yet.
//!
//! Invariant: it holds the values of its URL, so it goes to nobody but who sent them: `no-store`, and not into a log.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use crate::font::{FaceId, Fonts};
use crate::layout::{self, Content, Item, Picture};
use crate::paint::{Painted, Shown};
use crate::params::merge_tag::Family;
use crate::params::{Missing, Repair, Value, Values};
use crate::plan::Plan;
use crate::render::{self, Drawn};
use crate::text::{self, Block, Overflow, Report};

/// Everything that an explanation is made of.
pub struct Explained<'a> {
    /// The template's id.
    pub template: &'a str,
    /// The revision; `None` is the live one.
    pub revision: Option<u32>,
    /// The absolute URL of the picture.
    pub src: &'a str,
    /// The resolved params.
    pub values: &'a Values,
    /// What was to be drawn.
    pub plan: &'a Plan,
    /// What came of it; its pixels are given away to the encoders.
    pub drawn: Drawn,
    /// The fonts that it was drawn with.
    pub fonts: &'a Fonts,
}

impl Explained<'_> {
    /// The document, as JSON.
    #[must_use]
    pub fn json(self) -> String {
        let Drawn { scene, painted } = self.drawn;
        let Painted { pixels, pictures, missing_glyphs, warnings, printed } = painted;
        let opaque = pixels.pixels().iter().all(|pixel| pixel.alpha() == 255);
        let bytes = render::sizes(pixels, printed).ok().map(|[png, jpg]| Bytes { png, jpg });
        let mut teller = Teller { fonts: self.fonts, pictures: &pictures, images: 0, used: Vec::new() };
        let layers = teller.layers(&scene.items);
        let mut params = BTreeMap::new();
        params.extend(self.values.iter().map(|(name, resolved)| (name.as_str(), Param::new(resolved))));
        let document = Document {
            template: self.template,
            revision: self.revision,
            variant: None,
            src: self.src,
            alt: &self.plan.alt,
            width: scene.width,
            height: scene.height,
            scale: rounded(scene.scale),
            params,
            layers,
            left_out: self.plan.left_out.iter().map(LeftOut::new).collect(),
            fonts: teller.used,
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
    revision: Option<u32>,
    variant: Option<&'a str>,
    src: &'a str,
    alt: &'a str,
    width: u32,
    height: u32,
    scale: f64,
    params: BTreeMap<&'a str, Param>,
    layers: Vec<Layer<'a>>,
    left_out: Vec<LeftOut<'a>>,
    fonts: Vec<Font<'a>>,
    missing_glyphs: u32,
    warnings: &'a [String],
    bytes: Option<Bytes>,
    /// What would serve this picture better.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// How large the files are.
#[derive(Clone, Copy, Serialize)]
struct Bytes {
    png: usize,
    jpg: usize,
}

/// A JPEG that is smaller by less than so many bytes is not worth its artefacts.
const MIN_GAIN_BYTES: usize = 10_000;

impl Bytes {
    /// Where a photograph makes up most of an opaque picture, JPEG has half the bytes of PNG or fewer; where it is drawn, seldom so.
    /// (A clear ground would become white, which is no choice of ours.)
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
    /// `given`, `url-default`, `template-default`, `nothing`.
    source: &'static str,
    /// Why the URL's own value does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// Whose merge tag it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'static str>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What was repaired.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repairs: Vec<&'static str>,
}

impl Param {
    fn new(resolved: &crate::params::Resolved) -> Self {
        Self {
            value: resolved.value.as_ref().map(json_value),
            source: resolved.source.code(),
            why: resolved.source.missing().map(Missing::code),
            tag: resolved.source.missing().and_then(Missing::tag).map(Family::code),
            reason: resolved.source.missing().map(Missing::words),
            repairs: resolved.repairs.iter().map(Repair::code).collect(),
        }
    }
}

fn json_value(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) | Value::Choice(text) | Value::Image(text) => text.as_str().into(),
        Value::Number(number) => (*number).into(),
        Value::Color(color) => color.to_hex().into(),
        Value::Datetime(moment) => moment.to_string().into(),
    }
}

/// A layer that is there.
#[derive(Serialize)]
struct Layer<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "box")]
    frame: Frame,
    /// 0 to 1, where it is not 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    opacity: Option<f64>,
    /// Degrees, where it is not 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    rotate: Option<f64>,
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

/// What became of a text.
#[derive(Serialize)]
struct Text<'a> {
    /// As they are read, whatever the direction in which they are written.
    lines: Vec<String>,
    /// The fitted font size.
    size: f64,
    asked: Asked<'a>,
    fonts: Vec<Font<'a>>,
    /// `none` `ellipsis` `clipped`; `beyond` its box.
    overflow: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_glyphs: Vec<Glyphless>,
}

/// What the template asked of a text.
#[derive(Serialize)]
struct Asked<'a> {
    font: &'a str,
    weight: u16,
    size: f64,
    min_size: f64,
}

/// A face that letters were taken from.
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

/// What became of a picture.
#[derive(Serialize)]
struct Image<'a> {
    /// Tried in turn: `asset:logo.png`, `initials`.
    sources: Vec<String>,
    /// The index of the one that is seen; null where none could be had.
    shown: Option<usize>,
    /// What it measures in px of its own; null of initials.
    natural_size: Option<NaturalSize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fonts: Vec<Font<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_glyphs: Vec<Glyphless>,
}

#[derive(Serialize)]
struct NaturalSize {
    width: f64,
    height: f64,
}

/// A layer that is not there.
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

/// Walks a scene in drawing order, as painting did.
struct Teller<'a> {
    fonts: &'a Fonts,
    pictures: &'a BTreeMap<usize, Shown>,
    /// Images so far: the key into `pictures`.
    images: usize,
    /// Fonts so far.
    used: Vec<Font<'a>>,
}

impl<'a> Teller<'a> {
    fn layers(&mut self, items: &'a [Item]) -> Vec<Layer<'a>> {
        items.iter().map(|item| self.layer(item)).collect()
    }

    fn layer(&mut self, item: &'a Item) -> Layer<'a> {
        let (mut text, mut image) = (None, None);
        match &item.content {
            Content::Text(found) => text = Some(self.text(found)),
            Content::Image { sources, .. } => image = Some(self.image(sources)),
            Content::Box | Content::Ellipse | Content::Shape(_) => {}
        }
        let frame = item.frame;
        Layer {
            path: &item.path,
            id: id(&item.name, &item.path),
            kind: item.kind,
            frame: Frame {
                x: rounded(frame.x),
                y: rounded(frame.y),
                width: rounded(frame.width),
                height: rounded(frame.height),
            },
            opacity: (item.opacity < 1.0).then(|| rounded(item.opacity)),
            rotate: (item.rotate != 0.0).then(|| rounded(item.rotate)),
            text,
            image,
            children: self.layers(&item.children),
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

    fn image(&mut self, sources: &'a [Picture]) -> Image<'a> {
        let shown = self.pictures.get(&self.images);
        self.images = self.images.saturating_add(1);
        let initials = match shown.and_then(|shown| sources.get(shown.source)) {
            Some(Picture::Initials { block, report, .. }) => Some((block, report)),
            Some(Picture::Asset(_)) | None => None,
        };
        Image {
            sources: sources
                .iter()
                .map(|source| match source {
                    Picture::Asset(name) => format!("asset:{name}"),
                    Picture::Initials { .. } => "initials".to_owned(),
                })
                .collect(),
            shown: shown.map(|shown| shown.source),
            natural_size: shown
                .and_then(|shown| shown.natural)
                .map(|size| NaturalSize { width: rounded(size.width), height: rounded(size.height) }),
            fonts: initials.map(|(block, _)| self.faces(block)).unwrap_or_default(),
            missing_glyphs: initials.map(|(_, report)| glyphless(report)).unwrap_or_default(),
        }
    }

    /// The faces of a block's letters, each once.
    fn faces(&mut self, block: &Block) -> Vec<Font<'a>> {
        let glyphs = block.lines.iter().flat_map(|line| &line.glyphs).filter(|glyph| glyph.id != 0);
        let mut ids: Vec<(FaceId, u16)> = glyphs.map(|glyph| (glyph.face, glyph.run)).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut faces: Vec<Font<'a>> = Vec::new();
        for (face, run) in ids {
            let (Some(face), Some(letters)) = (self.fonts.get(face), block.runs.get(usize::from(run))) else {
                continue;
            };
            let font = Font { family: face.family(), weight: face.clamp_weight(letters.instance.weight) };
            // A family may be in several files.
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

/// The `id` of a layer that has one: without it, its name is its path.
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
    let told = |missing: &text::Missing| Glyphless {
        code_point: format!("U+{:04X}", u32::from(missing.character)),
        count: missing.count,
    };
    report.missing.iter().map(told).collect()
}

/// To a hundredth: what an eye can see, without the noise of an `f32`.
fn rounded(number: f32) -> f64 {
    (f64::from(number) * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::encode;
    use crate::limits::Limits;
    use crate::paint::Assets;
    use crate::params;
    use crate::render::Resources;
    use crate::request::Options;
    use crate::template::Template;

    /// The explanation of a template with the asset `logo.png` of 4 × 2 px.
    fn explain(document: &str, query: &str) -> serde_json::Value {
        let limits = Limits::default();
        let template = Template::parse(document, &limits).unwrap();
        let values = params::resolve(&template.document.params, &template.document.missing, query, &limits);
        let plan = crate::plan::plan(&template, &values, &Options::read(query, &limits), &limits);
        let logo = encode::png::encode(&tiny_skia::Pixmap::new(4, 2).unwrap());
        let damaged = logo[..logo.len() / 2].to_vec();
        let photo = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/assets/espresso-cup.jpg")).unwrap();
        let images = [("logo.png", logo), ("damaged.png", damaged), ("photo.jpg", photo)];
        let images = Assets::from(images.map(|(name, bytes)| (name.to_owned(), bytes.into())));
        let resources = Resources { images, ..Resources::default() };
        let drawn = render::draw(&template, &plan, &resources, &limits).unwrap();
        let explained = Explained {
            template: "welcome",
            revision: Some(7),
            src: "https://img.example/i/welcome@7.png",
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
        let mut told = explain(document, "name=Maria&color=nocolor&_dpr=2");
        let bytes = told["bytes"].take();
        assert!(bytes["png"].as_u64() > Some(500) && bytes["jpg"].as_u64() > Some(500), "{bytes}");
        assert_eq!(
            told,
            json!({
                "template": "welcome", "revision": 7, "variant": null,
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
                "fonts": [{ "family": "Inter", "weight": 400 }],
                "missing_glyphs": 0,
                "warnings": [],
                "bytes": null,
            })
        );
    }

    #[test]
    fn a_photograph_is_better_as_jpeg() {
        let photo = |layers: &str, query: &str| {
            let background =
                r##""background": { "type": "linear", "stops": [{ "color": "#123" }, { "color": "#fed" }] }"##;
            explain(&format!(r#"{{ "width": 400, "height": 300, {background}, "layers": [{layers}] }}"#), query)
        };
        let over = |layer: &str, query: &str| {
            let told = photo(layer, query);
            let bytes = |format: &str| told["bytes"][format].as_u64().unwrap();
            (bytes("png"), bytes("jpg"), told["hint"].as_str().map(str::to_owned))
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
    fn what_became_of_texts() {
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
        let told = explain(document, "");
        let missing = json!([{ "code_point": "U+05D0", "count": 2 }, { "code_point": "U+05D1", "count": 1 }]);
        assert_eq!(told["layers"][0]["text"]["missing_glyphs"], missing);
        assert_eq!(told["layers"][1]["image"]["shown"], 1);
        assert_eq!(told["layers"][1]["image"]["missing_glyphs"], json!([{ "code_point": "U+05E2", "count": 1 }]));
        assert_eq!(told["missing_glyphs"], 4);
    }

    #[test]
    fn pictures_that_could_not_be_had() {
        let document = r#"{ "width": 100, "height": 100, "layers": [
            { "type": "image", "src": "asset:none.png", "width": 40, "height": 40, "fallback": ["asset:damaged.png", "asset:logo.png"] },
            { "type": "image", "src": "asset:none.png", "width": 40, "height": 40 } ] }"#;
        let told = explain(document, "");
        let image = |index: usize| told["layers"][index]["image"].clone();
        assert_eq!(
            (image(0)["shown"].clone(), image(0)["natural_size"].clone()),
            (json!(2), json!({ "width": 4.0, "height": 2.0 }))
        );
        assert_eq!((image(1)["shown"].clone(), image(1)["natural_size"].clone()), (json!(null), json!(null)));
        assert_eq!(told["warnings"].as_array().unwrap().len(), 3, "{}", told["warnings"]);
    }
}
