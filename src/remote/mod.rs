//! Images and feeds on other hosts: which URLs may be fetched, from where, and why one could not be had.
//!
//! Nothing here fetches. A caller judges a URL, and each URL that it leads to, by [`Url::read`] and
//! [`host::any_allows`]; it fetches only the text that comes out, never the text that went in.
//!
//! Invariant: one spelling has one reading. What two URL parsers could read in two ways (a `\`, a
//! tab, a user before the host, a number as a host) is refused, not repaired.

mod domain;
mod failure;
pub mod host;
mod provider;
mod url;

pub use domain::{Domain, NoDomain, is_user};
pub use failure::Failure;
pub use provider::Provider;
pub use url::{Refusal, Url};

use std::rc::Rc;

use crate::asset::AssetId;

/// An image on another host that a picture shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The name under which its bytes are kept: the URL, or `logo:acme.com`.
    pub id: AssetId,
    /// Where it is.
    pub place: Place,
    /// Hosts that the template allows for it, and for the URLs that it redirects to.
    pub hosts: Rc<[String]>,
}

/// Where an image on another host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At this URL.
    Url(Url),
    /// Where the deployment's [`Provider`] has the logo of this domain.
    Logo(Domain),
}

/// Seconds for which the bytes of a URL may be kept, from the `Cache-Control` of its answer: its
/// `s-maxage`, else its `max-age`, within a floor and a ceiling. A hundred recipients of one
/// mailing must not cost a hundred fetches, so that `no-store` gets the floor.
#[must_use]
pub fn kept_s(cache_control: &str, floor_s: u32, ceiling_s: u32) -> u32 {
    let lower = cache_control.to_ascii_lowercase();
    let directives = || lower.split(',').map(str::trim);
    if directives().any(|directive| matches!(directive, "no-store" | "no-cache" | "private")) {
        return floor_s;
    }
    let seconds = |name: &str| {
        let value = directives().find_map(|directive| directive.strip_prefix(name)?.strip_prefix('='))?;
        let digits = value.trim_matches('"');
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than a `u32` has are a long time.
        is_number.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    seconds("s-maxage").or_else(|| seconds("max-age")).unwrap_or(floor_s).clamp(floor_s, ceiling_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_bytes_within_a_floor_and_a_ceiling() {
        for (header, seconds) in [
            ("", 300),
            ("max-age=600", 600),
            ("public, Max-Age=600", 600),
            ("max-age=\"600\"", 600),
            ("max-age=600, s-maxage=900", 900),
            ("max-age=1", 300),
            ("max-age=0, must-revalidate", 300),
            ("max-age=31536000, immutable", 86_400),
            ("max-age=99999999999999999999", 86_400),
            ("max-age=-1", 300),
            ("max-age=soon", 300),
            ("no-store, max-age=600", 300),
            ("no-cache", 300),
            ("private, max-age=600", 300),
        ] {
            assert_eq!(kept_s(header, 300, 86_400), seconds, "{header}");
        }
    }
}
