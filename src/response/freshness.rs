//! Freshness: for how long others may cache an answer (its `Cache-Control`).

/// The least `max_age` of a template, in seconds. With a shorter one mail proxies would ask for a
/// picture many times a minute.
const FLOOR_S: u32 = 60;

/// The largest `max_age` of a template, in seconds: a year, which caches take for ever.
const CEILING_S: u32 = 31_536_000;

/// For how long mail proxies, browsers and shared caches may cache an answer.
///
/// ```
/// use monogram::response::Freshness;
///
/// assert_eq!(Freshness::Pinned.cache_control(), "public, max-age=31536000, immutable");
/// assert_eq!(Freshness::Never.cache_control(), "no-store");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A picture of a pinned revision: a year, because it never changes.
    Pinned,
    /// A picture of the live revision: the template's `max_age` in seconds, or if it has none, five
    /// minutes in clients and a day in shared caches.
    Live(Option<u32>),
    /// A picture that lacks something (an asset, the newest template) because a service failed: one
    /// minute.
    Brief,
    /// A picture whose URL is valid for this number of seconds: a shared cache must not outlive the
    /// signature.
    Expiring(u32),
    /// A picture that depends on where or on what device it is seen: this number of seconds, in no shared
    /// cache.
    One(u32),
    /// A picture for the holder of an API key: for nobody else, and in no cache.
    Private,
    /// An error, or a view, which may hold values: not at all.
    Never,
}

impl Freshness {
    /// Seconds for which a [`Self::Brief`] answer is cached.
    pub const BRIEF_S: u32 = 60;

    /// The same for a picture that depends on who asks.
    #[must_use]
    pub fn for_one(self) -> Self {
        match self {
            Self::Pinned | Self::Live(None) => Self::One(300),
            Self::Live(Some(seconds)) => Self::One(seconds.clamp(FLOOR_S, CEILING_S)),
            Self::Brief => Self::One(Self::BRIEF_S),
            Self::Expiring(seconds) => Self::One(seconds.min(300)),
            Self::One(_) | Self::Private | Self::Never => self,
        }
    }

    /// The value of `Cache-Control`.
    #[must_use]
    pub fn cache_control(self) -> String {
        match self {
            Self::Pinned => "public, max-age=31536000, immutable".to_owned(),
            // Mail clients ask again after five minutes. A shared cache may have it for a day,
            // because it can be purged by its `Cache-Tag`.
            Self::Live(None) => {
                "public, max-age=300, s-maxage=86400, stale-while-revalidate=604800, stale-if-error=604800".to_owned()
            }
            // A template's own age holds for every cache. An old picture is still better than an
            // error.
            Self::Live(Some(seconds)) => {
                let age = seconds.clamp(FLOOR_S, CEILING_S);
                format!("public, max-age={age}, s-maxage={age}, stale-while-revalidate={age}, stale-if-error=604800")
            }
            Self::Brief => format!("public, max-age={}", Self::BRIEF_S),
            // At most as long as a live picture.
            Self::Expiring(seconds) => {
                format!("public, max-age={}, s-maxage={}", seconds.min(300), seconds.min(86_400))
            }
            Self::One(seconds) => format!("private, max-age={seconds}"),
            Self::Private => "private, no-store".to_owned(),
            Self::Never => "no-store".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_cache_control() {
        for (freshness, value) in [
            (Freshness::Pinned, "public, max-age=31536000, immutable"),
            (
                Freshness::Live(None),
                "public, max-age=300, s-maxage=86400, stale-while-revalidate=604800, stale-if-error=604800",
            ),
            (
                Freshness::Live(Some(3600)),
                "public, max-age=3600, s-maxage=3600, stale-while-revalidate=3600, stale-if-error=604800",
            ),
            (
                Freshness::Live(Some(0)),
                "public, max-age=60, s-maxage=60, stale-while-revalidate=60, stale-if-error=604800",
            ),
            (
                Freshness::Live(Some(u32::MAX)),
                "public, max-age=31536000, s-maxage=31536000, stale-while-revalidate=31536000, stale-if-error=604800",
            ),
            (Freshness::Brief, "public, max-age=60"),
            (Freshness::Never, "no-store"),
            (Freshness::Live(None).for_one(), "private, max-age=300"),
            (Freshness::Live(Some(90)).for_one(), "private, max-age=90"),
            (Freshness::Brief.for_one(), "private, max-age=60"),
            (Freshness::Expiring(20).for_one(), "private, max-age=20"),
            (Freshness::Private.for_one(), "private, no-store"),
        ] {
            assert_eq!(freshness.cache_control(), value);
        }
    }
}
