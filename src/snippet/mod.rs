//! Snippets: the `<img>` that a person pastes into an email, with the sender's merge tags in the
//! picture's URL.
//!
//! Senders differ in the syntax of their tags, in how they URL-encode a field, and in whether a tag
//! can have a default. All of that is data: `senders.json`, which the README beside it explains.
//! The code combines a template, a sender and a person's choices:
//!
//! ```text
//! sender    senders.json         → how a sender writes a field
//! choices   a query              → the sender, and for each param a field, a value or nothing
//! url       choices              → the picture's URL, with tags or with examples
//! alt       template + choices   → the alt text, with tags
//! markup    URL and alt text     → HTML in which the tags are unchanged
//! describe  a template           → what a form needs to know about it
//! reply     all of these         → the answer of `/v1/snippet/{template}`
//! ```
//!
//! Invariant: a person's input stays text. Nothing in a query can end an attribute or a tag.
//!
//! ```
//! use monogram::limits::Limits;
//! use monogram::snippet::{alt, choices, plain};
//! use monogram::template::Template;
//!
//! let document = r#"{ "width": 600, "height": 300, "alt": "Welcome, {{ name }}!", "layers": [],
//!     "params": { "name": { "type": "text", "default": "friend" } } }"#;
//! let template = Template::parse(document, &Limits::default()).unwrap();
//! let choices = choices::read("esp=klaviyo", &template.document, &Limits::default()).unwrap();
//! assert_eq!(plain(&alt::alt(&template, &choices)), "Welcome, {{ first_name|default:'friend' }}!");
//! ```

pub mod alt;
pub mod choices;
pub mod describe;
pub mod markup;
pub mod reply;
pub mod sender;
pub mod url;

pub use choices::{Choice, Choices};
pub use reply::reply;
pub use sender::Sender;

/// A piece of a text that contains a sender's tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text, not escaped yet.
    Text(String),
    /// A tag, exactly as the sender must find it.
    Tag(String),
}

/// The pieces joined, not escaped.
#[must_use]
pub fn plain(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) | Piece::Tag(text) => text.as_str(),
        })
        .collect()
}
