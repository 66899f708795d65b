//! What is answered: results, errors, and the reply of the API as the result of a tool.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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

/// The result of a tool. It is written piece by piece, because a picture in it has megabytes, and a
/// document its own spelling.
#[derive(Debug)]
pub struct Outcome {
    /// JSON, as it is.
    json: String,
    /// What a client shows that knows only text; the JSON if it is `None`.
    text: Option<String>,
    /// The picture before the text: its type, and its bytes in base64.
    picture: Option<(String, String)>,
    is_error: bool,
}

impl Outcome {
    /// A result that is JSON: as an object for programs, and as text for clients that know only
    /// text.
    #[must_use]
    pub fn of_json(body: &[u8]) -> Self {
        let json = String::from_utf8_lossy(body).trim_end().to_owned();
        Self { json, text: None, picture: None, is_error: false }
    }

    /// The document of a template, with the revision in its reply's `ETag`.
    #[must_use]
    pub fn of_document(id: &str, reply: &Reply) -> Self {
        let revision: u32 = reply.header("ETag").and_then(|tag| tag.trim_matches('"').parse().ok()).unwrap_or_default();
        let document = String::from_utf8_lossy(&reply.body);
        let id = Json::from(id);
        Self::of_json(format!("{{\"id\":{id},\"revision\":{revision},\"document\":{}}}", document.trim()).as_bytes())
    }

    /// The result with a picture before its words.
    #[must_use]
    pub fn with_picture(self, media_type: &str, picture: &[u8]) -> Self {
        Self { picture: Some((media_type.to_owned(), STANDARD.encode(picture))), ..self }
    }

    /// The failure of a tool, in words that a model can act on.
    #[must_use]
    pub fn of_problem(problem: &Problem) -> Self {
        let Problem { code, field, message, remedy, .. } = problem;
        Self::failure(problem.status(), code, message, field.as_deref(), remedy.as_deref())
    }

    /// The same of a problem that another call has answered: a
    /// [document](crate::response::problem::Document) of RFC 9457.
    #[must_use]
    pub fn of_problem_document(body: &[u8]) -> Self {
        let document: Json = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| document.get(name).and_then(Json::as_str);
        let status = document.get("status").and_then(Json::as_u64).and_then(|status| u16::try_from(status).ok());
        let (code, message) = (text("code").unwrap_or("panic"), text("detail").unwrap_or("It broke"));
        Self::failure(status.unwrap_or(500), code, message, text("field"), text("remedy"))
    }

    fn failure(status: u16, code: &str, message: &str, field: Option<&str>, remedy: Option<&str>) -> Self {
        let place = field.map(|field| format!(" ({field})")).unwrap_or_default();
        let advice = remedy.map(|remedy| format!(": {remedy}")).unwrap_or_default();
        let object = json!({ "status": status, "code": code, "detail": message, "field": field, "remedy": remedy });
        let text = Some(format!("{message}{place}{advice} [{code}]"));
        Self { json: object.to_string(), text, picture: None, is_error: true }
    }

    /// The result as JSON.
    #[must_use]
    pub fn write(&self) -> String {
        let Self { json, text, picture, is_error } = self;
        let text = Json::from(text.as_deref().unwrap_or(json));
        let picture = picture.as_ref().map_or_else(String::new, |(media_type, data)| {
            format!("{{\"type\":\"image\",\"mimeType\":\"{media_type}\",\"data\":\"{data}\"}},")
        });
        format!(
            "{{\"resultType\":\"complete\",\"content\":[{picture}{{\"type\":\"text\",\"text\":{text}}}],\
             \"structuredContent\":{json},\"isError\":{is_error}}}"
        )
    }
}

/// 200, with a result in JSON. `id` is the JSON of the request's id.
#[must_use]
pub fn reply(id: &str, result: &str) -> Reply {
    let body = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{result}}}");
    Reply::new(200, "application/json", body.into_bytes())
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
    let data = data.as_ref().map(|data| format!(",\"data\":{data}")).unwrap_or_default();
    let message = Json::from(message.as_str());
    let body = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{{\"code\":{code},\"message\":{message}{data}}}}}");
    Reply::new(*status, "application/json", body.into_bytes())
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
        let reply = reply("\"a\"", &Outcome::of_document("acme/hello", &document).write());
        let text = r#"{"id":"acme/hello","revision":4,"document":{ "width": 1.50 }}"#;
        let body = String::from_utf8(reply.body.clone()).unwrap();
        assert!(body.contains(&format!("\"structuredContent\":{text}")), "{body}");
        let answer = read(&reply);
        assert_eq!((reply.status, &answer["id"], &answer["result"]["isError"]), (200, &json!("a"), &json!(false)));
        assert_eq!(answer["result"]["content"], json!([{ "type": "text", "text": text }]));
    }

    #[test]
    fn a_picture_comes_before_its_report() {
        let outcome = Outcome::of_json(b"{}\n").with_picture("image/png", &[0xFB, 0xFF]).write();
        let outcome: Json = serde_json::from_str(&outcome).unwrap();
        assert_eq!(
            outcome,
            json!({ "resultType": "complete", "isError": false, "structuredContent": {}, "content": [
                { "type": "image", "data": "+/8=", "mimeType": "image/png" }, { "type": "text", "text": "{}" },
            ] })
        );
    }

    #[test]
    fn a_failed_tool_says_what_to_do() {
        let problem =
            Problem::new(Fault::Refused, "missing-scope", "The API key lacks the scope sign").remedy("use another");
        let outcome: Json = serde_json::from_str(&Outcome::of_problem(&problem.at("id")).write()).unwrap();
        assert_eq!(outcome["content"][0]["text"], "The API key lacks the scope sign (id): use another [missing-scope]");
        assert_eq!((&outcome["isError"], &outcome["structuredContent"]["status"]), (&json!(true), &json!(403)));
    }

    #[test]
    fn a_problem_that_was_sent_is_told_as_one_that_was_not() {
        for problem in [
            Problem::new(Fault::NotFound, "unknown-template", "There is no template of this name"),
            Problem::new(Fault::Document, "bad-size", "Too wide").at("width").remedy("write 9"),
        ] {
            let sent = crate::response::problem::document(&problem).body;
            assert_eq!(Outcome::of_problem_document(&sent).write(), Outcome::of_problem(&problem).write());
        }
        let broken: Json = serde_json::from_str(&Outcome::of_problem_document(b"").write()).unwrap();
        assert_eq!(broken["structuredContent"]["status"], json!(500));
    }

    #[test]
    fn an_error_of_the_protocol_has_its_data() {
        let failure = Failure {
            status: 400,
            id: "7".to_owned(),
            code: -32_022,
            message: "\"x\"".to_owned(),
            data: Some(json!({ "supported": [] })),
        };
        let expected = json!({ "jsonrpc": "2.0", "id": 7, "error": { "code": -32_022, "message": "\"x\"", "data": { "supported": [] } } });
        assert_eq!(read(&failed(&failure)), expected);
    }

    #[test]
    fn the_list_has_what_the_key_allows() {
        let names = |scopes: &str| -> Vec<String> {
            let list = listed(scopes.parse().unwrap());
            list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names("stats"), ["snippet", "explain"]);
        assert_eq!(names("sign"), ["sign_url", "snippet", "lint_email", "explain"]);
        assert_eq!(names("admin").len(), Tool::all().len());
        assert!(listed("admin".parse().unwrap())["tools"][0].get("scope").is_none());
    }
}
