//! The placement of a picture in its frame: CSS `object-fit`, and a focal point.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::geometry::{Rect, Size};

/// CSS Images 3, §5.5 `object-fit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// Fills the frame, keeps its proportions, is cropped.
    #[default]
    Cover,
    /// Is seen whole, keeps its proportions, leaves room.
    Contain,
    /// Fills the frame, is distorted.
    Fill,
    /// One px of the picture is one px of the frame.
    None,
    /// As `None` or as `Contain`, whichever is smaller.
    ScaleDown,
    /// As large as it is, again and again from the top left.
    Tile,
}

/// The visible part of a picture, and its destination.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// The visible part of the picture, in its own px; may be fractional.
    pub source: Rect,
    /// The destination of that part, in px from the frame's top-left corner; outside of the frame
    /// only if it is a tile.
    pub dest: Rect,
}

/// Fits a picture of `natural` px into a frame, both in the same unit; `focal` is the point that
/// matters, as fractions of the picture's width and height (0.5, 0.5 is the middle).
///
/// Each axis is on its own, with the picture's scaled length `s`, the frame's `f` and the focal
/// fraction `p`:
/// - `s > f`, it is cropped: the window of `f` px begins at `clamp(p·s − f/2, 0, s − f)`. So the
///   focal point is in the middle of the frame, or as near to it as the picture's edge allows, and
///   is never cut off. (CSS `object-position` would begin at `p·(s − f)`, which shows the point,
///   but off-centre.)
/// - `s ≤ f`, there is room: the picture begins at `p·(f − s)`, as CSS `object-position: p`.
///
/// A frame or a picture without area gives a `dest` without area: nothing to draw.
#[must_use]
pub fn place(natural: Size, frame: Size, fit: Fit, focal: (f32, f32)) -> Placement {
    if natural.width <= 0.0 || natural.height <= 0.0 || frame.width <= 0.0 || frame.height <= 0.0 {
        return Placement { source: Rect::new(0.0, 0.0, natural.width, natural.height), dest: Rect::default() };
    }
    if fit == Fit::Tile {
        let whole = Rect::new(0.0, 0.0, natural.width, natural.height);
        return Placement { source: whole, dest: whole };
    }
    let (across, down) = (frame.width / natural.width, frame.height / natural.height);
    let (scale_x, scale_y) = match fit {
        Fit::Cover => (across.max(down), across.max(down)),
        Fit::Contain => (across.min(down), across.min(down)),
        Fit::Fill => (across, down),
        Fit::None | Fit::Tile => (1.0, 1.0),
        Fit::ScaleDown => (across.min(down).min(1.0), across.min(down).min(1.0)),
    };
    let x = axis(natural.width, frame.width, scale_x, focal.0);
    let y = axis(natural.height, frame.height, scale_y, focal.1);
    Placement {
        source: Rect::new(x.source, y.source, x.source_length, y.source_length),
        dest: Rect::new(x.dest, y.dest, x.dest_length, y.dest_length),
    }
}

/// A [`Placement`] in one dimension.
struct Axis {
    source: f32,
    source_length: f32,
    dest: f32,
    dest_length: f32,
}

/// The formula of [`place`].
fn axis(natural: f32, frame: f32, scale: f32, focal: f32) -> Axis {
    let focal = if focal.is_nan() { 0.5 } else { focal.clamp(0.0, 1.0) };
    let scaled = natural * scale;
    // The side that decides the scale must fill the frame exactly; rounding may leave it a
    // millionth off.
    if (scaled - frame).abs() <= frame * 1e-5 {
        return Axis { source: 0.0, source_length: natural, dest: 0.0, dest_length: frame };
    }
    if scaled > frame {
        let window = frame / scale;
        let begin = (focal * natural - window / 2.0).clamp(0.0, natural - window);
        return Axis { source: begin, source_length: window, dest: 0.0, dest_length: frame };
    }
    Axis { source: 0.0, source_length: natural, dest: focal * (frame - scaled), dest_length: scaled }
}
