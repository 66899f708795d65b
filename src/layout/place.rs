//! Computed boxes → [`Scene`]: relative places become places in the picture, lengths become px, and
//! text is fitted to its final box.

use std::rc::Rc;

use tiny_skia::{Path, PathBuilder, Transform};

use crate::color::Color;
use crate::font;
use crate::font::Instance;
use crate::geometry::{Rect, px};
use crate::limits::Limits;
use crate::plan::{
    self, Effect, Effects, ImageSource, Initials, Kind, Layer, Length, Look, MaskType, Paint, PathFit, Plan, Shape,
    VerticalAlign,
};
use crate::text::{self, Align, Block, Overflow, Paragraph, RunStyle};
use crate::warnings::Warnings;

use super::boxed::Boxed;
use super::boxes::boxes;
use super::figure;
use super::ground::Ground;
use super::icon;
use super::measure::{Measure, SLACK_PX};
use super::photo::{self, Photo};
use super::pictures::Pictures;
use super::scene::{Arc, Content, Contrast, Item, Remedy, Scene, Source, Text};
use super::warp::Warp;

/// Lays out a plan. Nothing here fails: a text that does not fit its box is treated as its
/// `overflow` says.
pub fn place(plan: &Plan, measure: &Measure<'_>, pictures: &Pictures<'_>) -> Scene {
    let boxes = boxes(&plan.layers, plan.frame.size(), measure);
    let ground = Ground::new(plan.frame, plan.background.as_ref(), measure.limits.ground_samples);
    let mut placer = Placer { measure, pictures, ground, scale: plan.scale, warnings: plan.warnings.clone() };
    let items = placer.items(&plan.layers, boxes, plan.frame);
    Scene {
        width: plan.width,
        height: plan.height,
        scale: plan.scale,
        frame: plan.frame,
        background: plan.background.clone(),
        items,
        debug_boxes: plan.debug_boxes,
        warnings: placer.warnings,
    }
}

/// Places layers in drawing order.
pub(super) struct Placer<'a> {
    measure: &'a Measure<'a>,
    pub(super) pictures: &'a Pictures<'a>,
    /// What lies below the next layer.
    pub(super) ground: Ground,
    /// Px of the surface on which the next layer is drawn, for each of its own.
    scale: f32,
    pub(super) warnings: Warnings,
}

impl Placer<'_> {
    fn items(&mut self, layers: &[Layer], boxes: Vec<Boxed>, area: Rect) -> Vec<Item> {
        layers.iter().zip(boxes).map(|(layer, boxed)| self.item(layer, boxed, area)).collect()
    }

    /// A layer in the box that contains it.
    fn item(&mut self, layer: &Layer, boxed: Boxed, area: Rect) -> Item {
        let exact = Rect::new(area.x + boxed.frame.x, area.y + boxed.frame.y, boxed.frame.width, boxed.frame.height);
        let limits = self.measure.limits;
        if layer.look.warp.is_some() && (exact.width <= 0.0 || exact.height <= 0.0) {
            // As a text without a word.
            return left_out(layer, exact, self.scale);
        }
        let warp = match layer.look.warp.map(|warp| Warp::new(&warp, exact, area, limits)).transpose() {
            Ok(warp) => warp,
            Err(flaw) => {
                self.warnings.push(&format!("{}.corners", layer.name), format_args!("{flaw}; it was left out"));
                return left_out(layer, exact, self.scale);
            }
        };
        let outside = self.scale;
        self.scale *= layer.look.scale[0].abs().max(LEAST_SCALE);
        if let Some(warp) = &warp {
            self.scale = warp.scale(exact, self.scale, limits);
        }
        let ground = self.ground.enter(&layer.look, exact, warp.as_ref());
        let (content, frame) = self.content(layer, exact, boxed.paragraph);
        let look = match &content {
            Content::Image { contrast: Some(Contrast { remedy: Remedy::Plate(color), .. }), .. } => {
                Rc::new(Look { fill: Some(Paint::Color(*color)), ..Look::clone(&layer.look) })
            }
            Content::Text(text) if is_auto(layer) => Rc::new(self.legible(&layer.name, &layer.look, text, frame)),
            _ => Rc::clone(&layer.look),
        };
        let filling = layer.picture.as_deref().map(|image| self.picture(layer, image, frame));
        self.covers(&content, filling.as_ref(), &look, frame);
        let smaller = frame.width.min(frame.height);
        let children = self.items(layer.children(), boxed.children, exact);
        let mask = self.mask(layer, exact);
        let radius = layer.radius.map(|radius| px(radius.resolve(smaller)).max(0.0));
        let picture = filling.map(|filling| {
            let mut shape = left_out(layer, frame, self.scale);
            shape.radius = radius;
            shape.content = inside(&content);
            shape.look =
                Rc::new(Look { fill: Some(Paint::Color(Color::BLACK)), smoothing: look.smoothing, ..Look::plain() });
            let mut picture = left_out(layer, frame, self.scale);
            picture.word = "image";
            picture.path.push_str(".fill");
            picture.content = filling;
            let effects = Effects { mask: Some(MaskType::Alpha), ..Effects::NONE };
            picture.look = Rc::new(Look { effects: Some(Rc::new(effects)), ..Look::plain() });
            picture.mask = vec![shape];
            Box::new(picture)
        });
        let map = layer.map.as_deref().map(|image| {
            let content = self.picture(layer, image, frame);
            let path = format!("{}.displace", layer.path);
            Box::new(Item { word: "image", path, content, ..left_out(layer, frame, self.scale) })
        });
        self.ground.leave(ground, warp.is_some());
        let scale = std::mem::replace(&mut self.scale, outside);
        Item {
            name: layer.name.clone(),
            path: layer.path.clone(),
            word: layer.word,
            frame,
            warp,
            scale,
            radius,
            look,
            content,
            picture,
            children,
            mask,
            map,
        }
    }

    /// The mask of a layer with this box. It is no ground of the layers above.
    fn mask(&mut self, layer: &Layer, area: Rect) -> Vec<Item> {
        if layer.mask.is_empty() {
            return Vec::new();
        }
        let height = self.ground.height();
        let mask = self.items(&layer.mask, boxes(&layer.mask, area.size(), self.measure), area);
        self.ground.cut(height);
        mask
    }

    /// Adds an item to what lies beneath those after it: its fill, and then its image or the image that
    /// fills it.
    fn covers(&mut self, content: &Content, filling: Option<&Content>, look: &Rc<Look>, frame: Rect) {
        if look.effects.as_ref().is_some_and(|effects| effects.backdrop.iter().any(Effect::changes_colors)) {
            self.ground.add_unknown(frame);
        }
        match (content, &look.fill) {
            (Content::Text(_) | Content::Shape(None), _) | (Content::Box | Content::Image { .. }, None) => {}
            (Content::Box | Content::Image { .. }, Some(_)) => self.ground.add_fill(frame, look),
            (Content::Ellipse, Some(_)) if filling.is_none() => self.ground.add_ellipse(frame, look),
            (Content::Ellipse | Content::Shape(_), _) => self.ground.add_unknown(frame),
        }
        let is_image = |content: &&Content| matches!(content, Content::Image { sources, .. } if !sources.is_empty());
        let image = match content {
            Content::Box => filling.filter(is_image),
            content => Some(content).filter(is_image),
        };
        if let Some(image) = image
            && let Some(shown) = photo::shown(image, self.pictures)
        {
            self.ground.add_photo(frame, Photo::of(image, shown));
        }
    }

    /// Budgets.
    pub(super) const fn limits(&self) -> &Limits {
        self.measure.limits
    }

    /// The content, and the box as it is drawn. Edges of boxes and pictures lie on whole output px,
    /// so that they are crisp, as in browsers; text and free shapes keep their exact place.
    fn content(&mut self, layer: &Layer, frame: Rect, paragraph: Option<Rc<Paragraph>>) -> (Content, Rect) {
        let look = &layer.look;
        let is_upright = look.is_upright() || (look.warp.is_some() && look.rotate == 0.0);
        let crisp = if is_upright { self.snapped(frame) } else { frame };
        match &layer.kind {
            Kind::Group(_) | Kind::Stack(_) | Kind::Shape(Shape::Rect) => (Content::Box, crisp),
            Kind::Shape(Shape::Ellipse) => (Content::Ellipse, crisp),
            Kind::Shape(Shape::Line { from, to }) => (Content::Shape(line(frame, *from, *to)), frame),
            Kind::Shape(Shape::Figure(figure)) => {
                let smaller = frame.width.min(frame.height);
                // All corners are rounded alike.
                let [radius, ..] = layer.radius;
                let radius = px(radius.resolve(smaller)).max(0.0);
                (Content::Shape(figure::outline(figure, frame, radius)), frame)
            }
            Kind::Shape(Shape::Icon { file, name, lines }) => {
                let limits = self.measure.limits;
                let file = self.pictures.file(file);
                let outline = file.and_then(|file| icon::outline(file, name, *lines, frame, limits));
                if outline.is_none() && frame.width > 0.0 && frame.height > 0.0 {
                    let what = if file.is_some() { "there is no icon of this name" } else { "the icon cannot be had" };
                    self.warnings.push(&layer.name, what);
                }
                (Content::Shape(outline), frame)
            }
            Kind::Shape(Shape::Path { path, view_box, fit }) => {
                let whole =
                    |place: &dyn Fn(&Path) -> Option<Path>| (Content::Shape(path.as_deref().and_then(place)), frame);
                match (fit, view_box) {
                    (PathFit::Modules | PathFit::Bars, Some(view)) => {
                        whole(&|path| modules(path, *view, crisp, self.scale, *fit == PathFit::Bars))
                    }
                    (PathFit::Stretch, Some(view)) => whole(&|path| stretched(path, *view, frame)),
                    _ => whole(&|path| shape(path, *view_box, frame)),
                }
            }
            Kind::Text(text) => match paragraph {
                Some(paragraph) => (Content::Text(Box::new(self.text(&layer.name, text, &paragraph, frame))), frame),
                None => (Content::Shape(None), frame),
            },
            Kind::Image(image) => (self.picture(layer, image, crisp), crisp),
        }
    }

    /// Fits a text to its box.
    fn text(&mut self, name: &str, text: &plan::Text, paragraph: &Paragraph, frame: Rect) -> Text {
        self.report(name, paragraph);
        let arc = text.arc.map(|arc| circle(arc, frame));
        let block = match arc {
            Some((_, length)) => paragraph.fit(Some(length), None),
            None => paragraph.fit(Some(frame.width + SLACK_PX), Some(frame.height + SLACK_PX)),
        };
        if block.overflows {
            self.warnings.push(name, "the text does not fit its box");
        } else if block.truncated {
            self.warnings.push(name, "the text was cut to fit its box");
        }
        Text {
            origin: (frame.x, frame.y + vertical_offset(text.vertical_align, &block, frame.height)),
            block,
            clip: text.style.overflow == Overflow::Clip,
            text: paragraph.text().to_owned(),
            fills: text.fills.clone(),
            arc: arc.map(|(arc, _)| arc),
            style: text.style.clone(),
            report: paragraph.report().clone(),
        }
    }

    fn report(&mut self, name: &str, paragraph: &Paragraph) {
        let report = paragraph.report();
        if report.missing_count > 0 {
            self.warnings.push(name, format_args!("no font has {} of the characters", report.missing_count));
        }
        if report.unknown_family {
            let text =
                format_args!("there is no such font here; {} stands in: add its file to `fonts`", font::DEFAULT_FAMILY);
            self.warnings.push(&format!("{name}.font"), text);
        }
        if let Some(family) = &report.lost_kerning {
            let text = format_args!("some letters of {family} have the kerning of its default weight");
            self.warnings.push(&format!("{name}.font"), text);
        }
        if report.cut {
            self.warnings.push(name, "the text is longer than a text may be, and was cut");
        }
    }

    fn snapped(&self, frame: Rect) -> Rect {
        let snap = |at: f32| (at * self.scale).round() / self.scale;
        let (left, top) = (snap(frame.x), snap(frame.y));
        // A box with a size does not vanish: a hairline stays one output px.
        let least = |size: f32| if size > 0.0 { 1.0 / self.scale } else { 0.0 };
        let width = (snap(frame.right()) - left).max(least(frame.width));
        let height = (snap(frame.bottom()) - top).max(least(frame.height));
        Rect::new(left, top, width, height)
    }

    pub(super) fn source(&self, source: &ImageSource, frame: Rect) -> Source {
        let Initials { letters, lang, forms } = match source {
            ImageSource::Asset(asset) => return Source::Asset(asset.clone()),
            ImageSource::Initials(initials) => initials,
        };
        let size = (frame.width.min(frame.height) * 0.4).max(1.0);
        let style = text::Style {
            base: RunStyle { instance: Instance::of_weight(600), ..RunStyle::default() },
            size,
            min_size: size * 0.5,
            max_lines: Some(1),
            align: Align::Center,
            lang: lang.clone(),
            forms: *forms,
            ..text::Style::default()
        };
        let paragraph = self.measure.paragraph(letters, &style);
        let block = paragraph.fit(Some(frame.width), Some(frame.height));
        let origin = (frame.x, frame.y + vertical_offset(VerticalAlign::Cap, &block, frame.height));
        Source::Initials { block, origin, backdrop: backdrop(letters), report: paragraph.report().clone() }
    }
}

/// The least scale that counts: a layer may shrink to nothing, and its sides are divided by it.
const LEAST_SCALE: f32 = 0.01;

/// Whether a layer is a text whose fill is black or white.
const fn is_auto(layer: &Layer) -> bool {
    matches!(&layer.kind, Kind::Text(text) if text.is_auto)
}

/// What an image fills of a content: all of a shape, and of a text the letters without a fill of their own.
fn inside(content: &Content) -> Content {
    let mut content = content.clone();
    match &mut content {
        Content::Text(text) => {
            text.fills.iter_mut().flatten().for_each(|fill| *fill = Paint::Color(Color::TRANSPARENT));
        }
        Content::Image { .. } => content = Content::Box,
        Content::Box | Content::Ellipse | Content::Shape(_) => {}
    }
    content
}

/// A layer that cannot be drawn. It keeps its place in the list of items.
fn left_out(layer: &Layer, frame: Rect, scale: f32) -> Item {
    Item {
        name: layer.name.clone(),
        path: layer.path.clone(),
        word: layer.word,
        frame,
        warp: None,
        scale,
        radius: [0.0; 4],
        look: Rc::new(Look::plain()),
        content: Content::Shape(None),
        picture: None,
        children: Vec::new(),
        mask: Vec::new(),
        map: None,
    }
}

/// One of a few colours on which white letters are legible. Equal letters get the same colour.
fn backdrop(letters: &str) -> Color {
    const BACKDROPS: [Color; 8] = [
        Color::rgb(0x4f, 0x46, 0xe5),
        Color::rgb(0x0f, 0x76, 0x6e),
        Color::rgb(0xb4, 0x53, 0x09),
        Color::rgb(0xbe, 0x18, 0x5d),
        Color::rgb(0x15, 0x80, 0x3d),
        Color::rgb(0x7e, 0x22, 0xce),
        Color::rgb(0x1d, 0x4e, 0xd8),
        Color::rgb(0xb9, 0x1c, 0x1c),
    ];
    let hash = letters.bytes().fold(0_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte)));
    BACKDROPS.get(hash % BACKDROPS.len()).copied().unwrap_or(Color::BLACK)
}

/// The distance from the top of the box to the top of the block, in px.
fn vertical_offset(align: VerticalAlign, block: &Block, height: f32) -> f32 {
    match align {
        VerticalAlign::Top => 0.0,
        VerticalAlign::Middle => (height - block.height) / 2.0,
        VerticalAlign::Bottom => height - block.height,
        // The visible height runs from the first line's capitals to the last baseline.
        VerticalAlign::Cap => (height - block.cap_top - block.baseline_last) / 2.0,
    }
}

/// A circle in its box, and the length of it that a text may take, in px.
fn circle(arc: plan::Arc, frame: Rect) -> (Arc, f32) {
    let center = (px(frame.x + frame.width / 2.0), px(frame.y + frame.height / 2.0));
    let radius = px(arc.radius.resolve(frame.width.min(frame.height) / 2.0)).max(1.0);
    let length = radius * arc.sweep.to_radians();
    (Arc { center, radius, angle: arc.angle, inward: arc.inward }, length)
}

fn line(frame: Rect, from: (Length, Length), to: (Length, Length)) -> Option<Path> {
    let at = |(x, y): (Length, Length)| (px(frame.x + x.resolve(frame.width)), px(frame.y + y.resolve(frame.height)));
    let ((x1, y1), (x2, y2)) = (at(from), at(to));
    let mut builder = PathBuilder::new();
    builder.move_to(x1, y1);
    builder.line_to(x2, y2);
    builder.finish()
}

/// A path in its box: moved there, and scaled if it has a view box of its own (SVG's `xMidYMid
/// meet`).
fn shape(path: &Path, view_box: Option<Rect>, frame: Rect) -> Option<Path> {
    let Some(view) = view_box.filter(|view| view.width > 0.0 && view.height > 0.0) else {
        return path.clone().transform(Transform::from_translate(frame.x, frame.y));
    };
    let scale = px((frame.width / view.width).min(frame.height / view.height));
    let x = frame.x + (frame.width - view.width * scale) / 2.0 - view.x * scale;
    let y = frame.y + (frame.height - view.height * scale) / 2.0 - view.y * scale;
    if scale <= 0.0 {
        return None;
    }
    path.clone().transform(Transform::from_row(scale, 0.0, 0.0, scale, px(x), px(y)))
}

/// A path whose view box becomes the whole box.
fn stretched(path: &Path, view: Rect, frame: Rect) -> Option<Path> {
    let (wide, high) = (px(frame.width / view.width), px(frame.height / view.height));
    let (x, y) = (px(frame.x - view.x * wide), px(frame.y - view.y * high));
    path.clone().transform(Transform::from_row(wide, 0.0, 0.0, high, x, y))
}

/// The modules of a code in its box: in the middle of it, and each as wide as a whole number of output px if there is
/// room for one. Bars are as high as the box.
fn modules(path: &Path, view: Rect, frame: Rect, scale: f32, are_bars: bool) -> Option<Path> {
    let room =
        if are_bars { frame.width / view.width } else { (frame.width / view.width).min(frame.height / view.height) };
    let px_each = px(room * scale);
    let unit = if px_each >= 1.0 { px_each.floor() / scale } else { px(room) };
    if unit <= 0.0 || frame.height <= 0.0 {
        return None;
    }
    let snap = |at: f32| (at * scale).round() / scale;
    let x = snap(frame.x + (frame.width - view.width * unit) / 2.0) - view.x * unit;
    let (height, y) = if are_bars {
        (frame.height / view.height, frame.y)
    } else {
        (unit, snap(frame.y + (frame.height - view.height * unit) / 2.0) - view.y * unit)
    };
    path.clone().transform(Transform::from_row(unit, 0.0, 0.0, px(height), px(x), px(y)))
}
