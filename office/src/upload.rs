//! The body of a request → a file of UTF-8 in R2, and where its rows lie.

use futures_util::StreamExt;
use monogram::error::{Fault, Problem};
use monogram::jobs::split::Kind;
use monogram::jobs::{Part, Source, Splitter};
use monogram::table::Decoder;
use monogram_platform::Visit;
use monogram_platform::deadline::Deadline;
use worker::{ByteStream, MultipartUpload, UploadedPart, web_sys};

use super::bucket::Files;

/// Bytes of a part of a multipart upload; R2 takes no smaller ones but the last.
const PIECE_BYTES: usize = 5 * 1024 * 1024;

/// The kind of a body, by its `Content-Type`. `None` if it is JSON.
///
/// # Errors
/// 400 for another one.
pub fn kind(visit: &Visit<'_>) -> Result<Option<Kind>, Problem> {
    let header = visit.header("Content-Type");
    match header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "text/csv" | "application/csv" | "application/vnd.ms-excel" | "text/tab-separated-values" => {
            Ok(Some(Kind::Csv))
        }
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(Some(Kind::Lines)),
        "application/json" => Ok(None),
        _ => Err(Problem::new(Fault::Request, "bad-content-type", "The body is of no type that is read here")
            .at("Content-Type")
            .remedy(
                "send text/csv, or application/x-ndjson with a JSON object on each line; a batch may also be \
                 application/json with the fields of docs/batches.md",
            )),
    }
}

/// Stores the body under a key, and says where its rows lie.
///
/// # Errors
/// 400 for a body that is cut short, 413 for a large one, 422 for rows that cannot be read, 503.
pub async fn store(
    visit: &Visit<'_>,
    files: &Files,
    key: &str,
    kind: Kind,
    rows: usize,
) -> Result<(Source, Vec<Part>), Problem> {
    let limits = visit.limits();
    let mut file = Writer::new(files, key);
    let mut splitter = Splitter::new(kind, rows, limits);
    let (mut decoder, mut room) = (Decoder::default(), limits.job_bytes);
    let deadline = Deadline::after(limits.job_wait_ms);
    if let Some(body) = web_sys::Request::body(visit.call.request) {
        let mut body = ByteStream::from(body);
        loop {
            let next = deadline.within(limits.body_silence_ms, body.next()).await;
            let chunk = match next {
                Ok(None) => break,
                Ok(Some(Ok(chunk))) => chunk,
                Ok(Some(Err(_))) => return Err(cut("body-cut", "The body ended early")),
                Err(_) => return Err(cut("body-slow", "The body did not come in time")),
            };
            room = room.checked_sub(chunk.len()).ok_or_else(|| {
                let message = format!("A file may have {} MiB", limits.job_bytes >> 20);
                Problem::new(Fault::TooLarge, "body-too-large", message).remedy("send it in several files")
            })?;
            let text = decoder.push(&chunk);
            splitter.push(&text)?;
            file.write(text.as_bytes()).await?;
        }
    }
    let text = decoder.end();
    splitter.push(&text)?;
    file.write(text.as_bytes()).await?;
    let read = splitter.end()?;
    file.end().await?;
    Ok(read)
}

/// Stores a text whose rows are objects of JSON.
///
/// # Errors
/// As [`store`].
pub async fn store_text(
    visit: &Visit<'_>,
    files: &Files,
    key: &str,
    text: String,
    rows: usize,
) -> Result<(Source, Vec<Part>), Problem> {
    let mut splitter = Splitter::new(Kind::Lines, rows, visit.limits());
    splitter.push(&text)?;
    let read = splitter.end()?;
    files.put(key, text.into_bytes()).await?;
    Ok(read)
}

fn cut(code: &'static str, message: &str) -> Problem {
    Problem::new(Fault::Request, code, message).remedy("send it again")
}

/// Writes a file of unknown length.
struct Writer<'a> {
    files: &'a Files,
    key: &'a str,
    bytes: Vec<u8>,
    upload: Option<MultipartUpload>,
    parts: Vec<UploadedPart>,
}

impl<'a> Writer<'a> {
    const fn new(files: &'a Files, key: &'a str) -> Self {
        Self { files, key, bytes: Vec::new(), upload: None, parts: Vec::new() }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() < PIECE_BYTES {
            return Ok(());
        }
        // All parts but the last have the same length.
        let rest = self.bytes.split_off(PIECE_BYTES);
        self.piece().await?;
        self.bytes = rest;
        Ok(())
    }

    async fn piece(&mut self) -> Result<(), Problem> {
        let upload = match self.upload.take() {
            Some(upload) => upload,
            None => self.files.within(self.files.bucket().create_multipart_upload(self.key).execute()).await?,
        };
        let number = u16::try_from(self.parts.len().saturating_add(1)).unwrap_or(u16::MAX);
        let part = self.files.within(upload.upload_part(number, std::mem::take(&mut self.bytes))).await?;
        self.parts.push(part);
        self.upload = Some(upload);
        Ok(())
    }

    async fn end(mut self) -> Result<(), Problem> {
        if self.upload.is_none() {
            return self.files.put(self.key, self.bytes).await;
        }
        if !self.bytes.is_empty() {
            self.piece().await?;
        }
        if let Some(upload) = self.upload.take() {
            self.files.within(upload.complete(self.parts)).await?;
        }
        Ok(())
    }
}
