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

    fn of(blend: Blend, [r, g, b]: [u8; 3], source: [u8; 3]) -> [u8; 3] {
        let mut below = [r, g, b, 255];
        let [red, green, blue] = source;
        row(&mut below, &[red, green, blue, 255], 1.0, blend);
        let [r, g, b, a] = below;
        assert_eq!(a, 255);
        [r, g, b]
    }

    #[test]
    fn corners_of_dodge_and_burn() {
        for (backdrop, source, dodged, burned) in [
            (0, 255, 0, 0),
            (0, 0, 0, 0),
            (255, 0, 255, 255),
            (255, 255, 255, 255),
            (100, 255, 255, 100),
            (100, 0, 100, 0),
            (100, 155, 255, 0),
            (100, 15, 106, 0),
            (200, 155, 255, 165),
        ] {
            assert_eq!(of(Blend::ColorDodge, [backdrop; 3], [source; 3]), [dodged; 3], "{backdrop} dodged by {source}");
            assert_eq!(of(Blend::ColorBurn, [backdrop; 3], [source; 3]), [burned; 3], "{backdrop} burned by {source}");
        }
    }

    /// Computed by hand from the formulas of the specification.
    #[test]
    fn hue_saturation_color_and_luminosity() {
        let (backdrop, source) = ([12, 23, 53], [64, 119, 11]);
        for (blend, expected) in [
            (Blend::Hue, [15, 31, 0]),
            (Blend::Saturation, [0, 23, 86]),
            (Blend::Color, [15, 31, 0]),
            (Blend::Luminosity, [80, 91, 121]),
        ] {
            let found = of(blend, backdrop, source);
            let is_near = found.iter().zip(expected).all(|(one, other)| one.abs_diff(other) <= 1);
            assert!(is_near, "{blend:?}: {found:?}, expected {expected:?}");
        }
    }

    /// A grey that is rounded to beyond white is not divided by nothing.
    #[test]
    fn greys_stay_black_and_white() {
        for blend in [Blend::Hue, Blend::Saturation, Blend::Color] {
            for level in 0..=255 {
                for ground in [[0; 3], [255; 3]] {
                    assert_eq!(of(blend, ground, [level; 3]), ground, "{blend:?} of {level}");
                    assert_eq!(of(blend, ground, [level, 9, 200]), ground, "{blend:?} of {level}");
                }
                assert_eq!(of(Blend::Luminosity, [200, 40, 90], [0; 3]), [0; 3]);
                assert_eq!(of(Blend::Luminosity, [200, 40, 90], [255; 3]), [255; 3]);
            }
        }
    }

    #[test]
    fn alpha_is_that_of_source_over() {
        let mut below = [40, 30, 20, 100];
        row(&mut below, &[0, 60, 60, 120], 0.5, Blend::Hue);
        // 100 + 60 - 100 * 60 / 255
        assert_eq!(below[3], 136);
        row(&mut below, &[0; 4], 1.0, Blend::Hue);
        assert_eq!(below[3], 136);
    }
}
