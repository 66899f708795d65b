//! The tables of a font file: what it declares, its metrics and its outlines.
//!
//! This file and `soundness` are the only ones that name `ttf-parser`. The crate is no longer
//! maintained (RUSTSEC-2026-0192): its successor concerns these files alone.

use std::collections::BTreeSet;

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{GlyphId, LineMetrics, OutlineBuilder, RgbaColor, colr, name_id};
use yoke::Yokeable;

use super::design::{Design, ITALIC_AXIS, SLANT_AXIS, WEIGHT_AXIS};
use super::instance::{Axis, Tag};
use super::soundness;
use crate::color::Color;

impl From<Tag> for ttf_parser::Tag {
    fn from(tag: Tag) -> Self {
        Self::from_bytes(&tag.0)
    }
}

/// The parsed tables of a font file, for files beside this one: the parser is named here alone.
pub(super) mod tables {
    pub use ttf_parser::{Face, GlyphId, Tag, gpos, gsub, loca, opentype_layout};
}

/// Vertical metrics of a face at one weight, in font units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// Font units in one em; never 0.
    pub units_per_em: f32,
    /// Height above the baseline.
    pub ascent: f32,
    /// Depth below the baseline; positive.
    pub descent: f32,
    /// Space that the font asks for between lines. CSS ignores it where `line-height` is a number,
    /// and so do we.
    pub line_gap: f32,
    /// Height of a capital letter above the baseline.
    pub cap_height: f32,
    /// Height of a small x above the baseline.
    pub x_height: f32,
    /// The line under the letters. Its upper edge is measured downwards.
    pub underline: RuleMetrics,
    /// The line through the letters. Its upper edge is measured upwards.
    pub strikeout: RuleMetrics,
}

/// A line under or through letters, in font units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleMetrics {
    /// Distance of its upper edge from the baseline.
    pub edge: f32,
    /// Its thickness.
    pub thickness: f32,
}

impl Metrics {
    /// The metrics of a paragraph that has no face at all.
    pub(crate) const NONE: Self = Self {
        units_per_em: 1000.0,
        ascent: 800.0,
        descent: 200.0,
        line_gap: 0.0,
        cap_height: 700.0,
        x_height: 500.0,
        underline: RuleMetrics { edge: 100.0, thickness: 50.0 },
        strikeout: RuleMetrics { edge: 275.0, thickness: 50.0 },
    };
}

/// The properties of a font file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The family's name in the file. `None` if it has none in Unicode.
    pub family: Option<String>,
    /// The lightest and the boldest weight; equal for a static font.
    pub weights: (u16, u16),
    /// Whether its letters lean.
    pub italic: bool,
    /// Number of glyphs.
    pub glyphs: u16,
    /// Number of glyphs in colour. Pictures show their plain outlines, in the colour of the text.
    pub color_glyphs: usize,
    /// Number of characters that have a glyph.
    pub characters: usize,
    /// Each axis with its range.
    pub axes: Vec<String>,
    /// The OpenType features for which there are rules, each once.
    pub features: Vec<String>,
    /// Whether its kerning of single letters should vary with its axes: pictures keep that of the
    /// font's default.
    pub loses_kerning: bool,
}

/// Whether a GPOS table has pairs of single glyphs (lookup type 2, format 1) with device tables.
/// ttf-parser 0.25 looks for these at a wrong place, and finds none; `tools/kerning.py` moves them in
/// our own fonts.
fn varies_pairs(gpos: &[u8]) -> bool {
    /// The bits of a value's format that stand for device tables.
    const DEVICES: usize = 0xF0;
    let number = |at: usize| -> usize {
        let bytes = gpos.get(at..).and_then(<[u8]>::first_chunk::<2>);
        bytes.map_or(0, |bytes| usize::from(u16::from_be_bytes(*bytes)))
    };
    let plus = |a: usize, b: usize| a.saturating_add(b);
    let offsets = |from: usize, list: usize| {
        let count = number(list);
        (0..count).map(move |at| plus(from, number(plus(list, at.saturating_mul(2).saturating_add(2)))))
    };
    let lookups = number(8);
    offsets(lookups, lookups).any(|lookup| {
        offsets(lookup, plus(lookup, 4)).any(|subtable| {
            let (kind, subtable) = match number(lookup) {
                // An extension: the type, and an offset of 32 bits.
                9 => {
                    let (high, low) = (number(plus(subtable, 4)), number(plus(subtable, 6)));
                    (number(plus(subtable, 2)), plus(subtable, high.saturating_mul(0x1_0000).saturating_add(low)))
                }
                kind => (kind, subtable),
            };
            let formats = number(plus(subtable, 4)) | number(plus(subtable, 6));
            kind == 2 && number(subtable) == 1 && formats & DEVICES != 0
        })
    })
}

/// One layer of a colour glyph.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its outline in font units, y down, the origin on the baseline.
    pub path: Path,
    /// `None`: the colour of the text.
    pub color: Option<Color>,
}

/// The parsed tables of a font file.
#[derive(Yokeable)]
pub(super) struct Tables<'a>(ttf_parser::Face<'a>);

impl<'a> Tables<'a> {
    /// Reads the directory of a file's tables. `None` if the bytes are no font.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        ttf_parser::Face::parse(bytes, 0).ok().map(Self)
    }

    /// Checks that the file can be drawn with, and returns the weights and slants that it offers.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub(super) fn validate(&self) -> Result<Design, String> {
        let face = &self.0;
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
        let axis = |tag: Tag| face.variation_axes().into_iter().find(|axis| axis.tag == tag.into());
        let own = face.weight().to_number().clamp(1, 1000);
        // `as` saturates here, and NaN becomes 0. Both are then clamped to CSS's range.
        let weights = axis(WEIGHT_AXIS)
            .map(|axis| ((axis.min_value as u16).clamp(1, 1000), (axis.max_value as u16).clamp(1, 1000)));
        Ok(Design {
            weights: weights.unwrap_or((own, own)),
            variable: weights.is_some(),
            italic: face.is_italic() || face.is_oblique(),
            leans: axis(SLANT_AXIS).is_some() || axis(ITALIC_AXIS).is_some(),
        })
    }

    /// Checks that nothing in a stranger's file can harm the shaper or the outliner. `max_points`
    /// is the most points and components of one glyph.
    ///
    /// # Errors
    /// A sentence that names the table and says what is wrong with it.
    pub(super) fn check(&self, max_points: usize) -> Result<(), String> {
        soundness::check(&self.0, max_points)
    }

    /// Whether a glyph has no outline on purpose, such as a space. `false` if it has one, or one
    /// that cannot be read, and for a colour glyph, whose layers are elsewhere.
    pub(super) fn is_blank(&self, glyph: u16) -> bool {
        let tables = self.0.tables();
        if self.is_space(glyph) {
            return true;
        }
        if tables.colr.is_some_and(|colr| colr.contains(GlyphId(glyph))) {
            return false;
        }
        if tables.glyf.is_some() {
            return soundness::Glyphs::new(&self.0, usize::MAX).is_some_and(|glyphs| glyphs.is_blank(glyph));
        }
        let mut pen = Pen { path: PathBuilder::new(), room: usize::MAX };
        let read = match (tables.cff, tables.cff2) {
            (Some(cff), _) => cff.outline(GlyphId(glyph), &mut pen),
            (None, Some(cff2)) => cff2.outline(self.0.variation_coordinates(), GlyphId(glyph), &mut pen),
            (None, None) => return false,
        };
        matches!(read, Err(ttf_parser::CFFError::ZeroBBox)) && pen.path.is_empty()
    }

    /// Whether a glyph is that of a space. Some fonts have layers of colour for it too, which are as
    /// blank.
    pub(super) fn is_space(&self, glyph: u16) -> bool {
        [' ', '\u{a0}'].into_iter().any(|c| self.0.glyph_index(c) == Some(GlyphId(glyph)))
    }

    /// Whether a glyph is in colour in the table COLR of any version.
    pub(super) fn is_color_glyph(&self, glyph: u16) -> bool {
        self.0.tables().colr.is_some_and(|colr| colr.contains(GlyphId(glyph)))
    }

    /// Whether each glyph has a picture in the table SVG, by its number. Empty if there is no such
    /// table.
    /// <https://learn.microsoft.com/typography/opentype/spec/svg>
    pub(super) fn svg_glyphs(&self) -> Vec<bool> {
        let Some(svg) = self.0.tables().svg else { return Vec::new() };
        let count = usize::from(self.0.number_of_glyphs());
        // For each glyph, the number of documents that contain it, minus that of the glyph before.
        let mut changes = vec![0_i32; count.saturating_add(1)];
        for document in (0..svg.documents.len()).filter_map(|at| svg.documents.get(at)) {
            let (first, last) = (usize::from(document.start_glyph_id.0), usize::from(document.end_glyph_id.0));
            if first <= last {
                for (at, by) in [(first, 1), (last.saturating_add(1), -1)] {
                    let change = changes.get_mut(at.min(count));
                    change.into_iter().for_each(|change| *change = change.saturating_add(by));
                }
            }
        }
        let mut documents = 0_i32;
        let has = |change: &i32| {
            documents = documents.saturating_add(*change);
            documents > 0
        };
        changes.iter().take(count).map(has).collect()
    }

    /// Describes the file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub(super) fn facts(&self) -> Result<Facts, String> {
        let face = &self.0;
        let Design { weights, italic, .. } = self.validate()?;
        let named = |wanted: u16| {
            let mut names = face.names().into_iter().filter(|name| name.name_id == wanted && name.is_unicode());
            names.find_map(|name| name.to_string())
        };
        let mut characters = BTreeSet::new();
        for table in face.tables().cmap.into_iter().flat_map(|cmap| cmap.subtables) {
            if table.is_unicode() {
                table.codepoints(|c| {
                    let _ = characters.insert(c);
                });
            }
        }
        let svg = self.svg_glyphs();
        let layouts = [face.tables().gsub, face.tables().gpos];
        let features = layouts.into_iter().flatten().flat_map(|layout| layout.features);
        let features = crate::ordered::set(features.map(|feature| feature.tag.to_string())).into_iter().collect();
        Ok(Facts {
            // The older name has the weight in it.
            family: named(name_id::TYPOGRAPHIC_FAMILY).or_else(|| named(name_id::FAMILY)),
            weights,
            italic,
            glyphs: face.number_of_glyphs(),
            color_glyphs: (0..face.number_of_glyphs())
                .filter(|glyph| self.is_color_glyph(*glyph) || svg.get(usize::from(*glyph)) == Some(&true))
                .count(),
            characters: characters.len(),
            axes: face
                .variation_axes()
                .into_iter()
                .map(|axis| format!("{} {} to {}", axis.tag, axis.min_value, axis.max_value))
                .collect(),
            features,
            loses_kerning: self.varies_pairs(),
        })
    }

    /// Whether the kerning of single letters should vary with the axes.
    pub(super) fn varies_pairs(&self) -> bool {
        let gpos = || self.0.raw_face().table(ttf_parser::Tag::from_bytes(b"GPOS"));
        self.0.is_variable() && gpos().is_some_and(varies_pairs)
    }

    /// Whether a place on the axes is not the default one.
    pub(super) fn is_varied(&self, axes: &[Axis]) -> bool {
        self.at(axes).has_non_default_variation_coordinates()
    }

    /// Font units in one em.
    pub(super) fn units_per_em(&self) -> f32 {
        f32::from(self.0.units_per_em())
    }

    /// Whether the face has a glyph for a character.
    pub(super) fn has(&self, c: char) -> bool {
        self.0.glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
    }

    fn at(&self, axes: &[Axis]) -> ttf_parser::Face<'a> {
        let mut face = self.0.clone();
        for axis in axes {
            face.set_variation(axis.tag.into(), axis.value);
        }
        face
    }

    /// Vertical metrics at a place on the axes. Values that the file does not declare are measured,
    /// or follow common practice.
    pub(super) fn metrics(&self, axes: &[Axis]) -> Metrics {
        let face = self.at(axes);
        let em = f32::from(face.units_per_em());
        let top = |c: char| {
            let bounds = face.glyph_bounding_box(face.glyph_index(c)?)?;
            Some(bounds.y_max)
        };
        let height = |declared: Option<i16>, like: char, share: f32| {
            declared.filter(|h| *h > 0).or_else(|| top(like)).filter(|h| *h > 0).map_or(em * share, f32::from)
        };
        let x_height = height(face.x_height(), 'x', 0.5);
        // Both positions are declared upwards.
        let rule = |declared: Option<LineMetrics>, position: f32| {
            let declared = declared.filter(|line| line.thickness > 0);
            declared.map_or(RuleMetrics { edge: position, thickness: em / 20.0 }, |line| RuleMetrics {
                edge: f32::from(line.position),
                thickness: f32::from(line.thickness),
            })
        };
        let underline = rule(face.underline_metrics(), -em / 10.0);
        Metrics {
            underline: RuleMetrics { edge: -underline.edge, ..underline },
            strikeout: rule(face.strikeout_metrics(), x_height / 2.0),
            units_per_em: em,
            ascent: f32::from(face.ascender()),
            descent: -f32::from(face.descender()),
            line_gap: f32::from(face.line_gap()).max(0.0),
            cap_height: height(face.capital_height(), 'H', 0.7),
            x_height,
        }
    }

    /// The outline of a glyph in font units, y down, the origin on the baseline. `None` for a
    /// blank, and for an outline of more than `max_segments` lines and curves.
    pub(super) fn outline(&self, axes: &[Axis], glyph: u16, max_segments: usize) -> Option<Path> {
        let mut pen = Pen { path: PathBuilder::new(), room: max_segments };
        self.at(axes).outline_glyph(GlyphId(glyph), &mut pen)?;
        pen.finish()
    }

    /// Whether the file has colour glyphs that can be drawn: layers of one colour each (COLR
    /// version 0). Glyphs of version 1, with gradients and blending, are drawn as plain outlines.
    pub(super) fn is_color(&self) -> bool {
        self.0.tables().colr.is_some_and(|colr| colr.is_simple())
    }

    /// Whether a glyph is in colour.
    pub(super) fn has_layers(&self, glyph: u16) -> bool {
        self.0.tables().colr.is_some_and(|colr| colr.is_simple() && colr.contains(GlyphId(glyph)))
    }

    /// The lowest `max_layers` layers of a colour glyph, bottom first. `None` if the glyph is not
    /// in colour.
    pub(super) fn layers(&self, glyph: u16, max_layers: usize, max_segments: usize) -> Option<Vec<Layer>> {
        let mut painter = LayerPainter { face: &self.0, max_layers, max_segments, outline: None, layers: Vec::new() };
        self.0.tables().colr.filter(|colr| colr.is_simple())?;
        self.0.paint_color_glyph(GlyphId(glyph), 0, TEXT_COLOR, &mut painter)?;
        Some(painter.layers)
    }
}

/// Stands for the colour of the text. No palette has this colour, because nobody would see it.
const TEXT_COLOR: RgbaColor = RgbaColor { red: 1, green: 2, blue: 3, alpha: 0 };

/// Collects the layers of a colour glyph.
struct LayerPainter<'a> {
    face: &'a ttf_parser::Face<'a>,
    max_layers: usize,
    /// The most segments of one outline.
    max_segments: usize,
    /// The layer whose colour comes next.
    outline: Option<Path>,
    layers: Vec<Layer>,
}

/// A table of version 0 calls the first two methods only.
impl<'a> colr::Painter<'a> for LayerPainter<'a> {
    fn outline_glyph(&mut self, glyph: GlyphId) {
        self.outline = None;
        if self.layers.len() < self.max_layers {
            let mut pen = Pen { path: PathBuilder::new(), room: self.max_segments };
            self.outline = self.face.outline_glyph(glyph, &mut pen).and_then(|_| pen.finish());
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

/// Collects an outline. Fonts count y upwards, pictures downwards.
struct Pen {
    path: PathBuilder,
    /// Number of segments that may still come. No letter needs more than the limit: such an outline
    /// is dropped.
    room: usize,
}

impl Pen {
    /// Counts a segment; false if there are too many.
    fn count(&mut self) -> bool {
        self.room = self.room.saturating_sub(1);
        self.room > 0
    }

    fn finish(self) -> Option<Path> {
        self.path.finish().filter(|_| self.room > 0)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        if self.count() {
            self.path.move_to(x, -y);
        }
    }

    fn line_to(&mut self, x: f32, y: f32) {
        if self.count() {
            self.path.line_to(x, -y);
        }
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        if self.count() {
            self.path.quad_to(x1, -y1, x, -y);
        }
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        if self.count() {
            self.path.cubic_to(x1, -y1, x2, -y2, x, -y);
        }
    }

    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static INTER: &[u8] = include_bytes!("../../fonts/Inter.ttf");

    fn weight(value: f32) -> [Axis; 1] {
        [Axis { tag: WEIGHT_AXIS, value }]
    }

    #[test]
    fn metrics_of_inter() {
        let metrics = Tables::read(INTER).unwrap().metrics(&weight(400.0));
        assert_eq!(metrics.units_per_em, 2048.0);
        assert_eq!((metrics.ascent, metrics.descent), (1984.0, 494.0));
        assert_eq!((metrics.cap_height, metrics.x_height), (1490.0, 1118.0));
    }

    #[test]
    fn outlines_are_y_down_and_grow_bolder() {
        let tables = Tables::read(INTER).unwrap();
        let glyph = |c| tables.0.glyph_index(c).unwrap().0;
        let outline = |value, glyph| tables.outline(&weight(value), glyph, usize::MAX);
        let regular = outline(400.0, glyph('H')).unwrap().bounds();
        assert_eq!((regular.top(), regular.bottom()), (-1490.0, 0.0));
        let bold = outline(700.0, glyph('H')).unwrap().bounds();
        assert!(bold.width() > regular.width());
        assert_eq!(outline(2000.0, glyph('H')).unwrap().bounds(), bold, "clamped to the axis");
        assert_eq!(outline(400.0, glyph(' ')), None);
        assert_eq!(outline(400.0, u16::MAX), None);
        assert_eq!(tables.outline(&weight(400.0), glyph('H'), 5), None, "too many segments");
    }
}
