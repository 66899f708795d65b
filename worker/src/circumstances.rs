//! The circumstances of a request, as Cloudflare knows them, for templates that declare them.

use monogram::context::{Context, device};
use monogram::request::proxy;
use monogram::template::document::Document;
use wasm_bindgen::JsValue;
use worker::js_sys::{self, Reflect};

use super::Call;

/// What is known of one request.
#[derive(Default)]
pub struct Circumstances {
    country: String,
    city: String,
    timezone: String,
    device: &'static str,
    now_s: Option<i64>,
}

impl Circumstances {
    /// Those that a document declares; nothing is looked up for one that declares none.
    pub fn of(call: &Call<'_>, document: &Document) -> Self {
        let mut found = Self::default();
        if document.now.is_some() {
            #[expect(clippy::cast_possible_truncation, reason = "Unix time")]
            let seconds = (js_sys::Date::now() / 1_000.0) as i64;
            found.now_s = Some(seconds);
        }
        if document.context.is_empty() {
            return found;
        }
        let agent = call.request.headers().get("User-Agent").ok().flatten().unwrap_or_default();
        // A mail service's proxy stands in its own data centre, which is not where the recipient is.
        if proxy::name(&agent).is_none() {
            let cf = Reflect::get(call.request, &JsValue::from_str("cf")).unwrap_or_default();
            let text = |name: &str| {
                let value = cf.is_object().then(|| Reflect::get(&cf, &JsValue::from_str(name)).ok()).flatten();
                value.and_then(|value| value.as_string()).unwrap_or_default()
            };
            (found.country, found.city, found.timezone) = (text("country"), text("city"), text("timezone"));
            found.device = device(&agent);
        }
        found
    }

    /// The same for the core.
    pub fn context(&self) -> Context<'_> {
        Context {
            country: &self.country,
            city: &self.city,
            timezone: &self.timezone,
            device: self.device,
            now_s: self.now_s,
        }
    }
}
