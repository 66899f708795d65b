//! A string in a font → lines of positioned glyphs, fitted to a box.
