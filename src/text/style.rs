//! The style of a text: its runs, its size, its lines, and its treatment if it does not fit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::font::{DEFAULT_FAMILY, Forms, Instance, Tag};

/// An OpenType feature and its value: 0 is off, 1 is on, and a larger value chooses an alternate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// The feature's name.
    pub tag: Tag,
    /// 0 to 99.
    pub value: u16,
}

impl Feature {
    /// Reads `tnum` (on), `-liga` (off) or `cv05=2` (the second alternate). `None` for anything
    /// else.
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

/// The lines along a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decoration {
    /// A line below the letters.
    pub underline: bool,
    /// A line through the letters.
    pub line_through: bool,
}

/// How the letters of a run look.
#[derive(Debug, Clone, PartialEq)]
pub struct RunStyle {
    /// The name of a family in [`Fonts`](crate::font::Fonts), in any case. An unknown family is
    /// replaced by Inter and reported.
    pub family: String,
    /// The look that is asked of the family's faces.
    pub instance: Instance,
    /// The font size as a multiple of the text's; both shrink and grow together.
    pub scale: f32,
    /// Space between letters, in px at the text's `size`; it shrinks with the text. Scripts whose
    /// letters join ignore it.
    pub spacing: f32,
    /// OpenType features, in addition to those that are always on.
    pub features: Vec<Feature>,
    /// Lines along the run.
    pub decoration: Decoration,
}

impl Default for RunStyle {
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

/// A part of a text in one style.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// The run's text.
    pub text: String,
    /// The run's style.
    pub style: RunStyle,
}

/// How a text is set. Numbers that make no sense (NaN, negative sizes) are replaced, never refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The style of the text, if it is not made of runs. The metrics of its first face give lines
    /// their ascent and descent.
    pub base: RunStyle,
    /// The font size that fitting begins with, in px.
    pub size: f32,
    /// The smallest font size that the text may shrink to, in px. A text with `min_size` equal to
    /// `size` does not shrink.
    pub min_size: f32,
    /// The largest font size that the text may grow to, in px. `None`: as large as its box allows.
    pub max_size: Option<f32>,
    /// How the font size is found.
    pub fit: Fit,
    /// Height of a line, as a multiple of the font size. Larger runs make their line higher;
    /// smaller ones do not make it lower. The extra space is split between above and below, as in
    /// CSS. Letters of a face that no run asked for, such as those of another script, make their
    /// line higher where they would leave it. `None`: each line is as high as its faces say, and
    /// higher where letters reach out of it.
    pub line_height: Option<f32>,
    /// The most lines that the text may take, at least 1. `None`: as many as the limits allow.
    pub max_lines: Option<u32>,
    /// The treatment of a text that does not fit at `min_size`.
    pub overflow: Overflow,
    /// The place of lines within the width.
    pub align: Align,
    /// The text's base direction.
    pub direction: Direction,
    /// The text's language, a BCP 47 tag. It chooses between the local forms of letters, if a font
    /// has them.
    pub lang: Option<String>,
    /// The language whose Han letters it has, if neither `lang` nor its own letters tell: that of
    /// the picture's other texts. `None`: the first face that has a letter draws it.
    pub forms: Option<Forms>,
    /// Where a line may end. `None`: [`WordBreak::Normal`], but Korean words stay whole.
    pub word_break: Option<WordBreak>,
    /// How lines are chosen among the places where they may end.
    pub wrap: Wrap,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            base: RunStyle::default(),
            size: 16.0,
            min_size: 16.0,
            max_size: None,
            fit: Fit::Shrink,
            line_height: None,
            max_lines: None,
            overflow: Overflow::Ellipsis,
            align: Align::Start,
            direction: Direction::Auto,
            lang: None,
            forms: None,
            word_break: None,
            wrap: Wrap::Greedy,
        }
    }
}

/// How the font size of a text is found. The box bounds the size in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// The largest size from `size` down to `min_size` at which the text fits.
    #[default]
    Shrink,
    /// The largest size from `max_size` down to `min_size` at which the text fits.
    Grow,
    /// The size at which the text, without wrapping, is as wide as its box; between `min_size` and
    /// `max_size`.
    Line,
}

/// The treatment of a text that does not fit at its smallest size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// The text ends in `…`, behind the last whole character that fits.
    #[default]
    Ellipsis,
    /// The last line has `…` in the middle and ends as the text does: for file names and addresses.
    EllipsisMiddle,
    /// The last line begins with `…` and ends as the text does.
    EllipsisStart,
    /// The text ends behind the last whole character that fits.
    Clip,
    /// All of the text is drawn, even beyond its box and beyond `max_lines`.
    Visible,
}

impl Overflow {
    /// The variant of this one that leaves out the text's end.
    pub(super) const fn at_end(self) -> Self {
        match self {
            Self::EllipsisMiddle | Self::EllipsisStart => Self::Ellipsis,
            Self::Ellipsis | Self::Clip | Self::Visible => self,
        }
    }
}

/// The place of lines within the width. A line that is too wide begins at its start, as in CSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// At the side where reading begins: left, or right for a right-to-left text.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// At the side where reading ends.
    End,
    /// At both sides, by wider spaces between words. A paragraph's last line is at its start.
    Justify,
    /// Left, in either direction.
    Left,
    /// Right, in either direction.
    Right,
}

/// A text's base direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The direction of its first strong letter; left to right if there is none.
    #[default]
    Auto,
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

/// Where a line may end, as in CSS. A word that is wider than a line is broken in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WordBreak {
    /// Between words; in Chinese, Japanese and Korean between letters.
    Normal,
    /// Between words only, at a space or punctuation, in every language.
    KeepAll,
    /// Between any two letters.
    BreakAll,
}

/// How lines are chosen among the places where they may end, as CSS's `text-wrap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Wrap {
    /// Each line takes as many words as fit.
    #[default]
    Greedy,
    /// Lines are as even as possible without becoming more: for headlines. Hard breaks divide the
    /// text into parts that are balanced separately.
    Balance,
    /// The last line has more than one word, if the line before it can give one away.
    Pretty,
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
