//! Shaped runs → clusters, which a line break cannot split, in reading order and in ems.
//!
//! A shaper's cluster may be smaller than a grapheme (a mark) or larger (a ligature). Ours begin
//! where both begin.

use std::ops::Range;

use super::analyse::{self, Unit};
use super::character::{is_ignorable, joins};
use super::fallback::Faces;
use super::itemize;
use super::report::Missing;
use super::setting::{Height, Setting};
use super::shape::{self, Shaper};
use super::style::RunStyle;
use crate::font::{FaceId, Fonts};

/// The most different missing characters that a [`super::Report`] names.
const MAX_MISSING: usize = 16;

/// One or more whole graphemes with their glyphs, which a line break cannot split.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Cluster {
    /// Its units, among those that were shaped.
    pub(super) units: Range<usize>,
    /// Its glyphs, from left to right.
    pub(super) glyphs: Range<usize>,
    /// In ems, without `spacing`.
    pub(super) advance: f32,
    /// Space in ems between this cluster and the next one of its line.
    pub(super) spacing: f32,
    /// Bidi level.
    pub(super) level: u8,
    /// Whether a line may end behind it.
    pub(super) break_after: bool,
    /// Whether a line may end behind it if it has no better place.
    pub(super) tear_after: bool,
    /// Whether a line break before it changes glyphs or advances beside the break: kerning,
    /// ligatures.
    pub(super) unsafe_before: bool,
    /// What its advance gains, in ems, if a line breaks between it and the cluster to its right:
    /// kerning does not reach across.
    pub(super) kerning: f32,
    /// Whether it is not measured at a line's end (white space).
    pub(super) hangs: bool,
    /// Whether justification widens it.
    pub(super) gap: bool,
    /// Whether justification widens the line on both of its sides.
    pub(super) ideographic: bool,
    /// The index of its run.
    pub(super) run: u16,
    /// The font size of its run, as a multiple of the text's.
    pub(super) scale: f32,
    /// The height that its line must have.
    pub(super) height: Height,
    /// For a soft hyphen: the advance in ems of its hyphen, which shows only where a line ends
    /// behind it. 0 for any other cluster.
    pub(super) hyphen: f32,
}

/// A glyph, with lengths in ems.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct EmGlyph {
    pub(super) face: FaceId,
    pub(super) id: u16,
    pub(super) run: u16,
    pub(super) advance: f32,
    pub(super) dx: f32,
    /// Upwards.
    pub(super) dy: f32,
}

impl shape::Glyph {
    fn in_ems(&self, face: FaceId, run: u16, em: f32) -> EmGlyph {
        let ems = |units: i32| units as f32 / em;
        EmGlyph { face, id: self.id, run, advance: ems(self.advance), dx: ems(self.dx), dy: ems(self.dy) }
    }
}

/// The length of a sequence of clusters, in ems.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// The place where the next cluster would begin.
    pub(super) pen: f32,
    /// The end of the last cluster that does not hang, without its spacing.
    pub(super) visible: f32,
}

impl Extent {
    pub(super) fn add(&mut self, cluster: &Cluster) {
        if !cluster.hangs {
            // Negative spacing may bring a control, which has no width, before the letter's end.
            self.visible = self.visible.max(self.with(cluster));
        }
        self.pen += cluster.advance + cluster.spacing;
    }

    /// The length if it ended behind `cluster`.
    pub(super) fn with(&self, cluster: &Cluster) -> f32 {
        self.pen + cluster.advance
    }

    /// An extent that begins a line at `cluster`, behind a line break unless `is_first`.
    pub(super) fn beginning_with(cluster: Option<&Cluster>, is_first: bool) -> Self {
        let kerned = cluster.filter(|cluster| !is_first && cluster.unsafe_before && cluster.level % 2 == 1);
        Self { pen: kerned.map_or(0.0, |cluster| cluster.kerning), visible: 0.0 }
    }

    /// The length of a line that ends behind `cluster`, which was added last: with its hyphen, if
    /// it is a soft one.
    pub(super) fn broken_behind(&self, cluster: &Cluster) -> f32 {
        if cluster.hyphen > 0.0 { self.pen + cluster.hyphen } else { self.visible }
    }
}

/// Whether justification widens a line of `clusters` behind the one at `at`: at spaces, and between
/// letters of Chinese and Japanese and whatever is beside them.
pub(super) fn widens(clusters: &[Cluster], at: usize) -> bool {
    let Some(cluster) = clusters.get(at) else { return false };
    let next = clusters.get(at.saturating_add(1));
    let beside = |next: &Cluster| !next.gap && !next.hangs && (cluster.ideographic || next.ideographic);
    cluster.gap || !cluster.hangs && next.is_some_and(beside)
}

/// What a line that ends behind `last` gains because its kerning to `next` does not reach across
/// the break.
pub(super) fn kerning_between(last: &Cluster, next: Option<&Cluster>) -> f32 {
    let is_cut = next.is_some_and(|next| next.unsafe_before && !next.hangs);
    if is_cut && last.level.is_multiple_of(2) { last.kerning } else { 0.0 }
}

/// Space behind clusters, in ems.
#[derive(Debug, Clone, Copy)]
struct Spacing {
    letters: f32,
    words: f32,
}

/// Shapes lines of text into clusters and glyphs.
pub(super) struct Shaping<'a> {
    fonts: &'a Fonts,
    /// The faces of each run.
    faces: &'a [&'a Faces<'a>],
    setting: &'a Setting,
    /// The shapers so far, by face and by the first run that asks the same of it.
    shapers: Vec<((FaceId, usize), Shaper<'a>)>,
    /// Number of calls of the shaper.
    pub(super) runs: usize,
    pub(super) clusters: Vec<Cluster>,
    pub(super) glyphs: Vec<EmGlyph>,
    /// The first few different characters that no face has.
    pub(super) missing: Vec<Missing>,
    /// Number of all characters that no face has, repetitions included.
    pub(super) missing_count: u32,
    /// The first face whose kerning is that of its default instance, where another was asked for.
    pub(super) lost_kerning: Option<FaceId>,
}

impl<'a> Shaping<'a> {
    pub(super) fn new(fonts: &'a Fonts, faces: &'a [&'a Faces<'a>], setting: &'a Setting) -> Self {
        let (clusters, glyphs) = (Vec::new(), Vec::new());
        let (shapers, missing) = (Vec::new(), Vec::new());
        Self {
            fonts,
            faces,
            setting,
            shapers,
            runs: 0,
            clusters,
            glyphs,
            missing,
            missing_count: 0,
            lost_kerning: None,
        }
    }

    /// Shapes `units[first..]`, which are the line of text at `bytes` or its end.
    pub(super) fn line(&mut self, text: &str, bytes: &Range<usize>, units: &[Unit], first: usize) {
        let line = text.get(bytes.clone()).unwrap_or_default();
        for run in itemize::runs(units.get(first..).unwrap_or_default()) {
            let run = first.saturating_add(run.start)..first.saturating_add(run.end);
            self.run(line, bytes.start, units, &run);
        }
    }

    fn run(&mut self, line: &str, line_start: usize, units: &[Unit], run: &Range<usize>) {
        let members = units.get(run.clone()).unwrap_or_default();
        let (Some(head), Some(tail)) = (members.first(), members.last()) else { return };
        let Some(style) = self.setting.runs.get(usize::from(head.run)) else { return };
        let spacing = if joins(head.script) { 0.0 } else { self.setting.spacing(style) };
        let rtl = head.level % 2 == 1;
        let shaped = shape::Run {
            text: line,
            range: head.bytes.start.saturating_sub(line_start)..tail.bytes.end.saturating_sub(line_start),
            script: head.script,
            rtl,
            lang: self.setting.lang.as_deref(),
            spaced: spacing != 0.0,
            features: &style.features,
        };
        let em = self.fonts.units_per_em(head.face) / style.scale;
        let Some(shaper) = self.shaper(head.face, style) else { return };
        let glyphs = shaper.shape(&shaped);
        let base = self.glyphs.len();

        // The glyphs of each of the shaper's clusters, in the order of the text.
        let mut groups: Vec<(usize, Range<usize>, bool)> = Vec::with_capacity(glyphs.len());
        let mut at = self.glyphs.len();
        for group in glyphs.chunk_by(|a, b| a.cluster == b.cluster) {
            let end = at.saturating_add(group.len());
            let start_byte = group.first().map_or(0, |glyph| glyph.cluster).saturating_add(line_start);
            groups.push((start_byte, at..end, group.iter().any(|glyph| glyph.unsafe_to_break)));
            at = end;
        }
        if rtl {
            groups.reverse();
        }
        // A glyph that cannot be drawn is replaced by the box of a missing one, at its own width.
        let face = self.fonts.get(head.face);
        if glyphs.len() > 1 && face.is_some_and(|face| face.loses_kerning(&style.instance)) {
            self.lost_kerning = self.lost_kerning.or(Some(head.face));
        }
        let is_unreadable = |id| face.is_some_and(|face| face.is_unreadable(&style.instance, id));
        let drawable =
            glyphs.iter().map(|glyph| if is_unreadable(glyph.id) { shape::Glyph { id: 0, ..*glyph } } else { *glyph });
        self.glyphs.extend(drawable.map(|glyph| glyph.in_ems(head.face, head.run, em)));
        let is_incomplete = |id: u16| is_unreadable(id) || face.is_some_and(|face| face.loses_color(id));
        // Per glyph of this run, in the order of `self.glyphs`.
        let incomplete: Vec<usize> = (self.glyphs.len().saturating_sub(glyphs.len())..)
            .zip(&glyphs)
            .filter(|(_, glyph)| glyph.id != 0 && is_incomplete(glyph.id))
            .map(|(at, _)| at)
            .collect();

        let least =
            face.map_or(self.setting.line, |face| self.setting.height(face.metrics(&style.instance), style.scale));
        // With a line height in numbers, a text's own face may leave its lines, as in CSS.
        let is_own = self.faces.get(usize::from(head.run)).is_some_and(|faces| faces.primary() == head.face);
        let ink = |glyph: &shape::Glyph| {
            let face = face.filter(|_| self.setting.line_height.is_none() || !is_own)?;
            let (top, bottom) = face.ink(&style.instance, glyph.id)?;
            let up = glyph.dy as f32;
            Some(Height { above: (top + up) / em, below: (bottom - up) / em })
        };

        let shaped_glyphs = glyphs;
        // A cluster begins where both a unit and a group of glyphs begin.
        let mut groups = groups.into_iter().peekable();
        let mut unit = run.start;
        while unit < run.end {
            let begin = unit;
            let mut glyphs: Option<Range<usize>> = None;
            let unsafe_before = groups.peek().is_some_and(|(.., is_unsafe)| *is_unsafe);
            // Up to the next group that begins with a unit.
            loop {
                let unit_end = units.get(unit).map_or(usize::MAX, |unit| unit.bytes.end);
                while let Some((_, group, _)) = groups.next_if(|(byte, ..)| *byte < unit_end) {
                    glyphs = Some(match glyphs {
                        Some(sum) => sum.start.min(group.start)..sum.end.max(group.end),
                        None => group,
                    });
                }
                unit = unit.saturating_add(1);
                if unit >= run.end || groups.peek().is_some_and(|(byte, ..)| *byte == unit_end) {
                    break;
                }
            }
            let glyphs = glyphs.unwrap_or(at..at);
            let first = incomplete.partition_point(|at| *at < glyphs.start);
            let is_incomplete = incomplete.get(first).is_some_and(|at| *at < glyphs.end);
            if is_incomplete || self.glyphs.get(glyphs.clone()).unwrap_or_default().iter().any(|glyph| glyph.id == 0) {
                let part = analyse::bytes_of(units.get(begin..unit).unwrap_or_default());
                let part = part.start.saturating_sub(line_start)..part.end.saturating_sub(line_start);
                self.note_missing(head, line.get(part).unwrap_or_default(), is_incomplete);
            }
            let spacing = Spacing { letters: spacing, words: self.setting.spacing(style) };
            // That of its last letter: marks have no advance.
            let own = glyphs.start.saturating_sub(base)..glyphs.end.saturating_sub(base);
            let own = shaped_glyphs.get(own).unwrap_or_default();
            let inks = own.iter().filter_map(&ink).map(|ink| self.setting.room(ink));
            let height = inks.fold(least, Height::union);
            let kerning = own.iter().rev().find(|glyph| glyph.advance != 0).map_or(0, |glyph| glyph.kerning);
            self.push_cluster(units, begin..unit, glyphs, spacing, style.scale, unsafe_before);
            if let Some(cluster) = self.clusters.last_mut() {
                (cluster.kerning, cluster.height) = (kerning as f32 / em, height);
            }
            if units.get(begin..unit).is_some_and(|members| members.iter().all(|unit| unit.soft)) {
                self.hyphenate(head, style);
            }
        }
    }

    /// Gives the last cluster, a soft hyphen, the glyphs that it shows at a line's end: a hyphen in
    /// its neighbours' face, or else in the first face that has one.
    fn hyphenate(&mut self, unit: &Unit, style: &RunStyle) {
        let Some(faces) = self.faces.get(usize::from(unit.run)) else { return };
        let mark = ["\u{2010}", "-"].into_iter().find(|mark| faces.covers(faces.pick(mark), mark));
        let Some(mark) = mark else { return };
        let face = if faces.covers(unit.face, mark) { unit.face } else { faces.pick(mark) };
        let hyphen = shape::Run {
            text: mark,
            range: 0..mark.len(),
            script: unit.script,
            rtl: unit.level % 2 == 1,
            lang: self.setting.lang.as_deref(),
            spaced: false,
            features: &style.features,
        };
        let em = self.fonts.units_per_em(face) / style.scale;
        let Some(shaper) = self.shaper(face, style) else { return };
        let glyphs = shaper.shape(&hyphen);
        let start = self.glyphs.len();
        self.glyphs.extend(glyphs.iter().map(|glyph| glyph.in_ems(face, unit.run, em)));
        let range = start..self.glyphs.len();
        let advance: f32 = self.glyphs.get(range.clone()).unwrap_or_default().iter().map(|glyph| glyph.advance).sum();
        if let Some(cluster) = self.clusters.last_mut() {
            (cluster.glyphs, cluster.hyphen) = (range, advance.max(0.0));
        }
    }

    /// The shaper of a face for a run's style, for one call, which is counted.
    fn shaper(&mut self, face: FaceId, style: &RunStyle) -> Option<&mut Shaper<'a>> {
        self.runs = self.runs.saturating_add(1);
        let alike = |other: &RunStyle| other.instance == style.instance && other.features == style.features;
        let key = (face, self.setting.runs.iter().position(alike)?);
        let at = match self.shapers.iter().position(|(known, _)| *known == key) {
            Some(at) => at,
            None => {
                self.shapers.push((key, Shaper::new(self.fonts.get(face)?, &style.instance)?));
                self.shapers.len().saturating_sub(1)
            }
        };
        self.shapers.get_mut(at).map(|(_, shaper)| shaper)
    }

    fn push_cluster(
        &mut self,
        units: &[Unit],
        range: Range<usize>,
        glyphs: Range<usize>,
        spacing: Spacing,
        scale: f32,
        unsafe_before: bool,
    ) {
        let members = units.get(range.clone()).unwrap_or_default();
        let (Some(head), Some(tail)) = (members.first(), members.last()) else { return };
        let advance: f32 = self.glyphs.get(glyphs.clone()).unwrap_or_default().iter().map(|glyph| glyph.advance).sum();
        // No cluster moves the pen back, so that a longer text is never narrower than a shorter
        // one; except for kerning in Nastaliq, where letters reach below those before them.
        let advance = if joins(head.script) { advance } else { advance.max(0.0) };
        let gap = members.iter().all(|unit| unit.gap);
        // There may be space between words even where letters join.
        let spacing = if gap { spacing.words } else { spacing.letters };
        // Characters without a width, such as controls, are no letters: they get no spacing.
        let spacing = if advance > 0.0 { spacing.max(-advance) } else { 0.0 };
        self.clusters.push(Cluster {
            units: range,
            glyphs,
            advance,
            spacing,
            level: head.level,
            break_after: tail.break_after,
            tear_after: tail.tear_after,
            unsafe_before,
            kerning: 0.0,
            hangs: members.iter().all(|unit| unit.hangs),
            gap,
            ideographic: tail.ideographic,
            run: head.run,
            scale,
            height: Height::NONE,
            hyphen: 0.0,
        });
    }

    /// Reports the characters that a unit's face lacks, or all if `all`. Call it for clusters in
    /// which the shaper found no glyph either, or one that cannot be drawn as it should.
    fn note_missing(&mut self, unit: &Unit, part: &str, all: bool) {
        let Some(faces) = self.faces.get(usize::from(unit.run)) else { return };
        for c in part.chars().filter(|c| !is_ignorable(*c)) {
            if !all && faces.covers(unit.face, c.encode_utf8(&mut [0; 4])) {
                continue;
            }
            self.missing_count = self.missing_count.saturating_add(1);
            if let Some(known) = self.missing.iter_mut().find(|known| known.character == c) {
                known.count = known.count.saturating_add(1);
            } else if self.missing.len() < MAX_MISSING {
                self.missing.push(Missing { character: c, count: 1 });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Paragraph, Style};
    use super::*;
    use crate::limits::Limits;

    fn clusters(text: &str, letter_spacing: f32) -> Vec<Cluster> {
        let base = RunStyle { spacing: letter_spacing, ..RunStyle::default() };
        let style = Style { base, ..Style::default() };
        Paragraph::new(text, &style, &Fonts::embedded(), &Limits::default()).clusters
    }

    #[test]
    fn clusters_are_whole_graphemes_in_reading_order() {
        for (text, expected) in [
            ("abc", vec![1, 1, 1]),
            ("e\u{301}x", vec![1, 1]),
            ("a\u{200d}b", vec![1, 1]),
            ("אבג", vec![1, 1, 1]),
            ("אב ab", vec![1, 1, 1, 1, 1]),
            ("👩\u{200d}💻!", vec![1, 1]),
            ("\u{301}", vec![1]),
            ("", vec![]),
        ] {
            let clusters = clusters(text, 0.0);
            assert_eq!(clusters.iter().map(|cluster| cluster.units.len()).collect::<Vec<_>>(), expected, "{text:?}");
            assert!(clusters.windows(2).all(|pair| pair[0].units.end == pair[1].units.start), "{text:?}");
        }
    }

    #[test]
    fn every_glyph_is_in_one_cluster() {
        for text in ["Fernández ffi", "אבגדה abc 123", "a\u{301}\u{302}b", "\u{202e}abc\u{202c} d"] {
            let style = Style::default();
            let paragraph = Paragraph::new(text, &style, &Fonts::embedded(), &Limits::default());
            let mut glyphs: Vec<usize> = paragraph.clusters.iter().flat_map(|cluster| cluster.glyphs.clone()).collect();
            glyphs.sort_unstable();
            assert_eq!(glyphs, (0..paragraph.glyphs.len()).collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn letters_that_join_are_not_set_apart() {
        assert!(clusters("ab", 1.0).iter().all(|cluster| cluster.spacing > 0.0));
        assert!(clusters("محمد محمد", 1.0).iter().all(|cluster| (cluster.spacing == 0.0) != cluster.gap));
        assert!(clusters("ab", -1e9).iter().all(|cluster| cluster.advance + cluster.spacing >= 0.0));
    }

    #[test]
    fn a_control_ends_no_line_before_its_letters() {
        let visible = |text| {
            let mut extent = Extent::default();
            clusters(text, -0.1).iter().for_each(|cluster| extent.add(cluster));
            extent.visible.to_bits()
        };
        assert_eq!(visible("ab\u{200f}"), visible("ab"));
        assert_eq!(visible("\u{2068}ab\u{2069}"), visible("ab"));
    }
}
