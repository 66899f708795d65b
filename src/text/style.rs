//! How letters look: family, weight, slant, size, spacing, features and axes. A text has one such look, or one for each of its runs.

use crate::font::{DEFAULT_FAMILY, Instance, Tag};

/// An OpenType feature, and what it is set to: 0 is off, 1 on, more chooses between alternates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Which.
    pub tag: Tag,
    /// To what.
    pub value: u16,
}

impl Feature {
    /// Reads `tnum` (on), `-liga` (off) or `cv05=2` (the second alternate).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, value) = match (text.strip_prefix('-'), text.split_once('=')) {
            (Some(name), None) => (name, 0),
            (None, Some((name, value))) => (name, value.parse().ok().filter(|value| *value <= 99)?),
            (None, None) => (text, 1),
            (Some(_), Some(_)) => return None,
        };
        Some(Self { tag: Tag::parse(name)?, value })
    }
}

/// Lines along a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decoration {
    /// Below the letters.
    pub underline: bool,
    /// Through them.
    pub line_through: bool,
}

/// How some letters of a text look.
#[derive(Debug, Clone, PartialEq)]
pub struct Letters {
    /// Name of a family in [`Fonts`](crate::font::Fonts), in any case. An unknown one becomes Inter, and is reported.
    pub family: String,
    /// What is asked of the family's faces.
    pub instance: Instance,
    /// Their font size in multiples of the text's; they shrink and grow together.
    pub scale: f32,
    /// Space between letters in px at the text's `size`; shrinks with it. Not applied to scripts whose letters join.
    pub spacing: f32,
    /// OpenType features, besides those that are always on.
    pub features: Vec<Feature>,
    /// Lines along them.
    pub decoration: Decoration,
}

impl Default for Letters {
    fn default() -> Self {
        Self {
            family: DEFAULT_FAMILY.to_owned(),
            instance: Instance::of_weight(400),
            scale: 1.0,
            spacing: 0.0,
            features: Vec::new(),
            decoration: Decoration::default(),
        }
    }
}

/// A piece of a text whose letters look alike.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// What it says.
    pub text: String,
    /// How its letters look.
    pub letters: Letters,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_by_name() {
        let read = |text| Feature::parse(text).map(|feature| (feature.tag.0, feature.value));
        assert_eq!(read("tnum"), Some((*b"tnum", 1)));
        assert_eq!(read("-liga"), Some((*b"liga", 0)));
        assert_eq!(read("cv05=2"), Some((*b"cv05", 2)));
        assert_eq!(read("kern=0"), Some((*b"kern", 0)));
        for wrong in ["", "tnu", "tnums", "-", "-liga=1", "cv05=", "cv05=x", "cv05=-1", "cv05=100", "tn m", "ß00", "=1"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
