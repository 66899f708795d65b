//! Which colours a picture is reduced to.
//!
//! Flat colours are taken as they are, up to half of the palette; the others are the means of
//! clusters of the remaining pixels.

use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::clusters;
use super::coarse::{Cells, MANY_PIXELS};
use super::colors::key;
use super::flat;
use super::nearest::Nearest;
use super::oklab::{Point, pixel, points};

/// Most pixels that the colours are chosen from; a larger picture is sampled. 1 MB.
const MAX_SAMPLES: usize = 64 * 1024;

/// Most pixels whose distances are measured.
const MAX_MEASURED: usize = 16 * 1024;

/// The square of the distance in Oklab from which on a pixel is not represented by a colour: five levels of 255.
const FAR: f32 = 0.02 * 0.02;

/// A colour, as a pixel and as a point.
type Color = (PremultipliedColorU8, Point);

/// The colours that a picture is reduced to.
pub struct Choice {
    /// Opaque colours first.
    colors: Vec<Color>,
    /// The keys of flat colours, sorted: their pixels stay as they are.
    flat: Vec<u32>,
    /// Whether a near colour does, because there are [`MANY_PIXELS`].
    is_near: bool,
    /// Finds a colour for an opaque pixel; `None` if no colour is opaque.
    opaque: Option<Opaque>,
    /// Finds a colour for any other pixel.
    any: Nearest,
}

/// Finds a colour for opaque pixels.
enum Opaque {
    /// The nearest one.
    Nearest(Nearest),
    /// A near one.
    Near(Cells),
}

impl Choice {
    /// Chooses at most `colors` colours for a picture.
    pub fn new(picture: &Pixmap, colors: usize) -> Self {
        let clear = picture.pixels().iter().any(|pixel| pixel.alpha() == 0);
        let mut kept = flat::flat(picture, colors / 2);
        if clear && !kept.contains(&PremultipliedColorU8::TRANSPARENT) {
            kept.truncate((colors / 2).saturating_sub(1));
            kept.push(PremultipliedColorU8::TRANSPARENT);
        }
        let mut flat: Vec<_> = kept.iter().map(|&pixel| key(pixel)).collect();
        flat.sort_unstable();
        let (kept_opaque, kept_rest): (Vec<_>, Vec<_>) = kept.iter().partition(|pixel| pixel.alpha() == 255);

        // Opaque and partly transparent pixels that are not flat share the remaining colours.
        let all = picture.pixels();
        let step = all.len().div_ceil(MAX_SAMPLES).max(1);
        let sample: Vec<_> =
            all.iter().step_by(step).copied().filter(|&pixel| flat.binary_search(&key(pixel)).is_err()).collect();
        let (opaque, rest): (Vec<_>, Vec<_>) = sample.iter().partition(|pixel| pixel.alpha() == 255);
        let (mut opaque, mut rest): (Vec<_>, Vec<_>) = (points(&opaque).collect(), points(&rest).collect());
        let free = colors.saturating_sub(kept.len());
        let partly = share(free, rest.len(), opaque.len());
        let kept_opaque: Vec<_> = kept_opaque.iter().copied().zip(points(&kept_opaque)).collect();
        let kept_rest: Vec<_> = kept_rest.iter().copied().zip(points(&kept_rest)).collect();
        let points_of =
            |kept: &[(PremultipliedColorU8, Point)]| kept.iter().map(|(_, point)| *point).collect::<Vec<_>>();
        let opaque = clusters::means(&mut opaque, &points_of(&kept_opaque), free.saturating_sub(partly));
        let rest = clusters::means(&mut rest, &points_of(&kept_rest), partly);

        let opaque: Vec<_> = kept_opaque.into_iter().chain(colors_of(opaque)).collect();
        Self::of(opaque, kept_rest.into_iter().chain(colors_of(rest)), flat, all.len() >= MANY_PIXELS)
    }

    /// All colours of a picture that has few; each stays as it is.
    pub fn exact(pixels: &[PremultipliedColorU8]) -> Self {
        let mut flat: Vec<_> = pixels.iter().map(|&pixel| key(pixel)).collect();
        flat.sort_unstable();
        let (opaque, rest): (Vec<_>, Vec<_>) = pixels.iter().partition(|pixel| pixel.alpha() == 255);
        let with_points = |pixels: Vec<PremultipliedColorU8>| {
            let points: Vec<_> = points(&pixels).collect();
            pixels.into_iter().zip(points)
        };
        Self::of(with_points(opaque).collect(), with_points(rest), flat, false)
    }

    fn of(opaque: Vec<Color>, rest: impl Iterator<Item = Color>, flat: Vec<u32>, is_near: bool) -> Self {
        let points = |colors: &[Color]| colors.iter().map(|(_, point)| *point).collect::<Vec<_>>();
        let finder = (!opaque.is_empty()).then(|| match is_near {
            true => Opaque::Near(Cells::new(&points(&opaque))),
            false => Opaque::Nearest(Nearest::new(&points(&opaque))),
        });
        let colors: Vec<_> = opaque.into_iter().chain(rest).collect();
        Self { any: Nearest::new(&points(&colors)), opaque: finder, flat, is_near, colors }
    }

    /// The same colours, and at most `most` more for those of `pixels` that none of them represents. `None` if
    /// there are no such pixels.
    pub fn with_more(&mut self, pixels: &[PremultipliedColorU8], most: usize) -> Option<Self> {
        let step = pixels.len().div_ceil(MAX_SAMPLES).max(1);
        let sample: Vec<_> = pixels.iter().step_by(step).copied().filter(|&pixel| !self.is_flat(pixel)).collect();
        let (mut opaque, mut rest) = (Vec::new(), Vec::new());
        let lacks_clear = !self.colors.iter().any(|(color, _)| color.alpha() == 0);
        let has_clear = lacks_clear && sample.iter().any(|pixel| pixel.alpha() == 0);
        for (pixel, point) in sample.iter().zip(points(&sample)) {
            let is_opaque = pixel.alpha() == 255;
            let near = self.nearest(point, is_opaque).map_or([f32::INFINITY; 4], |(_, near)| near);
            let far: f32 = near.iter().zip(point).map(|(one, other)| (one - other) * (one - other)).sum();
            if far > FAR {
                if is_opaque { &mut opaque } else { &mut rest }.push(point);
            }
        }
        if most == 0 || opaque.is_empty() && rest.is_empty() && !has_clear {
            return None;
        }
        let clear = has_clear.then_some((PremultipliedColorU8::TRANSPARENT, [0.0; 4]));
        let free = most.saturating_sub(usize::from(has_clear));
        let partly = share(free, rest.len(), opaque.len());
        let (known_opaque, known_rest): (Vec<_>, Vec<_>) =
            self.colors.iter().partition(|(color, _)| color.alpha() == 255);
        let points_of = |colors: &[Color]| colors.iter().map(|(_, point)| *point).collect::<Vec<_>>();
        let opaque = clusters::means(&mut opaque, &points_of(&known_opaque), free.saturating_sub(partly));
        let rest = clusters::means(&mut rest, &points_of(&known_rest), partly);
        let opaque = known_opaque.into_iter().chain(colors_of(opaque)).collect();
        let rest = known_rest.into_iter().chain(colors_of(rest)).chain(clear);
        Some(Self::of(opaque, rest, self.flat.clone(), self.is_near))
    }

    /// The mean square of the distance of some pixels to their nearest colours, in Oklab.
    pub fn error(&mut self, pixels: &[PremultipliedColorU8]) -> f32 {
        let step = pixels.len().div_ceil(MAX_MEASURED).max(1);
        let sample: Vec<_> = pixels.iter().step_by(step).copied().collect();
        let (mut sum, mut count) = (0.0_f32, 0.0_f32);
        for (pixel, point) in sample.iter().zip(points(&sample)) {
            count += 1.0;
            if !self.is_flat(*pixel)
                && let Some((_, near)) = self.nearest(point, pixel.alpha() == 255)
            {
                sum += near.iter().zip(point).map(|(one, other)| (one - other) * (one - other)).sum::<f32>();
            }
        }
        sum / count.max(1.0)
    }

    /// The memory that it holds, in bytes.
    pub fn memory_bytes(&self) -> usize {
        let opaque = self.opaque.as_ref().map_or(0, |opaque| match opaque {
            Opaque::Nearest(nearest) => nearest.memory_bytes(),
            Opaque::Near(cells) => cells.memory_bytes(),
        });
        opaque.saturating_add(self.any.memory_bytes()).saturating_add(self.colors.len().saturating_mul(32))
    }

    /// Forgets what was found so far; it is found again.
    pub fn forget(&mut self) {
        let (opaque, rest) = self.colors.iter().partition(|(color, _)| color.alpha() == 255);
        let rest: Vec<Color> = rest;
        *self = Self::of(opaque, rest.into_iter(), std::mem::take(&mut self.flat), self.is_near);
    }

    /// Whether a pixel has a flat colour, which stays as it is.
    #[inline]
    pub fn is_flat(&self, pixel: PremultipliedColorU8) -> bool {
        self.flat.binary_search(&key(pixel)).is_ok()
    }

    /// The nearest colour, as a pixel and as a point; the nearest opaque one for an opaque pixel, or
    /// one that is near if there are [`MANY_PIXELS`].
    #[inline]
    pub fn nearest(&mut self, point: Point, is_opaque: bool) -> Option<Color> {
        let index = match self.opaque.as_mut().filter(|_| is_opaque) {
            Some(Opaque::Nearest(nearest)) => nearest.of(point),
            Some(Opaque::Near(cells)) => cells.of(point),
            None => self.any.of(point),
        };
        self.colors.get(usize::from(index)).copied()
    }
}

/// The colours of means. Errors are measured to the pixels of the palette, not to the means that were rounded
/// to them.
fn colors_of(means: Vec<Point>) -> impl Iterator<Item = Color> {
    let pixels: Vec<_> = means.into_iter().map(pixel).collect();
    let points: Vec<_> = points(&pixels).collect();
    pixels.into_iter().zip(points)
}

/// How many of `free` colours the partly transparent pixels get: in proportion to the square roots
/// of the two counts of pixels in a sample, so that thin edges get more than their share.
fn share(free: usize, partly: usize, opaque: usize) -> usize {
    if partly == 0 || opaque == 0 {
        return if partly == 0 { 0 } else { free };
    }
    let (one, other) = (partly.isqrt().max(1), opaque.isqrt().max(1));
    let share = free.saturating_mul(one) / one.saturating_add(other).max(1);
    share.clamp(1, free.saturating_sub(1).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_pixels_get_colours() {
        assert_eq!([share(100, 0, 7), share(100, 7, 0), share(0, 0, 0)], [0, 100, 0]);
        assert_eq!([share(100, 1, 10_000), share(100, 10_000, 1), share(100, 400, 400)], [1, 99, 50]);
    }
}
