//! QR codes (ISO/IEC 18004). The crate `qrcodegen` does the work, and is named here only.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};
use schemars::JsonSchema;
use serde::Deserialize;

/// The share of a code that may be hidden or dirty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// 7 %.
    Low,
    /// 15 %.
    Medium,
    /// 25 %.
    Quartile,
    /// 30 %.
    High,
}

/// The modules of a code, row by row from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    /// Number of modules of a side.
    pub side: usize,
    dark: Vec<bool>,
}

impl Modules {
    /// Whether a module is dark; one outside of the code is not.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && self.dark.get(y.saturating_mul(self.side).saturating_add(x)).copied().unwrap_or(false)
    }

    /// Whether a module belongs to one of the three squares by which a reader finds the code.
    #[must_use]
    pub const fn is_finder(&self, x: usize, y: usize) -> bool {
        let far = self.side.saturating_sub(7);
        (x < 7 && (y < 7 || y >= far)) || (x >= far && y < 7)
    }

    /// Makes a square of modules in the middle light.
    pub fn clear_middle(&mut self, side: usize) {
        let first = self.side.saturating_sub(side) / 2;
        for (index, dark) in self.dark.iter_mut().enumerate() {
            let inside = |at: usize| (first..first.saturating_add(side)).contains(&at);
            if inside(index.checked_rem(self.side).unwrap_or(0)) && inside(index.checked_div(self.side).unwrap_or(0)) {
                *dark = false;
            }
        }
    }
}

/// The smallest code of a text, of at most `versions` versions (1 has 21 modules a side, and each
/// further one 4 more).
///
/// ```
/// use monogram::code::qr::{Correction, encode};
/// let code = encode("https://acme.com", Correction::Medium, 20).unwrap();
/// assert_eq!(code.side, 25);
/// assert!(encode(&"a".repeat(2_000), Correction::Medium, 20).is_none());
/// ```
///
/// `None` if the text is too long.
#[must_use]
pub fn encode(text: &str, correction: Correction, versions: u8) -> Option<Modules> {
    let level = match correction {
        Correction::Low => QrCodeEcc::Low,
        Correction::Medium => QrCodeEcc::Medium,
        Correction::Quartile => QrCodeEcc::Quartile,
        Correction::High => QrCodeEcc::High,
    };
    let segments = QrSegment::make_segments(text);
    let largest = Version::new(versions.clamp(1, 40));
    let code = QrCode::encode_segments_advanced(&segments, level, Version::new(1), largest, None, true).ok()?;
    let side = usize::try_from(code.size()).ok()?;
    let at = |index: usize| {
        let (x, y) = (index.checked_rem(side)?, index.checked_div(side)?);
        Some(code.get_module(i32::try_from(x).ok()?, i32::try_from(y).ok()?))
    };
    Some(Modules { side, dark: (0..side.saturating_mul(side)).map(|index| at(index).unwrap_or(false)).collect() })
}
