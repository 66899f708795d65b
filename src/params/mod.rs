//! The query of a URL → typed values, one for each param that the template declares.
//!
//! No value is an error. A value that does not fit its declared type counts as missing, and the
//! default takes its place.

pub mod address;
pub mod allow;
pub mod block;
mod charset;
pub mod clean;
pub mod coerce;
pub mod datetime;
pub mod declare;
pub mod entity;
pub mod feed;
pub mod image;
pub mod list;
pub mod number;
pub mod record;
pub mod repair;
pub mod resolve;
pub mod scalar;
pub mod value;

pub use crate::merge_tag;
pub use allow::Allow;
pub use declare::{Param, Params};
pub use repair::{Repair, Repairs};
pub use resolve::{Bound, resolve, resolve_bound};
pub use value::{Missing, Resolved, Source, Value, Values};
