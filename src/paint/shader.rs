//! Paints → tiny-skia shaders, in the box that they fill. Gradients as in CSS Images 4.

use tiny_skia::{LinearGradient, Point, RadialGradient, Shader, SpreadMode, SweepGradient, Transform};

use crate::geometry::{Rect, px};
use crate::layout::shade::{circle, line, point};
use crate::layout::turn;
use crate::plan::{Paint, Stop};

use super::stops;

/// A paint that covers `frame`, at `opacity`.
pub fn paint(paint: &Paint, frame: Rect, opacity: f32) -> tiny_skia::Paint<'static> {
    let mut shader = match paint {
        Paint::Color(color) => Shader::SolidColor(stops::color(*color)),
        Paint::Picture => Shader::SolidColor(tiny_skia::Color::TRANSPARENT),
        Paint::Linear { angle, repeat, stops, .. } => linear((*angle, *repeat), stops, frame),
        Paint::Radial { center, radius, repeat, stops, .. } => radial(circle(*center, *radius, frame), *repeat, stops),
        Paint::Conic { center, angle, repeat, stops } => conic(point(*center, frame), (*angle, *repeat), stops),
    };
    if opacity < 1.0 {
        shader.apply_opacity(opacity);
    }
    let force_hq_pipeline = match paint {
        Paint::Color(_) | Paint::Picture => false,
        Paint::Linear { stops, .. } | Paint::Radial { stops, .. } | Paint::Conic { stops, .. } => {
            stops::are_refined(stops)
        }
    };
    tiny_skia::Paint { shader, anti_alias: true, force_hq_pipeline, ..tiny_skia::Paint::default() }
}

/// The paint of a degenerate gradient: its last colour, as in CSS.
fn last(stops: &[Stop]) -> Shader<'static> {
    Shader::SolidColor(stops.last().map_or(tiny_skia::Color::TRANSPARENT, |stop| stops::color(stop.color)))
}

/// What is beyond the ends of a gradient.
fn spread(repeat: f32) -> SpreadMode {
    if repeat > 0.0 { SpreadMode::Repeat } else { SpreadMode::Pad }
}

fn linear((angle, repeat): (f32, f32), stops: &[Stop], frame: Rect) -> Shader<'static> {
    let (start, mut end) = line(angle, frame);
    if repeat > 0.0 {
        let (sin, cos) = libm::sincosf(angle.to_radians());
        end = Point::from_xy(px(start.x + sin * repeat), px(start.y - cos * repeat));
    }
    LinearGradient::new(start, end, stops::skia(stops), spread(repeat), Transform::identity())
        .unwrap_or_else(|| last(stops))
}

fn radial((center, radius): (Point, f32), repeat: f32, stops: &[Stop]) -> Shader<'static> {
    let radius = if repeat > 0.0 { px(repeat) } else { radius };
    RadialGradient::new(center, 0.0, center, radius, stops::skia(stops), spread(repeat), Transform::identity())
        .unwrap_or_else(|| last(stops))
}

/// CSS counts from the top, tiny-skia from the right.
fn conic(center: Point, (angle, repeat): (f32, f32), stops: &[Stop]) -> Shader<'static> {
    let turn = turn::around(angle - 90.0, center.x, center.y);
    // tiny-skia scales no angle of a gradient that starts at 0.
    const NEARLY_ZERO: f32 = 1.0 / 1_024.0;
    let (start, end) = if repeat > 0.0 { (-NEARLY_ZERO, repeat.min(360.0) - NEARLY_ZERO) } else { (0.0, 360.0) };
    SweepGradient::new(center, start, end, stops::skia(stops), spread(repeat), turn).unwrap_or_else(|| last(stops))
}
