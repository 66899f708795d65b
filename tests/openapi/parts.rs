//! The parts that operations share: schemas, params, headers, errors.

use monogram::response::problem;
use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value as Json, json};

/// The pattern of a template's id.
pub const ID: &str = "^[a-z0-9-]+(/[a-z0-9-]+)*$";

/// The pattern of `*` and of a list of ETags, which have no comma.
const TAGS: &str = r#"^(\*|(W/)?"[0-9A-Za-z._-]*"(, ?(W/)?"[0-9A-Za-z._-]*")*)?$"#;

/// The schemas of the types, as they are read and as they are written.
pub struct Types {
    bodies: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Default for Types {
    fn default() -> Self {
        let generator = |contract| {
            SchemaSettings::draft2020_12()
                .with(|settings| {
                    settings.definitions_path = "/components/schemas".into();
                    settings.contract = contract;
                })
                .into_generator()
        };
        let mut types = Self { bodies: generator(Contract::Deserialize), answers: generator(Contract::Serialize) };
        types.answer::<problem::Document<'_>>();
        types
    }
}

impl Types {
    /// The schema of a body.
    pub fn body<T: JsonSchema>(&mut self) -> Json {
        self.bodies.subschema_for::<T>().to_value()
    }

    /// The schema of an answer.
    pub fn answer<T: JsonSchema>(&mut self) -> Json {
        self.answers.subschema_for::<T>().to_value()
    }

    /// All schemas that were named.
    pub fn definitions(mut self) -> Json {
        let mut all = self.bodies.take_definitions(true);
        for (name, schema) in self.answers.take_definitions(true) {
            let known = all.get(&name);
            assert!(known.is_none_or(|known| *known == schema), "two types are called {name}");
            all.insert(name, schema);
        }
        Json::Object(all)
    }
}

/// A reference to a header, a response or a param.
pub fn of(kind: &str, name: &str) -> Json {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// The headers of an answer below `/v1/`, and these.
fn headers_of(names: &[&str]) -> Json {
    let all = ["X-Request-Id", "Cache-Control"].iter().chain(names);
    Json::Object(all.map(|name| ((*name).to_owned(), of("headers", name))).collect())
}

/// An answer with a body of JSON.
pub fn json_answer(description: &str, schema: &Json, headers: &[&str]) -> Json {
    json!({ "description": description, "headers": headers_of(headers), "content": { "application/json": { "schema":
        schema } } })
}

/// An answer with a body of one of these types.
pub fn answer_of(description: &str, types: &[&str], headers: &[&str]) -> Json {
    let content: Map<String, Json> =
        types.iter().map(|kind| ((*kind).to_owned(), json!({ "schema": body_of(kind) }))).collect();
    json!({ "description": description, "headers": headers_of(headers), "content": content })
}

fn body_of(kind: &str) -> Json {
    match kind {
        "application/json" => json!({ "type": "object" }),
        kind if kind.starts_with("text/") => json!({ "type": "string" }),
        _ => json!({}),
    }
}

/// An answer without a body.
pub fn empty(description: &str, headers: &[&str]) -> Json {
    json!({ "description": description, "headers": headers_of(headers) })
}

/// A param of the query.
pub fn query(name: &str, description: &str, schema: &Json) -> Json {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// A param of the path.
pub fn path(name: &str, description: &str, schema: &Json) -> Json {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

/// The id of a template in the path.
pub fn template() -> Json {
    path(
        "template",
        "The template's id, which may contain /",
        &json!({ "type": "string", "pattern": ID, "maxLength": 256 }),
    )
}

/// The params that operations share.
pub fn parameters() -> Json {
    let header = |name: &str, description: &str, schema: Json| {
        json!({ "name": name, "in": "header", "description":
        description, "schema": schema })
    };
    json!({
        "limit": query("limit", "The most items of the page", &json!({ "type": "integer", "minimum": 1, "maximum":
            1000, "default": 100 })),
        "cursor": query("cursor", "The cursor of the page before; left out for the first page", &json!({ "type":
            "string", "format": "cursor" })),
        "prefix": query("prefix", "The beginning of the items' names", &json!({ "type": "string" })),
        "If-Match": header("If-Match", "The ETag that the document must still have: a write that somebody was faster \
             with answers 412", json!({ "type": "string", "pattern": TAGS })),
        "If-None-Match": header("If-None-Match", "`*`: create only", json!({ "type": "string", "pattern": TAGS })),
        "Idempotency-Key": header("Idempotency-Key", "A random text: the same call with it, within a day, makes \
             nothing twice", json!({ "type": "string", "maxLength": 255 })),
    })
}

/// The headers of answers.
pub fn headers() -> Json {
    let header = |description: &str, schema: Json, required: bool| {
        json!({ "description": description, "required":
        required, "schema": schema })
    };
    let text = || json!({ "type": "string" });
    json!({
        "X-Request-Id": header("The number of the answer, which is in the log too. A cache that answers keeps that of \
             the answer that it stored", json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" }), true),
        "Cache-Control": header("For how long others may cache it", text(), true),
        "ETag": header("The version of what was sent", json!({ "type": "string", "pattern": "^\".+\"$" }), true),
        "Retry-After": header("Seconds after which the same call may succeed", json!({ "type": "integer", "minimum":
            1 }), false),
        "WWW-Authenticate": header("How to authenticate", json!({ "type": "string", "enum": ["Bearer"] }), true),
        "X-Problem": header("The code of the problem, as in its document", json!({ "type": "string", "pattern":
            "^[a-z0-9-]+$" }), true),
        "X-Cache": header("Whether a cache had the picture", json!({ "type": "string", "enum": ["hit", "miss",
            "bypass"] }), true),
        "X-Params": header("Where the value of each param comes from, never the value", text(), true),
        "X-Missing-Glyphs": header("Number of characters that no font has", json!({ "type": "integer", "minimum":
            0 }), false),
        "X-Warnings": header("Number of warnings, which the view `json` lists", json!({ "type": "integer", "minimum":
            0 }), false),
        "Location": header("Where to ask how it goes", text(), true),
        "Content-Disposition": header("The name to save it as", text(), true),
        "Content-Security-Policy": header("What the page may load", text(), true),
    })
}

/// The statuses of errors, with their names and their meanings.
const ERRORS: [(u16, &str, &str); 12] = [
    (400, "BadRequest", "The query, a header or the body is wrong: `field` and `remedy` say how"),
    (401, "Unauthorized", "There is no API key, or it is unknown, revoked or expired"),
    (
        403,
        "Forbidden",
        "The key lacks the scope, or the id is under none of its prefixes; or the URL's signature is missing, wrong \
             or expired",
    ),
    (404, "NotFound", "It is not there"),
    (
        409,
        "Conflict",
        "The Idempotency-Key was sent with another call, or the state of what is named does not allow it",
    ),
    (412, "PreconditionFailed", "It has changed since it was read; nothing was written"),
    (413, "ContentTooLarge", "The body, the document or a file is over a limit"),
    (414, "UriTooLong", "The URL is longer than 16 KiB"),
    (422, "UnprocessableContent", "A document or a file that cannot be drawn; `field` is the place of the error"),
    (429, "TooManyRequests", "Too many calls in this minute, or the quota of the key is used up"),
    (500, "InternalServerError", "Our fault"),
    (503, "ServiceUnavailable", "A store does not answer; what could not be done whole was not done"),
];

/// Whether a route's errors are placeholder pictures, unless it was asked for a view.
pub fn is_picture(handler: &str) -> bool {
    matches!(handler, "image" | "signed" | "sealed")
}

/// The answers with these statuses, and those of every call: with a key, or without.
pub fn errors(statuses: &[u16], needs_key: bool, is_picture: bool) -> Vec<(String, Json)> {
    let always: &[u16] = if needs_key { &[401, 403, 414, 429, 500, 503] } else { &[414, 500] };
    let listed = ERRORS.iter().filter(|(status, ..)| statuses.contains(status) || always.contains(status));
    let name = |name: &str| if is_picture { format!("{name}Picture") } else { name.to_owned() };
    listed.map(|(status, known, _)| (status.to_string(), of("responses", &name(known)))).collect()
}

/// The answers that are errors.
pub fn responses() -> Json {
    let mut all = Map::new();
    let document = || json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
    for (status, name, description) in ERRORS {
        let own: &[&str] = match status {
            401 => &["WWW-Authenticate", "X-Problem"],
            429 | 503 => &["Retry-After", "X-Problem"],
            _ => &["X-Problem"],
        };
        let headers = headers_of(own);
        let content = json!({ "application/problem+json": document() });
        all.insert(name.to_owned(), json!({ "description": description, "headers": headers, "content": content }));
        if matches!(status, 400 | 401 | 403 | 404 | 413 | 414 | 422 | 429 | 500 | 503) {
            let description = format!(
                "{description}. An `<img>` gets a placeholder picture; a view, or a request with a key, gets \
                     the document"
            );
            let content = json!({ "image/png": { "schema": {} }, "application/problem+json": document() });
            all.insert(
                format!("{name}Picture"),
                json!({ "description": description, "headers": headers, "content": content }),
            );
        }
    }
    Json::Object(all)
}
