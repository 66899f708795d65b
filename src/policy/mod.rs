//! Signed and sealed URLs: `/s/{policy}/…` and `/x/{sealed}/…`.
//!
//! A signature over the whole URL cannot be used in an email, because the sender fills in the
//! values later. So the signature covers a [`Policy`]: the template, the expiry, the params with
//! fixed values, and the names that the query may fill. A sealed URL contains all values,
//! encrypted.
//!
//! Invariants:
//! - One policy has one spelling: a token that is changed in any way is refused.
//! - After [`verify`] or [`open`], only [`select`] reads the query: a name
//!   that is neither fixed nor open is ignored.
//! - No store is read except the list of revoked key numbers, which is in the [`Keyring`].
//! - No clock and no random numbers are used: the caller passes `now` and, optionally, a nonce.
//!
//! ```
//! use monogram::limits::Limits;
//! use monogram::policy::{self, Bound, Keyring, Policy, Refused, Target};
//! use monogram::request::TemplateId;
//!
//! let limits = Limits::default();
//! let keyring = Keyring::new(&["an example, and no secret: 32 or more"], [].into()).unwrap();
//! let welcome = TemplateId::parse("acme/welcome").unwrap();
//!
//! let policy = Policy {
//!     kid: 12,
//!     target: Target::Template(welcome.clone()),
//!     revision: Some(4),
//!     expires: 1_900_000_000,
//!     bound: Bound {
//!         fixed: [("company".to_owned(), "Acme".to_owned())].into(),
//!         open: ["name".to_owned()].into(),
//!     },
//!     nonce: None,
//! };
//! let token = policy::sign(&policy, &keyring, &limits).unwrap();
//! // The URL: /s/{token}/acme/welcome@4.png?name=*|FNAME|*
//!
//! let now = 1_899_999_999;
//! let verified = policy::verify(&token, &keyring, &welcome, Some(4), now, &limits);
//! assert_eq!(verified, Ok(policy));
//! assert_eq!(policy::verify(&token, &keyring, &welcome, Some(5), now, &limits), Err(Refused::OtherRevision));
//! assert_eq!(policy::verify(&token, &keyring, &welcome, Some(4), now + 1, &limits), Err(Refused::Expired));
//! ```

pub mod bound;
pub mod keyring;
pub mod refused;
pub mod seal;
pub mod select;
pub mod sign;
#[cfg(test)]
mod testing;
mod wire;

pub use bound::Bound;
pub use keyring::{Keyring, WeakSecret};
pub use refused::{Refused, Unsignable};
pub use seal::{Opened, Sealer, open, peek_expiry};
pub use sign::{Policy, Target, peek, sign, verify};
