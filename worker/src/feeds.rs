//! The feeds of a template: JSON of other hosts, as values for its expressions.
//!
//! Invariant: a failure is no error. The picture is drawn with what the host sent before, or without
//! the values, and is kept for a minute.

use std::rc::Rc;

use futures_util::future::join_all;

use monogram::params::{Missing, Resolved, Source, Value, Values, feed};
use monogram::plan::{self, Feed};
use monogram::remote::Failure;
use monogram::template::Template;

use super::upstream::{Fresh, Upstream, Wanted};

/// The type of a feed. What comes is judged by its bytes.
const ACCEPT: &str = "application/json";

/// The feeds of a picture.
#[derive(Default)]
pub struct Feeds {
    all: Vec<(String, Resolved)>,
    /// Seconds for which the picture may be kept. `None` if there are no feeds.
    pub ttl_s: Option<u32>,
}

impl Feeds {
    /// The feeds of a template, all asked for at once.
    pub async fn fetch(upstream: &Upstream<'_>, template: &Template, values: &Values, lang: Option<&str>) -> Self {
        let feeds = plan::feeds(template, values, lang, upstream.call.limits);
        let ttl_s = feeds.iter().map(|feed| feed.ttl_s).min();
        let had = join_all(feeds.iter().map(|feed| one(upstream, feed, &template.document.hosts))).await;
        Self { all: feeds.iter().map(|feed| feed.name.to_owned()).zip(had).collect(), ttl_s }
    }

    /// The feeds, beside the values of params.
    pub fn add_to(&self, values: &mut Values) {
        values.extend(self.all.iter().cloned());
    }

    /// The feeds that have a value, beside the values of params.
    pub fn add_found_to(&self, values: &mut Values) {
        values.extend(self.all.iter().filter(|(_, resolved)| resolved.value.is_some()).cloned());
    }

    /// Whether the host of each of them answered as it should.
    pub fn are_current(&self) -> bool {
        self.all.iter().all(|(_, resolved)| resolved.source.failure().is_none())
    }
}

/// A feed, or the reason why it has no value.
async fn one(upstream: &Upstream<'_>, feed: &Feed<'_>, hosts: &[String]) -> Resolved {
    let limits = upstream.call.limits;
    let Some(url) = &feed.url else { return Resolved::new(None, Source::Missing(Missing::Absent)) };
    let check = |bytes: &Rc<[u8]>| feed::read(bytes, limits).map(|_| ());
    let wanted = Wanted {
        url,
        hosts,
        provider: None,
        accept: ACCEPT,
        most_bytes: limits.feed_bytes,
        check: &check,
        fresh: Fresh::Seconds(feed.ttl_s),
        deadline: upstream.deadline.at_most(limits.feeds_wait_ms),
        outlives_faults: true,
    };
    let kept = upstream.get(&wanted).await;
    let value = kept.sent.as_ref().and_then(|sent| feed::read(&sent.bytes, limits).ok());
    let source = match (kept.failure, &value) {
        (None, Some(_)) => Source::Given,
        (Some(failure), Some(_)) => Source::LastGood(failure),
        (failure, None) => Source::Failed(failure.unwrap_or(Failure::Json)),
    };
    Resolved::new(value.map(|json| Value::Feed(json.into())), source)
}
