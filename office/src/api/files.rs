//! Uploaded assets and fonts: their names in D1, their bytes in KV under `file:{sha256}`.
//!
//! A name may stand for another file later. What is published keeps the file that the name stood for
//! then, so a file's bytes are never deleted.

use std::cell::Cell;

use monogram::access::{Reach, Scope};
use monogram::api::cursor::List;
use monogram::api::upload::{self, File, Upload, digest};
use monogram::api::{Page, Precondition, key, moment, precondition};
use monogram::error::{Fault, Problem};
use monogram::font;
use monogram::image::svg::is_svg;
use monogram::limits::Limits;
use monogram::request::management::FontName;
use monogram::response::Reply;
use worker::wasm_bindgen::JsValue;

use monogram_platform::database::{Database, number, optional, text, unavailable};
use monogram_platform::deadline::Deadline;
use monogram_platform::{Visit, audit, body, json, svg};

use super::{inflate, store};

/// The key of a file in KV. No template has it, because `:` is in no id.
pub fn key_of(digest: &str) -> String {
    format!("file:{digest}")
}

/// What both kinds of names have in common.
struct Table<'a> {
    /// The name, as lists and the log have it.
    name: String,
    /// `asset` or `font`.
    kind: &'static str,
    /// The condition that selects the row, with `?1` and following.
    place: &'static str,
    /// Its values.
    values: Vec<JsValue>,
    visit: &'a Visit<'a>,
}

impl<'a> Table<'a> {
    fn asset(visit: &'a Visit<'a>, name: &str) -> Result<Self, Problem> {
        visit.allows(Scope::AssetsWrite, name)?;
        Ok(Self { name: name.to_owned(), kind: "asset", place: "name = ?1", values: vec![text(name)], visit })
    }

    fn font(visit: &'a Visit<'a>, name: &FontName) -> Result<Self, Problem> {
        visit.allows(Scope::AssetsWrite, &name.to_string())?;
        let place = "folder = ?1 AND family = ?2 AND weight = ?3 AND italic = ?4";
        let values = vec![text(&name.folder), text(&name.family), number(name.weight), number(u32::from(name.italic))];
        Ok(Self { name: name.to_string(), kind: "font", place, values, visit })
    }

    /// The digest and the type of the file that the name stands for.
    async fn stored(&self, database: &Database) -> Result<Option<(String, String)>, Problem> {
        let sql = format!("SELECT sha256, type FROM {} WHERE {}", self.kind, self.place);
        database.first(&sql, &self.values).await
    }

    fn unknown(&self) -> Problem {
        Problem::new(Fault::NotFound, "unknown-file", "There is no file of this name")
            .remedy(format!("GET /v1/{}s lists the files of your key", self.kind))
    }

    /// Sends the file.
    async fn get(&self) -> Result<Reply, Problem> {
        let (visit, limits) = (self.visit, self.visit.limits());
        let database = Database::of(visit.env(), limits)?;
        let (digest, content_type) = self.stored(&database).await?.ok_or_else(|| self.unknown())?;
        let read = store::kv(visit.env())?.get(&key_of(&digest));
        let read = Deadline::after(limits.store_wait_ms).within(limits.store_wait_ms, read.bytes()).await;
        let Ok(Ok(Some(bytes))) = read else { return Err(unavailable()) };
        let mut reply = Reply::new(200, &content_type, bytes);
        reply.set("ETag", format!("\"{digest}\""));
        Ok(reply)
    }

    /// Stores a file, and then the name.
    async fn put(&self, uploaded: Upload, insert: (&'static str, Vec<JsValue>)) -> Result<Reply, Problem> {
        let (visit, env, limits) = (self.visit, self.visit.env(), self.visit.limits());
        let database = Database::of(env, limits)?;
        let precondition = Precondition::read(&visit.header("If-Match"), &visit.header("If-None-Match"))?;
        let before = self.stored(&database).await?.map(|(digest, _)| digest);
        precondition.check(before.as_deref())?;

        let Upload { bytes, content_type, size, font, notes } = uploaded;
        let digest = digest(&bytes);
        store::put(env, &key_of(&digest), &bytes, None, limits).await?;
        // The columns of the file come after those of the name. The name must still stand for the
        // same file.
        let (sql, mut values) = insert;
        let length = u64::try_from(bytes.len()).unwrap_or_default();
        values.extend([
            text(&digest),
            text(content_type),
            number(length),
            number(visit.now),
            optional(before.as_deref(), text),
        ]);
        let log = audit::if_changed(visit, &format!("put-{}", self.kind), &self.name);
        if database.transaction(vec![(sql, values), log]).await? == 0 {
            return Err(precondition::moved_on());
        }
        let file = File {
            name: self.name.clone(),
            sha256: digest.clone(),
            r#type: content_type.to_owned(),
            bytes: length,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            font,
            changed: moment::write(visit.now),
            notes,
        };
        let mut reply = json(if before.is_none() { 201 } else { 200 }, &file);
        reply.set("ETag", format!("\"{digest}\""));
        Ok(reply)
    }

    /// Forgets the name.
    async fn delete(&self) -> Result<Reply, Problem> {
        let visit = self.visit;
        let database = Database::of(visit.env(), visit.limits())?;
        let before = self.stored(&database).await?.map(|(digest, _)| digest).ok_or_else(|| self.unknown())?;
        Precondition::read(&visit.header("If-Match"), &visit.header("If-None-Match"))?.check(Some(&before))?;
        let sql = format!("DELETE FROM {} WHERE {} RETURNING sha256", self.kind, self.place);
        let log = audit::if_changed(visit, &format!("delete-{}", self.kind), &self.name);
        database.transaction(vec![(&sql, self.values.clone()), log]).await?;
        Ok(Reply::empty(204))
    }
}

async fn upload(visit: &Visit<'_>, read: fn(Vec<u8>, &Limits) -> Result<Upload, Problem>) -> Result<Upload, Problem> {
    let bytes = body::read(visit, visit.limits().upload_bytes).await?;
    if is_svg(&bytes) {
        let work = Cell::new(visit.limits().svg_work);
        let drawn = svg::png(&bytes, &work, Deadline::after(visit.limits().store_wait_ms), visit.limits()).await;
        let (png, (width, height)) = drawn?;
        let mut upload = read(png, visit.limits())?;
        upload.notes.push(format!("drawn from an SVG as a PNG of {width} x {height} px"));
        return Ok(upload);
    }
    if font::packing(&bytes).is_none() {
        return read(bytes, visit.limits());
    }
    let unpacked = font::unpack(&bytes, &mut inflate::inflate, visit.limits())?;
    drop(bytes);
    let mut upload = read(unpacked, visit.limits())?;
    upload.notes.push("unpacked from a web font".to_owned());
    Ok(upload)
}

/// `GET /v1/assets/{name}`.
///
/// # Errors
/// 404 if there is none.
pub async fn get_asset(visit: &Visit<'_>, name: &str) -> Result<Reply, Problem> {
    Table::asset(visit, name)?.get().await
}

/// `PUT /v1/assets/{name}`.
///
/// # Errors
/// 412 if it has changed, 413 or 422 if it cannot be drawn.
pub async fn put_asset(visit: &Visit<'_>, name: &str) -> Result<Reply, Problem> {
    let table = Table::asset(visit, name)?;
    let uploaded = upload(visit, upload::asset).await?;
    let (width, height) = uploaded.size.unzip();
    let sql = "INSERT INTO asset (name, width, height, sha256, type, bytes, changed_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 \
               WHERE (SELECT sha256 FROM asset WHERE name = ?1) IS ?8 \
               ON CONFLICT (name) DO UPDATE SET width = ?2, height = ?3, sha256 = ?4, type = ?5, bytes = ?6, changed_at = ?7 \
               RETURNING name";
    let values = vec![text(name), optional(width, number), optional(height, number)];
    table.put(uploaded, (sql, values)).await
}

/// `DELETE /v1/assets/{name}`.
///
/// # Errors
/// 404 if there is none.
pub async fn delete_asset(visit: &Visit<'_>, name: &str) -> Result<Reply, Problem> {
    Table::asset(visit, name)?.delete().await
}

/// `GET /v1/fonts/{name}`.
///
/// # Errors
/// 404 if there is none.
pub async fn get_font(visit: &Visit<'_>, name: &FontName) -> Result<Reply, Problem> {
    Table::font(visit, name)?.get().await
}

/// `PUT /v1/fonts/{name}`.
///
/// # Errors
/// 412 if it has changed, 413 or 422 if it cannot be drawn.
pub async fn put_font(visit: &Visit<'_>, name: &FontName) -> Result<Reply, Problem> {
    let table = Table::font(visit, name)?;
    let uploaded = upload(visit, upload::font).await?;
    let sql = "INSERT INTO font (folder, family, weight, italic, sha256, type, bytes, changed_at) \
               SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 \
               WHERE (SELECT sha256 FROM font WHERE folder = ?1 AND family = ?2 AND weight = ?3 AND italic = ?4) IS ?9 \
               ON CONFLICT (folder, family, weight, italic) DO UPDATE SET sha256 = ?5, type = ?6, bytes = ?7, changed_at = ?8 \
               RETURNING family";
    let values = table.values.clone();
    table.put(uploaded, (sql, values)).await
}

/// `DELETE /v1/fonts/{name}`.
///
/// # Errors
/// 404 if there is none.
pub async fn delete_font(visit: &Visit<'_>, name: &FontName) -> Result<Reply, Problem> {
    Table::font(visit, name)?.delete().await
}

/// `GET /v1/assets`, sorted by name.
///
/// # Errors
/// 503.
pub async fn list_assets(visit: &Visit<'_>) -> Result<Reply, Problem> {
    list(visit, "SELECT name AS full, sha256, type, bytes, width, height, changed_at FROM asset").await
}

/// `GET /v1/fonts`, sorted by name.
///
/// # Errors
/// 503.
pub async fn list_fonts(visit: &Visit<'_>) -> Result<Reply, Problem> {
    let all = "SELECT folder || family || '/' || weight || iif(italic, '-italic', '') AS full, sha256, type, bytes, \
               NULL AS width, NULL AS height, changed_at FROM font";
    list(visit, all).await
}

async fn list(visit: &Visit<'_>, all: &str) -> Result<Reply, Problem> {
    let page = Page::read(visit.query, visit.limits())?;
    let database = Database::of(visit.env(), visit.limits())?;
    let prefixes = match &visit.grant.reach {
        Reach::All => None,
        reach @ Reach::Prefixes(_) => key::prefixes(reach).map(|list| serde_json::to_string(&list).unwrap_or_default()),
    };
    let sql = format!(
        "SELECT * FROM ({all}) WHERE full > ?1 AND substr(full, 1, length(?2)) = ?2 AND (?3 IS NULL OR EXISTS \
         (SELECT 1 FROM json_each(?3) WHERE substr(full, 1, length(value)) = value)) ORDER BY full LIMIT ?4"
    );
    let values = [text(&page.after), text(&page.prefix), optional(prefixes.as_deref(), text), number(page.rows())];
    type Row = (String, String, String, u64, Option<u32>, Option<u32>, u64);
    let mut rows = database.rows::<Row>(&sql, &values).await?;
    let cursor = page.cut(&mut rows, |row| row.0.clone());
    let file = |(name, sha256, kind, bytes, width, height, changed): Row| File {
        name,
        sha256,
        r#type: kind,
        bytes,
        width,
        height,
        font: None,
        changed: moment::write(changed),
        notes: Vec::new(),
    };
    Ok(json(200, &List { items: rows.into_iter().map(file).collect(), cursor }))
}
