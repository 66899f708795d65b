//! Numbers as shops and people write them: `$28.00`, `28,00 €`, `1.234,56`, `1 234,56`, `(12)`, `12%`.
//!
//! A mark that could group digits or begin decimals (`1.234`) is read by the language; any other number
//! has one meaning only, or none. The digits may be those of any script that [`ZEROS`] has: `٢٨`, `２８`.

use std::borrow::Cow;

/// A number that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its value. It is finite, and no negative zero, which would give the same picture a second cache
    /// key.
    pub value: f64,
    /// Whether it is written as a program writes it: `-1234.5`, or `1,234.5` where commas group.
    pub is_plain: bool,
}

/// A program's number, written so that [`read`] takes it for the same one in every language: `1.234`
/// could be a thousand.
#[must_use]
pub fn unambiguous(mut text: String) -> String {
    if text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3) {
        text.push('0');
    }
    text
}

/// Words of currencies that are no code of three capitals.
const CURRENCIES: [&str; 14] = ["kr", "zł", "kč", "ft", "lei", "лв", "fr", "rs", "rm", "rp", "руб", "den", "kn", "din"];

/// The zeros of decimal digits (Unicode's `Nd`), nine others behind each: Arabic, Persian, Devanagari, Bengali,
/// Gurmukhi, Gujarati, Odia, Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Burmese, Khmer, full width.
const ZEROS: [u32; 16] = [
    0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x1040,
    0x17E0, 0xFF10,
];

/// Reads a number. `comma` says whether the decimals of its language begin with a comma.
#[must_use]
pub fn read(text: &str, comma: bool) -> Option<Number> {
    let western = western(text);
    let is_western = matches!(western, Cow::Borrowed(_));
    // The marks of Arabic have one meaning each.
    let comma = comma && !text.contains(['\u{66B}', '\u{66C}']);
    let number = read_western(&western, comma)?;
    Some(Number { is_plain: number.is_plain && is_western, ..number })
}

/// A text with the digits, marks and signs of other scripts as ASCII has them.
fn western(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let sign = |c: char| match c {
        '\u{66B}' | '．' => Some('.'),
        '\u{66C}' | '，' => Some(','),
        '％' | '\u{66A}' => Some('%'),
        '＋' => Some('+'),
        '－' => Some('-'),
        '￥' => Some('¥'),
        '＄' => Some('$'),
        '￡' => Some('£'),
        c => {
            let digit = ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(*zero).filter(|digit| *digit < 10))?;
            char::from_digit(digit, 10)
        }
    };
    if !text.contains(|c| sign(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| sign(c).unwrap_or(c)).collect())
}

/// The currency that stands beside a number, as [`currency_of`] names it. `None` if there is none.
///
/// ```
/// use monogram::params::number::currency;
///
/// assert_eq!((currency("28,00 EUR"), currency("€28")), (Some("EUR".to_owned()), Some("EUR".to_owned())));
/// assert_eq!((currency("28"), currency("12%")), (None, None));
/// ```
#[must_use]
pub fn currency(text: &str) -> Option<String> {
    let western = western(text);
    let beside = |c: char| {
        c.is_ascii_digit()
            || c.is_whitespace()
            || matches!(c, '.' | ',' | '-' | '−' | '–' | '—' | '+' | '(' | ')' | '%' | '\'' | '’')
    };
    let word = western.trim_matches(beside);
    (!word.is_empty() && is_currency(word)).then(|| currency_of(word))
}

/// One name for the spellings of a currency: `EUR` for `€` and `EUR`, `$` for all dollars that a sign alone
/// does not tell from each other.
#[must_use]
pub fn currency_of(word: &str) -> String {
    let word = word.trim_end_matches('.');
    match word.to_uppercase().as_str() {
        "€" => "EUR",
        "£" => "GBP",
        "¥" | "JP¥" | "CN¥" | "CNY" => "JPY",
        "₹" | "RS" => "INR",
        "₩" => "KRW",
        "₺" => "TRY",
        "₽" | "РУБ" => "RUB",
        "₪" => "ILS",
        "₫" => "VND",
        "₴" => "UAH",
        "฿" => "THB",
        "FR" => "CHF",
        "ZŁ" => "PLN",
        "KČ" => "CZK",
        "FT" => "HUF",
        "RP" => "IDR",
        "RM" => "MYR",
        "R$" => "BRL",
        "SEK" | "NOK" | "DKK" | "ISK" => "KR",
        "USD" | "CAD" | "AUD" | "NZD" | "MXN" | "SGD" | "HKD" | "TWD" => "$",
        other if other.ends_with('$') => "$",
        other => return other.to_owned(),
    }
    .to_owned()
}

fn read_western(text: &str, comma: bool) -> Option<Number> {
    let (sign, rest) = sign(text.trim());
    let (accounting, rest) = match rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner.trim()),
        None => (false, rest),
    };
    let without = bare(rest);
    // The sign may stand behind the currency: `$-5`.
    let (second, digits) = sign_after(without, without.len() < rest.len());
    if accounting && (sign || second) || sign && second {
        return None;
    }
    let (plain, has_marks) = plain(digits, comma)?;
    let number: f64 = plain.parse().ok().filter(|number: &f64| number.is_finite())?;
    let value = if (sign || second || accounting) && number > 0.0 { -number } else { number };
    Some(Number { value, is_plain: !accounting && without.len() == rest.len() && !has_marks })
}

/// A sign before a number, and what follows.
fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn sign_after(text: &str, is_allowed: bool) -> (bool, &str) {
    if is_allowed { sign(text) } else { (false, text) }
}

/// A text without a currency or a percent sign on one of its sides, and without `,-` behind it.
fn bare(text: &str) -> &str {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let trimmed = match text.find(|c: char| c.is_ascii_digit() || matches!(c, '-' | '−')) {
        Some(0) | None => text,
        Some(start) => {
            // The dot of `$.50` is the number's; that of `kr.50` ends a word.
            let before = text.get(..start).and_then(|before| before.strip_suffix('.'));
            let is_decimal = before.is_some_and(|before| !before.ends_with(char::is_alphabetic));
            let start = if is_decimal { start.saturating_sub(1) } else { start };
            let (before, number) = text.split_at_checked(start).unwrap_or(("", text));
            if is_currency(before) { number } else { text }
        }
    };
    let end = trimmed.rfind(is_number).and_then(|at| trimmed.get(at..)?.chars().next().map(|c| at + c.len_utf8()));
    match end.and_then(|end| trimmed.split_at_checked(end)) {
        Some((number, "")) => number,
        // `28,– €`: no decimals.
        Some((number, after)) if number.ends_with(',') && is_currency(after.trim_start_matches(['-', '–', '—'])) => {
            number.strip_suffix(',').unwrap_or(number)
        }
        Some((number, after)) if matches!(after.trim(), "%" | "-" | "–" | "—") => {
            number.strip_suffix(',').unwrap_or(number)
        }
        Some((number, after)) if is_currency(after) && trimmed.len() == text.len() => number,
        _ => trimmed,
    }
}

/// Whether a text beside a number is a currency: `€`, `US$`, `CHF`, `kr.`.
fn is_currency(text: &str) -> bool {
    let word = text.trim();
    let word = word.strip_suffix('.').unwrap_or(word);
    let is_sign = |c: char| matches!(c, '$' | '¢' | '£' | '¤' | '¥' | '฿' | '\u{20A0}'..='\u{20CF}');
    let letters = word.trim_matches(is_sign);
    if letters.len() < word.len() {
        return letters.len() <= 3 && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    }
    let is_code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    word.is_empty() || is_code || CURRENCIES.contains(&word.to_lowercase().as_str())
}

/// The digits of a number with a dot before its decimals, and whether its marks are others than a
/// program writes.
fn plain(text: &str, comma: bool) -> Option<(String, bool)> {
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
    let marks: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    if marks.iter().any(|(_, c)| !(is_space(*c) || matches!(c, '.' | ','))) {
        return None;
    }
    let last = marks.last().copied();
    let count = |mark: char| marks.iter().filter(|(_, c)| *c == mark).count();
    let decimal = match last {
        Some((at, mark @ ('.' | ','))) if count(mark) == 1 => {
            let behind = text.get(at..).map_or(0, |rest| rest.len().saturating_sub(1));
            let before = text.get(..at).unwrap_or_default();
            let could_group =
                behind == 3 && matches!(before.len(), 1..=3) && !before.starts_with('0') && marks.len() == 1;
            let is_language = (mark == ',') == comma;
            (!could_group || is_language).then_some((at, mark))
        }
        _ => None,
    };
    let (whole, fraction) = match decimal {
        Some((at, mark)) => (text.get(..at)?, text.get(at.saturating_add(mark.len_utf8())..)?),
        None => (text, ""),
    };
    // `,5` is the rest of something.
    if whole.is_empty() && (fraction.is_empty() || text.starts_with(',')) {
        return None;
    }
    let grouping = whole.chars().find(|c| !c.is_ascii_digit());
    let groups: Vec<&str> = whole.split(|c: char| !c.is_ascii_digit()).collect();
    if let (Some(grouping), Some((last, before))) = (grouping, groups.split_last().filter(|(_, rest)| !rest.is_empty()))
    {
        let is_uniform = whole.chars().filter(|c| !c.is_ascii_digit()).all(|c| c == grouping);
        let is_other = decimal.is_none_or(|(_, mark)| mark != grouping);
        // In India, only the last group has three digits.
        let fits = before.iter().enumerate().all(|(index, group)| {
            if index == 0 {
                matches!(group.len(), 1..=3) && !group.starts_with('0')
            } else {
                matches!(group.len(), 2 | 3)
            }
        });
        if !(is_uniform && is_other && fits && last.len() == 3) {
            return None;
        }
    }
    let has_marks = decimal.is_some_and(|(_, mark)| mark == ',') || grouping.is_some_and(|mark| mark != ',');
    Some((format!("{}.{fraction}0", groups.concat()), has_marks))
}
