//! The boxes of a stack: a flexbox, computed by `taffy`.
//!
//! Leaves are measured with their real content: text is fitted into the width that is offered, and
//! a picture keeps its aspect ratio. A group is a leaf to `taffy`, because its children have places
//! of their own.

use taffy::prelude::{FromLength, FromPercent, TaffyAuto, TaffyMaxContent, TaffyZero};
use taffy::{
    AlignContent, AlignItems, AvailableSpace, Dimension, Direction, Display, FlexDirection, FlexWrap, LayoutInput,
    LayoutOutput, LengthPercentage, LengthPercentageAuto, NodeId, Position, Style, TaffyTree,
};

use crate::geometry::{Rect, Size};
use crate::plan::{Constraints, Extent, Kind, Layer, Length, Stack};
use crate::template::document::{Align, Justify};

use super::boxed::{Boxed, Groups};
use super::leaf::Leaf;
use super::measure::Measure;

/// The width, in font sizes, below which a text in a row is not squeezed.
const LABEL_EMS: f32 = 4.0;

/// The boxes of a stack with a place of its own, in a box of `size`.
pub fn boxed(stack: &Layer, size: Size, measure: &Measure<'_>, groups: Groups) -> Boxed {
    let mut tree = Tree::new(measure, groups);
    let node = tree.node(stack, placed(stack));
    let style = Style { position: Position::Relative, size: lengths(size), ..Style::DEFAULT };
    // taffy fails only for nodes that are not in the tree; these nodes are in it.
    if let Ok(root) = tree.taffy.new_with_children(style, &[node.id]) {
        tree.compute(root);
    }
    tree.boxed(node)
}

/// The style of a layer with a place of its own: `fill` reaches to the end of its container.
fn placed(layer: &Layer) -> Style {
    let end = |extent| if extent == Extent::Fill { LengthPercentageAuto::ZERO } else { LengthPercentageAuto::AUTO };
    let mut style = Style { position: Position::Absolute, ..Style::DEFAULT };
    style.inset =
        taffy::Rect { left: length(layer.x), top: length(layer.y), right: end(layer.width), bottom: end(layer.height) };
    style
}

fn length(length: Length) -> LengthPercentageAuto {
    match length {
        Length::Px(px) => LengthPercentageAuto::from_length(px),
        Length::Fraction(fraction) => LengthPercentageAuto::from_percent(fraction),
    }
}

/// The size of a stack in an unbounded box.
pub fn natural(stack: &Layer, measure: &Measure<'_>, groups: Groups) -> Size {
    let mut tree = Tree::new(measure, groups);
    let node = tree.node(stack, Style { position: Position::Relative, ..Style::DEFAULT });
    tree.compute(node.id);
    tree.frame(&node).size()
}

/// A node of the tree, and the data that its box needs later.
struct Node<'a> {
    id: NodeId,
    layer: &'a Layer,
    children: Vec<Self>,
}

struct Tree<'a> {
    taffy: TaffyTree<Leaf>,
    measure: &'a Measure<'a>,
    groups: Groups,
}

impl<'a> Tree<'a> {
    fn new(measure: &'a Measure<'a>, groups: Groups) -> Self {
        let mut taffy = TaffyTree::new();
        taffy.disable_rounding();
        Self { taffy, measure, groups }
    }

    /// The node of a layer whose place the stack decides.
    fn stacked(&mut self, layer: &'a Layer, row: bool) -> Node<'a> {
        if is_absolute(layer) {
            return self.node(layer, placed(layer));
        }
        let mut style = Style { position: Position::Relative, ..Style::DEFAULT };
        let (main, cross) = if row { (layer.width, layer.height) } else { (layer.height, layer.width) };
        style.flex_shrink = if gives_way(layer, row) { 1.0 } else { 0.0 };
        if main == Extent::Fill {
            style.flex_grow = 1.0;
            style.flex_shrink = 1.0;
            style.flex_basis = Dimension::ZERO;
        }
        style.min_size = taffy::Size { width: LengthPercentageAuto::ZERO, height: LengthPercentageAuto::ZERO };
        if cross == Extent::Fill {
            style.align_self = Some(AlignItems::STRETCH);
        }
        let node = self.node(layer, style);
        if row && main == Extent::Hug {
            self.keep_labels(&node, layer);
        }
        node
    }

    /// Keeps a short label from being squeezed beside a long name; a long word gives way.
    fn keep_labels(&mut self, node: &Node<'_>, layer: &Layer) {
        let Kind::Text(text) = &layer.kind else { return };
        let Some(Leaf::Text(paragraph)) = self.taffy.get_node_context(node.id) else { return };
        let word = paragraph.min_width().min(text.style.size * LABEL_EMS);
        let Ok(mut style) = self.taffy.style(node.id).cloned() else { return };
        style.min_size.width = LengthPercentageAuto::from_length(word);
        let set = self.taffy.set_style(node.id, style);
        debug_assert!(set.is_ok(), "the node is in the tree");
    }

    /// The node of a layer with its size, whatever its place.
    fn node(&mut self, layer: &'a Layer, mut style: Style) -> Node<'a> {
        let dimension = |extent| match extent {
            Extent::Length(Length::Px(px)) => Dimension::from_length(px.max(0.0)),
            Extent::Length(Length::Fraction(fraction)) => Dimension::from_percent(fraction.max(0.0)),
            Extent::Fill | Extent::Hug => Dimension::AUTO,
        };
        style.size = taffy::Size { width: dimension(layer.width), height: dimension(layer.height) };
        if let Some(sizing) = &layer.sizing {
            bound(&mut style, sizing);
        }
        match &layer.kind {
            Kind::Stack(stack) => {
                flexbox(&mut style, stack);
                let children = stack.children.iter().map(|child| self.stacked(child, stack.row)).collect::<Vec<_>>();
                let ids = children.iter().map(|child| child.id).collect::<Vec<_>>();
                let id = self.taffy.new_with_children(style, &ids).unwrap_or_else(|_| NodeId::new(0));
                Node { id, layer, children }
            }
            Kind::Group(children) => {
                if layer.width == Extent::Hug || layer.height == Extent::Hug {
                    let natural = lengths((self.groups.natural)(children, self.measure));
                    if layer.width == Extent::Hug {
                        style.size.width = natural.width;
                    }
                    if layer.height == Extent::Hug {
                        style.size.height = natural.height;
                    }
                }
                self.leaf(layer, style)
            }
            _ => self.leaf(layer, style),
        }
    }

    fn leaf(&mut self, layer: &'a Layer, style: Style) -> Node<'a> {
        let leaf = Leaf::new(layer, self.measure);
        let id = self.taffy.new_leaf_with_context(style, leaf).unwrap_or_else(|_| NodeId::new(0));
        Node { id, layer, children: Vec::new() }
    }

    fn compute(&mut self, root: NodeId) {
        let available = taffy::Size::MAX_CONTENT;
        let measured = self
            .taffy
            .compute_layout_with_measure(root, available, |input, _, leaf, style| measure(input, leaf, style));
        debug_assert!(measured.is_ok(), "taffy fails only for nodes that are not in the tree");
    }

    /// The box of a node, without the boxes of its children: these may be groups, which need a
    /// layout of their own.
    fn frame(&self, node: &Node<'_>) -> Rect {
        self.taffy.layout(node.id).map_or_else(
            |_| Rect::default(),
            |layout| Rect::new(layout.location.x, layout.location.y, layout.size.width, layout.size.height),
        )
    }

    fn boxed(&mut self, node: Node<'_>) -> Boxed {
        let frame = self.frame(&node);
        let leaf = self.taffy.get_node_context_mut(node.id);
        let leaf = leaf.map(|leaf| std::mem::replace(leaf, Leaf::Empty(Size::default())));
        let children = match &node.layer.kind {
            Kind::Group(children) => (self.groups.boxes)(children, frame.size(), self.measure),
            _ => node.children.into_iter().map(|child| self.boxed(child)).collect(),
        };
        Boxed { frame, paragraph: leaf.and_then(Leaf::into_paragraph), children }
    }
}

fn lengths(size: Size) -> taffy::Size<Dimension> {
    taffy::Size { width: Dimension::from_length(size.width), height: Dimension::from_length(size.height) }
}

/// Whether a layer gives up room before anything is pushed out of its stack. Text gives way,
/// because it can shrink, wrap or be cut. A column in a column also does, because its texts do. A
/// row does not: it is as high as its highest child.
fn gives_way(layer: &Layer, in_row: bool) -> bool {
    match &layer.kind {
        Kind::Text(_) => true,
        Kind::Stack(stack) => {
            let hugs = layer.height == Extent::Hug;
            !in_row && !stack.row && hugs && stack.children.iter().any(|child| gives_way(child, false))
        }
        Kind::Shape(_) | Kind::Image(_) | Kind::Group(_) => false,
    }
}

/// Whether a layer has a place of its own in its stack.
fn is_absolute(layer: &Layer) -> bool {
    layer.sizing.as_ref().is_some_and(|sizing| sizing.is_absolute)
}

/// Adds the bounds of a size.
fn bound(style: &mut Style, sizing: &Constraints) {
    let [width, height] = sizing.min;
    style.min_size.width = width.map_or(style.min_size.width, length);
    style.min_size.height = height.map_or(style.min_size.height, length);
    let [width, height] = sizing.max;
    style.max_size.width = width.map_or(style.max_size.width, length);
    style.max_size.height = height.map_or(style.max_size.height, length);
    style.aspect_ratio = sizing.aspect_ratio;
    if let Some(align) = sizing.align {
        style.align_self = Some(align_items(align));
    }
}

const fn align_items(align: Align) -> AlignItems {
    match align {
        Align::Start => AlignItems::START,
        Align::Center => AlignItems::CENTER,
        Align::End => AlignItems::END,
        Align::Stretch => AlignItems::STRETCH,
        Align::Baseline => AlignItems::BASELINE,
    }
}

const fn align_content(justify: Justify) -> AlignContent {
    match justify {
        Justify::Start => AlignContent::START,
        Justify::Center => AlignContent::CENTER,
        Justify::End => AlignContent::END,
        Justify::SpaceBetween => AlignContent::SPACE_BETWEEN,
        Justify::SpaceAround => AlignContent::SPACE_AROUND,
        Justify::SpaceEvenly => AlignContent::SPACE_EVENLY,
    }
}

fn flexbox(style: &mut Style, stack: &Stack) {
    let length = LengthPercentage::from_length::<f32>;
    let [top, right, bottom, left] = stack.padding.map(length);
    let [column, row] = stack.gap.map(length);
    style.direction = if stack.rtl { Direction::Rtl } else { Direction::Ltr };
    style.gap = taffy::Size { width: column, height: row };
    style.padding = taffy::Rect { left, right, top, bottom };
    style.display = Display::Flex;
    style.flex_direction = if stack.row { FlexDirection::Row } else { FlexDirection::Column };
    if stack.wrap {
        style.flex_wrap = FlexWrap::Wrap;
        style.align_content = align_content(stack.align_content);
    }
    style.align_items = align_items(stack.align);
    style.justify_content = align_content(stack.justify);
}

/// Measures a leaf, and reports the baseline of a text.
fn measure(input: LayoutInput, leaf: Option<&mut Leaf>, style: &Style) -> LayoutOutput {
    let mut first = None;
    let mut output = taffy::compute_leaf_layout(
        input,
        style,
        |_, _| 0.0,
        |known, available| {
            let available = match available.width {
                AvailableSpace::Definite(width) => Some(width),
                AvailableSpace::MaxContent => None,
                AvailableSpace::MinContent => Some(0.0),
            };
            let Some(leaf) = leaf else { return taffy::Size::ZERO };
            let (size, baseline) = leaf.size((known.width, known.height), available);
            first = baseline;
            taffy::Size { width: size.width, height: size.height }
        },
    );
    if first.is_some() {
        output.baselines = taffy::Baselines::from_first(first);
    }
    output
}

#[cfg(test)]
mod tests {
    use crate::asset::Assets;
    use crate::font::Fonts;
    use crate::inputs::Inputs;
    use crate::layout::{self, Content, Item};
    use crate::limits::Limits;
    use crate::params::Values;
    use crate::request::{Format, Options};
    use crate::template::Template;

    #[test]
    fn a_column_in_a_column_gives_way() {
        let document = r#"{ "width": 200, "height": 200, "layers": [
            { "type": "stack", "width": 200, "height": 120, "gap": 10, "children": [
                { "type": "stack", "width": "fill", "gap": 10, "children": [
                    { "type": "text", "width": "fill", "text": "one two three four five six", "size": 40, "min_size": 10 },
                    { "type": "rect", "height": 20 } ] },
                { "type": "rect", "height": 40 } ] } ] }"#;
        let limits = Limits::default();
        let template = Template::parse(document, &limits).unwrap();
        let (values, options, assets, fonts) = (Values::new(), Options::default(), Assets::new(), Fonts::embedded());
        let plan = crate::plan::plan(&Inputs::new(&template, &values, &options, Format::Png), &limits);
        let scene = layout::layout(&plan, &assets, &fonts, &limits);
        let [outer] = scene.items.as_slice() else { panic!("one layer") };
        let bottoms = |item: &Item| item.children.iter().map(|child| child.frame.bottom().round()).collect::<Vec<_>>();
        assert_eq!(bottoms(outer), [70.0, 120.0]);
        assert_eq!(bottoms(&outer.children[0]), [40.0, 70.0]);
        let Content::Text(text) = &outer.children[0].children[0].content else { panic!("a text") };
        assert!(text.block.size < 20.0 && !text.block.truncated && !text.block.overflows, "{:?}", text.block.size);
    }
}
