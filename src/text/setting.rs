//! A style made ready: sensible numbers, lengths in ems, and the metrics of its face.

use std::rc::Rc;

use super::style::{Align, Decoration, Fit, Overflow, RunStyle, Style, Wrap};
use crate::font::{Axis, Fonts, Forms, Instance, Metrics};
use crate::limits::Limits;

/// A [`Style`] in which every number makes sense, with the metrics of its face. Lengths are in ems,
/// except for font sizes.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// The style of each run; at least one.
    pub(super) runs: Rc<[RunStyle]>,
    pub(super) lang: Option<String>,
    /// The language whose forms of Han letters are preferred.
    pub(super) language: Option<Forms>,
    /// px
    pub(super) size: f32,
    /// px; at most `size`
    pub(super) min_size: f32,
    /// px; at least `size`
    pub(super) max_size: f32,
    pub(super) fit: Fit,
    /// `None`: as the faces say.
    pub(super) line_height: Option<f32>,
    /// The least height of a line.
    pub(super) line: Height,
    pub(super) cap_height: f32,
    /// At least 1. The style's value, or else the limit on lines.
    pub(super) max_lines: usize,
    /// The limit on lines, which holds even if overflow is visible.
    pub(super) line_limit: usize,
    pub(super) overflow: Overflow,
    pub(super) align: Align,
    pub(super) wrap: Wrap,
}

/// The height of a line, or of a part of it, in ems of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Height {
    /// Above the baseline.
    pub(super) above: f32,
    /// Below the baseline; negative if it ends above.
    pub(super) below: f32,
}

impl Height {
    /// The height of nothing: a union with it is the other height.
    pub(super) const NONE: Self = Self { above: f32::MIN, below: f32::MIN };

    /// The height that holds both.
    pub(super) const fn union(self, other: Self) -> Self {
        Self { above: self.above.max(other.above), below: self.below.max(other.below) }
    }

    pub(super) fn sum(self) -> f32 {
        self.above + self.below
    }

    fn times(self, scale: f32) -> Self {
        Self { above: self.above * scale, below: self.below * scale }
    }
}

impl Default for Height {
    fn default() -> Self {
        Self::NONE
    }
}

/// The ink in ems of a letter that may leave its line without making it higher: `Å` in Inter.
const OVERHANG_EM: f32 = 0.03;

/// A line along a run, in ems of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EmRule {
    /// Distance of its upper edge below the baseline.
    pub(super) top: f32,
    pub(super) thickness: f32,
}

impl Setting {
    pub(super) fn new<'a>(
        style: &Style,
        runs: impl Iterator<Item = &'a RunStyle>,
        limits: &Limits,
        language: Option<Forms>,
    ) -> Self {
        let most = limits.font_px.max(1.0);
        let size = or(style.size, 16.0).clamp(1.0, most);
        let line_limit = limits.lines.max(1);
        let wanted = style.max_lines.map_or(line_limit, |lines| usize::try_from(lines).unwrap_or(line_limit));
        Self {
            runs: runs.map(|style| sensible(style, most / size)).collect(),
            lang: style.lang.clone().filter(|lang| is_language(lang)),
            language,
            size,
            min_size: or(style.min_size, size).clamp(1.0, size),
            max_size: style.max_size.map_or(most, |px| or(px, size).clamp(size, most)),
            fit: style.fit,
            line_height: style.line_height.map(|height| or(height, 1.2).clamp(0.1, 10.0)),
            line: Height::NONE,
            cap_height: 0.0,
            max_lines: wanted.clamp(1, line_limit),
            line_limit,
            overflow: style.overflow,
            align: style.align,
            wrap: style.wrap,
        }
    }

    /// A copy with the metrics of the text's own face.
    pub(super) fn measured(self, metrics: Metrics) -> Self {
        let cap_height = metrics.cap_height / metrics.units_per_em;
        let line = self.line_height.map(|height| {
            // CSS's half-leading: the face's content area is in the middle of the line.
            let (ascent, descent) = (metrics.ascent / metrics.units_per_em, metrics.descent / metrics.units_per_em);
            let above = (height - (ascent + descent)) / 2.0 + ascent;
            Height { above, below: height - above }
        });
        Self { line: line.unwrap_or_else(|| content(metrics)), cap_height, ..self }
    }

    /// The least height of a line with letters of a face, at a multiple of the text's size.
    pub(super) fn height(&self, metrics: Metrics, scale: f32) -> Height {
        if self.line_height.is_some() { self.line.times(scale) } else { content(metrics).times(scale) }
    }

    /// The height that a line needs for the ink of a letter.
    pub(super) fn room(&self, ink: Height) -> Height {
        let over = if self.line_height.is_some() { 0.0 } else { OVERHANG_EM };
        Height { above: ink.above - over, below: ink.below - over }
    }

    /// Space between the letters of a run, in ems of the text.
    pub(super) fn spacing(&self, style: &RunStyle) -> f32 {
        or(style.spacing / self.size, 0.0).clamp(-1.0, 10.0)
    }
}

/// The height that a face says a line should have. The gap that it asks for between lines is split
/// between above and below, as in browsers.
fn content(metrics: Metrics) -> Height {
    let (em, gap) = (metrics.units_per_em, metrics.line_gap / 2.0);
    Height { above: (metrics.ascent + gap) / em, below: (metrics.descent + gap) / em }
}

/// `value`, or `otherwise` if it is NaN.
fn or(value: f32, otherwise: f32) -> f32 {
    if value.is_nan() { otherwise } else { value }
}

/// A copy in which every number makes sense.
fn sensible(style: &RunStyle, max_scale: f32) -> RunStyle {
    let axes = style.instance.axes.iter().filter(|axis| axis.value.is_finite());
    let axes = axes.map(|axis| Axis { value: axis.value.clamp(-32_000.0, 32_000.0), ..*axis }).collect();
    RunStyle {
        instance: Instance { weight: style.instance.weight.clamp(1, 1000), axes, ..style.instance },
        scale: or(style.scale, 1.0).clamp(0.01, max_scale.max(0.01)),
        ..style.clone()
    }
}

/// The underline and the line through of a run, if it has them.
pub(super) fn rules(style: &RunStyle, fonts: &Fonts, language: Option<Forms>) -> [Option<EmRule>; 2] {
    if style.decoration == Decoration::default() {
        return [None; 2];
    }
    let metrics = metrics(fonts, style, language);
    let em = metrics.units_per_em / style.scale;
    let rule = |top: f32, thickness: f32| EmRule { top: top / em, thickness: thickness / em };
    let Decoration { underline, line_through } = style.decoration;
    [
        underline.then(|| rule(metrics.underline.edge, metrics.underline.thickness)),
        line_through.then(|| rule(-metrics.strikeout.edge, metrics.strikeout.thickness)),
    ]
}

/// The metrics of the first face that a run may use.
pub(super) fn metrics(fonts: &Fonts, style: &RunStyle, language: Option<Forms>) -> Metrics {
    let first = fonts.order(&style.family, &style.instance, language).into_iter().next();
    first.map_or(Metrics::NONE, |(_, face)| face.metrics(&style.instance))
}

/// Whether a string looks like a BCP 47 tag. Nothing else is given to the shaper.
fn is_language(lang: &str) -> bool {
    (2..=35).contains(&lang.len()) && lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
