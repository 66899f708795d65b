//! Assets decode to the same pixels as in other decoders, and no damaged file makes the decoder
//! panic or exceed its memory.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use monogram::error::Fault;
use monogram::image::{self, Format};
use monogram::limits::Limits;

use crate::util::{Random, files_below, read, read_text, sha256};

const CORPUS: &str = "tests/corpus/images";

/// The PNGs of the corpus: name, width, height, digest of the pixels, file.
fn pngs() -> Vec<(String, u32, u32, String, Vec<u8>)> {
    let list = read_text(&format!("{CORPUS}/png.txt"));
    let parse = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let file = match words.get(4) {
            Some(base64) => STANDARD.decode(base64).unwrap(),
            None => read(&format!("{CORPUS}/{}", words[0])),
        };
        (words[0].to_owned(), words[1].parse().unwrap(), words[2].parse().unwrap(), words[3].to_owned(), file)
    };
    list.lines().map(parse).collect()
}

/// The JPEGs of the corpus: name, file, and the same picture as Pillow decodes it, as PNG.
fn jpegs() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let jpeg = |path: &String| {
        let stem = path.strip_suffix(".jpg").unwrap();
        (stem.rsplit('/').next().unwrap().to_owned(), read(path), read(&format!("{stem}.png")))
    };
    files_below(&format!("{CORPUS}/jpeg"), "jpg").iter().map(jpeg).collect()
}

#[test]
fn pngs_of_every_kind_decode_as_in_pillow_and_pypng() {
    let mut wrong = Vec::new();
    let pngs = pngs();
    assert!(pngs.len() > 200);
    for (name, width, height, digest, file) in pngs {
        let header = image::header(&file, &Limits::default()).unwrap();
        assert_eq!((header.format, header.width, header.height), (Format::Png, width, height), "{name}");
        let picture = image::decode(&file, &Limits::default()).unwrap();
        assert_eq!((picture.width(), picture.height()), (width, height), "{name}");
        if sha256(picture.data()) != digest {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn jpegs_of_every_kind_decode_nearly_as_in_pillow() {
    let jpegs = jpegs();
    assert!(jpegs.len() > 30);
    let mut wrong = Vec::new();
    for (name, file, reference) in jpegs {
        let header = image::header(&file, &Limits::default()).unwrap();
        let picture = image::decode(&file, &Limits::default()).unwrap();
        let reference = image::decode(&reference, &Limits::default()).unwrap();
        assert_eq!((header.format, header.width, header.height), (Format::Jpeg, reference.width(), reference.height()));
        assert_eq!((picture.width(), picture.height()), (reference.width(), reference.height()), "{name}");
        let differences: Vec<u8> = picture.data().iter().zip(reference.data()).map(|(a, b)| a.abs_diff(*b)).collect();
        let worst = differences.iter().max().copied().unwrap();
        let mean = differences.iter().map(|&d| f64::from(d)).sum::<f64>() / differences.len() as f64;
        // libjpeg-turbo does not interpolate chroma of pictures this narrow; we do.
        if (worst > 4 || mean > 0.6) && name != "size1x17-420" {
            wrong.push(format!("{name}: worst {worst}, mean {mean:.3}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Decodes a file that may be damaged: either to a picture with the size in its header, or to a
/// problem with a remedy.
fn decode_damaged(file: &[u8], limits: &Limits) -> Option<tiny_skia::Pixmap> {
    let header = image::header(file, limits);
    match image::decode(file, limits) {
        Ok(picture) => {
            let header = header.unwrap();
            assert_eq!((picture.width(), picture.height()), (header.width, header.height));
            Some(picture)
        }
        Err(problem) => {
            assert!(matches!(problem.fault, Fault::Document | Fault::TooLarge), "{problem}");
            assert!(problem.remedy.is_some(), "{problem}");
            None
        }
    }
}

#[test]
fn files_cut_short_anywhere_are_problems() {
    let limits = Limits::default();
    for (name, _, _, _, file) in pngs().into_iter().filter(|(name, ..)| name.ends_with("-13x11") || name.contains('/'))
    {
        let whole = image::decode(&file, &limits).unwrap();
        for length in (0..file.len()).step_by(if file.len() > 200 { 5 } else { 1 }) {
            // Once the last pixel is there, only bookkeeping is missing: IEND (12 bytes), two
            // checksums, the deflate stream's end.
            if let Some(picture) = decode_damaged(&file[..length], &limits) {
                assert!(picture == whole, "{name}: {length} of {}", file.len());
                assert!(file.len() - length <= 24, "{name}: {length} of {}", file.len());
            }
        }
    }
    for (name, file, _) in jpegs() {
        let whole = image::decode(&file, &limits).unwrap();
        for length in (0..file.len()).step_by(if file.len() > 800 { 7 } else { 1 }) {
            // The end marker may be missing, and some bits of the last unit, which has 16 x 16 px
            // at most.
            if let Some(picture) = decode_damaged(&file[..length], &limits) {
                let wrong = picture.pixels().iter().zip(whole.pixels()).filter(|(a, b)| a != b).count();
                assert!(wrong <= 256 && file.len() - length <= 12, "{name}: {length} of {}: {wrong}", file.len());
            }
        }
    }
}

#[test]
fn cmyk_and_ycck_decode_alike() {
    let (width, height) = (40_u16, 30_u16);
    let ramp = |x: u16, y: u16| [x * 6, y * 8, 255 - x * 3, (x + y) * 2].map(|level| u8::try_from(level).unwrap());
    let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| ramp(x, y))).collect();
    let [direct, converted] = [jpeg_encoder::ColorType::Cmyk, jpeg_encoder::ColorType::CmykAsYcck].map(|color| {
        let mut file = Vec::new();
        jpeg_encoder::Encoder::new(&mut file, 98).encode(&pixels, width, height, color).unwrap();
        image::decode(&file, &Limits::default()).unwrap()
    });
    let worst = direct.data().iter().zip(converted.data()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    assert!(worst <= 8, "{worst}");
}

/// Files to be broken: all kinds of PNG, JPEG, layout and colour profile.
fn seeds() -> Vec<Vec<u8>> {
    let read = |name: &str| read_text(&format!("{CORPUS}/{name}"));
    let inflate = |packed: &str| {
        let mut file = Vec::new();
        flate2::read::ZlibDecoder::new(&STANDARD.decode(packed).unwrap()[..]).read_to_end(&mut file).unwrap();
        file
    };
    let (layouts, profiles) = (read("layouts.txt"), read("profiles.txt"));
    let layouts = layouts.lines().filter(|line| !line.starts_with('=')).step_by(19);
    let pngs = pngs().into_iter().map(|(_, _, _, _, file)| file);
    let jpegs = jpegs().into_iter().map(|(_, file, _)| file);
    let layouts = layouts.map(|line| inflate(line.split_once(' ').unwrap().1));
    let profiles = profiles.lines().map(|line| STANDARD.decode(line.split(' ').nth(3).unwrap()).unwrap());
    pngs.chain(jpegs).chain(layouts).chain(profiles).collect()
}

#[test]
fn damaged_files_never_panic() {
    let mut random = Random::new(std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1));
    let limits = Limits { image_pixels: 20_000, ..Limits::default() };
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40);
    let (mut decoded, mut panicked) = (0, Vec::new());
    for file in seeds() {
        for _ in 0..rounds {
            let broken = break_file(&file, &mut random);
            match std::panic::catch_unwind(|| decode_damaged(&broken, &limits).is_some()) {
                Ok(picture) => decoded += usize::from(picture),
                Err(_) => panicked.push(STANDARD.encode(&broken)),
            }
        }
    }
    assert!(decoded > 0);
    assert!(panicked.is_empty(), "files that panic, in base64: {panicked:#?}");
}

fn break_file(file: &[u8], random: &mut Random) -> Vec<u8> {
    let mut broken = file.to_vec();
    for _ in 0..=random.below(4) {
        if random.below(4) == 0 {
            break_parts(&mut broken, random);
        } else {
            break_bytes(&mut broken, random);
        }
    }
    if broken.starts_with(b"\x89PNG") {
        repair_checksums(&mut broken);
    }
    broken
}

fn break_bytes(file: &mut Vec<u8>, random: &mut Random) {
    let place = random.below(file.len());
    match random.below(5) {
        0 => file[place] ^= 1 << random.below(8),
        1 => file[place] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)],
        2 if file.len() > 1 => drop(file.remove(place)),
        3 => file.insert(place, file[random.below(file.len())]),
        _ => {
            let from = random.below(file.len());
            let length = random.below(32).min(file.len() - from).min(file.len() - place);
            file.copy_within(from..from + length, place);
        }
    }
}

/// Swaps, removes, repeats or adds whole chunks of a PNG or segments of a JPEG.
fn break_parts(file: &mut Vec<u8>, random: &mut Random) {
    let png = file.starts_with(b"\x89PNG");
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let mut rest = &file[if png { 8 } else { 2 }.min(file.len())..];
    let start = file[..file.len() - rest.len()].to_vec();
    while rest.len() > 4 {
        let length = if png {
            (u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize).saturating_add(12)
        } else {
            // A scan header is followed by data, up to the next marker that is neither a stuffed
            // byte nor a restart.
            let length = usize::from(u16::from_be_bytes(rest[2..4].try_into().unwrap())) + 2;
            let data = rest.get(length..).unwrap_or_default();
            let marker = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7);
            length + if rest[1] == 0xDA { data.windows(2).position(marker).unwrap_or(data.len()) } else { 0 }
        };
        let (part, after) = rest.split_at(length.clamp(1, rest.len()));
        parts.push(part.to_vec());
        rest = after;
    }
    parts.push(rest.to_vec());
    let (one, other) = (random.below(parts.len()), random.below(parts.len()));
    match random.below(4) {
        0 => parts.swap(one, other),
        1 => drop(parts.remove(one)),
        2 => parts.insert(one, parts[other].clone()),
        _ => {
            let kinds: [&[u8]; 12] = [
                b"PLTE", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"sBIT", b"iCCP", b"eXIf", b"cICP", b"IDAT", b"IEND",
                b"IHDR",
            ];
            let length = [0, 1, 2, 3, 4, 6, 8, 13, 26, 200, 769, 1_000][random.below(12)];
            let data: Vec<u8> = (0..length).map(|_| [0, 0, 1, 255][random.below(4)]).collect();
            let part = if png {
                let length = u32::try_from(length).unwrap().to_be_bytes();
                [&length, kinds[random.below(12)], &data, &[0; 4]].concat()
            } else {
                let marker = [0xC0, 0xC2, 0xC4, 0xDB, 0xDA, 0xDD, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE, 0xD9][random.below(12)];
                [&[0xFF, marker], &u16::try_from(length + 2).unwrap().to_be_bytes()[..], &data].concat()
            };
            parts.insert(one, part);
        }
    }
    *file = [start, parts.concat()].concat();
    if file.is_empty() {
        file.push(0);
    }
}

/// Recomputes the checksums of a damaged PNG, so that decoders go on to the damaged data.
fn repair_checksums(file: &mut [u8]) {
    let mut at = 8;
    while let Some(length) = file.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let Some(chunk) = file.get(at + 4..).and_then(|rest| rest.get(..length.saturating_add(4))) else { break };
        let crc = crc32fast::hash(chunk).to_be_bytes();
        let end = at + 8 + length;
        let Some(place) = file.get_mut(end..end + 4) else { break };
        place.copy_from_slice(&crc);
        at = end + 4;
    }
}

/// Found by `damaged_files_never_panic`: png 0.18.1 indexes past the end of such a palette.
#[test]
fn palettes_of_impossible_lengths_are_problems() {
    let (_, _, _, _, png) = pngs().into_iter().find(|(name, ..)| name == "pal8-13x11").unwrap();
    let at = png.windows(4).position(|kind| kind == b"PLTE").unwrap();
    for length in [0, 1, 2, 3, 4, 5, 767, 768, 769, 770, 771, 1_024] {
        let chunk = [&u32::to_be_bytes(length), &b"PLTE"[..], &vec![9; length as usize + 4]].concat();
        let mut file = [&png[..at - 4], &chunk, &png[at + 4 + 768 + 4..]].concat();
        repair_checksums(&mut file);
        assert_eq!(
            decode_damaged(&file, &Limits::default()).is_some(),
            length > 0 && length % 3 == 0 && length <= 768,
            "{length}"
        );
    }
}

#[test]
fn sizes_are_refused_before_anything_is_decoded() {
    let limits = Limits::default();
    let (_, _, _, _, png) = pngs().into_iter().find(|(name, ..)| name == "rgba8-13x11").unwrap();
    for (width, height, fault) in [
        (0, 11, Fault::Document),
        (13, 0, Fault::Document),
        (u32::MAX, u32::MAX, Fault::TooLarge),
        (1, u32::MAX, Fault::TooLarge),
        (2_000, 2_001, Fault::TooLarge),
    ] {
        let mut file = png.clone();
        file[16..20].copy_from_slice(&u32::to_be_bytes(width));
        file[20..24].copy_from_slice(&u32::to_be_bytes(height));
        repair_checksums(&mut file);
        assert_eq!(image::header(&file, &limits).unwrap_err().fault, fault, "{width} x {height}");
        assert_eq!(image::decode(&file, &limits).unwrap_err().fault, fault, "{width} x {height}");
    }
    for (name, file, _) in jpegs() {
        let frame = file.windows(2).position(|pair| pair[0] == 0xFF && (0xC0..=0xC2).contains(&pair[1])).unwrap();
        for (width, height) in [(0_u16, 9_u16), (9, 0), (u16::MAX, u16::MAX), (2_001, 2_000)] {
            let mut file = file.clone();
            file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
            file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
            let fault = if width.min(height) == 0 { Fault::Document } else { Fault::TooLarge };
            assert_eq!(image::decode(&file, &limits).unwrap_err().fault, fault, "{name}: {width} x {height}");
        }
        // The largest size of a picture: the coefficients of a progressive JPEG exceed the budget.
        let mut large = file.clone();
        large[frame + 5..frame + 9].copy_from_slice(&[0x07, 0xD0, 0x07, 0xD0]);
        match image::header(&large, &limits) {
            Ok(header) => assert!(header.peak_bytes <= 32_000_000, "{name}: {}", header.peak_bytes),
            Err(problem) => assert!(problem.fault == Fault::TooLarge && large[frame + 1] == 0xC2, "{name}: {problem}"),
        }
    }
    let small = Limits { image_bytes: png.len() - 1, ..limits };
    assert_eq!(image::decode(&png, &small).unwrap_err().fault, Fault::TooLarge);
}

#[test]
fn other_files_are_named() {
    let limits = Limits::default();
    for (file, name) in [
        (&b"GIF89a\x01\x00\x01\x00"[..], "a GIF"),
        (b"RIFF\0\0\0\0WEBPVP8L", "a WebP"),
        (b"\0\0\0\x20ftypavif", "an AVIF"),
        (b"\0\0\0\x20ftypheic", "a HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG or an HTML page"),
        (b"", "empty"),
        (b"\x89PNG", "a kind that we do not know"),
        (b"hello", "a kind that we do not know"),
    ] {
        let problem = image::decode(file, &limits).unwrap_err();
        assert!(problem.message.contains(name), "{problem}");
        assert!(problem.fault == Fault::Document && problem.remedy.is_some(), "{problem}");
    }
}
