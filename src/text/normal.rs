//! One spelling for each text, and the plain letters of those that few fonts have.
//!
//! NFC gives canonically equal texts one spelling (UAX #15), but it also replaces the compatibility
//! ideographs, and these are how a Japanese family writes its name: `神` (U+FA19) is not `神`. So
//! they stay here, and are replaced only where no font has them.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// A constant because its tables are shared: made at each use, every use would bring a copy of
/// them.
const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

/// Letters whose plain form NFC does not tell, each before its plain one (Unicode's compatibility
/// decompositions of what no font here has).
const FANCY: &str = "ᴬAᴮBᴰDᴱEᴳGᴴHᴵIᴶJᴷKᴸLᴹMᴺNᴼOᴾPᴿRᵀTᵁUᵂWⱽV\
    ℂCℊgℋHℌHℍHℎhℏħℐIℑIℒLℓlℕNℙPℚQℛRℜRℝRℤZℨZℬBℭCℯeℰEℱFℳMℴoℹiℼπℽγℾΓℿΠⅅDⅆdⅇeⅈiⅉj";

/// The Greek letters of a mathematical alphabet, in Unicode's order, as plain ones.
const GREEK: &str = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΘΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂εθκφρπ";

/// A text in NFC, except for its compatibility ideographs, which stay.
#[must_use]
pub fn compose(text: &str) -> Cow<'_, str> {
    if !text.contains(is_compatibility_ideograph) {
        return NFC.normalize(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_compatibility_ideograph) {
        let kept = piece.chars().next_back().filter(|c| is_compatibility_ideograph(*c));
        let before = kept.map_or(piece, |kept| piece.strip_suffix(kept).unwrap_or_default());
        out.push_str(&NFC.normalize(before));
        out.extend(kept);
    }
    Cow::Owned(out)
}

/// A text as plain letters: `𝓜𝓪𝓻𝓲𝓪` → `Maria`, a compatibility ideograph → the one that it is
/// canonically equal to.
pub(super) fn plain(text: &str) -> String {
    let plain: String = text.chars().map(|c| fancy(c).unwrap_or(c)).collect();
    NFC.normalize(&plain).into_owned()
}

/// Whether [`plain`] changes a character.
pub(super) fn is_plain(c: char) -> bool {
    !is_compatibility_ideograph(c) && fancy(c).is_none()
}

const fn is_compatibility_ideograph(c: char) -> bool {
    matches!(c, '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

/// The plain form of a fancy letter or digit.
fn fancy(c: char) -> Option<char> {
    let code = u32::from(c);
    let at = |first: u32| code.saturating_sub(first);
    let from = |base: char, at: u32| char::from_u32(u32::from(base).saturating_add(at));
    match code {
        0x1d2c..=0x1d42 | 0x2102..=0x2149 | 0x2c7d => {
            let at = FANCY.chars().step_by(2).position(|fancy| fancy == c)?;
            FANCY.chars().skip(1).step_by(2).nth(at)
        }
        0x1d400..=0x1d6a3 => match at(0x1d400) % 52 {
            letter @ 0..26 => from('A', letter),
            letter => from('a', letter.saturating_sub(26)),
        },
        0x1d6a4 => Some('ı'),
        0x1d6a5 => Some('ȷ'),
        0x1d6a8..=0x1d7c9 => GREEK.chars().nth(usize::try_from(at(0x1d6a8) % 58).ok()?),
        0x1d7ca => Some('Ϝ'),
        0x1d7cb => Some('ϝ'),
        0x1d7ce..=0x1d7ff => from('0', at(0x1d7ce) % 10),
        0x1fbf0..=0x1fbf9 => from('0', at(0x1fbf0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatibility_ideographs_stay() {
        for (text, expected) in [
            ("e\u{301}", "é"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("\u{fa19}e\u{301}", "\u{fa19}é"),
            ("e\u{301}\u{fa10}\u{6674}e\u{301}\u{2f800}", "é\u{fa10}\u{6674}é\u{2f800}"),
            ("\u{212b}", "Å"),
            ("Maria", "Maria"),
            ("", ""),
        ] {
            assert_eq!(compose(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_letters() {
        for (text, expected) in [
            ("𝓜𝓪𝓻𝓲𝓪", "Maria"),
            ("ℳ𝒶𝓇𝒾𝒶", "Maria"),
            ("𝕄𝕒𝕣𝕚𝕒 𝟭𝟮𝟯", "Maria 123"),
            ("𝙼𝚊𝚛𝚒𝚊 𝔐𝔞𝔯𝔦𝔞 𝖅𝖟", "Maria Maria Zz"),
            ("ᴹᵃʳⁱᵃ", "Mᵃʳⁱᵃ"),
            ("𝓔\u{301}", "É"),
            ("𝚨𝛚𝛡𝜔𝟋", "Αωπωϝ"),
            ("𝛀𝛁𝛂", "Ω∇α"),
            ("\u{fa19}\u{2f800}", "神丽"),
            ("王 Maria", "王 Maria"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
        for c in '\0'..=char::MAX {
            assert!(
                is_plain(c)
                    || plain(&c.to_string()) != c.to_string()
                    || !c.is_alphanumeric()
                    || is_compatibility_ideograph(c),
                "{c}"
            );
        }
    }
}
