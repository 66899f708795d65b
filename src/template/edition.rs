//! The editions of a document: a size of its own (`~square`), its dark version, or both.
//!
//! An edition is a document too. It is made of the JSON of the whole before that has types, so that
//! no later stage knows of editions, and a template that has none pays nothing.

use serde_json::{Map, Value as Json};

use crate::error::{Fault, Problem};
use crate::limits::Limits;

use super::Template;
use super::explain::{nearest, wrong};

/// Which edition of a template a URL asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Edition<'a> {
    /// The name of a size; `None` is the template's own.
    pub size: Option<&'a str>,
    /// Whether the dark version is asked for. A template that has none is the same in the dark.
    pub dark: bool,
}

impl Template {
    /// The template of an edition. `None` if it is this template itself.
    ///
    /// ```
    /// use monogram::limits::Limits;
    /// use monogram::template::{Edition, Template};
    ///
    /// let limits = Limits::default();
    /// let json = r#"{ "width": 1200, "height": 630, "layers": [{ "id": "hi", "type": "text", "text": "Hi", "size": 90 }],
    ///     "sizes": { "square": { "width": 600, "height": 600, "layers": { "hi": { "size": 40 } } } } }"#;
    /// let template = Template::parse(json, &limits).unwrap_or_else(|problem| panic!("{problem}"));
    /// let square = template.edition(Edition { size: Some("square"), dark: false }, &limits);
    /// assert_eq!(square.ok().flatten().map(|square| square.document.width), Some(600));
    /// assert!(template.edition(Edition { size: Some("story"), dark: false }, &limits).is_err());
    /// ```
    ///
    /// # Errors
    /// `Fault::NotFound` if there is no such size. `Fault::Document` if the edition is no valid document:
    /// [`check`] tells that before it is published.
    pub fn edition(&self, edition: Edition<'_>, limits: &Limits) -> Result<Option<Self>, Problem> {
        let Self { document, source, .. } = self;
        if let Some(size) = edition.size.filter(|size| !document.sizes.contains_key(*size)) {
            let names: Vec<&str> = document.sizes.keys().map(String::as_str).collect();
            let remedy = if names.is_empty() {
                "leave the ~ and what follows it away: it has one size".to_owned()
            } else {
                format!("it has these: {}", names.join(", "))
            };
            let found = nearest(size, names.iter().copied())
                .map_or_else(String::new, |name| format!(" (did you mean ~{name}?)"));
            let message = format!("The template has no such size{found}");
            return Err(Problem::new(Fault::NotFound, "unknown-size", message).remedy(remedy));
        }
        let dark = edition.dark && document.dark.is_some();
        let Some(source) = source.as_deref().filter(|_| dark || edition.size.is_some()) else { return Ok(None) };
        let derived = derive(source, Edition { dark, ..edition })?;
        let mut made = Self::parse(&derived, limits).map_err(|problem| within(edition, problem))?;
        made.document.files.clone_from(&document.files);
        Ok(Some(made))
    }

    /// All editions beside the template itself.
    #[must_use]
    pub fn editions(&self) -> Vec<Edition<'_>> {
        let sizes = || std::iter::once(None).chain(self.document.sizes.keys().map(|size| Some(size.as_str())));
        let light = sizes().skip(1).map(|size| Edition { size, dark: false });
        let dark = sizes().filter(|_| self.document.dark.is_some()).map(|size| Edition { size, dark: true });
        light.chain(dark).collect()
    }
}

/// Checks every edition of a template, as publishing does.
///
/// # Errors
/// As [`Template::edition`], for the first one that is wrong.
pub fn check(template: &Template, limits: &Limits) -> Result<(), Problem> {
    template.editions().into_iter().try_for_each(|edition| template.edition(edition, limits).map(drop))
}

/// Says in which edition something is wrong.
fn within(edition: Edition<'_>, mut problem: Problem) -> Problem {
    let size = edition.size.map(|size| format!("the size `{size}`"));
    let dark = edition.dark.then(|| "the dark version".to_owned());
    let parts: Vec<String> = size.into_iter().chain(dark).collect();
    problem.message = format!("in {}: {}", parts.join(" and "), problem.message);
    problem
}

/// The JSON of an edition.
fn derive(json: &str, edition: Edition<'_>) -> Result<String, Problem> {
    let unreadable = || wrong("template-not-json", "this is no JSON object");
    let mut document: Json = serde_json::from_str(json).map_err(|_| unreadable())?;
    let fields = document.as_object_mut().ok_or_else(unreadable)?;
    let (sizes, dark) = (fields.remove("sizes"), fields.remove("dark"));
    let size = edition.size.and_then(|size| sizes?.get_mut(size).map(Json::take));
    for part in [size, dark.filter(|_| edition.dark)].into_iter().flatten() {
        let Json::Object(mut part) = part else { continue };
        let layers = part.remove("layers");
        if let Some(palette) = part.remove("palette") {
            merge(fields.entry("palette").or_insert(Json::Null), palette);
        }
        part.retain(|_, value| !value.is_null());
        fields.extend(part);
        if let (Some(Json::Object(overrides)), Some(layers)) = (layers, fields.get_mut("layers")) {
            overlay(layers, &overrides);
        }
    }
    Ok(document.to_string())
}

/// Merges overrides into the layers below a JSON value.
fn overlay(json: &mut Json, overrides: &Map<String, Json>) {
    match json {
        Json::Object(fields) => {
            fields.values_mut().filter(|value| value.is_array()).for_each(|value| overlay(value, overrides));
            let own = fields.get("id").and_then(Json::as_str).and_then(|id| overrides.get(id)).cloned();
            if let Some(own) = own {
                merge(json, own);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| overlay(item, overrides)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// `MergePatch` of RFC 7396, section 2.
fn merge(target: &mut Json, patch: Json) {
    let Json::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Json::Object(Map::new());
    }
    let Some(fields) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(&name);
        } else {
            merge(fields.entry(name).or_insert(Json::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn merges_as_the_rfc_does() {
        for (target, patch, merged) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            let mut made = target.clone();
            merge(&mut made, patch.clone());
            assert_eq!(made, merged, "{target} + {patch}");
        }
    }

    const DOCUMENT: &str = r##"{ "width": 100, "height": 50, "background": "$paper",
        "palette": { "paper": "#ffffff", "ink": "#000000" },
        "layers": [{ "id": "row", "type": "stack", "children": [
            { "id": "hi", "type": "text", "text": "Hi", "size": 20, "fill": "$ink" },
            { "id": "note", "type": "text", "text": "Note", "max_lines": 2 } ] }],
        "sizes": { "tall": { "width": 50, "height": 200, "background": "#abcdef",
            "layers": { "hi": { "size": 10, "x": 3 }, "note": { "max_lines": null, "when": "false" } } } },
        "dark": { "palette": { "paper": "#111111" }, "layers": { "hi": { "fill": "#eeeeee" } } } }"##;

    #[test]
    fn an_edition_is_the_document_with_its_overrides() {
        let limits = Limits::default();
        let template = Template::parse(DOCUMENT, &limits).unwrap();
        let made = |size, dark| template.edition(Edition { size, dark }, &limits).unwrap();
        assert!(made(None, false).is_none());
        let tall = made(Some("tall"), false).unwrap();
        assert_eq!((tall.document.width, tall.document.height), (50, 200));
        let paint = |template: &Template| format!("{:?}", template.document.background);
        let (light, dark) = (made(Some("tall"), true).unwrap(), made(None, true).unwrap());
        assert_eq!(paint(&light), paint(&tall), "the size has a ground of its own, in the dark too");
        assert_ne!(paint(&dark), paint(&template));
        let layers: Vec<_> = tall.document.layers[0].children().collect();
        assert_eq!(layers[1].when.as_deref(), Some("false"));
        assert!(layers[0].x.is_some() && template.document.layers[0].children().all(|layer| layer.x.is_none()));
        let digests = [template.digest, tall.digest, light.digest, dark.digest];
        assert!(digests.iter().enumerate().all(|(at, digest)| !digests[..at].contains(digest)));
        assert_eq!(template.editions().len(), 3);
        assert!(tall.editions().is_empty());
    }

    #[test]
    fn a_template_without_a_dark_version_is_the_same_in_the_dark() {
        let limits = Limits::default();
        let template = Template::parse(r#"{ "width": 9, "height": 9, "layers": [] }"#, &limits).unwrap();
        assert!(template.edition(Edition { size: None, dark: true }, &limits).unwrap().is_none());
    }

    #[test]
    fn mistakes_are_named() {
        let limits = Limits::default();
        for (part, expected) in [
            (
                r#""sizes": { "Tall": { "width": 9, "height": 9 } }"#,
                "sizes.Tall: the name of a size is lower-case letters, digits and hyphens (write a name such as `square` or `story`)",
            ),
            (r#""sizes": { "tall": { "width": 9 } }"#, "sizes.tall: `height` is missing"),
            (
                r#""sizes": { "tall": { "width": 9, "height": 9, "layers": { "h": {} } } }"#,
                "sizes.tall.layers.h: no layer has this id (did you mean `hi`?)",
            ),
            (
                r#""dark": { "palette": { "ink": "red" } }"#,
                "dark.palette.ink: the palette has no such colour (add it to `palette`)",
            ),
            (
                r#""sizes": { "tall": { "width": 9, "height": 9, "layers": { "hi": { "size": "big" } } } }"#,
                "layers[0].size: in the size `tall`: invalid value: string \"big\", expected a number or an expression",
            ),
            (
                r#""sizes": { "tall": { "width": 9, "height": 99999 } }"#,
                "height: in the size `tall`: a side has 1 to 4096 px",
            ),
            (
                r#""dark": { "background": "{{ nobody }}" }"#,
                "background: in the dark version: there is no param `nobody`",
            ),
        ] {
            let json = format!(
                r#"{{ "width": 9, "height": 9, "layers": [{{ "id": "hi", "type": "text", "text": "Hi" }}], {part} }}"#
            );
            let checked = Template::parse(&json, &limits).and_then(|template| check(&template, &limits));
            let problem = checked.err().map_or_else(String::new, |problem| problem.to_string());
            assert!(problem.starts_with(expected), "{part}\n{problem}");
        }
    }
}
