//! How images look: trimmed margins, crops by detail, optical sizes, and logos on their ground.
//!
//! `looks/trim.txt` and `looks/crop.txt` are what Pillow finds (`make.py` beside them says how);
//! `looks/ground.json` are logos on grounds. Fits and filters are compared with Chromium, as other
//! paint is (`paint_matches_chromium`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use monogram::geometry::{Rect, Size};
use monogram::image::trim::content;
use monogram::image::{Detail, crop, decode, optical};
use monogram::layout::{Content, Remedy};
use monogram::limits::Limits;
use serde::Deserialize;
use serde_json::{Value, json};
use tiny_skia::Pixmap;

use crate::util::{World, read_text, template};

fn picture(encoded: &str) -> Pixmap {
    decode(&STANDARD.decode(encoded).unwrap(), &Limits::default()).unwrap()
}

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(field: &str) -> T {
    field.parse().unwrap()
}

#[test]
fn margins_are_those_that_pillow_finds() {
    let cases = read_text("tests/looks/trim.txt");
    let mut wrong = Vec::new();
    for case in cases.lines() {
        let fields: Vec<&str> = case.split(' ').collect();
        let [name, tolerance, left, top, right, bottom, png] = fields.as_slice() else { panic!("{case}") };
        let [left, top, right, bottom] = [left, top, right, bottom].map(|field| number::<f32>(field));
        let found = content(&picture(png), number(tolerance));
        let expected = Rect::new(left, top, right - left, bottom - top);
        if found.part != expected || !(0.0..=1.0).contains(&found.ink) {
            wrong.push(format!("{name}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cases.lines().count(), 35);
}

#[test]
fn crops_have_the_most_detail_that_pillow_finds() {
    let cases = read_text("tests/looks/crop.txt");
    let mut wrong = Vec::new();
    for case in cases.lines() {
        let fields: Vec<&str> = case.split(' ').collect();
        let [name, kind, width, height, begin, window, png] = fields.as_slice() else { panic!("{case}") };
        let picture = picture(png);
        let (whole, frame) =
            (Size::new(picture.width() as f32, picture.height() as f32), Size::new(number(width), number(height)));
        let detail = if *kind == "edges" { Detail::Edges } else { Detail::Entropy };
        let part = Rect::new(0.0, 0.0, whole.width, whole.height);
        let found = crop::focal(&picture, part, frame, detail);
        let is_wide = whole.width * frame.height > whole.height * frame.width;
        let side = if is_wide { whole.width } else { whole.height };
        let middle = ((number::<f32>(begin) + number::<f32>(window) / 2.0) / side).min(1.0);
        let expected = if is_wide { (middle, 0.5) } else { (0.5, middle) };
        if (found.0 - expected.0).abs() + (found.1 - expected.1).abs() > 1e-5 {
            wrong.push(format!("{name} {kind}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cases.lines().count(), 44);
}

/// A crop of a part is the crop of a picture that has only that part.
#[test]
fn a_crop_of_a_part_sees_the_part_alone() {
    let cases = read_text("tests/looks/crop.txt");
    for case in cases.lines() {
        let picture = picture(case.rsplit(' ').next().unwrap());
        let mut larger = Pixmap::new(picture.width() + 9, picture.height() + 7).unwrap();
        larger.fill(tiny_skia::Color::WHITE);
        larger.draw_pixmap(4, 5, picture.as_ref(), &Default::default(), Default::default(), None);
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        for detail in [Detail::Entropy, Detail::Edges] {
            let frame = Size::new(10.0, 13.0);
            let alone = crop::focal(&picture, Rect::new(0.0, 0.0, width, height), frame, detail);
            assert_eq!(crop::focal(&larger, Rect::new(4.0, 5.0, width, height), frame, detail), alone);
        }
    }
}

#[test]
fn logos_have_one_area_within_their_boxes() {
    let size = |width: f32, height: f32, ink, given| {
        let size = optical(Size::new(width, height), ink, given);
        (size.width.round() as i32, size.height.round() as i32)
    };
    let in_box = (Some(160.0), Some(80.0));
    for (width, height, ink, given, expected) in [
        // Half of the area of the box, as long as both sides fit.
        (100.0, 100.0, 0.35, in_box, (80, 80)),
        (200.0, 100.0, 0.35, in_box, (113, 57)),
        (400.0, 100.0, 0.35, in_box, (160, 40)),
        (800.0, 100.0, 0.35, in_box, (160, 20)),
        (100.0, 400.0, 0.35, in_box, (20, 80)),
        // Much ink makes it smaller, little ink larger.
        (200.0, 100.0, 1.0, in_box, (87, 44)),
        (200.0, 100.0, 0.1, in_box, (155, 77)),
        (200.0, 100.0, 0.0, in_box, (160, 80)),
        // One side is given: the box is twice as wide as high.
        (100.0, 100.0, 0.35, (None, Some(60.0)), (60, 60)),
        (400.0, 100.0, 0.35, (None, Some(60.0)), (120, 30)),
        (100.0, 400.0, 0.35, (None, Some(60.0)), (15, 60)),
        (400.0, 100.0, 0.35, (Some(120.0), None), (120, 30)),
        (100.0, 100.0, 0.35, (Some(120.0), None), (60, 60)),
        (300.0, 100.0, 0.35, (None, None), (300, 100)),
        (0.0, 100.0, 0.35, in_box, (0, 0)),
        (100.0, 100.0, 0.35, (Some(0.0), Some(9.0)), (0, 0)),
    ] {
        assert_eq!(size(width, height, ink, given), expected, "{width} x {height}, ink {ink}, {given:?}");
    }
}

#[derive(Deserialize)]
struct OnGround {
    name: String,
    background: Value,
    /// Below the logo.
    #[serde(default)]
    layers: Vec<Value>,
    /// Fields of the logo.
    logo: Value,
    /// `none`, `dark_src`, `plate #ffffff`, or `unknown` if the logo is not known or is opaque.
    remedy: String,
}

#[test]
fn a_logo_stays_visible_on_its_ground() {
    let world = World::new();
    let mut wrong = Vec::new();
    let cases: Vec<OnGround> = serde_json::from_str(&read_text("tests/looks/ground.json")).unwrap();
    for case in &cases {
        let mut logo = json!({ "type": "image", "x": 40, "y": 30, "width": 120, "height": 60, "contrast": "auto" });
        logo.as_object_mut().unwrap().extend(case.logo.as_object().unwrap().clone());
        let mut layers = case.layers.clone();
        layers.push(logo);
        let document = json!({ "width": 200, "height": 120, "background": case.background, "layers": layers });
        let drawn = world.draw(&template(&document.to_string()), "");
        let Some(Content::Image { contrast, .. }) = drawn.scene.items.last().map(|item| &item.content) else {
            panic!("{}", case.name)
        };
        let remedy = contrast.map_or_else(
            || "unknown".to_owned(),
            |contrast| match contrast.remedy {
                Remedy::None => "none".to_owned(),
                Remedy::Dark => "dark_src".to_owned(),
                Remedy::Plate(color) => format!("plate {}", color.to_hex()),
            },
        );
        if remedy != case.remedy {
            wrong.push(format!("{}: {remedy} instead of {} ({contrast:?})", case.name, case.remedy));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an image shows does not depend on what is cached, and costs no decoding the second time.
#[test]
fn surveys_are_the_same_from_the_cache() {
    let document = read_text("tests/golden/logos/template.json");
    let (cached, template) = (World::new().cached(), template(&document));
    let first = cached.draw(&template, "");
    let second = cached.draw(&template, "");
    let alone = cached.uncached().draw(&template, "");
    assert!(first.scene == second.scene && first.scene == alone.scene);
    assert!(first.painted.pixels == second.painted.pixels && first.painted.pixels == alone.painted.pixels);
    assert_eq!(alone.painted.warnings.len(), 0);
}

#[test]
fn surveys_have_a_budget() {
    let few = World::with_limits(Limits { image_pixels_surveyed_total: 100_000, ..Limits::default() });
    let document = r#"{ "width": 200, "height": 100, "layers": [
        { "id": "small", "type": "image", "src": "asset:logo-corvina.png", "height": 30, "trim": true },
        { "id": "large", "type": "image", "src": "asset:house-dusk.jpg", "width": 30, "height": 60, "focus": "edges" },
        { "id": "again", "type": "image", "src": "asset:logo-corvina.png", "height": 30, "trim": true } ] }"#;
    let drawn = few.draw(&template(document), "").painted;
    assert_eq!(
        drawn.warnings.into_lines(),
        [
            "large: the image was not searched for its content: one may have 2000000 px, and those of a picture 100000 px"
        ]
    );
    assert_eq!(drawn.pictures.len(), 3, "it is shown nevertheless");
}

/// Stacks hug what is left of a logo.
#[test]
fn a_stack_hugs_the_trimmed_logo() {
    let width = |fields: &str| {
        let document = format!(
            r#"{{ "width": 900, "height": 300, "layers": [{{ "type": "stack", "direction": "row", "children": [
                {{ "type": "image", "src": "asset:logo-corvina.png", "height": 80, {fields} }} ] }}] }}"#
        );
        let drawn = World::new().draw(&template(&document), "");
        drawn.scene.items[0].frame.width
    };
    // 480 x 160 px, of which 385 x 68 are ink.
    assert_eq!(width(r#""fit": "contain""#), 240.0);
    let trimmed = width(r#""trim": true"#);
    assert!((400.0..500.0).contains(&trimmed), "{trimmed}");
    let optical = width(r#""size": "optical""#);
    assert!((150.0..260.0).contains(&optical), "{optical}");
    assert_eq!(
        width(r#""size": "optical", "trim": false"#),
        width(r#""size": "optical", "trim": false, "opacity": 1"#)
    );
}

/// Pictures of one file, one size and one part differ by their filters, from the cache too.
#[test]
fn a_filter_is_part_of_what_is_cached() {
    let document = r#"{ "width": 90, "height": 30, "params": { "name": { "type": "text" } }, "layers": [
        { "type": "text", "text": "{{ name }}", "size": 8 },
        { "type": "image", "src": "asset:logo-halcyon.png", "width": 30, "height": 30 },
        { "type": "image", "src": "asset:logo-halcyon.png", "x": 30, "width": 30, "height": 30, "filter": "grayscale" },
        { "type": "image", "src": "asset:logo-halcyon.png", "x": 60, "width": 30, "height": 30, "filter": "black" } ] }"#;
    let (world, template) = (World::new().cached(), template(document));
    for query in ["", "name=A", "name=B"] {
        let pixels = world.draw(&template, query).painted.pixels;
        let at = |x: u32| pixels.pixel(x + 15, 10).unwrap().demultiply();
        let [own, grey, black] = [at(0), at(30), at(60)];
        assert!(own.red() > own.blue() && grey.red() == grey.blue() && grey.red() > 0 && black.red() == 0, "{query}");
    }
}

#[derive(Deserialize)]
struct OnGroundText {
    name: String,
    background: Option<Value>,
    /// Below the text.
    layers: Vec<Value>,
    /// Fields of the text.
    #[serde(default)]
    text: serde_json::Map<String, Value>,
    /// Fields of a group around it.
    around: Option<serde_json::Map<String, Value>>,
    /// `white` or `black`.
    ink: String,
    #[serde(default)]
    shadow: bool,
    /// A part of a warning.
    warns: Option<String>,
}

/// An asset of one colour for each px.
fn asset(width: u32, height: u32, level: impl Fn(u32, u32) -> u8) -> std::rc::Rc<[u8]> {
    let mut picture = Pixmap::new(width, height).unwrap();
    for (at, pixel) in (0..).zip(picture.pixels_mut()) {
        let level = level(at % width, at / width);
        *pixel = tiny_skia::PremultipliedColorU8::from_rgba(level, level, level, 255).unwrap();
    }
    monogram::encode::png::encode(&picture).into()
}

/// The text of a scene, wherever it is.
fn last_text(items: &[monogram::layout::Item]) -> Option<&monogram::layout::Item> {
    items.iter().rev().find_map(|item| match item.content {
        Content::Text(_) => Some(item),
        _ => last_text(&item.children),
    })
}

#[test]
fn a_text_stays_legible_on_its_ground() {
    let mut world = World::new();
    for (name, file) in [
        ("night.png", asset(300, 180, |x, y| 10 + ((x * 7 + y * 3) % 40) as u8)),
        ("day.png", asset(300, 180, |x, y| 190 + ((x * 7 + y * 3) % 60) as u8)),
        ("halves.png", asset(400, 120, |x, _| if x < 200 { 240 } else { 15 })),
        ("lamp.png", asset(300, 180, |x, y| if (100..106).contains(&x) && y < 110 { 255 } else { 12 })),
        ("large.png", asset(2_000, 1_200, |_, _| 0)),
    ] {
        world.assets.insert(name.into(), file);
    }
    let cases: Vec<OnGroundText> = serde_json::from_str(&read_text("tests/looks/legible.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let mut text = json!({ "type": "text", "text": "Mia Lopez", "x": 10, "y": 44, "width": 180, "size": 32, "align": "center", "max_lines": 1, "fill": "auto" });
        text.as_object_mut().unwrap().extend(case.text.clone());
        let mut layers = case.layers.clone();
        if let Some(around) = &case.around {
            let mut group = json!({ "type": "group", "width": 200, "height": 120, "children": [text] });
            group.as_object_mut().unwrap().extend(around.clone());
            text = group;
        }
        layers.push(text);
        let document = json!({ "width": 200, "height": 120, "background": case.background, "layers": layers });
        let drawn = world.draw(&template(&document.to_string()), "");
        let item = last_text(&drawn.scene.items).unwrap();
        let ink = match &item.look.fill {
            Some(monogram::plan::Paint::Color(color)) if color.r == 0 => "black",
            Some(monogram::plan::Paint::Color(_)) => "white",
            _ => "none",
        };
        let shadow = item.look.shadows.iter().any(|shadow| shadow.color.a == 0xb0);
        let own = case.text.contains_key("shadow");
        if (ink, shadow) != (case.ink.as_str(), case.shadow) || own && item.look.shadows.len() != 1 {
            wrong.push(format!("{}: {ink}, shadow {shadow}", case.name));
        }
        let warnings: Vec<&String> =
            drawn.painted.warnings.iter().filter(|line| !line.contains("could not be had")).collect();
        let warns = case.warns.as_ref().is_none_or(|part| warnings.iter().any(|line| line.contains(part)));
        if !warns || case.warns.is_none() && !warnings.is_empty() {
            wrong.push(format!("{}: {warnings:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
