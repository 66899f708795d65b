//! `POST /v1/lint`: its query, and the answer.
//!
//! Of a template that is not public, only a key that may sign for it learns the params; for others
//! the email is checked as if the template were not at hand.

use std::collections::BTreeMap;

use crate::error::Problem;
use crate::limits::Limits;
use crate::lint::{self, Context, Known, Report};
use crate::request::{ImageRequest, query};
use crate::snippet::sender::{self, Sender};
use crate::template::Document;

/// What the query of a check says.
#[derive(Debug, Default)]
pub struct Asked {
    /// The sender: `?sender=mailchimp`.
    pub sender: Option<Sender>,
    /// How our URLs begin: `?url_prefix=https://img.example`, any number of times.
    pub prefixes: Vec<String>,
}

impl Asked {
    /// Reads the raw query.
    ///
    /// # Errors
    /// 400 if there is no such sender.
    pub fn read(query: &str, limits: &Limits) -> Result<Self, Problem> {
        let mut asked = Self::default();
        for pair in query::pairs(query, limits) {
            match pair.name.as_ref() {
                "sender" => {
                    asked.sender = Some(sender::find(&pair.value).map_err(|problem| problem.at("sender"))?);
                }
                "url_prefix" if !pair.value.trim().is_empty() => asked.prefixes.push(pair.value.trim().to_owned()),
                _ => {}
            }
        }
        Ok(asked)
    }

    /// Checks an email. `templates` are those of its pictures by their ids: `None` for one that the
    /// caller may not know. `now` is Unix time in seconds.
    #[must_use]
    pub fn check(
        &self,
        html: &str,
        templates: &BTreeMap<String, Option<&Document>>,
        now: u64,
        limits: &Limits,
    ) -> Report {
        let find = |image: &ImageRequest| match templates.get(image.template.as_str()) {
            None => Known::Absent,
            Some(None) => Known::Hidden,
            Some(Some(document)) => Known::Document(document),
        };
        let context = Context { sender: self.sender.as_ref(), prefixes: &self.prefixes, templates: Some(&find), now };
        lint::lint(html, &context, limits)
    }
}
