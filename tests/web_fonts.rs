//! Web fonts are unpacked as wuff does it by itself, and no damaged one does any harm.

use std::io::Read as _;

use monogram::font::{self, Packing, unpack};
use monogram::limits::Limits;

use crate::util::{Random, root};

fn read(path: &str) -> Vec<u8> {
    std::fs::read(root().join(path)).unwrap()
}

/// What a runtime brings.
fn inflate(packing: Packing, packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match packing {
        Packing::Zlib => flate2::read::ZlibDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut out).ok()?,
        Packing::Brotli => {
            brotli_decompressor::Decompressor::new(packed, 4096).take(most as u64 + 1).read_to_end(&mut out).ok()?
        }
    };
    (out.len() <= most).then_some(out)
}

fn files() -> Vec<(String, Vec<u8>)> {
    let names = [
        "cli/tests/files/Brand.woff2",
        "tests/fonts/italic.woff2",
        "tests/fonts/italic.woff",
        "tests/fonts/wdth.woff2",
    ];
    names.iter().map(|name| ((*name).to_owned(), read(name))).collect()
}

#[test]
fn a_web_font_is_unpacked() {
    let limits = Limits::default();
    for (name, packed) in files() {
        let unpacked = unpack(&packed, &mut inflate, &limits).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let expected = match font::packing(&packed) {
            Some(Packing::Zlib) => wuff::decompress_woff1(&packed),
            _ => wuff::decompress_woff2(&packed),
        };
        assert!(unpacked == expected.unwrap(), "{name}");
        assert!(font::check(unpacked, &limits).is_ok(), "{name}");
    }
    for other in [&b"OTTO"[..], b"\0\x01\0\0", b"wOF", b""] {
        assert_eq!(font::packing(other), None);
        assert_eq!(unpack(other, &mut inflate, &limits).unwrap_err().code, "bad-font");
    }
}

#[test]
fn nothing_is_inflated_for_a_claim() {
    for (name, packed) in files() {
        let size = unpack(&packed, &mut inflate, &Limits::default()).unwrap().len();
        for most in [size / 2, 1_000, 0] {
            let limits = Limits { unpacked_font_bytes: most, ..Limits::default() };
            let problem = unpack(&packed, &mut |_, _, _| panic!("{name} is inflated"), &limits).unwrap_err();
            assert_eq!((problem.code, problem.status()), ("font-too-large", 413), "{name}");
        }
        // The numbers of tables, of compressed bytes, and of the collection.
        let mut collection = packed.clone();
        collection[4..8].copy_from_slice(b"ttcf");
        let mut long = packed.clone();
        long[20..24].copy_from_slice(&u32::MAX.to_be_bytes());
        for wrong in [collection, long] {
            let found = unpack(&wrong, &mut inflate, &Limits::default());
            assert!(found.is_err() || font::packing(&wrong) == Some(Packing::Zlib), "{name}");
        }
        for end in 0..packed.len().min(400) {
            assert!(unpack(&packed[..end], &mut inflate, &Limits::default()).is_err(), "{name} cut at {end}");
        }
    }
}

/// The bytes that come out of the decoder are damaged too, which a damaged file seldom gets to.
#[test]
fn a_damaged_web_font_is_refused_or_is_a_font() {
    let count = std::env::var("MONOGRAM_FONTS").ok().and_then(|count| count.parse().ok()).unwrap_or(4_000);
    let limits = Limits { unpacked_font_bytes: 256 * 1024, ..Limits::default() };
    let mut random = Random::new(0x2545_F491_4F6C_DD1D);
    let files = files();
    let (mut unpacked, mut refused) = (0, 0);
    for number in 0..count {
        let mut packed = files[number % files.len()].1.clone();
        let in_file = random.below(3);
        for _ in 0..in_file {
            // The header and the directory, more often than the rest.
            let end = if random.below(4) == 0 { packed.len() } else { 200.min(packed.len()) };
            let at = 4 + random.below(end - 4);
            packed[at] = match random.below(3) {
                0 => random.byte(),
                1 => packed[at] ^ (1 << random.below(8)),
                _ => random.one(&[0, 1, 0x7F, 0x80, 0xFF]),
            };
        }
        let in_tables = random.below(6);
        let mut damaged = |packing, bytes: &[u8], most| {
            let mut out = inflate(packing, bytes, most)?;
            for _ in 0..in_tables.min(out.len()) {
                let end = if random.below(2) == 0 { out.len() } else { 400.min(out.len()) };
                let at = random.below(end);
                out[at] = if random.below(2) == 0 { random.byte() } else { 0xFF };
            }
            Some(out)
        };
        match unpack(&packed, &mut damaged, &limits) {
            Ok(bytes) => {
                assert!(bytes.len() < 8 * limits.unpacked_font_bytes, "{} bytes", bytes.len());
                unpacked += 1;
            }
            Err(_) => refused += 1,
        }
    }
    println!("{unpacked} are unpacked, {refused} refused");
    assert!(unpacked > count / 20 && refused > count / 20, "{unpacked} {refused}");
}
