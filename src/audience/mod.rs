//! The people whom a template is sent to → who would get a bad picture, and why.
//!
//! ```text
//! columns  the names of its columns → the params that they fill
//! judge    a row → the faults of its picture, which is laid out and not painted
//! ```
//!
//! Invariant: what is said about a row names params and layers, and quotes none of its values.

mod columns;
mod judge;

pub use columns::{Column, columns, is_same_name};
pub use judge::{Judge, Reason, Row, Trouble, score};
