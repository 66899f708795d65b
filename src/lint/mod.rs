//! Faults in the HTML of an email that shows our pictures, found before it is sent.
//!
//! A picture cannot say that its URL is wrong: it falls back to its defaults, and the author sees
//! the mistake in nobody's inbox. So the email is read here, with the eyes of a mail client, of the
//! sender that replaces its tags, and of the Worker that will be asked for the picture.
//!
//! ```text
//! mask     an email     → the same with its merge tags hidden, which are replaced before anybody reads HTML
//! html     masked       → elements with the places of their attributes; style sheets
//! place    elements     → every URL, and the kind of its place
//! address  a URL        → its parts, if it is a picture of ours
//! mail     all tags     → the sender
//! url      one URL      → findings about the URL, its signature, its query and its `<img>`
//! ```
//!
//! Invariants: the time is linear in the length of the email. No finding holds a value of a URL.
//! There is no clock: the caller passes the time in.
//!
//! ```
//! use monogram::lint::{self, Context};
//! use monogram::limits::Limits;
//!
//! let html = r#"<img src="https://img.example/i/welcome.png?name=*|FNAME|*&bg=#fff" alt="Hi" width="600" height="315">"#;
//! let report = lint::lint(html, &Context::default(), &Limits::default());
//! assert_eq!(report.pictures, 1);
//! assert_eq!(report.findings[1].code, "fragment-in-url");
//! assert_eq!((report.findings[1].line, report.findings[1].column), (1, 63));
//! ```

mod address;
mod context;
mod css;
mod element;
mod finding;
mod html;
mod mail;
mod mask;
mod pair;
mod picture;
mod place;
mod query;
mod text;
mod token;
mod url;
mod value;
mod written;

use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;

use crate::limits::Limits;
use crate::request::{ImageRequest, Route};

use address::Address;
use finding::Findings;
use mail::Mail;
use picture::Picture;
use place::Place;

pub use context::{Context, Known, Templates};
pub use finding::{Finding, Severity};

/// The result for one email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "EmailReport")]
pub struct Report {
    /// Number of our pictures in the email.
    pub pictures: usize,
    /// The faults, in the order of their places; at most [`Limits::findings`].
    pub findings: Vec<Finding>,
}

impl Report {
    /// The weight of the worst finding. `None` if there is none.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// Reads an email and reports its faults. Of an email longer than [`Limits::email_bytes`], only
/// that much is read, and a finding says so.
#[must_use]
pub fn lint(html: &str, context: &Context<'_>, limits: &Limits) -> Report {
    let mut findings = Findings::default();
    let whole = html;
    let html = html.get(..html.floor_char_boundary(limits.email_bytes)).unwrap_or(html);
    if html.len() < whole.len() {
        findings.warning(
            html.len(),
            "email-too-long",
            format!("Only the first {} bytes of the email are read", limits.email_bytes),
            "shorten the email: Gmail shows no more than 102 kB of one",
        );
    }
    let read = Read::new(html);
    let places = read.places(html);
    let pictures = of_ours(&places, context.prefixes, limits);
    let shown: Vec<&Place<'_>> = pictures.iter().map(|(place, _)| *place).collect();
    let mail = Mail::read(html, &read.parts, &read.tags, &shown, context.sender, limits);
    for (place, address) in &pictures {
        let picture = Picture { html, place, address, mail: &mail, context, limits };
        url::check(&picture, &mut findings);
    }
    Report { pictures: pictures.len(), findings: findings.finish(html, limits.findings) }
}

/// The pictures that an email asks for, each once: a caller that has to wait for their templates
/// fetches these before it calls [`lint`].
#[must_use]
pub fn pictures(html: &str, prefixes: &[String], limits: &Limits) -> Vec<ImageRequest> {
    let html = html.get(..html.floor_char_boundary(limits.email_bytes)).unwrap_or(html);
    let read = Read::new(html);
    let mut pictures: Vec<ImageRequest> = Vec::new();
    for (place, address) in of_ours(&read.places(html), prefixes, limits) {
        if let Some(Ok(Route::Image(image) | Route::Signed { image, .. } | Route::Sealed { image, .. })) =
            address.route(&place.url.text)
            && !pictures.contains(&image)
        {
            pictures.push(image);
        }
    }
    pictures
}

/// An email that was read.
struct Read {
    tags: Vec<Range<usize>>,
    masked: String,
    parts: html::Parts,
}

impl Read {
    fn new(html: &str) -> Self {
        let tags = mask::tags(html);
        let masked = mask::masked(html, &tags);
        let parts = html::read(&masked);
        Self { tags, masked, parts }
    }

    fn places(&self, html: &str) -> Vec<Place<'_>> {
        place::places(html, &self.masked, &self.parts, &self.tags)
    }
}

/// The places that show our pictures, at most [`Limits::email_pictures`].
fn of_ours<'a, 'b>(places: &'b [Place<'a>], prefixes: &[String], limits: &Limits) -> Vec<(&'b Place<'a>, Address)> {
    let ours = places.iter().filter_map(|place| Some((place, Address::read(&place.url.text, prefixes, limits)?)));
    ours.take(limits.email_pictures).collect()
}
