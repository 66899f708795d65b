//! How many elements an SVG has once each `use` is replaced by what it shows, counted before usvg
//! does that: ten of ten of ten … fill all memory.

use std::collections::BTreeMap;

use resvg::usvg::roxmltree::{Document, Node};

use crate::Refusal;

/// Elements after that.
const ELEMENTS: u64 = 60_000;

/// Elements around an element, counting those that show it.
const DEPTH: usize = 400;

/// Checks what `use` makes of a document.
///
/// # Errors
/// [`Refusal::Work`]: too many elements, or elements that show themselves.
pub fn check(document: &Document) -> Result<(), Refusal> {
    let named = document.descendants().filter_map(|node| Some((node.attribute("id")?, node)));
    let mut expansion = Expansion { named: named.collect(), known: BTreeMap::new() };
    let all = expansion.of(document.root_element(), 0)?;
    if all <= ELEMENTS { Ok(()) } else { Err(Refusal::Work) }
}

struct Expansion<'a, 'input> {
    named: BTreeMap<&'a str, Node<'a, 'input>>,
    /// By the number of the node.
    known: BTreeMap<usize, u64>,
}

impl<'a, 'input> Expansion<'a, 'input> {
    /// The elements of an element, itself included.
    fn of(&mut self, node: Node<'a, 'input>, depth: usize) -> Result<u64, Refusal> {
        if let Some(&known) = self.known.get(&node.id().get_usize()) {
            return Ok(known);
        }
        if depth > DEPTH {
            return Err(Refusal::Work);
        }
        let shown = (node.tag_name().name() == "use").then(|| reference(node)).flatten();
        let shown = shown.and_then(|id| self.named.get(id).copied());
        let mut count = 1_u64;
        for inner in node.children().filter(Node::is_element).chain(shown) {
            count = count.saturating_add(self.of(inner, depth.saturating_add(1))?);
        }
        self.known.insert(node.id().get_usize(), count);
        Ok(count)
    }
}

/// The id that a `use` names.
fn reference<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let href = node.attribute("href").or_else(|| node.attribute(("http://www.w3.org/1999/xlink", "href")))?;
    href.trim().strip_prefix('#')
}
