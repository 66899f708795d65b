//! Values that name a record of a person, `?contact=abc123`, whose fields a store has.
//!
//! Until the record is there the value is its id, a text; then it is what the record holds. To an
//! expression it is data, as a feed is.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::limits::Limits;

use super::{Missing, Param, Params, Resolved, Source, Value, Values, feed};

/// The cache tag of the pictures that show a record: a digest, because caches and logs see it.
#[must_use]
pub fn tag(collection: &str, id: &str) -> String {
    let digest = Sha256::digest(format!("{collection}/{id}").as_bytes());
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("p:{hex}")
}

/// A record that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The param.
    pub param: &'a str,
    /// The collection.
    pub collection: &'a str,
    /// The id.
    pub id: String,
}

/// The records that values name.
#[must_use]
pub fn wanted<'a>(params: &'a Params, values: &Values) -> Vec<Wanted<'a>> {
    let named = params.iter().filter_map(|(name, param)| {
        let Param::Record(record) = param else { return None };
        let Some(Value::Text(id)) = &values.get(name)?.value else { return None };
        Some(Wanted { param: name, collection: &record.collection, id: id.clone() })
    });
    named.collect()
}

/// Puts a record in the place of its id. `None`: there is none.
pub fn put(values: &mut Values, param: &str, record: Result<Option<Json>, Source>, limits: &Limits) {
    let clean = |mut json: Json| feed::clean(&mut json, limits).is_ok().then(|| Value::Feed(json.into()));
    let (value, source) = match record.map(|record| record.and_then(clean)) {
        Ok(Some(value)) => (Some(value), Source::Given),
        Ok(None) => (None, Source::Missing(Missing::NoRecord)),
        Err(source) => (None, source),
    };
    let repairs = values.remove(param).map(|resolved| resolved.repairs).unwrap_or_default();
    values.insert(param.to_owned(), Resolved { value, source, repairs });
}

/// The examples of records, in place of what a store would have.
pub fn add_examples(params: &Params, values: &mut Values, limits: &Limits) {
    for (name, param) in params {
        let Param::Record(record) = param else { continue };
        put(values, name, Ok(record.example.clone()), limits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::resolve;

    #[test]
    fn a_record_takes_the_place_of_its_id() {
        let limits = Limits::default();
        let declare = |json| Params::from([("contact".to_owned(), serde_json::from_value(json).unwrap())]);
        let params =
            declare(serde_json::json!({ "record": { "collection": "acme/contacts", "example": { "name": "Zoë" } } }));
        for (query, id) in
            [("contact=abc123", Some("abc123")), ("contact=a/b", None), ("contact=*|ID|*", None), ("", None)]
        {
            let values = resolve(&params, &[], query, &limits);
            let wanted = wanted(&params, &values);
            assert_eq!(wanted.first().map(|wanted| wanted.id.as_str()), id, "{query}");
            assert!(wanted.iter().all(|wanted| (wanted.param, wanted.collection) == ("contact", "acme/contacts")));
        }
        let mut values = resolve(&params, &[], "contact=abc123", &limits);
        put(&mut values, "contact", Ok(Some(serde_json::json!({ "name": " Zoe\u{301} " }))), &limits);
        assert_eq!(values["contact"].value.as_ref().map(Value::json), Some(serde_json::json!({ "name": "Zoé" })));
        put(&mut values, "contact", Ok(None), &limits);
        assert_eq!(values["contact"].source.missing(), Some(Missing::NoRecord));
        add_examples(&params, &mut values, &limits);
        assert_eq!(values["contact"].value.as_ref().map(Value::json), Some(serde_json::json!({ "name": "Zoë" })));
    }
}
