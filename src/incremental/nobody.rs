//! The picture for nobody: a template without personal values.
//!
//! The pictures of a campaign differ only in a name, so each is drawn and compressed as a change of
//! one common picture. The common picture may depend on the request alone, because one URL has one
//! file.
//!
//! It shows the template's example of each personal param that the request gives, because a name is
//! more like another name than like no name: lines break alike, and layers that need a value are
//! there. A param that is missing is missing there too.
//!
//! A colour or a choice that changes little of the picture, such as a button, is treated as personal:
//! the pictures of all brands of a template are then changes of one picture. It has the template's
//! default there. One that changes much of it, such as the background, has a picture for nobody of its
//! own.
//!
//! Invariant: two requests have the same picture for nobody if they agree in the template, in every
//! param that is neither [personal](crate::params::Param::is_personal) nor small, in which these are, in
//! which personal params they give, and in the options. It contains no value of a recipient, and no
//! image of one that is smaller than half of the picture.

use std::collections::BTreeSet;

use crate::inputs::Inputs;
use crate::layout::{self, Content, Item, Scene, Source as Shown};
use crate::limits::Limits;
use crate::ordered;
use crate::params::{self, Bound, Param, Source, Value, Values};
use crate::plan::{Image, ImageSource, Kind, Layer, Plan};
use crate::template::Template;

/// The image of a personal param in the picture for nobody. No asset has this name, so that nothing is
/// drawn.
const NOBODYS_IMAGE: &str = "asset:.nobody";

/// A picture of which at most 1 of this many px are images of the recipient is drawn as a change of
/// the picture for nobody. Where they cover more, as a photo does that is a background, most of the
/// file is new: such a picture shares a picture for nobody with those that show the same photo.
const LARGE_SHARE: f32 = 2.0;

/// A colour or a choice is small if the layers that use it cover at most 1 of this many px.
const SMALL_SHARE: f32 = 10.0;

/// The picture for nobody of one request.
pub struct Nobody<'a> {
    inputs: Inputs<'a>,
    /// The params whose images are personal, because they cover a small part of the picture.
    images: BTreeSet<&'a str>,
    /// The colours and choices that are treated as personal, because they change little.
    small: BTreeSet<&'a str>,
    /// The examples of the personal params that the request gives, by name.
    examples: Vec<(&'a str, String)>,
}

impl<'a> Nobody<'a> {
    /// The picture for nobody of a request with this plan, whose picture has these boxes.
    pub fn new(inputs: &Inputs<'a>, plan: &Plan, scene: &Scene) -> Self {
        let values: &'a Values = inputs.values;
        let given = || {
            let is_given = |source| !matches!(source, Source::TemplateDefault(_) | Source::Missing(_));
            let given = values.iter().filter(move |(_, resolved)| is_given(resolved.source));
            given.filter_map(|(name, resolved)| Some((name.as_str(), resolved.value.as_ref()?)))
        };
        let images = given().filter_map(|(name, value)| {
            let Value::Image(image) = value else { return None };
            (area(scene, image) <= whole(scene) / LARGE_SHARE).then_some(name)
        });
        let examples = given().filter_map(|(name, _)| {
            let param = inputs.template.document.params.get(name).filter(|param| param.is_personal())?;
            Some((name, param.example()?))
        });
        let template = inputs.template;
        let small = template.document.params.iter().filter(|(name, param)| {
            let is_shared = !param.is_personal() && !matches!(param, Param::Image(_));
            is_shared && is_small(template, name, plan, scene)
        });
        Self {
            inputs: *inputs,
            images: ordered::set(images),
            small: ordered::set(small.map(|(name, _)| name.as_str())),
            examples: examples.collect(),
        }
    }

    /// Whether the value of a param is that of a recipient here.
    fn is_personal(&self, name: &str) -> bool {
        let param = self.inputs.template.document.params.get(name);
        // A name that is not declared as a param may stand for any param.
        self.images.contains(name) || self.small.contains(name) || param.is_none_or(Param::is_personal)
    }

    /// The same without examples.
    pub fn without_examples(&self) -> Self {
        let (images, small) = (self.images.clone(), self.small.clone());
        Self { inputs: self.inputs, images, small, examples: Vec::new() }
    }

    /// Whether images of the recipient may be in the picture.
    pub fn has_images(&self, plan: &Plan) -> bool {
        !self.images.is_empty() || !plan.remotes.is_empty()
    }

    /// Its values: the request's values that are not personal, the examples, and the template's own
    /// fallbacks.
    pub fn values(&self, limits: &Limits) -> Values {
        let document = &self.inputs.template.document;
        let bound = |name: &str, is_default: bool| {
            let example = self.examples.iter().find(|(known, _)| *known == name && !is_default);
            example.map_or(Bound::Open, |(_, example)| Bound::Fixed(example))
        };
        let mut values = params::resolve_bound(&document.params, &document.missing, "", bound, limits);
        values.extend(self.shared());
        for name in &self.images {
            if let Some(resolved) = values.get_mut(*name) {
                resolved.value = Some(Value::Image(NOBODYS_IMAGE.to_owned()));
                resolved.source = Source::Given;
            }
        }
        values
    }

    /// Its key. It contains values, so it may be long.
    pub fn key(&self, plan: &Plan) -> String {
        let Inputs { template, options, .. } = self.inputs;
        let digest = digest(template);
        let shared = self.shared();
        let given: Vec<_> = shared.iter().map(|(name, resolved)| (name, &resolved.value)).collect();
        let size = (options.width, options.dpr.map(f32::to_bits));
        let (images, is_wide) = (&self.images, self.has_images(plan));
        let examples: Vec<_> = self.examples.iter().map(|(name, _)| name).collect();
        // Quotes in a value are escaped, so that two different lists never give the same text.
        let mut key = format!(
            "{digest} {size:?} {:?} {given:?} {images:?} {is_wide} {examples:?} {:?}",
            options.lang, self.small
        );
        if !plan.fonts.is_empty() {
            plan.packs.iter().for_each(|pack| key.extend([" ", pack.name]));
        }
        key
    }

    /// Number of a plan's layers that are the backdrop: the bottom layers that use no personal
    /// param.
    pub fn backdrop_items(&self, plan: &Plan) -> usize {
        let layers = bottom_layers(self.inputs.template, |name| self.is_personal(name));
        plan.layers.iter().take_while(|layer| index(&layer.path).is_some_and(|index| index < layers)).count()
    }

    /// The values of the request that are not personal.
    fn shared(&self) -> Values {
        let mut shared = Values::new();
        let values = self.inputs.values.iter().filter(|(name, _)| !self.is_personal(name));
        shared.extend(values.map(|(name, value)| (name.clone(), value.clone())));
        shared
    }
}

/// The query whose picture has the baseline of most pictures of a template: it gives each personal param its example.
#[must_use]
pub fn typical_query(template: &Template) -> String {
    let personal = template.document.params.iter().filter(|(_, param)| param.is_personal());
    let pairs = personal.filter_map(|(name, param)| Some((name, param.example()?)));
    // Pairs of strings always encode.
    serde_urlencoded::to_string(pairs.collect::<Vec<_>>()).unwrap_or_default()
}

/// The digest of a template, as a key begins with it.
pub fn digest(template: &Template) -> String {
    format!("{:x}", u128::from_be_bytes(template.digest))
}

/// Leaves out images that are personal, with their fallbacks: what nobody sees would only make the
/// colours of the baseline more. The images of examples are personal, too: `known`, which is the plan
/// without examples, does not name them, and a request with another value does not bring their files.
pub fn drop_images(layers: &mut [Layer], known: &Plan) {
    let nobodys = NOBODYS_IMAGE.strip_prefix("asset:").unwrap_or_default();
    let drop_image = |image: &mut Image| {
        let Some(ImageSource::Asset(id)) = image.sources.first_mut() else { return };
        let is_known = known.assets.contains(id) || known.remotes.iter().any(|remote| remote.id == *id);
        if !is_known || id.as_str() == nobodys {
            *id = nobodys.into();
            image.sources.truncate(1);
        }
    };
    for layer in layers {
        drop_images(&mut layer.mask, known);
        layer.picture.iter_mut().chain(&mut layer.map).for_each(|image| drop_image(image));
        match &mut layer.kind {
            Kind::Image(image) => drop_image(image),
            Kind::Group(children) => drop_images(children, known),
            Kind::Stack(stack) => drop_images(&mut stack.children, known),
            Kind::Shape(_) | Kind::Text(_) => {}
        }
    }
}

/// The area of the boxes that show an image, in square px of the template.
fn area(scene: &Scene, image: &str) -> f32 {
    let id = image.strip_prefix("asset:").unwrap_or(image);
    let mut area = 0.0;
    layout::walk(&scene.items, &mut |item| {
        let Content::Image { sources, .. } = &item.content else { return };
        if matches!(sources.first(), Some(Shown::Asset(first)) if first.as_str() == id) {
            area += item.frame.width * item.frame.height;
        }
    });
    area
}

#[expect(clippy::cast_precision_loss, reason = "sides are a few thousand px")]
fn whole(scene: &Scene) -> f32 {
    (scene.width as f32 / scene.scale) * (scene.height as f32 / scene.scale)
}

/// Number of bottom layers of a template that use no personal param, if no image is personal; 0 if
/// the background uses one.
pub fn backdrop_layers(template: &Template) -> usize {
    let params = &template.document.params;
    bottom_layers(template, |name| params.get(name).is_none_or(Param::is_personal))
}

fn bottom_layers(template: &Template, is_personal: impl Fn(&str) -> bool) -> usize {
    let reads = &template.reads;
    if reads.background.iter().any(|name| is_personal(name)) {
        return 0;
    }
    reads.layers.iter().take_while(|names| !names.iter().any(|name| is_personal(name))).count()
}

/// Whether a param changes little of a picture: layers that use it are small, and there are none that
/// only another value would show.
fn is_small(template: &Template, name: &str, plan: &Plan, scene: &Scene) -> bool {
    let reads = &template.reads;
    // A layer with a name that no param has may read any param.
    let reads_it = |names: &BTreeSet<String>| names.contains(name) || names.contains("");
    let uses = |path: &str| index(path).and_then(|at| reads.layers.get(at)).is_none_or(reads_it);
    let area = |item: &Item| item.frame.width * item.frame.height;
    let used = scene.items.iter().filter(|item| uses(&item.path)).map(area).sum::<f32>();
    let left_out =
        || plan.left_out.iter().any(|layer| uses(layer.path.split_inclusive(']').next().unwrap_or_default()));
    !reads_it(&reads.background) && used <= whole(scene) / SMALL_SHARE && !left_out()
}

/// The index of a top-level layer: 3 of `layers[3]`.
fn index(path: &str) -> Option<usize> {
    path.strip_prefix("layers[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::Assets;
    use crate::font::Fonts;
    use crate::plan;
    use crate::request::{Format, Options};

    #[test]
    fn the_backdrop_ends_below_the_first_personal_layer() {
        let document = |background: &str, when: &str| {
            format!(
                r##"{{ "width": 90, "height": 90, "background": "{background}",
                    "params": {{ "name": {{ "type": "text" }}, "accent": {{ "type": "color" }} }}, "layers": [
                    {{ "type": "rect", "fill": "{{{{ accent }}}}" }},
                    {{ "type": "group", "when": "{when}", "children": [{{ "type": "text", "text": "Hi" }}] }},
                    {{ "type": "group", "children": [{{ "type": "text", "text": "{{{{ name }}}}" }}] }},
                    {{ "type": "rect", "fill": "#000" }} ] }}"##
            )
        };
        let limits = Limits::default();
        for (background, when, expected) in
            [("#fff", "true", 2), ("#fff", "name", 1), ("#fff", "false", 1), ("{{ name }}", "true", 0)]
        {
            let template = Template::parse(&document(background, when), &limits).unwrap();
            let (values, options) = (template.values("", &limits), Options::default());
            let inputs = Inputs::new(&template, &values, &options, Format::Png);
            let plan = plan::plan(&inputs, &limits);
            let scene = layout::layout(&plan, &Assets::new(), &Fonts::embedded(), &limits);
            let nobody = Nobody::new(&inputs, &plan, &scene);
            assert_eq!(nobody.backdrop_items(&plan), expected, "{background}, {when}");
        }
    }
}
