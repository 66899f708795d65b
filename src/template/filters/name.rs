//! Filters for names: `title`, `capitalize`, `initials`, `truncate`.

use icu_segmenter::GraphemeClusterSegmenter;

/// The characters of a text as a reader counts them.
pub fn graphemes(text: &str) -> impl Iterator<Item = &str> {
    let ends = GraphemeClusterSegmenter::new().segment_str(text).skip(1);
    ends.scan(0, move |start, end| text.get(std::mem::replace(start, end)..end))
}

/// The first letter upper case, the rest as it is.
pub fn capitalize(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `MARIA LOPEZ` and `maria lopez` → `Maria Lopez`; a text in mixed case (`Ronald McDonald`, `Ludwig van Beethoven`)
/// stays as written: someone meant it.
pub fn title(text: &str) -> String {
    if text.to_uppercase() != text && text.to_lowercase() != text {
        return text.to_owned();
    }
    text.split(' ').map(|word| capitalize(&word.to_lowercase())).collect::<Vec<_>>().join(" ")
}

/// `Maria de la Cruz` → `MC`: the first letters of the first and the last word.
pub fn initials(text: &str) -> String {
    let mut words = text.split_whitespace().filter_map(|word| graphemes(word).next());
    let first = words.next().unwrap_or("");
    let last = words.next_back().unwrap_or("");
    format!("{first}{last}").to_uppercase()
}

/// At most so many characters, the last of them `…` where something was cut off.
pub fn truncate(text: &str, max: usize) -> String {
    if graphemes(text).count() <= max {
        return text.to_owned();
    }
    let kept: String = graphemes(text).take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (text, titled, short) in [
            ("MARIA LOPEZ", "Maria Lopez", "ML"),
            ("maria de la cruz", "Maria De La Cruz", "MC"),
            ("Ronald McDonald", "Ronald McDonald", "RM"),
            ("Ludwig van Beethoven", "Ludwig van Beethoven", "LB"),
            ("ÉLODIE", "Élodie", "É"),
            ("李明", "李明", "李"),
            ("J", "J", "J"),
            ("", "", ""),
            ("  ", "  ", ""),
            ("👩‍👩‍👧 Ann", "👩‍👩‍👧 Ann", "👩‍👩‍👧A"),
        ] {
            assert_eq!(title(text), titled);
            assert_eq!(initials(text), short);
        }
        assert_eq!(truncate("Maximiliana", 5), "Maxi…");
        assert_eq!(truncate("Max", 3), "Max");
    }
}
