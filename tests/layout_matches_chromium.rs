//! Stacks and grids have the boxes that Chromium gives them.
//!
//! `tests/oracle/layouts.json` holds random trees of stacks, boxes and words, and `grids.json` of grids, each with
//! the box of each layer as Chromium has it (`tools/oracle-layout.mjs` makes and records them).

use std::collections::BTreeMap;

use monogram::Inputs;
use monogram::asset::Assets;
use monogram::font::Fonts;
use monogram::layout;
use monogram::limits::Limits;
use monogram::params::Values;
use monogram::plan;
use monogram::request::{Format, Options};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::util::{read_text, template};

/// Largest difference of a side or a place, in px.
const FAR_PX: f32 = 0.5;

/// The cases that differ, each with the reason.
const DIFFERENT: [(usize, &str); 8] =
    [(4, ASCENT), (6, ASCENT), (42, BOUND), (56, BOUND), (88, ASCENT), (154, BOUND), (167, BOUND), (169, BOUND)];

/// Those of the grids.
const DIFFERENT_GRIDS: [(usize, &str); 3] = [(52, ASCENT), (96, PERCENT), (118, WORD)];

const PERCENT: &str =
    "a percentage of a width that follows from the content counts as `auto`, and CSS resolves it again";
const WORD: &str = "a word that is wider than its column is broken here, and not in CSS";
const ASCENT: &str = "Chromium rounds the ascent of a font to whole px, and with it the baseline";
const BOUND: &str = "taffy 0.15 counts a bound of a child otherwise where it measures the stack around it, which hugs";

#[derive(Deserialize)]
struct Case {
    layer: Value,
    /// x, y, width and height in px, by the layer's id.
    boxes: BTreeMap<String, [f32; 4]>,
}

/// Gives texts the line height that they had in Chromium.
fn set_lines(layer: &mut Value) {
    if layer["type"] == "text" {
        layer["line_height"] = json!(1.2);
    }
    let children = layer.get_mut("children").and_then(Value::as_array_mut);
    children.into_iter().flatten().for_each(set_lines);
}

/// The boxes of a case, in the same way.
fn boxes(layer: &Value, limits: &Limits) -> BTreeMap<String, [f32; 4]> {
    let mut layer = layer.clone();
    set_lines(&mut layer);
    let document = json!({ "width": 400, "height": 300, "layers": [layer] }).to_string();
    let (template, values) = (template(&document), Values::new());
    // Boxes lie on whole px of the picture: the larger it is, the nearer they are to their exact place.
    let options = Options::read("_w=2000", limits);
    let plan = plan::plan(&Inputs::new(&template, &values, &options, Format::Png), limits);
    let scene = layout::layout(&plan, &Assets::new(), &Fonts::embedded(), limits);
    let mut boxes = BTreeMap::new();
    layout::walk(&scene.items, &mut |item| {
        let frame = item.frame;
        boxes.insert(item.name.clone(), [frame.x, frame.y, frame.width, frame.height]);
    });
    boxes
}

/// Compares the cases of a file, of which those of `different` are known to differ.
fn check(file: &str, different: &[(usize, &str)]) {
    let limits = Limits::default();
    let cases: Vec<Case> = serde_json::from_str(&read_text(&format!("tests/oracle/{file}.json"))).unwrap();
    assert!(cases.len() >= 120);
    let mut wrong = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let ours = boxes(&case.layer, &limits);
        assert!(ours.keys().eq(case.boxes.keys()), "{index}: other layers");
        let far = case.boxes.iter().find(|(id, theirs)| {
            let pairs = ours[*id].iter().zip(theirs.iter());
            pairs.into_iter().any(|(ours, theirs)| (ours - theirs).abs() > FAR_PX)
        });
        if let Some((id, theirs)) = far {
            wrong.push((index, format!("{index} {id}: {:?}, in Chromium {theirs:?}: {}", ours[id], case.layer)));
        }
    }
    let lines: Vec<&str> = wrong.iter().map(|(_, line)| line.as_str()).collect();
    let found = wrong.iter().map(|(index, _)| *index);
    assert!(
        found.eq(different.iter().map(|(index, _)| *index)),
        "{} of {} trees differ, and not those that are known to:\n{}",
        wrong.len(),
        cases.len(),
        lines.join("\n")
    );
}

#[test]
fn stacks_are_where_chromium_puts_them() {
    check("layouts", &DIFFERENT);
}

#[test]
fn grids_are_where_chromium_puts_them() {
    check("grids", &DIFFERENT_GRIDS);
}
