//! Lines of glyphs → paths, so that all letters of one colour are filled at once; and glyphs that have colours of their own.

use std::collections::BTreeMap;

use tiny_skia::{Path, PathBuilder, Transform};

use crate::geometry::{Rect, px};
use crate::layout::Arc;
use crate::plan::Paint;
use crate::text::{Block, Face, Fonts, Glyph, Layer, Line, Rule};

use super::rules::Band;

/// Letters of one colour.
pub struct Inked<'a> {
    /// What they are filled with; none: with the item's fill.
    pub fill: Option<&'a Paint>,
    /// In px of the picture.
    pub path: Path,
}

/// A glyph in colour, such as an emoji.
pub struct Colored<'a> {
    face: &'a Face,
    glyph: u16,
    /// What a layer without a colour is filled with; none: with the item's fill.
    pub fill: Option<&'a Paint>,
    /// From font units to px of the picture.
    pub place: Transform,
}

impl Colored<'_> {
    /// Its layers from the lowest, `most` at most.
    pub fn layers(&self, most: usize) -> Vec<Layer> {
        self.face.layers(self.glyph, most).unwrap_or_default()
    }
}

/// Where a block's letters are.
#[derive(Clone, Copy)]
pub struct Place {
    /// The block's top left corner, in px of the picture.
    pub origin: (f32, f32),
    /// The circle that its line stands on, instead of there.
    pub arc: Option<Arc>,
    /// Output px per px where the text stands upright: its baselines then lie on whole output px, so that the feet of letters are
    /// crisp. Letters keep their exact place along the line.
    pub snap: Option<f32>,
}

/// The outlines of a block, in px. `fills` has one of each run, or is empty. Lines under and through letters come behind these.
pub fn outlines<'a>(block: &Block, place: Place, fills: &'a [Option<Paint>], fonts: &Fonts) -> Vec<Inked<'a>> {
    let mut letters: BTreeMap<Option<u16>, PathBuilder> = BTreeMap::new();
    let mut rules: BTreeMap<Option<u16>, PathBuilder> = BTreeMap::new();
    let fill = |run: u16| fills.get(usize::from(run)).and_then(Option::as_ref);
    let key = |run: u16| fill(run).map(|_| run);
    for line in &block.lines {
        let mut bands: Vec<(&Rule, Band)> =
            line.rules.iter().filter_map(|rule| Some((rule, band(rule, line, place)?))).collect();
        for glyph in &line.glyphs {
            if let Some(outline) = outline(block, line, glyph, place, fonts) {
                // A line through letters has no gaps.
                let under = bands.iter_mut().filter(|(rule, _)| rule.y > line.baseline);
                under.for_each(|(_, band)| band.skip(&outline));
                letters.entry(key(glyph.run)).or_default().push_path(&outline);
            }
        }
        for (rule, band) in bands {
            if let Some(path) = band.path() {
                rules.entry(key(rule.run)).or_default().push_path(&path);
            }
        }
    }
    let paths = letters.into_iter().chain(rules);
    paths.filter_map(|(run, path)| Some(Inked { fill: run.and_then(fill), path: path.finish()? })).collect()
}

/// The glyphs of a block that are in colour, in the order of its lines.
pub fn colored<'a>(block: &Block, place: Place, fills: &'a [Option<Paint>], fonts: &'a Fonts) -> Vec<Colored<'a>> {
    let glyphs = block.lines.iter().flat_map(|line| line.glyphs.iter().map(move |glyph| (line, glyph)));
    let colored = |(line, glyph): (&Line, &Glyph)| {
        let face = fonts.get(glyph.face).filter(|face| face.has_layers(glyph.id))?;
        let fill = fills.get(usize::from(glyph.run)).and_then(Option::as_ref);
        Some(Colored { face, glyph: glyph.id, fill, place: transform(block, line, glyph, place, fonts)? })
    };
    glyphs.filter_map(colored).collect()
}

/// The outline of a letter where it stands. `None` where there is nothing to draw, or it is in colour.
fn outline(block: &Block, line: &Line, glyph: &Glyph, place: Place, fonts: &Fonts) -> Option<Path> {
    let letters = block.runs.get(usize::from(glyph.run))?;
    let face = fonts.get(glyph.face).filter(|face| !face.has_layers(glyph.id))?;
    face.outline(&letters.instance, glyph.id)?.transform(transform(block, line, glyph, place, fonts)?)
}

/// From the font units of a glyph to its place in the picture.
fn transform(block: &Block, line: &Line, glyph: &Glyph, place: Place, fonts: &Fonts) -> Option<Transform> {
    let letters = block.runs.get(usize::from(glyph.run))?;
    let scale = block.size * letters.scale / fonts.units_per_em(glyph.face);
    Some(match place.arc {
        Some(arc) => {
            let upright = Transform::from_row(scale, 0.0, 0.0, scale, glyph.x - glyph.middle, glyph.y - line.baseline);
            upright.post_concat(on_circle(arc, glyph.middle - line.x - line.width / 2.0))
        }
        None => {
            let (x, y) = (px(place.origin.0 + glyph.x), px(place.origin.1 + glyph.y + shift(line, place)));
            Transform::from_row(scale, 0.0, 0.0, scale, x, y)
        }
    })
}

/// From the middle of a letter's foot to its place on a circle, `along` px behind the middle of the text.
fn on_circle(arc: Arc, along: f32) -> Transform {
    let way = if arc.inward { -along } else { along } / arc.radius;
    let angle = arc.angle.to_radians() + way;
    let (sin, cos) = libm::sincosf(angle);
    let (x, y) = (px(arc.center.0 + arc.radius * sin), px(arc.center.1 - arc.radius * cos));
    // With their heads inward, letters are turned once more.
    let (sin, cos) = if arc.inward { (-sin, -cos) } else { (sin, cos) };
    Transform::from_row(cos, sin, -sin, cos, x, y)
}

/// Px by which a line's baseline moves onto whole output px.
fn shift(line: &Line, place: Place) -> f32 {
    let baseline = place.origin.1 + line.baseline;
    place.snap.map_or(0.0, |scale| (baseline * scale).round() / scale - baseline)
}

/// A line along letters; at least as thick as one output px, and on whole ones.
fn band(rule: &Rule, line: &Line, place: Place) -> Option<Band> {
    if place.arc.is_some() {
        return None;
    }
    let (x, mut y) = (place.origin.0 + rule.x, place.origin.1 + rule.y + shift(line, place));
    let mut height = rule.height;
    if let Some(scale) = place.snap {
        height = (height * scale).round().max(1.0) / scale;
        y = (y * scale).round() / scale;
    }
    Some(Band::new(Rect::new(px(x), px(y), rule.width, height)))
}

/// The box around a block's lines, in px of the picture: what a gradient across a text spans.
pub fn bounds(block: &Block, origin: (f32, f32)) -> Rect {
    let boxes = block.lines.iter().map(|line| Rect::new(origin.0 + line.x, origin.1, line.width, block.height));
    boxes.reduce(|a, b| a.union(&b)).unwrap_or_default()
}
