//! An icon by its name: the file in which it is, to be fetched like an image.

use std::rc::Rc;

use crate::asset::AssetId;
use crate::color::Color;
use crate::template::document as doc;

use super::resolve::Resolver;
use super::{Extent, Kind, Layer, Length, Look, Paint, Shape};

/// Px of an icon whose template gives no size.
const SIDE_PX: f32 = 24.0;

impl Resolver<'_> {
    /// The layer of an icon.
    pub(super) fn icon(&mut self, layer: &doc::Layer, icon: &doc::Icon, path: &str) -> Layer {
        let width = self.field(layer.width.as_ref(), path, "width");
        let height = self.field(layer.height.as_ref(), path, "height");
        let side = width.or(height).filter(|side| matches!(side, Extent::Length(Length::Px(_))));
        let side = side.unwrap_or(Extent::Length(Length::Px(SIDE_PX)));
        let sides = (width.unwrap_or(side), height.unwrap_or(side));
        let name: String = self.field(Some(&icon.icon), path, "icon").unwrap_or_default();
        let name = name.trim().to_owned();
        let kind = match doc::Icon::file(&name) {
            Some(file) => {
                let file = AssetId::from(file.as_str());
                let lines = self.number(layer.stroke_width.as_ref(), (path, "stroke_width"), 2.0, (0.1, 6.0));
                self.needs(&file, path).then_some(Kind::Shape(Shape::Icon { file, name: name.into(), lines }))
            }
            None => {
                // No name is a missing value, and draws nothing.
                if !name.is_empty() {
                    self.warnings.push(&format!("{path}.icon"), "there is no icon of this name");
                }
                None
            }
        };
        let lowered = self.lowered(layer, kind.unwrap_or(Kind::Group(Vec::new())), sides, path);
        let fill = self.paint(layer.fill.as_ref(), path, "fill").unwrap_or(Paint::Color(Color::BLACK));
        let look = Look { fill: Some(fill), stroke: None, ..(*lowered.look).clone() };
        Layer { look: Rc::new(look), ..lowered }
    }
}
