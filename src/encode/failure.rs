//! The problem that an encoder has refused its input: always our fault, never the caller's.

use crate::error::{Fault, Problem};

/// Wraps the error of an encoder.
pub fn of(error: impl std::fmt::Display) -> Problem {
    Problem::new(Fault::Ours, "encode", format!("the picture could not be encoded: {error}"))
}
