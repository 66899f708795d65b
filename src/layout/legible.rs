//! A text whose fill is black or white, by what lies beneath its lines.

use crate::color::{Color, contrast};
use crate::geometry::Rect;
use crate::plan::{Look, Paint, Shadow};

use super::place::Placer;
use super::scene::Text;

/// The least contrast ratio of letters (WCAG 2.2, success criterion 1.4.3).
const LEAST: f64 = 4.5;

/// Of the points beneath a text, one in so many may be worse: a lamp in a night sky.
const OUTLIERS: usize = 20;

/// Rows of points beneath a line, at the height of its letters.
const ROWS: [f32; 4] = [-0.7, -0.5, -0.25, 0.0];

/// Points beneath all lines, about, and the most in a row.
const POINTS: usize = 512;
const COLUMNS: usize = 48;

impl Placer<'_> {
    /// The look of a text in the ink that is easier to read. A soft shadow of the other one helps where
    /// the ground is too uneven for both, or not known.
    pub(super) fn legible(&mut self, name: &str, look: &Look, text: &Text, frame: Rect) -> Look {
        let points = points(text, frame);
        let mut known: Vec<f64> = self.ground.luminances(&points, self.pictures).into_iter().flatten().collect();
        if self.ground.take_short() {
            self.warnings.push(&format!("{name}.fill"), self.pictures.over_budget());
        }
        known.sort_by(f64::total_cmp);
        let unknown = points.len().saturating_sub(known.len());
        // What is not known is as bad as can be.
        let worst = |from_darkest: bool| {
            let skipped = (points.len() / OUTLIERS).checked_sub(unknown)?;
            if from_darkest { known.get(skipped) } else { known.iter().rev().nth(skipped) }.copied()
        };
        let (white, black) = (Color::rgb(255, 255, 255), Color::BLACK);
        let of_white = worst(false).map_or(1.0, |lightest| contrast(1.0, lightest));
        let of_black = worst(true).map_or(1.0, |darkest| contrast(darkest, 0.0));
        let (ink, other, ratio) =
            if of_white >= of_black { (white, black, of_white) } else { (black, white, of_black) };
        let mut shadows = look.shadows.clone();
        if ratio < LEAST && shadows.is_empty() {
            let blur = (text.block.size * 0.3).min(self.limits().blur_px);
            shadows.push(Shadow {
                dx: 0.0,
                dy: 0.0,
                blur,
                spread: 0.0,
                color: Color { a: 0xb0, ..other },
                inset: false,
            });
        }
        Look { fill: Some(Paint::Color(ink)), shadows, ..look.clone() }
    }
}

/// Points beneath the letters of a text, in its px. Those of a text on a circle are all over its box.
#[expect(clippy::cast_precision_loss, reason = "a few points")]
fn points(text: &Text, frame: Rect) -> Vec<(f32, f32)> {
    let mut points = Vec::new();
    let mut row = |left: f32, width: f32, y: f32, columns: usize| {
        points.extend((0..columns).map(|column| (left + width * (column as f32 + 0.5) / columns as f32, y)));
    };
    if text.arc.is_some() {
        let rows = 16;
        (0..rows)
            .for_each(|at| row(frame.x, frame.width, frame.y + frame.height * (at as f32 + 0.5) / rows as f32, rows));
        return points;
    }
    let (x, y) = text.origin;
    let columns = (POINTS / ROWS.len() / text.block.lines.len().max(1)).clamp(2, COLUMNS);
    for line in &text.block.lines {
        for height in ROWS {
            row(x + line.x, line.width, y + line.baseline + height * text.block.size, columns);
        }
    }
    points
}
