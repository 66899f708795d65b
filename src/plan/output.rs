//! The size of a picture's output, from its template and the options `_w` and `_dpr`.

use crate::limits::Limits;
use crate::request::Options;
use crate::template::document::Document;

/// The size of an output. Two requests with the same size differ in nothing that depends on `_w` or
/// `_dpr`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    /// px, at least 1
    pub width: u32,
    /// px, at least 1
    pub height: u32,
    /// Output px per template px.
    pub scale: f32,
    /// Whether the scale was lowered to stay within the limits.
    pub clamped: bool,
}

impl Output {
    /// The size that the options ask for, or the largest size that the limits allow.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sides and pixel counts are below 2^24")]
    pub fn new(document: &Document, options: &Options, limits: &Limits) -> Self {
        let (width, height) = (document.width as f32, document.height as f32);
        let wanted = options.width.map_or(1.0, |output| output as f32 / width) * options.dpr.unwrap_or(1.0);
        let by_side = limits.side_px as f32 / width.max(height);
        let by_area = (limits.canvas_pixels as f32 / (width * height)).sqrt();
        let most = by_side.min(by_area);
        let (scale, clamped) = (wanted.min(most), wanted > most);
        Self { width: px(width, scale, clamped), height: px(height, scale, clamped), scale, clamped }
    }
}

/// An output side in px: the nearest whole number, but rounded down if the scale is the largest
/// allowed; at least 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the side and its product are between 1 and a few thousand"
)]
fn px(side: f32, scale: f32, clamped: bool) -> u32 {
    let px = side * scale;
    (if clamped { px.floor() } else { px.round() }).max(1.0) as u32
}
