//! Assets: files that templates name, and that the outside brings.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// The bytes of assets. An asset that could not be had has no entry.
pub type Assets = BTreeMap<AssetId, Rc<[u8]>>;

/// The name of an asset: `logo.png` of `asset:logo.png`. It is text of the template's or of a param's, so it may be the
/// name of nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId(String);

impl AssetId {
    /// The name, without `asset:`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name is also a path below a folder: segments of ASCII letters, digits, `-`, `_` and `.`, none of them empty
    /// or beginning with a dot. Nothing has to be encoded, and no segment leads up.
    ///
    /// ```
    /// use monogram::asset::AssetId;
    /// assert!(AssetId::from("acme/logo-3f9a.png").is_path());
    /// assert!(!AssetId::from("../secret").is_path());
    /// ```
    #[must_use]
    pub fn is_path(&self) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_segment = |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain);
        self.0.split('/').all(is_segment)
    }
}

impl From<&str> for AssetId {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl Borrow<str> for AssetId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
