//! SVG path data → a path (SVG 2, chapter 9.3).
//!
//! The crate `svgtypes` reads the text. Its segments are made absolute here and not by its own
//! simplifier, because the simplifier's arcs use the sine of std, whose last bits differ between
//! native and wasm: enough to change a pixel.

use std::collections::BTreeMap;
use std::f64::consts::{PI, TAU};
use std::rc::Rc;

use svgtypes::{PathParser, PathSegment};
use tiny_skia::{Path, PathBuilder};

use crate::geometry::px;
use crate::limits::Limits;

use super::Templated;
use super::document::{Document, Kind, Layer};

/// A path, `None` if its data draw nothing; or words that say what is wrong with them.
pub type Read = Result<Option<Rc<Path>>, String>;

/// The path data without an expression: they are the same in every picture, and read once.
pub struct Paths(BTreeMap<String, Read>);

impl Paths {
    /// Reads those of a document.
    pub fn of(document: &Document, limits: &Limits) -> Self {
        fn walk(layers: &[Layer], add: &mut impl FnMut(&str)) {
            for layer in layers {
                if let Kind::Path(path) = &layer.kind
                    && let Some(Templated::Literal(d)) = &path.d
                {
                    add(d);
                }
                layer.lists().into_iter().for_each(|(_, layers)| walk(layers, add));
            }
        }
        let mut paths = BTreeMap::new();
        walk(&document.layers, &mut |d| {
            if !paths.contains_key(d) {
                paths.insert(d.to_owned(), parse(d, limits).map(|path| path.map(Rc::new)));
            }
        });
        Self(paths)
    }

    /// Bytes in memory.
    #[must_use]
    pub fn weight_bytes(&self) -> usize {
        let bytes = |(d, read): (&String, &Read)| {
            let path = read.as_ref().ok().and_then(Option::as_deref);
            let path = path.map_or(0, |path| path.points().len().saturating_mul(8).saturating_add(path.verbs().len()));
            d.len().saturating_add(path).saturating_add(150)
        };
        self.0.iter().map(bytes).fold(0, usize::saturating_add)
    }

    /// The path of some data.
    pub fn read(&self, d: &str, limits: &Limits) -> Read {
        self.0.get(d).cloned().unwrap_or_else(|| parse(d, limits).map(|path| path.map(Rc::new)))
    }
}

/// Reads path data; arcs become curves. `None` if they draw nothing.
///
/// # Errors
/// Words that say what is wrong with them.
pub fn parse(d: &str, limits: &Limits) -> Result<Option<Path>, String> {
    let mut pen = Pen {
        path: PathBuilder::new(),
        at: (0.0, 0.0),
        start: (0.0, 0.0),
        open: false,
        moved: false,
        smooth: Smooth::None,
    };
    for (count, segment) in PathParser::from(d).enumerate() {
        if count >= limits.path_segments {
            return Err(format!("a path may have {} segments", limits.path_segments));
        }
        pen.draw(segment.map_err(|error| format!("this is not SVG path data ({error})"))?);
    }
    Ok(pen.path.finish())
}

type Point = (f64, f64);

/// The last control point of a curve, which a smooth curve of the same kind continues.
enum Smooth {
    None,
    Cubic(Point),
    Quadratic(Point),
}

struct Pen {
    path: PathBuilder,
    /// The current point.
    at: Point,
    /// Where the current subpath began.
    start: Point,
    /// A subpath has begun, and is not closed.
    open: bool,
    /// Nothing came behind a move.
    moved: bool,
    smooth: Smooth,
}

/// A point as tiny-skia wants it.
#[expect(clippy::cast_possible_truncation, reason = "f32 is the precision of the picture")]
const fn door((x, y): Point) -> (f32, f32) {
    (px(x as f32), px(y as f32))
}

/// The mirror image of `point` in `center`.
fn mirrored(point: Point, center: Point) -> Point {
    (2.0 * center.0 - point.0, 2.0 * center.1 - point.1)
}

impl Pen {
    fn draw(&mut self, segment: PathSegment) {
        let from = self.at;
        let to = |abs: bool, x: f64, y: f64| if abs { (x, y) } else { (from.0 + x, from.1 + y) };
        match segment {
            PathSegment::MoveTo { abs, x, y } => {
                self.start = to(abs, x, y);
                self.at = self.start;
                self.open = false;
                self.moved = true;
                self.smooth = Smooth::None;
            }
            PathSegment::LineTo { abs, x, y } => self.line(to(abs, x, y)),
            PathSegment::HorizontalLineTo { abs, x } => self.line((to(abs, x, 0.0).0, from.1)),
            PathSegment::VerticalLineTo { abs, y } => self.line((from.0, to(abs, 0.0, y).1)),
            PathSegment::CurveTo { abs, x1, y1, x2, y2, x, y } => {
                self.cubic(to(abs, x1, y1), to(abs, x2, y2), to(abs, x, y));
            }
            PathSegment::SmoothCurveTo { abs, x2, y2, x, y } => {
                let first = if let Smooth::Cubic(last) = self.smooth { mirrored(last, from) } else { from };
                self.cubic(first, to(abs, x2, y2), to(abs, x, y));
            }
            PathSegment::Quadratic { abs, x1, y1, x, y } => self.quadratic(to(abs, x1, y1), to(abs, x, y)),
            PathSegment::SmoothQuadratic { abs, x, y } => {
                let control = if let Smooth::Quadratic(last) = self.smooth { mirrored(last, from) } else { from };
                self.quadratic(control, to(abs, x, y));
            }
            PathSegment::EllipticalArc { abs, rx, ry, x_axis_rotation, large_arc, sweep, x, y } => {
                let arc = Arc { radii: (rx.abs(), ry.abs()), rotation: x_axis_rotation.to_radians(), large_arc, sweep };
                self.arc(&arc, to(abs, x, y));
            }
            PathSegment::ClosePath { .. } => {
                // A point that is closed has caps (SVG 2, section 13.5.4).
                if self.moved {
                    self.begin();
                }
                if self.open {
                    self.path.close();
                }
                self.at = self.start;
                self.open = false;
                self.smooth = Smooth::None;
            }
        }
    }

    /// Begins a subpath, unless one has begun: after a `Z` the next one begins where that one did.
    fn begin(&mut self) {
        if !self.open {
            let (x, y) = door(self.at);
            self.path.move_to(x, y);
            self.open = true;
        }
        self.moved = false;
    }

    fn line(&mut self, end: Point) {
        self.begin();
        let (x, y) = door(end);
        self.path.line_to(x, y);
        self.at = end;
        self.smooth = Smooth::None;
    }

    fn quadratic(&mut self, control: Point, end: Point) {
        self.begin();
        let ((x1, y1), (x, y)) = (door(control), door(end));
        self.path.quad_to(x1, y1, x, y);
        self.at = end;
        self.smooth = Smooth::Quadratic(control);
    }

    fn cubic(&mut self, first: Point, second: Point, end: Point) {
        self.begin();
        let ((x1, y1), (x2, y2), (x, y)) = (door(first), door(second), door(end));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
        self.at = end;
        self.smooth = Smooth::Cubic(second);
    }

    /// SVG 2, B.2.4 and B.2.5: from end points to a centre, then at most a quarter turn per curve.
    fn arc(&mut self, arc: &Arc, end: Point) {
        let start = self.at;
        let (mut rx, mut ry) = arc.radii;
        if rx <= 0.0 || ry <= 0.0 || start == end {
            self.line(end);
            return;
        }
        let (sin, cos) = libm::sincos(arc.rotation);
        let half = ((start.0 - end.0) / 2.0, (start.1 - end.1) / 2.0);
        let (x, y) = (cos * half.0 + sin * half.1, cos * half.1 - sin * half.0);
        // Radii that do not reach are scaled up.
        let reach = (x / rx) * (x / rx) + (y / ry) * (y / ry);
        if reach > 1.0 {
            rx *= reach.sqrt();
            ry *= reach.sqrt();
        }
        let (rx2y2, ry2x2) = (rx * rx * y * y, ry * ry * x * x);
        let along = ((rx * rx * ry * ry - rx2y2 - ry2x2) / (rx2y2 + ry2x2)).max(0.0).sqrt();
        let along = if arc.large_arc == arc.sweep { -along } else { along };
        let (cx, cy) = (along * rx * y / ry, -along * ry * x / rx);
        let first = libm::atan2((y - cy) / ry, (x - cx) / rx);
        let last = libm::atan2((-y - cy) / ry, (-x - cx) / rx);
        let turn = match (arc.sweep, last - first) {
            (true, turn) if turn < 0.0 => turn + TAU,
            (false, turn) if turn > 0.0 => turn - TAU,
            (_, turn) => turn,
        };
        let middle = ((start.0 + end.0) / 2.0, (start.1 + end.1) / 2.0);
        let place = |(x, y): Point| {
            let (x, y) = (cx + rx * x, cy + ry * y);
            (middle.0 + cos * x - sin * y, middle.1 + sin * x + cos * y)
        };
        // At most four pieces: a whole turn.
        let pieces = (turn.abs() / (PI / 2.0)).ceil().clamp(1.0, 4.0);
        let step = turn / pieces;
        let arm = 4.0 / 3.0 * libm::tan(step / 4.0);
        let mut angle = first;
        let mut piece = 1.0;
        while piece <= pieces {
            let (sin_from, cos_from) = libm::sincos(angle);
            angle = first + step * piece;
            let (sin_to, cos_to) = libm::sincos(angle);
            let target = if piece < pieces { place((cos_to, sin_to)) } else { end };
            let control = place((cos_from - arm * sin_from, sin_from + arm * cos_from));
            self.cubic(control, place((cos_to + arm * sin_to, sin_to - arm * cos_to)), target);
            piece += 1.0;
        }
        self.smooth = Smooth::None;
    }
}

struct Arc {
    radii: Point,
    /// Radians.
    rotation: f64,
    large_arc: bool,
    sweep: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The left, top, right and bottom of a path's tight bounds.
    fn bounds(d: &str) -> Option<[f32; 4]> {
        let path = parse(d, &Limits::default()).unwrap()?;
        let bounds = path.compute_tight_bounds()?;
        Some([bounds.left(), bounds.top(), bounds.right(), bounds.bottom()])
    }

    #[test]
    fn reads_what_svg_says() {
        for (d, expected) in [
            ("", None),
            ("M5 5", None),
            ("M5 5M7 7", None),
            ("M5 6Z", Some([5.0, 6.0, 5.0, 6.0])),
            ("M5 6l0 0", Some([5.0, 6.0, 5.0, 6.0])),
            ("M1 1h9zM5 6z", Some([1.0, 1.0, 10.0, 6.0])),
            ("M0 0H10V20h-5v-5z", Some([0.0, 0.0, 10.0, 20.0])),
            ("m10 10 5 5m5 5 5 5", Some([10.0, 10.0, 25.0, 25.0])),
            ("M0 0l10 0zl0 10", Some([0.0, 0.0, 10.0, 10.0])),
            ("M0 10Q5 0 10 10T20 10", Some([0.0, 5.0, 20.0, 15.0])),
            ("M0 0C0 4 6 4 6 0S12-4 12 0", Some([0.0, -3.0, 12.0, 3.0])),
            ("M0 5A5 5 0 0 1 10 5", Some([0.0, 0.0, 10.0, 5.0])),
            ("M0 5A5 5 0 0 0 10 5", Some([0.0, 5.0, 10.0, 10.0])),
            ("M5 0A5 5 0 1 1 4.999 0", Some([0.0, 0.0, 10.0, 10.0])),
            ("M5 0a5 5 0 1 0 .001 0", Some([0.0, 0.0, 10.0, 10.0])),
            ("M0 0A1 1 0 0 1 10 0", Some([0.0, -5.0, 10.0, 0.0])),
            ("M0 0A0 5 0 0 1 10 10", Some([0.0, 0.0, 10.0, 10.0])),
            ("M0 0A10 5 90 0 1 0 20", Some([0.0, 0.0, 5.0, 20.0])),
        ] {
            let found = bounds(d);
            let near = match (found, expected) {
                (Some(found), Some(expected)) => found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.02),
                (None, None) => true,
                _ => false,
            };
            assert!(near, "{d}: {found:?}, expected {expected:?}");
        }
    }

    #[test]
    fn refuses_in_words_and_stays_finite() {
        let limits = Limits { path_segments: 3, ..Limits::default() };
        assert!(parse("M0 0 1 1 2 2 3 3", &limits).unwrap_err().contains("3 segments"));
        assert!(parse("M0 0 L nonsense", &limits).unwrap_err().contains("not SVG path data"));
        for d in [
            "M1e38 1e38L-1e38 0A1e300 1e-300 1e300 1 0 1 1",
            "M0 0A1e-320 1e-320 0 0 1 1e-320 0",
            "M0 0A5 5 0 0 1 1e300 1e300",
        ] {
            if let Ok(Some(path)) = parse(d, &Limits::default()) {
                assert!(path.points().iter().all(|point| point.x.is_finite() && point.y.is_finite()), "{d}");
            }
        }
    }
}
