//! SVG files. The core does not draw them: a module of its own does (`svg/`), which the worlds
//! instantiate when they meet one, and a PNG of its pixels takes the place of the file. Here is what
//! both sides must agree on: when the module is asked, and what its answer means.

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use tiny_skia::{IntSize, Pixmap};

/// Bytes within which an SVG has its first element, after comments and licences.
const PROLOGUE_BYTES: usize = 2_048;

/// A picture of an SVG.
#[derive(Debug)]
pub struct Drawn {
    /// Its pixels. A world encodes them as a PNG, which takes the place of the file.
    pub picture: Pixmap,
    /// Units of [`Limits::svg_work`] that drawing it took.
    pub work: u32,
}

/// Whether a file is a text in tags whose beginning has the element `svg`.
#[must_use]
pub fn is_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let beginning = text.get(..PROLOGUE_BYTES).unwrap_or(text);
    text.starts_with(b"<") && beginning.windows(4).any(|window| window == b"<svg")
}

/// Checks what must be true before the module is asked.
///
/// # Errors
/// `Fault::TooLarge` over [`Limits::svg_bytes`].
pub fn check(bytes: &[u8], limits: &Limits) -> Result<(), Problem> {
    if bytes.len() > limits.svg_bytes {
        let (found, most) = (bytes.len(), limits.svg_bytes);
        return Err(Problem::new(
            Fault::TooLarge,
            "svg-too-large",
            format!("the SVG is {found} bytes; the limit is {most}"),
        )
        .remedy("export it as a PNG, or simplify its paths"));
    }
    Ok(())
}

/// The picture in an answer of the module. `None` stands for a module that ended without one, as it
/// does when its memory is used up.
///
/// # Errors
/// `Fault::TooLarge` if drawing takes too much work or memory, `Fault::Document` if the file is damaged or
/// has something that is not drawn.
pub fn picture(answer: Option<&[u8]>) -> Result<Drawn, Problem> {
    let refused = |code, what: &str, remedy| {
        let fault = if code == "svg-too-large" { Fault::TooLarge } else { Fault::Document };
        Err(Problem::new(fault, code, format!("the SVG {what}")).remedy(remedy))
    };
    let (status, rest) = answer.and_then(<[u8]>::split_first).unwrap_or((&5, &[]));
    match status {
        0 => {}
        2 => {
            return refused(
                "svg-text",
                "has text, which is not drawn",
                "turn the text into outlines, and export it again",
            );
        }
        3 => return refused("svg-image", "has a picture in it, which is not drawn", "export it as a PNG"),
        4 => {
            return refused("svg-filter", "has a filter that is not drawn", "remove the filter, or export it as a PNG");
        }
        5 => return refused("svg-too-large", "takes too long to draw", "simplify it, or export it as a PNG"),
        _ => return refused("image-damaged", "is damaged, or shows nothing", "export it again"),
    }
    let drawn = read(rest);
    drawn.ok_or_else(|| Problem::new(Fault::Ours, "svg-answer", "the picture of an SVG is not as long as it says"))
}

/// Reads the numbers and the pixels of an answer; `None` if they do not fit together.
fn read(answer: &[u8]) -> Option<Drawn> {
    let (head, pixels) = answer.split_at_checked(12)?;
    let mut numbers = head.chunks_exact(4).filter_map(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?)));
    let (width, height, work) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let picture = Pixmap::from_vec(pixels.to_vec(), IntSize::from_wh(width, height)?)?;
    Some(Drawn { picture, work })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_an_svg_by_its_first_element() {
        let svgs: [&[u8]; 3] = [
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"\xEF\xBB\xBF <?xml version='1.0'?><!-- a licence --><svg/>",
            b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'><svg/>",
        ];
        assert!(svgs.iter().all(|file| is_svg(file)));
        let others: [&[u8]; 4] = [b"", b"<html>", b"svg <svg", b"\x89PNG<svg"];
        assert!(!others.iter().any(|file| is_svg(file)));
    }

    #[test]
    fn an_answer_is_a_picture_or_a_reason() {
        let mut answer = vec![0, 2, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0];
        answer.extend([255, 0, 0, 255, 0, 0, 0, 0]);
        let drawn = picture(Some(&answer)).unwrap();
        assert_eq!((drawn.picture.width(), drawn.picture.height(), drawn.work), (2, 1, 9));
        let codes = [
            (&[1][..], "image-damaged"),
            (&[2], "svg-text"),
            (&[3], "svg-image"),
            (&[4], "svg-filter"),
            (&[5], "svg-too-large"),
            (&[], "svg-too-large"),
            (&[0, 1, 2], "svg-answer"),
            (&answer[..20], "svg-answer"),
        ];
        for (answer, code) in codes {
            assert_eq!(picture(Some(answer)).unwrap_err().code, code, "{answer:?}");
        }
        assert_eq!(picture(None).unwrap_err().fault, Fault::TooLarge);
    }
}
