//! What each operation is for, what it takes, and what it can answer.

use monogram::api::audit;
use monogram::api::cursor::List;
use monogram::api::diff::Diff;
use monogram::api::key::{KeyInfo, NewKey};
use monogram::api::preview::PreviewBody;
use monogram::api::publish::{Published, Validated};
use monogram::api::schema::SenderId;
use monogram::api::sign::{SealBody, Sealed, SignBody, Signed};
use monogram::api::template::{Item, Revision, Rollback};
use monogram::api::upload::File;
use monogram::api::usage::Stats;
use monogram::lint::Report;
use monogram::request::route::Row;
use monogram::snippet::reply::Document as Snippet;
use monogram::template::Document;
use serde_json::{Value as Json, json};

use super::parts::{ID, Types, answer_of, empty, json_answer, of, path, query, template};

/// The groups of operations.
pub const TAGS: &[(&str, &str)] = &[
    ("Pictures", "URLs for `<img>`. They answer with a picture whatever happens."),
    ("Templates", "Documents that pictures are drawn from, with all their revisions."),
    ("Files", "Pictures and fonts that templates name."),
    ("Emails", "Signed URLs, snippets for senders, and the check of an email."),
    ("Records", "What is known of people, for templates that take the id of one."),
    ("Batches", "A picture for each row of a file or of a collection."),
    ("Keys", "Who may call what; what was written; what was drawn."),
    ("About", "The page of the samples, the state of the Worker, this document."),
];

/// An operation without what the table of routes says of it.
pub struct Operation {
    pub tag: &'static str,
    pub summary: &'static str,
    pub description: &'static str,
    pub params: Vec<Json>,
    /// The content of the body, by its types.
    pub body: Option<Json>,
    /// The answers that are no errors.
    pub answers: Vec<(u16, Json)>,
    /// The statuses of errors beside those of every call.
    pub errors: &'static [u16],
}

/// The types of pictures.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/// The types of pictures and of their views.
const VIEWS: [&str; 7] = [
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "application/json",
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
];

pub fn new(tag: &'static str, summary: &'static str, description: &'static str) -> Operation {
    Operation { tag, summary, description, params: Vec::new(), body: None, answers: Vec::new(), errors: &[] }
}

impl Operation {
    pub fn params(mut self, params: impl IntoIterator<Item = Json>) -> Self {
        self.params.extend(params);
        self
    }

    pub fn body(mut self, kind: &str, schema: &Json) -> Self {
        self.body.get_or_insert_with(|| json!({}))[kind] = json!({ "schema": schema });
        self
    }

    pub fn answers(mut self, status: u16, answer: Json) -> Self {
        self.answers.push((status, answer));
        self
    }

    pub const fn errors(mut self, errors: &'static [u16]) -> Self {
        self.errors = errors;
        self
    }

    /// The params of a list.
    pub fn list(self, has_prefix: bool) -> Self {
        let prefix = has_prefix.then(|| of("parameters", "prefix"));
        self.params([of("parameters", "limit"), of("parameters", "cursor")].into_iter().chain(prefix)).errors(&[400])
    }
}

/// The params of a picture's query. Those of the template come beside them.
fn picture_params() -> [Json; 6] {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    [
        query("_dpr", "Output px per px of the template", &json!({ "type": "number", "enum": [1, 1.5, 2, 3] })),
        query("_w", "Width of the output in px", &json!({ "type": "integer", "minimum": 1, "maximum": 4096 })),
        query("_q", "Quality of a lossy format", &json!({ "type": "integer", "minimum": 1, "maximum": 100 })),
        query("_lang", "Language (BCP 47)", &text("^[a-z]{2}(-[A-Z]{2})?$")),
        query("_debug", "`boxes` draws the boxes of the layers", &json!({ "type": "string", "enum": ["boxes"] })),
        json!({
            "name": "params", "in": "query", "style": "form", "explode": true,
            "description": "The values of the template's params by their names (`name=Maria`), \
                and their defaults (`name.default=you`). \
                Unknown names are ignored; a value that does not fit counts as missing",
            "schema": { "type": "object", "additionalProperties": { "type": "string" }, "propertyNames": { "pattern":
                "^[a-z][a-z0-9_]*(\\.(default|b64))?$" }, "maxProperties": 8 },
        }),
    ]
}

fn image() -> Json {
    let schema = json!({ "type": "string", "maxLength": 200, "pattern":
        "^[a-z0-9-]+(/[a-z0-9-]+)*(@[1-9][0-9]{0,8})?\\.(png|jpg|jpeg|webp|gif|json|html|txt)$" });
    path(
        "image",
        "`{template}[@{revision}].{extension}`, where the template may contain /. `png`, `jpg`, `webp` and `gif` are \
             pictures; `json` explains one, `html` is an `<img>` for it, `txt` its alt text",
        &schema,
    )
}

fn token(name: &str, description: &str) -> Json {
    path(name, description, &json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": 8192 }))
}

fn picture(summary: &'static str, description: &'static str, path: Vec<Json>, has_views: bool) -> Operation {
    let types: &[&str] = if has_views { &VIEWS } else { &PICTURES };
    let headers = ["X-Cache", "X-Params"];
    new("Pictures", summary, description)
        .params(path)
        .answers(200, answer_of("The picture, or a view of it", types, &headers))
        .answers(304, empty("The client has it", &["ETag", "X-Cache", "X-Params"]))
        .errors(&[400, 403, 404, 413, 422, 503])
}

/// Describes the operation of a row.
pub fn operation(row: &Row, types: &mut Types) -> Operation {
    let documents =
        |operation: Operation, types: &mut Types| operation.body("application/json", &types.body::<Document>());
    let matches = || [of("parameters", "If-Match"), of("parameters", "If-None-Match")];
    let name = |name: &str, description: &str, pattern: &str| {
        path(name, description, &json!({ "type": "string", "pattern": pattern, "maxLength": 256 }))
    };
    let asset = || {
        name("name", "The name, which may contain /", "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$")
    };
    let font = || {
        name(
            "font",
            "`[{client}/]{family}/{weight}[-italic]`",
            "^([a-z0-9-]+/)?[A-Za-z][A-Za-z0-9]*( [A-Za-z0-9]+)*/[1-9]00(-italic)?$",
        )
    };
    let binary = |operation: Operation, kinds: &[&str]| {
        kinds.iter().fold(operation, |operation, kind| operation.body(kind, &json!({})))
    };
    let revision = json!({ "type": "integer", "minimum": 1, "maximum": 4_294_967_295_u32 });
    const FONTS: [&str; 4] = ["font/ttf", "font/otf", "font/woff2", "font/woff"];
    const ASSETS: [&str; 6] = ["image/png", "image/jpeg", "image/webp", "image/gif", "font/ttf", "font/otf"];
    match row.handler {
        "home" => new("About", "The page of the samples", "A page that shows the samples and builds snippets for \
             email senders.")
            .answers(200, answer_of("The page", &["text/html; charset=utf-8"], &["Content-Security-Policy"])),
        "health" => new("About", "Whether the Worker is well", "It asks no store: pictures survive \
             their faults.").answers(
            200,
            json_answer("It is", &json!({
                "type": "object",
                "required": ["status", "version", "build", "memory_bytes"],
                "properties": {
                    "status": { "type": "string", "enum": ["ok"] },
                    "version": { "type": "string" },
                    "build": { "type": "string", "description": "The renderer, which is a part of every ETag" },
                    "memory_bytes": { "type": "integer", "minimum": 0, "description": "Linear memory of this isolate" },
                },
            }), &[]),
        ),
        "openapi" => new("About", "This document", "OpenAPI 3.1, made from the types of the code.")
            .answers(200, answer_of("The document", &["application/json"], &[]))
            .errors(&[503]),
        "docs" => new("About", "This document as a page", "It has no script.")
            .answers(200, answer_of("The page", &["text/html; charset=utf-8"], &["Content-Security-Policy"]))
            .errors(&[503]),
        "image" => picture(
            "A picture",
            "Of a public template; with a key of the scope `render` of any template that the key may use. A picture \
                 for a key is `private, no-store` and in no cache.",
            [image()].into_iter().chain(picture_params()).collect(),
            true,
        )
        .errors(&[400, 401, 403, 404, 413, 422, 429, 503]),
        "signed" => picture(
            "A picture whose URL is signed",
            "`POST /v1/sign` makes the URL. Its query fills the params that the policy leaves open.",
            [token("policy", "The policy and its signature"), image()].into_iter().chain(picture_params()).collect(),
            true,
        ),
        "sealed" => picture(
            "A picture whose params are encrypted",
            "`POST /v1/seal` makes the URL, which shows nothing of its values. There are no views.",
            vec![token("sealed", "The sealed params"), image()],
            false,
        ),
        "senders" => new("Emails", "The senders whose merge tags are known", "Public; caches may keep it for a minute.")
            .answers(200, json_answer("All of them, sorted by name", &senders(), &[])),
        "snippet" => new(
            "Emails",
            "The `<img>` for an email",
            "With the sender's merge tags in its URL. Of a public template; `POST /v1/sign` makes one of a template that is not. \
             Beside the params below the query takes, for each param of the template, `name` (one value for all), \
                 `name.field` \
             (the sender's field), `name.default` and `name.example`.",
        )
        .params([
            path("template", "The template's id, `~` with one of its sizes, and `@` with a revision if it shall never change", &json!({ "type":
                "string", "maxLength": 200, "pattern": "^[a-z0-9-]+(/[a-z0-9-]+)*(~[a-z0-9-]+)?(@[1-9][0-9]{0,8})?$" })),
            json!({ "name": "esp", "in": "query", "required": true, "description": "The sender", "schema":
                types.body::<SenderId>() }),
            query("_w", "Width of the `<img>` in CSS px", &json!({ "type": "integer", "minimum": 1, "maximum": 4096 })),
            query("_dpr", "Output px per CSS px", &json!({ "type": "number", "enum": [1, 1.5, 2, 3] })),
            query("_ext", "The format of the picture; `png` by default", &json!({ "type": "string", "enum": ["png", "jpg", "webp",
                "gif"] })),
            query("_q", "The quality of the picture", &json!({ "type": "integer", "minimum": 1, "maximum": 100 })),
            query("_lang", "The language of the picture", &json!({ "type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z]{2})?$" })),
            query("format", "`html`: the `<img>` alone", &json!({ "type": "string", "enum": ["html", "json"] })),
        ])
        .answers(200, {
            let mut answer = json_answer("The snippet", &types.answer::<Snippet<'_>>(), &[]);
            answer["content"]["text/html; charset=utf-8"] = json!({ "schema": { "type": "string" } });
            answer
        })
        .errors(&[400, 403, 404, 422]),
        "lint" => new(
            "Emails",
            "Check the pictures in an email",
            "The body is the HTML of an email, \
                of at most 1 MiB. The findings are those of `monogram lint`. Without a key, \
                    templates that are not public are treated \
             as if nothing were known of them; with a key of the scope `sign` those are read that the key may sign for. Nothing is stored.",
        )
        .params([
            query("sender", "The sender that replaces the merge tags; without it the email's other tags tell it",
                &types.body::<SenderId>()),
            query("url_prefix", "How URLs of ours begin; without it they are known by their paths", &json!({ "type":
                "array", "items": { "type": "string" } })),
        ])
        .body("text/html", &json!({}))
        .answers(200, json_answer("The findings", &types.answer::<Report>(), &[]))
        .errors(&[400, 401, 403, 413, 429, 503]),
        "list-templates" => new("Templates", "The templates that are live", "Those of the key's prefixes, \
             sorted by id.")
            .list(true)
            .answers(200, json_answer("A page of them", &types.answer::<List<Item>>(), &[])),
        "revisions" => new("Templates", "The revisions of a template", "The newest first.")
            .params([template()])
            .list(false)
            .answers(200, json_answer("A page of them", &types.answer::<List<Revision>>(), &[]))
            .errors(&[400, 404]),
        "diff" => new("Templates", "The difference of two revisions", "Paths are JSON Pointers.")
            .params([
                template(),
                json!({ "name": "from", "in": "query", "required": true, "description": "The old revision", "schema":
                    revision }),
                query("to", "The new revision; the live one if it is left out", &revision),
            ])
            .answers(200, json_answer("The changes", &types.answer::<Diff>(), &[]))
            .errors(&[400, 404]),
        "rollback" => new("Templates", "Make an old revision live again", "As a new revision, with the files that its \
             names stood for.")
            .params([template()].into_iter().chain(matches()).chain([of("parameters", "Idempotency-Key")]))
            .body("application/json", &types.body::<Rollback>())
            .answers(200, json_answer("It is live", &types.answer::<Published<'_>>(), &["ETag"]))
            .errors(&[400, 404, 409, 412, 413, 422]),
        "get-template" => new("Templates", "The document of a template", "As its author sent it.")
            .params([
                template(),
                query("revision", "The revision; the live one if it is left out", &revision),
                json!({ "name": "If-None-Match", "in": "header", "description": "The ETag that the caller has",
                    "schema": { "type": "string" } }),
            ])
            .answers(200, json_answer("The document", &types.body::<Document>(), &["ETag"]))
            .answers(304, empty("The caller has it", &["ETag"]))
            .errors(&[400, 404]),
        "put-template" => documents(new(
            "Templates",
            "Publish a template",
            "The document becomes a new revision, \
                which is live. Its worst cases are laid out; what goes wrong in them comes back as `warnings`. \
             An id cannot end in /revisions, /diff or /rollback.",
        ), types)
            .params([template()].into_iter().chain(matches()))
            .answers(200, json_answer("It is live", &types.answer::<Published<'_>>(), &["ETag"]))
            .errors(&[400, 404, 412, 413, 422]),
        "delete-template" => new("Templates", "Take a template down", "Its revisions stay, because emails show them, \
             unless they are purged.")
            .params([template(), query("purge", "Delete its revisions too", &json!({ "type":
                "boolean" }))].into_iter().chain(matches()))
            .answers(204, empty("It is no longer live", &[]))
            .errors(&[400, 404, 412]),
        "preview" => new("Templates", "Draw a draft", "Nothing is stored. A picture counts in the quota of the key.")
            .body("application/json", &types.body::<PreviewBody>())
            .answers(200, answer_of("The picture, or a view of it", &VIEWS, &["X-Missing-Glyphs", "X-Warnings"]))
            .errors(&[400, 404, 413, 422]),
        "validate" => documents(new("Templates", "Check a draft", "What publishing it would answer. A document that \
             cannot be published is an answer, not an error."), types)
            .params([query("id", "The id that it would have: its names of files are looked for there", &json!({
                "type": "string", "pattern": ID, "maxLength": 256 }))])
            .answers(200, json_answer("Whether it can be published", &types.answer::<Validated<'_>>(), &[]))
            .errors(&[400, 413]),
        "list-assets" => new("Files", "The assets", "Sorted by name.").list(true).answers(200,
            json_answer("A page of them", &types.answer::<List<File>>(), &[])),
        "get-asset" => new("Files", "The file of an asset", "As it was stored.")
            .params([asset()])
            .answers(200, answer_of("The file", &ASSETS, &["ETag"]))
            .errors(&[404]),
        "put-asset" => binary(new("Files", "Upload an asset", "A PNG, JPEG, WebP, GIF, SVG or a font, of at most 8 MiB. An SVG is kept as a PNG. A \
             picture loses its metadata; a very large one is scaled down, and of an animation the first picture is kept."), &ASSETS)
            .params([asset()].into_iter().chain(matches()))
            .answers(200, json_answer("It replaces another", &types.answer::<File>(), &["ETag"]))
            .answers(201, json_answer("It is new", &types.answer::<File>(), &["ETag"]))
            .errors(&[400, 404, 412, 413, 422]),
        "delete-asset" => new("Files", "Forget the name of an asset", "Its bytes stay, because revisions may \
             show them.")
            .params([asset()].into_iter().chain(matches()))
            .answers(204, empty("The name stands for nothing", &[]))
            .errors(&[400, 404, 412]),
        "list-fonts" => new("Files", "The fonts", "Sorted by name.").list(true).answers(200,
            json_answer("A page of them", &types.answer::<List<File>>(), &[])),
        "get-font" => new("Files", "The file of a font", "As it was stored.").params([font()]).answers(200,
            answer_of("The file", &FONTS, &["ETag"])).errors(&[404]),
        "put-font" => binary(new("Files", "Upload a font", "A `.ttf` or `.otf` of at most 8 MiB. A variable font is \
             one file, under any of its weights."), &FONTS)
            .params([font()].into_iter().chain(matches()))
            .answers(200, json_answer("It replaces another", &types.answer::<File>(), &["ETag"]))
            .answers(201, json_answer("It is new", &types.answer::<File>(), &["ETag"]))
            .errors(&[400, 404, 412, 413, 422]),
        "delete-font" => new("Files", "Forget the name of a font", "Its bytes stay, because revisions may show them.")
            .params([font()].into_iter().chain(matches()))
            .answers(204, empty("The name stands for nothing", &[]))
            .errors(&[400, 404, 412]),
        "sign" => new("Emails", "Sign a URL", "Of a template that the key may sign for. With a sender, also the \
             `<img>` with its merge tags.")
            .body("application/json", &types.body::<SignBody>())
            .answers(200, json_answer("The URL", &types.answer::<Signed>(), &[]))
            .errors(&[400, 404, 413, 422]),
        "seal" => new("Emails", "Seal the values of many recipients", "A URL for each row, which shows nothing of \
             its values.")
            .body("application/json", &types.body::<SealBody>())
            .answers(200, json_answer("The URLs", &types.answer::<Sealed>(), &[]))
            .errors(&[400, 404, 413, 422]),
        "list-keys" => new("Keys", "The keys", "Those that may do no more than the caller's, without their texts.")
            .list(false)
            .answers(200, json_answer("A page of them", &types.answer::<List<KeyInfo>>(), &[])),
        "make-key" => new("Keys", "Make a key", "The answer is the only one with the text of the key. A key cannot \
             make one that may do more or lives longer than itself.")
            .params([of("parameters", "Idempotency-Key")])
            .body("application/json", &types.body::<NewKey>())
            .answers(200, json_answer("This Idempotency-Key has made it before; its text is not shown again",
                &types.answer::<KeyInfo>(), &[]))
            .answers(201, json_answer("The key", &types.answer::<KeyInfo>(), &[]))
            .errors(&[400, 409, 413, 422]),
        "revoke-key" => new("Keys", "Revoke a key", "It is refused at once here, and within five seconds everywhere.")
            .params([
                path("kid", "The number of the key", &json!({ "type": "integer", "minimum": 0, "maximum":
                    4_294_967_295_u32 })),
                query("urls", "Refuse the URLs that it signed too, within a minute", &json!({ "type": "boolean" })),
            ])
            .answers(204, empty("It is revoked", &[]))
            .errors(&[400, 404]),
        "audit" => new("Keys", "The log of writes", "The newest line first.").list(false).answers(200,
            json_answer("A page of it", &types.answer::<List<audit::Line>>(), &[])),
        "stats" => new("Keys", "The pictures that were drawn in a month, by key", "The numbers are approximate: \
             docs/api.md says by how much.")
            .list(false)
            .params([query("month", "The month, in UTC; the current one if it is left out", &json!({ "type":
                "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" }))])
            .answers(200, json_answer("A page of the keys", &types.answer::<Stats>(), &[])),
        "mcp" => {
            let version = json!({ "type": "string", "const": "2.0" });
            let id = json!({ "type": ["string", "number", "null"] });
            let named = json!({ "type": ["string", "number"] });
            let request = json!({
                "type": "object",
                "required": ["jsonrpc", "method"],
                "properties": { "jsonrpc": version, "id": named, "method": { "type": "string", "minLength": 1 }, "params": { "type": "object" } },
            });
            let result = json!({
                "type": "object",
                "required": ["jsonrpc", "id"],
                "properties": { "jsonrpc": version, "id": id, "result": { "type": "object" }, "error": { "type": "object" } },
            });
            let failure = |why: &str| {
                let mut answer = json_answer(why, &result, &[]);
                answer["content"]["application/problem+json"] = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
                answer
            };
            new("Emails", "Call a tool", "One request of the Model Context Protocol (JSON-RPC 2.0). Any key will do; a \
                 tool needs the scope of the call that it makes. docs/mcp.md lists the tools.")
                .body("application/json", &request)
                .answers(200, json_answer("The result, or the error of JSON-RPC", &result, &[]))
                .answers(202, empty("A notification, which has no answer", &[]))
                .answers(400, failure("It is no request, or its headers say something else"))
                .answers(404, failure("There is no such method"))
                .errors(&[413])
        }
        handler => super::jobs::operation(row, types)
            .unwrap_or_else(|| panic!("{handler} is not described: add it to tests/openapi/operations.rs")),
    }
}

/// The schema of `senders.json`.
fn senders() -> Json {
    let text = || json!({ "type": "string" });
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id", "name", "verified", "tag", "fields", "custom"],
            "properties": {
                "id": text(),
                "name": text(),
                "verified": { "type": "boolean", "description": "Whether its own documentation, or many emails of its \
                     customers, show the syntax" },
                "docs": { "type": "string", "format": "uri" },
                "tag": { "type": "string", "description": "The pattern of a tag" },
                "default": { "type": "string", "description": "The pattern of a tag with a default" },
                "encoded": { "type": "string", "description": "The pattern of a tag that URL-encodes" },
                "fields": { "type": "object", "additionalProperties": text() },
                "custom": { "type": "object", "required": ["pattern", "case"], "properties": { "pattern": text(),
                    "case": text(), "max": { "type": "integer" } } },
                "event": { "type": "string", "description": "The pattern of the name of a value of the event that sends" },
                "when": text(),
                "notes": { "type": "array", "items": text() },
            },
        },
    })
}
