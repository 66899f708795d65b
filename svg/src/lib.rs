//! Draws an SVG: the module that the Worker and the command line instantiate when they meet one.
//!
//! An instance that a file ended is not used again. So a file that ends it (too much memory, too many
//! nested groups) ends nothing else, and its memory is returned.
//!
//! No text is drawn, no picture in the SVG and no file beside it: an SVG with one of these is
//! refused, because a logo without its name is worse than no logo. Scripts and animations are
//! ignored.

mod budget;
mod expansion;
mod numbers;
mod style;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Tree, roxmltree};
use wasm_bindgen::prelude::wasm_bindgen;

/// Elements of the file, before those that `use` repeats.
const ELEMENTS: u32 = 20_000;

/// The sizes that are tried, as shares of the longest side: shadows and filters take so long that a
/// smaller picture is better than none.
const SIZES: [f64; 5] = [1.0, 0.707, 0.5, 0.354, 0.25];

/// Why an SVG is not drawn, as the first byte of the answer. `src/image/svg.rs` of the core has the
/// words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not XML, not an SVG with a size, or nothing is to be seen of it.
    Damaged = 1,
    /// It has letters as text.
    Text = 2,
    /// It has a picture in it.
    Picture = 3,
    /// It has a filter that takes too much time.
    Filter = 4,
    /// It would take more work than is left.
    Work = 5,
}

/// Draws an SVG so that its longer side has `side` px, or down to a quarter of them if that would be
/// more than `work` units of work (a px painted once is about one).
///
/// Returns a zero, the width, the height and the units used (each as four bytes, the lowest first),
/// and premultiplied RGBA8 pixels; or one byte, a [`Refusal`].
#[wasm_bindgen]
#[must_use]
pub fn draw(svg: &[u8], side: u32, work: u32) -> Vec<u8> {
    match drawn(svg, side, work) {
        Ok((picture, used)) => {
            let numbers = [picture.width(), picture.height(), used];
            let mut answer = vec![0];
            answer.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
            answer.extend_from_slice(picture.data());
            answer
        }
        Err(refusal) => vec![refusal as u8],
    }
}

fn drawn(svg: &[u8], side: u32, work: u32) -> Result<(Pixmap, u32), Refusal> {
    let text = std::str::from_utf8(svg).map_err(|_| Refusal::Damaged)?;
    // Files of Illustrator declare entities for their namespaces.
    let options = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: ELEMENTS, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|_| Refusal::Damaged)?;
    refuse_content(&document)?;
    style::check(&document)?;
    numbers::check(&document)?;
    expansion::check(&document)?;
    let tree = Tree::from_xmltree(&document, &alone()).map_err(|_| Refusal::Damaged)?;
    drop(document);
    let (width, height) = (tree.size().width(), tree.size().height());
    let largest = f64::from(width.max(height));
    let (scale, used) = SIZES
        .iter()
        .map(|part| f64::from(side) * part / largest)
        .map(|scale| budget::weigh(&tree, scale, work).map(|used| (scale, used)))
        .reduce(Result::or)
        .unwrap_or(Err(Refusal::Work))?;
    let [across, down] = [width, height].map(|length| pixels(f64::from(length) * scale));
    let mut picture = Pixmap::new(across, down).ok_or(Refusal::Damaged)?;
    #[expect(clippy::cast_precision_loss, reason = "at most `side`")]
    let to_pixels = Transform::from_scale(across as f32 / width, down as f32 / height);
    resvg::render(&tree, to_pixels, &mut picture.as_mut());
    // A layer shows its next source rather than nothing.
    let is_empty = picture.pixels().iter().all(|pixel| pixel.alpha() == 0);
    if is_empty { Err(Refusal::Damaged) } else { Ok((picture, used)) }
}

/// Options with which nothing beside the file is read.
fn alone() -> usvg::Options<'static> {
    usvg::Options {
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    }
}

/// Refuses elements that would be left out.
fn refuse_content(document: &roxmltree::Document) -> Result<(), Refusal> {
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        // What `switch` offers to other programs, such as Illustrator's own data, is not shown.
        let is_foreign = || node.ancestors().any(|outer| outer.tag_name().name() == "foreignObject");
        match node.tag_name().name() {
            "text" if !is_foreign() && has_letters(node) => return Err(Refusal::Text),
            "image" | "feImage" if !is_foreign() => return Err(Refusal::Picture),
            _ => {}
        }
    }
    Ok(())
}

fn has_letters(node: roxmltree::Node) -> bool {
    node.descendants().filter_map(|inner| inner.text()).any(|text| !text.trim().is_empty())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floats saturate")]
fn pixels(length: f64) -> u32 {
    (length.round() as u32).max(1)
}
