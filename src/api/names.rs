//! The assets and font families that a document names → the files that they stand for when it is
//! published.
//!
//! A template of the client `acme` finds its files in the folders of its own id, the nearest first,
//! and then among the files that have no client: `acme/q3/hero` finds `logo.png` as
//! `acme/q3/logo.png`, `acme/logo.png` or `logo.png`. It never finds those of another client. A
//! name that an expression makes (`asset:logo-{{ brand }}.png`) stands for every file that it may
//! become.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::params::{Param, image};
use crate::request::TemplateId;
use crate::template::Template;
use crate::template::document::{Content, Document, Files, Kind, Layer, PublishedFont};
use crate::template::templated::Templated;

/// A name as a document has it: all of it, or what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// The whole name.
    Whole(String),
    /// The known beginning and end of a name that an expression makes.
    Part {
        /// The text before the expression.
        prefix: String,
        /// The text after it.
        suffix: String,
    },
}

impl Name {
    const ANY: Self = Self::Part { prefix: String::new(), suffix: String::new() };

    fn fits(&self, name: &str) -> bool {
        match self {
            Self::Whole(whole) => whole == name,
            Self::Part { prefix, suffix } => {
                name.len() >= prefix.len().saturating_add(suffix.len())
                    && name.starts_with(prefix.as_str())
                    && name.ends_with(suffix.as_str())
            }
        }
    }
}

/// The names of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Its assets.
    pub assets: BTreeSet<Name>,
    /// The families of its texts that it does not declare itself.
    pub families: BTreeSet<Name>,
}

/// The questions for a store that knows files by their whole names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Questions {
    /// Names of assets that may be meant.
    pub assets: Vec<String>,
    /// Beginnings and ends of names that may be meant, and whether only names without a folder are.
    pub parts: Vec<(String, String, bool)>,
    /// Folders whose fonts may be meant, each with its last `/`.
    pub folders: Vec<String>,
}

/// A row of a store: an asset's whole name and its digest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AssetRow(pub String, pub String);

/// A row of a store: a font's folder, family and digest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FontRow(pub String, pub String, pub String);

impl Names {
    /// The names of a template and of all its editions.
    #[must_use]
    pub fn of_all(template: &Template, limits: &Limits) -> Self {
        let mut names = Self::of(&template.document);
        for made in template.editions().into_iter().filter_map(|edition| template.edition(edition, limits).ok()?) {
            let Self { assets, families } = Self::of(&made.document);
            names.assets.extend(assets);
            names.families.extend(families);
        }
        names
    }

    /// The names of a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut names = Self::default();
        for font in &document.fonts {
            names.assets.extend(image::asset(&font.src).map(|name| Name::Whole(name.to_owned())));
        }
        fn fields(param: &Param) -> Vec<&Param> {
            if let Param::List(list) = param { list.fields.values().collect() } else { vec![param] }
        }
        for param in document.params.values().flat_map(fields) {
            let Param::Image(param) = param else { continue };
            // A URL may name any asset.
            names.assets.insert(Name::ANY);
            let default = param.default.as_deref().and_then(image::asset);
            names.assets.extend(default.map(|name| Name::Whole(name.to_owned())));
        }
        let set = document.variants.iter().flat_map(|variant| variant.set.values());
        let set = set.filter_map(|value| value.as_str()).filter_map(image::asset);
        names.assets.extend(set.map(|name| Name::Whole(name.to_owned())));
        names.layers(&document.layers);
        let declared = crate::ordered::set(document.fonts.iter().map(|font| family(&font.family)));
        let is_other = |name: &Name| !matches!(name, Name::Whole(name) if declared.contains(name));
        names.families = crate::ordered::set(names.families.into_iter().filter(is_other));
        names
    }

    fn layers(&mut self, layers: &[Layer]) {
        for layer in layers {
            match &layer.kind {
                Kind::Image(image) => {
                    let sources = std::iter::once(&image.src).chain(&image.dark_src).chain(&image.fallback);
                    sources.for_each(|source| self.source(source));
                }
                Kind::Qr(code) => code.logo.iter().for_each(|source| self.source(source)),
                Kind::Table(table) => {
                    table.styles().for_each(|style| self.family(style.font.as_ref()));
                    for column in &table.columns {
                        for content in [Some(&column.text), column.header.as_ref(), column.total.as_ref()] {
                            content.into_iter().for_each(|content| self.runs(content));
                        }
                    }
                }
                Kind::Chart(chart) => {
                    self.family(chart.text_style.as_ref().and_then(|style| style.font.as_ref()));
                }
                Kind::Text(text) => {
                    self.family(text.font.as_ref());
                    self.runs(&text.text);
                }
                _ => {}
            }
            layer.pictures().for_each(|source| self.source(source));
            layer.lists().into_iter().for_each(|(_, layers)| self.layers(layers));
        }
    }

    fn runs(&mut self, content: &Content) {
        if let Content::Runs(runs) = content {
            runs.iter().for_each(|run| self.family(run.font.as_ref()));
        }
    }

    fn source(&mut self, source: &Templated<String>) {
        match source {
            Templated::Literal(text) => {
                self.assets.extend(image::asset(text).map(|name| Name::Whole(name.to_owned())));
            }
            Templated::Expression(source) => self.assets.extend(assets_of(source)),
        }
    }

    fn family(&mut self, font: Option<&Templated<String>>) {
        match font {
            None => {}
            Some(Templated::Literal(name)) => {
                self.families.insert(Name::Whole(family(name)));
            }
            Some(Templated::Expression(_)) => {
                self.families.insert(Name::ANY);
            }
        }
    }

    /// What to ask a store for, for a template of this id.
    #[must_use]
    pub fn questions(&self, id: &TemplateId) -> Questions {
        let folders = folders(id);
        let (mut assets, mut parts) = (Vec::new(), Vec::new());
        for name in &self.assets {
            for folder in &folders {
                match name {
                    Name::Whole(name) => assets.push(format!("{folder}{name}")),
                    // The beginning names a folder of its own.
                    Name::Part { prefix, .. }
                        if folder.is_empty() && prefix.contains('/') && !is_shared(id, prefix) => {}
                    Name::Part { prefix, suffix } => {
                        let is_root = folder.is_empty() && !prefix.contains('/');
                        parts.push((format!("{folder}{prefix}"), suffix.clone(), is_root));
                    }
                }
            }
        }
        Questions { assets, parts, folders }
    }

    /// The files that the names stand for, of those that a store has. The nearest folder wins, and
    /// for a font it wins for the whole family. No more are taken than a template may have; the
    /// number of those that were left out comes with them.
    #[must_use]
    pub fn resolve(&self, id: &TemplateId, assets: &[AssetRow], fonts: &[FontRow], limits: &Limits) -> (Files, usize) {
        let folders = folders(id);
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        // The farthest folder first, so that nearer ones replace what it has.
        for folder in folders.iter().rev() {
            for AssetRow(whole, digest) in assets {
                let Some(name) = whole.strip_prefix(folder.as_str()) else { continue };
                if (!folder.is_empty() || is_shared(id, name)) && self.assets.iter().any(|known| known.fits(name)) {
                    found.insert(name.to_owned(), digest.clone());
                }
            }
        }
        let mut left_out = found.len().saturating_sub(limits.files);
        if left_out > 0 {
            // Names that are written out come before those that an expression may make.
            let (written, made): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|(name, _)| self.assets.contains(&Name::Whole(name.clone())));
            found = crate::ordered::map(written.into_iter().chain(made).take(limits.files));
        }

        let mut published: Vec<PublishedFont> = Vec::new();
        let is_meant = |row: &&FontRow| self.families.iter().any(|name| name.fits(&family(&row.1)));
        let families = crate::ordered::set(fonts.iter().filter(is_meant).map(|row| family(&row.1)));
        for known in families {
            let of_family = |row: &&FontRow| family(&row.1) == known;
            let nearest = folders.iter().find(|folder| fonts.iter().any(|row| of_family(&row) && row.0 == **folder));
            for FontRow(_, name, file) in fonts.iter().filter(of_family).filter(|row| Some(&row.0) == nearest) {
                let font = PublishedFont { family: name.clone(), file: file.clone() };
                // A variable font may be there under several weights.
                if !published.contains(&font) {
                    published.push(font);
                }
            }
        }
        left_out = left_out.saturating_add(published.len().saturating_sub(limits.fonts));
        published.truncate(limits.fonts);
        (Files { assets: found, fonts: published, ..Files::default() }, left_out)
    }
}

/// The form in which families are compared.
fn family(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The folders in which a template finds its files, the nearest first; the last one is the root.
#[must_use]
pub fn folders(id: &TemplateId) -> Vec<String> {
    let mut folders = Vec::new();
    let mut rest = id.as_str();
    while let Some((folder, _)) = rest.rsplit_once('/') {
        folders.push(format!("{folder}/"));
        rest = folder;
    }
    folders.push(String::new());
    folders
}

/// Whether a template may use a file by its whole name: the file has no client, or the same one, or
/// the template has none, which only the operator can publish.
fn is_shared(id: &TemplateId, name: &str) -> bool {
    match (name.split_once('/'), id.as_str().split_once('/')) {
        (None, _) | (_, None) => true,
        (Some((client, _)), Some((own, _))) => client == own,
    }
}

/// The names in an expression that makes the source of a picture.
fn assets_of(source: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let mut rest = source;
    while let Some((_, after)) = rest.split_once("asset:") {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let (prefix, tail) =
            after.split_at_checked(after.find(|c| !plain(c)).unwrap_or(after.len())).unwrap_or((after, ""));
        let segment = tail.split("asset:").next().unwrap_or_default();
        let is_made = segment.starts_with("{{") || {
            let more = segment.trim_start_matches(['\'', '"']).trim_start();
            segment.starts_with(['\'', '"']) && (more.starts_with('~') || more.starts_with('|'))
        };
        names.push(if is_made {
            // The end is known if it stands after the expression, and not inside of one.
            let end = segment.strip_prefix("{{").and_then(|text| text.rsplit_once("}}")).map_or("", |(_, end)| end);
            let end = end.split_once("{%").map_or(end, |(end, _)| end).trim_end();
            Name::Part {
                prefix: prefix.to_owned(),
                suffix: if end.chars().all(plain) { end.to_owned() } else { String::new() },
            }
        } else {
            Name::Whole(prefix.to_owned())
        });
        rest = after;
    }
    // Without a name of its own, the expression prints a value, which may name any asset.
    if names.is_empty() && !source.trim_start().starts_with("initials:") {
        names.push(Name::ANY);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    fn id(text: &str) -> TemplateId {
        TemplateId::parse(text).unwrap()
    }

    fn names(layers: &str, more: &str) -> Names {
        let document = format!(
            r#"{{ "width": 9, "height": 9, {more} "params": {{ "brand": {{ "type": "text" }}, "logo": {{ "type": "text" }} }}, "layers": [{layers}] }}"#
        );
        let template = Template::parse(&document, &Limits::default()).unwrap_or_else(|problem| panic!("{problem}"));
        Names::of(&template.document)
    }

    #[test]
    fn expressions_name_what_they_may_become() {
        let whole = |name: &str| Name::Whole(name.to_owned());
        let part = |prefix: &str, suffix: &str| Name::Part { prefix: prefix.to_owned(), suffix: suffix.to_owned() };
        for (source, expected) in [
            ("asset:logo-{{ brand }}.png", vec![part("logo-", ".png")]),
            ("{% if logo %}asset:logo-{{ logo }}.png{% endif %}", vec![part("logo-", ".png")]),
            ("{% if logo %}asset:a.png{% else %}asset:b.png{% endif %}", vec![whole("a.png"), whole("b.png")]),
            ("{{ 'asset:a.png' if logo else 'asset:b.png' }}", vec![whole("a.png"), whole("b.png")]),
            ("{{ 'asset:logo-' ~ logo ~ '.png' }}", vec![part("logo-", "")]),
            ("{{ logo }}", vec![Name::ANY]),
            ("initials:{{ brand }}", vec![]),
        ] {
            assert_eq!(assets_of(source), expected, "{source}");
        }
    }

    #[test]
    fn a_document_names_its_files() {
        let names = names(
            r#"{ "type": "group", "children": [
                { "type": "image", "src": "asset:a.png", "dark_src": "asset:a-white.png", "contrast": "auto", "fallback": ["asset:b.png", "initials:{{ brand }}"], "width": 1, "height": 1 },
                { "type": "text", "text": "x", "font": "Brand Sans" },
                { "type": "text", "text": [{ "text": "x", "font": "Own" }, { "text": "y", "font": "Other" }] }] }"#,
            r#""fonts": [{ "family": "Own", "src": "asset:own.ttf" }],"#,
        );
        let whole = |names: &BTreeSet<Name>| -> Vec<String> {
            let name = |name: &Name| if let Name::Whole(name) = name { Some(name.clone()) } else { None };
            names.iter().filter_map(name).collect()
        };
        assert_eq!(whole(&names.assets), ["a-white.png", "a.png", "b.png", "own.ttf"]);
        assert_eq!(whole(&names.families), ["brand sans", "other"]);
    }

    #[test]
    fn the_nearest_file_is_meant_and_never_another_clients() {
        let names = names(
            r#"{ "type": "image", "src": "asset:a.png", "width": 1, "height": 1 },
               { "type": "image", "src": "asset:globex/b.png", "width": 1, "height": 1 },
               { "type": "image", "src": "asset:logo-{{ brand }}.png", "width": 1, "height": 1 },
               { "type": "text", "text": "x", "font": "brand" }"#,
            "",
        );
        let store = [
            "a.png",
            "acme/a.png",
            "acme/q3/a.png",
            "globex/a.png",
            "globex/b.png",
            "acme/logo-x.png",
            "logo-y.png",
            "logo-y.jpg",
            "acme/logo-.png",
        ];
        let rows: Vec<AssetRow> =
            store.iter().map(|name| AssetRow((*name).to_owned(), format!("digest of {name}"))).collect();
        let font = |folder: &str, file: &str| FontRow(folder.to_owned(), "Brand".to_owned(), file.to_owned());
        let fonts = [
            font("", "shared"),
            font("acme/", "400"),
            font("acme/", "700"),
            font("acme/", "700"),
            font("globex/", "no"),
        ];
        let found = |text: &str| {
            let (files, left_out) = names.resolve(&id(text), &rows, &fonts, &Limits::default());
            assert_eq!(left_out, 0);
            let assets: Vec<String> = files.assets.values().map(|digest| digest.replace("digest of ", "")).collect();
            (assets.join(" "), files.fonts.iter().map(|font| font.file.as_str()).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(
            found("acme/q3/hero"),
            ("acme/q3/a.png acme/logo-.png acme/logo-x.png logo-y.png".to_owned(), "400 700".to_owned())
        );
        assert_eq!(found("acme/hero").0, "acme/a.png acme/logo-.png acme/logo-x.png logo-y.png");
        assert_eq!(found("globex/hero"), ("globex/a.png globex/b.png logo-y.png".to_owned(), "no".to_owned()));
        assert_eq!(found("initech/hero"), ("a.png logo-y.png".to_owned(), "shared".to_owned()));
        assert_eq!(found("hero"), ("a.png globex/b.png logo-y.png".to_owned(), "shared".to_owned()));

        let questions = names.questions(&id("acme/hero"));
        assert!(questions.assets.contains(&"acme/a.png".to_owned()) && questions.assets.contains(&"a.png".to_owned()));
        let part = |prefix: &str, is_root| (prefix.to_owned(), ".png".to_owned(), is_root);
        assert_eq!(questions.parts, [part("acme/logo-", false), part("logo-", true)]);
        assert_eq!(questions.folders, ["acme/", ""]);

        let few = Limits { files: 2, fonts: 1, ..Limits::default() };
        let (files, left_out) = names.resolve(&id("acme/hero"), &rows, &fonts, &few);
        assert_eq!((files.assets.len(), files.fonts.len(), left_out), (2, 1, 3));
        assert!(files.assets.contains_key("a.png"), "a name that is written out stays");
    }
}
