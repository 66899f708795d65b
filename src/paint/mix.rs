//! The blend modes of CSS that tiny-skia has not exactly: its fast reciprocal is another one on each
//! processor, and equal inputs must give equal bytes.
//!
//! The formulas are those of Compositing and Blending 1, sections 5 and 9. Floats are only added,
//! multiplied and divided.

use crate::plan::Blend;

type Rgb = [f32; 3];

/// Blends a row of premultiplied RGBA onto another one at an opacity from 0 to 1.
#[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 and a half")]
pub fn row(below: &mut [u8], above: &[u8], opacity: f32, blend: Blend) {
    // Most px have the colours of the px before them.
    let mut last = ([0; 4], [0; 4], [0; 4]);
    for (pixel, above) in below.as_chunks_mut::<4>().0.iter_mut().zip(above.as_chunks::<4>().0) {
        if *above == [0; 4] {
            continue;
        }
        if (last.0, last.1) != (*pixel, *above) {
            let (backdrop, below_alpha) = straight(*pixel);
            let (source, above_alpha) = straight(*above);
            let above_alpha = above_alpha * opacity;
            let mixed = mix(blend, backdrop, source);
            let mut levels = [0; 4];
            for (((level, mixed), source), backdrop) in levels.iter_mut().zip(mixed).zip(source).zip(backdrop) {
                let both = above_alpha * below_alpha * mixed;
                let one = above_alpha * (1.0 - below_alpha) * source + (1.0 - above_alpha) * below_alpha * backdrop;
                *level = ((both + one).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            }
            let [r, g, b, _] = levels;
            let alpha = ((above_alpha + below_alpha - above_alpha * below_alpha) * 255.0 + 0.5) as u8;
            last = (*pixel, *above, [r.min(alpha), g.min(alpha), b.min(alpha), alpha]);
        }
        *pixel = last.2;
    }
}

/// A colour that is not premultiplied, and its alpha.
fn straight([r, g, b, a]: [u8; 4]) -> (Rgb, f32) {
    let alpha = f32::from(a.max(1));
    ([r, g, b].map(|channel| f32::from(channel) / alpha), f32::from(a) / 255.0)
}

/// The colour of two opaque ones.
fn mix(blend: Blend, backdrop: Rgb, source: Rgb) -> Rgb {
    let each = |mixed: fn(f32, f32) -> f32| {
        let mut colors = backdrop;
        colors.iter_mut().zip(source).for_each(|(backdrop, source)| *backdrop = mixed(*backdrop, source));
        colors
    };
    match blend {
        Blend::ColorDodge => each(dodge),
        Blend::ColorBurn => each(|backdrop, source| 1.0 - dodge(1.0 - backdrop, 1.0 - source)),
        Blend::Hue => with_luminosity(with_saturation(source, saturation(backdrop)), luminosity(backdrop)),
        Blend::Saturation => with_luminosity(with_saturation(backdrop, saturation(source)), luminosity(backdrop)),
        Blend::Color => with_luminosity(source, luminosity(backdrop)),
        Blend::Luminosity => with_luminosity(backdrop, luminosity(source)),
        _ => source,
    }
}

fn dodge(backdrop: f32, source: f32) -> f32 {
    if backdrop <= 0.0 {
        0.0
    } else if source >= 1.0 {
        1.0
    } else {
        (backdrop / (1.0 - source)).min(1.0)
    }
}

fn luminosity([r, g, b]: Rgb) -> f32 {
    0.3 * r + 0.59 * g + 0.11 * b
}

fn least([r, g, b]: Rgb) -> f32 {
    r.min(g).min(b)
}

fn most([r, g, b]: Rgb) -> f32 {
    r.max(g).max(b)
}

fn saturation(color: Rgb) -> f32 {
    most(color) - least(color)
}

/// `SetSat`: the same hue with another saturation.
fn with_saturation(color: Rgb, saturation: f32) -> Rgb {
    let (low, range) = (least(color), self::saturation(color));
    color.map(|channel| if range > 0.0 { (channel - low) * saturation / range } else { 0.0 })
}

/// `SetLum` and `ClipColor`: the same hue with another luminosity.
fn with_luminosity(color: Rgb, luminosity: f32) -> Rgb {
    let added = luminosity - self::luminosity(color);
    let color = color.map(|channel| channel + added);
    let (middle, low, high) = (self::luminosity(color), least(color), most(color));
    color.map(|channel| {
        let mut channel = channel;
        // A grey that is rounded beyond black or white has nothing to divide by.
        if low < 0.0 && low < middle {
            channel = middle + (channel - middle) * middle / (middle - low);
        }
        if high > 1.0 && high > middle {
            channel = middle + (channel - middle) * (1.0 - middle) / (high - middle);
        }
        channel
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modes are those of tiny-skia, but for its rounding.
    #[test]
    fn modes_are_nearly_those_of_tiny_skia() {
        use tiny_skia::{BlendMode, Pixmap, PixmapPaint, Transform};
        for (blend, theirs) in [
            (Blend::ColorDodge, BlendMode::ColorDodge),
            (Blend::ColorBurn, BlendMode::ColorBurn),
            (Blend::Hue, BlendMode::Hue),
            (Blend::Saturation, BlendMode::Saturation),
            (Blend::Color, BlendMode::Color),
            (Blend::Luminosity, BlendMode::Luminosity),
        ] {
            let picture = |step: u32| {
                let mut picture = Pixmap::new(256, 64).unwrap();
                for (at, pixel) in (0_u32..).zip(picture.pixels_mut()) {
                    let of = |factor: u32| (at.wrapping_mul(factor).wrapping_mul(step) >> 5) as u8;
                    let alpha = if at % 3 == 0 { of(41) } else { 255 };
                    // Some greys, and white.
                    let [r, g, b] = if at % 7 == 0 { [of(7) | 0xf0; 3] } else { [of(7), of(13), of(29)] };
                    *pixel = tiny_skia::ColorU8::from_rgba(r, g, b, alpha).premultiply();
                }
                picture
            };
            let (mut ours, above) = (picture(1), picture(5));
            let mut expected = ours.clone();
            let paint = PixmapPaint { blend_mode: theirs, ..PixmapPaint::default() };
            expected.draw_pixmap(0, 0, above.as_ref(), &paint, Transform::identity(), None);
            row(ours.data_mut(), above.data(), 1.0, blend);
            // A level of a nearly clear px is a large part of its colour.
            let most = |(at, pixel): (usize, &tiny_skia::PremultipliedColorU8)| {
                let is_clear = pixel.alpha() < 255 || above.pixels()[at].alpha() < 64;
                if is_clear { 12 } else { 2 }
            };
            let before = picture(1);
            for (at, pixel) in before.pixels().iter().enumerate() {
                let (one, other) = (&ours.data()[at * 4..at * 4 + 4], &expected.data()[at * 4..at * 4 + 4]);
                let apart = one.iter().zip(other).map(|(one, other)| one.abs_diff(*other)).max().unwrap();
                let most = most((at, pixel));
                assert!(
                    apart <= most,
                    "{blend:?}: {one:?}, and {other:?} by tiny-skia: {pixel:?}, {:?}",
                    above.pixels()[at]
                );
            }
        }
    }

    #[test]
    fn corners_of_dodge_and_burn() {
        let of = |blend, backdrop: u8, source: u8| {
            let mut below = [backdrop, backdrop, backdrop, 255];
            row(&mut below, &[source, source, source, 255], 1.0, blend);
            below[0]
        };
        for (backdrop, source, dodged, burned) in [
            (0, 255, 0, 0),
            (0, 0, 0, 0),
            (255, 0, 255, 255),
            (255, 255, 255, 255),
            (100, 255, 255, 100),
            (100, 0, 100, 0),
        ] {
            assert_eq!(of(Blend::ColorDodge, backdrop, source), dodged, "{backdrop} dodged by {source}");
            assert_eq!(of(Blend::ColorBurn, backdrop, source), burned, "{backdrop} burned by {source}");
        }
    }
}
