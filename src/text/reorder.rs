//! Bidi reordering: the clusters of one line, in reading order → glyphs from left to right.

use unicode_bidi::{BidiInfo, Level};

use super::block::{Glyph, Line, Rule};
use super::cluster::{Cluster, EmGlyph, widens};
use super::setting::EmRule;

/// The place of a line, in px.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Font size.
    pub(super) size: f32,
    pub(super) x: f32,
    pub(super) baseline: f32,
    /// The space that each gap gains.
    pub(super) gap: f32,
}

/// The indexes of `clusters` from left to right (UAX #9, rule L2).
///
/// Rule L1 puts white space at a line's end on the base level. Our lines end before that white
/// space.
pub(super) fn visual(clusters: &[Cluster]) -> Vec<usize> {
    let mut runs: Vec<(Level, usize, usize)> = Vec::new();
    let mut start = 0_usize;
    for run in clusters.chunk_by(|a, b| a.level == b.level) {
        let end = start.saturating_add(run.len());
        let level = run.first().map_or(0, |cluster| cluster.level);
        runs.push((Level::new(level).unwrap_or_else(|_| Level::ltr()), start, end));
        start = end;
    }
    let levels: Vec<Level> = runs.iter().map(|(level, ..)| *level).collect();
    let mut order = Vec::with_capacity(clusters.len());
    for run in BidiInfo::reorder_visual(&levels) {
        match runs.get(run) {
            Some((level, start, end)) if level.is_rtl() => order.extend((*start..*end).rev()),
            Some((_, start, end)) => order.extend(*start..*end),
            None => {}
        }
    }
    order
}

/// Sets `clusters`, in reading order, as one line. Its `text` and `elided` are left empty.
pub(super) fn line(clusters: &[Cluster], glyphs: &[EmGlyph], rules: &[[Option<EmRule>; 2]], place: Place) -> Line {
    let Place { size, x, baseline, gap } = place;
    let count = clusters.len();
    let mut line = Line {
        baseline,
        x,
        width: 0.0,
        glyphs: Vec::with_capacity(count),
        rules: Vec::new(),
        text: 0..0,
        elided: None,
    };
    // Only a line that breaks at a soft hyphen ends with one.
    let hyphen = count.checked_sub(1).filter(|at| clusters.get(*at).is_some_and(|last| last.hyphen > 0.0));
    // Ems are summed in the same order as in line breaking, so that px differ by one rounding only.
    let (mut pen, mut end, mut gaps) = (0.0_f32, 0.0_f32, 0.0_f32);
    let mut run = None;
    for (index, cluster) in visual(clusters).into_iter().filter_map(|at| Some((at, clusters.get(at)?))) {
        let is_hyphen = hyphen == Some(index);
        let advance = if is_hyphen { cluster.hyphen } else { cluster.advance };
        // Spaces have no glyphs to draw.
        if !cluster.hangs || is_hyphen {
            let mut at = pen;
            let middle = x + (pen + advance / 2.0) * size + gaps * gap;
            for glyph in glyphs.get(cluster.glyphs.clone()).unwrap_or_default() {
                line.glyphs.push(Glyph {
                    face: glyph.face,
                    id: glyph.id,
                    run: glyph.run,
                    middle,
                    x: x + (at + glyph.dx) * size + gaps * gap,
                    y: baseline - glyph.dy * size,
                });
                at += glyph.advance;
            }
        }
        let left = x + pen * size + gaps * gap;
        // As in line breaking, a control does not end a line before the letter beside it.
        end = end.max(pen + advance);
        let right = x + (pen + advance) * size + (if cluster.gap { gaps + 1.0 } else { gaps }) * gap;
        if gap > 0.0 && widens(clusters, index) {
            gaps += 1.0;
        }
        let goes_on = run == Some(cluster.run);
        run = Some(cluster.run);
        for rule in rules.get(usize::from(cluster.run)).into_iter().flatten().flatten() {
            let (y, height) = (baseline + rule.top * size, rule.thickness * size);
            extend(&mut line.rules, Rule { run: cluster.run, x: left, y, width: right - left, height }, goes_on);
        }
        // The spacing behind the last cluster does not count.
        pen += advance + cluster.spacing;
    }
    line.width = end * size + gaps * gap;
    line
}

/// Adds a piece of a line along letters. It extends the piece before it if both belong to the same
/// run.
fn extend(rules: &mut Vec<Rule>, piece: Rule, goes_on: bool) {
    let same = |rule: &&mut Rule| goes_on && rule.run == piece.run && rule.y.to_bits() == piece.y.to_bits();
    match rules.iter_mut().rev().take(2).find(same) {
        Some(rule) => rule.width = piece.x + piece.width - rule.x,
        None => rules.push(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visual_order() {
        for (levels, expected) in [
            (&[][..], &[][..]),
            (&[0, 0, 0], &[0, 1, 2]),
            (&[1, 1, 1], &[2, 1, 0]),
            (&[0, 1, 1, 0], &[0, 2, 1, 3]),
            (&[1, 1, 2, 2, 1], &[4, 2, 3, 1, 0]),
            (&[0, 1, 2, 3, 2, 1], &[0, 5, 2, 3, 4, 1]),
            (&[2, 2, 1], &[2, 0, 1]),
        ] {
            let clusters: Vec<Cluster> = levels
                .iter()
                .map(|level| Cluster { units: 0..1, glyphs: 0..1, advance: 1.0, level: *level, ..Cluster::default() })
                .collect();
            assert_eq!(visual(&clusters), expected, "{levels:?}");
        }
    }
}
