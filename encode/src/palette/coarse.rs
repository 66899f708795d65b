//! Finds a near one of up to 256 opaque colours, for pictures with so many pixels that finding the
//! nearest would take most of their time.
//!
//! The box around the colours is cut into cells, and all of a cell gets the colour that is nearest
//! to its middle. Dithering spreads the difference, as it does with the difference to the nearest
//! colour. The pixels of so large a picture are shown at half their size, so that the noise that
//! this adds is not seen.

use super::nearest::Nearest;
use super::oklab::Point;

/// Pixels from which on time counts more than the last per cent of a file: those of a picture for
/// screens of two pixels for each px of CSS.
pub const MANY_PIXELS: usize = 1_500_000;

/// Cells along each axis, as a power of two.
const CELL_BITS: u32 = 6;
const COUNT: f32 = 64.0;

/// The cells of a box around some colours.
pub struct Cells {
    nearest: Nearest,
    /// The least coordinates of the box, and cells for each unit of length.
    least: [f32; 3],
    per_unit: [f32; 3],
    /// One more than the index of each cell's colour; 0 if it was not looked for yet.
    found: Vec<u16>,
}

impl Cells {
    /// Cuts the box of up to 256 opaque colours.
    pub fn new(points: &[Point]) -> Self {
        let (mut least, mut most) = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
        for point in points {
            for ((least, most), at) in least.iter_mut().zip(&mut most).zip(point) {
                *least = least.min(*at);
                *most = most.max(*at);
            }
        }
        let mut per_unit = [0.0; 3];
        for ((per_unit, least), most) in per_unit.iter_mut().zip(least).zip(most) {
            let side = most - least;
            *per_unit = if side > 0.0 { COUNT / side } else { 0.0 };
        }
        Self { nearest: Nearest::new(points), least, per_unit, found: vec![0; 1 << (3 * CELL_BITS)] }
    }

    /// The memory that they hold, in bytes.
    pub const fn memory_bytes(&self) -> usize {
        self.nearest.memory_bytes().saturating_add(self.found.len().saturating_mul(2))
    }

    /// The index of the colour of an opaque point's cell; points outside of the box count to the
    /// cell beside them.
    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the cells")]
    pub fn of(&mut self, [l, a, b, _]: Point) -> u8 {
        let mut cell = 0;
        for ((at, least), per_unit) in [l, a, b].into_iter().zip(self.least).zip(self.per_unit) {
            let place = ((at - least) * per_unit).clamp(0.0, COUNT - 1.0);
            cell = cell << CELL_BITS | place as usize;
        }
        match self.found.get(cell) {
            Some(&found) if found > 0 => u8::try_from(found.wrapping_sub(1)).unwrap_or(0),
            _ => self.find(cell),
        }
    }

    #[cold]
    #[expect(clippy::cast_precision_loss, reason = "less than the cells of an axis")]
    fn find(&mut self, cell: usize) -> u8 {
        let mut middle: Point = [1.0; 4];
        for (axis, middle) in middle.iter_mut().take(3).rev().enumerate() {
            let place = cell >> (CELL_BITS as usize).wrapping_mul(axis) & (1_usize << CELL_BITS).wrapping_sub(1);
            *middle = place as f32 + 0.5;
        }
        for ((middle, least), per_unit) in middle.iter_mut().zip(self.least).zip(self.per_unit) {
            *middle = if per_unit > 0.0 { least + *middle / per_unit } else { least };
        }
        let index = self.nearest.of(middle);
        if let Some(found) = self.found.get_mut(cell) {
            *found = u16::from(index).wrapping_add(1);
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_colour_as_near_as_a_cell_is_wide() {
        let level = |n: u32| f32::from(u8::try_from(n.wrapping_mul(0x9E37_79B1) >> 24).unwrap()) / 255.0;
        let points: Vec<Point> =
            (0..256).map(|n| [level(n), level(n + 500) - 0.5, level(n + 900) - 0.5, 1.0]).collect();
        let far = |one: Point, other: Point| {
            one.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum::<f32>().sqrt()
        };
        let mut cells = Cells::new(&points);
        for n in 0..10_000 {
            let point = [level(n * 3), level(n * 5 + 1) - 0.5, level(n * 7 + 2) - 0.5, 1.0];
            let least = points.iter().map(|other| far(point, *other)).fold(f32::INFINITY, f32::min);
            let found = far(point, points[usize::from(cells.of(point))]);
            // Half of a cell's diagonal there, and as much back.
            assert!(found <= least + 3.0_f32.sqrt() / COUNT, "{point:?}: {found} and {least}");
        }
        assert!(points.iter().all(|point| far(points[usize::from(cells.of(*point))], *point) < 0.03));
    }

    #[test]
    fn takes_any_point() {
        let mut cells = Cells::new(&[[0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 1.0]]);
        assert_eq!([cells.of([-9.0; 4]), cells.of([9.0; 4]), cells.of([f32::NAN; 4])], [0, 1, 0]);
        assert_eq!(Cells::new(&[]).of([0.5; 4]), 0);
        assert_eq!(Cells::new(&[[0.5; 4]; 256]).of([0.5; 4]), 0);
    }
}
