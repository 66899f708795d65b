//! Nobody reads what a command prints (`monogram … | head`): it goes on in silence, and ends as it
//! would.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::help::subcommands;
use super::service::Service;
use super::{Sandbox, monogram};

/// A command of each subcommand that ends by itself. Those with an asterisk print to the standard
/// output.
const COMMANDS: &str = "
    render welcome.png name=Maria out.png
    sheet welcome sheet.png
    batch hello.json fine.csv --out cards
    *validate misspelt.json
    *validate --json hello.json narrow.json
    *diff hello.json hello-new.json -o diff.png
    *font Brand.woff2 Brand.ttf
    *lint email.html
    *lint --json email.html
    *check hello.json contacts.csv
    *check --json hello.json contacts.csv
    *sign acme/hello --open name
    *seal acme/hello people.jsonl
    *push hello.json
    *pull hello -o -
    pull hello -o pulled.json --force
    *completions bash
    pull nothing
";

/// The writing end of a pipe whose reader has gone.
fn gone() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn run(sandbox: &Sandbox, service: &Service, line: &str) -> Command {
    let mut command = monogram();
    command
        .current_dir(&sandbox.0)
        .env("MONOGRAM_URL", &service.url)
        .env("MONOGRAM_KEY", "mg_author")
        .env("SIGNING_SECRET", "an example, and no secret: 32 or more")
        .args(line.split_whitespace());
    command
}

#[test]
fn no_command_fails_because_nobody_reads() {
    let (sandbox, service) = (Sandbox::new("pipe"), Service::start());
    let lines: Vec<(bool, &str)> = COMMANDS
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| (line.starts_with('*'), line.trim_start_matches('*')))
        .collect();
    for name in subcommands().iter().filter(|name| *name != "dev") {
        assert!(lines.iter().any(|(_, line)| line.split(' ').next() == Some(name)), "there is no line for {name}");
    }
    for (prints, line) in lines {
        let read = run(&sandbox, &service, line).output().unwrap();
        assert_eq!(!read.stdout.is_empty(), prints, "{line}");
        let unread = run(&sandbox, &service, line).stdout(gone()).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&unread.stderr);
        assert_eq!(unread.status.code(), read.status.code(), "{line}: {said}");
        assert!(!said.contains("panicked") && !said.contains("Broken pipe"), "{line}: {said}");
        let silent = run(&sandbox, &service, line).stdout(gone()).stderr(gone()).status().unwrap();
        assert_eq!(silent.code(), read.status.code(), "2>&1: {line}");
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test runs on a machine with a clock")]
fn the_page_is_served_while_nobody_reads() {
    let (sandbox, service) = (Sandbox::new("pipe-dev"), Service::start());
    let mut command = run(&sandbox, &service, "dev hello.json --port 0");
    let mut child: Child = command.stdout(gone()).stderr(gone()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let ended = child.try_wait().unwrap();
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(ended, None, "it serves until somebody ends it");
}

/// A disk that is full is a failure, and nobody may believe that the output is whole.
#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_written_is_a_failure() {
    let (sandbox, service) = (Sandbox::new("pipe-full"), Service::start());
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let ran = run(&sandbox, &service, "validate hello.json").stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: ") && !said.contains("panicked"), "{said}");
}
