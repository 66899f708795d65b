//! A text that changes when a file of a template changes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// The lengths and the times of files. A file that is not there counts too: it may come.
///
/// Times are read anew at each question. It takes microseconds for the few files of a template, and
/// works in every folder, that of a network or of a virtual machine included.
pub fn stamp<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> String {
    let mut stamp = String::new();
    for file in files {
        let (length, nanos) = length_and_time(file).unwrap_or_default();
        // Writing to a `String` cannot fail.
        let _ = write!(stamp, "{length:x}.{nanos:x}-");
    }
    stamp
}

fn length_and_time(file: &Path) -> Option<(u64, u128)> {
    let data = fs::metadata(file).ok()?;
    let time = data.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((data.len(), time.as_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_comes_changes_and_goes_changes_the_stamp() {
        let file = std::env::temp_dir().join(format!("monogram-stamp-{}", std::process::id()));
        let files = [file.clone()];
        let mut stamps = vec![stamp(&files)];
        for text in ["a", "bc"] {
            fs::write(&file, text).unwrap();
            stamps.push(stamp(&files));
        }
        fs::remove_file(&file).unwrap();
        assert_eq!(stamp(&files), stamps[0]);
        assert!(stamps[0] != stamps[1] && stamps[1] != stamps[2]);
    }
}
