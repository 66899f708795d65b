//! Filters, masks and displacement: the fields of a document → those of a look.

use std::rc::Rc;

use crate::color::Color;
use crate::geometry::px;
use crate::template::document::{self as doc, Function};

use super::resolve::Resolver;
use super::{Displace, Effect, Effects, Filter, Image, Kind, Layer, MaskType, Matrix, Paint};

/// How far the colours of a layer may be stretched: beyond that there are only eight.
const FACTORS: (f32, f32) = (0.0, 1_000.0);

/// From none of a filter to all of it.
const SHARES: (f32, f32) = (0.0, 1.0);

impl Resolver<'_> {
    /// What happens to a layer after it is drawn. `None` if nothing does.
    #[inline(never)]
    pub(super) fn effects(&mut self, layer: &doc::Layer, path: &str) -> Option<Rc<Effects>> {
        let list = |field: &Option<crate::template::list::OneOrMany<doc::Filter>>| {
            field.as_ref().map_or(0, |list| list.0.len())
        };
        let is_plain = list(&layer.filter) == 0 && list(&layer.backdrop_filter) == 0;
        if is_plain && layer.mask.is_empty() && layer.displace.is_none() {
            return None;
        }
        let skipped = usize::from(picture_filter(layer).is_some());
        let filters = layer.filter.as_ref().map_or(&[][..], |filters| &filters.0);
        let filters = filters.iter().skip(skipped).filter_map(|filter| self.effect(filter, path, "filter")).collect();
        let backdrop = layer.backdrop_filter.as_ref().map_or(&[][..], |filters| &filters.0);
        let mut backdrop: Vec<_> =
            backdrop.iter().filter_map(|filter| self.effect(filter, path, "backdrop_filter")).collect();
        if !backdrop.is_empty() && (layer.corners.is_some() || layer.curve.is_some()) {
            self.warnings.push(&format!("{path}.backdrop_filter"), "a layer in perspective has none; it was left out");
            backdrop.clear();
        }
        let mask = (!layer.mask.is_empty()).then(|| layer.mask_type.unwrap_or(MaskType::Alpha));
        let displace = layer.displace.as_deref().and_then(|displace| self.displace(displace, path));
        let effects = Effects { filters, backdrop, mask, displace };
        (effects != Effects::NONE).then(|| Rc::new(effects))
    }

    /// How a layer is displaced. `None` if it is not.
    fn displace(&mut self, displace: &doc::Displace, path: &str) -> Option<Displace> {
        let (most, blur) = (self.limits.displace_px, self.limits.blur_px / 2.0);
        let scale = self.number(Some(&displace.scale), (path, "displace.scale"), 0.0, (-most, most));
        let blur = self.number(displace.blur.as_ref(), (path, "displace.blur"), 0.0, (0.0, blur));
        let shade = self.number(displace.shade.as_ref(), (path, "displace.shade"), 0.0, SHARES);
        let by_backdrop = displace.image().is_none();
        (scale != 0.0 || shade != 0.0).then_some(Displace { by_backdrop, scale, blur, shade })
    }

    /// The image by which a layer is displaced. `None` if there is none.
    pub(super) fn map(&mut self, layer: &doc::Layer, path: &str) -> Option<Box<Image>> {
        let source = layer.displace.as_deref()?.image();
        source.map(|source| Box::new(Image::covering(self.sources(std::iter::once(source), (path, "displace.src")))))
    }

    /// The layers of a mask.
    pub(super) fn masks(&mut self, layer: &doc::Layer, path: &str) -> Vec<Layer> {
        if layer.mask.is_empty() {
            return Vec::new();
        }
        let mut masks = self.layers(&layer.mask, &format!("{path}.mask"));
        // A shape without a paint would hide all, and a black text would too where light counts.
        let blank = |mask: &&mut Layer| {
            matches!(mask.kind, Kind::Shape(_) | Kind::Text(_))
                && mask.look.fill.is_none()
                && mask.look.stroke.is_none()
        };
        for mask in masks.iter_mut().filter(blank) {
            Rc::make_mut(&mut mask.look).fill = Some(Paint::Color(Color::rgb(255, 255, 255)));
        }
        masks
    }

    /// A filter. `None` if it changes nothing, or if one of its colours is missing.
    fn effect(&mut self, filter: &doc::Filter, path: &str, field: &str) -> Option<Effect> {
        let name = format!("{field}.{}", filter.function.name());
        if let Some(tone) = self.tone(filter, path, &name) {
            return Some(Effect::Tone(tone));
        }
        let (neutral, range) = match filter.function {
            Function::None | Function::White | Function::Black | Function::Tint | Function::Duotone => return None,
            Function::Grayscale | Function::Sepia | Function::Invert | Function::Grain => (0.0, SHARES),
            Function::Brightness | Function::Contrast | Function::Saturate => (1.0, FACTORS),
            Function::HueRotate => (0.0, (f32::MIN, f32::MAX)),
            // A shadow's blur is twice its standard deviation.
            Function::Blur => (0.0, (0.0, self.limits.blur_px / 2.0)),
        };
        // A word alone is all of it; an amount that is missing is none of it.
        let amount = match &filter.amount {
            None => 1.0,
            Some(amount) => self.number(Some(amount), (path, &name), neutral, range),
        };
        if amount == neutral {
            return None;
        }
        Some(match filter.function {
            Function::Blur => Effect::Blur(amount),
            Function::Grain => Effect::Grain(amount),
            Function::Grayscale => Effect::Colors(Matrix::grayscale(amount)),
            Function::Sepia => Effect::Colors(Matrix::sepia(amount)),
            Function::Invert => Effect::Colors(Matrix::invert(amount)),
            Function::Brightness => Effect::Colors(Matrix::brightness(amount)),
            Function::Contrast => Effect::Colors(Matrix::contrast(amount)),
            Function::Saturate => Effect::Colors(Matrix::saturate(amount)),
            _ => Effect::Colors(Matrix::hue_rotate(px(amount))),
        })
    }

    /// A filter that gives all pixels one colour or two. `None` if it is another one, or if one of its
    /// colours is missing.
    fn tone(&mut self, filter: &doc::Filter, path: &str, name: &str) -> Option<Filter> {
        let mut color = |index: usize| self.field(filter.colors.get(index), path, name);
        match filter.function {
            Function::White => Some(Filter::Tint(Color::rgb(255, 255, 255))),
            Function::Black => Some(Filter::Tint(Color::BLACK)),
            Function::Tint => color(0).map(Filter::Tint),
            Function::Duotone => color(0).zip(color(1)).map(|(dark, light)| Filter::Duotone(dark, light)),
            _ => None,
        }
    }

    /// The filter of an image layer that changes its picture alone.
    pub(super) fn filter(&mut self, layer: &doc::Layer, path: &str) -> Option<Filter> {
        let filter = picture_filter(layer)?;
        match filter.function {
            Function::Grayscale => Some(Filter::Grayscale),
            function => self.tone(filter, path, &format!("filter.{}", function.name())),
        }
    }
}

/// The first filter of an image layer, if it changes the picture alone: then `contrast` sees it, and the
/// changed picture is kept for others.
fn picture_filter(layer: &doc::Layer) -> Option<&doc::Filter> {
    let filter = layer.filter.as_ref()?.0.first()?;
    let is_tone = match filter.function {
        Function::Grayscale => filter.amount.is_none(),
        Function::White | Function::Black | Function::Tint | Function::Duotone => true,
        _ => false,
    };
    (is_tone && matches!(layer.kind, doc::Kind::Image(_))).then_some(filter)
}
