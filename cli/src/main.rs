//! The command `monogram`: what the Worker does, on this machine and with files.
//!
//! Each subcommand has a file of its own. They read what a picture needs through
//! [`folder::Folder`]; everything that is drawn is drawn by the core.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to a person")]

mod folder;
mod font;
mod render;
mod sheet;
mod sign;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Draws personalised images from templates, as the Worker does.
#[derive(Parser)]
#[command(name = "monogram", version, about)]
struct Arguments {
    /// The folder with `templates/` and `fonts/packs/`.
    #[arg(long, global = true, default_value = ".")]
    root: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Draws one picture into a file, or explains it (`.json`).
    Render(render::Arguments),
    /// Draws a template with its worst cases into one sheet; fails where the template breaks.
    Sheet(sheet::Arguments),
    /// Checks a font for templates, and unpacks a web font.
    Font(font::Arguments),
    /// Signs a URL for an email: what it fixes, and what a sender's tags may fill.
    Sign(sign::Arguments),
    /// Seals the values of each row of a file into a URL, encrypted.
    Seal(sign::SealArguments),
}

fn main() -> ExitCode {
    let Arguments { root, command } = Arguments::parse();
    let folder = folder::Folder::new(root);
    let done = match command {
        Command::Render(arguments) => render::run(&arguments, &folder),
        Command::Sheet(arguments) => sheet::run(&arguments, &folder),
        Command::Font(arguments) => font::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Seal(arguments) => sign::seal(&arguments),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// How a command ends: its exit status, or one sentence about what is wrong.
type Done = Result<ExitCode, Box<dyn Error>>;
