//! The text of an API key: `mg_live_` or `mg_test_`, 43 characters of secret, 6 of checksum.
//!
//! The prefix and the checksum let a scanner recognise a leaked key without asking us, and with
//! almost no false alarms. GitHub's tokens have the same form
//! (<https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>:
//! a CRC-32 in six digits of base 62). The expression for a scanner is
//! `mg_(live|test)_[0-9A-Za-z]{49}`.
//!
//! Invariant: one key has one spelling, and no `Debug` output or error contains a part of it.

use std::fmt;

use ctutils::CtEq;
use sha2::{Digest, Sha256};

use super::base62;

/// Number of base-62 digits that 32 bytes need: 62^43 > 2^256.
const SECRET_DIGITS: usize = 43;
/// Number of base-62 digits that a CRC-32 needs.
const CHECKSUM_DIGITS: usize = 6;

/// Whether a key is for production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `mg_live_…`
    Live,
    /// `mg_test_…`: for development and tests.
    Test,
}

impl Kind {
    /// The prefix of a key of this kind.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Live => "mg_live_",
            Self::Test => "mg_test_",
        }
    }
}

/// An API key. It is a secret: only [`ApiKey::reveal`] gives its text.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    kind: Kind,
    text: String,
}

impl ApiKey {
    /// A new key of 32 bytes from a cryptographic random number generator.
    #[must_use]
    pub fn new(kind: Kind, random: &[u8; 32]) -> Self {
        let text = format!("{}{}", kind.prefix(), base62::encode(random, SECRET_DIGITS));
        let checksum = checksum(&text);
        Self { kind, text: text + &checksum }
    }

    /// Reads a key as a client sends it. The checksum detects a wrong character without a store
    /// access.
    ///
    /// # Errors
    /// The part of the text that is invalid.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let kind = [Kind::Live, Kind::Test].into_iter().find(|kind| text.starts_with(kind.prefix()));
        let kind = kind.ok_or(BadKey::Prefix)?;
        let body = text.strip_prefix(kind.prefix()).unwrap_or_default();
        if body.len() != SECRET_DIGITS + CHECKSUM_DIGITS {
            return Err(BadKey::Length);
        }
        let written = text.split_at_checked(text.len().saturating_sub(CHECKSUM_DIGITS));
        let (before, written) = written.ok_or(BadKey::Checksum)?;
        if checksum(before) != written {
            return Err(BadKey::Checksum);
        }
        let digits = before.strip_prefix(kind.prefix()).unwrap_or_default();
        base62::decode::<32>(digits).ok_or(BadKey::Checksum)?;
        Ok(Self { kind, text: text.to_owned() })
    }

    /// Whether it is for production.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The text, to be shown once to the person who made the key.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The SHA-256 of the text, which a store holds and finds a key by. A slow hash is needed only
    /// for passwords; nobody can guess 32 random bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// Whether this is the key of a stored hash. The comparison takes the same time in both cases.
    #[must_use]
    pub fn matches(&self, stored: &[u8; 32]) -> bool {
        self.hash().as_slice().ct_eq(stored.as_slice()).to_bool()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({}…)", self.kind.prefix())
    }
}

/// Whether a client sent the secret of the deployment, in a time that does not depend on where the
/// two differ.
#[must_use]
pub fn is_secret(sent: &str, secret: &str) -> bool {
    let (sent, secret) = (Sha256::digest(sent.as_bytes()), Sha256::digest(secret.as_bytes()));
    sent.as_slice().ct_eq(secret.as_slice()).to_bool()
}

/// CRC-32 (IEEE 802.3) of everything before it, including the prefix, so that a live key does not
/// become a test key by another prefix.
fn checksum(before: &str) -> String {
    base62::encode(&crc32fast::hash(before.as_bytes()).to_be_bytes(), CHECKSUM_DIGITS)
}

/// The reason why a text is no API key. It never contains a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Another beginning.
    #[error("An API key begins with mg_live_ or mg_test_")]
    Prefix,
    /// Too short or too long.
    #[error("The API key is not complete: it has 57 characters")]
    Length,
    /// A mistyped character, or a made-up key.
    #[error("The API key is damaged: its checksum does not fit")]
    Checksum,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling() {
        let key = ApiKey::new(Kind::Live, &std::array::from_fn(|at| at as u8));
        let text = key.reveal();
        assert_eq!(text.len(), 57);
        assert_eq!(ApiKey::parse(text).as_ref(), Ok(&key));
        assert_eq!(key.kind(), Kind::Live);
        assert_eq!(format!("{key:?}"), "ApiKey(mg_live_…)");
        // Tests every other character at every place, one character less, and one character more.
        for at in 0..text.len() {
            let (before, after) = (text.get(..at).unwrap(), text.get(at + 1..).unwrap());
            for other in (0x20..0x7f).map(char::from) {
                let changed = format!("{before}{other}{after}");
                assert!(changed == text || ApiKey::parse(&changed).is_err(), "{changed}");
            }
            assert!(ApiKey::parse(&format!("{before}{after}")).is_err());
            assert!(ApiKey::parse(&format!("{before}0{}", text.get(at..).unwrap())).is_err());
        }
        for (text, why) in [
            ("", BadKey::Prefix),
            ("Bearer mg_live_", BadKey::Prefix),
            ("mg_live_", BadKey::Length),
            (&text.replace("live", "test"), BadKey::Checksum),
            (&format!("mg_live_{}", "é".repeat(24) + "0"), BadKey::Checksum),
        ] {
            assert_eq!(ApiKey::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn a_secret_over_32_bytes_is_refused_though_its_checksum_fits() {
        let before = format!("mg_live_{}", "z".repeat(43));
        let text = format!("{before}{}", checksum(&before));
        assert_eq!(ApiKey::parse(&text), Err(BadKey::Checksum));
    }

    #[test]
    fn a_secret_is_the_same_or_not() {
        for (sent, same) in [("a secret", true), ("a secret ", false), ("", false), ("b secret", false)] {
            assert_eq!(is_secret(sent, "a secret"), same, "{sent}");
        }
    }

    #[test]
    fn a_store_knows_it_by_its_hash() {
        let key = ApiKey::new(Kind::Test, &[1; 32]);
        let other = ApiKey::new(Kind::Test, &[2; 32]);
        assert!(key.matches(&key.hash()));
        assert!(!key.matches(&other.hash()));
        assert!(!ApiKey::new(Kind::Live, &[1; 32]).matches(&key.hash()));
    }
}
