//! The error of an encoder that has refused a picture.

/// Why a picture could not be encoded: never the fault of a caller whose canvas is within the sides
/// that the format allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the picture could not be encoded: {0}")]
pub struct Error(String);

impl Error {
    /// Wraps the error of a library.
    pub(crate) fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}
