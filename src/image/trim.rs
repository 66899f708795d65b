//! The content of a picture: its part inside of empty margins.
//!
//! A margin is empty if it has one colour: that of all four corners, or none. So the white around a
//! logo in a JPEG goes as well as the clear pixels around one in a PNG.

use tiny_skia::{Pixmap, PremultipliedColorU8};

use crate::geometry::Rect;

/// The difference in levels, 0 to 255, up to which a pixel belongs to a margin if the template does
/// not say another. It hides the noise of JPEG, and shadows that nobody sees.
pub const TOLERANCE: u8 = 10;

/// The content of a picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Content {
    /// Its place in whole px of the picture.
    pub part: Rect,
    /// The share of that part that has ink, 0 to 1: that is not clear, or not of the margin's
    /// colour.
    pub ink: f32,
}

/// The content of a picture: the smallest part outside of which no pixel differs from the margins
/// by more than `tolerance` levels in any premultiplied channel. It is the whole picture if no
/// pixel differs.
#[must_use]
pub fn content(picture: &Pixmap, tolerance: u8) -> Content {
    let margin = margin(picture, tolerance);
    let differs = |pixel: &PremultipliedColorU8| !is_like(*pixel, margin, tolerance);
    let width = usize::try_from(picture.width()).unwrap_or(1).max(1);
    let (mut left, mut right) = (width, 0_usize);
    let (mut top, mut bottom) = (None, 0_usize);
    for (y, row) in picture.pixels().chunks(width).enumerate() {
        let Some(first) = row.iter().position(differs) else { continue };
        let last = row.iter().rposition(differs).unwrap_or(first);
        left = left.min(first);
        right = right.max(last.saturating_add(1));
        top = top.or(Some(y));
        bottom = y.saturating_add(1);
    }
    let Some(top) = top else {
        return Content { part: rect(0, 0, width, picture.pixels().len() / width), ink: 1.0 };
    };
    let rows = picture.pixels().chunks(width).take(bottom).skip(top);
    let inside = rows.filter_map(|row| row.get(left..right)).flatten();
    // A half clear pixel has half of the ink.
    let levels = |pixel: &PremultipliedColorU8| match margin.alpha() {
        0 => u64::from(pixel.alpha()),
        _ => u64::from(differs(pixel)).saturating_mul(255),
    };
    let ink = inside.map(levels).fold(0, u64::saturating_add);
    let part = rect(left, top, right.saturating_sub(left), bottom.saturating_sub(top));
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a share needs few digits")]
    let ink = (ink as f64 / 255.0 / f64::from(part.width * part.height)) as f32;
    Content { part, ink }
}

/// The colour of the margins: that of the corners if they are alike, or else a clear one.
fn margin(picture: &Pixmap, tolerance: u8) -> PremultipliedColorU8 {
    let (right, bottom) = (picture.width().saturating_sub(1), picture.height().saturating_sub(1));
    let corner = |x, y| picture.pixel(x, y).unwrap_or(PremultipliedColorU8::TRANSPARENT);
    let first = corner(0, 0);
    let others = [corner(right, 0), corner(0, bottom), corner(right, bottom)];
    let alike = others.into_iter().all(|other| is_like(other, first, tolerance));
    let clear = first.alpha() <= tolerance;
    if alike && !clear { first } else { PremultipliedColorU8::TRANSPARENT }
}

fn is_like(one: PremultipliedColorU8, other: PremultipliedColorU8, tolerance: u8) -> bool {
    one.red().abs_diff(other.red()) <= tolerance
        && one.green().abs_diff(other.green()) <= tolerance
        && one.blue().abs_diff(other.blue()) <= tolerance
        && one.alpha().abs_diff(other.alpha()) <= tolerance
}

#[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
const fn rect(x: usize, y: usize, width: usize, height: usize) -> Rect {
    Rect::new(x as f32, y as f32, width as f32, height as f32)
}
