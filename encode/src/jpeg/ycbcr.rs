//! Pixels → luma and chroma (JFIF 1.02, page 3), several at a time: of a whole picture this took longer than the
//! transform of its blocks.

use wide::{i16x8, i32x8, u8x16};

/// Number of pixels that are converted together.
pub const LANES: usize = 16;
/// Bytes of them.
pub const BYTES: usize = 4 * LANES;

/// The luma, blue and red chroma of pixels (premultiplied RGBA8) on a white page, as
/// [`jpeg_encoder::rgb_to_ycbcr`] rounds them.
#[inline(always)] // for each sixteen pixels of a picture
pub fn on_white(pixels: [u8; BYTES]) -> [[u8; LANES]; 3] {
    let [one, two]: [i32x8; 2] = bytemuck::cast(pixels);
    let ([luma, blue, red], [next_luma, next_blue, next_red]) = (eight(one), eight(two));
    let bytes = |first: i32x8, next: i32x8| {
        u8x16::narrow_i16x8(i16x8::from_i32x8_saturate(first), i16x8::from_i32x8_saturate(next)).to_array()
    };
    [bytes(luma, next_luma), bytes(blue, next_blue), bytes(red, next_red)]
}

/// The same of eight pixels, each a word.
#[inline(always)]
fn eight(words: i32x8) -> [i32x8; 3] {
    let all = |number: i32| i32x8::splat(number);
    let byte = |shift: i32| (words >> shift) & all(255);
    // The page shows where a pixel is transparent.
    let white = all(255) - byte(24);
    let (r, g, b) = (byte(0) + white, byte(8) + white, byte(16) + white);
    // Shares of 2¹⁶, rounded to the nearest.
    let share = |red: i32, green: i32, blue: i32, middle: i32| {
        (all(red) * r + all(green) * g + all(blue) * b + all(middle + 0x7FFF)) >> 16_i32
    };
    const MIDDLE: i32 = 128 << 16;
    [share(19_595, 38_470, 7_471, 0), share(-11_059, -21_709, 32_768, MIDDLE), share(32_768, -27_439, -5_329, MIDDLE)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixel::over_white;
    use tiny_skia::PremultipliedColorU8;

    #[test]
    fn sixteen_are_converted_as_one() {
        for seed in 0..4_000_u32 {
            let pixel = |at: u32| {
                let [r, g, b, a] = (seed * 16 + at).wrapping_mul(0x9E37_79B1).rotate_left(9).to_le_bytes();
                let a = if seed % 3 == 0 { a } else { 255 };
                PremultipliedColorU8::from_rgba(r.min(a), g.min(a), b.min(a), a).unwrap()
            };
            let pixels: [_; LANES] = std::array::from_fn(|at| pixel(at as u32));
            let [luma, blue, red] = on_white(bytemuck::cast(pixels));
            for (at, pixel) in pixels.into_iter().enumerate() {
                let [r, g, b] = over_white(pixel);
                assert_eq!((luma[at], blue[at], red[at]), jpeg_encoder::rgb_to_ycbcr(r, g, b), "{pixel:?}");
            }
        }
    }
}
