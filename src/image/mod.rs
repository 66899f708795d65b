//! Bytes of an asset → premultiplied pixels, cropped and resampled for their box.
//!
//! Assets come from template authors and from the hosts that they allow, so a file may contain
//! anything. Its format is sniffed, its size is read from its header and checked against the
//! budget, and only then is it decoded.
//!
//! A picture is a [`tiny_skia::Pixmap`]: rows top-down, premultiplied RGBA, 8 bits a channel, sRGB.
//! Colour profiles with a matrix and curves are converted; [`notes`] names the profiles that are
//! not.
//!
//! ```text
//! fit         object-fit, and a focal point      crop     the place of the most detail
//! trim        empty margins                      optical  sizes that look alike
//! tone        grey, one colour, two colours      visibility  of a logo on a ground
//! matrix      the colour filters of CSS
//! survey      what of these layout has to know before anything is drawn, found once
//! ```
//!
//! Invariant: no input makes this stage panic, or hold more than [`peak_bytes_allowed`] of memory.

pub mod crop;
pub mod fit;
mod gif;
mod header;
mod jpeg;
pub mod matrix;
pub mod optical;
mod orient;
mod pixels;
mod png;
mod profile;
pub mod resample;
mod strip;
pub mod survey;
pub mod svg;
pub mod tone;
pub mod trim;
pub mod visibility;
mod webp;

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use tiny_skia::Pixmap;

use header::{broken, too_large};

pub use crop::{Detail, Focus};
pub use fit::{Fit, Placement, place};
pub use header::{Format, Header};
pub use optical::optical;
pub use resample::{resample, resample_into};
pub use strip::without_metadata;
pub use survey::{Survey, Surveys, Wanted};
pub use tone::Filter;
pub use visibility::Visibility;

/// Bytes that a decode may hold at once: twice the largest legal picture, 30.5 MiB for 4 million
/// pixels.
///
/// The factor is two, because turning a picture on its side needs the picture and its copy. A JPEG
/// that is not decoded row by row also holds two bytes of coefficients per sample, so its pixel
/// limit is lower than that of other files.
#[must_use]
pub const fn peak_bytes_allowed(limits: &Limits) -> u64 {
    (limits.image_pixels as u64).saturating_mul(8)
}

/// Reads the header of an asset and checks it against the budget; decodes nothing.
///
/// # Errors
/// `Fault::TooLarge` over `limits.image_bytes`, `limits.image_pixels` or [`peak_bytes_allowed`];
/// `Fault::Document` when the file is of another kind or broken: an asset is the template author's.
pub fn header(bytes: &[u8], limits: &Limits) -> Result<Header, Problem> {
    if bytes.len() > limits.image_bytes {
        return Err(too_large(format!("the image is {} bytes; the limit is {}", bytes.len(), limits.image_bytes)));
    }
    let header = match sniff(bytes)? {
        Format::Png => png::header(bytes)?,
        Format::Jpeg => jpeg::header(bytes)?,
        Format::Webp => webp::header(bytes, limits)?,
        Format::Gif => gif::header(bytes)?,
    };
    let pixels = u64::from(header.width).saturating_mul(u64::from(header.height));
    if pixels > u64::from(limits.image_pixels) {
        let (width, height) = (header.width, header.height);
        return Err(too_large(format!("the image is {width} x {height} px; the limit is {} px", limits.image_pixels)));
    }
    let allowed = peak_bytes_allowed(limits);
    if header.peak_bytes > allowed {
        let found = header.peak_bytes;
        return Err(too_large(format!("the image needs {found} bytes of memory to decode; the limit is {allowed}"))
            .remedy("scale the image down to the size it is shown at, or save it as a baseline JPEG"));
    }
    Ok(header)
}

/// Decodes an asset.
///
/// The picture is upright (EXIF orientation applied). The peak memory of a decode is
/// [`Header::peak_bytes`], which [`header`] has checked, plus some rows.
///
/// # Errors
/// Those of [`header`], and `Fault::Document` for a file that is damaged or cut short.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixmap, Problem> {
    match header(bytes, limits)?.format {
        Format::Png => png::decode(bytes, limits),
        Format::Jpeg => jpeg::decode(bytes, limits),
        Format::Webp => webp::decode(bytes, limits),
        Format::Gif => gif::decode(bytes),
    }
}

/// The faults of an asset that [`decode`] shows nevertheless, for its author: a wrong checksum, a
/// missing end, a colour profile that is not converted. Empty if the file has no fault or is
/// refused.
#[must_use]
pub fn notes(bytes: &[u8], limits: &Limits) -> Vec<String> {
    match header(bytes, limits).map(|header| header.format) {
        Ok(Format::Png) => png::notes(bytes, limits),
        Ok(Format::Jpeg) => jpeg::notes(bytes, limits),
        Ok(Format::Webp) => webp::notes(bytes, limits),
        Ok(Format::Gif) => gif::notes(bytes),
        Err(_) => Vec::new(),
    }
}

/// Detects the format by magic numbers, and names known formats that are not supported.
fn sniff(bytes: &[u8]) -> Result<Format, Problem> {
    let kind = match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => return Ok(Format::Png),
        [0xFF, 0xD8, 0xFF, ..] => return Ok(Format::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => return Ok(Format::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => return Ok(Format::Webp),
        [] => return Err(broken("the image file is empty")),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => "an AVIF",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..] => "a HEIC",
        [b'B', b'M', ..] => "a BMP",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "a TIFF",
        // Its world could not make a picture of it; see svg.rs.
        _ if svg::is_svg(bytes) => {
            return Err(Problem::new(Fault::Document, "image-format", "the image file is an SVG that cannot be drawn")
                .remedy("turn its text into outlines and take pictures out of it, or export it as a PNG"));
        }
        [b'<', ..] | [0xEF, 0xBB, 0xBF, b'<', ..] => "a page or another text in tags",
        _ => "of a kind that we do not know",
    };
    Err(Problem::new(Fault::Document, "image-format", format!("the image file is {kind}"))
        .remedy("save it as a PNG, a JPEG, a WebP, a GIF or an SVG"))
}
