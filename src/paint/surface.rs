//! Drawing surfaces: the canvas, or an offscreen layer that is composited onto it later.

use tiny_skia::{
    BlendMode, FillRule, FilterQuality, IntRect, Mask, Paint, Path, Pixmap, PixmapPaint, Stroke, Transform,
};

use crate::geometry::Rect;
use crate::image::tone;
use crate::plan::{Blend, MaskType};

use super::{blend, mix};

/// Pixels, and the position of their top left corner on the canvas in output px.
pub struct Surface {
    pixels: Pixmap,
    x: i32,
    y: i32,
}

impl Surface {
    /// The canvas itself.
    pub const fn canvas(pixels: Pixmap) -> Self {
        Self { pixels, x: 0, y: 0 }
    }

    /// A clear layer over a part of the canvas.
    pub fn layer(bounds: IntRect) -> Option<Self> {
        Some(Self { pixels: Pixmap::new(bounds.width(), bounds.height())?, x: bounds.x(), y: bounds.y() })
    }

    /// Its pixels.
    pub fn into_pixels(self) -> Pixmap {
        self.pixels
    }

    /// Its pixels, mutable.
    pub const fn pixels_mut(&mut self) -> &mut Pixmap {
        &mut self.pixels
    }

    /// The part of the canvas that it covers, in output px.
    pub fn bounds(&self) -> Option<IntRect> {
        IntRect::from_xywh(self.x, self.y, self.pixels.width(), self.pixels.height())
    }

    /// The transform from canvas px to its own px.
    #[expect(clippy::cast_precision_loss, reason = "canvas coordinates are a few thousand")]
    fn local(&self, transform: Transform) -> Transform {
        transform.post_translate(0.0_f32 - self.x as f32, 0.0_f32 - self.y as f32)
    }

    /// Fills a path.
    pub fn fill(&mut self, path: &Path, rule: FillRule, paint: &Paint<'_>, transform: Transform) {
        let transform = self.local(transform);
        self.pixels.fill_path(path, paint, rule, transform, None);
    }

    /// Strokes a path.
    pub fn stroke(&mut self, path: &Path, stroke: &Stroke, paint: &Paint<'_>, transform: Transform) {
        let transform = self.local(transform);
        self.pixels.stroke_path(path, paint, stroke, transform, None);
    }

    /// Composites a layer onto this surface.
    pub fn composite(&mut self, layer: &Self, opacity: f32, blend: Blend) {
        let Some(bounds) = layer.bounds() else { return };
        let mode = match exact(blend) {
            Some(BlendMode::SourceOver) => {
                let rows = self.rows_from(&layer.pixels, bounds);
                rows.for_each(|(below, above)| blend::layer_row(below, above, opacity));
                return;
            }
            Some(mode) => mode,
            None => {
                let rows = self.rows_from(&layer.pixels, bounds);
                rows.for_each(|(below, above)| mix::row(below, above, opacity, blend));
                return;
            }
        };
        let paint = PixmapPaint { opacity, blend_mode: mode, quality: FilterQuality::Nearest };
        let (x, y) = (layer.x.saturating_sub(self.x), layer.y.saturating_sub(self.y));
        self.pixels.draw_pixmap(x, y, layer.pixels.as_ref(), &paint, Transform::identity(), None);
    }

    /// Clears all pixels outside a path.
    pub fn clip(&mut self, path: &Path, transform: Transform) {
        let coverage = self.bounds().and_then(|bounds| coverage(bounds, path, transform));
        let width = (self.pixels.width() as usize).max(1);
        let rows = self.pixels.data_mut().chunks_exact_mut(width.saturating_mul(4));
        rows.zip(coverage.unwrap_or_default().chunks_exact(width))
            .for_each(|(row, coverage)| blend::clip_row(row, coverage));
    }

    /// Clears what a mask over the same part of the canvas does not show.
    pub fn mask(&mut self, mask: &Self, kind: MaskType) {
        let Some(bounds) = mask.bounds() else { return };
        for (row, mask) in self.rows_from(&mask.pixels, bounds) {
            let shown = mask.as_chunks::<4>().0.iter().map(|pixel| match (kind, pixel) {
                (MaskType::Alpha, [.., alpha]) => *alpha,
                (MaskType::Luminance, [r, g, b, _]) => tone::luma_of([*r, *g, *b]),
            });
            for (pixel, shown) in row.as_chunks_mut::<4>().0.iter_mut().zip(shown) {
                *pixel = blend::each_of_255(blend::spread(*pixel).wrapping_mul(u64::from(shown)));
            }
        }
    }

    /// Copies an opaque picture onto the surface with its corner at a canvas position. Returns
    /// false if the picture is not opaque.
    pub fn replace(&mut self, picture: &Pixmap, (x, y): (i32, i32)) -> bool {
        if !blend::is_opaque(picture.pixels()) {
            return false;
        }
        if let Some(bounds) = IntRect::from_xywh(x, y, picture.width(), picture.height()) {
            self.rows_from(picture, bounds).for_each(|(to, from)| to.copy_from_slice(from));
        }
        true
    }

    /// Copies the pixels of another surface that are also its own.
    pub fn copy_from(&mut self, other: &Self) {
        if let Some(bounds) = other.bounds() {
            self.rows_from(&other.pixels, bounds).for_each(|(to, from)| to.copy_from_slice(from));
        }
    }

    /// Its rows within `bounds`, each with the row of a picture at the same position. Both slices
    /// have the same length.
    fn rows_from<'a>(
        &'a mut self,
        picture: &'a Pixmap,
        bounds: IntRect,
    ) -> impl Iterator<Item = (&'a mut [u8], &'a [u8])> {
        let stride = (picture.width() as usize).saturating_mul(4).max(1);
        let skip = |from: i32, to: i32| usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        self.rows_mut(bounds).into_iter().flat_map(move |(part, rows)| {
            let left = skip(bounds.x(), part.x()).saturating_mul(4);
            let others = picture.data().chunks_exact(stride).skip(skip(bounds.y(), part.y()));
            rows.zip(others).filter_map(move |(row, other)| {
                let other = other.get(left..left.saturating_add(row.len()))?;
                Some((row, other))
            })
        })
    }

    /// Its premultiplied RGBA bytes, rows from the top.
    pub fn data(&self) -> &[u8] {
        self.pixels.data()
    }

    /// Its alpha, one byte a pixel.
    pub fn alpha(&self) -> Vec<u8> {
        self.pixels.pixels().iter().map(|pixel| pixel.alpha()).collect()
    }

    /// Its rows of premultiplied RGBA bytes within `bounds` (canvas px), and the part of the bounds
    /// that it covers.
    pub fn rows(&self, bounds: IntRect) -> Option<(IntRect, impl Iterator<Item = &[u8]>)> {
        let part = intersect(bounds, self.bounds()?)?;
        let skip = usize::try_from(part.y().saturating_sub(self.y)).ok()?;
        let start = usize::try_from(part.x().saturating_sub(self.x)).ok()?.saturating_mul(4);
        let end = start.saturating_add((part.width() as usize).saturating_mul(4));
        let stride = (self.pixels.width() as usize).saturating_mul(4).max(4);
        let rows = self.pixels.data().chunks_exact(stride).skip(skip).take(part.height() as usize);
        Some((part, rows.filter_map(move |row| row.get(start..end))))
    }

    /// The same rows, mutable.
    pub fn rows_mut(&mut self, bounds: IntRect) -> Option<(IntRect, impl Iterator<Item = &mut [u8]>)> {
        let part = intersect(bounds, self.bounds()?)?;
        let skip = usize::try_from(part.y().saturating_sub(self.y)).ok()?;
        let start = usize::try_from(part.x().saturating_sub(self.x)).ok()?.saturating_mul(4);
        let end = start.saturating_add((part.width() as usize).saturating_mul(4));
        let stride = (self.pixels.width() as usize).saturating_mul(4).max(1);
        let rows = self.pixels.data_mut().chunks_exact_mut(stride).skip(skip).take(part.height() as usize);
        Some((part, rows.filter_map(move |row| row.get_mut(start..end))))
    }
}

/// The mode of tiny-skia. `None` if it has none that is the same on each processor.
const fn exact(blend: Blend) -> Option<BlendMode> {
    Some(match blend {
        Blend::Normal => BlendMode::SourceOver,
        Blend::Multiply => BlendMode::Multiply,
        Blend::Screen => BlendMode::Screen,
        Blend::Overlay => BlendMode::Overlay,
        Blend::Darken => BlendMode::Darken,
        Blend::Lighten => BlendMode::Lighten,
        Blend::HardLight => BlendMode::HardLight,
        Blend::SoftLight => BlendMode::SoftLight,
        Blend::Difference => BlendMode::Difference,
        Blend::Exclusion => BlendMode::Exclusion,
        Blend::ColorDodge | Blend::ColorBurn | Blend::Hue | Blend::Saturation | Blend::Color | Blend::Luminosity => {
            return None;
        }
    })
}

/// The coverage of a path in each pixel of a part of the canvas: one byte a pixel, rows from the
/// top.
#[expect(clippy::cast_precision_loss, reason = "canvas coordinates are a few thousand")]
pub fn coverage(bounds: IntRect, path: &Path, transform: Transform) -> Option<Vec<u8>> {
    let mut mask = Mask::new(bounds.width(), bounds.height())?;
    let transform = transform.post_translate(0.0 - bounds.x() as f32, 0.0 - bounds.y() as f32);
    mask.fill_path(path, FillRule::Winding, true, transform);
    Some(mask.take())
}

/// The smallest rectangle that contains both.
pub fn union(one: Option<IntRect>, other: Option<IntRect>) -> Option<IntRect> {
    let (Some(a), Some(b)) = (one, other) else { return one.or(other) };
    IntRect::from_ltrb(
        a.left().min(b.left()),
        a.top().min(b.top()),
        a.right().max(b.right()),
        a.bottom().max(b.bottom()),
    )
}

/// The rectangle that both have in common. `None` if they do not overlap.
pub fn intersect(a: IntRect, b: IntRect) -> Option<IntRect> {
    let (left, top) = (a.left().max(b.left()), a.top().max(b.top()));
    let (right, bottom) = (a.right().min(b.right()), a.bottom().min(b.bottom()));
    IntRect::from_ltrb(left, top, right, bottom)
}

/// What is left of a rectangle without another one: parts that do not overlap.
pub fn without(rect: IntRect, hole: Option<IntRect>) -> impl Iterator<Item = IntRect> {
    let hole = hole.and_then(|hole| intersect(rect, hole));
    let (left, right, top, bottom) = (rect.left(), rect.right(), rect.top(), rect.bottom());
    let parts = match hole {
        None => [Some(rect), None, None, None],
        Some(hole) => [
            IntRect::from_ltrb(left, top, right, hole.top()),
            IntRect::from_ltrb(left, hole.top(), hole.left(), hole.bottom()),
            IntRect::from_ltrb(hole.right(), hole.top(), right, hole.bottom()),
            IntRect::from_ltrb(left, hole.bottom(), right, bottom),
        ],
    };
    parts.into_iter().flatten()
}

/// The whole output px that a transformed box touches.
pub fn covering(frame: Rect, transform: Transform) -> Option<IntRect> {
    let rect = tiny_skia::Rect::from_xywh(frame.x, frame.y, frame.width, frame.height)?.transform(transform)?;
    let door = crate::geometry::px;
    #[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
    let whole = |at: f32| door(at) as i32;
    IntRect::from_ltrb(
        whole(rect.left().floor()).saturating_sub(1),
        whole(rect.top().floor()).saturating_sub(1),
        whole(rect.right().ceil()).saturating_add(1),
        whole(rect.bottom().ceil()).saturating_add(1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiny_skia::PremultipliedColorU8;

    /// Pixels of every alpha, of some colours.
    fn picture(width: u32, height: u32, step: u8) -> Pixmap {
        let mut picture = Pixmap::new(width, height).unwrap();
        for (number, pixel) in (0_u32..).zip(picture.pixels_mut()) {
            let alpha = (number * u32::from(step) % 256) as u8;
            let part = |of: u32| (u32::from(alpha) * ((number / 256) * of % 256) / 255) as u8;
            *pixel = PremultipliedColorU8::from_rgba(part(7), part(31), part(101), alpha).unwrap();
        }
        picture
    }

    #[test]
    fn layers_lie_as_tiny_skia_puts_them() {
        for (x, y, opacity) in [(0, 0, 1.0), (-9, 7, 1.0), (30, -3, 0.35), (5, 5, 0.9), (0, 0, 0.004), (900, 0, 1.0)] {
            let (mut ours, layer) =
                (Surface::canvas(picture(300, 90, 1)), Surface { pixels: picture(280, 95, 3), x, y });
            let mut theirs = ours.pixels.clone();
            let paint = PixmapPaint { opacity, ..PixmapPaint::default() };
            theirs.draw_pixmap(x, y, layer.pixels.as_ref(), &paint, Transform::identity(), None);
            ours.composite(&layer, opacity, Blend::Normal);
            assert!(ours.into_pixels() == theirs, "{x}, {y}, {opacity}");
        }
    }

    #[test]
    fn layers_are_clipped_as_by_tiny_skia() {
        let path = tiny_skia::PathBuilder::from_circle(150.0, 40.0, 60.3).unwrap();
        let mut ours = Surface { pixels: picture(300, 90, 1), x: 20, y: -4 };
        let mut theirs = ours.pixels.clone();
        let mut mask = Mask::new(300, 90).unwrap();
        mask.fill_path(&path, FillRule::Winding, true, Transform::from_translate(-20.0, 4.0));
        theirs.apply_mask(&mask);
        ours.clip(&path, Transform::identity());
        assert!(ours.into_pixels() == theirs);
    }
}
