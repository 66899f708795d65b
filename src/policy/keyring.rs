//! The secrets of a deployment, and the keys that are derived from them.
//!
//! Derivation is HKDF-SHA256 (RFC 5869): one extract for each secret, one expand for each key. The
//! `info` of an expand contains the purpose of the key and the number of the API key (kid). So no
//! two purposes share a key, and the URLs of one kid can be revoked alone.
//!
//! Rotation: a new secret is put in front, and the former secret stays behind it for as long as its
//! URLs shall work. The first secret signs; all secrets verify.

use std::collections::BTreeSet;
use std::fmt;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::refused::Refused;

/// Bytes of a key for HMAC-SHA256 and for AES-256.
pub(super) type Key = [u8; 32];

/// Minimum length of a secret. 128 random bits are 32 characters in hex; a shorter secret has less
/// randomness.
const MIN_SECRET_BYTES: usize = 32;

/// The purpose of a derived key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The HMAC of policies.
    Sign,
    /// The encryption of sealed params.
    Seal,
    /// The nonces of that encryption.
    Nonce,
}

impl Purpose {
    /// The label of the purpose. It ends in a zero byte, so that no label is the beginning of
    /// another.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Sign => b"monogram/v1/sign\0",
            Self::Seal => b"monogram/v1/seal\0",
            Self::Nonce => b"monogram/v1/nonce\0",
        }
    }
}

/// The live secrets of a deployment, and the revoked key numbers.
#[derive(Clone)]
pub struct Keyring {
    /// HKDF's pseudorandom key of each secret; the first key signs.
    roots: Vec<Key>,
    revoked: BTreeSet<u32>,
}

impl Keyring {
    /// Takes the live secrets, the current secret first, and the numbers of revoked API keys.
    /// Without a secret, every URL is refused.
    ///
    /// # Errors
    /// A secret that is too short.
    pub fn new(secrets: &[&str], revoked: BTreeSet<u32>) -> Result<Self, WeakSecret> {
        if secrets.iter().any(|secret| secret.len() < MIN_SECRET_BYTES) {
            return Err(WeakSecret);
        }
        Ok(Self { roots: secrets.iter().map(|secret| extract(b"monogram", secret.as_bytes())).collect(), revoked })
    }

    /// Whether URLs of this key number are refused.
    #[must_use]
    pub fn is_revoked(&self, kid: u32) -> bool {
        self.revoked.contains(&kid)
    }

    /// Checks an authentic token at `now` (Unix time in seconds).
    ///
    /// # Errors
    /// The first of these that applies: revoked, expired. A token is no longer valid in the second
    /// that it names.
    pub(super) fn check_validity(&self, kid: u32, expires: u32, now: u64) -> Result<(), Refused> {
        if self.is_revoked(kid) {
            return Err(Refused::Revoked);
        }
        if now >= u64::from(expires) {
            return Err(Refused::Expired);
        }
        Ok(())
    }

    /// The key for signing or sealing. `None` if there is no secret.
    pub(super) fn current(&self, purpose: Purpose, kid: u32) -> Option<Key> {
        self.all(purpose, kid).next()
    }

    /// The keys that a token may have been made with, one for each secret.
    pub(super) fn all(&self, purpose: Purpose, kid: u32) -> impl Iterator<Item = Key> {
        self.roots.iter().map(move |root| expand(root, &[purpose.label(), &kid.to_be_bytes()]))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} secrets, {} revoked)", self.roots.len(), self.revoked.len())
    }
}

/// The error for a secret that could be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A signing secret has at least 32 characters: make one with `openssl rand -base64 32`")]
pub struct WeakSecret;

/// HMAC-SHA256 (RFC 2104) over a message in parts.
///
/// A key is padded with zeros to a block of 64 bytes, as section 2 of the RFC requires.
pub(super) fn mac(key: &Key, message: &[&[u8]]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    message.iter().for_each(|part| mac.update(part));
    mac
}

/// RFC 5869 section 2.2, with a salt of at most 32 bytes.
fn extract(salt: &[u8], secret: &[u8]) -> Key {
    let mut key = Key::default();
    key.iter_mut().zip(salt).for_each(|(to, from)| *to = *from);
    mac(&key, &[secret]).finalize().into_bytes().into()
}

/// RFC 5869 section 2.3, for L = 32: one round, T(1).
fn expand(root: &Key, info: &[&[u8]]) -> Key {
    let mut mac = mac(root, info);
    mac.update(&[1]);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::bytes;

    /// RFC 4231, test cases 1, 2 and 3: those with keys of at most 32 bytes.
    #[test]
    fn hmac_is_that_of_rfc_4231() {
        for (key, message, expected) in [
            (vec![0x0b; 20], b"Hi There".to_vec(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (vec![0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        ] {
            let mut padded = Key::default();
            padded[..key.len()].copy_from_slice(&key);
            let (first, rest) = message.split_at(message.len() / 2);
            let code = mac(&padded, &[first, rest]).finalize().into_bytes();
            assert_eq!(code.as_slice(), bytes(expected));
        }
    }

    /// RFC 5869, appendix A.1 and A.3. The RFC asks for 42 bytes: the first 32 of them are T(1).
    #[test]
    fn keys_are_derived_as_in_rfc_5869() {
        for (salt, info, root, key) in [
            (
                "000102030405060708090a0b0c",
                "f0f1f2f3f4f5f6f7f8f9",
                "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
            ),
            (
                "",
                "",
                "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
            ),
        ] {
            let got = extract(&bytes(salt), &[0x0b; 22]);
            assert_eq!(got.as_slice(), bytes(root));
            assert_eq!(expand(&got, &[&bytes(info)]).as_slice(), bytes(key));
        }
    }

    #[test]
    fn no_two_uses_share_a_key() {
        let keyring =
            Keyring::new(&["current: 32 characters or more....", "former: 32 characters or more....."], [].into());
        let keyring = keyring.unwrap();
        let mut keys = BTreeSet::new();
        for purpose in [Purpose::Sign, Purpose::Seal, Purpose::Nonce] {
            for kid in [0, 1, 256, u32::MAX] {
                keys.extend(keyring.all(purpose, kid));
            }
        }
        assert_eq!(keys.len(), 3 * 4 * 2);
        assert_eq!(format!("{keyring:?}"), "Keyring(2 secrets, 0 revoked)");
        assert_eq!(Keyring::new(&["too short"], [].into()).err(), Some(WeakSecret));
    }
}
