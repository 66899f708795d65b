//! Why an image or a feed on another host could not be had.

/// The reason; it says nothing of the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The deployment does not allow the host.
    Host,
    /// The deployment has chosen no provider of logos.
    NoProvider,
    /// The URL leads to this deployment, or this deployment asks itself.
    Loop,
    /// It did not come before the deadline.
    Timeout,
    /// There was no connection, or it ended before the body did.
    Network,
    /// The status was not 200.
    Status,
    /// It redirects more often than is followed, or to a URL that may not be fetched.
    Redirect,
    /// It has more bytes or pixels than an image may have.
    TooLarge,
    /// Its bytes are no image of a kind that is drawn.
    Type,
    /// It is an SVG with text, a picture or a filter that is not drawn, or a damaged one.
    Svg,
    /// Its bytes are no JSON.
    Json,
    /// It begins as an image, and is cut short or damaged.
    Damaged,
    /// Too many new files were asked for.
    TooMany,
}

impl Failure {
    const ALL: [Self; 13] = [
        Self::Host,
        Self::NoProvider,
        Self::Loop,
        Self::Timeout,
        Self::Network,
        Self::Status,
        Self::Redirect,
        Self::TooLarge,
        Self::Type,
        Self::Svg,
        Self::Json,
        Self::Damaged,
        Self::TooMany,
    ];

    /// A name for headers and programs that never changes, in kebab-case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Host => "host-not-allowed",
            Self::NoProvider => "no-provider",
            Self::Loop => "loop",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Status => "status",
            Self::Redirect => "redirect",
            Self::TooLarge => "too-large",
            Self::Type => "not-an-image",
            Self::Svg => "svg-not-drawn",
            Self::Json => "not-json",
            Self::Damaged => "damaged",
            Self::TooMany => "too-many",
        }
    }

    /// The reason of this code. `None` if it is none.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.code() == code)
    }

    /// The reason in words: `its host did not send it in time`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Host => "this deployment does not allow the host (IMAGE_HOSTS)",
            Self::NoProvider => "this deployment has chosen no provider of logos (LOGO_URL)",
            Self::Loop => "the URL leads to this deployment",
            Self::Timeout => "its host did not send it in time",
            Self::Network => "the connection to its host failed",
            Self::Status => "its host did not answer with 200",
            Self::Redirect => "its host redirects too often, or to where it may not",
            Self::TooLarge => "it has more bytes, pixels or values than are read",
            Self::Type => "the file is no PNG, JPEG, WebP, GIF or SVG",
            Self::Svg => "the SVG is damaged, or has text, a picture or a filter, which are not drawn",
            Self::Json => "the file is no JSON",
            Self::Damaged => "the file is damaged",
            Self::TooMany => "too many new files were asked for in this minute",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_one_reason() {
        for failure in Failure::ALL {
            assert_eq!(Failure::from_code(failure.code()), Some(failure));
        }
        assert_eq!(Failure::from_code("none"), None);
    }
}
