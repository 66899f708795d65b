//! Names the renderer's build, so that a changed renderer never answers from an old cache.
//!
//! `MONOGRAM_BUILD` is a digest of everything outside the template that can change a picture: the
//! sources of the core, the fonts, the assets that come with the code, and the versions in
//! `Cargo.lock`. It is the same for every target and every machine.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for root in ["Cargo.lock", "src", "encode", "fonts", "templates/assets"]
        .map(Path::new)
        .into_iter()
        .filter(|root| root.exists())
    {
        println!("cargo:rerun-if-changed={}", root.display());
        collect(root, &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let bytes = fs::read(&file)?;
        // Each length comes first, so that no two trees give the same text.
        let name = file.to_string_lossy().replace('\\', "/");
        hash.update(format!("{}:{name}{}:", name.len(), bytes.len()));
        hash.update(&bytes);
    }
    let build = hash.finalize().iter().take(8).fold(0_u64, |build, byte| build << 8 | u64::from(*byte));
    println!("cargo:rustc-env=MONOGRAM_BUILD={build:016x}");
    Ok(())
}

/// The digests of the font packs are in `src/font/packs.txt`, so their bytes need not be read.
const NOT_READ: &str = "fonts/packs";

/// Every file under `path`, or none if it does not exist.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() && path != Path::new(NOT_READ) {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    }
    Ok(())
}
