//! Sealed params: all values of a URL, encrypted and authenticated, so that the URL shows nothing
//! personal.
//!
//! ```text
//! token    = base64url(header nonce ciphertext tag)
//! header   = version kid expires
//! AES-256-GCM (NIST SP 800-38D) with a nonce of 12 bytes and a tag of 16, over
//!   plaintext        (name value)*, sorted
//!   associated data  "monogram/v1/sealed" 0 header template 0 revision
//! nonce    = the first 12 bytes of HMAC-SHA256(nonce key, length of the associated data, associated data, plaintext)
//! ```
//!
//! The template and the revision are in the path, so they are authenticated without being in the
//! token.
//!
//! The nonce is derived from the input, as in a synthetic IV (RFC 5297 section 1.3), instead of
//! being random. So one input gives one URL and one cache entry, and a batch that is sealed again
//! gives the same URLs. A nonce is repeated only together with its input, so an observer learns
//! only that two URLs are equal. The bound of SP 800-38D section 8.3 is that of random nonces: 2^32
//! tokens for each key, and so for each kid.

use std::collections::BTreeMap;

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use hmac::Mac;

use crate::limits::Limits;
use crate::request::TemplateId;

use super::keyring::{Key, Purpose, mac};
use super::wire::{self, Reader, Writer};
use super::{Bound, Keyring, Refused, Unsignable};

const NONCE_BYTES: usize = 12;
/// Bytes of the tag after the ciphertext.
const TAG_BYTES: usize = 16;
/// The start of the associated data. No other message of ours starts like this.
const DOMAIN: &[u8] = b"monogram/v1/sealed\0";

/// Seals rows for one template. Its keys are derived once for all rows.
pub struct Sealer {
    cipher: Aes256Gcm,
    nonce_key: Key,
    header: Vec<u8>,
    associated: Vec<u8>,
}

impl Sealer {
    /// Makes a sealer for `template` and `revision` (`None`: the live one), with the API key `kid`.
    /// Its tokens are valid before the Unix time `expires` in seconds.
    ///
    /// ```
    /// use monogram::limits::Limits;
    /// use monogram::policy::{self, Keyring, Sealer};
    /// use monogram::request::TemplateId;
    ///
    /// let limits = Limits::default();
    /// let keyring = Keyring::new(&["an example, and no secret: 32 or more"], [].into()).unwrap();
    /// let welcome = TemplateId::parse("acme/welcome").unwrap();
    /// let sealer = Sealer::new(&keyring, 12, 1_900_000_000, &welcome, None).unwrap();
    /// let row = [("name".to_owned(), "Maria".to_owned())].into();
    ///
    /// let token = sealer.seal(&row, &limits).unwrap();
    /// assert_eq!(token.len(), 60);
    ///
    /// let opened = policy::open(&token, &keyring, &welcome, None, 1_800_000_000, &limits).unwrap();
    /// assert_eq!(opened.bound.fixed, row);
    /// ```
    ///
    /// # Errors
    /// Revision 0, a revoked key, or a deployment without a secret.
    pub fn new(
        keyring: &Keyring,
        kid: u32,
        expires: u32,
        template: &TemplateId,
        revision: Option<u32>,
    ) -> Result<Self, Unsignable> {
        if revision == Some(0) {
            return Err(Unsignable::Revision);
        }
        if keyring.is_revoked(kid) {
            return Err(Unsignable::Revoked);
        }
        let keys = keyring.current(Purpose::Seal, kid).zip(keyring.current(Purpose::Nonce, kid));
        let (key, nonce_key) = keys.ok_or(Unsignable::NoSecret)?;
        let mut header = Writer::default();
        header.version(0);
        header.number(kid);
        header.time(expires);
        let associated = associated(&header.0, template, revision);
        Ok(Self { cipher: Aes256Gcm::new(&key.into()), nonce_key, header: header.0, associated })
    }

    /// Seals the values of one row. The result is the part of the URL after `/x/`.
    ///
    /// # Errors
    /// An invalid name, a value that is a merge tag, or too much data for a URL.
    pub fn seal(&self, row: &BTreeMap<String, String>, limits: &Limits) -> Result<String, Unsignable> {
        Bound { fixed: row.clone(), ..Bound::default() }.check()?;
        let mut text = Writer::default();
        text.pairs(row);
        let mut text = text.0;
        let length = u64::try_from(self.associated.len()).unwrap_or(u64::MAX).to_be_bytes();
        let synthetic = mac(&self.nonce_key, &[&length, &self.associated, &text]).finalize().into_bytes();
        let nonce: [u8; NONCE_BYTES] = std::array::from_fn(|at| synthetic.get(at).copied().unwrap_or_default());
        // Encryption fails only for more than 64 GiB.
        self.cipher.encrypt_in_place(&nonce.into(), &self.associated, &mut text).map_err(|_| Unsignable::TooLong)?;
        wire::to_text(&[self.header.as_slice(), &nonce, &text].concat(), limits).ok_or(Unsignable::TooLong)
    }
}

/// The content of a sealed URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The number of the API key that sealed it.
    pub kid: u32,
    /// Unix time in seconds; the URL is valid before that second.
    pub expires: u32,
    /// The values: all are fixed, and no name is open.
    pub bound: Bound,
}

/// Opens the sealed params of a URL for `template` and `revision` (`None`: the live one) at `now`
/// (Unix time in seconds).
///
/// # Errors
/// The first of these that applies: malformed, no secret, not authentic (also for another template
/// or revision), revoked, expired.
pub fn open(
    token: &str,
    keyring: &Keyring,
    template: &TemplateId,
    revision: Option<u32>,
    now: u64,
    limits: &Limits,
) -> Result<Opened, Refused> {
    // 1. Read the header: the kid and the expiry.
    let bytes = wire::from_text(token, limits).ok_or(Refused::Malformed)?;
    let mut reader = Reader(&bytes);
    let flags = reader.version();
    let (Some(0), Some(kid), Some(expires)) = (flags, reader.number(), reader.time()) else {
        return Err(Refused::Malformed);
    };
    let (header, _) = bytes.split_at_checked(bytes.len().saturating_sub(reader.0.len())).ok_or(Refused::Malformed)?;
    let associated = associated(header, template, revision);

    // 2. Check that the token is authentic.
    let nonce: [u8; NONCE_BYTES] = reader.array().ok_or(Refused::Malformed)?;
    if keyring.is_empty() {
        return Err(Refused::UnknownKey);
    }
    let text = keyring.all(Purpose::Seal, kid).find_map(|key| {
        let mut text = reader.0.to_vec();
        let opened = Aes256Gcm::new(&key.into()).decrypt_in_place(&nonce.into(), &associated, &mut text);
        opened.is_ok().then_some(text)
    });
    let text = text.ok_or(Refused::BadSignature)?;

    // 3. Check that it is valid now.
    keyring.check_validity(kid, expires, now)?;
    let fixed = Reader(&text).pairs(None).ok_or(Refused::Malformed)?;
    Ok(Opened { kid, expires, bound: Bound { fixed, ..Bound::default() } })
}

/// The time at which a sealed URL expires (Unix time in seconds), without a check of its
/// authenticity. `None` if the token is damaged. For tools that explain a URL.
#[must_use]
pub fn peek_expiry(token: &str, limits: &Limits) -> Option<u32> {
    let bytes = wire::from_text(token, limits)?;
    let mut reader = Reader(&bytes);
    let (Some(0), Some(_), Some(expires)) = (reader.version(), reader.number(), reader.time()) else {
        return None;
    };
    (reader.0.len() >= NONCE_BYTES.saturating_add(TAG_BYTES)).then_some(expires)
}

/// The associated data. No id contains a zero byte. Revision 0 does not exist, so 0 stands for the
/// live one.
fn associated(header: &[u8], template: &TemplateId, revision: Option<u32>) -> Vec<u8> {
    let mut data = Writer([DOMAIN, header, template.as_str().as_bytes(), b"\0"].concat());
    data.number(revision.unwrap_or(0));
    data.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::bytes;

    /// Test cases 13, 14 and 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega), which
    /// NIST's SP 800-38D refers to.
    #[test]
    fn gcm_is_that_of_its_specification() {
        let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
        let (zeros, block) = ("0".repeat(64), "00000000000000000000000000000000");
        for (key, nonce, associated, plain, sealed) in [
            (zeros.as_str(), "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
            (
                zeros.as_str(),
                "000000000000000000000000",
                "",
                block,
                "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
            ),
            (
                key,
                "cafebabefacedbaddecaf888",
                "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525\
                 b16aedf5aa0de657ba637b39",
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838\
                 c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
            ),
        ] {
            let key: Key = bytes(key).try_into().unwrap();
            let nonce: [u8; NONCE_BYTES] = bytes(nonce).try_into().unwrap();
            let mut text = bytes(plain);
            Aes256Gcm::new(&key.into()).encrypt_in_place(&nonce.into(), &bytes(associated), &mut text).unwrap();
            assert_eq!(text, bytes(sealed));
        }
    }

    fn keyring() -> Keyring {
        Keyring::new(&["an example, and no secret: 32 or more"], [99].into()).unwrap()
    }

    fn row(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    const EXPIRES: u32 = 1_900_000_000;

    fn seal(revision: Option<u32>, pairs: &[(&str, &str)]) -> Result<String, Unsignable> {
        let template = TemplateId::parse("acme/welcome").unwrap();
        Sealer::new(&keyring(), 12, EXPIRES, &template, revision)?.seal(&row(pairs), &Limits::default())
    }

    /// The expected tokens come from another implementation: Python's `cryptography`.
    #[test]
    fn a_row_has_one_token() {
        let pairs = [("name", "Maria"), ("company", "Bäcker")];
        for (revision, pairs, token) in [
            (None, &pairs[..1], "EAxxP7MA5-493Ex1YAYLUrRYqi0SKPPguDw6vS0WtKf67Kp6aZV4oVLdUugX"),
            (Some(300), &pairs, "EAxxP7MAZZPU75r41hPOEsHhKxItYOm4oB7mUk1HjuxevDv5fomHF19ImGQMR4nGRdTulKFbLU5rBiNBIg"),
        ] {
            assert_eq!(seal(revision, pairs).as_deref(), Ok(token));
            assert_eq!(peek_expiry(token, &Limits::default()), Some(EXPIRES));
            assert_eq!(peek_expiry(token.get(..40).unwrap(), &Limits::default()), None);
        }
        // Another revision or another row gives another nonce.
        let nonce = |token: Result<String, Unsignable>| token.unwrap().get(8..24).unwrap().to_owned();
        let nonces = [
            nonce(seal(None, &pairs)),
            nonce(seal(Some(1), &pairs)),
            nonce(seal(None, &pairs[1..])),
            nonce(seal(None, &[])),
        ];
        assert!(nonces.iter().enumerate().all(|(at, nonce)| !nonces[..at].contains(nonce)));
    }

    #[test]
    fn opens_what_was_sealed_for_this_url_only() {
        let limits = Limits::default();
        let pairs = [("name", "Maria"), ("company", "Bäcker & Söhne"), ("title", ""), ("_lang", "de")];
        let token = seal(Some(7), &pairs).unwrap();
        let empty = Keyring::new(&[], [].into()).unwrap();
        let revoked = Keyring::new(&["an example, and no secret: 32 or more"], [12].into()).unwrap();
        for (token, keyring, template, revision, now, expected) in [
            (token.as_str(), &keyring(), "acme/welcome", Some(7), 0, None),
            (&token, &keyring(), "acme/welcome", Some(7), EXPIRES - 1, None),
            (&token, &keyring(), "acme/welcome", Some(7), EXPIRES, Some(Refused::Expired)),
            (&token, &keyring(), "acme/welcome", Some(8), 0, Some(Refused::BadSignature)),
            (&token, &keyring(), "acme/welcome", None, 0, Some(Refused::BadSignature)),
            (&token, &keyring(), "acme/welcom", Some(7), 0, Some(Refused::BadSignature)),
            (&token, &revoked, "acme/welcome", Some(7), EXPIRES, Some(Refused::Revoked)),
            (&token, &empty, "acme/welcome", Some(7), 0, Some(Refused::UnknownKey)),
            (token.get(..24).unwrap(), &keyring(), "acme/welcome", Some(7), 0, Some(Refused::BadSignature)),
            (token.get(..22).unwrap(), &keyring(), "acme/welcome", Some(7), 0, Some(Refused::Malformed)),
            (token.get(..8).unwrap(), &keyring(), "acme/welcome", Some(7), 0, Some(Refused::Malformed)),
            ("", &keyring(), "acme/welcome", Some(7), 0, Some(Refused::Malformed)),
            ("EQxxP7MA", &keyring(), "acme/welcome", Some(7), 0, Some(Refused::Malformed)),
        ] {
            let template = TemplateId::parse(template).unwrap();
            let opened = open(token, keyring, &template, revision, u64::from(now), &limits);
            let expected = expected.map_or_else(
                || Ok(Opened { kid: 12, expires: EXPIRES, bound: Bound { fixed: row(&pairs), ..Bound::default() } }),
                Err,
            );
            assert_eq!(opened, expected, "{token} {template} {revision:?} {now}");
        }
    }

    #[test]
    fn seals_only_what_can_be_opened() {
        assert_eq!(seal(Some(0), &[]), Err(Unsignable::Revision));
        assert_eq!(seal(None, &[("name.b64", "x")]), Err(Unsignable::Name("name.b64".to_owned())));
        assert_eq!(seal(None, &[("name", "*|FNAME|*")]), Err(Unsignable::MergeTag("name".to_owned())));
        assert_eq!(seal(None, &[("name", &"x".repeat(8 * 1024))]), Err(Unsignable::TooLong));
        let template = TemplateId::parse("acme/welcome").unwrap();
        assert_eq!(Sealer::new(&keyring(), 99, EXPIRES, &template, None).err(), Some(Unsignable::Revoked));
    }
}
