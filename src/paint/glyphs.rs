//! Lines of glyphs → masks and outlines, grouped by paint; colour glyphs are separate.

use std::collections::BTreeMap;

use tiny_skia::{Path, PathBuilder, Transform};

use crate::color::{Color, luminance};
use crate::font::{Face, Fonts, Layer};
use crate::geometry::{Rect, px};
use crate::layout::{Arc, Item, Text};
use crate::plan::Paint;
use crate::text::{Block, Glyph, Line, Rule};

use super::decoration::Line as Decoration;
use super::mask::{Found, Glyphs, Masks, Stamp};

/// Glyphs that are filled with one paint.
pub struct Inked<'a> {
    pub paint: &'a Paint,
    pub ink: Ink,
    /// Whether they are lines through letters, which lie above colour glyphs too.
    pub over: bool,
}

/// The form of glyphs, or of lines along them.
pub enum Ink {
    /// An outline in px of the picture.
    Path(Path),
    /// A mask, for upright glyphs of one colour.
    Stamps(Vec<Stamp>),
}

/// The paints of a block.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    /// The paint of each run, or empty.
    fills: &'a [Option<Paint>],
    /// The paint of runs that have none of their own.
    fill: &'a Paint,
    /// Whether glyphs are stroked too, which needs their path.
    stroked: bool,
}

/// The paint of a text without a fill.
static BLACK: Paint = Paint::Color(Color::BLACK);

/// The paint of initials.
static WHITE: Paint = Paint::Color(Color::rgb(255, 255, 255));

impl Pen<'static> {
    /// The pen of initials that stand in for an image.
    pub const OF_INITIALS: Self = Self { fills: &[], fill: &WHITE, stroked: false };
}

impl<'a> Pen<'a> {
    /// The pen of initials on the fill of their layer, or on a backdrop that is dark: black on a light one.
    pub fn of_initials(fill: Option<&Paint>) -> Self {
        // White has a contrast of 3 with it (WCAG).
        const LIGHT: f64 = 0.3;
        let is_light = matches!(fill, Some(Paint::Color(color)) if luminance(*color) > LIGHT);
        Self { fill: if is_light { &BLACK } else { &WHITE }, ..Pen::OF_INITIALS }
    }

    /// The pen of a text layer.
    pub fn of_text(item: &'a Item, text: &'a Text) -> Self {
        Self {
            fills: &text.fills,
            fill: item.look.fill.as_ref().unwrap_or(&BLACK),
            stroked: item.look.stroke.is_some(),
        }
    }

    /// The run's own paint.
    fn own(&self, run: u16) -> Option<&'a Paint> {
        self.fills.get(usize::from(run)).and_then(Option::as_ref)
    }

    /// A key that all runs with the same paint share.
    fn key(&self, run: u16) -> Option<u16> {
        self.own(run).map(|_| run)
    }

    /// The paint of the runs with this key.
    fn paint(&self, key: Option<u16>) -> &'a Paint {
        key.and_then(|run| self.own(run)).unwrap_or(self.fill)
    }

    /// Whether the glyphs of a run have one colour and no stroke.
    fn stamps(&self, run: u16) -> bool {
        !self.stroked && matches!(self.paint(Some(run)), Paint::Color(_))
    }
}

/// A glyph in colour, such as an emoji.
pub struct Colored<'a> {
    face: &'a Face,
    glyph: u16,
    /// The paint of those of its layers that have no colour.
    pub paint: &'a Paint,
    /// The transform from font units to px of the picture.
    pub place: Transform,
}

impl Colored<'_> {
    /// Its layers from the lowest, at most `most` of them.
    pub fn layers(&self, most: usize) -> Vec<Layer> {
        self.face.layers(self.glyph, most).unwrap_or_default()
    }
}

/// The place of a block.
#[derive(Clone, Copy)]
pub struct Place {
    /// The block's top left corner, in px of the picture.
    pub origin: (f32, f32),
    /// The circle that its line stands on, if it stands on one.
    pub arc: Option<Arc>,
    /// Output px per px if the text stands upright. Its baselines then lie on whole output px, so
    /// that the feet of glyphs are crisp.
    pub snap: Option<f32>,
}

/// The glyphs of a block, and below them the lines under and through them.
pub fn inked<'a>(block: &Block, place: Place, pen: Pen<'a>, glyphs: Glyphs<'_>) -> Vec<Inked<'a>> {
    let Glyphs { fonts, masks } = glyphs;
    let mut fresh = Masks::default();
    let mut cached = masks.try_borrow_mut().ok();
    let masks = cached.as_deref_mut().unwrap_or(&mut fresh);
    let mut stamps: BTreeMap<Option<u16>, Vec<Stamp>> = BTreeMap::new();
    let mut paths: BTreeMap<Option<u16>, PathBuilder> = BTreeMap::new();
    // Maps of one type: each type of them is some kB of the Worker.
    let (mut under, mut over) = (BTreeMap::<Option<u16>, PathBuilder>::new(), BTreeMap::new());
    for line in &block.lines {
        let mut decorations: Vec<(&Rule, Decoration)> =
            line.rules.iter().filter_map(|rule| Some((rule, decoration(rule, line, place)?))).collect();
        // A line through letters has no gaps.
        let is_under = |rule: &Rule| rule.y > line.baseline;
        for glyph in &line.glyphs {
            let found = stamp(block, line, glyph, place, pen, fonts, masks);
            let by_outline = matches!(found, Found::Outline);
            if by_outline || decorations.iter().any(|(rule, _)| is_under(rule)) {
                let outline = outline(block, line, glyph, place, fonts);
                let under = decorations.iter_mut().filter(|(rule, _)| is_under(rule));
                under.for_each(|(_, line)| outline.iter().for_each(|outline| line.skip(outline)));
                if let Some(outline) = outline.filter(|_| by_outline) {
                    paths.entry(pen.key(glyph.run)).or_default().push_path(&outline);
                }
            }
            if let Found::Stamp(stamp) = found {
                stamps.entry(pen.key(glyph.run)).or_default().push(stamp);
            }
        }
        let straight = decorations.into_iter().filter_map(|(rule, decoration)| Some((rule, decoration.path()?)));
        let bent =
            place.arc.iter().flat_map(|arc| line.rules.iter().filter_map(|rule| Some((rule, bend(rule, line, *arc)?))));
        for (rule, path) in straight.chain(bent) {
            let key = pen.key(rule.run);
            let rules = if is_under(rule) { &mut under } else { &mut over };
            rules.entry(key).or_default().push_path(&path);
        }
    }
    let inked = |run, ink, over| Inked { paint: pen.paint(run), ink, over };
    let stamped = stamps.into_iter().map(|(run, stamps)| inked(run, Ink::Stamps(stamps), false));
    let paths =
        paths.into_iter().chain(under).map(|path| (false, path)).chain(over.into_iter().map(|path| (true, path)));
    let filled = paths.filter_map(|(over, (run, path))| Some(inked(run, Ink::Path(path.finish()?), over)));
    stamped.chain(filled).collect()
}

/// The mask of a glyph, or its outline if it is not upright or not of one colour.
fn stamp(
    block: &Block,
    line: &Line,
    glyph: &Glyph,
    place: Place,
    pen: Pen<'_>,
    fonts: &Fonts,
    masks: &mut Masks,
) -> Found {
    let scale = place.snap.filter(|_| place.arc.is_none() && pen.stamps(glyph.run));
    let face = fonts.get(glyph.face).filter(|face| !face.has_layers(glyph.id));
    let letters = block.runs.get(usize::from(glyph.run));
    match (scale, face, letters, transform(block, line, glyph, place, fonts)) {
        (None, ..) => Found::Outline,
        (Some(scale), Some(face), Some(letters), Some(Transform { sx, tx, ty, .. })) => {
            let of = (glyph.face, glyph.run);
            masks.find(face, of, &letters.instance, glyph.id, sx * scale, (tx * scale, ty * scale))
        }
        _ => Found::Blank,
    }
}

/// The glyphs of a block that are in colour, in the order of its lines.
pub fn colored<'a>(block: &Block, place: Place, pen: Pen<'a>, fonts: &'a Fonts) -> Vec<Colored<'a>> {
    let glyphs = block.lines.iter().flat_map(|line| line.glyphs.iter().map(move |glyph| (line, glyph)));
    let colored = |(line, glyph): (&Line, &Glyph)| {
        let face = fonts.get(glyph.face).filter(|face| face.has_layers(glyph.id))?;
        let paint = pen.paint(Some(glyph.run));
        Some(Colored { face, glyph: glyph.id, paint, place: transform(block, line, glyph, place, fonts)? })
    };
    glyphs.filter_map(colored).collect()
}

/// The outline of a glyph in its place. `None` if the glyph is empty or in colour.
fn outline(block: &Block, line: &Line, glyph: &Glyph, place: Place, fonts: &Fonts) -> Option<Path> {
    let letters = block.runs.get(usize::from(glyph.run))?;
    let face = fonts.get(glyph.face).filter(|face| !face.has_layers(glyph.id))?;
    face.outline(&letters.instance, glyph.id)?.transform(transform(block, line, glyph, place, fonts)?)
}

/// The transform from the font units of a glyph to its place in the picture.
fn transform(block: &Block, line: &Line, glyph: &Glyph, place: Place, fonts: &Fonts) -> Option<Transform> {
    let letters = block.runs.get(usize::from(glyph.run))?;
    let scale = block.size * letters.scale / fonts.units_per_em(glyph.face);
    Some(match place.arc {
        Some(arc) => {
            let upright = Transform::from_row(scale, 0.0, 0.0, scale, glyph.x - glyph.middle, glyph.y - line.baseline);
            upright.post_concat(arc.at(glyph.middle - line.x - line.width / 2.0))
        }
        None => {
            let (x, y) = (px(place.origin.0 + glyph.x), px(place.origin.1 + glyph.y + shift(line, place)));
            Transform::from_row(scale, 0.0, 0.0, scale, x, y)
        }
    })
}

/// A line along a text on a circle, in pieces of some px. It leaves no gaps for letters.
fn bend(rule: &Rule, line: &Line, arc: Arc) -> Option<Path> {
    let start = rule.x - line.x - line.width / 2.0;
    let (above, pieces) = (rule.y - line.baseline, (rule.width / PIECE_PX).ceil().clamp(1.0, MAX_PIECES));
    let mut path = PathBuilder::new();
    let mut side = |at: f32, y: f32| {
        let foot = arc.at(start + rule.width * at / pieces);
        let (x, y) = (px(foot.tx + foot.kx * y), px(foot.ty + foot.sy * y));
        if path.is_empty() { path.move_to(x, y) } else { path.line_to(x, y) }
    };
    let mut at = 0.0;
    while at <= pieces {
        side(at, above);
        at += 1.0;
    }
    while at > 0.0 {
        at -= 1.0;
        side(at, above + rule.height);
    }
    path.close();
    path.finish()
}

/// The length in px of a piece of a line on a circle: on a circle of 20 px it is 0.06 px beside it.
const PIECE_PX: f32 = 3.0;

/// The most pieces of a line on a circle.
const MAX_PIECES: f32 = 1_000.0;

/// The distance in px that moves a line's baseline onto whole output px.
fn shift(line: &Line, place: Place) -> f32 {
    let baseline = place.origin.1 + line.baseline;
    place.snap.map_or(0.0, |scale| (baseline * scale).round() / scale - baseline)
}

/// A line along a text, at least one output px thick and aligned to whole output px.
fn decoration(rule: &Rule, line: &Line, place: Place) -> Option<Decoration> {
    if place.arc.is_some() {
        return None;
    }
    let (x, mut y) = (place.origin.0 + rule.x, place.origin.1 + rule.y + shift(line, place));
    let mut height = rule.height;
    if let Some(scale) = place.snap {
        height = (height * scale).round().max(1.0) / scale;
        y = (y * scale).round() / scale;
    }
    Some(Decoration::new(Rect::new(px(x), px(y), rule.width, height)))
}

/// The box around a block's lines, in px of the picture. A gradient across a text spans this box.
pub fn bounds(block: &Block, origin: (f32, f32)) -> Rect {
    let boxes = block.lines.iter().map(|line| Rect::new(origin.0 + line.x, origin.1, line.width, block.height));
    boxes.reduce(|a, b| a.union(&b)).unwrap_or_default()
}
