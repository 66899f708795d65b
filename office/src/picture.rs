//! A row → its picture, in R2 under its SHA-256.

use monogram::api::upload::digest;
use monogram::image;
use monogram::jobs::{Line, Status};
use monogram::limits::Limits;

use super::renderer::Drawn;

/// The codes of the drawing module where a store did not answer.
const STORES: [&str; 2] = ["store-unavailable", "template-unavailable"];

/// A picture, and what the manifest says of it.
pub enum Judged {
    /// It is as it must be.
    Drawn(Line, Vec<u8>),
    /// Something of it did not come, and it is drawn without.
    Unfinished(Lacking, Line, Vec<u8>),
    /// It may be drawn once a store of the deployment answers.
    Waits(Line),
    /// There is none.
    Failed(Line),
}

/// Who did not bring what a picture needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// A store of the deployment.
    Store,
    /// Another host.
    Host,
}

/// Judges a picture. `line` has what is known of the row.
pub fn judge(drawn: Option<Drawn>, line: Line, extension: &str, limits: &Limits) -> Judged {
    let failed = |why: &str| Line { status: Status::Failed, warnings: why.to_owned(), ..line.clone() };
    let Some(drawn) = drawn else { return Judged::Failed(failed("the picture was not drawn in time")) };
    if drawn.status != 200 {
        let code = drawn.header("x-problem");
        let status = format!("status {}", drawn.status);
        let line = failed(if code.is_empty() { &status } else { code });
        return if STORES.contains(&code) { Judged::Waits(line) } else { Judged::Failed(line) };
    }
    let bytes = drawn.body.to_vec();
    let Ok(header) = image::header(&bytes, limits) else { return Judged::Failed(failed("the picture is damaged")) };
    let others = drawn.header("x-params").split(", ").filter(|entry| !entry.is_empty() && !entry.ends_with("=given"));
    let etag = drawn.header("etag").trim_matches('"');
    let lacking = match drawn.header("x-unfinished") {
        "store" => Some(Lacking::Store),
        _ => etag.ends_with("-u").then_some(Lacking::Host),
    };
    let glyphs = drawn.header("x-glyphs").strip_prefix("missing=");
    let warnings = [
        glyphs.map(|missing| format!("{missing} letters are in no font")),
        lacking.map(|_| "an image, a font or a feed did not come".to_owned()),
    ];
    let line = Line {
        status: Status::Ok,
        file: format!("{}.{extension}", line.file),
        sha256: digest(&bytes),
        etag: etag.to_owned(),
        width: header.width,
        height: header.height,
        bytes: bytes.len(),
        id: if line.id.is_empty() { records(&drawn) } else { line.id.clone() },
        missing: others.collect::<Vec<_>>().join(", "),
        warnings: warnings.into_iter().flatten().collect::<Vec<_>>().join("; "),
        ..line
    };
    match lacking {
        Some(lacking) => Judged::Unfinished(lacking, line, bytes),
        None => Judged::Drawn(line, bytes),
    }
}

/// The tags of the records that a picture shows, by which whoever deletes one finds it.
fn records(drawn: &Drawn) -> String {
    drawn.header("cache-tag").split(',').filter(|tag| tag.starts_with("p:")).collect::<Vec<_>>().join(",")
}
