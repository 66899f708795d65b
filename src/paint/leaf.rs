//! A scene taken apart into what is drawn as one thing, from bottom to top: leaves.
//!
//! A group that is nothing but its children comes apart; one that is turned, clipped, faded, blended or shadowed as a whole does not.
//! Two pictures of a template agree in most of their leaves, and what they differ in lies where the others do not touch.
//!
//! Invariant: drawing the leaves in order is drawing the scene; a leaf changes no pixel outside of what [`touched`] says.

use std::rc::Rc;

use tiny_skia::{IntRect, Transform};

use crate::geometry::Rect;
use crate::layout::{Content, Item, Picture};
use crate::plan::Blend;
use crate::text::FaceId;

use super::glyphs::{self, Ink, Pen, Place};
use super::item::rotation;
use super::letter::{Letters, Stamp};
use super::picture::{self, Bitmap, Bitmaps, Shown};
use super::surface::{covering, intersect};
use super::{kept, shadow};

/// A leaf of a scene.
#[derive(Clone, Copy)]
pub struct Leaf<'a> {
    pub item: &'a Item,
    /// Its children are leaves of their own.
    pub alone: bool,
    /// The number of its first image in drawing order.
    pub first_image: usize,
}

/// What an image shows, and the file that it comes from; none where it shows nothing.
type Shows = Option<(Shown, Option<Rc<[u8]>>)>;

/// A leaf that was drawn.
#[derive(Clone)]
pub struct Drawn {
    /// Without children, where they are leaves of their own.
    item: Item,
    alone: bool,
    images: Vec<Shows>,
    /// The output px that it may have changed.
    pub touched: Option<IntRect>,
    /// Bytes of all offscreen buffers that drawing it took.
    pub offscreen_bytes: u64,
}

/// The leaves of some items, of which the first image has this number.
pub fn leaves<'a>(items: &'a [Item], first_image: &mut usize, leaves: &mut Vec<Leaf<'a>>) {
    for item in items {
        let is_transparent = !item.children.is_empty()
            && !item.clip
            && item.opacity >= 1.0
            && item.blend == Blend::Normal
            && item.rotate == 0.0
            && item.shadows.is_empty()
            && matches!(item.content, Content::Box);
        if is_transparent {
            if item.fill.is_some() || item.stroke.is_some() {
                leaves.push(Leaf { item, alone: true, first_image: *first_image });
            }
            self::leaves(&item.children, first_image, leaves);
        } else {
            leaves.push(Leaf { item, alone: false, first_image: *first_image });
            *first_image = first_image.saturating_add(images(item));
        }
    }
}

/// How many images an item and its children have.
fn images(item: &Item) -> usize {
    let mut images = 0_usize;
    picture::walk(std::slice::from_ref(item), &mut |item| {
        images = images.saturating_add(usize::from(matches!(item.content, Content::Image { .. })));
    });
    images
}

impl Leaf<'_> {
    /// Keeps what was drawn.
    pub fn drawn(&self, bitmaps: &Bitmaps, touched: Option<IntRect>, offscreen_bytes: u64) -> Drawn {
        let item = if self.alone { without_children(self.item) } else { self.item.clone() };
        Drawn { item, alone: self.alone, images: self.shows(bitmaps), touched, offscreen_bytes }
    }

    fn shows(&self, bitmaps: &Bitmaps) -> Vec<Shows> {
        let count = if self.alone { 0 } else { images(self.item) };
        let numbers = self.first_image..self.first_image.saturating_add(count);
        let shows = numbers.map(|number| {
            let bitmap = bitmaps.get(&number)?;
            let asset = match bitmap {
                Bitmap::Pixels { asset, .. } => Some(Rc::clone(asset)),
                Bitmap::StandIn(_) => None,
            };
            Some((bitmap.shown(), asset))
        });
        shows.collect()
    }

    /// Whether it would be drawn as one that was drawn, where the fonts share such faces.
    pub fn is_same(&self, drawn: &Drawn, bitmaps: &Bitmaps, shares: &impl Fn(FaceId) -> bool) -> bool {
        self.is_of(drawn)
            && same_item(self.item, &drawn.item, self.alone)
            && same_images(&self.shows(bitmaps), &drawn.images)
            && (self.alone || uses_only(self.item, shares))
    }

    /// Whether it is the same layer of the template.
    pub fn is_of(&self, drawn: &Drawn) -> bool {
        self.alone == drawn.alone && self.item.path == drawn.item.path
    }
}

impl Drawn {
    /// Bytes that it holds beside its assets, or a little more.
    pub fn weight(&self) -> usize {
        super::plate::weight(std::slice::from_ref(&self.item))
    }

    /// Whether both were drawn alike, where the fonts share such faces.
    pub fn is_same(&self, other: &Self, shares: &impl Fn(FaceId) -> bool) -> bool {
        self.is_of(other)
            && self.item == other.item
            && same_images(&self.images, &other.images)
            && uses_only(&self.item, shares)
    }

    /// Whether it is the same layer of the template.
    pub fn is_of(&self, other: &Self) -> bool {
        self.alone == other.alone && self.item.path == other.item.path
    }
}

fn same_images(one: &[Shows], other: &[Shows]) -> bool {
    let same = |pair| match pair {
        (Some((one, Some(asset))), Some((other, Some(kept)))) => one == other && kept::same(asset, kept),
        (Some((one, None)), Some((other, None))) => one == other,
        (None, None) => true,
        _ => false,
    };
    one.len() == other.len()
        && one.iter().map(Option::as_ref).zip(other.iter().map(Option::as_ref)).all(|(one, other)| {
            same((
                one.map(|(shown, asset)| (shown, asset.as_ref())),
                other.map(|(shown, asset)| (shown, asset.as_ref())),
            ))
        })
}

/// A copy that leaves the children behind.
fn without_children(item: &Item) -> Item {
    Item {
        name: item.name.clone(),
        path: item.path.clone(),
        kind: item.kind,
        frame: item.frame,
        opacity: item.opacity,
        rotate: item.rotate,
        blend: item.blend,
        shadows: item.shadows.clone(),
        clip: item.clip,
        radius: item.radius,
        fill: item.fill.clone(),
        stroke: item.stroke.clone(),
        content: item.content.clone(),
        children: Vec::new(),
    }
}

fn same_item(one: &Item, other: &Item, alone: bool) -> bool {
    if alone {
        one.frame == other.frame && one.radius == other.radius && one.fill == other.fill && one.stroke == other.stroke
    } else {
        one == other
    }
}

/// Whether all glyphs of an item and its children are of such faces.
fn uses_only(item: &Item, is_such: &impl Fn(FaceId) -> bool) -> bool {
    let block =
        |block: &crate::text::Block| block.lines.iter().flat_map(|line| &line.glyphs).all(|glyph| is_such(glyph.face));
    let mut all = true;
    picture::walk(std::slice::from_ref(item), &mut |item| {
        all &= match &item.content {
            Content::Text(text) => block(&text.block),
            Content::Image { sources, .. } => sources.iter().all(|source| match source {
                Picture::Initials { block: letters, .. } => block(letters),
                Picture::Asset(_) => true,
            }),
            Content::Box | Content::Ellipse | Content::Shape(_) => true,
        };
    });
    all
}

/// The output px of a canvas that drawing a leaf may change.
pub fn touched(leaf: &Leaf<'_>, scale: f32, (fonts, strikes): Letters<'_>, canvas: IntRect) -> Option<IntRect> {
    let transform = Transform::from_scale(scale, scale);
    let touched = if leaf.alone {
        content(leaf.item, transform, scale, (fonts, strikes))
    } else {
        whole(leaf.item, transform, scale, (fonts, strikes))
    };
    touched.and_then(|touched| intersect(touched, canvas))
}

/// By an item, its shadows and its children.
fn whole(item: &Item, transform: Transform, scale: f32, letters: Letters<'_>) -> Option<IntRect> {
    let transform = transform.pre_concat(rotation(item));
    let children = item.children.iter().map(|child| whole(child, transform, scale, letters));
    let body = children.fold(content(item, transform, scale, letters), union)?;
    let shadows = item.shadows.iter().map(|shadow| {
        // A turned box grows by its diagonal, at the most.
        let spread = pixels(shadow.spread.max(0.0) * scale * 2.0);
        let reach = i32::try_from(shadow::reach(shadow.blur * scale / 2.0)).unwrap_or(0);
        let grown = outset(body, spread.saturating_add(reach).saturating_add(1))?;
        grown.translate(pixels(shadow.dx * scale), pixels(shadow.dy * scale))
    });
    shadows.fold(Some(body), union)
}

/// By what is in an item's box, without its children.
fn content(item: &Item, transform: Transform, scale: f32, (fonts, strikes): Letters<'_>) -> Option<IntRect> {
    // A mitre is at most four times as long as the line is wide.
    let stroke = item.stroke.as_ref().map_or(0.0, |stroke| stroke.width * 4.0);
    // One so far away that it has no place may be anywhere.
    let around = |bounds: Rect| covering(bounds.outset(stroke), transform).or_else(anywhere);
    let of_path = |path: &tiny_skia::Path| {
        let bounds = path.bounds();
        around(Rect::new(bounds.x(), bounds.y(), bounds.width(), bounds.height()))
    };
    let snap = (transform.kx == 0.0 && transform.ky == 0.0).then_some(scale);
    let letters = |block, place: Place, pen: Pen<'_>| {
        let inked = glyphs::inked(block, place, pen, (fonts, strikes));
        let colored = glyphs::colored(block, place, pen, fonts);
        let layers = colored.iter().flat_map(|colored| {
            colored.layers(usize::MAX).into_iter().filter_map(|layer| layer.path.transform(colored.place))
        });
        let layers = layers.map(|path| of_path(&path)).fold(None, union);
        let inked = inked.iter().map(|inked| match &inked.ink {
            Ink::Path(path) => of_path(path),
            Ink::Stamps(stamps) => stamps.iter().map(Stamp::bounds).fold(None, union),
        });
        inked.fold(layers, union)
    };
    match &item.content {
        Content::Box if item.fill.is_none() && item.stroke.is_none() => None,
        Content::Box | Content::Ellipse => around(item.frame),
        Content::Shape(path) => path.as_ref().and_then(of_path),
        Content::Text(text) => {
            let place = Place { origin: text.origin, arc: text.arc, snap };
            letters(&text.block, place, Pen::of_text(item, text))
        }
        Content::Image { sources, .. } => {
            let initials = sources.iter().map(|source| match source {
                Picture::Initials { block, origin, .. } => {
                    letters(block, Place { origin: *origin, arc: None, snap }, Pen::OF_INITIALS)
                }
                Picture::Asset(_) => None,
            });
            initials.fold(around(item.frame), union)
        }
    }
}

/// The smallest that holds both.
pub fn union(one: Option<IntRect>, other: Option<IntRect>) -> Option<IntRect> {
    let (Some(a), Some(b)) = (one, other) else { return one.or(other) };
    IntRect::from_ltrb(
        a.left().min(b.left()),
        a.top().min(b.top()),
        a.right().max(b.right()),
        a.bottom().max(b.bottom()),
    )
}

/// More than any canvas.
fn anywhere() -> Option<IntRect> {
    const FAR: i32 = 32_768;
    IntRect::from_ltrb(-FAR, -FAR, FAR, FAR)
}

fn outset(rect: IntRect, by: i32) -> Option<IntRect> {
    IntRect::from_ltrb(
        rect.left().saturating_sub(by),
        rect.top().saturating_sub(by),
        rect.right().saturating_add(by),
        rect.bottom().saturating_add(by),
    )
}

/// Whole px, as a shadow is moved.
#[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
fn pixels(at: f32) -> i32 {
    crate::geometry::px(at).round() as i32
}
