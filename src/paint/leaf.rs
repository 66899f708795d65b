//! A scene taken apart into what is drawn as one thing, from bottom to top: leaves.
//!
//! A group that is nothing but its children comes apart; one that is turned, clipped, faded, blended or shadowed as a whole does not.
//! Two pictures of a template agree in most of their leaves, and what they differ in lies where the others do not touch.
//!
//! Invariant: drawing the leaves in order is drawing the scene; a leaf changes no pixel outside of what [`touched`] says.

use std::rc::Rc;

use tiny_skia::{IntRect, Transform};

use crate::font::FaceId;
use crate::geometry::Rect;
use crate::layout::{Content, Item, Picture};
use crate::plan::Blend;

use super::extent::{rotation, snap};
use super::glyphs::{self, Ink, Pen, Place};
use super::letter::{Letters, Mark, Stamp};
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
    /// What it may have changed.
    pub touched: Touched,
    /// Bytes of all offscreen buffers that drawing it took.
    pub offscreen_bytes: u64,
}

/// A letter, and the output px that it covers.
type Standing = (Mark, IntRect);

/// What drawing a leaf changes.
#[derive(Clone)]
pub struct Touched {
    /// The output px that it may.
    pub all: Option<IntRect>,
    /// Of a text that is nothing but letters, each of one colour.
    letters: Option<Rc<[Standing]>>,
}

/// Px between letters that are drawn as one part.
const NEAR_PX: i32 = 32;

/// Pairs of letters that are compared: those of two short texts.
const MAX_PAIRS: usize = 20_000;

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
    pub fn drawn(&self, bitmaps: &Bitmaps, touched: Touched, offscreen_bytes: u64) -> Drawn {
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

    /// Where another version of the layer is drawn differently, the fonts sharing such faces: of two texts, where their letters differ.
    pub fn differences(&self, other: &Self, shares: &impl Fn(FaceId) -> bool) -> Vec<IntRect> {
        let whole = || self.touched.all.into_iter().chain(other.touched.all).collect();
        let (Some(one), Some(two)) = (&self.touched.letters, &other.touched.letters) else { return whole() };
        if !same_hand(&self.item, &other.item) || one.len().saturating_mul(two.len()) > MAX_PAIRS {
            return whole();
        }
        let is_in = |all: &[Standing], mark: &Mark| shares(mark.of.0) && all.iter().any(|(other, _)| other == mark);
        let gone = one.iter().filter(|(mark, _)| !is_in(two, mark));
        let new = two.iter().filter(|(mark, _)| !is_in(one, mark));
        let mut parts: Vec<IntRect> = Vec::new();
        for (_, part) in gone.chain(new) {
            match parts.last_mut().filter(|last| is_near(last, part)) {
                Some(last) => *last = union(Some(*last), Some(*part)).unwrap_or(*last),
                None => parts.push(*part),
            }
        }
        parts
    }
}

/// Whether the letters of two texts have the same size and colours, by their runs, and lie on what is below alike.
fn same_hand(one: &Item, other: &Item) -> bool {
    let (Content::Text(text), Content::Text(twin)) = (&one.content, &other.content) else { return false };
    text.fills == twin.fills
        && text.block.size == twin.block.size
        && text.block.runs == twin.block.runs
        && one.fill == other.fill
        && one.opacity == other.opacity
        && (one.blend, other.blend) == (Blend::Normal, Blend::Normal)
}

/// Whether two letters stand side by side, a few px apart at the most.
fn is_near(one: &IntRect, other: &IntRect) -> bool {
    let apart = one.left().max(other.left()).saturating_sub(one.right().min(other.right()));
    one.top() < other.bottom() && other.top() < one.bottom() && apart <= NEAR_PX
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

/// What drawing a leaf may change of a canvas.
pub fn touched(leaf: &Leaf<'_>, scale: f32, (fonts, strikes): Letters<'_>, canvas: IntRect) -> Touched {
    let transform = Transform::from_scale(scale, scale);
    let letters = standing(leaf.item, scale, (fonts, strikes));
    let all = match &letters {
        Some(letters) => letters.iter().map(|(_, part)| Some(*part)).fold(None, union),
        None if leaf.alone => content(leaf.item, transform, scale, (fonts, strikes)),
        None => whole(leaf.item, transform, scale, (fonts, strikes)),
    };
    let visible = |part| intersect(part, canvas);
    let letters =
        letters.map(|letters| letters.into_iter().filter_map(|(mark, part)| Some((mark, visible(part)?))).collect());
    Touched { all: all.and_then(visible), letters }
}

/// The letters of a text that is nothing but letters, each of one colour.
fn standing(item: &Item, scale: f32, (fonts, strikes): Letters<'_>) -> Option<Vec<Standing>> {
    let Content::Text(text) = &item.content else { return None };
    if item.rotate != 0.0 || !item.shadows.is_empty() || text.clip {
        return None;
    }
    let (pen, place) = (Pen::of_text(item, text), Place { origin: text.origin, arc: text.arc, snap: Some(scale) });
    if !glyphs::colored(&text.block, place, pen, fonts).is_empty() {
        return None;
    }
    let mut letters = Vec::new();
    for inked in glyphs::inked(&text.block, place, pen, (fonts, strikes)) {
        let Ink::Stamps(stamps) = inked.ink else { return None };
        letters.extend(stamps.iter().filter_map(|stamp| Some((stamp.mark, stamp.bounds()?))));
    }
    Some(letters)
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
    let snap = snap(transform, scale);
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::super::letter::Strikes;
    use super::*;
    use crate::limits::Limits;
    use crate::render::{self, Resources};
    use crate::request::Options;
    use crate::template::Template;

    /// Where two versions of a text differ, on a canvas of 600 x 200 px; each part as its left, top, right and bottom px.
    fn differences(layer: &str, one: &str, two: &str) -> Vec<[i32; 4]> {
        let limits = Limits::default();
        let document = format!(
            r#"{{ "width": 600, "height": 200, "params": {{ "name": {{ "type": "text" }} }}, "layers": [{layer}] }}"#
        );
        let template = Template::parse(&document, &limits).unwrap();
        let (resources, strikes) = (Resources::default(), RefCell::new(Strikes::new(1 << 20)));
        let canvas = IntRect::from_xywh(0, 0, 600, 200).unwrap();
        let drawn = |name: &str| {
            let query = format!("name={name}");
            let values = crate::params::resolve(&template.document.params, &template.document.missing, &query, &limits);
            let plan = crate::plan::plan(&template, &values, &Options::default(), &limits);
            let scene = render::lay_out(&plan, &resources, &limits);
            let (item, alone, first_image) = (&scene.items[0], false, 0);
            let leaf = Leaf { item, alone, first_image };
            let touched = touched(&leaf, 1.0, (&resources.fonts, &strikes), canvas);
            leaf.drawn(&Bitmaps::default(), touched, 0)
        };
        let parts = drawn(one).differences(&drawn(two), &|_| true);
        parts.iter().map(|part| [part.left(), part.top(), part.right(), part.bottom()]).collect()
    }

    #[test]
    fn texts_differ_where_their_letters_do() {
        let layer = |more: &str| {
            format!(r#"{{ "type": "text", "width": 600, "text": "Thank you, {{{{ name }}}}!", "size": 40{more} }}"#)
        };
        // "Thank you, " is 215 px wide.
        let parts = differences(&layer(""), "Ana", "Bo");
        assert!(!parts.is_empty() && parts.iter().all(|[left, ..]| *left > 205), "{parts:?}");
        assert_eq!(differences(&layer(""), "Ana", "Ana"), [[0; 4]; 0]);
        // Where all of it is another size, or set elsewhere, all of it differs; so does what is more than letters.
        for more in [
            r##", "align": "center""##,
            r##", "stroke": "#f00", "stroke_width": 2"##,
            r##", "shadow": { "dx": 1, "dy": 1, "blur": 2, "color": "#000" }"##,
            r##", "fill": { "type": "linear", "angle": 90, "stops": [{ "offset": 0, "color": "#f00" }, { "offset": 1, "color": "#00f" }] }"##,
            r##", "rotate": 3"##,
        ] {
            let parts = differences(&layer(more), "Ana", "Bo");
            assert!(parts.iter().any(|[left, ..]| *left < 205), "{more}: {parts:?}");
        }
        let lines = layer("").replace("Thank you, {{ name }}!", "Thank you, {{ name }}!\\nSee you soon");
        let parts = differences(&lines, "Ana", "Bo");
        assert!(
            !parts.is_empty() && parts.iter().all(|[.., bottom]| *bottom < 60),
            "the second line is as it was: {parts:?}"
        );
    }
}
