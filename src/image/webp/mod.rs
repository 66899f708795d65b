//! WebP (RFC 9649) → upright pixels in sRGB: lossy and lossless ones, and the first frame of an
//! animation.
//!
//! `image-webp` decodes a frame. The chunks around it are read here, so that the memory of each
//! step is known beforehand, and the picture is the only large buffer.

mod alpha;
mod codes;
mod container;
mod file;
mod lossless;
mod partitions;

use super::header::{Format, Header, blank};
use super::orient;
use super::pixels::{premultiply, spread};
use super::profile::{self, Transform};
use crate::error::Problem;
use crate::limits::Limits;
use container::{Coding, Container, Frame};
use tiny_skia::Pixmap;

pub(super) use container::Chunks;

/// Reads the chunks.
pub(super) fn header(bytes: &[u8], limits: &Limits) -> Result<Header, Problem> {
    let container = Container::read(bytes)?;
    let (width, height) = (container.width, container.height);
    let frame = &container.frame;
    let pixels = |width: u32, height: u32| u64::from(width).saturating_mul(u64::from(height));
    let (canvas, shown) = (pixels(width, height), pixels(frame.width, frame.height));
    let extra = match &frame.coding {
        Coding::Lossless { data, .. } => lossless::extra_bytes(data, shown, limits),
        Coding::Lossy { data, alpha } => {
            // Luma and two quarters of chroma in whole macroblocks, of which each has a header of 29
            // bytes, in a list that grows by doubling; the partitions, while they are copied.
            let blocks = pixels(frame.width.div_ceil(16), frame.height.div_ceil(16));
            let file = u64::try_from(data.len()).unwrap_or(u64::MAX);
            let planes = blocks.saturating_mul(256 + 128 + 3 * 29).saturating_add(file.saturating_mul(4));
            match alpha {
                Some(alpha) => {
                    shown.saturating_add(planes).max(lossless::extra_bytes(alpha, shown, limits).saturating_add(shown))
                }
                None => planes,
            }
        }
    };
    let is_whole = shown == canvas;
    let decoding = shown.saturating_mul(4).saturating_add(extra);
    let placed = if is_whole { 0 } else { shown.saturating_add(canvas).saturating_mul(4) };
    let turned = if container.orientation.swaps_sides() { canvas.saturating_mul(8) } else { 0 };
    let peak_bytes = decoding.max(placed).max(turned).max(canvas.saturating_mul(4));
    let (width, height) = if container.orientation.swaps_sides() { (height, width) } else { (width, height) };
    let is_lossy = matches!(frame.coding, Coding::Lossy { .. });
    Ok(Header { format: Format::Webp, width, height, is_lossy, peak_bytes })
}

/// Decodes a whole file. Missing data are an error.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixmap, Problem> {
    let container = Container::read(bytes)?;
    let transform = icc(&container, limits).and_then(|icc| profile::parse(icc).transform());
    let frame = &container.frame;
    let shown = picture(frame, transform.as_ref(), limits)?;
    let picture = if (frame.width, frame.height) == (container.width, container.height) {
        shown
    } else {
        let mut canvas = blank(container.width, container.height)?;
        place(&shown, frame, &mut canvas);
        canvas
    };
    orient::upright(picture, container.orientation)
}

/// The faults of a file that is shown nevertheless.
pub(super) fn notes(bytes: &[u8], limits: &Limits) -> Vec<String> {
    let Ok(container) = Container::read(bytes) else { return Vec::new() };
    let mut notes = Vec::new();
    if container.is_animated {
        notes.push("the WebP is an animation; its first picture is shown".to_owned());
    }
    if container.icc.is_some() {
        notes.extend(match icc(&container, limits) {
            None => Some(profile::UNREAD.to_owned()),
            Some(icc) => profile::parse(icc).note(),
        });
    }
    notes
}

/// Whether a file is an animation.
pub(super) fn is_animated(bytes: &[u8]) -> bool {
    Container::read(bytes).is_ok_and(|container| container.is_animated)
}

fn icc<'a>(container: &Container<'a>, limits: &Limits) -> Option<&'a [u8]> {
    container.icc.filter(|icc| icc.len() <= limits.profile_bytes)
}

/// Decodes a frame to a picture of its size.
fn picture(frame: &Frame<'_>, transform: Option<&Transform>, limits: &Limits) -> Result<Pixmap, Problem> {
    let mut picture = blank(frame.width, frame.height)?;
    let alpha = match frame.coding {
        Coding::Lossless { data, has_alpha } => {
            lossless::decode(data, &mut picture, limits)?;
            if !has_alpha {
                picture.data_mut().as_chunks_mut::<4>().0.iter_mut().for_each(|[.., alpha]| *alpha = 255);
            }
            None
        }
        Coding::Lossy { data, alpha } => {
            let alpha = alpha.map(|chunk| alpha::decode(chunk, &mut picture, limits)).transpose()?;
            lossy(data, &mut picture)?;
            alpha
        }
    };
    let pixels = picture.data_mut().as_chunks_mut::<4>().0;
    if let Some(transform) = transform {
        transform.apply(pixels);
    }
    for (pixel, alpha) in pixels.iter_mut().zip(alpha.iter().flatten()) {
        let [.., opacity] = pixel;
        *opacity = *alpha;
    }
    pixels.iter_mut().filter(|[.., alpha]| *alpha != 255).for_each(|pixel| *pixel = premultiply(*pixel));
    Ok(picture)
}

/// Decodes a VP8 key frame to opaque pixels.
fn lossy(data: &[u8], picture: &mut Pixmap) -> Result<(), Problem> {
    partitions::check(data)?;
    // The decoder writes RGB, into the front of the picture's own bytes.
    let length = picture.pixels().len().saturating_mul(3);
    let rgb = picture.data_mut().get_mut(..length).unwrap_or_default();
    file::decode(b"VP8 ", &[], data, rgb)?;
    spread(picture.data_mut());
    Ok(())
}

/// Copies a frame to its place on the canvas.
fn place(frame: &Pixmap, at: &Frame<'_>, canvas: &mut Pixmap) {
    let number = |px: u32| usize::try_from(px).unwrap_or(usize::MAX);
    let (from, to) = (number(frame.width()).max(1), number(canvas.width()).max(1));
    let rows = canvas.pixels_mut().chunks_exact_mut(to).skip(number(at.top));
    for (row, out) in frame.pixels().chunks_exact(from).zip(rows) {
        let end = number(at.left).saturating_add(from);
        if let Some(out) = out.get_mut(number(at.left)..end) {
            out.copy_from_slice(row);
        }
    }
}
