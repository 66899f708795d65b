//! Finds the nearest of up to 256 points, and always the same one as a search of all of them.
//!
//! Space is cut into cubes. A cube knows the points that can be the nearest to something in it:
//! those not farther from its nearest place than some other point from its farthest. It is made as
//! soon as something falls into it, and is cut into 16 where the points are close together. A search
//! compares the points of one cube, and takes a tenth of the time of a search of all, whether the
//! points are a photograph's or two shades'.

use super::oklab::Point;

/// The middle of all space, and half of its side. Colours in premultiplied Oklab have coordinates of
/// -0.4 to 1, and dithering adds a little. What is outside is compared with all points.
const SPACE: (Point, f32) = ([0.5; 4], 1.0);

/// A cube of so few points is not cut.
const FEW: usize = 8;

/// A cube is not cut if half of its side is shorter: one level of 255 differs more.
const SMALLEST: f32 = 1.0 / 4096.0;

/// The most cubes: 1.5 MB, and at most 4 MB of indices of points. Later ones are not made.
const MOST_CUBES: usize = 16 * 1024;

/// The most cells of the grid: 64 kB.
const MOST_CELLS: usize = 32 * 1024;

/// The points, and the cubes that were made so far.
pub struct Nearest {
    points: Vec<Point>,
    grid: Grid,
    cubes: Vec<Cube>,
    /// The indices of the points of all cubes.
    candidates: Vec<u8>,
}

/// The space around the points in cells of the same size, so that most searches begin in a cube
/// that need not be cut.
struct Grid {
    least: Point,
    /// Side of a cell, and cells for each unit of length.
    side: f32,
    per_unit: f32,
    /// Cells along each axis.
    counts: [usize; 4],
    /// The number of each cell's cube; 0 if it was not made yet.
    cells: Vec<u16>,
}

/// A part of space.
#[derive(Clone, Copy)]
struct Cube {
    middle: Point,
    /// Half of its side.
    half: f32,
    /// Where the indices of its points are in `candidates`, and their number.
    start: usize,
    count: usize,
    /// The numbers of its parts, by the bits of their place; 0 if it was not made yet.
    parts: [u16; 16],
}

impl Nearest {
    /// Prepares a search among up to 256 points; further points are ignored.
    pub fn new(points: &[Point]) -> Self {
        let candidates: Vec<u8> = (0..=u8::MAX).zip(points).map(|(index, _)| index).collect();
        let (middle, half) = SPACE;
        let all = Cube { middle, half, start: 0, count: candidates.len(), parts: [0; 16] };
        Self { points: points.to_vec(), grid: Grid::around(points), cubes: vec![all], candidates }
    }

    /// The index of the nearest point, the first of several; 0 if there is none.
    #[inline]
    pub fn of(&mut self, point: Point) -> u8 {
        let (start, end) = self.candidates_of(&point);
        let mut nearest = (f32::INFINITY, 0);
        for &index in self.candidates.get(start..end).unwrap_or_default() {
            let far = self.points.get(usize::from(index)).map_or(f32::INFINITY, |other| distance(&point, other));
            if far < nearest.0 {
                nearest = (far, index);
            }
        }
        nearest.1
    }

    /// The memory that it holds, in bytes.
    pub const fn memory_bytes(&self) -> usize {
        let cubes = self.cubes.len().saturating_mul(size_of::<Cube>());
        cubes.saturating_add(self.candidates.len()).saturating_add(self.grid.cells.len().saturating_mul(2))
    }

    /// Where the indices of the points are that can be the nearest.
    #[inline]
    fn candidates_of(&mut self, point: &Point) -> (usize, usize) {
        let mut number = 0;
        if let Some(cell) = self.grid.cell(point) {
            number = match self.grid.cells.get(cell) {
                Some(&made) if made > 0 => usize::from(made),
                _ => self.fill(cell).unwrap_or_default(),
            };
        }
        let is_inside = number > 0 || {
            let (middle, half) = SPACE;
            point.iter().zip(middle).all(|(at, middle)| (at - middle).abs() <= half)
        };
        while let Some(here) = self.cubes.get(number) {
            let range = (here.start, here.start.saturating_add(here.count));
            if here.count <= FEW || !is_inside || here.half < SMALLEST {
                return range;
            }
            let bits = point.iter().zip(here.middle).rev();
            let place = bits.fold(0, |place: usize, (at, middle)| place << 1 | usize::from(*at >= middle));
            number = match here.parts.get(place) {
                Some(&made) if made > 0 => usize::from(made),
                _ => match self.cut(number, place) {
                    Some(made) => made,
                    None => return range,
                },
            };
        }
        (0, 0)
    }

    /// Makes the cube of a cell; `None` if there are too many.
    #[cold]
    fn fill(&mut self, cell: usize) -> Option<usize> {
        let made = self.add(0, self.grid.middle(cell), self.grid.side / 2.0)?;
        *self.grid.cells.get_mut(cell)? = made;
        Some(usize::from(made))
    }

    /// Makes the part of a cube that is at a place; `None` if there are too many.
    #[cold]
    fn cut(&mut self, number: usize, place: usize) -> Option<usize> {
        let Cube { mut middle, half, .. } = *self.cubes.get(number)?;
        for (axis, middle) in middle.iter_mut().enumerate() {
            *middle += if place >> axis & 1 == 1 { half / 2.0 } else { -half / 2.0 };
        }
        let made = self.add(number, middle, half / 2.0)?;
        *self.cubes.get_mut(number)?.parts.get_mut(place)? = made;
        Some(usize::from(made))
    }

    /// Adds a cube that lies in another one; `None` if there are too many.
    fn add(&mut self, outer: usize, middle: Point, half: f32) -> Option<u16> {
        let number = u16::try_from(self.cubes.len()).ok().filter(|_| self.cubes.len() < MOST_CUBES)?;
        let outer = self.cubes.get(outer)?;
        let candidates = self.candidates.get(outer.start..)?.get(..outer.count)?;
        // The square of the distance to the farthest place of the cube, or to the nearest one.
        let reach = |index: &u8, half: f32| {
            let point = self.points.get(usize::from(*index)).copied().unwrap_or_default();
            point.iter().zip(middle).map(|(at, middle)| ((at - middle).abs() + half).max(0.0)).map(|at| at * at).sum()
        };
        // Distances are rounded: what is almost as near is kept as well.
        let least: f32 = candidates.iter().map(|index| reach(index, half)).fold(f32::INFINITY, f32::min);
        let kept: Vec<u8> =
            candidates.iter().copied().filter(|index| reach(index, -half) <= least * 1.001 + 1e-9).collect();
        self.cubes.push(Cube { middle, half, start: self.candidates.len(), count: kept.len(), parts: [0; 16] });
        self.candidates.extend(kept);
        Some(number)
    }
}

impl Grid {
    /// A grid that reaches somewhat farther than the points.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most MOST_CELLS")]
    fn around(points: &[Point]) -> Self {
        let (mut least, mut most) = ([f32::INFINITY; 4], [f32::NEG_INFINITY; 4]);
        for &point in points {
            least.iter_mut().zip(point).for_each(|(least, at)| *least = least.min(at));
            most.iter_mut().zip(point).for_each(|(most, at)| *most = most.max(at));
        }
        // The smallest cells of which there are not too many.
        let mut side = 1.0 / 512.0;
        loop {
            let count = |(least, most): (&f32, &f32)| ((most - least).clamp(0.0, 4.0) / side + 3.0) as usize;
            let mut each = least.iter().zip(&most).map(count);
            let counts = std::array::from_fn(|_| each.next().unwrap_or(1));
            let cells = counts.iter().copied().fold(1, usize::saturating_mul);
            if cells <= MOST_CELLS {
                let least = least.map(|least| least - side);
                return Self { least, side, per_unit: 1.0 / side, counts, cells: vec![0; cells] };
            }
            side *= 1.125;
        }
    }

    /// The cell of a point; `None` outside the grid.
    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "negative numbers were left out")]
    fn cell(&self, point: &Point) -> Option<usize> {
        let mut cell = 0_usize;
        for ((at, least), &count) in point.iter().zip(self.least).zip(&self.counts) {
            let place = (at - least) * self.per_unit;
            if place < 0.0 || place as usize >= count {
                return None;
            }
            cell = cell.wrapping_mul(count).wrapping_add(place as usize);
        }
        Some(cell)
    }

    /// The middle of a cell.
    #[expect(clippy::cast_precision_loss, reason = "at most MOST_CELLS")]
    fn middle(&self, mut cell: usize) -> Point {
        let mut middle = self.least;
        for (middle, &count) in middle.iter_mut().zip(&self.counts).rev() {
            let count = count.max(1);
            *middle += self.side * ((cell % count) as f32 + 0.5);
            cell /= count;
        }
        middle
    }
}

/// The square of the distance.
#[inline]
fn distance([l, a, b, alpha]: &Point, other: &Point) -> f32 {
    let [l, a, b, alpha] = [l - other[0], a - other[1], b - other[2], alpha - other[3]];
    l * l + a * a + b * b + alpha * alpha
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from 0 to 1 in the order of a simple generator (Numerical Recipes, 7.1).
    fn noise() -> impl FnMut() -> f32 {
        let mut state = 1_u32;
        move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap()) / 65_535.0
        }
    }

    #[test]
    fn finds_what_a_search_of_all_finds() {
        let mut noise = noise();
        for (count, spread, alphas) in
            [(1, 1.0, 1.0), (256, 1.0, 1.0), (256, 1.0, 0.0), (255, 0.002, 0.0), (100, 0.2, 0.5), (256, 0.0, 0.0)]
        {
            let mut random = |spread: f32| -> Point {
                let place = if noise() > 0.5 { 0.9 } else { 0.1 };
                [place, 0.1, 0.1, 1.0 - alphas * noise()].map(|middle| middle + spread * (noise() - 0.5))
            };
            let points: Vec<Point> = (0..count).map(|_| random(spread)).collect();
            let mut nearest = Nearest::new(&points);
            for _ in 0..20_000 {
                let wanted = random(spread * 1.5);
                let found = points[usize::from(nearest.of(wanted))];
                let best = points.iter().map(|point| distance(&wanted, point)).fold(f32::INFINITY, f32::min);
                assert!(distance(&wanted, &found) <= best, "{wanted:?} of {count} points, {spread} apart");
            }
            assert!(nearest.cubes.len() <= MOST_CUBES);
        }
    }

    #[test]
    fn takes_any_point() {
        let mut nearest = Nearest::new(&[[0.0; 4], [1.0; 4]]);
        assert_eq!([nearest.of([-9.0; 4]), nearest.of([9.0; 4]), nearest.of([f32::NAN; 4])], [0, 1, 0]);
        assert_eq!(Nearest::new(&[]).of([0.5; 4]), 0);
        assert_eq!(Nearest::new(&[[0.5; 4]; 300]).of([0.5; 4]), 0);
    }
}
