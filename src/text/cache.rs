//! The cache of paragraphs that several pictures share: texts that no param changes are shaped
//! once.
//!
//! It is attached to [`Fonts`], whose clones share it. Packs differ from picture to picture: a text
//! that needs more than the embedded face is found again only among the very same faces. The cache
//! does not keep those alive, because packs have a budget of their own.

use std::cell::RefCell;
use std::rc::Rc;

use super::paragraph::Paragraph;
use super::style::{Run, Style};
use crate::font::{FaceId, Fonts, Identity};
use crate::limits::Limits;

/// Shaped texts, found by everything that they were made of.
#[derive(Debug, Default)]
struct Cache(RefCell<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    runs: Vec<Run>,
    style: Style,
    limits: Limits,
    /// The identity of the fonts. `None` if the embedded face is enough.
    fonts: Option<Identity>,
    paragraph: Rc<Paragraph>,
}

impl Entry {
    /// The paragraph, if it was made of the same.
    fn of(&self, runs: &[Run], style: &Style, fonts: &Fonts, limits: &Limits) -> Option<Rc<Paragraph>> {
        if self.runs != runs || self.style != *style || self.limits != *limits {
            return None;
        }
        match &self.fonts {
            None => Some(Rc::clone(&self.paragraph)),
            Some(identity) => identity.is(fonts).then(|| Rc::new(self.paragraph.with_fonts(fonts.clone()))),
        }
    }
}

/// The cache of all clones of `fonts`.
fn of(fonts: &Fonts) -> Option<&RefCell<Vec<Entry>>> {
    fonts.attachment().get_or_init(Cache::default).map(|cache| &cache.0)
}

impl Paragraph {
    /// As [`Self::of_runs`], from the cache if the same text was shaped before with a clone of
    /// `fonts`. Use it for a text that does not differ between recipients. The cache holds
    /// `limits.memory_glyphs` glyphs.
    #[must_use]
    pub fn cached(runs: &[Run], style: &Style, fonts: &Fonts, limits: &Limits) -> Rc<Self> {
        let Some(Ok(mut entries)) = of(fonts).map(RefCell::try_borrow_mut) else {
            return Rc::new(Self::of_runs(runs, style, fonts, limits));
        };
        if let Some(paragraph) = entries.iter().find_map(|entry| entry.of(runs, style, fonts, limits)) {
            return paragraph;
        }
        let paragraph = Rc::new(Self::of_runs(runs, style, fonts, limits));
        let report = paragraph.report();
        let embedded = paragraph.glyphs.iter().all(|glyph| glyph.face == FaceId(0));
        let embedded = embedded && report.missing_count == 0 && !report.unknown_family;
        let glyphs: usize = entries.iter().map(|entry| entry.paragraph.glyphs.len()).sum();
        if glyphs.saturating_add(paragraph.glyphs.len()) > limits.memory_glyphs || entries.len() >= limits.layers {
            entries.clear();
        }
        if paragraph.glyphs.len() <= limits.memory_glyphs {
            entries.push(Entry {
                runs: runs.to_vec(),
                style: style.clone(),
                limits: limits.clone(),
                fonts: (!embedded).then(|| fonts.identity()),
                paragraph: Rc::new(paragraph.with_fonts(fonts.without_cache())),
            });
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
        let cached = |text: &str, style: &Style| Paragraph::cached(&runs(text), style, &fonts, &limits);
        let first = cached("Welcome", &style);
        let count = || of(&fonts).unwrap().borrow().len();
        assert_eq!(count(), 1);
        let second = cached("Welcome", &style);
        assert!(count() == 1 && Rc::ptr_eq(&second, &cached("Welcome", &style)));
        for other in [cached("Welcome!", &style), cached("Welcome", &Style { size: 17.0, ..style.clone() })] {
            assert!(!Rc::ptr_eq(&second, &other));
        }
        assert!(Rc::ptr_eq(&second, &cached("Welcome", &style)), "the others did not push it out");
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
        let count = || of(&embedded).unwrap().borrow().len();
        let width = |fonts: &Fonts| Paragraph::cached(&runs("שלום"), &style, fonts, &limits).max_width();
        let boxes = width(&embedded);
        let letters = width(&with(&[&hebrew]));
        assert!(boxes != letters && count() == 2, "the pack makes another text of it");
        assert_eq!((width(&with(&[&hebrew])), count()), (letters, 2), "found");
        assert_eq!((width(&with(&[&arabic, &hebrew])), count()), (letters, 3), "its faces have other numbers there");
        assert_eq!((width(&embedded), count()), (boxes, 3));
        let again = Paragraph::cached(&runs("שלום"), &style, &with(&[&hebrew]), &limits);
        assert_eq!(again.fonts.families().len(), 2, "it can be truncated in its own font");
    }

    #[test]
    fn the_cache_is_bounded() {
        let limits = Limits { memory_glyphs: 20, ..Limits::default() };
        let (fonts, style) = (Fonts::embedded(), Style::default());
        for text in ["twelve chars", "ten glyphs", "a text that is longer than the whole cache", "short"] {
            let _ = Paragraph::cached(&runs(text), &style, &fonts, &limits);
            let entries = of(&fonts).unwrap().borrow();
            assert!(entries.iter().map(|entry| entry.paragraph.glyphs.len()).sum::<usize>() <= 20, "{text}");
        }
        assert_eq!(of(&fonts).unwrap().borrow().len(), 1);
    }
}
