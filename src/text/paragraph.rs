//! A text, analysed and shaped: all that depends on neither its box nor its font size.
//!
//! Lengths are in ems: a font size is one multiplication.

use super::analyse::{self, Runs, Unit};
use super::bidi;
use super::clean;
use super::cluster::{Cluster, EmGlyph, Extent, Shaping, kerning_between};
use super::fallback::Families;
use super::itemize;
use super::line_break::HardLine;
use super::opportunity::Breaking;
use super::report::{Report, Work};
use super::setting::{self, EmRule, Setting};
use super::style::{Run, RunStyle, Style};
use super::substitute;
use crate::font::{Fonts, Forms};
use crate::geometry::px;
use crate::limits::Limits;

/// A text that is ready to be fitted into any box.
///
/// ```
/// use monogram::font::Fonts;
/// use monogram::limits::Limits;
/// use monogram::text::{Paragraph, Style};
///
/// let style = Style { size: 40.0, min_size: 20.0, max_lines: Some(2), ..Style::default() };
/// let paragraph = Paragraph::new("Welcome, Maria!", &style, &Fonts::embedded(), &Limits::default());
///
/// let block = paragraph.fit(Some(400.0), Some(100.0)); // a box of 400 x 100 px
/// assert_eq!((block.lines.len(), block.size), (1, 40.0));
/// assert!(!block.truncated && block.width <= 400.0);
///
/// let narrow = paragraph.fit(Some(100.0), Some(100.0));
/// assert!(narrow.lines.len() == 2 && narrow.size < 40.0);
/// ```
#[derive(Debug, Clone)]
pub struct Paragraph {
    pub(super) text: String,
    /// The underline and the line through of each run.
    pub(super) rules: Vec<[Option<EmRule>; 2]>,
    pub(super) setting: Setting,
    pub(super) fonts: Fonts,
    /// Lines of text between hard breaks.
    pub(super) hard_lines: Vec<HardLine>,
    pub(super) units: Vec<Unit>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) glyphs: Vec<EmGlyph>,
    /// Whether the base direction is right to left.
    pub(super) rtl: bool,
    report: Report,
    /// In ems.
    min_width: f32,
    /// In ems.
    max_width: f32,
}

impl Paragraph {
    /// Analyses and shapes `text`, all of it in one style. The work is linear in the text's length,
    /// which `limits.text_chars` and `limits.glyphs` bound: the rest is cut, and [`Self::report`]
    /// tells.
    #[must_use]
    pub fn new(text: &str, style: &Style, fonts: &Fonts, limits: &Limits) -> Self {
        Self::shape(&[(text, &style.base)], style, fonts, limits)
    }

    /// As [`Self::new`], for a text whose runs have different styles.
    #[must_use]
    pub fn of_runs(runs: &[Run], style: &Style, fonts: &Fonts, limits: &Limits) -> Self {
        let runs: Vec<_> = runs.iter().map(|run| (run.text.as_str(), &run.style)).collect();
        Self::shape(&runs, style, fonts, limits)
    }

    fn shape(runs: &[(&str, &RunStyle)], style: &Style, fonts: &Fonts, limits: &Limits) -> Self {
        let cleaned = clean::clean(runs.iter().map(|(text, _)| *text), limits.text_chars);
        let declared = style.lang.as_deref().and_then(Forms::of_tag);
        let language = declared.or_else(|| Forms::of_text(&cleaned.text)).or(style.forms);
        let setting = Setting::new(style, runs.iter().map(|(_, style)| *style), limits, language);
        let setting = setting.measured(setting::metrics(fonts, &style.base, language));
        let families = Families::new(fonts, &setting.runs, language);
        let faces = families.of(&setting.runs);
        let cleaned = substitute::substitute(cleaned, &faces);
        let text = cleaned.text;
        let rtl = bidi::is_rtl(&text, style.direction);

        let mut shaping = Shaping::new(fonts, &faces, &setting);
        let breaking = Breaking { word_break: style.word_break, dictionaries: fonts.dictionaries() };
        let (mut hard_lines, mut units) = (Vec::new(), Vec::new());
        for bytes in clean::hard_lines(&text) {
            if shaping.glyphs.len() > limits.glyphs {
                break;
            }
            let (first_unit, first_cluster) = (units.len(), shaping.clusters.len());
            let runs = Runs { ends: &cleaned.ends, faces: &faces };
            let mut line = analyse::units(&text, &bytes, rtl, &runs, breaking);
            itemize::resolve_scripts(&text, &mut line, &faces);
            units.append(&mut line);
            shaping.line(&text, &bytes, &units, first_unit);
            hard_lines.push(HardLine { bytes, clusters: first_cluster..shaping.clusters.len() });
        }
        let report = Report {
            missing: shaping.missing,
            missing_count: shaping.missing_count,
            unknown_family: setting.runs.iter().any(|run| !fonts.has(&run.family)),
            lost_kerning: shaping.lost_kerning.and_then(|id| fonts.get(id)).map(|face| face.family().to_owned()),
            cut: cleaned.cut,
            work: Work { graphemes: units.len(), runs: shaping.runs, glyphs: shaping.glyphs.len() },
        };
        let (clusters, glyphs) = (shaping.clusters, shaping.glyphs);
        let mut paragraph = Self {
            rules: setting.runs.iter().map(|run| setting::rules(run, fonts, language)).collect(),
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

    /// A copy that shapes an ellipsis with other fonts.
    pub(super) fn with_fonts(&self, fonts: Fonts) -> Self {
        Self { fonts, ..self.clone() }
    }

    /// The requests that could not be met: missing characters, unknown families, cuts.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// The text as it is set: without characters that cannot be drawn, and cut to the limits.
    /// [`Line::text`](super::Line::text) counts its bytes.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text has no line at all, not even an empty one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.hard_lines.is_empty()
    }

    /// Whether the base direction is right to left: lines then start at the right. It is the
    /// style's direction or, for [`Direction::Auto`](super::Direction::Auto), that of the first
    /// strong letter outside of values.
    #[must_use]
    pub const fn is_rtl(&self) -> bool {
        self.rtl
    }

    /// The width of the narrowest box that breaks no word, in px at the smallest font size: the
    /// longest piece between two line break opportunities. CSS's `min-content`.
    #[must_use]
    pub fn min_width(&self) -> f32 {
        px(self.min_width * self.setting.min_size).max(0.0)
    }

    /// The width of the narrowest box in which only hard breaks end lines, in px at the style's
    /// `size`. CSS's `max-content`.
    #[must_use]
    pub fn max_width(&self) -> f32 {
        px(self.max_width * self.setting.size).max(0.0)
    }

    /// Cuts the text behind the first `most` glyphs.
    fn limit_glyphs(&mut self, most: usize) {
        if self.glyphs.len() <= most {
            return;
        }
        self.report.cut = true;
        let total = self.clusters.iter().scan(0_usize, |sum, cluster| {
            *sum = sum.saturating_add(cluster.glyphs.len());
            Some(*sum)
        });
        let count = total.take_while(|sum| *sum <= most).count();
        self.clusters.truncate(count);
        for line in &mut self.hard_lines {
            line.clusters = line.clusters.start.min(count)..line.clusters.end.min(count);
        }
    }

    /// Finds the minimum and maximum width.
    fn measure(&mut self) {
        let (mut longest_piece, mut longest_line) = (0.0_f32, 0.0_f32);
        for line in &self.hard_lines {
            let clusters = self.clusters.get(line.clusters.clone()).unwrap_or_default();
            let mut piece = Extent::default();
            let mut whole = Extent::default();
            let mut kerning = 0.0_f32;
            for (cluster, next) in clusters.iter().zip(clusters.iter().skip(1).map(Some).chain([None])) {
                whole.add(cluster);
                piece.add(cluster);
                longest_piece = longest_piece.max(piece.visible);
                if !cluster.hangs {
                    kerning = kerning_between(cluster, next);
                }
                if cluster.break_after {
                    longest_piece = longest_piece.max(piece.broken_behind(cluster)).max(piece.visible + kerning);
                    piece = Extent::beginning_with(next, false);
                }
            }
            longest_line = longest_line.max(whole.visible);
        }
        (self.min_width, self.max_width) = (longest_piece, longest_line);
    }
}
