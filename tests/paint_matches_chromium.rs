//! Gradients, shadows, strokes, fits of images, filters, masks and blend modes have the pixels that
//! Chromium gives them.
//!
//! `tests/oracle/paint.json` holds the cases, each as layers of a template and as HTML;
//! `tests/oracle/paint/` holds the pictures that Chromium made of the HTML (`make oracle` records
//! them). Edges are smoothed by other rasterisers, so a few pixels may differ by more.

use monogram::limits::Limits;
use monogram::template::Template;
use serde::Deserialize;
use serde_json::{Value, json};
use tiny_skia::{ColorU8, PremultipliedColorU8};

use crate::util::{World, png, read, read_text, template};

/// Largest mean difference of the pixels of a case that are not [far](FAR) off, in levels: gradients are
/// rounded differently.
const MEAN: f64 = 1.0;

/// A difference that rounding does not explain, in levels.
const FAR: u8 = 40;

/// Largest number of pixels of a case that differ by more than that, of 9,600.
const EDGES: usize = 25;

#[derive(Deserialize)]
struct Case {
    name: String,
    layers: Value,
    background: Option<Value>,
    /// Where more pixels may differ.
    differs: Option<Differs>,
}

#[derive(Deserialize)]
struct Differs {
    pixels: usize,
    /// For readers.
    #[serde(rename = "reason")]
    _reason: String,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(&read_text("tests/oracle/paint.json")).unwrap()
}

impl Case {
    fn template(&self) -> Template {
        let mut document = json!({ "width": 120, "height": 80, "layers": self.layers });
        if let Some(background) = &self.background {
            document["background"] = background.clone();
        }
        template(&document.to_string())
    }
}

/// The largest difference of a channel, for each pixel of two pictures.
fn apart(one: &[PremultipliedColorU8], other: &[PremultipliedColorU8]) -> Vec<u8> {
    let channels = |pixel: &PremultipliedColorU8| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()];
    let largest = |(one, other): (&PremultipliedColorU8, &PremultipliedColorU8)| {
        channels(one).into_iter().zip(channels(other)).map(|(one, other)| one.abs_diff(other)).max().unwrap()
    };
    one.iter().zip(other).map(largest).collect()
}

fn mean(apart: &[u8]) -> f64 {
    apart.iter().map(|apart| f64::from(*apart)).sum::<f64>() / apart.len() as f64
}

#[test]
fn paint_is_as_in_chromium() {
    let (mut world, cases) = (World::new(), cases());
    for name in ["mark.png", "quarters.png", "hills.png"] {
        world.assets.insert(name.into(), read(&format!("tests/oracle/assets/{name}")).into());
    }
    let mut wrong = Vec::new();
    for case in &cases {
        let drawn = world.draw(&case.template(), "").painted;
        assert!(drawn.warnings.is_empty(), "{}: {:?}", case.name, drawn.warnings);
        let file = format!("tests/oracle/paint/{}.png", case.name.replace(' ', "-"));
        let expected = png(&file, &read(&file));
        let premultiplied = |[r, g, b, a]: &[u8; 4]| ColorU8::from_rgba(*r, *g, *b, *a).premultiply();
        let expected: Vec<_> = expected.as_chunks().0.iter().map(premultiplied).collect();
        let apart = apart(drawn.pixels.pixels(), &expected);
        let far = apart.iter().filter(|apart| **apart > FAR).count();
        let allowed = case.differs.as_ref().map_or(EDGES, |differs| differs.pixels);
        // Those at edges are counted, and not weighed.
        let near: Vec<u8> = apart.into_iter().filter(|apart| *apart <= FAR).collect();
        if mean(&near) > MEAN || far > allowed {
            wrong.push(format!("{}: {:.2} levels on average, {far} pixels are far off", case.name, mean(&near)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Thin lines at the edges are drawn on a copy of the pixels, or nearly alike without one.
#[test]
fn thin_lines_are_drawn_without_memory_too() {
    let poor = World::with_limits(Limits { offscreen_bytes: 0, ..Limits::default() });
    let at_edges = |case: &Case| case.name.ends_with("at the edges");
    let cases: Vec<Case> = cases().into_iter().filter(at_edges).collect();
    assert_eq!(cases.len(), 7);
    for case in cases {
        let (rich, poor) = (World::new().draw(&case.template(), "").painted, poor.draw(&case.template(), "").painted);
        assert!(poor.warnings.iter().any(|line| line.contains("less exactly")), "{}: {:?}", case.name, poor.warnings);
        let apart = apart(rich.pixels.pixels(), poor.pixels.pixels());
        assert!(mean(&apart) < 2.0 && apart.iter().any(|apart| *apart > 0), "{}: {}", case.name, mean(&apart));
    }
}
