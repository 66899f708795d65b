//! Decoders that tolerate no error read every kind of PNG that we write: zune-png, which shares no
//! code with our encoder, and `pngcheck`, where it is installed (`make setup` tries to install it).

use std::fs;
use std::path::Path;
use std::process::Command;

use monogram::encode::encode;
use monogram::encode::incremental::Region;
use monogram::encode::incremental::Strips;
use monogram::render;
use monogram::request::Format;
use tiny_skia::Pixmap;

use crate::util::{self, picture, png_kind, straight};

/// The width and the height of the test pictures in px: neither rows of bits nor strips end at a
/// whole byte or strip.
const SIZE: (u32, u32) = (133, 99);

/// A picture for each colour type and bit depth: its name, the two numbers as the file must have
/// them, and its pixels.
fn pictures() -> Vec<(&'static str, [u8; 2], Pixmap)> {
    type Color = fn(u32, u32) -> [u8; 4];
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
            let number = u64::from(x * 7_919 + y * 104_729 + 1);
            let [r, g, b, ..] = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
            [r, g, b, 255]
        }),
        ("rgba", [6, 8], |x, y| [x.to_le_bytes()[0], y.to_le_bytes()[0], 90, (x * 2).to_le_bytes()[0]]),
    ];
    kinds.into_iter().map(|(name, kind, color)| (name, kind, picture(SIZE.0, SIZE.1, color))).collect()
}

#[test]
fn strict_decoders_read_every_kind() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("strict");
    fs::create_dir_all(&folder).unwrap();
    let mut files = Vec::new();
    let mut put = |name: String, file: &[u8]| {
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, file).unwrap();
        files.push(path);
    };
    for (name, kind, picture) in pictures() {
        let file = encode(Format::Png, picture.clone(), None).unwrap();
        assert_eq!(png_kind(&file), kind, "{name}");
        assert!(util::png(name, &file) == straight(&picture), "{name}");
        put(name.to_owned(), &file);

        // The same assembled from strips: unchanged, and with some rows of another picture.
        let strips = Strips::new(&picture);
        for rows in [0..0, 0..1, 40..60, 98..99, 0..99] {
            let mut other = picture.clone();
            let touched = [Region { rows: rows.clone(), columns: 10..90 }];
            for row in rows.clone() {
                let (from, to) = (row * 133 + 10, row * 133 + 90);
                other.pixels_mut()[from..to].reverse();
            }
            strips.forget(&(0..99));
            let file = strips.encode(&other, &touched, &[]).unwrap();
            let name = format!("{name}-strips-{}-{}", rows.start, rows.end);
            assert!(util::png(&name, &file) == straight(&other), "{name}");
            put(name, &file);
        }

        // With fewer colours.
        for quality in [1, 3, 6, 50, 100] {
            let file = encode(Format::Png, picture.clone(), Some(quality)).unwrap();
            let name = format!("{name}-q{quality}");
            let pixels = util::png(&name, &file);
            let mut colors: Vec<_> = pixels.chunks(4).collect();
            colors.sort_unstable();
            colors.dedup();
            let exact = pixels == straight(&picture);
            assert!(exact || colors.len() <= (usize::from(quality) * 256 / 100).max(2), "{name}: {}", colors.len());
            put(name, &file);
        }
    }
    let file = render::placeholder("");
    util::png("placeholder", &file);
    put("placeholder".to_owned(), &file);

    match Command::new("pngcheck").arg("-v").args(&files).output() {
        Ok(told) => {
            let report = String::from_utf8_lossy(&told.stdout);
            assert!(told.status.success(), "{report}");
            assert_eq!(report.matches("No errors detected").count(), files.len(), "{report}");
            assert!(!report.to_lowercase().contains("warning"), "{report}");
        }
        Err(error) => println!("pngcheck did not run: {error}"),
    }
}
