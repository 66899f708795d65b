//! A baseline: the [picture for nobody](super::nobody), drawn and compressed once for all pictures
//! of a template.
//!
//! The backdrop of a baseline is the background and the bottom layers that no personal param
//! changes. A [frame](super::frame) above it holds the last picture. The next picture changes the
//! frame, and its file is a patch of the baseline's file.
//!
//! The canvases of templates that were not asked for lately are put away compressed. Twenty
//! templates of 1200 × 630 then have room where two canvases would have. So they are, except for the frame, if a
//! picture is so large that there is no room for both.
//!
//! Invariant: a picture on a baseline has the pixels, the warnings and the budgets of a picture
//! that is drawn from nothing. If a budget would omit a part of it, no picture on the baseline is
//! returned, and the caller draws it from nothing.

pub mod kept;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem::size_of;
use std::ops::Range;
use std::rc::Rc;

use tiny_skia::Pixmap;

use crate::asset::{AssetId, Assets};
use crate::encode::incremental::{Blocks, Few, Reduced, Region, Strips, distinct, every_row};
use crate::encode::jpeg::{self, Bands};
use crate::error::{Fault, Problem};
use crate::font::Fonts;
use crate::layout::{self, Content, Item, Scene, Source};
use crate::limits::Limits;
use crate::paint::bitmap::{self, Files, Progress};
use crate::paint::budget::Spent;
use crate::paint::charge::letters_fit;
use crate::paint::mask::Glyphs;
use crate::paint::painter::Painter;
use crate::paint::surface::Surface;
use crate::paint::{self, Painted, Shown, cache::same_bytes};
use crate::plan::Paint;
use crate::text::Glyph;
use crate::warnings::Warnings;

use super::damage::{self, Damage};
use super::display_list::DrawnItem;
use super::frame::{Frame, Next, Updated, region};
use super::parts::Parts;

/// The limits of a baseline and of a picture on it. If either takes more work, the picture is drawn
/// from nothing, so that the three together are bounded.
fn within_baseline(limits: &Limits) -> Limits {
    Limits { paint_work: limits.baseline_work.min(limits.paint_work), ..limits.clone() }
}

/// The files of a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// There is none: other formats are not put together from it.
    None,
    /// One, with the colour type that its colours need.
    Narrow,
    /// Another one beside it that takes any colours.
    Wide,
}

/// What is read of a picture that is drawn on a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Every row.
    Whole,
    /// What [`Patch::png`] reads.
    Png,
    /// What [`Patch::jpg`] reads with a quality.
    Jpg(u8),
    /// What [`Patch::few`] reads.
    Few(Few),
}

/// A scene whose bottom items are a backdrop.
#[derive(Clone, Copy)]
pub struct Split<'a> {
    /// The whole scene.
    pub scene: &'a Scene,
    /// Number of bottom items that no personal param changes.
    pub backdrop: usize,
}

impl<'a> Split<'a> {
    fn below(self) -> &'a [Item] {
        self.scene.items.get(..self.backdrop).unwrap_or_default()
    }

    fn above(self) -> &'a [Item] {
        self.scene.items.get(self.backdrop..).unwrap_or_default()
    }
}

/// A picture for nobody, with its canvas and file.
pub struct Baseline {
    background: Option<Paint>,
    backdrop: Vec<Item>,
    assets: Vec<(AssetId, Option<Rc<[u8]>>)>,
    fonts: Fonts,
    /// `None` if a budget omits a part of it.
    made: Option<Made>,
    /// The memory of all but its canvases in bytes, rounded up.
    least_bytes: usize,
    /// Whether a picture after the first one was drawn on it.
    pub was_used: Cell<bool>,
    /// Whether it is kept outside of this isolate: it was read from there.
    pub is_kept: bool,
}

/// The memory of a key and of lists, in bytes.
const ENTRY_BYTES: usize = 4_096;

struct Made {
    /// In px.
    size: (u32, u32),
    canvases: RefCell<Canvases>,
    /// The hashes of the picture for nobody.
    blocks: Blocks,
    /// Whether the backdrop is put away after each picture.
    is_large: bool,
    /// The visible sources of the backdrop's images.
    shown: Vec<(usize, Shown)>,
    /// The budget that preparing those images used.
    progress: Progress,
    /// The part of the budgets that drawing the backdrop used.
    spent: Spent,
    /// The display items above the backdrop.
    items: Vec<DrawnItem>,
    /// The file, in strips. Empty if it was made for a format whose files are not put together from
    /// those of a baseline; two if the colours of personal images may need another colour type.
    strips: Vec<Strips>,
    /// What is known of its JPEG. `None` if it was never asked for.
    bands: RefCell<Option<Bands>>,
    /// Its file with few colours. `None` if it was never asked for.
    reduced: RefCell<Option<Reduced>>,
}

/// What pictures are drawn on.
struct Canvases {
    parts: Parts,
    /// The last picture. `None` if it is put away, or if drawing it had to stop.
    frame: Option<Frame>,
}

impl Made {
    /// A frame that has no rows of the picture for nobody yet.
    fn nobody(&self, fonts: &Fonts) -> Option<Frame> {
        let pixels = Rc::new(Pixmap::new(self.size.0, self.size.1)?);
        Some(Frame { pixels, items: self.items.clone(), fonts: fonts.clone() })
    }

    fn put_away(&self) {
        let Ok(mut canvases) = self.canvases.try_borrow_mut() else { return };
        canvases.frame = None;
        canvases.parts.put_away();
        drop(canvases);
        self.strips.iter().for_each(Strips::put_away);
        self.reduced.try_borrow().iter().filter_map(|reduced| reduced.as_ref()).for_each(Reduced::put_away);
        self.forget(&(0..usize::MAX));
    }

    /// Bytes of a canvas and of what strips keep for the next picture; and, if it is put away now, of as much of the
    /// backdrop as most pictures change.
    fn canvas_bytes(&self) -> usize {
        let (width, height) = self.size;
        let pixels = usize::try_from(u64::from(width).saturating_mul(u64::from(height))).unwrap_or(usize::MAX);
        let is_at_hand = self.canvases.try_borrow().is_ok_and(|canvases| canvases.frame.is_some());
        pixels.saturating_mul(if is_at_hand { 5 } else { 6 })
    }

    /// The rows that a file of a picture with this damage is made of.
    fn rows(&self, needs: Needs, damage: &[Region]) -> Vec<Range<usize>> {
        match needs {
            // The exact file may be the smaller one.
            Needs::Png | Needs::Few(Few::Png(_)) if !self.strips.is_empty() => {
                self.strips.iter().flat_map(|strips| strips.rows(damage)).collect()
            }
            Needs::Jpg(quality) => {
                let bands = self.bands.try_borrow();
                let known = bands.iter().filter_map(|bands| bands.as_ref()).find(|bands| bands.are_of(quality));
                known.map_or_else(every_row, |bands| bands.rows_to_encode(damage))
            }
            // The damage alone, which is there.
            Needs::Few(Few::Gif) => Vec::new(),
            Needs::Png | Needs::Few(_) | Needs::Whole => every_row(),
        }
    }

    /// Forgets what was made of the last picture for these rows.
    fn forget(&self, rows: &Range<usize>) {
        self.strips.iter().for_each(|strips| strips.forget(rows));
        if let Ok(bands) = self.bands.try_borrow() {
            bands.iter().for_each(|bands| bands.forget(rows));
        }
    }

    /// Bytes of what is known of its files of other formats.
    fn others_bytes(&self) -> usize {
        let bands = self.bands.try_borrow().map_or(0, |bands| bands.as_ref().map_or(0, Bands::memory_bytes));
        let reduced = self.reduced.try_borrow();
        bands.saturating_add(reduced.map_or(0, |reduced| reduced.as_ref().map_or(0, Reduced::memory_bytes)))
    }
}

/// A picture on a baseline.
pub struct Patched {
    /// The picture.
    pub painted: Painted,
    /// The information to write its file.
    pub patch: Patch,
}

/// The difference between a picture and its baseline.
pub struct Patch {
    baseline: Rc<Baseline>,
    /// The areas where the picture differs from the baseline.
    pub damage: Vec<Region>,
    /// The areas that are images other than the baseline's.
    images: Vec<Region>,
    /// Number of display items that were drawn for it.
    pub drawn: usize,
}

impl Patch {
    /// A picture of which every row is there.
    ///
    /// # Errors
    /// [`Fault::Ours`] if another picture was drawn in the meantime.
    pub fn complete(&self, picture: Rc<Pixmap>) -> Result<Rc<Pixmap>, Problem> {
        drop(picture);
        let complete = || {
            let mut canvases = self.baseline.made.as_ref()?.canvases.try_borrow_mut().ok()?;
            let Canvases { parts, frame } = &mut *canvases;
            let pixels = &mut frame.as_mut()?.pixels;
            parts.bring(&every_row(), Rc::get_mut(pixels)?)?;
            Some(Rc::clone(pixels))
        };
        complete().ok_or_else(|| Problem::new(Fault::Ours, "encode", "the picture is no longer on its canvas"))
    }

    /// The picture as PNG: the baseline's file, with replaced strips where there is damage. `None`
    /// if its colours cannot be stored in the baseline's format.
    #[must_use]
    pub fn png(&self, picture: &Pixmap) -> Option<Vec<u8>> {
        let made = self.baseline.made.as_ref()?;
        made.strips.iter().find_map(|strips| strips.encode(picture, &self.damage, &self.images))
    }

    /// The picture as a file with few colours; a PNG with all of them if that of the baseline is no larger. `None`
    /// if the colours of the picture have no room in the baseline's file.
    #[must_use]
    pub fn few(&self, picture: &Pixmap, few: Few) -> Option<Vec<u8>> {
        let made = self.baseline.made.as_ref()?;
        let mut place = made.reduced.try_borrow_mut().ok()?;
        let known = place.take().filter(|reduced| reduced.is_of(few));
        let reduced = match known {
            Some(known) => known,
            None => {
                let nobody = made.canvases.try_borrow().ok()?.parts.picture(made.size)?;
                Reduced::new(nobody, few, made.strips.first().map_or(usize::MAX, Strips::deflated_bytes))
            }
        };
        let reduced = place.insert(reduced);
        if reduced.is_exact() { self.png(picture) } else { reduced.encode(picture, &self.damage) }
    }

    /// The picture as JPEG with a quality of 1 to 100: what differs from the baseline is encoded.
    ///
    /// # Errors
    /// As [`crate::encode::encode`].
    pub fn jpg(&self, picture: Rc<Pixmap>, quality: u8) -> Result<Vec<u8>, Problem> {
        let bands = self.baseline.made.as_ref().and_then(|made| made.bands.try_borrow_mut().ok());
        let Some(mut bands) = bands else { return Ok(jpeg::encode(picture, quality)?) };
        let known = bands.take().filter(|bands| bands.are_of(quality)).unwrap_or_else(|| Bands::new(quality));
        Ok(bands.insert(known).encode(&picture, &self.damage)?)
    }
}

impl Baseline {
    /// Draws a picture for nobody, and compresses it if files are put together from its own.
    ///
    /// If it takes more than the budget for all baselines, no picture can be drawn on it.
    pub fn new(split: Split<'_>, file: File, files: Files<'_>, glyphs: Glyphs<'_>, limits: &Limits) -> Self {
        let named = names(&split.scene.items).into_iter().map(|name| {
            let bytes = files.assets.get(&name).cloned();
            (name, bytes)
        });
        let mut baseline = Self {
            background: split.scene.background.clone(),
            backdrop: split.below().to_vec(),
            assets: named.collect(),
            fonts: glyphs.fonts.clone(),
            made: Self::make(split, file, files, glyphs, limits),
            least_bytes: 0,
            was_used: Cell::new(false),
            is_kept: false,
        };
        baseline.least_bytes = baseline.measure();
        if baseline.bytes(true) > limits.memory_baselines_bytes {
            baseline.made = None;
            baseline.least_bytes = baseline.measure();
        }
        baseline
    }

    fn make(split: Split<'_>, file: File, files: Files<'_>, glyphs: Glyphs<'_>, limits: &Limits) -> Option<Made> {
        let limits = &within_baseline(limits);
        // The comparison of display items needs the masks of their glyphs.
        if !letters_fit(split.scene, limits) {
            return None;
        }
        // The images of the backdrop are drawn only once, so their bitmaps are not cached.
        let (uncached, mut warnings) = (files.cache.without_bitmaps(), Warnings::new(limits));
        let (scene, files) = (split.scene, Files { cache: &uncached, ..files });
        let mut progress = Progress::default();
        let bitmaps = bitmap::prepare(split.below(), &mut progress, files, limits, &mut warnings);
        let canvas = Pixmap::new(scene.width, scene.height).filter(|_| warnings.is_empty())?;
        let mut painter = Painter::new(scene, &bitmaps, glyphs, limits);
        let mut surface = Surface::canvas(canvas);
        painter.background(&mut surface);
        painter.items(&mut surface, split.below());
        let spent = painter.warnings.is_empty().then_some(painter.spent)?;
        let backdrop = surface.into_pixels();
        let pixels = backdrop.pixels().len();
        let is_large = bytes(scene, files.assets) > limits.memory_baselines_bytes;
        let mut parts = Parts::new(&backdrop, is_large.then_some(pixels))?;
        let shown = bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())).collect();
        drop(bitmaps);

        let first_image = progress.images;
        let above = &mut progress.clone();
        let bitmaps = bitmap::prepare(split.above(), above, files, limits, &mut warnings);
        let items = split.above();
        let next = Next { scene, items, first_image, bitmaps: &bitmaps, glyphs, spent, raises: false };
        let Updated { frame, .. } = Frame::of_backdrop(backdrop, glyphs.fonts).update(&mut parts, &next, limits)?;
        parts.set_picture(&frame.pixels)?;
        let strips = match file {
            File::None => Vec::new(),
            File::Narrow => vec![Strips::new(&frame.pixels)],
            File::Wide => {
                [Some(Strips::new(&frame.pixels)), Strips::wide(&frame.pixels)].into_iter().flatten().collect()
            }
        };
        Some(Made {
            size: (scene.width, scene.height),
            items: frame.items.clone(),
            blocks: Blocks::new(&frame.pixels),
            canvases: RefCell::new(Canvases { parts, frame: Some(frame) }),
            is_large,
            shown,
            progress,
            spent,
            strips,
            bands: RefCell::default(),
            reduced: RefCell::default(),
        })
    }

    /// Whether this is the baseline of a picture with this scene, and has a file if one is
    /// needed.
    pub fn is_of(&self, split: Split<'_>, with_file: bool, assets: &Assets, fonts: &Fonts) -> bool {
        let same_asset = |(name, known): &(AssetId, Option<Rc<[u8]>>)| match (known, assets.get(name)) {
            (Some(known), Some(asset)) => same_bytes(known, asset),
            (None, None) => true,
            _ => false,
        };
        let same_fonts = if self.fonts.has_packs() { self.fonts.same(fonts) } else { true };
        let has_file = self.made.as_ref().is_none_or(|made| !made.strips.is_empty());
        (has_file || !with_file)
            && self.background == split.scene.background
            && self.backdrop == split.below()
            && self.assets.iter().all(same_asset)
            && same_fonts
    }

    /// Draws a picture on the baseline. `None` if a part has to be omitted.
    pub fn draw(
        self: &Rc<Self>,
        split: Split<'_>,
        files: Files<'_>,
        glyphs: Glyphs<'_>,
        needs: Needs,
        limits: &Limits,
    ) -> Option<Patched> {
        let (made, scene) = (self.made.as_ref()?, split.scene);
        let (mut progress, mut warnings) = (made.progress, scene.warnings.clone());
        let bitmaps = bitmap::prepare(split.above(), &mut progress, files, limits, &mut warnings);
        let mut canvases = made.canvases.try_borrow_mut().ok()?;
        let Canvases { parts, frame: place } = &mut *canvases;
        // It is missing where it was put away, and where drawing a picture had to stop.
        let last = match place.take() {
            Some(last) => last,
            None => {
                made.forget(&(0..usize::MAX));
                parts.forget_frame();
                made.nobody(&self.fonts)?
            }
        };
        let next = Next {
            scene,
            items: split.above(),
            first_image: made.progress.images,
            bitmaps: &bitmaps,
            glyphs,
            spent: made.spent,
            raises: bytes(scene, files.assets).saturating_add(canvas_bytes(scene)) <= limits.memory_baselines_bytes,
        };
        let limits = within_baseline(limits);
        let Updated { mut frame, damage: changed, drawn, spent } = last.update(parts, &next, &limits)?;
        changed.iter().for_each(|changed| made.forget(&region(*changed).rows));
        let shares = |face| self.fonts.shares(glyphs.fonts, face);
        let damage = damage::between(&made.items, &frame.items, shares);
        let images = damage::images(&made.items, &frame.items);
        let regions = |rects: Damage| distinct(rects.into_iter().map(region));
        let (damage, images) = (regions(damage), regions(images));
        let pixels = Rc::get_mut(&mut frame.pixels)?;
        parts.bring(&Blocks::rows(&damage).collect::<Vec<_>>(), pixels)?;
        let damage = made.blocks.changed(pixels, &damage);
        parts.bring(&made.rows(needs, &damage), pixels)?;
        if made.is_large {
            parts.put_away();
        }
        let pixels = Rc::clone(&frame.pixels);
        *place = Some(frame);
        let mut pictures = BTreeMap::new();
        pictures.extend(made.shown.iter().copied());
        pictures.extend(bitmaps.iter().map(|(number, bitmap)| (*number, bitmap.shown())));
        let missing_glyphs = paint::missing_glyphs(scene, &pictures);
        let painted = Painted { pixels, pictures, missing_glyphs, spent, warnings };
        Some(Patched { painted, patch: Patch { baseline: Rc::clone(self), damage, images, drawn } })
    }

    /// Whether it has canvases to draw on; if not, they have to be unpacked.
    pub fn is_at_hand(&self) -> bool {
        self.made.as_ref().is_some_and(|made| made.canvases.try_borrow().is_ok_and(|canvases| canvases.frame.is_some()))
    }

    /// Compresses its canvases, and drops what was made for the last pictures.
    pub fn put_away(&self) {
        self.made.iter().for_each(Made::put_away);
    }

    /// The memory of the baseline in bytes, rounded up, with or without canvases to draw on.
    pub fn bytes(&self, at_hand: bool) -> usize {
        let made = self.made.as_ref();
        let parts = made.and_then(|made| made.canvases.try_borrow().ok()).map_or(0, |all| all.parts.memory_bytes());
        let canvases = made.filter(|_| at_hand).map_or(0, Made::canvas_bytes);
        let others = made.map_or(0, Made::others_bytes);
        [parts, canvases, others].into_iter().fold(self.least_bytes, usize::saturating_add)
    }

    fn measure(&self) -> usize {
        let assets = self.assets.iter().filter_map(|(_, bytes)| bytes.as_ref()).map(|bytes| bytes.len());
        let made = self.made.as_ref().map_or(0, |made| {
            // Those of the last picture are as many.
            let items = made.items.iter().map(|drawn| weight(std::slice::from_ref(&drawn.item)).saturating_mul(2));
            let files = made.strips.iter().map(Strips::memory_bytes).chain([made.blocks.memory_bytes()]);
            items.chain(files).fold(0, usize::saturating_add)
        });
        assets
            .fold(made, usize::saturating_add)
            .saturating_add(weight(&self.backdrop))
            .saturating_add(self.fonts.pack_bytes())
            .saturating_add(ENTRY_BYTES)
    }
}

/// Whether there may be room for the baseline of a scene: it has one canvas at least, and what is put away.
pub fn may_fit(scene: &Scene, limits: &Limits) -> bool {
    canvas_bytes(scene).saturating_mul(3) / 2 <= limits.memory_baselines_bytes
}

/// The memory in bytes that the baseline of a scene needs if all of its canvases are there: two of them, and the
/// compressed file with its tables: half a canvas for a photograph, and an eighth for the positions of its
/// pixels in the file. A drawing needs no more.
pub fn bytes(scene: &Scene, assets: &Assets) -> usize {
    let canvas = canvas_bytes(scene);
    let assets = names(&scene.items).into_iter().filter_map(|name| assets.get(&name)).map(|bytes| bytes.len());
    let pixels = canvas.saturating_mul(2).saturating_add(canvas / 8 * 5);
    assets.fold(pixels, usize::saturating_add).saturating_add(weight(&scene.items).saturating_mul(2))
}

fn canvas_bytes(scene: &Scene) -> usize {
    let pixels = u64::from(scene.width).saturating_mul(u64::from(scene.height));
    usize::try_from(pixels.saturating_mul(4)).unwrap_or(usize::MAX)
}

/// The assets that items name, each once.
fn names(items: &[Item]) -> Vec<AssetId> {
    let mut names = Vec::new();
    layout::walk(items, &mut |item| {
        let Content::Image { sources, .. } = &item.content else { return };
        for source in sources {
            if let Source::Asset(name) = source
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        }
    });
    names
}

/// The memory of items in bytes, rounded up.
fn weight(items: &[Item]) -> usize {
    let mut bytes = 0_usize;
    let mut add = |count: usize, size: usize| bytes = bytes.saturating_add(count.saturating_mul(size));
    layout::walk(items, &mut |item| {
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
