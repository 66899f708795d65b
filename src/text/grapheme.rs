//! Text → graphemes (UAX #29): what a reader calls characters.

use std::ops::Range;

use icu_segmenter::GraphemeClusterSegmenter;

use super::emoji;

/// The graphemes of `text`, as ranges of bytes. A skin tone behind anything but an emoji is a
/// grapheme of its own, because no font has both together. So is a space behind a sign that takes
/// in what follows it, such as U+06DD: a line may end there, and the space hangs.
pub(super) fn graphemes(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0_usize;
    GraphemeClusterSegmenter::new().segment_str(text).flat_map(move |end| {
        let apart = text.get(start..end).and_then(|part| {
            emoji::loose_tone(part).or_else(|| part.strip_suffix(' ').map(str::len).filter(|at| *at > 0))
        });
        let apart = apart.map_or(end, |at| start.saturating_add(at));
        let pair = [start..apart, apart..end];
        start = end;
        pair.into_iter().filter(|grapheme| !grapheme.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphemes_of_a_text() {
        for (text, expected) in [
            ("", ""),
            ("ae\u{301}b", "a|e\u{301}|b"),
            ("नि", "नि"),
            ("👩🏽\u{200d}💻!", "👩🏽\u{200d}💻|!"),
            ("a🏽", "a|🏽"),
            ("\u{6dd} \u{661}", "\u{6dd}| |\u{661}"),
            ("\u{6dd}\u{661}", "\u{6dd}\u{661}"),
        ] {
            let found: Vec<&str> = graphemes(text).map(|grapheme| text.get(grapheme).unwrap()).collect();
            assert_eq!(found.join("|"), expected, "{text}");
        }
    }
}
