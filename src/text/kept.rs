//! What pictures of an isolate have in common: texts that no value changes, shaped once, and the fonts of templates, read once.
//!
//! Only those texts are kept that need no face but the embedded one: packs differ from picture to picture.

use std::cell::RefCell;
use std::rc::Rc;

use super::Style;
use super::font::{Bytes, Face, FaceId, Fonts};
use super::letters::Run;
use super::paragraph::Paragraph;
use crate::limits::Limits;

/// Shaped texts, found by what they were made of.
#[derive(Debug, Default)]
pub(super) struct Kept {
    texts: RefCell<Vec<Text>>,
    /// Each with the file that it was read from.
    faces: RefCell<Vec<File>>,
}

type File = (Rc<[u8]>, Rc<Face>);

impl Kept {
    /// The face of a template's font. `None`: it is no font.
    pub(super) fn face(&self, family: &str, bytes: Rc<[u8]>, limits: &Limits) -> Option<Rc<Face>> {
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
    paragraph: Rc<Paragraph>,
}

impl Paragraph {
    /// As [`Self::of_runs`], for a text that may be the same in other pictures; those who share `fonts` share what is kept of it.
    #[must_use]
    pub fn kept(runs: &[Run], style: &Style, fonts: &Fonts, limits: &Limits) -> Rc<Self> {
        let Ok(mut texts) = fonts.kept().texts.try_borrow_mut() else {
            return Rc::new(Self::of_runs(runs, style, fonts, limits));
        };
        let same = |text: &&Text| text.runs == runs && text.style == *style && text.limits == *limits;
        if let Some(text) = texts.iter().find(same) {
            return Rc::clone(&text.paragraph);
        }
        let mut paragraph = Self::of_runs(runs, style, fonts, limits);
        let embedded = paragraph.glyphs.iter().all(|glyph| glyph.face == FaceId(0));
        let report = paragraph.report();
        if !embedded || report.missing_count > 0 || report.unknown_family {
            return Rc::new(paragraph);
        }
        // Not the packs that are in these fonts by chance.
        paragraph.fonts = fonts.for_keeping();
        let paragraph = Rc::new(paragraph);
        let glyphs: usize = texts.iter().map(|text| text.paragraph.glyphs.len()).sum();
        if glyphs.saturating_add(paragraph.glyphs.len()) > limits.memory_glyphs || texts.len() >= limits.layers {
            texts.clear();
        }
        if paragraph.glyphs.len() <= limits.memory_glyphs {
            let (runs, style, limits) = (runs.to_vec(), style.clone(), limits.clone());
            texts.push(Text { runs, style, limits, paragraph: Rc::clone(&paragraph) });
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
        assert!(Rc::ptr_eq(&first, &kept("Welcome", &style)));
        assert!(!Rc::ptr_eq(&first, &kept("Welcome!", &style)));
        assert!(!Rc::ptr_eq(&first, &kept("Welcome", &Style { size: 17.0, ..style.clone() })));
        assert!(Rc::ptr_eq(&first, &kept("Welcome", &style)), "the others did not push it out");
        assert!(!Rc::ptr_eq(&kept("שלום", &style), &kept("שלום", &style)), "a pack might have it next time");
        let fresh = Paragraph::of_runs(&runs("Welcome"), &style, &fonts, &limits);
        assert_eq!(first.fit(Some(40.0), None), fresh.fit(Some(40.0), None));
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
