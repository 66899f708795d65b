//! QR codes and barcodes: a path of all dark modules on a box in the light colour.

use std::rc::Rc;

use tiny_skia::PathBuilder;

use crate::code::{barcode, qr};
use crate::color::{self, Color};
use crate::geometry::Rect;
use crate::template::Templated;
use crate::template::document as doc;
use crate::text::{self, Align, Run, RunStyle};

use super::resolve::Resolver;
use super::{
    Extent, Fit, Focus, Image, Kind, Layer, Length, Look, Paint, PathFit, Shape, Sizing, Stack, Text, VerticalAlign,
};

/// The least contrast of dark and light modules (WCAG's ratio): phones read less, but not in the
/// evening.
const LEAST_CONTRAST: f64 = 3.0;

/// The side of a logo in a code, as a part of its modules: its area is a twentieth of the code.
const LOGO: f32 = 0.22;

/// Px of a code whose template gives no size.
const SIDE_PX: f32 = 160.0;

/// Colours in which a code can be read.
struct Colors {
    dark: Paint,
    light: Color,
}

/// A code, or what is left of it if it cannot be drawn.
pub(super) struct Code {
    pub kind: Kind,
    /// The colour behind it. `None` if there is no code.
    pub light: Option<Color>,
}

impl Code {
    const NONE: Self = Self { kind: Kind::Group(Vec::new()), light: None };
}

impl Resolver<'_> {
    /// The layer of a code.
    pub(super) fn code(&mut self, layer: &doc::Layer, code: Code, path: &str) -> Layer {
        let px = |side: f32| Extent::Length(Length::Px(side));
        let width = self.field(layer.width.as_ref(), path, "width");
        let height = self.field(layer.height.as_ref(), path, "height");
        let (width, height) = if matches!(layer.kind, doc::Kind::Barcode(_)) {
            (width.unwrap_or(px(SIDE_PX * 1.5)), height.unwrap_or(px(SIDE_PX * 0.6)))
        } else {
            let side = width.or(height).filter(|side| matches!(side, Extent::Length(Length::Px(_))));
            let side = side.unwrap_or(px(SIDE_PX));
            (width.unwrap_or(side), height.unwrap_or(side))
        };
        let lowered = self.lowered(layer, code.kind, (width, height), path);
        let look = Look { fill: code.light.map(Paint::Color), ..(*lowered.look).clone() };
        Layer { look: Rc::new(look), ..lowered }
    }

    /// A layer of another kind than the document's, whose `fill` is that of its parts.
    pub(super) fn lowered(
        &mut self,
        layer: &doc::Layer,
        kind: Kind,
        (width, height): (Extent, Extent),
        path: &str,
    ) -> Layer {
        let zero = Length::Px(0.0);
        let look = Look { fill: None, ..self.look(layer, path) };
        Layer {
            name: layer.id.clone().unwrap_or_else(|| path.to_owned()),
            path: path.to_owned(),
            word: layer.kind.name(),
            x: self.field(layer.x.as_ref(), path, "x").unwrap_or(zero),
            y: self.field(layer.y.as_ref(), path, "y").unwrap_or(zero),
            width,
            height,
            sizing: self.constraints(layer, path),
            radius: self.sides(layer.radius.as_ref(), (path, "radius"), zero),
            look: Rc::new(look),
            picture: None,
            mask: self.masks(layer, path),
            map: self.map(layer, path),
            kind,
        }
    }

    /// A QR code.
    pub(super) fn qr(&mut self, layer: &doc::Layer, code: &doc::Qr, path: &str) -> Code {
        let Some(data) = self.data(&code.data, path) else { return Code::NONE };
        let bytes = self.qr_bytes.saturating_add(data.len());
        let most = self.limits.qr_bytes_total;
        if bytes > most {
            let reason =
                format_args!("the QR codes of a picture may hold {most} bytes together; this one was left out");
            self.warnings.push(&format!("{path}.data"), reason);
            return Code::NONE;
        }
        self.qr_bytes = bytes;
        let logo = self.sources(code.logo.iter(), (path, "logo"));
        let correction = code.error_correction.unwrap_or(qr::Correction::Medium);
        let correction = if logo.is_empty() { correction } else { correction.max(qr::Correction::Quartile) };
        let Some(mut modules) = qr::encode(&data, correction, self.limits.qr_versions) else {
            self.warnings.push(&format!("{path}.data"), "it is too long for a QR code, which was left out");
            return Code::NONE;
        };
        let colors = self.code_colors(layer, code.background.as_ref(), path);
        let quiet = f32::from(code.quiet_zone.unwrap_or(4).min(40));
        #[expect(clippy::cast_precision_loss, reason = "a code has at most 177 modules")]
        let side = modules.side as f32;
        let whole = side + 2.0 * quiet;
        // As many modules on each side of the logo.
        let hidden = {
            let about = (side * LOGO).round();
            about + (side - about) % 2.0
        };
        if !logo.is_empty() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "less than 177")]
            modules.clear_middle(hidden as usize);
        }
        let shape = code.modules.unwrap_or(doc::ModuleShape::Square);
        let view = Rect::new(-quiet, -quiet, whole, whole);
        // With a logo, the code fills its box exactly, as the logo does.
        let fit = if logo.is_empty() { PathFit::Modules } else { PathFit::Meet };
        let Some(path_layer) = self.modules(paths(&modules, shape), view, fit, colors.dark, path) else {
            return Code::NONE;
        };
        let mut children = vec![path_layer];
        if !logo.is_empty() {
            let extent = |modules: f32| Extent::Length(Length::Fraction(modules / whole));
            let (picture, margin) = (hidden - 1.0, (whole - hidden + 1.0) / 2.0);
            let image = Image {
                sources: logo,
                sizing: Sizing::Fit(Fit::Contain),
                focus: Focus::MIDDLE,
                trim: None,
                filter: None,
                contrast: None,
            };
            children.push(Layer {
                x: Length::Fraction(margin / whole),
                y: Length::Fraction(margin / whole),
                width: extent(picture),
                height: extent(picture),
                ..part(Kind::Image(image), None, &format!("{path}.logo"))
            });
        }
        Code { kind: Kind::Group(children), light: Some(colors.light) }
    }

    /// A barcode.
    pub(super) fn barcode(&mut self, layer: &doc::Layer, code: &doc::Barcode, path: &str) -> Code {
        let Some(data) = self.data(&code.data, path) else { return Code::NONE };
        let bars = match barcode::encode(&data, code.symbology) {
            Ok(bars) => bars,
            Err(reason) => {
                self.warnings.push(&format!("{path}.data"), format_args!("{reason}; the barcode was left out"));
                return Code::NONE;
            }
        };
        let colors = self.code_colors(layer, code.background.as_ref(), path);
        let mut builder = PathBuilder::new();
        let mut x = 0.0;
        for (index, width) in bars.widths.iter().enumerate() {
            if index.is_multiple_of(2) {
                push_rect(&mut builder, x, 0.0, f32::from(*width), 1.0);
            }
            x += f32::from(*width);
        }
        let quiet = f32::from(bars.quiet_zone);
        let view = Rect::new(-quiet, 0.0, x + 2.0 * quiet, 1.0);
        let lines = self.modules(builder, view, PathFit::Bars, colors.dark.clone(), path);
        let Some(lines) = lines else { return Code::NONE };
        let mut children = vec![lines];
        let size = self.number(code.size.as_ref(), (path, "size"), 16.0, (1.0, self.limits.font_px));
        if code.label.unwrap_or(true) {
            let label = Text {
                is_auto: false,
                is_literal: false,
                runs: vec![Run { text: bars.text, style: RunStyle::default() }],
                fills: vec![None],
                style: text::Style {
                    size,
                    min_size: (size * 0.5).max(1.0),
                    max_lines: Some(1),
                    align: Align::Center,
                    ..text::Style::default()
                },
                vertical_align: VerticalAlign::Top,
                arc: None,
            };
            let label = part(Kind::Text(label), Some(colors.dark), &format!("{path}.label"));
            children.push(Layer { height: Extent::Hug, ..label });
        }
        let padding = [size * 0.5, 0.0, size * 0.25, 0.0];
        let stack = Stack { gap: [size * 0.25; 2], padding, ..Stack::column(children) };
        Code { kind: Kind::Stack(stack), light: Some(colors.light) }
    }

    /// The text of a code. `None` if it is missing: then there is no code.
    fn data(&mut self, data: &Templated<String>, path: &str) -> Option<String> {
        self.field(Some(data), path, "data").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn code_colors(&mut self, layer: &doc::Layer, background: Option<&Templated<Color>>, path: &str) -> Colors {
        let white = Color::rgb(255, 255, 255);
        let dark = self.paint(layer.fill.as_ref(), path, "fill").unwrap_or(Paint::Color(Color::BLACK));
        let light = self.field(background, path, "background").unwrap_or(white);
        let ground = color::over(light, white);
        let is_legible = |dark: Color| {
            let (dark, light) = (color::luminance(color::over(dark, ground)), color::luminance(ground));
            dark < light && color::contrast(dark, light) >= LEAST_CONTRAST
        };
        let all_are = match &dark {
            Paint::Color(color) => is_legible(*color),
            Paint::Picture => false,
            Paint::Linear { stops, .. } | Paint::Radial { stops, .. } | Paint::Conic { stops, .. } => {
                stops.iter().all(|stop| is_legible(stop.color))
            }
        };
        if all_are {
            return Colors { dark, light };
        }
        self.warnings
            .push(path, "its colours differ too little to be read, or are the wrong way around; it is black on white");
        Colors { dark: Paint::Color(Color::BLACK), light: white }
    }

    /// The layer of a code's modules, in a view box that includes the quiet zone.
    fn modules(&mut self, builder: PathBuilder, view: Rect, fit: PathFit, dark: Paint, path: &str) -> Option<Layer> {
        let shape = self.within_segments(builder.finish().map(Rc::new));
        let shape = shape.map_err(|reason| self.warnings.push(path, reason)).ok()?;
        let kind = Kind::Shape(Shape::Path { path: shape, view_box: Some(view), fit });
        Some(part(kind, Some(dark), &format!("{path}.modules")))
    }
}

/// A layer in a code, or in another lowered layer, that fills it.
pub(super) fn part(kind: Kind, fill: Option<Paint>, path: &str) -> Layer {
    let zero = Length::Px(0.0);
    let word = if matches!(kind, Kind::Text(_)) { "text" } else { "path" };
    Layer {
        name: path.to_owned(),
        path: path.to_owned(),
        word,
        x: zero,
        y: zero,
        width: Extent::Fill,
        height: Extent::Fill,
        radius: [zero; 4],
        sizing: None,
        look: Rc::new(Look { fill, ..Look::plain() }),
        picture: None,
        mask: Vec::new(),
        map: None,
        kind,
    }
}

/// The path of a code's dark modules, one unit each.
fn paths(modules: &qr::Modules, shape: doc::ModuleShape) -> PathBuilder {
    let mut builder = PathBuilder::new();
    for y in 0..modules.side {
        let mut x = 0;
        while x < modules.side {
            let is_drawn =
                |x: usize| modules.is_dark(x, y) && (shape == doc::ModuleShape::Square || !modules.is_finder(x, y));
            if !is_drawn(x) {
                x = x.saturating_add(1);
                continue;
            }
            let (left, top) = (unit(x), unit(y));
            match shape {
                doc::ModuleShape::Square => {
                    // Modules beside each other are one box.
                    let end = (x..modules.side).find(|x| !is_drawn(*x)).unwrap_or(modules.side);
                    push_rect(&mut builder, left, top, unit(end) - left, 1.0);
                    x = end;
                    continue;
                }
                doc::ModuleShape::Dots => push_round(&mut builder, left + 0.05, top + 0.05, 0.9, [0.45; 4]),
                doc::ModuleShape::Rounded => {
                    let is_dark = |dx: i32, dy: i32| {
                        let at = |at: usize, by: i32| usize::try_from(i32::try_from(at).ok()?.saturating_add(by)).ok();
                        at(x, dx).zip(at(y, dy)).is_some_and(|(x, y)| modules.is_dark(x, y) && !modules.is_finder(x, y))
                    };
                    let round = |dx: i32, dy: i32| if is_dark(dx, 0) || is_dark(0, dy) { 0.0 } else { 0.5 };
                    let radius = [round(-1, -1), round(1, -1), round(1, 1), round(-1, 1)];
                    push_round(&mut builder, left, top, 1.0, radius);
                }
            }
            x = x.saturating_add(1);
        }
    }
    if shape != doc::ModuleShape::Square {
        let far = unit(modules.side) - 7.0;
        for (x, y) in [(0.0, 0.0), (far, 0.0), (0.0, far)] {
            push_round(&mut builder, x, y, 7.0, [2.0; 4]);
            push_hole(&mut builder, x + 1.0, y + 1.0, 5.0, 1.2);
            push_round(&mut builder, x + 2.0, y + 2.0, 3.0, [0.9; 4]);
        }
    }
    builder
}

#[expect(clippy::cast_precision_loss, reason = "a code has at most 177 modules")]
const fn unit(modules: usize) -> f32 {
    modules as f32
}

/// Adds a box to a path.
fn push_rect(builder: &mut PathBuilder, x: f32, y: f32, width: f32, height: f32) {
    if let Some(rect) = tiny_skia::Rect::from_xywh(x, y, width, height) {
        builder.push_rect(rect);
    }
}

/// Adds a square whose corners are round, from the top left, clockwise.
pub(super) fn push_round(builder: &mut PathBuilder, x: f32, y: f32, side: f32, radius: [f32; 4]) {
    let [tl, tr, br, bl] = radius;
    let (right, bottom) = (x + side, y + side);
    builder.move_to(x + tl, y);
    builder.line_to(right - tr, y);
    builder.cubic_to(right - tr * ARM, y, right, y + tr * ARM, right, y + tr);
    builder.line_to(right, bottom - br);
    builder.cubic_to(right, bottom - br * ARM, right - br * ARM, bottom, right - br, bottom);
    builder.line_to(x + bl, bottom);
    builder.cubic_to(x + bl * ARM, bottom, x, bottom - bl * ARM, x, bottom - bl);
    builder.line_to(x, y + tl);
    builder.cubic_to(x, y + tl * ARM, x + tl * ARM, y, x + tl, y);
    builder.close();
}

/// Adds such a square the other way around, so that it is a hole.
pub(super) fn push_hole(builder: &mut PathBuilder, x: f32, y: f32, side: f32, radius: f32) {
    let (right, bottom, arm) = (x + side, y + side, radius * ARM);
    builder.move_to(x, y + radius);
    builder.line_to(x, bottom - radius);
    builder.cubic_to(x, bottom - arm, x + arm, bottom, x + radius, bottom);
    builder.line_to(right - radius, bottom);
    builder.cubic_to(right - arm, bottom, right, bottom - arm, right, bottom - radius);
    builder.line_to(right, y + radius);
    builder.cubic_to(right, y + arm, right - arm, y, right - radius, y);
    builder.line_to(x + radius, y);
    builder.cubic_to(x + arm, y, x, y + arm, x, y + radius);
    builder.close();
}

/// How far the control points of a quarter of a circle lie from its corner, as a part of the
/// radius: 1 - 4/3·(√2 - 1).
const ARM: f32 = 0.447_715_2;
