//! A URL, and what it asks for. Nothing here looks at a template.
//!
//! Everything that a mangled query must not be able to break (template, revision, format, signature) is
//! in the path; the query holds values and options, where anything that makes no sense is as if absent.
//!
//! Invariant: one pass over the URL, after its length was checked.

pub mod options;
pub mod query;
pub mod route;

pub use options::{Options, language};
pub use query::Pair;
pub use route::{Format, ImageRequest, Route, TemplateId};

use crate::error::{Fault, Problem};
use crate::limits::Limits;

/// A request that makes sense: what for, how, and the query that its values are in.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<'a> {
    /// What the path asks for.
    pub route: Route,
    /// The query names that are ours.
    pub options: Options,
    /// The raw query, without its `?`.
    pub query: &'a str,
    /// `HEAD`: the same answer, without its body.
    pub head: bool,
}

/// Reads a request line.
///
/// # Errors
/// A URL that is too long (414), a method other than GET and HEAD (405), a path that is no page (404).
pub fn read<'a>(method: &str, path: &str, query: &'a str, limits: &Limits) -> Result<Request<'a>, Problem> {
    if path.len().saturating_add(query.len()) > limits.url_bytes {
        let message = format!("The URL is longer than {} bytes", limits.url_bytes);
        return Err(Problem::new(Fault::UrlTooLong, "url-too-long", message).remedy("shorten the values in the query"));
    }
    let head = match method {
        "GET" => false,
        "HEAD" => true,
        _ => {
            return Err(Problem::new(Fault::Method, "method-not-allowed", "Pictures are read with GET or HEAD")
                .remedy("send GET"));
        }
    };
    Ok(Request { route: Route::parse(path)?, options: Options::read(query, limits), query, head })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_by_length_then_method_then_path() {
        let limits = Limits { url_bytes: 32, ..Limits::default() };
        for (method, path, query, status) in [
            ("GET", "/i/welcome.png", "name=Maria", 0),
            ("HEAD", "/i/welcome.png", "", 0),
            ("POST", "/i/welcome.png", "", 405),
            ("get", "/i/welcome.png", "", 405),
            ("GET", "/i/nope", "", 404),
            ("GET", "/i/welcome.png", "name=0123456789abc", 0),
            ("GET", "/i/welcome.png", "name=0123456789abcd", 414),
            ("POST", "/i/welcome.png", "name=0123456789abcd", 414),
        ] {
            let got = read(method, path, query, &limits).map_or_else(|problem| problem.status(), |_| 0);
            assert_eq!(got, status, "{method} {path}?{query}");
        }
    }
}
