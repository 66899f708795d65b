//! Template + values → [`Plan`]. No field makes this fail: a field that cannot be used as written
//! is left out or replaced by its default, and reported with its path.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::asset::AssetId;
use crate::color::Color;
use crate::geometry::{Rect, px};
use crate::inputs::Inputs;
use crate::limits::Limits;
use crate::params::declare::ImageParam;
use crate::params::{self, Param, Value, Values};
use crate::remote::{Domain, NoDomain, Place, Remote, Url, host};
use crate::template::document::{self as doc, ColorSpace, Gradient, GradientKind};
use crate::template::expression::Context;
use crate::template::list::Sides;
use crate::template::path;
use crate::template::templated::Field;
use crate::template::{Template, Templated};
use crate::text::{bidi, closed_gaps};
use crate::warnings::Warnings;

use super::output::Output;
use super::{
    Blend, Extent, Figure, ImageSource, Initials, Kind, Layer, LeftOut, Length, Linecap, Linejoin, Look, Paint,
    PathFit, Plan, Shadow, Shape, Stop, Stroke, StrokeAlign, Text,
};

/// Fills values into a template.
#[must_use]
pub fn plan(inputs: &Inputs<'_>, limits: &Limits) -> Plan {
    let Inputs { template, values, options, .. } = *inputs;
    let document = &template.document;
    let lang = options.lang.as_deref().or(document.lang.as_deref());
    let mut resolver = Resolver {
        template,
        context: Context::new(values, lang),
        lang,
        rtl: is_rtl(document.dir, lang),
        limits,
        left_out: Vec::new(),
        assets: Vec::new(),
        remotes: Vec::new(),
        values,
        evaluated: false,
        drawn: 0,
        characters: 0,
        path_segments: 0,
        qr_bytes: 0,
        computed_paths: BTreeMap::new(),
        warnings: Warnings::new(limits),
    };
    let background = resolver.paint(document.background.as_ref(), "background", "color");
    let mut layers = resolver.layers(&document.layers, "layers");
    let alt = resolver.text(document.alt.as_ref(), "alt").map(|alt| closed_gaps(&alt)).unwrap_or_default();
    let Resolver { left_out, mut assets, remotes, mut warnings, .. } = resolver;
    let needed = super::fonts::needed(&mut layers, limits);
    if needed.cut {
        warnings.push("fonts", "the texts need more font packs than a picture may use; some letters are boxes");
    }

    let fonts = super::fonts::named(&layers, template.fonts());
    for font in &fonts {
        let file = AssetId::from(font.asset.as_str());
        if !assets.contains(&file) {
            assets.push(file);
        }
    }

    let output = Output::new(document, options, limits);
    if output.clamped {
        warnings.push("_dpr, _w", "the picture would be too large; it is as large as it may be");
    }
    Plan {
        width: output.width,
        height: output.height,
        scale: output.scale,
        frame: frame(document),
        background,
        layers,
        left_out,
        assets,
        remotes,
        packs: needed.packs,
        fonts,
        alt,
        quality: options.quality,
        debug_boxes: options.debug_boxes,
        warnings,
    }
}

/// Whether a picture is read from right to left.
fn is_rtl(dir: Option<doc::Dir>, lang: Option<&str>) -> bool {
    match dir {
        None | Some(doc::Dir::Ltr) => false,
        Some(doc::Dir::Rtl) => true,
        Some(doc::Dir::Auto) => lang.is_some_and(bidi::is_rtl_language),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a side has at most a few thousand px")]
fn frame(document: &doc::Document) -> Rect {
    Rect::new(0.0, 0.0, document.width as f32, document.height as f32)
}

/// Evaluates fields, and counts characters and segments.
pub(super) struct Resolver<'a> {
    pub(super) template: &'a Template,
    pub(super) context: Context,
    pub(super) lang: Option<&'a str>,
    /// Whether the picture is read from right to left.
    pub(super) rtl: bool,
    pub(super) limits: &'a Limits,
    left_out: Vec<LeftOut>,
    assets: Vec<AssetId>,
    remotes: Vec<Remote>,
    values: &'a Values,
    /// Whether an expression was evaluated.
    pub(super) evaluated: bool,
    /// Number of layers so far; one more if a layer was left out.
    drawn: usize,
    /// Number of characters of the text layers so far.
    pub(super) characters: usize,
    /// Number of segments of the paths so far.
    path_segments: usize,
    /// Number of bytes in the QR codes so far.
    pub(super) qr_bytes: usize,
    /// Paths whose data an expression printed, with the data as keys.
    computed_paths: BTreeMap<String, path::Read>,
    pub(super) warnings: Warnings,
}

impl<'a> Resolver<'a> {
    /// The value of a field. `None` if there is no field, or if its expression gave no value.
    #[inline(never)]
    pub(super) fn field<T: Field + Clone>(
        &mut self,
        field: Option<&Templated<T>>,
        path: &str,
        name: &str,
    ) -> Option<T> {
        let source = match field? {
            Templated::Literal(value) => return Some(value.clone()),
            Templated::Expression(source) => source,
        };
        self.evaluated = true;
        let printed = self.template.expressions.text(source, &self.context);
        let printed = printed.map_err(|reason| self.warnings.push(&format!("{path}.{name}"), reason)).ok()?;
        let value = T::from_text(&printed);
        // An expression that prints nothing leaves the field to its default, because empty output
        // means missing data.
        if value.is_none() && !printed.trim().is_empty() {
            self.warnings.push(&format!("{path}.{name}"), format_args!("its value is not {}", T::EXPECTED));
        }
        value
    }

    fn text(&mut self, field: Option<&Templated<String>>, path: &str) -> Option<String> {
        self.field(field, path, "text")
    }

    /// A number, made finite and clamped between two others.
    #[inline(never)]
    pub(super) fn number(
        &mut self,
        field: Option<&Templated<f32>>,
        (path, name): (&str, &str),
        default: f32,
        (min, max): (f32, f32),
    ) -> f32 {
        px(self.field(field, path, name).unwrap_or(default)).clamp(min, max)
    }

    pub(super) fn layers(&mut self, layers: &[doc::Layer], path: &str) -> Vec<Layer> {
        let numbered = layers.iter().enumerate();
        numbered.filter_map(|(index, layer)| self.layer(layer, &format!("{path}[{index}]"))).collect()
    }

    pub(super) fn layer(&mut self, layer: &doc::Layer, path: &str) -> Option<Layer> {
        let Some(scope) = layer.scope.as_deref() else { return self.unscoped(layer, path) };
        let values = self.scope(scope, path);
        let before = self.context.bind(&scope.name, values);
        let layer = self.unscoped(layer, path);
        self.context.unbind(&scope.name, before);
        layer
    }

    /// A layer whose component, if it was one, has its values.
    fn unscoped(&mut self, layer: &doc::Layer, path: &str) -> Option<Layer> {
        let name = || layer.id.clone().unwrap_or_else(|| path.to_owned());
        if !self.holds(layer.when.as_deref(), path) {
            let when = layer.when.clone().unwrap_or_default();
            self.left_out.push(LeftOut { name: name(), path: path.to_owned(), when });
            return None;
        }
        if !self.takes(1, path) {
            return None;
        }
        let code = match &layer.kind {
            doc::Kind::Qr(qr) => Some(self.qr(layer, qr, path)),
            doc::Kind::Barcode(barcode) => Some(self.barcode(layer, barcode, path)),
            doc::Kind::Rating(rating) => return Some(self.rating(layer, rating, path)),
            doc::Kind::Progress(progress) => return Some(self.progress(layer, progress, path)),
            doc::Kind::Chart(chart) => return Some(self.chart(layer, chart, path)),
            doc::Kind::Frame(frame) => return Some(self.frame(layer, frame, path)),
            doc::Kind::Icon(icon) => return Some(self.icon(layer, icon, path)),
            _ => None,
        };
        if let Some(code) = code {
            return Some(self.code(layer, code, path));
        }
        let kind = self.kind(layer, path);
        let sizing = self.constraints(layer, path);
        let default = match kind {
            Kind::Shape(Shape::Rect | Shape::Ellipse | Shape::Line { .. } | Shape::Figure(_)) => Extent::Fill,
            _ => Extent::Hug,
        };
        // With a ratio, one side follows the other one.
        let has_ratio = sizing.as_ref().is_some_and(|sizing| sizing.aspect_ratio.is_some());
        let beside = |other: bool| if has_ratio && other { Extent::Hug } else { default };
        let zero = Length::Px(0.0);
        let is_bubble = matches!(kind, Kind::Shape(Shape::Figure(Figure { word: doc::Word::Bubble, .. })));
        let corner = if is_bubble { Length::Fraction(0.2) } else { zero };
        Some(Layer {
            name: name(),
            path: path.to_owned(),
            word: layer.kind.name(),
            x: self.field(layer.x.as_ref(), path, "x").unwrap_or(zero),
            y: self.field(layer.y.as_ref(), path, "y").unwrap_or(zero),
            width: self.field(layer.width.as_ref(), path, "width").unwrap_or(beside(layer.height.is_some())),
            height: self.field(layer.height.as_ref(), path, "height").unwrap_or(beside(true)),
            sizing,
            radius: self.sides(layer.radius.as_ref(), (path, "radius"), corner),
            look: Rc::new(self.look(layer, path)),
            picture: self.picture(layer, path),
            mask: self.masks(layer, path),
            map: self.map(layer, path),
            kind,
        })
    }

    /// Counts layers. Whether the picture may have them.
    pub(super) fn takes(&mut self, layers: usize, path: &str) -> bool {
        let most = self.limits.drawn_layers;
        let is_first = self.drawn <= most;
        self.drawn = self.drawn.saturating_add(layers);
        if self.drawn > most && is_first {
            self.warnings.push(path, format_args!("a picture has at most {most} layers; the rest was left out"));
        }
        self.drawn <= most
    }

    /// Whether a condition holds. An absent condition holds.
    pub(super) fn holds(&mut self, condition: Option<&str>, path: &str) -> bool {
        condition.is_none_or(|condition| {
            self.evaluated = true;
            self.template.expressions.condition(condition, &self.context).unwrap_or_else(|reason| {
                self.warnings.push(&format!("{path}.when"), reason);
                false
            })
        })
    }

    #[inline(never)]
    pub(super) fn look(&mut self, layer: &doc::Layer, path: &str) -> Look {
        let shadows = layer.shadow.as_ref().map_or(&[][..], |shadows| shadows.0.as_slice());
        Look {
            opacity: self.number(layer.opacity.as_ref(), (path, "opacity"), 1.0, (0.0, 1.0)),
            rotate: self.number(layer.rotate.as_ref(), (path, "rotate"), 0.0, (f32::MIN, f32::MAX)) % 360.0,
            skew: self.skew(layer, path),
            scale: self.stretch(layer, path),
            warp: self.warp(layer, path),
            blend: layer.blend.unwrap_or(Blend::Normal),
            effects: self.effects(layer, path),
            shadows: shadows.iter().map(|shadow| self.shadow(shadow, path)).collect(),
            clip: layer.clip.unwrap_or(false),
            smoothing: self.number(layer.corner_smoothing.as_ref(), (path, "corner_smoothing"), 0.0, (0.0, 1.0)),
            fill: self.paint(layer.fill.as_ref(), path, "fill"),
            stroke: self.stroke(layer, path),
        }
    }

    #[inline(never)]
    pub(super) fn sides<T: Field + Copy>(
        &mut self,
        sides: Option<&Sides<T>>,
        (path, name): (&str, &str),
        default: T,
    ) -> [T; 4] {
        let Some(Sides(sides)) = sides else { return [default; 4] };
        sides.each_ref().map(|side| self.field(Some(side), path, name).unwrap_or(default))
    }

    #[inline(never)]
    fn shadow(&mut self, shadow: &doc::Shadow, path: &str) -> Shadow {
        let any = (f32::MIN, f32::MAX);
        Shadow {
            dx: self.number(shadow.dx.as_ref(), (path, "shadow.dx"), 0.0, any),
            dy: self.number(shadow.dy.as_ref(), (path, "shadow.dy"), 0.0, any),
            blur: self.number(shadow.blur.as_ref(), (path, "shadow.blur"), 0.0, (0.0, self.limits.blur_px)),
            spread: self.number(shadow.spread.as_ref(), (path, "shadow.spread"), 0.0, any),
            color: self.field(shadow.color.as_ref(), path, "shadow.color").unwrap_or(Color { a: 0x44, ..Color::BLACK }),
            inset: shadow.inset.unwrap_or(false),
        }
    }

    #[inline(never)]
    fn stroke(&mut self, layer: &doc::Layer, path: &str) -> Option<Stroke> {
        let paint = self.paint(layer.stroke.as_ref(), path, "stroke")?;
        let width = self.number(layer.stroke_width.as_ref(), (path, "stroke_width"), 1.0, (0.0, 1_000.0));
        let dash = layer.stroke_dash.as_deref().unwrap_or_default();
        Some(Stroke {
            paint,
            width,
            dash: dash.iter().map(|px| self.number(Some(px), (path, "stroke_dash"), 1.0, (0.0, 10_000.0))).collect(),
            linecap: layer.stroke_linecap.unwrap_or(Linecap::Butt),
            linejoin: layer.stroke_linejoin.unwrap_or(Linejoin::Miter),
            align: layer.stroke_align.unwrap_or(StrokeAlign::Center),
        })
    }

    /// A paint, which stands in a field of the path. `None` if there is none, or if its colour is missing.
    #[inline(never)]
    pub(super) fn paint(&mut self, paint: Option<&doc::Paint>, path: &str, field: &str) -> Option<Paint> {
        match paint? {
            doc::Paint::Color(color) => self.field(Some(color), path, field).map(Paint::Color),
            doc::Paint::Gradient(gradient) if gradient.kind == GradientKind::Image => {
                let behind = self.field(gradient.color.as_ref(), path, "color");
                Some(behind.map_or(Paint::Picture, Paint::Color))
            }
            doc::Paint::Gradient(gradient) => Some(self.gradient(gradient, path)),
            doc::Paint::Auto => None,
        }
    }

    #[inline(never)]
    fn gradient(&mut self, gradient: &Gradient, path: &str) -> Paint {
        let mut stops = self.stops(gradient, path);
        if gradient.space == Some(ColorSpace::Oklab) {
            stops = super::blend::in_oklab(&stops);
        }
        let repeat = self.number(gradient.repeat.as_ref(), (path, "repeat"), 0.0, (0.0, 100_000.0));
        let dither = gradient.dither.unwrap_or(false);
        let half = Length::Fraction(0.5);
        let center = (
            self.field(gradient.cx.as_ref(), path, "cx").unwrap_or(half),
            self.field(gradient.cy.as_ref(), path, "cy").unwrap_or(half),
        );
        let angle = self.field(gradient.angle.as_ref(), path, "angle");
        match gradient.kind {
            GradientKind::Linear | GradientKind::Image => {
                Paint::Linear { angle: px(angle.unwrap_or(180.0)), repeat, dither, stops }
            }
            GradientKind::Conic => Paint::Conic { center, angle: px(angle.unwrap_or(0.0)), repeat, stops },
            GradientKind::Radial => {
                let radius = self.field(gradient.r.as_ref(), path, "r").unwrap_or(Length::Fraction(1.0));
                Paint::Radial { center, radius, repeat, dither, stops }
            }
        }
    }

    fn stops(&mut self, gradient: &Gradient, path: &str) -> Vec<Stop> {
        let mut resolve = |stop: &doc::Stop| {
            let offset = self.field(stop.offset.as_ref(), path, "offset");
            (offset, self.field(Some(&stop.color), path, "color").unwrap_or(Color::TRANSPARENT))
        };
        let stops: Vec<(Option<f32>, Color)> = gradient.stops.iter().map(&mut resolve).collect();
        let offsets = super::stop::offsets(stops.iter().map(|(offset, _)| *offset));
        offsets.into_iter().zip(stops).map(|(offset, (_, color))| Stop { offset, color }).collect()
    }

    fn kind(&mut self, layer: &doc::Layer, path: &str) -> Kind {
        match &layer.kind {
            doc::Kind::Rect(_) => Kind::Shape(Shape::Rect),
            doc::Kind::Ellipse(_) => Kind::Shape(Shape::Ellipse),
            doc::Kind::Line(line) => {
                let mut at = |field, name| self.field(Some(field), path, name).unwrap_or(Length::Px(0.0));
                Kind::Shape(Shape::Line {
                    from: (at(&line.x1, "x1"), at(&line.y1, "y1")),
                    to: (at(&line.x2, "x2"), at(&line.y2, "y2")),
                })
            }
            doc::Kind::Path(doc::Path { shape: Some(word), points, depth, tail, .. }) => {
                let depth = depth.map(|depth| px(depth).clamp(0.0, 1.0));
                let tail = tail.unwrap_or(doc::Tail::BottomLeft);
                Kind::Shape(Shape::Figure(Figure { word: *word, points: *points, depth, tail }))
            }
            doc::Kind::Path(data) => {
                let shape = match &data.d {
                    None => Ok(None),
                    Some(Templated::Literal(d)) => self.template.paths.read(d, self.limits),
                    Some(expression @ Templated::Expression(_)) => {
                        let d: String = self.field(Some(expression), path, "d").unwrap_or_default();
                        self.computed_path(d)
                    }
                };
                let shape = shape.and_then(|shape| self.within_segments(shape));
                if let Err(reason) = &shape {
                    self.warnings.push(&format!("{path}.d"), reason);
                }
                let view_box = data.view_box.map(|[x, y, width, height]| Rect::new(x, y, width, height));
                Kind::Shape(Shape::Path { path: shape.unwrap_or(None), view_box, fit: PathFit::Meet })
            }
            doc::Kind::Text(text) => {
                let is_auto = matches!(layer.fill, Some(doc::Paint::Auto));
                Kind::Text(Text { is_auto, ..self.text_layer(text, path) })
            }
            doc::Kind::Image(image) => Kind::Image(self.image(layer, image, path)),
            doc::Kind::Group(group) => Kind::Group(self.layers(&group.children, &format!("{path}.children"))),
            doc::Kind::Stack(stack) => {
                let children = self.ordered(&stack.children, path);
                Kind::Stack(self.stack(stack, children, path))
            }
            doc::Kind::Repeat(repeat) => Kind::Stack(self.repeat(repeat, path)),
            doc::Kind::Table(table) => Kind::Stack(self.table(table, path)),
            doc::Kind::Qr(_)
            | doc::Kind::Barcode(_)
            | doc::Kind::Rating(_)
            | doc::Kind::Progress(_)
            | doc::Kind::Chart(_)
            | doc::Kind::Frame(_)
            | doc::Kind::Icon(_)
            | doc::Kind::Component(_) => Kind::Group(Vec::new()),
        }
    }

    /// The path of data that an expression printed. Equal data are parsed once.
    fn computed_path(&mut self, d: String) -> path::Read {
        if let Some(known) = self.computed_paths.get(&d) {
            return known.clone();
        }
        // Invalid path data take time to parse too: 16 bytes of them count as one segment.
        self.within_segments(None)?;
        self.path_segments = self.path_segments.saturating_add(d.len() / 16);
        let read = self.template.paths.read(&d, self.limits);
        self.computed_paths.insert(d, read.clone());
        read
    }

    /// Counts the segments of a path. Returns an error if the picture would have too many.
    pub(super) fn within_segments(&mut self, shape: Option<Rc<tiny_skia::Path>>) -> path::Read {
        let segments = self.path_segments.saturating_add(shape.as_ref().map_or(0, |path| path.len()));
        let most = self.limits.path_segments_total;
        if segments > most {
            return Err(format!("the paths of a picture may have {most} segments together; this one was left out"));
        }
        self.path_segments = segments;
        Ok(shape)
    }

    /// The pictures of these fields, without those that print nothing.
    #[inline(never)]
    pub(super) fn sources<'f>(
        &mut self,
        fields: impl Iterator<Item = &'f Templated<String>>,
        (path, name): (&str, &str),
    ) -> Vec<ImageSource> {
        let mut sources = Vec::new();
        for field in fields {
            let Some(source) = self.field(Some(field), path, name).filter(|source| !source.trim().is_empty()) else {
                continue;
            };
            match source.split_once(':') {
                Some(("asset", name)) => self.asset(name, path, &mut sources),
                Some(("initials", name)) if !name.trim().is_empty() => {
                    let mut letters = crate::template::initials(name);
                    if letters.is_empty() {
                        // A name of signs alone, as in `default('?')`, stands for itself.
                        letters.extend(name.trim().chars().next());
                    }
                    sources.push(ImageSource::Initials(Initials {
                        letters,
                        lang: self.lang.map(str::to_owned),
                        forms: None,
                    }));
                }
                Some(("initials", _)) => {}
                Some(("https", _)) => self.remote(&source, path, &mut sources),
                Some(("logo", named)) => self.logo(&source, named, path, &mut sources),
                _ => self
                    .warnings
                    .push(&format!("{path}.{name}"), "expected asset:name.png, logo:acme.com, or an https URL"),
            }
        }
        sources
    }

    /// An image on another host, and after it the default of the param that names it.
    fn remote(&mut self, text: &str, path: &str, sources: &mut Vec<ImageSource>) {
        let document = &self.template.document;
        let named = self.param_of(text);
        let hosts = named.map_or(&document.hosts, |param| &param.hosts);
        match Url::read(text) {
            Ok(url) if host::any_allows(hosts.iter().map(String::as_str), url.host()) => {
                let id = AssetId::from(url.as_str());
                let remote = Remote { id, place: Place::Url(url), hosts: hosts.as_slice().into() };
                self.source(remote, path, sources);
            }
            Ok(_) => self.warnings.push(&format!("{path}.src"), "the template does not allow the host of the image"),
            Err(_) => self.warnings.push(&format!("{path}.src"), "the image has a URL that is not fetched"),
        }
        self.default_of(named, path, sources);
    }

    /// The logo of a company, and after it the default of the param that names it. A domain that is
    /// missing, or a person's mail service, has no logo.
    fn logo(&mut self, text: &str, named: &str, path: &str, sources: &mut Vec<ImageSource>) {
        match Domain::read(named) {
            Ok(domain) => {
                let id = AssetId::from(format!("logo:{}", domain.as_str()).as_str());
                self.source(Remote { id, place: Place::Logo(domain), hosts: Rc::default() }, path, sources);
            }
            Err(NoDomain::Malformed) if !named.trim().is_empty() => {
                self.warnings.push(&format!("{path}.src"), "there is no domain, email address or URL after logo:");
            }
            Err(NoDomain::Malformed | NoDomain::FreeMail) => {}
        }
        self.default_of(self.param_of(text), path, sources);
    }

    /// The param of type `image` whose value is this text.
    fn param_of(&self, text: &str) -> Option<&'a ImageParam> {
        let value = |name: &String| self.values.get(name)?.value.as_ref();
        self.template.document.params.iter().find_map(|(name, param)| match (param, value(name)?) {
            (Param::Image(param), Value::Image(value)) if value == text => Some(param),
            (Param::List(list), Value::List(items)) => list.fields.iter().find_map(|(name, field)| {
                let mut items = items.as_array().into_iter().flatten();
                let is_named = items.any(|item| item.get(name).and_then(serde_json::Value::as_str) == Some(text));
                let Param::Image(param) = field else { return None };
                is_named.then_some(param)
            }),
            _ => None,
        })
    }

    fn default_of(&mut self, param: Option<&ImageParam>, path: &str, sources: &mut Vec<ImageSource>) {
        if let Some(name) = param.and_then(|param| param.default.as_deref()).and_then(params::image::asset) {
            self.asset(name, path, sources);
        }
    }

    /// Adds an image on another host, unless there are too many.
    fn source(&mut self, remote: Remote, path: &str, sources: &mut Vec<ImageSource>) {
        let is_known = self.remotes.iter().any(|known| known.id == remote.id);
        let most = self.limits.remotes;
        if !is_known && self.remotes.len() >= most {
            let message = format_args!("a picture may show {most} images of other hosts");
            self.warnings.push(&format!("{path}.src"), message);
            return;
        }
        sources.push(ImageSource::Asset(remote.id.clone()));
        if !is_known {
            self.remotes.push(remote);
        }
    }

    fn asset(&mut self, name: &str, path: &str, sources: &mut Vec<ImageSource>) {
        let asset = AssetId::from(name);
        if self.needs(&asset, &format!("{path}.src")) {
            sources.push(ImageSource::Asset(asset));
        }
    }

    /// Notes an asset to be fetched. Whether the picture may use it.
    pub(super) fn needs(&mut self, asset: &AssetId, path: &str) -> bool {
        if self.assets.contains(asset) {
            return true;
        }
        let most = self.limits.images;
        if self.assets.len() >= most {
            self.warnings.push(path, format_args!("a picture may use {most} assets"));
            return false;
        }
        self.assets.push(asset.clone());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Values;
    use crate::request::{Format, Options};

    #[test]
    fn a_picture_has_so_many_characters() {
        let limits = Limits { glyphs: 7, ..Limits::default() };
        let document = r#"{ "width": 9, "height": 9, "layers": [
            { "type": "text", "text": "hello" }, { "type": "text", "text": "world" }, { "type": "text", "text": "!" } ] }"#;
        let template = Template::parse(document, &limits).unwrap();
        let plan = plan(&Inputs::new(&template, &Values::new(), &Options::default(), Format::Png), &limits);
        let texts: Vec<_> = plan
            .layers
            .iter()
            .map(|layer| match &layer.kind {
                Kind::Text(text) => text.runs[0].text.as_str(),
                _ => "",
            })
            .collect();
        assert_eq!(texts, ["hello", "wo", ""]);
        assert_eq!(plan.warnings.len(), 2);
    }

    #[test]
    fn values_stay_isolated_where_a_text_runs_from_right_to_left() {
        let limits = Limits::default();
        for (direction, text, expected) in [
            ("rtl", "{{ 'C++' }}", "\u{2068}C++\u{2069}"),
            ("rtl", "{{ '(555) 010-2030' }}", "\u{2068}(555) 010-2030\u{2069}"),
            ("rtl", "{{ 12 }}:{{ 30 }}", "12:30"),
            ("rtl", "C++", "C++"),
            ("auto", "{{ 'C++' }}", "C++"),
            ("auto", "שלום {{ 'C++' }}", "שלום \u{2068}C++\u{2069}"),
        ] {
            let layer = serde_json::json!({ "type": "text", "direction": direction, "text": text });
            let document = serde_json::json!({ "width": 9, "height": 9, "layers": [layer] }).to_string();
            let template = Template::parse(&document, &limits).unwrap();
            let plan = plan(&Inputs::new(&template, &Values::new(), &Options::default(), Format::Png), &limits);
            let Kind::Text(set) = &plan.layers[0].kind else { panic!("{document}") };
            assert_eq!(set.runs[0].text, expected, "{direction} {text}");
        }
    }

    #[test]
    fn a_picture_never_exceeds_its_limits() {
        let limits = Limits::default();
        for (width, height) in [(1600, 1130), (1200, 630), (4096, 1), (1, 4096), (1731, 1733), (3, 7)] {
            let document = format!(r#"{{ "width": {width}, "height": {height}, "layers": [] }}"#);
            let template = Template::parse(&document, &limits).unwrap();
            for query in ["_dpr=2", "_dpr=3", "_w=4096", "_w=4095&_dpr=3", "_w=1"] {
                let (values, options) = (Values::new(), Options::read(query, &limits));
                let plan = plan(&Inputs::new(&template, &values, &options, Format::Png), &limits);
                assert!(plan.width * plan.height <= limits.canvas_pixels, "{width}x{height} {query}");
                assert!(plan.width.max(plan.height) <= limits.side_px, "{width}x{height} {query}");
                assert!(plan.width > 0 && plan.height > 0, "{width}x{height} {query}");
            }
        }
    }
}
