//! A scene as a display list: items that are drawn as a unit, from bottom to top.
//!
//! A group that only contains its children is split into them; a group that is rotated, faded or blended as a whole is
//! not. One that is clipped keeps the children that its clip cuts. The shadows of a box are an item of their own, because they
//! reach far and can be drawn in parts. Two pictures of a template have most of their display items in common, and the other
//! items lie where those do not reach.
//!
//! Invariant: drawing the display items in order equals drawing the scene; an item changes no pixel
//! outside its [`Reach`].

use std::borrow::Cow;
use std::rc::Rc;

use tiny_skia::{IntRect, Transform};

use crate::font::FaceId;
use crate::layout::{Content, Item, Source};
use crate::paint::Shown;
use crate::paint::bitmap::{Bitmap, Bitmaps};
use crate::paint::bounds::{self, Letters};
use crate::paint::budget::Spent;
use crate::paint::cache::same_bytes;
use crate::paint::clip;
use crate::paint::filter;
use crate::paint::glyphs::{self, Ink, Pen, Place};
use crate::paint::mask::{Glyphs, Placement};
use crate::paint::painter::{Painter, is_filled_box};
use crate::paint::surface::{Surface, intersect, union};
use crate::plan::Blend;

/// What of an item is a display item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// The shadows of a box.
    Shadows,
    /// The box without its shadows, and so many of its children, which are its first. The others are display items of
    /// their own.
    Box(usize),
}

/// A display item that is to be drawn.
#[derive(Clone, Copy)]
pub struct DisplayItem<'a> {
    item: &'a Item,
    part: Part,
    /// The number of its first image in drawing order.
    first_image: usize,
}

/// The source that an image shows, and its file. `None` if it shows nothing.
type Shows = Option<(Shown, Option<Rc<[u8]>>)>;

/// A display item that has been drawn onto a canvas.
#[derive(Clone)]
pub struct DrawnItem {
    /// The item, without the children that are display items of their own.
    pub item: Item,
    part: Part,
    images: Vec<Shows>,
    /// The pixels that it may have changed.
    pub reach: Reach,
    /// The part of the budgets that drawing it used.
    pub spent: Spent,
    /// Whether it was raised into the backdrop.
    pub is_raised: bool,
}

/// A glyph, and the output px that it covers.
pub type PlacedGlyph = (Placement, IntRect);

/// The output px that drawing a display item may change.
#[derive(Clone)]
pub struct Reach {
    /// The bounds of all of them. `None` if it changes nothing.
    pub bounds: Option<IntRect>,
    /// The output px of each glyph, for a text of plain glyphs of one colour each.
    pub glyphs: Option<Rc<[PlacedGlyph]>>,
}

/// The display list of some items; `scale` is output px per template px. The first image in them has this number.
pub fn display_list(items: &[Item], scale: f32, first_image: usize) -> Vec<DisplayItem<'_>> {
    let (mut list, mut images) = (Vec::new(), first_image);
    collect(items, scale, &mut images, &mut list);
    list
}

fn collect<'a>(items: &'a [Item], scale: f32, first_image: &mut usize, list: &mut Vec<DisplayItem<'a>>) {
    for item in items {
        let look = &item.look;
        let own = clip::count(item, Transform::from_scale(scale, scale));
        let is_box = item.warp.is_none()
            && look.opacity >= 1.0
            && look.blend == Blend::Normal
            && look.is_upright()
            && look.effects.is_none()
            && item.picture.is_none()
            && matches!(item.content, Content::Box);
        // The shadow of a box is the same whatever is in it.
        let has_shadows = is_box && is_filled_box(item) && look.shadows.iter().any(|shadow| !shadow.inset);
        let is_split = is_box && own < item.children.len() && (look.shadows.is_empty() || is_filled_box(item));
        let mut add = |part| list.push(DisplayItem { item, part, first_image: *first_image });
        if has_shadows {
            add(Part::Shadows);
        }
        if is_split || has_shadows {
            let own = if is_split { own } else { item.children.len() };
            let (cut, others) = item.children.split_at_checked(own).unwrap_or((&item.children, &[]));
            if look.fill.is_some() || look.stroke.is_some() || own > 0 {
                add(Part::Box(own));
            }
            *first_image = first_image.saturating_add(cut.iter().map(images).sum());
            collect(others, scale, first_image, list);
        } else {
            add(Part::Whole);
            *first_image = first_image.saturating_add(images(item));
        }
    }
}

/// Number of images of an item and its children.
fn images(item: &Item) -> usize {
    let mut images = 0_usize;
    item.walk(&mut |item| {
        images = images.saturating_add(usize::from(matches!(item.content, Content::Image { .. })));
    });
    images
}

/// Whether one of the px of an item depends on others of what lies below it.
fn blurs_below(item: &Item) -> bool {
    let mut blurs = false;
    item.walk(&mut |item| {
        let effects = item.look.effects.as_ref();
        blurs |= effects.is_some_and(|effects| {
            let is_displaced = effects.displace.is_some_and(|displace| displace.by_backdrop);
            is_displaced || filter::reach(&effects.backdrop, item.scale) > 0
        });
    });
    blurs
}

impl DisplayItem<'_> {
    /// The item without the children that are display items of their own.
    fn shell(&self) -> Cow<'_, Item> {
        match self.part {
            Part::Whole => Cow::Borrowed(self.item),
            Part::Shadows => Cow::Owned(self.item.with_children(0)),
            Part::Box(own) => Cow::Owned(self.item.with_children(own)),
        }
    }

    /// Whether it can be drawn in some places alone: its px there do not depend on what is drawn elsewhere.
    pub fn is_local(&self) -> bool {
        self.part == Part::Shadows
    }

    /// Whether one of its px depends on others of what lies below it.
    pub fn blurs_below(&self) -> bool {
        blurs_below(&self.shell())
    }

    /// Draws the item, if it [is local](Self::is_local) in some places alone, which do not overlap. Returns the budget that
    /// it used; `None` if a part was omitted.
    pub fn draw(&self, painter: &mut Painter<'_>, surface: &mut Surface, places: &[IntRect]) -> Option<Spent> {
        painter.images = self.first_image;
        let before = painter.spent;
        match self.part {
            Part::Whole => painter.items(surface, std::slice::from_ref(self.item)),
            Part::Shadows => painter.shadows_in(surface, self.item, places),
            Part::Box(own) => painter.shell(surface, self.item, own),
        }
        painter.warnings.is_empty().then(|| painter.spent.since(before))
    }

    /// The record of the item after it is drawn.
    pub fn drawn(&self, bitmaps: &Bitmaps, reach: Reach, spent: Spent) -> DrawnItem {
        let (item, images) = (self.shell().into_owned(), self.shows(bitmaps));
        DrawnItem { item, part: self.part, images, reach, spent, is_raised: false }
    }

    fn shows(&self, bitmaps: &Bitmaps) -> Vec<Shows> {
        let count = images(&self.shell());
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

    /// Whether the item would be drawn exactly as `drawn` was. `shares` is true for the faces that
    /// the fonts of both have in common.
    pub fn is_same(&self, drawn: &DrawnItem, bitmaps: &Bitmaps, shares: &impl Fn(FaceId) -> bool) -> bool {
        self.is_of(drawn)
            && *self.shell() == drawn.item
            && same_images(&self.shows(bitmaps), &drawn.images)
            && uses_only(&drawn.item, shares)
    }

    /// Whether both are the same layer of the template.
    pub fn is_of(&self, drawn: &DrawnItem) -> bool {
        self.part == drawn.part && self.item.path == drawn.item.path
    }

    /// The pixels that drawing it may change; `scale` is output px per template px.
    pub fn reach(&self, scale: f32, glyphs: Glyphs<'_>, canvas: IntRect) -> Reach {
        let transform = Transform::from_scale(scale, scale);
        let placed = placed_glyphs(self.item, scale, glyphs);
        let bounds = match &placed {
            Some(placed) => placed.iter().map(|(_, bounds)| Some(*bounds)).fold(None, union),
            None => match self.part {
                Part::Box(_) => bounds::body(&self.shell(), transform, Letters::Outlines(glyphs)),
                Part::Whole | Part::Shadows => bounds::bounds(&self.shell(), transform, Letters::Outlines(glyphs)),
            },
        };
        let visible = |bounds| intersect(bounds, canvas);
        let placed = placed
            .map(|placed| placed.into_iter().filter_map(|(glyph, bounds)| Some((glyph, visible(bounds)?))).collect());
        Reach { bounds: bounds.and_then(visible), glyphs: placed }
    }
}

impl DrawnItem {
    /// Whether it contains an image of a file.
    pub fn shows_images(&self) -> bool {
        self.images.iter().flatten().any(|(_, file)| file.is_some())
    }

    /// Whether one of its px depends on others of what lies below it.
    pub fn blurs_below(&self) -> bool {
        blurs_below(&self.item)
    }

    /// Whether both show the same images.
    pub fn shows_same(&self, other: &Self) -> bool {
        same_images(&self.images, &other.images)
    }

    /// Whether both were drawn alike. `shares` is true for the faces that the fonts of both have in
    /// common.
    pub fn is_same(&self, other: &Self, shares: &impl Fn(FaceId) -> bool) -> bool {
        self.is_of(other)
            && self.item == other.item
            && same_images(&self.images, &other.images)
            && uses_only(&self.item, shares)
    }

    /// Whether both are the same layer of the template.
    pub fn is_of(&self, other: &Self) -> bool {
        self.part == other.part && self.item.path == other.item.path
    }
}

fn same_images(one: &[Shows], other: &[Shows]) -> bool {
    let same = |(one, other): (&Shows, &Shows)| match (one, other) {
        (Some((one, Some(file))), Some((other, Some(twin)))) => one == other && same_bytes(file, twin),
        (Some((one, None)), Some((other, None))) => one == other,
        (None, None) => true,
        _ => false,
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}

/// Whether all glyphs of an item and its children are of shared faces.
fn uses_only(item: &Item, is_such: &impl Fn(FaceId) -> bool) -> bool {
    let block =
        |block: &crate::text::Block| block.lines.iter().flat_map(|line| &line.glyphs).all(|glyph| is_such(glyph.face));
    let mut all = true;
    item.walk(&mut |item| {
        all &= match &item.content {
            Content::Text(text) => block(&text.block),
            Content::Image { sources, .. } => sources.iter().all(|source| match source {
                Source::Initials { block: letters, .. } => block(letters),
                Source::Asset(_) => true,
            }),
            Content::Box | Content::Ellipse | Content::Shape(_) => true,
        };
    });
    all
}

/// The glyphs of a text that consists of plain glyphs, each of one colour.
fn placed_glyphs(item: &Item, scale: f32, glyphs: Glyphs<'_>) -> Option<Vec<PlacedGlyph>> {
    let Content::Text(text) = &item.content else { return None };
    if !item.look.is_upright()
        || !item.look.shadows.is_empty()
        || item.look.effects.is_some()
        || text.clip
        || item.picture.is_some()
    {
        return None;
    }
    let (pen, place) = (Pen::of_text(item, text), Place { origin: text.origin, arc: text.arc, snap: Some(scale) });
    if !glyphs::colored(&text.block, place, pen, glyphs.fonts).is_empty() {
        return None;
    }
    let mut placed = Vec::new();
    for inked in glyphs::inked(&text.block, place, pen, glyphs) {
        let Ink::Stamps(stamps) = inked.ink else { return None };
        placed.extend(stamps.iter().filter_map(|stamp| Some((stamp.placement, stamp.bounds()?))));
    }
    Some(placed)
}
