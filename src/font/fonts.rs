//! The faces and dictionaries that a picture may use: the embedded Inter, packs for other scripts,
//! and a template's fonts.
//!
//! Invariant: every face in a [`Fonts`] parses, has a `cmap`, outlines, and 16 to 16,384 units per
//! em.

use std::rc::{Rc, Weak};

use super::attachment::Attachment;
use super::bytes::Bytes;
use super::cache::FaceCache;
use super::dictionary::{Dictionary, LexicalScript};
use super::face::Face;
use super::forms::Forms;
use super::instance::Instance;
use super::outline::Metrics;
use super::pack::Pack;
use crate::error::{Fault, Problem};
use crate::limits::Limits;

/// Inter, variable in weight from 400 to 700: Latin, Greek, Cyrillic, Vietnamese.
static INTER: &[u8] = include_bytes!("../../fonts/Inter.ttf");

/// The family of the embedded face, which also replaces an unknown family.
pub const DEFAULT_FAMILY: &str = "Inter";

/// A face's index in a [`Fonts`]. It stays valid while faces are added behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FaceId(pub u16);

/// A font of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontFile {
    /// The name by which texts refer to it.
    pub family: String,
    /// The name of its asset.
    pub asset: String,
}

/// A pack that was read, for any number of [`Fonts`].
#[derive(Clone)]
pub struct OpenPack(Content);

#[derive(Clone)]
enum Content {
    Face(Rc<Face>),
    Dictionary(Rc<Dictionary>),
}

impl OpenPack {
    /// Reads a pack's file.
    ///
    /// # Errors
    /// `bad-font` or `bad-words` if the bytes are no font, or no dictionary.
    pub fn read(pack: &'static Pack, bytes: impl Into<Bytes>) -> Result<Self, Problem> {
        if !pack.dictionary {
            let face = Face::read(pack.family, Some(pack), bytes.into(), usize::MAX)?;
            return Ok(Self(Content::Face(Rc::new(face))));
        }
        let script = LexicalScript::named(pack.family);
        let dictionary = script.and_then(|script| Dictionary::new(script, bytes.into()));
        let dictionary = dictionary.map(|dictionary| Self(Content::Dictionary(Rc::new(dictionary))));
        dictionary.ok_or_else(|| Problem::new(Fault::Document, "bad-words", "not a dictionary").at(pack.name))
    }
}

/// The faces and dictionaries that a picture may use, in the order in which they were added. Faces
/// are shared, so a clone is cheap; clones also share one cache.
///
/// ```
/// use monogram::font::{FaceId, Fonts, Instance};
///
/// let fonts = Fonts::embedded();
/// assert_eq!(fonts.families(), ["Inter"]);
/// assert!(fonts.has("inter") && !fonts.has_packs());
///
/// let face = fonts.get(FaceId(0)).unwrap();
/// let metrics = face.metrics(&Instance::of_weight(700));
/// let ascent_px = metrics.ascent * 40.0 / metrics.units_per_em; // at a font size of 40 px
/// assert_eq!(ascent_px, 38.75);
/// ```
#[derive(Debug, Clone)]
pub struct Fonts {
    faces: Rc<Vec<Rc<Face>>>,
    dictionaries: Rc<Vec<Rc<Dictionary>>>,
    cache: Rc<FaceCache>,
    attachment: Rc<Attachment>,
}

impl Fonts {
    /// No face. A program that only checks fonts needs no other one in it.
    pub(super) fn none() -> Self {
        let (faces, dictionaries) = (Rc::default(), Rc::default());
        Self { faces, dictionaries, cache: Rc::default(), attachment: Rc::default() }
    }

    /// The embedded face alone.
    #[must_use]
    pub fn embedded() -> Self {
        let mut fonts = Self::none();
        // A build with a broken Inter draws no text; a test fails before anyone deploys it.
        let _ = fonts.add(DEFAULT_FAMILY, INTER);
        fonts
    }

    /// The embedded face and those packs for which `bytes` has a file.
    #[must_use]
    pub fn with_packs<B: Into<Bytes>>(packs: &[&'static Pack], mut bytes: impl FnMut(&Pack) -> Option<B>) -> Self {
        let mut fonts = Self::embedded();
        for pack in packs {
            // A broken pack counts as absent: its letters are boxes, which the report counts, or
            // lines end between any two clusters.
            let opened = bytes(pack).and_then(|bytes| OpenPack::read(pack, bytes).ok());
            let _ = opened.map(|opened| fonts.add_pack(&opened));
        }
        fonts
    }

    /// Adds a face behind the others. Several faces may share a family: weights, scripts, or parts
    /// of one script.
    ///
    /// # Errors
    /// `bad-font` if the bytes are no TrueType or OpenType font that can be drawn, `too-many-fonts`
    /// past 65,536.
    pub fn add(&mut self, family: &str, bytes: impl Into<Bytes>) -> Result<FaceId, Problem> {
        self.push(Rc::new(Face::read(family, None, bytes.into(), usize::MAX)?))
    }

    /// Adds a pack's face behind the others, or its dictionary.
    ///
    /// # Errors
    /// `too-many-fonts` past 65,536.
    pub fn add_pack(&mut self, pack: &OpenPack) -> Result<(), Problem> {
        match &pack.0 {
            Content::Face(face) => self.push(Rc::clone(face)).map(|_| ()),
            Content::Dictionary(dictionary) => {
                Rc::make_mut(&mut self.dictionaries).push(Rc::clone(dictionary));
                Ok(())
            }
        }
    }

    /// Adds a template's fonts; `bytes` has the file of an asset. A file that is absent or no font
    /// is left out: its texts are set in Inter, and their reports tell.
    pub fn add_files(&mut self, files: &[FontFile], mut bytes: impl FnMut(&str) -> Option<Rc<[u8]>>, limits: &Limits) {
        for file in files {
            let face = bytes(&file.asset).and_then(|bytes| self.cache.face(&file.family, bytes, limits));
            let _ = face.map(|face| self.push(face));
        }
    }

    fn push(&mut self, face: Rc<Face>) -> Result<FaceId, Problem> {
        let id = u16::try_from(self.faces.len())
            .map_err(|_| Problem::new(Fault::TooLarge, "too-many-fonts", "no more than 65,536 faces"))?;
        Rc::make_mut(&mut self.faces).push(face);
        Ok(FaceId(id))
    }

    /// A face. `None` if there is none of this index.
    #[must_use]
    pub fn get(&self, id: FaceId) -> Option<&Rc<Face>> {
        self.faces.get(usize::from(id.0))
    }

    pub(crate) fn dictionaries(&self) -> &[Rc<Dictionary>] {
        &self.dictionaries
    }

    /// The embedded face alone, with the same cache.
    #[must_use]
    pub fn without_packs(&self) -> Self {
        let faces = Rc::new(self.faces.iter().take(1).cloned().collect());
        Self { faces, dictionaries: Rc::default(), ..self.clone() }
    }

    /// The embedded face alone, without the cache. A cached value must hold this one: holding the
    /// cache itself would leak a cycle.
    pub(crate) fn without_cache(&self) -> Self {
        Self { cache: Rc::default(), attachment: Rc::default(), ..self.without_packs() }
    }

    /// Where the user of fonts stores its own data about them; shared by all clones.
    pub(crate) fn attachment(&self) -> &Attachment {
        &self.attachment
    }

    /// Font units in one em of a face; never 0. An outline's scale is the font size in px divided
    /// by this.
    #[must_use]
    pub fn units_per_em(&self, id: FaceId) -> f32 {
        self.get(id).map_or(Metrics::NONE.units_per_em, |face| face.units_per_em())
    }

    /// The outline of a glyph, in font units, y down. `None` for a blank, such as a space.
    #[must_use]
    pub fn outline(&self, id: FaceId, instance: &Instance, glyph: u16) -> Option<tiny_skia::Path> {
        self.get(id)?.outline(instance, glyph)
    }

    /// Whether `id` is the same face in both: the same file under the same family.
    #[must_use]
    pub fn shares(&self, other: &Self, id: FaceId) -> bool {
        match (self.get(id), other.get(id)) {
            (Some(one), Some(same)) => std::ptr::eq(one.bytes(), same.bytes()) && one.family() == same.family(),
            _ => false,
        }
    }

    /// Whether both have the same faces in the same order, and equally many dictionaries.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let all = (0..=u16::MAX).zip(self.faces.iter()).all(|(id, _)| self.shares(other, FaceId(id)));
        all && self.faces.len() == other.faces.len() && self.dictionaries.len() == other.dictionaries.len()
    }

    /// Whether there is anything besides the embedded face: a pack's face, a dictionary, or a
    /// template's font.
    #[must_use]
    pub fn has_packs(&self) -> bool {
        self.faces.len() > 1 || !self.dictionaries.is_empty()
    }

    /// Size in bytes of all font files except the embedded one: those of packs and of a template.
    #[must_use]
    pub fn pack_bytes(&self) -> usize {
        self.faces.iter().skip(1).map(|face| face.bytes().len()).fold(0, usize::saturating_add)
    }

    /// Whether there is a family of this name, in any case.
    #[must_use]
    pub fn has(&self, family: &str) -> bool {
        self.faces.iter().any(|face| face.family().eq_ignore_ascii_case(family.trim()))
    }

    /// The families' names, each once, in order.
    #[must_use]
    pub fn families(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for face in self.faces.iter() {
            if !names.iter().any(|name| name.eq_ignore_ascii_case(face.family())) {
                names.push(face.family());
            }
        }
        names
    }

    /// Every face, in the order in which a character looks for one: the family's faces, nearest to
    /// the instance first; then Inter; then the language's faces; then all others, those in the style
    /// of another language behind them; emoji last.
    pub(crate) fn order(&self, family: &str, instance: &Instance, language: Option<Forms>) -> Vec<(FaceId, &Face)> {
        let rank = |face: &Face| {
            if face.pack().is_some_and(|pack| pack.emoji) {
                5
            } else if face.family().eq_ignore_ascii_case(family.trim()) {
                0
            } else if face.family().eq_ignore_ascii_case(DEFAULT_FAMILY) {
                1
            } else if language.is_some() && face.pack().is_some_and(|pack| pack.language == language) {
                2
            } else if face.pack().is_some_and(|pack| pack.language == Some(Forms::Ur)) {
                4
            } else {
                3
            }
        };
        let mut order: Vec<(FaceId, &Face)> =
            (0..=u16::MAX).zip(self.faces.iter()).map(|(id, face)| (FaceId(id), face.as_ref())).collect();
        // A stable sort: faces that are equally good keep their order.
        order.sort_by_key(|(_, face)| (rank(face), face.distance(instance)));
        order
    }

    /// The identity of these faces and dictionaries, which does not keep them alive.
    pub(crate) fn identity(&self) -> Identity {
        Identity {
            faces: self.faces.iter().map(Rc::downgrade).collect(),
            dictionaries: self.dictionaries.iter().map(Rc::downgrade).collect(),
        }
    }
}

/// The identity of the faces and dictionaries of some [`Fonts`]. They may be gone by now, but no
/// others are taken for them.
#[derive(Debug)]
pub(crate) struct Identity {
    faces: Vec<Weak<Face>>,
    dictionaries: Vec<Weak<Dictionary>>,
}

impl Identity {
    /// Whether `fonts` has exactly these faces and dictionaries, in this order.
    pub(crate) fn is(&self, fonts: &Fonts) -> bool {
        fonts.faces.len() == self.faces.len()
            && fonts.dictionaries.len() == self.dictionaries.len()
            && fonts.faces.iter().zip(&self.faces).all(|(face, of)| Rc::as_ptr(face) == of.as_ptr())
            && fonts.dictionaries.iter().zip(&self.dictionaries).all(|(found, of)| Rc::as_ptr(found) == of.as_ptr())
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
        let first = |family: &str| fonts.order(family, &Instance::of_weight(400), None).first().map(|(id, _)| *id);
        assert_eq!(first("BRAND SANS"), Some(id));
        assert_eq!(first("inter"), Some(FaceId(0)));
        assert_eq!(first("no such family"), Some(FaceId(0)));
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
