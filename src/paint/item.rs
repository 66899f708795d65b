//! One item after the other: its shadow, itself, its children; through an offscreen layer where its opacity,
//! blending or clipping concern all of it at once.

use std::cell::RefCell;

use tiny_skia::{
    BlendMode, FillRule, IntRect, LineCap, LineJoin, Path, Pattern, Pixmap, SpreadMode, StrokeDash, Transform,
};

use crate::color::Color;
use crate::font::Fonts;
use crate::geometry::{Rect, px};
use crate::layout::{Content, Item, Picture, Scene, Text};
use crate::limits::Limits;
use crate::plan::{Blend, Linecap, Linejoin, Paint, Shadow, Stroke, StrokeAlign};

use super::extent::{self, extent, rotation};
use super::glyphs::{self, Colored, Ink, Inked, Pen, Place};
use super::leaf::Leaf;
use super::letter::{self, Letters, Strikes};
use super::picture::{self, Bitmap, Bitmaps};
use super::ramp::Ramp;
use super::shadow::{self, Silhouette};
use super::surface::{self, Surface, covering, intersect};
use super::{plate, shader, shape};

/// Walks a scene; holds what the walk needs and what it has used up.
pub struct Painter<'a> {
    scene: &'a Scene,
    bitmaps: &'a Bitmaps,
    fonts: &'a Fonts,
    strikes: &'a RefCell<Strikes>,
    limits: &'a Limits,
    warnings: Vec<String>,
    /// Images seen so far: the key into `bitmaps`.
    images: usize,
    /// Bytes of offscreen buffers that are alive.
    alive: u64,
    /// Bytes of all offscreen buffers so far.
    total: u64,
}

impl<'a> Painter<'a> {
    pub const fn new(
        scene: &'a Scene,
        bitmaps: &'a Bitmaps,
        (fonts, strikes): Letters<'a>,
        limits: &'a Limits,
    ) -> Self {
        Self { scene, bitmaps, fonts, strikes, limits, warnings: Vec::new(), images: 0, alive: 0, total: 0 }
    }

    /// Draws everything onto a clear canvas; returns it, and the warnings.
    pub fn all(mut self, canvas: Pixmap) -> (Pixmap, Vec<String>) {
        let mut surface = Surface::canvas(canvas);
        self.background(&mut surface);
        self.items(&mut surface, &self.scene.items, self.scaling());
        if self.scene.debug_boxes {
            outline_boxes(&mut surface, &self.scene.items, self.scaling());
        }
        (surface.into_pixels(), self.warnings)
    }

    /// Draws the background and the lowest items, which read nothing personal; returns the canvas, and the bytes of all offscreen
    /// buffers that it took: none where something has been left out.
    pub fn ground(mut self, canvas: Pixmap) -> (Pixmap, Option<u64>) {
        let mut surface = Surface::canvas(canvas);
        self.background(&mut surface);
        self.items(&mut surface, plate::ground(self.scene), self.scaling());
        (surface.into_pixels(), self.warnings.is_empty().then_some(self.total))
    }

    fn background(&self, surface: &mut Surface) {
        let frame = self.scene.frame;
        let ramp = self.scene.background.as_ref().and_then(|paint| Ramp::new(paint, frame, self.scene.scale));
        if let Some(ramp) = ramp {
            ramp.cover(surface.pixels_mut());
        } else if let (Some(paint), Some(path)) = (&self.scene.background, shape::rounded(frame.outset(1.0), [0.0; 4]))
        {
            surface.fill(&path, FillRule::Winding, &shader::paint(paint, frame, 1.0), self.scaling());
        }
    }

    /// Draws a leaf; returns the bytes of all offscreen buffers that it took, or none where something has been left out.
    pub fn leaf(&mut self, surface: &mut Surface, leaf: &Leaf<'_>) -> Option<u64> {
        (self.images, self.alive, self.total) = (leaf.first_image, 0, 0);
        if leaf.alone {
            self.content(surface, leaf.item, self.scaling(), leaf.item.opacity);
        } else {
            self.item(surface, leaf.item, self.scaling());
        }
        self.warnings.is_empty().then_some(self.total)
    }

    fn scaling(&self) -> Transform {
        Transform::from_scale(self.scene.scale, self.scene.scale)
    }

    fn items(&mut self, surface: &mut Surface, items: &[Item], transform: Transform) {
        for item in items {
            self.item(surface, item, transform);
        }
    }

    fn item(&mut self, surface: &mut Surface, item: &Item, transform: Transform) {
        let transform = transform.pre_concat(rotation(item));
        let blend = blend_mode(item.blend);
        let bounds = covering(extent(item), transform).zip(surface.bounds()).and_then(|(a, b)| intersect(a, b));
        let Some(bounds) = bounds.filter(|_| item.opacity > 0.0) else {
            self.skip(item);
            return;
        };
        let grouped =
            blend != BlendMode::SourceOver || (item.opacity < 1.0 && (!is_single(item) || self.has_color(item)));
        if !grouped {
            self.shadows(surface, item, transform);
            self.body(surface, item, transform, item.opacity);
        } else if let Some(mut layer) = self.layer(bounds, &item.name) {
            self.shadows(&mut layer, item, transform);
            self.body(&mut layer, item, transform, 1.0);
            surface.composite(&layer, item.opacity, blend);
            self.drop_layer(bounds);
        } else {
            self.body(surface, item, transform, 1.0);
        }
    }

    /// An item that is not drawn still counts its images, so that those behind it keep their numbers.
    fn skip(&mut self, item: &Item) {
        picture::walk(std::slice::from_ref(item), &mut |item| {
            if matches!(item.content, Content::Image { .. }) {
                self.images = self.images.saturating_add(1);
            }
        });
    }

    /// An offscreen layer within the budget.
    fn layer(&mut self, bounds: IntRect, name: &str) -> Option<Surface> {
        if !self.reserve(area(bounds).saturating_mul(LAYER_BYTES), name) {
            return None;
        }
        Surface::layer(bounds)
    }

    /// Takes bytes from the budget; false, with a warning, where it has not so many.
    fn reserve(&mut self, bytes: u64, name: &str) -> bool {
        let alive = self.alive.saturating_add(bytes);
        let total = self.total.saturating_add(bytes);
        let fits = alive <= self.limits.offscreen_bytes && total <= self.limits.offscreen_bytes_total;
        if fits {
            (self.alive, self.total) = (alive, total);
        } else {
            self.warnings.push(format!("{name}: too many large effects in one picture; this one was left out"));
        }
        fits
    }

    fn drop_layer(&mut self, bounds: IntRect) {
        self.alive = self.alive.saturating_sub(area(bounds).saturating_mul(LAYER_BYTES));
    }

    fn body(&mut self, surface: &mut Surface, item: &Item, transform: Transform, opacity: f32) {
        self.content(surface, item, transform, opacity);
        if item.children.is_empty() {
            return;
        }
        if !item.clip {
            self.items(surface, &item.children, transform);
            return;
        }
        let path = shape::rounded(item.frame, item.radius);
        let bounds = covering(item.frame, transform).zip(surface.bounds()).and_then(|(a, b)| intersect(a, b));
        match (path, bounds) {
            (Some(path), Some(bounds)) => match self.layer(bounds, &item.name) {
                Some(mut layer) => {
                    self.items(&mut layer, &item.children, transform);
                    layer.clip(&path, transform);
                    surface.composite(&layer, 1.0, BlendMode::SourceOver);
                    self.drop_layer(bounds);
                }
                None => self.items(surface, &item.children, transform),
            },
            _ => item.children.iter().for_each(|child| self.skip(child)),
        }
    }

    /// The item itself, without its children.
    fn content(&mut self, surface: &mut Surface, item: &Item, transform: Transform, opacity: f32) {
        let frame = item.frame;
        match &item.content {
            Content::Box | Content::Ellipse => {
                let path = outline(item, 0.0);
                fill(surface, path.as_ref(), item.fill.as_ref(), frame, transform, opacity);
                self.stroke(surface, item, transform, opacity);
            }
            Content::Shape(path) => {
                fill(surface, path.as_ref(), item.fill.as_ref(), frame, transform, opacity);
                self.stroke(surface, item, transform, opacity);
            }
            Content::Text(text) => {
                self.text(surface, item, text, transform, opacity);
            }
            Content::Image { sources, .. } => {
                let path = shape::rounded(frame, item.radius);
                fill(surface, path.as_ref(), item.fill.as_ref(), frame, transform, opacity);
                self.image(surface, item, sources, transform, opacity);
                self.stroke(surface, item, transform, opacity);
            }
        }
    }

    fn text(&mut self, surface: &mut Surface, item: &Item, text: &Text, transform: Transform, opacity: f32) {
        let place = Place { origin: text.origin, arc: text.arc, snap: self.snap(transform) };
        let pen = Pen::of_text(item, text);
        let letters = glyphs::inked(&text.block, place, pen, (self.fonts, self.strikes));
        let colored = glyphs::colored(&text.block, place, pen, self.fonts);
        let across = if text.arc.is_some() { item.frame } else { glyphs::bounds(&text.block, text.origin) };
        let draw = |surface: &mut Surface| {
            // The outline lies under the fill, so that it does not eat into the letters.
            for Inked { ink, .. } in &letters {
                if let (Some(stroke), Ink::Path(path)) = (&item.stroke, ink) {
                    stroke_path(surface, path, stroke, across, transform, opacity);
                }
            }
            letters.iter().for_each(|inked| lay(surface, inked, across, transform, opacity));
        };
        let bounds = covering(item.frame, transform).filter(|_| text.clip);
        let layer = bounds.and_then(|bounds| Some((bounds, self.layer(bounds, &item.name)?)));
        match (layer, shape::rounded(item.frame, item.radius)) {
            (Some((bounds, mut layer)), Some(window)) => {
                draw(&mut layer);
                self.colored(&mut layer, item, &colored, transform, opacity);
                layer.clip(&window, transform);
                surface.composite(&layer, 1.0, BlendMode::SourceOver);
                self.drop_layer(bounds);
            }
            _ => {
                draw(surface);
                self.colored(surface, item, &colored, transform, opacity);
            }
        }
    }

    /// Glyphs in colour: they have no outline, and of the text's paint they take only what they ask for.
    fn colored(
        &mut self,
        surface: &mut Surface,
        item: &Item,
        glyphs: &[Colored<'_>],
        transform: Transform,
        opacity: f32,
    ) {
        let mut left = self.limits.color_layers;
        for glyph in glyphs {
            if left == 0 {
                self.warnings.push(format!("{}: too many emoji in one text; some were left out", item.name));
                return;
            }
            let layers = glyph.layers(left);
            left = left.saturating_sub(layers.len());
            for layer in layers {
                let place = transform.pre_concat(glyph.place);
                match layer.color {
                    Some(color) => {
                        fill(surface, Some(&layer.path), Some(&Paint::Color(color)), item.frame, place, opacity);
                    }
                    // A paint lies in the picture, and does not shrink to the glyph.
                    None => {
                        let path = layer.path.transform(glyph.place);
                        fill(surface, path.as_ref(), Some(glyph.paint), item.frame, transform, opacity);
                    }
                }
            }
        }
    }

    /// Whether a text has glyphs in colour, whose layers overlap.
    fn has_color(&self, item: &Item) -> bool {
        let Content::Text(text) = &item.content else { return false };
        let mut glyphs = text.block.lines.iter().flat_map(|line| &line.glyphs);
        glyphs.any(|glyph| self.fonts.get(glyph.face).is_some_and(|face| face.has_layers(glyph.id)))
    }

    fn snap(&self, transform: Transform) -> Option<f32> {
        extent::snap(transform, self.scene.scale)
    }

    fn image(&mut self, surface: &mut Surface, item: &Item, sources: &[Picture], transform: Transform, opacity: f32) {
        let bitmap = self.bitmaps.get(&self.images);
        self.images = self.images.saturating_add(1);
        match bitmap {
            Some(Bitmap::Pixels { pixels, place, .. }) => {
                // The box's rounded outline, but no larger than the picture in it.
                let window = if covers(*place, item.frame) { item.frame } else { *place };
                let corner = corner(window, *place, self.scene.scale).filter(|_| self.snap(transform).is_some());
                if let Some(corner) = corner
                    && opacity >= 1.0
                    && item.radius == [0.0; 4]
                    && surface.replace(pixels, corner)
                {
                    return;
                }
                let Some(path) = shape::rounded(window, item.radius) else { return };
                let to_box =
                    Transform::from_row(1.0 / self.scene.scale, 0.0, 0.0, 1.0 / self.scene.scale, place.x, place.y);
                let quality = if self.snap(transform).is_some() {
                    tiny_skia::FilterQuality::Nearest
                } else {
                    tiny_skia::FilterQuality::Bilinear
                };
                let shader = Pattern::new((**pixels).as_ref(), SpreadMode::Pad, quality, opacity, to_box);
                let paint = tiny_skia::Paint { shader, anti_alias: true, ..tiny_skia::Paint::default() };
                surface.fill(&path, FillRule::Winding, &paint, transform);
            }
            Some(Bitmap::StandIn(index)) => {
                let Some(Picture::Initials { block, origin, ground, .. }) = sources.get(*index) else { return };
                let path = shape::rounded(item.frame, item.radius);
                fill(surface, path.as_ref(), Some(&Paint::Color(*ground)), item.frame, transform, opacity);
                let place = Place { origin: *origin, arc: None, snap: self.snap(transform) };
                let pen = Pen::OF_INITIALS;
                for inked in glyphs::inked(block, place, pen, (self.fonts, self.strikes)) {
                    lay(surface, &inked, item.frame, transform, opacity);
                }
                let colored = glyphs::colored(block, place, pen, self.fonts);
                self.colored(surface, item, &colored, transform, opacity);
            }
            None => {}
        }
    }

    fn stroke(&self, surface: &mut Surface, item: &Item, transform: Transform, opacity: f32) {
        let Some(stroke) = item.stroke.as_ref().filter(|stroke| stroke.width > 0.0) else { return };
        let shift = match (stroke.align, &item.content) {
            // A free shape has no inside that could be offset simply; its outline is centred, as in SVG.
            (StrokeAlign::Center, _) | (_, Content::Shape(_) | Content::Text(_)) => 0.0,
            (StrokeAlign::Inside, _) => -stroke.width / 2.0,
            (StrokeAlign::Outside, _) => stroke.width / 2.0,
        };
        if let Some(path) = outline(item, shift) {
            stroke_path(surface, &path, stroke, item.frame, transform, opacity);
        }
    }

    fn shadows(&mut self, surface: &mut Surface, item: &Item, transform: Transform) {
        // The first one is on top, so it is drawn last.
        for shadow in item.shadows.iter().rev().filter(|shadow| shadow.color.a > 0) {
            self.shadow(surface, item, shadow, transform);
        }
    }

    fn shadow(&mut self, surface: &mut Surface, item: &Item, shadow: &Shadow, transform: Transform) {
        // Light does not turn with the item: offsets are those of the picture.
        let scale = self.scene.scale;
        #[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
        let moved = (px(shadow.dx * scale).round() as i32, px(shadow.dy * scale).round() as i32);
        let deviation = shadow.blur * scale / 2.0;
        let reach = i32::try_from(shadow::reach(deviation)).unwrap_or(0);
        let grow = |rect: IntRect| rect.make_outset(reach, reach);
        let visible =
            surface.bounds().and_then(|bounds| bounds.translate(moved.0.saturating_neg(), moved.1.saturating_neg()));
        let thrown = covering(extent::without_shadows(item).outset(shadow.spread.max(0.0)), transform);
        let bounds = thrown.and_then(grow).zip(visible.and_then(grow)).and_then(|(a, b)| intersect(a, b));
        let Some(bounds) = bounds else { return };
        let bytes = area(bounds).saturating_mul(SILHOUETTE_BYTES);
        if !self.reserve(bytes, &item.name) {
            return;
        }
        let Some(alpha) = self.silhouette(bounds, item, shadow.spread, transform) else {
            self.alive = self.alive.saturating_sub(bytes);
            return;
        };
        let mut silhouette = Silhouette { bounds, alpha };
        silhouette.blur(deviation);
        let alpha = f32::from(shadow.color.a) * if is_single(item) { item.opacity } else { 1.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 times 0 to 1")]
        silhouette.draw(surface, Color { a: alpha.round() as u8, ..shadow.color }, moved);
        self.alive = self.alive.saturating_sub(bytes);
    }

    /// The alpha of an item: of its outline where it is a filled box, else of all that it draws.
    fn silhouette(&mut self, bounds: IntRect, item: &Item, spread: f32, transform: Transform) -> Option<Vec<u8>> {
        if item.fill.is_some() && matches!(item.content, Content::Box | Content::Ellipse) {
            return surface::coverage(bounds, &outline(item, spread)?, transform);
        }
        let mut layer = self.layer(bounds, &item.name)?;
        let images = self.images;
        self.body(&mut layer, item, transform, 1.0);
        self.images = images;
        self.drop_layer(bounds);
        Some(layer.alpha())
    }
}

/// Premultiplied RGBA.
const LAYER_BYTES: u64 = 4;

/// Alpha, and as much again while it is blurred.
const SILHOUETTE_BYTES: u64 = 2;

fn area(bounds: IntRect) -> u64 {
    u64::from(bounds.width()).saturating_mul(u64::from(bounds.height()))
}

/// True where `opacity` can be put into the colours, because nothing of the item overlaps.
fn is_single(item: &Item) -> bool {
    item.children.is_empty()
        && (item.stroke.is_none() || item.fill.is_none())
        && (item.shadows.is_empty())
        && match &item.content {
            Content::Box | Content::Ellipse | Content::Shape(_) => true,
            // Without a fill it is black; lines through letters lie on them.
            Content::Text(text) => item.stroke.is_none() && text.block.lines.iter().all(|line| line.rules.is_empty()),
            Content::Image { .. } => false,
        }
}

/// The outline of a box, an ellipse or a shape; boxes and ellipses grow by `outset` px on every side.
fn outline(item: &Item, outset: f32) -> Option<Path> {
    let frame = item.frame.outset(outset);
    match &item.content {
        Content::Ellipse => shape::ellipse(frame),
        Content::Shape(path) => path.clone(),
        Content::Box | Content::Text(_) | Content::Image { .. } => {
            // A square corner stays square, a round one keeps its middle.
            shape::rounded(frame, item.radius.map(|radius| if radius > 0.0 { (radius + outset).max(0.0) } else { 0.0 }))
        }
    }
}

fn fill(
    surface: &mut Surface,
    path: Option<&Path>,
    paint: Option<&Paint>,
    frame: Rect,
    transform: Transform,
    opacity: f32,
) {
    if let (Some(path), Some(paint)) = (path, paint) {
        surface.fill(path, FillRule::Winding, &shader::paint(paint, frame, opacity), transform);
    }
}

/// Fills letters.
fn lay(surface: &mut Surface, inked: &Inked<'_>, across: Rect, transform: Transform, opacity: f32) {
    match (&inked.ink, inked.paint) {
        (Ink::Path(path), paint) => fill(surface, Some(path), Some(paint), across, transform, opacity),
        (Ink::Stamps(stamps), Paint::Color(color)) => letter::stamp(surface, stamps, *color, opacity),
        (Ink::Stamps(_), _) => {}
    }
}

fn stroke_path(surface: &mut Surface, path: &Path, stroke: &Stroke, frame: Rect, transform: Transform, opacity: f32) {
    let mut dash = stroke.dash.clone();
    // As in SVG: an odd list is repeated, so that dashes and gaps take turns.
    if !dash.len().is_multiple_of(2) {
        dash.extend_from_within(..);
    }
    let line = tiny_skia::Stroke {
        width: stroke.width,
        line_cap: match stroke.linecap {
            Linecap::Butt => LineCap::Butt,
            Linecap::Round => LineCap::Round,
            Linecap::Square => LineCap::Square,
        },
        line_join: match stroke.linejoin {
            Linejoin::Miter => LineJoin::Miter,
            Linejoin::Round => LineJoin::Round,
            Linejoin::Bevel => LineJoin::Bevel,
        },
        // A pattern finer than a px costs a segment for every dash and cannot be seen.
        dash: if dash.iter().sum::<f32>() < 1.0 { None } else { StrokeDash::new(dash, 0.0) },
        ..tiny_skia::Stroke::default()
    };
    surface.stroke(path, &line, &shader::paint(&stroke.paint, frame, opacity), transform);
}

fn covers(outer: Rect, inner: Rect) -> bool {
    const HALF: f32 = 0.5;
    outer.x <= inner.x + HALF
        && outer.y <= inner.y + HALF
        && outer.right() >= inner.right() - HALF
        && outer.bottom() >= inner.bottom() - HALF
}

/// The output px where a picture's pixels begin, if its window shows all of them and no part of another.
#[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
fn corner(window: Rect, place: Rect, scale: f32) -> Option<(i32, i32)> {
    const NOTHING: f32 = 1.0 / 1_024.0;
    let edges = |rect: Rect| [rect.x, rect.y, rect.right(), rect.bottom()].map(|edge| edge * scale);
    let near = |(one, other): (f32, f32)| (one - other.round()).abs() < NOTHING;
    let is_whole = edges(window).into_iter().zip(edges(place)).all(near);
    is_whole.then(|| (px(place.x * scale).round() as i32, px(place.y * scale).round() as i32))
}

const fn blend_mode(blend: Blend) -> BlendMode {
    match blend {
        Blend::Normal => BlendMode::SourceOver,
        Blend::Multiply => BlendMode::Multiply,
        Blend::Screen => BlendMode::Screen,
        Blend::Overlay => BlendMode::Overlay,
        Blend::Darken => BlendMode::Darken,
        Blend::Lighten => BlendMode::Lighten,
        Blend::HardLight => BlendMode::HardLight,
        Blend::SoftLight => BlendMode::SoftLight,
        Blend::Difference => BlendMode::Difference,
    }
}

/// `_debug=boxes`: the outline of every box, children in another colour.
fn outline_boxes(surface: &mut Surface, items: &[Item], transform: Transform) {
    for item in items {
        let transform = transform.pre_concat(rotation(item));
        let color = if item.children.is_empty() { Color::rgb(255, 0, 128) } else { Color::rgb(0, 128, 255) };
        let stroke = tiny_skia::Stroke { width: 1.0, ..tiny_skia::Stroke::default() };
        if let Some(path) = shape::rounded(item.frame, [0.0; 4]) {
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
    use crate::params::Values;
    use crate::render::{self, Resources};
    use crate::request::Options;
    use crate::template::Template;

    /// What is turned back in a group that is turned is upright, in another place.
    #[test]
    fn what_is_upright_again_goes_with_its_group() {
        let limits = Limits::default();
        let mut asset = Pixmap::new(8, 8).unwrap();
        asset.fill(tiny_skia::Color::BLACK);
        let asset: Rc<[u8]> = Rc::from(png::encode(&asset));
        // Left, right, top and bottom of what is drawn, in px.
        let edges = |layer: &str, back: f32| {
            let document = format!(
                r##"{{ "width": 200, "height": 200, "layers": [
                    {{ "type": "group", "width": 200, "height": 200, "rotate": 30, "children": [
                        {{ {layer}, "x": 20, "y": 20, "width": 60, "height": 60, "rotate": {back} }} ] }} ] }}"##
            );
            let template = Template::parse(&document, &limits).unwrap();
            let plan = crate::plan::plan(&template, &Values::new(), &Options::default(), &limits);
            let mut resources = Resources::default();
            resources.images.insert("a.png".to_owned(), Rc::clone(&asset));
            let pixels = render::draw(&template, &plan, &resources, &limits).unwrap().painted.pixels;
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
