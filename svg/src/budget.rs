//! The work of an SVG, counted before it is drawn. One unit is about a px that is painted once.

use resvg::tiny_skia::{Path, PathSegment, Point};
use resvg::usvg::{self, Group, Node, Paint, Tree};

use crate::Refusal;

/// Units for a segment of a path that is filled, and of one that is stroked.
const SEGMENT: f64 = 60.0;
const STROKED_SEGMENT: f64 = 600.0;

/// Units for a dash.
const DASH: f64 = 600.0;

/// Px from the corner of the picture to the end of a path. Edges from so far are followed row by row.
const FARTHEST: f64 = 100_000.0;

/// Units for each group, path, clip path and mask, however small.
const NODE: f64 = 200.0;

/// How many times each px of a layer is touched: cleared, drawn into its parent, clipped.
const LAYER: f64 = 6.0;

/// How many times each px of a filter's region is touched by one of its steps.
const FILTER_STEP: f64 = 6.0;
const BLUR_STEP: f64 = 30.0;

/// How many times a px of a gradient counts.
const GRADIENT: f64 = 6.0;

/// Layers are at most five times as wide and as high as the picture (resvg's `max_bbox`).
const LARGEST_LAYER: f64 = 25.0;

/// The units that drawing takes.
///
/// # Errors
/// [`Refusal::Work`] if they are more than `work`, [`Refusal::Filter`] if there is a filter whose
/// time cannot be told from its region.
pub fn weigh(tree: &Tree, scale: f64, work: u32) -> Result<u32, Refusal> {
    let size = tree.size();
    let canvas = f64::from(size.width()) * f64::from(size.height()) * scale * scale;
    let mut scales = Scales { left: f64::from(work) - canvas };
    scales.group(tree.root(), &Place { scale, canvas })?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within `work`")]
    Ok((f64::from(work) - scales.left) as u32)
}

struct Scales {
    left: f64,
}

/// What something is drawn on.
struct Place {
    /// Pixels for a unit of its coordinates.
    scale: f64,
    /// Its px.
    canvas: f64,
}

impl Place {
    /// The px of a box, of at most the whole place.
    fn area(&self, bounds: usvg::Rect) -> f64 {
        // A line has no area, but is drawn a px wide.
        let [width, height] = [bounds.width(), bounds.height()].map(|side| f64::from(side) * self.scale + 2.0);
        (width * height).min(self.canvas)
    }
}

impl Scales {
    fn take(&mut self, units: f64) -> Result<(), Refusal> {
        self.left -= units;
        // Not a number is too much as well.
        if self.left >= 0.0 { Ok(()) } else { Err(Refusal::Work) }
    }

    fn group(&mut self, group: &Group, place: &Place) -> Result<(), Refusal> {
        self.take(NODE)?;
        let layer = group.abs_layer_bounding_box();
        let sides = f64::from(layer.width()) * f64::from(layer.height()) * place.scale * place.scale;
        let layer = sides.min(place.canvas * LARGEST_LAYER) + 16.0;
        if group.should_isolate() {
            self.take(layer * LAYER)?;
        }
        for filter in group.filters() {
            for primitive in filter.primitives() {
                self.take(layer * step(primitive.kind())?)?;
            }
        }
        let mut clip = group.clip_path();
        while let Some(path) = clip {
            self.take(layer)?;
            self.group(path.root(), place)?;
            clip = path.clip_path();
        }
        let mut mask = group.mask();
        while let Some(outer) = mask {
            self.take(layer * LAYER)?;
            self.group(outer.root(), place)?;
            mask = outer.mask();
        }
        for child in group.children() {
            match child {
                Node::Group(group) => self.group(group, place)?,
                Node::Path(path) => self.path(path, place)?,
                Node::Image(_) => return Err(Refusal::Picture),
                Node::Text(_) => return Err(Refusal::Text),
            }
        }
        Ok(())
    }

    fn path(&mut self, path: &usvg::Path, place: &Place) -> Result<(), Refusal> {
        #[expect(clippy::cast_precision_loss, reason = "far less than 2^52")]
        let segments = path.data().len() as f64;
        self.take(NODE)?;
        let bounds = path.abs_stroke_bounding_box();
        let ends = [bounds.left(), bounds.top(), bounds.right(), bounds.bottom()];
        if !ends.iter().all(|end| f64::from(*end).abs() * place.scale <= FARTHEST) {
            return Err(Refusal::Work);
        }
        if let Some(fill) = path.fill() {
            self.take(segments * SEGMENT)?;
            self.paint(fill.paint(), place.area(path.abs_bounding_box()), place)?;
        }
        if let Some(stroke) = path.stroke() {
            self.take(segments * STROKED_SEGMENT)?;
            self.paint(stroke.paint(), place.area(path.abs_stroke_bounding_box()), place)?;
            if let Some(dashes) = stroke.dasharray() {
                let period = f64::from(dashes.iter().sum::<f32>()).max(1e-9);
                #[expect(clippy::cast_precision_loss, reason = "a list in a file of a megabyte")]
                let count = length(path.data()) / period * dashes.len() as f64;
                self.take(count * DASH)?;
            }
        }
        Ok(())
    }

    /// Counts `area` px of a paint.
    fn paint(&mut self, paint: &Paint, area: f64, place: &Place) -> Result<(), Refusal> {
        let Paint::Pattern(pattern) = paint else {
            return self.take(if matches!(paint, Paint::Color(_)) { area } else { area * GRADIENT });
        };
        self.take(area * GRADIENT)?;
        let tile = pattern.rect();
        let canvas = f64::from(tile.width()) * f64::from(tile.height()) * place.scale * place.scale;
        self.take(canvas * LAYER)?;
        self.group(pattern.root(), &Place { scale: place.scale, canvas })
    }
}

/// How many times a step of a filter touches each px.
fn step(kind: &usvg::filter::Kind) -> Result<f64, Refusal> {
    use usvg::filter::Kind;
    match kind {
        Kind::GaussianBlur(_) | Kind::DropShadow(_) => Ok(BLUR_STEP),
        Kind::Blend(_)
        | Kind::ColorMatrix(_)
        | Kind::ComponentTransfer(_)
        | Kind::Composite(_)
        | Kind::Flood(_)
        | Kind::Merge(_)
        | Kind::Offset(_)
        | Kind::Tile(_) => Ok(FILTER_STEP),
        _ => Err(Refusal::Filter),
    }
}

/// The length of a path, or more: that of its control points.
fn length(path: &Path) -> f64 {
    let (mut last, mut start, mut sum) = (Point::zero(), Point::zero(), 0.0);
    for segment in path.segments() {
        let points = match segment {
            PathSegment::MoveTo(point) => {
                (start, last) = (point, point);
                [point; 3]
            }
            PathSegment::LineTo(point) => [point; 3],
            PathSegment::QuadTo(control, point) => [control, control, point],
            PathSegment::CubicTo(one, two, point) => [one, two, point],
            PathSegment::Close => [start; 3],
        };
        for point in points {
            sum += f64::from((point - last).length());
            last = point;
        }
    }
    sum
}
