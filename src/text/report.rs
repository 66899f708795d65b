//! The report on the analysis and shaping of a text.

/// The requests that could not be met. The report goes into the explanation of a picture (`json`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The first 16 different characters that no face has. They are part of a recipient's value,
    /// and must not be logged.
    pub missing: Vec<Missing>,
    /// Number of all characters that no face has, repetitions included. A count may be logged.
    pub missing_count: u32,
    /// Whether a style's family is not in the fonts, so that Inter replaces it.
    pub unknown_family: bool,
    /// The family of a font whose letters have the kerning of its default weight, because that of
    /// their own cannot be read.
    pub lost_kerning: Option<String>,
    /// Whether characters or glyphs beyond the limits were left out.
    pub cut: bool,
    /// The work that the text took.
    pub work: Work,
}

/// The work of analysing and shaping a text. It is counted, because nothing here knows a clock, and
/// linear in the text's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Number of graphemes (what a reader calls characters), after cleaning.
    pub graphemes: usize,
    /// Number of calls of the shaper.
    pub runs: usize,
    /// Number of glyphs that came out.
    pub glyphs: usize,
}

/// A character that no face has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The character.
    pub character: char,
    /// The number of times that it occurs in the text.
    pub count: u32,
}
