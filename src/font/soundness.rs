//! Whether the shaper and the outliner can walk a stranger's font: neither may panic, and a glyph
//! may cost only a bounded number of points.
//!
//! It reads what they read, by the same parser, so that a table has one meaning. Invariant: the
//! time is linear in the size of the file's tables, except for shared subtables, whose number is
//! bounded.

use std::num::NonZeroU16;

use super::cff::Version;
use super::charstring;
use super::outline::tables::gpos::PositioningSubtable;
use super::outline::tables::gsub::SubstitutionSubtable;
use super::outline::tables::opentype_layout::{ChainedContextLookup, ContextLookup, Coverage, LayoutTable};
use super::outline::tables::{self, GlyphId};

/// The most coverage tables of one layout table. A Nastaliq font has 20,000.
const MAX_COVERAGES: usize = 100_000;

/// How deep composite glyphs may nest. The format recommends 1; fonts for Vietnamese need 3.
const MAX_DEPTH: usize = 8;

/// Checks a font's tables. `max_points` is the most points and components of one glyph, those of
/// its components included.
///
/// # Errors
/// A sentence that names the table and says what is wrong with it.
pub(super) fn check(face: &tables::Face<'_>, max_points: usize) -> Result<(), String> {
    let tables = face.tables();
    if let Some(gsub) = tables.gsub {
        layout(gsub, "GSUB", |lookups, lookup, coverages| {
            let subtables = lookups.get(lookup)?.subtables;
            for subtable in subtables.into_iter::<SubstitutionSubtable<'_>>() {
                coverages.main(subtable.coverage());
                match subtable {
                    SubstitutionSubtable::Context(context) => coverages.context(context),
                    SubstitutionSubtable::ChainContext(context) => coverages.chained(context),
                    _ => {}
                }
            }
            Some(())
        })?;
    }
    if let Some(gpos) = tables.gpos {
        layout(gpos, "GPOS", |lookups, lookup, coverages| {
            let subtables = lookups.get(lookup)?.subtables;
            for subtable in subtables.into_iter::<PositioningSubtable<'_>>() {
                coverages.main(subtable.coverage());
                match subtable {
                    PositioningSubtable::Context(context) => coverages.context(context),
                    PositioningSubtable::ChainContext(context) => coverages.chained(context),
                    _ => {}
                }
            }
            Some(())
        })?;
    }
    for (tag, version) in [(b"CFF ", Version::One), (b"CFF2", Version::Two)] {
        if let Some(table) = face.raw_face().table(tables::Tag::from_bytes(tag)) {
            charstring::check(table, version)?;
        }
    }
    Glyphs::new(face, max_points).map_or(Ok(()), Glyphs::check)
}

/// Checks every lookup of a layout table. The shaper takes it for granted that each coverage of a
/// context is there (subtables of format 3).
fn layout<'a>(
    table: LayoutTable<'a>,
    name: &str,
    read: impl Fn(tables::opentype_layout::LookupList<'a>, u16, &mut Coverages) -> Option<()>,
) -> Result<(), String> {
    let mut coverages = Coverages::default();
    for lookup in 0..table.lookups.len() {
        let _ = read(table.lookups, lookup, &mut coverages);
        if coverages.is_broken {
            return Err(format!("its table {name} is damaged: a coverage of lookup {lookup} is missing or unreadable"));
        }
        if coverages.count > MAX_COVERAGES {
            return Err(format!("its table {name} has more than {MAX_COVERAGES} coverages"));
        }
    }
    Ok(())
}

/// The coverages that were read so far.
#[derive(Default)]
struct Coverages {
    count: usize,
    /// Whether one of them is missing or unreadable.
    is_broken: bool,
}

impl Coverages {
    /// The coverage of a whole subtable, of which the shaper makes a digest: it subtracts the start
    /// of a range from its end.
    fn main(&mut self, coverage: Coverage<'_>) {
        self.count = self.count.saturating_add(1);
        if let Coverage::Format2 { records } = coverage {
            self.is_broken |= records.into_iter().any(|range| range.start > range.end);
        }
    }

    fn context(&mut self, lookup: ContextLookup<'_>) {
        if let ContextLookup::Format3 { coverages, .. } = lookup {
            self.all(coverages.len(), |at| coverages.get(at));
        }
    }

    fn chained(&mut self, lookup: ChainedContextLookup<'_>) {
        if let ChainedContextLookup::Format3 { backtrack_coverages, input_coverages, lookahead_coverages, .. } = lookup
        {
            for coverages in [backtrack_coverages, input_coverages, lookahead_coverages] {
                self.all(coverages.len(), |at| coverages.get(at));
            }
        }
    }

    fn all<'a>(&mut self, count: u16, get: impl Fn(u16) -> Option<Coverage<'a>>) {
        if self.count <= MAX_COVERAGES {
            self.count = self.count.saturating_add(usize::from(count));
            self.is_broken |= (0..count).any(|at| get(at).is_none());
        }
    }
}

/// The cost of drawing a glyph.
#[derive(Clone, Copy)]
struct Cost {
    /// Number of points and components that drawing it reads, all levels together.
    points: usize,
    /// Number of levels of components below it.
    levels: usize,
}

/// The outlines of a font with TrueType outlines (`glyf`).
pub(super) struct Glyphs<'a> {
    glyf: &'a [u8],
    loca: tables::loca::Table<'a>,
    max_points: usize,
    /// Number of glyphs.
    count: u16,
    /// The cost of each glyph. `None` if not yet known.
    costs: Vec<Option<Cost>>,
}

impl<'a> Glyphs<'a> {
    /// `None` if the font has no `glyf`.
    pub(super) fn new(face: &tables::Face<'a>, max_points: usize) -> Option<Self> {
        let glyf = face.raw_face().table(tables::Tag::from_bytes(b"glyf"))?;
        face.tables().glyf?;
        let count = face.number_of_glyphs();
        let loca = face.raw_face().table(tables::Tag::from_bytes(b"loca"))?;
        let format = face.tables().head.index_to_location_format;
        let loca = tables::loca::Table::parse(NonZeroU16::new(count)?, format, loca)?;
        Some(Self { glyf, loca, max_points, count, costs: Vec::new() })
    }

    fn check(mut self) -> Result<(), String> {
        self.costs = vec![None; usize::from(self.count)];
        for glyph in 0..self.count {
            let cost = self.cost(glyph, 0);
            if cost.is_none_or(|cost| cost.points > self.max_points) {
                return Err(format!(
                    "its table glyf is damaged or too complex: glyph {glyph} has more than {} points, \
                     or components in more than {MAX_DEPTH} levels",
                    self.max_points
                ));
            }
        }
        Ok(())
    }

    /// The cost of a glyph. `None` if its components nest too deep.
    fn cost(&mut self, glyph: u16, depth: usize) -> Option<Cost> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(Some(known)) = self.costs.get(usize::from(glyph)) {
            return Some(*known);
        }
        let mut cost = Cost { points: 1, levels: 0 };
        if let Some(data) = self.data(glyph)
            && let Some(count) = contours(data)
        {
            if count >= 0 {
                cost.points = cost.points.saturating_add(points(data, count));
            } else {
                for component in Components::of(data) {
                    let of = self.cost(component, depth.saturating_add(1))?;
                    cost.points = cost.points.saturating_add(of.points);
                    cost.levels = cost.levels.max(of.levels.saturating_add(1));
                    if cost.points > self.max_points {
                        break;
                    }
                }
            }
        }
        if cost.levels > MAX_DEPTH {
            return None;
        }
        if let Some(known) = self.costs.get_mut(usize::from(glyph)) {
            *known = Some(cost);
        }
        Some(cost)
    }

    /// Whether a glyph has no outline on purpose, such as a space: no data, no contours, or only
    /// blank components.
    pub(super) fn is_blank(&self, glyph: u16) -> bool {
        self.is_blank_at(glyph, 0)
    }

    fn is_blank_at(&self, glyph: u16, depth: usize) -> bool {
        let Some(data) = self.data(glyph) else { return glyph < self.count };
        match contours(data) {
            Some(0) => true,
            Some(count) if count < 0 => {
                depth < MAX_DEPTH && Components::of(data).all(|glyph| self.is_blank_at(glyph, depth.saturating_add(1)))
            }
            _ => false,
        }
    }

    /// The description of a glyph. `None` for a blank.
    fn data(&self, glyph: u16) -> Option<&'a [u8]> {
        let range = self.loca.glyph_range(GlyphId(glyph))?;
        // The end of the last one may be wrong; the parser reads none of it then.
        Some(self.glyf.get(range).unwrap_or_default())
    }
}

/// The number of contours of a glyph; negative for a composite.
fn contours(data: &[u8]) -> Option<i16> {
    Some(i16::from_be_bytes(*data.first_chunk()?))
}

/// The number of points of a simple glyph: one more than the last contour's last point.
fn points(data: &[u8], contours: i16) -> usize {
    let last = usize::from(contours.unsigned_abs()).checked_mul(2).and_then(|end| end.checked_add(8));
    let last = last.and_then(|at| data.get(at..)).and_then(|data| data.first_chunk());
    last.map_or(0, |last| usize::from(u16::from_be_bytes(*last)).saturating_add(1))
}

/// The components of a composite glyph.
/// <https://learn.microsoft.com/typography/opentype/spec/glyf#composite-glyph-description>
struct Components<'a>(&'a [u8]);

impl<'a> Components<'a> {
    fn of(data: &'a [u8]) -> Self {
        Self(data.get(10..).unwrap_or_default()) // behind the number of contours and the bounds
    }
}

impl Iterator for Components<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let (head, _) = self.0.split_first_chunk::<4>()?;
        let [flags_high, flags_low, high, low] = *head;
        let flags = u16::from_be_bytes([flags_high, flags_low]);
        let is = |flag: u16| flags & flag != 0;
        let mut size = 4_usize;
        // The parser skips the arguments of points, so that it reads a wrong place. The number of
        // components must be no less than the one that it reads.
        if is(0x0002) {
            size = size.saturating_add(if is(0x0001) { 4 } else { 2 });
        }
        size = size.saturating_add(match () {
            () if is(0x0080) => 8,
            () if is(0x0040) => 4,
            () if is(0x0008) => 2,
            () => 0,
        });
        self.0 = if is(0x0020) { self.0.get(size..).unwrap_or_default() } else { &[] };
        Some(u16::from_be_bytes([high, low]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The descriptions of glyphs: `glyf`, and the long form of `loca`.
    fn tables(glyphs: &[Vec<u8>]) -> (Vec<u8>, Vec<u8>) {
        let (mut glyf, mut loca) = (Vec::new(), vec![0; 4]);
        for glyph in glyphs {
            glyf.extend(glyph);
            loca.extend(u32::try_from(glyf.len()).unwrap().to_be_bytes());
        }
        (glyf, loca)
    }

    /// A composite glyph of `count` times the same component.
    fn composite(count: usize, component: u16) -> Vec<u8> {
        let mut glyph = vec![255, 255, 0, 0, 0, 0, 0, 0, 0, 0];
        for at in 1..=count {
            let more: u16 = if at < count { 0x0020 } else { 0 };
            glyph.extend([(more | 0x0002).to_be_bytes(), component.to_be_bytes(), [0, 0]].concat());
        }
        glyph
    }

    fn check(glyphs: &[Vec<u8>]) -> Result<(), String> {
        let (glyf, loca) = tables(glyphs);
        with(&glyf, &loca, glyphs.len(), |glyphs| glyphs.check())
    }

    fn with<R>(glyf: &[u8], loca: &[u8], count: usize, use_it: impl FnOnce(Glyphs<'_>) -> R) -> R {
        let count = u16::try_from(count).unwrap();
        let format = ttf_parser::head::IndexToLocationFormat::Long;
        let loca = tables::loca::Table::parse(NonZeroU16::new(count).unwrap(), format, loca).unwrap();
        use_it(Glyphs { glyf, loca, max_points: 1_000, count, costs: Vec::new() })
    }

    #[test]
    fn composites_are_counted_before_they_are_drawn() {
        let dot = vec![0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]; // one contour of four points
        let tower = |wide, deep: u16| -> Vec<Vec<u8>> {
            std::iter::once(dot.clone()).chain((0..deep).map(|below| composite(wide, below))).collect()
        };
        assert_eq!(check(&tower(2, 3)), Ok(()));
        assert_eq!(check(&tower(10, 2)), Ok(()));
        assert!(check(&tower(10, 3)).unwrap_err().contains("glyf"), "a thousand and more");
        assert!(check(&tower(1, 9)).is_err(), "too deep");
        assert!(check(&[composite(1, 0)]).is_err(), "a glyph in itself");
        assert!(check(&[vec![0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]]).is_err(), "65,536 points");
    }

    #[test]
    fn a_blank_is_no_damage() {
        let dot = vec![0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3];
        let glyphs = [dot, Vec::new(), vec![0; 10], composite(2, 1), composite(2, 0), vec![9]];
        let (glyf, loca) = tables(&glyphs);
        let blank: Vec<u16> =
            with(&glyf, &loca, glyphs.len(), |glyphs| (0..8).filter(|glyph| glyphs.is_blank(*glyph)).collect());
        assert_eq!(blank, [1, 2, 3]);
    }
}
