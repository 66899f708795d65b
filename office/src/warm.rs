//! Pictures that are drawn before they are asked for, so that the first reader of a mailing waits for
//! nothing.

use futures_util::future::join_all;
use monogram::api::jobs::{WarmBody, Warmed};
use monogram::error::{Fault, Problem};
use monogram::response::Reply;
use monogram_platform::{Visit, body, json};

use super::renderer::Renderer;

/// URLs of one call.
const URLS: usize = 100;

/// URLs that are drawn at once.
const AT_ONCE: usize = 6;

/// `POST /v1/warm`: each URL is drawn as if a reader had asked for it, and stays in the cache of this
/// location of Cloudflare.
///
/// # Errors
/// 400 for URLs of others, or too many.
pub async fn draw(visit: &Visit<'_>, renderer: &Renderer) -> Result<Reply, Problem> {
    let WarmBody { urls } = body::json(visit).await?;
    let wrong = |message: String| Problem::new(Fault::Request, "bad-urls", message).at("urls");
    if urls.is_empty() || urls.len() > URLS {
        return Err(wrong(format!("Expected 1 to {URLS} URLs")));
    }
    let own = |url: &String| {
        let path = url.strip_prefix(visit.call.origin).unwrap_or(url);
        ["/i/", "/s/", "/x/"].iter().any(|folder| path.starts_with(folder)).then(|| path.to_owned())
    };
    let paths: Option<Vec<String>> = urls.iter().map(own).collect();
    let paths = paths.ok_or_else(|| {
        wrong("A URL is no picture of this deployment".to_owned())
            .remedy(format!("they begin with {}/i/, /s/ or /x/", visit.call.origin))
    })?;
    let mut failed = Vec::new();
    let indexed: Vec<_> = paths.iter().enumerate().collect();
    for paths in indexed.chunks(AT_ONCE) {
        let drawn = paths.iter().map(async |(index, path)| {
            let drawn = renderer.draw(path, None, visit.limits()).await;
            (*index, drawn.is_some_and(|drawn| drawn.status == 200))
        });
        failed.extend(join_all(drawn).await.into_iter().filter(|(_, is_drawn)| !is_drawn).map(|(index, _)| index));
    }
    Ok(json(200, &Warmed { drawn: paths.len().saturating_sub(failed.len()), failed }))
}
