//! A path of an item, with its position and that of its paint.

use tiny_skia::Transform;

use crate::geometry::Rect;
use crate::layout::Item;

/// A path of an item that is to be drawn.
#[derive(Clone, Copy)]
pub struct Drawing<'a> {
    /// The item's name, for warnings.
    pub name: &'a str,
    /// The box that a paint spans, in px of the picture.
    pub frame: Rect,
    /// The transform from the path's px to those of the canvas.
    pub transform: Transform,
    /// 0 to 1.
    pub opacity: f32,
}

impl<'a> Drawing<'a> {
    /// A path of an item, painted across the item's box.
    pub fn of(item: &'a Item, transform: Transform, opacity: f32) -> Self {
        Self { name: &item.name, frame: item.frame, transform, opacity }
    }
}
