//! GIF (87a and 89a) → pixels: the first picture of a file, on its screen.
//!
//! `weezl` unpacks the indices of a row at a time, so that the picture is the only large buffer. A
//! colour profile, which only few programs write, is not read.

mod blocks;

use super::header::{Format, Header, blank, broken};
use crate::error::Problem;
use blocks::Blocks;
use tiny_skia::Pixmap;
use weezl::{BitOrder, LzwStatus, decode::Decoder};

/// The rows of the four passes of an interlaced picture (the GIF89a specification, appendix E): the
/// first row, and the distance to the next.
const PASSES: [(u32, u32); 4] = [(0, 8), (4, 8), (2, 4), (1, 2)];

/// Reads the blocks up to the first picture.
pub(super) fn header(bytes: &[u8]) -> Result<Header, Problem> {
    let Blocks { width, height, .. } = Blocks::read(bytes)?;
    let peak_bytes = u64::from(width).saturating_mul(u64::from(height)).saturating_mul(4);
    Ok(Header { format: Format::Gif, width, height, is_lossy: false, peak_bytes })
}

/// Decodes the first picture. Missing rows are an error. What it does not cover of the screen is
/// transparent, as in browsers, and so is an index without a colour.
pub(super) fn decode(bytes: &[u8]) -> Result<Pixmap, Problem> {
    let mut blocks = Blocks::read(bytes)?;
    let mut picture = blank(blocks.width, blocks.height)?;
    let mut colors = [[0; 4]; 256];
    for (index, (color, &[r, g, b])) in (0_u8..=255).zip(colors.iter_mut().zip(blocks.palette)) {
        *color = if Some(index) == blocks.transparent { [0; 4] } else { [r, g, b, 255] };
    }
    let number = |px: u32| usize::try_from(px).unwrap_or(usize::MAX);
    let stride = number(blocks.width).max(1);
    let mut row = vec![0; number(blocks.frame_width)];
    let mut unpacked = Unpacked { decoder: Decoder::new(BitOrder::Lsb, blocks.code_bits), block: &[] };
    for y in rows(blocks.frame_height, blocks.is_interlaced) {
        unpacked.fill(&mut row, &mut blocks.data)?;
        let start = number(blocks.top.saturating_add(y)).saturating_mul(stride).saturating_add(number(blocks.left));
        let pixels = picture.data_mut().as_chunks_mut::<4>().0.get_mut(start..).unwrap_or_default();
        for (pixel, &index) in pixels.iter_mut().zip(&row) {
            *pixel = colors.get(usize::from(index)).copied().unwrap_or_default();
        }
    }
    Ok(picture)
}

/// The faults of a file that is shown nevertheless.
pub(super) fn notes(bytes: &[u8]) -> Vec<String> {
    let is_animated = Blocks::read(bytes).is_ok_and(|blocks| blocks.is_animated);
    if is_animated { vec!["the GIF is an animation; its first picture is shown".to_owned()] } else { Vec::new() }
}

/// The file with nothing but its first picture. `None` if it is not whole.
pub(super) fn first_picture(bytes: &[u8]) -> Option<Vec<u8>> {
    let blocks = Blocks::read(bytes).ok().filter(|blocks| blocks.data.is_whole())?;
    Some([blocks.kept.concat().as_slice(), &[0x3B]].concat())
}

/// The rows of a picture in the order in which they are stored.
fn rows(height: u32, is_interlaced: bool) -> impl Iterator<Item = u32> {
    let passes = if is_interlaced { PASSES.as_slice() } else { &[(0, 1)] };
    passes.iter().flat_map(move |&(first, step)| (first..height).step_by(usize::try_from(step).unwrap_or(1)))
}

/// Indices of colours, as they are unpacked.
struct Unpacked<'a> {
    decoder: Decoder,
    /// The rest of the block that is being unpacked.
    block: &'a [u8],
}

impl<'a> Unpacked<'a> {
    /// Fills a row with the next indices.
    fn fill(&mut self, mut row: &mut [u8], blocks: &mut blocks::SubBlocks<'a>) -> Result<(), Problem> {
        while !row.is_empty() {
            let result = self.decoder.decode_bytes(self.block, row);
            self.block = self.block.get(result.consumed_in..).unwrap_or_default();
            row = row.get_mut(result.consumed_out..).unwrap_or_default();
            let status = result.status.map_err(|error| broken(format!("the GIF cannot be decoded: {error}")))?;
            if matches!(status, LzwStatus::Done) && !row.is_empty() {
                return Err(broken("the GIF has too few rows"));
            }
            if result.consumed_out == 0 && result.consumed_in == 0 {
                self.block = blocks.next().ok_or_else(|| broken("the GIF is cut short"))?;
            }
        }
        Ok(())
    }
}
