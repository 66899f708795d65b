//! Feeds: live values that a template takes from another host as JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::error::Problem;
use crate::limits::Limits;
use crate::params::{Params, Resolved, Source, Value, Values, feed};
use crate::remote::{Url, host};

use super::explain::wrong;

/// A template's feeds by name. Names are those of params.
pub type Feeds = BTreeMap<String, Feed>;

/// Live values from another host: JSON, which expressions read as `{{ stock.price }}`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Where the JSON is: `https://api.example/stock/{{ sku }}.json`. The host is written out, and is
    /// one of the template's `hosts`. A value in it is encoded as one segment of the path or one value
    /// of the query; without the value nothing is fetched.
    pub url: String,
    /// Seconds for which the JSON is used before it is fetched again, and for which others may keep
    /// the picture: 60 to 86,400; 300 by default.
    pub ttl: Option<u32>,
    /// The JSON to show in previews and tests, and wherever there is no network.
    pub example: Option<Json>,
    /// The purpose of this feed, in words.
    pub description: Option<String>,
}

impl Feed {
    /// Seconds for which its JSON is used.
    #[must_use]
    pub fn ttl_s(&self, limits: &Limits) -> u32 {
        self.ttl.unwrap_or(limits.feed_ttl_s).clamp(limits.feed_ttl_floor_s, limits.feed_ttl_ceiling_s)
    }

    /// The URL up to its first expression.
    fn head(&self) -> &str {
        self.url.split("{{").next().and_then(|head| head.split("{%").next()).unwrap_or_default()
    }

    /// Its host, which no value can change. `None` if it is not written out.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        let head = self.head();
        // The host ends before the first expression.
        head.get(8..)?.find(['/', '?'])?;
        Some(Url::read(head).ok()?.host().to_owned())
    }
}

/// The examples of feeds, in place of what their hosts would send.
pub fn add_examples(feeds: &Feeds, values: &mut Values, limits: &Limits) {
    for (name, feed) in feeds {
        let mut example = feed.example.clone();
        if example.as_mut().is_none_or(|example| feed::clean(example, limits).is_ok()) {
            let value = example.map(|example| Value::Feed(example.into()));
            values.insert(name.clone(), Resolved::new(value, Source::Given));
        }
    }
}

/// Checks the feeds of a document.
///
/// # Errors
/// The first rule that one breaks, with the path of the field.
pub fn check(feeds: &Feeds, params: &Params, hosts: &[String], limits: &Limits) -> Result<(), Problem> {
    if feeds.len() > limits.feeds {
        return Err(wrong("template-too-large", format!("a template may have {} feeds", limits.feeds)).at("feeds"));
    }
    for (name, feed) in feeds {
        let at = |field: &str| format!("feeds.{name}.{field}");
        if params.contains_key(name) {
            return Err(wrong("field-wrong", format!("there is a param `{name}` too"))
                .at(format!("feeds.{name}"))
                .remedy("give one of them another name"));
        }
        let host = feed.host().ok_or_else(|| {
            wrong("field-wrong", "expected a URL such as \"https://api.example/stock/{{ sku }}.json\"")
                .at(at("url"))
                .remedy("write out https, the name of a public host and the `/` after it; expressions come after that")
        })?;
        if !host::any_allows(hosts.iter().map(String::as_str), &host) {
            return Err(wrong("field-wrong", "the template does not allow the host of this feed")
                .at(at("url"))
                .remedy(format!("add it: \"hosts\": [\"{host}\"]")));
        }
        if feed.ttl.is_some_and(|ttl| ttl != feed.ttl_s(limits)) {
            let (floor, ceiling) = (limits.feed_ttl_floor_s, limits.feed_ttl_ceiling_s);
            return Err(wrong("field-wrong", format!("a feed is kept for {floor} to {ceiling} seconds")).at(at("ttl")));
        }
        let mut example = feed.example.clone().unwrap_or_default();
        if feed::clean(&mut example, limits).is_err() {
            return Err(wrong("field-wrong", "the example is larger or deeper than a feed may be").at(at("example")));
        }
    }
    Ok(())
}
