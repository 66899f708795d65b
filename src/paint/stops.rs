//! Colour stops → those of tiny-skia, with the same colours between them as in CSS.
//!
//! CSS interpolates premultiplied colours (CSS Images 3, section 3.4.2), so that `red → transparent`
//! does not pass through grey. tiny-skia interpolates colours that are not premultiplied. Between
//! stops of one alpha both are the same. Between others, stops are added at which tiny-skia has the
//! colour of CSS.

use tiny_skia::GradientStop;

use crate::color::Color;
use crate::plan::Stop;

/// Largest difference of a channel from its value in CSS, of 1: a quarter of a level, so that
/// rounding to levels is most of the error.
const TOLERANCE: f32 = 0.25 / 255.0;

/// Maximum number of added stops. tiny-skia compares each pixel with each stop. Two stops need at
/// most 15 more, so only gradients with many changes of alpha are less exact.
const MAX_ADDED: usize = 96;

/// A colour as tiny-skia has it.
pub fn color(color: Color) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(color.r, color.g, color.b, color.a)
}

/// Number of tiny-skia's stops for these stops, where a clear stop counts once.
pub fn count(stops: &[Stop]) -> usize {
    stops.len().saturating_add(wanted(stops).min(MAX_ADDED))
}

/// Whether stops are added. The fast pipeline of tiny-skia rounds to levels before it multiplies by
/// alpha, and would be a second level off.
pub fn are_refined(stops: &[Stop]) -> bool {
    wanted(stops) > 0
}

/// Number of stops that would be added without a budget.
fn wanted(stops: &[Stop]) -> usize {
    pairs(stops).map(|(from, to)| added(from, to)).sum()
}

/// tiny-skia's stops for these stops.
pub fn skia(stops: &[Stop]) -> Vec<GradientStop> {
    let wanted = wanted(stops);
    let mut out = Vec::with_capacity(stops.len().saturating_mul(2).saturating_add(wanted.min(MAX_ADDED)));
    for (index, stop) in stops.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| stops.get(index));
        let after = stops.get(index.saturating_add(1));
        if let Some(before) = before {
            let added = added(before, stop);
            between(
                &mut out,
                before,
                stop,
                added.saturating_mul(MAX_ADDED).checked_div(wanted.max(MAX_ADDED)).unwrap_or(0),
            );
        }
        if stop.color.a > 0 {
            out.push(GradientStop::new(stop.offset, color(stop.color)));
            continue;
        }
        // A clear stop takes the colours of its neighbours, one on each side.
        for neighbour in [before, after].into_iter().flatten() {
            out.push(GradientStop::new(stop.offset, color(Color { a: 0, ..neighbour.color })));
        }
    }
    out
}

fn pairs(stops: &[Stop]) -> impl Iterator<Item = (&Stop, &Stop)> {
    stops.iter().zip(stops.iter().skip(1))
}

fn channels(color: Color) -> [f32; 4] {
    [color.r, color.g, color.b, color.a].map(|channel| f32::from(channel) / 255.0)
}

/// Number of stops to add between two stops.
///
/// Where alpha goes from `a` to `b`, a straight channel of CSS is `p + q / alpha`, with
/// `q = ab (c₁ - c₀) / (b - a)`. A chord of this curve between two alphas with the ratio `r`, times
/// its alpha, is at most `q (r - 1)² / 4r` off. So stops whose alphas have one ratio are all equally
/// exact.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn added(from: &Stop, to: &Stop) -> usize {
    let ([r, g, b, a], [other_r, other_g, other_b, other_a]) = (channels(from.color), channels(to.color));
    let apart = (r - other_r).abs().max((g - other_g).abs()).max((b - other_b).abs());
    if from.color.a == to.color.a || from.color.a == 0 || to.color.a == 0 || apart <= 0.0 || from.offset >= to.offset {
        return 0;
    }
    let curve = a * other_a * apart / (a - other_a).abs();
    // r + 1/r - 2 = 4 · tolerance / q
    let half = 2.0 * TOLERANCE / curve;
    let ratio = 1.0 + half + (half * (half + 2.0)).sqrt();
    let parts = libm::logf(a.max(other_a) / a.min(other_a)) / libm::logf(ratio);
    (parts.ceil().clamp(1.0, 32.0) as usize).saturating_sub(1)
}

/// Adds `count` stops between two stops.
#[expect(clippy::cast_precision_loss, reason = "a few stops")]
fn between(out: &mut Vec<GradientStop>, from: &Stop, to: &Stop, count: usize) {
    let ([r, g, b, first], [to_r, to_g, to_b, last]) = (channels(from.color), channels(to.color));
    let ratio = libm::powf(last / first, 1.0 / count.saturating_add(1) as f32);
    let mut alpha = first;
    for _ in 0..count {
        alpha *= ratio;
        let part = (alpha - first) / (last - first);
        let straight = |from: f32, to: f32| ((1.0 - part) * from * first + part * to * last) / alpha;
        let channels = [straight(r, to_r), straight(g, to_g), straight(b, to_b), alpha];
        let [r, g, b, a] = channels.map(|channel| channel.clamp(0.0, 1.0));
        let offset = from.offset + (to.offset - from.offset) * part;
        out.extend(tiny_skia::Color::from_rgba(r, g, b, a).map(|color| GradientStop::new(offset, color)));
    }
}

#[cfg(test)]
mod tests {
    use tiny_skia::{LinearGradient, Pixmap, Point, SpreadMode, Transform};

    use super::*;

    const WIDTH: u32 = 1000;

    fn stop((offset, rgba): (f32, u32)) -> Stop {
        let [r, g, b, a] = rgba.to_be_bytes();
        Stop { offset, color: Color { r, g, b, a } }
    }

    /// The largest difference between a premultiplied channel that tiny-skia draws and the one that
    /// CSS interpolates, in levels.
    fn error(stops: &[Stop]) -> f32 {
        let (start, end) = (Point::zero(), Point::from_xy(WIDTH as f32, 0.0));
        let shader = LinearGradient::new(start, end, skia(stops), SpreadMode::Pad, Transform::identity()).unwrap();
        let mut drawn = Pixmap::new(WIDTH, 1).unwrap();
        let row = tiny_skia::Rect::from_xywh(0.0, 0.0, WIDTH as f32, 1.0).unwrap();
        drawn.fill_rect(
            row,
            &tiny_skia::Paint { shader, force_hq_pipeline: are_refined(stops), ..Default::default() },
            Transform::identity(),
            None,
        );
        let premultiplied = |stop: &Stop| {
            let [r, g, b, a] = channels(stop.color);
            [r * a, g * a, b * a, a]
        };
        let mut largest = 0.0_f32;
        for (x, pixel) in (0..WIDTH).zip(drawn.pixels()) {
            let at = (x as f32 + 0.5) / WIDTH as f32;
            let after = stops.iter().position(|stop| stop.offset > at).unwrap_or(stops.len() - 1).max(1);
            let (from, to) = (&stops[after - 1], &stops[after]);
            let part = ((at - from.offset) / (to.offset - from.offset)).clamp(0.0, 1.0);
            let drawn = [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()];
            for ((from, to), drawn) in premultiplied(from).iter().zip(premultiplied(to)).zip(drawn) {
                largest = largest.max(((from + (to - from) * part) * 255.0 - f32::from(drawn)).abs());
            }
        }
        largest
    }

    #[test]
    fn colors_are_interpolated_premultiplied() {
        for (first, last) in [
            (0xffff_ffe6, 0x0000_001a),
            (0xff00_00ff, 0x00ff_0080),
            (0xff00_00ff, 0x0000_ff01),
            (0xffff_ff02, 0x0000_00ff),
            (0xffff_ffff, 0x0000_00fe),
            (0x1234_5680, 0xfedc_ba7f),
            (0xff00_00ff, 0x0000_ff00),
            (0xff00_0000, 0x0000_ffff),
            (0x1234_5610, 0x1234_56ff),
        ] {
            let stops = [stop((0.0, first)), stop((1.0, last))];
            let error = error(&stops);
            let most = if are_refined(&stops) { 0.8 } else { 1.8 };
            assert!(error <= most, "{first:08x} to {last:08x}: {error} levels");
            assert!(count(&stops) <= 17, "{first:08x} to {last:08x}: {} stops", count(&stops));
        }
        let list = [(0.1, 0xffff_ffff), (0.3, 0xff00_0010), (0.3, 0x00ff_00ff), (0.6, 0), (0.9, 0x0000_ff80)];
        let error = error(&list.map(stop));
        assert!(error <= 0.8, "{error} levels");
    }

    #[test]
    fn stops_of_one_alpha_stay_as_they_are() {
        for stops in [
            [(0.0, 0xff00_00ff), (0.5, 0x00ff_00ff), (1.0, 0x0000_ffff)],
            [(0.2, 0xff00_0080), (0.5, 0x00ff_0080), (0.5, 0x0000_ff80)],
            // The same colour, with more or less of it.
            [(0.0, 0xff00_0080), (0.5, 0xff00_00ff), (1.0, 0xff00_0001)],
        ] {
            let stops = stops.map(stop);
            let same = stops.map(|stop| GradientStop::new(stop.offset, color(stop.color)));
            assert_eq!(skia(&stops), same);
        }
    }

    #[test]
    fn many_changes_of_alpha_stay_within_the_budget() {
        let stop = |index: u8| {
            let color = if index.is_multiple_of(2) {
                Color { a: 255, ..Color::BLACK }
            } else {
                Color { a: 99, ..Color::rgb(255, 255, 255) }
            };
            Stop { offset: f32::from(index) / 31.0, color }
        };
        let stops: Vec<Stop> = (0..32).map(stop).collect();
        assert!(skia(&stops).len() <= count(&stops) && count(&stops) == 32 + MAX_ADDED);
        assert!(error(&stops) < 8.0);
    }
}
