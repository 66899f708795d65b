//! Damages files at random.

use super::Random;

/// A file with some of its bytes and parts changed. The checksums of a PNG are right again.
pub fn break_file(file: &[u8], random: &mut Random) -> Vec<u8> {
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

/// Swaps, removes, repeats or adds whole chunks of a PNG or a WebP, blocks of a GIF, or segments of a JPEG.
fn break_parts(file: &mut Vec<u8>, random: &mut Random) {
    let (png, webp, gif) = (file.starts_with(b"\x89PNG"), file.starts_with(b"RIFF"), file.starts_with(b"GIF"));
    let mut parts: Vec<Vec<u8>> = Vec::new();
    let start = if png {
        8
    } else if webp {
        12
    } else if gif {
        13
    } else {
        2
    };
    let mut rest = &file[start.min(file.len())..];
    let start = file[..file.len() - rest.len()].to_vec();
    while rest.len() > 4 {
        let length = if png {
            (u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize).saturating_add(12)
        } else if webp {
            // The chunks in a frame of an animation are parts, too.
            let length = rest.get(4..8).map_or(4, |length| u32::from_le_bytes(length.try_into().unwrap()) as usize);
            if rest.starts_with(b"ANMF") { 24 } else { length.saturating_add(8).next_multiple_of(2) }
        } else if gif {
            1 + rest.iter().position(|byte| matches!(byte, b'!' | b',' | b';')).unwrap_or(rest.len())
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
            } else if webp {
                let kinds: [&[u8]; 8] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF"];
                [kinds[random.below(8)], &u32::try_from(length).unwrap().to_le_bytes(), &data].concat()
            } else if gif {
                let kinds: [&[u8]; 5] = [b"!\xF9\x04", b"!\xFF\x0B", b",", b";", b"!\x01"];
                [kinds[random.below(5)], &data].concat()
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
pub fn repair_checksums(file: &mut [u8]) {
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
