//! The views of a picture: its alt text, an `<img>` for it, and why it looks as it does.
//!
//! A view holds the values of its URL, so that nobody keeps it: `no-store`, no `ETag`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::params::merge_tag::Family;
use crate::params::{Missing, Repair, Value, Values};
use crate::request::Format;

use super::picture::{Cached, server_timing, x_params};
use super::{Freshness, Reply};

/// What a view tells.
#[derive(Debug, Clone, PartialEq)]
pub struct View<'a> {
    /// The template's id.
    pub template: &'a str,
    /// The revision; `None` is the live one.
    pub revision: Option<u32>,
    /// Output px.
    pub width: u32,
    /// Output px.
    pub height: u32,
    /// Output px per CSS px: `width` and `height` of an `<img>` are CSS px.
    pub dpr: f32,
    /// The alt text.
    pub alt: &'a str,
    /// The resolved params.
    pub values: &'a Values,
    /// What was not as the template asked, in words.
    pub warnings: &'a [String],
    /// The absolute URL of the picture.
    pub src: &'a str,
    /// Stages and how long they took, in milliseconds.
    pub timing: &'a [(&'static str, f64)],
}

impl View<'_> {
    /// 200, with the view.
    #[must_use]
    pub fn reply(&self, format: Format) -> Reply {
        let body = match format {
            Format::Html => self.html(),
            Format::Json => self.json(),
            _ => self.alt.to_owned(),
        };
        let mut reply = Reply::new(200, format.content_type(), body.into_bytes());
        reply.set("Cache-Control", Freshness::Never.cache_control());
        reply.set("X-Cache", Cached::Bypass.as_str());
        reply.set("X-Params", x_params(self.values));
        reply.set("Server-Timing", server_timing(self.timing));
        if format == Format::Html {
            // Opened by itself it shows the picture, and can do nothing else.
            reply.set("Content-Security-Policy", "default-src 'none'; img-src 'self'; sandbox");
        }
        reply
    }

    fn html(&self) -> String {
        format!(
            "<img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}\">\n",
            escape(self.src),
            css_px(self.width, self.dpr),
            css_px(self.height, self.dpr),
            escape(self.alt)
        )
    }

    fn json(&self) -> String {
        let params = self.values.iter().map(|(name, resolved)| {
            let param = ParamView {
                value: resolved.value.as_ref().map(json_value),
                source: resolved.source.code(),
                why: resolved.source.missing().map(Missing::code),
                tag: resolved.source.missing().and_then(Missing::tag).map(Family::code),
                reason: resolved.source.missing().map(Missing::words),
                repairs: resolved.repairs.iter().map(Repair::code).collect(),
            };
            (name.as_str(), param)
        });
        let document = Document {
            template: self.template,
            revision: self.revision,
            width: self.width,
            height: self.height,
            alt: self.alt,
            params: params.collect(),
            warnings: self.warnings,
        };
        // Strings and finite numbers always serialise.
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    template: &'a str,
    revision: Option<u32>,
    width: u32,
    height: u32,
    alt: &'a str,
    params: BTreeMap<&'a str, ParamView>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct ParamView {
    value: Option<serde_json::Value>,
    /// `given`, `url-default`, `template-default`, `nothing`.
    source: &'static str,
    /// Why the URL's own value does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// Whose merge tag it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'static str>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What was repaired.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repairs: Vec<&'static str>,
}

fn json_value(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) | Value::Choice(text) | Value::Image(text) => text.as_str().into(),
        Value::Number(number) => (*number).into(),
        Value::Color(color) => color.to_hex().into(),
        Value::Datetime(moment) => moment.to_string().into(),
    }
}

/// Text inside an HTML attribute or element.
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

/// Output px → CSS px, rounded.
fn css_px(px: u32, dpr: f32) -> f64 {
    (f64::from(px) / f64::from(dpr.max(1.0))).round()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{Resolved, Source};

    #[test]
    fn shows_one_picture_three_ways() {
        let values = Values::from([
            ("name".to_owned(), Resolved::new(Some(Value::Text("<Maria>".to_owned())), Source::Given)),
            ("points".to_owned(), Resolved::new(Some(Value::Number(0.5)), Source::UrlDefault(Missing::Empty))),
            ("plan".to_owned(), Resolved::new(None, Source::Missing(Missing::Absent))),
        ]);
        let warnings = ["the image logo.png was not there".to_owned()];
        let view = View {
            template: "welcome",
            revision: Some(7),
            width: 2400,
            height: 1260,
            dpr: 2.0,
            alt: "Welcome, \"<Maria>\"!",
            values: &values,
            warnings: &warnings,
            src: "https://img.example/i/welcome@7.png?name=%3CMaria%3E&a='",
            timing: &[],
        };
        let body = |format| String::from_utf8(view.reply(format).body).unwrap();
        assert_eq!(body(Format::Txt), "Welcome, \"<Maria>\"!");
        assert_eq!(
            body(Format::Html),
            "<img src=\"https://img.example/i/welcome@7.png?name=%3CMaria%3E&amp;a=&#39;\" width=\"1200\" height=\"630\" \
             alt=\"Welcome, &quot;&lt;Maria&gt;&quot;!\">\n"
        );
        let json: serde_json::Value = serde_json::from_str(&body(Format::Json)).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "template": "welcome", "revision": 7, "width": 2400, "height": 1260, "alt": "Welcome, \"<Maria>\"!",
                "params": {
                    "name": { "value": "<Maria>", "source": "given" },
                    "plan": { "value": null, "source": "nothing", "why": "absent", "reason": "missing: absent" },
                    "points": { "value": 0.5, "source": "url-default", "why": "empty", "reason": "missing: empty" },
                },
                "warnings": ["the image logo.png was not there"],
            })
        );
        for format in [Format::Txt, Format::Html, Format::Json] {
            let reply = view.reply(format);
            assert_eq!(reply.header("Cache-Control"), Some("no-store"));
            assert_eq!(reply.header("Content-Type"), Some(format.content_type()));
            assert_eq!(reply.header("ETag"), None);
            assert!(!reply.headers.iter().any(|(_, value)| value.contains("Maria")));
        }
    }
}
