//! What templates need from other hosts: images, and the values of feeds.
//!
//! A URL is fetched if the template allows its host and the variable `IMAGE_HOSTS` does too; each
//! redirect is judged in the same way. What came is kept in this isolate and in the Cache API, and
//! so is, for a minute, the reason why nothing came. When it is no longer fresh, its host is asked
//! whether it has changed; if the host fails, what it sent before is given out, with the reason.
//!
//! Invariants: a failure is no error. No URL and no answer of a host is in a log. Everything that a
//! picture needs comes within one deadline, and within one budget of bytes.

mod kept;
mod transfer;

use std::cell::Cell;
use std::rc::Rc;

use worker::{Env, js_sys};

use monogram::error::{Fault as Blame, Problem};
use monogram::limits::Limits;
use monogram::remote::{Failure, Url, host, kept_s};
use monogram::request::TemplateId;
use monogram::response::Key;
use monogram_platform::hosts;

use super::deadline::Deadline;
use super::turn::Turn;
use super::{Call, cache, log};
pub use kept::{Kept, Sent};
use transfer::{Answer, Fault, GUARD};

/// The variable with the milliseconds that a picture may wait for other hosts.
const WAIT: &str = "IMAGE_WAIT_MS";

/// Other hosts, while they are asked for one picture.
pub struct Upstream<'a> {
    /// The request.
    pub call: &'a Call<'a>,
    template: &'a TemplateId,
    /// The hosts that the deployment allows.
    hosts: Vec<String>,
    /// Milliseconds that all fetches may take together.
    wait_ms: u32,
    /// That of all fetches together.
    pub deadline: Deadline,
    /// Bytes that are left for all of them.
    budget: Cell<usize>,
    /// What is left of [`Limits::svg_work`].
    svg_work: Cell<u32>,
}

/// Whether the bytes of a file are of use.
pub type Check<'a> = dyn Fn(&Rc<[u8]>) -> Result<(), Failure> + 'a;

/// A file on another host.
pub struct Wanted<'a> {
    /// The URL.
    pub url: &'a Url,
    /// Hosts that it may be on, beside the deployment's list.
    pub hosts: &'a [String],
    /// A host that is allowed because the deployment names it, whatever the lists say.
    pub provider: Option<&'a str>,
    /// The types that it may have, as the header `Accept` says them.
    pub accept: &'static str,
    /// Bytes that it may have.
    pub most_bytes: usize,
    /// Whether its bytes are of use.
    pub check: &'a Check<'a>,
    /// The time for which it is fresh.
    pub fresh: Fresh,
    /// The moment until which somebody waits for it.
    pub deadline: Deadline,
    /// Whether what its host sent before is used after every fault, as long as the host does not say
    /// that the file is gone; otherwise after those that pass by themselves.
    pub outlives_faults: bool,
}

/// How long a file is fresh.
#[derive(Debug, Clone, Copy)]
pub enum Fresh {
    /// As its `Cache-Control` says, within a floor and a ceiling.
    AsItSays,
    /// For these seconds, whatever it says.
    Seconds(u32),
}

impl<'a> Upstream<'a> {
    /// Begins to ask for a picture of a template: the deadline begins now.
    pub fn new(call: &'a Call<'a>, template: &'a TemplateId) -> Self {
        let wait_ms = wait_ms(call.env, call.limits);
        Self {
            call,
            template,
            hosts: hosts::allowed(call.env),
            wait_ms,
            deadline: Deadline::after(wait_ms),
            budget: Cell::new(call.limits.images_bytes),
            svg_work: Cell::new(call.limits.svg_work),
        }
    }

    /// A file, or the reason why there is none; both if the host sent it before and fails now.
    pub async fn get(&self, wanted: &Wanted<'_>) -> Kept {
        if let Err(failure) = self.permits(wanted.url, wanted) {
            return Kept::failed(failure);
        }
        let limits = self.call.limits;
        let place = wanted.place();
        loop {
            if let Some((kept, true)) = Kept::recall(place, limits) {
                return self.with_room(kept);
            }
            // Another request, or another layer, may have asked already.
            if let Some(_turn) = Turn::take(place, wanted.deadline) {
                return self.renewed(wanted, place).await;
            }
            if wanted.deadline.is_over() {
                return Kept::failed(Failure::Timeout);
            }
            wanted.deadline.sleep(limits.remote_poll_ms).await;
        }
    }

    /// A file that memory does not have, or no longer vouches for.
    async fn renewed(&self, wanted: &Wanted<'_>, place: Key) -> Kept {
        let limits = self.call.limits;
        let address = format!("{}/.sources/{place}", self.call.origin);
        let stored = self.stored(&address, wanted).await;
        if let Some(kept) = stored.as_ref().filter(|kept| kept.is_fresh()) {
            kept.remember(place, limits);
            return kept.clone();
        }
        let stored = stored.and_then(|kept| kept.sent);
        // The new file takes the room of the one before.
        self.give_back(stored.as_ref());
        let before = stored.or_else(|| Kept::recall(place, limits)?.0.sent);
        let fresh_ms = |cache_control: &str| {
            let seconds = match wanted.fresh {
                Fresh::AsItSays => kept_s(cache_control, limits.remote_floor_s, limits.remote_ceiling_s),
                Fresh::Seconds(seconds) => seconds,
            };
            js_sys::Date::now() + f64::from(seconds) * 1_000.0
        };
        // Who waited for another request has less time left than a host may take.
        let time_ms = wanted.deadline.at_ms() - js_sys::Date::now();
        let is_hasty = time_ms < f64::from(self.wait_ms.min(limits.feeds_wait_ms)) / 2.0;
        let kept = match self.ask(wanted, before.as_ref()).await {
            Ok(Answer::New(sent, cache_control)) => {
                Kept { sent: Some(sent), failure: None, fresh_ms: fresh_ms(&cache_control) }
            }
            Ok(Answer::Unchanged(cache_control)) => {
                self.with_room(Kept { sent: before, failure: None, fresh_ms: fresh_ms(&cache_control) })
            }
            Err(Fault { failure, is_passing, is_gone }) => {
                let problem = Problem::new(Blame::Unavailable, failure.code(), failure.words());
                log::fault("remote-file-failed", Some(&problem));
                let fresh_ms = js_sys::Date::now() + f64::from(limits.remote_failure_s) * 1_000.0;
                self.with_room(Kept {
                    sent: before.filter(|_| is_passing || (wanted.outlives_faults && !is_gone)),
                    failure: Some(failure),
                    fresh_ms,
                })
            }
        };
        // Who asks for too much in one network says nothing about the file, nor does who had no time.
        let says_nothing =
            kept.failure == Some(Failure::TooMany) || (is_hasty && kept.failure == Some(Failure::Timeout));
        if !says_nothing {
            kept.remember(place, limits);
            kept.store(self.call, &address);
        }
        kept
    }

    /// Whether a URL may be fetched.
    fn permits(&self, url: &Url, wanted: &Wanted<'_>) -> Result<(), Failure> {
        let allows = |hosts: &[String]| host::any_allows(hosts.iter().map(String::as_str), url.host());
        // A provider's redirects may lead to what the deployment allows.
        let is_of_template = wanted.provider.is_some() || allows(wanted.hosts);
        let is_allowed = wanted.provider == Some(url.host()) || (is_of_template && allows(&self.hosts));
        if !is_allowed {
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

    /// Takes the bytes of a file that was kept from the budget; without them if there is no room.
    fn with_room(&self, kept: Kept) -> Kept {
        let bytes = kept.sent.as_ref().map_or(0, |sent| sent.bytes.len());
        match self.budget.get().checked_sub(bytes) {
            Some(left) => {
                self.budget.set(left);
                kept
            }
            None => Kept { sent: None, failure: Some(Failure::TooLarge), ..kept },
        }
    }

    fn give_back(&self, sent: Option<&Sent>) {
        let bytes = sent.map_or(0, |sent| sent.bytes.len());
        self.budget.set(self.budget.get().saturating_add(bytes));
    }

    /// What the Cache API has. `None` if it has nothing, or nothing that can be read.
    async fn stored(&self, address: &str, wanted: &Wanted<'_>) -> Option<Kept> {
        let found = wanted.deadline.within(self.call.limits.cache_wait_ms, cache::find(address)).await.ok()??;
        let (kept, sealed) = Kept::head(&found)?;
        let Some(sealed) = sealed else { return Some(kept) };
        let sent = sealed.open(self.read(&found, wanted).await.ok()?)?;
        Some(Kept { sent: Some(sent), ..kept })
    }
}

impl Wanted<'_> {
    /// The name under which it is kept. What one list of hosts allowed, redirects included, is nothing
    /// to another list; and what one kind of file is, another is not.
    fn place(&self) -> Key {
        let provider = self.provider.unwrap_or_default();
        Key::of(format!("{}\n{}\n{}\n{provider}", self.url.as_str(), self.hosts.join(" "), self.accept).as_bytes())
    }
}

/// The milliseconds that a picture may wait for other hosts.
fn wait_ms(env: &Env, limits: &Limits) -> u32 {
    let chosen = env.var(WAIT).ok().and_then(|value| value.to_string().trim().parse().ok());
    chosen.map_or(limits.remotes_wait_ms, |ms: u32| {
        ms.clamp(limits.remotes_wait_floor_ms, limits.remotes_wait_ceiling_ms)
    })
}
