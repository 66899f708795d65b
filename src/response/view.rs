//! The views of a picture: its alt text, an `<img>` element for it, and the explanation of
//! [`explain`](super::explain).
//!
//! A view holds the values of its URL, so that it must not be cached: `no-store`, and no `ETag`.

use crate::params::Values;
use crate::plan::Plan;
use crate::request::{Format, Options};

use super::image::{Cached, server_timing, x_params};
use super::{Freshness, Reply};

/// 200, with a view as its body. `timing` are the stages of the request, each with its duration in
/// milliseconds.
#[must_use]
pub fn reply(format: Format, body: String, values: &Values, timing: &[(&'static str, f64)]) -> Reply {
    let mut reply = Reply::new(200, format.content_type(), body.into_bytes());
    reply.set("Cache-Control", Freshness::Never.cache_control());
    reply.set("X-Cache", Cached::Bypass.as_str());
    reply.set("X-Params", x_params(values));
    reply.set("Server-Timing", server_timing(timing));
    if format == Format::Html {
        // If the view is opened as a page, it can show the picture and nothing else.
        reply.set("Content-Security-Policy", "default-src 'none'; img-src 'self'; sandbox");
    }
    reply
}

/// The `<img>` element of the picture at `src`, with a line break after it. Its width in CSS px is
/// `_w`, or else the template's; `_dpr` does not change it.
#[must_use]
pub fn html(plan: &Plan, options: &Options, src: &str) -> String {
    let frame = plan.frame;
    let width = options.width.map_or(f64::from(frame.width), f64::from);
    let height = (width * f64::from(frame.height) / f64::from(frame.width.max(1.0))).round().max(1.0);
    format!("<img src=\"{}\" width=\"{width}\" height=\"{height}\" alt=\"{}\">\n", escape(src), escape(&plan.alt))
}

/// Escapes text for an HTML attribute or element.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::Inputs;
    use crate::limits::Limits;
    use crate::params::{Resolved, Source, Value};
    use crate::template::Template;

    #[test]
    fn an_img_has_its_size_and_alt_text() {
        let limits = Limits::default();
        let document = r#"{ "width": 1200, "height": 630, "alt": "Welcome, \"<Maria>\"!", "layers": [] }"#;
        let template = Template::parse(document, &limits).unwrap();
        let img = |query, src| {
            let options = Options::read(query, &limits);
            let values = Values::new();
            html(&crate::plan::plan(&Inputs::new(&template, &values, &options, Format::Html), &limits), &options, src)
        };
        // With `_dpr=3` the picture would be larger than allowed, but its size on the page is the
        // same.
        for query in ["", "_dpr=2", "_dpr=3"] {
            assert!(img(query, "/").contains("width=\"1200\" height=\"630\""), "{}", img(query, "/"));
        }
        assert!(img("_w=400&_dpr=2", "/").contains("width=\"400\" height=\"210\""));
        assert_eq!(
            img("_dpr=2", "https://img.example/i/welcome@7.png?name=%3CMaria%3E&a='"),
            "<img src=\"https://img.example/i/welcome@7.png?name=%3CMaria%3E&amp;a=&#39;\" width=\"1200\" height=\"630\" \
             alt=\"Welcome, &quot;&lt;Maria&gt;&quot;!\">\n"
        );
    }

    #[test]
    fn a_view_is_not_cached() {
        let maria = Resolved::new(Some(Value::Text("<Maria>".to_owned())), Source::Given);
        let values = Values::from([("name".to_owned(), maria)]);
        for format in [Format::Txt, Format::Html, Format::Json] {
            let reply = reply(format, "Maria".to_owned(), &values, &[]);
            assert_eq!((reply.status, reply.body.as_slice()), (200, b"Maria".as_slice()));
            assert_eq!(reply.header("Cache-Control"), Some("no-store"));
            assert_eq!(reply.header("Content-Type"), Some(format.content_type()));
            assert_eq!(reply.header("ETag"), None);
            assert!(!reply.headers.iter().any(|(_, value)| value.contains("Maria")));
        }
    }
}
