//! Names that no icon has.
//!
//! A picture draws nothing in place of such an icon, and warns. Publishing refuses it, as far as the name
//! is written out.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value as Json;

use super::document::{Document, Icon, Kind, Layer};
use super::explain::{alike, list, wrong};
use super::templated::{Templated, is_expression};
use crate::asset::AssetId;
use crate::error::Problem;

/// Names of icons that a document writes out, each with its place. Those of its sizes and of its dark
/// version are among them.
fn written(document: &Document) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    of_layers(&document.layers, "layers", &mut found);
    let sizes = document.sizes.iter().map(|(name, size)| (format!("sizes.{name}"), &size.layers));
    let dark = document.dark.iter().map(|dark| ("dark".to_owned(), &dark.layers));
    for (place, layers) in sizes.chain(dark) {
        for (id, fields) in layers {
            let name = fields.get("icon").and_then(Json::as_str).filter(|name| !is_expression(name));
            found.extend(name.map(|name| (format!("{place}.layers.{id}.icon"), name)));
        }
    }
    found
}

fn of_layers<'a>(layers: &'a [Layer], path: &str, found: &mut Vec<(String, &'a str)>) {
    for (index, layer) in layers.iter().enumerate() {
        let path = format!("{path}[{index}]");
        if let Kind::Icon(Icon { icon: Templated::Literal(name) }) = &layer.kind {
            found.push((format!("{path}.icon"), name));
        }
        for (list, layers) in layer.lists() {
            of_layers(layers, &format!("{path}.{list}"), found);
        }
    }
}

/// What other sets of icons have before a name: `fa-star`.
const PREFIXES: [&str; 23] = [
    "akar-icons-",
    "bi-",
    "brands-fa-",
    "bx-",
    "bxs-",
    "fa-",
    "fab-",
    "far-",
    "fas-",
    "feather-",
    "fi-",
    "heroicons-",
    "icon-",
    "ion-",
    "lucide-",
    "material-symbols-",
    "mdi-",
    "ph-",
    "regular-fa-",
    "ri-",
    "solid-fa-",
    "tabler-",
    "ti-",
];

/// A name without what other sets have before it.
pub fn bare(name: &str) -> &str {
    let shorter = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix));
    shorter.filter(|rest| !rest.is_empty()).map_or(name, bare)
}

/// The files that have the icons which a document writes out, and those that are meant by names of other sets.
#[must_use]
pub fn files(document: &Document) -> Vec<AssetId> {
    let names = written(document).into_iter().flat_map(|(_, name)| [name.trim(), bare(name.trim())]);
    let files: BTreeSet<String> = crate::ordered::set(names.filter_map(Icon::file));
    files.iter().map(|file| AssetId::from(file.as_str())).collect()
}

/// The first name that a document writes out and no icon has, as a mistake. `file` gives the files of
/// [`files`]; what cannot be had is not checked.
#[must_use]
pub fn unknown(document: &Document, file: impl Fn(&AssetId) -> Option<Rc<[u8]>>) -> Option<Problem> {
    written(document).into_iter().find_map(|(path, name)| {
        let problem = || wrong("icon-unknown", format!("there is no icon `{name}`")).at(path.as_str());
        if Icon::file(name.trim()).is_none() {
            return Some(problem().remedy("look it up at lucide.dev"));
        }
        let near = near(name.trim(), &file)?;
        if near.contains(&name.trim().to_owned()) {
            return None;
        }
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        Some(match near.as_slice() {
            [] => problem().remedy("look it up at lucide.dev"),
            near => problem().remedy(format!("did you mean {}? All are at lucide.dev", list(near))),
        })
    })
}

/// The icon of a name, or else those whose names are like it, without what other sets have before theirs. `None`
/// if their file cannot be had.
fn near(name: &str, file: &impl Fn(&AssetId) -> Option<Rc<[u8]>>) -> Option<Vec<String>> {
    let bytes = file(&AssetId::from(Icon::file(name)?.as_str()))?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let names = || text.lines().filter_map(|line| Some(line.split_once(' ')?.0));
    if names().any(|known| known == name) {
        return Some(vec![name.to_owned()]);
    }
    let plain = bare(name);
    if plain != name
        && let Some(near) = near(plain, file)
    {
        return Some(near);
    }
    Some(alike(name, names(), NAMES).into_iter().map(str::to_owned).collect())
}

/// Number of names that are offered.
const NAMES: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::template::Template;

    #[test]
    fn names_that_no_icon_has_are_found() {
        let found = |layers: &str, more: &str| {
            let json = format!(
                r#"{{ "width": 9, "height": 9, {more} "params": {{ "n": {{ "type": "text" }} }}, "layers": [{layers}] }}"#
            );
            let template = Template::parse(&json, &Limits::default()).unwrap_or_else(|problem| panic!("{problem}"));
            let file = |id: &AssetId| {
                Some(match id.as_str() {
                    "icons-c.txt" => Rc::from(&b"cable M1 1\ncalendar M2 2\ncalendar-days M3 3\n"[..]),
                    "icons-f.txt" => Rc::from(&b"factory M1 1\n"[..]),
                    _ => return None,
                })
            };
            assert!(files(&template.document).iter().all(|file| file.as_str().starts_with("icons-")));
            unknown(&template.document, file).map_or_else(|| "all is well".to_owned(), |problem| problem.to_string())
        };
        let icon = |name: &str| format!(r#"{{ "type": "icon", "id": "i", "icon": "{name}" }}"#);
        let near =
            "there is no icon `calender` (did you mean `calendar`, `calendar-days`, `cable`? All are at lucide.dev)";
        for (layers, more, expected) in [
            (icon("calendar"), "", "all is well".to_owned()),
            (icon("calender"), "", format!("layers[0].icon: {near}")),
            (
                format!(r#"{{ "type": "group", "children": [{}] }}"#, icon("calender")),
                "",
                format!("layers[0].children[0].icon: {near}"),
            ),
            (icon("{{ n }}"), "", "all is well".to_owned()),
            (icon("{{ 'calender' }}"), "", "all is well".to_owned()),
            // Its file is not there.
            (icon("map-pin"), "", "all is well".to_owned()),
            (
                icon("fa-calendar"),
                "",
                "layers[0].icon: there is no icon `fa-calendar` (did you mean `calendar`? All are at lucide.dev)"
                    .to_owned(),
            ),
            (icon("cq"), "", "layers[0].icon: there is no icon `cq` (look it up at lucide.dev)".to_owned()),
            (
                icon("calendar"),
                r#""sizes": { "wide": { "width": 20, "height": 9, "layers": { "i": { "icon": "calender" } } } },"#,
                format!("sizes.wide.layers.i.icon: {near}"),
            ),
        ] {
            assert_eq!(found(&layers, more), expected, "{layers}");
        }
    }
}
