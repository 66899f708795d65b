//! The Model Context Protocol without its stores: what a program that a language model drives sends
//! to `POST /mcp`, and what is answered.
//!
//! A tool is a call of the management API in other words. Its arguments become the request that a
//! person would send, so that keys, scopes, prefixes and limits are those of the API, and no second
//! code decides them.
//!
//! ```text
//! fields     a JSON object      → its values as they were written
//! message    a body + headers   → one JSON-RPC request, or the error that answers it
//! tool       tools.json         → the tools, their scopes, and the check of arguments
//! call       tool + arguments   → the request of the API that does it
//! answer     the API's reply    → the result of the tool
//! ```
//!
//! Two generations of clients call: revision 2026-07-28 has no sessions, and each request names its
//! revision; older ones open with `initialize`. Both get the same stateless answers.
//!
//! Invariant: an error names arguments, and holds no value of one.

pub mod answer;
pub mod call;
pub mod fields;
pub mod message;
pub mod tool;

pub use answer::reply;
pub use call::Call;
pub use message::{Headers, Message, Request};
pub use tool::{Arguments, Tool};
