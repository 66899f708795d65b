//! Bytes of a document in memory, so that a cache of templates can be bounded by bytes.
//!
//! An upper estimate: exact for what is counted in a loop, and with the allocator's share for small
//! texts.

use serde_json::Value as Json;

use crate::color::Color;
use crate::params::Param;

use super::document::{
    Chart, Column, Columns, Content, Corners, Curve, Displace, Document, Filter, FontFile, Image, Kind, Layer, Paint,
    Run, Series, Shadow, Stack, Stop, Table, Text, Track,
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
    let doubts = document.doubts.iter().map(|(place, what)| {
        let texts = place.len().saturating_add(what.len());
        texts.saturating_add(size_of::<(String, String)>()).saturating_add(2 * ALLOCATION)
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
    .chain(doubts)
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
        Kind::Stack(stack) => columns(stack),
        Kind::Repeat(repeat) => columns(&repeat.stack).saturating_add(512),
        Kind::Table(table) => table.columns.iter().fold(size_of::<Table>(), |sum, column| {
            let contents = [Some(&column.text), column.header.as_ref(), column.total.as_ref()].into_iter().flatten();
            let texts = contents.map(content).fold(size_of::<Column>(), usize::saturating_add);
            let styles = column.text_style.as_ref().map_or(0, |style| paint(style.fill.as_ref()));
            sum.saturating_add(texts).saturating_add(styles).saturating_add(8 * ALLOCATION)
        }),
        Kind::Chart(chart) => {
            let series = chart.series.len().saturating_mul(size_of::<Series>().saturating_add(2 * ALLOCATION));
            let colors = chart.colors.len().saturating_mul(size_of::<Templated<Color>>().saturating_add(ALLOCATION));
            size_of::<Chart>().saturating_add(series).saturating_add(colors)
        }
        Kind::Qr(_) | Kind::Barcode(_) | Kind::Rating(_) | Kind::Progress(_) => 512,
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
        layer.displace.as_ref().map_or(0, |_| size_of::<Displace>().saturating_add(4 * ALLOCATION)),
        layer.curve.as_ref().map_or(0, |_| size_of::<Curve>().saturating_add(3 * ALLOCATION)),
        paint(layer.fill.as_ref()),
        paint(layer.stroke.as_ref()),
        own,
    ]
    .into_iter()
    .chain(layer.children().map(self::layer))
    .fold(0, usize::saturating_add)
}

/// Bytes of the columns of a grid.
fn columns(stack: &Stack) -> usize {
    match &stack.columns {
        Some(Columns::Each(widths)) => {
            widths.len().saturating_mul(size_of::<Templated<Track>>().saturating_add(ALLOCATION))
        }
        Some(Columns::Equal(_)) | None => 0,
    }
}

/// Bytes of a feature or an axis.
const TAG: usize = size_of::<(String, Templated<f32>)>() + 2 * ALLOCATION;

fn tags(features: Option<usize>, axes: Option<usize>) -> usize {
    features.unwrap_or(0).saturating_add(axes.unwrap_or(0)).saturating_mul(TAG)
}

fn letters(text: &Text) -> usize {
    let own = tags(text.features.as_ref().map(Vec::len), text.axes.as_ref().map(|axes| axes.len()));
    own.saturating_add(content(&text.text))
}

/// Bytes of a content beside its own size and its strings.
fn content(content: &Content) -> usize {
    if let Content::Languages(texts) = content {
        return texts.len().saturating_mul(TAG);
    }
    let Content::Runs(runs) = content else { return 0 };
    runs.iter().fold(0, |sum, run| {
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
