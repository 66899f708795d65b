//! Shrink to fit: the largest font size at which a text fits its box, and the ellipsis where there is none.
//!
//! A size fits if its lines are within the width without breaking a word, no more than `max_lines`, and within the height.
//! Candidates are `size`, the multiples of ¼ px below it, and `min_size`. A larger one never needs fewer or shorter lines than a smaller one,
//! so they are searched by bisection: one pass where the text fits as it is, else at most 2 + log₂(4 · (size − min_size)); 9 for 72 to 32 px.

use super::analyse::{Faces, Unit};
use super::lines::{self, Lines, Span};
use super::order::{self, Place};
use super::paragraph::{Cluster, EmGlyph, Extent, HardLine, Paragraph, Shaping};
use super::{Block, Line, Overflow};
use crate::geometry::{MAX_COORDINATE_PX, px};

/// Steps between candidate font sizes, in 1/px.
const STEPS_PER_PX: f32 = 4.0;

/// What may stand out without anyone seeing it, in px. A width that was measured is given back after some arithmetic; the text has to fit it.
const SLACK_PX: f32 = 0.02;

/// Times that a truncated line is shaped anew when it comes out wider than expected.
const MAX_TRUNCATIONS: u32 = 16;

/// The box to fit, in px.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    width: Option<f32>,
    height: Option<f32>,
}

impl Bounds {
    fn new(width: Option<f32>, height: Option<f32>) -> Self {
        let known = |side: Option<f32>| side.filter(|v| *v < MAX_COORDINATE_PX || v.is_nan()).map(|v| px(v).max(0.0));
        Self { width: known(width), height: known(height) }
    }

    /// In ems of `size` px.
    fn max_width(self, size: f32) -> f32 {
        self.width.map_or(f32::INFINITY, |width| (width + SLACK_PX) / size)
    }

    /// Whole lines of `line_height` px.
    fn max_lines(self, line_height: f32) -> usize {
        self.height.map_or(usize::MAX, |height| ((height + SLACK_PX) / line_height).floor() as usize)
    }
}

/// A line to set: clusters of the paragraph, or of a truncated line that was shaped anew.
struct Set<'a> {
    clusters: &'a [Cluster],
    glyphs: &'a [EmGlyph],
    width: f32,
    last: bool,
}

/// A line that ends before its text does.
#[derive(Default)]
struct Truncated {
    clusters: Vec<Cluster>,
    glyphs: Vec<EmGlyph>,
    width: f32,
}

impl Paragraph {
    /// Fits the text into a box of `width` and `height` px; `None` is without bound.
    ///
    /// Linear in the text's length times [`Block::passes`], and without allocation until the size is found: a flexbox may call it as it likes.
    #[must_use]
    pub fn fit(&self, width: Option<f32>, height: Option<f32>) -> Block {
        let bounds = Bounds::new(width, height);
        let (size, passes) = self.largest(bounds);
        let line_height = self.setting.line_height * size;
        let allowed = self.setting.max_lines.min(bounds.max_lines(line_height)).max(1);
        let kept = match self.setting.overflow {
            Overflow::Visible => self.setting.limit,
            Overflow::Ellipsis | Overflow::Clip => allowed,
        };
        let max = bounds.max_width(size);
        let mut spans: Vec<Span> =
            Lines::new(&self.clusters, &self.hard_lines, max).take(kept.saturating_add(1)).collect();
        let truncated = spans.len() > kept;
        spans.truncate(kept);
        let tail = if truncated { spans.pop().map(|span| self.truncate(&span, max)) } else { None };

        let mut sets: Vec<Set<'_>> = Vec::with_capacity(spans.len().saturating_add(1));
        for span in &spans {
            let clusters = self.clusters.get(span.clusters.clone()).unwrap_or_default();
            sets.push(Set { clusters, glyphs: &self.glyphs, width: span.width, last: span.last });
        }
        if let Some(Truncated { clusters, glyphs, width }) = &tail {
            sets.push(Set { clusters, glyphs, width: *width, last: true });
        }
        let mut block = self.set(&sets, bounds, size);
        block.passes = passes;
        block.truncated = truncated;
        block.overflows |= block.lines.len() > allowed;
        block
    }

    /// The largest size that fits, or else the smallest; and how many passes it took.
    fn largest(&self, bounds: Bounds) -> (f32, u32) {
        let (largest, smallest) = (self.setting.size, self.setting.min_size);
        if largest <= smallest {
            return (smallest, 0);
        }
        if self.fits(largest, bounds) {
            return (largest, 1);
        }
        // Candidate 0 is `largest`, then the grid downwards, then `smallest`.
        let top = (largest * STEPS_PER_PX).ceil();
        let bottom = (smallest * STEPS_PER_PX).floor();
        let last = (top - bottom).max(1.0) as u32;
        let candidate = |step: u32| if step >= last { smallest } else { (top - step as f32) / STEPS_PER_PX };
        let (mut too_large, mut fitting, mut passes) = (0_u32, last, 1_u32);
        while fitting.saturating_sub(too_large) > 1 {
            let middle = too_large.midpoint(fitting);
            passes = passes.saturating_add(1);
            if self.fits(candidate(middle), bounds) {
                fitting = middle;
            } else {
                too_large = middle;
            }
        }
        (candidate(fitting), passes)
    }

    /// Whether all of the text fits at `size` without breaking a word.
    fn fits(&self, size: f32, bounds: Bounds) -> bool {
        let allowed = self.setting.max_lines.min(bounds.max_lines(self.setting.line_height * size));
        let max = bounds.max_width(size);
        let mut lines = 0_usize;
        for span in Lines::new(&self.clusters, &self.hard_lines, max) {
            lines = lines.saturating_add(1);
            if lines > allowed || span.emergency || span.width > max {
                return false;
            }
        }
        true
    }

    /// Sets lines one below the other.
    fn set(&self, sets: &[Set<'_>], bounds: Bounds, size: f32) -> Block {
        let setting = &self.setting;
        let line_height = setting.line_height * size;
        // CSS's half-leading: the font's content area sits in the middle of the line.
        let first = (line_height - (setting.ascent + setting.descent) * size) / 2.0 + setting.ascent * size;
        let widest = sets.iter().fold(0.0_f32, |widest, set| widest.max(set.width * size));
        let within = bounds.width.unwrap_or(widest);
        let mut lines: Vec<Line> = Vec::with_capacity(sets.len());
        for (at, set) in sets.iter().enumerate() {
            let gaps = set.clusters.iter().filter(|cluster| cluster.gap).count();
            let (x, gap) = lines::align(setting.align, self.rtl, within, set.width * size, gaps, set.last);
            let baseline = first + line_height * at as f32;
            lines.push(order::line(set.clusters, set.glyphs, Place { size, x, baseline, gap }));
        }
        let width = lines.iter().fold(0.0_f32, |widest, line| widest.max(line.width));
        let height = line_height * lines.len() as f32;
        let too_wide = bounds.width.is_some_and(|bound| width > bound + SLACK_PX * 2.0);
        let too_high = bounds.height.is_some_and(|bound| height > bound + SLACK_PX * 2.0);
        Block {
            size,
            weight: setting.weight,
            cap_top: if lines.is_empty() { 0.0 } else { first - setting.cap_height * size },
            baseline_last: lines.last().map_or(0.0, |line| line.baseline),
            lines,
            width,
            height,
            truncated: false,
            overflows: too_wide || too_high,
            passes: 0,
        }
    }

    /// As much of the text behind `span`'s start as fits `max` ems with an ellipsis behind it.
    ///
    /// The line is shaped anew, so that its last letter takes the form that it has before an ellipsis.
    fn truncate(&self, span: &Span, max: f32) -> Truncated {
        let Some(hard_line) = self.hard_lines.get(span.hard_line) else { return Truncated::default() };
        let faces = Faces::new(&self.fonts, &self.setting.family);
        let ellipsis = if self.setting.overflow == Overflow::Ellipsis { self.ellipsis(&faces) } else { "" };
        let rest = span.clusters.start..hard_line.clusters.end;
        let rest = self.clusters.get(rest).unwrap_or_default();
        let first_unit = rest.first().map_or(0, |cluster| cluster.units.start);
        let room = max - self.shape_tail(hard_line, &faces, first_unit..first_unit, ellipsis).width;
        let mut extent = Extent::default();
        let mut end = first_unit;
        for cluster in rest {
            extent.add(cluster);
            if extent.pen > room {
                break;
            }
            end = cluster.units.end;
        }

        let mut step = 1_usize;
        let mut line = Truncated::default();
        for _ in 0..MAX_TRUNCATIONS {
            end = self.trim(first_unit, end, !ellipsis.is_empty());
            line = self.shape_tail(hard_line, &faces, first_unit..end, ellipsis);
            if line.width <= max || end <= first_unit {
                break;
            }
            end = end.saturating_sub(step).max(first_unit);
            step = step.saturating_mul(2);
        }
        line
    }

    /// `…`, or three full stops where no face has it.
    fn ellipsis(&self, faces: &Faces<'_>) -> &'static str {
        if faces.covers(faces.pick("…"), "…") { "…" } else { "..." }
    }

    /// Takes white space, and before an ellipsis punctuation, off the end of a truncated line.
    fn trim(&self, first: usize, end: usize, punctuation: bool) -> usize {
        let kept = self.units.get(first..end).unwrap_or_default();
        let trimmed = kept.iter().rev().take_while(|unit| {
            unit.hangs
                || punctuation
                    && self
                        .text
                        .get(unit.bytes.clone())
                        .is_some_and(|part| part.chars().all(|c| c.is_whitespace() || trails(c)))
        });
        end.saturating_sub(trimmed.count())
    }

    /// Shapes some units of a line of text, and `ellipsis` behind them.
    fn shape_tail(
        &self,
        hard_line: &HardLine,
        faces: &Faces<'_>,
        units: std::ops::Range<usize>,
        ellipsis: &str,
    ) -> Truncated {
        let mut units: Vec<Unit> = self.units.get(units).unwrap_or_default().to_vec();
        let start = hard_line.bytes.start;
        let end = units.last().map_or(start, |unit| unit.bytes.end);
        let mut text = self.text.get(..end).unwrap_or_default().to_owned();
        text.push_str(ellipsis);
        let script = units.last().map_or(unicode_script::Script::Common, |unit| unit.script);
        for (at, dot) in ellipsis.char_indices() {
            let at = end.saturating_add(at);
            let bytes = at..at.saturating_add(dot.len_utf8());
            // At the logical end of the line: on the base level, wherever the text before it runs.
            let face = faces.pick(ellipsis);
            let level = u8::from(self.rtl);
            units.push(Unit { bytes, level, script, face, break_after: false, hangs: false, gap: false });
        }
        let mut shaping = Shaping::new(&self.fonts, faces, &self.setting);
        shaping.line(&text, &(start..text.len()), &units, 0);
        let mut extent = Extent::default();
        shaping.clusters.iter().for_each(|cluster| extent.add(cluster));
        Truncated { clusters: shaping.clusters, glyphs: shaping.glyphs, width: extent.visible }
    }
}

/// Punctuation that looks lost before an ellipsis.
const fn trails(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | ':'
            | '.'
            | '!'
            | '?'
            | '-'
            | '/'
            | '\\'
            | '|'
            | '('
            | '['
            | '{'
            | '<'
            | '"'
            | '\''
            | '&'
            | '+'
            | '¡'
            | '¿'
            | '«'
            | '‹'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '·'
            | '•'
            | '‐'
            | '‑'
            | '‒'
            | '–'
            | '—'
            | '…'
            | '،'
            | '؛'
            | '؟'
            | '۔'
            | '־'
            | '।'
            | '॥'
            | '、'
            | '。'
            | '，'
            | '．'
            | '：'
            | '；'
            | '！'
            | '？'
            | '・'
            | '（'
            | '「'
            | '『'
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Align, Direction, Fonts, Style};
    use super::*;
    use crate::limits::Limits;

    fn paragraph(text: &str, style: &Style) -> Paragraph {
        Paragraph::new(text, style, &Fonts::embedded(), &Limits::default())
    }

    fn style(size: f32) -> Style {
        Style { size, min_size: size, ..Style::default() }
    }

    /// A block's lines as text, by the glyphs of Inter; `□` for missing ones.
    fn read(block: &Block) -> Vec<String> {
        let fonts = Fonts::embedded();
        let face = fonts.get(crate::text::FaceId(0)).unwrap();
        let ttf = ttf_parser::Face::parse(face.bytes(), 0).unwrap();
        let known = (' '..'ӿ').chain("…–’€".chars()).filter_map(|c| Some((ttf.glyph_index(c)?.0, c)));
        let names: std::collections::BTreeMap<u16, char> = known.collect();
        let name = |id: u16| if id == 0 { '□' } else { names.get(&id).copied().unwrap_or('?') };
        block.lines.iter().map(|line| line.glyphs.iter().map(|glyph| name(glyph.id)).collect()).collect()
    }

    #[test]
    fn lines_break_at_the_width() {
        for (text, width, expected) in [
            ("", 100.0, &[][..]),
            ("Welcome back", 400.0, &["Welcomeback"]),
            ("Welcome back", 120.0, &["Welcome", "back"]),
            ("Добро пожаловать", 150.0, &["Добро", "пожаловать"]),
            ("Καλώς ήρθατε", 130.0, &["Καλώς", "ήρθατε"]),
            ("one\ntwo\n\nthree\n", 400.0, &["one", "two", "", "three"]),
            ("Donaudampfschiff", 100.0, &["Donaud", "ampfsch", "iff"]),
            ("   ", 100.0, &[""]),
        ] {
            assert_eq!(read(&paragraph(text, &style(24.0)).fit(Some(width), None)), expected, "{text:?}");
        }
    }

    #[test]
    fn widths_agree_with_the_font() {
        let block = paragraph("Hello", &style(1024.0)).fit(None, None);
        let fonts = Fonts::embedded();
        let ttf_face = fonts.get(crate::text::FaceId(0)).unwrap();
        let ttf = ttf_parser::Face::parse(ttf_face.bytes(), 0).unwrap();
        let sum: u16 = "Hello".chars().map(|c| ttf.glyph_hor_advance(ttf.glyph_index(c).unwrap()).unwrap()).sum();
        assert!((block.width - f32::from(sum) / 2.0).abs() < 8.0, "{} {sum}", block.width);
    }

    #[test]
    fn vertical_measures_are_css() {
        let block = paragraph("a\nb", &Style { line_height: 1.5, ..style(100.0) }).fit(None, None);
        let (ascent, descent, cap) = (1984.0 / 20.48, 494.0 / 20.48, 1490.0 / 20.48);
        let first = (150.0 - ascent - descent) / 2.0 + ascent;
        assert_eq!(block.height, 300.0);
        assert!((block.lines[0].baseline - first).abs() < 1e-3);
        assert!((block.baseline_last - first - 150.0).abs() < 1e-3);
        assert!((block.cap_top - (first - cap)).abs() < 1e-3);
    }

    #[test]
    fn shrinks_no_more_than_it_has_to() {
        let wish = Style { size: 72.0, min_size: 20.0, max_lines: Some(1), ..Style::default() };
        let text = paragraph("Welcome, Maria Fernández!", &wish);
        assert_eq!(text.fit(Some(2000.0), None).size, 72.0);
        let block = text.fit(Some(600.0), None);
        assert_eq!((block.lines.len(), block.truncated, block.overflows), (1, false, false));
        assert_eq!(block.size % 0.25, 0.0);
        assert!(block.width <= 600.0 + SLACK_PX && block.width * (block.size + 0.25) / block.size > 600.0);
        assert!(block.passes <= 10, "{}", block.passes);
        // A height bounds it as well.
        let high = paragraph("one two three four", &Style { max_lines: None, ..wish }).fit(Some(200.0), Some(100.0));
        assert!(high.height <= 100.0 && high.size < 72.0 && !high.truncated);
        // A word is not broken while a smaller size can keep it whole.
        let word = paragraph("Donaudampfschiff", &Style { size: 60.0, min_size: 10.0, ..Style::default() });
        assert_eq!(word.fit(Some(200.0), None).lines.len(), 1);
        assert_eq!(word.fit(Some(50.0), None).size, 10.0);
        assert_eq!(word.fit(Some(50.0), None).lines.len(), 2);
    }

    #[test]
    fn the_measured_width_fits() {
        for text in ["Hello", "Welcome, Maria Fernández!", "a b c d e f g", "שלום עולם"] {
            let text = paragraph(text, &Style { letter_spacing: 0.7, ..style(33.3) });
            let free = text.fit(None, None);
            assert!((free.width - text.max_width()).abs() < 0.01);
            let boxed = text.fit(Some(free.width), Some(free.height));
            assert_eq!((boxed.lines.len(), boxed.width, boxed.overflows), (1, free.width, false));
            assert!(boxed.lines[0].x.abs() < 0.001);
            assert!(
                text.fit(Some(text.min_width()), None).lines.iter().all(|line| line.width <= text.min_width() + 0.01)
            );
        }
    }

    #[test]
    fn overflow_is_designed() {
        let long = "The quick, brown fox jumps over the lazy dog";
        let one = Style { max_lines: Some(1), ..style(20.0) };
        for (text, overflow, width, height, expected) in [
            (long, Overflow::Ellipsis, 110.0, None, &["Thequic…"][..]),
            (long, Overflow::Ellipsis, 120.0, None, &["Thequick…"]),
            (long, Overflow::Clip, 120.0, None, &["Thequick,b"]),
            ("Donaudampfschiff", Overflow::Ellipsis, 100.0, None, &["Donaud…"]),
            ("Hello!\nWorld", Overflow::Ellipsis, 300.0, None, &["Hello…"]),
            ("Hello", Overflow::Ellipsis, 1.0, None, &["…"]),
            ("Hello", Overflow::Ellipsis, 300.0, Some(1.0), &["Hello"]),
            ("Hi there", Overflow::Visible, 50.0, None, &["Hi", "there"]),
        ] {
            let block = paragraph(text, &Style { overflow, ..one.clone() }).fit(Some(width), height);
            assert_eq!(read(&block), expected, "{text:?} {overflow:?} {width}");
        }
        let by_height = paragraph(long, &style(20.0)).fit(Some(110.0), Some(60.0));
        assert_eq!(read(&by_height), ["Thequick,", "brownfo…"]);
        assert!(by_height.truncated && !by_height.overflows);
        let visible =
            paragraph(long, &Style { overflow: Overflow::Visible, ..style(20.0) }).fit(Some(110.0), Some(60.0));
        assert!(!visible.truncated && visible.overflows && visible.lines.len() > 2);
    }

    #[test]
    fn right_to_left() {
        // Inter has no Hebrew: what counts is where things stand.
        let text = paragraph("אבג abc", &style(20.0));
        assert!(text.is_rtl());
        assert_eq!(text.report().missing, ['א', 'ב', 'ג']);
        let block = text.fit(Some(400.0), None);
        assert_eq!(read(&block), ["abc□□□"]);
        assert!((block.lines[0].x + block.lines[0].width - 400.0).abs() < 0.01);
        let cut = paragraph("אבגדהו זחט abc", &Style { max_lines: Some(1), ..style(20.0) }).fit(Some(100.0), None);
        assert!(read(&cut)[0].starts_with("…□") && cut.truncated, "{:?}", read(&cut));
        let left = Style { direction: Direction::Ltr, ..style(20.0) };
        assert_eq!(read(&paragraph("אבג abc", &left).fit(None, None)), ["□□□abc"]);
    }

    #[test]
    fn justified_lines_reach_both_sides() {
        let text = paragraph("one two three four five six", &Style { align: Align::Justify, ..style(20.0) });
        let block = text.fit(Some(140.0), None);
        let (last, others) = block.lines.split_last().unwrap();
        assert!(others.iter().all(|line| (line.width - 140.0).abs() < 0.01 && line.x == 0.0), "{block:?}");
        assert!(last.width < 139.0);
    }

    #[test]
    fn letters_are_set_apart_but_for_the_last() {
        let set = |letter_spacing| paragraph("abc", &Style { letter_spacing, ..style(20.0) }).fit(None, None).width;
        assert!((set(3.0) - set(0.0) - 6.0).abs() < 0.01);
        assert!(set(f32::NEG_INFINITY) >= 0.0);
    }

    #[test]
    fn a_narrower_box_has_no_fewer_lines() {
        let text =
            paragraph("It was the best of times, it was the worst of times, it was the age of wisdom", &style(17.0));
        let mut fewest = usize::MAX;
        for width in 1_u16..800 {
            let lines = text.fit(Some(f32::from(width)), None).lines.len();
            assert!(lines <= fewest, "{width}");
            fewest = lines;
        }
        assert_eq!(fewest, 1);
    }
}
