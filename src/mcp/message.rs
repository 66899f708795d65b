//! A body and its headers → one JSON-RPC 2.0 request.
//!
//! JSON is read level by level, and each value stays as it was written: so one reader serves all
//! levels, and a document that is published keeps the spelling of its author.

use serde_json::{Value as Json, json};

use super::fields;
use super::tool::{Arguments, Tool};

/// The revision whose requests name it.
pub const CURRENT: &str = "2026-07-28";

/// The revisions whose clients open with `initialize`, the newest first.
pub const OLDER: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

/// The field of `_meta` with the revision.
const VERSION_FIELD: &str = "io.modelcontextprotocol/protocolVersion";

/// The id of an answer to what has none.
const NO_ID: &str = "null";

/// The headers that repeat parts of the body; empty if they were not sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// `MCP-Protocol-Version`
    pub version: &'a str,
    /// `Mcp-Method`
    pub method: &'a str,
    /// `Mcp-Name`
    pub name: &'a str,
}

/// A request, and the id that its answer repeats.
#[derive(Debug)]
pub struct Message {
    /// The JSON of a text or a number. `None` if it is a notification, which has no answer.
    pub id: Option<String>,
    /// The request.
    pub request: Request,
}

/// A request that has an answer, or a notification.
#[derive(Debug)]
pub enum Request {
    /// `initialize` of an older client, with the revision that is spoken from now on.
    Initialize(&'static str),
    /// `server/discover`.
    Discover,
    /// `ping` of an older client.
    Ping,
    /// `tools/list`.
    ListTools,
    /// `tools/call`.
    CallTool(&'static Tool, Arguments),
    /// A message without an answer.
    Notification,
}

/// An error of the protocol. What goes wrong in a tool is a result.
#[derive(Debug, PartialEq)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    /// The JSON of the request's id; `null` if it could not be read.
    pub id: String,
    /// The code of JSON-RPC or of the protocol.
    pub code: i32,
    /// What is wrong.
    pub message: String,
    /// What a program needs to mend it.
    pub data: Option<Json>,
}

/// Reads a body.
///
/// # Errors
/// The answer to a request that cannot be read, or that nobody understands.
pub fn read(body: &[u8], headers: Headers<'_>) -> Result<Message, Failure> {
    // 1. JSON-RPC.
    let failure =
        |status, code, message: &str, id: String| Failure { status, id, code, message: message.to_owned(), data: None };
    let wire = fields::read(body).map_err(|error| {
        let (code, message) = if error.is_data() {
            (-32_600, "The body is not one JSON-RPC request")
        } else {
            (-32_700, "The body is not JSON")
        };
        failure(400, code, message, NO_ID.to_owned())
    })?;
    let sent_id = fields::raw(&wire, "id");
    let is_id = sent_id.is_none_or(|id| id.starts_with(|c: char| matches!(c, '"' | '-') || c.is_ascii_digit()));
    let id = || sent_id.filter(|_| is_id).unwrap_or(NO_ID).to_owned();
    let is_ours = is_id && fields::text(&wire, "jsonrpc").as_deref() == Some("2.0");
    let Some(method) = fields::text(&wire, "method").filter(|_| is_ours) else {
        let message = "A request has \"jsonrpc\": \"2.0\", a method, and a text or a number as id";
        return Err(failure(400, -32_600, message, id()));
    };
    let wrong = || failure(200, -32_602, "`params`, its `name` or its `arguments` have a wrong type", id());
    let params = fields::object(&wire, "params").ok_or_else(wrong)?;
    let arguments = fields::object(&params, "arguments").ok_or_else(wrong)?;
    let name = fields::text(&params, "name");
    if name.is_none() && params.contains_key("name") {
        return Err(wrong());
    }

    // 2. Its revision. `initialize` names the revision of what follows it.
    let named = fields::object(&params, "_meta").and_then(|meta| fields::text(&meta, VERSION_FIELD));
    if method != "initialize" {
        check_version(named.as_deref(), &method, name.as_deref(), headers)
            .map_err(|(code, message, data)| Failure { status: 400, id: id(), code, message, data })?;
    }

    // 3. What it asks for.
    let request = match method.as_str() {
        _ if sent_id.is_none() => Request::Notification,
        "initialize" => {
            let wanted = fields::text(&params, "protocolVersion").unwrap_or_default();
            Request::Initialize(OLDER.into_iter().find(|known| *known == wanted).unwrap_or(OLDER[0]))
        }
        "server/discover" => Request::Discover,
        "ping" if named.as_deref() != Some(CURRENT) => Request::Ping,
        "tools/list" => Request::ListTools,
        "tools/call" => {
            let tool = name.as_deref().and_then(Tool::find);
            let tool = tool.ok_or_else(|| failure(200, -32_602, "There is no such tool: see tools/list", id()))?;
            Request::CallTool(tool, Arguments::new(arguments))
        }
        _ => return Err(failure(404, -32_601, "There is no such method: this server has tools alone", id())),
    };
    Ok(Message { id: sent_id.map(str::to_owned), request })
}

/// Code, message and data of a failure.
type Mismatch = (i32, String, Option<Json>);

/// Checks the headers against the body.
fn check_version(named: Option<&str>, method: &str, name: Option<&str>, headers: Headers<'_>) -> Result<(), Mismatch> {
    let differs = |header: &str, field: &str| {
        Err((-32_020, format!("The header {header} must be there, and be the same as {field}"), None))
    };
    let version = named.unwrap_or(if headers.version.is_empty() { OLDER[2] } else { headers.version });
    if (named.is_some() || headers.version == CURRENT) && named != Some(headers.version) {
        return differs("MCP-Protocol-Version", "_meta[\"io.modelcontextprotocol/protocolVersion\"]");
    }
    if version != CURRENT && !OLDER.contains(&version) {
        // A revision is a date. Other text is not repeated.
        let is_date = version.len() <= 10 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let data = json!({ "supported": supported(), "requested": if is_date { version } else { "?" } });
        return Err((-32_022, "This server does not speak this revision".to_owned(), Some(data)));
    }
    if version == CURRENT {
        if headers.method != method {
            return differs("Mcp-Method", "`method`");
        }
        if method == "tools/call" && name != Some(headers.name) {
            return differs("Mcp-Name", "`params.name`");
        }
    }
    Ok(())
}

/// All revisions that are spoken, the newest first.
pub fn supported() -> Vec<&'static str> {
    [CURRENT].into_iter().chain(OLDER).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// A line of `messages.json`: what is sent, and what becomes of it.
    #[derive(Deserialize)]
    struct Case {
        about: String,
        body: Json,
        #[serde(default)]
        version: String,
        #[serde(default)]
        method: String,
        #[serde(default)]
        name: String,
        /// The request; or the status and the code of a failure.
        is: Json,
    }

    #[test]
    fn messages_are_read_or_refused() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("messages.json")).unwrap();
        assert!(cases.len() > 30);
        for Case { about, body, version, method, name, is } in cases {
            // A text is sent as it is.
            let sent = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
            let headers = Headers { version: &version, method: &method, name: &name };
            let got = match read(sent.as_bytes(), headers) {
                Ok(Message { request: Request::Initialize(version), .. }) => json!(["initialize", version]),
                Ok(Message { request: Request::Discover, .. }) => json!("discover"),
                Ok(Message { request: Request::Ping, .. }) => json!("ping"),
                Ok(Message { request: Request::ListTools, .. }) => json!("list"),
                Ok(Message { request: Request::CallTool(tool, _), .. }) => json!(["call", tool.name()]),
                Ok(Message { request: Request::Notification, id: None }) => json!("notification"),
                Ok(Message { request: Request::Notification, id }) => panic!("{about}: {id:?}"),
                Err(Failure { status, code, id, message, data }) => {
                    assert!(!format!("{message}{data:?}").contains("Secret"), "{about}: {message}");
                    json!([status, code, serde_json::from_str::<Json>(&id).unwrap()])
                }
            };
            assert_eq!(got, is, "{about}");
        }
    }

    #[test]
    fn an_unknown_revision_learns_the_known_ones() {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-01"}}}"#;
        let failure = read(body.as_bytes(), Headers { version: "2027-01-01", ..Headers::default() }).unwrap_err();
        assert_eq!(failure.data, Some(json!({ "supported": supported(), "requested": "2027-01-01" })));
    }
}
