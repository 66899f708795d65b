//! The management API without its stores: what bodies, headers and queries say, and what is
//! answered.
//!
//! ```text
//! body           JSON → a type, with an error that quotes no value
//! precondition   If-Match, If-None-Match → whether a write may happen
//! cursor         limit and cursor of a list
//! moment         times in bodies and answers
//! key            a new API key: its body, checked against the key that makes it
//! names          the assets and fonts that a document names → the files that they stand for
//! network        an address → the network that is counted
//! publish        a document → the text of a revision
//! diff           two documents → their differences
//! schema         types that only the description of the API needs
//! sign           the bodies of /v1/sign and /v1/seal → URLs
//! preview        a draft with values → what to draw
//! template       published templates in lists
//! audit          lines of the log of writes
//! usage          quotas of keys, and what they have drawn
//! jobs           records, imports and batches
//! lint           the check of an email: its query, and the templates that the caller may know
//! manual         the page of the API's documentation
//! upload         an uploaded picture or font → what is stored
//! ```
//!
//! Invariant: an error names fields, and no value of a recipient.

pub mod audit;
pub mod body;
pub mod cursor;
pub mod diff;
pub mod jobs;
pub mod key;
pub mod lint;
pub mod manual;
pub mod moment;
pub mod names;
pub mod network;
pub mod precondition;
pub mod preview;
pub mod publish;
pub mod schema;
pub mod sign;
pub mod template;
pub mod upload;
pub mod usage;

pub use cursor::Page;
pub use precondition::Precondition;
