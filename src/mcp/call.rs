//! A tool and its arguments → the request of the API that does the same.

use crate::api::{publish, sign};
use crate::error::{Fault, Problem};
use crate::request::TemplateId;

use super::tool::{Arguments, Tool};

/// A request, as if it had been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: &'static str,
    /// The path, without its query.
    pub path: String,
    /// The raw query, without its `?`.
    pub query: String,
    /// The headers that matter to it.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// The request that does what a tool does. `lint_email` has none: it needs no store of the API.
///
/// # Errors
/// 400 with the argument that is wrong.
pub fn call(tool: &Tool, arguments: &Arguments) -> Result<Call, Problem> {
    tool.check(arguments)?;
    let id = |name: &str| -> Result<TemplateId, Problem> {
        let id = sign::id(&arguments.text(name).unwrap_or_default()).map_err(|problem| problem.at(name))?;
        // Its path would be that of another call.
        publish::check_id(&id).map_err(|problem| problem.at(name))?;
        Ok(id)
    };
    let sent = |name: &str| arguments.raw(name).unwrap_or_default().as_bytes().to_vec();
    Ok(match tool.name() {
        "list_templates" => get("/v1/templates".to_owned(), arguments, &["prefix", "limit", "cursor"]),
        "get_template" => get(format!("/v1/templates/{}", id("id")?), arguments, &["revision"]),
        "validate_template" => {
            Call { method: "POST", body: sent("document"), ..get("/v1/validate".to_owned(), arguments, &["id"]) }
        }
        "publish_template" => Call {
            method: "PUT",
            headers: condition(arguments)?,
            body: sent("document"),
            ..get(format!("/v1/templates/{}", id("id")?), arguments, &[])
        },
        "preview" => preview(arguments),
        "sign_url" => Call { method: "POST", body: arguments.json(), ..get("/v1/sign".to_owned(), arguments, &[]) },
        "snippet" => {
            let after = |mark: &str, name: &str| arguments.text(name).map(|text| format!("{mark}{text}"));
            let [size, revision] =
                [("~", "size"), ("@", "revision")].map(|(mark, name)| after(mark, name).unwrap_or_default());
            let path = format!("/v1/snippet/{}{size}{revision}", id("template")?);
            Call { query: snippet(arguments)?, ..get(path, arguments, &[]) }
        }
        _ => explanation(&arguments.text("url").unwrap_or_default())?,
    })
}

/// The request for the picture of a draft, or for a view of it.
#[must_use]
pub fn preview(arguments: &Arguments) -> Call {
    Call { method: "POST", body: arguments.json(), ..get("/v1/preview".to_owned(), arguments, &[]) }
}

/// A `GET` whose query has these arguments under their own names.
fn get(path: String, arguments: &Arguments, names: &[&str]) -> Call {
    let pairs = names.iter().filter_map(|name| Some((name, arguments.text(name)?)));
    Call { method: "GET", path, query: query(pairs), headers: Vec::new(), body: Vec::new() }
}

/// Pairs of strings always encode.
fn query(pairs: impl Iterator<Item = (impl AsRef<str>, String)>) -> String {
    let pairs: Vec<(String, String)> = pairs.map(|(name, value)| (name.as_ref().to_owned(), value)).collect();
    serde_urlencoded::to_string(&pairs).unwrap_or_default()
}

/// The headers that keep a publication from overwriting another one.
fn condition(arguments: &Arguments) -> Result<Vec<(&'static str, String)>, Problem> {
    match (arguments.text("replaces"), arguments.raw("only_if_new") == Some("true")) {
        (Some(_), true) => {
            Err(Problem::new(Fault::Request, "wrong-argument", "A template that is new replaces no revision")
                .at("only_if_new")
                .remedy("give `replaces` or `only_if_new`"))
        }
        (Some(revision), false) => Ok(vec![("If-Match", format!("\"{revision}\""))]),
        (None, true) => Ok(vec![("If-None-Match", "*".to_owned())]),
        (None, false) => Ok(Vec::new()),
    }
}

/// The query of a snippet: `esp`, the size, and the use of each param.
fn snippet(arguments: &Arguments) -> Result<String, Problem> {
    let sizes = [("esp", "sender"), ("_w", "width"), ("_dpr", "dpr")];
    let mut pairs: Vec<(String, String)> =
        sizes.iter().filter_map(|(name, argument)| Some(((*name).to_owned(), arguments.text(argument)?))).collect();
    for (list, suffix) in [("fields", ".field"), ("values", ".value"), ("defaults", ".default")] {
        for (name, value) in &arguments.object(list) {
            let value = serde_json::from_str(value.get()).unwrap_or_default();
            pairs.extend(sign::text(&value, list)?.map(|value| (format!("{name}{suffix}"), value)));
        }
    }
    Ok(query(pairs.into_iter()))
}

/// The request for the `.json` view of a picture's URL.
fn explanation(url: &str) -> Result<Call, Problem> {
    let no_picture = || {
        Problem::new(Fault::Request, "no-picture", "This is no URL of a picture")
            .at("url")
            .remedy("write the URL of a picture, such as /i/acme/welcome.png?name=Maria")
    };
    let url = url.trim().split('#').next().unwrap_or_default();
    // The address of a deployment has several names. The picture is the same.
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).ok_or_else(no_picture)?,
        None => url,
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_picture = ["/i/", "/s/", "/x/"].iter().any(|folder| path.starts_with(folder));
    let (stem, _) = path.rsplit_once('.').filter(|_| is_picture).ok_or_else(no_picture)?;
    Ok(Call {
        method: "GET",
        path: format!("{stem}.json"),
        query: query.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tool: &str, arguments: &str) -> Result<Call, Problem> {
        call(Tool::find(tool).unwrap(), &Arguments::new(serde_json::from_str(arguments).unwrap()))
    }

    #[test]
    fn a_tool_is_a_request() {
        for (tool, arguments, expected, body) in [
            ("list_templates", r#"{"prefix":"acme/","limit":7}"#, "GET /v1/templates?prefix=acme%2F&limit=7", ""),
            ("get_template", r#"{"id":"acme/hello","revision":3}"#, "GET /v1/templates/acme/hello?revision=3", ""),
            (
                "validate_template",
                r#"{"document": {"width" : 9},"id":"a"}"#,
                "POST /v1/validate?id=a",
                r#"{"width" : 9}"#,
            ),
            (
                "preview",
                r#"{"document":{"width": 9},"params":{"name":"Zo\u00eb"},"format":"jpg"}"#,
                "POST /v1/preview?",
                r#"{"document":{"width": 9},"format":"jpg","params":{"name":"Zo\u00eb"}}"#,
            ),
            (
                "publish_template",
                r#"{"id":"a/b","document": {"width":9 }}"#,
                "PUT /v1/templates/a/b?",
                r#"{"width":9 }"#,
            ),
            (
                "sign_url",
                r#"{"template":"a","open":["name"]}"#,
                "POST /v1/sign?",
                r#"{"open":["name"],"template":"a"}"#,
            ),
            (
                "snippet",
                r#"{"template":"a/b","revision":2,"sender":"klaviyo","fields":{"name":"Nick"},"values":{"points":7},"defaults":{"name":"O'B & Co"},"width":600,"dpr":2}"#,
                "GET /v1/snippet/a/b@2?esp=klaviyo&_w=600&_dpr=2&name.field=Nick&points.value=7&name.default=O%27B+%26+Co",
                "",
            ),
            (
                "explain",
                r#"{"url":"https://img.example/i/a/b@7.png?name=M&amp;x=1#top"}"#,
                "GET /i/a/b@7.json?name=M&amp;x=1",
                "",
            ),
            ("explain", r#"{"url":" /s/token/a.jpg "}"#, "GET /s/token/a.json?", ""),
        ] {
            let call = of(tool, arguments).unwrap_or_else(|problem| panic!("{tool}: {problem}"));
            assert_eq!(format!("{} {}?{}", call.method, call.path, call.query), expected);
            assert_eq!(String::from_utf8(call.body).unwrap(), body, "{tool}");
        }
    }

    #[test]
    fn a_publication_says_what_it_replaces() {
        for (more, expected) in [
            ("", Some(None)),
            (r#","only_if_new":false"#, Some(None)),
            (r#","replaces":4"#, Some(Some(("If-Match", "\"4\"")))),
            (r#","replaces":4,"only_if_new":false"#, Some(Some(("If-Match", "\"4\"")))),
            (r#","only_if_new":true"#, Some(Some(("If-None-Match", "*")))),
            (r#","replaces":0,"only_if_new":true"#, None),
        ] {
            let call = of("publish_template", &format!(r#"{{"id":"a","document":{{}}{more}}}"#)).ok();
            let headers = call.as_ref().map(|call| call.headers.first().map(|(name, value)| (*name, value.as_str())));
            assert_eq!(headers, expected, "{more}");
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for (tool, arguments, field) in [
            ("get_template", r#"{"id":"../Secret"}"#, "id"),
            ("get_template", r#"{"id":"acme/hello/revisions"}"#, "id"),
            ("publish_template", r#"{"id":"acme/diff","document":{}}"#, "id"),
            ("snippet", r#"{"template":"Secret?x","sender":"klaviyo"}"#, "template"),
            ("snippet", r#"{"template":"a","sender":"klaviyo","values":{"name":["Secret"]}}"#, "values"),
            ("explain", r#"{"url":"https://img.example"}"#, "url"),
            ("explain", r#"{"url":"/v1/keys.json"}"#, "url"),
            ("explain", r#"{"url":"/i/Secret"}"#, "url"),
            ("explain", r#"{"url":""}"#, "url"),
        ] {
            let problem = of(tool, arguments).unwrap_err();
            assert_eq!(problem.field.as_deref(), Some(field), "{tool} {arguments}");
            assert!(!problem.to_string().contains("Secret"), "{problem}");
        }
    }
}
