//! The query of a URL, against what a template declares: typed values, each with the reason for it.
//!
//! A value is never an error: what does not fit its declared type is missing, and missing has a default.

pub mod address;
pub mod allow;
pub mod block;
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
pub use allow::Allow;
pub use declare::{Param, Params};
pub use repair::{Repair, Repairs};
pub use resolve::{Bound, resolve, resolve_bound};
pub use value::{Missing, Resolved, Source, Value, Values};
