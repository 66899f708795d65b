//! Whether a logo can be seen on a ground of one colour.
//!
//! The pixels that decide are those at its outline: white letters in a blue disc are easy to read
//! on white, and black letters beside a red sign are not on black.

use tiny_skia::Pixmap;

use crate::color::{Color, contrast, linear, luminance, luminance_of_linear};

/// Alpha from which on a pixel counts as visible.
const VISIBLE: u8 = 128;

/// The contrast ratio (WCAG 2.2) below which a pixel vanishes. The 3:1 of its criterion 1.4.11 does
/// not hold for logos, and many a brand's colour is below it on white; at 2:1 even large shapes are
/// hard to make out.
const VANISHING_RATIO: f64 = 2.0;

/// Share of the outline that may vanish: of a word beside a sign, the word.
const MOST_VANISHING: f64 = 1.0 / 3.0;

/// Luminances of the visible pixels of a logo.
#[derive(Debug, Clone, PartialEq)]
pub struct Visibility {
    /// Mean luminance of all visible pixels, 0 to 1.
    pub mean: f64,
    /// Number of pixels at the outline, by the root of their luminance in 255ths: near black, small
    /// steps make great differences of contrast.
    outline: Box<[u32; 256]>,
}

impl Visibility {
    /// The visibility of a picture. `None` if it brings a ground of its own, because no pixel of it
    /// is clear, or if none is visible.
    #[must_use]
    pub fn of(picture: &Pixmap) -> Option<Self> {
        let pixels = picture.pixels();
        if pixels.iter().all(|pixel| pixel.alpha() >= VISIBLE) {
            return None;
        }
        let width = usize::try_from(picture.width()).ok()?.max(1);
        let is_clear = |at: Option<usize>| at.and_then(|at| pixels.get(at)).is_none_or(|pixel| pixel.alpha() < VISIBLE);
        let levels: Vec<f64> = (0..=u8::MAX).map(linear).collect();
        let linear = |channel: u8| levels.get(usize::from(channel)).copied().unwrap_or(1.0);
        let (mut sum, mut count, mut outline) = (0.0, 0_u32, Box::new([0_u32; 256]));
        for (at, pixel) in pixels.iter().enumerate().filter(|(_, pixel)| pixel.alpha() >= VISIBLE) {
            let pixel = pixel.demultiply();
            let luminance = luminance_of_linear([pixel.red(), pixel.green(), pixel.blue()].map(linear));
            sum += luminance;
            count = count.saturating_add(1);
            let column = at % width;
            let is_outline = column == 0
                || column.saturating_add(1) == width
                || is_clear(at.checked_sub(1))
                || is_clear(at.checked_add(1))
                || is_clear(at.checked_sub(width))
                || is_clear(at.checked_add(width));
            if let Some(bin) = outline.get_mut(bin(luminance)).filter(|_| is_outline) {
                *bin = bin.saturating_add(1);
            }
        }
        (count > 0).then(|| Self { mean: sum / f64::from(count), outline })
    }

    /// The share of the outline that vanishes on a ground, 0 to 1.
    #[must_use]
    pub fn vanishing(&self, ground: Color) -> f64 {
        let ground = luminance(ground);
        let (mut gone, mut all) = (0_u32, 0_u32);
        for (root, count) in (0_u8..=255).zip(self.outline.iter()) {
            let root = f64::from(root) / 255.0;
            all = all.saturating_add(*count);
            if contrast(root * root, ground) < VANISHING_RATIO {
                gone = gone.saturating_add(*count);
            }
        }
        f64::from(gone) / f64::from(all.max(1))
    }

    /// Whether too much of it vanishes on a ground.
    #[must_use]
    pub fn vanishes(&self, ground: Color) -> bool {
        self.vanishing(ground) >= MOST_VANISHING
    }

    /// The contrast ratio of its mean with a ground, 1 to 21.
    #[must_use]
    pub fn contrast(&self, ground: Color) -> f64 {
        contrast(self.mean, luminance(ground))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255, and saturating")]
fn bin(luminance: f64) -> usize {
    usize::from((luminance.max(0.0).sqrt() * 255.0).round() as u8)
}
