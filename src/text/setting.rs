//! A style made ready: sensible numbers, lengths in ems, and the metrics of its face.

use std::rc::Rc;

use super::style::{Align, Decoration, Fit, Overflow, RunStyle, Style, Wrap};
use crate::font::{Axis, Fonts, HanLanguage, Instance, Metrics};
use crate::limits::Limits;

/// A [`Style`] in which every number makes sense, with the metrics of its face. Lengths are in ems,
/// except for font sizes.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// The style of each run; at least one.
    pub(super) runs: Rc<[RunStyle]>,
    pub(super) lang: Option<String>,
    /// The language whose forms of Han letters are preferred.
    pub(super) language: Option<HanLanguage>,
    /// px
    pub(super) size: f32,
    /// px; at most `size`
    pub(super) min_size: f32,
    /// px; at least `size`
    pub(super) max_size: f32,
    pub(super) fit: Fit,
    pub(super) line_height: f32,
    pub(super) ascent: f32,
    pub(super) descent: f32,
    pub(super) cap_height: f32,
    /// At least 1. The style's value, or else the limit on lines.
    pub(super) max_lines: usize,
    /// The limit on lines, which holds even if overflow is visible.
    pub(super) line_limit: usize,
    pub(super) overflow: Overflow,
    pub(super) align: Align,
    pub(super) wrap: Wrap,
}

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
        language: Option<HanLanguage>,
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
            line_height: or(style.line_height, 1.2).clamp(0.1, 10.0),
            ascent: 0.0,
            descent: 0.0,
            cap_height: 0.0,
            max_lines: wanted.clamp(1, line_limit),
            line_limit,
            overflow: style.overflow,
            align: style.align,
            wrap: style.wrap,
        }
    }

    /// A copy with the metrics of a face.
    pub(super) fn measured(self, metrics: Metrics) -> Self {
        let em = metrics.units_per_em;
        let (ascent, descent, cap_height) = (metrics.ascent / em, metrics.descent / em, metrics.cap_height / em);
        Self { ascent, descent, cap_height, ..self }
    }

    /// Space between the letters of a run, in ems of the text.
    pub(super) fn spacing(&self, style: &RunStyle) -> f32 {
        or(style.spacing / self.size, 0.0).clamp(-1.0, 10.0)
    }
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
pub(super) fn rules(style: &RunStyle, fonts: &Fonts, language: Option<HanLanguage>) -> [Option<EmRule>; 2] {
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
pub(super) fn metrics(fonts: &Fonts, style: &RunStyle, language: Option<HanLanguage>) -> Metrics {
    let first = fonts.order(&style.family, &style.instance, language).into_iter().next();
    first.map_or(Metrics::NONE, |(_, face)| face.metrics(&style.instance))
}

/// Whether a string looks like a BCP 47 tag. Nothing else is given to the shaper.
fn is_language(lang: &str) -> bool {
    (2..=35).contains(&lang.len()) && lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
