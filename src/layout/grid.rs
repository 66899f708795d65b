//! A grid's cells and the sizes of its tracks, as CSS Grid Layout 2 has them.
//!
//! `taffy` can do this too, but its grid is 60 kB of gzipped wasm, because it has named lines, areas
//! and repetitions. Here are explicit columns and automatic rows; the arithmetic is the
//! specification's, in whose words the steps are named.
//!
//! Invariant: time is linear in the number of cells that are covered, and tracks are as many as the
//! caller's budget allows.

use crate::plan::Track;
use crate::template::document::Justify;

/// The cells that an item covers, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// The first column.
    pub column: usize,
    /// The first row.
    pub row: usize,
    /// Number of columns.
    pub columns: usize,
    /// Number of rows.
    pub rows: usize,
}

/// The place that an item asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Its column, from 0. `None` if it takes the next free one.
    pub column: Option<usize>,
    /// Its row, from 0. `None` if it takes the next free one.
    pub row: Option<usize>,
    /// Number of columns and rows.
    pub spans: [usize; 2],
}

/// Which cells are taken.
struct Taken {
    columns: usize,
    cells: Vec<bool>,
}

impl Taken {
    fn is_free(&self, area: Area) -> bool {
        (area.row..area.row.saturating_add(area.rows)).all(|row| {
            let start = row.saturating_mul(self.columns).saturating_add(area.column);
            let cells = self.cells.iter().skip(start).take(area.columns);
            cells.into_iter().all(|taken| !taken)
        })
    }

    fn take(&mut self, area: Area) {
        let end = area.row.saturating_add(area.rows).saturating_mul(self.columns);
        if self.cells.len() < end {
            self.cells.resize(end, false);
        }
        for row in area.row..area.row.saturating_add(area.rows) {
            let start = row.saturating_mul(self.columns).saturating_add(area.column);
            self.cells.iter_mut().skip(start).take(area.columns).for_each(|cell| *cell = true);
        }
    }
}

/// Places items in a grid of `columns`, row by row (section 8.5, "sparse"). `most_rows` bounds the
/// rows; what would lie below lies in the last one.
pub fn placed(wishes: &[Wish], columns: usize, most_rows: usize) -> Vec<Area> {
    let columns = columns.max(1);
    let mut taken = Taken { columns, cells: Vec::new() };
    let area = |wish: &Wish, column: usize, row: usize| {
        let wide = wish.spans[0].clamp(1, columns);
        let high = wish.spans[1].clamp(1, most_rows.max(1));
        Area {
            column: column.min(columns.saturating_sub(wide)),
            row: row.min(most_rows.saturating_sub(high)),
            columns: wide,
            rows: high,
        }
    };
    let mut areas = vec![Area::default(); wishes.len()];
    // Items with a cell of their own, then those with a row.
    for (wish, place) in wishes.iter().zip(&mut areas) {
        if let (Some(column), Some(row)) = (wish.column, wish.row) {
            *place = area(wish, column, row);
            taken.take(*place);
        }
    }
    // The first column that is still free in a row, for items with that row.
    let mut ends: Vec<usize> = Vec::new();
    for (wish, place) in wishes.iter().zip(&mut areas) {
        if let (None, Some(row)) = (wish.column, wish.row) {
            let row = row.min(most_rows.saturating_sub(1));
            ends.resize(ends.len().max(row.saturating_add(1)), 0);
            let first = ends.get(row).copied().unwrap_or(0);
            // Where its row is full, it is in the next one that has room; CSS would add a column.
            let cells = (row..most_rows)
                .flat_map(|below| (if below == row { first } else { 0 }..columns).map(move |column| (column, below)));
            let mut fitting = cells.filter(|(column, _)| column.saturating_add(wish.spans[0].max(1)) <= columns);
            let free = fitting.find(|(column, row)| taken.is_free(area(wish, *column, *row)));
            *place = free.map_or_else(|| area(wish, first, row), |(column, row)| area(wish, column, row));
            taken.take(*place);
            ends.iter_mut().skip(row).take(1).for_each(|end| *end = place.column.saturating_add(place.columns));
        }
    }
    // All others, behind one another.
    let (mut column, mut row) = (0_usize, 0_usize);
    for (wish, place) in wishes.iter().zip(&mut areas) {
        if wish.row.is_some() {
            continue;
        }
        let wide = wish.spans[0].clamp(1, columns);
        if let Some(own) = wish.column {
            let own = own.min(columns.saturating_sub(wide));
            row = if own < column { row.saturating_add(1) } else { row };
            column = own;
        }
        loop {
            if column.saturating_add(wide) > columns {
                column = wish.column.map_or(0, |own| own.min(columns.saturating_sub(wide)));
                row = row.saturating_add(1);
            }
            *place = area(wish, column, row);
            if row >= most_rows || taken.is_free(*place) {
                break;
            }
            if wish.column.is_some() { row = row.saturating_add(1) } else { column = column.saturating_add(1) }
        }
        taken.take(*place);
    }
    areas
}

/// What an item needs of the tracks that it covers, in px, its margins included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contribution {
    /// The first track.
    pub start: usize,
    /// Number of tracks.
    pub span: usize,
    /// Its minimum contribution, by which tracks are never smaller.
    pub min: f32,
    /// Its max-content contribution.
    pub max: f32,
}

/// The room for all tracks and gaps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Room {
    /// Px.
    Definite(f32),
    /// As little as the content allows.
    MinContent,
    /// As much as the content asks for.
    MaxContent,
}

impl Room {
    const fn px(self) -> Option<f32> {
        match self {
            Self::Definite(px) => Some(px),
            Self::MinContent | Self::MaxContent => None,
        }
    }
}

/// A track while it is sized.
struct Sizing {
    base: f32,
    limit: f32,
    /// Whether its base grows with the minimum contributions of its items.
    grows: bool,
    /// Whether its limit grows with their max-content contributions.
    is_auto: bool,
    /// Its flex factor; 0 if it is not flexible.
    flex: f32,
}

/// The sizes of tracks in px (section 11.3 to 11.8). `is_stretched`: automatic tracks share the room
/// that is left.
pub fn sizes(
    tracks: impl Iterator<Item = Track>,
    items: &[Contribution],
    gap: f32,
    room: Room,
    is_stretched: bool,
) -> Vec<f32> {
    let fixed = |px: f32| Sizing { base: px.max(0.0), limit: px.max(0.0), grows: false, is_auto: false, flex: 0.0 };
    let auto = || Sizing { base: 0.0, limit: f32::INFINITY, grows: true, is_auto: true, flex: 0.0 };
    let mut tracks: Vec<Sizing> = tracks
        .map(|track| match (track, room.px()) {
            (Track::Px(px), _) => fixed(px),
            (Track::Fraction(fraction), Some(px)) => fixed(px * fraction),
            (Track::Auto | Track::Fraction(_), _) => auto(),
            (Track::Flex { factor, is_even }, _) => {
                let flex = factor.max(0.0);
                Sizing { base: 0.0, limit: f32::INFINITY, grows: !is_even, is_auto: false, flex }
            }
        })
        .collect();
    let mut order: Vec<&Contribution> = items.iter().collect();
    order.sort_by_key(|item| item.span);
    for item in order {
        resolve(&mut tracks, item, gap, room);
    }
    for track in &mut tracks {
        if track.limit == f32::INFINITY {
            track.limit = track.base;
        }
    }
    let gaps = gap * count(tracks.len().saturating_sub(1));
    let used = |tracks: &[Sizing]| tracks.iter().map(|track| track.base).sum::<f32>() + gaps;
    // Maximise tracks.
    match room {
        Room::Definite(px) => {
            let mut free = px - used(&tracks);
            while free > 0.001 {
                let open = tracks.iter().filter(|track| track.limit > track.base).count();
                if open == 0 {
                    break;
                }
                let share = free / count(open);
                for track in tracks.iter_mut().filter(|track| track.limit > track.base) {
                    let grown = share.min(track.limit - track.base);
                    // A track that reaches its limit is at it, whatever floats make of the sum.
                    track.base = if grown < share { track.limit } else { track.base + grown };
                    free -= grown;
                }
            }
        }
        Room::MaxContent => tracks.iter_mut().for_each(|track| track.base = track.base.max(track.limit)),
        Room::MinContent => {}
    }
    // Expand flexible tracks.
    if tracks.iter().any(|track| track.flex > 0.0) {
        let fr = match room {
            Room::Definite(px) => fraction(tracks.iter(), px - gaps),
            Room::MinContent => 0.0,
            Room::MaxContent => {
                let own = tracks.iter().filter(|track| track.flex > 0.0).map(|track| track.base / track.flex.max(1.0));
                let crossed = items.iter().map(|item| {
                    let covered = || tracks.iter().skip(item.start).take(item.span);
                    let is_flexible = covered().any(|track| track.flex > 0.0);
                    let inner = gap * count(item.span.saturating_sub(1));
                    if is_flexible { fraction(covered(), item.max - inner) } else { 0.0 }
                });
                own.chain(crossed).fold(0.0, f32::max)
            }
        };
        for track in tracks.iter_mut().filter(|track| track.flex > 0.0) {
            track.base = track.base.max(fr * track.flex);
        }
    }
    // Stretch auto tracks.
    if let (Room::Definite(px), true) = (room, is_stretched) {
        let free = px - used(&tracks);
        let autos = tracks.iter().filter(|track| track.is_auto).count();
        if free > 0.0 && autos > 0 {
            tracks.iter_mut().filter(|track| track.is_auto).for_each(|track| track.base += free / count(autos));
        }
    }
    tracks.into_iter().map(|track| track.base).collect()
}

/// Grows the tracks of an item until it has room (section 11.5).
fn resolve(tracks: &mut [Sizing], item: &Contribution, gap: f32, room: Room) {
    let inner = gap * count(item.span.saturating_sub(1));
    let covered = |tracks: &mut [Sizing], each: &mut dyn FnMut(&mut Sizing)| {
        tracks.iter_mut().skip(item.start).take(item.span).for_each(each);
    };
    let is_flexible = tracks.iter().skip(item.start).take(item.span).any(|track| track.flex > 0.0);
    let base: f32 = tracks.iter().skip(item.start).take(item.span).map(|track| track.base).sum();
    // Under a max-content constraint, a base is as large as the content asks for.
    let needed = if room == Room::MaxContent && !is_flexible { item.max } else { item.min };
    let extra = needed - inner - base;
    if extra > 0.0 {
        if is_flexible {
            let mut factors = 0.0;
            covered(tracks, &mut |track| factors += if track.grows { track.flex } else { 0.0 });
            if factors > 0.0 {
                covered(tracks, &mut |track| {
                    if track.grows {
                        track.base += extra * track.flex / factors;
                    }
                });
            }
        } else {
            let mut growing = 0;
            covered(tracks, &mut |track| growing += usize::from(track.grows));
            // Up to the limits first, then beyond them.
            let mut left = extra;
            loop {
                let mut open = 0;
                covered(tracks, &mut |track| open += usize::from(track.grows && track.limit > track.base + 0.001));
                if open == 0 || left <= 0.001 {
                    break;
                }
                let share = left / count(open);
                covered(tracks, &mut |track| {
                    if track.grows && track.limit > track.base + 0.001 {
                        let grown = share.min(track.limit - track.base);
                        track.base = if grown < share { track.limit } else { track.base + grown };
                        left -= grown;
                    }
                });
            }
            if growing > 0 && left > 0.0 {
                covered(tracks, &mut |track| {
                    if track.grows {
                        track.base += left / count(growing);
                    }
                });
            }
        }
    }
    covered(tracks, &mut |track| track.limit = track.limit.max(track.base));
    if is_flexible {
        return;
    }
    // Tracks that no item has bounded yet take what is missing; without one, all that may grow do.
    let is_open = |track: &Sizing| track.is_auto && track.limit == f32::INFINITY;
    let least = |track: &Sizing| if track.limit == f32::INFINITY { track.base } else { track.limit };
    let sum: f32 = tracks.iter().skip(item.start).take(item.span).map(least).sum();
    let extra = (item.max - inner - sum).max(0.0);
    let (mut open, mut autos) = (0, 0);
    covered(tracks, &mut |track| open += usize::from(is_open(track)));
    covered(tracks, &mut |track| autos += usize::from(track.is_auto));
    covered(tracks, &mut |track| {
        if is_open(track) {
            track.limit = track.base + extra / count(open);
        } else if open == 0 && track.is_auto {
            track.limit += extra / count(autos);
        }
    });
}

/// The size of an fr in px (section 11.7.1). A track whose base is larger than its share is not
/// flexible; without it the others have smaller shares, so that no track becomes flexible again.
fn fraction<'t>(tracks: impl Iterator<Item = &'t Sizing> + Clone, room: f32) -> f32 {
    let mut fr = f32::MAX;
    loop {
        let is_flexible = |track: &Sizing, fr: f32| track.flex > 0.0 && track.base <= fr * track.flex;
        let (mut factors, mut left) = (0.0, room);
        for track in tracks.clone() {
            if is_flexible(track, fr) { factors += track.flex } else { left -= track.base }
        }
        if factors == 0.0 {
            return 0.0;
        }
        let next = left.max(0.0) / f32::max(factors, 1.0);
        if tracks.clone().all(|track| is_flexible(track, next) || !is_flexible(track, fr)) {
            return next;
        }
        fr = next;
    }
}

/// The start of an item's tracks, and their size with the gaps between them, where all are packed to
/// the start.
pub fn span(tracks: &[f32], gap: f32, first: usize, number: usize) -> (f32, f32) {
    let start: f32 = tracks.iter().take(first).map(|track| track + gap).sum();
    let size: f32 = tracks.iter().skip(first).take(number).map(|track| track + gap).sum();
    (start, (size - gap).max(0.0))
}

/// How tracks are spread in a box that is larger than they are.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    before: f32,
    gap: f32,
}

impl Spread {
    /// That of `tracks` in `size` px.
    pub fn new(tracks: &[f32], gap: f32, size: f32, justify: Justify) -> Self {
        let many = count(tracks.len());
        let free = size - span(tracks, gap, 0, tracks.len()).1;
        let room = free.max(0.0);
        let (before, between) = match justify {
            Justify::Start => (0.0, 0.0),
            Justify::Center => (free / 2.0, 0.0),
            Justify::End => (free, 0.0),
            Justify::SpaceBetween if many > 1.0 => (0.0, room / (many - 1.0)),
            Justify::SpaceBetween => (0.0, 0.0),
            Justify::SpaceAround => (room / many.max(1.0) / 2.0, room / many.max(1.0)),
            Justify::SpaceEvenly => (room / (many + 1.0), room / (many + 1.0)),
        };
        Self { before, gap: gap + between }
    }

    /// The start and the size of an item's tracks.
    pub fn of(self, tracks: &[f32], first: usize, number: usize) -> (f32, f32) {
        let (start, size) = span(tracks, self.gap, first, number);
        (self.before + start, size)
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are at most some hundred tracks")]
const fn count(tracks: usize) -> f32 {
    tracks as f32
}
