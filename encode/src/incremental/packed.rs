//! A canvas that is put away: compressed, for the time in which pictures of other templates are drawn.
//!
//! Art repeats itself, and is searched well: it becomes few tokens, which are unpacked fast. Of a
//! photograph, and of a canvas that resembles another one, the differences are searched fast.

use tiny_skia::Pixmap;

use crate::deflate::block::{self, Codes};
use crate::deflate::inflate;
use crate::deflate::matcher;
use crate::deflate::token::{Kind, Token};
use crate::pixel;

/// Bytes of pixels that are compressed together. Their tokens take up to four times as many.
const PART_BYTES: usize = 256 * 1024;

/// The pixels of a canvas, compressed.
pub struct Packed {
    parts: Vec<Vec<u8>>,
    /// Whether they have the difference of each row from the one above.
    is_photo: bool,
}

/// Search depth for art.
const SEARCH_DEPTH: usize = 4;

impl Packed {
    /// Compresses a canvas. With `known`, a canvas of the same size, only the difference is kept.
    #[must_use]
    pub fn new(canvas: &Pixmap, known: Option<&Pixmap>) -> Self {
        let stride = pixel::per_row(canvas).saturating_mul(4).max(4);
        let rows_of_part = (PART_BYTES / stride).max(1);
        let is_photo = known.is_none() && !repeats(canvas);
        let mut best = (known.is_none() && !is_photo).then(|| matcher::Best::new(SEARCH_DEPTH));
        let (mut parts, mut differences, mut row_start) = (Vec::new(), Vec::new(), 0_usize);
        for part in canvas.data().chunks(rows_of_part.saturating_mul(stride)) {
            differences.clear();
            for row in part.chunks(stride) {
                let other = match known {
                    Some(known) => known.data().get(row_start..),
                    None if is_photo => row_start.checked_sub(stride).and_then(|above| canvas.data().get(above..)),
                    None => None,
                };
                match other {
                    Some(other) => differences.extend(row.iter().zip(other).map(|(one, two)| one.wrapping_sub(*two))),
                    None => differences.extend_from_slice(row),
                }
                row_start = row_start.saturating_add(row.len());
            }
            let mut tokens = Vec::new();
            match &mut best {
                Some(best) => best.find(&differences, &mut tokens),
                None => matcher::Fast::new().find(&differences, 0..differences.len(), &mut tokens),
            }
            parts.push(block::write(&tokens, &Codes::exact(&tokens)));
        }
        Self { parts, is_photo }
    }

    /// The canvas of this size in px; `known` is the one that it was compressed with. `None` if they are
    /// not those that it was made of.
    #[must_use]
    pub fn unpack(&self, width: u32, height: u32, known: Option<&Pixmap>) -> Option<Pixmap> {
        let mut canvas = Pixmap::new(width, height)?;
        let stride = pixel::per_row(&canvas).saturating_mul(4).max(4);
        let data = canvas.data_mut();
        let mut at = 0;
        for part in &self.parts {
            at = expand(&inflate::tokens(part)?, data, at)?;
        }
        if let Some(known) = known {
            add(data, known.data());
            return Some(canvas);
        }
        for row in (stride..data.len()).step_by(stride).filter(|_| self.is_photo) {
            let (above, rows) = data.split_at_mut_checked(row)?;
            add(rows.get_mut(..stride)?, above.get(row.saturating_sub(stride)..)?);
        }
        Some(canvas)
    }

    /// The memory that it holds, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.parts.iter().map(Vec::len).sum()
    }
}

/// Whether most pixels equal the one to the left, as in art.
fn repeats(canvas: &Pixmap) -> bool {
    let pairs = canvas.pixels().iter().zip(canvas.pixels().iter().skip(1));
    pairs.filter(|(left, right)| left == right).count() >= canvas.pixels().len() / 2
}

fn add(bytes: &mut [u8], others: &[u8]) {
    bytes.iter_mut().zip(others).for_each(|(byte, other)| *byte = byte.wrapping_add(*other));
}

/// Writes the bytes of some tokens to `out` from `start` on. Returns their end; `None` if there is no
/// room for them.
fn expand(tokens: &[Token], out: &mut [u8], start: usize) -> Option<usize> {
    let mut at = start;
    for token in tokens {
        let Kind::Match { length, distance } = token.kind() else {
            *out.get_mut(at)? = token.byte().to_le_bytes()[0];
            at = at.wrapping_add(1);
            continue;
        };
        let (from, end) = (at.checked_sub(distance)?, at.checked_add(length)?);
        if end > out.len() {
            return None;
        }
        // A match may overlap the bytes that it makes; each step copies all that are there.
        while at < end {
            let count = at.wrapping_sub(from).min(end.wrapping_sub(at));
            out.copy_within(from..from.wrapping_add(count), at);
            at = at.wrapping_add(count);
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::testing::Random;

    #[test]
    fn canvases_come_back_as_they_were() {
        let mut random = Random::default();
        for (width, height) in [(1, 1), (3, 200), (640, 333), (9_000, 20)] {
            for shades in [1, 5, 256] {
                let mut canvas = Pixmap::new(width, height).unwrap();
                canvas.data_mut().fill_with(|| random.below(shades as u32) as u8);
                let mut other = canvas.clone();
                let bytes = other.data().len();
                other.data_mut()[bytes / 3..bytes / 2].fill(7);
                let [alone, change] = [Packed::new(&canvas, None), Packed::new(&other, Some(&canvas))];
                let unpacked = alone.unpack(width, height, None).unwrap();
                assert!(unpacked == canvas, "{width} x {height}, {shades} shades");
                assert!(change.unpack(width, height, Some(&unpacked)).unwrap() == other);
                assert!(shades > 1 || alone.memory_bytes() < 200 + bytes / 100);
                assert!(alone.unpack(width, height.div_ceil(2), None).is_none() || height == 1);
            }
        }
    }
}
