//! The px of a layer, read between them: where a layer is seen in perspective or displaced.

use super::blend;
use super::surface::Surface;

/// The most points in each direction at which the part of one px is averaged.
const MAX_POINTS: f32 = 16.0;

/// Steps between two flat px at which it is read.
const STEPS: f32 = 128.0;

/// The px of a flat layer.
pub struct Texture<'a> {
    pixels: &'a [[u8; 4]],
    width: usize,
    /// Its edges in flat px.
    edges: [f32; 4],
}

impl<'a> Texture<'a> {
    /// The px of a layer. `None` if it has none.
    #[expect(clippy::cast_precision_loss, reason = "a flat layer has a few thousand px")]
    pub fn new(flat: &'a Surface) -> Option<Self> {
        let bounds = flat.bounds()?;
        let edges = [bounds.left(), bounds.top(), bounds.right(), bounds.bottom()].map(|edge| edge as f32);
        Some(Self { pixels: flat.data().as_chunks::<4>().0, width: bounds.width() as usize, edges })
    }

    /// The mean of a quad of the canvas, whose corners run clockwise.
    pub fn mean(&self, [a, b, c, d]: [(f32, f32); 4]) -> [u8; 4] {
        let [left, top, right, bottom] = self.edges;
        let outside = |at: &dyn Fn((f32, f32)) -> bool| [a, b, c, d].into_iter().all(at);
        // Half a px beyond an edge, its px still shows.
        if outside(&|(x, _)| x <= left - 0.5)
            || outside(&|(x, _)| x >= right + 0.5)
            || outside(&|(_, y)| y <= top - 0.5)
            || outside(&|(_, y)| y >= bottom + 0.5)
        {
            return [0; 4];
        }
        let apart = |one: (f32, f32), other: (f32, f32)| (one.0 - other.0).abs().max((one.1 - other.1).abs());
        let points = |side: f32| side.ceil().clamp(1.0, MAX_POINTS);
        let (across, down) = (points(apart(a, b).max(apart(d, c))), points(apart(a, d).max(apart(b, c))));
        let mix = |one: (f32, f32), other: (f32, f32), at: f32| {
            (one.0 + (other.0 - one.0) * at, one.1 + (other.1 - one.1) * at)
        };
        let mut sum = 0_u64;
        let mut v = 0.5;
        while v < down {
            let (from, to) = (mix(a, d, v / down), mix(b, c, v / down));
            let mut u = 0.5;
            while u < across {
                let (x, y) = mix(from, to, u / across);
                sum = sum.wrapping_add(self.at(x - left, y - top));
                u += 1.0;
            }
            v += 1.0;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 16 × 16 points")]
        let count = (across * down).max(1.0) as u64;
        [0, 16, 32, 48].map(|shift| {
            let mean = (sum >> shift & 0xffff).saturating_add(count / 2) / count;
            u8::try_from(mean).unwrap_or(u8::MAX)
        })
    }

    /// The colour at a point, in px from the corner of the layer.
    pub fn color(&self, x: f32, y: f32) -> [u8; 4] {
        let [r, _, g, _, b, _, a, _] = self.at(x, y).to_le_bytes();
        [r, g, b, a]
    }

    /// The colour at a point, mixed from the four px around it: four channels, each in 16 bits, of which
    /// up to 256 can be added.
    #[expect(clippy::cast_possible_truncation, reason = "far points saturate, and are outside")]
    fn at(&self, x: f32, y: f32) -> u64 {
        // In steps, so that the rest is whole numbers.
        let (x, y) = (((x - 0.5) * STEPS).floor() as i32, ((y - 0.5) * STEPS).floor() as i32);
        let (column, row) = (x >> 7, y >> 7);
        let part = |at: i32| u64::from((at & 127).unsigned_abs());
        let across = |row: i32| {
            let [one, next] = self.pair(column, row);
            between(blend::spread(one), blend::spread(next), part(x))
        };
        between(across(row), across(row.saturating_add(1)), part(y))
    }

    /// Two px beside each other.
    fn pair(&self, column: i32, row: i32) -> [[u8; 4]; 2] {
        if let (Ok(left), Ok(upper)) = (usize::try_from(column), usize::try_from(row))
            && left.saturating_add(1) < self.width
        {
            let start = upper.saturating_mul(self.width).saturating_add(left);
            let pair = self.pixels.get(start..).and_then(<[_]>::first_chunk);
            return pair.copied().unwrap_or_default();
        }
        [self.pixel(column, row), self.pixel(column.saturating_add(1), row)]
    }

    /// A px; clear outside.
    fn pixel(&self, column: i32, row: i32) -> [u8; 4] {
        match (usize::try_from(column), usize::try_from(row)) {
            (Ok(column), Ok(row)) if column < self.width => {
                self.pixels.get(row.saturating_mul(self.width).saturating_add(column)).copied().unwrap_or_default()
            }
            _ => [0; 4],
        }
    }
}

/// A mix of two colours of four channels, `part` steps from the first one.
const fn between(one: u64, next: u64, part: u64) -> u64 {
    let mixed = one * (128 - part) + next * part;
    // Half a level is added before the rest is cut off.
    ((mixed + blend::spread([64; 4])) >> 7) & blend::spread([255; 4])
}
