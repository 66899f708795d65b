//! What a layer without children measures, by its content.

use std::rc::Rc;

use crate::geometry::Size;
use crate::plan::{ImageSource, Kind, Layer, Shape};
use crate::text::Paragraph;

use super::measure::{Measure, SLACK_PX};

/// What a layer is measured by.
pub enum Leaf {
    Text(Rc<Paragraph>),
    /// A text on a circle: as large as one on which it would just not meet its own end.
    Circle(Rc<Paragraph>),
    Image(Size),
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
            Kind::Image(image) => {
                let natural = image.sources.iter().find_map(|source| match source {
                    ImageSource::Asset(asset) => (measure.naturals)(asset),
                    ImageSource::Initials(_) => Some(Size::new(96.0, 96.0)),
                });
                Self::Image(natural.unwrap_or_default())
            }
            Kind::Shape(Shape::Path { path, view_box }) => {
                let size = view_box.map(|view_box| view_box.size());
                let bounds = path.as_ref().map(|path| path.bounds());
                let size = size.or_else(|| bounds.map(|bounds| Size::new(bounds.right(), bounds.bottom())));
                Self::Empty(size.unwrap_or_default())
            }
            Kind::Shape(_) | Kind::Group(_) | Kind::Stack(_) => Self::Empty(Size::default()),
        }
    }

    /// Its size where sides are given, or are not, in px; a text without a width has as many px as are `available`, if there is an
    /// end to them. With the baseline of a text's first line.
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
            Self::Image(natural) => (in_shape(*natural, (width, height)), None),
            Self::Empty(size) => (*size, None),
        };
        (Size::new(width.unwrap_or(size.width), height.unwrap_or(size.height)), baseline)
    }

    /// The shaped text, if it is one.
    pub fn into_paragraph(self) -> Option<Rc<Paragraph>> {
        match self {
            Self::Text(paragraph) | Self::Circle(paragraph) => Some(paragraph),
            Self::Image(_) | Self::Empty(_) => None,
        }
    }
}

/// A picture's size where one side, both or none are given: it keeps its shape.
fn in_shape(natural: Size, given: (Option<f32>, Option<f32>)) -> Size {
    let ratio = if natural.height > 0.0 { natural.width / natural.height } else { 1.0 };
    match given {
        (Some(width), None) if ratio > 0.0 => Size::new(width, width / ratio),
        (None, Some(height)) => Size::new(height * ratio, height),
        _ => natural,
    }
}
