//! The size of the numbers in path data, looked at before usvg reads them: it cuts an arc into as many
//! curves as its radius needs, which for a radius of 1e30 are a hundred thousand.

use resvg::usvg::roxmltree::{Document, Node};

use crate::Refusal;

/// Digits before the point.
const DIGITS: u32 = 7;

/// The largest exponent.
const EXPONENT: u32 = 3;

/// Checks the path data of a document.
///
/// # Errors
/// [`Refusal::Work`].
pub fn check(document: &Document) -> Result<(), Refusal> {
    let mut paths = document.descendants().filter(Node::is_element).filter_map(|node| node.attribute("d"));
    if paths.all(are_small) { Ok(()) } else { Err(Refusal::Work) }
}

fn are_small(path: &str) -> bool {
    let (mut digits, mut is_fraction) = (0_u32, false);
    let mut rest = path.bytes().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'0'..=b'9' if !is_fraction => digits = digits.saturating_add(1),
            b'0'..=b'9' => {}
            b'.' => (digits, is_fraction) = (0, true),
            b'e' | b'E' => {
                rest.next_if_eq(&b'+');
                let mut exponent = 0_u32;
                while let Some(digit) = rest.next_if(u8::is_ascii_digit) {
                    exponent = exponent.saturating_mul(10).saturating_add(u32::from(digit.wrapping_sub(b'0')));
                }
                if exponent > EXPONENT {
                    return false;
                }
                (digits, is_fraction) = (0, false);
            }
            _ => (digits, is_fraction) = (0, false),
        }
        if digits > DIGITS {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_honest_files_are_small() {
        for path in ["", "M0 0h1e2v-1234567.123456789e-12z", "M.5.5.5.5a25 25 0 1150 0", "M1e+3,1E3"] {
            assert!(are_small(path), "{path}");
        }
        for path in ["M12345678 0", "a1e4 1", "M0 0h1E+30", "M0 0h1e99999999999"] {
            assert!(!are_small(path), "{path}");
        }
    }
}
