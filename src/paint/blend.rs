//! Source-over, row by row. All compositing goes through here, except tiny-skia's own paths.
//!
//! A glyph mask is one colour under a coverage, a shadow is one colour at 256 strengths, and a
//! layer is pixels at an opacity. Each has its own loop, because these loops are most of a
//! picture's cost. Pixels are premultiplied RGBA.

use tiny_skia::PremultipliedColorU8;

use crate::color::Color;

/// Divides a number from 0 to 255² by 255, rounded to the nearest.
#[expect(clippy::cast_possible_truncation, reason = "0 to 255")]
#[inline(always)] // for each px
pub const fn of_255(product: u32) -> u8 {
    (product.wrapping_add(128).wrapping_mul(257) >> 16) as u8
}

/// Four channels, each in 16 bits.
#[inline(always)] // for each px
pub const fn spread([r, g, b, a]: [u8; 4]) -> u64 {
    u64::from_le_bytes([r, 0, g, 0, b, 0, a, 0])
}

/// Does the same as [`of_255`] for four numbers of 16 bits at once. They are at most 255² and a
/// half of 255, so that the added rounding still fits into their bits.
#[inline(always)] // for each px
pub const fn each_of_255(products: u64) -> [u8; 4] {
    let sums = products.wrapping_add(spread([128; 4]));
    let [r, _, g, _, b, _, a, _] = (sums.wrapping_add(sums >> 8 & spread([255; 4])) >> 8).to_le_bytes();
    [r, g, b, a]
}

/// A premultiplied colour that is drawn through a coverage.
pub struct Ink {
    rgba: [u8; 4],
}

impl Ink {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 times 0 to 1")]
    /// A colour at an opacity from 0 to 1. The colour's own alpha counts too.
    pub fn new(color: Color, opacity: f32) -> Self {
        let alpha = (f32::from(color.a) * opacity).round() as u8;
        let premultiplied = |channel| of_255(u32::from(channel) * u32::from(alpha));
        Self { rgba: [premultiplied(color.r), premultiplied(color.g), premultiplied(color.b), alpha] }
    }

    /// Blends the colour over a row of premultiplied RGBA, weighted by each pixel's coverage.
    pub fn lay(&self, row: &mut [u8], covered: &[u8]) {
        let opaque = self.rgba[3] == u8::MAX;
        let ink = spread(self.rgba);
        let (eights, rest) = row.as_chunks_mut::<32>();
        let (covered, covered_rest) = covered.as_chunks::<8>();
        // Most pixels of a line of text are empty, and most pixels of a glyph are fully covered.
        for (pixels, covered) in eights.iter_mut().zip(covered) {
            match u64::from_le_bytes(*covered) {
                0 => {}
                u64::MAX if opaque => pixels.as_chunks_mut::<4>().0.fill(self.rgba),
                _ => self.lay_each(pixels, covered, ink),
            }
        }
        self.lay_each(rest, covered_rest, ink);
    }

    fn lay_each(&self, pixels: &mut [u8], covered: &[u8], ink: u64) {
        let (opaque, alpha) = (self.rgba[3] == u8::MAX, u32::from(self.rgba[3]));
        for (pixel, covered) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(covered) {
            match *covered {
                0 => {}
                u8::MAX if opaque => *pixel = self.rgba,
                covered => {
                    let below = 255 - u64::from(of_255(alpha * u32::from(covered)));
                    // The sum is at most 255² and a half of 255, because ink is premultiplied.
                    *pixel = each_of_255(ink * u64::from(covered) + spread(*pixel) * below);
                }
            }
        }
    }
}

/// A colour at each coverage of 0 to 255, premultiplied.
pub struct Tints([[u8; 4]; 256]);

impl Tints {
    /// All tints of a colour.
    pub fn new(color: Color) -> Self {
        Self(std::array::from_fn(|coverage| tint(color, u8::try_from(coverage).unwrap_or(255))))
    }

    /// Blends onto each pixel of a row the tint for its coverage.
    #[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
    pub fn lay(&self, row: &mut [u8], coverage: &[u8]) {
        for (pixel, coverage) in row.as_chunks_mut::<4>().0.iter_mut().zip(coverage) {
            let above = self.0.get(usize::from(*coverage)).copied().unwrap_or_default();
            let [.., alpha] = above;
            if alpha > 0 {
                let below = each_of_255(spread(*pixel).wrapping_mul(u64::from(255_u8.saturating_sub(alpha))));
                // Each channel of a premultiplied pixel is at most its alpha, so the sums fit into
                // bytes.
                *pixel = u32::from_le_bytes(above).wrapping_add(u32::from_le_bytes(below)).to_le_bytes();
            }
        }
    }
}

/// `color` at `coverage` / 255, premultiplied.
const fn tint(color: Color, coverage: u8) -> [u8; 4] {
    let alpha = scaled(coverage, color.a);
    [scaled(color.r, alpha), scaled(color.g, alpha), scaled(color.b, alpha), alpha]
}

/// `a · b / 255`, rounded to the nearest.
const fn scaled(a: u8, b: u8) -> u8 {
    of_255((a as u32).wrapping_mul(b as u32))
}

/// Blends a row of a layer onto another row at an opacity from 0 to 1. The arithmetic is that of
/// tiny-skia's pipeline, which also computes clear and opaque pixels, although they need no mixing.
#[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
pub fn layer_row(below: &mut [u8], above: &[u8], opacity: f32) {
    /// Adding this number rounds to the nearest integer, ties to even: the sum has no fraction
    /// bits.
    const WHOLE: f32 = 8_388_608.0;
    let level = |channel: u8| f32::from(channel) * (1.0 / 255.0);
    for (pixel, above) in below.as_chunks_mut::<4>().0.iter_mut().zip(above.as_chunks::<4>().0) {
        let [.., alpha] = *above;
        if alpha == 255 && opacity >= 1.0 {
            *pixel = *above;
        } else if *above != [0; 4] {
            let above = above.map(|channel| level(channel) * opacity);
            let [.., alpha] = above;
            for (channel, above) in pixel.iter_mut().zip(above) {
                let mixed = level(*channel) * (1.0 - alpha) + above;
                *channel = (mixed.clamp(0.0, 1.0) * 255.0 + WHOLE - WHOLE) as u8;
            }
        }
    }
}

/// Multiplies a row by its coverage, rounded as tiny-skia does it.
#[inline(never)] // as above
pub fn clip_row(row: &mut [u8], coverage: &[u8]) {
    for (pixel, coverage) in row.as_chunks_mut::<4>().0.iter_mut().zip(coverage) {
        if *coverage < 255 {
            let part = |channel: u8| u16::from(channel).wrapping_mul(u16::from(*coverage)).wrapping_add(255);
            *pixel = pixel.map(|channel| part(channel).to_be_bytes()[0]);
        }
    }
}

/// Whether all pixels are opaque. Hundreds of pixels are tested together, without a branch for
/// each.
pub fn is_opaque(pixels: &[PremultipliedColorU8]) -> bool {
    pixels.chunks(512).all(|some| some.iter().fold(255, |all, pixel| all & pixel.alpha()) == 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_colour_over_half_a_colour() {
        let over = |ink: Color, opacity, below: [u8; 4], covered| {
            let mut row = below;
            Ink::new(ink, opacity).lay(&mut row, &[covered]);
            row
        };
        let red = Color::rgb(255, 0, 0);
        assert_eq!(over(red, 1.0, [0, 0, 255, 255], 0), [0, 0, 255, 255]);
        assert_eq!(over(red, 1.0, [0, 0, 255, 255], 255), [255, 0, 0, 255]);
        assert_eq!(over(red, 1.0, [0, 0, 255, 255], 51), [51, 0, 204, 255]);
        assert_eq!(over(red, 0.2, [0, 0, 255, 255], 255), [51, 0, 204, 255]);
        assert_eq!(over(red, 1.0, [0, 0, 0, 0], 128), [128, 0, 0, 128]);
        assert_eq!(over(Color { a: 128, ..red }, 1.0, [0, 0, 128, 128], 255), [128, 0, 64, 192]);
        for covered in 0..=255 {
            for alpha in 0..=255 {
                let ink = Color { r: 255, g: 254, b: 1, a: alpha };
                for below in [[200, 3, 201, 201], [255; 4], [0, 1, 2, 254]] {
                    let result = over(ink, 1.0, below, covered);
                    let premultiplied = Ink::new(ink, 1.0).rgba.map(u32::from);
                    let rest = 255 - u32::from(of_255(premultiplied[3] * u32::from(covered)));
                    let channel =
                        |at: usize| of_255(premultiplied[at] * u32::from(covered) + u32::from(below[at]) * rest);
                    assert_eq!(result, [0, 1, 2, 3].map(channel));
                    assert!(result.iter().all(|channel| *channel <= result[3]), "premultiplied");
                }
            }
        }
        // Eight at a time, and some more.
        for covered in [[0; 11], [255; 11], [0, 9, 255, 255, 0, 0, 255, 3, 1, 255, 0]] {
            for opacity in [0.9, 1.0] {
                let mut row = [200; 44];
                Ink::new(red, opacity).lay(&mut row, &covered);
                let each = covered.iter().flat_map(|covered| over(red, opacity, [200; 4], *covered));
                assert!(each.eq(row));
            }
        }
    }

    #[test]
    fn tints_are_laid_exactly() {
        let color = Color { a: 200, ..Color::rgb(255, 90, 0) };
        let tints = Tints::new(color);
        let belows = (0..=255_u8).flat_map(|alpha| [[alpha, alpha / 2, 0, alpha], [alpha / 3, 0, alpha, alpha]]);
        for below in belows.chain([[255; 4]]) {
            let coverage: Vec<u8> = (0..=255).collect();
            let mut row = below.repeat(coverage.len());
            tints.lay(&mut row, &coverage);
            for (pixel, coverage) in row.chunks(4).zip(coverage) {
                let alpha = scaled(coverage, color.a);
                let above = [scaled(color.r, alpha), scaled(color.g, alpha), scaled(color.b, alpha), alpha];
                let expected = [0, 1, 2, 3].map(|channel| above[channel] + scaled(below[channel], 255 - alpha));
                assert_eq!(pixel, expected, "{below:?} below {coverage}");
            }
        }
        assert_eq!(tint(Color::rgb(255, 0, 0), 255), [255, 0, 0, 255]);
    }
}
