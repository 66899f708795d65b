//! Bytes of a document in memory, so that a cache of templates can be bounded by bytes.
//!
//! An upper estimate: exact for what is counted in a loop, and with the allocator's share for small
//! texts.

use serde_json::Value as Json;

use crate::color::Color;
use crate::params::Param;

use super::document::{
    Content, Corners, Curve, Document, Filter, FontFile, Image, Kind, Layer, Paint, Run, Shadow, Stop, Text,
};
use super::feed::Feed;
use super::templated::Templated;

/// Bytes of an allocation beside its content.
const ALLOCATION: usize = 16;

/// Bytes of a JSON value with its name, beside its text.
const JSON_VALUE: usize = 160;

/// Bytes of a document that was read from `json_bytes` of JSON.
#[must_use]
pub fn document(document: &Document, json_bytes: usize) -> usize {
    let params = document.params.values().map(param);
    let fonts = document.fonts.len().saturating_mul(size_of::<FontFile>().saturating_add(2 * ALLOCATION));
    let files = document.files.as_ref().map_or(0, |files| files.assets.len().saturating_add(files.fonts.len()));
    let files = files.saturating_mul(size_of::<(String, String)>().saturating_add(4 * ALLOCATION));
    let parts = document.files.iter().flat_map(|files| files.parts.values()).map(values);
    let files = files.saturating_add(parts.fold(0, usize::saturating_add).saturating_mul(JSON_VALUE));
    // A param without hosts gets those of the template.
    let hosts = strings(&document.hosts);
    let feeds = document.feeds.values().map(|feed| {
        let values = feed.example.as_ref().map_or(0, values).saturating_mul(JSON_VALUE);
        values.saturating_add(size_of::<(String, Feed)>()).saturating_add(4 * ALLOCATION)
    });
    // All texts of the document together are no longer than its JSON.
    [
        size_of::<Document>(),
        json_bytes,
        fonts,
        files,
        strings(&document.missing),
        hosts,
        paint(document.background.as_ref()),
        overrides(document),
        variants(document),
        document.palette.len().saturating_mul(size_of::<(String, Templated<Color>)>().saturating_add(4 * ALLOCATION)),
    ]
    .into_iter()
    .chain(params)
    .chain(feeds)
    .chain(document.layers.iter().map(layer))
    .fold(0, usize::saturating_add)
}

fn param(param: &Param) -> usize {
    let words = match param {
        Param::Choice(choice) => strings(&choice.choices),
        Param::Image(image) => strings(&image.hosts),
        Param::List(list) => {
            let data = [&list.default, &list.example].into_iter().flatten();
            let data = data.map(|json| values(json).saturating_mul(JSON_VALUE));
            list.fields.values().map(self::param).chain(data).fold(strings(&list.compact), usize::saturating_add)
        }
        Param::Record(record) => {
            record.example.iter().map(|json| values(json).saturating_mul(JSON_VALUE)).fold(0, usize::saturating_add)
        }
        _ => 0,
    };
    words.saturating_add(size_of::<(String, Param)>()).saturating_add(4 * ALLOCATION)
}

/// Number of values in a JSON value, itself included.
fn values(json: &Json) -> usize {
    match json {
        Json::Array(items) => items.iter().fold(1, |sum: usize, item| sum.saturating_add(values(item))),
        Json::Object(fields) => fields.values().fold(1, |sum: usize, field| sum.saturating_add(values(field))),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 1,
    }
}

/// Bytes of the variants.
fn variants(document: &Document) -> usize {
    let values = document.variants.iter().flat_map(|variant| variant.set.values()).map(values);
    let names = document.variants.len().saturating_add(document.variant_by.len());
    values.fold(names.saturating_mul(4), usize::saturating_add).saturating_mul(JSON_VALUE)
}

/// Bytes of what editions change.
fn overrides(document: &Document) -> usize {
    let sizes = document.sizes.values().map(|size| (size.background.as_ref(), &size.layers));
    let dark = document.dark.iter().map(|dark| (dark.background.as_ref(), &dark.layers));
    let parts = sizes.chain(dark).map(|(background, layers)| {
        let layers = layers.values().flat_map(|fields| fields.values()).map(values);
        // Beside its values, a layer has a name and a map.
        layers
            .chain(background.map(values))
            .fold(1, |sum: usize, count| sum.saturating_add(count).saturating_add(1))
            .saturating_mul(JSON_VALUE)
    });
    let colors = document.dark.as_ref().map_or(0, |dark| dark.palette.len().saturating_mul(JSON_VALUE));
    parts.fold(colors, usize::saturating_add)
}

fn strings(words: &[String]) -> usize {
    words.len().saturating_mul(size_of::<String>().saturating_add(ALLOCATION))
}

fn layer(layer: &Layer) -> usize {
    let shadows = layer.shadow.as_ref().map_or(0, |shadows| shadows.0.len());
    let filters = [&layer.filter, &layer.backdrop_filter].into_iter().flatten().map(|filters| filters.0.len());
    let filter = size_of::<Filter>().saturating_add(2 * size_of::<Templated<Color>>()).saturating_add(2 * ALLOCATION);
    let dashes = layer.stroke_dash.as_ref().map_or(0, Vec::len);
    let own = match &layer.kind {
        Kind::Text(text) => size_of::<Text>().saturating_add(letters(text)),
        Kind::Image(image) => {
            let fallbacks = image.fallback.len();
            let fallbacks = fallbacks.saturating_mul(size_of::<Templated<String>>().saturating_add(ALLOCATION));
            size_of::<Image>().saturating_add(fallbacks)
        }
        Kind::Qr(_) | Kind::Barcode(_) | Kind::Repeat(_) | Kind::Rating(_) | Kind::Progress(_) => 512,
        _ => 0,
    };
    [
        // Beside it, a few short texts: its id, its condition, expressions.
        size_of::<Layer>().saturating_add(8 * ALLOCATION),
        shadows.saturating_mul(size_of::<Shadow>()),
        filters.sum::<usize>().saturating_mul(filter),
        dashes.saturating_mul(size_of::<Templated<f32>>()),
        layer.scope.as_ref().map_or(0, |scope| {
            scope.with.values().map(values).fold(2, usize::saturating_add).saturating_mul(JSON_VALUE)
        }),
        layer.corners.as_ref().map_or(0, |_| size_of::<Corners>().saturating_add(9 * ALLOCATION)),
        layer.curve.as_ref().map_or(0, |_| size_of::<Curve>().saturating_add(3 * ALLOCATION)),
        paint(layer.fill.as_ref()),
        paint(layer.stroke.as_ref()),
        own,
    ]
    .into_iter()
    .chain(layer.children().map(self::layer))
    .fold(0, usize::saturating_add)
}

fn letters(text: &Text) -> usize {
    let tag = size_of::<(String, Templated<f32>)>().saturating_add(2 * ALLOCATION);
    let tags = |features: Option<usize>, axes: Option<usize>| {
        features.unwrap_or(0).saturating_add(axes.unwrap_or(0)).saturating_mul(tag)
    };
    let own = tags(text.features.as_ref().map(Vec::len), text.axes.as_ref().map(|axes| axes.len()));
    if let Content::Languages(texts) = &text.text {
        return own.saturating_add(texts.len().saturating_mul(tag));
    }
    let Content::Runs(runs) = &text.text else { return own };
    runs.iter().fold(own, |sum, run| {
        let tags = tags(run.features.as_ref().map(Vec::len), run.axes.as_ref().map(|axes| axes.len()));
        sum.saturating_add(size_of::<Run>())
            .saturating_add(4 * ALLOCATION)
            .saturating_add(tags)
            .saturating_add(paint(run.fill.as_ref()))
    })
}

fn paint(paint: Option<&Paint>) -> usize {
    match paint {
        Some(Paint::Gradient(gradient)) => {
            gradient.stops.len().saturating_mul(size_of::<Stop>()).saturating_add(ALLOCATION)
        }
        Some(Paint::Auto | Paint::Color(_)) | None => 0,
    }
}
