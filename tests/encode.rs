//! What we encode, other decoders read back: exactly where the format is exact.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test says what must hold, in its helpers too"
)]

use monogram::encode;
use monogram::image;
use monogram::limits::Limits;
use monogram::request::route::Format;
use tiny_skia::{Color, ColorU8, FillRule, GradientStop, Paint, PathBuilder, Pixmap, Point, SpreadMode, Transform};

/// xorshift64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// A picture whose pixels are what `color` says, straight RGBA.
fn picture(width: u32, height: u32, mut color: impl FnMut(u32, u32) -> [u8; 4]) -> Pixmap {
    let mut picture = Pixmap::new(width, height).unwrap();
    for (index, pixel) in (0..).zip(picture.pixels_mut()) {
        let [r, g, b, a] = color(index % width, index / width);
        *pixel = ColorU8::from_rgba(r, g, b, a).premultiply();
    }
    picture
}

/// Straight RGBA, by tiny-skia.
fn straight(picture: &Pixmap) -> Vec<u8> {
    let rgba = |color: ColorU8| [color.red(), color.green(), color.blue(), color.alpha()];
    picture.pixels().iter().flat_map(|pixel| rgba(pixel.demultiply())).collect()
}

/// Straight RGBA of a PNG, by the `png` crate; its colour type and depth; its tRNS.
fn read_png(file: &[u8]) -> (Vec<u8>, (png::ColorType, u8), Option<Vec<u8>>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let info = reader.info();
    assert_eq!(info.srgb, Some(png::SrgbRenderingIntent::Perceptual));
    let stored = (info.color_type, info.bit_depth as u8);
    let transparent = info.trns.as_ref().map(|trns| trns.to_vec());
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    reader.finish().unwrap();
    if frame.color_type == png::ColorType::GrayscaleAlpha {
        pixels = pixels.chunks(2).flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect();
    }
    (pixels, stored, transparent)
}

fn read_webp(file: &[u8]) -> Vec<u8> {
    let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap();
    assert!(!decoder.is_lossy());
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    decoder.read_image(&mut pixels).unwrap();
    if decoder.has_alpha() { pixels } else { pixels.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect() }
}

fn read_gif(file: &[u8]) -> (Vec<u8>, u32, u32) {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(file).unwrap();
    let frame = decoder.read_next_frame().unwrap().unwrap().clone();
    assert!(decoder.read_next_frame().unwrap().is_none());
    (frame.buffer.into_owned(), frame.width.into(), frame.height.into())
}

/// Encodes as PNG and as WebP, and reads both back.
fn exact(name: &str, picture: &Pixmap) -> ((png::ColorType, u8), Option<Vec<u8>>) {
    let want = straight(picture);
    let file = encode::encode(Format::Png, picture.clone(), None).unwrap();
    let (pixels, stored, transparent) = read_png(&file);
    assert!(pixels == want, "{name}: PNG as {stored:?}");
    assert_eq!(file, encode::encode(Format::Png, picture.clone(), None).unwrap(), "{name}");
    let again = image::decode(&file, &Limits::default()).unwrap();
    assert!(again.data() == picture.data(), "{name}: our own decoder");

    let file = encode::encode(Format::Webp, picture.clone(), None).unwrap();
    assert!(read_webp(&file) == want, "{name}: WebP");
    (stored, transparent)
}

/// All sizes that rows and bits may stumble over.
const SIZES: [(u32, u32); 14] = [
    (1, 1),
    (1, 2),
    (2, 1),
    (1, 17),
    (17, 1),
    (3, 3),
    (7, 5),
    (8, 8),
    (9, 4),
    (15, 31),
    (16, 16),
    (33, 2),
    (64, 65),
    (129, 47),
];

#[test]
fn random_pixels_come_back() {
    let mut random = Random(42);
    for (width, height) in SIZES {
        exact(&format!("rgba {width} x {height}"), &picture(width, height, |_, _| [(); 4].map(|()| random.byte())));
        exact(
            &format!("rgb {width} x {height}"),
            &picture(width, height, |_, _| [random.byte(), random.byte(), 7, 255]),
        );
        exact(
            &format!("grey {width} x {height}"),
            &picture(width, height, |_, _| {
                let level = random.byte();
                [level, level, level, 255]
            }),
        );
        exact(&format!("alpha {width} x {height}"), &picture(width, height, |_, _| [0, 0, 0, random.byte()]));
    }
}

#[test]
fn a_palette_is_as_deep_as_its_colours() {
    use png::ColorType::{Indexed, Rgb, Rgba};
    for (count, depth) in [(1, 1), (2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8), (255, 8), (256, 8), (257, 0)] {
        for (width, height) in [(257, 1), (1, 257), (19, 14), (31, 33)] {
            for half in [false, true] {
                let picture = picture(width, height, |x, y| {
                    let index = (x + y * width) % count;
                    let [low, high, ..] = (index * 3).to_le_bytes();
                    [low, high, 200, if half && index % 2 == 1 { 128 } else { 255 }]
                });
                // Levels are three apart, so that they stay different at half alpha.
                let mut pixels: Vec<_> =
                    picture.pixels().iter().map(|p| (p.red(), p.green(), p.blue(), p.alpha())).collect();
                pixels.sort_unstable();
                pixels.dedup();
                let opaque = !half || count == 1;
                assert_eq!(pixels.len(), count as usize);
                let (stored, transparent) = exact(&format!("{count} colours, {width} x {height}"), &picture);
                let wanted = match (depth, opaque) {
                    (0, true) => (Rgb, 8),
                    (0, false) => (Rgba, 8),
                    _ => (Indexed, depth),
                };
                assert_eq!(stored, wanted, "{count} colours, {width} x {height}, {half}");
                let alphas = transparent.unwrap_or_default();
                let transparent = pixels.iter().filter(|pixel| pixel.3 < 255).count();
                assert_eq!(alphas, vec![128; if depth == 0 { 0 } else { transparent }], "tRNS is short");
            }
        }
    }
}

#[test]
fn greys_are_grey_when_a_palette_gains_nothing() {
    use png::ColorType::{Grayscale, Indexed};
    for (levels, stored) in [(2, (Indexed, 1)), (16, (Indexed, 4)), (17, (Grayscale, 8)), (256, (Grayscale, 8))] {
        let gray = |x: u32, y: u32| u8::try_from((x + y * 31) % levels * 255 / (levels - 1)).unwrap();
        let opaque = picture(31, 33, |x, y| [gray(x, y), gray(x, y), gray(x, y), 255]);
        assert_eq!(exact("grey", &opaque), (stored, None));
        // One clear pixel: a palette has room for it, grey has not.
        let holed =
            picture(31, 33, |x, y| if (x, y) == (0, 0) { [0; 4] } else { [gray(x, y), gray(x, y), gray(x, y), 255] });
        let (stored, transparent) = exact("holed", &holed);
        let color = if levels == 256 { png::ColorType::Rgba } else { Indexed };
        assert_eq!(stored.0, color, "{levels}");
        assert_eq!(transparent, (levels < 256).then(|| vec![0]), "{levels}");
    }
}

/// What templates are made of: flat shapes with smooth edges, on a gradient or on nothing.
fn card(width: u32, height: u32, gradient: bool, background: bool) -> Pixmap {
    let mut picture = Pixmap::new(width, height).unwrap();
    let (w, h) = (width as f32, height as f32);
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    if background {
        picture.fill(Color::from_rgba8(255, 87, 51, 255));
    }
    if gradient {
        let stops =
            [(0.0, 255, 87), (1.0, 30, 200)].map(|(at, r, b)| GradientStop::new(at, Color::from_rgba8(r, 90, b, 255)));
        let (from, to) = (Point::from_xy(0.0, 0.0), Point::from_xy(w, h));
        paint.shader =
            tiny_skia::LinearGradient::new(from, to, stops.to_vec(), SpreadMode::Pad, Transform::identity()).unwrap();
        picture.fill_rect(tiny_skia::Rect::from_xywh(0.0, 0.0, w, h).unwrap(), &paint, Transform::identity(), None);
    }
    paint.set_color_rgba8(20, 20, 43, 220);
    for (x, y, radius) in [(0.3, 0.5, 0.3), (0.6, 0.4, 0.2), (0.8, 0.8, 0.15)] {
        let circle = PathBuilder::from_circle(w * x, h * y, h * radius).unwrap();
        picture.fill_path(&circle, &paint, FillRule::Winding, Transform::identity(), None);
    }
    picture
}

#[test]
fn drawn_cards_come_back_and_are_small() {
    let sizes = |gradient, background| {
        let card = card(300, 160, gradient, background);
        let (stored, _) = exact("card", &card);
        let file = encode::encode(Format::Png, card, None).unwrap();
        (stored.0, file.len())
    };
    let (stored, bytes) = sizes(false, true);
    assert!(stored == png::ColorType::Indexed && bytes < 2_500, "{stored:?} {bytes}");
    let (stored, bytes) = sizes(false, false);
    assert!(stored == png::ColorType::Indexed && bytes < 2_500, "{stored:?} {bytes}");
    let (stored, bytes) = sizes(true, false);
    assert!(stored == png::ColorType::Rgb && bytes < 20_000, "{stored:?} {bytes}");
}

#[test]
fn photographs_come_back() {
    let mut random = Random(7);
    let mut noise = |level: u32| level.to_le_bytes()[0].wrapping_add(random.byte() % 8);
    for (alpha, stored) in [(255, png::ColorType::Rgb), (254, png::ColorType::Rgba)] {
        let photo = picture(201, 99, |x, y| [noise(x), noise(y * 2), noise(x / 2 + y), alpha]);
        assert_eq!(exact("photo", &photo).0, (stored, 8));
    }
    let gray = picture(201, 99, |x, y| {
        let level = noise(x / 2 + y);
        [level, level, level, 255]
    });
    assert_eq!(exact("grey photo", &gray).0, (png::ColorType::Grayscale, 8));
}

#[test]
fn a_jpeg_is_flat_on_white_and_near() {
    for (width, height) in SIZES.into_iter().chain([(300, 160)]) {
        let card = card(width, height, true, false);
        for (quality, worst) in [(None, 70), (Some(90), 40), (Some(100), 6)] {
            let file = encode::encode(Format::Jpg, card.clone(), quality).unwrap();
            let seen = image::decode(&file, &Limits::default()).unwrap();
            assert_eq!((seen.width(), seen.height()), (width, height));
            let difference = card.data().iter().zip(seen.data()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(difference <= worst, "{width} x {height} at {quality:?}: {difference}");
        }
    }
    let clear = Pixmap::new(20, 20).unwrap();
    let file = encode::encode(Format::Jpg, clear, None).unwrap();
    assert!(image::decode(&file, &Limits::default()).unwrap().data().iter().all(|&level| level == 255));
    let bytes = [1, 30, 60, 82, 89, 90, 100]
        .map(|quality| encode::encode(Format::Jpg, card(300, 160, true, false), Some(quality)).unwrap().len());
    assert!(bytes.is_sorted(), "{bytes:?}");
}

#[test]
fn a_gif_of_few_colours_is_exact() {
    for count in [1_u32, 2, 3, 4, 5, 16, 17, 255, 256] {
        for holed in [false, true] {
            let picture = picture(23, 29, |x, y| {
                let index = (x + y * 23) % count;
                if holed && index == count - 1 { [0; 4] } else { [index.to_le_bytes()[0], 9, 77, 255] }
            });
            let file = encode::encode(Format::Gif, picture.clone(), None).unwrap();
            let (pixels, width, height) = read_gif(&file);
            assert_eq!((width, height), (23, 29));
            let seen =
                pixels.chunks(4).map(|pixel| if pixel[3] == 0 { [0; 4] } else { [pixel[0], pixel[1], pixel[2], 255] });
            assert!(seen.flatten().eq(straight(&picture)), "{count} colours, {holed}");
        }
    }
}

#[test]
fn a_gif_of_many_colours_is_near() {
    for background in [false, true] {
        for (width, height) in SIZES.into_iter().chain([(300, 160)]) {
            let mut card = card(width, height, true, true);
            if !background {
                let hole =
                    PathBuilder::from_circle(width as f32 / 2.0, height as f32 / 2.0, height as f32 / 4.0).unwrap();
                let clear = Paint { blend_mode: tiny_skia::BlendMode::Clear, ..Paint::default() };
                card.fill_path(&hole, &clear, FillRule::Winding, Transform::identity(), None);
            }
            let file = encode::encode(Format::Gif, card.clone(), None).unwrap();
            assert_eq!(file, encode::encode(Format::Gif, card.clone(), None).unwrap());
            let (pixels, ..) = read_gif(&file);
            for (seen, pixel) in pixels.chunks(4).zip(card.pixels()) {
                assert_eq!(seen[3] == 255, pixel.alpha() >= 128);
                if seen[3] == 255 {
                    let white = 255 - pixel.alpha();
                    let want = [pixel.red() + white, pixel.green() + white, pixel.blue() + white];
                    let difference = want.iter().zip(seen).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
                    assert!(difference <= 48, "{width} x {height}: {difference}");
                }
            }
        }
    }
}

#[test]
fn a_view_is_no_image() {
    let picture = Pixmap::new(1, 1).unwrap();
    for format in [Format::Json, Format::Html, Format::Txt] {
        assert_eq!(encode::encode(format, picture.clone(), None).unwrap_err().status(), 500);
    }
    let wide = Pixmap::new(16_385, 1).unwrap();
    assert!(encode::encode(Format::Webp, wide.clone(), None).is_err());
    assert!(encode::encode(Format::Png, wide, None).is_ok());
}
