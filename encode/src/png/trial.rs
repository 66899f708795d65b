//! Which filter strategy suits a picture, and whether a search for repeats pays: a few of its rows
//! are compressed with each.

use super::color_type::ColorType;
use super::filter::Strategy;
use super::strip::{Deflater, RowPacker, SEARCH_DEPTH, run_tokens};
use crate::deflate::block::{self, Codes};
use crate::deflate::matcher;
use crate::pixel;
use tiny_skia::Pixmap;

/// Number of strips that are tried, evenly spaced from top to bottom.
const STRIPS: usize = 3;

/// Rows of such a strip: enough for filters that use the row above, and few enough that the trial
/// takes a few per cent of the time.
const ROWS: usize = 16;

/// A picture is noisy, as a photograph is, if its filtered rows still have more than 1 byte for
/// this many when they are compressed.
const NOISE_RATIO: usize = 6;

/// Unfiltered rows that the fast matcher makes this many times smaller than filtered ones need no second trial.
const CLEAR_RATIO: usize = 2;

/// Palettes of so few colours are those of drawings, which repeat.
const FEW_COLORS: usize = 64;

/// Chooses the filter strategy of a picture.
///
/// Drawings match themselves byte by byte, and filters would hide that. Smooth pictures have small
/// differences. Photographs match nothing, so they are filtered and not searched for matches.
/// Indexed pixels need no trial: the difference of two indices means nothing.
pub fn strategy(color_type: &mut ColorType, picture: &Pixmap) -> Strategy {
    if matches!(color_type, ColorType::Indexed(_)) {
        return Strategy::None;
    }
    let [unfiltered, adaptive] =
        [Strategy::None, Strategy::Adaptive].map(|strategy| sample(color_type, strategy, picture));
    let fast = |bytes: &[u8]| {
        let mut tokens = Vec::new();
        matcher::Fast::new().find(bytes, 0..bytes.len(), &mut tokens);
        block::write(&tokens, &Codes::exact(&tokens)).len()
    };
    let [plain, filtered] = [fast(&unfiltered), fast(&adaptive)];
    if filtered < plain && filtered.saturating_mul(NOISE_RATIO) > adaptive.len() {
        return Strategy::Paeth;
    }
    if plain.saturating_mul(CLEAR_RATIO) < filtered {
        return Strategy::None;
    }
    // The fast matcher misses the long matches of gradients.
    let best = |bytes: &[u8]| Deflater::new(SEARCH_DEPTH).strip(bytes).deflated.len();
    if best(&unfiltered) <= best(&adaptive) { Strategy::None } else { Strategy::Adaptive }
}

/// Whether the rows of a picture repeat what came before, so that a search makes its file smaller by
/// more than a tenth. Filtered photographs do not, nor do photographs that were dithered: the search
/// would take most of the time of their files.
pub fn repeats(color_type: &mut ColorType, strategy: Strategy, picture: &Pixmap) -> bool {
    match color_type {
        _ if strategy == Strategy::Paeth => false,
        ColorType::Indexed(palette) if palette.colors.keys().len() > FEW_COLORS => {
            let rows = sample(color_type, strategy, picture);
            let searched = Deflater::new(SEARCH_DEPTH).strip(&rows).deflated.len();
            let tokens = run_tokens(&rows, pixel::per_row(picture).saturating_add(1));
            let runs = block::write(&tokens, &Codes::exact(&tokens)).len();
            searched < runs.saturating_sub(runs / 10)
        }
        _ => true,
    }
}

/// The filtered bytes of the rows that are tried.
fn sample(color_type: &mut ColorType, strategy: Strategy, picture: &Pixmap) -> Vec<u8> {
    let width = pixel::per_row(picture);
    let distance = picture.pixels().len().checked_div(width).unwrap_or(0).div_ceil(STRIPS).max(ROWS);
    let (mut packer, mut sample) = (RowPacker::new(color_type, strategy), Vec::new());
    for strip in picture.pixels().chunks(distance.saturating_mul(width)) {
        let rows = strip.get(..ROWS.saturating_mul(width)).unwrap_or(strip);
        sample.extend_from_slice(packer.filtered(color_type, rows, width));
    }
    sample
}
