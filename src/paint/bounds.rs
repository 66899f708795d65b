//! The bounds of items on the canvas.
//!
//! Invariant: drawing an item changes no pixel outside of its bounds.

use tiny_skia::{IntRect, Transform};

use crate::geometry::{Rect, px};
use crate::layout::{Arc, Content, Item, Source, Text, Warp};
use crate::plan::Displace;

use super::filter;
use super::glyphs::{self, Ink, Pen, Place};
use super::mask::{Glyphs, Stamp};
use super::shadow;
use super::surface::{covering, intersect, union};

/// The precision of a text's bounds.
#[derive(Clone, Copy)]
pub enum Letters<'a> {
    /// The lines' boxes plus one font size: fast to compute, and never too small.
    Lines,
    /// The bounds of the glyph outlines.
    Outlines(Glyphs<'a>),
}

/// Output px per template px if a transform only scales. `None` if it does anything else. Rotations
/// that cancel each other count as anything else: they leave an item upright, but in another place.
pub fn snap(transform: Transform, scale: f32) -> Option<f32> {
    (transform == Transform::from_scale(scale, scale)).then_some(scale)
}

/// The output px that an item, its shadows and its children may change; `transform` is that of the
/// item's parent.
pub fn bounds(item: &Item, transform: Transform, letters: Letters<'_>) -> Option<IntRect> {
    match &item.warp {
        None => whole_item(item, transform.pre_concat(item.turn()), letters),
        Some(warp) => {
            let seen = seen(item, warp, transform, flat(item, warp, letters)?)?;
            filter::around(seen, reach_seen(item, transform))
        }
    }
}

/// The px by which the effects of an item reach beyond it where it is drawn flat.
pub fn reach(item: &Item) -> i32 {
    let Some(effects) = &item.look.effects else { return 0 };
    let displace = effects.displace.filter(|displace| item.warp.is_none() || !displace.by_backdrop);
    let displaced = displace.map_or(0, |displace| moved(&displace, item.scale));
    filter::reach(&effects.filters, item.scale).saturating_add(displaced)
}

/// The px by which an item in perspective is displaced by what lies beneath it; `transform` is that of its
/// parent.
pub fn reach_seen(item: &Item, transform: Transform) -> i32 {
    let displace = by_backdrop(item).filter(|_| item.warp.is_some());
    displace.map_or(0, |displace| moved(displace, stretch(transform)))
}

/// The distance in px by which px are moved at most; `scale` is surface px per px of the template.
#[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
fn moved(displace: &Displace, scale: f32) -> i32 {
    // A px more, because px are mixed from those beside them.
    (px(displace.scale * scale).abs() / 2.0).ceil() as i32 + 1
}

/// How an item is displaced by what lies beneath it. `None` if it is not.
pub fn by_backdrop(item: &Item) -> Option<&Displace> {
    item.look.effects.as_ref()?.displace.as_ref().filter(|displace| displace.by_backdrop)
}

/// The px of the flat layer of an item in perspective that the item, its shadows and its children may
/// change.
pub fn flat(item: &Item, warp: &Warp, letters: Letters<'_>) -> Option<IntRect> {
    let scaling = Transform::from_scale(item.scale, item.scale);
    let drawn = whole_item(item, scaling.pre_concat(item.turn()), letters)?;
    intersect(drawn, covering(warp.window(item.frame), scaling)?)
}

/// The output px in which a part of a flat layer is seen; `transform` is that of the item's parent.
fn seen(item: &Item, warp: &Warp, transform: Transform, flat: IntRect) -> Option<IntRect> {
    #[expect(clippy::cast_precision_loss, reason = "a flat layer has a few thousand px")]
    let [x, y, width, height] =
        [flat.x() as f32, flat.y() as f32, flat.width() as f32, flat.height() as f32].map(|side| side / item.scale);
    let Some(corners) = warp.around(item.frame, Rect::new(x, y, width, height)) else { return anywhere() };
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    let at = |(x, y): (f64, f64)| Rect::new(x as f32, y as f32, 0.0, 0.0);
    let around = corners.map(at).into_iter().reduce(|one, other| one.union(&other))?;
    // A box without a width has no bounds.
    covering(around.outset(0.01), transform).or_else(anywhere)
}

/// The output px that an item, its shadows and its children may change; `transform` is that of the
/// item itself.
fn whole_item(item: &Item, transform: Transform, letters: Letters<'_>) -> Option<IntRect> {
    let mut body = body(item, transform, letters);
    if item.look.effects.as_ref().is_some_and(|effects| !effects.backdrop.is_empty()) {
        body = union(body, covering(item.frame, transform).or_else(anywhere));
    }
    let body = body?;
    let shadows = item.look.shadows.iter().filter(|shadow| !shadow.inset).map(|shadow| {
        let reach = i32::try_from(shadow::reach(shadow.blur * item.scale / 2.0)).unwrap_or(0);
        let grown = filter::around(spread(body, shadow.spread, transform)?, reach.saturating_add(1))?;
        grown.translate(whole(shadow.dx * item.scale), whole(shadow.dy * item.scale))
    });
    let all = shadows.fold(Some(body), union);
    if item.look.effects.is_none() { all } else { filter::around(all?, reach(item)) }
}

/// The output px that an item and its children may change, without the item's own shadows.
/// `transform` is that of the item itself.
pub fn body(item: &Item, transform: Transform, letters: Letters<'_>) -> Option<IntRect> {
    let children = item.children.iter().map(|child| bounds(child, transform, letters));
    children.fold(content(item, transform, letters), union)
}

/// The bounds of an item that grows by `spread` px (of the template) on every side.
pub fn spread(bounds: IntRect, spread: f32, transform: Transform) -> Option<IntRect> {
    // A rotated box grows by at most its diagonal.
    filter::around(bounds, whole(spread.max(0.0) * stretch(transform) * 2.0))
}

/// The length of a px that a transform makes longest, of those that lie along an axis.
pub fn stretch(Transform { sx, kx, ky, sy, .. }: Transform) -> f32 {
    (sx * sx + ky * ky).max(kx * kx + sy * sy).sqrt()
}

/// The output px that the content of an item's box may change; `transform` is that of the item
/// itself.
pub fn content(item: &Item, transform: Transform, letters: Letters<'_>) -> Option<IntRect> {
    // A mitre is at most four times as long as the line's width.
    let stroke = item.look.stroke.as_ref().map_or(0.0, |stroke| stroke.width * 4.0);
    // A box too far away to have finite bounds may be anywhere.
    let around = |bounds: Rect| covering(bounds.outset(stroke), transform).or_else(anywhere);
    match &item.content {
        Content::Box if item.look.fill.is_none() && item.look.stroke.is_none() => None,
        Content::Box | Content::Ellipse => around(item.frame),
        Content::Shape(path) => path.as_ref().and_then(|path| around(box_of(path))),
        Content::Text(text) => match letters {
            Letters::Lines => around(lines(text, item.frame)),
            Letters::Outlines(glyphs) => {
                let place = Place { origin: text.origin, arc: text.arc, snap: snap(transform, item.scale) };
                outlines(&text.block, place, Pen::of_text(item, text), glyphs, around)
            }
        },
        Content::Image { sources, .. } => match letters {
            Letters::Lines => around(item.frame),
            Letters::Outlines(glyphs) => {
                let initials = sources.iter().map(|source| match source {
                    Source::Initials { block, origin, .. } => {
                        let place = Place { origin: *origin, arc: None, snap: snap(transform, item.scale) };
                        outlines(block, place, Pen::OF_INITIALS, glyphs, around)
                    }
                    Source::Asset(_) => None,
                });
                initials.fold(around(item.frame), union)
            }
        },
    }
}

/// The lines of a text, with a margin for glyphs that extend beyond their line's box: accents,
/// swashes, lines that overflow.
fn lines(text: &Text, frame: Rect) -> Rect {
    let (x, y) = text.origin;
    let lines = Rect::new(x, y, text.block.width.max(frame.width), text.block.height);
    let largest = text.block.runs.iter().fold(1.0_f32, |scale, letters| scale.max(letters.scale));
    let em = text.block.size * largest;
    let extent = frame.union(&lines.outset(em));
    match text.arc {
        Some(Arc { center: (x, y), radius, .. }) => {
            let reach = radius + em * 2.0;
            extent.union(&Rect::new(x - reach, y - reach, 2.0 * reach, 2.0 * reach))
        }
        None => extent,
    }
}

/// The output px that the glyphs of a block cover.
fn outlines(
    block: &crate::text::Block,
    place: Place,
    pen: Pen<'_>,
    glyphs: Glyphs<'_>,
    around: impl Fn(Rect) -> Option<IntRect>,
) -> Option<IntRect> {
    let of_path = |path: &tiny_skia::Path| around(box_of(path));
    let inked = glyphs::inked(block, place, pen, glyphs);
    let colored = glyphs::colored(block, place, pen, glyphs.fonts);
    let layers = colored.iter().flat_map(|colored| {
        colored.layers(usize::MAX).into_iter().filter_map(|layer| layer.path.transform(colored.place))
    });
    let layers = layers.map(|path| of_path(&path)).fold(None, union);
    let inked = inked.iter().map(|inked| match &inked.ink {
        Ink::Path(path) => of_path(path),
        Ink::Stamps(stamps) => stamps.iter().map(Stamp::bounds).fold(None, union),
    });
    inked.fold(layers, union)
}

fn box_of(path: &tiny_skia::Path) -> Rect {
    let bounds = path.bounds();
    Rect::new(bounds.x(), bounds.y(), bounds.width(), bounds.height())
}

/// A length larger than any canvas.
fn anywhere() -> Option<IntRect> {
    const FAR: i32 = 32_768;
    IntRect::from_ltrb(-FAR, -FAR, FAR, FAR)
}

/// A shadow offset rounded to whole px, as the shadow is moved.
#[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
fn whole(distance: f32) -> i32 {
    px(distance).round() as i32
}
