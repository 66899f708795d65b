//! The service that a deployment has chosen for logos: its URL with `{domain}` in it.

use super::{Domain, Url};

/// The place of the domain in a provider's URL.
const PLACE: &str = "{domain}";

/// A provider of logos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pattern: String,
    host: String,
}

impl Provider {
    /// Reads the URL of a provider. `None` if it may not be fetched, has no `{domain}`, or has it in
    /// its host.
    ///
    /// ```
    /// use monogram::remote::{Domain, Provider};
    ///
    /// let provider = Provider::read("https://logos.example/{domain}?size=256").unwrap();
    /// let url = provider.url(&Domain::read("acme.com").unwrap()).unwrap();
    /// assert_eq!(url.as_str(), "https://logos.example/acme.com?size=256");
    /// assert_eq!(Provider::read("https://{domain}/favicon.png"), None);
    /// ```
    #[must_use]
    pub fn read(pattern: &str) -> Option<Self> {
        let pattern = pattern.trim();
        let filled = |domain: &str| Url::read(&pattern.replace(PLACE, domain)).ok();
        let (one, other) = (filled("a.com")?, filled("b.com")?);
        let is_named = pattern.contains(PLACE) && one.host() == other.host();
        is_named.then(|| Self { pattern: pattern.to_owned(), host: one.host().to_owned() })
    }

    /// Its host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The URL of a company's logo. A domain has no character that a URL would have to encode. `None`
    /// if it would be too long.
    #[must_use]
    pub fn url(&self, domain: &Domain) -> Option<Url> {
        Url::read(&self.pattern.replace(PLACE, domain.as_str())).ok()
    }
}
