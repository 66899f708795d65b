//! `/`: a page that shows every sample template with its URL, with data and without.
//!
//! It loads nothing but its own pictures, and its `Content-Security-Policy` holds it to that.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::params::{Param, Params};

use super::view::escape;
use super::{Freshness, Reply};

/// The page's frame, with `{style}`, `{samples}` and `{version}`.
const FRAME: &str = include_str!("page.html");

/// Its style sheet, inline.
const STYLE: &str = include_str!("page.css");

/// One template on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Template px.
    pub width: u32,
    /// Template px.
    pub height: u32,
    /// Its params, for their examples.
    pub params: &'a Params,
}

/// 200, with the page.
#[must_use]
pub fn reply(samples: &[Sample<'_>]) -> Reply {
    let mut cards = String::new();
    for sample in samples {
        card(&mut cards, sample);
    }
    let html =
        FRAME.replace("{style}", STYLE).replace("{version}", env!("CARGO_PKG_VERSION")).replace("{samples}", &cards);
    let mut reply = Reply::new(200, "text/html; charset=utf-8", html.into_bytes());
    let style = STANDARD.encode(Sha256::digest(STYLE));
    reply.set(
        "Content-Security-Policy",
        format!(
            "default-src 'none'; img-src 'self'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        ),
    );
    reply.set("Cache-Control", Freshness::Never.cache_control());
    reply
}

/// The query that sets every param with an example to it: `name=Maria&plan=pro`.
#[must_use]
pub fn example_query(params: &Params) -> String {
    let examples = params.iter().filter_map(|(name, param)| {
        let example = match param {
            Param::Text(text) => text.example.clone(),
            Param::Color(color) => color.example.as_ref().map(|color| color.trim_start_matches('#').to_owned()),
            Param::Number(number) => number.example.map(|number| number.to_string()),
            Param::Choice(choice) => choice.example.clone(),
            Param::Datetime(datetime) => datetime.example.clone(),
            Param::Image(image) => image.example.clone(),
        };
        Some((name, example?))
    });
    // Pairs of strings always serialise.
    serde_urlencoded::to_string(examples.collect::<Vec<_>>()).unwrap_or_default()
}

fn card(out: &mut String, sample: &Sample<'_>) {
    let Sample { id, title, width, height, params } = sample;
    let (title, query) = (escape(title), example_query(params));
    let bare = format!("/i/{id}.png");
    let full = if query.is_empty() { bare.clone() } else { format!("{bare}?{}", escape(&query)) };
    let figure = |url: &str, what: &str| {
        format!(
            "<figure><img src=\"{url}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" alt=\"{title}, {what}\">\
             <figcaption><a href=\"{url}\">{url}</a></figcaption></figure>\n"
        )
    };
    // Writing to a `String` cannot fail.
    let _ = write!(
        out,
        "<section>\n<h2>{title} <span>{width} × {height}</span></h2>\n<div class=\"pair\">\n{}{}</div>\n</section>\n",
        figure(&full, "with example values"),
        figure(&bare, "without values")
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::declare::{ColorParam, NumberParam, TextParam};

    #[test]
    fn shows_each_sample_with_and_without_values() {
        let text = |example: &str| Param::Text(TextParam { example: Some(example.to_owned()), ..TextParam::default() });
        let params = Params::from([
            ("name".to_owned(), text("Zoë & <Co>")),
            ("none".to_owned(), Param::Text(TextParam::default())),
            (
                "bg".to_owned(),
                Param::Color(ColorParam { example: Some("#FF5733".to_owned()), ..ColorParam::default() }),
            ),
            ("points".to_owned(), Param::Number(NumberParam { example: Some(12.5), ..NumberParam::default() })),
        ]);
        assert_eq!(example_query(&params), "bg=FF5733&name=Zo%C3%AB+%26+%3CCo%3E&points=12.5");
        let reply =
            reply(&[Sample { id: "welcome", title: "Welcome <banner>", width: 1200, height: 630, params: &params }]);
        let page = String::from_utf8(reply.body.clone()).unwrap();
        for part in [
            "<h2>Welcome &lt;banner&gt; <span>1200 × 630</span></h2>",
            "src=\"/i/welcome.png?bg=FF5733&amp;name=Zo%C3%AB+%26+%3CCo%3E&amp;points=12.5\" width=\"1200\" height=\"630\"",
            "src=\"/i/welcome.png\" width",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        for part in ["{style}", "{samples}", "{version}", "<banner>", "http:", "https:", "<script"] {
            assert!(!page.contains(part), "{part} in {page}");
        }
        let policy = reply.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; img-src 'self'; style-src 'sha256-"), "{policy}");
    }
}
