//! The query of a URL, against what a template declares: typed values, each with the reason for it.
//!
//! A value is never an error: what does not fit its declared type is missing, and missing has a default.

mod charset;
pub mod clean;
pub mod datetime;
pub mod declare;
mod entity;
pub mod fit;
pub mod image;
pub mod repair;
pub mod resolve;
pub mod value;

pub use crate::merge_tag;
pub use declare::{Param, Params};
pub use repair::{Repair, Repairs};
pub use resolve::resolve;
pub use value::{Missing, Resolved, Source, Value, Values};
