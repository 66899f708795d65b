//! The cost of drawing, computed before anything is drawn.
//!
//! The unit of work is the time of one pixel of an opaque fill, about a nanosecond natively.
//! Weights estimate how much longer other drawing takes. They bound the time of a picture and need
//! not be exact.

use serde::{Deserialize, Serialize};
use tiny_skia::{IntRect, Path, PathSegment, Point, Transform};

use crate::limits::Limits;
use crate::plan::{Blend, Linecap, Linejoin, Paint, Stop, Stroke};

use super::{bounds, stops};

/// The part of a picture's budgets that drawing has used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Bytes of all offscreen buffers, alive or not.
    pub offscreen_bytes: u64,
    /// Segments of strokes, after dashing.
    pub segments: u64,
    /// Work of painting.
    pub work: u64,
}

impl Spent {
    /// The sum of two costs.
    pub const fn plus(self, other: Self) -> Self {
        Self {
            offscreen_bytes: self.offscreen_bytes.saturating_add(other.offscreen_bytes),
            segments: self.segments.saturating_add(other.segments),
            work: self.work.saturating_add(other.work),
        }
    }

    /// The cost spent since `earlier`.
    pub const fn since(self, earlier: Self) -> Self {
        Self {
            offscreen_bytes: self.offscreen_bytes.saturating_sub(earlier.offscreen_bytes),
            segments: self.segments.saturating_sub(earlier.segments),
            work: self.work.saturating_sub(earlier.work),
        }
    }

    /// Whether the cost is within the budgets.
    pub const fn fits(self, limits: &Limits) -> bool {
        self.offscreen_bytes <= limits.offscreen_bytes_total
            && self.segments <= limits.stroke_segments
            && self.work <= limits.paint_work
    }
}

/// Work of one drawing call, however small.
pub const CALL: u64 = 500;

/// Work of one pixel of an offscreen layer: clearing it, and compositing it onto the canvas.
pub const LAYER_PIXEL: u64 = 4;

/// Work of one pixel of a layer with a blend mode: 12 natively, and twice that in wasm.
const BLENDED_PIXEL: u64 = 24;

/// Work of one pixel of a shadow: six passes of blur, and its colour.
pub const SHADOW_PIXEL: u64 = 12;

/// Work of one pixel of a layer that is blurred: six passes over four channels.
pub const BLUR_PIXEL: u64 = 50;

/// Work of one pixel whose colour is changed by a matrix.
pub const COLORS_PIXEL: u64 = 20;

/// Work of one pixel that gets one colour, or noise.
pub const TONE_PIXEL: u64 = 10;

/// Work of one pixel of a layer whose blend mode is ours, or of a mask.
pub const MIXED_PIXEL: u64 = 40;

/// Work of one pixel of a layer that is displaced: the light of its map, and reading the layer.
pub const DISPLACED_PIXEL: u64 = 30;

/// Work of one pixel of a map that is softened: a blur of one channel.
pub const PLANE_PIXEL: u64 = 16;

/// Work of one pixel of a bitmap.
pub const BITMAP_PIXEL: u64 = 8;

/// Work of one pixel in which a layer in perspective may be seen, beside that of reading the layer.
pub const SEEN_PIXEL: u64 = 20;

/// The same where it is bent: an arc sine for each.
pub const BENT_PIXEL: u64 = 60;

/// Work of reading one pixel of a flat layer, about twice: four neighbours at each point.
pub const SAMPLE: u64 = 14;

/// Work of one pixel of a glyph mask.
pub const MASK_PIXEL: u64 = 3;

/// Work of one edge in one row of pixels: the rasteriser follows it in four scan lines, and blends
/// the pixels at the edge one by one.
const EDGE_ROW: f64 = 130.0;

/// Work of two edges that may cross: the rasteriser sorts edges again in each scan line.
const CROSSING: f64 = 1.0;

/// Work of one pixel along a line that is at most a pixel wide.
const HAIRLINE_PIXEL: f64 = 16.0;

/// Work of making one segment of a path or of a stroke.
const SEGMENT: f64 = 30.0;

/// Work of making one segment of the outline of a stroked curve, in addition: it is found by
/// intersecting rays.
const CURVE_SEGMENT: f64 = 90.0;

/// Work of one pixel of a paint.
pub fn pixel(paint: &Paint, opacity: f32) -> u64 {
    // The exact pipeline of tiny-skia takes twice as long.
    let by_stops = |first: u64, stops: &[Stop]| {
        let times = if stops::are_refined(stops) { 2 } else { 1 };
        first.saturating_add(stops::count(stops) as u64).saturating_mul(times)
    };
    match paint {
        Paint::Color(color) if color.a == 255 && opacity >= 1.0 => 1,
        Paint::Picture => 0,
        Paint::Color(_) => 8,
        Paint::Linear { stops, .. } => by_stops(10, stops),
        Paint::Radial { stops, .. } => by_stops(12, stops),
        Paint::Conic { stops, .. } => by_stops(14, stops),
    }
}

/// Work of one pixel of a layer with a blend mode.
pub const fn blended(blend: Blend) -> u64 {
    match blend {
        Blend::Normal => LAYER_PIXEL,
        Blend::ColorDodge | Blend::ColorBurn | Blend::Hue | Blend::Saturation | Blend::Color | Blend::Luminosity => {
            MIXED_PIXEL
        }
        _ => BLENDED_PIXEL,
    }
}

/// Pixels of a part of the canvas.
pub fn area(bounds: IntRect) -> u64 {
    u64::from(bounds.width()).saturating_mul(u64::from(bounds.height()))
}

/// The cost of filling a path on a surface with these bounds, where one pixel takes `pixel` work.
/// `None` if the path does not meet the surface: it must not be drawn.
pub fn of_fill(path: &Path, transform: Transform, surface: IntRect, pixel: u64) -> Option<Spent> {
    let traced = Traced::new(path, transform, surface, 0.0)?;
    let edges = traced.lines + traced.curves * CURVE_EDGES;
    let rows = traced.rows + traced.curve_rows;
    let crossings = edges * traced.active;
    let work = rows * EDGE_ROW + crossings * CROSSING + edges * SEGMENT;
    Some(Spent {
        work: whole(work).saturating_add(traced.area.saturating_mul(pixel)).saturating_add(CALL),
        ..Spent::default()
    })
}

/// The cost of stroking a path, with or without the stroke's dashes. `None` if the stroke does not
/// meet the surface: it must not be drawn, because tiny-skia makes the outline of all of it before
/// it looks where it is.
pub fn of_stroke(
    path: &Path,
    stroke: &Stroke,
    is_dashed: bool,
    transform: Transform,
    surface: IntRect,
) -> Option<Spent> {
    let scale = scale(transform);
    let width = f64::from(stroke.width) * scale;
    let traced = Traced::new(path, transform, surface, width * REACH)
        .or_else(|| Traced::new(path, transform, surface, width * FAR_REACH))?;
    let round = |is_round: bool, segments: f64| if is_round { segments + ROUND_SEGMENTS } else { segments };
    let join = round(stroke.linejoin == Linejoin::Round, 6.0);
    // The outline of a curve is many short curves, the more the longer it is.
    let pieces = (traced.long_curves + traced.loops * LOOP_CURVES) * CURVE_PIECES;
    let curves = traced.curves * join + pieces + traced.curve_rows / ROWS_OF_A_PIECE;
    let mut curved_segments = pieces + traced.curve_rows / ROWS_OF_A_PIECE;
    let mut segments = traced.lines * join + curves;
    let mut rows = traced.rows + traced.curve_rows * CURVE_EDGES;
    // A wide join reaches far beyond the segments that it joins, on both sides of the path.
    let joins = traced.lines + traced.curves * CURVE_PIECES;
    rows += joins * width.min(f64::from(surface.height())) * if stroke.linejoin == Linejoin::Round { 2.0 } else { 1.0 };
    let mut crossings = (traced.lines * SIDES + curves) * traced.active * SIDES;
    let pattern = stroke.dash.iter().copied().map(f64::from).sum::<f64>() * scale;
    if is_dashed && pattern > 0.0 {
        #[expect(clippy::cast_precision_loss, reason = "a template has a few thousand dashes")]
        let in_pattern = (stroke.dash.len() as f64 / 2.0).max(1.0);
        let dashes = traced.length / pattern * in_pattern;
        // A dash on a curve is a curve.
        let curved = traced.curves / (traced.curves + traced.lines).max(1.0);
        let dash = round(stroke.linecap == Linecap::Round, 6.0) + curved * CURVE_PIECES;
        segments += dashes * dash;
        curved_segments += dashes * curved * CURVE_PIECES;
        let pitch = pattern / in_pattern;
        let height = f64::from(surface.height());
        rows += dashes * SIDES * (width + pitch + 1.0).min(height);
        crossings += dashes * dash * (width / pitch) * dash;
    }
    let by_paint = |pixels: f64| pixels * f64::from(u32::try_from(pixel(&stroke.paint, 0.5)).unwrap_or(u32::MAX));
    let covered = by_paint(traced.length * (width + 2.0)).min(by_paint(to_f64(traced.area)));
    let hairline = if width <= 1.0 { traced.length * HAIRLINE_PIXEL } else { 0.0 };
    let outline = segments * SEGMENT + curved_segments * CURVE_SEGMENT + traced.far * FAR_CURVE;
    let work = rows * EDGE_ROW + crossings * CROSSING + outline + covered + hairline;
    Some(Spent { segments: whole(segments), work: whole(work).saturating_add(CALL), ..Spent::default() })
}

/// Number of edges of a curve, each of which goes only up or only down.
const CURVE_EDGES: f64 = 3.0;

/// Number of short curves in the outline of a stroked curve, both sides together.
const CURVE_PIECES: f64 = 12.0;

/// Px of a curve that is cut into [`CURVE_PIECES`].
const SHORT_CURVE: f64 = 300.0;

/// Px of a curve from which on its points are no longer as exact as its outline has to be. tiny-skia
/// then cuts it as often as it can.
const FAR: f64 = 1e6;

/// Work of the outline of such a curve.
const FAR_CURVE: f64 = 3e7;

/// Curves that a cubic with a loop or a cusp counts as, in addition: tiny-skia cuts it again and
/// again where its direction changes fast.
const LOOP_CURVES: f64 = 8.0;

/// Rows of pixels that such a short curve crosses.
const ROWS_OF_A_PIECE: f64 = 20.0;

/// Segments of a round join or cap.
const ROUND_SEGMENTS: f64 = 8.0;

/// Edges of one segment's outline: two sides and two ends.
const SIDES: f64 = 4.0;

/// The distance that a stroke extends from its middle, in widths, without mitres.
const REACH: f64 = 0.5;

/// The same with mitres, which are cut at four times that (the limit of SVG and of tiny-skia).
const FAR_REACH: f64 = 2.0;

/// The measurements of a path, in px of the canvas.
struct Traced {
    lines: f64,
    curves: f64,
    /// Curves, where a long one counts as several: tiny-skia cuts it into pieces that are as long as
    /// the cube root of its length, because the error of a parabola grows with the cube.
    long_curves: f64,
    /// Those of the curves that are cubics which turn by more than half a circle.
    loops: f64,
    /// Those of the curves that are longer than [`FAR`].
    far: f64,
    /// Length of all segments.
    length: f64,
    /// Sum of the pixel rows of the surface that each line crosses.
    rows: f64,
    /// The same for curves.
    curve_rows: f64,
    /// Maximum number of segments that cross one row.
    active: f64,
    /// Pixels of the surface within the path's bounds.
    area: u64,
}

impl Traced {
    /// Measures a path that extends `reach` px to all sides. `None` if it does not meet the
    /// surface.
    fn new(path: &Path, transform: Transform, surface: IntRect, reach: f64) -> Option<Self> {
        let bounds = path.bounds().transform(transform)?;
        // From the edges, because a width that reaches far outside has no precision.
        let edge = |at: f32, by: f64, (low, high): (i32, i32)| {
            #[expect(clippy::cast_possible_truncation, reason = "clamped to the surface")]
            let edge = (f64::from(at) + by).clamp(f64::from(low), f64::from(high)) as i32;
            edge
        };
        let (across, down) = ((surface.left(), surface.right()), (surface.top(), surface.bottom()));
        let far = reach + 1.0;
        let visible = IntRect::from_ltrb(
            edge(bounds.left(), -far, across),
            edge(bounds.top(), -far, down),
            edge(bounds.right(), far + 1.0, across),
            edge(bounds.bottom(), far + 1.0, down),
        )?;
        let height = usize::try_from(visible.height()).unwrap_or(0);
        // For each row, the number of segments that cross it, minus that of the row above.
        let mut changes = vec![0_i64; height.saturating_add(1)];
        let mut traced = Self {
            lines: 0.0,
            curves: 0.0,
            long_curves: 0.0,
            loops: 0.0,
            far: 0.0,
            length: 0.0,
            rows: 0.0,
            curve_rows: 0.0,
            active: 0.0,
            area: area(visible),
        };
        let (top, bottom) = (f64::from(visible.top()), f64::from(visible.bottom()));
        let mut segment = |points: &[Point]| {
            let (mut length, mut variation) = (0.0, 0.0);
            let (mut high, mut low) = (f64::MAX, f64::MIN);
            for (from, to) in points.iter().zip(points.iter().skip(1)) {
                let (dx, dy) = (f64::from(to.x) - f64::from(from.x), f64::from(to.y) - f64::from(from.y));
                length += (dx * dx + dy * dy).sqrt();
                variation += dy.abs();
            }
            for point in points {
                high = high.min(f64::from(point.y));
                low = low.max(f64::from(point.y));
            }
            traced.length += length;
            if points.len() > 2 {
                traced.far += if length + reach > FAR { 1.0 } else { 0.0 };
                traced.long_curves += libm::cbrt((length + reach) / SHORT_CURVE).max(1.0);
            }
            traced.loops += if turn(points) > std::f64::consts::PI { 1.0 } else { 0.0 };
            let (count, rows) = if points.len() > 2 {
                (&mut traced.curves, &mut traced.curve_rows)
            } else {
                (&mut traced.lines, &mut traced.rows)
            };
            *count += 1.0;
            let (high, low) = ((high - reach).max(top), (low + reach).min(bottom));
            if low > high {
                *rows += (low - high).max(variation.min(3.0 * (low - high))) + 1.0;
                let (first, last) = (whole(high - top), whole(low - top).saturating_add(1));
                let mut change = |row: u64, by: i64| {
                    let row = usize::try_from(row).unwrap_or(height).min(height);
                    if let Some(change) = changes.get_mut(row) {
                        *change = change.saturating_add(by);
                    }
                };
                change(first, 1);
                change(last, -1);
            }
        };
        let map = |mut point: Point| {
            transform.map_point(&mut point);
            point
        };
        let (mut start, mut at) = (Point::zero(), Point::zero());
        for step in path.segments() {
            match step {
                PathSegment::MoveTo(to) => {
                    (start, at) = (map(to), map(to));
                }
                PathSegment::LineTo(to) => {
                    segment(&[at, map(to)]);
                    at = map(to);
                }
                PathSegment::QuadTo(a, to) => {
                    segment(&[at, map(a), map(to)]);
                    at = map(to);
                }
                PathSegment::CubicTo(a, b, to) => {
                    segment(&[at, map(a), map(b), map(to)]);
                    at = map(to);
                }
                PathSegment::Close => {
                    segment(&[at, start]);
                    at = start;
                }
            }
        }
        let (mut active, mut most) = (0_i64, 0_i64);
        for change in changes {
            active = active.saturating_add(change);
            most = most.max(active);
        }
        #[expect(clippy::cast_precision_loss, reason = "a path has fewer than 2^53 segments")]
        let most = most as f64;
        Some(Self { active: most, ..traced })
    }
}

/// The sum of the angles between the three sides of a cubic's control polygon; 0 of other segments.
fn turn(points: &[Point]) -> f64 {
    let &[a, b, c, d] = points else { return 0.0 };
    let angle = |from: Point, at: Point, to: Point| {
        let [x, y] = [f64::from(at.x) - f64::from(from.x), f64::from(at.y) - f64::from(from.y)];
        let [next_x, next_y] = [f64::from(to.x) - f64::from(at.x), f64::from(to.y) - f64::from(at.y)];
        libm::atan2(x * next_y - y * next_x, x * next_x + y * next_y).abs()
    };
    angle(a, b, c) + angle(b, c, d)
}

/// Output px per px of a path, in the direction in which a transform makes them longest.
fn scale(transform: Transform) -> f64 {
    f64::from(bounds::stretch(transform))
}

#[expect(clippy::cast_precision_loss, reason = "an area is far below 2^53")]
const fn to_f64(count: u64) -> f64 {
    count as f64
}

/// A cost in whole units.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
const fn whole(cost: f64) -> u64 {
    cost as u64
}
