//! The import order of `src/lib.rs`: a stage knows only those before it, and only `edge` knows of Workers.

#![expect(clippy::unwrap_used, reason = "a test says what must hold, in its helpers too")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up; `edge` sees everything.
const ORDER: &[&str] = &[
    "limits",
    "memory",
    "error",
    "geometry",
    "color",
    "locale",
    "text",
    "image",
    "merge_tag",
    "request",
    "encode",
    "params",
    "template",
    "plan",
    "layout",
    "paint",
    "render",
    "torture",
    "response",
    "snippet",
    "page",
    "edge",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Every source file below `src`, with its module and its code: tests and comments left out.
fn files() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found.sort();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let module = name.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap().lines();
        let code: Vec<_> = code.filter(|line| !line.trim_start().starts_with("//")).collect();
        (name, module, code.join("\n"))
    };
    found.into_iter().map(read).collect()
}

#[test]
fn stages_import_only_from_those_before_them() {
    let place = |module: &str| ORDER.iter().position(|known| *known == module);
    let mut wrong = Vec::new();
    for (file, module, code) in files() {
        if module == "lib" {
            continue;
        }
        let own = place(&module).unwrap_or_else(|| panic!("{file}: give `{module}` its place in ORDER"));
        for imported in code.split("crate::").skip(1) {
            let names: Vec<_> = match imported.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap().split(',').map(str::trim).collect(),
                None => vec![imported],
            };
            for name in names {
                let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if place(&name).is_some_and(|other| other > own) {
                    wrong.push(format!("{file} imports crate::{name}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "against the order of src/lib.rs:\n{}", wrong.join("\n"));
}

#[test]
fn crates_are_named_where_they_belong() {
    for (library, homes) in [
        ("worker", &["edge/"][..]),
        ("wasm_bindgen", &["edge/"]),
        ("js_sys", &["edge/"]),
        // The shaper has the parser in its own types, and re-exports it.
        ("ttf_parser", &["text/outline.rs", "text/shape.rs"]),
        ("rustybuzz", &["text/shape.rs"]),
        ("taffy", &["layout/flex.rs"]),
        // Only tests compare with it.
        ("minijinja", &[]),
    ] {
        for (file, _, code) in files() {
            let named = code.contains(&format!("{library}::")) || code.contains(&format!("use {library};"));
            let home = homes.iter().any(|home| file.starts_with(home));
            assert!(!named || home, "{file} names {library}, which belongs into {homes:?}");
        }
    }
}
