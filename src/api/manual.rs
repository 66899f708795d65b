//! `/v1/docs`: the OpenAPI document as a page.
//!
//! The page is made when the Worker is built (`tools/api-docs.mjs`): one HTML file with an inline
//! style sheet, and without any script. Its `Content-Security-Policy` allows that style by its digest,
//! and nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::response::{Freshness, Reply};

/// 200, with the page. A page without a style sheet gets a policy that allows none.
#[must_use]
pub fn page(html: Vec<u8>) -> Reply {
    let style = style(&html).map(|style| format!("style-src 'sha256-{}'; ", STANDARD.encode(Sha256::digest(style))));
    let style = style.unwrap_or_default();
    let mut reply = Reply::new(200, "text/html; charset=utf-8", html);
    reply.set(
        "Content-Security-Policy",
        format!("default-src 'none'; {style}base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    );
    reply.set("Cache-Control", Freshness::Brief.cache_control());
    reply
}

/// 200, with the OpenAPI document.
#[must_use]
pub fn openapi(json: Vec<u8>) -> Reply {
    let mut reply = Reply::new(200, "application/json; charset=utf-8", json);
    reply.set("Cache-Control", Freshness::Brief.cache_control());
    reply
}

/// The text of the first `<style>`.
fn style(html: &[u8]) -> Option<&[u8]> {
    let after = |text: &'static [u8]| html.windows(text.len()).position(|window| window == text);
    let start = after(b"<style>")?.checked_add(b"<style>".len())?;
    html.get(start..after(b"</style>")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_style_of_the_page_is_allowed() {
        let page = page(b"<title>x</title><style>a{}</style>".to_vec());
        // printf 'a{}' | openssl dgst -sha256 -binary | base64
        let digest = STANDARD.encode(Sha256::digest("a{}"));
        let policy = page.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with(&format!("default-src 'none'; style-src 'sha256-{digest}'; ")), "{policy}");
        let bare = super::page(b"<style>".to_vec());
        assert!(!bare.header("Content-Security-Policy").unwrap().contains("style-src"));
    }
}
