//! No file makes decoding take more memory than its header says. The tests of a process share one
//! allocator, so that this is a binary with one test.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test states what must hold, in its helper functions too, and for how long it may run"
)]

#[expect(dead_code, unused_imports, reason = "it is of the other tests, too")]
mod util;

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use monogram::image;
use monogram::limits::Limits;
use peak_alloc::PeakAlloc;

use util::{Random, break_file, frames, pictures, read_text};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Bytes of rows, tables and problems that a header does not count.
const SLACK_BYTES: u64 = 768 * 1024;

/// The longest that a file of 20,000 px may take in an unoptimised build.
const LONGEST: Duration = Duration::from_secs(5);

/// Decodes a file. Returns the number of bytes that it took more than its header says.
fn excess(file: &[u8], limits: &Limits) -> (bool, u64) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let announced = image::header(file, limits).map_or(0, |header| header.peak_bytes);
    let is_drawn = image::decode(file, limits).is_ok();
    let taken = u64::try_from(MEMORY.peak_usage().saturating_sub(before)).unwrap();
    (is_drawn, taken.saturating_sub(announced))
}

/// Writes bits, the lowest of a byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    fn put(&mut self, value: u32, count: usize) {
        for bit in 0..count {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= u8::from(value >> bit & 1 != 0) << (self.count % 8);
            self.count += 1;
        }
    }

    /// A code of one symbol.
    fn single(&mut self, symbol: u32) {
        self.put(0b101, 3);
        self.put(symbol, 8);
    }

    /// A code of 1,024 symbols of 10 bits, which takes a table of 4 kB.
    fn wide(&mut self) {
        self.put(0, 1);
        self.put(14 - 4, 4);
        // The code of lengths has one length: 10.
        (0..13).for_each(|_| self.put(0, 3));
        self.put(1, 3);
        self.put(1, 1);
        self.put(4, 3);
        self.put(1_022, 10);
    }
}

/// A lossless WebP of 400 x 400 px with this many groups of prefix codes, and no pixels.
fn groups(count: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(0x2F, 8);
    bits.put(399 | 399 << 14 | 1 << 28, 32);
    bits.put(0, 1);
    // A cache of 2,048 colours, so that green has enough symbols.
    bits.put(1 | 11 << 1, 5);
    // The groups of blocks: all pixels of one colour, the largest number.
    bits.put(1, 1);
    bits.put(0, 3);
    bits.put(0, 1);
    bits.single((count - 1) & 255);
    bits.single((count - 1) >> 8);
    (0..3).for_each(|_| bits.single(0));
    for _ in 0..count {
        bits.wide();
        (0..4).for_each(|_| bits.put(0b001, 4));
    }
    // Pixels of any code.
    bits.bytes.extend([0x5A; 400]);
    let data = bits.bytes;
    let length = u32::try_from(data.len()).unwrap();
    [b"RIFF", &(length + 12).to_le_bytes()[..], b"WEBPVP8L", &length.to_le_bytes(), &data].concat()
}

/// A frame whose first partition or second one claims to be of 16 MB.
fn partitions() -> Vec<Vec<u8>> {
    let lossy = frames("webp").into_iter().find(|frame| frame.name == "lossy-33x31").unwrap().file;
    let mut first = lossy.clone();
    first[22] = 0xFF;
    // Any first byte of the first partition, of which some ask for eight partitions.
    let headers = (0..=255).map(|byte| {
        let mut file = lossy.clone();
        file[30] = byte;
        file
    });
    headers.chain([first]).collect()
}

#[test]
fn decoding_takes_no_more_memory_than_announced() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let mut random = Random::new(number("SEED").unwrap_or(1));
    let mut limits = Limits::default();
    let mut wrong = Vec::new();

    let mut check = |name: &str, file: &[u8], limits: &Limits| {
        let start = Instant::now();
        let (is_drawn, excess) = excess(file, limits);
        if excess > SLACK_BYTES || start.elapsed() > LONGEST {
            wrong.push(format!("{name}: {excess} bytes too many, {:?}", start.elapsed()));
        }
        is_drawn
    };
    for count in [1, 10, 1_000, 2_000, 4_000, 65_536] {
        check(&format!("{count} groups"), &groups(count), &limits);
    }
    for (place, file) in partitions().iter().enumerate() {
        check(&format!("partition {place}"), file, &limits);
    }
    for (name, file) in [("rgb", false), ("rgba", true)].map(|(name, alpha)| (name, lossless(1_990, 2_000, alpha))) {
        assert!(check(name, &file, &limits), "{name}");
    }
    for (name, file) in large() {
        assert!(check(&name, &file, &limits), "{name}");
    }

    limits.image_pixels = 20_000;
    let (files, rounds) = (pictures(), number("ROUNDS").unwrap_or(4));
    for (place, file) in files.iter().enumerate() {
        check(&format!("file {place}"), file, &limits);
        for round in 0..rounds {
            check(&format!("file {place}, {round}"), &break_file(file, &mut random), &limits);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The largest legal pictures: names and files.
fn large() -> Vec<(String, Vec<u8>)> {
    let parse = |line: &str| line.split_once(' ').map(|(name, file)| (name.to_owned(), STANDARD.decode(file).unwrap()));
    read_text("tests/corpus/images/large.txt").lines().filter_map(parse).collect()
}

/// A lossless WebP of noise and areas.
fn lossless(width: u32, height: u32, alpha: bool) -> Vec<u8> {
    let values: u32 = if alpha { 4 } else { 3 };
    let level =
        |at: u32| (at.wrapping_mul(2_654_435_761) >> 24 & if at % 97 < 30 { 0xFF } else { 0xF0 }).to_le_bytes()[0];
    let pixels: Vec<u8> = (0..width * height * values).map(|at| level(at / 40)).collect();
    let mut file = Vec::new();
    let color = if alpha { image_webp::ColorType::Rgba8 } else { image_webp::ColorType::Rgb8 };
    image_webp::WebPEncoder::new(&mut file).encode(&pixels, width, height, color).unwrap();
    file
}
