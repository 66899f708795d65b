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

/// The colours that a picture is reduced to.
pub struct Choice {
    /// Each as a pixel and as a point, opaque colours first.
    colors: Vec<(PremultipliedColorU8, Point)>,
    /// The keys of flat colours, sorted: their pixels stay as they are.
    flat: Vec<u32>,
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

        // Errors are measured to the pixels of the palette, not to the means that were rounded to
        // them.
        let new = |means: Vec<Point>| {
            let pixels: Vec<_> = means.into_iter().map(pixel).collect();
            let points: Vec<_> = points(&pixels).collect();
            pixels.into_iter().zip(points)
        };
        let opaque: Vec<_> = kept_opaque.into_iter().chain(new(opaque)).collect();
        let finder = (!opaque.is_empty()).then(|| match all.len() {
            MANY_PIXELS.. => Opaque::Near(Cells::new(&points_of(&opaque))),
            _ => Opaque::Nearest(Nearest::new(&points_of(&opaque))),
        });
        let colors: Vec<_> = opaque.into_iter().chain(kept_rest).chain(new(rest)).collect();
        Self { any: Nearest::new(&points_of(&colors)), opaque: finder, flat, colors }
    }

    /// Whether a pixel has a flat colour, which stays as it is.
    #[inline]
    pub fn is_flat(&self, pixel: PremultipliedColorU8) -> bool {
        self.flat.binary_search(&key(pixel)).is_ok()
    }

    /// The nearest colour, as a pixel and as a point; the nearest opaque one for an opaque pixel, or
    /// one that is near if there are [`MANY_PIXELS`].
    #[inline]
    pub fn nearest(&mut self, point: Point, is_opaque: bool) -> Option<(PremultipliedColorU8, Point)> {
        let index = match self.opaque.as_mut().filter(|_| is_opaque) {
            Some(Opaque::Nearest(nearest)) => nearest.of(point),
            Some(Opaque::Near(cells)) => cells.of(point),
            None => self.any.of(point),
        };
        self.colors.get(usize::from(index)).copied()
    }
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
