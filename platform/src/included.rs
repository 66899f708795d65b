//! The published templates that a draft includes, and its brand.

use std::collections::BTreeMap;

use monogram::access::Scope;
use monogram::error::Problem;
use monogram::request::TemplateId;
use monogram::template::{Files, reuse};

use crate::database::{Database, text};
use crate::{Visit, templates};

/// Their texts by id, each with what it includes itself. Those that are not published, or that the key may
/// not read, are missing: to the caller both are the same.
///
/// # Errors
/// 503 if a store failed.
pub async fn texts(visit: &Visit<'_>, document: &str) -> Result<BTreeMap<String, String>, Problem> {
    let mut texts = BTreeMap::new();
    for name in reuse::named(document).into_iter().take(visit.limits().includes) {
        let Some(id) = TemplateId::parse(&name) else { continue };
        if visit.allows(Scope::TemplatesRead, id.as_str()).is_ok()
            && let Some(text) = published(visit, &id).await?
        {
            texts.insert(name, text);
        }
    }
    Ok(texts)
}

/// The text of a live template. D1 knows it as soon as it is published; KV takes half a minute.
async fn published(visit: &Visit<'_>, id: &TemplateId) -> Result<Option<String>, Problem> {
    let (env, limits) = (visit.env(), visit.limits());
    if let Ok(database) = Database::of(env, limits) {
        let sql = "SELECT r.document, r.files FROM live JOIN revision r ON r.id = live.id AND r.rev = live.rev WHERE live.id = ?1";
        if let Some((document, files)) = database.first::<(String, String)>(sql, &[text(id.as_str())]).await? {
            let files: Files = serde_json::from_str(&files).unwrap_or_default();
            return Ok(files.write_into(&document));
        }
    }
    templates::text(env, id, limits).await
}
