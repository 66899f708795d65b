//! The URL of a picture → its faults as a whole: beginning, length, path, template. The checks of its
//! parts follow.

use crate::request::{Format, ImageRequest, Route};
use crate::template::Document;
use crate::template::document::Access;

use super::address::Scheme;
use super::context::Known;
use super::finding::Findings;
use super::picture::Picture;
use super::place::Kind;
use super::{element, query, token, value};

/// The longest URL that Outlook for Windows and many link checkers take, in characters.
const MAX_URL_CHARS: usize = 2_000;

/// Adds the faults of a picture's URL, and of its `<img>`.
pub fn check(picture: &Picture<'_, '_>, findings: &mut Findings) {
    begin(picture, findings);
    length(picture, findings);
    cut(picture, findings);
    fragment(picture, findings);
    let image = image(picture, findings);
    let document = image.as_ref().and_then(|(_, image)| template(picture, image, findings));
    let bound = image.as_ref().and_then(|(route, image)| token::check(picture, route, image, document, findings));
    query::check(picture, document, bound.as_ref(), findings);
    element::check(picture, document, findings);
}

/// The beginning of the URL: scheme and host.
fn begin(picture: &Picture<'_, '_>, findings: &mut Findings) {
    let host = picture.text().get(picture.address.host.clone()).unwrap_or_default().to_ascii_lowercase();
    let name = host.split(':').next().unwrap_or_default();
    let is_local = matches!(name, "localhost" | "127.0.0.1" | "0.0.0.0" | "[") || name.ends_with(".localhost");
    let (code, message, remedy) = match picture.address.scheme {
        _ if is_local => (
            "local-url",
            "The URL leads to the machine that opens the email",
            "write the public address of your Worker, such as https://img.example",
        ),
        Scheme::None => (
            "relative-url",
            "The URL has no scheme or no host, and an email has none of its own",
            "write the whole URL, from https:// on",
        ),
        Scheme::Http => {
            return findings.warning(
                picture.at(0),
                "insecure-url",
                "The URL is not encrypted: some clients do not load it, and networks can read its values",
                "write https:// for http://",
            );
        }
        Scheme::Https | Scheme::Tag => return,
    };
    findings.error(picture.at(0), code, message, remedy);
}

/// A URL in a `srcset` that ends at a space.
fn cut(picture: &Picture<'_, '_>, findings: &mut Findings) {
    if picture.place.is_cut {
        findings.error(
            picture.at(picture.text().len()),
            "unencoded-value",
            "A space ends the URL here, as it does in every srcset",
            "write %20 for a space that belongs to the URL",
        );
    }
}

fn length(picture: &Picture<'_, '_>, findings: &mut Findings) {
    let chars = picture.text().chars().count();
    if chars > MAX_URL_CHARS {
        findings.warning(
            picture.at(0),
            "long-url",
            format!("The URL has {chars} characters; Outlook for Windows cuts URLs after {MAX_URL_CHARS}"),
            "shorten fixed values, or make them defaults of the template",
        );
    }
}

fn fragment(picture: &Picture<'_, '_>, findings: &mut Findings) {
    if let Some(at) = picture.address.fragment(picture.text(), |text| value::is_tag(picture, text), picture.limits) {
        findings.error(
            picture.at(at),
            "fragment-in-url",
            "A # ends the URL: nothing after it reaches the service",
            "write %23 for #; a colour may stand without it (bg=ff5733)",
        );
    }
}

/// The picture that the path asks for. `None` if the path is wrong, or if it has a tag.
fn image(picture: &Picture<'_, '_>, findings: &mut Findings) -> Option<(Route, ImageRequest)> {
    let route = match picture.address.route(picture.text())? {
        Ok(route) => route,
        Err(problem) => {
            let remedy = problem.remedy.unwrap_or_else(|| "correct the path".to_owned());
            findings.error(picture.at(picture.address.path.start), "wrong-path", problem.message, remedy);
            return None;
        }
    };
    let (Route::Image(image) | Route::Signed { image, .. } | Route::Sealed { image, .. }) = &route else {
        return None;
    };
    let image = image.clone();
    if !image.format.is_image() && picture.place.kind != Kind::Link {
        findings.error(
            picture.at(picture.address.path.start),
            "not-a-picture",
            format!("The URL ends in .{}, which is a text and no picture", image.format.extension()),
            "end it in .png, .jpg, .webp or .gif",
        );
    } else if image.format == Format::Webp && picture.place.kind != Kind::Link {
        findings.warning(
            picture.at(picture.address.path.start),
            "webp-in-email",
            "Outlook for Windows shows no WebP",
            "end the URL in .png or .jpg",
        );
    }
    Some((route, image))
}

/// The template's document. `None` if nobody knows it.
fn template<'c>(picture: &Picture<'_, 'c>, image: &ImageRequest, findings: &mut Findings) -> Option<&'c Document> {
    let templates = picture.context.templates?;
    let at = picture.at(picture.address.path.start);
    match templates(image) {
        Known::Absent => {
            findings.error(
                at,
                "unknown-template",
                format!("There is no template {}", image.template),
                "correct its id in the path, or publish it",
            );
            None
        }
        Known::Hidden => None,
        Known::Document(document) => {
            let path = picture.text().get(picture.address.path.clone()).unwrap_or_default();
            if document.access == Access::Signed && path.starts_with("/i/") {
                findings.error(
                    at,
                    "unsigned-url",
                    format!("The template {} answers signed URLs only", image.template),
                    "sign the URL (monogram sign), or write \"access\": \"public\" into the template",
                );
            }
            Some(document)
        }
    }
}
