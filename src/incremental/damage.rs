//! Damage: the parts of a canvas where two pictures differ.
//!
//! Damage is computed from the display lists of both pictures, without reading a pixel, so it may
//! be too large and is never too small. For two texts it is the glyphs that only one of them has;
//! for any other item it is the bounds of both.

use tiny_skia::IntRect;

use crate::encode::incremental::united;
use crate::font::FaceId;
use crate::layout::{Content, Item};
use crate::paint::surface::{intersect, union};
use crate::plan::Blend;

use super::display_list::{DrawnItem, PlacedGlyph};

/// Parts of a canvas in output px. They may overlap.
pub type Damage = Vec<IntRect>;

/// Glyphs of one line that are at most this many px apart form one part.
const NEAR_PX: i32 = 32;

/// Maximum number of pairs of glyphs that are compared, enough for two short texts.
const MAX_PAIRS: usize = 20_000;

/// The damage between two display lists of a template, both in the template's order. `shares` is
/// true for the faces that the fonts of both have in common.
pub fn between(one: &[DrawnItem], other: &[DrawnItem], shares: impl Fn(FaceId) -> bool) -> Damage {
    let (mut damage, mut one) = (Damage::new(), one);
    for item in other {
        let at = one.iter().position(|twin| twin.is_of(item));
        let (gone, rest) = one.split_at_checked(at.unwrap_or(0)).unwrap_or((one, &[]));
        damage.extend(gone.iter().filter_map(|item| item.reach.bounds));
        one = rest;
        match rest.split_first().filter(|_| at.is_some()) {
            Some((twin, rest)) => {
                one = rest;
                if !item.is_same(twin, &shares) {
                    damage.extend(between_items(twin, item, &shares));
                }
            }
            None => damage.extend(item.reach.bounds),
        }
    }
    damage.extend(one.iter().filter_map(|item| item.reach.bounds));
    // What lies beneath frosted glass changes all of it.
    for bounds in other.iter().filter(|item| item.blurs_below()).filter_map(|item| item.reach.bounds) {
        if damage.iter().any(|part| intersect(*part, bounds).is_some()) {
            damage.push(bounds);
        }
    }
    damage
}

/// The same area in parts that do not overlap, from top to bottom. It lies on the canvas, so that no px is negative.
pub fn disjoint(damage: &[IntRect]) -> Damage {
    let edges = crate::ordered::set(damage.iter().flat_map(|part| [part.top(), part.bottom()]));
    let edges: Vec<i32> = edges.into_iter().collect();
    let bands = edges.windows(2).filter_map(|edges| Some((*edges.first()?, *edges.last()?)));
    let parts = bands.flat_map(|(top, bottom)| {
        let here = damage.iter().filter(|part| part.top() <= top && bottom <= part.bottom());
        let column = |px: i32| usize::try_from(px).unwrap_or(0);
        let columns = united(here.map(|part| column(part.left())..column(part.right())).collect());
        let px = |column: usize| i32::try_from(column).ok();
        columns
            .into_iter()
            .filter_map(move |columns| IntRect::from_ltrb(px(columns.start)?, top, px(columns.end)?, bottom))
    });
    parts.collect()
}

/// The parts of `other` with images that are not in `one`.
pub fn images(one: &[DrawnItem], other: &[DrawnItem]) -> Damage {
    let is_known = |item: &DrawnItem| one.iter().any(|twin| twin.is_of(item) && twin.shows_same(item));
    other.iter().filter(|item| item.shows_images() && !is_known(item)).filter_map(|item| item.reach.bounds).collect()
}

/// The damage between two states of one layer.
fn between_items(one: &DrawnItem, other: &DrawnItem, shares: &impl Fn(FaceId) -> bool) -> Damage {
    let all = || one.reach.bounds.into_iter().chain(other.reach.bounds).collect();
    let (Some(glyphs), Some(twins)) = (&one.reach.glyphs, &other.reach.glyphs) else { return all() };
    if !same_style(&one.item, &other.item) || glyphs.len().saturating_mul(twins.len()) > MAX_PAIRS {
        return all();
    }
    let is_in = |all: &[PlacedGlyph], (glyph, _): &PlacedGlyph| {
        shares(glyph.of.0) && all.iter().any(|(other, _)| other == glyph)
    };
    let gone = glyphs.iter().filter(|glyph| !is_in(twins, glyph));
    let new = twins.iter().filter(|glyph| !is_in(glyphs, glyph));
    let mut damage = Damage::new();
    for (_, part) in gone.chain(new) {
        match damage.last_mut().filter(|last| is_near(last, part)) {
            Some(last) => *last = union(Some(*last), Some(*part)).unwrap_or(*last),
            None => damage.push(*part),
        }
    }
    damage
}

/// Whether the glyphs of two texts have the same size and paints, run by run, and are composited
/// alike.
fn same_style(one: &Item, other: &Item) -> bool {
    let (Content::Text(text), Content::Text(twin)) = (&one.content, &other.content) else { return false };
    text.fills == twin.fills
        && text.block.size == twin.block.size
        && text.block.runs == twin.block.runs
        && one.look.fill == other.look.fill
        && one.look.opacity == other.look.opacity
        && (one.look.blend, other.look.blend) == (Blend::Normal, Blend::Normal)
}

/// Whether two glyphs stand side by side, at most a few px apart.
fn is_near(one: &IntRect, other: &IntRect) -> bool {
    let apart = one.left().max(other.left()).saturating_sub(one.right().min(other.right()));
    one.top() < other.bottom() && other.top() < one.bottom() && apart <= NEAR_PX
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::asset::Assets;
    use crate::font::Fonts;
    use crate::incremental::display_list::display_list;
    use crate::inputs::Inputs;
    use crate::layout;
    use crate::limits::Limits;
    use crate::paint::bitmap::Bitmaps;
    use crate::paint::mask::{Glyphs, Masks};
    use crate::plan;
    use crate::request::{Format, Options};
    use crate::template::Template;

    /// The damage between two states of a text, on a canvas of 600 x 200 px; each part as its left,
    /// top, right and bottom px.
    fn damage(layer: &str, one: &str, two: &str) -> Vec<[i32; 4]> {
        let limits = Limits::default();
        let document = format!(
            r#"{{ "width": 600, "height": 200, "params": {{ "name": {{ "type": "text" }} }}, "layers": [{layer}] }}"#
        );
        let template = Template::parse(&document, &limits).unwrap();
        let (fonts, masks, options) = (Fonts::embedded(), RefCell::new(Masks::new(1 << 20)), Options::default());
        let canvas = IntRect::from_xywh(0, 0, 600, 200).unwrap();
        let drawn = |name: &str| {
            let values = template.values(&format!("name={name}"), &limits);
            let plan = plan::plan(&Inputs::new(&template, &values, &options, Format::Png), &limits);
            let scene = layout::layout(&plan, &Assets::new(), &fonts, &limits);
            let item = display_list(&scene.items, 1.0, 0)[0];
            let reach = item.reach(1.0, Glyphs { fonts: &fonts, masks: &masks }, canvas);
            [item.drawn(&Bitmaps::default(), reach, crate::paint::Spent::default())]
        };
        let parts = between(&drawn(one), &drawn(two), |_| true);
        parts.iter().map(|part| [part.left(), part.top(), part.right(), part.bottom()]).collect()
    }

    #[test]
    fn parts_that_overlap_are_taken_apart() {
        let rect = |[x, y, width, height]: [i32; 4]| {
            IntRect::from_xywh(x, y, u32::try_from(width).unwrap(), u32::try_from(height).unwrap()).unwrap()
        };
        for all in [
            vec![[0, 0, 4, 4], [2, 2, 5, 5], [2, 2, 1, 9], [9, 3, 2, 1]],
            vec![[1, 1, 3, 3], [4, 1, 3, 3], [1, 4, 6, 1], [1, 1, 3, 3]],
            vec![],
        ] {
            let all: Vec<IntRect> = all.into_iter().map(rect).collect();
            let parts = disjoint(&all);
            for (x, y) in (0..12).flat_map(|x| (0..12).map(move |y| (x, y))) {
                let covers = |part: &&IntRect| {
                    (part.left()..part.right()).contains(&x) && (part.top()..part.bottom()).contains(&y)
                };
                let expected = usize::from(all.iter().any(|part| covers(&part)));
                assert_eq!(parts.iter().filter(covers).count(), expected, "{x}, {y} of {all:?}");
            }
        }
    }

    #[test]
    fn texts_differ_where_their_glyphs_do() {
        let layer = |more: &str| {
            format!(r#"{{ "type": "text", "width": 600, "text": "Thank you, {{{{ name }}}}!", "size": 40{more} }}"#)
        };
        // "Thank you, " is 215 px wide.
        let parts = damage(&layer(""), "Ana", "Bo");
        assert!(!parts.is_empty() && parts.iter().all(|[left, ..]| *left > 205), "{parts:?}");
        assert_eq!(damage(&layer(""), "Ana", "Ana"), [[0; 4]; 0]);
        // A text of another size or place, or one with more than plain glyphs, differs as a whole.
        for more in [
            r##", "align": "center""##,
            r##", "stroke": "#f00", "stroke_width": 2"##,
            r##", "shadow": { "dx": 1, "dy": 1, "blur": 2, "color": "#000" }"##,
            r##", "fill": { "type": "linear", "angle": 90, "stops": [{ "offset": 0, "color": "#f00" }, { "offset": 1, "color": "#00f" }] }"##,
            r##", "rotate": 3"##,
        ] {
            let parts = damage(&layer(more), "Ana", "Bo");
            assert!(parts.iter().any(|[left, ..]| *left < 205), "{more}: {parts:?}");
        }
        let lines = layer("").replace("Thank you, {{ name }}!", "Thank you, {{ name }}!\\nSee you soon");
        let parts = damage(&lines, "Ana", "Bo");
        assert!(
            !parts.is_empty() && parts.iter().all(|[.., bottom]| *bottom < 60),
            "the second line is as it was: {parts:?}"
        );
    }
}
