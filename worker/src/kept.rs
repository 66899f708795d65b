//! What pictures are drawn on, kept outside of this isolate: an isolate that begins reads it, instead of drawing and
//! compressing it as a thousand others have.
//!
//! It is in KV for the pictures of revisions, where publishing puts it, and in the Cache API of the location for all
//! others, where the isolate puts it that has drawn two of them. Its name stands for the build of the renderer, the
//! template and what its pictures share, and it has the digests of its images and a checksum
//! ([`monogram::render::kept_name`]). Every fault is a miss. It contains nothing of a recipient.

use std::rc::Rc;

use monogram::Inputs;
use monogram::incremental::{Cache, typical_query};
use monogram::limits::Limits;
use monogram::plan::plan;
use monogram::render;
use monogram::request::{Format, ImageRequest, Options};
use monogram::response::image::cache_tag;
use monogram::response::key::BUILD;
use monogram::template::Template;
use monogram_platform::templates::KV;
use worker::js_sys::Uint8Array;
use worker::web_sys::Response;
use worker::{ByteStream, Env};

use super::deadline::Deadline;
use super::log::Log;
use super::world::Fetched;
use super::{Call, assets, cache, fonts, log, memory, send};

/// Seconds for which it is kept. It is found only by the build that has made it.
const LIFETIME_S: u32 = 7 * 86_400;

/// Seconds for which a Cloudflare location caches what KV has, or that it has nothing yet.
const KV_CACHE_S: u64 = 300;

/// How much longer KV keeps it, which nobody fills again.
const KV_LIFETIMES: u64 = 12;

/// Milliseconds after an answer in which the isolate has time for it.
const PAUSE_MS: u32 = 50;

/// Its name in KV, which is that of no template.
fn place(name: &str) -> String {
    format!(".baselines/{BUILD}/{name}")
}

/// Its URL in the Cache API, which is none of the product.
fn address(origin: &str, name: &str) -> String {
    format!("{origin}/{}", place(name).replace('+', "/"))
}

/// What is kept under a name. `None` if there is nothing, or if it comes late.
pub async fn find(call: &Call<'_>, name: &str, log: &mut Log) -> Option<Vec<u8>> {
    let wait_ms = call.limits.kept_wait_ms;
    let deadline = Deadline::after(wait_ms);
    let found = async {
        let cached = deadline.within(wait_ms, cache::find(&address(call.origin, name))).await.ok().flatten();
        match cached.and_then(|response| response.body()) {
            Some(body) => Some(ByteStream::from(body)),
            None => {
                let kv = call.env.kv(KV).ok()?;
                let kept = kv.get(&place(name)).cache_ttl(KV_CACHE_S).stream();
                deadline.within(wait_ms, kept).await.ok()?.ok().flatten().map(ByteStream::from)
            }
        }
    };
    let found = found.await;
    let kept = match found {
        Some(mut body) => deadline.whole(&mut body, call.limits.silence_ms, call.limits.kept_bytes).await.ok(),
        None => None,
    };
    if kept.is_some() {
        log.stage("baseline");
    }
    kept
}

/// After a picture: puts what is worth it into the Cache API, once the answer is on its way.
pub fn put_proven(call: &Call<'_>, image: &ImageRequest) {
    let (cache, limits) = (memory::shared(call.limits), call.limits.clone());
    cache.forget_offered();
    if !cache.has_proven() {
        return;
    }
    let (origin, tag) = (call.origin.to_owned(), cache_tag(&image.template, image.revision));
    call.ctx.wait_until(async move {
        Deadline::after(PAUSE_MS).sleep(PAUSE_MS).await;
        let Some((name, kept)) = cache.take_proven(limits.kept_bytes) else { return };
        let headers = [
            ("Content-Type", "application/octet-stream".to_owned()),
            ("Cache-Control", format!("public, max-age={LIFETIME_S}")),
            ("Cache-Tag", tag),
        ];
        let stored = async {
            let response: Response = send::response(200, &headers, Some(&Uint8Array::from(kept.as_slice()))).ok()?;
            cache::put_response(&address(&origin, &name), &response).await
        };
        if stored.await.is_none() {
            log::fault("cache-put-failed", None);
        }
    });
}

/// Makes what the pictures of a new revision are drawn on, and puts it into KV. `document` is the text of the
/// revision. Nothing is lost where that fails: the first picture makes it.
pub async fn compile(env: &Env, document: &str, limits: &Limits) -> Option<()> {
    let template = Template::parse(document, limits).ok()?;
    let (mut values, options) = (template.example_values(&typical_query(&template), limits), Options::default());
    template.vary(&mut values, &options, limits);
    let inputs = Inputs::new(&template, &values, &options, Format::Png);
    let plan = plan(&inputs, limits);
    let deadline = Deadline::after(limits.files_wait_ms);
    let files = template.document.files.as_ref();
    let assets = assets::fetch(env, &plan.assets, files, limits.images_bytes, deadline, limits);
    let (assets, coming) = futures_util::future::join(assets, fonts::open(env, &plan.packs, deadline, limits)).await;
    let (fonts, has_fonts) = fonts::read(&plan.packs, coming, deadline, limits).await;
    if assets.fault || !has_fonts || !plan.remotes.is_empty() {
        return None;
    }
    let cache = Rc::new(Cache::new(limits));
    let world = Fetched { limits, assets: assets.found, fonts, cache: Some(Rc::clone(&cache)) };
    // The second picture proves that others can be drawn on it.
    for _ in 0..2 {
        render::picture(&inputs, &plan, &world).ok()?;
    }
    let (name, kept) = cache.take_proven(limits.kept_bytes)?;
    let put =
        env.kv(KV).ok()?.put_bytes(&place(&name), &kept).ok()?.expiration_ttl(u64::from(LIFETIME_S) * KV_LIFETIMES);
    deadline.within(limits.store_wait_ms, put.execute()).await.ok()?.ok()
}
