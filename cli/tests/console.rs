//! Runs the `console` blocks of Markdown files.
//!
//! A line `$ …` is a command; the lines after it are what it prints, first to the standard output
//! and then to the error output. `? 1` is its exit status, if that is not 0. `[..]` stands for any
//! text in a line, and a line `...` for any lines.

use std::path::Path;

use super::service::Service;
use super::{Sandbox, monogram, root};

/// A command and what it must print.
struct Step {
    line: String,
    output: Vec<String>,
    status: i32,
}

fn steps(markdown: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for block in markdown.split("```console\n").skip(1) {
        for line in block.split("\n```").next().unwrap().lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                steps.push(Step { line: command.to_owned(), output: Vec::new(), status: 0 });
            } else if let Some(status) = line.strip_prefix("? ") {
                steps.last_mut().unwrap().status = status.parse().unwrap();
            } else {
                steps.last_mut().expect("a command first").output.push(line.to_owned());
            }
        }
    }
    steps
}

/// Splits a command at spaces, as a shell does; quotes keep them.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (quote, c) {
            (None, '\'' | '"') => (quote, open) = (Some(c), true),
            (Some(end), c) if c == end => quote = None,
            (None, ' ') if open => {
                words.push(std::mem::take(&mut word));
                open = false;
            }
            (None, ' ') => {}
            (_, c) => {
                word.push(c);
                open = true;
            }
        }
    }
    if open {
        words.push(word);
    }
    words
}

fn fits_line(pattern: &str, line: &str) -> bool {
    let mut rest = line;
    let mut pieces = pattern.split("[..]");
    let first = pieces.next().unwrap();
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    let mut last = None;
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
        last = Some(piece);
    }
    rest.is_empty() || last == Some("")
}

fn fits(expected: &[String], found: &[&str]) -> bool {
    match (expected.split_first(), found.split_first()) {
        (None, None) => true,
        (Some((line, rest)), _) if line == "..." => (0..=found.len()).any(|skipped| fits(rest, &found[skipped..])),
        (Some((pattern, expected)), Some((line, found))) => fits_line(pattern, line) && fits(expected, found),
        _ => false,
    }
}

/// Runs all steps of a file in one sandbox, with one server.
fn run(file: &Path) {
    let name = file.file_stem().unwrap().to_str().unwrap();
    let sandbox = Sandbox::new(&format!("console-{name}"));
    let service = Service::start();
    let steps = steps(&std::fs::read_to_string(file).unwrap());
    assert!(!steps.is_empty(), "{} has no console block", file.display());
    let mut wrong = Vec::new();
    for Step { line, output, status } in steps {
        let mut words = words(&line);
        let mut command = monogram();
        command.current_dir(&sandbox.0).env("MONOGRAM_URL", &service.url).env("MONOGRAM_KEY", "mg_author");
        while let Some((name, value)) = words[0].split_once('=') {
            command.env(name, value.replace("$SERVICE", &service.url));
            words.remove(0);
        }
        assert_eq!(words[0], "monogram", "{line}");
        let ran = command.args(&words[1..]).output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        let text = text.replace(&service.url, "$SERVICE");
        let found: Vec<&str> = text.lines().map(str::trim_end).collect();
        if ran.status.code() != Some(status) || !fits(&output, &found) {
            wrong.push(format!(
                "$ {line}\n  {}\n? {:?}\n--- expected\n  {}\n? {status}",
                found.join("\n  "),
                ran.status.code(),
                output.join("\n  ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", file.display(), wrong.join("\n\n"));
}

#[test]
fn the_manual_is_true() {
    run(&root().join("docs/command-line.md"));
}

#[test]
fn commands_print_what_the_cases_say() {
    let mut files: Vec<_> =
        std::fs::read_dir(root().join("cli/tests/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 6);
    files.iter().for_each(|file| run(file));
}

#[test]
fn assets_beside_a_template_are_pushed() {
    let sandbox = Sandbox::new("push-assets");
    let service = Service::start();
    let ran = monogram()
        .current_dir(&sandbox.0)
        .env("MONOGRAM_URL", &service.url)
        .env("MONOGRAM_KEY", "mg_author")
        .args(["push", "templates/certificate.json"])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let assets = service.assets.lock().unwrap();
    let size = |name: &str| {
        usize::try_from(std::fs::metadata(root().join("templates/assets").join(name)).unwrap().len()).unwrap()
    };
    let expected = ("font/ttf".to_owned(), size("playfair-display.ttf"));
    assert_eq!(assets.get("playfair-display.ttf"), Some(&expected));
}

#[test]
fn patterns_fit() {
    for (pattern, text, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a[..]", "abc", true),
        ("[..]c", "abc", true),
        ("a[..]c", "abc", true),
        ("a[..]c", "abcd", false),
        ("[..]b[..]", "abc", true),
        ("x[..]", "abc", false),
    ] {
        assert_eq!(fits_line(pattern, text), expected, "{pattern} {text}");
    }
    let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert!(fits(&lines("a ... d"), &["a", "b", "c", "d"]) && fits(&lines("a ..."), &["a"]));
    assert!(!fits(&lines("a ... d"), &["a", "b"]) && !fits(&lines("a"), &[]));
    assert_eq!(words("a 'b c' \"\" d=\"e f\""), ["a", "b c", "", "d=e f"]);
}
