//! One font file, read: its metrics, its coverage and the outlines of its glyphs.
//!
//! Invariant: tables are read once, when the face is; bytes are never copied.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::attachment::Attachment;
use super::bytes::{Bytes, Parsed};
use super::design::Design;
use super::instance::{Axis, Instance};
use super::outline::{Facts, Layer, Metrics, Tables};
use super::pack::Pack;
use super::synthesis;
use crate::error::{Fault, Problem};

/// One TrueType or OpenType face.
pub struct Face {
    family: String,
    bytes: Bytes,
    tables: Parsed<Tables<'static>>,
    design: Design,
    units_per_em: f32,
    /// The pack that the face came in. `None` for the embedded face and a template's fonts.
    pack: Option<&'static Pack>,
    /// Whether some of its glyphs are in colour.
    color: bool,
    /// The most lines and curves of an outline.
    max_segments: usize,
    /// Whether the file is from a stranger, and not the embedded face or a pack.
    foreign: bool,
    outlines: RefCell<OutlineCache>,
    /// Of a stranger's font: whether the kerning of single letters should vary with its axes, which
    /// the shaper does not see.
    varies_pairs: bool,
    /// Of a stranger's font: whether each glyph has a picture in SVG, by its number.
    svg_glyphs: Vec<bool>,
    /// Of a stranger's font: whether a glyph, once looked at, cannot be drawn.
    unreadable: RefCell<BTreeMap<u16, bool>>,
    attachment: Attachment,
}

impl Face {
    /// Reads a file. An outline of more than `max_segments` lines and curves is left blank.
    ///
    /// # Errors
    /// `bad-font` if the bytes are no TrueType or OpenType font that can be drawn, or if a table of
    /// a stranger's font would harm the shaper or the outliner.
    pub(super) fn read(
        family: &str,
        pack: Option<&'static Pack>,
        bytes: Bytes,
        max_segments: usize,
    ) -> Result<Self, Problem> {
        let bad = |reason: String| {
            Problem::new(Fault::Document, "bad-font", reason)
                .at(family)
                .remedy("use a .ttf or .otf file; `monogram font brand.woff2` unpacks a web font")
        };
        let kind = match bytes.first_chunk::<4>() {
            Some(b"wOFF" | b"wOF2") => "it is a packed web font (WOFF)",
            Some(b"ttcf") => "it is a collection of several fonts",
            _ => "it is no font",
        };
        let tables = Parsed::<Tables<'static>>::read(&bytes, |bytes| Tables::read(bytes));
        let tables = tables.ok_or_else(|| bad(kind.to_owned()))?;
        let design = tables.get().validate().map_err(bad)?;
        let foreign = pack.is_none() && !matches!(bytes, Bytes::Static(_));
        if foreign {
            tables.get().check(MAX_GLYPH_POINTS).map_err(bad)?;
        }
        let svg_glyphs = if foreign { tables.get().svg_glyphs() } else { Vec::new() };
        let varies_pairs = foreign && tables.get().varies_pairs();
        // The cost of a stranger's colour glyphs has no bound yet: a template's font has plain
        // outlines only.
        let color = pack.is_some_and(|pack| pack.emoji) && tables.get().is_color();
        Ok(Self {
            family: family.trim().to_owned(),
            bytes,
            units_per_em: tables.get().units_per_em(),
            tables,
            design,
            pack,
            color,
            max_segments,
            varies_pairs,
            foreign,
            svg_glyphs,
            outlines: RefCell::default(),
            unreadable: RefCell::default(),
            attachment: Attachment::default(),
        })
    }

    /// The family's name, as the caller of [`Fonts::add`](super::Fonts::add) gave it.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The font file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The font file with its owner.
    pub(crate) const fn file(&self) -> &Bytes {
        &self.bytes
    }

    /// The weight (1 to 1000, as in CSS) of the face that is nearest to `weight`.
    #[must_use]
    pub fn clamp_weight(&self, weight: u16) -> u16 {
        self.design.clamp_weight(weight)
    }

    /// The lightest and the boldest weight of a variable face. `None` for a static one.
    #[must_use]
    pub fn weights(&self) -> Option<(u16, u16)> {
        self.design.variable.then_some(self.design.weights)
    }

    /// Whether bold has to be synthesised for an instance.
    /// <https://drafts.csswg.org/css-fonts-4/#font-style-matching>
    #[must_use]
    pub const fn imitates_bold(&self, instance: &Instance) -> bool {
        self.design.imitates_bold(instance)
    }

    /// Whether a slant has to be synthesised for an instance: the face has neither slanted letters
    /// nor an axis for them.
    #[must_use]
    pub const fn imitates_italic(&self, instance: &Instance) -> bool {
        self.design.imitates_italic(instance)
    }

    /// The distance to an instance; the least is the nearest.
    pub(super) fn distance(&self, instance: &Instance) -> impl Ord + use<> {
        self.design.distance(instance)
    }

    /// The face's place on each axis for an instance.
    pub(crate) fn axes(&self, instance: &Instance) -> Vec<Axis> {
        self.design.axes(instance)
    }

    /// Whether an instance has the kerning of the font's default instead of its own, between some of
    /// its letters.
    pub(crate) fn loses_kerning(&self, instance: &Instance) -> bool {
        self.varies_pairs && self.tables.get().is_varied(&self.axes(instance))
    }

    /// Font units in one em; never 0.
    pub(crate) const fn units_per_em(&self) -> f32 {
        self.units_per_em
    }

    /// Vertical metrics, in font units.
    #[must_use]
    pub fn metrics(&self, instance: &Instance) -> Metrics {
        self.tables.get().metrics(&self.axes(instance))
    }

    /// Whether the face has a glyph for a character.
    pub(crate) fn has(&self, c: char) -> bool {
        self.tables.get().has(c)
    }

    /// The properties of the file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub(super) fn facts(&self) -> Result<Facts, String> {
        self.tables.get().facts()
    }

    /// The outline of a glyph, in font units, y down, the origin on the baseline. `None` for a
    /// blank, such as a space. A colour glyph has the outlines of all its layers.
    #[must_use]
    pub fn outline(&self, instance: &Instance, glyph: u16) -> Option<tiny_skia::Path> {
        let Some(layers) = self.layers(glyph, usize::MAX) else { return self.plain_outline(instance, glyph) };
        let mut all = tiny_skia::PathBuilder::new();
        layers.iter().for_each(|layer| all.push_path(&layer.path));
        all.finish()
    }

    /// The extent of a glyph's ink above and below the baseline, in font units. `None` for a blank,
    /// and in a face of emoji, whose metrics are exact.
    pub(crate) fn ink(&self, instance: &Instance, glyph: u16) -> Option<(f32, f32)> {
        if self.color {
            return None;
        }
        let bounds = self.plain_outline(instance, glyph)?.bounds();
        Some((-bounds.top(), bounds.bottom()))
    }

    /// The outline of a glyph that is not in colour, from the cache if it is there.
    fn plain_outline(&self, instance: &Instance, glyph: u16) -> Option<tiny_skia::Path> {
        let Ok(mut cache) = self.outlines.try_borrow_mut() else { return self.read_outline(instance, glyph) };
        if let Some(outline) = cache.get(instance, glyph) {
            return outline.clone();
        }
        let outline = self.read_outline(instance, glyph);
        if outline.as_ref().is_none_or(|outline| outline.len() <= MAX_CACHED_SEGMENTS) {
            let embedded = matches!(self.bytes, Bytes::Static(_));
            let capacity = if embedded { CACHED_OUTLINES_EMBEDDED } else { CACHED_OUTLINES };
            cache.insert(instance, glyph, outline.clone(), capacity);
        }
        outline
    }

    fn read_outline(&self, instance: &Instance, glyph: u16) -> Option<tiny_skia::Path> {
        let outline = self.tables.get().outline(&self.axes(instance), glyph, self.max_segments)?;
        let bold = self.imitates_bold(instance);
        let outline = if bold { synthesis::bold(outline, self.units_per_em) } else { outline };
        if self.imitates_italic(instance) { synthesis::oblique(outline) } else { Some(outline) }
    }

    /// Whether a glyph should be seen but cannot be drawn: its outline is damaged or too large, or
    /// all of it is in a colour format that is not supported. Always `false` for the embedded face
    /// and packs.
    #[must_use]
    pub fn is_unreadable(&self, instance: &Instance, glyph: u16) -> bool {
        if !self.foreign {
            return false;
        }
        if let Some(known) = self.unreadable.try_borrow().ok().and_then(|known| known.get(&glyph).copied()) {
            return known;
        }
        let is_blank = self.tables.get().is_blank(glyph) && !self.is_lost(glyph);
        let is = self.outline(instance, glyph).is_none() && !is_blank;
        if let Ok(mut known) = self.unreadable.try_borrow_mut() {
            let _ = known.insert(glyph, is);
        }
        is
    }

    /// Whether a glyph has nothing but a picture in SVG. Subsets of a font may keep the pictures of
    /// glyphs that they leave out.
    pub(super) fn is_only_svg(&self, glyph: u16) -> bool {
        self.svg_glyphs.get(usize::from(glyph)) == Some(&true) && self.tables.get().is_blank(glyph)
    }

    /// Whether a glyph is in colour but is drawn by its plain outline, in the colour of the text.
    #[must_use]
    pub fn loses_color(&self, glyph: u16) -> bool {
        self.foreign && !self.color && self.is_lost(glyph)
    }

    /// Whether a glyph has colours in a table that is not drawn.
    fn is_lost(&self, glyph: u16) -> bool {
        let has_svg = self.svg_glyphs.get(usize::from(glyph)) == Some(&true);
        (has_svg || self.tables.get().is_color_glyph(glyph)) && !self.tables.get().is_space(glyph)
    }

    /// The lowest `max_layers` layers of a colour glyph, bottom first. `None` for any other glyph.
    #[must_use]
    pub fn layers(&self, glyph: u16, max_layers: usize) -> Option<Vec<Layer>> {
        if self.color { self.tables.get().layers(glyph, max_layers, self.max_segments) } else { None }
    }

    /// Whether a glyph is in colour.
    #[must_use]
    pub fn has_layers(&self, glyph: u16) -> bool {
        self.color && self.tables.get().has_layers(glyph)
    }

    /// The pack that the face came in. `None` for the embedded face and a template's fonts.
    pub(crate) const fn pack(&self) -> Option<&'static Pack> {
        self.pack
    }

    /// Where the shaper stores its own data about the face.
    pub(crate) const fn attachment(&self) -> &Attachment {
        &self.attachment
    }
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Face").field("family", &self.family).field("bytes", &self.bytes.len()).finish()
    }
}

/// The most points and components of a glyph of a stranger's font, those of its components
/// included. Glyphs of the fonts that we know have at most 2,000.
const MAX_GLYPH_POINTS: usize = 16_000;

/// Outlines that the embedded face caches: letters in some weights, 1 kB each.
const CACHED_OUTLINES_EMBEDDED: usize = 256;

/// Outlines that any other face caches, of which there may be many: the letters of a name or two.
const CACHED_OUTLINES: usize = 32;

/// The most lines and curves of a cached outline: 4 kB.
const MAX_CACHED_SEGMENTS: usize = 250;

/// The latest outlines, by instance and glyph. `None` is a blank.
#[derive(Default)]
struct OutlineCache(Vec<(Instance, BTreeMap<u16, Option<tiny_skia::Path>>)>);

impl OutlineCache {
    fn get(&self, instance: &Instance, glyph: u16) -> Option<&Option<tiny_skia::Path>> {
        self.0.iter().find(|(of, _)| of == instance)?.1.get(&glyph)
    }

    /// Adds an outline; a full cache begins anew.
    fn insert(&mut self, instance: &Instance, glyph: u16, outline: Option<tiny_skia::Path>, capacity: usize) {
        if self.0.iter().map(|(_, outlines)| outlines.len()).sum::<usize>() >= capacity {
            self.0.clear();
        }
        match self.0.iter_mut().find(|(of, _)| of == instance) {
            Some((_, outlines)) => drop(outlines.insert(glyph, outline)),
            None => self.0.push((instance.clone(), BTreeMap::from([(glyph, outline)]))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(bytes: Bytes) -> Face {
        Face::read("Inter", None, bytes, usize::MAX).unwrap()
    }

    #[test]
    fn a_cached_outline_is_the_outline() {
        static INTER: &[u8] = include_bytes!("../../fonts/Inter.ttf");
        for (bytes, capacity) in
            [(Bytes::from(INTER), CACHED_OUTLINES_EMBEDDED), (Bytes::from(INTER.to_vec()), CACHED_OUTLINES)]
        {
            let face = face(bytes);
            for weight in [400, 700] {
                let instance = Instance::of_weight(weight);
                for glyph in (0..200).chain(0..200) {
                    assert_eq!(face.outline(&instance, glyph), face.read_outline(&instance, glyph), "{weight} {glyph}");
                    let cached: usize = face.outlines.borrow().0.iter().map(|(_, outlines)| outlines.len()).sum();
                    assert!(cached <= capacity, "{cached}");
                }
            }
            assert!(face.outlines.borrow().get(&Instance::of_weight(700), 199).is_some());
        }
    }

    #[test]
    fn a_slant_is_synthesised() {
        let face = face(Bytes::from(include_bytes!("../../fonts/Inter.ttf").to_vec()));
        let upright = Instance::of_weight(400);
        let leaning = Instance { italic: true, ..upright.clone() };
        assert!(face.imitates_italic(&leaning) && !face.imitates_italic(&upright));
        let mut wider = 0;
        for glyph in 0..200 {
            let (Some(plain), Some(slanted)) = (face.outline(&upright, glyph), face.outline(&leaning, glyph)) else {
                continue;
            };
            let (plain, slanted) = (plain.bounds(), slanted.bounds());
            assert_eq!((plain.top(), plain.bottom()), (slanted.top(), slanted.bottom()), "{glyph}");
            wider += usize::from(slanted.width() > plain.width());
        }
        assert!(wider > 100, "{wider}");
    }
}
