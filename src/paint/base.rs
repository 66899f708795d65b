//! The base of a template: its background and its lowest layers, as far up as no value changes anything, drawn.
//!
//! A picture is then drawn on a copy of it, which costs a fraction of a gradient, a shadow or a photograph. Where a base ends is
//! found when the template is read ([`Template::fixed`](crate::template::Template::fixed)). Whether one fits a picture is found by
//! comparing the laid-out layers, the assets and the fonts that it was drawn from with those of the picture.
//!
//! Invariant: drawing on a base goes on exactly where drawing it ended, its budgets included.

use std::cell::OnceCell;
use std::mem::size_of;
use std::rc::Rc;

use tiny_skia::Pixmap;

use crate::encode::bands::{Bands, SHARE};
use crate::error::Problem;
use crate::layout::{Content, Item, Picture, Scene};
use crate::plan::Paint;
use crate::text::{Fonts, Glyph};

use super::picture::{self, Progress, Shown};
use super::{Assets, kept};

/// A drawn base, what it was drawn from, and how far drawing had come.
pub struct Base {
    background: Option<Paint>,
    items: Vec<Item>,
    assets: Vec<(String, Option<Rc<[u8]>>)>,
    families: Vec<String>,
    /// What it looks like.
    pub pixels: Pixmap,
    /// What is seen of its image layers.
    pub shown: Vec<(usize, Shown)>,
    /// What preparing its pictures has used up.
    pub progress: Progress,
    /// Bytes of all offscreen buffers that drawing it took.
    pub offscreen_bytes: u64,
    /// Its pixels compressed, once a PNG was asked for.
    bands: OnceCell<Option<Bands>>,
}

impl Base {
    /// Keeps what was drawn.
    pub fn new(
        scene: &Scene,
        assets: &Assets,
        fonts: &Fonts,
        shown: Vec<(usize, Shown)>,
        progress: Progress,
        (pixels, offscreen_bytes): (Pixmap, u64),
    ) -> Self {
        let items = items(scene).to_vec();
        let assets = names(&items).into_iter().map(|name| {
            let bytes = assets.get(&name).cloned();
            (name, bytes)
        });
        Self {
            background: scene.background.clone(),
            assets: assets.collect(),
            items,
            families: fonts.families().into_iter().map(str::to_owned).collect(),
            pixels,
            shown,
            progress,
            offscreen_bytes,
            bands: OnceCell::new(),
        }
    }

    /// A picture that was drawn on it, as PNG; none where the base is of no help.
    ///
    /// # Errors
    /// Those of [`Bands::new`].
    pub fn png(&self, picture: &Pixmap) -> Result<Option<Vec<u8>>, Problem> {
        let bands = match self.bands.get() {
            Some(bands) => bands,
            None => {
                let bands = match Bands::new(&self.pixels)? {
                    Some(bands) if bands.is_small(&self.pixels)? => Some(bands),
                    _ => None,
                };
                self.bands.get_or_init(|| bands)
            }
        };
        bands.as_ref().map_or(Ok(None), |bands| bands.encode(&self.pixels, picture))
    }

    /// Whether the picture of a scene can be drawn on it.
    pub fn is_of(&self, scene: &Scene, assets: &Assets, fonts: &Fonts) -> bool {
        let same_asset = |(name, kept): &(String, Option<Rc<[u8]>>)| match (kept, assets.get(name)) {
            (Some(kept), Some(asset)) => kept::same(kept, asset),
            (None, None) => true,
            _ => false,
        };
        self.background == scene.background
            && self.items == items(scene)
            && self.assets.iter().all(same_asset)
            && self.families == fonts.families()
    }

    /// Bytes that it holds, or a little more.
    pub fn bytes(&self) -> usize {
        let assets = self.assets.iter().filter_map(|(_, bytes)| bytes.as_ref());
        assets
            .map(|bytes| bytes.len())
            .fold(with_bands(self.pixels.data().len()), usize::saturating_add)
            .saturating_add(weight(&self.items))
    }
}

/// Bytes that the base of a scene would hold; none where the base would save nothing: it is but a colour.
pub fn bytes(scene: &Scene, assets: &Assets) -> Option<usize> {
    let items = items(scene);
    if items.is_empty() && matches!(scene.background, None | Some(Paint::Color(_))) {
        return None;
    }
    let pixels = with_bands(usize::try_from(scene.width.saturating_mul(scene.height).saturating_mul(4)).ok()?);
    let assets = names(items).into_iter().filter_map(|name| assets.get(&name));
    Some(assets.map(|bytes| bytes.len()).fold(pixels, usize::saturating_add).saturating_add(weight(items)))
}

/// Bytes of pixels, with as many as their bands may have.
const fn with_bands(bytes: usize) -> usize {
    bytes.saturating_add(bytes / SHARE)
}

/// The items that belong to a base.
pub fn items(scene: &Scene) -> &[Item] {
    scene.items.get(..scene.fixed).unwrap_or_default()
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
fn weight(items: &[Item]) -> usize {
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
