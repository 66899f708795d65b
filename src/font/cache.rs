//! The cache of templates' fonts, which all clones of a set of fonts share.

use std::cell::RefCell;
use std::rc::Rc;

use super::bytes::Bytes;
use super::face::Face;
use crate::limits::Limits;

/// The faces of templates' fonts, each read once.
#[derive(Debug, Default)]
pub(super) struct FaceCache(RefCell<Vec<CachedFace>>);

#[derive(Debug)]
struct CachedFace {
    /// The file that the face was read from.
    file: Rc<[u8]>,
    face: Rc<Face>,
}

impl FaceCache {
    /// The face of a template's font. `None` if the file is no font.
    pub(super) fn face(&self, family: &str, file: Rc<[u8]>, limits: &Limits) -> Option<Rc<Face>> {
        let read = |file| Face::read(family, None, Bytes::Asset(file), limits.glyph_segments).ok().map(Rc::new);
        let Ok(mut cached) = self.0.try_borrow_mut() else { return read(file) };
        let same = |known: &&CachedFace| Rc::ptr_eq(&known.file, &file) && known.face.family() == family.trim();
        if let Some(known) = cached.iter().find(same) {
            return Some(Rc::clone(&known.face));
        }
        let face = read(Rc::clone(&file))?;
        let held: usize = cached.iter().map(|known| known.file.len()).sum();
        if held.saturating_add(file.len()) > limits.images_bytes || cached.len() >= limits.fonts {
            cached.clear();
        }
        cached.push(CachedFace { file, face: Rc::clone(&face) });
        Some(face)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_is_read_once() {
        let file: Rc<[u8]> = Rc::from(&include_bytes!("../../fonts/Inter.ttf")[..]);
        let (cache, limits) = (FaceCache::default(), Limits::default());
        let face = |family, file: &Rc<[u8]>| cache.face(family, Rc::clone(file), &limits).unwrap();
        let first = face("Brand", &file);
        assert!(Rc::ptr_eq(&first, &face(" Brand ", &file)));
        assert!(!Rc::ptr_eq(&first, &face("Other", &file)), "another family");
        assert!(!Rc::ptr_eq(&first, &face("Brand", &Rc::from(&*file))), "another file");
        assert!(cache.face("Bad", Rc::from(&b"wOF2"[..]), &limits).is_none());
    }

    #[test]
    fn no_more_faces_are_cached_than_the_limits_allow() {
        let file: Rc<[u8]> = Rc::from(&include_bytes!("../../fonts/Inter.ttf")[..]);
        let cache = FaceCache::default();
        let limits = Limits { images_bytes: file.len() * 2, ..Limits::default() };
        for family in ["a", "b", "c", "d", "e"] {
            assert!(cache.face(family, Rc::clone(&file), &limits).is_some());
            assert!(cache.0.borrow().len() <= 2, "{family}");
        }
    }
}
