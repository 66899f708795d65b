//! Lines along letters → paths. An underline leaves gaps where letters reach down into it, as
//! browsers draw it
//! (<https://drafts.csswg.org/css-text-decor-4/#text-decoration-skip-ink-property>).

use tiny_skia::{Path, PathBuilder, PathSegment, Point};

use crate::geometry::{Rect, px};

/// Number of line pieces that approximate a curve when its crossings with a line are computed.
const PIECES: u8 = 6;

/// A line along a text, in px of the picture, and the gaps in it.
pub struct Line {
    rect: Rect,
    /// Left and right of each glyph that crosses the line.
    gaps: Vec<(f32, f32)>,
}

impl Line {
    /// A line without gaps.
    pub const fn new(rect: Rect) -> Self {
        Self { rect, gaps: Vec::new() }
    }

    /// Leaves a gap where the outline of a glyph crosses the line.
    pub fn skip(&mut self, letter: &Path) {
        let bounds = letter.bounds();
        let Rect { x, y, width, height } = self.rect;
        // The room on each side of a glyph equals the thickness of the line.
        let (top, bottom) = (y - height, y + 2.0 * height);
        if bounds.bottom() < top || bounds.top() > bottom || bounds.right() < x || bounds.left() > x + width {
            return;
        }
        let mut reach = Reach { top, bottom, left: f32::MAX, right: f32::MIN };
        reach.outline(letter);
        if reach.left <= reach.right {
            self.gaps.push((reach.left - height, reach.right + height));
        }
    }

    /// The outline of the line without its gaps. The line has no gaps if they would hide most of
    /// it, as under Chinese characters.
    pub fn path(mut self) -> Option<Path> {
        let Rect { x, y, width, height } = self.rect;
        let end = x + width;
        self.gaps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut pieces: Vec<(f32, f32)> = Vec::new();
        let mut from = x;
        for (left, right) in self.gaps {
            // A tiny rest between two glyphs does not look like a line.
            if left - from > height * 3.0 {
                pieces.push((from, left));
            }
            from = from.max(right);
        }
        if end - from > height * 3.0 || pieces.is_empty() {
            pieces.push((from, end));
        }
        let kept: f32 = pieces.iter().map(|(left, right)| right - left).sum();
        if kept < width / 2.0 {
            pieces = vec![(x, end)];
        }
        let mut path = PathBuilder::new();
        for (left, right) in pieces {
            if let Some(rect) = tiny_skia::Rect::from_ltrb(px(left), px(y), px(right), px(y + height)) {
                path.push_rect(rect);
            }
        }
        path.finish()
    }
}

/// The leftmost and rightmost extent of an outline between two heights.
struct Reach {
    top: f32,
    bottom: f32,
    left: f32,
    right: f32,
}

impl Reach {
    fn outline(&mut self, path: &Path) {
        let (mut start, mut at) = (Point::zero(), Point::zero());
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(to) => (start, at) = (to, to),
                PathSegment::LineTo(to) => self.line(&mut at, to),
                PathSegment::QuadTo(a, to) => {
                    let from = at;
                    for piece in 1..=PIECES {
                        let t = f32::from(piece) / f32::from(PIECES);
                        let mix = |from: f32, a: f32, to: f32| {
                            (1.0 - t) * (1.0 - t) * from + 2.0 * t * (1.0 - t) * a + t * t * to
                        };
                        self.line(&mut at, Point::from_xy(mix(from.x, a.x, to.x), mix(from.y, a.y, to.y)));
                    }
                }
                PathSegment::CubicTo(a, b, to) => {
                    let from = at;
                    for piece in 1..=PIECES {
                        let t = f32::from(piece) / f32::from(PIECES);
                        let u = 1.0 - t;
                        let mix = |from: f32, a: f32, b: f32, to: f32| {
                            u * u * u * from + 3.0 * u * u * t * a + 3.0 * u * t * t * b + t * t * t * to
                        };
                        self.line(&mut at, Point::from_xy(mix(from.x, a.x, b.x, to.x), mix(from.y, a.y, b.y, to.y)));
                    }
                }
                PathSegment::Close => self.line(&mut at, start),
            }
        }
    }

    fn line(&mut self, at: &mut Point, to: Point) {
        let from = std::mem::replace(at, to);
        let (high, low) = if from.y <= to.y { (from, to) } else { (to, from) };
        if low.y < self.top || high.y > self.bottom {
            return;
        }
        let slope = if low.y > high.y { (low.x - high.x) / (low.y - high.y) } else { 0.0 };
        for y in [high.y.max(self.top), low.y.min(self.bottom)] {
            let x = high.x + (y - high.y) * slope;
            self.left = self.left.min(x);
            self.right = self.right.max(x);
        }
        if slope == 0.0 && low.y <= high.y {
            self.left = self.left.min(from.x.min(to.x));
            self.right = self.right.max(from.x.max(to.x));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f32, y: f32, side: f32) -> Path {
        PathBuilder::from_rect(tiny_skia::Rect::from_xywh(x, y, side, side).unwrap())
    }

    /// The pieces of a line of 100 x 2 px at 0, 50.
    fn pieces(letters: &[Path]) -> Vec<(f32, f32)> {
        let mut band = Line::new(Rect::new(0.0, 50.0, 100.0, 2.0));
        letters.iter().for_each(|letter| band.skip(letter));
        let path = band.path().unwrap();
        let xs: Vec<f32> = path.points().iter().map(|point| point.x).collect();
        xs.chunks(4)
            .map(|xs| (xs.iter().copied().fold(f32::MAX, f32::min), xs.iter().copied().fold(0.0, f32::max)))
            .collect()
    }

    #[test]
    fn a_line_gives_way_to_letters() {
        assert_eq!(pieces(&[]), [(0.0, 100.0)]);
        assert_eq!(pieces(&[square(20.0, 10.0, 30.0)]), [(0.0, 100.0)], "above it");
        assert_eq!(pieces(&[square(20.0, 30.0, 30.0)]), [(0.0, 18.0), (52.0, 100.0)]);
        assert_eq!(
            pieces(&[square(20.0, 45.0, 10.0), square(34.0, 45.0, 6.0)]),
            [(0.0, 18.0), (42.0, 100.0)],
            "no crumbs"
        );
        assert_eq!(
            pieces(&[square(0.0, 30.0, 30.0), square(30.0, 40.0, 40.0)]),
            [(0.0, 100.0)],
            "most of it hidden: whole"
        );
        assert_eq!(pieces(&[square(200.0, 45.0, 10.0)]), [(0.0, 100.0)], "beside it");
    }
}
