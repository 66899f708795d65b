//! Decoders that share no code with our encoders. Each returns straight RGBA, and fails on a
//! damaged file.

use std::io::Cursor;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_png::PngDecoder;

/// The pixels of a PNG, read by zune-png with every checksum; `name` is for the message of a
/// failure.
pub fn png(name: &str, file: &[u8]) -> Vec<u8> {
    let options = DecoderOptions::new_cmd()
        .set_strict_mode(true)
        .png_set_confirm_crc(true)
        .inflate_set_confirm_adler(true)
        .png_set_add_alpha_channel(true);
    let mut decoder = PngDecoder::new_with_options(ZCursor::new(file), options);
    let samples = decoder.decode().map_err(|error| format!("{name}: {error:?}")).unwrap().u8().unwrap();
    match decoder.colorspace().unwrap() {
        ColorSpace::RGBA => samples,
        ColorSpace::RGB => samples.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
        ColorSpace::Luma => samples.iter().flat_map(|&level| [level, level, level, 255]).collect(),
        ColorSpace::LumaA => samples.chunks(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
        other => panic!("{name}: {other:?}"),
    }
}

/// The pixels of a lossless WebP, read by image-webp.
pub fn webp(file: &[u8]) -> Vec<u8> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(file)).unwrap();
    assert!(!decoder.is_lossy());
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    decoder.read_image(&mut pixels).unwrap();
    if decoder.has_alpha() { pixels } else { pixels.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect() }
}

/// The pixels, the width and the height of a GIF with one frame, read by gif.
pub fn gif(file: &[u8]) -> (Vec<u8>, u32, u32) {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(file).unwrap();
    let frame = decoder.read_next_frame().unwrap().unwrap().clone();
    assert!(decoder.read_next_frame().unwrap().is_none());
    (frame.buffer.into_owned(), frame.width.into(), frame.height.into())
}
