//! The work of matching the selectors of style sheets, counted before it is done.
//!
//! simplecss looks for `a b c` in each element with each pair of those around it, so a long selector
//! in nested groups takes forever.

use resvg::usvg::roxmltree::{Document, Node};

use crate::Refusal;

/// Comparisons of one element with one part of a selector: some tenths of a second.
const STEPS: f64 = 20_000_000.0;

/// Groups within groups. Drawing calls itself for each.
const DEPTH: usize = 200;

/// Checks the style sheets and the depth of a document.
///
/// # Errors
/// [`Refusal::Work`].
pub fn check(document: &Document) -> Result<(), Refusal> {
    let depths = document.descendants().filter(Node::is_element).map(|node| node.ancestors().count());
    let (elements, depth) = depths.fold((0_u32, 0), |(count, most), depth| (count.saturating_add(1), depth.max(most)));
    if depth > DEPTH {
        return Err(Refusal::Work);
    }
    let around = f64::from(u8::try_from(depth).unwrap_or(u8::MAX));
    let styles = document.descendants().filter(|node| node.tag_name().name() == "style");
    let sheets = styles.flat_map(|style| style.descendants()).filter(Node::is_text).filter_map(|node| node.text());
    let steps: f64 = sheets.flat_map(selectors).map(|parts| f64::from(elements) * power(around, parts)).sum();
    if steps <= STEPS { Ok(()) } else { Err(Refusal::Work) }
}

/// A power, up to more than any budget.
fn power(base: f64, exponent: usize) -> f64 {
    std::iter::repeat_n(base, exponent.min(16)).product()
}

/// The number of parts that stand before the last one, for each selector of a sheet. Words of a
/// comment count as parts too, but most comments stand between rules.
fn selectors(sheet: &str) -> impl Iterator<Item = usize> {
    let rules = sheet.split('}').filter_map(|rule| rule.split('{').next());
    let uncommented = rules.map(|rule| rule.rsplit("*/").next().unwrap_or_default());
    let selectors = uncommented.flat_map(|rule| rule.split(','));
    selectors.map(|selector| {
        let parts =
            selector.split([' ', '\t', '\n', '\r', '\u{c}', '>', '+', '~']).filter(|part| !part.is_empty()).count();
        parts.saturating_sub(1)
    })
}
