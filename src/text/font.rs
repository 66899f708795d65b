//! The faces at hand: the embedded Inter, and whatever the edge has fetched for other scripts, their dictionaries too.
//!
//! A face's bytes are shared, never copied, so a `Fonts` is cheap to clone: a paragraph keeps one.
//! A face is read once, when it is added.
//!
//! Invariant: every face in a `Fonts` parses, has a `cmap`, outlines, and 16 to 16,384 units per em.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::kept::{Identity, Kept};
use super::letters::{Instance, Letters};
use super::outline::{self, Character, Layer, Metrics};
use super::pack::{Language, Pack};
use super::shape;
use super::words::{Lexical, Words};
use crate::error::{Fault, Problem};
use crate::limits::Limits;

/// Inter, variable in weight from 400 to 700: Latin, Greek, Cyrillic, Vietnamese.
static INTER: &[u8] = include_bytes!("../../fonts/Inter.ttf");

/// The family of the embedded face, and the one that stands in for an unknown one.
pub const DEFAULT_FAMILY: &str = "Inter";

/// A face's place in a [`Fonts`]. It stays valid while faces are added behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FaceId(pub u16);

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

/// A font of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontFile {
    /// The name that texts call it by.
    pub family: String,
    /// The asset that it is.
    pub asset: String,
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
    family: String,
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
pub struct OpenPack(Opened);

#[derive(Clone)]
enum Opened {
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
    pub(super) fn read(
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
        let (family, outlines) = (family.trim().to_owned(), RefCell::default());
        Ok(Self { family, bytes, character, segments, pack, color, parsed, units_per_em, outlines })
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
    pub(super) const fn leans(&self) -> bool {
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
            None => kept.push((instance.clone(), BTreeMap::from([(glyph, outline.clone())]))),
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
    pub(super) const fn pack(&self) -> Option<&'static Pack> {
        self.pack
    }

    /// The most segments that an outline may have.
    pub(super) const fn max_segments(&self) -> usize {
        self.segments
    }

    /// What is in the file.
    pub(super) fn tables(&self) -> &shape::Tables<'_> {
        self.parsed.tables()
    }
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Face").field("family", &self.family).field("bytes", &self.bytes().len()).finish()
    }
}

/// The faces that a picture may use, in the order in which they are tried.
#[derive(Debug, Clone)]
pub struct Fonts {
    faces: Rc<Vec<Rc<Face>>>,
    /// Dictionaries, for scripts without spaces.
    words: Rc<Vec<Rc<Words>>>,
    /// What was shaped with the embedded face; shared by all clones.
    kept: Rc<Kept>,
}

impl Fonts {
    /// The face that is compiled in.
    #[must_use]
    pub fn embedded() -> Self {
        let mut fonts = Self { faces: Rc::default(), words: Rc::default(), kept: Rc::default() };
        // A build with a broken Inter draws no text; a test says so before anyone deploys it.
        let _ = fonts.add(DEFAULT_FAMILY, INTER);
        fonts
    }

    /// The face that is compiled in, and those packs whose bytes can be had.
    #[must_use]
    pub fn with_packs<B: Into<Bytes>>(packs: &[&'static Pack], mut bytes: impl FnMut(&Pack) -> Option<B>) -> Self {
        let mut fonts = Self::embedded();
        for pack in packs {
            // One that is no font is as good as absent: its letters are boxes, and counted. One that is no dictionary as well:
            // lines then end between two clusters.
            let opened = bytes(pack).and_then(|bytes| OpenPack::read(pack, bytes).ok());
            let _ = opened.map(|opened| fonts.add_pack(&opened));
        }
        fonts
    }

    /// Adds a face behind the others. Several may share a family: scripts, or shards of one script.
    ///
    /// # Errors
    /// `bad-font` where the bytes are no TrueType or OpenType font that can be drawn, `too-many-fonts` past 65,536.
    pub fn add(&mut self, family: &str, bytes: impl Into<Bytes>) -> Result<FaceId, Problem> {
        self.push(Rc::new(Face::read(family, None, bytes.into(), usize::MAX)?))
    }

    /// Adds a pack's face behind the others, or its dictionary.
    ///
    /// # Errors
    /// `too-many-fonts` past 65,536.
    pub fn add_pack(&mut self, pack: &OpenPack) -> Result<(), Problem> {
        match &pack.0 {
            Opened::Face(face) => self.push(Rc::clone(face)).map(|_| ()),
            Opened::Words(words) => {
                Rc::make_mut(&mut self.words).push(Rc::clone(words));
                Ok(())
            }
        }
    }

    /// The dictionaries at hand.
    pub(super) fn words(&self) -> &[Rc<Words>] {
        &self.words
    }

    /// Adds those of a template's fonts that are fonts; texts in one that is not are set in Inter, and say so.
    pub fn add_files(&mut self, files: &[FontFile], mut bytes: impl FnMut(&str) -> Option<Rc<[u8]>>, limits: &Limits) {
        for file in files {
            let face = bytes(&file.asset).and_then(|bytes| self.kept.face(&file.family, bytes, limits));
            let _ = face.map(|face| self.push(face));
        }
    }

    fn push(&mut self, face: Rc<Face>) -> Result<FaceId, Problem> {
        let id = u16::try_from(self.faces.len())
            .map_err(|_| Problem::new(Fault::TooLarge, "too-many-fonts", "no more than 65,536 faces"))?;
        Rc::make_mut(&mut self.faces).push(face);
        Ok(FaceId(id))
    }

    /// A face.
    #[must_use]
    pub fn get(&self, id: FaceId) -> Option<&Face> {
        self.faces.get(usize::from(id.0)).map(AsRef::as_ref)
    }

    /// The embedded face alone.
    #[must_use]
    pub fn without_packs(&self) -> Self {
        let faces = Rc::new(self.faces.iter().take(1).cloned().collect());
        Self { faces, words: Rc::default(), kept: Rc::clone(&self.kept) }
    }

    /// The same without what is kept, for what is kept itself: it would never be freed.
    pub(super) fn for_keeping(&self) -> Self {
        Self { kept: Rc::default(), ..self.without_packs() }
    }

    /// Which faces and dictionaries these are.
    pub(super) fn identity(&self) -> Identity {
        Identity {
            faces: self.faces.iter().map(Rc::downgrade).collect(),
            words: self.words.iter().map(Rc::downgrade).collect(),
        }
    }

    /// Whether they are those, in their order.
    pub(super) fn are(&self, identity: &Identity) -> bool {
        let same = |(face, of): (&Rc<Face>, &Weak<Face>)| std::ptr::eq(Rc::as_ptr(face), of.as_ptr());
        let same_words = |(words, of): (&Rc<Words>, &Weak<Words>)| std::ptr::eq(Rc::as_ptr(words), of.as_ptr());
        self.faces.len() == identity.faces.len()
            && self.words.len() == identity.words.len()
            && self.faces.iter().zip(&identity.faces).all(same)
            && self.words.iter().zip(&identity.words).all(same_words)
    }

    /// Texts that were shaped for other pictures.
    pub(super) fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Font units in one em of a face: an outline's scale is the font size divided by this. Never 0.
    #[must_use]
    pub fn units_per_em(&self, id: FaceId) -> f32 {
        self.get(id).map_or(Metrics::NONE.units_per_em, |face| face.units_per_em)
    }

    /// The outline of a glyph, in font units, y down. `None` for a blank, such as a space.
    #[must_use]
    pub fn outline(&self, id: FaceId, instance: &Instance, glyph: u16) -> Option<tiny_skia::Path> {
        self.get(id)?.outline(instance, glyph)
    }

    /// Whether a face has the same number, and the same file, in both.
    #[must_use]
    pub fn shares(&self, other: &Self, id: FaceId) -> bool {
        match (self.get(id), other.get(id)) {
            (Some(one), Some(same)) => std::ptr::eq(one.bytes(), same.bytes()) && one.family == same.family,
            _ => false,
        }
    }

    /// Whether the same faces are in both, in the same order.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let all = (0..=u16::MAX).zip(self.faces.iter()).all(|(id, _)| self.shares(other, FaceId(id)));
        all && self.faces.len() == other.faces.len() && self.words.len() == other.words.len()
    }

    /// Whether there is something beside the embedded face.
    #[must_use]
    pub fn has_packs(&self) -> bool {
        self.faces.len() > 1 || !self.words.is_empty()
    }

    /// Bytes of the packs' faces.
    #[must_use]
    pub fn pack_bytes(&self) -> usize {
        self.faces.iter().skip(1).map(|face| face.bytes().len()).fold(0, usize::saturating_add)
    }

    /// Whether a family of this name is here, whatever its case.
    #[must_use]
    pub fn has(&self, family: &str) -> bool {
        self.faces.iter().any(|face| face.family.eq_ignore_ascii_case(family.trim()))
    }

    /// The families, each once, in order.
    #[must_use]
    pub fn families(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for face in self.faces.iter() {
            if !names.iter().any(|name| name.eq_ignore_ascii_case(&face.family)) {
                names.push(&face.family);
            }
        }
        names
    }

    /// Every face in the order in which a character looks for one: those of the family, the one that comes nearest to the
    /// instance first; then Inter, then those of the language, then the rest; emoji after all letters.
    pub(super) fn order(&self, letters: &Letters, language: Option<Language>) -> Vec<(FaceId, &Face)> {
        let family = letters.family.as_str();
        let rank = |face: &Face| {
            if face.pack.is_some_and(|pack| pack.emoji) {
                4
            } else if face.family.eq_ignore_ascii_case(family.trim()) {
                0
            } else if face.family.eq_ignore_ascii_case(DEFAULT_FAMILY) {
                1
            } else if language.is_some() && face.pack.is_some_and(|pack| pack.language == language) {
                2
            } else {
                3
            }
        };
        let mut order: Vec<(FaceId, &Face)> =
            (0..=u16::MAX).zip(self.faces.iter()).map(|(id, face)| (FaceId(id), face.as_ref())).collect();
        // Stable: faces that are equally good keep their order.
        order.sort_by_key(|(_, face)| (rank(face), distance(&face.character, &letters.instance)));
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_face_is_whole() {
        let fonts = Fonts::embedded();
        assert_eq!(fonts.families(), [DEFAULT_FAMILY]);
        let face = fonts.get(FaceId(0)).unwrap();
        assert_eq!(face.weights(), Some((400, 700)));
        assert_eq!((face.clamp_weight(1), face.clamp_weight(550), face.clamp_weight(1000)), (400, 550, 700));
    }

    #[test]
    fn families_are_found_whatever_their_case() {
        let mut fonts = Fonts::embedded();
        let id = fonts.add("Brand Sans", INTER.to_vec()).unwrap();
        assert!(fonts.has("brand sans") && fonts.has(" INTER ") && !fonts.has("Brand"));
        let first = |family: &str| {
            let letters = Letters { family: family.to_owned(), ..Letters::default() };
            fonts.order(&letters, None).first().map(|(id, _)| *id)
        };
        assert_eq!(first("BRAND SANS"), Some(id));
        assert_eq!(first("inter"), Some(FaceId(0)));
        assert_eq!(first("no such family"), Some(FaceId(0)));
    }

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

    #[test]
    fn what_is_no_font_is_refused() {
        let mut fonts = Fonts::embedded();
        for bytes in [&b""[..], b"wOF2 and so on", b"\0\x01\0\0", &INTER[..4000]] {
            assert_eq!(fonts.add("Bad", bytes.to_vec()).unwrap_err().code, "bad-font");
        }
        assert_eq!(fonts.families().len(), 1);
    }

    #[test]
    fn a_clone_does_not_see_later_faces() {
        let mut fonts = Fonts::embedded();
        let before = fonts.clone();
        fonts.add("More", INTER).unwrap();
        assert_eq!((before.families().len(), fonts.families().len()), (1, 2));
    }
}
