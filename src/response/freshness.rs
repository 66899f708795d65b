//! How long others may keep an answer: its `Cache-Control`.

/// A template's own `max_age` is at least this, in seconds: mail proxies would otherwise ask for one
/// picture many times a minute.
const FLOOR_S: u32 = 60;

/// A template's own `max_age` is at most this, in seconds: a year, which is what RFC 9111 caches treat as
/// for ever.
const CEILING_S: u32 = 31_536_000;

/// How long others may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A pinned revision: the same picture for ever.
    Pinned,
    /// The live revision, with the template's own `max_age` in seconds where it has one.
    Live(Option<u32>),
    /// A picture that misses something (an asset, the newest template) because something upstream failed:
    /// only until that is likely to be over.
    Brief,
    /// Errors, and views, which may hold values.
    Never,
}

impl Freshness {
    /// Seconds that a [`Self::Brief`] answer is kept.
    pub const BRIEF_S: u32 = 60;

    /// The value of `Cache-Control`.
    #[must_use]
    pub fn cache_control(self) -> String {
        match self {
            Self::Pinned => "public, max-age=31536000, immutable".to_owned(),
            // Mail clients ask again after five minutes; a shared cache may keep it for a day, because it
            // can be purged by its `Cache-Tag`.
            Self::Live(None) => {
                "public, max-age=300, s-maxage=86400, stale-while-revalidate=604800, stale-if-error=604800".to_owned()
            }
            // Who sets an age means it for every cache; an error is still worse than an old picture.
            Self::Live(Some(seconds)) => {
                let age = seconds.clamp(FLOOR_S, CEILING_S);
                format!("public, max-age={age}, s-maxage={age}, stale-while-revalidate={age}, stale-if-error=604800")
            }
            Self::Brief => format!("public, max-age={}", Self::BRIEF_S),
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
        ] {
            assert_eq!(freshness.cache_control(), value);
        }
    }
}
