//! Text as layout uses it: a paragraph in a box.

mod any_text;
mod fit;
mod lines;
mod runs;
mod whole;

use std::collections::BTreeMap;

use monogram::font::Fonts;
use monogram::limits::Limits;
use monogram::text::{Block, Paragraph, RunStyle, Style};

/// Noto Sans Arabic with a dozen letters; see `tests/text/README.md`.
const ARABIC: &[u8] = include_bytes!("arabic.ttf");

/// Largest excess of a line over its box that still counts as fitting, in px: rounding, and the
/// tolerance of `fit`.
const SLACK_PX: f32 = 0.05;

fn paragraph(text: &str, style: &Style) -> Paragraph {
    Paragraph::new(text, style, &Fonts::embedded(), &Limits::default())
}

fn spaced(spacing: f32) -> RunStyle {
    RunStyle { spacing, ..RunStyle::default() }
}

fn style(size: f32) -> Style {
    Style { size, min_size: size, ..Style::default() }
}

/// The lines of a block as text: for each glyph its character, `□` for a missing glyph, `?` for an
/// unknown one.
fn read(block: &Block) -> Vec<String> {
    let mut names: BTreeMap<u16, char> = BTreeMap::new();
    for c in (' '..'ӿ').chain("…–’€".chars()) {
        let alone = paragraph(&c.to_string(), &style(16.0)).fit(None, None);
        if let Some([glyph]) = alone.lines.first().map(|line| line.glyphs.as_slice()) {
            names.entry(glyph.id).or_insert(c);
        }
    }
    let name = |id: u16| if id == 0 { '□' } else { names.get(&id).copied().unwrap_or('?') };
    block.lines.iter().map(|line| line.glyphs.iter().map(|glyph| name(glyph.id)).collect()).collect()
}
