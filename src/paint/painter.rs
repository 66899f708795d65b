//! Draws items in order: the shadow of each, then its content, then its children. An offscreen
//! layer is used if opacity, blending or clipping applies to the item as a whole.

use tiny_skia::{FillRule, IntRect, Path, Pixmap, Transform};

use crate::color::Color;
use crate::geometry::px;
use crate::layout::{Content, Item, Scene};
use crate::limits::Limits;
use crate::plan::{Blend, Paint, Shadow};
use crate::warnings::Warnings;

use super::bitmap::Bitmaps;
use super::bounds::{self, Letters};
use super::budget::{self, Spent, area};
use super::drawing::Drawing;
use super::filter;
use super::gradient::Gradient;
use super::mask::Glyphs;
use super::shadow::{self, Silhouette};
use super::surface::{self, Surface, covering, intersect, union};
use super::{clip, shader, shape};

/// Walks a scene and holds the state of the walk and the used budget.
pub struct Painter<'a> {
    pub(super) scene: &'a Scene,
    pub(super) bitmaps: &'a Bitmaps,
    pub(super) glyphs: Glyphs<'a>,
    pub(super) limits: &'a Limits,
    /// Omitted parts, by layer.
    pub warnings: Warnings,
    /// Number of images so far, which is the key into `bitmaps`.
    pub images: usize,
    /// Bytes of the offscreen buffers that are alive.
    alive: u64,
    /// The part of the budgets that drawing has used so far.
    pub spent: Spent,
}

impl<'a> Painter<'a> {
    /// A painter that has drawn nothing.
    pub const fn new(scene: &'a Scene, bitmaps: &'a Bitmaps, glyphs: Glyphs<'a>, limits: &'a Limits) -> Self {
        Self {
            scene,
            bitmaps,
            glyphs,
            limits,
            warnings: Warnings::new(limits),
            images: 0,
            alive: 0,
            spent: Spent { offscreen_bytes: 0, segments: 0, work: 0 },
        }
    }

    /// Draws the whole scene onto a clear canvas.
    pub fn scene(&mut self, canvas: Pixmap) -> Pixmap {
        let mut surface = Surface::canvas(canvas);
        self.background(&mut surface);
        self.items(&mut surface, &self.scene.items);
        if self.scene.debug_boxes {
            outline_boxes(&mut surface, &self.scene.items, self.scaling());
        }
        surface.into_pixels()
    }

    /// Draws the background.
    pub fn background(&self, surface: &mut Surface) {
        let frame = self.scene.frame;
        let gradient = self.scene.background.as_ref().and_then(|paint| Gradient::new(paint, frame, self.scene.scale));
        if let Some(gradient) = gradient {
            gradient.cover(surface.pixels_mut(), (0, 0));
        } else if let (Some(paint), Some(path)) =
            (&self.scene.background, shape::rounded(frame.outset(1.0), [0.0; 4], 0.0))
        {
            surface.fill(&path, FillRule::Winding, &shader::paint(paint, frame, 1.0), self.scaling());
        }
    }

    /// Draws top-level items, from bottom to top.
    pub fn items(&mut self, surface: &mut Surface, items: &[Item]) {
        self.children(surface, items, self.scaling());
    }

    /// Draws the shadows of a top-level box in some places that do not overlap, in output px.
    pub fn shadows_in(&mut self, surface: &mut Surface, item: &Item, places: &[IntRect]) {
        self.shadows(surface, item, self.scaling(), Some(places));
    }

    /// Draws a top-level item that is no layer as a whole, without its shadows, with the first of its children only: those
    /// that its clip cuts.
    pub fn shell(&mut self, surface: &mut Surface, item: &Item, children: usize) {
        let transform = self.scaling();
        self.content(surface, item, transform, item.look.opacity);
        self.clipped(surface, item, item.children.get(..children).unwrap_or_default(), transform);
    }

    fn scaling(&self) -> Transform {
        Transform::from_scale(self.scene.scale, self.scene.scale)
    }

    pub(super) fn children(&mut self, surface: &mut Surface, items: &[Item], transform: Transform) {
        for item in items {
            self.item(surface, item, transform);
        }
    }

    fn item(&mut self, surface: &mut Surface, item: &Item, transform: Transform) {
        let look = &item.look;
        let all = bounds::bounds(item, transform, Letters::Lines);
        let visible = all.zip(surface.bounds()).and_then(|(a, b)| intersect(a, b));
        let Some(bounds) = visible.filter(|_| look.opacity > 0.0) else {
            self.skip(item);
            return;
        };
        let room = |reach: i32| intersect(all?, filter::around(surface.bounds()?, reach)?);
        if let Some(warp) = &item.warp {
            let bounds = room(bounds::reach_seen(item, transform)).unwrap_or(bounds);
            self.warped(surface, item, warp, (transform, bounds));
            return;
        }
        let transform = transform.pre_concat(item.turn());
        let grouped = look.effects.is_some()
            || look.blend != Blend::Normal
            || (look.opacity < 1.0 && (!is_single(item) || self.has_color(item)));
        // A blur reaches for what lies beyond the surface.
        let bounds = room(bounds::reach(item)).unwrap_or(bounds);
        if !grouped {
            self.whole(surface, item, transform, look.opacity);
        } else if let Some(mut layer) = self.layer(bounds, budget::blended(look.blend), &item.name) {
            self.whole(&mut layer, item, transform, 1.0);
            let layer = self.effects(layer, Some(surface), item, transform);
            surface.composite(&layer, look.opacity, look.blend);
            self.drop_layer(bounds);
        } else {
            self.body(surface, item, transform, 1.0);
            item.mask.iter().chain(item.map.as_deref()).for_each(|unseen| self.skip(unseen));
        }
    }

    /// Counts the images of an item that is not drawn, so that those of later items keep their
    /// numbers.
    pub(super) fn skip(&mut self, item: &Item) {
        item.walk(&mut |item| {
            if matches!(item.content, Content::Image { .. }) {
                self.images = self.images.saturating_add(1);
            }
        });
    }

    /// An offscreen layer within the budgets. Each of its pixels costs `pixel` work.
    pub(super) fn layer(&mut self, bounds: IntRect, pixel: u64, name: &str) -> Option<Surface> {
        if !self.reserve(bounds, (LAYER_BYTES, pixel), name) {
            return None;
        }
        Surface::layer(bounds)
    }

    /// Takes a buffer from the budgets. Each of its pixels costs `bytes` and `work`. Returns false,
    /// with a warning, if the budgets have too little left.
    pub(super) fn reserve(&mut self, bounds: IntRect, cost: (u64, u64), name: &str) -> bool {
        let fits = self.hold(bounds, cost);
        if !fits {
            self.warnings.omit(name, "too many large effects in one picture; this one was left out");
        }
        fits
    }

    /// Does the same without a warning.
    fn hold(&mut self, bounds: IntRect, (bytes, work): (u64, u64)) -> bool {
        let bytes = area(bounds).saturating_mul(bytes);
        let work = area(bounds).saturating_mul(work).saturating_add(budget::CALL);
        let alive = self.alive.saturating_add(bytes);
        let spent = self.spent.plus(Spent { offscreen_bytes: bytes, work, ..Spent::default() });
        let fits = alive <= self.limits.offscreen_bytes && spent.fits(self.limits);
        if fits {
            (self.alive, self.spent) = (alive, spent);
        }
        fits
    }

    /// A copy of a surface's pixels with clear pixels around, over another part of the canvas.
    /// `None` if the budgets have too little left.
    pub(super) fn copy(&mut self, surface: &Surface, bounds: IntRect) -> Option<Surface> {
        if !self.hold(bounds, (LAYER_BYTES, budget::LAYER_PIXEL)) {
            return None;
        }
        let mut copy = Surface::layer(bounds)?;
        copy.copy_from(surface);
        Some(copy)
    }

    pub(super) fn drop_layer(&mut self, bounds: IntRect) {
        self.release(area(bounds).saturating_mul(LAYER_BYTES));
    }

    /// Gives back bytes of a buffer.
    pub(super) const fn release(&mut self, bytes: u64) {
        self.alive = self.alive.saturating_sub(bytes);
    }

    /// An item and its shadows.
    pub(super) fn whole(&mut self, surface: &mut Surface, item: &Item, transform: Transform, opacity: f32) {
        self.shadows(surface, item, transform, None);
        self.body(surface, item, transform, opacity);
        // Those of a filled box lie below its children.
        if !is_filled_box(item) {
            self.inner_shadows(surface, item, transform);
        }
    }

    pub(super) fn body(&mut self, surface: &mut Surface, item: &Item, transform: Transform, opacity: f32) {
        self.content(surface, item, transform, opacity);
        let count = clip::count(item, transform);
        let (cut, others) = item.children.split_at_checked(count).unwrap_or((&item.children, &[]));
        self.clipped(surface, item, cut, transform);
        self.children(surface, others, transform);
    }

    /// Draws children of an item, and what lies outside of it not.
    fn clipped(&mut self, surface: &mut Surface, item: &Item, children: &[Item], transform: Transform) {
        if children.is_empty() {
            return;
        }
        let path = shape::rounded(item.frame, item.radius, item.look.smoothing);
        let bounds = covering(item.frame, transform).zip(surface.bounds()).and_then(|(a, b)| intersect(a, b));
        match (path, bounds) {
            (Some(path), Some(bounds)) => match self.layer(bounds, budget::LAYER_PIXEL, &item.name) {
                Some(mut layer) => {
                    self.children(&mut layer, children, transform);
                    layer.clip(&path, transform);
                    surface.composite(&layer, 1.0, Blend::Normal);
                    self.drop_layer(bounds);
                }
                None => self.children(surface, children, transform),
            },
            _ => children.iter().for_each(|child| self.skip(child)),
        }
    }

    /// The item itself, without its children.
    fn content(&mut self, surface: &mut Surface, item: &Item, transform: Transform, opacity: f32) {
        let (drawing, fill) = (Drawing::of(item, transform, opacity), item.look.fill.as_ref());
        match &item.content {
            Content::Box | Content::Ellipse => {
                self.fill(surface, shape::outline(item, 0.0).as_ref(), fill, drawing);
                self.picture(surface, item, transform);
                if is_filled_box(item) {
                    self.inner_shadows(surface, item, transform);
                }
                self.stroke(surface, item, transform, opacity);
            }
            Content::Shape(path) => {
                self.fill(surface, path.as_ref(), fill, drawing);
                self.picture(surface, item, transform);
                self.stroke(surface, item, transform, opacity);
            }
            Content::Text(text) => {
                self.text(surface, item, text, transform, opacity);
                self.picture(surface, item, transform);
            }
            Content::Image { sources, views, fit, .. } => {
                self.fill(surface, shape::outline(item, 0.0).as_ref(), fill, drawing);
                self.picture(surface, item, transform);
                self.image(surface, item, (sources, views, *fit), transform, opacity);
                self.stroke(surface, item, transform, opacity);
            }
        }
    }

    /// The image that fills an item.
    fn picture(&mut self, surface: &mut Surface, item: &Item, transform: Transform) {
        if let Some(picture) = &item.picture {
            self.item(surface, picture, transform);
        }
    }

    /// Draws the shadows of an item, in some places if there are such.
    fn shadows(&mut self, surface: &mut Surface, item: &Item, transform: Transform, places: Option<&[IntRect]>) {
        // The first shadow is on top, so it is drawn last.
        for shadow in item.look.shadows.iter().rev().filter(|shadow| shadow.color.a > 0 && !shadow.inset) {
            self.shadow(surface, item, shadow, (transform, places));
        }
    }

    fn shadow(
        &mut self,
        surface: &mut Surface,
        item: &Item,
        shadow: &Shadow,
        (transform, places): (Transform, Option<&[IntRect]>),
    ) {
        let (moved, deviation, reach) = cast(shadow, item.scale);
        let grow = |rect: IntRect| rect.make_outset(reach, reach);
        let visible =
            surface.bounds().and_then(|bounds| bounds.translate(moved.0.saturating_neg(), moved.1.saturating_neg()));
        let body = bounds::body(item, transform, Letters::Lines);
        let thrown = body.and_then(|body| bounds::spread(body, shadow.spread, transform));
        let bounds = thrown.and_then(grow).zip(visible.and_then(grow)).and_then(|(a, b)| intersect(a, b));
        let Some(bounds) = bounds else { return };
        let bytes = area(bounds).saturating_mul(SILHOUETTE_BYTES);
        let box_above = translucent_box(item);
        let pixel = budget::SHADOW_PIXEL.saturating_add(if box_above.is_some() { budget::MASK_PIXEL } else { 0 });
        if !self.reserve(bounds, (SILHOUETTE_BYTES, pixel), &item.name) {
            return;
        }
        let Some(alpha) = self.silhouette(bounds, item, shadow.spread, transform) else {
            self.release(bytes);
            return;
        };
        let mut silhouette = Silhouette { bounds, alpha };
        let hidden = hidden(item, transform);
        let parts = |places: &[IntRect]| places.iter().flat_map(|place| surface::without(*place, hidden)).collect();
        let all = bounds.translate(moved.0, moved.1);
        let parts: Vec<IntRect> = parts(places.unwrap_or(all.as_slice()));
        // A box that can be seen through is cut out of the whole.
        if box_above.is_none() {
            let seen = parts.iter().map(|part| Some(*part)).fold(None, union);
            let back = |seen: IntRect| seen.translate(moved.0.saturating_neg(), moved.1.saturating_neg());
            let Some(part) = seen.and_then(back).and_then(grow).and_then(|needed| silhouette.part(needed)) else {
                self.release(bytes);
                return;
            };
            silhouette = part;
        }
        silhouette.blur(deviation);
        if let Some(path) = box_above {
            #[expect(clippy::cast_precision_loss, reason = "clamped to a few thousand px")]
            let unmoved = transform.post_translate(0.0 - moved.0 as f32, 0.0 - moved.1 as f32);
            silhouette.knock_out(&path, unmoved);
        }
        let alpha = f32::from(shadow.color.a) * if is_single(item) { item.look.opacity } else { 1.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 times 0 to 1")]
        silhouette.draw(surface, Color { a: alpha.round() as u8, ..shadow.color }, moved, &parts);
        self.release(bytes);
    }

    /// The alpha of an item: its outline if it is a filled box, otherwise everything that it draws.
    pub(super) fn silhouette(
        &mut self,
        bounds: IntRect,
        item: &Item,
        spread: f32,
        transform: Transform,
    ) -> Option<Vec<u8>> {
        if is_filled_box(item) {
            return surface::coverage(bounds, &shape::shadow_outline(item, spread)?, transform);
        }
        let mut layer = self.layer(bounds, budget::LAYER_PIXEL, &item.name)?;
        let images = self.images;
        self.body(&mut layer, item, transform, 1.0);
        self.images = images;
        self.drop_layer(bounds);
        Some(layer.alpha())
    }
}

/// The distance in output px by which a shadow is moved, its standard deviation, and how far it spreads.
/// The light does not rotate with the item: offsets are in px of the picture.
#[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
pub(super) fn cast(shadow: &Shadow, scale: f32) -> ((i32, i32), f32, i32) {
    let moved = (px(shadow.dx * scale).round() as i32, px(shadow.dy * scale).round() as i32);
    let deviation = shadow.blur * scale / 2.0;
    (moved, deviation, i32::try_from(shadow::reach(deviation)).unwrap_or(0))
}

/// Whether an item's shadow is that of a box (CSS `box-shadow`), not that of everything that it
/// draws (CSS `drop-shadow`).
pub fn is_filled_box(item: &Item) -> bool {
    item.look.fill.is_some() && matches!(item.content, Content::Box | Content::Ellipse)
}

/// The outline of a filled box through which its shadow could be seen. The shadow is not drawn in
/// there (CSS Backgrounds and Borders 3, section 7.1.1).
fn translucent_box(item: &Item) -> Option<Path> {
    let fill = item.look.fill.as_ref().filter(|_| is_filled_box(item))?;
    if fill.is_opaque() { None } else { shape::outline(item, 0.0) }
}

/// The output px of a filled box that no shadow of it is seen in, because they are opaque. `None` if there are none.
fn hidden(item: &Item, transform: Transform) -> Option<IntRect> {
    let is_box = is_filled_box(item) && matches!(item.content, Content::Box) && !transform.has_skew();
    let is_opaque = item.look.opacity >= 1.0 && item.look.fill.as_ref().is_some_and(Paint::is_opaque);
    if !is_box || !is_opaque {
        return None;
    }
    // A circle leaves this share of its radius to the corner of its square; and edges are smooth.
    let radius = shape::fitted(item.frame, item.radius).into_iter().fold(0.0_f32, f32::max);
    let inset = radius * (1.0 + item.look.smoothing) * (1.0 - std::f32::consts::FRAC_1_SQRT_2);
    covering(item.frame.outset(0.0 - inset), transform)?.make_outset(-2, -2)
}

/// Premultiplied RGBA.
const LAYER_BYTES: u64 = 4;

/// Alpha, and a second buffer of the same size, for the blur and then for the box above.
const SILHOUETTE_BYTES: u64 = 2;

/// Whether `opacity` can be multiplied into the colours, because no parts of the item overlap.
fn is_single(item: &Item) -> bool {
    item.children.is_empty()
        && item.picture.is_none()
        && (item.look.stroke.is_none() || item.look.fill.is_none())
        && item.look.shadows.is_empty()
        && match &item.content {
            Content::Box | Content::Ellipse | Content::Shape(_) => true,
            // A text without a fill is black. Lines through glyphs overlap them.
            Content::Text(text) => {
                item.look.stroke.is_none() && text.block.lines.iter().all(|line| line.rules.is_empty())
            }
            Content::Image { .. } => false,
        }
}

/// `_debug=boxes`: the outline of every box, children in another colour.
fn outline_boxes(surface: &mut Surface, items: &[Item], transform: Transform) {
    for item in items {
        let transform = transform.pre_concat(item.turn());
        let color = if item.children.is_empty() { Color::rgb(255, 0, 128) } else { Color::rgb(0, 128, 255) };
        let stroke = tiny_skia::Stroke { width: 1.0, ..tiny_skia::Stroke::default() };
        if let Some(path) = shape::rounded(item.frame, [0.0; 4], 0.0) {
            surface.stroke(&path, &stroke, &shader::paint(&Paint::Color(color), item.frame, 1.0), transform);
        }
        outline_boxes(surface, &item.children, transform);
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::encode::png;
    use crate::font::Fonts;
    use crate::inputs::Inputs;
    use crate::layout;
    use crate::params::Values;
    use crate::plan;
    use crate::request::{Format, Options};
    use crate::template::Template;

    /// An item that is rotated back inside a rotated group is upright, but in another place.
    #[test]
    fn an_item_that_is_upright_again_goes_with_its_group() {
        let limits = Limits::default();
        let mut asset = Pixmap::new(8, 8).unwrap();
        asset.fill(tiny_skia::Color::BLACK);
        let assets = crate::asset::Assets::from([("a.png".into(), Rc::from(png::encode(&asset)))]);
        // Left, right, top and bottom of the pixels that are drawn.
        let edges = |layer: &str, back: f32| {
            let document = format!(
                r##"{{ "width": 200, "height": 200, "layers": [
                    {{ "type": "group", "width": 200, "height": 200, "rotate": 30, "children": [
                        {{ {layer}, "x": 20, "y": 20, "width": 60, "height": 60, "rotate": {back} }} ] }} ] }}"##
            );
            let template = Template::parse(&document, &limits).unwrap();
            let (values, options, fonts) = (Values::new(), Options::default(), Fonts::embedded());
            let plan = plan::plan(&Inputs::new(&template, &values, &options, Format::Png), &limits);
            let scene = layout::layout(&plan, &assets, &fonts, &limits);
            let pixels =
                crate::paint::paint(&scene, &assets, &fonts, &super::super::Cache::default(), &limits).unwrap().pixels;
            let inked = (0..).zip(pixels.pixels()).filter(|(_, pixel)| pixel.alpha() > 100);
            let places: Vec<(i32, i32)> = inked.map(|(at, _)| (at % 200, at / 200)).collect();
            let (columns, rows) = (places.iter().map(|place| place.0), places.iter().map(|place| place.1));
            [columns.clone().min(), columns.max(), rows.clone().min(), rows.max()].map(Option::unwrap)
        };
        for layer in [r#""type": "image", "src": "asset:a.png""#, r#""type": "text", "text": "Hxo", "size": 30"#] {
            let (upright, nearly) = (edges(layer, -30.0), edges(layer, -30.01));
            let apart = upright.iter().zip(nearly).map(|(one, other)| one.abs_diff(other)).max();
            assert!(apart < Some(3), "{layer}: {upright:?} and {nearly:?}");
        }
    }
}
