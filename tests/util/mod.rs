//! What the tests share: the repository's files, a random generator, pictures and decoders, and a
//! [`World`] that draws.

mod corpus;
mod damage;
mod decode;
mod picture;
mod random;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

pub use corpus::{frames, inflate, jpegs, pictures, pngs};
pub use damage::{break_file, repair_checksums};
pub use decode::{gif, png, webp};
pub use picture::{picture, png_chunk, png_kind, straight};
pub use random::Random;
pub use world::{World, fonts, template};

/// The folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The bytes of a file of the repository.
pub fn read(path: &str) -> Vec<u8> {
    fs::read(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text of a file of the repository.
pub fn read_text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files and folders directly in a folder of the repository, sorted.
pub fn entries(folder: &str) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

/// The files with this extension anywhere below a folder of the repository, sorted: the path from
/// the root, with `/`.
pub fn files_below(folder: &str, extension: &str) -> Vec<String> {
    let mut found = Vec::new();
    for path in entries(folder) {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        if path.is_dir() {
            found.extend(files_below(&name, extension));
        } else if has_extension(&path, extension) {
            found.push(name);
        }
    }
    found
}

/// Whether a file has this extension.
pub fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|end| end == extension)
}

/// Whether `make golden-accept` runs: the expected files are to be written, and the test still
/// fails.
pub fn is_accepting() -> bool {
    std::env::var_os("MONOGRAM_ACCEPT").is_some()
}

/// The SHA-256 of bytes in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text with the bytes that `is_encoded` picks percent-encoded, in upper case.
pub fn percent_encode(text: &str, is_encoded: impl Fn(u8) -> bool) -> String {
    let mut out = Vec::new();
    for byte in text.bytes() {
        if is_encoded(byte) { out.extend(format!("%{byte:02X}").bytes()) } else { out.push(byte) }
    }
    String::from_utf8(out).unwrap()
}

/// Whether a URL never needs this byte encoded (RFC 3986, section 2.3).
pub const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}
