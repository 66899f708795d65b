//! The body of `POST /v1/preview` → what to draw.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::error::{Fault, Problem};
use crate::limits::Limits;
use crate::request::{Format, TemplateId};
use crate::template::{Document, Template};

use super::publish::Draft;
use super::schema::{Scalar, View};
use super::sign;

/// The body of `POST /v1/preview`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    /// The draft.
    #[schemars(with = "Document")]
    pub document: Json,
    /// The id that it would be published under: its names of assets and fonts are looked for there.
    #[schemars(length(max = 256), regex(pattern = r"^[a-z0-9-]+(/[a-z0-9-]+)*$"))]
    pub id: Option<String>,
    /// The name of one of its `sizes`; its own size if it is left out.
    pub size: Option<String>,
    /// The values of its params.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Scalar>")]
    pub params: BTreeMap<String, Json>,
    /// Options by their names in URLs: `_w`, `_dpr`, `_q`, `_lang`, `_scheme`, `_debug`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Scalar>")]
    pub options: BTreeMap<String, Json>,
    /// The extension; `png` if it is left out.
    #[schemars(with = "Option<View>")]
    pub format: Option<String>,
}

/// A draft to draw.
pub struct Preview {
    /// The draft.
    pub draft: Draft,
    /// The id under which its names are looked for.
    pub id: Option<TemplateId>,
    /// The size of the template that is drawn; `None` is its own.
    pub size: Option<String>,
    /// Its values, as the raw query of a URL.
    pub query: String,
    /// The options, as the raw query of a URL too. They are apart, because the language of a URL says how its
    /// numbers are read, and that of a draft does not.
    pub options: String,
    /// The format of the answer.
    pub format: Format,
}

impl PreviewBody {
    /// Reads the parts of the body. `published` and `parse` are those of [`Draft::read`].
    ///
    /// # Errors
    /// 400 with the field that is wrong; 413 or 422 for the draft.
    pub fn read(
        self,
        published: &dyn Fn(&str) -> Option<String>,
        parse: impl FnOnce(&str, &Limits) -> Result<Template, Problem>,
        limits: &Limits,
    ) -> Result<Preview, Problem> {
        let id = self.id.as_deref().map(sign::id).transpose().map_err(|problem| problem.at("id"))?;
        let format = match self.format.as_deref() {
            None => Format::Png,
            Some(extension) => Format::from_extension(extension).ok_or_else(|| {
                Problem::new(Fault::Request, "unknown-format", "This is no format")
                    .at("format")
                    .remedy("write png, jpg, webp or gif; or json, html or txt for a view")
            })?,
        };
        let query = pairs(&self.params, "params", |name| !name.starts_with('_'))?;
        let options = pairs(&self.options, "options", |name| name.starts_with('_'))?;
        let draft = Draft::read(self.document.to_string().into_bytes(), published, parse, limits)?;
        Ok(Preview { draft, id, size: self.size, query, options, format })
    }
}

/// The query of some values.
fn pairs(values: &BTreeMap<String, Json>, field: &str, is_name: impl Fn(&str) -> bool) -> Result<String, Problem> {
    let mut pairs = Vec::new();
    for (name, value) in values {
        let value = sign::text(value, field)?;
        pairs.extend(value.filter(|_| is_name(name)).map(|value| (name, value)));
    }
    // Pairs of strings always encode.
    Ok(serde_urlencoded::to_string(&pairs).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::body;

    fn read(json: &str) -> Result<Preview, Problem> {
        body::read::<PreviewBody>(json.as_bytes())?.read(&|_| None, Template::parse, &Limits::default())
    }

    #[test]
    fn a_body_says_what_to_draw() {
        let preview = read(
            r#"{"document":{"width":9,"height":9,"layers":[]},"id":"acme/hello","params":{"name":"Zoë & Co","points":7,"gone":null,"_w":3},
                "options":{"_w":600,"_dpr":2,"name":1},"format":"jpg","size":"square"}"#,
        );
        let preview = preview.unwrap();
        assert_eq!(preview.query, "name=Zo%C3%AB+%26+Co&points=7");
        assert_eq!((preview.options.as_str(), preview.format), ("_dpr=2&_w=600", Format::Jpg));
        assert_eq!((preview.id.unwrap().as_str(), preview.size.as_deref()), ("acme/hello", Some("square")));
    }

    #[test]
    fn errors_name_the_field() {
        let document = r#""document":{"width":9,"height":9,"layers":[]}"#;
        for (json, status, field) in [
            ("{}".to_owned(), 400, Some("document")),
            (format!(r#"{{{document},"format":"bmp"}}"#), 400, Some("format")),
            (format!(r#"{{{document},"id":"A"}}"#), 400, Some("id")),
            (format!(r#"{{{document},"params":{{"name":[]}}}}"#), 400, Some("params")),
            (r#"{"document":{"width":9,"height":9,"layers":[],"tilte":1}}"#.to_owned(), 422, Some("tilte")),
        ] {
            let problem = read(&json).err().unwrap();
            assert_eq!((problem.status(), problem.field.as_deref()), (status, field), "{json}");
        }
    }
}
