//! Whether the colour type of a baseline can store the colours of another picture.

use tiny_skia::PremultipliedColorU8;

use crate::palette::colors::key;
use crate::png::{BitDepth, ColorType, is_opaque};

/// Gives a palette the highest bit depth, so that other pictures can add colours to it.
pub const fn make_room(color_type: &mut ColorType) {
    if let ColorType::Indexed(palette) = color_type {
        palette.bit_depth = BitDepth::Eight;
    }
}

/// Whether a colour type can store these pixels; their new colours are appended to a palette.
pub fn take(color_type: &mut ColorType, pixels: &[PremultipliedColorU8]) -> bool {
    match color_type {
        ColorType::Indexed(palette) => {
            palette.bit_depth == BitDepth::Eight
                && pixels.iter().all(|pixel| palette.colors.index(key(*pixel)).is_some())
        }
        ColorType::Grayscale => {
            pixels.iter().all(|pixel| matches!(key(*pixel).to_be_bytes(), [r, g, b, 255] if r == g && g == b))
        }
        ColorType::Rgb => is_opaque(pixels),
        ColorType::Rgba => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::png::survey;

    #[test]
    fn only_colours_that_fit_are_taken() {
        let color = |r, g, b, a| PremultipliedColorU8::from_rgba(r, g, b, a).unwrap();
        let grays: Vec<_> = (0..=255).map(|level| color(level, level, level, 255)).collect();
        let reds: Vec<_> = (0..=255).map(|level| color(level, 0, 9, 255)).collect();
        let clear = [PremultipliedColorU8::TRANSPARENT];
        for (surveyed, takes) in [
            (reds[..2].to_vec(), [false, true, true]),
            (grays.clone(), [true, false, false]),
            ([grays.as_slice(), &reds].concat(), [true, true, false]),
            ([grays.as_slice(), &reds, &clear].concat(), [true, true, true]),
        ] {
            let mut color_type = survey(&surveyed);
            make_room(&mut color_type);
            let wanted = [grays.as_slice(), &reds, &clear];
            let taken = wanted.map(|pixels| take(&mut color_type.clone(), pixels));
            assert_eq!(taken, takes, "{color_type:?}");
        }
    }
}
