//! What pictures of a template have in common, as a printer's plate: its ground, and a canvas on which the last one still stands.
//!
//! The ground is the background and the lowest layers, as far up as nothing personal changes anything. Of the layers above, those that
//! differ from the last picture's are drawn anew, and whatever overlaps them: where they touch, the ground comes back first. The rest
//! of the canvas stays as it is. A plate begins with its [reference](crate::plan::Reference), and remembers it: where a picture differs
//! from that is what its file is made of.
//!
//! Invariant: the canvas ends up with the pixels that a picture has which is drawn from nothing, and its budgets are those of that
//! one; where they would leave something out, it is drawn from nothing.

use std::cell::RefCell;
use std::mem::size_of;
use std::rc::Rc;

use tiny_skia::{IntRect, Pixmap};

use crate::incremental::png::Strips;
use crate::incremental::png::{Region, united};
use crate::layout::{Content, Item, Picture, Scene};
use crate::limits::Limits;
use crate::plan::Paint;
use crate::text::{Fonts, Glyph};

use super::item::Painter;
use super::leaf::{self, Drawn, Leaf, Touched};
use super::letter::Letters;
use super::picture::{self, Bitmaps, Progress, Shown};
use super::surface::{Surface, intersect};
use super::{Assets, Kept, kept};

/// What was made of a reference, and what of.
pub struct Plate {
    background: Option<Paint>,
    items: Vec<Item>,
    assets: Vec<(String, Option<Rc<[u8]>>)>,
    /// The reference's.
    fonts: Fonts,
    /// None where the reference has something to leave out.
    made: Option<Made>,
}

struct Made {
    /// Background and lowest items, drawn.
    ground: Pixmap,
    /// What is seen of their images.
    shown: Vec<(usize, Shown)>,
    /// What preparing those has used up.
    progress: Progress,
    /// Bytes of all offscreen buffers that drawing them took.
    offscreen_bytes: u64,
    /// The leaves of the reference above the ground.
    proof: Vec<Drawn>,
    /// The reference, compressed.
    strips: Strips,
    /// The last picture. None where drawing it had to stop.
    canvas: RefCell<Option<Canvas>>,
}

struct Canvas {
    pixels: Rc<Pixmap>,
    /// Its leaves above the ground.
    leaves: Vec<Drawn>,
    fonts: Fonts,
}

/// A picture on a plate.
pub struct Printed {
    plate: Rc<Plate>,
    /// Where it differs from the reference.
    touched: Vec<IntRect>,
    /// How many leaves were drawn for it.
    pub drawn: usize,
}

impl Printed {
    /// The picture as PNG; none where its colours cannot be stored as those of the reference.
    #[must_use]
    pub fn png(&self, picture: &Pixmap) -> Option<Vec<u8>> {
        let made = self.plate.made.as_ref()?;
        let touched: Vec<_> = self.touched.iter().map(|touched| part(*touched)).collect();
        made.strips.encode(picture, &touched)
    }
}

/// A part of the canvas.
fn part(rect: IntRect) -> Region {
    let at = |at: i32| usize::try_from(at).unwrap_or(0);
    Region { rows: at(rect.top())..at(rect.bottom()), columns: at(rect.left())..at(rect.right()) }
}

impl Plate {
    /// Draws a reference and compresses it.
    pub fn new(scene: &Scene, assets: &Assets, letters: Letters<'_>, limits: &Limits) -> Self {
        let named = names(&scene.items).into_iter().map(|name| {
            let bytes = assets.get(&name).cloned();
            (name, bytes)
        });
        Self {
            background: scene.background.clone(),
            items: ground(scene).to_vec(),
            assets: named.collect(),
            fonts: letters.0.clone(),
            made: Self::make(scene, assets, letters, limits),
        }
    }

    fn make(scene: &Scene, assets: &Assets, letters: Letters<'_>, limits: &Limits) -> Option<Made> {
        // Assets of the ground are drawn once: what is prepared of them is not kept.
        let (nothing, mut warnings) = (RefCell::default(), Vec::new());
        let sources = (assets, &nothing, false);
        let mut progress = Progress::default();
        let bitmaps = picture::prepare(ground(scene), scene.scale, &mut progress, sources, limits, &mut warnings);
        let pixels = Pixmap::new(scene.width, scene.height).filter(|_| warnings.is_empty())?;
        let (ground, Some(offscreen_bytes)) = Painter::new(scene, &bitmaps, letters, limits).ground(pixels) else {
            return None;
        };
        let shown = bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())).collect();
        drop(bitmaps);
        let rest = picture::prepare(above(scene), scene.scale, &mut progress.clone(), sources, limits, &mut warnings);
        let canvas = Canvas { pixels: Rc::new(ground.clone()), leaves: Vec::new(), fonts: letters.0.clone() };
        let total = limits.offscreen_bytes_total.saturating_sub(offscreen_bytes);
        let first_image = progress.images;
        let (canvas, ..) = canvas.update(&ground, (scene, first_image), &rest, letters, total, limits)?;
        let strips = Strips::new(&canvas.pixels);
        let proof = canvas.leaves.clone();
        let canvas = RefCell::new(Some(canvas));
        Some(Made { ground, shown, progress, offscreen_bytes, proof, strips, canvas })
    }

    /// Whether it is the plate of a picture with this reference.
    pub fn is_of(&self, scene: &Scene, assets: &Assets, fonts: &Fonts) -> bool {
        let same_asset = |(name, kept): &(String, Option<Rc<[u8]>>)| match (kept, assets.get(name)) {
            (Some(kept), Some(asset)) => kept::same(kept, asset),
            (None, None) => true,
            _ => false,
        };
        let same_fonts = if self.fonts.has_packs() { self.fonts.same(fonts) } else { true };
        self.background == scene.background
            && self.items == ground(scene)
            && self.assets.iter().all(same_asset)
            && same_fonts
    }

    /// Draws a picture; its pixels, what is seen of its images, and what it prints. None where something has to be left out.
    #[expect(clippy::type_complexity, reason = "three results of one step")]
    pub fn draw(
        self: &Rc<Self>,
        scene: &Scene,
        (assets, fonts, kept): (&Assets, &Fonts, &RefCell<Kept>),
        limits: &Limits,
        warnings: &mut Vec<String>,
    ) -> Option<(Rc<Pixmap>, Vec<(usize, Shown)>, Printed)> {
        let made = self.made.as_ref()?;
        let (mut progress, silent) = (made.progress, warnings.len());
        let bitmaps =
            picture::prepare(above(scene), scene.scale, &mut progress, (assets, kept, true), limits, warnings);
        let total = limits.offscreen_bytes_total.saturating_sub(made.offscreen_bytes);
        let last = made.canvas.try_borrow_mut().ok()?.take();
        let first_image = made.progress.images;
        let all = last.is_none();
        let last = last.unwrap_or_else(|| Canvas {
            pixels: Rc::new(made.ground.clone()),
            leaves: Vec::new(),
            fonts: fonts.clone(),
        });
        let strikes = super::strikes(kept);
        let updated = last.update(&made.ground, (scene, first_image), &bitmaps, (fonts, &strikes), total, limits);
        let Some((canvas, changed, drawn)) = updated else {
            warnings.truncate(silent);
            return None;
        };
        if all {
            made.strips.forget(&(0..usize::MAX));
        }
        changed.iter().for_each(|changed| made.strips.forget(&part(*changed).rows));
        let touched = differences(&made.proof, &canvas.leaves, |face| self.fonts.shares(fonts, face));
        let pixels = Rc::clone(&canvas.pixels);
        if let Ok(mut kept) = made.canvas.try_borrow_mut() {
            *kept = Some(canvas);
        }
        let mut shown = made.shown.clone();
        shown.extend(bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())));
        Some((pixels, shown, Printed { plate: Rc::clone(self), touched, drawn }))
    }

    /// Bytes that it holds, or a little more.
    pub fn bytes(&self) -> usize {
        let assets = self.assets.iter().filter_map(|(_, bytes)| bytes.as_ref()).map(|bytes| bytes.len());
        let made = self.made.as_ref().map_or(0, |made| {
            let leaves = made.proof.iter().map(|leaf| leaf.weight().saturating_mul(2));
            leaves.fold(pixels_bytes(made.ground.data().len()), usize::saturating_add)
        });
        assets
            .fold(made, usize::saturating_add)
            .saturating_add(weight(&self.items))
            .saturating_add(self.fonts.pack_bytes())
    }
}

impl Canvas {
    /// Turns it into another picture, above a ground whose images come before `first_image`. Returns it with the parts that were drawn
    /// anew, and how many leaves they took; nothing where something had to be left out.
    fn update(
        self,
        ground: &Pixmap,
        (scene, first_image): (&Scene, usize),
        bitmaps: &Bitmaps,
        (fonts, strikes): Letters<'_>,
        offscreen_bytes_total: u64,
        limits: &Limits,
    ) -> Option<(Self, Vec<IntRect>, usize)> {
        let (mut leaves, mut images) = (Vec::new(), first_image);
        leaf::leaves(above(scene), &mut images, &mut leaves);
        let whole = IntRect::from_xywh(0, 0, scene.width, scene.height)?;

        // Which of them stand there already? Both lists are in the template's order.
        let shares = |face| self.fonts.shares(fonts, face);
        let mut stale: Vec<IntRect> = Vec::new();
        let mut last = self.leaves.into_iter().peekable();
        let mut steps: Vec<Step<'_>> = Vec::with_capacity(leaves.len());
        let mut rest: Vec<Drawn> = Vec::new();
        for leaf in leaves {
            // Those of the last picture that this one has not.
            if !last.peek().is_some_and(|drawn| leaf.is_of(drawn)) {
                let mut ahead: Vec<Drawn> = last.collect();
                if let Some(at) = ahead.iter().position(|drawn| leaf.is_of(drawn)) {
                    rest.extend(ahead.drain(..at));
                }
                last = ahead.into_iter().peekable();
            }
            let drawn = last.next_if(|drawn| leaf.is_of(drawn));
            let kept = match drawn {
                Some(drawn) if leaf.is_same(&drawn, bitmaps, &shares) => Some(drawn),
                Some(drawn) => {
                    rest.push(drawn);
                    None
                }
                None => None,
            };
            let touched = match &kept {
                Some(drawn) => drawn.touched.clone(),
                None => leaf::touched(&leaf, scene.scale, (fonts, strikes), whole),
            };
            if kept.is_none() {
                stale.extend(touched.all);
            }
            steps.push(Step { anew: kept.is_none(), leaf, kept, touched });
        }
        stale.extend(rest.into_iter().chain(last).filter_map(|drawn| drawn.touched.all));

        // Whatever overlaps what is drawn anew is drawn anew, and whatever overlaps that.
        let mut next = 0;
        while let Some(part) = stale.get(next).copied() {
            next = next.saturating_add(1);
            for step in steps.iter_mut().filter(|step| !step.anew) {
                if step.touched.all.is_some_and(|touched| intersect(touched, part).is_some()) {
                    step.anew = true;
                    stale.extend(step.touched.all);
                }
            }
        }

        let mut pixels = Rc::unwrap_or_clone(self.pixels);
        restore(&mut pixels, ground, &stale);
        let mut surface = Surface::canvas(pixels);
        let mut painter = Painter::new(scene, bitmaps, (fonts, strikes), limits);
        let (mut drawn, mut count, mut total) = (Vec::with_capacity(steps.len()), 0_usize, 0_u64);
        for Step { leaf, kept, touched, anew } in steps {
            let kept = match kept {
                Some(kept) if !anew => kept,
                kept => {
                    count = count.saturating_add(1);
                    let offscreen_bytes = painter.leaf(&mut surface, &leaf)?;
                    kept.unwrap_or_else(|| leaf.drawn(bitmaps, touched, offscreen_bytes))
                }
            };
            total = total.saturating_add(kept.offscreen_bytes);
            drawn.push(kept);
        }
        if total > offscreen_bytes_total {
            return None;
        }
        let pixels = Rc::new(surface.into_pixels());
        Some((Self { pixels, leaves: drawn, fonts: fonts.clone() }, stale, count))
    }
}

/// A leaf on its way to the canvas.
struct Step<'a> {
    leaf: Leaf<'a>,
    /// It stands there already.
    kept: Option<Drawn>,
    touched: Touched,
    /// It is drawn, whether it stands there or not.
    anew: bool,
}

/// Where two pictures differ above their ground; both lists are in the template's order.
fn differences(one: &[Drawn], other: &[Drawn], shares: impl Fn(crate::text::FaceId) -> bool) -> Vec<IntRect> {
    let (mut parts, mut one) = (Vec::new(), one);
    for leaf in other {
        let at = one.iter().position(|twin| twin.is_of(leaf));
        let (gone, rest) = one.split_at_checked(at.unwrap_or(0)).unwrap_or((one, &[]));
        parts.extend(gone.iter().filter_map(|leaf| leaf.touched.all));
        one = rest;
        match rest.split_first().filter(|_| at.is_some()) {
            Some((twin, rest)) => {
                one = rest;
                if !leaf.is_same(twin, &shares) {
                    parts.extend(twin.differences(leaf, &shares));
                }
            }
            None => parts.extend(leaf.touched.all),
        }
    }
    parts.extend(one.iter().filter_map(|leaf| leaf.touched.all));
    parts
}

/// Copies parts of the ground onto a canvas of the same size, each pixel once.
fn restore(canvas: &mut Pixmap, ground: &Pixmap, parts: &[IntRect]) {
    let stride = usize::try_from(ground.width()).unwrap_or(0).saturating_mul(4).max(4);
    let parts: Vec<Region> = parts.iter().map(|rect| part(*rect)).collect();
    let rows = united(parts.iter().map(|part| part.rows.clone()).collect());
    for row in rows.into_iter().flatten() {
        let start = row.saturating_mul(stride);
        let here = parts.iter().filter(|part| part.rows.contains(&row));
        for columns in united(here.map(|part| part.columns.clone()).collect()) {
            let byte = |column: usize| start.saturating_add(column.saturating_mul(4));
            let bytes = byte(columns.start)..byte(columns.end);
            if let (Some(to), Some(from)) = (canvas.data_mut().get_mut(bytes.clone()), ground.data().get(bytes)) {
                to.copy_from_slice(from);
            }
        }
    }
}

/// Bytes that the plate of a scene would hold.
pub fn bytes(scene: &Scene, assets: &Assets) -> usize {
    let pixels = u64::from(scene.width).saturating_mul(u64::from(scene.height)).saturating_mul(4);
    let assets = names(&scene.items).into_iter().filter_map(|name| assets.get(&name)).map(|bytes| bytes.len());
    let pixels = pixels_bytes(usize::try_from(pixels).unwrap_or(usize::MAX));
    assets.fold(pixels, usize::saturating_add).saturating_add(weight(&scene.items).saturating_mul(2))
}

/// Bytes of two canvases of so many, and of what is kept of one compressed: of a photograph half as many, and an eighth for where its
/// pixels are in that; of something drawn no more, with what versions of its bands are written of.
const fn pixels_bytes(bytes: usize) -> usize {
    bytes.saturating_mul(2).saturating_add(bytes / 8 * 5)
}

/// The items that belong to the ground.
pub fn ground(scene: &Scene) -> &[Item] {
    scene.items.get(..scene.fixed).unwrap_or_default()
}

/// The items above the ground.
fn above(scene: &Scene) -> &[Item] {
    scene.items.get(scene.fixed..).unwrap_or_default()
}

/// The assets that items name, each once.
fn names(items: &[Item]) -> Vec<String> {
    let mut names = Vec::new();
    picture::walk(items, &mut |item| {
        let Content::Image { sources, .. } = &item.content else { return };
        for source in sources {
            if let Picture::Asset(name) = source
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        }
    });
    names
}

/// Bytes of items, or a little more.
pub fn weight(items: &[Item]) -> usize {
    let mut bytes = 0_usize;
    let mut add = |count: usize, size: usize| bytes = bytes.saturating_add(count.saturating_mul(size));
    picture::walk(items, &mut |item| {
        add(1, size_of::<Item>().saturating_add(512));
        match &item.content {
            Content::Text(text) => {
                add(text.text.len(), 2);
                text.block.lines.iter().for_each(|line| add(line.glyphs.len(), 2 * size_of::<Glyph>()));
            }
            Content::Shape(Some(path)) => add(path.points().len(), 10),
            Content::Box | Content::Ellipse | Content::Shape(None) | Content::Image { .. } => {}
        }
    });
    bytes
}
