//! A layer's computed box.

use std::rc::Rc;

use crate::geometry::{Rect, Size};
use crate::plan::Layer;
use crate::text::Paragraph;

use super::measure::Measure;

/// A layer's computed box, and those of its children in the same order.
pub struct Boxed {
    /// Relative to the containing box.
    pub frame: Rect,
    /// The shaped text of a text layer, to be fitted to the frame.
    pub paragraph: Option<Rc<Paragraph>>,
    /// The boxes in a group or a stack.
    pub children: Vec<Self>,
}

/// How the layers in a group are laid out. A stack receives this as a value, because a group in it
/// may hold stacks again.
#[derive(Clone, Copy)]
pub struct Groups {
    /// The boxes of the layers in a box of this size.
    pub boxes: fn(&[Layer], Size, &Measure<'_>) -> Vec<Boxed>,
    /// The size of a group that hugs its layers.
    pub natural: fn(&[Layer], &Measure<'_>) -> Size,
}
