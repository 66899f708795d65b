//! The boxes of a plan as a flexbox tree, computed by `taffy`.
//!
//! A group is a box whose children are placed absolutely; a stack is a flexbox. Leaves are measured with
//! their real content: text is fitted into the width that is offered, a picture keeps its shape.

use std::rc::Rc;

use taffy::prelude::{FromLength, FromPercent, TaffyAuto, TaffyZero};
use taffy::{
    AlignContent, AlignItems, AvailableSpace, Dimension, Direction, Display, FlexDirection, LayoutInput, LayoutOutput,
    LengthPercentage, LengthPercentageAuto, NodeId, Position, Style, TaffyTree,
};

use crate::geometry::{Rect, Size};
use crate::plan::{Extent, ImageSource, Kind, Layer, Length, Stack};
use crate::template::document::{Align, Justify};
use crate::text::{Block, Paragraph};

use super::Measure;

/// A layer's computed box, and those of its children in the same order.
pub struct Boxed {
    /// Relative to the containing box.
    pub frame: Rect,
    /// The shaped text of a text layer, to be fitted to the frame.
    pub paragraph: Option<Rc<Paragraph>>,
    /// Of a group or a stack.
    pub children: Vec<Self>,
}

/// The width in font sizes that a text in a row is not squeezed below.
const LABEL_EMS: f32 = 4.0;

/// Room for rounding when a text is fitted into the width that it asked for, in px.
pub const SLACK_PX: f32 = 0.01;

/// The boxes of `layers` in a box of `size`.
pub fn boxes(layers: &[Layer], size: Size, measure: &Measure<'_>) -> Vec<Boxed> {
    let mut tree = Tree::new(measure);
    let nodes = layers.iter().map(|layer| tree.absolute(layer)).collect::<Vec<_>>();
    let ids = nodes.iter().map(|node| node.id).collect::<Vec<_>>();
    let style = Style { position: Position::Relative, size: lengths(size), ..Style::DEFAULT };
    let Ok(root) = tree.taffy.new_with_children(style, &ids) else { return Vec::new() };
    tree.compute(root, AvailableSpace::MaxContent);
    nodes.into_iter().map(|node| tree.boxed(node)).collect()
}

/// What a group that hugs its children measures: its right- and bottommost child decides.
fn natural(layers: &[Layer], measure: &Measure<'_>) -> Size {
    layers.iter().fold(Size::default(), |size, layer| {
        let mut tree = Tree::new(measure);
        let node = tree.node(layer, Style { position: Position::Relative, ..Style::DEFAULT });
        tree.compute(node.id, AvailableSpace::MaxContent);
        let boxed = tree.boxed(node).frame;
        let right = layer.x.resolve(0.0) + boxed.width;
        let bottom = layer.y.resolve(0.0) + boxed.height;
        Size::new(size.width.max(right), size.height.max(bottom))
    })
}

/// A node of the tree, and what its box needs later.
struct Node {
    id: NodeId,
    children: Vec<Self>,
}

/// What a leaf is measured by.
enum Leaf {
    Text(Rc<Paragraph>),
    /// A text on a circle: as large as one on which it would just not meet its own end.
    Circle(Rc<Paragraph>),
    Image(Size),
    Empty(Size),
}

struct Tree<'a> {
    taffy: TaffyTree<Leaf>,
    measure: &'a Measure<'a>,
}

impl<'a> Tree<'a> {
    fn new(measure: &'a Measure<'a>) -> Self {
        let mut taffy = TaffyTree::new();
        taffy.disable_rounding();
        Self { taffy, measure }
    }

    /// A layer with a place of its own.
    fn absolute(&mut self, layer: &Layer) -> Node {
        let inset = |length| match length {
            Length::Px(px) => LengthPercentageAuto::from_length(px),
            Length::Fraction(fraction) => LengthPercentageAuto::from_percent(fraction),
        };
        let mut style = Style { position: Position::Absolute, ..Style::DEFAULT };
        style.inset.left = inset(layer.x);
        style.inset.top = inset(layer.y);
        if layer.width == Extent::Fill {
            style.inset.right = LengthPercentageAuto::ZERO;
        }
        if layer.height == Extent::Fill {
            style.inset.bottom = LengthPercentageAuto::ZERO;
        }
        self.node(layer, style)
    }

    /// A layer whose place the stack decides.
    fn stacked(&mut self, layer: &Layer, row: bool) -> Node {
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

    /// A short label keeps its word beside a long name; a long word gives way.
    fn keep_labels(&mut self, node: &Node, layer: &Layer) {
        let Kind::Text { style: text, .. } = &layer.kind else { return };
        let Some(Leaf::Text(paragraph)) = self.taffy.get_node_context(node.id) else { return };
        let word = paragraph.min_width().min(text.size * LABEL_EMS);
        let Ok(mut style) = self.taffy.style(node.id).cloned() else { return };
        style.min_size.width = LengthPercentageAuto::from_length(word);
        let set = self.taffy.set_style(node.id, style);
        debug_assert!(set.is_ok(), "the node is in the tree");
    }

    fn node(&mut self, layer: &Layer, mut style: Style) -> Node {
        let dimension = |extent| match extent {
            Extent::Length(Length::Px(px)) => Dimension::from_length(px.max(0.0)),
            Extent::Length(Length::Fraction(fraction)) => Dimension::from_percent(fraction.max(0.0)),
            Extent::Fill | Extent::Hug => Dimension::AUTO,
        };
        style.size = taffy::Size { width: dimension(layer.width), height: dimension(layer.height) };
        match &layer.kind {
            Kind::Group(children) => {
                if layer.width == Extent::Hug || layer.height == Extent::Hug {
                    let natural = lengths(natural(children, self.measure));
                    if layer.width == Extent::Hug {
                        style.size.width = natural.width;
                    }
                    if layer.height == Extent::Hug {
                        style.size.height = natural.height;
                    }
                }
                let children = children.iter().map(|child| self.absolute(child)).collect();
                self.parent(style, children)
            }
            Kind::Stack(stack) => {
                flexbox(&mut style, stack);
                let children = stack.children.iter().map(|child| self.stacked(child, stack.row)).collect();
                self.parent(style, children)
            }
            Kind::Text { fixed, runs, style: text_style, arc, .. } => {
                let paragraph = self.measure.runs(runs, text_style, *fixed);
                let leaf = |paragraph| if arc.is_some() { Leaf::Circle(paragraph) } else { Leaf::Text(paragraph) };
                self.leaf(style, leaf(paragraph))
            }
            Kind::Image { sources, .. } => {
                let natural = sources.iter().find_map(|source| match source {
                    ImageSource::Asset(name) => (self.measure.naturals)(name),
                    ImageSource::Initials(_) => Some(Size::new(96.0, 96.0)),
                });
                self.leaf(style, Leaf::Image(natural.unwrap_or_default()))
            }
            Kind::Path { path, view_box } => {
                let size = view_box.map(|view_box| view_box.size());
                let bounds = path.as_ref().map(|path| path.bounds());
                let size = size.or_else(|| bounds.map(|bounds| Size::new(bounds.right(), bounds.bottom())));
                self.leaf(style, Leaf::Empty(size.unwrap_or_default()))
            }
            Kind::Rect | Kind::Ellipse | Kind::Line { .. } => self.leaf(style, Leaf::Empty(Size::default())),
        }
    }

    fn parent(&mut self, style: Style, children: Vec<Node>) -> Node {
        let ids = children.iter().map(|child| child.id).collect::<Vec<_>>();
        // taffy's only errors are about nodes that are not in the tree; these are.
        let id = self.taffy.new_with_children(style, &ids).unwrap_or_else(|_| NodeId::new(0));
        Node { id, children }
    }

    fn leaf(&mut self, style: Style, leaf: Leaf) -> Node {
        let id = self.taffy.new_leaf_with_context(style, leaf).unwrap_or_else(|_| NodeId::new(0));
        Node { id, children: Vec::new() }
    }

    fn compute(&mut self, root: NodeId, space: AvailableSpace) {
        let available = taffy::Size { width: space, height: space };
        let measured = self
            .taffy
            .compute_layout_with_measure(root, available, |input, _, leaf, style| measure(input, leaf, style));
        debug_assert!(measured.is_ok(), "taffy fails only for nodes that are not in the tree");
    }

    fn boxed(&mut self, node: Node) -> Boxed {
        let frame = self.taffy.layout(node.id).map_or_else(
            |_| Rect::default(),
            |layout| Rect::new(layout.location.x, layout.location.y, layout.size.width, layout.size.height),
        );
        let paragraph = match self.taffy.get_node_context_mut(node.id) {
            Some(leaf @ (Leaf::Text(_) | Leaf::Circle(_))) => {
                match std::mem::replace(leaf, Leaf::Empty(Size::default())) {
                    Leaf::Text(paragraph) | Leaf::Circle(paragraph) => Some(paragraph),
                    Leaf::Image(_) | Leaf::Empty(_) => None,
                }
            }
            _ => None,
        };
        Boxed { frame, paragraph, children: node.children.into_iter().map(|child| self.boxed(child)).collect() }
    }
}

fn lengths(size: Size) -> taffy::Size<Dimension> {
    taffy::Size { width: Dimension::from_length(size.width), height: Dimension::from_length(size.height) }
}

/// Whether a layer gives up room before anything is pushed out of its stack. Text does: it can shrink, wrap or be cut. So
/// does a column in a column, whose texts then do; a row is as high as its highest child, and has nothing to give.
fn gives_way(layer: &Layer, in_row: bool) -> bool {
    match &layer.kind {
        Kind::Text { .. } => true,
        Kind::Stack(stack) => {
            let hugs = layer.height == Extent::Hug;
            !in_row && !stack.row && hugs && stack.children.iter().any(|child| gives_way(child, false))
        }
        Kind::Rect | Kind::Ellipse | Kind::Line { .. } | Kind::Path { .. } | Kind::Image { .. } | Kind::Group(_) => {
            false
        }
    }
}

fn flexbox(style: &mut Style, stack: &Stack) {
    let length = LengthPercentage::from_length::<f32>;
    let [top, right, bottom, left] = stack.padding.map(length);
    style.display = Display::Flex;
    style.direction = if stack.rtl { Direction::Rtl } else { Direction::Ltr };
    style.flex_direction = if stack.row { FlexDirection::Row } else { FlexDirection::Column };
    style.gap = taffy::Size { width: length(stack.gap), height: length(stack.gap) };
    style.padding = taffy::Rect { left, right, top, bottom };
    style.align_items = match stack.align {
        Align::Start => AlignItems::START,
        Align::Center => AlignItems::CENTER,
        Align::End => AlignItems::END,
        Align::Stretch => AlignItems::STRETCH,
        Align::Baseline => AlignItems::BASELINE,
    };
    style.justify_content = match stack.justify {
        Justify::Start => AlignContent::START,
        Justify::Center => AlignContent::CENTER,
        Justify::End => AlignContent::END,
        Justify::SpaceBetween => AlignContent::SPACE_BETWEEN,
        Justify::SpaceAround => AlignContent::SPACE_AROUND,
        Justify::SpaceEvenly => AlignContent::SPACE_EVENLY,
    };
}

/// Measures a leaf, and says where the baseline of a text is.
fn measure(input: LayoutInput, leaf: Option<&mut Leaf>, style: &Style) -> LayoutOutput {
    let mut baseline = None;
    let mut output = taffy::compute_leaf_layout(
        input,
        style,
        |_, _| 0.0,
        |known, available| {
            let size = match leaf.as_deref() {
                Some(Leaf::Text(paragraph)) => {
                    let block = fit(paragraph, known, available);
                    baseline = block.lines.first().map(|line| line.baseline);
                    Size::new(block.width, block.height)
                }
                Some(Leaf::Circle(paragraph)) => {
                    let side = paragraph.max_width() / std::f32::consts::PI;
                    in_shape(Size::new(side, side), known)
                }
                Some(Leaf::Image(natural)) => in_shape(*natural, known),
                Some(Leaf::Empty(size)) => *size,
                None => Size::default(),
            };
            taffy::Size { width: known.width.unwrap_or(size.width), height: known.height.unwrap_or(size.height) }
        },
    );
    if baseline.is_some() {
        output.baselines = taffy::Baselines::from_first(baseline);
    }
    output
}

fn fit(paragraph: &Paragraph, known: taffy::Size<Option<f32>>, available: taffy::Size<AvailableSpace>) -> Block {
    let width = known.width.or(match available.width {
        AvailableSpace::Definite(width) => Some(width),
        AvailableSpace::MaxContent => None,
        AvailableSpace::MinContent => Some(0.0),
    });
    paragraph.fit(width.map(|width| width + SLACK_PX), known.height.map(|height| height + SLACK_PX))
}

/// A picture's size where one side, both or none are given: it keeps its shape.
fn in_shape(natural: Size, known: taffy::Size<Option<f32>>) -> Size {
    let ratio = if natural.height > 0.0 { natural.width / natural.height } else { 1.0 };
    match (known.width, known.height) {
        (Some(width), None) if ratio > 0.0 => Size::new(width, width / ratio),
        (None, Some(height)) => Size::new(height * ratio, height),
        _ => natural,
    }
}

#[cfg(test)]
mod tests {
    use crate::layout::{Content, Item};
    use crate::limits::Limits;
    use crate::params::Values;
    use crate::render::{self, Resources};
    use crate::request::Options;
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
        let plan = crate::plan::plan(&template, &Values::new(), &Options::default(), &limits);
        let scene = render::lay_out(&plan, &Resources::default(), &limits);
        let [outer] = scene.items.as_slice() else { panic!("one layer") };
        let bottoms = |item: &Item| item.children.iter().map(|child| child.frame.bottom().round()).collect::<Vec<_>>();
        assert_eq!(bottoms(outer), [70.0, 120.0]);
        assert_eq!(bottoms(&outer.children[0]), [40.0, 70.0]);
        let Content::Text(text) = &outer.children[0].children[0].content else { panic!("a text") };
        assert!(text.block.size < 20.0 && !text.block.truncated && !text.block.overflows, "{:?}", text.block.size);
    }
}
