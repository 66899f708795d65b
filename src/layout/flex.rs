//! The boxes of a stack: a flexbox, computed by `taffy`, or a grid.
//!
//! Leaves are measured with their real content: text is fitted into the width that is offered, and
//! a picture keeps its aspect ratio. A group is a leaf to `taffy`, because its children have places
//! of their own. So is a grid: [`grid`](super::grid) sizes its tracks, and each stack in it is a tree of
//! its own.

use taffy::prelude::{FromLength, FromPercent, TaffyAuto, TaffyMaxContent, TaffyZero};
use taffy::{
    AlignContent, AlignItems, AvailableSpace, Dimension, Direction, Display, FlexDirection, FlexWrap, LayoutInput,
    LayoutOutput, LengthPercentage, LengthPercentageAuto, NodeId, Position, Style, TaffyTree,
};

use crate::geometry::{Rect, Size};
use crate::plan::{self, Constraints, Extent, Kind, Layer, Length, Stack};
use crate::template::document::{Align, Justify};

use super::boxed::{Boxed, Groups};
use super::grid::{self, Area, Contribution, Room, Wish};
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
    taffy: TaffyTree<Content<'a>>,
    measure: &'a Measure<'a>,
    groups: Groups,
}

impl<'a> Tree<'a> {
    fn new(measure: &'a Measure<'a>, groups: Groups) -> Self {
        let mut taffy = TaffyTree::with_capacity(4);
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
        let Some(Content::Leaf(Leaf::Text(paragraph))) = self.taffy.get_node_context(node.id) else { return };
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
            Kind::Stack(stack) if let Some(grid) = &stack.grid => {
                style.padding = padding(stack);
                let content = Content::Grid(Box::new(Grid::new(stack, grid, self.measure, self.groups)));
                let id = self.taffy.new_leaf_with_context(style, content).unwrap_or_else(|_| NodeId::new(0));
                Node { id, layer, children: Vec::new() }
            }
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
        let id = self.taffy.new_leaf_with_context(style, Content::Leaf(leaf)).unwrap_or_else(|_| NodeId::new(0));
        Node { id, layer, children: Vec::new() }
    }

    fn compute(&mut self, root: NodeId) {
        self.compute_in(root, taffy::Size::MAX_CONTENT);
    }

    fn compute_in(&mut self, root: NodeId, available: taffy::Size<AvailableSpace>) {
        let measured = self
            .taffy
            .compute_layout_with_measure(root, available, |input, _, content, style| measure(input, content, style));
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
        let content = self.taffy.get_node_context_mut(node.id);
        let content = content.map(|content| std::mem::replace(content, Content::Leaf(Leaf::Empty(Size::default()))));
        let (paragraph, cells) = match content {
            Some(Content::Leaf(leaf)) => (leaf.into_paragraph(), None),
            Some(Content::Grid(grid)) => (None, Some(grid.boxes(frame.size()))),
            None => (None, None),
        };
        let children = match (&node.layer.kind, cells) {
            (_, Some(cells)) => cells,
            (Kind::Group(children), _) => (self.groups.boxes)(children, frame.size(), self.measure),
            _ => node.children.into_iter().map(|child| self.boxed(child)).collect(),
        };
        Boxed { frame, paragraph, children }
    }
}

/// The content of a node that has no children in taffy's tree.
enum Content<'a> {
    Leaf(Leaf),
    Grid(Box<Grid<'a>>),
}

/// A grid while its boxes are computed.
struct Grid<'a> {
    stack: &'a Stack,
    grid: &'a plan::Grid,
    measure: &'a Measure<'a>,
    groups: Groups,
    cells: Vec<GridCell<'a>>,
    /// Number of rows.
    rows: usize,
    /// Sizes that were asked for before: a grid in ten others is measured a few times.
    known: Vec<((Option<f32>, AvailableSpace), Size)>,
}

/// A child of a grid that has no place of its own.
struct GridCell<'a> {
    layer: &'a Layer,
    index: usize,
    area: Area,
    body: Body<'a>,
    /// Its minimum and its max-content width, margins included.
    widths: Option<[f32; 2]>,
    /// Its heights at widths that were asked for before.
    heights: Vec<(f32, f32)>,
}

/// What a cell is measured by.
enum Body<'a> {
    Leaf(Leaf),
    Stack(Tree<'a>, Node<'a>),
}

impl<'a> Grid<'a> {
    fn new(stack: &'a Stack, grid: &'a plan::Grid, measure: &'a Measure<'a>, groups: Groups) -> Self {
        let inside = || stack.children.iter().enumerate().filter(|(_, child)| !is_absolute(child));
        let wish = |layer: &Layer| {
            let cell = sizing(layer).cell;
            Wish { column: cell.column, row: cell.row, spans: cell.spans }
        };
        let wishes: Vec<Wish> = inside().map(|(_, child)| wish(child)).collect();
        let areas = grid::placed(&wishes, grid.columns.len(), measure.limits.grid_rows);
        let rows = areas.iter().map(|area| area.row.saturating_add(area.rows)).max().unwrap_or(0);
        let cells = inside().zip(areas).map(|((index, layer), area)| {
            let body = match &layer.kind {
                Kind::Stack(_) => {
                    let mut tree = Tree::new(measure, groups);
                    let node = tree.node(layer, Style { position: Position::Relative, ..Style::DEFAULT });
                    Body::Stack(tree, node)
                }
                Kind::Group(children) => {
                    let hugs = layer.width == Extent::Hug || layer.height == Extent::Hug;
                    let size = if hugs { (groups.natural)(children, measure) } else { Size::default() };
                    Body::Leaf(Leaf::Empty(size))
                }
                _ => Body::Leaf(Leaf::new(layer, measure)),
            };
            GridCell { layer, index, area, body, widths: None, heights: Vec::new() }
        });
        Self { stack, grid, measure, groups, cells: cells.collect(), rows, known: Vec::new() }
    }

    /// Its size without padding, where its width may be known.
    fn size(&mut self, width: Option<f32>, available: AvailableSpace) -> Size {
        let key = (width, available);
        if let Some((_, size)) = self.known.iter().find(|(known, _)| *known == key) {
            return *size;
        }
        let sum = |tracks: &[f32], gap: f32| tracks.iter().sum::<f32>() + gap * count(tracks.len().saturating_sub(1));
        let [gap, row_gap] = self.stack.gap;
        let wide = match (width, available) {
            (Some(width), _) => width,
            (None, AvailableSpace::MinContent) => sum(&self.columns(Room::MinContent), gap),
            (None, AvailableSpace::MaxContent) => sum(&self.columns(Room::MaxContent), gap),
            (None, AvailableSpace::Definite(room)) => {
                let most = sum(&self.columns(Room::MaxContent), gap);
                if most <= room { most } else { room.max(sum(&self.columns(Room::MinContent), gap)) }
            }
        };
        let columns = self.columns(Room::Definite(wide));
        let rows = self.row_sizes(&columns, None);
        let size = Size::new(wide, sum(&rows, row_gap));
        self.known.push((key, size));
        size
    }

    fn columns(&mut self, room: Room) -> Vec<f32> {
        let contributions = self.cells.iter_mut().map(|cell| {
            let [min, max] = cell.widths();
            Contribution { start: cell.area.column, span: cell.area.columns, min, max }
        });
        let contributions: Vec<Contribution> = contributions.collect();
        let columns = self.grid.columns.iter().copied();
        grid::sizes(columns, &contributions, self.stack.gap[0], room, self.grid.stretch[0])
    }

    /// The heights of the rows, in a box of this height if it is known.
    fn row_sizes(&mut self, columns: &[f32], height: Option<f32>) -> Vec<f32> {
        let [gap, row_gap] = self.stack.gap;
        let justify = self.grid.justify_items;
        let contributions = self.cells.iter_mut().map(|cell| {
            let (_, room) = grid::span(columns, gap, cell.area.column, cell.area.columns);
            let [top, _, bottom, _] = sizing(cell.layer).cell.margin;
            let width = cell.width(room, justify);
            let high = cell.height(width) + top + bottom;
            Contribution { start: cell.area.row, span: cell.area.rows, min: high, max: high }
        });
        let contributions: Vec<Contribution> = contributions.collect();
        let rows = std::iter::repeat_n(plan::Track::Auto, self.rows);
        let room = height.map_or(Room::MaxContent, Room::Definite);
        grid::sizes(rows, &contributions, row_gap, room, self.grid.stretch[1])
    }

    /// The boxes of its children in a box of `size`.
    fn boxes(mut self, size: Size) -> Vec<Boxed> {
        let [top, right, bottom, left] = self.stack.padding;
        let inner = Size::new((size.width - left - right).max(0.0), (size.height - top - bottom).max(0.0));
        let columns = self.columns(Room::Definite(inner.width));
        let rows = self.row_sizes(&columns, Some(inner.height));
        let [gap, row_gap] = self.stack.gap;
        let across = grid::Spread::new(&columns, gap, inner.width, self.stack.justify);
        let down = grid::Spread::new(&rows, row_gap, inner.height, self.stack.align_content);
        let (measure, groups, stack, justify) = (self.measure, self.groups, self.stack, self.grid.justify_items);
        let mut boxes: Vec<(usize, Boxed)> = Vec::with_capacity(stack.children.len());
        for mut cell in std::mem::take(&mut self.cells) {
            let (x, wide) = across.of(&columns, cell.area.column, cell.area.columns);
            let (y, high) = down.of(&rows, cell.area.row, cell.area.rows);
            let asked = sizing(cell.layer);
            let [before, _, after, _] = asked.cell.margin;
            let [_, end, _, start] = asked.cell.margin;
            let width = cell.width(wide, justify);
            let fills = |extent, align| if extent == Extent::Fill { Align::Stretch } else { align };
            let align = fills(cell.layer.height, asked.align.unwrap_or(stack.align));
            let room = (high - before - after).max(0.0);
            let height = match cell.layer.height {
                Extent::Length(Length::Fraction(part)) => Some(high * part),
                Extent::Fill => Some(room),
                Extent::Hug if align == Align::Stretch && asked.aspect_ratio.is_none() => Some(room),
                Extent::Length(Length::Px(_)) | Extent::Hug => None,
            };
            let height =
                height.map_or_else(|| cell.height(width), |height| bounded(height, asked.min[1], asked.max[1], high));
            let justify = fills(cell.layer.width, asked.cell.justify.unwrap_or(justify));
            let aside = offset(justify, wide - start - end - width);
            let x = if stack.rtl { inner.width - x - start - aside - width } else { x + start + aside };
            let y = y + before + offset(align, room - height);
            let frame = Rect::new(left + x, top + y, width, height);
            boxes.push((cell.index, cell.boxed(frame, measure, groups)));
        }
        for (index, layer) in stack.children.iter().enumerate().filter(|(_, layer)| is_absolute(layer)) {
            boxes.push((index, boxed(layer, size, measure, groups)));
        }
        boxes.sort_by_key(|(index, _)| *index);
        boxes.into_iter().map(|(_, boxed)| boxed).collect()
    }
}

impl GridCell<'_> {
    /// Its width as its content asks for: as little as possible, or all of it.
    fn content(&mut self, is_least: bool) -> f32 {
        let height = match self.layer.height {
            Extent::Length(Length::Px(px)) => Some(px.max(0.0)),
            _ => None,
        };
        let ratio = sizing(self.layer).aspect_ratio;
        if let (Some(height), Some(ratio)) = (height, ratio) {
            return height * ratio;
        }
        match &mut self.body {
            Body::Leaf(Leaf::Text(text)) if is_least => text.min_width(),
            Body::Leaf(leaf) => leaf.size((None, height), None).0.width,
            Body::Stack(tree, node) => {
                let space = if is_least { AvailableSpace::MinContent } else { AvailableSpace::MaxContent };
                tree.size(node, (None, height), space).width
            }
        }
    }

    /// Its minimum and its max-content width, margins included. What fills its cell asks for no
    /// width, so that a large photo makes no column wide.
    fn widths(&mut self) -> [f32; 2] {
        if let Some(widths) = self.widths {
            return widths;
        }
        let asked = sizing(self.layer);
        let own = match self.layer.width {
            Extent::Length(Length::Px(px)) => [px.max(0.0); 2],
            Extent::Fill => [0.0, self.content(false)],
            Extent::Length(Length::Fraction(_)) | Extent::Hug => [self.content(true), self.content(false)],
        };
        let [_, right, _, left] = asked.cell.margin;
        let px = |length: Option<Length>| length.filter(|length| matches!(length, Length::Px(_)));
        let [min, max] = own.map(|width| bounded(width, px(asked.min[0]), px(asked.max[0]), 0.0) + left + right);
        let widths = [min, max.max(min)];
        self.widths = Some(widths);
        widths
    }

    /// Its width in a cell of `room` px.
    fn width(&mut self, room: f32, justify: Align) -> f32 {
        let asked = sizing(self.layer);
        let [_, right, _, left] = asked.cell.margin;
        let inner = (room - left - right).max(0.0);
        let has_ratio = asked.aspect_ratio.is_some() && matches!(self.layer.height, Extent::Length(Length::Px(_)));
        let width = match self.layer.width {
            Extent::Length(length) => length.resolve(room).max(0.0),
            Extent::Fill => inner,
            Extent::Hug if asked.cell.justify.unwrap_or(justify) == Align::Stretch && !has_ratio => inner,
            Extent::Hug => {
                let [min, max] = self.widths().map(|width| width - left - right);
                max.min(inner).max(min)
            }
        };
        bounded(width, asked.min[0], asked.max[0], room)
    }

    /// Its height as its content asks for at a width.
    fn height(&mut self, width: f32) -> f32 {
        if let Some((_, height)) = self.heights.iter().find(|(known, _)| *known == width) {
            return *height;
        }
        let asked = sizing(self.layer);
        let height = match (self.layer.height, asked.aspect_ratio) {
            (Extent::Length(Length::Px(px)), _) => px.max(0.0),
            (_, Some(ratio)) => width / ratio,
            _ => match &mut self.body {
                Body::Leaf(leaf) => leaf.size((Some(width), None), None).0.height,
                Body::Stack(tree, node) => tree.size(node, (Some(width), None), AvailableSpace::Definite(width)).height,
            },
        };
        let px = |length: Option<Length>| length.filter(|length| matches!(length, Length::Px(_)));
        let height = bounded(height, px(asked.min[1]), px(asked.max[1]), 0.0);
        self.heights.push((width, height));
        height
    }

    /// Its box and those in it.
    fn boxed(self, frame: Rect, measure: &Measure<'_>, groups: Groups) -> Boxed {
        match self.body {
            Body::Leaf(leaf) => {
                let children = match &self.layer.kind {
                    Kind::Group(children) => (groups.boxes)(children, frame.size(), measure),
                    _ => Vec::new(),
                };
                Boxed { frame, paragraph: leaf.into_paragraph(), children }
            }
            Body::Stack(mut tree, node) => {
                tree.size(&node, (Some(frame.width), Some(frame.height)), AvailableSpace::Definite(frame.width));
                Boxed { frame, ..tree.boxed(node) }
            }
        }
    }
}

impl Tree<'_> {
    /// The size of the root, of which one side, both or none are given.
    fn size(&mut self, node: &Node<'_>, given: (Option<f32>, Option<f32>), width: AvailableSpace) -> Size {
        let Ok(mut style) = self.taffy.style(node.id).cloned() else { return Size::default() };
        let dimension = |side: Option<f32>| side.map_or(Dimension::AUTO, Dimension::from_length);
        style.size = taffy::Size { width: dimension(given.0), height: dimension(given.1) };
        // The bounds are applied by the grid, which knows the cell.
        style.min_size = taffy::Size { width: LengthPercentageAuto::AUTO, height: LengthPercentageAuto::AUTO };
        style.max_size = style.min_size;
        style.aspect_ratio = None;
        let set = self.taffy.set_style(node.id, style);
        debug_assert!(set.is_ok(), "the node is in the tree");
        self.compute_in(node.id, taffy::Size { width, height: AvailableSpace::MaxContent });
        self.frame(node).size()
    }
}

/// What a layer asks for beyond its width and height.
fn sizing(layer: &Layer) -> &Constraints {
    layer.sizing.as_deref().unwrap_or(&Constraints::NONE)
}

/// A side within its bounds; the least one wins over the largest, as in CSS.
fn bounded(side: f32, min: Option<Length>, max: Option<Length>, whole: f32) -> f32 {
    let least = min.map_or(0.0, |length| length.resolve(whole));
    side.min(max.map_or(f32::MAX, |length| length.resolve(whole))).max(least)
}

/// The distance from the start of a cell with `free` px beside a child.
fn offset(align: Align, free: f32) -> f32 {
    match align {
        Align::Start | Align::Stretch | Align::Baseline => 0.0,
        Align::Center => free / 2.0,
        Align::End => free,
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are at most some hundred tracks")]
const fn count(tracks: usize) -> f32 {
    tracks as f32
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
            !in_row
                && !stack.row
                && stack.grid.is_none()
                && hugs
                && stack.children.iter().any(|child| gives_way(child, false))
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

fn padding(stack: &Stack) -> taffy::Rect<LengthPercentage> {
    let [top, right, bottom, left] = stack.padding.map(LengthPercentage::from_length::<f32>);
    taffy::Rect { left, right, top, bottom }
}

fn flexbox(style: &mut Style, stack: &Stack) {
    let [column, row] = stack.gap.map(LengthPercentage::from_length::<f32>);
    style.direction = if stack.rtl { Direction::Rtl } else { Direction::Ltr };
    style.gap = taffy::Size { width: column, height: row };
    style.padding = padding(stack);
    style.display = Display::Flex;
    style.flex_direction = if stack.row { FlexDirection::Row } else { FlexDirection::Column };
    if stack.wrap {
        style.flex_wrap = FlexWrap::Wrap;
        style.align_content = align_content(stack.align_content);
    }
    style.align_items = align_items(stack.align);
    style.justify_content = align_content(stack.justify);
}

/// Measures a leaf or a grid, and reports the baseline of a text.
fn measure(input: LayoutInput, content: Option<&mut Content<'_>>, style: &Style) -> LayoutOutput {
    let mut first = None;
    let mut output = taffy::compute_leaf_layout(
        input,
        style,
        |_, _| 0.0,
        |known, available| {
            let leaf = match content {
                None => return taffy::Size::ZERO,
                Some(Content::Leaf(leaf)) => leaf,
                Some(Content::Grid(grid)) => {
                    let size = grid.size(known.width, available.width);
                    return taffy::Size { width: size.width, height: known.height.unwrap_or(size.height) };
                }
            };
            let available = match (available.width, &*leaf) {
                (AvailableSpace::Definite(width), _) => Some(width),
                (AvailableSpace::MaxContent, _) => None,
                (AvailableSpace::MinContent, Leaf::Text(text)) => Some(text.min_width()),
                (AvailableSpace::MinContent, _) => Some(0.0),
            };
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
