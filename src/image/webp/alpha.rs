//! The opacity of a lossy WebP (RFC 9649, section 2.7.1.2): one byte for each pixel.

use super::super::header::broken;
use super::lossless;
use crate::error::Problem;
use crate::limits::Limits;
use tiny_skia::Pixmap;

/// Decodes the data of an ALPH chunk to a byte for each pixel, top-down. The pixels of `scratch`,
/// which has the size of the picture, are lost.
pub(super) fn decode(chunk: &[u8], scratch: &mut Pixmap, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let (&flags, data) = chunk.split_first().ok_or_else(|| broken("the WebP has no opacity"))?;
    let width = usize::try_from(scratch.width()).unwrap_or(usize::MAX).max(1);
    let mut alpha: Vec<u8> = match flags & 3 {
        0 => {
            let bytes = scratch.pixels().len();
            data.get(..bytes).ok_or_else(|| broken("the WebP is cut short"))?.to_vec()
        }
        1 => {
            // It is the green of a lossless picture.
            lossless::decode(data, scratch, limits)?;
            scratch.data_mut().as_chunks::<4>().0.iter().map(|&[_, green, ..]| green).collect()
        }
        _ => return Err(broken("the WebP has opacity of an unknown kind")),
    };
    unfilter(&mut alpha, width, flags >> 2 & 3);
    Ok(alpha)
}

/// Adds to each byte what its neighbours foretell: nothing (0), the byte before it (1), the one
/// above it (2), or a gradient of both and the one between them (3). In the first row that is the
/// byte before it, in the first column the one above it.
fn unfilter(alpha: &mut [u8], width: usize, method: u8) {
    if method == 0 {
        return;
    }
    let mut above: &mut [u8] = &mut [];
    for row in alpha.chunks_mut(width) {
        let (mut left, mut corner) = (0, 0);
        for (x, value) in row.iter_mut().enumerate() {
            let up = above.get(x).copied();
            let foretold = match (up, method) {
                (None, _) => left,
                (Some(up), _) if x == 0 => up,
                (Some(_), 1) => left,
                (Some(up), 2) => up,
                (Some(up), _) => {
                    let gradient = i16::from(left) + i16::from(up) - i16::from(corner);
                    u8::try_from(gradient.clamp(0, 255)).unwrap_or_default()
                }
            };
            *value = value.wrapping_add(foretold);
            (left, corner) = (*value, up.unwrap_or_default());
        }
        above = row;
    }
}
