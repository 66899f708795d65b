//! The size at which a logo looks as large as others, whatever its shape.

use crate::geometry::Size;

/// The share of its box that a logo of average ink covers. At a half, shapes from a square to 4:1
/// fit a box of 2:1 without a limit, and so on for other boxes: from half of the box's ratio to
/// twice that.
const SHARE: f32 = 0.5;

/// Ratio of a box of which only one side is given.
const RATIO: f32 = 2.0;

/// The ink of an average logo.
const AVERAGE_INK: f32 = 0.35;

/// The most that ink changes the area, and the inverse of the least.
const MOST_BY_INK: f32 = 2.0;

/// The size of a logo whose content has this size and this share of ink, where its box has the
/// width, the height, both or none `given`. Without any of them there is nothing to measure by, and
/// it keeps its own size.
///
/// All logos get one area, so a width grows with the root of the aspect ratio (Dan Paquette's
/// proportional normalisation, `width = base · ratio^½`). A logo with much ink is drawn smaller and
/// one of thin lines larger: the side is divided by the fourth root of the ink, as in React Logo
/// Soup with its default factors. At last it is scaled down to its box.
#[must_use]
pub fn optical(content: Size, ink: f32, given: (Option<f32>, Option<f32>)) -> Size {
    let (width, height) = match given {
        (Some(width), Some(height)) => (width, height),
        (Some(width), None) => (width, width / RATIO),
        (None, Some(height)) => (height * RATIO, height),
        (None, None) => return content,
    };
    if content.width <= 0.0 || content.height <= 0.0 || width <= 0.0 || height <= 0.0 {
        return Size::default();
    }
    let ratio = content.width / content.height;
    let by_ink = (AVERAGE_INK / ink.max(0.01)).sqrt().clamp(1.0 / MOST_BY_INK, MOST_BY_INK);
    let wide = (width * height * SHARE * by_ink * ratio).sqrt();
    let high = wide / ratio;
    let least = |one: f32, given: Option<f32>, side: f32| given.map_or(one, |given| one.min(given / side));
    let scale = least(least(1.0, given.0, wide), given.1, high);
    Size::new(wide * scale, high * scale)
}
