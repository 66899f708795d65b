//! The table of routes, and the path of a URL → its route.
//!
//! A row of [`ROUTES`] is all that a route is outside of its handler: from it come the match, the
//! `Allow` header of a 405, and the name in logs. To add a route, add a row, a variant of [`Route`]
//! and, if its path has parts, a function that reads them.

use crate::error::{Fault, Problem};
use crate::ordered;

use super::format::Format;
use super::management::{self, Management};
use super::office::{self, Office, Place};
use super::query;
use super::template_id::{TemplateId, is_slug};

/// A row of the table: a method and a path, and their handler.
#[derive(Debug)]
pub struct Row {
    /// `GET`, `POST`, `PUT` or `DELETE`. A row of `GET` answers `HEAD` too.
    pub method: &'static str,
    /// The path. `{name}` stands for one segment. `{name+}` stands for any text, which may be empty
    /// and may contain `/`; only literal text may follow it, as in `/v1/things/{id+}/history`.
    pub pattern: &'static str,
    /// The name of the handler, for logs.
    pub handler: &'static str,
    /// The scope that an API key must have. `None` if the route needs no key.
    pub scope: Option<&'static str>,
    /// Turns the parts of a path that matches the pattern into the route.
    read: Read,
}

/// A function that reads the parts of a path.
type Read = fn(&Parts<'_>) -> Result<Route, Problem>;

/// All routes. The first pattern that a path matches is the path's own, so that a pattern stands
/// before those that match more paths: `/v1/things/{id+}/history` before `/v1/things/{id+}`.
#[rustfmt::skip]
pub const ROUTES: &[Row] = &[
    row("GET", "/",                       "home",    None, |_| Ok(Route::Home)),
    row("GET", "/healthz",                "health",  None, |_| Ok(Route::Health)),
    row("GET", "/i/{image+}",             "image",   None, |parts| Ok(Route::Image(image(parts)?))),
    row("GET", "/s/{policy}/{image+}",    "signed",  None, |parts| image_with_token(parts, "policy").map(|(token, image)| Route::Signed { token, image })),
    row("GET", "/x/{sealed}/{image+}",    "sealed",  None, |parts| image_with_token(parts, "sealed").map(|(token, image)| Route::Sealed { token, image })),
    row("GET", "/v1/senders",             "senders", None, |_| Ok(Route::Senders)),
    row("GET", "/v1/snippet/{template+}", "snippet", None, snippet),
    row("GET",  "/v1/openapi.json",       "openapi", None, |_| Ok(Route::OpenApi)),
    row("GET",  "/v1/docs",               "docs",    None, |_| Ok(Route::Docs)),
    row("POST", "/v1/lint",               "lint",    None, |_| Ok(Route::Lint)),
    row("GET",    "/v1/templates",                          "list-templates",  Some("templates:read"),  |_| to(Management::ListTemplates)),
    row("GET",    "/v1/templates/{template+}/revisions",    "revisions",       Some("templates:read"),  |parts| template(parts, Management::Revisions)),
    row("GET",    "/v1/templates/{template+}/diff",         "diff",            Some("templates:read"),  |parts| template(parts, Management::Diff)),
    row("POST",   "/v1/templates/{template+}/rollback",     "rollback",        Some("templates:write"), |parts| template(parts, Management::Rollback)),
    row("GET",    "/v1/templates/{template+}",              "get-template",    Some("templates:read"),  |parts| template(parts, Management::GetTemplate)),
    row("PUT",    "/v1/templates/{template+}",              "put-template",    Some("templates:write"), |parts| template(parts, Management::PutTemplate)),
    row("DELETE", "/v1/templates/{template+}",              "delete-template", Some("templates:write"), |parts| template(parts, Management::DeleteTemplate)),
    row("POST",   "/v1/preview",                            "preview",         Some("templates:read"),  |_| to(Management::Preview)),
    row("POST",   "/v1/validate",                           "validate",        Some("templates:read"),  |_| to(Management::Validate)),
    row("GET",    "/v1/assets",                             "list-assets",     Some("assets:write"),    |_| to(Management::ListAssets)),
    row("GET",    "/v1/assets/{name+}",                     "get-asset",       Some("assets:write"),    |parts| to(Management::GetAsset(management::asset(parts.get("name"))?))),
    row("PUT",    "/v1/assets/{name+}",                     "put-asset",       Some("assets:write"),    |parts| to(Management::PutAsset(management::asset(parts.get("name"))?))),
    row("DELETE", "/v1/assets/{name+}",                     "delete-asset",    Some("assets:write"),    |parts| to(Management::DeleteAsset(management::asset(parts.get("name"))?))),
    row("GET",    "/v1/fonts",                              "list-fonts",      Some("assets:write"),    |_| to(Management::ListFonts)),
    row("GET",    "/v1/fonts/{font+}",                      "get-font",        Some("assets:write"),    |parts| to(Management::GetFont(management::font(parts.get("font"))?))),
    row("PUT",    "/v1/fonts/{font+}",                      "put-font",        Some("assets:write"),    |parts| to(Management::PutFont(management::font(parts.get("font"))?))),
    row("DELETE", "/v1/fonts/{font+}",                      "delete-font",     Some("assets:write"),    |parts| to(Management::DeleteFont(management::font(parts.get("font"))?))),
    row("POST",   "/v1/sign",                               "sign",            Some("sign"),            |_| to(Management::Sign)),
    row("POST",   "/v1/seal",                               "seal",            Some("sign"),            |_| to(Management::Seal)),
    row("GET",    "/v1/keys",                               "list-keys",       Some("admin"),           |_| to(Management::ListKeys)),
    row("POST",   "/v1/keys",                               "make-key",        Some("admin"),           |_| to(Management::MakeKey)),
    row("DELETE", "/v1/keys/{kid}",                         "revoke-key",      Some("admin"),           |parts| to(Management::RevokeKey { kid: management::kid(parts.get("kid"))? })),
    row("GET",    "/v1/audit",                              "audit",           Some("admin"),           |_| to(Management::Audit)),
    row("GET",    "/v1/stats",                              "stats",           Some("stats"),           |_| to(Management::Stats)),
    row("GET",    "/v1/records",                            "list-collections", Some("records:write"),  |_| office(Office::ListCollections)),
    row("GET",    "/v1/records/{record+}",                  "get-record",      Some("records:write"),   |parts| office(Office::GetRecords(Place::parse(parts.get("record"))?))),
    row("PUT",    "/v1/records/{record+}",                  "put-record",      Some("records:write"),   |parts| office(Office::PutRecords(Place::parse(parts.get("record"))?))),
    row("DELETE", "/v1/records/{record+}",                  "delete-record",   Some("records:write"),   |parts| office(Office::DeleteRecords(Place::parse(parts.get("record"))?))),
    row("POST",   "/v1/records/{record+}",                  "import-records",  Some("records:write"),   |parts| office(Office::ImportRecords(office::collection(parts.get("record"))?))),
    row("GET",    "/v1/imports/{job}",                      "get-import",      Some("records:write"),   |parts| office(Office::GetImport(office::job(parts.get("job"))?))),
    row("GET",    "/v1/batches",                            "list-batches",    Some("batch"),           |_| office(Office::ListBatches)),
    row("POST",   "/v1/batches",                            "make-batch",      Some("batch"),           |_| office(Office::MakeBatch)),
    row("POST",   "/v1/batches/{job}/retry",                "retry-batch",     Some("batch"),           |parts| office(Office::RetryBatch(office::job(parts.get("job"))?))),
    row("GET",    "/v1/batches/{job}/manifest.csv",         "manifest",        Some("batch"),           |parts| office(Office::Manifest(office::job(parts.get("job"))?))),
    row("GET",    "/v1/batches/{job}/files.zip",            "batch-zip",       Some("batch"),           |parts| office(Office::Zip(office::job(parts.get("job"))?))),
    row("GET",    "/v1/batches/{job}/files/{file}",         "batch-file",      Some("batch"),           |parts| office(Office::BatchFile { batch: office::job(parts.get("job"))?, file: parts.get("file").to_owned() })),
    row("GET",    "/v1/batches/{job}",                      "get-batch",       Some("batch"),           |parts| office(Office::GetBatch(office::job(parts.get("job"))?))),
    row("DELETE", "/v1/batches/{job}",                      "delete-batch",    Some("batch"),           |parts| office(Office::DeleteBatch(office::job(parts.get("job"))?))),
    row("POST",   "/v1/warm",                               "warm",            Some("batch"),           |_| office(Office::Warm)),
    // Any key will do; its tools have the scopes of the calls that they make.
    row("POST",   "/mcp",                                   "mcp",             None,                    |_| to(Management::Mcp)),
];

/// The route of a call of the management API.
#[expect(clippy::unnecessary_wraps, reason = "every row's function reads parts, and may fail")]
fn to(call: Management) -> Result<Route, Problem> {
    Ok(Route::Management(call))
}

/// The route of a call about records or batches.
#[expect(clippy::unnecessary_wraps, reason = "every row's function reads parts, and may fail")]
fn office(call: Office) -> Result<Route, Problem> {
    Ok(Route::Office(call))
}

/// Reads the part `template`, without a revision.
fn template(parts: &Parts<'_>, call: fn(TemplateId) -> Management) -> Result<Route, Problem> {
    Ok(Route::Management(call(TemplateId::parse(parts.get("template")).ok_or_else(no_template)?)))
}

const fn row(
    method: &'static str,
    pattern: &'static str,
    handler: &'static str,
    scope: Option<&'static str>,
    read: Read,
) -> Row {
    Row { method, pattern, handler, scope, read }
}

/// The folders whose paths may stand in an `<img>`.
const IMAGE_FOLDERS: [&str; 3] = ["/i/", "/s/", "/x/"];

/// A route, with the parts of the path that its handler needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The page that builds snippets.
    Home,
    /// Whether the Worker is well.
    Health,
    /// A picture.
    Image(ImageRequest),
    /// A picture whose URL is signed.
    Signed {
        /// The policy and its signature, in base64url.
        token: String,
        /// The picture.
        image: ImageRequest,
    },
    /// A picture whose params are encrypted.
    Sealed {
        /// The encrypted params, in base64url.
        token: String,
        /// The picture.
        image: ImageRequest,
    },
    /// The list of senders.
    Senders,
    /// The snippet of a template.
    Snippet {
        /// The template's id.
        template: TemplateId,
        /// `~square`; `None` is its own size.
        size: Option<String>,
        /// `@7`; `None` is the live revision.
        revision: Option<u32>,
    },
    /// The OpenAPI document of the API.
    OpenApi,
    /// The same, as a page.
    Docs,
    /// The check of an email. It needs a key for templates that are not public.
    Lint,
    /// A call of the management API.
    Management(Management),
    /// A call about records or batches.
    Office(Office),
}

/// A picture that a path asks for: `{template}[~{size}][@{revision}].{extension}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRequest {
    /// The template's id.
    pub template: TemplateId,
    /// `~square`: a size that the template declares; `None` is its own.
    pub size: Option<String>,
    /// `@7`; `None` is the live revision.
    pub revision: Option<u32>,
    /// The format of the answer.
    pub format: Format,
}

/// The row of a request, and what its path asks for. `path` is raw; it is percent-decoded once: a
/// link rewriter may write `%40` for the `@` of a revision, and nothing that decoding adds is in
/// the alphabet of a slug.
///
/// # Errors
/// 405 if the path does not take the method, or if no route takes it; 404 if there is no such path,
/// with the form that a path should have.
///
/// ```
/// use monogram::request::route::{self, Route};
///
/// let (row, route) = route::find("GET", "/i/acme/hello@7.png").unwrap();
/// assert_eq!((row.handler, row.pattern), ("image", "/i/{image+}"));
/// let Route::Image(image) = route else { panic!() };
/// assert_eq!((image.template.as_str(), image.revision), ("acme/hello", Some(7)));
///
/// let problem = route::find("POST", "/i/acme/hello@7.png").unwrap_err();
/// assert_eq!((problem.status(), problem.allow.as_deref()), (405, Some("GET, HEAD, OPTIONS")));
/// ```
pub fn find(method: &str, path: &str) -> Result<(&'static Row, Route), Problem> {
    if !ROUTES.iter().any(|row| row.takes(method)) {
        return Err(wrong_method(path));
    }
    let decoded = query::decode_path(path).ok_or_else(|| no_page(""))?;
    let row = rows_of(&decoded).find(|row| row.takes(method)).ok_or_else(|| {
        if rows_of(&decoded).next().is_some() {
            wrong_method(path)
        } else if IMAGE_FOLDERS.iter().any(|folder| decoded.starts_with(folder)) {
            no_template()
        } else {
            no_page(&decoded)
        }
    })?;
    let parts = Parts::read(row.pattern, &decoded).ok_or_else(|| no_page(&decoded))?;
    Ok((row, (row.read)(&parts)?))
}

/// The methods that a raw path takes, as the value of the header `Allow`: `GET, HEAD, OPTIONS`. For
/// an unknown path, the methods of all routes.
#[must_use]
pub fn allow(path: &str) -> String {
    let decoded = query::decode_path(path).unwrap_or_default();
    let mut methods = ordered::set(rows_of(&decoded).map(|row| row.method));
    if methods.is_empty() {
        methods = ordered::set(ROUTES.iter().map(|row| row.method));
    }
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods.into_iter().chain(["OPTIONS"]).collect::<Vec<_>>().join(", ")
}

/// Whether an error at this raw path must be a picture, because the path may be in an `<img>`. That
/// is so for every path below `/i/`, `/s/` and `/x/`, however wrong it is, unless its extension is
/// that of a view.
#[must_use]
pub fn is_image(path: &str) -> bool {
    let extension = path.rsplit_once('.').and_then(|(_, extension)| Format::from_extension(extension));
    IMAGE_FOLDERS.iter().any(|folder| path.starts_with(folder)) && extension.is_none_or(Format::is_image)
}

/// Whether the calls at this raw path are for programs that have an API key, so that pages of other
/// origins have no use for them.
#[must_use]
pub fn is_for_own_origin(path: &str) -> bool {
    let decoded = query::decode_path(path).unwrap_or_default();
    rows_of(&decoded).any(|row| row.scope.is_some() || matches!(row.handler, "mcp" | "lint"))
}

impl Row {
    /// Whether the Worker's module that draws answers. The other one answers the rest, and is loaded
    /// only then.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        matches!(self.handler, "health" | "image" | "signed" | "sealed")
    }

    fn takes(&self, method: &str) -> bool {
        self.method == method || self.method == "GET" && method == "HEAD"
    }
}

/// The rows of the first pattern that a decoded path matches: one row for each of its methods.
fn rows_of(path: &str) -> impl Iterator<Item = &'static Row> {
    let first = ROUTES.iter().find(|row| Parts::read(row.pattern, path).is_some());
    ROUTES.iter().filter(move |row| first.is_some_and(|first| first.pattern == row.pattern))
}

/// The parts of a path that its pattern names, in the pattern's order.
struct Parts<'a>(Vec<(&'static str, &'a str)>);

impl<'a> Parts<'a> {
    /// `None` if the path does not match the pattern.
    fn read(pattern: &'static str, path: &'a str) -> Option<Self> {
        let mut parts = Vec::new();
        let (mut pattern, mut path) = (pattern, path);
        while let Some((literal, rest)) = pattern.split_once('{') {
            let (name, after) = rest.split_once('}')?;
            path = path.strip_prefix(literal)?;
            if let Some(name) = name.strip_suffix('+') {
                parts.push((name, path.strip_suffix(after)?));
                return Some(Self(parts));
            }
            let (segment, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
            if segment.is_empty() {
                return None;
            }
            parts.push((name, segment));
            (pattern, path) = (after, rest);
        }
        (pattern == path).then_some(Self(parts))
    }

    /// The part of this name; empty if the pattern does not name it.
    fn get(&self, name: &str) -> &'a str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, part)| part)
    }
}

/// Reads the part `image`: `{template}[~{size}][@{revision}].{extension}`.
fn image(parts: &Parts<'_>) -> Result<ImageRequest, Problem> {
    let (name, extension) = parts.get("image").rsplit_once('.').ok_or_else(no_format)?;
    let format = Format::from_extension(extension).ok_or_else(no_format)?;
    let (template, size, revision) = sized(name)?;
    Ok(ImageRequest { template, size, revision, format })
}

/// Reads `{template}[~{size}][@{revision}]`.
fn sized(name: &str) -> Result<(TemplateId, Option<String>, Option<u32>), Problem> {
    let (name, at, revision) = name.split_once('@').map_or((name, "", ""), |(name, revision)| (name, "@", revision));
    let (template, size) = match name.split_once('~') {
        Some((template, size)) if is_slug(size) => (template, Some(size.to_owned())),
        Some(_) => return Err(no_size()),
        None => (name, None),
    };
    let (template, revision) = template_and_revision(&format!("{template}{at}{revision}"))?;
    Ok((template, size, revision))
}

/// Reads the part `image` after a policy or sealed params, which are base64url.
fn image_with_token(parts: &Parts<'_>, token: &str) -> Result<(String, ImageRequest), Problem> {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let token = parts.get(token);
    if token.bytes().all(is_base64url) { Ok((token.to_owned(), image(parts)?)) } else { Err(no_template()) }
}

/// Reads the part `template`: `{template}[~{size}][@{revision}]`.
fn snippet(parts: &Parts<'_>) -> Result<Route, Problem> {
    let (template, size, revision) = sized(parts.get("template"))?;
    Ok(Route::Snippet { template, size, revision })
}

/// Reads `{template}[@{revision}]`.
fn template_and_revision(name: &str) -> Result<(TemplateId, Option<u32>), Problem> {
    let (template, revision) = match name.split_once('@') {
        Some((template, revision)) => (template, Some(self::revision(revision).ok_or_else(no_revision)?)),
        None => (name, None),
    };
    Ok((TemplateId::parse(template).ok_or_else(no_template)?, revision))
}

/// A whole number from 1, without leading zeros: a revision is a part of KV keys and has one
/// spelling.
fn revision(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

fn wrong_method(path: &str) -> Problem {
    let allow = allow(path);
    Problem::new(Fault::Method, "method-not-allowed", "This path does not take the request's method")
        .remedy(format!("send one of these: {allow}"))
        .allow(allow)
}

fn no_page(path: &str) -> Problem {
    let problem = Problem::new(Fault::NotFound, "unknown-page", "There is no page at this path");
    match path.split('/').filter(|segment| !segment.is_empty()).take(MAX_SEGMENTS).find_map(meant) {
        Some(row) => problem.remedy(format!("did you mean {}?", row.pattern.replace("+}", "}"))),
        None => problem.remedy("pictures are at /i/{template}.png, and / lists the samples"),
    }
}

/// Segments of an unknown path that are compared with those that are known.
const MAX_SEGMENTS: usize = 5;

/// The first route of the folder whose name looks most like a segment. `None` if none is alike.
fn meant(segment: &str) -> Option<&'static Row> {
    let alike = |row: &'static Row| {
        let folder = row.pattern.split("/{").next().unwrap_or_default();
        (strsim::jaro_winkler(segment, folder.rsplit('/').next().unwrap_or_default()), row)
    };
    let scored = ROUTES.iter().map(alike).filter(|(score, _)| *score > 0.87);
    // The first of several that are as much alike.
    scored.rev().max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, row)| row)
}

fn no_template() -> Problem {
    Problem::new(Fault::NotFound, "bad-template-id", "The path names no template")
        .remedy("a template is lower-case letters, digits and hyphens, its parts joined by /")
}

fn no_revision() -> Problem {
    Problem::new(Fault::NotFound, "bad-revision", "The text after the @ is not a revision")
        .remedy("a revision is a whole number from 1: welcome@7.png")
}

fn no_size() -> Problem {
    Problem::new(Fault::NotFound, "unknown-size", "The text after the ~ is not the name of a size")
        .remedy("it is lower-case letters, digits and hyphens, and stands before the revision: welcome~square@7.png")
}

fn no_format() -> Problem {
    Problem::new(Fault::NotFound, "unknown-format", "The path does not end in a known extension")
        .remedy("end it in .png, .jpg, .webp or .gif; or in .json, .html or .txt for a view")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(template: &str, revision: Option<u32>, format: Format) -> ImageRequest {
        ImageRequest { template: TemplateId::parse(template).unwrap(), size: None, revision, format }
    }

    fn snippet(template: &str, revision: Option<u32>) -> Route {
        Route::Snippet { template: TemplateId::parse(template).unwrap(), size: None, revision }
    }

    #[test]
    fn reads_paths() {
        use Format::{Gif, Html, Jpg, Json, Png, Txt, Webp};
        for (path, route) in [
            ("/", Route::Home),
            ("/healthz", Route::Health),
            ("/i/welcome.png", Route::Image(picture("welcome", None, Png))),
            ("/i/welcome.PNG", Route::Image(picture("welcome", None, Png))),
            ("/i/welcome.jpeg", Route::Image(picture("welcome", None, Jpg))),
            ("/i/welcome.webp", Route::Image(picture("welcome", None, Webp))),
            ("/i/welcome.gif", Route::Image(picture("welcome", None, Gif))),
            ("/i/welcome.json", Route::Image(picture("welcome", None, Json))),
            ("/i/welcome.html", Route::Image(picture("welcome", None, Html))),
            ("/i/welcome.txt", Route::Image(picture("welcome", None, Txt))),
            (
                "/i/welcome~square@7.png",
                Route::Image(ImageRequest { size: Some("square".to_owned()), ..picture("welcome", Some(7), Png) }),
            ),
            (
                "/i/acme/welcome%7Estory.jpg",
                Route::Image(ImageRequest { size: Some("story".to_owned()), ..picture("acme/welcome", None, Jpg) }),
            ),
            ("/i/acme/q3-2026/hero.png", Route::Image(picture("acme/q3-2026/hero", None, Png))),
            ("/i/welcome@7.png", Route::Image(picture("welcome", Some(7), Png))),
            ("/i/acme%2Fwelcome%407%2Epng", Route::Image(picture("acme/welcome", Some(7), Png))),
            (
                "/s/p1/acme/welcome.png",
                Route::Signed { token: "p1".to_owned(), image: picture("acme/welcome", None, Png) },
            ),
            (
                "/x/Q2-_9/welcome@2.jpg",
                Route::Sealed { token: "Q2-_9".to_owned(), image: picture("welcome", Some(2), Jpg) },
            ),
            ("/v1/senders", Route::Senders),
            ("/v1/openapi.json", Route::OpenApi),
            ("/v1/docs", Route::Docs),
            ("/v1/stats", Route::Management(Management::Stats)),
            ("/v1/snippet/welcome", snippet("welcome", None)),
            ("/v1/snippet/acme/welcome@7", snippet("acme/welcome", Some(7))),
            (
                "/v1/snippet/acme/welcome~square@7",
                Route::Snippet {
                    template: TemplateId::parse("acme/welcome").unwrap(),
                    size: Some("square".to_owned()),
                    revision: Some(7),
                },
            ),
            ("/v1/templates", Route::Management(Management::ListTemplates)),
            (
                "/v1/templates/acme/q3/hero/revisions",
                Route::Management(Management::Revisions(TemplateId::parse("acme/q3/hero").unwrap())),
            ),
            ("/v1/assets/acme/logo.png", Route::Management(Management::GetAsset("acme/logo.png".to_owned()))),
        ] {
            assert_eq!(find("GET", path).map(|(_, route)| route), Ok(route), "{path}");
        }
    }

    #[test]
    fn refuses_other_paths() {
        for (path, code) in [
            ("", "unknown-page"),
            ("/i", "unknown-page"),
            ("/v1/template", "unknown-page"),
            ("/v1/templates/", "bad-template-id"),
            ("/v1/templates/a@1", "bad-template-id"),
            ("/v1/assets/a%20b", "bad-asset-name"),
            ("/v1/fonts/Inter", "bad-font-name"),
            ("/v1/snippet", "unknown-page"),
            ("/v1/snippet/", "bad-template-id"),
            ("/v1/snippet/welcome.png", "bad-template-id"),
            ("/v1/snippet/welcome@x", "bad-revision"),
            ("/v1/snippet/welcome~A", "unknown-size"),
            ("/favicon.ico", "unknown-page"),
            ("//i/welcome.png", "unknown-page"),
            ("/%E7", "unknown-page"),
            ("/i/", "unknown-format"),
            ("/i/welcome", "unknown-format"),
            ("/i/welcome.bmp", "unknown-format"),
            ("/i/welcome.png/", "unknown-format"),
            ("/i/.png", "bad-template-id"),
            ("/i/Welcome.png", "bad-template-id"),
            ("/i/a//b.png", "bad-template-id"),
            ("/i/../b.png", "bad-template-id"),
            ("/i/%252e.png", "bad-template-id"),
            ("/i/wel%00come.png", "bad-template-id"),
            ("/i/welcome@.png", "bad-revision"),
            ("/i/welcome@0.png", "bad-revision"),
            ("/i/welcome@07.png", "bad-revision"),
            ("/i/welcome@-1.png", "bad-revision"),
            ("/i/welcome@1@2.png", "bad-revision"),
            ("/i/welcome~.png", "unknown-size"),
            ("/i/welcome~A.png", "unknown-size"),
            ("/i/welcome~a~b.png", "unknown-size"),
            ("/i/welcome@7~a.png", "bad-revision"),
            ("/i/~a.png", "bad-template-id"),
            ("/i/welcome@99999999999.png", "bad-revision"),
            ("/s/welcome.png", "bad-template-id"),
            ("/s//welcome.png", "bad-template-id"),
        ] {
            let problem = find("GET", path).map(|(row, _)| row.pattern);
            assert_eq!(problem.map_err(|problem| (problem.status(), problem.code)), Err((404, code)), "{path}");
        }
        assert_eq!(TemplateId::parse(&"a".repeat(257)), None);
    }

    #[test]
    fn an_unknown_path_gets_the_one_that_was_meant() {
        for (path, remedy) in [
            ("/v2/templates", "did you mean /v1/templates?"),
            ("/templates", "did you mean /v1/templates?"),
            ("/v1/template", "did you mean /v1/templates?"),
            ("/api/v1/template/acme/hello", "did you mean /v1/templates?"),
            ("/v1/snippet", "did you mean /v1/snippet/{template}?"),
            ("/v1/snippets/welcome", "did you mean /v1/snippet/{template}?"),
            ("/v1/batch", "did you mean /v1/batches?"),
            ("/v1/openapi", "did you mean /v1/openapi.json?"),
            ("/health", "did you mean /healthz?"),
            ("/v1/maria", "pictures are at"),
            ("/img/welcome.png", "pictures are at"),
            ("/favicon.ico", "pictures are at"),
            ("/%E7", "pictures are at"),
        ] {
            let remedy_of = find("GET", path).map(|(row, _)| row.pattern).unwrap_err().remedy.unwrap();
            assert!(remedy_of.starts_with(remedy), "{path}: {remedy_of}");
        }
    }

    #[test]
    fn patterns_name_the_parts_of_a_path() {
        for (pattern, path, parts) in [
            ("/", "/", Some(&[][..])),
            ("/", "/a", None),
            ("/a", "/a/", None),
            ("/a/{b}", "/a/x", Some(&["x"])),
            ("/a/{b}", "/a/", None),
            ("/a/{b}", "/a/x/y", None),
            ("/a/{b}/c", "/a/x/c", Some(&["x"])),
            ("/a/{b}/{c}", "/a/x/y", Some(&["x", "y"])),
            ("/a/{b}/{c+}", "/a/x/y/z", Some(&["x", "y/z"])),
            ("/a/{b}/{c+}", "/a/x/", Some(&["x", ""])),
            ("/a/{b}/{c+}", "/a/x", None),
            ("/a/{b+}", "/a/", Some(&[""])),
            ("/a/{b+}", "/a", None),
            ("/a/{b+}/history", "/a/x/y/history", Some(&["x/y"])),
            ("/a/{b+}/history", "/a/x/y", None),
            ("/a/{b+}/history", "/a/history", None),
        ] {
            let found =
                Parts::read(pattern, path).map(|parts| parts.0.iter().map(|(_, part)| *part).collect::<Vec<_>>());
            assert_eq!(found.as_deref(), parts, "{pattern} {path}");
        }
    }

    #[test]
    fn the_table_is_in_order() {
        for (index, row) in ROUTES.iter().enumerate() {
            assert!(["GET", "POST", "PUT", "DELETE"].contains(&row.method), "{row:?}");
            let after = row.pattern.split_once("+}").map_or("", |(_, after)| after);
            assert!(row.pattern.starts_with('/') && !after.contains('{'), "{row:?}");
            // A path that is filled in for the pattern finds the row.
            let path = row.pattern.replace("+}", "").replace(['{', '}'], "");
            let found: Vec<_> = rows_of(&path).map(|row| row.pattern).collect();
            assert!(found.contains(&row.pattern), "{row:?} comes after {found:?}");
            let again = ROUTES.iter().skip(index + 1);
            assert!(!again.clone().any(|other| (other.method, other.pattern) == (row.method, row.pattern)), "{row:?}");
        }
    }

    #[test]
    fn a_path_says_which_methods_it_takes() {
        for (method, path, status) in [
            ("GET", "/healthz", None),
            ("HEAD", "/healthz", None),
            ("POST", "/healthz", Some(405)),
            ("get", "/healthz", Some(405)),
            ("OPTIONS", "/i/welcome.png", Some(405)),
            ("POST", "/nope", Some(404)),
            ("DELETE", "/%E7", Some(404)),
            ("HEAD", "/nope", Some(404)),
        ] {
            let problem = find(method, path).err();
            assert_eq!(problem.as_ref().map(Problem::status), status, "{method} {path}");
            let allow = problem.and_then(|problem| problem.allow);
            assert_eq!(allow.as_deref(), (status == Some(405)).then_some("GET, HEAD, OPTIONS"), "{method} {path}");
        }
        for (method, path, expected) in [
            ("PATCH", "/nope", "DELETE, GET, HEAD, POST, PUT, OPTIONS"),
            ("POST", "/v1/templates/acme/hello", "DELETE, GET, HEAD, PUT, OPTIONS"),
            ("PUT", "/v1/sign", "POST, OPTIONS"),
        ] {
            let allow = find(method, path).err().and_then(|problem| problem.allow);
            assert_eq!(allow.as_deref(), Some(expected), "{method} {path}");
        }
    }

    #[test]
    fn calls_with_a_key_are_for_the_own_origin() {
        for (path, needs) in [
            ("/v1/keys", true),
            ("/v1/templates/a", true),
            ("/mcp", true),
            ("/v1/lint", true),
            ("/v1/senders", false),
            ("/i/a.png", false),
            ("/v1/x", false),
        ] {
            assert_eq!(is_for_own_origin(path), needs, "{path}");
        }
    }

    #[test]
    fn errors_in_an_img_are_pictures() {
        for (path, image) in [
            ("/i/welcome.png", true),
            ("/i/welcome", true),
            ("/i/", true),
            ("/s/x/welcome.gif", true),
            ("/x/abc", true),
            ("/i/welcome.json", false),
            ("/i/welcome.html", false),
            ("/s/k/welcome.txt", false),
            ("/v1/templates", false),
            ("/favicon.ico", false),
            ("/", false),
        ] {
            assert_eq!(is_image(path), image, "{path}");
        }
    }
}
