//! The outlines of shapes with a name, in a box of any size: corners and tails keep their form where
//! a stretched path would lose it.

use std::f32::consts::TAU;

use tiny_skia::{Path, PathBuilder};

use crate::geometry::{Rect, px};
use crate::plan::Figure;
use crate::template::document::{Tail, Word};

/// A corner of an outline, and the px by which it is rounded.
type Corner = (f32, f32, f32);

/// The outline of a figure in a box whose corners have `radius` px. `None` if the box is empty.
pub fn outline(figure: &Figure, frame: Rect, radius: f32) -> Option<Path> {
    let (wide, high) = (px(frame.width), px(frame.height));
    if wide <= 0.0 || high <= 0.0 {
        return None;
    }
    let corners = match figure.word {
        Word::Arrow => arrow(wide, high, figure.depth, radius),
        Word::Chevron => chevron(wide, high, figure.depth, radius),
        Word::Ribbon => ribbon(wide, high, figure.depth, radius),
        Word::Badge => burst(wide, high, figure.points.unwrap_or(16), figure.depth.unwrap_or(0.12), radius),
        Word::Star => burst(wide, high, figure.points.unwrap_or(5), figure.depth.unwrap_or(0.5), radius),
        Word::Bubble => bubble(wide, high, figure, radius),
    };
    let corners: Vec<Corner> = corners.into_iter().map(|(x, y, radius)| (frame.x + x, frame.y + y, radius)).collect();
    rounded(&corners)
}

/// An arrow to the right.
fn arrow(wide: f32, high: f32, depth: Option<f32>, radius: f32) -> Vec<Corner> {
    let head = depth.map_or_else(|| (high * 0.62).min(wide * 0.6), |depth| wide * depth);
    let (neck, shaft) = (wide - head, high * 0.44);
    let (top, bottom) = ((high - shaft) / 2.0, (high + shaft) / 2.0);
    [(0.0, top), (neck, top), (neck, 0.0), (wide, high / 2.0), (neck, high), (neck, bottom), (0.0, bottom)]
        .map(|(x, y)| (x, y, radius))
        .to_vec()
}

/// A step that points to the right, and has room for the one before it.
fn chevron(wide: f32, high: f32, depth: Option<f32>, radius: f32) -> Vec<Corner> {
    let head = depth.map_or_else(|| (high * 0.4).min(wide * 0.4), |depth| wide * depth);
    [(0.0, 0.0), (wide - head, 0.0), (wide, high / 2.0), (wide - head, high), (0.0, high), (head, high / 2.0)]
        .map(|(x, y)| (x, y, radius))
        .to_vec()
}

/// A band whose ends are cut in.
fn ribbon(wide: f32, high: f32, depth: Option<f32>, radius: f32) -> Vec<Corner> {
    let cut = depth.map_or_else(|| (high * 0.35).min(wide * 0.3), |depth| wide * depth);
    [(0.0, 0.0), (wide, 0.0), (wide - cut, high / 2.0), (wide, high), (0.0, high), (cut, high / 2.0)]
        .map(|(x, y)| (x, y, radius))
        .to_vec()
}

/// A ring of points, whose inner corners are `depth` of the radius nearer to the middle.
fn burst(wide: f32, high: f32, points: usize, depth: f32, radius: f32) -> Vec<Corner> {
    let corners = points.saturating_mul(2);
    let inner = 1.0 - depth.clamp(0.0, 0.99);
    (0..corners)
        .map(|index| {
            #[expect(clippy::cast_precision_loss, reason = "there are at most some dozen")]
            let (sin, cos) = libm::sincosf(index as f32 / corners as f32 * TAU);
            let far = if index.is_multiple_of(2) { 1.0 } else { inner };
            (wide / 2.0 * (1.0 + far * sin), high / 2.0 * (1.0 - far * cos), radius)
        })
        .collect()
}

/// A speech bubble: a rounded box, and a tail that leans to its corner.
fn bubble(wide: f32, high: f32, figure: &Figure, radius: f32) -> Vec<Corner> {
    let tail = figure.depth.map_or_else(|| (wide.min(high) * 0.2).min(36.0), |depth| high * depth);
    // The body first as if the tail were below it, at the left.
    let is_side = matches!(figure.tail, Tail::Left | Tail::Right);
    let (along, across) = if is_side { (high, wide) } else { (wide, high) };
    let body = (across - tail).max(0.0);
    let root = (tail * 1.1).min(along * 0.4);
    // Where the tail begins on its side, and how far its tip leans.
    let (start, lean) = match figure.tail {
        Tail::Bottom | Tail::Top | Tail::Left | Tail::Right => ((along - root) / 2.0, root / 2.0),
        Tail::BottomLeft | Tail::TopLeft => (radius.max(tail * 0.6).min(along * 0.4), 0.0),
        Tail::BottomRight | Tail::TopRight => (along - root - radius.max(tail * 0.6).min(along * 0.4), root),
    };
    let tip = (tail * 0.08).min(radius);
    let corners = [
        (0.0, 0.0, radius),
        (along, 0.0, radius),
        (along, body, radius),
        (start + root, body, 0.0),
        (start + lean, body + tail, tip),
        (start, body, 0.0),
        (0.0, body, radius),
    ];
    corners
        .map(|(x, y, radius)| match figure.tail {
            Tail::Bottom | Tail::BottomLeft | Tail::BottomRight => (x, y, radius),
            Tail::Top | Tail::TopLeft | Tail::TopRight => (x, high - y, radius),
            Tail::Left => (wide - y, x, radius),
            Tail::Right => (y, x, radius),
        })
        .to_vec()
}

/// A closed outline with rounded corners, each by no more than half of its shorter edge.
fn rounded(corners: &[Corner]) -> Option<Path> {
    let count = corners.len();
    let at = |index: usize| corners.get(index % count.max(1)).copied().unwrap_or_default();
    let mut builder = PathBuilder::new();
    for index in 0..count {
        let (before, here, after) =
            (at(index.saturating_add(count).saturating_sub(1)), at(index), at(index.saturating_add(1)));
        // The point on the edge to `other` where the curve begins or ends.
        let edge = |other: Corner| {
            let (dx, dy) = (other.0 - here.0, other.1 - here.1);
            let length = libm::hypotf(dx, dy);
            // Two round corners share their edge.
            let most = if other.2 > 0.0 { 0.5 } else { 1.0 };
            let part = if length > 0.0 { (here.2 / length).min(most) } else { 0.0 };
            (px(here.0 + dx * part), px(here.1 + dy * part))
        };
        let ((x1, y1), (x2, y2)) = (edge(before), edge(after));
        if index == 0 {
            builder.move_to(x1, y1);
        } else {
            builder.line_to(x1, y1);
        }
        if here.2 > 0.0 {
            // A quarter of a circle where the edges stand upright on each other.
            let arm = |from: f32, corner: f32| from + (corner - from) * 0.552_285;
            builder.cubic_to(arm(x1, here.0), arm(y1, here.1), arm(x2, here.0), arm(y2, here.1), x2, y2);
        }
    }
    builder.close();
    builder.finish()
}
