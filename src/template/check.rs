//! Rules that the types of a document cannot say: sizes, counts, names, and defaults that fit their
//! params.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::color::Color;
use crate::error::Problem;
use crate::font::Tag;
use crate::limits::Limits;
use crate::params::declare::{ListParam, RecordParam};
use crate::params::{Param, datetime, feed, image, list as items, scalar};
use crate::remote::{Url, host};
use crate::request::language;
use crate::request::office::is_collection;
use crate::text::Feature;

use super::check_data::{check_chart, check_icon, check_path, check_table};
use super::check_grid::check_grid;
use super::check_perspective::check_perspective;
use super::check_variation::{check_editions, check_variants};
use super::context;
use super::document::{
    Content, Displace, Document, Files, Fit, Focus, FontFile, GradientKind, Image, Kind, Layer, Paint, Sizing, Text,
};
use super::explain::{list as words, wrong};
use super::templated::Templated;

/// Checks what the types of a document cannot say.
///
/// # Errors
/// The first rule that it breaks, with the path of the field.
pub fn check(document: &Document, limits: &Limits) -> Result<(), Problem> {
    for (field, px) in [("width", document.width), ("height", document.height)] {
        if px == 0 || px > limits.side_px {
            return Err(wrong("field-wrong", format!("a side has 1 to {} px", limits.side_px)).at(field));
        }
    }
    if document.width.saturating_mul(document.height) > limits.canvas_pixels {
        let message = format!("a picture has at most {} pixels in all", limits.canvas_pixels);
        return Err(wrong("template-too-large", message)
            .at("height")
            .remedy("make it smaller; `_dpr` makes it sharper"));
    }
    if document.params.len() > limits.params {
        return Err(wrong("template-too-large", format!("a template may have {} params", limits.params)).at("params"));
    }
    if let Some(lang) = &document.lang {
        let canonical = language(lang);
        if canonical.as_ref() != Some(lang) {
            let problem = wrong("field-wrong", "expected a language such as \"de\" or \"pt-BR\" (BCP 47)").at("lang");
            return Err(match canonical {
                Some(tag) => problem.remedy(format!("did you mean `{tag}`?")),
                None => problem,
            });
        }
    }
    check_fonts(&document.fonts, limits)?;
    document.files.as_ref().map_or(Ok(()), |files| check_files(files, limits))?;
    check_words(&document.missing, "missing", limits)?;
    check_hosts(&document.hosts, limits)?;
    for (name, param) in &document.params {
        check_param(name, param, limits).map_err(|problem| {
            let field =
                problem.field.map_or_else(|| format!("params.{name}"), |field| format!("params.{name}.{field}"));
            Problem { field: Some(field), ..problem }
        })?;
    }
    check_feeds(document, limits)?;
    check_context(document)?;
    check_count(document.palette.len(), limits.params, "colours", || "palette".to_owned())?;
    for name in document.palette.keys() {
        check_param_name(name, limits).map_err(|problem| problem.at(format!("palette.{name}")))?;
    }
    check_editions(document, limits)?;
    check_variants(document, limits)?;
    check_paint(document.background.as_ref(), "background", limits)?;
    check_layers(&document.layers, "layers", &document.hosts, limits)
}

/// Checks what publishing wrote: digests are parts of the store's keys.
fn check_files(files: &Files, limits: &Limits) -> Result<(), Problem> {
    let digests = files.assets.values().chain(files.fonts.iter().map(|font| &font.file));
    let is_digest =
        |text: &String| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !digests.into_iter().all(is_digest) {
        return Err(wrong("field-wrong", "expected a SHA-256 in hex").at("files").remedy("leave out `files`"));
    }
    if files.assets.len() > limits.files || files.fonts.len() > limits.fonts {
        return Err(wrong("template-too-large", format!("a template may have {} files", limits.files)).at("files"));
    }
    Ok(())
}

fn check_fonts(fonts: &[FontFile], limits: &Limits) -> Result<(), Problem> {
    if fonts.len() > limits.fonts {
        return Err(wrong("template-too-large", format!("a template may have {} fonts", limits.fonts)).at("fonts"));
    }
    for (index, font) in fonts.iter().enumerate() {
        let lower = font.src.to_ascii_lowercase();
        check_name(&font.family, &format!("fonts[{index}].family"), limits)?;
        if font.family.trim().is_empty() {
            return Err(
                wrong("field-wrong", "a font needs a name that texts call it by").at(format!("fonts[{index}].family"))
            );
        }
        if image::asset(&font.src).is_none() || !(lower.ends_with(".ttf") || lower.ends_with(".otf")) {
            return Err(wrong("field-wrong", "expected a font file such as \"asset:brand-bold.ttf\"")
                .at(format!("fonts[{index}].src"))
                .remedy("upload a .ttf or .otf; `make font FILE=brand.woff2` makes one of a .woff2 or .woff"));
        }
    }
    Ok(())
}

/// Checks the name of a param or a feed.
fn check_param_name(name: &str, limits: &Limits) -> Result<(), Problem> {
    let mut letters = name.chars();
    let valid = letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if !valid {
        return Err(wrong("param-name", "a param's name has lower-case letters, digits and `_`, a letter first")
            .remedy("rename it, for example first_name"));
    }
    if name.len() > limits.name_chars {
        return Err(wrong("param-name", format!("a param's name may have {} characters", limits.name_chars)));
    }
    Ok(())
}

fn check_param(name: &str, param: &Param, limits: &Limits) -> Result<(), Problem> {
    check_param_name(name, limits)?;
    let (default, example) = match param {
        Param::Text(param) | Param::Rich(param) => (&param.default, &param.example),
        Param::Email(param) => (&param.default, &param.example),
        Param::Color(param) => (&param.default, &param.example),
        Param::Choice(param) => (&param.default, &param.example),
        Param::Image(param) => (&param.default, &param.example),
        Param::Datetime(param) | Param::Date(param) => (&param.default, &param.example),
        Param::Number(_) | Param::Boolean(_) | Param::List(_) | Param::Record(_) => (&None, &None),
    };
    check_value(default.as_deref(), "default", limits)?;
    check_value(example.as_deref(), "example", limits)?;
    match param {
        Param::Text(_) | Param::Rich(_) | Param::Boolean(_) => Ok(()),
        Param::List(param) => check_list(param, limits),
        Param::Record(param) => check_record(param, limits),
        Param::Email(param) => match &param.default {
            Some(text) if scalar::email(text).is_none() => {
                Err(wrong("field-wrong", "expected an address such as \"maria@acme.com\"").at("default"))
            }
            _ => Ok(()),
        },
        Param::Color(color) => match &color.default {
            Some(text) if text.parse::<Color>().is_err() => {
                Err(wrong("field-wrong", "expected a CSS colour such as \"#ff5733\"").at("default"))
            }
            _ => Ok(()),
        },
        Param::Number(number) => {
            let (min, max) = (number.min.unwrap_or(f64::MIN), number.max.unwrap_or(f64::MAX));
            if min > max {
                return Err(wrong("field-wrong", "`min` is larger than `max`").at("min"));
            }
            match number.default {
                Some(default) if default < min || default > max => {
                    Err(wrong("field-wrong", "the default is not between `min` and `max`").at("default"))
                }
                _ => Ok(()),
            }
        }
        Param::Choice(choice) => {
            check_words(&choice.choices, "choices", limits)?;
            if choice.choices.is_empty() {
                return Err(wrong("field-wrong", "a choice needs at least one word").at("choices"));
            }
            match &choice.default {
                Some(default) if !choice.choices.contains(default) => {
                    let remedy =
                        format!("it may be {}", words(&choice.choices.iter().map(String::as_str).collect::<Vec<_>>()));
                    Err(wrong("field-wrong", "the default is none of the choices").at("default").remedy(remedy))
                }
                _ => Ok(()),
            }
        }
        Param::Image(param) => {
            if param.default.as_deref().is_some_and(|text| image::asset(text).is_none()) {
                return Err(wrong("field-wrong", "expected an asset such as \"asset:logo.png\"").at("default"));
            }
            check_hosts(&param.hosts, limits)
        }
        Param::Datetime(param) | Param::Date(param) => {
            if param.default.as_deref().is_some_and(|text| datetime::read(text).is_none()) {
                return Err(wrong(
                    "field-wrong",
                    "expected a date such as \"2026-03-14\" or \"2026-03-14T15:30:00+01:00\"",
                )
                .at("default"));
            }
            if param.timezone.as_deref().is_some_and(|text| datetime::offset(text).is_none()) {
                return Err(wrong("field-wrong", "expected a distance from UTC such as \"+01:00\" or \"Z\"")
                    .at("timezone")
                    .remedy("zones by name are not built in: their rules change every year"));
            }
            Ok(())
        }
    }
}

/// Checks the collection and the example of a record.
fn check_record(param: &RecordParam, limits: &Limits) -> Result<(), Problem> {
    if !is_collection(&param.collection) {
        return Err(wrong(
            "field-wrong",
            "expected the name of a collection such as \"contacts\" or \"acme/contacts\"",
        )
        .at("collection"));
    }
    let mut example = param.example.clone().unwrap_or_else(|| Json::Object(serde_json::Map::new()));
    if !example.is_object() || feed::clean(&mut example, limits).is_err() {
        return Err(wrong("field-wrong", "expected an object with the fields of a record").at("example"));
    }
    Ok(())
}

/// Checks the fields and the values of a list.
fn check_list(list: &ListParam, limits: &Limits) -> Result<(), Problem> {
    if list.fields.is_empty() || list.fields.len() > limits.params {
        return Err(wrong("field-wrong", format!("a list has 1 to {} fields", limits.params))
            .at("fields")
            .remedy("declare them: \"fields\": { \"name\": { \"type\": \"text\" } }"));
    }
    for (name, field) in &list.fields {
        if matches!(field, Param::List(_) | Param::Rich(_) | Param::Record(_)) {
            return Err(wrong("field-wrong", "a field of a list has every type but `list`, `rich` and `record`")
                .at(format!("fields.{name}")));
        }
        check_param(name, field, limits).map_err(|problem| {
            let path = problem.field.as_ref().map_or_else(String::new, |field| format!(".{field}"));
            problem.at(format!("fields.{name}{path}"))
        })?;
    }
    if let Some(index) = list.compact.iter().position(|name| !list.fields.contains_key(name)) {
        let names: Vec<&str> = list.fields.keys().map(String::as_str).collect();
        return Err(wrong("field-wrong", "there is no such field")
            .at(format!("compact[{index}]"))
            .remedy(format!("there are {}", words(&names))));
    }
    check_count(list.compact.len(), list.fields.len(), "names of fields", || "compact".to_owned())?;
    if list.max_items.is_some_and(|most| !(1..=limits.list_items).contains(&most)) {
        return Err(wrong("field-wrong", format!("a list has 1 to {} items", limits.list_items)).at("max_items"));
    }
    for (name, value) in [("default", &list.default), ("example", &list.example)] {
        let Some(value) = value else { continue };
        if !value.is_array() || items::of_json(list, value, &items::Reading::default()).is_err() {
            return Err(wrong("field-wrong", "expected a list of objects with the declared fields").at(name));
        }
    }
    Ok(())
}

/// Checks what a template reads of the circumstances of a request.
fn check_context(document: &Document) -> Result<(), Problem> {
    let taken = |name: &&&str| document.params.contains_key(**name) || document.feeds.contains_key(**name);
    let name = context::NAMES.iter().filter(|name| document.has_circumstance(name)).find(taken);
    if let Some(name) = name {
        let field = if *name == "now" { "now" } else { "context" };
        return Err(wrong("field-wrong", format!("there is a param or a feed `{name}` too"))
            .at(field)
            .remedy(format!("rename it: `{name}` is that of the request here")));
    }
    if document.now.as_ref().is_some_and(|now| now.offset().is_none()) {
        return Err(wrong("field-wrong", "expected a distance from UTC such as \"+01:00\" or \"Z\"").at("now.timezone"));
    }
    Ok(())
}

/// Checks live values of other hosts.
fn check_feeds(document: &Document, limits: &Limits) -> Result<(), Problem> {
    let Document { feeds, params, hosts, .. } = document;
    if feeds.len() > limits.feeds {
        return Err(wrong("template-too-large", format!("a template may have {} feeds", limits.feeds)).at("feeds"));
    }
    for (name, declared) in feeds {
        check_param_name(name, limits).map_err(|problem| problem.at(format!("feeds.{name}")))?;
        let at = |field: &str| format!("feeds.{name}.{field}");
        if params.contains_key(name) {
            return Err(wrong("field-wrong", format!("there is a param `{name}` too"))
                .at(format!("feeds.{name}"))
                .remedy("give one of them another name"));
        }
        let host = declared.host().ok_or_else(|| {
            wrong("field-wrong", "expected a URL such as \"https://api.example/stock/{{ sku }}.json\"")
                .at(at("url"))
                .remedy("write out https, the name of a public host and the `/` after it; expressions come after that")
        })?;
        if !host::any_allows(hosts.iter().map(String::as_str), &host) {
            return Err(wrong("field-wrong", "the template does not allow the host of this feed")
                .at(at("url"))
                .remedy(format!("add it: \"hosts\": [\"{host}\"]")));
        }
        if declared.ttl.is_some_and(|ttl| ttl != declared.ttl_s(limits)) {
            let (floor, ceiling) = (limits.feed_ttl_floor_s, limits.feed_ttl_ceiling_s);
            return Err(wrong("field-wrong", format!("a feed is kept for {floor} to {ceiling} seconds")).at(at("ttl")));
        }
        let mut example = declared.example.clone().unwrap_or_default();
        if feed::clean(&mut example, limits).is_err() {
            return Err(wrong("field-wrong", "the example is larger or deeper than a feed may be").at(at("example")));
        }
    }
    Ok(())
}

/// Checks the length of a name.
fn check_name(name: &str, path: &str, limits: &Limits) -> Result<(), Problem> {
    if name.chars().count() <= limits.name_chars {
        return Ok(());
    }
    Err(wrong("field-wrong", format!("a name may have {} characters", limits.name_chars)).at(path))
}

/// Checks the length of a value that stands in the document.
fn check_value(value: Option<&str>, field: &str, limits: &Limits) -> Result<(), Problem> {
    if value.is_none_or(|value| value.chars().count() <= limits.value_chars) {
        return Ok(());
    }
    Err(wrong("field-wrong", format!("a value may have {} characters", limits.value_chars)).at(field))
}

/// Checks hosts whose images may be shown.
fn check_hosts(hosts: &[String], limits: &Limits) -> Result<(), Problem> {
    check_count(hosts.len(), limits.hosts, "hosts", || "hosts".to_owned())?;
    let Some(index) = hosts.iter().position(|pattern| !host::is_pattern(pattern)) else { return Ok(()) };
    Err(wrong("field-wrong", "expected a public host such as \"logo.com\" or \"*.cdn.example\", or \"*\"")
        .at(format!("hosts[{index}]")))
}

/// Checks an image whose URL is written in the document: it would never be shown if its host is not
/// allowed.
fn check_source(source: &Templated<String>, path: &str, hosts: &[String]) -> Result<(), Problem> {
    let Templated::Literal(text) = source else { return Ok(()) };
    if !text.contains("://") {
        return Ok(());
    }
    let Ok(url) = Url::read(text) else {
        return Err(wrong(
            "field-wrong",
            "expected an image such as \"asset:logo.png\" or \"https://logo.com/logo.png\"",
        )
        .at(path)
        .remedy("write the URL with https and the name of a public host, without a port or a user"));
    };
    if host::any_allows(hosts.iter().map(String::as_str), url.host()) {
        return Ok(());
    }
    Err(wrong("field-wrong", "the template does not allow the host of this image")
        .at(path)
        .remedy(format!("add it: \"hosts\": [\"{}\"]", url.host())))
}

/// Checks the map of a layer that is displaced.
fn check_map(layer: &Layer, path: &str, hosts: &[String]) -> Result<(), Problem> {
    let Some(source) = layer.displace.as_deref().and_then(Displace::image) else { return Ok(()) };
    let path = format!("{path}.displace.src");
    match source {
        Templated::Literal(text) if !text.contains(':') => {
            Err(wrong("field-wrong", "expected \"backdrop\", or an image such as \"asset:linen.jpg\"").at(path))
        }
        _ => check_source(source, &path, hosts),
    }
}

/// Checks the fields of an image that exclude or need each other.
fn check_looks(image: &Image, path: &str) -> Result<(), Problem> {
    let is_optical = image.size == Some(Sizing::Optical);
    if is_optical && image.fit.is_some() {
        return Err(wrong("field-wrong", "`size` takes the place of `fit`")
            .at(format!("{path}.fit"))
            .remedy("leave out one of them"));
    }
    if matches!(image.focus, Some(Focus::Detail(_))) && (is_optical || !matches!(image.fit, None | Some(Fit::Cover))) {
        return Err(wrong("field-wrong", "a picture is searched for a crop with `\"fit\": \"cover\"` only")
            .at(format!("{path}.focus"))
            .remedy("leave out `focus`, or take `cover`"));
    }
    let needs_contrast =
        [("dark_src", image.dark_src.is_some()), ("plate", image.plate.is_some()), ("ground", image.ground.is_some())];
    match needs_contrast.into_iter().find(|(_, is_there)| *is_there && image.contrast.is_none()) {
        Some((field, _)) => Err(wrong("field-wrong", format!("`{field}` has no effect without `contrast`"))
            .at(format!("{path}.{field}"))
            .remedy("add \"contrast\": \"auto\"")),
        None => Ok(()),
    }
}

/// Checks the number and the length of words.
fn check_words(words: &[String], path: &str, limits: &Limits) -> Result<(), Problem> {
    check_count(words.len(), limits.words, "words", || path.to_owned())?;
    for (index, word) in words.iter().enumerate() {
        check_value(Some(word), &format!("{path}[{index}]"), limits)?;
    }
    Ok(())
}

fn check_count(count: usize, most: usize, things: &str, path: impl FnOnce() -> String) -> Result<(), Problem> {
    if count <= most {
        return Ok(());
    }
    Err(wrong("field-wrong", format!("there may be {most} {things} here")).at(path()))
}

/// Checks the number of stars or steps.
fn check_marks(count: Option<usize>, limits: &Limits, path: impl FnOnce() -> String) -> Result<(), Problem> {
    let most = limits.marks;
    if count.is_none_or(|count| (1..=most).contains(&count)) {
        return Ok(());
    }
    Err(wrong("field-wrong", format!("expected a number from 1 to {most}")).at(path()))
}

fn check_layers(layers: &[Layer], path: &str, hosts: &[String], limits: &Limits) -> Result<(), Problem> {
    for (index, layer) in layers.iter().enumerate() {
        let path = format!("{path}[{index}]");
        check_name(layer.id.as_deref().unwrap_or_default(), &format!("{path}.id"), limits)?;
        let shadows = layer.shadow.as_ref().map_or(0, |shadows| shadows.0.len());
        check_count(shadows, limits.shadows, "shadows", || format!("{path}.shadow"))?;
        for (name, filters) in [("filter", &layer.filter), ("backdrop_filter", &layer.backdrop_filter)] {
            let filters = filters.as_ref().map_or(0, |filters| filters.0.len());
            check_count(filters, limits.filters, "filters", || format!("{path}.{name}"))?;
        }
        if layer.mask_type.is_some() && layer.mask.is_empty() {
            return Err(wrong("field-wrong", "`mask_type` has no effect without `mask`")
                .at(format!("{path}.mask_type"))
                .remedy("add \"mask\": { \"type\": \"ellipse\" }, or leave it out"));
        }
        check_map(layer, &path, hosts)?;
        let dashes = layer.stroke_dash.as_ref().map_or(0, Vec::len);
        check_count(dashes, limits.dashes, "lengths of dashes and gaps", || format!("{path}.stroke_dash"))?;
        check_fill(layer, &path, hosts, limits)?;
        check_paint(layer.stroke.as_ref(), &format!("{path}.stroke"), limits)?;
        check_perspective(layer.corners.as_deref(), layer.curve.as_deref(), &path, limits)?;
        check_grid(layer, &path, limits)?;
        match &layer.kind {
            Kind::Text(text) => check_text(text, &path, limits)?,
            Kind::Image(image) => {
                check_count(image.fallback.len(), limits.fallbacks, "fallbacks", || format!("{path}.fallback"))?;
                check_source(&image.src, &format!("{path}.src"), hosts)?;
                if let Some(dark) = &image.dark_src {
                    check_source(dark, &format!("{path}.dark_src"), hosts)?;
                }
                check_looks(image, &path)?;
                for (index, source) in image.fallback.iter().enumerate() {
                    check_source(source, &format!("{path}.fallback[{index}]"), hosts)?;
                }
            }
            Kind::Repeat(repeat) => {
                check_param_name(repeat.item(), limits).map_err(|problem| problem.at(format!("{path}.as")))?;
            }
            Kind::Table(table) => {
                check_param_name(table.item(), limits).map_err(|problem| problem.at(format!("{path}.as")))?;
                check_table(table, &path, limits)?;
                for (index, column) in table.columns.iter().enumerate() {
                    let path = format!("{path}.columns[{index}]");
                    let contents = [
                        ("text", Some(&column.text)),
                        ("header", column.header.as_ref()),
                        ("total", column.total.as_ref()),
                    ];
                    for (field, content) in contents {
                        content.map_or(Ok(()), |content| check_content(content, &format!("{path}.{field}"), limits))?;
                    }
                }
                for style in table.styles() {
                    check_paint(style.fill.as_ref(), &format!("{path}.text_style.fill"), limits)?;
                }
            }
            Kind::Chart(chart) => {
                check_param_name(chart.item(), limits).map_err(|problem| problem.at(format!("{path}.as")))?;
                check_chart(chart, &path, limits)?;
                let fill = chart.text_style.as_ref().and_then(|style| style.fill.as_ref());
                check_paint(fill, &format!("{path}.text_style.fill"), limits)?;
            }
            Kind::Qr(code) => {
                code.logo.as_ref().map_or(Ok(()), |logo| check_source(logo, &format!("{path}.logo"), hosts))?;
            }
            Kind::Rating(rating) => {
                check_marks(rating.max, limits, || format!("{path}.max"))?;
                if layer.width.is_some() && layer.height.is_some() {
                    return Err(wrong("field-wrong", "a rating has a width or a height, and the other side follows")
                        .at(format!("{path}.height"))
                        .remedy("leave out one of them"));
                }
            }
            Kind::Progress(progress) => check_marks(progress.steps, limits, || format!("{path}.steps"))?,
            Kind::Path(shape) => check_path(shape, &path)?,
            Kind::Icon(icon) => check_icon(icon, &path)?,
            // A component has become its layer.
            Kind::Component(_)
            | Kind::Barcode(_)
            | Kind::Rect(_)
            | Kind::Ellipse(_)
            | Kind::Line(_)
            | Kind::Group(_)
            | Kind::Frame(_)
            | Kind::Stack(_) => {}
        }
        for (name, layers) in layer.lists() {
            check_layers(layers, &format!("{path}.{name}"), hosts, limits)?;
        }
    }
    Ok(())
}

fn check_text(text: &Text, path: &str, limits: &Limits) -> Result<(), Problem> {
    check_letters(text.features.as_deref(), text.axes.as_ref(), path)?;
    check_content(&text.text, &format!("{path}.text"), limits)
}

/// Checks the content of a text; `path` is that of the content.
fn check_content(content: &Content, path: &str, limits: &Limits) -> Result<(), Problem> {
    if let Content::Languages(texts) = content {
        check_count(texts.len(), limits.languages, "languages", || path.to_owned())?;
        if !texts.contains_key("*") {
            return Err(wrong("field-wrong", "there is no text for other languages")
                .at(path)
                .remedy("add one: \"*\": \"Hello\""));
        }
        if let Some(tag) = texts.keys().find(|tag| *tag != "*" && language(tag).as_deref() != Some(tag.as_str())) {
            let problem = wrong("field-wrong", "expected a language such as \"de\" or \"pt-BR\"");
            let problem = problem.at(format!("{path}.{tag}"));
            return Err(match language(tag) {
                Some(right) => problem.remedy(format!("write \"{right}\"")),
                None => problem.remedy("write its BCP 47 tag, or \"*\" for all others"),
            });
        }
    }
    let Content::Runs(runs) = content else { return Ok(()) };
    check_count(runs.len(), limits.runs, "runs", || path.to_owned())?;
    for (index, run) in runs.iter().enumerate() {
        let path = format!("{path}[{index}]");
        check_paint(run.fill.as_ref(), &format!("{path}.fill"), limits)?;
        check_letters(run.features.as_deref(), run.axes.as_ref(), &path)?;
    }
    Ok(())
}

/// Greatest number of features, and of axes, of one text: more than any font has a use for.
const MAX_TAGS: usize = 16;

fn check_letters(
    features: Option<&[String]>,
    axes: Option<&BTreeMap<String, Templated<f32>>>,
    path: &str,
) -> Result<(), Problem> {
    for (index, feature) in features.unwrap_or_default().iter().enumerate() {
        if index >= MAX_TAGS || Feature::parse(feature).is_none() {
            return Err(wrong("field-wrong", "expected an OpenType feature such as \"tnum\", \"-liga\" or \"cv05=2\"")
                .at(format!("{path}.features[{index}]")));
        }
    }
    for (index, tag) in axes.into_iter().flat_map(BTreeMap::keys).enumerate() {
        if index >= MAX_TAGS || Tag::parse(tag).is_none() {
            return Err(wrong("field-wrong", "expected the tag of a font's axis, such as \"wdth\" or \"opsz\"")
                .at(format!("{path}.axes.{tag}")));
        }
    }
    Ok(())
}

/// Checks the fill of a layer, which may be more than other paints.
fn check_fill(layer: &Layer, path: &str, hosts: &[String], limits: &Limits) -> Result<(), Problem> {
    let path = format!("{path}.fill");
    match &layer.fill {
        Some(Paint::Auto) if matches!(layer.kind, Kind::Text(_)) => Ok(()),
        Some(Paint::Gradient(fill)) if fill.kind == GradientKind::Image => {
            if !matches!(
                layer.kind,
                Kind::Rect(_)
                    | Kind::Ellipse(_)
                    | Kind::Path(_)
                    | Kind::Text(_)
                    | Kind::Image(_)
                    | Kind::Group(_)
                    | Kind::Stack(_)
                    | Kind::Repeat(_)
            ) {
                return Err(wrong("field-wrong", format!("a `{}` cannot be filled by an image", layer.kind.name()))
                    .at(path)
                    .remedy("take a colour or a gradient"));
            }
            let Some(src) = &fill.src else {
                return Err(wrong("field-missing", "`src` is missing").at(path));
            };
            check_source(src, &format!("{path}.src"), hosts)
        }
        fill => check_paint(fill.as_ref(), &path, limits),
    }
}

fn check_paint(paint: Option<&Paint>, path: &str, limits: &Limits) -> Result<(), Problem> {
    let gradient = match paint {
        None | Some(Paint::Color(_)) => return Ok(()),
        Some(Paint::Auto) => {
            return Err(wrong("field-wrong", "only the fill of a `text` may be `auto`")
                .at(path)
                .remedy("write a colour or a gradient"));
        }
        Some(Paint::Gradient(gradient)) if gradient.kind == GradientKind::Image => {
            return Err(wrong("field-wrong", "only the fill of a layer may be an image")
                .at(path)
                .remedy("write a colour or a gradient; in place of a background, put an image below all layers"));
        }
        Some(Paint::Gradient(gradient)) => gradient,
    };
    let of_image =
        [("src", gradient.src.is_some()), ("fit", gradient.fit.is_some()), ("color", gradient.color.is_some())];
    if let Some((field, _)) = of_image.into_iter().find(|(_, is_there)| *is_there) {
        return Err(wrong("field-wrong", format!("`{field}` has no effect on a gradient"))
            .at(format!("{path}.{field}"))
            .remedy("write \"type\": \"image\", or leave it out"));
    }
    if (2..=limits.gradient_stops).contains(&gradient.stops.len()) {
        return Ok(());
    }
    Err(wrong("field-wrong", format!("a gradient has 2 to {} stops", limits.gradient_stops))
        .at(format!("{path}.stops")))
}
