//! Helpers of the tests in this folder.

use super::Bound;

/// Hexadecimal digits → bytes.
pub fn bytes(hex: &str) -> Vec<u8> {
    let byte = |digits: &[u8]| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap();
    hex.as_bytes().chunks(2).map(byte).collect()
}

/// Params with fixed values, and names that the query may fill.
pub fn bound(fixed: &[(&str, &str)], open: &[&str]) -> Bound {
    Bound {
        fixed: fixed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        open: open.iter().map(|name| (*name).to_owned()).collect(),
    }
}
