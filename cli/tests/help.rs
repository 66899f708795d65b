//! The help of every subcommand, and the manual's page about them.

use super::{monogram, root};

/// The subcommands, as `monogram --help` lists them.
pub fn subcommands() -> Vec<String> {
    let help = monogram().arg("--help").output().unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    let list = text.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_subcommand_has_help_with_an_example_that_parses() {
    let names = subcommands();
    assert_eq!(names.len(), 14, "{names:?}");
    for name in names {
        let help = monogram().args([&name, "--help"]).output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(help.status.success(), "{name}");
        assert!(text.contains(&format!("\n  monogram {name}")), "{name} has no example:\n{text}");
        for line in text.lines() {
            assert!(line.chars().count() <= 120, "{name}: {line}");
        }
    }
}

#[test]
fn the_manual_has_every_subcommand_and_every_option() {
    let manual = std::fs::read_to_string(root().join("docs/command-line.md")).unwrap();
    for name in subcommands() {
        assert!(manual.contains(&format!("## {name}")), "docs/command-line.md has no part about {name}");
        let help = monogram().args([&name, "--help"]).output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
            let is_option = word.starts_with("--") && word.len() > 2 && !["--help", "--root"].contains(&word);
            assert!(!is_option || manual.contains(word), "docs/command-line.md does not mention {word} of {name}");
        }
    }
}
