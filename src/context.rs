//! The circumstances of one request, as its host knows them → values that a template may read.

use serde_json::{Map, Value as Json};

use crate::limits::Limits;
use crate::params::{Missing, Resolved, Source, Value, Values, datetime, feed, record};
use crate::request::query;
use crate::template::context::Circumstance;
use crate::template::document::Document;
use crate::template::{Template, feed as feeds};

/// The names by which a preview's query says the circumstances. The URL of a picture has no such option:
/// there they are true.
pub const OPTIONS: [&str; 5] = ["_country", "_city", "_timezone", "_device", "_now"];

/// Where, on what device, and when a picture is asked for. What is empty or `None` is unknown.
///
/// ```
/// use monogram::{context::Context, limits::Limits, template::Template};
///
/// let limits = Limits::default();
/// let json = r#"{ "width": 9, "height": 9, "layers": [], "context": ["geo.country", "device"], "now": { "every": "hour" } }"#;
/// let template = Template::parse(json, &limits).unwrap_or_else(|problem| panic!("{problem}"));
/// let mut values = template.values("", &limits);
/// let phone = Context { country: "DE", city: "Berlin", device: "mobile", now_s: Some(1_790_000_000), ..Context::default() };
/// phone.add_to(&template.document, &mut values, &limits);
/// let value = |name: &str| values[name].value.as_ref().map(|value| value.json().to_string());
/// assert_eq!(value("geo").as_deref(), Some(r#"{"country":"DE"}"#), "the city is not declared");
/// assert_eq!(value("device").as_deref(), Some(r#""mobile""#));
/// assert_eq!(value("now").as_deref(), Some(r#""2026-09-21T14:00:00Z""#));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Context<'a> {
    /// Two letters, as ISO 3166 has them.
    pub country: &'a str,
    /// The city's name.
    pub city: &'a str,
    /// The name of the time zone in IANA's list.
    pub timezone: &'a str,
    /// The kind of device: see [`device`].
    pub device: &'a str,
    /// Unix time in seconds.
    pub now_s: Option<i64>,
}

impl Context<'_> {
    /// Adds to the values what the document declares. A param or feed of the same name stays.
    pub fn add_to(&self, document: &Document, values: &mut Values, limits: &Limits) {
        let mut geo = Map::new();
        let mut add = |name: &str, value: Option<Value>| {
            let missing = Source::Missing(Missing::Absent);
            let source = if value.is_some() { Source::Given } else { missing };
            values.entry(name.to_owned()).or_insert_with(|| Resolved::new(value, source));
        };
        for circumstance in &document.context {
            let (name, text) = match circumstance {
                Circumstance::Country => ("country", self.country),
                Circumstance::City => ("city", self.city),
                Circumstance::Timezone => ("timezone", self.timezone),
                Circumstance::Device => {
                    add("device", (!self.device.is_empty()).then(|| Value::Text(self.device.to_owned())));
                    continue;
                }
            };
            if !text.is_empty() {
                geo.insert(name.to_owned(), Json::from(text));
            }
        }
        if document.has_circumstance("geo") {
            let mut geo = Json::Object(geo);
            let is_known = geo.as_object().is_some_and(|geo| !geo.is_empty()) && feed::clean(&mut geo, limits).is_ok();
            add("geo", is_known.then(|| Value::Feed(geo.into())));
        }
        if let Some(now) = &document.now {
            let step = self.now_s.and_then(|now_s| now.step(now_s));
            add("now", step.map(|(start, _)| Value::Datetime(start)));
        }
    }

    /// Seconds for which the values stay what they are. `None`: they do not depend on the time.
    #[must_use]
    pub fn seconds_left(&self, document: &Document) -> Option<u32> {
        document.now.as_ref()?.step(self.now_s?).map(|(_, left)| left)
    }
}

impl Template {
    /// The values of its params in a raw query, with the examples of its feeds and records and with the
    /// circumstances that the query says ([`OPTIONS`]): for previews and tests, which have no network.
    ///
    /// ```
    /// use monogram::{limits::Limits, template::Template};
    ///
    /// let limits = Limits::default();
    /// let json = r#"{ "width": 9, "height": 9, "layers": [], "context": ["device"], "now": { "every": "day" } }"#;
    /// let template = Template::parse(json, &limits).unwrap_or_else(|problem| panic!("{problem}"));
    /// let values = template.example_values("_device=mobile&_now=2026-12-24T18:00:00Z", &limits);
    /// assert_eq!(values["now"].value.as_ref().map(|now| now.json().to_string()).as_deref(), Some(r#""2026-12-24T00:00:00Z""#));
    /// assert!(values["device"].value.is_some());
    /// ```
    #[must_use]
    pub fn example_values(&self, query: &str, limits: &Limits) -> Values {
        let mut values = self.values(query, limits);
        feeds::add_examples(&self.document.feeds, &mut values, limits);
        record::add_examples(&self.document.params, &mut values, limits);
        if !self.document.context.is_empty() || self.document.now.is_some() {
            let said = OPTIONS.map(|option| {
                let mut pairs = query::pairs(query, limits).into_iter();
                pairs.find(|pair| pair.name == option).map_or_else(String::new, |pair| pair.value.trim().to_owned())
            });
            let [country, city, timezone, device, now] = &said;
            let now_s = datetime::read(now).and_then(|now| now.unix());
            Context { country, city, timezone, device, now_s }.add_to(&self.document, &mut values, limits);
        }
        values
    }
}

/// The kind of device that a `User-Agent` tells of: `mobile`, `tablet` or `desktop`; empty if it tells
/// nothing, as that of a mail service's [proxy](crate::request::proxy).
///
/// A phone says `Mobi`, as MDN recommends to ask
/// (<https://developer.mozilla.org/docs/Web/HTTP/Guides/Browser_detection_using_the_user_agent>).
#[must_use]
pub fn device(user_agent: &str) -> &'static str {
    let says = |word: &str| user_agent.contains(word);
    if user_agent.is_empty() || crate::request::proxy::name(user_agent).is_some() {
        ""
    } else if says("iPad") || says("Tablet") || (says("Android") && !says("Mobi")) {
        "tablet"
    } else if says("Mobi") || says("iPhone") {
        "mobile"
    } else if says("Windows") || says("Macintosh") || says("X11") || says("CrOS") {
        "desktop"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_by_their_user_agents() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
                "mobile",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36",
                "mobile",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
                "tablet",
            ),
            ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "tablet"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "desktop",
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36", "desktop"),
            ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", ""),
            ("Mozilla/5.0", ""),
            ("curl/8.9.1", ""),
            ("", ""),
        ] {
            assert_eq!(device(user_agent), expected, "{user_agent}");
        }
    }
}
