//! A policy, its token, and the check of a token.
//!
//! ```text
//! token    = base64url(policy tag)
//! policy   = version-and-flags kid expires target [revision] [nonce] count-of-fixed (name value)* open-name*
//! tag      = the first 16 bytes of HMAC-SHA256(key, "monogram/v1/policy" 0 policy)
//! ```
//!
//! The tag is cut to 128 bits, half of the hash: RFC 2104 section 5 advises no less than half, and
//! no less than 80 bits. Offline guessing is impossible, because each guess is a request; and each
//! URL is 21 characters shorter.
//!
//! A policy without a revision is for the live revision. It does not fit a URL that names a
//! revision, because an older revision may contain something that its author has withdrawn.

use hmac::Mac;

use crate::access::Prefix;
use crate::limits::Limits;
use crate::request::TemplateId;

use super::keyring::{Purpose, mac};
use super::wire::{self, Reader, Writer};
use super::{Bound, Keyring, Refused, Unsignable};

/// Bytes of the tag.
const TAG_BYTES: usize = 16;
/// The prefix of the message that the tag covers. No other message of ours starts like this.
const DOMAIN: &[u8] = b"monogram/v1/policy\0";

/// Flags of the first byte.
const IS_PREFIX: u8 = 1;
const HAS_REVISION: u8 = 2;
const HAS_NONCE: u8 = 4;

/// The templates that a policy is valid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One template.
    Template(TemplateId),
    /// All templates whose id starts with this prefix.
    Prefix(Prefix),
}

impl Target {
    /// Whether a template is one of these.
    #[must_use]
    pub fn covers(&self, template: &TemplateId) -> bool {
        match self {
            Self::Template(own) => own == template,
            Self::Prefix(prefix) => prefix.covers(template.as_str()),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Template(template) => template.as_str(),
            Self::Prefix(prefix) => prefix.as_str(),
        }
    }
}

/// The pictures that a signed URL may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The number of the API key that signed it.
    pub kid: u32,
    /// The templates that it is valid for.
    pub target: Target,
    /// The revision that it is valid for. `None` if it is the live one.
    pub revision: Option<u32>,
    /// Unix time in seconds, until the year 2106. The policy is valid before that second, and not
    /// during it ("on or after which", in the words of RFC 7519 section 4.1.4).
    pub expires: u32,
    /// The params that are fixed and those that the query may fill.
    pub bound: Bound,
    /// Any bytes that distinguish this policy from another with the same content: a campaign's
    /// number, or random bytes.
    pub nonce: Option<[u8; 8]>,
}

/// Signs a policy. The result is the part of the URL after `/s/`.
///
/// # Errors
/// The reason why the policy cannot be signed, such as a deployment without a secret.
pub fn sign(policy: &Policy, keyring: &Keyring, limits: &Limits) -> Result<String, Unsignable> {
    policy.bound.check()?;
    if policy.revision == Some(0) {
        return Err(Unsignable::Revision);
    }
    if keyring.is_revoked(policy.kid) {
        return Err(Unsignable::Revoked);
    }
    let key = keyring.current(Purpose::Sign, policy.kid).ok_or(Unsignable::NoSecret)?;
    let mut bytes = write(policy);
    let tag = mac(&key, &[DOMAIN, &bytes]).finalize().into_bytes();
    bytes.extend(tag.iter().take(TAG_BYTES));
    wire::to_text(&bytes, limits).ok_or(Unsignable::TooLong)
}

/// Reads the policy of a URL for `template` and `revision` (`None`: the live one) at `now` (Unix
/// time in seconds).
///
/// # Errors
/// The first of these that applies: malformed, no secret, not authentic, revoked, expired, for
/// another template, for another revision. Only the holder of an authentic token learns any reason
/// after "not authentic".
pub fn verify(
    token: &str,
    keyring: &Keyring,
    template: &TemplateId,
    revision: Option<u32>,
    now: u64,
    limits: &Limits,
) -> Result<Policy, Refused> {
    // 1. Check that the token is authentic. Only the kid is read before, because it selects the
    // key.
    let bytes = wire::from_text(token, limits).ok_or(Refused::Malformed)?;
    let (policy, tag) =
        bytes.len().checked_sub(TAG_BYTES).and_then(|at| bytes.split_at_checked(at)).ok_or(Refused::Malformed)?;
    let kid = kid(policy).ok_or(Refused::Malformed)?;
    if keyring.is_empty() {
        return Err(Refused::UnknownKey);
    }
    // `verify_truncated_left` compares in constant time. Every secret is tried, even if an earlier
    // one fits.
    let fits = keyring
        .all(Purpose::Sign, kid)
        .map(|key| mac(&key, &[DOMAIN, policy]).verify_truncated_left(tag).is_ok())
        .fold(false, |fits, next| fits | next);
    if !fits {
        return Err(Refused::BadSignature);
    }

    // 2. Check that it is valid for this URL now.
    let policy = read(policy).ok_or(Refused::Malformed)?;
    keyring.check_validity(policy.kid, policy.expires, now)?;
    if !policy.target.covers(template) {
        return Err(Refused::OtherTemplate);
    }
    if policy.revision != revision {
        return Err(Refused::OtherRevision);
    }
    Ok(policy)
}

/// The policy in a token whose signature is not checked. `None` if the token is damaged. For tools
/// that explain a URL: a picture is drawn after [`verify`] only.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::policy;
///
/// let token = "EQwAAAAABWFjbWUvAABuYW1l"; // no signature at all
/// assert_eq!(policy::peek(token, &Limits::default()), None);
/// ```
#[must_use]
pub fn peek(token: &str, limits: &Limits) -> Option<Policy> {
    let bytes = wire::from_text(token, limits)?;
    let (policy, _) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
    read(policy)
}

/// The canonical binary form.
fn write(policy: &Policy) -> Vec<u8> {
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    let mut writer = Writer::default();
    writer.version(
        flag(matches!(policy.target, Target::Prefix(_)), IS_PREFIX)
            | flag(policy.revision.is_some(), HAS_REVISION)
            | flag(policy.nonce.is_some(), HAS_NONCE),
    );
    writer.number(policy.kid);
    writer.time(policy.expires);
    writer.text(policy.target.as_str());
    if let Some(revision) = policy.revision {
        writer.number(revision);
    }
    writer.0.extend(policy.nonce.iter().flatten());
    writer.number(u32::try_from(policy.bound.fixed.len()).unwrap_or(u32::MAX));
    writer.pairs(&policy.bound.fixed);
    for name in &policy.bound.open {
        writer.text(name);
    }
    writer.0
}

fn kid(policy: &[u8]) -> Option<u32> {
    let mut reader = Reader(policy);
    reader.version()?;
    reader.number()
}

/// The inverse of [`write`]. `None` for any bytes that [`write`] does not produce.
fn read(policy: &[u8]) -> Option<Policy> {
    let mut reader = Reader(policy);
    let flags = reader.version()?;
    if flags & !(IS_PREFIX | HAS_REVISION | HAS_NONCE) != 0 {
        return None;
    }
    let has = |flag: u8| flags & flag != 0;
    let kid = reader.number()?;
    let expires = reader.time()?;
    let target = reader.text()?;
    let target = if has(IS_PREFIX) {
        Target::Prefix(Prefix::parse(target)?)
    } else {
        Target::Template(TemplateId::parse(target)?)
    };
    let revision = if has(HAS_REVISION) { Some(reader.number().filter(|revision| *revision > 0)?) } else { None };
    let nonce = if has(HAS_NONCE) { Some(reader.array()?) } else { None };
    let count = reader.number()?;
    let fixed = reader.pairs(Some(count))?;
    let open = reader.names()?;
    let is_apart = open.iter().all(|name| !fixed.contains_key(name));
    is_apart.then_some(Policy { kid, target, revision, expires, bound: Bound { fixed, open }, nonce })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Bound {
        Bound {
            fixed: pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..Bound::default()
        }
    }

    fn keyring() -> Keyring {
        Keyring::new(&["an example, and no secret: 32 or more"], [99].into()).unwrap()
    }

    /// Policies, and their tokens from another implementation: Python's `hmac`, and HKDF of its
    /// `cryptography`.
    fn samples() -> [(Policy, &'static str); 3] {
        let policy = Policy {
            kid: 12,
            target: Target::Template(TemplateId::parse("acme/welcome").unwrap()),
            revision: Some(4),
            expires: 1_900_000_000,
            bound: Bound { open: ["name".to_owned()].into(), ..pairs(&[("company", "Acme")]) },
            nonce: None,
        };
        let everything = Policy {
            kid: 300,
            target: Target::Prefix(Prefix::parse("acme/").unwrap()),
            revision: Some(300),
            bound: Bound {
                open: ["title".to_owned(), "name".to_owned()].into(),
                ..pairs(&[("name.default", ""), ("company", "Bäcker")])
            },
            nonce: Some(*b"campaign"),
            ..policy
        };
        let least = Policy {
            kid: 0,
            target: Target::Template(TemplateId::parse("welcome").unwrap()),
            revision: None,
            bound: Bound::default(),
            ..policy
        };
        [
            (policy, "EgxxP7MADGFjbWUvd2VsY29tZQQBB2NvbXBhbnkEQWNtZQRuYW1lG7AAKNbHXS_MDu5ZEluBWA"),
            (
                everything,
                "F6wCcT-zAAVhY21lL6wCY2FtcGFpZ24CB2NvbXBhbnkHQsOkY2tlcgxuYW1lLmRlZmF1bHQABG5hbWUFdGl0bGWfqDGVRP3DdJ4v9yXX-6E-",
            ),
            (least, "EABxP7MAB3dlbGNvbWUA4gX2XhMujPYl0737nWAkXg"),
        ]
    }

    #[test]
    fn a_policy_has_one_spelling() {
        let limits = Limits::default();
        for (policy, token) in samples() {
            assert_eq!(sign(&policy, &keyring(), &limits).as_deref(), Ok(token));
            let template = match &policy.target {
                Target::Template(template) => template.clone(),
                Target::Prefix(prefix) => TemplateId::parse(&format!("{prefix}x")).unwrap(),
            };
            let verified = verify(token, &keyring(), &template, policy.revision, 0, &limits);
            assert_eq!(verified.as_ref(), Ok(&policy));
            // Any change of the binary form gives either no policy or a different one.
            assert_eq!(peek(token, &Limits::default()).as_ref(), Some(&policy));
            let forged = format!("{}A", token.get(..token.len() - 1).unwrap());
            assert_eq!(peek(&forged, &Limits::default()).as_ref(), Some(&policy), "nothing is authentic here");
            let written = write(&policy);
            for at in 0..written.len() {
                assert_eq!(read(&written[..at]).filter(|read| *read == policy), None);
                for bit in 0..8 {
                    let mut bytes = written.clone();
                    bytes[at] ^= 1 << bit;
                    assert_ne!(read(&bytes).as_ref(), Some(&policy), "byte {at}, bit {bit}");
                    // The different policy has one spelling too.
                    assert!(read(&bytes).is_none_or(|other| write(&other) == bytes), "byte {at}, bit {bit}");
                }
            }
            assert_eq!(read(&[written.as_slice(), &[0]].concat()), None);
        }
    }

    #[test]
    fn signs_only_what_can_be_verified() {
        let limits = Limits { token_chars: 100, ..Limits::default() };
        let [(policy, token), ..] = samples();
        assert!(token.len() <= 100);
        let empty = Keyring::new(&[], [].into()).unwrap();
        let company = |value: &str| pairs(&[("company", value)]);
        for (policy, keyring, expected) in [
            (Policy { revision: Some(0), ..policy.clone() }, &keyring(), Unsignable::Revision),
            (Policy { kid: 99, ..policy.clone() }, &keyring(), Unsignable::Revoked),
            (policy.clone(), &empty, Unsignable::NoSecret),
            (Policy { bound: company(&"x".repeat(60)), ..policy.clone() }, &keyring(), Unsignable::TooLong),
            (Policy { bound: company("*|C|*"), ..policy }, &keyring(), Unsignable::MergeTag("company".into())),
        ] {
            assert_eq!(sign(&policy, keyring, &limits), Err(expected));
        }
        let template = TemplateId::parse("acme/welcome").unwrap();
        assert_eq!(verify(token, &empty, &template, Some(4), 0, &limits), Err(Refused::UnknownKey));
    }
}
