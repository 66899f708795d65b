//! The page at `/`, where a person picks a template and a sender, fills in fixed values, and copies
//! the HTML.
//!
//! The page is one document with inline style, script and data. Its `Content-Security-Policy`
//! allows style and script by their digests. It loads pictures and answers of `/v1/snippet` from
//! its own origin, and nothing else. Without its script it shows the samples with their URLs.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::response::view::escape;
use crate::response::{Freshness, Reply};
use crate::snippet::choices::{Choice, Origin};
use crate::snippet::describe::{self, TemplateInfo};
use crate::snippet::sender::{self, FIELDS};
use crate::template::document::Document;

/// The page, with `{style}`, `{script}`, `{version}`, `{pictures}`, `{senders}`, `{samples}` and
/// `{data}` to be filled in.
const FRAME: &str = include_str!("page.html");

/// The page's style sheet.
const STYLE: &str = include_str!("page.css");

/// The page's script, an ES module.
const SCRIPT: &str = include_str!("page.js");

/// Width of the small pictures by which a template is picked, in px: twice the width at which they
/// are shown.
const PICTURE_PX: u32 = 360;

/// The data for the script.
#[derive(Serialize)]
struct Data<'a> {
    templates: Vec<TemplateInfo<'a>>,
    fields: Vec<(&'static str, &'static str)>,
}

/// A template on the page.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The template's id.
    pub id: &'a str,
    /// The template's document.
    pub document: &'a Document,
}

/// 200, with the page.
#[must_use]
pub fn reply(samples: &[Sample<'_>]) -> Reply {
    let (mut pictures, mut cards) = (String::new(), String::new());
    for Sample { id, document } in samples {
        picture(&mut pictures, id, document);
        card(&mut cards, id, document);
    }
    let templates = samples.iter().map(|sample| describe::template(sample.id, sample.document)).collect();
    let data = Data { templates, fields: FIELDS.to_vec() };
    // Strings and finite numbers always serialise. `<` is escaped, because the data is in a script
    // element.
    let data = serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c");

    let html = FRAME
        .replace("{style}", STYLE)
        .replace("{script}", SCRIPT)
        .replace("{version}", env!("CARGO_PKG_VERSION"))
        .replace("{pictures}", &pictures)
        .replace("{senders}", &senders())
        .replace("{samples}", &cards)
        .replace("{data}", &data);
    let mut reply = Reply::new(200, "text/html; charset=utf-8", html.into_bytes());
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text));
    reply.set(
        "Content-Security-Policy",
        format!(
            "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'sha256-{}'; script-src 'sha256-{}'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
             trusted-types 'none'",
            digest(STYLE),
            digest(SCRIPT)
        ),
    );
    reply.set("Cache-Control", Freshness::Never.cache_control());
    reply
}

/// The query that gives every param that differs between recipients its example: `name=Maria&points=7`.
fn example_query(document: &Document) -> String {
    // As the preview has them: what is the same for everyone is as the template has it.
    let examples: Vec<_> = describe::examples(&document.params)
        .into_iter()
        .filter(|(name, _)| {
            let param = document.params.get(name);
            param.is_some_and(|param| matches!(Choice::usual(name, param).origin, Origin::Field(_)))
        })
        .collect();
    let plain = examples.iter().map(|(name, example)| (name.as_str(), example.trim_start_matches('#')));
    // Pairs of strings always serialise.
    serde_urlencoded::to_string(plain.collect::<Vec<_>>()).unwrap_or_default()
}

fn title<'a>(id: &'a str, document: &'a Document) -> &'a str {
    document.title.as_deref().unwrap_or(id)
}

/// Writes the radio button of a template, with its picture.
fn picture(out: &mut String, id: &str, document: &Document) {
    let query = example_query(document);
    let and = if query.is_empty() { "" } else { "&" };
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        out,
        "<label class=\"pick\"><input type=\"radio\" name=\"template\" value=\"{id}\">\
         <span class=\"thumb\"><img src=\"{}\" alt=\"\" loading=\"lazy\"></span><span class=\"caption\">{}</span></label>",
        escape(&format!("/i/{id}.png?{query}{and}_w={PICTURE_PX}")),
        escape(title(id, document))
    );
}

/// The `<option>` elements of all senders, sorted by name.
fn senders() -> String {
    let mut options = String::new();
    for sender in &sender::all() {
        let _ = writeln!(options, "<option value=\"{}\">{}</option>", escape(&sender.id), escape(&sender.name));
    }
    options
}

/// Writes a sample with values and without, for browsers without scripts.
fn card(out: &mut String, id: &str, document: &Document) {
    let (title, query) = (escape(title(id, document)), example_query(document));
    let Document { width, height, .. } = document;
    let bare = format!("/i/{id}.png");
    let full = if query.is_empty() { bare.clone() } else { format!("{bare}?{}", escape(&query)) };
    let figure = |url: &str, what: &str| {
        format!(
            "<figure><img src=\"{url}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" alt=\"{title}, {what}\">\
             <figcaption><a href=\"{url}\">{url}</a></figcaption></figure>\n"
        )
    };
    let _ = write!(
        out,
        "<section>\n<h3>{title} <span>{width} × {height}</span></h3>\n<div class=\"pair\">\n{}{}</div>\n</section>\n",
        figure(&full, "with example values"),
        figure(&bare, "without values")
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::template;

    const DOCUMENT: &str = r##"{
        "title": "Welcome </script> <banner>", "width": 1200, "height": 630, "layers": [],
        "params": {
            "name": { "type": "text", "example": "Zoë & <Co>" },
            "none": { "type": "text" },
            "bg": { "type": "color", "example": "#FF5733" },
            "points": { "type": "number", "example": 12.5 }
        }
    }"##;

    #[test]
    fn the_page_has_samples_senders_and_data() {
        let template = template::Template::parse(DOCUMENT, &Limits::default()).unwrap();
        let reply = reply(&[Sample { id: "welcome", document: &template.document }]);
        let page = String::from_utf8(reply.body.clone()).unwrap();
        for part in [
            "<h3>Welcome &lt;/script&gt; &lt;banner&gt; <span>1200 × 630</span></h3>",
            "src=\"/i/welcome.png?name=Zo%C3%AB+%26+%3CCo%3E&amp;points=12.5\" width=\"1200\" height=\"630\"",
            "src=\"/i/welcome.png\" width",
            "src=\"/i/welcome.png?name=Zo%C3%AB+%26+%3CCo%3E&amp;points=12.5&amp;_w=360\"",
            "<option value=\"mailchimp\">Mailchimp</option>",
            "\\u003c/script>",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        for part in ["{style}", "{script}", "{samples}", "{version}", "{data}", "<banner>", "https:", "style=\""] {
            assert!(!page.contains(part), "{part} in {page}");
        }
        let policy = reply.header("Content-Security-Policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'sha256-"),
            "{policy}"
        );
    }
}
