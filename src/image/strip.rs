//! A picture's file without what is not its picture: places, cameras, comments, thumbnails.
//!
//! The pixels stay as they are: nothing is decoded. Kept is what decides how they look: the colour
//! profile, and the orientation of EXIF.

use super::header::Format;
use super::{gif, orient, sniff, webp};

/// The file without its metadata. `None` if its structure is unusual; the picture then has to be
/// encoded again.
#[must_use]
pub fn without_metadata(bytes: &[u8]) -> Option<Vec<u8>> {
    match sniff(bytes).ok()? {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg(bytes),
        // Its later pictures are never shown.
        Format::Gif => gif::first_picture(bytes),
        Format::Webp if webp::is_animated(bytes) => None,
        Format::Webp => riff(bytes),
    }
}

/// Keeps the chunks that decide how a PNG looks (ISO/IEC 15948, section 11).
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let (signature, mut rest) = bytes.split_at_checked(8)?;
    let mut out = signature.to_vec();
    loop {
        let (&[l3, l2, l1, l0, name @ ..], after) = rest.split_first_chunk::<8>()?;
        let length = usize::try_from(u32::from_be_bytes([l3, l2, l1, l0])).ok()?;
        let (chunk, next) = rest.split_at_checked(length.checked_add(12)?)?;
        match &name {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"cICP" | b"iCCP" | b"sRGB" | b"gAMA" | b"cHRM" | b"sBIT" => {
                out.extend_from_slice(chunk);
            }
            b"eXIf" => {
                if let Some(exif) = orient::only_orientation(after.get(..length)?) {
                    out.extend_from_slice(&u32::try_from(exif.len()).ok()?.to_be_bytes());
                    let named = [b"eXIf".as_slice(), &exif].concat();
                    out.extend_from_slice(&named);
                    out.extend_from_slice(&crc32fast::hash(&named).to_be_bytes());
                }
            }
            b"IEND" => {
                out.extend_from_slice(chunk);
                return Some(out);
            }
            _ => {}
        }
        rest = next;
    }
}

/// Keeps the segments that decide how a JPEG looks (T.81, annex B), up to its end marker.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let (start, mut rest) = bytes.split_at_checked(2)?;
    let mut out = start.to_vec();
    let mut has_exif = false;
    loop {
        let &[0xFF, marker, ..] = rest else { return None };
        match marker {
            // A fill byte, or a marker without content.
            0xFF => {
                rest = rest.get(1..)?;
                continue;
            }
            0xD9 => {
                out.extend_from_slice(&[0xFF, 0xD9]);
                return Some(out);
            }
            0x01 | 0xD0..=0xD8 => return None,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(*rest.get(2..)?.first_chunk::<2>()?));
        let (segment, next) = rest.split_at_checked(length.checked_add(2)?)?;
        let payload = segment.get(4..)?;
        match marker {
            0xE1 if payload.starts_with(orient::EXIF) => {
                // The first EXIF counts.
                if let Some(exif) = orient::only_orientation(payload).filter(|_| !has_exif) {
                    let length = u16::try_from(exif.len().checked_add(8)?).ok()?;
                    out.extend_from_slice(&[0xFF, 0xE1]);
                    out.extend_from_slice(&length.to_be_bytes());
                    out.extend_from_slice(orient::EXIF);
                    out.extend_from_slice(&exif);
                }
                has_exif = true;
            }
            // JFIF, but not the thumbnail of its extension.
            0xE0 if payload.starts_with(b"JFIF\0") => out.extend_from_slice(segment),
            0xE2 if payload.starts_with(b"ICC_PROFILE\0") => out.extend_from_slice(segment),
            0xEE if payload.starts_with(b"Adobe") => out.extend_from_slice(segment),
            0xE0..=0xEF | 0xFE => {}
            _ => out.extend_from_slice(segment),
        }
        rest = next;
        if marker == 0xDA {
            let end = scan_length(rest)?;
            let (scan, next) = rest.split_at_checked(end)?;
            out.extend_from_slice(scan);
            rest = next;
        }
    }
}

/// Keeps the chunks that decide how a still WebP looks (RFC 9649, section 2).
fn riff(bytes: &[u8]) -> Option<Vec<u8>> {
    const EXIF_FLAG: u8 = 0x08;
    const XMP_FLAG: u8 = 0x04;
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    let length = usize::try_from(u32::from_le_bytes(*bytes.get(4..)?.first_chunk::<4>()?)).ok()?;
    let chunks = || webp::Chunks(bytes.get(12..length.saturating_add(8).min(bytes.len())).unwrap_or_default());
    let exif = chunks().find(|chunk| &chunk.name == b"EXIF").and_then(|chunk| orient::only_orientation(chunk.data));
    let mut has_exif_flag = false;
    for chunk in chunks() {
        let data = chunk.whole().ok()?;
        match &chunk.name {
            b"VP8X" => {
                let (&flags, rest) = data.split_first()?;
                has_exif_flag = flags & EXIF_FLAG != 0 && exif.is_some();
                let kept = flags & !(EXIF_FLAG | XMP_FLAG) | if has_exif_flag { EXIF_FLAG } else { 0 };
                append(&mut out, chunk.name, &[&[kept], rest].concat())?;
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ICCP" => append(&mut out, chunk.name, data)?,
            _ => {}
        }
    }
    if let Some(exif) = exif.filter(|_| has_exif_flag) {
        append(&mut out, *b"EXIF", &exif)?;
    }
    let length = u32::try_from(out.len().checked_sub(8)?).ok()?;
    out.get_mut(4..8)?.copy_from_slice(&length.to_le_bytes());
    Some(out)
}

/// Appends a chunk of a RIFF file, padded to an even length.
fn append(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) -> Option<()> {
    out.extend_from_slice(&name);
    out.extend_from_slice(&u32::try_from(data.len()).ok()?.to_le_bytes());
    out.extend_from_slice(data);
    out.extend((data.len() % 2 == 1).then_some(0));
    Some(())
}

/// Bytes of a scan: up to the next marker that is no restart marker.
fn scan_length(bytes: &[u8]) -> Option<usize> {
    let pairs = bytes.iter().zip(bytes.get(1..)?).enumerate();
    let is_end = |(one, two): (&u8, &u8)| *one == 0xFF && !matches!(*two, 0x00 | 0xD0..=0xD7 | 0xFF);
    pairs.into_iter().find(|(_, pair)| is_end(*pair)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::encode;
    use crate::image;
    use crate::limits::Limits;
    use crate::request::Format as Extension;
    use tiny_skia::{Color, Pixmap};

    const SECRET: &[u8] = b"Secret place";

    /// EXIF with an orientation and a text.
    fn exif(orientation: u8) -> Vec<u8> {
        let entry = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
        [b"II\x2A\0\x08\0\0\0\x01\0".as_slice(), &entry, &[0; 4], SECRET].concat()
    }

    fn picture() -> Pixmap {
        let mut picture = Pixmap::new(24, 16).unwrap();
        picture.fill(Color::from_rgba8(200, 30, 60, 255));
        picture
    }

    /// A PNG whose chunks after IHDR are these, before its own.
    fn with_chunks(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
        let png = encode(Extension::Png, picture(), None).unwrap();
        let mut out = png[..33].to_vec();
        for (name, data) in chunks {
            out.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
            let named = [name.as_slice(), data].concat();
            out.extend_from_slice(&named);
            out.extend_from_slice(&crc32fast::hash(&named).to_be_bytes());
        }
        out.extend_from_slice(&png[33..]);
        out
    }

    /// A JPEG whose segments after its first marker are these, before its own.
    fn with_segments(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let jpeg = encode(Extension::Jpg, picture(), None).unwrap();
        let mut out = jpeg[..2].to_vec();
        for (marker, payload) in segments {
            out.extend_from_slice(&[0xFF, *marker]);
            out.extend_from_slice(&u16::try_from(payload.len() + 2).unwrap().to_be_bytes());
            out.extend_from_slice(payload);
        }
        out.extend_from_slice(&jpeg[2..]);
        out
    }

    fn has_secret(bytes: &[u8]) -> bool {
        bytes.windows(SECRET.len()).any(|window| window == SECRET)
    }

    #[test]
    fn the_picture_stays_and_the_rest_goes() {
        let limits = Limits::default();
        let app1 = |orientation| [orient::EXIF, &exif(orientation)].concat();
        let files = [
            with_chunks(&[(b"tEXt", [b"Comment\0", SECRET].concat()), (b"gAMA", 45_455_u32.to_be_bytes().to_vec())]),
            with_chunks(&[(b"eXIf", exif(6)), (b"zTXt", SECRET.to_vec())]),
            [with_chunks(&[]), SECRET.to_vec()].concat(),
            with_segments(&[(0xE1, app1(6)), (0xFE, SECRET.to_vec())]),
            with_segments(&[
                (0xE1, app1(1)),
                (0xE1, [b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()),
                (0xED, SECRET.to_vec()),
            ]),
            [with_segments(&[]), SECRET.to_vec()].concat(),
            with_riff(0x08, &[], &[(b"EXIF", exif(6))]),
            with_riff(0x0C, &[], &[(b"EXIF", exif(1)), (b"XMP ", SECRET.to_vec())]),
            with_riff(0x20, &[(b"ICCP", vec![0; 9]), (b"none", SECRET.to_vec())], &[(b"EXIF", exif(6))]),
            [with_riff(0, &[], &[]), SECRET.to_vec()].concat(),
            with_blocks(&[b"!\xFE\x0C", SECRET, b"\0"].concat(), b""),
            with_blocks(&[b"!\xFF\x0BXMP DataXMP\x0C", SECRET, b"\0!\xF9\x04\x01\0\0\x01\0"].concat(), b""),
            with_blocks(b"", &[b"!\xFE\x0C", SECRET, b"\0"].concat()),
        ];
        for file in files {
            assert!(has_secret(&file));
            let stripped = without_metadata(&file).unwrap();
            assert!(!has_secret(&stripped));
            let (before, after) = (image::decode(&file, &limits).unwrap(), image::decode(&stripped, &limits).unwrap());
            assert_eq!((before.width(), before.height()), (after.width(), after.height()), "the orientation stays");
            assert_eq!(before.data(), after.data());
            assert_eq!(without_metadata(&stripped).as_deref(), Some(stripped.as_slice()), "nothing more to take away");
        }
    }

    /// A lossless WebP with a VP8X chunk, and these chunks before and after its picture.
    fn with_riff(flags: u8, before: &[(&[u8; 4], Vec<u8>)], after: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
        let webp = encode(Extension::Webp, picture(), None).unwrap();
        let mut out = webp[..12].to_vec();
        append(&mut out, *b"VP8X", &[flags, 0, 0, 0, 23, 0, 0, 15, 0, 0]).unwrap();
        for (name, data) in before {
            append(&mut out, **name, data).unwrap();
        }
        out.extend_from_slice(&webp[12..]);
        for (name, data) in after {
            append(&mut out, **name, data).unwrap();
        }
        let length = u32::try_from(out.len() - 8).unwrap();
        out[4..8].copy_from_slice(&length.to_le_bytes());
        out
    }

    /// A GIF with blocks before its picture, and after it.
    fn with_blocks(before: &[u8], after: &[u8]) -> Vec<u8> {
        let gif = encode(Extension::Gif, picture(), None).unwrap();
        let screen = 13 + (2 << (gif[10] & 7)) * 3;
        [&gif[..screen], before, &gif[screen..gif.len() - 1], after, b";"].concat()
    }

    #[test]
    fn damaged_files_are_left_to_the_decoder() {
        for file in [with_chunks(&[]), with_segments(&[]), with_riff(0, &[], &[]), with_blocks(b"", b"")] {
            for length in 0..file.len() {
                let _ = without_metadata(&file[..length]);
            }
            assert_eq!(without_metadata(&file[..file.len() - 3]), None);
        }
        assert_eq!(without_metadata(b"GIF89a"), None);
    }
}
