//! The store's record of an API key, and whether it allows a call.

use std::collections::BTreeSet;

use super::{Prefix, Scope, Scopes};

/// The ids that a key may be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All ids of every tenant, for the operator's own keys.
    All,
    /// The ids that start with one of these prefixes. An empty set contains no id.
    Prefixes(BTreeSet<Prefix>),
}

impl Reach {
    /// Whether an id is in the reach. Lists are filtered by this.
    #[must_use]
    pub fn covers(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Prefixes(prefixes) => prefixes.iter().any(|prefix| prefix.covers(id)),
        }
    }

    /// Whether every id of `other` is in the reach.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Prefixes(_), Self::All) => false,
            (Self::Prefixes(own), Self::Prefixes(others)) => {
                others.iter().all(|other| own.iter().any(|prefix| prefix.includes(other)))
            }
        }
    }
}

/// The permissions of one key. A revoked key has no grant: the store answers as if it had never
/// existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The number of the key, which is part of everything that it signs.
    pub kid: u32,
    /// The actions that it allows.
    pub scopes: Scopes,
    /// The ids that it allows.
    pub reach: Reach,
    /// Unix time in seconds from which it is no longer valid. `None` if it does not expire.
    pub expires: Option<u64>,
}

impl Grant {
    /// Whether the key may do `scope` with `id` at `now` (Unix time in seconds).
    ///
    /// # Errors
    /// The reason for a refusal. No store is asked for the id, so that the answer is the same
    /// whether or not it exists.
    pub fn allows(&self, scope: Scope, id: &str, now: u64) -> Result<(), Denied> {
        self.allows_scope(scope, now)?;
        if self.reach.covers(id) { Ok(()) } else { Err(Denied::OtherTenant) }
    }

    /// Whether the key may do `scope` at `now`, for calls without an id. The caller filters the
    /// listed ids by [`Reach::covers`].
    ///
    /// # Errors
    /// The reason for a refusal.
    pub fn allows_scope(&self, scope: Scope, now: u64) -> Result<(), Denied> {
        self.is_valid(now)?;
        if self.scopes.allow(scope) { Ok(()) } else { Err(Denied::Scope(scope)) }
    }

    /// Whether the key has not expired at `now`, for calls that need no scope.
    ///
    /// # Errors
    /// It has expired.
    pub fn is_valid(&self, now: u64) -> Result<(), Denied> {
        if self.expires.is_some_and(|expires| now >= expires) { Err(Denied::Expired) } else { Ok(()) }
    }

    /// Whether the key may make or revoke the key of `other` at `now`. It needs `admin`, and a key
    /// may do no more than the key that made it.
    ///
    /// # Errors
    /// The reason for a refusal.
    pub fn allows_key(&self, other: &Self, now: u64) -> Result<(), Denied> {
        self.allows_scope(Scope::Admin, now)?;
        if !self.reach.includes(&other.reach) {
            return Err(Denied::OtherTenant);
        }
        let outlives = self.expires.is_some_and(|own| other.expires.is_none_or(|expires| expires > own));
        if outlives { Err(Denied::Outlives) } else { Ok(()) }
    }
}

/// The reason why a key may not make a call. The text names what the key lacks, and reveals nothing
/// of ids that are not its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The key's time is over.
    #[error("The API key has expired")]
    Expired,
    /// The key lacks a scope.
    #[error("The API key lacks the scope {0}")]
    Scope(Scope),
    /// The id does not begin with a prefix of the key.
    #[error("The API key is limited to ids that begin with its own prefixes")]
    OtherTenant,
    /// A new key would live longer than the key that makes it.
    #[error("A key cannot make a key that expires later than itself")]
    Outlives,
}

impl Denied {
    /// Stable, kebab-case: for logs and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "key-expired",
            Self::Scope(_) => "missing-scope",
            Self::OtherTenant => "other-prefix",
            Self::Outlives => "key-outlives",
        }
    }

    /// The HTTP status: 401 asks for another key, 403 says that this key may not.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Expired => 401,
            Self::Scope(_) | Self::OtherTenant | Self::Outlives => 403,
        }
    }

    /// The remedy.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Expired => "use the key that replaces it, or ask an admin for a new one",
            Self::Scope(_) => "use a key that has this scope",
            Self::OtherTenant => "use an id under a prefix of this key, or another key",
            Self::Outlives => "give the new key an earlier expiry",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_900_000_000;

    fn reach(prefixes: &[&str]) -> Reach {
        Reach::Prefixes(prefixes.iter().map(|prefix| Prefix::parse(prefix).unwrap()).collect())
    }

    fn grant(scopes: &str, prefixes: &[&str]) -> Grant {
        Grant { kid: 1, scopes: scopes.parse().unwrap(), reach: reach(prefixes), expires: None }
    }

    #[test]
    fn every_scope_allows_itself_alone_and_admin_allows_all() {
        for held in Scope::ALL {
            let key = grant(held.word(), &["acme/"]);
            for asked in Scope::ALL {
                let allowed = held == asked || held == Scope::Admin;
                let expected = if allowed { Ok(()) } else { Err(Denied::Scope(asked)) };
                assert_eq!(key.allows(asked, "acme/x", NOW), expected, "{held} {asked}");
                // The scope makes no difference: another tenant's id is refused, and `admin` does
                // not reach it.
                let expected = expected.and(Err(Denied::OtherTenant));
                for id in ["acmeother/x", "globex/x", "acme", "", "acme/"] {
                    assert_eq!(key.allows(asked, id, NOW), expected, "{held} {asked} {id}");
                }
            }
        }
        assert_eq!(grant("", &["acme/"]).allows(Scope::Stats, "acme/x", NOW), Err(Denied::Scope(Scope::Stats)));
        assert_eq!(grant("sign", &[]).allows(Scope::Sign, "acme/x", NOW), Err(Denied::OtherTenant));
        let all = Grant { reach: Reach::All, ..grant("sign", &[]) };
        assert_eq!(all.allows(Scope::Sign, "globex/x", NOW), Ok(()));
    }

    #[test]
    fn expires_to_the_second() {
        let key = Grant { expires: Some(NOW), ..grant("sign", &["acme/"]) };
        assert_eq!(key.allows(Scope::Sign, "acme/x", NOW - 1), Ok(()));
        assert_eq!(key.allows(Scope::Sign, "acme/x", NOW), Err(Denied::Expired));
        assert_eq!(key.allows(Scope::Sign, "acme/x", NOW + 1), Err(Denied::Expired));
        assert_eq!((key.is_valid(NOW - 1), key.is_valid(NOW)), (Ok(()), Err(Denied::Expired)));
    }

    #[test]
    fn no_key_makes_a_key_that_may_more() {
        let maker = Grant { expires: Some(NOW + 100), ..grant("admin", &["acme/"]) };
        let made = |scopes, prefixes, expires| Grant { expires, ..grant(scopes, prefixes) };
        for (other, expected) in [
            (made("sign admin", &["acme/q3/"], Some(NOW + 100)), Ok(())),
            (made("sign", &["acme/", "globex/"], Some(NOW + 1)), Err(Denied::OtherTenant)),
            (made("sign", &["acme/"], Some(NOW + 101)), Err(Denied::Outlives)),
            (made("sign", &["acme/"], None), Err(Denied::Outlives)),
            (Grant { reach: Reach::All, ..made("sign", &[], Some(NOW)) }, Err(Denied::OtherTenant)),
        ] {
            assert_eq!(maker.allows_key(&other, NOW), expected, "{other:?}");
        }
        let signer = grant("sign", &["acme/"]);
        assert_eq!(signer.allows_key(&signer, NOW), Err(Denied::Scope(Scope::Admin)));
    }

    #[test]
    fn a_refusal_names_the_scope_and_no_id() {
        let key = grant("sign", &["acme/"]);
        let denied = key.allows(Scope::TemplatesWrite, "globex/secret", NOW).unwrap_err();
        assert_eq!(denied.to_string(), "The API key lacks the scope templates:write");
        let denied = key.allows(Scope::Sign, "globex/secret", NOW).unwrap_err();
        assert!(!format!("{denied} {} {}", denied.remedy(), denied.code()).contains("globex"));
    }
}
