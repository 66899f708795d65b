//! A part of a picture, scaled well: a prefiltered convolution, not point samples.
//!
//! Catmull-Rom (a cubic with b = 0, c = ½) is sharp and, being a polynomial, the same bits natively and in
//! wasm; Lanczos needs a sine. Scaling down widens the kernel, so nothing aliases. Channels are filtered as they are
//! stored: premultiplied, so that transparent pixels weigh nothing, and sRGB-coded, as browsers do it.

use super::blank;
use crate::error::{Fault, Problem};
use crate::geometry::Rect;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// Samples `source` (px of the picture, fractions allowed, clamped to it) into a new picture of
/// `width` x `height` px, premultiplied like the old one.
///
/// Where `source` is whole pixels and of that very size, they are copied as they are. Besides its answer it holds
/// `width` x (rows of `source`) pixels.
///
/// # Errors
/// `Fault::Ours` when `width`, `height` or the part of `source` inside the picture is empty: layout owes us a box
/// with an area, within the canvas.
pub fn resample(picture: &Pixmap, source: Rect, width: u32, height: u32) -> Result<Pixmap, Problem> {
    let side = |from: f32, to: f32, length: u32| (f64::from(from.max(0.0)), f64::from(to).min(f64::from(length)));
    let (left, right) = side(source.x, source.right(), picture.width());
    let (top, bottom) = side(source.y, source.bottom(), picture.height());
    if width == 0 || height == 0 || !(right > left && bottom > top) {
        return Err(ours("there is nothing to sample"));
    }
    let mut answer = blank(width, height)?;

    let input = ImageRef::new(picture.width(), picture.height(), picture.data(), PixelType::U8x4).map_err(ours)?;
    let mut output = Image::from_slice_u8(width, height, answer.data_mut(), PixelType::U8x4).map_err(ours)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(left, top, right - left, bottom - top)
        .use_alpha(false);
    Resizer::new().resize(&input, &mut output, &options).map_err(ours)?;
    restore_premultiplied(&mut answer);
    Ok(answer)
}

/// The cubic's negative lobes may lift a colour over its alpha, which no premultiplied pixel has.
fn restore_premultiplied(picture: &mut Pixmap) {
    for pixel in picture.pixels_mut() {
        let alpha = pixel.alpha();
        if alpha < 255 {
            let cap = |channel: u8| channel.min(alpha);
            let capped =
                PremultipliedColorU8::from_rgba(cap(pixel.red()), cap(pixel.green()), cap(pixel.blue()), alpha);
            *pixel = capped.unwrap_or(PremultipliedColorU8::TRANSPARENT);
        }
    }
}

/// Only a wrong call gets here.
fn ours(error: impl std::fmt::Display) -> Problem {
    Problem::new(Fault::Ours, "resample", format!("an image could not be scaled: {error}"))
}
