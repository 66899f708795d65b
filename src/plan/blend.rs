//! Colour stops whose colours blend in Oklab → more stops, whose colours blend in sRGB with the same
//! look.
//!
//! Oklab is a linear image of the cube roots of cone responses (Björn Ottosson, "A perceptual color
//! space for image processing", 2020; CSS Color 4, section 9.2), so that these roots can be mixed
//! themselves.

use crate::color::{Color, linear};

use super::Stop;

/// Stops of a gradient, with those that are added.
const MOST: usize = 128;

/// Pieces between two stops.
const PIECES: usize = 32;

/// How often the way between two stops is halved: where a colour begins in black, its channels rise
/// steeply.
const HALVINGS: usize = 8;

/// Cone responses, as roots, and alpha; all of them premultiplied.
type Roots = [f64; 4];

/// Stops that blend in sRGB as these do in Oklab.
pub(super) fn in_oklab(stops: &[Stop]) -> Vec<Stop> {
    let most = (MOST / stops.len().max(1)).clamp(1, PIECES);
    let mut out = Vec::new();
    for (from, to) in stops.iter().zip(stops.iter().skip(1)) {
        out.push(*from);
        if to.offset <= from.offset {
            continue;
        }
        let (first, last) = (roots(from.color), roots(to.color));
        let at = |part: f32| color(mixed(first, last, f64::from(part)));
        let mut ends = vec![0.0, 1.0];
        for _ in 0..HALVINGS {
            let mut finer = Vec::new();
            let mut room = most.saturating_add(1).saturating_sub(ends.len());
            for (from, to) in ends.iter().zip(ends.iter().skip(1)) {
                finer.push(*from);
                if room > 0 && is_bent(&at, *from, *to) {
                    finer.push((from + to) / 2.0);
                    room = room.saturating_sub(1);
                }
            }
            finer.push(1.0);
            if finer.len() == ends.len() {
                break;
            }
            ends = finer;
        }
        let inner = ends.iter().filter(|part| **part > 0.0 && **part < 1.0);
        out.extend(inner.map(|part| Stop { offset: from.offset + (to.offset - from.offset) * part, color: at(*part) }));
    }
    out.extend(stops.last());
    out
}

/// Whether a colour between two places of the way is more than a level from the straight line.
fn is_bent(at: &impl Fn(f32) -> Color, from: f32, to: f32) -> bool {
    let (one, other) = (at(from), at(to));
    [1_u8, 2, 3].into_iter().any(|quarters| {
        let middle = at(from + (to - from) * f32::from(quarters) / 4.0);
        let apart = |of: fn(Color) -> u8| {
            let [one, other, middle] = [one, other, middle].map(|color| u16::from(of(color)));
            let (part, rest) = (u16::from(quarters), 4_u16.saturating_sub(u16::from(quarters)));
            let line = one.saturating_mul(rest).saturating_add(other.saturating_mul(part));
            line.abs_diff(middle.saturating_mul(4)) > 4
        };
        apart(|color| color.r) || apart(|color| color.g) || apart(|color| color.b)
    })
}

fn mixed(first: Roots, last: Roots, part: f64) -> Roots {
    let mut mixed = first;
    mixed.iter_mut().zip(last).for_each(|(one, other)| *one += (other - *one) * part);
    mixed
}

fn roots(color: Color) -> Roots {
    let [r, g, b] = [color.r, color.g, color.b].map(linear);
    let alpha = f64::from(color.a) / 255.0;
    let root = |[red, green, blue]: [f64; 3]| libm::cbrt(red * r + green * g + blue * b) * alpha;
    [
        root([0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9]),
        root([0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6]),
        root([0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5]),
        alpha,
    ]
}

fn color([l, m, s, alpha]: Roots) -> Color {
    if alpha <= 0.0 {
        return Color::TRANSPARENT;
    }
    let [l, m, s] = [l, m, s].map(|root| {
        let root = root / alpha;
        root * root * root
    });
    let channel = |[long, medium, short]: [f64; 3]| {
        let value = (long * l + medium * m + short * s).clamp(0.0, 1.0);
        let coded = if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * libm::pow(value, 1.0 / 2.4) - 0.055 };
        level(coded)
    };
    Color {
        r: channel([4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2]),
        g: channel([-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5]),
        b: channel([-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701_0]),
        a: level(alpha),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 and a half")]
fn level(value: f64) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_that_of_oklab() {
        // As Chromium computes `color-mix(in oklab, …)`.
        for (from, to, middle) in [
            ("#000", "#fff", "#636363"),
            ("#00f", "#ff0", "#6cabc7"),
            ("#f00", "#00f", "#8c53a2"),
            ("#123456", "#123456", "#123456"),
        ] {
            let of = |text: &str| roots(text.parse().unwrap());
            let found = color(mixed(of(from), of(to), 0.5));
            let expected: Color = middle.parse().unwrap();
            let near = |one: u8, other: u8| one.abs_diff(other) <= 1;
            assert!(
                near(found.r, expected.r) && near(found.g, expected.g) && near(found.b, expected.b),
                "{from} to {to}: {}",
                found.to_hex()
            );
        }
    }

    #[test]
    fn stops_are_few_and_in_order() {
        let stop = |offset, text: &str| Stop { offset, color: text.parse().unwrap() };
        let even = in_oklab(&[stop(0.0, "#800"), stop(0.4, "#800"), stop(0.4, "#00f"), stop(1.0, "#00f0")]);
        assert_eq!(even.first().map(|stop| stop.offset), Some(0.0));
        assert_eq!(even.last().map(|stop| stop.offset), Some(1.0));
        let bent = in_oklab(&[stop(0.0, "#00f"), stop(1.0, "#ff0")]);
        assert!((5..=33).contains(&bent.len()), "{}", bent.len());
        assert!(bent.windows(2).all(|pair| pair[0].offset < pair[1].offset));
        let many: Vec<_> =
            (0..32_u8).map(|at| stop(f32::from(at) / 31.0, if at % 2 == 0 { "#00f" } else { "#ff0" })).collect();
        assert!(in_oklab(&many).len() <= MOST);
    }
}
