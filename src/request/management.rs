//! The routes of the management API, `/v1/…`.
//!
//! Each has the parts of its path, checked. The bodies and the queries are read later, by the code
//! that needs them ([`api`](crate::api)).

use crate::error::{Fault, Problem};

use super::template_id::TemplateId;

/// A call of the management API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Management {
    /// The list of API keys.
    ListKeys,
    /// A new API key.
    MakeKey,
    /// The end of an API key.
    RevokeKey {
        /// The number of the key.
        kid: u32,
    },
    /// The log of writes.
    Audit,
    /// The pictures that were drawn in a month, by key.
    Stats,
    /// The list of published templates.
    ListTemplates,
    /// The document of a template.
    GetTemplate(TemplateId),
    /// A new revision of a template.
    PutTemplate(TemplateId),
    /// The end of a template.
    DeleteTemplate(TemplateId),
    /// The list of a template's revisions.
    Revisions(TemplateId),
    /// The difference of two revisions of a template.
    Diff(TemplateId),
    /// A new revision with the content of an old one.
    Rollback(TemplateId),
    /// A picture of a draft.
    Preview,
    /// The check of a draft.
    Validate,
    /// The list of assets.
    ListAssets,
    /// The file of an asset.
    GetAsset(String),
    /// A new file for an asset.
    PutAsset(String),
    /// The end of an asset's name.
    DeleteAsset(String),
    /// The list of fonts.
    ListFonts,
    /// The file of a font.
    GetFont(FontName),
    /// A new file for a font.
    PutFont(FontName),
    /// The end of a font's name.
    DeleteFont(FontName),
    /// A signed URL.
    Sign,
    /// Sealed URLs.
    Seal,
    /// A message of the Model Context Protocol, whose tools are such calls.
    Mcp,
}

/// The name of a font: `[{folder}/]{family}/{weight}[-italic]`, where the folder is that of a
/// client: `acme/Brand Sans/700-italic`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FontName {
    /// The folder with its last `/`; empty for a font that every template may use.
    pub folder: String,
    /// The name that texts call the family by.
    pub family: String,
    /// 1 to 1000. A variable font has one file for all of its weights, under any of them.
    pub weight: u16,
    /// Whether its letters lean.
    pub italic: bool,
}

impl FontName {
    /// The most characters of a family's name, as in a template.
    const MAX_FAMILY_CHARS: usize = 100;

    /// Reads a name as it stands in a path, decoded. `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, style) = text.rsplit_once('/')?;
        let (folder, family) = match rest.rsplit_once('/') {
            Some((folder, family)) => (TemplateId::parse(folder).map(|folder| format!("{folder}/"))?, family),
            None => (String::new(), rest),
        };
        let (weight, italic) = match style.strip_suffix("-italic") {
            Some(weight) => (weight, true),
            None => (style, false),
        };
        let is_plain = weight.bytes().all(|byte| byte.is_ascii_digit()) && !weight.starts_with('0');
        let weight = weight.parse().ok().filter(|weight| is_plain && (1..=1_000).contains(weight))?;
        let is_name = family.trim() == family
            && !family.is_empty()
            && family.chars().count() <= Self::MAX_FAMILY_CHARS
            // A document would take a brace for the beginning of an expression.
            && !family.contains(|c: char| c.is_control() || matches!(c, '{' | '}'));
        is_name.then(|| Self { folder, family: family.to_owned(), weight, italic })
    }
}

impl std::fmt::Display for FontName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let italic = if self.italic { "-italic" } else { "" };
        write!(f, "{}{}/{}{italic}", self.folder, self.family, self.weight)
    }
}

/// The most bytes of an asset's name: it is a part of URLs and of templates.
const MAX_ASSET_BYTES: usize = 256;

/// Reads the name of an asset: `logo.png`, `acme/logo.png`.
///
/// # Errors
/// 404 if no template could name it.
pub(super) fn asset(name: &str) -> Result<String, Problem> {
    let is_asset = name.len() <= MAX_ASSET_BYTES && crate::asset::AssetId::from(name).is_path();
    is_asset.then(|| name.to_owned()).ok_or_else(|| {
        Problem::new(Fault::NotFound, "bad-asset-name", "The path names no asset")
            .remedy("a name is letters, digits, - _ and ., its parts joined by /, such as acme/logo.png")
    })
}

/// Reads the name of a font.
///
/// # Errors
/// 404 if it is none.
pub(super) fn font(name: &str) -> Result<FontName, Problem> {
    FontName::parse(name).ok_or_else(|| {
        Problem::new(Fault::NotFound, "bad-font-name", "The path names no font")
            .remedy("a font is {client}/{family}/{weight}, such as acme/Brand Sans/700 or acme/Brand Sans/400-italic")
    })
}

/// Reads the number of a key.
///
/// # Errors
/// 404 if it is none. The answer is the same as for a key that does not exist.
pub(super) fn kid(text: &str) -> Result<u32, Problem> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())).ok_or_else(|| {
        Problem::new(Fault::NotFound, "unknown-key", "There is no such key")
            .remedy("GET /v1/keys lists the keys and their numbers")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_names_of_fonts() {
        for (text, expected) in [
            ("Inter/700", Some(("", "Inter", 700, false))),
            ("acme/Brand Sans/400-italic", Some(("acme/", "Brand Sans", 400, true))),
            ("acme/q3/Brand/1000", Some(("acme/q3/", "Brand", 1_000, false))),
            ("Ünïcode/1", Some(("", "Ünïcode", 1, false))),
            ("Inter", None),
            ("/700", None),
            ("Inter/", None),
            ("Inter/0", None),
            ("Inter/1001", None),
            ("Inter/+7", None),
            ("Inter/07", None),
            ("Inter/bold", None),
            (" Inter/700", None),
            ("Acme/Inter/700", None),
            ("acme//Inter/700", None),
            ("a\nb/700", None),
            ("{{ x }}/700", None),
        ] {
            let read = FontName::parse(text);
            let parts =
                read.as_ref().map(|name| (name.folder.as_str(), name.family.as_str(), name.weight, name.italic));
            assert_eq!(parts, expected, "{text}");
            assert!(read.is_none_or(|name| name.to_string() == text), "{text}");
        }
        assert_eq!(FontName::parse(&format!("{}/700", "x".repeat(101))), None);
    }

    #[test]
    fn refuses_names_that_no_template_has() {
        for (name, is_one) in
            [("logo.png", true), ("acme/logo-2.png", true), ("", false), ("a b", false), ("../a", false)]
        {
            assert_eq!(asset(name).is_ok(), is_one, "{name}");
        }
        for (text, number) in [("7", Some(7)), ("0", Some(0)), ("", None), ("-1", None), ("+1", None), ("x", None)] {
            assert_eq!(kid(text).ok(), number, "{text}");
        }
    }
}
