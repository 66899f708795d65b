//! Every kind of PNG that we write is one to decoders that forgive nothing: zune-png, which shares no line with what writes ours, and
//! `pngcheck`, where it is installed (`make setup` tries).

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test says what must hold, in its helpers too"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use monogram::encode::encode;
use monogram::incremental::png::Region;
use monogram::incremental::png::Strips;
use monogram::render;
use monogram::request::Format;
use tiny_skia::{ColorU8, Pixmap};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_png::PngDecoder;

/// Straight RGBA of a PNG, by zune-png, with every checksum.
fn read(name: &str, file: &[u8]) -> Vec<u8> {
    let options = DecoderOptions::new_cmd()
        .set_strict_mode(true)
        .png_set_confirm_crc(true)
        .inflate_set_confirm_adler(true)
        .png_set_add_alpha_channel(true);
    let mut decoder = PngDecoder::new_with_options(ZCursor::new(file), options);
    let samples = decoder.decode().map_err(|error| format!("{name}: {error:?}")).unwrap().u8().unwrap();
    let gray = |samples: &[u8], step: usize| {
        samples.chunks(step).map(|p| [p[0], p[0], p[0], *p.get(1).unwrap_or(&255)]).collect::<Vec<_>>()
    };
    match decoder.colorspace().unwrap() {
        ColorSpace::RGBA => samples,
        ColorSpace::RGB => samples.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
        ColorSpace::Luma => gray(&samples, 1).concat(),
        ColorSpace::LumaA => gray(&samples, 2).concat(),
        other => panic!("{name}: {other:?}"),
    }
}

fn straight(picture: &Pixmap) -> Vec<u8> {
    let rgba = |color: ColorU8| [color.red(), color.green(), color.blue(), color.alpha()];
    picture.pixels().iter().flat_map(|pixel| rgba(pixel.demultiply())).collect()
}

/// A picture of each colour type and depth; what it is stored as (colour type and depth, §11.2.1).
fn pictures() -> Vec<(&'static str, [u8; 2], Pixmap)> {
    type Color = fn(usize, usize) -> [u8; 4];
    let kinds: [(&str, [u8; 2], Color); 10] = [
        ("palette-1", [3, 1], |x, y| if (x / 5 + y) % 3 == 0 { [255, 87, 51, 255] } else { [20, 20, 43, 255] }),
        ("palette-1-clear", [3, 1], |x, y| if (x / 5 + y) % 3 == 0 { [0; 4] } else { [20, 20, 43, 90] }),
        ("palette-2", [3, 2], |x, y| [20, (x / 7 + y).to_le_bytes()[0] % 3, 43, 255]),
        ("palette-4", [3, 4], |x, y| [20, (x / 7 + y).to_le_bytes()[0] % 16, 43, 255]),
        ("palette-8", [3, 8], |x, y| [20, (x + y).to_le_bytes()[0], 43, 255]),
        ("palette-8-clear", [3, 8], |x, y| [20, 90, 43, (x * 2 + y).to_le_bytes()[0]]),
        ("gray", [0, 8], |x, y| {
            let level = (x * 2 + y).to_le_bytes()[0];
            [level, level, level, 255]
        }),
        ("rgb", [2, 8], |x, y| [x.to_le_bytes()[0], y.to_le_bytes()[0], (x * y).to_le_bytes()[0], 255]),
        ("rgb-noise", [2, 8], |x, y| {
            let [r, g, b, ..] = (x * 7_919 + y * 104_729 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
            [r, g, b, 255]
        }),
        ("rgba", [6, 8], |x, y| [x.to_le_bytes()[0], y.to_le_bytes()[0], 90, (x * 2).to_le_bytes()[0]]),
    ];
    let draw = |color: Color| {
        // No whole number of bytes a row, and of bands.
        let mut picture = Pixmap::new(133, 99).unwrap();
        for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
            let [r, g, b, a] = color(at % 133, at / 133);
            *pixel = ColorU8::from_rgba(r, g, b, a).premultiply();
        }
        picture
    };
    kinds.into_iter().map(|(name, stored, color)| (name, stored, draw(color))).collect()
}

#[test]
fn strict_decoders_take_every_kind() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("strict");
    fs::create_dir_all(&folder).unwrap();
    let mut files = Vec::new();
    let mut put = |name: String, file: &[u8]| {
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, file).unwrap();
        files.push(path);
    };
    for (name, stored, picture) in pictures() {
        let file = encode(Format::Png, picture.clone(), None).unwrap();
        // IHDR: eight bytes of signature, length, type, width, height, depth, colour type.
        assert_eq!([file[25], file[24]], stored, "{name}");
        assert!(read(name, &file) == straight(&picture), "{name}");
        put(name.to_owned(), &file);

        // The same from bands: untouched, and as another picture is made of it.
        let strips = Strips::new(&picture);
        for rows in [0..0, 0..1, 40..60, 98..99, 0..99] {
            let mut other = picture.clone();
            let touched = [Region { rows: rows.clone(), columns: 10..90 }];
            for row in rows.clone() {
                let (from, to) = (row * 133 + 10, row * 133 + 90);
                other.pixels_mut()[from..to].reverse();
            }
            strips.forget(&(0..99));
            let file = strips.encode(&other, &touched).unwrap();
            let name = format!("{name}-bands-{}-{}", rows.start, rows.end);
            assert!(read(&name, &file) == straight(&other), "{name}");
            put(name, &file);
        }

        // In fewer colours.
        for quality in [1, 3, 6, 50, 100] {
            let file = encode(Format::Png, picture.clone(), Some(quality)).unwrap();
            let name = format!("{name}-q{quality}");
            let pixels = read(&name, &file);
            let mut colors: Vec<_> = pixels.chunks(4).collect();
            colors.sort_unstable();
            colors.dedup();
            let exact = pixels == straight(&picture);
            assert!(exact || colors.len() <= (usize::from(quality) * 256 / 100).max(2), "{name}: {}", colors.len());
            put(name, &file);
        }
    }
    let file = render::placeholder();
    read("placeholder", &file);
    put("placeholder".to_owned(), &file);

    match Command::new("pngcheck").arg("-v").args(&files).output() {
        Ok(told) => {
            let report = String::from_utf8_lossy(&told.stdout);
            assert!(told.status.success(), "{report}");
            assert_eq!(report.matches("No errors detected").count(), files.len(), "{report}");
            assert!(!report.to_lowercase().contains("warning"), "{report}");
        }
        Err(error) => println!("pngcheck did not look: {error}"),
    }
}
