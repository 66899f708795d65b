//! The options of a URL: the query names that begin with `_`.

/// What the query says about the output. A value that makes no sense is as if absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// `_dpr`: output px per template px; 1, 1.5, 2 or 3.
    pub dpr: Option<f32>,
    /// `_w`: output width in px; the height follows.
    pub width: Option<u32>,
    /// `_q`: 1 to 100, for lossy formats.
    pub quality: Option<u8>,
    /// `_lang`: BCP 47, in canonical case.
    pub lang: Option<String>,
    /// `_debug=boxes`: outline every layer's box.
    pub debug_boxes: bool,
}
