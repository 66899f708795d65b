//! The command `monogram`: what the Worker does, on this machine and with files.
//!
//! Each subcommand has a file of its own. They read what a picture needs through
//! [`folder::Folder`]; everything that is drawn is drawn by the core, and everything that is asked
//! of a deployment goes through [`api::Api`].

#![forbid(unsafe_code)]

mod api;
mod batch;
mod check;
mod clock;
mod dev;
mod diff;
mod folder;
mod font;
mod lint;
mod out;
mod pull;
mod push;
mod remote;
mod render;
mod sheet;
mod sign;
mod svg;
mod validate;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use out::note;

/// Draws personalised images from templates, as the Worker does.
#[derive(Parser)]
#[command(name = "monogram", version, about, max_term_width = 100)]
struct Arguments {
    /// The folder with `templates/` and `fonts/packs/`.
    #[arg(long, global = true, env = "MONOGRAM_ROOT", default_value = ".")]
    root: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Draws one picture into a file, or explains it (`.json`).
    #[command(after_help = "Example:\n  monogram render welcome.png 'name=Maria&_dpr=2' maria.png")]
    Render(render::Arguments),
    /// Draws a template with its worst cases into one sheet; fails where the template breaks.
    #[command(after_help = "Example:\n  monogram sheet welcome sheet.png")]
    Sheet(sheet::Arguments),
    /// Shows a template in a browser while you write it.
    #[command(after_help = "Example:\n  monogram dev templates/welcome.json")]
    Dev(dev::Arguments),
    /// Says what the Worker would refuse in a template, and what its worst cases break.
    #[command(after_help = "Example:\n  monogram validate --strict templates/welcome.json")]
    Validate(validate::Arguments),
    /// Compares two templates: their fields, and the pixels of their pictures.
    #[command(
        after_help = "Examples:\n  monogram diff old.json new.json 'name=Maria' -o diff.png\n  monogram diff acme/hello@3 acme/hello@4"
    )]
    Diff(diff::Arguments),
    /// Checks a font for templates, and unpacks a web font.
    #[command(after_help = "Example:\n  monogram font Brand.woff2")]
    Font(font::Arguments),
    /// Checks the pictures in the HTML of an email: tags, values, sizes, signatures.
    #[command(after_help = "Example:\n  monogram lint email.html --sender mailchimp --templates templates")]
    Lint(lint::Arguments),
    /// Checks the pictures of all recipients in a file; fails where one is bad.
    #[command(after_help = "Example:\n  monogram check welcome.json contacts.csv --map 'name=First Name'")]
    Check(check::Arguments),
    /// Draws a picture for each row of a file, on all cores; goes on where it was stopped.
    #[command(after_help = "Example:\n  monogram batch card.json people.csv --out cards/ --name '{row}-{name}'")]
    Batch(batch::Arguments),
    /// Signs a URL for an email: what it fixes, and what a sender's tags may fill.
    #[command(after_help = "Example:\n  monogram sign acme/hello@4 --fixed company=Acme --open name --expires 90d")]
    Sign(sign::Arguments),
    /// Seals the values of each row of a file into a URL, encrypted.
    #[command(after_help = "Example:\n  monogram seal acme/hello people.jsonl --expires 30d")]
    Seal(sign::SealArguments),
    /// Publishes a template in a deployment, with the assets that lie beside it.
    #[command(after_help = "Example:\n  monogram push hello.json --id acme/hello --if-revision 3")]
    Push(push::Arguments),
    /// Fetches a template of a deployment into a file.
    #[command(after_help = "Example:\n  monogram pull acme/hello@4 -o hello.json")]
    Pull(pull::Arguments),
    /// Prints the completions for a shell.
    #[command(
        after_help = "Example:\n  monogram completions bash > ~/.local/share/bash-completion/completions/monogram"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

fn main() -> ExitCode {
    let Arguments { root, command } = Arguments::parse();
    let folder = folder::Folder::new(root);
    let done = match command {
        Command::Render(arguments) => render::run(&arguments, &folder),
        Command::Sheet(arguments) => sheet::run(&arguments, &folder),
        Command::Dev(arguments) => dev::run(&arguments, &folder),
        Command::Validate(arguments) => validate::run(&arguments, &folder),
        Command::Diff(arguments) => diff::run(&arguments, &folder),
        Command::Font(arguments) => font::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Check(arguments) => check::run(&arguments, &folder),
        Command::Batch(arguments) => batch::run(&arguments, &folder),
        Command::Sign(arguments) => sign::run(&arguments, &folder),
        Command::Seal(arguments) => sign::seal(&arguments),
        Command::Push(arguments) => push::run(&arguments, &folder),
        Command::Pull(arguments) => pull::run(&arguments, &folder),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut self::Arguments::command(), "monogram", &mut script);
            let written = out::text(format_args!("{}", String::from_utf8_lossy(&script)));
            written.map(|()| ExitCode::SUCCESS).map_err(Into::into)
        }
    };
    done.unwrap_or_else(|error| {
        note!("error: {error}");
        ExitCode::FAILURE
    })
}

/// How a command ends: its exit status, or one sentence about what is wrong.
type Done = Result<ExitCode, Box<dyn Error>>;
