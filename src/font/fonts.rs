//! The faces at hand: the embedded Inter, and whatever the edge has fetched for other scripts, their dictionaries too.
//!
//! Faces are shared, so a `Fonts` is cheap to clone: a paragraph keeps one.
//!
//! Invariant: every face in a `Fonts` parses, has a `cmap`, outlines, and 16 to 16,384 units per em.

use std::rc::{Rc, Weak};

use super::dictionary::Words;
use super::face::{Bytes, Face, OpenPack, Opened};
use super::instance::Instance;
use super::outline::Metrics;
use super::pack::{Language, Pack};
use crate::error::{Fault, Problem};
use crate::limits::Limits;
use crate::text::Letters;
use crate::text::cache::{Identity, Kept};

/// Inter, variable in weight from 400 to 700: Latin, Greek, Cyrillic, Vietnamese.
static INTER: &[u8] = include_bytes!("../../fonts/Inter.ttf");

/// The family of the embedded face, and the one that stands in for an unknown one.
pub const DEFAULT_FAMILY: &str = "Inter";

/// A face's place in a [`Fonts`]. It stays valid while faces are added behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FaceId(pub u16);

/// A font of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FontFile {
    /// The name that texts call it by.
    pub family: String,
    /// The asset that it is.
    pub asset: String,
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
    pub(crate) fn words(&self) -> &[Rc<Words>] {
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
    pub fn get(&self, id: FaceId) -> Option<&Rc<Face>> {
        self.faces.get(usize::from(id.0))
    }

    /// The embedded face alone.
    #[must_use]
    pub fn without_packs(&self) -> Self {
        let faces = Rc::new(self.faces.iter().take(1).cloned().collect());
        Self { faces, words: Rc::default(), kept: Rc::clone(&self.kept) }
    }

    /// The same without what is kept, for what is kept itself: it would never be freed.
    pub(crate) fn for_keeping(&self) -> Self {
        Self { kept: Rc::default(), ..self.without_packs() }
    }

    /// Which faces and dictionaries these are.
    pub(crate) fn identity(&self) -> Identity {
        Identity {
            faces: self.faces.iter().map(Rc::downgrade).collect(),
            words: self.words.iter().map(Rc::downgrade).collect(),
        }
    }

    /// Whether they are those, in their order.
    pub(crate) fn are(&self, identity: &Identity) -> bool {
        let same = |(face, of): (&Rc<Face>, &Weak<Face>)| std::ptr::eq(Rc::as_ptr(face), of.as_ptr());
        let same_words = |(words, of): (&Rc<Words>, &Weak<Words>)| std::ptr::eq(Rc::as_ptr(words), of.as_ptr());
        self.faces.len() == identity.faces.len()
            && self.words.len() == identity.words.len()
            && self.faces.iter().zip(&identity.faces).all(same)
            && self.words.iter().zip(&identity.words).all(same_words)
    }

    /// Texts that were shaped for other pictures.
    pub(crate) fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Font units in one em of a face: an outline's scale is the font size divided by this. Never 0.
    #[must_use]
    pub fn units_per_em(&self, id: FaceId) -> f32 {
        self.get(id).map_or(Metrics::NONE.units_per_em, |face| face.units_per_em())
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
    pub(crate) fn order(&self, letters: &Letters, language: Option<Language>) -> Vec<(FaceId, &Face)> {
        let family = letters.family.as_str();
        let rank = |face: &Face| {
            if face.pack().is_some_and(|pack| pack.emoji) {
                4
            } else if face.family.eq_ignore_ascii_case(family.trim()) {
                0
            } else if face.family.eq_ignore_ascii_case(DEFAULT_FAMILY) {
                1
            } else if language.is_some() && face.pack().is_some_and(|pack| pack.language == language) {
                2
            } else {
                3
            }
        };
        let mut order: Vec<(FaceId, &Face)> =
            (0..=u16::MAX).zip(self.faces.iter()).map(|(id, face)| (FaceId(id), face.as_ref())).collect();
        // Stable: faces that are equally good keep their order.
        order.sort_by_key(|(_, face)| (rank(face), face.distance(&letters.instance)));
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
