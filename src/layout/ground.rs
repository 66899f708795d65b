//! The colour of the ground below a box, as far as it is certain without drawing: that of the
//! opaque fills below it.
//!
//! It depends on the scene alone, so a picture has the same ground whatever was drawn before.

use crate::color::{Color, over};
use crate::geometry::Rect;
use crate::plan::{Blend, Look, Paint, Stop};

/// The fills of the layers so far, from bottom to top.
pub struct Ground {
    below: Vec<Fill>,
    /// Whether the layers that contain the next one leave its colours as they are.
    is_certain: bool,
}

/// A fill below.
struct Fill {
    frame: Rect,
    /// `None` if it has no colour that is certain everywhere.
    color: Option<Color>,
}

impl Ground {
    /// The ground of a whole picture.
    pub fn new(frame: Rect, background: Option<&Paint>) -> Self {
        Self { below: vec![Fill { frame, color: background.and_then(mean) }], is_certain: true }
    }

    /// The colour below a box. `None` if it is not certain.
    pub fn below(&self, frame: Rect) -> Option<Color> {
        let mut above: Vec<Color> = Vec::new();
        for fill in self.below.iter().rev().filter(|fill| fill.frame.overlaps(frame)) {
            let color = fill.color.filter(|_| fill.frame.covers(frame))?;
            if color.a == u8::MAX {
                return Some(above.into_iter().rev().fold(color, |below, above| over(above, below)));
            }
            above.push(color);
        }
        None
    }

    /// Adds a box with this fill.
    pub fn add_fill(&mut self, frame: Rect, fill: &Paint) {
        let color = mean(fill).filter(|_| self.is_certain);
        self.below.push(Fill { frame, color });
    }

    /// Adds a box that has no single colour.
    pub fn add_unknown(&mut self, frame: Rect) {
        self.below.push(Fill { frame, color: None });
    }

    /// Number of fills so far.
    pub const fn height(&self) -> usize {
        self.below.len()
    }

    /// Forgets the fills above so many.
    pub fn cut(&mut self, height: usize) {
        self.below.truncate(height);
    }

    /// Enters a layer with this look. Returns the state to [`leave`](Self::leave) it with.
    pub fn enter(&mut self, look: &Look) -> bool {
        let is_plain =
            look.opacity >= 1.0 && look.is_upright() && matches!(look.blend, Blend::Normal) && look.effects.is_none();
        let was_certain = self.is_certain;
        self.is_certain = was_certain && is_plain;
        was_certain
    }

    /// Leaves the layer.
    pub const fn leave(&mut self, was_certain: bool) {
        self.is_certain = was_certain;
    }
}

/// The colour of a paint, and the mean one of an opaque gradient.
pub(super) fn mean(paint: &Paint) -> Option<Color> {
    match paint {
        Paint::Color(color) => Some(*color),
        Paint::Picture => None,
        Paint::Linear { stops, .. } | Paint::Radial { stops, .. } | Paint::Conic { stops, .. } => {
            if paint.is_opaque() {
                mean_of(stops)
            } else {
                None
            }
        }
    }
}

/// The mean colour along a gradient.
fn mean_of(stops: &[Stop]) -> Option<Color> {
    let (first, last) = (stops.first()?, stops.last()?);
    let channel = |of: fn(Color) -> u8| {
        let level = |stop: &Stop| f32::from(of(stop.color));
        let between = stops.iter().zip(stops.iter().skip(1));
        let inner = between.map(|(one, next)| (next.offset - one.offset) * (level(one) + level(next)) / 2.0);
        let outer = first.offset * level(first) + (1.0 - last.offset) * level(last);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of levels, and saturating")]
        let mean = (inner.sum::<f32>() + outer).round() as u8;
        mean
    };
    Some(Color::rgb(channel(|color| color.r), channel(|color| color.g), channel(|color| color.b)))
}
