//! A frame: the canvas of a baseline with the last picture on it. The next picture redraws it only
//! where the two differ.
//!
//! Much of what is drawn again is the same in each picture: the box with a shadow on which a name stands. It is drawn
//! again only once, and then *raised* into the backdrop, if nothing that is not in the backdrop lies beneath it. Once it
//! changes, or something comes to lie beneath it, it is lowered.
//!
//! Invariant: the canvas gets the pixels of a picture that is drawn from nothing. The backdrop with what was raised has
//! the pixels of the backdrop and of the raised items alone.

use std::rc::Rc;

use tiny_skia::{IntRect, Pixmap};

use crate::encode::incremental::{Region, every_row};
use crate::font::Fonts;
use crate::layout::{Item, Scene};
use crate::limits::Limits;
use crate::paint::bitmap::Bitmaps;
use crate::paint::budget::Spent;
use crate::paint::mask::Glyphs;
use crate::paint::painter::Painter;
use crate::paint::surface::{Surface, intersect};

use super::damage::{Damage, disjoint};
use super::display_list::{DisplayItem, DrawnItem, Reach, display_list};
use super::parts::Parts;

/// A canvas, and the display items above the backdrop that are drawn on it.
pub struct Frame {
    /// The pixels of the whole picture.
    pub pixels: Rc<Pixmap>,
    /// The items from bottom to top.
    pub items: Vec<DrawnItem>,
    /// The fonts that the items were drawn with.
    pub fonts: Fonts,
}

/// The next picture of a baseline.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    /// The whole scene; its scale and size.
    pub scene: &'a Scene,
    /// Its items above the backdrop.
    pub items: &'a [Item],
    /// The number of their first image in drawing order.
    pub first_image: usize,
    /// Their prepared images.
    pub bitmaps: &'a Bitmaps,
    /// Fonts and glyph masks.
    pub glyphs: Glyphs<'a>,
    /// The part of the budgets that the backdrop used.
    pub spent: Spent,
    /// Whether what is drawn again may be raised into the backdrop, because there is room for a third canvas.
    pub raises: bool,
}

/// A frame that was updated to the next picture.
pub struct Updated {
    /// The frame.
    pub frame: Frame,
    /// The parts that were redrawn.
    pub damage: Damage,
    /// Number of display items that were drawn.
    pub drawn: usize,
    /// The budget that the whole picture would use if drawn from nothing.
    pub spent: Spent,
}

/// A display item of the next picture.
struct Step<'a> {
    item: DisplayItem<'a>,
    /// Its record, if it is already on the canvas.
    standing: Option<DrawnItem>,
    reach: Reach,
    /// Whether it is drawn, even if it is already on the canvas.
    anew: bool,
    /// Whether it is drawn again in the damage alone.
    is_local: bool,
}

impl Step<'_> {
    fn is_raised(&self) -> bool {
        self.standing.as_ref().is_some_and(|drawn| drawn.is_raised)
    }

    fn overlaps(&self, rect: IntRect) -> bool {
        self.reach.bounds.is_some_and(|bounds| intersect(bounds, rect).is_some())
    }
}

impl Frame {
    /// A frame that shows the backdrop alone.
    pub fn of_backdrop(backdrop: Pixmap, fonts: &Fonts) -> Self {
        Self { pixels: Rc::new(backdrop), items: Vec::new(), fonts: fonts.clone() }
    }

    /// Updates the frame to the next picture. `None` if a part would have to be omitted.
    pub fn update(self, backdrop: &mut Parts, next: &Next<'_>, limits: &Limits) -> Option<Updated> {
        let Next { scene, bitmaps, glyphs, .. } = *next;
        let canvas = IntRect::from_xywh(0, 0, scene.width, scene.height)?;

        // Find the display items that are already on the canvas. Both lists are in the template's
        // order.
        let shares = |face| self.fonts.shares(glyphs.fonts, face);
        let (mut damage, is_backdrop) = (Damage::new(), self.items.is_empty());
        let mut last = self.items.into_iter().peekable();
        let list = display_list(next.items, scene.scale, next.first_image);
        let mut steps: Vec<Step<'_>> = Vec::with_capacity(list.len());
        let mut gone: Vec<DrawnItem> = Vec::new();
        for item in list {
            // Items of the last picture that the next picture does not have.
            if !last.peek().is_some_and(|drawn| item.is_of(drawn)) {
                let mut ahead: Vec<DrawnItem> = last.collect();
                if let Some(at) = ahead.iter().position(|drawn| item.is_of(drawn)) {
                    gone.extend(ahead.drain(..at));
                }
                last = ahead.into_iter().peekable();
            }
            let standing = match last.next_if(|drawn| item.is_of(drawn)) {
                Some(drawn) if item.is_same(&drawn, bitmaps, &shares) => Some(drawn),
                Some(drawn) => {
                    gone.push(drawn);
                    None
                }
                None => None,
            };
            let reach = match &standing {
                Some(drawn) => drawn.reach.clone(),
                None => item.reach(scene.scale, glyphs, canvas),
            };
            if standing.is_none() {
                damage.extend(reach.bounds);
            }
            steps.push(Step { anew: standing.is_none(), is_local: item.is_local(), item, standing, reach });
        }
        gone.extend(last);
        damage.extend(gone.iter().filter_map(|drawn| drawn.reach.bounds));
        if backdrop.are_raised() {
            lower(backdrop, &gone, &mut steps)?;
        } else {
            steps.iter_mut().filter_map(|step| step.standing.as_mut()).for_each(|drawn| drawn.is_raised = false);
        }

        // Items that overlap the damage are redrawn, and so are items that overlap those; not so if they are drawn only in the
        // damage. The backdrop has the raised ones, and those that will be are drawn whole.
        if next.raises {
            let can_be = raisable(&steps);
            steps.iter_mut().zip(can_be).for_each(|(step, can_be)| step.is_local &= !can_be);
        }
        let mut next_part = 0;
        while let Some(part) = damage.get(next_part).copied() {
            next_part = next_part.saturating_add(1);
            for step in steps.iter_mut().filter(|step| !step.anew && !step.is_raised() && step.overlaps(part)) {
                step.anew = true;
                damage.extend(step.reach.bounds.filter(|_| !step.is_local));
            }
        }

        let places = disjoint(&damage);
        // The backdrop is restored where there is damage, and the items above it are drawn.
        let mut pixels = Rc::unwrap_or_clone(self.pixels);
        if !is_backdrop {
            let blurs_below = steps.iter().any(|step| step.anew && step.item.blurs_below());
            let rows = damage.iter().map(|rect| region(*rect).rows);
            let rows = if blurs_below { every_row() } else { rows.collect() };
            backdrop.bring(&rows, &mut pixels)?;
            restore(&mut pixels, backdrop, &places);
        }
        let mut surface = Surface::canvas(pixels);
        let mut painter = Painter::new(scene, bitmaps, glyphs, limits);
        painter.spent = next.spent;
        let can_raise = raisable(&steps);
        let (mut items, mut drawn) = (Vec::with_capacity(steps.len()), 0_usize);
        for (Step { item, standing, reach, anew, .. }, can_raise) in steps.into_iter().zip(can_raise) {
            let record = match standing {
                Some(standing) if !anew => {
                    painter.spent = painter.spent.plus(standing.spent);
                    standing
                }
                standing => {
                    drawn = drawn.saturating_add(1);
                    let spent = item.draw(&mut painter, &mut surface, &places)?;
                    let is_raised = can_raise && next.raises;
                    if let Some(bounds) = reach.bounds.filter(|_| is_raised) {
                        backdrop.raise(&region(bounds), surface.pixels_mut())?;
                    }
                    let mut record = standing.unwrap_or_else(|| item.drawn(bitmaps, reach, spent));
                    record.is_raised = is_raised;
                    record
                }
            };
            items.push(record);
        }
        if !painter.spent.fits(limits) {
            return None;
        }
        let pixels = Rc::new(surface.into_pixels());
        Some(Updated {
            frame: Self { pixels, items, fonts: glyphs.fonts.clone() },
            damage,
            drawn,
            spent: painter.spent,
        })
    }
}

/// Takes out of the backdrop what was raised and is gone or no longer [raisable], and what overlaps it. `None` if rows
/// of the backdrop are missing.
fn lower(backdrop: &mut Parts, gone: &[DrawnItem], steps: &mut [Step<'_>]) -> Option<()> {
    let mut lowered: Vec<IntRect> =
        gone.iter().filter(|drawn| drawn.is_raised).filter_map(|drawn| drawn.reach.bounds).collect();
    let can_be = raisable(steps);
    let raised = steps.iter_mut().zip(can_be).filter(|(step, _)| step.is_raised());
    let mut raised: Vec<(&mut Step<'_>, bool)> = raised.collect();
    lowered.extend(raised.iter().filter(|(_, can_be)| !can_be).filter_map(|(step, _)| step.reach.bounds));
    let mut next = 0;
    while let Some(rect) = lowered.get(next).copied() {
        next = next.saturating_add(1);
        raised.retain_mut(|(step, _)| {
            let is_hit = step.overlaps(rect);
            if let Some(drawn) = step.standing.as_mut().filter(|_| is_hit) {
                drawn.is_raised = false;
                lowered.extend(drawn.reach.bounds);
            }
            !is_hit
        });
    }
    lowered.into_iter().try_for_each(|rect| backdrop.lower(&region(rect)))
}

/// Of each item, whether it is the same as in the last picture, and only raised items lie beneath it: the backdrop may
/// then have it, too. Plain texts are drawn fast and change often, so they are not raised.
fn raisable(steps: &[Step<'_>]) -> Vec<bool> {
    let (mut beneath, mut blurs) = (Vec::<IntRect>::new(), false);
    let can_be = steps.iter().map(|step| {
        blurs |= step.item.blurs_below();
        let is_worth_it = step.standing.is_some() && step.reach.glyphs.is_none();
        let is_whole = !(step.anew && step.is_local);
        let can_be = is_worth_it && is_whole && !blurs && !beneath.iter().any(|rect| step.overlaps(*rect));
        // It may be raised only where it is drawn or was raised already.
        if !can_be || !(step.anew || step.is_raised()) {
            beneath.extend(step.reach.bounds);
        }
        can_be
    });
    can_be.collect()
}

/// A part of the canvas as ranges of rows and columns.
pub fn region(rect: IntRect) -> Region {
    let at = |at: i32| usize::try_from(at).unwrap_or(0);
    Region { rows: at(rect.top())..at(rect.bottom()), columns: at(rect.left())..at(rect.right()) }
}

/// Copies parts of the backdrop that do not overlap onto a canvas of the same size.
fn restore(canvas: &mut Pixmap, backdrop: &Parts, places: &[IntRect]) {
    let stride = backdrop.stride();
    for Region { rows, columns } in places.iter().map(|place| region(*place)) {
        for row in rows {
            let byte = |column: usize| column.saturating_mul(4);
            let bytes = byte(columns.start)..byte(columns.end).min(stride);
            let start = row.saturating_mul(stride);
            let place = start.saturating_add(bytes.start)..start.saturating_add(bytes.end);
            if let (Some(to), Some(from)) = (canvas.data_mut().get_mut(place), backdrop.row(row, bytes)) {
                to.copy_from_slice(from);
            }
        }
    }
}
