//! The picture of an image layer: the part of each source that is shown, its place in the box, and
//! what keeps it visible on its ground.

use crate::asset::AssetId;
use crate::color::{Color, over};
use crate::geometry::{Rect, Size};
use crate::image::{self, Focus, Wanted};
use crate::plan::{self, Extent, Fit, ImageSource, Layer, Sizing};

use super::ground;
use super::pictures::{Found, wanted};
use super::place::Placer;
use super::scene::{Content, Contrast, Remedy, Seen, View};

/// The room between a logo and the edge of its plate, as a share of the smaller side.
const PLATE_PADDING: f32 = 0.12;

impl Placer<'_> {
    /// The content of an image layer with this box.
    pub(super) fn picture(&mut self, layer: &Layer, image: &plan::Image, frame: Rect) -> Content {
        let contrast = image.contrast.as_ref().and_then(|wish| self.contrast(layer, image, wish, frame));
        let remedy = contrast.as_ref().map_or(Remedy::None, |contrast| contrast.remedy);
        let area = match remedy {
            Remedy::None | Remedy::Dark => frame,
            Remedy::Plate(_) => frame.outset(-PLATE_PADDING * frame.width.min(frame.height)),
        };
        let dark = image.contrast.iter().flat_map(|wish| &wish.dark).filter(|_| remedy == Remedy::Dark);
        let shown: Vec<&ImageSource> = dark.chain(&image.sources).collect();
        let mut views = Vec::with_capacity(shown.len());
        let mut is_found = false;
        for source in &shown {
            // Only the first source that can be had is shown, so the others need no survey.
            let view = match source {
                ImageSource::Asset(asset) if !is_found => self.view(layer, image, asset, area),
                ImageSource::Asset(_) | ImageSource::Initials(_) => None,
            };
            is_found |= view.is_some();
            views.push(view.unwrap_or(View {
                part: None,
                area,
                focus: image.focus.point(),
                is_rounded: is_rounded(image),
            }));
        }
        let sources = shown.into_iter().map(|source| self.source(source, frame)).collect();
        let fit = match image.sizing {
            Sizing::Fit(fit) => fit,
            Sizing::Optical => Fit::Contain,
        };
        Content::Image { sources, views, fit, filter: image.filter, contrast }
    }

    /// How an asset is shown in an area. `None` if it cannot be had.
    fn view(&mut self, layer: &Layer, image: &plan::Image, asset: &AssetId, area: Rect) -> Option<View> {
        let wanted = wanted(image);
        let mut found = self.pictures.find(asset, &wanted);
        if wanted.is_any() {
            self.report_unsurveyed(layer, &found);
        }
        let content = found.content()?;
        let mut focus = image.focus.point();
        if let Focus::Detail(detail) = image.focus {
            let crop = Some((detail, area.size()));
            found = self.pictures.find(asset, &Wanted { trim: image.trim, crop, ..Wanted::default() });
            self.report_unsurveyed(layer, &found);
            if let Found::Survey(survey) = &found {
                focus = survey.focus.unwrap_or(focus);
            }
        }
        let area = match image.sizing {
            Sizing::Fit(_) => area,
            Sizing::Optical => {
                let given = |extent, side: f32| (extent != Extent::Hug).then_some(side);
                let given = (given(layer.width, area.width), given(layer.height, area.height));
                let size = image::optical(content.part.size(), content.ink, given);
                within(area, size, focus)
            }
        };
        let part = image.trim.map(|_| content.part);
        Some(View { part, area, focus, is_rounded: is_rounded(image) })
    }

    fn report_unsurveyed(&mut self, layer: &Layer, found: &Found) {
        if let Found::Header(_) = found {
            self.warnings.push(&layer.name, self.pictures.over_budget());
        }
    }

    /// Whether the logo is visible on its ground, and what is done if not: on a ground that is not
    /// known, such as a photograph, it is on a plate. `None` if the logo is not known, or if it
    /// brings a ground of its own.
    fn contrast(&self, layer: &Layer, image: &plan::Image, wish: &plan::Contrast, frame: Rect) -> Option<Contrast> {
        let below = wish.ground.or_else(|| self.ground.below(frame));
        let ground = match layer.look.fill.as_ref().map(ground::mean) {
            Some(Some(fill)) if fill.a == u8::MAX => Some(fill),
            Some(Some(fill)) => below.map(|below| over(fill, below)),
            Some(None) => None,
            None => below,
        };
        let wanted = wanted(image);
        let first = |sources: &[ImageSource]| {
            sources.iter().find_map(|source| match source {
                ImageSource::Asset(asset) => match self.pictures.find(asset, &wanted) {
                    Found::Nothing => None,
                    Found::Header(_) => Some(None),
                    Found::Survey(survey) => Some(Some(survey)),
                },
                ImageSource::Initials(_) => Some(None),
            })
        };
        let logo = first(&image.sources)??;
        let logo = logo.visibility.as_ref()?;
        let dark = first(&wish.dark).flatten();
        let is_dark_visible = |ground| {
            dark.as_ref().is_some_and(|dark| dark.visibility.as_ref().is_none_or(|dark| !dark.vanishes(ground)))
        };
        let white = Color::rgb(255, 255, 255);
        let remedy = match ground {
            Some(ground) if !logo.vanishes(ground) => Remedy::None,
            Some(ground) if is_dark_visible(ground) => Remedy::Dark,
            _ => {
                let black = logo.vanishing(Color::BLACK) < logo.vanishing(white);
                Remedy::Plate(wish.plate.unwrap_or(if black { Color::BLACK } else { white }))
            }
        };
        let ground = ground.map(|color| Seen { color, ratio: logo.contrast(color), vanishing: logo.vanishing(color) });
        Some(Contrast { ground, remedy })
    }
}

/// Whether the layer's radius rounds the corners of the picture itself.
fn is_rounded(image: &plan::Image) -> bool {
    image.contrast.is_none() && image.sizing != Sizing::Optical
}

/// A box of this size in an area; there is as much room on both sides as the focus says.
fn within(area: Rect, size: Size, (x, y): (f32, f32)) -> Rect {
    let (left, top) = (area.width - size.width, area.height - size.height);
    Rect::new(area.x + left * x, area.y + top * y, size.width, size.height)
}
