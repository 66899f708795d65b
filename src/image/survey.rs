//! What layout has to know about a picture beyond its header, found by decoding it once.
//!
//! Invariant: a survey depends on the bytes of the file and on what is wanted, and on nothing else.

use std::cell::RefCell;
use std::rc::Rc;

use super::crop::{self, Detail};
use super::tone::{self, Filter};
use super::trim::{self, Content};
use super::{Visibility, decode, resample};
use crate::asset::AssetId;
use crate::error::Problem;
use crate::geometry::{Rect, Size};
use crate::limits::Limits;
use crate::lru;
use tiny_skia::Pixmap;

/// What is wanted to be known about a picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Wanted {
    /// The tolerance in levels by which margins are cut. `None` if they belong to the picture.
    pub trim: Option<u8>,
    /// A crop with the shape of a frame.
    pub crop: Option<(Detail, Size)>,
    /// Whether its visibility is wanted.
    pub visibility: bool,
    /// Whether a small version is wanted.
    pub small: bool,
    /// The change of colours before its visibility is told, and of the small version.
    pub filter: Option<Filter>,
}

impl Wanted {
    /// Whether the header of the file is not enough.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.trim.is_some() || self.crop.is_some() || self.visibility || self.small
    }

    /// The key of a survey of this asset: all that it depends on besides the bytes.
    #[must_use]
    pub fn key(&self, asset: &AssetId) -> String {
        let trim = self.trim.map_or(-1, i32::from);
        let crop = self.crop.map_or_else(String::new, |(detail, frame)| {
            let [width, height] = [frame.width, frame.height].map(f32::to_bits);
            let word = if detail == Detail::Entropy { "entropy" } else { "edges" };
            format!("{word} {width} {height}")
        });
        let seen = match self.filter.filter(|_| self.visibility || self.small) {
            Some(filter) => filter.to_string(),
            None => self.visibility.to_string(),
        };
        let small = if self.small { "small" } else { "" };
        format!("{trim} {crop} {seen} {small} {}", asset.as_str())
    }
}

/// What is known about a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// Its content; the whole picture, with the ink of that, if no trim is wanted.
    pub content: Content,
    /// The middle of the crop of the content, as fractions of its width and height. `None` if it is
    /// not wanted.
    pub focus: Option<(f32, f32)>,
    /// How visible it is. `None` if that is not wanted, or if it brings its own ground.
    pub visibility: Option<Visibility>,
    /// A version with at most [`SMALL_PX`] px a side. `None` if it is not wanted.
    pub small: Option<Pixmap>,
}

/// The longer side of a small version, in px: a line of text on a photograph lies on some dozens of
/// them, and finer grain is no ground that the eye sees.
const SMALL_PX: u32 = 128;

impl Survey {
    /// Decodes a picture and looks at all of it.
    ///
    /// # Errors
    /// Those of [`decode`].
    pub fn new(bytes: &[u8], wanted: &Wanted, limits: &Limits) -> Result<Self, Problem> {
        let mut picture = decode(bytes, limits)?;
        let content = wanted.trim.map_or_else(
            || {
                #[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
                let part = Rect::new(0.0, 0.0, picture.width() as f32, picture.height() as f32);
                Content { part, ink: 1.0 }
            },
            |tolerance| trim::content(&picture, tolerance),
        );
        let focus = wanted.crop.map(|(detail, frame)| crop::focal(&picture, content.part, frame, detail));
        let small = if wanted.small { Some(small(&picture, wanted.filter)?) } else { None };
        let visibility = wanted.visibility.then(|| {
            if let Some(filter) = wanted.filter {
                let ink = filter.ink(&picture);
                tone::apply(&mut picture, filter, ink);
            }
            Visibility::of(&picture)
        });
        Ok(Self { content, focus, visibility: visibility.flatten(), small })
    }

    /// Bytes that it takes, rounded up.
    fn bytes(&self) -> usize {
        let small = self.small.as_ref().map_or(0, |small| small.data().len());
        small.saturating_add(SURVEY_BYTES)
    }
}

/// A small version of a picture, with its colours changed.
fn small(picture: &Pixmap, filter: Option<Filter>) -> Result<Pixmap, Problem> {
    let (width, height) = (picture.width(), picture.height());
    let longer = width.max(height).max(1);
    let side = |side: u32| if longer > SMALL_PX { (side.saturating_mul(SMALL_PX) / longer).max(1) } else { side };
    #[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
    let whole = Rect::new(0.0, 0.0, width as f32, height as f32);
    let mut small = resample(picture, whole, side(width), side(height))?;
    if let Some(filter) = filter {
        tone::apply(&mut small, filter, filter.ink(picture));
    }
    Ok(small)
}

/// Surveys of earlier pictures, within a budget of bytes. The default keeps none.
#[derive(Default)]
pub struct Surveys(RefCell<lru::Cache<String, Known>>);

struct Known {
    /// The file, because an asset may be replaced by another one of the same name.
    asset: Rc<[u8]>,
    survey: Rc<Survey>,
}

impl Surveys {
    /// An empty cache with the budget of an isolate.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self(RefCell::new(lru::Cache::new(limits.memory_surveys_bytes)))
    }

    /// The survey of an asset, made if it is not known.
    ///
    /// # Errors
    /// Those of [`decode`].
    pub fn survey(
        &self,
        key: &String,
        asset: &Rc<[u8]>,
        wanted: &Wanted,
        limits: &Limits,
    ) -> Result<Rc<Survey>, Problem> {
        if let Ok(mut known) = self.0.try_borrow_mut()
            && let Some(known) = known.get(key)
            && (Rc::ptr_eq(&known.asset, asset) || known.asset == *asset)
        {
            return Ok(Rc::clone(&known.survey));
        }
        let survey = Rc::new(Survey::new(asset, wanted, limits)?);
        if let Ok(mut known) = self.0.try_borrow_mut() {
            let bytes = asset.len().saturating_add(key.len()).saturating_add(survey.bytes());
            let entry = Known { asset: Rc::clone(asset), survey: Rc::clone(&survey) };
            known.put(key.clone(), entry, bytes);
        }
        Ok(survey)
    }
}

/// Bytes of a survey with its outline, rounded up.
const SURVEY_BYTES: usize = 2_048;
