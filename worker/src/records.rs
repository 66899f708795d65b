//! The records that values name: what the deployment knows of a person, as values for expressions.
//!
//! Invariant: a failure is no error. The picture is drawn without the record, and is kept for a minute.

use monogram::params::{Missing, Params, Source, Values, record};
use monogram::remote::Failure;
use monogram_platform::Call;
use monogram_platform::database::{Database, number, text};
use monogram_platform::now;

/// What is known of the records of a picture.
pub struct Records {
    /// Whether the database answered about each of them.
    pub are_current: bool,
    /// Their cache tags.
    pub tags: Vec<String>,
}

/// Puts the records in the place of their ids. `is_open`: nobody has signed the request, so ids may be
/// guessed, and a collection may refuse.
pub async fn fetch(call: &Call<'_>, params: &Params, values: &mut Values, is_open: bool) -> Records {
    let mut records = Records { are_current: true, tags: Vec::new() };
    let wanted = record::wanted(params, values);
    if wanted.is_empty() {
        return records;
    }
    let database = Database::of(call.env, call.limits).map(|database| database.within_ms(call.limits.record_wait_ms));
    for record::Wanted { param, collection, id } in wanted {
        let sql = "SELECT c.signed, r.json FROM collection c LEFT JOIN record r ON r.collection = c.name AND \
                   r.generation = c.generation AND r.id = ?2 AND (r.expires_at IS NULL OR r.expires_at > ?3) WHERE c.name = ?1";
        let found = match &database {
            Ok(database) => {
                database.first::<(u32, Option<String>)>(sql, &[text(collection), text(&id), number(now())]).await
            }
            Err(problem) => Err(problem.clone()),
        };
        let found = match found {
            Ok(Some((signed, _))) if signed > 0 && is_open => Err(Source::Missing(Missing::NotAllowed)),
            Ok(found) => Ok(found.and_then(|(_, json)| serde_json::from_str(&json?).ok())),
            Err(_) => {
                records.are_current = false;
                Err(Source::Failed(Failure::Timeout))
            }
        };
        records.tags.push(record::tag(collection, &id));
        record::put(values, param, found, call.limits);
    }
    records
}
