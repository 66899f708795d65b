//! A request line → its route and options. No template is looked at here.
//!
//! The path holds everything that a damaged query must not break: template, revision, format,
//! signature. The query holds values and options, and an invalid one counts as absent.
//!
//! Invariant: the URL's length is checked first; the rest takes linear time.

pub mod format;
pub mod management;
pub mod office;
pub mod options;
pub mod proxy;
pub mod query;
pub mod route;
pub mod template_id;

pub use format::Format;
pub use management::Management;
pub use office::Office;
pub use options::{Options, language};
pub use query::Pair;
pub use route::{ImageRequest, Route};
pub use template_id::TemplateId;

use crate::error::{Fault, Problem};
use crate::limits::Limits;

/// A valid request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<'a> {
    /// The route of the path, with the parts of the path that it needs.
    pub route: Route,
    /// The name of the route's handler, for logs.
    pub handler: &'static str,
    /// The scope that an API key must have. `None` if the route needs no key.
    pub scope: Option<&'static str>,
    /// Whether the Worker's module that draws answers it: [`route::Row::is_drawn`].
    pub is_drawn: bool,
    /// The options in the query.
    pub options: Options,
    /// The raw query, without its `?`.
    pub query: &'a str,
    /// Whether the method is `HEAD`: the answer is that of `GET` without its body.
    pub head: bool,
}

/// Reads a request line. `path` and `query` are raw, the query without its `?`.
///
/// # Errors
/// 414 if the URL is longer than [`Limits::url_bytes`], 405 if the path does not take the method,
/// 404 if there is no such path.
///
/// ```
/// use monogram::limits::Limits;
/// use monogram::request::{self, Format, Route};
///
/// let request = request::read("GET", "/i/welcome@7.png", "name=Maria&_w=600", &Limits::default()).unwrap();
/// let Route::Image(image) = request.route else { panic!("it is a picture") };
/// assert_eq!((image.template.as_str(), image.revision, image.format), ("welcome", Some(7), Format::Png));
/// assert_eq!(request.options.width, Some(600));
/// ```
pub fn read<'a>(method: &str, path: &str, query: &'a str, limits: &Limits) -> Result<Request<'a>, Problem> {
    if path.len().saturating_add(query.len()) > limits.url_bytes {
        let message = format!("The URL is longer than {} bytes", limits.url_bytes);
        return Err(Problem::new(Fault::UrlTooLong, "url-too-long", message).remedy("shorten the values in the query"));
    }
    let (row, route) = route::find(method, path)?;
    let options = Options::read(query, limits);
    Ok(Request {
        route,
        handler: row.handler,
        scope: row.scope,
        is_drawn: row.is_drawn(),
        options,
        query,
        head: method == "HEAD",
    })
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
