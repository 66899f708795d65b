//! Premultiplied pixels, converted to the forms that the formats store.

use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Number of pixels in a row, at least 1.
pub fn per_row(picture: &Pixmap) -> usize {
    usize::try_from(picture.width()).unwrap_or(usize::MAX).max(1)
}

/// Straight RGBA, each channel rounded to the nearest.
///
/// The conversion is tiny-skia's own, so that straight pixels are the same everywhere. It divides
/// only if the pixel is partly transparent: opaque pictures do not pay for it.
#[inline]
pub fn demultiply(pixel: PremultipliedColorU8) -> [u8; 4] {
    let straight = pixel.demultiply();
    [straight.red(), straight.green(), straight.blue(), straight.alpha()]
}

/// The pixel on a white page, as opaque RGB, for formats without alpha.
///
/// Exact, because the share of white is `255 − alpha`.
#[inline]
pub const fn over_white(pixel: PremultipliedColorU8) -> [u8; 3] {
    let white = 255_u8.wrapping_sub(pixel.alpha());
    [pixel.red().saturating_add(white), pixel.green().saturating_add(white), pixel.blue().saturating_add(white)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiny_skia::ColorU8;

    #[test]
    fn demultiply_rounds_to_the_nearest_and_is_reversible() {
        for alpha in 1..=255 {
            for channel in 0..=alpha {
                let pixel = PremultipliedColorU8::from_rgba(channel, 0, alpha, alpha).unwrap();
                let [r, g, b, a] = demultiply(pixel);
                let exact = f64::from(channel) * 255.0 / f64::from(alpha);
                assert!((f64::from(r) - exact).abs() <= 0.5 && (g, b, a) == (0, 255, alpha), "{channel} of {alpha}");
                assert_eq!(ColorU8::from_rgba(r, g, b, a).premultiply(), pixel);
            }
        }
        assert_eq!(demultiply(PremultipliedColorU8::TRANSPARENT), [0; 4]);
    }

    #[test]
    fn transparent_pixels_show_white() {
        let pixel = PremultipliedColorU8::from_rgba(10, 20, 30, 100).unwrap();
        assert_eq!(over_white(pixel), [165, 175, 185]);
        assert_eq!(over_white(PremultipliedColorU8::TRANSPARENT), [255, 255, 255]);
    }
}
