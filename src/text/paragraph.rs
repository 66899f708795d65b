//! A text, analysed and shaped: everything about it that depends on neither width nor size.
//!
//! Lengths are in ems, so that a font size is one multiplication.

use std::ops::Range;

use unicode_script::Script;

use super::analyse::{self, Faces, Unit};
use super::font::{FaceId, Fonts};
use super::outline::Metrics;
use super::shape::{self, Shaper};
use super::{Align, Overflow, Report, Style};
use crate::geometry::px;
use crate::limits::Limits;

/// Missing characters that a [`Report`] names.
const MAX_MISSING: usize = 16;

/// A text that is ready to be fitted into any box.
#[derive(Debug, Clone)]
pub struct Paragraph {
    pub(super) text: String,
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
    pub(super) family: String,
    pub(super) weight: u16,
    pub(super) lang: Option<String>,
    /// px
    pub(super) size: f32,
    /// px; at most `size`
    pub(super) min_size: f32,
    pub(super) line_height: f32,
    pub(super) spacing: f32,
    pub(super) ascent: f32,
    pub(super) descent: f32,
    pub(super) cap_height: f32,
    /// At least 1. The style's, or else the limit on lines.
    pub(super) max_lines: usize,
    /// The limit on lines: holds even where `max_lines` is only a wish.
    pub(super) limit: usize,
    pub(super) overflow: Overflow,
    pub(super) align: Align,
}

/// A line of text between hard breaks.
#[derive(Debug, Clone)]
pub(super) struct HardLine {
    /// Bytes of the text.
    pub(super) bytes: Range<usize>,
    /// Of the paragraph's clusters.
    pub(super) clusters: Range<usize>,
}

/// What a line break cannot split: one or more whole graphemes and their glyphs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cluster {
    /// Of the units that it was shaped from.
    pub(super) units: Range<usize>,
    /// Of the glyphs, from left to right.
    pub(super) glyphs: Range<usize>,
    /// Em, without `spacing`.
    pub(super) advance: f32,
    /// Em between this cluster and the next one of its line.
    pub(super) spacing: f32,
    /// Bidi level.
    pub(super) level: u8,
    /// A line may end behind it.
    pub(super) break_after: bool,
    /// White space that is not measured at a line's end.
    pub(super) hangs: bool,
    /// Justification widens it.
    pub(super) gap: bool,
}

/// A glyph in ems.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EmGlyph {
    pub(super) face: FaceId,
    pub(super) id: u16,
    pub(super) advance: f32,
    pub(super) dx: f32,
    /// Upwards.
    pub(super) dy: f32,
}

impl Paragraph {
    /// Analyses and shapes `text`. The work is linear in its length, which `limits.text_chars` bounds.
    #[must_use]
    pub fn new(text: &str, style: &Style, fonts: &Fonts, limits: &Limits) -> Self {
        let cleaned = analyse::clean(text, limits.text_chars);
        let text = cleaned.text;
        let faces = Faces::new(fonts, &style.family);
        let setting = Setting::new(style, limits, metrics(fonts, &faces, style.weight));
        let rtl = analyse::is_rtl(&text, style.direction);
        let report = Report { missing: Vec::new(), unknown_family: !fonts.has(&style.family), cut: cleaned.cut };

        let mut shaping = Shaping::new(fonts, &faces, &setting);
        let (mut hard_lines, mut units) = (Vec::new(), Vec::new());
        for bytes in analyse::hard_lines(&text) {
            if shaping.glyphs.len() > limits.glyphs {
                break;
            }
            let (first_unit, first_cluster) = (units.len(), shaping.clusters.len());
            units.extend(analyse::units(&text, &bytes, rtl, &faces));
            shaping.line(&text, &bytes, &units, first_unit);
            hard_lines.push(HardLine { bytes, clusters: first_cluster..shaping.clusters.len() });
        }
        let (clusters, glyphs, missing) = (shaping.clusters, shaping.glyphs, shaping.missing);
        let mut paragraph = Self {
            setting,
            fonts: fonts.clone(),
            hard_lines,
            units,
            clusters,
            glyphs,
            rtl,
            report: Report { missing, ..report },
            text,
            min_width: 0.0,
            max_width: 0.0,
        };
        paragraph.limit_glyphs(limits.glyphs);
        paragraph.measure();
        paragraph
    }

    /// What could not be done as asked.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// Characters that no face has, each once, the first 16.
    #[must_use]
    pub fn missing(&self) -> &[char] {
        &self.report.missing
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
        let kept = self.clusters.iter().position(|cluster| cluster.glyphs.end.max(cluster.glyphs.start) > most);
        let kept = kept.unwrap_or(self.clusters.len());
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
                    piece = Extent::default();
                }
            }
            longest_line = longest_line.max(whole.visible);
        }
        (self.min_width, self.max_width) = (longest_piece, longest_line);
    }
}

/// How long a sequence of clusters is, in ems.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// With everything, where the next cluster would begin.
    pub(super) pen: f32,
    /// Up to the last cluster that does not hang, without its spacing.
    pub(super) visible: f32,
}

impl Extent {
    pub(super) fn add(&mut self, cluster: &Cluster) {
        if !cluster.hangs {
            self.visible = self.with(cluster);
        }
        self.pen += cluster.advance + cluster.spacing;
    }

    /// How long it would be if it ended behind `cluster`.
    pub(super) fn with(&self, cluster: &Cluster) -> f32 {
        self.pen + cluster.advance
    }
}

/// Shapes lines of text into clusters and glyphs.
pub(super) struct Shaping<'a> {
    fonts: &'a Fonts,
    faces: &'a Faces<'a>,
    setting: &'a Setting,
    shapers: Vec<(FaceId, Shaper<'a>)>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) glyphs: Vec<EmGlyph>,
    pub(super) missing: Vec<char>,
}

impl<'a> Shaping<'a> {
    pub(super) fn new(fonts: &'a Fonts, faces: &'a Faces<'a>, setting: &'a Setting) -> Self {
        let (clusters, glyphs) = (Vec::new(), Vec::new());
        Self { fonts, faces, setting, shapers: Vec::new(), clusters, glyphs, missing: Vec::new() }
    }

    /// Shapes `units[first..]`, which are (the end of) the line of text at `bytes`.
    pub(super) fn line(&mut self, text: &str, bytes: &Range<usize>, units: &[Unit], first: usize) {
        let line = text.get(bytes.clone()).unwrap_or_default();
        for run in analyse::runs(units.get(first..).unwrap_or_default()) {
            let run = first.saturating_add(run.start)..first.saturating_add(run.end);
            self.run(line, bytes.start, units, &run);
        }
    }

    fn run(&mut self, line: &str, line_start: usize, units: &[Unit], run: &Range<usize>) {
        let members = units.get(run.clone()).unwrap_or_default();
        let (Some(head), Some(tail)) = (members.first(), members.last()) else { return };
        let spacing = if joins(head.script) { 0.0 } else { self.setting.spacing };
        let rtl = head.level % 2 == 1;
        let shaped = shape::Run {
            text: line,
            range: head.bytes.start.saturating_sub(line_start)..tail.bytes.end.saturating_sub(line_start),
            script: head.script,
            rtl,
            lang: self.setting.lang.as_deref(),
            spaced: spacing != 0.0,
        };
        let Some(shaper) = shaper(&mut self.shapers, self.fonts, head.face, self.setting.weight) else { return };
        let em = shaper.units_per_em();
        let glyphs = shaper.shape(&shaped);

        // Groups of glyphs of one cluster, in the order of the text.
        let mut groups: Vec<(usize, Range<usize>)> = Vec::with_capacity(glyphs.len());
        let mut at = self.glyphs.len();
        for group in glyphs.chunk_by(|a, b| a.cluster == b.cluster) {
            let end = at.saturating_add(group.len());
            let start_byte = group.first().map_or(0, |glyph| glyph.cluster).saturating_add(line_start);
            groups.push((start_byte, at..end));
            at = end;
        }
        if rtl {
            groups.reverse();
        }
        self.glyphs.extend(glyphs.iter().map(|glyph| EmGlyph {
            face: head.face,
            id: glyph.id,
            advance: glyph.advance as f32 / em,
            dx: glyph.dx as f32 / em,
            dy: glyph.dy as f32 / em,
        }));

        // A cluster begins where both a unit and a group of glyphs begin.
        let mut groups = groups.into_iter().peekable();
        let mut unit = run.start;
        while unit < run.end {
            let begin = unit;
            let mut glyphs: Option<Range<usize>> = None;
            // Everything up to the next group that begins with a unit.
            loop {
                let unit_end = units.get(unit).map_or(usize::MAX, |unit| unit.bytes.end);
                while let Some((_, group)) = groups.next_if(|(byte, _)| *byte < unit_end) {
                    glyphs = Some(match glyphs {
                        Some(sum) => sum.start.min(group.start)..sum.end.max(group.end),
                        None => group,
                    });
                }
                unit = unit.saturating_add(1);
                if unit >= run.end || groups.peek().is_some_and(|(byte, _)| *byte == unit_end) {
                    break;
                }
            }
            let glyphs = glyphs.unwrap_or(at..at);
            if self.glyphs.get(glyphs.clone()).unwrap_or_default().iter().any(|glyph| glyph.id == 0) {
                let part = analyse::bytes_of(units.get(begin..unit).unwrap_or_default());
                let part = part.start.saturating_sub(line_start)..part.end.saturating_sub(line_start);
                self.note_missing(head.face, line.get(part).unwrap_or_default());
            }
            self.push_cluster(units, begin..unit, glyphs, spacing);
        }
    }

    fn push_cluster(&mut self, units: &[Unit], range: Range<usize>, glyphs: Range<usize>, spacing: f32) {
        let members = units.get(range.clone()).unwrap_or_default();
        let (Some(head), Some(tail)) = (members.first(), members.last()) else { return };
        let advance: f32 = self.glyphs.get(glyphs.clone()).unwrap_or_default().iter().map(|glyph| glyph.advance).sum();
        // Nothing moves the pen back over a whole cluster: a longer text is never narrower than a shorter one.
        let advance = advance.max(0.0);
        // Controls and other things without a width are no letters: nothing is set apart from them.
        let spacing = if advance > 0.0 { spacing.max(-advance) } else { 0.0 };
        self.clusters.push(Cluster {
            units: range,
            glyphs,
            advance,
            spacing,
            level: head.level,
            break_after: tail.break_after,
            hangs: members.iter().all(|unit| unit.hangs),
            gap: members.iter().all(|unit| unit.gap),
        });
    }

    /// Notes the characters that `face` lacks, where the shaper found no way around them either.
    fn note_missing(&mut self, face: FaceId, part: &str) {
        for c in part.chars().filter(|c| !analyse::is_ignorable(*c)) {
            if self.missing.len() < MAX_MISSING
                && !self.missing.contains(&c)
                && !self.faces.covers(face, c.encode_utf8(&mut [0; 4]))
            {
                self.missing.push(c);
            }
        }
    }
}

fn shaper<'s, 'a>(
    shapers: &'s mut Vec<(FaceId, Shaper<'a>)>,
    fonts: &'a Fonts,
    face: FaceId,
    weight: u16,
) -> Option<&'s mut Shaper<'a>> {
    let found = shapers.iter().position(|(id, _)| *id == face);
    let at = match found {
        Some(at) => at,
        None => {
            shapers.push((face, Shaper::new(fonts.get(face)?, weight)?));
            shapers.len().saturating_sub(1)
        }
    };
    shapers.get_mut(at).map(|(_, shaper)| shaper)
}

impl Setting {
    fn new(style: &Style, limits: &Limits, metrics: Metrics) -> Self {
        let or = |value: f32, otherwise: f32| if value.is_nan() { otherwise } else { value };
        let size = or(style.size, 16.0).clamp(1.0, limits.font_px.max(1.0));
        let limit = limits.lines.max(1);
        let wish = style.max_lines.map_or(limit, |lines| usize::try_from(lines).unwrap_or(limit));
        Self {
            family: style.family.clone(),
            weight: style.weight.clamp(1, 1000),
            lang: style.lang.clone().filter(|lang| is_language(lang)),
            size,
            min_size: or(style.min_size, size).clamp(1.0, size),
            line_height: or(style.line_height, 1.2).clamp(0.1, 10.0),
            spacing: or(style.letter_spacing / size, 0.0).clamp(-1.0, 10.0),
            ascent: metrics.ascent / metrics.units_per_em,
            descent: metrics.descent / metrics.units_per_em,
            cap_height: metrics.cap_height / metrics.units_per_em,
            max_lines: wish.clamp(1, limit),
            limit,
            overflow: style.overflow,
            align: style.align,
        }
    }
}

fn metrics(fonts: &Fonts, faces: &Faces<'_>, weight: u16) -> Metrics {
    fonts.get(faces.primary()).map_or(Metrics::NONE, |face| face.metrics(weight))
}

/// Looks like a BCP 47 tag: nothing else goes near the shaper.
fn is_language(lang: &str) -> bool {
    (2..=35).contains(&lang.len()) && lang.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Scripts whose letters join, which letter spacing would tear apart: <https://drafts.csswg.org/css-text-4/#cursive-script>
const fn joins(script: Script) -> bool {
    matches!(
        script,
        Script::Adlam
            | Script::Arabic
            | Script::Chorasmian
            | Script::Hanifi_Rohingya
            | Script::Mandaic
            | Script::Manichaean
            | Script::Mongolian
            | Script::Nko
            | Script::Phags_Pa
            | Script::Psalter_Pahlavi
            | Script::Sogdian
            | Script::Syriac
    )
}
