//! The id of a template.

use std::fmt;

/// A template's id: slugs `[a-z0-9-]+` joined by `/`. If there are several slugs, the first is the
/// client.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateId(String);

impl TemplateId {
    /// A KV key has at most 512 bytes. The id shares them with a prefix and a revision.
    const MAX_BYTES: usize = 256;

    /// `None` if `text` is no id. An id has only slugs because it is also a KV key, a cache tag and
    /// a part of URLs, and must be the same text in all of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= Self::MAX_BYTES && text.split('/').all(is_slug)).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is a slug: the parts of an id are, and the names of sizes.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

impl fmt::Display for TemplateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
