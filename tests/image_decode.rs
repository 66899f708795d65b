//! Assets decode to the same pixels as in other decoders, and no damaged file makes the decoder
//! panic or exceed its memory.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use monogram::error::Fault;
use monogram::image::{self, Format};
use monogram::limits::Limits;

use crate::util::{Random, break_file, frames, jpegs, pictures, pngs, repair_checksums, sha256};

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

/// The largest difference of a channel between a picture and straight RGBA. What is transparent has
/// no colour.
fn worst(picture: &tiny_skia::Pixmap, straight: &[u8]) -> u8 {
    let premultiplied = |&[r, g, b, a]: &[u8; 4]| tiny_skia::ColorU8::from_rgba(r, g, b, a).premultiply();
    let pairs = picture.pixels().iter().zip(straight.as_chunks::<4>().0.iter().map(premultiplied));
    let channels = |color: tiny_skia::PremultipliedColorU8| [color.red(), color.green(), color.blue(), color.alpha()];
    pairs.flat_map(|(a, b)| channels(*a).into_iter().zip(channels(b)).map(|(a, b)| a.abs_diff(b))).max().unwrap()
}

#[test]
fn webps_and_gifs_of_every_kind_decode_as_in_pillow() {
    let mut wrong = Vec::new();
    for (extension, format, least) in [("webp", Format::Webp, 110), ("gif", Format::Gif, 55)] {
        let frames = frames(extension);
        assert!(frames.len() > least);
        for frame in frames {
            let name = &frame.name;
            let header =
                image::header(&frame.file, &Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!((header.format, header.width, header.height), (format, frame.width, frame.height), "{name}");
            assert_eq!(header.is_lossy, name.starts_with("lossy"), "{name}");
            // A colour profile is converted by another program.
            let allowed = if name.starts_with("lossy") { 2 } else { u8::from(name.contains("-icc-")) };
            match image::decode(&frame.file, &Limits::default()) {
                Ok(picture) if worst(&picture, &frame.pixels) <= allowed => {}
                Ok(picture) => wrong.push(format!("{extension} {name}: {}", worst(&picture, &frame.pixels))),
                Err(problem) => wrong.push(format!("{extension} {name}: {problem}")),
            }
            let notes = image::notes(&frame.file, &Limits::default());
            assert_eq!(
                notes.len(),
                usize::from(name.contains("animation") || name == "second-transparent"),
                "{notes:?}"
            );
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

/// A frame is decoded only if the file has all of its bytes, or, of a GIF, all of its rows.
#[test]
fn webps_and_gifs_cut_short_anywhere_are_problems() {
    let limits = Limits::default();
    for frame in ["webp", "gif"].into_iter().flat_map(frames).filter(|frame| !frame.name.contains("-exif")) {
        let (name, file) = (&frame.name, &frame.file);
        let whole = image::decode(file, &limits).unwrap();
        for length in (0..file.len()).step_by(if file.len() > 800 { 13 } else { 1 }) {
            if let Some(picture) = decode_damaged(&file[..length], &limits) {
                assert!(picture == whole, "{name}: {length} of {}", file.len());
                let is_followed = name.contains("animation") || name.contains("behind") || name.contains("second");
                assert!(is_followed || file.len() - length <= 5, "{name}: {length} of {}", file.len());
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

#[test]
fn damaged_files_never_panic() {
    let mut random = Random::new(std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1));
    let limits = Limits { image_pixels: 20_000, ..Limits::default() };
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40);
    let (mut decoded, mut panicked) = (0, Vec::new());
    for file in pictures() {
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
    let file = |format, name| frames(format).into_iter().find(|frame| frame.name == name).unwrap().file;
    let mut vp8l = file("webp", "lossless-16x16");
    vp8l[21..25].copy_from_slice(&(0x3FFF_u32 | 0x3FFF << 14).to_le_bytes());
    let mut vp8 = file("webp", "lossy-16x16");
    vp8[26..30].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    let mut vp8x = file("webp", "lossy-alpha-16x16");
    vp8x[24..30].copy_from_slice(&[0xFF; 6]);
    let mut gif = file("gif", "whole");
    gif[6..10].copy_from_slice(&[0xFF; 4]);
    for (name, file) in [("VP8L", vp8l), ("VP8", vp8.clone()), ("GIF", gif.clone())] {
        assert_eq!(image::decode(&file, &limits).unwrap_err().fault, Fault::TooLarge, "{name}");
    }
    vp8[26..28].copy_from_slice(&[0; 2]);
    // The frame says that it has no size, and so does the screen.
    let frame = gif.windows(9).position(|bytes| bytes == [b',', 0, 0, 0, 0, 20, 0, 14, 0]).unwrap();
    gif[frame + 5..frame + 9].copy_from_slice(&[0; 4]);
    gif[6..10].copy_from_slice(&[0; 4]);
    for (name, file) in [("VP8", vp8), ("a canvas of another size", vp8x), ("GIF", gif)] {
        assert_eq!(image::decode(&file, &limits).unwrap_err().fault, Fault::Document, "{name}");
    }
    let small = Limits { image_bytes: png.len() - 1, ..limits };
    assert_eq!(image::decode(&png, &small).unwrap_err().fault, Fault::TooLarge);
}

#[test]
fn other_files_are_named() {
    let limits = Limits::default();
    for (file, name) in [
        (&b"GIF89a\x01\x00\x01\x00"[..], "the GIF is cut short"),
        (b"GIF88a\x01\x00\x01\x00", "a kind that we do not know"),
        (b"RIFF\0\0\0\0WEBPVP8L", "the WebP is cut short"),
        (b"\0\0\0\x20ftypavif", "an AVIF"),
        (b"\0\0\0\x20ftypheic", "a HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG"),
        (b"\xEF\xBB\xBF\n<?xml version='1.0'?><!-- of an editor --><svg/>", "an SVG"),
        (b"<!doctype html><p>", "a page"),
        (b"", "empty"),
        (b"\x89PNG", "a kind that we do not know"),
        (b"hello", "a kind that we do not know"),
    ] {
        let problem = image::decode(file, &limits).unwrap_err();
        assert!(problem.message.contains(name), "{problem}");
        assert!(problem.fault == Fault::Document && problem.remedy.is_some(), "{problem}");
    }
}
