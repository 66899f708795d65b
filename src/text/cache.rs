//! What pictures of an isolate have in common: texts that no value changes, shaped once, and the fonts of templates, read once.
//!
//! Packs differ from picture to picture, and with them what a letter is drawn with: a text that needs more than the embedded face is
//! found again only among the very same faces. It does not keep them: those of packs have a budget of their own.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use super::Style;
use super::paragraph::Paragraph;
use super::style::Run;
use crate::font::dictionary::Words;
use crate::font::{Bytes, Face, FaceId, Fonts};
use crate::limits::Limits;

/// Shaped texts, found by what they were made of.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    texts: RefCell<Vec<Text>>,
    /// Each with the file that it was read from.
    faces: RefCell<Vec<File>>,
}

type File = (Rc<[u8]>, Rc<Face>);

impl Kept {
    /// The face of a template's font. `None`: it is no font.
    pub(crate) fn face(&self, family: &str, bytes: Rc<[u8]>, limits: &Limits) -> Option<Rc<Face>> {
        let read = |bytes| Face::read(family, None, Bytes::Asset(bytes), limits.glyph_segments).ok().map(Rc::new);
        let Ok(mut faces) = self.faces.try_borrow_mut() else { return read(bytes) };
        let known = |(of, face): &&File| Rc::ptr_eq(of, &bytes) && face.family() == family.trim();
        if let Some((_, face)) = faces.iter().find(known) {
            return Some(Rc::clone(face));
        }
        let face = read(Rc::clone(&bytes))?;
        let held: usize = faces.iter().map(|(bytes, _)| bytes.len()).sum();
        if held.saturating_add(bytes.len()) > limits.images_bytes || faces.len() >= limits.fonts {
            faces.clear();
        }
        faces.push((bytes, Rc::clone(&face)));
        Some(face)
    }
}

#[derive(Debug)]
struct Text {
    runs: Vec<Run>,
    style: Style,
    limits: Limits,
    /// All faces that there were; none where the embedded one is enough.
    among: Option<Identity>,
    paragraph: Rc<Paragraph>,
}

/// Which faces and dictionaries some [`Fonts`] have. They may be gone by now, but nothing else is taken for them.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) faces: Vec<Weak<Face>>,
    pub(crate) words: Vec<Weak<Words>>,
}

impl Text {
    /// The paragraph, if all that it was made of is the same.
    fn of(&self, runs: &[Run], style: &Style, fonts: &Fonts, limits: &Limits) -> Option<Rc<Paragraph>> {
        if self.runs != runs || self.style != *style || self.limits != *limits {
            return None;
        }
        match &self.among {
            None => Some(Rc::clone(&self.paragraph)),
            Some(among) => fonts.are(among).then(|| Rc::new(self.paragraph.with(fonts.clone()))),
        }
    }
}

impl Paragraph {
    /// As [`Self::of_runs`], for a text that may be the same in other pictures; those who share `fonts` share what is kept of it.
    #[must_use]
    pub fn kept(runs: &[Run], style: &Style, fonts: &Fonts, limits: &Limits) -> Rc<Self> {
        let Ok(mut texts) = fonts.kept().texts.try_borrow_mut() else {
            return Rc::new(Self::of_runs(runs, style, fonts, limits));
        };
        if let Some(paragraph) = texts.iter().find_map(|text| text.of(runs, style, fonts, limits)) {
            return paragraph;
        }
        let paragraph = Rc::new(Self::of_runs(runs, style, fonts, limits));
        let report = paragraph.report();
        let embedded = paragraph.glyphs.iter().all(|glyph| glyph.face == FaceId(0));
        let embedded = embedded && report.missing_count == 0 && !report.unknown_family;
        let glyphs: usize = texts.iter().map(|text| text.paragraph.glyphs.len()).sum();
        if glyphs.saturating_add(paragraph.glyphs.len()) > limits.memory_glyphs || texts.len() >= limits.layers {
            texts.clear();
        }
        if paragraph.glyphs.len() <= limits.memory_glyphs {
            let kept = Rc::new(paragraph.with(fonts.for_keeping()));
            let (runs, style, limits) = (runs.to_vec(), style.clone(), limits.clone());
            let among = (!embedded).then(|| fonts.identity());
            texts.push(Text { runs, style, limits, among, paragraph: kept });
        }
        paragraph
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str) -> Vec<Run> {
        vec![Run { text: text.to_owned(), ..Run::default() }]
    }

    #[test]
    fn a_text_is_shaped_once() {
        let (fonts, limits, style) = (Fonts::embedded(), Limits::default(), Style::default());
        let kept = |text: &str, style: &Style| Paragraph::kept(&runs(text), style, &fonts, &limits);
        let first = kept("Welcome", &style);
        let count = || fonts.kept().texts.borrow().len();
        assert_eq!(count(), 1);
        let second = kept("Welcome", &style);
        assert!(count() == 1 && Rc::ptr_eq(&second, &kept("Welcome", &style)));
        for other in [kept("Welcome!", &style), kept("Welcome", &Style { size: 17.0, ..style.clone() })] {
            assert!(!Rc::ptr_eq(&second, &other));
        }
        assert!(Rc::ptr_eq(&second, &kept("Welcome", &style)), "the others did not push it out");
        let fresh = Paragraph::of_runs(&runs("Welcome"), &style, &fonts, &limits);
        assert_eq!(first.fit(Some(40.0), None), fresh.fit(Some(40.0), None));
    }

    #[test]
    fn a_text_in_a_pack_is_found_among_the_same_faces_only() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/packs");
        let open = |name| {
            let pack = crate::font::Pack::named(name).unwrap();
            crate::font::OpenPack::read(pack, std::fs::read(folder.join(pack.file())).unwrap()).unwrap()
        };
        let (hebrew, arabic, embedded) = (open("hebrew"), open("arabic"), Fonts::embedded());
        let with = |packs: &[&crate::font::OpenPack]| {
            let mut fonts = embedded.clone();
            packs.iter().for_each(|pack| fonts.add_pack(pack).unwrap());
            fonts
        };
        let (limits, style) = (Limits::default(), Style::default());
        let count = || embedded.kept().texts.borrow().len();
        let width = |fonts: &Fonts| Paragraph::kept(&runs("שלום"), &style, fonts, &limits).max_width();
        let boxes = width(&embedded);
        let letters = width(&with(&[&hebrew]));
        assert!(boxes != letters && count() == 2, "the pack makes another text of it");
        assert_eq!((width(&with(&[&hebrew])), count()), (letters, 2), "found");
        assert_eq!((width(&with(&[&arabic, &hebrew])), count()), (letters, 3), "its faces have other numbers there");
        assert_eq!((width(&embedded), count()), (boxes, 3));
        let again = Paragraph::kept(&runs("שלום"), &style, &with(&[&hebrew]), &limits);
        assert_eq!(again.fonts.families().len(), 2, "it can be truncated in its own font");
    }

    #[test]
    fn no_more_is_kept_than_may_be() {
        let limits = Limits { memory_glyphs: 20, ..Limits::default() };
        let (fonts, style) = (Fonts::embedded(), Style::default());
        for text in ["twelve chars", "ten glyphs", "a text that is longer than all that may be kept", "short"] {
            let _ = Paragraph::kept(&runs(text), &style, &fonts, &limits);
            let texts = fonts.kept().texts.borrow();
            assert!(texts.iter().map(|text| text.paragraph.glyphs.len()).sum::<usize>() <= 20, "{text}");
        }
        assert_eq!(fonts.kept().texts.borrow().len(), 1);
    }
}
