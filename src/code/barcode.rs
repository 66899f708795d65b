//! Barcodes: Code 128 (ISO/IEC 15417), EAN-13, EAN-8 and UPC-A (ISO/IEC 15420), Code 39
//! (ISO/IEC 16388), and Interleaved 2 of 5 (ISO/IEC 16390).

use schemars::JsonSchema;
use serde::Deserialize;

/// A kind of barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// Letters, digits and signs of ASCII.
    #[serde(rename = "code128")]
    Code128,
    /// 12 digits and a check digit.
    #[serde(rename = "ean13")]
    Ean13,
    /// 7 digits and a check digit.
    #[serde(rename = "ean8")]
    Ean8,
    /// 11 digits and a check digit.
    #[serde(rename = "upc-a")]
    UpcA,
    /// Capitals, digits and `- . $ / + %` and spaces.
    #[serde(rename = "code39")]
    Code39,
    /// Digits; a check digit is added where their number is odd.
    Itf,
}

/// The modules of a barcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// Widths in modules of bars and spaces, in turns, a bar first.
    pub widths: Vec<u8>,
    /// The text for people, with its check digit.
    pub text: String,
    /// Least number of light modules on each side.
    pub quiet_zone: u8,
}

/// Encodes a text.
///
/// ```
/// use monogram::code::barcode::{Symbology, encode};
/// assert_eq!(encode("400638133393", Symbology::Ean13).unwrap().text, "4006381333931");
/// assert!(encode("4006381333932", Symbology::Ean13).is_err());
/// ```
///
/// # Errors
/// Words that say what the kind of barcode takes.
pub fn encode(text: &str, symbology: Symbology) -> Result<Bars, &'static str> {
    match symbology {
        Symbology::Code128 => code128(text),
        Symbology::Code39 => code39(text),
        Symbology::Itf => itf(text),
        Symbology::Ean13 => {
            let digits = checked(text, 12).ok_or("EAN-13 takes 12 digits, or 13 with the right check digit")?;
            Ok(Bars { widths: ean13(&digits), text: written(&digits), quiet_zone: 11 })
        }
        Symbology::UpcA => {
            let digits = checked(text, 11).ok_or("UPC-A takes 11 digits, or 12 with the right check digit")?;
            let (text, with_zero) = (written(&digits), [&[0], digits.as_slice()].concat());
            Ok(Bars { widths: ean13(&with_zero), text, quiet_zone: 9 })
        }
        Symbology::Ean8 => {
            let digits = checked(text, 7).ok_or("EAN-8 takes 7 digits, or 8 with the right check digit")?;
            let (left, right) = digits.split_at_checked(4).unwrap_or_default();
            let mut modules = Vec::with_capacity(67);
            push(&mut modules, 0b101, 3);
            left.iter().for_each(|digit| push(&mut modules, odd(*digit), 7));
            push(&mut modules, 0b01010, 5);
            right.iter().for_each(|digit| push(&mut modules, !odd(*digit), 7));
            push(&mut modules, 0b101, 3);
            Ok(Bars { widths: runs(&modules), text: written(&digits), quiet_zone: 7 })
        }
    }
}

/// The digits of a text. Spaces and hyphens between them do not count. `None` if there is anything else.
fn digits(text: &str) -> Option<Vec<u8>> {
    let digits = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-'));
    digits.map(|byte| byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0'))).collect()
}

fn written(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0'.wrapping_add(*digit))).collect()
}

/// The check digit of GS1: weights 3 and 1 in turns, from the right.
fn check_digit(digits: &[u8]) -> u8 {
    let weighted = digits.iter().rev().zip([3_u32, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(*digit).saturating_mul(weight)).sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// So many digits and their check digit, which the text may have or not. `None` if it has a wrong
/// one, or another number of digits.
fn checked(text: &str, count: usize) -> Option<Vec<u8>> {
    let mut digits = digits(text)?;
    let check = check_digit(digits.get(..count)?);
    match digits.get(count..)? {
        [] => digits.push(check),
        [given] if *given == check => {}
        _ => return None,
    }
    Some(digits)
}

/// Adds modules, the highest bit first.
fn push(modules: &mut Vec<bool>, bits: u8, count: u8) {
    modules.extend((0..count).rev().map(|bit| bits >> bit & 1 == 1));
}

/// The widths of equal modules beside each other.
fn runs(modules: &[bool]) -> Vec<u8> {
    modules.chunk_by(|one, next| one == next).map(|run| u8::try_from(run.len()).unwrap_or(u8::MAX)).collect()
}

/// The modules of a digit with odd parity (set A), as bits.
fn odd(digit: u8) -> u8 {
    const SET_A: [u8; 10] = [0x0d, 0x19, 0x13, 0x3d, 0x23, 0x31, 0x2f, 0x3b, 0x37, 0x0b];
    SET_A.get(usize::from(digit)).copied().unwrap_or(0)
}

/// The widths of 13 digits. The first one is in the parities of the six after it.
fn ean13(digits: &[u8]) -> Vec<u8> {
    /// A bit for each of the six: whether it has even parity (set B).
    const PARITIES: [u8; 10] = [0, 0b1011, 0b1101, 0b1110, 0b1_0011, 0b1_1001, 0b1_1100, 0b1_0101, 0b1_0110, 0b1_1010];
    let parities = digits.first().and_then(|first| PARITIES.get(usize::from(*first))).copied().unwrap_or(0);
    let mut modules = Vec::with_capacity(95);
    push(&mut modules, 0b101, 3);
    for (index, digit) in digits.iter().skip(1).enumerate() {
        if index == 6 {
            push(&mut modules, 0b01010, 5);
        }
        let bits = odd(*digit);
        match index {
            0..6 if parities >> (5 - index) & 1 == 1 => {
                // Set B is set C from behind, and set C the complement of set A.
                push(&mut modules, (!bits & 0x7f).reverse_bits() >> 1, 7);
            }
            0..6 => push(&mut modules, bits, 7),
            _ => push(&mut modules, !bits, 7),
        }
    }
    push(&mut modules, 0b101, 3);
    runs(&modules)
}

/// Widths of the values of Code 128: three bars with the spaces after them, and the stop at the end.
const CODE128: &str = "\
    212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211\
    221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113\
    132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121\
    312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211\
    221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141\
    114113114311411113411311113141114131311141411131211412211214211232233111";

/// The widths of a value.
fn code128_widths(value: u8) -> impl Iterator<Item = u8> {
    let start = usize::from(value).saturating_mul(6);
    CODE128.bytes().skip(start).take(6).map(|byte| byte.wrapping_sub(b'0'))
}

fn code128(text: &str) -> Result<Bars, &'static str> {
    // Values that change the set, that begin in it, and the end.
    const TO_B: u8 = 100;
    const TO_C: u8 = 99;
    const START_B: u8 = 104;
    const START_C: u8 = 105;
    const STOP: u8 = 106;
    if text.is_empty() || text.len() > 80 || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err("Code 128 takes 1 to 80 letters, digits and signs of ASCII");
    }
    let bytes = text.as_bytes();
    let mut values: Vec<u8> = Vec::new();
    let (mut at, mut in_c) = (0_usize, None);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        // Two digits take one value in set C. It pays from four on at an end, and from six between.
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_end = at == 0 || digits == rest.len();
        let wants_c = match in_c {
            Some(true) => digits >= 2,
            _ => digits >= if is_end { 4 } else { 6 } && (digits.is_multiple_of(2) || at == 0),
        };
        if in_c != Some(wants_c) {
            values.push(match (in_c, wants_c) {
                (None, true) => START_C,
                (None, false) => START_B,
                (Some(_), true) => TO_C,
                (Some(_), false) => TO_B,
            });
            in_c = Some(wants_c);
        }
        match (wants_c, rest) {
            (true, [tens, ones, ..]) => {
                values.push(tens.wrapping_sub(b'0').wrapping_mul(10).wrapping_add(ones.wrapping_sub(b'0')));
                at = at.saturating_add(2);
            }
            (_, [byte, ..]) => {
                values.push(byte.wrapping_sub(b' '));
                at = at.saturating_add(1);
            }
            (_, []) => break,
        }
    }
    let weighted = values.iter().zip(std::iter::once(1_u32).chain(1..));
    let sum: u32 = weighted.map(|(value, weight)| u32::from(*value).saturating_mul(weight)).sum();
    values.push(u8::try_from(sum % 103).unwrap_or(0));
    values.push(STOP);
    let widths = values.into_iter().flat_map(code128_widths).chain([2]).collect();
    Ok(Bars { widths, text: text.to_owned(), quiet_zone: 10 })
}

fn code39(text: &str) -> Result<Bars, &'static str> {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*";
    /// Nine bars and spaces of each character, the first one in the highest bit; a wide one is 1.
    const WIDE: [u16; 44] = [
        0x034, 0x121, 0x061, 0x160, 0x031, 0x130, 0x070, 0x025, 0x124, 0x064, 0x109, 0x049, 0x148, 0x019, 0x118, 0x058,
        0x00d, 0x10c, 0x04c, 0x01c, 0x103, 0x043, 0x142, 0x013, 0x112, 0x052, 0x007, 0x106, 0x046, 0x016, 0x181, 0x0c1,
        0x1c0, 0x091, 0x190, 0x0d0, 0x085, 0x184, 0x0c4, 0x0a8, 0x0a2, 0x08a, 0x02a, 0x094,
    ];
    let text = text.to_ascii_uppercase();
    let wrong = "Code 39 takes 1 to 40 capitals, digits, spaces and - . $ / + %";
    if text.is_empty() || text.len() > 40 || text.contains('*') {
        return Err(wrong);
    }
    let mut widths = Vec::new();
    for letter in std::iter::once('*').chain(text.chars()).chain(['*']) {
        let wide = ALPHABET.find(letter).and_then(|at| WIDE.get(at)).copied().ok_or(wrong)?;
        if !widths.is_empty() {
            widths.push(1);
        }
        widths.extend((0..9).rev().map(|bit| if wide >> bit & 1 == 1 { 3 } else { 1 }));
    }
    Ok(Bars { widths, text, quiet_zone: 10 })
}

fn itf(text: &str) -> Result<Bars, &'static str> {
    /// Five bars or spaces of each digit, the first one in the highest bit; a wide one is 1.
    const WIDE: [u8; 10] = [0b00110, 0b10001, 0b01001, 0b11000, 0b00101, 0b10100, 0b01100, 0b00011, 0b10010, 0b01010];
    let mut digits =
        digits(text).filter(|digits| (1..=40).contains(&digits.len())).ok_or("ITF takes 1 to 40 digits")?;
    if !digits.len().is_multiple_of(2) {
        digits.push(check_digit(&digits));
    }
    let mut widths = vec![1, 1, 1, 1];
    let wide = |digit: &u8, bit: u8| WIDE.get(usize::from(*digit)).is_some_and(|wide| wide >> bit & 1 == 1);
    for pair in digits.chunks_exact(2) {
        // The bars are of the first digit, the spaces between them of the second one.
        let elements = (0..5).rev().flat_map(|bit| pair.iter().map(move |digit| (digit, bit)));
        widths.extend(elements.map(|(digit, bit)| if wide(digit, bit) { 3 } else { 1 }));
    }
    widths.extend([3, 1, 1]);
    Ok(Bars { widths, text: written(&digits), quiet_zone: 10 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_their_number_of_modules() {
        for (symbology, text, written, modules) in [
            (Symbology::Ean13, "4006381333931", "4006381333931", 95),
            (Symbology::Ean13, "978-0-306-40615-7", "9780306406157", 95),
            (Symbology::Ean8, "9638507", "96385074", 67),
            (Symbology::UpcA, "03600029145", "036000291452", 95),
            (Symbology::Code128, "PJJ123C", "PJJ123C", 112),
            (Symbology::Code128, "123456", "123456", 68),
            (Symbology::Code39, "abc-12", "ABC-12", 127),
            (Symbology::Itf, "1540014128876", "15400141288763", 135),
        ] {
            let bars = encode(text, symbology).unwrap();
            assert_eq!(bars.text, written);
            assert_eq!(bars.widths.iter().map(|width| usize::from(*width)).sum::<usize>(), modules, "{text}");
            assert!(bars.widths.len() % 2 == 1, "{text} ends with a bar");
        }
    }

    #[test]
    fn what_cannot_be_encoded_is_an_error() {
        for (symbology, text) in [
            (Symbology::Ean13, "4006381333932"),
            (Symbology::Ean13, "40063813339"),
            (Symbology::Ean13, "40063813339311"),
            (Symbology::Ean13, "40063813339a"),
            (Symbology::Ean8, ""),
            (Symbology::UpcA, "036000291453"),
            (Symbology::Code128, ""),
            (Symbology::Code128, "Zoë"),
            (Symbology::Code128, "a\nb"),
            (Symbology::Code39, "a*b"),
            (Symbology::Code39, "a_b"),
            (Symbology::Itf, "12a4"),
            (Symbology::Itf, ""),
        ] {
            assert!(encode(text, symbology).is_err(), "{text}");
        }
        assert!(encode(&"1".repeat(1_000), Symbology::Code128).is_err());
    }
}
