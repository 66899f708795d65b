//! Vertical measures, coverage and outlines of a face.
//!
//! The only file that names `ttf-parser`: the crate is in retirement (RUSTSEC-2026-0192), and its successor is then one file's work.

use tiny_skia::{LineJoin, Path, PathBuilder, PathSegment, Point, Stroke, Transform};
use ttf_parser::{Face as Ttf, GlyphId, LineMetrics, OutlineBuilder, RgbaColor, Tag, colr};

use super::face::Face;
use super::instance::Instance;
use crate::color::Color;

const WEIGHT_AXIS: Tag = Tag::from_bytes(b"wght");
const SLANT_AXIS: Tag = Tag::from_bytes(b"slnt");
const ITALIC_AXIS: Tag = Tag::from_bytes(b"ital");

/// How much thicker a stem of an imitated bold is, in ems: Skia's for large letters, which browsers use.
const EMBOLDEN_EMS: f32 = 1.0 / 32.0;

/// How far an imitated italic leans: px to the right for each px up, as browsers do it.
const SLANT: f32 = 0.25;

/// Vertical measures of a face at one weight, in font units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// Font units in one em; never 0.
    pub units_per_em: f32,
    /// Above the baseline.
    pub ascent: f32,
    /// Below the baseline; positive.
    pub descent: f32,
    /// Extra space that the font asks for between lines. CSS ignores it where `line-height` is a number, and so do we.
    pub line_gap: f32,
    /// Height of a capital letter above the baseline.
    pub cap_height: f32,
    /// Height of a small x above the baseline.
    pub x_height: f32,
    /// Upper edge of an underline below the baseline, and its thickness.
    pub underline: (f32, f32),
    /// Upper edge of a line through letters above the baseline, and its thickness.
    pub strikeout: (f32, f32),
}

impl Metrics {
    /// What a paragraph without any face is measured with.
    pub(crate) const NONE: Self = Self {
        units_per_em: 1000.0,
        ascent: 800.0,
        descent: 200.0,
        line_gap: 0.0,
        cap_height: 700.0,
        x_height: 500.0,
        underline: (100.0, 50.0),
        strikeout: (275.0, 50.0),
    };
}

/// What a face says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Character {
    /// Lightest and boldest weight; one and the same for a static face.
    pub(crate) weights: (u16, u16),
    /// It is variable in weight.
    pub(crate) variable: bool,
    /// Its letters lean.
    pub(crate) italic: bool,
    /// It has an axis on which they do.
    pub(crate) leans: bool,
}

/// Checks a font file, and tells what kind of face it is.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn validate(face: &Ttf<'_>) -> Result<Character, String> {
    let tables = face.tables();
    if !(16..=16_384).contains(&face.units_per_em()) {
        return Err("units per em is not between 16 and 16,384".to_owned());
    }
    if tables.cmap.is_none() {
        return Err("the font has no character map (cmap)".to_owned());
    }
    if tables.glyf.is_none() && tables.cff.is_none() && tables.cff2.is_none() {
        return Err("the font has no outlines (glyf, CFF or CFF2)".to_owned());
    }
    let axis = |tag| face.variation_axes().into_iter().find(|axis| axis.tag == tag);
    let own = face.weight().to_number().clamp(1, 1000);
    // `as` saturates here, and NaN becomes 0: both are then clamped to what CSS knows.
    let weights =
        axis(WEIGHT_AXIS).map(|axis| ((axis.min_value as u16).clamp(1, 1000), (axis.max_value as u16).clamp(1, 1000)));
    Ok(Character {
        weights: weights.unwrap_or((own, own)),
        variable: weights.is_some(),
        italic: face.is_italic() || face.is_oblique(),
        leans: axis(SLANT_AXIS).is_some() || axis(ITALIC_AXIS).is_some(),
    })
}

/// What is in a font file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its family's name, by its own account.
    pub family: Option<String>,
    /// Lightest and boldest weight; one and the same for a static font.
    pub weights: (u16, u16),
    /// Its letters lean.
    pub italic: bool,
    /// How many glyphs it has.
    pub glyphs: u16,
    /// How many characters it has glyphs for.
    pub characters: usize,
    /// Each axis with its range.
    pub axes: Vec<String>,
    /// The OpenType features for which it has rules, each once.
    pub features: Vec<String>,
}

/// Tells what is in a font file.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn facts(face: &Face) -> Result<Facts, String> {
    let ttf = face.tables().ttf();
    let Character { weights, italic, .. } = validate(ttf)?;
    let named = |wanted: u16| {
        let mut names = ttf.names().into_iter().filter(|name| name.name_id == wanted && name.is_unicode());
        names.find_map(|name| name.to_string())
    };
    let mut characters = std::collections::BTreeSet::new();
    for table in ttf.tables().cmap.into_iter().flat_map(|cmap| cmap.subtables) {
        if table.is_unicode() {
            table.codepoints(|c| {
                let _ = characters.insert(c);
            });
        }
    }
    let layouts = [ttf.tables().gsub, ttf.tables().gpos];
    let features = layouts.into_iter().flatten().flat_map(|layout| layout.features);
    let mut features: Vec<String> = features.map(|feature| feature.tag.to_string()).collect();
    features.sort_unstable();
    features.dedup();
    Ok(Facts {
        // Its typographic family, or else that of the old days, which has the weight in its name.
        family: named(ttf_parser::name_id::TYPOGRAPHIC_FAMILY).or_else(|| named(ttf_parser::name_id::FAMILY)),
        weights,
        italic,
        glyphs: ttf.number_of_glyphs(),
        characters: characters.len(),
        axes: ttf
            .variation_axes()
            .into_iter()
            .map(|axis| format!("{} {} to {}", axis.tag, axis.min_value, axis.max_value))
            .collect(),
        features,
    })
}

/// Where a face stands on each of its axes for an instance; the weight first. One that it lacks does nothing.
pub(crate) fn axes(face: &Face, instance: &Instance) -> Vec<([u8; 4], f32)> {
    let mut axes = Vec::new();
    if face.weights().is_some() {
        axes.push((WEIGHT_AXIS.to_bytes(), f32::from(face.clamp_weight(instance.weight))));
    }
    if instance.italic && face.leans() {
        // A slant is in degrees against the clock; a face clamps it to what it has.
        axes.extend([(SLANT_AXIS.to_bytes(), -15.0), (ITALIC_AXIS.to_bytes(), 1.0)]);
    }
    axes.extend(instance.axes.iter().map(|axis| (axis.tag.0, axis.value)));
    axes
}

fn open<'a>(face: &'a Face, instance: &Instance) -> Ttf<'a> {
    let mut ttf = face.tables().ttf().clone();
    for (tag, value) in axes(face, instance) {
        ttf.set_variation(Tag::from_bytes(&tag), value);
    }
    ttf
}

/// Vertical measures, in font units. What the font does not say is measured or taken from common practice.
#[must_use]
pub(crate) fn metrics(face: &Face, instance: &Instance) -> Metrics {
    let ttf = open(face, instance);
    let em = f32::from(ttf.units_per_em());
    let top = |c: char| {
        let bounds = ttf.glyph_bounding_box(ttf.glyph_index(c)?)?;
        Some(bounds.y_max)
    };
    let height = |said: Option<i16>, like: char, share: f32| {
        said.filter(|h| *h > 0).or_else(|| top(like)).filter(|h| *h > 0).map_or(em * share, f32::from)
    };
    let x_height = height(ttf.x_height(), 'x', 0.5);
    let line = |said: Option<LineMetrics>, position: f32| {
        let said = said.filter(|line| line.thickness > 0);
        said.map_or((position, em / 20.0), |line| (f32::from(line.position), f32::from(line.thickness)))
    };
    let (underline, strikeout) =
        (line(ttf.underline_metrics(), -em / 10.0), line(ttf.strikeout_metrics(), x_height / 2.0));
    Metrics {
        underline: (-underline.0, underline.1),
        strikeout,
        units_per_em: em,
        ascent: f32::from(ttf.ascender()),
        descent: -f32::from(ttf.descender()),
        line_gap: f32::from(ttf.line_gap()).max(0.0),
        cap_height: height(ttf.capital_height(), 'H', 0.7),
        x_height,
    }
}

/// Whether a font file has colour glyphs that can be drawn: layers of one colour each (COLR version 0). Those of version 1, with
/// gradients and blending, are drawn as their outlines.
#[must_use]
pub(crate) fn is_color(face: &Ttf<'_>) -> bool {
    face.tables().colr.is_some_and(|colr| colr.is_simple())
}

/// Whether a glyph is in colour.
#[must_use]
pub(crate) fn has_layers(face: &Face, glyph: u16) -> bool {
    face.tables().ttf().tables().colr.is_some_and(|colr| colr.is_simple() && colr.contains(GlyphId(glyph)))
}

/// One layer of a colour glyph.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its outline in font units, y down, the origin on the baseline.
    pub path: Path,
    /// `None`: the colour of the text.
    pub color: Option<Color>,
}

/// The layers of a colour glyph, from the lowest, `most` at most. `None`: it is not in colour.
#[must_use]
pub(crate) fn layers(face: &Face, glyph: u16, most: usize) -> Option<Vec<Layer>> {
    let ttf = face.tables().ttf();
    let mut painter = Layers { ttf, most, room: face.max_segments(), outline: None, layers: Vec::new() };
    let id = GlyphId(glyph);
    ttf.tables().colr.filter(|colr| colr.is_simple())?;
    ttf.paint_color_glyph(id, 0, TEXT_COLOR, &mut painter)?;
    Some(painter.layers)
}

/// Stands for the colour of the text: a colour that no palette has, for nobody would see it.
const TEXT_COLOR: RgbaColor = RgbaColor { red: 1, green: 2, blue: 3, alpha: 0 };

struct Layers<'a> {
    ttf: &'a Ttf<'a>,
    most: usize,
    /// Segments of one outline.
    room: usize,
    /// Of the layer whose colour comes next.
    outline: Option<Path>,
    layers: Vec<Layer>,
}

/// A table of version 0 calls the first two only.
impl<'a> colr::Painter<'a> for Layers<'a> {
    fn outline_glyph(&mut self, glyph: GlyphId) {
        self.outline = None;
        if self.layers.len() < self.most {
            let mut pen = Pen { path: PathBuilder::new(), room: self.room };
            self.outline = self.ttf.outline_glyph(glyph, &mut pen).and_then(|_| pen.finish());
        }
    }

    fn paint(&mut self, paint: colr::Paint<'a>) {
        if let (Some(path), colr::Paint::Solid(solid)) = (self.outline.take(), paint) {
            let color = Color { r: solid.red, g: solid.green, b: solid.blue, a: solid.alpha };
            self.layers.push(Layer { path, color: (solid != TEXT_COLOR).then_some(color) });
        }
    }

    fn push_clip(&mut self) {}
    fn push_clip_box(&mut self, _: colr::ClipBox) {}
    fn pop_clip(&mut self) {}
    fn push_layer(&mut self, _: colr::CompositeMode) {}
    fn pop_layer(&mut self) {}
    fn push_transform(&mut self, _: ttf_parser::Transform) {}
    fn pop_transform(&mut self) {}
}

/// The outline of `glyph`, in font units, y down, the origin on the baseline. `None` for a blank.
#[must_use]
pub(crate) fn path(face: &Face, instance: &Instance, glyph: u16) -> Option<Path> {
    let mut pen = Pen { path: PathBuilder::new(), room: face.max_segments() };
    let ttf = open(face, instance);
    ttf.outline_glyph(GlyphId(glyph), &mut pen)?;
    let path = pen.finish()?;
    let path = if face.imitates_bold(instance) { thicker(path, f32::from(ttf.units_per_em())) } else { path };
    if face.imitates_italic(instance) {
        return path.transform(Transform::from_row(1.0, 0.0, -SLANT, 1.0, 0.0, 0.0));
    }
    Some(path)
}

/// An outline with a seam around it. The outlines of a seam run clockwise around what it fills, and so must those of the glyph:
/// a winding in the other direction would cancel them.
fn thicker(path: Path, units_per_em: f32) -> Path {
    let path = if area(&path) < 0.0 { reversed(&path).unwrap_or(path) } else { path };
    let seam = Stroke { width: units_per_em * EMBOLDEN_EMS, line_join: LineJoin::Miter, ..Stroke::default() };
    let Some(seam) = path.stroke(&seam, 1.0) else { return path };
    let mut both = PathBuilder::new();
    both.push_path(&path);
    both.push_path(&seam);
    both.finish().unwrap_or(path)
}

/// Twice the area within the control points of an outline; positive where it runs clockwise (y down).
fn area(path: &Path) -> f32 {
    let (mut sum, mut start, mut at) = (0.0_f32, Point::zero(), Point::zero());
    let mut to = |at: &mut Point, point: Point| {
        sum += at.x * point.y - point.x * at.y;
        *at = point;
    };
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(point) => (start, at) = (point, point),
            PathSegment::LineTo(point) => to(&mut at, point),
            PathSegment::QuadTo(a, point) => [a, point].into_iter().for_each(|point| to(&mut at, point)),
            PathSegment::CubicTo(a, b, point) => [a, b, point].into_iter().for_each(|point| to(&mut at, point)),
            PathSegment::Close => to(&mut at, start),
        }
    }
    sum
}

/// The same outline, run along the other way.
fn reversed(path: &Path) -> Option<Path> {
    let mut contours: Vec<(Point, Vec<PathSegment>)> = Vec::new();
    for segment in path.segments() {
        match (segment, contours.last_mut()) {
            (PathSegment::MoveTo(point), _) => contours.push((point, Vec::new())),
            (PathSegment::Close, _) | (_, None) => {}
            (segment, Some((_, contour))) => contour.push(segment),
        }
    }
    let end = |segment: &PathSegment| match segment {
        PathSegment::MoveTo(point)
        | PathSegment::LineTo(point)
        | PathSegment::QuadTo(_, point)
        | PathSegment::CubicTo(_, _, point) => Some(*point),
        PathSegment::Close => None,
    };
    let mut pen = PathBuilder::new();
    for (start, contour) in contours {
        let last = contour.last().and_then(end).unwrap_or(start);
        pen.move_to(last.x, last.y);
        for (index, segment) in contour.iter().enumerate().rev() {
            let before = index.checked_sub(1).and_then(|before| contour.get(before)).and_then(end).unwrap_or(start);
            match *segment {
                PathSegment::QuadTo(a, _) => pen.quad_to(a.x, a.y, before.x, before.y),
                PathSegment::CubicTo(a, b, _) => pen.cubic_to(b.x, b.y, a.x, a.y, before.x, before.y),
                PathSegment::LineTo(_) | PathSegment::MoveTo(_) | PathSegment::Close => pen.line_to(before.x, before.y),
            }
        }
        pen.close();
    }
    pen.finish()
}

/// Draws an outline of so many segments; beyond them it is nobody's letter. Fonts count y upwards, pictures downwards.
struct Pen {
    path: PathBuilder,
    room: usize,
}

impl Pen {
    /// Whether there is room for another segment.
    fn goes_on(&mut self) -> bool {
        self.room = self.room.saturating_sub(1);
        self.room > 0
    }

    fn finish(self) -> Option<Path> {
        self.path.finish().filter(|_| self.room > 0)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        if self.goes_on() {
            self.path.move_to(x, -y);
        }
    }

    fn line_to(&mut self, x: f32, y: f32) {
        if self.goes_on() {
            self.path.line_to(x, -y);
        }
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        if self.goes_on() {
            self.path.quad_to(x1, -y1, x, -y);
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        if self.goes_on() {
            self.path.cubic_to(x1, -y1, x2, -y2, x, -y);
        }
    }

    fn close(&mut self) {
        self.path.close();
    }
}

/// Which characters a face has.
pub(crate) struct Coverage<'a>(&'a Ttf<'a>);

impl<'a> Coverage<'a> {
    pub(crate) fn of(face: &'a Face) -> Self {
        Self(face.tables().ttf())
    }

    pub(crate) fn has(&self, c: char) -> bool {
        self.0.glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fonts::{FaceId, Fonts};
    use super::*;

    #[test]
    fn metrics_of_inter() {
        let fonts = Fonts::embedded();
        let metrics = fonts.get(FaceId(0)).unwrap().metrics(&Instance::of_weight(400));
        assert_eq!(metrics.units_per_em, 2048.0);
        assert_eq!((metrics.ascent, metrics.descent), (1984.0, 494.0));
        assert_eq!((metrics.cap_height, metrics.x_height), (1490.0, 1118.0));
    }

    #[test]
    fn an_imitated_bold_is_thicker_on_all_sides_whichever_way_its_outlines_run() {
        let mut pen = PathBuilder::new();
        // A ring: the hole runs the other way.
        pen.push_rect(tiny_skia::Rect::from_xywh(100.0, -500.0, 400.0, 500.0).unwrap());
        let hole = [(200.0, -400.0), (200.0, -100.0), (400.0, -100.0), (400.0, -400.0)];
        pen.move_to(hole[0].0, hole[0].1);
        hole[1..].iter().for_each(|(x, y)| pen.line_to(*x, *y));
        pen.close();
        let ring = pen.finish().unwrap();
        let other = reversed(&ring).unwrap();
        assert_eq!((area(&ring) > 0.0, area(&other) > 0.0, area(&ring)), (true, false, -area(&other)));
        for path in [ring, other] {
            let thick = thicker(path, 1024.0);
            let mut pixels = tiny_skia::Pixmap::new(60, 60).unwrap();
            let place = Transform::from_row(0.1, 0.0, 0.0, 0.1, 0.0, 55.0);
            let paint = tiny_skia::Paint { anti_alias: false, ..tiny_skia::Paint::default() };
            pixels.fill_path(&thick, &paint, tiny_skia::FillRule::Winding, place, None);
            // 40 x 50 px without a hole of 20 x 30 px, and 1.6 px more on each side.
            let inked = pixels.pixels().iter().filter(|pixel| pixel.alpha() > 0).count();
            assert!((1_780..=1_980).contains(&inked), "{inked}");
        }
    }

    #[test]
    fn outlines_are_y_down_and_grow_bolder() {
        let fonts = Fonts::embedded();
        let face = fonts.get(FaceId(0)).unwrap();
        let ttf = ttf_parser::Face::parse(face.bytes(), 0).unwrap();
        let glyph = |c| ttf.glyph_index(c).unwrap().0;
        let outline = |weight, glyph| face.outline(&Instance::of_weight(weight), glyph);
        let regular = outline(400, glyph('H')).unwrap().bounds();
        assert_eq!((regular.top(), regular.bottom()), (-1490.0, 0.0));
        let bold = outline(700, glyph('H')).unwrap().bounds();
        assert!(bold.width() > regular.width());
        assert_eq!(outline(2000, glyph('H')).unwrap().bounds(), bold, "clamped to the axis");
        assert_eq!(outline(400, glyph(' ')), None);
        assert_eq!(outline(400, u16::MAX), None);
    }
}
