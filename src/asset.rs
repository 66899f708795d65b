//! Assets: files that templates name and the caller supplies.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// The bytes of assets. An asset that is not available has no entry.
pub type Assets = BTreeMap<AssetId, Rc<[u8]>>;

/// The name of an asset: `logo.png` in `asset:logo.png`. The text comes from the template or from a
/// param, so there may be no asset of this name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId(String);

impl AssetId {
    /// Whether it names an image on another host, which has its URL or `logo:acme.com` as its name. No asset has such a
    /// name, because [`Self::is_path`] does not hold.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.0.starts_with("https://") || self.0.starts_with("logo:")
    }

    /// The name, without `asset:`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name is also a path below a folder: its segments consist of ASCII letters,
    /// digits, `-`, `_` and `.`, and none is empty or begins with a dot. Such a name needs no
    /// encoding, and no segment leads to a parent folder.
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
    /// The name; not that of an image on another host, because warnings hold no URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_remote() { "(on another host)" } else { &self.0 })
    }
}
