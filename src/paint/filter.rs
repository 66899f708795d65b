//! Filters of a whole layer: blur, colours, grain.
//!
//! The blur is that of shadows, for four channels at once: three box blurs in each direction, with
//! integer sums. It works in place, on one row after the other and then on some columns at a time, so
//! that it needs no second layer.

use tiny_skia::IntRect;

use crate::image::{matrix, tone};
use crate::plan::Effect;

use super::shadow::{self, Window};
use super::surface::Surface;

/// What lies beyond the edges of a layer that is blurred.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Nothing.
    Clear,
    /// The layer again, mirrored.
    Mirror,
}

/// The distance in px that filters spread; `scale` is surface px per px of the filters.
pub fn reach(filters: &[Effect], scale: f32) -> i32 {
    let reach = |filter: &Effect| match filter {
        Effect::Blur(deviation) => i32::try_from(shadow::reach(deviation * scale)).unwrap_or(0),
        Effect::Colors(_) | Effect::Tone(_) | Effect::Grain(_) => 0,
    };
    filters.iter().map(reach).fold(0, i32::saturating_add)
}

/// Changes a layer by filters, one after the other; `scale` is its px per px of the filters.
pub fn apply(layer: &mut Surface, filters: &[Effect], scale: f32, edge: Edge) {
    let mut rest = filters;
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        match *first {
            Effect::Blur(deviation) => blur(layer, deviation * scale, edge),
            Effect::Tone(filter) => tone::apply(layer.pixels_mut(), filter, tone::Ink::Alpha),
            Effect::Grain(amount) => grain(layer, amount),
            Effect::Colors(first) => {
                // Without rounding to levels in between.
                let mut colors = vec![first];
                while let Some((Effect::Colors(next), others)) = rest.split_first() {
                    colors.push(*next);
                    rest = others;
                }
                matrix::apply(layer.pixels_mut(), &colors);
            }
        }
    }
}

/// Bytes of a row whose columns are blurred together: 16 px.
const STRIP: usize = 64;

/// Blurs a layer by a standard deviation in its px.
fn blur(layer: &mut Surface, deviation: f32, edge: Edge) {
    let stride = (layer.pixels_mut().width() as usize).saturating_mul(4);
    blur_rows::<4>(layer.pixels_mut().data_mut(), stride, deviation, edge);
}

/// Blurs a plane of one byte for each px by a standard deviation in its px. Beyond its edges it lies
/// mirrored.
pub fn blur_plane(plane: &mut [u8], width: usize, deviation: f32) {
    blur_rows::<1>(plane, width, deviation, Edge::Mirror);
}

/// Blurs rows of so many bytes, of which a px has `N`.
fn blur_rows<const N: usize>(data: &mut [u8], stride: usize, deviation: f32, edge: Edge) {
    let Some(windows) = shadow::boxes(deviation) else { return };
    let mut across = Line::<N>::default();
    for row in data.chunks_exact_mut(stride.max(1)) {
        across.read(row.as_chunks().0);
        across.blur(&windows, edge);
        row.as_chunks_mut().0.copy_from_slice(&across.cells);
    }
    blur_columns(data, stride, &windows, edge);
}

/// The same for the columns of bytes.
fn blur_columns(data: &mut [u8], stride: usize, windows: &[Window; 3], edge: Edge) {
    let mut down = Line::<STRIP>::default();
    for bytes in (0..stride).step_by(STRIP) {
        let count = stride.saturating_sub(bytes).min(STRIP);
        let part = bytes..bytes.saturating_add(count);
        down.cells.clear();
        for row in data.chunks_exact(stride.max(1)) {
            let mut cell = [0; STRIP];
            let to = cell.get_mut(..count).zip(row.get(part.clone()));
            to.into_iter().for_each(|(to, from)| to.copy_from_slice(from));
            down.cells.push(cell);
        }
        down.blur(windows, edge);
        for (row, cell) in data.chunks_exact_mut(stride.max(1)).zip(&down.cells) {
            let to = row.get_mut(part.clone()).zip(cell.get(..count));
            to.into_iter().for_each(|(to, from)| to.copy_from_slice(from));
        }
    }
}

/// Cells of `N` bytes, each of which is blurred with those of the cells beside it.
struct Line<const N: usize> {
    cells: Vec<[u8; N]>,
    scratch: Vec<[u8; N]>,
}

impl<const N: usize> Default for Line<N> {
    fn default() -> Self {
        Self { cells: Vec::new(), scratch: Vec::new() }
    }
}

impl<const N: usize> Line<N> {
    fn read(&mut self, cells: &[[u8; N]]) {
        self.cells.clear();
        self.cells.extend_from_slice(cells);
    }

    fn blur(&mut self, windows: &[Window; 3], edge: Edge) {
        for window in windows {
            slide(&self.cells, &mut self.scratch, *window, edge);
            std::mem::swap(&mut self.cells, &mut self.scratch);
        }
    }
}

/// One box blur of a line.
#[inline(never)] // V8 replaces code that it compiled in a hurry only where it is called
#[expect(clippy::cast_possible_wrap, reason = "a line has a few thousand cells")]
fn slide<const N: usize>(from: &[[u8; N]], to: &mut Vec<[u8; N]>, window: Window, edge: Edge) {
    let (before, after, inverse) = (window.before as isize, window.after as isize, window.inverse());
    let mut sums = [0_u32; N];
    let add = |sums: &mut [u32; N], cell: [u8; N]| {
        sums.iter_mut().zip(cell).for_each(|(sum, level)| *sum = sum.wrapping_add(u32::from(level)));
    };
    // The window of the cell before the first one.
    for index in (-1 - before)..after {
        add(&mut sums, cell(from, index, edge));
    }
    to.clear();
    for index in 0..from.len() as isize {
        add(&mut sums, cell(from, index.saturating_add(after), edge));
        let leaving = cell(from, index.saturating_sub(before).saturating_sub(1), edge);
        sums.iter_mut().zip(leaving).for_each(|(sum, level)| *sum = sum.wrapping_sub(u32::from(level)));
        to.push(sums.map(|sum| shadow::average(sum, inverse)));
    }
}

/// The cell at an index, which may lie beyond the edges.
#[inline(always)] // for each cell
#[expect(clippy::cast_possible_wrap, reason = "a line has a few thousand cells")]
fn cell<const N: usize>(line: &[[u8; N]], index: isize, edge: Edge) -> [u8; N] {
    let known = |index: isize| usize::try_from(index).ok().and_then(|index| line.get(index)).copied();
    known(index).unwrap_or_else(|| {
        let length = line.len() as isize;
        if edge == Edge::Clear || length == 0 {
            return [0; N];
        }
        let index = index.rem_euclid(length.saturating_mul(2));
        known(if index < length { index } else { length.saturating_mul(2).saturating_sub(index).saturating_sub(1) })
            .unwrap_or([0; N])
    })
}

/// Adds noise to the colours of a layer. A px of the canvas has the same noise whatever is drawn there.
fn grain(layer: &mut Surface, amount: f32) {
    let Some(bounds) = layer.bounds() else { return };
    // Levels on both sides; 1 reaches from black to white.
    #[expect(clippy::cast_possible_truncation, reason = "0 to 255")]
    let most = (amount * 255.0) as i32;
    let Some((part, rows)) = layer.rows_mut(bounds) else { return };
    for (row, y) in rows.zip(part.top()..) {
        for (pixel, x) in row.as_chunks_mut::<4>().0.iter_mut().zip(part.left()..) {
            let [.., alpha] = *pixel;
            if alpha == 0 {
                continue;
            }
            // A premultiplied channel changes by as much of that as its alpha is.
            let noise = noise(x, y).saturating_mul(most).saturating_mul(i32::from(alpha)) / (255 * 256);
            let changed = |level: u8| {
                let level = i32::from(level).saturating_add(noise).clamp(0, i32::from(alpha));
                u8::try_from(level).unwrap_or(alpha)
            };
            let [r, g, b, _] = *pixel;
            *pixel = [changed(r), changed(g), changed(b), alpha];
        }
    }
}

/// Noise of a px, -128 to 127, most of it small: the mean of two even ones.
fn noise(x: i32, y: i32) -> i32 {
    // The finaliser of MurmurHash3 mixes all bits.
    let mut hash = x.cast_unsigned().wrapping_mul(0x9e37_79b1) ^ y.cast_unsigned().wrapping_mul(0x85eb_ca77);
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    let [one, two, ..] = (hash ^ hash >> 16).to_le_bytes();
    (i32::from(one).saturating_add(i32::from(two)) / 2).saturating_sub(128)
}

/// The part of the canvas that lies at most some px around another one.
pub fn around(bounds: IntRect, reach: i32) -> Option<IntRect> {
    IntRect::from_ltrb(
        bounds.left().saturating_sub(reach),
        bounds.top().saturating_sub(reach),
        bounds.right().saturating_add(reach),
        bounds.bottom().saturating_add(reach),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Surface {
        let mut layer = Surface::layer(IntRect::from_xywh(3, -4, width, height).unwrap()).unwrap();
        let pixels = layer.pixels_mut().data_mut().as_chunks_mut::<4>().0;
        for (at, to) in (0..).zip(pixels) {
            *to = pixel(at % width, at / width);
        }
        layer
    }

    /// The alpha of a layer is blurred as that of a shadow, and its colours stay premultiplied.
    #[test]
    fn a_layer_is_blurred_as_a_shadow() {
        let bounds = IntRect::from_xywh(0, 0, 61, 43).unwrap();
        let alpha = |x: u32, y: u32| if (20..41).contains(&x) && y > 15 { (x * 6 + y) as u8 } else { 0 };
        for deviation in [0.2, 0.8, 2.0, 4.5, 40.0] {
            let mut ours = layer(61, 43, |x, y| [alpha(x, y) / 2, 0, alpha(x, y), alpha(x, y)]);
            apply(&mut ours, &[Effect::Blur(deviation / 2.0)], 2.0, Edge::Clear);
            let all = (0..43).flat_map(|y| (0..61).map(move |x| alpha(x, y))).collect();
            let mut theirs = shadow::Silhouette { bounds, alpha: all };
            theirs.blur(deviation);
            assert!(ours.alpha() == theirs.alpha, "{deviation}");
            for [r, g, b, a] in ours.data().as_chunks::<4>().0 {
                assert!(r <= a && *g == 0 && b == a, "{deviation}");
            }
        }
    }

    /// A plane is blurred as each channel of a layer.
    #[test]
    fn a_plane_is_blurred_as_a_layer() {
        let level = |x: u32, y: u32| if (9..30).contains(&x) && y < 20 { (x * 7 + y * 3) as u8 } else { 40 };
        for deviation in [0.9, 6.0, 30.0] {
            let mut ours: Vec<u8> = (0..43).flat_map(|y| (0..61).map(move |x| level(x, y))).collect();
            blur_plane(&mut ours, 61, deviation);
            let mut theirs = layer(61, 43, |x, y| [level(x, y), 0, 0, 255]);
            apply(&mut theirs, &[Effect::Blur(deviation)], 1.0, Edge::Mirror);
            let theirs: Vec<u8> = theirs.data().as_chunks::<4>().0.iter().map(|pixel| pixel[0]).collect();
            assert!(ours == theirs, "{deviation}");
        }
    }

    #[test]
    fn mirrored_edges_keep_a_colour() {
        let mut even = layer(37, 5, |_, _| [10, 20, 30, 40]);
        apply(&mut even, &[Effect::Blur(90.0)], 1.0, Edge::Mirror);
        assert!(even.data().as_chunks::<4>().0.iter().all(|pixel| *pixel == [10, 20, 30, 40]));
    }

    #[test]
    fn grain_is_even_and_stays_in_its_place() {
        let grey = |width| {
            let mut grey = layer(width, 200, |_, _| [100, 100, 100, 200]);
            apply(&mut grey, &[Effect::Grain(0.5)], 1.0, Edge::Clear);
            grey
        };
        let (wide, narrow) = (grey(300), grey(7));
        let level = |surface: &Surface, at: usize| surface.data().as_chunks::<4>().0[at][0];
        assert_eq!(level(&wide, 300 * 40 + 5), level(&narrow, 7 * 40 + 5));
        let sum: u32 = (0..60_000).map(|at| u32::from(level(&wide, at))).sum();
        assert!((sum / 60_000).abs_diff(100) <= 1, "{}", sum / 60_000);
        assert!((0..60_000).any(|at| level(&wide, at) < 80) && (0..60_000).any(|at| level(&wide, at) > 120));
    }
}
