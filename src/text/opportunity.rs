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
            return line_breaks(text, LineBreakWordOption::BreakAll).map(free).collect();
        }
        let mut found: Vec<usize> = line_breaks(text, LineBreakWordOption::Normal).collect();
        if !self.dictionaries.is_empty() && is_lexical(text) {
            self.dictionaries.iter().for_each(|dictionary| dictionary.breaks(text, &mut found));
            found.sort_unstable();
        }
        // Korean has spaces between its words, and a reader expects whole words. Text beside it,
        // such as Japanese, breaks as usual.
        let keeps = match self.word_break {
            Some(WordBreak::KeepAll) => true,
            None => text.chars().any(is_hangul),
            Some(WordBreak::Normal | WordBreak::BreakAll) => false,
        };
        if !keeps {
            return found.into_iter().map(free).collect();
        }
        let mut whole = line_breaks(text, LineBreakWordOption::KeepAll).peekable();
        let beside_hangul = |at: usize| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at..).and_then(|after| after.chars().next());
            before.is_some_and(is_hangul) || after.is_some_and(is_hangul)
        };
        let mut is_last_resort = |at: usize| {
            while whole.next_if(|whole| *whole < at).is_some() {}
            whole.next_if_eq(&at).is_none() && (self.word_break.is_some() || beside_hangul(at))
        };
        found.into_iter().map(|at| Opportunity { at, is_last_resort: is_last_resort(at) }).collect()
    }
}

/// The opportunities that need no dictionary.
fn line_breaks(text: &str, word_option: LineBreakWordOption) -> impl Iterator<Item = usize> {
    let mut options = LineBreakOptions::default();
    options.strictness = Some(LineBreakStrictness::Normal); // browsers treat `line-break: auto` so
    options.word_option = Some(word_option);
    LineSegmenter::new_neo_for_non_complex_scripts(options).segment_str(text).skip_while(|at| *at == 0)
}
