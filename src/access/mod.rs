//! API keys: who may call the management API, for which actions, and for which ids.
//!
//! An agency gives each client a separate key. A key has scopes (the actions it allows), prefixes
//! (the ids it allows) and an expiry. It is shown once, when it is made; the store holds only its
//! SHA-256.
//!
//! Invariants: this module reads no clock, no store and no source of random numbers: the caller
//! passes `now`, the random bytes and the stored [`Grant`]. A [`Denied`] is decided before any
//! store is asked for the id, so that it cannot reveal whether another tenant has it.
//!
//! ```
//! use monogram::access::{ApiKey, Grant, Kind, Prefix, Reach, Scope, Scopes};
//!
//! // Making a key: 32 bytes from a cryptographic generator, and the text to show once.
//! let key = ApiKey::new(Kind::Live, &[7; 32]);
//! assert!(key.reveal().starts_with("mg_live_"));
//!
//! // A request: the checksum is checked before the store is asked for the hash.
//! let presented = ApiKey::parse(key.reveal()).unwrap();
//! assert!(presented.matches(&key.hash()));
//!
//! // The store's answer says what the key may do.
//! let grant = Grant {
//!     kid: 12,
//!     scopes: "sign templates:read".parse::<Scopes>().unwrap(),
//!     reach: Reach::Prefixes([Prefix::parse("acme/").unwrap()].into()),
//!     expires: None,
//! };
//! assert!(grant.allows(Scope::Sign, "acme/welcome", 1_900_000_000).is_ok());
//! assert!(grant.allows(Scope::Sign, "acmeother/welcome", 1_900_000_000).is_err());
//! assert_eq!(
//!     grant.allows(Scope::TemplatesWrite, "acme/welcome", 1_900_000_000).unwrap_err().to_string(),
//!     "The API key lacks the scope templates:write"
//! );
//! ```

mod base62;
pub mod grant;
pub mod key;
pub mod prefix;
pub mod scope;

pub use grant::{Denied, Grant, Reach};
pub use key::{ApiKey, BadKey, Kind, is_secret};
pub use prefix::Prefix;
pub use scope::{Scope, Scopes};
