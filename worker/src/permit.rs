//! Why a picture may be drawn, and for how long others may cache it therefore.

use monogram::policy::Bound;
use monogram::request::ImageRequest;
use monogram::response::Freshness;
use wasm_bindgen::JsValue;
use worker::Env;
use worker::js_sys::Reflect;

use super::signature::Verified;
use super::templates::Found;

/// Why a picture may be drawn.
pub enum Permit {
    /// The template is public.
    Open,
    /// The URL is signed or sealed.
    Url(Verified),
    /// The request has the API key of this number.
    Key(u32),
}

/// The key of the job whose picture this is. Only `guard.js` can say so.
pub fn of_job(env: &Env) -> Option<u32> {
    let kid = Reflect::get(env, &JsValue::from_str("MONOGRAM_JOB")).ok()?.as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number of a key")]
    Some(kid as u32)
}

impl Permit {
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// The number of the API key whose quota the picture counts in.
    pub const fn kid(&self) -> Option<u32> {
        match self {
            Self::Open => None,
            Self::Url(Verified { kid, .. }) | Self::Key(kid) => Some(*kid),
        }
    }

    /// The params that a URL fixes and leaves open. `None` if its query says everything.
    pub const fn bound(&self) -> Option<&Bound> {
        match self {
            Self::Url(Verified { bound, .. }) => Some(bound),
            Self::Open | Self::Key(_) => None,
        }
    }

    /// The time for which others may cache a picture of this template. `changes` says that it may show
    /// images or values of other hosts; the values hold for `ttl_s` seconds.
    pub fn freshness(
        &self,
        found: &Found,
        image: &ImageRequest,
        unfinished: bool,
        changes: bool,
        ttl_s: Option<u32>,
    ) -> Freshness {
        let is_brief = found.stale || unfinished;
        match self {
            Self::Key(_) => Freshness::Private,
            Self::Url(Verified { seconds_left, .. }) => {
                let most = if is_brief { Freshness::BRIEF_S } else { ttl_s.unwrap_or(u32::MAX) };
                Freshness::Expiring(most.min(*seconds_left))
            }
            Self::Open if is_brief => Freshness::Brief,
            Self::Open if image.revision.is_some() && !changes => Freshness::Pinned,
            Self::Open => {
                let own = found.template.document.max_age;
                Freshness::Live(own.into_iter().chain(ttl_s).min())
            }
        }
    }
}
