//! Reasons why a URL is refused, and why a policy cannot be signed.

use crate::error::{Fault, Problem};

/// The reason why a signed or sealed URL is not answered.
///
/// A token that is not authentic reveals nothing else: authenticity is checked before everything
/// else. The remaining distinction (`Malformed` against `BadSignature`) is the length and the
/// alphabet, which anybody can check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not base64url in its one spelling, too short, too long, or of an unknown version.
    #[error("The signature in the URL is damaged")]
    Malformed,
    /// The deployment has no secret to check it with.
    #[error("This service cannot check signatures")]
    UnknownKey,
    /// No live secret made it for this URL.
    #[error("The signature does not fit the URL")]
    BadSignature,
    /// It was made with a key that has been revoked.
    #[error("The key that signed the URL has been revoked")]
    Revoked,
    /// Its time is over.
    #[error("The signature has expired")]
    Expired,
    /// It is for another template.
    #[error("The signature is for another template")]
    OtherTemplate,
    /// It is for another revision, or for the live one.
    #[error("The signature is for another revision")]
    OtherRevision,
}

impl Refused {
    /// Stable, kebab-case: for logs and for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "signature-malformed",
            Self::UnknownKey => "signature-unknown-key",
            Self::BadSignature => "signature-bad",
            Self::Revoked => "signature-revoked",
            Self::Expired => "signature-expired",
            Self::OtherTemplate => "signature-other-template",
            Self::OtherRevision => "signature-other-revision",
        }
    }

    /// The remedy.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Malformed | Self::BadSignature => {
                "copy the URL again from where it was signed; its path must not change"
            }
            Self::UnknownKey => "set the secret SIGNING_SECRET of the deployment",
            Self::Revoked | Self::Expired => "sign the URL again",
            Self::OtherTemplate | Self::OtherRevision => "sign a URL for this template and revision",
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::new(Fault::Refused, refused.code(), refused.to_string()).remedy(refused.remedy())
    }
}

/// Why something cannot be signed or sealed. Names a param, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsignable {
    /// Not a param's name, an option's name or `name.default`.
    #[error("{0:?} is not the name of a param")]
    Name(String),
    /// The query cannot fill a param that has a fixed value.
    #[error("{0} is fixed and open at once")]
    FixedAndOpen(String),
    /// A merge tag is resolved after signing.
    #[error("The fixed value of {0} is a merge tag")]
    MergeTag(String),
    /// A revision counts from 1.
    #[error("0 is no revision")]
    Revision,
    /// The token would not fit into a URL.
    #[error("The fixed values are too long for a URL")]
    TooLong,
    /// Nobody could use the URL.
    #[error("The key has been revoked")]
    Revoked,
    /// The deployment has no secret to sign with.
    #[error("This service cannot sign")]
    NoSecret,
}

impl Unsignable {
    /// Stable, kebab-case: for logs and for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name(_) => "bad-param-name",
            Self::FixedAndOpen(_) => "fixed-and-open",
            Self::MergeTag(_) => "fixed-merge-tag",
            Self::Revision => "bad-revision",
            Self::TooLong => "policy-too-long",
            Self::Revoked => "key-revoked",
            Self::NoSecret => "no-signing-secret",
        }
    }

    /// The remedy.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Name(_) => "use a name that the template declares: small letters, digits and _",
            Self::FixedAndOpen(_) => "list it under fixed or under open",
            Self::MergeTag(_) => "list the name under open; the URL then has the tag in its query",
            Self::Revision => "use a revision from 1, or none for the live one",
            Self::TooLong => "shorten the values, or make them defaults of the template",
            Self::Revoked => "use another key",
            Self::NoSecret => "set the secret SIGNING_SECRET of the deployment",
        }
    }
}

impl From<Unsignable> for Problem {
    fn from(why: Unsignable) -> Self {
        let fault = match why {
            Unsignable::NoSecret => Fault::Ours,
            Unsignable::Revoked => Fault::Refused,
            _ => Fault::Request,
        };
        Self::new(fault, why.code(), why.to_string()).remedy(why.remedy())
    }
}
