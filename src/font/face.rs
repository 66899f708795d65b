//! One font file, read: a face, and how near it comes to what is asked of it.
//!
//! Its bytes are shared, never copied; its tables are read once, when it is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::dictionary::{Lexical, Words};
use super::instance::Instance;
use super::outline::{self, Character, Layer, Metrics};
use super::pack::Pack;
use crate::error::{Fault, Problem};
use crate::text::shape;

/// Where a face's bytes live.
#[derive(Debug, Clone)]
pub enum Bytes {
    /// In the program.
    Static(&'static [u8]),
    /// On the heap, until the last `Fonts` that knows the face is gone. Behind two pointers, so that they are never copied.
    Shared(Arc<Vec<u8>>),
    /// The same for an asset.
    Asset(Rc<[u8]>),
}

impl Bytes {
    /// The file.
    #[must_use]
    pub fn get(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Shared(bytes) => bytes,
            Self::Asset(bytes) => bytes,
        }
    }
}

impl From<&'static [u8]> for Bytes {
    fn from(bytes: &'static [u8]) -> Self {
        Self::Static(bytes)
    }
}

impl From<Arc<Vec<u8>>> for Bytes {
    fn from(bytes: Arc<Vec<u8>>) -> Self {
        Self::Shared(bytes)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Shared(Arc::new(bytes))
    }
}

impl From<Rc<[u8]>> for Bytes {
    fn from(bytes: Rc<[u8]>) -> Self {
        Self::Asset(bytes)
    }
}

/// How far a face is from what is asked for: its slant counts first, then its weight; of weights, those on the side of the wanted
/// one that is away from 400 to 500 are nearer. <https://drafts.csswg.org/css-fonts-4/#font-style-matching>
fn distance(face: &Character, instance: &Instance) -> (bool, u8, u16) {
    let leans = face.italic || face.leans && instance.italic;
    let (wanted, (lightest, boldest)) = (instance.weight, face.weights);
    let nearest = wanted.clamp(lightest, boldest.max(lightest));
    let side = match wanted {
        wanted if wanted == nearest => 0,
        400..=500 if (wanted..=500).contains(&nearest) => 0,
        ..=500 => 1 + u8::from(nearest > wanted),
        _ => 1 + u8::from(nearest < wanted),
    };
    (leans != instance.italic, side, nearest.abs_diff(wanted))
}

/// One TrueType or OpenType face.
pub struct Face {
    pub(crate) family: String,
    bytes: Bytes,
    character: Character,
    /// The most segments of an outline.
    segments: usize,
    /// The pack that it came in.
    pack: Option<&'static Pack>,
    /// Some of its glyphs are in colour.
    color: bool,
    parsed: shape::Parsed,
    units_per_em: f32,
    outlines: RefCell<Outlines>,
    plans: RefCell<shape::Plans>,
}

/// The outlines of some instances' glyphs that were drawn last.
type Outlines = Vec<(Instance, BTreeMap<u16, Option<tiny_skia::Path>>)>;

/// Outlines that the embedded face keeps: letters in some weights, a kB each.
const MAX_OUTLINES: usize = 256;

/// The same for any other face, of which there may be many: a name or two.
const MAX_OUTLINES_OF_OTHERS: usize = 32;

/// Lines and curves of an outline that is kept: some 4 kB.
const MAX_KEPT_SEGMENTS: usize = 250;

/// A pack that was read, for any number of [`Fonts`].
#[derive(Clone)]
pub struct OpenPack(pub(crate) Opened);

#[derive(Clone)]
pub(crate) enum Opened {
    Face(Rc<Face>),
    Words(Rc<Words>),
}

impl OpenPack {
    /// Reads a pack's file.
    ///
    /// # Errors
    /// `bad-font` or `bad-words` where it is none.
    pub fn read(pack: &'static Pack, bytes: impl Into<Bytes>) -> Result<Self, Problem> {
        if !pack.words {
            return Face::read(pack.family, Some(pack), bytes.into(), usize::MAX)
                .map(|face| Self(Opened::Face(Rc::new(face))));
        }
        let words = Lexical::named(pack.family).and_then(|script| Words::new(script, bytes.into()));
        let words = words.map(|words| Self(Opened::Words(Rc::new(words))));
        words.ok_or_else(|| Problem::new(Fault::Document, "bad-words", "not a dictionary").at(pack.name))
    }
}

impl Face {
    /// Reads a file; `segments` is the most that an outline may have.
    pub(crate) fn read(
        family: &str,
        pack: Option<&'static Pack>,
        bytes: Bytes,
        segments: usize,
    ) -> Result<Self, Problem> {
        let bad = |reason: String| {
            Problem::new(Fault::Document, "bad-font", reason)
                .at(family)
                .remedy("use an unpacked .ttf or .otf file (not .woff2, not a collection)")
        };
        let parsed = shape::Parsed::read(&bytes).ok_or_else(|| bad("not a font".to_owned()))?;
        let ttf = parsed.tables().ttf();
        let character = outline::validate(ttf).map_err(bad)?;
        // What a stranger's glyphs in colour would cost is not bounded yet: those of a template's font are drawn as their outlines.
        let color = pack.is_some_and(|pack| pack.emoji) && outline::is_color(ttf);
        let units_per_em = f32::from(ttf.units_per_em());
        let (family, outlines, plans) = (family.trim().to_owned(), RefCell::default(), RefCell::default());
        Ok(Self { family, bytes, character, segments, pack, color, parsed, units_per_em, outlines, plans })
    }

    /// The family's name, as it was given.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get()
    }

    /// `weight` (1 to 1000, as in CSS) as near as the face comes to it; unchanged for a static face.
    #[must_use]
    pub fn clamp_weight(&self, weight: u16) -> u16 {
        let (lightest, boldest) = self.character.weights;
        weight.clamp(lightest, boldest.max(lightest))
    }

    /// The weights of a variable face, lightest and boldest.
    #[must_use]
    pub fn weights(&self) -> Option<(u16, u16)> {
        self.character.variable.then_some(self.character.weights)
    }

    /// Whether its letters can be made to lean by an axis.
    pub(crate) const fn leans(&self) -> bool {
        self.character.leans
    }

    /// Whether an instance has to be thickened: it is to be bold, and the face is far from it.
    /// <https://drafts.csswg.org/css-fonts-4/#font-style-matching>
    #[must_use]
    pub const fn imitates_bold(&self, instance: &Instance) -> bool {
        instance.weight >= 600 && self.character.weights.1 < 600
    }

    /// Whether an instance has to be slanted: it is to lean, and the face cannot.
    #[must_use]
    pub const fn imitates_italic(&self, instance: &Instance) -> bool {
        instance.italic && !self.character.italic && !self.character.leans
    }

    /// How far it is from an instance; the least is the nearest.
    pub(crate) fn distance(&self, instance: &Instance) -> impl Ord {
        distance(&self.character, instance)
    }

    /// Font units in one em; never 0.
    pub(crate) const fn units_per_em(&self) -> f32 {
        self.units_per_em
    }

    /// Vertical measures, in font units.
    #[must_use]
    pub fn metrics(&self, instance: &Instance) -> Metrics {
        outline::metrics(self, instance)
    }

    /// The outline of `glyph`, in font units, y down. `None` for a blank, such as a space. A glyph in colour has the outlines of
    /// all its layers.
    #[must_use]
    pub fn outline(&self, instance: &Instance, glyph: u16) -> Option<tiny_skia::Path> {
        let Some(layers) = self.layers(glyph, usize::MAX) else { return self.letter(instance, glyph) };
        let mut all = tiny_skia::PathBuilder::new();
        layers.iter().for_each(|layer| all.push_path(&layer.path));
        all.finish()
    }

    /// The outline of a glyph that is not in colour, mostly from those that are kept.
    fn letter(&self, instance: &Instance, glyph: u16) -> Option<tiny_skia::Path> {
        let Ok(mut kept) = self.outlines.try_borrow_mut() else { return outline::path(self, instance, glyph) };
        let of_instance = kept.iter().find(|(of, _)| of == instance);
        if let Some(outline) = of_instance.and_then(|(_, outlines)| outlines.get(&glyph)) {
            return outline.clone();
        }
        let outline = outline::path(self, instance, glyph);
        if outline.as_ref().is_some_and(|outline| outline.len() > MAX_KEPT_SEGMENTS) {
            return outline;
        }
        let most = if matches!(self.bytes, Bytes::Static(_)) { MAX_OUTLINES } else { MAX_OUTLINES_OF_OTHERS };
        if kept.iter().map(|(_, outlines)| outlines.len()).sum::<usize>() >= most {
            kept.clear();
        }
        match kept.iter_mut().find(|(of, _)| of == instance) {
            Some((_, outlines)) => drop(outlines.insert(glyph, outline.clone())),
            None => {
                let mut outlines = BTreeMap::new();
                outlines.insert(glyph, outline.clone());
                kept.push((instance.clone(), outlines));
            }
        }
        outline
    }

    /// The layers of a glyph in colour, from the lowest, `most` at most. `None` for any other glyph.
    #[must_use]
    pub fn layers(&self, glyph: u16, most: usize) -> Option<Vec<Layer>> {
        if self.color { outline::layers(self, glyph, most) } else { None }
    }

    /// Whether a glyph is in colour.
    #[must_use]
    pub fn has_layers(&self, glyph: u16) -> bool {
        self.color && outline::has_layers(self, glyph)
    }

    /// The pack that it came in, if it did.
    pub(crate) const fn pack(&self) -> Option<&'static Pack> {
        self.pack
    }

    /// The most segments that an outline may have.
    pub(crate) const fn max_segments(&self) -> usize {
        self.segments
    }

    /// How runs were shaped with it.
    pub(crate) const fn plans(&self) -> &RefCell<shape::Plans> {
        &self.plans
    }

    /// What is in the file.
    pub(crate) fn tables(&self) -> &shape::Tables<'_> {
        self.parsed.tables()
    }
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Face").field("family", &self.family).field("bytes", &self.bytes().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_weight_and_slant_is_chosen() {
        let face = |weights, italic| Character { weights, italic, variable: false, leans: false };
        for (wanted, italic, there, expected) in [
            (400, false, &[(300, 300), (400, 400), (700, 700)][..], 400),
            (400, false, &[(300, 300), (500, 500)], 500),
            (450, false, &[(400, 400), (500, 500)], 500),
            (500, false, &[(400, 400), (600, 600)], 400),
            (400, false, &[(300, 300), (600, 600)], 300),
            (300, false, &[(100, 100), (400, 400)], 100),
            (600, false, &[(500, 500), (800, 800)], 800),
            (900, false, &[(300, 300), (700, 700)], 700),
            (600, false, &[(100, 900), (700, 700)], 100),
        ] {
            let instance = Instance { italic, ..Instance::of_weight(wanted) };
            let nearest = there.iter().min_by_key(|weights| distance(&face(**weights, false), &instance)).unwrap();
            assert_eq!(nearest.0, expected, "{wanted} of {there:?}");
        }
        let leaning = Instance { italic: true, ..Instance::of_weight(700) };
        assert!(distance(&face((400, 400), true), &leaning) < distance(&face((700, 700), false), &leaning));
        let upright = Instance::of_weight(700);
        assert!(distance(&face((400, 400), false), &upright) < distance(&face((700, 700), true), &upright));
    }
}
