//! Pictures to encode, and the parts of a PNG file.

use tiny_skia::{ColorU8, Pixmap};

/// A picture of this size in px with the colour of each pixel by column and row: straight RGBA.
pub fn picture(width: u32, height: u32, mut color: impl FnMut(u32, u32) -> [u8; 4]) -> Pixmap {
    let mut picture = Pixmap::new(width, height).unwrap();
    for (index, pixel) in (0..).zip(picture.pixels_mut()) {
        let [r, g, b, a] = color(index % width, index / width);
        *pixel = ColorU8::from_rgba(r, g, b, a).premultiply();
    }
    picture
}

/// The pixels of a picture as straight RGBA, converted by tiny-skia.
pub fn straight(picture: &Pixmap) -> Vec<u8> {
    let rgba = |color: ColorU8| [color.red(), color.green(), color.blue(), color.alpha()];
    picture.pixels().iter().flat_map(|pixel| rgba(pixel.demultiply())).collect()
}

/// The colour type and the bit depth of a PNG file (PNG 3rd edition, section 11.2.1).
pub fn png_kind(file: &[u8]) -> [u8; 2] {
    let header = png_chunk(file, *b"IHDR").expect("IHDR");
    [header[9], header[8]]
}

/// The data of the first chunk of this type in a PNG file; `None` if there is no such chunk.
pub fn png_chunk(file: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    // After the signature of 8 bytes, each chunk is its length, its type, its data and a checksum
    // of 4 bytes.
    let mut rest = &file[8..];
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
        if after[..4] == kind {
            return Some(&after[4..4 + length]);
        }
        rest = &after[4 + length + 4..];
    }
    None
}
