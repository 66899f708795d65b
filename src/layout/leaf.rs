//! The size of a layer without children, measured by its content.

use std::rc::Rc;

use crate::geometry::Size;
use crate::image::optical;
use crate::plan::{Kind, Layer, Shape};
use crate::text::Paragraph;

use super::measure::{Measure, SLACK_PX};
use super::pictures::Natural;

/// The content by which a layer is measured.
pub enum Leaf {
    Text(Rc<Paragraph>),
    /// A text on a circle. Its size is that of a circle on which the text would just not meet its
    /// own end.
    Circle(Rc<Paragraph>),
    Image(Natural),
    Empty(Size),
}

impl Leaf {
    /// The measure of a layer's content; empty for a group or a stack.
    pub fn new(layer: &Layer, measure: &Measure<'_>) -> Self {
        match &layer.kind {
            Kind::Text(text) => {
                let paragraph = measure.text(text);
                if text.arc.is_some() { Self::Circle(paragraph) } else { Self::Text(paragraph) }
            }
            Kind::Image(image) => Self::Image((measure.naturals)(image).unwrap_or_default()),
            Kind::Shape(Shape::Path { path, view_box, .. }) => {
                let size = view_box.map(|view_box| view_box.size());
                let bounds = path.as_ref().map(|path| path.bounds());
                let size = size.or_else(|| bounds.map(|bounds| Size::new(bounds.right(), bounds.bottom())));
                Self::Empty(size.unwrap_or_default())
            }
            Kind::Shape(_) | Kind::Group(_) | Kind::Stack(_) => Self::Empty(Size::default()),
        }
    }

    /// The size in px, where each side may be given or not, and the baseline of a text's first
    /// line. A text without a width may take the `available` px; `None` if there is no limit.
    pub fn size(&self, (width, height): (Option<f32>, Option<f32>), available: Option<f32>) -> (Size, Option<f32>) {
        let (size, baseline) = match self {
            Self::Text(paragraph) => {
                let slack = |side: f32| side + SLACK_PX;
                let block = paragraph.fit(width.or(available).map(slack), height.map(slack));
                (Size::new(block.width, block.height), block.lines.first().map(|line| line.baseline))
            }
            Self::Circle(paragraph) => {
                let side = paragraph.max_width() / std::f32::consts::PI;
                (in_shape(Size::new(side, side), (width, height)), None)
            }
            Self::Image(Natural { size, optical: None }) => (in_shape(*size, (width, height)), None),
            Self::Image(Natural { size, optical: Some(ink) }) => (optical(*size, *ink, (width, height)), None),
            Self::Empty(size) => (*size, None),
        };
        (Size::new(width.unwrap_or(size.width), height.unwrap_or(size.height)), baseline)
    }

    /// The shaped text. `None` if the leaf is no text.
    pub fn into_paragraph(self) -> Option<Rc<Paragraph>> {
        match self {
            Self::Text(paragraph) | Self::Circle(paragraph) => Some(paragraph),
            Self::Image(_) | Self::Empty(_) => None,
        }
    }
}

/// A picture's size where one side, both or none are given: a missing side follows the aspect
/// ratio.
fn in_shape(natural: Size, given: (Option<f32>, Option<f32>)) -> Size {
    let ratio = if natural.height > 0.0 { natural.width / natural.height } else { 1.0 };
    match given {
        (Some(width), None) if ratio > 0.0 => Size::new(width, width / ratio),
        (None, Some(height)) => Size::new(height * ratio, height),
        _ => natural,
    }
}
