//! What goes back: status, headers, body. Pure: `edge/` turns a [`Reply`] into a `worker::Response`.
//!
//! Invariant: no header holds a param's value, a query or a URL. A value is only in the picture, and in
//! the views that its own sender asked for.

pub mod explain;
pub mod freshness;
pub mod key;
pub mod picture;
pub mod problem;
pub mod view;

pub use crate::memory;
pub use freshness::Freshness;
pub use key::Key;
pub use picture::Picture;

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status code.
    pub status: u16,
    /// Names in the case of their RFC, each once.
    pub headers: Vec<(&'static str, String)>,
    /// Empty for 204 and 304, and where the body is a file that the sender has.
    pub body: Vec<u8>,
}

impl Reply {
    /// An answer with a body, and the headers that every one has.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let reply = Self::of_file(status, content_type, body.len());
        Self { body, ..reply }
    }

    /// An answer whose body, so many bytes, the sender has elsewhere.
    #[must_use]
    pub fn of_file(status: u16, content_type: &str, bytes: usize) -> Self {
        let mut reply = Self::empty(status);
        reply.set("Content-Type", content_type);
        reply.set("Content-Length", bytes.to_string());
        reply
    }

    /// An answer without a body, and the headers that every one has: no guessing of types, readable from
    /// every origin (pictures are made to be embedded), in no index, and no referrer from a page of ours.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        let headers = [
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "cross-origin"),
            ("Access-Control-Allow-Origin", "*"),
            ("X-Robots-Tag", "noindex"),
            ("Referrer-Policy", "no-referrer"),
        ];
        Self { status, headers: headers.map(|(name, value)| (name, value.to_owned())).to_vec(), body: Vec::new() }
    }

    /// The answer to a CORS preflight, and to anyone who asks what may be asked.
    #[must_use]
    pub fn preflight() -> Self {
        let mut reply = Self::empty(204);
        reply.set("Allow", problem::ALLOW);
        reply.set("Access-Control-Allow-Methods", "GET, HEAD");
        reply.set("Access-Control-Allow-Headers", "If-None-Match");
        reply.set("Access-Control-Max-Age", "86400");
        reply
    }

    /// Adds a header.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.push((name, value.into()));
    }

    /// The value of a header, by its name as it was set.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}
