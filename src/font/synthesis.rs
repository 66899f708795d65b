//! Bold and oblique outlines for a face that has neither: thicker stems, and letters that lean.

use tiny_skia::{LineJoin, Path, PathBuilder, PathSegment, Point, Stroke, Transform};

/// How much thicker a synthesised bold's stems are, in ems. Skia uses this value for large letters,
/// and so browsers do.
const EMBOLDEN_EMS: f32 = 1.0 / 32.0;

/// How far a synthesised oblique leans: px to the right for each px up, as in browsers.
const SLANT: f32 = 0.25;

/// A leaning copy of an outline (y down, the origin on the baseline). `None` if its numbers
/// overflow.
pub(super) fn oblique(path: Path) -> Option<Path> {
    path.transform(Transform::from_row(1.0, 0.0, -SLANT, 1.0, 0.0, 0.0))
}

/// An outline joined with a stroke along it.
///
/// The contours of a stroke run clockwise around what they fill, and so must those of the glyph:
/// opposite windings would cancel each other.
pub(super) fn bold(path: Path, units_per_em: f32) -> Path {
    let path = if area(&path) < 0.0 { reversed(&path).unwrap_or(path) } else { path };
    let stroke = Stroke { width: units_per_em * EMBOLDEN_EMS, line_join: LineJoin::Miter, ..Stroke::default() };
    let Some(stroked) = path.stroke(&stroke, 1.0) else { return path };
    let mut both = PathBuilder::new();
    both.push_path(&path);
    both.push_path(&stroked);
    both.finish().unwrap_or(path)
}

/// Twice the signed area within an outline's control points; positive if the outline runs clockwise
/// (y down).
fn area(path: &Path) -> f32 {
    let (mut sum, mut start, mut at) = (0.0_f32, Point::zero(), Point::zero());
    let mut to = |at: &mut Point, point: Point| {
        sum += at.x * point.y - point.x * at.y;
        *at = point;
    };
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(point) => (start, at) = (point, point),
            PathSegment::LineTo(point) => to(&mut at, point),
            PathSegment::QuadTo(a, point) => [a, point].into_iter().for_each(|point| to(&mut at, point)),
            PathSegment::CubicTo(a, b, point) => [a, b, point].into_iter().for_each(|point| to(&mut at, point)),
            PathSegment::Close => to(&mut at, start),
        }
    }
    sum
}

/// The outline with every contour run in the opposite direction. `None` if it is empty.
fn reversed(path: &Path) -> Option<Path> {
    let mut contours: Vec<(Point, Vec<PathSegment>)> = Vec::new();
    for segment in path.segments() {
        match (segment, contours.last_mut()) {
            (PathSegment::MoveTo(point), _) => contours.push((point, Vec::new())),
            (PathSegment::Close, _) | (_, None) => {}
            (segment, Some((_, contour))) => contour.push(segment),
        }
    }
    let end = |segment: &PathSegment| match segment {
        PathSegment::MoveTo(point)
        | PathSegment::LineTo(point)
        | PathSegment::QuadTo(_, point)
        | PathSegment::CubicTo(_, _, point) => Some(*point),
        PathSegment::Close => None,
    };
    let mut pen = PathBuilder::new();
    for (start, contour) in contours {
        let last = contour.last().and_then(end).unwrap_or(start);
        pen.move_to(last.x, last.y);
        for (index, segment) in contour.iter().enumerate().rev() {
            let before = index.checked_sub(1).and_then(|before| contour.get(before)).and_then(end).unwrap_or(start);
            match *segment {
                PathSegment::QuadTo(a, _) => pen.quad_to(a.x, a.y, before.x, before.y),
                PathSegment::CubicTo(a, b, _) => pen.cubic_to(b.x, b.y, a.x, a.y, before.x, before.y),
                PathSegment::LineTo(_) | PathSegment::MoveTo(_) | PathSegment::Close => pen.line_to(before.x, before.y),
            }
        }
        pen.close();
    }
    pen.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_synthesised_bold_is_thicker_on_all_sides_whichever_way_its_outlines_run() {
        let mut pen = PathBuilder::new();
        // A ring: the hole runs the other way.
        pen.push_rect(tiny_skia::Rect::from_xywh(100.0, -500.0, 400.0, 500.0).unwrap());
        let hole = [(200.0, -400.0), (200.0, -100.0), (400.0, -100.0), (400.0, -400.0)];
        pen.move_to(hole[0].0, hole[0].1);
        hole[1..].iter().for_each(|(x, y)| pen.line_to(*x, *y));
        pen.close();
        let ring = pen.finish().unwrap();
        let other = reversed(&ring).unwrap();
        assert_eq!((area(&ring) > 0.0, area(&other) > 0.0, area(&ring)), (true, false, -area(&other)));
        for path in [ring, other] {
            let thick = bold(path, 1024.0);
            let mut pixels = tiny_skia::Pixmap::new(60, 60).unwrap();
            let place = Transform::from_row(0.1, 0.0, 0.0, 0.1, 0.0, 55.0);
            let paint = tiny_skia::Paint { anti_alias: false, ..tiny_skia::Paint::default() };
            pixels.fill_path(&thick, &paint, tiny_skia::FillRule::Winding, place, None);
            // 40 x 50 px without a hole of 20 x 30 px, and 1.6 px more on each side.
            let inked = pixels.pixels().iter().filter(|pixel| pixel.alpha() > 0).count();
            assert!((1_780..=1_980).contains(&inked), "{inked}");
        }
    }
}
