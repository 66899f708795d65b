//! Other decoders read back the pictures that we encode: exactly, where the format is lossless.

use monogram::encode;
use monogram::image;
use monogram::limits::Limits;
use monogram::request::format::Format;
use tiny_skia::{Color, FillRule, GradientStop, Paint, PathBuilder, Pixmap, Point, SpreadMode, Transform};

use crate::util::{self, Random, picture, png_chunk, png_kind, straight};

/// Colour types of PNG (3rd edition, section 11.2.1).
const GRAYSCALE: u8 = 0;
const RGB: u8 = 2;
const INDEXED: u8 = 3;
const RGBA: u8 = 6;

/// Encodes a picture as PNG and as WebP, and compares both files with it. Returns the colour type
/// and the bit depth of the PNG, and the alphas of its palette (the tRNS chunk).
fn check_lossless(name: &str, picture: &Pixmap) -> ([u8; 2], Option<Vec<u8>>) {
    let want = straight(picture);
    let file = encode::encode(Format::Png, picture.clone(), None).unwrap();
    let kind = png_kind(&file);
    assert!(util::png(name, &file) == want, "{name}: PNG as {kind:?}");
    assert_eq!(png_chunk(&file, *b"sRGB"), Some(&[0][..]), "{name}: perceptual intent");
    assert_eq!(file, encode::encode(Format::Png, picture.clone(), None).unwrap(), "{name}");
    let again = image::decode(&file, &Limits::default()).unwrap();
    assert!(again.data() == picture.data(), "{name}: our own decoder");
    let alphas = png_chunk(&file, *b"tRNS").map(<[u8]>::to_vec);

    let file = encode::encode(Format::Webp, picture.clone(), None).unwrap();
    assert!(util::webp(&file) == want, "{name}: WebP");
    (kind, alphas)
}

/// Widths and heights in px at which rows of bits and bytes end differently.
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
    let mut random = Random::new(42);
    for (width, height) in SIZES {
        check_lossless(
            &format!("rgba {width} x {height}"),
            &picture(width, height, |_, _| [(); 4].map(|()| random.byte())),
        );
        check_lossless(
            &format!("rgb {width} x {height}"),
            &picture(width, height, |_, _| [random.byte(), random.byte(), 7, 255]),
        );
        check_lossless(
            &format!("grey {width} x {height}"),
            &picture(width, height, |_, _| {
                let level = random.byte();
                [level, level, level, 255]
            }),
        );
        check_lossless(&format!("alpha {width} x {height}"), &picture(width, height, |_, _| [0, 0, 0, random.byte()]));
    }
}

#[test]
fn a_palette_is_as_deep_as_its_colours() {
    for (count, depth) in [(1, 1), (2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8), (255, 8), (256, 8), (257, 0)] {
        for (width, height) in [(257, 1), (1, 257), (19, 14), (31, 33)] {
            for half in [false, true] {
                let picture = picture(width, height, |x, y| {
                    let index = (x + y * width) % count;
                    let [low, high, ..] = (index * 3).to_le_bytes();
                    [low, high, 200, if half && index % 2 == 1 { 128 } else { 255 }]
                });
                // Levels differ by three, so that they still differ at half alpha.
                let mut pixels: Vec<_> =
                    picture.pixels().iter().map(|p| (p.red(), p.green(), p.blue(), p.alpha())).collect();
                pixels.sort_unstable();
                pixels.dedup();
                let opaque = !half || count == 1;
                assert_eq!(pixels.len(), count as usize);
                let (stored, alphas) = check_lossless(&format!("{count} colours, {width} x {height}"), &picture);
                let wanted = match (depth, opaque) {
                    (0, true) => [RGB, 8],
                    (0, false) => [RGBA, 8],
                    _ => [INDEXED, depth],
                };
                assert_eq!(stored, wanted, "{count} colours, {width} x {height}, {half}");
                let transparent = pixels.iter().filter(|pixel| pixel.3 < 255).count();
                let expected = vec![128; if depth == 0 { 0 } else { transparent }];
                assert_eq!(alphas.unwrap_or_default(), expected, "tRNS ends at the last colour that is not opaque");
            }
        }
    }
}

#[test]
fn greys_are_grey_when_a_palette_gains_nothing() {
    for (levels, stored) in [(2, [INDEXED, 1]), (16, [INDEXED, 4]), (17, [GRAYSCALE, 8]), (256, [GRAYSCALE, 8])] {
        let gray = |x: u32, y: u32| u8::try_from((x + y * 31) % levels * 255 / (levels - 1)).unwrap();
        let opaque = picture(31, 33, |x, y| [gray(x, y), gray(x, y), gray(x, y), 255]);
        assert_eq!(check_lossless("grey", &opaque), (stored, None));
        // A palette has room for one transparent pixel; greyscale has not.
        let holed =
            picture(31, 33, |x, y| if (x, y) == (0, 0) { [0; 4] } else { [gray(x, y), gray(x, y), gray(x, y), 255] });
        let (stored, alphas) = check_lossless("holed", &holed);
        assert_eq!(stored[0], if levels == 256 { RGBA } else { INDEXED }, "{levels}");
        assert_eq!(alphas, (levels < 256).then(|| vec![0]), "{levels}");
    }
}

/// A picture as templates have them: flat shapes with smooth edges on a gradient, on one colour, or
/// on nothing.
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
        let (stored, _) = check_lossless("card", &card);
        let file = encode::encode(Format::Png, card, None).unwrap();
        (stored[0], file.len())
    };
    let (stored, bytes) = sizes(false, true);
    assert!(stored == INDEXED && bytes < 2_500, "{stored:?} {bytes}");
    let (stored, bytes) = sizes(false, false);
    assert!(stored == INDEXED && bytes < 2_500, "{stored:?} {bytes}");
    let (stored, bytes) = sizes(true, false);
    assert!(stored == RGB && bytes < 20_000, "{stored:?} {bytes}");
}

#[test]
fn photographs_come_back() {
    let mut random = Random::new(7);
    let mut noise = |level: u32| level.to_le_bytes()[0].wrapping_add(random.byte() % 8);
    for (alpha, stored) in [(255, RGB), (254, RGBA)] {
        let photo = picture(201, 99, |x, y| [noise(x), noise(y * 2), noise(x / 2 + y), alpha]);
        assert_eq!(check_lossless("photo", &photo).0, [stored, 8]);
    }
    let gray = picture(201, 99, |x, y| {
        let level = noise(x / 2 + y);
        [level, level, level, 255]
    });
    assert_eq!(check_lossless("grey photo", &gray).0, [GRAYSCALE, 8]);
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
fn a_gif_of_few_colours_is_check_lossless() {
    for count in [1_u32, 2, 3, 4, 5, 16, 17, 255, 256] {
        for holed in [false, true] {
            let picture = picture(23, 29, |x, y| {
                let index = (x + y * 23) % count;
                if holed && index == count - 1 { [0; 4] } else { [index.to_le_bytes()[0], 9, 77, 255] }
            });
            let file = encode::encode(Format::Gif, picture.clone(), None).unwrap();
            let (pixels, width, height) = util::gif(&file);
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
            let (pixels, ..) = util::gif(&file);
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
