//! Perspective: the map from a flat box onto four points, and the cylinder around which the box may
//! be bent before.
//!
//! The box is the unit square here, 0 to 1 from its left and its top. The map is the homography of
//! Heckbert, *Fundamentals of Texture Mapping and Image Warping* (1989), section 2.2.3. Numbers are
//! of double precision, because the inverse of a steep map loses half of the digits.

/// A point: x, and y downwards.
pub type Point = (f64, f64);

/// The share of the mean corner triangle that each corner triangle must have: three points in a
/// line have a triangle of nothing. With less, one end of the box would be 50 times as large as the
/// other.
const LEAST_CORNER: f64 = 0.02;

/// Four points, clockwise from the top left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quad(pub [Point; 4]);

impl Quad {
    /// What is wrong with it, in words; `None` if a box can be seen so. No coordinate may be more
    /// than `far`.
    #[must_use]
    pub fn flaw(&self, far: f64) -> Option<&'static str> {
        let [a, b, c, d] = self.0;
        if [a, b, c, d].iter().any(|(x, y)| !(x.abs() <= far && y.abs() <= far)) {
            return Some("a corner lies too far outside");
        }
        let cross = |before: Point, at: Point, after: Point| {
            (at.0 - before.0) * (after.1 - at.1) - (at.1 - before.1) * (after.0 - at.0)
        };
        let turns = [cross(d, a, b), cross(a, b, c), cross(b, c, d), cross(c, d, a)];
        let mean = turns.iter().map(|turn| turn.abs()).sum::<f64>() / 4.0;
        if mean < 1e-6 || turns.iter().any(|turn| turn.abs() < mean * LEAST_CORNER) {
            return Some("three of the corners lie in a line, or nearly");
        }
        match turns.iter().filter(|turn| **turn > 0.0).count() {
            4 => None,
            0 => Some("the corners run anticlockwise"),
            _ => Some("the corners cross each other, or one of them is dented"),
        }
    }

    /// Its area.
    #[must_use]
    pub fn area(&self) -> f64 {
        let [a, b, c, d] = self.0;
        ((c.0 - a.0) * (d.1 - b.1) - (c.1 - a.1) * (d.0 - b.0)).abs() / 2.0
    }
}

/// A map of the plane that keeps lines straight: rows of a 3 × 3 matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection([[f64; 3]; 3]);

impl Projection {
    /// The map from the unit square onto a quad without a [flaw](Quad::flaw).
    #[must_use]
    pub fn onto(quad: &Quad) -> Self {
        let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = quad.0;
        let (dx1, dy1, dx2, dy2) = (x1 - x2, y1 - y2, x3 - x2, y3 - y2);
        let (sum_x, sum_y) = (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3);
        let area = dx1 * dy2 - dx2 * dy1;
        let (g, h) = ((sum_x * dy2 - dx2 * sum_y) / area, (dx1 * sum_y - sum_x * dy1) / area);
        Self([[x1 - x0 + g * x1, x3 - x0 + h * x3, x0], [y1 - y0 + g * y1, y3 - y0 + h * y3, y0], [g, h, 1.0]])
    }

    /// This map, and then an affine one: `x' = a·x + c·y + e`, `y' = b·x + d·y + f`.
    #[must_use]
    pub fn then(&self, [a, b, c, d, e, f]: [f64; 6]) -> Self {
        let [x, y, w] = self.0;
        let row = |of_x: f64, of_y: f64, of_w: f64| {
            let [[x0, x1, x2], [y0, y1, y2], [w0, w1, w2]] = [x, y, w];
            [of_x * x0 + of_y * y0 + of_w * w0, of_x * x1 + of_y * y1 + of_w * w1, of_x * x2 + of_y * y2 + of_w * w2]
        };
        Self([row(a, c, e), row(b, d, f), w])
    }

    /// The map back. `None` if all points lie in a line.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let [[a, b, c], [d, e, f], [g, h, i]] = self.0;
        let determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
        let over = 1.0 / determinant;
        over.is_finite().then_some({
            Self([
                [(e * i - f * h) * over, (c * h - b * i) * over, (b * f - c * e) * over],
                [(f * g - d * i) * over, (a * i - c * g) * over, (c * d - a * f) * over],
                [(d * h - e * g) * over, (b * g - a * h) * over, (a * e - b * d) * over],
            ])
        })
    }

    /// The nearness of a point to the eye: its third coordinate, 1 at the first corner.
    #[must_use]
    pub const fn depth(&self, (x, y): Point) -> f64 {
        let [_, _, [g, h, i]] = self.0;
        g * x + h * y + i
    }

    /// The place of a point. `None` if it is behind the eye.
    #[must_use]
    pub fn at(&self, (x, y): Point) -> Option<Point> {
        let [[a, b, c], [d, e, f], _] = self.0;
        let depth = self.depth((x, y));
        (depth > 1e-9).then(|| ((a * x + b * y + c) / depth, (d * x + e * y + f) / depth))
    }
}

/// A cylinder around which the unit square is bent, seen from far in front of it: a mug, a bottle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cylinder {
    /// Whether it stands; otherwise it lies.
    pub stands: bool,
    /// How far a line around it that is a radius nearer is moved along the axis, in sides of the square:
    /// more than 0 if it is seen from above.
    pub bulge: f64,
    half: f64,
    /// Sine and cosine of half of the angle.
    edge: (f64, f64),
}

impl Cylinder {
    /// A cylinder around which the square goes for twice the angle `half`, in radians; more than 0, at
    /// most π/2.
    #[must_use]
    pub fn new(stands: bool, half: f64, bulge: f64) -> Self {
        Self { stands, bulge, half, edge: libm::sincos(half) }
    }

    /// Where a point of the square is seen. Beyond the square's ends the plane goes on flat.
    #[must_use]
    pub fn bend(&self, point: Point) -> Point {
        self.along(point, |around| {
            let (sin, cos) = libm::sincos((around - 0.5) * 2.0 * self.half);
            (0.5 + sin / (2.0 * self.edge.0), self.shift(cos))
        })
    }

    /// The point of the square that is seen at a place.
    #[must_use]
    pub fn unbend(&self, seen: Point) -> Point {
        self.along(seen, |across| {
            let sin = (2.0 * across - 1.0) * self.edge.0;
            let cos = (1.0 - sin * sin).max(0.0).sqrt();
            (0.5 + libm::atan2(sin, cos) / (2.0 * self.half), -self.shift(cos))
        })
    }

    /// The largest shift along the axis.
    #[must_use]
    pub fn depth(&self) -> f64 {
        self.shift(1.0)
    }

    fn shift(&self, cos: f64) -> f64 {
        self.bulge * (cos - self.edge.1)
    }

    /// Maps a point by what becomes of its place around the axis: the new one, and a shift along it.
    fn along(&self, (x, y): Point, map: impl Fn(f64) -> (f64, f64)) -> Point {
        let (around, axis) = if self.stands { (x, y) } else { (y, x) };
        let (around, shift) = if (0.0..=1.0).contains(&around) { map(around) } else { (around, 0.0) };
        if self.stands { (around, axis + shift) } else { (axis + shift, around) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: f64 = 16_384.0;

    #[test]
    fn bad_quads_are_told_apart() {
        for (corners, flaw) in [
            ([(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)], None),
            ([(3.0, 1.0), (9.0, 0.0), (20.0, 30.0), (0.0, 9.0)], None),
            // A strip, however thin, is a box.
            ([(0.0, 0.0), (4_000.0, 0.0), (4_000.0, 0.1), (0.0, 0.1)], None),
            ([(0.0, 0.0), (0.0, 9.0), (9.0, 9.0), (9.0, 0.0)], Some("the corners run anticlockwise")),
            (
                [(0.0, 0.0), (9.0, 9.0), (9.0, 0.0), (0.0, 9.0)],
                Some("the corners cross each other, or one of them is dented"),
            ),
            (
                [(0.0, 0.0), (9.0, 0.0), (2.0, 2.0), (0.0, 9.0)],
                Some("the corners cross each other, or one of them is dented"),
            ),
            ([(0.0, 0.0), (4.0, 0.0), (9.0, 0.0), (4.0, 9.0)], Some("three of the corners lie in a line, or nearly")),
            ([(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (4.5, 4.55)], Some("three of the corners lie in a line, or nearly")),
            ([(5.0, 5.0); 4], Some("three of the corners lie in a line, or nearly")),
            ([(0.0, 0.0), (9e9, 0.0), (9.0, 9.0), (0.0, 9.0)], Some("a corner lies too far outside")),
            ([(0.0, 0.0), (9.0, f64::NAN), (9.0, 9.0), (0.0, 9.0)], Some("a corner lies too far outside")),
            ([(0.0, 0.0), (9.0, 0.0), (9.0, f64::INFINITY), (0.0, 9.0)], Some("a corner lies too far outside")),
        ] {
            assert_eq!(Quad(corners).flaw(FAR), flaw, "{corners:?}");
        }
    }

    #[test]
    fn a_projection_hits_its_corners_and_comes_back() {
        let quad = Quad([(31.0, 12.0), (190.0, 40.0), (260.0, 300.0), (-20.0, 180.0)]);
        let map = Projection::onto(&quad);
        let square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
        let near = |one: Point, other: Point| (one.0 - other.0).abs() < 1e-9 && (one.1 - other.1).abs() < 1e-9;
        for (corner, point) in square.into_iter().zip(quad.0) {
            assert!(near(map.at(corner).unwrap(), point), "{corner:?}");
        }
        // The diagonals meet where those of the quad do.
        let (x, y) = map.at((0.5, 0.5)).unwrap();
        let on = |(ax, ay): Point, (bx, by): Point| ((bx - ax) * (y - ay) - (by - ay) * (x - ax)).abs() < 1e-6;
        let [a, b, c, d] = quad.0;
        assert!(on(a, c) && on(b, d), "{x}, {y}");
        let moved = map.then([0.0, 2.0, -2.0, 0.0, 5.0, 7.0]);
        let back = moved.inverse().unwrap();
        for point in [(0.3, 0.9), (0.0, 0.0), (1.2, -0.1)] {
            let (x, y) = map.at(point).unwrap();
            assert!(near(moved.at(point).unwrap(), (5.0 - 2.0 * y, 7.0 + 2.0 * x)));
            assert!(near(back.at(moved.at(point).unwrap()).unwrap(), point), "{point:?}");
        }
        assert_eq!(Projection([[0.0; 3]; 3]).inverse(), None);
    }

    #[test]
    fn a_cylinder_is_bent_and_unbent() {
        for stands in [true, false] {
            for half in [0.1, 1.0, std::f64::consts::FRAC_PI_2] {
                let cylinder = Cylinder::new(stands, half, 0.3);
                for point in [(0.0, 0.5), (0.2, 0.9), (0.5, 0.5), (1.0, 1.0), (-0.3, 0.5), (0.5, 1.4)] {
                    let (x, y) = cylinder.unbend(cylinder.bend(point));
                    assert!((x - point.0).abs() < 1e-7 && (y - point.1).abs() < 1e-7, "{point:?}: {x}, {y}");
                }
            }
        }
        // Its middle is the nearest, so that it is widest and, seen from above, lowest there.
        let mug = Cylinder::new(true, 1.0, 0.3);
        assert!(mug.bend((0.6, 0.0)).0 - 0.5 > 0.1 && 1.0 - mug.bend((0.9, 0.0)).0 < 0.1);
        assert!(mug.bend((0.5, 0.2)).1 > 0.2 && mug.bend((0.0, 0.2)).1 == 0.2);
    }
}
