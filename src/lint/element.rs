//! The `<img>` around a picture → the faults of its attributes.

use crate::merge_tag;
use crate::request::Options;
use crate::template::Document;

use super::finding::Findings;
use super::html::Element;
use super::picture::Picture;
use super::place::Kind;

/// Adds the faults of the element, if it is an `<img>` whose `src` this is.
pub fn check(picture: &Picture<'_, '_>, document: Option<&Document>, findings: &mut Findings) {
    let html = picture.html;
    let Some(element) = picture.place.element.filter(|_| picture.place.kind == Kind::Image) else { return };
    let missing = |name: &str| element.attribute(name).is_none();
    if missing("alt") {
        findings.warning(
            element.at,
            "img-without-alt",
            "The <img> has no alt text, which is all that people see before they load pictures",
            "add alt=\"…\", in your sender's syntax if it shall greet the recipient",
        );
    }
    for side in ["width", "height"].into_iter().filter(|side| missing(side)) {
        findings.warning(
            element.at,
            if side == "width" { "img-without-width" } else { "img-without-height" },
            format!(
                "The <img> has no {side}, so that Outlook shows it in another size and the text jumps when it loads"
            ),
            format!("add {side}=\"…\", in px"),
        );
    }
    let Some(document) = document else { return };
    let width = px(element, "width", html);
    ratio(width, element, html, document, findings);
    sharpness(width, element, picture, document, findings);
}

/// A width and a height whose ratio is another than the template's.
fn ratio(width: Option<u32>, element: &Element, html: &str, document: &Document, findings: &mut Findings) {
    let (Some(width), Some(height)) = (width, px(element, "height", html)) else { return };
    let (own_width, own_height) = (u64::from(document.width), u64::from(document.height));
    // The height of this width, rounded; one px more or less is rounding too.
    let fitting = u64::from(width).saturating_mul(own_height).saturating_add(own_width / 2) / own_width.max(1);
    if fitting.abs_diff(u64::from(height)) > 1 {
        let at = element.attribute("height").map_or(element.at, |attribute| attribute.value.start);
        findings.warning(
            at,
            "wrong-ratio",
            format!(
                "{width} × {height} is not the ratio of the template, {own_width} × {own_height}: it looks stretched"
            ),
            format!("write height=\"{fitting}\", or leave it to width=\"{width}\" and height:auto"),
        );
    }
}

/// A picture with fewer px than the element shows.
fn sharpness(
    width: Option<u32>,
    element: &Element,
    picture: &Picture<'_, '_>,
    document: &Document,
    findings: &mut Findings,
) {
    let Some(width) = width else { return };
    let query = picture.text().get(picture.address.query.clone()).unwrap_or_default();
    let options = Options::read(query, picture.limits);
    let px = f64::from(options.width.unwrap_or(document.width)) * f64::from(options.dpr.unwrap_or(1.0));
    if px < f64::from(width) {
        findings.warning(
            element.attribute("width").map_or(element.at, |attribute| attribute.value.start),
            "too-few-pixels",
            format!("The picture has {px} px and is shown {width} px wide: it looks blurred"),
            format!("write _w={width} into the URL, and _dpr=2 for sharp displays"),
        );
    }
}

/// The px of an attribute. `None` for a percentage, a tag, or no attribute.
fn px(element: &Element, name: &str, html: &str) -> Option<u32> {
    let value = html.get(element.attribute(name)?.value.clone())?.trim();
    if merge_tag::find(value).is_some() {
        return None;
    }
    value.strip_suffix("px").unwrap_or(value).parse().ok().filter(|px| *px > 0)
}
