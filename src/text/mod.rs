//! A string in a font → lines of positioned glyphs, fitted to a box.
//!
//! A name may be in any script and of any length. So a text is analysed and shaped once, in ems
//! ([`Paragraph::new`]), and then broken and scaled as often as layout asks ([`Paragraph::fit`]):
//!
//! ```text
//! packs        (earlier, for a whole picture) the font packs and dictionaries that its texts need
//!
//! Paragraph::new
//!   clean        a string → text that can be laid out, in lines between hard breaks
//!   substitute   graphemes that no font has → plain letters (normal)
//!   analyse      a line → units: graphemes with bidi level, script, face and break opportunity
//!                (by grapheme, emoji, fallback, opportunity, character)
//!   itemize      units → runs of one style, face, script and direction
//!   shape        a run → glyphs (the only user of rustybuzz)
//!   cluster      glyphs → clusters, which a line break cannot split, in reading order
//!
//! Paragraph::fit
//!   font_size    the largest size at which the text fits its box
//!   line_break   clusters → lines, greedily
//!   balance      lines of one length, or no lonely last word, if the style asks for it
//!   truncate     the last line with an ellipsis, if the text does not fit
//!   reorder      a line → glyphs from left to right (bidi)
//!   compose      all of these → a block
//!
//! style, setting   what is asked of a text, and the same made ready
//! block, report    what comes out
//! cache            paragraphs that several pictures share
//! bidi, case       (for templates) isolates around values; capitals by the rules of a language
//! normal           (for values and templates too) one spelling for each text
//! marks            (for values) bold, italic and coloured words
//! address          words that keep the case of their letters
//! ```
//!
//! Invariants: nothing here panics on any string or number, knows a clock, or does I/O. A pass
//! costs time linear in the text's length. Arithmetic is `+ - * /`, `floor` and `ceil` on `f32`, so
//! native and wasm agree to the bit.
//!
//! Not built yet, and where it goes: automatic hyphens (patterns for each language, which add soft
//! hyphens in `analyse`), and colour glyphs with gradients (`font::outline`).

pub mod address;
mod analyse;
mod balance;
pub mod bidi;
mod block;
mod cache;
pub mod case;
mod character;
mod clean;
mod cluster;
mod compose;
#[cfg(test)]
mod conformance;
mod emoji;
mod fallback;
mod font_size;
mod gap;
mod grapheme;
#[cfg(test)]
mod harfbuzz;
mod itemize;
mod line_break;
pub mod marks;
pub mod normal;
mod opportunity;
mod packs;
mod paragraph;
mod reorder;
mod report;
mod setting;
mod shape;
mod style;
mod substitute;
mod truncate;

pub use self::block::{Block, Glyph, Line, Rule};
pub use self::gap::closed_gaps;
pub use self::packs::{Needed, needed};
pub use self::paragraph::Paragraph;
pub use self::report::{Missing, Report, Work};
pub use self::style::{Align, Decoration, Direction, Feature, Fit, Overflow, Run, RunStyle, Style, WordBreak, Wrap};
