//! Layers in perspective: the pixels of another resampler, corners that no box can be seen in, and
//! the budgets.
//!
//! `tests/oracle/perspective/` holds what Pillow makes of the same photographs (`tools/perspective.py`
//! records it).

use monogram::limits::Limits;
use monogram::template::Template;
use serde_json::{Value, json};

use crate::util::{World, png, read, read_text, template};

/// Largest mean difference of the channels of a case, edges apart, in levels.
const MEAN: f64 = 1.0;

/// A difference that another filter does not explain, in levels, and the most pixels of 60,000 that
/// have it: at edges, other filters are sharper.
const FAR: u8 = 60;
const EDGES: usize = 200;

#[test]
fn photographs_are_seen_as_by_pillow() {
    let mut world = World::new();
    world.assets.insert("squares.png".into(), read("tests/oracle/perspective/squares.png").into());
    let cases: Vec<Value> = serde_json::from_str(&read_text("tests/oracle/perspective/cases.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let layer = json!({ "type": "image", "src": format!("asset:{}", case["src"].as_str().unwrap()), "fit": "fill",
            "width": case["size"][0], "height": case["size"][1], "corners": case["corners"] });
        let document = json!({ "width": 300, "height": 200, "background": "#fff", "layers": [layer] }).to_string();
        let drawn = world.draw(&template(&document), "").painted;
        assert!(drawn.warnings.is_empty(), "{name}: {:?}", drawn.warnings);
        let file = format!("tests/oracle/perspective/{name}.png");
        let expected = png(&file, &read(&file));
        let (mut sum, mut far, mut count) = (0.0, 0, 0.0);
        let expected = expected.as_chunks().0;
        for (at, (pixel, [r, g, b, _])) in drawn.pixels.pixels().iter().zip(expected).enumerate() {
            let apart =
                [(pixel.red(), r), (pixel.green(), g), (pixel.blue(), b)].map(|(one, other)| one.abs_diff(*other));
            if !is_edge(expected, at) {
                sum += apart.iter().map(|apart| f64::from(*apart)).sum::<f64>() / 3.0;
                count += 1.0;
            }
            far += usize::from(apart.iter().any(|apart| *apart > FAR));
        }
        assert!(count > 40_000.0, "{name}: edges everywhere");
        let mean = sum / count;
        if mean > MEAN || far > EDGES {
            wrong.push(format!("{name}: {mean:.2} levels on average, {far} pixels are far off"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Whether a pixel has another colour than one beside it or below it.
fn is_edge(pixels: &[[u8; 4]], at: usize) -> bool {
    let others = [at + 1, at + 300, at.saturating_sub(1), at.saturating_sub(300)];
    let others = others.into_iter().filter_map(|other| pixels.get(other));
    others.into_iter().any(|other| other.iter().zip(pixels[at]).any(|(one, other)| one.abs_diff(other) > 48))
}

/// A picture with one layer in perspective.
fn document(fields: &str) -> String {
    format!(
        r##"{{ "width": 200, "height": 100, "params": {{ "n": {{ "type": "number", "default": 100 }} }}, "layers": [
            {{ "id": "seen", "type": "rect", "width": 80, "height": 40, "fill": "#f00", {fields} }} ] }}"##
    )
}

#[test]
fn corners_that_no_box_can_be_seen_in_are_errors() {
    for (fields, field, words) in [
        (r#""corners": [[0, 0], [0, 50], [90, 50], [90, 0]]"#, "corners", "anticlockwise"),
        (r#""corners": [[0, 0], [90, 50], [90, 0], [0, 50]]"#, "corners", "cross each other"),
        (r#""corners": [[0, 0], [90, 0], [20, 20], [0, 50]]"#, "corners", "dented"),
        (r#""corners": [[0, 0], [45, 0], [90, 0], [0, 50]]"#, "corners", "in a line"),
        (r#""corners": [[7, 7], [7, 7], [7, 7], [7, 7]]"#, "corners", "in a line"),
        (r#""corners": [["0%", "0%"], ["90%", "50%"], ["90%", "0%"], ["0%", "50%"]]"#, "corners", "cross each other"),
        (r#""corners": [[0, 0], [90000, 0], [90, 50], [0, 50]]"#, "corners", "too far outside"),
        (r#""corners": [[0, 0], [90, 0], [90, 50]]"#, "corners", "4"),
        (r#""corners": [[0], [90, 0], [90, 50], [0, 50]]"#, "corners", "2"),
        (r#""curve": { "angle": 200 }"#, "curve.angle", "180 degrees"),
        (r#""curve": { "angle": 90, "tilt": 75 }"#, "curve.tilt", "60 degrees"),
    ] {
        let problem = Template::parse(&document(fields), &Limits::default()).map(|_| ()).unwrap_err();
        let at = problem.field.clone().unwrap_or_default();
        assert!(at.starts_with(&format!("layers[0].{field}")), "{fields}: {at}");
        assert!(problem.message.contains(words), "{fields}: {}", problem.message);
    }
}

#[test]
fn corners_that_values_break_leave_the_layer_out() {
    let template = template(&document(r#""corners": [[0, 0], ["{{ n }}", 0], [100, 50], [0, 50]]"#));
    let world = World::new();
    let is_drawn = |query: &str| {
        let painted = world.draw(&template, query).painted;
        (painted.pixels.pixels().iter().any(|pixel| pixel.alpha() > 0), painted.warnings.into_lines())
    };
    assert_eq!(is_drawn(""), (true, Vec::new()));
    for n in ["-40", "0", "0.4", "1e30", "nan"] {
        let (drawn, warnings) = is_drawn(&format!("n={n}"));
        assert!(!drawn || warnings.is_empty(), "{n}: {warnings:?}");
        assert!(drawn || warnings.iter().any(|line| line.starts_with("seen.corners: ")), "{n}: {warnings:?}");
    }
    // A text without a word has no box, and that is no mistake.
    let text = document(r#""curve": { "angle": 90 }"#)
        .replace(r#""type": "rect", "width": 80, "height": 40"#, r#""type": "text", "text": """#);
    let painted = world.draw(&crate::util::template(&text), "").painted;
    assert!(painted.warnings.is_empty(), "{:?}", painted.warnings);
}

#[test]
fn too_little_memory_or_work_is_a_warning() {
    let template = template(&document(r#""corners": [[0, 0], [200, 0], [180, 100], [10, 90]]"#));
    let fields: [fn(&mut Limits); 2] = [|limits| limits.offscreen_bytes = 1_000, |limits| limits.paint_work = 20_000];
    for field in fields {
        let mut limits = Limits::default();
        field(&mut limits);
        let painted = World::with_limits(limits).draw(&template, "").painted;
        assert_eq!(painted.warnings.len(), 1, "{:?}", painted.warnings);
        assert!(painted.pixels.pixels().iter().all(|pixel| pixel.alpha() == 0));
    }
}

/// Two boxes beside each other, seen as halves of a quad, show no line between them; nor does one box
/// show where its surface ends.
#[test]
fn there_are_no_seams() {
    let halves = r##""type": "group", "width": 200, "height": 100, "children": [
        { "type": "rect", "width": 100, "height": 100, "fill": "#08f" },
        { "type": "rect", "x": 100, "width": 100, "height": 100, "fill": "#08f" } ]"##;
    let document = |corners: &str| {
        format!(r##"{{ "width": 200, "height": 100, "layers": [{{ {halves}, "corners": {corners} }}] }}"##)
    };
    for corners in
        ["[[-20, -30], [230, -9], [260, 140], [-40, 120]]", "[[-300, -9], [900, -400], [900, 500], [-300, 109]]"]
    {
        let painted = World::new().draw(&template(&document(corners)), "").painted;
        let wrong = painted
            .pixels
            .pixels()
            .iter()
            .filter(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()] != [0, 0x88, 0xff, 0xff]);
        assert_eq!(wrong.count(), 0, "{corners}");
    }
}

#[test]
fn a_flipped_and_a_straight_layer_are_mirror_images() {
    let draw = |fields: &str| {
        let document = format!(
            r##"{{ "width": 120, "height": 60, "layers": [{{ "type": "path", "width": 120, "height": 60, "fill": "#234",
                "d": "M5 5L110 20L60 55Z"{fields} }}] }}"##
        );
        let painted = World::new().draw(&template(&document), "").painted;
        let alpha: Vec<u8> = painted.pixels.pixels().iter().map(|pixel| pixel.alpha()).collect();
        alpha
    };
    let (plain, flipped) = (draw(""), draw(r#", "flip": "horizontal""#));
    let mirrored: Vec<u8> = plain.chunks(120).flat_map(|row| row.iter().rev().copied()).collect();
    let apart = mirrored.iter().zip(&flipped).map(|(one, other)| one.abs_diff(*other)).max();
    assert!(apart < Some(24), "{apart:?}");
    // Corners where the box is anyway change next to nothing.
    let seen = draw(r#", "corners": [[0, 0], [120, 0], [120, 60], [0, 60]]"#);
    let sum: u32 = plain.iter().zip(&seen).map(|(one, other)| u32::from(one.abs_diff(*other))).sum();
    assert!(sum < 2 * 7_200, "{sum}");
    assert!(draw(r#", "scale": 0"#).iter().all(|alpha| *alpha == 0));
    assert!(draw(r#", "skew": 80"#).iter().any(|alpha| *alpha > 0));
}
