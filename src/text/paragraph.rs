//! A text, analysed and shaped: everything about it that depends on neither width nor size.
//!
//! Lengths are in ems, so that a font size is one multiplication.

use std::ops::Range;
use std::rc::Rc;

use super::analyse::{self, Breaking, Runs, Unit};
use super::cluster::{Cluster, EmGlyph, Extent, Shaping};
use super::fallback::Families;
use super::style::{Decoration, Letters, Run};
use super::{Align, Fit, Overflow, Report, Style, Work, Wrap};
use crate::font::{Axis, Fonts, Instance, Language, Metrics};
use crate::geometry::px;
use crate::limits::Limits;

/// A text that is ready to be fitted into any box.
#[derive(Debug, Clone)]
pub struct Paragraph {
    pub(super) text: String,
    /// Lines along the letters of each run.
    pub(super) rules: Vec<[Option<EmRule>; 2]>,
    pub(super) setting: Setting,
    pub(super) fonts: Fonts,
    /// Lines of text between hard breaks.
    pub(super) hard_lines: Vec<HardLine>,
    pub(super) units: Vec<Unit>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) glyphs: Vec<EmGlyph>,
    /// Base direction.
    pub(super) rtl: bool,
    report: Report,
    /// Em.
    min_width: f32,
    /// Em.
    max_width: f32,
}

/// A [`Style`] in which every number makes sense; lengths in ems but for sizes.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// How the letters of each run look; at least one.
    pub(super) runs: Rc<[Letters]>,
    pub(super) lang: Option<String>,
    /// Whose forms of Han letters it prefers.
    pub(super) language: Option<Language>,
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
    /// At least 1. The style's, or else the limit on lines.
    pub(super) max_lines: usize,
    /// The limit on lines: holds even where `max_lines` is only a wish.
    pub(super) limit: usize,
    pub(super) overflow: Overflow,
    pub(super) align: Align,
    pub(super) wrap: Wrap,
}

/// A line along letters, in ems of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EmRule {
    /// Its upper edge, below the baseline.
    pub(super) top: f32,
    pub(super) thickness: f32,
}

/// A line of text between hard breaks.
#[derive(Debug, Clone)]
pub(super) struct HardLine {
    /// Bytes of the text.
    pub(super) bytes: Range<usize>,
    /// Of the paragraph's clusters.
    pub(super) clusters: Range<usize>,
}

impl Paragraph {
    /// Analyses and shapes `text`, all of it in the style's letters. The work is linear in its length, which `limits.text_chars`
    /// bounds.
    #[must_use]
    pub fn new(text: &str, style: &Style, fonts: &Fonts, limits: &Limits) -> Self {
        Self::shape(&[(text, &style.letters)], style, fonts, limits)
    }

    /// The same for a text whose runs look different.
    #[must_use]
    pub fn of_runs(runs: &[Run], style: &Style, fonts: &Fonts, limits: &Limits) -> Self {
        let runs: Vec<_> = runs.iter().map(|run| (run.text.as_str(), &run.letters)).collect();
        Self::shape(&runs, style, fonts, limits)
    }

    fn shape(runs: &[(&str, &Letters)], style: &Style, fonts: &Fonts, limits: &Limits) -> Self {
        let cleaned = analyse::clean(runs.iter().map(|(text, _)| *text), limits.text_chars);
        let text = cleaned.text;
        let language = style.lang.as_deref().and_then(Language::of_tag).or_else(|| Language::of_text(&text));
        let setting = Setting::new(style, runs.iter().map(|(_, letters)| *letters), limits, language);
        let setting = setting.measured(metrics(fonts, &style.letters, language));
        let families = Families::new(fonts, &setting.runs, language);
        let faces = families.of(&setting.runs);
        let rtl = analyse::is_rtl(&text, style.direction);

        let mut shaping = Shaping::new(fonts, &faces, &setting);
        let breaking = Breaking { word_break: style.word_break, words: fonts.words() };
        let (mut hard_lines, mut units) = (Vec::new(), Vec::new());
        for bytes in analyse::hard_lines(&text) {
            if shaping.glyphs.len() > limits.glyphs {
                break;
            }
            let (first_unit, first_cluster) = (units.len(), shaping.clusters.len());
            let runs = Runs { ends: &cleaned.ends, faces: &faces };
            units.extend(analyse::units(&text, &bytes, rtl, &runs, breaking));
            shaping.line(&text, &bytes, &units, first_unit);
            hard_lines.push(HardLine { bytes, clusters: first_cluster..shaping.clusters.len() });
        }
        let report = Report {
            missing: shaping.missing,
            missing_count: shaping.missing_count,
            unknown_family: setting.runs.iter().any(|letters| !fonts.has(&letters.family)),
            cut: cleaned.cut,
            work: Work { graphemes: units.len(), runs: shaping.runs, glyphs: shaping.glyphs.len() },
        };
        let (clusters, glyphs) = (shaping.clusters, shaping.glyphs);
        let mut paragraph = Self {
            rules: setting.runs.iter().map(|letters| rules(letters, fonts, language)).collect(),
            setting,
            fonts: fonts.clone(),
            hard_lines,
            units,
            clusters,
            glyphs,
            rtl,
            report,
            text,
            min_width: 0.0,
            max_width: 0.0,
        };
        paragraph.limit_glyphs(limits.glyphs);
        paragraph.measure();
        paragraph
    }

    /// The same, with other fonts to shape an ellipsis with.
    pub(super) fn with(&self, fonts: Fonts) -> Self {
        Self { fonts, ..self.clone() }
    }

    /// What could not be done as asked.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// The text as it is set: cleaned of what cannot be drawn, and cut to the limits.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether there is nothing to lay out.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.hard_lines.is_empty()
    }

    /// The base direction: right to left, or left to right.
    #[must_use]
    pub const fn is_rtl(&self) -> bool {
        self.rtl
    }

    /// The narrowest box that needs no word broken, in px: the longest piece that no line break may split,
    /// at the smallest size. CSS's `min-content`.
    #[must_use]
    pub fn min_width(&self) -> f32 {
        px(self.min_width * self.setting.min_size).max(0.0)
    }

    /// The narrowest box that needs no line break but those of the text, in px at the largest size. CSS's `max-content`.
    #[must_use]
    pub fn max_width(&self) -> f32 {
        px(self.max_width * self.setting.size).max(0.0)
    }

    /// Cuts what lies behind the first `most` glyphs.
    fn limit_glyphs(&mut self, most: usize) {
        if self.glyphs.len() <= most {
            return;
        }
        self.report.cut = true;
        let total = self.clusters.iter().scan(0_usize, |sum, cluster| {
            *sum = sum.saturating_add(cluster.glyphs.len());
            Some(*sum)
        });
        let kept = total.take_while(|sum| *sum <= most).count();
        self.clusters.truncate(kept);
        for line in &mut self.hard_lines {
            line.clusters = line.clusters.start.min(kept)..line.clusters.end.min(kept);
        }
    }

    fn measure(&mut self) {
        let (mut longest_piece, mut longest_line) = (0.0_f32, 0.0_f32);
        for line in &self.hard_lines {
            let clusters = self.clusters.get(line.clusters.clone()).unwrap_or_default();
            let mut piece = Extent::default();
            let mut whole = Extent::default();
            for cluster in clusters {
                whole.add(cluster);
                piece.add(cluster);
                longest_piece = longest_piece.max(piece.visible);
                if cluster.break_after {
                    longest_piece = longest_piece.max(piece.broken_behind(cluster));
                    piece = Extent::default();
                }
            }
            longest_line = longest_line.max(whole.visible);
        }
        (self.min_width, self.max_width) = (longest_piece, longest_line);
    }
}

impl Setting {
    fn new<'a>(
        style: &Style,
        runs: impl Iterator<Item = &'a Letters>,
        limits: &Limits,
        language: Option<Language>,
    ) -> Self {
        let most = limits.font_px.max(1.0);
        let size = or(style.size, 16.0).clamp(1.0, most);
        let limit = limits.lines.max(1);
        let wish = style.max_lines.map_or(limit, |lines| usize::try_from(lines).unwrap_or(limit));
        Self {
            runs: runs.map(|letters| sensible(letters, most / size)).collect(),
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
            max_lines: wish.clamp(1, limit),
            limit,
            overflow: style.overflow,
            align: style.align,
            wrap: style.wrap,
        }
    }

    /// With the measures of a face.
    fn measured(self, metrics: Metrics) -> Self {
        let em = metrics.units_per_em;
        let (ascent, descent, cap_height) = (metrics.ascent / em, metrics.descent / em, metrics.cap_height / em);
        Self { ascent, descent, cap_height, ..self }
    }

    /// Space between letters, in ems of the text.
    pub(super) fn spacing(&self, letters: &Letters) -> f32 {
        or(letters.spacing / self.size, 0.0).clamp(-1.0, 10.0)
    }
}

fn or(value: f32, otherwise: f32) -> f32 {
    if value.is_nan() { otherwise } else { value }
}

/// Letters in which every number makes sense.
fn sensible(letters: &Letters, max_scale: f32) -> Letters {
    let axes = letters.instance.axes.iter().filter(|axis| axis.value.is_finite());
    let axes = axes.map(|axis| Axis { value: axis.value.clamp(-32_000.0, 32_000.0), ..*axis }).collect();
    Letters {
        instance: Instance { weight: letters.instance.weight.clamp(1, 1000), axes, ..letters.instance },
        scale: or(letters.scale, 1.0).clamp(0.01, max_scale.max(0.01)),
        ..letters.clone()
    }
}

/// An underline and a line through the letters, where they have them.
fn rules(letters: &Letters, fonts: &Fonts, language: Option<Language>) -> [Option<EmRule>; 2] {
    if letters.decoration == Decoration::default() {
        return [None; 2];
    }
    let metrics = metrics(fonts, letters, language);
    let em = metrics.units_per_em / letters.scale;
    let rule = |top: f32, thickness: f32| EmRule { top: top / em, thickness: thickness / em };
    let Decoration { underline, line_through } = letters.decoration;
    [
        underline.then(|| rule(metrics.underline.0, metrics.underline.1)),
        line_through.then(|| rule(-metrics.strikeout.0, metrics.strikeout.1)),
    ]
}

/// The measures of the family's first face.
fn metrics(fonts: &Fonts, letters: &Letters, language: Option<Language>) -> Metrics {
    let first = fonts.order(letters, language).into_iter().next();
    first.map_or(Metrics::NONE, |(_, face)| face.metrics(&letters.instance))
}

/// Looks like a BCP 47 tag: nothing else goes near the shaper.
fn is_language(lang: &str) -> bool {
    (2..=35).contains(&lang.len()) && lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
