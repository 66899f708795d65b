//! What lies beneath a layer: the fills and photographs of the layers before it.
//!
//! A logo asks for the one colour below its box, as far as it is certain; a text for the colours at
//! points of its lines. Both depend on the scene and on the files alone, so a picture has the same
//! ground whatever was drawn before.

use std::rc::Rc;

use tiny_skia::{Pixmap, PremultipliedColorU8, Transform};

use crate::color::{self, Color, over};
use crate::geometry::{Rect, px};
use crate::image::{matrix, tone};
use crate::plan::{Blend, Effect, Effects, Look, Paint, Stop};

use super::photo::Photo;
use super::pictures::Pictures;
use super::shade;
use super::turn;
use super::warp::Warp;

/// The fills of the layers so far, from bottom to top.
pub struct Ground {
    below: Vec<Fill>,
    /// Where the next layer is.
    place: Place,
    /// The layers in perspective that contain the next one, from the outside.
    warps: Vec<Outside>,
    /// Colours that may still be looked up.
    samples: usize,
    /// Whether an image was too large to be looked at.
    is_short: bool,
}

/// Where a layer is, and what the layers that contain it do with its colours.
#[derive(Clone)]
pub struct Place {
    /// From its px to those of the picture, or of the flat layer in perspective in which it is.
    transform: Transform,
    /// The part in which it is visible, and the transform to its px.
    clip: Option<(Rect, Transform)>,
    /// 0 to 1.
    opacity: f32,
    /// The filters of a layer around it that change colours.
    effects: Option<Rc<Effects>>,
    /// Whether its colours can be told.
    is_known: bool,
    /// Whether they are certain as they stand in the template: nothing changes or moves them.
    is_certain: bool,
}

/// What contains a layer in perspective.
struct Outside {
    /// Number of fills outside of it.
    height: usize,
    warp: Warp,
    frame: Rect,
    /// From the px around it to those of the picture.
    transform: Transform,
}

/// Something that was drawn.
struct Fill {
    frame: Rect,
    ink: Ink,
    /// To its px.
    inverse: Option<Transform>,
    place: Place,
}

/// The colours of a fill.
enum Ink {
    /// They are not known.
    Unknown,
    /// Those of the look's fill.
    Paint(Rc<Look>),
    /// The same within the ellipse that touches the sides.
    Ellipse(Rc<Look>),
    /// Those of an image.
    Photo(Photo),
}

impl Ground {
    /// The ground of a whole picture, of which so many colours may be looked up.
    pub fn new(frame: Rect, background: Option<&Paint>, samples: usize) -> Self {
        let place = Place {
            transform: Transform::identity(),
            clip: None,
            opacity: 1.0,
            effects: None,
            is_known: true,
            is_certain: true,
        };
        let ink = background.map(|paint| Ink::Paint(Rc::new(Look { fill: Some(paint.clone()), ..Look::plain() })));
        let fill = Fill {
            frame,
            ink: ink.unwrap_or(Ink::Unknown),
            inverse: Some(Transform::identity()),
            place: place.clone(),
        };
        Self { below: vec![fill], place, warps: Vec::new(), samples, is_short: false }
    }

    /// Whether an image was too large to be looked at since the last question.
    pub const fn take_short(&mut self) -> bool {
        std::mem::replace(&mut self.is_short, false)
    }

    /// The colour below a box. `None` if it is not certain.
    pub fn below(&self, frame: Rect) -> Option<Color> {
        let mut above: Vec<Color> = Vec::new();
        for fill in self.below.iter().rev().filter(|fill| fill.frame.overlaps(frame)) {
            let color = fill.color().filter(|_| fill.frame.covers(frame))?;
            if color.a == u8::MAX {
                return Some(above.into_iter().rev().fold(color, |below, above| over(above, below)));
            }
            above.push(color);
        }
        None
    }

    /// The luminance of the picture at some points of the layer that is entered, in their order. `None`
    /// where it is not known.
    pub fn luminances(&mut self, points: &[(f32, f32)], pictures: &Pictures<'_>) -> Vec<Option<f64>> {
        let mut sights: Vec<Sight> =
            points.iter().map(|point| Sight::new(map(&self.place.transform, *point))).collect();
        let mut around = self::around(&sights);
        let mut outer = self.warps.iter().rev().peekable();
        for (index, fill) in self.below.iter().enumerate().rev() {
            while let Some(outside) = outer.next_if(|outside| index < outside.height) {
                sights.iter_mut().for_each(|sight| sight.at = outside.seen(sight.at));
                around = self::around(&sights);
            }
            if fill.is_upright() && !fill.frame.overlaps(around) {
                continue;
            }
            let open = sights.iter().filter(|sight| sight.is_open()).count();
            if open == 0 {
                break;
            }
            match self.samples.checked_sub(open) {
                Some(rest) => self.samples = rest,
                None => return vec![None; points.len()],
            }
            self.is_short |= matches!(&fill.ink, Ink::Photo(photo) if photo.is_too_large(pictures));
            fill.add(&mut sights, pictures);
        }
        // 256 powers are fewer than three for each point.
        let levels: Vec<f64> = (0..=u8::MAX).map(color::linear).collect();
        sights.iter().map(|sight| sight.luminance(&levels)).collect()
    }

    /// Adds the fill of a box with this look.
    pub fn add_fill(&mut self, frame: Rect, look: &Rc<Look>) {
        self.add(frame, Ink::Paint(Rc::clone(look)));
    }

    /// Adds that of an ellipse.
    pub fn add_ellipse(&mut self, frame: Rect, look: &Rc<Look>) {
        self.add(frame, Ink::Ellipse(Rc::clone(look)));
    }

    /// Adds an image in a box; `None` if nobody knows how it looks.
    pub fn add_photo(&mut self, frame: Rect, photo: Option<Photo>) {
        self.add(frame, photo.map_or(Ink::Unknown, Ink::Photo));
    }

    /// Adds a box that has no single colour.
    pub fn add_unknown(&mut self, frame: Rect) {
        self.add(frame, Ink::Unknown);
    }

    fn add(&mut self, frame: Rect, ink: Ink) {
        let place = self.place.clone();
        let ink = if place.is_known { ink } else { Ink::Unknown };
        self.below.push(Fill { frame, ink, inverse: place.transform.invert(), place });
    }

    /// Number of fills so far.
    pub const fn height(&self) -> usize {
        self.below.len()
    }

    /// Forgets the fills above so many.
    pub fn cut(&mut self, height: usize) {
        self.below.truncate(height);
    }

    /// Enters a layer. Returns the place to [`leave`](Self::leave) it to.
    pub fn enter(&mut self, look: &Look, frame: Rect, warp: Option<&Warp>) -> Place {
        let outer = self.place.clone();
        let place = &mut self.place;
        if let Some(warp) = warp {
            let transform = std::mem::replace(&mut place.transform, Transform::identity());
            place.clip = None;
            self.warps.push(Outside { height: self.below.len(), warp: *warp, frame, transform });
        }
        place.transform = place.transform.pre_concat(turn::of(look, frame));
        place.opacity *= look.opacity;
        place.is_known &= look.blend == Blend::Normal;
        if let Some(effects) = &look.effects {
            // A mask hides parts, and two lists of filters are rare.
            place.is_known &= effects.mask.is_none() && effects.displace.is_none() && place.effects.is_none();
            place.effects = Some(Rc::clone(effects));
        }
        if look.clip {
            place.clip = place.transform.invert().map(|inverse| match place.clip {
                Some((clip, other)) if other == inverse => (common(clip, frame), inverse),
                _ => (frame, inverse),
            });
        }
        let is_plain =
            look.opacity >= 1.0 && look.is_upright() && look.blend == Blend::Normal && look.effects.is_none();
        place.is_certain &= is_plain;
        outer
    }

    /// Leaves the layer.
    pub fn leave(&mut self, outer: Place, was_warped: bool) {
        self.place = outer;
        let Some(outside) = self.warps.pop_if(|_| was_warped) else { return };
        // From outside, what is in perspective is not looked up.
        let is_drawn = self.below.len() > outside.height;
        self.cut(outside.height);
        if is_drawn {
            let at = |(x, y): (f64, f64)| Rect::new(single(x), single(y), 0.0, 0.0);
            let corners = outside.warp.corners.0.map(at).into_iter();
            self.add_unknown(corners.reduce(|one, other| one.union(&other)).unwrap_or_default());
        }
    }
}

impl Outside {
    /// Where a point of the flat layer is in the picture.
    fn seen(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (x, y) = self.warp.seen(self.frame, (f64::from(x), f64::from(y))).unwrap_or_default();
        map(&self.transform, (single(x), single(y)))
    }
}

impl Fill {
    /// Its colour, if that is certain everywhere.
    fn color(&self) -> Option<Color> {
        match &self.ink {
            Ink::Paint(look) if self.place.is_certain => mean(look.fill.as_ref()?),
            _ => None,
        }
    }

    /// Adds its colours to points that it lies beneath.
    fn add(&self, sights: &mut [Sight], pictures: &Pictures<'_>) {
        let Some(inverse) = self.inverse else { return };
        let own = |sight: &Sight| map(&inverse, sight.at);
        let shows = |sight: &Sight| {
            let is_clipped = self.place.clip.is_some_and(|(clip, to)| !contains(clip, map(&to, sight.at)));
            sight.is_open() && !is_clipped && self.reaches(own(sight))
        };
        let shown: Vec<&mut Sight> = sights.iter_mut().filter(|sight| shows(sight)).collect();
        let places: Vec<_> = shown.iter().map(|sight| own(sight)).collect();
        if shown.is_empty() {
            return;
        }
        let colors = match &self.ink {
            Ink::Unknown => None,
            Ink::Photo(photo) => photo.colors(&places, pictures),
            Ink::Paint(look) | Ink::Ellipse(look) => look
                .fill
                .as_ref()
                .map(|paint| places.iter().map(|place| shade::at(paint, self.frame, *place)).collect::<Vec<_>>()),
        };
        let colors = colors.and_then(|colors| self.filtered(colors));
        for (index, sight) in shown.into_iter().enumerate() {
            match colors.as_ref().and_then(|colors| colors.get(index)) {
                Some(color) => sight.add(*color, self.place.opacity),
                None => sight.is_unknown = true,
            }
        }
    }

    /// Whether its px are those of the picture.
    fn is_upright(&self) -> bool {
        self.inverse == Some(Transform::identity())
    }

    /// Whether it has a point of its box.
    fn reaches(&self, (x, y): (f32, f32)) -> bool {
        let Rect { width, height, .. } = self.frame;
        match self.ink {
            Ink::Ellipse(_) => {
                let (x, y) = ((x - self.frame.x) / width * 2.0 - 1.0, (y - self.frame.y) / height * 2.0 - 1.0);
                x * x + y * y <= 1.0
            }
            _ => contains(self.frame, (x, y)),
        }
    }

    /// Colours through the filters of the layer; those that only soften leave them as they are.
    fn filtered(&self, colors: Vec<PremultipliedColorU8>) -> Option<Vec<PremultipliedColorU8>> {
        let Some(effects) = &self.place.effects else { return Some(colors) };
        let mut pixels = Pixmap::new(u32::try_from(colors.len()).ok()?, 1)?;
        pixels.pixels_mut().copy_from_slice(&colors);
        for filter in &effects.filters {
            match *filter {
                Effect::Colors(matrix) => matrix::apply(&mut pixels, &[matrix]),
                Effect::Tone(filter) => tone::apply(&mut pixels, filter, tone::Ink::Alpha),
                Effect::Blur(_) | Effect::Grain(_) => {}
            }
        }
        Some(pixels.pixels().to_vec())
    }
}

/// A point of the picture, seen from above.
struct Sight {
    at: (f32, f32),
    /// Premultiplied red, green and blue so far, in levels.
    color: [f32; 3],
    /// The part of the light that comes from further below.
    rest: f32,
    /// Whether something of it cannot be told.
    is_unknown: bool,
}

/// The part of the light that is less than a level.
const NOTHING: f32 = 1.0 / 512.0;

impl Sight {
    const fn new(at: (f32, f32)) -> Self {
        Self { at, color: [0.0; 3], rest: 1.0, is_unknown: false }
    }

    /// Whether what lies further below counts.
    fn is_open(&self) -> bool {
        !self.is_unknown && self.rest > NOTHING
    }

    /// Adds a premultiplied colour below.
    fn add(&mut self, color: PremultipliedColorU8, opacity: f32) {
        let part = self.rest * opacity;
        let levels = [color.red(), color.green(), color.blue()];
        self.color.iter_mut().zip(levels).for_each(|(sum, level)| *sum += part * f32::from(level));
        self.rest -= part * f32::from(color.alpha()) / 255.0;
    }

    /// Its luminance, where `levels` are in linear light. `None` if it is not known, or not opaque.
    fn luminance(&self, levels: &[f64]) -> Option<f64> {
        if self.is_unknown || self.is_open() {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255, and saturating")]
        let linear = self.color.map(|level| levels.get(usize::from((level + 0.5) as u8)).copied().unwrap_or(1.0));
        Some(color::luminance_of_linear(linear))
    }
}

/// The box of some points, and a px around it.
fn around(sights: &[Sight]) -> Rect {
    let boxes = sights.iter().map(|sight| Rect::new(sight.at.0, sight.at.1, 0.0, 0.0).outset(1.0));
    boxes.reduce(|one, other| one.union(&other)).unwrap_or_default()
}

fn map(transform: &Transform, (x, y): (f32, f32)) -> (f32, f32) {
    let Transform { sx, kx, ky, sy, tx, ty } = *transform;
    (px(sx * x + kx * y + tx), px(ky * x + sy * y + ty))
}

#[expect(clippy::cast_possible_truncation, reason = "made finite and clamped")]
const fn single(value: f64) -> f32 {
    px(value as f32)
}

fn contains(frame: Rect, (x, y): (f32, f32)) -> bool {
    frame.x <= x && x <= frame.right() && frame.y <= y && y <= frame.bottom()
}

fn common(one: Rect, other: Rect) -> Rect {
    let (x, y) = (one.x.max(other.x), one.y.max(other.y));
    Rect::new(x, y, one.right().min(other.right()) - x, one.bottom().min(other.bottom()) - y)
}

/// The colour of a paint, and the mean one of an opaque gradient.
pub(super) fn mean(paint: &Paint) -> Option<Color> {
    match paint {
        Paint::Color(color) => Some(*color),
        Paint::Picture => None,
        Paint::Linear { stops, .. } | Paint::Radial { stops, .. } | Paint::Conic { stops, .. } => {
            if paint.is_opaque() {
                mean_of(stops)
            } else {
                None
            }
        }
    }
}

/// The mean colour along a gradient.
fn mean_of(stops: &[Stop]) -> Option<Color> {
    let (first, last) = (stops.first()?, stops.last()?);
    let channel = |of: fn(Color) -> u8| {
        let level = |stop: &Stop| f32::from(of(stop.color));
        let between = stops.iter().zip(stops.iter().skip(1));
        let inner = between.map(|(one, next)| (next.offset - one.offset) * (level(one) + level(next)) / 2.0);
        let outer = first.offset * level(first) + (1.0 - last.offset) * level(last);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of levels, and saturating")]
        let mean = (inner.sum::<f32>() + outer).round() as u8;
        mean
    };
    Some(Color::rgb(channel(|color| color.r), channel(|color| color.g), channel(|color| color.b)))
}
