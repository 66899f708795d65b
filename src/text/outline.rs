//! Vertical measures, coverage and outlines of a face.
//!
//! The only file that names `ttf-parser`: the crate is in retirement (RUSTSEC-2026-0192), and its successor is then one file's work.

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face as Ttf, GlyphId, OutlineBuilder, Tag};

use super::font::Face;

const WEIGHT_AXIS: Tag = Tag::from_bytes(b"wght");

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
}

impl Metrics {
    /// What a paragraph without any face is measured with.
    pub(super) const NONE: Self =
        Self { units_per_em: 1000.0, ascent: 800.0, descent: 200.0, line_gap: 0.0, cap_height: 700.0, x_height: 500.0 };
}

/// Checks a font file, and tells the range of its weight axis.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn validate(bytes: &[u8]) -> Result<Option<(u16, u16)>, String> {
    let face = Ttf::parse(bytes, 0).map_err(|error| format!("not a font: {error}"))?;
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
    let axis = face.variation_axes().into_iter().find(|axis| axis.tag == WEIGHT_AXIS);
    // `as` saturates here, and NaN becomes 0: both are then clamped to what CSS knows.
    Ok(axis.map(|axis| ((axis.min_value as u16).clamp(1, 1000), (axis.max_value as u16).clamp(1, 1000))))
}

fn open(face: &Face, weight: u16) -> Option<Ttf<'_>> {
    let mut ttf = Ttf::parse(face.bytes(), 0).ok()?;
    if face.weights().is_some() {
        ttf.set_variation(WEIGHT_AXIS, f32::from(face.clamp_weight(weight)));
    }
    Some(ttf)
}

/// Vertical measures at `weight`, in font units. What the font does not say is measured or taken from common practice.
#[must_use]
pub(super) fn metrics(face: &Face, weight: u16) -> Metrics {
    let Some(ttf) = open(face, weight) else { return Metrics::NONE };
    let em = f32::from(ttf.units_per_em());
    let top = |c: char| {
        let bounds = ttf.glyph_bounding_box(ttf.glyph_index(c)?)?;
        Some(bounds.y_max)
    };
    let height = |said: Option<i16>, like: char, share: f32| {
        said.filter(|h| *h > 0).or_else(|| top(like)).filter(|h| *h > 0).map_or(em * share, f32::from)
    };
    Metrics {
        units_per_em: em,
        ascent: f32::from(ttf.ascender()),
        descent: -f32::from(ttf.descender()),
        line_gap: f32::from(ttf.line_gap()).max(0.0),
        cap_height: height(ttf.capital_height(), 'H', 0.7),
        x_height: height(ttf.x_height(), 'x', 0.5),
    }
}

/// The outline of `glyph` at `weight`, in font units, y down, the origin on the baseline. `None` for a blank.
#[must_use]
pub(super) fn path(face: &Face, weight: u16, glyph: u16) -> Option<Path> {
    let mut pen = Pen(PathBuilder::new());
    open(face, weight)?.outline_glyph(GlyphId(glyph), &mut pen)?;
    pen.0.finish()
}

/// Fonts count y upwards, pictures downwards.
struct Pen(PathBuilder);

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, -y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, -y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, -y1, x, -y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, -y1, x2, -y2, x, -y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

/// Which characters a face has.
pub(super) struct Coverage<'a>(Option<Ttf<'a>>);

impl<'a> Coverage<'a> {
    pub(super) fn of(face: &'a Face) -> Self {
        Self(Ttf::parse(face.bytes(), 0).ok())
    }

    pub(super) fn has(&self, c: char) -> bool {
        self.0.as_ref().is_some_and(|ttf| ttf.glyph_index(c).is_some_and(|glyph| glyph.0 != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::font::{FaceId, Fonts};

    #[test]
    fn metrics_of_inter() {
        let fonts = Fonts::embedded();
        let metrics = fonts.get(FaceId(0)).unwrap().metrics(400);
        assert_eq!(metrics.units_per_em, 2048.0);
        assert_eq!((metrics.ascent, metrics.descent), (1984.0, 494.0));
        assert_eq!((metrics.cap_height, metrics.x_height), (1490.0, 1118.0));
    }

    #[test]
    fn outlines_are_y_down_and_grow_bolder() {
        let fonts = Fonts::embedded();
        let face = fonts.get(FaceId(0)).unwrap();
        let ttf = ttf_parser::Face::parse(face.bytes(), 0).unwrap();
        let glyph = |c| ttf.glyph_index(c).unwrap().0;
        let regular = face.outline(400, glyph('H')).unwrap().bounds();
        assert_eq!((regular.top(), regular.bottom()), (-1490.0, 0.0));
        let bold = face.outline(700, glyph('H')).unwrap().bounds();
        assert!(bold.width() > regular.width());
        assert_eq!(face.outline(2000, glyph('H')).unwrap().bounds(), bold, "clamped to the axis");
        assert_eq!(face.outline(400, glyph(' ')), None);
        assert_eq!(face.outline(400, u16::MAX), None);
    }
}
