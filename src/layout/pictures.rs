//! What is known about the pictures of a plan: the size of each from its header, and what a survey
//! finds, within a budget.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::asset::{AssetId, Assets};
use crate::geometry::{Rect, Size};
use crate::image::trim::Content;
use crate::image::{self, Survey, Surveys, Wanted};
use crate::limits::Limits;
use crate::plan;

/// The pictures of a plan.
pub struct Pictures<'a> {
    assets: &'a Assets,
    surveys: &'a Surveys,
    limits: &'a Limits,
    made: RefCell<Made>,
}

/// The surveys of this layout, by their keys.
#[derive(Default)]
struct Made {
    surveys: BTreeMap<String, Found>,
    /// Pixels that they decoded, or would have decoded without a cache: so what is found does not
    /// depend on the cache.
    pixels: u32,
}

/// What is known about a picture.
#[derive(Clone)]
pub enum Found {
    /// It cannot be had, or is broken.
    Nothing,
    /// Only its own size, because it has too many pixels to be surveyed.
    Header(Size),
    /// What was wanted.
    Survey(Rc<Survey>),
}

/// The measures of a picture by which its box is sized.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Natural {
    /// The size of its content in its own px.
    pub size: Size,
    /// Its share of ink, if it is to be as large as other logos look.
    pub optical: Option<f32>,
}

impl<'a> Pictures<'a> {
    pub fn new(assets: &'a Assets, surveys: &'a Surveys, limits: &'a Limits) -> Self {
        Self { assets, surveys, limits, made: RefCell::default() }
    }

    /// The bytes of an asset. `None` if it cannot be had.
    pub fn file(&self, asset: &AssetId) -> Option<&'a [u8]> {
        self.assets.get(asset).map(|bytes| &**bytes)
    }

    /// The warning about a picture of which only the header is known.
    pub fn over_budget(&self) -> String {
        let Limits { image_pixels_surveyed: one, image_pixels_surveyed_total: all, .. } = *self.limits;
        format!("the image was not searched for its content: one may have {one} px, and those of a picture {all} px")
    }

    /// The measures of the first source that can be had. `None` if there is none.
    pub fn natural(&self, image: &plan::Image) -> Option<Natural> {
        image.sources.iter().find_map(|source| match source {
            plan::ImageSource::Asset(asset) => self.find(asset, &wanted(image)).natural(image),
            plan::ImageSource::Initials(_) => Some(Natural { size: Size::new(96.0, 96.0), optical: None }),
        })
    }

    /// What is known about an asset.
    pub fn find(&self, asset: &AssetId, wanted: &Wanted) -> Found {
        let Some(bytes) = self.assets.get(asset) else { return Found::Nothing };
        let Ok(header) = image::header(bytes, self.limits) else { return Found::Nothing };
        #[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
        let size = Found::Header(Size::new(header.width as f32, header.height as f32));
        let key = wanted.key(asset);
        // The borrow cannot fail: nothing below comes back here.
        let Some(mut made) = self.made.try_borrow_mut().ok().filter(|_| wanted.is_any()) else { return size };
        if let Some(found) = made.surveys.get(&key) {
            return found.clone();
        }
        let own = header.width.saturating_mul(header.height);
        let pixels = made.pixels.saturating_add(own);
        let limits = self.limits;
        let found = if own > limits.image_pixels_surveyed || pixels > limits.image_pixels_surveyed_total {
            size
        } else {
            made.pixels = pixels;
            self.surveys.survey(&key, bytes, wanted, limits).map_or(Found::Nothing, Found::Survey)
        };
        made.surveys.insert(key, found.clone());
        found
    }
}

impl Found {
    /// The content of the picture, of which the ink is known only from a survey. `None` if nothing
    /// is known.
    pub fn content(&self) -> Option<Content> {
        match self {
            Self::Nothing => None,
            Self::Header(size) => Some(Content { part: Rect::new(0.0, 0.0, size.width, size.height), ink: 1.0 }),
            Self::Survey(survey) => Some(survey.content),
        }
    }

    fn natural(&self, image: &plan::Image) -> Option<Natural> {
        let content = self.content()?;
        let optical = (image.sizing == plan::Sizing::Optical).then_some(content.ink);
        Some(Natural { size: content.part.size(), optical })
    }
}

/// What has to be known about the pictures of an image before its box is.
pub fn wanted(image: &plan::Image) -> Wanted {
    Wanted {
        trim: image.trim,
        crop: None,
        visibility: image.contrast.is_some(),
        filter: image.filter,
        ..Wanted::default()
    }
}
