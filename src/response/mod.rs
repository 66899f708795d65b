//! The answer to a request: status, headers and body, as plain data that the Worker sends.
//!
//! Invariant: no header holds a param's value, a query or a URL. Values are only in the picture,
//! and in the views of the picture that whoever knows the values asked for.

pub mod explain;
pub mod freshness;
pub mod ignored;
pub mod image;
pub mod key;
pub mod problem;
pub mod view;

pub use freshness::Freshness;
pub use image::ImageReply;
pub use key::Key;

/// An answer, ready to be sent.
///
/// ```
/// use monogram::response::Reply;
///
/// let reply = Reply::new(200, "text/plain; charset=utf-8", b"Welcome".to_vec());
/// assert_eq!(reply.header("Content-Length"), Some("7"));
/// assert_eq!(reply.header("X-Content-Type-Options"), Some("nosniff"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status code.
    pub status: u16,
    /// Names and values, in the order in which they are sent. Each name is spelled as in its RFC,
    /// and occurs once.
    pub headers: Vec<(&'static str, String)>,
    /// Empty for 204 and 304, and if the body is a file that the caller holds (see
    /// [`Self::of_file`]).
    pub body: Vec<u8>,
}

impl Reply {
    /// An answer with a body and the headers of [`Self::empty`].
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let reply = Self::of_file(status, content_type, body.len());
        Self { body, ..reply }
    }

    /// An answer to a file of `bytes` bytes that the caller holds and sends: its headers, and no
    /// body.
    #[must_use]
    pub fn of_file(status: u16, content_type: &str, bytes: usize) -> Self {
        let mut reply = Self::empty(status);
        reply.set("Content-Type", content_type);
        reply.set("Content-Length", bytes.to_string());
        reply
    }

    /// An answer without a body. It has the headers of every answer: browsers must not guess its
    /// type, every origin may read it (pictures are made to be embedded), search engines must not
    /// list it, and our pages send no referrer.
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

    /// The answer to `OPTIONS`, which is also a CORS preflight. `allow` are the methods that the
    /// path takes, as from [`route::allow`](crate::request::route::allow): `GET, HEAD, OPTIONS`.
    #[must_use]
    pub fn preflight(allow: &str) -> Self {
        let mut reply = Self::empty(204);
        reply.set("Allow", allow);
        reply.set("Access-Control-Allow-Methods", allow.strip_suffix(", OPTIONS").unwrap_or(allow));
        reply.set("Access-Control-Allow-Headers", "If-None-Match");
        reply.set("Access-Control-Max-Age", "86400");
        reply
    }

    /// Takes back what [`Self::empty`] allows to pages of other origins: for answers to those who have
    /// a key, which no page should have.
    #[must_use]
    pub fn for_own_origin(mut self) -> Self {
        self.headers
            .retain(|(name, _)| !name.starts_with("Access-Control-") && *name != "Cross-Origin-Resource-Policy");
        self.set("Cross-Origin-Resource-Policy", "same-origin");
        self
    }

    /// Adds a header that the answer does not have yet.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.push((name, value.into()));
    }

    /// The value of a header, whose name must be spelled as it was set. `None` if the answer does
    /// not have it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}
