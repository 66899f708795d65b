//! A document → the text of a revision, and the answers about it.
//!
//! What a caller sends is kept as it is written. The text that pictures are drawn from has one field
//! more, `files`: the files that its names stand for, so that the revision never changes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use crate::request::TemplateId;
use crate::template::document::{Document, Files};
use crate::template::parse::nearest;
use crate::template::{Template, advice, edition, reuse};

use super::names;

/// A draft that can be published.
pub struct Draft {
    /// The text as it was sent.
    pub text: String,
    /// The same, checked, with what its `include` and `brand` stand for in its `files`.
    pub template: Template,
}

/// The last words of a path below `/v1/templates/` that no id can end in.
const RESERVED: [&str; 3] = ["revisions", "diff", "rollback"];

impl Draft {
    /// Reads a draft. `published` gives the texts of the templates that it [names](reuse::named); `parse` is
    /// [`Template::parse`], or [`mistake::parse`](crate::template::mistake::parse), which needs more code, and
    /// knows what was meant.
    ///
    /// # Errors
    /// 413 or 422 with the field that is wrong, as the Worker would find it.
    pub fn read(
        bytes: Vec<u8>,
        published: &dyn Fn(&str) -> Option<String>,
        parse: impl FnOnce(&str, &Limits) -> Result<Template, Problem>,
        limits: &Limits,
    ) -> Result<Self, Problem> {
        let text = String::from_utf8(bytes).map_err(|_| {
            Problem::new(Fault::Document, "template-not-json", "The document is not UTF-8").remedy("send JSON in UTF-8")
        })?;
        let reserved = || {
            Problem::new(Fault::Document, "files-reserved", "Publishing writes `files` itself")
                .at("files")
                .remedy("leave it out")
        };
        let whole = reuse::whole(&text, published, limits)?.ok_or_else(reserved)?;
        let template = parse(&whole, limits)?;
        edition::check(&template, limits)?;
        if template.document.files.as_ref().is_some_and(|files| files.parts.is_empty()) {
            return Err(reserved());
        }
        Ok(Self { template, text })
    }
}

impl Draft {
    /// Its text with what it includes, which another module of the Worker reads again.
    ///
    /// # Errors
    /// None in fact: the text was read before.
    pub fn whole(&self) -> Result<String, Problem> {
        let files = self.template.document.files.clone().unwrap_or_default();
        let unreadable = || Problem::new(Fault::Document, "template-not-json", "The document is no JSON object");
        files.write_into(&self.text).ok_or_else(unreadable)
    }
}

/// Checks that a template of this id can be called by the API.
///
/// # Errors
/// 422 if its paths would be those of another call.
pub fn check_id(id: &TemplateId) -> Result<(), Problem> {
    let last = id.as_str().rsplit('/').next().unwrap_or_default();
    if id.as_str().contains('/') && RESERVED.contains(&last) {
        return Err(Problem::new(Fault::Document, "id-reserved", format!("No id may end in /{last}"))
            .remedy("choose another last word"));
    }
    Ok(())
}

/// The text of a revision: that of the document, with its files as its last field. `None` if the
/// text is no JSON object.
#[must_use]
pub fn with_files(text: &str, files: &Files) -> Option<String> {
    files.write_into(text)
}

/// The answer to a publication.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Published<'a> {
    /// The template's id.
    pub id: &'a str,
    /// The new revision, which is live.
    pub revision: u32,
    /// What its author should look at.
    pub warnings: Vec<Warning>,
    /// Number of cases of the stress test that were laid out for the warnings.
    pub cases: usize,
    /// The URL of its live picture.
    pub url: String,
    /// The URL of the picture of this revision, which never changes.
    pub pinned_url: String,
    /// Seconds after which every location draws it.
    pub live_everywhere_after_seconds: u32,
}

/// Something that an author should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// The layer, by its `id` or its path; empty for the whole template.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub layer: String,
    /// What is wrong.
    pub warning: String,
    /// The cases of the stress test in which it happens; empty if it always does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cases: Vec<String>,
}

impl Warning {
    /// What is said about a document whatever the values are. Where it is about one field of a layer, the
    /// warning begins with it.
    #[must_use]
    pub fn of_advice(document: &Document) -> Vec<Self> {
        let warnings = advice::of(document).into_iter().map(|(place, what)| {
            let layer = advice::layer(&place);
            let field = place.strip_prefix(layer).unwrap_or_default().trim_start_matches('.');
            let warning = if field.is_empty() { what } else { format!("{field}: {what}") };
            Self { layer: layer.to_owned(), warning, cases: Vec::new() }
        });
        warnings.collect()
    }

    /// The name of the asset that is not there, if the warning is about that.
    fn missing_asset(&self) -> Option<&str> {
        self.warning.strip_prefix("there is no asset ").filter(|name| !name.contains(';'))
    }

    /// Whether one of them is about an asset that is not there.
    #[must_use]
    pub fn lack_assets(warnings: &[Self]) -> bool {
        warnings.iter().any(|warning| warning.missing_asset().is_some())
    }

    /// Adds to those about an asset that is not there the name that is most like its own. `known` are those that
    /// a template of the id may use, by their whole names.
    pub fn name_nearest(warnings: &mut [Self], id: &TemplateId, known: &[String]) {
        let folders = names::folders(id);
        let named = |name: &String| {
            let folder = folders.iter().find(|folder| name.starts_with(folder.as_str()))?;
            Some(name.get(folder.len()..)?.to_owned())
        };
        let known: Vec<String> = known.iter().filter_map(named).collect();
        for warning in warnings {
            let near = warning.missing_asset().and_then(|name| nearest(name, known.iter().map(String::as_str)));
            if let Some(near) = near {
                warning.warning.push_str(&format!(" (did you mean asset:{near}?)"));
            }
        }
    }
}

/// What is wrong with the cases of a draft, as the module that lays them out tells the other.
#[derive(Debug, Serialize, Deserialize)]
pub struct Tried {
    /// The cases that were laid out, each with its findings as layer and text.
    pub found: Vec<(String, Vec<(String, String)>)>,
    /// The icon that does not exist, which only the module with the files can tell: its place, what is
    /// wrong, and the remedy.
    pub icon: Option<[String; 3]>,
}

/// The stress test of a draft.
#[derive(Debug)]
pub struct Stressed {
    /// The files that its names stand for. `None` if they were not looked for.
    pub files: Option<Files>,
    /// What its author should look at.
    pub warnings: Vec<Warning>,
    /// Number of cases that were laid out for the warnings.
    pub cases: usize,
    /// As in [`Tried`].
    pub icon: Option<[String; 3]>,
}

impl Stressed {
    /// What must be mended before it can be published. `None` if nothing.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let [field, message, remedy] = self.icon.as_ref()?;
        Some(Problem::new(Fault::Document, "icon-unknown", message).at(field).remedy(remedy))
    }
}

/// The answer to `POST /v1/validate`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Validated<'a> {
    /// Whether it could be published.
    pub valid: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Fix<'a>>,
    /// What its author should look at.
    pub warnings: Vec<Warning>,
    /// Number of cases of the stress test that were laid out for the warnings.
    pub cases: usize,
}

/// What to fix in a document.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Fix<'a> {
    /// Stable, for programs.
    pub code: &'a str,
    /// The place in the document.
    pub field: Option<&'a str>,
    /// What is wrong.
    pub detail: &'a str,
    /// How to fix it.
    pub remedy: Option<&'a str>,
}

impl<'a> Fix<'a> {
    /// That of a problem.
    #[must_use]
    pub fn of(problem: &'a Problem) -> Self {
        Self {
            code: problem.code,
            field: problem.field.as_deref(),
            detail: &problem.message,
            remedy: problem.remedy.as_deref(),
        }
    }
}

/// The findings of a stress test, those of one kind at one layer together. `found` are pairs of a
/// case and its findings as layer and text.
#[must_use]
pub fn warnings(found: impl IntoIterator<Item = (String, Vec<(String, String)>)>) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for (case, findings) in found {
        for (layer, warning) in findings {
            // Distances differ from case to case: `reaches 12 px out of its stack`.
            let same = warnings.iter_mut().find(|known| known.layer == layer && kind(&known.warning) == kind(&warning));
            match same {
                Some(known) if known.cases.contains(&case) => {}
                Some(known) => known.cases.push(case.clone()),
                None => warnings.push(Warning { layer, warning, cases: vec![case.clone()] }),
            }
        }
    }
    warnings
}

/// A text without its numbers.
fn kind(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::document::PublishedFont;

    #[test]
    fn a_revision_has_the_document_and_its_files() {
        let limits = Limits::default();
        let text = "{ \"width\": 9, \"height\": 9, \"layers\": [] }\n";
        let digest = "0123456789abcdef".repeat(4);
        let files = Files {
            assets: [("logo.png".to_owned(), digest.clone())].into(),
            fonts: vec![PublishedFont { family: "Brand".to_owned(), file: digest.clone() }],
            ..Files::default()
        };
        let published = with_files(text, &files).unwrap();
        let template = Template::parse(&published, &limits).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(template.document.files, Some(files.clone()));
        assert_eq!(files.digest("logo.png"), Some(digest.as_str()));
        assert_eq!(template.fonts().len(), 1);
        assert_eq!(files.digest(&template.fonts()[0].asset), Some(digest.as_str()));
        assert_eq!(files.digest("other.png"), None);
        assert_eq!(files.digest(&format!("font:{}", "f".repeat(64))), None);
        assert_eq!(with_files(text, &Files::default()).as_deref(), Some(text));

        let draft = Draft::read(published.into_bytes(), &|_| None, Template::parse, &limits);
        assert_eq!(draft.err().map(|problem| problem.code), Some("files-reserved"));
        assert_eq!(Draft::read(text.as_bytes().to_vec(), &|_| None, Template::parse, &limits).unwrap().text, text);
        assert_eq!(
            Draft::read(vec![0xff], &|_| None, Template::parse, &limits).err().map(|problem| problem.status()),
            Some(422)
        );
        // What it includes becomes a part of the revision; a draft that has files of its own cannot say so.
        let included =
            r#"{ "brand": "acme", "width": 9, "height": 9, "layers": [{ "type": "rect", "fill": "$ink" }] }"#;
        let brand = |id: &str| {
            (id == "acme").then(|| r##"{ "palette": { "ink": "#123" }, "components": { "chip": { "params": { "c": "red" }, "layer": { "type": "rect", "fill": "{{ chip.c }}" } } } }"##.to_owned())
        };
        let draft = Draft::read(included.as_bytes().to_vec(), &brand, Template::parse, &limits).unwrap();
        assert_eq!(draft.text, included);
        assert_eq!(draft.template.document.files.unwrap().parts["palette"]["ink"], "#123");
        let forged = included.replacen("{ ", r##"{ "files": { "parts": { "palette": { "ink": "#f00" } } }, "##, 1);
        let draft = Draft::read(forged.into_bytes(), &brand, Template::parse, &limits);
        assert_eq!(draft.err().map(|problem| problem.code), Some("files-reserved"));
        let wrong = Files { assets: [("a".to_owned(), "../secret".to_owned())].into(), ..Files::default() };
        assert!(Template::parse(&with_files(text, &wrong).unwrap(), &limits).is_err());
    }

    #[test]
    fn ids_are_not_paths_of_other_calls() {
        for (id, is_free) in [
            ("acme/hello", true),
            ("revisions", true),
            ("acme/revisions", false),
            ("a/b/diff", false),
            ("diff/a", true),
        ] {
            assert_eq!(check_id(&TemplateId::parse(id).unwrap()).is_ok(), is_free, "{id}");
        }
    }

    #[test]
    fn a_missing_asset_has_its_nearest_name() {
        let warning = |warning: &str| Warning { warning: warning.to_owned(), ..Warning::default() };
        let mut warnings =
            [warning("there is no asset avatr.png"), warning("there is no asset zebra.svg"), warning("x")];
        assert!(Warning::lack_assets(&warnings) && !Warning::lack_assets(&warnings[2..]));
        let known = ["acme/avatar.png", "logo.png"].map(str::to_owned);
        Warning::name_nearest(&mut warnings, &TemplateId::parse("acme/hello").unwrap(), &known);
        let said = warnings.map(|warning| warning.warning);
        assert_eq!(
            said,
            ["there is no asset avatr.png (did you mean asset:avatar.png?)", "there is no asset zebra.svg", "x"]
        );
    }

    #[test]
    fn one_finding_in_many_cases_is_one_warning() {
        let found = |case: &str, px: u32| {
            (case.to_owned(), vec![("name".to_owned(), format!("{px} px of its letters are hidden"))])
        };
        let warnings = warnings([found("longest", 65), found("capitals", 75), found("longest", 3)]);
        assert_eq!(warnings.len(), 1);
        assert_eq!(
            (warnings[0].warning.as_str(), warnings[0].cases.join(",").as_str()),
            ("65 px of its letters are hidden", "longest,capitals")
        );
    }
}
