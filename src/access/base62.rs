//! Numbers in base 62: digits, capitals, small letters, in the order of ASCII.
//!
//! Base 62 is used instead of base64url, because a double click selects the whole key, and no mail
//! client breaks a line in it.
//!
//! Invariant: every number has one spelling of a given width.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Writes a big-endian number with exactly `width` digits. A number that needs more digits loses
/// its highest ones: 43 digits hold 32 bytes, six hold four.
pub(super) fn encode(number: &[u8], width: usize) -> String {
    let mut number = number.to_vec();
    let mut digits: Vec<u8> = (0..width).map(|_| DIGITS.get(divide(&mut number)).copied().unwrap_or(b'0')).collect();
    digits.reverse();
    digits.into_iter().map(char::from).collect()
}

/// Divides a big-endian number by 62 and returns the remainder.
fn divide(number: &mut [u8]) -> usize {
    let mut remainder: u16 = 0;
    for byte in number {
        let value = remainder << 8 | u16::from(*byte);
        *byte = u8::try_from(value / 62).unwrap_or(u8::MAX);
        remainder = value % 62;
    }
    usize::from(remainder)
}

/// Reads a number into `N` big-endian bytes. `None` if a character is not a digit or the number
/// needs more bytes.
pub(super) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut number = [0; N];
    for digit in text.bytes() {
        let digit = DIGITS.iter().position(|known| *known == digit)?;
        let mut carry = u16::try_from(digit).ok()?;
        for byte in number.iter_mut().rev() {
            let value = u16::from(*byte).wrapping_mul(62).wrapping_add(carry);
            *byte = u8::try_from(value & 0xff).ok()?;
            carry = value >> 8;
        }
        if carry > 0 {
            return None;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_numbers() {
        for (number, text) in
            [(0_u32, "000000"), (61, "00000z"), (62, "000010"), (0xFFFF_FFFF, "4gfFC3"), (123_456_789, "08M0kX")]
        {
            assert_eq!(encode(&number.to_be_bytes(), 6), text);
            assert_eq!(decode(text), Some(number.to_be_bytes()));
        }
        for bytes in [[0_u8; 32], [255; 32], std::array::from_fn(|at| at as u8)] {
            assert_eq!(decode(&encode(&bytes, 43)), Some(bytes));
        }
        assert_eq!(decode::<4>("4gfFC4"), None, "one more than fits");
        assert_eq!(decode::<32>(&"z".repeat(43)), None, "more than 32 bytes");
        assert_eq!(decode::<4>("00-000"), None);
        assert_eq!(decode::<4>("00000é"), None);
    }
}
