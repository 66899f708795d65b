//! What the page is told beside the pixels. Lengths are in template px.

use std::collections::BTreeMap;

use serde::Serialize;

use monogram::error::Problem;
use monogram::geometry::Rect;
use monogram::layout::{Content, Item, Place, Scene};
use monogram::paint::Painted;
use monogram::params::{Missing, Value, Values};
use monogram::plan::Plan;

use crate::files::Lacking;

/// A mistake in a template.
#[derive(Serialize)]
pub struct Mistake<'a> {
    code: &'static str,
    field: Option<&'a str>,
    message: &'a str,
    remedy: Option<&'a str>,
}

impl<'a> Mistake<'a> {
    /// The mistake that a problem tells of.
    pub fn of(problem: &'a Problem) -> Self {
        let (field, remedy) = (problem.field.as_deref(), problem.remedy.as_deref());
        Self { code: problem.code, field, message: &problem.message, remedy }
    }

    /// As a JSON document.
    pub fn json(&self) -> String {
        // Strings always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// How a picture came out.
#[derive(Serialize)]
pub struct Report<'a> {
    /// Of the output, in px.
    width: u32,
    height: u32,
    /// Output px per template px.
    scale: f32,
    /// From bottom to top.
    boxes: Vec<Box<'a>>,
    /// Paths of the layers whose `when` does not hold.
    left_out: Vec<&'a str>,
    params: BTreeMap<&'a str, Param>,
    alt: &'a str,
    missing_glyphs: u32,
    warnings: &'a [String],
    lacking: Lacking,
}

/// The box of a layer, before its own rotation and those of the layers around it.
#[derive(Serialize)]
struct Box<'a> {
    path: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    /// Degrees clockwise around its middle.
    #[serde(skip_serializing_if = "is_zero")]
    rotate: f32,
    /// Where its corners are in the picture, clockwise from its top left, where rotations alone do not say
    /// it: if it or a layer around it is in perspective, leans or is scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    corners: Option<[[f64; 2]; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<Self>,
}

/// A text as it was set.
#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
    /// The fitted font size.
    size: f64,
    lines: usize,
}

#[derive(Serialize)]
struct Param {
    value: Option<serde_json::Value>,
    /// `given`, `template-default`, `nothing`…
    source: &'static str,
    /// Why the query's own value is not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl<'a> Report<'a> {
    /// The report on a picture; `boxes` is its scene at the template's own size.
    pub fn new(
        plan: &'a Plan,
        scene: &Scene,
        boxes: &'a Scene,
        painted: &'a Painted,
        values: &'a Values,
        lacking: Lacking,
    ) -> Self {
        let param = |resolved: &monogram::params::Resolved| Param {
            value: resolved.value.as_ref().map(Value::json),
            source: resolved.source.code(),
            why: resolved.source.missing().map(Missing::code),
        };
        Self {
            width: scene.width,
            height: scene.height,
            scale: scene.scale,
            boxes: boxes.items.iter().map(|item| Box::of(item, &Place::PICTURE, true)).collect(),
            left_out: plan.left_out.iter().map(|layer| layer.path.as_str()).collect(),
            params: values.iter().map(|(name, resolved)| (name.as_str(), param(resolved))).collect(),
            alt: &plan.alt,
            missing_glyphs: painted.missing_glyphs,
            warnings: &painted.warnings,
            lacking,
        }
    }

    /// As a JSON document.
    pub fn json(&self) -> String {
        // Strings and finite numbers always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl<'a> Box<'a> {
    /// `is_rigid`: whether the layers around it are only turned.
    fn of(item: &'a Item, outer: &Place<'_>, is_rigid: bool) -> Self {
        let place = outer.of(item);
        let look = &item.look;
        let is_rigid = is_rigid && item.warp.is_none() && look.skew == 0.0 && look.scale == [1.0; 2];
        let Rect { x, y, width, height } = item.frame;
        let [x, y, width, height] = [x, y, width, height].map(hundredths);
        let text = match &item.content {
            Content::Text(text) => {
                Some(Text { text: &text.text, size: hundredths(text.block.size), lines: text.block.lines.len() })
            }
            _ => None,
        };
        let children = item.children.iter().map(|child| Self::of(child, &place, is_rigid)).collect();
        let corners = (!is_rigid).then(|| place.corners(item.frame).map(|(x, y)| [hundredths(x), hundredths(y)]));
        Self { path: &item.path, kind: item.word, x, y, width, height, rotate: look.rotate, corners, text, children }
    }
}

fn hundredths(px: f32) -> f64 {
    (f64::from(px) * 100.0).round() / 100.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(degrees: &f32) -> bool {
    *degrees == 0.0
}
