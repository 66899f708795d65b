//! The colour filters of CSS: each is a matrix on red, green and blue.
//!
//! The matrices are those of Filter Effects 1, section 8 ("Shorthands defined in terms of the filter
//! element"), on sRGB-coded values that are not premultiplied. Channels are clamped after each
//! filter. Floats are only added, multiplied and divided, so that the bytes are the same everywhere.

use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Rows for red, green and blue: the factors of red, green and blue, and what is added, where white is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix([[f32; 4]; 3]);

/// The weights of luma in the filters of CSS.
const LUMA: [f32; 3] = [0.2126, 0.7152, 0.0722];

impl Matrix {
    /// CSS `brightness()`: 1 changes nothing.
    #[must_use]
    pub const fn brightness(amount: f32) -> Self {
        Self::linear(amount, 0.0)
    }

    /// CSS `contrast()`: 1 changes nothing.
    #[must_use]
    pub const fn contrast(amount: f32) -> Self {
        Self::linear(amount, 0.5 - 0.5 * amount)
    }

    /// CSS `invert()`, 0 to 1.
    #[must_use]
    pub const fn invert(amount: f32) -> Self {
        Self::linear(1.0 - 2.0 * amount, amount)
    }

    /// CSS `grayscale()`, 0 to 1.
    #[must_use]
    pub fn grayscale(amount: f32) -> Self {
        Self::saturate(1.0 - amount)
    }

    /// CSS `saturate()`: 1 changes nothing, 0 is grey.
    #[must_use]
    pub fn saturate(amount: f32) -> Self {
        Self::mixed([LUMA; 3], amount)
    }

    /// CSS `sepia()`, 0 to 1.
    #[must_use]
    pub fn sepia(amount: f32) -> Self {
        let brown = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];
        Self::mixed(brown, 1.0 - amount)
    }

    /// CSS `hue-rotate()`, in degrees.
    #[must_use]
    pub fn hue_rotate(degrees: f32) -> Self {
        let (sin, cos) = libm::sincosf((degrees % 360.0).to_radians());
        // The rounded weights of the specification.
        let along = [[0.787, -0.715, -0.072], [-0.213, 0.285, -0.072], [-0.213, -0.715, 0.928]];
        let across = [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]];
        let mut rows = [[0.213, 0.715, 0.072, 0.0]; 3];
        for ((row, along), across) in rows.iter_mut().zip(along).zip(across) {
            for ((factor, along), across) in row.iter_mut().zip(along).zip(across) {
                *factor += cos * along + sin * across;
            }
        }
        Self(rows)
    }

    const fn linear(slope: f32, intercept: f32) -> Self {
        Self([[slope, 0.0, 0.0, intercept], [0.0, slope, 0.0, intercept], [0.0, 0.0, slope, intercept]])
    }

    /// Another matrix, with `share` of each channel itself.
    fn mixed(other: [[f32; 3]; 3], share: f32) -> Self {
        let Self(mut rows) = Self::linear(share, 0.0);
        for (row, other) in rows.iter_mut().zip(other) {
            row.iter_mut().zip(other).for_each(|(factor, other)| *factor += (1.0 - share) * other);
        }
        Self(rows)
    }

    /// A colour whose channels are 0 to 1.
    fn of(&self, [r, g, b]: [f32; 3]) -> [f32; 3] {
        self.0.map(|[red, green, blue, added]| (red * r + green * g + blue * b + added).clamp(0.0, 1.0))
    }
}

/// Changes the colours of a picture by some filters, one after the other.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 and a half")]
pub fn apply(picture: &mut Pixmap, filters: &[Matrix]) {
    // Most pixels have the colour of the pixel before them.
    let mut last = (PremultipliedColorU8::TRANSPARENT, PremultipliedColorU8::TRANSPARENT);
    for pixel in picture.pixels_mut() {
        if *pixel != last.0 {
            let alpha = f32::from(pixel.alpha());
            let straight =
                [pixel.red(), pixel.green(), pixel.blue()].map(|channel| f32::from(channel) / alpha.max(1.0));
            let [r, g, b] = filters.iter().fold(straight, |color, filter| filter.of(color));
            let [r, g, b] = [r, g, b].map(|channel| (channel * alpha + 0.5) as u8);
            let new = PremultipliedColorU8::from_rgba(r, g, b, pixel.alpha());
            last = (*pixel, new.unwrap_or(PremultipliedColorU8::TRANSPARENT));
        }
        *pixel = last.1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_those_of_css() {
        let of = |filters: &[Matrix], [r, g, b, a]: [u8; 4]| {
            let mut picture = Pixmap::new(1, 1).unwrap();
            picture.pixels_mut()[0] = tiny_skia::ColorU8::from_rgba(r, g, b, a).premultiply();
            apply(&mut picture, filters);
            let pixel = picture.pixels()[0].demultiply();
            [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
        };
        let orange = [255, 128, 0, 255];
        for (filters, expected) in [
            (vec![Matrix::grayscale(1.0)], [146, 146, 146, 255]),
            (vec![Matrix::grayscale(0.0)], orange),
            (vec![Matrix::brightness(0.5)], [128, 64, 0, 255]),
            (vec![Matrix::brightness(2.0)], [255, 255, 0, 255]),
            (vec![Matrix::contrast(0.0)], [128, 128, 128, 255]),
            (vec![Matrix::invert(1.0)], [0, 127, 255, 255]),
            (vec![Matrix::invert(1.0), Matrix::invert(1.0)], orange),
            (vec![Matrix::sepia(1.0)], [199, 177, 138, 255]),
            (vec![Matrix::saturate(1.0)], orange),
            (vec![Matrix::hue_rotate(0.0)], orange),
            (vec![Matrix::hue_rotate(720.0)], orange),
            // Clamped in between, as by CSS.
            (vec![Matrix::brightness(4.0), Matrix::brightness(0.5)], [128, 128, 0, 255]),
        ] {
            assert_eq!(of(&filters, orange), expected, "{filters:?}");
        }
        assert_eq!(of(&[Matrix::invert(1.0)], [0; 4]), [0; 4], "nothing stays nothing");
        assert_eq!(of(&[Matrix::invert(1.0)], [255, 255, 255, 128]), [0, 0, 0, 128]);
    }
}
