//! The boxes of layers. Layers with a place of their own follow CSS Positioned Layout 3, where x
//! and y are `left` and `top`.
//!
//! Most layers are of this kind, and their boxes are plain arithmetic. [`flex`] computes the boxes
//! of layers in a stack.

use crate::geometry::{Rect, Size};
use crate::plan::{Constraints, Extent, Kind, Layer, Length};

use super::boxed::{Boxed, Groups};
use super::flex;
use super::leaf::Leaf;
use super::measure::Measure;

/// The layout of groups, as passed to [`flex`].
const GROUPS: Groups = Groups { boxes, natural };

/// The boxes of `layers` in a box of `size`.
pub fn boxes(layers: &[Layer], size: Size, measure: &Measure<'_>) -> Vec<Boxed> {
    layers.iter().map(|layer| boxed(layer, size, measure)).collect()
}

fn boxed(layer: &Layer, area: Size, measure: &Measure<'_>) -> Boxed {
    let (left, top) = (layer.x.resolve(area.width), layer.y.resolve(area.height));
    let given = |extent: Extent, start: f32, whole: f32| match extent {
        Extent::Length(length) => Some(length.resolve(whole).max(0.0)),
        Extent::Fill => Some((whole - start).max(0.0)),
        Extent::Hug => None,
    };
    let (width, height) = (given(layer.width, left, area.width), given(layer.height, top, area.height));
    let bounds = layer.sizing.as_deref().map(|sizing| Bounds::new(sizing, area)).unwrap_or_default();
    let (width, height) = bounds.given(width, height);
    match &layer.kind {
        Kind::Stack(_) => flex::boxed(layer, area, measure, GROUPS),
        Kind::Group(children) => {
            let hugged = if width.is_none() || height.is_none() { natural(children, measure) } else { Size::default() };
            let size = Size::new(width.unwrap_or(hugged.width), height.unwrap_or(hugged.height));
            let size = bounds.clamp(size);
            let frame = Rect::new(left, top, size.width, size.height);
            Boxed { frame, paragraph: None, children: boxes(children, frame.size(), measure) }
        }
        Kind::Shape(_) | Kind::Text(_) | Kind::Image(_) => {
            let leaf = Leaf::new(layer, measure);
            let size = match (width, height) {
                (Some(width), Some(height)) => Size::new(width, height),
                given => {
                    let room = (area.width - left).max(0.0).min(bounds.max.width);
                    let size = leaf.size(given, Some(room)).0;
                    let clamped = bounds.clamp(size);
                    // Of another width, a text has another height.
                    let is_other = clamped.width != size.width && given.1.is_none();
                    if is_other { bounds.clamp(leaf.size((Some(clamped.width), None), None).0) } else { clamped }
                }
            };
            let frame = Rect::new(left, top, size.width, size.height);
            Boxed { frame, paragraph: leaf.into_paragraph(), children: Vec::new() }
        }
    }
}

/// The bounds of a size in px, and its ratio.
struct Bounds {
    min: Size,
    max: Size,
    ratio: Option<f32>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { min: Size::default(), max: Size::new(f32::MAX, f32::MAX), ratio: None }
    }
}

impl Bounds {
    fn new(sizing: &Constraints, area: Size) -> Self {
        let resolve = |[width, height]: [Option<Length>; 2], default: f32| {
            let side = |length: Option<Length>, whole| length.map_or(default, |length| length.resolve(whole));
            Size::new(side(width, area.width), side(height, area.height))
        };
        Self { min: resolve(sizing.min, 0.0), max: resolve(sizing.max, f32::MAX), ratio: sizing.aspect_ratio }
    }

    /// Sides within the bounds; one that is not given follows the other one if there is a ratio.
    fn given(&self, width: Option<f32>, height: Option<f32>) -> (Option<f32>, Option<f32>) {
        let wide = |width: f32| width.min(self.max.width).max(self.min.width);
        let high = |height: f32| height.min(self.max.height).max(self.min.height);
        match (width.map(wide), height.map(high), self.ratio) {
            (Some(width), None, Some(ratio)) => (Some(width), Some(high(width / ratio))),
            (None, Some(height), Some(ratio)) => (Some(wide(height * ratio)), Some(height)),
            (width, height, _) => (width, height),
        }
    }

    /// CSS: the least size wins over the largest.
    fn clamp(&self, size: Size) -> Size {
        let side = |side: f32, min: f32, max: f32| side.min(max).max(min);
        Size::new(side(size.width, self.min.width, self.max.width), side(size.height, self.min.height, self.max.height))
    }
}

/// The size of a group that hugs its children, up to the right edge and the bottom edge that lie
/// farthest out.
pub fn natural(layers: &[Layer], measure: &Measure<'_>) -> Size {
    let find = || {
        layers.iter().fold(Size::default(), |size, layer| {
            let (child, right, bottom) = (unbounded(layer, measure), layer.x.resolve(0.0), layer.y.resolve(0.0));
            Size::new(size.width.max(right + child.width), size.height.max(bottom + child.height))
        })
    };
    measure.hugged(layers, find)
}

/// The size of a layer in an unbounded box. A side cannot be a fraction of that box: such a side is
/// as large as the content.
fn unbounded(layer: &Layer, measure: &Measure<'_>) -> Size {
    let given = |extent| match extent {
        Extent::Length(Length::Px(px)) => Some(px.max(0.0)),
        Extent::Length(Length::Fraction(_)) | Extent::Fill | Extent::Hug => None,
    };
    let (width, height) = (given(layer.width), given(layer.height));
    match &layer.kind {
        Kind::Stack(_) => flex::natural(layer, measure, GROUPS),
        Kind::Group(children) => {
            let hugs = layer.width == Extent::Hug || layer.height == Extent::Hug;
            let hugged = if hugs { natural(children, measure) } else { Size::default() };
            let side =
                |given: Option<f32>, extent, hugged| given.unwrap_or(if extent == Extent::Hug { hugged } else { 0.0 });
            Size::new(side(width, layer.width, hugged.width), side(height, layer.height, hugged.height))
        }
        Kind::Shape(_) | Kind::Text(_) | Kind::Image(_) => Leaf::new(layer, measure).size((width, height), None).0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::pictures::Natural;
    use super::*;
    use crate::font::Fonts;
    use crate::inputs::Inputs;
    use crate::limits::Limits;
    use crate::params::Values;
    use crate::request::{Format, Options};
    use crate::template::Template;

    #[test]
    fn boxes_are_where_css_puts_them() {
        // The picture has 400 x 300 px; assets have 200 x 100.
        let cases = [
            (r#""type": "rect", "x": 10, "y": "10%", "width": "50%", "height": 40"#, [10.0, 30.0, 200.0, 40.0]),
            (r#""type": "rect", "x": 10, "y": 20, "width": "fill", "height": "fill""#, [10.0, 20.0, 390.0, 280.0]),
            (r#""type": "rect", "x": 500, "width": "fill", "height": 9"#, [500.0, 0.0, 0.0, 9.0]),
            (r#""type": "image", "src": "asset:a.png", "x": 390"#, [390.0, 0.0, 200.0, 100.0]),
            (r#""type": "image", "src": "asset:a.png", "width": 50"#, [0.0, 0.0, 50.0, 25.0]),
            (r#""type": "image", "src": "asset:a.png", "height": "fill", "y": 100"#, [0.0, 100.0, 400.0, 200.0]),
            (
                r#""type": "group", "x": 5, "width": 60, "children": [{ "type": "rect", "x": 7, "y": 8, "width": 9, "height": 10 }]"#,
                [5.0, 0.0, 60.0, 18.0],
            ),
            (
                r#""type": "group", "children": [{ "type": "image", "src": "asset:a.png", "x": 3, "width": 50 }]"#,
                [0.0, 0.0, 53.0, 25.0],
            ),
            (r#""type": "group", "children": [{ "type": "rect", "width": "50%", "height": "fill" }]"#, [0.0; 4]),
        ];
        let limits = Limits::default();
        for (layer, [x, y, width, height]) in cases {
            let document = format!(r#"{{ "width": 400, "height": 300, "layers": [{{ {layer} }}] }}"#);
            let template = Template::parse(&document, &limits).unwrap();
            let plan =
                crate::plan::plan(&Inputs::new(&template, &Values::new(), &Options::default(), Format::Png), &limits);
            let fonts = Fonts::embedded();
            let measure =
                Measure::new(&fonts, &|_| Some(Natural { size: Size::new(200.0, 100.0), optical: None }), &limits);
            let boxes = boxes(&plan.layers, plan.frame.size(), &measure);
            let frames: Vec<_> = boxes.iter().map(|boxed| boxed.frame).collect();
            assert_eq!(frames, [Rect::new(x, y, width, height)], "{layer}");
        }
    }

    #[test]
    fn a_layer_in_nested_groups_is_measured_a_few_times() {
        let limits = Limits::default();
        let mut layer = r#"{ "type": "image", "src": "asset:a.png" }"#.to_owned();
        for depth in 1..limits.depth {
            let kind = if depth % 2 == 0 { "stack" } else { "group" };
            layer = format!(r#"{{ "type": "{kind}", "children": [{layer}] }}"#);
        }
        let document = format!(r#"{{ "width": 400, "height": 300, "layers": [{layer}] }}"#);
        let template = Template::parse(&document, &limits).unwrap();
        let plan =
            crate::plan::plan(&Inputs::new(&template, &Values::new(), &Options::default(), Format::Png), &limits);
        let (fonts, measured) = (Fonts::embedded(), std::cell::Cell::new(0));
        let naturals = |_: &_| {
            measured.set(measured.get() + 1);
            Some(Natural { size: Size::new(200.0, 100.0), optical: None })
        };
        let boxes = boxes(&plan.layers, plan.frame.size(), &Measure::new(&fonts, &naturals, &limits));
        assert_eq!(boxes[0].frame, Rect::new(0.0, 0.0, 200.0, 100.0));
        assert!(measured.get() <= 2, "measured {} times", measured.get());
    }

    #[test]
    fn a_text_without_a_width_ends_where_its_box_does() {
        let document = r#"{ "width": 300, "height": 300, "layers": [
            { "type": "text", "text": "some words that go on", "size": 40, "x": 100 },
            { "type": "text", "text": "some", "size": 40, "x": 100 } ] }"#;
        let limits = Limits::default();
        let template = Template::parse(document, &limits).unwrap();
        let plan =
            crate::plan::plan(&Inputs::new(&template, &Values::new(), &Options::default(), Format::Png), &limits);
        let fonts = Fonts::embedded();
        let measure = Measure::new(&fonts, &|_| None, &limits);
        let boxes = boxes(&plan.layers, plan.frame.size(), &measure);
        let [long, short] = boxes.as_slice() else { panic!("two layers") };
        assert!(long.frame.right() <= 300.0 && long.frame.height > short.frame.height * 1.5, "{:?}", long.frame);
        assert!(short.frame.width < 150.0, "{:?}", short.frame);
    }
}
