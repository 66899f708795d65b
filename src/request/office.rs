//! The routes of records and batches.

use crate::error::{Fault, Problem};

/// The most bytes of an id. A UUID has 36, an email address up to 254.
pub const ID_BYTES: usize = 254;

/// Whether a text can be the id of a record: it is a part of URLs.
#[must_use]
pub fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= ID_BYTES && !id.chars().any(|character| character.is_control() || character == '/')
}

/// Whether a text can be the name of a collection: as the id of a template, `contacts` or
/// `acme/contacts`.
#[must_use]
pub fn is_collection(name: &str) -> bool {
    let is_slug =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    name.len() <= ID_BYTES && name.split('/').all(is_slug)
}

/// A call about records or batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Office {
    /// The list of collections.
    ListCollections,
    /// New records from a file.
    ImportRecords(String),
    /// A record, or all of a collection.
    GetRecords(Place),
    /// A record, or the settings of a collection.
    PutRecords(Place),
    /// The end of a record, or of a collection.
    DeleteRecords(Place),
    /// How an import goes.
    GetImport(String),
    /// The list of batches.
    ListBatches,
    /// A new batch.
    MakeBatch,
    /// How a batch goes.
    GetBatch(String),
    /// The end of a batch.
    DeleteBatch(String),
    /// The failed rows of a batch once more.
    RetryBatch(String),
    /// What became of each row of a batch.
    Manifest(String),
    /// All files of a batch.
    Zip(String),
    /// A file of a batch.
    BatchFile {
        /// The batch.
        batch: String,
        /// The SHA-256 of the file, with its extension.
        file: String,
    },
    /// Pictures that are to be drawn before they are asked for.
    Warm,
}

/// A collection, or one record in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `contacts`, `acme/contacts`.
    pub collection: String,
    /// The record; `None` for the collection itself.
    pub id: Option<String>,
}

impl Place {
    /// Reads `{collection}/{id}`, decoded. A name without a slash, or with one at its end, is a
    /// collection.
    ///
    /// # Errors
    /// 404 if it is neither.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let (collection, id) = match text.rsplit_once('/') {
            None | Some((_, "")) => (text.strip_suffix('/').unwrap_or(text), None),
            Some((collection, id)) => (collection, Some(id)),
        };
        if !is_collection(collection) || id.is_some_and(|id| !is_id(id)) {
            return Err(Problem::new(Fault::NotFound, "bad-record-name", "The path names no record and no collection")
                .remedy("a collection is acme/contacts/, and a record in it acme/contacts/abc123"));
        }
        Ok(Self { collection: collection.to_owned(), id: id.map(str::to_owned) })
    }
}

/// Reads the name of a collection.
///
/// # Errors
/// 404 if it is none.
pub(super) fn collection(text: &str) -> Result<String, Problem> {
    let name = text.strip_suffix('/').unwrap_or(text);
    is_collection(name).then(|| name.to_owned()).ok_or_else(|| {
        Problem::new(Fault::NotFound, "bad-collection", "The path names no collection")
            .remedy("a name is lower-case letters, digits and hyphens, its parts joined by /, such as acme/contacts")
    })
}

/// Reads the id of a job.
///
/// # Errors
/// 404 if it is none.
pub(super) fn job(text: &str) -> Result<String, Problem> {
    let is_job = text.len() == 24 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_job.then(|| text.to_owned()).ok_or_else(|| {
        Problem::new(Fault::NotFound, "unknown-job", "There is no such import or batch")
            .remedy("use the id of the answer that began it; GET /v1/batches lists the batches")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_told_from_collections() {
        for (text, expected) in [
            ("contacts", Some(("contacts", None))),
            ("contacts/", Some(("contacts", None))),
            ("acme/contacts/", Some(("acme/contacts", None))),
            ("contacts/abc", Some(("contacts", Some("abc")))),
            ("acme/contacts/a@b.c", Some(("acme/contacts", Some("a@b.c")))),
            ("", None),
            ("Contacts", None),
            ("a//b", None),
            ("a/b\n", None),
        ] {
            let place = Place::parse(text).ok();
            let got = place.as_ref().map(|place| (place.collection.as_str(), place.id.as_deref()));
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn ids_and_collections_are_told_from_other_texts() {
        assert!(["abc", "a@b.c", "7", "Zoë"].into_iter().all(is_id));
        assert!(!["", "a/b", "a\n"].into_iter().any(is_id));
        assert!(["contacts", "acme/contacts-2"].into_iter().all(is_collection));
        assert!(!["", "Contacts", "acme/", "a b", "/x"].into_iter().any(is_collection));
    }
}
