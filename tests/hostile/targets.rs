//! What the fuzzers run, and what the tests replay: each function takes any bytes, and fails where
//! an invariant does not hold.
//!
//! The saved inputs of `tests/corpus/fuzz/` replay with `cargo test`; `make fuzz` looks for new
//! ones.

#[path = "generate.rs"]
pub mod generate;

use std::collections::BTreeMap;
use std::rc::Rc;

use monogram::Inputs;
use monogram::asset::AssetId;
use monogram::font::{Fonts, Instance, Pack};
use monogram::limits::Limits;
use monogram::plan;
use monogram::render::{self, Resources};
use monogram::request::{Format, Options};
use monogram::template::Template;
use monogram::text::{Paragraph, RunStyle, Style};
use serde_json::json;

/// A world with one picture.
struct World {
    limits: Limits,
    assets: BTreeMap<AssetId, Rc<[u8]>>,
}

impl World {
    fn with(name: &str, picture: Vec<u8>) -> Self {
        Self { limits: Limits::default(), assets: BTreeMap::from([(name.into(), picture.into())]) }
    }

    /// Draws a template, where it is legal: its picture must be whole, and within the budgets.
    fn draw(&self, document: &str, query: &str) {
        let limits = &self.limits;
        let Ok(template) = Template::parse(document, limits) else { return };
        let (values, options) = (template.values(query, limits), Options::read(query, limits));
        let inputs = Inputs::new(&template, &values, &options, Format::Png);
        let plan = plan::plan(&inputs, limits);
        let Ok(drawn) = render::draw(&inputs, &plan, &Resources::of(&plan, self), None, limits) else { return };
        let painted = drawn.painted;
        assert!(painted.spent.fits(limits), "{:?}", painted.spent);
        assert!(painted.warnings.len() <= limits.warnings + 1, "{} warnings", painted.warnings.len());
        let file = monogram::encode::encode(Format::Png, painted.pixels, None).unwrap();
        assert!(file.starts_with(b"\x89PNG") && file.ends_with(b"IEND\xaeB`\x82"));
    }
}

impl monogram::world::World for World {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn asset(&self, id: &AssetId) -> Option<Rc<[u8]>> {
        self.assets.get(id).cloned()
    }

    fn fonts(&self, _: &[&'static Pack]) -> Fonts {
        Fonts::embedded()
    }
}

/// A template that the bytes describe, as a picture 200 px wide: a larger one costs time and finds
/// no more.
pub fn template(bytes: &[u8]) {
    let generate::Request { document, query } = generate::request(bytes);
    World::with("avatar.png", picture(9, 7)).draw(&document, &format!("_w=200&{query}"));
}

/// The bytes as the text of a layer and as its condition.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let document = json!({
        "width": 64, "height": 32, "access": "public",
        "params": { "name": { "type": "text", "default": "Ann Lee" }, "n": { "type": "number", "default": 7 } },
        "layers": [{ "type": "text", "text": text }, { "type": "rect", "when": text, "fill": "{{ name }}" }],
    });
    let world = World::with("none.png", Vec::new());
    for query in ["", "name=&n=1e300", "name=%F0%9F%94%A5+x&n=-0.5"] {
        world.draw(&document.to_string(), query);
    }
}

/// A picture of some size in a box of some size: two bytes for each side, then how it fits.
pub fn scaling(bytes: &[u8]) {
    let mut bytes = bytes.iter().copied();
    let mut next = || bytes.next().unwrap_or(0);
    let (width, height) = (u32::from(next() % 64) + 1, u32::from(next() % 64) + 1);
    // Sixteenths of a px, because the edges of scaling are at fractions.
    let mut side = || f64::from(u16::from_be_bytes([next() % 16, next()])) / 16.0;
    let (x, y, w, h) = (side(), side(), side(), side());
    let fit = ["none", "cover", "contain", "fill", "scale-down"][usize::from(next() % 5)];
    let focus = [f64::from(next()) / 255.0, f64::from(next()) / 255.0];
    let rotate = if next() % 4 == 0 { f64::from(next()) } else { 0.0 };
    let dpr = ["1", "1.5", "2", "3"][usize::from(next() % 4)];
    let document = json!({
        "width": 200, "height": 150, "access": "public",
        "layers": [{ "type": "image", "src": "asset:a.png", "x": x - 64.0, "y": y - 64.0, "width": w, "height": h,
            "fit": fit, "focus": focus, "rotate": rotate }],
    });
    World::with("a.png", picture(width, height)).draw(&document.to_string(), &format!("_dpr={dpr}"));
}

/// The bytes as a template's own font. An outline must be within the limits.
pub fn font(bytes: &[u8]) {
    let limits = Limits::default();
    let mut fonts = Fonts::embedded();
    if fonts.add("Own", bytes.to_vec()).is_err() {
        return;
    }
    let base = RunStyle { family: "Own".to_owned(), instance: Instance::of_weight(650), ..RunStyle::default() };
    let style = Style { base: base.clone(), ..Style::default() };
    for text in ["Maria fi AVA e\u{301} Ñ Waffle LTfj", "السلام عليكم بِسْمِ"] {
        let block = Paragraph::new(text, &style, &fonts, &limits).fit(None, None);
        for glyph in block.lines.iter().flat_map(|line| &line.glyphs) {
            let segments = fonts.outline(glyph.face, &base.instance, glyph.id).map_or(0, |outline| outline.len());
            assert!(segments <= limits.glyph_segments * 2, "{segments} segments");
        }
    }
}

/// A PNG of a few px, each another colour, some of them transparent.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut pixels = tiny_skia::Pixmap::new(width, height).unwrap();
    for (at, pixel) in (0_u32..).zip(pixels.pixels_mut()) {
        let [a, b, c, d] = at.wrapping_mul(2_654_435_761).to_be_bytes();
        *pixel = tiny_skia::ColorU8::from_rgba(a, b, c, d | 0x40).premultiply();
    }
    monogram::encode::png::encode(&pixels)
}
