//! Files as people have them are shown as browsers show them: every layout of a JPEG, colour
//! profiles, broken rules.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use monogram::font::Fonts;
use monogram::image;
use monogram::limits::Limits;
use monogram::render::Resources;
use tiny_skia::Pixmap;

use crate::util::{inflate, read, read_text};

fn decode(file: &[u8]) -> Pixmap {
    image::decode(file, &Limits::default()).unwrap()
}

fn notes(file: &[u8]) -> Vec<String> {
    image::notes(file, &Limits::default())
}

/// The largest difference of a channel between a picture and opaque RGB pixels.
fn worst(picture: &Pixmap, rgb: &[u8]) -> u8 {
    let pixels = picture.data().as_chunks::<4>().0;
    assert_eq!(pixels.len() * 3, rgb.len());
    assert!(pixels.iter().all(|pixel| pixel[3] == 255));
    let pairs = pixels.iter().zip(rgb.as_chunks::<3>().0);
    pairs.flat_map(|(seen, want)| seen.iter().zip(want).map(|(a, b)| a.abs_diff(*b))).max().unwrap()
}

/// Names, files and libjpeg's pixels.
fn layouts() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let mut layouts = Vec::new();
    let mut pixels = Vec::new();
    for line in read_text("tests/corpus/images/layouts.txt").lines() {
        let (name, packed) = line.split_once(' ').unwrap();
        if name.starts_with('=') {
            pixels = inflate(packed);
        } else {
            layouts.push((name.to_owned(), inflate(packed), pixels.clone()));
        }
    }
    layouts
}

/// Authority: libjpeg-turbo's pixels (`layouts.py`).
#[test]
fn jpegs_of_every_sampling_and_layout_are_what_libjpeg_sees() {
    let layouts = layouts();
    assert!(layouts.len() > 500);
    let mut wrong = Vec::new();
    for (name, file, pixels) in layouts {
        // The decoders round the rows between two rows of chroma in their own ways; with luma
        // between columns, too, that adds up.
        let allowed = if name.contains("21_12_12") { 3 } else { 2 };
        match image::decode(&file, &Limits::default()) {
            Ok(picture) if worst(&picture, &pixels) <= allowed => assert_eq!(notes(&file), [""; 0], "{name}"),
            Ok(picture) => wrong.push(format!("{name}: {}", worst(&picture, &pixels))),
            Err(problem) => wrong.push(format!("{name}: {problem}")),
        }
    }
    assert!(wrong.is_empty(), "{} are wrong: {wrong:#?}", wrong.len());
}

/// Authority: LittleCMS (`profiles.py`).
#[test]
fn colour_profiles_are_converted_as_littlecms_converts_them() {
    let mut wrong = Vec::new();
    for line in read_text("tests/corpus/images/profiles.txt").lines() {
        let [name, _, _, file, pixels] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let file = STANDARD.decode(file).unwrap();
        let worst = worst(&decode(&file), &inflate(pixels));
        // The JPEG decoders differ by two levels before the colours are converted, which may be ten
        // after it, where they are dark.
        if worst > if name.ends_with("png") { 1 } else { 10 } {
            wrong.push(format!("{name}: {worst}"));
        }
        assert_eq!(notes(&file), [""; 0], "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn jpeg(name: &str) -> Vec<u8> {
    read(&format!("tests/corpus/images/jpeg/{name}.jpg"))
}

/// A marker segment.
fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    [&[0xFF, marker], &u16::try_from(payload.len() + 2).unwrap().to_be_bytes()[..], payload].concat()
}

/// A JPEG with bytes before the first of its segments of a kind.
fn before(file: &[u8], marker: u8, bytes: &[u8]) -> Vec<u8> {
    let at = file.windows(2).position(|pair| pair == [0xFF, marker]).unwrap();
    [&file[..at], bytes, &file[at..]].concat()
}

const PLAIN: [&str; 6] = ["baseline420", "baseline444", "progressive420", "restarts", "gray", "rgb"];

/// Authority: libjpeg looks for the next marker (`jdmarker.c`, `next_marker`), as every browser
/// does.
#[test]
fn bytes_between_segments_are_skipped() {
    for name in PLAIN {
        let file = jpeg(name);
        for marker in [0xDB, 0xC4, 0xDA] {
            for junk in [&[0; 16][..], &[7], &[1, 2, 3, 4, 0xFF, 0, 9], b"junk between them"] {
                let with_junk = before(&file, marker, junk);
                assert!(decode(&with_junk) == decode(&file), "{name}, {junk:?} before {marker:x}");
                assert!(notes(&with_junk)[0].contains("bytes between"), "{name}: {:?}", notes(&with_junk));
            }
        }
    }
}

/// Authority: libjpeg overlooks an Adobe segment of fewer than 12 bytes (`jdmarker.c`,
/// `examine_app14`).
#[test]
fn short_adobe_segments_are_ignored() {
    for name in ["baseline420", "progressive444", "gray"] {
        let file = jpeg(name);
        for length in [5, 7, 11] {
            let short = before(&file, 0xDB, &segment(0xEE, &b"Adobe\0\x64\0\0\0\0\0"[..length]));
            assert!(decode(&short) == decode(&file), "{name}, {length}");
            assert!(notes(&short)[0].contains("Adobe"), "{name}");
        }
    }
}

/// Authority: JFIF says YCbCr (JFIF 1.02), and libjpeg believes it first (`jdapimin.c`).
#[test]
fn jfif_wins_over_adobe() {
    for name in ["baseline420", "baseline444", "progressive422"] {
        let file = jpeg(name);
        for transform in [0, 1] {
            let both = before(&file, 0xDB, &segment(0xEE, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat()));
            assert!(decode(&both) == decode(&file), "{name}, {transform}");
        }
    }
}

fn exif(orientation: u8) -> Vec<u8> {
    let tiff = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
    [b"Exif\0\0", &tiff[..]].concat()
}

#[test]
fn the_first_exif_block_counts() {
    let file = jpeg("baseline444");
    let once = before(&file, 0xDB, &segment(0xE1, &exif(6)));
    assert_eq!(decode(&once).width(), 43);
    let twice = before(&file, 0xDB, &[segment(0xE1, &exif(6)), segment(0xE1, &exif(3))].concat());
    assert!(decode(&twice) == decode(&once));
    let silent = before(&file, 0xDB, &[segment(0xE1, b"Exif\0\0II"), segment(0xE1, &exif(6))].concat());
    assert!(decode(&silent) == decode(&file), "the first block counts where it says nothing, too");
    let other =
        before(&file, 0xDB, &[segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0"), segment(0xE1, &exif(6))].concat());
    assert!(decode(&other) == decode(&once), "XMP is no EXIF block");
}

/// A file without its end marker is shown if its pixels are there, and refused if not: grey is not
/// what was photographed.
#[test]
fn jpegs_without_their_end_are_shown_if_their_pixels_are_there() {
    let layouts = layouts();
    let others = layouts.iter().step_by(7).map(|(name, file, _)| (name.clone(), file.clone()));
    for (name, file) in PLAIN.iter().map(|name| ((*name).to_owned(), jpeg(name))).chain(others) {
        let whole = decode(&file);
        let end = file.len() - 2;
        for length in [end, end + 1] {
            assert!(decode(&file[..length]) == whole, "{name}");
            assert!(notes(&file[..length])[0].contains("no end marker"), "{name}");
        }
        // Some bits of the last unit may be missing, of a progressive file the last bit of some
        // coefficients.
        for length in (end / 3..end).step_by(5) {
            if let Ok(picture) = image::decode(&file[..length], &Limits::default()) {
                let differences = picture.data().iter().zip(whole.data()).map(|(a, b)| a.abs_diff(*b));
                let (wrong, worst) = differences.fold((0, 0), |(n, worst), d| (n + usize::from(d > 2), worst.max(d)));
                let fine = wrong <= 256 || name.ends_with("progressive") && worst <= 40;
                assert!(fine, "{name}: {wrong} by {worst}, {length} of {end}");
            }
        }
    }
}

fn crc32(bytes: &[u8]) -> [u8; 4] {
    crc32fast::hash(bytes).to_be_bytes()
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = [&name[..], data].concat();
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &checked, &crc32(&checked)].concat()
}

/// A PNG of 3 x 2 px, with chunks before its data.
fn png(chunks: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut encoder = png::Encoder::new(&mut data, 3, 2);
    encoder.set_color(png::ColorType::Rgb);
    let pixels = [250, 10, 10, 10, 250, 10, 10, 10, 250, 90, 90, 90, 200, 90, 30, 30, 90, 200];
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    [&data[..33], chunks, &data[33..]].concat()
}

#[test]
fn pngs_that_break_the_rules_are_shown_and_say_so() {
    let plain = png(&[]);
    let whole = decode(&plain);
    assert_eq!(notes(&plain), [""; 0]);
    let mut wrong_crc = plain.clone();
    let crc = plain.len() - 13;
    wrong_crc[crc] ^= 0x40;
    let control = |number: u32| {
        let numbers = [number, 3, 2, 0, 0].map(u32::to_be_bytes).concat();
        chunk(b"fcTL", &[&numbers[..], &[0, 1, 0, 10, 0, 0]].concat())
    };
    let frames =
        |first: u32, second: u32| [chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), control(first), control(second)].concat();
    assert_eq!(notes(&png(&frames(0, 1))), [""; 0]);
    for (name, file, note) in [
        ("IEND is missing", plain[..plain.len() - 12].to_vec(), "no IEND"),
        ("IEND is cut", plain[..plain.len() - 5].to_vec(), "no IEND"),
        ("the last checksum is missing", plain[..plain.len() - 16].to_vec(), "no IEND"),
        ("a checksum is wrong", wrong_crc, "wrong checksum in a chunk IDAT"),
        ("frames are in disorder", png(&frames(1, 0)), "numbered wrongly"),
        ("frames begin at 7", png(&frames(7, 8)), "numbered wrongly"),
        ("the PQ of HDR", png(&chunk(b"cICP", &[9, 16, 0, 1])), "not converted"),
        ("a profile that is none", png(&chunk(b"iCCP", b"x\0\0nonsense")), "cannot be read"),
    ] {
        assert!(decode(&file) == whole, "{name}");
        assert!(notes(&file).len() == 1 && notes(&file)[0].contains(note), "{name}: {:?}", notes(&file));
    }
    let images = [("a.png", plain.clone()), ("b.png", plain[..plain.len() - 12].to_vec())];
    let assets = images.map(|(name, file)| (name.into(), file.into())).into_iter().collect();
    let told = Resources { assets, fonts: Fonts::embedded() }.notes(&Limits::default());
    assert!(told.len() == 1 && told[0].starts_with("the asset b.png: the PNG has no IEND"), "{told:?}");
    // Rows are missing.
    assert!(image::decode(&plain[..plain.len() - 26], &Limits::default()).is_err());
}

/// Authority: PNG's third edition, §11.3.4.5, and Pillow's `exif_transpose`.
#[test]
fn pngs_are_turned_as_their_exif_says() {
    let plain = decode(&png(&[]));
    let at = |picture: &Pixmap, x, y| picture.pixel(x, y).unwrap();
    for exif in [&exif(6)[..], &exif(6)[6..]] {
        let turned = png(&chunk(b"eXIf", exif));
        let header = image::header(&turned, &Limits::default()).unwrap();
        assert_eq!((header.width, header.height), (2, 3));
        let picture = decode(&turned);
        for (x, y) in (0..3).flat_map(|x| (0..2).map(move |y| (x, y))) {
            assert_eq!(at(&picture, 1 - y, x), at(&plain, x, y));
        }
    }
    // After the pixels, too.
    let file = png(&[]);
    let late = [&file[..file.len() - 12], &chunk(b"eXIf", &exif(6)[6..]), &file[file.len() - 12..]].concat();
    assert_eq!(decode(&late).height(), 3);
}

/// cICP counts before iCCP, iCCP before sRGB, sRGB before cHRM (PNG's third edition, §4.3).
#[test]
fn pngs_say_their_colours_in_order() {
    let p3 = chunk(b"cICP", &[12, 13, 0, 1]);
    let numbers = [31_270_u32, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000];
    let chromaticities = chunk(b"cHRM", &numbers.map(u32::to_be_bytes).concat());
    let (srgb, gamma) = (chunk(b"sRGB", &[0]), chunk(b"gAMA", &45_455_u32.to_be_bytes()));
    let (plain, wide) = (decode(&png(&[])), decode(&png(&p3)));
    assert!(plain != wide);
    assert!(decode(&png(&chromaticities)) == wide);
    assert!(decode(&png(&[gamma.clone(), chromaticities.clone()].concat())) == wide);
    assert!(decode(&png(&[srgb.clone(), chromaticities].concat())) == plain);
    assert!(decode(&png(&[srgb, p3].concat())) == wide);
    assert!(decode(&png(&gamma)) == plain);
}
