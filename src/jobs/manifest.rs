//! What became of each row, as a line of a CSV.

use serde::{Deserialize, Serialize};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There is a file.
    #[default]
    Ok,
    /// There is none.
    Failed,
}

/// A line of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The number of the row, from 1.
    pub row: usize,
    /// Its line in the file, from 1.
    pub line: usize,
    /// The id, if the row is a record; of the row of a file, the [tags](crate::params::record::tag) of the records
    /// that its picture shows, with commas between them. It is not in the CSV.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Whether there is a file.
    pub status: Status,
    /// The name of the file, with its extension.
    pub file: String,
    /// The SHA-256 of its bytes, in hex. Equal pictures have one file.
    pub sha256: String,
    /// The `ETag` of the same picture's URL.
    pub etag: String,
    /// Px.
    pub width: u32,
    /// Px.
    pub height: u32,
    /// Bytes.
    pub bytes: usize,
    /// The params that have no value of the row, and why: as `X-Params` says it.
    pub missing: String,
    /// Warnings about the picture, or why there is none.
    pub warnings: String,
}

/// The names of the columns.
pub const HEADER: &str = "row,line,status,file,url,etag,width,height,bytes,missing,warnings\r\n";

impl Line {
    /// The line, in RFC 4180's form. `url` is where the file can be had; empty if there is none.
    ///
    /// ```
    /// use monogram::jobs::Line;
    ///
    /// let line = Line { row: 1, line: 2, file: "1.png".to_owned(), missing: "name=missing, plan".to_owned(), ..Line::default() };
    /// assert_eq!(line.csv("files/1.png"), "1,2,ok,1.png,files/1.png,,0,0,0,\"name=missing, plan\",\r\n");
    /// ```
    #[must_use]
    pub fn csv(&self, url: &str) -> String {
        let status = match self.status {
            Status::Ok => "ok",
            Status::Failed => "failed",
        };
        let Self { row, line, width, height, bytes, .. } = self;
        let [file, url, etag, missing, warnings] =
            [self.file.as_str(), url, &self.etag, &self.missing, &self.warnings].map(cell);
        format!("{row},{line},{status},{file},{url},{etag},{width},{height},{bytes},{missing},{warnings}\r\n")
    }
}

/// A cell. A spreadsheet would take a text that begins with one of these signs for a formula.
fn cell(text: &str) -> String {
    let shield = if text.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
    if text.contains([',', '"', '\r', '\n']) || !shield.is_empty() {
        format!("\"{shield}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted() {
        for (text, written) in [("a b", "a b"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("=1+1", "\"'=1+1\"")] {
            assert_eq!(cell(text), written);
        }
    }
}
