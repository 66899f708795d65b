//! Layers that follow the light of a map, as if they were printed on something uneven: each px shows
//! what lies beside it, and is as light or dark as the map is there.
//!
//! The geometry is that of SVG's `feDisplacementMap` with the luma of the map for both directions, but
//! a px between others is mixed from them, so that edges stay smooth. The light is that of
//! `feComposite` with `arithmetic`. A map of a middle grey changes nothing, and so does a clear one.

use tiny_skia::{IntRect, Transform};

use crate::image::tone;
use crate::layout::Item;
use crate::plan::Displace;

use super::budget::{self, area};
use super::filter;
use super::painter::Painter;
use super::surface::Surface;
use super::texture::Texture;

/// The light of a map, one byte for each px of a part of the canvas. 127 and 128 change nothing.
struct Map {
    bounds: IntRect,
    light: Vec<u8>,
}

impl Map {
    /// A clear map.
    fn clear(bounds: IntRect) -> Option<Self> {
        Some(Self { bounds, light: vec![NEUTRAL; usize::try_from(area(bounds)).ok()?] })
    }

    /// Reads the light of a surface where both are.
    fn read(&mut self, surface: &Surface) {
        let Some((part, rows)) = surface.rows(self.bounds) else { return };
        let skipped = |from: i32, to: i32| usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        let lights = self.light.chunks_exact_mut((self.bounds.width() as usize).max(1));
        for (lights, row) in lights.skip(skipped(self.bounds.y(), part.y())).zip(rows) {
            let lights = lights.iter_mut().skip(skipped(self.bounds.x(), part.x()));
            for (light, [r, g, b, alpha]) in lights.zip(row.as_chunks::<4>().0) {
                let clear = (255 - alpha) / 2;
                *light = tone::luma_of([*r, *g, *b]).saturating_add(clear);
            }
        }
    }
}

/// The light of a clear px.
const NEUTRAL: u8 = 127;

/// A light's distance from the middle, -127 to 127.
fn tilt(light: u8) -> i32 {
    let light = i32::from(light);
    if light > 127 { light.saturating_sub(128) } else { light.saturating_sub(127) }
}

impl Painter<'_> {
    /// A drawn item, displaced by its map: the image of its own, or what lies beneath. `scale` is surface
    /// px per px of the template. If that is over a budget, the item stays as it is, with a warning.
    pub(super) fn displaced(
        &mut self,
        layer: Surface,
        below: Option<&Surface>,
        (item, displace, scale): (&Item, &Displace, f32),
        transform: Transform,
    ) -> Surface {
        let Some(bounds) = layer.bounds() else { return layer };
        // A light, and a softened one.
        let (planes, work) = if displace.blur > 0.0 { (2, budget::PLANE_PIXEL) } else { (1, 0) };
        let cost = (planes, budget::DISPLACED_PIXEL.saturating_add(work));
        if !self.reserve(bounds, cost, &item.name) {
            item.map.iter().for_each(|map| self.skip(map));
            return layer;
        }
        let moved = self.map_of(bounds, below, item, transform).and_then(|map| {
            let mut moved = self.layer(bounds, budget::LAYER_PIXEL, &item.name)?;
            follow(&mut moved, &layer, map, displace, scale);
            self.drop_layer(bounds);
            Some(moved)
        });
        self.release(area(bounds).saturating_mul(planes));
        moved.unwrap_or(layer)
    }

    /// The light of an item's map within some bounds.
    fn map_of(&mut self, bounds: IntRect, below: Option<&Surface>, item: &Item, transform: Transform) -> Option<Map> {
        let mut map = Map::clear(bounds)?;
        let Some(image) = &item.map else {
            below.into_iter().for_each(|below| map.read(below));
            return Some(map);
        };
        let Some(mut drawn) = self.layer(bounds, budget::LAYER_PIXEL, &item.name) else {
            self.skip(image);
            return None;
        };
        self.children(&mut drawn, std::slice::from_ref(image), transform);
        map.read(&drawn);
        self.drop_layer(bounds);
        Some(map)
    }
}

/// Draws a layer displaced onto a clear one of the same bounds.
#[expect(clippy::cast_precision_loss, reason = "a side has a few thousand px")]
fn follow(moved: &mut Surface, layer: &Surface, map: Map, displace: &Displace, scale: f32) {
    let bounds = map.bounds;
    let Some(texture) = Texture::new(layer) else { return };
    let width = (bounds.width() as usize).max(1);
    let softened = (displace.blur > 0.0).then(|| {
        let mut softened = map.light.clone();
        filter::blur_plane(&mut softened, width, displace.blur * scale);
        softened
    });
    let lights = softened.as_ref().unwrap_or(&map.light).chunks_exact(width).zip(map.light.chunks_exact(width));
    let step = displace.scale * scale / 255.0;
    // In 256ths.
    #[expect(clippy::cast_possible_truncation, reason = "0 to 256")]
    let shade = (displace.shade * 256.0) as i32;
    let Some((_, rows)) = moved.rows_mut(bounds) else { return };
    for ((row, (softened, lights)), y) in rows.zip(lights).zip(0_u16..) {
        let pixels = row.as_chunks_mut::<4>().0.iter_mut();
        for (((pixel, softened), light), x) in pixels.zip(softened).zip(lights).zip(0_u16..) {
            let distance = tilt(*softened) as f32 * step;
            let [r, g, b, alpha] = texture.color(f32::from(x) + 0.5 + distance, f32::from(y) + 0.5 + distance);
            if alpha == 0 {
                continue;
            }
            let light = 256_i32.saturating_add(shade.saturating_mul(2).saturating_mul(tilt(*light)) / 255);
            let lit = |level: u8| {
                let level = i32::from(level).saturating_mul(light).saturating_add(128) >> 8;
                u8::try_from(level.clamp(0, i32::from(alpha))).unwrap_or(alpha)
            };
            *pixel = [lit(r), lit(g), lit(b), alpha];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surface(bounds: IntRect, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Surface {
        let mut surface = Surface::layer(bounds).unwrap();
        let pixels = surface.pixels_mut().data_mut().as_chunks_mut::<4>().0;
        for (at, to) in (0..).zip(pixels) {
            *to = pixel(at % bounds.width(), at / bounds.width());
        }
        surface
    }

    fn followed(layer: &Surface, below: &Surface, scale: f32, shade: f32) -> Surface {
        let bounds = layer.bounds().unwrap();
        let mut map = Map::clear(bounds).unwrap();
        map.read(below);
        let mut moved = Surface::layer(bounds).unwrap();
        let displace = Displace { by_backdrop: true, scale, blur: 0.0, shade };
        follow(&mut moved, layer, map, &displace, 1.0);
        moved
    }

    #[test]
    fn grey_and_clear_maps_change_nothing() {
        let bounds = IntRect::from_xywh(5, 7, 40, 30).unwrap();
        let layer = surface(bounds, |x, y| [x as u8, y as u8, 9, 200]);
        for level in [[127, 127, 127, 255], [128, 128, 128, 255], [0; 4]] {
            let below = surface(bounds, |_, _| level);
            assert!(followed(&layer, &below, 60.0, 1.0).data() == layer.data(), "{level:?}");
        }
        // A map that lies elsewhere is no map.
        let apart = surface(IntRect::from_xywh(100, 100, 9, 9).unwrap(), |_, _| [255; 4]);
        assert!(followed(&layer, &apart, 60.0, 1.0).data() == layer.data());
    }

    #[test]
    fn white_brings_what_lies_to_the_right_and_below() {
        let bounds = IntRect::from_xywh(-3, 2, 40, 30).unwrap();
        let layer = surface(bounds, |x, y| [x as u8, y as u8, 0, 255]);
        // It is white from its px 30 on, and begins 10 px further left than the layer.
        let white = |x: u32| if x < 30 { 128 } else { 255 };
        let below = surface(IntRect::from_xywh(-13, -4, 70, 70).unwrap(), |x, _| [white(x), white(x), white(x), 255]);
        let moved = followed(&layer, &below, 255.0 / 127.0 * 4.0, 0.0);
        let at = |x: usize, y: usize| moved.data().as_chunks::<4>().0[y * 40 + x];
        assert_eq!(at(19, 10), [19, 10, 0, 255]);
        assert_eq!(at(20, 10), [24, 14, 0, 255]);
        assert_eq!(at(39, 10), [0; 4], "nothing lies there");
    }

    #[test]
    fn light_falls_on_the_layer() {
        let bounds = IntRect::from_xywh(0, 0, 3, 1).unwrap();
        let layer = surface(bounds, |_, _| [100, 50, 0, 200]);
        let below = surface(bounds, |x, _| [[0, 0, 0, 255], [128, 128, 128, 255], [255; 4]][x as usize]);
        let pixels = |shade| followed(&layer, &below, 0.0, shade).data().as_chunks::<4>().0.to_vec();
        assert_eq!(pixels(0.0), [[100, 50, 0, 200]; 3]);
        let [dark, grey, light] = pixels(1.0)[..] else { panic!("three px") };
        assert!(dark[0] <= 1 && dark[3] == 200, "{dark:?}");
        assert_eq!(grey, [100, 50, 0, 200]);
        assert_eq!(light, [199, 100, 0, 200]);
    }
}
