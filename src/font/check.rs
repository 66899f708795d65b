//! The check of a font before it is uploaded: whether pictures can be drawn with it, and what it
//! contains.
//!
//! No request comes here. Drawing does not trust a checked font either: see
//! [`Limits::glyph_segments`].

use std::collections::BTreeSet;

use super::fonts::{FaceId, Fonts};
use super::instance::Instance;
use super::outline::Facts;
use crate::error::{Fault, Problem};
use crate::limits::Limits;

/// The most glyphs that an error names.
const MAX_NAMED: usize = 10;

/// Reads every glyph of a `.ttf` or `.otf` file, at the lightest and the boldest weight.
///
/// # Errors
/// `bad-font` if it is no font, has a damaged table, or a glyph that is too large or cannot be
/// read; `font-too-large` if it has too many bytes.
pub fn check(bytes: Vec<u8>, limits: &Limits) -> Result<Facts, Problem> {
    if bytes.len() > limits.image_bytes {
        let message = format!("the font has {} bytes, and may have {}", bytes.len(), limits.image_bytes);
        return Err(Problem::new(Fault::TooLarge, "font-too-large", message)
            .remedy("leave out the scripts that you do not write, for example with pyftsubset"));
    }
    let mut fonts = Fonts::none();
    let id: FaceId = fonts.add("the font", bytes)?;
    let bad = |message: String| Problem::new(Fault::Document, "bad-font", message);
    let face = fonts.get(id).ok_or_else(|| bad("it is no font".to_owned()))?;
    let facts = face.facts().map_err(bad)?;
    let mut unreadable = BTreeSet::new();
    for weight in [1, 1000] {
        for glyph in 0..facts.glyphs {
            if face.is_unreadable(&Instance::of_weight(weight), glyph) && !face.is_only_svg(glyph) {
                unreadable.insert(glyph);
            }
            let segments = face.outline(&Instance::of_weight(weight), glyph).map_or(0, |outline| outline.len());
            if segments > limits.glyph_segments {
                let most = limits.glyph_segments;
                return Err(bad(format!("glyph {glyph} has an outline of {segments} segments, and may have {most}"))
                    .remedy("simplify it in a font editor, or leave it out"));
            }
        }
    }
    if !unreadable.is_empty() {
        let first: Vec<String> = unreadable.iter().take(MAX_NAMED).map(u16::to_string).collect();
        let message = format!("{} glyphs cannot be drawn, such as {}", unreadable.len(), first.join(", "));
        return Err(bad(message).remedy("repair or leave out these glyphs, or use a version without colour (COLR)"));
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_is_looked_at_whole() {
        let inter = Fonts::embedded().get(FaceId(0)).unwrap().bytes().to_vec();
        let facts = check(inter.clone(), &Limits::default()).unwrap();
        assert_eq!((facts.family.as_deref(), facts.weights, facts.italic), (Some("Inter"), (400, 700), false));
        assert!(facts.glyphs > 2_000 && facts.characters > 1_900 && facts.features.contains(&"tnum".to_owned()));
        assert_eq!(facts.axes, ["wght 400 to 700"]);

        let code = |bytes: Vec<u8>, limits: &Limits| check(bytes, limits).unwrap_err().code;
        assert_eq!(code(inter.clone(), &Limits { glyph_segments: 20, ..Limits::default() }), "bad-font");
        assert_eq!(code(inter.clone(), &Limits { image_bytes: 1_000, ..Limits::default() }), "font-too-large");
        assert_eq!(code(inter[..20_000].to_vec(), &Limits::default()), "bad-font");
        assert_eq!(code(b"wOF2".to_vec(), &Limits::default()), "bad-font");
    }

    #[test]
    fn an_outline_that_is_too_large_is_left_blank() {
        let inter = Fonts::embedded().get(FaceId(0)).unwrap().bytes().to_vec();
        let mut fonts = Fonts::embedded();
        let files = [super::super::FontFile { family: "Small".to_owned(), asset: "small.ttf".to_owned() }];
        let limits = Limits { glyph_segments: 12, ..Limits::default() };
        fonts.add_files(&files, |_| Some(inter.clone().into()), &limits);
        let face = fonts.get(FaceId(1)).unwrap();
        let drawn = |glyph| face.outline(&Instance::of_weight(400), glyph).is_some();
        assert!((0..400).any(drawn) && (0..400).filter(|glyph| !drawn(*glyph)).count() > 100);
    }
}
