//! How items are turned, and how far they reach beyond their boxes.

use tiny_skia::Transform;

use crate::geometry::{Rect, px};
use crate::layout::{Arc, Content, Item};

/// The turn of an item around the middle of its box.
pub fn rotation(item: &Item) -> Transform {
    if item.rotate == 0.0 {
        return Transform::identity();
    }
    let frame = item.frame;
    super::turn(item.rotate, px(frame.x + frame.width / 2.0), px(frame.y + frame.height / 2.0))
}

/// Output px per template px, where a transform is nothing but that. Turns that undo each other leave things upright as well, but in
/// another place.
pub fn snap(transform: Transform, scale: f32) -> Option<f32> {
    (transform == Transform::from_scale(scale, scale)).then_some(scale)
}

/// Everything that an item and its children can touch, shadows included, in px before its rotation.
pub fn extent(item: &Item) -> Rect {
    let body = without_shadows(item);
    item.shadows.iter().fold(body, |extent, shadow| {
        let thrown =
            body.outset(shadow.spread.max(0.0) + shadow.blur * 1.5 + shadow.dx.abs().max(shadow.dy.abs()) + 1.0);
        extent.union(&thrown)
    })
}

/// The same, without its own shadows.
pub fn without_shadows(item: &Item) -> Rect {
    let mut extent = item.frame;
    match &item.content {
        // Letters reach beyond their line's box: accents, swashes, lines that overflow.
        Content::Text(text) => {
            let (x, y) = text.origin;
            let lines = Rect::new(x, y, text.block.width.max(item.frame.width), text.block.height);
            let largest = text.block.runs.iter().fold(1.0_f32, |scale, letters| scale.max(letters.scale));
            extent = extent.union(&lines.outset(text.block.size * largest));
            if let Some(Arc { center: (x, y), radius, .. }) = text.arc {
                let reach = radius + text.block.size * largest * 2.0;
                extent = extent.union(&Rect::new(x - reach, y - reach, 2.0 * reach, 2.0 * reach));
            }
        }
        Content::Shape(Some(path)) => {
            let bounds = path.bounds();
            extent = extent.union(&Rect::new(bounds.x(), bounds.y(), bounds.width(), bounds.height()));
        }
        Content::Box | Content::Ellipse | Content::Shape(None) | Content::Image { .. } => {}
    }
    if let Some(stroke) = &item.stroke {
        // A mitre is at most four times as long as the line is wide.
        extent = extent.outset(stroke.width * 4.0);
    }
    if item.clip {
        return extent;
    }
    item.children.iter().fold(extent, |extent, child| {
        let inner = self::extent(child);
        // A turned child stays within the circle around its middle.
        let turned = if child.rotate == 0.0 {
            inner
        } else {
            let middle = (child.frame.x + child.frame.width / 2.0, child.frame.y + child.frame.height / 2.0);
            let dx = (inner.x - middle.0).abs().max((inner.right() - middle.0).abs());
            let dy = (inner.y - middle.1).abs().max((inner.bottom() - middle.1).abs());
            let radius = (dx * dx + dy * dy).sqrt();
            Rect::new(middle.0 - radius, middle.1 - radius, 2.0 * radius, 2.0 * radius)
        };
        extent.union(&turned)
    })
}
