//! `tests/edge/routes.json` lists the routes for the tests of the Worker; `make golden-accept` writes
//! it.

use std::fs;

use monogram::access::Scope;
use monogram::request::route::ROUTES;
use serde_json::json;

use crate::util::{is_accepting, root};

#[test]
fn the_list_of_routes_is_that_of_the_table() {
    let path = root().join("tests/edge/routes.json");
    let rows: Vec<String> = ROUTES
        .iter()
        .map(|row| {
            json!({ "method": row.method, "pattern": row.pattern, "handler": row.handler, "scope": row.scope, "drawn": row.is_drawn() })
                .to_string()
        })
        .collect();
    let list = format!("[\n  {}\n]\n", rows.join(",\n  "));
    let written = fs::read_to_string(&path).unwrap_or_default();
    if is_accepting() {
        fs::write(&path, &list).unwrap();
    }
    assert!(written == list, "tests/edge/routes.json is out of date: run `make golden-accept`");
}

#[test]
fn every_scope_of_the_table_is_one() {
    for row in ROUTES {
        assert!(row.scope.is_none_or(|scope| scope.parse::<Scope>().is_ok()), "{row:?}");
        // Whatever changes a store needs a key. The check of an email changes nothing, and the tools of
        // /mcp have the scopes of their calls.
        let is_open = ["lint", "mcp"].contains(&row.handler);
        assert!(row.method == "GET" || row.scope.is_some() || is_open, "{row:?}");
    }
}
