//! Every page of the documentation is literally true: its commands run, its templates can be drawn, its
//! links lead somewhere, and its numbers are those of the code.
//!
//! Commands that need a Worker (`curl`, a local KV) are run by `tests/edge/docs.test.mjs`, and the
//! `console` blocks of the manual by `console.rs`. What nothing runs is in `not_run.txt`, with the reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use monogram::limits::Limits;
use monogram::snippet::sender;
use monogram::template::{mistake, samples};

use super::{Sandbox, root};

/// The pages, by their path below the root.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        ["README.md", "templates/README.md", "fonts/README.md", "src/snippet/README.md"].map(PathBuf::from).into();
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    pages.extend(
        docs.filter(|path| path.extension().is_some_and(|end| end == "md"))
            .map(|path| path.strip_prefix(root()).unwrap().to_owned()),
    );
    pages.sort();
    pages
}

fn text(page: &Path) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// The fenced blocks of a page in a language.
fn blocks(markdown: &str, language: &str) -> Vec<String> {
    let (mut blocks, mut open) = (Vec::new(), None::<(bool, String)>);
    for line in markdown.lines() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(found)) => open = Some((found.trim() == language, String::new())),
            (Some(_), Some(_)) => {
                let (is_it, block) = open.take().unwrap();
                if is_it {
                    blocks.push(block);
                }
            }
            (Some((_, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The commands of a page, each on one line, without comments.
fn commands(page: &Path) -> Vec<String> {
    let blocks = blocks(&text(page), "sh").concat().replace("\\\n", " ");
    let bare = |line: &str| line.split("  #").next().unwrap().trim().to_owned();
    blocks.lines().map(bare).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Where a command is run.
#[derive(Debug, PartialEq)]
enum Runs {
    Here,
    /// In `tests/edge/docs.test.mjs`.
    InWorkerd,
    Nowhere,
    Unknown,
}

fn runs(command: &str) -> Runs {
    let not_run = fs::read_to_string(root().join("cli/tests/not_run.txt")).unwrap();
    let mut listed =
        not_run.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once(" = ").unwrap().0);
    let is_here = [
        "monogram ",
        "cargo run -p monogram-cli -- ",
        "make render ",
        "make sheet ",
        "make font ",
        "printf ",
        "export ",
    ];
    // It serves until it is stopped; cli/tests/dev.rs runs it.
    if command.contains("monogram-cli -- dev") || command.starts_with("monogram dev") {
        Runs::Nowhere
    } else if is_here.iter().any(|start| command.starts_with(start)) {
        Runs::Here
    } else if command.starts_with("curl ") || command.contains("--local --persist-to .wrangler/state") {
        Runs::InWorkerd
    } else if listed.any(|start| command.starts_with(start)) {
        Runs::Nowhere
    } else {
        Runs::Unknown
    }
}

#[test]
fn every_command_is_run_or_has_a_reason() {
    let all: Vec<(PathBuf, String)> = pages()
        .into_iter()
        .flat_map(|page| commands(&page).into_iter().map(move |line| (page.clone(), line)))
        .collect();
    assert!(all.len() > 25, "{} commands", all.len());
    let unknown: Vec<_> = all.iter().filter(|(_, command)| runs(command) == Runs::Unknown).collect();
    assert!(unknown.is_empty(), "no test runs these, and cli/tests/not_run.txt has no reason: {unknown:#?}");
    let not_run = fs::read_to_string(root().join("cli/tests/not_run.txt")).unwrap();
    for line in not_run.lines().filter(|line| !line.starts_with('#')) {
        let start = line.split_once(" = ").unwrap().0;
        assert!(all.iter().any(|(_, command)| command.starts_with(start)), "no page has `{start}` any more");
    }
}

#[test]
fn the_commands_of_every_page_work() {
    for page in pages() {
        let commands: Vec<String> = commands(&page).into_iter().filter(|command| runs(command) == Runs::Here).collect();
        if commands.iter().all(|command| command.starts_with("export ")) {
            continue;
        }
        let name = page.display().to_string().replace(['/', '.'], "-");
        let sandbox = Sandbox::new(&format!("docs-{name}"));
        let folder = &sandbox.0;
        for json in blocks(&text(&page), "json").iter().filter(|json| is_template(json)) {
            fs::write(folder.join("templates/hello.json"), json).unwrap();
        }
        // `make` and `cargo run` come to the command that was built.
        fs::create_dir(folder.join("bin")).unwrap();
        let monogram = env!("CARGO_BIN_EXE_monogram");
        script(&folder.join("bin/monogram"), &format!("exec {monogram} \"$@\""));
        script(&folder.join("bin/cargo"), "while [ \"$1\" != -- ]; do shift; done; shift; exec monogram \"$@\"");
        fs::copy(root().join("Makefile"), folder.join("Makefile")).unwrap();
        #[cfg(unix)]
        for linked in ["fonts", "examples"] {
            std::os::unix::fs::symlink(root().join(linked), folder.join(linked)).unwrap();
        }
        for (index, line) in commands.iter().enumerate() {
            // What a check finds is no failure of the command.
            let last = if line.contains("lint ") { format!("{line} || test $? = 1") } else { line.clone() };
            let before = commands[..index].iter().filter(|line| line.starts_with("export ")).cloned();
            let script = before.chain([last]).collect::<Vec<_>>().join("\n");
            let path = format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").unwrap());
            let mut bash = Command::new("bash");
            bash.args(["-c", &script]).current_dir(folder).env("PATH", path);
            for name in ["MONOGRAM_URL", "MONOGRAM_KEY", "MONOGRAM_ROOT", "MAKEFLAGS", "MAKELEVEL"] {
                bash.env_remove(name);
            }
            let ran = bash.output().unwrap();
            let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
            assert!(ran.status.success(), "{}: {line}\n{said}", page.display());
        }
    }
}

fn script(path: &Path, body: &str) {
    fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

/// Whether a block of JSON is a whole template.
fn is_template(json: &str) -> bool {
    json.contains("\"layers\"") && json.contains("\"width\"") && !json.contains("\"template\":")
}

/// A piece of a template, as a whole one.
fn whole(piece: &str) -> String {
    let without_comments: Vec<&str> = piece.lines().map(|line| line.split(" // ").next().unwrap()).collect();
    let piece = without_comments.join("\n").trim().trim_end_matches(',').replace('…', "");
    if piece.starts_with("{ \"type\"") {
        return format!(r#"{{ "width": 600, "height": 300, "layers": [{piece}] }}"#);
    }
    let piece = if piece.starts_with('{') { piece[1..piece.len() - 1].to_owned() } else { piece };
    let missing = [("width", "600"), ("height", "300"), ("layers", "[]")];
    let at_top: serde_json::Value = serde_json::from_str(&format!("{{{piece}}}")).unwrap_or_default();
    let missing = missing.iter().filter(|(name, _)| at_top.get(name).is_none());
    let missing: String = missing.map(|(name, value)| format!(", \"{name}\": {value}")).collect();
    format!("{{{piece}{missing}}}")
}

#[test]
fn every_template_in_the_documentation_is_valid() {
    let limits = Limits::default();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for page in pages() {
        let markdown = text(&page);
        let wholes = blocks(&markdown, "json").into_iter().filter(|json| is_template(json));
        let pieces = blocks(&markdown, "jsonc").into_iter().map(|piece| whole(&piece));
        for json in wholes.chain(pieces) {
            count += 1;
            // What a piece reads may be declared elsewhere.
            let mut document: serde_json::Value = match serde_json::from_str(&json) {
                Ok(document) => document,
                Err(error) => {
                    wrong.push(format!("{}: {error}\n{json}", page.display()));
                    continue;
                }
            };
            for _ in 0..20 {
                let Err(problem) = mistake::parse(&document.to_string(), &limits) else { break };
                let between = |start: &str, end: &str| {
                    let (_, rest) = problem.message.split_once(start)?;
                    rest.split_once(end).map(|(found, _)| found.to_owned())
                };
                let field = problem.field.as_deref().unwrap_or_default();
                let (param, colour) = (between("there is no param `", "`"), between("found \"$", "\""));
                let layer =
                    field.strip_prefix("dark.layers.").filter(|_| problem.message.contains("no layer has this id"));
                let fields = document.as_object_mut().unwrap();
                match (param, colour, layer) {
                    (Some(name), ..) => {
                        let params = fields.entry("params").or_insert(serde_json::json!({}));
                        params[name.as_str()] = serde_json::json!({ "type": "text" });
                    }
                    (_, Some(name), _) => {
                        let palette = fields.entry("palette").or_insert(serde_json::json!({}));
                        palette[name.as_str()] = "#14142b".into();
                    }
                    (.., Some(id)) => {
                        let layer = serde_json::json!({ "type": "image", "id": id, "src": "asset:logo.png" });
                        fields["layers"].as_array_mut().unwrap().push(layer);
                    }
                    _ => {
                        wrong.push(format!("{}: {problem}\n{json}", page.display()));
                        break;
                    }
                }
            }
        }
    }
    assert!(count > 10, "{count} templates");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let headings = markdown.lines().filter_map(|line| line.strip_prefix('#'));
    headings
        .map(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            words
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let (markdown, folder) = (text(&page), root().join(&page).parent().unwrap().to_owned());
        // Code has brackets of its own.
        let prose: String = markdown.split('`').step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.starts_with('/') || link.contains(' ') {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { root().join(&page) } else { folder.join(file) };
            let is_there = target.exists()
                && (anchor.is_empty() || anchors(&fs::read_to_string(&target).unwrap_or_default()).contains(anchor));
            if !is_there {
                wrong.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_index_has_every_page() {
    let index = text(Path::new("docs/README.md"));
    for page in pages() {
        let Some(name) = page.strip_prefix("docs").ok().filter(|name| *name != Path::new("README.md")) else {
            continue;
        };
        let link = format!("]({})", name.display());
        assert!(index.contains(&link), "docs/README.md does not list {}", page.display());
    }
}

#[test]
fn the_addresses_of_the_samples_are_pictures() {
    let sandbox = Sandbox::new("docs-samples");
    let lines: Vec<String> =
        blocks(&text(Path::new("templates/README.md")), "text").concat().lines().map(str::to_owned).collect();
    assert!(lines.len() >= samples::ids().count());
    for line in lines {
        let (picture, query) = line.strip_prefix("/i/").unwrap().split_once('?').unwrap();
        let ran =
            super::monogram().current_dir(&sandbox.0).args(["render", picture, query, "out.png"]).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success() && !said.contains("warning"), "{line}\n{said}");
    }
}

#[test]
fn numbers_in_the_documentation_are_those_of_the_code() {
    let words = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"];
    let samples = words[samples::ids().count() - 10];
    let senders = sender::all().len();
    for (page, sentence) in [
        ("README.md", format!("each of {senders} email senders")),
        ("docs/snippets.md", format!("Monogram knows {senders} senders")),
        ("README.md", format!("The {samples} [samples]")),
        ("docs/templates.md", format!("the {samples}\n[samples]")),
        ("templates/README.md", format!("these {samples} templates")),
    ] {
        assert!(text(Path::new(page)).contains(&sentence), "{page} does not say: {sentence}");
    }
}
