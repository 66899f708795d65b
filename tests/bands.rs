//! A PNG that is put together from the bands of another picture has that picture's own pixels, whatever was touched and in whatever
//! order, and is hardly larger than one that is made from scratch.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test says what must hold, in its helpers too"
)]

use monogram::encode::png;
use monogram::image;
use monogram::incremental::png::Region;
use monogram::incremental::png::Strips;
use monogram::limits::Limits;
use tiny_skia::{ColorU8, Pixmap, PremultipliedColorU8};

/// xorshift64: the same numbers on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.below(256).to_le_bytes()[0]
    }
}

/// What a picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flat,
    /// At most so many colours in tiles, some of them clear.
    Tiles(u8),
    Grays,
    Gradient,
    /// With grain, as a photograph has.
    Photo,
    Noise,
    /// A gradient that fades away.
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
    fn pixel(self, x: usize, y: usize, chance: &mut Chance) -> PremultipliedColorU8 {
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
                    [(x + y * 2) / 4, x / 3 + 40, y / 2 + 20].map(|value| level(value % 200 + chance.below(14)));
                [r, g, b, 255]
            }
            Self::Noise => [chance.byte(), chance.byte(), chance.byte(), 255],
            Self::Fading => [20, level(x), 43, level(255 - y % 256)],
            Self::NoiseWithAlpha => [(); 4].map(|()| chance.byte()),
        };
        ColorU8::from_rgba(r, g, b, a).premultiply()
    }

    fn draw(self, picture: &mut Pixmap, part: &Region, moved: usize, chance: &mut Chance) {
        let width = picture.width() as usize;
        for y in part.rows.clone() {
            for x in part.columns.clone() {
                picture.pixels_mut()[y * width + x] = self.pixel(x + moved, y + moved, chance);
            }
        }
    }
}

/// A part of any size: often a row, a column, a pixel, an edge or everything.
fn part(width: usize, height: usize, chance: &mut Chance) -> Region {
    let mut range = |length: usize| match chance.below(8) {
        0 => 0..length,
        1 => 0..1,
        2 => length - 1..length,
        3 => chance.below(length)..length,
        _ => {
            let start = chance.below(length);
            start..(start + 1 + chance.below(length / 3 + 1)).min(length)
        }
    };
    Region { rows: range(height), columns: range(width) }
}

fn whole(width: usize, height: usize) -> Region {
    Region { rows: 0..height, columns: 0..width }
}

/// Sides in px that bands may stumble over: a band has 32 rows, or 64, or more.
const SIZES: [(usize, usize); 10] =
    [(1, 1), (1, 200), (300, 1), (2, 33), (31, 32), (64, 65), (5, 300), (150, 97), (203, 161), (320, 256)];

#[test]
fn files_put_together_hold_the_picture() {
    let mut chance = Chance(0x2545_F491_4F6C_DD1D);
    let (mut banded, mut plain, mut larger) = (0_u32, 0_u32, Vec::new());
    for (width, height) in SIZES {
        for kind in KINDS {
            let mut reference = Pixmap::new(width as u32, height as u32).unwrap();
            kind.draw(&mut reference, &whole(width, height), 0, &mut chance);
            let strips = Strips::new(&reference);
            let mut last: Vec<Region> = Vec::new();
            for step in 0..8 {
                let name = format!("{width} x {height}, {kind:?}, {step}");
                // Mostly more of the same, as a name over a card is; sometimes anything.
                let mut picture = reference.clone();
                let touched: Vec<Region> = (0..chance.below(4)).map(|_| part(width, height, &mut chance)).collect();
                let of_kind = chance.below(3) > 0;
                for part in &touched {
                    let kind = if of_kind { kind } else { KINDS[chance.below(KINDS.len())] };
                    kind.draw(&mut picture, part, 3 + step, &mut chance);
                }
                // What the last picture had there is not to be had again.
                last.iter().chain(&touched).for_each(|part| strips.forget(&part.rows));
                last.clone_from(&touched);
                let Some(file) = strips.encode(&picture, &touched) else {
                    plain += 1;
                    continue;
                };
                banded += 1;
                // Ours is strict: it checks the checksums of all chunks and of the stream.
                let decoded = image::decode(&file, &Limits::default()).unwrap();
                assert!(decoded == picture, "{name}: other pixels, {touched:?}");
                assert!(strips.encode(&picture, &touched).unwrap() == file, "{name}: two files");
                assert!(
                    Strips::new(&reference).encode(&picture, &touched).unwrap() == file,
                    "{name}: what was before is seen"
                );
                let scratch = png::encode(&picture).len();
                // What changes may bring any colour, so that a palette of a few bits is one of eight; and a band costs some tens of bytes.
                let extra = if matches!(kind, Kind::Tiles(..=16)) { 1_024 } else { 256 };
                if of_kind && file.len() > scratch * 103 / 100 + extra {
                    larger.push(format!("{name}: {} bytes instead of {scratch}, {touched:?}", file.len()));
                }
            }
        }
    }
    println!("{banded} files from bands, {plain} not, {} larger", larger.len());
    assert!(banded > 500 && plain * 3 < banded, "{banded} files from bands, {plain} not");
    println!("{}", larger.join("\n"));
    assert!(larger.is_empty());
}
