//! Pixels as decoders write them → pixels of a picture.

use std::ops::Range;

use tiny_skia::{ColorU8, PremultipliedColorU8};
use wide::i32x8;

/// Straight → premultiplied, rounded as tiny-skia rounds.
pub(super) fn premultiply([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    let color: PremultipliedColorU8 = ColorU8::from_rgba(r, g, b, a).premultiply();
    [color.red(), color.green(), color.blue(), color.alpha()]
}

/// Expands the RGB in the first three quarters of `data` to opaque RGBA in place. The last pixels
/// come first, so that none is overwritten before it is read.
pub(super) fn spread(data: &mut [u8]) {
    let pixels = data.as_chunks::<4>().0.len();
    let fours = pixels / 4;
    for index in (fours.saturating_mul(4)..pixels).rev() {
        let Some(&[r, g, b]) = data.as_chunks::<3>().0.get(index) else { continue };
        if let Some(pixel) = data.as_chunks_mut::<4>().0.get_mut(index) {
            *pixel = [r, g, b, 255];
        }
    }
    for index in (0..fours).rev() {
        let Some(&[r0, g0, b0, r1, g1, b1, r2, g2, b2, r3, g3, b3]) = data.as_chunks::<12>().0.get(index) else {
            continue;
        };
        if let Some(four) = data.as_chunks_mut::<16>().0.get_mut(index) {
            *four = [r0, g0, b0, 255, r1, g1, b1, 255, r2, g2, b2, 255, r3, g3, b3, 255];
        }
    }
}

/// Number of pixels that are converted together.
const LANES: usize = 8;

/// Converts the YCbCr in the first three quarters of `data` to opaque RGBA in place, the last pixels first.
pub(super) fn spread_ycbcr(data: &mut [u8]) {
    let pixels = data.as_chunks::<4>().0.len();
    let groups = pixels / LANES;
    let start = groups.saturating_mul(LANES);
    let mut rest = [0; 3 * LANES];
    let bytes = data.get(start.saturating_mul(3)..pixels.saturating_mul(3)).unwrap_or_default();
    rest.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let rest = of_ycbcr(&rest);
    let places = data.get_mut(start.saturating_mul(4)..).unwrap_or_default();
    places.iter_mut().zip(rest).for_each(|(to, from)| *to = from);
    for block in (0..groups.div_ceil(BLOCK)).rev() {
        let first = block.saturating_mul(BLOCK);
        spread_groups(data, first..first.saturating_add(BLOCK).min(groups));
    }
}

/// Number of groups that are converted by one call.
const BLOCK: usize = 64;

/// Converts some groups of [`LANES`] pixels in place.
#[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
fn spread_groups(data: &mut [u8], groups: Range<usize>) {
    for index in groups.rev() {
        let Some(rgba) = data.as_chunks().0.get(index).map(of_ycbcr) else { continue };
        if let Some(place) = data.as_chunks_mut().0.get_mut(index) {
            *place = rgba;
        }
    }
}

/// Eight pixels of YCbCr (BT.601 with full range, as JFIF has it) as opaque RGBA.
///
/// With vectors, and the numbers of `zune-jpeg`, whose own conversion takes a quarter of the time of a photograph in wasm: 14 bits
/// behind the point, rounded to the nearest.
#[inline(always)] // for each eight pixels of a photograph
fn of_ycbcr(bytes: &[u8; 3 * LANES]) -> [u8; 4 * LANES] {
    const fn all(number: i32) -> i32x8 {
        i32x8::new([number; LANES])
    }
    const MIDDLE: i32x8 = all(128);
    const LEVELS: i32x8 = all(255);
    const ROUNDING: i32x8 = all((1 << 13) - 1);
    let &[a, ab, ar, b, bb, br, c, cb, cr, d, db, dr, e, eb, er, f, fb, fr, g, gb, gr, h, hb, hr] = bytes;
    let lanes = |[a, b, c, d, e, f, g, h]: [u8; LANES]| {
        i32x8::new([a.into(), b.into(), c.into(), d.into(), e.into(), f.into(), g.into(), h.into()])
    };
    let luma = (lanes([a, b, c, d, e, f, g, h]) << 14_i32) + ROUNDING;
    let blue = lanes([ab, bb, cb, db, eb, fb, gb, hb]) - MIDDLE;
    let red = lanes([ar, br, cr, dr, er, fr, gr, hr]) - MIDDLE;
    let level = |sum: i32x8| (sum >> 14_i32).max(i32x8::ZERO).min(LEVELS);
    let r = level(luma + red * const { all(22_970) });
    let g = level(luma + red * const { all(-11_700) } + blue * const { all(-5_638) });
    let b = level(luma + blue * const { all(29_032) });
    bytemuck::cast(r | g << 8_i32 | b << 16_i32 | const { all(0xFF << 24) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ycbcr_becomes_the_rgb_of_jfif() {
        let noise = |at: u32| (at.wrapping_mul(0x9E37_79B1) >> 19) as u8;
        for pixels in [0, 1, 7, 8, 9, 4_003] {
            let from: Vec<u8> = (0..3 * pixels).map(noise).collect();
            let mut data = from.clone();
            data.resize(4 * pixels as usize, 0);
            spread_ycbcr(&mut data);
            for (rgba, ycbcr) in data.chunks(4).zip(from.chunks(3)) {
                let [y, blue, red] = [ycbcr[0], ycbcr[1], ycbcr[2]].map(f64::from);
                let (blue, red) = (blue - 128.0, red - 128.0);
                // JFIF 1.02, page 3
                let exact = [y + 1.402 * red, y - 0.344_14 * blue - 0.714_14 * red, y + 1.772 * blue];
                for (level, exact) in rgba.iter().zip(exact) {
                    assert!((f64::from(*level) - exact.clamp(0.0, 255.0)).abs() < 0.52, "{ycbcr:?}: {rgba:?}");
                }
                assert_eq!(rgba[3], 255);
            }
        }
    }
}
