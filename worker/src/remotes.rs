//! The images on other hosts that a plan names.
//!
//! Invariant: a failure is no error. The picture is drawn with the layer's next source, or with what
//! the host sent before, and is kept for a minute.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::join_all;

use monogram::asset::{AssetId, Assets};
use monogram::error::Fault;
use monogram::image;
use monogram::limits::Limits;
use monogram::paint::Decoded;
use monogram::params::{Source, Values, value};
use monogram::plan::Plan;
use monogram::remote::{Failure, Place, Remote};
use monogram::response::Key;
use monogram_platform::hosts;

use super::memory;
use super::upstream::{Fresh, Kept, Sent, Upstream, Wanted};

/// Formats that are drawn. What comes is judged by its bytes.
const ACCEPT: &str = "image/png, image/jpeg, image/webp, image/gif, image/svg+xml";

/// The images of a picture, in the order of its plan.
#[derive(Default)]
pub struct Sources {
    all: Vec<(AssetId, Kept)>,
    /// What was decoded of the only one of them: it waits for the picture as long as this lives.
    _decoded: Option<Rc<Decoded>>,
}

impl Sources {
    fn found(&self) -> impl Iterator<Item = (&AssetId, &Sent)> {
        self.all.iter().filter_map(|(id, kept)| Some((id, kept.sent.as_ref()?)))
    }

    /// The images, beside the assets.
    pub fn add_to(&self, assets: &mut Assets) {
        assets.extend(self.found().map(|(id, sent)| (id.clone(), sent.bytes.clone())));
    }

    /// Bytes of the images together.
    pub fn bytes(&self) -> usize {
        self.found().map(|(_, sent)| sent.bytes.len()).sum()
    }

    /// Whether there is every image that the plan names.
    pub fn are_whole(&self, plan: &Plan) -> bool {
        plan.remotes.iter().all(|remote| self.found().any(|(known, _)| *known == remote.id))
    }

    /// Whether the host of each of them answered as it should.
    pub fn are_current(&self) -> bool {
        self.all.iter().all(|(_, kept)| kept.failure.is_none())
    }

    /// The key of the picture with these images.
    pub fn key(&self, key: Key) -> Key {
        if self.all.is_empty() {
            return key;
        }
        let digests: Vec<_> = self.all.iter().map(|(_, kept)| kept.sent.as_ref().map(|sent| sent.digest)).collect();
        key.with_remotes(&digests)
    }

    /// Says of the values which of them name an image whose host failed.
    pub fn blame(&self, values: &mut Values) {
        for (id, kept) in &self.all {
            if let Some(failure) = kept.failure {
                let source = if kept.sent.is_some() { Source::LastGood(failure) } else { Source::Failed(failure) };
                value::blame(values, id.as_str(), source);
            }
        }
    }
}

/// The images of a plan, all asked for at once.
pub async fn fetch(upstream: &Upstream<'_>, plan: &Plan) -> Sources {
    let limits = upstream.call.limits;
    let (pixels, decoded) = (Cell::new(limits.image_pixels_total), Cell::default());
    let is_only = plan.remotes.len() == 1;
    let is_logo = |remote: &Remote| matches!(remote.place, Place::Logo(_));
    let provider = plan.remotes.iter().any(is_logo).then(|| hosts::provider(upstream.call.env)).flatten();
    let one = |remote: &Remote| {
        let (remote, provider, pixels, decoded) = (remote.clone(), provider.as_ref(), &pixels, &decoded);
        async move {
            let (url, provider) = match &remote.place {
                Place::Url(url) => (url.clone(), None),
                Place::Logo(domain) => match provider.and_then(|provider| Some((provider.url(domain)?, provider))) {
                    Some((url, provider)) => (url, Some(provider.host())),
                    None => return Kept::failed(Failure::NoProvider),
                },
            };
            let check = |bytes: &Rc<[u8]>| {
                decoded.set(check(bytes, pixels, is_only, limits)?);
                Ok(())
            };
            let wanted = Wanted {
                url: &url,
                hosts: &remote.hosts,
                provider,
                accept: ACCEPT,
                most_bytes: limits.image_bytes,
                check: &check,
                fresh: Fresh::AsItSays,
                deadline: upstream.deadline,
                outlives_faults: false,
            };
            upstream.get(&wanted).await
        }
    };
    let had = join_all(plan.remotes.iter().map(one)).await;
    let all = plan.remotes.iter().map(|remote| remote.id.clone()).zip(had).collect();
    Sources { all, _decoded: decoded.into_inner() }
}

/// Whether bytes that came from a host are an image to their end: it is decoded here once, so that the layer shows its
/// next source if it cannot be. What was decoded waits for the picture if it is its only image.
fn check(bytes: &Rc<[u8]>, pixels: &Cell<u32>, is_only: bool, limits: &Limits) -> Result<Option<Rc<Decoded>>, Failure> {
    let why = |fault: Fault, other| if fault == Fault::TooLarge { Failure::TooLarge } else { other };
    let header = image::header(bytes, limits).map_err(|problem| why(problem.fault, Failure::Type))?;
    let left = pixels.get().checked_sub(header.width.saturating_mul(header.height));
    pixels.set(left.ok_or(Failure::TooLarge)?);
    let decoded = memory::shared(limits).paint.decode_first(bytes, is_only, limits);
    decoded.map_err(|problem| why(problem.fault, Failure::Damaged))
}
