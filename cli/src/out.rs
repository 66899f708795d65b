//! What a command prints. Whoever reads it may stop (`monogram validate … | head -1`): the command
//! then goes on in silence, so that its exit status stays the one of what it did.
//!
//! Invariant: nothing else prints, because the macros of std panic when their reader has gone.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};

/// Writes a line to the standard output: `say!("{id}@{revision}")?`.
macro_rules! say {
    ($($text:tt)*) => { $crate::out::text(format_args!("{}\n", format_args!($($text)*))) };
}

/// Writes a line to the error output, for a person.
macro_rules! note {
    ($($text:tt)*) => { $crate::out::aside(format_args!($($text)*)) };
}

pub(crate) use {note, say};

/// Writes text to the standard output.
///
/// # Errors
/// It cannot be written, such as to a disk that is full. That nobody reads is no error.
pub fn text(text: fmt::Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    unless_gone(out.write_fmt(text).and_then(|()| out.flush()))
}

/// Writes a line to the error output. There is no place to tell that it failed.
pub fn aside(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The result of a write, where a reader that has gone is no failure.
fn unless_gone(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
