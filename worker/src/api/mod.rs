//! What the management API asks of the module that draws: the picture of a draft, the stress test of
//! one, and the keys that may draw.
//!
//! Invariant: no picture waits for anything here.

pub mod drafts;
pub mod preview;
pub mod render;
pub mod usage;

pub use monogram_platform::request_id;
use monogram_platform::{auth, database, now};
