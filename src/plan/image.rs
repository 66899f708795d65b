//! Image layers: their sources, and how they look.

use crate::geometry::px;
use crate::image::trim;
use crate::template::document as doc;

use super::resolve::Resolver;
use super::{Contrast, Fit, Focus, Image, ImageSource, Sizing};

impl Image {
    /// These sources, which fill a box as they are.
    pub(super) const fn covering(sources: Vec<ImageSource>) -> Self {
        let sizing = Sizing::Fit(Fit::Cover);
        Self { sources, sizing, focus: Focus::MIDDLE, trim: None, filter: None, contrast: None }
    }
}

impl Resolver<'_> {
    /// The picture of an image layer.
    pub(super) fn image(&mut self, layer: &doc::Layer, image: &doc::Image, path: &str) -> Image {
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
            filter: self.filter(layer, path),
            contrast: (image.contrast == Some(doc::Contrast::Auto)).then(|| self.contrast(image, path)),
        }
    }

    /// The image that fills a layer. `None` if it has another fill.
    pub(super) fn picture(&mut self, layer: &doc::Layer, path: &str) -> Option<Box<Image>> {
        let Some(doc::Paint::Gradient(fill)) = &layer.fill else { return None };
        if fill.kind != doc::GradientKind::Image {
            return None;
        }
        let sizing = Sizing::Fit(fill.fit.unwrap_or(Fit::Cover));
        Some(Box::new(Image { sizing, ..Image::covering(self.sources(fill.src.iter(), (path, "fill.src"))) }))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::Inputs;
    use crate::limits::Limits;
    use crate::plan::{Kind, plan};
    use crate::request::{Format, Options};
    use crate::template::Template;

    #[test]
    fn a_sign_in_place_of_a_name_is_its_own_initial() {
        let limits = Limits::default();
        let letters = |source: &str| {
            let json = format!(
                r#"{{ "width": 9, "height": 9, "params": {{ "name": {{ "type": "text" }} }},
                     "layers": [{{ "type": "image", "src": "initials:{source}", "width": 9, "height": 9 }}] }}"#
            );
            let template = Template::parse(&json, &limits).unwrap();
            let values = template.values("", &limits);
            let options = Options::default();
            let plan = plan(&Inputs::new(&template, &values, &options, Format::Png), &limits);
            let Kind::Image(image) = &plan.layers[0].kind else { panic!("an image") };
            image
                .sources
                .iter()
                .map(|source| match source {
                    ImageSource::Initials(initials) => initials.letters.clone(),
                    ImageSource::Asset(_) => panic!("initials"),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(letters("{{ name | default('?') }}"), ["?"]);
        assert_eq!(letters("{{ name | default('Ana (CEO)') }}"), ["AC"]);
        assert_eq!(letters("{{ name }}"), [""; 0]);
    }
}
