//! Files of many rows: imports of records, and batches of pictures.
//!
//! ```text
//! split      its rows → parts of some rows each, and where each part lies in the file
//! source     a part → its rows, each with its line
//! query      a row → the query of its picture
//! record     a row → what is stored of a person, or what is wrong with it
//! name       a row → the name of its picture's file
//! spec       what a job does, as it is stored
//! hook       the signature of what a webhook is told
//! manifest   what became of each row, as CSV
//! zip        all files of a batch in one
//! ```
//!
//! A file is read twice: once as it comes, to know its rows and where they lie, and once part by
//! part. No more than a part is in memory either time.
//!
//! Invariant: what is said about a row names its line, columns and params, and quotes no value.

pub mod hook;
pub mod manifest;
pub mod name;
pub mod query;
pub mod record;
pub mod source;
pub mod spec;
pub mod split;
pub mod zip;

pub use manifest::{Line, Status};
pub use source::{Row, Source};
pub use spec::Spec;
pub use split::{Part, Splitter};
