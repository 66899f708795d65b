//! Pixels ↔ points of premultiplied Oklab.

use quantette::color_space::{oklab_to_srgb8, srgb8_to_oklab};
use quantette::deps::palette::{Oklab, Srgb};
use tiny_skia::{ColorU8, PremultipliedColorU8};

use crate::pixel;

/// A colour in premultiplied Oklab, and its alpha (0 to 1): distances are as the eye sees them, and
/// colours that are almost transparent are close to each other.
pub type Point = [f32; 4];

/// The points of pixels.
pub fn points(pixels: &[PremultipliedColorU8]) -> impl Iterator<Item = Point> {
    let straight: Vec<_> = pixels.iter().map(|&pixel| pixel::demultiply(pixel)).collect();
    let colors: Vec<_> = straight.iter().map(|&[r, g, b, _]| Srgb::new(r, g, b)).collect();
    srgb8_to_oklab(&colors).into_iter().zip(straight).map(|(Oklab { l, a, b, .. }, [.., alpha])| {
        let alpha = f32::from(alpha) / 255.0;
        [l * alpha, a * alpha, b * alpha, alpha]
    })
}

/// The pixel nearest to a point.
pub fn pixel([l, a, b, alpha]: Point) -> PremultipliedColorU8 {
    let share = if alpha > 0.0 { alpha } else { 1.0 };
    let color = oklab_to_srgb8(&[Oklab::new(l / share, a / share, b / share)]);
    let Some(&Srgb { red, green, blue, .. }) = color.first() else { return PremultipliedColorU8::TRANSPARENT };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    let alpha = (alpha * 255.0 + 0.5) as u8;
    ColorU8::from_rgba(red, green, blue, alpha).premultiply()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_and_clear_pixels_come_back() {
        let levels = (0..=255_u8).step_by(15);
        for (r, g) in levels.clone().flat_map(|r| levels.clone().map(move |g| (r, g))) {
            let opaque = PremultipliedColorU8::from_rgba(r, g, 200, 255).unwrap();
            let before = [opaque, PremultipliedColorU8::TRANSPARENT];
            assert!(points(&before).map(pixel).eq(before), "{opaque:?}");
        }
    }
}
