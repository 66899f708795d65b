//! Pictures are placed as CSS places them, and scale to the same bytes on every machine.

use monogram::geometry::{Rect, Size};
use monogram::image::{Fit, place, resample};
use tiny_skia::{ColorU8, Pixmap};

use crate::util::{Random, picture, sha256};

/// A random length in px, from 0 to `end` - 1.
fn length(random: &mut Random, end: u32) -> u32 {
    u32::try_from(random.below(end as usize)).unwrap()
}

fn noise(random: &mut Random, width: u32, height: u32) -> Pixmap {
    picture(width, height, |_, _| {
        let [r, g, b, a, kind, ..] = random.next().to_le_bytes();
        [r, g, b, if kind < 100 { 255 } else { a }]
    })
}

fn whole(picture: &Pixmap) -> Rect {
    Rect::new(0.0, 0.0, picture.width() as f32, picture.height() as f32)
}

/// The digest was recorded on x86-64 with AVX2, and is the same there without SIMD.
#[test]
fn scaling_gives_the_same_bytes_everywhere() {
    let mut random = Random::new(2026);
    let mut bytes = Vec::new();
    for _ in 0..60 {
        let (width, height) = (1 + length(&mut random, 70), 1 + length(&mut random, 70));
        let picture = noise(&mut random, width, height);
        let quarter = |random: &mut Random, end: u32| length(random, end * 4) as f32 / 4.0;
        let (x, y) = (quarter(&mut random, width), quarter(&mut random, height));
        let source = Rect::new(x, y, width as f32 - x, height as f32 - y);
        let (width, height) = (1 + length(&mut random, 90), 1 + length(&mut random, 90));
        bytes.extend_from_slice(resample(&picture, source, width, height).unwrap().data());
    }
    assert_eq!(sha256(&bytes), "b3c6f948f190db9fb276dd7d5f80d50c3bd48a055ff55278215c03141e2022ce");
}

/// Catmull-Rom (Keys' cubic, a = -1/2), widened by `scale` where it shrinks.
fn weight(distance: f64) -> f64 {
    let x = distance.abs();
    match x {
        _ if x < 1.0 => 1.5 * x * x * x - 2.5 * x * x + 1.0,
        _ if x < 2.0 => -0.5 * x * x * x + 2.5 * x * x - 4.0 * x + 2.0,
        _ => 0.0,
    }
}

/// The weight of each sample of a line for one output pixel.
fn weights(line: u32, from: f64, length: f64, output: u32, index: u32) -> Vec<f64> {
    let scale = length / f64::from(output);
    let support = scale.max(1.0);
    let center = from + (f64::from(index) + 0.5) * scale;
    let raw: Vec<f64> = (0..line).map(|sample| weight((f64::from(sample) + 0.5 - center) / support)).collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|weight| weight / sum).collect()
}

#[test]
fn scaling_is_the_textbook_convolution() {
    let mut random = Random::new(5);
    for (width, height, out_width, out_height) in
        [(20, 30, 7, 11), (9, 7, 30, 25), (40, 30, 5, 9), (16, 16, 16, 9), (50, 50, 1, 1)]
    {
        let picture = noise(&mut random, width, height);
        let scaled = resample(&picture, whole(&picture), out_width, out_height).unwrap();
        for (index, seen) in (0..).zip(scaled.pixels()) {
            let (x, y) = (index % out_width, index / out_width);
            let across = weights(width, 0.0, f64::from(width), out_width, x);
            let down = weights(height, 0.0, f64::from(height), out_height, y);
            let mut sums = [0.0; 4];
            for (column, across) in across.iter().enumerate() {
                for (channel, sum) in sums.iter_mut().enumerate() {
                    let levels = picture.data().iter().skip(column * 4 + channel).step_by(width as usize * 4);
                    let level: f64 = levels.zip(&down).map(|(&level, down)| f64::from(level) * down).sum();
                    // The library rounds to 8 bits between the two passes, so the comparison must
                    // do so too.
                    *sum += level.clamp(0.0, 255.0).round() * across;
                }
            }
            let alpha = sums[3].clamp(0.0, 255.0);
            let want = [sums[0].clamp(0.0, alpha), sums[1].clamp(0.0, alpha), sums[2].clamp(0.0, alpha), alpha];
            let seen = [seen.red(), seen.green(), seen.blue(), seen.alpha()];
            for (want, seen) in want.iter().zip(seen) {
                assert!(
                    (want - f64::from(seen)).abs() < 2.0,
                    "{width} x {height} -> {out_width} x {out_height}: {want} {seen}"
                );
            }
        }
    }
}

/// A picture whose red depends on the column alone, and its green on the row alone; and those
/// levels.
fn plaid(random: &mut Random, width: u32, height: u32) -> (Pixmap, Vec<u8>, Vec<u8>) {
    let mut levels = |count: u32| (0..count).map(|_| u8::try_from(random.below(256)).unwrap()).collect::<Vec<u8>>();
    let (red, green) = (levels(width), levels(height));
    let mut picture = Pixmap::new(width, height).unwrap();
    for (row, green) in picture.pixels_mut().chunks_exact_mut(red.len()).zip(&green) {
        for (pixel, red) in row.iter_mut().zip(&red) {
            *pixel = ColorU8::from_rgba(*red, *green, 7, 255).premultiply();
        }
    }
    (picture, red, green)
}

/// The levels of a line, scaled in the plainest way.
fn scaled_line(levels: &[u8], from: f32, length: f32, output: u32) -> Vec<f64> {
    let line = u32::try_from(levels.len()).unwrap();
    let sum =
        |weights: Vec<f64>| weights.iter().zip(levels).map(|(weight, &level)| weight * f64::from(level)).sum::<f64>();
    (0..output)
        .map(|index| sum(weights(line, f64::from(from), f64::from(length), output, index)).clamp(0.0, 255.0))
        .collect()
}

/// Every size of box and picture, fit, focus and scale factor, through the same rounding as the
/// painter's: the library that scales reads out of bounds where it is given both axes at once (see
/// `convolve`), which this test shows as a panic of its overflow checks, or as wrong pixels.
#[test]
fn pictures_of_all_sizes_are_scaled_in_bounds() {
    let mut random = Random::new(69);
    let mut scaled = 0_u32;
    for natural in [1, 2, 3, 5, 8, 13, 21, 100] {
        let (picture, red, green) = plaid(&mut random, natural, natural + 1);
        let size = Size::new(natural as f32, (natural + 1) as f32);
        for half in 1..150 {
            let frame = Size::new(half as f32 / 2.0, (150 - half) as f32 / 2.0);
            for fit in [Fit::Cover, Fit::Contain, Fit::Fill, Fit::None, Fit::ScaleDown] {
                for (focus, factor) in [((0.5, 0.5), 2.0), ((0.0, 1.0), 1.5), ((0.3, 0.7), 3.0), ((1.0, 0.25), 1.0)] {
                    let placement = place(size, frame, fit, focus);
                    let (source, dest) = (placement.source, placement.dest);
                    let side = |from: f32, to: f32| ((to * factor).round() - (from * factor).round()) as u32;
                    let (width, height) = (side(dest.x, dest.right()), side(dest.y, dest.bottom()));
                    if width == 0 || height == 0 {
                        continue;
                    }
                    let seen = resample(&picture, source, width, height).unwrap();
                    let across = scaled_line(&red, source.x, source.width, width);
                    let down = scaled_line(&green, source.y, source.height, height);
                    let near = |level: u8, want: &f64| (f64::from(level) - want).abs() < 2.0;
                    for (row, green) in seen.pixels().chunks(width as usize).zip(&down) {
                        let right =
                            row.iter().zip(&across).all(|(p, red)| near(p.red(), red) && near(p.green(), green));
                        assert!(right, "{natural} px in {frame:?}, {fit:?}, {focus:?} x {factor}");
                    }
                    scaled += 1;
                }
            }
        }
    }
    assert!(scaled > 20_000, "{scaled}");
}

#[test]
fn a_wide_picture_in_a_tall_box_is_scaled_rows_first_and_looks_the_same() {
    let wide = picture(400, 10, |x, y| [(x / 2).to_le_bytes()[0], (y * 20).to_le_bytes()[0], 99, 255]);
    let tall = resample(&wide, whole(&wide), 10, 400).unwrap();
    let narrow = resample(&wide, whole(&wide), 10, 10).unwrap();
    let stretched = resample(&narrow, whole(&narrow), 10, 400).unwrap();
    let worst = tall.data().iter().zip(stretched.data()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(worst <= 1, "{worst}");
}

#[test]
fn the_same_size_is_the_same_picture() {
    let mut random = Random::new(3);
    let picture = noise(&mut random, 31, 17);
    assert!(resample(&picture, whole(&picture), 31, 17).unwrap() == picture);
    let part = resample(&picture, Rect::new(4.0, 5.0, 9.0, 3.0), 9, 3).unwrap();
    for (row, want) in part.data().chunks(9 * 4).zip(picture.data().chunks(31 * 4).skip(5)) {
        assert_eq!(row, &want[4 * 4..13 * 4]);
    }
}

#[test]
fn one_colour_stays_that_colour() {
    for [r, g, b, a] in [[255, 255, 255, 255], [0, 0, 0, 0], [12, 200, 99, 255], [255, 0, 255, 77], [1, 2, 3, 1]] {
        let mut picture = Pixmap::new(37, 23).unwrap();
        let color = ColorU8::from_rgba(r, g, b, a).premultiply();
        picture.pixels_mut().fill(color);
        for (width, height) in [(1, 1), (5, 40), (80, 3), (36, 22), (300, 200)] {
            let scaled = resample(&picture, Rect::new(0.3, 1.7, 30.1, 20.9), width, height).unwrap();
            assert!(scaled.pixels().iter().all(|&pixel| pixel == color), "{width} x {height}");
        }
    }
}

#[test]
fn colours_never_exceed_their_alpha() {
    // A checkerboard of opaque and transparent squares.
    let picture = picture(40, 40, |x, y| [255, 255, 0, if (x / 5 + y / 5) % 2 == 0 { 255 } else { 0 }]);
    for (width, height) in [(173, 91), (11, 13), (39, 41)] {
        let scaled = resample(&picture, whole(&picture), width, height).unwrap();
        assert!(scaled.data().chunks(4).all(|p| p[0] <= p[3] && p[1] <= p[3] && p[2] <= p[3]));
    }
}

#[test]
fn a_box_without_area_is_an_internal_error() {
    let picture = Pixmap::new(4, 4).unwrap();
    for (source, width, height) in [
        (whole(&picture), 0, 4),
        (whole(&picture), 4, 0),
        (Rect::new(0.0, 0.0, 0.0, 4.0), 4, 4),
        (Rect::new(4.0, 0.0, 4.0, 4.0), 4, 4),
        (Rect::new(-9.0, -9.0, 9.0, 9.0), 4, 4),
    ] {
        assert_eq!(resample(&picture, source, width, height).unwrap_err().status(), 500, "{source:?}");
    }
    // A source beyond the edges is cut to the part inside.
    assert!(resample(&picture, Rect::new(-9.0, 1.5, 900.0, 900.0), 4, 4).is_ok());
    assert!(resample(&picture, Rect::new(3.999, 3.999, 0.001, 0.001), 4, 4).is_ok());
}

fn check(natural: (f32, f32), frame: (f32, f32), fit: Fit, focal: (f32, f32), source: [f32; 4], dest: [f32; 4]) {
    let placed = place(Size::new(natural.0, natural.1), Size::new(frame.0, frame.1), fit, focal);
    let numbers = |r: Rect| [r.x, r.y, r.width, r.height];
    for (seen, want) in
        numbers(placed.source).into_iter().chain(numbers(placed.dest)).zip(source.into_iter().chain(dest))
    {
        assert!((seen - want).abs() < 1e-3, "{natural:?} in {frame:?}, {fit:?}, {focal:?}: {placed:?}");
    }
}

#[test]
fn pictures_fit_as_in_css() {
    let middle = (0.5, 0.5);
    let (wide, square) = ((400.0, 100.0), (50.0, 50.0));
    check(wide, square, Fit::Cover, middle, [150.0, 0.0, 100.0, 100.0], [0.0, 0.0, 50.0, 50.0]);
    check(wide, square, Fit::Contain, middle, [0.0, 0.0, 400.0, 100.0], [0.0, 18.75, 50.0, 12.5]);
    check(wide, square, Fit::Contain, (0.5, 0.0), [0.0, 0.0, 400.0, 100.0], [0.0, 0.0, 50.0, 12.5]);
    check(wide, square, Fit::Fill, (0.1, 0.9), [0.0, 0.0, 400.0, 100.0], [0.0, 0.0, 50.0, 50.0]);
    check(wide, square, Fit::None, middle, [175.0, 25.0, 50.0, 50.0], [0.0, 0.0, 50.0, 50.0]);
    check(wide, square, Fit::ScaleDown, middle, [0.0, 0.0, 400.0, 100.0], [0.0, 18.75, 50.0, 12.5]);
    check(square, wide, Fit::ScaleDown, middle, [0.0, 0.0, 50.0, 50.0], [175.0, 25.0, 50.0, 50.0]);
    check(square, wide, Fit::None, (1.0, 0.0), [0.0, 0.0, 50.0, 50.0], [350.0, 0.0, 50.0, 50.0]);
    check(square, wide, Fit::Contain, middle, [0.0, 0.0, 50.0, 50.0], [150.0, 0.0, 100.0, 100.0]);
    check(square, wide, Fit::Cover, middle, [0.0, 18.75, 50.0, 12.5], [0.0, 0.0, 400.0, 100.0]);
}

#[test]
fn the_focal_point_is_centred_or_as_near_as_the_edge_allows() {
    let (wide, square) = ((400.0, 100.0), (50.0, 50.0));
    for (focal, left) in [(0.0, 0.0), (0.1, 0.0), (0.125, 0.0), (0.25, 50.0), (0.75, 250.0), (0.9, 300.0), (1.0, 300.0)]
    {
        check(wide, square, Fit::Cover, (focal, 0.5), [left, 0.0, 100.0, 100.0], [0.0, 0.0, 50.0, 50.0]);
    }
    check(wide, square, Fit::Cover, (9.0, f32::NAN), [300.0, 0.0, 100.0, 100.0], [0.0, 0.0, 50.0, 50.0]);
}

#[test]
fn source_and_destination_are_inside_for_any_numbers() {
    let mut random = Random::new(11);
    let numbers = [0.0, 1e-6, 0.4, 1.0, 3.0, 7.7, 100.0, 1333.0, 4096.0, 32_768.0];
    let mut number = || random.one(&numbers);
    for _ in 0..5_000 {
        let (natural, frame) = (Size::new(number(), number()), Size::new(number(), number()));
        let focal = (number() / 100.0, number() / 100.0);
        for fit in [Fit::Cover, Fit::Contain, Fit::Fill, Fit::None, Fit::ScaleDown] {
            let placed = place(natural, frame, fit, focal);
            for (part, all) in [(placed.source, natural), (placed.dest, frame)] {
                let fits = |from: f32, to: f32, end: f32| from >= 0.0 && to <= end * 1.000_01 && from.is_finite();
                let inside = fits(part.x, part.right(), all.width) && fits(part.y, part.bottom(), all.height);
                assert!(inside, "{natural:?} in {frame:?}, {fit:?}, {focal:?}: {placed:?}");
            }
        }
    }
}
