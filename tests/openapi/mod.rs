//! `docs/openapi.json` describes the routes and the types of the API. The Worker sends it at
//! `/v1/openapi.json`, and `tools/api-docs.mjs` makes the page at `/v1/docs` of it;
//! `make golden-accept` writes it.
//!
//! Its parts: the table of routes has paths, methods and scopes; the Rust types give the schemas;
//! `operations.rs` has the words, and which statuses a call can answer; `examples.json` has calls that
//! `tests/edge/openapi.test.mjs` sends to the real Worker.

mod jobs;
mod operations;
mod parts;

use std::collections::BTreeSet;
use std::fs;

use monogram::access::Scope;
use monogram::request::route::{ROUTES, Row};
use serde_json::{Map, Value as Json, json};

use crate::util::{is_accepting, read_text, root};

use operations::{Operation, operation};
use parts::{Types, errors, headers, is_picture, parameters, responses};

#[test]
fn the_document_describes_the_routes() {
    let path = root().join("docs/openapi.json");
    let mut document = serde_json::to_string_pretty(&document()).unwrap();
    document.push('\n');
    let written = fs::read_to_string(&path).unwrap_or_default();
    if is_accepting() {
        fs::write(&path, &document).unwrap();
    }
    assert!(written == document, "docs/openapi.json is out of date: run `make golden-accept`");
}

#[test]
fn every_route_is_in_the_document_and_nothing_else_is() {
    let written: Json = serde_json::from_str(&read_text("docs/openapi.json")).unwrap();
    let mut described = BTreeSet::new();
    let (mut handlers, mut references) = (BTreeSet::new(), BTreeSet::new());
    for (path, methods) in written["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.insert(format!("{} {path}", method.to_uppercase()));
            assert!(handlers.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}");
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{path}");
        }
    }
    let routes: BTreeSet<_> = ROUTES.iter().map(|row| format!("{} {}", row.method, path_of(row))).collect();
    assert_eq!(described, routes);

    // Nothing is named that is not there, and nothing is there that is not named.
    find_references(&written, &mut references);
    for reference in &references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(written.pointer(pointer).is_some(), "{reference} names nothing");
    }
    for kind in ["schemas", "responses", "headers", "parameters"] {
        for name in written["components"][kind].as_object().unwrap().keys() {
            assert!(references.contains(&format!("#/components/{kind}/{name}")), "nothing names {kind}/{name}");
        }
    }
}

fn find_references(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Json::as_str).map(str::to_owned));
            fields.values().for_each(|value| find_references(value, found));
        }
        Json::Array(items) => items.iter().for_each(|item| find_references(item, found)),
        _ => {}
    }
}

/// The path of a row, as OpenAPI writes it: it has no sign for parts with `/`.
fn path_of(row: &Row) -> String {
    row.pattern.replace("+}", "}")
}

fn document() -> Json {
    let mut types = Types::default();
    let examples: Json = serde_json::from_str(&read_text("tests/openapi/examples.json")).unwrap();
    let examples = examples.as_array().unwrap();
    let mut paths = Map::new();
    for row in ROUTES {
        let own: Vec<&Json> = examples.iter().filter(|example| example["handler"] == row.handler).collect();
        let described = describe(row, operation(row, &mut types), &own);
        let path = paths.entry(path_of(row)).or_insert_with(|| json!({}));
        path[row.method.to_lowercase()] = described;
    }
    let scopes: Vec<String> = Scope::ALL.iter().map(|scope| format!("`{scope}`")).collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Monogram",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Personalised images, drawn at the edge: a URL in, a picture out",
            "description": "Pictures have URLs of their own below /i/, \
                /s/ and /x/. Everything else is managed below /v1/: templates, \
                files, signed URLs, keys. Ids and names contain slashes, which may be sent as they are or as %2F. \
                A status that an operation does not list is 404 for a path that is none, or 405 with `Allow`; both are \
                problem documents. docs/api.md explains the API in words.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "The deployment that sent this document" }],
        "tags": operations::TAGS.iter().map(|(name, description)| json!({ "name": name, "description":
            description })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "securitySchemes": { "key": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "mg_live_…",
                "description": format!("An API key. It has scopes ({}; `admin` allows all of them) and, if it is \
                     limited to clients, prefixes of ids.", scopes.join(", ")),
            } },
            "schemas": types.definitions(),
            "parameters": parameters(),
            "headers": headers(),
            "responses": responses(),
        },
    })
}

/// An operation with what the table and the examples say of it.
fn describe(row: &Row, operation: Operation, examples: &[&Json]) -> Json {
    let Operation { tag, summary, description, mut params, body, answers, errors: statuses } = operation;
    assert!(operations::TAGS.iter().any(|(name, _)| *name == tag), "{tag} is no tag");
    for param in &mut params {
        let place =
            if param["in"] == "header" { "headers" } else { param["in"].as_str().unwrap_or_default() }.to_owned();
        let name = param["name"].as_str().unwrap_or_default().to_owned();
        let example = examples.iter().find_map(|example| example[place.as_str()].get(&name));
        if let Some(example) = example {
            param["example"] = example.clone();
        }
        assert!(param["in"] != "path" || example.is_some(), "{}: no example for {name}", row.handler);
    }
    let mut described = json!({
        "operationId": row.handler,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "security": security(row),
        "responses": {},
    });
    if !params.is_empty() {
        described["parameters"] = Json::Array(params);
    }
    if let Some(mut body) = body {
        let types: Vec<String> = body.as_object().unwrap().keys().cloned().collect();
        for example in examples.iter().filter(|example| example.get("body").is_some()) {
            let kind = example["type"].as_str().unwrap_or("application/json");
            assert!(types.iter().any(|known| known == kind), "{}: {kind}", row.handler);
            body[kind]["examples"][example["name"].as_str().unwrap()] = json!({ "value": example["body"] });
        }
        described["requestBody"] = json!({ "required": true, "content": body });
    }
    for (status, mut answer) in answers {
        for example in examples.iter().filter(|example| example["status"] == status && example.get("answer").is_some())
        {
            let kind = if example["answer"].is_string() { "text/plain; charset=utf-8" } else { "application/json" };
            if answer["content"].get(kind).is_some() {
                answer["content"][kind]["examples"][example["name"].as_str().unwrap()] =
                    json!({ "value": example["answer"] });
            }
        }
        described["responses"][status.to_string()] = answer;
    }
    for (status, answer) in errors(statuses, row.scope.is_some() || row.handler == "mcp", is_picture(row.handler)) {
        assert!(described["responses"].get(&status).is_none(), "{}: {status} is listed twice", row.handler);
        described["responses"][status] = answer;
    }
    described
}

/// The key that a call needs. An empty alternative means that it may have none.
fn security(row: &Row) -> Json {
    match (row.scope, row.handler) {
        (Some(scope), _) => json!([{ "key": [scope] }]),
        (None, "image") => json!([{}, { "key": ["render"] }]),
        // Of any scope.
        (None, "mcp") => json!([{ "key": [] }]),
        (None, "lint") => json!([{}, { "key": ["sign"] }]),
        (None, _) => json!([]),
    }
}
