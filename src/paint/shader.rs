//! Paints → tiny-skia shaders, in the box that they fill. Gradients as in CSS Images 4.

use tiny_skia::{GradientStop, LinearGradient, Point, RadialGradient, Shader, SpreadMode, SweepGradient, Transform};

use crate::color::Color;
use crate::geometry::{Rect, px};
use crate::plan::{Length, Paint, Stop};

use super::turn;

/// A paint that covers `frame`, at `opacity`.
pub fn paint(paint: &Paint, frame: Rect, opacity: f32) -> tiny_skia::Paint<'static> {
    let mut shader = match paint {
        Paint::Color(color) => Shader::SolidColor(skia(*color)),
        Paint::Linear { angle, stops } => linear(*angle, stops, frame),
        Paint::Radial { center, radius, stops } => radial(circle(*center, *radius, frame), stops),
        Paint::Conic { center, angle, stops } => conic(at(*center, frame), *angle, stops),
    };
    if opacity < 1.0 {
        shader.apply_opacity(opacity);
    }
    tiny_skia::Paint { shader, anti_alias: true, ..tiny_skia::Paint::default() }
}

/// A colour as tiny-skia has it.
pub fn skia(color: Color) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(color.r, color.g, color.b, color.a)
}

fn at((x, y): (Length, Length), frame: Rect) -> Point {
    Point::from_xy(px(frame.x + x.resolve(frame.width)), px(frame.y + y.resolve(frame.height)))
}

/// The paint of a degenerate gradient: its last colour, as in CSS.
fn last(stops: &[Stop]) -> Shader<'static> {
    Shader::SolidColor(stops.last().map_or(tiny_skia::Color::TRANSPARENT, |stop| skia(stop.color)))
}

/// The line through the middle at `angle`, long enough that the corners get the end colours, as in
/// CSS.
pub fn line(angle: f32, frame: Rect) -> (Point, Point) {
    let (sin, cos) = libm::sincosf(angle.to_radians());
    let half = ((frame.width * sin).abs() + (frame.height * cos).abs()) / 2.0;
    let (x, y) = (frame.x + frame.width / 2.0, frame.y + frame.height / 2.0);
    let start = Point::from_xy(px(x - sin * half), px(y + cos * half));
    (start, Point::from_xy(px(x + sin * half), px(y - cos * half)))
}

fn linear(angle: f32, stops: &[Stop], frame: Rect) -> Shader<'static> {
    let (start, end) = line(angle, frame);
    LinearGradient::new(start, end, skia_stops(stops), SpreadMode::Pad, Transform::identity())
        .unwrap_or_else(|| last(stops))
}

/// The middle and the radius. A fraction is relative to the distance to the farthest corner.
pub fn circle(center: (Length, Length), radius: Length, frame: Rect) -> (Point, f32) {
    let center = at(center, frame);
    let dx = (center.x - frame.x).abs().max((frame.right() - center.x).abs());
    let dy = (center.y - frame.y).abs().max((frame.bottom() - center.y).abs());
    (center, px(radius.resolve((dx * dx + dy * dy).sqrt())))
}

fn radial((center, radius): (Point, f32), stops: &[Stop]) -> Shader<'static> {
    RadialGradient::new(center, 0.0, center, radius, skia_stops(stops), SpreadMode::Pad, Transform::identity())
        .unwrap_or_else(|| last(stops))
}

/// CSS counts from the top, tiny-skia from the right.
fn conic(center: Point, angle: f32, stops: &[Stop]) -> Shader<'static> {
    let turn = turn::around(angle - 90.0, center.x, center.y);
    SweepGradient::new(center, 0.0, 360.0, skia_stops(stops), SpreadMode::Pad, turn).unwrap_or_else(|| last(stops))
}

/// tiny-skia blends colours that are not premultiplied, CSS those that are: `red → transparent`
/// must not pass through grey. So a clear stop takes the colours of its neighbours, one on each
/// side.
fn skia_stops(stops: &[Stop]) -> Vec<GradientStop> {
    let mut out = Vec::with_capacity(stops.len().saturating_mul(2));
    for (index, stop) in stops.iter().enumerate() {
        if stop.color.a > 0 {
            out.push(GradientStop::new(stop.offset, skia(stop.color)));
            continue;
        }
        let before = index.checked_sub(1).and_then(|index| stops.get(index));
        let after = stops.get(index.saturating_add(1));
        for neighbour in [before, after].into_iter().flatten() {
            out.push(GradientStop::new(stop.offset, skia(Color { a: 0, ..neighbour.color })));
        }
    }
    out
}
