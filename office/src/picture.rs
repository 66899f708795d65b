//! A row → its picture, in R2 under its SHA-256.

use monogram::api::upload::digest;
use monogram::image;
use monogram::jobs::{Line, Status};
use monogram::limits::Limits;

use super::renderer::Drawn;

/// What the manifest says of a picture, and the picture. `line` has what is known of the row.
pub fn judge(drawn: Option<Drawn>, line: Line, extension: &str, limits: &Limits) -> (Line, Option<Vec<u8>>) {
    let failed = |why: String| (Line { status: Status::Failed, warnings: why, ..line.clone() }, None);
    let Some(drawn) = drawn else { return failed("the picture was not drawn in time".to_owned()) };
    if drawn.status != 200 {
        let code = drawn.header("x-problem");
        return failed(if code.is_empty() { format!("status {}", drawn.status) } else { code.to_owned() });
    }
    let bytes = drawn.body.to_vec();
    let Ok(header) = image::header(&bytes, limits) else { return failed("the picture is damaged".to_owned()) };
    let others = drawn.header("x-params").split(", ").filter(|entry| !entry.is_empty() && !entry.ends_with("=given"));
    let glyphs = match drawn.header("x-glyphs").strip_prefix("missing=") {
        Some(missing) => format!("{missing} letters are in no font"),
        None => String::new(),
    };
    let line = Line {
        status: Status::Ok,
        file: format!("{}.{extension}", line.file),
        sha256: digest(&bytes),
        etag: drawn.header("etag").trim_matches('"').to_owned(),
        width: header.width,
        height: header.height,
        bytes: bytes.len(),
        missing: others.collect::<Vec<_>>().join(", "),
        warnings: glyphs,
        ..line
    };
    (line, Some(bytes))
}
