//! Draws and encodes a picture from its predecessors, instead of from nothing.
//!
//! Drawing and compressing are most of what a picture costs, and the pictures of a template differ
//! only in a name. This folder does the common work once for each template, and then only the work
//! that a name causes.
//!
//! # Files
//!
//! ```text
//! nobody        what a picture shares with the others of its template: the picture for nobody
//! baseline      that picture, drawn and compressed once; or read, where another isolate kept it
//! display_list  a scene as a list of what is drawn as one thing
//! damage        where two display lists differ
//! frame         the canvas with the last picture, brought to the next one
//! parts         the backdrop and the baseline's picture, in parts that are unpacked when they are needed
//! cache         baselines of the templates that were used last
//! ```
//!
//! `encode/src/incremental/` writes a file as a patch of the baseline's file.
//!
//! # Invariants
//!
//! - The pixels are those of the plain path (plan, layout, paint, encode).
//! - The bytes of the file depend on the request alone, not on the pictures that were drawn
//!   before.
//! - The baseline contains nothing of a recipient.
//! - The stages know nothing of this folder. `render` chooses it or the plain path. Where a budget
//!   would leave something out, the plain path draws the picture.
//!
//! # Terms
//!
//! | term | meaning |
//! | --- | --- |
//! | frame | one picture of a template: its display list and its pixels |
//! | baseline | the frame without personal values, and its compressed file |
//! | backdrop | background and bottom layers, up to the first layer with a personal value; and what was raised |
//! | display list | the items above the backdrop, in drawing order |
//! | damage | the rectangles in which two frames may differ |
//! | strip | a number of rows that are compressed together |
//! | patch | the compressed rows that replace a strip of the baseline in another picture's file |
//!
//! # The steps
//!
//! ```text
//! request → baseline   found by its key, or drawn and compressed once
//!         → frame      the last frame's canvas, with the damaged rectangles drawn again
//!         → damage     where the frame differs from the baseline
//!         → PNG        the strips of the baseline, with patches where there is damage
//!           or JPEG    the bands of the baseline, with new ones where there is damage
//!           or GIF, or PNG with a quality: the baseline's palette, and the rows with damage coded anew
//! ```
//!
//! **Baseline.** The plan derives the baseline from the request alone: the same template, options
//! and shared values, and the template's examples for personal ones, or its defaults for those that the
//! request leaves out. Texts, numbers and dates are personal. So are images that cover up to half of
//! the picture, such as avatars and logos: the baseline shows nothing in their place. So are colours
//! and choices whose layers cover up to a tenth, such as a button: the baseline has their defaults.
//! Larger images, colours and choices are shared. So one URL always has the same baseline, and one
//! file.
//!
//! **Frame.** The backdrop is drawn once. A canvas holds the last frame, and its display list says
//! what is on it. To draw the next frame, the two display lists are compared in template order:
//!
//! 1. Every item that differs from the last frame is damage, and so is every item that is gone.
//! 2. Every item that overlaps damage is drawn again, which adds its own area to the damage. The shadow of a box does not:
//!    its px depend on nothing else, so it is drawn in the damage alone.
//! 3. The backdrop is copied back over the damage, and the items there are drawn in order.
//!
//! The rest of the canvas stays as it is. Items that were redrawn though they are the same, such as the box with a shadow
//! on which a name stands, are then *raised* into the backdrop, where nothing that changes lies beneath them: the next
//! picture does not draw them. An item is anything that is drawn as a unit: a layer, or
//! a group that is rotated, faded or blended as a whole. Any other group is replaced by its children; one that is
//! clipped keeps those that its clip cuts. Before a file is made, the damaged blocks of 64 × 8 px that have the pixels of
//! the baseline after all are left out: a faded group is drawn as one thing, though only a name in it differs.
//!
//! **Glyph masks.** Most letters of a name were in an earlier name. The coverage of a glyph of one
//! colour is therefore cached for each size, at whole quarters of an output px, and copied onto
//! the canvas. Two texts are compared glyph by glyph: the start of a greeting that equals the
//! baseline's is no damage.
//!
//! **Strips.** The baseline is compressed as one deflate stream that can be cut every 16 rows
//! (more rows for flat art, because each cut costs some tens of bytes). A strip ends on a byte
//! boundary with an empty stored block (RFC 1951, section 3.2.4). Strips without damage are copied
//! into the file, and the Adler-32 of the file is combined from those of its strips. The first row
//! of a strip is filtered against the row above it, so damage in the last row of a strip also
//! touches the next one. A match may refer to earlier strips; where these have damage, the strip
//! is used in a second encoding that refers to nothing before it.
//!
//! **Patches.** A patch uses the Huffman codes of the baseline's strip, so that a bit means the
//! same in both. A strip is divided into cells of some tokens, whose positions in the bit stream
//! are known. Cells without damage are copied as shifted bits. A cell is encoded anew if its bytes
//! differ, or if it contains a match that refers to bytes that differ.
//!
//! - In a drawing, a cell has about 32 bytes. The fast matcher looks up each new position once, in
//!   two hash tables (4 bytes, then 3).
//! - In a photograph, nothing repeats: rows are filtered by Paeth and encoded as literals and
//!   runs, and cells have about 32 px. Only the bytes under a text are filtered; the checksums of
//!   the other cells are known.
//! - The best matcher, which also compresses the baseline, encodes the rows of palette pictures,
//!   and those whose patch would make the file too large.
//!
//! - Strips with another image are not patched: their unchanged tokens and the new ones get Huffman
//!   codes of their own, because those of a drawing have no short codes for the bytes of a photo.
//!
//! A picture with colours that the PNG colour type of the baseline cannot store is encoded by the
//! plain path. If images are personal, there is a second file of the baseline for it, with 8 bits a
//! channel.
//!
//! **Bands.** A JPEG has a restart marker behind each row of MCUs, so that the bytes of a row depend on its pixels
//! alone. Rows that the baseline has alike are copied.
//!
//! **Few colours.** A GIF, and a PNG with a quality, have the palette of the baseline, of which an eighth is kept for
//! colours that none of the others represents. Only damaged pixels are reduced to it; dithering begins anew in each
//! damaged region. A PNG is then put together from strips as any other; a GIF from pieces of 32 rows that end with a
//! clear code. If the baseline's exact PNG is no larger than the reduced one, pictures on it are exact.
//!
//! **Kept baselines.** An isolate that begins need not make a baseline that another one has made: its parts, strips and
//! hashes are kept in the Cache API and in KV (`baseline/kept.rs`, `worker/src/kept.rs`). The display list is laid out
//! again.
//!
//! # Tests
//!
//! `tests/incremental` compares the pixels with those of the plain path, over all samples, golden
//! tests, benchmark scenes and random stacks of layers, each with many values. The file may be 3 %
//! larger than that of the plain path; most are smaller.
//!
//! # Memory
//!
//! Baselines have a budget in `limits.rs`: 20 MiB in an isolate. A baseline has canvases only while it is used,
//! and of these the rows that its pictures change: of a card of 1200 × 630 a canvas of 3 MB and some hundred kB.
//! The canvases of the least recently used ones are put away: compressed, which leaves some 0.3 MB of a card. If
//! that is not enough, whole baselines are dropped. Nothing here is ever out of date: a baseline is found by
//! everything that it was made from.

pub(crate) mod baseline;
mod cache;
pub(crate) mod damage;
mod display_list;
mod frame;
mod nobody;
mod parts;

use std::rc::Rc;

use crate::asset::Assets;
use crate::font::Fonts;
use crate::inputs::Inputs;
use crate::layout::{self, Scene};
use crate::limits::Limits;
use crate::paint::bitmap::Files;
use crate::paint::charge::letters_fit;
use crate::paint::mask::Glyphs;
use crate::plan::{self, Plan};
use crate::request::Format;

use baseline::{Baseline, File, Split};
use nobody::Nobody;

pub use baseline::{Needs, Patch, Patched};
pub use cache::Cache;
pub use damage::Damage;
pub use nobody::{backdrop_layers, typical_query};

/// What a picture is drawn from beside its scene.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The files of its images.
    pub assets: &'a Assets,
    /// Its fonts.
    pub fonts: &'a Fonts,
    /// What earlier pictures left.
    pub cache: &'a Cache,
}

/// Draws a picture as a change of its baseline. `None` if the baseline has no room, if a budget
/// would omit a part, or if boxes are outlined: the caller then draws the picture from nothing.
pub fn paint(
    inputs: &Inputs<'_>,
    plan: &Plan,
    scene: &Scene,
    Sources { assets, fonts, cache }: Sources<'_>,
    needs: Needs,
    limits: &Limits,
) -> Option<Patched> {
    let fits = crate::paint::check(scene, limits).is_ok() && letters_fit(scene, limits);
    let is_large = baseline::bytes(scene, assets) > limits.memory_baselines_bytes;
    // Two canvases of a large picture have no room, and a whole one is drawn faster from nothing.
    let is_in_parts = matches!(needs, Needs::Png | Needs::Jpg(_));
    let has_room = if is_large { is_in_parts && baseline::may_fit(scene, limits) } else { true };
    if scene.debug_boxes || !fits || !has_room {
        return None;
    }
    let nobody = Nobody::new(inputs, plan, scene);
    let split = Split { scene, backdrop: nobody.backdrop_items(plan) };
    let key = nobody.key(plan);
    let with_file = is_patched(inputs.format);
    let name = || baseline::kept::name(&key, plan, assets);
    let cached = cache.baseline(&key, |baseline| baseline.is_of(split, with_file, assets, fonts), name);
    let baseline = match cached {
        Some(baseline) => baseline,
        None => {
            cache.make_room_for(baseline::bytes(scene, assets));
            let sources = Sources { assets, fonts, cache };
            let kept = cache.take_offered(name);
            let baseline =
                Rc::new(baseline_of(inputs, &nobody, nobody.has_images(plan), sources, kept.as_deref(), limits));
            cache.put_baseline(key, &baseline);
            baseline
        }
    };
    let glyphs = Glyphs { fonts, masks: &cache.paint.masks };
    let drawn = baseline.draw(split, Files { assets, cache: &cache.paint }, glyphs, needs, limits);
    cache.trim();
    drawn
}

/// The name of a picture's baseline, for what may have been [kept](Cache::take_proven) of it by the same build of the
/// renderer. `None` if the cache has baselines of its template, so that it is not worth asking.
#[must_use]
pub fn kept_name(
    inputs: &Inputs<'_>,
    plan: &Plan,
    Sources { assets, fonts, cache }: Sources<'_>,
    limits: &Limits,
) -> Option<String> {
    if cache.knows(&nobody::digest(inputs.template)) {
        return None;
    }
    let scene = layout::layout_with(plan, assets, fonts, &cache.paint.surveys, limits);
    Some(baseline::kept::name(&Nobody::new(inputs, plan, &scene).key(plan), plan, assets))
}

/// Whether a file is put together from the baseline's: PNGs are, and views state the size of one.
const fn is_patched(format: Format) -> bool {
    !matches!(format, Format::Jpg | Format::Webp | Format::Gif)
}

/// Makes the baseline of a picture, from what was `kept` of it if there is that. Its file can be changed into those of
/// pictures with any colours if it is `wide`.
fn baseline_of(
    inputs: &Inputs<'_>,
    nobody: &Nobody<'_>,
    is_wide: bool,
    Sources { assets, fonts, cache }: Sources<'_>,
    kept: Option<&[u8]>,
    limits: &Limits,
) -> Baseline {
    let plan_of = |nobody: &Nobody<'_>| plan::plan(&Inputs { values: &nobody.values(limits), ..*inputs }, limits);
    let without = nobody.without_examples();
    let (mut plan, bare) = (plan_of(nobody), plan_of(&without));
    // Few names need the font packs of an example.
    if plan.packs != bare.packs {
        plan = plan_of(&without);
    }
    nobody::drop_images(&mut plan.layers, &bare);
    // Most names need no font pack, so the baseline has none. Recipients whose names need a pack
    // then share a baseline with the others, except in a template with its own fonts, because their
    // numbers follow those of the packs.
    let alone = plan.packs.is_empty() && plan.fonts.is_empty();
    let fonts = if alone { fonts.without_packs() } else { fonts.clone() };
    let scene = layout::layout(&plan, assets, &fonts, limits);
    let split = Split { scene: &scene, backdrop: nobody.backdrop_items(&plan) };
    let file = match (is_patched(inputs.format), is_wide) {
        (false, _) => File::None,
        (true, false) => File::Narrow,
        (true, true) => File::Wide,
    };
    let (files, glyphs) = (Files { assets, cache: &cache.paint }, Glyphs { fonts: &fonts, masks: &cache.paint.masks });
    let kept = kept.and_then(|kept| Baseline::of_kept(kept, split, file, files, glyphs, limits));
    kept.unwrap_or_else(|| Baseline::new(split, file, files, glyphs, limits))
}
