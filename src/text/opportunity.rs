//! Line break opportunities: UAX #14 with CSS's `line-break: normal` and `word-break`, and
//! dictionaries.

use std::rc::Rc;

use icu_segmenter::LineSegmenter;
use icu_segmenter::options::{LineBreakOptions, LineBreakStrictness, LineBreakWordOption};

use super::character::is_hangul;
use super::style::WordBreak;
use crate::font::{Dictionary, is_lexical};

/// A place where a line may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opportunity {
    /// The byte behind which the line ends.
    pub(super) at: usize,
    /// Whether `word_break` forbids it. A line ends there only if it has no better place.
    pub(super) is_last_resort: bool,
}

/// The rules by which the line break opportunities of a text are found.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Breaking<'a> {
    pub(super) word_break: Option<WordBreak>,
    /// The words of scripts that are written without spaces.
    pub(super) dictionaries: &'a [Rc<Dictionary>],
}

impl Breaking<'_> {
    /// The opportunities in a line of text, in order. The last one is its end.
    pub(super) fn opportunities(self, text: &str) -> Vec<Opportunity> {
        let free = |at| Opportunity { at, is_last_resort: false };
        if self.word_break == Some(WordBreak::BreakAll) {
            return line_breaks(text, LineBreakWordOption::BreakAll).into_iter().map(free).collect();
        }
        let mut found = line_breaks(text, LineBreakWordOption::Normal);
        let mut shorter = Vec::new();
        if !self.dictionaries.is_empty() && is_lexical(text) {
            self.dictionaries.iter().for_each(|dictionary| dictionary.breaks(text, &mut found, &mut shorter));
            found.sort_unstable();
            shorter.retain(|at| found.binary_search(at).is_err());
        }
        // Korean has spaces between its words, and a reader expects whole words. Text beside it,
        // such as Japanese, breaks as usual, and so does a list such as `김·이·박` behind its dots.
        let keeps = match self.word_break {
            Some(WordBreak::KeepAll) => true,
            None => text.chars().any(is_hangul),
            Some(WordBreak::Normal | WordBreak::BreakAll) => false,
        };
        if !keeps {
            // A word that is wider than a line had better be parted where a shorter one ends. Odd
            // numbers stand for such places, so that numbers are sorted, as above.
            found.iter_mut().for_each(|at| *at = at.saturating_mul(2));
            found.extend(shorter.into_iter().map(|at| at.saturating_mul(2).saturating_add(1)));
            found.sort_unstable();
            return found.into_iter().map(|at| Opportunity { at: at / 2, is_last_resort: at % 2 == 1 }).collect();
        }
        let mut whole = line_breaks(text, LineBreakWordOption::KeepAll).into_iter().peekable();
        let beside_hangul = |at: usize| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at..).and_then(|after| after.chars().next());
            let is_dot = self.word_break.is_none() && matches!(before, Some('\u{b7}' | '\u{318d}'));
            !is_dot && (before.is_some_and(is_hangul) || after.is_some_and(is_hangul))
        };
        let mut is_last_resort = |at: usize| {
            while whole.next_if(|whole| *whole < at).is_some() {}
            whole.next_if_eq(&at).is_none() && (self.word_break.is_some() || beside_hangul(at))
        };
        found.into_iter().map(|at| Opportunity { at, is_last_resort: is_last_resort(at) }).collect()
    }
}

/// The opportunities that need no dictionary, in order.
fn line_breaks(text: &str, word_option: LineBreakWordOption) -> Vec<usize> {
    let mut options = LineBreakOptions::default();
    options.strictness = Some(LineBreakStrictness::Normal); // browsers treat `line-break: auto` so
    options.word_option = Some(word_option);
    let segmenter = LineSegmenter::new_neo_for_non_complex_scripts(options);
    let mut found: Vec<usize> = segmenter.segment_str(text).skip_while(|at| *at == 0).collect();
    let before = found.len();
    found.extend(before_signed_words(text));
    if found.len() > before {
        found.sort_unstable();
        found.dedup();
    }
    found
}

/// The beginnings of words that stand behind a space and begin with `.`, `:` or `/`, such as
/// `.NETStandard`, `:smile:` or `/home`. UAX #14 forbids a break there (LB13, LB15d); Chromium's
/// own table allows it, and CSS leaves the choice to the browser. It allows it for `/` only before
/// ASCII: behind a space, `/рф` breaks after its slash.
/// <https://drafts.csswg.org/css-text-3/#line-breaking>
fn before_signed_words(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let pairs = bytes.windows(2).enumerate().filter_map(|(at, pair)| match pair {
        [b' ', sign @ (b'.' | b':' | b'/')] => Some((at.saturating_add(1), *sign)),
        _ => None,
    });
    pairs.filter_map(|(at, sign)| {
        let next = text.get(at.saturating_add(1)..)?.chars().next()?;
        let begins = if sign == b'/' { next.is_ascii_alphanumeric() } else { next.is_alphanumeric() };
        begins.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text if each is as short as it can be. `None` for the rules of `auto`.
    fn pieces(text: &str, word_break: Option<WordBreak>) -> String {
        let mut start = 0;
        let found = Breaking { word_break, dictionaries: &[] }.opportunities(text);
        let free = found.into_iter().filter(|place| !place.is_last_resort);
        let pieces = free.map(|place| text.get(std::mem::replace(&mut start, place.at)..place.at).unwrap());
        pieces.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_line_may_end_before_a_word_that_begins_with_a_sign() {
        // The break before the sign is Chromium's. After a slash we follow UAX #14, which allows
        // one.
        for (text, expected) in [
            ("Framework .NETStandard", "Framework |.NETStandard"),
            ("about .5 of :smile: in /home", "about |.5 |of |:smile: |in |/|home"),
            ("привет .рф", "привет |.рф"),
            ("привет :рф", "привет |:рф"),
            ("привет /net", "привет |/|net"),
            ("привет /рф", "привет /|рф"),
            ("привет . рф", "привет . |рф"),
        ] {
            assert_eq!(pieces(text, None), expected, "{text}");
        }
        assert_eq!(pieces("김·이·박 가나", None), "김·|이·|박 |가나");
        assert_eq!(pieces("김·이·박", Some(WordBreak::KeepAll)), "김·이·박");
        assert_eq!(pieces("한국어 .net", None), "한국어 |.net");
        assert_eq!(pieces("a .net", Some(WordBreak::KeepAll)), "a |.net");
    }
}
