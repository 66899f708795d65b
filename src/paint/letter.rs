//! Letters → coverage, which is kept: most letters of a name were in the one before.
//!
//! A letter stands at whole quarters of an output px, along the line and across it: so a few pictures of it serve everywhere, and
//! nobody sees an eighth of a px. Letters of one colour are put together first, and then onto the picture, so that those that
//! overlap, as Arabic ones do, have no seams.
//!
//! Invariant: a letter has the same coverage whatever is kept.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use tiny_skia::{IntRect, Path, Transform};

use crate::color::Color;
use crate::font::{Face, FaceId, Fonts, Instance};
use crate::geometry::{Rect, px};

use super::leaf::union;
use super::surface::{Surface, coverage, covering, each_of_255, intersect, of_255, spread};

/// Steps of a px at which a letter can stand.
const STEPS: f32 = 4.0;

/// Pixels of a letter that is kept. A larger one is seldom seen twice, and filled as any path.
const MAX_PIXELS: usize = 65_536;

/// Strikes that are looked through for a letter.
const MAX_STRIKES: usize = 64;

/// Bytes of a letter beside its coverage, or a little more.
const LETTER_BYTES: usize = 128;

/// Rows that are put together at a time: a page of text takes no second canvas.
const STRIP_ROWS: i32 = 64;

/// A letter in one size, and at one place between pixels.
struct Letter {
    /// Where it lies around its origin, in output px.
    bounds: IntRect,
    /// A byte a pixel, rows from the top.
    coverage: Vec<u8>,
}

/// A letter on the canvas.
pub struct Stamp {
    letter: Rc<Letter>,
    pub mark: Mark,
}

/// Which letter it is, and where. Two that are alike, of one size and colour, leave the same behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Its face and the run of its text.
    pub of: (FaceId, u16),
    glyph: u16,
    /// Where its origin is, in output px.
    origin: (i32, i32),
    /// And in quarters beyond that.
    quarters: (u8, u8),
}

/// Fonts, and the letters of them that are kept.
pub type Letters<'a> = (&'a Fonts, &'a RefCell<Strikes>);

/// What there is of a glyph.
pub enum Found {
    /// Nothing to draw, such as a space.
    Blank,
    /// Its coverage.
    Stamp(Stamp),
    /// It is too large to be kept: its outline is to be filled.
    Outline,
}

/// The letters of a face in one size.
struct Strike {
    face: Weak<Face>,
    instance: Instance,
    /// The bits of its output px per font unit.
    scale: u32,
    /// By glyph, and quarters of a px to the right and down; blanks too.
    letters: BTreeMap<(u16, u8, u8), Option<Rc<Letter>>>,
    bytes: usize,
}

/// Letters that were drawn for other pictures, within a budget. The default keeps none.
#[derive(Default)]
pub struct Strikes {
    budget: usize,
    bytes: usize,
    /// The one that was used last comes first.
    strikes: Vec<Strike>,
}

impl Strikes {
    /// None yet; so many bytes may be kept.
    pub const fn new(budget: usize) -> Self {
        Self { budget, bytes: 0, strikes: Vec::new() }
    }

    /// A glyph of a face in a size (output px per font unit), with its origin at a place on the canvas (output px). `of` is what is
    /// said of it in its [`Mark`].
    pub fn find(
        &mut self,
        (face, of): (&Rc<Face>, (FaceId, u16)),
        instance: &Instance,
        glyph: u16,
        scale: f32,
        at: (f32, f32),
    ) -> Found {
        let ((x, right), (y, down)) = (quarters(at.0), quarters(at.1));
        let (key, mark) = ((glyph, right, down), Mark { of, glyph, origin: (x, y), quarters: (right, down) });
        self.choose(face, instance, scale);
        let kept = self.strikes.first().and_then(|strike| strike.letters.get(&key)).cloned();
        let letter = match kept {
            Some(letter) => letter,
            None => {
                let letter = match face.outline(instance, glyph) {
                    None => None,
                    Some(outline) => match Letter::new(&outline, scale, (right, down)) {
                        Some(letter) => Some(Rc::new(letter)),
                        None => return Found::Outline,
                    },
                };
                self.keep(key, letter.clone());
                letter
            }
        };
        letter.map_or(Found::Blank, |letter| Found::Stamp(Stamp { letter, mark }))
    }

    /// Makes a strike the first one.
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
                let (face, instance, letters) = (Rc::downgrade(face), instance.clone(), BTreeMap::new());
                self.strikes.insert(0, Strike { face, instance, scale, letters, bytes: 0 });
            }
        }
    }

    /// Keeps a letter of the first strike.
    fn keep(&mut self, key: (u16, u8, u8), letter: Option<Rc<Letter>>) {
        let bytes = letter.as_ref().map_or(0, |letter| letter.coverage.len()).saturating_add(LETTER_BYTES);
        while self.bytes.saturating_add(bytes) > self.budget && !self.strikes.is_empty() {
            self.forget();
        }
        if let Some(strike) = self.strikes.first_mut() {
            strike.letters.insert(key, letter);
            strike.bytes = strike.bytes.saturating_add(bytes);
            self.bytes = self.bytes.saturating_add(bytes);
        }
    }

    /// Forgets the strike that was not used longest.
    fn forget(&mut self) {
        let strike = self.strikes.pop();
        self.bytes = self.bytes.saturating_sub(strike.map_or(0, |strike| strike.bytes));
    }
}

/// The whole px of a place, and the quarters beyond it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "made finite and clamped; 0 to 3")]
fn quarters(at: f32) -> (i32, u8) {
    let steps = (px(at) * STEPS).round();
    let whole = (steps / STEPS).floor();
    (whole as i32, (steps - whole * STEPS) as u8)
}

impl Letter {
    /// From an outline in font units. None where it is too large.
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
    /// The output px that it may cover.
    pub fn bounds(&self) -> Option<IntRect> {
        self.letter.bounds.translate(self.mark.origin.0, self.mark.origin.1)
    }

    /// Adds it to the coverage of a part of the canvas.
    fn add(&self, all: &mut [u8], part: IntRect) {
        let Some((bounds, both)) = self.bounds().and_then(|bounds| Some((bounds, intersect(bounds, part)?))) else {
            return;
        };
        let from = |at: i32, start: i32| usize::try_from(at.saturating_sub(start)).unwrap_or(0);
        let columns = |start: i32| from(both.left(), start)..from(both.right(), start);
        let (wide, narrow) = (part.width() as usize, bounds.width() as usize);
        let to = all.chunks_exact_mut(wide.max(1)).skip(from(both.top(), part.top()));
        let letter = self.letter.coverage.chunks_exact(narrow.max(1)).skip(from(both.top(), bounds.top()));
        for (to, letter) in to.zip(letter).take(both.height() as usize) {
            let (Some(to), Some(letter)) = (to.get_mut(columns(part.left())), letter.get(columns(bounds.left())))
            else {
                return;
            };
            to.iter_mut().zip(letter).for_each(|(to, covered)| *to = (*to).max(*covered));
        }
    }
}

/// Puts letters of one colour onto a surface; the colour's own opacity counts too.
pub fn stamp(surface: &mut Surface, stamps: &[Stamp], color: Color, opacity: f32) {
    let around = stamps.iter().map(Stamp::bounds).fold(None, union);
    let Some(all) = around.zip(surface.bounds()).and_then(|(a, b)| intersect(a, b)) else { return };
    let color = Premultiplied::new(color, opacity);
    let mut covered = Vec::new();
    let mut top = all.top();
    while let Some(strip) =
        IntRect::from_ltrb(all.left(), top, all.right(), all.bottom().min(top.saturating_add(STRIP_ROWS)))
    {
        covered.clear();
        covered.resize((strip.width() as usize).saturating_mul(strip.height() as usize), 0);
        stamps.iter().for_each(|stamp| stamp.add(&mut covered, strip));
        if let Some((_, rows)) = surface.rows_mut(strip) {
            let covered = covered.chunks_exact((strip.width() as usize).max(1));
            rows.zip(covered).for_each(|(row, covered)| color.lay(row, covered));
        }
        top = strip.bottom();
    }
}

/// A colour, premultiplied.
struct Premultiplied {
    rgba: [u8; 4],
}

impl Premultiplied {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 times 0 to 1")]
    fn new(color: Color, opacity: f32) -> Self {
        let alpha = (f32::from(color.a) * opacity).round() as u8;
        let premultiplied = |channel| of_255(u32::from(channel) * u32::from(alpha));
        Self { rgba: [premultiplied(color.r), premultiplied(color.g), premultiplied(color.b), alpha] }
    }

    /// Lays it over a row of premultiplied RGBA, as far as each pixel is covered.
    fn lay(&self, row: &mut [u8], covered: &[u8]) {
        let opaque = self.rgba[3] == u8::MAX;
        let ink = spread(self.rgba);
        let (eights, rest) = row.as_chunks_mut::<32>();
        let (covered, covered_rest) = covered.as_chunks::<8>();
        // Most of a line of text is not letters, and most of a letter is nothing but ink.
        for (pixels, covered) in eights.iter_mut().zip(covered) {
            match u64::from_le_bytes(*covered) {
                0 => {}
                u64::MAX if opaque => pixels.as_chunks_mut::<4>().0.fill(self.rgba),
                _ => self.lay_each(pixels, covered, ink),
            }
        }
        self.lay_each(rest, covered_rest, ink);
    }

    fn lay_each(&self, pixels: &mut [u8], covered: &[u8], ink: u64) {
        let (opaque, alpha) = (self.rgba[3] == u8::MAX, u32::from(self.rgba[3]));
        for (pixel, covered) in pixels.as_chunks_mut::<4>().0.iter_mut().zip(covered) {
            match *covered {
                0 => {}
                u8::MAX if opaque => *pixel = self.rgba,
                covered => {
                    let below = 255 - u64::from(of_255(alpha * u32::from(covered)));
                    // A sum is 255² and a half of 255 at the most, because ink is premultiplied.
                    *pixel = each_of_255(ink * u64::from(covered) + spread(*pixel) * below);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: i32 = 40;

    fn bounds() -> IntRect {
        IntRect::from_xywh(0, 0, BOUNDS as u32, BOUNDS as u32).unwrap()
    }

    fn letter(strikes: &mut Strikes, fonts: &Fonts, glyph: u16, size: f32, at: (f32, f32)) -> Found {
        strikes.find(
            (fonts.get(FaceId(0)).unwrap(), (FaceId(0), 0)),
            &Instance::of_weight(400),
            glyph,
            size / 2048.0,
            at,
        )
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
        let mut kept = Strikes::new(1 << 20);
        for glyph in [40, 41, 70] {
            for (x, y) in [(5.0, 30.0), (5.25, 30.0), (5.9, 30.1), (-6.3, 12.6), (36.5, 50.0)] {
                let fresh = coverage_of(&letter(&mut Strikes::default(), &fonts, glyph, 30.0, (x, y)));
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
        let mut strikes = Strikes::new(4_000);
        for size in 1..200_u8 {
            for glyph in 0..20 {
                let _ = letter(&mut strikes, &fonts, glyph, f32::from(size), (0.0, 0.0));
                let kept = strikes.strikes.iter().flat_map(|strike| strike.letters.values());
                let bytes: usize =
                    kept.map(|kept| LETTER_BYTES + kept.as_ref().map_or(0, |kept| kept.coverage.len())).sum();
                assert!(bytes == strikes.bytes && bytes <= 4_000 && strikes.strikes.len() <= MAX_STRIKES);
            }
        }
        assert!(matches!(letter(&mut strikes, &fonts, 40, 1_000.0, (0.0, 0.0)), Found::Outline));
        let blank = |glyph: &u16| fonts.outline(FaceId(0), &Instance::of_weight(400), *glyph).is_none();
        let space = (0..u16::MAX).find(blank).unwrap();
        assert!(matches!(letter(&mut strikes, &fonts, space, 20.0, (0.0, 0.0)), Found::Blank));
    }

    #[test]
    fn half_a_colour_over_half_a_colour() {
        let over = |ink: Color, opacity, below: [u8; 4], covered| {
            let mut row = below;
            Premultiplied::new(ink, opacity).lay(&mut row, &[covered]);
            row
        };
        let red = Color::rgb(255, 0, 0);
        assert_eq!(over(red, 1.0, [0, 0, 255, 255], 0), [0, 0, 255, 255]);
        assert_eq!(over(red, 1.0, [0, 0, 255, 255], 255), [255, 0, 0, 255]);
        assert_eq!(over(red, 1.0, [0, 0, 255, 255], 51), [51, 0, 204, 255]);
        assert_eq!(over(red, 0.2, [0, 0, 255, 255], 255), [51, 0, 204, 255]);
        assert_eq!(over(red, 1.0, [0, 0, 0, 0], 128), [128, 0, 0, 128]);
        assert_eq!(over(Color { a: 128, ..red }, 1.0, [0, 0, 128, 128], 255), [128, 0, 64, 192]);
        for covered in 0..=255 {
            for alpha in 0..=255 {
                let ink = Color { r: 255, g: 254, b: 1, a: alpha };
                for below in [[200, 3, 201, 201], [255; 4], [0, 1, 2, 254]] {
                    let result = over(ink, 1.0, below, covered);
                    let premultiplied = Premultiplied::new(ink, 1.0).rgba.map(u32::from);
                    let rest = 255 - u32::from(of_255(premultiplied[3] * u32::from(covered)));
                    let channel =
                        |at: usize| of_255(premultiplied[at] * u32::from(covered) + u32::from(below[at]) * rest);
                    assert_eq!(result, [0, 1, 2, 3].map(channel));
                    assert!(result.iter().all(|channel| *channel <= result[3]), "premultiplied");
                }
            }
        }
        // Eight at a time, and some more.
        for covered in [[0; 11], [255; 11], [0, 9, 255, 255, 0, 0, 255, 3, 1, 255, 0]] {
            for opacity in [0.9, 1.0] {
                let mut row = [200; 44];
                Premultiplied::new(red, opacity).lay(&mut row, &covered);
                let each = covered.iter().flat_map(|covered| over(red, opacity, [200; 4], *covered));
                assert!(each.eq(row));
            }
        }
    }

    #[test]
    fn letters_that_overlap_have_no_seam() {
        let fonts = Fonts::embedded();
        let mut strikes = Strikes::default();
        let mut surface = Surface::canvas(tiny_skia::Pixmap::new(BOUNDS as u32, BOUNDS as u32).unwrap());
        let stamps: Vec<Stamp> = [10.0, 10.0]
            .into_iter()
            .filter_map(|x| match letter(&mut strikes, &fonts, 40, 30.0, (x, 32.0)) {
                Found::Stamp(stamp) => Some(stamp),
                Found::Blank | Found::Outline => None,
            })
            .collect();
        let once = coverage_of(&letter(&mut strikes, &fonts, 40, 30.0, (10.0, 32.0)));
        stamp(&mut surface, &stamps, Color::BLACK, 0.5);
        let expected: Vec<u8> = once.iter().map(|covered| of_255(128 * u32::from(*covered))).collect();
        assert_eq!((stamps.len(), surface.alpha()), (2, expected));
    }
}
