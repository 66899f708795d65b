//! The tools of layout: fonts, measures of images, budgets.

use std::cell::RefCell;
use std::rc::Rc;

use crate::font::Fonts;
use crate::geometry::Size;
use crate::limits::Limits;
use crate::plan::Layer;
use crate::{plan, text};

use super::pictures::Natural;

/// The measures of an image. `None` if no source of it can be had.
pub type Naturals<'a> = &'a dyn Fn(&plan::Image) -> Option<Natural>;

/// The inputs of measuring: fonts, measures of images, budgets.
pub struct Measure<'a> {
    /// The available faces.
    pub fonts: &'a Fonts,
    /// Measures of images.
    pub naturals: Naturals<'a>,
    /// Budgets.
    pub limits: &'a Limits,
    /// Sizes of groups that hug their children, by the children's address in memory: a group inside
    /// ten others is measured once.
    pub hugged: RefCell<Vec<(*const Layer, Size)>>,
}

/// Extra room, in px, for rounding when a text is fitted into the width that it asked for.
pub const SLACK_PX: f32 = 0.01;

impl<'a> Measure<'a> {
    /// The tools for one layout.
    pub const fn new(fonts: &'a Fonts, naturals: Naturals<'a>, limits: &'a Limits) -> Self {
        Self { fonts, naturals, limits, hugged: RefCell::new(Vec::new()) }
    }

    /// The size of a group that hugs `layers`; calls `find` only the first time.
    pub fn hugged(&self, layers: &[Layer], find: impl FnOnce() -> Size) -> Size {
        let key = layers.as_ptr();
        let known = |hugged: &Vec<(*const Layer, Size)>| hugged.iter().find(|(layers, _)| *layers == key).copied();
        if let Some((_, size)) = self.hugged.try_borrow().ok().and_then(|hugged| known(&hugged)) {
            return size;
        }
        let size = find();
        if let Ok(mut hugged) = self.hugged.try_borrow_mut()
            && !layers.is_empty()
        {
            hugged.push((key, size));
        }
        size
    }

    /// A text's paragraph. A paragraph that is the same in every picture of the template is shaped
    /// once.
    pub fn text(&self, text: &plan::Text) -> Rc<text::Paragraph> {
        if text.is_literal {
            return text::Paragraph::cached(&text.runs, &text.style, self.fonts, self.limits);
        }
        Rc::new(text::Paragraph::of_runs(&text.runs, &text.style, self.fonts, self.limits))
    }

    pub fn paragraph(&self, text: &str, style: &text::Style) -> text::Paragraph {
        text::Paragraph::new(text, style, self.fonts, self.limits)
    }
}
