//! The blocks of a GIF (the GIF89a specification, 1990), up to its first picture.

use super::super::header::broken;
use crate::error::Problem;

/// Bytes of signature and logical screen (sections 17 and 18).
const SCREEN_BYTES: usize = 13;

/// What is shown of a file.
pub(in crate::image) struct Blocks<'a> {
    /// px of the picture: the screen, or more if the first picture reaches beyond it; not 0
    pub width: u32,
    /// px of the picture; not 0
    pub height: u32,
    /// px from the left edge
    pub left: u32,
    /// px from the top edge
    pub top: u32,
    /// px of the first picture; not 0
    pub frame_width: u32,
    /// px of the first picture; not 0
    pub frame_height: u32,
    pub is_interlaced: bool,
    /// Colours by index.
    pub palette: &'a [[u8; 3]],
    /// The index that is transparent.
    pub transparent: Option<u8>,
    /// Bits of the first codes of the compressed data, less 1: 1 to 11.
    pub code_bits: u8,
    /// The compressed data, in blocks of up to 255 bytes.
    pub data: SubBlocks<'a>,
    /// Whether another picture follows.
    pub is_animated: bool,
    /// The parts of the file that the picture is made of, without its end.
    pub kept: Vec<&'a [u8]>,
}

impl<'a> Blocks<'a> {
    /// Reads a file up to its first picture, and looks for a second one.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Problem> {
        let cut = || broken("the GIF is cut short in its header");
        let &[b'G', b'I', b'F', b'8', b'7' | b'9', b'a', w0, w1, h0, h1, flags, _, _, ..] = bytes else {
            return Err(cut());
        };
        let table = table_bytes(flags);
        let (screen, mut rest) = bytes.split_at_checked(SCREEN_BYTES.saturating_add(table)).ok_or_else(cut)?;
        let global = screen.get(SCREEN_BYTES..).unwrap_or_default();
        let mut kept = vec![screen];
        let mut transparent = None;
        loop {
            match rest {
                // A graphic control extension (section 23), of which the last one counts.
                [0x21, 0xF9, data @ ..] => {
                    let after = SubBlocks(data).skip_all();
                    if let Some(&[flags, _, _, index, ..]) = SubBlocks(data).next() {
                        transparent = (flags & 1 != 0).then_some(index);
                        kept.truncate(1);
                        kept.extend(rest.get(..rest.len().saturating_sub(after.len())));
                    }
                    rest = after;
                }
                [0x21, _, data @ ..] => rest = SubBlocks(data).skip_all(),
                [0x2C, ..] => break,
                [] | [0x3B, ..] => return Err(broken("the GIF has no picture")),
                // Bytes that belong to no block are skipped, as elsewhere.
                [_, after @ ..] => rest = after,
            }
        }
        let &[_, x0, x1, y0, y1, fw0, fw1, fh0, fh1, image, ..] = rest else { return Err(cut()) };
        let local_bytes = table_bytes(image);
        let (head, after) = rest.split_at_checked(local_bytes.saturating_add(10)).ok_or_else(cut)?;
        let local = head.get(10..).unwrap_or_default();
        let (&code_bits, data) = after.split_first().ok_or_else(cut)?;
        let end = SubBlocks(data).skip_all();
        let length = rest.len().saturating_sub(end.len());
        kept.push(rest.get(..length).unwrap_or_default());

        let number = |low, high| u32::from(u16::from_le_bytes([low, high]));
        let (left, top) = (number(x0, x1), number(y0, y1));
        let (mut frame_width, mut frame_height) = (number(fw0, fw1), number(fh0, fh1));
        let (screen_width, screen_height) = (number(w0, w1), number(h0, h1));
        // Browsers take the screen for the size of a picture without one, and the first picture for
        // the size of a screen that is too small.
        if frame_width == 0 || frame_height == 0 {
            (frame_width, frame_height) = (screen_width, screen_height);
        }
        if frame_width == 0 || frame_height == 0 {
            return Err(broken(format!("the GIF says it is {frame_width} x {frame_height} px")));
        }
        let palette = if local_bytes > 0 { local } else { global };
        if palette.is_empty() {
            return Err(broken("the GIF has no palette"));
        }
        if !(1..=11).contains(&code_bits) {
            return Err(broken("the GIF has codes of an impossible length"));
        }
        Ok(Self {
            width: screen_width.max(left.saturating_add(frame_width)),
            height: screen_height.max(top.saturating_add(frame_height)),
            left,
            top,
            frame_width,
            frame_height,
            is_interlaced: image & 0x40 != 0,
            palette: palette.as_chunks().0,
            transparent,
            code_bits,
            data: SubBlocks(data),
            is_animated: has_picture(end),
            kept,
        })
    }
}

/// Bytes of the colour table that these flags announce (sections 18 and 20).
fn table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { (2_usize << (flags & 7)).saturating_mul(3) }
}

/// Whether the blocks up to the end of the file have a picture.
fn has_picture(mut rest: &[u8]) -> bool {
    loop {
        match rest {
            [0x2C, ..] => return true,
            [0x21, _, data @ ..] => rest = SubBlocks(data).skip_all(),
            [0, after @ ..] => rest = after,
            _ => return false,
        }
    }
}

/// Walks data sub-blocks (section 15) up to the empty one that ends them, or the end of the file.
#[derive(Clone)]
pub(in crate::image) struct SubBlocks<'a>(&'a [u8]);

impl<'a> SubBlocks<'a> {
    /// The bytes after the last block.
    fn skip_all(mut self) -> &'a [u8] {
        self.by_ref().for_each(drop);
        self.0.get(1..).unwrap_or_default()
    }

    /// Whether the file has the empty block that ends them.
    pub fn is_whole(&self) -> bool {
        let mut blocks = self.clone();
        blocks.by_ref().for_each(drop);
        blocks.0.first() == Some(&0)
    }
}

impl<'a> Iterator for SubBlocks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (&length, rest) = self.0.split_first()?;
        if length == 0 {
            // It stays where it is, so that the iterator is at its end for good.
            return None;
        }
        let (block, rest) = rest.split_at_checked(usize::from(length)).unwrap_or((rest, &[]));
        self.0 = rest;
        Some(block)
    }
}
