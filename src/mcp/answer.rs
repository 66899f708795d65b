//! What is answered: results, errors, and the reply of the API as the result of a tool.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use crate::access::Scopes;
use crate::error::Problem;
use crate::response::Reply;

use super::message::{self, Failure};
use super::tool::Tool;

/// What a model is told about the service.
const INSTRUCTIONS: &str = "Monogram draws personalised pictures: a template (JSON) and the values in a URL make a picture. \
    To make one, read a similar template, change the document, validate_template, look at it with preview (also with a long \
    name and with none), then publish_template. For an email, snippet or sign_url gives the <img>, and lint_email checks the \
    whole email.";

/// Milliseconds for which a client may keep what this server is: until it asks again.
const SERVER_TTL_MS: u32 = 3_600_000;

/// Milliseconds for which a client may keep the list of tools, which depends on its key.
const TOOLS_TTL_MS: u32 = 300_000;

/// The result of `initialize`.
#[must_use]
pub fn initialized(version: &str) -> Json {
    json!({
        "protocolVersion": version,
        "capabilities": { "tools": {} },
        "serverInfo": server(),
        "instructions": INSTRUCTIONS,
    })
}

/// The result of `server/discover`.
#[must_use]
pub fn discovered() -> Json {
    json!({
        "resultType": "complete",
        "supportedVersions": message::supported(),
        "capabilities": { "tools": {} },
        "instructions": INSTRUCTIONS,
        "ttlMs": SERVER_TTL_MS,
        "cacheScope": "public",
        "_meta": { "io.modelcontextprotocol/serverInfo": server() },
    })
}

/// The result of `tools/list`: the tools that a key with these scopes may use.
#[must_use]
pub fn listed(scopes: Scopes) -> Json {
    let tools: Vec<Json> = Tool::all().iter().filter(|tool| tool.is_for(scopes)).map(Tool::listed).collect();
    json!({ "resultType": "complete", "tools": tools, "ttlMs": TOOLS_TTL_MS, "cacheScope": "private" })
}

fn server() -> Json {
    json!({ "name": "monogram", "title": "Monogram", "version": env!("CARGO_PKG_VERSION") })
}

/// The result of a tool.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    result_type: &'static str,
    content: Vec<Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    structured_content: Option<Box<RawValue>>,
    is_error: bool,
}

/// A part of a result.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Content {
    /// Words, or JSON.
    Text { text: String },
    /// A picture.
    #[serde(rename_all = "camelCase")]
    Image { data: String, mime_type: String },
}

impl Outcome {
    /// A result that is JSON: as an object for programs, and as text for clients that know only
    /// text.
    #[must_use]
    pub fn of_json(body: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&body).trim_end().to_owned();
        let object = RawValue::from_string(text.clone()).ok().filter(|json| json.get().starts_with('{'));
        Self {
            result_type: "complete",
            content: vec![Content::Text { text }],
            structured_content: object,
            is_error: false,
        }
    }

    /// The document of a template, with the revision in its reply's `ETag`.
    #[must_use]
    pub fn of_document(id: &str, reply: Reply) -> Self {
        let revision: u32 = reply.header("ETag").and_then(|tag| tag.trim_matches('"').parse().ok()).unwrap_or_default();
        let document = String::from_utf8_lossy(&reply.body);
        Self::of_json(
            format!("{{\"id\":{},\"revision\":{revision},\"document\":{}}}", json!(id), document.trim()).into(),
        )
    }

    /// The result with a picture before its words.
    #[must_use]
    pub fn with_picture(mut self, picture: &Reply) -> Self {
        let mime_type = picture.header("Content-Type").unwrap_or_default().to_owned();
        self.content.insert(0, Content::Image { data: STANDARD.encode(&picture.body), mime_type });
        self
    }

    /// The failure of a tool, in words that a model can act on.
    #[must_use]
    pub fn of_problem(problem: &Problem) -> Self {
        let Problem { code, field, message, remedy, .. } = problem;
        let place = field.as_ref().map(|field| format!(" ({field})")).unwrap_or_default();
        let remedy_text = remedy.as_ref().map(|remedy| format!(": {remedy}")).unwrap_or_default();
        let object = json!({
            "status": problem.status(), "code": code, "detail": message, "field": field, "remedy": remedy,
        });
        Self {
            content: vec![Content::Text { text: format!("{message}{place}{remedy_text} [{code}]") }],
            is_error: true,
            ..Self::of_json(object.to_string().into_bytes())
        }
    }
}

/// The answer to a request.
#[derive(Serialize)]
struct Answer<'a, T> {
    jsonrpc: &'static str,
    id: &'a Json,
    result: T,
}

/// 200, with a result.
#[must_use]
pub fn reply(id: &Json, result: &impl Serialize) -> Reply {
    // Strings, whole numbers and raw JSON always serialise.
    let body = serde_json::to_vec(&Answer { jsonrpc: "2.0", id, result }).unwrap_or_default();
    Reply::new(200, "application/json", body)
}

/// 202: a notification has no answer.
#[must_use]
pub fn accepted() -> Reply {
    Reply::empty(202)
}

/// An error of the protocol.
#[must_use]
pub fn failed(failure: &Failure) -> Reply {
    let Failure { status, id, code, message, data } = failure;
    let mut error = json!({ "code": code, "message": message });
    if let (Some(data), Some(error)) = (data, error.as_object_mut()) {
        error.insert("data".to_owned(), data.clone());
    }
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": error });
    Reply::new(*status, "application/json", body.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Fault;

    fn read(reply: &Reply) -> Json {
        serde_json::from_slice(&reply.body).unwrap()
    }

    #[test]
    fn a_result_is_text_and_an_object() {
        let mut document = Reply::new(200, "application/json", b"{ \"width\": 1.50 }\n".to_vec());
        document.set("ETag", "\"4\"");
        let reply = reply(&json!("a"), &Outcome::of_document("acme/hello", document));
        let text = r#"{"id":"acme/hello","revision":4,"document":{ "width": 1.50 }}"#;
        let body = String::from_utf8(reply.body.clone()).unwrap();
        assert!(body.contains(&format!("\"structuredContent\":{text}")), "{body}");
        let answer = read(&reply);
        assert_eq!((reply.status, &answer["id"], &answer["result"]["isError"]), (200, &json!("a"), &json!(false)));
        assert_eq!(answer["result"]["content"], json!([{ "type": "text", "text": text }]));
    }

    #[test]
    fn a_picture_comes_before_its_report() {
        let picture = Reply::new(200, "image/png", vec![0xFB, 0xFF]);
        let outcome = json!(Outcome::of_json(b"{}\n".to_vec()).with_picture(&picture));
        assert_eq!(
            outcome,
            json!({ "resultType": "complete", "isError": false, "structuredContent": {}, "content": [
                { "type": "image", "data": "+/8=", "mimeType": "image/png" }, { "type": "text", "text": "{}" },
            ] })
        );
        assert!(json!(Outcome::of_json(b"[]".to_vec())).get("structuredContent").is_none());
    }

    #[test]
    fn a_failed_tool_says_what_to_do() {
        let problem =
            Problem::new(Fault::Refused, "missing-scope", "The API key lacks the scope sign").remedy("use another");
        let outcome = json!(Outcome::of_problem(&problem.at("id")));
        assert_eq!(outcome["content"][0]["text"], "The API key lacks the scope sign (id): use another [missing-scope]");
        assert_eq!((&outcome["isError"], &outcome["structuredContent"]["status"]), (&json!(true), &json!(403)));
    }

    #[test]
    fn the_list_has_what_the_key_allows() {
        let names = |scopes: &str| -> Vec<String> {
            let list = listed(scopes.parse().unwrap());
            list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names("stats"), ["snippet", "lint_email", "explain"]);
        assert_eq!(names("sign"), ["sign_url", "snippet", "lint_email", "explain"]);
        assert_eq!(names("admin").len(), Tool::all().len());
        assert!(listed("admin".parse().unwrap())["tools"][0].get("scope").is_none());
    }
}
