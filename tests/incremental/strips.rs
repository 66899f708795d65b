//! A PNG that is assembled from strips of another picture decodes to its own picture, whatever
//! parts changed and in whatever order, and is hardly larger than a PNG of the whole picture.

use monogram::encode::incremental::Region;
use monogram::encode::incremental::Strips;
use monogram::encode::png;
use monogram::image;
use monogram::limits::Limits;
use tiny_skia::{ColorU8, Pixmap, PremultipliedColorU8};

use crate::util::Random;

/// The content of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flat,
    /// Tiles in at most this number of colours, some of them translucent.
    Tiles(u8),
    Grays,
    Gradient,
    /// A gradient with grain, as in a photograph.
    Photo,
    Noise,
    /// A gradient to transparent.
    Fading,
    NoiseWithAlpha,
}

const KINDS: [Kind; 12] = [
    Kind::Flat,
    Kind::Tiles(2),
    Kind::Tiles(4),
    Kind::Tiles(16),
    Kind::Tiles(90),
    Kind::Tiles(250),
    Kind::Grays,
    Kind::Gradient,
    Kind::Photo,
    Kind::Noise,
    Kind::Fading,
    Kind::NoiseWithAlpha,
];

impl Kind {
    fn pixel(self, x: usize, y: usize, random: &mut Random) -> PremultipliedColorU8 {
        let level = |value: usize| value.to_le_bytes()[0];
        let [r, g, b, a] = match self {
            Self::Flat => [255, 87, 51, 255],
            Self::Tiles(count) => {
                let tile = (x / 9 + y / 7 * 5) % usize::from(count);
                [level(tile), level(tile * 3), 90, if tile % 5 == 4 { level(tile * 7) } else { 255 }]
            }
            Self::Grays => {
                let gray = level(x / 3 + y);
                [gray, gray, gray, 255]
            }
            Self::Gradient => [level(x / 2 % 256), level((x + y) / 3), level(200 - y % 200), 255],
            Self::Photo => {
                let [r, g, b] =
                    [(x + y * 2) / 4, x / 3 + 40, y / 2 + 20].map(|value| level(value % 200 + random.below(14)));
                [r, g, b, 255]
            }
            Self::Noise => [random.byte(), random.byte(), random.byte(), 255],
            Self::Fading => [20, level(x), 43, level(255 - y % 256)],
            Self::NoiseWithAlpha => [(); 4].map(|()| random.byte()),
        };
        ColorU8::from_rgba(r, g, b, a).premultiply()
    }

    fn draw(self, picture: &mut Pixmap, part: &Region, moved: usize, random: &mut Random) {
        let width = picture.width() as usize;
        for y in part.rows.clone() {
            for x in part.columns.clone() {
                picture.pixels_mut()[y * width + x] = self.pixel(x + moved, y + moved, random);
            }
        }
    }
}

/// A region of any size: often a row, a column, a pixel, an edge, or the whole picture.
fn part(width: usize, height: usize, random: &mut Random) -> Region {
    let mut range = |length: usize| match random.below(8) {
        0 => 0..length,
        1 => 0..1,
        2 => length - 1..length,
        3 => random.below(length)..length,
        _ => {
            let start = random.below(length);
            start..(start + 1 + random.below(length / 3 + 1)).min(length)
        }
    };
    Region { rows: range(height), columns: range(width) }
}

fn whole(width: usize, height: usize) -> Region {
    Region { rows: 0..height, columns: 0..width }
}

/// Widths and heights in px around those of strips, which have 32 rows, or 64, or more.
const SIZES: [(usize, usize); 10] =
    [(1, 1), (1, 200), (300, 1), (2, 33), (31, 32), (64, 65), (5, 300), (150, 97), (203, 161), (320, 256)];

#[test]
fn assembled_files_decode_to_their_picture() {
    let mut random = Random::new(0x2545_F491_4F6C_DD1D);
    let (mut banded, mut plain, mut larger) = (0_u32, 0_u32, Vec::new());
    for (width, height) in SIZES {
        for kind in KINDS {
            let mut reference = Pixmap::new(width as u32, height as u32).unwrap();
            kind.draw(&mut reference, &whole(width, height), 0, &mut random);
            let strips = Strips::new(&reference);
            let mut last: Vec<Region> = Vec::new();
            for step in 0..8 {
                let name = format!("{width} x {height}, {kind:?}, {step}");
                // Most changes are of the same kind, as a name over a card is; some are of any
                // kind.
                let mut picture = reference.clone();
                let touched: Vec<Region> = (0..random.below(4)).map(|_| part(width, height, &mut random)).collect();
                let of_kind = random.below(3) > 0;
                for part in &touched {
                    let kind = if of_kind { kind } else { random.one(&KINDS) };
                    kind.draw(&mut picture, part, 3 + step, &mut random);
                }
                // The changes of the last picture must not show through.
                last.iter().chain(&touched).for_each(|part| strips.forget(&part.rows));
                last.clone_from(&touched);
                let Some(file) = strips.encode(&picture, &touched, &[]) else {
                    plain += 1;
                    continue;
                };
                banded += 1;
                // Our decoder verifies the checksums of all chunks and of the stream.
                let decoded = image::decode(&file, &Limits::default()).unwrap();
                assert!(decoded == picture, "{name}: other pixels, {touched:?}");
                assert!(strips.encode(&picture, &touched, &[]).unwrap() == file, "{name}: two files");
                assert!(
                    Strips::new(&reference).encode(&picture, &touched, &[]).unwrap() == file,
                    "{name}: earlier pictures change the file"
                );
                let scratch = png::encode(&picture).len();
                // A change may add colours, so that a palette of few bits becomes one of eight; and
                // a strip costs some tens of bytes.
                let extra = if matches!(kind, Kind::Tiles(..=16)) { 1_024 } else { 256 };
                if of_kind && file.len() > scratch * 103 / 100 + extra {
                    larger.push(format!("{name}: {} bytes instead of {scratch}, {touched:?}", file.len()));
                }
            }
        }
    }
    println!("{banded} files from strips, {plain} not, {} larger", larger.len());
    assert!(banded > 500 && plain * 3 < banded, "{banded} files from strips, {plain} not");
    println!("{}", larger.join("\n"));
    assert!(larger.is_empty());
}
