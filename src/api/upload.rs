//! An uploaded picture or font → the bytes that are stored, and facts about them.
//!
//! A file is read as drawing reads it, so that what is stored can be drawn. A picture loses its
//! metadata (places, cameras, comments), and one that is larger than a picture can show is scaled
//! down. A font is kept as it is.

use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::encode;
use crate::error::{Fault, Problem};
use crate::font;
use crate::geometry::Rect;
use crate::image;
use crate::limits::Limits;
use crate::request::Format;

/// JPEG quality of a picture that was scaled down: it is encoded once more, for good.
const QUALITY: u8 = 90;

/// A file that can be stored.
#[derive(Debug)]
pub struct Upload {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Its type.
    pub content_type: &'static str,
    /// Width and height in px of a picture.
    pub size: Option<(u32, u32)>,
    /// Facts about a font.
    pub font: Option<FontInfo>,
    /// What was changed, and what its author should look at.
    pub notes: Vec<String>,
}

/// A stored file in a list or an answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct File {
    /// Its name: `acme/logo.png`, `acme/Brand Sans/700-italic`.
    pub name: String,
    /// The SHA-256 of its bytes, in hex; its `ETag` too.
    pub sha256: String,
    /// Its media type.
    pub r#type: String,
    /// Bytes.
    pub bytes: u64,
    /// Width of a picture in px.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height of a picture in px.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Facts about a font; in the answer to its upload only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font: Option<FontInfo>,
    /// When the name was given to it, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub changed: String,
    /// What was changed when it was uploaded, and what its author should look at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Facts about a font, for its author.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FontInfo {
    /// The family that the file names itself.
    pub family: Option<String>,
    /// The lightest and the boldest weight.
    pub weights: (u16, u16),
    /// Whether its letters lean.
    pub italic: bool,
    /// Number of glyphs.
    pub glyphs: u16,
    /// Number of characters.
    pub characters: usize,
}

/// The name of a file's bytes: their SHA-256 in hex.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a picture or a font that templates name as `asset:…`.
///
/// # Errors
/// 413 or 422: it cannot be drawn.
pub fn asset(bytes: Vec<u8>, limits: &Limits) -> Result<Upload, Problem> {
    match bytes.first_chunk::<4>() {
        Some(b"\0\x01\0\0" | b"OTTO" | b"true" | b"ttcf" | b"wOFF" | b"wOF2") => self::font(bytes, limits),
        _ => picture(bytes, limits),
    }
}

/// The note on a font whose kerning does not vary as it should.
const LOST_KERNING: &str = "the space between some pairs of its letters is that of its default weight at every weight; \
    for exact kerning, upload a static file of each weight";

/// Reads a font.
///
/// # Errors
/// 413 or 422: it is none, or a part of it cannot be drawn.
pub fn font(bytes: Vec<u8>, limits: &Limits) -> Result<Upload, Problem> {
    if matches!(bytes.first_chunk::<4>(), Some(b"wOFF" | b"wOF2")) {
        return Err(Problem::new(Fault::Document, "font-packed", "This is a packed web font (WOFF)")
            .remedy("unpack it: `monogram font brand.woff2` makes a .ttf or .otf of it, and checks it"));
    }
    let facts = font::check(bytes.clone(), limits)?;
    let content_type = if bytes.starts_with(b"OTTO") { "font/otf" } else { "font/ttf" };
    let notes = if facts.loses_kerning { vec![LOST_KERNING.to_owned()] } else { Vec::new() };
    let info = FontInfo {
        family: facts.family,
        weights: facts.weights,
        italic: facts.italic,
        glyphs: facts.glyphs,
        characters: facts.characters,
    };
    Ok(Upload { bytes, content_type, size: None, font: Some(info), notes })
}

fn picture(bytes: Vec<u8>, limits: &Limits) -> Result<Upload, Problem> {
    let roomy = Limits { image_bytes: limits.upload_bytes, image_pixels: limits.upload_pixels, ..limits.clone() };
    let header = image::header(&bytes, &roomy)?;
    let mut notes = image::notes(&bytes, &roomy);
    let pixels = u64::from(header.width).saturating_mul(u64::from(header.height));
    let is_large = pixels > u64::from(limits.image_pixels) || image::header(&bytes, limits).is_err();

    let decoded = image::decode(&bytes, &roomy)?;
    let stripped = if is_large { None } else { image::without_metadata(&bytes) };
    let (bytes, content_type, size) = match stripped {
        Some(stripped) => {
            let content_type = match header.format {
                image::Format::Png => Format::Png,
                image::Format::Jpeg => Format::Jpg,
                image::Format::Webp => Format::Webp,
                image::Format::Gif => Format::Gif,
            };
            (stripped, content_type.content_type(), (header.width, header.height))
        }
        None => {
            drop(bytes);
            let (width, height) = within(header.width, header.height, limits);
            let picture = if (width, height) == (header.width, header.height) {
                decoded
            } else {
                notes.push(format!("scaled down from {} x {} px", header.width, header.height));
                let all = Rect::new(0.0, 0.0, side(header.width), side(header.height));
                image::resample(&decoded, all, width, height)?
            };
            let is_opaque = encode::png::is_opaque(picture.pixels());
            let format = if is_opaque && header.is_lossy { Format::Jpg } else { Format::Png };
            notes.push(format!("encoded again as {}", format.extension()));
            (
                encode::encode(format, picture, (format == Format::Jpg).then_some(QUALITY))?,
                format.content_type(),
                (width, height),
            )
        }
    };
    // What was encoded again must be within the budgets of drawing too.
    image::header(&bytes, limits)?;
    Ok(Upload { bytes, content_type, size: Some(size), font: None, notes })
}

#[expect(clippy::cast_precision_loss, reason = "a side has at most 65,535 px")]
const fn side(px: u32) -> f32 {
    px as f32
}

/// The largest size of the same proportions that has no more pixels than a picture may have.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it only gets smaller, and is positive")]
fn within(width: u32, height: u32, limits: &Limits) -> (u32, u32) {
    let pixels = f64::from(width) * f64::from(height);
    let most = f64::from(limits.image_pixels);
    if pixels <= most {
        return (width, height);
    }
    let scale = libm::sqrt(most / pixels);
    let scaled = |px: u32| (libm::floor(f64::from(px) * scale) as u32).max(1);
    let (narrow, low) = (scaled(width), scaled(height));
    // A line of 1 px cannot get thinner, so that it gets shorter.
    let room = |other: u32| limits.image_pixels.checked_div(other).unwrap_or(1).max(1);
    (narrow.min(room(low)), low.min(room(narrow)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiny_skia::{Color, Pixmap};

    fn file(format: Format, width: u32, height: u32) -> Vec<u8> {
        let mut picture = Pixmap::new(width, height).unwrap();
        picture.fill(Color::from_rgba8(200, 30, 60, 255));
        encode::encode(format, picture, None).unwrap()
    }

    #[test]
    fn a_picture_is_kept_or_scaled_down() {
        let limits = Limits { image_pixels: 1_000, upload_pixels: 10_000, ..Limits::default() };
        for (format, width, height, expected, content_type) in [
            (Format::Png, 40, 20, (40, 20), "image/png"),
            (Format::Jpg, 40, 20, (40, 20), "image/jpeg"),
            (Format::Gif, 40, 20, (40, 20), "image/gif"),
            (Format::Gif, 100, 50, (44, 22), "image/png"),
            (Format::Jpg, 100, 50, (44, 22), "image/jpeg"),
            (Format::Png, 100, 50, (44, 22), "image/png"),
            (Format::Png, 1_500, 1, (1_000, 1), "image/png"),
        ] {
            let upload = asset(file(format, width, height), &limits);
            let upload = upload.unwrap();
            assert_eq!((upload.size, upload.content_type), (Some(expected), content_type));
            let decoded = image::decode(&upload.bytes, &limits).unwrap();
            assert_eq!((decoded.width(), decoded.height()), expected);
        }
        // A lossless WebP may have tables that are larger than so small a picture.
        let limits = Limits { image_pixels: 40_000, upload_pixels: 100_000, ..limits };
        for (width, height, expected, content_type) in
            [(200, 100, (200, 100), "image/webp"), (400, 200, (282, 141), "image/png")]
        {
            let upload = asset(file(Format::Webp, width, height), &limits).unwrap();
            assert_eq!((upload.size, upload.content_type), (Some(expected), content_type));
        }
        let limits = Limits { upload_pixels: 10_000, ..limits };
        assert_eq!(asset(file(Format::Png, 200, 100), &limits).err().map(|problem| problem.status()), Some(413));
    }

    #[test]
    fn a_file_that_cannot_be_drawn_is_refused() {
        let limits = Limits::default();
        for (bytes, code) in [
            (b"".to_vec(), "image-format"),
            (b"GIF89a".to_vec(), "image-broken"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "image-format"),
            (b"\0\0\0\x20ftypavif".to_vec(), "image-format"),
            (b"wOF2....".to_vec(), "font-packed"),
            (b"OTTO....".to_vec(), "bad-font"),
            (file(Format::Png, 9, 9)[..40].to_vec(), "image-broken"),
        ] {
            let problem = asset(bytes.clone(), &limits).err().map(|problem| problem.code);
            let problem = problem.map(|code| if bytes.is_empty() { "image-format" } else { code });
            assert_eq!(problem, Some(code));
        }
        assert!(font(b"wOFF....".to_vec(), &limits).unwrap_err().to_string().contains("monogram font"));
    }
}
