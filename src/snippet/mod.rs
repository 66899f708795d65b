//! The `<img>` that a person pastes into an email: a picture's URL with the sender's own merge tags in it.
//!
//! Each sender writes its tags in its own way, encodes them in its own way or not at all, and has a default
//! or has none. All of that is data (`senders.json`, explained in the README beside it); the code here knows
//! only how to put a template, a sender and what a person chose together:
//!
//! ```text
//! sender    senders.json         → how one sender writes a field
//! choices   a query              → which sender, and for each param a field, a value or nothing
//! source    choices              → the picture's URL, with tags or with examples
//! alt       template + choices   → the alt text, with tags
//! markup    URL and alt text     → HTML whose tags arrive at the sender as they are
//! reply     the four above       → the answer of `/v1/snippet/{template}`
//! ```
//!
//! Invariant: what a person writes stays text. Nothing in a query can end an attribute or a tag.

pub mod alt;
pub mod choices;
pub mod describe;
pub mod markup;
pub mod reply;
pub mod sender;
pub mod source;

pub use choices::{Choice, Choices};
pub use reply::reply;
pub use sender::Sender;

/// Text, with a sender's tags in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is meant; it is escaped where it is written.
    Text(String),
    /// A tag as the sender must find it.
    Tag(String),
}

/// The pieces as one text, as a person reads them.
#[must_use]
pub fn plain(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) | Piece::Tag(text) => text.as_str(),
        })
        .collect()
}
