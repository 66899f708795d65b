//! The options of a URL: those names of its query that begin with `_`.

use crate::limits::Limits;

use super::query;

/// The options of the output. An invalid value counts as absent. Of several values the first valid
/// one wins, as for params.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::request::Options;
///
/// let options = Options::read("name=Maria&_w=600&_dpr=2&_lang=pt_br", &Limits::default());
/// assert_eq!((options.width, options.dpr, options.lang.as_deref()), (Some(600), Some(2.0), Some("pt-BR")));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// `_dpr`: output px per template px: 1, 1.5, 2 or 3.
    pub dpr: Option<f32>,
    /// `_w`: output width in px, at most [`Limits::side_px`]. The height keeps the template's
    /// proportions.
    pub width: Option<u32>,
    /// `_q`: 1 to 100. The quality of a JPEG, or the number of colours of a PNG in hundredths of
    /// 256.
    pub quality: Option<u8>,
    /// `_lang`: a BCP 47 tag in canonical case.
    pub lang: Option<String>,
    /// `_scheme=dark`: whether the dark version is asked for, if the template has one.
    pub dark: bool,
    /// `_v`: the name of a variant of the template.
    pub variant: Option<String>,
    /// `_debug=boxes`: whether every layer's box is outlined.
    pub debug_boxes: bool,
}

impl Options {
    /// Reads the raw query, without its `?`.
    #[must_use]
    pub fn read(query: &str, limits: &Limits) -> Self {
        let mut options = Self::default();
        for pair in query::pairs(query, limits) {
            let value = pair.value.trim();
            match pair.name.as_ref() {
                "_dpr" => options.dpr = options.dpr.or_else(|| dpr(value)),
                "_w" => options.width = options.width.or_else(|| width(value, limits)),
                "_q" => options.quality = options.quality.or_else(|| quality(value)),
                "_lang" => options.lang = options.lang.or_else(|| language(value)),
                "_scheme" => options.dark |= value == "dark",
                "_v" => options.variant = options.variant.or_else(|| variant(value, limits)),
                "_debug" => options.debug_boxes |= value == "boxes",
                _ => {}
            }
        }
        options
    }
}

/// One of four ratios. Each further ratio would be one more copy of each picture in every cache.
fn dpr(value: &str) -> Option<f32> {
    let ratio: f32 = value.parse().ok()?;
    [1.0_f32, 1.5, 2.0, 3.0].into_iter().find(|allowed| allowed.to_bits() == ratio.to_bits())
}

fn width(value: &str, limits: &Limits) -> Option<u32> {
    digits(value)?.parse().ok().filter(|px: &u32| *px >= 1).map(|px| px.min(limits.side_px))
}

/// Whether a text may be the name of a variant: letters, digits, hyphens and underscores.
#[must_use]
pub fn is_variant_name(text: &str, limits: &Limits) -> bool {
    let is_in_names = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= limits.name_chars && text.bytes().all(is_in_names)
}

fn variant(value: &str, limits: &Limits) -> Option<String> {
    is_variant_name(value, limits).then(|| value.to_owned())
}

fn quality(value: &str) -> Option<u8> {
    digits(value)?.parse().ok().filter(|quality| (1..=100).contains(quality))
}

/// The text itself if it has only digits. (`u32::from_str` would also take a `+`.)
fn digits(value: &str) -> Option<&str> {
    value.bytes().all(|byte| byte.is_ascii_digit()).then_some(value)
}

/// A language tag in canonical case: `zh-hant-tw` → `zh-Hant-TW`. `None` if it is not well-formed.
///
/// By RFC 5646 §2.1.1 a subtag of two letters after the first is a region, one of four letters is a
/// script. An underscore counts as a hyphen, as in POSIX locales.
#[must_use]
pub fn language(value: &str) -> Option<String> {
    /// By RFC 5646 §4.4.1 this is enough for every tag in real use.
    const MAX_TAG_BYTES: usize = 35;
    if value.len() > MAX_TAG_BYTES {
        return None;
    }
    let mut tag = String::new();
    let mut extension = false;
    for (index, subtag) in value.split(['-', '_']).enumerate() {
        let letters = subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
        let fits = if index == 0 {
            letters && matches!(subtag.len(), 2..=8)
        } else {
            matches!(subtag.len(), 1..=8) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if !fits {
            return None;
        }
        if index > 0 {
            tag.push('-');
        }
        let lower = subtag.to_ascii_lowercase();
        match subtag.len() {
            2 if index > 0 && letters && !extension => tag.push_str(&subtag.to_ascii_uppercase()),
            4 if index > 0 && letters && !extension => {
                let mut chars = lower.chars();
                tag.extend(chars.next().map(|first| first.to_ascii_uppercase()));
                tag.extend(chars);
            }
            _ => tag.push_str(&lower),
        }
        extension |= subtag.len() == 1;
    }
    Some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_options() {
        let none = Options::default;
        for (query, expected) in [
            ("", none()),
            ("name=x&_unknown=1", none()),
            ("_dpr=2", Options { dpr: Some(2.0), ..none() }),
            ("_dpr=1.50", Options { dpr: Some(1.5), ..none() }),
            ("_dpr=2.5", none()),
            ("_dpr=NaN", none()),
            ("_dpr=9&_dpr=3&_dpr=2", Options { dpr: Some(3.0), ..none() }),
            ("_w=600", Options { width: Some(600), ..none() }),
            ("_w=999999", Options { width: Some(4096), ..none() }),
            ("_w=0", none()),
            ("_w=-1", none()),
            ("_w=%2B600", none()),
            ("_w=99999999999999999999", none()),
            ("_q=80", Options { quality: Some(80), ..none() }),
            ("_q=0", none()),
            ("_q=101", none()),
            ("_scheme=dark", Options { dark: true, ..none() }),
            ("_scheme=light", none()),
            ("_v=b&_v=a", Options { variant: Some("b".to_owned()), ..none() }),
            ("_v=a%20b", none()),
            ("_debug=boxes", Options { debug_boxes: true, ..none() }),
            ("_debug=1", none()),
        ] {
            assert_eq!(Options::read(query, &Limits::default()), expected, "{query}");
        }
    }

    #[test]
    fn writes_languages_in_canonical_case() {
        for (value, tag) in [
            ("de", Some("de")),
            ("EN-us", Some("en-US")),
            ("zh_hant_tw", Some("zh-Hant-TW")),
            ("sr-latn", Some("sr-Latn")),
            ("es-419", Some("es-419")),
            ("sl-ROZAJ", Some("sl-rozaj")),
            ("de-u-CO-phonebk", Some("de-u-co-phonebk")),
            ("", None),
            ("d", None),
            ("de-", None),
            ("-de", None),
            ("de--at", None),
            ("d1", None),
            ("dé", None),
            ("de-123456789", None),
            ("abcdefghi", None),
            ("en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd", None),
        ] {
            assert_eq!(language(value).as_deref(), tag, "{value}");
        }
    }
}
