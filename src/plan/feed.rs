//! The URLs of a template's feeds, with values in them.
//!
//! Invariant: a value changes neither the host nor the shape of a URL. It is percent-encoded as one
//! segment of the path or one value of the query, and no segment is `.` or `..`.

use crate::limits::Limits;
use crate::params::Values;
use crate::remote::Url;
use crate::template::Template;
use crate::template::expression::Context;
use crate::template::templated;

/// A feed to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is. `None` if a value is missing that its URL needs, or if no URL comes out.
    pub url: Option<Url>,
    /// Seconds for which its JSON is used.
    pub ttl_s: u32,
}

/// The feeds of a template, with these values and this language.
#[must_use]
pub fn feeds<'a>(template: &'a Template, values: &Values, lang: Option<&str>, limits: &Limits) -> Vec<Feed<'a>> {
    let context = Context::new(values, lang.or(template.document.lang.as_deref()));
    let feeds = template.document.feeds.iter().map(|(name, feed)| {
        let printed = if templated::is_expression(&feed.url) {
            template.expressions.url(&feed.url, &context).ok().flatten()
        } else {
            Some(feed.url.clone())
        };
        let url = printed.and_then(|text| Url::read(&text).ok());
        let url = url.filter(|url| Some(url.host()) == feed.host().as_deref() && !url.has_dots());
        Feed { name, url, ttl_s: feed.ttl_s(limits) }
    });
    feeds.collect()
}
