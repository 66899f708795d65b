//! Graphemes that no font has → the same in plain letters: `𝓜𝓪𝓻𝓲𝓪` → `Maria`.

use super::clean::Cleaned;
use super::fallback::Faces;
use super::grapheme::graphemes;
use super::{emoji, normal};

/// Replaces what no face has by its plain form, where one has that. `faces` are those of each run.
pub(super) fn substitute(cleaned: Cleaned, faces: &[&Faces<'_>]) -> Cleaned {
    if cleaned.text.chars().all(normal::is_plain) {
        return cleaned;
    }
    let mut found = Cleaned { text: String::with_capacity(cleaned.text.len()), ends: Vec::new(), cut: cleaned.cut };
    let mut start = 0_usize;
    for (end, faces) in cleaned.ends.iter().zip(faces) {
        let run = cleaned.text.get(start..*end).unwrap_or_default();
        for grapheme in graphemes(run).filter_map(|grapheme| run.get(grapheme)) {
            let is_drawn = |part: &str| faces.covers(faces.pick(part), part);
            if grapheme.chars().all(normal::is_plain) || emoji::is(grapheme) || is_drawn(grapheme) {
                found.text.push_str(grapheme);
                continue;
            }
            let plain = normal::plain(grapheme);
            found.text.push_str(if is_drawn(&plain) { &plain } else { grapheme });
        }
        start = *end;
        found.ends.push(found.text.len());
    }
    found
}
