//! Resamples a part of a picture with a prefiltered convolution instead of point samples.
//!
//! Catmull-Rom (a cubic with b = 0, c = ½) is sharp. It is a polynomial, so it gives the same bits
//! natively and in wasm; Lanczos would need a sine. Scaling down widens the kernel, so that no
//! aliasing occurs. Channels are filtered as they are stored: premultiplied, so that transparent
//! pixels have no weight, and sRGB-coded, as in browsers.

use super::header::blank;
use crate::error::{Fault, Problem};
use crate::geometry::Rect;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use tiny_skia::{Pixmap, PremultipliedColorU8};

/// The radius of the kernel in px if a picture is not scaled down.
const KERNEL_RADIUS: f64 = 2.0;

/// Resamples `source` (px of the picture, fractions allowed, clamped to it) into a new picture of
/// `width` x `height` px, premultiplied like the old one.
///
/// If `source` consists of whole pixels and already has that size, they are copied unchanged.
/// Pixels next to `source` contribute to its edge, as they do in a browser. Besides its result this
/// holds at most as many bytes as the larger of both pictures.
///
/// # Errors
/// `Fault::Ours` if `width`, `height` or the part of `source` inside the picture is empty: layout
/// must pass a box with an area, within the canvas.
pub fn resample(picture: &Pixmap, source: Rect, width: u32, height: u32) -> Result<Pixmap, Problem> {
    if width == 0 || height == 0 {
        return Err(ours("its box is empty"));
    }
    let mut answer = blank(width, height)?;
    resample_into(&mut answer, picture, source)?;
    Ok(answer)
}

/// Does the same as [`resample`], but into an existing picture. If the caller allocates it before
/// the decode, the freed decoded picture leaves no hole in memory.
///
/// # Errors
/// Those of [`resample`].
pub fn resample_into(answer: &mut Pixmap, picture: &Pixmap, source: Rect) -> Result<(), Problem> {
    let x = Span::new(source.x, source.right(), picture.width())?;
    let y = Span::new(source.y, source.bottom(), picture.height())?;
    let (width, height) = (answer.width(), answer.height());
    if goes_along_rows_first(x.length, (picture.width(), picture.height()), (width, height)) {
        let mut narrow = blank(width, picture.height())?;
        convolve(picture, x, Span::whole(picture.height()), &mut narrow)?;
        convolve(&narrow, Span::whole(width), y, answer)?;
    } else {
        convolve(picture, x, y, answer)?;
    }
    restore_premultiplied(answer);
    Ok(())
}

/// Peak memory of [`resample`] in bytes: the picture, the result and the intermediate picture.
///
/// `columns` is the number of px of the picture's width that are sampled; `picture` and `answer`
/// are widths and heights in px.
#[must_use]
pub fn peak_bytes(columns: f32, picture: (u32, u32), answer: (u32, u32)) -> u64 {
    let columns = f64::from(columns.max(0.0)).min(f64::from(picture.0));
    let between = if goes_along_rows_first(columns, picture, answer) {
        area((answer.0, picture.1))
    } else {
        // Columns next to the sampled ones contribute to the edges.
        let beside = KERNEL_RADIUS * (columns / f64::from(answer.0.max(1))).max(1.0) + 2.0;
        (columns + 2.0 * beside).min(f64::from(picture.0)) * f64::from(answer.1)
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and saturating")]
    let pixels = (area(picture) + area(answer) + between).ceil() as u64;
    pixels.saturating_mul(4)
}

/// Whether rows should be resampled first. The library resamples columns first, and holds all
/// columns at their new height. If a wide picture is squeezed into a tall box, that is far more
/// than both pictures.
fn goes_along_rows_first(columns: f64, picture: (u32, u32), answer: (u32, u32)) -> bool {
    (columns + 2.0) * f64::from(answer.1) > area(picture).max(area(answer))
}

fn area((width, height): (u32, u32)) -> f64 {
    f64::from(width) * f64::from(height)
}

/// A part of a picture's width or height, in px.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: f64,
    length: f64,
}

impl Span {
    /// The part that is inside the picture.
    fn new(from: f32, to: f32, end: u32) -> Result<Self, Problem> {
        let (from, to) = (f64::from(from.max(0.0)), f64::from(to).min(f64::from(end)));
        if from < to { Ok(Self { from, length: to - from }) } else { Err(ours("nothing of it is to be seen")) }
    }

    fn whole(length: u32) -> Self {
        Self { from: 0.0, length: f64::from(length) }
    }

    /// Whether a result of `output` px has exactly these pixels. The condition is the library's
    /// own, bit for bit.
    #[expect(clippy::float_cmp, reason = "it asks whether the library would compare them as equal")]
    fn is_copied(self, output: u32) -> bool {
        self.length == f64::from(output) && self.from == self.from.round()
    }

    /// The first px that the kernel may read when this part is resampled to `output` px, and the
    /// number of px from there on. All of them are inside a picture of `end` px.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 … end, which is a u32")]
    fn reach(self, output: u32, end: u32) -> (u32, u32) {
        let radius = KERNEL_RADIUS * (self.length / f64::from(output)).max(1.0);
        // One px more than the kernel needs, so that the result does not depend on rounding.
        let first = (self.from - radius - 1.0).floor().clamp(0.0, f64::from(end)) as u32;
        let last = (self.from + self.length + radius + 1.0).ceil().clamp(0.0, f64::from(end)) as u32;
        (first, last.saturating_sub(first))
    }
}

/// Fills `answer` with a part of `picture`, one axis after the other.
///
/// The library (6.1) must never be given both axes at once. It would size and address the picture
/// between its two passes by the taps of the first and the last output column alone, after it has
/// dropped taps that are zero. Catmull-Rom is zero at distances of 1 and 2, so the taps of the
/// first column may begin to the right of those of the second, and those of the last column may end
/// to the left of those of the column before: the unchecked reads of its second pass then leave
/// that picture. With one axis per call there is no such picture.
fn convolve(picture: &Pixmap, x: Span, y: Span, answer: &mut Pixmap) -> Result<(), Problem> {
    if x.is_copied(answer.width()) || y.is_copied(answer.height()) {
        return convolve_one_axis(picture, x, y, answer);
    }
    let (first, columns) = x.reach(answer.width(), picture.width());
    let mut between = blank(columns, answer.height())?;
    convolve_one_axis(picture, Span { from: f64::from(first), length: f64::from(columns) }, y, &mut between)?;
    let x = Span { from: x.from - f64::from(first), length: x.length };
    convolve_one_axis(&between, x, Span::whole(answer.height()), answer)
}

/// Fills `answer` with a part of `picture`; one of the axes is copied unchanged.
fn convolve_one_axis(picture: &Pixmap, x: Span, y: Span, answer: &mut Pixmap) -> Result<(), Problem> {
    let (width, height) = (answer.width(), answer.height());
    let input = ImageRef::new(picture.width(), picture.height(), picture.data(), PixelType::U8x4).map_err(ours)?;
    let mut output = Image::from_slice_u8(width, height, answer.data_mut(), PixelType::U8x4).map_err(ours)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(x.from, y.from, x.length, y.length)
        .use_alpha(false);
    Resizer::new().resize(&input, &mut output, &options).map_err(ours)
}

/// Clamps colours to alpha. The cubic's negative lobes may raise a colour above its alpha, which is
/// invalid in a premultiplied pixel.
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

/// The error for a wrong call by our own code.
fn ours(error: impl std::fmt::Display) -> Problem {
    Problem::new(Fault::Ours, "resample", format!("an image could not be scaled: {error}"))
}
