//! The colours of an image at points of its box, read from a small version of it.

use tiny_skia::PremultipliedColorU8;

use crate::asset::AssetId;
use crate::image::{self, Filter, Fit, Wanted};

use super::pictures::{Found, Pictures};
use super::scene::{Content, Source, View};

/// An image as it is shown.
pub struct Photo {
    asset: AssetId,
    filter: Option<Filter>,
    view: View,
    fit: Fit,
}

/// What an image shows: the first source that can be had. `None` if nothing is drawn.
pub fn shown<'a>(content: &'a Content, pictures: &Pictures<'_>) -> Option<(&'a Source, &'a View)> {
    let Content::Image { sources, views, .. } = content else { return None };
    sources.iter().zip(views).find(|(source, _)| match source {
        Source::Asset(asset) => !matches!(pictures.find(asset, &Wanted::default()), Found::Nothing),
        Source::Initials { .. } => true,
    })
}

impl Photo {
    /// The image of this source and view of a content. `None` if it is no file.
    pub fn of(content: &Content, (source, view): (&Source, &View)) -> Option<Self> {
        let (Content::Image { fit, filter, .. }, Source::Asset(asset)) = (content, source) else { return None };
        Some(Self { asset: asset.clone(), filter: *filter, view: *view, fit: *fit })
    }

    /// What is wanted to be known about it.
    fn wanted(&self) -> Wanted {
        Wanted { small: true, filter: self.filter, ..Wanted::default() }
    }

    /// Whether it has too many pixels to be looked at.
    pub fn is_too_large(&self, pictures: &Pictures<'_>) -> bool {
        matches!(pictures.find(&self.asset, &self.wanted()), Found::Header(_))
    }

    /// Its premultiplied colours at some places of the picture; clear where it is not. `None` if it
    /// cannot be looked at.
    pub fn colors(&self, places: &[(f32, f32)], pictures: &Pictures<'_>) -> Option<Vec<PremultipliedColorU8>> {
        let Found::Survey(survey) = pictures.find(&self.asset, &self.wanted()) else { return None };
        let small = survey.small.as_ref()?;
        let natural = survey.content.part;
        let View { part, area, focus, .. } = self.view;
        let content = part.unwrap_or(natural);
        let placement = image::place(content.size(), area.size(), self.fit, focus);
        let (source, dest) = (placement.source, placement.dest);
        // The radius of a photograph's corners is not looked at: lines seldom reach into them.
        let color = |(x, y): (f32, f32)| {
            let (mut x, mut y) = (x - area.x, y - area.y);
            if self.fit == Fit::Tile {
                (x, y) = (x.rem_euclid(dest.width), y.rem_euclid(dest.height));
            }
            if !(dest.x <= x && x <= dest.right() && dest.y <= y && y <= dest.bottom()) {
                return PremultipliedColorU8::TRANSPARENT;
            }
            let across = content.x + source.x + (x - dest.x) / dest.width * source.width;
            let down = content.y + source.y + (y - dest.y) / dest.height * source.height;
            let (column, row) =
                (cell(across, natural.width, small.width()), cell(down, natural.height, small.height()));
            small.pixel(column, row).unwrap_or(PremultipliedColorU8::TRANSPARENT)
        };
        Some(places.iter().map(|place| color(*place)).collect())
    }
}

/// The cell of a small version that shows a place of a side.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few cells")]
fn cell(at: f32, side: f32, cells: u32) -> u32 {
    ((at / side * cells as f32).max(0.0) as u32).min(cells.saturating_sub(1))
}
