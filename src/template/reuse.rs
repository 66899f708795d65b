//! `styles` and `components`: what a document says once and uses often.
//!
//! Both are put where they are used before the JSON has types, so that no later stage knows of them, but for
//! one thing: a layer that was a component has a `scope`, the values for this use. Expressions
//! in it read them by the component's name: `{{ button.label }}`.
//!
//! The `files` of a published revision have `parts` too: what its `include` and its `brand` stood
//! for ([`parts`]). They lie over the document's own palette, styles and components.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::error::Problem;
use crate::limits::Limits;

use super::document::Files;
use super::explain::{nearest, wrong};

/// The fields of a document that other documents may bring.
pub const PARTS: [&str; 3] = ["palette", "styles", "components"];

/// What became of a document.
#[derive(Debug, Default)]
pub struct Expansion {
    /// Places in the expanded document, each with the place where its author wrote what is there.
    origins: Vec<(String, String)>,
    /// Bytes that it has grown by, about.
    pub bytes: usize,
}

impl Expansion {
    /// The place where the author wrote what is at a path of the expanded document.
    #[must_use]
    pub fn origin(&self, path: &str) -> String {
        let within =
            |place: &str| path.strip_prefix(place).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        let known = self.origins.iter().filter_map(|(place, origin)| Some((place, origin, within(place)?)));
        match known.max_by_key(|(place, ..)| place.len()) {
            // What a component holds may come from another one.
            Some((_, origin, rest)) => format!("{origin}{rest}"),
            None => path.to_owned(),
        }
    }

    /// The same for an error.
    #[must_use]
    pub fn explained(&self, mut problem: Problem) -> Problem {
        problem.field = problem.field.map(|field| self.origin(&field));
        problem
    }
}

/// Puts the styles and components of a document where they are used.
///
/// # Errors
/// A style or a component is unknown, has a field that it cannot have, or uses itself; or the
/// document grows too large.
pub fn expand(document: &mut Json, limits: &Limits) -> Result<Expansion, Problem> {
    let Some(fields) = document.as_object_mut() else { return Ok(Expansion::default()) };
    overlay_parts(fields);
    let (styles, components) = (table(fields, "styles")?, table(fields, "components")?);
    for (name, component) in &components {
        check(name, component).map_err(|problem| under(&format!("components.{name}"), problem))?;
    }
    let mut reuse = Reuse { styles, components, within: Vec::new(), limits, expansion: Expansion::default() };
    if let Some(layers) = fields.get_mut("layers") {
        reuse.value(layers, &mut "layers".to_owned(), &mut "layers".to_owned())?;
    }
    Ok(reuse.expansion)
}

/// Lays the published parts of a document over its own.
fn overlay_parts(fields: &mut Map<String, Json>) {
    let parts = fields.get("files").and_then(|files| files.get("parts"));
    let Some(Json::Object(parts)) = parts.cloned() else { return };
    for (name, part) in parts {
        if PARTS.contains(&name.as_str()) {
            merge(fields.entry(name).or_insert_with(|| Json::Object(Map::new())), part, 2);
        }
    }
}

/// The text of a document with what its `include` and `brand` stand for. `None` if it has `files` already:
/// those are written by publishing alone.
///
/// # Errors
/// As [`parts`].
pub fn whole<'t>(
    document: &'t str,
    published: impl Fn(&str) -> Option<String>,
    limits: &Limits,
) -> Result<Option<Cow<'t, str>>, Problem> {
    if named(document).is_empty() {
        return Ok(Some(Cow::Borrowed(document)));
    }
    let has_files = serde_json::from_str::<Json>(document).is_ok_and(|json| json.get("files").is_some());
    let files = Files { parts: parts(document, published, limits)?, ..Files::default() };
    Ok(files.write_into(document).filter(|_| !has_files).map(Cow::Owned))
}

/// The ids of the templates that a document includes, its brand the last one. Empty if the text is no
/// document: reading it tells why.
#[must_use]
pub fn named(document: &str) -> Vec<String> {
    let Ok(json) = serde_json::from_str::<Json>(document) else { return Vec::new() };
    let included = json.get("include").and_then(Json::as_array).into_iter().flatten();
    included.chain(json.get("brand")).filter_map(Json::as_str).map(str::to_owned).collect()
}

/// What those templates bring to a document: the parts of the included ones that it has not itself, the first
/// one first; and over them and its own, those of its brand. `found` gives the text of a published
/// template.
///
/// # Errors
/// 422 with the field that names a template which is not found.
pub fn parts(
    document: &str,
    found: impl Fn(&str) -> Option<String>,
    limits: &Limits,
) -> Result<BTreeMap<String, Json>, Problem> {
    if named(document).len() > limits.includes {
        let problem = wrong("template-too-large", format!("a template may include {} others", limits.includes));
        return Err(problem.at("include"));
    }
    let Ok(Json::Object(fields)) = serde_json::from_str::<Json>(document) else { return Ok(BTreeMap::new()) };
    let read = |id: &str, field: String| -> Result<_, Problem> {
        let text = found(id).ok_or_else(|| {
            wrong("template-not-found", format!("there is no published template `{id}` that this key may read"))
                .at(field)
                .remedy("publish it, or leave the name out")
        })?;
        let mut fields: Map<String, Json> = serde_json::from_str(&text).unwrap_or_default();
        overlay_parts(&mut fields);
        fields.retain(|name, part| PARTS.contains(&name.as_str()) && part.is_object());
        Ok(fields)
    };
    let mut parts = Json::Object(Map::new());
    let included = fields.get("include").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    for (index, id) in included.enumerate() {
        let mut library = read(id, format!("include[{index}]"))?;
        for (name, part) in &mut library {
            let known = [fields.get(name), parts.get(name)];
            let is_known = |entry: &String| known.iter().flatten().any(|part| part.get(entry).is_some());
            if let Some(entries) = part.as_object_mut() {
                entries.retain(|entry, _| !is_known(entry));
            }
        }
        library.retain(|_, part| part.as_object().is_some_and(|entries| !entries.is_empty()));
        merge(&mut parts, Json::Object(library), 2);
    }
    if let Some(brand) = fields.get("brand").and_then(Json::as_str) {
        merge(&mut parts, Json::Object(read(brand, "brand".to_owned())?), 3);
    }
    let Json::Object(parts) = parts else { return Ok(BTreeMap::new()) };
    Ok(parts.into_iter().collect())
}

/// Lays one JSON value over another one. Of objects down to a depth, each field.
pub fn merge(below: &mut Json, above: Json, depth: usize) {
    match (below, above) {
        (Json::Object(below), Json::Object(above)) if depth > 0 => {
            for (name, value) in above {
                match below.get_mut(&name) {
                    Some(field) => merge(field, value, depth.saturating_sub(1)),
                    None => drop(below.insert(name, value)),
                }
            }
        }
        (below, above) => *below = above,
    }
}

/// Takes an object of named objects out of a document.
fn table(fields: &mut Map<String, Json>, field: &str) -> Result<Map<String, Json>, Problem> {
    match fields.remove(field) {
        None => Ok(Map::new()),
        Some(Json::Object(entries)) => {
            let wrong_one = entries.iter().find(|(_, entry)| !entry.is_object());
            wrong_one.map_or(Ok(()), |(name, _)| Err(not_an_object().at(format!("{field}.{name}"))))?;
            Ok(entries)
        }
        Some(_) => Err(not_an_object().at(field)),
    }
}

fn not_an_object() -> Problem {
    wrong("field-wrong", "expected an object in { }")
}

/// The problem at a place below which it was found.
fn under(place: &str, mut problem: Problem) -> Problem {
    problem.field = Some(match problem.field {
        Some(field) => format!("{place}.{field}"),
        None => place.to_owned(),
    });
    problem
}

/// Checks a component, whether it is used or not.
fn check(name: &str, component: &Json) -> Result<(), Problem> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let rule = "has lower-case letters, digits and `_`, a letter first";
    if !is_name(name) {
        return Err(wrong("field-wrong", format!("the name of a component {rule}")));
    }
    let Some(fields) = component.as_object() else { return Err(not_an_object()) };
    if let Some(unknown) = fields.keys().find(|field| !matches!(field.as_str(), "params" | "layer" | "description")) {
        return Err(wrong("field-unknown", format!("there is no field `{unknown}` here"))
            .at(unknown.as_str())
            .remedy("a component has `params` and `layer`"));
    }
    let params = match fields.get("params") {
        None => &Map::new(),
        Some(Json::Object(params)) => params,
        Some(_) => return Err(wrong("field-wrong", "expected names with their defaults, in { }").at("params")),
    };
    if let Some(param) = params.keys().find(|param| !is_name(param)) {
        return Err(wrong("field-wrong", format!("a param's name {rule}")).at(format!("params.{param}")));
    }
    match fields.get("layer") {
        Some(Json::Object(layer)) if layer.get("type").and_then(Json::as_str) == Some("component") => {
            Err(wrong("field-wrong", "the layer of a component is no component itself")
                .at("layer")
                .remedy("put it into a group or a stack"))
        }
        Some(layer @ Json::Object(_)) => reads_params(layer, name, params, &mut "layer".to_owned()),
        Some(_) => Err(not_an_object().at("layer")),
        None => Err(wrong("field-missing", "`layer` is missing").remedy("\"layer\": { \"type\": \"stack\", … }")),
    }
}

/// Checks that the expressions of a component read no param that it does not have: a misspelt one would
/// print nothing.
fn reads_params(json: &Json, component: &str, params: &Map<String, Json>, path: &mut String) -> Result<(), Problem> {
    match json {
        Json::Object(fields) => fields.iter().try_for_each(|(name, field)| {
            let length = path.len();
            path.push('.');
            path.push_str(name);
            reads_params(field, component, params, path)?;
            path.truncate(length);
            Ok(())
        }),
        Json::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            let length = path.len();
            path.push_str(&format!("[{index}]"));
            reads_params(item, component, params, path)?;
            path.truncate(length);
            Ok(())
        }),
        Json::String(source) if source.contains("{{") || is_bare_expression(path) => {
            match members(source, component).find(|member| !params.contains_key(*member)) {
                Some(unknown) => {
                    let near = nearest(unknown, params.keys().map(String::as_str));
                    let problem =
                        wrong("param-unknown", format!("the component has no param `{unknown}`")).at(path.as_str());
                    Err(problem.remedy(match near {
                        Some(near) => format!("did you mean `{component}.{near}`?"),
                        None => format!("declare it, with its default: \"params\": {{ \"{unknown}\": \"\" }}"),
                    }))
                }
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Whether the string at a path is an expression without braces.
fn is_bare_expression(path: &str) -> bool {
    path.ends_with(".when") || path.ends_with(".items")
}

/// The names that follow `object.` in an expression.
pub fn members<'s>(source: &'s str, object: &'s str) -> impl Iterator<Item = &'s str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    source.match_indices(object).filter_map(move |(at, _)| {
        let (before, after) = (source.get(..at)?, source.get(at..)?.strip_prefix(object)?);
        if before.ends_with(|c: char| is_word(c) || c == '.') {
            return None;
        }
        let member = after.strip_prefix('.')?;
        let end = member.find(|c: char| !is_word(c)).unwrap_or(member.len());
        member.get(..end).filter(|member| !member.is_empty())
    })
}

/// What a document uses.
struct Reuse<'l> {
    styles: Map<String, Json>,
    components: Map<String, Json>,
    /// The components that the place lies in, the outermost first.
    within: Vec<String>,
    limits: &'l Limits,
    expansion: Expansion,
}

impl Reuse<'_> {
    /// Expands a value at `path`, which its author wrote at `origin`.
    fn value(&mut self, json: &mut Json, path: &mut String, origin: &mut String) -> Result<(), Problem> {
        let (length, written) = (path.len(), origin.len());
        match json {
            Json::Object(fields) => {
                let depth = self.within.len();
                if fields.get("type").and_then(Json::as_str) == Some("component") {
                    let component = self.component(fields, path, origin)?;
                    let outside = std::mem::replace(origin, format!("components.{component}.layer"));
                    self.within.push(component);
                    self.fields(fields, path, origin)?;
                    *origin = outside;
                } else {
                    if fields.contains_key("scope") && fields.contains_key("type") {
                        let problem = wrong("field-unknown", "there is no field `scope` here");
                        return Err(problem.at(format!("{origin}.scope")));
                    }
                    self.fields(fields, path, origin)?;
                }
                self.within.truncate(depth);
            }
            Json::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let step = format!("[{index}]");
                    path.push_str(&step);
                    origin.push_str(&step);
                    self.value(item, path, origin)?;
                    path.truncate(length);
                    origin.truncate(written);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
        Ok(())
    }

    /// Expands an object's style and its fields.
    fn fields(
        &mut self,
        fields: &mut Map<String, Json>,
        path: &mut String,
        origin: &mut String,
    ) -> Result<(), Problem> {
        self.style(fields, path, origin)?;
        let (length, written) = (path.len(), origin.len());
        for (name, field) in fields.iter_mut() {
            if !field.is_object() && !field.is_array() || name == "scope" {
                continue;
            }
            for place in [&mut *path, &mut *origin] {
                place.push('.');
                place.push_str(name);
            }
            self.value(field, path, origin)?;
            path.truncate(length);
            origin.truncate(written);
        }
        Ok(())
    }

    /// Gives an object the fields of its styles that it has not itself; of several styles, the last one
    /// wins.
    fn style(&mut self, fields: &mut Map<String, Json>, path: &str, origin: &str) -> Result<(), Problem> {
        let Some(style) = fields.remove("style") else { return Ok(()) };
        let names = match style {
            Json::String(name) => vec![Json::String(name)],
            Json::Array(names) => names,
            _ => vec![style],
        };
        for name in names.iter().rev() {
            let place = || format!("{origin}.style");
            let Some(name) = name.as_str() else {
                return Err(wrong("field-wrong", "expected the name of a style, or a list of names").at(place()));
            };
            let Some(style) = self.styles.get(name).and_then(Json::as_object) else {
                let problem = wrong("style-unknown", format!("there is no style `{name}`")).at(place());
                return Err(problem.remedy(match nearest(name, self.styles.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if name.contains(':') => "write each field in the layer: \"fill\": \"red\"".to_owned(),
                    None => format!("add it: \"styles\": {{ \"{name}\": {{ \"size\": 24 }} }}"),
                }));
            };
            for (field, value) in style {
                if fields.contains_key(field) {
                    continue;
                }
                self.expansion.bytes = self.expansion.bytes.saturating_add(bytes(value)).saturating_add(field.len());
                self.expansion.origins.push((format!("{path}.{field}"), format!("styles.{name}.{field}")));
                fields.insert(field.clone(), value.clone());
            }
        }
        self.has_room(origin)
    }

    /// Puts a component's layer in the place of its use. Returns its name.
    fn component(&mut self, fields: &mut Map<String, Json>, path: &str, origin: &str) -> Result<String, Problem> {
        let mut used = std::mem::take(fields);
        used.remove("type");
        let name = match used.remove("component") {
            Some(Json::String(name)) => name,
            Some(_) => {
                let problem = wrong("field-wrong", "expected the name of a component");
                return Err(problem.at(format!("{origin}.component")));
            }
            None => return Err(wrong("field-missing", "`component` is missing").at(origin)),
        };
        let Some(component) = self.components.get(&name).and_then(Json::as_object) else {
            let problem =
                wrong("component-unknown", format!("there is no component `{name}`")).at(format!("{origin}.component"));
            return Err(problem.remedy(match nearest(&name, self.components.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "declare it in `components`, or `include` the template that has it".to_owned(),
            }));
        };
        if self.within.contains(&name) {
            let problem = wrong("field-wrong", format!("the component `{name}` holds itself"));
            return Err(problem.at(format!("{origin}.component")));
        }
        let mut with = match used.remove("with") {
            None => Map::new(),
            Some(Json::Object(with)) => with,
            Some(_) => return Err(not_an_object().at(format!("{origin}.with"))),
        };
        let params = component.get("params").and_then(Json::as_object);
        let has = |param: &String| params.is_some_and(|params| params.contains_key(param));
        if let Some(unknown) = with.keys().find(|param| !has(param)) {
            let known = params.into_iter().flat_map(Map::keys).map(String::as_str);
            let problem = wrong("param-unknown", format!("the component has no param `{unknown}`"))
                .at(format!("{origin}.with.{unknown}"));
            return Err(match nearest(unknown, known) {
                Some(near) => problem.remedy(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
        for (param, default) in params.into_iter().flatten() {
            if !with.contains_key(param) {
                if default.is_null() {
                    let problem = wrong("field-missing", format!("the component needs `{param}`"));
                    return Err(problem.at(format!("{origin}.with")));
                }
                with.insert(param.clone(), default.clone());
            }
        }
        let Some(layer) = component.get("layer").and_then(Json::as_object) else { return Err(not_an_object()) };
        let size = layer
            .iter()
            .fold(0, |sum: usize, (name, field)| sum.saturating_add(name.len()).saturating_add(bytes(field)));
        self.expansion.bytes = self.expansion.bytes.saturating_add(size);
        self.has_room(origin)?;
        self.expansion.origins.push((path.to_owned(), format!("components.{name}.layer")));
        self.expansion.origins.push((format!("{path}.scope"), origin.to_owned()));
        *fields = layer.clone();
        for (field, value) in used {
            self.expansion.origins.push((format!("{path}.{field}"), format!("{origin}.{field}")));
            fields.insert(field, value);
        }
        let scope = [("name", Json::String(name.clone())), ("with", Json::Object(with))];
        fields.insert(
            "scope".to_owned(),
            Json::Object(scope.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()),
        );
        Ok(name)
    }

    fn has_room(&self, origin: &str) -> Result<(), Problem> {
        let most = self.limits.reuse_bytes;
        if self.expansion.bytes <= most {
            return Ok(());
        }
        Err(wrong("template-too-large", format!("styles and components may add {most} bytes to a template")).at(origin))
    }
}

/// Bytes of a JSON value as text, about.
fn bytes(json: &Json) -> usize {
    match json {
        Json::Array(items) => items.iter().map(bytes).fold(8, usize::saturating_add),
        Json::Object(fields) => {
            fields.iter().map(|(name, field)| name.len().saturating_add(bytes(field))).fold(8, usize::saturating_add)
        }
        Json::String(text) => text.len().saturating_add(8),
        Json::Null | Json::Bool(_) | Json::Number(_) => 8,
    }
}

/// The component that a layer was, with the values for its params.
pub fn scope(layer: &Map<String, Json>) -> Option<(&str, &Map<String, Json>)> {
    let scope = layer.get("scope")?;
    Some((scope.get("name")?.as_str()?, scope.get("with")?.as_object()?))
}

/// A value for a component's param, as its use writes it.
pub enum Given<'a> {
    /// An expression, without its braces: it keeps its type.
    Expression(&'a str),
    /// A text with expressions in it.
    Text(&'a str),
    /// Anything else.
    Data(&'a Json),
}

/// What a use gives: `"{{ cart }}"` is the list itself, `"Hi {{ name }}"` a text.
pub fn given(json: &Json) -> Given<'_> {
    let Some(source) = json.as_str().filter(|source| source.contains("{{")) else { return Given::Data(json) };
    let inside = source.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    match inside.filter(|inside| !inside.contains(['{', '}'])) {
        Some(expression) => Given::Expression(expression.trim()),
        None => Given::Text(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(json: &str) -> Result<(Json, Expansion), String> {
        let mut document: Json = serde_json::from_str(json).unwrap();
        let expansion = expand(&mut document, &Limits::default()).map_err(|problem| problem.to_string())?;
        Ok((document, expansion))
    }

    #[test]
    fn a_style_gives_what_a_layer_does_not_say() {
        let (document, expansion) = expanded(
            r##"{ "styles": { "heading": { "size": 40, "fill": "#111" }, "loud": { "fill": "#f00", "weight": 900 } },
                 "layers": [{ "type": "text", "style": ["heading", "loud"], "size": 60, "text": [{ "text": "Hi", "style": "loud" }] }] }"##,
        )
        .unwrap();
        let text = serde_json::json!({ "type": "text", "size": 60, "fill": "#f00", "weight": 900,
            "text": [{ "text": "Hi", "fill": "#f00", "weight": 900 }] });
        assert_eq!(document, serde_json::json!({ "layers": [text] }));
        assert_eq!(expansion.origin("layers[0].fill"), "styles.loud.fill");
        assert_eq!(expansion.origin("layers[0].text[0].weight"), "styles.loud.weight");
        assert_eq!(expansion.origin("layers[0].size"), "layers[0].size");
    }

    #[test]
    fn a_component_stands_where_it_is_used() {
        let (document, expansion) = expanded(
            r##"{ "components": {
                    "chip": { "params": { "word": "new" }, "layer": { "type": "text", "text": "{{ chip.word }}" } },
                    "card": { "params": { "title": null }, "layer": { "type": "stack", "fill": "#fff", "children": [
                        { "type": "component", "component": "chip", "with": { "word": "{{ card.title }}" }, "size": 9 } ] } } },
                 "layers": [{ "type": "component", "component": "card", "x": 5, "fill": "#eee", "with": { "title": "{{ name }}" } }] }"##,
        )
        .unwrap();
        let chip = serde_json::json!({ "type": "text", "text": "{{ chip.word }}", "size": 9,
            "scope": { "name": "chip", "with": { "word": "{{ card.title }}" } } });
        let card = serde_json::json!({ "type": "stack", "fill": "#eee", "x": 5, "children": [chip],
            "scope": { "name": "card", "with": { "title": "{{ name }}" } } });
        assert_eq!(document, serde_json::json!({ "layers": [card] }));
        for (path, origin) in [
            ("layers[0].x", "layers[0].x"),
            ("layers[0].fill", "layers[0].fill"),
            ("layers[0].radius", "components.card.layer.radius"),
            ("layers[0].scope.with.title", "layers[0].with.title"),
            ("layers[0].children[0].text", "components.chip.layer.text"),
            ("layers[0].children[0].size", "components.card.layer.children[0].size"),
        ] {
            assert_eq!(expansion.origin(path), origin, "{path}");
        }
    }

    #[test]
    fn what_was_published_lies_over_the_document() {
        let (document, _) = expanded(
            r##"{ "palette": { "ink": "#000", "paper": "#fff" }, "styles": { "heading": { "size": 40, "font": "Inter" } },
                 "files": { "parts": { "palette": { "ink": "#00f" }, "styles": { "heading": { "font": "Acme Sans" } } } },
                 "layers": [{ "type": "text", "style": "heading", "text": "Hi" }] }"##,
        )
        .unwrap();
        let layer = serde_json::json!({ "type": "text", "text": "Hi", "size": 40, "font": "Acme Sans" });
        let palette = serde_json::json!({ "ink": "#00f", "paper": "#fff" });
        assert_eq!((&document["palette"], &document["layers"]), (&palette, &serde_json::json!([layer])));
    }

    #[test]
    fn a_brand_wins_and_an_included_template_does_not() {
        let document = r##"{ "include": ["acme/parts"], "brand": "acme/brand", "palette": { "ink": "#000" }, "styles": { "h": { "size": 40, "font": "Inter" } } }"##;
        let found = |id: &str| {
            match id {
            "acme/parts" => Some(r##"{ "palette": { "ink": "#111", "sky": "#0af" }, "components": { "chip": { "layer": { "type": "rect" } } }, "width": 9 }"##.to_owned()),
            // What the brand's own publication brought is a part of it.
            "acme/brand" => Some(r##"{ "styles": { "h": { "font": "Acme" } }, "files": { "parts": { "palette": { "ink": "#00f" } } } }"##.to_owned()),
            _ => None,
        }
        };
        assert_eq!(named(document), ["acme/parts", "acme/brand"]);
        let expected = serde_json::json!({ "palette": { "ink": "#00f", "sky": "#0af" }, "styles": { "h": { "font": "Acme" } },
            "components": { "chip": { "layer": { "type": "rect" } } } });
        let parts = parts(document, found, &Limits::default()).unwrap();
        assert_eq!(serde_json::to_value(&parts).unwrap(), expected);
        assert!(named(r#"{ "width": 9 }"#).is_empty());
        for (document, expected) in [
            (
                r#"{ "include": ["acme/none"] }"#,
                "include[0]: there is no published template `acme/none` that this key may read (publish it, or leave the name out)",
            ),
            (
                r#"{ "brand": "none" }"#,
                "brand: there is no published template `none` that this key may read (publish it, or leave the name out)",
            ),
        ] {
            assert_eq!(
                super::parts(document, found, &Limits::default()).map_err(|problem| problem.to_string()),
                Err(expected.to_owned())
            );
        }
    }

    #[test]
    fn mistakes_are_named_where_they_were_made() {
        let with = |components: &str, layer: &str| {
            format!(r#"{{ "styles": {{ "heading": {{}} }}, "components": {{ {components} }}, "layers": [{layer}] }}"#)
        };
        let button = r#""button": { "params": { "label": "Buy", "to": null }, "layer": { "type": "text", "text": "{{ button.label }}" } }"#;
        let used = |rest: &str| format!(r#"{{ "type": "component", "component": "button"{rest} }}"#);
        for (json, expected) in [
            (
                with("", r#"{ "type": "text", "style": "headin" }"#),
                "layers[0].style: there is no style `headin` (did you mean `heading`?)",
            ),
            (
                with("", r#"{ "type": "text", "style": 5 }"#),
                "layers[0].style: expected the name of a style, or a list of names",
            ),
            (
                with(button, r#"{ "type": "component", "component": "buton" }"#),
                "layers[0].component: there is no component `buton` (did you mean `button`?)",
            ),
            (with(button, r#"{ "type": "component" }"#), "layers[0]: `component` is missing"),
            (with(button, &used("")), "layers[0].with: the component needs `to`"),
            (
                with(button, &used(r#", "with": { "lable": "x" }"#)),
                "layers[0].with.lable: the component has no param `lable` (did you mean `label`?)",
            ),
            (with(button, r#"{ "type": "rect", "scope": {} }"#), "layers[0].scope: there is no field `scope` here"),
            (
                with(r#""a": { "layer": { "type": "text", "text": "{{ a.word }}" } }"#, ""),
                "components.a.layer.text: the component has no param `word` (declare it, with its default: \"params\": { \"word\": \"\" })",
            ),
            (
                with(r#""a": { "params": { "on": true }, "layer": { "type": "text", "when": "a.onn" } }"#, ""),
                "components.a.layer.when: the component has no param `onn` (did you mean `a.on`?)",
            ),
            (
                with(r#""a": { "layers": [] }"#, ""),
                "components.a.layers: there is no field `layers` here (a component has `params` and `layer`)",
            ),
            (with(r#""a": {}"#, ""), "components.a: `layer` is missing (\"layer\": { \"type\": \"stack\", … })"),
            (
                with(r#""A": { "layer": { "type": "rect" } }"#, ""),
                "components.A: the name of a component has lower-case letters, digits and `_`, a letter first",
            ),
            (
                with(
                    r#""a": { "layer": { "type": "group", "children": [{ "type": "component", "component": "a" }] } }"#,
                    r#"{ "type": "component", "component": "a" }"#,
                ),
                "components.a.layer.children[0].component: the component `a` holds itself",
            ),
        ] {
            assert_eq!(expanded(&json).map(drop), Err(expected.to_owned()), "{json}");
        }
    }

    #[test]
    fn copies_are_bounded() {
        // Each holds the next one twice: 2^19 copies of the last one.
        let mut components: Vec<String> = (0..19)
            .map(|n| {
                let next = format!(r#"{{ "type": "component", "component": "c{}" }}"#, n + 1);
                format!(r#""c{n}": {{ "layer": {{ "type": "group", "children": [{next}, {next}] }} }}"#)
            })
            .collect();
        components.push(r#""c19": { "layer": { "type": "rect" } }"#.to_owned());
        let json = format!(
            r#"{{ "components": {{ {} }}, "layers": [{{ "type": "component", "component": "c0" }}] }}"#,
            components.join(",")
        );
        assert!(expanded(&json).is_err_and(|error| error.contains("may add")));
    }
}
