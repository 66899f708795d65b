//! The query of a URL, against what a template declares: typed values, each with the reason for it.
//!
//! A value is never an error: what does not fit its declared type is missing, and missing has a default.

pub mod clean;
pub mod declare;
pub mod fit;
pub mod resolve;
pub mod value;

pub use declare::{Param, Params};
pub use resolve::resolve;
pub use value::{Missing, Resolved, Source, Value, Values};
