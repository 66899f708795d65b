//! Glyphs → coverage masks, which are cached, because most letters of a name occurred in an earlier
//! name.
//!
//! A glyph stands at whole quarters of an output px, along the line and across it. So a few masks
//! of it serve everywhere, and the error of at most an eighth of a px is invisible. Glyphs of one
//! colour are united first and then drawn onto the picture, so that overlapping glyphs, as in
//! Arabic, have no seams.
//!
//! Invariant: a glyph has the same coverage whatever is cached.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use tiny_skia::{IntRect, Path, Transform};

use crate::color::Color;
use crate::font::{Face, FaceId, Fonts, Instance};
use crate::geometry::{Rect, px};

use super::blend::Ink;
use super::surface::{Surface, coverage, covering, intersect, union};

/// Number of positions per px at which a glyph can stand.
const STEPS: f32 = 4.0;

/// Maximum number of pixels of a cached mask. A larger glyph seldom occurs twice and is filled like
/// any path.
pub const MAX_PIXELS: usize = 65_536;

/// Maximum number of strikes that a lookup searches.
const MAX_STRIKES: usize = 64;

/// Bytes of a mask besides its coverage, rounded up.
const MASK_BYTES: usize = 128;

/// Number of rows of text that are united at a time, so that a page of text needs no second canvas.
const ROWS_AT_ONCE: i32 = 64;

/// The mask of a glyph in one size, at one position between pixels.
struct GlyphMask {
    /// Its box around the glyph's origin, in output px.
    bounds: IntRect,
    /// One byte a pixel, rows from the top.
    coverage: Vec<u8>,
}

/// A mask on the canvas.
pub struct Stamp {
    mask: Rc<GlyphMask>,
    /// Its glyph and position.
    pub placement: Placement,
}

/// A glyph and its position. Equal placements of one size and colour change the same pixels in the
/// same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Its face and the run of its text.
    pub of: (FaceId, u16),
    glyph: u16,
    /// Its origin in whole output px.
    origin: (i32, i32),
    /// The remainder of its origin in quarters of a px.
    quarters: (u8, u8),
}

/// Glyphs, as outlines and as masks.
#[derive(Clone, Copy)]
pub struct Glyphs<'a> {
    /// The available faces.
    pub fonts: &'a Fonts,
    /// Masks of their glyphs.
    pub masks: &'a RefCell<Masks>,
}

/// The form in which a glyph is drawn.
pub enum Found {
    /// Nothing to draw, such as a space.
    Blank,
    /// Its coverage.
    Stamp(Stamp),
    /// The glyph is too large for a mask, so its outline is filled.
    Outline,
}

/// The glyphs of a face in one size: the term is that of type founders and of OpenType's bitmap
/// tables.
struct Strike {
    face: Weak<Face>,
    instance: Instance,
    /// The bits of its output px per font unit.
    scale: u32,
    /// Masks by glyph and quarters of a px to the right and down, blanks included.
    masks: BTreeMap<(u16, u8, u8), Option<Rc<GlyphMask>>>,
    bytes: usize,
}

/// Masks that were made for other pictures, within a budget of bytes. The default caches none.
#[derive(Default)]
pub struct Masks {
    budget: usize,
    bytes: usize,
    /// The most recently used one comes first.
    strikes: Vec<Strike>,
}

impl Masks {
    /// An empty cache with a budget in bytes.
    pub const fn new(budget: usize) -> Self {
        Self { budget, bytes: 0, strikes: Vec::new() }
    }

    /// The mask of a glyph: `scale` is its size in output px per font unit, `at` its origin on the
    /// canvas in output px. `of` goes into its [`Placement`].
    pub fn find(
        &mut self,
        face: &Rc<Face>,
        of: (FaceId, u16),
        instance: &Instance,
        glyph: u16,
        scale: f32,
        at: (f32, f32),
    ) -> Found {
        let ((x, right), (y, down)) = (quarters(at.0), quarters(at.1));
        let (key, placement) = ((glyph, right, down), Placement { of, glyph, origin: (x, y), quarters: (right, down) });
        self.choose(face, instance, scale);
        let kept = self.strikes.first().and_then(|strike| strike.masks.get(&key)).cloned();
        let mask = match kept {
            Some(mask) => mask,
            None => {
                let mask = match face.outline(instance, glyph) {
                    None => None,
                    Some(outline) => match GlyphMask::new(&outline, scale, (right, down)) {
                        Some(mask) => Some(Rc::new(mask)),
                        None => return Found::Outline,
                    },
                };
                self.keep(key, mask.clone());
                mask
            }
        };
        mask.map_or(Found::Blank, |mask| Found::Stamp(Stamp { mask, placement }))
    }

    /// Moves a strike to the front.
    fn choose(&mut self, face: &Rc<Face>, instance: &Instance, scale: f32) {
        let scale = scale.to_bits();
        let known = |strike: &Strike| {
            strike.scale == scale
                && std::ptr::eq(strike.face.as_ptr(), Rc::as_ptr(face))
                && strike.instance == *instance
        };
        match self.strikes.iter().position(known) {
            Some(at) => {
                let _ = self.strikes.get_mut(..=at).map(|strikes| strikes.rotate_right(1));
            }
            None => {
                if self.strikes.len() >= MAX_STRIKES {
                    self.forget();
                }
                let (face, instance, masks) = (Rc::downgrade(face), instance.clone(), BTreeMap::new());
                self.strikes.insert(0, Strike { face, instance, scale, masks, bytes: 0 });
            }
        }
    }

    /// Caches a mask of the first strike.
    fn keep(&mut self, key: (u16, u8, u8), mask: Option<Rc<GlyphMask>>) {
        let bytes = mask.as_ref().map_or(0, |mask| mask.coverage.len()).saturating_add(MASK_BYTES);
        while self.bytes.saturating_add(bytes) > self.budget && !self.strikes.is_empty() {
            self.forget();
        }
        if let Some(strike) = self.strikes.first_mut() {
            strike.masks.insert(key, mask);
            strike.bytes = strike.bytes.saturating_add(bytes);
            self.bytes = self.bytes.saturating_add(bytes);
        }
    }

    /// Drops the least recently used strike.
    fn forget(&mut self) {
        let strike = self.strikes.pop();
        self.bytes = self.bytes.saturating_sub(strike.map_or(0, |strike| strike.bytes));
    }
}

/// Splits a position into whole px and the remaining quarters.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made finite and clamped; 0 to 3")]
fn quarters(at: f32) -> (i32, u8) {
    let steps = (px(at) * STEPS).round();
    let whole = (steps / STEPS).floor();
    (whole as i32, (steps - whole * STEPS) as u8)
}

impl GlyphMask {
    /// Makes the mask of an outline in font units. `None` if it is too large.
    fn new(outline: &Path, scale: f32, (right, down): (u8, u8)) -> Option<Self> {
        let place = Transform::from_row(scale, 0.0, 0.0, scale, f32::from(right) / STEPS, f32::from(down) / STEPS);
        let around = outline.bounds();
        let bounds = covering(Rect::new(around.x(), around.y(), around.width(), around.height()), place)?;
        let pixels = (bounds.width() as usize).saturating_mul(bounds.height() as usize);
        let coverage = (pixels <= MAX_PIXELS).then(|| coverage(bounds, outline, place)).flatten()?;
        Some(Self { bounds, coverage })
    }
}

impl Stamp {
    /// The output px that the mask may cover.
    pub fn bounds(&self) -> Option<IntRect> {
        self.mask.bounds.translate(self.placement.origin.0, self.placement.origin.1)
    }

    /// Adds the mask to the coverage of a part of the canvas.
    fn add(&self, all: &mut [u8], part: IntRect) {
        let Some((bounds, both)) = self.bounds().and_then(|bounds| Some((bounds, intersect(bounds, part)?))) else {
            return;
        };
        let from = |at: i32, start: i32| usize::try_from(at.saturating_sub(start)).unwrap_or(0);
        let columns = |start: i32| from(both.left(), start)..from(both.right(), start);
        let (wide, narrow) = (part.width() as usize, bounds.width() as usize);
        let to = all.chunks_exact_mut(wide.max(1)).skip(from(both.top(), part.top()));
        let rows = self.mask.coverage.chunks_exact(narrow.max(1)).skip(from(both.top(), bounds.top()));
        for (to, row) in to.zip(rows).take(both.height() as usize) {
            let (Some(to), Some(row)) = (to.get_mut(columns(part.left())), row.get(columns(bounds.left()))) else {
                return;
            };
            to.iter_mut().zip(row).for_each(|(to, covered)| *to = (*to).max(*covered));
        }
    }
}

/// Draws glyphs of one colour onto a surface. The colour's own opacity counts too.
pub fn stamp(surface: &mut Surface, stamps: &[Stamp], color: Color, opacity: f32) {
    let around = stamps.iter().map(Stamp::bounds).fold(None, union);
    let Some(all) = around.zip(surface.bounds()).and_then(|(a, b)| intersect(a, b)) else { return };
    let ink = Ink::new(color, opacity);
    let mut covered = Vec::new();
    let mut top = all.top();
    while let Some(strip) =
        IntRect::from_ltrb(all.left(), top, all.right(), all.bottom().min(top.saturating_add(ROWS_AT_ONCE)))
    {
        covered.clear();
        covered.resize((strip.width() as usize).saturating_mul(strip.height() as usize), 0);
        stamps.iter().for_each(|stamp| stamp.add(&mut covered, strip));
        if let Some((_, rows)) = surface.rows_mut(strip) {
            let covered = covered.chunks_exact((strip.width() as usize).max(1));
            rows.zip(covered).for_each(|(row, covered)| ink.lay(row, covered));
        }
        top = strip.bottom();
    }
}

#[cfg(test)]
mod tests {
    use super::super::blend::of_255;
    use super::*;

    const BOUNDS: i32 = 40;

    fn bounds() -> IntRect {
        IntRect::from_xywh(0, 0, BOUNDS as u32, BOUNDS as u32).unwrap()
    }

    fn letter(masks: &mut Masks, fonts: &Fonts, glyph: u16, size: f32, at: (f32, f32)) -> Found {
        masks.find(fonts.get(FaceId(0)).unwrap(), (FaceId(0), 0), &Instance::of_weight(400), glyph, size / 2048.0, at)
    }

    fn coverage_of(found: &Found) -> Vec<u8> {
        let Found::Stamp(stamp) = found else { panic!("no stamp") };
        let mut all = vec![0; (BOUNDS * BOUNDS) as usize];
        stamp.add(&mut all, bounds());
        all
    }

    #[test]
    fn a_letter_is_the_same_whatever_is_kept_and_stands_where_its_outline_does() {
        let fonts = Fonts::embedded();
        let mut kept = Masks::new(1 << 20);
        for glyph in [40, 41, 70] {
            for (x, y) in [(5.0, 30.0), (5.25, 30.0), (5.9, 30.1), (-6.3, 12.6), (36.5, 50.0)] {
                let fresh = coverage_of(&letter(&mut Masks::default(), &fonts, glyph, 30.0, (x, y)));
                for _ in 0..2 {
                    assert_eq!(coverage_of(&letter(&mut kept, &fonts, glyph, 30.0, (x, y))), fresh);
                }
                if !(0.0..=30.0).contains(&x) {
                    continue; // tiny-skia rounds otherwise where it cuts
                }
                let outline = fonts.get(FaceId(0)).unwrap().outline(&Instance::of_weight(400), glyph).unwrap();
                let [x, y] = [x, y].map(|at: f32| (at * 4.0).round() / 4.0);
                let place = Transform::from_row(30.0 / 2048.0, 0.0, 0.0, 30.0 / 2048.0, x, y);
                assert_eq!(coverage(bounds(), &outline, place).unwrap(), fresh, "glyph {glyph} at {x}, {y}");
            }
        }
        assert_eq!(kept.strikes.len(), 1);
    }

    #[test]
    fn what_is_kept_stays_within_its_budget() {
        let fonts = Fonts::embedded();
        let mut masks = Masks::new(4_000);
        for size in 1..200_u8 {
            for glyph in 0..20 {
                let _ = letter(&mut masks, &fonts, glyph, f32::from(size), (0.0, 0.0));
                let kept = masks.strikes.iter().flat_map(|strike| strike.masks.values());
                let bytes: usize =
                    kept.map(|kept| MASK_BYTES + kept.as_ref().map_or(0, |kept| kept.coverage.len())).sum();
                assert!(bytes == masks.bytes && bytes <= 4_000 && masks.strikes.len() <= MAX_STRIKES);
            }
        }
        assert!(matches!(letter(&mut masks, &fonts, 40, 1_000.0, (0.0, 0.0)), Found::Outline));
        let blank = |glyph: &u16| fonts.outline(FaceId(0), &Instance::of_weight(400), *glyph).is_none();
        let space = (0..u16::MAX).find(blank).unwrap();
        assert!(matches!(letter(&mut masks, &fonts, space, 20.0, (0.0, 0.0)), Found::Blank));
    }

    #[test]
    fn letters_that_overlap_have_no_seam() {
        let fonts = Fonts::embedded();
        let mut masks = Masks::default();
        let mut surface = Surface::canvas(tiny_skia::Pixmap::new(BOUNDS as u32, BOUNDS as u32).unwrap());
        let stamps: Vec<Stamp> = [10.0, 10.0]
            .into_iter()
            .filter_map(|x| match letter(&mut masks, &fonts, 40, 30.0, (x, 32.0)) {
                Found::Stamp(stamp) => Some(stamp),
                Found::Blank | Found::Outline => None,
            })
            .collect();
        let once = coverage_of(&letter(&mut masks, &fonts, 40, 30.0, (10.0, 32.0)));
        stamp(&mut surface, &stamps, Color::BLACK, 0.5);
        let expected: Vec<u8> = once.iter().map(|covered| of_255(128 * u32::from(*covered))).collect();
        assert_eq!((stamps.len(), surface.alpha()), (2, expected));
    }
}
