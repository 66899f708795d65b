//! The bytes of images on other hosts that a plan names.
//!
//! A URL is fetched if the template allows its host and the variable `IMAGE_HOSTS` does too; each
//! redirect is judged in the same way. Bytes are kept in this isolate and in the Cache API, and so
//! is, for a minute, the reason why there are none.
//!
//! Invariants: a failure is no error: the picture is drawn with the layer's next source, and kept
//! for a minute. No URL and no answer of a host is in a log. All images come within one deadline.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::join_all;
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{self, Uint8Array};
use worker::wasm_bindgen::{JsCast, JsValue};
use worker::web_sys::{AbortController, Headers, RequestInit, RequestRedirect, Response, WorkerGlobalScope};
use worker::{ByteStream, Env};

use monogram::asset::{AssetId, Assets};
use monogram::error::{Fault, Problem};
use monogram::image;
use monogram::limits::Limits;
use monogram::lru;
use monogram::params::{Values, value};
use monogram::plan::Plan;
use monogram::remote::{Failure, Remote, Url, host, kept_s};
use monogram::request::TemplateId;
use monogram::response::Key;

use super::deadline::{self, Cut, Deadline};
use super::{Call, api, cache, log, send};

/// The variable with the hosts of a deployment, with commas or spaces between them.
const HOSTS: &str = "IMAGE_HOSTS";

/// The header of our own fetches. Who answers one of them fetches nothing.
const GUARD: &str = "Monogram-Fetch";

/// The header in which the Cache API keeps the digest of the bytes.
const DIGEST: &str = "X-Digest";

/// The header in which the Cache API keeps a [`Failure`].
const FAILURE: &str = "X-Failure";

/// Milliseconds that an image is kept in memory before the Cache API is asked again.
const MEMORY_MS: f64 = 300_000.0;

/// Bytes that an entry weighs beside its image.
const ENTRY_BYTES: usize = 256;

/// Formats that are drawn. What comes is judged by its bytes.
const ACCEPT: &str = "image/png, image/jpeg, image/webp, image/gif";

/// The images of a picture, in the order of its plan.
#[derive(Default)]
pub struct Sources {
    all: Vec<(AssetId, Result<Source, Failure>)>,
}

/// An image.
#[derive(Clone)]
struct Source {
    bytes: Rc<[u8]>,
    digest: Key,
}

/// An image that a host sent.
struct Answered {
    bytes: Rc<[u8]>,
    cache_control: String,
}

#[derive(Clone)]
struct Entry {
    had: Result<Source, Failure>,
    until_ms: f64,
}

thread_local! {
    static MEMORY: RefCell<Option<lru::Cache<Key, Entry>>> = const { RefCell::new(None) };
}

fn memory<T>(limits: &Limits, use_it: impl FnOnce(&mut lru::Cache<Key, Entry>) -> T) -> T {
    MEMORY.with_borrow_mut(|cache| use_it(cache.get_or_insert_with(|| lru::Cache::new(limits.memory_remotes_bytes))))
}

impl Sources {
    /// The images, beside the assets.
    pub fn add_to(&self, assets: &mut Assets) {
        let found = self.all.iter().filter_map(|(id, had)| Some((id.clone(), had.as_ref().ok()?)));
        assets.extend(found.map(|(id, source)| (id, Rc::clone(&source.bytes))));
    }

    /// Bytes of the images together.
    pub fn bytes(&self) -> usize {
        self.all.iter().filter_map(|(_, had)| had.as_ref().ok()).map(|source| source.bytes.len()).sum()
    }

    /// Whether there is every image that the plan names.
    pub fn are_whole(&self, plan: &Plan) -> bool {
        let is_there = |id: &AssetId| self.all.iter().any(|(known, had)| known == id && had.is_ok());
        plan.remotes.iter().all(|remote| is_there(&remote.id))
    }

    /// The key of the picture with these images.
    pub fn key(&self, key: Key) -> Key {
        if self.all.is_empty() {
            return key;
        }
        let digests: Vec<_> = self.all.iter().map(|(_, had)| had.as_ref().ok().map(|source| source.digest)).collect();
        key.with_remotes(&digests)
    }

    /// Says of the values which of them name an image that could not be had.
    pub fn blame(&self, values: &mut Values) {
        for (id, had) in &self.all {
            if let Err(failure) = had {
                value::blame(values, id.as_str(), *failure);
            }
        }
    }
}

/// The images of a plan, all asked for at once.
pub async fn fetch(call: &Call<'_>, plan: &Plan, template: &TemplateId) -> Sources {
    let limits = call.limits;
    let asking = Asking {
        call,
        template,
        hosts: deployment_hosts(call.env),
        deadline: Deadline::after(limits.remotes_wait_ms),
        budget: Cell::new(limits.images_bytes),
        pixels: Cell::new(limits.image_pixels_total),
    };
    let had = join_all(plan.remotes.iter().map(|remote| asking.one(remote))).await;
    Sources { all: plan.remotes.iter().map(|remote| remote.id.clone()).zip(had).collect() }
}

fn deployment_hosts(env: &Env) -> Vec<String> {
    let listed = env.var(HOSTS).map(|value| value.to_string()).unwrap_or_default();
    listed.split([',', ' ', '\n']).filter(|pattern| !pattern.is_empty()).map(str::to_owned).collect()
}

/// The images of one picture, while they are asked for.
struct Asking<'a> {
    call: &'a Call<'a>,
    template: &'a TemplateId,
    /// The hosts that the deployment allows.
    hosts: Vec<String>,
    /// That of all images together.
    deadline: Deadline,
    /// Bytes that are left for all of them.
    budget: Cell<usize>,
    /// Pixels that are left to be decoded.
    pixels: Cell<u32>,
}

impl Asking<'_> {
    async fn one(&self, remote: &Remote) -> Result<Source, Failure> {
        self.permits(&remote.url, &remote.hosts)?;
        // What one list of hosts allowed, redirects included, is nothing to another list.
        let place = Key::of(format!("{}\n{}", remote.url.as_str(), remote.hosts.join(" ")).as_bytes());
        let limits = self.call.limits;
        let known = memory(limits, |cache| cache.get(&place).cloned());
        if let Some(entry) = known.filter(|entry| js_sys::Date::now() < entry.until_ms) {
            return entry.had.and_then(|source| self.has_room(source));
        }
        let address = format!("{}/.sources/{place}", self.call.origin);
        if let Some(had) = self.stored(&address).await {
            self.remember(place, &had, MEMORY_MS);
            return had.and_then(|source| self.has_room(source));
        }
        let (had, seconds) = match self.answered(remote).await {
            Ok(Answered { bytes, cache_control }) => {
                let seconds = kept_s(&cache_control, limits.remote_floor_s, limits.remote_ceiling_s);
                let digest = Key::of(&bytes);
                (Ok(Source { bytes, digest }), seconds)
            }
            Err(failure) => {
                let problem = Problem::new(Fault::Unavailable, failure.code(), failure.words());
                log::fault("remote-image-failed", Some(&problem));
                (Err(failure), limits.remote_failure_s)
            }
        };
        // Who asks for too much in one network says nothing about the image.
        if !matches!(had, Err(Failure::TooMany)) {
            self.remember(place, &had, f64::from(seconds) * 1_000.0);
            self.store(&address, &had, seconds);
        }
        had
    }

    /// Whether a URL may be fetched.
    fn permits(&self, url: &Url, hosts: &[String]) -> Result<(), Failure> {
        let allows = |hosts: &[String]| host::any_allows(hosts.iter().map(String::as_str), url.host());
        if !allows(hosts) || !allows(&self.hosts) {
            return Err(Failure::Host);
        }
        // Neither does a deployment ask itself, nor does it fetch for a Worker of its own zone.
        let header = |name| self.call.request.headers().get(name).ok().flatten();
        let own = self.call.origin.split("://").nth(1).and_then(|host| host.split(':').next()).unwrap_or_default();
        let is_own_zone = |zone: &str| own == zone || own.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.'));
        if url.host() == own || header(GUARD).is_some() || header("CF-Worker").is_some_and(|zone| is_own_zone(&zone)) {
            return Err(Failure::Loop);
        }
        Ok(())
    }

    /// Takes the bytes of an image that was kept from the budget.
    fn has_room(&self, source: Source) -> Result<Source, Failure> {
        let left = self.budget.get().checked_sub(source.bytes.len()).ok_or(Failure::TooLarge)?;
        self.budget.set(left);
        Ok(source)
    }

    fn remember(&self, place: Key, had: &Result<Source, Failure>, ms: f64) {
        let failure_ms = f64::from(self.call.limits.remote_failure_s) * 1_000.0;
        let ms = ms.min(MEMORY_MS).min(if had.is_ok() { MEMORY_MS } else { failure_ms });
        let entry = Entry { had: had.clone(), until_ms: js_sys::Date::now() + ms };
        let weight = had.as_ref().map_or(0, |source| source.bytes.len()).saturating_add(ENTRY_BYTES);
        memory(self.call.limits, |cache| cache.put(place, entry, weight));
    }

    /// An image, or the reason why there is none, from the Cache API. `None` if it has neither.
    async fn stored(&self, address: &str) -> Option<Result<Source, Failure>> {
        let limits = self.call.limits;
        let response = self.deadline.within(limits.cache_wait_ms, cache::find(address)).await.ok()??;
        let header = |name| response.headers().get(name).ok().flatten();
        if let Some(code) = header(FAILURE) {
            return Failure::from_code(&code).map(Err);
        }
        let sealed = header(DIGEST)?;
        // Another image may take the room; this one is then not kept from those who have it.
        let bytes = self.read(&response).await.ok()?;
        let digest = Key::of(&bytes);
        self.budget.set(self.budget.get().saturating_add(bytes.len()));
        (digest.to_string() == sealed).then_some(Ok(Source { bytes, digest }))
    }

    fn store(&self, address: &str, had: &Result<Source, Failure>, seconds: u32) {
        let (header, file) = match had {
            Ok(source) => ((DIGEST, source.digest.to_string()), Uint8Array::from(&*source.bytes)),
            Err(failure) => ((FAILURE, failure.code().to_owned()), Uint8Array::new_with_length(0)),
        };
        let headers = [("Cache-Control", format!("public, max-age={seconds}")), header];
        if let Ok(response) = send::response(200, &headers, Some(&file)) {
            cache::keep(self.call, address, &response);
        }
    }

    /// An image from its host.
    async fn answered(&self, remote: &Remote) -> Result<Answered, Failure> {
        if !api::limit::may_draw(self.call, self.template).await {
            return Err(Failure::TooMany);
        }
        let controller = AbortController::new().map_err(|_| Failure::Network)?;
        let answered = self.followed(remote, &controller).await;
        // A host that hangs, or goes on sending, is not listened to until the request ends.
        controller.abort();
        answered
    }

    /// Fetches a URL, and those that it redirects to.
    async fn followed(&self, remote: &Remote, controller: &AbortController) -> Result<Answered, Failure> {
        let mut url = remote.url.clone();
        for _ in 0..=self.call.limits.redirects {
            let response = self.asked(&url, controller).await?;
            let header = |name| response.headers().get(name).ok().flatten().unwrap_or_default();
            match response.status() {
                200 => {
                    let bytes = self.read(&response).await?;
                    self.check(&bytes)?;
                    return Ok(Answered { bytes, cache_control: header("Cache-Control") });
                }
                301 | 302 | 303 | 307 | 308 => {
                    url = url.follow(&header("Location")).map_err(|_| Failure::Redirect)?;
                    self.permits(&url, &remote.hosts).map_err(|_| Failure::Redirect)?;
                }
                _ => return Err(Failure::Status),
            }
        }
        Err(Failure::Redirect)
    }

    /// The answer about one URL, before its body.
    async fn asked(&self, url: &Url, controller: &AbortController) -> Result<Response, Failure> {
        let init = RequestInit::new();
        init.set_redirect(RequestRedirect::Manual);
        init.set_signal(Some(&controller.signal()));
        let headers = Headers::new().map_err(|_| Failure::Network)?;
        for (name, text) in [("Accept", ACCEPT), (GUARD, "1"), ("User-Agent", "Monogram")] {
            headers.set(name, text).map_err(|_| Failure::Network)?;
        }
        init.set_headers(&headers);
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        let call = JsFuture::from(scope.fetch_with_str_and_init(url.as_str(), &init));
        let answer = self.deadline.within(self.call.limits.remotes_wait_ms, call).await;
        let answer: JsValue = answer.map_err(|_| Failure::Timeout)?.map_err(|_| Failure::Network)?;
        answer.dyn_into().map_err(|_| Failure::Network)
    }

    /// A whole body, of at most the bytes that an image may have and the budget has left.
    async fn read(&self, response: &Response) -> Result<Rc<[u8]>, Failure> {
        let mut body = ByteStream::from(response.body().ok_or(Failure::Type)?);
        let (mut chunks, mut length) = (Vec::new(), 0_usize);
        let take = |chunk: Vec<u8>| {
            let left = self.budget.get().checked_sub(chunk.len());
            let total = length.saturating_add(chunk.len());
            let Some(left) = left.filter(|_| total <= self.call.limits.image_bytes) else { return false };
            self.budget.set(left);
            length = total;
            chunks.push(chunk);
            true
        };
        let read = self.deadline.read(&mut body, self.call.limits.silence_ms, take).await;
        if let Err(cut) = read {
            self.budget.set(self.budget.get().saturating_add(length));
            return Err(match cut {
                Cut::Late => Failure::Timeout,
                Cut::Broken => Failure::Network,
                Cut::TooLarge => Failure::TooLarge,
            });
        }
        let mut bytes: Rc<[u8]> = std::iter::repeat_n(0, length).collect();
        if let Some(room) = Rc::get_mut(&mut bytes) {
            deadline::join_into(room, chunks);
        }
        Ok(bytes)
    }

    /// Whether bytes that came from a host are an image to their end: it is decoded here once, so
    /// that the layer shows its next source if it cannot be.
    fn check(&self, bytes: &[u8]) -> Result<(), Failure> {
        let limits = self.call.limits;
        let why = |fault: Fault, other| if fault == Fault::TooLarge { Failure::TooLarge } else { other };
        let header = image::header(bytes, limits).map_err(|problem| why(problem.fault, Failure::Type))?;
        let left = self.pixels.get().checked_sub(header.width.saturating_mul(header.height));
        self.pixels.set(left.ok_or(Failure::TooLarge)?);
        image::decode(bytes, limits).map(|_| ()).map_err(|problem| why(problem.fault, Failure::Damaged))
    }
}
