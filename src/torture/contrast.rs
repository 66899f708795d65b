//! Texts whose colour is too near to the colour behind them (WCAG 2.2, success criterion 1.4.3).
//!
//! Only what is certain is said: a text of one colour, wholly on one opaque colour. A text on a
//! picture or a gradient, or half on a box, is left to the eye.

use crate::color::{Color, contrast as contrast_of, luminance, over};
use crate::geometry::Rect;
use crate::layout::{Content, Item, Scene};
use crate::plan::{Blend, Paint};

use super::outcome::{Fault, Finding};

/// The least ratio for small letters.
const LEAST: f64 = 4.5;

/// The least ratio for large letters.
const LEAST_LARGE: f64 = 3.0;

/// Px from which letters are large: 18 pt.
const LARGE_PX: f32 = 24.0;

/// Opacity below which a text counts as decoration, 0 to 255.
const FAINT: u8 = 128;

/// What lies somewhere below.
struct Below {
    frame: Rect,
    /// `None` if it has no single colour.
    color: Option<Color>,
}

/// The texts of a scene that are hard to read.
#[must_use]
pub fn contrast(scene: &Scene) -> Vec<Finding> {
    let color = match &scene.background {
        Some(Paint::Color(color)) if color.a == 255 => Some(*color),
        _ => None,
    };
    let mut walk = Walk { below: vec![Below { frame: scene.frame, color }], findings: Vec::new() };
    for item in &scene.items {
        walk.item(item, true);
    }
    walk.findings
}

struct Walk {
    /// In drawing order.
    below: Vec<Below>,
    findings: Vec<Finding>,
}

impl Walk {
    /// `certain`: whether the item's colours are those of the picture.
    fn item(&mut self, item: &Item, certain: bool) {
        let look = &item.look;
        let is_plain =
            look.opacity >= 1.0 && look.is_upright() && matches!(look.blend, Blend::Normal) && look.effects.is_none();
        let certain = certain && is_plain;
        let color = match &look.fill {
            Some(Paint::Color(color)) if item.picture.is_none() => Some(*color),
            _ => None,
        };
        match &item.content {
            Content::Text(text) => {
                // A text with colours of its own for its runs is left to the eye.
                let own = text.fills.iter().all(Option::is_none);
                if let Some(color) = color.filter(|color| certain && own && color.a > FAINT) {
                    self.text(item, color, text.block.size);
                }
            }
            Content::Box if look.fill.is_none() => {}
            Content::Box => {
                let color = color.filter(|color| certain && color.a == 255);
                self.below.push(Below { frame: item.frame, color });
            }
            Content::Image { sources, .. } if sources.is_empty() => {}
            Content::Ellipse | Content::Shape(_) | Content::Image { .. } => {
                self.below.push(Below { frame: item.frame, color: None });
            }
        }
        for child in &item.children {
            self.item(child, certain);
        }
    }

    fn text(&mut self, item: &Item, color: Color, size: f32) {
        let touches = |below: &&Below| below.frame.overlaps(item.frame);
        let Some(below) = self.below.iter().rev().find(touches) else { return };
        let Some(behind) = below.color.filter(|_| below.frame.covers(item.frame)) else { return };
        let ratio = contrast_of(luminance(over(color, behind)), luminance(behind));
        let least = if size >= LARGE_PX { LEAST_LARGE } else { LEAST };
        if ratio < least {
            // Rounded down, so that a ratio just below the least one does not look like it.
            let ratio = libm::floor(ratio * 10.0) / 10.0;
            let what = format!("its contrast is {ratio:.1}:1, and letters of this size need {least}:1");
            self.findings.push(Finding { fault: Fault::Contrast, layer: item.name.clone(), what });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::template::Template;
    use crate::torture::{self, Case};
    use crate::world::Embedded;

    fn found(background: &str, layers: &str) -> String {
        let limits = Limits::default();
        let document =
            format!(r#"{{ "width": 200, "height": 100, "background": {background}, "layers": [{layers}] }}"#);
        let template = Template::parse(&document, &limits).unwrap_or_else(|problem| panic!("{problem}"));
        let case = Case::of_recipient(String::new());
        let plan = torture::plan(&template, &case, &limits);
        let laid_out = torture::lay_out(plan, &Embedded::new(limits));
        contrast(&laid_out.scene).into_iter().map(|finding| finding.what).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_is_hard_to_read_is_found() {
        let text =
            |fill: &str, size: u32| format!(r#"{{ "type": "text", "text": "Hi", "size": {size}, "fill": {fill} }}"#);
        let low =
            |ratio: &str, least: &str| format!("its contrast is {ratio}:1, and letters of this size need {least}:1");
        for (background, layers, expected) in [
            (r##""#fff""##, text(r##""#000""##, 16), String::new()),
            (r##""#fff""##, text(r##""#777""##, 16), low("4.4", "4.5")),
            (r##""#fff""##, text(r##""#777""##, 30), String::new()),
            (r##""#fff""##, text(r##""#fff""##, 30), low("1.0", "3")),
            (r##""#fff""##, text(r##""#0008""##, 16), low("4.4", "4.5")),
            (r##""#fff""##, text(r##""#0001""##, 16), String::new()),
            ("null", text(r##""#fff""##, 30), String::new()),
            (
                r##""#fff""##,
                format!(r##"{{ "type": "rect", "fill": "#000" }}, {}"##, text(r##""#fff""##, 16)),
                String::new(),
            ),
            (
                r##""#fff""##,
                format!(r##"{{ "type": "rect", "width": 3, "fill": "#000" }}, {}"##, text(r##""#fff""##, 16)),
                String::new(),
            ),
            (
                r##""#000""##,
                format!(r##"{{ "type": "ellipse", "fill": "#fff" }}, {}"##, text(r##""#fff""##, 16)),
                String::new(),
            ),
        ] {
            assert_eq!(found(background, &layers), expected, "{background} {layers}");
        }
    }
}
