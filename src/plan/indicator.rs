//! Ratings and progress: paths and boxes in the colours of the full part and of the rest.

use std::f32::consts::TAU;
use std::rc::Rc;

use tiny_skia::{Path, PathBuilder, Transform};

use crate::color::Color;
use crate::geometry::{Rect, px};
use crate::template::document as doc;

use super::code::{part, push_hole, push_round};
use super::resolve::Resolver;
use super::{Constraints, Extent, Kind, Layer, Length, Look, Paint, PathFit, Shape, Stack};

/// Shapes of a rating in a box of 24 × 24, of which they fill the inner [`MARK`].
const STAR: &str =
    "M12 2L15.090 8.260L22 9.270L17 14.140L18.180 21.020L12 17.770L5.820 21.020L7 14.140L2 9.270L8.910 8.260Z";
const HEART: &str = "M12 21L3.600 12.600A5.600 5.600 0 0 1 12 5.200A5.600 5.600 0 0 1 20.400 12.600Z";
const CIRCLE: &str = "M12 2A10 10 0 0 1 12 22A10 10 0 0 1 12 2Z";

/// The side of such a shape.
const MARK: f32 = 20.0;

/// What is left of 24 on each side of it.
const MARGIN: f32 = 2.0;

/// The part of a layer that is not full.
const TRACK: Color = Color::rgb(0xe2, 0xe4, 0xea);

/// The side of the view box of a ring.
const RING: f32 = 100.0;

impl Resolver<'_> {
    /// The layer of a rating.
    pub(super) fn rating(&mut self, layer: &doc::Layer, rating: &doc::Rating, path: &str) -> Layer {
        let most = rating.max.unwrap_or(5);
        let pitch = MARK * (1.0 + rating.gap.map_or(0.2, px).clamp(0.0, 10.0));
        let whole = pitch * (count(most) - 1.0) + MARK;
        let kind = Kind::Group(self.marks(layer, rating, (most, pitch, whole), path));
        let px_of = |side: f32| Extent::Length(Length::Px(side));
        let ratio = whole / MARK;
        let width = self.field(layer.width.as_ref(), path, "width");
        let height = self.field(layer.height.as_ref(), path, "height");
        let (width, height) = match (width, height) {
            (None, None) => (px_of(32.0 * ratio), px_of(32.0)),
            (Some(Extent::Length(Length::Px(width))), None) => (px_of(width), px_of(width / ratio)),
            (None, Some(Extent::Length(Length::Px(height)))) => (px_of(height * ratio), px_of(height)),
            (width, height) => (width.unwrap_or(Extent::Hug), height.unwrap_or(Extent::Hug)),
        };
        let mut lowered = self.lowered(layer, kind, (width, height), path);
        let sizing = lowered.sizing.as_deref().cloned().unwrap_or(Constraints::NONE);
        lowered.sizing = Some(Rc::new(Constraints { aspect_ratio: Some(ratio), ..sizing }));
        lowered
    }

    /// The full marks, the empty ones, and the one between them.
    fn marks(
        &mut self,
        layer: &doc::Layer,
        rating: &doc::Rating,
        (most, pitch, whole): (usize, f32, f32),
        path: &str,
    ) -> Vec<Layer> {
        let Some(value) = self.field(Some(&rating.value), path, "value").map(px) else { return Vec::new() };
        let step = rating.step.map(px).filter(|step| *step > 0.0);
        let value = step.map_or(value, |step| libm::roundf(value / step) * step).clamp(0.0, count(most));
        let full = libm::floorf(value);
        let d = match rating.shape.as_deref() {
            None | Some("star") => STAR,
            Some("heart") => HEART,
            Some("circle") => CIRCLE,
            Some(d) => d,
        };
        let mark = match self.template.paths.read(d, self.limits) {
            Ok(mark) => mark,
            Err(reason) => {
                self.warnings.push(&format!("{path}.shape"), reason);
                None
            }
        };
        let Some(mark) = mark else { return Vec::new() };
        let fill = self.paint(layer.fill.as_ref(), path, "fill").unwrap_or(Paint::Color(Color::rgb(0xf5, 0xa6, 0x23)));
        let track = Paint::Color(self.field(rating.track.as_ref(), path, "track").unwrap_or(TRACK));
        // The left edge of a mark.
        let rtl = self.rtl;
        let left = |index: f32| if rtl { whole - MARK - index * pitch } else { index * pitch };
        let view = Rect::new(MARGIN, MARGIN, whole, MARK);
        let mut children = Vec::new();
        let draw = |marks: (f32, f32), paint: Paint, name: &str, limit: &mut Self| {
            let mut builder = PathBuilder::new();
            let mut index = marks.0;
            while index < marks.1 {
                if let Some(mark) = Path::clone(&mark).transform(Transform::from_translate(left(index), 0.0)) {
                    builder.push_path(&mark);
                }
                index += 1.0;
            }
            limit.outline(builder, view, paint, &format!("{path}.{name}"))
        };
        children.extend(draw((full, count(most)), track, "track", self));
        children.extend(draw((0.0, full), fill.clone(), "full", self));
        let rest = value - full;
        if rest > 0.0
            && let Some(mark) = draw((full, full + 1.0), fill, "part", self)
        {
            let (wide, from) = (rest * MARK / whole, left(full) + if rtl { (1.0 - rest) * MARK } else { 0.0 });
            let from = from / whole;
            let mark = Layer { x: Length::Fraction(-from / wide), width: fraction(1.0 / wide), ..mark };
            let clipped = part(Kind::Group(vec![mark]), None, &format!("{path}.part"));
            children.push(Layer {
                x: Length::Fraction(from),
                width: fraction(wide),
                look: Rc::new(Look { clip: true, ..Look::plain() }),
                ..clipped
            });
        }
        children
    }

    /// The layer of a progress.
    pub(super) fn progress(&mut self, layer: &doc::Layer, progress: &doc::Progress, path: &str) -> Layer {
        let shape = progress.shape.unwrap_or(doc::Progression::Bar);
        let width = self.field(layer.width.as_ref(), path, "width");
        let height = self.field(layer.height.as_ref(), path, "height");
        let side = |side: f32| Extent::Length(Length::Px(side));
        let sides = if shape == doc::Progression::Ring {
            let known = width.or(height).filter(|side| matches!(side, Extent::Length(Length::Px(_))));
            let known = known.unwrap_or(side(96.0));
            (width.unwrap_or(known), height.unwrap_or(known))
        } else {
            (width.unwrap_or(Extent::Fill), height.unwrap_or(side(12.0)))
        };
        let most = self.number(progress.max.as_ref(), (path, "max"), 100.0, (f32::MIN_POSITIVE, f32::MAX));
        let Some(value) = self.field(Some(&progress.value), path, "value").map(px) else {
            return self.lowered(layer, Kind::Group(Vec::new()), sides, path);
        };
        let done = (value / most).clamp(0.0, 1.0);
        let fill = self.paint(layer.fill.as_ref(), path, "fill").unwrap_or(Paint::Color(Color::BLACK));
        let track = Paint::Color(self.field(progress.track.as_ref(), path, "track").unwrap_or(TRACK));
        let radius = self.sides(layer.radius.as_ref(), (path, "radius"), Length::Fraction(0.5));
        let rect = |paint: Paint| part(Kind::Shape(Shape::Rect), Some(paint), path);
        match shape {
            doc::Progression::Bar => {
                let x = Length::Fraction(if self.rtl { 1.0 - done } else { 0.0 });
                let full = Layer { x, width: fraction(done), radius, ..rect(fill) };
                let children = if done > 0.0 { vec![full] } else { Vec::new() };
                let lowered = self.lowered(layer, Kind::Group(children), sides, path);
                let look = Look { clip: true, fill: Some(track), ..(*lowered.look).clone() };
                Layer { radius, look: Rc::new(look), ..lowered }
            }
            doc::Progression::Ring => {
                let thickness = progress.thickness.map_or(0.2, px).clamp(0.01, 1.0) * RING / 2.0;
                let view = Rect::new(0.0, 0.0, RING, RING);
                let mut children = Vec::new();
                if done < 1.0 {
                    children.extend(self.outline(ring(1.0, thickness), view, track, &format!("{path}.track")));
                }
                if done > 0.0 {
                    children.extend(self.outline(ring(done, thickness), view, fill, &format!("{path}.full")));
                }
                self.lowered(layer, Kind::Group(children), sides, path)
            }
            doc::Progression::Steps => {
                let steps = progress.steps.unwrap_or(5);
                let full = libm::roundf(done * count(steps));
                let gap = self.number(progress.gap.as_ref(), (path, "gap"), 6.0, (0.0, f32::MAX));
                let is_drawn = self.takes(steps, path);
                let paint = |index: usize| if count(index) < full { fill.clone() } else { track.clone() };
                let children = (0..steps).filter(|_| is_drawn).map(|index| Layer { radius, ..rect(paint(index)) });
                let stack = Stack { row: true, rtl: self.rtl, gap: [gap; 2], ..Stack::column(children.collect()) };
                self.lowered(layer, Kind::Stack(stack), sides, path)
            }
        }
    }

    /// The layer of a path in a view box. `None` if there is nothing in it.
    fn outline(&mut self, builder: PathBuilder, view: Rect, paint: Paint, path: &str) -> Option<Layer> {
        let shape = builder.finish().map(Rc::new)?;
        let shape = self.within_segments(Some(shape)).map_err(|reason| self.warnings.push(path, reason)).ok()?;
        let kind = Kind::Shape(Shape::Path { path: shape, view_box: Some(view), fit: PathFit::Meet });
        Some(part(kind, Some(paint), path))
    }
}

const fn fraction(of: f32) -> Extent {
    Extent::Length(Length::Fraction(of))
}

#[expect(clippy::cast_precision_loss, reason = "there are at most a few dozen")]
const fn count(marks: usize) -> f32 {
    marks as f32
}

/// A ring from the top, clockwise, with round ends: `turns` of the whole circle.
fn ring(turns: f32, thickness: f32) -> PathBuilder {
    let mut builder = PathBuilder::new();
    let middle = RING / 2.0;
    let inner = middle - thickness;
    if turns >= 1.0 {
        push_round(&mut builder, 0.0, 0.0, RING, [middle; 4]);
        if inner > 0.0 {
            push_hole(&mut builder, thickness, thickness, 2.0 * inner, inner);
        }
        return builder;
    }
    // A curve for each quarter at most, with the arms that bring it nearest to a circle.
    let curves = libm::ceilf(turns * 4.0).max(1.0);
    let angle = turns * TAU / curves;
    let arm = libm::tanf(angle / 4.0) * 4.0 / 3.0;
    let at = |radius: f32, index: f32| {
        let (sin, cos) = libm::sincosf(angle * index);
        (middle + radius * sin, middle - radius * cos, radius * arm * cos, radius * arm * sin)
    };
    let (x, y, ..) = at(middle, 0.0);
    builder.move_to(x, y);
    let mut index = 0.0;
    while index < curves {
        let ((x1, y1, dx1, dy1), (x2, y2, dx2, dy2)) = (at(middle, index), at(middle, index + 1.0));
        builder.cubic_to(x1 + dx1, y1 + dy1, x2 - dx2, y2 - dy2, x2, y2);
        index += 1.0;
    }
    let (x, y, ..) = at(inner, curves);
    builder.line_to(x, y);
    while index > 0.0 {
        let ((x1, y1, dx1, dy1), (x2, y2, dx2, dy2)) = (at(inner, index), at(inner, index - 1.0));
        builder.cubic_to(x1 - dx1, y1 - dy1, x2 + dx2, y2 + dy2, x2, y2);
        index -= 1.0;
    }
    builder.close();
    for end in [0.0, curves].into_iter().filter(|_| inner > 0.0) {
        let (x, y, ..) = at(middle - thickness / 2.0, end);
        let cap = thickness / 2.0;
        push_round(&mut builder, x - cap, y - cap, thickness, [cap; 4]);
    }
    builder
}
