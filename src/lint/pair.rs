//! A pair of a picture's query, and its places.

use std::ops::Range;

use crate::request::query;

/// A pair, and its places in the URL.
pub struct Pair<'a> {
    /// The pair as the Worker reads it.
    pub raw: &'a query::Pair<'a>,
    /// The param's name, without a facet.
    pub param: &'a str,
    /// The bytes of the value in the URL.
    pub value: Range<usize>,
}
