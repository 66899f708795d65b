//! JSON → a checked [`Template`], or an error with a path, an expectation and the nearest known name.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::color::Color;
use crate::error::{Fault, Problem};
use crate::font::Tag;
use crate::limits::Limits;
use crate::params::{Param, Params, datetime, image};
use crate::request::language;
use crate::text::Feature;

use super::document::{Content, Document, FontFile, Layer, Paint, Text};
use super::fit::{Misfit, fit};
use super::path::Paths;
use super::reads::Reads;
use super::{Expressions, Template, Templated, templated};

/// The fields of a layer that every type has: those of [`Layer`] but for its kind. A test keeps it true.
const COMMON_FIELDS: &[&str] = &[
    "id",
    "x",
    "y",
    "width",
    "height",
    "when",
    "opacity",
    "rotate",
    "blend",
    "shadow",
    "clip",
    "radius",
    "fill",
    "stroke",
    "stroke_width",
    "stroke_dash",
    "stroke_linecap",
    "stroke_linejoin",
    "stroke_align",
];

/// Reads and checks a document; see [`Template::parse`].
pub fn parse(json: &str, limits: &Limits) -> Result<Template, Problem> {
    if json.len() > limits.template_bytes {
        return Err(wrong("template-too-large", format!("a template may have {} bytes", limits.template_bytes)));
    }
    let mut value: Json = serde_json::from_str(json).map_err(|error| {
        wrong("template-not-json", format!("this is not JSON: {error}"))
            .remedy("check commas, quotes and brackets there")
    })?;

    let mut expressions = Expressions::new(limits);
    if !value.is_object() {
        return Err(wrong("field-wrong", "a template is a JSON object")
            .remedy("begin with { \"width\": 600, \"height\": 300, …"));
    }
    let raw = value.clone();
    let mut layers = 0;
    reshape(&mut value, limits, &mut layers)?;
    let document: Document = fit(&value).map_err(|misfit| explain(&misfit))?;
    check_document(&document, limits)?;
    compile(&raw, &mut String::new(), &document.params, &mut expressions)?;

    let mut digest = [0; 16];
    digest.iter_mut().zip(Sha256::digest(json.as_bytes())).for_each(|(to, from)| *to = from);
    let reads = Reads::new(&raw, &expressions);
    let paths = Paths::of(&document, limits);
    Ok(Template { document, expressions, paths, reads, digest })
}

/// A document's fault.
fn wrong(code: &'static str, message: impl Into<String>) -> Problem {
    Problem::new(Fault::Document, code, message)
}

// --- Reshape: `type` beside its fields → `kind: { type: fields }`, which serde reads with exact paths.

pub(super) fn reshape(document: &mut Json, limits: &Limits, count: &mut usize) -> Result<(), Problem> {
    if let Some(params) = document.get_mut("params").and_then(Json::as_object_mut) {
        for (name, param) in params {
            if let Some(fields) = param.as_object_mut() {
                let kind = take_type(fields, &format!("params.{name}"))?;
                let fields = std::mem::take(fields);
                *param = tagged(kind, fields);
            }
        }
    }
    reshape_layers(document, "layers", "", 0, limits, count)
}

fn reshape_layers(
    parent: &mut Json,
    key: &str,
    path: &str,
    depth: usize,
    limits: &Limits,
    count: &mut usize,
) -> Result<(), Problem> {
    let Some(layers) = parent.get_mut(key).and_then(Json::as_array_mut) else { return Ok(()) };
    if depth >= limits.depth {
        return Err(wrong("template-too-deep", format!("layers may nest {} deep", limits.depth)).at(path));
    }
    for (index, layer) in layers.iter_mut().enumerate() {
        let path = format!("{path}{}{key}[{index}]", if path.is_empty() { "" } else { "." });
        *count = count.saturating_add(1);
        if *count > limits.layers {
            return Err(
                wrong("template-too-many-layers", format!("a template may have {} layers", limits.layers)).at(path)
            );
        }
        reshape_layers(layer, "children", &path, depth.saturating_add(1), limits, count)?;
        let Some(fields) = layer.as_object_mut() else {
            return Err(wrong("field-wrong", "a layer is a JSON object")
                .at(path)
                .remedy("write { \"type\": \"text\", … }"));
        };
        let kind = take_type(fields, &path)?;
        let (mut common, own): (Map<_, _>, Map<_, _>) =
            std::mem::take(fields).into_iter().partition(|(name, _)| COMMON_FIELDS.contains(&name.as_str()));
        common.insert("kind".to_owned(), tagged(kind, own));
        *fields = common;
    }
    Ok(())
}

fn take_type(fields: &mut Map<String, Json>, path: &str) -> Result<String, Problem> {
    match fields.remove("type") {
        Some(Json::String(kind)) => Ok(kind),
        _ => Err(wrong("field-missing", "`type` is missing").at(path).remedy("add one, such as \"type\": \"text\"")),
    }
}

fn tagged(kind: String, fields: Map<String, Json>) -> Json {
    let mut tagged = Map::new();
    tagged.insert(kind, Json::Object(fields));
    Json::Object(tagged)
}

// --- Errors of serde, in the words of a document.

fn explain(misfit: &Misfit) -> Problem {
    let (path, message) = (misfit.path(), &misfit.message);
    let mut quoted = message.split('`').skip(1).step_by(2);
    let found = quoted.next().unwrap_or("");
    let mut known: Vec<&str> = quoted.collect();
    if misfit.is_in_kind() && message.starts_with("unknown field") {
        known.extend(COMMON_FIELDS);
    }
    let (code, message) = if message.starts_with("unknown field") {
        // The last segment is the unknown field itself: it is the place already.
        ("field-unknown", format!("there is no field `{found}` here"))
    } else if message.starts_with("unknown variant") {
        ("word-unknown", format!("`{found}` is none of {}", list(&known)))
    } else if message.starts_with("missing field") {
        ("field-missing", format!("`{found}` is missing"))
    } else {
        ("field-wrong", message.clone())
    };
    let unknown = matches!(code, "field-unknown" | "word-unknown");
    let remedy = unknown.then(|| nearest(found, known.iter().copied())).flatten().map_or_else(
        || (unknown && !known.is_empty()).then(|| format!("known here: {}", list(&known))),
        |name| Some(format!("did you mean `{name}`?")),
    );
    let mut problem = wrong(code, message);
    problem.field = (!path.is_empty()).then(|| path.to_owned());
    problem.remedy = remedy;
    problem
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The known name that looks most like `name`, if any does.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

// --- What types cannot say.

fn check_document(document: &Document, limits: &Limits) -> Result<(), Problem> {
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
    for (name, param) in &document.params {
        check_param(name, param).map_err(|problem| {
            let field =
                problem.field.map_or_else(|| format!("params.{name}"), |field| format!("params.{name}.{field}"));
            Problem { field: Some(field), ..problem }
        })?;
    }
    check_paint(document.background.as_ref(), "background", limits)?;
    check_layers(&document.layers, "layers", limits)
}

fn check_fonts(fonts: &[FontFile], limits: &Limits) -> Result<(), Problem> {
    if fonts.len() > limits.fonts {
        return Err(wrong("template-too-large", format!("a template may have {} fonts", limits.fonts)).at("fonts"));
    }
    for (index, font) in fonts.iter().enumerate() {
        let lower = font.src.to_ascii_lowercase();
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

fn check_param(name: &str, param: &Param) -> Result<(), Problem> {
    let mut letters = name.chars();
    let valid = letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    if !valid {
        return Err(wrong("param-name", "a param's name has lower-case letters, digits and `_`, a letter first")
            .remedy("rename it, for example first_name"));
    }
    match param {
        Param::Text(_) => Ok(()),
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
            if choice.choices.is_empty() {
                return Err(wrong("field-wrong", "a choice needs at least one word").at("choices"));
            }
            match &choice.default {
                Some(default) if !choice.choices.contains(default) => {
                    let remedy =
                        format!("it may be {}", list(&choice.choices.iter().map(String::as_str).collect::<Vec<_>>()));
                    Err(wrong("field-wrong", "the default is none of the choices").at("default").remedy(remedy))
                }
                _ => Ok(()),
            }
        }
        Param::Image(param) => {
            if param.default.as_deref().is_some_and(|text| image::asset(text).is_none()) {
                return Err(wrong("field-wrong", "expected an asset such as \"asset:logo.png\"").at("default"));
            }
            if param.hosts.iter().any(|pattern| !image::is_pattern(pattern)) {
                return Err(
                    wrong("field-wrong", "expected hosts such as \"logo.com\" or \"*.cdn.example\"").at("hosts")
                );
            }
            Ok(())
        }
        Param::Datetime(param) => {
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

fn check_layers(layers: &[Layer], path: &str, limits: &Limits) -> Result<(), Problem> {
    use super::document::Kind;
    for (index, layer) in layers.iter().enumerate() {
        let path = format!("{path}[{index}]");
        check_paint(layer.fill.as_ref(), &format!("{path}.fill"), limits)?;
        check_paint(layer.stroke.as_ref(), &format!("{path}.stroke"), limits)?;
        match &layer.kind {
            Kind::Group(group) => check_layers(&group.children, &format!("{path}.children"), limits)?,
            Kind::Stack(stack) => check_layers(&stack.children, &format!("{path}.children"), limits)?,
            Kind::Text(text) => check_text(text, &path, limits)?,
            Kind::Rect(_) | Kind::Ellipse(_) | Kind::Line(_) | Kind::Path(_) | Kind::Image(_) => {}
        }
    }
    Ok(())
}

fn check_text(text: &Text, path: &str, limits: &Limits) -> Result<(), Problem> {
    check_letters(text.features.as_deref(), text.axes.as_ref(), path)?;
    let Content::Runs(runs) = &text.text else { return Ok(()) };
    if runs.len() > limits.runs {
        return Err(wrong("field-wrong", format!("a text may have {} runs", limits.runs)).at(format!("{path}.text")));
    }
    for (index, run) in runs.iter().enumerate() {
        let path = format!("{path}.text[{index}]");
        check_paint(run.fill.as_ref(), &format!("{path}.fill"), limits)?;
        check_letters(run.features.as_deref(), run.axes.as_ref(), &path)?;
    }
    Ok(())
}

/// How many features, and how many axes, letters may name: more than any font has a use for.
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

fn check_paint(paint: Option<&Paint>, path: &str, limits: &Limits) -> Result<(), Problem> {
    let Some(Paint::Gradient(gradient)) = paint else { return Ok(()) };
    if (2..=limits.gradient_stops).contains(&gradient.stops.len()) {
        return Ok(());
    }
    Err(wrong("field-wrong", format!("a gradient has 2 to {} stops", limits.gradient_stops))
        .at(format!("{path}.stops")))
}

/// Compiles every expression of a document: all strings with `{{ }}`, and every `when`.
fn compile(value: &Json, path: &mut String, params: &Params, expressions: &mut Expressions) -> Result<(), Problem> {
    let length = path.len();
    match value {
        Json::Object(fields) => {
            for (name, field) in fields {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(name);
                match field {
                    Json::String(source) if name == "when" => {
                        let names = expressions.add_condition(source, params);
                        check_names(names, path, params)?;
                    }
                    _ => compile(field, path, params, expressions)?,
                }
                path.truncate(length);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                compile(item, path, params, expressions)?;
                path.truncate(length);
            }
        }
        // What a param says of itself is data: a default of `{{ x }}` is text with braces in it.
        Json::String(source) if templated::is_expression(source) && !path.starts_with("params.") => {
            check_names(expressions.add_text(source, params), path, params)?;
        }
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
    Ok(())
}

fn check_names(names: Result<Vec<String>, String>, path: &str, params: &Params) -> Result<(), Problem> {
    let names = names.map_err(|reason| wrong("expression-wrong", reason).at(path))?;
    let Some(unknown) = names.iter().find(|name| !params.contains_key(*name)) else { return Ok(()) };
    let problem = wrong("param-unknown", format!("there is no param `{unknown}`")).at(path);
    Err(match nearest(unknown, params.keys().map(String::as_str)) {
        Some(name) => problem.remedy(format!("did you mean `{name}`?")),
        None => problem.remedy(format!("declare it: \"params\": {{ \"{unknown}\": {{ \"type\": \"text\" }} }}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(json: &str) -> String {
        Template::parse(json, &Limits::default())
            .err()
            .map_or_else(|| "no error".to_owned(), |problem| problem.to_string())
    }

    fn with_layer(layer: &str) -> String {
        format!(
            r#"{{ "width": 10, "height": 10, "params": {{ "name": {{ "type": "text" }}, "n": {{ "type": "number" }} }},
                 "layers": [{{ "type": "group", "children": [{layer}] }}] }}"#
        )
    }

    #[test]
    fn common_fields_are_those_of_a_layer() {
        let schema = schemars::schema_for!(Layer);
        let mut fields: Vec<_> =
            schema.get("properties").unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        let mut common = COMMON_FIELDS.to_vec();
        fields.sort_unstable();
        common.sort_unstable();
        assert_eq!(fields, common);
    }

    #[test]
    fn errors_have_a_path_and_a_remedy() {
        let layer = "layers[0].children[0]";
        for (json, expected) in [
            (with_layer(r#"{ "type": "rect", "widht": 1 }"#), format!("{layer}.widht: there is no field `widht` here (did you mean `width`?)")),
            (with_layer(r#"{ "type": "rct" }"#), format!("{layer}: `rct` is none of `rect`, `ellipse`, `line`, `path`, `text`, `image`, `group`, `stack` (did you mean `rect`?)")),
            (with_layer(r#"{ "fill": "red" }"#), format!("{layer}: `type` is missing (add one, such as \"type\": \"text\")")),
            (with_layer(r#"{ "type": "text" }"#), format!("{layer}: `text` is missing")),
            (with_layer(r#"{ "type": "text", "text": "a", "size": "big" }"#), format!("{layer}.size: invalid value: string \"big\", expected a number or an expression")),
            (with_layer(r#"{ "type": "rect", "fill": "reddish" }"#), format!("{layer}.fill: invalid value: string \"reddish\", expected a CSS colour such as \"#ff5733\" or an expression")),
            (with_layer(r##"{ "type": "rect", "fill": { "type": "linear", "stops": [{ "color": "#fff" }, { "colour": "#fff" }] } }"##), format!("{layer}.fill.stops[1].colour: there is no field `colour` here (did you mean `color`?)")),
            (with_layer(r#"{ "type": "rect", "fill": { "type": "linear", "stops": [] } }"#), format!("{layer}.fill.stops: a gradient has 2 to 32 stops")),
            (with_layer(r#"{ "type": "rect", "shadow": { "blur": "x" } }"#), format!("{layer}.shadow.blur: invalid value: string \"x\", expected a number or an expression")),
            (with_layer(r#"{ "type": "rect", "radius": [1, 2, 3, 4, 5] }"#), format!("{layer}.radius: invalid length 5, expected px as a number, or a percentage such as \"50%\", or a list of one to four of them")),
            (with_layer(r#"{ "type": "text", "text": "{{ nmae }}" }"#), format!("{layer}.text: there is no param `nmae` (did you mean `name`?)")),
            (with_layer(r#"{ "type": "rect", "when": "points > 1" }"#), format!("{layer}.when: there is no param `points` (declare it: \"params\": {{ \"points\": {{ \"type\": \"text\" }} }})")),
            (r#"{ "width": 10, "height": 10, "layers": [], "tilte": "" }"#.to_owned(), "tilte: there is no field `tilte` here (did you mean `title`?)".to_owned()),
            (r#"{ "width": 0, "height": 10, "layers": [] }"#.to_owned(), "width: a side has 1 to 4096 px".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "a": { "type": "text", "max": 1 } } }"#.to_owned(), "params.a.max: there is no field `max` here (did you mean `max_chars`?)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "A": { "type": "text" } } }"#.to_owned(), "params.A: a param's name has lower-case letters, digits and `_`, a letter first (rename it, for example first_name)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "a": { "type": "choice", "choices": ["x"], "default": "y" } } }"#.to_owned(), "params.a.default: the default is none of the choices (it may be `x`)".to_owned()),
            ("{".to_owned(), "this is not JSON: EOF while parsing an object at line 1 column 1 (check commas, quotes and brackets there)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "lang": "de-at" }"#.to_owned(), "lang: expected a language such as \"de\" or \"pt-BR\" (BCP 47) (did you mean `de-AT`?)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "lang": "German!" }"#.to_owned(), "lang: expected a language such as \"de\" or \"pt-BR\" (BCP 47)".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "a": { "type": "datetime", "default": "03/04/2026" } } }"#.to_owned(), "params.a.default: expected a date such as \"2026-03-14\" or \"2026-03-14T15:30:00+01:00\"".to_owned()),
            (r#"{ "width": 10, "height": 10, "layers": [], "params": { "a": { "type": "datetime", "timezone": "CET" } } }"#.to_owned(), "params.a.timezone: expected a distance from UTC such as \"+01:00\" or \"Z\" (zones by name are not built in: their rules change every year)".to_owned()),
            ("[]".to_owned(), "a template is a JSON object (begin with { \"width\": 600, \"height\": 300, …)".to_owned()),
        ] {
            assert_eq!(error(&json), expected, "{json}");
        }
    }

    #[test]
    fn budgets_hold() {
        let nested =
            (0..200).fold("[]".to_owned(), |inner, _| format!(r#"[{{ "type": "group", "children": {inner} }}]"#));
        assert!(
            error(&format!(r#"{{ "width": 9, "height": 9, "layers": {nested} }}"#)).contains("JSON"),
            "too deep for JSON"
        );
        let nested =
            (0..20).fold("[]".to_owned(), |inner, _| format!(r#"[{{ "type": "group", "children": {inner} }}]"#));
        assert!(error(&format!(r#"{{ "width": 9, "height": 9, "layers": {nested} }}"#)).contains("12 deep"));
        let many = vec![r#"{ "type": "rect" }"#; 401].join(",");
        assert!(error(&format!(r#"{{ "width": 9, "height": 9, "layers": [{many}] }}"#)).contains("400 layers"));
        assert!(error(&" ".repeat(300_000)).contains("bytes"));
        assert!(error(r#"{ "width": 4000, "height": 4000, "layers": [] }"#).contains("pixels"));
    }
}
