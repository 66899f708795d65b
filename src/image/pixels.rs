//! Pixels as decoders write them → pixels of a picture.

use tiny_skia::{ColorU8, PremultipliedColorU8};

/// Straight → premultiplied, rounded as tiny-skia rounds.
pub(super) fn premultiply([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    let color: PremultipliedColorU8 = ColorU8::from_rgba(r, g, b, a).premultiply();
    [color.red(), color.green(), color.blue(), color.alpha()]
}

/// Expands the RGB in the first three quarters of `data` to opaque RGBA in place. The last pixels
/// come first, so that none is overwritten before it is read.
pub(super) fn spread(data: &mut [u8]) {
    let pixels = data.as_chunks::<4>().0.len();
    let fours = pixels / 4;
    for index in (fours.saturating_mul(4)..pixels).rev() {
        let Some(&[r, g, b]) = data.as_chunks::<3>().0.get(index) else { continue };
        if let Some(pixel) = data.as_chunks_mut::<4>().0.get_mut(index) {
            *pixel = [r, g, b, 255];
        }
    }
    for index in (0..fours).rev() {
        let Some(&[r0, g0, b0, r1, g1, b1, r2, g2, b2, r3, g3, b3]) = data.as_chunks::<12>().0.get(index) else {
            continue;
        };
        if let Some(four) = data.as_chunks_mut::<16>().0.get_mut(index) {
            *four = [r0, g0, b0, 255, r1, g1, b1, 255, r2, g2, b2, 255, r3, g3, b3, 255];
        }
    }
}
