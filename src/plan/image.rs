//! Image layers: their sources, and how they look.

use crate::color::Color;
use crate::geometry::px;
use crate::image::trim;
use crate::template::document as doc;

use super::resolve::Resolver;
use super::{Contrast, Filter, Fit, Focus, Image, ImageSource, Sizing};

impl Resolver<'_> {
    /// The picture of an image layer.
    pub(super) fn image(&mut self, image: &doc::Image, path: &str) -> Image {
        let is_optical = image.size == Some(doc::Sizing::Optical);
        let trim = match image.trim {
            Some(doc::Trim::By(tolerance)) => Some(tolerance),
            Some(doc::Trim::No) => None,
            // The margins of a logo say nothing about how large it looks.
            None => is_optical.then_some(trim::TOLERANCE),
        };
        Image {
            sources: self.sources(std::iter::once(&image.src).chain(&image.fallback), (path, "src")),
            sizing: if is_optical { Sizing::Optical } else { Sizing::Fit(image.fit.unwrap_or(Fit::Cover)) },
            focus: match image.focus {
                None => Focus::MIDDLE,
                Some(doc::Focus::Point([x, y])) => Focus::Point(px(x).clamp(0.0, 1.0), px(y).clamp(0.0, 1.0)),
                Some(doc::Focus::Detail(detail)) => Focus::Detail(detail),
            },
            trim,
            filter: self.filter(image.filter.as_ref(), path),
            contrast: (image.contrast == Some(doc::Contrast::Auto)).then(|| self.contrast(image, path)),
        }
    }

    /// A change of colours. `None` if there is none, or if one of its colours is missing.
    fn filter(&mut self, filter: Option<&doc::Filter>, path: &str) -> Option<Filter> {
        match filter? {
            doc::Filter::None => None,
            doc::Filter::Grayscale => Some(Filter::Grayscale),
            doc::Filter::White => Some(Filter::Tint(Color::rgb(255, 255, 255))),
            doc::Filter::Black => Some(Filter::Tint(Color::BLACK)),
            doc::Filter::Tint(color) => self.field(Some(color), path, "filter.tint").map(Filter::Tint),
            doc::Filter::Duotone([dark, light]) => {
                let dark = self.field(Some(dark), path, "filter.duotone[0]");
                let light = self.field(Some(light), path, "filter.duotone[1]");
                dark.zip(light).map(|(dark, light)| Filter::Duotone(dark, light))
            }
        }
    }

    fn contrast(&mut self, image: &doc::Image, path: &str) -> Contrast {
        let mut dark = self.sources(image.dark_src.iter(), (path, "dark_src"));
        dark.retain(|source| matches!(source, ImageSource::Asset(_)));
        Contrast {
            dark,
            plate: self.field(image.plate.as_ref(), path, "plate"),
            ground: self.field(image.ground.as_ref(), path, "ground"),
        }
    }
}
