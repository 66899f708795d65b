//! Feeds: live values that a template takes from another host as JSON.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::limits::Limits;
use crate::params::{Resolved, Source, Value, Values, feed};
use crate::remote::Url;

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
