//! The answer that is a picture, and its 304: all headers of pictures are set here.

use std::fmt::Write;

use crate::params::{Missing, Repair, Source, Values};
use crate::request::TemplateId;

use super::{Freshness, Reply};

/// The most bytes of `X-Params`; params that do not fit are left out. Proxies refuse header fields
/// of 8 KiB.
const MAX_X_PARAMS_BYTES: usize = 4_096;

/// Whether a cache answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cached {
    /// A cache of ours had the picture, or the client itself (304): nothing was drawn.
    Hit,
    /// No cache had the picture: it was drawn and cached.
    Miss,
    /// No cache was asked: errors, views, debug pictures.
    Bypass,
}

impl Cached {
    /// The value of `X-Cache`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Bypass => "bypass",
        }
    }
}

/// The answer to a request for a picture, without the picture's bytes: everything that its headers
/// are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageReply<'a> {
    /// The template's id.
    pub template: &'a TemplateId,
    /// The revision; `None` is the live one.
    pub revision: Option<u32>,
    /// For how long others may cache it.
    pub freshness: Freshness,
    /// The `ETag`, with its quotes.
    pub etag: String,
    /// Whether a cache answered: `X-Cache`.
    pub cached: Cached,
    /// Number of characters in the picture that no font has, for `X-Glyphs`; 0 if it is unknown, as
    /// for a 304. The characters themselves are part of a value.
    pub missing_glyphs: u32,
    /// The resolved params. `X-Params` says where each value comes from, and never the value.
    pub values: &'a Values,
    /// Further cache tags: those of the records that it shows.
    pub tags: &'a [String],
    /// The variant that was chosen, for `X-Variant`; `None` if the template has none.
    pub variant: Option<&'a str>,
    /// The stages of the request, each with its duration in milliseconds: `Server-Timing`.
    pub timing: &'a [(&'static str, f64)],
}

impl ImageReply<'_> {
    /// 200, for a file of `bytes` bytes that the caller holds and sends.
    #[must_use]
    pub fn reply(&self, content_type: &str, bytes: usize) -> Reply {
        let mut reply = Reply::of_file(200, content_type, bytes);
        self.describe(&mut reply);
        reply
    }

    /// 304: the client has the picture.
    #[must_use]
    pub fn not_modified(&self) -> Reply {
        let mut reply = Reply::empty(304);
        self.describe(&mut reply);
        reply
    }

    fn describe(&self, reply: &mut Reply) {
        reply.set("ETag", self.etag.clone());
        reply.set("Cache-Control", self.freshness.cache_control());
        let tags = [&[cache_tag(self.template, self.revision)], self.tags].concat();
        reply.set("Cache-Tag", tags.join(","));
        reply.set("X-Cache", self.cached.as_str());
        reply.set("X-Params", x_params(self.values));
        if let Some(variant) = self.variant {
            reply.set("X-Variant", variant);
        }
        if self.missing_glyphs > 0 {
            reply.set("X-Glyphs", format!("missing={}", self.missing_glyphs));
        }
        reply.set("Server-Timing", server_timing(self.timing));
    }
}

/// The value of `Cache-Tag`, by which a shared cache can be purged: `t:{template},r:{revision}`.
/// The live revision is `r:live`.
#[must_use]
pub fn cache_tag(template: &TemplateId, revision: Option<u32>) -> String {
    revision.map_or_else(|| format!("t:{template},r:live"), |revision| format!("t:{template},r:{revision}"))
}

/// The value of `X-Params`: for each param where its value comes from, and never the value. It is
/// an RFC 9651 dictionary:
/// `company=given;fix=html-entities, name=missing;tag=mailchimp;use=template-default`.
#[must_use]
pub fn x_params(values: &Values) -> String {
    let mut header = String::new();
    for (name, resolved) in values {
        let mut member = match resolved.source.missing() {
            None => match resolved.source.failure() {
                Some(failure) => format!("{name}={};why={}", resolved.source.code(), failure.code()),
                None => format!("{name}=given"),
            },
            Some(Missing::MergeTag(family)) => format!("{name}=missing;tag={}", family.code()),
            Some(why) => format!("{name}=missing;why={}", why.code()),
        };
        if matches!(resolved.source, Source::UrlDefault(_) | Source::TemplateDefault(_)) {
            member.push_str(";use=");
            member.push_str(resolved.source.code());
        }
        if !resolved.repairs.is_empty() {
            member.push_str(";fix=");
            member.push_str(&resolved.repairs.iter().map(Repair::code).collect::<Vec<_>>().join("+"));
        }
        if header.len().saturating_add(member.len()).saturating_add(2) > MAX_X_PARAMS_BYTES {
            break;
        }
        if !header.is_empty() {
            header.push_str(", ");
        }
        header.push_str(&member);
    }
    header
}

/// The value of `Server-Timing`, in milliseconds: `template;dur=0.2, render;dur=1.4`.
#[must_use]
pub fn server_timing(stages: &[(&'static str, f64)]) -> String {
    let mut header = String::new();
    for (name, ms) in stages {
        let comma = if header.is_empty() { "" } else { ", " };
        // Writing to a `String` cannot fail.
        let _ = write!(header, "{comma}{name};dur={ms:.1}");
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::merge_tag::Family;
    use crate::params::{Resolved, Value};

    fn values() -> Values {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        Values::from([
            ("company".to_owned(), Resolved::new(text("SECRET"), Source::Given)),
            ("name".to_owned(), Resolved::new(text("SECRET"), Source::TemplateDefault(Missing::Empty))),
            ("city".to_owned(), Resolved::new(text("SECRET"), Source::UrlDefault(Missing::NullLike))),
            ("plan".to_owned(), Resolved::new(None, Source::Missing(Missing::Absent))),
            (
                "tag".to_owned(),
                Resolved::new(text("SECRET"), Source::TemplateDefault(Missing::MergeTag(Family::Mailchimp))),
            ),
        ])
    }

    #[test]
    fn a_picture_has_all_its_headers() {
        let values = values();
        let template = TemplateId::parse("acme/welcome").unwrap();
        let about = ImageReply {
            template: &template,
            revision: Some(7),
            freshness: Freshness::Pinned,
            etag: "\"k\"".to_owned(),
            cached: Cached::Miss,
            missing_glyphs: 2,
            values: &values,
            tags: &["p:0011223344556677".to_owned()],
            variant: Some("b"),
            timing: &[("template", 0.25), ("render", 1.0)],
        };
        let params = "city=missing;why=null-like;use=url-default, company=given, \
                      name=missing;why=empty;use=template-default, plan=missing;why=absent, \
                      tag=missing;tag=mailchimp;use=template-default";
        let shared = [
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "cross-origin"),
            ("Access-Control-Allow-Origin", "*"),
            ("X-Robots-Tag", "noindex"),
            ("Referrer-Policy", "no-referrer"),
        ];
        let own = [
            ("ETag", "\"k\""),
            ("Cache-Control", "public, max-age=31536000, immutable"),
            ("Cache-Tag", "t:acme/welcome,r:7,p:0011223344556677"),
            ("X-Cache", "miss"),
            ("X-Params", params),
            ("X-Variant", "b"),
            ("X-Glyphs", "missing=2"),
            ("Server-Timing", "template;dur=0.2, render;dur=1.0"),
        ];
        let body = [("Content-Type", "image/png"), ("Content-Length", "3")];
        let flat = |reply: &Reply| reply.headers.iter().map(|(n, v)| format!("{n}: {v}")).collect::<Vec<_>>();
        let expect =
            |rows: &[&[(&str, &str)]]| rows.concat().iter().map(|(n, v)| format!("{n}: {v}")).collect::<Vec<_>>();

        let reply = about.reply("image/png", 3);
        assert_eq!((reply.status, reply.body.len()), (200, 0));
        assert_eq!(flat(&reply), expect(&[&shared, &body, &own]));

        let reply = ImageReply { revision: None, cached: Cached::Hit, missing_glyphs: 0, ..about }.not_modified();
        assert_eq!(reply.header("X-Glyphs"), None);
        assert_eq!((reply.status, reply.body.len(), reply.header("Content-Type")), (304, 0, None));
        assert_eq!(reply.header("Cache-Tag"), Some("t:acme/welcome,r:live,p:0011223344556677"));
        assert!(!flat(&reply).join("\n").contains("SECRET"));
    }

    #[test]
    fn keeps_x_params_short() {
        let given = || Resolved::new(None, Source::Given);
        let many: Values = (0..1_000).map(|n| (format!("param_number_{n}"), given())).collect();
        let header = x_params(&many);
        assert!(header.len() <= MAX_X_PARAMS_BYTES && header.ends_with("=given"), "{}", header.len());
        assert_eq!(x_params(&Values::new()), "");
    }
}
