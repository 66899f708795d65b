//! The command as people run it: the built program, with files, and with a small server in place of
//! a deployment.
//!
//! Cases are data: every `console` block of `docs/command-line.md` and of `cli/tests/cases/` is run,
//! and must print what it says.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test states what must hold, in its helper functions too"
)]

mod console;
mod dev;
mod docs;
mod help;
mod pipe;
mod service;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The program, with nothing of this machine's environment that it would read.
fn monogram() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_monogram"));
    for name in ["MONOGRAM_URL", "MONOGRAM_KEY", "SIGNING_SECRET"] {
        command.env_remove(name);
    }
    command.env("MONOGRAM_ROOT", root());
    command
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A folder of one test, which is deleted with it. It has the files of `cli/tests/files/` and the
/// repository's templates.
struct Sandbox(PathBuf);

impl Sandbox {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        copy(&root().join("cli/tests/files"), &folder);
        copy(&root().join("templates"), &folder.join("templates"));
        Self(folder)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).unwrap();
        }
    }
}
