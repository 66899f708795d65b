//! Classes of characters and of scripts.

use unicode_script::{Script, UnicodeScript};

/// The soft hyphen: a line may end behind it, and then shows a hyphen.
pub(super) const SOFT_HYPHEN: &str = "\u{ad}";

/// Whether a script is a real one, and not shared by several.
pub(super) fn is_real(script: Script) -> bool {
    !matches!(script, Script::Common | Script::Inherited | Script::Unknown)
}

/// Whether the letters of a script join, so that letter spacing would tear them apart:
/// <https://drafts.csswg.org/css-text-4/#cursive-script>
pub(super) const fn joins(script: Script) -> bool {
    matches!(
        script,
        Script::Adlam
            | Script::Arabic
            | Script::Chorasmian
            | Script::Hanifi_Rohingya
            | Script::Mandaic
            | Script::Manichaean
            | Script::Mongolian
            | Script::Nko
            | Script::Phags_Pa
            | Script::Psalter_Pahlavi
            | Script::Sogdian
            | Script::Syriac
    )
}

/// Whether a character is Hangul.
pub(super) fn is_hangul(c: char) -> bool {
    c >= '\u{1100}' && c.script() == Script::Hangul
}

/// Whether a character is not measured at a line's end: white space that hangs, and invisible
/// controls. No-break spaces stay.
pub(super) const fn hangs(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{ad}' | '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200b}' | '\u{205f}' | '\u{3000}'
            | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Whether a character separates words, so that justification widens it:
/// <https://drafts.csswg.org/css-text-4/#word-separator>
pub(super) const fn is_word_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{1361}' | '\u{10100}' | '\u{10101}' | '\u{1039f}' | '\u{1091f}')
}

/// Whether a character is Han, kana, bopomofo or their punctuation: justification widens a line
/// between any two of these, because they have no spaces.
pub(super) fn is_ideographic(c: char) -> bool {
    use Script::{Bopomofo, Han, Hiragana, Katakana};
    let is_punctuation = matches!(c, '\u{3001}'..='\u{303f}' | '\u{30fb}'..='\u{30fc}' | '\u{ff01}'..='\u{ff60}');
    c >= '\u{2e80}' && (is_punctuation || matches!(c.script(), Bopomofo | Han | Hiragana | Katakana))
}

/// Whether a character has `Default_Ignorable_Code_Point`. A face need not have it: the shaper
/// hides it.
pub(super) const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character is punctuation that belongs to the character behind it.
pub(super) const fn opens(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '<'
            | '¡'
            | '¿'
            | '«'
            | '‹'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '「'
            | '『'
            | '【'
            | '〈'
            | '《'
            | '（'
            | '［'
            | '｛'
    )
}

/// Whether a character is punctuation that looks out of place before an ellipsis.
pub(super) const fn trails(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | ':'
            | '.'
            | '!'
            | '?'
            | '-'
            | '/'
            | '\\'
            | '|'
            | '('
            | '['
            | '{'
            | '<'
            | '"'
            | '\''
            | '&'
            | '+'
            | '¡'
            | '¿'
            | '«'
            | '‹'
            | '“'
            | '‘'
            | '„'
            | '‚'
            | '·'
            | '•'
            | '‐'
            | '‑'
            | '‒'
            | '–'
            | '—'
            | '…'
            | '،'
            | '؛'
            | '؟'
            | '۔'
            | '־'
            | '।'
            | '॥'
            | '、'
            | '。'
            | '，'
            | '．'
            | '：'
            | '；'
            | '！'
            | '？'
            | '・'
            | '（'
            | '「'
            | '『'
    )
}
