//! The order of `src/lib.rs`: a stage uses only the stages before it, and no files use each other
//! in a circle.
//!
//! To move a module, change `ORDER`. To cut a circle, remove it from `CIRCLES`; none may be added.

mod imports;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use self::imports::{Imports, Sources};
use crate::util::{files_below, read_text, root};

/// The top-level modules: each uses only those before it.
const ORDER: &[&str] = &[
    "limits",
    "lru",
    "ordered",
    "table",
    "warnings",
    "error",
    "geometry",
    "projection",
    "color",
    "asset",
    "remote",
    "locale",
    "font",
    "text",
    "image",
    "code",
    "merge_tag",
    "request",
    "access",
    "params",
    "policy",
    "template",
    "context",
    "inputs",
    "plan",
    "layout",
    "paint",
    "encode",
    "incremental",
    "world",
    "render",
    "torture",
    "audience",
    "jobs",
    "response",
    "snippet",
    "lint",
    "api",
    "mcp",
    "page",
];

/// Uses that the order allows and an invariant of `src/lib.rs` does not: a stage, and a module that
/// it must not know.
const STRANGERS: &[(&str, &str)] = &[("paint", "encode"), ("encode", "paint"), ("paint", "incremental")];

/// Other crates, and the files or folders that may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("worker", &[]),
    ("wasm_bindgen", &[]),
    ("js_sys", &[]),
    ("ttf_parser", &["font/outline.rs"]),
    ("rustybuzz", &["text/shape.rs"]),
    ("wuff", &["font/web.rs"]),
    ("taffy", &["layout/flex.rs"]),
    ("html5gum", &[]),
    ("minijinja", &[]),
];

/// The circles that still exist: groups of files, each of which uses all others, directly or
/// through each other.
const CIRCLES: &[&[&str]] = &[&["template/mod.rs", "template/parse.rs"]];

/// All sources of the core.
fn sources() -> Sources {
    sources_below("src/")
}

/// All sources of a crate, by their paths in its folder.
fn sources_below(folder: &str) -> Sources {
    let name = |path: &String| path.strip_prefix(folder).unwrap().to_owned();
    files_below(folder.trim_end_matches('/'), "rs").iter().map(|path| (name(path), read_text(path))).collect()
}

/// The top-level module of a file: `paint` for `paint/leaf.rs` and for `paint.rs`.
fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

/// Uses of a module by a module before it, and modules without a place in the order.
fn against_order(imports: &Imports, order: &[&str]) -> Vec<String> {
    let place = |module: &str| order.iter().position(|known| *known == module);
    let mut wrong = Vec::new();
    for (file, modules) in imports.modules.iter().filter(|(file, _)| *file != "lib.rs") {
        let Some(own) = place(module_of(file)) else {
            wrong.push(format!("{file} has no place in the order"));
            continue;
        };
        let later = modules.iter().filter(|module| place(module).is_none_or(|other| other > own));
        wrong.extend(later.map(|module| format!("{file} uses {module}")));
    }
    wrong
}

/// Uses of another crate by a file that is none of its homes.
fn away_from_home(imports: &Imports, homes: &[(&str, &[&str])]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, named) in &imports.externals {
        for (library, homes) in homes.iter().filter(|(library, _)| named.contains(*library)) {
            if !homes.iter().any(|home| file.starts_with(home)) {
                wrong.push(format!("{file} names {library}"));
            }
        }
    }
    wrong
}

/// Groups of two files or more that use each other in a circle.
fn circles(imports: &Imports) -> Vec<Vec<&str>> {
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in imports.files.keys() {
        let mut open = vec![file.as_str()];
        let found = reached.entry(file).or_default();
        while let Some(next) = open.pop() {
            open.extend(imports.files[next].iter().map(String::as_str).filter(|used| found.insert(used)));
        }
    }
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for (file, found) in &reached {
        let is_mutual = |other: &&&str| reached[**other].contains(file);
        let group: Vec<&str> = found.iter().filter(is_mutual).copied().collect();
        if group.first() == Some(file) {
            groups.push(group);
        }
    }
    groups
}

#[test]
fn every_file_is_read() {
    let sources = sources();
    let imports = imports::read(&sources);
    let unread =
        sources.keys().filter(|file| !imports.files.contains_key(*file) && !imports.test_files.contains(*file));
    assert_eq!(unread.collect::<Vec<_>>(), [""; 0], "no module declares these files");
    assert!(imports.files.len() > 100);
}

#[test]
fn the_order_lists_the_modules_of_the_crate() {
    let sources = sources();
    let modules: BTreeSet<&str> =
        sources.keys().map(|file| module_of(file)).filter(|module| *module != "lib").collect();
    assert_eq!(ORDER.iter().copied().collect::<BTreeSet<_>>(), modules, "ORDER and the modules in src differ");
    let listed: BTreeSet<String> = ORDER.iter().map(|module| (*module).to_owned()).collect();
    assert_eq!(listed.len(), ORDER.len(), "ORDER lists a module twice");
}

#[test]
fn stages_use_only_those_before_them() {
    let wrong = against_order(&imports::read(&sources()), ORDER);
    assert!(wrong.is_empty(), "against the order of src/lib.rs:\n{}", wrong.join("\n"));
}

#[test]
fn a_stage_does_not_know_its_strangers() {
    let imports = imports::read(&sources());
    for (stage, stranger) in STRANGERS {
        let known = imports.modules.iter().filter(|(file, used)| module_of(file) == *stage && used.contains(*stranger));
        assert_eq!(known.map(|(file, _)| file.as_str()).collect::<Vec<_>>(), [""; 0], "{stage} uses {stranger}");
    }
}

#[test]
fn crates_are_named_in_their_homes_only() {
    let wrong = away_from_home(&imports::read(&sources()), HOMES);
    assert!(wrong.is_empty(), "see HOMES:\n{}", wrong.join("\n"));
}

#[test]
fn no_encoders_use_each_other_in_a_circle() {
    let imports = imports::read(&sources_below("encode/src/"));
    assert!(imports.files.len() > 30);
    assert_eq!(circles(&imports), [[""; 0]; 0]);
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let imports = imports::read(&sources());
    let found = circles(&imports);
    let describe = |group: &Vec<&str>| {
        let uses = |file: &&str| {
            let others: Vec<&str> =
                imports.files[*file].iter().map(String::as_str).filter(|other| group.contains(other)).collect();
            format!("  {file} uses {}", others.join(", "))
        };
        format!("    &{group:?},\n{}", group.iter().map(uses).collect::<Vec<_>>().join("\n"))
    };
    let is_excused = |group: &&Vec<&str>| CIRCLES.iter().any(|excused| group.iter().all(|file| excused.contains(file)));
    let new: Vec<String> = found.iter().filter(|group| !is_excused(group)).map(describe).collect();
    assert!(new.is_empty(), "{} circles between files; cut them:\n{}", new.len(), new.join("\n"));
    let now: Vec<String> = found.iter().map(|group| format!("    &{group:?},")).collect();
    let is_current = CIRCLES.iter().all(|excused| found.iter().any(|group| group == excused));
    assert!(is_current, "there are fewer circles: shorten CIRCLES to\n{}", now.join("\n"));
}

/// A crate of a few files: `ground`, and above it `stage` with two files.
fn planted(changes: &[(&str, &str)]) -> Sources {
    let files = [
        ("lib.rs", "pub mod ground; pub mod stage;"),
        ("ground.rs", "pub struct Stone; #[cfg(test)] mod tests { use crate::stage::Part; }"),
        ("stage/mod.rs", "mod part; pub use part::Part; pub struct Whole;"),
        ("stage/part.rs", "use crate::ground::Stone; pub struct Part(Stone);"),
    ];
    files.iter().chain(changes).map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn a_planted_use_of_a_later_stage_is_found() {
    for (text, is_wrong) in [
        ("pub struct Stone;", false),
        (
            "// use crate::stage::Part;\n/* crate::stage */ /// [`crate::stage`]\nconst NAME: &str = r#\"crate::stage\"#;",
            false,
        ),
        ("#[cfg(test)] mod tests { mod inner { } use crate::stage::Part; }", false),
        (
            "#[cfg(test)] use crate::stage::Part; #[cfg(test)] fn test() -> crate::stage::Part { crate::stage::Part }",
            false,
        ),
        ("use crate::stage::Part;", true),
        ("use crate::{stage::{self, Part}};", true),
        ("use super::stage;", true),
        ("mod inner { use super::super::stage::Part as Other; }", true),
        ("fn stone() { let part = crate::stage::Part; }", true),
        ("macro_rules! stone { () => { $crate::stage::Part } }", true),
        // Behind test code, which the old version of this test took for the end of a file.
        ("#[cfg(test)] mod tests { fn f() { if true { } } } use crate::stage::Part;", true),
        ("#[cfg(test)] use std::fs; pub use crate::stage::Part;", true),
        ("#[cfg(test)] const fn f() { } fn g(part: &crate::stage::Part) { }", true),
    ] {
        let sources = planted(&[("ground.rs", text)]);
        let wrong = against_order(&imports::read(&sources), &["ground", "stage"]);
        assert_eq!(wrong == ["ground.rs uses stage"], is_wrong, "{text}: {wrong:?}");
        assert_eq!(wrong.is_empty(), !is_wrong, "{text}: {wrong:?}");
    }
    let wrong = imports::read(&planted(&[]));
    assert_eq!(against_order(&wrong, &["ground"]).len(), 2, "modules without a place");
}

#[test]
fn a_planted_circle_is_found() {
    let circle = |changes: &[(&str, &str)]| {
        let imports = imports::read(&planted(changes));
        circles(&imports).iter().map(|group| group.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(circle(&[]), [""; 0], "a re-export alone is no use");
    let both = ["stage/mod.rs stage/part.rs"];
    for (file, text) in [
        // Part uses Whole of mod.rs, which uses Part by a re-export, by a path, or by an import.
        ("stage/mod.rs", "mod part; pub use part::Part; pub struct Whole(Part);"),
        ("stage/mod.rs", "mod part; pub struct Whole(part::Part);"),
        ("stage/mod.rs", "#[cfg(test)] mod tests { } mod part; use self::part::Part; pub struct Whole;"),
    ] {
        assert_eq!(circle(&[(file, text)]), [""; 0], "{text}");
        for part in [
            "use super::Whole; pub struct Part;",
            "pub struct Part(super::Whole);",
            "use crate::stage; pub struct Part(stage::Whole);",
            "use crate::stage::{self as own}; pub struct Part(own::Whole);",
        ] {
            assert_eq!(circle(&[(file, text), ("stage/part.rs", part)]), both, "{text} {part}");
        }
    }
    // Through a re-export, the circle is between the files that define and use the items.
    let siblings = [
        ("stage/mod.rs", "mod part; mod other; pub use part::Part; pub use other::{Other, other};"),
        ("stage/part.rs", "use super::other; pub struct Part; fn part() { other(); }"),
        ("stage/other.rs", "use crate::stage::Part; pub struct Other(Part); pub fn other() { }"),
    ];
    assert_eq!(circle(&siblings), ["stage/other.rs stage/part.rs"]);
}

#[test]
fn a_planted_crate_away_from_home_is_found() {
    for (text, is_wrong) in [
        ("use std::fs;", false),
        ("#[cfg(test)] mod tests { use taffy::Tree; } // taffy::Tree", false),
        ("use taffy::Tree;", true),
        ("use taffy;", true),
        ("#[cfg(test)] mod tests { } fn f() { taffy::tree(); }", true),
        ("use taffy::{prelude as all, Tree}; fn f() { all::tree(); }", true),
    ] {
        let imports = imports::read(&planted(&[("ground.rs", text)]));
        assert_eq!(!away_from_home(&imports, &[("taffy", &["stage/part.rs"])]).is_empty(), is_wrong, "{text}");
        assert_eq!(away_from_home(&imports, &[("taffy", &["ground.rs"])]), [""; 0], "{text}");
    }
}

/// The same with the sources as they are: one line more, at the end of a file behind its tests.
#[test]
fn a_line_planted_into_the_crate_is_found() {
    for (file, line, found) in [
        ("encode.rs", "use crate::page;", "encode.rs uses page"),
        ("text/mod.rs", "fn planted(scene: super::layout::Scene) {}", "text/mod.rs uses layout"),
        ("lru.rs", "pub use crate::text::Paragraph;", "lru.rs uses text"),
    ] {
        let mut sources = sources();
        let text = sources.get_mut(file).unwrap_or_else(|| panic!("{file}: choose another file"));
        text.push_str(line);
        let wrong = against_order(&imports::read(&sources), ORDER);
        assert_eq!(wrong, [found]);
    }
}

/// The paths between backticks in a text that are no files or folders of the project.
fn dead_paths(map: &str) -> Vec<&str> {
    let is_path = |text: &&str| text.contains('/') && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'`');
    let paths = map.split('`').skip(1).step_by(2).filter(is_path).filter(|path| *path != "/");
    paths.filter(|path| !root().join(path).exists()).collect()
}

#[test]
fn the_map_leads_to_files_that_exist() {
    assert_eq!(dead_paths(&read_text("ARCHITECTURE.md")), [""; 0]);
    assert_eq!(dead_paths("`src/lib.rs`, `src/gone.rs` and `gone/`"), ["src/gone.rs", "gone/"]);
}
