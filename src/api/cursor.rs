//! A page of a list: `?limit=50&cursor=…`.
//!
//! A cursor is the last row of the page before, in base64url, so that rows that come or go between
//! two pages neither repeat nor hide others.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use crate::request::query;
use crate::template::parse::nearest;

/// Rows of a page if the query does not say.
const DEFAULT_LIMIT: u32 = 100;

/// The page that a query asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The most rows.
    pub limit: u32,
    /// The key of the row after which it begins; empty for the first page.
    pub after: String,
    /// The beginning that the keys of all rows must have: `?prefix=`.
    pub prefix: String,
}

impl Page {
    /// Reads the raw query.
    ///
    /// # Errors
    /// 400 if a value is none.
    pub fn read(query: &str, limits: &Limits) -> Result<Self, Problem> {
        let (mut limit, mut after, mut prefix) = (DEFAULT_LIMIT, String::new(), String::new());
        for pair in query::pairs(query, limits) {
            let value = pair.value.trim();
            match pair.name.as_ref() {
                "limit" => {
                    limit =
                        value.parse().ok().filter(|limit| (1..=limits.list_rows).contains(limit)).ok_or_else(|| {
                            let message = format!("A limit is a whole number from 1 to {}", limits.list_rows);
                            Problem::new(Fault::Request, "bad-limit", message).at("limit")
                        })?;
                }
                "cursor" => after = decode(value)?,
                "prefix" => value.clone_into(&mut prefix),
                // Other names are those of a caller's own, unless they were meant for one of these.
                name => {
                    if let Some(near) = nearest(name, ["limit", "cursor", "prefix"].into_iter()) {
                        return Err(Problem::new(
                            Fault::Request,
                            "unknown-field",
                            "The query has a name that a list does not know",
                        )
                        .at(near)
                        .remedy(format!("did you mean {near}?")));
                    }
                }
            }
        }
        Ok(Self { limit, after, prefix })
    }

    /// The rows to ask the store for: one more than the page has, which tells whether there is
    /// another page.
    #[must_use]
    pub const fn rows(&self) -> u32 {
        self.limit.saturating_add(1)
    }

    /// Cuts `rows` to the page; the cursor of the next page if there is one. `key` is that of a
    /// row.
    #[must_use]
    pub fn cut<T>(&self, rows: &mut Vec<T>, key: impl Fn(&T) -> String) -> Option<String> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        rows.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(key(last)))
    }
}

fn decode(cursor: &str) -> Result<String, Problem> {
    if cursor.is_empty() {
        return Ok(String::new());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.contains('\0')).ok_or_else(|| {
        Problem::new(Fault::Request, "bad-cursor", "The cursor is none that a list gave")
            .at("cursor")
            .remedy("leave it out for the first page")
    })
}

/// The answer of a list: its rows under a name of their own, and the cursor of the next page.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct List<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other() {
        let limits = Limits::default();
        let all: Vec<String> = (0..25).map(|number| format!("acme/{number:02}")).collect();
        let (mut seen, mut query) = (Vec::new(), "limit=10".to_owned());
        loop {
            let page = Page::read(&query, &limits).unwrap();
            let rows = usize::try_from(page.rows()).unwrap();
            let mut rows: Vec<String> = all.iter().filter(|row| **row > page.after).take(rows).cloned().collect();
            let cursor = page.cut(&mut rows, String::clone);
            seen.extend(rows);
            let Some(cursor) = cursor else { break };
            query = format!("limit=10&cursor={cursor}");
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn other_values_are_refused() {
        let limits = Limits::default();
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("limit=x", "limit"),
            ("cursor=%21", "cursor"),
            ("cursor=_w", "cursor"),
            ("prefx=acme", "prefix"),
            ("Limit=3", "limit"),
        ] {
            let problem = Page::read(query, &limits).unwrap_err();
            assert_eq!((problem.status(), problem.field.as_deref()), (400, Some(field)), "{query}");
        }
        let page = Page::read("prefix=acme/&utm_source=x", &limits).unwrap();
        assert_eq!((page.limit, page.after.as_str(), page.prefix.as_str()), (100, "", "acme/"));
    }
}
