//! What the pictures of a baseline are drawn on: its backdrop and its picture, in parts of some rows.
//!
//! A part that no picture needs is not there: it is put away compressed, and unpacked when a picture
//! changes it or its file is made of it. Dozens of templates then have room where two whole canvases
//! would have, and one that comes back unpacks a few rows.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tiny_skia::Pixmap;

use crate::encode::incremental::{Packed, Region};

/// Bytes of a part. Each begins without knowledge of the rows above it, and smaller ones take more memory when
/// they are put away.
const PART_BYTES: usize = 128 * 1024;

/// Bytes of a pixel.
const STEP: usize = 4;

/// A backdrop and the picture for nobody on it.
pub struct Parts {
    /// Bytes of a row.
    stride: usize,
    /// Rows of a part.
    rows: usize,
    parts: Vec<Part>,
}

/// The backdrop of each part, and the difference of the picture for nobody.
#[derive(Serialize, Deserialize)]
pub struct KeptParts(Vec<(Packed, Packed)>);

#[derive(Default)]
struct Part {
    /// The rows of the backdrop (premultiplied RGBA8). `None` if they are put away.
    backdrop: Option<Vec<u8>>,
    /// The same, put away. `None` if they never were.
    packed: Option<Packed>,
    /// The rows of the backdrop with what was raised into it. `None` if nothing was.
    raised: Option<Vec<u8>>,
    /// The difference of the picture for nobody.
    picture: Option<Packed>,
    /// Whether the canvas of the frame has these rows.
    is_drawn: bool,
}

impl Parts {
    /// The parts of a backdrop. With `most_bytes` they are put away at once; `None` if they take more.
    pub fn new(backdrop: &Pixmap, most_bytes: Option<usize>) -> Option<Self> {
        let mut all = Self::of_rows(usize::try_from(backdrop.width()).ok()?)?;
        let Self { stride, rows, .. } = all;
        for rows in backdrop.data().chunks(rows.saturating_mul(stride).max(1)) {
            let part = match most_bytes {
                None => Part { backdrop: Some(rows.to_vec()), ..Part::default() },
                Some(_) => Part { packed: Some(Packed::new(rows, stride, None)), ..Part::default() },
            };
            all.parts.push(part);
            if most_bytes.is_some_and(|most| all.memory_bytes() > most) {
                return None;
            }
        }
        Some(all)
    }

    /// Takes the picture for nobody, which is the last one.
    pub fn set_picture(&mut self, picture: &Pixmap) -> Option<()> {
        let stride = self.stride;
        for (part, rows) in self.parts.iter_mut().zip(picture.data().chunks(self.rows.saturating_mul(stride).max(1))) {
            let unpacked = match part.backdrop {
                Some(_) => None,
                None => Some(part.packed.as_ref()?.unpack(stride, None)?),
            };
            let backdrop = part.backdrop.as_ref().or(unpacked.as_ref())?;
            part.picture = Some(Packed::new(rows, stride, Some(backdrop)));
            part.is_drawn = true;
        }
        Some(())
    }

    /// Brings some rows of the backdrop, and of the picture onto the canvas of the frame if it does not have
    /// them. `None` if they cannot be unpacked.
    pub fn bring(&mut self, rows: &[Range<usize>], canvas: &mut Pixmap) -> Option<()> {
        let Self { stride, rows: height, .. } = *self;
        for (number, part) in self.parts.iter_mut().enumerate() {
            let start = number.saturating_mul(height);
            let end = start.saturating_add(height);
            if !rows.iter().any(|rows| rows.start < end && start < rows.end) {
                continue;
            }
            if part.backdrop.is_none() {
                part.backdrop = Some(part.packed.as_ref()?.unpack(stride, None)?);
            }
            if !part.is_drawn {
                let picture = part.picture.as_ref()?.unpack(stride, part.backdrop.as_deref())?;
                let from = start.saturating_mul(stride);
                let to = from.saturating_add(picture.len());
                canvas.data_mut().get_mut(from..to)?.copy_from_slice(&picture);
                part.is_drawn = true;
            }
        }
        Some(())
    }

    /// The picture for nobody, whole. `None` if it cannot be unpacked.
    pub fn picture(&self, (width, height): (u32, u32)) -> Option<Pixmap> {
        let mut picture = Pixmap::new(width, height)?;
        let size = self.rows.saturating_mul(self.stride).max(1);
        for (part, rows) in self.parts.iter().zip(picture.data_mut().chunks_mut(size)) {
            let unpacked = match part.backdrop {
                Some(_) => None,
                None => Some(part.packed.as_ref()?.unpack(self.stride, None)?),
            };
            let backdrop = part.backdrop.as_ref().or(unpacked.as_ref())?;
            rows.copy_from_slice(part.picture.as_ref()?.unpack(self.stride, Some(backdrop))?.get(..rows.len())?);
        }
        Some(picture)
    }

    /// Some bytes of a row of the backdrop, with what was raised into it. `None` if it is put away.
    pub fn row(&self, row: usize, bytes: Range<usize>) -> Option<&[u8]> {
        let (part, place) = self.place(row, bytes)?;
        let part = self.parts.get(part)?;
        part.raised.as_ref().or(part.backdrop.as_ref())?.get(place)
    }

    /// Whether something may have been raised into the backdrop.
    pub fn are_raised(&self) -> bool {
        self.parts.iter().any(|part| part.raised.is_some())
    }

    /// Takes a region of a canvas, all rows of which were [brought](Self::bring), into the backdrop. `None` if a row is
    /// missing.
    pub fn raise(&mut self, region: &Region, canvas: &Pixmap) -> Option<()> {
        let stride = self.stride;
        self.change(region, |_, place, row, bytes| {
            let start = row.checked_mul(stride)?;
            let from = canvas.data().get(start.checked_add(bytes.start)?..start.checked_add(bytes.end)?)?;
            place.copy_from_slice(from);
            Some(())
        })
    }

    /// Takes what was raised out of a region of the backdrop. `None` if a row is missing.
    pub fn lower(&mut self, region: &Region) -> Option<()> {
        self.change(region, |backdrop, place, _, _| {
            place.copy_from_slice(backdrop);
            Some(())
        })
    }

    /// Changes what is raised in a region, row by row: gives the bytes of the backdrop, the place, the row, and its
    /// bytes.
    fn change(
        &mut self,
        region: &Region,
        mut change: impl FnMut(&[u8], &mut [u8], usize, Range<usize>) -> Option<()>,
    ) -> Option<()> {
        for row in region.rows.clone() {
            let bytes = region.columns.start.checked_mul(STEP)?..region.columns.end.checked_mul(STEP)?;
            let (part, place) = self.place(row, bytes.clone())?;
            let Part { backdrop, raised, .. } = self.parts.get_mut(part)?;
            let backdrop = backdrop.as_ref()?;
            let raised = raised.get_or_insert_with(|| backdrop.clone());
            change(backdrop.get(place.clone())?, raised.get_mut(place)?, row, bytes)?;
        }
        Some(())
    }

    /// The part that has a row, and the place of some bytes of the row in it.
    fn place(&self, row: usize, bytes: Range<usize>) -> Option<(usize, Range<usize>)> {
        let start = row.checked_rem(self.rows)?.checked_mul(self.stride)?;
        let place = start.checked_add(bytes.start)?..start.checked_add(bytes.end.min(self.stride))?;
        Some((row.checked_div(self.rows)?, place))
    }

    /// Bytes of a row.
    pub const fn stride(&self) -> usize {
        self.stride
    }

    /// The frame is no more: a new one has no rows.
    pub fn forget_frame(&mut self) {
        for part in &mut self.parts {
            (part.is_drawn, part.raised) = (false, None);
        }
    }

    /// Compresses the backdrop, without what was raised into it.
    pub fn put_away(&mut self) {
        for part in &mut self.parts {
            part.raised = None;
            if let Some(backdrop) = part.backdrop.take()
                && part.packed.is_none()
            {
                part.packed = Some(Packed::new(&backdrop, self.stride, None));
            }
        }
    }

    /// What is kept of them outside of an isolate. `None` if they have no picture.
    pub fn keep(&self) -> Option<KeptParts> {
        let keep = |part: &Part| {
            let packed = part.packed.clone();
            let backdrop = packed.or_else(|| Some(Packed::new(part.backdrop.as_ref()?, self.stride, None)))?;
            Some((backdrop, part.picture.clone()?))
        };
        self.parts.iter().map(keep).collect::<Option<_>>().map(KeptParts)
    }

    /// The parts of a picture of this size (in px), put away. `None` if what was kept is of another size.
    pub fn of_kept(KeptParts(kept): KeptParts, (width, height): (usize, usize)) -> Option<Self> {
        let mut all = Self::of_rows(width)?;
        let most = all.rows.saturating_mul(all.stride);
        let mut left = all.stride.checked_mul(height)?;
        for (backdrop, picture) in kept {
            let bytes = left.min(most);
            left = left.saturating_sub(bytes);
            if bytes == 0 || backdrop.unpacked_bytes() != bytes || picture.unpacked_bytes() != bytes {
                return None;
            }
            all.parts.push(Part { packed: Some(backdrop), picture: Some(picture), ..Part::default() });
        }
        (left == 0).then_some(all)
    }

    /// No parts yet, for rows of this many px.
    fn of_rows(width: usize) -> Option<Self> {
        let stride = width.checked_mul(STEP)?;
        Some(Self { stride, rows: (PART_BYTES / stride.max(1)).max(1), parts: Vec::new() })
    }

    /// The memory that they hold in bytes.
    pub fn memory_bytes(&self) -> usize {
        let packed = |packed: &Option<Packed>| packed.as_ref().map_or(0, Packed::memory_bytes);
        let bytes = |part: &Part| {
            let rows = [&part.backdrop, &part.raised].map(|rows| rows.as_ref().map_or(0, Vec::len));
            rows.into_iter().chain([packed(&part.packed), packed(&part.picture)]).fold(0, usize::saturating_add)
        };
        self.parts.iter().map(bytes).fold(0, usize::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::incremental::every_row;

    #[test]
    fn rows_are_brought_as_they_are_needed() {
        let mut backdrop = Pixmap::new(300, 500).unwrap();
        for (at, byte) in backdrop.data_mut().iter_mut().enumerate() {
            *byte = (at / 1_200 % 251).to_le_bytes()[0];
        }
        let mut picture = backdrop.clone();
        picture.data_mut()[1_200 * 240..1_200 * 260].fill(9);
        for most_bytes in [None, Some(1_000_000)] {
            let mut parts = Parts::new(&backdrop, most_bytes).unwrap();
            parts.set_picture(&picture).unwrap();
            parts.put_away();
            parts.forget_frame();
            assert!(parts.memory_bytes() < 60_000 && parts.row(0, 0..4).is_none());
            let mut canvas = Pixmap::new(300, 500).unwrap();
            parts.bring(std::slice::from_ref(&(250..251)), &mut canvas).unwrap();
            let row = |pixels: &Pixmap, row: usize| pixels.data()[row * 1_200..row * 1_200 + 1_200].to_vec();
            assert!(row(&canvas, 250) == row(&picture, 250) && row(&canvas, 100) != row(&picture, 100));
            assert_eq!(parts.row(250, 0..1_200).unwrap(), row(&backdrop, 250));
            assert!(parts.picture((300, 500)).unwrap() == picture);
            // What was drawn stays.
            canvas.data_mut()[250 * 1_200] = 77;
            parts.bring(&every_row(), &mut canvas).unwrap();
            assert_eq!(canvas.data()[250 * 1_200], 77);
            canvas.data_mut()[250 * 1_200] = 9;
            assert!(canvas == picture);
        }
        assert!(Parts::new(&backdrop, Some(100)).is_none());
    }
}
